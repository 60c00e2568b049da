/* src/cmd/vmshost.c - the simulated cameras joined to sockets, a login and an address. */
#include "cmd/vmshost.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cmd/serve_cfg.h"
#include "sim/vms.h"

/* The password is the bearer token, so that no other secret is published or configured. */
static const char LOGIN[] = "operator";

enum { SOCKETS = 2 };

struct vmshost {
    struct net_loop *loop;
    struct vms_sim *sim;
    struct net_timer *timer, *fault_timer;
    struct server *sockets[SOCKETS]; /* the second is made when the first move comes */
    size_t current;
    const struct settings *s;
    int64_t speed_milli;
    uint64_t started_ms;
    char token[256], app_id[128], app_key[128];
    const char *faults[SETTINGS_NAMES_MAX]; /* take turns */
    size_t fault_count, fault_next;
};

static const char *const fault_names[] = {"vms-moved", "vms-logout"};

/* Static, NULL for another. */
static const char *fault_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(fault_names); i++)
        if (strcmp(fault_names[i], name) == 0)
            return fault_names[i];
    return NULL;
}

bool vmshost_fault_known(const char *name)
{
    return fault_named(name) != NULL;
}

/* ---- sockets ----------------------------------------------------------------------------------- */

/* The first stands below the prefix that clients try unasked, the other below one they are told. */
static const char *prefix_of(size_t socket)
{
    return socket == 0 ? "/pusher" : "/ws";
}

static enum ct_err open_socket(struct vmshost *v, size_t at, struct fault *fault)
{
    struct serve_cfg *made = serve_cfg_create(v->s, fault);

    if (!made)
        return fault->err;
    made->server.net.port = 0;
    made->server.metrics_apart = false;
    made->server.path_prefix = prefix_of(at);
    made->server.hub.seed = net_random_seed();
    (void)str_copy(v->app_id, sizeof v->app_id, str_from(made->server.apps[0].id));
    (void)str_copy(v->app_key, sizeof v->app_key, str_from(made->server.apps[0].key));
    (void)str_copy(v->token, sizeof v->token,
                   str_from(made->server.token_count ? made->server.tokens[0] : ""));
    v->sockets[at] = server_create(v->loop, &made->server, fault);
    serve_cfg_destroy(made);
    if (v->sockets[at])
        return CT_OK;
    return fault->err ? fault->err : fault_set(fault, CT_ERR_NET, "server could not start");
}

/* Everybody is cut off, and nobody is let in at the old address. */
static void move(struct vmshost *v)
{
    struct fault fault = {.err = CT_OK};
    const size_t next = (v->current + 1) % SOCKETS;

    if (!v->sockets[next] && open_socket(v, next, &fault) != CT_OK)
        return; /* stays where it is */
    server_fault(v->sockets[next], SERVER_FAULT_NONE);
    server_fault(v->sockets[v->current], SERVER_FAULT_REFUSE);
    v->current = next;
}

/* ---- events ------------------------------------------------------------------------------------ */

static uint64_t sim_time(const struct vmshost *v)
{
    return (net_now_ms(v->loop) - v->started_ms) * (uint64_t)v->speed_milli / 1000;
}

/* What cannot be published now is a lost event, as on a real back end. */
static void publish(struct vmshost *v, const struct vms_sim_event *e)
{
    (void)server_publish(v->sockets[v->current], str_from(v->app_id), e->channel, e->name, e->data);
}

static void arm(struct vmshost *v)
{
    const uint64_t speed = (uint64_t)v->speed_milli;

    net_timer_at(v->timer,
                 v->started_ms + (vms_sim_deadline_ms(v->sim) * 1000 + speed - 1) / speed);
}

static void publish_due(void *user)
{
    struct vmshost *v = user;
    struct vms_sim_event event;
    int left = VMSHOST_BURST_MAX;

    while (left-- > 0 && vms_sim_next(v->sim, sim_time(v), &event))
        publish(v, &event);
    arm(v);
}

bool vmshost_fault(struct vmshost *v, const char *name)
{
    struct vms_sim_event event;

    if (!vmshost_fault_known(name))
        return false;
    if (strcmp(name, "vms-moved") == 0)
        move(v);
    else if (vms_sim_logout(v->sim, STR("Your session was closed on another device"), &event))
        publish(v, &event);
    return true;
}

static void next_fault(void *user)
{
    struct vmshost *v = user;

    (void)vmshost_fault(v, v->faults[v->fault_next++ % v->fault_count]);
    net_timer_at(v->fault_timer, net_now_ms(v->loop) + VMSHOST_EVERY_MS);
}

/* ---- REST -------------------------------------------------------------------------------------- */

static int refuse_login(struct buf *to, const char *field, const char *message)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "message");
    jw_str(&w, STR("The given data was invalid."));
    jw_key(&w, "errors");
    jw_object(&w);
    jw_key(&w, field);
    jw_array(&w);
    jw_str(&w, str_from(message));
    jw_array_end(&w);
    jw_object_end(&w);
    jw_object_end(&w);
    return 422;
}

