/* src/ui/help.c - the help text, made from the key table: the bindings in force in the focused pane. */
#include <string.h>

#include "base/text.h"
#include "ui/command.h"
#include "ui/glyph.h"
#include "ui/line_edit.h"
#include "ui/overlay.h"

/* Where the text goes; without a surface it is only measured. */
struct page {
    struct surface *s;
    struct rect at;
    int top;         /* first line shown */
    int line;        /* next line to be written */
    bool roomy;      /* blank lines between groups, and what is not about keys */
    struct str find; /* what is looked for, empty: nothing */
    int after;       /* a match is wanted below this line */
    int match;       /* the first one there; -1: none */
};

enum {
    COLUMN_CELLS = 25,
    KEY_CELLS = 6,
    COLUMNS_MAX = 3,
    GROUPS = 6,
    LARGE_COLS = 100, /* from here on a box with a margin */
    LARGE_ROWS = 36,
    FULL_ROWS = 50, /* and the rules of trust */
    BOX_COLS = 160
};

static void put(struct page *p, int line, int x, int cells, const char *text, int role)
{
    const struct str shown = str_from(text);
    const int y = line - p->top;
    const bool found = p->find.len > 0 && str_find_nocase(shown, p->find) < shown.len;

    if (found && line > p->after && (p->match < 0 || line < p->match))
        p->match = line;
    if (!p->s || y < 0 || y >= p->at.rows || x >= p->at.cols)
        return;
    const int room = cells < p->at.cols - x ? cells : p->at.cols - x;
    const int used = surface_text(p->s, p->at.x + x, p->at.y + y, room, shown, role);
    if (found)
        surface_flag(p->s, (struct rect){p->at.x + x, p->at.y + y, used, 1}, CELL_MATCH);
}

static const char *const groups[GROUPS] = {"MOVE", "ORDERS", "FIND", "TIME", "ACT", "APP"};

static bool listed(const struct key_row *row, const char *group, enum pane_id focus)
{
    return strcmp(row->group, group) == 0 && (row->panes & (1u << focus));
}

/* Returns the line below the group. */
static int put_group(struct page *p, int line, int x, int cells, const char *group,
                     const struct view *v)
{
    char keys[KEYMAP_TEXT_MAX];

    put(p, line++, x, cells, group, ROLE_TITLE);
    for (int i = 0; i < key_row_count; i++) {
        const struct key_row *row = &key_rows[i];
        if (!listed(row, group, v->focus) ||
            keymap_text(&v->keys, row, (int)v->focus, false, keys, sizeof keys) == 0)
            continue;
        const int width = text_width(str_from(keys));
        const int after = width < KEY_CELLS ? KEY_CELLS : width + 1;
        put(p, line, x, cells, keys, ROLE_KEY);
        put(p, line++, x + after, cells - after - 1, row->help, ROLE_KEY_TEXT);
    }
    return line;
}

/* Bands of as many groups as have room side by side, always in the same order. */
static void put_groups(struct page *p, const struct view *v)
{
    const int fit = (p->at.cols - 1) / COLUMN_CELLS;
    const int columns = fit < 1 ? 1 : fit > COLUMNS_MAX ? COLUMNS_MAX : fit;
    const int left = p->roomy ? 3 : 2, pitch = (p->at.cols - left) / columns;

    for (int g = 0; g < GROUPS; g++) {
        const int from = p->line;
        int below = from;
        for (int c = 0; c < columns && g < GROUPS; c++, g++) {
            const int end = put_group(p, from, left + c * pitch, pitch, groups[g], v);
            below = end > below ? end : below;
        }
        g--;
        p->line = below + (p->roomy || columns < COLUMNS_MAX ? 1 : 0);
    }
}

/* Puts a word or phrase on the current line, or the next when it has no room. */
static void flow(struct page *p, int *x, const char *text, int role)
{
    const int cells = text_width(str_from(text));

    if (*x > 2 && *x + cells > p->at.cols - 1) {
        p->line++;
        *x = 2;
    }
    put(p, p->line, *x, cells, text, role);
    *x += cells + 2;
}

