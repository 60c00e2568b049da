/* src/ui/lines.c - the rows around the panes: header, counts, alarm, keys, command line. */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/columns.h"
#include "ui/glyph.h"
#include "ui/view_internal.h"

/* A part of the header: shown in order, dropped by rank (1 stays longest). */
struct segment {
    char text[96];
    int role, rank;
};

enum { SEGMENTS_MAX = 8, DATA_OLD_MS = 20000, WIDE_COLS = 110, MEDIUM_COLS = 64 };

static void duration(char *to, size_t cap, uint64_t from_ms, uint64_t to_ms)
{
    num_format_duration(to, cap, to_ms > from_ms ? (int64_t)(to_ms - from_ms) : 0);
}

/* "try 3 in 4s", "try 3 now", or nothing. */
static void next_try(const struct link *l, uint64_t now_ms, char *to, size_t cap)
{
    char in[16];

    to[0] = '\0';
    if (l->retry_at_ms > now_ms) {
        num_format_duration(in, sizeof in, (int64_t)(l->retry_at_ms - now_ms + 999));
        str_format(to, cap, ", try %u in %s", l->tries + 1, in);
    } else if (l->tries > 0 && l->state != WIRE_LINK_DISCONNECTED) {
        str_format(to, cap, ", try %u now", l->tries);
    }
}

static uint64_t down_since(const struct link *l)
{
    const struct outage *o = link_outage(l, 0);

    return o && o->to_ms == UINT64_MAX ? o->from_ms : l->since_ms;
}

static void link_words(const struct link *l, uint64_t now_ms, char *to, size_t cap)
{
    char age[16], retry[40];

    next_try(l, now_ms, retry, sizeof retry);
    switch (l->state) {
    case WIRE_LINK_CONNECTED:
        duration(age, sizeof age, l->up_since_ms ? l->up_since_ms : l->since_ms, now_ms);
        str_format(to, cap, "LINK up %s", age);
        break;
    case WIRE_LINK_FAILED:
        str_format(to, cap, "LINK FAILED %d %.60s", (int)l->last_code, l->last_reason);
        break;
    case WIRE_LINK_DISCONNECTED:
        duration(age, sizeof age, down_since(l), now_ms);
        str_format(to, cap, "LINK %s %s%s", l->retry_at_ms ? "down" : "off", age, retry);
        break;
    case WIRE_LINK_INITIALIZED:
        str_format(to, cap, "LINK starting");
        break;
    default:
        duration(age, sizeof age, l->ever_up ? down_since(l) : l->since_ms, now_ms);
        if (!l->ever_up && l->state == WIRE_LINK_CONNECTING && l->retry_at_ms <= now_ms)
            str_format(to, cap, "LINK connecting %s", age);
        else
            str_format(to, cap, "LINK down %s%s", age, retry);
    }
}

static int link_role(const struct link *l)
{
    if (l->state == WIRE_LINK_CONNECTED)
        return ROLE_LINK_UP;
    return l->state == WIRE_LINK_CONNECTING && !l->ever_up ? ROLE_LINK_TRYING : ROLE_LINK_DOWN;
}

static void data_words(const struct link *l, uint64_t now_ms, int cols, struct segment *out)
{
    char age[16];
    const uint64_t old_ms = now_ms > l->data_ms ? now_ms - l->data_ms : 0;

    out->rank = 3;
    out->role = ROLE_HEADER;
    if (l->data_ms == 0) {
        str_copy(out->text, sizeof out->text, STR("no data yet"));
        return;
    }
    if (old_ms < 10000)
        str_format(age, sizeof age, "%llu.%llus", (unsigned long long)(old_ms / 1000),
                   (unsigned long long)(old_ms % 1000 / 100));
    else
        num_format_duration(age, sizeof age, (int64_t)old_ms);
    if (old_ms >= DATA_OLD_MS)
        out->role = ROLE_LINK_TRYING;
    str_format(out->text, sizeof out->text, "%s%s%s%s", cols >= WIDE_COLS ? "newest " : "",
               cols >= MEDIUM_COLS ? "data " : "", age, " old");
}

