/* src/feed/vms_live_impl.h - the inside of the source of a video back end, shared by vms_live.c and vms_course.c. */
#ifndef CHARGETOP_FEED_VMS_LIVE_IMPL_H
#define CHARGETOP_FEED_VMS_LIVE_IMPL_H

#include "base/rng.h"
#include "feed/vms_live.h"

enum { VMS_LIVE_WHY_MAX = 240, VMS_LIVE_ENDPOINT_MAX = 600, VMS_LIVE_SOURCE_MAX = 200 };

enum vms_step {
    VMS_STEP_IDLE,    /* not started, or stopped */
    VMS_STEP_TOKEN,   /* reading the token, or logging in */
    VMS_STEP_ADDRESS, /* asking for the address */
    VMS_STEP_WAITING, /* until the next of these */
    VMS_STEP_CLIENT,  /* the client works, and connects again by itself */
    VMS_STEP_ENDING   /* saying goodbye */
};

struct vms_live {
    struct net_loop *loop;
    struct http *http;
    struct token *token; /* NULL: by login, and not logged in */
    struct vms_api *api;
    struct client *client;
    struct net_timer *timer;
    vms_live_fn *fn;
    void *user;
    uint64_t seq;

    struct client_cfg client_cfg; /* strings point into what follows */
    char *ca_file, *origin, *client_name, *client_version, *own_endpoint;
    char endpoint[VMS_LIVE_ENDPOINT_MAX];
    char *login, *password;
    bool by_login;
    char user_id[VMS_API_ID_MAX], token_id[VMS_API_ID_MAX];
    bool user_id_said, token_id_said;
    char source[VMS_LIVE_SOURCE_MAX]; /* of the token, for people */

    enum vms_step step;
    struct vms_address address;
    bool reading_token, up;
    bool asked_401; /* the refusal was told */
    uint64_t up_since_ms;
    uint32_t attempts, tries; /* that found nobody since the address was fetched */
    uint32_t backoff_ms, failures;
    struct rng rng;
    char why[VMS_LIVE_WHY_MAX]; /* it ends */

    uint64_t stop_by_ms;
    void (*stopped)(void *user);
    void *stopped_user;
    unsigned depth;
    bool dead;
};

/* vms_live.c. Every entrance enters and leaves: a source destroyed by its own handler is freed last. */
void vms_live_enter(struct vms_live *l);
void vms_live_leave(struct vms_live *l);
void vms_live_drop_client(struct vms_live *l);
void vms_live_drop_token(struct vms_live *l);

/* vms_course.c: from the token to the socket, and back. */
void vms_course_begin(struct vms_live *l);                /* at the token */
void vms_course_ask(struct vms_live *l);                  /* for the address, now */
void vms_course_end(struct vms_live *l, const char *why); /* leaves, says goodbye, forgets */
void vms_course_answer(void *user, const struct vms_answer *answer);

#endif
