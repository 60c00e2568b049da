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
    hub_apps_init(h);
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
        hub_app_free(h, h->apps[i]);
    hub_gone_free(h);
    hub_text_unref(h->held);
    hub_text_unref(h->ping);
    buf_clear(&h->frame);
    buf_clear(&h->parse);
    buf_clear(&h->parse_data);
    buf_clear(&h->data);
    free(h);
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
    hub_user_part(h, c);
    hub_await_no_more(c);
    hub_vigil_leave(h, c);
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
    hub_tally_add(hub_counts(h, c->app)->closed, HUB_CLOSE_CODES, code);
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
    if (h->draining)
        return (struct refusal){4200, STR("Server shutting down")};
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
    c->app = app;
    c->tls = opening->tls;
    no = judge(h, app, opening);
    if (no.code != 0) {
        hub_conn_bye(h, c, no.code, no.message);
        return c->number;
    }
    if (!give_socket_id(h, c)) {
        hub_conn_free(h, c);
        return 0;
    }
    hub_rate_begin(h, c);
    c->counted = true;
    app->connections++;
    app->counts.connections_total++;
    h->conn_count++;
    if (app->spec.authorize_timeout_ms > 0)
        hub_await(h, c);
    hub_vigil_enter(h, c, VIGIL_QUIET);
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
    c->app->counts.messages_in++;
    c->app->counts.bytes_in += text.len;
    if (text.len <= c->app->spec.message_max_bytes) {
        hub_message_handle(h, c, text);
        return;
    }
    hub_rejected(h, c, HUB_REJECT_MESSAGE);
    hub_conn_bye(h, c, 1009, STR("Message too large"));
}

void hub_binary(struct hub *h, uint32_t conn, uint64_t now_ms)
{
    struct hub_conn *c = hear(h, conn, now_ms);

    if (!c)
        return;
    hub_rejected(h, c, HUB_REJECT_MESSAGE);
    hub_conn_bye(h, c, 1003, STR("Binary frames are not supported"));
}

void hub_slow(struct hub *h, uint32_t conn, uint64_t now_ms)
{
    struct hub_conn *c = hub_conn_find(h, conn);

    hub_now(h, now_ms);
    if (!c || c->slow)
        return;
    c->slow = true;
    hub_counts(h, c->app)->slow++;
    bye(h, c, 4100, NULL, hub_text_new(STR("Reads too slowly"))); /* no error: it is not read */
}

void hub_alive(struct hub *h, uint32_t conn, uint64_t now_ms)
{
    (void)hear(h, conn, now_ms);
}

void hub_closed(struct hub *h, uint32_t conn, uint64_t now_ms)
{
    struct hub_conn *c = hub_conn_find(h, conn);

    hub_now(h, now_ms);
    if (!c)
        return;
    if (!c->closing)
        hub_counts(h, c->app)->closed_by_peer++;
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
