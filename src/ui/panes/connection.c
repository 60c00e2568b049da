/* src/ui/panes/connection.c - everything known about the link, most important first. */
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/columns.h"
#include "ui/glyph.h"
#include "ui/panes/connection_internal.h"
#include "ui/view_internal.h"

enum {
    LABEL_CELLS = CONNECTION_LABEL_CELLS,
    TEXT_MAX = CONNECTION_TEXT_MAX,
    COLS_WIDE = 56,
    COLS_FULL = 76,
    COLS_PAD = 24,
    COLS_LABEL = 20,
    FINE_MS = 10000,
    SECOND_MS = 1000
};

struct line *connection_add(struct page *p, const char *label, int role)
{
    struct line *line =
        &p->at[p->count < CONNECTION_LINES_MAX ? p->count++ : CONNECTION_LINES_MAX - 1];

    *line = (struct line){.kind = LINE_TEXT, .role = role};
    str_copy(line->label, sizeof line->label, str_from(label));
    return line;
}

void connection_add_wrapped(struct page *p, const char *label, const char *text, int role)
{
    const int cells = p->cols - CONNECTION_LABEL_CELLS - 2;
    struct str rest = str_from(text);

    if (cells < 1)
        return;
    do {
        str_copy(connection_add(p, label, role)->text, TEXT_MAX, text_take_row(&rest, cells));
        label = "";
    } while (rest.len > 0);
}

static struct line *add(struct page *p, const char *label, int role)
{
    return connection_add(p, label, role);
}

void connection_append(char *to, size_t cap, const char *text)
{
    const size_t len = strlen(to);

    if (text[0])
        str_format(to + len, cap - len, "%s%s", len ? "  " : "", text);
}

static void append(char *to, size_t cap, const char *text)
{
    connection_append(to, cap, text);
}

static uint64_t since(uint64_t now_ms, uint64_t at_ms)
{
    return now_ms > at_ms ? now_ms - at_ms : 0;
}

static void fine_age(uint64_t ms, char *to, size_t cap)
{
    if (ms < FINE_MS)
        str_format(to, cap, "%llu.%llus", (unsigned long long)(ms / 1000),
                   (unsigned long long)(ms % 1000 / 100));
    else
        num_format_duration(to, cap, (int64_t)ms);
}

/* ---- state ---- */

static const char *state_word(const struct link *l)
{
    return l->state == WIRE_LINK_CONNECTED ? "connected" : line_link_word(l);
}

static const char *state_more(const struct link *l, uint64_t now_ms)
{
    if (l->state == WIRE_LINK_FAILED)
        return ", no retry";
    const bool waiting = l->retry_at_ms > now_ms; /* told as a countdown below */
    const bool tries = l->state == WIRE_LINK_CONNECTING || l->state == WIRE_LINK_UNAVAILABLE;
    return tries && !link_is_starting(l) && !waiting ? ", connecting" : "";
}

static int state_role(const struct link *l)
{
    if (l->state == WIRE_LINK_CONNECTED)
        return ROLE_LINK_UP;
    if (link_is_starting(l))
        return ROLE_LINK_TRYING;
    return ROLE_LINK_DOWN;
}

static void add_state(struct page *p)
{
    struct line *line = add(p, "state", state_role(p->l));
    char age[24], socket[96] = "";

    num_format_duration(age, sizeof age, (int64_t)since(p->m->now_ms, line_link_since_ms(p->l)));
    if (p->wide && p->l->socket_id[0])
        str_format(socket, sizeof socket, "   socket %s", p->l->socket_id);
    str_format(line->text, sizeof line->text, "%s %s%s%s", state_word(p->l), age,
               state_more(p->l, p->m->now_ms), socket);
    if (!p->wide && p->l->socket_id[0])
        str_copy(add(p, "socket", ROLE_BODY)->text, TEXT_MAX, str_from(p->l->socket_id));
}

static void add_retry(struct page *p)
{
    const struct link *l = p->l;
    char in[24];

    if (l->state == WIRE_LINK_CONNECTED || (l->tries == 0 && l->retry_at_ms == 0))
        return;
    struct line *line = add(p, "retry", ROLE_LINK_TRYING);
    if (l->retry_at_ms > p->m->now_ms) { /* rounded up: 0s would be now */
        num_format_duration(in, sizeof in,
                            (int64_t)(l->retry_at_ms - p->m->now_ms + SECOND_MS - 1));
        str_format(line->text, TEXT_MAX, "try %u in %s", l->tries + 1, in);
    } else if (l->state == WIRE_LINK_FAILED || l->state == WIRE_LINK_DISCONNECTED) {
        str_format(line->text, TEXT_MAX, "none planned after %u %s", l->tries,
                   l->tries == 1 ? "try" : "tries");
    } else {
        str_format(line->text, TEXT_MAX, "try %u under way", l->tries);
    }
}

