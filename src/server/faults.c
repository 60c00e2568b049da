/* Knows how a connection fails on purpose, for demos and tests, and how it recovers. */
#include <stdlib.h>

#include "server/server_internal.h"

enum { CODE_RESTART = 4200 };

/* The transport may report a cut connection at once or later, so the numbers are collected first.
 */
static void cut(struct server *s, bool only_waiting)
{
    const size_t max = HASH_CNT(by_net, s->links_by_net);
    uint32_t *conns = max ? calloc(max, sizeof *conns) : NULL;
    struct link *l, *next;
    size_t count = 0;

    if (!conns)
        return;
    HASH_ITER(by_net, s->links_by_net, l, next)
    if (!only_waiting || l->hub == 0)
        conns[count++] = l->net;
    for (size_t i = 0; i < count; i++)
        net_server_cut(s->net, conns[i]);
    free(conns);
}

void server_fault(struct server *s, enum server_fault fault)
{
    const uint64_t now_ms = net_now_ms(s->loop);

    if (s->fault == SERVER_FAULT_STALL && fault != SERVER_FAULT_STALL) {
        s->fault = SERVER_FAULT_NONE;
        cut(s, true); /* nobody will ever answer those that came meanwhile */
    }
    s->fault = fault;
    net_server_accept(s->net, fault == SERVER_FAULT_REFUSE ? NET_REFUSE : NET_ACCEPT);
    if (fault == SERVER_FAULT_DROP || fault == SERVER_FAULT_REFUSE)
        cut(s, false);
    if (fault == SERVER_FAULT_RESTART)
        hub_close_all(s->hub, CODE_RESTART, STR("Server restarting"), now_ms);
    server_pump(s);
}
