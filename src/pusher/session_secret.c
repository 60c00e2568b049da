/* src/pusher/session_secret.c - events of encrypted channels: opened at once, or held for a new key (6).
 *
 * An event whose tag does not fit is held, with all that follow it on that channel, while one request
 * asks for the channel's key again. With the answer they are opened in order; what even the new key does
 * not open is dropped and reported. One channel asks at most every 5 s, however many events fail. */
#include "pusher/session_internal.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

/* ---- telling ---- */

static struct pusher_event opened_event(const struct sub *sub, const struct pusher_frame *f,
                                        struct str plain, struct str message)
{
    return (struct pusher_event){.kind = PUSHER_EVENT_DATA,
                                 .encrypted = true,
                                 .channel = session_sub_name(sub),
                                 .name = f->event,
                                 .data = plain,
                                 .user_id = f->user_id,
                                 .text = message};
}

static struct pusher_event sealed_event(const struct sub *sub, const struct pusher_frame *f,
                                        enum pusher_err err, struct str message)
{
    return (struct pusher_event){.kind = PUSHER_EVENT_SEALED,
                                 .err = err,
                                 .encrypted = true,
                                 .channel = session_sub_name(sub),
                                 .name = f->event,
                                 .data = f->data,
                                 .text = message};
}

static enum pusher_err open_data(struct pusher_session *s, const struct sub_secret *secret,
                                 const struct pusher_frame *f, struct str *plain)
{
    buf_reset(&s->plain);
    if (!secret->has_key)
        return PUSHER_ERR_DECRYPT;
    return pusher_secret_open(&secret->key, f->data, &s->plain, plain);
}

/* ---- what is held ---- */

static void drop_first(struct pusher_session *s, struct sub_secret *secret)
{
    struct held *h = secret->first;

    secret->first = h->next;
    if (!secret->first)
        secret->last = NULL;
    secret->held_count--;
    s->held_bytes -= h->len;
    free(h);
}

static void set_opening(struct pusher_session *s, struct sub_secret *secret, bool opening)
{
    if (secret->opening == opening)
        return;
    secret->opening = opening;
    if (opening)
        DL_APPEND(s->opening, secret);
    else
        DL_DELETE(s->opening, secret);
}

static void drop_held(struct pusher_session *s, struct sub_secret *secret)
{
    while (secret->first)
        drop_first(s, secret);
    set_opening(s, secret, false);
}

static bool hold(struct pusher_session *s, struct sub_secret *secret, struct str message)
{
    struct held *h;

    if (secret->held_count == PUSHER_HELD_MAX ||
        message.len > SESSION_HELD_MAX_BYTES - s->held_bytes)
        return false;
    h = malloc(sizeof *h + message.len);
    if (!h)
        return false;
    h->next = NULL;
    h->len = message.len;
    memcpy(h->text, message.ptr, message.len);
    if (secret->last)
        secret->last->next = h;
    else
        secret->first = h;
    secret->last = h;
    secret->held_count++;
    s->held_bytes += message.len;
    return true;
}

/* ---- a new key ---- */

static void end_rekey(struct pusher_session *s, struct sub_secret *secret)
{
    struct sub *sub = secret->sub;

    if (secret->rekey == REKEY_ASKED)
        s->auth_in_flight--;
    else if (secret->rekey == REKEY_LINED)
        session_set_line(s, sub, LINE_NONE);
    else if (secret->rekey == REKEY_PAUSED)
        session_due_remove(s, sub);
    secret->rekey = REKEY_NONE;
}

static void start_rekey(struct pusher_session *s, struct sub_secret *secret)
{
    struct sub *sub = secret->sub;
    const bool recent = secret->asked_at_ms != UINT64_MAX &&
                        s->now_ms - secret->asked_at_ms < SESSION_REKEY_PAUSE_MS;

    end_rekey(s, secret);
    if (recent) {
        secret->rekey = REKEY_PAUSED;
        session_due_add(s, sub, secret->asked_at_ms + SESSION_REKEY_PAUSE_MS);
    } else {
        secret->rekey = REKEY_LINED;
        session_set_line(s, sub, LINE_REKEY);
    }
}

void session_secret_asked(struct pusher_session *s, struct sub *sub)
{
    struct sub_secret *secret = sub->secret;

    session_set_line(s, sub, LINE_NONE);
    secret->rekey = REKEY_ASKED;
    secret->asked_at_ms = s->now_ms;
    s->auth_in_flight++;
}

bool session_secret_tick(struct pusher_session *s, struct sub *sub)
{
    struct sub_secret *secret = sub->secret;

    if (!secret || secret->rekey != REKEY_PAUSED)
        return false;
    secret->rekey = REKEY_LINED;
    session_set_line(s, sub, LINE_REKEY);
    return true;
}

/* What is held can be taken: opened with the key there is, or as lost for the reason given. */
static void settle(struct pusher_session *s, struct sub_secret *secret, enum pusher_err give_up)
{
    end_rekey(s, secret);
    secret->tries = 0;
    secret->give_up = give_up;
    if (secret->first)
        set_opening(s, secret, true);
}

