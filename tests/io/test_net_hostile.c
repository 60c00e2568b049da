/* What a hostile or broken peer can send, and what months of failing dials leave behind: bytes at
 * random and good conversations spoiled, whole and byte by byte, by fixed seeds, to both ends. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "base/http_head.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/ws_frame.h"
#include "net/server.h"
#include "net/ws.h"
#include "net/ws_upgrade.h"
#include "support/net_peer.h"

enum {
    LONG_MS = 10000,
    DIALS = 2000,
    CONNECTIONS = 2000,
    BATCH = 400,
    CASES = 120,
    SLOW_CASES = 25
};

#define KEY "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define UPGRADE \
    "GET /app/k HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" KEY "\r\n"

static size_t open_descriptors(void)
{
    size_t count = 0;
    DIR *d = opendir("/proc/self/fd");
    assert_non_null(d);
    while (readdir(d))
        count++;
    closedir(d);
    return count - 3; /* ".", ".." and d itself */
}

/* ---- spoiling ---- */

static void spoil_once(struct buf *b, struct rng *rng)
{
    static const unsigned char nasty[] = {0,    0x7f, 0x80, 0xff, '\r', '\n', ' ', ':',
                                          0x81, 0x88, 0x89, 0x7e, 0xfe, '0',  '%', 0xc0};
    if (b->len == 0)
        return;
    const size_t at = (size_t)rng_below(rng, b->len);
    switch (rng_below(rng, 5)) {
    case 0:
        b->bytes[at] ^= (unsigned char)(1U << rng_below(rng, 8));
        break;
    case 1:
        b->bytes[at] = nasty[rng_below(rng, sizeof(nasty))];
        break;
    case 2:
        b->len = at; /* cut off */
        break;
    case 3: { /* some bytes fall out */
        const size_t gone = 1 + (size_t)rng_below(rng, b->len - at);
        memmove(b->bytes + at, b->bytes + at + gone, b->len - at - gone);
        b->len -= gone;
        break;
    }
    default: { /* the rest comes twice */
        struct buf again;
        buf_init(&again, b->limit);
        assert_int_equal(buf_append(&again, buf_str(b)), CT_OK);
        const void *from = again.bytes + at;
        (void)buf_append(b, (struct str){from, again.len - at});
        buf_clear(&again);
        break;
    }
    }
}

static void spoil(struct buf *b, struct rng *rng)
{
    for (uint64_t n = 1 + rng_below(rng, 4); n > 0; n--)
        spoil_once(b, rng);
}

static void add_noise(struct buf *b, struct rng *rng, size_t len)
{
    while (len-- > 0)
        assert_int_equal(buf_append_char(b, (char)rng_below(rng, 256)), CT_OK);
}

static void add_frames(struct buf *b, struct rng *rng, bool masked)
{
    static const enum ws_opcode ops[] = {WS_OP_TEXT, WS_OP_PING, WS_OP_BINARY,
                                         WS_OP_TEXT, WS_OP_PONG, WS_OP_CLOSE};
    for (size_t i = 0; i < COUNT_OF(ops); i++) {
        const uint8_t mask[4] = {(uint8_t)rng_below(rng, 256), 2, 3, 4};
        const bool close = ops[i] == WS_OP_CLOSE;
        const struct str payload = close ? STR("\x03\xe8 bye") : STR("{\"a\":\"\xc3\xa9\"}");
        assert_int_equal(ws_frame_append(b, ops[i], payload, masked ? mask : NULL), CT_OK);
    }
}

/* ---- a server and a raw client of it ---- */

struct rig {
    struct net_loop *loop;
    struct net_server *server;
    size_t opened, closed, requests, messages;
    uint32_t live[CONNECTIONS]; /* numbers told and not yet taken back */
    size_t live_count;
    int fd;
    struct net_watch *watch;
    struct net_timer *teller;
    struct buf to_say;
    size_t said;
    bool slowly, over;
};

static void note(struct rig *r, uint32_t conn)
{
    for (size_t i = 0; i < r->live_count; i++)
        if (r->live[i] == conn)
            return;
    assert_true(r->live_count < CONNECTIONS);
    r->live[r->live_count++] = conn;
}

