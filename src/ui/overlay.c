/* src/ui/overlay.c - which overlay is shown, its box, its key line, and moving in its list. */
#include "ui/overlay.h"

#include <string.h>

#include "base/text.h"
#include "ui/explain_view.h"

const struct overlay_ops *overlay_of(const struct view *v)
{
    switch (v->overlay) {
    case OVERLAY_HELP:
        return &overlay_help;
    case OVERLAY_SETTINGS:
        return &overlay_settings;
    case OVERLAY_COLUMNS:
        return &overlay_columns;
    case OVERLAY_PAYLOAD:
        return &overlay_payload;
    case OVERLAY_MARKS:
        return &overlay_marks;
    case OVERLAY_ERROR:
        return &overlay_error;
    case OVERLAY_THEMES:
        return &overlay_themes;
    case OVERLAY_FILTERS:
        return &overlay_filters;
    case OVERLAY_COPY:
        return &overlay_copy;
    case OVERLAY_BUNDLE:
        return &overlay_bundle;
    case OVERLAY_DONE:
        return &overlay_done;
    case OVERLAY_NONE:
        break;
    }
    return NULL;
}

void overlay_open(struct view *v, enum overlay_id id)
{
    v->overlay = id;
    v->menu = (struct menu){.at = 0, .top = 0};
    v->menu_pressed = 0;
}

void overlay_close(struct view *v)
{
    v->overlay = OVERLAY_NONE;
}

static struct rect box_of(int screen_cols, int screen_rows, int cols, int rows)
{
    const int most_rows = screen_rows > 3 ? screen_rows - 2 : screen_rows;
    const int top = screen_rows > 3 ? 1 : 0;

    cols = cols < screen_cols ? cols : screen_cols;
    rows = rows < most_rows ? rows : most_rows;
    return (struct rect){(screen_cols - cols) / 2, top + (most_rows - rows) / 2, cols, rows};
}

static bool has_frame(struct rect r)
{
    return r.rows >= 3 && r.cols >= 12;
}

struct rect overlay_inside(int screen_cols, int screen_rows, int cols, int rows)
{
    const struct rect r = box_of(screen_cols, screen_rows, cols, rows);

    return has_frame(r) ? (struct rect){r.x + 1, r.y + 1, r.cols - 2, r.rows - 2} : r;
}

struct rect overlay_box(struct surface *s, int cols, int rows, const char *left, const char *right)
{
    const struct rect r = box_of(s->cols, s->rows, cols, rows);

    surface_fill(s, r, ' ', ROLE_BODY);
    if (has_frame(r)) {
        surface_box(s, r, BOX_FOCUS, ROLE_BORDER_FOCUS);
        frame_titles(s, r, left, right ? right : "", ROLE_BORDER_FOCUS);
    }
    return overlay_inside(s->cols, s->rows, cols, rows);
}

static int key_cells(const struct overlay_key *k)
{
    return text_width(str_from(k->shown)) + 1 + (int)strlen(k->word);
}

/* Walks over the entries that have room; the last one, the way out, keeps its own. s NULL: nothing is drawn; wanted_x: returns the key there. */
static uint32_t walk_keys(struct surface *s, struct rect at, const struct view *v, int wanted_x)
{
    const struct overlay_ops *over = overlay_of(v);
    int x = at.x + 1;

    for (const struct overlay_key *k = over ? over->keys : NULL; k && k->word; k++) {
        const int shown = text_width(str_from(k->shown)), cells = key_cells(k);
        const struct overlay_key *last = k;
        while (last[1].word)
            last++;
        if (x + cells + (last > k ? key_cells(last) + 2 : 0) > at.x + at.cols)
            continue;
        if (wanted_x >= x && wanted_x < x + cells)
            return k->key;
        if (s) {
            surface_text(s, x, at.y, shown, str_from(k->shown), ROLE_KEY);
            surface_text(s, x + shown + 1, at.y, cells - shown - 1, str_from(k->word),
                         ROLE_KEY_TEXT);
        }
        x += cells + 2;
    }
    return UI_KEY_NONE;
}

void overlay_keys_draw(struct surface *s, struct rect at, const struct view *v)
{
    (void)walk_keys(s, at, v, -1);
}

uint32_t overlay_key_at(struct rect at, const struct view *v, int x)
{
    return walk_keys(NULL, at, v, x);
}

size_t menu_top(const struct menu *menu, size_t count, size_t page)
{
    const size_t last = count > page ? count - page : 0;
    size_t top = menu->top;

    if (menu->at < top)
        top = menu->at;
    if (page > 0 && menu->at >= top + page)
        top = menu->at - page + 1;
    return top < last ? top : last;
}

bool menu_key(struct menu *menu, uint32_t key, size_t count, size_t page)
{
    const size_t last = count > 0 ? count - 1 : 0;
    const size_t step = page > 1 ? page - 1 : 1;
    size_t at = menu->at < last ? menu->at : last;

    switch (key) {
    case 'j':
    case UI_KEY_DOWN:
        at = at < last ? at + 1 : last;
        break;
    case 'k':
    case UI_KEY_UP:
        at = at > 0 ? at - 1 : 0;
        break;
    case 'g':
    case UI_KEY_HOME:
        at = 0;
        break;
    case 'G':
    case UI_KEY_END:
        at = last;
        break;
    case UI_KEY_PAGE_DOWN:
    case 'D' & UI_CTRL_MASK:
        at = at + step < last ? at + step : last;
        break;
    case UI_KEY_PAGE_UP:
    case 'U' & UI_CTRL_MASK:
        at = at > step ? at - step : 0;
        break;
    default:
        return false;
    }
    menu->at = at;
    menu->top = menu_top(menu, count, page);
    return true;
}
