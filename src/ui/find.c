/* src/ui/find.c - what is looked for and hidden, and the answers of orders, errors and plain lines. */
#include "ui/find_internal.h"

#include <string.h>

#include "base/text.h"
#include "ui/frozen.h"
#include "ui/pane.h"
#include "ui/panes/eyes.h"
#include "ui/panes/list.h"
#include "ui/rows.h"
#include "ui/surface.h"

_Static_assert((int)PANE_COUNT <= (int)FIND_PANES_MAX, "a filter for each pane");

static const struct query no_query;

enum query_kind find_kind(int pane)
{
    switch (pane) {
    case PANE_ORDERS:
    case PANE_PLOT:
    case PANE_SUMMARY:
    case PANE_SERIES:
    case PANE_PAYLOAD:
    case PANE_LIFE:
        return QUERY_ORDERS;
    case PANE_EVENTS:
    case PANE_HISTORY:
        return QUERY_EVENTS;
    case PANE_ERRORS:
        return QUERY_ERRORS;
    default:
        return QUERY_LINES;
    }
}

int find_pane(const struct view *v)
{
    if (v->focus == PANE_HISTORY)
        return PANE_EVENTS;
    return v->focus <= PANE_PLOT || v->focus >= PANE_COUNT ? PANE_ORDERS : (int)v->focus;
}

bool find_looks(const struct view *v, enum query_kind kind)
{
    return !query_is_empty(&v->find.query[kind]);
}

bool find_hides(const struct view *v, int pane)
{
    return pane >= 0 && pane < FIND_PANES_MAX && !query_is_empty(&v->find.filter[pane]);
}

bool find_set_filter(struct view *v, int pane, struct str text, char *why)
{
    struct query q;

    if (!query_parse(&q, find_kind(pane), text, why, QUERY_WHY_MAX))
        return false;
    if (strcmp(q.source, v->find.filter[pane].source) != 0) {
        v->find.filter[pane] = q;
        v->find.stale = v->index_stale = true;
    }
    return true;
}

bool find_apply(struct view *v, int pane, struct str name_or_text, char *why)
{
    if (str_eq_nocase(name_or_text, STR("off")))
        return find_set_filter(v, pane, STR(""), why);
    for (size_t i = 0; i < v->find.saved_count; i++)
        if (str_eq_nocase(name_or_text, str_from(v->find.saved[i].name)))
            return find_set_filter(v, pane, str_from(v->find.saved[i].text), why);
    return find_set_filter(v, pane, name_or_text, why);
}

bool find_set_text(struct view *v, struct str text, char *why)
{
    struct query read[QUERY_KIND_COUNT];
    char other[QUERY_WHY_MAX];
    const int mine = (int)find_kind(find_pane(v));

    text = str_trim(text);
    if (!query_parse(&read[mine], (enum query_kind)mine, text, why, QUERY_WHY_MAX))
        return false;
    for (int kind = 0; kind < QUERY_KIND_COUNT; kind++)
        if (kind != mine &&
            !query_parse(&read[kind], (enum query_kind)kind, text, other, sizeof other))
            read[kind] = no_query; /* a field that these rows do not have */
    if (strcmp(read[mine].source, v->find.text) == 0)
        return true;
    memcpy(v->find.query, read, sizeof read);
    str_copy(v->find.text, sizeof v->find.text, text);
    v->find.stale = v->index_stale = true;
    return true;
}

/* ---- orders ---- */

bool find_order(const struct view *v, const struct ui_model *m, const struct order_row *row,
                const struct order *o, bool *hit)
{
    const struct query *q = &v->find.query[QUERY_ORDERS];

    *hit = false;
    if (find_hides(v, PANE_ORDERS) &&
        !query_match_order(&v->find.filter[PANE_ORDERS], row, o, m->now_ms))
        return false;
    *hit = !query_is_empty(q) && query_match_order(q, row, o, m->now_ms);
    return true;
}

bool find_orders_run(const struct view *v)
{
    return v->find.filter[PANE_ORDERS].runs || v->find.query[QUERY_ORDERS].runs;
}

