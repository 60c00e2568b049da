#include "cmd/simhost.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cmd/serve_cfg.h"
#include "cmd/simnotices.h"
#include "cmd/vmshost.h"
#include "sim/sim.h"

enum { FAULT_WORD_MAX = 44 };

/* Faults of the connection come back on their own so that a viewer sees loss and recovery. */
enum { LINK_FAULT_FIRST_MS = 10000, LINK_FAULT_LASTS_MS = 12000, LINK_FAULT_EVERY_MS = 45000 };

struct simhost {
    struct net_loop *loop;
    struct server *server;
    struct sim *sim;
    struct simnotices *notices; /* NULL: none are sent */
    struct vmshost *vms;        /* NULL: no video back end */
    struct net_timer *timer, *fault_timer;
    uint64_t started_ms;
    int64_t speed_milli;
    char app_id[128], app_key[128], host[160];
    bool tls;
    enum server_fault link_faults[SETTINGS_NAMES_MAX]; /* take turns, again and again */
    size_t link_fault_count, link_fault_next;
    bool link_fault_on;
};

struct fault_name {
    const char *name;
    enum server_fault fault;
};

static const struct fault_name fault_names[] = {
    {"none", SERVER_FAULT_NONE},         {"drop", SERVER_FAULT_DROP},
    {"refuse", SERVER_FAULT_REFUSE},     {"stall-link", SERVER_FAULT_STALL},
    {"401", SERVER_FAULT_UNAUTHORIZED},  {"restart", SERVER_FAULT_RESTART},
    {"overload", SERVER_FAULT_OVERLOAD},
};

static bool find_fault(const char *name, enum server_fault *out)
{
    for (size_t i = 0; i < COUNT_OF(fault_names); i++)
        if (strcmp(fault_names[i].name, name) == 0) {
            *out = fault_names[i].fault;
            return true;
        }
    return false;
}

enum ct_err simhost_fault_check(const char *name, struct fault *fault)
{
    enum server_fault found;
    char word[FAULT_WORD_MAX];
    uint32_t bit = 0;

    if (find_fault(name, &found) || sim_fault_parse(str_from(name), &bit) ||
        vmshost_fault_known(name))
        return CT_OK;
    str_brief(word, sizeof word, str_from(name));
    return fault_set(fault, CT_ERR_SYNTAX, "'%s' is no fault; chargetop serve --help lists them",
                     word);
}

static uint64_t sim_time(const struct simhost *h)
{
    return (net_now_ms(h->loop) - h->started_ms) * (uint64_t)h->speed_milli / 1000;
}

static void arm(struct simhost *h)
{
    const uint64_t due = sim_deadline_ms(h->sim);
    const uint64_t speed = (uint64_t)h->speed_milli;

    if (due == UINT64_MAX)
        net_timer_stop(h->timer);
    else
        net_timer_at(h->timer, h->started_ms + (due * 1000 + speed - 1) / speed);
}

static void publish_due(void *user)
{
    struct simhost *h = user;
    struct sim_event event;
    int left = SIMHOST_BURST_MAX;

    /* What cannot be published now (a full queue) is a lost update, as on a real back end. */
    while (left-- > 0 && sim_next(h->sim, sim_time(h), &event)) {
        (void)server_publish(h->server, str_from(h->app_id), event.channel, event.name, event.data);
        simnotices_order(h->notices, event.channel);
    }
    arm(h);
}

static int backend_orders(void *user, bool complete, uint32_t page, uint32_t limit, struct buf *to)
{
    struct simhost *h = user;
    return sim_rest_orders(h->sim, complete ? SIM_LIST_COMPLETE : SIM_LIST_ACTIVE, page, limit, to);
}

static int backend_order(void *user, struct str id, struct buf *to)
{
    struct simhost *h = user;
    return sim_rest_order(h->sim, id, to);
}

static int backend_stop(void *user, struct str id, struct buf *to)
{
    struct simhost *h = user;
    const int status = sim_rest_stop(h->sim, id, to);

    arm(h); /* a completed event is due sooner than what was planned */
    return status;
}

static int backend_me(void *user, struct buf *to)
{
    struct simhost *h = user;
    return sim_rest_me(h->sim, to);
}

static bool backend_denies(void *user, struct str channel)
{
    struct simhost *h = user;
    return (h->sim && sim_denies(h->sim, channel)) || (h->vms && vmshost_denies(h->vms, channel));
}

static int backend_login(void *user, struct str body, struct buf *to)
{
    struct simhost *h = user;
    return vmshost_login(h->vms, body, to);
}

static int backend_wsurl(void *user, struct str host, struct buf *to)
{
    struct simhost *h = user;
    return vmshost_wsurl(h->vms, host, to);
}

static void toggle_link_fault(void *user)
{
    struct simhost *h = user;

    h->link_fault_on = !h->link_fault_on;
    server_fault(h->server, h->link_fault_on
                                ? h->link_faults[h->link_fault_next++ % h->link_fault_count]
                                : SERVER_FAULT_NONE);
    net_timer_at(h->fault_timer, net_now_ms(h->loop) + (h->link_fault_on ? LINK_FAULT_LASTS_MS
                                                                         : LINK_FAULT_EVERY_MS));
}

static enum ct_err read_faults(struct simhost *h, const struct settings *s, uint32_t *order_faults,
                               struct fault *fault)
{
    for (size_t i = 0; i < s->faults.count; i++) {
        uint32_t bit = 0;
        enum server_fault link_fault;

        if (sim_fault_parse(str_from(s->faults.name[i]), &bit))
            *order_faults |= bit;
        else if (find_fault(s->faults.name[i], &link_fault))
            h->link_faults[h->link_fault_count++] = link_fault;
        else if (simhost_fault_check(s->faults.name[i], fault) != CT_OK)
            return fault->err;
    }
    return CT_OK;
}

