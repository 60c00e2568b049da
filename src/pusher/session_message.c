/* src/pusher/session_message.c - what a message means once the greeting is done (2.5, 4.2-4.7).
 *
 * The way of an application event is short: one parse, one look-up by channel, one copy. */
#include "pusher/session_internal.h"

#include "base/json.h"

/* ---- events ---- */

static void push_data(struct pusher_session *s, const struct pusher_frame *f, struct str name)
{
    (void)session_push(s, &(struct pusher_event){.kind = PUSHER_EVENT_DATA,
                                                 .channel = f->channel,
                                                 .name = name,
                                                 .data = f->data,
                                                 .user_id = f->user_id});
}

/* Events of a channel that is not wanted are dropped: its unsubscribe is under way. */
static struct sub *wanted(const struct pusher_session *s, struct str channel)
{
    struct sub *sub = session_find(s, channel);

    return sub && sub->wanted ? sub : NULL;
}

static void member_changed(struct pusher_session *s, const struct pusher_frame *f, bool added)
{
    struct sub *sub = wanted(s, f->channel);
    enum pusher_err err;
    bool changed;

    if (!sub || sub->state != WIRE_SUB_SUBSCRIBED)
        return;
    if (!SESSION_ROSTERS) {
        push_data(s, f, added ? STR("pusher:member_added") : STR("pusher:member_removed"));
        return;
    }
    if (!sub->roster)
        return;
    err = added ? pusher_roster_add(sub->roster, f->data, &changed)
                : pusher_roster_remove(sub->roster, f->data, &changed);
    if (err != PUSHER_OK)
        session_push_fault(s, err, 0, f->channel, STR(""));
    else if (changed) /* a server that counts connections says it once for each */
        push_data(s, f, added ? STR("pusher:member_added") : STR("pusher:member_removed"));
}

static void count_changed(struct pusher_session *s, const struct pusher_frame *f)
{
    struct sub *sub = wanted(s, f->channel);
    struct json_value v, count;
    int64_t value;

    if (!sub)
        return;
    if (json_parse(f->data, &v) == CT_OK && v.type == JSON_OBJECT &&
        json_get(v, STR("subscription_count"), &count) && json_i64(count, &value) && value >= 0)
        sub->count = value;
    push_data(s, f, STR("pusher:subscription_count"));
}

/* ---- errors ---- */

static void read_text(struct json_value object, struct str key, struct session_error *out)
{
    struct json_value v;

    if (json_get(object, key, &v) && v.type == JSON_STRING)
        (void)json_string_copy(v, out->text, sizeof out->text);
}

static int32_t read_code(struct json_value object, struct str key)
{
    struct json_value v;
    int64_t code;

    if (!json_get(object, key, &v) || !json_i64(v, &code) || code < INT32_MIN || code > INT32_MAX)
        return 0;
    return (int32_t)code;
}

void session_read_error(struct str data, struct session_error *out)
{
    struct json_value v;

    out->code = 0;
    out->text[0] = '\0';
    if (json_parse(data, &v) == CT_OK && v.type == JSON_OBJECT) {
        out->code = read_code(v, STR("code"));
        read_text(v, STR("message"), out);
    } else {
        (void)str_copy(out->text, sizeof out->text, data);
    }
}

static bool is_channel_byte(char c)
{
    return pusher_channel_valid((struct str){&c, 1}, 1) || c == '#';
}

static bool ends_sentence(char c)
{
    return c == '.' || c == ',' || c == ';';
}

/* The channel with a subscribe under way that the text names, or NULL. Each run of bytes that a
 * name may hold is looked up, without the punctuation a sentence puts behind it. */
static struct sub *named_in(const struct pusher_session *s, struct str text)
{
    for (size_t i = 0; i < text.len;) {
        size_t end = i;

        while (end < text.len && is_channel_byte(text.ptr[end]))
            end++;
        for (size_t cut = end; cut > i; cut--) {
            struct sub *sub = session_find(s, (struct str){text.ptr + i, cut - i});

            if (sub && sub->actual == ACTUAL_SENT)
                return sub;
            if (!ends_sentence(text.ptr[cut - 1]))
                break;
        }
        i = end + 1;
    }
    return NULL;
}

