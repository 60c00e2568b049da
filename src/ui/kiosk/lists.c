/* src/ui/kiosk/lists.c - what needs eyes, sites against their limits, what was completed last. */
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "ui/glyph.h"
#include "ui/kiosk/kiosk_internal.h"

enum {
    NAME_CELLS_MAX = 32,
    LARGE_COLS = 160, /* from here on lists are in large letters, */
    LARGE_ROWS = 36,
    LARGE_PITCH = 7, /* one of them and a line of text below, */
    SITE_PITCH = DIGIT_ROWS + 1,
    LIMIT_CELLS = 12, /* "! near limit" */
    LARGE_GAP = 5,
    LARGE_MAX = 48 /* of so many characters */
};

const struct order *kiosk_order(const struct kiosk_look *l, const char *id)
{
    return fleet_order_get(l->m->fleet, str_from(id));
}

/* ---- what needs eyes ---- */

static const char *const eye_words[ORDER_STATE_COUNT] = {
    [ORDER_BAD] = "bad",     [ORDER_STALL] = "stalled", [ORDER_OVER] = "over",
    [ORDER_QUIET] = "quiet", [ORDER_OFFL] = "offline",  [ORDER_DENY] = "denied",
    [ORDER_SLOW] = "slow",
};

const char *kiosk_eye_word(enum order_state state)
{
    return eye_words[state];
}

void kiosk_put_eye_counts(const struct kiosk_look *l, int x, int y, int cells)
{
    const int end = x + cells;

    for (int state = 0; state < ORDER_STATE_COUNT; state++) {
        char text[32];
        const size_t n = l->totals.by_state[state];
        if (n == 0 || !kiosk_eye_word((enum order_state)state))
            continue;
        const int role = role_of_state((enum order_state)state);
        const int wide = 2 + (int)str_format(text, sizeof text, "%zu %s", n,
                                             kiosk_eye_word((enum order_state)state));
        if (x + wide > end)
            return;
        surface_glyph(l->s, x, y, glyph_state((enum order_state)state, l->s->ascii), role);
        (void)surface_text(l->s, x + 2, y, end - x - 2, str_from(text), role);
        x += wide + 2;
    }
}

static void put_eye(const struct kiosk_look *l, const struct order *o, int x, int y, int cells)
{
    char name[FLEET_TITLE_MAX + 16], trouble[ORDER_REASON_MAX], line[256];
    const int role = role_of_state(o->state);
    const bool fresh = l->m->now_ms < o->state_since_ms + l->k->cfg.hold_ms;
    const bool marked = fresh && cells >= 30;

    kiosk_name(l, o, name, sizeof name);
    kiosk_trouble(l, o, trouble, sizeof trouble);
    surface_glyph(l->s, x, y, glyph_state(o->state, l->s->ascii), role);
    (void)str_format(line, sizeof line, "%s %s", name, trouble);
    (void)kiosk_text(l->s, x + 2, y, cells - 2 - (marked ? 5 : 0), line, role);
    if (marked)
        (void)surface_text(l->s, x + cells - 4, y, 3, STR("NEW"), ROLE_ALARM);
}

int kiosk_put_eyes(const struct kiosk_look *l, struct rect at, int pitch)
{
    const int columns = at.cols >= KIOSK_TWO_COLUMNS || (at.cols >= 90 && at.rows < 6) ? 2 : 1;
    const int width = at.cols / columns;
    const size_t room = (size_t)((at.rows + pitch - 1) / pitch) * (size_t)columns;
    const size_t all = l->totals.unacked > l->k->eyes_count ? l->totals.unacked : l->k->eyes_count;
    size_t shown = 0;

    if (at.rows < 1 || at.cols < 4)
        return 0;
    for (size_t i = 0; i < l->k->eyes_count && shown < room; i++) {
        const struct order *o = kiosk_order(l, l->k->eyes[i]);
        const int x = at.x + (int)(shown % (size_t)columns) * width;
        const int y = at.y + (int)(shown / (size_t)columns) * pitch;
        if (!o || !order_state_needs_eyes(o->state))
            continue;
        shown++;
        if (shown == room && i + 1 < all && room > 1)
            (void)surface_printf(l->s, x, y, width - 1, ROLE_STRONG, "+ %zu more", all - i);
        else
            put_eye(l, o, x, y, width - 1);
    }
    return (int)((shown + (size_t)columns - 1) / (size_t)columns) * pitch;
}

/* ---- sites ---- */

