/* src/cmd/pipeline_notices.c - which events are looked at for a notification, and when its channel is left. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "cmd/pipeline.h"
#include "decode/notice.h"
#include "pusher/channel.h"

struct pipeline_notices {
    struct buf scratch;
    struct notice notice;
};

bool pipeline_open_notices(struct pipeline *p)
{
    p->notices = calloc(1, sizeof *p->notices);
    if (p->notices)
        buf_init(&p->notices->scratch, NOTICE_PAYLOAD_MAX + 1);
    return p->notices != NULL;
}

void pipeline_close_notices(struct pipeline *p)
{
    if (p->notices)
        buf_clear(&p->notices->scratch);
    free(p->notices);
    p->notices = NULL;
}

/* The settings of the connection an event came from; NULL: it carries none. */
static const struct settings *settings_of(const struct pipeline *p, uint8_t source)
{
    if (source == 0 || p->replay)
        return p->s;
    for (size_t i = 0; i < p->side_count; i++)
        if (p->sides[i].source == source)
            return strcmp(p->sides[i].s->kind, "vms") == 0 ? NULL : p->sides[i].s;
    return NULL;
}

/* An application's event on a channel that is no order's, readable and an object. */
static bool may_be_notice(const struct wire_event *e)
{
    return e->kind == WIRE_FRAME && e->channel.len > 0 && e->cipher != WIRE_CIPHER_SEALED &&
           e->data.len > 0 && e->data.len <= NOTICE_PAYLOAD_MAX &&
           str_starts(str_trim(e->data), STR("{")) && !str_starts(e->name, STR("pusher:")) &&
           !str_starts(e->name, STR("pusher_internal:")) &&
           (e->source > 0 || decode_order_of_channel(e->channel).len == 0);
}

const struct notice *pipeline_notice(struct pipeline *p, const struct wire_event *event)
{
    struct pipeline_notices *n = p->notices;

    if (!n || !settings_of(p, event->source) || !may_be_notice(event) ||
        notice_decode(event->data, &n->scratch, &n->notice) != CT_OK)
        return NULL;
    fleet_apply_notice(p->fleet, event, &n->notice);
    return &n->notice;
}

static bool is_permanent(const struct settings *s, struct str channel)
{
    for (size_t i = 0; i < s->notices.count; i++)
        if (str_eq(channel, str_from(s->notices.name[i])))
            return true;
    return false;
}

void pipeline_leave_notices(struct pipeline *p, uint8_t source, struct str channel)
{
    const struct settings *s = settings_of(p, source);
    struct live *live = source == 0 ? p->live : NULL;
    char name[PUSHER_CHANNEL_NAME_MAX + 64];

    for (size_t i = 0; i < p->side_count; i++)
        if (p->sides[i].source == source)
            live = p->sides[i].live;
    if (!s || !live || is_permanent(s, channel) || channel.len >= sizeof name)
        return;
    const size_t len = str_copy(name, sizeof name, channel); /* the event's text may go with it */
    (void)live_unwatch_channel(live, (struct str){name, len});
}

enum ct_err pipeline_watch_notices(struct live *live, const struct settings *s, struct fault *fault)
{
    for (size_t i = 0; i < s->notices.count; i++) {
        const enum ct_err err = live_watch_channel(live, str_from(s->notices.name[i]));
        if (err != CT_OK)
            return fault_set(fault, err, "notices '%.60s': %s", s->notices.name[i],
                             ct_strerror(err));
    }
    return CT_OK;
}
