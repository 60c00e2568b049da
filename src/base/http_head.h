/* src/base/http_head.h - the head of an HTTP/1.x message and chunked bodies (RFC 9112), for the
 * WebSocket upgrade, CONNECT answers and the server. Nothing here allocates. */
#ifndef CHARGETOP_BASE_HTTP_HEAD_H
#define CHARGETOP_BASE_HTTP_HEAD_H

#include <stdint.h>

#include "base/str.h"

enum { HTTP_HEAD_MAX_BYTES = 16 * 1024 };

/* Bytes of a head with the empty line that ends it; 0 while it has not all arrived. */
size_t http_head_length(struct str bytes);

/* Slices of the head's bytes. */
struct http_head {
    struct str method, target; /* of a request */
    int32_t status;            /* of a response */
    int minor;                 /* HTTP/1.minor */
    struct str fields;         /* the lines after the first */
};

/* head is what http_head_length counted. False for anything malformed: bad version, control
 * bytes, folded lines, white space before a colon. */
bool http_request_parse(struct str head, struct http_head *out);
bool http_response_parse(struct str head, struct http_head *out);

/* The trimmed value of the first field of that name; count (may be NULL) gets how many there are.
 * False if there is none. */
bool http_field(const struct http_head *h, struct str name, struct str *value, size_t *count);
/* True when one of the comma-separated values of all such fields is token, any case. */
bool http_field_has(const struct http_head *h, struct str name, struct str token);
/* The trimmed item of the comma-separated values of all such fields, counted from the last one (0).
 * False if there are not so many. */
bool http_field_item(const struct http_head *h, struct str name, size_t from_end, struct str *out);

/* Takes chunked bytes apart. */
struct http_chunks {
    uint64_t left; /* of the chunk at hand */
    uint8_t state;
    uint16_t line; /* bytes of the size or trailer line so far */
    bool done, bad;
};
/* Consumes from *bytes; returns the next run of body bytes (empty at the end, on bad bytes, or
 * when more input is needed: see done and bad). */
struct str http_chunks_next(struct http_chunks *c, struct str *bytes);

#endif
