/* Knows what waits for which target, what is under way, and when it is tried again. */
#include "pusher/webhook.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>
#include <utlist.h>

#include "pusher/table_key.h"
#include "pusher/webhook_internal.h"

enum {
    USER_ID_MAX = 136, /* longer ids are cut in the key only */
    KEY_MAX = 1 + PUSHER_CHANNEL_NAME_MAX_SERVER + 1 + USER_ID_MAX
};

struct event { /* as JSON, shared by the targets that want it */
    size_t refs;
    uint64_t at_ms;
    size_t len;
    char bytes[];
};

struct waiting { /* one event in the queue of one target */
    struct waiting *prev, *next;
    struct event *event;
};

struct delivery {
    struct delivery *prev, *next;
    uint64_t id;
    uint64_t first_ms, next_ms; /* first try; next one when not in flight */
    uint64_t backoff_ms;
    bool in_flight;
    struct buf body;
    char signature[PUSHER_SHA256_HEX];
};

struct target {
    struct webhook_target cfg;
    char prefix[PUSHER_CHANNEL_NAME_MAX_SERVER];
    struct waiting *queue;
    size_t queue_count, queue_bytes;
    struct delivery *deliveries;
    size_t delivery_count, in_flight;
};

struct delayed { /* a departure that a return may still cancel */
    UT_hash_handle hh;
    struct delayed *prev, *next;
    uint64_t due_ms;
    size_t channel_len, key_len;
    char key[KEY_MAX]; /* kind, channel, 0, user id */
};

struct webhooks {
    struct target targets[WEBHOOK_TARGETS_MAX];
    size_t target_count;
    struct str secret;
    uint64_t last_id, due_ms;
    bool due_known;
    uint64_t blocked_until_ms;              /* memory was short: not tried at once again */
    struct delayed *delayed, *delayed_list; /* hashed with names_key: clients choose channels */
    struct table_key names_key;
    struct buf scratch;
    struct webhook_counts counts;
};

/* ---- life ------------------------------------------------------------------------------ */

enum pusher_err webhooks_create(struct webhooks **out, const struct webhook_target *targets,
                                size_t count, struct str secret)
{
    struct webhooks *w;

    *out = NULL;
    if (count > WEBHOOK_TARGETS_MAX)
        return PUSHER_ERR_LIMIT;
    for (size_t i = 0; i < count; i++)
        if (targets[i].prefix.len > PUSHER_CHANNEL_NAME_MAX_SERVER)
            return PUSHER_ERR_LIMIT;
    w = calloc(1, sizeof *w);
    if (!w)
        return PUSHER_ERR_NOMEM;
    w->secret = secret;
    w->names_key = table_key_of(secret);
    w->target_count = count;
    buf_init(&w->scratch, WEBHOOK_EVENT_MAX_BYTES);
    for (size_t i = 0; i < count; i++) {
        struct target *t = &w->targets[i];

        t->cfg = targets[i];
        if (t->cfg.kinds == 0)
            t->cfg.kinds = (1U << WEBHOOK_KINDS) - 1;
        if (t->cfg.prefix.len > 0)
            memcpy(t->prefix, t->cfg.prefix.ptr, t->cfg.prefix.len);
        t->cfg.prefix.ptr = t->prefix;
    }
    *out = w;
    return PUSHER_OK;
}

bool webhooks_have_targets(const struct webhooks *w, const struct webhook_target *targets,
                           size_t count)
{
    if (!w || w->target_count != count)
        return !w && count == 0;
    for (size_t i = 0; i < count; i++) {
        const struct webhook_target *has = &w->targets[i].cfg;
        const uint32_t kinds = targets[i].kinds ? targets[i].kinds : (1U << WEBHOOK_KINDS) - 1;

        if (has->kinds != kinds || has->batch != targets[i].batch ||
            !str_eq(has->prefix, targets[i].prefix))
            return false;
    }
    return true;
}

