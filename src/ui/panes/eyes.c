/* src/ui/panes/eyes.c - what needs eyes: by urgency, with its reason and what was done about it;
 * zoomed also the orders in each group and the alarms that were cleared. */
#include "ui/panes/eyes.h"

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/alarm_text.h"
#include "ui/columns.h"
#include "ui/find.h"
#include "ui/glyph.h"
#include "ui/overlay.h"
#include "ui/pane.h"

enum {
    HOUR_MS = 3600000,
    NUMBER_CELLS = 3,
    WHO_CELLS = 22,
    WHO_WIDE_CELLS = 36,
    ANSWER_CELLS = 11,
    ANSWER_ACK_CELLS = 10,
    ANSWER_NEW_CELLS = 4,
    ROWS_FOOTER = 4, /* from here on a line below the list tells more */
    COLS_WHO = 60,   /* below, who gives room to what */
    WHO_NARROW_CELLS = 18,
    COLS_ANSWER = 40, /* from here on the answer stands in a column */
    COLS_WIDE = 90,
    LINE = 256,
    FIND_TITLE_MAX = 160
};

/* ---- drawing ---- */

static void put_cut(struct surface *s, int x, int y, int cells, const char *text, int role)
{
    if (cells < 1)
        return;
    const int used = surface_text(s, x, y, cells, str_from(text), role);
    if (text_width(str_from(text)) > cells)
        surface_glyph(s, x + (used < cells ? used : cells - 1), y, glyph_ellipsis(s->ascii), role);
}

static int role_of_answer(const struct alarm *alarm)
{
    return alarm->phase == ALARM_NEW ? ROLE_ALARM : ROLE_DIM;
}

/* Of the numbers in front: all of one width. */
static int number_cells(const struct ui_model *m)
{
    const size_t count = alarms_count(fleet_alarms(m->fleet));

    return count < 10 ? 1 : count < 100 ? 2 : NUMBER_CELLS;
}

/* Wide enough for the answers that there are: "new" leaves the reason more room than "snoozed 15m". */
static int answer_cells(const struct ui_model *m)
{
    const struct alarms *alarms = fleet_alarms(m->fleet);

    if (alarms_count_in(alarms, ALARM_SNOOZED) + alarms_count_in(alarms, ALARM_HELD) > 0)
        return ANSWER_CELLS;
    return alarms_count_in(alarms, ALARM_ACKED) > 0 ? ANSWER_ACK_CELLS : ANSWER_NEW_CELLS;
}

static void draw_alarm(struct surface *s, struct rect row, const struct eyes_entry *e,
                       const struct ui_model *m)
{
    const struct alarm *alarm = e->alarm;
    const bool answers = row.cols >= COLS_ANSWER;
    const int end = row.x + row.cols - (answers ? answer_cells(m) + 1 : 0);
    const int role = alarm_role(alarm);
    const int text_role = alarm->phase == ALARM_NEW ? ROLE_STRONG : ROLE_BODY;
    char text[LINE];
    int x = row.x + 1;

    if (row.cols >= COLS_ANSWER) {
        surface_printf(s, x, row.y, NUMBER_CELLS, ROLE_DIM, "%zu", e->number);
        x += number_cells(m) + 1;
    }
    surface_glyph(s, x, row.y, alarm_glyph(alarm, s->ascii), role);
    x += 2;
    if (row.cols >= COLS_WIDE) {
        surface_text(s, x, row.y, 5, str_from(alarm_word(alarm)), role);
        x += 6;
    }
    const int who = row.cols >= COLS_WIDE  ? WHO_WIDE_CELLS
                    : row.cols >= COLS_WHO ? WHO_CELLS
                                           : WHO_NARROW_CELLS;
    alarm_who(alarm, m, text, sizeof text);
    put_cut(s, x, row.y, end - x < who ? end - x : who, text, text_role);
    x += who + 1;
    alarm_what(alarm, m, text, sizeof text);
    alarm_fit(text, end - x);
    put_cut(s, x, row.y, end - x, text, ROLE_BODY);
    if (!answers)
        return;
    alarm_answer(alarm->phase, alarm_answer_ms(alarm), m, text, sizeof text);
    surface_text(s, end + 1, row.y, answer_cells(m), str_from(text), role_of_answer(alarm));
}

