/* The client against a real loopback peer: what is subscribed, what is told, in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/client.h"
#include "support/capture.h"
#include "support/peer.h"

enum { WAIT_MS = 8000, CHANNELS = 50 };

struct world {
    struct net_loop *loop;
    struct peer *peer;
    struct http *http;
    struct token *token;
    struct client *client;
    struct capture seen;
    char token_file[64], endpoint[128];
    const char *renewal; /* written to the token file when authorization pauses */
    size_t destroy_at;   /* the client goes when this many events were told; 0: never */
    size_t want;         /* what a condition compares with */
    const char *channel;
};

static void write_token(const struct world *w, const char *token)
{
    FILE *f = fopen(w->token_file, "w");

    assert_non_null(f);
    fprintf(f, "%s\n", token);
    fclose(f);
}

static void on_event(void *user, const struct wire_event *event)
{
    struct world *w = user;

    capture_event(&w->seen, event);
    if (event->kind == WIRE_AUTH && event->code == 401 && w->renewal) {
        write_token(w, w->renewal);
        w->renewal = NULL;
    }
    if (w->client && w->destroy_at == w->seen.count) {
        client_destroy(w->client);
        w->client = NULL;
    }
}

static struct client_cfg config(const struct world *w)
{
    return (struct client_cfg){
        .host = "127.0.0.1",
        .port = w->peer->port,
        .key = PEER_KEY,
        .auth_endpoint = w->endpoint,
        .token_source = "the token file",
        .session = {.backoff_base_ms = 20, .backoff_cap_ms = 100, .seed = 3}};
}

static void create(struct world *w, const struct client_cfg *cfg)
{
    struct fault fault = {0};

    w->client = client_create(w->loop, w->http, w->token, cfg, on_event, w, &fault);
    assert_non_null(w->client);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    const struct http_cfg http = {.user_agent = "chargetop-test"};
    int fd;

    w->loop = net_loop_create();
    w->peer = peer_create(w->loop);
    w->http = http_create(w->loop, &http);
    str_format(w->token_file, sizeof w->token_file, "/tmp/chargetop-token-XXXXXX");
    fd = mkstemp(w->token_file);
    assert_true(fd >= 0);
    close(fd);
    write_token(w, "first-secret-token");
    w->token = token_create(w->loop, &(struct token_cfg){.file = w->token_file});
    str_format(w->endpoint, sizeof w->endpoint, "http://127.0.0.1:%u/broadcasting/auth",
               (unsigned)w->peer->port);
    capture_init(&w->seen);
    w->seen.secrets[0] = "first-secret-token";
    w->seen.secrets[1] = "second-secret-token";
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    const bool clean = !w->seen.leaked && !w->seen.disordered;

    client_destroy(w->client);
    http_destroy(w->http);
    token_destroy(w->token);
    peer_destroy(w->peer);
    net_loop_destroy(w->loop);
    capture_clear(&w->seen);
    unlink(w->token_file);
    free(w);
    return clean ? 0 : -1; /* a token in a text, or a number out of order, in any test */
}

/* --- conditions --------------------------------------------------------------------------- */

static bool all_subscribed(void *user)
{
    const struct world *w = user;
    struct pusher_session_info info;

    client_info(w->client, &info);
    return info.subscribed == w->want;
}

static bool all_settled(void *user)
{
    const struct world *w = user;
    struct pusher_session_info info;

    client_info(w->client, &info);
    return info.subscribed + info.denied == w->want;
}

static bool is_connected(void *user)
{
    const struct world *w = user;
    struct pusher_session_info info;

    client_info(w->client, &info);
    return info.link == WIRE_LINK_CONNECTED;
}

static bool not_connected(void *user)
{
    return !is_connected(user);
}

static bool connected_again(void *user)
{
    const struct world *w = user;

    return capture_count_link(&w->seen, WIRE_LINK_CONNECTED) >= w->want;
}

static bool is_denied(void *user)
{
    const struct world *w = user;

    return client_sub(w->client, str_from(w->channel)) == WIRE_SUB_DENIED;
}

static bool tick_frames_came(void *user)
{
    const struct world *w = user;

    return capture_count_frames(&w->seen, "tick") >= w->want;
}

static bool fault_told(void *user)
{
    const struct world *w = user;

    return capture_count(&w->seen, WIRE_FAULT) >= w->want;
}

