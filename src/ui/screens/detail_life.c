/* src/ui/screens/detail_life.c - what happened to the order, step by step; then orders before it at
 * the same charge point, and notes. */
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/detail.h"
#include "ui/frozen.h"
#include "ui/glyph.h"

enum {
    COLS_LONG = 44,
    ROWS_MORE = 14, /* from here on, and zoomed, with earlier orders and notes */
    WORD = 48,
    LINE = 192,
    LINES_MAX = LIFE_COLLECTED_MAX + DETAIL_EARLIER_MAX + MARKS_MAX + 8
};

struct text_line {
    char text[LINE];
    int role;
};

/* Lines put one after the other; without room they are only counted. */
struct lines {
    struct text_line *at;
    size_t count, cap;
};

static struct text_line *add(struct lines *to, int role)
{
    static const struct text_line empty = {.role = 0};

    if (to->count >= to->cap)
        return NULL;
    struct text_line *line = &to->at[to->count++];
    *line = empty;
    line->role = role;
    return line;
}

static const char *span(char to[WORD], uint64_t ms)
{
    if (ms < 1000)
        str_format(to, WORD, "%llu ms", (unsigned long long)ms);
    else if (ms < 60000)
        str_format(to, WORD, "%llu.%llu s", (unsigned long long)(ms / 1000),
                   (unsigned long long)(ms % 1000 / 100));
    else
        num_format_duration(to, WORD, (int64_t)ms);
    return to;
}

static const char *word_of(const struct life_step *step)
{
    static const char *const words[] = {
        [LIFE_ASKED] = "asked", [LIFE_AUTH_SENT] = "auth", [LIFE_AUTH_OK] = "auth",
        [LIFE_SENT] = "sent",   [LIFE_SUBSCRIBED] = "ok",  [LIFE_DENIED] = "deny",
        [LIFE_FAILED] = "fail", [LIFE_LEFT] = "left",      [LIFE_FIRST] = "first",
        [LIFE_SILENT] = "gap",  [LIFE_END] = "end",        [LIFE_LINK_DOWN] = "gap",
        [LIFE_RISE] = "last+",
    };

    if (step->kind == LIFE_STATE)
        return order_state_word((enum order_state)step->state);
    return step->kind < COUNT_OF(words) ? words[step->kind] : "";
}

/* The reason, and what came since; without a reason the count alone. */
static void why_words(const struct order *o, const struct ui_model *m, unsigned events, char *to,
                      size_t cap)
{
    const size_t len = order_reason(o, m->now_ms, to, cap);

    if (len == 0)
        str_format(to, cap, "%u %s since", events, events == 1 ? "event" : "events");
    else if (events > 0)
        str_format(to + len, cap - len, ", %u %s since", events, events == 1 ? "event" : "events");
}

static void state_words(const struct order *o, const struct ui_model *m,
                        const struct life_step *step, char *to, size_t cap)
{
    const enum order_state state = (enum order_state)step->state;
    char text[WORD];

    if (state == o->state && step->at_ms == o->state_since_ms && order_state_needs_eyes(state)) {
        const unsigned events = (unsigned)(o->ledger.received - o->track.events_at_state);
        if (state == ORDER_STALL && o->last_rise_ms && step->at_ms > o->last_rise_ms)
            str_format(to, cap, "flat %s, %u events since",
                       span(text, step->at_ms - o->last_rise_ms), events);
        else
            why_words(o, m, state == ORDER_QUIET || state == ORDER_OFFL ? 0 : events, to, cap);
        return;
    }
    str_format(to, cap, "after %s %s", span(text, step->span_ms),
               order_state_word((enum order_state)step->before));
}

static void end_words(const struct order *o, const struct ui_model *m, char *to, size_t cap)
{
    if (o->completed)
        order_reason(o, m->now_ms, to, cap);
    if (to[0] == '\0')
        str_copy(to, cap, STR("completed"));
}

/* The channel as the event looked at names it. */
static void asked_words(const struct view *v, char *to, size_t cap)
{
    const struct payload_key *k = v->detail ? payload_find(&v->detail->now, "frame.channel") : NULL;
    const size_t len = k ? strlen(k->value) : 0;

    if (len > 2)
        str_format(to, cap, "subscribe %.*s", (int)(len - 2), k->value + 1); /* without quotes */
    else
        str_copy(to, cap, STR("subscription wanted"));
}

