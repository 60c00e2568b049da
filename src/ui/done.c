/* src/ui/done.c - the list of orders that ended, newest first, over the panes: each with its
 * receipt, those that have left the table too. */
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/detail.h"
#include "ui/overlay.h"

enum { COLS_MAX = 150, CHROME_ROWS = 2, DETAIL_ROWS = 2 };

static size_t page_of(const struct view *v)
{
    const int rows = v->rows - 2 - CHROME_ROWS - DETAIL_ROWS;

    return rows > 1 ? (size_t)rows : 1;
}

static bool key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    const size_t count = fleet_receipt_count(m->fleet);

    (void)out;
    if (menu_key(&v->menu, key, count, page_of(v)))
        return true;
    if (key != UI_KEY_ENTER)
        return false;
    const struct receipt *r = fleet_receipt_at(m->fleet, v->menu.at);
    if (!r)
        return true;
    if (view_select_id(v, m, r->order_id)) {
        v->touched = true;
        overlay_close(v);
        if (v->screen == SCREEN_DETAIL)
            detail_close(v);
        v->zoom = PANE_NONE;
        view_focus(v, PANE_ORDERS);
    } else {
        view_say_format(v, m->now_ms, "%s has left the table; its receipt is here", r->order_id);
    }
    return true;
}

/* "14:23  2147 Dock 6 #1  19.98 kWh  target met": the whole receipt stands below the list. */
static void draw_row(struct surface *s, struct rect row, const struct receipt *r,
                     const struct ui_model *m)
{
    char clock[16], why[RECEIPT_WHY_MAX], energy[24] = "-", point[FLEET_TITLE_MAX + 16];

    receipt_when(r, m->now_unix_ms, m->utc_offset_s, clock, sizeof clock);
    receipt_why(r, why, sizeof why);
    if (r->energy_wh != INT64_MIN)
        num_format(energy, sizeof energy, r->energy_wh, 3, 2);
    if (r->connector > 0)
        str_format(point, sizeof point, "%s #%d", r->title[0] ? r->title : "?", (int)r->connector);
    else
        str_copy(point, sizeof point, str_from(r->title[0] ? r->title : "?"));
    int x = row.x + 1;
    const int end = row.x + row.cols;
    x += surface_printf(s, x, row.y, end - x, ROLE_DIM, "%.5s ", clock);
    surface_right(s, x, row.y, end - x < 8 ? end - x : 8, str_from(r->order_id), ROLE_STRONG);
    x += 9;
    const int point_cells = row.cols >= 90 ? 28 : 18;
    surface_text(s, x, row.y, end - x < point_cells ? end - x : point_cells, str_from(point),
                 ROLE_BODY);
    x += point_cells + 1;
    surface_printf(s, x, row.y, end - x, ROLE_BODY, "%7s kWh  %s", energy, why);
}

/* Over two rows where one is too short. */
static void draw_receipt(struct surface *s, struct rect at, const struct receipt *r,
                         const struct ui_model *m)
{
    char line[RECEIPT_LINE_MAX];

    receipt_line(r, m->utc_offset_s, line, sizeof line);
    struct str rest = str_from(line);
    for (int y = 0; y < at.rows && rest.len > 0; y++) {
        size_t end = text_fit(rest, at.cols - 2, NULL);
        if (end < rest.len)
            for (size_t i = end; i > 0; i--)
                if (rest.ptr[i] == ' ') {
                    end = i;
                    break;
                }
        surface_text(s, at.x + 1, at.y + y, at.cols - 2, (struct str){rest.ptr, end}, ROLE_BODY);
        rest = str_trim((struct str){rest.ptr + end, rest.len - end});
    }
}

/* The rows of the list, without those of the receipt below it. */
static int box_rows(const struct view *v, size_t count)
{
    const size_t page = page_of(v), rows = count < page ? (count > 0 ? count : 1) : page;

    return (int)rows + CHROME_ROWS + (count > 0 ? DETAIL_ROWS : 0);
}

static int detail_rows(struct rect in, size_t count)
{
    return count > 0 && in.rows > DETAIL_ROWS ? DETAIL_ROWS : 0;
}

static size_t top_of(const struct view *v, struct rect in, size_t count)
{
    const int detail = detail_rows(in, count);
    const struct menu menu = {.at = v->menu.at < count ? v->menu.at
                                    : count > 0        ? count - 1
                                                       : 0,
                              .top = v->menu.top};

    return menu_top(&menu, count, in.rows > detail ? (size_t)(in.rows - detail) : 0);
}

static struct overlay_list list(const struct view *v, const struct ui_model *m)
{
    const size_t count = fleet_receipt_count(m->fleet);
    struct rect in = overlay_inside(v->cols, v->rows, COLS_MAX, box_rows(v, count));
    const size_t top = top_of(v, in, count);

    in.rows -= detail_rows(in, count);
    return (struct overlay_list){in, top, count};
}

static const struct overlay_key keys[] = {{UI_KEY_ENTER, "Enter", "go to the order"},
                                          {UI_KEY_DOWN, "j k", "move"},
                                          {UI_KEY_ESC, "Esc", "close"},
                                          {UI_KEY_NONE, NULL, NULL}};

/* Of this run, or with those of an earlier one, whichever tells more. */
static unsigned done_today(const struct ui_model *m, size_t count)
{
    const unsigned seen = (unsigned)fleet_day(m->fleet)->done_today;
    unsigned today = 0;

    for (size_t age = 0; age < count; age++) {
        char when[16];
        receipt_when(fleet_receipt_at(m->fleet, age), m->now_unix_ms, m->utc_offset_s, when,
                     sizeof when);
        today += strchr(when, ':') != NULL;
    }
    return today > seen ? today : seen;
}

static void draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    const size_t count = fleet_receipt_count(m->fleet);
    char left[48], right[48];

    str_format(left, sizeof left, "Done %zu", count);
    str_format(right, sizeof right, "%u today   Enter order   Esc close", done_today(m, count));
    const struct rect in = overlay_box(s, COLS_MAX, box_rows(v, count), left, right);
    const int detail = detail_rows(in, count);
    const size_t shown = in.rows > detail ? (size_t)(in.rows - detail) : 0;
    const size_t at = v->menu.at < count ? v->menu.at : count > 0 ? count - 1 : 0;
    const size_t top = top_of(v, in, count);
    if (count == 0)
        surface_text(s, in.x + 1, in.y, in.cols - 1, STR("no order has ended so far"), ROLE_DIM);
    for (size_t y = 0; y < shown && top + y < count; y++) {
        const struct rect row = {in.x, in.y + (int)y, in.cols, 1};
        draw_row(s, row, fleet_receipt_at(m->fleet, top + y), m);
        if (top + y == at) {
            surface_glyph(s, row.x, row.y, '>', ROLE_SELECTED);
            surface_flag(s, row, CELL_SELECTED);
        }
    }
    if (detail > 0)
        draw_receipt(s, (struct rect){in.x, in.y + in.rows - detail, in.cols, detail},
                     fleet_receipt_at(m->fleet, at), m);
}

const struct overlay_ops overlay_done = {key, draw, keys, list, UI_KEY_ENTER};
