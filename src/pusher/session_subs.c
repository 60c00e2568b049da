/* src/pusher/session_subs.c - what is wanted against what the server holds, channel by channel.
 *
 * Rules of pusher-channels.md 4.5: one operation per channel at a time; an unsubscribe waits for
 * the success it follows; a new subscribe waits until the server has digested an unsubscribe.
 * What there is to do is kept as lines that subscriptions stand in; session_work.c serves them. */
#include "pusher/session_internal.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

struct sub *session_find(const struct pusher_session *s, struct str channel)
{
    struct sub *sub = NULL;

    if (channel.len > 0)
        HASH_FIND(hh, s->subs, channel.ptr, channel.len, sub);
    return sub;
}

struct str session_sub_name(const struct sub *sub)
{
    return (struct str){sub->name, sub->name_len};
}

/* ---- small steps that keep counts and lists true ---- */

void session_set_line(struct pusher_session *s, struct sub *sub, enum line line)
{
    if (sub->line != LINE_NONE)
        DL_DELETE(s->lines[sub->line], sub);
    sub->line = line;
    if (line != LINE_NONE)
        DL_APPEND(s->lines[line], sub);
}

void session_sub_set_me(struct sub *sub, struct str user_id)
{
    free(sub->me);
    sub->me = user_id.len > 0 ? malloc(user_id.len + 1) : NULL;
    if (sub->me) /* without memory we only do not know who we are */
        (void)str_copy(sub->me, user_id.len + 1, user_id);
}

/* Leaving AUTHORIZING gives its place to another; SENT has a line of its own. */
void session_set_actual(struct pusher_session *s, struct sub *sub, enum actual actual)
{
    if (sub->actual == ACTUAL_AUTHORIZING)
        s->auth_in_flight--;
    if (sub->actual == ACTUAL_SENT)
        s->sent--;
    if (sub->actual == ACTUAL_PARKED) {
        free(sub->parked);
        sub->parked = NULL;
    }
    sub->actual = actual;
    if (actual == ACTUAL_AUTHORIZING)
        s->auth_in_flight++;
    if (actual == ACTUAL_SENT)
        s->sent++;
    session_set_line(s, sub, actual == ACTUAL_SENT ? LINE_SENT : LINE_NONE);
}

static void set_reason(struct sub *sub, struct str reason)
{
    char clean[PUSHER_REASON_MAX + 1];
    size_t len;

    free(sub->reason);
    sub->reason = NULL;
    if (reason.len == 0)
        return;
    session_clean(clean, reason);
    len = strlen(clean) + 1;
    sub->reason = malloc(len); /* without memory the state is told without its reason */
    if (sub->reason)
        memcpy(sub->reason, clean, len);
}

void session_add_news(struct pusher_session *s, struct sub *sub)
{
    if (sub->has_news)
        return;
    DL_APPEND2(s->news, sub, news_prev, news_next);
    sub->has_news = true;
}

void session_drop_news(struct pusher_session *s, struct sub *sub)
{
    if (!sub->has_news)
        return;
    DL_DELETE2(s->news, sub, news_prev, news_next);
    sub->has_news = false;
}

void session_set_state(struct pusher_session *s, struct sub *sub, enum wire_sub state, int32_t code,
                       struct str reason)
{
    if (sub->state != WIRE_SUB_NONE)
        s->counts[sub->state]--;
    if (state != WIRE_SUB_NONE)
        s->counts[state]++;
    sub->state = state;
    sub->code = code;
    sub->err = PUSHER_OK;
    set_reason(sub, reason);
    session_add_news(s, sub);
}

static void destroy(struct pusher_session *s, struct sub *sub)
{
    session_set_actual(s, sub, ACTUAL_NONE);
    session_due_remove(s, sub);
    session_drop_news(s, sub);
    HASH_DEL(s->subs, sub);
    session_secret_drop(s, sub);
    pusher_roster_destroy(sub->roster);
    free(sub->me);
    free(sub->reason);
    free(sub);
}

void session_destroy_if_done(struct pusher_session *s, struct sub *sub)
{
    if (!sub->wanted && sub->actual == ACTUAL_NONE && !sub->has_news && sub->due_index == 0)
        destroy(s, sub);
}

