/* src/cmd/webhook.c - `chargetop webhook`: a receiver that believes nothing unsigned. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "base/http_head.h"
#include "base/text.h"
#include "cmd/app.h"
#include "cmd/config.h"
#include "cmd/one_line.h"
#include "cmd/out.h"
#include "cmd/webhook_news.h"
#include "net/server.h"

enum {
    RECEIVER_SEEN_MAX = 4096, /* webhooks remembered, so that a repeated one is told once */
    RECEIVER_SEEN_BYTES = 32, /* of their signatures */
    RECEIVER_QUEUE_MAX =
        10000, /* events that wait for --exec; above, senders are told to come back */
    RECEIVER_QUEUE_MAX_BYTES = 32 * 1024 * 1024,
    RECEIVER_EXEC_MAX_MS = 60000, /* one run of --exec */
    RECEIVER_LINGER_MS = 200,     /* for the last answer to leave */
    RECEIVER_PER_ADDRESS = 64,    /* connections of one sender; this machine is spared */
    RECEIVER_LINE_MAX_BYTES = 1024 * 1024
};

struct waiting {
    struct waiting *prev, *next;
    size_t len;
    char line[]; /* JSON and a line break */
};

struct receiver {
    struct app app;
    struct net_server *server;
    struct net_timer *end_timer, *linger;
    struct webhook_key keys[APP_KEYS_MAX];
    size_t key_count;
    char (*seen)[RECEIVER_SEEN_BYTES]; /* a ring */
    size_t seen_count, seen_next;
    struct waiting *queue;
    size_t queue_count, queue_bytes;
    bool running; /* the command is */
    struct buf line;
    int64_t taken; /* events printed or queued */
    bool ending;
    int status;
};

/* ---- ending ---------------------------------------------------------------------------- */

static void on_linger(void *user)
{
    struct receiver *r = user;

    net_loop_stop(r->app.loop);
}

/* No more webhooks are taken; what waits for --exec is still handed over. */
static void end(struct receiver *r, int status)
{
    if (!r->ending) {
        r->ending = true;
        r->status = status;
    }
    if (!r->running && r->queue_count == 0)
        net_timer_at(r->linger, net_now_ms(r->app.loop) + RECEIVER_LINGER_MS);
}

static void on_time(void *user)
{
    struct receiver *r = user;
    const bool enough = r->app.s->count == 0;

    end(r, enough ? EXIT_DONE : EXIT_TIMED_OUT);
}

static void on_signal(void *user, int signum)
{
    struct receiver *r = user;

    (void)signum;
    if (r->ending && (r->running || r->queue_count > 0)) {
        command_complain("%zu events were not handed to the command", r->queue_count);
        net_loop_stop(r->app.loop);
        return;
    }
    end(r, EXIT_DONE);
    if (r->queue_count > 0)
        command_complain("%zu events are still to be handed to the command; interrupt again to "
                         "drop them",
                         r->queue_count);
}

/* ---- --exec ---------------------------------------------------------------------------- */

static void run_next(struct receiver *r);

static void on_ran(void *user, int status, struct str output)
{
    struct receiver *r = user;

    (void)output;
    r->running = false;
    if (status < 0)
        command_complain("the command of --exec did not end within %d s, or not by itself",
                         RECEIVER_EXEC_MAX_MS / 1000);
    else if (status > 0)
        command_complain("the command of --exec ended with %d", status);
    run_next(r);
}

/* A file nobody else can open, with the line in it, to be read from its start. */
static FILE *line_file(const struct waiting *w)
{
    FILE *f = tmpfile();

    if (!f)
        return NULL;
    if (fwrite(w->line, 1, w->len, f) != w->len || fflush(f) != 0 || fseek(f, 0, SEEK_SET) != 0) {
        (void)fclose(f);
        return NULL;
    }
    return f;
}

static void run_next(struct receiver *r)
{
    while (!r->running && r->queue) {
        struct waiting *w = r->queue;
        FILE *f = line_file(w);

        if (f && net_command_fed(r->app.loop, r->app.s->exec, fileno(f), RECEIVER_EXEC_MAX_MS,
                                 on_ran, r) == CT_OK)
            r->running = true;
        else
            command_complain("the command of --exec could not be started; an event is lost");
        if (f)
            (void)fclose(f);
        DL_DELETE(r->queue, w);
        r->queue_count--;
        r->queue_bytes -= w->len;
        free(w);
    }
    if (r->ending)
        end(r, r->status);
}

static bool enqueue(struct receiver *r, struct str line)
{
    struct waiting *w = malloc(sizeof *w + line.len);

    if (!w)
        return false;
    w->len = line.len;
    memcpy(w->line, line.ptr, line.len);
    DL_APPEND(r->queue, w);
    r->queue_count++;
    r->queue_bytes += line.len;
    return true;
}

/* ---- events ---------------------------------------------------------------------------- */

/* Of a signature that was found right. Its digits count in either case, so that nobody has a webhook
 * told again by writing them otherwise. */