void webhooks_set_secret(struct webhooks *w, struct str secret)
{
    if (w)
        w->secret = secret;
}

void webhooks_follow(struct webhooks *w, const struct webhooks *old)
{
    if (!w || !old)
        return;
    w->last_id = old->last_id;
    w->counts = old->counts;
    w->counts.dropped += webhooks_pending(old);
}

static void event_unref(struct event *e)
{
    if (--e->refs == 0)
        free(e);
}

static void waiting_drop(struct target *t, struct waiting *at)
{
    DL_DELETE(t->queue, at);
    t->queue_count--;
    t->queue_bytes -= at->event->len;
    event_unref(at->event);
    free(at);
}

static void delivery_drop(struct target *t, struct delivery *d)
{
    DL_DELETE(t->deliveries, d);
    t->delivery_count--;
    if (d->in_flight)
        t->in_flight--;
    buf_clear(&d->body);
    free(d);
}

/* NOLINTNEXTLINE(readability-function-size): what is long are the macros of uthash and utlist */
static void delayed_drop(struct webhooks *w, struct delayed *d)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): d is in the table, so there is one */
    HASH_DELETE(hh, w->delayed, d);
    DL_DELETE(w->delayed_list, d);
    free(d);
}

void webhooks_destroy(struct webhooks *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->target_count; i++) {
        while (w->targets[i].queue)
            waiting_drop(&w->targets[i], w->targets[i].queue);
        while (w->targets[i].deliveries)
            delivery_drop(&w->targets[i], w->targets[i].deliveries);
    }
    while (w->delayed_list)
        delayed_drop(w, w->delayed_list);
    buf_clear(&w->scratch);
    free(w);
}

/* ---- being told ------------------------------------------------------------------------ */

static bool target_wants(const struct target *t, enum webhook_kind kind, struct str channel)
{
    return (t->cfg.kinds >> kind & 1U) != 0 && str_starts(channel, t->cfg.prefix);
}

bool webhooks_want(const struct webhooks *w, enum webhook_kind kind, struct str channel)
{
    for (size_t i = 0; w && i < w->target_count; i++)
        if (target_wants(&w->targets[i], kind, channel))
            return true;
    return false;
}

static void enqueue(struct webhooks *w, struct target *t, struct event *e)
{
    struct waiting *at = malloc(sizeof *at);

    if (!at) {
        w->counts.dropped++;
        return;
    }
    at->event = e;
    e->refs++;
    DL_APPEND(t->queue, at);
    t->queue_count++;
    t->queue_bytes += e->len;
    while (t->queue_count > WEBHOOK_QUEUE_MAX || t->queue_bytes > WEBHOOK_QUEUE_MAX_BYTES) {
        waiting_drop(t, t->queue);
        w->counts.dropped++;
    }
}

static struct event *event_new(struct webhooks *w, const struct webhook_event *e, uint64_t at_ms)
{
    struct event *made = NULL;

    buf_reset(&w->scratch);
    if (webhook_event_write(&w->scratch, e) == CT_OK)
        made = malloc(sizeof *made + w->scratch.len);
    if (!made)
        return NULL;
    made->refs = 1;
    made->at_ms = at_ms;
    made->len = w->scratch.len;
    memcpy(made->bytes, w->scratch.bytes, w->scratch.len);
    return made;
}

static void hand_out(struct webhooks *w, const struct webhook_event *e, uint64_t at_ms)
{
    struct event *made;

    if (!webhooks_want(w, e->kind, e->channel))
        return;
    made = event_new(w, e, at_ms);
    w->due_known = false;
    for (size_t i = 0; i < w->target_count; i++) {
        if (!target_wants(&w->targets[i], e->kind, e->channel))
            continue;
        if (made)
            enqueue(w, &w->targets[i], made);
        else
            w->counts.dropped++;
    }
    if (made)
        event_unref(made);
}

