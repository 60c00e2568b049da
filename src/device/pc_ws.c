/* src/device/pc_ws.c - a client WebSocket over a stream of bytes that never waits (RFC 6455).
 *
 * One message buffer holds, one after the other, the request, the head of the answer and every message
 * that does not come in one piece. What is sent is masked where it stands. */
#include "device/pc_impl.h"

#include <string.h>

#include "base/http_head.h"
#include "base/num.h"
#include "base/rng.h"
#include "base/ws_frame.h"
#include "base/ws_key.h"

enum {
    CHUNK_BYTES = PUSHER_LIMIT(4096, 64),
    READS_PER_POLL = PUSHER_LIMIT(64, 512), /* so that a flood does not hold up the caller's loop */
    HEAD_MAX_BYTES = PUSHER_LIMIT(16 * 1024, PC_MESSAGE_MAX_BYTES),
    REQUEST_MAX_BYTES = 2048,
    MASK_BYTES = 4,
    HTTP_UPGRADED = 101,
    RETRY_AFTER_MAX_S = 600
};

enum state { CLOSED, CONNECTING, ASKING, ANSWERING, OPEN };

/* Bytes on their way out; done of len are written. */
struct out {
    const uint8_t *bytes;
    size_t len, done;
};

struct pc_ws {
    struct pc *pc;
    const struct pc_stream *io;
    const struct pc_target *target;
    enum state state;
    uint32_t ticket;
    struct rng rng;
    struct ws_reader reader;
    char key[WS_KEY_CAP];
    struct out request;
    uint8_t head[WS_HEAD_MAX_BYTES]; /* of the message being written */
    struct out message_head, message;
    /* Of the control frame being written. Its payload stands where that of the ping was read: nothing
     * is read until it is written. */
    uint8_t control_head[2 + MASK_BYTES];
    struct out control_out, control;
    uint8_t chunk[CHUNK_BYTES];
    struct str unread; /* of the chunk */
};

/* ---- out ---- */

static int write_out(struct pc_ws *ws, struct out *out)
{
    while (out->done < out->len) {
        const int n = ws->io->write(ws->io->user, out->bytes + out->done, out->len - out->done);

        if (n == PC_IO_AGAIN || n == 0)
            return PC_IO_AGAIN;
        if (n < 0 || (size_t)n > out->len - out->done)
            return PC_IO_FAILED;
        out->done += (size_t)n;
    }
    *out = (struct out){0};
    return PC_IO_DONE;
}

static void make_mask(struct pc_ws *ws, uint8_t mask[MASK_BYTES])
{
    const uint64_t bits = rng_u64(&ws->rng) >> 16;

    for (int i = 0; i < MASK_BYTES; i++)
        mask[i] = (uint8_t)(bits >> (8 * i));
}

/* The payload stands in the reader's own buffer for control frames. */
static void queue_control(struct pc_ws *ws, enum ws_opcode op, size_t len)
{
    uint8_t head[WS_HEAD_MAX_BYTES];
    uint8_t mask[MASK_BYTES];

    make_mask(ws, mask);
    (void)ws_frame_head(head, op, len, mask);
    memcpy(ws->control_head, head,
           sizeof ws->control_head); /* up to 125 bytes: two, and the mask */
    for (size_t i = 0; i < len; i++)
        ws->reader.control[i] ^= mask[i % MASK_BYTES];
    ws->control_out = (struct out){.bytes = ws->control_head, .len = sizeof ws->control_head};
    ws->control = (struct out){.bytes = ws->reader.control, .len = len};
}

static bool has_control(const struct pc_ws *ws)
{
    return ws->control_out.len > 0 || ws->control.len > 0;
}

static int flush_message(struct pc_ws *ws)
{
    const int wrote = write_out(ws, &ws->message_head);

    return wrote == PC_IO_DONE ? write_out(ws, &ws->message) : wrote;
}

/* Control frames go between messages. */
static int flush_control(struct pc_ws *ws)
{
    int wrote = PC_IO_AGAIN;

    if (ws->message.len == 0)
        wrote = write_out(ws, &ws->control_out);
    return wrote == PC_IO_DONE ? write_out(ws, &ws->control) : wrote;
}

