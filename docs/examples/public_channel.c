/* public_channel.c - prints the events of a public channel, reconnecting for ever.
 *
 *     public_channel KEY HOST PORT CHANNEL SECONDS [CA-FILE]
 *
 * By wss at port 443, or with a file of certificates to trust. */
#include <pusher/net.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_event(void *user, struct pc *pc, const struct pc_event *event)
{
    (void)user;
    (void)pc;
    printf("%s %s %s\n", event->channel, event->name, event->data);
    fflush(stdout);
}

static void print_state(void *user, struct pc *pc, enum pc_state state, int32_t code,
                        uint32_t retry_in_ms, const char *text)
{
    (void)user;
    (void)pc;
    if (text[0])
        fprintf(stderr, "state %d, code %d: %s; next try in %u ms\n", (int)state, (int)code, text,
                (unsigned)retry_in_ms);
}

int main(int argc, char **argv)
{
    const char *ca_file = argc == 7 ? argv[6] : NULL;
    struct pc_net *net = pc_net_create(&(struct pc_net_cfg){.ca_file = ca_file});
    struct pc_cfg cfg = {.state = print_state};
    struct pc *pc;

    if (argc < 6 || argc > 7 || !net) {
        fprintf(stderr, "usage: public_channel KEY HOST PORT CHANNEL SECONDS [CA-FILE]\n");
        return 2;
    }
    cfg.key = argv[1];
    cfg.host = argv[2];
    cfg.port = (uint16_t)strtoul(argv[3], NULL, 10);
    cfg.tls = ca_file || cfg.port == 443;
    pc_net_lend(net, &cfg);
    pc = pc_init(&cfg);
    if (!pc)
        return 1;
    pc_bind(pc, argv[4], NULL, print_event, NULL);
    pc_subscribe(pc, argv[4]);
    const uint32_t start_ms = cfg.now_ms(cfg.lent);

    while (cfg.now_ms(cfg.lent) - start_ms < strtoul(argv[5], NULL, 10) * 1000)
        (void)pc_net_poll(net, pc, 200);
    pc_free(pc);
    pc_net_destroy(net);
    return 0;
}
