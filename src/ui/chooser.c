/* src/ui/chooser.c - the column chooser: a list over the panes that changes the table at once. */
#include "ui/columns.h"
#include "ui/overlay.h"
#include "ui/setting.h"

enum { BOX_COLS = 80, BOX_ROWS = COLUMN_COUNT + 2 };

static size_t page_rows(const struct view *v)
{
    const int rows = (v->rows > 3 ? v->rows - 2 : v->rows) - 2;

    return (size_t)(rows > COLUMN_COUNT ? COLUMN_COUNT : rows > 1 ? rows : 1);
}

/* Which column stands at a place of the list. */
static int column_at(const struct view *v, size_t place)
{
    return v->columns.chosen ? v->columns.order[place] : (int)place;
}

/* Any change starts from what is on the screen. */
static void change(struct view *v, const struct ui_model *m, int move)
{
    struct column_fit fit;
    const size_t at = v->menu.at < COLUMN_COUNT ? v->menu.at : COLUMN_COUNT - 1;

    setting_touch(v, "columns");
    view_columns(v, v->orders_cols, &fit);
    column_choice_begin(&v->columns, &fit);
    if (move == 0) {
        if (!column_choice_toggle(&v->columns, column_at(v, at)))
            view_say(v, m->now_ms, "one column at least is shown");
    } else if (column_choice_move(&v->columns, (int)at, move)) {
        v->menu.at = move < 0 ? at - 1 : at + 1;
        v->menu.top = menu_top(&v->menu, COLUMN_COUNT, page_rows(v));
    }
}

static bool chooser_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    switch (key) {
    case ' ':
    case 'x':
        change(v, m, 0);
        return true;
    case 'J':
    case '>':
    case UI_KEY_RIGHT:
        change(v, m, 1);
        return true;
    case 'K':
    case '<':
    case UI_KEY_LEFT:
        change(v, m, -1);
        return true;
    case 'r':
        v->columns.chosen = false;
        setting_touch(v, "columns");
        return true;
    case 'C':
    case 'q':
    case UI_KEY_ESC:
    case UI_KEY_ENTER:
    case '\n':
        overlay_close(v);
        if (v->settings_unsaved)
            out->kind = INTENT_SAVE_STATE;
        return true;
    default:
        return menu_key(&v->menu, key, COLUMN_COUNT, page_rows(v));
    }
}

static bool fits(const struct column_fit *fit, int column)
{
    for (int i = 0; i < fit->count; i++)
        if (fit->at[i] == column)
            return true;
    return false;
}

static void draw_entry(struct surface *s, struct rect at, const struct view *v,
                       const struct column_fit *fit, size_t place)
{
    const int column = column_at(v, place);
    const bool here = place == v->menu.at, shown = fits(fit, column);
    const bool wanted = v->columns.chosen ? (v->columns.shown >> column & 1) != 0 : shown;
    const int role = wanted ? ROLE_BODY : ROLE_DIM;

    if (here)
        surface_glyph(s, at.x, at.y, '>', ROLE_SELECTED);
    surface_text(s, at.x + 1, at.y, at.cols - 1, str_from(wanted ? "[x]" : "[ ]"), ROLE_KEY);
    surface_text(s, at.x + 5, at.y, at.cols - 5, str_from(order_columns[column].title), role);
    surface_text(s, at.x + 19, at.y, at.cols - 19, str_from(order_columns[column].help), role);
    if (wanted && !shown)
        surface_right(s, at.x, at.y, at.cols - 1, STR(" no room"), ROLE_STALE);
    if (here)
        surface_flag(s, at, CELL_SELECTED);
}

static struct overlay_list chooser_list(const struct view *v, const struct ui_model *m)
{
    const struct rect in = overlay_inside(v->cols, v->rows, BOX_COLS, BOX_ROWS);
    const size_t page = (size_t)(in.rows > 0 ? in.rows : 0);

    (void)m;
    return (struct overlay_list){in, menu_top(&v->menu, COLUMN_COUNT, page), COLUMN_COUNT};
}

static const struct overlay_key chooser_keys[] = {{' ', "Space", "show or hide"},
                                                  {'K', "K", "up"},
                                                  {'J', "J", "down"},
                                                  {'r', "r", "automatic"},
                                                  {UI_KEY_ENTER, "Enter", "close"},
                                                  {UI_KEY_NONE, NULL, NULL}};

static void chooser_draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    struct column_fit fit;
    char left[48];

    (void)m;
    view_columns(v, v->orders_cols, &fit);
    str_format(left, sizeof left, "Columns: %s", v->columns.chosen ? "chosen" : "automatic");
    const struct rect in = overlay_box(s, BOX_COLS, BOX_ROWS, left,
                                       "Space show   J K move   r automatic   Enter close");
    const size_t top = menu_top(&v->menu, COLUMN_COUNT, (size_t)(in.rows > 0 ? in.rows : 0));
    for (int y = 0; y < in.rows && top + (size_t)y < COLUMN_COUNT; y++)
        draw_entry(s, (struct rect){in.x, in.y + y, in.cols, 1}, v, &fit, top + (size_t)y);
}

const struct overlay_ops overlay_columns = {chooser_key, chooser_draw, chooser_keys, chooser_list,
                                            ' '};
