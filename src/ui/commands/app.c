/* src/ui/commands/app.c - commands that concern the program as a whole. */
#include "base/num.h"
#include "ui/command.h"
#include "ui/overlay.h"
#include "ui/theme_menu.h"

static bool run_theme(struct command *c)
{
    if (c->arg.len == 0 && theme_menu_open(c->v))
        return true;
    if (c->arg.len == 0 || c->arg.len >= 32)
        return command_refuse(c, "which theme? :theme light");
    return command_intend(c, INTENT_THEME);
}

static bool run_layout(struct command *c)
{
    size_t n;

    if (!layout_find(&c->v->layouts, c->arg, &n))
        return command_refuse(c,
                              "no such layout: overview, plots, events, detail, or one of yours");
    if (n == LAYOUT_DETAIL && !view_selected(c->v, c->m))
        return command_refuse(c, "no order is selected");
    view_layout_set(c->v, c->m, n);
    return true;
}

static bool run_reconnect(struct command *c)
{
    command_intend(c, INTENT_RECONNECT);
    view_say_reconnecting(c->v, c->m->now_ms);
    return true;
}

static bool run_help(struct command *c)
{
    overlay_open(c->v, OVERLAY_HELP);
    return true;
}

static bool run_quit(struct command *c)
{
    return command_intend(c, INTENT_QUIT);
}

static bool run_fault(struct command *c)
{
    if (c->arg.len == 0)
        return command_refuse(c, "which fault? :fault drop");
    return command_intend(c, INTENT_FAULT);
}

static bool run_record(struct command *c)
{
    if (c->m->replay)
        return command_refuse(c, "a replay is not recorded: its file is the recording");
    if (c->arg.len == 0)
        return command_refuse(c, "which file? :record events.db, or :record off");
    if (c->arg.len >= INTENT_TEXT_MAX - 16)
        return command_refuse(c, "the file's name is too long");
    return command_intend(c, INTENT_RECORD);
}

static bool run_speed(struct command *c)
{
    int64_t milli = 0;
    const struct str number =
        str_ends(c->arg, STR("x")) ? (struct str){c->arg.ptr, c->arg.len - 1} : c->arg;

    if (!c->m->replay)
        return command_refuse(c, "only a replay has a speed: chargetop --replay FILE");
    if (!num_scaled(number, 3, &milli) || milli < 1 || milli > 3600000)
        return command_refuse(c, "how fast? from :speed 0.001 to :speed 3600");
    c->arg = number;
    return command_intend(c, INTENT_SPEED);
}

const struct command_row_ui commands_app[] = {
    {"theme", ":theme THEME", run_theme, false},
    {"layout", ":layout LAYOUT", run_layout, false},
    {"reconnect", ":reconnect", run_reconnect, false},
    {"record", ":record FILE|off", run_record, false},
    {"speed", ":speed X", run_speed, false},
    {"help", ":help", run_help, false},
    {"quit", ":quit", run_quit, false},
    {"q", NULL, run_quit, false},
    {"fault", ":fault FAULT", run_fault, true},
    {NULL, NULL, NULL, false},
};