static void count_orders(struct view *v, const struct ui_model *m)
{
    struct find_count *c = &v->find.count[PANE_ORDERS];

    *c = (struct find_count){.shown = v->index_count,
                             .total = v->frozen ? v->frozen->count : fleet_order_count(m->fleet)};
    for (size_t i = 0; i < v->index_count && find_looks(v, QUERY_ORDERS); i++) {
        c->hits += v->index_hits[i];
        if (v->index_hits[i] && i == v->selected_at)
            c->at = c->hits;
    }
}

/* ---- errors ---- */

static uint8_t ask_error(const struct view *v, const struct ui_model *m, const struct log_error *e)
{
    const struct query *hides = &v->find.filter[PANE_ERRORS], *looks = &v->find.query[QUERY_ERRORS];

    if (!query_is_empty(hides) && !query_match_error(hides, e, m->now_ms))
        return FIND_ELIGIBLE;
    if (!query_is_empty(looks) && query_match_error(looks, e, m->now_ms))
        return FIND_ELIGIBLE | FIND_SHOWN | FIND_HIT;
    return FIND_ELIGIBLE | FIND_SHOWN;
}

static void count_errors(struct view *v, const struct error_log *log)
{
    struct find *f = &v->find;
    struct find_count *c = &f->count[PANE_ERRORS];

    *c = (struct find_count){.total = error_log_count(log)};
    for (size_t age = 0; age < c->total && age < LOG_ERRORS_MAX; age++) {
        c->shown += (f->error_flags[age] & FIND_SHOWN) != 0;
        c->hits += (f->error_flags[age] & FIND_HIT) != 0;
        if ((f->error_flags[age] & FIND_HIT) && error_log_at(log, age)->id == v->errors_id)
            c->at = c->hits;
    }
}

static void sync_errors(struct view *v, const struct ui_model *m)
{
    const struct error_log *log = fleet_errors(m->fleet);
    const uint64_t key = error_log_seq(log);
    struct find *f = &v->find;
    const bool runs = f->filter[PANE_ERRORS].runs || f->query[QUERY_ERRORS].runs;

    const size_t count = error_log_count(log);
    if (f->stale || key != f->errors_key || count != f->count[PANE_ERRORS].total ||
        (runs && m->now_ms >= f->errors_asked_ms + FIND_REFRESH_MS)) {
        f->errors_key = key;
        f->errors_asked_ms = m->now_ms;
        for (size_t age = 0; age < count && age < LOG_ERRORS_MAX; age++)
            f->error_flags[age] = ask_error(v, m, error_log_at(log, age));
    }
    count_errors(v, log);
}
bool find_error_shown(const struct view *v, size_t age)
{
    return !find_hides(v, PANE_ERRORS) ||
           (age < LOG_ERRORS_MAX && (v->find.error_flags[age] & FIND_SHOWN));
}

size_t find_error_row(const struct view *v, size_t age)
{
    size_t row = 0;

    for (size_t newer = 0; newer < age; newer++)
        row += find_error_shown(v, newer);
    return row;
}

bool find_error_hit(const struct view *v, size_t age)
{
    return find_looks(v, QUERY_ERRORS) && age < LOG_ERRORS_MAX &&
           (v->find.error_flags[age] & FIND_HIT);
}

size_t find_error_age(const struct view *v, size_t row)
{
    const size_t count = v->find.count[PANE_ERRORS].total;

    for (size_t age = 0; age < count; age++)
        if (find_error_shown(v, age) && row-- == 0)
            return age;
    return count;
}

size_t find_error_hit_age(const struct view *v, size_t n)
{
    for (size_t age = 0; age < v->find.count[PANE_ERRORS].total && age < LOG_ERRORS_MAX; age++)
        if ((v->find.error_flags[age] & FIND_HIT) && n-- == 0)
            return age;
    return SIZE_MAX;
}

/* ---- plain lines ---- */

bool find_line_shown(const struct view *v, int pane, struct str line)
{
    return !find_hides(v, pane) || query_match_line(&v->find.filter[pane], line);
}