static bool disconnect_told(void *user)
{
    const struct world *w = user;

    return capture_count_link(&w->seen, WIRE_LINK_DISCONNECTED) > 0;
}

static bool says_same_token(void *user)
{
    const struct world *w = user;

    return capture_find(&w->seen, 0, WIRE_AUTH, "still holds the refused token") != NULL;
}

static bool pause_told(void *user)
{
    const struct world *w = user;

    return capture_find(&w->seen, 0, WIRE_AUTH, "no token yet") != NULL;
}

static bool token_there(void *user)
{
    const struct world *w = user;

    return token_header(w->token) != NULL;
}

static bool client_gone(void *user)
{
    const struct world *w = user;

    return !w->client;
}

static void until(struct world *w, bool (*done)(void *user))
{
    assert_true(net_loop_run_until(w->loop, done, w, WAIT_MS));
}

static void subscribe_orders(struct world *w, size_t n)
{
    char name[64];

    for (size_t i = 0; i < n; i++) {
        str_format(name, sizeof name, "private-orders.%zu", 2000 + i);
        assert_int_equal(client_subscribe(w->client, str_from(name)), PUSHER_OK);
    }
    w->want = n;
}

static void token_read(void *user, enum ct_err err, const char *text)
{
    (void)user;
    (void)text;
    assert_int_equal(err, CT_OK);
}

static void connect_default(struct world *w)
{
    const struct client_cfg cfg = config(w);

    if (w->token)
        token_refresh(w->token, token_read, w);
    create(w, &cfg);
    client_connect(w->client);
}

/* --- authorization ------------------------------------------------------------------------ */

static void fifty_private_channels_are_authorized_by_at_most_sixteen_requests_at_once(void **state)
{
    struct world *w = *state;
    const struct peer_request *request;
    struct client_stats stats;

    peer_accept_token(w->peer, "first-secret-token");
    connect_default(w);
    subscribe_orders(w, CHANNELS);
    until(w, all_subscribed);
    assert_int_equal(w->peer->auth_requests, CHANNELS);
    assert_in_range(w->peer->auth_in_flight_max, 2, 16);
    assert_int_equal(capture_count_sub(&w->seen, WIRE_SUB_SUBSCRIBED), CHANNELS);
    assert_int_equal(peer_subscribers(w->peer, "private-orders.2049"), 1);
    request = peer_last(w->peer, "POST /broadcasting/auth");
    assert_string_equal(request->content_type, "application/x-www-form-urlencoded");
    assert_non_null(strstr(request->body, "&channel_name=private-orders.20"));
    client_stats(w->client, &stats);
    assert_true(stats.auth_p95_ms >= 1 && stats.frames >= CHANNELS);
    assert_string_equal(stats.tls_version, "");
}

static void channel_names_are_percent_encoded_strictly(void **state)
{
    struct world *w = *state;

    connect_default(w);
    assert_int_equal(client_subscribe(w->client, STR("private-a=b,c;d@e.f_g")), PUSHER_OK);
    w->want = 1;
    until(w, all_subscribed);
    assert_non_null(strstr(peer_last(w->peer, "POST /broadcasting/auth")->body,
                           "channel_name=private-a%3Db%2Cc%3Bd%40e.f_g"));
}

static void a_403_concerns_one_channel_and_brings_the_servers_words(void **state)
{
    struct world *w = *state;
    const struct wire_event *denied = NULL;

    peer_auth_answer(w->peer, "private-orders.2003", PEER_ALWAYS, 403,
                     "{\"message\":\"This action\\u0007 is\\nunauthorized.\"}", NULL);
    connect_default(w);
    subscribe_orders(w, 10);
    until(w, all_settled);
    for (size_t i = 0; i < w->seen.count; i++)
        if (w->seen.at[i].event.kind == WIRE_SUB && w->seen.at[i].event.sub == WIRE_SUB_DENIED)
            denied = &w->seen.at[i].event;
    assert_non_null(denied);
    assert_true(str_eq(denied->channel, STR("private-orders.2003")));
    assert_int_equal(denied->code, 403);
    assert_true(str_find(denied->text, STR("This action\xef\xbf\xbd is unauthorized.")) <
                denied->text.len);
    assert_int_equal(capture_count_sub(&w->seen, WIRE_SUB_SUBSCRIBED), 9);
    assert_int_equal(peer_last(w->peer, "POST /broadcasting/auth") != NULL, 1);
    assert_int_equal(w->peer->auth_requests, 10); /* none was repeated */
}

