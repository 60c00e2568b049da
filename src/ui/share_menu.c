/* src/ui/share_menu.c - the menu of `y`: what can be copied, and the beginning of it. */
#include "base/text.h"
#include "ui/overlay.h"
#include "ui/share.h"

enum { MENU_COLS = 76, MENU_ROWS = 16, PREVIEW_BYTES = 4096 };

static void copy(struct view *v, size_t what, struct intent *out)
{
    out->kind = INTENT_COPY;
    str_copy(out->text, sizeof out->text, str_from(share_name((enum share_what)what)));
    overlay_close(v);
}

static bool key(struct view *v, const struct ui_model *m, uint32_t pressed, struct intent *out)
{
    (void)m;
    if (pressed >= '1' && pressed < '1' + SHARE_COUNT) {
        copy(v, pressed - '1', out);
        return true;
    }
    for (size_t what = 0; what < SHARE_COUNT; what++)
        if (pressed == (uint32_t)(unsigned char)share_name((enum share_what)what)[0]) {
            copy(v, what, out);
            return true;
        }
    if (pressed == UI_KEY_ENTER || pressed == 'y' || pressed == 'c') {
        copy(v, v->menu.at, out);
        return true;
    }
    return menu_key(&v->menu, pressed, SHARE_COUNT, SHARE_COUNT);
}

/* The text as lines of the rectangle, tabs as arrows, what does not fit cut. */
static void draw_lines(struct surface *s, struct rect at, struct str text, int role)
{
    for (int y = 0; y < at.rows && text.len > 0; y++) {
        char line[SURFACE_COLS_MAX];
        struct str part = str_split(&text, '\n');

        part.len = str_cut(part, sizeof line - 1);
        text_clean(line, sizeof line, part);
        surface_text(s, at.x, at.y + y, at.cols, str_from(line), role);
    }
}

static void draw_preview(struct surface *s, struct rect at, const struct view *v,
                         const struct ui_model *m)
{
    struct redact redact;
    struct buf text;

    redact_init(&redact);
    buf_init(&text, SHARE_TEXT_MAX_BYTES);
    const enum ct_err err = share_text((enum share_what)v->menu.at, v, m, &redact, &text);
    if (err == CT_ERR_MISSING)
        draw_lines(s, at, STR("nothing of this kind is selected"), ROLE_DIM);
    else
        draw_lines(s, at,
                   (struct str){(const char *)text.bytes,
                                text.len < PREVIEW_BYTES ? text.len : PREVIEW_BYTES},
                   ROLE_DIM);
    buf_clear(&text);
}

static struct overlay_list list(const struct view *v, const struct ui_model *m)
{
    const struct rect in = overlay_inside(v->cols, v->rows, MENU_COLS, MENU_ROWS);
    const size_t page = in.rows > 0 ? (size_t)in.rows : 1;

    (void)m;
    return (struct overlay_list){in, menu_top(&v->menu, SHARE_COUNT, page), SHARE_COUNT};
}

static const struct overlay_key keys[] = {{UI_KEY_ENTER, "Enter", "copy"},
                                          {UI_KEY_DOWN, "1-4", "copy that one"},
                                          {UI_KEY_DOWN, "j k", "move"},
                                          {UI_KEY_ESC, "Esc", "close"},
                                          {UI_KEY_NONE, NULL, NULL}};

static void draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    const struct rect in =
        overlay_box(s, MENU_COLS, MENU_ROWS, "Copy", "1-4 or Enter copies   Esc close");
    const size_t page = in.rows > 0 ? (size_t)in.rows : 1;
    const size_t top = menu_top(&v->menu, SHARE_COUNT, page);
    int y = 0;

    for (size_t what = top; what < SHARE_COUNT && y < in.rows; what++, y++) {
        const bool chosen = what == v->menu.at;
        surface_printf(s, in.x, in.y + y, in.cols, ROLE_BODY, "%c%zu %-8s  %s", chosen ? '>' : ' ',
                       what + 1, share_name((enum share_what)what),
                       share_help((enum share_what)what));
        if (chosen)
            surface_flag(s, (struct rect){in.x, in.y + y, in.cols, 1}, CELL_SELECTED);
    }
    if (in.rows > y + 2) {
        surface_hline(s, in.x, in.y + y, in.cols, BOX_PLAIN, ROLE_BORDER);
        draw_preview(s, (struct rect){in.x + 1, in.y + y + 1, in.cols - 2, in.rows - y - 1}, v, m);
    }
}

const struct overlay_ops overlay_copy = {key, draw, keys, list, UI_KEY_ENTER};