static enum ct_err start_sim(struct simhost *h, const struct settings *s, uint32_t sessions,
                             bool warm, uint32_t faults, struct fault *fault)
{
    const struct sim_cfg cfg = {.sessions = sessions,
                                .seed = (uint64_t)s->seed,
                                .period_ms = (uint32_t)s->period_ms,
                                .faults = faults,
                                .natural_faults = warm,
                                .warm = warm,
                                .start_unix_ms = net_unix_ms(),
                                .speed_milli = (uint32_t)h->speed_milli};
    const enum ct_err err = sim_create(&h->sim, &cfg);

    if (err != CT_OK)
        return fault_set(fault, err, "simulation of %u orders: %s", sessions, ct_strerror(err));
    h->timer = net_timer_create(h->loop, publish_due, h);
    if (!h->timer)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    h->started_ms = net_now_ms(h->loop);
    return CT_OK;
}

static void note_app(struct simhost *h, const struct server_cfg *cfg)
{
    (void)str_copy(h->app_id, sizeof h->app_id, str_from(cfg->apps[0].id));
    (void)str_copy(h->app_key, sizeof h->app_key, str_from(cfg->apps[0].key));
}

enum ct_err simhost_reload(struct simhost *h, const struct settings *s, struct fault *fault)
{
    struct serve_cfg *made = serve_cfg_create(s, fault);

    if (!made)
        return fault->err;
    const enum ct_err err = server_reload(h->server, &made->server, fault);
    if (err == CT_OK)
        note_app(h, &made->server);
    serve_cfg_destroy(made);
    return err;
}

static enum ct_err start_server(struct simhost *h, const struct settings *s, struct fault *fault)
{
    struct serve_cfg *made = serve_cfg_create(s, fault);

    if (!made)
        return fault->err;
    struct server_cfg *cfg = &made->server;
    cfg->hub.seed = net_random_seed();
    cfg->backend = (struct server_backend){.user = h, .denies = backend_denies};
    if (h->sim) {
        cfg->backend.orders = backend_orders;
        cfg->backend.order = backend_order;
        cfg->backend.stop = backend_stop;
        cfg->backend.me = backend_me;
    }
    if (h->vms) {
        cfg->backend.login = backend_login;
        cfg->backend.wsurl = backend_wsurl;
    }
    note_app(h, cfg);
    const bool v6 = strchr(s->bind, ':') != NULL;
    (void)str_format(h->host, sizeof h->host, "%s%s%s", v6 ? "[" : "", s->bind, v6 ? "]" : "");
    h->tls = cfg->net.tls_cert_file != NULL;
    h->server = server_create(h->loop, cfg, fault);
    serve_cfg_destroy(made);
    if (!h->server)
        return fault->err ? fault->err : fault_set(fault, CT_ERR_NET, "server could not start");
    return CT_OK;
}

struct simhost *simhost_create(struct net_loop *loop, const struct settings *s, uint32_t sessions,
                               int64_t default_speed_milli, bool warm, struct fault *fault)
{
    struct simhost *h = calloc(1, sizeof *h);
    uint32_t order_faults = 0;

    if (!h) {
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    h->loop = loop;
    h->speed_milli = s->speed_milli > 0 ? s->speed_milli : default_speed_milli;
    if (read_faults(h, s, &order_faults, fault) != CT_OK)
        goto fail;
    if (sessions > 0 && start_sim(h, s, sessions, warm, order_faults, fault) != CT_OK)
        goto fail;
    if (s->simulate_vms > 0) {
        h->vms = vmshost_create(loop, s, (uint32_t)s->simulate_vms, fault);
        if (!h->vms)
            goto fail;
    }
    if (start_server(h, s, fault) != CT_OK)
        goto fail;
    if (h->sim)
        arm(h);
    if (s->demo_notices) {
        h->notices = simnotices_create(loop, h->server, str_from(h->app_id));
        if (!h->notices) {
            (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
            goto fail;
        }
    }
    if (h->link_fault_count > 0) {
        h->fault_timer = net_timer_create(loop, toggle_link_fault, h);
        if (!h->fault_timer) {
            (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
            goto fail;
        }
        net_timer_at(h->fault_timer, net_now_ms(loop) + LINK_FAULT_FIRST_MS);
    }
    return h;
fail:
    simhost_destroy(h);
    return NULL;
}

void simhost_destroy(struct simhost *h)
{
    if (!h)
        return;
    net_timer_destroy(h->timer);
    net_timer_destroy(h->fault_timer);
    simnotices_destroy(h->notices);
    server_destroy(h->server);
    vmshost_destroy(h->vms);
    sim_destroy(h->sim);
    free(h);
}

struct server *simhost_server(struct simhost *h)
{
    return h->server;
}

uint16_t simhost_port(const struct simhost *h)
{
    return server_port(h->server);
}

size_t simhost_address(const struct simhost *h, char *to, size_t cap)
{
    return str_format(to, cap, "%s://%s:%u/app/%s", h->tls ? "wss" : "ws", h->host,
                      (unsigned)server_port(h->server), h->app_key);
}

bool simhost_fault(struct simhost *h, const char *name)
{
    enum server_fault fault;

    if (h->vms && vmshost_fault(h->vms, name))
        return true;
    if (!find_fault(name, &fault))
        return false;
    server_fault(h->server, fault);
    return true;
}
