/* tests/support/session_bench.h - a client session on a bench: inputs by hand, outputs as lines.
 *
 * Every input takes all events at once and writes one line for each:
 *   DIAL tls|plain         HANGUP <code>          SEND <text>
 *   AUTH <channel> <id>    LINK <state> <code> <text>
 *   SUB <channel> <state> <code> <text>
 *   DATA <channel> <name> <data> <user id>        PONG <ms>
 *   FAULT <code> <channel> <text>
 *   USERAUTH <id>          USER <state> <code> <user id> <text>
 *   HELD <channel> <name>  SEALED <channel> <name> <why>
 * Decrypted DATA ends with "(decrypted)"; its whole message is checked and left out. Empty parts and a code of 0 are left out. bench_expect() compares and forgets the lines. */
#ifndef CHARGETOP_TESTS_SESSION_BENCH_H
#define CHARGETOP_TESTS_SESSION_BENCH_H

#include "base/buf.h"
#include "pusher/session.h"

#define BENCH_HELLO(timeout) \
    "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":\\\"1.2\\\"," \
    "\\\"activity_timeout\\\":" timeout "}\"}"
#define BENCH_PING "{\"event\":\"pusher:ping\",\"data\":{}}"

struct bench {
    struct pusher_session *s;
    uint64_t now_ms;
    struct buf lines;
    size_t seen[PUSHER_EVENT_KINDS]; /* events by kind since the last bench_forget() */
    size_t most_queued;              /* events one input left */
    uint64_t retry_at_ms;            /* of the last LINK */
    uint32_t generation;             /* of the last DIAL */
    bool mute;                       /* counts only, for thousands of events */
};

void bench_open(struct bench *b, const struct pusher_session_cfg *cfg); /* starts at 1 000 000 ms */
void bench_close(struct bench *b);
void bench_drain(struct bench *b);
void bench_forget(struct bench *b);
void bench_expect(struct bench *b, const char *lines); /* each ended by \n */
bool bench_has(struct bench *b, const char *part);     /* among the lines; they are kept */

void bench_connect(struct bench *b);
void bench_opened(struct bench *b);
void bench_message(struct bench *b, const char *text);
void bench_fixture(struct bench *b, const char *name); /* below fixtures/protocol */
void bench_closed(struct bench *b, int32_t code);
void bench_up(struct bench *b); /* connects and greets with activity_timeout 30; lines forgotten */
void bench_subscribe(struct bench *b, const char *channel);
void bench_unsubscribe(struct bench *b, const char *channel);
void bench_authorize(struct bench *b, const char *channel); /* with a well-formed signature */
void bench_succeed(struct bench *b, const char *channel);   /* the server confirms */
void bench_join(struct bench *b, const char *channel);      /* all of it; lines forgotten */
void bench_pass(struct bench *b, uint64_t ms); /* time passes; every deadline on the way is kept */
void bench_at(struct bench *b, uint64_t now_ms); /* a tick at that moment, and none before */

#endif
