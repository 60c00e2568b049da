/* src/ui/overlay.c - which overlay is shown, its box, and moving in its list. */
#include "ui/overlay.h"

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
}

void overlay_close(struct view *v)
{
    v->overlay = OVERLAY_NONE;
}

struct rect overlay_box(struct surface *s, int cols, int rows, const char *left, const char *right)
{
    const int most_cols = s->cols, most_rows = s->rows > 3 ? s->rows - 2 : s->rows;
    const int top = s->rows > 3 ? 1 : 0;

    cols = cols < most_cols ? cols : most_cols;
    rows = rows < most_rows ? rows : most_rows;
    const struct rect r = {(s->cols - cols) / 2, top + (most_rows - rows) / 2, cols, rows};
    surface_fill(s, r, ' ', ROLE_BODY);
    if (r.rows < 3 || r.cols < 12)
        return r;
    surface_box(s, r, BOX_FOCUS, ROLE_BORDER_FOCUS);
    frame_titles(s, r, left, right ? right : "", ROLE_BORDER_FOCUS);
    return (struct rect){r.x + 1, r.y + 1, r.cols - 2, r.rows - 2};
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
