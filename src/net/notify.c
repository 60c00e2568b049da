/* src/net/notify.c - the name of the socket, and one datagram at a time. */
#define _GNU_SOURCE
#include "net/notify.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "base/str.h"

enum { US_PER_MS = 1000 };

/* A path as it stands; of @NAME the first byte becomes 0 (unix(7), abstract sockets). */
static bool name_socket(struct notify *n, struct str name)
{
    if (name.len < 2 || name.len >= sizeof n->to.sun_path ||
        (name.ptr[0] != '/' && name.ptr[0] != '@'))
        return false;
    n->to = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(n->to.sun_path, name.ptr, name.len);
    const bool abstract = name.ptr[0] == '@';
    if (abstract)
        n->to.sun_path[0] = '\0';
    n->to_bytes =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name.len + (abstract ? 0 : 1));
    return true;
}

static uint64_t ping_every_ms(const char *usec, const char *pid)
{
    int64_t us = 0, whose = 0;

    if (!usec || !num_i64(str_from(usec), &us) || us < (int64_t)2 * US_PER_MS)
        return 0;
    if (pid && (!num_i64(str_from(pid), &whose) || whose != (int64_t)getpid()))
        return 0;
    return (uint64_t)us / US_PER_MS / 2;
}

bool notify_open(struct notify *n, const char *socket_name, const char *watchdog_usec,
                 const char *watchdog_pid)
{
    *n = (struct notify){.fd = -1};
    if (!socket_name || !name_socket(n, str_from(socket_name)))
        return false;
    n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (n->fd < 0)
        return false;
    n->every_ms = ping_every_ms(watchdog_usec, watchdog_pid);
    return true;
}

bool notify_send(const struct notify *n, const char *state)
{
    const size_t bytes = strlen(state);

    return n->fd >= 0 && sendto(n->fd, state, bytes, MSG_NOSIGNAL | MSG_DONTWAIT,
                                (const struct sockaddr *)&n->to, n->to_bytes) == (ssize_t)bytes;
}

void notify_close(struct notify *n)
{
    if (n->fd >= 0)
        (void)close(n->fd);
    n->fd = -1;
}
