/* tests/device/test_pc.c - the calls of <pusher/pc.h>, with the library as it is installed. What a whole session
 * does is in session.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pusher/net.h>

#include "base/rng.h"
#include "device/peer.h"

/* ---- a client with a peer in memory ---- */

struct desk {
    struct peer peer;
    struct pc *pc;
    uint32_t now_ms;
    char calls[256]; /* a letter for each handler that was called */
    int handle;      /* of a handler that unbinds itself */
    char data[512];
};

static struct desk desk;

static void mark(const char *letters)
{
    (void)strncat(desk.calls, letters, sizeof desk.calls - strlen(desk.calls) - 1);
}

static void on_a(void *user, struct pc *pc, const struct pc_event *event)
{
    (void)user;
    (void)pc;
    mark("a");
    (void)strncpy(desk.data, event->data, sizeof desk.data - 1);
}

static void on_b(void *user, struct pc *pc, const struct pc_event *event)
{
    (void)user;
    (void)pc;
    (void)event;
    mark("b");
}

static void poll_some(void)
{
    for (int i = 0; i < 5; i++)
        (void)pc_poll(desk.pc, desk.now_ms += 200);
}

static int set_up(void **state)
{
    static const char hello[] = "{\"event\":\"pusher:connection_established\",\"data\":\"{"
                                "\\\"socket_id\\\":\\\"1.2\\\"}\"}";

    (void)state;
    memset(&desk, 0, sizeof desk);
    peer_init(&desk.peer);
    desk.pc =
        pc_init(&(struct pc_cfg){.key = "k", .host = "h", .stream = &desk.peer.stream, .seed = 1});
    if (!desk.pc)
        return -1;
    poll_some();
    peer_says(&desk.peer, hello);
    (void)pc_subscribe(desk.pc, "news");
    poll_some();
    peer_says(&desk.peer,
              "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"news\"}");
    poll_some();
    return pc_subscribed(desk.pc, "news") ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pc_free(desk.pc);
    return 0;
}

static void say(const char *event, const char *channel)
{
    char text[256] = "{\"event\":\"";

    strcat(strcat(strcat(text, event), "\",\"channel\":\""), channel);
    strcat(text, "\",\"data\":\"\\\"x\\\"\"}");
    peer_says(&desk.peer, text);
    poll_some();
}

static void assert_calls(const char *expected)
{
    assert_string_equal(desk.calls, expected);
    desk.calls[0] = '\0';
}

/* ---- handlers ---- */

static void handlers_are_called_in_the_order_of_binding(void **state)
{
    (void)state;
    const int first = pc_bind(desk.pc, NULL, "e", on_a, NULL);
    const int second = pc_bind(desk.pc, "news", "e", on_b, NULL);

    assert_true(first > 0 && second > first);
    say("e", "news");
    assert_calls("ab");
    assert_int_equal(pc_unbind(desk.pc, first), PC_OK);
    assert_int_equal(pc_unbind(desk.pc, first), PC_ERR_NOT_FOUND);
    assert_true(pc_bind(desk.pc, NULL, "e", on_a, NULL) > second);
    say("e", "news");
    assert_calls("ba");
    say("f", "news");
    assert_calls("");
}

static void a_handler_is_for_its_channel_and_event_alone(void **state)
{
    (void)state;
    (void)pc_bind(desk.pc, "other", NULL, on_a, NULL);
    (void)pc_bind(desk.pc, "news", NULL, on_b, NULL);
    say("e", "news");
    say("e", "other"); /* not subscribed to */
    assert_calls("b");
}

static void on_once(void *user, struct pc *pc, const struct pc_event *event)
{
    (void)event;
    mark("o");
    assert_int_equal(pc_unbind(pc, *(int *)user), PC_OK);
    assert_true(pc_bind(pc, NULL, "e", on_b, NULL) > 0);
}

