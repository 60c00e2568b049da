/* src/base/ws_key.h - the proof that a server understood a WebSocket upgrade (RFC 6455 section 4). */
#ifndef CHARGETOP_BASE_WS_KEY_H
#define CHARGETOP_BASE_WS_KEY_H

#include "base/http_head.h"
#include "base/rng.h"

enum { WS_KEY_CAP = 32 }; /* 24 or 28 characters of base64 and a terminator */

void ws_key_make(char key[WS_KEY_CAP], struct rng *rng);
/* What a server that understood key answers; empty for a key longer than 64 bytes. */
void ws_accept_of(char accept[WS_KEY_CAP], struct str key);
/* NULL when the 101 keeps its promises, else why not; static. */
const char *ws_response_fault(const struct http_head *response, const char *key);

#endif
