/* The live source against a real loopback peer: which orders are followed, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "feed/live.h"
#include "support/capture.h"
#include "support/peer.h"

enum { WAIT_MS = 8000 };

#define LIST "GET /api/v1/orders?page=1&status=active&limit=15"
#define LIST_OF(ids) STR("{\"success\":1,\"data\":[" ids "]}")

struct world {
    struct net_loop *loop;
    struct peer *peer;
    struct live *live;
    struct capture seen;
    char endpoint[128], base[128], token_file[64];
    const char *renewal; /* written to the token file when a read ends with 401 */
    size_t want, destroy_at;
    const char *channel, *line;
    bool stopped;
};

/* What a decoder does: names every order of a page. */
static void list_page(struct world *w, struct str body)
{
    struct json_value object, data, order, id;
    struct json_iter it;
    struct str key;

    if (json_parse(body, &object) || !json_get(object, STR("data"), &data))
        return;
    json_iter_init(&it, data);
    while (w->live && json_next(&it, &key, &order))
        if (json_get(order, STR("id"), &id))
            live_listed(w->live, id.raw);
}

static void write_token(const struct world *w, const char *token)
{
    FILE *f = fopen(w->token_file, "w");

    assert_non_null(f);
    fprintf(f, "%s\n", token);
    fclose(f);
}

static void make_token_file(struct world *w)
{
    int fd;

    str_format(w->token_file, sizeof w->token_file, "/tmp/chargetop-live-XXXXXX");
    fd = mkstemp(w->token_file);
    assert_true(fd >= 0);
    close(fd);
    write_token(w, "stale-secret-token");
    w->seen.secrets[1] = "stale-secret-token";
}

static void on_event(void *user, const struct wire_event *event)
{
    struct world *w = user;

    if (w->renewal && event->kind == WIRE_REST && event->code == 401) {
        write_token(w, w->renewal);
        w->renewal = NULL;
    }

    capture_event(&w->seen, event);
    if (w->live && w->destroy_at == w->seen.count) {
        live_destroy(w->live);
        w->live = NULL;
        return;
    }
    if (event->kind == WIRE_REST && event->rest == WIRE_REST_LIST && event->code == 200)
        list_page(w, event->data);
}

static struct live_cfg config(const struct world *w)
{
    return (struct live_cfg){
        .client = {.host = "127.0.0.1",
                   .port = w->peer->port,
                   .key = PEER_KEY,
                   .auth_endpoint = w->endpoint,
                   .session = {.backoff_base_ms = 20, .backoff_cap_ms = 100, .seed = 3}},
        .powerly = {.base = w->base},
        .discover = true,
        .poll_ms = 60,
        .leave_after_ms = 120,
        .reread_ms = {30, 60, 90},
        .http = {.user_agent = "chargetop-test"},
        .token = {.value = "live-secret-token"}};
}

static void create(struct world *w, const struct live_cfg *cfg)
{
    struct fault fault = {0};

    w->live = live_create(w->loop, cfg, on_event, w, &fault);
    assert_non_null(w->live);
}

static void create_default(struct world *w)
{
    const struct live_cfg cfg = config(w);

    create(w, &cfg);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    w->loop = net_loop_create();
    w->peer = peer_create(w->loop);
    peer_accept_token(w->peer, "live-secret-token");
    peer_route(w->peer, "GET /api/v1/users/me", PEER_ALWAYS, 200,
               STR("{\"success\":1,\"data\":{}}"), NULL);
    str_format(w->endpoint, sizeof w->endpoint, "http://127.0.0.1:%u/broadcasting/auth",
               (unsigned)w->peer->port);
    str_format(w->base, sizeof w->base, "http://127.0.0.1:%u/api/v1/", (unsigned)w->peer->port);
    capture_init(&w->seen);
    w->seen.secrets[0] = "live-secret-token";
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    const bool clean = !w->seen.leaked && !w->seen.disordered;

    live_destroy(w->live);
    peer_destroy(w->peer);
    net_loop_destroy(w->loop);
    capture_clear(&w->seen);
    if (w->token_file[0])
        unlink(w->token_file);
    free(w);
    return clean ? 0 : -1;
}

