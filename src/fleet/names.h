/* src/fleet/names.h - what channel and event names say about orders. */
#ifndef CHARGETOP_FLEET_NAMES_H
#define CHARGETOP_FLEET_NAMES_H

#include "base/str.h"

/* "private-orders.2149" or "orders.2149" to "2149". Empty for any other channel, however alike: that of
 * another system, such as "shop.orders.5", is no order's, since its number may be one of ours. Borrowed. */
struct str fleet_order_of_channel(struct str channel);
/* "App\Events\ChargePointConsumption" to "Consumption": the last part of the name without the
 * words every event shares. Borrowed. */
struct str fleet_short_event(struct str event_name);

#endif