void session_sub_forget(struct pusher_session *s, struct sub *sub)
{
    pusher_roster_destroy(sub->roster);
    sub->roster = NULL;
    sub->count = -1;
    session_secret_drop(s, sub);
}

void session_start(struct pusher_session *s, struct sub *sub)
{
    session_due_remove(s, sub);
    sub->quiet = false;
    session_set_line(s, sub, sub->traits.needs_auth ? LINE_PRIVATE : LINE_PUBLIC);
}

void session_deny(struct pusher_session *s, struct sub *sub, enum pusher_err err, int32_t code,
                  struct str reason)
{
    session_set_actual(s, sub, ACTUAL_NONE);
    session_due_remove(s, sub);
    session_secret_drop(s, sub);
    if (!sub->wanted) {
        session_destroy_if_done(s, sub);
        return;
    }
    session_set_state(s, sub, WIRE_SUB_DENIED, code, reason);
    sub->err = err;
}

void session_fail(struct pusher_session *s, struct sub *sub, enum pusher_err err, int32_t code,
                  struct str reason)
{
    session_set_actual(s, sub, ACTUAL_NONE);
    session_due_remove(s, sub);
    session_secret_drop(s, sub);
    if (!sub->wanted) {
        session_destroy_if_done(s, sub);
        return;
    }
    session_set_state(s, sub, WIRE_SUB_FAILED, code, reason);
    sub->err = err;
    session_due_add(s, sub, s->now_ms + pusher_policy_retry_ms(&s->policy, sub->failures));
    if (sub->failures < UINT32_MAX)
        sub->failures++;
}

/* ---- what the user wants ---- */

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static struct sub *create(struct pusher_session *s, struct str channel)
{
    const size_t entries = HASH_COUNT(s->subs) + 1;
    struct sub *sub;

    if (!session_due_reserve(s, entries))
        return NULL;
    sub = calloc(1, sizeof *sub + channel.len);
    if (!sub)
        return NULL;
    sub->count = -1;
    memcpy(sub->name, channel.ptr, channel.len);
    sub->name_len = channel.len;
    sub->traits = pusher_channel_traits(channel);
    HASH_ADD_KEYPTR(hh, s->subs, sub->name, sub->name_len, sub);
    if (!sub->hh.tbl) { /* no memory for the table */
        free(sub);
        return NULL;
    }
    return sub;
}

/* Wanted for the first time, or again while the end of the last time is not yet digested. */
static void want(struct pusher_session *s, struct sub *sub)
{
    sub->wanted = true;
    sub->failures = 0;
    s->wanted++;
    if (sub->actual == ACTUAL_SENT) {
        session_set_state(s, sub, WIRE_SUB_SENT, 0, STR(""));
    } else if (sub->actual == ACTUAL_SUBSCRIBED && !sub->repaired) {
        session_set_line(s, sub, LINE_NONE); /* its unsubscribe was not sent: all is as it was */
        session_set_state(s, sub, WIRE_SUB_SUBSCRIBED, 0, STR(""));
    } else {
        session_set_state(s, sub, WIRE_SUB_WANTED, 0, STR(""));
        if (s->phase == PHASE_UP && sub->actual == ACTUAL_NONE && !sub->quiet)
            session_start(s, sub);
    }
}

enum pusher_err pusher_session_subscribe(struct pusher_session *s, struct str channel,
                                         uint64_t now_ms)
{
    struct sub *sub;

    session_begin(s, now_ms);
    if (!pusher_channel_valid(channel, PUSHER_CHANNEL_NAME_MAX))
        return PUSHER_ERR_BAD_CHANNEL;
    sub = session_find(s, channel);
    if (sub && sub->wanted) {
        if (sub->state != WIRE_SUB_DENIED && sub->state != WIRE_SUB_FAILED)
            return PUSHER_OK;
        sub->failures = 0;
        session_set_state(s, sub, WIRE_SUB_WANTED, 0, STR(""));
        if (s->phase == PHASE_UP)
            session_start(s, sub);
        return PUSHER_OK;
    }
    if (s->wanted == PUSHER_SUBS_MAX || (!sub && HASH_COUNT(s->subs) >= SESSION_ENTRIES_MAX))
        return PUSHER_ERR_LIMIT;
    if (!sub)
        sub = create(s, channel);
    if (!sub)
        return PUSHER_ERR_NOMEM;
    want(s, sub);
    return PUSHER_OK;
}

