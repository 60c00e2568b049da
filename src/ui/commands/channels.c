/* src/ui/commands/channels.c - commands that follow channels and speak on them. */
#include "ui/panes/channels.h"
#include "base/json.h"
#include "ui/command.h"

/* The channel under the cursor of pane 8; NULL: none is listed. */
static const struct channel *chosen(struct command *c)
{
    list_keep(&list_channels, c->v, c->m);
    return list_chosen(&list_channels, c->v, c->m);
}

/* Of the first connection that follows a channel of that name; NULL: none does. */
static const struct channel *named(const struct command *c, struct str name)
{
    const struct followed *all = fleet_followed(c->m->fleet);

    for (size_t i = 0; i < followed_count(all); i++)
        if (str_eq(name, str_from(followed_at(all, i)->name)))
            return followed_at(all, i);
    return NULL;
}

/* "NAME" or "NAME PROFILE", by default and by its own name the first one. */
static bool run_follow(struct command *c)
{
    struct str rest = c->arg;
    const struct str name = str_split(&rest, ' ');

    c->out->source = 0;
    rest = str_trim(rest);
    bool found = rest.len == 0 || (c->m->profile && str_eq(rest, str_from(c->m->profile)));
    for (uint8_t i = 1; !found && i <= fleet_side_count(c->m->fleet); i++) {
        found = str_eq(rest, str_from(fleet_side(c->m->fleet, i)->name));
        c->out->source = found ? i : 0;
    }
    if (!found)
        return command_refuse(c, "no connection of that name: :follow CHANNEL [PROFILE]");
    if (name.len == 0 || name.len >= CHANNEL_NAME_MAX)
        return command_refuse(c, "which channel? :follow CHANNEL [PROFILE]");
    c->arg = name;
    return command_intend(c, INTENT_FOLLOW);
}

static bool run_unfollow(struct command *c)
{
    const struct channel *ch = c->arg.len > 0 ? named(c, c->arg) : chosen(c);

    if (!ch)
        return command_refuse(c, "no such channel is followed: :unfollow CHANNEL");
    c->out->source = ch->source;
    c->arg = str_from(ch->name);
    return command_intend(c, INTENT_UNFOLLOW);
}

/* What the server would refuse is refused here, in words. */
static bool may_speak(struct command *c, const struct channel *ch)
{
    if (ch->kind != CHANNEL_PRIVATE && ch->kind != CHANNEL_PRESENCE)
        return command_refuse(
            c, "client events need a private or presence channel, not an encrypted or public one");
    if (ch->sub != WIRE_SUB_SUBSCRIBED)
        return command_refuse(c, "not subscribed to that channel yet");
    return true;
}

/* "client-x {...}" on the chosen channel, or "CHANNEL client-x {...}". */
static bool run_trigger(struct command *c)
{
    struct str rest = c->arg;
    struct str event = str_split(&rest, ' ');
    const struct channel *ch;
    struct json_value v;
    char text[INTENT_TEXT_MAX];

    if (str_starts(event, STR("client-"))) {
        ch = chosen(c);
    } else {
        ch = named(c, event);
        rest = str_trim(rest);
        event = str_split(&rest, ' ');
    }
    rest = str_trim(rest);
    if (!ch)
        return command_refuse(c, "which channel? :trigger [CHANNEL] client-EVENT JSON");
    if (!str_starts(event, STR("client-")))
        return command_refuse(c, "a client event's name begins with client-");
    if (rest.len == 0)
        rest = STR("{}");
    if (json_parse(rest, &v) != CT_OK)
        return command_refuse(c, "what follows the event's name is not JSON");
    if (!may_speak(c, ch))
        return false;
    c->out->source = ch->source;
    c->arg = (struct str){text, str_format(text, sizeof text, "%s %.*s %.*s", ch->name,
                                           (int)event.len, event.ptr, (int)rest.len, rest.ptr)};
    return command_intend(c, INTENT_TRIGGER);
}

static bool run_channels(struct command *c)
{
    view_focus(c->v, PANE_CHANNELS);
    return true;
}

const struct command_row_ui commands_channels[] = {
    {"channels", ":channels", run_channels, false},
    {"follow", ":follow CHANNEL [PROFILE]", run_follow, false},
    {"unfollow", ":unfollow [CHANNEL]", run_unfollow, false},
    {"trigger", ":trigger [CHANNEL] client-EVENT JSON", run_trigger, false},
    {NULL, NULL, NULL, false},
};