static void a_handler_may_unbind_itself_and_bind_another(void **state)
{
    (void)state;
    desk.handle = pc_bind(desk.pc, NULL, "e", on_once, &desk.handle);
    (void)pc_bind(desk.pc, NULL, "e", on_a, NULL);
    say("e", "news");
    assert_calls("oa"); /* the new one waits for the next event */
    say("e", "news");
    assert_calls("ab");
}

static void on_calls_back(void *user, struct pc *pc, const struct pc_event *event)
{
    (void)user;
    (void)event;
    mark("c");
    assert_int_equal(pc_poll(pc, desk.now_ms), 0);
    assert_int_equal(pc_unsubscribe(pc, "news"), PC_OK);
    assert_int_equal(pc_subscribe(pc, "more"), PC_OK);
    assert_int_equal(pc_trigger(pc, "news", "client-x", "1"), PC_ERR_NOT_PRIVATE);
}

static void a_handler_may_call_everything(void **state)
{
    (void)state;
    (void)pc_bind(desk.pc, NULL, "e", on_calls_back, NULL);
    peer_forget(&desk.peer);
    say("e", "news");
    say("e", "news");
    assert_calls("c");
    assert_true(peer_got(&desk.peer, "pusher:unsubscribe"));
    assert_true(peer_got(&desk.peer, "{\"channel\":\"more\"}"));
}

static void on_ends(void *user, struct pc *pc, const struct pc_event *event)
{
    (void)user;
    (void)event;
    mark("e");
    pc_disconnect(pc);
}

static void a_handler_may_end_the_connection_in_the_middle_of_messages(void **state)
{
    (void)state;
    (void)pc_bind(desk.pc, NULL, "e", on_ends, NULL);
    peer_says(&desk.peer, "{\"event\":\"e\",\"channel\":\"news\"}");
    peer_says(&desk.peer, "{\"event\":\"e\",\"channel\":\"news\"}");
    poll_some();
    assert_calls("e");
    assert_int_equal(pc_get_state(desk.pc), PC_DISCONNECTED);
    pc_connect(desk.pc);
    poll_some();
    assert_int_equal(desk.peer.connects, 2);
}

static void the_protocols_own_names_are_understood(void **state)
{
    (void)state;
    (void)pc_bind(desk.pc, NULL, "pusher_internal:subscription_count", on_a, NULL);
    (void)pc_bind(desk.pc, NULL, "pusher:subscription_count", on_b, NULL);
    peer_says(&desk.peer, "{\"event\":\"pusher_internal:subscription_count\",\"channel\":\"news\","
                          "\"data\":\"{\\\"subscription_count\\\":3}\"}");
    poll_some();
    assert_calls("ab");
    assert_string_equal(desk.data, "{\"subscription_count\":3}");
}

static void handlers_have_a_limit(void **state)
{
    (void)state;
    for (int i = 0; i < PC_BINDINGS_MAX; i++)
        assert_true(pc_bind(desk.pc, NULL, "x", on_a, NULL) > 0);
    assert_int_equal(pc_bind(desk.pc, NULL, "x", on_a, NULL), PC_ERR_LIMIT);
    assert_int_equal(pc_bind(desk.pc, NULL, "x", NULL, NULL), PC_ERR_ARGUMENT);
    assert_int_equal(pc_unbind(desk.pc, 0), PC_ERR_NOT_FOUND);
}

/* ---- waiting ---- */

static int give_fd(void *user)
{
    (void)user;
    return 7;
}

static void a_client_says_what_it_waits_for(void **state)
{
    struct peer peer;
    struct pc *pc;

    (void)state;
    assert_int_equal(pc_fd(desk.pc), -1); /* this stream has no descriptor */
    assert_int_equal(pc_wants(desk.pc), 0);
    peer_init(&peer);
    peer.stream.fd = give_fd;
    peer.slow_connect = 2;
    pc = pc_init(&(struct pc_cfg){.key = "k", .host = "h", .stream = &peer.stream});
    assert_non_null(pc);
    assert_int_equal(pc_fd(pc), -1);
    assert_in_range(pc_poll(pc, 0), 1, 15000); /* the time for connecting */
    assert_int_equal(pc_fd(pc), 7);
    assert_int_equal(pc_wants(pc), PC_WANTS_READ | PC_WANTS_WRITE); /* connecting */
    for (uint32_t now_ms = 1; now_ms < 8; now_ms++)
        (void)pc_poll(pc, now_ms);
    assert_int_equal(pc_wants(pc), PC_WANTS_READ); /* the greeting is missing */
    pc_disconnect(pc);
    assert_int_equal(pc_wants(pc), 0);
    pc_free(pc);
}