static int ws_send(void *user, char *text, size_t len)
{
    struct pc_ws *ws = user;
    uint8_t mask[MASK_BYTES];
    int wrote;

    if (ws->state != OPEN)
        return PC_IO_FAILED;
    if (ws->message.len == 0) { /* not begun yet */
        wrote = flush_control(ws);
        if (wrote != PC_IO_DONE)
            return wrote;
        make_mask(ws, mask);
        ws->message_head =
            (struct out){.bytes = ws->head, .len = ws_frame_head(ws->head, WS_OP_TEXT, len, mask)};
        for (size_t i = 0; i < len; i++)
            text[i] = (char)((uint8_t)text[i] ^ mask[i % MASK_BYTES]);
        ws->message = (struct out){.bytes = (const uint8_t *)text, .len = len};
    }
    wrote = flush_message(ws);
    return wrote == PC_IO_DONE && flush_control(ws) == PC_IO_FAILED ? PC_IO_FAILED : wrote;
}

/* ---- the end ---- */

static void shut(struct pc_ws *ws)
{
    if (ws->state == CLOSED)
        return;
    ws->state = CLOSED;
    ws->message_head = ws->message = ws->control_out = ws->control = ws->request = (struct out){0};
    ws->unread = (struct str){0};
    ws->io->close(ws->io->user);
}

/* Says goodbye if that goes without waiting. */
static void ws_close(void *user, int32_t code)
{
    struct pc_ws *ws = user;
    char payload[WS_CONTROL_MAX_BYTES];

    if (ws->state == OPEN && ws->message.len == 0 && flush_control(ws) == PC_IO_DONE) {
        const size_t len = ws_close_payload(payload, code, STR(""));

        memcpy(ws->reader.control, payload, len);
        queue_control(ws, WS_OP_CLOSE, len);
        (void)flush_control(ws);
    }
    shut(ws);
}

static void fail(struct pc_ws *ws, const char *why)
{
    shut(ws);
    pc_tell_closed(ws->pc, ws->ticket, WS_CODE_ABNORMAL, 0, 0, why);
}

/* ---- opening ---- */

static int ws_open(void *user, struct pc *pc, uint32_t ticket, const struct pc_target *target)
{
    struct pc_ws *ws = user;

    (void)pc;
    shut(ws);
    ws->state = CONNECTING;
    ws->ticket = ticket;
    ws->target = target;
    buf_reset(&ws->reader.message);
    return PC_IO_DONE;
}

/* Without printf, which costs a small device more than the rest of this. */
static enum ct_err add_port(struct buf *to, uint16_t port)
{
    char digits[8];
    const size_t len = num_format(digits, sizeof digits, port, 0, 0);
    const enum ct_err err = buf_append_char(to, ':');

    return err ? err : buf_append(to, (struct str){digits, len});
}

static enum ct_err add_request(struct buf *to, const struct pc_target *t, const char *key)
{
    const bool v6 = strchr(t->host, ':') != NULL;
    const struct str before[] = {STR("GET "),
                                 str_from(t->path),
                                 STR(" HTTP/1.1\r\nHost: "),
                                 v6 ? STR("[") : STR(""),
                                 str_from(t->host),
                                 v6 ? STR("]") : STR("")};
    const struct str after[] = {
        STR("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"),
        STR("\r\nSec-WebSocket-Key: "),
        str_from(key),
        t->origin ? STR("\r\nOrigin: ") : STR(""),
        str_from(t->origin),
        STR("\r\n\r\n"),
    };
    enum ct_err err = CT_OK;

    for (size_t i = 0; i < COUNT_OF(before) && !err; i++)
        err = buf_append(to, before[i]);
    if (!err && t->port != (t->tls ? 443 : 80))
        err = add_port(to, t->port);
    for (size_t i = 0; i < COUNT_OF(after) && !err; i++)
        err = buf_append(to, after[i]);
    return err;
}

