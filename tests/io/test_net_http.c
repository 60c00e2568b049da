/* The HTTP client and the HTTP half of our server, each against the other and against a scripted
 * peer. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "base/http_head.h"
#include "base/rng.h"
#include "net/http.h"
#include "net/retry.h"
#include "net/server.h"
#include "support/net_peer.h"

enum { LONG_MS = 20000, HELD_MAX = 64 };

struct rig {
    struct net_loop *loop;
    struct net_server *server;
    struct http *http;
    struct peer peer;
    char url[80];
    /* what the server saw */
    int requests, held_max, closed;
    uint32_t held[HELD_MAX];
    size_t held_count;
    bool hold;
    int status; /* answered */
    const char *extra;
    struct buf body;
    char authorization[64], content_type[64], path[64], query[64], method[16];
    /* what the client got */
    int answers;
    int32_t got_status;
    enum net_failure failure;
    struct buf got;
    char text[120];
    struct http_answer last;
    bool destroy_in_answer, send_in_answer;
};

static void on_opened(void *user, uint32_t conn, struct str path, struct str query)
{
    (void)user;
    (void)conn;
    (void)path;
    (void)query;
}
static void on_text(void *user, uint32_t conn, struct str text)
{
    (void)user;
    (void)conn;
    (void)text;
}
static void on_nothing(void *user, uint32_t conn)
{
    (void)user;
    (void)conn;
}
static void on_conn_closed(void *user, uint32_t conn)
{
    ((struct rig *)user)->closed++;
    (void)conn;
}

static void on_request(void *user, uint32_t conn, const struct net_request *r)
{
    struct rig *rig = user;
    rig->requests++;
    str_copy(rig->method, sizeof(rig->method), r->method);
    str_copy(rig->path, sizeof(rig->path), r->path);
    str_copy(rig->query, sizeof(rig->query), r->query);
    str_copy(rig->authorization, sizeof(rig->authorization), r->authorization);
    str_copy(rig->content_type, sizeof(rig->content_type), r->content_type);
    buf_reset(&rig->body);
    assert_int_equal(buf_append(&rig->body, r->body), CT_OK);
    if (rig->hold) {
        assert_true(rig->held_count < HELD_MAX);
        rig->held[rig->held_count++] = conn;
        if ((int)rig->held_count > rig->held_max)
            rig->held_max = (int)rig->held_count;
        return;
    }
    assert_int_equal(net_server_reply(rig->server, conn, rig->status, "application/json",
                                      rig->extra, buf_str(&rig->body)),
                     CT_OK);
}

static const struct net_server_handler handler = {
    on_opened, on_text, on_nothing, on_nothing, on_conn_closed, on_request, NULL};

static void on_peer(void *user, struct peer *p)
{
    (void)user;
    (void)p;
}

static void rig_start(struct rig *r, uint32_t in_flight)
{
    struct fault fault;
    *r = (struct rig){.loop = net_loop_create(), .status = 200};
    const struct net_server_cfg cfg = {0};
    const struct http_cfg http_cfg = {.in_flight_max = in_flight, .user_agent = "test/1"};
    r->server = net_server_create(r->loop, &cfg, &handler, r, &fault);
    r->http = http_create(r->loop, &http_cfg);
    assert_non_null(r->server);
    assert_non_null(r->http);
    buf_init(&r->body, HTTP_BODY_MAX_BYTES);
    buf_init(&r->got, HTTP_BODY_MAX_BYTES);
    peer_open(&r->peer, r->loop, false, on_peer, r);
    str_format(r->url, sizeof(r->url), "http://127.0.0.1:%u/a/b?c=d",
               (unsigned)net_server_port(r->server));
}

static void rig_end(struct rig *r)
{
    http_destroy(r->http);
    net_server_destroy(r->server);
    peer_close(&r->peer);
    buf_clear(&r->body);
    buf_clear(&r->got);
    net_loop_destroy(r->loop);
}

