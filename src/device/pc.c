/* src/device/pc.c - the life of a polled client, its time, and what the application asks of it. */
#include "device/pc_impl.h"

#include <string.h>

#include "pusher/path.h"

static const char *const words[] = {
    "success",
    "a required member or argument is missing or has no meaning",
    "the memory given is used up",
    "a limit is reached",
    "too large",
    "not a channel name",
    "not connected",
    "not subscribed to that channel",
    "client event names begin with client-",
    "client events need a private or presence channel",
    "more than 10 client events in a second",
    "not JSON",
    "not found",
    "against the protocol",
};

const char *pc_strerror(int err)
{
    if (err > 0 || err <= -(int)COUNT_OF(words))
        return "unknown error";
    return words[-err];
}

int pc_err_of(enum pusher_err err)
{
    switch (err) {
    case PUSHER_OK:
        return PC_OK;
    case PUSHER_ERR_NOMEM:
        return PC_ERR_NOMEM;
    case PUSHER_ERR_TOO_LARGE:
        return PC_ERR_TOO_LARGE;
    case PUSHER_ERR_BAD_CHANNEL:
        return PC_ERR_CHANNEL;
    case PUSHER_ERR_NOT_SUBSCRIBED:
        return PC_ERR_NOT_SUBSCRIBED;
    case PUSHER_ERR_NOT_CLIENT_EVENT:
        return PC_ERR_NOT_CLIENT_EVENT;
    case PUSHER_ERR_NOT_PRIVATE:
        return PC_ERR_NOT_PRIVATE;
    case PUSHER_ERR_RATE:
        return PC_ERR_RATE;
    case PUSHER_ERR_BAD_DATA:
        return PC_ERR_JSON;
    case PUSHER_ERR_NOT_CONNECTED:
        return PC_ERR_NOT_CONNECTED;
    case PUSHER_ERR_LIMIT:
        return PC_ERR_LIMIT;
    default:
        return PC_ERR_PROTOCOL;
    }
}

const char *pc_version(void)
{
    return CHARGETOP_VERSION;
}

/* ---- life ---- */

static bool is_usable(const struct pc_cfg *cfg)
{
    const bool somewhere = (cfg->host && *cfg->host) || (cfg->cluster && *cfg->cluster);

    return somewhere && cfg->key && *cfg->key && !cfg->stream != !cfg->transport &&
           pusher_prefix_valid(str_from(cfg->path)) &&
           (!cfg->stream || (cfg->stream->connect && cfg->stream->read && cfg->stream->write &&
                             cfg->stream->close)) &&
           (!cfg->transport ||
            (cfg->transport->open && cfg->transport->send && cfg->transport->close));
}

/* Only what a host header may hold. */
static bool host_valid(const char *host)
{
    for (; *host; host++)
        if ((unsigned char)*host <= ' ' || *host == '/' || (unsigned char)*host >= 0x7f)
            return false;
    return true;
}

/* The text of a buffer with its terminator, and no byte more. */
static char *fitted(struct buf *text)
{
    char *const z = realloc(text->bytes, text->len + 1);

    return z ? z : (char *)text->bytes;
}

static char *make_host(const struct pc_cfg *cfg)
{
    const bool named = cfg->host && *cfg->host;
    struct buf text;
    enum ct_err err = CT_OK;

    buf_init(&text, PC_TARGET_MAX_BYTES);
    if (!named)
        err = buf_append(&text, STR("ws-"));
    if (err == CT_OK)
        err = buf_append(&text, str_from(named ? cfg->host : cfg->cluster));
    if (err == CT_OK && !named)
        err = buf_append(&text, STR(".pusher.com"));
    if (err == CT_OK && buf_cstr(&text) && host_valid((const char *)text.bytes))
        return fitted(&text);
    buf_clear(&text);
    return NULL;
}

