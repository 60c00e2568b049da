/* src/ui/panes/channels.c - followed channels and, of the chosen presence channel, who is there. */
#include "ui/panes/channels.h"

#include <string.h>

#include "base/json.h"
#include "base/num.h"
#include "base/text.h"
#include "ui/find.h"
#include "ui/glyph.h"
#include "ui/overlay.h"
#include "ui/pane.h"

enum {
    NAME_MIN_CELLS = 12,
    KIND_CELLS = 10,
    STATE_CELLS = 12,
    WHO_CELLS = 10,
    EVENTS_CELLS = 8,
    AGE_CELLS = 7,
    LAST_CELLS = 20,
    COLS_WHO = 40,   /* from here on who is there */
    COLS_STATE = 56, /* and the state in words */
    COLS_LAST = 100, /* and the last event */
    ROWS_HEADS = 3,
    ROWS_MORE = 3,    /* and a row that tells how many are out of sight */
    ROWS_MEMBERS = 6, /* from here on the members of the chosen one have a part of the pane */
    MEMBER_ID_CELLS = 24,
    FIND_TEXT_MAX = 160,
    GAP_TEXT_MAX = 400
};

struct columns {
    int name, kind, state, who, events, age, last; /* cells; 0: not shown */
};

static struct columns columns_of(int cols)
{
    struct columns c = {.events = EVENTS_CELLS, .age = AGE_CELLS};

    if (cols >= COLS_WHO)
        c.who = WHO_CELLS;
    if (cols >= COLS_STATE)
        c.state = STATE_CELLS;
    if (cols >= COLS_STATE + KIND_CELLS)
        c.kind = KIND_CELLS;
    if (cols >= COLS_LAST)
        c.last = LAST_CELLS;
    c.name = cols - 4 - c.kind - c.state - c.who - c.events - c.age - c.last;
    while (c.name < NAME_MIN_CELLS && (c.events > 0 || c.age > 0)) {
        c.name += c.events > 0 ? c.events : c.age;
        *(c.events > 0 ? &c.events : &c.age) = 0;
    }
    return c;
}

static char mark_of(enum wire_sub sub)
{
    switch (sub) {
    case WIRE_SUB_SUBSCRIBED:
        return '.';
    case WIRE_SUB_DENIED:
        return '#';
    case WIRE_SUB_FAILED:
        return '!';
    default:
        return '~';
    }
}

static int role_of(enum wire_sub sub)
{
    return sub == WIRE_SUB_SUBSCRIBED                         ? ROLE_LINK_UP
           : sub == WIRE_SUB_DENIED || sub == WIRE_SUB_FAILED ? ROLE_LINK_DOWN
                                                              : ROLE_LINK_TRYING;
}

/* Text that ends in an ellipsis where it does not fit. */
static void put(struct surface *s, int x, int y, int cells, const char *text, int role)
{
    if (cells < 1)
        return;
    const int used = surface_text(s, x, y, cells, str_from(text), role);
    if (text_width(str_from(text)) > cells)
        surface_glyph(s, x + (used < cells ? used : cells - 1), y, glyph_ellipsis(s->ascii),
                      ROLE_DIM);
}

static void put_right(struct surface *s, int x, int y, int cells, const char *text, int role)
{
    const int width = text_width(str_from(text));

    put(s, width < cells ? x + cells - width : x, y, cells, text, role);
}

static void who_words(const struct channel *c, char *to, size_t cap)
{
    char n[24];

    to[0] = '\0';
    if (c->sub != WIRE_SUB_SUBSCRIBED)
        return;
    if (c->kind == CHANNEL_PRESENCE) {
        str_format(to, cap, "%s%zu %s", c->count_about ? "~" : "", c->member_count,
                   c->member_count == 1 ? "user" : "users");
    } else if (c->subscribers >= 0) {
        num_format(n, sizeof n, c->subscribers, 0, 0);
        str_format(to, cap, "%s %s", n, c->subscribers == 1 ? "sub" : "subs");
    }
}

/* A channel that is not subscribed says why instead of what came last. */
static void draw_row(struct surface *s, struct rect row, const void *one, const void *look,
                     const struct ui_model *m)
{
    const struct columns *w = look;
    const struct channel *c = one;
    char text[CHANNEL_REASON_MAX + 48];
    int x = row.x + 1;

    surface_glyph(s, x, row.y, (uint32_t)(unsigned char)mark_of(c->sub), role_of(c->sub));
    put(s, x + 2, row.y, w->name - 1, c->name, ROLE_BODY);
    x += 2 + w->name;
    str_format(text, sizeof text, "%s%s", channel_kind_name(c->kind), c->cached ? "*" : "");
    put(s, x, row.y, w->kind - 1, text, ROLE_DIM);
    x += w->kind;
    channel_state_words(c, text, sizeof text);
    put(s, x, row.y, w->state - 1, text, role_of(c->sub));
    x += w->state;
    who_words(c, text, sizeof text);
    put_right(s, x, row.y, w->who - 1, text, ROLE_BODY);
    x += w->who;
    num_format(text, sizeof text, (int64_t)c->events, 0, 0);
    put_right(s, x, row.y, w->events - 1, text, c->undecoded > 0 ? ROLE_WARNING : ROLE_BODY);
    x += w->events;
    if (c->last_ms > 0)
        num_format_duration(text, sizeof text,
                            m->now_ms > c->last_ms ? (int64_t)(m->now_ms - c->last_ms) : 0);
    put_right(s, x, row.y, w->age - 1, c->last_ms > 0 ? text : "-", ROLE_BODY);
    x += w->age;
    put(s, x, row.y, w->last, c->code != 0 || c->reason[0] ? c->reason : c->last_event,
        c->code != 0 ? ROLE_WARNING : ROLE_DIM);
}