/* ---- encrypted channels ---- */

static void allow_vault(void *lent, struct pc *pc, uint32_t ticket, const char *channel,
                        const char *socket_id)
{
    static const char answer[] =
        "{\"auth\":\"k:ed26011dd09ad110e330bf98382aba25\","
        "\"shared_secret\":\"wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsc=\"}";

    (void)lent;
    (void)socket_id;
    pc_authorized(pc, ticket, channel, answer, sizeof answer - 1);
}

/* The vector of the protocol's reference, section 6.1. */
static void events_of_encrypted_channels_are_opened(void **state)
{
    static const char event[] = "{\"event\":\"secret-event\",\"channel\":\"private-encrypted-"
                                "vault\",\"data\":\"{\\\"nonce\\\":"
                                "\\\"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX\\\",\\\"ciphertext\\\":"
                                "\\\"ECik4AJNYg+mtPAJGkEBubFx+EzvzfOI64TSUYmT507T0Ttrnw==\\\"}\"}";
    struct desk *const d = &desk;

    (void)state;
    pc_free(d->pc);
    peer_init(&d->peer);
    d->pc = pc_init(&(struct pc_cfg){
        .key = "k", .host = "h", .stream = &d->peer.stream, .authorize = allow_vault});
    assert_non_null(d->pc);
    (void)pc_bind(d->pc, NULL, "secret-event", on_a, NULL);
    (void)pc_bind(d->pc, NULL, "pusher:error", on_b, NULL);
    (void)pc_subscribe(d->pc, "private-encrypted-vault");
    poll_some();
    peer_says(&d->peer, "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_"
                        "id\\\":\\\"1.2\\\"}\"}");
    poll_some();
    peer_says(&d->peer, "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":"
                        "\"private-encrypted-vault\"}");
    peer_says(&d->peer, event);
    poll_some();
    assert_calls("a");
    assert_string_equal(d->data, "{\"msg\":\"hello\",\"n\":1}");
    peer_says(
        &d->peer,
        "{\"event\":\"secret-event\",\"channel\":\"private-encrypted-vault\",\"data\":\"plain\"}");
    poll_some();
    assert_calls("b"); /* what is not sealed is an error and no event */
}

/* ---- the user ---- */

static uint32_t user_asked; /* how often */

static void allow_user(void *lent, struct pc *pc, uint32_t ticket, const char *channel,
                       const char *socket_id)
{
    static const char answer[] = "{\"auth\":\"k:ed26011dd09ad110e330bf98382aba25\",\"user_data\":"
                                 "\"{\\\"id\\\":\\\"u7\\\"}\"}";

    (void)lent;
    if (strcmp(channel, PC_USER) != 0 || strcmp(socket_id, "1.2") != 0)
        return;
    user_asked++;
    pc_authorized(pc, ticket, channel, answer, sizeof answer - 1);
}

static void refuse_user(void *lent, struct pc *pc, uint32_t ticket, const char *channel,
                        const char *socket_id)
{
    (void)lent;
    (void)socket_id;
    pc_refused(pc, ticket, channel, 403, "no such user");
}

static void sign_in(pc_authorize_fn *authorize)
{
    pc_free(desk.pc);
    peer_init(&desk.peer);
    user_asked = 0;
    desk.pc = pc_init(&(struct pc_cfg){
        .key = "k", .host = "h", .stream = &desk.peer.stream, .authorize = authorize});
    assert_non_null(desk.pc);
    (void)pc_bind(desk.pc, NULL, "pusher:signin_success", on_a, NULL);
    (void)pc_bind(desk.pc, NULL, "pusher:signin_error", on_b, NULL);
    assert_int_equal(PC_OK, pc_signin(desk.pc));
    poll_some();
    peer_says(&desk.peer, "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_"
                          "id\\\":\\\"1.2\\\"}\"}");
    poll_some();
}

