/* What a server takes from whom: bodies before their sender is known, heads that never end, too many
 * connections of one address, and clients behind a proxy. */
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

#include "base/buf.h"
#include "base/http_head.h"
#include "net/address.h"
#include "net/crowd.h"
#include "net/server.h"

enum { WAIT_MS = 10000, LINES = 4, QUICK_MS = 150 };

struct line {
    struct rig *rig;
    int fd;
    struct net_watch *watch;
    struct buf heard;
    bool over;
};

struct rig {
    struct net_loop *loop;
    struct net_server *server;
    struct net_server_cfg cfg;
    struct line line[LINES];
    int requests, asked, opened, closed;
    bool admits;
    size_t body_len;
    uint64_t said_bytes;
    char peer[NET_SERVER_PEER_CAP];
};

static void on_opened(void *user, uint32_t conn, struct str path, struct str query)
{
    struct rig *r = user;
    (void)path, (void)query;
    r->opened++;
    str_copy(r->peer, sizeof r->peer, str_from(net_server_peer(r->server, conn)));
}

static void on_message(void *user, uint32_t conn, struct str text)
{
    (void)user, (void)conn, (void)text;
}

static void on_other(void *user, uint32_t conn)
{
    (void)user, (void)conn;
}

static void on_closed(void *user, uint32_t conn)
{
    (void)conn;
    ((struct rig *)user)->closed++;
}

static void on_request(void *user, uint32_t conn, const struct net_request *request)
{
    struct rig *r = user;
    r->requests++;
    r->body_len = request->body.len;
    str_copy(r->peer, sizeof r->peer, str_from(request->peer));
    assert_int_equal(net_server_reply(r->server, conn, 200, "text/plain", NULL, STR("taken")),
                     CT_OK);
}

static bool on_admit(void *user, uint32_t conn, const struct net_request *request)
{
    struct rig *r = user;
    r->asked++;
    assert_true(request->body_to_come);
    assert_int_equal(request->body.len, 0);
    r->said_bytes = request->body_bytes;
    if (!r->admits)
        assert_int_equal(net_server_reply(r->server, conn, 401, "text/plain", NULL, STR("who?")),
                         CT_OK);
    return r->admits;
}

static const struct net_server_handler handler = {on_opened, on_message, on_other, on_other,
                                                  on_closed, on_request, on_admit};

static int set_up(void **state)
{
    struct rig *r = calloc(1, sizeof *r);
    r->loop = net_loop_create();
    r->admits = true;
    *state = r;
    return 0;
}

static void start(struct rig *r)
{
    struct fault fault = {.err = CT_OK};
    r->server = net_server_create(r->loop, &r->cfg, &handler, r, &fault);
    assert_non_null(r->server);
}

static int tear_down(void **state)
{
    struct rig *r = *state;
    for (size_t i = 0; i < LINES; i++) {
        net_watch_destroy(r->line[i].watch);
        if (r->line[i].rig)
            close(r->line[i].fd);
        buf_clear(&r->line[i].heard);
    }
    net_server_destroy(r->server);
    net_loop_destroy(r->loop);
    free(r);
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

static struct line *dial(struct rig *r, size_t i)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons(net_server_port(r->server)),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct line *l = &r->line[i];
    l->rig = r;
    l->over = false;
    buf_init(&l->heard, 1 << 20);
    l->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(l->fd, (struct sockaddr *)&a, sizeof a), 0);
    l->watch = net_watch_create(r->loop, l->fd, NET_READABLE, on_line, l);
    assert_non_null(l->watch);
    return l;
}

