/* src/net/crowd.h - how many of something each address has at the moment. */
#ifndef CHARGETOP_NET_CROWD_H
#define CHARGETOP_NET_CROWD_H

#include <stdbool.h>
#include <stdint.h>

struct crowd;
/* max: of one asker (net_address_asker), at least 1. NULL: out of memory. */
struct crowd *crowd_create(uint32_t max);
void crowd_destroy(struct crowd *c); /* NULL is fine */
/* One more of the asker; false if it has the most already, or memory is out. Each that came in is to
 * leave once. There are at most as many entries as are in. */
bool crowd_enter(struct crowd *c, uint64_t asker);
void crowd_leave(struct crowd *c, uint64_t asker);
void crowd_set_max(struct crowd *c, uint32_t max); /* of newcomers: nobody has to leave */

#endif