static void clock_words(const struct ui_model *m, int cols, struct segment *out)
{
    char clock[16];
    const int minutes = abs((int)(m->utc_offset_s / 60));
    const char sign = m->utc_offset_s < 0 ? '-' : '+';

    out->rank = 2;
    out->role = ROLE_HEADER;
    stamp_format_clock(clock, sizeof clock, m->now_unix_ms, m->utc_offset_s, false);
    if (cols >= WIDE_COLS)
        str_format(out->text, sizeof out->text, "%s %c%02d:%02d", clock, sign, minutes / 60, minutes % 60);
    else if (cols >= MEDIUM_COLS && minutes % 60)
        str_format(out->text, sizeof out->text, "%s%c%02d%02d", clock, sign, minutes / 60, minutes % 60);
    else if (cols >= MEDIUM_COLS)
        str_format(out->text, sizeof out->text, "%s%c%02d", clock, sign, minutes / 60);
    else
        str_copy(out->text, sizeof out->text, str_from(clock));
}

static struct segment *next(struct segment *all, int *count, int rank, int role)
{
    struct segment *s = &all[(*count)++];

    s->text[0] = '\0';
    s->rank = rank;
    s->role = role;
    return s;
}

static void pause_words(const struct view *v, const struct ui_model *m, int cols, struct segment *out)
{
    const unsigned long long s = (m->now_ms - v->paused_ms) / 1000;
    const unsigned long long waiting = event_log_total(fleet_events(m->fleet)) - v->paused_seq;

    if (cols >= MEDIUM_COLS)
        str_format(out->text, sizeof out->text, "PAUSED %llu:%02llu, %llu waiting", s / 60, s % 60, waiting);
    else
        str_format(out->text, sizeof out->text, "PAUSED %llu:%02llu", s / 60, s % 60);
}

/* All parts but the clock, in the order they stand. */
static int header_segments(const struct view *v, const struct ui_model *m, int cols, struct segment *all)
{
    const struct link *l = fleet_link(m->fleet);
    struct fleet_totals totals;
    int count = 0;

    fleet_totals(m->fleet, &totals);
    str_copy(next(all, &count, 7, ROLE_TITLE)->text, sizeof all->text, STR("chargetop"));
    if (m->profile && m->profile[0])
        text_clean(next(all, &count, 6, ROLE_HEADER)->text, 32, str_from(m->profile));
    link_words(l, m->now_ms, next(all, &count, 1, link_role(l))->text, sizeof all->text);
    if (v->paused_ms)
        pause_words(v, m, cols, next(all, &count, 2, ROLE_PAUSED));
    if (l->auth_code == 401)
        str_copy(next(all, &count, 2, ROLE_LINK_DOWN)->text, sizeof all->text, STR("AUTH paused (401)"));
    if (l->state == WIRE_LINK_CONNECTED && l->ping_ms >= 0)
        str_format(next(all, &count, 5, ROLE_HEADER)->text, sizeof all->text, "rtt %dms", (int)l->ping_ms);
    data_words(l, m->now_ms, cols, next(all, &count, 3, ROLE_HEADER));
    if (totals.subs_wanted > 0)
        str_format(next(all, &count, 8, totals.subs_ok < totals.subs_wanted ? ROLE_LINK_TRYING : ROLE_HEADER)->text,
                   sizeof all->text, "%zu of %zu subs", totals.subs_ok, totals.subs_wanted);
    return count;
}

static int segments_width(const struct segment *all, int count, int gap)
{
    int width = 0;

    for (int i = 0; i < count; i++)
        if (all[i].text[0])
            width += text_width(str_from(all[i].text)) + (width > 0 ? gap : 0);
    return width;
}