static void print_of(struct str signature, char to[RECEIVER_SEEN_BYTES])
{
    for (size_t i = 0; i < RECEIVER_SEEN_BYTES; i++)
        to[i] = (char)(signature.ptr[i] | 0x20);
}

static bool is_seen(const struct receiver *r, struct str signature)
{
    char print[RECEIVER_SEEN_BYTES];

    print_of(signature, print);
    for (size_t i = 0; i < r->seen_count; i++)
        if (memcmp(r->seen[i], print, RECEIVER_SEEN_BYTES) == 0)
            return true;
    return false;
}

static void remember(struct receiver *r, struct str signature)
{
    print_of(signature, r->seen[r->seen_next]);
    r->seen_next = (r->seen_next + 1) % RECEIVER_SEEN_MAX;
    if (r->seen_count < RECEIVER_SEEN_MAX)
        r->seen_count++;
}

static void tell_event(struct receiver *r, int64_t time_ms, struct json_value event)
{
    const bool json = r->app.s->json || r->app.s->exec;
    enum ct_err err;

    buf_reset(&r->line);
    err = json ? webhook_news_json(&r->app, time_ms, event, &r->line)
               : webhook_news_text(&r->app, time_ms, event, &r->line);
    if (err == CT_OK && json)
        err = json_tame(&r->line);
    if (err == CT_OK)
        err = buf_append_char(&r->line, '\n');
    if (err != CT_OK) {
        command_complain("an event could not be told: %s", ct_strerror(err));
        return;
    }
    r->taken++;
    if (r->app.s->exec) {
        if (!enqueue(r, buf_str(&r->line)))
            command_complain("out of memory; an event is lost");
        return;
    }
    const enum out_result result = out_write(buf_str(&r->line));
    if (result != OUT_WRITTEN)
        end(r, result == OUT_CLOSED ? EXIT_DONE : EXIT_FAILED);
}

static void take(struct receiver *r, const struct webhook_news *news)
{
    const int64_t most = r->app.s->count;
    struct json_value event;
    struct json_iter it;
    struct str key;

    json_iter_init(&it, news->events);
    while ((most == 0 || r->taken < most) && json_next(&it, &key, &event))
        tell_event(r, news->time_ms, event);
    if (r->app.s->exec)
        run_next(r);
    if (most > 0 && r->taken >= most)
        end(r, EXIT_DONE);
}

/* ---- requests -------------------------------------------------------------------------- */

static bool has_room(const struct receiver *r, size_t bytes)
{
    return r->queue_count < RECEIVER_QUEUE_MAX && r->queue_bytes + bytes < RECEIVER_QUEUE_MAX_BYTES;
}

static int status_of(enum webhook_verdict verdict)
{
    switch (verdict) {
    case WEBHOOK_GENUINE:
        return 200;
    case WEBHOOK_BAD_BODY:
        return 400;
    default:
        return 401;
    }
}

static void complain(const struct webhook_post *post, uint64_t bytes, enum webhook_verdict verdict)
{
    char key[64];

    (void)text_visible(key, sizeof key, post->key);
    command_complain("refused a webhook of %llu bytes for key '%s': %s", (unsigned long long)bytes,
                     key, webhook_verdict_text(verdict));
}

/* The status to answer; *fresh: its events are still to be told. */
static int judge(struct receiver *r, const struct webhook_post *post, struct webhook_news *news,
                 bool *fresh)
{
    const enum webhook_verdict verdict =
        webhook_check(r->keys, r->key_count, post, net_unix_ms(), r->app.s->max_age_ms, news);

    *fresh = false;
    if (verdict != WEBHOOK_GENUINE) {
        complain(post, post->body.len, verdict);
        return status_of(verdict);
    }
    if (is_seen(r, post->signature))
        return 200;
    if (r->ending || !has_room(r, post->body.len))
        return 503; /* it is sent again */
    *fresh = true;
    return 200;
}

static struct webhook_post post_of(const struct net_request *request)
{
    struct webhook_post post = {.body = request->body};

    (void)http_field(request->head, STR("X-Pusher-Key"), &post.key, NULL);
    (void)http_field(request->head, STR("X-Pusher-Signature"), &post.signature, NULL);
    return post;
}

static void answer(struct receiver *r, uint32_t conn, int status)
{
    const enum ct_err err = net_server_reply(r->server, conn, status, "text/plain",
                                             status == 405 ? "Allow: POST" : NULL,
                                             status == 200 ? STR("ok\n") : STR("refused\n"));

    if (err != CT_OK)
        net_server_cut(r->server, conn);
}

/* Nobody's body is waited for who cannot have signed it. */
static bool on_admit(void *user, uint32_t conn, const struct net_request *request)
{
    struct receiver *r = user;
    const struct webhook_post post = post_of(request);
    const bool is_post = str_eq(request->method, STR("POST"));
    const enum webhook_verdict verdict = webhook_check_head(r->keys, r->key_count, &post);

    if (is_post && verdict == WEBHOOK_GENUINE)
        return true;
    if (is_post)
        complain(&post, request->body_bytes, verdict);
    answer(r, conn, is_post ? status_of(verdict) : 405);
    return false;
}

