/* src/ui/screens/detail_payload.c - the payload of the event looked at: what changed, all of it, or
 * raw as received; below it the checks on the order. */
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "ui/detail.h"
#include "ui/frozen.h"
#include "ui/glyph.h"
#include "ui/json_view.h"

enum {
    COLS_TABLE = 48, /* from here on PREVIOUS and NOW have columns */
    COLS_HUGE = 66,
    ROWS_HEADING = 4,
    ROWS_CHECKS = 16,
    NAME_CELLS = 25,
    VALUE_CELLS = 11,
    VALUE_MAX_CELLS = 32,
    CHANGE_CELLS = 6,
    CHANGE_WIDE_CELLS = 20,
    TEXT = 256
};

/* Shown although unchanged: what a person looks for first. */
static const char *const watched[] = {"order.charging_session_time",
                                      "order.charging_session_energy",
                                      "order.id",
                                      "order.price",
                                      "order.status",
                                      "order.connector_number",
                                      "order.requested_quantity",
                                      "order.price_unit",
                                      "order.charge_point.id",
                                      "order.charge_point.title"};

/* Which rows of the comparison are listed: all, or changed ones and then those watched. */
struct list {
    const struct payload_row *at[PAYLOAD_ROWS_MAX];
    size_t count, folded;
};

static const char *name_of(const struct payload_row *row)
{
    return row->now ? row->now->name : row->before->name;
}

static bool is_watched(const struct payload_row *row)
{
    for (size_t w = 0; w < COUNT_OF(watched); w++)
        if (strcmp(name_of(row), watched[w]) == 0)
            return true;
    return false;
}

/* Those watched among rows [from, to), in the order of their table. */
static void list_watched(const struct detail_cache *c, size_t from, size_t to, struct list *out)
{
    for (size_t w = 0; w < COUNT_OF(watched); w++)
        for (size_t i = from; i < to; i++)
            if (strcmp(name_of(&c->rows[i]), watched[w]) == 0) {
                out->at[out->count++] = &c->rows[i];
                break;
            }
}

static void make_list(const struct view *v, struct list *out)
{
    const struct detail_cache *c = v->detail;

    out->count = out->folded = 0;
    if (v->keys_whole) {
        for (size_t i = 0; i < c->row_count; i++)
            out->at[out->count++] = &c->rows[i];
        return;
    }
    list_watched(c, 0, c->changed, out);
    for (size_t i = 0; i < c->changed; i++)
        if (!is_watched(&c->rows[i]))
            out->at[out->count++] = &c->rows[i];
    list_watched(c, c->changed, c->row_count, out);
    out->folded = c->row_count > out->count ? c->row_count - out->count : 0;
}

static bool is_energy(const struct payload_row *row)
{
    return row->now && strcmp(row->now->name, "order.charging_session_energy") == 0;
}

/* "+0.1 min", "= x74", "= active", "now delivered", "new" */
static void change_words(const struct detail_cache *c, const struct payload_row *row, int cells,
                         char *to, size_t cap)
{
    const char *meaning = row->now ? payload_meaning(row->now) : NULL;
    const char *unit = row->now ? payload_unit(row->now->name) : "";

    to[0] = '\0';
    if (row->change == PAYLOAD_ADDED)
        str_format(to, cap, "new%s%s", meaning ? " " : "", meaning ? meaning : "");
    else if (row->change == PAYLOAD_REMOVED)
        str_copy(to, cap, STR("gone"));
    else if (row->delta[0] && meaning && (int)strlen(meaning) + 4 <= cells)
        str_format(to, cap, "now %s", meaning);
    else if (row->delta[0])
        str_format(to, cap, (int)(strlen(row->delta) + strlen(unit)) < cells ? "%s %s" : "%s",
                   row->delta, unit);
    else if (row->change == PAYLOAD_CHANGED)
        str_format(to, cap, "changed%s%s", meaning ? ": " : "", meaning ? meaning : "");
    else if (!row->before)
        str_copy(to, cap, str_from(meaning ? meaning : ""));
    else if (is_energy(row) && c->energy_same > 1)
        str_format(to, cap, "= x%u", (unsigned)c->energy_same);
    else
        str_format(to, cap, "=%s%s", meaning ? " " : "", meaning ? meaning : "");
}

/* PREVIOUS and NOW are as wide as the rest lets them. */
static int value_cells(int cols)
{
    const int change = cols >= COLS_HUGE ? CHANGE_WIDE_CELLS : CHANGE_CELLS;
    const int cells = (cols - NAME_CELLS - change) / 2;

    return cells < VALUE_CELLS ? VALUE_CELLS : cells < VALUE_MAX_CELLS ? cells : VALUE_MAX_CELLS;
}