static void on_answer(void *user, const struct http_answer *a)
{
    struct rig *r = user;
    r->answers++;
    r->got_status = a->status;
    r->failure = a->failure;
    r->last = *a;
    str_copy(r->text, sizeof(r->text), str_from(a->text));
    buf_reset(&r->got);
    assert_int_equal(buf_append(&r->got, a->body), CT_OK);
    if (r->destroy_in_answer) {
        http_destroy(r->http);
        r->http = NULL;
    }
    if (r->send_in_answer) {
        const struct http_request request = {.method = "GET", .url = r->url};
        r->send_in_answer = false;
        assert_int_equal(http_send(r->http, &request, on_answer, r, NULL), CT_OK);
    }
}

static bool answered(void *user)
{
    return ((struct rig *)user)->answers > 0;
}
static bool never(void *user)
{
    (void)user;
    return false;
}
static bool conn_closed(void *user)
{
    return ((struct rig *)user)->closed > 0;
}
static bool all_waiting_done(void *user)
{
    return http_waiting(((struct rig *)user)->http) == 0;
}
static bool holds_one(void *user)
{
    return ((struct rig *)user)->held_count > 0;
}
static void send_and_wait(struct rig *r, const struct http_request *request)
{
    r->answers = 0;
    assert_int_equal(http_send(r->http, request, on_answer, r, NULL), CT_OK);
    assert_true(net_loop_run_until(r->loop, answered, r, LONG_MS));
}

static struct http_request get(const struct rig *r)
{
    return (struct http_request){.method = "GET", .url = r->url};
}

/* ---- plain exchanges ---- */

static void a_get_carries_path_query_and_headers(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    struct http_request request = get(&r);
    request.headers[0] = "Authorization: Bearer abc";
    send_and_wait(&r, &request);
    assert_int_equal(r.got_status, 200);
    assert_string_equal(r.method, "GET");
    assert_string_equal(r.path, "/a/b");
    assert_string_equal(r.query, "c=d");
    assert_string_equal(r.authorization, "Bearer abc");
    assert_string_equal(r.text, "HTTP 200");
    assert_int_equal(r.last.tries, 1);
    const int64_t off = r.last.server_unix_ms - net_unix_ms();
    assert_true(off > -2000 && off <= 0); /* from the Date header, whole seconds */
    rig_end(&r);
}

static void this_machine_is_asked_without_a_proxy(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    const struct http_request request = get(&r);
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    send_and_wait(&r, &request);
    unsetenv("http_proxy");
    assert_int_equal(r.got_status, 200);
    rig_end(&r);
}

static void a_post_carries_its_body_and_type(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    struct http_request request = get(&r);
    request.method = "POST";
    request.body = STR("channel_name=private-x&socket_id=1.2");
    request.headers[0] = "Content-Type: application/x-www-form-urlencoded";
    send_and_wait(&r, &request);
    assert_string_equal(r.method, "POST");
    assert_string_equal(r.content_type, "application/x-www-form-urlencoded");
    assert_int_equal(r.body.len, request.body.len);
    assert_memory_equal(r.got.bytes, request.body.ptr, request.body.len);
    request.body = (struct str){NULL, 0};
    send_and_wait(&r, &request);
    assert_int_equal(r.body.len, 0);
    rig_end(&r);
}

static void a_body_of_the_servers_limit_passes_and_a_larger_is_413(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    char *body = calloc(1, NET_SERVER_REQUEST_MAX_BYTES + 1);
    assert_non_null(body);
    struct http_request request = get(&r);
    request.method = "POST";
    request.body = (struct str){body, NET_SERVER_REQUEST_MAX_BYTES};
    request.body_max_bytes = NET_SERVER_REQUEST_MAX_BYTES;
    send_and_wait(&r, &request);
    assert_int_equal(r.got_status, 200);
    assert_int_equal(r.got.len, NET_SERVER_REQUEST_MAX_BYTES);
    request.body.len++;
    send_and_wait(&r, &request);
    assert_int_equal(r.got_status, 413);
    assert_int_equal(r.requests, 1);
    free(body);
    rig_end(&r);
}

