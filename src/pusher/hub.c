/* Knows who is connected, to which app, and when each was last heard. */
#include "pusher/hub_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_ACTIVITY_MS = 120 * 1000,
    DEFAULT_PONG_MS = 30 * 1000,
    SOCKET_ID_PART_MAX = 1000000000,
    VERSION_MAX = 64,
    PROTOCOL_OLDEST = 5, /* the official Java client still says 5 */
    PROTOCOL_NEWEST = 7
};

void hub_now(struct hub *h, uint64_t now_ms)
{
    if (now_ms > h->now_ms)
        h->now_ms = now_ms;
}

/* ---- life of the hub ------------------------------------------------------------------- */

struct hub *hub_create(const struct hub_cfg *cfg, uint64_t now_ms)
{
    struct hub *h = calloc(1, sizeof *h);

    if (!h)
        return NULL;
    h->cfg = *cfg;
    if (h->cfg.activity_timeout_ms == 0)
        h->cfg.activity_timeout_ms = DEFAULT_ACTIVITY_MS;
    if (h->cfg.pong_timeout_ms == 0)
        h->cfg.pong_timeout_ms = DEFAULT_PONG_MS;
    if (h->cfg.data_max_bytes == 0)
        h->cfg.data_max_bytes = HUB_DATA_MAX_BYTES;
    h->now_ms = now_ms;
    rng_seed(&h->rng, cfg->seed);
    buf_init(&h->frame, HUB_FRAME_MAX_BYTES);
    buf_init(&h->parse, HUB_FRAME_MAX_BYTES);
    buf_init(&h->parse_data, HUB_FRAME_MAX_BYTES);
    buf_init(&h->data, HUB_FRAME_MAX_BYTES);
    h->ping = hub_text_of_frame(h, pusher_frame_ping(&h->frame));
    if (!h->ping) {
        hub_destroy(h);
        return NULL;
    }
    return h;
}

static void app_free(struct hub *h, struct hub_app_record *app)
{
    struct hub_channel *ch, *next;

    HASH_ITER(hh, app->channels, ch, next)
    hub_cache_clear(h, ch); /* all else that kept it is gone: this frees it */
    webhooks_destroy(app->webhooks);
    free(app);
}

void hub_destroy(struct hub *h)
{
    struct hub_conn *c, *next;

    if (!h)
        return;
    HASH_ITER(hh, h->conns, c, next)
    hub_conn_free(h, c);
    while (h->jobs)
        hub_job_drop(h, h->jobs);
    for (size_t i = 0; i < h->app_count; i++)
        app_free(h, h->apps[i]);
    hub_text_unref(h->held);
    hub_text_unref(h->ping);
    buf_clear(&h->frame);
    buf_clear(&h->parse);
    buf_clear(&h->parse_data);
    buf_clear(&h->data);
    free(h);
}

/* ---- apps ------------------------------------------------------------------------------ */

static struct str put_text(char **at, struct str s)
{
    struct str copy = {*at, s.len};

    if (s.len > 0)
        memcpy(*at, s.ptr, s.len);
    *at += s.len;
    return copy;
}

static bool app_text_ok(struct str s)
{
    return s.len > 0 && s.len <= HUB_KEY_MAX;
}

enum pusher_err hub_app_add(struct hub *h, const struct hub_app *app)
{
    struct hub_app_record *r;
    enum pusher_err err = PUSHER_OK;
    char *at;

    if (!app_text_ok(app->id) || !app_text_ok(app->key) || !app_text_ok(app->secret) ||
        hub_app_by_id(h, app->id) || hub_app_by_key(h, app->key))
        return PUSHER_ERR_BAD_DATA;
    if (h->app_count == HUB_APPS_MAX)
        return PUSHER_ERR_LIMIT;
    r = calloc(1, sizeof *r + app->id.len + app->key.len + app->secret.len);
    if (!r)
        return PUSHER_ERR_NOMEM;
    r->spec = *app;
    at = (char *)(r + 1);
    r->spec.id = put_text(&at, app->id);
    r->spec.key = put_text(&at, app->key);
    r->spec.secret = put_text(&at, app->secret);
    if (r->spec.connections_max == 0 || r->spec.connections_max > HUB_CONNECTIONS_MAX)
        r->spec.connections_max = HUB_CONNECTIONS_MAX;
    r->spec.webhooks = NULL; /* the engine has its own copy */
    if (app->webhook_count > 0)
        err = webhooks_create(&r->webhooks, app->webhooks, app->webhook_count, r->spec.secret);
    if (err != PUSHER_OK) {
        free(r);
        return err;
    }
    h->apps[h->app_count++] = r;
    return PUSHER_OK;
}