static void s_opened(void *user, uint32_t conn, struct str path, struct str query)
{
    struct rig *r = user;
    (void)path;
    (void)query;
    r->opened++;
    note(r, conn);
}
static void s_message(void *user, uint32_t conn, struct str text)
{
    struct rig *r = user;
    r->messages++;
    assert_true(text_is_utf8(text));
    net_server_send(r->server, conn, text);
}
static void s_event(void *user, uint32_t conn)
{
    (void)user;
    (void)conn;
}
static void s_closed(void *user, uint32_t conn)
{
    struct rig *r = user;
    r->closed++;
    for (size_t i = 0; i < r->live_count; i++) {
        if (r->live[i] != conn)
            continue;
        r->live[i] = r->live[--r->live_count];
        return;
    }
    fail_msg("the end of a connection nobody had heard of");
}
static void s_request(void *user, uint32_t conn, const struct net_request *request)
{
    struct rig *r = user;
    r->requests++;
    note(r, conn);
    assert_int_equal(net_server_reply(r->server, conn, 200, "text/plain", NULL, request->body),
                     CT_OK);
}
static const struct net_server_handler server_handler = {s_opened, s_message, s_event, s_event,
                                                         s_closed, s_request, NULL};

static void hang_up(struct rig *r)
{
    net_watch_destroy(r->watch);
    r->watch = NULL;
    if (r->fd >= 0)
        close(r->fd);
    r->fd = -1;
}

