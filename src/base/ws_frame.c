/* src/base/ws_frame.c - the rules of RFC 6455 section 5, and what a peer that breaks one is told. */
#include "base/ws_frame.h"

#include <string.h>

#include "base/text.h"

enum { FIN = 0x80, RSV = 0x70, OPCODE = 0x0f, MASKED = 0x80, LENGTH = 0x7f, CONTROL = 0x08 };
enum { KEEP_MAX_BYTES = 16 * 1024 };

void ws_reader_init(struct ws_reader *r, enum ws_side side, size_t message_max_bytes)
{
    *r = (struct ws_reader){.side = side, .head_need = 2};
    buf_init(&r->message, message_max_bytes);
}

void ws_reader_clear(struct ws_reader *r)
{
    buf_clear(&r->message);
}

static struct ws_event bad(struct ws_reader *r, int32_t code, const char *why)
{
    r->bad = true;
    return (struct ws_event){.kind = WS_EVENT_BAD, .code = code, .why = why};
}

static const struct ws_event nothing = {.kind = WS_EVENT_NONE};

static int opcode(const struct ws_reader *r)
{
    return r->head[0] & OPCODE;
}

/* What the first two bytes already prove. */
static struct ws_event check_start(struct ws_reader *r)
{
    const int op = opcode(r);
    if (r->head[0] & RSV)
        return bad(r, WS_CODE_PROTOCOL, "reserved bits set");
    if ((op > WS_OP_BINARY && op < WS_OP_CLOSE) || op > WS_OP_PONG)
        return bad(r, WS_CODE_PROTOCOL, "unknown opcode");
    if (!!(r->head[1] & MASKED) != (r->side == WS_FROM_CLIENT))
        return bad(r, WS_CODE_PROTOCOL,
                   r->side == WS_FROM_CLIENT ? "unmasked frame" : "masked frame from a server");
    if (op & CONTROL) {
        if (!(r->head[0] & FIN))
            return bad(r, WS_CODE_PROTOCOL, "fragmented control frame");
        if ((r->head[1] & LENGTH) > WS_CONTROL_MAX_BYTES)
            return bad(r, WS_CODE_PROTOCOL, "control frame too long");
    } else if ((op == WS_OP_CONTINUE) != r->in_message) {
        return bad(r, WS_CODE_PROTOCOL,
                   op == WS_OP_CONTINUE ? "continuation of nothing" : "message inside a message");
    }
    return nothing;
}

static uint8_t head_need(const struct ws_reader *r)
{
    const int len = r->head[1] & LENGTH;
    const int extra = len == 126 ? 2 : len == 127 ? 8 : 0;
    return (uint8_t)(2 + extra + (r->head[1] & MASKED ? 4 : 0));
}

static uint64_t head_length(const struct ws_reader *r)
{
    const int len = r->head[1] & LENGTH;
    const int bytes = len == 126 ? 2 : len == 127 ? 8 : 0;
    uint64_t value = bytes ? 0 : (uint64_t)len;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | r->head[2 + i];
    return value;
}

/* What came of the message before this frame is forgotten but for its size. */
static void start_skipping(struct ws_reader *r)
{
    if (!r->skipping)
        r->skipped = r->message.len;
    r->skipping = true;
    r->skipped = r->frame_len > UINT64_MAX - r->skipped ? UINT64_MAX : r->skipped + r->frame_len;
}

static struct ws_event start_frame(struct ws_reader *r)
{
    r->frame_len = r->left = head_length(r);
    r->in_frame = true;
    r->control_len = 0;
    if (opcode(r) & CONTROL)
        return nothing;
    if (opcode(r) != WS_OP_CONTINUE) {
        r->in_message = true;
        r->text = opcode(r) == WS_OP_TEXT;
        if (r->message.cap > KEEP_MAX_BYTES && !r->skip_large)
            buf_clear(&r->message); /* one large message is not paid for ever after */
        else
            buf_reset(&r->message);
    }
    if (r->skipping || r->left > r->message.limit - r->message.len) { /* before a byte is stored */
        if (!r->skip_large)
            return bad(r, WS_CODE_TOO_LARGE, "message too large");
        start_skipping(r);
    }
    return nothing;
}

