/* posix_stream.h - a struct pc_stream over a plain TCP socket: the part that a port writes anew for its own
 * network. Sockets of lwIP have the same calls. Without TLS; the name is looked up before anything else, which may
 * take a while. */
#ifndef POSIX_STREAM_H
#define POSIX_STREAM_H

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pusher/pc.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

struct posix_stream {
    int fd;         /* -1: none */
    bool connected; /* else it is still on its way */
};

static int posix_start(struct posix_stream *s, const char *host, uint16_t port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char service[8];
    int err = -1;

    (void)snprintf(service, sizeof service, "%u", (unsigned)port);
    if (getaddrinfo(host, service, &hints, &found) != 0)
        return PC_IO_FAILED;
    s->fd = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    if (s->fd >= 0 && fcntl(s->fd, F_SETFL, O_NONBLOCK) == 0)
        err = connect(s->fd, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    if (err == 0)
        s->connected = true;
    return err == 0 ? PC_IO_DONE : s->fd >= 0 && errno == EINPROGRESS ? PC_IO_AGAIN : PC_IO_FAILED;
}

static int posix_connect(void *user, const char *host, uint16_t port, bool tls)
{
    struct posix_stream *s = user;
    struct pollfd ready = {.fd = s->fd, .events = POLLOUT};
    socklen_t size = sizeof(int);
    int err = 0;

    if (tls)
        return PC_IO_FAILED; /* not here: see docs/esp-idf.md, or use <pusher/net.h> */
    if (s->fd < 0)
        return posix_start(s, host, port);
    if (poll(&ready, 1, 0) == 0)
        return PC_IO_AGAIN;
    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &size) != 0 || err != 0)
        return PC_IO_FAILED;
    s->connected = true;
    return PC_IO_DONE;
}

static int posix_result(ssize_t n)
{
    if (n > 0)
        return (int)n;
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? PC_IO_AGAIN : PC_IO_FAILED;
}

static int posix_read(void *user, void *to, size_t bytes)
{
    const struct posix_stream *s = user;

    return posix_result(recv(s->fd, to, bytes, 0));
}

static int posix_write(void *user, const void *from, size_t bytes)
{
    const struct posix_stream *s = user;

    return posix_result(send(s->fd, from, bytes, MSG_NOSIGNAL));
}

static void posix_close(void *user)
{
    struct posix_stream *s = user;

    if (s->fd >= 0)
        close(s->fd);
    *s = (struct posix_stream){.fd = -1};
}

static int posix_fd(void *user)
{
    const struct posix_stream *s = user;

    return s->fd;
}

/* s->fd is -1 before the first use. */
static struct pc_stream posix_stream(struct posix_stream *s)
{
    return (struct pc_stream){.connect = posix_connect,
                              .read = posix_read,
                              .write = posix_write,
                              .close = posix_close,
                              .fd = posix_fd,
                              .user = s};
}

#endif