static void connect_stream(struct pc_ws *ws)
{
    struct buf *to = &ws->reader.message;
    const int done =
        ws->io->connect(ws->io->user, ws->target->host, ws->target->port, ws->target->tls);

    if (done == PC_IO_AGAIN)
        return;
    if (done != PC_IO_DONE) {
        fail(ws, "no connection to the server");
        return;
    }
    ws_key_make(ws->key, &ws->rng);
    buf_reset(to);
    if (add_request(to, ws->target, ws->key) != CT_OK) {
        fail(ws, "host, path and key are too long");
        return;
    }
    ws->request = (struct out){.bytes = to->bytes, .len = to->len};
    ws->state = ASKING;
}

static void ask(struct pc_ws *ws)
{
    const int wrote = write_out(ws, &ws->request);

    if (wrote == PC_IO_FAILED)
        fail(ws, "the server closed the connection");
    if (wrote != PC_IO_DONE)
        return;
    buf_reset(&ws->reader.message);
    ws->state = ANSWERING;
}

static uint32_t retry_after_ms(const struct http_head *h)
{
    struct str value;
    int64_t seconds;

    if (!http_field(h, STR("Retry-After"), &value, NULL) || !num_i64(value, &seconds) ||
        seconds < 0)
        return 0;
    return (uint32_t)(seconds < RETRY_AFTER_MAX_S ? seconds : RETRY_AFTER_MAX_S) * 1000;
}

static void judge_answer(struct pc_ws *ws, struct str head)
{
    struct http_head h;
    const char *why;

    if (!http_response_parse(head, &h)) {
        fail(ws, "the answer to the upgrade is not HTTP");
        return;
    }
    if (h.status != HTTP_UPGRADED) {
        shut(ws);
        pc_tell_closed(ws->pc, ws->ticket, WS_CODE_ABNORMAL, h.status, retry_after_ms(&h), NULL);
        return;
    }
    why = ws_response_fault(&h, ws->key);
    if (why) {
        fail(ws, why);
        return;
    }
    buf_reset(&ws->reader.message);
    ws->reader = (struct ws_reader){
        .side = WS_FROM_SERVER, .head_need = 2, .skip_large = true, .message = ws->reader.message};
    ws->state = OPEN;
    pc_tell_opened(ws->pc, ws->ticket);
}

/* ---- messages ---- */

/* Where a payload stands in memory that is ours to write. */
static char *own(struct pc_ws *ws, struct str payload)
{
    const uintptr_t at = (uintptr_t)payload.ptr, chunk = (uintptr_t)ws->chunk;

    if (at >= chunk && at - chunk < sizeof ws->chunk)
        return (char *)ws->chunk + (at - chunk);
    return (char *)ws->reader.message.bytes + (at - (uintptr_t)ws->reader.message.bytes);
}

static void on_close_frame(struct pc_ws *ws, const struct ws_event *ev)
{
    char reason[WS_CONTROL_MAX_BYTES + 1];

    (void)str_copy(reason, sizeof reason, ev->payload);
    ws_close(ws, ev->code == WS_CODE_NONE ? WS_CODE_NORMAL : ev->code);
    pc_tell_closed(ws->pc, ws->ticket, ev->code, 0, 0, reason);
}

static void on_frame(struct pc_ws *ws, const struct ws_event *ev)
{
    switch (ev->kind) {
    case WS_EVENT_TEXT:
    case WS_EVENT_BINARY:
        pc_tell_message(ws->pc, ws->ticket, own(ws, ev->payload), ev->payload.len);
        break;
    case WS_EVENT_DROPPED:
        pc_tell_dropped(ws->pc, ws->ticket, ev->bytes);
        break;
    case WS_EVENT_PING:
        queue_control(ws, WS_OP_PONG, ev->payload.len);
        pc_tell_alive(ws->pc, ws->ticket);
        break;
    case WS_EVENT_PONG:
        pc_tell_alive(ws->pc, ws->ticket);
        break;
    case WS_EVENT_CLOSE:
        on_close_frame(ws, ev);
        break;
    case WS_EVENT_BAD:
        ws_close(ws, ev->code);
        pc_tell_closed(ws->pc, ws->ticket, ev->code, 0, 0, ev->why);
        break;
    case WS_EVENT_NONE:
        break;
    }
}

