/* tests/support/hub_rig.h - a hub with apps, and sentences about what it gives out.
 *
 * Apps: id "3", key "key", secret "secret", client events on; id "4", key "plain", client events
 * off; id "5", key "off", disabled; id "6", key "small", one connection; id "7", key "hooked", client
 * events, as many public channels as a connection may have at all, tells subscription counts and has
 * webhooks: all kinds to target 0, cache misses and
 * client events of private channels to target 1, which batches. */
#ifndef CHARGETOP_TESTS_HUB_RIG_H
#define CHARGETOP_TESTS_HUB_RIG_H

#include "pusher/frame.h"
#include "pusher/hub.h"

struct hub_rig {
    struct hub *h;
    uint64_t now_ms;
    struct buf scratch;
    struct hub_out out; /* the last one taken */
};

int hub_rig_setup(void **state); /* cmocka fixtures: *state is a struct hub_rig */
int hub_rig_teardown(void **state);

struct rig_conn {
    uint32_t number;
    char socket_id[64];
    const char *key; /* of its app; every secret is "secret" */
};

uint32_t rig_knock(struct hub_rig *r, const char *key, int32_t protocol, const char *version);
/* Opens a connection with protocol 7 and takes its greeting. */
struct rig_conn rig_open(struct hub_rig *r, const char *key);
void rig_say(struct hub_rig *r, uint32_t conn, const char *text);
/* A subscribe message, signed with the app's secret unless auth is given ("" sends none). */
void rig_ask(struct hub_rig *r, const struct rig_conn *c, const char *channel, const char *auth,
             const char *channel_data);
/* Asks and takes the confirmation. */
void rig_subscribe(struct hub_rig *r, const struct rig_conn *c, const char *channel);
/* Joins a presence channel as user_id and takes the confirmation (announcements stay). */
void rig_join(struct hub_rig *r, const struct rig_conn *c, const char *channel,
              const char *user_id);
void rig_publish(struct hub_rig *r, const char *channel, const char *event, const char *data);

/* Take the next output, which must be as said. NULL: any. data is as decoded once. */
void rig_expect_frame(struct hub_rig *r, uint32_t conn, const char *event, const char *channel,
                      const char *data);
void rig_expect_close(struct hub_rig *r, uint32_t conn, int32_t code);
void rig_expect_error_and_close(struct hub_rig *r, uint32_t conn, int32_t code);
void rig_expect_nothing(struct hub_rig *r);
/* The next output must be a frame of that event whose data holds the text. */
void rig_expect_holding(struct hub_rig *r, uint32_t conn, const char *event, const char *holding);
/* Takes the next webhook of app "7", which must be of this target and hold exactly this event
 * (JSON), and reports it delivered. */
void rig_expect_webhook(struct hub_rig *r, size_t target, const char *event);
void rig_expect_no_webhook(struct hub_rig *r);
size_t rig_drain(struct hub_rig *r); /* takes all, returns how many */

#endif
