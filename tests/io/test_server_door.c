/* tests/io/test_server_door.c - how many WebSockets one address may have, and which requests the server
 * waits for, over real sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "support/io/server_rig.h"

enum { LINES = 4 };

struct line {
    int fd;
    struct net_watch *watch;
    struct buf heard;
    struct str want;
    bool over;
};

struct world {
    struct rig rig;
    struct line line[LINES];
};

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    if (!w)
        return -1;
    rig_init(&w->rig);
    for (size_t i = 0; i < LINES; i++)
        w->line[i].fd = -1;
    *state = w;
    return 0;
}

static void hang_up(struct line *l)
{
    net_watch_destroy(l->watch);
    l->watch = NULL;
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
    buf_clear(&l->heard);
}

static int tear_down(void **state)
{
    struct world *w = *state;

    for (size_t i = 0; i < LINES; i++)
        hang_up(&w->line[i]);
    rig_end(&w->rig);
    free(w);
    return 0;
}

static void on_line(void *user, int ready)
{
    struct line *l = user;
    char bytes[4096];

    (void)ready;
    const ssize_t n = recv(l->fd, bytes, sizeof bytes, 0);
    if (n > 0) {
        assert_int_equal(buf_append(&l->heard, (struct str){bytes, (size_t)n}), CT_OK);
        return;
    }
    l->over = true;
    net_watch_destroy(l->watch);
    l->watch = NULL;
}

static struct line *dial(struct world *w, size_t i)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server_port(w->rig.server))};
    struct line *l = &w->line[i];

    hang_up(l);
    *l = (struct line){.fd = socket(AF_INET, SOCK_STREAM, 0)};
    buf_init(&l->heard, 1 << 20);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(l->fd, (struct sockaddr *)&to, sizeof to), 0);
    l->watch = net_watch_create(w->rig.loop, l->fd, NET_READABLE, on_line, l);
    return l;
}

static void say(struct line *l, const char *text)
{
    assert_int_equal(send(l->fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static bool has_heard(void *user)
{
    const struct line *l = user;

    return str_find(buf_str(&l->heard), l->want) < l->heard.len;
}

static void expect(struct world *w, struct line *l, const char *text)
{
    l->want = str_from(text);
    if (!net_loop_run_until(w->rig.loop, has_heard, l, RIG_WAIT_MS))
        fail_msg("%.*s", (int)l->heard.len, (const char *)l->heard.bytes);
}

/* As a proxy passes it on. */
static struct line *join_from(struct world *w, size_t i, const char *address)
{
    struct line *l = dial(w, i);
    char text[512];

    (void)str_format(text, sizeof text,
                     "GET /app/demo-key?protocol=7 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                     "Sec-WebSocket-Version: 13\r\nX-Forwarded-For: %s\r\n\r\n",
                     address);
    say(l, text);
    return l;
}

static const char *const our_proxy[] = {"127.0.0.1"};

static bool one_is_left(void *user)
{
    struct server_counts counts;

    server_counts(((struct world *)user)->rig.server, &counts);
    return counts.connections == 1;
}

static void the_clients_behind_a_proxy_are_counted_each_for_itself(void **state)
{
    struct world *w = *state;
    struct server_counts counts;

    w->rig.cfg.connections_per_address = 1;
    w->rig.cfg.net.trusted = our_proxy;
    w->rig.cfg.net.trusted_count = 1;
    rig_start(&w->rig);
    expect(w, join_from(w, 0, "192.0.2.7"), "connection_established");
    expect(w, join_from(w, 1, "192.0.2.7"), "\"code\":4100");
    expect(w, &w->line[1], "\x10\x04Too many connections from this address"); /* the close frame */
    expect(w, join_from(w, 2, "192.0.2.8"), "connection_established");
    server_counts(w->rig.server, &counts);
    assert_int_equal(counts.crowded, 1);
    assert_int_equal(counts.connections, 2);
    hang_up(&w->line[0]);
    assert_true(net_loop_run_until(w->rig.loop, one_is_left, w, RIG_WAIT_MS));
    expect(w, join_from(w, 0, "192.0.2.7"), "connection_established");
}

static void addresses_of_one_home_count_as_one(void **state)
{
    struct world *w = *state;

    w->rig.cfg.connections_per_address = 1;
    w->rig.cfg.net.trusted = our_proxy;
    w->rig.cfg.net.trusted_count = 1;
    rig_start(&w->rig);
    expect(w, join_from(w, 0, "2001:db8::1"), "connection_established");
    expect(w, join_from(w, 1, "2001:db8::2"), "\"code\":4100");
    expect(w, join_from(w, 2, "2001:db8:0:1::1"), "connection_established");
}

