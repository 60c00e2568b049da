/* src/ui/kiosk/totals.c - the page that reads at five metres: power now, charging, and the day so far. */
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "ui/kiosk/kiosk_internal.h"

enum { ROWS_HUGE = 46, ROWS_LARGE = 28, ROWS_MIDDLE = 12, UNIT_CELLS = 5 };

struct figure {
    const char *label; /* over large digits */
    const char *words; /* behind small ones */
    char value[24];
};
enum { FIGURES = 4 };

static size_t charging(const struct fleet_totals *t)
{
    return t->by_state[ORDER_CHRG] + t->by_state[ORDER_TAPR];
}

/* Power in kW with one decimal, without when that makes it fit in the same size. */
static void power_text(const struct kiosk_look *l, int cols, int rows, char *to, size_t cap)
{
    struct digit_size with, without;
    const int64_t power_w = l->totals.power_w > 0 ? l->totals.power_w : 0;
    char whole[24];

    if (kiosk_power_unknown(&l->totals)) {
        (void)str_copy(to, cap, STR("-"));
        return;
    }
    (void)num_format(to, cap, power_w, 3, 1);
    (void)num_format(whole, sizeof whole, power_w, 3, 0);
    if (!digits_fit(whole, cols, rows, &without))
        return;
    if (!digits_fit(to, cols, rows, &with) || with.y < without.y)
        if (power_w >= 100000)
            (void)str_copy(to, cap, str_from(whole));
}

/* Returns the rows used. */
static int put_power(const struct kiosk_look *l, struct rect at)
{
    char text[24];
    struct digit_size size;

    power_text(l, at.cols - 2 * UNIT_CELLS, at.rows, text, sizeof text);
    if (!digits_fit(text, at.cols - 2 * UNIT_CELLS, at.rows, &size)) {
        (void)surface_printf(l->s, at.x + 1, at.y, at.cols - 1, ROLE_STRONG, "%s %s", text,
                             kiosk_power_unit(&l->totals));
        return 1;
    }
    const int cells = digits_cells(text, size.x);
    const int rows = size.y * DIGIT_ROWS;
    const int x = at.x + (at.cols - cells - UNIT_CELLS) / 2;
    digits_draw(l->s, x, at.y, size, text, ROLE_STRONG);
    (void)surface_text(l->s, x + cells + 3, at.y + rows - 1, 3,
                       str_from(kiosk_power_unit(&l->totals)), ROLE_STRONG);
    return rows;
}

static void figures_of(const struct kiosk_look *l, struct figure f[FIGURES])
{
    static const struct figure named[FIGURES] = {{.label = "CHARGING", .words = "charging"},
                                                 {.label = "DONE", .words = "done"},
                                                 {.label = "kWh", .words = "kWh"},
                                                 {.label = "PEAK kW", .words = "kW peak"}};

    memcpy(f, named, sizeof named);
    (void)kiosk_grouped(f[0].value, sizeof f[0].value, (int64_t)charging(&l->totals));
    (void)kiosk_grouped(f[1].value, sizeof f[1].value, l->day->done_today);
    (void)kiosk_grouped(f[2].value, sizeof f[2].value, (l->day->energy_today_wh + 500) / 1000);
    if (l->day->peak_w <= 0)
        (void)str_copy(f[3].value, sizeof f[3].value, STR("-"));
    else
        (void)kiosk_grouped(f[3].value, sizeof f[3].value, (l->day->peak_w + 500) / 1000);
}

/* "today", or "since 13:02" when the day was not watched from its beginning. */
static void since_words(const struct kiosk_look *l, char *to, size_t cap)
{
    const int64_t since_unix_ms = fleet_day_since_unix_ms(l->m->fleet);
    char clock[8];

    if (since_unix_ms == 0) {
        (void)str_copy(to, cap, STR("today"));
        return;
    }
    (void)kiosk_clock(l->m, clock, sizeof clock, since_unix_ms);
    (void)str_format(to, cap, "since %s", clock);
}