static size_t make_key(char key[KEY_MAX], enum webhook_kind kind, struct str channel,
                       struct str user_id)
{
    const size_t user_len = user_id.len < USER_ID_MAX ? user_id.len : USER_ID_MAX;

    key[0] = (char)kind;
    memcpy(key + 1, channel.ptr, channel.len);
    key[1 + channel.len] = '\0';
    if (user_len > 0)
        memcpy(key + 2 + channel.len, user_id.ptr, user_len);
    return 2 + channel.len + user_len;
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static struct delayed *delayed_find(const struct webhooks *w, enum webhook_kind kind,
                                    const struct webhook_event *e)
{
    struct delayed *d = NULL;
    char key[KEY_MAX];
    const size_t len = make_key(key, kind, e->channel, e->user_id);

    HASH_FIND_BYHASHVALUE(hh, w->delayed, key, len,
                          table_key_hash(&w->names_key, (struct str){key, len}), d);
    return d;
}

/* False if it must be told at once. */
/* NOLINTNEXTLINE(readability-function-size): what is long are the macros of uthash and utlist */
static bool delay(struct webhooks *w, const struct webhook_event *e, uint64_t now_ms)
{
    struct delayed *d;

    if (HASH_COUNT(w->delayed) >= WEBHOOK_DELAYED_MAX || delayed_find(w, e->kind, e))
        return false;
    d = calloc(1, sizeof *d);
    if (!d)
        return false;
    d->key_len = make_key(d->key, e->kind, e->channel, e->user_id);
    d->channel_len = e->channel.len;
    d->due_ms = now_ms + WEBHOOK_DELAY_MS;
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, w->delayed, d->key, d->key_len,
                                table_key_hash(&w->names_key, (struct str){d->key, d->key_len}), d);
    if (!d->hh.tbl) {
        free(d);
        return false;
    }
    DL_APPEND(w->delayed_list, d);
    w->due_known = false;
    return true;
}

static bool cancels(struct webhooks *w, enum webhook_kind departure, const struct webhook_event *e)
{
    struct delayed *d = delayed_find(w, departure, e);

    if (!d)
        return false;
    delayed_drop(w, d);
    w->due_known = false;
    return true;
}

/* Somebody who hears of arrivals only must not hear of one that followed an untold departure. */
static bool pair_wanted(const struct webhooks *w, enum webhook_kind arrival,
                        enum webhook_kind departure, struct str channel)
{
    return webhooks_want(w, arrival, channel) || webhooks_want(w, departure, channel);
}

void webhooks_tell(struct webhooks *w, const struct webhook_event *e, uint64_t now_ms)
{
    const bool of_member = e->kind == WEBHOOK_MEMBER_ADDED || e->kind == WEBHOOK_MEMBER_REMOVED;
    const enum webhook_kind arrival = of_member ? WEBHOOK_MEMBER_ADDED : WEBHOOK_CHANNEL_OCCUPIED;
    const enum webhook_kind departure =
        of_member ? WEBHOOK_MEMBER_REMOVED : WEBHOOK_CHANNEL_VACATED;

    if (!w || e->channel.len == 0 || e->channel.len > PUSHER_CHANNEL_NAME_MAX_SERVER)
        return;
    if (e->kind == arrival && cancels(w, departure, e))
        return;
    if (e->kind == departure && pair_wanted(w, arrival, departure, e->channel) &&
        delay(w, e, now_ms))
        return;
    hand_out(w, e, now_ms);
}

/* ---- what is due ----------------------------------------------------------------------- */

static void tell_delayed(struct webhooks *w, struct delayed *d, uint64_t at_ms)
{
    const size_t user_at = 2 + d->channel_len;
    const struct webhook_event e = {
        .kind = (enum webhook_kind)d->key[0],
        .channel = {d->key + 1, d->channel_len},
        .user_id = {d->key + user_at, d->key_len - user_at},
    };

    hand_out(w, &e, at_ms);
    delayed_drop(w, d);
    w->due_known = false;
}

