/* src/ui/find_menu.c - the filters of the configuration as a list to choose from. */
#include <string.h>

#include "base/text.h"
#include "ui/glyph.h"
#include "ui/overlay.h"

enum { MENU_COLS = 76, NAME_CELLS = 16 };

/* The first entry takes the filter away. */
static size_t entry_count(const struct view *v)
{
    return v->find.saved_count + 1;
}

static size_t page_rows(const struct view *v)
{
    return v->rows > 5 ? (size_t)v->rows - 4 : 1;
}

static bool choose(struct view *v, const struct ui_model *m)
{
    const size_t at = v->menu.at < entry_count(v) ? v->menu.at : 0;
    const char *text = at == 0 ? "" : v->find.saved[at - 1].text;
    char why[QUERY_WHY_MAX];

    if (!find_set_filter(v, find_pane(v), str_from(text), why)) {
        view_say(v, m->now_ms, why); /* for rows of another kind: the list stays */
        return true;
    }
    overlay_close(v);
    return true;
}

static bool menu_keys(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    (void)out;
    if (key == UI_KEY_ENTER || key == '\n')
        return choose(v, m);
    return menu_key(&v->menu, key, entry_count(v), page_rows(v));
}

static void draw_entry(struct surface *s, struct rect row, const struct view *v, size_t at)
{
    const char *text = at == 0 ? "" : v->find.saved[at - 1].text;
    const bool in_force = strcmp(v->find.filter[find_pane(v)].source, text) == 0;
    const int room = row.cols - NAME_CELLS - 3;
    char why[QUERY_WHY_MAX];
    struct query q;

    const bool fits = query_parse(&q, find_kind(find_pane(v)), str_from(text), why, sizeof why);
    surface_text(s, row.x, row.y, 1, in_force ? STR("*") : STR(" "), ROLE_STRONG);
    surface_text(s, row.x + 2, row.y, row.cols - 2 < NAME_CELLS ? row.cols - 2 : NAME_CELLS,
                 at == 0 ? STR("off") : str_from(v->find.saved[at - 1].name),
                 fits ? ROLE_STRONG : ROLE_DIM);
    if (room > 0)
        surface_text(s, row.x + NAME_CELLS + 3, row.y, room,
                     at == 0 ? STR("show everything") : str_from(text),
                     fits ? ROLE_BODY : ROLE_DIM);
    if (at == v->menu.at)
        surface_flag(s, row, CELL_SELECTED);
}

static struct overlay_list list(const struct view *v, const struct ui_model *m)
{
    const size_t count = entry_count(v);
    const struct rect in = overlay_inside(v->cols, v->rows, MENU_COLS, (int)count + 2);

    (void)m;
    return (struct overlay_list){in, menu_top(&v->menu, count, in.rows > 0 ? (size_t)in.rows : 1),
                                 count};
}

static const struct overlay_key keys[] = {{UI_KEY_ENTER, "Enter", "choose"},
                                          {UI_KEY_DOWN, "j k", "move"},
                                          {UI_KEY_ESC, "Esc", "close"},
                                          {UI_KEY_NONE, NULL, NULL}};

static void draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    static const char *const names[QUERY_KIND_COUNT] = {"orders", "events", "errors", "lines"};
    const size_t count = entry_count(v);
    char title[48];

    (void)m;
    str_format(title, sizeof title, "Filters of %s", names[find_kind(find_pane(v))]);
    const struct rect inside =
        overlay_box(s, MENU_COLS, (int)count + 2, title, "Enter choose   Esc close");
    const size_t page = inside.rows > 0 ? (size_t)inside.rows : 1;
    const size_t top = menu_top(&v->menu, count, page);
    for (size_t i = 0; i < page && top + i < count; i++)
        draw_entry(s, (struct rect){inside.x, inside.y + (int)i, inside.cols, 1}, v, top + i);
}

const struct overlay_ops overlay_filters = {menu_keys, draw, keys, list, UI_KEY_ENTER};
