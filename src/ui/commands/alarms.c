/* src/ui/commands/alarms.c - commands about alarms, sites and orders that ended. */
#include <string.h>

#include "base/num.h"
#include "ui/command.h"
#include "ui/detail.h"
#include "ui/find.h"
#include "ui/overlay.h"

static bool run_snooze(struct command *c)
{
    int64_t ms = 0;

    if (c->arg.len > 0 && (!num_duration_ms(c->arg, &ms) || ms < 1000 || ms > ALARM_SNOOZE_MAX_MS))
        return command_refuse(c, "for how long? :snooze 30m, at most 24h");
    return view_snooze(c->v, c->m, (uint64_t)ms, c->out);
}

static bool run_bell(struct command *c)
{
    bool on;

    if (!command_on_off(c->arg, &on))
        return command_refuse(c, ":bell on or :bell off");
    return command_intend(c, INTENT_BELL);
}

static bool run_notify(struct command *c)
{
    if (!str_eq(c->arg, STR("off")) && !str_eq(c->arg, STR("osc9")) &&
        !str_eq(c->arg, STR("osc777")))
        return command_refuse(c, ":notify off, osc9 or osc777");
    return command_intend(c, INTENT_NOTIFY);
}

/* The list of alarms with what was cleared. */
static bool run_alarms(struct command *c)
{
    if (c->v->screen == SCREEN_DETAIL)
        detail_close(c->v);
    c->v->focus = c->v->zoom = PANE_EYES;
    c->v->eyes = (struct menu){0};
    c->v->eyes_kept = (struct list_mark){0};
    return true;
}

static bool run_done(struct command *c)
{
    overlay_open(c->v, OVERLAY_DONE);
    return true;
}

/* The whole name is best, else the first that begins so. */
static const struct site *site_named(const struct command *c)
{
    const struct site *found = NULL;

    for (size_t i = 0; i < fleet_site_count(c->m->fleet); i++) {
        const struct site *site = fleet_site_at(c->m->fleet, i);
        const struct str name = str_from(site->name);
        if (c->arg.len > name.len || !str_eq_nocase((struct str){name.ptr, c->arg.len}, c->arg))
            continue;
        if (c->arg.len == name.len)
            return site;
        found = found ? found : site;
    }
    return found;
}

static void show_sites(struct view *v)
{
    if (v->screen == SCREEN_DETAIL)
        detail_close(v);
    v->zoom = PANE_NONE;
    view_focus(v, PANE_SITES);
}

/* The orders of one site, of all again, or the list of sites. */
static bool run_site(struct command *c)
{
    char why[QUERY_WHY_MAX];

    if (c->arg.len == 0) {
        show_sites(c->v);
        return true;
    }
    if (str_eq_nocase(c->arg, STR("off")))
        return find_set_filter(c->v, PANE_ORDERS, STR(""), why);
    const struct site *site = site_named(c);
    if (!site)
        return command_refuse(c, "no such site: :site and the beginning of its name, or off");
    return view_site_filter(c->v, c->m, site);
}

const struct command_row_ui commands_alarms[] = {
    {"snooze", ":snooze TIME", run_snooze, false},
    {"bell", ":bell on|off", run_bell, false},
    {"notify", ":notify off|osc9|osc777", run_notify, false},
    {"alarms", ":alarms", run_alarms, false},
    {"done", ":done", run_done, false},
    {"site", ":site NAME|off", run_site, false},
    {NULL, NULL, NULL, false},
};
