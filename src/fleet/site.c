/* src/fleet/site.c - which site a charge point belongs to, and the sums of each. */
#include "fleet/site.h"

#include <string.h>

static const int64_t day_ms = INT64_C(86400000);

static int64_t day_of(const struct sites *s, int64_t unix_ms)
{
    const int64_t local_ms = unix_ms + (int64_t)s->utc_offset_s * 1000;

    return local_ms >= 0 ? local_ms / day_ms : (local_ms - day_ms + 1) / day_ms;
}

void sites_init(struct sites *s, int64_t now_unix_ms)
{
    memset(s, 0, sizeof *s);
    s->day = day_of(s, now_unix_ms);
    str_copy(s->pool[SITES_MAX].name, SITE_NAME_MAX, STR("other sites"));
}

/* ---- which one ---- */

static struct site *at(struct sites *s, size_t index)
{
    return &s->pool[s->order[index]];
}

static struct site *put(struct sites *s, size_t index, struct str name)
{
    if (s->count == SITES_MAX)
        return NULL;
    const uint16_t place = s->free_count > 0 ? s->free[--s->free_count] : (uint16_t)s->used++;
    memmove(&s->order[index + 1], &s->order[index], (s->count - index) * sizeof s->order[0]);
    s->order[index] = place;
    s->count++;
    memset(&s->pool[place], 0, sizeof s->pool[place]);
    str_copy(s->pool[place].name, SITE_NAME_MAX, name);
    return &s->pool[place];
}

void sites_set_rules(struct sites *s, const struct site_rules *rules)
{
    s->rules = *rules;
    for (size_t i = 0; i < rules->count && i < SITE_RULES_MAX; i++) {
        struct site *site = put(s, s->configured, str_from(rules->rule[i].name));
        if (!site)
            return;
        s->configured++;
        site->configured = true;
        site->limit_w = rules->rule[i].limit_w;
    }
}

static bool begins(struct str title, struct str prefix)
{
    return prefix.len > 0 && title.len >= prefix.len &&
           str_eq_nocase((struct str){title.ptr, prefix.len}, prefix);
}

static bool is_member(const struct site_rule *rule, struct str title, struct str id,
                      struct str derived)
{
    if (rule->member_count == 0)
        return derived.len > 0 && str_eq_nocase(derived, str_from(rule->name));
    for (uint32_t i = 0; i < rule->member_count; i++) {
        const struct str member = str_from(rule->members[i]);
        if (str_starts(member, STR("id:"))) {
            if (id.len > 0 && str_eq((struct str){member.ptr + 3, member.len - 3}, id))
                return true;
        } else if (begins(title, member)) {
            return true;
        }
    }
    return false;
}