static void unwant(struct pusher_session *s, struct sub *sub)
{
    sub->wanted = false;
    s->wanted--;
    session_secret_rest(s, sub);
    session_set_state(s, sub, WIRE_SUB_NONE, 0, STR(""));
    if (sub->actual == ACTUAL_SUBSCRIBED) {
        session_set_line(s, sub, LINE_LEAVING);
    } else if (sub->actual != ACTUAL_SENT) { /* a frame under way is left when it is confirmed */
        session_set_actual(s, sub, ACTUAL_NONE);
        if (!sub->quiet)
            session_due_remove(s, sub);
        session_sub_forget(s, sub);
    }
}

enum pusher_err pusher_session_unsubscribe(struct pusher_session *s, struct str channel,
                                           uint64_t now_ms)
{
    struct sub *sub = session_find(s, channel);

    session_begin(s, now_ms);
    if (!sub || !sub->wanted)
        return PUSHER_ERR_NOT_SUBSCRIBED;
    unwant(s, sub);
    return PUSHER_OK;
}

void session_sub_want(struct pusher_session *s, struct str channel)
{
    const enum pusher_err err = pusher_session_subscribe(s, channel, s->now_ms);

    if (err != PUSHER_OK)
        session_push_fault(s, err, 0, channel, STR(""));
}

void session_sub_unwant(struct pusher_session *s, struct str channel)
{
    struct sub *sub = session_find(s, channel);

    if (sub && sub->wanted)
        unwant(s, sub);
}

/* ---- what the server says ---- */

void session_sub_sent(struct pusher_session *s, struct sub *sub)
{
    session_set_actual(s, sub, ACTUAL_SENT);
    sub->sent_generation = s->generation;
    session_due_add(s, sub, s->now_ms + s->cfg.subscribe_timeout_ms);
    session_set_state(s, sub, WIRE_SUB_SENT, 0, STR(""));
}

static void take_roster(struct pusher_session *s, struct sub *sub, struct str data)
{
    enum pusher_err err = PUSHER_ERR_NOMEM;

    if (!SESSION_ROSTERS || sub->traits.kind != PUSHER_CHANNEL_PRESENCE)
        return;
    if (!sub->roster)
        sub->roster = pusher_roster_create();
    if (sub->roster)
        err = pusher_roster_replace(sub->roster, data);
    if (err != PUSHER_OK)
        session_push_fault(s, err, 0, session_sub_name(sub), STR(""));
}

/* Success for a channel that nobody wants any more (its subscribe timed out, or was never ours):
 * the server is told to stop, or its events would come for ever. */
static void leave_stranger(struct pusher_session *s, struct str channel)
{
    if (!pusher_channel_valid(channel, PUSHER_CHANNEL_NAME_MAX_SERVER))
        return;
    buf_reset(&s->out);
    if (pusher_frame_unsubscribe(&s->out, channel) == PUSHER_OK)
        (void)session_push_send(s, buf_str(&s->out));
}

void session_sub_succeeded(struct pusher_session *s, struct str channel, struct str data)
{
    struct sub *sub = session_find(s, channel);

    if (!sub) {
        leave_stranger(s, channel);
        return;
    }
    /* Late news about what was left already, or about what this socket never asked for. */
    if (sub->sent_generation != s->generation || sub->quiet || sub->line == LINE_LEAVING)
        return;
    if (sub->actual != ACTUAL_SUBSCRIBED) {
        session_due_remove(s, sub);
        session_set_actual(s, sub, ACTUAL_SUBSCRIBED);
        sub->repaired = false;
        sub->failures = 0;
        if (!sub->wanted) {
            session_set_line(s, sub, LINE_LEAVING);
            return;
        }
        session_set_state(s, sub, WIRE_SUB_SUBSCRIBED, 0, STR(""));
    }
    take_roster(s, sub, data);
    session_flush_news(s, sub);
    (void)session_push(s, &(struct pusher_event){.kind = PUSHER_EVENT_DATA,
                                                 .channel = session_sub_name(sub),
                                                 .name = STR("pusher:subscription_succeeded"),
                                                 .data = data});
}