static void this_machine_is_spared_and_no_stranger_is_believed(void **state)
{
    struct world *w = *state;

    w->rig.cfg.connections_per_address = 1;
    rig_start(&w->rig);
    for (size_t i = 0; i < LINES; i++)
        expect(w, join_from(w, i, "192.0.2.7"), "connection_established");
}

/* ---- bodies ------------------------------------------------------------------------------------- */

static void expect_refusal_unheard(struct world *w, const char *head, const char *status,
                                   const char *words)
{
    struct line *l = dial(w, 0);
    char text[1024];

    (void)str_format(text, sizeof text, "%s HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
                     head);
    say(l, text);
    expect(w, l, status);
    expect(w, l, words);
    expect(w, l, "Connection: close");
}

static void unsigned_bodies_are_not_waited_for(void **state)
{
    struct world *w = *state;

    rig_start(&w->rig);
    expect_refusal_unheard(w, "POST /apps/demo/events", "401 ", "Invalid auth_key");
    expect_refusal_unheard(w, "POST /apps/demo/events?auth_key=demo-key&auth_version=1.0", "401 ",
                           "auth_timestamp");
    expect_refusal_unheard(w,
                           "POST /apps/demo/events?auth_key=demo-key&auth_version=1.0&"
                           "auth_timestamp=1700000000&auth_signature=00",
                           "401 ", "Timestamp expired");
    expect_refusal_unheard(w, "POST /apps/other/events", "404 ", "Unknown application");
    expect_refusal_unheard(w, "POST /apps/demo/nothing", "404 ", "Not found");
    expect_refusal_unheard(w, "POST /pusher/auth", "401 ", "Unauthenticated");
    expect_refusal_unheard(w, "POST /broadcasting/user-auth", "401 ", "Unauthenticated");
    expect_refusal_unheard(w, "POST /api/v1/orders/stop", "401 ", "Unauthenticated");
    expect_refusal_unheard(w, "POST /nowhere", "404 ", "Not Found");
    expect_refusal_unheard(w, "DELETE /pusher/auth", "405 ", "Not Allowed");
    expect_refusal_unheard(w, "GET /up", "200 ", "ok");
}

static void signed_ones_are_taken_if_they_are_what_was_signed(void **state)
{
    struct world *w = *state;

    rig_start(&w->rig);
    struct rig_client *c = rig_connect(&w->rig, 0);
    rig_join(&w->rig, c, "room");
    assert_int_equal(rig_post_signed(&w->rig, "/apps/demo/events",
                                     "{\"name\":\"e\",\"channel\":\"room\",\"data\":\"hello\"}"),
                     200);
    rig_expect(&w->rig, c, "hello");
    assert_int_equal(rig_ask(&w->rig, &(struct rig_ask){"POST",
                                                        "/pusher/auth",
                                                        "socket_id=1.2&channel_name=private-a",
                                                        {"Authorization: Bearer demo-token"}}),
                     200);
}

static int login(void *user, struct str body, struct buf *to)
{
    (void)user;
    (void)body;
    return buf_append(to, STR("{}")) == CT_OK ? 200 : 500;
}

static void a_login_is_short(void **state)
{
    static char body[SERVER_LOGIN_MAX_BYTES + 2];
    struct world *w = *state;

    w->rig.cfg.backend.login = login;
    rig_start(&w->rig);
    memset(body, 'x', SERVER_LOGIN_MAX_BYTES);
    assert_int_equal(rig_ask(&w->rig, &(struct rig_ask){"POST", "/api/v1/token", body, {NULL}}),
                     200);
    memset(body, 'x', SERVER_LOGIN_MAX_BYTES + 1);
    assert_int_equal(rig_ask(&w->rig, &(struct rig_ask){"POST", "/api/v1/token", body, {NULL}}),
                     413);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_clients_behind_a_proxy_are_counted_each_for_itself),
        TEST(addresses_of_one_home_count_as_one),
        TEST(this_machine_is_spared_and_no_stranger_is_believed),
        TEST(unsigned_bodies_are_not_waited_for),
        TEST(signed_ones_are_taken_if_they_are_what_was_signed),
        TEST(a_login_is_short),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