static void draw_heads(struct surface *s, struct rect at, const struct columns *w)
{
    int x = at.x + 3;

    put(s, x, at.y, w->name - 1, "CHANNEL", ROLE_DIM);
    x += w->name;
    put(s, x, at.y, w->kind - 1, "KIND", ROLE_DIM);
    x += w->kind;
    put(s, x, at.y, w->state - 1, "STATE", ROLE_DIM);
    x += w->state;
    put_right(s, x, at.y, w->who - 1, "WHO", ROLE_DIM);
    x += w->who;
    put_right(s, x, at.y, w->events - 1, "EVENTS", ROLE_DIM);
    x += w->events;
    put_right(s, x, at.y, w->age - 1, "AGE", ROLE_DIM);
    put(s, x + w->age, at.y, w->last, "LAST", ROLE_DIM);
}

/* ---- members ---- */

/* "Ann" of {"name":"Ann"}; else the whole info. */
static void info_words(const struct channel_member *who, char *to, size_t cap)
{
    struct json_value root, v;

    if (json_parse(str_from(who->info), &root) == CT_OK && root.type == JSON_OBJECT &&
        json_get(root, STR("name"), &v) && v.type == JSON_STRING) {
        char name[CHANNEL_MEMBER_INFO_MAX];
        json_string_copy(v, name, sizeof name);
        text_clean(to, cap, str_from(name));
        return;
    }
    str_copy(to, cap, str_from(who->info));
}

static void draw_member(struct surface *s, struct rect row, const struct ui_model *m,
                        const struct channel_member *who)
{
    const int id_cells =
        row.cols >= 2 * MEMBER_ID_CELLS ? MEMBER_ID_CELLS : row.cols - AGE_CELLS - 4;
    char text[CHANNEL_MEMBER_INFO_MAX];

    put(s, row.x + 3, row.y, id_cells - 1, who->id, who->me ? ROLE_STRONG : ROLE_BODY);
    num_format_duration(text, sizeof text,
                        m->now_ms > who->since_ms ? (int64_t)(m->now_ms - who->since_ms) : 0);
    put_right(s, row.x + 3 + id_cells, row.y, AGE_CELLS - 1, text, ROLE_DIM);
    info_words(who, text, sizeof text);
    const int x = row.x + 3 + id_cells + AGE_CELLS + 1;
    if (who->me)
        put(s, x, row.y, 4, "(me)", ROLE_STRONG);
    put(s, x + (who->me ? 5 : 0), row.y, row.x + row.cols - x - (who->me ? 5 : 0), text, ROLE_DIM);
}

/* "while away 2 came, 1 left: +u-8 +u-9 -u-7" */
static void gap_words(const struct channel_gap *gap, char *to, size_t cap)
{
    size_t len = str_format(to, cap, "while away %u came, %u left:", (unsigned)gap->joined,
                            (unsigned)gap->left);

    for (size_t i = 0; i < gap->joined_kept && len < cap; i++)
        len += str_format(to + len, cap - len, " +%s", gap->joined_ids[i]);
    for (size_t i = 0; i < gap->left_kept && len < cap; i++)
        len += str_format(to + len, cap - len, " -%s", gap->left_ids[i]);
}

static void draw_members(struct surface *s, struct rect at, const struct ui_model *m,
                         const struct channel *c)
{
    char text[GAP_TEXT_MAX];

    surface_printf(s, at.x + 1, at.y, at.cols - 1, ROLE_STRONG,
                   "in %.60s: %s%zu %s, %u came, %u left", c->name, c->count_about ? "~" : "",
                   c->member_count, c->member_count == 1 ? "user" : "users", (unsigned)c->joined,
                   (unsigned)c->left);
    if (c->gap && at.rows > 2) {
        gap_words(c->gap, text, sizeof text);
        at.y++;
        at.rows--;
        put(s, at.x + 3, at.y, at.cols - 3, text, ROLE_DIM);
    }
    const size_t room = (size_t)(at.rows - 1);
    const size_t shown = c->member_count > room && room > 0 ? room - 1 : room;
    for (size_t i = 0; i < c->members_kept && i < shown; i++)
        draw_member(s, (struct rect){at.x, at.y + 1 + (int)i, at.cols, 1}, m, &c->members[i]);
    const size_t drawn = c->members_kept < shown ? c->members_kept : shown;
    if (c->member_count > drawn && room > 0)
        surface_printf(s, at.x + 3, at.y + 1 + (int)drawn, at.cols - 3, ROLE_DIM,
                       "%zu of %s%zu shown", drawn, c->count_about ? "~" : "", c->member_count);
}

