/* src/decode/decode.h - wire_event in, changes out; one row per vendor in one table.
 *
 * Tolerant in what it accepts, strict in what it hands on. A payload that cannot be decoded gives
 * a CHANGE_REJECT naming the field and never anything else. */
#ifndef CHARGETOP_DECODE_DECODE_H
#define CHARGETOP_DECODE_DECODE_H

#include "base/wire_event.h"
#include "fleet/change.h"

enum { DECODE_LIST_MAX = 1000 /* orders taken from one list page */ };

typedef void decode_fn(void *user, const struct change *change); /* borrowed during the call */

struct decoder;                       /* scratch memory; one per source */
struct decoder *decoder_create(void); /* NULL: out of memory */
void decoder_destroy(struct decoder *d);

/* Calls fn once per change found, in order: none for protocol frames and kinds of events that
 * carry no payload; one for an event; one per order for a list page. */
void decode_event(struct decoder *d, const struct wire_event *event, decode_fn *fn, void *user);

/* "private-orders.2149" to "2149"; empty when the channel is not one of an order. */
struct str decode_order_of_channel(struct str channel);
/* "App\Events\ChargePointConsumption" to "Consumption", for narrow columns: the last part of the
 * name without the words every event shares. */
struct str decode_short_name(struct str event_name);

#endif
