/* tests/bench/bench_hub.c - what a Pusher server costs, whichever it is: deliveries per second of its
 * processor, time from publishing to arrival, memory of an idle socket.
 *
 * bench_hub PORT PID crowd|wide|idle SOCKETS: connects that many sockets to the server of process PID on
 * 127.0.0.1 (application bench, key bench-key, secret bench-secret). crowd: all on one channel; wide:
 * each on a channel of its own; idle: on none. Then it publishes over the HTTP API, first at a steady
 * pace for the times, then as fast as deliveries come for the cost. Prints one line of key=value. */
#define _DEFAULT_SOURCE 1

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/http_head.h"
#include "base/ws_frame.h"
#include "pusher/frame.h"
#include "pusher/sign.h"

enum {
    SOCKETS_MAX = 19000,
    OPENING_MAX = 64,       /* handshakes under way at once */
    BATCH_CHANNELS = 100,   /* of one trigger */
    PACED_MS = 8000,        /* steady phase */
    PACED_PER_S = 10000,    /* deliveries a second in it */
    FULL_MS = 8000,         /* phase of the cost */
    FULL_DELIVERIES = 4000, /* at most on their way then */
    SAMPLES_MAX = 1000000,  /* times kept */
    STUCK_MS = 30000,       /* nothing arrives: give up */
    READ_BYTES = 65536,
    EVENTS_MAX = 512
};

enum mode { CROWD, WIDE, IDLE };

struct sock {
    int fd;
    int head_seen; /* bytes of "\r\n\r\n" seen so far; 4: upgraded */
    bool ready;    /* subscribed, or greeted when idle */
    struct ws_reader reader;
};

struct bench {
    uint16_t port;
    int pid, epoll, http;
    enum mode mode;
    size_t count, opened, ready, turn; /* turn: first channel of the next trigger, when wide */
    struct sock *socks;
    struct buf request, answer, frame;
    bool asking;            /* an answer of the HTTP API is awaited */
    uint64_t sent, arrived; /* deliveries asked for and seen */
    double heard_ms;
    bool sampling;
    float *times_ms;
    size_t sample_count;
};

static void die(const char *what)
{
    (void)fprintf(stderr, "bench_hub: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Processor time of all threads of the server so far. */
static double cpu_ms(int pid)
{
    char path[64], text[1024];
    unsigned long user = 0, kernel = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = fopen(path, "r");
    if (!f || !fgets(text, sizeof text, f))
        die("the server is gone");
    (void)fclose(f);
    const char *after = strrchr(text, ')'); /* its name may hold anything */
    if (!after || sscanf(after + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                         &kernel) != 2)
        die("/proc/PID/stat cannot be read");
    return (double)(user + kernel) * 1e3 / (double)sysconf(_SC_CLK_TCK);
}

static double rss_kb(int pid)
{
    char path[64], line[256];
    double kb = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *f = fopen(path, "r");
    if (!f)
        die("the server is gone");
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "VmRSS: %lf", &kb) == 1)
            break;
    (void)fclose(f);
    return kb;
}

/* ---- sockets ----------------------------------------------------------------------------- */

static int dial(const struct bench *b)
{
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(b->port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to) != 0)
        die("connect");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void put_all(int fd, struct str s)
{
    while (s.len > 0) {
        const ssize_t n = send(fd, s.ptr, s.len, MSG_NOSIGNAL);

        if (n < 0 && errno != EINTR)
            die("send");
        s.ptr += n > 0 ? n : 0;
        s.len -= n > 0 ? (size_t)n : 0;
    }
}

static void watch(const struct bench *b, int fd, uint32_t index)
{
    struct epoll_event e = {.events = EPOLLIN, .data.u32 = index};

    if (epoll_ctl(b->epoll, EPOLL_CTL_ADD, fd, &e) != 0)
        die("epoll_ctl");
}