/* ---- the pane ---- */

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    const struct followed *all = fleet_followed(m->fleet);
    size_t bad = 0, waiting = 0;
    char find[FIND_TEXT_MAX];

    for (size_t i = 0; i < followed_count(all); i++) {
        const enum wire_sub sub = followed_at(all, i)->sub;
        bad += sub == WIRE_SUB_DENIED || sub == WIRE_SUB_FAILED;
        waiting += sub != WIRE_SUB_SUBSCRIBED && sub != WIRE_SUB_DENIED && sub != WIRE_SUB_FAILED;
    }
    str_format(out->left, sizeof out->left, "Channels %zu", followed_count(all));
    out->right[0] = '\0';
    if (find_title(v, PANE_CHANNELS, false, find, sizeof find) > 0)
        str_copy(out->right, sizeof out->right, str_from(find));
    else if (followed_left_out(all) > 0)
        str_format(out->right, sizeof out->right, "%llu more have no room here",
                   (unsigned long long)followed_left_out(all));
    else if (bad > 0)
        str_format(out->right, sizeof out->right, "%zu refused or failed", bad);
    else if (waiting > 0)
        str_format(out->right, sizeof out->right, "%zu on the way", waiting);
    else if (cols >= COLS_STATE)
        str_copy(out->right, sizeof out->right, STR("* keeps its last event"));
}

static void draw_nothing(struct surface *s, struct rect at, const struct view *v)
{
    char text[FIND_TEXT_MAX] =
        "no channel but those of orders; name some: --channel NAME, or :follow NAME";

    if (!query_is_empty(&v->find.filter[PANE_CHANNELS]))
        find_nothing(v, PANE_CHANNELS, "channel", text, sizeof text);
    put(s, at.x + 1, at.y, at.cols - 1, text, ROLE_DIM);
}

/* The heads stand above them, the members of the chosen one below. */
static struct pane_rows rows_of(struct rect at, const struct view *v, const struct ui_model *m)
{
    const size_t count = list_count(&list_channels, v, m);
    const struct channel *chosen = list_chosen(&list_channels, v, m);
    const bool heads = at.rows >= ROWS_HEADS;
    int rest = at.rows - heads;

    if (chosen && chosen->kind == CHANNEL_PRESENCE && at.rows >= ROWS_MEMBERS) {
        const int wanted = 2 + (int)chosen->members_kept + (chosen->gap != NULL) +
                           (chosen->member_count > chosen->members_kept),
                  most = rest - (int)count;
        int cut = wanted < rest * 2 / 3 ? wanted : rest * 2 / 3;
        if (cut < most && wanted > cut)
            cut = wanted < most ? wanted : most;
        rest -= cut;
        if (rest > (int)count + 1) /* right below the list, a blank row between */
            rest = (int)count + 1;
    }
    if ((int)count > rest && rest >= ROWS_MORE) /* the last row tells how many there are besides */
        rest--;
    return (struct pane_rows){
        {at.x, at.y + heads, at.cols, rest}, menu_top(&v->channels, count, (size_t)rest), count};
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    const void *rows[LIST_ROWS_MAX];

    if (at.cols < 1 || at.rows < 1)
        return;
    const size_t count = list_rows(&list_channels, v, m, rows);
    const struct channel *chosen = v->channels.at < count ? rows[v->channels.at] : NULL;
    const struct columns w = columns_of(at.cols);
    const bool heads = at.rows >= ROWS_HEADS;
    if (count == 0) {
        draw_nothing(s, at, v);
        return;
    }
    const struct pane_rows list = rows_of(at, v, m);
    const int rest = list.at.rows;
    const int more = (int)count > rest && rest >= ROWS_MORE - 1;
    const int below = at.rows - heads - rest - more;
    if (chosen && chosen->kind == CHANNEL_PRESENCE && at.rows >= ROWS_MEMBERS)
        draw_members(s, (struct rect){at.x, at.y + heads + rest + more, at.cols, below}, m, chosen);
    if (more)
        pane_put_more(s, (struct rect){at.x, at.y + heads + rest, at.cols, 1}, &list);
    if (heads)
        draw_heads(s, at, &w);
    list_draw(s, &list_channels, &list, rows, v, m, draw_row, &w);
}

const struct pane_ops pane_channels = {"Channels", titles, draw, rows_of};
