/* src/api/vms.h - how a client of a video management back end gets a token and learns where its socket is
 * (domain.md 4.1, 4.2).
 *
 * Two calls: POST api/v1/token with login and password, GET api/v1/wsurl with the token. Neither token nor
 * password is part of any text. */
#ifndef CHARGETOP_API_VMS_H
#define CHARGETOP_API_VMS_H

#include "net/http.h"
#include "net/token.h"
#include "net/url.h"

enum {
    VMS_API_HEADERS_MAX = 16,
    VMS_API_BASE_MAX = 512,
    VMS_API_KEY_MAX = 128,
    VMS_API_ID_MAX = 64,
    VMS_API_PATH_MAX = 256,
    VMS_API_TEXT_MAX = 300,
    VMS_API_DEVICE_MAX = 64
};

/* Where the socket is. */
struct vms_address {
    char host[URL_HOST_MAX];
    uint16_t port;
    bool tls;
    char path[VMS_API_PATH_MAX]; /* prefix before /app/, "" for none */
    bool path_guessed;           /* nobody named one: "/pusher" is tried first, then none */
    char key[VMS_API_KEY_MAX];
};

/* What a login gives. */
struct vms_login {
    char token[TOKEN_MAX_BYTES]; /* a secret: wipe it */
    char user_id[VMS_API_ID_MAX], token_id[VMS_API_ID_MAX];
    char user_name[VMS_API_ID_MAX];
};

/* Of the body of api/v1/wsurl; ws_url and app_key are needed, port and path fill gaps. False with *fault
 * filled: what is missing or wrong, or a plain ws address where plain is not allowed. */
bool vms_address_read(struct str body, bool plain_allowed, struct vms_address *out,
                      struct fault *fault);
/* Of the body of api/v1/token. Without a token: false with *fault filled. */
bool vms_login_read(struct str body, struct vms_login *out, struct fault *fault);
/* What an answer that is no success means and what to do, for people: the server's own words, the errors of
 * 422 by field, the sessions of 419 included. status 0: no answer, text says why. Returns bytes. */
size_t vms_status_text(int32_t status, struct str body, const char *text, char *to, size_t cap);
/* Whether another try without anybody's help can succeed: no answer, 408, 425, 429, 5xx. */
bool vms_status_passing(int32_t status);

struct vms_api_cfg {
    const char *base; /* "https://vms.example.com/", api/v1/ is added if missing */
    const char
        *headers[VMS_API_HEADERS_MAX]; /* "Name: value"; they replace ours of the same name */
    const char *device_id;             /* X-UUID; NULL or "": not sent */
    const char *language;              /* hl; NULL: "en" */
    bool plain_allowed;                /* a ws address (not wss) may be used */
    uint32_t timeout_ms;               /* 0: 60 000 */
};

struct vms_answer {
    int32_t status; /* 0: no answer */
    bool good;      /* address or login below is filled */
    uint64_t retry_after_ms;
    char text[VMS_API_TEXT_MAX]; /* why not, in one line */
    char cause[24];              /* a name of fleet/explain.h, or empty */
    struct vms_address address;
    struct vms_login login;
};
/* May destroy the api. The answer is wiped afterwards. */
typedef void vms_answer_fn(void *user, const struct vms_answer *answer);

struct vms_api;
/* http is borrowed, all else is copied. NULL with *fault filled. */
struct vms_api *vms_api_create(struct http *http, const struct vms_api_cfg *cfg, vms_answer_fn *fn,
                               void *user, struct fault *fault);
void vms_api_destroy(struct vms_api *a);
/* One call at a time: CT_ERR_STATE while one runs. */
enum ct_err vms_api_login(struct vms_api *a, const char *login, const char *password);
/* authorization: "Authorization: Bearer ...", sent and not kept. */
enum ct_err vms_api_wsurl(struct vms_api *a, const char *authorization);
void vms_api_cancel(struct vms_api *a);
/* X-Socket-ID of calls to come, so that the server leaves this connection out of what they cause. */
void vms_api_socket_id(struct vms_api *a, struct str socket_id);
/* "https://host/api/v1/" */
const char *vms_api_base(const struct vms_api *a);
/* The headers that every request has, for those to the authorization endpoint: up to max, borrowed. */
size_t vms_api_headers(const struct vms_api *a, const char **to, size_t max);

#endif
