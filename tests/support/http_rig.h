/* tests/support/http_rig.h - requests of a backend to the hub of a hub_rig, signed or not, and sentences
 * about the answers. */
#ifndef CHARGETOP_TESTS_HTTP_RIG_H
#define CHARGETOP_TESTS_HTTP_RIG_H

#include "pusher/http_api.h"
#include "pusher/sign.h"
#include "support/hub_rig.h"

#define NOW_S 1700000000 /* the wall clock of every request */
#define EVENTS "/apps/3/events"

struct answer {
    int status;
    bool is_json;
    char body[4096];
};

struct signing {
    const char *key, *secret, *method, *path, *extra; /* extra: "&x=y" decoded, may be "" */
    const char *md5;                                  /* NULL: of the body if there is one */
    int64_t at_s;
};

/* Sends with exactly this query (no signature is added). */
struct answer send_raw(struct hub_rig *r, const char *method, const char *path, const char *query,
                       struct str body);
/* The signed query for this body. */
void sign_query(const struct signing *s, struct str body, char *query, size_t cap);
struct answer send_signed(struct hub_rig *r, const struct signing *s, const char *body);
struct answer post(struct hub_rig *r, const char *path, const char *body);
struct answer get(struct hub_rig *r, const char *path, const char *extra);

void assert_answer(struct answer a, int status, const char *body);
/* An error is a line of plain text that does not give the secret away. */
void assert_error(struct answer a, int status);

#endif
