/* The client against a real loopback peer: encrypted channels, sign-in, handlers, the log, versions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/client.h"
#include "pusher/secret.h"
#include "support/capture.h"
#include "support/peer.h"

enum { WAIT_MS = 8000, LOG_MAX = 32768 };

#define VAULT "private-encrypted-vault"
#define SHARED "wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsc="

struct world {
    struct net_loop *loop;
    struct peer *peer;
    struct http *http;
    struct client *client;
    struct capture seen;
    char endpoint[128], user_endpoint[128];
    char log[LOG_MAX];
    size_t log_len, log_lines;
    size_t called;
    char last_event[128], last_data[256], last_user_id[64];
    bool last_encrypted, destroy_when_called;
    const char *frame; /* what a condition waits for */
    size_t want;
};

static void on_event(void *user, const struct wire_event *event)
{
    struct world *w = user;

    capture_event(&w->seen, event);
}

static void on_log(void *user, enum client_log_level level, const char *text)
{
    struct world *w = user;

    w->log_lines++;
    assert_true(strlen(text) <= CLIENT_LOG_TEXT_MAX);
    w->log_len +=
        str_format(w->log + w->log_len, sizeof w->log - w->log_len, "%d %s\n", (int)level, text);
}

static void on_bound(void *user, const struct pusher_bound *event)
{
    struct world *w = user;

    w->called++;
    str_copy(w->last_event, sizeof w->last_event, event->event);
    str_copy(w->last_data, sizeof w->last_data, event->data);
    str_copy(w->last_user_id, sizeof w->last_user_id, event->user_id);
    w->last_encrypted = event->encrypted;
    if (w->destroy_when_called) {
        client_destroy(w->client);
        w->client = NULL;
    }
}

static struct client_cfg config(struct world *w)
{
    return (struct client_cfg){
        .host = "127.0.0.1",
        .port = w->peer->port,
        .key = PEER_KEY,
        .auth_endpoint = w->endpoint,
        .user_auth_endpoint = w->user_endpoint,
        .log = on_log,
        .log_user = w,
        .log_level = CLIENT_LOG_DEBUG,
        .session = {.backoff_base_ms = 20, .backoff_cap_ms = 100, .seed = 3}};
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    const struct http_cfg http = {.user_agent = "chargetop-test"};

    w->loop = net_loop_create();
    w->peer = peer_create(w->loop);
    w->http = http_create(w->loop, &http);
    str_format(w->endpoint, sizeof w->endpoint, "http://127.0.0.1:%u/broadcasting/auth",
               (unsigned)w->peer->port);
    str_format(w->user_endpoint, sizeof w->user_endpoint,
               "http://127.0.0.1:%u/broadcasting/user-auth", (unsigned)w->peer->port);
    capture_init(&w->seen);
    w->seen.secrets[0] = SHARED;
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    const bool clean = !w->seen.leaked && !w->seen.disordered && !strstr(w->log, SHARED);

    client_destroy(w->client);
    http_destroy(w->http);
    peer_destroy(w->peer);
    net_loop_destroy(w->loop);
    capture_clear(&w->seen);
    free(w);
    return clean ? 0 : -1; /* a key in a text, or a number out of order, in any test */
}

static void start(struct world *w, const struct client_cfg *cfg)
{
    struct fault fault = {0};

    w->client = client_create(w->loop, w->http, NULL, cfg, on_event, w, &fault);
    assert_non_null(w->client);
    client_connect(w->client);
}

static void start_default(struct world *w)
{
    const struct client_cfg cfg = config(w);

    start(w, &cfg);
}

static bool subscribed(void *user)
{
    const struct world *w = user;
    struct pusher_session_info info;

    client_info(w->client, &info);
    return info.subscribed >= w->want;
}

static bool frame_came(void *user)
{
    const struct world *w = user;

    return capture_count_frames(&w->seen, w->frame) >= w->want;
}

static bool was_called(void *user)
{
    const struct world *w = user;

    return w->called >= w->want;
}

static bool user_is_settled(void *user)
{
    const struct world *w = user;
    struct pusher_session_info info;

    client_info(w->client, &info);
    return info.user == WIRE_SUB_SUBSCRIBED || info.user == WIRE_SUB_DENIED;
}

static void until(struct world *w, bool (*done)(void *), size_t want)
{
    w->want = want;
    assert_true(net_loop_run_until(w->loop, done, w, WAIT_MS));
}