static void put_states(struct page *p)
{
    static const char *const meanings[ORDER_STATE_COUNT] = {[ORDER_BAD] = "data contradicts itself",
                                                            [ORDER_STALL] =
                                                                "events come, energy flat",
                                                            [ORDER_OVER] = "beyond its target",
                                                            [ORDER_QUIET] = "events overdue",
                                                            [ORDER_OFFL] = "charge point offline",
                                                            [ORDER_DENY] = "subscription refused",
                                                            [ORDER_SLOW] = "power fell by half",
                                                            [ORDER_STOP] = "stop requested",
                                                            [ORDER_TAPR] = "normal end of a charge",
                                                            [ORDER_CHRG] = "energy rising",
                                                            [ORDER_WAIT] = "no event yet",
                                                            [ORDER_SCHED] = "starts later",
                                                            [ORDER_DONE] = "completed"};
    const bool ascii = p->s ? p->s->ascii : true;
    char text[64];
    int x = 2;

    if (p->roomy)
        put(p, p->line++, 2, 20, "GLYPHS", ROLE_TITLE);
    for (int state = 0; state < ORDER_STATE_COUNT; state++) {
        const bool words = p->at.cols >= 100;
        str_format(text, sizeof text, "  %-5s%s%s", order_state_word((enum order_state)state),
                   words ? " " : "", words ? meanings[state] : "");
        if (words) {
            const int cells = 33;
            if (x + cells > p->at.cols) {
                p->line++;
                x = 2;
            }
            put(p, p->line, x, cells, text, role_of_state((enum order_state)state));
        } else {
            if (x + 7 > p->at.cols) {
                p->line++;
                x = 2;
            }
            put(p, p->line, x, 7, text, role_of_state((enum order_state)state));
        }
        const int y = p->line - p->top;
        if (p->s && y >= 0 && y < p->at.rows && x < p->at.cols)
            surface_glyph(p->s, p->at.x + x, p->at.y + y,
                          glyph_state((enum order_state)state, ascii),
                          role_of_state((enum order_state)state));
        x += words ? 34 : 9;
    }
    p->line++;
}

/* The language of find and filter, and the fields of the focused pane by example. */
static void put_query(struct page *p, enum pane_id focus)
{
    static const char *const words[] = {"mall !done: both, not DONE", "\"dock 7\": a phrase",
                                        "stall|quiet: either word", "a b | c d: either side",
                                        "! mall kw>7: all of it turned round"};
    const enum query_kind kind = find_kind((int)focus);
    const char *names, *example;
    int x = 2;

    put(p, p->line++, 2, 24, "WORDS FOR / AND \\", ROLE_TITLE);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        flow(p, &x, words[i], ROLE_BODY);
    p->line++;
    x = 2;
    for (size_t n = 0; query_field_at(kind, n, &names, &example); n++)
        flow(p, &x, example, ROLE_KEY_TEXT);
    p->line++;
}

/* A heading and lines below it. */
static void put_lines(struct page *p, const char *heading, const char *const *lines, size_t count)
{
    put(p, p->line++, 2, 20, heading, ROLE_TITLE);
    for (size_t i = 0; i < count; i++)
        put(p, p->line++, 2, p->at.cols - 3, lines[i], ROLE_BODY);
    p->line++;
}

static void put_marks(struct page *p)
{
    static const char *const rail[] = {
        "rail under the plot:", ". data", ": link down", "? quiet", "= stall", "m mark",
        "+ completed",          "! bad"};
    int x = 2;

    flow(p, &x, "~ derived or old", ROLE_BODY);
    flow(p, &x, "+ after a sum: of some alone", ROLE_BODY);
    flow(p, &x, "> selected", ROLE_BODY);
    flow(p, &x, "1-6 pinned", ROLE_BODY);
    p->line++;
    x = 2;
    for (size_t i = 0; i < COUNT_OF(rail); i++)
        flow(p, &x, rail[i], ROLE_BODY);
    p->line += 2;
}

static void put_commands(struct page *p, const struct view *v)
{
    int x = 2;

    put(p, p->line++, 2, 60, "COMMANDS, and every action by its name; Tab completes", ROLE_TITLE);
    flow(p, &x, ":2149 goes to that order", ROLE_BODY);
    for (size_t n = 0; command_at(n); n++)
        if (command_at(n)->usage && (!command_at(n)->demo_only || v->demo))
            flow(p, &x, command_at(n)->usage, ROLE_BODY);
    p->line++;
}