static void on_heard(void *user, int ready)
{
    struct rig *r = user;
    char bytes[4096];
    (void)ready;
    const ssize_t n = recv(r->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return;
    r->over = true;
    hang_up(r);
}

static void tell(void *user)
{
    struct rig *r = user;
    if (r->fd < 0)
        return;
    size_t len = r->to_say.len - r->said;
    if (len > 0 && r->slowly)
        len = 1;
    const ssize_t n = len > 0 ? send(r->fd, r->to_say.bytes + r->said, len, MSG_NOSIGNAL) : 0;
    if (n < 0)
        return; /* the server has had enough */
    r->said += (size_t)n;
    if (r->said < r->to_say.len)
        net_timer_at(r->teller, 0);
    else
        shutdown(r->fd, SHUT_WR);
}

static int dial_fd(const struct rig *r)
{
    const struct sockaddr_in a = {.sin_family = AF_INET,
                                  .sin_port = htons(net_server_port(r->server)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof(a)), 0);
    return fd;
}

static bool is_over(void *user)
{
    return ((struct rig *)user)->over;
}
static bool nobody_left(void *user)
{
    return ((struct rig *)user)->live_count == 0;
}

static void rig_start(struct rig *r)
{
    const struct net_server_cfg cfg = {.bind_address = NULL};
    struct fault fault = {0};
    *r = (struct rig){.loop = net_loop_create(), .fd = -1};
    r->server = net_server_create(r->loop, &cfg, &server_handler, r, &fault);
    assert_non_null(r->server);
    r->teller = net_timer_create(r->loop, tell, r);
    buf_init(&r->to_say, 1024 * 1024);
}

static void rig_end(struct rig *r)
{
    hang_up(r);
    net_timer_destroy(r->teller);
    net_server_destroy(r->server);
    buf_clear(&r->to_say);
    net_loop_destroy(r->loop);
}

/* Says what is in to_say and waits until the server has hung up. */
static void say_all(struct rig *r, bool slowly, uint64_t seed)
{
    r->said = 0;
    r->over = false;
    r->slowly = slowly;
    r->fd = dial_fd(r);
    r->watch = net_watch_create(r->loop, r->fd, NET_READABLE, on_heard, r);
    net_timer_at(r->teller, 0);
    if (!net_loop_run_until(r->loop, is_over, r, LONG_MS))
        fail_msg("seed %u: the server does not hang up", (unsigned)seed);
    if (!net_loop_run_until(r->loop, nobody_left, r, LONG_MS))
        fail_msg("seed %u: the end was not told", (unsigned)seed);
}

static void talk_of(struct buf *b, struct rng *rng)
{
    static const char *const talks[] = {
        "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
        "5;x=y\r\nhello\r\n0\r\nT: u\r\n\r\n",
        "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\nAuthorization: Bearer x\r\n\r\n\r\nGET / "
        "HTTP/1.0"
        "\r\n\r\n",
    };
    buf_reset(b);
    const uint64_t which = rng_below(rng, COUNT_OF(talks) + 3);
    if (which < COUNT_OF(talks)) {
        assert_int_equal(buf_append(b, str_from(talks[which])), CT_OK);
        spoil(b, rng);
        return;
    }
    if (which == COUNT_OF(talks)) {
        add_noise(b, rng, (size_t)rng_below(rng, 600));
        return;
    }
    struct buf frames;
    buf_init(&frames, b->limit);
    add_frames(&frames, rng, true);
    if (which > COUNT_OF(talks) + 1)
        add_noise(&frames, rng, (size_t)rng_below(rng, 200));
    else
        spoil(&frames, rng);
    assert_int_equal(buf_append(b, STR(UPGRADE)), CT_OK);
    assert_int_equal(buf_append(b, buf_str(&frames)), CT_OK);
    buf_clear(&frames);
}

static void a_server_survives_whatever_is_sent_to_it(void **state)
{
    (void)state;
    struct rig r;
    rig_start(&r);
    const size_t before = open_descriptors();
    for (uint64_t seed = 1; seed <= CASES + SLOW_CASES; seed++) {
        struct rng rng;
        rng_seed(&rng, seed);
        talk_of(&r.to_say, &rng);
        say_all(&r, seed > CASES, seed);
    }
    assert_true(r.opened > 0 && r.requests > 0 && r.messages > 0);
    /* And still serves. */
    const size_t messages = r.messages;
    buf_reset(&r.to_say);
    assert_int_equal(buf_append(&r.to_say, STR(UPGRADE "\x81\x82\0\0\0\0ok")), CT_OK);
    say_all(&r, true, 0);
    assert_int_equal(r.messages, messages + 1);
    (void)net_loop_run_until(r.loop, nobody_left, &r, LONG_MS);
    assert_int_equal(open_descriptors(), before + 2); /* libwebsockets' own, made for the first */
    rig_end(&r);
}

/* ---- text ---- */

static void reads_bad_text(enum ws_side side, const void *frames, size_t len)
{
    for (int slowly = 0; slowly <= 1; slowly++) {
        struct ws_reader r;
        struct ws_event event = {0};
        ws_reader_init(&r, side, 1024);
        struct str rest = {frames, len};
        while (rest.len > 0 && event.kind != WS_EVENT_BAD) {
            struct str some = {rest.ptr, slowly ? 1 : rest.len};
            const size_t given = some.len;
            do {
                event = ws_reader_next(&r, &some);
                assert_int_not_equal(event.kind, WS_EVENT_TEXT);
            } while (some.len > 0 && event.kind != WS_EVENT_BAD);
            rest = (struct str){rest.ptr + given, rest.len - given};
        }
        assert_int_equal(event.kind, WS_EVENT_BAD);
        assert_int_equal(event.code, 1007);
        ws_reader_clear(&r);
    }
}

static void text_that_is_no_utf8_is_refused_with_1007(void **state)
{
    (void)state;
    static const char latin[] = "\x81\x0c"
                                "abcdefghij\xe9"
                                "k";
    static const char overlong[] = "\x81\x02\xc0\xaf", surrogate[] = "\x81\x03\xed\xa0\x80";
    static const char half[] = "\x01\x01\xc3\x80\x01z", open_end[] = "\x81\x0a"
                                                                     "12345678\xe2\x82";
    static const char reason[] = "\x88\x04\x03\xe8\xff\xfe";
    static const char masked[] = "\x81\x81\0\0\0\0\xff";
    reads_bad_text(WS_FROM_SERVER, latin, sizeof(latin) - 1);
    reads_bad_text(WS_FROM_SERVER, overlong, sizeof(overlong) - 1);
    reads_bad_text(WS_FROM_SERVER, surrogate, sizeof(surrogate) - 1);
    reads_bad_text(WS_FROM_SERVER, half, sizeof(half) - 1);
    reads_bad_text(WS_FROM_SERVER, open_end, sizeof(open_end) - 1);
    reads_bad_text(WS_FROM_SERVER, reason, sizeof(reason) - 1);
    reads_bad_text(WS_FROM_CLIENT, masked, sizeof(masked) - 1);
}

static void a_code_point_may_be_cut_by_fragments_and_binary_holds_anything(void **state)
{
    (void)state;
    static const char frames[] = "\x01\x01\xc3\x80\x01\xa9\x82\x01\xff";
    struct ws_reader r;
    ws_reader_init(&r, WS_FROM_SERVER, 1024);
    struct str rest = {frames, sizeof(frames) - 1};
    struct ws_event event = ws_reader_next(&r, &rest);
    assert_int_equal(event.kind, WS_EVENT_TEXT);
    assert_true(str_eq(event.payload, STR("\xc3\xa9")));
    event = ws_reader_next(&r, &rest);
    assert_int_equal(event.kind, WS_EVENT_BINARY);
    ws_reader_clear(&r);
}

/* ---- the client ---- */

struct dialler {
    struct net_loop *loop;
    struct peer peer;
    struct ws *ws;
    int opened, closed, messages;
    struct rng rng;
};

static void c_opened(void *user, const char *address, const char *tls)
{
    (void)address;
    (void)tls;
    ((struct dialler *)user)->opened++;
}
static void c_message(void *user, struct str text)
{
    (void)text;
    ((struct dialler *)user)->messages++;
}
static void c_alive(void *user)
{
    (void)user;
}
static void c_closed(void *user, const struct ws_closed *why)
{
    struct dialler *d = user;
    assert_true(text_is_utf8(str_from(why->text)));
    d->closed++;
    ws_transport_lws()->destroy(d->ws);
    d->ws = NULL;
}
static const struct ws_handler client_handler = {c_opened, c_message, c_alive, c_closed};

static bool is_closed(void *user)
{
    return ((struct dialler *)user)->closed > 0;
}

static void write_accept(struct buf *b, const struct peer *p)
{
    struct http_head head;
    struct str key, all = buf_str(&p->heard);
    char accept[WS_KEY_CAP];
    all.len = http_head_length(all);
    assert_true(http_request_parse(all, &head));
    assert_null(ws_request_fault(&head, &key));
    ws_accept_of(accept, key);
    assert_int_equal(buf_printf(b,
                                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                                accept),
                     CT_OK);
}

static void on_dialled(void *user, struct peer *p)
{
    struct dialler *d = user;
    struct buf head, frames;
    if (p->to_say.len > 0 || !peer_has_head(p))
        return;
    buf_init(&head, 64 * 1024);
    buf_init(&frames, 64 * 1024);
    write_accept(&head, p);
    add_frames(&frames, &d->rng, false);
    switch (rng_below(&d->rng, 4)) {
    case 0:
        spoil(&head, &d->rng);
        break;
    case 1:
        buf_reset(&head);
        add_noise(&head, &d->rng, 1 + (size_t)rng_below(&d->rng, 600));
        break;
    case 2:
        buf_reset(&frames);
        add_noise(&frames, &d->rng, 1 + (size_t)rng_below(&d->rng, 200));
        break;
    default:
        spoil(&frames, &d->rng);
        break;
    }
    p->close_after = true;
    assert_int_equal(buf_append(&head, buf_str(&frames)), CT_OK);
    peer_say(p, head.bytes, head.len);
    buf_clear(&head);
    buf_clear(&frames);
}

static void dial(struct dialler *d, uint16_t port)
{
    const struct ws_target target = {.host = "127.0.0.1", .port = port, .path = "/app/k"};
    d->closed = 0;
    d->ws = ws_transport_lws()->open(d->loop, &target, &client_handler, d);
    assert_non_null(d->ws);
}

static void a_client_survives_whatever_it_is_answered(void **state)
{
    (void)state;
    struct dialler d = {.loop = net_loop_create()};
    peer_open(&d.peer, d.loop, false, on_dialled, &d);
    for (uint64_t seed = 1; seed <= CASES + SLOW_CASES; seed++) {
        rng_seed(&d.rng, seed);
        peer_forget(&d.peer);
        buf_reset(&d.peer.to_say);
        d.peer.said = 0;
        d.peer.slowly = seed > CASES;
        dial(&d, d.peer.port);
        if (!net_loop_run_until(d.loop, is_closed, &d, LONG_MS))
            fail_msg("seed %u: the end was not told", (unsigned)seed);
        assert_int_equal(d.closed, 1);
    }
    assert_true(d.opened > 0 && d.messages > 0 && d.opened < CASES + SLOW_CASES);
    peer_close(&d.peer);
    net_loop_destroy(d.loop);
}

static void thousands_of_refused_dials_leave_no_descriptor_open(void **state)
{
    (void)state;
    struct dialler d = {.loop = net_loop_create()};
    const uint16_t port = peer_free_port();
    size_t before = 0;
    for (int i = 0; i <= DIALS; i++) {
        dial(&d, port);
        assert_true(net_loop_run_until(d.loop, is_closed, &d, LONG_MS));
        if (i == 0)
            before = open_descriptors(); /* what is made for the first stays */
    }
    assert_int_equal(open_descriptors(), before);
    net_loop_destroy(d.loop);
}

static bool is_hung_up(void *user)
{
    return ((struct dialler *)user)->peer.hung_up;
}
static void on_anything(void *user, struct peer *p)
{
    (void)user;
    (void)p;
}

static void dials_given_up_half_way_leave_no_descriptor_open(void **state)
{
    (void)state;
    struct dialler d = {.loop = net_loop_create()};
    peer_open(&d.peer, d.loop, false, on_anything, &d);
    size_t before = 0;
    for (int i = 0; i <= 100; i++) {
        const int connections = d.peer.connections;
        d.peer.hung_up = false;
        dial(&d, d.peer.port);
        (void)net_loop_run_until(d.loop, is_hung_up, &d, (uint64_t)(i % 4));
        ws_transport_lws()->destroy(d.ws);
        d.ws = NULL;
        if (d.peer.connections > connections)
            assert_true(net_loop_run_until(d.loop, is_hung_up, &d, LONG_MS));
        if (i == 0)
            before = open_descriptors();
    }
    (void)net_loop_run_until(d.loop, is_hung_up, &d, 50);
    assert_true(open_descriptors() <= before + 2); /* libwebsockets' own */
    peer_close(&d.peer);
    net_loop_destroy(d.loop);
}

/* ---- many ---- */

struct wanted {
    struct rig *rig;
    size_t opened;
};

static bool enough(void *user)
{
    const struct wanted *w = user;
    return w->rig->opened >= w->opened;
}

static rlim_t raise_limit(void)
{
    struct rlimit l;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &l), 0);
    l.rlim_cur = l.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &l);
    return l.rlim_cur;
}

