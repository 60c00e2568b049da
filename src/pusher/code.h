/* src/pusher/code.h - close and error codes: what each means and what to do (2.4 and 2.5). */
#ifndef CHARGETOP_PUSHER_CODE_H
#define CHARGETOP_PUSHER_CODE_H

#include <stdint.h>

enum pusher_reaction {
    PUSHER_REACT_STOP,    /* 4001-4099: do not reconnect unchanged */
    PUSHER_REACT_TLS,     /* 4000: reconnect with TLS; stop if it was TLS already */
    PUSHER_REACT_BACKOFF, /* 4100-4199 (after at least 1 s), 10xx, unknown: growing wait */
    PUSHER_REACT_NOW,     /* 4200-4299: at once with jitter, then backoff if it repeats */
    PUSHER_REACT_SLOW, /* HTTP 401, 403, 404 instead of 101, 1002-1010 but 1005 and 1006: long backoff */
    PUSHER_REACT_REPORT /* 4300-4399: not a reason to close */
};

struct pusher_code_info {
    int32_t first, last; /* inclusive */
    enum pusher_reaction reaction;
    const char *meaning; /* one short clause: "no such app key" */
    const char *advice;  /* what a person can do: "check the app key (--key) and the host" */
};

/* The row for a close code or pusher:error code; a row of its own for unknown ones; never NULL. */
const struct pusher_code_info *pusher_code_info(int32_t code);
/* The row for an HTTP status received instead of 101, same promises. */
const struct pusher_code_info *pusher_http_info(int32_t status);

#endif