static void put_bar(const struct kiosk_look *l, struct rect at, int64_t part, int64_t whole,
                    bool near)
{
    const int64_t filled = whole > 0 ? part * at.cols / whole : 0;
    const int full = (int)(filled < 0 ? 0 : filled > at.cols ? at.cols : filled);

    surface_fill(l->s, (struct rect){at.x, at.y, full, at.rows}, l->s->ascii ? '#' : 0x2588,
                 near ? ROLE_WARNING : ROLE_BAR);
    surface_fill(l->s, (struct rect){at.x + full, at.y, at.cols - full, at.rows},
                 l->s->ascii ? '-' : 0x2591, ROLE_BAR_EMPTY);
    if (near)
        surface_glyph(l->s, at.x + at.cols - 1, at.y, '!', ROLE_WARNING);
}

static void site_texts(const struct kiosk_look *l, const struct kiosk_site *site, size_t nth,
                       char name[SITE_NAME_MAX], char now[24])
{
    if (l->k->cfg.names)
        (void)str_copy(name, SITE_NAME_MAX, str_from(site->name));
    else
        (void)str_format(name, SITE_NAME_MAX, "site %zu", nth + 1);
    if (site->unknown)
        (void)str_copy(now, 24, STR("-"));
    else
        (void)num_format(now, 24, site->power_w, 3, 1);
}

/* "kW", or "kW+" of a sum that lacks orders. */
static const char *site_unit(const struct kiosk_site *site)
{
    return site->partial ? "kW+" : "kW";
}

/* A bar against the site's limit; without one against the largest site, and it says nothing of it. */
static void put_site(const struct kiosk_look *l, const struct kiosk_site *site, size_t nth,
                     struct rect at, int64_t largest_w)
{
    char name[SITE_NAME_MAX], now[24], text[64];
    const bool near = site->limit_w > 0 && site->power_w * 100 >= site->limit_w * SITE_NEAR_PCT;
    const int name_cells = at.cols >= 70 ? 16 : at.cols >= 40 ? 9 : at.cols / 3;
    const int text_cells = at.cols >= 70 ? 30 : at.cols >= 40 ? 15 : at.cols - name_cells - 1;

    site_texts(l, site, nth, name, now);
    if (site->limit_w > 0)
        (void)str_format(text, sizeof text, "%6s / %lld %s%s", now,
                         (long long)(site->limit_w / 1000), site_unit(site),
                         near ? "  ! near limit" : "");
    else
        (void)str_format(text, sizeof text, "%6s %s", now, site_unit(site));
    (void)kiosk_text(l->s, at.x, at.y, name_cells, name, ROLE_STRONG);
    const int bar = at.cols - name_cells - text_cells - 2;
    if (bar > 3)
        put_bar(l, (struct rect){at.x + name_cells + 1, at.y, bar, at.rows}, site->power_w,
                site->limit_w > 0 ? site->limit_w : largest_w, near);
    (void)kiosk_text(l->s, at.x + at.cols - text_cells, at.y, text_cells, text,
                     near ? ROLE_WARNING : ROLE_BODY);
}

/* Name and power in letters, the bar between them. */
static void put_site_large(const struct kiosk_look *l, const struct kiosk_site *site, size_t nth,
                           struct rect at, int name_cells, int64_t largest_w)
{
    const struct digit_size size = digit_sizes[DIGIT_SIZES - 1];
    const bool near = site->limit_w > 0 && site->power_w * 100 >= site->limit_w * SITE_NEAR_PCT;
    const int end = at.x + at.cols;
    char name[SITE_NAME_MAX], now[24], large[LARGE_MAX], limit[48];

    site_texts(l, site, nth, name, now);
    (void)str_copy(limit, sizeof limit, str_from(site_unit(site)));
    if (digits_spell(str_from(name), large, sizeof large) &&
        digits_cells(large, size.x) <= name_cells)
        digits_draw(l->s, at.x, at.y, size, large, ROLE_STRONG);
    else
        (void)kiosk_text(l->s, at.x, at.y + DIGIT_ROWS / 2, name_cells, name, ROLE_STRONG);
    if (site->limit_w > 0)
        (void)str_format(limit, sizeof limit, "/ %lld %s", (long long)(site->limit_w / 1000),
                         site_unit(site));
    const int unit = end - LIMIT_CELLS, number = unit - 1 - digits_cells("0000.0", size.x);
    digits_draw(l->s, unit - 1 - digits_cells(now, size.x), at.y, size, now,
                near ? ROLE_WARNING : ROLE_STRONG);
    (void)kiosk_text(l->s, unit, at.y + DIGIT_ROWS - 1, LIMIT_CELLS, limit, ROLE_BODY);
    if (near)
        (void)kiosk_text(l->s, unit, at.y + DIGIT_ROWS - 3, LIMIT_CELLS, "! near limit",
                         ROLE_WARNING);
    const int bar = number - LARGE_GAP - (at.x + name_cells + LARGE_GAP);
    if (bar > 3)
        put_bar(l, (struct rect){at.x + name_cells + LARGE_GAP, at.y, bar, DIGIT_ROWS},
                site->power_w, site->limit_w > 0 ? site->limit_w : largest_w, near);
}