bool find_line_hit(const struct view *v, struct str line)
{
    return find_looks(v, QUERY_LINES) && query_match_line(&v->find.query[QUERY_LINES], line);
}

/* ---- all ---- */

static void count_connection(struct view *v, const struct ui_model *m)
{
    struct find_count *c = &v->find.count[PANE_CONNECTION];

    *c = (struct find_count){.shown = 0};
    if (find_hides(v, PANE_CONNECTION) || find_looks(v, QUERY_LINES))
        pane_connection_count(v, m, c);
    if (c->hits > 0 && v->find.line_at <= c->hits)
        c->at = v->find.line_at;
}

static void count_lists(struct view *v, const struct ui_model *m)
{
    const bool looks = find_looks(v, QUERY_LINES);

    for (int pane = PANE_EYES; pane < PANE_COUNT; pane++) {
        const struct list *list = list_of((enum pane_id)pane);
        struct find_count *count = &v->find.count[pane];
        *count = (struct find_count){.shown = 0};
        if (!looks && !find_hides(v, pane))
            continue;
        if (list)
            (void)list_find(list, v, m, 0, count);
        else if (pane == PANE_EYES)
            (void)eyes_find(v, m, 0, count);
    }
}

void find_count_again(struct view *v, const struct ui_model *m)
{
    count_lists(v, m);
    count_orders(v, m);
    count_errors(v, fleet_errors(m->fleet));
    count_connection(v, m);
    find_events_count(v);
}

void find_sync(struct view *v, const struct ui_model *m)
{
    if (v->find.stale)
        v->find.line_at = 0;
    find_events_sync(v, m);
    sync_errors(v, m);
    v->find.stale = false;
    count_connection(v, m);
    count_lists(v, m);
    count_orders(v, m);
    if (v->find.jump != FIND_STAY || v->find.tell)
        find_jump(v, m);
    else
        find_tell_again(v, m);
}

void find_clear_memory(struct find *f)
{
    find_events_free(f->events);
    f->events = NULL;
}

/* ---- words and marks ---- */

/* A text as a title has room for it, without runs of blanks: those separate what may be left out. */
static void brief(const char *text, char *to, size_t cap)
{
    int cells = 0;
    size_t len = 0;

    for (const char *c = text; *c && len + 1 < cap; c++)
        if (*c != ' ' || (len > 0 && to[len - 1] != ' '))
            to[len++] = *c;
    to[len] = '\0';
    const struct str rest = {to, str_cut((struct str){to, len}, len)};
    const size_t fits = text_fit(rest, FIND_TITLE_CELLS, &cells);
    if (fits < len)
        str_copy(to + fits, cap - fits, STR("..."));
}

static size_t find_words(const struct view *v, int pane, char *to, size_t cap)
{
    const struct find_count *c = &v->find.count[pane];
    char text[QUERY_BYTES_MAX + 4];

    if (!find_looks(v, find_kind(pane)) || (c->hits == 0 && pane != find_pane(v)))
        return 0;
    const char *more =
        v->find.unfinished && pane == PANE_EVENTS ? "+" : ""; /* as the prompt says */
    brief(v->find.text, text, sizeof text);
    if (c->at > 0)
        return str_format(to, cap, "find: %s  %zu of %zu%s", text, c->at, c->hits, more);
    return str_format(to, cap, "find: %s  %zu found%s", text, c->hits, more);
}

size_t find_title(const struct view *v, int pane, bool none, char *to, size_t cap)
{
    const struct find_count *c = &v->find.count[pane];
    char text[QUERY_BYTES_MAX + 4];

    to[0] = '\0';
    size_t len = find_words(v, pane, to, cap);
    const char *between = len ? "  " : "";
    if (find_hides(v, pane)) { /* last: what hides rows is the last to give way */
        brief(v->find.filter[pane].source, text, sizeof text);
        len += str_format(to + len, cap - len, "%sfilter: %s  %zu of %zu%s", between, text,
                          c->shown, c->total, v->find.unfinished && pane == PANE_EVENTS ? "+" : "");
    } else if (none) {
        len += str_format(to + len, cap - len, "%sfilter: none", between);
    }
    return len;
}