static void step_words(const struct view *v, const struct order *o, const struct ui_model *m,
                       const struct life_step *step, char *to, size_t cap)
{
    char text[WORD], kwh[WORD];

    to[0] = '\0';
    switch ((enum life_kind)step->kind) {
    case LIFE_ASKED:
        asked_words(v, to, cap);
        break;
    case LIFE_AUTH_SENT:
        str_copy(to, cap, STR("authorization asked for"));
        break;
    case LIFE_AUTH_OK:
        str_format(to, cap, "granted in %s", span(text, step->span_ms));
        break;
    case LIFE_SENT:
        str_copy(to, cap, STR("subscribe sent"));
        break;
    case LIFE_SUBSCRIBED:
        if (step->span_ms == UINT64_MAX)
            str_copy(to, cap, STR("subscribed"));
        else
            str_format(to, cap, "subscribed, %s", span(text, step->span_ms));
        break;
    case LIFE_DENIED:
        str_format(to, cap, "refused (%d)", (int)step->code);
        break;
    case LIFE_FAILED:
        str_format(to, cap, "subscription failed (%d)", (int)step->code);
        break;
    case LIFE_LEFT:
        str_copy(to, cap, STR("no longer subscribed"));
        break;
    case LIFE_FIRST:
        if (step->span_ms == UINT64_MAX)
            str_copy(to, cap, STR("first event"));
        else
            str_format(to, cap, "first event, after %s", span(text, step->span_ms));
        break;
    case LIFE_SILENT:
        str_format(to, cap, "no events for %s, link up", span(text, step->span_ms));
        break;
    case LIFE_LINK_DOWN:
        if (step->span_ms == UINT64_MAX)
            str_format(to, cap, "link down (%d), still", (int)step->code);
        else
            str_format(to, cap, "link down %s, not re-sent", span(text, step->span_ms));
        break;
    case LIFE_STATE:
        state_words(o, m, step, to, cap);
        break;
    case LIFE_RISE:
        num_format(kwh, sizeof kwh, o->track.rise_wh, 3, 2);
        str_format(to, cap, "last rise in energy, to %s kWh", kwh);
        break;
    case LIFE_END:
        end_words(o, m, to, cap);
        break;
    }
}

/* The same where there is room for two or three words only. */
static void brief_words(const struct view *v, const struct order *o, const struct ui_model *m,
                        const struct life_step *step, char *to, size_t cap)
{
    char text[WORD];

    switch ((enum life_kind)step->kind) {
    case LIFE_ASKED:
        str_copy(to, cap, STR("asked"));
        break;
    case LIFE_AUTH_SENT:
        str_copy(to, cap, STR("auth sent"));
        break;
    case LIFE_AUTH_OK:
        str_format(to, cap, "auth ok %s", span(text, step->span_ms));
        break;
    case LIFE_SUBSCRIBED:
        if (step->span_ms == UINT64_MAX)
            str_copy(to, cap, STR("subscribed"));
        else
            str_format(to, cap, "ok after %s", span(text, step->span_ms));
        break;
    case LIFE_FIRST:
        str_copy(to, cap, STR("first event"));
        break;
    case LIFE_SILENT:
        str_format(to, cap, "silent %s", span(text, step->span_ms));
        break;
    case LIFE_LINK_DOWN:
        str_format(to, cap, "link down %s",
                   step->span_ms == UINT64_MAX ? "" : span(text, step->span_ms));
        break;
    case LIFE_RISE:
        str_copy(to, cap, STR("last energy rise"));
        break;
    case LIFE_STATE:
        str_copy(to, cap, str_from(order_state_word((enum order_state)step->state)));
        break;
    default:
        step_words(v, o, m, step, to, cap);
    }
}

static int role_of_step(const struct life_step *step)
{
    switch ((enum life_kind)step->kind) {
    case LIFE_DENIED:
    case LIFE_FAILED:
    case LIFE_SILENT:
    case LIFE_LINK_DOWN:
        return ROLE_WARNING;
    case LIFE_STATE:
        return role_of_state((enum order_state)step->state);
    case LIFE_END:
        return ROLE_STATE_DONE;
    default:
        return ROLE_BODY;
    }
}

static void add_steps(struct lines *to, const struct view *v, const struct order *o,
                      const struct ui_model *m, int cols)
{
    struct life_step steps[LIFE_COLLECTED_MAX];
    const size_t count = life_collect(m->fleet, o, steps, LIFE_COLLECTED_MAX);
    const bool wide = cols >= COLS_LONG;
    char clock[24], words[LINE];

    for (size_t i = 0; i < count; i++) {
        struct text_line *line = add(to, role_of_step(&steps[i]));
        if (!line)
            return;
        stamp_format_clock(clock, sizeof clock, steps[i].at_unix_ms, m->utc_offset_s, wide);
        if (wide) {
            step_words(v, o, m, &steps[i], words, sizeof words);
            str_format(line->text, sizeof line->text, "%s %-5s  %s", clock, word_of(&steps[i]),
                       words);
        } else {
            brief_words(v, o, m, &steps[i], words, sizeof words);
            str_format(line->text, sizeof line->text, "%s %s", clock, words);
        }
    }
}