/* --- conditions --------------------------------------------------------------------------- */

static bool all_subscribed(void *user)
{
    const struct world *w = user;
    struct pusher_session_info info;

    client_info(live_client(w->live), &info);
    return info.subscribed == w->want && info.wanted == w->want;
}

static bool channel_subscribed(void *user)
{
    const struct world *w = user;

    return client_sub(live_client(w->live), str_from(w->channel)) == WIRE_SUB_SUBSCRIBED;
}

static bool channel_left(void *user)
{
    const struct world *w = user;

    return client_sub(live_client(w->live), str_from(w->channel)) == WIRE_SUB_NONE;
}

static bool channel_denied(void *user)
{
    const struct world *w = user;

    return client_sub(live_client(w->live), str_from(w->channel)) == WIRE_SUB_DENIED;
}

static bool line_asked(void *user)
{
    const struct world *w = user;

    return peer_count(w->peer, w->line) >= w->want;
}

static bool links_told(void *user)
{
    const struct world *w = user;

    return capture_count_link(&w->seen, WIRE_LINK_CONNECTED) >= w->want;
}

static bool has_stopped(void *user)
{
    const struct world *w = user;

    return w->stopped;
}

static bool live_gone(void *user)
{
    const struct world *w = user;

    return !w->live;
}

static bool never(void *user)
{
    (void)user;
    return false;
}

static void until(struct world *w, bool (*done)(void *user))
{
    assert_true(net_loop_run_until(w->loop, done, w, WAIT_MS));
}

static void until_asked(struct world *w, const char *line, size_t times)
{
    w->line = line;
    w->want = times;
    until(w, line_asked);
}

static void on_stopped(void *user)
{
    struct world *w = user;

    w->stopped = true;
}

/* --- following ---------------------------------------------------------------------------- */

static void orders_of_the_list_are_subscribed_as_found(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, LIST, PEER_ALWAYS, 200,
               LIST_OF("{\"id\":2149},{\"id\":2151},{\"id\":2155}"), NULL);
    create_default(w);
    live_start(w->live);
    w->want = 3;
    until(w, all_subscribed);
    assert_int_equal(peer_subscribers(w->peer, "private-orders.2151"), 1);
    assert_int_equal(peer_count(w->peer, "GET /api/v1/users/me"), 1);
    until_asked(w, LIST, 3); /* and the list is read again and again */
    assert_int_equal(peer_count(w->peer, "GET /api/v1/orders/2149"), 0);
}

static void named_orders_are_read_at_the_start(void **state)
{
    struct world *w = *state;
    struct live_cfg cfg = config(w);

    cfg.discover = false;
    create(w, &cfg);
    assert_int_equal(live_watch(w->live, STR("2149"), LIVE_NAMED), CT_OK);
    live_start(w->live);
    assert_int_equal(live_watch(w->live, STR("2150"), LIVE_NAMED), CT_OK);
    w->want = 2;
    until(w, all_subscribed);
    until_asked(w, "GET /api/v1/orders/2149", 1);
    until_asked(w, "GET /api/v1/orders/2150", 1);
    assert_int_equal(peer_count(w->peer, LIST), 0);
}

static void without_rest_nothing_is_asked_but_signatures(void **state)
{
    struct world *w = *state;
    struct live_cfg cfg = config(w);

    cfg.powerly.base = NULL;
    create(w, &cfg);
    assert_int_equal(live_watch(w->live, STR("2149"), LIVE_NAMED), CT_OK);
    assert_int_equal(live_watch_channel(w->live, STR("news")), CT_OK);
    live_start(w->live);
    w->want = 2;
    until(w, all_subscribed);
    assert_int_equal(w->peer->logged, 1);
    assert_int_equal(live_reread(w->live, STR("2149")), CT_ERR_STATE);
    assert_int_equal(live_stop_order(w->live, STR("2149"), STR("1"), 1), CT_ERR_STATE);
}

