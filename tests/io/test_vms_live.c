/* The video source against a real loopback peer: who logs in, where the socket is, and what each failure
 * leads to (domain.md 4.1, 4.2, 4.6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "decode/vms.h"
#include "feed/vms_live.h"
#include "server/server.h"
#include "support/capture.h"
#include "support/fixture.h"
#include "support/peer.h"

enum { WAIT_MS = 8000, QUIET_MS = 200 };

#define TOKEN "vms-secret-token"
#define PASSWORD "vms-secret-password"
#define WSURL "GET /api/v1/wsurl"
#define LOGIN "POST /api/v1/token"
#define AUTH "POST /api/v1/broadcasting/auth"
#define USER "private-user.517"
#define SESSION "private-token.8f1c2b7e94d04d3e"

struct world {
    struct net_loop *loop;
    struct peer *peer, *other; /* where the socket is, and where it goes */
    struct vms_live *live;
    struct capture seen;
    char base[128];
    size_t want;
    const char *part;
    enum wire_kind kind;
    enum wire_link link;
    bool stopped;
};

static void on_event(void *user, const struct wire_event *event)
{
    struct world *w = user;

    capture_event(&w->seen, event);
}

/* wsurl names that port, once or always. */
static void address(struct world *w, uint16_t port, int times, const char *path)
{
    char body[256];
    const size_t len = str_format(
        body, sizeof body, "{\"ws_url\":\"ws://127.0.0.1:%u%s\",\"app_key\":\"" PEER_KEY "\"}",
        (unsigned)port, path);

    peer_route(w->peer, WSURL, times, 200, (struct str){body, len}, NULL);
}

static void login_route(struct world *w)
{
    peer_route(w->peer, LOGIN, PEER_ALWAYS, 200,
               STR("{\"access_token\":\"" TOKEN "\",\"user\":{\"id\":517,\"name\":\"Site\","
                   "\"access_token_id\":\"8f1c2b7e94d04d3e\"}}"),
               NULL);
}

static struct vms_live_cfg config(const struct world *w)
{
    return (struct vms_live_cfg){
        .client = {.session = {.backoff_base_ms = 20, .backoff_cap_ms = 50, .seed = 3}},
        .api = {.base = w->base, .plain_allowed = true, .device_id = "device-1"},
        .http = {.user_agent = "chargetop-test"},
        .login = "operator",
        .password = PASSWORD,
        .backoff_ms = 30};
}

static void create(struct world *w, const struct vms_live_cfg *cfg)
{
    struct fault fault = {0};

    w->live = vms_live_create(w->loop, cfg, on_event, w, &fault);
    assert_non_null(w->live);
    vms_live_start(w->live);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    w->loop = net_loop_create();
    w->peer = peer_create(w->loop);
    w->other = peer_create(w->loop);
    peer_accept_token(w->peer, TOKEN);
    str_format(w->base, sizeof w->base, "http://127.0.0.1:%u/", (unsigned)w->peer->port);
    login_route(w);
    capture_init(&w->seen);
    w->seen.secrets[0] = TOKEN;
    w->seen.secrets[1] = PASSWORD;
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    const bool clean = !w->seen.leaked && !w->seen.disordered;

    vms_live_destroy(w->live);
    peer_destroy(w->peer);
    peer_destroy(w->other);
    net_loop_destroy(w->loop);
    capture_clear(&w->seen);
    free(w);
    return clean ? 0 : -1;
}

static bool subscribed(void *user)
{
    const struct world *w = user;
    struct pusher_session_info info = {0};

    if (vms_live_client(w->live))
        client_info(vms_live_client(w->live), &info);
    return info.subscribed == w->want && info.wanted == w->want;
}

static bool told(void *user)
{
    const struct world *w = user;

    return capture_find(&w->seen, 0, w->kind, w->part) != NULL;
}

static bool linked(void *user)
{
    const struct world *w = user;

    return capture_count_link(&w->seen, w->link) > 0;
}

static bool never(void *user)
{
    (void)user;
    return false;
}

static bool is_stopped(void *user)
{
    return ((struct world *)user)->stopped;
}

static size_t count_named(const struct world *w, enum wire_kind kind, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < w->seen.count; i++)
        n += w->seen.at[i].event.kind == kind && str_eq(w->seen.at[i].event.name, str_from(name));
    return n;
}