bool session_error_mentions(const struct session_error *e, struct str word)
{
    const struct str text = str_from(e->text);

    return str_find_nocase(text, word) < text.len;
}

/* The subscription a pusher:error is about, by its channel member (soketi), by the name in its
 * text (cloud), or because only one can be meant (Reverb); NULL if none. */
static struct sub *subject_of(const struct pusher_session *s, const struct pusher_frame *f,
                              const struct session_error *e)
{
    struct sub *sub = session_find(s, f->channel);

    if (e->code != 0 && pusher_code_info(e->code)->reaction == PUSHER_REACT_REPORT)
        return NULL; /* about a client event */
    if (f->channel.len > 0)
        return sub && sub->actual == ACTUAL_SENT ? sub : NULL;
    sub = named_in(s, str_from(e->text));
    if (!sub && s->user.state == WIRE_SUB_SENT)
        return NULL; /* then it may be about the sign-in as well */
    if (!sub && s->sent == 1 && (e->code == 4009 || session_error_mentions(e, STR("subscription"))))
        sub = s->lines[LINE_SENT];
    return sub;
}

static bool is_refusal(const struct session_error *e)
{
    static const char *const words[] = {"auth", "signature", "key", "permission", "forbidden"};

    if (e->code != 0)
        return pusher_code_info(e->code)->reaction == PUSHER_REACT_STOP;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (session_error_mentions(e, str_from(words[i])))
            return true;
    return false;
}

/* Only kept for the case that the socket ends without a code of its own: some servers answer a
 * message they did not like with 4200 and go on. While a subscribe is under way, 4009 is most
 * likely its answer. */
static void remember(struct pusher_session *s, int32_t code)
{
    if (code == 0 || pusher_code_info(code)->reaction == PUSHER_REACT_REPORT)
        return;
    if (code == 4009 && s->sent > 0)
        return;
    s->error_code = code;
    s->error_at_ms = s->now_ms;
}

static void server_error(struct pusher_session *s, const struct pusher_frame *f)
{
    struct session_error e;
    struct sub *sub;

    session_read_error(f->data, &e);
    if (session_trigger_error(s, f, &e))
        return;
    sub = subject_of(s, f, &e);
    if (sub && str_starts(str_from(e.text), STR("Existing subscription"))) {
        session_push_fault(s, PUSHER_ERR_SERVER, e.code, session_sub_name(sub), str_from(e.text));
        session_sub_repair(s, sub);
    } else if (sub && is_refusal(&e)) {
        session_deny(s, sub, PUSHER_ERR_SERVER, e.code,
                     str_from(e.text[0] ? e.text : "refused by the server"));
    } else if (sub) {
        session_fail(s, sub, PUSHER_ERR_SERVER, e.code,
                     str_from(e.text[0] ? e.text : "failed at the server"));
    } else {
        remember(s, e.code);
        if (f->channel.len > 0 || !session_user_error(s, &e))
            session_push_fault(s, PUSHER_ERR_SERVER, e.code, f->channel, str_from(e.text));
    }
}

/* pusher:subscription_error as soketi sends it: type, error, status. pusher-fake sends
 * pusher_internal:subscription_error with an empty object, and only for a bad signature. */
static void subscription_error(struct pusher_session *s, const struct pusher_frame *f,
                               bool internal)
{
    struct sub *sub = session_find(s, f->channel);
    struct session_error e = {0};
    bool refused = internal;
    int32_t status = 0;
    struct json_value v, type;

    if (json_parse(f->data, &v) == CT_OK && v.type == JSON_OBJECT) {
        status = read_code(v, STR("status"));
        read_text(v, STR("error"), &e);
        refused = (internal && status == 0) || status == 401 || status == 403 ||
                  (json_get(v, STR("type"), &type) && json_string_is(type, STR("AuthError")));
    }
    if (e.text[0] == '\0')
        (void)str_copy(e.text, sizeof e.text, STR("the server refused the subscription"));
    if (!sub || sub->actual != ACTUAL_SENT)
        session_push_fault(s, PUSHER_ERR_SERVER, status, f->channel, str_from(e.text));
    else if (refused)
        session_deny(s, sub, PUSHER_ERR_SERVER, status, str_from(e.text));
    else
        session_fail(s, sub, PUSHER_ERR_SERVER, status, str_from(e.text));
}