static void on_request(void *user, uint32_t conn, const struct net_request *request)
{
    struct receiver *r = user;
    const struct webhook_post post = post_of(request);
    struct webhook_news news = {0};
    const bool is_post = str_eq(request->method, STR("POST"));
    bool fresh = false;
    int status = 405;

    if (is_post)
        status = judge(r, &post, &news, &fresh);
    if (fresh) { /* all that follows needs the request, which ends with its answer */
        remember(r, post.signature);
        take(r, &news);
    }
    answer(r, conn, status);
}

static void on_opened(void *user, uint32_t conn, struct str path, struct str query)
{
    struct receiver *r = user;

    (void)path;
    (void)query;
    net_server_close(r->server, conn, 1003, STR("only webhooks are taken here"));
}

static void on_message(void *user, uint32_t conn, struct str text)
{
    (void)user;
    (void)conn;
    (void)text; /* the connection is being closed */
}

static void on_other(void *user, uint32_t conn)
{
    (void)user;
    (void)conn;
}

/* ---- starting -------------------------------------------------------------------------- */

static enum ct_err listen_on(struct receiver *r, struct fault *fault)
{
    const struct settings *s = r->app.s;
    const struct net_server_handler handler = {.opened = on_opened,
                                               .message = on_message,
                                               .binary = on_other,
                                               .alive = on_other,
                                               .closed = on_other,
                                               .request = on_request,
                                               .admit = on_admit};
    const struct net_server_cfg cfg = {.bind_address = s->bind,
                                       .port = (uint16_t)s->listen_port,
                                       .tls_cert_file = s->tls_cert[0] ? s->tls_cert : NULL,
                                       .tls_key_file = s->tls_key[0] ? s->tls_key : NULL,
                                       .per_address_max = RECEIVER_PER_ADDRESS,
                                       .spare_loopback = true};
    const bool v6 = strchr(s->bind, ':') != NULL;

    r->server = net_server_create(r->app.loop, &cfg, &handler, r, fault);
    if (!r->server)
        return fault->err ? fault->err : CT_ERR_NET;
    command_complain("listening on %s://%s%s%s:%u/ for webhooks of %zu application%s",
                     cfg.tls_cert_file ? "https" : "http", v6 ? "[" : "", s->bind, v6 ? "]" : "",
                     (unsigned)net_server_port(r->server), r->key_count,
                     r->key_count == 1 ? "" : "s");
    return CT_OK;
}

static int prepare(struct receiver *r, struct settings *s)
{
    struct net_loop *loop = r->app.loop;
    struct fault fault = {.err = CT_OK};

    if (config_load_secrets(s, &fault) != CT_OK) {
        command_complain("%s", fault.text);
        return EXIT_USAGE;
    }
    r->key_count = app_keys(&r->app, r->keys);
    if (r->key_count == 0) {
        command_complain("no application: give --key and --secret-file, PUSHER_URL, or an [app ID] "
                         "in the configuration");
        return EXIT_USAGE;
    }
    r->seen = calloc(RECEIVER_SEEN_MAX, sizeof r->seen[0]);
    r->end_timer = net_timer_create(loop, on_time, r);
    r->linger = net_timer_create(loop, on_linger, r);
    if (!r->seen || !r->end_timer || !r->linger ||
        net_signal(loop, SIGINT, on_signal, r) != CT_OK ||
        net_signal(loop, SIGTERM, on_signal, r) != CT_OK ||
        net_signal(loop, SIGHUP, on_signal, r) != CT_OK) {
        command_complain("out of memory");
        return EXIT_FAILED;
    }
    const enum ct_err err = listen_on(r, &fault);
    if (err != CT_OK) {
        command_complain("%s", fault.text);
        return err == CT_ERR_NET ? EXIT_CONNECTION : EXIT_USAGE;
    }
    if (r->app.s->for_ms > 0)
        net_timer_at(r->end_timer, net_now_ms(loop) + (uint64_t)r->app.s->for_ms);
    return EXIT_DONE;
}

int webhook_run(struct settings *s)
{
    struct receiver r = {.status = EXIT_DONE};
    struct waiting *w, *next;
    int status = app_open(&r.app, s, 0);

    buf_init(&r.line, RECEIVER_LINE_MAX_BYTES);
    if (status == EXIT_DONE)
        status = prepare(&r, s);
    if (status == EXIT_DONE) {
        net_loop_run(r.app.loop);
        status = r.status;
    }
    net_server_destroy(r.server);
    net_timer_destroy(r.end_timer);
    net_timer_destroy(r.linger);
    DL_FOREACH_SAFE(r.queue, w, next)
    {
        DL_DELETE(r.queue, w);
        free(w);
    }
    free(r.seen);
    buf_clear(&r.line);
    return app_close(&r.app, status);
}
