/* src/ui/screens/detail_events.c - the events of one order, newest first, each with its own number;
 * and which of them is looked at. */
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/columns.h"
#include "ui/cross.h"
#include "ui/detail.h"
#include "ui/event_lines.h"

enum { COLS_MS = 52, COLS_UNIT = 56, COLS_GAP = 30 };

/* ---- which ---- */

bool detail_is_event(const struct log_entry *e, const char *order_id)
{
    return log_entry_is_of_order(e) && strcmp(e->order_id, order_id) == 0;
}

/* The newest one from that age on, with a number of at most `seq` and not later than `ms`, which say
 * where the events begin that have left the ring. */
static const struct log_entry *from_age(const struct view *v, const struct event_log *log,
                                        size_t age, uint64_t seq, uint64_t ms)
{
    const struct log_entry *e;

    for (; (e = event_log_at(log, age)) != NULL; age++)
        if (detail_is_event(e, v->selected))
            return e;
    for (age = 0; (e = event_log_kept(log, v->selected, age)) != NULL; age++)
        if (e->seq <= seq && e->at_ms <= ms)
            return e;
    return NULL;
}

static const struct log_entry *from_seq(const struct view *v, const struct event_log *log,
                                        uint64_t seq)
{
    return from_age(v, log, event_log_age_of(log, seq), seq, UINT64_MAX);
}

/* While nothing is paused the frame's own search is used: it looks at new lines only. */
const struct log_entry *detail_newest(const struct view *v, const struct ui_model *m)
{
    const struct event_log *log = view_events(v, m);
    const struct detail_cache *c = v->detail;

    if (c && !v->paused_ms && c->scanned_seq == event_log_newest_seq(log) &&
        strcmp(c->id, v->selected) == 0)
        return event_log_find_of(log, v->selected, c->newest_seq);
    return from_seq(v, log, event_line_newest_seq(v));
}

/* Of the list, which the filter of the events thins out; what the other panes show is not its. */
static const struct log_entry *listed(const struct view *v, const struct event_log *log,
                                      const struct log_entry *e)
{
    while (e && !find_event_shown(v, e))
        e = e->seq > 1 ? from_seq(v, log, e->seq - 1) : NULL;
    return e;
}

const struct log_entry *detail_event(const struct view *v, const struct ui_model *m)
{
    const struct event_log *log = view_events(v, m);
    const struct log_entry *e =
        v->cross_seq ? event_log_find_of(log, v->selected, v->cross_seq) : NULL;

    if (e && detail_is_event(e, v->selected))
        return e;
    e = detail_newest(v, m);
    if (e && v->cross_ms > 0 && e->at_ms > v->cross_ms)
        e = from_age(v, log, event_log_age_at(log, v->cross_ms), UINT64_MAX, v->cross_ms);
    return e;
}

const struct log_entry *detail_event_beside(const struct view *v, const struct ui_model *m,
                                            uint64_t seq, bool older)
{
    const struct event_log *log = view_events(v, m);
    const struct log_entry *e;
    size_t age = event_log_age_of(log, seq);

    if (older)
        return seq > 0 ? from_seq(v, log, seq - 1) : NULL;
    /* the one before is the newer of two that have left the ring */
    const struct log_entry *kept = event_log_kept(log, v->selected, 0);
    if (kept && kept->seq > seq)
        return kept;
    while (age > 0 && (e = event_log_at(log, --age)) != NULL)
        if (e->seq > seq && e->seq <= event_line_newest_seq(v) && detail_is_event(e, v->selected))
            return e;
    return NULL;
}

const struct log_entry *detail_event_numbered(const struct view *v, const struct ui_model *m,
                                              uint32_t number)
{
    const struct event_log *log = view_events(v, m);
    const struct log_entry *e;

    for (size_t age = 0; number > 0 && (e = event_log_at(log, age)) != NULL; age++)
        if (e->order_seq == number && detail_is_event(e, v->selected))
            return e;
    for (size_t age = 0; number > 0 && (e = event_log_kept(log, v->selected, age)) != NULL; age++)
        if (e->order_seq == number)
            return e;
    return NULL;
}