static void until_frame(struct world *w, const char *name, size_t want)
{
    w->frame = name;
    until(w, frame_came, want);
}

static void join(struct world *w, const char *channel)
{
    struct pusher_session_info info;

    client_info(w->client, &info);
    assert_int_equal(client_subscribe(w->client, str_from(channel)), PUSHER_OK);
    until(w, subscribed, info.subscribed + 1);
}

static void publish_sealed(struct world *w, const char *event, const char *plain)
{
    const struct pusher_nonce nonce = {{9}};
    struct pusher_key master, key;
    struct buf data;

    buf_init(&data, 65536);
    assert_int_equal(pusher_key_from_base64(STR(PEER_MASTER_KEY), &master), PUSHER_OK);
    assert_int_equal(pusher_key_of_channel(&master, STR(VAULT), &key), PUSHER_OK);
    assert_int_equal(pusher_secret_seal(&key, &nonce, str_from(plain), &data), PUSHER_OK);
    peer_publish(w->peer, VAULT, event, buf_cstr(&data));
    buf_clear(&data);
}

static const struct wire_event *frame_of(const struct world *w, const char *name, size_t nth)
{
    for (size_t i = 0; i < w->seen.count; i++) {
        const struct wire_event *e = &w->seen.at[i].event;

        if (e->kind == WIRE_FRAME && str_eq(e->name, str_from(name)) && nth-- == 0)
            return e;
    }
    return NULL;
}

/* ---- encrypted channels ---- */

static void an_encrypted_event_arrives_decrypted_marked_and_with_its_frame_as_it_came(void **state)
{
    struct world *w = *state;
    const struct wire_event *e;

    start_default(w);
    join(w, VAULT);
    publish_sealed(w, "ev", "{\"kw\":7.5}");
    until_frame(w, "ev", 1);
    e = frame_of(w, "ev", 0);
    assert_int_equal(e->cipher, WIRE_CIPHER_OPENED);
    assert_true(str_eq(e->data, STR("{\"kw\":7.5}")));
    assert_true(str_find(e->text, STR("ciphertext")) < e->text.len);
    assert_true(str_find(e->text, STR("7.5")) == e->text.len);
    peer_publish(w->peer, VAULT, "open", "{}");
    until_frame(w, "open", 1);
    assert_int_equal(frame_of(w, "open", 0)->cipher, WIRE_CIPHER_SEALED);
    assert_non_null(capture_find(&w->seen, 0, WIRE_FAULT, NULL));
}

/* The hub takes only its own signatures, so that the subscription stands before the key is wrong. */
static void events_that_wait_for_a_key_are_told_once_in_order_when_it_comes(void **state)
{
    struct world *w = *state;
    const struct wire_event *first, *second;

    start_default(w);
    join(w, VAULT);
    /* a sealed event with another key makes the client ask; the answer is right again */
    peer_send_raw(w->peer, STR("{\"event\":\"first\",\"channel\":\"" VAULT "\",\"data\":{\"nonce\":"
                               "\"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX\",\"ciphertext\":"
                               "\"FCik4AJNYg+mtPAJGkEBubFx+EzvzfOI64TSUYmT507T0Ttrnw==\"}}"));
    publish_sealed(w, "second", "2");
    until_frame(w, "second", 1);
    first = frame_of(w, "first", 0);
    second = frame_of(w, "second", 0);
    assert_non_null(first);
    assert_int_equal(first->cipher, WIRE_CIPHER_SEALED);
    assert_int_equal(second->cipher, WIRE_CIPHER_OPENED);
    assert_true(first->seq < second->seq);
    assert_null(frame_of(w, "first", 1));
    assert_null(frame_of(w, "second", 1));
    assert_int_equal(w->peer->auth_requests, 2);
    assert_non_null(capture_find(&w->seen, 0, WIRE_FAULT, "decryption failure"));
}

static void an_answer_without_a_key_is_denied_before_anything_is_sent(void **state)
{
    struct world *w = *state;

    peer_auth_answer(w->peer, VAULT, 1, 200, "{\"auth\":\"k:ab12\"}", NULL);
    start_default(w);
    assert_int_equal(client_subscribe(w->client, STR(VAULT)), PUSHER_OK);
    w->called = 0;
    assert_int_equal(
        client_bind(w->client, STR(VAULT), STR("pusher:subscription_error"), on_bound, w, NULL),
        PUSHER_OK);
    until(w, was_called, 1);
    assert_int_equal(client_sub(w->client, STR(VAULT)), WIRE_SUB_DENIED);
    assert_non_null(strstr(w->last_data, "\"type\":\"AuthError\""));
    assert_non_null(strstr(w->last_data, "shared_secret"));
    assert_int_equal(peer_subscribers(w->peer, VAULT), 0);
}