static void chunked_bodies_are_read_and_bounded(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    char *body = calloc(1, NET_SERVER_REQUEST_MAX_BYTES + 1);
    assert_non_null(body);
    struct http_request request = get(&r);
    request.method = "POST";
    request.body = (struct str){body, 70000};
    request.body_max_bytes = 100000;
    request.headers[0] = "Transfer-Encoding: chunked"; /* curl chunks it then */
    send_and_wait(&r, &request);
    assert_int_equal(r.got_status, 200);
    assert_int_equal(r.got.len, 70000);
    request.body.len = NET_SERVER_REQUEST_MAX_BYTES + 1;
    send_and_wait(&r, &request);
    assert_int_equal(r.got_status, 413);
    free(body);
    rig_end(&r);
}

static void connections_are_kept_and_requests_bounded_in_flight(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 4);
    r.hold = true;
    const struct http_request request = get(&r);
    for (int i = 0; i < 40; i++)
        assert_int_equal(http_send(r.http, &request, on_answer, &r, NULL), CT_OK);
    assert_int_equal(http_waiting(r.http), 40);
    while (http_waiting(r.http) > 0) {
        assert_true(net_loop_run_until(r.loop, holds_one, &r, LONG_MS));
        assert_false(net_loop_run_until(r.loop, never, NULL, 2));
        while (r.held_count > 0) /* deferred replies, made outside of any callback */
            assert_int_equal(net_server_reply(r.server, r.held[--r.held_count], 200, "text/plain",
                                              NULL, STR("ok")),
                             CT_OK);
        (void)net_loop_run_until(r.loop, holds_one, &r, 20);
    }
    assert_int_equal(r.answers, 40);
    assert_int_equal(r.requests, 40);
    assert_int_equal(r.held_max, 4);
    assert_int_equal(r.closed, 0); /* all over connections that are still there */
    rig_end(&r);
}

static void a_thousand_requests_are_answered_in_a_short_time(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 16);
    const struct http_request request = get(&r);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(http_send(r.http, &request, on_answer, &r, NULL), CT_OK);
    assert_true(net_loop_run_until(r.loop, all_waiting_done, &r, LONG_MS));
    assert_int_equal(r.answers, 1000);
    rig_end(&r);
}

static void an_answer_larger_than_allowed_is_refused(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    struct http_request request = get(&r);
    request.method = "POST";
    request.body = STR("0123456789");
    request.body_max_bytes = 10;
    send_and_wait(&r, &request);
    assert_int_equal(r.got_status, 200);
    request.body_max_bytes = 9;
    request.retries = 5;
    send_and_wait(&r, &request);
    assert_int_equal(r.failure, NET_TOO_LARGE);
    assert_int_equal(r.last.tries, 1);
    rig_end(&r);
}

/* ---- refusals and retries ---- */

static void refusals_are_not_retried_and_not_followed(void **state)
{
    (void)state;
    const int statuses[] = {401, 403, 404, 422, 302};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        struct rig r;
        rig_start(&r, 0);
        r.status = statuses[i];
        r.extra = "Location: http://127.0.0.1:1/";
        struct http_request request = get(&r);
        request.retries = 3;
        send_and_wait(&r, &request);
        assert_int_equal(r.got_status, statuses[i]);
        assert_int_equal(r.requests, 1);
        rig_end(&r);
    }
}

static void overload_is_retried_as_often_as_asked_when_the_server_says(void **state)
{
    (void)state;
    const int statuses[] = {429, 500, 503};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        struct rig r;
        rig_start(&r, 0);
        r.status = statuses[i];
        r.extra = "Retry-After: 0";
        struct http_request request = get(&r);
        request.retries = 3;
        send_and_wait(&r, &request);
        assert_int_equal(r.got_status, statuses[i]);
        assert_int_equal(r.requests, 4);
        assert_int_equal(r.last.tries, 4);
        rig_end(&r);
    }
}