void detail_step_event(struct view *v, const struct ui_model *m, long events)
{
    const struct log_entry *at = detail_event(v, m);

    while (at && events != 0) {
        const struct log_entry *next = detail_event_beside(v, m, at->seq, events < 0);
        while (next && !find_event_shown(v, next))
            next = detail_event_beside(v, m, next->seq, events < 0);
        if (!next)
            break;
        at = next;
        events += events < 0 ? 1 : -1;
    }
    if (!at)
        return;
    if (events >= 0 && !detail_event_beside(v, m, at->seq, false)) {
        cross_drop(v); /* the newest one is followed */
        return;
    }
    cross_set_event(v, m, at);
}

/* ---- lines ---- */

struct lines {
    const struct log_entry *at[DETAIL_EVENTS_MAX + 1]; /* newest first; one more for the last gap */
    size_t count;
    int decimals; /* of their energies */
};

static const struct log_entry *next_older(const struct view *v, const struct event_log *log,
                                          const struct log_entry *e)
{
    return e->seq > 1 ? listed(v, log, from_seq(v, log, e->seq - 1)) : NULL;
}

/* The rows that show the event looked at, newest first. */
static void collect(const struct view *v, const struct ui_model *m, size_t rows, struct lines *out)
{
    const struct log_entry *chosen = detail_event(v, m);
    const struct event_log *log = view_events(v, m);
    const struct log_entry *first = listed(v, log, detail_newest(v, m));
    size_t above = 0;

    if (rows > DETAIL_EVENTS_MAX)
        rows = DETAIL_EVENTS_MAX;
    for (const struct log_entry *e = first; chosen && e && e->seq > chosen->seq;
         e = next_older(v, log, e))
        above++;
    for (; first && rows > 0 && above >= rows; above--)
        first = next_older(v, log, first);
    out->count = 0;
    out->decimals = 2;
    for (; first && out->count <= rows; first = next_older(v, log, first)) {
        if (event_line_decimals(first) > out->decimals)
            out->decimals = event_line_decimals(first);
        out->at[out->count++] = first;
    }
}

static void gap_text(const struct log_entry *e, const struct log_entry *before, char *to,
                     size_t cap)
{
    const uint64_t ms = before && e->at_ms > before->at_ms ? e->at_ms - before->at_ms : 0;

    to[0] = '\0';
    if (!before)
        return;
    if (ms < 9950)
        str_format(to, cap, "+%llu.%llus", (unsigned long long)((ms + 50) / 1000),
                   (unsigned long long)((ms + 50) % 1000 / 100));
    else {
        to[0] = '+';
        column_age(to + 1, cap - 1, ms);
    }
}

static void when_text(const struct view *v, const struct ui_model *m, const struct log_entry *e,
                      int cols, char *to, size_t cap)
{
    char age[16];

    if (v->time_style == TIME_AGE) {
        column_age(age, sizeof age, m->now_ms > e->at_ms ? m->now_ms - e->at_ms : 0);
        str_format(to, cap, "%5s", age);
    } else if (v->time_style == TIME_GAP) {
        to[0] = '\0';
    } else {
        stamp_format_clock(to, cap, e->at_unix_ms, m->utc_offset_s, cols >= COLS_MS);
    }
}

static void energy_text(const struct log_entry *e, int decimals, char *to, size_t cap)
{
    char was[24], now[24];

    to[0] = '\0';
    if (e->energy_wh == INT64_MIN)
        return;
    num_format(now, sizeof now, e->energy_wh, 3, decimals);
    if (e->energy_before_wh == INT64_MIN) {
        str_copy(to, cap, str_from(now));
        return;
    }
    num_format(was, sizeof was, e->energy_before_wh, 3, decimals);
    str_format(to, cap, "%s%c%s", was, e->energy_before_wh == e->energy_wh ? '=' : '>', now);
}

static const char *word_of(const struct log_entry *e)
{
    if (e->note[0])
        return e->note;
    return e->what == LOG_DUPLICATE ? "no change" : e->what == LOG_LATE ? "late" : "";
}

