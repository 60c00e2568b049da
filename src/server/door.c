/* src/server/door.c - who is let in: pages by their origin, addresses by how many they have, requests by
 * their head before a body is taken. */
#include "server/server_internal.h"

enum { CODE_UNAUTHORIZED = 4009, CODE_CROWDED = 4100 };

/* Who the hub never learns of: pusher:error and the close, as it says them. */
static void turn_away(struct server *s, uint32_t conn, int32_t code, const char *why)
{
    char text[200];
    const size_t len = str_format(
        text, sizeof text, "{\"event\":\"pusher:error\",\"data\":{\"code\":%d,\"message\":\"%s\"}}",
        (int)code, why);

    (void)net_server_send(s->net, conn, (struct str){text, len});
    net_server_close(s->net, conn, code, str_from(why));
}

static bool origin_refused(const struct server *s, uint32_t conn, const struct app *app)
{
    const struct str origin = net_server_origin(s->net, conn);

    return app && app->origins.count > 0 && origin.len > 0 && !origins_allow(&app->origins, origin);
}

bool door_pass(struct server *s, uint32_t conn, const struct app *app, uint64_t *asker)
{
    const char *peer = net_server_peer(s->net, conn);

    *asker = 0;
    if (origin_refused(s, conn, app)) {
        s->counts.origins_refused++;
        turn_away(s, conn, CODE_UNAUTHORIZED, "Origin not allowed");
        return false;
    }
    if (!s->crowd || net_address_is_loopback(peer))
        return true;
    *asker = net_address_asker(peer);
    if (*asker == 0 || crowd_enter(s->crowd, *asker))
        return true;
    *asker = 0;
    s->counts.crowded++;
    turn_away(s, conn, CODE_CROWDED, "Too many connections from this address");
    return false;
}

void door_left(struct server *s, uint64_t asker)
{
    if (asker != 0)
        crowd_leave(s->crowd, asker);
}

enum ct_err door_create(struct server *s, uint32_t connections_per_address, struct fault *fault)
{
    if (connections_per_address == 0)
        return CT_OK;
    s->crowd = crowd_create(connections_per_address);
    return s->crowd ? CT_OK : fault_set(fault, CT_ERR_NOMEM, "out of memory");
}
