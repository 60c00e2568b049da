/* src/fleet/fleet.h - all orders, charge points, logs and the link: the model behind the screen.
 *
 * Applying an event is O(1) in the number of orders; states that change by time alone are kept in a
 * timing wheel, so fleet_tick() touches only orders whose time has come. Unknown is not zero; gaps
 * stay gaps. One thread. */
#ifndef CHARGETOP_FLEET_FLEET_H
#define CHARGETOP_FLEET_FLEET_H

#include "base/err.h"
#include "base/wire_event.h"
#include "fleet/alarm.h"
#include "fleet/change.h"
#include "fleet/followed.h"
#include "fleet/funnel.h"
#include "fleet/link.h"
#include "fleet/log.h"
#include "fleet/mark.h"
#include "fleet/notices.h"
#include "fleet/order.h"
#include "fleet/past.h"
#include "fleet/receipt.h"
#include "fleet/side.h"
#include "fleet/site.h"

enum { FLEET_ORDERS_MAX = 20000, FLEET_STATIONS_MAX = 20000, FLEET_PINS_MAX = 6 };

struct fleet;
struct fleet *fleet_create(const struct order_limits *limits, uint64_t now_ms, int64_t now_unix_ms);
void fleet_destroy(struct fleet *f);

/* The wire event itself: link, subscriptions, pings, faults, and the event log entry for its raw
 * text. Call before the changes decoded from it. */
void fleet_apply_event(struct fleet *f, const struct wire_event *event);
/* What the decoder found in it. Accepting, merging, deriving: domain.md 3.6 and 3.7. */
void fleet_apply_change(struct fleet *f, const struct change *change);
/* Time passes: states by time, rates, done orders leave. Returns true if anything visible changed
 * apart from ages. */
bool fleet_tick(struct fleet *f, uint64_t now_ms);
uint64_t fleet_deadline_ms(const struct fleet *f); /* when to tick next; UINT64_MAX never */

/* An order named by the user: exists as WAIT at once. CT_ERR_LIMIT at FLEET_ORDERS_MAX. */
enum ct_err fleet_order_add(struct fleet *f, struct str id, uint64_t now_ms);
void fleet_order_remove(struct fleet *f, struct str id);
struct order *fleet_order_find(struct fleet *f, struct str id); /* NULL if unknown */
const struct order *fleet_order_get(const struct fleet *f, struct str id);
size_t fleet_order_count(const struct fleet *f);
/* Any order of indexes 0 .. count-1; the order is arbitrary but stable until one is added or
 * removed. */
const struct order *fleet_order_at(const struct fleet *f, size_t index);
/* Grows whenever rows may have changed their place: an order added, removed, or with a new state,
 * name or number. Cheap test for "sort again". */
uint64_t fleet_version(const struct fleet *f);

void fleet_order_stop_requested(struct fleet *f, struct str id, uint64_t now_ms);
void fleet_order_stop_failed(struct fleet *f, struct str id, struct str why, uint64_t now_ms);
/* Alarms (alarm.h). The moment of what people do is the newest that the fleet has heard of. An order
 * stands for its alarm, and with it for the others of its group. */
const struct alarms *fleet_alarms(const struct fleet *f);
void fleet_set_alarm_rules(struct fleet *f, const struct alarm_rules *rules);
const struct alarm *fleet_order_alarm(const struct fleet *f, struct str id); /* NULL: none */
void fleet_order_ack(struct fleet *f, struct str id);
void fleet_ack_all(struct fleet *f);
bool fleet_alarm_ack(struct fleet *f, uint64_t alarm_id);
/* for_ms 0: as long as the rules say. False: no such alarm, or too long. */
bool fleet_alarm_snooze(struct fleet *f, uint64_t alarm_id, uint64_t for_ms);
bool fleet_order_snooze(struct fleet *f, struct str id, uint64_t for_ms);
/* Pins to the lowest free number 1-6, or unpins; returns the number, 0 when unpinned or full. */
uint8_t fleet_order_pin_toggle(struct fleet *f, struct str id);
void fleet_unpin_all(struct fleet *f);
const struct order *fleet_pinned(const struct fleet *f, uint8_t pin); /* NULL if free */

struct fleet_totals {
    size_t orders;
    size_t by_state[ORDER_STATE_COUNT];
    size_t need_eyes; /* orders whose state needs eyes */
    size_t unacked;   /* of these, with an alarm that is new */
    size_t acked, snoozed;
    int64_t power_w; /* sum over orders neither quiet nor done (domain.md 3.7) */
    size_t
        power_orders;   /* orders that draw power or should: neither waiting nor planned nor done */
    size_t power_known; /* of them: those in power_w; none: it says nothing, fewer: it is partial */
    size_t done_ever;
    size_t subs_wanted, subs_ok, subs_denied, subs_pending, subs_failed;
};
void fleet_totals(const struct fleet *f, struct fleet_totals *out); /* O(1) */
const char *fleet_currency(const struct fleet *f);                  /* of users/me; "" unknown */

/* Sites (site.h). Rules are given before the first order. The offset of local time from UTC decides
 * when a day begins; the composition sets it again when it changes. */
void fleet_set_sites(struct fleet *f, const struct site_rules *rules);
void fleet_set_utc_offset(struct fleet *f, int32_t utc_offset_s);
size_t fleet_site_count(const struct fleet *f);
/* Configured ones as configured, then the others by name; NULL beyond. */
const struct site *fleet_site_at(const struct fleet *f, size_t index);
const struct site *fleet_order_site(const struct fleet *f, const struct order *o); /* or NULL */
/* Its name: as configured, else as the charge point's title gives it; "" when nothing is known.
 * Returns its bytes. For an order that is not of this fleet any more: as the title gives it. */
