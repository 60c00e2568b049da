/* tests/io/test_server_leave.c - how the server leaves: clients one after the other, requests answered,
 * webhooks delivered; and what it counts meanwhile. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "pusher/webhook.h"
#include "support/io/server_rig.h"

struct world {
    struct rig rig;
    bool drained;
    struct server_note last[8]; /* by kind; texts are not kept */
    size_t notes[8];
    char published[64];
};

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    if (!w)
        return -1;
    rig_init(&w->rig);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    rig_end(&w->rig);
    free(w);
    return 0;
}

static void on_drained(void *user)
{
    struct world *w = user;

    assert_false(w->drained);
    w->drained = true;
}

static bool is_drained(void *user)
{
    return ((struct world *)user)->drained;
}

static bool never(void *user)
{
    (void)user;
    return false;
}

static int raw_connect(const struct rig *r)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server_port(r->server))};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static void clients_are_told_4200_one_after_the_other(void **state)
{
    struct world *w = *state;
    struct rig *r = &w->rig;

    rig_start(r);
    for (size_t i = 0; i < RIG_CLIENTS; i++)
        (void)rig_connect(r, i);
    const uint64_t began_ms = net_now_ms(r->loop);
    server_drain(r->server, 80, on_drained, w);
    size_t closed_at_once = 0;
    (void)net_loop_run_until(r->loop, never, NULL, 25);
    for (size_t i = 0; i < RIG_CLIENTS; i++)
        closed_at_once += r->client[i].closed;
    assert_in_range(closed_at_once, 0, RIG_CLIENTS - 1);
    for (size_t i = 0; i < RIG_CLIENTS; i++)
        rig_expect_closed(r, &r->client[i], 4200);
    assert_true(net_loop_run_until(r->loop, is_drained, w, RIG_WAIT_MS));
    assert_in_range(net_now_ms(r->loop) - began_ms, 80, 3000);
    assert_int_equal(raw_connect(r), -1); /* and nobody new comes in */
}

static void without_anybody_it_is_over_at_once(void **state)
{
    struct world *w = *state;

    rig_start(&w->rig);
    const uint64_t began_ms = net_now_ms(w->rig.loop);
    server_drain(w->rig.server, 3000, on_drained, w);
    assert_true(net_loop_run_until(w->rig.loop, is_drained, w, RIG_WAIT_MS));
    assert_in_range(net_now_ms(w->rig.loop) - began_ms, 0, 1000);
}

static size_t raw_read(struct rig *r, int fd, char *to, size_t cap)
{
    size_t len = 0;
    ssize_t got = -1;

    for (int i = 0; i < 2000 && got != 0; i++) {
        got = read(fd, to + len, cap - 1 - len);
        len += got > 0 ? (size_t)got : 0;
        (void)net_loop_run_until(r->loop, never, NULL, 1);
    }
    to[len] = '\0';
    assert_int_equal(got, 0);
    return len;
}

static void a_request_under_way_is_answered_and_idle_ones_are_closed(void **state)
{
    struct world *w = *state;
    struct rig *r = &w->rig;
    const char *half = "POST /broadcasting/auth HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                       "demo-token\r\nContent-Length: 37\r\n\r\nsocket_id=1.2&";
    const char *rest = "channel_name=private-a.";
    char text[1024];

    rig_start(r);
    const int busy = raw_connect(r), idle = raw_connect(r);
    assert_int_equal(write(busy, half, strlen(half)), (ssize_t)strlen(half));
    (void)net_loop_run_until(r->loop, never, NULL, 50);
    server_drain(r->server, 1000, on_drained, w);
    assert_int_equal(raw_read(r, idle, text, sizeof text), 0);
    assert_false(w->drained);
    assert_int_equal(write(busy, rest, strlen(rest)), (ssize_t)strlen(rest));
    assert_true(raw_read(r, busy, text, sizeof text) > 0);
    assert_non_null(strstr(text, "200 OK"));
    assert_non_null(strstr(text, "Connection: close"));
    assert_non_null(strstr(text, "{\"auth\":"));
    assert_true(net_loop_run_until(r->loop, is_drained, w, RIG_WAIT_MS));
    close(busy);
    close(idle);
}

static void one_that_ignores_the_close_does_not_hold_it_up(void **state)
{
    struct world *w = *state;
    struct rig *r = &w->rig;
    const char *upgrade =
        "GET /app/demo-key?protocol=7 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n";

    rig_start(r);
    const int fd = raw_connect(r);
    assert_int_equal(write(fd, upgrade, strlen(upgrade)), (ssize_t)strlen(upgrade));
    (void)net_loop_run_until(r->loop, never, NULL, 50);
    server_drain(r->server, 100, on_drained, w);
    assert_true(net_loop_run_until(r->loop, is_drained, w, SERVER_DRAIN_SLACK_MS + 2000));
    close(fd);
}