static void without_retry_after_the_first_pause_is_half_a_second_to_one(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    r.status = 503;
    struct http_request request = get(&r);
    request.retries = 1;
    const uint64_t start = net_now_ms(r.loop);
    send_and_wait(&r, &request);
    assert_in_range(net_now_ms(r.loop) - start, 500, 1500);
    assert_int_equal(r.requests, 2);
    rig_end(&r);
}

static void retry_after_and_token_refresh_are_passed_on(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    r.status = 429;
    r.extra = "Retry-After: 90";
    const struct http_request request = get(&r);
    send_and_wait(&r, &request);
    assert_int_equal(r.last.retry_after_ms, 90000);
    assert_false(r.last.token_refresh_required);
    r.status = 200;
    r.extra = "Token-Refresh-Required: 1";
    send_and_wait(&r, &request);
    assert_true(r.last.token_refresh_required);
    assert_int_equal(r.last.retry_after_ms, 0);
    rig_end(&r);
}

static void nobody_listening_is_refused_by_name_and_host(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    char url[64];
    str_format(url, sizeof(url), "http://127.0.0.1:%u/secret?key=1", (unsigned)peer_free_port());
    const struct http_request request = {.method = "GET", .url = url};
    send_and_wait(&r, &request);
    assert_int_equal(r.got_status, 0);
    assert_int_equal(r.failure, NET_REFUSED);
    assert_string_equal(r.text, "127.0.0.1: connection refused");
    rig_end(&r);
}

static void silence_is_a_timeout(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    char url[64];
    str_format(url, sizeof(url), "http://127.0.0.1:%u/", (unsigned)r.peer.port);
    const struct http_request request = {.method = "GET", .url = url, .timeout_ms = 100};
    send_and_wait(&r, &request);
    assert_int_equal(r.failure, NET_TIMEOUT);
    assert_in_range(r.last.took_ms, 90, 2000);
    rig_end(&r);
}

static void other_schemes_are_never_spoken(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    const struct http_request request = {.method = "GET", .url = "file:///etc/hostname"};
    send_and_wait(&r, &request);
    assert_int_equal(r.got_status, 0);
    assert_int_equal(r.failure, NET_PROTOCOL);
    rig_end(&r);
}

static void a_header_with_a_line_break_is_refused(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    struct http_request request = get(&r);
    request.headers[0] = "X: 1\r\nY: 2";
    assert_int_equal(http_send(r.http, &request, on_answer, &r, NULL), CT_ERR_SYNTAX);
    assert_int_equal(http_waiting(r.http), 0);
    rig_end(&r);
}

/* ---- life and death ---- */

static void a_cancelled_request_is_not_answered(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 1);
    r.hold = true;
    uint64_t first = 0, second = 0;
    const struct http_request request = get(&r);
    assert_int_equal(http_send(r.http, &request, on_answer, &r, &first), CT_OK);
    assert_int_equal(http_send(r.http, &request, on_answer, &r, &second), CT_OK);
    assert_true(net_loop_run_until(r.loop, holds_one, &r, LONG_MS));
    http_cancel(r.http, second); /* queued */
    http_cancel(r.http, first);  /* running */
    http_cancel(r.http, first);  /* an old number hits nobody */
    assert_int_equal(http_waiting(r.http), 0);
    assert_true(net_loop_run_until(r.loop, conn_closed, &r, LONG_MS)); /* it was given up */
    assert_int_equal(r.answers, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(http_send(r.http, &request, on_answer, &r, NULL), CT_OK);
    http_cancel_all_of(r.http, &r);
    assert_int_equal(http_waiting(r.http), 0);
    rig_end(&r);
}

static void the_client_may_be_destroyed_inside_an_answer(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    r.destroy_in_answer = true;
    const struct http_request request = get(&r);
    for (int i = 0; i < 5; i++)
        assert_int_equal(http_send(r.http, &request, on_answer, &r, NULL), CT_OK);
    assert_true(net_loop_run_until(r.loop, answered, &r, LONG_MS));
    assert_false(net_loop_run_until(r.loop, never, NULL, 30));
    assert_int_equal(r.answers, 1);
    rig_end(&r);
}

