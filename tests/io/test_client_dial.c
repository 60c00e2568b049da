/* Where the client dials and what it makes of the end of a socket, with a transport that only
 * writes down what it is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/client.h"
#include "support/capture.h"

enum { DIALS_MAX = 32, WAIT_MS = 3000 };

/* What one open() asked for. */
struct dial {
    char host[128], path[256], origin[64], ca_file[64];
    uint16_t port;
    bool tls, tls_insecure;
};

struct ws {
    const struct ws_handler *handler;
    void *user;
    int32_t closed_with;
};

struct world {
    struct net_loop *loop;
    struct http *http;
    struct client *client;
    struct capture seen;
    size_t want;
};

/* The transport's functions get no context of the test's own; it is reset by set_up. */
static struct {
    struct dial dials[DIALS_MAX];
    size_t dialled, alive;
    struct ws *last;
    char sent[256];
} wire;

static struct ws *fake_open(struct net_loop *loop, const struct ws_target *t,
                            const struct ws_handler *handler, void *user)
{
    struct dial *d = &wire.dials[wire.dialled % DIALS_MAX];
    struct ws *ws = calloc(1, sizeof *ws);

    (void)loop;
    str_copy(d->host, sizeof d->host, str_from(t->host));
    str_copy(d->path, sizeof d->path, str_from(t->path));
    str_copy(d->origin, sizeof d->origin, str_from(t->origin));
    str_copy(d->ca_file, sizeof d->ca_file, str_from(t->ca_file));
    d->port = t->port;
    d->tls = t->tls;
    d->tls_insecure = t->tls_insecure;
    wire.dialled++;
    wire.alive++;
    ws->handler = handler;
    ws->user = user;
    wire.last = ws;
    return ws;
}

static enum ct_err fake_send(struct ws *ws, struct str text)
{
    (void)ws;
    str_copy(wire.sent, sizeof wire.sent, text);
    return CT_OK;
}

static enum ct_err fake_ping(struct ws *ws)
{
    (void)ws;
    return CT_OK;
}

static void fake_close(struct ws *ws, int32_t code, struct str reason)
{
    (void)reason;
    ws->closed_with = code;
}

static void fake_destroy(struct ws *ws)
{
    if (ws)
        wire.alive--;
    free(ws);
}

static const struct ws_transport fake = {fake_open,  fake_send,    fake_ping,
                                         fake_close, fake_destroy, NULL};

static void on_event(void *user, const struct wire_event *event)
{
    struct world *w = user;

    capture_event(&w->seen, event);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    memset(&wire, 0, sizeof wire);
    w->loop = net_loop_create();
    w->http = http_create(w->loop, &(struct http_cfg){.user_agent = "chargetop-test"});
    capture_init(&w->seen);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    client_destroy(w->client);
    http_destroy(w->http);
    net_loop_destroy(w->loop);
    capture_clear(&w->seen);
    free(w);
    return wire.alive == 0 ? 0 : -1; /* every socket was destroyed */
}

static void dial(struct world *w, struct client_cfg cfg)
{
    struct fault fault = {0};

    cfg.transport = &fake;
    if (!cfg.session.backoff_base_ms) {
        cfg.session.backoff_base_ms = 5;
        cfg.session.backoff_cap_ms = 20;
    }
    if (!cfg.key)
        cfg.key = "KEY";
    w->client = client_create(w->loop, w->http, NULL, &cfg, on_event, w, &fault);
    assert_non_null(w->client);
    client_connect(w->client);
    assert_int_equal(wire.dialled, 1);
}

static bool dialled(void *user)
{
    const struct world *w = user;

    return wire.dialled >= w->want;
}

static void until_dialled(struct world *w, size_t times)
{
    w->want = times;
    assert_true(net_loop_run_until(w->loop, dialled, w, WAIT_MS));
}

static void end_socket(int32_t code, enum net_failure failure, const char *text)
{
    struct ws_closed why = {.code = code, .failure = failure};

    str_copy(why.text, sizeof why.text, str_from(text));
    wire.last->handler->closed(wire.last->user, &why);
}

static void say(const char *text)
{
    wire.last->handler->message(wire.last->user, str_from(text));
}

static void greet(void)
{
    wire.last->handler->opened(wire.last->user, "192.0.2.7", "TLSv1.3");
    say("{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":\\\"1.2\\\","
        "\\\"activity_timeout\\\":120}\"}");
}