static void a_401_pauses_until_the_token_file_holds_another_token(void **state)
{
    struct world *w = *state;
    const struct wire_event *paused, *released;

    peer_accept_token(w->peer, "second-secret-token");
    connect_default(w);
    subscribe_orders(w, CHANNELS);
    until(w, says_same_token);
    assert_int_equal(capture_count_sub(&w->seen, WIRE_SUB_SUBSCRIBED), 0);
    write_token(w, "second-secret-token");
    client_wake(w->client); /* instead of five seconds */
    until(w, all_subscribed);
    paused =
        capture_find(&w->seen, 0, WIRE_AUTH, "token refused (401): reading the token file again");
    released = capture_find(&w->seen, 0, WIRE_AUTH, "the token was renewed");
    assert_non_null(paused);
    assert_int_equal(paused->code, 401);
    assert_int_equal(paused->cause.len, 0); /* not a JWT: only the code is known */
    assert_non_null(released);
    assert_int_equal(released->code, 0);
    assert_true(released->seq > paused->seq);
    assert_true(w->peer->auth_requests <= CHANNELS + 16); /* only those in flight were in vain */
}

static bool says_start_again(void *user)
{
    const struct world *w = user;

    return capture_find(&w->seen, 0, WIRE_AUTH, "start again with a new CHARGETOP_TOKEN") != NULL;
}

static void a_refused_token_of_the_environment_is_not_said_to_change_by_itself(void **state)
{
    struct world *w = *state;

    token_destroy(w->token);
    w->token = token_create(w->loop, &(struct token_cfg){.value = "first-secret-token"});
    peer_accept_token(w->peer, "second-secret-token");
    connect_default(w);
    subscribe_orders(w, 1);
    until(w, says_start_again);
    assert_null(capture_find(&w->seen, 0, WIRE_AUTH, "still holds the refused token"));
}

/* {"alg":"none"} . {"exp":1000000000} of 2001 */
static void a_401_of_an_expired_token_names_it(void **state)
{
    struct world *w = *state;
    const struct wire_event *paused;

    write_token(w, "eyJhbGciOiJub25lIn0.eyJleHAiOjEwMDAwMDAwMDB9.x");
    peer_accept_token(w->peer, "second-secret-token");
    connect_default(w);
    subscribe_orders(w, 1);
    until(w, says_same_token);
    paused = capture_find(&w->seen, 0, WIRE_AUTH, "token expired (401)");
    assert_non_null(paused);
    assert_true(str_eq(paused->cause, STR("token-expired")));
    assert_int_equal(capture_count_link(&w->seen, WIRE_LINK_CONNECTED), 1); /* the link stays */
}

static void a_token_renewed_in_time_lets_everything_go_on_at_once(void **state)
{
    struct world *w = *state;

    peer_accept_token(w->peer, "second-secret-token");
    w->renewal = "second-secret-token";
    connect_default(w);
    subscribe_orders(w, CHANNELS);
    until(w, all_subscribed);
    assert_int_equal(capture_count(&w->seen, WIRE_AUTH), 2); /* refused, renewed */
}

static void a_missing_token_file_pauses_and_is_named(void **state)
{
    struct world *w = *state;
    const struct client_cfg cfg = config(w);

    unlink(w->token_file);
    w->renewal = "first-secret-token";
    peer_accept_token(w->peer, "first-secret-token");
    create(w, &cfg);
    client_connect(w->client);
    subscribe_orders(w, 3);
    until(w, all_subscribed);
    assert_non_null(capture_find(&w->seen, 0, WIRE_AUTH, "no token yet: reading the token file"));
}

static void use_token_command(struct world *w)
{
    char command[96];

    token_destroy(w->token);
    str_format(command, sizeof command, "cat %s", w->token_file);
    w->token = token_create(w->loop, &(struct token_cfg){.command = command});
}

static void a_token_command_is_run_when_a_token_is_needed(void **state)
{
    struct world *w = *state;
    const struct client_cfg cfg = config(w);

    use_token_command(w);
    peer_accept_token(w->peer, "first-secret-token");
    create(w, &cfg);
    client_connect(w->client);
    subscribe_orders(w, 5);
    until(w, all_subscribed);
    assert_string_equal(peer_last(w->peer, "POST /broadcasting/auth")->authorization,
                        "Bearer first-secret-token");
}

