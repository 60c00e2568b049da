/* src/ui/panes/notices.c - notifications with their severity, and of the chosen one all that it says. */
#include "ui/panes/notices.h"

#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/find.h"
#include "ui/glyph.h"
#include "ui/overlay.h"
#include "ui/pane.h"

enum {
    CLOCK_CELLS = 9,
    LEVEL_CELLS = 15, /* "* notification" */
    LEVEL_CELLS_MIN = 10,
    KIND_CELLS = 9,
    CHANNEL_CELLS = 24,
    AGE_CELLS = 7,
    COLS_CLOCK = 40, /* from here on the time */
    COLS_KIND = 60,  /* and the kind */
    COLS_CHANNEL = 110,
    ROWS_HEADS = 3,
    ROWS_MORE = 3,   /* and a row that tells how many are out of sight */
    ROWS_CHOSEN = 9, /* from here on the chosen one has a part of the pane */
    CHOSEN_ROWS = 5,
    WORDS_MAX = NOTICES_TEXT_MAX + NOTICES_PATH_MAX + 8,
    FIND_TEXT_MAX = 160
};

struct columns {
    int clock, level, kind, text, channel, age; /* cells; 0: not shown */
};

static struct columns columns_of(int cols)
{
    struct columns c = {.level = cols >= COLS_KIND ? LEVEL_CELLS : LEVEL_CELLS_MIN,
                        .age = AGE_CELLS};

    if (cols >= COLS_CLOCK)
        c.clock = CLOCK_CELLS;
    if (cols >= COLS_KIND)
        c.kind = KIND_CELLS;
    if (cols >= COLS_CHANNEL)
        c.channel = CHANNEL_CELLS;
    c.text = cols - 2 - c.clock - c.level - c.kind - c.channel - c.age;
    if (c.text < c.level) {
        c.text += c.level - 2 + c.age;
        c.level = 2; /* the mark alone */
        c.age = 0;
    }
    return c;
}

static void put(struct surface *s, int x, int y, int cells, const char *text, int role)
{
    if (cells < 1)
        return;
    const int used = surface_text(s, x, y, cells, str_from(text), role);
    if (text_width(str_from(text)) > cells)
        surface_glyph(s, x + (used < cells ? used : cells - 1), y, glyph_ellipsis(s->ascii),
                      ROLE_DIM);
}

static void draw_row(struct surface *s, struct rect row, const void *one, const void *look,
                     const struct ui_model *m)
{
    const struct columns *w = look;
    const struct notice_item *item = one;
    const int role = notice_role(item);
    char text[WORDS_MAX], age[24];
    int x = row.x + 2;

    if (w->clock > 0) {
        stamp_format_clock(text, sizeof text, item->at_unix_ms, m->utc_offset_s, false);
        put(s, x, row.y, w->clock - 1, text, ROLE_DIM);
    }
    x += w->clock;
    surface_glyph(s, x, row.y, (uint32_t)(unsigned char)notice_mark(item, m->now_ms), role);
    put(s, x + 2, row.y, w->level - 3, notice_state_word(item), role);
    x += w->level;
    put(s, x, row.y, w->kind - 1, notice_kind_word(item->kind), ROLE_DIM);
    x += w->kind;
    (void)notice_words(item, text, sizeof text);
    put(s, x, row.y, w->text - 1, text, item->kind == NOTICE_DATA ? ROLE_DIM : ROLE_BODY);
    x += w->text;
    put(s, x, row.y, w->channel - 1, item->channel, ROLE_DIM);
    x += w->channel;
    if (w->age < 1)
        return;
    num_format_duration(age, sizeof age,
                        m->now_ms > item->at_ms ? (int64_t)(m->now_ms - item->at_ms) : 0);
    surface_right(s, x, row.y, w->age, str_from(age), ROLE_DIM);
}

static void draw_heads(struct surface *s, struct rect at, const struct columns *w)
{
    int x = at.x + 2;

    put(s, x, at.y, w->clock - 1, "TIME", ROLE_COLUMN);
    x += w->clock;
    put(s, x + 2, at.y, w->level - 3, "LEVEL", ROLE_COLUMN);
    x += w->level;
    put(s, x, at.y, w->kind - 1, "KIND", ROLE_COLUMN);
    x += w->kind;
    put(s, x, at.y, w->text - 1, "NOTIFICATION", ROLE_COLUMN);
    x += w->text;
    put(s, x, at.y, w->channel - 1, "CHANNEL", ROLE_COLUMN);
    x += w->channel;
    if (w->age > 0)
        surface_right(s, x, at.y, w->age, STR("AGE"), ROLE_COLUMN);
}

/* ---- the chosen one ---- */

/* What Enter does with it. */
static void enter_words(const struct notice_item *item, const struct ui_model *m, char *to,
                        size_t cap)
{
    to[0] = '\0';
    if (item->order_id[0] && fleet_order_get(m->fleet, str_from(item->order_id)))
        str_format(to, cap, "Enter opens order %s", item->order_id);
    else if (item->order_id[0])
        str_format(to, cap, "order %s is not in the table; :add %s follows it", item->order_id,
                   item->order_id);
    else if (item->path[0])
        str_copy(to, cap, STR("this path leads to nothing here"));
    else
        str_copy(to, cap, STR("Enter shows the event"));
}