/* All figures on one line, as many as fit, evenly apart. */
static void put_figures_line(const struct kiosk_look *l, struct rect at)
{
    struct figure f[FIGURES];
    char text[FIGURES + 1][48], since[24];
    int cells = 0, count = 0;

    figures_of(l, f);
    since_words(l, since, sizeof since);
    for (int i = 0; i < FIGURES; i++)
        (void)str_format(text[i], sizeof text[i], "%s %s", f[i].value, f[i].words);
    (void)str_copy(text[FIGURES], sizeof text[0], str_from(since));
    for (; count <= FIGURES; count++) {
        const int wide = text_width(str_from(text[count]));
        if (cells + wide + 2 * count > at.cols - 1)
            break;
        cells += wide;
    }
    if (count == 0) {
        (void)kiosk_text(l->s, at.x, at.y, at.cols, text[0], ROLE_BODY);
        return;
    }
    const int gap = (at.cols - cells) / (count + 1);
    int x = at.x + (gap > 0 ? gap : 1);
    for (int i = 0; i < count; i++)
        x += surface_text(l->s, x, at.y, at.x + at.cols - x, str_from(text[i]),
                          i == FIGURES ? ROLE_DIM : ROLE_STRONG) +
             (gap > 0 ? gap : 1);
}

/* Labels over digits, side by side. Returns the rows used. */
static int put_figures_large(const struct kiosk_look *l, struct rect at)
{
    struct figure f[FIGURES];
    char since[24];
    struct digit_size size = {1, 1}, one;
    const int width = at.cols / FIGURES;

    figures_of(l, f);
    since_words(l, since, sizeof since);
    bool fits = digits_fit("00", width - 4, at.rows - 3, &size);
    for (int i = 0; i < FIGURES && fits; i++) {
        fits = digits_fit(f[i].value, width - 4, at.rows - 3, &one);
        size = one.y < size.y ? one : size;
    }
    if (!fits)
        return 0;
    for (int i = 0; i < FIGURES; i++) {
        const int x = at.x + 2 + i * width;
        (void)surface_printf(l->s, x, at.y + 1, width - 2, ROLE_TITLE, "%s%s%s", f[i].label,
                             i > 0 ? " " : "", i > 0 ? since : "");
        digits_draw(l->s, x, at.y + 3, size, f[i].value, ROLE_BODY);
    }
    return 3 + size.y * DIGIT_ROWS;
}

static void put_eyes_line(const struct kiosk_look *l, struct rect at)
{
    const size_t eyes = l->totals.unacked;
    char head[32];

    if (eyes == 0) {
        (void)kiosk_text(l->s, at.x + 1, at.y, at.cols - 1, "nothing needs eyes", ROLE_BODY);
        return;
    }
    const int cells =
        (int)str_format(head, sizeof head, "! %zu NEED%s EYES", eyes, eyes == 1 ? "S" : "");
    (void)kiosk_text(l->s, at.x + 1, at.y, at.cols - 1, head, ROLE_ALARM);
    if (at.rows < 2 || at.cols < 60) {
        kiosk_put_eye_counts(l, at.x + cells + 4, at.y, at.cols - cells - 4);
    } else if (at.cols < 110) {
        kiosk_put_eye_counts(l, at.x + cells + 4, at.y, at.cols - cells - 4);
        (void)kiosk_put_eyes(l, (struct rect){at.x + 4, at.y + 1, at.cols - 4, at.rows - 1}, 1);
    } else {
        (void)kiosk_put_eyes(l, (struct rect){at.x + cells + 5, at.y, at.cols - cells - 5, at.rows},
                             1);
    }
}

/* Cuts rows off the top of *at. */
static struct rect take(struct rect *at, int rows)
{
    const struct rect taken = {at->x, at->y, at->cols, rows < at->rows ? rows : at->rows};

    at->y += taken.rows;
    at->rows -= taken.rows;
    return taken;
}

static void put_rule(const struct kiosk_look *l, struct rect *at)
{
    const struct rect line = take(at, 1);

    if (line.rows > 0)
        surface_hline(l->s, line.x, line.y, line.cols, BOX_PLAIN, ROLE_BORDER);
}