static void put_footer(struct page *p, const struct view *v)
{
    int x = 2;
    char text[256];

    p->line++;
    flow(p, &x, "man chargetop", ROLE_DIM);
    if (v->version) {
        str_format(text, sizeof text, "version %s", v->version);
        flow(p, &x, text, ROLE_DIM);
    }
    if (v->config_path && v->config_path[0]) {
        str_format(text, sizeof text, "config %s", v->config_path);
        flow(p, &x, text, ROLE_DIM);
    }
    p->line++;
}

static void put_text(struct page *p, const struct view *v)
{
    static const char *const trust[] = {
        "AGE is the time since the last event of that order; it never stops, not even in a pause.",
        "A value with ~ was computed here, or is older than three expected events.",
        "LEFT needs a target and rising energy. A gap in a picture is a gap in what was received."};
    static const char *const from[] = {
        "htop: F1 F2 F3 F4 F6 F10 work.   k9s: : / ? Esc work, y copies.   "
        "vim, less, tig: hjkl g G n N.",
        "btop: digits focus panes, they do not hide them; v goes through layouts."};

    p->line = p->roomy ? 1 : 0;
    put_groups(p, v);
    put_states(p);
    put_marks(p);
    if (v->rows >= FULL_ROWS)
        put_lines(p, "TRUST RULES", trust, COUNT_OF(trust));
    put_lines(p, "COMING FROM", from, COUNT_OF(from));
    put_query(p, v->focus);
    p->line++;
    put_commands(p, v);
    if (p->roomy)
        put_footer(p, v);
}

static bool is_large(const struct view *v)
{
    return v->cols >= LARGE_COLS && v->rows >= LARGE_ROWS;
}

/* The inside of the box, for a view of its size. */
static struct rect inside_of(const struct view *v, struct rect *box)
{
    const int margin = is_large(v) ? 6 : 0;
    struct rect r = {margin, is_large(v) ? 3 : 1, v->cols - 2 * margin, v->rows};

    r.rows = v->rows - 2 * r.y;
    if (r.cols > BOX_COLS)
        r = (struct rect){(v->cols - BOX_COLS) / 2, r.y, BOX_COLS, r.rows};
    if (r.rows < 1)
        r = (struct rect){0, 0, v->cols, v->rows};
    *box = r;
    if (r.rows < 4 || r.cols < 20)
        return r;
    return (struct rect){r.x + 1, r.y + 1, r.cols - 2, r.rows - 2};
}

/* Lines of the text; *match is the first line below `after` where it has what is looked for. */
static int measure(const struct view *v, int after, int *match)
{
    struct rect box;
    struct page p = {.at = inside_of(v, &box),
                     .roomy = is_large(v),
                     .find = str_from(v->help_find),
                     .after = after,
                     .match = -1};

    put_text(&p, v);
    *match = p.match;
    return p.line;
}

static void scroll_help(struct view *v, long lines)
{
    struct rect box;
    int match;
    const size_t all = (size_t)measure(v, 0, &match);
    const size_t page = (size_t)inside_of(v, &box).rows;
    const size_t last = all > page ? all - page : 0;

    if (lines < 0)
        v->menu.top = (size_t)-lines < v->menu.top ? v->menu.top - (size_t)-lines : 0;
    else
        v->menu.top = v->menu.top + (size_t)lines < last ? v->menu.top + (size_t)lines : last;
}

/* Goes to the next line that has the text, from the top again after the last. */
static void find_next(struct view *v, const struct ui_model *m, int after)
{
    int match;

    (void)measure(v, after, &match);
    if (match < 0 && after >= 0)
        (void)measure(v, -1, &match);
    if (match < 0) {
        view_say(v, m->now_ms, "the help has no such word");
        return;
    }
    v->menu.at = (size_t)match;
    v->menu.top = 0;
    scroll_help(v, match);
}

/* A word being typed behind `/`. */
static bool typing_key(struct view *v, const struct ui_model *m, uint32_t key)
{
    size_t at = strlen(v->help_find);
    const struct line_edit e = {v->help_find, sizeof v->help_find, &at};

    if (key == UI_KEY_ENTER || key == '\n' || key == UI_KEY_ESC) {
        v->help_typing = false;
        if (key == UI_KEY_ESC)
            v->help_find[0] = '\0';
        return true;
    }
    if (key == UI_KEY_BACKSPACE || key == ('H' & UI_CTRL_MASK))
        (void)line_backspace(e);
    else if (!line_insert(e, key & ~(uint32_t)UI_KEY_PASTED))
        return true;
    if (v->help_find[0])
        find_next(v, m, -1);
    return true;
}

