/* src/ui/settings_screen.c - the settings over the panes: what is in force, changed at once, and kept. */
#include "base/text.h"
#include "ui/overlay.h"
#include "ui/setting.h"

enum { BOX_COLS = 80, NOTE_ROWS = 3, TITLE_CELLS = 13, VALUE_CELLS = 22 };

static size_t page_rows(const struct view *v)
{
    const int rows = (v->rows > 3 ? v->rows - 2 : v->rows) - 2;

    return (size_t)(rows > 1 ? rows : 1);
}

static void leave(struct view *v, struct intent *out)
{
    overlay_close(v);
    if (v->settings_unsaved)
        out->kind = INTENT_SAVE_STATE;
}

/* The new value comes when the intent is performed. */
static bool is_switched_by_program(enum intent_kind kind)
{
    return kind == INTENT_THEME || kind == INTENT_MOUSE || kind == INTENT_BELL ||
           kind == INTENT_LOW_BANDWIDTH;
}

static void step(struct view *v, const struct ui_model *m, int direction, struct intent *out)
{
    const struct setting *s = setting_at(v->menu.at);
    char before[SETTING_VALUE_MAX], after[SETTING_VALUE_MAX];

    if (!s)
        return;
    s->value(v, before, sizeof before);
    s->step(v, m, direction, out);
    s->value(v, after, sizeof after);
    if (is_switched_by_program(out->kind) || !str_eq(str_from(before), str_from(after)))
        setting_touch(v, s->id);
}

static bool settings_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    switch (key) {
    case UI_KEY_RIGHT:
    case UI_KEY_ENTER:
    case '\n':
    case ' ':
    case 'l':
        step(v, m, 1, out);
        return true;
    case UI_KEY_LEFT:
    case 'h':
        step(v, m, -1, out);
        return true;
    case 'w':
        out->kind = INTENT_SAVE_STATE;
        return true;
    case UI_KEY_ESC:
    case 'q':
    case 'S':
    case UI_KEY_F2:
        leave(v, out);
        return true;
    default:
        return menu_key(&v->menu, key, setting_count(), page_rows(v));
    }
}

static void draw_entry(struct surface *s, struct rect at, const struct view *v, size_t n)
{
    const struct setting *row = setting_at(n);
    const bool here = n == v->menu.at;
    const char *note = row->help;
    char value[SETTING_VALUE_MAX];

    row->value(v, value, sizeof value);
    if (v->settings_pinned >> n & 1)
        note = "set by option or configuration: kept until the end only";
    else if (v->settings_touched >> n & 1)
        note = v->settings_unsaved ? "changed" : "saved";
    if (here)
        surface_glyph(s, at.x, at.y, '>', ROLE_SELECTED);
    surface_text(s, at.x + 2, at.y, at.cols - 2, str_from(row->title), ROLE_BODY);
    const int x = at.x + 2 + TITLE_CELLS;
    surface_printf(s, x, at.y, at.x + at.cols - x, ROLE_KEY, "%s", value);
    const int used = text_width(str_from(value));
    const int note_x = x + (used < VALUE_CELLS ? VALUE_CELLS : used) + 2;
    surface_text(s, note_x, at.y, at.x + at.cols - note_x, str_from(note), ROLE_DIM);
    if (here)
        surface_flag(s, at, CELL_SELECTED);
}

static int box_rows(void)
{
    return (int)setting_count() + 2 + NOTE_ROWS;
}

static int list_rows(struct rect in)
{
    return in.rows > NOTE_ROWS + 2 ? in.rows - NOTE_ROWS : in.rows;
}

static struct overlay_list settings_list(const struct view *v, const struct ui_model *m)
{
    struct rect in = overlay_inside(v->cols, v->rows, BOX_COLS, box_rows());

    (void)m;
    in.rows = list_rows(in);
    return (struct overlay_list){
        in, menu_top(&v->menu, setting_count(), (size_t)(in.rows > 0 ? in.rows : 0)),
        setting_count()};
}

static const struct overlay_key settings_keys[] = {
    {UI_KEY_RIGHT, "Right", "next value"}, {UI_KEY_LEFT, "Left", "value before"},
    {UI_KEY_DOWN, "j k", "move"},          {'w', "w", "save"},
    {UI_KEY_ESC, "Esc", "save and close"}, {UI_KEY_NONE, NULL, NULL}};

static void settings_draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    const size_t count = setting_count();
    const struct rect in = overlay_box(s, BOX_COLS, box_rows(), "Settings",
                                       "Left Right change   w save   Esc save and close");
    const int list = list_rows(in);
    const size_t top = menu_top(&v->menu, count, (size_t)(list > 0 ? list : 0));

    (void)m;
    for (int y = 0; y < list && top + (size_t)y < count; y++)
        draw_entry(s, (struct rect){in.x, in.y + y, in.cols, 1}, v, top + (size_t)y);
    if (list == in.rows)
        return;
    surface_printf(s, in.x + 2, in.y + list + 1, in.cols - 2, ROLE_DIM, "%s%s",
                   v->state_path ? "Kept in " : "Nothing is kept: there is no state folder.",
                   v->state_path ? v->state_path : "");
    surface_text(s, in.x + 2, in.y + list + 2, in.cols - 2,
                 STR("The configuration is never written, and wins over what is kept."), ROLE_DIM);
}

const struct overlay_ops overlay_settings = {settings_key, settings_draw, settings_keys,
                                             settings_list, UI_KEY_RIGHT};
