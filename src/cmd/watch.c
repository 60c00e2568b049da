/* src/cmd/watch.c - `chargetop [watch]` and `chargetop demo`: the dashboard on a server out there, or
 * on one of our own. */
#include <stdint.h>

#include "base/str.h"
#include "cmd/command.h"
#include "cmd/dash.h"
#include "cmd/pipeline.h"
#include "cmd/simnotices.h"
#include "cmd/snapshot.h"

enum {
    DEMO_CAMERAS = 8,
    DEMO_SPEED_MILLI = 20000,
    DEMO_POLL_MS = 2000,
    DEMO_ACTIVITY_MS = 5000,
    DEMO_PONG_MS = 3000
};

/* The screen, or what was asked for instead of it. */
static int show(struct net_loop *loop, const struct settings *s, struct simhost *host)
{
    return snapshot_wanted(s) ? snapshot_run(loop, s, host) : dash_run(loop, s, host);
}

int watch_run(struct settings *s)
{
    struct net_loop *loop = net_loop_create();

    if (!loop) {
        command_complain("event loop: out of memory or descriptors");
        return EXIT_FAILED;
    }
    const int status = show(loop, s, NULL);
    return command_end(loop, status);
}

/* Both channels of the simulated sender; a wall shows what is meant for all. */
static void follow_notices(struct settings *s)
{
    static const char *const channels[] = {SIMNOTICES_CHANNEL, SIMNOTICES_CHANNEL_ALL};

    for (size_t i = 0; i < COUNT_OF(channels); i++)
        (void)str_copy(s->notices.name[s->notices.count++], SETTINGS_NAME_BYTES,
                       str_from(channels[i]));
    if (s->kiosk_cfg.notice_count == 0)
        (void)str_copy(s->kiosk_cfg.notices[s->kiosk_cfg.notice_count++], CHANNEL_NAME_MAX,
                       STR(SIMNOTICES_CHANNEL_ALL));
}

/* The dashboard's own settings for the socket that the embedded server listens on. */
static void point_at(struct settings *s, const struct simhost *host)
{
    const unsigned port = simhost_port(host);

    (void)str_copy(s->host, sizeof s->host, STR("127.0.0.1"));
    (void)str_copy(s->key, sizeof s->key, STR("demo-key"));
    (void)str_copy(s->token_value, sizeof s->token_value, STR("demo-token"));
    (void)str_format(s->auth_endpoint, sizeof s->auth_endpoint,
                     "http://127.0.0.1:%u/broadcasting/auth", port);
    (void)str_format(s->api_base, sizeof s->api_base, "http://127.0.0.1:%u/api/v1/", port);
    s->path[0] = s->cluster[0] = s->ca_file[0] = s->origin[0] = '\0';
    s->token_file[0] = s->token_command[0] = '\0';
    s->headers.count = 0;
    s->port = (int32_t)port;
    s->tls = s->tls_insecure = false;
    s->discover = true;
    s->poll_ms = DEMO_POLL_MS;
    /* A link that goes mute is noticed while the fault lasts. */
    s->activity_timeout_ms = DEMO_ACTIVITY_MS;
    s->pong_timeout_ms = DEMO_PONG_MS;
    s->order_count = 0;
    s->notices.count = 0;
    if (s->demo_notices)
        follow_notices(s);
}

/* The site's cameras and intercoms, as a profile beside the charging orders. */
static struct settings *video_side(const struct simhost *host)
{
    struct settings *side = settings_create();

    if (!side)
        return NULL;
    (void)str_copy(side->profile, sizeof side->profile, STR("video"));
    (void)str_copy(side->kind, sizeof side->kind, STR("vms"));
    (void)str_format(side->api_base, sizeof side->api_base, "http://127.0.0.1:%u/",
                     (unsigned)simhost_port(host));
    (void)str_copy(side->login, sizeof side->login, STR("operator"));
    (void)str_copy(side->password_value, sizeof side->password_value, STR("demo-token"));
    side->tls = false;
    return side;
}

int demo_run(struct settings *s)
{
    struct fault fault = {.err = CT_OK};
    struct net_loop *loop = net_loop_create();
    int status = EXIT_FAILED;

    if (!loop) {
        command_complain("event loop: out of memory or descriptors");
        return EXIT_FAILED;
    }
    if (s->speed_milli == 0)
        s->speed_milli = DEMO_SPEED_MILLI;
    pipeline_hurry_limits(&s->limits, s->speed_milli);
    s->kiosk_cfg.hold_ms = pipeline_sooner(s->kiosk_cfg.hold_ms, s->speed_milli);
    /* A free port of loopback and the published credentials, whatever the file says of `serve`. */
    s->listen_port = 0;
    s->app_count = s->token_count = 0;
    s->listen_path[0] = s->tls_cert[0] = s->tls_key[0] = s->auth_tokens[0] = '\0';
    s->cors_origins.count = s->trusted_proxies.count = 0;
    s->auth_rate = s->send_queue_kb = s->event_max_bytes = 0;
    s->serve_activity_ms = s->serve_pong_ms = 0;
    s->metrics_port = -1;
    (void)str_copy(s->bind, sizeof s->bind, STR("127.0.0.1"));
    /* What a profile records is its own. */
    (void)str_copy(s->record, sizeof s->record, str_from(s->demo_record));
    s->simulate_vms = s->demo_vms ? DEMO_CAMERAS : 0;
    struct simhost *host =
        simhost_create(loop, s, (uint32_t)s->demo_orders, DEMO_SPEED_MILLI, true, &fault);
    if (host) {
        point_at(s, host);
        if (s->demo_vms && (s->made[s->made_count] = video_side(host)))
            s->made_count++;
        status = show(loop, s, host);
    } else {
        command_complain("%s", fault.text);
        status = fault.err == CT_ERR_SYNTAX ? EXIT_USAGE : EXIT_FAILED;
    }
    while (s->made_count > 0)
        settings_destroy(s->made[--s->made_count]);
    simhost_destroy(host);
    return command_end(loop, status);
}
