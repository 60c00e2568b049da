/* src/cmd/serve.c - `chargetop serve`: the embedded server until it is interrupted. */
#include <signal.h>

#include "cmd/command.h"
#include "cmd/config.h"
#include "cmd/reload.h"
#include "cmd/serve_log.h"
#include "cmd/simhost.h"

struct serving {
    struct net_loop *loop;
    struct simhost *host;
    const struct settings *s;
    struct settings *fresh; /* s once it was read again; owned */
    struct serve_log log;
    bool leaving, hurried;
};

static void on_drained(void *user)
{
    net_loop_stop(((struct serving *)user)->loop);
}

/* The first one asks to leave in an orderly way, the second one to leave. */
static void on_signal(void *user, int signum)
{
    struct serving *v = user;

    (void)signum;
    if (v->leaving) {
        v->hurried = true;
        server_hurry(simhost_server(v->host));
        net_loop_stop(v->loop);
        return;
    }
    v->leaving = true;
    server_drain(simhost_server(v->host), (uint32_t)v->s->drain_s * 1000, on_drained, v);
}

/* Whoever read the log has gone; the server is not there for it alone. */
static void on_note(void *user, const struct server_note *note)
{
    struct serving *v = user;

    if (!serve_log_note(&v->log, note))
        server_tell(simhost_server(v->host), NULL, NULL);
}

struct first_mistake {
    struct fault *fault;
    bool any;
};

static void keep_first(void *user, const char *line)
{
    struct first_mistake *first = user;

    if (!first->any)
        (void)fault_set(first->fault, CT_ERR_SYNTAX, "%s", line);
    first->any = true;
}

static bool read_apps(struct settings *s, struct fault *fault)
{
    struct first_mistake first = {.fault = fault};

    if (s->apps_file[0] && config_read_apps(s, s->apps_file, keep_first, &first) != 0)
        return false;
    return config_load_secrets(s, fault) == CT_OK;
}

/* What is taken without a restart. */
static const char *const taken[] = {"apps",     "auth-tokens", "auth-rate", "cors-origin",
                                    "tls-cert", "tls-key",     "drain-s",   "json"};

/* All of it or nothing: a server must not fall over a file that is being written. */
static void on_hangup(void *user, int signum)
{
    struct serving *v = user;
    struct fault fault = {.err = CT_OK};
    struct settings *fresh = reload_read(v->s, &fault);
    char others[200];

    (void)signum;
    if (!fresh || !read_apps(fresh, &fault) || simhost_reload(v->host, fresh, &fault) != CT_OK) {
        command_complain("read again: %s; what was in force stays", fault.text);
        settings_destroy(fresh);
        return;
    }
    reload_name_others(v->s, fresh, taken, COUNT_OF(taken), others, sizeof others);
    command_complain("read again: %zu application%s, tokens, certificate%s%s", fresh->app_count,
                     fresh->app_count == 1 ? "" : "s",
                     others[0] ? "; a restart is needed for " : "", others);
    settings_destroy(v->fresh);
    v->s = v->fresh = fresh;
}

static bool say_ready(struct serving *v)
{
    char address[SETTINGS_TEXT_MAX];

    (void)simhost_address(v->host, address, sizeof address);
    if (v->s->json)
        return serve_log_ready(&v->log, address, server_metrics_port(simhost_server(v->host)));
    return printf("ready %s\n", address) >= 0 && fflush(stdout) == 0;
}

static int serve(struct serving *v)
{
    if (!say_ready(v) || net_signal(v->loop, SIGINT, on_signal, v) != CT_OK ||
        net_signal(v->loop, SIGTERM, on_signal, v) != CT_OK ||
        net_signal(v->loop, SIGHUP, on_hangup, v) != CT_OK)
        return EXIT_FAILED;
    if (v->s->json)
        server_tell(simhost_server(v->host), on_note, v);
    net_loop_run(v->loop);
    return v->hurried ? EXIT_FAILED : EXIT_DONE;
}

static int exit_of(enum ct_err err)
{
    return err == CT_ERR_NET ? EXIT_CONNECTION : EXIT_USAGE;
}

int serve_run(struct settings *s)
{
    struct fault fault = {.err = CT_OK};
    struct serving v = {.loop = net_loop_create(), .s = s};
    int status = EXIT_FAILED;

    if (!v.loop) {
        command_complain("event loop: out of memory or descriptors");
        return EXIT_FAILED;
    }
    serve_log_init(&v.log);
    if (read_apps(s, &fault))
        v.host = simhost_create(v.loop, s, (uint32_t)s->simulate, 1000, false, &fault);
    if (v.host) {
        status = serve(&v);
    } else {
        command_complain("%s", fault.text);
        status = exit_of(fault.err);
    }
    simhost_destroy(v.host);
    serve_log_clear(&v.log);
    settings_destroy(v.fresh);
    return command_end(v.loop, status);
}