#define QUERY "?protocol=7&client=chargetop&version=" CHARGETOP_VERSION

static void a_cluster_names_its_host(void **state)
{
    struct world *w = *state;

    dial(w, (struct client_cfg){.cluster = "eu", .tls = true});
    assert_string_equal(wire.dials[0].host, "ws-eu.pusher.com");
    assert_int_equal(wire.dials[0].port, 443);
    assert_true(wire.dials[0].tls);
    assert_string_equal(wire.dials[0].path, "/app/KEY" QUERY);
    assert_string_equal(client_address(w->client), "wss://ws-eu.pusher.com:443/app/KEY");
}

static void a_prefix_stands_before_app_however_it_is_written(void **state)
{
    struct world *w = *state;
    static const char *const spellings[] = {"/ws", "ws", "/ws/", "ws//"};

    for (size_t i = 0; i < COUNT_OF(spellings); i++) {
        wire.dialled = 0;
        dial(w, (struct client_cfg){.host = "h", .path = spellings[i], .key = "a/b"});
        assert_string_equal(wire.dials[0].path, "/ws/app/a%2Fb" QUERY);
        assert_int_equal(wire.dials[0].port, 80);
        client_destroy(w->client);
        w->client = NULL;
    }
}

static void options_of_the_socket_are_handed_on(void **state)
{
    struct world *w = *state;

    dial(w, (struct client_cfg){.host = "::1",
                                .port = 6001,
                                .tls = true,
                                .tls_insecure = true,
                                .ca_file = "/ca.pem",
                                .origin = "https://app"});
    assert_string_equal(wire.dials[0].host, "::1");
    assert_int_equal(wire.dials[0].port, 6001);
    assert_true(wire.dials[0].tls_insecure);
    assert_string_equal(wire.dials[0].ca_file, "/ca.pem");
    assert_string_equal(wire.dials[0].origin, "https://app");
    assert_string_equal(client_address(w->client), "wss://[::1]:6001/app/KEY");
}

static void code_4000_switches_to_tls_and_its_port(void **state)
{
    struct world *w = *state;

    dial(w, (struct client_cfg){.host = "h"});
    assert_int_equal(wire.dials[0].port, 80);
    wire.last->handler->opened(wire.last->user, "192.0.2.7", "");
    end_socket(4000, NET_CLOSED, "use TLS");
    until_dialled(w, 2);
    assert_true(wire.dials[1].tls);
    assert_int_equal(wire.dials[1].port, 443);
    assert_string_equal(client_address(w->client), "wss://h:443/app/KEY");
}

static void code_4000_keeps_a_port_that_was_given(void **state)
{
    struct world *w = *state;

    dial(w, (struct client_cfg){.host = "h", .port = 6001});
    wire.last->handler->opened(wire.last->user, "192.0.2.7", "");
    end_socket(4000, NET_CLOSED, "use TLS");
    until_dialled(w, 2);
    assert_true(wire.dials[1].tls);
    assert_int_equal(wire.dials[1].port, 6001);
}

static void a_failure_is_told_with_its_advice(void **state)
{
    struct world *w = *state;

    dial(w, (struct client_cfg){.host = "h", .tls = true});
    end_socket(1006, NET_TLS_EXPIRED, "certificate expired");
    until_dialled(w, 2);
    assert_non_null(capture_find(&w->seen, 0, WIRE_LINK, "certificate expired"));
    assert_non_null(capture_find(&w->seen, 0, WIRE_LINK, net_failure_advice(NET_TLS_EXPIRED)));
}

