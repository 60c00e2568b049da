/* src/ui/explain_view.c - an error in full: what it is, causes, the next try, what to do, its words. */
#include "ui/explain_view.h"

#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/view_internal.h"

enum { LABEL_CELLS = 9, LABELLED_COLS = 40, LINE_MAX = 512, RAW_MAX = 2048 };

/* What is being written: rows above `top` and below the rectangle are counted but not drawn. */
struct page {
    struct surface *s; /* NULL: only counted */
    struct rect at;
    int row, top;
};

static int indent_of(const struct page *p)
{
    return p->at.cols >= LABELLED_COLS ? LABEL_CELLS : 0;
}

static bool visible(const struct page *p)
{
    return p->s && p->row >= p->top && p->row - p->top < p->at.rows;
}

static void put(struct page *p, const char *label, const char *text, int role)
{
    const int indent = indent_of(p), cells = p->at.cols - indent;
    struct str rest = str_from(text);

    if (cells < 1)
        return;
    do {
        const struct str row = text_take_row(&rest, cells);
        if (visible(p)) {
            const int y = p->at.y + p->row - p->top;
            if (indent > 0)
                surface_text(p->s, p->at.x, y, indent - 1, str_from(label), ROLE_DIM);
            surface_text(p->s, p->at.x + indent, y, cells, row, role);
        }
        p->row++;
        label = "";
    } while (rest.len > 0);
}

void explain_reconnect_key(const struct ui_model *m, char to[KEYMAP_TEXT_MAX])
{
    if (!m->keys)
        str_copy(to, KEYMAP_TEXT_MAX, STR("R"));
    else if (keymap_key(m->keys, "reconnect", (int)PANE_ORDERS, to, KEYMAP_TEXT_MAX) == 0)
        str_copy(to, KEYMAP_TEXT_MAX, STR(":reconnect"));
}

const char *explain_with_keys(const struct ui_model *m, const char *text, char *to, size_t cap)
{
    static const char built_in[] = "ress R";
    const char *at = strstr(text, built_in);
    char key[KEYMAP_TEXT_MAX];

    if (!at)
        return text;
    explain_reconnect_key(m, key);
    const size_t before = (size_t)(at - text) + sizeof built_in - 2;
    str_format(to, cap, "%.*s%s%s", (int)before, text, key, text + before + 1);
    return to;
}

/* "in 4s (try 3)": the connection's own countdown, where this error is about it. */
static void put_countdown(struct page *p, const struct ui_model *m)
{
    const struct link *l = fleet_link(m->fleet);
    char line[96 + KEYMAP_TEXT_MAX], in[24], key[KEYMAP_TEXT_MAX];

    explain_reconnect_key(m, key);
    if (link_is_up(l))
        str_copy(line, sizeof line, STR("now: connected again"));
    else if (l->retry_at_ms > m->now_ms) {
        num_format_duration(in, sizeof in, (int64_t)(l->retry_at_ms - m->now_ms + 999));
        str_format(line, sizeof line, "now: try %u in %s; %s tries at once", l->tries + 1, in, key);
    } else if (l->state == WIRE_LINK_FAILED || l->state == WIRE_LINK_DISCONNECTED)
        str_format(line, sizeof line, "now: no try is planned; %s tries again", key);
    else
        str_format(line, sizeof line, "now: try %u is under way", l->tries);
    put(p, "", line, link_is_up(l) ? ROLE_LINK_UP : ROLE_LINK_TRYING);
}

static void put_times(struct page *p, const struct log_error *e, const struct ui_model *m)
{
    char first[16], last[16], ago[24], line[LINE_MAX];

    stamp_format_clock(first, sizeof first, e->first_unix_ms, m->utc_offset_s, false);
    stamp_format_clock(last, sizeof last, e->last_unix_ms, m->utc_offset_s, false);
    num_format_duration(ago, sizeof ago,
                        m->now_ms > e->last_ms ? (int64_t)(m->now_ms - e->last_ms) : 0);
    if (e->count == 1)
        str_format(line, sizeof line, "once, at %s, %s ago", last, ago);
    else
        str_format(line, sizeof line, "%u times, first %s, last %s, %s ago", (unsigned)e->count,
                   first, last, ago);
    put(p, "seen", line, ROLE_BODY);
}

/* The event it was found in, if the log still has it. */
static void put_raw(struct page *p, const struct log_error *e, const struct ui_model *m)
{
    const struct event_log *log = fleet_events(m->fleet);
    const struct log_entry *entry = e->event_seq ? event_log_find(log, e->event_seq) : NULL;
    char raw[RAW_MAX], clean[RAW_MAX];

    if (!entry || entry->text_bytes == 0)
        return;
    const size_t len = event_log_text(log, entry, raw, sizeof raw);
    text_clean(clean, sizeof clean, (struct str){raw, len});
    text_redact(clean);
    put(p, "raw", clean, ROLE_DIM);
    if (entry->text_bytes > len || entry->text_cut)
        put(p, "", "(cut; whole in Events)", ROLE_DIM);
}

