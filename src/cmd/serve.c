/* src/cmd/serve.c - `chargetop serve`: the embedded server until it is interrupted. */
#include <signal.h>

#include "cmd/command.h"
#include "cmd/config.h"
#include "cmd/simhost.h"

static void on_signal(void *user, int signum)
{
    (void)signum;
    net_loop_stop(user);
}

/* What cannot be read stays as it was: a server must not fall over a file that is being written. */
static void on_hangup(void *user, int signum)
{
    struct fault fault = {.err = CT_OK};

    (void)signum;
    if (server_reload(simhost_server(user), &fault) == CT_OK)
        command_complain("read again: tokens, certificate");
    else
        command_complain("read again: %s; what was in force stays", fault.text);
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

int serve_run(struct settings *s)
{
    struct fault fault = {.err = CT_OK};
    struct net_loop *loop = net_loop_create();
    struct simhost *host = NULL;
    char address[SETTINGS_TEXT_MAX];
    int status = EXIT_FAILED;

    if (!loop) {
        command_complain("event loop: out of memory or descriptors");
        return EXIT_FAILED;
    }
    if (read_apps(s, &fault))
        host = simhost_create(loop, s, (uint32_t)s->simulate, 1000, false, &fault);
    if (!host) {
        command_complain("%s", fault.text);
        status = fault.err == CT_ERR_NET ? EXIT_CONNECTION : EXIT_USAGE;
        goto out;
    }
    (void)simhost_address(host, address, sizeof address);
    if (printf("ready %s\n", address) < 0 || fflush(stdout) != 0)
        goto out;
    if (net_signal(loop, SIGINT, on_signal, loop) != CT_OK ||
        net_signal(loop, SIGTERM, on_signal, loop) != CT_OK ||
        net_signal(loop, SIGHUP, on_hangup, host) != CT_OK)
        goto out;
    net_loop_run(loop);
    status = EXIT_DONE;
out:
    simhost_destroy(host);
    return command_end(loop, status);
}