static void an_id_that_no_channel_can_have_is_refused(void **state)
{
    struct world *w = *state;
    char id[PUSHER_CHANNEL_NAME_MAX + 1];

    create_default(w);
    memset(id, '7', sizeof id);
    assert_int_equal(live_watch(w->live, STR(""), LIVE_NAMED), CT_ERR_SYNTAX);
    assert_int_equal(live_watch(w->live, STR("21 49"), LIVE_NAMED), CT_ERR_SYNTAX);
    assert_int_equal(live_watch(w->live, STR("21/49"), LIVE_NAMED), CT_ERR_SYNTAX);
    assert_int_equal(live_watch(w->live, (struct str){id, sizeof id}, LIVE_NAMED), CT_ERR_SYNTAX);
    assert_int_equal(
        live_watch(w->live, (struct str){id, PUSHER_CHANNEL_NAME_MAX - strlen("private-orders.")},
                   LIVE_NAMED),
        CT_OK);
    assert_int_equal(live_unwatch(w->live, STR("1")), CT_ERR_MISSING);
}

static void an_unwatched_order_is_left(void **state)
{
    struct world *w = *state;

    create_default(w);
    assert_int_equal(live_watch(w->live, STR("2149"), LIVE_NAMED), CT_OK);
    live_start(w->live);
    w->channel = "private-orders.2149";
    until(w, channel_subscribed);
    assert_int_equal(live_unwatch(w->live, STR("2149")), CT_OK);
    until(w, channel_left);
}

static void a_reconnect_reads_the_list_once_more(void **state)
{
    struct world *w = *state;
    struct live_cfg cfg = config(w);

    cfg.poll_ms = 60000;
    peer_route(w->peer, LIST, PEER_ALWAYS, 200, LIST_OF("{\"id\":2149}"), NULL);
    create(w, &cfg);
    live_start(w->live);
    w->want = 1;
    until(w, all_subscribed);
    assert_int_equal(peer_count(w->peer, LIST), 1);
    peer_close_all(w->peer, 4200);
    w->want = 2;
    until(w, links_told);
    until_asked(w, LIST, 2);
    w->want = 1;
    until(w, all_subscribed);
    assert_int_equal(peer_count(w->peer, LIST), 2);
}

static void without_discovery_a_reconnect_reads_each_order(void **state)
{
    struct world *w = *state;
    struct live_cfg cfg = config(w);

    cfg.discover = false;
    create(w, &cfg);
    assert_int_equal(live_watch(w->live, STR("2149"), LIVE_NAMED), CT_OK);
    live_start(w->live);
    w->want = 1;
    until(w, all_subscribed);
    peer_close_all(w->peer, 4200);
    until_asked(w, "GET /api/v1/orders/2149", 2);
}

/* --- leaving ------------------------------------------------------------------------------ */

static void a_completed_order_is_left_after_its_time(void **state)
{
    struct world *w = *state;
    uint64_t began_ms;

    create_default(w);
    assert_int_equal(live_watch(w->live, STR("2149"), LIVE_NAMED), CT_OK);
    live_start(w->live);
    w->channel = "private-orders.2149";
    until(w, channel_subscribed);
    until_asked(w, "GET /api/v1/orders/2149", 1);
    began_ms = net_now_ms(w->loop);
    live_completed(w->live, STR("2149"), LIVE_COMPLETED_WITH_ORDER);
    until(w, channel_left);
    assert_true(net_now_ms(w->loop) - began_ms >= 110);
    assert_int_equal(peer_count(w->peer, "GET /api/v1/orders/2149"), 1); /* nothing to re-read */
}

