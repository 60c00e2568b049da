/* Knows what a client may ask for, and the words in which it is refused. */
#include "pusher/hub_internal.h"

#include <string.h>

#include "base/json_write.h"
#include "base/text.h"
#include "pusher/sign.h"

enum {
    SHOWN_CAP = 96, /* of a peer's text inside an error message */
    MESSAGE_CAP = 256
};

/* ---- refusals -------------------------------------------------------------------------- */

struct hub_text *hub_error_text(struct hub *h, struct str channel, int32_t code, struct str message)
{
    struct json_writer w;

    buf_reset(&h->data);
    jw_init(&w, &h->data);
    jw_object(&w);
    jw_key(&w, "code");
    if (code == 0)
        jw_null(&w);
    else
        jw_i64(&w, code);
    jw_key(&w, "message");
    jw_str(&w, message);
    jw_object_end(&w);
    if (w.err != CT_OK)
        return NULL;
    /* An object, not a string of one: Swift ignores the latter. */
    return hub_text_of_frame(h, pusher_frame_event(&h->frame, STR("pusher:error"), channel,
                                                   PUSHER_DATA_JSON, buf_str(&h->data),
                                                   (struct str){0}));
}

void hub_complain(struct hub *h, struct hub_conn *c, struct str message)
{
    hub_reply(h, c, hub_error_text(h, (struct str){0}, 0, message));
}

struct str hub_text_member(struct json_value object, struct str key, char *to, size_t cap)
{
    struct json_value v;

    if (!json_get(object, key, &v) || v.type != JSON_STRING)
        return (struct str){to, 0};
    return (struct str){to, json_string_copy(v, to, cap)};
}

bool hub_signature_is(struct hub *h, enum pusher_err made, struct str auth)
{
    /* The key stands in front of the signature, so another app's key is refused as well. */
    const bool ok = made == PUSHER_OK && pusher_equal_constant_time(buf_str(&h->data), auth);

    buf_reset(&h->data);
    return ok;
}

/* ---- dispatch -------------------------------------------------------------------------- */

static void handle_ping(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    (void)f;
    hub_reply(h, c, hub_text_of_frame(h, pusher_frame_pong(&h->frame)));
}

static void handle_pong(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    (void)h, (void)c, (void)f; /* having been heard is all there is to it */
}

static void handle_unknown(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    char shown[SHOWN_CAP], message[MESSAGE_CAP];

    hub_rejected(h, c, HUB_REJECT_EVENT);
    text_clean(shown, sizeof shown, f->event);
    hub_complain(
        h, c,
        (struct str){message, str_format(message, sizeof message,
                                         "Unsupported event received on socket: %s", shown)});
}

static const struct {
    const char *event;
    void (*handle)(struct hub *h, struct hub_conn *c, const struct pusher_frame *f);
} handlers[] = {
    {"pusher:ping", handle_ping},
    {"pusher:pong", handle_pong},
    {"pusher:subscribe", hub_handle_subscribe},
    {"pusher:unsubscribe", hub_handle_unsubscribe},
    {"pusher:signin", hub_handle_signin},
};

static void dispatch(struct hub *h, struct hub_conn *c, const struct pusher_frame *f)
{
    for (size_t i = 0; i < COUNT_OF(handlers); i++) {
        if (str_eq(f->event, str_from(handlers[i].event))) {
            handlers[i].handle(h, c, f);
            return;
        }
    }
    if (str_starts(f->event, STR("client-")))
        hub_handle_client_event(h, c, f);
    else
        handle_unknown(h, c, f);
}

void hub_message_handle(struct hub *h, struct hub_conn *c, struct str text)
{
    enum pusher_err err = PUSHER_ERR_NOT_UTF8;
    struct pusher_frame f;

    if (text_is_utf8(text))
        err = pusher_frame_parse(text, &h->parse, &f);
    if (err == PUSHER_OK)
        dispatch(h, c, &f);
    if (err == PUSHER_OK)
        return;
    hub_rejected(h, c, HUB_REJECT_MESSAGE);
    hub_complain(h, c, str_from(pusher_strerror(err)));
}