static void draw_table_row(struct surface *s, struct rect at, const struct detail_cache *c,
                           const struct payload_row *row)
{
    const int cells = value_cells(at.cols);
    const int name = NAME_CELLS < at.cols / 2 ? NAME_CELLS : at.cols / 2;
    const int role = row->change == PAYLOAD_SAME ? ROLE_BODY : ROLE_STRONG;
    const char *label = payload_brief(name_of(row));
    char words[TEXT];
    int x = at.x;

    change_words(c, row, at.cols - name - (at.cols >= COLS_TABLE ? 2 : 1) * cells, words,
                 sizeof words);
    if (at.cols < 24) {
        str_format(words, sizeof words, "%s %s", label, row->now ? row->now->value : "gone");
        detail_put(s, x, at.y, at.cols, words, role);
        return;
    }
    detail_put(s, x, at.y, name - 1, label, role);
    x += name;
    if (at.cols >= COLS_TABLE) {
        detail_put(s, x, at.y, cells - 1, row->before ? row->before->value : "", ROLE_DIM);
        x += cells;
    }
    detail_put(s, x, at.y, cells - 1, row->now ? row->now->value : "", role);
    x += cells;
    detail_put(s, x, at.y, at.x + at.cols - x, words, role);
}

/* ---- checks ---- */

static void draw_checks(struct surface *s, struct rect at, const struct view *v,
                        const struct ui_model *m)
{
    static const char *const marks[] = {"ok  ", "warn", "FAIL"};
    static const int roles[] = {ROLE_STATE_DONE, ROLE_WARNING, ROLE_STATE_BAD};
    const struct order *o = view_selected(v, m);
    const struct ui_model then = view_model(v, m);
    struct order_check checks[DETAIL_CHECKS];
    const int half = at.cols >= 60 ? 2 : 1, cells = at.cols >= 60 ? 24 : at.cols;

    if (!o || at.rows < 1 + (DETAIL_CHECKS + half - 1) / half)
        return;
    detail_checks(o, &then, checks);
    surface_text(s, at.x + 1, at.y, at.cols - 1, STR("checks on this order"), ROLE_TITLE);
    for (int i = 0; i < DETAIL_CHECKS; i++) {
        const int x = at.x + 3 + i % half * cells, y = at.y + 1 + i / half;
        const int room = i % half == half - 1 ? at.x + at.cols - x : cells;
        if (room < 8)
            continue;
        surface_text(s, x, y, 4, str_from(marks[checks[i].result]), roles[checks[i].result]);
        detail_put(s, x + 5, y, room - 6, checks[i].words,
                   checks[i].result == CHECK_OK ? ROLE_BODY : roles[checks[i].result]);
    }
}

/* ---- raw ---- */

static size_t raw_lines(struct surface *s, struct rect at, const struct detail_cache *c, size_t top)
{
    return json_view(s, at, top, (struct str){c->raw, c->raw_bytes}, JSON_VIEW_RAW);
}

static void fault_words(const struct detail_cache *c, char *to, size_t cap)
{
    to[0] = '\0';
    switch (c->now.fault) {
    case PAYLOAD_NOT_JSON:
        str_format(to, cap, "not JSON from byte %zu on; raw:", c->now.fault_at + 1);
        break;
    case PAYLOAD_TOO_DEEP:
        str_format(to, cap, "nested deeper than %d; raw:", JSON_DEPTH_MAX);
        break;
    case PAYLOAD_EMPTY:
        str_copy(to, cap, STR("the event has no text"));
        break;
    case PAYLOAD_NO_MEMORY:
        str_copy(to, cap, STR("out of memory: not all of it could be read"));
        break;
    case PAYLOAD_FINE:
    case PAYLOAD_DATA_NOT_JSON:
        break;
    }
}

static bool shows_raw(const struct view *v)
{
    return v->keys_raw || v->detail->now.fault == PAYLOAD_NOT_JSON ||
           v->detail->now.fault == PAYLOAD_TOO_DEEP;
}

/* ---- the pane ---- */

size_t payload_lines(const struct view *v, const struct ui_model *m, int cols)
{
    struct list list;

    (void)m;
    if (!v->detail || v->detail->now_seq == 0)
        return 1;
    if (shows_raw(v))
        return raw_lines(NULL, (struct rect){0, 0, cols, 0}, v->detail, 0) +
               (v->detail->now.fault != PAYLOAD_FINE);
    make_list(v, &list);
    return list.count + (list.folded > 0) + (v->detail->now.left_out > 0);
}

