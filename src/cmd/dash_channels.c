/* src/cmd/dash_channels.c - channels followed, left and spoken on from the screen. */
#include "cmd/dash_channels.h"

#include "base/str.h"

/* The live source of a connection; NULL: there is none of that number any more. */
static struct live *live_of(const struct pipeline *p, uint8_t source)
{
    if (source == 0)
        return p->live;
    for (size_t i = 0; i < p->side_count; i++)
        if (p->sides[i].source == source)
            return p->sides[i].live;
    return NULL;
}

static void say(struct pipeline *p, struct view *v, const char *what, struct str name,
                const char *why)
{
    char line[VIEW_MESSAGE_MAX];

    (void)str_format(line, sizeof line, "%s %.*s%s%s", what, (int)name.len, name.ptr,
                     why ? ": " : "", why ? why : "");
    view_say(v, pipeline_now_ms(p), line);
}

static const char *why_not(enum ct_err err)
{
    return err == CT_ERR_SYNTAX ? "names are letters, digits and _-=@,.;" : ct_strerror(err);
}

static void trigger(struct pipeline *p, struct live *live, struct view *v, struct str text)
{
    const struct str channel = str_split(&text, ' ');
    const struct str event = str_split(&text, ' ');
    const enum pusher_err err = client_trigger(live_client(live), channel, event, text);

    say(p, v, err == PUSHER_OK ? "sent" : "not sent:", event,
        err == PUSHER_OK ? NULL : pusher_strerror(err));
}

bool dash_channels_perform(struct pipeline *p, struct view *v, const struct intent *what)
{
    const struct str text = str_from(what->text);
    enum ct_err err;

    if (what->kind != INTENT_FOLLOW && what->kind != INTENT_UNFOLLOW &&
        what->kind != INTENT_TRIGGER)
        return false;
    struct live *live = live_of(p, what->source);
    if (!live) {
        say(p, v, "no connection for", text, NULL);
    } else if (what->kind == INTENT_TRIGGER) {
        trigger(p, live, v, text);
    } else {
        const bool follows = what->kind == INTENT_FOLLOW;

        err = !follows            ? live_unwatch_channel(live, text)
              : what->source == 0 ? pipeline_watch_channel(p, text)
                                  : live_watch_channel(live, text);
        if (err == CT_OK)
            say(p, v, follows ? "following" : "left", text, NULL);
        else
            say(p, v, follows ? "not followed:" : "not left:", text, why_not(err));
    }
    return true;
}