static char *make_path(const struct pc_cfg *cfg)
{
    struct buf text;

    buf_init(&text, PC_TARGET_MAX_BYTES);
    if (pusher_path_append(&text, &(struct pusher_path){.prefix = str_from(cfg->path),
                                                        .key = str_from(cfg->key),
                                                        .client = STR("libpusher"),
                                                        .version = STR(CHARGETOP_VERSION)}) ==
            CT_OK &&
        buf_cstr(&text))
        return fitted(&text);
    buf_clear(&text);
    return NULL;
}

static bool make_parts(struct pc *pc)
{
    const struct pc_cfg *cfg = &pc->cfg;
    const struct pusher_session_cfg session = {
        .activity_timeout_ms = cfg->activity_timeout_ms,
        .pong_timeout_ms = cfg->pong_timeout_ms,
        .connect_timeout_ms = cfg->connect_timeout_ms,
        .backoff_cap_ms = cfg->backoff_cap_ms,
        .auth_in_flight_max = PUSHER_LIMIT(16, 1),
        .seed = cfg->seed,
        .tls = cfg->tls,
    };

    pc->host = make_host(cfg);
    pc->path = make_path(cfg);
    pc->session = pusher_session_create(&session, 0);
    if (!pc->host || !pc->path || !pc->session)
        return false;
    pc->target = (struct pc_target){.host = pc->host, .path = pc->path, .origin = cfg->origin};
    if (cfg->transport) {
        pc->transport = *cfg->transport;
        return true;
    }
    pc->ws = pc_ws_create(pc);
    if (!pc->ws)
        return false;
    pc->transport = pc_ws_transport(pc->ws);
    return true;
}

static void destroy_parts(struct pc *pc)
{
    pc_ws_destroy(pc->ws);
    pusher_session_destroy(pc->session);
    free(pc->host);
    free(pc->path);
}

struct pc *pc_init(const struct pc_cfg *cfg)
{
    struct mem *mem = cfg && cfg->memory ? mem_init(cfg->memory, cfg->memory_bytes) : NULL;
    struct mem *const before = mem_use(mem);
    struct pc *pc = NULL;

    if (cfg && is_usable(cfg) && (mem || !cfg->memory))
        pc = calloc(1, sizeof *pc);
    if (pc) {
        pc->cfg = *cfg;
        pc->mem = mem;
        if (!make_parts(pc)) {
            destroy_parts(pc);
            free(pc);
            pc = NULL;
        }
    }
    (void)mem_use(before);
    return pc;
}

void pc_free(struct pc *pc)
{
    if (!pc)
        return;
    pc->cfg.state = NULL; /* nothing is told any more */
    memset(pc->bindings, 0, sizeof pc->bindings);
    pc_disconnect(pc);
    struct mem *const before = mem_use(pc->mem);

    destroy_parts(pc);
    free(pc);
    (void)mem_use(before);
}

/* ---- time ---- */

/* A 32-bit clock that wraps becomes one that does not: the difference to the last look is right as
 * long as there is a look every 24 days. The first look is the origin. */
static void set_time(struct pc *pc, uint32_t now_ms)
{
    const int32_t passed_ms = (int32_t)(now_ms - pc->now_low);

    if (pc->timed && passed_ms <= 0)
        return;
    if (pc->timed)
        pc->now_ms += (uint32_t)passed_ms;
    pc->now_low = now_ms;
    pc->timed = true;
}

void pc_take_time(struct pc *pc)
{
    if (pc->cfg.now_ms)
        set_time(pc, pc->cfg.now_ms(pc->cfg.lent));
}

static uint32_t wait_ms(const struct pc *pc)
{
    uint64_t at_ms = pusher_session_deadline_ms(pc->session);

    if (pc->sends_count > 0 && pc->stalled_ms + PC_STALL_MS < at_ms)
        at_ms = pc->stalled_ms + PC_STALL_MS;
    if (at_ms == UINT64_MAX)
        return PC_FOREVER;
    if (at_ms <= pc->now_ms)
        return 0;
    return at_ms - pc->now_ms < INT32_MAX ? (uint32_t)(at_ms - pc->now_ms) : INT32_MAX;
}