static void a_client_that_went_is_not_called_back_by_its_token_command(void **state)
{
    struct world *w = *state;
    const struct client_cfg cfg = config(w);
    size_t told;

    use_token_command(w);
    create(w, &cfg);
    client_connect(w->client);
    subscribe_orders(w, 1);
    until(w, pause_told); /* the command is running */
    client_destroy(w->client);
    w->client = NULL;
    told = w->seen.count;
    assert_true(net_loop_run_until(w->loop, token_there, w, WAIT_MS));
    assert_int_equal(w->seen.count, told);
}

static void two_500s_are_retried_before_the_answer_counts(void **state)
{
    struct world *w = *state;

    peer_auth_answer(w->peer, NULL, 2, 500, "oops", NULL);
    connect_default(w);
    subscribe_orders(w, 1);
    until(w, all_subscribed);
    assert_int_equal(w->peer->auth_requests, 3);
    assert_int_equal(capture_count_sub(&w->seen, WIRE_SUB_FAILED), 0);
}

static void a_429_is_asked_again_when_retry_after_says_so(void **state)
{
    struct world *w = *state;
    uint64_t began_ms;

    peer_auth_answer(w->peer, NULL, 1, 429, "{}", "Retry-After: 1");
    connect_default(w);
    began_ms = net_now_ms(w->loop);
    subscribe_orders(w, 1);
    until(w, all_subscribed);
    assert_true(net_now_ms(w->loop) - began_ms >= 1000);
    assert_int_equal(w->peer->auth_requests, 2);
}

static void a_redirect_is_a_refusal(void **state)
{
    struct world *w = *state;

    peer_auth_answer(w->peer, NULL, PEER_ALWAYS, 302, "", "Location: /login");
    connect_default(w);
    subscribe_orders(w, 1);
    w->channel = "private-orders.2000";
    until(w, is_denied);
    assert_non_null(capture_find(&w->seen, 0, WIRE_SUB, "redirects (HTTP 302)"));
    assert_int_equal(peer_count(w->peer, "GET /login"), 0);
    assert_int_equal(w->peer->auth_requests, 1);
}

static void a_server_that_repeats_the_token_does_not_bring_it_onto_the_screen(void **state)
{
    struct world *w = *state;

    peer_auth_answer(w->peer, NULL, PEER_ALWAYS, 403,
                     "{\"message\":\"first-secret-token may not; first-secret-token is out\"}",
                     NULL);
    connect_default(w);
    subscribe_orders(w, 1);
    w->channel = "private-orders.2000";
    until(w, is_denied);
    assert_non_null(capture_find(&w->seen, 0, WIRE_SUB, "*** may not; *** is out"));
    assert_false(w->seen.leaked);
}

static void without_an_auth_endpoint_private_channels_are_denied_here(void **state)
{
    struct world *w = *state;
    struct client_cfg cfg = config(w);

    cfg.auth_endpoint = NULL;
    create(w, &cfg);
    client_connect(w->client);
    subscribe_orders(w, 1);
    w->channel = "private-orders.2000";
    until(w, is_denied);
    const struct wire_event *denied = capture_find(&w->seen, 0, WIRE_SUB, "no auth endpoint");
    assert_non_null(denied);
    assert_true(str_eq(denied->cause, STR("auth-endpoint")));
    assert_int_equal(denied->code, 0);
    assert_int_equal(w->peer->logged, 0);
}

static void without_a_token_it_says_so_once_and_asks_nevertheless(void **state)
{
    struct world *w = *state;

    token_destroy(w->token);
    w->token = NULL;
    connect_default(w);
    subscribe_orders(w, 5);
    until(w, all_subscribed);
    assert_int_equal(capture_count(&w->seen, WIRE_AUTH), 1);
    assert_non_null(capture_find(&w->seen, 0, WIRE_AUTH, "no token configured"));
    assert_string_equal(peer_last(w->peer, "POST /broadcasting/auth")->authorization, "");
}

