/* src/net/loop.c - the order in which libuv, its handles and their guests are born and buried. */
#include "net/loop.h"

#include <stdlib.h>
#include <time.h>

#include <utlist.h>
#include <uv.h>

#include "net/net_internal.h"

struct net_timer {
    struct net_handle handle;
    net_timer_fn *fn;
    void *user;
};

struct net_watch {
    struct net_handle handle;
    net_watch_fn *fn;
    void *user;
};

struct net_signal_entry {
    struct net_handle handle;
    net_signal_fn *fn;
    void *user;
};

static void handle_freed(uv_handle_t *uv)
{
    struct net_handle *h = uv->data;
    DL_DELETE(h->loop->handles, h);
    free(h); /* first member of what was allocated */
}

void net_handle_add(struct net_loop *loop, struct net_handle *h,
                    void (*abandon)(struct net_handle *self))
{
    h->loop = loop;
    h->abandon = abandon;
    h->uv.any.data = h;
    DL_APPEND(loop->handles, h);
}

void net_handle_close(struct net_handle *h)
{
    if (h->closing)
        return;
    h->closing = true;
    uv_close(&h->uv.any, handle_freed);
}

struct net_loop *net_loop_create(void)
{
    struct net_loop *loop = calloc(1, sizeof(*loop));
    if (!loop)
        return NULL;
    if (uv_loop_init(&loop->uv) != 0) {
        free(loop);
        return NULL;
    }
    if (uv_async_init(&loop->uv, &loop->keep, NULL) != 0) {
        uv_loop_close(&loop->uv);
        free(loop);
        return NULL;
    }
    return loop;
}

static void begin_closing(struct net_loop *loop)
{
    struct net_handle *h, *next;

    loop->closing = true;
    DL_FOREACH_SAFE(loop->handles, h, next)
    {
        if (!h->closing)
            h->abandon(h);
    }
    uv_close((uv_handle_t *)&loop->keep, NULL);
    net_lws_destroy_begin(loop->lws);
}

static void lose_patience(uv_timer_t *timer)
{
    struct net_loop *loop = timer->data;

    loop->impatient = true;
    uv_stop(&loop->uv);
}

bool net_loop_destroy_within(struct net_loop *loop, uint64_t patience_ms)
{
    if (!loop)
        return true;
    if (!loop->closing)
        begin_closing(loop);
    loop->impatient = false;
    loop->patience.data = loop;
    uv_update_time(&loop->uv);
    if (uv_timer_init(&loop->uv, &loop->patience) == 0) {
        uv_timer_start(&loop->patience, lose_patience, patience_ms, 0);
        uv_unref(
            (uv_handle_t *)&loop->patience); /* waits for the others, not the other way round */
    }
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&loop->patience, NULL);
    uv_run(&loop->uv, loop->impatient ? UV_RUN_NOWAIT : UV_RUN_DEFAULT);
    if (loop->impatient && uv_loop_alive(&loop->uv))
        return false;
    net_lws_destroy_end(loop->lws);
    net_tls_destroy(loop->tls);
    uv_loop_close(&loop->uv);
    free(loop);
    return true;
}

void net_loop_destroy(struct net_loop *loop)
{
    (void)net_loop_destroy_within(loop, INT64_MAX / 2);
}