/* Sites at the left, what needs eyes at the right, completions below: where there is room for all. */
static void put_rest_huge(const struct kiosk_look *l, struct rect at)
{
    const struct rect body = {at.x, at.y, at.cols, at.rows - 2};
    const int left = body.cols / 2;

    (void)kiosk_text(l->s, body.x + 2, body.y, left - 4,
                     l->k->site_count > 0 ? "SITES  now / limit" : "SITES  none known", ROLE_TITLE);
    (void)kiosk_put_sites(l, (struct rect){body.x + 2, body.y + 2, left - 6, body.rows - 2},
                          (int)l->k->site_count * 2 <= body.rows - 2 ? 2 : 1);
    put_eyes_line(l, (struct rect){body.x + left + 1, body.y, 40, 1});
    if (l->totals.unacked > 0) {
        surface_fill(l->s, (struct rect){body.x + left + 1, body.y, body.cols - left - 1, 1}, ' ',
                     ROLE_BODY);
        (void)surface_printf(l->s, body.x + left + 2, body.y, 30, ROLE_ALARM, "! %zu NEED%s EYES",
                             l->totals.unacked, l->totals.unacked == 1 ? "S" : "");
        (void)kiosk_put_eyes(
            l, (struct rect){body.x + left + 2, body.y + 2, body.cols - left - 2, body.rows - 2},
            (int)l->k->eyes_count * 2 <= body.rows - 2 ? 2 : 1);
    }
    surface_hline(l->s, at.x, at.y + at.rows - 2, at.cols, BOX_PLAIN, ROLE_BORDER);
    (void)kiosk_put_done_line(l, (struct rect){at.x + 2, at.y + at.rows - 1, at.cols - 2, 1});
}

static void draw_large(const struct kiosk_look *l, struct rect at)
{
    const bool huge = at.rows >= ROWS_HUGE;
    const int digits = huge ? 20 : 15;

    (void)take(&at, huge ? 1 : at.rows >= 33);
    (void)take(&at, put_power(l, (struct rect){at.x, at.y, at.cols, digits}) + 1);
    put_rule(l, &at);
    struct rect room = at;
    room.rows = huge ? 13 : 8;
    const int rows = put_figures_large(l, room);
    if (rows > 0) {
        (void)take(&at, rows + 1);
    } else {
        (void)take(&at, 1);
        put_figures_line(l, take(&at, 1));
        (void)take(&at, 1);
    }
    put_rule(l, &at);
    if (huge && at.rows >= 8)
        put_rest_huge(l, at);
    else
        put_eyes_line(l, at);
}

static void draw_middle(const struct kiosk_look *l, struct rect at)
{
    const int spare = at.rows - 10 - 5; /* digits, then figures, rule and two lines of eyes */

    (void)take(&at, spare >= 2 ? 2 : spare > 0 ? spare : 0);
    (void)take(
        &at, put_power(l, (struct rect){at.x, at.y, at.cols, at.rows - 5 > 10 ? 10 : at.rows - 5}));
    if (spare >= 3)
        (void)take(&at, 1);
    put_figures_line(l, take(&at, 1));
    if (at.rows >= 4)
        (void)take(&at, 1);
    put_rule(l, &at);
    put_eyes_line(l, at);
}

static void draw_small(const struct kiosk_look *l, struct rect at)
{
    const int below = at.rows >= 3 ? 2 : at.rows >= 2 ? 1 : 0;

    if (at.rows - below >= 7)
        (void)take(&at, 1);
    (void)take(&at, put_power(l, (struct rect){at.x, at.y, at.cols, at.rows - below}));
    if (at.rows >= 3)
        (void)take(&at, 1);
    if (at.rows >= 1)
        put_figures_line(l, take(&at, 1));
    if (at.rows >= 1)
        put_eyes_line(l, (struct rect){at.x, at.y, at.cols, 1});
}

void kiosk_draw_totals(const struct kiosk_look *l, struct rect at)
{
    if (at.rows < 1 || at.cols < 1)
        return;
    if (at.rows >= ROWS_LARGE && at.cols >= 100)
        draw_large(l, at);
    else if (at.rows >= ROWS_MIDDLE)
        draw_middle(l, at);
    else
        draw_small(l, at);
}