/* Takes away the part that matters least; false when only one is left. */
static bool drop_one(struct segment *all, int count)
{
    int worst = -1, left = 0;

    for (int i = 0; i < count; i++) {
        if (!all[i].text[0])
            continue;
        left++;
        if (worst < 0 || all[i].rank > all[worst].rank)
            worst = i;
    }
    if (left < 2)
        return false;
    all[worst].text[0] = '\0';
    return true;
}

void line_header(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    struct segment all[SEGMENTS_MAX], clock;
    const int count = header_segments(v, m, at.cols, all);
    int gap = at.cols >= WIDE_COLS ? 3 : at.cols >= MEDIUM_COLS ? 2 : 1, x = at.x + 1;

    clock_words(m, at.cols, &clock);
    const int clock_cells = (int)strlen(clock.text);
    const int room = at.cols - 2 - clock_cells;
    while (segments_width(all, count, gap) > room - gap && (gap > 2 || drop_one(all, count)))
        gap = gap > 2 ? 2 : gap;
    if (at.cols < 24) {
        if (segments_width(all, count, gap) > room - gap) /* the link without its age */
            str_format(all[0].text, sizeof all[0].text, "%s", link_is_up(fleet_link(m->fleet)) ? "LINK up" : "LINK DOWN");
        for (int i = 1; i < count && all[0].text[0] == 'L'; i++)
            all[i].text[0] = '\0';
        if (all[0].text[0] == 'L')
            all[0].role = link_role(fleet_link(m->fleet));
        x = at.x;
    }
    const int right = at.x + at.cols - clock_cells - (at.cols < 24 ? 0 : 1);
    const bool with_clock = right > x + 8;
    for (int i = 0; i < count; i++) {
        if (!all[i].text[0])
            continue;
        const int cells = (with_clock ? right - 1 : at.x + at.cols) - x;
        const int named = at.cols >= WIDE_COLS ? 2 : 1; /* the profile belongs to the name */
        const int wide = i == 0 && all[1].rank == 6 && all[1].text[0] ? named : gap;
        x += surface_text(s, x, at.y, cells, str_from(all[i].text), all[i].role) + wide;
    }
    if (with_clock)
        surface_text(s, right, at.y, clock_cells, str_from(clock.text), clock.role);
}

/* Healthy first, then what needs eyes, then what is not charging, as the wireframes have it. */
static const enum order_state counted[] = {
    ORDER_CHRG, ORDER_TAPR, ORDER_SLOW, ORDER_STALL, ORDER_OVER, ORDER_QUIET, ORDER_OFFL,
    ORDER_BAD,  ORDER_DENY, ORDER_STOP, ORDER_WAIT,  ORDER_SCHED, ORDER_DONE};

/* "^ 9 CHRG" at x when it fits before limit; returns the cells used, 0 if not. */
static int put_count(struct surface *s, int x, int y, int limit, enum order_state state, size_t n)
{
    char text[32];
    const int cells = 2 + (int)str_format(text, sizeof text, "%zu %s", n, order_state_word(state));

    if (x + cells > limit)
        return 0;
    if (s) {
        surface_glyph(s, x, y, glyph_state(state, s->ascii), role_of_state(state));
        surface_text(s, x + 2, y, cells - 2, (struct str){text, (size_t)cells - 2}, role_of_state(state));
    }
    return cells;
}

static int counts_width(const struct fleet_totals *t, int gap)
{
    int width = 0;

    for (size_t i = 0; i < COUNT_OF(counted); i++)
        if (t->by_state[counted[i]] > 0)
            width += put_count(NULL, 0, 0, 1000, counted[i], t->by_state[counted[i]]) + gap;
    return width;
}

