/* src/ui/lines.c - the rows below the panes: alarm, keys, command line. */
#include <string.h>

#include "base/text.h"
#include "ui/alarm_text.h"
#include "ui/columns.h"
#include "ui/detail.h"
#include "ui/frozen.h"
#include "ui/glyph.h"
#include "ui/layout.h"
#include "ui/view_internal.h"

/* The word that decides what to do stands first: the end of the line may have no room. */
static void paused_words(const struct link *l, char *to, size_t cap)
{
    const struct str text = str_from(l->auth_text), cause = str_from(l->auth_cause);
    const bool expired = str_eq(cause, STR("token-expired"));
    const bool said =
        expired ? str_find(text, STR("expired")) < text.len : str_find(text, STR("401")) < text.len;

    if (text.len == 0)
        str_format(to, cap, "AUTH paused: %s",
                   expired ? "token expired; renew it at its source"
                           : "token refused (401); give a new one");
    else if (expired)
        str_format(to, cap, "AUTH paused: %s%s", said ? "" : "token expired: ", l->auth_text);
    else
        str_format(to, cap, "AUTH paused%s: %s", said ? "" : " (401)", l->auth_text);
}

/* Trouble of the link or of authorization, in a sentence; false when there is none. */
static bool link_alarm(const struct view *v, const struct ui_model *m, char *to, size_t cap)
{
    const struct link *l = fleet_link(m->fleet);
    char words[128], key[16];

    if (l->auth_code == 401) {
        paused_words(l, to, cap);
        return true;
    }
    if (l->state == WIRE_LINK_CONNECTED && l->auth_fails > 0) {
        const struct explanation *e = explain_find(str_from(l->auth_fail_cause), l->auth_fail_code);
        str_format(to, cap, "AUTH server down: %s; asked again by itself, the link is fine",
                   e ? e->title : "no answer");
        return true;
    }
    if (l->state == WIRE_LINK_CONNECTED || l->state == WIRE_LINK_INITIALIZED ||
        (link_is_starting(l) && l->state == WIRE_LINK_CONNECTING))
        return false;
    line_link_words(l, m->now_ms, words, sizeof words);
    /* nothing is tried by itself, so what to do stands before words that may be cut */
    if (l->state == WIRE_LINK_FAILED &&
        keymap_key(&v->keys, "reconnect", (int)v->focus, key, 16) > 0)
        str_format(to, cap, "LINK failed %d, %s tries again: %s", (int)l->last_code, key,
                   l->last_reason);
    else if (l->state == WIRE_LINK_FAILED)
        str_format(to, cap, "LINK failed %d: %s", (int)l->last_code, l->last_reason);
    else
        str_format(to, cap, "%s%s%s", words, l->last_reason[0] ? ": " : "", l->last_reason);
    return true;
}

enum { COLS_SNOOZE = 72 }; /* the key line there tells of `a`, not of `s` */

/* "a ack   s snooze   ! next of 5", and "! 2 of 5" while they are walked through; by the keys in
 * force. Several orders may share an alarm, and a fire or an outage has none: where the header counts another
 * number, this one says of what it is. */
static void queue_words(const struct view *v, const struct ui_model *m, int at_cols, char *to,
                        size_t cap)
{
    const bool wide = at_cols >= LINE_WIDE_COLS;
    const struct alarms *alarms = fleet_alarms(m->fleet);
    const struct alarm *here = alarm_here(v, m);
    const size_t count = alarm_queue_count(m), at = here ? alarms_place(alarms, here->id) : count;
    struct fleet_totals t;
    char key[16];
    size_t len = 0;

    view_totals(v, m, &t);
    const char *of_what = count == t.need_eyes ? "" : count == 1 ? " alarm" : " alarms";
    to[0] = '\0';
    if (wide && keymap_key(&v->keys, "ack", (int)v->focus, key, sizeof key) > 0)
        len += str_format(to + len, cap - len, "%s ack   ", key);
    if (at_cols >= COLS_SNOOZE &&
        keymap_key(&v->keys, "snooze", (int)v->focus, key, sizeof key) > 0)
        len += str_format(to + len, cap - len, wide ? "%s snooze   " : "%s snooze  ", key);
    const bool walks = keymap_key(&v->keys, "eyes", (int)v->focus, key, sizeof key) > 0;
    if (v->eyes_at > 0 && at < count)
        str_format(to + len, cap - len, "%zu of %zu%s%s%s%s", at + 1, count, of_what,
                   walks ? ", " : "", walks ? key : "", walks ? " next" : "");
    else if (walks)
        str_format(to + len, cap - len, "%s next of %zu%s", key, count, of_what);
    else
        str_format(to + len, cap - len, "1 of %zu%s", count, of_what);
}

