/* src/cmd/config_alarms.c - reads [alarms] and [site NAME]: when an alarm is raised and how it is told,
 * what a site may draw. */
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "base/text.h"
#include "cmd/config_internal.h"
#include "cmd/options.h"

/* ---- [alarms] ---- */

/* In the order of enum order_state, then ALARM_LINK and ALARM_FIRE. */
static const char *const states[ALARM_KINDS] = {"bad",  "stall", "over", "quiet", "offl",
                                                "deny", "slow",  "link", "fire"};

const char *config_alarm_key(size_t index, enum config_alarm_value *value)
{
    static const char *const others[] = {"group", "snooze", "bell", "notify"};
    static const char *const holds[ALARM_HOLDS] = {"hold_bad",   "hold_stall", "hold_over",
                                                   "hold_quiet", "hold_offl",  "hold_deny",
                                                   "hold_slow",  "hold_link"};

    *value = CONFIG_ALARM_TIME;
    if (index < ALARM_HOLDS)
        return holds[index];
    index -= ALARM_HOLDS;
    if (index < 2)
        return others[index];
    *value = CONFIG_ALARM_SWITCH;
    if (index < COUNT_OF(others)) {
        *value = index == 2 ? CONFIG_ALARM_SWITCH : CONFIG_ALARM_NOTIFY;
        return others[index];
    }
    index -= COUNT_OF(others);
    return index < ALARM_KINDS ? states[index] : NULL;
}

static int state_of(const char *name)
{
    for (int i = 0; i < ALARM_KINDS; i++)
        if (strcmp(states[i], name) == 0)
            return i;
    return -1;
}

/* Of "hold_stall"; -1 for what cannot be held. */
static int held_of(const char *key)
{
    const int state = strncmp(key, "hold_", 5) == 0 ? state_of(key + 5) : -1;

    return state < ALARM_HOLDS ? state : -1;
}

static void set_time(struct config_reader *r, const char *key, const char *value, int64_t least_ms,
                     int64_t most_ms, uint32_t *to)
{
    int64_t ms;

    if (!num_duration_ms(str_from(value), &ms) || ms < least_ms || ms > most_ms)
        config_mistake(r, key, "not a time such as 30s or 5m, at most a day");
    else
        *to = (uint32_t)ms;
}

void config_set_alarm(struct config_reader *r, const char *name, const char *key, const char *value)
{
    struct alarm_rules *rules = &r->s->alarms;
    bool on;

    (void)name;
    if (held_of(key) >= 0) {
        set_time(r, key, value, 0, ALARM_SNOOZE_MAX_MS, &rules->hold_ms[held_of(key)]);
    } else if (strcmp(key, "group") == 0) {
        set_time(r, key, value, 0, ALARM_SNOOZE_MAX_MS, &rules->group_ms);
    } else if (strcmp(key, "snooze") == 0) {
        set_time(r, key, value, 1000, ALARM_SNOOZE_MAX_MS, &rules->snooze_ms);
    } else if (strcmp(key, "bell") == 0 || state_of(key) >= 0) {
        if (!option_yes_no(value, &on))
            config_mistake(r, key, "neither yes nor no");
        else if (state_of(key) >= 0)
            rules->off[state_of(key)] = !on;
        else /* the option --bell, at the place where alarms are set */
            (void)option_apply(r->s, option_find("screen", "bell"), value, NULL);
    } else if (strcmp(key, "notify") == 0) {
        if (strcmp(value, "off") != 0 && strcmp(value, "osc9") != 0 && strcmp(value, "osc777") != 0)
            config_mistake(r, key, "not off, osc9 or osc777");
        else
            (void)str_copy(r->s->notify, sizeof r->s->notify, str_from(value));
    } else {
        struct near near = {.word = str_from(key)};
        enum config_alarm_value kind;
        const char *known;
        for (size_t i = 0; (known = config_alarm_key(i, &kind)) != NULL; i++)
            near_consider(&near, known);
        config_unknown_key(r, "alarms", &near, key);
    }
}

/* ---- [site NAME] ---- */

static struct site_rule *rule_of(struct config_reader *r, const char *name)
{
    struct site_rules *all = &r->s->sites;

    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->rule[i].name, name) == 0)
            return &all->rule[i];
    if (all->count == SITE_RULES_MAX || strlen(name) >= SITE_NAME_MAX)
        return NULL;
    (void)text_clean(all->rule[all->count].name, SITE_NAME_MAX, str_from(name));
    return &all->rule[all->count++];
}

static void set_members(struct config_reader *r, struct site_rule *rule, const char *key,
                        const char *value)
{
    struct str rest = str_from(value);

    while (rest.len > 0) {
        const struct str member = str_trim(str_split(&rest, ','));
        if (member.len == 0)
            continue;
        if (rule->member_count == SITE_MEMBERS_MAX || member.len >= SITE_NAME_MAX) {
            config_mistake(r, key, "more than 16 members, or one longer than 63 bytes");
            return;
        }
        (void)str_copy(rule->members[rule->member_count++], SITE_NAME_MAX, member);
    }
}

void config_set_site(struct config_reader *r, const char *name, const char *key, const char *value)
{
    enum { LIMIT_MAX_W = 1000000000 };
    struct site_rule *rule = rule_of(r, name);
    int64_t w;

    if (!rule) {
        config_mistake(r, key, "more than 64 sites, or a name longer than 63 bytes");
    } else if (strcmp(key, "limit_kw") == 0) {
        if (!num_scaled(str_from(value), 3, &w) || w < 1 || w > LIMIT_MAX_W)
            config_mistake(r, key, "not a number of kW above 0");
        else
            rule->limit_w = w;
    } else if (strcmp(key, "members") == 0) {
        set_members(r, rule, key, value);
    } else {
        config_mistake(r, key, "unknown key in [site]; known: limit_kw, members");
    }
}