static void a_user_signs_in_and_is_heard_of(void **state)
{
    (void)state;
    sign_in(allow_user);
    assert_int_equal(1, user_asked);
    assert_true(peer_got(&desk.peer, "pusher:signin"));
    assert_string_equal("", pc_user_id(desk.pc));
    peer_says(&desk.peer, "{\"event\":\"pusher:signin_success\",\"data\":\"{\\\"user_data\\\":\\\"{"
                          "\\\\\\\"id\\\\\\\":\\\\\\\"u7\\\\\\\"}\\\"}\"}");
    poll_some();
    assert_calls("a");
    assert_string_equal("u7", pc_user_id(desk.pc));
    assert_true(peer_got(&desk.peer, "#server-to-user-u7"));
    assert_int_equal(PC_OK, pc_signout(desk.pc));
    assert_string_equal("", pc_user_id(desk.pc));
}

static void a_refused_user_is_told_once(void **state)
{
    (void)state;
    sign_in(refuse_user);
    assert_calls("b");
    assert_string_equal("", pc_user_id(desk.pc));
    assert_false(peer_got(&desk.peer, "pusher:signin"));
}

static void nobody_signs_in_where_nobody_can_be_asked(void **state)
{
    (void)state;
    assert_int_equal(PC_ERR_ARGUMENT, pc_signin(desk.pc));
}

/* ---- hostile bytes ---- */

static void whatever_the_peer_sends_the_client_survives(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "{\"event\":5}",
        "{\"event\":\"pusher:error\"}",
        "{\"event\":\"pusher:error\",\"data\":{\"code\":null,\"message\":\"\\u0000\"}}",
        "{\"event\":\"pusher_internal:member_added\",\"channel\":\"news\",\"data\":[]}"};
    struct pc_stats stats;

    (void)state;
    (void)pc_bind(desk.pc, NULL, "pusher:error", on_a, NULL);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        peer_says(&desk.peer, bad[i]);
    poll_some();
    assert_true(pc_connected(desk.pc));
    assert_true(strlen(desk.calls) >= 5);
    peer_frame(&desk.peer, 0xf1, "reserved bits", 13);
    poll_some();
    assert_false(pc_connected(desk.pc));
    pc_get_stats(desk.pc, &stats);
    assert_int_equal(stats.dropped, 0);
    assert_int_equal(stats.connections, 1);
}

/* Handlers look at every byte they are given, so that a sanitizer does. */
static void on_reads_all(void *user, struct pc *pc, const struct pc_event *event)
{
    char to[32];

    (void)pc;
    *(size_t *)user += strlen(event->name) + strlen(event->channel) + strlen(event->user_id) +
                       strlen(event->data) + event->data_len;
    (void)pc_json_get(event->data, event->data_len, "presence.ids.0", to, sizeof to);
}