static void signatures_are_not_told(void **state)
{
    struct world *w = *state;

    connect_default(w);
    subscribe_orders(w, 3);
    until(w, all_subscribed);
    for (size_t i = 0; i < w->seen.count; i++) {
        const struct wire_event *e = &w->seen.at[i].event;

        if (e->kind == WIRE_SENT)
            assert_true(str_find(e->text, STR(PEER_KEY ":")) == e->text.len);
    }
    assert_non_null(capture_find(&w->seen, 0, WIRE_SENT, "***"));
}

/* --- the link ----------------------------------------------------------------------------- */

static void after_a_restart_of_the_server_everything_is_subscribed_again(void **state)
{
    struct world *w = *state;

    connect_default(w);
    subscribe_orders(w, CHANNELS);
    until(w, all_subscribed);
    peer_kill(w->peer);
    until(w, not_connected);
    peer_restart(w->peer);
    until(w, all_subscribed);
    assert_int_equal(w->peer->auth_requests, 2 * CHANNELS); /* every signature is a new one */
    assert_int_equal(peer_subscribers(w->peer, "private-orders.2000"), 1);
    assert_int_equal(peer_subscribers(w->peer, "private-orders.2049"), 1);
}

static void a_peer_that_falls_silent_is_left_and_dialled_again(void **state)
{
    struct world *w = *state;
    struct client_cfg cfg = config(w);
    size_t opened;

    cfg.session.activity_timeout_ms = 150;
    cfg.session.pong_timeout_ms = 100;
    cfg.session.hello_timeout_ms = 200;
    create(w, &cfg);
    client_connect(w->client);
    subscribe_orders(w, 5);
    until(w, all_subscribed);
    opened = w->peer->opened;
    peer_mute(w->peer);
    until(w, not_connected);
    peer_restart(w->peer);
    until(w, all_subscribed);
    assert_true(w->peer->opened > opened);
    assert_non_null(capture_find(&w->seen, 0, WIRE_SENT, "pusher:ping"));
}

static void a_refused_connection_is_explained_in_the_link_event(void **state)
{
    struct world *w = *state;

    peer_kill(w->peer);
    connect_default(w);
    w->want = 2;
    assert_false(net_loop_run_until(w->loop, connected_again, w, 300));
    assert_non_null(capture_find(&w->seen, 0, WIRE_LINK, net_failure_advice(NET_REFUSED)));
}

static void a_code_of_the_4000s_fails_for_good(void **state)
{
    struct world *w = *state;
    struct pusher_session_info info;
    struct client_cfg cfg = config(w);

    cfg.key = "no-such-key";
    create(w, &cfg);
    client_connect(w->client);
    assert_false(net_loop_run_until(w->loop, is_connected, w, 300));
    client_info(w->client, &info);
    assert_int_equal(info.link, WIRE_LINK_FAILED);
    assert_int_equal(w->peer->opened, 1);
}

static void disconnecting_is_told_once_the_goodbye_is_over(void **state)
{
    struct world *w = *state;
    size_t links;

    connect_default(w);
    until(w, is_connected);
    client_disconnect(w->client);
    assert_int_equal(capture_count_link(&w->seen, WIRE_LINK_DISCONNECTED), 0);
    until(w, disconnect_told);
    links = capture_count_link(&w->seen, WIRE_LINK_DISCONNECTED);
    assert_int_equal(links, 1);
}

static void the_url_names_protocol_client_and_version(void **state)
{
    struct world *w = *state;
    char address[128];

    connect_default(w);
    until(w, is_connected);
    assert_string_equal(w->peer->query, "protocol=7&client=chargetop&version=" CHARGETOP_VERSION);
    str_format(address, sizeof address, "ws://127.0.0.1:%u/app/" PEER_KEY, (unsigned)w->peer->port);
    assert_string_equal(client_address(w->client), address);
}

/* --- events ------------------------------------------------------------------------------- */

static void every_event_is_told_once_and_in_order(void **state)
{
    struct world *w = *state;
    char channel[64], data[64];
    unsigned next[5] = {0};

    connect_default(w);
    subscribe_orders(w, 5);
    until(w, all_subscribed);
    for (unsigned i = 0; i < 500; i++) {
        str_format(channel, sizeof channel, "private-orders.%u", 2000 + i % 5);
        str_format(data, sizeof data, "{\"n\":%u}", i / 5);
        peer_publish(w->peer, channel, "tick", data);
    }
    w->want = 500;
    until(w, tick_frames_came);
    for (size_t i = 0; i < w->seen.count; i++) {
        const struct wire_event *e = &w->seen.at[i].event;
        char expected[64];

        if (e->kind != WIRE_FRAME || !str_eq(e->name, STR("tick")))
            continue;
        const unsigned of = (unsigned)(e->channel.ptr[e->channel.len - 1] - '0');
        str_format(expected, sizeof expected, "{\"n\":%u}", next[of]++);
        assert_true(str_eq(e->data, str_from(expected)));
        assert_true(str_find(e->text, STR("\"event\":\"tick\"")) < e->text.len);
    }
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(next[i], 100);
}

