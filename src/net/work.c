/* src/net/work.c - work that blocks, on libuv's pool. */
#include <stdlib.h>

#include "net/net_internal.h"

struct net_work {
    uv_work_t uv;
    void (*work)(void *user);
    void (*done)(void *user);
    void *user;
};

static void run(uv_work_t *uv)
{
    struct net_work *w = uv->data;

    w->work(w->user);
}

/* It is never cancelled, so status says nothing. */
static void is_done(uv_work_t *uv, int status)
{
    struct net_work *w = uv->data;

    (void)status;
    w->done(w->user);
    free(w);
}

bool net_work(struct net_loop *loop, void (*work)(void *user), void (*done)(void *user), void *user)
{
    struct net_work *w = calloc(1, sizeof *w);

    if (!w)
        return false;
    w->work = work;
    w->done = done;
    w->user = user;
    w->uv.data = w;
    if (uv_queue_work(&loop->uv, &w->uv, run, is_done) == 0)
        return true;
    free(w);
    return false;
}
