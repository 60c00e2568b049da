/* src/cmd/simnotices.c - what the simulated sender says, and in which order. */
#include "cmd/simnotices.h"

#include <stdlib.h>
#include <string.h>

#include "decode/decode.h"
#include "decode/notice.h"

enum { TEXT_MAX = 96, PAYLOAD_MAX = 4096, DEMO_ORDER_MAX = 32 };

struct simnotices {
    struct net_loop *loop;
    struct server *server;
    char app_id[128];
    struct net_timer *timer;
    size_t next;
    char order[DEMO_ORDER_MAX];
    struct buf payload;
};

/* A text may hold one %s: the order. */
struct step {
    const char *channel;
    bool v2, last;
    enum notice_kind kind;
    enum notice_level level;
    const char *text, *lead; /* lead: link, path or data */
    const char *metadata;
    const char *second; /* V2: link of a download that follows the toast; NULL: none */
};

#define JOB "{\"job_id\":\"exp-7712\"}"
#define FILES "https://files.example.com/"

/* clang-format off */
static const struct step steps[] = {
    {SIMNOTICES_CHANNEL, false, false, NOTICE_TOAST, NOTICE_LEVEL_SUCCESS, "Session %s started", NULL, NULL, NULL},
    {SIMNOTICES_CHANNEL, true, false, NOTICE_TOAST, NOTICE_LEVEL_IN_PROGRESS, "Exporting 1,204 sessions", NULL, JOB, NULL},
    {SIMNOTICES_CHANNEL_ALL, false, false, NOTICE_INFO, NOTICE_LEVEL_INFO, "Tariffs change at midnight UTC", NULL, "{\"tariff_id\":\"T-88\"}", NULL},
    {SIMNOTICES_CHANNEL, true, false, NOTICE_TOAST, NOTICE_LEVEL_IN_PROGRESS, "Exporting 1,204 sessions: 60 %% done", NULL, JOB, NULL},
    {SIMNOTICES_CHANNEL, false, false, NOTICE_NAVIGATE, NOTICE_LEVEL_WARNING, "Order %s needs attention", "/orders/%s", NULL, NULL},
    {SIMNOTICES_CHANNEL, true, true, NOTICE_TOAST, NOTICE_LEVEL_SUCCESS, "The export is ready", NULL, JOB, FILES "reports/sessions.csv"},
    {SIMNOTICES_CHANNEL_ALL, false, false, NOTICE_TOAST, NOTICE_LEVEL_WARNING, "Charger 640 is close to its session limit", NULL, NULL, NULL},
    {SIMNOTICES_CHANNEL, false, false, NOTICE_DATA, NOTICE_LEVEL_NOTIFICATION, "", "{\"order_id\":\"%s\",\"soc\":63,\"flags\":[\"taper\"]}", NULL, NULL},
    {SIMNOTICES_CHANNEL, false, false, NOTICE_DOWNLOAD, NOTICE_LEVEL_INFO, "Your file is ready", FILES "reports/month.csv", NULL, NULL},
    {SIMNOTICES_CHANNEL_ALL, false, false, NOTICE_AUDIO, NOTICE_LEVEL_FAILURE, "Charger 631 reports a fault", FILES "audio/alert.mp3", NULL, NULL},
    {SIMNOTICES_CHANNEL_ALL, false, false, NOTICE_TOAST, NOTICE_LEVEL_NOTIFICATION, "Shift handover at 18:00", NULL, NULL, NULL},
};
/* clang-format on */

/* The text with the order in the place of %s, and %% as one. */
static struct str fill(const char *form, const char *order, char to[TEXT_MAX])
{
    size_t len = 0;

    for (; form && *form; form++) {
        if (form[0] == '%' && form[1] == 's')
            len += str_copy(to + len, TEXT_MAX - len, str_from(order));
        else if (len + 1 < TEXT_MAX)
            to[len++] = *form;
        if (form[0] == '%')
            form++;
    }
    to[len] = '\0';
    return (struct str){to, len};
}

static void add_action(struct notice *n, const struct step *s, struct str text, struct str lead)
{
    struct notice_action *a = &n->actions[n->action_count++];

    *a = (struct notice_action){
        .kind = s->kind, .sequence = 1, .has_message = true, .level = s->level, .text = text};
    if (s->kind == NOTICE_DOWNLOAD || s->kind == NOTICE_AUDIO)
        a->link = lead;
    else if (s->kind == NOTICE_NAVIGATE)
        a->path = lead;
    else if (s->kind == NOTICE_DATA)
        a->data = lead;
}

static enum ct_err say(struct simnotices *n, const struct step *s)
{
    char text[TEXT_MAX], lead[TEXT_MAX];
    struct notice *notice = calloc(1, sizeof *notice);

    if (!notice)
        return CT_ERR_NOMEM;
    notice->v2 = s->v2;
    notice->last_response = s->last;
    notice->metadata = str_from(s->metadata);
    add_action(notice, s, fill(s->text, n->order, text), fill(s->lead, n->order, lead));
    if (s->second)
        notice->actions[notice->action_count++] =
            (struct notice_action){.kind = NOTICE_DOWNLOAD,
                                   .sequence = 2,
                                   .has_message = true,
                                   .level = NOTICE_LEVEL_INFO,
                                   .text = STR("Sessions of November"),
                                   .link = str_from(s->second)};
    buf_reset(&n->payload);
    const enum ct_err err = notice_encode(notice, &n->payload);
    free(notice);
    if (err ==
        CT_OK) /* what cannot be published now is a lost notification, as from a real sender */
        (void)server_publish(n->server, str_from(n->app_id), str_from(s->channel),
                             s->v2                        ? STR("custom_event")
                             : s->kind == NOTICE_DOWNLOAD ? STR("download_event")
                                                          : STR("notification_event"),
                             buf_str(&n->payload));
    return err;
}

static void on_time(void *user)
{
    struct simnotices *n = user;

    if (n->order[0] && say(n, &steps[n->next]) == CT_OK)
        n->next = (n->next + 1) % COUNT_OF(steps);
    net_timer_at(n->timer, net_now_ms(n->loop) + SIMNOTICES_EVERY_MS);
}

struct simnotices *simnotices_create(struct net_loop *loop, struct server *server,
                                     struct str app_id)
{
    struct simnotices *n = calloc(1, sizeof *n);

    if (!n)
        return NULL;
    n->loop = loop;
    n->server = server;
    (void)str_copy(n->app_id, sizeof n->app_id, app_id);
    buf_init(&n->payload, PAYLOAD_MAX);
    n->timer = net_timer_create(loop, on_time, n);
    if (!n->timer) {
        simnotices_destroy(n);
        return NULL;
    }
    net_timer_at(n->timer, net_now_ms(loop) + SIMNOTICES_FIRST_MS);
    return n;
}

void simnotices_destroy(struct simnotices *n)
{
    if (!n)
        return;
    net_timer_destroy(n->timer);
    buf_clear(&n->payload);
    free(n);
}

void simnotices_order(struct simnotices *n, struct str channel)
{
    const struct str order = decode_order_of_channel(channel);

    if (n && order.len > 0)
        (void)str_copy(n->order, sizeof n->order, order);
}
