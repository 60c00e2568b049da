/* src/ui/kiosk/kiosk.c - which page is shown when, which key ends it, and whether data can be believed. */
#include "ui/kiosk/kiosk.h"

#include <string.h>

#include "ui/view_internal.h"

static const char *const page_names[KIOSK_PAGE_COUNT] = {
    [KIOSK_ATTENTION] = "attention",     [KIOSK_TOTALS] = "totals", [KIOSK_SITES] = "sites",
    [KIOSK_COMPLETIONS] = "completions", [KIOSK_PLOT] = "plot",
};

const char *kiosk_page_name(enum kiosk_page page)
{
    return (unsigned)page < KIOSK_PAGE_COUNT ? page_names[page] : "";
}

bool kiosk_page_find(struct str name, enum kiosk_page *out)
{
    for (int page = 0; page < KIOSK_PAGE_COUNT; page++)
        if (str_eq_nocase(name, str_from(page_names[page]))) {
            *out = (enum kiosk_page)page;
            return true;
        }
    return false;
}

void kiosk_cfg_default(struct kiosk_cfg *c)
{
    *c = (struct kiosk_cfg){.page_count = KIOSK_PAGE_COUNT,
                            .page_ms = KIOSK_PAGE_MS,
                            .old_after_ms = KIOSK_OLD_MS,
                            .hold_ms = KIOSK_NEW_MS,
                            .rotate = true,
                            .names = true,
                            .chord = {'q', 'q', 'q'},
                            .chord_count = 3};
    for (int page = 0; page < KIOSK_PAGE_COUNT; page++)
        c->pages[page] = (enum kiosk_page)page;
}

void kiosk_begin(struct view *v, const struct kiosk_cfg *cfg)
{
    v->kiosk = (struct kiosk){.cfg = *cfg};
    v->screen = SCREEN_KIOSK;
}

/* ---- keys ---- */

bool kiosk_chord(struct kiosk *k, uint32_t key, uint64_t now_ms)
{
    const size_t n = k->cfg.chord_count;

    if (n == 0 || n > KIOSK_CHORD_MAX)
        return false;
    memmove(k->keys, k->keys + 1, sizeof k->keys - sizeof k->keys[0]);
    memmove(k->keys_ms, k->keys_ms + 1, sizeof k->keys_ms - sizeof k->keys_ms[0]);
    k->keys[KIOSK_CHORD_MAX - 1] = key;
    k->keys_ms[KIOSK_CHORD_MAX - 1] = now_ms;
    const size_t first = KIOSK_CHORD_MAX - n;
    return now_ms - k->keys_ms[first] <= KIOSK_CHORD_MS &&
           memcmp(k->keys + first, k->cfg.chord, n * sizeof k->keys[0]) == 0;
}

/* ---- rotation ---- */

static bool has_attention(const struct kiosk *k)
{
    for (size_t i = 0; i < k->cfg.page_count; i++)
        if (k->cfg.pages[i] == KIOSK_ATTENTION)
            return true;
    return false;
}

static size_t other_pages(const struct kiosk *k)
{
    return k->cfg.page_count - has_attention(k);
}

/* Attention comes first and again in the middle: twice as often as each other page. */
static size_t slot_count(const struct kiosk *k)
{
    const size_t others = other_pages(k);

    if (!has_attention(k))
        return others;
    return others + (others > 1 ? 2 : 1);
}

static enum kiosk_page page_in(const struct kiosk *k, size_t slot)
{
    const size_t half = (other_pages(k) + 1) / 2 + 1;
    size_t nth = slot;

    if (has_attention(k)) {
        if (slot == 0 || (slot == half && other_pages(k) > 1))
            return KIOSK_ATTENTION;
        nth = slot - 1 - (slot > half && other_pages(k) > 1);
    }
    for (size_t i = 0; i < k->cfg.page_count; i++)
        if (k->cfg.pages[i] != KIOSK_ATTENTION && nth-- == 0)
            return k->cfg.pages[i];
    return KIOSK_ATTENTION;
}

