/* src/net/server_listen.c - the listening socket: where it is bound, and what comes in by it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netdb.h>
#include <netinet/in.h>

#include "base/text.h"
#include "net/server_conn.h"

enum {
    BACKLOG = 1024,
    ACCEPTS_PER_TURN = 64,
    ACCEPT_PAUSE_MS = 100 /* when descriptors ran out */
};

static void on_connection(void *user, int ready);

static void pause_over(void *user)
{
    struct net_server *s = user;
    s->watch = net_watch_create(s->loop, s->fd, NET_READABLE, on_connection, s);
    if (!s->watch)
        net_timer_at(s->pause, net_now_ms(s->loop) + ACCEPT_PAUSE_MS);
}

static void on_connection(void *user, int ready)
{
    struct net_server *s = user;
    (void)ready;
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        const int fd = accept(s->fd, NULL, NULL);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
                net_watch_destroy(s->watch); /* else the loop would spin on it */
                s->watch = NULL;
                net_timer_at(s->pause, net_now_ms(s->loop) + ACCEPT_PAUSE_MS);
            }
            return;
        }
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        if (s->accept == NET_REFUSE)
            close(fd);
        else
            conn_start(s, fd);
    }
}

/* The descriptor, or -1 with errno. */
static int listen_on(const struct addrinfo *a)
{
    const int fd = socket(a->ai_family, SOCK_STREAM, 0), on = 1;
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    const int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
        fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && bind(fd, a->ai_addr, a->ai_addrlen) == 0 &&
        listen(fd, BACKLOG) == 0)
        return fd;
    const int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage a = {0};
    socklen_t len = sizeof(a);
    if (getsockname(fd, (struct sockaddr *)&a, &len) != 0)
        return 0;
    if (a.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&a)->sin6_port);
    return ntohs(((struct sockaddr_in *)&a)->sin_port);
}

bool server_listen(struct net_server *s, const struct net_server_cfg *cfg, struct fault *fault)
{
    const char *host = cfg->bind_address ? cfg->bind_address : "127.0.0.1";
    const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    char service[8], name[120];
    str_format(service, sizeof(service), "%u", (unsigned)cfg->port);
    text_clean(name, sizeof(name), str_from(host));
    if (getaddrinfo(host, service, &hints, &list) != 0) {
        fault_set(fault, CT_ERR_NET, "cannot listen on %s: no such address", name);
        return false;
    }
    errno = EADDRNOTAVAIL;
    for (const struct addrinfo *a = list; a && s->fd < 0; a = a->ai_next)
        s->fd = listen_on(a);
    const int why = errno;
    freeaddrinfo(list);
    if (s->fd < 0) {
        fault_set(fault, CT_ERR_NET, "cannot listen on %s port %u: %s", name, (unsigned)cfg->port,
                  strerror(why));
        return false;
    }
    s->port = port_of(s->fd);
    s->pause = net_timer_create(s->loop, pause_over, s);
    s->watch = net_watch_create(s->loop, s->fd, NET_READABLE, on_connection, s);
    if (s->pause && s->watch)
        return true;
    fault_set(fault, CT_ERR_NOMEM, "%s", ct_strerror(CT_ERR_NOMEM));
    return false;
}

void server_unlisten(struct net_server *s)
{
    net_watch_destroy(s->watch);
    net_timer_destroy(s->pause);
    s->watch = NULL;
    s->pause = NULL;
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}