/* Nothing is new: what was answered stays in sight. */
static void answered(struct surface *s, struct rect at, const struct ui_model *m)
{
    const struct alarms *alarms = fleet_alarms(m->fleet);
    const size_t acked = alarms_count_in(alarms, ALARM_ACKED),
                 snoozed = alarms_count_in(alarms, ALARM_SNOOZED);
    char text[96];
    size_t len = 0;

    if (acked + snoozed == 0)
        return;
    len += str_format(text, sizeof text, "no new alarm; ");
    if (acked > 0)
        len += str_format(text + len, sizeof text - len, "%zu acknowledged%s", acked,
                          snoozed > 0 ? ", " : "");
    if (snoozed > 0)
        len += str_format(text + len, sizeof text - len, "%zu snoozed", snoozed);
    str_format(text + len, sizeof text - len, "   6 lists them");
    surface_text(s, at.x + 1, at.y, at.cols - 2, str_from(text), ROLE_KEY_TEXT);
}

static void fleet_alarm(struct surface *s, struct rect at, const struct view *v,
                        const struct ui_model *m)
{
    const struct alarm *alarm = alarms_at(fleet_alarms(m->fleet), 0);
    char who[ALARM_TEXT_MAX], what[FLEET_WHY_MAX], right[64], last[48] = "";

    if (!alarm || alarm->phase != ALARM_NEW) {
        answered(s, at, m);
        return;
    }
    const struct order *o = alarm_order(alarm, m);
    if (alarm->kind == ORDER_QUIET && alarm->active == 1 && o && m->now_ms > o->last_seen_ms) {
        char age[16];
        column_age(age, sizeof age, m->now_ms - o->last_seen_ms);
        str_format(last, sizeof last, ", the last %s ago", age);
    }
    alarm_who(alarm, m, who, sizeof who);
    alarm_what(alarm, m, what, sizeof what);
    queue_words(v, m, at.cols, right, sizeof right);
    const int right_cells = (int)strlen(right), role = alarm_role(alarm);
    const bool both = at.cols >= 60;
    const int room = at.cols - 2 - (both ? right_cells + 2 : 0);
    const int words = room - 5 - (int)strlen(alarm_word(alarm)) - text_width(str_from(who));
    alarm_fit(what, words - text_width(str_from(last)));
    if (text_width(str_from(what)) + text_width(str_from(last)) > words)
        last[0] = '\0';
    surface_glyph(s, at.x + 1, at.y, alarm_glyph(alarm, s->ascii), role);
    surface_glyph(s, at.x + 2, at.y, ' ', role);
    const int used = surface_printf(s, at.x + 3, at.y, room - 2, role, "%s %s: %s%s",
                                    alarm_word(alarm), who, what, last);
    if (used >= room - 2)
        surface_glyph(s, at.x + 3 + used - 1, at.y, glyph_ellipsis(s->ascii), role);
    if (both)
        surface_text(s, at.x + at.cols - 1 - right_cells, at.y, right_cells, str_from(right),
                     ROLE_KEY_TEXT);
}

/* One row; what is cut ends with the mark of it. */
static void put_line(struct surface *s, struct rect at, const char *text, int role)
{
    const int cells = at.cols - 2;

    surface_text(s, at.x + 1, at.y, cells, str_from(text), role);
    if (cells > 0 && text_width(str_from(text)) > cells)
        surface_glyph(s, at.x + cells, at.y, glyph_ellipsis(s->ascii), role);
}

/* Somebody knows of the outage: what else is new has the line, the header still tells. */
static bool link_answered(const struct ui_model *m)
{
    const struct alarms *alarms = fleet_alarms(m->fleet);
    const struct alarm *first = alarms_at(alarms, 0);

    for (size_t i = 0; first && first->phase == ALARM_NEW && i < alarms_count(alarms); i++) {
        const struct alarm *alarm = alarms_at(alarms, i);
        if (alarm_is_link(alarm))
            return alarm->phase == ALARM_ACKED || alarm->phase == ALARM_SNOOZED;
    }
    return false;
}

static void draw_link_alarm(struct surface *s, struct rect at, const struct view *v,
                            const struct ui_model *m, const char *text)
{
    const struct alarm *first = alarms_at(fleet_alarms(m->fleet), 0);
    char right[64] = "";

    if (first && first->phase == ALARM_NEW && alarm_is_link(first) && at.cols >= COLS_SNOOZE)
        queue_words(v, m, at.cols, right, sizeof right);
    if (text_width(str_from(text)) + (int)strlen(right) + 4 > at.cols)
        right[0] = '\0'; /* the keys stand in the help, what is wrong stands nowhere else */
    const int right_cells = (int)strlen(right);
    const struct rect left = {at.x, at.y, at.cols - (right_cells ? right_cells + 2 : 0), 1};
    put_line(s, left, text, ROLE_LINK_DOWN);
    surface_text(s, at.x + at.cols - 1 - right_cells, at.y, right_cells, str_from(right),
                 ROLE_KEY_TEXT);
}