static void put_explanation(struct page *p, const struct explanation *x, const struct log_error *e,
                            const struct ui_model *m)
{
    const enum explain_place place = explain_place_of(x, e->target);

    put(p, "what", x->what, ROLE_BODY);
    for (int i = 0; i < EXPLAIN_CAUSES_MAX && x->causes[i]; i++) {
        char line[EXPLAIN_LINE_MAX + 2];
        str_format(line, sizeof line, "- %s", x->causes[i]);
        put(p, i == 0 ? "causes" : "", line, ROLE_BODY);
    }
    char text[LINE_MAX];
    put(p, "again", explain_with_keys(m, explain_again_text(x->again[place]), text, sizeof text),
        ROLE_BODY);
    if (place == EXPLAIN_LINK && x->again[place] != EXPLAIN_GOES_ON)
        put_countdown(p, m);
    put(p, "do", explain_with_keys(m, x->advice, text, sizeof text), ROLE_STRONG);
}

int explain_view(struct surface *s, struct rect at, int top, const struct log_error *e,
                 const struct ui_model *m)
{
    struct page p = {.s = s, .at = at, .top = top};
    const struct explanation *x = error_log_explain(e);

    if (x)
        put_explanation(&p, x, e, m);
    put(&p, "said", e->text, ROLE_BODY);
    put_times(&p, e, m);
    put_raw(&p, e, m);
    return p.row;
}

size_t explain_view_title(const struct log_error *e, char *to, size_t cap)
{
    const struct explanation *x = error_log_explain(e);
    size_t len = 0;

    if (x && (x->first != x->last || x->last == 0) && e->code != 0)
        len = str_format(to, cap, "%d ", (int)e->code);
    if (x && strncmp(x->title, "HTTP ", 5) == 0) /* names its number itself */
        len += str_copy(to + len, cap - len, str_from(x->title));
    else if (x)
        len += str_format(to + len, cap - len, "%s %s", x->name, x->title);
    else
        len += str_copy(to + len, cap - len, STR("Error"));
    if (e->target[0])
        len += str_format(to + len, cap - len, " [%s]", e->target);
    return len;
}

/* ---- over the panes ---- */

enum { BOX_COLS = 88 };

static int inner_cols(int cols)
{
    return (cols < BOX_COLS ? cols : BOX_COLS) - 4;
}

static bool key_error(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    const struct log_error *e = error_log_find(fleet_errors(m->fleet), v->errors_id);
    const int cols = inner_cols(v->cols), rows = v->rows - 4;

    (void)out;
    if (!e)
        return false;
    const int lines = explain_view(NULL, (struct rect){0, 0, cols, 0}, 0, e, m);
    const size_t page = rows > 1 ? (size_t)rows : 1;
    const size_t steps = (size_t)lines > page ? (size_t)lines - page + 1 : 1;
    return menu_key(&v->menu, key, steps, 1);
}

static void draw_error(struct surface *s, const struct view *v, const struct ui_model *m)
{
    const struct log_error *e = error_log_find(fleet_errors(m->fleet), v->errors_id);
    char title[160];

    if (!e) { /* it had to make room for others */
        const struct rect r = overlay_box(s, 40, 3, "Error", "Esc close");
        surface_text(s, r.x + 1, r.y, r.cols - 1, STR("this error is no longer kept"), ROLE_DIM);
        return;
    }
    explain_view_title(e, title, sizeof title);
    const int cols = s->cols < BOX_COLS ? s->cols : BOX_COLS;
    const int lines = explain_view(NULL, (struct rect){0, 0, inner_cols(s->cols), 0}, 0, e, m);
    const struct rect r = overlay_box(s, cols, lines + 2, title, "Esc close");
    const int pad = r.cols > 4 ? 1 : 0;
    const int last = lines > r.rows ? lines - r.rows : 0;
    const int top = (int)v->menu.at < last ? (int)v->menu.at : last;
    explain_view(s, (struct rect){r.x + pad, r.y, r.cols - 2 * pad, r.rows}, top, e, m);
}

static const struct overlay_key error_keys[] = {
    {UI_KEY_DOWN, "j k", "scroll"}, {UI_KEY_ESC, "Esc", "close"}, {UI_KEY_NONE, NULL, NULL}};

const struct overlay_ops overlay_error = {key_error, draw_error, error_keys, NULL, UI_KEY_NONE};