/* Cells of the widest name in letters, at most 2/5 of them all. */
static int widest_name(const struct kiosk_look *l, int cols)
{
    int widest = 12;

    for (size_t i = 0; i < l->k->site_count; i++) {
        char name[SITE_NAME_MAX], now[24], large[LARGE_MAX];
        site_texts(l, &l->k->sites[i], i, name, now);
        const int cells = digits_spell(str_from(name), large, sizeof large)
                              ? digits_cells(large, digit_sizes[DIGIT_SIZES - 1].x)
                              : text_width(str_from(name));
        if (cells > widest && cells <= cols * 2 / 5)
            widest = cells;
    }
    return widest;
}

int kiosk_put_sites(const struct kiosk_look *l, struct rect at, int pitch)
{
    const size_t room = (size_t)((at.rows + pitch - 1) / pitch);
    const size_t count = l->k->site_count;
    const int64_t largest_w = count > 0 ? l->k->sites[0].power_w : 0;

    if (at.rows < 1 || at.cols < 8)
        return 0;
    for (size_t i = 0; i < count && i < room; i++) {
        struct rect line = {at.x, at.y + (int)i * pitch, at.cols, pitch >= 3 ? pitch - 1 : 1};
        if (line.y + line.rows > at.y + at.rows)
            line.rows = at.y + at.rows - line.y;
        if (i + 1 == room && i + 1 < count) {
            (void)surface_printf(l->s, line.x, line.y, line.cols, ROLE_STRONG, "+ %zu more sites",
                                 count - i);
            break;
        }
        put_site(l, &l->k->sites[i], i, line, largest_w);
    }
    return (int)(count < room ? count : room) * pitch;
}

void kiosk_draw_sites(const struct kiosk_look *l, struct rect at)
{
    const int indent = at.cols >= 60 ? 2 : 0;
    struct rect list = {at.x + indent, at.y, at.cols - 2 * indent, at.rows};
    const int lines = (int)l->k->site_count;

    if (lines == 0) {
        (void)kiosk_text(l->s, at.x + 1, at.y + at.rows / 2, at.cols - 1,
                         "no charging at a site with a name", ROLE_BODY);
        return;
    }
    if (at.rows >= 6) {
        list.y++;
        list.rows--;
    }
    if (list.cols >= LARGE_COLS && list.rows >= LARGE_ROWS && lines * SITE_PITCH <= list.rows) {
        for (int i = 0; i < lines; i++)
            put_site_large(l, &l->k->sites[i], (size_t)i,
                           (struct rect){list.x, list.y + i * SITE_PITCH, list.cols, DIGIT_ROWS},
                           widest_name(l, list.cols), l->k->sites[0].power_w);
        return;
    }
    const int pitch = lines * 4 <= list.rows   ? 4
                      : lines * 3 <= list.rows ? 3
                      : lines * 2 <= list.rows ? 2
                                               : 1;
    (void)kiosk_put_sites(l, list, pitch);
}

/* ---- completions ---- */

struct ended {
    char name[FLEET_TITLE_MAX + 16], energy[24], length[24], clock[8], why[RECEIPT_WHY_MAX + 24];
};

static void ended_of(const struct kiosk_look *l, const struct receipt *r, struct ended *e)
{
    char number[24] = "?";

    if (!l->k->cfg.names || r->title[0] == '\0')
        (void)str_format(e->name, sizeof e->name, "order %s", r->order_id);
    else if (r->connector > 0)
        (void)str_format(e->name, sizeof e->name, "%s #%d", r->title, (int)r->connector);
    else
        (void)str_copy(e->name, sizeof e->name, str_from(r->title));
    if (r->energy_wh != INT64_MIN)
        (void)num_format(number, sizeof number, r->energy_wh, 3, 2);
    (void)str_format(e->energy, sizeof e->energy, "%s kWh", number);
    e->length[0] = '\0';
    if (r->time_ms >= 0)
        (void)kiosk_duration(e->length, sizeof e->length, r->time_ms);
    (void)receipt_when(r, l->m->now_unix_ms, l->m->utc_offset_s, e->clock, sizeof e->clock);
    (void)receipt_why(r, e->why, sizeof e->why);
}