struct hub_app_record *hub_app_by_id(const struct hub *h, struct str id)
{
    for (size_t i = 0; i < h->app_count; i++)
        if (str_eq(h->apps[i]->spec.id, id))
            return h->apps[i];
    return NULL;
}

struct hub_app_record *hub_app_by_key(const struct hub *h, struct str key)
{
    for (size_t i = 0; i < h->app_count; i++)
        if (str_eq(h->apps[i]->spec.key, key))
            return h->apps[i];
    return NULL;
}

struct str hub_app_secret(const struct hub *h, struct str key)
{
    const struct hub_app_record *app = hub_app_by_key(h, key);

    return app ? app->spec.secret : (struct str){0};
}

struct str hub_app_key_of_id(const struct hub *h, struct str app_id)
{
    const struct hub_app_record *app = hub_app_by_id(h, app_id);

    return app ? app->spec.key : (struct str){0};
}

bool hub_app_exists(const struct hub *h, struct str app_id)
{
    return hub_app_by_id(h, app_id) != NULL;
}

bool hub_app_disabled(const struct hub *h, struct str app_id)
{
    const struct hub_app_record *app = hub_app_by_id(h, app_id);

    return app && app->spec.disabled;
}

uint32_t hub_data_max_bytes(const struct hub *h)
{
    return h->cfg.data_max_bytes;
}

/* ---- vigil: two lists, each in the order in which its members fall due ------------------ */

static struct hub_vigil_list *vigil_list(struct hub *h, enum hub_vigil vigil)
{
    return vigil == VIGIL_QUIET ? &h->quiet : &h->probed;
}

static void vigil_leave(struct hub *h, struct hub_conn *c)
{
    struct hub_vigil_list *list;

    if (c->vigil == VIGIL_NONE)
        return;
    list = vigil_list(h, c->vigil);
    if (c->prev)
        c->prev->next = c->next;
    else
        list->first = c->next;
    if (c->next)
        c->next->prev = c->prev;
    else
        list->last = c->prev;
    c->vigil = VIGIL_NONE;
}

static void vigil_enter(struct hub *h, struct hub_conn *c, enum hub_vigil vigil)
{
    struct hub_vigil_list *list = vigil_list(h, vigil);

    vigil_leave(h, c);
    c->vigil = vigil;
    c->since_ms = h->now_ms;
    c->next = NULL;
    c->prev = list->last;
    if (list->last)
        list->last->next = c;
    else
        list->first = c;
    list->last = c;
}

void hub_conn_heard(struct hub *h, struct hub_conn *c)
{
    if (c->vigil != VIGIL_NONE)
        vigil_enter(h, c, VIGIL_QUIET);
}

/* ---- connections ----------------------------------------------------------------------- */

struct hub_conn *hub_conn_find(const struct hub *h, uint32_t number)
{
    struct hub_conn *c = NULL;

    HASH_FIND(hh, h->conns, &number, sizeof number, c);
    return c;
}

struct hub_conn *hub_conn_by_socket(const struct hub *h, struct str socket_id)
{
    struct hub_conn *c = NULL;

    if (socket_id.len > 0)
        HASH_FIND(hh_socket, h->sockets, socket_id.ptr, socket_id.len, c);
    return c;
}

/* What the rest of the world sees of c ends here; c itself may wait for its bye to be taken. */
static void conn_retire(struct hub *h, struct hub_conn *c)
{
    while (c->subs)
        hub_sub_remove(h, c->subs);
    vigil_leave(h, c);
    if (c->greeted)
        HASH_DELETE(hh_socket, h->sockets, c);
    c->greeted = false;
    if (c->counted) {
        c->app->connections--;
        h->conn_count--;
    }
    c->counted = false;
}

void hub_conn_free(struct hub *h, struct hub_conn *c)
{
    conn_retire(h, c);
    if (c->probe.queued)
        hub_job_drop(h, &c->probe);
    if (c->bye.queued)
        hub_job_drop(h, &c->bye);
    hub_text_unref(c->bye_reason);
    HASH_DELETE(hh, h->conns, c);
    free(c);
}

static void bye(struct hub *h, struct hub_conn *c, int32_t code, struct hub_text *error,
                struct hub_text *reason)
{
    if (c->closing) {
        hub_text_unref(error);
        hub_text_unref(reason);
        return;
    }
    conn_retire(h, c);
    c->closing = true;
    c->bye_code = code;
    c->bye_reason = reason;
    c->bye.text = error;
    hub_job_enqueue(h, &c->bye);
}