size_t find_nothing(const struct view *v, int pane, const char *what, char *to, size_t cap)
{
    char text[QUERY_BYTES_MAX + 4];

    brief(v->find.filter[pane].source, text, sizeof text);
    return str_format(to, cap, "No %s passes the filter: %s", what, text);
}

size_t find_hint(const struct view *v, char *to, size_t cap)
{
    static const char *const names[QUERY_KIND_COUNT] = {"orders", "events", "errors", "lines"};
    const struct find_count *c = &v->find.count[v->find.pane];
    const char *name = names[find_kind(v->find.pane)];
    const char *more = v->find.unfinished && v->find.pane == PANE_EVENTS ? "+" : "";

    to[0] = '\0';
    if (v->find.why[0])
        return str_copy(to, cap, str_from(v->find.why));
    if (v->prompt_kind == '\\')
        return str_format(to, cap, "%s: %zu of %zu%s", name, c->shown, c->total, more);
    if (v->prompt_kind != '/' || v->find.text[0] == '\0')
        return 0;
    if (c->at > 0)
        return str_format(to, cap, "%s: %zu of %zu%s", name, c->at, c->hits, more);
    return str_format(to, cap, "%s: %zu found%s", name, c->hits, more);
}

enum { LINE_BYTES_MAX = 4096 };

/* The texts of a row of cells and where each byte of them stands. */
static size_t read_cells(const struct surface *s, struct rect at, char *to, int16_t *x_of)
{
    size_t len = 0;

    for (int x = at.x; x < at.x + at.cols; x++) {
        const struct cell *c = surface_peek(s, x, at.y);
        if (!c || c->cells == 0 || len + c->bytes > LINE_BYTES_MAX)
            continue;
        memcpy(to + len, c->text, c->bytes);
        for (unsigned i = 0; i < c->bytes; i++)
            x_of[len++] = (int16_t)x;
    }
    return len;
}

static int mark_text(struct surface *s, int y, struct str line, const int16_t *x_of,
                     struct str needle)
{
    int marked = 0;
    size_t from = 0, bytes = 0;

    while (from < line.len) {
        const struct str rest = {line.ptr + from, line.len - from};
        const size_t at = text_find_folded(rest, needle, &bytes);
        if (at >= rest.len || bytes == 0)
            break;
        const int x = x_of[from + at], end = x_of[from + at + bytes - 1];
        const struct cell *last = surface_peek(s, end, y);
        surface_flag(s, (struct rect){x, y, end - x + (last && last->cells == 2 ? 2 : 1), 1},
                     CELL_MATCH);
        marked++;
        from += at + bytes;
    }
    return marked;
}

int find_mark(struct surface *s, struct rect at, const struct query *q, uint64_t fields)
{
    char line[LINE_BYTES_MAX];
    int16_t x_of[LINE_BYTES_MAX];
    int marked = 0;

    for (int y = at.y; y < at.y + at.rows; y++) {
        const size_t len = read_cells(s, (struct rect){at.x, y, at.cols, 1}, line, x_of);
        enum query_field field;
        struct str needle;
        for (size_t n = 0; query_needle(q, n, &needle, &field); n++)
            if (field == QF_TEXT || (fields >> field & 1))
                marked += mark_text(s, y, (struct str){line, len}, x_of, needle);
    }
    return marked;
}

void find_mark_event(struct surface *s, struct rect row, int skip, const struct view *v,
                     const struct log_entry *e)
{
    const uint64_t fields = UINT64_C(1) << QF_ORDER | UINT64_C(1) << QF_NAME |
                            UINT64_C(1) << QF_NOTE | UINT64_C(1) << QF_RAW;
    enum { BEGIN_CELLS = 4 };

    if (!find_event_hit(v, e))
        return;
    const struct rect rest = {row.x + skip, row.y, row.cols - skip, row.rows};
    if (find_mark(s, rest, &v->find.query[QUERY_EVENTS], fields) == 0)
        surface_flag(s, (struct rect){rest.x, row.y, BEGIN_CELLS, 1}, CELL_MATCH);
}