static void the_greetings_frame_is_told_before_the_link_it_makes(void **state)
{
    struct world *w = *state;
    const struct wire_event *frame, *link = NULL;

    connect_default(w);
    until(w, is_connected);
    frame = capture_find(&w->seen, 0, WIRE_FRAME, "connection_established");
    for (size_t i = 0; i < w->seen.count; i++)
        if (w->seen.at[i].event.link == WIRE_LINK_CONNECTED &&
            w->seen.at[i].event.kind == WIRE_LINK)
            link = &w->seen.at[i].event;
    assert_non_null(frame);
    assert_non_null(link);
    assert_true(frame->seq < link->seq);
    assert_true(link->socket_id.len > 0);
    assert_int_equal(capture_count_frames(&w->seen, "pusher:connection_established"), 1);
}

static void every_received_message_is_one_frame_event(void **state)
{
    struct world *w = *state;
    struct client_stats stats;

    connect_default(w);
    subscribe_orders(w, 5);
    until(w, all_subscribed);
    peer_send_raw(w->peer, STR("{\"event\":\"pusher:ping\"}"));
    peer_send_raw(w->peer,
                  STR("{\"event\":\"pusher:error\",\"data\":{\"code\":4301,\"message\":\"x\"}}"));
    peer_send_raw(w->peer,
                  STR("{\"event\":\"App\\\\Events\\\\Odd\",\"channel\":\"other\",\"data\":[1]}"));
    peer_publish(w->peer, "private-orders.2000", "tick", "1");
    w->want = 1;
    until(w, tick_frames_came);
    client_stats(w->client, &stats);
    assert_int_equal(capture_count(&w->seen, WIRE_FRAME), stats.frames);
    assert_int_equal(capture_count_frames(&w->seen, "App\\Events\\Odd"), 1);
    assert_int_equal(capture_count_frames(&w->seen, "pusher:error"), 1);
}

static void a_message_that_is_no_frame_is_shown_and_reported_and_survived(void **state)
{
    static const char garbage[] = "{\"event\":";
    struct world *w = *state;
    const struct wire_event *frame = NULL, *fault;

    connect_default(w);
    subscribe_orders(w, 1);
    until(w, all_subscribed);
    peer_send_raw(w->peer, str_from(garbage));
    w->want = 1;
    until(w, fault_told);
    for (size_t i = 0; i < w->seen.count; i++)
        if (w->seen.at[i].event.kind == WIRE_FRAME && w->seen.at[i].event.name.len == 0)
            frame = &w->seen.at[i].event;
    fault = capture_find(&w->seen, 0, WIRE_FAULT, NULL);
    assert_non_null(frame);
    assert_true(str_eq(frame->text, str_from(garbage)));
    assert_true(frame->seq < fault->seq);
    assert_int_equal(capture_count(&w->seen, WIRE_FAULT), 1);
    peer_publish(w->peer, "private-orders.2000", "tick", "1");
    until(w, tick_frames_came);
}

static void a_client_event_reaches_the_other_subscriber(void **state)
{
    struct world *w = *state;

    connect_default(w);
    assert_int_equal(
        client_trigger(w->client, STR("private-orders.2000"), STR("client-x"), STR("1")),
        PUSHER_ERR_NOT_CONNECTED);
    subscribe_orders(w, 1);
    until(w, all_subscribed);
    assert_int_equal(
        client_trigger(w->client, STR("private-orders.2000"), STR("client-x"), STR("{}")),
        PUSHER_OK);
    assert_non_null(capture_find(&w->seen, 0, WIRE_SENT, "client-x"));
}

/* --- life --------------------------------------------------------------------------------- */

