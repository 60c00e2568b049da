/* src/api/beams.h - Pusher Beams asked over HTTP (pusher-channels.md 9). Each call is answered once
 * through its function, from the loop, and never repeated by itself unless cfg says so. */
#ifndef CHARGETOP_API_BEAMS_H
#define CHARGETOP_API_BEAMS_H

#include "decode/beams.h"
#include "net/http.h"

enum { BEAMS_TIMEOUT_MS = 5000 };

struct beams_cfg {
    const char
        *base_url; /* without a slash at its end; NULL or "": the hosted service of the instance */
    const char *instance, *secret;
    uint32_t timeout_ms; /* of one try; 0: BEAMS_TIMEOUT_MS */
    uint32_t retries;
};

struct beams_told {
    struct beams_answer meaning; /* when status is not 0 */
    int32_t status;              /* of HTTP; 0: no answer, see failure */
    enum net_failure failure;
    uint64_t retry_after_ms;
};

typedef void beams_fn(void *user, const struct beams_told *told);

struct beams;
/* http is borrowed and must outlive it; strings are copied. NULL: out of memory. */
struct beams *beams_create(struct http *http, const struct beams_cfg *cfg);
void beams_destroy(
    struct beams *b); /* a call without an answer ends; wipes the secret; NULL is fine */
const char *beams_address(const struct beams *b); /* "https://ID.pushnotifications.pusher.com" */

/* One call at a time: CT_ERR_STATE. The body comes as it is sent: beams_check() comes before. */
enum ct_err beams_publish(struct beams *b, enum beams_to to, struct str body, beams_fn *fn,
                          void *user);
/* The user's devices get nothing any more. */
enum ct_err beams_delete_user(struct beams *b, struct str user_id, beams_fn *fn, void *user);

#endif