/* True when the head is complete or bad (*out tells). */
static bool read_head(struct ws_reader *r, struct str *bytes, struct ws_event *out)
{
    while (bytes->len > 0 && r->head_len < r->head_need) {
        r->head[r->head_len++] = (uint8_t)bytes->ptr[0];
        *bytes = (struct str){bytes->ptr + 1, bytes->len - 1};
        if (r->head_len == 2) {
            *out = check_start(r);
            if (r->bad)
                return true;
            r->head_need = head_need(r);
        }
    }
    if (r->head_len < r->head_need)
        return false;
    *out = start_frame(r);
    return true;
}

static void unmask(const struct ws_reader *r, uint8_t *bytes, size_t len)
{
    if (r->side != WS_FROM_CLIENT)
        return;
    const uint8_t *mask = r->head + r->head_need - 4;
    const size_t at = (size_t)(r->frame_len - r->left);
    for (size_t i = 0; i < len; i++)
        bytes[i] ^= mask[(at + i) & 3];
}

static bool code_may_travel(int code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

/* Messages are ASCII nearly always, so that is looked for a word at a time first. */
static bool valid_text(struct str s)
{
    uint64_t word;
    while (s.len >= sizeof(word)) {
        memcpy(&word, s.ptr, sizeof(word));
        if (word & 0x8080808080808080U)
            break;
        s = (struct str){s.ptr + sizeof(word), s.len - sizeof(word)};
    }
    return text_is_utf8(s);
}

static struct ws_event close_event(struct ws_reader *r)
{
    if (r->control_len == 0)
        return (struct ws_event){.kind = WS_EVENT_CLOSE, .code = WS_CODE_NONE};
    const int code = r->control_len >= 2 ? r->control[0] << 8 | r->control[1] : 0;
    if (!code_may_travel(code))
        return bad(r, WS_CODE_PROTOCOL, "bad close code");
    const void *text = r->control + 2;
    const struct str reason = {text, (size_t)r->control_len - 2};
    if (!valid_text(reason))
        return bad(r, WS_CODE_BAD_TEXT, "reason of closing is not UTF-8");
    return (struct ws_event){.kind = WS_EVENT_CLOSE, .code = code, .payload = reason};
}

static void end_frame(struct ws_reader *r)
{
    r->in_frame = false;
    r->head_len = 0;
    r->head_need = 2;
}

static struct ws_event message_event(struct ws_reader *r, struct str payload)
{
    const bool final = r->head[0] & FIN;
    end_frame(r);
    if (!final)
        return nothing;
    r->in_message = false;
    if (r->skipping) {
        r->skipping = false;
        return (struct ws_event){.kind = WS_EVENT_DROPPED, .bytes = r->skipped};
    }
    if (r->text && !valid_text(payload))
        return bad(r, WS_CODE_BAD_TEXT, "text message is not UTF-8");
    return (struct ws_event){.kind = r->text ? WS_EVENT_TEXT : WS_EVENT_BINARY, .payload = payload};
}

static struct ws_event read_control(struct ws_reader *r, struct str *bytes)
{
    const size_t len = bytes->len < r->left ? bytes->len : (size_t)r->left;
    if (len > 0) {
        memcpy(r->control + r->control_len, bytes->ptr, len);
        unmask(r, r->control + r->control_len, len);
    }
    r->control_len = (uint8_t)(r->control_len + len);
    r->left -= len;
    *bytes = (struct str){bytes->ptr + len, bytes->len - len};
    if (r->left > 0)
        return nothing;
    end_frame(r);
    const void *payload = r->control;
    switch (opcode(r)) {
    case WS_OP_PING:
        return (struct ws_event){.kind = WS_EVENT_PING, .payload = {payload, r->control_len}};
    case WS_OP_PONG:
        return (struct ws_event){.kind = WS_EVENT_PONG, .payload = {payload, r->control_len}};
    default:
        return close_event(r);
    }
}

static struct ws_event read_data(struct ws_reader *r, struct str *bytes)
{
    const size_t len = bytes->len < r->left ? bytes->len : (size_t)r->left;
    const struct str here = {bytes->ptr, len};
    *bytes = (struct str){bytes->ptr + len, bytes->len - len};
    /* The common case, a whole message in one piece from a server, is not copied. */
    if (r->side == WS_FROM_SERVER && len == r->frame_len && opcode(r) != WS_OP_CONTINUE &&
        r->head[0] & FIN) {
        r->left = 0;
        return message_event(r, here);
    }
    if (len > 0 && !r->skipping) {
        if (buf_append(&r->message, here) != CT_OK)
            return bad(r, WS_CODE_TOO_LARGE, "no memory for the message");
        unmask(r, r->message.bytes + r->message.len - len, len);
    }
    r->left -= len;
    return r->left > 0 ? nothing : message_event(r, buf_str(&r->message));
}

struct ws_event ws_reader_next(struct ws_reader *r, struct str *bytes)
{
    struct ws_event event = nothing;
    while (!r->bad && event.kind == WS_EVENT_NONE) {
        if (!r->in_frame && (!read_head(r, bytes, &event) || r->bad))
            return event;
        event = opcode(r) & CONTROL ? read_control(r, bytes) : read_data(r, bytes);
        if (r->in_frame && bytes->len == 0)
            return event;
    }
    return event;
}

/* ---- out ---- */

size_t ws_frame_head(uint8_t head[WS_HEAD_MAX_BYTES], enum ws_opcode op, size_t len,
                     const uint8_t *mask)
{
    size_t at = 2;
    head[0] = (uint8_t)(FIN | (int)op);
    head[1] = mask ? MASKED : 0;
    if (len <= 125) {
        head[1] |= (uint8_t)len;
    } else {
        const int bytes = len <= UINT16_MAX ? 2 : 8;
        head[1] |= bytes == 2 ? 126 : 127;
        for (int i = bytes - 1; i >= 0; i--)
            head[at++] = (uint8_t)((uint64_t)len >> (8 * i) & 0xff);
    }
    if (mask) {
        memcpy(head + at, mask, 4);
        at += 4;
    }
    return at;
}

enum ct_err ws_frame_append(struct buf *to, enum ws_opcode op, struct str payload,
                            const uint8_t *mask)
{
    uint8_t head[WS_HEAD_MAX_BYTES];
    const size_t head_len = ws_frame_head(head, op, payload.len, mask);
    if (payload.len > SIZE_MAX - head_len)
        return CT_ERR_LIMIT;
    const enum ct_err err = buf_reserve(to, head_len + payload.len);
    if (err != CT_OK)
        return err;
    memcpy(to->bytes + to->len, head, head_len);
    to->len += head_len;
    for (size_t i = 0; mask && i < payload.len; i++)
        to->bytes[to->len + i] = (uint8_t)((uint8_t)payload.ptr[i] ^ mask[i & 3]);
    if (!mask && payload.len > 0)
        memcpy(to->bytes + to->len, payload.ptr, payload.len);
    to->len += payload.len;
    return CT_OK;
}

size_t ws_close_payload(char to[WS_CONTROL_MAX_BYTES], int32_t code, struct str reason)
{
    char text[WS_CONTROL_MAX_BYTES - 1]; /* 123 bytes and a terminator */
    if (!code_may_travel(code))
        return 0;
    to[0] = (char)(code >> 8);
    to[1] = (char)(code & 0xff);
    const size_t len = str_copy(text, sizeof(text), reason);
    memcpy(to + 2, text, len);
    return len + 2;
}
