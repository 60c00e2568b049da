/* tests/e2e/peer.c - the client library as a program: orders come as lines on stdin, what happened goes
 * to stdout as lines of JSON.
 *
 * peer PORT KEY AUTH_BASE USER      asks AUTH_BASE/auth and AUTH_BASE/user-auth, with the header X-User
 *   join CHANNEL | leave CHANNEL | trigger CHANNEL EVENT JSON | signin | signout | members CHANNEL */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/num.h"
#include "client/client.h"

enum { LINE_MAX_BYTES = 64 * 1024, OUT_MAX_BYTES = 1024 * 1024 };

struct peer {
    struct net_loop *loop;
    struct http *http;
    struct client *client;
    struct net_watch *input;
    struct buf line, out;
    struct json_writer w;
};

/* ---- what is printed ------------------------------------------------------------------------ */

static void begin(struct peer *p, const char *kind)
{
    buf_reset(&p->out);
    jw_init(&p->w, &p->out);
    jw_object(&p->w);
    jw_key(&p->w, "kind");
    jw_str(&p->w, str_from(kind));
}

static void put(struct peer *p, const char *key, struct str text)
{
    jw_key(&p->w, key);
    jw_str(&p->w, text);
}

static void put_number(struct peer *p, const char *key, int64_t value)
{
    jw_key(&p->w, key);
    jw_i64(&p->w, value);
}

static void finish(struct peer *p)
{
    jw_object_end(&p->w);
    if (p->w.err != CT_OK || printf("%s\n", buf_cstr(&p->out)) < 0 || fflush(stdout) != 0)
        exit(1);
}

static void on_event(void *user, const struct wire_event *e)
{
    static const char *const kinds[] = {
        [WIRE_FRAME] = "frame", [WIRE_SENT] = "sent",   [WIRE_LINK] = "link",
        [WIRE_PING] = "ping",   [WIRE_SUB] = "sub",     [WIRE_AUTH] = "auth",
        [WIRE_REST] = "rest",   [WIRE_FAULT] = "fault", [WIRE_USER] = "user"};
    static const char *const ciphers[] = {
        [WIRE_CIPHER_NONE] = "", [WIRE_CIPHER_OPENED] = "opened", [WIRE_CIPHER_SEALED] = "sealed"};
    struct peer *p = user;

    begin(p, kinds[e->kind]);
    put(p, "channel", e->channel);
    put_number(p, "code", e->code);
    if (e->kind == WIRE_LINK) {
        put(p, "state", str_from(wire_link_name(e->link)));
        put(p, "socket_id", e->socket_id);
    } else if (e->kind == WIRE_SUB || e->kind == WIRE_USER) {
        put(p, "state", str_from(wire_sub_name(e->sub)));
        put(p, "user", e->kind == WIRE_USER ? e->name : (struct str){0});
    } else if (e->kind == WIRE_FRAME) {
        put(p, "event", e->name);
        put(p, "data", e->data);
        put(p, "user", e->user_id);
        put(p, "cipher", str_from(ciphers[e->cipher]));
    }
    if (e->kind == WIRE_PING)
        put_number(p, "round_trip_ms", e->value);
    put(p, "text", e->text);
    finish(p);
}

/* ---- what is asked -------------------------------------------------------------------------- */

static void tell_members(struct peer *p, struct str channel)
{
    const struct pusher_roster *roster = client_roster(p->client, channel);
    struct pusher_member me;

    begin(p, "members");
    put(p, "channel", channel);
    jw_key(&p->w, "members");
    jw_array(&p->w);
    for (size_t i = 0; roster && i < pusher_roster_count(roster); i++) {
        jw_object(&p->w);
        put(p, "id", pusher_roster_at(roster, i).user_id);
        put(p, "info", pusher_roster_at(roster, i).user_info);
        jw_object_end(&p->w);
    }
    jw_array_end(&p->w);
    put(p, "me", client_me(p->client, channel, &me) ? me.user_id : (struct str){0});
    put_number(p, "subscription_count", client_subscription_count(p->client, channel));
    finish(p);
}

static void obey(struct peer *p, struct str line)
{
    const struct str word = str_split(&line, ' ');
    const struct str channel = str_split(&line, ' ');
    enum pusher_err err = PUSHER_OK;

    if (str_eq(word, STR("join"))) {
        err = client_subscribe(p->client, channel);
    } else if (str_eq(word, STR("leave"))) {
        err = client_unsubscribe(p->client, channel);
    } else if (str_eq(word, STR("trigger"))) {
        const struct str event = str_split(&line, ' ');
        err = client_trigger(p->client, channel, event, line);
    } else if (str_eq(word, STR("signin"))) {
        client_signin(p->client);
    } else if (str_eq(word, STR("signout"))) {
        client_signout(p->client);
    } else if (str_eq(word, STR("members"))) {
        tell_members(p, channel);
        return;
    } else {
        fprintf(stderr, "peer: what is %.*s?\n", (int)word.len, word.ptr);
        exit(2);
    }
    begin(p, "done");
    put(p, "word", word);
    put(p, "channel", channel);
    put(p, "err", str_from(err == PUSHER_OK ? "" : pusher_strerror(err)));
    finish(p);
}

static void on_input(void *user, int ready)
{
    struct peer *p = user;
    char bytes[4096];
    const ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);

    (void)ready;
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
        net_loop_stop(p->loop);
        return;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (bytes[i] == '\n') {
            obey(p, buf_str(&p->line));
            buf_reset(&p->line);
        } else if (buf_append_char(&p->line, bytes[i]) != CT_OK) {
            exit(1);
        }
    }
}

int main(int argc, char **argv)
{
    struct peer p = {.loop = net_loop_create()};
    struct fault fault = {.err = CT_OK};
    char user_header[128], auth[256], user_auth[256];
    int64_t port;

    if (argc != 5 || !num_i64(str_from(argv[1]), &port) || port < 1 || port > UINT16_MAX || !p.loop)
        return 2;
    buf_init(&p.line, LINE_MAX_BYTES);
    buf_init(&p.out, OUT_MAX_BYTES);
    (void)str_format(user_header, sizeof user_header, "X-User: %s", argv[4]);
    (void)str_format(auth, sizeof auth, "%s/auth", argv[3]);
    (void)str_format(user_auth, sizeof user_auth, "%s/user-auth", argv[3]);
    const struct client_cfg cfg = {.host = "127.0.0.1",
                                   .port = (uint16_t)port,
                                   .key = argv[2],
                                   .auth_endpoint = auth,
                                   .user_auth_endpoint = user_auth,
                                   .headers = {user_header},
                                   .session = {.seed = net_random_seed(), .probe_every_ms = 500}};
    p.http = http_create(p.loop, &(struct http_cfg){0});
    p.client = p.http ? client_create(p.loop, p.http, NULL, &cfg, on_event, &p, &fault) : NULL;
    p.input = net_watch_create(p.loop, STDIN_FILENO, NET_READABLE, on_input, &p);
    if (!p.client || !p.input) {
        fprintf(stderr, "peer: %s\n", fault.text);
        return 1;
    }
    client_connect(p.client);
    net_loop_run(p.loop);
    net_watch_destroy(p.input);
    client_destroy(p.client);
    http_destroy(p.http);
    net_loop_destroy(p.loop);
    buf_clear(&p.line);
    buf_clear(&p.out);
    return 0;
}
