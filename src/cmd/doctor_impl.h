/* src/cmd/doctor_impl.h - the run of `doctor`, shared by its way to charging orders and that to a video back end. */
#ifndef CHARGETOP_CMD_DOCTOR_IMPL_H
#define CHARGETOP_CMD_DOCTOR_IMPL_H

#include "cmd/doctor.h"
#include "cmd/pipeline.h"
#include "net/probe.h"

struct doctor {
    struct settings *s;
    struct net_loop *loop;
    struct pipeline pipe;
    struct net_probe *probe;
    struct ws *ws;
    struct doctor_vms *vms; /* of kind = vms; NULL: charging orders */
    struct net_timer *timer;
    struct ws_target target;
    struct buf scratch;
    struct doctor_row rows[DOCTOR_STEPS];
    enum doctor_step at; /* the step under way */
    uint64_t began_ms;
    struct net_tls_info tls;
    bool has_tls, started, ended, interrupted;
    char channel[176]; /* the one that is followed */
    char refused[176]; /* another one that was denied; "" none */
    int32_t auth_code; /* of an authorization that is paused */
    char auth_cause[EXPLAIN_NAME_MAX];
    int status;
};

/* doctor.c: the step under way is done, and the next one begins. */
void doctor_pass(struct doctor *d, enum doctor_result result, const char *detail);
/* The first step that fails decides the status; what follows is skipped. */
void doctor_fail(struct doctor *d, int32_t code, const char *cause, const char *detail, int status);
void doctor_wait_for(struct doctor *d, uint64_t ms);
/* DNS, TCP and TLS of d->target, then the upgrade. */
void doctor_probe(struct doctor *d);
/* Another try of the socket at d->target. */
void doctor_upgrade(struct doctor *d);

/* doctor_vms.c: token and address of a video back end. */
enum ct_err doctor_vms_configure(struct doctor *d, struct fault *fault);
void doctor_vms_begin(struct doctor *d);
/* Nobody named a prefix, and the usual one is not there: true when the socket is tried once without. */
bool doctor_vms_other_path(struct doctor *d, int32_t code);
bool doctor_vms_was_guessed(const struct doctor *d); /* that was needed */
/* The program's own source with the token that is there already, so that nobody logs in twice. */
enum ct_err doctor_vms_open(struct doctor *d, const struct pipeline_hooks *hooks,
                            struct fault *fault);
struct http *doctor_vms_http(const struct doctor *d); /* NULL: not made */
const char *doctor_vms_address(const struct doctor *d);
void doctor_vms_close(struct doctor *d);

#endif