static void a_bare_completion_is_read_again_three_times(void **state)
{
    struct world *w = *state;

    create_default(w);
    assert_int_equal(live_watch(w->live, STR("2149"), LIVE_NAMED), CT_OK);
    live_start(w->live);
    w->channel = "private-orders.2149";
    until(w, channel_subscribed);
    until_asked(w, "GET /api/v1/orders/2149", 1);
    live_completed(w->live, STR("2149"), LIVE_COMPLETED_BARE);
    live_completed(w->live, STR("2149"), LIVE_COMPLETED_BARE); /* a duplicate changes nothing */
    until_asked(w, "GET /api/v1/orders/2149", 4);
    until(w, channel_left);
    assert_false(net_loop_run_until(w->loop, never, w, 100));
    assert_int_equal(peer_count(w->peer, "GET /api/v1/orders/2149"), 4);
}

static void rereading_ends_when_the_order_is_final(void **state)
{
    struct world *w = *state;
    struct live_cfg cfg = config(w);

    cfg.reread_ms[1] = cfg.reread_ms[2] = 60000; /* none is under way when the final one is told */
    create(w, &cfg);
    assert_int_equal(live_watch(w->live, STR("2149"), LIVE_NAMED), CT_OK);
    live_start(w->live);
    w->channel = "private-orders.2149";
    until(w, channel_subscribed);
    until_asked(w, "GET /api/v1/orders/2149", 1);
    live_completed(w->live, STR("2149"), LIVE_COMPLETED_BARE);
    until_asked(w, "GET /api/v1/orders/2149", 2);
    live_completed(w->live, STR("2149"), LIVE_COMPLETED_FINAL);
    until(w, channel_left);
    assert_int_equal(peer_count(w->peer, "GET /api/v1/orders/2149"), 2);
}

static void a_list_that_lags_does_not_bring_a_completed_order_back(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, LIST, PEER_ALWAYS, 200, LIST_OF("{\"id\":2149}"), NULL);
    create_default(w);
    live_start(w->live);
    w->channel = "private-orders.2149";
    until(w, channel_subscribed);
    live_completed(w->live, STR("2149"), LIVE_COMPLETED_WITH_ORDER);
    until(w, channel_left);
    until_asked(w, LIST, peer_count(w->peer, LIST) + 3);
    assert_true(channel_left(w));
}

static void an_order_missing_from_two_lists_is_read_once_and_left(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, LIST, PEER_ALWAYS, 200, LIST_OF("{\"id\":2150}"), NULL);
    peer_route(w->peer, LIST, 2, 200, LIST_OF("{\"id\":2149},{\"id\":2150}"), NULL);
    create_default(w);
    assert_int_equal(live_watch(w->live, STR("2160"), LIVE_NAMED), CT_OK);
    live_start(w->live);
    w->want = 3;
    until(w, all_subscribed);
    w->channel = "private-orders.2149";
    until(w, channel_left);
    assert_true(peer_count(w->peer, LIST) >= 4);
    until_asked(w, "GET /api/v1/orders/2149", 1);
    until_asked(w, LIST, peer_count(w->peer, LIST) + 3);
    assert_int_equal(peer_count(w->peer, "GET /api/v1/orders/2149"), 1);
    w->want = 2; /* the named one stays, though no list ever named it */
    assert_true(all_subscribed(w));
}

static void a_list_that_failed_counts_for_nothing(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, LIST, PEER_ALWAYS, 403, STR("{}"), NULL);
    peer_route(w->peer, LIST, 1, 200, LIST_OF("{\"id\":2149}"), NULL);
    create_default(w);
    live_start(w->live);
    w->channel = "private-orders.2149";
    until(w, channel_subscribed);
    until_asked(w, LIST, 5);
    assert_true(channel_subscribed(w));
}

/* Long before the next list would be due. */
static void a_list_without_an_answer_is_asked_for_again_soon(void **state)
{
    struct world *w = *state;
    struct live_cfg cfg = config(w);

    cfg.poll_ms = 600000;
    peer_route(w->peer, LIST, PEER_ALWAYS, 200, LIST_OF("{\"id\":2149}"), NULL);
    peer_route(w->peer, LIST, 1, 503, STR("{}"), NULL);
    create(w, &cfg);
    live_start(w->live);
    w->channel = "private-orders.2149";
    until(w, channel_subscribed);
    assert_int_equal(2, peer_count(w->peer, LIST));
}