static void follow(struct world *w, size_t channels)
{
    w->want = channels;
    assert_true(net_loop_run_until(w->loop, subscribed, w, WAIT_MS));
}

static void wait_told(struct world *w, enum wire_kind kind, const char *part)
{
    w->kind = kind;
    w->part = part;
    assert_true(net_loop_run_until(w->loop, told, w, WAIT_MS));
}

static void let_pass(struct world *w)
{
    assert_false(net_loop_run_until(w->loop, never, w, QUIET_MS));
}

/* ---- the way in -------------------------------------------------------------------------------- */

static void a_login_leads_to_the_address_and_to_both_channels(void **state)
{
    struct world *w = *state;
    const struct vms_live_cfg cfg = config(w);

    address(w, w->peer->port, PEER_ALWAYS, "/");
    create(w, &cfg);
    follow(w, 2);
    assert_int_equal(1, peer_count(w->peer, LOGIN));
    assert_int_equal(1, peer_count(w->peer, WSURL));
    assert_int_equal(2, peer_count(w->peer, AUTH));
    assert_string_equal("{\"login\":\"operator\",\"password\":\"" PASSWORD "\"}",
                        peer_last(w->peer, LOGIN)->body);
    assert_string_equal("Bearer " TOKEN, peer_last(w->peer, WSURL)->authorization);
    assert_string_equal("Bearer " TOKEN, peer_last(w->peer, AUTH)->authorization);
    assert_string_equal("application/x-www-form-urlencoded",
                        peer_last(w->peer, AUTH)->content_type);
    assert_int_equal(WIRE_SUB_SUBSCRIBED, client_sub(vms_live_client(w->live), STR(USER)));
    assert_int_equal(WIRE_SUB_SUBSCRIBED, client_sub(vms_live_client(w->live), STR(SESSION)));
}

static void a_token_with_its_ids_needs_no_login(void **state)
{
    struct world *w = *state;
    struct vms_live_cfg cfg = config(w);

    address(w, w->peer->port, PEER_ALWAYS, "/");
    cfg.token.value = TOKEN;
    cfg.login = cfg.password = NULL;
    cfg.user_id = "517";
    create(w, &cfg);
    follow(w, 1);
    assert_int_equal(0, peer_count(w->peer, LOGIN));
    assert_int_equal(WIRE_SUB_NONE, client_sub(vms_live_client(w->live), STR(SESSION)));
}

static void what_is_missing_is_said_before_anything_is_asked(void **state)
{
    struct world *w = *state;
    struct vms_live_cfg cfg = config(w);
    struct fault fault = {0};

    cfg.password = NULL;
    assert_null(vms_live_create(w->loop, &cfg, on_event, w, &fault));
    assert_non_null(strstr(fault.text, "--password-file"));
    cfg.token.value = TOKEN;
    assert_null(vms_live_create(w->loop, &cfg, on_event, w, &fault));
    assert_non_null(strstr(fault.text, "--user-id"));
    cfg.user_id = "517";
    cfg.api.base = "ftp://x";
    assert_null(vms_live_create(w->loop, &cfg, on_event, w, &fault));
    assert_non_null(strstr(fault.text, "--api-base"));
}

static void the_protocol_and_the_client_can_be_those_of_old_servers(void **state)
{
    struct world *w = *state;
    struct vms_live_cfg cfg = config(w);

    address(w, w->peer->port, PEER_ALWAYS, "/");
    cfg.client.protocol = 5;
    cfg.client.client_name = "java-client";
    cfg.client.client_version = "2.0.2";
    create(w, &cfg);
    follow(w, 2);
    assert_non_null(strstr(w->peer->query, "protocol=5"));
    assert_non_null(strstr(w->peer->query, "client=java-client"));
    assert_non_null(strstr(w->peer->query, "version=2.0.2"));
}

