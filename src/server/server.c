/* Knows how sockets and the hub are tied together: who is whom, and when to tick. */
#include "server/server_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "pusher/http_api.h"

enum { CODE_RESTART = 4200, TEXT_MAX = 64 };

/* ---- who is whom ------------------------------------------------------------------------ */

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static void forget_hub(struct server *s, struct link *l)
{
    if (l->hub && s->links_by_hub) /* then never empty; the analyzer cannot know it */
        HASH_DELETE(by_hub, s->links_by_hub, l);
    l->hub = 0;
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static void drop_link(struct server *s, struct link *l)
{
    forget_hub(s, l);
    door_left(s, l->asker);
    if (s->links_by_net) /* always so; the analyzer cannot know it */
        HASH_DELETE(by_net, s->links_by_net, l);
    free(l);
}

/* hub 0 for one that is only to be remembered; asker as from door_pass, whose leaving is seen to. False:
 * out of memory. */
/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static bool add_link(struct server *s, uint32_t net, uint32_t hub, uint64_t asker)
{
    struct link *l = calloc(1, sizeof *l);

    if (l) {
        l->net = net;
        HASH_ADD(by_net, s->links_by_net, net, sizeof l->net, l);
    }
    if (!l || !l->by_net.tbl) {
        door_left(s, asker);
        free(l);
        return false;
    }
    l->asker = asker;
    if (hub == 0)
        return true;
    l->hub = hub;
    HASH_ADD(by_hub, s->links_by_hub, hub, sizeof l->hub, l);
    if (l->by_hub.tbl)
        return true;
    l->hub = 0;
    drop_link(s, l);
    return false;
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static struct link *link_of_net(const struct server *s, uint32_t net)
{
    struct link *l;

    HASH_FIND(by_net, s->links_by_net, &net, sizeof net, l);
    return l;
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static struct link *link_of_hub(const struct server *s, uint32_t hub)
{
    struct link *l;

    HASH_FIND(by_hub, s->links_by_hub, &hub, sizeof hub, l);
    return l;
}

/* ---- from the hub to the sockets --------------------------------------------------------- */

/* The transport closes a reader that is too slow; to the hub it is gone at once, so that nothing more
 * is made for it. */
static void send_to(struct server *s, struct link *l, struct str text)
{
    const enum ct_err err = net_server_send(s->net, l->net, text);

    if (err == CT_OK)
        s->counts.delivered++;
    if (err != CT_ERR_LIMIT)
        return;
    s->counts.slow++;
    hub_slow(s->hub, l->hub, net_now_ms(s->loop));
}

static void perform(struct server *s, const struct hub_out *out)
{
    struct link *l = link_of_hub(s, out->conn);

    if (!l)
        return;
    if (out->kind == HUB_CLOSE)
        forget_hub(s, l); /* as the hub has forgotten it; its number may come again */
    if (s->fault == SERVER_FAULT_STALL)
        return;
    switch (out->kind) {
    case HUB_SEND:
        send_to(s, l, out->text);
        break;
    case HUB_PING:
        net_server_ping(s->net, l->net);
        break;
    case HUB_CLOSE:
        net_server_close(s->net, l->net, out->code, out->text);
        break;
    }
}

void server_pump(struct server *s)
{
    struct hub_out out;

    if (s->pumping)
        return; /* the transport called back in: the loop below goes on with what that added */
    s->pumping = true;
    while (hub_next(s->hub, &out))
        perform(s, &out);
    postman_pump(s->postman);
    s->pumping = false;
    net_timer_at(s->timer, s->fault == SERVER_FAULT_STALL ? UINT64_MAX : hub_deadline_ms(s->hub));
}

static void on_timer(void *user)
{
    struct server *s = user;

    hub_tick(s->hub, net_now_ms(s->loop));
    server_pump(s);
}

/* ---- from the sockets to the hub --------------------------------------------------------- */

bool server_cut_prefix(const struct server *s, struct str *path)
{
    const struct str prefix = str_from(s->prefix);

    if (!str_starts(*path, prefix))
        return false;
    path->ptr += prefix.len;
    path->len -= prefix.len;
    return true;
}

/* The key in [prefix]/app/KEY; a NULL one for any other path. */
static struct str key_of(const struct server *s, struct str path)
{
    const struct str app = STR("/app/");
    const struct str none = {NULL, 0};

    if (!server_cut_prefix(s, &path) || !str_starts(path, app))
        return none;
    path.ptr += app.len;
    path.len -= app.len;
    if (path.len > 0 && path.ptr[path.len - 1] == '/')
        path.len--;
    return path;
}

/* True if a newcomer is turned away or left waiting. */
static bool refuses(struct server *s, uint32_t conn)
{
    if (s->fault == SERVER_FAULT_STALL && add_link(s, conn, 0, 0))
        return true;
    if (!s->leaving && s->fault != SERVER_FAULT_STALL && s->fault != SERVER_FAULT_REFUSE)
        return false;
    net_server_cut(s->net, conn); /* a connection kept alive may still ask */
    return true;
}

const struct app *server_app_of_key(const struct server *s, struct str key)
{
    for (size_t i = 0; i < s->app_count; i++)
        if (str_eq(key, str_from(s->apps[i].key)))
            return &s->apps[i];
    return NULL;
}

void server_tell(struct server *s, server_note_fn *note, void *user)
{
    s->note = note;
    s->note_user = user;
}

void server_note(const struct server *s, const struct server_note *note)
{
    if (s->note)
        s->note(s->note_user, note);
}

static void on_opened(void *user, uint32_t conn, struct str path, struct str query)
{
    struct server *s = user;
    char text[TEXT_MAX] = "", version[TEXT_MAX] = "";
    size_t len = 0, version_len = 0;
    int64_t protocol = -1;
    uint64_t asker;

    if (refuses(s, conn))
        return;
    const struct str key = key_of(s, path);
    const struct app *app = server_app_of_key(s, key);
    if (!door_pass(s, conn, app, &asker))
        return;
    if (hub_form_value(query, STR("protocol"), text, sizeof text, &len) &&
        (!num_i64((struct str){text, len}, &protocol) || protocol < 0 || protocol > INT32_MAX))
        protocol = 0; /* given, but no version there is */
    (void)hub_form_value(query, STR("version"), version, sizeof version, &version_len);
    const struct hub_opening opening = {.key = key,
                                        .version = {version, version_len},
                                        .protocol = (int32_t)protocol,
                                        .wrong_path = key.ptr == NULL,
                                        .tls = s->cert_file[0] != '\0'};
    server_note(s, &(struct server_note){.kind = SERVER_NOTE_OPENED,
                                         .conn = conn,
                                         .app = str_from(app ? app->id : ""),
                                         .peer = str_from(net_server_peer(s->net, conn))});
    const uint32_t hub = hub_open(s->hub, &opening, net_now_ms(s->loop));
    if (hub == 0)
        door_left(s, asker);
    if (hub == 0 || !add_link(s, conn, hub, asker)) {
        if (hub)
            hub_closed(s->hub, hub, net_now_ms(s->loop));
        net_server_cut(s->net, conn);
    }
    server_pump(s);
}

static void on_message(void *user, uint32_t conn, struct str text)
{
    struct server *s = user;
    const struct link *l = link_of_net(s, conn);

    if (!l || !l->hub || s->fault == SERVER_FAULT_STALL)
        return;
    hub_message(s->hub, l->hub, text, net_now_ms(s->loop));
    server_pump(s);
}

static void on_binary(void *user, uint32_t conn)
{
    struct server *s = user;
    const struct link *l = link_of_net(s, conn);

    if (!l || !l->hub || s->fault == SERVER_FAULT_STALL)
        return;
    hub_binary(s->hub, l->hub, net_now_ms(s->loop));
    server_pump(s);
}

static void on_alive(void *user, uint32_t conn)
{
    struct server *s = user;
    const struct link *l = link_of_net(s, conn);

    if (!l || !l->hub)
        return;
    hub_alive(s->hub, l->hub, net_now_ms(s->loop));
    server_pump(s);
}

static void on_closed(void *user, uint32_t conn)
{
    struct server *s = user;
    struct link *l = link_of_net(s, conn);

    if (!l)
        return;
    const struct net_server_end end = net_server_end(s->net);
    server_note(
        s, &(struct server_note){
               .kind = SERVER_NOTE_CLOSED, .conn = conn, .code = end.code, .by_peer = end.by_peer});
    if (l->hub)
        hub_closed(s->hub, l->hub, net_now_ms(s->loop));
    drop_link(s, l);
    server_pump(s);
}

static void on_request(void *user, uint32_t conn, const struct net_request *request)
{
    struct server *s = user;

    s->counts.http_requests++;
    if (!refuses(s, conn))
        routes_request(s, conn, request);
}

static bool on_admit(void *user, uint32_t conn, const struct net_request *request)
{
    struct server *s = user;

    if (routes_admit(s, request))
        return true;
    on_request(user, conn, request);
    return false;
}

/* ---- life -------------------------------------------------------------------------------- */

static enum ct_err fill(struct server *s, const struct server_cfg *cfg, struct fault *fault)
{
    static const struct net_server_handler handler = {on_opened, on_message, on_binary, on_alive,
                                                      on_closed, on_request, on_admit};
    struct net_server_cfg net = cfg->net;
    enum ct_err err;

    s->hub = hub_create(&cfg->hub, net_now_ms(s->loop));
    s->timer = net_timer_create(s->loop, on_timer, s);
    if (!s->hub || !s->timer)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    err = server_cfg_take(s, cfg, fault);
    if (err == CT_OK)
        err = server_cfg_hub(s, cfg, fault);
    if (err == CT_OK)
        err = door_create(s, cfg->connections_per_address, fault);
    if (err != CT_OK)
        return err;
    if (net.send_queue_max_bytes == 0)
        net.send_queue_max_bytes = SERVER_QUEUE_DEFAULT_BYTES;
    net.slow_close_code = SERVER_SLOW_CODE;
    net.spare_loopback = true;
    if (cfg->connections_per_address > 0)
        net.per_address_max = cfg->connections_per_address + SERVER_HTTP_PER_ADDRESS;
    s->postman = postman_create(s, cfg->webhook_ca_file);
    if (!s->postman)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    s->net = net_server_create(s->loop, &net, &handler, s, fault);
    if (!s->net)
        return CT_ERR_NET; /* fault says why */
    if (cfg->metrics_apart && metrics_listen(s, &cfg->metrics, fault) != CT_OK)
        return CT_ERR_NET;
    server_pump(s);
    return CT_OK;
}

struct server *server_create(struct net_loop *loop, const struct server_cfg *cfg,
                             struct fault *fault)
{
    struct server *s;

    if (server_cfg_check(cfg, fault) != CT_OK)
        return NULL;
    s = calloc(1, sizeof *s);
    if (!s) {
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    s->loop = loop;
    s->backend = cfg->backend;
    (void)str_copy(s->bind_address, sizeof s->bind_address, str_from(cfg->net.bind_address));
    s->started_unix_ms = net_unix_ms();
    if (fill(s, cfg, fault) != CT_OK) {
        server_destroy(s);
        return NULL;
    }
    return s;
}

static bool all_gone(void *user)
{
    const struct server *s = user;

    return HASH_CNT(by_net, s->links_by_net) == 0;
}

static void say_goodbye(struct server *s)
{
    s->leaving = true;
    server_fault(s, SERVER_FAULT_NONE); /* ends a stall, else nobody would hear it */
    net_server_accept(s->net, NET_REFUSE);
    hub_close_all(s->hub, CODE_RESTART, STR("Server shutting down"), net_now_ms(s->loop));
    server_pump(s);
    if (!all_gone(s)) /* the frames leave the queues in the loop */
        (void)net_loop_run_until(s->loop, all_gone, s, SERVER_GOODBYE_MAX_MS);
}

void server_destroy(struct server *s)
{
    struct link *l, *next;

    if (!s)
        return;
    drain_end(s);
    if (s->net && !s->hurried)
        say_goodbye(s);
    net_server_destroy(s->metrics);
    net_server_destroy(s->net);
    HASH_ITER(by_net, s->links_by_net, l, next)
    drop_link(s, l);
    postman_destroy(s->postman);
    net_timer_destroy(s->timer);
    hub_destroy(s->hub);
    server_cfg_drop(s);
    crowd_destroy(s->crowd);
    free(s);
}

uint16_t server_port(const struct server *s)
{
    return net_server_port(s->net);
}

enum pusher_err server_publish(struct server *s, struct str app_id, struct str channel,
                               struct str event, struct str data)
{
    const enum pusher_err err = hub_publish(s->hub, app_id, channel, event, data,
                                            (struct str){NULL, 0}, net_now_ms(s->loop));
    if (err == PUSHER_OK)
        s->counts.published++;
    server_pump(s);
    return err;
}

static bool count_channel(void *user, struct str channel, size_t subscribers, size_t users)
{
    size_t *count = user;

    (void)channel;
    (void)subscribers;
    (void)users;
    (*count)++;
    return true;
}

void server_counts(const struct server *s, struct server_counts *out)
{
    *out = s->counts;
    out->connections = hub_connection_count(s->hub);
    out->channels = 0;
    for (size_t i = 0; i < s->app_count; i++)
        hub_each_channel(s->hub, str_from(s->apps[i].id), (struct str){NULL, 0}, count_channel,
                         &out->channels);
}
