/* src/fleet/event_kept.h - the last events of each order that have left the event log, so that an
 * order that fell silent can still be read.
 *
 * An event is copied here when the ring gives it up: an order whose events are still in the ring
 * costs nothing more than its last two that fell out of it. Copies are never changed, so that a
 * paused picture can share them. */
#ifndef CHARGETOP_FLEET_EVENT_KEPT_H
#define CHARGETOP_FLEET_EVENT_KEPT_H

#include "fleet/log.h"

struct event_kept;
struct event_kept *event_kept_create(void); /* NULL: out of memory */
void event_kept_destroy(struct event_kept *k);
/* The same events, shared. NULL: out of memory. */
struct event_kept *event_kept_clone(struct event_kept *k);
/* Keeps a copy of an event that leaves the log, with head and tail joined as its text, of which the
 * first LOG_KEPT_TEXT_MAX_BYTES stay; the last but one of that order goes. Out of memory it is lost. */
void event_kept_put(struct event_kept *k, const struct log_entry *entry, struct str head,
                    struct str tail);
void event_kept_forget(struct event_kept *k, const char *order_id);
/* age 0 is the newest, at most 1; NULL: none. Borrowed until the next put or forget. */
const struct log_entry *event_kept_at(const struct event_kept *k, const char *order_id, size_t age);
/* The text of that event; empty when it is not kept. Borrowed likewise. */
struct str event_kept_text(const struct event_kept *k, const char *order_id, uint64_t seq);
size_t event_kept_bytes(const struct event_kept *k); /* memory held, shared copies included */

#endif