static void add_loud(struct page *p)
{
    if (p->l->tls_insecure) {
        struct line *line = add(p, "", ROLE_LINK_DOWN);
        line->kind = LINE_LOUD;
        str_copy(line->text, TEXT_MAX, STR("!! TLS certificates are NOT checked"));
    }
    if (p->l->auth_code != 0) {
        struct line *line = add(p, "auth", ROLE_LINK_DOWN);
        str_format(line->text, TEXT_MAX, "paused: %d %s", (int)p->l->auth_code, p->l->auth_text);
    }
}

/* ---- the rest ---- */

static void add_server(struct page *p)
{
    const struct link *l = p->l;

    if (l->address[0] == '\0' && l->peer[0] == '\0')
        return;
    struct line *line = add(p, "server", ROLE_BODY);
    append(line->text, TEXT_MAX, l->address[0] ? l->address : l->peer);
    if (p->wide) {
        append(line->text, TEXT_MAX, l->tls);
        if (l->address[0])
            append(line->text, TEXT_MAX, l->peer);
        return;
    }
    if (l->tls[0])
        str_copy(add(p, "tls", ROLE_BODY)->text, TEXT_MAX, str_from(l->tls));
}

static void add_ping(struct page *p)
{
    const struct link *l = p->l;
    const int32_t p95_ms = link_ping_p95_ms(l);
    char beat[96] = "", age[24], limit[24];

    if (l->heard_ms > 0) {
        fine_age(since(p->m->now_ms, l->heard_ms), age, sizeof age);
        str_format(beat, sizeof beat, "last in %s", age);
        if (l->activity_timeout_ms > 0) {
            num_format_duration(limit, sizeof limit, l->activity_timeout_ms);
            str_format(beat + strlen(beat), sizeof beat - strlen(beat), ", limit %s", limit);
        }
    }
    const bool overdue = l->state == WIRE_LINK_CONNECTED && l->activity_timeout_ms > 0 &&
                         l->heard_ms > 0 &&
                         since(p->m->now_ms, l->heard_ms) > l->activity_timeout_ms;
    const int role = overdue ? ROLE_WARNING : ROLE_BODY;
    if (l->ping_ms >= 0 || p->wide) {
        struct line *line = add(p, "ping", p->wide ? role : ROLE_BODY);
        if (l->ping_ms >= 0)
            str_format(line->text, TEXT_MAX, "%d ms  p95 %d ms", (int)l->ping_ms, (int)p95_ms);
        else
            str_copy(line->text, TEXT_MAX, STR("none answered yet"));
        if (p->wide)
            append(line->text, TEXT_MAX, beat);
    }
    if (!p->wide && beat[0])
        str_copy(add(p, "beat", role)->text, TEXT_MAX, str_from(beat));
}

static void add_subs(struct page *p)
{
    struct fleet_totals t;
    char part[48];

    fleet_totals(p->m->fleet, &t);
    if (t.subs_wanted == 0)
        return;
    struct line *line =
        add(p, "subs", t.subs_denied + t.subs_failed > 0 ? ROLE_WARNING : ROLE_BODY);
    str_format(line->text, TEXT_MAX, "%zu ok  %zu denied  %zu pending", t.subs_ok, t.subs_denied,
               t.subs_pending);
    if (t.subs_failed > 0) {
        str_format(part, sizeof part, "%zu failed", t.subs_failed);
        append(line->text, TEXT_MAX, part);
    }
    if (p->wide) {
        str_format(part, sizeof part, "(%zu wanted)", t.subs_wanted);
        append(line->text, TEXT_MAX, part);
    }
}

static void add_rate(struct page *p)
{
    const uint32_t events = link_events_per_10s(p->l);
    char kb[24], total[64];

    num_format(kb, sizeof kb, link_bytes_per_10s(p->l), 4, 1); /* bytes in 10 s to kB a second */
    struct line *line = add(p, "rate", ROLE_BODY);
    str_format(line->text, TEXT_MAX, "%u.%u ev/s  %s kB/s", events / 10, events % 10, kb);
    if (p->wide) {
        str_format(total, sizeof total, "%llu events since start",
                   (unsigned long long)p->l->events_total);
        append(line->text, TEXT_MAX, total);
    }
}