static void whatever_becomes_of_the_bytes_on_their_way_the_client_goes_on(void **state)
{
    static const char *const said[] = {
        "{\"event\":\"e\",\"channel\":\"news\",\"data\":\"{\\\"a\\\":\\\"\\\\u00e9\\\"}\",\"user_"
        "id\":7}",
        "{\"event\":\"pusher:error\",\"data\":{\"code\":4301,\"message\":\"too fast\"}}",
        "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"presence-p\",\"data\":"
        "\"{\\\"presence\\\":{\\\"ids\\\":[\\\"a\\\"],\\\"hash\\\":{\\\"a\\\":1},\\\"count\\\":1}}"
        "\"}",
        "{\"event\":\"pusher_internal:member_removed\",\"channel\":\"presence-p\",\"data\":\"{"
        "\\\"user_id\\\":\\\"a\\\"}\"}",
        "{\"event\":\"pusher:ping\"}",
    };
    struct rng rng;
    size_t read = 0;

    (void)state;
    rng_seed(&rng, 5);
    (void)pc_bind(desk.pc, NULL, NULL, on_reads_all, &read);
    (void)pc_subscribe(desk.pc, "presence-p");
    for (int round = 0; round < 3000; round++) {
        desk.peer.piece = rng_below(&rng, 40);
        if (!pc_connected(desk.pc) && desk.peer.upgraded)
            peer_says(&desk.peer, "{\"event\":\"pusher:connection_established\",\"data\":\"{"
                                  "\\\"socket_id\\\":\\\"1.2\\\"}\"}");
        for (uint64_t n = rng_below(&rng, 4); n > 0; n--)
            peer_says(&desk.peer, said[rng_below(&rng, sizeof said / sizeof said[0])]);
        if (rng_below(&rng, 4) == 0 && desk.peer.to_client_len > 0)
            desk.peer.to_client[rng_below(&rng, desk.peer.to_client_len)] = (char)rng_u64(&rng);
        if (rng_below(&rng, 50) == 0)
            desk.peer.broken = true;
        if (rng_below(&rng, 10) == 0)
            desk.now_ms += 40000;
        poll_some();
        if (pc_get_state(desk.pc) == PC_FAILED)
            pc_connect(desk.pc);
    }
    assert_true(desk.peer.connects > 20);
    assert_true(read > 10000);
}

static void an_upgrade_without_its_proof_is_refused(void **state)
{
    (void)state;
    desk.peer.broken = true;
    desk.peer.refuse =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n";
    for (int i = 0; i < 20; i++)
        poll_some();
    assert_false(pc_connected(desk.pc));
    assert_true(desk.peer.connects > 1 && desk.peer.closes >= desk.peer.connects - 1);
}

/* ---- JSON by path ---- */

static void items_are_found_by_their_path(void **state)
{
    static const char json[] =
        "{\"presence\":{\"count\":2,\"ids\":[\"a\",\"b\\u00e9\"]},\"x\":null,\"t\":true,\"\":1}";
    static const struct {
        const char *path, *expected;
        int result;
    } rows[] = {
        {"presence.count", "2", 1},
        {"presence.ids.1", "b\xc3\xa9", 3},
        {"presence.ids", "[\"a\",\"b\\u00e9\"]", 15},
        {"x", "null", 4},
        {"t", "true", 4},
        {"presence.ids.2", "", PC_ERR_NOT_FOUND},
        {"presence.ids.-1", "", PC_ERR_NOT_FOUND},
        {"presence.ids.x", "", PC_ERR_NOT_FOUND},
        {"nothing", "", PC_ERR_NOT_FOUND},
        {"t.t", "", PC_ERR_NOT_FOUND},
    };
    char to[64];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(pc_json_get(json, sizeof json - 1, rows[i].path, to, sizeof to),
                         rows[i].result);
        assert_string_equal(to, rows[i].expected);
    }
    assert_int_equal(pc_json_get("{", 1, "a", to, sizeof to), PC_ERR_JSON);
    assert_int_equal(pc_json_get(json, sizeof json - 1, "", to, 4), sizeof json - 1);
    assert_string_equal(to, "{\"p");
    assert_int_equal(pc_json_get("\"b\\u00e9c\"", 10, NULL, to, 3), 4); /* cut at a code point */
    assert_string_equal(to, "b");
}

/* ---- life ---- */

static void what_is_missing_is_refused(void **state)
{
    static const struct pc_stream no_read = {0};
    const struct pc_cfg good = {.key = "k", .host = "h", .stream = &desk.peer.stream};
    struct pc_cfg cfg;

    (void)state;
    assert_null(pc_init(NULL));
    cfg = good;
    cfg.key = NULL;
    assert_null(pc_init(&cfg));
    cfg = good;
    cfg.host = NULL;
    assert_null(pc_init(&cfg));
    cfg = good;
    cfg.stream = NULL;
    assert_null(pc_init(&cfg));
    cfg = good;
    cfg.stream = &no_read;
    assert_null(pc_init(&cfg));
    cfg = good;
    cfg.path = "/with space";
    assert_null(pc_init(&cfg));
    cfg = good;
    cfg.host = "h\r\nX: y";
    assert_null(pc_init(&cfg));
    pc_free(NULL);
}

