/* src/net/notify.h - tells a service manager that the program is ready, alive, stopping: datagrams to
 * the socket it names, as sd_notify(3) does, without its library. */
#ifndef CHARGETOP_NET_NOTIFY_H
#define CHARGETOP_NET_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct notify {
    int fd; /* -1: nobody listens */
    struct sockaddr_un to;
    socklen_t to_bytes;
    uint64_t
        every_ms; /* a ping is due this often, half of what the manager waits; 0: none wanted */
};

/* The values of NOTIFY_SOCKET (a path, or @NAME for an abstract socket), WATCHDOG_USEC and
 * WATCHDOG_PID; each may be NULL. A watchdog that is meant for another process is none of ours. False,
 * and nobody listens, when there is no socket or its name is none. */
bool notify_open(struct notify *n, const char *socket_name, const char *watchdog_usec,
                 const char *watchdog_pid);
/* "READY=1", "WATCHDOG=1", "STOPPING=1". Never waits; false when it could not be sent. */
bool notify_send(const struct notify *n, const char *state);
void notify_close(struct notify *n);

#endif
