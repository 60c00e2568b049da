/* src/base/ws_frame.h - RFC 6455 frames to messages and back, for both ends, over bytes cut
 * anywhere. Text messages and reasons of closing are valid UTF-8 when they are handed on. */
#ifndef CHARGETOP_BASE_WS_FRAME_H
#define CHARGETOP_BASE_WS_FRAME_H

#include <stdint.h>

#include "base/buf.h"

enum {
    WS_HEAD_MAX_BYTES = 14,
    WS_CONTROL_MAX_BYTES = 125,
    WS_CODE_NORMAL = 1000,
    WS_CODE_PROTOCOL = 1002,
    WS_CODE_UNSUPPORTED = 1003,
    WS_CODE_NONE = 1005,     /* a close frame without a code */
    WS_CODE_ABNORMAL = 1006, /* no close frame */
    WS_CODE_BAD_TEXT = 1007, /* text that is no UTF-8 */
    WS_CODE_TOO_LARGE = 1009
};

enum ws_opcode {
    WS_OP_CONTINUE = 0,
    WS_OP_TEXT = 1,
    WS_OP_BINARY = 2,
    WS_OP_CLOSE = 8,
    WS_OP_PING = 9,
    WS_OP_PONG = 10
};

enum ws_side { WS_FROM_SERVER, WS_FROM_CLIENT }; /* who sends what is read: clients mask */

enum ws_event_kind {
    WS_EVENT_NONE, /* more bytes are needed */
    WS_EVENT_TEXT,
    WS_EVENT_BINARY,
    WS_EVENT_PING,
    WS_EVENT_PONG,
    WS_EVENT_CLOSE,   /* code, payload: the reason */
    WS_EVENT_DROPPED, /* a message beyond the limit was read to its end: bytes is its size */
    WS_EVENT_BAD      /* the peer broke a rule: code to close with, why; no event follows */
};

struct ws_event {
    enum ws_event_kind kind;
    int32_t code;
    uint64_t bytes;
    struct str payload; /* borrowed until the next call */
    const char *why;    /* static */
};

struct ws_reader {
    enum ws_side side;
    uint8_t head[WS_HEAD_MAX_BYTES];
    uint8_t head_len, head_need;
    bool in_frame, in_message, text, bad;
    bool
        skip_large; /* set by the owner: a message beyond the limit is DROPPED, not BAD, and the memory
                        of `message` is never given back */
    bool skipping;
    uint64_t skipped; /* bytes of the message being skipped */
    uint64_t left;    /* payload bytes of the frame still to come */
    uint64_t frame_len;
    uint8_t control[WS_CONTROL_MAX_BYTES];
    uint8_t control_len;
    struct buf message; /* its limit bounds the reassembled message */
};

void ws_reader_init(struct ws_reader *r, enum ws_side side, size_t message_max_bytes);
void ws_reader_clear(struct ws_reader *r);
/* Consumes from *bytes up to the end of one message or control frame. */
struct ws_event ws_reader_next(struct ws_reader *r, struct str *bytes);

/* The head of one final frame of len bytes; returns its length. mask: 4 bytes, or NULL from a server. */
size_t ws_frame_head(uint8_t head[WS_HEAD_MAX_BYTES], enum ws_opcode op, size_t len,
                     const uint8_t *mask);
/* Appends one final frame. mask: 4 bytes, or NULL from a server. CT_ERR_LIMIT or CT_ERR_NOMEM
 * leave `to` as it was. */
enum ct_err ws_frame_append(struct buf *to, enum ws_opcode op, struct str payload,
                            const uint8_t *mask);
/* The payload of a close frame in to[125]: code and the start of reason, cut at a code point. 0 for
 * codes that may not travel (1005, 1006, 1015, below 1000). */
size_t ws_close_payload(char to[WS_CONTROL_MAX_BYTES], int32_t code, struct str reason);

#endif
