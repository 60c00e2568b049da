#include "term/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

struct outlet {
    FILE *stream; /* its descriptor is the terminal or, while held, the spool */
    int stream_fd;
    int terminal_fd; /* the terminal, as inherited: with waiting */
    int eager_fd;    /* the terminal opened anew: without waiting, and nobody else's flags */
    FILE *spool;
    struct buf pending;
    uint64_t total;
};

/* The flags of the inherited descriptor are shared with the shell, so it is not made non-blocking. */
static int open_again(int out_fd)
{
    const char *name = ttyname(out_fd);

    return name ? open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY) : -1;
}

struct outlet *outlet_open(int out_fd)
{
    struct outlet *o = calloc(1, sizeof *o);

    if (!o)
        return NULL;
    buf_init(&o->pending, OUTLET_PENDING_MAX_BYTES);
    o->terminal_fd = dup(out_fd);
    o->stream_fd = dup(out_fd);
    o->eager_fd = open_again(out_fd);
    o->spool = tmpfile();
    o->stream = o->stream_fd >= 0 ? fdopen(o->stream_fd, "w") : NULL;
    if (o->terminal_fd < 0 || !o->stream) {
        outlet_close(o);
        return NULL;
    }
    return o;
}

void outlet_close(struct outlet *o)
{
    if (!o)
        return;
    if (o->stream)
        (void)fclose(o->stream);
    else if (o->stream_fd >= 0)
        (void)close(o->stream_fd);
    if (o->terminal_fd >= 0)
        (void)close(o->terminal_fd);
    if (o->eager_fd >= 0)
        (void)close(o->eager_fd);
    if (o->spool)
        (void)fclose(o->spool);
    buf_clear(&o->pending);
    free(o);
}

FILE *outlet_stream(struct outlet *o)
{
    return o->stream;
}

static bool can_hold(const struct outlet *o)
{
    return o->eager_fd >= 0 && o->spool;
}

void outlet_hold(struct outlet *o)
{
    if (!can_hold(o))
        return;
    const int spool_fd = fileno(o->spool);
    if (ftruncate(spool_fd, 0) == 0 && lseek(spool_fd, 0, SEEK_SET) == 0)
        (void)dup2(spool_fd, o->stream_fd);
}

void outlet_release(struct outlet *o)
{
    char part[16384];
    ssize_t n = 0;

    if (!can_hold(o))
        return;
    (void)dup2(o->terminal_fd, o->stream_fd);
    const int spool_fd = fileno(o->spool);
    if (lseek(spool_fd, 0, SEEK_SET) != 0)
        return;
    while ((n = read(spool_fd, part, sizeof part)) > 0)
        if (outlet_add(o, (struct str){part, (size_t)n}) != CT_OK)
            return; /* the frame is cut; the next repaint mends it */
}

enum ct_err outlet_add(struct outlet *o, struct str bytes)
{
    const enum ct_err err = buf_append(&o->pending, bytes);

    if (err == CT_OK)
        o->total += bytes.len;
    return err;
}

uint64_t outlet_total(const struct outlet *o)
{
    return o->total;
}

bool outlet_flush(struct outlet *o)
{
    size_t at = 0;

    while (at < o->pending.len) {
        const ssize_t n = write(o->eager_fd >= 0 ? o->eager_fd : o->terminal_fd,
                                o->pending.bytes + at, o->pending.len - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
            at = o->pending.len; /* the terminal is gone; SIGHUP tells the loop */
        if (n <= 0)
            break;
        at += (size_t)n;
    }
    buf_consume(&o->pending, at);
    return o->pending.len == 0;
}

void outlet_drain(struct outlet *o, int timeout_ms)
{
    struct pollfd fd = {.fd = o->eager_fd, .events = POLLOUT};

    while (!outlet_flush(o) && poll(&fd, 1, timeout_ms) > 0)
        ;
    buf_reset(&o->pending);
}