/* Words and causes of the explanations differ where the code, 1006, is the same. */
static void failures_of_name_socket_proxy_and_certificate_are_told_apart(void **state)
{
    static const struct {
        enum net_failure failure;
        const char *cause;
    } all[] = {
        {NET_DNS, "dns"},
        {NET_REFUSED, "refused"},
        {NET_UNREACHABLE, "unreachable"},
        {NET_TIMEOUT, "timeout"},
        {NET_PROXY, "proxy"},
        {NET_TLS_HOST, "tls-host"},
        {NET_TLS_EXPIRED, "tls-expired"},
        {NET_TLS_ISSUER, "tls-issuer"},
        {NET_TLS_SELF, "tls-self-signed"},
        {NET_TLS_VERSION, "tls-version"},
        {NET_TLS_NONE, "tls-none"},
        {NET_TLS_OTHER, "tls"},
        {NET_CA_FILE, "ca-file"},
        {NET_CLOSED, "closed"},
        {NET_PROTOCOL, "protocol"},
        {NET_NOMEM, "no-memory"},
    };
    struct world *w = *state;

    dial(w, (struct client_cfg){.host = "h", .tls = true});
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        const size_t from = w->seen.count;
        const struct wire_event *told;

        end_socket(1006, all[i].failure, net_failure_name(all[i].failure));
        told = capture_find(&w->seen, from, WIRE_LINK, net_failure_name(all[i].failure));
        assert_non_null(told);
        assert_true(str_eq(told->cause, str_from(all[i].cause)));
        client_wake(w->client);
        until_dialled(w, i + 2);
    }
    end_socket(4100, NET_CLOSED, "");
    assert_int_equal(w->seen.at[w->seen.count - 1].event.cause.len, 0); /* the code says it */
}

static bool is_unavailable(void *user)
{
    const struct world *w = user;

    return capture_count_link(&w->seen, WIRE_LINK_UNAVAILABLE) > 0;
}

/* Neither the failure before it nor the time that passes is then what is wrong. */
static void a_close_code_stays_the_cause_while_no_connection_comes_about(void **state)
{
    struct world *w = *state;
    const struct wire_event *told;
    size_t from;

    dial(w, (struct client_cfg){.host = "h", .session.unavailable_after_ms = 100});
    end_socket(1006, NET_REFUSED, "refused");
    until_dialled(w, 2);
    wire.last->handler->opened(wire.last->user, "192.0.2.7", "");
    from = w->seen.count;
    say("{\"event\":\"pusher:error\",\"data\":{\"code\":4100,\"message\":\"Over capacity\"}}");
    told = capture_find(&w->seen, from, WIRE_LINK, "over capacity");
    assert_non_null(told);
    assert_int_equal(told->code, 4100);
    assert_int_equal(told->cause.len, 0);
    assert_true(net_loop_run_until(w->loop, is_unavailable, w, WAIT_MS));
    told = &w->seen.at[w->seen.count - 1].event;
    assert_int_equal(told->code, 4100);
    assert_int_equal(told->cause.len, 0);
}

static void a_failure_stays_the_cause_while_the_next_try_is_waited_for(void **state)
{
    struct world *w = *state;
    const struct wire_event *told;

    dial(w, (struct client_cfg){.host = "h",
                                .session.unavailable_after_ms = 5,
                                .session.backoff_base_ms = 60000,
                                .session.backoff_cap_ms = 60000,
                                .session.seed = 11});
    end_socket(1006, NET_TLS_SELF, "h: certificate signed by itself");
    assert_true(net_loop_run_until(w->loop, is_unavailable, w, WAIT_MS));
    told = &w->seen.at[w->seen.count - 1].event;
    assert_int_equal(told->link, WIRE_LINK_UNAVAILABLE);
    assert_true(told->retry_at_ms > 0);
    assert_int_equal(told->code, 1006);
    assert_true(str_eq(told->cause, STR("tls-self-signed")));
}

static void what_to_do_about_a_status_depends_on_it(void **state)
{
    struct world *w = *state;
    static const struct {
        int status;
        const char *advice;
    } all[] = {{404, "check the path, the key and the credentials"},
               {429, "wait, it is asked again by itself"},
               {503, "wait, or look at the server itself"}};

    dial(w, (struct client_cfg){.host = "h"});
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        const size_t from = w->seen.count;
        struct ws_closed why = {
            .code = 1006, .failure = NET_HTTP_STATUS, .http_status = all[i].status};

        str_copy(why.text, sizeof why.text, STR("HTTP instead of a WebSocket"));
        wire.last->handler->closed(wire.last->user, &why);
        assert_non_null(capture_find(&w->seen, from, WIRE_LINK, all[i].advice));
        client_wake(w->client);
        client_connect(w->client);
    }
}

static void peer_and_tls_version_are_known_while_connected(void **state)
{
    struct world *w = *state;
    struct client_stats stats;

    dial(w, (struct client_cfg){.host = "h", .tls = true});
    greet();
    client_stats(w->client, &stats);
    assert_string_equal(stats.peer, "192.0.2.7");
    assert_string_equal(stats.tls_version, "TLSv1.3");
    end_socket(1006, NET_CLOSED, "gone");
    client_stats(w->client, &stats);
    assert_string_equal(stats.peer, "");
    assert_string_equal(stats.tls_version, "");
}

