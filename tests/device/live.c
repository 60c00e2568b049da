/* tests/device/live.c - the device on a RISC-V, over real sockets, with `chargetop serve`: a public, a private and a
 * presence channel, authorized by HTTP requests of its own. Its sockets are bare calls of Linux. */
#include <string.h>

#include "device/run.h"
#include "device/rv32.h"

enum {
    SYS_FCNTL = 25,
    SYS_CLOSE = 57,
    SYS_READ = 63,
    SYS_WRITE = 64,
    SYS_NANOSLEEP = 101,
    SYS_SOCKET = 198,
    SYS_CONNECT = 203,
    SYS_CLOCK_GETTIME64 = 403,
    SYS_CLOCK_NANOSLEEP64 = 407,
    AF_INET_IS = 2,
    STREAM_IS = 1,
    NONBLOCK_IS = 04000,
    EAGAIN_IS = -11,
    EALREADY_IS = -114,
    EINPROGRESS_IS = -115,
    EISCONN_IS = -106,
    RUN_MS = 8000
};

static uint64_t memory[PC_MEMORY_BYTES / 8];
static uint16_t port;
static long fd = -1;
static struct {
    bool greeted, news, order, joined, refused;
    char energy[16];
} seen;

/* ---- the platform ---- */

static uint32_t now_ms(void)
{
    int64_t time[2] = {0, 0}; /* seconds, nanoseconds */

    (void)rv32_call(SYS_CLOCK_GETTIME64, 1, (long)time, 0, 0);
    return (uint32_t)(time[0] * 1000 + time[1] / 1000000);
}

static void pause_ms(int64_t ms)
{
    const int64_t time[2] = {0, ms * 1000000};

    (void)rv32_call(SYS_CLOCK_NANOSLEEP64, 1, 0, (long)time, 0);
}

static long connect_to_server(long socket)
{
    const unsigned char address[16] = {
        AF_INET_IS, 0, (unsigned char)(port >> 8), (unsigned char)port, 127, 0, 0, 1};

    return rv32_call(SYS_CONNECT, socket, (long)address, sizeof address, 0);
}

static int on_connect(void *user, const char *host, uint16_t to_port, bool tls)
{
    long done;

    (void)user;
    (void)host;
    (void)to_port;
    (void)tls;
    if (fd < 0)
        fd = rv32_call(SYS_SOCKET, AF_INET_IS, STREAM_IS | NONBLOCK_IS, 0, 0);
    done = connect_to_server(fd);
    if (done == EINPROGRESS_IS || done == EALREADY_IS)
        return PC_IO_AGAIN;
    return done == 0 || done == EISCONN_IS ? PC_IO_DONE : PC_IO_FAILED;
}

static int result(long n)
{
    return n == EAGAIN_IS ? PC_IO_AGAIN : n > 0 ? (int)n : PC_IO_FAILED;
}

static int on_read(void *user, void *to, size_t bytes)
{
    (void)user;
    return result(rv32_call(SYS_READ, fd, (long)to, (long)bytes, 0));
}

static int on_write(void *user, const void *from, size_t bytes)
{
    (void)user;
    return result(rv32_call(SYS_WRITE, fd, (long)from, (long)bytes, 0));
}

static void on_close(void *user)
{
    (void)user;
    (void)rv32_call(SYS_CLOSE, fd, 0, 0, 0);
    fd = -1;
}

