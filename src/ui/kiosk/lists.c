/* src/ui/kiosk/lists.c - what needs eyes, sites against their limits, what was completed last. */
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "ui/glyph.h"
#include "ui/kiosk/kiosk_internal.h"

enum { TWO_COLUMNS = 150, NAME_CELLS_MAX = 32 };

static const struct order *order_of(const struct kiosk_look *l, const char *id)
{
    return fleet_order_get(l->m->fleet, str_from(id));
}

/* ---- what needs eyes ---- */

static const char *const eye_words[ORDER_STATE_COUNT] = {
    [ORDER_BAD] = "bad",     [ORDER_STALL] = "stalled", [ORDER_OVER] = "over",
    [ORDER_QUIET] = "quiet", [ORDER_OFFL] = "offline",  [ORDER_DENY] = "denied",
    [ORDER_SLOW] = "slow",
};

void kiosk_put_eye_counts(const struct kiosk_look *l, int x, int y, int cells)
{
    const int end = x + cells;

    for (int state = 0; state < ORDER_STATE_COUNT; state++) {
        char text[32];
        const size_t n = l->totals.by_state[state];
        if (n == 0 || !eye_words[state])
            continue;
        const int role = role_of_state((enum order_state)state);
        const int wide = 2 + (int)str_format(text, sizeof text, "%zu %s", n, eye_words[state]);
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
    const int columns = at.cols >= TWO_COLUMNS || (at.cols >= 90 && at.rows < 6) ? 2 : 1;
    const int width = at.cols / columns;
    const size_t room = (size_t)((at.rows + pitch - 1) / pitch) * (size_t)columns;
    const size_t all = l->totals.unacked > l->k->eyes_count ? l->totals.unacked : l->k->eyes_count;
    size_t shown = 0;

    if (at.rows < 1 || at.cols < 4)
        return 0;
    for (size_t i = 0; i < l->k->eyes_count && shown < room; i++) {
        const struct order *o = order_of(l, l->k->eyes[i]);
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

static void put_count(const struct kiosk_look *l, struct rect at)
{
    char count[16];
    struct digit_size size;

    (void)str_format(count, sizeof count, "%zu", l->totals.unacked);
    if (digits_fit(count, at.cols / 2, at.rows, &size)) {
        const int cells = digits_cells(count, size.x);
        digits_draw(l->s, at.x, at.y, size, count, ROLE_ALARM);
        (void)surface_text(l->s, at.x + cells + 3, at.y, at.cols - cells - 3,
                           str_from(l->totals.unacked == 1 ? "NEEDS EYES" : "NEED EYES"),
                           ROLE_ALARM);
        int y = at.y + 2;
        for (int state = 0; state < ORDER_STATE_COUNT && y < at.y + at.rows; state++) {
            if (l->totals.by_state[state] == 0 || !eye_words[state])
                continue;
            surface_glyph(l->s, at.x + cells + 3, y,
                          glyph_state((enum order_state)state, l->s->ascii),
                          role_of_state((enum order_state)state));
            (void)surface_printf(l->s, at.x + cells + 5, y++, at.cols - cells - 5,
                                 role_of_state((enum order_state)state), "%zu %s",
                                 l->totals.by_state[state], eye_words[state]);
        }
    }
}

void kiosk_draw_attention(const struct kiosk_look *l, struct rect at)
{
    const int wanted = at.rows >= 28 ? 15 : at.rows >= 16 ? 10 : at.rows >= 9 ? 5 : 0;

    if (l->k->eyes_count == 0) {
        (void)kiosk_text(l->s, at.x + (at.cols > 40 ? 4 : 1), at.y + at.rows / 2,
                         at.cols - (at.cols > 40 ? 4 : 1),
                         l->k->fire_count > 0 ? "no order needs eyes" : "nothing needs eyes",
                         ROLE_STRONG);
        return;
    }
    const int indent = at.cols >= 60 ? 4 : 1;
    struct rect list = {at.x + indent, at.y, at.cols - indent, at.rows};
    if (wanted > 0 && at.cols >= 24) {
        const int top = at.y + (at.rows >= 16);
        put_count(l, (struct rect){at.x + indent, top, at.cols - indent, wanted});
        list.y = top + wanted + 1;
        list.rows = at.y + at.rows - list.y;
        if (list.rows >= 4) {
            surface_hline(l->s, at.x, list.y, at.cols, BOX_PLAIN, ROLE_BORDER);
            list.y++;
            list.rows--;
        }
    }
    const int columns = list.cols >= TWO_COLUMNS ? 2 : 1;
    const int lines = ((int)l->k->eyes_count + columns - 1) / columns;
    (void)kiosk_put_eyes(l, list, lines * 2 <= list.rows ? 2 : 1);
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

/* A bar against the site's limit; without one against the largest site, and it says nothing of it. */
static void put_site(const struct kiosk_look *l, const struct kiosk_site *site, size_t nth,
                     struct rect at, int64_t largest_w)
{
    char name[SITE_NAME_MAX], now[24], text[64];
    const bool near = site->limit_w > 0 && site->power_w * 100 >= site->limit_w * SITE_NEAR_PCT;
    const int name_cells = at.cols >= 70 ? 16 : at.cols >= 40 ? 9 : at.cols / 3;
    const int text_cells = at.cols >= 70 ? 30 : at.cols >= 40 ? 15 : at.cols - name_cells - 1;

    if (l->k->cfg.names)
        (void)str_copy(name, sizeof name, str_from(site->name));
    else
        (void)str_format(name, sizeof name, "site %zu", nth + 1);
    (void)num_format(now, sizeof now, site->power_w, 3, 1);
    if (site->limit_w > 0)
        (void)str_format(text, sizeof text, "%6s / %lld kW%s", now,
                         (long long)(site->limit_w / 1000), near ? "  ! near limit" : "");
    else
        (void)str_format(text, sizeof text, "%6s kW", now);
    (void)kiosk_text(l->s, at.x, at.y, name_cells, name, ROLE_STRONG);
    const int bar = at.cols - name_cells - text_cells - 2;
    if (bar > 3)
        put_bar(l, (struct rect){at.x + name_cells + 1, at.y, bar, at.rows}, site->power_w,
                site->limit_w > 0 ? site->limit_w : largest_w, near);
    (void)kiosk_text(l->s, at.x + at.cols - text_cells, at.y, text_cells, text,
                     near ? ROLE_WARNING : ROLE_BODY);
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
    const int pitch = lines * 2 <= at.y + at.rows - y ? 2 : 1;
    for (int i = 0; i < lines && y < at.y + at.rows; i++) {
        put_ended(l, fleet_receipt_at(l->m->fleet, (size_t)i),
                  (struct rect){at.x + indent, y, at.cols - 2 * indent, 1});
        y += pitch;
    }
}
