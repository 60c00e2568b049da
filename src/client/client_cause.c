/* Knows which explanation (fleet/explain.h) belongs to a failure of socket, session or subscription. */
#include "client/client_impl.h"

/* A close frame or a status has a number that says more than the failure. */
const char *client_cause_of_close(const struct ws_closed *why)
{
    return why->code == CLIENT_CODE_ABNORMAL && why->http_status == 0
               ? net_failure_cause(why->failure)
               : "";
}

const char *client_cause_of_err(enum pusher_err err)
{
    switch (err) {
    case PUSHER_ERR_NOMEM:
        return "no-memory";
    case PUSHER_ERR_TOO_LARGE:
        return "too-large";
    case PUSHER_ERR_NOT_UTF8:
        return "utf-8";
    case PUSHER_ERR_NOT_JSON:
        return "json";
    case PUSHER_ERR_NO_EVENT:
        return "no-event";
    case PUSHER_ERR_BAD_DATA:
        return "bad-data";
    case PUSHER_ERR_LIMIT:
        return "send";
    case PUSHER_ERR_AUTH:
        return "auth-answer";
    case PUSHER_ERR_PONG_TIMEOUT:
        return "pong-timeout";
    case PUSHER_ERR_HELLO_TIMEOUT:
        return "hello-timeout";
    case PUSHER_ERR_CONNECT_TIMEOUT:
        return "connect-timeout";
    case PUSHER_ERR_SUBSCRIBE_TIMEOUT:
        return "subscribe-timeout";
    case PUSHER_ERR_SIGNIN_TIMEOUT:
        return "signin-timeout";
    case PUSHER_ERR_DECRYPT:
        return "decrypt";
    case PUSHER_ERR_CLIENT_EVENT:
        return "client-event";
    default:
        return "";
    }
}

const char *client_cause_of_sub(const struct pusher_event *ev, int32_t *code)
{
    *code = ev->code > 0 ? ev->code : 0;
    if (ev->code == CLIENT_REFUSED_NO_USER_ENDPOINT || ev->code == CLIENT_REFUSED_NO_ENDPOINT)
        return "auth-endpoint";
    if (ev->code == CLIENT_REFUSED_NO_TOKEN)
        return "no-token";
    if (ev->code < 0)
        return net_failure_cause((enum net_failure) - ev->code);
    if (ev->err != PUSHER_ERR_SERVER)
        return client_cause_of_err(ev->err);
    if (str_find_nocase(ev->text, STR("signature")) < ev->text.len)
        return "signature";
    return ev->code == 0 ? "server-error" : "";
}
