/* src/ui/panes/plot_title.c - the titles of the plot: what is shown of whom and in which time, and the
 * readout of the crosshair. */
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/cross.h"
#include "ui/layout.h"
#include "ui/panes/plot_internal.h"

enum {
    TITLE_COLS_WIDE = 76,
    TITLE_COLS_HUGE = 110,
    READOUT_COLS_FULL = 64,
    READOUT_COLS = 44,
    CHANGE_SHOWN_MS = 30000
};

static size_t append(char *to, size_t cap, const char *text)
{
    const size_t len = strlen(to);

    return len + str_copy(to + len, cap - len, str_from(text));
}

static void append_quantity(const struct view *v, const struct ui_model *m, int cols, char *to,
                            size_t cap)
{
    const struct order *o = view_selected(v, m);
    char window[24] = "";

    if (v->plot_quantity == PLOT_KWH) {
        append(to, cap, "Energy kWh");
        return;
    }
    if (v->plot_quantity == PLOT_BOTH) {
        append(to, cap, cols >= TITLE_COLS_WIDE ? "Power ~kW, energy o kWh" : "~kW, o kWh");
        return;
    }
    append(to, cap, cols >= TITLE_COLS_HUGE ? "Power ~kW, derived from kWh" : "Power ~kW");
    if (!o || o->power_window_ms == 0 || cols < TITLE_COLS_WIDE)
        return;
    if (cols >= TITLE_COLS_HUGE) {
        num_format_duration(window, sizeof window, (int64_t)o->power_window_ms);
        append(to, cap, " over ");
        append(to, cap, window);
    }
    if (o->power_by_arrival)
        append(to, cap, cols >= TITLE_COLS_HUGE ? " of arrival time" : " by arrival");
}

static struct rect inside_of(const struct view *v, int cols)
{
    struct layout l;
    struct rect inside = {0, 0, cols - 2, PLOT_ROWS_ALL};

    if (v->cols > 0 && v->rows > 0) {
        view_layout(v, v->cols, v->rows, &l);
        if (l.pane[PANE_PLOT].rows > 0)
            inside = layout_inner(&l, PANE_PLOT);
    }
    return inside;
}

static int series_shown(const struct view *v, const struct ui_model *m, int cols,
                        struct plot_series series[PLOT_SERIES_MAX])
{
    const struct rect inside = inside_of(v, cols);

    return plot_series_of(v, m, plot_series_most(inside.cols, inside.rows), series);
}

/* Pinned orders that a small pane has no place for. */
static int series_left_out(const struct view *v, const struct ui_model *m, int shown)
{
    struct plot_series all[PLOT_SERIES_MAX];

    return plot_series_of(v, m, PLOT_SERIES_MAX, all) - shown;
}

/* "45s", "12m", "1h", "1h30m": without the zeros of a duration that runs. */
static void short_span(uint64_t ms, char *to, size_t cap)
{
    const unsigned long long s = ms / 1000;

    if (s < 60)
        str_format(to, cap, "%llus", s);
    else if (s < 3600)
        str_format(to, cap, s % 60 ? "%llum%02llus" : "%llum", s / 60, s % 60);
    else
        str_format(to, cap, s % 3600 >= 60 ? "%lluh%02llum" : "%lluh", s / 3600, s % 3600 / 60);
}

static void append_window(const struct view *v, char *to, size_t cap)
{
    char span[24] = "all";

    if (v->window_ms > 0)
        short_span(v->window_ms, span, sizeof span);
    append(to, cap, span);
    if (v->offset_ms > 0) {
        short_span(v->offset_ms, span, sizeof span);
        append(to, cap, "  -");
        append(to, cap, span);
    }
}

static void append_pause(const struct view *v, const struct ui_model *m, char *to, size_t cap)
{
    const unsigned long long s = (m->now_ms - v->paused_ms) / 1000;
    char part[48];

    str_format(part, sizeof part, "%sPAUSED %llu:%02llu", to[0] ? "  " : "", s / 60, s % 60);
    append(to, cap, part);
}

/* The time that is shown: it never gives way to the names of series. */
static void append_time(const struct view *v, const struct ui_model *m, char *to, size_t cap)
{
    append_window(v, to, cap);
    if (v->paused_ms)
        append_pause(v, m, to, cap);
    else if (v->offset_ms == 0)
        append(to, cap, "  live");
}

enum { SERIES_PART = ORDER_ID_MAX + 16, FRAME_CELLS = 11 /* the number, brackets, corners */ };