static void close_help(struct view *v)
{
    v->help_find[0] = '\0';
    v->help_typing = false;
    overlay_close(v);
}

/* While help is open moving scrolls it, Tab shows the next pane's keys, and what closes closes. */
static bool help_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    int nth = 0;
    const struct key_row *row = view_key_row(v, key, &nth);
    const char *id = row ? row->id : "";

    (void)out;
    if (v->help_typing)
        return typing_key(v, m, key);
    if (strcmp(id, "pane-next") == 0)
        return false; /* as ever: the help follows the focus */
    if (key == '/') {
        v->help_typing = true;
        v->help_find[0] = '\0';
    } else if (key == 'n' && v->help_find[0]) {
        find_next(v, m, (int)v->menu.at);
    } else if (key == UI_KEY_ESC && v->help_find[0]) {
        v->help_find[0] = '\0';
    } else if (strcmp(id, "move") == 0) {
        scroll_help(v, nth % 2 == 0 ? -1 : 1);
    } else if (strcmp(id, "half-page") == 0 || strcmp(id, "page") == 0) {
        scroll_help(v, nth == 0 ? -8 : 8);
    } else if (strcmp(id, "ends") == 0) {
        scroll_help(v, nth % 2 == 0 ? -VIEW_MOVE_FAR : VIEW_MOVE_FAR);
    } else if (strcmp(id, "back") == 0 || strcmp(id, "back-or-quit") == 0 ||
               strcmp(id, "help") == 0 || key == UI_KEY_ENTER || key == UI_KEY_ESC || key == 'q') {
        close_help(v);
    } else {
        v->help_find[0] = '\0';
        return false;
    }
    return true;
}

static void put_title_texts(struct surface *s, const struct view *v, struct rect box, int below)
{
    struct pane_titles t;
    const char *more = is_large(v) && below <= 0 ? "   keys shown are the bindings in force" : "";

    if (v->help_typing || v->help_find[0])
        str_format(t.left, sizeof t.left, "Help: %s pane /%s%s", pane_of(v->focus)->name,
                   v->help_find, v->help_typing ? "_" : "");
    else
        str_format(t.left, sizeof t.left, "Help: %s pane", pane_of(v->focus)->name);
    if (v->help_find[0] && !v->help_typing)
        str_copy(t.right, sizeof t.right, STR("n next   Esc all again"));
    else if (below > 0)
        str_format(t.right, sizeof t.right, "+%d below   / search   Tab all panes   Esc close%s",
                   below, more);
    else
        str_format(t.right, sizeof t.right, "/ search   Tab all panes   Esc close%s", more);
    frame_titles(s, box, t.left, t.right, ROLE_BORDER_FOCUS);
}

static void draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    struct rect box, in = inside_of(v, &box);
    int match;
    const int lines = measure(v, -1, &match);

    (void)m;
    if (is_large(v) && lines + 2 < box.rows) { /* no longer than its text */
        box.rows = lines + 2;
        in.rows = lines;
    }
    const int last = lines > in.rows ? lines - in.rows : 0;
    struct page p = {.s = s,
                     .at = in,
                     .top = (int)v->menu.top < last ? (int)v->menu.top : last,
                     .roomy = is_large(v),
                     .find = str_from(v->help_find),
                     .after = -1,
                     .match = -1};
    surface_fill(s, box, ' ', ROLE_BODY);
    if (in.x > box.x) {
        surface_box(s, box, BOX_FOCUS, ROLE_BORDER_FOCUS);
        put_title_texts(s, v, box, last - p.top);
    }
    put_text(&p, v);
}

static const struct overlay_key keys[] = {
    {UI_KEY_DOWN, "j k", "scroll"}, {UI_KEY_TAB, "Tab", "other pane's keys"},
    {'/', "/", "search"},           {'n', "n", "next hit"},
    {UI_KEY_ESC, "Esc", "close"},   {UI_KEY_NONE, NULL, NULL}};

const struct overlay_ops overlay_help = {help_key, draw, keys, NULL, UI_KEY_NONE};