/* "14:23  DOCK 6 #1           19.98 KWH" in letters; a name they do not have stands in small ones. */
static void put_ended_large(const struct kiosk_look *l, const struct receipt *r, struct rect at)
{
    const struct digit_size size = digit_sizes[DIGIT_SIZES - 1];
    char name[LARGE_MAX], energy[LARGE_MAX];
    struct ended e;
    int x = at.x;

    ended_of(l, r, &e);
    if (digits_spell(str_from(e.clock), name, sizeof name))
        digits_draw(l->s, x, at.y, size, name, ROLE_STRONG);
    x += digits_cells("00:00", size.x) + LARGE_GAP;
    if (!digits_spell(str_from(e.energy), energy, sizeof energy))
        energy[0] = '\0';
    const int end = at.x + at.cols - digits_cells(energy, size.x);
    digits_draw(l->s, end, at.y, size, energy, ROLE_STRONG);
    if (digits_spell(str_from(e.name), name, sizeof name) &&
        x + digits_cells(name, size.x) + LARGE_GAP <= end)
        digits_draw(l->s, x, at.y, size, name, ROLE_STATE_DONE);
    else
        (void)kiosk_text(l->s, x, at.y + DIGIT_ROWS / 2, end - LARGE_GAP - x, e.name,
                         ROLE_STATE_DONE);
    char line[sizeof e.length + sizeof e.why + 4];
    (void)str_format(line, sizeof line, "%s   %s", e.length, e.why);
    (void)kiosk_text(l->s, x, at.y + DIGIT_ROWS, at.x + at.cols - x, line, ROLE_DIM);
}

int kiosk_put_done_line(const struct kiosk_look *l, struct rect at)
{
    int x = at.x + kiosk_text(l->s, at.x, at.y, at.cols, "LAST DONE", ROLE_TITLE) + 3;
    struct ended e;

    for (size_t i = 0; i < fleet_receipt_count(l->m->fleet); i++) {
        char line[200];
        ended_of(l, fleet_receipt_at(l->m->fleet, i), &e);
        (void)str_format(line, sizeof line, "%s  %s  %s", e.name, e.energy, e.clock);
        const int wide = text_width(str_from(line)) + 2;
        if (x + wide > at.x + at.cols)
            break;
        surface_glyph(l->s, x, at.y, glyph_state(ORDER_DONE, l->s->ascii), ROLE_STATE_DONE);
        (void)surface_text(l->s, x + 2, at.y, wide, str_from(line), ROLE_BODY);
        x += wide + 3;
    }
    return 1;
}

static void put_ended(const struct kiosk_look *l, const struct receipt *r, struct rect at)
{
    const bool wide = at.cols >= 66;
    const int end = at.x + at.cols;
    struct ended e;
    int x = at.x;

    ended_of(l, r, &e);
    surface_glyph(l->s, x, at.y, glyph_state(ORDER_DONE, l->s->ascii), ROLE_STATE_DONE);
    x += 2;
    if (at.cols >= 30) {
        (void)surface_text(l->s, x, at.y, 5, str_from(e.clock), ROLE_STRONG);
        x += 7;
    }
    const int fixed = 12 + (wide ? 14 : 0) + (at.cols >= 100 ? 24 : 0);
    int name_cells = end - x - fixed;
    name_cells = name_cells > NAME_CELLS_MAX ? NAME_CELLS_MAX : name_cells;
    if (name_cells > 4)
        x += (kiosk_text(l->s, x, at.y, name_cells, e.name, ROLE_BODY), name_cells);
    surface_right(l->s, x, at.y, 11 < end - x ? 11 : end - x, str_from(e.energy), ROLE_STRONG);
    x += 11;
    if (wide)
        surface_right(l->s, x, at.y, 14, str_from(e.length), ROLE_BODY);
    if (at.cols >= 100)
        (void)kiosk_text(l->s, x + 17, at.y, end - x - 17, e.why, ROLE_DIM);
}

void kiosk_draw_completions(const struct kiosk_look *l, struct rect at)
{
    const int indent = at.cols >= 60 ? 4 : 0;
    const size_t ended = fleet_receipt_count(l->m->fleet);
    const int lines = ended < KIOSK_DONE_MAX ? (int)ended : KIOSK_DONE_MAX;
    int y = at.y + (at.rows >= 6);

    if (lines == 0) {
        (void)kiosk_text(l->s, at.x + 1, at.y + at.rows / 2, at.cols - 1, "nothing completed yet",
                         ROLE_BODY);
        return;
    }
    const bool large = at.cols >= LARGE_COLS && at.rows >= LARGE_ROWS;
    const int pitch = large ? LARGE_PITCH : lines * 2 <= at.y + at.rows - y ? 2 : 1;
    for (int i = 0; large && i < lines && y + LARGE_PITCH - 1 <= at.y + at.rows; i++, y += pitch)
        put_ended_large(l, fleet_receipt_at(l->m->fleet, (size_t)i),
                        (struct rect){at.x + indent, y, at.cols - 2 * indent, LARGE_PITCH - 1});
    for (int i = 0; !large && i < lines && y < at.y + at.rows; i++) {
        put_ended(l, fleet_receipt_at(l->m->fleet, (size_t)i),
                  (struct rect){at.x + indent, y, at.cols - 2 * indent, 1});
        y += pitch;
    }
}