/* A request that waits for its answer, as a small device makes it. */
static void authorize(void *lent, struct pc *pc, uint32_t ticket, const char *channel,
                      const char *socket_id)
{
    static char text[1024];
    const long socket = rv32_call(SYS_SOCKET, AF_INET_IS, STREAM_IS, 0, 0);
    size_t len = 0;
    long n = 1;

    (void)lent;
    strcpy(text, "POST /broadcasting/auth HTTP/1.1\r\nHost: x\r\nConnection: "
                 "close\r\nAuthorization: Bearer ");
    strcat(text, strcmp(channel, "private-forbidden") == 0 ? "wrong" : "demo-token");
    strcat(text, "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ");
    const size_t body = strlen("socket_id=&channel_name=") + strlen(socket_id) + strlen(channel);
    const char digits[] = {(char)('0' + body / 100), (char)('0' + body / 10 % 10),
                           (char)('0' + body % 10), '\0'};

    strcat(strcat(text, digits), "\r\n\r\nsocket_id=");
    strcat(strcat(strcat(text, socket_id), "&channel_name="), channel);
    if (connect_to_server(socket) == 0)
        n = rv32_call(SYS_WRITE, socket, (long)text, (long)strlen(text), 0);
    for (; n > 0 && len<sizeof text - 1; len += n> 0 ? (size_t)n : 0)
        n = rv32_call(SYS_READ, socket, (long)(text + len), (long)(sizeof text - 1 - len), 0);
    text[len] = '\0';
    (void)rv32_call(SYS_CLOSE, socket, 0, 0, 0);
    const char *answer = strstr(text, "\r\n\r\n");

    if (strncmp(text, "HTTP/1.1 200", 12) == 0 && answer)
        pc_authorized(pc, ticket, channel, answer + 4, strlen(answer + 4));
    else
        pc_refused(pc, ticket, channel, 401, "refused");
}

/* ---- what is heard ---- */

static void on_greeting(void *user, struct pc *pc, const struct pc_event *event)
{
    char id[65];

    (void)user;
    seen.greeted = pc_json_get(event->data, event->data_len, "socket_id", id, sizeof id) > 0 &&
                   strcmp(id, pc_socket_id(pc)) == 0;
}

static void on_any(void *user, struct pc *pc, const struct pc_event *event)
{
    (void)pc;
    (void)event;
    *(bool *)user = true;
}

static void on_order(void *user, struct pc *pc, const struct pc_event *event)
{
    (void)user;
    (void)pc;
    seen.order = pc_json_get(event->data, event->data_len, "order.charging_session_energy",
                             seen.energy, sizeof seen.energy) > 0;
}

int run_script(void)
{
    static const struct pc_stream stream = {
        .connect = on_connect, .read = on_read, .write = on_write, .close = on_close};
    int trigger = PC_ERR_NOT_SUBSCRIBED;

    for (const char *at = rv32_argument; *at; at++)
        port = (uint16_t)(port * 10 + (*at - '0'));
    struct pc *pc = pc_init(&(struct pc_cfg){.key = "demo-key",
                                             .host = "127.0.0.1",
                                             .port = port,
                                             .stream = &stream,
                                             .authorize = authorize,
                                             .memory = memory,
                                             .memory_bytes = sizeof memory,
                                             .seed = now_ms()});

    check(pc != NULL, "a_client_is_made");
    if (!pc)
        return run_end();
    pc_bind(pc, NULL, "pusher:connection_established", on_greeting, NULL);
    pc_bind(pc, "news", "pusher:subscription_succeeded", on_any, &seen.news);
    pc_bind(pc, "presence-lockers", "pusher:subscription_succeeded", on_any, &seen.joined);
    pc_bind(pc, "private-forbidden", "pusher:subscription_error", on_any, &seen.refused);
    pc_bind(pc, "private-orders.2149", "App\\Events\\ChargePointConsumption", on_order, NULL);
    pc_subscribe(pc, "news");
    pc_subscribe(pc, "private-orders.2149");
    pc_subscribe(pc, "presence-lockers");
    pc_subscribe(pc, "private-forbidden");
    for (const uint32_t start_ms = now_ms();
         now_ms() - start_ms < RUN_MS && !(seen.order && trigger == PC_OK);) {
        (void)run_poll(pc, now_ms());
        if (seen.joined && trigger != PC_OK)
            trigger = pc_trigger(pc, "presence-lockers", "client-pong", "{\"message\":\"online\"}");
        pause_ms(20);
    }
    check(seen.greeted, "a_real_server_greets");
    check(seen.news, "a_public_channel_is_confirmed");
    check(seen.joined, "a_presence_channel_is_confirmed_after_an_authorization_request");
    check(seen.refused, "a_wrong_token_is_told_as_a_refusal");
    check(seen.order && seen.energy[0] >= '0' && seen.energy[0] <= '9',
          "a_charging_order_is_heard_and_read");
    check(trigger == PC_OK && pc_connected(pc), "a_client_event_is_sent_and_the_connection_lives");
    struct pc_stats stats;

    pc_get_stats(pc, &stats);
    run_figure("memory used of a client at most", (unsigned long)stats.memory_high_water);
    pc_free(pc);
    return run_end();
}