uint32_t pc_poll(struct pc *pc, uint32_t now_ms)
{
    if (pc->pumping)
        return 0; /* called by a handler: the loop it came from goes on */
    set_time(pc, now_ms);
    if (!pc->started) {
        pc->started = true;
        PC_WITHIN(pc, pusher_session_connect(pc->session, pc->now_ms));
        pc_pump(pc);
    }
    if (pc->open && pc->transport.poll)
        pc->transport.poll(pc->transport.user, pc);
    PC_WITHIN(pc, pusher_session_tick(pc->session, pc->now_ms));
    pc_pump(pc);
    pc_check_stall(pc);
    return wait_ms(pc);
}

int pc_fd(const struct pc *pc)
{
    return pc->open && pc->transport.fd ? pc->transport.fd(pc->transport.user) : -1;
}

int pc_wants(const struct pc *pc)
{
    if (pc_fd(pc) < 0)
        return 0;
    const bool write = pc->sends_count > 0 ||
                       (pc->transport.wants_write && pc->transport.wants_write(pc->transport.user));

    return PC_WANTS_READ | (write ? PC_WANTS_WRITE : 0);
}

/* ---- what the application asks ---- */

void pc_connect(struct pc *pc)
{
    pc_take_time(pc);
    pc->started = true;
    PC_WITHIN(pc, pusher_session_connect(pc->session, pc->now_ms));
    pc_pump(pc);
}

void pc_disconnect(struct pc *pc)
{
    pc_take_time(pc);
    pc->started = true;
    PC_WITHIN(pc, pusher_session_disconnect(pc->session, pc->now_ms));
    pc_pump(pc);
}

void pc_wake(struct pc *pc)
{
    pc_take_time(pc);
    PC_WITHIN(pc, pusher_session_wake(pc->session, pc->now_ms));
    pc_pump(pc);
}

static struct pusher_session_info info_of(const struct pc *pc)
{
    struct pusher_session_info info;

    pusher_session_info(pc->session, &info);
    return info;
}

bool pc_connected(const struct pc *pc)
{
    return info_of(pc).link == WIRE_LINK_CONNECTED;
}

_Static_assert((int)PC_CONNECTED == (int)WIRE_LINK_CONNECTED &&
                   (int)PC_FAILED == (int)WIRE_LINK_FAILED,
               "states are cast");

enum pc_state pc_get_state(const struct pc *pc)
{
    return (enum pc_state)info_of(pc).link;
}

const char *pc_socket_id(const struct pc *pc)
{
    return info_of(pc).socket_id;
}

int pc_subscribe(struct pc *pc, const char *channel)
{
    enum pusher_err err;

    if (!channel)
        return PC_ERR_ARGUMENT;
    pc_take_time(pc);
    PC_WITHIN(pc, err = pusher_session_subscribe(pc->session, str_from(channel), pc->now_ms));
    pc_pump(pc);
    return pc_err_of(err);
}

int pc_subscribe_with(struct pc *pc, const char *channel, const char *answer, size_t len)
{
    enum pusher_err err;

    if (!channel || !answer)
        return PC_ERR_ARGUMENT;
    if (len > PC_AUTH_MAX_BYTES)
        return PC_ERR_TOO_LARGE;
    pc_take_time(pc);
    PC_WITHIN(pc, err = pusher_session_presented(pc->session, str_from(channel),
                                                 (struct str){answer, len}, pc->now_ms));
    pc_pump(pc);
    return pc_err_of(err);
}

int pc_unsubscribe(struct pc *pc, const char *channel)
{
    enum pusher_err err;

    if (!channel)
        return PC_ERR_ARGUMENT;
    pc_take_time(pc);
    PC_WITHIN(pc, err = pusher_session_unsubscribe(pc->session, str_from(channel), pc->now_ms));
    pc_pump(pc);
    return pc_err_of(err);
}

