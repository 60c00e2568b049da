/* src/ui/theme_menu.c - the list of themes over the panes: each is seen while one moves over it. */
#include "ui/theme_menu.h"

#include <string.h>

#include "ui/overlay.h"

enum { BOX_COLS = 34, BOX_ROWS_MAX = 22 };

static size_t name_count(const struct view *v)
{
    struct str rest = str_from(v->theme_words);
    size_t count = 0;

    while (str_split(&rest, ' ').len > 0)
        count++;
    return count;
}

static struct str name_at(const struct view *v, size_t at)
{
    struct str rest = str_from(v->theme_words);
    struct str name = str_split(&rest, ' ');

    while (at-- > 0)
        name = str_split(&rest, ' ');
    return name;
}

bool theme_menu_open(struct view *v)
{
    const size_t count = name_count(v);

    if (count == 0)
        return false;
    overlay_open(v, OVERLAY_THEMES);
    (void)str_copy(v->theme_before, sizeof v->theme_before, str_from(v->theme ? v->theme : ""));
    for (size_t i = 0; i < count; i++)
        if (str_eq(name_at(v, i), str_from(v->theme_before)))
            v->menu.at = i;
    return true;
}

static int page_of(const struct view *v)
{
    const int room = v->rows > 6 ? v->rows - 4 : v->rows;
    const int wanted = (int)name_count(v);

    return wanted < room ? wanted : room;
}

static void wear(struct intent *out, struct str name)
{
    out->kind = INTENT_THEME;
    (void)str_copy(out->text, sizeof out->text, name);
}

/* Nothing goes on to the panes: what is under the list is only looked at. */
static bool key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    const size_t before = v->menu.at;

    switch (key) {
    case UI_KEY_ENTER:
    case ' ':
        overlay_close(v);
        view_say_format(v, m->now_ms, "theme %.*s", (int)name_at(v, v->menu.at).len,
                        name_at(v, v->menu.at).ptr);
        return true;
    case UI_KEY_ESC:
    case 'q':
        overlay_close(v);
        if (v->theme_before[0])
            wear(out, str_from(v->theme_before));
        return true;
    default:
        if (menu_key(&v->menu, key, name_count(v), (size_t)page_of(v)) && v->menu.at != before)
            wear(out, name_at(v, v->menu.at));
        return true;
    }
}

static int box_rows(const struct view *v)
{
    const int count = (int)name_count(v);

    return count < BOX_ROWS_MAX - 2 ? count + 2 : BOX_ROWS_MAX;
}

static struct overlay_list list(const struct view *v, const struct ui_model *m)
{
    const struct rect in = overlay_inside(v->cols, v->rows, BOX_COLS, box_rows(v));

    (void)m;
    return (struct overlay_list){
        in, menu_top(&v->menu, name_count(v), (size_t)(in.rows > 0 ? in.rows : 0)), name_count(v)};
}

static void draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    const struct rect in = overlay_box(s, BOX_COLS, box_rows(v), "Theme", "Enter keep  Esc back");
    const size_t page = (size_t)(in.rows > 0 ? in.rows : 0), count = name_count(v);
    const size_t top = menu_top(&v->menu, count, page);

    (void)m;
    for (size_t i = 0; i < page && top + i < count; i++) {
        const struct rect at = {in.x, in.y + (int)i, in.cols, 1};
        const bool here = top + i == v->menu.at;
        const struct str name = name_at(v, top + i);

        surface_glyph(s, at.x, at.y, here ? '>' : ' ', ROLE_SELECTED);
        (void)surface_text(s, at.x + 2, at.y, at.cols - 2, name, ROLE_BODY);
        if (str_eq(name, str_from(v->theme_before)))
            surface_right(s, at.x, at.y, at.cols - 1, STR("before"), ROLE_DIM);
        if (here)
            surface_flag(s, at, CELL_SELECTED);
    }
}

static const struct overlay_key keys[] = {{UI_KEY_ENTER, "Enter", "keep"},
                                          {UI_KEY_ESC, "Esc", "back to the one before"},
                                          {UI_KEY_DOWN, "j k", "look at others"},
                                          {UI_KEY_NONE, NULL, NULL}};

const struct overlay_ops overlay_themes = {key, draw, keys, list, UI_KEY_ENTER};