bool session_secret_answer(struct pusher_session *s, struct sub *sub, struct str body)
{
    struct sub_secret *secret = sub->secret;
    enum pusher_err err = PUSHER_ERR_AUTH;
    char why[PUSHER_REASON_MAX + 1];
    struct json_value answer;
    struct str base64;

    if (!secret || secret->rekey != REKEY_ASKED)
        return false;
    const char *wrong = session_read_answer(s, body, &answer);

    if (!wrong && session_take_string(s, answer, STR("shared_secret"), &base64))
        err = session_secret_take(s, sub, base64);
    session_wipe_scratch(s);
    if (err != PUSHER_OK) {
        session_explain_answer(why, wrong ? wrong : "has no usable shared_secret", body);
        session_push_fault(s, PUSHER_ERR_AUTH, 0, session_sub_name(sub), str_from(why));
        settle(s, secret, PUSHER_ERR_DECRYPT);
    } else {
        settle(s, secret, PUSHER_OK);
    }
    return true;
}

bool session_secret_refused(struct pusher_session *s, struct sub *sub, enum pusher_refusal how)
{
    struct sub_secret *secret = sub->secret;

    if (!secret || secret->rekey != REKEY_ASKED)
        return false;
    if (how == PUSHER_REFUSED_RETRY && ++secret->tries < SESSION_REKEY_TRIES_MAX)
        start_rekey(s, secret);
    else
        settle(s, secret, PUSHER_ERR_DECRYPT);
    return true;
}

/* ---- events ---- */

static void tell_sealed(struct pusher_session *s, const struct sub *sub,
                        const struct pusher_frame *f, enum pusher_err err, struct str message)
{
    const struct pusher_event ev = sealed_event(sub, f, err, message);

    (void)session_push(s, &ev);
}

static void hold_event(struct pusher_session *s, struct sub_secret *secret,
                       const struct pusher_frame *f, struct str message)
{
    if (!hold(s, secret, message)) {
        tell_sealed(s, secret->sub, f, PUSHER_ERR_LIMIT, message);
        return;
    }
    (void)session_push(s, &(struct pusher_event){.kind = PUSHER_EVENT_HELD,
                                                 .channel = session_sub_name(secret->sub),
                                                 .name = f->event});
    if (secret->rekey == REKEY_NONE && !secret->opening)
        start_rekey(s, secret);
}

void session_secret_event(struct pusher_session *s, struct sub *sub, const struct pusher_frame *f,
                          struct str message)
{
    struct sub_secret *secret = sub->secret;
    struct str plain = STR("");
    enum pusher_err err = PUSHER_ERR_DECRYPT;

    if (secret && secret->first &&
        message.len > 0) { /* whatever it is, it comes behind what is held */
        hold_event(s, secret, f, message);
        return;
    }
    if (secret)
        err = open_data(s, secret, f, &plain);
    if (err == PUSHER_OK) {
        const struct pusher_event ev = opened_event(sub, f, plain, message);

        (void)session_push(s, &ev);
    } else if (err == PUSHER_ERR_DECRYPT && secret && message.len > 0 &&
               sub->actual == ACTUAL_SUBSCRIBED) {
        hold_event(s, secret, f, message);
    } else {
        tell_sealed(s, sub, f, err, message);
    }
}

/* Made one at a time, so that what is held needs no room in the queue. */
bool session_secret_next(struct pusher_session *s, struct pusher_event *out)
{
    struct sub_secret *secret = s->opening;
    struct pusher_frame f;
    struct str plain, message;
    enum pusher_err err;

    if (!secret)
        return false;
    message = (struct str){secret->first->text, secret->first->len};
    err = pusher_frame_parse(message, &s->scratch, &f);
    if (err != PUSHER_OK)
        return false; /* it was read before: no memory, and asked again with the next input */
    err = secret->give_up != PUSHER_OK ? secret->give_up : open_data(s, secret, &f, &plain);
    if (err == PUSHER_ERR_NOMEM)
        return false;
    *out = err == PUSHER_OK ? opened_event(secret->sub, &f, plain, message)
                            : sealed_event(secret->sub, &f, err, message);
    out->generation = s->generation;
    out->late = true;
    if (!session_keep(s, out))
        return false;
    drop_first(s, secret);
    if (!secret->first)
        set_opening(s, secret, false);
    return true;
}

/* ---- life ---- */

enum pusher_err session_secret_take(struct pusher_session *s, struct sub *sub, struct str base64)
{
    struct sub_secret *secret = sub->secret;
    struct pusher_key key;
    const enum pusher_err err = pusher_key_from_base64(base64, &key);

    (void)s;
    if (err != PUSHER_OK)
        return err;
    if (!secret)
        secret = calloc(1, sizeof *secret);
    if (secret) {
        if (!sub->secret)
            secret->asked_at_ms = UINT64_MAX;
        sub->secret = secret;
        secret->sub = sub;
        secret->key = key;
        secret->has_key = true;
    }
    pusher_key_wipe(&key);
    return secret ? PUSHER_OK : PUSHER_ERR_NOMEM;
}

/* A new socket gets a new key with its signature. */
void session_secret_down(struct pusher_session *s, struct sub *sub)
{
    struct sub_secret *secret = sub->secret;

    if (!secret)
        return;
    pusher_key_wipe(&secret->key);
    secret->has_key = false;
    settle(s, secret, PUSHER_ERR_DECRYPT);
    secret->asked_at_ms = UINT64_MAX;
}

void session_secret_rest(struct pusher_session *s, struct sub *sub)
{
    if (!sub->secret)
        return;
    end_rekey(s, sub->secret);
    drop_held(s, sub->secret);
}

void session_secret_drop(struct pusher_session *s, struct sub *sub)
{
    struct sub_secret *secret = sub->secret;

    if (!secret)
        return;
    session_secret_rest(s, sub);
    pusher_key_wipe(&secret->key);
    free(secret);
    sub->secret = NULL;
}