/* "Existing subscription": what we hold and what the server holds differ. Leave, wait, ask again;
 * once, since a server that keeps saying so would be asked for ever. */
void session_sub_repair(struct pusher_session *s, struct sub *sub)
{
    if (sub->repaired) {
        sub->repaired = false;
        session_fail(s, sub, PUSHER_ERR_SERVER, 0,
                     STR("the server insists on an existing subscription"));
        return;
    }
    session_due_remove(s, sub);
    session_set_actual(s, sub, ACTUAL_SUBSCRIBED);
    sub->repaired = true;
    session_set_line(s, sub, LINE_LEAVING);
}

/* ---- the connection comes and goes ---- */

void session_subs_up(struct pusher_session *s)
{
    for (struct sub *sub = s->subs; sub; sub = sub->hh.next)
        if (sub->wanted)
            session_start(s, sub); /* the denied as well: rights or token may have changed */
}

void session_subs_down(struct pusher_session *s)
{
    struct sub *sub, *next;

    HASH_ITER(hh, s->subs, sub, next)
    {
        session_secret_down(s, sub);
        session_set_actual(s, sub, ACTUAL_NONE);
        session_due_remove(s, sub);
        pusher_roster_destroy(sub->roster);
        sub->roster = NULL;
        sub->count = -1;
        sub->quiet = false;
        sub->repaired = false;
        if (!sub->wanted)
            session_destroy_if_done(s, sub);
        else if (sub->state != WIRE_SUB_DENIED && sub->state != WIRE_SUB_WANTED)
            session_set_state(s, sub, WIRE_SUB_WANTED, 0, STR(""));
    }
}

void session_subs_tick(struct pusher_session *s)
{
    while (s->due_count > 0 && s->due[1]->due_ms <= s->now_ms) {
        struct sub *sub = s->due[1];

        session_due_remove(s, sub);
        sub->quiet = false;
        if (session_secret_tick(s, sub))
            continue;
        if (sub->actual == ACTUAL_SENT)
            session_fail(s, sub, PUSHER_ERR_SUBSCRIBE_TIMEOUT, 0,
                         str_from(pusher_strerror(PUSHER_ERR_SUBSCRIBE_TIMEOUT)));
        else if (sub->wanted)
            session_start(s, sub);
        else
            session_destroy_if_done(s, sub);
    }
}

void session_subs_clear(struct pusher_session *s)
{
    struct sub *sub, *next;

    HASH_ITER(hh, s->subs, sub, next)
    {
        destroy(s, sub);
    }
    free(s->due);
    s->due = NULL;
}

/* ---- what the screen asks ---- */

enum wire_sub pusher_session_sub(const struct pusher_session *s, struct str channel)
{
    const struct sub *sub = session_find(s, channel);

    return sub ? sub->state : WIRE_SUB_NONE;
}

const struct pusher_roster *pusher_session_roster(const struct pusher_session *s,
                                                  struct str channel)
{
    const struct sub *sub = session_find(s, channel);

    return sub && sub->state == WIRE_SUB_SUBSCRIBED ? sub->roster : NULL;
}

bool pusher_session_me(const struct pusher_session *s, struct str channel,
                       struct pusher_member *out)
{
    const struct sub *sub = session_find(s, channel);

    if (!sub || sub->state != WIRE_SUB_SUBSCRIBED || !sub->me)
        return false;
    *out = (struct pusher_member){str_from(sub->me), STR("null")};
    if (sub->roster)
        (void)pusher_roster_find(sub->roster, out->user_id, out);
    return true;
}

int64_t pusher_session_subscription_count(const struct pusher_session *s, struct str channel)
{
    const struct sub *sub = session_find(s, channel);

    return sub && sub->state == WIRE_SUB_SUBSCRIBED ? sub->count : -1;
}