/* Place among the sites that are not configured, by name; *found if it stands there. */
static size_t search(struct sites *s, const char *name, bool *found)
{
    size_t low = s->configured, high = s->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(at(s, middle)->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low < s->count && strcmp(at(s, low)->name, name) == 0;
    return low;
}

struct site *sites_for(struct sites *s, const struct order *o)
{
    char derived[SITE_NAME_MAX];
    bool found;

    if (!o->station)
        return NULL;
    const size_t len = order_site(o, derived, sizeof derived);
    const struct str id = str_from(o->station->id);
    const struct str title =
        o->station->has & STATION_HAS_TITLE ? str_from(o->station->title) : (struct str){0};
    for (size_t i = 0; i < s->configured; i++)
        if (is_member(&s->rules.rule[i], title, id, (struct str){derived, len}))
            return at(s, i);
    if (len == 0)
        return NULL;
    const size_t index = search(s, derived, &found);
    if (found)
        return at(s, index);
    struct site *site = put(s, index, (struct str){derived, len});
    return site ? site : &s->pool[SITES_MAX];
}

void sites_join(struct site *site)
{
    if (site)
        site->members++;
}

void sites_leave(struct sites *s, struct site *site)
{
    bool found;

    if (!site || --site->members > 0 || site->configured || site == &s->pool[SITES_MAX] ||
        site->energy_today_wh != 0 || site->done_today != 0)
        return;
    const size_t index = search(s, site->name, &found);
    if (!found)
        return;
    s->free[s->free_count++] = s->order[index];
    s->count--;
    memmove(&s->order[index], &s->order[index + 1], (s->count - index) * sizeof s->order[0]);
}

/* ---- sums ---- */

static void add_power(int64_t *power_w, int64_t *peak_w, int64_t *peak_unix_ms, int64_t w,
                      int64_t now_unix_ms)
{
    *power_w += w;
    if (w <= 0 || *power_w <= *peak_w)
        return;
    *peak_w = *power_w;
    *peak_unix_ms = now_unix_ms;
}

void sites_add(struct sites *s, struct site *site, const struct site_share *share, int sign,
               int64_t now_unix_ms)
{
    const int64_t w = sign * share->power_w;

    s->all.power_orders += (size_t)(share->draws * sign);
    s->all.power_known += (size_t)(share->known * sign);
    add_power(&s->all.power_w, &s->all.peak_w, &s->all.peak_unix_ms, w, now_unix_ms);
    if (!site)
        return;
    site->orders += (size_t)(share->live * sign);
    site->eyes += (size_t)(share->eyes * sign);
    site->unacked += (size_t)(share->unacked * sign);
    site->power_orders += (size_t)(share->draws * sign);
    site->power_known += (size_t)(share->known * sign);
    add_power(&site->power_w, &site->peak_w, &site->peak_unix_ms, w, now_unix_ms);
}

/* A meter that is corrected takes away again what it had said before, not more. */
static void add_energy(int64_t *sum_wh, int64_t wh)
{
    *sum_wh = *sum_wh + wh > 0 ? *sum_wh + wh : 0;
}

void sites_energy(struct sites *s, struct site *site, int64_t wh)
{
    add_energy(&s->all.energy_today_wh, wh);
    if (site)
        add_energy(&site->energy_today_wh, wh);
}

void sites_done(struct sites *s, struct site *site, int64_t done_unix_ms)
{
    if (day_of(s, done_unix_ms) != s->day)
        return;
    s->all.done_today++;
    if (site)
        site->done_today++;
}

static void drop_silent(struct sites *s)
{
    for (size_t i = s->count; i-- > s->configured;) {
        struct site *site = at(s, i);
        if (site->members > 0)
            continue;
        site->members = 1; /* as if its last order left now */
        sites_leave(s, site);
    }
}

static void begin_day(struct site *site)
{
    site->peak_w = site->power_w;
    site->peak_unix_ms = 0;
    site->energy_today_wh = 0;
    site->done_today = 0;
}

bool sites_day(struct sites *s, int64_t now_unix_ms)
{
    const int64_t day = day_of(s, now_unix_ms);

    if (day == s->day)
        return false;
    s->day = day;
    for (size_t i = 0; i <= SITES_MAX; i++)
        begin_day(&s->pool[i]);
    s->all.peak_w = s->all.power_w;
    s->all.peak_unix_ms = 0;
    s->all.energy_today_wh = 0;
    s->all.done_today = 0;
    drop_silent(s);
    return true;
}

int64_t sites_midnight_unix_ms(const struct sites *s)
{
    return s->day * day_ms - (int64_t)s->utc_offset_s * 1000;
}

/* ---- reading ---- */

size_t sites_count(const struct sites *s)
{
    return s->count + (s->pool[SITES_MAX].members > 0);
}

const struct site *sites_at(const struct sites *s, size_t index)
{
    if (index >= sites_count(s))
        return NULL;
    return index < s->count ? &s->pool[s->order[index]] : &s->pool[SITES_MAX];
}

int32_t site_pct(const struct site *site)
{
    enum { MOST = 9999 };

    if (site->limit_w <= 0)
        return -1;
    const int64_t pct = site->power_w > 0 ? site->power_w * 100 / site->limit_w : 0;
    return pct > MOST ? MOST : (int32_t)pct;
}
