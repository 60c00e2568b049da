/* src/cmd/serve.c - `chargetop serve`: the embedded server until it is interrupted. */
#include <signal.h>

#include "cmd/command.h"
#include "cmd/simhost.h"

static void on_signal(void *user, int signum)
{
    (void)signum;
    net_loop_stop(user);
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
        net_signal(loop, SIGHUP, on_signal, loop) != CT_OK)
        goto out;
    net_loop_run(loop);
    status = EXIT_DONE;
out:
    simhost_destroy(host);
    return command_end(loop, status);
}