/* Nothing is told before a fire that nobody has answered. */
static bool is_burning(const struct ui_model *m)
{
    const struct alarm *first = alarms_at(fleet_alarms(m->fleet), 0);

    return first && first->phase == ALARM_NEW && alarm_is_fire(first);
}

void line_alarm(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    char text[LINK_TEXT_MAX + 160];
    const bool burning = is_burning(m);

    if (v->message[0])
        put_line(s, at, v->message, ROLE_MESSAGE);
    else if (!burning && link_alarm(v, m, text, sizeof text) && !link_answered(m))
        draw_link_alarm(s, at, v, m, text);
    else if (!burning && v->screen == SCREEN_DETAIL)
        detail_alarm(s, at, v, m);
    else
        fleet_alarm(s, at, v, m);
}

/* What the key line says of a row: its keys in force and a word. */
struct line_word {
    const struct key_row *row; /* NULL: nothing */
    char keys[KEYMAP_TEXT_MAX];
};

static int key_cells(const struct line_word *w)
{
    return text_width(str_from(w->keys)) + 1 + (int)strlen(w->row->short_help);
}

static int put_key(struct surface *s, int x, int y, const struct line_word *w)
{
    const int used = surface_text(s, x, y, 20, str_from(w->keys), ROLE_KEY);

    return used + 1 +
           surface_text(s, x + used + 1, y, 40, str_from(w->row->short_help), ROLE_KEY_TEXT);
}

enum { RANK_LAST = 90 }; /* rows from this rank on keep their place at the end of the line */

static const struct key_row *row_of_id(const char *id, enum pane_id focus)
{
    for (int i = 0; i < key_row_count; i++)
        if (strcmp(key_rows[i].id, id) == 0 && (key_rows[i].panes & (1u << focus)))
            return &key_rows[i];
    return NULL;
}

/* Nobody sees there which order would be pinned, and no plot. */
static bool hides_orders(const struct view *v)
{
    return v->zoom == PANE_ERRORS || v->zoom == PANE_CONNECTION || v->zoom == PANE_CHANNELS;
}

/* Enter leads further in, not only to the pane itself in large. */
static bool leads_in(enum pane_id focus)
{
    return !row_of_id("zoom-in", focus);
}

/* What only that pane does comes before what all do, or a narrow line would never show it. */
static int own_first(int rank, enum pane_id focus)
{
    enum { PIN = 2, OWN = 8, FIND = 3, WINDOW = 9 };

    if ((focus == PANE_EVENTS || focus == PANE_PLOT) && (rank == PIN || rank == OWN))
        return PIN + OWN - rank;
    if (focus == PANE_PLOT && (rank == FIND || rank == WINDOW))
        return FIND + WINDOW - rank;
    return rank;
}

/* The rank in the table of what has that place in the line: a zoomed pane has the way back as well,
 * and what would have that place gives way for it. */
static int table_rank(int rank, const struct view *v)
{
    enum { BACK = 2 };
    const int later = v->focus == PANE_ORDERS ? BACK + 1 : 8;

    if (v->zoom != PANE_NONE && leads_in(v->focus) && rank >= BACK && rank < RANK_LAST)
        rank = rank == later ? BACK : rank > later ? rank - 1 : rank;
    return own_first(rank, v->focus);
}

/* A zoomed pane has the way back beside the way in, or in its place. */
static struct line_word word_of_rank(int rank, const struct view *v)
{
    const enum pane_id focus = v->focus;
    struct line_word w = {.row = NULL};

    if (v->screen == SCREEN_DETAIL) {
        const char *id = detail_key_at(focus, rank);
        w.row = id ? row_of_id(id, focus) : NULL;
    } else if (v->zoom != PANE_NONE && rank == (leads_in(focus) ? 2 : 1)) {
        w.row = row_of_id("back", focus);
    }
    for (int i = 0; i < key_row_count && !w.row && v->screen != SCREEN_DETAIL; i++)
        if (key_rows[i].line_rank == table_rank(rank, v) && (key_rows[i].panes & (1u << focus)) &&
            !(hides_orders(v) && strcmp(key_rows[i].id, "pin") == 0))
            w.row = &key_rows[i];
    if (w.row && keymap_text(&v->keys, w.row, (int)focus, true, w.keys, sizeof w.keys) == 0)
        w.row = NULL; /* no key does it */
    return w;
}