/* ---- webhooks on the way out ------------------------------------------------------------------------ */

struct receiver {
    struct net_server *server;
    char body[1024];
};

static void hook_request(void *user, uint32_t conn, const struct net_request *q)
{
    struct receiver *to = user;

    (void)str_copy(to->body, sizeof to->body, q->body);
    assert_int_equal(net_server_reply(to->server, conn, 200, "text/plain", NULL, STR("")), CT_OK);
}
static void hook_opened(void *user, uint32_t conn, struct str path, struct str query)
{
    (void)user;
    (void)conn;
    (void)path;
    (void)query;
}
static void hook_message(void *user, uint32_t conn, struct str text)
{
    (void)user;
    (void)conn;
    (void)text;
}
static void hook_nothing(void *user, uint32_t conn)
{
    (void)user;
    (void)conn;
}

static void the_last_webhooks_are_delivered_before_it_is_over(void **state)
{
    static const struct net_server_handler handler = {
        hook_opened, hook_message, hook_nothing, hook_nothing, hook_nothing, hook_request, NULL};
    static const struct net_server_cfg any = {.port = 0};
    struct world *w = *state;
    struct rig *r = &w->rig;
    struct receiver to = {.server = NULL};
    struct fault fault = {CT_OK, ""};
    char url[96];

    to.server = net_server_create(r->loop, &any, &handler, &to, &fault);
    assert_non_null(to.server);
    (void)str_format(url, sizeof url, "http://127.0.0.1:%u/", (unsigned)net_server_port(to.server));
    r->cfg.apps[0].webhooks[0] =
        (struct server_webhook_cfg){.url = url, .target = {.kinds = 1u << WEBHOOK_CHANNEL_VACATED}};
    r->cfg.apps[0].webhook_count = 1;
    rig_start(r);
    rig_join(r, rig_connect(r, 0), "room");
    const uint64_t began_ms = net_now_ms(r->loop);
    server_drain(r->server, 100, on_drained, w);
    assert_true(net_loop_run_until(r->loop, is_drained, w, RIG_WAIT_MS));
    assert_non_null(strstr(to.body, "channel_vacated")); /* not 3 s later, as it is otherwise */
    assert_in_range(net_now_ms(r->loop) - began_ms, 0, WEBHOOK_DELAY_MS - 500);
    net_server_destroy(to.server);
}

/* ---- what is counted ---------------------------------------------------------------------------------- */

static bool is_name(const char *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isalpha((unsigned char)at[i]) && at[i] != '_' &&
            !(i > 0 && isdigit((unsigned char)at[i])))
            return false;
    return len > 0;
}

/* Past {name="value",...}; NULL if it is not well formed. */
static const char *past_labels(const char *at)
{
    if (*at != '{')
        return at;
    do {
        const char *name = ++at;

        at += strcspn(at, "=");
        if (!is_name(name, (size_t)(at - name)) || *at++ != '=' || *at++ != '"')
            return NULL;
        for (; *at && *at != '"'; at++)
            if (*at == '\\' && (*++at == '\0' || !strchr("\\\"n", *at)))
                return NULL;
        if (*at++ != '"')
            return NULL;
    } while (*at == ',');
    return *at == '}' ? at + 1 : NULL;
}

/* Each line as the exposition format wants it: HELP, TYPE, samples of that name, each once. */
static void check_exposition(const char *text)
{
    char family[128] = "", type[32] = "", copy[256];
    size_t samples = 0;

    while (*text) {
        const size_t len = strcspn(text, "\n");

        assert_int_equal(text[len], '\n'); /* the last line too */
        assert_true(len < sizeof copy);
        memcpy(copy, text, len);
        copy[len] = '\0';
        text += len + 1;
        if (strncmp(copy, "# HELP ", 7) == 0) {
            const size_t name = strcspn(copy + 7, " ");

            assert_true(is_name(copy + 7, name));
            assert_int_not_equal(strncmp(family, copy + 7, name + 1), 0);
            assert_true(copy[7 + name] == ' ' && copy[8 + name]);
            (void)str_copy(family, sizeof family, (struct str){copy + 7, name});
            type[0] = '\0';
            continue;
        }
        if (strncmp(copy, "# TYPE ", 7) == 0) {
            assert_int_equal(strncmp(copy + 7, family, strlen(family)), 0);
            (void)str_copy(type, sizeof type, str_from(copy + 8 + strlen(family)));
            assert_true(strcmp(type, "gauge") == 0 || strcmp(type, "counter") == 0);
            const size_t n = strlen(family);
            assert_int_equal(strcmp(type, "counter") == 0,
                             n > 6 && strcmp(family + n - 6, "_total") == 0);
            continue;
        }
        const size_t name = strcspn(copy, "{ ");
        assert_true(type[0] && name == strlen(family) && strncmp(copy, family, name) == 0);
        const char *value = past_labels(copy + name);
        assert_non_null(value);
        assert_int_equal(*value++, ' ');
        assert_true(*value && strspn(value, "0123456789") == strlen(value));
        samples++;
    }
    assert_true(samples > 20);
}