static void a_handler_may_destroy_the_client_at_any_event(void **state)
{
    struct world *w = *state;
    size_t told = 0;

    for (size_t n = 1; n <= 60; n++) {
        capture_clear(&w->seen);
        capture_init(&w->seen);
        w->destroy_at = n;
        connect_default(w);
        if (w->client)
            client_subscribe(w->client, STR("private-orders.1"));
        if (w->client)
            client_subscribe(w->client, STR("public"));
        if (w->client && !net_loop_run_until(w->loop, client_gone, w, 150)) {
            client_destroy(w->client);
            w->client = NULL;
            break; /* all events there are were tried */
        }
        assert_int_equal(w->seen.count, n); /* silence after the end */
        told = n;
    }
    assert_true(told >= 8);
}

static void a_client_destroyed_while_connecting_leaves_nothing_behind(void **state)
{
    struct world *w = *state;

    connect_default(w);
    client_destroy(w->client);
    w->client = NULL;
    capture_clear(&w->seen); /* the next client counts from 1 */
    capture_init(&w->seen);
    connect_default(w);
    until(w, is_connected);
    subscribe_orders(w, CHANNELS); /* requests in flight when it goes */
    client_destroy(w->client);
    w->client = NULL;
}

static void a_bad_configuration_is_refused_with_its_reason(void **state)
{
    struct world *w = *state;
    struct fault fault = {0};
    struct client_cfg cfg = config(w);

    cfg.key = "";
    assert_null(client_create(w->loop, w->http, w->token, &cfg, on_event, w, &fault));
    assert_int_equal(fault.err, CT_ERR_MISSING);
    cfg = config(w);
    cfg.host = NULL;
    assert_null(client_create(w->loop, w->http, w->token, &cfg, on_event, w, &fault));
    assert_int_equal(fault.err, CT_ERR_MISSING);
    cfg = config(w);
    cfg.host = "two words";
    assert_null(client_create(w->loop, w->http, w->token, &cfg, on_event, w, &fault));
    assert_int_equal(fault.err, CT_ERR_SYNTAX);
    cfg = config(w);
    cfg.headers[0] = "X-One: 1\r\nX-Two: 2";
    assert_null(client_create(w->loop, w->http, w->token, &cfg, on_event, w, &fault));
    assert_int_equal(fault.err, CT_ERR_SYNTAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fifty_private_channels_are_authorized_by_at_most_sixteen_requests_at_once),
        TEST(channel_names_are_percent_encoded_strictly),
        TEST(a_403_concerns_one_channel_and_brings_the_servers_words),
        TEST(a_refused_token_of_the_environment_is_not_said_to_change_by_itself),
        TEST(a_401_pauses_until_the_token_file_holds_another_token),
        TEST(a_401_of_an_expired_token_names_it),
        TEST(a_token_renewed_in_time_lets_everything_go_on_at_once),
        TEST(a_missing_token_file_pauses_and_is_named),
        TEST(a_token_command_is_run_when_a_token_is_needed),
        TEST(a_client_that_went_is_not_called_back_by_its_token_command),
        TEST(two_500s_are_retried_before_the_answer_counts),
        TEST(a_429_is_asked_again_when_retry_after_says_so),
        TEST(a_redirect_is_a_refusal),
        TEST(a_server_that_repeats_the_token_does_not_bring_it_onto_the_screen),
        TEST(without_an_auth_endpoint_private_channels_are_denied_here),
        TEST(without_a_token_it_says_so_once_and_asks_nevertheless),
        TEST(signatures_are_not_told),
        TEST(after_a_restart_of_the_server_everything_is_subscribed_again),
        TEST(a_peer_that_falls_silent_is_left_and_dialled_again),
        TEST(a_refused_connection_is_explained_in_the_link_event),
        TEST(a_code_of_the_4000s_fails_for_good),
        TEST(disconnecting_is_told_once_the_goodbye_is_over),
        TEST(the_url_names_protocol_client_and_version),
        TEST(every_event_is_told_once_and_in_order),
        TEST(the_greetings_frame_is_told_before_the_link_it_makes),
        TEST(every_received_message_is_one_frame_event),
        TEST(a_message_that_is_no_frame_is_shown_and_reported_and_survived),
        TEST(a_client_event_reaches_the_other_subscriber),
        TEST(a_handler_may_destroy_the_client_at_any_event),
        TEST(a_client_destroyed_while_connecting_leaves_nothing_behind),
        TEST(a_bad_configuration_is_refused_with_its_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