static void thousands_of_connections_are_served_and_leave_nothing(void **state)
{
    (void)state;
    struct rig r;
    int *fds = calloc(CONNECTIONS, sizeof(*fds));
    const rlim_t limit = raise_limit();
    if (limit < 2 * CONNECTIONS + 100) {
        free(fds);
        skip();
    }
    rig_start(&r);
    size_t before = open_descriptors();
    for (size_t i = 0; i < CONNECTIONS; i++) {
        fds[i] = dial_fd(&r);
        assert_int_equal(send(fds[i], UPGRADE, sizeof(UPGRADE) - 1, MSG_NOSIGNAL),
                         sizeof(UPGRADE) - 1);
        struct wanted w = {&r, i + 1};
        if ((i + 1) % BATCH == 0) /* the backlog holds a batch */
            assert_true(net_loop_run_until(r.loop, enough, &w, LONG_MS));
    }
    assert_int_equal(r.live_count, CONNECTIONS);
    for (size_t i = 0; i < CONNECTIONS; i++)
        assert_int_equal(net_server_send(r.server, r.live[i], STR("hello")), CT_OK);
    for (size_t i = 0; i < CONNECTIONS; i++)
        close(fds[i]);
    assert_true(net_loop_run_until(r.loop, nobody_left, &r, LONG_MS));
    assert_int_equal(open_descriptors(), before + 2); /* libwebsockets' own */
    free(fds);
    rig_end(&r);
}