static int series_part(const struct plot_series *s, bool first, int cols, char part[SERIES_PART])
{
    const char *word = !s->selected ? "" : cols >= TITLE_COLS_WIDE ? " selected " : "";

    str_format(part, SERIES_PART, "%s%s%c:%s", first ? "  " : " ", word, s->symbol, s->o->id);
    return text_width(str_from(part));
}

static void append_scale(const struct view *v, const struct ui_model *m, char *to, size_t cap)
{
    char from[24], top[24], part[64];
    const int64_t drawn = v->y_max_w > 0 ? v->y_max_w : v->y_held_w;

    num_format(top, sizeof top, drawn, 3, drawn % 1000 ? 1 : 0);
    if (v->y_max_w > 0) {
        str_format(part, sizeof part, "y:0-%s  ", top);
    } else if (v->y_before_w > 0 && v->y_held_w > 0 && m->now_ms < v->y_held_ms + CHANGE_SHOWN_MS) {
        num_format(from, sizeof from, v->y_before_w, 3, v->y_before_w % 1000 ? 1 : 0);
        str_format(part, sizeof part, "y:%s>%s  ", from, top);
    } else {
        return;
    }
    append(to, cap, part);
}

/* The selected one has its place before the pinned ones: the legend at the right names those that find
 * none. False: some found none. */
static bool append_series(const struct view *v, const struct ui_model *m, int cols, char *to,
                          size_t cap)
{
    struct plot_series series[PLOT_SERIES_MAX];
    const int count = series_shown(v, m, cols, series);
    const int left_out = series_left_out(v, m, count);
    char part[SERIES_PART], time[128] = "";
    int put = 0;

    append_scale(v, m, time, sizeof time);
    append_time(v, m, time, sizeof time);
    int room = cols - FRAME_CELLS - text_width(str_from(time)) - text_width(str_from(to));
    for (int i = 0; i < count; i++)
        room -= series[i].selected ? series_part(&series[i], true, cols, part) : 0;
    for (int i = 0; i < count; i++) {
        const int cells = series_part(&series[i], put == 0, cols, part);
        if (!series[i].selected && cells > room)
            continue;
        room -= series[i].selected ? 0 : cells;
        put++;
        append(to, cap, part);
    }
    if ((int)str_format(part, sizeof part, "  +%d not shown", left_out) > room)
        str_format(part, sizeof part, "  +%d more", left_out);
    if (left_out > 0 && text_width(str_from(part)) <= room)
        append(to, cap, part);
    return put == count;
}

/* ---- the crosshair ---- */

static void watts(char *to, size_t cap, int32_t power_w, int decimals)
{
    if (power_w == POWER_UNKNOWN)
        str_copy(to, cap, STR("--"));
    else
        num_format(to, cap, power_w, 3, decimals);
}

/* The values of the other series, by their symbols: "1:10.9 2:3.1  ". */
static void append_pinned(const struct view *v, const struct ui_model *m, int cols, char *to,
                          size_t cap)
{
    struct plot_series series[PLOT_SERIES_MAX];
    const int count = series_shown(v, m, cols, series);
    struct cross_reading r;
    char value[24], part[32];
    const size_t before = strlen(to);

    for (int i = 0; i < count; i++) {
        if (series[i].selected)
            continue;
        cross_read(series[i].o, m, v->cross_ms, &r);
        if (!r.known)
            str_copy(value, sizeof value, STR("--"));
        else if (v->plot_quantity == PLOT_KWH)
            num_format(value, sizeof value, r.energy_wh, 3, 2);
        else
            watts(value, sizeof value, r.power_w, 1);
        str_format(part, sizeof part, "%s%c:%s", strlen(to) > before ? " " : "", series[i].symbol,
                   value);
        append(to, cap, part);
    }
    if (strlen(to) > before)
        append(to, cap, "  ");
}

/* "m 13:51:20 +34m37 +2.50 kWh  ": what passed since the mark before it, or until the one after. */
static void append_mark(const struct view *v, const struct ui_model *m, const struct order *o,
                        const struct cross_reading *here, char *to, size_t cap)
{
    const struct mark *mark = cross_mark_of(v, m);
    struct cross_reading there;
    char clock[16], span[24], energy[24] = "", part[80];

    if (!mark)
        return;
    const bool later = mark->at_ms > v->cross_ms;
    const uint64_t apart_ms = later ? mark->at_ms - v->cross_ms : v->cross_ms - mark->at_ms;
    stamp_format_clock(clock, sizeof clock, mark->at_unix_ms, m->utc_offset_s, false);
    num_format_duration(span, sizeof span, (int64_t)apart_ms);
    cross_read(o, m, mark->at_ms, &there);
    if (here->known && there.known && here->energy_wh != INT64_MIN && there.energy_wh != INT64_MIN)
        num_format(energy, sizeof energy, here->energy_wh - there.energy_wh, 3, 2);
    str_format(part, sizeof part, "m %s %c%s%s%s%s  ", clock, later ? '-' : '+', span,
               energy[0] ? (energy[0] == '-' ? " " : " +") : "", energy, energy[0] ? " kWh" : "");
    append(to, cap, part);
}

