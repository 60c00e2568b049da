/* src/server/postman.c - carries webhooks to where they are wanted and tells the hub whether they arrived;
 * when to try again is the hub's business (pusher-channels.md 8). */
#include <stdlib.h>

#include <utlist.h>

#include "net/http.h"
#include "server/server_internal.h"

enum { IN_FLIGHT_MAX = 32, HEADER_CAP = 64 + HUB_KEY_MAX };

struct letter {
    struct letter *prev, *next;
    struct postman *postman;
    uint64_t id;                                       /* the hub's */
    char app_id[HUB_KEY_MAX + 1], url[SERVER_URL_MAX]; /* as it was when this was sent */
};

struct postman {
    struct server *s;
    struct http *http;
    struct letter *letters;
    size_t count;
};

struct postman *postman_create(struct server *s, const char *ca_file)
{
    const struct http_cfg cfg = {.in_flight_max = IN_FLIGHT_MAX,
                                 .ca_file = ca_file,
                                 .user_agent = "chargetop/" CHARGETOP_VERSION};
    struct postman *p = calloc(1, sizeof *p);

    if (!p)
        return NULL;
    p->s = s;
    p->http = http_create(s->loop, &cfg);
    if (p->http)
        return p;
    free(p);
    return NULL;
}

static void forget(struct letter *l)
{
    l->postman->count--;
    DL_DELETE(l->postman->letters, l);
    free(l);
}

void postman_destroy(struct postman *p)
{
    struct letter *l, *next;

    if (!p)
        return;
    http_destroy(p->http);
    DL_FOREACH_SAFE(p->letters, l, next)
    forget(l);
    free(p);
}

size_t postman_under_way(const struct postman *p)
{
    return p->count;
}

static void on_answer(void *user, const struct http_answer *answer)
{
    struct letter *l = user;
    struct server *s = l->postman->s;
    const uint64_t id = l->id;
    const bool arrived = answer->status >= 200 && answer->status < 300;

    server_note(s, &(struct server_note){.kind = SERVER_NOTE_WEBHOOK,
                                         .status = answer->status,
                                         .app = str_from(l->app_id),
                                         .url = str_from(l->url),
                                         .why = str_from(answer->text)});
    forget(l);
    hub_webhook_done(s->hub, id, arrived ? WEBHOOK_DELIVERED : WEBHOOK_FAILED, net_now_ms(s->loop));
    server_pump(s);
}

static bool post(struct postman *p, struct letter *l, const struct hub_webhook *hook)
{
    const struct app *app = server_app_of_key(p->s, hook->key);
    char key[HEADER_CAP], signature[HEADER_CAP];

    if (!app || hook->target >= WEBHOOK_TARGETS_MAX)
        return false;
    (void)str_copy(l->app_id, sizeof l->app_id, str_from(app->id));
    (void)str_copy(l->url, sizeof l->url, str_from(app->webhook_url[hook->target]));
    (void)str_format(key, sizeof key, "X-Pusher-Key: %.*s", (int)hook->key.len, hook->key.ptr);
    (void)str_format(signature, sizeof signature, "X-Pusher-Signature: %s", hook->signature);
    const struct http_request r = {
        .method = "POST",
        .url = app->webhook_url[hook->target],
        .headers = {"Content-Type: application/json", key, signature},
        .body = hook->body,
        .timeout_ms = SERVER_WEBHOOK_TIMEOUT_MS,
        .body_max_bytes =
            HTTP_BODY_MAX_BYTES, /* nobody reads it, but it must not look like a failure */
    };
    return http_send(p->http, &r, on_answer, l, NULL) == CT_OK;
}

void postman_pump(struct postman *p)
{
    struct server *s = p->s;
    struct hub_webhook hook;

    while (hub_webhook_next(s->hub, net_now_ms(s->loop), net_unix_ms(), &hook)) {
        struct letter *l = calloc(1, sizeof *l);

        if (l) {
            l->postman = p;
            l->id = hook.id;
            DL_APPEND(p->letters, l);
            p->count++;
        }
        if (l && post(p, l, &hook))
            continue;
        if (l)
            forget(l);
        hub_webhook_done(s->hub, hook.id, WEBHOOK_FAILED, net_now_ms(s->loop));
    }
}
