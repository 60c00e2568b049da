/* src/ui/kiosk/power.c - the whole fleet's power as one large picture, up to a day back. */
#include "base/num.h"
#include "base/text.h"
#include "ui/kiosk/kiosk_internal.h"
#include "ui/plot_scale.h"

enum { AXIS_CELLS = 8, CAPTION_ROWS = 28, MINUTE_MS = 60000 };

struct picture {
    const struct kiosk_look *l;
    struct rect at; /* of the columns alone */
    uint64_t from_ms, to_ms;
    int64_t top_w;
};

/* The shortest of these that holds all that is known. */
static uint64_t window_of(const struct kiosk_look *l)
{
    static const uint32_t minutes[] = {15, 30, 60, 120, 240, 480, 720, 1440};
    const uint64_t oldest_ms = past_oldest_ms(l->past);
    const uint64_t span_ms = oldest_ms < l->m->now_ms ? l->m->now_ms - oldest_ms : 0;

    for (size_t i = 0; i < COUNT_OF(minutes); i++)
        if (span_ms <= (uint64_t)minutes[i] * MINUTE_MS)
            return (uint64_t)minutes[i] * MINUTE_MS;
    return (uint64_t)PAST_CELLS * PAST_CELL_MS;
}

static uint64_t column_ms(const struct picture *p, int column)
{
    return p->from_ms + (p->to_ms - p->from_ms) * (uint64_t)column / (uint64_t)p->at.cols;
}

/* A column shorter than a minute shows the minute it lies in. */
static bool column_power(const struct picture *p, int column, int64_t *mean_w, int64_t *max_w)
{
    const uint64_t from_ms = column_ms(p, column), to_ms = column_ms(p, column + 1);
    const struct past_cell *c;

    if (to_ms - from_ms >= (uint64_t)2 * PAST_CELL_MS)
        return past_span(p->l->past, from_ms, to_ms, mean_w, max_w);
    c = past_at(p->l->past, (from_ms + to_ms) / 2);
    if (!c)
        return false;
    *mean_w = c->sum_w_ms / c->known_ms;
    *max_w = c->max_w;
    return true;
}

static void put_column(const struct picture *p, int column)
{
    int64_t mean_w = 0, max_w = 0;
    const bool known = column_power(p, column, &mean_w, &max_w);
    struct surface *s = p->l->s;
    const int x = p->at.x + column, base = p->at.y + p->at.rows - 1;

    if (!known)
        return;
    const int64_t eighths = p->top_w > 0 ? mean_w * p->at.rows * 8 / p->top_w : 0;
    const int full = (int)(eighths / 8 > p->at.rows ? p->at.rows : eighths / 8);
    surface_fill(s, (struct rect){x, base - full + 1, 1, full}, s->ascii ? '#' : 0x2588,
                 ROLE_SERIES_1);
    if (full < p->at.rows && eighths % 8 > 0 && (!s->ascii || eighths % 8 >= 4))
        surface_glyph(s, x, base - full, s->ascii ? '#' : 0x2580u + (uint32_t)(eighths % 8),
                      ROLE_SERIES_1);
    if (full == 0 && (eighths == 0 || s->ascii) && eighths % 8 < 4)
        surface_glyph(s, x, base, s->ascii ? '_' : 0x2581, ROLE_SERIES_1);
}

static void put_scale(const struct picture *p)
{
    struct surface *s = p->l->s;
    const int x = p->at.x - AXIS_CELLS;
    const int64_t step_w = plot_scale_step_w(p->top_w);
    int last_y = -1;

    for (int64_t w = 0; w <= p->top_w && step_w > 0; w += step_w) {
        const int y = p->at.y + p->at.rows - 1 - (int)(w * (p->at.rows - 1) / p->top_w);
        char label[24];
        if (y == last_y)
            continue;
        last_y = y;
        (void)num_format(label, sizeof label, w, 3, step_w % 1000 ? 1 : 0);
        surface_right(s, x, y, AXIS_CELLS - 2, str_from(label), ROLE_AXIS);
        surface_glyph(s, x + AXIS_CELLS - 1, y, s->ascii ? '+' : 0x253C, ROLE_AXIS);
    }
}

static void put_times(const struct picture *p, int y)
{
    struct surface *s = p->l->s;
    const int marks = p->at.cols >= 100 ? 4 : p->at.cols >= 40 ? 2 : 1;

    for (int i = 0; i < marks; i++) {
        const int column = p->at.cols * i / marks;
        char clock[8];
        const uint64_t at_ms = column_ms(p, column);
        (void)kiosk_clock(p->l->m, clock, sizeof clock,
                          p->l->m->now_unix_ms - (int64_t)(p->to_ms - at_ms));
        (void)surface_text(s, p->at.x + column, y, 5, str_from(clock), ROLE_AXIS);
    }
    surface_right(s, p->at.x + p->at.cols - 3, y, 3, STR("now"), ROLE_AXIS);
}