static void what_a_socket_says_after_we_hung_up_is_not_told(void **state)
{
    struct world *w = *state;
    size_t frames;

    dial(w, (struct client_cfg){.host = "h"});
    greet();
    client_disconnect(w->client);
    frames = capture_count(&w->seen, WIRE_FRAME);
    assert_int_equal(wire.last->closed_with, 1000);
    say("{\"event\":\"late\",\"channel\":\"c\"}");
    assert_int_equal(capture_count(&w->seen, WIRE_FRAME), frames);
    assert_int_equal(capture_count_link(&w->seen, WIRE_LINK_DISCONNECTED), 0);
    end_socket(1000, NET_CLOSED, "");
    assert_int_equal(capture_count_link(&w->seen, WIRE_LINK_DISCONNECTED), 1);
}

static void connecting_again_during_the_goodbye_is_possible(void **state)
{
    struct world *w = *state;

    dial(w, (struct client_cfg){.host = "h"});
    greet();
    client_disconnect(w->client);
    client_connect(w->client);
    assert_int_equal(wire.dialled, 2);
    assert_int_equal(capture_count_link(&w->seen, WIRE_LINK_DISCONNECTED), 1);
    greet();
    assert_int_equal(capture_count_link(&w->seen, WIRE_LINK_CONNECTED), 2);
}

static void goodbyes_that_nobody_answers_do_not_pile_up(void **state)
{
    struct world *w = *state;

    dial(w, (struct client_cfg){.host = "h"});
    for (size_t i = 0; i < 20; i++) {
        greet();
        client_disconnect(w->client);
        client_connect(w->client);
        assert_in_range(wire.alive, 1, 4);
    }
}

struct nested {
    struct world *world;
    bool whole;
};

static void on_nested(void *user, const struct wire_event *event)
{
    struct nested *n = user;
    char channel[32];

    if (event->kind != WIRE_FRAME || !str_eq(event->name, STR("tick")))
        return;
    for (unsigned i = 0; i < 40; i++) {
        str_format(channel, sizeof channel, "public-%u", i);
        client_subscribe(n->world->client, str_from(channel));
    }
    n->whole = str_eq(event->channel, STR("c")) && str_eq(event->data, STR("{\"a\":\"b\"}")) &&
               str_find(event->text, STR("\\\"a\\\"")) < event->text.len;
}

static void a_handler_that_subscribes_inside_an_event_keeps_the_event_whole(void **state)
{
    struct world *w = *state;
    struct nested n = {.world = w};
    struct pusher_session_info info;
    const struct client_cfg cfg = {.host = "h", .key = "KEY", .transport = &fake};

    w->client = client_create(w->loop, w->http, NULL, &cfg, on_nested, &n, NULL);
    client_connect(w->client);
    greet();
    say("{\"event\":\"tick\",\"channel\":\"c\",\"data\":\"{\\\"a\\\":\\\"b\\\"}\"}");
    assert_true(n.whole);
    client_info(w->client, &info);
    assert_int_equal(info.wanted, 40);
    assert_non_null(strstr(wire.sent, "public-39"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_cluster_names_its_host),
        TEST(a_prefix_stands_before_app_however_it_is_written),
        TEST(options_of_the_socket_are_handed_on),
        TEST(code_4000_switches_to_tls_and_its_port),
        TEST(code_4000_keeps_a_port_that_was_given),
        TEST(a_failure_is_told_with_its_advice),
        TEST(failures_of_name_socket_proxy_and_certificate_are_told_apart),
        TEST(a_close_code_stays_the_cause_while_no_connection_comes_about),
        TEST(a_failure_stays_the_cause_while_the_next_try_is_waited_for),
        TEST(what_to_do_about_a_status_depends_on_it),
        TEST(peer_and_tls_version_are_known_while_connected),
        TEST(what_a_socket_says_after_we_hung_up_is_not_told),
        TEST(connecting_again_during_the_goodbye_is_possible),
        TEST(goodbyes_that_nobody_answers_do_not_pile_up),
        TEST(a_handler_that_subscribes_inside_an_event_keeps_the_event_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