size_t fleet_site_name(const struct fleet *f, const struct order *o, char *to, size_t cap);
const struct site_day *fleet_day(const struct fleet *f);
/* Since when the figures of today are seen, Unix ms: 0 when from local midnight on. */
int64_t fleet_day_since_unix_ms(const struct fleet *f);

/* Orders that ended, kept after they left; age 0 is the newest. */
size_t fleet_receipt_count(const struct fleet *f);
const struct receipt *fleet_receipt_at(const struct fleet *f, size_t age);
const struct receipt *fleet_receipt_find(const struct fleet *f, struct str order_id); /* or NULL */
/* One of an earlier run, of no order that is here (ordinal 0); oldest first. When its order ends again, as one
 * that is watched by name does, the new one takes its place. */
void fleet_receipt_restore(struct fleet *f, const struct receipt *r);
uint64_t fleet_receipt_changes(const struct fleet *f); /* steps when a receipt comes or changes */

/* Why the order needs eyes, and what its neighbours say about that: "no energy for 6m10s; connector
 * #1 draws 7.2 kW, so the post has power". At most FLEET_SIBLINGS_MAX orders of its site are looked
 * at. Returns bytes; without a neighbour that tells something it is order_reason(). */
enum { FLEET_SIBLINGS_MAX = 64, FLEET_WHY_MAX = ORDER_REASON_MAX + 120 };
size_t fleet_order_why(const struct fleet *f, const struct order *o, uint64_t now_ms, char *to,
                       size_t cap);

const struct link *fleet_link(const struct fleet *f);
struct link *fleet_link_mut(struct fleet *f); /* for the fields the composition fills */
/* Connections beside the first one. Adding gives its number in *source; CT_ERR_LIMIT beyond
 * FLEET_SIDES_MAX, CT_ERR_NOMEM. The name is cleaned and cut. */
enum ct_err fleet_side_add(struct fleet *f, struct str name, struct str kind, uint8_t *source,
                           uint64_t now_ms);
/* The profile of the first connection, as find and filter of events know it. */
void fleet_name_first(struct fleet *f, struct str name);
size_t fleet_side_count(const struct fleet *f);
const struct side *fleet_side(const struct fleet *f,
                              uint8_t source); /* NULL: none of that number */
struct side *fleet_side_mut(struct fleet *f, uint8_t source);
/* Call after fleet_apply_event() of the same event: its line in the log says what was read. */
void fleet_apply_news(struct fleet *f, const struct news *news);
const struct news_counts *fleet_news(const struct fleet *f, uint8_t source); /* NULL: no such */
/* Channels that are no order's, of all connections. */
const struct followed *fleet_followed(const struct fleet *f);
/* A notification that was found in an event; after fleet_apply_event() of that event. Its line in the
 * log tells its text; what is not known in it is told as an error of the lowest severity. */
void fleet_apply_notice(struct fleet *f, const struct wire_event *event, const struct notice *n);
const struct notices *fleet_notices(const struct fleet *f);
const struct funnel *fleet_funnel(const struct fleet *f);
const struct event_log *fleet_events(const struct fleet *f);
const struct error_log *fleet_errors(const struct fleet *f);
struct error_log *fleet_errors_mut(struct fleet *f);
const struct marks *fleet_marks(const struct fleet *f);
struct marks *fleet_marks_mut(struct fleet *f);
/* Adds a mark, and keeps the line of its event from being folded. Returns the mark's number. */
uint64_t fleet_mark(struct fleet *f, const struct mark *mark);
const struct past *fleet_past(const struct fleet *f);
/* Wall clock of a monotonic moment, by the offset at creation corrected by the newest event. */
int64_t fleet_unix_ms(const struct fleet *f, uint64_t at_ms);
const struct order_limits *fleet_limits(const struct fleet *f);
/* Takes other limits; an order meets them at its next event or deadline. */
void fleet_set_limits(struct fleet *f, const struct order_limits *limits);
/* Memory held, in O(1). With n orders at s charge points:
 *   fleet_fixed_bytes()                        logs, alarms, wheel, link: about 13 MB, whatever n is
 *   + n * FLEET_ORDER_BYTES + s * FLEET_STATION_BYTES
 *   + the samples of each order, at most FLEET_ORDER_SAMPLES_BYTES (samples.h)
 *   + its last two events that left the log, at most FLEET_ORDER_KEPT_BYTES (log.h)
 * to which the allocator and the hash tables add their overhead, under 100 bytes an order. */
size_t fleet_bytes(const struct fleet *f);
size_t fleet_fixed_bytes(const struct fleet *f);
enum {
    FLEET_ORDER_BYTES = 9216, /* at most, asserted at compile time */
    FLEET_STATION_BYTES = 4608,
    FLEET_ORDER_SAMPLES_BYTES =
        128 + SAMPLES_RECENT_MAX * 32 + SAMPLES_BUCKETS_MAX * 80, /* also asserted */
    FLEET_ORDER_KEPT_BYTES = 1280 + 2 * LOG_KEPT_TEXT_MAX_BYTES   /* also asserted */
};
/* Orders looked at by fleet_tick() since creation: it grows with what is due, not with the number
 * of orders. */
uint64_t fleet_wheel_touches(const struct fleet *f);

#endif