static void metrics_are_well_formed_and_true(void **state)
{
    struct world *w = *state;
    struct rig *r = &w->rig;
    const struct rig_ask metrics = {"GET", "/metrics", NULL, {NULL}};

    r->cfg.apps[1] =
        (struct server_app_cfg){.id = "od\"d\\one", .key = "k2", .secret = "s", .disabled = true};
    r->cfg.app_count = 2;
    rig_start(r);
    rig_join(r, rig_connect(r, 0), "room");
    (void)rig_connect(r, 1);
    assert_int_equal(rig_post_signed(r, "/apps/demo/events",
                                     "{\"name\":\"e\",\"channel\":\"room\",\"data\":\"{}\"}"),
                     200);
    assert_int_equal(rig_ask(r, &(struct rig_ask){"POST", "/pusher/auth", "x", {NULL}}), 401);
    assert_int_equal(rig_ask(r, &(struct rig_ask){"POST",
                                                  "/pusher/auth",
                                                  "socket_id=1.2&channel_name=private-a",
                                                  {"Authorization: Bearer demo-token"}}),
                     200);
    rig_dial(r, &r->client[2], "/app/nobody?protocol=7");
    rig_expect_closed(r, &r->client[2], 4001);
    assert_int_equal(rig_ask(r, &metrics), 200);
    check_exposition(buf_cstr(&r->body));
    assert_true(rig_body_has(r, "\nchargetop_connections{app=\"demo\"} 2\n"));
    assert_true(rig_body_has(r, "\nchargetop_channels{app=\"demo\"} 1\n"));
    assert_true(rig_body_has(r, "\nchargetop_events_published_total{app=\"demo\"} 1\n"));
    assert_true(rig_body_has(r, "\nchargetop_api_requests_total{app=\"demo\",status=\"200\"} 1\n"));
    assert_true(rig_body_has(r, "\nchargetop_auth_total{result=\"refused\"} 1\n"));
    assert_true(rig_body_has(r, "\nchargetop_auth_granted_total{app=\"demo\"} 1\n"));
    assert_true(
        rig_body_has(r, "\nchargetop_connections_closed_total{app=\"\",code=\"4001\"} 1\n"));
    assert_true(rig_body_has(r, "{app=\"od\\\"d\\\\one\"} 0\n"));
}

static void metrics_are_not_for_those_behind_a_proxy(void **state)
{
    struct world *w = *state;

    rig_start(&w->rig);
    assert_int_equal(
        rig_ask(&w->rig,
                &(struct rig_ask){"GET", "/metrics", NULL, {"X-Forwarded-For: 192.0.2.1"}}),
        404);
    assert_int_equal(
        rig_ask(&w->rig, &(struct rig_ask){"GET", "/metrics", NULL, {"Forwarded: for=192.0.2.1"}}),
        404);
    assert_int_equal(rig_ask(&w->rig, &(struct rig_ask){"GET", "/up", NULL, {NULL}}), 200);
}

static void a_port_of_their_own_takes_them_off_the_first(void **state)
{
    struct world *w = *state;
    struct rig *r = &w->rig;

    r->cfg.metrics_apart = true;
    rig_start(r);
    assert_int_equal(rig_ask(r, &(struct rig_ask){"GET", "/metrics", NULL, {NULL}}), 404);
    assert_int_not_equal(server_metrics_port(r->server), 0);
    assert_int_not_equal(server_metrics_port(r->server), server_port(r->server));
}

/* ---- what is told ---------------------------------------------------------------------------------------- */

static void on_note(void *user, const struct server_note *n)
{
    struct world *w = user;

    w->last[n->kind] = *n;
    w->notes[n->kind]++;
    if (n->kind == SERVER_NOTE_PUBLISH)
        (void)str_format(w->published, sizeof w->published, "%.*s>%.*s%.*s", (int)n->event.len,
                         n->event.ptr, (int)n->channel.len, n->channel.ptr, (int)n->channels.len,
                         n->channels.ptr);
}