static void add_last(struct page *p)
{
    const struct link *l = p->l;
    char clock[16] = "", code[16] = "";

    if (l->last_code == 0 && l->last_reason[0] == '\0')
        return;
    if (l->last_code != 0)
        str_format(code, sizeof code, "%d ", (int)l->last_code);
    if (l->last_close_unix_ms != 0)
        stamp_format_clock(clock, sizeof clock, l->last_close_unix_ms, p->m->utc_offset_s, false);
    struct line *line = add(p, "last", l->state == WIRE_LINK_CONNECTED ? ROLE_BODY : ROLE_WARNING);
    /* the time stands first where the reason may be cut */
    str_format(line->text, TEXT_MAX, "%s%s%s%s", clock, clock[0] ? "  " : "", code, l->last_reason);
}

/* Of the last day, or of the last hour. */
static void add_strip(struct page *p, const char *label, uint32_t cells)
{
    struct line *line = add(p, label, ROLE_BODY);

    line->kind = LINE_STRIP;
    line->cells = cells;
}

static void add_key(struct page *p)
{
    str_copy(add(p, "key", ROLE_DIM)->text, TEXT_MAX,
             p->wide ? STR(". up   : down   ~ connecting   # refused")
                     : STR(". up : down ~ try # refused"));
}

/* Where rows are few the day matters more than the hour, and both more than what follows. Wide, the day and
 * what its signs mean come first of all. */
static void add_strips(struct page *p)
{
    add_strip(p, p->wide ? "day" : "24h", LINK_STRIP_CELLS);
    if (p->wide)
        add_key(p);
    add_strip(p, p->wide ? "hour" : "1h", LINK_MINUTES);
    if (!p->wide) {
        connection_meaning(p);
        add_key(p);
    }
}

static void build(struct page *p, const struct ui_model *m, int cols)
{
    p->m = m;
    p->l = fleet_link(m->fleet);
    p->wide = cols >= COLS_WIDE;
    p->full = cols >= COLS_FULL;
    p->cols = cols;
    p->count = 0;
    add_loud(p);
    connection_replay(p);
    add_state(p);
    add_retry(p);
    connection_sides(p);
    add_server(p);
    add_ping(p);
    connection_auth(p);
    add_subs(p);
    add_rate(p);
    connection_recording(p);
    connection_today(p);
    add_last(p);
    if (p->wide)
        connection_meaning(p);
    connection_token(p);
    if (p->wide) {
        add_strips(p);
        connection_tls(p);
        connection_funnel(p);
    } else {
        connection_tls(p);
        connection_funnel(p);
        add_strips(p);
    }
    connection_outages(p);
}

/* Which lines answer find and filter; those hidden go. Returns the lines there were. */
static int answer(struct page *p, const struct view *v)
{
    char text[TEXT_MAX + 32];
    const int all = p->count;

    p->count = 0;
    for (int i = 0; i < all; i++) {
        const struct line line = p->at[i];
        const struct str whole = {text,
                                  str_format(text, sizeof text, "%s %s", line.label, line.text)};
        if (!find_line_shown(v, PANE_CONNECTION, whole))
            continue;
        p->at[p->count] = line;
        p->at[p->count++].hit = find_line_hit(v, whole);
    }
    return all;
}

/* ---- drawing ---- */

struct strip_mark {
    char glyph;
    int role;
};

static struct strip_mark strip_mark_of(enum link_cell cell)
{
    switch (cell) {
    case LINK_CELL_UP:
        return (struct strip_mark){'.', ROLE_LINK_UP};
    case LINK_CELL_CONNECTING:
        return (struct strip_mark){'~', ROLE_LINK_TRYING};
    case LINK_CELL_DOWN:
        return (struct strip_mark){':', ROLE_LINK_DOWN};
    case LINK_CELL_REFUSED:
        return (struct strip_mark){'#', ROLE_LINK_DOWN};
    case LINK_CELL_NONE:
        break;
    }
    return (struct strip_mark){' ', ROLE_BODY};
}

static enum link_cell history_at(const struct link *l, uint32_t cells, uint32_t age)
{
    return cells == LINK_MINUTES ? link_minute_at(l, age) : link_strip_at(l, age);
}

/* Newest at the right; a screen cell shows the worst of the history cells that it stands for, and none of them
 * takes more than one. */
static void draw_strip(struct surface *s, int x, int y, int cols, const struct link *l,
                       uint32_t cells)
{
    if (cols > (int)cells)
        cols = (int)cells;
    for (int i = 0; i < cols; i++) {
        const uint32_t oldest = (uint32_t)((uint64_t)(unsigned)(cols - i) * cells / (unsigned)cols);
        uint32_t age = (uint32_t)((uint64_t)(unsigned)(cols - i - 1) * cells / (unsigned)cols);
        enum link_cell worst = history_at(l, cells, age);
        for (age++; age < oldest; age++)
            if (history_at(l, cells, age) > worst)
                worst = history_at(l, cells, age);
        const struct strip_mark mark = strip_mark_of(worst);
        surface_glyph(s, x + i, y, (uint32_t)(unsigned char)mark.glyph, mark.role);
    }
}