static bool needs_eyes(const struct kiosk *k)
{
    return k->eyes_count > 0 || k->fire_count > 0;
}

static size_t slot_after(const struct kiosk *k, size_t slot)
{
    const size_t count = slot_count(k);

    for (size_t i = 0; i < count; i++) {
        slot = (slot + 1) % count;
        if (page_in(k, slot) != KIOSK_ATTENTION || needs_eyes(k))
            break;
    }
    return slot;
}

enum kiosk_page kiosk_next(const struct kiosk *k, uint64_t *at_ms)
{
    *at_ms = k->cfg.rotate && !k->held ? k->since_ms + k->cfg.page_ms : UINT64_MAX;
    return page_in(k, slot_after(k, k->slot));
}

static void show(struct kiosk *k, size_t slot, uint64_t now_ms)
{
    k->slot = slot;
    k->page = page_in(k, slot);
    k->since_ms = now_ms;
}

static bool is_new(const struct kiosk *k, uint64_t now_ms)
{
    return k->alarm_ms > 0 && now_ms < k->alarm_ms + k->cfg.hold_ms && has_attention(k);
}

static void turn(struct kiosk *k, uint64_t now_ms)
{
    const bool was_held = k->held;

    k->held = is_new(k, now_ms);
    if (!k->began) {
        k->began = true;
        show(k, 0, now_ms);
        if (k->page == KIOSK_ATTENTION && !needs_eyes(k))
            show(k, slot_after(k, 0), now_ms);
    }
    if (k->held) {
        if (k->page != KIOSK_ATTENTION)
            show(k, 0, now_ms);
        return;
    }
    if (was_held)
        k->since_ms = now_ms; /* the others wait one more page */
    const bool empty = k->page == KIOSK_ATTENTION && !needs_eyes(k);
    if (empty || (k->cfg.rotate && now_ms >= k->since_ms + k->cfg.page_ms))
        show(k, slot_after(k, k->slot), now_ms);
}

/* ---- lists ---- */

struct picked {
    const struct order *o;
    uint64_t key; /* larger comes first */
};

/* Keeps the `max` largest of all, in order: one walk, no memory. */
static void keep(struct picked *list, size_t *count, size_t max, struct picked one)
{
    size_t at = *count;

    if (at == max && list[at - 1].key >= one.key)
        return;
    if (at < max)
        (*count)++;
    else
        at--;
    for (; at > 0 && list[at - 1].key < one.key; at--)
        list[at] = list[at - 1];
    list[at] = one;
}

/* State by state, in each the newest first; times take 56 bits. */
static uint64_t urgency(const struct order *o)
{
    return (uint64_t)(ORDER_STATE_COUNT - o->state) << 56 |
           (o->state_since_ms & 0xffffffffffffffULL);
}

static void copy_ids(char to[][ORDER_ID_MAX], const struct picked *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)str_copy(to[i], ORDER_ID_MAX, str_from(from[i].o->id));
}

/* The KIOSK_SITES_MAX that draw most. */
static void gather_sites(struct kiosk *k, const struct ui_model *m)
{
    const size_t all = fleet_site_count(m->fleet);

    k->site_count = 0;
    for (size_t i = 0; i < all; i++) {
        const struct site *site = fleet_site_at(m->fleet, i);
        if (!site || (site->orders == 0 && !site->configured))
            continue;
        size_t at = k->site_count;
        if (at == KIOSK_SITES_MAX && k->sites[--at].power_w >= site->power_w)
            continue;
        k->site_count = at + 1;
        for (; at > 0 && k->sites[at - 1].power_w < site->power_w; at--)
            k->sites[at] = k->sites[at - 1];
        k->sites[at] = (struct kiosk_site){.power_w = site->power_w,
                                           .limit_w = site->limit_w,
                                           .unknown = site_power_unknown(site),
                                           .partial = site->power_known > 0 &&
                                                      site->power_known < site->power_orders};
        (void)str_copy(k->sites[at].name, sizeof k->sites[at].name, str_from(site->name));
    }
}