/* `.` where power is known, `:` where nobody could know it. */
static void put_rail(const struct picture *p, int y)
{
    const uint64_t oldest_ms = past_oldest_ms(p->l->past);
    int64_t mean_w, max_w;

    (void)surface_text(p->l->s, p->at.x - AXIS_CELLS, y, AXIS_CELLS - 1, STR("rail"), ROLE_DIM);
    for (int i = 0; i < p->at.cols; i++) {
        const bool known = column_power(p, i, &mean_w, &max_w);
        if (known || column_ms(p, i + 1) > oldest_ms)
            surface_glyph(p->l->s, p->at.x + i, y, known ? '.' : ':',
                          known ? ROLE_RAIL : ROLE_LINK_DOWN);
    }
}

static int64_t highest(const struct picture *p)
{
    int64_t most_w = 0, mean_w, max_w;

    for (int i = 0; i < p->at.cols; i++)
        if (column_power(p, i, &mean_w, &max_w) && mean_w > most_w)
            most_w = mean_w;
    return most_w;
}

/* "114.4 kW", "114.4 kW+" of a part, "- kW" */
static void now_text(const struct kiosk_look *l, char *to, size_t cap)
{
    char number[24] = "-";

    if (!kiosk_power_unknown(&l->totals))
        (void)num_format(number, sizeof number, l->totals.power_w, 3, 1);
    (void)str_format(to, cap, "%s %s", number, kiosk_power_unit(&l->totals));
}

static void put_caption(const struct kiosk_look *l, struct rect at)
{
    char now[32], peak[24], clock[8], line[128];

    now_text(l, now, sizeof now);
    if (l->day->peak_w <= 0) {
        (void)str_format(line, sizeof line, "now %s", now);
    } else {
        (void)num_format(peak, sizeof peak, l->day->peak_w, 3, 1);
        (void)kiosk_clock(l->m, clock, sizeof clock, l->day->peak_unix_ms);
        (void)str_format(line, sizeof line, "now %s    peak %s kW at %s", now, peak, clock);
    }
    (void)kiosk_text(l->s, at.x + (at.cols > 40 ? 2 : 0), at.y, at.cols - (at.cols > 40 ? 2 : 0),
                     line, ROLE_STRONG);
}

/* "114.4 KW      PEAK 157.3 KW 14:20" in letters. False: they have no room. */
static bool put_caption_large(const struct kiosk_look *l, struct rect at)
{
    const struct digit_size size = digit_sizes[DIGIT_SIZES - 1];
    char number[32], clock[8], now[40], peak[64] = "", spelled[40];

    now_text(l, number, sizeof number);
    (void)str_format(now, sizeof now, "NOW %s", number);
    if (!digits_spell(str_from(now), spelled, sizeof spelled))
        return false;
    if (l->day->peak_w > 0) {
        (void)num_format(number, sizeof number, l->day->peak_w, 3, 1);
        (void)kiosk_clock(l->m, clock, sizeof clock, l->day->peak_unix_ms);
        (void)str_format(peak, sizeof peak, "PEAK %s KW %s", number, clock);
    }
    const int cells = digits_cells(peak, size.x);
    if (digits_cells(spelled, size.x) + cells + 8 > at.cols)
        return false;
    digits_draw(l->s, at.x + 2, at.y, size, spelled, ROLE_STRONG);
    digits_draw(l->s, at.x + at.cols - 1 - cells, at.y, size, peak, ROLE_BODY);
    return true;
}

void kiosk_draw_plot(const struct kiosk_look *l, struct rect at)
{
    const bool rail = at.rows >= 8, axis = at.cols >= 30;
    const int below = (at.rows >= 5) + rail;
    struct picture p = {.l = l, .to_ms = l->m->now_ms};
    const uint64_t window_ms = window_of(l);

    if (at.rows < 1 || at.cols < 1)
        return;
    if (at.rows >= CAPTION_ROWS &&
        put_caption_large(l, (struct rect){at.x, at.y + 1, at.cols, DIGIT_ROWS})) {
        at.y += DIGIT_ROWS + 1;
        at.rows -= DIGIT_ROWS + 1;
    } else {
        put_caption(l, (struct rect){at.x, at.y, at.cols, 1});
    }
    p.at =
        (struct rect){at.x + (axis ? AXIS_CELLS : 0), at.y + 1 + (at.rows >= 12),
                      at.cols - (axis ? AXIS_CELLS + 1 : 0), at.rows - 1 - (at.rows >= 12) - below};
    if (p.at.rows < 1 || p.at.cols < 4)
        return;
    p.from_ms = l->m->now_ms > window_ms ? l->m->now_ms - window_ms : 0;
    if (p.to_ms <= p.from_ms)
        return;
    const int64_t most_w = highest(&p);
    const int64_t step_w = plot_scale_step_w(most_w > PLOT_TOP_MIN_W ? most_w : PLOT_TOP_MIN_W);
    p.top_w = step_w > 0 ? (most_w + step_w - 1) / step_w * step_w : PLOT_TOP_MIN_W;
    p.top_w = p.top_w < PLOT_TOP_MIN_W ? PLOT_TOP_MIN_W : p.top_w;
    if (axis)
        put_scale(&p);
    for (int i = 0; i < p.at.cols; i++)
        put_column(&p, i);
    if (rail)
        put_rail(&p, p.at.y + p.at.rows);
    if (at.rows >= 5)
        put_times(&p, at.y + at.rows - 1);
}
