/* tests/support/fleet_rig.h - a fleet behind a decoder, fed as the live source would feed it. */
#ifndef CHARGETOP_TESTS_FLEET_RIG_H
#define CHARGETOP_TESTS_FLEET_RIG_H

#include "base/buf.h"
#include "base/json.h"
#include "decode/decode.h"
#include "fleet/fleet.h"

enum { RIG_CHANGES_MAX = 32 };

struct rig {
    struct fleet *fleet;
    struct decoder *decoder;
    uint64_t seq;
    int64_t unix_at_0_ms;                   /* wall clock at monotonic 0 */
    struct change changes[RIG_CHANGES_MAX]; /* of the event fed last */
    size_t change_count;
    struct buf file, name, channel, data; /* scratch of rig_frame_json() */
};

/* A fleet with default limits whose link is up since 0. Wall clock at 0: 2025-11-20 15:00 UTC. */
struct rig *rig_create(void);
void rig_destroy(struct rig *r);

/* Any event: times and seq are filled in, the decoder reads it, the fleet gets all. */
void rig_event(struct rig *r, struct wire_event event, uint64_t at_ms);
/* A consumption frame on private-orders.ID with that data. */
void rig_consumption(struct rig *r, const char *id, const char *data, uint64_t at_ms);
void rig_completed(struct rig *r, const char *id, const char *data, uint64_t at_ms);
/* A consumption frame with charging time in minutes and energy in kWh, as texts. */
void rig_update(struct rig *r, const char *id, const char *minutes, const char *kwh,
                uint64_t at_ms);
void rig_rest(struct rig *r, enum wire_rest rest, int32_t code, const char *id, struct str body,
              uint64_t at_ms);
void rig_link(struct rig *r, enum wire_link link, int32_t code, uint64_t at_ms);
void rig_sub(struct rig *r, const char *id, enum wire_sub sub, int32_t code, uint64_t at_ms);
/* One frame as the server sends it: the JSON object with event, channel and data. */
void rig_frame_json(struct rig *r, struct json_value frame, uint64_t at_ms);
/* A fixture frame_*.json below fixtures/powerly. */
void rig_frame_fixture(struct rig *r, const char *name, uint64_t at_ms);
void rig_rest_fixture(struct rig *r, enum wire_rest rest, int32_t code, const char *id,
                      const char *name, uint64_t at_ms);

const struct order *rig_order(const struct rig *r, const char *id); /* fails the test if unknown */
/* Ticks and gives the state. */
enum order_state rig_state(struct rig *r, const char *id, uint64_t at_ms);

#endif