/* ---- sign-in ---- */

static void signing_in_posts_the_socket_id_and_hears_the_users_events(void **state)
{
    struct world *w = *state;
    const struct peer_request *asked;
    struct pusher_session_info info;

    start_default(w);
    client_signin(w->client);
    assert_int_equal(
        client_bind(w->client, STR(PUSHER_BIND_USER), STR("notice"), on_bound, w, NULL), PUSHER_OK);
    until(w, user_is_settled, 0);
    client_info(w->client, &info);
    assert_int_equal(info.user, WIRE_SUB_SUBSCRIBED);
    assert_string_equal(info.user_id, PEER_USER);
    asked = peer_last(w->peer, "POST /broadcasting/user-auth");
    assert_non_null(asked);
    assert_int_equal(strncmp(asked->body, "socket_id=", 10), 0);
    assert_null(strstr(asked->body, "channel_name"));
    until(w, subscribed, 1); /* #server-to-user-u-7 */
    peer_send_raw(w->peer, STR("{\"event\":\"notice\",\"channel\":\"#server-to-user-" PEER_USER
                               "\",\"data\":\"{\\\"n\\\":1}\"}"));
    until(w, was_called, 1);
    assert_string_equal(w->last_data, "{\"n\":1}");
    peer_restart(w->peer);
    until_frame(w, "pusher:signin_success", 2); /* by itself */
}

static void signing_in_without_an_endpoint_is_denied_here(void **state)
{
    struct world *w = *state;
    struct client_cfg cfg = config(w);

    cfg.user_auth_endpoint = NULL;
    start(w, &cfg);
    assert_int_equal(client_bind(w->client, STR(""), STR("pusher:signin_error"), on_bound, w, NULL),
                     PUSHER_OK);
    client_signin(w->client);
    until(w, was_called, 1);
    assert_non_null(strstr(w->last_data, "no user auth endpoint is configured"));
    assert_non_null(capture_find(&w->seen, 0, WIRE_USER, "no user auth endpoint"));
}

static void a_refused_sign_in_carries_type_and_status(void **state)
{
    struct world *w = *state;

    peer_auth_answer(w->peer, "", PEER_ALWAYS, 403, "{\"message\":\"not today\"}", NULL);
    start_default(w);
    assert_int_equal(client_bind(w->client, STR(""), STR("pusher:signin_error"), on_bound, w, NULL),
                     PUSHER_OK);
    client_signin(w->client);
    until(w, was_called, 1);
    assert_string_equal(w->last_data,
                        "{\"type\":\"AuthError\",\"error\":\"not today\",\"status\":403}");
}

/* ---- presence ---- */

static void the_client_knows_who_it_is_on_a_presence_channel(void **state)
{
    struct world *w = *state;
    struct pusher_member me;

    start_default(w);
    join(w, "presence-room");
    assert_true(client_me(w->client, STR("presence-room"), &me));
    assert_true(str_eq(me.user_id, STR(PEER_USER)));
    assert_true(pusher_roster_has(client_roster(w->client, STR("presence-room")), me.user_id));
    assert_false(client_me(w->client, STR("news"), &me));
    assert_int_equal(client_subscription_count(w->client, STR("presence-room")), -1);
}

/* ---- handlers ---- */

static void handlers_hear_their_events_until_they_are_unbound(void **state)
{
    struct world *w = *state;
    uint64_t handle = 0;

    start_default(w);
    join(w, "news");
    join(w, "sport");
    assert_int_equal(client_bind(w->client, STR("news"), STR("tick"), on_bound, w, &handle),
                     PUSHER_OK);
    peer_publish(w->peer, "sport", "tick", "1");
    peer_publish(w->peer, "news", "other", "1");
    peer_publish(w->peer, "news", "tick", "{\"n\":1}");
    until_frame(w, "tick", 2);
    assert_int_equal(w->called, 1);
    assert_string_equal(w->last_data, "{\"n\":1}");
    assert_true(client_unbind(w->client, handle));
    peer_publish(w->peer, "news", "tick", "2");
    until_frame(w, "tick", 3);
    assert_int_equal(w->called, 1);
}