bool pc_subscribed(const struct pc *pc, const char *channel)
{
    return pusher_session_sub(pc->session, str_from(channel)) == WIRE_SUB_SUBSCRIBED;
}

#ifndef PUSHER_SMALL
int pc_signin(struct pc *pc)
{
    if (!pc->cfg.authorize)
        return PC_ERR_ARGUMENT;
    pc_take_time(pc);
    PC_WITHIN(pc, pusher_session_signin(pc->session, pc->now_ms));
    pc_pump(pc);
    return PC_OK;
}

int pc_signout(struct pc *pc)
{
    pc_take_time(pc);
    PC_WITHIN(pc, pusher_session_signout(pc->session, pc->now_ms));
    pc_pump(pc);
    return PC_OK;
}

const char *pc_user_id(const struct pc *pc)
{
    struct pusher_session_info info;

    pusher_session_info(pc->session, &info);
    return info.user_id;
}

/* True when the answer was that about the user. */
static bool user_authorized(struct pc *pc, uint32_t ticket, const char *channel, struct str answer)
{
    if (strcmp(channel, PC_USER) != 0)
        return false;
    if (answer.len > PC_AUTH_MAX_BYTES)
        PC_WITHIN(pc, pusher_session_user_refused(pc->session, ticket, PUSHER_REFUSED_FINAL, 0,
                                                  STR("authorization answer is too large"),
                                                  pc->now_ms));
    else
        PC_WITHIN(pc, pusher_session_user_authorized(pc->session, ticket, answer, pc->now_ms));
    return true;
}
#endif

void pc_authorized(struct pc *pc, uint32_t ticket, const char *channel, const char *answer,
                   size_t len)
{
    if (!channel || !answer)
        return;
    pc_take_time(pc);
#ifndef PUSHER_SMALL
    if (user_authorized(pc, ticket, channel, (struct str){answer, len})) {
        pc_pump(pc);
        return;
    }
#endif
    if (len > PC_AUTH_MAX_BYTES) {
        PC_WITHIN(pc, pusher_session_refused(pc->session, ticket, str_from(channel),
                                             PUSHER_REFUSED_FINAL, 0,
                                             STR("authorization answer is too large"), pc->now_ms));
    } else {
        PC_WITHIN(pc, pusher_session_authorized(pc->session, ticket, str_from(channel),
                                                (struct str){answer, len}, pc->now_ms));
    }
    pc_pump(pc);
}

void pc_refused(struct pc *pc, uint32_t ticket, const char *channel, int32_t http_status,
                const char *reason)
{
    const enum pusher_refusal how =
        http_status == 401 || http_status == 403 ? PUSHER_REFUSED_FINAL : PUSHER_REFUSED_RETRY;

    if (!channel)
        return;
    pc_take_time(pc);
#ifndef PUSHER_SMALL
    if (strcmp(channel, PC_USER) == 0) {
        PC_WITHIN(pc, pusher_session_user_refused(pc->session, ticket, how, http_status,
                                                  str_from(reason), pc->now_ms));
        pc_pump(pc);
        return;
    }
#endif
    PC_WITHIN(pc, pusher_session_refused(pc->session, ticket, str_from(channel), how, http_status,
                                         str_from(reason), pc->now_ms));
    pc_pump(pc);
}

int pc_trigger(struct pc *pc, const char *channel, const char *event, const char *json)
{
    enum pusher_err err;

    if (!channel || !event || !json)
        return PC_ERR_ARGUMENT;
    pc_take_time(pc);
    PC_WITHIN(pc, err = pusher_session_trigger(pc->session, str_from(channel), str_from(event),
                                               str_from(json), pc->now_ms));
    pc_pump(pc);
    return pc_err_of(err);
}

void pc_get_stats(const struct pc *pc, struct pc_stats *out)
{
    *out = pc->stats;
    if (pc->mem) {
        out->memory_used = mem_used(pc->mem);
        out->memory_high_water = mem_high_water(pc->mem);
    }
}
