/* src/ui/bundle_view.c - what a bundle would give away, file by file, before it is written. */
#include "base/num.h"
#include "base/text.h"
#include "ui/bundle.h"
#include "ui/overlay.h"

enum { FAR = 1000000 };

static size_t lines_of(struct str text)
{
    size_t lines = 0;

    while (text.len > 0) {
        (void)str_split(&text, '\n');
        lines++;
    }
    return lines;
}

static const struct bundle_file *chosen(const struct view *v)
{
    const struct bundle *b = v->bundle;

    if (!b || b->count == 0)
        return NULL;
    return &b->files[v->menu.at < b->count ? v->menu.at : b->count - 1];
}

static void scroll(struct view *v, long lines)
{
    const struct bundle_file *f = chosen(v);
    const size_t all = f ? lines_of(buf_str(&f->text)) : 0;
    const size_t last = all > 0 ? all - 1 : 0;

    if (lines < 0)
        v->bundle_line = (size_t)-lines < v->bundle_line ? v->bundle_line - (size_t)-lines : 0;
    else
        v->bundle_line =
            v->bundle_line + (size_t)lines < last ? v->bundle_line + (size_t)lines : last;
}

static void turn(struct view *v, int by)
{
    const size_t count = v->bundle ? v->bundle->count : 0;

    if (count == 0)
        return;
    v->menu.at = (v->menu.at + count + (size_t)(by + (int)count)) % count;
    v->bundle_line = 0;
}

static bool key(struct view *v, const struct ui_model *m, uint32_t pressed, struct intent *out)
{
    const long page = v->rows > 8 ? v->rows - 8 : 1;

    (void)m;
    switch (pressed) {
    case UI_KEY_ENTER:
    case 'w':
        out->kind = INTENT_BUNDLE_WRITE;
        return true;
    case UI_KEY_TAB:
    case UI_KEY_RIGHT:
    case 'l':
        turn(v, 1);
        return true;
    case UI_KEY_BACKTAB:
    case UI_KEY_LEFT:
    case 'h':
        turn(v, -1);
        return true;
    case UI_KEY_DOWN:
    case 'j':
        scroll(v, 1);
        return true;
    case UI_KEY_UP:
    case 'k':
        scroll(v, -1);
        return true;
    case UI_KEY_PAGE_DOWN:
    case 'D' & UI_CTRL_MASK:
        scroll(v, page);
        return true;
    case UI_KEY_PAGE_UP:
    case 'U' & UI_CTRL_MASK:
        scroll(v, -page);
        return true;
    case UI_KEY_HOME:
    case 'g':
        scroll(v, -FAR);
        return true;
    case UI_KEY_END:
    case 'G':
        scroll(v, FAR);
        return true;
    default:
        return false;
    }
}

/* "12.3 kB" */
static void size_text(char *to, size_t cap, size_t bytes)
{
    char number[24];

    num_format(number, sizeof number, (int64_t)bytes, 3, 1);
    (void)str_format(to, cap, "%s kB", number);
}

/* The files with their sizes, as many as there is room for. Returns the rows taken. */
static int draw_files(struct surface *s, struct rect in, const struct view *v)
{
    const struct bundle *b = v->bundle;
    int x = in.x + 1;
    int y = in.y;

    for (size_t i = 0; i < b->count; i++) {
        char text[BUNDLE_NAME_MAX + 32], size[32];

        size_text(size, sizeof size, b->files[i].text.len);
        str_format(text, sizeof text, " %s %s ", b->files[i].name, size);
        const int cells = text_width(str_from(text));
        if (x + cells > in.x + in.cols && x > in.x + 1) {
            x = in.x + 1;
            y++;
        }
        if (y >= in.y + in.rows)
            break;
        surface_text(s, x, y, in.x + in.cols - x, str_from(text), ROLE_KEY_TEXT);
        if (i == v->menu.at)
            surface_flag(s, (struct rect){x, y, cells, 1}, CELL_SELECTED);
        x += cells + 1;
    }
    return y - in.y + 1;
}

static void draw_text(struct surface *s, struct rect at, const struct bundle_file *f, size_t from)
{
    struct str rest = buf_str(&f->text);
    char line[SURFACE_COLS_MAX];

    for (size_t skip = 0; skip < from && rest.len > 0; skip++)
        (void)str_split(&rest, '\n');
    for (int y = 0; y < at.rows && rest.len > 0; y++) {
        struct str part = str_split(&rest, '\n');

        part.len = str_cut(part, sizeof line - 1);
        text_clean(line, sizeof line, part);
        surface_text(s, at.x, at.y + y, at.cols, str_from(line), ROLE_BODY);
    }
}

static void draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    char left[96], size[32];
    const struct bundle_file *f = chosen(v);

    (void)m;
    size_text(size, sizeof size, v->bundle ? bundle_bytes(v->bundle) : 0);
    str_format(left, sizeof left, "Bundle: %zu files, %s, nothing is written yet",
               v->bundle ? v->bundle->count : 0, size);
    const struct rect in = overlay_box(s, s->cols - 4, s->rows - 2, left,
                                       "Enter write it   Tab next file   j k scroll   Esc close");
    if (!f || in.rows < 1)
        return;
    const int taken = in.rows > 3 ? draw_files(s, in, v) : 0;
    if (taken > 0 && in.rows > taken + 1)
        surface_hline(s, in.x, in.y + taken, in.cols, BOX_PLAIN, ROLE_BORDER);
    const int used = taken > 0 ? taken + 1 : 0;
    draw_text(s, (struct rect){in.x + 1, in.y + used, in.cols - 2, in.rows - used}, f,
              v->bundle_line);
}

static const struct overlay_key keys[] = {{UI_KEY_ENTER, "Enter", "write it"},
                                          {UI_KEY_TAB, "Tab", "next file"},
                                          {UI_KEY_DOWN, "j k", "scroll"},
                                          {UI_KEY_ESC, "Esc", "close, write nothing"},
                                          {UI_KEY_NONE, NULL, NULL}};

const struct overlay_ops overlay_bundle = {key, draw, keys, NULL, UI_KEY_NONE};