static void handlers_get_decrypted_data(void **state)
{
    struct world *w = *state;

    start_default(w);
    assert_int_equal(client_bind(w->client, STR(VAULT), STR("ev"), on_bound, w, NULL), PUSHER_OK);
    join(w, VAULT);
    publish_sealed(w, "ev", "\"hi\"");
    until(w, was_called, 1);
    assert_string_equal(w->last_data, "\"hi\"");
    assert_true(w->last_encrypted);
}

static void a_handler_may_destroy_the_client(void **state)
{
    struct world *w = *state;

    start_default(w);
    assert_int_equal(client_bind(w->client, STR(""), STR(""), on_bound, w, NULL), PUSHER_OK);
    assert_int_equal(client_bind(w->client, STR(""), STR(""), on_bound, w, NULL), PUSHER_OK);
    w->destroy_when_called = true;
    assert_int_equal(client_subscribe(w->client, STR("news")), PUSHER_OK);
    until(w, was_called, 1);
    assert_null(w->client);
    assert_int_equal(w->called, 1);
}

/* ---- the log ---- */

static void the_log_tells_states_and_frames_without_secrets(void **state)
{
    struct world *w = *state;

    start_default(w);
    join(w, VAULT);
    publish_sealed(w, "ev", "{\"kw\":7.5}");
    until_frame(w, "ev", 1);
    assert_non_null(strstr(w->log, "2 connection connected"));
    assert_non_null(strstr(w->log, "2 channel " VAULT " subscribed"));
    assert_non_null(strstr(w->log, "3 -> {\"event\":\"pusher:subscribe\""));
    assert_non_null(strstr(w->log, "3 <- (encrypted) {\"event\":\"ev\""));
    assert_null(strstr(w->log, PEER_KEY ":")); /* signatures */
    assert_null(strstr(w->log, "7.5"));        /* what was encrypted stays so */
}

static void the_log_keeps_to_its_level(void **state)
{
    struct world *w = *state;
    struct client_cfg cfg = config(w);

    cfg.log_level = CLIENT_LOG_ERROR;
    peer_auth_answer(w->peer, NULL, 1, 403, "{\"message\":\"token=abcdefgh123 is bad\"}", NULL);
    start(w, &cfg);
    assert_int_equal(client_subscribe(w->client, STR("private-x")), PUSHER_OK);
    assert_int_equal(client_bind(w->client, STR("private-x"), STR(""), on_bound, w, NULL),
                     PUSHER_OK);
    until(w, was_called, 1);
    assert_int_equal(w->log_lines, 1);
    assert_non_null(strstr(w->log, "0 channel private-x denied 403"));
    assert_null(strstr(w->log, "abcdefgh123"));
}

/* ---- versions ---- */

static void protocol_client_and_version_are_sent_as_configured(void **state)
{
    struct world *w = *state;
    struct client_cfg cfg = config(w);

    cfg.protocol = 5;
    cfg.client_name = "java-client";
    cfg.client_version = "2.0.2";
    start(w, &cfg);
    until_frame(w, "pusher:connection_established", 1);
    assert_string_equal(w->peer->query, "protocol=5&client=java-client&version=2.0.2");
}

static void assert_refused(struct world *w, const struct client_cfg *cfg, const char *why)
{
    struct fault fault = {0};

    assert_null(client_create(w->loop, w->http, NULL, cfg, on_event, w, &fault));
    assert_non_null(strstr(fault.text, why));
}

static void versions_that_servers_refuse_are_refused_here(void **state)
{
    static const char *const versions[] = {"", "x", "1.", ".1", "1..2", "1.2x", "1.2 "};
    static const char *const good[] = {"1", "8.6.0", "1.2.3-beta.1", "2.0+7"};
    struct world *w = *state;
    struct client_cfg cfg = config(w);
    struct fault fault = {0};

    cfg.protocol = 4;
    assert_refused(w, &cfg, "protocol version 4");
    cfg.protocol = 8;
    assert_refused(w, &cfg, "protocol version 8");
    cfg = config(w);
    cfg.client_name = "";
    assert_refused(w, &cfg, "client name");
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        cfg = config(w);
        cfg.client_version = versions[i];
        assert_refused(w, &cfg, "client version");
    }
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        cfg.client_version = good[i];
        w->client = client_create(w->loop, w->http, NULL, &cfg, on_event, w, &fault);
        assert_non_null(w->client);
        client_destroy(w->client);
        w->client = NULL;
    }
}