void webhooks_flush(struct webhooks *w, uint64_t now_ms)
{
    while (w && w->delayed_list)
        tell_delayed(w, w->delayed_list, now_ms);
}

/* A body of its own may be begun; when. */
static uint64_t queue_due_ms(const struct target *t)
{
    const struct waiting *first = t->queue;

    if (!first || t->delivery_count >= WEBHOOK_DELIVERIES_MAX)
        return UINT64_MAX;
    if (!t->cfg.batch || t->queue_count >= WEBHOOK_BATCH_MAX)
        return first->event->at_ms;
    return first->event->at_ms + WEBHOOK_BATCH_WAIT_MS;
}

static struct delivery *next_retry(const struct target *t)
{
    struct delivery *d, *first = NULL;

    DL_FOREACH(t->deliveries, d)
    {
        if (!d->in_flight && (!first || d->next_ms < first->next_ms))
            first = d;
    }
    return first;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t target_due_ms(const struct target *t)
{
    const struct delivery *again;

    if (t->in_flight >= WEBHOOK_IN_FLIGHT_MAX)
        return UINT64_MAX; /* webhooks_done will tell */
    again = next_retry(t);
    return earlier(queue_due_ms(t), again ? again->next_ms : UINT64_MAX);
}

uint64_t webhooks_deadline_ms(struct webhooks *w)
{
    if (!w)
        return UINT64_MAX;
    if (!w->due_known) {
        w->due_ms = UINT64_MAX;
        for (size_t i = 0; i < w->target_count; i++)
            w->due_ms = earlier(w->due_ms, target_due_ms(&w->targets[i]));
        if (w->due_ms < w->blocked_until_ms)
            w->due_ms = w->blocked_until_ms;
        if (w->delayed_list)
            w->due_ms = earlier(w->due_ms, w->delayed_list->due_ms);
        w->due_known = true;
    }
    return w->due_ms;
}

/* ---- bodies ---------------------------------------------------------------------------- */

static void drop_stale(struct webhooks *w, struct target *t, uint64_t now_ms)
{
    while (t->queue && now_ms > t->queue->event->at_ms &&
           now_ms - t->queue->event->at_ms > WEBHOOK_GIVE_UP_MS) {
        waiting_drop(t, t->queue);
        w->counts.dropped++;
    }
}

/* Events from the front of the queue into d's body; 0 when there was no memory. */
static size_t fill(struct webhooks *w, const struct target *t, struct delivery *d,
                   int64_t first_unix_ms)
{
    const size_t most = t->cfg.batch ? WEBHOOK_BATCH_MAX : 1;
    const struct waiting *at = t->queue;
    size_t count = 0;
    enum ct_err err =
        buf_printf(&d->body, "{\"time_ms\":%lld,\"events\":[", (long long)first_unix_ms);

    for (; err == CT_OK && at && count < most; at = at->next, count++) {
        const struct str text = {at->event->bytes, at->event->len};

        if (count > 0 && text.len + d->body.len > WEBHOOK_BATCH_MAX_BYTES)
            break;
        if (count > 0)
            err = buf_append_char(&d->body, ',');
        if (err == CT_OK)
            err = buf_append(&d->body, text);
    }
    if (err == CT_OK)
        err = buf_append(&d->body, STR("]}"));
    if (err != CT_OK ||
        pusher_hmac_sha256_hex(w->secret, buf_str(&d->body), d->signature) != PUSHER_OK)
        return 0;
    return count;
}

static struct delivery *begin(struct webhooks *w, size_t index, uint64_t now_ms,
                              int64_t now_unix_ms)
{
    struct target *t = &w->targets[index];
    struct delivery *d = calloc(1, sizeof *d);
    const uint64_t at_ms = t->queue->event->at_ms;
    size_t taken = 0;

    if (!d)
        return NULL;
    buf_init(&d->body, WEBHOOK_EVENT_MAX_BYTES + WEBHOOK_BATCH_MAX_BYTES);
    taken = fill(w, t, d, now_unix_ms - (int64_t)(now_ms > at_ms ? now_ms - at_ms : 0));
    if (taken == 0) {
        buf_clear(&d->body);
        free(d);
        return NULL;
    }
    while (taken-- > 0)
        waiting_drop(t, t->queue);
    d->id = ++w->last_id * WEBHOOK_TARGETS_MAX + index;
    d->first_ms = now_ms;
    d->backoff_ms = WEBHOOK_BACKOFF_MS;
    DL_APPEND(t->deliveries, d);
    t->delivery_count++;
    return d;
}

static struct delivery *take_from(struct webhooks *w, size_t index, uint64_t now_ms,
                                  int64_t now_unix_ms)
{
    struct target *t = &w->targets[index];
    struct delivery *d;

    drop_stale(w, t, now_ms);
    if (t->in_flight >= WEBHOOK_IN_FLIGHT_MAX)
        return NULL;
    d = next_retry(t);
    if (d && d->next_ms <= now_ms)
        return d;
    if (queue_due_ms(t) > now_ms)
        return NULL;
    d = begin(w, index, now_ms, now_unix_ms);
    if (!d)
        w->blocked_until_ms = now_ms + WEBHOOK_BACKOFF_MS;
    return d;
}

bool webhooks_next(struct webhooks *w, uint64_t now_ms, int64_t now_unix_ms,
                   struct webhook_body *out)
{
    if (!w)
        return false;
    while (w->delayed_list && w->delayed_list->due_ms <= now_ms)
        tell_delayed(w, w->delayed_list, w->delayed_list->due_ms);
    if (webhooks_deadline_ms(w) > now_ms)
        return false;
    w->due_known = false;
    for (size_t i = 0; i < w->target_count; i++) {
        struct delivery *d = take_from(w, i, now_ms, now_unix_ms);

        if (!d)
            continue;
        d->in_flight = true;
        w->targets[i].in_flight++;
        *out = (struct webhook_body){.id = d->id, .target = i, .body = buf_str(&d->body)};
        memcpy(out->signature, d->signature, sizeof out->signature);
        return true;
    }
    return false;
}

/* ---- what became of them --------------------------------------------------------------- */

static void failed(struct webhooks *w, struct target *t, struct delivery *d, uint64_t now_ms)
{
    w->counts.failed++;
    if (now_ms - d->first_ms + d->backoff_ms > WEBHOOK_GIVE_UP_MS) {
        w->counts.given_up++;
        delivery_drop(t, d);
        return;
    }
    d->in_flight = false;
    t->in_flight--;
    d->next_ms = now_ms + d->backoff_ms;
    d->backoff_ms = earlier(d->backoff_ms * 2, WEBHOOK_BACKOFF_MAX_MS);
}

void webhooks_done(struct webhooks *w, uint64_t id, enum webhook_result result, uint64_t now_ms)
{
    const size_t index = (size_t)(id % WEBHOOK_TARGETS_MAX);
    struct delivery *d = NULL;

    if (!w || index >= w->target_count)
        return;
    DL_SEARCH_SCALAR(w->targets[index].deliveries, d, id, id);
    if (!d || !d->in_flight)
        return;
    w->due_known = false;
    if (result == WEBHOOK_FAILED) {
        failed(w, &w->targets[index], d, now_ms);
        return;
    }
    w->counts.sent++;
    delivery_drop(&w->targets[index], d);
}

size_t webhooks_pending(const struct webhooks *w)
{
    size_t count = 0;

    if (!w)
        return 0;
    for (size_t i = 0; i < w->target_count; i++)
        count += w->targets[i].queue_count + w->targets[i].delivery_count;
    return count + HASH_COUNT(w->delayed);
}

void webhooks_counts(const struct webhooks *w, struct webhook_counts *out)
{
    *out = w ? w->counts : (struct webhook_counts){0};
}
