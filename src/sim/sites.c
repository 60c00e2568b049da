/* Knows where the invented charge points stand, what they deliver and cost, and which connector is
 * free. */
#include <stdlib.h>

#include "sim/sim_internal.h"

struct site_text {
    const char *name, *post, *street, *part, *city, *zip;
};

static const struct site_text sites[] = {
    {"Harbour East", "", "2 Quay Street", "Harbour East", "Northport", "10101"},
    {"Mall", "B", "40 Market Square", "Level B", "Lakeford", "10240"},
    {"Depot North", "", "7 Ring Road", "", "Northport", "10109"},
    /* Right to left, two cells wide, and with a combining accent: columns must stay in line. */
    {"\xd9\x85\xd8\xad\xd8\xb7\xd8\xa9 \xd8\xa7\xd9\x84\xd9\x85\xd9\x8a\xd9\x86\xd8\xa7\xd8\xa1",
     "", "4 Corniche Road", "\xd8\xa7\xd9\x84\xd9\x85\xd9\x8a\xd9\x86\xd8\xa7\xd8\xa1", "Qasr",
     "10501"},
    {"\xe4\xb8\xad\xe5\xa4\xae\xe9\xa7\x85", "", "1-9 Ekimae", "\xe5\x8d\x97\xe5\x8f\xa3",
     "Kitamachi", "10522"},
    {"Cafe\xcc\x81 du Port", "", "6 Quai Sud", "", "Northport", "10104"},
    {"Dock", "", "18 Dock Lane", "Old Docks", "Northport", "10115"},
    {"Pier", "", "1 Pier Walk", "", "Eastmere", "10302"},
    {"Station Square", "P", "3 Station Square", "Car park", "Lakeford", "10231"},
    {"Airport", "P", "Terminal Road", "Long stay", "Westholm", "10480"},
    {"Campus", "C", "9 College Way", "Building C", "Lakeford", "10255"},
    {"Riverside", "", "66 Mill Bank", "", "\xc3\x98sthavn", "10377"},
    {"Hospital", "H", "12 Park Avenue", "Visitors", "Eastmere", "10310"},
    {"Town Hall", "", "1 Town Hall Yard", "Underground", "Westholm", "10401"},
    {"Stadium", "S", "5 Arena Road", "Gate S", "Eastmere", "10333"},
};

struct power_class {
    int32_t label_w;
    double station_kw;
    bool dc;
    uint32_t weight; /* of 16 */
};

static const struct power_class classes[] = {
    {7400, 7.36, false, 3}, {11000, 11.04, false, 4}, {22000, 22.08, false, 3},
    {50000, 50.0, true, 2}, {120000, 120.0, true, 2}, {150000, 150.0, true, 2},
};

static const struct power_class *pick_class(struct rng *rng)
{
    uint64_t ticket = rng_below(rng, 16);

    for (size_t i = 0; i + 1 < COUNT_OF(classes); i++) {
        if (ticket < classes[i].weight)
            return &classes[i];
        ticket -= classes[i].weight;
    }
    return &classes[COUNT_OF(classes) - 1];
}

static void set_tariff(struct sim_point *p, struct rng *rng)
{
    p->by_minute = rng_below(rng, 3) == 0;
    if (p->by_minute)
        p->rate_cents = (int32_t)(p->dc ? sim_between(rng, 35, 65) : sim_between(rng, 4, 12));
    else
        p->rate_cents = (int32_t)(p->dc ? sim_between(rng, 59, 79) : sim_between(rng, 35, 55));
}

static void set_limit(struct sim_point *p, struct rng *rng)
{
    const uint64_t kind = rng_below(rng, 10);

    if (kind < 2) {
        p->limit = LIMIT_MINUTES;
        p->limit_value = (int32_t)(p->dc ? 60 : 60 * sim_between(rng, 2, 3));
    } else if (kind < 4) {
        p->limit = LIMIT_ENERGY;
        p->limit_value = (int32_t)(10 * (p->dc ? sim_between(rng, 3, 6) : sim_between(rng, 2, 4)));
    }
}