/* A handler may end the connection, or even begin the next one, at any frame. */
static void feed(struct pc_ws *ws, struct str bytes)
{
    const uint32_t ticket = ws->ticket;

    while (bytes.len > 0 && ws->state == OPEN && ws->ticket == ticket) {
        if (has_control(ws) && flush_control(ws) != PC_IO_DONE) {
            ws->unread = bytes; /* a pong that waits keeps the rest waiting */
            return;
        }
        const struct ws_event ev = ws_reader_next(&ws->reader, &bytes);

        on_frame(ws, &ev);
    }
}

static void take_answer(struct pc_ws *ws, struct str bytes)
{
    struct buf *to = &ws->reader.message;
    const size_t before = to->len;
    size_t head;

    if (to->len + bytes.len > HEAD_MAX_BYTES || buf_append(to, bytes) != CT_OK) {
        fail(ws, "the answer to the upgrade is too long");
        return;
    }
    head = http_head_length(buf_str(to));
    if (head == 0)
        return;
    judge_answer(ws, (struct str){(const char *)to->bytes, head});
    if (ws->state == OPEN) /* frames may have come with it */
        feed(ws, (struct str){bytes.ptr + (head - before), bytes.len - (head - before)});
}

static void read_stream(struct pc_ws *ws)
{
    const struct str unread = ws->unread;

    ws->unread = (struct str){0};
    feed(ws, unread);
    for (int i = 0; i < READS_PER_POLL && (ws->state == OPEN || ws->state == ANSWERING); i++) {
        if (ws->unread.len > 0 || has_control(ws))
            return;
        const int n = ws->io->read(ws->io->user, ws->chunk, sizeof ws->chunk);
        const struct str bytes = {(const char *)ws->chunk, n > 0 ? (size_t)n : 0};

        if (n == PC_IO_AGAIN || n == 0)
            return;
        if (n < 0 || (size_t)n > sizeof ws->chunk)
            fail(ws, "the server closed the connection");
        else if (ws->state == ANSWERING)
            take_answer(ws, bytes);
        else
            feed(ws, bytes);
    }
}

static void ws_poll(void *user, struct pc *pc)
{
    struct pc_ws *ws = user;

    (void)pc;
    if (ws->state == CONNECTING)
        connect_stream(ws);
    if (ws->state == ASKING)
        ask(ws);
    read_stream(ws);
    if (ws->state == OPEN && flush_control(ws) == PC_IO_FAILED)
        fail(ws, "the server closed the connection");
}

static int ws_fd(void *user)
{
    const struct pc_ws *ws = user;

    return ws->state != CLOSED && ws->io->fd ? ws->io->fd(ws->io->user) : -1;
}

static bool ws_wants_write(void *user)
{
    const struct pc_ws *ws = user;

    return ws->state == CONNECTING || ws->request.len > 0 || has_control(ws);
}

/* ---- life ---- */

struct pc_ws *pc_ws_create(struct pc *pc)
{
    struct pc_ws *ws = calloc(1, sizeof *ws);

    if (!ws)
        return NULL;
    ws->pc = pc;
    ws->io = pc->cfg.stream;
    rng_seed(&ws->rng, pc->cfg.seed ^ UINT64_C(0x6d61736b)); /* not the numbers of the waits */
    ws_reader_init(&ws->reader, WS_FROM_SERVER, PC_MESSAGE_MAX_BYTES);
    /* All at once: it never grows, and so never takes memory when no client's is in use. */
    if (buf_reserve(&ws->reader.message, PC_MESSAGE_MAX_BYTES) == CT_OK)
        return ws;
    free(ws);
    return NULL;
}

void pc_ws_destroy(struct pc_ws *ws)
{
    if (!ws)
        return;
    shut(ws);
    ws_reader_clear(&ws->reader);
    free(ws);
}

struct pc_transport pc_ws_transport(struct pc_ws *ws)
{
    return (struct pc_transport){.open = ws_open,
                                 .send = ws_send,
                                 .close = ws_close,
                                 .poll = ws_poll,
                                 .fd = ws_fd,
                                 .wants_write = ws_wants_write,
                                 .user = ws};
}