void net_loop_run(struct net_loop *loop)
{
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void net_loop_stop(struct net_loop *loop)
{
    uv_stop(&loop->uv);
}

struct until {
    struct net_handle handle;
    bool (*done)(void *user);
    void *user;
    bool late;
};

/* Timers run before libuv sleeps: what they changed must be looked at before it does. */
static void before_sleep(uv_prepare_t *uv)
{
    struct until *u = uv->data;
    if (u->late || u->done(u->user))
        uv_stop(&u->handle.loop->uv);
}

static void limit_passed(void *user)
{
    struct until *u = user;
    u->late = true;
}

bool net_loop_run_until(struct net_loop *loop, bool (*done)(void *user), void *user,
                        uint64_t timeout_ms)
{
    struct until *u = calloc(1, sizeof(*u));
    struct net_timer *limit = net_timer_create(loop, limit_passed, u);
    if (!u || !limit) {
        net_timer_destroy(limit);
        free(u);
        return done(user);
    }
    u->done = done;
    u->user = user;
    uv_prepare_init(&loop->uv, &u->handle.uv.prepare); /* cannot fail */
    net_handle_add(loop, &u->handle, net_handle_close);
    uv_prepare_start(&u->handle.uv.prepare, before_sleep);
    net_timer_at(limit, net_now_ms(loop) + timeout_ms);
    while (!done(user) && !u->late)
        uv_run(&loop->uv, UV_RUN_ONCE);
    net_timer_destroy(limit);
    net_handle_close(&u->handle);
    return done(user);
}

int net_loop_fd(const struct net_loop *loop)
{
    return uv_backend_fd(&loop->uv);
}

uint64_t net_now_ms(const struct net_loop *loop)
{
#ifdef CLOCK_BOOTTIME
    struct timespec now;

    /* It goes on while the machine sleeps, so that what is an hour old is told to be. */
    if (clock_gettime(CLOCK_BOOTTIME, &now) == 0)
        return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
#endif
    (void)loop; /* the clock is the machine's; the loop's own copy of it may be old */
    return uv_hrtime() / 1000000;
}

int64_t net_unix_ms(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return 0;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int32_t net_utc_offset_s(int64_t unix_ms)
{
    const time_t at = (time_t)(unix_ms / 1000);
    struct tm local, utc;
    if (!localtime_r(&at, &local) || !gmtime_r(&at, &utc))
        return 0;
    /* Zones differ from UTC by less than a day, so a different date is the neighbouring one. */
    int days = local.tm_yday - utc.tm_yday;
    if (local.tm_year != utc.tm_year)
        days = local.tm_year > utc.tm_year ? 1 : -1;
    return ((days * 24 + local.tm_hour - utc.tm_hour) * 60 + local.tm_min - utc.tm_min) * 60 +
           local.tm_sec - utc.tm_sec;
}

uint64_t net_random_seed(void)
{
    uint64_t seed = 0;
    if (uv_random(NULL, NULL, &seed, sizeof(seed), 0, NULL) != 0)
        seed = uv_hrtime(); /* jitter and ids need difference, not secrecy */
    return seed;
}

enum ct_err net_random_fill(void *to, size_t bytes)
{
    return uv_random(NULL, NULL, to, bytes, 0, NULL) == 0 ? CT_OK : CT_ERR_IO;
}

/* ---- timers ---- */

static void timer_fired(uv_timer_t *uv)
{
    struct net_timer *t = uv->data;
    t->fn(t->user);
}

struct net_timer *net_timer_create(struct net_loop *loop, net_timer_fn *fn, void *user)
{
    struct net_timer *t = calloc(1, sizeof(*t));
    if (!t)
        return NULL;
    t->fn = fn;
    t->user = user;
    if (uv_timer_init(&loop->uv, &t->handle.uv.timer) != 0) {
        free(t);
        return NULL;
    }
    net_handle_add(loop, &t->handle, net_handle_close);
    return t;
}

void net_timer_at(struct net_timer *t, uint64_t at_ms)
{
    if (t->handle.closing)
        return;
    if (at_ms == UINT64_MAX) {
        uv_timer_stop(&t->handle.uv.timer);
        return;
    }
    /* libuv counts from the time its loop last looked at the clock. */
    uv_update_time(&t->handle.loop->uv);
    const uint64_t now_ms = net_now_ms(t->handle.loop);
    uv_timer_start(&t->handle.uv.timer, timer_fired, at_ms > now_ms ? at_ms - now_ms : 0, 0);
}

void net_timer_stop(struct net_timer *t)
{
    net_timer_at(t, UINT64_MAX);
}

void net_timer_destroy(struct net_timer *t)
{
    if (t)
        net_handle_close(&t->handle);
}

/* ---- descriptors ---- */

static void watch_ready(uv_poll_t *uv, int status, int events)
{
    struct net_watch *w = uv->data;
    int ready = 0;
    if (events & UV_READABLE)
        ready |= NET_READABLE;
    if (events & UV_WRITABLE)
        ready |= NET_WRITABLE;
    if (status < 0) /* an error: let the reader and writer find it */
        ready = NET_READABLE | NET_WRITABLE;
    w->fn(w->user, ready);
}

struct net_watch *net_watch_create(struct net_loop *loop, int fd, int ready, net_watch_fn *fn,
                                   void *user)
{
    struct net_watch *w = calloc(1, sizeof(*w));
    if (!w)
        return NULL;
    w->fn = fn;
    w->user = user;
    if (uv_poll_init(&loop->uv, &w->handle.uv.poll, fd) != 0) {
        free(w);
        return NULL;
    }
    net_handle_add(loop, &w->handle, net_handle_close);
    int events = 0;
    if (ready & NET_READABLE)
        events |= UV_READABLE;
    if (ready & NET_WRITABLE)
        events |= UV_WRITABLE;
    if (uv_poll_start(&w->handle.uv.poll, events, watch_ready) != 0) {
        net_handle_close(&w->handle);
        return NULL;
    }
    return w;
}

void net_watch_destroy(struct net_watch *w)
{
    if (!w || w->handle.closing)
        return;
    uv_poll_stop(&w->handle.uv.poll); /* now, since the caller may close fd at once */
    net_handle_close(&w->handle);
}

/* ---- signals ---- */

static void signal_came(uv_signal_t *uv, int signum)
{
    struct net_signal_entry *s = uv->data;
    s->fn(s->user, signum);
}

enum ct_err net_signal(struct net_loop *loop, int signum, net_signal_fn *fn, void *user)
{
    struct net_signal_entry *s = calloc(1, sizeof(*s));
    if (!s)
        return CT_ERR_NOMEM;
    s->fn = fn;
    s->user = user;
    if (uv_signal_init(&loop->uv, &s->handle.uv.signal) != 0) {
        free(s);
        return CT_ERR_IO;
    }
    net_handle_add(loop, &s->handle, net_handle_close);
    if (uv_signal_start(&s->handle.uv.signal, signal_came, signum) != 0) {
        net_handle_close(&s->handle);
        return CT_ERR_IO;
    }
    return CT_OK;
}