static void heading(struct lines *to, const char *text)
{
    struct text_line *line = add(to, ROLE_DIM);

    if (line && to->count > 1)
        line = add(to, ROLE_DIM);
    if (line) {
        line->role = ROLE_TITLE;
        str_copy(line->text, sizeof line->text, str_from(text));
    }
}

/* "  2098 11:05  20.00 kWh  2h50m  avg 7.1 kW  target met" */
static void add_earlier(struct lines *to, const struct view *v, const struct ui_model *m)
{
    const struct detail_cache *c = v->detail;
    char kwh[WORD], time[WORD], kw[WORD], clock[24], why[RECEIPT_WHY_MAX];

    for (size_t i = 0; c && i < c->earlier_count; i++) {
        const struct receipt *r = &c->earlier[i];
        if (i == 0)
            heading(to, "same charge point, earlier orders");
        struct text_line *line = add(to, ROLE_BODY);
        if (!line)
            return;
        str_copy(kwh, sizeof kwh, STR("--"));
        str_copy(time, sizeof time, STR("--"));
        str_copy(kw, sizeof kw, STR("--"));
        if (r->energy_wh != INT64_MIN)
            num_format(kwh, sizeof kwh, r->energy_wh, 3, 2);
        if (r->time_ms >= 0)
            num_format_duration(time, sizeof time, r->time_ms);
        if (r->mean_w != POWER_UNKNOWN)
            num_format(kw, sizeof kw, r->mean_w, 3, 1);
        receipt_when(r, m->now_unix_ms, m->utc_offset_s, clock, sizeof clock);
        receipt_why(r, why, sizeof why);
        str_format(line->text, sizeof line->text, "  %s %.5s  %s kWh  %s  avg %s kW  %s",
                   r->order_id, clock, kwh, time, kw, why);
    }
}

static void add_notes(struct lines *to, const struct order *o, const struct ui_model *m)
{
    const struct mark *mark;
    bool any = false;
    char clock[24];

    for (size_t age = 0; (mark = marks_at(fleet_marks(m->fleet), age)) != NULL; age++) {
        if (strcmp(mark->order_id, o->id) != 0)
            continue;
        if (!any)
            heading(to, "notes");
        any = true;
        struct text_line *line = add(to, ROLE_BODY);
        if (!line)
            return;
        stamp_format_clock(clock, sizeof clock, mark->at_unix_ms, m->utc_offset_s, false);
        str_format(line->text, sizeof line->text, "  %s %s", clock,
                   mark->note[0] ? mark->note : "mark");
    }
}

static size_t make(const struct view *v, const struct ui_model *m, int cols, int rows,
                   struct text_line at[LINES_MAX])
{
    const struct order *o = view_selected(v, m);
    const struct ui_model then = view_model(v, m);
    struct lines to = {at, 0, LINES_MAX};

    if (!o)
        return 0;
    add_steps(&to, v, o, &then, cols);
    if (rows >= ROWS_MORE || v->zoom == PANE_LIFE) {
        add_earlier(&to, v, m);
        add_notes(&to, o, m);
    }
    return to.count;
}

size_t life_lines(const struct view *v, const struct ui_model *m, int cols, int rows)
{
    struct text_line lines[LINES_MAX];

    return make(v, m, cols, rows, lines);
}

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    struct detail_layout l;

    str_copy(out->left, sizeof out->left,
             cols >= COLS_LONG ? STR("Life of this order") : STR("Life"));
    out->right[0] = '\0';
    if (v->cols < 1)
        return;
    detail_layout(v->cols, v->rows, v->zoom, &l);
    const struct rect inside = detail_inner(&l, PANE_LIFE);
    const size_t count = life_lines(v, m, inside.cols, inside.rows),
                 rows = inside.rows > 0 ? (size_t)inside.rows : 0;
    if (count > rows)
        str_format(out->right, sizeof out->right, "%zu of %zu", rows, count);
}

/* The newest steps are shown unless it was scrolled up. */
static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    struct text_line lines[LINES_MAX];

    if (at.cols < 1 || at.rows < 1)
        return;
    const size_t count = make(v, m, at.cols, at.rows, lines), rows = (size_t)at.rows;
    const size_t last = count > rows ? count - rows : 0;
    const size_t top = v->life_up < last ? last - v->life_up : 0;
    for (size_t i = 0; i < rows && top + i < count; i++)
        detail_put(s, at.x + (at.cols > 20), at.y + (int)i, at.cols - (at.cols > 20),
                   lines[top + i].text, lines[top + i].role);
    if (count == 0)
        detail_put(s, at.x + (at.cols > 20), at.y, at.cols - 1, "nothing known yet", ROLE_DIM);
}

const struct pane_ops pane_life = {"Life", titles, draw, NULL};