static void an_empty_list_does_not_disconnect(void **state)
{
    struct world *w = *state;
    struct pusher_session_info info;

    peer_route(w->peer, LIST, PEER_ALWAYS, 200, STR("{\"success\":1,\"data\":[]}"), NULL);
    create_default(w);
    live_start(w->live);
    until_asked(w, LIST, 4);
    w->want = 1;
    until(w, links_told);
    client_info(live_client(w->live), &info);
    assert_int_equal(info.link, WIRE_LINK_CONNECTED);
    assert_int_equal(w->peer->opened, 1);
}

/* --- the rest ----------------------------------------------------------------------------- */

static void waking_asks_again_for_denied_orders_and_reads_the_list(void **state)
{
    struct world *w = *state;
    struct live_cfg cfg = config(w);

    cfg.poll_ms = 60000;
    peer_route(w->peer, LIST, PEER_ALWAYS, 200, LIST_OF("{\"id\":2149}"), NULL);
    peer_auth_answer(w->peer, "private-orders.2149", 1, 403, "{\"message\":\"no\"}", NULL);
    create(w, &cfg);
    live_start(w->live);
    w->channel = "private-orders.2149";
    until(w, channel_denied);
    until_asked(w, LIST, 1);
    live_wake(w->live);
    until(w, channel_subscribed);
    until_asked(w, LIST, 2);
}

static void a_refused_order_is_asked_for_again_by_its_name_and_not_by_each_list(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, LIST, PEER_ALWAYS, 200, LIST_OF("{\"id\":2149}"), NULL);
    peer_auth_answer(w->peer, "private-orders.2149", 1, 403, "{\"message\":\"no\"}", NULL);
    create_default(w);
    live_start(w->live);
    w->channel = "private-orders.2149";
    until(w, channel_denied);
    assert_int_equal(CT_OK, live_watch(w->live, STR("2149"), LIVE_FOUND));
    until_asked(w, LIST, peer_count(w->peer, LIST) + 3);
    assert_true(channel_denied(w));
    assert_int_equal(w->peer->auth_requests, 1);
    assert_int_equal(CT_OK, live_watch(w->live, STR("2149"), LIVE_NAMED));
    until(w, channel_subscribed);
}

static void stopping_says_goodbye_and_then_is_done(void **state)
{
    struct world *w = *state;

    create_default(w);
    assert_int_equal(live_watch(w->live, STR("2149"), LIVE_NAMED), CT_OK);
    live_start(w->live);
    w->channel = "private-orders.2149";
    until(w, channel_subscribed);
    live_stop(w->live, on_stopped, w);
    assert_false(w->stopped);
    until(w, has_stopped);
    assert_int_equal(capture_count_link(&w->seen, WIRE_LINK_DISCONNECTED), 1);
}

static void stopping_before_the_start_is_done_at_once(void **state)
{
    struct world *w = *state;

    create_default(w);
    live_stop(w->live, on_stopped, w);
    assert_true(net_loop_run_until(w->loop, has_stopped, w, 500));
}

static void stopping_waits_for_a_mute_server_two_seconds_at_most(void **state)
{
    struct world *w = *state;
    uint64_t began_ms;

    create_default(w);
    live_start(w->live);
    w->want = 1;
    until(w, links_told);
    peer_mute(w->peer);
    began_ms = net_now_ms(w->loop);
    live_stop(w->live, on_stopped, w);
    until(w, has_stopped);
    assert_true(net_now_ms(w->loop) - began_ms < 2500);
}

static void a_stop_request_reaches_the_server_before_the_end(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, "POST /api/v1/orders/stop", PEER_ALWAYS, 200, STR("{\"success\":1}"), NULL);
    create_default(w);
    live_start(w->live);
    w->want = 1;
    until(w, links_told);
    assert_int_equal(live_stop_order(w->live, STR("2149"), STR("626"), 1), CT_OK);
    live_stop(w->live, on_stopped, w);
    until(w, has_stopped);
    assert_int_equal(peer_count(w->peer, "POST /api/v1/orders/stop"), 1);
    assert_int_equal(capture_count_rest(&w->seen, WIRE_REST_STOP), 1);
}