static void a_request_may_be_sent_inside_an_answer(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 1);
    r.send_in_answer = true;
    const struct http_request request = get(&r);
    assert_int_equal(http_send(r.http, &request, on_answer, &r, NULL), CT_OK);
    assert_int_equal(r.answers, 0); /* never from inside the call */
    assert_true(net_loop_run_until(r.loop, all_waiting_done, &r, LONG_MS));
    assert_int_equal(r.answers, 2);
    rig_end(&r);
}

static void the_queue_is_bounded(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 1);
    const struct http_request request = get(&r);
    for (int i = 0; i < HTTP_QUEUE_MAX; i++)
        assert_int_equal(http_send(r.http, &request, on_answer, &r, NULL), CT_OK);
    assert_int_equal(http_send(r.http, &request, on_answer, &r, NULL), CT_ERR_LIMIT);
    rig_end(&r);
}

/* ---- the server by hand ---- */

/* One plain connection to the server: says bytes, gives what came until the server closed. */
struct line {
    struct rig *rig;
    int fd;
    struct net_watch *watch;
    struct buf heard;
    bool over;
};

static void on_line(void *user, int ready)
{
    struct line *l = user;
    char bytes[4096];
    (void)ready;
    const ssize_t n = recv(l->fd, bytes, sizeof(bytes), 0);
    if (n > 0)
        assert_int_equal(buf_append(&l->heard, (struct str){bytes, (size_t)n}), CT_OK);
    else
        l->over = true;
}

static bool line_over(void *user)
{
    return ((struct line *)user)->over;
}

/* More than the sockets hold leaves only while the server reads. */
static void send_all(const struct rig *r, int fd, const char *bytes, size_t len)
{
    const uint64_t from_ms = net_now_ms(r->loop);
    while (len > 0) {
        const ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        assert_true(n > 0 || errno == EAGAIN);
        assert_true(net_now_ms(r->loop) - from_ms < LONG_MS);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else {
            net_loop_run_until(r->loop, never, NULL, 1);
        }
    }
}

/* The text is the caller's to free. */
static char *ask_server(struct rig *r, const char *bytes, size_t len)
{
    struct line l = {.rig = r, .fd = socket(AF_INET, SOCK_STREAM, 0)};
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons(net_server_port(r->server)),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    buf_init(&l.heard, 1024 * 1024);
    assert_int_equal(connect(l.fd, (struct sockaddr *)&a, sizeof(a)), 0);
    send_all(r, l.fd, bytes, len);
    l.watch = net_watch_create(r->loop, l.fd, NET_READABLE, on_line, &l);
    assert_true(net_loop_run_until(r->loop, line_over, &l, LONG_MS));
    net_watch_destroy(l.watch);
    close(l.fd);
    assert_non_null(buf_cstr(&l.heard));
    void *text = l.heard.bytes;
    return text;
}

static void a_broken_request_is_answered_400_and_closed(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    const char *const requests[] = {
        "GET / HTTP/2.0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nBad Header: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n folded: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: x\nContent-Length: 1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "00000000000000000000001\r\nx\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET nothing HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /app/k HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Content-Length: 4\r\n\r\nbody",
        "\x16\x03\x01",
    };
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        char *answer = ask_server(&r, requests[i], strlen(requests[i]));
        assert_memory_equal(answer, "HTTP/1.1 400 ", 13);
        free(answer);
    }
    assert_int_equal(r.requests, 0);
    rig_end(&r);
}

static void requests_in_one_packet_are_answered_in_order(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    const char two[] = "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
                       "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "3;x=y\r\ntwo\r\n0\r\nTrailer: x\r\n\r\n"
                       "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    char *answer = ask_server(&r, two, sizeof(two) - 1);
    const char *one = strstr(answer, "\r\n\r\none");
    assert_non_null(one);
    assert_non_null(strstr(one, "\r\n\r\ntwo"));
    assert_int_equal(r.requests, 3);
    free(answer);
    rig_end(&r);
}