static void append_readout(const struct view *v, const struct ui_model *m, int cols,
                           const struct order *o, const struct cross_reading *r, char *to,
                           size_t cap)
{
    char clock[16], kw[24], kwh[24] = "--", part[96];
    const struct log_entry *e = r->known ? cross_event_of(v, m, o->id, v->cross_ms) : NULL;

    stamp_format_clock(clock, sizeof clock, cross_unix_ms(v, m), m->utc_offset_s, false);
    if (!r->known) {
        str_format(part, sizeof part, cols >= READOUT_COLS ? "cross %s: no data" : "%s no data",
                   clock);
        append(to, cap, part);
        return;
    }
    watts(kw, sizeof kw, r->power_w, 2);
    if (r->energy_wh != INT64_MIN)
        num_format(kwh, sizeof kwh, r->energy_wh, 3, 2);
    if (cols < READOUT_COLS)
        str_format(part, sizeof part, "%s %s", clock, v->plot_quantity == PLOT_KWH ? kwh : kw);
    else if (cols < READOUT_COLS_FULL)
        str_format(part, sizeof part, "%s: %s kW, %s kWh", clock, kw, kwh);
    else
        str_format(part, sizeof part, "cross %s: %s kW, %s kWh", clock, kw, kwh);
    append(to, cap, part);
    if (e && cols >= READOUT_COLS_FULL) {
        str_format(part, sizeof part, ", #%u", (unsigned)e->order_seq);
        append(to, cap, part);
    }
}

void plot_cross_text(const struct view *v, const struct ui_model *m, int cols, char *to, size_t cap)
{
    const struct order *o = view_selected(v, m);
    struct cross_reading r = {.known = false};
    char clock[16];

    to[0] = '\0';
    if (v->paused_ms) {
        append_pause(v, m, to, cap);
        append(to, cap, "  ");
    }
    append_scale(v, m, to, cap);
    append_pinned(v, m, cols, to, cap);
    if (!o) {
        stamp_format_clock(clock, sizeof clock, cross_unix_ms(v, m), m->utc_offset_s, false);
        append(to, cap, "cross ");
        append(to, cap, clock);
        return;
    }
    cross_read(o, m, v->cross_ms, &r);
    append_mark(v, m, o, &r, to, cap);
    append_readout(v, m, cols, o, &r, to, cap);
}

/* ---- both sides ---- */

static void cross_titles(const struct view *v, const struct ui_model *m, int cols,
                         struct pane_titles *out)
{
    append(out->left, sizeof out->left,
           v->plot_quantity == PLOT_KWH    ? "kWh"
           : v->plot_quantity == PLOT_BOTH ? "~kW, o kWh"
                                           : "~kW");
    if (cols >= READOUT_COLS) {
        append(out->left, sizeof out->left, "  ");
        append_window(v, out->left, sizeof out->left);
    }
    plot_cross_text(v, m, cols, out->right, sizeof out->right);
}

void plot_titles(const struct view *v, const struct ui_model *m, int cols, struct pane_titles *out)
{
    out->left[0] = out->right[0] = '\0';
    if (v->cross_ms && v->plot_shape == PLOT_LINES) {
        cross_titles(v, m, cols, out);
        return;
    }
    if (v->plot_shape == PLOT_GRID) {
        plot_grid_title(v, inside_of(v, cols), out->left, sizeof out->left);
        if (v->cross_ms) {
            plot_cross_text(v, m, cols, out->right, sizeof out->right);
            return;
        }
    } else if (v->plot_shape != PLOT_LINES) {
        plot_total_title(v, m, out->left, sizeof out->left);
    } else {
        append_quantity(v, m, cols, out->left, sizeof out->left);
        if (!append_series(v, m, cols, out->left, sizeof out->left)) {
            out->left[0] = '\0'; /* whose it is matters more than how it was measured */
            append_quantity(v, m, 0, out->left, sizeof out->left);
            (void)append_series(v, m, cols, out->left, sizeof out->left);
        }
    }
    append_scale(v, m, out->right, sizeof out->right);
    append_time(v, m, out->right, sizeof out->right);
}