/* "#536 ", as wide as the widest number of the page. */
static void number_text(const struct log_entry *e, int cells, char *to, size_t cap)
{
    char number[24] = "";

    if (e->order_seq)
        str_format(number, sizeof number, "#%u", (unsigned)e->order_seq);
    str_format(to, cap, "%-*s%s", cells, number, cells > 0 ? " " : "");
}

static int number_cells(const struct lines *lines)
{
    char number[24];
    int widest = 0;

    for (size_t i = 0; i < lines->count; i++)
        if (lines->at[i]->order_seq) {
            const int cells =
                (int)str_format(number, sizeof number, "#%u", (unsigned)lines->at[i]->order_seq);
            widest = cells > widest ? cells : widest;
        }
    return widest;
}

static void draw_line(struct surface *s, struct rect row, const struct view *v,
                      const struct ui_model *m, const struct log_entry *e,
                      const struct log_entry *before, bool chosen, const struct lines *lines)
{
    char when[24], gap[16], number[40], energy[64], text[256];
    const bool bad = e->note[0] == '!' || e->what == LOG_REJECTED;

    when_text(v, m, e, row.cols, when, sizeof when);
    gap_text(e, before, gap, sizeof gap);
    energy_text(e, lines->decimals, energy, sizeof energy);
    number_text(e, number_cells(lines), number, sizeof number);
    const char *word = word_of(e);
    str_format(text, sizeof text, "%s%s%*s%s%s%s %s%s%s%s", when, when[0] ? " " : "",
               row.cols >= COLS_GAP ? 5 : 0, row.cols >= COLS_GAP ? gap : "",
               row.cols >= COLS_GAP ? " " : "", number, e->name, energy,
               energy[0] && row.cols >= COLS_UNIT ? " kWh" : "", word[0] ? "  " : "", word);
    surface_glyph(s, row.x, row.y, chosen ? '>' : ' ', ROLE_STRONG);
    detail_put(s, row.x + 1, row.y, row.cols - 1, text, bad ? ROLE_STATE_BAD : ROLE_BODY);
    if (chosen)
        surface_flag(s, row, CELL_SELECTED);
}

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    const struct log_entry *e = detail_event(v, m);

    (void)cols;
    str_format(out->left, sizeof out->left, "Events of %s", v->selected);
    if (v->paused_ms)
        str_copy(out->right, sizeof out->right, STR("PAUSED"));
    else if (e && v->cross_ms > 0 && e->order_seq)
        str_format(out->right, sizeof out->right, "at #%u   . live", (unsigned)e->order_seq);
    else
        str_copy(out->right, sizeof out->right, STR("follow live"));
    if (!query_is_empty(&v->find.filter[PANE_EVENTS])) {
        const size_t len = strlen(out->right);
        str_format(out->right + len, sizeof out->right - len, "  filter: %s",
                   v->find.filter[PANE_EVENTS].source);
    }
}

const char *detail_no_event(const struct view *v, const struct ui_model *m)
{
    const struct order *o = fleet_order_get(m->fleet, str_from(v->selected));

    return o && o->ledger.received > 0 ? "its events have left the log, which keeps the newest"
                                       : "no event of this order yet";
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    const struct log_entry *chosen = detail_event(v, m);
    struct lines lines;

    if (at.cols < 1 || at.rows < 1)
        return;
    collect(v, m, (size_t)at.rows, &lines);
    if (lines.count == 0)
        detail_put(s, at.x + (at.cols > 1), at.y, at.cols - 1,
                   chosen ? "no event of this order passes the filter" : detail_no_event(v, m),
                   ROLE_DIM);
    for (size_t i = 0; i < lines.count && i < (size_t)at.rows; i++) {
        const struct rect row = {at.x, at.y + (int)i, at.cols, 1};
        draw_line(s, row, v, m, lines.at[i], i + 1 < lines.count ? lines.at[i + 1] : NULL,
                  chosen && chosen->seq == lines.at[i]->seq && v->cross_ms > 0, &lines);
        find_mark_event(s, row, 1, v, lines.at[i]);
    }
}

const struct pane_ops pane_history = {"Order-events", titles, draw, NULL};
