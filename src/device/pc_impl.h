/* src/device/pc_impl.h - the inside of a polled client, shared by the files of this room:
 *
 *   pc.c         life, time, the calls of the application
 *   pc_pump.c    what the session wants done, and what is told to whom
 *   pc_bind.c    handlers
 *   pc_ws.c      a WebSocket over the stream that the platform lends
 *   pc_json.c    items of JSON by path
 *   mem.c        memory
 *
 * Re-entry: calls from within handlers only feed the session; the loop that is running (pc_pump) takes
 * what follows. Memory of the client is in use only around calls into the session (PC_WITHIN), so
 * that nobody who is called from here takes any of it. */
#ifndef CHARGETOP_DEVICE_PC_IMPL_H
#define CHARGETOP_DEVICE_PC_IMPL_H

#include <pusher/pc.h>

#include "device/mem.h"
#include "pusher/session.h"

enum {
    PC_SENDS_MAX = PUSHER_LIMIT(128, 8), /* messages that wait to be written */
    PC_STALL_MS = 10000,        /* a message not written in this time ends the connection */
    PC_TARGET_MAX_BYTES = 1024, /* of host, and of path */
    PC_LOG_LINE_MAX = 160
};

struct pc_binding {
    const char *channel, *event; /* NULL: any */
    pc_event_fn *fn;             /* NULL: a free place */
    void *user;
    uint32_t serial; /* its handle; rises, so that a handler bound while an event is told waits */
};

/* A message on its way out, in the session's memory until it is written. */
struct pc_send {
    char *text;
    size_t len;
};

struct pc_ws;

struct pc {
    struct pc_cfg cfg;
    struct mem *mem; /* NULL: the heap */
    struct pusher_session *session;
    struct pc_transport transport;
    struct pc_ws *ws; /* NULL with a transport of the platform's */
    struct pc_target target;
    char *host, *path; /* what target points to */
    uint64_t now_ms;
    uint32_t now_low;    /* as the caller counts it */
    uint32_t generation; /* of the transport that is open */
    uint64_t stalled_ms; /* since when the first message waits */
    uint32_t serial;
    uint16_t sends_first, sends_count;
    bool open, pumping, started, timed;
    struct pc_stats stats;
    struct pc_send sends[PC_SENDS_MAX];
    struct pc_binding bindings[PC_BINDINGS_MAX];
};

/* Runs `call` with the client's memory in use. */
#define PC_WITHIN(pc, call) \
    do { \
        struct mem *const before_ = mem_use((pc)->mem); \
        call; \
        (void)mem_use(before_); \
    } while (0)

/* ---- pc.c ---- */
void pc_take_time(struct pc *pc);
int pc_err_of(enum pusher_err err);

/* ---- pc_pump.c ---- */
void pc_pump(struct pc *pc); /* does what the session wants until nothing is left; not nested */
void pc_check_stall(struct pc *pc);
void pc_log(struct pc *pc, enum pc_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- pc_bind.c ---- */
void pc_tell(struct pc *pc, const struct pc_event *event); /* to every handler that it is for */

/* ---- pc_ws.c ---- */
/* In memory that is in use; NULL when it is used up. */
struct pc_ws *pc_ws_create(struct pc *pc);
void pc_ws_destroy(struct pc_ws *ws);
struct pc_transport pc_ws_transport(struct pc_ws *ws);

#endif