/* Every order is counted: those whose state has no room are "N other". */
static void put_counts(struct surface *s, int x, int y, int limit, int gap, const struct fleet_totals *t)
{
    size_t left = t->orders;
    /* room for "1234 other", unless all have room */
    const int other_cells = x + counts_width(t, gap) - gap <= limit ? 0 : 10 + gap;

    for (size_t i = 0; i < COUNT_OF(counted) && left > 0; i++) {
        const size_t n = t->by_state[counted[i]];
        if (n == 0)
            continue;
        const int cells = put_count(s, x, y, n == left ? limit : limit - other_cells, counted[i], n);
        if (cells == 0)
            break;
        x += cells + gap;
        left -= n;
    }
    if (left > 0)
        surface_printf(s, x, y, limit - x, ROLE_BODY, "%zu other", left);
}

void line_counts(struct surface *s, struct rect at, const struct ui_model *m)
{
    struct fleet_totals t;
    char head[32], eyes[32] = "", power[32] = "", number[24];
    int gap = 3;

    fleet_totals(m->fleet, &t);
    const int head_cells = (int)str_format(head, sizeof head, "%zu %s:", t.orders, t.orders == 1 ? "order" : "orders");
    if (t.need_eyes > 0)
        str_format(eyes, sizeof eyes, "%zu need%s eyes (!)", t.need_eyes, t.need_eyes == 1 ? "s" : "");
    num_format(number, sizeof number, t.power_w, 3, 1);
    str_format(power, sizeof power, "~%s kW", number);
    const int from = at.x + 1 + head_cells + 2;
    int limit = at.x + at.cols - 1;
    const int power_cells = (int)strlen(power), eyes_cells = (int)strlen(eyes);
    if (from - 2 + counts_width(&t, 2) + 1 + eyes_cells + 2 + power_cells > limit)
        power[0] = '\0'; /* the states matter most, then the eyes */
    int extra = (power[0] ? power_cells + 2 : 0) + (eyes[0] ? eyes_cells + 1 : 0);
    while (gap > 1 && from - gap + counts_width(&t, gap) + extra > limit)
        gap--;
    if (from - gap + counts_width(&t, gap) + extra > limit)
        eyes[0] = '\0';
    surface_text(s, at.x + 1, at.y, head_cells, str_from(head), ROLE_HEADER);
    if (power[0]) {
        surface_right(s, limit - power_cells, at.y, power_cells, str_from(power), ROLE_STRONG);
        limit -= power_cells + 2;
    }
    if (eyes[0]) {
        surface_right(s, limit - eyes_cells, at.y, eyes_cells, str_from(eyes), ROLE_ALARM);
        limit -= eyes_cells + 1;
    }
    put_counts(s, from, at.y, limit, gap, &t);
}

/* Trouble of the link or of authorization, in a sentence; false when there is none. */
static bool link_alarm(const struct ui_model *m, char *to, size_t cap)
{
    const struct link *l = fleet_link(m->fleet);
    char words[128];

    if (l->auth_code == 401) {
        str_format(to, cap, "AUTH paused (401): %s", l->auth_text[0] ? l->auth_text : "the token was refused; give a new one");
        return true;
    }
    if (l->state == WIRE_LINK_CONNECTED || l->state == WIRE_LINK_INITIALIZED ||
        (!l->ever_up && l->state == WIRE_LINK_CONNECTING))
        return false;
    link_words(l, m->now_ms, words, sizeof words);
    if (l->state == WIRE_LINK_FAILED)
        str_format(to, cap, "LINK failed %d: %s", (int)l->last_code, l->last_reason);
    else
        str_format(to, cap, "%s%s%s", words, l->last_reason[0] ? ": " : "", l->last_reason);
    return true;
}

