/* src/ui/commands/alarms.c - commands about alarms, sites and orders that ended. */
#include <string.h>

#include "base/num.h"
#include "ui/command.h"
#include "ui/detail.h"
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
    return true;
}

static bool run_done(struct command *c)
{
    overlay_open(c->v, OVERLAY_DONE);
    return true;
}

/* Goes to a site of the pane by the beginning of its name. */
static bool run_site(struct command *c)
{
    for (size_t i = 0; i < fleet_site_count(c->m->fleet); i++) {
        const struct str name = str_from(fleet_site_at(c->m->fleet, i)->name);
        if (c->arg.len == 0 || c->arg.len > name.len ||
            !str_eq_nocase((struct str){name.ptr, c->arg.len}, c->arg))
            continue;
        c->v->sites.at = i;
        if (c->v->screen == SCREEN_DETAIL)
            detail_close(c->v);
        c->v->zoom = PANE_NONE;
        view_focus(c->v, PANE_SITES);
        return true;
    }
    return command_refuse(c, "no such site: :site and the beginning of its name");
}

const struct command_row_ui commands_alarms[] = {
    {"snooze", ":snooze TIME", run_snooze, false},
    {"bell", ":bell on|off", run_bell, false},
    {"notify", ":notify off|osc9|osc777", run_notify, false},
    {"alarms", ":alarms", run_alarms, false},
    {"done", ":done", run_done, false},
    {"site", ":site NAME", run_site, false},
    {NULL, NULL, NULL, false},
};
