/* src/net/loop.h - the one libuv loop: time, timers, signals, descriptors, child processes.
 *
 * Everything in net/ is used from the loop's thread. Callbacks may create and destroy objects of
 * this room, the one that is calling included; memory is freed when libuv has let go of it. */
#ifndef CHARGETOP_NET_LOOP_H
#define CHARGETOP_NET_LOOP_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct net_loop;
struct net_timer;
struct net_watch;

struct net_loop *net_loop_create(void); /* NULL: out of memory or no descriptors */
/* Closes what is still open, runs the loop until libuv has let go, frees. */
void net_loop_destroy(struct net_loop *loop);
/* The same, but no longer than patience_ms: false when a name is still being looked up by another
 * thread. The loop is kept then; call again, or end the process with _exit(), as exit() would wait. */
bool net_loop_destroy_within(struct net_loop *loop, uint64_t patience_ms);
void net_loop_run(struct net_loop *loop); /* until net_loop_stop */
void net_loop_stop(struct net_loop *loop);
/* Runs until done(user) is true or timeout_ms passed; false on timeout. For tests and start-up. */
bool net_loop_run_until(struct net_loop *loop, bool (*done)(void *user), void *user,
                        uint64_t timeout_ms);

/* Readable when a turn of the loop has something to do; for another loop to wait on. */
int net_loop_fd(const struct net_loop *loop);

uint64_t net_now_ms(const struct net_loop *loop); /* monotonic, also through
                                                       a sleep of the machine; read at each call */
int64_t net_unix_ms(void);                        /* wall clock */
int32_t net_utc_offset_s(int64_t unix_ms);        /* of the local zone at that moment */
uint64_t net_random_seed(void);                   /* from the system, for jitter and socket ids */
/* Secret randomness from the system, for nonces and keys. CT_ERR_IO: there is none, and `to` must not
 * be used. */
enum ct_err net_random_fill(void *to, size_t bytes);

typedef void net_timer_fn(void *user);
struct net_timer *net_timer_create(struct net_loop *loop, net_timer_fn *fn, void *user);
void net_timer_at(struct net_timer *t,
                  uint64_t at_ms); /* absolute net_now_ms; UINT64_MAX stops; past: next turn */
void net_timer_stop(struct net_timer *t);
void net_timer_destroy(struct net_timer *t); /* NULL is fine; fn is not called again */

enum net_ready { NET_READABLE = 1, NET_WRITABLE = 2 };
typedef void net_watch_fn(void *user, int ready);
struct net_watch *net_watch_create(struct net_loop *loop, int fd, int ready, net_watch_fn *fn,
                                   void *user);
void net_watch_destroy(struct net_watch *w); /* does not close fd */

typedef void net_signal_fn(void *user, int signum);
enum ct_err net_signal(struct net_loop *loop, int signum, net_signal_fn *fn, void *user);

/* Runs `sh -c command`, collects at most 64 KiB of stdout, kills it after timeout_ms. fn is called
 * once: status is the exit status, -1 when killed or not started. Nothing of it is printed. */
typedef void net_command_fn(void *user, int status, struct str output);
enum ct_err net_command(struct net_loop *loop, const char *command, uint64_t timeout_ms,
                        net_command_fn *fn, void *user);
/* Runs argv (NULL at its end) without a shell, in_fd as its standard input (copied), without any output, and
 * waits for its end, killed after timeout_ms; what it leaves running goes on. fn as above. */
enum ct_err net_run(struct net_loop *loop, char *const argv[], int in_fd, uint64_t timeout_ms,
                    net_command_fn *fn, void *user);
/* Runs `sh -c command` with in_fd as its standard input (copied) and our own output as its output, and
 * waits for its end, killed after timeout_ms. fn as above, without any output. */
enum ct_err net_command_fed(struct net_loop *loop, const char *command, int in_fd,
                            uint64_t timeout_ms, net_command_fn *fn, void *user);

/* Runs work(user) on a thread of libuv's pool, then done(user) on the loop's: for what blocks on a disk.
 * work must touch nothing that the loop's thread touches until done. The loop's end waits for it. False: out
 * of memory, and neither is called. */
bool net_work(struct net_loop *loop, void (*work)(void *user), void (*done)(void *user),
              void *user);

#endif