void hub_conn_bye(struct hub *h, struct hub_conn *c, int32_t code, struct str message)
{
    struct hub_text *error =
        code >= 4000 ? hub_error_text(h, (struct str){0}, code, message) : NULL;

    bye(h, c, code, error, hub_text_new(message));
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static struct hub_conn *conn_new(struct hub *h)
{
    struct hub_conn *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    do
        c->number = ++h->last_number;
    while (c->number == 0 || hub_conn_find(h, c->number));
    c->probe.kind = JOB_PROBE;
    c->bye.kind = JOB_BYE;
    c->tokens = (uint64_t)HUB_CLIENT_EVENTS_PER_SECOND * HUB_TOKENS_PER_EVENT;
    c->tokens_at_ms = h->now_ms;
    HASH_ADD(hh, h->conns, number, sizeof c->number, c);
    if (!c->hh.tbl) {
        free(c);
        return NULL;
    }
    return c;
}

/* Digits in groups between dots, then nothing or a tail such as "-rc1" or "+build". */
static bool version_ok(struct str v)
{
    size_t i = 0;

    if (v.len > VERSION_MAX)
        return false;
    do {
        const size_t start = i;

        while (i < v.len && v.ptr[i] >= '0' && v.ptr[i] <= '9')
            i++;
        if (i == start)
            return false;
    } while (i < v.len && v.ptr[i] == '.' && ++i);
    if (i < v.len && v.ptr[i] != '-' && v.ptr[i] != '+')
        return false;
    for (; i < v.len; i++)
        if (!strchr("-+._", v.ptr[i]) && !(v.ptr[i] >= '0' && v.ptr[i] <= '9') &&
            !((v.ptr[i] | 32) >= 'a' && (v.ptr[i] | 32) <= 'z'))
            return false;
    return true;
}

struct refusal {
    int32_t code; /* 0: welcome */
    struct str message;
};

static struct refusal judge(const struct hub *h, const struct hub_app_record *app,
                            const struct hub_opening *o)
{
    if (o->wrong_path)
        return (struct refusal){4005, STR("Path not found")};
    if (!app)
        return (struct refusal){4001, STR("No application with that key")};
    if (app->spec.disabled)
        return (struct refusal){4003, STR("Application disabled")};
    if (app->spec.tls_only && !o->tls)
        return (struct refusal){4000, STR("Application only accepts SSL connections, use wss://")};
    if (o->protocol == -1)
        return (struct refusal){4008, STR("No protocol version supplied")};
    if (o->protocol < PROTOCOL_OLDEST || o->protocol > PROTOCOL_NEWEST)
        return (struct refusal){4007, STR("Unsupported protocol version")};
    if (o->version.len > 0 && !version_ok(o->version))
        return (struct refusal){4006, STR("Invalid version string format")};
    if (app->connections >= app->spec.connections_max)
        return (struct refusal){4004, STR("Application is over connection quota")};
    if (h->conn_count >= HUB_CONNECTIONS_MAX)
        return (struct refusal){4100, STR("Over capacity")};
    return (struct refusal){0};
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static bool give_socket_id(struct hub *h, struct hub_conn *c)
{
    do
        str_format(c->socket_id, sizeof c->socket_id, "%u.%u",
                   (unsigned)rng_below(&h->rng, SOCKET_ID_PART_MAX) + 1,
                   (unsigned)rng_below(&h->rng, SOCKET_ID_PART_MAX) + 1);
    while (hub_conn_by_socket(h, str_from(c->socket_id)));
    HASH_ADD_KEYPTR(hh_socket, h->sockets, c->socket_id, strlen(c->socket_id), c);
    c->greeted = c->hh_socket.tbl != NULL;
    return c->greeted;
}

static struct hub_text *hello(struct hub *h, const struct hub_conn *c)
{
    const uint32_t told_s = h->cfg.activity_timeout_ms / 1000;
    char data[96]; /* the socket id and ten digits fit */
    /* 0 would make pusher-js give up */
    const size_t len =
        str_format(data, sizeof data, "{\"socket_id\":\"%s\",\"activity_timeout\":%u}",
                   c->socket_id, (unsigned)(told_s > 0 ? told_s : 1));

    return hub_text_of_frame(h, pusher_frame_event(&h->frame, STR("pusher:connection_established"),
                                                   (struct str){0}, PUSHER_DATA_STRING,
                                                   (struct str){data, len}, (struct str){0}));
}

uint32_t hub_open(struct hub *h, const struct hub_opening *opening, uint64_t now_ms)
{
    struct hub_app_record *app = hub_app_by_key(h, opening->key);
    struct hub_conn *c;
    struct refusal no;

    hub_now(h, now_ms);
    c = conn_new(h);
    if (!c)
        return 0;
    no = judge(h, app, opening);
    if (no.code != 0) {
        hub_conn_bye(h, c, no.code, no.message);
        return c->number;
    }
    if (!give_socket_id(h, c)) {
        hub_conn_free(h, c);
        return 0;
    }
    c->app = app;
    c->counted = true;
    app->connections++;
    h->conn_count++;
    vigil_enter(h, c, VIGIL_QUIET);
    hub_reply(h, c, hello(h, c));
    return c->number;
}

/* The connection if it may still speak. */
static struct hub_conn *hear(struct hub *h, uint32_t conn, uint64_t now_ms)
{
    struct hub_conn *c = hub_conn_find(h, conn);

    hub_now(h, now_ms);
    if (!c || c->closing)
        return NULL;
    hub_conn_heard(h, c);
    return c;
}

void hub_message(struct hub *h, uint32_t conn, struct str text, uint64_t now_ms)
{
    struct hub_conn *c = hear(h, conn, now_ms);

    if (!c)
        return;
    if (text.len > HUB_MESSAGE_MAX_BYTES)
        hub_conn_bye(h, c, 1009, STR("Message too large"));
    else
        hub_message_handle(h, c, text);
}

void hub_binary(struct hub *h, uint32_t conn, uint64_t now_ms)
{
    struct hub_conn *c = hear(h, conn, now_ms);

    if (c)
        hub_conn_bye(h, c, 1003, STR("Binary frames are not supported"));
}

void hub_alive(struct hub *h, uint32_t conn, uint64_t now_ms)
{
    (void)hear(h, conn, now_ms);
}

void hub_closed(struct hub *h, uint32_t conn, uint64_t now_ms)
{
    struct hub_conn *c = hub_conn_find(h, conn);

    hub_now(h, now_ms);
    if (c)
        hub_conn_free(h, c);
}

void hub_close_all(struct hub *h, int32_t code, struct str reason, uint64_t now_ms)
{
    const struct str cut = {reason.ptr, reason.len < HUB_REASON_MAX ? reason.len : HUB_REASON_MAX};
    struct hub_text *why = hub_text_new(cut);
    struct hub_text *error;
    struct hub_conn *c, *next;

    hub_now(h, now_ms);
    error = code >= 4000 ? hub_error_text(h, (struct str){0}, code, cut) : NULL;
    HASH_ITER(hh, h->conns, c, next)
    bye(h, c, code, error ? hub_text_ref(error) : NULL, why ? hub_text_ref(why) : NULL);
    hub_text_unref(error);
    hub_text_unref(why);
}

size_t hub_connection_count(const struct hub *h)
{
    return h->conn_count;
}

/* ---- time ------------------------------------------------------------------------------ */

/* Adds without wrapping: a far deadline is no deadline. */
static uint64_t after(uint64_t at_ms, uint64_t wait_ms)
{
    return at_ms > UINT64_MAX - wait_ms ? UINT64_MAX : at_ms + wait_ms;
}

static uint64_t quiet_until_ms(const struct hub *h)
{
    return h->quiet.first ? after(h->quiet.first->since_ms, h->cfg.activity_timeout_ms)
                          : UINT64_MAX;
}

static uint64_t probed_until_ms(const struct hub *h)
{
    return h->probed.first ? after(h->probed.first->since_ms, h->cfg.pong_timeout_ms) : UINT64_MAX;
}

static uint64_t cached_until_ms(const struct hub *h)
{
    return h->cache_first ? after(h->cache_first->cached_at_ms, HUB_CACHE_TTL_MS) : UINT64_MAX;
}

static void probe(struct hub *h, struct hub_conn *c)
{
    vigil_enter(h, c, VIGIL_PROBED);
    if (!c->probe.queued)
        hub_job_enqueue(h, &c->probe);
}

void hub_tick(struct hub *h, uint64_t now_ms)
{
    hub_now(h, now_ms);
    while (probed_until_ms(h) <= h->now_ms)
        hub_conn_bye(h, h->probed.first, 4201, STR("Pong reply not received in time"));
    while (quiet_until_ms(h) <= h->now_ms)
        probe(h, h->quiet.first);
    while (cached_until_ms(h) <= h->now_ms)
        hub_cache_clear(h, h->cache_first);
    hub_counts_tick(h);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t hub_deadline_ms(const struct hub *h)
{
    const uint64_t conns_ms = earlier(quiet_until_ms(h), probed_until_ms(h));
    const uint64_t told_ms = earlier(hub_counts_due_ms(h), hub_webhooks_due_ms(h));

    return earlier(earlier(conns_ms, cached_until_ms(h)), told_ms);
}
