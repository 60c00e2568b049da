/* Knows which events of a session the bindings of its user are told of. */
#include "client/client.h"

#include <stdlib.h>

#include "base/json_write.h"
#include "client/client_impl.h"

enum pusher_err client_bind(struct client *c, struct str channel, struct str event,
                            pusher_bind_fn *fn, void *user, uint64_t *handle)
{
    if (!c->binds)
        c->binds = pusher_binds_create();
    if (!c->binds)
        return PUSHER_ERR_NOMEM;
    return pusher_bind(c->binds, channel, event, fn, user, handle);
}

bool client_unbind(struct client *c, uint64_t handle)
{
    return c->binds && pusher_unbind(c->binds, handle);
}

size_t client_unbind_event(struct client *c, struct str channel, struct str event)
{
    return c->binds ? pusher_unbind_event(c->binds, channel, event) : 0;
}

size_t client_unbind_channel(struct client *c, struct str channel)
{
    return c->binds ? pusher_unbind_channel(c->binds, channel) : 0;
}

size_t client_unbind_all(struct client *c)
{
    return c->binds ? pusher_unbind_all(c->binds) : 0;
}

void client_bind_data(struct client *c, const struct pusher_event *ev)
{
    if (c->binds && !c->dead)
        pusher_binds_dispatch(c->binds, &(struct pusher_bound){.channel = ev->channel,
                                                               .event = ev->name,
                                                               .data = ev->data,
                                                               .user_id = ev->user_id,
                                                               .encrypted = ev->encrypted});
}

/* Nothing of this may be missing: applications show it (pusher-channels.md 4.4). */
static enum ct_err write_error(struct buf *to, const struct pusher_event *ev)
{
    const char *type = ev->err == PUSHER_ERR_SUBSCRIBE_TIMEOUT ? "TimeoutError"
                       : ev->err == PUSHER_ERR_SERVER          ? "ServerError"
                                                               : "AuthError";
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "type");
    jw_str(&w, str_from(type));
    jw_key(&w, "error");
    jw_str(&w, ev->text.len > 0 ? ev->text : str_from(pusher_strerror(ev->err)));
    if (ev->code > 0) {
        jw_key(&w, "status");
        jw_i64(&w, ev->code);
    }
    jw_object_end(&w);
    return w.err;
}

void client_bind_sub(struct client *c, const struct pusher_event *ev)
{
    struct buf data;

    if (!c->binds || c->dead || (ev->sub != WIRE_SUB_DENIED && ev->sub != WIRE_SUB_FAILED))
        return;
    buf_init(&data, 4096);
    if (write_error(&data, ev) == CT_OK)
        pusher_binds_dispatch(c->binds,
                              &(struct pusher_bound){.channel = ev->channel,
                                                     .event = STR("pusher:subscription_error"),
                                                     .data = buf_str(&data)});
    buf_clear(&data);
}