/* ---- reported bugs of pusher-channels.md 11 that need sockets ---- */

static bool is_denied(void *user)
{
    const struct world *w = user;

    return client_sub(w->client, str_from(w->frame)) == WIRE_SUB_DENIED;
}

static bool auth_was_asked(void *user)
{
    const struct world *w = user;

    return w->peer->auth_requests >= w->want;
}

static void bug_15_connecting_again_and_again_opens_one_socket(void **state)
{
    struct world *w = *state;

    start_default(w);
    for (int i = 0; i < 5; i++)
        client_connect(w->client);
    join(w, "news");
    assert_int_equal(w->peer->opened, 1);
}

static void bug_20_channel_names_are_encoded_strictly_in_the_request(void **state)
{
    struct world *w = *state;
    const struct peer_request *asked;

    start_default(w);
    join(w, "private-a@b=c,d.e;f");
    asked = peer_last(w->peer, "POST /broadcasting/auth");
    assert_non_null(asked);
    assert_non_null(strstr(asked->body, "&channel_name=private-a%40b%3Dc%2Cd.e%3Bf"));
}

static void bug_21_an_empty_answer_of_a_real_endpoint_is_told(void **state)
{
    struct world *w = *state;

    peer_auth_answer(w->peer, "private-x", 1, 200, "", NULL);
    start_default(w);
    assert_int_equal(client_subscribe(w->client, STR("private-x")), PUSHER_OK);
    w->frame = "private-x";
    until(w, is_denied, 0);
    assert_non_null(capture_find(&w->seen, 0, WIRE_SUB, "authorization answer is empty"));
}

static void bug_25_a_peer_that_never_says_goodbye_does_not_hold_us(void **state)
{
    struct world *w = *state;

    start_default(w);
    join(w, "news");
    peer_mute(w->peer);
    client_disconnect(w->client);
    for (int i = 0; i < 4000 && capture_count_link(&w->seen, WIRE_LINK_DISCONNECTED) == 0; i++)
        (void)net_loop_run_until(w->loop, was_called, w, 1);
    assert_int_equal(capture_count_link(&w->seen, WIRE_LINK_DISCONNECTED), 1);
}

static void bug_44_a_path_prefix_stands_before_the_key(void **state)
{
    struct world *w = *state;
    struct client_cfg cfg = config(w);

    cfg.path = "/pusher";
    start(w, &cfg);
    join(w, "news");
    assert_non_null(strstr(client_address(w->client), "/pusher/app/" PEER_KEY));
}

static void an_answer_with_status_201_counts(void **state)
{
    struct world *w = *state;

    peer_auth_answer(w->peer, "private-x", 1, 201, "{\"auth\":\"k:ab12\"}", NULL);
    start_default(w);
    assert_int_equal(client_subscribe(w->client, STR("private-x")), PUSHER_OK);
    until(w, auth_was_asked, 1);
    w->frame = "private-x";
    until(w, is_denied, 0); /* by the server: the signature went out, and is a wrong one */
    assert_non_null(capture_find(&w->seen, 0, WIRE_SENT, "pusher:subscribe"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(an_encrypted_event_arrives_decrypted_marked_and_with_its_frame_as_it_came),
        T(events_that_wait_for_a_key_are_told_once_in_order_when_it_comes),
        T(an_answer_without_a_key_is_denied_before_anything_is_sent),
        T(signing_in_posts_the_socket_id_and_hears_the_users_events),
        T(signing_in_without_an_endpoint_is_denied_here),
        T(a_refused_sign_in_carries_type_and_status),
        T(the_client_knows_who_it_is_on_a_presence_channel),
        T(handlers_hear_their_events_until_they_are_unbound),
        T(handlers_get_decrypted_data),
        T(a_handler_may_destroy_the_client),
        T(the_log_tells_states_and_frames_without_secrets),
        T(the_log_keeps_to_its_level),
        T(protocol_client_and_version_are_sent_as_configured),
        T(versions_that_servers_refuse_are_refused_here),
        T(bug_15_connecting_again_and_again_opens_one_socket),
        T(bug_20_channel_names_are_encoded_strictly_in_the_request),
        T(bug_21_an_empty_answer_of_a_real_endpoint_is_told),
        T(bug_25_a_peer_that_never_says_goodbye_does_not_hold_us),
        T(bug_44_a_path_prefix_stands_before_the_key),
        T(an_answer_with_status_201_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