/* Takes as long whatever was typed. */
static bool same_secret(const char *ours, const char *typed)
{
    const size_t len = strlen(ours), other = strlen(typed);
    volatile unsigned char differs = len != other;

    for (size_t i = 0; i < len; i++)
        differs = (unsigned char)(differs | (ours[i] ^ (other ? typed[i % other] : ~ours[i])));
    return differs == 0;
}

int vmshost_login(struct vmshost *v, struct str body, struct buf *to)
{
    struct json_value doc, login, password;
    char name[128] = "", secret[256] = "";

    if (json_parse(body, &doc) != CT_OK || doc.type != JSON_OBJECT)
        return refuse_login(to, "login", "The login field is required.");
    if (json_get(doc, STR("login"), &login) && login.type == JSON_STRING)
        (void)json_string_copy(login, name, sizeof name);
    if (json_get(doc, STR("password"), &password) && password.type == JSON_STRING)
        (void)json_string_copy(password, secret, sizeof secret);
    if (!name[0])
        return refuse_login(to, "login", "The login field is required.");
    if (!secret[0])
        return refuse_login(to, "password", "The password field is required.");
    if (!v->token[0] || strcmp(name, LOGIN) != 0 || !same_secret(v->token, secret))
        return refuse_login(to, "login", "These credentials do not match our records.");
    return vms_sim_login(v->sim, str_from(v->token), to) == CT_OK ? 200 : 500;
}

/* The name this machine was reached by, without its port. */
static struct str host_of(struct str host)
{
    if (str_starts(host, STR("["))) {
        const size_t end = str_find(host, STR("]"));
        return end < host.len ? (struct str){host.ptr, end + 1} : host;
    }
    return str_split(&host, ':');
}

int vmshost_wsurl(struct vmshost *v, struct str host, struct buf *to)
{
    const uint16_t port = server_port(v->sockets[v->current]);
    const bool tls = v->s->tls_cert[0] != '\0';
    const struct str name = host.len > 0 ? host_of(host) : STR("127.0.0.1");
    char url[400];
    struct json_writer w;

    (void)str_format(url, sizeof url, "%s://%.*s:%u%s", tls ? "wss" : "ws", (int)name.len, name.ptr,
                     (unsigned)port, v->current == 0 ? "" : prefix_of(v->current));
    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "ws_url");
    jw_str(&w, str_from(url));
    jw_key(&w, "app_key");
    jw_str(&w, str_from(v->app_key));
    jw_key(&w, "port");
    jw_i64(&w, port);
    jw_key(&w, "is_encrypted");
    jw_str(&w, tls ? STR("true") : STR("false"));
    jw_object_end(&w);
    return w.err == CT_OK ? 200 : 500;
}

/* Another user's events, or another session's. */
bool vmshost_denies(const struct vmshost *v, struct str channel)
{
    char own[64];
    size_t len;

    if (str_starts(channel, STR("private-user."))) {
        len = str_format(own, sizeof own, "private-user.%d", VMS_SIM_USER_ID);
        return !str_eq(channel, (struct str){own, len});
    }
    if (!str_starts(channel, STR("private-token.")))
        return false;
    len = str_format(own, sizeof own, "private-token.%s", vms_sim_token_id(v->sim));
    return !str_eq(channel, (struct str){own, len});
}

/* ---- life -------------------------------------------------------------------------------------- */

static enum ct_err start(struct vmshost *v, uint32_t cameras, struct fault *fault)
{
    const struct settings *s = v->s;
    const struct vms_sim_cfg cfg = {
        .cameras = cameras, .seed = (uint64_t)s->seed, .start_unix_ms = net_unix_ms()};
    const enum ct_err err = vms_sim_create(&v->sim, &cfg);

    if (err != CT_OK)
        return fault_set(fault, err, "simulation of %u cameras: %s", cameras, ct_strerror(err));
    v->timer = net_timer_create(v->loop, publish_due, v);
    v->fault_timer = net_timer_create(v->loop, next_fault, v);
    if (!v->timer || !v->fault_timer)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < s->faults.count; i++)
        if (vmshost_fault_known(s->faults.name[i]))
            v->faults[v->fault_count++] = fault_named(s->faults.name[i]);
    if (v->fault_count > 0)
        net_timer_at(v->fault_timer, net_now_ms(v->loop) + VMSHOST_FIRST_MS);
    v->started_ms = net_now_ms(v->loop);
    return open_socket(v, 0, fault);
}

struct vmshost *vmshost_create(struct net_loop *loop, const struct settings *s, uint32_t cameras,
                               struct fault *fault)
{
    struct vmshost *v = calloc(1, sizeof *v);

    if (!v) {
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    v->loop = loop;
    v->s = s;
    /* The demo's clock runs fast for charging; people at a door do not. */
    v->speed_milli = s->speed_milli > 0 && !s->demo_vms ? s->speed_milli : 1000;
    if (start(v, cameras, fault) == CT_OK) {
        arm(v);
        return v;
    }
    vmshost_destroy(v);
    return NULL;
}

void vmshost_destroy(struct vmshost *v)
{
    if (!v)
        return;
    net_timer_destroy(v->timer);
    net_timer_destroy(v->fault_timer);
    for (size_t i = 0; i < SOCKETS; i++)
        server_destroy(v->sockets[i]);
    vms_sim_destroy(v->sim);
    free(v);
}
