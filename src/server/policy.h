/* src/server/policy.h - who may authenticate and join: the functions that the auth endpoints ask.
 *
 * The built-in policy is a list of bearer tokens (tokens.h); another one is another table. */
#ifndef CHARGETOP_SERVER_POLICY_H
#define CHARGETOP_SERVER_POLICY_H

#include <stdint.h>

#include "base/str.h"

/* Whoever showed an acceptable Authorization header; texts are borrowed until the policy changes. */
struct server_user {
    struct str id;        /* of presence channels and of signing in; empty: can do neither */
    struct str info;      /* JSON, may be empty */
    struct str watchlist; /* JSON array, may be empty */
    const void *token;    /* the policy's own record */
    uint64_t bucket;      /* tells tokens apart where requests are counted; no secret */
};

struct server_policy {
    void *user;
    /* False: nobody (401). */
    bool (*identify)(void *user, struct str authorization, struct server_user *out);
    /* False: not this channel (403). The channel's name is valid. */
    bool (*may_join)(void *user, const struct server_user *who, struct str app_id,
                     struct str channel);
    /* False: may not sign in to this application (403). NULL: whoever was identified may. */
    bool (*may_sign_in)(void *user, const struct server_user *who, struct str app_id);
};

#endif