static void draw_text(struct surface *s, int x, int y, int cells, struct str text, int role)
{
    if (cells < 1)
        return;
    if (text_width(text) <= cells) {
        surface_text(s, x, y, cells, text, role);
        return;
    }
    const int used = surface_text(s, x, y, cells - 1, text, role);
    surface_glyph(s, x + used, y, glyph_ellipsis(s->ascii), ROLE_DIM);
}

static void draw_line(struct surface *s, struct rect row, const struct page *p,
                      const struct line *line)
{
    const bool labelled = line->kind != LINE_LOUD && row.cols >= COLS_LABEL;
    const int end = row.x + row.cols;
    int x = row.x + (row.cols >= COLS_PAD);

    if (labelled) {
        surface_text(s, x, row.y, LABEL_CELLS - 1, str_from(line->label), ROLE_DIM);
        x += LABEL_CELLS;
    }
    if (line->kind == LINE_STRIP)
        draw_strip(s, x, row.y, end - x - (row.cols >= COLS_PAD), p->l, line->cells);
    else
        draw_text(s, x, row.y, end - x, str_from(line->text), line->role);
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    struct page p;

    if (at.cols < 1 || at.rows < 1)
        return;
    build(&p, m, at.cols);
    answer(&p, v);
    if (p.count == 0) {
        char text[96];
        find_nothing(v, PANE_CONNECTION, "line", text, sizeof text);
        draw_text(s, at.x + (at.cols >= COLS_PAD), at.y, at.cols, str_from(text), ROLE_DIM);
    }
    const int last = p.count > at.rows ? p.count - at.rows : 0;
    const int top = v->connection_top < (size_t)last ? (int)v->connection_top : last;
    for (int i = top; i < p.count && i - top < at.rows; i++) {
        const struct rect row = {at.x, at.y + i - top, at.cols, 1};
        draw_line(s, row, &p, &p.at[i]);
        if (p.at[i].hit)
            find_mark(s, row, &v->find.query[QUERY_LINES], 0);
    }
}

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    const struct link *l = fleet_link(m->fleet);
    char age[24], find[128];

    str_copy(out->left, sizeof out->left,
             v->connection_top > 0 ? STR("Connection, more above") : STR("Connection"));
    num_format_duration(age, sizeof age, (int64_t)since(m->now_ms, line_link_since_ms(l)));
    str_format(out->right, sizeof out->right, "%s%s%s", line_link_word(l),
               cols >= COLS_WIDE ? " " : "", cols >= COLS_WIDE ? age : "");
    if (find_title(v, PANE_CONNECTION, false, find, sizeof find) > 0) {
        const size_t len = strlen(out->right);
        str_format(out->right + len, sizeof out->right - len, "  %s", find);
    }
}

size_t pane_connection_lines(const struct view *v, const struct ui_model *m, int cols)
{
    struct page p;

    build(&p, m, cols);
    answer(&p, v);
    return (size_t)p.count;
}

void pane_connection_count(const struct view *v, const struct ui_model *m, struct find_count *out)
{
    struct page p;

    build(&p, m, v->connection_cols);
    out->total = (size_t)answer(&p, v);
    out->shown = (size_t)p.count;
    out->hits = 0;
    for (int i = 0; i < p.count; i++)
        out->hits += p.at[i].hit;
}

size_t pane_connection_hit(const struct view *v, const struct ui_model *m, int cols, size_t nth)
{
    struct page p;

    build(&p, m, cols);
    answer(&p, v);
    for (int i = 0; i < p.count; i++)
        if (p.at[i].hit && nth-- == 0)
            return (size_t)i;
    return 0;
}

size_t pane_connection_segment(const struct ui_model *m, char *to, size_t cap)
{
    const struct link *l = fleet_link(m->fleet);
    size_t len = str_format(to, cap, "%d Link %s", (int)PANE_CONNECTION, line_link_word(l));

    if (l->auth_code != 0)
        len += str_format(to + len, cap - len, ", auth %d", (int)l->auth_code);
    else if (l->auth_fails > 0)
        len += str_format(to + len, cap - len, ", auth down");
    else if (link_auth_slow_ms(l) > 0)
        len += str_format(to + len, cap - len, ", auth slow");
    if (l->drops > 0)
        len +=
            str_format(to + len, cap - len, ", %u %s", l->drops, l->drops == 1 ? "drop" : "drops");
    if (l->tls_insecure)
        len += str_format(to + len, cap - len, ", TLS NOT checked");
    return len;
}

const struct pane_ops pane_connection = {"Connection", titles, draw, NULL};