static bool has_closed(void *user)
{
    return ((struct world *)user)->notes[SERVER_NOTE_CLOSED] > 0;
}

static void what_happens_is_told(void **state)
{
    struct world *w = *state;
    struct rig *r = &w->rig;

    rig_start(r);
    server_tell(r->server, on_note, w);
    struct rig_client *c = rig_connect(r, 0);
    rig_join(r, c, "room");
    assert_int_equal(w->notes[SERVER_NOTE_OPENED], 1);
    assert_int_equal(rig_post_signed(r, "/apps/demo/events",
                                     "{\"name\":\"e\",\"channels\":[\"a\",\"b\"],\"data\":\"x\"}"),
                     200);
    assert_string_equal(w->published, "e>[\"a\",\"b\"]");
    assert_int_equal(
        rig_post_signed(r, "/apps/demo/batch_events",
                        "{\"batch\":[{\"name\":\"e\",\"channel\":\"a\",\"data\":\"x\"},"
                        "{\"name\":\"f\",\"channel\":\"b\",\"data\":\"x\"}]}"),
        200);
    assert_int_equal(w->notes[SERVER_NOTE_PUBLISH], 3);
    assert_string_equal(w->published, "f>b");
    assert_int_equal(rig_ask(r, &(struct rig_ask){"POST", "/pusher/auth", "x", {NULL}}), 401);
    assert_int_equal(w->last[SERVER_NOTE_AUTH].status, 401);
    assert_int_equal(w->notes[SERVER_NOTE_HTTP], 3);
    ws_transport_lws()->close(c->ws, 4999, STR("bye"));
    assert_true(net_loop_run_until(r->loop, has_closed, w, RIG_WAIT_MS));
    assert_int_equal(w->last[SERVER_NOTE_CLOSED].code, 4999);
    assert_true(w->last[SERVER_NOTE_CLOSED].by_peer);
    assert_int_equal(w->last[SERVER_NOTE_CLOSED].conn, w->last[SERVER_NOTE_OPENED].conn);
}

/* A request costs its sender nothing, a line of a log costs disk. */
static void of_a_refused_batch_no_more_is_told_than_a_batch_may_hold(void **state)
{
    enum { EVENTS = 30000 };
    struct world *w = *state;
    struct buf body;

    rig_start(&w->rig);
    server_tell(w->rig.server, on_note, w);
    buf_init(&body, EVENTS * 4);
    assert_int_equal(buf_append(&body, STR("{\"batch\":[{}")), CT_OK);
    for (size_t i = 1; i < EVENTS; i++)
        assert_int_equal(buf_append(&body, STR(",{}")), CT_OK);
    assert_int_equal(buf_append(&body, STR("]}")), CT_OK);
    assert_int_equal(rig_ask(&w->rig, &(struct rig_ask){"POST",
                                                        "/apps/demo/batch_events",
                                                        buf_cstr(&body),
                                                        {"Content-Type: application/json"}}),
                     401);
    assert_int_equal(w->notes[SERVER_NOTE_PUBLISH], 0); /* unsigned, it is not even read */
    assert_int_equal(rig_post_signed(&w->rig, "/apps/demo/batch_events", buf_cstr(&body)), 400);
    assert_in_range(w->notes[SERVER_NOTE_PUBLISH], 1, HUB_BATCH_MAX);
    assert_int_equal(w->notes[SERVER_NOTE_HTTP], 2);
    buf_clear(&body);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const char *const variables[] = {"http_proxy", "all_proxy", "ALL_PROXY"};
    const struct CMUnitTest tests[] = {
        TEST(clients_are_told_4200_one_after_the_other),
        TEST(without_anybody_it_is_over_at_once),
        TEST(a_request_under_way_is_answered_and_idle_ones_are_closed),
        TEST(one_that_ignores_the_close_does_not_hold_it_up),
        TEST(the_last_webhooks_are_delivered_before_it_is_over),
        TEST(metrics_are_well_formed_and_true),
        TEST(metrics_are_not_for_those_behind_a_proxy),
        TEST(a_port_of_their_own_takes_them_off_the_first),
        TEST(what_happens_is_told),
        TEST(of_a_refused_batch_no_more_is_told_than_a_batch_may_hold),
    };

    for (size_t i = 0; i < COUNT_OF(variables); i++)
        unsetenv(variables[i]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