static void any_amount_of_memory_is_enough_or_refused(void **state)
{
    static unsigned char memory[PC_MEMORY_BYTES];
    struct pc_cfg cfg = {
        .key = "k", .host = "h", .stream = &desk.peer.stream, .memory = memory + 1};
    bool fits = false;

    (void)state;
    for (cfg.memory_bytes = 0; cfg.memory_bytes < sizeof memory; cfg.memory_bytes += 1009) {
        struct pc *pc = pc_init(&cfg);

        assert_true(pc || !fits); /* more is never too little */
        fits = pc != NULL;
        if (!pc)
            continue;
        (void)pc_subscribe(pc, "private-a");
        (void)pc_poll(pc, 1);
        pc_free(pc);
    }
    assert_true(fits);
}

static void every_error_has_words(void **state)
{
    (void)state;
    assert_string_equal(pc_strerror(PC_OK), "success");
    assert_string_equal(pc_strerror(PC_ERR_PROTOCOL), "against the protocol");
    assert_string_equal(pc_strerror(-99), "unknown error");
    assert_string_equal(pc_strerror(5), "unknown error");
    assert_true(strlen(pc_version()) > 0);
}

static void waiting_takes_as_long_as_asked_and_not_longer(void **state)
{
    struct pc_net *net = pc_net_create(&(struct pc_net_cfg){0});
    struct pc_cfg cfg = {.key = "k", .host = "127.0.0.1", .port = 1};

    (void)state;
    assert_non_null(net);
    pc_net_lend(net, &cfg);
    struct pc *pc = pc_init(&cfg);

    assert_non_null(pc);
    (void)pc_net_poll(net, pc, 50);
    pc_disconnect(pc); /* nothing will happen from here on */
    const uint32_t before_ms = cfg.now_ms(cfg.lent);

    assert_false(pc_net_poll(net, pc, 150));
    const uint32_t took_ms = cfg.now_ms(cfg.lent) - before_ms;

    assert_in_range(took_ms, 0, 1000); /* loose above: the machine may be busy */
    assert_true(pc_poll(pc, cfg.now_ms(cfg.lent)) == PC_FOREVER);
    pc_free(pc);
    pc_net_destroy(net);
    assert_null(pc_net_create(&(struct pc_net_cfg){.auth_headers = {"no colon"}}));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(handlers_are_called_in_the_order_of_binding),
        T(a_handler_is_for_its_channel_and_event_alone),
        T(a_handler_may_unbind_itself_and_bind_another),
        T(a_handler_may_call_everything),
        T(a_handler_may_end_the_connection_in_the_middle_of_messages),
        T(the_protocols_own_names_are_understood),
        T(handlers_have_a_limit),
        T(a_client_says_what_it_waits_for),
        T(events_of_encrypted_channels_are_opened),
        T(a_user_signs_in_and_is_heard_of),
        T(a_refused_user_is_told_once),
        T(nobody_signs_in_where_nobody_can_be_asked),
        T(whatever_the_peer_sends_the_client_survives),
        T(whatever_becomes_of_the_bytes_on_their_way_the_client_goes_on),
        T(an_upgrade_without_its_proof_is_refused),
        cmocka_unit_test(items_are_found_by_their_path),
        cmocka_unit_test(what_is_missing_is_refused),
        cmocka_unit_test(any_amount_of_memory_is_enough_or_refused),
        cmocka_unit_test(every_error_has_words),
        cmocka_unit_test(waiting_takes_as_long_as_asked_and_not_longer),
    };
#undef T

    return cmocka_run_group_tests_name("pc", tests, NULL, NULL);
}