static void say(struct line *l, const char *text)
{
    assert_int_equal(send(l->fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static bool is_over(void *user)
{
    return ((struct line *)user)->over;
}

static bool has_answer(void *user)
{
    const struct line *l = user;
    return str_find(buf_str(&l->heard), STR("\r\n\r\n")) < l->heard.len;
}

static bool never(void *user)
{
    (void)user;
    return false;
}

static void expect_status(struct line *l, const char *status)
{
    char want[32];
    assert_true(net_loop_run_until(l->rig->loop, has_answer, l, WAIT_MS));
    str_format(want, sizeof want, "HTTP/1.1 %s ", status);
    if (!str_starts(buf_str(&l->heard), str_from(want)))
        fail_msg("%.*s", (int)l->heard.len, (const char *)l->heard.bytes);
}

static void expect_end(struct line *l)
{
    assert_true(net_loop_run_until(l->rig->loop, is_over, l, WAIT_MS));
}

/* ---- bodies ------------------------------------------------------------------------------- */

static void a_sender_that_is_refused_by_its_head_sends_no_body(void **state)
{
    struct rig *r = *state;
    start(r);
    r->admits = false;
    struct line *l = dial(r, 0);
    say(l, "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100000\r\n\r\n");
    expect_status(l, "401"); /* and no 100 before it */
    expect_end(l);
    assert_int_equal(r->requests, 0);
    assert_int_equal(r->said_bytes, 100000);
}

static void one_that_sends_on_all_the_same_still_gets_its_answer(void **state)
{
    static char junk[60001];
    struct rig *r = *state;
    start(r);
    r->admits = false;
    struct line *l = dial(r, 0);
    say(l, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n");
    memset(junk, 'x', sizeof junk - 1);
    say(l, junk);
    expect_status(l, "401");
    expect_end(l);
    assert_int_equal(r->asked, 1); /* the body was not read as a second request */
}

static void an_admitted_body_is_taken_whole_and_the_connection_kept(void **state)
{
    struct rig *r = *state;
    start(r);
    struct line *l = dial(r, 0);
    say(l, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
    assert_false(net_loop_run_until(r->loop, never, NULL, 20));
    say(l, "llo");
    expect_status(l, "200");
    assert_int_equal(r->body_len, 5);
    buf_reset(&l->heard);
    say(l, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    expect_status(l, "200");
    assert_int_equal(r->body_len, 3);
    assert_int_equal(r->said_bytes, 0);
    buf_reset(&l->heard);
    say(l, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect_status(l, "200");
    assert_int_equal(r->asked, 2); /* without a body there is nothing to admit */
}

static void all_bodies_together_are_bounded(void **state)
{
    struct rig *r = *state;
    r->cfg.bodies_max_bytes = 1000;
    start(r);
    struct line *a = dial(r, 0), *b = dial(r, 1), *c = dial(r, 2);
    say(a, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nhe");
    assert_false(net_loop_run_until(r->loop, never, NULL, 20));
    say(b, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n");
    expect_status(b, "503");
    assert_true(str_find(buf_str(&b->heard), STR("Retry-After: 1")) < b->heard.len);
    say(c, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n32\r\n");
    say(c, "01234567890123456789012345678901234567890123456789\r\n41\r\n");
    assert_false(net_loop_run_until(r->loop, never, NULL, 20));
    assert_int_equal(c->heard.len, 0);
    say(c, "01234567890123456789012345678901234567890123456789012345678901234\r\n");
    expect_status(c, "503");
    close(a->fd); /* what it held is free again */
    a->rig = NULL;
    net_watch_destroy(a->watch);
    a->watch = NULL;
    assert_false(net_loop_run_until(r->loop, never, NULL, 20));
    struct line *d = dial(r, 3);
    say(d, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    expect_status(d, "200");
    buf_reset(&d->heard);
    say(d, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"); /* nor of its own */
    assert_false(net_loop_run_until(r->loop, never, NULL, 20));
    assert_int_equal(d->heard.len, 0);
}

/* ---- time --------------------------------------------------------------------------------- */

static void a_head_that_comes_byte_by_byte_is_ended_with_408(void **state)
{
    struct rig *r = *state;
    struct net_server_counts counts;
    r->cfg.head_timeout_ms = QUICK_MS;
    start(r);
    struct line *l = dial(r, 0);
    for (int i = 0; i < WAIT_MS / 20 && !has_answer(l); i++) {
        (void)send(l->fd, i == 0 ? "GET / HTTP/1.1\r\nX: " : "x", i == 0 ? 19 : 1, MSG_NOSIGNAL);
        (void)net_loop_run_until(r->loop, has_answer, l, 20);
    }
    expect_status(l, "408");
    expect_end(l);
    net_server_counts(r->server, &counts);
    assert_int_equal(counts.late, 1);
    assert_int_equal(counts.open, 0);
}

static void empty_lines_win_no_time(void **state)
{
    struct rig *r = *state;
    r->cfg.head_timeout_ms = QUICK_MS;
    start(r);
    struct line *l = dial(r, 0);
    for (int i = 0; i < WAIT_MS / 20 && !l->over; i++) {
        (void)send(l->fd, "\r\n", 2, MSG_NOSIGNAL);
        (void)net_loop_run_until(r->loop, is_over, l, 20);
    }
    assert_true(l->over);
}

static void who_says_nothing_at_all_is_let_go_without_a_word(void **state)
{
    struct rig *r = *state;
    r->cfg.head_timeout_ms = QUICK_MS;
    start(r);
    struct line *l = dial(r, 0);
    expect_end(l);
    assert_int_equal(l->heard.len, 0);
}

static void a_body_that_does_not_come_is_ended_with_408(void **state)
{
    struct rig *r = *state;
    r->cfg.body_timeout_ms = QUICK_MS;
    start(r);
    struct line *l = dial(r, 0);
    say(l, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n");
    for (int i = 0; i < WAIT_MS / 20 && !has_answer(l); i++) {
        (void)send(l->fd, "x", 1, MSG_NOSIGNAL);
        (void)net_loop_run_until(r->loop, has_answer, l, 20);
    }
    expect_status(l, "408");
    expect_end(l);
    assert_int_equal(r->requests, 0);
}

static void between_two_requests_there_is_more_time(void **state)
{
    struct rig *r = *state;
    r->cfg.head_timeout_ms = QUICK_MS;
    start(r);
    struct line *l = dial(r, 0);
    say(l, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect_status(l, "200");
    assert_false(net_loop_run_until(r->loop, is_over, l, QUICK_MS * 2));
    buf_reset(&l->heard);
    say(l, "GET / HTT");
    expect_status(l, "408"); /* which ends with its first byte */
}

/* ---- addresses ---------------------------------------------------------------------------- */

static void an_address_has_no_more_connections_than_it_may(void **state)
{
    struct rig *r = *state;
    struct net_server_counts counts;
    r->cfg.per_address_max = 2;
    start(r);
    struct line *a = dial(r, 0), *b = dial(r, 1), *c = dial(r, 2);
    expect_end(c);
    assert_int_equal(c->heard.len, 0);
    say(a, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    say(b, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect_status(a, "200");
    expect_status(b, "200");
    expect_end(a);
    close(a->fd);
    a->rig = NULL;
    assert_false(net_loop_run_until(r->loop, never, NULL, 20));
    struct line *d = dial(r, 3);
    say(d, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect_status(d, "200");
    net_server_counts(r->server, &counts);
    assert_int_equal(counts.crowded, 1);
}

static void this_machine_is_spared_if_so_said_and_so_are_trusted_proxies(void **state)
{
    static const char *const trusted[] = {"127.0.0.0/8"};
    struct rig *r = *state;
    r->cfg.per_address_max = 1;
    r->cfg.spare_loopback = true;
    start(r);
    struct line *a = dial(r, 0), *b = dial(r, 1);
    say(a, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    say(b, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect_status(a, "200");
    expect_status(b, "200");
    net_server_destroy(r->server);
    r->cfg.spare_loopback = false;
    r->cfg.trusted = trusted;
    r->cfg.trusted_count = 1;
    start(r);
    struct line *c = dial(r, 2), *d = dial(r, 3);
    say(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    say(d, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect_status(c, "200");
    expect_status(d, "200");
}

static void expect_peer(struct rig *r, struct line *l, const char *headers, const char *peer)
{
    char text[512];
    str_format(text, sizeof text, "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n", headers);
    buf_reset(&l->heard);
    say(l, text);
    expect_status(l, "200");
    assert_string_equal(r->peer, peer);
}

static void what_a_stranger_says_of_its_address_is_not_believed(void **state)
{
    static const char *const trusted[] = {"10.0.0.0/8"};
    struct rig *r = *state;
    r->cfg.trusted = trusted;
    r->cfg.trusted_count = 1;
    start(r);
    expect_peer(r, dial(r, 0), "X-Forwarded-For: 192.0.2.7\r\n", "127.0.0.1");
}

static void the_client_is_who_a_trusted_proxy_says(void **state)
{
    static const char *const trusted[] = {"127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"};
    struct rig *r = *state;
    r->cfg.trusted = trusted;
    r->cfg.trusted_count = 3;
    start(r);
    struct line *l = dial(r, 0);
    expect_peer(r, l, "X-Forwarded-For: 192.0.2.7\r\n", "192.0.2.7");
    expect_peer(r, l, "", "127.0.0.1"); /* each request has its own */
    expect_peer(r, l, "X-Forwarded-For: 1.1.1.1, 192.0.2.7, 10.3.2.1\r\n", "192.0.2.7");
    expect_peer(r, l, "X-Forwarded-For: 192.0.2.7\r\nx-forwarded-for: 10.3.2.1\r\n", "192.0.2.7");
    expect_peer(r, l, "X-Forwarded-For: 10.3.2.1\r\nX-Forwarded-For: 192.0.2.7\r\n", "192.0.2.7");
    expect_peer(r, l, "X-Forwarded-For: 192.0.2.7:4711\r\n", "192.0.2.7");
    expect_peer(r, l, "X-Forwarded-For: [2001:db8::5]:4711\r\n", "2001:db8::5");
    expect_peer(r, l, "X-Forwarded-For: 2001:db8::5, 2001:db8:1::9\r\n", "2001:db8::5");
    expect_peer(r, l, "X-Forwarded-For: 192.0.2.7, unknown\r\n", "127.0.0.1");
    expect_peer(r, l, "X-Forwarded-For: 10.0.0.0/8\r\n", "127.0.0.1");
    expect_peer(r, l, "X-Forwarded-For: ,\r\n", "127.0.0.1");
    expect_peer(r, l, "X-Forwarded-For: 10.1.1.1\r\n", "10.1.1.1"); /* proxies all the way */
}

static void a_proxy_that_is_no_address_is_a_mistake(void **state)
{
    static const char *const trusted[] = {"proxy.example"};
    const struct net_server_cfg cfg = {.trusted = trusted, .trusted_count = 1};
    struct rig *r = *state;
    struct fault fault = {.err = CT_OK};
    assert_null(net_server_create(r->loop, &cfg, &handler, r, &fault));
    assert_int_equal(fault.err, CT_ERR_SYNTAX);
    assert_non_null(strstr(fault.text, "proxy.example"));
}

static bool within(const char *block, const char *address)
{
    struct net_block b;
    assert_true(net_block_parse(str_from(block), &b));
    return net_block_has(&b, address);
}

static void blocks_of_addresses_end_at_their_bits(void **state)
{
    static const char *const wrong[] = {"",          "x",           "10.0.0.0/33", "10.0.0.0/-1",
                                        "10.0.0.0/", "::1/129",     "10.0.0",      "10.0.0.0/8/8",
                                        "/8",        "localhost/8", "10.0.0.0/8 "};
    struct net_block b;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (net_block_parse(str_from(wrong[i]), &b))
            fail_msg("'%s' was taken", wrong[i]);
    assert_true(within("192.0.2.7", "192.0.2.7"));
    assert_false(within("192.0.2.7", "192.0.2.6"));
    assert_true(within("192.0.2.7", "::ffff:192.0.2.7"));
    assert_true(within("10.128.0.0/9", "10.255.0.1"));
    assert_false(within("10.128.0.0/9", "10.127.255.255"));
    assert_true(within("0.0.0.0/0", "8.8.8.8"));
    assert_false(within("0.0.0.0/0", "2001:db8::1"));
    assert_true(within("::/0", "8.8.8.8"));
    assert_true(within("2001:db8::/33", "2001:db8:7fff::1"));
    assert_false(within("2001:db8::/33", "2001:db8:8000::1"));
    assert_false(within("::/0", "nobody"));
    assert_true(net_address_is_loopback("127.8.8.8"));
    assert_true(net_address_is_loopback("::1"));
    assert_true(net_address_is_loopback("::ffff:127.0.0.1"));
    assert_false(net_address_is_loopback("128.0.0.1"));
    assert_false(net_address_is_loopback("localhost"));
}

static void a_crowd_counts_each_asker_for_itself(void **state)
{
    struct crowd *c = crowd_create(2);
    (void)state;
    assert_non_null(c);
    assert_true(crowd_enter(c, 1));
    assert_true(crowd_enter(c, 1));
    assert_false(crowd_enter(c, 1));
    assert_true(crowd_enter(c, 2));
    crowd_leave(c, 1);
    assert_true(crowd_enter(c, 1));
    crowd_set_max(c, 1);
    crowd_leave(c, 1);
    assert_false(crowd_enter(c, 1)); /* one is there still */
    crowd_leave(c, 1);
    assert_true(crowd_enter(c, 1));
    crowd_leave(c, 7); /* nobody */
    crowd_destroy(c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sender_that_is_refused_by_its_head_sends_no_body),
        TEST(one_that_sends_on_all_the_same_still_gets_its_answer),
        TEST(an_admitted_body_is_taken_whole_and_the_connection_kept),
        TEST(all_bodies_together_are_bounded),
        TEST(a_head_that_comes_byte_by_byte_is_ended_with_408),
        TEST(empty_lines_win_no_time),
        TEST(who_says_nothing_at_all_is_let_go_without_a_word),
        TEST(a_body_that_does_not_come_is_ended_with_408),
        TEST(between_two_requests_there_is_more_time),
        TEST(an_address_has_no_more_connections_than_it_may),
        TEST(this_machine_is_spared_if_so_said_and_so_are_trusted_proxies),
        TEST(what_a_stranger_says_of_its_address_is_not_believed),
        TEST(the_client_is_who_a_trusted_proxy_says),
        TEST(a_proxy_that_is_no_address_is_a_mistake),
        cmocka_unit_test(blocks_of_addresses_end_at_their_bits),
        cmocka_unit_test(a_crowd_counts_each_asker_for_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