/* A server of ours without a prefix refuses /pusher, which nobody named. */
static void a_guessed_prefix_is_left_out_when_it_is_not_there(void **state)
{
    struct world *w = *state;
    struct vms_live_cfg cfg = config(w);
    struct server_cfg there;
    struct fault fault = {0};
    char body[128];

    server_cfg_demo(&there);
    struct server *server = server_create(w->loop, &there, &fault);
    assert_non_null(server);
    const size_t len =
        str_format(body, sizeof body, "{\"ws_url\":\"ws://127.0.0.1:%u\",\"app_key\":\"demo-key\"}",
                   (unsigned)server_port(server));
    peer_route(w->peer, WSURL, PEER_ALWAYS, 200, (struct str){body, len}, NULL);
    create(w, &cfg);
    w->link = WIRE_LINK_CONNECTED;
    assert_true(net_loop_run_until(w->loop, linked, w, WAIT_MS));
    assert_int_equal(1, peer_count(w->peer, WSURL));
    assert_null(strstr(client_address(vms_live_client(w->live)), "/pusher"));
    assert_int_equal(0, capture_count_link(&w->seen, WIRE_LINK_FAILED));
    assert_null(capture_find(&w->seen, 0, WIRE_FAULT, NULL));
    vms_live_destroy(w->live);
    w->live = NULL;
    server_destroy(server);
}

/* ---- events ------------------------------------------------------------------------------------ */

static void publish_fixture(const char *path, void *context)
{
    struct world *w = context;
    struct buf file, event, data;
    struct json_value root, v;

    if (!str_starts(str_from(path), STR("vms/frame_")) || strstr(path, "logout"))
        return;
    buf_init(&file, 65536);
    buf_init(&event, 4096);
    buf_init(&data, 65536);
    assert_int_equal(CT_OK, json_parse(fixture_read(path, &file), &root));
    assert_true(json_get(root, STR("event"), &v));
    assert_int_equal(CT_OK, json_string_append(v, &event));
    assert_true(json_get(root, STR("data"), &v));
    assert_int_equal(CT_OK, json_string_append(v, &data));
    assert_true(json_get(root, STR("channel"), &v));
    peer_publish(w->peer, json_string_is(v, STR(USER)) ? USER : SESSION, buf_cstr(&event),
                 buf_cstr(&data));
    w->want++;
    buf_clear(&file);
    buf_clear(&event);
    buf_clear(&data);
}

static size_t decoded(const struct world *w, bool types[VMS_TYPES])
{
    static struct vms_record r;
    size_t n = 0;

    for (size_t i = 0; i < w->seen.count; i++)
        if (vms_decode(&w->seen.at[i].event, &r) == VMS_DECODED) {
            types[r.type] = true;
            n++;
        }
    return n;
}

static bool all_decoded(void *user)
{
    const struct world *w = user;
    bool types[VMS_TYPES] = {false};

    return decoded(w, types) == w->want;
}

static void every_type_arrives_over_the_socket_and_is_read(void **state)
{
    struct world *w = *state;
    const struct vms_live_cfg cfg = config(w);
    bool types[VMS_TYPES] = {false};

    address(w, w->peer->port, PEER_ALWAYS, "/");
    create(w, &cfg);
    follow(w, 2);
    w->want = 0;
    (void)fixture_each(publish_fixture, w);
    assert_true(net_loop_run_until(w->loop, all_decoded, w, WAIT_MS));
    (void)decoded(w, types);
    for (int t = VMS_UNKNOWN; t < VMS_TYPES; t++)
        assert_int_equal(t != VMS_LOGOUT && t != VMS_WSURL_ERROR, types[t]);
}

/* ---- failures ---------------------------------------------------------------------------------- */

static void a_socket_that_is_refused_has_its_address_fetched_again(void **state)
{
    struct world *w = *state;
    const struct vms_live_cfg cfg = config(w);

    address(w, w->other->port, PEER_ALWAYS, "/"); /* after the first: */
    address(w, w->peer->port, 1, "/");
    create(w, &cfg);
    follow(w, 2);
    assert_int_equal(1, w->peer->opened);
    peer_close_all(w->peer, 4001);
    wait_told(w, WIRE_FAULT, "no such app key");
    follow(w, 2);
    assert_int_equal(2, peer_count(w->peer, WSURL));
    assert_int_equal(1, peer_count(w->peer, LOGIN));
    assert_int_equal(4, peer_count(w->peer, AUTH)); /* authorized anew with the new socket */
    assert_int_equal(1, w->other->opened);
    assert_int_equal(1, w->peer->opened);
    assert_int_equal(0, capture_count_link(&w->seen, WIRE_LINK_FAILED));
}