size_t eyes_member_text(const struct eyes_entry *e, const struct ui_model *m, char *to, size_t cap)
{
    const struct order *o = fleet_order_get(m->fleet, str_from(e->member->order_id));
    char why[FLEET_WHY_MAX], point[COLUMN_CELL_MAX] = "";
    struct order_row values;

    if (e->member->cleared_ms) {
        char ago[16];
        column_age(ago, sizeof ago,
                   m->now_ms > e->member->cleared_ms ? m->now_ms - e->member->cleared_ms : 0);
        if (order_state_needs_eyes(e->member->next))
            return str_format(to, cap, "%s  became %s %s ago", e->member->order_id,
                              order_state_word(e->member->next), ago);
        return str_format(to, cap, "%s  back %s ago", e->member->order_id, ago);
    }
    if (!o)
        return str_copy(to, cap, str_from(e->member->order_id));
    row_of_order(o, m, ROW_NUMBERS, &values);
    column_text(&values, COLUMN_POINT, m, 24, point, sizeof point);
    order_reason(o, m->now_ms, why, sizeof why);
    return str_format(to, cap, "%s %s  %s", o->id, point, why);
}

static void draw_member(struct surface *s, struct rect row, const struct eyes_entry *e,
                        const struct ui_model *m)
{
    char text[LINE];

    eyes_member_text(e, m, text, sizeof text);
    put_cut(s, row.x + 6, row.y, row.cols - 6, text, e->member->cleared_ms ? ROLE_DIM : ROLE_BODY);
}

static void draw_cleared(struct surface *s, struct rect row, const struct eyes_entry *e,
                         const struct ui_model *m)
{
    const struct alarm *alarm = e->alarm;
    char from[16], to[16], lasted[24], who[ALARM_TEXT_MAX], end[ALARM_TEXT_MAX];
    char text[2 * ALARM_TEXT_MAX + 96];
    /* an outage counts from the loss, not from when its hold was over */
    const uint64_t from_ms = alarm_is_link(alarm) ? alarm->since_ms : alarm->raised_ms;

    stamp_format_clock(from, sizeof from, fleet_unix_ms(m->fleet, from_ms), m->utc_offset_s, false);
    stamp_format_clock(to, sizeof to, fleet_unix_ms(m->fleet, alarm->cleared_ms), m->utc_offset_s,
                       false);
    num_format_duration(lasted, sizeof lasted, (int64_t)(alarm->cleared_ms - from_ms));
    alarm_who(alarm, m, who, sizeof who);
    alarm_end(alarm, end, sizeof end);
    str_format(text, sizeof text, "%s%s%s %-7s %-5s %s%s %s", row.cols >= COLS_WHO ? from : "",
               row.cols >= COLS_WHO ? "-" : "", to, lasted, alarm_word(alarm), who,
               alarm->changed > 0 && !alarm_was_replaced(alarm) ? ":" : "", end);
    put_cut(s, row.x + 1, row.y, row.cols - 1, text, ROLE_DIM);
}

static void draw_entry(struct surface *s, struct rect row, const struct eyes_entry *e,
                       const struct ui_model *m)
{
    if (e->cleared)
        draw_cleared(s, row, e, m);
    else if (e->member)
        draw_member(s, row, e, m);
    else
        draw_alarm(s, row, e, m);
}

