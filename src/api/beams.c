/* src/api/beams.c - the addresses of Beams, its headers, and the call that is out. */
#include "api/beams.h"

#include <stdlib.h>
#include <string.h>

#include "pusher/secret.h"

enum { ADDRESS_MAX = 600, SECRET_MAX = 300, URL_MAX = 2048 };

struct beams {
    struct http *http;
    char address[ADDRESS_MAX], instance[128];
    char bearer[SECRET_MAX]; /* "Authorization: Bearer ..." */
    uint32_t timeout_ms, retries;
    bool publishes;
    beams_fn *fn; /* of the call that is out; NULL: none */
    void *user;
};

struct beams *beams_create(struct http *http, const struct beams_cfg *cfg)
{
    struct beams *b = calloc(1, sizeof *b);

    if (!b)
        return NULL;
    b->http = http;
    (void)str_copy(b->instance, sizeof b->instance, str_from(cfg->instance));
    if (cfg->base_url && cfg->base_url[0])
        (void)str_copy(b->address, sizeof b->address, str_from(cfg->base_url));
    else
        (void)str_format(b->address, sizeof b->address, "https://%s.pushnotifications.pusher.com",
                         b->instance);
    for (size_t n = strlen(b->address); n > 0 && b->address[n - 1] == '/'; n--)
        b->address[n - 1] = '\0';
    (void)str_format(b->bearer, sizeof b->bearer, "Authorization: Bearer %s", cfg->secret);
    b->timeout_ms = cfg->timeout_ms ? cfg->timeout_ms : BEAMS_TIMEOUT_MS;
    b->retries = cfg->retries;
    return b;
}

void beams_destroy(struct beams *b)
{
    if (!b)
        return;
    http_cancel_all_of(b->http, b);
    pusher_wipe(b->bearer, sizeof b->bearer);
    free(b);
}

const char *beams_address(const struct beams *b)
{
    return b->address;
}

static void on_answer(void *user, const struct http_answer *http)
{
    struct beams *b = user;
    beams_fn *fn = b->fn;
    struct beams_told told = {
        .status = http->status, .failure = http->failure, .retry_after_ms = http->retry_after_ms};

    if (http->status != 0)
        beams_answer_read(&told.meaning, http->status, http->body, b->publishes);
    b->fn = NULL; /* another call may be begun inside */
    fn(b->user, &told);
}

static enum ct_err send(struct beams *b, const char *method, const char *url, struct str body,
                        beams_fn *fn, void *user)
{
    const struct http_request request = {
        .method = method,
        .url = url,
        .headers = {b->bearer, "Content-Type: application/json", "Accept: application/json",
                    "X-Pusher-Library: pusher-push-notifications-chargetop " CHARGETOP_VERSION},
        .body = body,
        .timeout_ms = b->timeout_ms,
        .retries = b->retries};

    if (b->fn)
        return CT_ERR_STATE;
    b->publishes = body.len > 0;
    const enum ct_err err = http_send(b->http, &request, on_answer, b, NULL);
    if (err == CT_OK) {
        b->fn = fn;
        b->user = user;
    }
    return err;
}

enum ct_err beams_publish(struct beams *b, enum beams_to to, struct str body, beams_fn *fn,
                          void *user)
{
    char url[URL_MAX];

    (void)str_format(url, sizeof url, "%s/publish_api/v1/instances/%s/publishes/%s", b->address,
                     b->instance, to == BEAMS_TO_USERS ? "users" : "interests");
    return send(b, "POST", url, body, fn, user);
}

/* Every byte that is not unreserved becomes %XX (RFC 3986 2.3). */
static void encode_segment(struct str text, char *to, size_t cap)
{
    size_t len = 0;

    for (size_t i = 0; i < text.len && len + 4 < cap; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '~' ||
                           (c == '.' && text.len > 2); /* "." and ".." would be resolved */
        len += str_format(to + len, cap - len, plain ? "%c" : "%%%02X", c);
    }
    to[len] = '\0';
}

enum ct_err beams_delete_user(struct beams *b, struct str user_id, beams_fn *fn, void *user)
{
    char url[URL_MAX], id[3 * BEAMS_NAME_MAX + 8];

    if (!beams_user_valid(user_id) || str_eq(user_id, STR(".")) || str_eq(user_id, STR("..")))
        return CT_ERR_SYNTAX;
    encode_segment(user_id, id, sizeof id);
    (void)str_format(url, sizeof url, "%s/customer_api/v1/instances/%s/users/%s", b->address,
                     b->instance, id);
    return send(b, "DELETE", url, (struct str){NULL, 0}, fn, user);
}