/* ---- the connection's own messages ---- */

static void answer_ping(struct pusher_session *s)
{
    buf_reset(&s->out);
    if (pusher_frame_pong(&s->out) == PUSHER_OK)
        (void)session_push_send(s, buf_str(&s->out));
    else
        session_push_fault(s, PUSHER_ERR_NOMEM, 0, STR(""), STR(""));
}

static void take_pong(struct pusher_session *s)
{
    if (s->ping_sent_ms == UINT64_MAX)
        return; /* unasked: proof of life, but no round trip */
    (void)session_push(
        s, &(struct pusher_event){.kind = PUSHER_EVENT_PONG, .value = s->now_ms - s->ping_sent_ms});
    s->ping_sent_ms = UINT64_MAX;
}

static void dispatch_internal(struct pusher_session *s, const struct pusher_frame *f,
                              struct str name)
{
    if (str_eq(name, STR("subscription_succeeded")))
        session_sub_succeeded(s, f->channel, f->data);
    else if (str_eq(name, STR("member_added")))
        member_changed(s, f, true);
    else if (str_eq(name, STR("member_removed")))
        member_changed(s, f, false);
    else if (str_eq(name, STR("subscription_error")))
        subscription_error(s, f, true);
    else if (str_eq(name, STR("subscription_count")))
        count_changed(s, f);
    else if (str_eq(name, STR("watchlist_events")) && s->user.wanted)
        push_data(s, f, STR("pusher:watchlist_events"));
    /* Any other internal event is of a later protocol: not for the application. */
}

static void dispatch_public(struct pusher_session *s, const struct pusher_frame *f, struct str name)
{
    if (str_eq(name, STR("ping")))
        answer_ping(s);
    else if (str_eq(name, STR("pong")))
        take_pong(s);
    else if (str_eq(name, STR("error")))
        server_error(s, f);
    else if (str_eq(name, STR("subscription_error")))
        subscription_error(s, f, false);
    else if (str_eq(name, STR("signin_success")))
        session_user_succeeded(s, f->data);
    else if (str_eq(name, STR("connection_established")))
        session_push_fault(s, PUSHER_ERR_BAD_DATA, 0, STR(""), STR("the server greeted twice"));
    else if (wanted(s, f->channel)) /* pusher:cache_miss and its like */
        push_data(s, f, f->event);
}

/* The usual case. */
static void application_event(struct pusher_session *s, const struct pusher_frame *f,
                              struct str message)
{
    struct sub *sub = wanted(s, f->channel);

    if (!sub)
        return;
    if (sub->traits.kind == PUSHER_CHANNEL_ENCRYPTED)
        session_secret_event(s, sub, f, message);
    else
        push_data(s, f, f->event);
}

static struct str behind(struct str name, struct str prefix)
{
    return (struct str){name.ptr + prefix.len, name.len - prefix.len};
}

void session_dispatch(struct pusher_session *s, const struct pusher_frame *f, struct str message)
{
    const struct str public_prefix = STR("pusher:");
    const struct str internal_prefix = STR("pusher_internal:");

    if (f->event.ptr[0] == 'p') { /* names are never empty */
        if (str_starts(f->event, public_prefix)) {
            dispatch_public(s, f, behind(f->event, public_prefix));
            return;
        }
        if (str_starts(f->event, internal_prefix)) {
            dispatch_internal(s, f, behind(f->event, internal_prefix));
            return;
        }
    }
    application_event(s, f, message);
}
