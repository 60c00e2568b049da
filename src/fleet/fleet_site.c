/* src/fleet/fleet_site.c - which site each order counts for, its energy of today, its receipt, and
 * what its neighbours tell about it. */
#include <string.h>

#include "base/num.h"
#include "fleet/fleet_internal.h"

/* ---- which one ---- */

static uint64_t key_of(const struct station_fields *station)
{
    const char *title = station->has & STATION_HAS_TITLE ? station->title : "";

    return (uint64_t)hash_bytes(title, strlen(title)) << 32 |
           (hash_bytes(station->id, strlen(station->id)) | 1);
}

static void unlink_site(struct entry *e)
{
    if (!e->site)
        return;
    if (e->site_prev)
        e->site_prev->site_next = e->site_next;
    else
        e->site->orders_first = e->site_next;
    if (e->site_next)
        e->site_next->site_prev = e->site_prev;
    e->site_prev = e->site_next = NULL;
}

static void link_site(struct entry *e, struct site *site)
{
    e->site = site;
    if (!site)
        return;
    e->site_next = site->orders_first;
    if (e->site_next)
        e->site_next->site_prev = e;
    site->orders_first = e;
}

static void move_site(struct fleet *f, struct entry *e, struct site *site)
{
    struct site *old = e->site;

    if (e->counted)
        sites_add(&f->sites, old, &e->share, -1, 0);
    unlink_site(e);
    link_site(e, site);
    sites_join(site);
    sites_leave(&f->sites, old);
    if (e->counted)
        sites_add(&f->sites, site, &e->share, 1, fleet_unix_ms(f, f->now_ms));
}

void fleet_site_choose(struct fleet *f, struct entry *e)
{
    const uint64_t key = key_of(e->o.station);

    if (key == e->site_key)
        return;
    e->site_key = key;
    struct site *site = sites_for(&f->sites, &e->o);
    if (site != e->site)
        move_site(f, e, site);
}

void fleet_site_forget(struct fleet *f, struct entry *e)
{
    unlink_site(e);
    sites_leave(&f->sites, e->site);
    e->site = NULL;
}

/* What a session had taken in before it was first seen counts for today if it began today. */
void fleet_site_energy(struct fleet *f, struct entry *e, int64_t before_wh, uint64_t now_ms)
{
    const struct order_fields *o = &e->o.f;

    if (!(o->has & ORDER_HAS_ENERGY))
        return;
    if (before_wh == INT64_MIN) {
        const int64_t began_unix_ms = fleet_unix_ms(f, now_ms) - o->charging_ms;
        if (!(o->has & ORDER_HAS_TIME) || began_unix_ms < sites_midnight_unix_ms(&f->sites))
            return;
        before_wh = 0;
    }
    if (o->energy_wh != before_wh)
        sites_energy(&f->sites, e->site, o->energy_wh - before_wh);
}

/* The one of an earlier run becomes this order's; what only was seen then stays known. */
static void take_over_receipt(struct fleet *f, struct entry *e, struct receipt *r)
{
    for (size_t age = 0; age < receipts_count(&f->receipts); age++) {
        const uint64_t number = f->receipts.total - age;
        struct receipt *old = &f->receipts.at[(number - 1) % RECEIPTS_MAX];
        if (old->ordinal != 0 || strcmp(old->order_id, r->order_id) != 0)
            continue;
        r->peak_w = old->peak_w > r->peak_w ? old->peak_w : r->peak_w;
        r->stalled_ms = old->stalled_ms > r->stalled_ms ? old->stalled_ms : r->stalled_ms;
        r->blind_ms = old->blind_ms > r->blind_ms ? old->blind_ms : r->blind_ms;
        r->started_unix_ms = old->started_unix_ms ? old->started_unix_ms : r->started_unix_ms;
        r->ended_unix_ms = old->ended_unix_ms;
        old->ordinal = r->ordinal;
        e->receipt = number;
        return;
    }
}

void fleet_keep_receipt(struct fleet *f, struct entry *e)
{
    struct receipt receipt;

    receipt_of_order(&e->o, f->currency, &receipt);
    (void)fleet_site_name(f, &e->o, receipt.site, sizeof receipt.site);
    if (e->receipt == 0)
        take_over_receipt(f, e, &receipt);
    e->receipt = receipts_put(&f->receipts, e->receipt, &receipt);
}

/* ---- reading ---- */

void fleet_set_sites(struct fleet *f, const struct site_rules *rules)
{
    sites_set_rules(&f->sites, rules);
}

void fleet_set_utc_offset(struct fleet *f, int32_t utc_offset_s)
{
    f->sites.utc_offset_s = utc_offset_s;
    (void)sites_day(&f->sites, fleet_unix_ms(f, f->now_ms));
}

size_t fleet_site_count(const struct fleet *f)
{
    return sites_count(&f->sites);
}

const struct site *fleet_site_at(const struct fleet *f, size_t index)
{
    return sites_at(&f->sites, index);
}

const struct site *fleet_order_site(const struct fleet *f, const struct order *o)
{
    const struct entry *e = fleet_entry_find(f, str_from(o->id));

    return e ? e->site : NULL;
}

size_t fleet_site_name(const struct fleet *f, const struct order *o, char *to, size_t cap)
{
    const struct site *site = fleet_order_site(f, o);

    return site ? str_copy(to, cap, str_from(site->name)) : order_site(o, to, cap);
}