static void http_1_0_and_connection_close_end_the_connection(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    const char old[] = "GET / HTTP/1.0\r\n\r\n";
    char *answer = ask_server(&r, old, sizeof(old) - 1);
    assert_memory_equal(answer, "HTTP/1.1 200 ", 13);
    assert_non_null(strstr(answer, "Connection: close\r\n"));
    free(answer);
    rig_end(&r);
}

static void an_endless_head_is_431(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    char *head = malloc(HTTP_HEAD_MAX_BYTES * 2);
    assert_non_null(head);
    memset(head, 'a', HTTP_HEAD_MAX_BYTES * 2);
    memcpy(head, "GET / HTTP/1.1\r\nX: ", 19);
    char *answer = ask_server(&r, head, HTTP_HEAD_MAX_BYTES * 2);
    assert_memory_equal(answer, "HTTP/1.1 431 ", 13);
    free(answer);
    free(head);
    rig_end(&r);
}

/* Each costs as little as any other byte; to move what follows for each would take seconds. */
static void many_empty_lines_before_a_request_cost_little(void **state)
{
    enum { BYTES = 16 * 1024 * 1024 };
    static const char request[] = "GET / HTTP/1.0\r\n\r\n";
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    char *flood = malloc(BYTES + sizeof(request) - 1);
    assert_non_null(flood);
    for (size_t i = 0; i < BYTES; i += 2)
        memcpy(flood + i, "\r\n", 2);
    memcpy(flood + BYTES, request, sizeof(request) - 1);
    const clock_t from = clock();
    char *answer = ask_server(&r, flood, BYTES + sizeof(request) - 1);
    assert_true(clock() - from < CLOCKS_PER_SEC);
    assert_memory_equal(answer, "HTTP/1.1 200 ", 13);
    free(answer);
    free(flood);
    rig_end(&r);
}

static void an_upgrade_that_breaks_the_rules_is_426(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    const char bad[] =
        "GET /app/x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "\r\n";
    char *answer = ask_server(&r, bad, sizeof(bad) - 1);
    assert_memory_equal(answer, "HTTP/1.1 426 ", 13);
    assert_non_null(strstr(answer, "Sec-WebSocket-Version: 13\r\n"));
    free(answer);
    rig_end(&r);
}

static void while_refusing_nobody_gets_an_answer(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    net_server_accept(r.server, NET_REFUSE);
    const struct http_request request = get(&r);
    send_and_wait(&r, &request);
    assert_int_equal(r.got_status, 0);
    assert_int_equal(r.failure, NET_CLOSED);
    net_server_accept(r.server, NET_ACCEPT);
    send_and_wait(&r, &request);
    assert_int_equal(r.got_status, 200);
    rig_end(&r);
}

static void a_taken_port_is_a_fault_with_its_reason(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r, 0);
    struct fault fault = {0};
    struct net_server_cfg cfg = {.port = net_server_port(r.server)};
    assert_null(net_server_create(r.loop, &cfg, &handler, &r, &fault));
    assert_int_equal(fault.err, CT_ERR_NET);
    assert_non_null(strstr(fault.text, "in use"));
    cfg = (struct net_server_cfg){.bind_address = "::1"};
    struct net_server *six = net_server_create(r.loop, &cfg, &handler, &r, &fault);
    assert_non_null(six);
    assert_int_not_equal(net_server_port(six), 0);
    net_server_destroy(six);
    rig_end(&r);
}

/* ---- helpers without a socket ---- */

static void a_form_escapes_everything_but_the_unreserved(void **state)
{
    (void)state;
    struct buf form;
    buf_init(&form, 1024);
    assert_int_equal(http_form_add(&form, STR("channel_name"), STR("private-a.b~c_d")), CT_OK);
    assert_int_equal(http_form_add(&form, STR("x y"), STR("&=%\xc3\xa9+")), CT_OK);
    const char wanted[] = "channel_name=private-a.b~c_d&x%20y=%26%3D%25%C3%A9%2B";
    assert_int_equal(form.len, sizeof(wanted) - 1);
    assert_memory_equal(form.bytes, wanted, form.len);
    buf_clear(&form);
}