static void draw_footer(struct surface *s, struct rect at, const struct view *v,
                        const struct ui_model *m)
{
    const uint64_t hour_ago = m->now_ms > HOUR_MS ? m->now_ms - HOUR_MS : 0;
    const struct alarms_ended ended = alarms_ended_since(fleet_alarms(m->fleet), hour_ago);
    char replaced[32] = "";

    if (ended.replaced > 0 && at.cols >= COLS_WHO)
        str_format(replaced, sizeof replaced, ", replaced: %zu", ended.replaced);
    if (v->zoom != PANE_EYES)
        surface_printf(s, at.x + 1, at.y + at.rows - 1, at.cols - 1, ROLE_DIM,
                       "cleared in the last hour: %zu%s   (6 6: the list)", ended.cleared,
                       replaced);
    else if (alarms_history_count(fleet_alarms(m->fleet)) == 0)
        surface_text(s, at.x + 1, at.y + at.rows - 1, at.cols - 1,
                     STR("no alarm was cleared so far"), ROLE_DIM);
}

/* "3 cleared", "2 cleared, 1 replaced" */
static void ended_words(const struct ui_model *m, char *to, size_t cap)
{
    const struct alarms_ended ended = alarms_ended_since(fleet_alarms(m->fleet), 0);
    const size_t len = str_format(to, cap, "%zu cleared", ended.cleared);

    if (ended.replaced > 0)
        str_format(to + len, cap - len, ", %zu replaced", ended.replaced);
}

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    struct fleet_totals t;
    char find[FIND_TITLE_MAX], ended[48];

    const size_t fires = alarms_fires(fleet_alarms(m->fleet));
    fleet_totals(m->fleet, &t);
    size_t len = str_copy(out->left, sizeof out->left, STR("Needs eyes"));
    if (t.need_eyes > 0)
        len += str_format(out->left + len, sizeof out->left - len, " %zu", t.need_eyes);
    if (fires > 0)
        str_format(out->left + len, sizeof out->left - len, "%s%zu fire%s",
                   t.need_eyes > 0 ? " + " : " ", fires, fires == 1 ? "" : "s");
    if (find_title(v, PANE_EYES, false, find, sizeof find) > 0)
        str_copy(out->right, sizeof out->right, str_from(find));
    else if (v->zoom == PANE_EYES && cols >= 60) {
        ended_words(m, ended, sizeof ended);
        str_format(out->right, sizeof out->right, "%s  Enter show  a ack  s snooze", ended);
    } else
        str_copy(out->right, sizeof out->right, STR("a ack  s snooze"));
}

static void draw_nothing(struct surface *s, struct rect at, const struct view *v)
{
    char text[FIND_TITLE_MAX] = "nothing needs eyes";

    if (!query_is_empty(&v->find.filter[PANE_EYES]))
        find_nothing(v, PANE_EYES, "alarm", text, sizeof text);
    surface_text(s, at.x + 1, at.y, at.cols - 1, str_from(text), ROLE_DIM);
}

/* The footer stands below them. */
static struct pane_rows rows_of(struct rect at, const struct view *v, const struct ui_model *m)
{
    const size_t count = eyes_entry_count(v, m);

    at.rows -= at.rows >= ROWS_FOOTER;
    at.rows = at.rows > SURFACE_ROWS_MAX ? SURFACE_ROWS_MAX : at.rows;
    return (struct pane_rows){at, menu_top(&v->eyes, count, (size_t)at.rows), count};
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    struct eyes_entry shown[SURFACE_ROWS_MAX];

    if (at.cols < 1 || at.rows < 1)
        return;
    const struct pane_rows list = rows_of(at, v, m);
    const size_t top = list.top;
    const size_t count = eyes_entries(v, m, top, shown, (size_t)list.at.rows);

    if (count == 0)
        draw_nothing(s, at, v);
    for (size_t y = 0; y < count; y++) {
        const struct rect row = {at.x, at.y + (int)y, at.cols, 1};
        draw_entry(s, row, &shown[y], m);
        if (eyes_hit(v, m, &shown[y]))
            find_mark(s, row, &v->find.query[QUERY_LINES], 0);
        if (v->focus == PANE_EYES && top + y == v->eyes.at) {
            surface_glyph(s, row.x, row.y, '>', ROLE_SELECTED);
            surface_flag(s, row, CELL_SELECTED);
        }
    }
    if (at.rows >= ROWS_FOOTER)
        draw_footer(s, at, v, m);
}

const struct pane_ops pane_eyes = {"Needs eyes", titles, draw, rows_of};