/* "of job exp-7712 since 2m, on notifications-1001" */
static void origin_words(const struct notice_item *item, const struct ui_model *m, char *to,
                         size_t cap)
{
    const struct side *side = fleet_side(m->fleet, item->source);
    char age[24];
    size_t len = 0;

    to[0] = '\0';
    if (item->job[0])
        len = str_format(to, cap, "job %s", item->job);
    if (item->running || item->since_ms < item->at_ms) {
        num_format_duration(age, sizeof age,
                            (int64_t)((item->running ? m->now_ms : item->at_ms) - item->since_ms));
        len += str_format(to + len, cap - len, "%s%s %s", len > 0 ? ", " : "",
                          item->running ? "running for" : "took", age);
    }
    str_format(to + len, cap - len, "%son %s%s%s", len > 0 ? ", " : "", item->channel,
               side ? " of " : "", side ? side->name : "");
}

/* Rows of text, broken at blanks; returns how many. */
static int put_text(struct surface *s, struct rect at, const char *text, int role)
{
    struct str rest = str_from(text);
    int y = 0;

    while (rest.len > 0 && y < at.rows)
        surface_text(s, at.x, at.y + y++, at.cols, text_take_row(&rest, at.cols), role);
    return y;
}

static void draw_chosen(struct surface *s, struct rect at, const struct ui_model *m,
                        const struct notice_item *item)
{
    const struct rect in = {at.x + 2, at.y + 1, at.cols - 3, at.rows - 1};
    char words[WORDS_MAX], link[NOTICES_LINK_MAX];
    int y = in.y;

    if (in.rows < 1 || in.cols < 8)
        return;
    surface_hline(s, at.x, at.y, at.cols, BOX_PLAIN, ROLE_BORDER);
    (void)notice_words(item, words, sizeof words);
    const bool more = notice_link_words(item, link, sizeof link) > 0 && strcmp(link, words) != 0;
    const int text_rows = in.rows - 2 - more > 1 ? in.rows - 2 - more : 1;
    y += put_text(s, (struct rect){in.x, y, in.cols, text_rows}, words, notice_role(item));
    if (item->link[0] && y < in.y + in.rows) {
        put(s, in.x, y, in.cols, link, item->is_link ? ROLE_JSON_STRING : ROLE_WARNING);
        if (item->is_link)
            surface_link(s, in.x, y, in.cols, str_from(item->link));
        y++;
    }
    if (y < in.y + in.rows) {
        origin_words(item, m, words, sizeof words);
        put(s, in.x, y++, in.cols, words, ROLE_DIM);
    }
    if (y < in.y + in.rows) {
        enter_words(item, m, words, sizeof words);
        const size_t len = strlen(words);
        if (item->link[0])
            str_format(words + len, sizeof words - len, "%s",
                       item->is_link ? "   y copies the link"
                                     : "   not an address of http or https: no link");
        put(s, in.x, y, in.cols, words, ROLE_DIM);
    }
}

/* ---- the pane ---- */

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    const struct notices *all = fleet_notices(m->fleet);
    char find[FIND_TEXT_MAX];

    (void)cols;
    str_format(out->left, sizeof out->left, "Notices %zu", notices_count(all));
    out->right[0] = '\0';
    if (find_title(v, PANE_NOTICES, false, find, sizeof find) > 0)
        str_copy(out->right, sizeof out->right, str_from(find));
    else if (notices_running(all) > 0)
        str_format(out->right, sizeof out->right, "%zu in progress", notices_running(all));
}

static void draw_nothing(struct surface *s, struct rect at, const struct view *v)
{
    char text[FIND_TEXT_MAX] =
        "no notifications yet; name their channels: notices = NAME in the profile, or :follow NAME";

    if (!query_is_empty(&v->find.filter[PANE_NOTICES]))
        find_nothing(v, PANE_NOTICES, "notification", text, sizeof text);
    (void)put_text(s, (struct rect){at.x + 1, at.y, at.cols - 1, at.rows}, text, ROLE_DIM);
}

/* The heads stand above them, the chosen one right below. */
static struct pane_rows rows_of(struct rect at, const struct view *v, const struct ui_model *m)
{
    const size_t count = list_count(&list_notices, v, m);
    const bool heads = at.rows >= ROWS_HEADS;
    int rest = at.rows - heads;

    if (at.rows >= ROWS_CHOSEN && v->notices.at < count) {
        rest -= CHOSEN_ROWS;
        if (rest > (int)count)
            rest = (int)count;
    }
    if ((int)count > rest && rest >= ROWS_MORE) /* the last row tells how many there are besides */
        rest--;
    return (struct pane_rows){
        {at.x, at.y + heads, at.cols, rest}, menu_top(&v->notices, count, (size_t)rest), count};
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    const void *rows[LIST_ROWS_MAX];

    if (at.cols < 2 || at.rows < 1)
        return;
    const size_t count = list_rows(&list_notices, v, m, rows);
    const struct columns w = columns_of(at.cols);
    if (count == 0) {
        draw_nothing(s, at, v);
        return;
    }
    const struct pane_rows list = rows_of(at, v, m);
    const bool heads = list.at.y > at.y;
    const int rest = list.at.rows;
    const int more = (int)count > rest && rest >= ROWS_MORE - 1;
    if (more)
        pane_put_more(s, (struct rect){at.x, list.at.y + rest, at.cols, 1}, &list);
    if (at.rows >= ROWS_CHOSEN && v->notices.at < count)
        draw_chosen(s, (struct rect){at.x, list.at.y + rest + more, at.cols, CHOSEN_ROWS}, m,
                    rows[v->notices.at]);
    if (heads)
        draw_heads(s, at, &w);
    list_draw(s, &list_notices, &list, rows, v, m, draw_row, &w);
}

const struct pane_ops pane_notices = {"Notices", titles, draw, rows_of};