static void set_point(struct sim_sites *s, uint32_t site, uint32_t post, struct rng *rng)
{
    const struct power_class *c = pick_class(rng);
    const uint32_t index = (uint32_t)s->point_count++;
    struct sim_point *p = &s->points[index];

    *p = (struct sim_point){.id = SIM_POINT_ID_FIRST + index,
                            .site = site,
                            .post = post,
                            .dc = c->dc,
                            .shared = c->dc && c->label_w >= 120000,
                            .label_w = c->label_w,
                            .station_kw = c->station_kw};
    set_tariff(p, rng);
    set_limit(p, rng);
    for (uint32_t plug = 0; plug < SIM_PLUGS; plug++) {
        if (rng_below(rng, 40) == 0)
            p->plug[plug] = PLUG_BROKEN;
        else
            s->free[s->free_count++] = (struct sim_place){index, plug};
    }
}

enum ct_err sites_create(struct sim_sites *s, uint32_t sessions, struct rng *rng)
{
    const size_t wanted = (size_t)sessions + sessions / 4 + 2;
    const size_t points_max = wanted + (size_t)SIM_SITES_MIN * SIM_POINTS_PER_SITE_MAX;

    *s = (struct sim_sites){0};
    s->points = calloc(points_max, sizeof *s->points);
    s->free = calloc(points_max * SIM_PLUGS, sizeof *s->free);
    if (!s->points || !s->free)
        return CT_ERR_NOMEM;
    while ((s->site_count < SIM_SITES_MIN || s->free_count < wanted) &&
           s->point_count < points_max) {
        const int64_t posts = sim_between(rng, 1, SIM_POINTS_PER_SITE_MAX);

        for (uint32_t post = 1; post <= posts && s->point_count < points_max; post++)
            set_point(s, s->site_count, post, rng);
        s->site_count++;
    }
    return s->free_count > sessions ? CT_OK : CT_ERR_RANGE; /* sites_take relies on it */
}

void sites_destroy(struct sim_sites *s)
{
    free(s->points);
    free(s->free);
    *s = (struct sim_sites){0};
}

static bool is_plain_ac(const struct sim_sites *s, size_t at)
{
    const struct sim_point *p = &s->points[s->free[at].point];
    return !p->dc && p->limit == LIMIT_NONE;
}

struct sim_place sites_take(struct sim_sites *s, struct rng *rng, bool plain_ac)
{
    size_t at = (size_t)rng_below(rng, s->free_count);

    for (size_t tried = 0; plain_ac && tried < s->free_count && !is_plain_ac(s, at); tried++)
        at = (at + 1) % s->free_count;
    const struct sim_place place = s->free[at];
    s->free[at] = s->free[--s->free_count];
    return place;
}

void sites_give_back(struct sim_sites *s, struct sim_place place)
{
    s->points[place.point].plug[place.plug] = PLUG_FREE;
    s->free[s->free_count++] = place;
}

void sites_title(const struct sim_point *p, char *to, size_t cap)
{
    const struct site_text *t = &sites[p->site % COUNT_OF(sites)];
    const unsigned round = p->site / (unsigned)COUNT_OF(sites);

    if (round == 0)
        (void)str_format(to, cap, "%s %s%u", t->name, t->post, p->post);
    else /* a fleet larger than the table: "Mall 2 B3" is the third post of the second mall */
        (void)str_format(to, cap, "%s %u %s%u", t->name, round + 1, t->post, p->post);
}

void sites_address(const struct sim_point *p, char lines[SITE_LINES][SITE_LINE_BYTES])
{
    const struct site_text *t = &sites[p->site % COUNT_OF(sites)];
    const char *texts[SITE_LINES] = {t->street, t->part, t->city, "Coast Province", t->zip};

    for (size_t i = 0; i < SITE_LINES; i++)
        (void)str_copy(lines[i], SITE_LINE_BYTES, str_from(texts[i]));
}