static void attempts_that_find_nobody_are_counted_before_the_address_is_doubted(void **state)
{
    struct world *w = *state;
    struct vms_live_cfg cfg = config(w);

    address(w, w->peer->port, PEER_ALWAYS, "/");
    address(w, w->other->port, 1, "/");
    peer_kill(w->other);
    cfg.attempts = 2;
    create(w, &cfg);
    follow(w, 2);
    assert_int_equal(2, peer_count(w->peer, WSURL));
    const struct wire_event *e = capture_find(&w->seen, 0, WIRE_FAULT, NULL);
    assert_non_null(e);
    assert_true(str_eq(e->name, STR("wsurl_error")));
    assert_true(str_eq(e->cause, STR("vms-socket")));
}

static void an_address_that_is_not_told_yet_is_asked_for_again(void **state)
{
    struct world *w = *state;
    const struct vms_live_cfg cfg = config(w);

    address(w, w->peer->port, PEER_ALWAYS, "/");
    peer_route(w->peer, WSURL, 2, 503, STR("{\"message\":\"Back at noon\"}"), NULL);
    create(w, &cfg);
    follow(w, 2);
    assert_int_equal(3, peer_count(w->peer, WSURL));
    assert_non_null(capture_find(&w->seen, 0, WIRE_FAULT, "maintenance (503)"));
    assert_non_null(capture_find(&w->seen, 0, WIRE_FAULT, "Back at noon"));
}

static void a_loss_without_a_refusal_keeps_the_address(void **state)
{
    struct world *w = *state;
    const struct vms_live_cfg cfg = config(w);

    address(w, w->peer->port, PEER_ALWAYS, "/");
    create(w, &cfg);
    follow(w, 2);
    peer_close_all(w->peer, 4200);
    wait_told(w, WIRE_LINK, "reconnect");
    follow(w, 2);
    assert_int_equal(1, peer_count(w->peer, WSURL));
    assert_int_equal(0, count_named(w, WIRE_FAULT, "wsurl_error"));
}

/* ---- the end ----------------------------------------------------------------------------------- */

static void a_401_of_the_address_stops_and_asks_for_a_login(void **state)
{
    struct world *w = *state;
    const struct vms_live_cfg cfg = config(w);

    peer_route(w->peer, WSURL, PEER_ALWAYS, 401, STR("{\"message\":\"Unauthenticated.\"}"), NULL);
    create(w, &cfg);
    wait_told(w, WIRE_AUTH, "log in again");
    wait_told(w, WIRE_LINK, "log in again");
    let_pass(w);
    assert_int_equal(1, peer_count(w->peer, WSURL));
    assert_int_equal(1, capture_count_link(&w->seen, WIRE_LINK_DISCONNECTED));
    assert_null(vms_live_client(w->live));
    /* whoever wakes it logs in again */
    address(w, w->peer->port, PEER_ALWAYS, "/");
    vms_live_wake(w->live);
    follow(w, 2);
    assert_int_equal(2, peer_count(w->peer, LOGIN));
}

static void a_401_of_the_authorization_stops_as_well(void **state)
{
    struct world *w = *state;
    const struct vms_live_cfg cfg = config(w);

    address(w, w->peer->port, PEER_ALWAYS, "/");
    peer_auth_answer(w->peer, NULL, PEER_ALWAYS, 401, "{\"message\":\"Unauthenticated.\"}", NULL);
    create(w, &cfg);
    wait_told(w, WIRE_LINK, "log in again");
    let_pass(w);
    assert_int_equal(1, peer_count(w->peer, WSURL));
    assert_int_equal(1, w->peer->opened);
    assert_int_equal(0, capture_count_sub(&w->seen, WIRE_SUB_SUBSCRIBED));
}

static void a_refused_login_says_why(void **state)
{
    struct world *w = *state;
    const struct vms_live_cfg cfg = config(w);
    struct buf file;

    buf_init(&file, 4096);
    peer_route(w->peer, LOGIN, PEER_ALWAYS, 422, fixture_read("vms/error_422.json", &file), NULL);
    create(w, &cfg);
    wait_told(w, WIRE_AUTH, "login: These credentials do not match our records.");
    wait_told(w, WIRE_AUTH, "captcha: Captcha is required.");
    let_pass(w);
    assert_int_equal(1, peer_count(w->peer, LOGIN));
    assert_int_equal(0, peer_count(w->peer, WSURL));
    buf_clear(&file);
}