/* Fires stand first among those that are new. */
static void gather_fires(struct kiosk *k, const struct ui_model *m)
{
    const struct alarms *alarms = fleet_alarms(m->fleet);
    const struct alarm *alarm = alarms_at(alarms, 0);

    k->fire_count = 0;
    for (size_t i = 0; alarm && alarm->phase == ALARM_NEW && alarm_is_fire(alarm);
         alarm = alarms_at(alarms, ++i)) {
        if (alarm->raised_ms > k->alarm_ms)
            k->alarm_ms = alarm->raised_ms;
        if (k->fire_count < KIOSK_FIRES_MAX)
            k->fires[k->fire_count++] = alarm->id;
    }
}

static void gather(struct kiosk *k, const struct ui_model *m)
{
    struct picked eyes[KIOSK_EYES_MAX];
    const size_t orders = fleet_order_count(m->fleet);

    k->eyes_count = 0;
    k->alarm_ms = 0;
    for (size_t i = 0; i < orders; i++) {
        const struct order *o = fleet_order_at(m->fleet, i);
        if (o->alarm == ALARM_NEW) {
            keep(eyes, &k->eyes_count, KIOSK_EYES_MAX, (struct picked){o, urgency(o)});
            k->alarm_ms = o->state_since_ms > k->alarm_ms ? o->state_since_ms : k->alarm_ms;
        }
    }
    copy_ids(k->eyes, eyes, k->eyes_count);
    gather_fires(k, m);
    gather_sites(k, m);
}

void kiosk_sync(struct view *v, const struct ui_model *m)
{
    struct kiosk *k = &v->kiosk;
    const uint64_t version = fleet_version(m->fleet);

    if (!k->began ||
        (version != k->gathered_version &&
         (m->now_ms >= k->gathered_ms + KIOSK_GATHER_MS || m->now_ms < k->gathered_ms))) {
        gather(k, m);
        k->gathered_version = version;
        k->gathered_ms = m->now_ms;
    }
    turn(k, m->now_ms);
}

/* ---- trust ---- */

/* Orders that would send events if all were well. */
static bool events_are_due(const struct ui_model *m)
{
    struct fleet_totals t;

    fleet_totals(m->fleet, &t);
    return t.by_state[ORDER_CHRG] + t.by_state[ORDER_TAPR] + t.by_state[ORDER_SLOW] +
               t.by_state[ORDER_STALL] + t.by_state[ORDER_OVER] + t.by_state[ORDER_QUIET] +
               t.by_state[ORDER_STOP] >
           0;
}

static int64_t wall_of(const struct ui_model *m, uint64_t at_ms)
{
    return m->now_unix_ms - (int64_t)(m->now_ms > at_ms ? m->now_ms - at_ms : 0);
}

enum kiosk_trust kiosk_trust_of(const struct kiosk_cfg *c, const struct ui_model *m,
                                int64_t *since_unix_ms)
{
    const struct link *link = fleet_link(m->fleet);
    const uint64_t data_ms = link->data_ms > 0 ? link->data_ms : link->up_since_ms;

    if (!link_is_up(link)) {
        *since_unix_ms = wall_of(m, link_down_since_ms(link));
        return link_is_starting(link) ? KIOSK_WAIT : KIOSK_DOWN;
    }
    *since_unix_ms = wall_of(m, data_ms);
    return events_are_due(m) && m->now_ms > data_ms + c->old_after_ms ? KIOSK_OLD : KIOSK_LIVE;
}

/* ---- burn-in ---- */

void kiosk_drift(int64_t unix_ms, int x_max, int y_max, int *x, int *y)
{
    const int64_t places = (int64_t)(x_max + 1) * (y_max + 1);
    const int64_t there_and_back = places > 1 ? 2 * (places - 1) : 1;
    int64_t at = (unix_ms > 0 ? unix_ms : 0) / KIOSK_DRIFT_MS % there_and_back;

    if (at >= places)
        at = there_and_back - at;
    *y = (int)(at / (x_max + 1));
    *x = (int)(at % (x_max + 1));
    if (*y % 2 == 1)
        *x = x_max - *x; /* like an ox ploughing: each step is one cell */
}