static void order_alarm(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    const struct order *o = v->alarm_id[0] ? fleet_order_get(m->fleet, str_from(v->alarm_id)) : NULL;
    struct order_row row;
    struct fleet_totals t;
    char point[COLUMN_CELL_MAX], right[64];

    if (!o || o->acked || !order_state_needs_eyes(o->state))
        return;
    row_of_order(o, m, ROW_WHOLE, &row);
    fleet_totals(m->fleet, &t);
    column_text(&row, COLUMN_POINT, m, 40, point, sizeof point);
    str_format(right, sizeof right, "%s! next of %zu", at.cols >= WIDE_COLS ? "a ack   " : "", t.need_eyes);
    const int right_cells = (int)strlen(right), role = role_of_state(o->state);
    const bool both = at.cols >= 60;
    const int room = at.cols - 2 - (both ? right_cells + 2 : 0);
    surface_glyph(s, at.x + 1, at.y, glyph_state(o->state, s->ascii), role);
    const int used = surface_printf(s, at.x + 3, at.y, room - 2, role, "%s %s %s: %s", order_state_word(o->state),
                                    o->id, point, row.reason);
    if (used >= room - 2)
        surface_glyph(s, at.x + 3 + used - 1, at.y, glyph_ellipsis(s->ascii), role);
    if (both)
        surface_text(s, at.x + at.cols - 1 - right_cells, at.y, right_cells, str_from(right), ROLE_KEY_TEXT);
}

void line_alarm(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    char text[LINK_TEXT_MAX + 160];

    if (v->message[0])
        surface_text(s, at.x + 1, at.y, at.cols - 2, str_from(v->message), ROLE_MESSAGE);
    else if (link_alarm(m, text, sizeof text))
        surface_text(s, at.x + 1, at.y, at.cols - 2, str_from(text), ROLE_LINK_DOWN);
    else
        order_alarm(s, at, v, m);
}

static const char *line_name(const struct key_row *row)
{
    if (row->on_line)
        return row->on_line;
    return row->shown ? row->shown : row->keys;
}

static int key_cells(const struct key_row *row)
{
    return (int)strlen(line_name(row)) + 1 + (int)strlen(row->short_help);
}

static int put_key(struct surface *s, int x, int y, const struct key_row *row)
{
    const int used = surface_text(s, x, y, 20, str_from(line_name(row)), ROLE_KEY);

    return used + 1 + surface_text(s, x + used + 1, y, 40, str_from(row->short_help), ROLE_KEY_TEXT);
}

enum { RANK_LAST = 90 }; /* rows from this rank on keep their place at the end of the line */

static const struct key_row *row_of_rank(int rank, enum pane_id focus)
{
    for (int i = 0; i < key_row_count; i++)
        if (key_rows[i].line_rank == rank && (key_rows[i].panes & (1u << focus)))
            return &key_rows[i];
    return NULL;
}

void line_keys(struct surface *s, struct rect at, const struct view *v)
{
    int x = at.x + 1, kept = 0;

    for (int rank = RANK_LAST; rank < 100; rank++) {
        const struct key_row *row = row_of_rank(rank, v->focus);
        kept += row ? key_cells(row) + 2 : 0;
    }
    for (int rank = 1; rank < 100; rank++) {
        const struct key_row *row = row_of_rank(rank, v->focus);
        if (!row)
            continue;
        if (rank >= RANK_LAST)
            kept -= key_cells(row) + 2;
        if (x + key_cells(row) + (kept > 0 ? kept + 1 : 0) > at.x + at.cols)
            continue;
        x += put_key(s, x, at.y, row) + 2;
    }
}

/* The end of a long text is shown, where the cursor stands. */
void line_prompt(struct surface *s, struct rect at, const struct view *v)
{
    if (v->prompt_kind == '?') {
        surface_text(s, at.x + 1, at.y, at.cols - 1, str_from(v->question), ROLE_PROMPT);
        return;
    }
    struct str text = str_from(v->prompt);
    const int room = at.cols - 3;
    int width = text_width(text);
    while (width > room && text.len > 0) {
        int cells = 0;
        text_next(&text, &cells);
        width -= cells;
    }
    surface_glyph(s, at.x, at.y, ':', ROLE_PROMPT);
    surface_text(s, at.x + 1, at.y, room > 0 ? room : 0, text, ROLE_PROMPT);
    surface_glyph(s, at.x + 1 + width, at.y, '_', ROLE_PROMPT);
}