static void too_many_sessions_are_named_and_not_tried_again(void **state)
{
    struct world *w = *state;
    const struct vms_live_cfg cfg = config(w);

    peer_route(w->peer, WSURL, PEER_ALWAYS, 419,
               STR("{\"message\":\"Too many\",\"sessions\":[{\"name\":\"Pixel 7\"},"
                   "{\"ip\":\"10.0.0.8\"}]}"),
               NULL);
    create(w, &cfg);
    wait_told(w, WIRE_LINK, "too many sessions (419): close one of them: Pixel 7, 10.0.0.8");
    let_pass(w);
    assert_int_equal(1, peer_count(w->peer, WSURL));
    assert_int_equal(1, capture_count_link(&w->seen, WIRE_LINK_FAILED));
}

static void a_logout_ends_the_session_for_good(void **state)
{
    struct world *w = *state;
    const struct vms_live_cfg cfg = config(w);

    address(w, w->peer->port, PEER_ALWAYS, "/");
    create(w, &cfg);
    follow(w, 2);
    peer_publish(w->peer, SESSION, "App\\Events\\TokenPush",
                 "{\"data\":{\"type\":\"logout\",\"data\":null},\"subject\":\"Closed elsewhere\"}");
    wait_told(w, WIRE_LINK, "Logged out: Closed elsewhere");
    let_pass(w);
    assert_int_equal(0, peer_subscribers(w->peer, USER));
    assert_int_equal(1, w->peer->opened);
    assert_int_equal(1, peer_count(w->peer, WSURL));
    assert_null(vms_live_client(w->live));
    assert_null(vms_live_token(w->live)); /* forgotten */
    assert_int_equal(1, capture_count_link(&w->seen, WIRE_LINK_DISCONNECTED));
}

static void stopped(void *user)
{
    ((struct world *)user)->stopped = true;
}

static void stopping_leaves_both_channels_and_is_told_once(void **state)
{
    struct world *w = *state;
    const struct vms_live_cfg cfg = config(w);

    address(w, w->peer->port, PEER_ALWAYS, "/");
    create(w, &cfg);
    follow(w, 2);
    vms_live_stop(w->live, stopped, w);
    assert_false(w->stopped);
    assert_true(net_loop_run_until(w->loop, is_stopped, w, WAIT_MS));
    assert_non_null(
        capture_find(&w->seen, 0, WIRE_SENT, "pusher:unsubscribe\",\"data\":{\"channel\":\"" USER));
    assert_non_null(capture_find(&w->seen, 0, WIRE_SENT,
                                 "pusher:unsubscribe\",\"data\":{\"channel\":\"" SESSION));
    assert_int_equal(1, capture_count_link(&w->seen, WIRE_LINK_DISCONNECTED));
}

static void the_ping_follows_the_servers_wish_and_the_pong_half_of_it(void **state)
{
    struct world *w = *state;
    const struct vms_live_cfg cfg = config(w);
    struct pusher_session_info info;

    address(w, w->peer->port, PEER_ALWAYS, "/");
    create(w, &cfg);
    follow(w, 2);
    client_info(vms_live_client(w->live), &info);
    assert_int_equal(VMS_LIVE_ACTIVITY_MS, info.activity_timeout_ms); /* the peer wishes for more */
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_login_leads_to_the_address_and_to_both_channels),
        T(a_token_with_its_ids_needs_no_login),
        T(what_is_missing_is_said_before_anything_is_asked),
        T(the_protocol_and_the_client_can_be_those_of_old_servers),
        T(a_guessed_prefix_is_left_out_when_it_is_not_there),
        T(every_type_arrives_over_the_socket_and_is_read),
        T(a_socket_that_is_refused_has_its_address_fetched_again),
        T(attempts_that_find_nobody_are_counted_before_the_address_is_doubted),
        T(an_address_that_is_not_told_yet_is_asked_for_again),
        T(a_loss_without_a_refusal_keeps_the_address),
        T(a_401_of_the_address_stops_and_asks_for_a_login),
        T(a_401_of_the_authorization_stops_as_well),
        T(a_refused_login_says_why),
        T(too_many_sessions_are_named_and_not_tried_again),
        T(a_logout_ends_the_session_for_good),
        T(stopping_leaves_both_channels_and_is_told_once),
        T(the_ping_follows_the_servers_wish_and_the_pong_half_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
