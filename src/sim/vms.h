/* src/sim/vms.h - what the cameras and intercoms of a site would tell, seeded, as their back end writes it.
 *
 * Every wire type of domain.md 4.4 comes once in each round, in a shuffled order, the frequent ones more
 * often; only a logout, which ends a client's session, comes when asked for. As in sim.h time is simulated
 * milliseconds, the same configuration gives the same bytes, and decode/ is not used. */
#ifndef CHARGETOP_SIM_VMS_H
#define CHARGETOP_SIM_VMS_H

#include <stdint.h>

#include "base/err.h"
#include "base/json_write.h"
#include "base/str.h"

enum {
    VMS_SIM_CAMERAS_MAX = 1000,
    VMS_SIM_PERIOD_MS = 20000, /* between two events of one camera */
    VMS_SIM_GAP_MIN_MS = 50,   /* between two events of all */
    VMS_SIM_USER_ID = 517
};

struct vms_sim_cfg {
    uint32_t cameras; /* 1 to VMS_SIM_CAMERAS_MAX */
    uint64_t seed;
    uint32_t period_ms; /* 0: VMS_SIM_PERIOD_MS */
    int64_t start_unix_ms;
};

struct vms_sim_event {
    uint64_t at_ms;
    struct str channel, name, data; /* data: JSON; borrowed until the next call */
};

struct vms_sim;
enum ct_err vms_sim_create(struct vms_sim **out, const struct vms_sim_cfg *cfg);
void vms_sim_destroy(struct vms_sim *s);
/* The next event not later than until_ms; false when there is none. */
bool vms_sim_next(struct vms_sim *s, uint64_t until_ms, struct vms_sim_event *out);
uint64_t vms_sim_deadline_ms(const struct vms_sim *s);
/* A logout now; reason may be empty. False without memory. */
bool vms_sim_logout(struct vms_sim *s, struct str reason, struct vms_sim_event *out);

const char *vms_sim_token_id(const struct vms_sim *s); /* of private-token.ID */
size_t vms_sim_types(void);                            /* how many different types one round has */
/* The answer of api/v1/token for that access token. */
enum ct_err vms_sim_login(const struct vms_sim *s, struct str access_token, struct buf *to);

#endif
