/* presence_channel.c - joins a presence channel, which the application's server must allow, tells who is there,
 * and answers every `client-ping` with a `client-pong`.
 *
 *     PUSHER_TOKEN=... presence_channel KEY HOST PORT AUTH-URL CHANNEL SECONDS [ping]
 *
 * With `ping` it asks first. */
#include <pusher/net.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_joined(void *user, struct pc *pc, const struct pc_event *event)
{
    char count[16];

    (void)pc_json_get(event->data, event->data_len, "presence.count", count, sizeof count);
    printf("joined %s: %s here\n", event->channel, count);
    if (*(const bool *)user)
        (void)pc_trigger(pc, event->channel, "client-ping", "{\"message\":\"anybody?\"}");
}

static void on_member(void *user, struct pc *pc, const struct pc_event *event)
{
    char id[64];

    (void)user;
    (void)pc;
    (void)pc_json_get(event->data, event->data_len, "user_id", id, sizeof id);
    printf("%s %s\n", strcmp(event->name, "pusher:member_added") == 0 ? "came" : "left", id);
}

static void on_ping(void *user, struct pc *pc, const struct pc_event *event)
{
    const int err = pc_trigger(pc, event->channel, "client-pong", "{\"message\":\"online\"}");

    (void)user;
    printf("ping from %s, %s\n", event->user_id, err == PC_OK ? "answered" : pc_strerror(err));
}

static void on_pong(void *user, struct pc *pc, const struct pc_event *event)
{
    char message[64];

    (void)user;
    (void)pc;
    (void)pc_json_get(event->data, event->data_len, "message", message, sizeof message);
    printf("pong from %s: %s\n", event->user_id, message);
}

static void on_refused(void *user, struct pc *pc, const struct pc_event *event)
{
    (void)user;
    (void)pc;
    printf("refused: %s\n", event->data);
}

int main(int argc, char **argv)
{
    const char *token = getenv("PUSHER_TOKEN");
    bool ping = argc == 8 && strcmp(argv[7], "ping") == 0;
    char header[512];

    if (argc < 7 || !token ||
        snprintf(header, sizeof header, "Authorization: Bearer %s", token) >= 512) {
        fprintf(stderr, "usage: PUSHER_TOKEN=... presence_channel KEY HOST PORT AUTH-URL CHANNEL "
                        "SECONDS [ping]\n");
        return 2;
    }
    struct pc_net *net =
        pc_net_create(&(struct pc_net_cfg){.auth_url = argv[4], .auth_headers = {header}});
    struct pc_cfg cfg = {
        .key = argv[1], .host = argv[2], .port = (uint16_t)strtoul(argv[3], NULL, 10)};

    if (!net)
        return 1;
    cfg.tls = cfg.port == 443;
    pc_net_lend(net, &cfg);
    struct pc *pc = pc_init(&cfg);

    if (!pc)
        return 1;
    pc_bind(pc, argv[5], "pusher:subscription_succeeded", on_joined, &ping);
    pc_bind(pc, argv[5], "pusher:member_added", on_member, NULL);
    pc_bind(pc, argv[5], "pusher:member_removed", on_member, NULL);
    pc_bind(pc, argv[5], "pusher:subscription_error", on_refused, NULL);
    pc_bind(pc, argv[5], "client-ping", on_ping, NULL);
    pc_bind(pc, argv[5], "client-pong", on_pong, NULL);
    pc_subscribe(pc, argv[5]);
    const uint32_t start_ms = cfg.now_ms(cfg.lent);

    while (cfg.now_ms(cfg.lent) - start_ms < strtoul(argv[6], NULL, 10) * 1000) {
        (void)pc_net_poll(net, pc, 200);
        fflush(stdout);
    }
    pc_free(pc);
    pc_net_destroy(net);
    return 0;
}