const struct site_day *fleet_day(const struct fleet *f)
{
    return &f->sites.all;
}

int64_t fleet_day_since_unix_ms(const struct fleet *f)
{
    enum { GRACE_MS = 60000 };
    const int64_t began_unix_ms = f->past.began_unix_ms;

    return began_unix_ms < sites_midnight_unix_ms(&f->sites) + GRACE_MS ? 0 : began_unix_ms;
}

void fleet_receipt_restore(struct fleet *f, const struct receipt *r)
{
    struct receipt old = *r;

    old.ordinal = 0;
    (void)receipts_put(&f->receipts, 0, &old);
}

uint64_t fleet_receipt_changes(const struct fleet *f)
{
    return f->receipts.changes;
}

size_t fleet_receipt_count(const struct fleet *f)
{
    return receipts_count(&f->receipts);
}

const struct receipt *fleet_receipt_at(const struct fleet *f, size_t age)
{
    return receipts_at(&f->receipts, age);
}

const struct receipt *fleet_receipt_find(const struct fleet *f, struct str order_id)
{
    for (size_t age = 0; age < receipts_count(&f->receipts); age++)
        if (str_eq(str_from(receipts_at(&f->receipts, age)->order_id), order_id))
            return receipts_at(&f->receipts, age);
    return NULL;
}

/* ---- neighbours ---- */

struct siblings {
    size_t at_post, alike_at_post; /* live orders at the same charge point, itself included */
    size_t at_site, alike_at_site;
    const struct order *good_at_post, *good_at_site;
};

enum { GOOD_MIN_W = 500, SITE_ALIKE_MIN = 3 };

static bool is_good(const struct order *o)
{
    return (o->state == ORDER_CHRG || o->state == ORDER_TAPR) && o->power_w != POWER_UNKNOWN &&
           o->power_w >= GOOD_MIN_W;
}

/* One post may be several charge points by id; people know it by its title. */
static bool same_post(const struct order *a, const struct order *b)
{
    if (a->station == b->station)
        return true;
    return (a->station->has & STATION_HAS_TITLE) && (b->station->has & STATION_HAS_TITLE) &&
           a->station->title[0] && strcmp(a->station->title, b->station->title) == 0;
}

static void look_around(const struct entry *me, struct siblings *s)
{
    size_t looked = 0;

    for (const struct entry *e = me->site->orders_first; e && looked < FLEET_SIBLINGS_MAX;
         e = e->site_next, looked++) {
        const struct order *o = &e->o;
        if (o->completed || o->scheduled || !o->ever_updated || !o->station)
            continue;
        const bool post = same_post(o, &me->o), alike = o->state == me->o.state;
        s->at_site++;
        s->alike_at_site += alike;
        s->at_post += post;
        s->alike_at_post += post && alike;
        if (is_good(o) && post)
            s->good_at_post = o;
        else if (is_good(o))
            s->good_at_site = o;
    }
    if (looked >= FLEET_SIBLINGS_MAX)
        s->at_site++; /* not all were seen: nothing is said of all */
}

static const char *alike_word(enum order_state state)
{
    switch (state) {
    case ORDER_STALL:
        return "flat";
    case ORDER_QUIET:
        return "silent";
    case ORDER_OFFL:
        return "offline";
    case ORDER_SLOW:
        return "slow";
    default:
        return NULL;
    }
}

static size_t say_good(const struct order *good, bool post, enum order_state state, char *to,
                       size_t cap)
{
    char kw[24], who[ORDER_ID_MAX + 24];
    const char *so = state == ORDER_STALL   ? ", so the post has power"
                     : state == ORDER_QUIET ? ", so the post is online"
                                            : "";

    num_format(kw, sizeof kw, good->power_w, 3, 1);
    if (post && (good->f.has & ORDER_HAS_CONNECTOR))
        str_format(who, sizeof who, "connector #%d", (int)good->f.connector_number);
    else
        str_format(who, sizeof who, "%s %s", good->id, post ? "at this post" : "at the same site");
    return str_format(to, cap, "; %s draws %s kW%s", who, kw, post ? so : "");
}

static size_t say_siblings(const struct entry *e, char *to, size_t cap)
{
    struct siblings s = {0};
    const char *word = alike_word(e->o.state);

    to[0] = '\0';
    if (!word || !e->site || !e->o.station)
        return 0;
    look_around(e, &s);
    if (s.good_at_post)
        return say_good(s.good_at_post, true, e->o.state, to, cap);
    if (s.at_site >= SITE_ALIKE_MIN && s.alike_at_site == s.at_site && s.at_site > s.at_post)
        return str_format(to, cap, "; all %zu orders at %s are %s", s.at_site, e->site->name, word);
    if (s.at_post >= 2 && s.alike_at_post == s.at_post)
        return str_format(to, cap, "; all %zu connectors at this post are %s", s.at_post, word);
    if (s.good_at_site)
        return say_good(s.good_at_site, false, e->o.state, to, cap);
    return 0;
}

size_t fleet_order_why(const struct fleet *f, const struct order *o, uint64_t now_ms, char *to,
                       size_t cap)
{
    const size_t len = order_reason(o, now_ms, to, cap);
    const struct entry *e = fleet_entry_find(f, str_from(o->id));

    return e ? len + say_siblings(e, to + len, cap - len) : len;
}
