/* tests/io/test_server_limits.c - what the server does to connections that are slow, silent, too many or not
 * allowed, over real sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "support/certs.h"
#include "support/io/server_rig.h"

enum { EVENT_BYTES = 8000, EVENTS_MAX = 4000 };

static int set_up(void **state)
{
    struct rig *r = calloc(1, sizeof *r);

    if (!r)
        return -1;
    rig_init(r);
    *state = r;
    return 0;
}

static int tear_down(void **state)
{
    rig_end(*state);
    free(*state);
    return 0;
}

/* ---- a client that is only a socket ---------------------------------------------------------------- */

static int raw_connect(const struct rig *r)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server_port(r->server))};
    const int small = 4096;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static void raw_say(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static const char UPGRADE[] =
    "GET /app/demo-key?protocol=7 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n";

/* As a client must: masked, here with zeros. */
static void raw_frame(int fd, const char *text)
{
    const size_t len = strlen(text);
    const unsigned char head[] = {0x81, (unsigned char)(0x80 | len), 0, 0, 0, 0};

    assert_true(len < 126);
    assert_int_equal(write(fd, head, sizeof head), (ssize_t)sizeof head);
    raw_say(fd, text);
}

static bool connections_are(void *user)
{
    const struct rig *r = user;
    struct server_counts counts;

    server_counts(r->server, &counts);
    return counts.connections == 2 && counts.channels == 1;
}

static bool never(void *user)
{
    (void)user;
    return false;
}

static void a_reader_that_stops_is_let_go_and_the_others_get_everything(void **state)
{
    struct rig *r = *state;
    static char data[EVENT_BYTES + 1];
    struct server_counts counts = {.slow = 0};
    size_t published = 0;

    r->cfg.net.send_queue_max_bytes = 64 * 1024;
    rig_start(r);
    struct rig_client *good = rig_connect(r, 0);
    rig_join(r, good, "room");
    const int fd = raw_connect(r);
    raw_say(fd, UPGRADE);
    raw_frame(fd, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"room\"}}");
    assert_true(net_loop_run_until(r->loop, connections_are, r, RIG_WAIT_MS));
    while (server_publish(r->server, STR("demo"), STR("room"), STR("early"), STR("{}")) !=
           PUSHER_OK)
        assert_false(true);
    rig_expect(r, good, "early");
    memset(data, 'x', EVENT_BYTES);
    const size_t before = good->messages;
    while (counts.slow == 0 && published < EVENTS_MAX) {
        assert_int_equal(server_publish(r->server, STR("demo"), STR("room"), STR("e"),
                                        (struct str){data, EVENT_BYTES}),
                         PUSHER_OK);
        published++;
        buf_reset(&good->heard);
        rig_expect(r, good, "\"e\""); /* the fast one has each before the next */
        server_counts(r->server, &counts);
    }
    assert_int_equal(counts.slow, 1);
    assert_int_equal(good->messages - before, published);
    server_counts(r->server, &counts);
    assert_int_equal(counts.connections, 1); /* the hub forgot it at once */
    /* It reads on: what was queued, and then why it ends. */
    unsigned char last[4096], tail[4] = {0};
    ssize_t got;
    bool told = false;
    for (int i = 0; i < 20000 && !told; i++) {
        got = read(fd, last, sizeof last);
        for (ssize_t k = 0; k < got; k++) {
            memmove(tail, tail + 1, 3);
            tail[3] = last[k];
            told = told || (tail[0] == 0x88 && tail[2] == 0x10 && tail[3] == 0x04); /* 4100 */
        }
        if (got < 0)
            (void)net_loop_run_until(r->loop, never, NULL, 1);
    }
    assert_true(told);
    close(fd);
    buf_reset(&good->heard);
    assert_int_equal(server_publish(r->server, STR("demo"), STR("room"), STR("after"), STR("{}")),
                     PUSHER_OK);
    rig_expect(r, good, "after");
}

static void one_that_never_reads_again_is_dropped_all_the_same(void **state)
{
    struct rig *r = *state;
    static char data[EVENT_BYTES + 1];
    struct server_counts counts = {.slow = 0};

    r->cfg.net.send_queue_max_bytes = 16 * 1024;
    rig_start(r);
    const int fd = raw_connect(r);
    raw_say(fd, UPGRADE);
    raw_frame(fd, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"room\"}}");
    rig_join(r, rig_connect(r, 0), "other");
    memset(data, 'x', EVENT_BYTES);
    for (int i = 0; i < EVENTS_MAX && counts.slow == 0; i++) {
        (void)server_publish(r->server, STR("demo"), STR("room"), STR("e"),
                             (struct str){data, EVENT_BYTES});
        (void)net_loop_run_until(r->loop, never, NULL, 0);
        server_counts(r->server, &counts);
    }
    assert_int_equal(counts.slow, 1);
    server_destroy(r->server); /* and does not wait for it */
    r->server = NULL;
    close(fd);
}

static void one_that_does_not_answer_a_ping_is_closed_4201(void **state)
{
    struct rig *r = *state;
    unsigned char bytes[1024], tail[4] = {0};
    bool told = false;

    r->cfg.hub.activity_timeout_ms = 200;
    r->cfg.hub.pong_timeout_ms = 200;
    rig_start(r);
    struct rig_client *good = rig_connect(r, 0); /* answers ping frames, as any library does */
    const int fd = raw_connect(r);
    raw_say(fd, UPGRADE);
    for (int i = 0; i < 3000 && !told; i++) {
        const ssize_t got = read(fd, bytes, sizeof bytes);

        for (ssize_t k = 0; k < got; k++) {
            memmove(tail, tail + 1, 3);
            tail[3] = bytes[k];
            told = told || (tail[0] == 0x88 && tail[2] == 0x10 && tail[3] == 0x69); /* 4201 */
        }
        (void)net_loop_run_until(r->loop, never, NULL, 5);
    }
    assert_true(told);
    assert_false(good->closed);
    close(fd);
}

/* ---- who may come ---------------------------------------------------------------------------------- */

static void refused(struct rig *r, const char *path, int32_t code)
{
    char want[32];
    struct rig_client *c = &r->client[RIG_CLIENTS - 1];

    (void)str_format(want, sizeof want, "\"code\":%d", (int)code);
    rig_dial(r, c, path);
    rig_expect(r, c, want);
    rig_expect_closed(r, c, code);
}

static void a_connection_over_the_quota_is_closed_4004(void **state)
{
    struct rig *r = *state;

    r->cfg.apps[0].connections_max = 2;
    rig_start(r);
    (void)rig_connect(r, 0);
    struct rig_client *second = rig_connect(r, 1);
    refused(r, "/app/demo-key?protocol=7", 4004);
    ws_transport_lws()->close(second->ws, 1000, STR(""));
    rig_expect_closed(r, second, 1000);
    (void)rig_connect(r, 2); /* its place is free again */
}

static void keys_paths_versions_and_disabled_apps_have_codes_of_their_own(void **state)
{
    struct rig *r = *state;

    r->cfg.apps[1] =
        (struct server_app_cfg){.id = "2", .key = "off-key", .secret = "s", .disabled = true};
    r->cfg.app_count = 2;
    rig_start(r);
    refused(r, "/app/no-key?protocol=7", 4001);
    refused(r, "/app/off-key?protocol=7", 4003);
    refused(r, "/else/demo-key?protocol=7", 4005);
    refused(r, "/app/demo-key?protocol=7&version=nonsense", 4006);
    refused(r, "/app/demo-key?protocol=3", 4007);
    refused(r, "/app/demo-key", 4008);
}

static void who_does_not_sign_in_in_time_is_closed_4009(void **state)
{
    struct rig *r = *state;
    char body[128], frame[512];

    r->cfg.apps[0].authorize_timeout_ms = 500;
    rig_start(r);
    struct rig_client *idle = rig_connect(r, 0), *member = rig_connect(r, 1);
    rig_join(r, idle, "public");
    (void)str_format(body, sizeof body, "socket_id=%s&channel_name=private-a", member->socket_id);
    assert_int_equal(
        rig_ask(
            r,
            &(struct rig_ask){"POST", "/pusher/auth", body, {"Authorization: Bearer demo-token"}}),
        200);
    (void)str_format(frame, sizeof frame,
                     "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-a\",%s}",
                     buf_cstr(&r->body) + 1);
    rig_say(member, frame);
    rig_expect(r, member, "subscription_succeeded");
    rig_expect_closed(r, idle, 4009);
    assert_false(member->closed);
}

static void an_app_that_wants_tls_says_4000_to_plain_sockets(void **state)
{
    struct rig *r = *state;

    r->cfg.apps[0].tls_only = true;
    rig_start(r);
    refused(r, "/app/demo-key?protocol=7", 4000);
}

static void and_takes_encrypted_ones(void **state)
{
    struct rig *r = *state;
    struct certs certs;

    certs_make(&certs);
    r->ca_file = certs.ca;
    r->cfg.net.tls_cert_file = certs.good;
    r->cfg.net.tls_key_file = certs.key;
    r->cfg.apps[0].tls_only = true;
    rig_start(r);
    (void)rig_connect(r, 0);
    certs_remove(&certs);
}

static void apps_do_not_hear_each_other(void **state)
{
    struct rig *r = *state;

    r->cfg.apps[1] = (struct server_app_cfg){.id = "2", .key = "key-two", .secret = "s"};
    r->cfg.app_count = 2;
    rig_start(r);
    struct rig_client *one = rig_connect(r, 0), *two = &r->client[1];
    rig_dial(r, two, "/app/key-two?protocol=7");
    rig_expect(r, two, "connection_established");
    rig_join(r, one, "room");
    rig_join(r, two, "room");
    assert_int_equal(server_publish(r->server, STR("2"), STR("room"), STR("secret"), STR("{}")),
                     PUSHER_OK);
    rig_expect(r, two, "\"secret\"");
    assert_false(rig_hears(r, one, "\"secret\"", RIG_SHORT_MS));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reader_that_stops_is_let_go_and_the_others_get_everything),
        TEST(one_that_never_reads_again_is_dropped_all_the_same),
        TEST(one_that_does_not_answer_a_ping_is_closed_4201),
        TEST(a_connection_over_the_quota_is_closed_4004),
        TEST(keys_paths_versions_and_disabled_apps_have_codes_of_their_own),
        TEST(who_does_not_sign_in_in_time_is_closed_4009),
        TEST(an_app_that_wants_tls_says_4000_to_plain_sockets),
        TEST(and_takes_encrypted_ones),
        TEST(apps_do_not_hear_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