static void without_descriptors_the_server_waits_and_then_goes_on(void **state)
{
    (void)state;
    struct rig r;
    int fds[20];
    struct rlimit all, few;
    rig_start(&r);
    /* The first connection makes what stays open. */
    buf_reset(&r.to_say);
    assert_int_equal(buf_append(&r.to_say, STR(UPGRADE)), CT_OK);
    say_all(&r, false, 0);
    r.opened = 0;
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = dial_fd(&r);
        assert_int_equal(send(fds[i], UPGRADE, sizeof(UPGRADE) - 1, MSG_NOSIGNAL),
                         sizeof(UPGRADE) - 1);
    }
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
    few = all;
    few.rlim_cur = (rlim_t)(fds[COUNT_OF(fds) - 1] + 1 + 10);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    struct wanted everybody = {&r, COUNT_OF(fds)};
    assert_false(net_loop_run_until(r.loop, enough, &everybody, 300));
    assert_true(r.opened > 0);
    for (size_t i = 0; i < 12; i++)
        close(fds[i]);
    /* Not everybody: valgrind loses a connection that it accepts beyond the limit. */
    struct wanted another = {&r, r.opened + 1};
    assert_true(net_loop_run_until(r.loop, enough, &another, LONG_MS));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
    for (size_t i = 12; i < COUNT_OF(fds); i++)
        close(fds[i]);
    assert_true(net_loop_run_until(r.loop, nobody_left, &r, LONG_MS));
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_that_is_no_utf8_is_refused_with_1007),
        cmocka_unit_test(a_code_point_may_be_cut_by_fragments_and_binary_holds_anything),
        cmocka_unit_test(a_server_survives_whatever_is_sent_to_it),
        cmocka_unit_test(a_client_survives_whatever_it_is_answered),
        cmocka_unit_test(thousands_of_refused_dials_leave_no_descriptor_open),
        cmocka_unit_test(dials_given_up_half_way_leave_no_descriptor_open),
        cmocka_unit_test(thousands_of_connections_are_served_and_leave_nothing),
        cmocka_unit_test(without_descriptors_the_server_waits_and_then_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