static void what_was_refused_is_read_again_with_a_renewed_token(void **state)
{
    struct world *w = *state;
    struct live_cfg cfg = config(w);

    make_token_file(w);
    cfg.discover = false;
    cfg.token = (struct token_cfg){.file = w->token_file};
    w->renewal = "live-secret-token"; /* written once a read was refused for good */
    peer_route(w->peer, "GET /api/v1/orders/2149", PEER_ALWAYS, 200,
               STR("{\"success\":1,\"data\":{}}"), NULL);
    peer_route(w->peer, "GET /api/v1/orders/2149", 1, 401, STR("{}"), NULL);
    create(w, &cfg);
    assert_int_equal(live_watch(w->live, STR("2149"), LIVE_NAMED), CT_OK);
    live_start(w->live);
    until_asked(w, "GET /api/v1/orders/2149", 2);
    w->channel = "private-orders.2149";
    until(w, channel_subscribed);
    assert_null(w->renewal);
}

static void a_missing_token_is_told_and_the_connection_made_nevertheless(void **state)
{
    struct world *w = *state;
    struct live_cfg cfg = config(w);

    cfg.token = (struct token_cfg){.file = "/nonexistent/chargetop-token"};
    create(w, &cfg);
    live_start(w->live);
    w->want = 1;
    until(w, links_told);
    assert_non_null(capture_find(&w->seen, 0, WIRE_AUTH, "/nonexistent/chargetop-token"));
}

static void a_handler_may_destroy_the_source_at_any_event(void **state)
{
    struct world *w = *state;
    size_t n;

    peer_route(w->peer, LIST, PEER_ALWAYS, 200, LIST_OF("{\"id\":2149},{\"id\":2151}"), NULL);
    for (n = 1; n < 60; n++) {
        capture_clear(&w->seen);
        capture_init(&w->seen);
        w->destroy_at = n;
        create_default(w);
        live_start(w->live);
        if (w->live && !net_loop_run_until(w->loop, live_gone, w, 300))
            break;
        assert_int_equal(w->seen.count, n);
    }
    assert_true(n > 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(orders_of_the_list_are_subscribed_as_found),
        TEST(named_orders_are_read_at_the_start),
        TEST(without_rest_nothing_is_asked_but_signatures),
        TEST(an_id_that_no_channel_can_have_is_refused),
        TEST(an_unwatched_order_is_left),
        TEST(a_reconnect_reads_the_list_once_more),
        TEST(without_discovery_a_reconnect_reads_each_order),
        TEST(a_completed_order_is_left_after_its_time),
        TEST(a_bare_completion_is_read_again_three_times),
        TEST(rereading_ends_when_the_order_is_final),
        TEST(a_list_that_lags_does_not_bring_a_completed_order_back),
        TEST(an_order_missing_from_two_lists_is_read_once_and_left),
        TEST(a_list_that_failed_counts_for_nothing),
        TEST(a_list_without_an_answer_is_asked_for_again_soon),
        TEST(an_empty_list_does_not_disconnect),
        TEST(waking_asks_again_for_denied_orders_and_reads_the_list),
        TEST(a_refused_order_is_asked_for_again_by_its_name_and_not_by_each_list),
        TEST(stopping_says_goodbye_and_then_is_done),
        TEST(stopping_before_the_start_is_done_at_once),
        TEST(stopping_waits_for_a_mute_server_two_seconds_at_most),
        TEST(a_stop_request_reaches_the_server_before_the_end),
        TEST(what_was_refused_is_read_again_with_a_renewed_token),
        TEST(a_missing_token_is_told_and_the_connection_made_nevertheless),
        TEST(a_handler_may_destroy_the_source_at_any_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