/* Where panes have no titles, this line says how many rows the filter leaves. */
static int put_hidden(struct surface *s, int x, struct rect at, const struct view *v)
{
    const struct find_count *c = &v->find.count[find_pane(v)];
    struct layout l;
    char text[48];

    view_layout(v, v->cols, v->rows, &l);
    if (l.framed[find_pane(v)] || query_is_empty(&v->find.filter[find_pane(v)]))
        return 0;
    const int cells = (int)str_format(text, sizeof text, "%zu of %zu", c->shown, c->total);
    if (s)
        surface_text(s, x, at.y, at.cols, str_from(text), ROLE_MATCH);
    return cells + 1;
}

/* Walks over the entries that have room. s NULL: nothing is drawn; wanted_x: returns the entry there. */
static const struct key_row *walk_keys(struct surface *s, struct rect at, const struct view *v,
                                       int wanted_x)
{
    int x = at.x + 1, kept = 0;

    x += put_hidden(s, x, at, v);
    for (int rank = RANK_LAST; rank < 100; rank++) {
        const struct line_word w = word_of_rank(rank, v);
        kept += w.row ? key_cells(&w) + 2 : 0;
    }
    for (int rank = 1; rank < 100; rank++) {
        const struct line_word w = word_of_rank(rank, v);
        if (!w.row)
            continue;
        if (rank >= RANK_LAST)
            kept -= key_cells(&w) + 2;
        if (x + key_cells(&w) + (kept > 0 ? kept + 1 : 0) > at.x + at.cols)
            continue;
        if (wanted_x >= x && wanted_x < x + key_cells(&w))
            return w.row;
        x += (s ? put_key(s, x, at.y, &w) : key_cells(&w)) + 2;
    }
    return NULL;
}

void line_keys(struct surface *s, struct rect at, const struct view *v)
{
    (void)walk_keys(s, at, v, -1);
}

const struct key_row *line_key_at(struct rect at, const struct view *v, int x)
{
    return walk_keys(NULL, at, v, x);
}

/* At the right, where there is room beside the text: how many there are, or what is wrong so far. */
static void draw_hint(struct surface *s, struct rect at, const struct view *v, int text_cells)
{
    char hint[QUERY_WHY_MAX];
    const struct str words = {hint, find_hint(v, hint, sizeof hint)};
    const int cells = text_width(words);

    if (at.x + 4 + text_cells + cells < at.x + at.cols)
        surface_text(s, at.x + at.cols - 1 - cells, at.y, cells, words,
                     v->find.why[0] ? ROLE_WARNING : ROLE_DIM);
}

/* What can be answered stands at the end, behind the question mark, and is never cut. */
static void draw_question(struct surface *s, struct rect at, struct str question)
{
    size_t end = question.len;

    while (end > 0 && question.ptr[end - 1] != '?')
        end--;
    const struct str answers = {question.ptr + end, question.len - end};
    const int room = at.cols - 1, cells = text_width(answers);

    if (text_width(question) <= room || cells >= room) {
        surface_text(s, at.x + 1, at.y, room, question, ROLE_PROMPT);
        return;
    }
    surface_text(s, at.x + 1, at.y, room - cells, (struct str){question.ptr, end}, ROLE_PROMPT);
    surface_text(s, at.x + at.cols - cells, at.y, cells, answers, ROLE_PROMPT);
}

/* A long text is shown around the cursor: under its end or reversed on a character. */
void line_prompt(struct surface *s, struct rect at, const struct view *v)
{
    if (v->prompt_kind == '?') {
        draw_question(s, at, str_from(v->question));
        return;
    }
    const struct str whole = str_from(v->prompt);
    const size_t cursor = v->prompt_at < whole.len ? v->prompt_at : whole.len;
    struct str text = whole, under = {whole.ptr + cursor, whole.len - cursor};
    const int room = at.cols - 3;
    int before = text_width((struct str){whole.ptr, cursor}), cells = 1;
    while (before > room && text.len > under.len) {
        text_next(&text, &cells);
        before -= cells;
    }
    surface_glyph(s, at.x, at.y, (uint32_t)v->prompt_kind, ROLE_PROMPT);
    surface_text(s, at.x + 1, at.y, at.cols - 1, text, ROLE_PROMPT);
    if (under.len == 0) {
        surface_glyph(s, at.x + 1 + before, at.y, '_', ROLE_PROMPT);
    } else {
        text_next(&under, &cells);
        surface_flag(s, (struct rect){at.x + 1 + before, at.y, cells > 0 ? cells : 1, 1},
                     CELL_SELECTED);
    }
    if (v->prompt_kind == '/' || v->prompt_kind == '\\')
        draw_hint(s, at, v, text_width(whole));
}