static unsigned number_of(const struct view *v, const struct ui_model *m, uint64_t seq)
{
    const struct log_entry *e = seq ? event_log_find_of(view_events(v, m), v->selected, seq) : NULL;

    return e ? (unsigned)e->order_seq : 0;
}

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    const struct detail_cache *c = v->detail;
    const unsigned now = c ? number_of(v, m, c->now_seq) : 0,
                   was = c ? number_of(v, m, c->before_seq) : 0;

    if (c && shows_raw(v))
        str_format(out->left, sizeof out->left, "Raw #%u as received%s", now,
                   !c->raw_cut                                          ? ""
                   : c->raw_bytes > (size_t)2 * LOG_KEPT_TEXT_MAX_BYTES ? ", cut at 64 kB"
                                                                        : ", cut at 8 kB");
    else if (v->base_seq && was)
        str_format(out->left, sizeof out->left, "Payload: #%u against #%u", now, was);
    else if (v->keys_whole)
        str_format(out->left, sizeof out->left, "Payload #%u: whole", now);
    else if (cols >= 54 && cols < 80)
        str_copy(out->left, sizeof out->left, STR("Payload: changed keys first"));
    else
        str_copy(out->left, sizeof out->left, STR("Changed since previous event"));
    str_format(out->right, sizeof out->right, "%s  %s",
               v->keys_whole ? "d changes"
               : cols >= 70  ? "d whole payload"
                             : "d whole",
               v->keys_raw ? "r keys" : "r raw");
}

static void draw_list(struct surface *s, struct rect at, const struct view *v,
                      const struct ui_model *m)
{
    const struct detail_cache *c = v->detail;
    struct list list;
    char text[TEXT];
    int y = at.y;

    make_list(v, &list);
    const size_t lines = list.count + (list.folded > 0) + (c->now.left_out > 0);
    if (at.rows >= ROWS_HEADING && at.cols >= COLS_TABLE) {
        const int cells = value_cells(at.cols);
        const int name = NAME_CELLS < at.cols / 2 ? NAME_CELLS : at.cols / 2;
        static const char *const heads[] = {"KEY", "PREVIOUS", "NOW", "CHANGE"};
        const int xs[] = {0, name, name + cells, name + 2 * cells};
        for (size_t i = 0; i < COUNT_OF(heads); i++)
            detail_put(s, at.x + xs[i], y, at.cols - xs[i],
                       i == 1 && !c->before_seq ? ""
                       : i == 1 && v->base_seq  ? "CHOSEN"
                                                : heads[i],
                       ROLE_COLUMN);
        y++;
    }
    const int rows = at.y + at.rows - y;
    const size_t last = lines > (size_t)rows ? lines - (size_t)rows : 0;
    const size_t top = v->keys_top < last ? v->keys_top : last;
    for (size_t i = top; i < lines && y < at.y + at.rows; i++, y++) {
        const struct rect row = {at.x, y, at.cols, 1};
        if (i < list.count) {
            draw_table_row(s, row, c, list.at[i]);
            continue;
        }
        if (list.folded > 0 && i == list.count)
            str_format(text, sizeof text, "%zu more keys unchanged (d to see all)", list.folded);
        else
            str_format(text, sizeof text, "%zu more keys left out (r shows all)", c->now.left_out);
        detail_put(s, row.x, row.y, row.cols, text, ROLE_DIM);
    }
    if (at.rows >= ROWS_CHECKS)
        draw_checks(s, (struct rect){at.x - 1, y + 1, at.cols + 1, at.y + at.rows - y - 1}, v, m);
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    const struct detail_cache *c = v->detail;
    const int pad = at.cols > 20;
    char text[TEXT];

    if (at.cols < 1 || at.rows < 1)
        return;
    at = (struct rect){at.x + pad, at.y, at.cols - pad, at.rows};
    if (!c || c->now_seq == 0) {
        detail_put(s, at.x, at.y, at.cols, c ? detail_no_event(v, m) : "out of memory", ROLE_DIM);
        return;
    }
    fault_words(c, text, sizeof text);
    if (text[0] && (at.rows > 1 || c->now.fault == PAYLOAD_EMPTY)) {
        detail_put(s, at.x, at.y++, at.cols, text, ROLE_STATE_BAD);
        at.rows--;
    }
    if (!shows_raw(v)) {
        draw_list(s, at, v, m);
        return;
    }
    const size_t lines = raw_lines(NULL, at, c, 0);
    const size_t last = lines > (size_t)at.rows ? lines - (size_t)at.rows : 0;
    raw_lines(s, at, c, v->keys_top < last ? v->keys_top : last);
}

const struct pane_ops pane_payload = {"Payload", titles, draw, NULL};
