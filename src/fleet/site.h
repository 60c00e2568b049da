/* src/fleet/site.h - sites: what all orders at one place add up to, against what it may draw.
 *
 * Sums are kept as orders change, O(1) an event; nothing is ever added up over all orders. A site
 * is one named in the configuration, else the part of the charge points' title that order_site()
 * gives. "Today" begins at local midnight by the offset that the composition sets. */
#ifndef CHARGETOP_FLEET_SITE_H
#define CHARGETOP_FLEET_SITE_H

#include "fleet/order.h"

enum {
    SITES_MAX = 256,       /* further ones share a last one, named "other sites" */
    SITE_RULES_MAX = 64,   /* configured ones */
    SITE_MEMBERS_MAX = 16, /* prefixes and ids of a configured one */
    SITE_NAME_MAX = 64,    /* bytes with terminator */
    SITE_NEAR_PCT = 90     /* of the limit: told as "near limit" */
};

/* A site as configured. Members are beginnings of charge point titles without regard to case, or
 * "id:626" for one charge point; without members it is the site that titles give by its name. */
struct site_rule {
    char name[SITE_NAME_MAX];
    int64_t limit_w; /* 0: no limit */
    uint32_t member_count;
    char members[SITE_MEMBERS_MAX][SITE_NAME_MAX];
};
struct site_rules {
    size_t count;
    struct site_rule rule[SITE_RULES_MAX];
};

/* What one order adds to its site at the moment. */
struct site_share {
    bool live; /* not completed */
    bool eyes, unacked;
    bool draws; /* or should: its power belongs to the sum */
    bool known; /* and is in it */
    int64_t power_w;
};

struct site {
    char name[SITE_NAME_MAX];
    int64_t limit_w; /* 0: none */
    bool configured;
    size_t orders;        /* not completed */
    size_t eyes, unacked; /* of them: in an attention state; with a new alarm */
    size_t power_orders;  /* orders whose power belongs to the sum, as in fleet_totals */
    size_t power_known;   /* of them: those whose power is known and in it */
    int64_t power_w;      /* sum of derived power; says nothing while power_known is 0 */
    int64_t peak_w;       /* highest sum today */
    int64_t peak_unix_ms; /* when; 0: none today */
    int64_t energy_today_wh;
    uint32_t done_today;
    size_t members;             /* orders that refer to it, completed ones too */
    struct entry *orders_first; /* of the fleet */
};

/* The same figures for everything. */
struct site_day {
    int64_t power_w, peak_w, peak_unix_ms, energy_today_wh;
    size_t power_orders, power_known;
    uint32_t done_today;
};

struct sites {
    struct site_rules rules;
    struct site pool[SITES_MAX + 1]; /* the last one is for what has no place */
    uint16_t order[SITES_MAX];       /* configured ones as configured, then the others by name */
    size_t count, configured, used;
    uint16_t free[SITES_MAX]; /* places of sites that left */
    size_t free_count;
    struct site_day all;
    int32_t utc_offset_s;
    int64_t day; /* days since 1970 in local time */
};

void sites_init(struct sites *s, int64_t now_unix_ms);
/* Makes the configured sites. Before any order has a site. */
void sites_set_rules(struct sites *s, const struct site_rules *rules);
/* The site for a charge point, made if it is new; NULL without a title and without a rule for its
 * id. */
struct site *sites_for(struct sites *s, const struct order *o);
void sites_join(struct site *site);
void sites_leave(struct sites *s, struct site *site); /* an empty one that says nothing goes */

/* What an order adds, taken away (sign -1) or added (+1). site may be NULL. */
void sites_add(struct sites *s, struct site *site, const struct site_share *share, int sign,
               int64_t now_unix_ms);
void sites_energy(struct sites *s, struct site *site, int64_t wh);
void sites_done(struct sites *s, struct site *site, int64_t done_unix_ms);
/* A new local day begins its figures anew; true if it did. */
bool sites_day(struct sites *s, int64_t now_unix_ms);
int64_t sites_midnight_unix_ms(const struct sites *s);

const struct site *sites_at(const struct sites *s, size_t index); /* "other sites" last; or NULL */
size_t sites_count(const struct sites *s);
/* Nothing is known of what the orders that draw there draw. */
static inline bool site_power_unknown(const struct site *site)
{
    return site->power_orders > 0 && site->power_known == 0;
}
/* Percent of the limit, 0 to 9999; -1 without one. */
int32_t site_pct(const struct site *site);

#endif