static void retry_after_is_seconds_or_a_date(void **state)
{
    (void)state;
    const int64_t now = INT64_C(784111777000); /* Sun, 06 Nov 1994 08:49:37 GMT */
    uint64_t ms = 1;
    assert_true(retry_after_parse(STR(" 120 "), now, &ms));
    assert_int_equal(ms, 120000);
    assert_true(retry_after_parse(STR("Sun, 06 Nov 1994 08:49:47 GMT"), now, &ms));
    assert_int_equal(ms, 10000);
    assert_true(retry_after_parse(STR("Sun, 06 Nov 1994 08:49:00 GMT"), now, &ms));
    assert_int_equal(ms, 0);
    assert_true(retry_after_parse(STR("99999999999999999999"), now, &ms));
    assert_int_equal(ms, 24 * 60 * 60 * 1000);
    assert_false(retry_after_parse(STR("soon"), now, &ms));
    assert_false(retry_after_parse(STR(""), now, &ms));
}

static void pauses_double_to_a_minute_and_keep_at_least_half(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 1);
    for (uint32_t tries = 1; tries < 40; tries++) {
        const uint64_t full = tries > 6 ? 60000 : (uint64_t)1000 << (tries - 1);
        for (int i = 0; i < 50; i++)
            assert_in_range(retry_delay_ms(tries, &rng), full / 2, full);
    }
}

int main(void)
{
    const char *const variables[] = {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"};
    for (size_t i = 0; i < COUNT_OF(variables); i++)
        unsetenv(variables[i]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_get_carries_path_query_and_headers),
        cmocka_unit_test(this_machine_is_asked_without_a_proxy),
        cmocka_unit_test(a_post_carries_its_body_and_type),
        cmocka_unit_test(a_body_of_the_servers_limit_passes_and_a_larger_is_413),
        cmocka_unit_test(chunked_bodies_are_read_and_bounded),
        cmocka_unit_test(connections_are_kept_and_requests_bounded_in_flight),
        cmocka_unit_test(a_thousand_requests_are_answered_in_a_short_time),
        cmocka_unit_test(an_answer_larger_than_allowed_is_refused),
        cmocka_unit_test(refusals_are_not_retried_and_not_followed),
        cmocka_unit_test(overload_is_retried_as_often_as_asked_when_the_server_says),
        cmocka_unit_test(without_retry_after_the_first_pause_is_half_a_second_to_one),
        cmocka_unit_test(retry_after_and_token_refresh_are_passed_on),
        cmocka_unit_test(nobody_listening_is_refused_by_name_and_host),
        cmocka_unit_test(silence_is_a_timeout),
        cmocka_unit_test(other_schemes_are_never_spoken),
        cmocka_unit_test(a_header_with_a_line_break_is_refused),
        cmocka_unit_test(a_cancelled_request_is_not_answered),
        cmocka_unit_test(the_client_may_be_destroyed_inside_an_answer),
        cmocka_unit_test(a_request_may_be_sent_inside_an_answer),
        cmocka_unit_test(the_queue_is_bounded),
        cmocka_unit_test(a_broken_request_is_answered_400_and_closed),
        cmocka_unit_test(requests_in_one_packet_are_answered_in_order),
        cmocka_unit_test(http_1_0_and_connection_close_end_the_connection),
        cmocka_unit_test(an_endless_head_is_431),
        cmocka_unit_test(many_empty_lines_before_a_request_cost_little),
        cmocka_unit_test(an_upgrade_that_breaks_the_rules_is_426),
        cmocka_unit_test(while_refusing_nobody_gets_an_answer),
        cmocka_unit_test(a_taken_port_is_a_fault_with_its_reason),
        cmocka_unit_test(a_form_escapes_everything_but_the_unreserved),
        cmocka_unit_test(retry_after_is_seconds_or_a_date),
        cmocka_unit_test(pauses_double_to_a_minute_and_keep_at_least_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