static void open_next(struct bench *b)
{
    struct sock *s = &b->socks[b->opened];
    const struct str upgrade =
        STR("GET /app/bench-key?protocol=7&client=bench&version=1.0 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

    s->fd = dial(b);
    ws_reader_init(&s->reader, WS_FROM_SERVER, 1 << 20);
    watch(b, s->fd, (uint32_t)b->opened);
    b->opened++;
    put_all(s->fd, upgrade);
}

static void channel_name(const struct bench *b, size_t i, char to[32])
{
    str_format(to, 32, b->mode == WIDE ? "bench-%zu" : "bench", i);
}

static void say(struct bench *b, const struct sock *s, enum ws_opcode op, struct str text)
{
    static const uint8_t mask[4] = {1, 2, 3, 4};

    buf_reset(&b->frame);
    if (ws_frame_append(&b->frame, op, text, mask) != CT_OK)
        die("out of memory");
    put_all(s->fd, buf_str(&b->frame));
}

static void subscribe(struct bench *b, const struct sock *s)
{
    char channel[32];
    struct buf text;

    channel_name(b, (size_t)(s - b->socks), channel);
    buf_init(&text, 4096);
    if (pusher_frame_subscribe(&text, str_from(channel), STR(""), STR("")) != PUSHER_OK)
        die("out of memory");
    say(b, s, WS_OP_TEXT, buf_str(&text));
    buf_clear(&text);
}

static bool holds(struct str text, const char *what)
{
    return str_find(text, str_from(what)) < text.len;
}

static void on_delivery(struct bench *b, struct str stamp)
{
    b->arrived++;
    b->heard_ms = now_ms();
    if (b->sampling && b->sample_count < SAMPLES_MAX)
        b->times_ms[b->sample_count++] = (float)(b->heard_ms - strtod(stamp.ptr + 1, NULL));
}

static void on_text(struct bench *b, struct sock *s, struct str text)
{
    const char *stamp = memchr(text.ptr, '@', text.len); /* only what we publish has one */

    if (stamp) {
        on_delivery(b, (struct str){stamp, text.len - (size_t)(stamp - text.ptr)});
    } else if (holds(text, "connection_established") && b->mode != IDLE) {
        subscribe(b, s);
    } else if (holds(text, "subscription_succeeded") || holds(text, "connection_established")) {
        b->ready += !s->ready;
        s->ready = true;
    } else if (holds(text, "pusher:ping")) {
        say(b, s, WS_OP_TEXT, STR("{\"event\":\"pusher:pong\",\"data\":{}}"));
    } else {
        (void)fprintf(stderr, "bench_hub: the server says %.*s\n", (int)text.len, text.ptr);
        exit(1);
    }
}

static struct str skip_head(struct sock *s, struct str bytes)
{
    for (; s->head_seen < 4 && bytes.len > 0; bytes.ptr++, bytes.len--)
        s->head_seen = bytes.ptr[0] == "\r\n\r\n"[s->head_seen] ? s->head_seen + 1
                       : bytes.ptr[0] == '\r'                   ? 1
                                                                : 0;
    return bytes;
}

static void on_bytes(struct bench *b, struct sock *s, struct str bytes)
{
    struct ws_event e;

    bytes = skip_head(s, bytes);
    while (bytes.len > 0) {
        e = ws_reader_next(&s->reader, &bytes);
        if (e.kind == WS_EVENT_TEXT)
            on_text(b, s, e.payload);
        else if (e.kind == WS_EVENT_PING)
            say(b, s, WS_OP_PONG, e.payload);
        else if (e.kind != WS_EVENT_NONE && e.kind != WS_EVENT_PONG)
            die("a socket was closed");
    }
}

/* ---- the HTTP API ------------------------------------------------------------------------ */

static void dial_http(struct bench *b)
{
    if (b->http >= 0)
        (void)close(b->http);
    b->http = dial(b);
    watch(b, b->http, UINT32_MAX);
}

static void on_answer(struct bench *b, struct str bytes)
{
    struct http_head head;
    struct str length, all;
    size_t head_len, body_len = 0;

    if (buf_append(&b->answer, bytes) != CT_OK)
        die("out of memory");
    all = buf_str(&b->answer);
    head_len = http_head_length(all);
    if (head_len == 0)
        return;
    if (!http_response_parse((struct str){all.ptr, head_len}, &head) || head.status != 200) {
        (void)fprintf(stderr, "bench_hub: the HTTP API answers %.*s\n", (int)all.len, all.ptr);
        exit(1);
    }
    if (http_field(&head, STR("content-length"), &length, NULL))
        body_len = (size_t)strtoul(length.ptr, NULL, 10);
    if (all.len < head_len + body_len)
        return;
    const bool ends = http_field_has(&head, STR("connection"), STR("close"));

    buf_reset(&b->answer);
    b->asking = false;
    if (ends)
        dial_http(b);
}

/* One trigger: the whole crowd, or the next hundred channels. */
static void write_body(struct bench *b, struct buf *body, size_t channels)
{
    char name[32], stamp[32];
    enum ct_err err = buf_append(body, STR("{\"name\":\"tick\",\"channels\":["));

    for (size_t i = 0; i < channels && err == CT_OK; i++) {
        channel_name(b, (b->turn + i) % b->count, name);
        err = buf_printf(body, "%s\"%s\"", i > 0 ? "," : "", name);
    }
    str_format(stamp, sizeof stamp, "@%.3f", now_ms());
    if (err == CT_OK) /* about as large as a reading of a charge point */
        err = buf_printf(
            body,
            "],\"data\":\"{\\\"at\\\":\\\"%s\\\",\\\"energy_wh\\\":12500,\\\"power_w\\\":7400,"
            "\\\"meter\\\":\\\"0000000000\\\"}\"}",
            stamp);
    if (err != CT_OK)
        die("out of memory");
}

static void publish(struct bench *b)
{
    const size_t channels = b->mode == CROWD            ? 1
                            : b->count < BATCH_CHANNELS ? b->count
                                                        : BATCH_CHANNELS;
    char md5[PUSHER_MD5_HEX], hex[PUSHER_SHA256_HEX], query[256];
    struct buf body;
    size_t len;

    buf_init(&body, 65536);
    write_body(b, &body, channels);
    if (pusher_md5_hex(buf_str(&body), md5) != PUSHER_OK)
        die("out of memory");
    len = str_format(query, sizeof query,
                     "auth_key=bench-key&auth_timestamp=%lld&auth_version=1.0&body_md5=%s",
                     (long long)time(NULL), md5);
    if (pusher_sign_request(STR("bench-secret"), STR("POST"), STR("/apps/bench/events"),
                            (struct str){query, len}, hex) != PUSHER_OK)
        die("out of memory");
    buf_reset(&b->request);
    if (buf_printf(&b->request,
                   "POST /apps/bench/events?%s&auth_signature=%s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                   query, hex, body.len) != CT_OK ||
        buf_append(&b->request, buf_str(&body)) != CT_OK)
        die("out of memory");
    put_all(b->http, buf_str(&b->request));
    buf_clear(&body);
    b->asking = true;
    b->turn = (b->turn + channels) % b->count;
    b->sent += b->mode == CROWD ? b->count : channels;
}

/* ---- the loop ---------------------------------------------------------------------------- */

static void read_one(struct bench *b, uint32_t index)
{
    static char bytes[READ_BYTES];
    const int fd = index == UINT32_MAX ? b->http : b->socks[index].fd;
    const ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n == 0 && index == UINT32_MAX && !b->asking) {
        dial_http(b); /* a connection kept alive may be ended at any time */
        return;
    }
    if (n <= 0)
        die(index == UINT32_MAX ? "the HTTP API hung up" : "the server hung up");
    if (index == UINT32_MAX)
        on_answer(b, (struct str){bytes, (size_t)n});
    else
        on_bytes(b, &b->socks[index], (struct str){bytes, (size_t)n});
}

static void turn_loop(struct bench *b, int wait_ms)
{
    struct epoll_event events[EVENTS_MAX];
    const int n = epoll_wait(b->epoll, events, EVENTS_MAX, wait_ms);

    for (int i = 0; i < n; i++)
        read_one(b, events[i].data.u32);
}

static void connect_all(struct bench *b)
{
    const double until_ms = now_ms() + STUCK_MS * 4;

    while (b->ready < b->count) {
        while (b->opened < b->count && b->opened - b->ready < OPENING_MAX)
            open_next(b);
        turn_loop(b, 100);
        if (now_ms() > until_ms)
            die("not all sockets were let in");
    }
}

static void settle(struct bench *b)
{
    b->heard_ms = now_ms();
    while (b->arrived < b->sent || b->asking) {
        turn_loop(b, 100);
        if (now_ms() - b->heard_ms > STUCK_MS)
            die("deliveries are missing");
    }
}

/* Publishes for so long; per_s deliveries a second, or 0 for as many as FULL_DELIVERIES under way
 * allow. */
static void run(struct bench *b, double for_ms, double per_s)
{
    const double start_ms = now_ms();
    const uint64_t before = b->sent;
    double ms;

    while ((ms = now_ms() - start_ms) < for_ms) {
        const bool due = per_s > 0 ? (double)(b->sent - before) <= ms / 1e3 * per_s
                                   : b->sent - b->arrived < FULL_DELIVERIES;

        if (due && !b->asking)
            publish(b);
        turn_loop(b, due ? 0 : 1);
    }
    settle(b);
}

static int compare_times(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;

    return x < y ? -1 : x > y;
}

static double percentile(const struct bench *b, double part)
{
    return b->sample_count > 0 ? (double)b->times_ms[(size_t)((double)(b->sample_count - 1) * part)]
                               : 0;
}

static void measure(struct bench *b)
{
    double cpu, wall;
    uint64_t before;

    run(b, 1000, PACED_PER_S); /* warms up what is compiled while it runs */
    b->sampling = true;
    run(b, PACED_MS, PACED_PER_S);
    b->sampling = false;
    qsort(b->times_ms, b->sample_count, sizeof *b->times_ms, compare_times);
    before = b->arrived;
    cpu = cpu_ms(b->pid);
    wall = now_ms();
    run(b, FULL_MS, 0);
    cpu = cpu_ms(b->pid) - cpu;
    wall = now_ms() - wall;
    printf(" p50_ms=%.1f p99_ms=%.1f per_core_s=%.0f per_s=%.0f", percentile(b, 0.5),
           percentile(b, 0.99), (double)(b->arrived - before) / cpu * 1e3,
           (double)(b->arrived - before) / wall * 1e3);
}

int main(int argc, char **argv)
{
    struct bench b = {.epoll = epoll_create1(0), .http = -1};
    double before_kb;

    if (argc != 5) {
        (void)fprintf(stderr, "usage: bench_hub PORT PID crowd|wide|idle SOCKETS\n");
        return 2;
    }
    b.port = (uint16_t)strtoul(argv[1], NULL, 10);
    b.pid = (int)strtol(argv[2], NULL, 10);
    b.mode = strcmp(argv[3], "crowd") == 0 ? CROWD : strcmp(argv[3], "wide") == 0 ? WIDE : IDLE;
    b.count = strtoul(argv[4], NULL, 10);
    if (b.count == 0 || b.count > SOCKETS_MAX)
        die("SOCKETS is out of range");
    b.socks = calloc(b.count, sizeof *b.socks);
    b.times_ms = calloc(SAMPLES_MAX, sizeof *b.times_ms);
    if (b.epoll < 0 || !b.socks || !b.times_ms)
        die("out of memory");
    buf_init(&b.request, 1 << 17);
    buf_init(&b.answer, 1 << 17);
    buf_init(&b.frame, 1 << 16);
    before_kb = rss_kb(b.pid);
    connect_all(&b);
    printf("mode=%s sockets=%zu socket_kb=%.1f", argv[3], b.count,
           (rss_kb(b.pid) - before_kb) / (double)b.count);
    if (b.mode != IDLE) {
        dial_http(&b);
        measure(&b);
    }
    printf("\n");
    return 0;
}
