/* src/net/ws_upgrade.h - the HTTP exchange that opens a WebSocket (RFC 6455 section 4). */
#ifndef CHARGETOP_NET_WS_UPGRADE_H
#define CHARGETOP_NET_WS_UPGRADE_H

#include "base/buf.h"
#include "base/rng.h"
#include "net/http_head.h"
#include "net/ws.h"

enum { WS_KEY_CAP = 32 }; /* 24 or 28 characters of base64 and a terminator */

void ws_key_make(char key[WS_KEY_CAP], struct rng *rng);
/* What a server that understood key answers. */
void ws_accept_of(char accept[WS_KEY_CAP], struct str key);

/* Appends the request. CT_ERR_SYNTAX: a line break or space where it would change the meaning. No
 * subprotocol and no extension is offered (permessage-deflate is nobody's gain here). */
enum ct_err ws_request_append(struct buf *to, const struct ws_target *target, const char *key);
/* NULL when the 101 keeps its promises, else why not; static. */
const char *ws_response_fault(const struct http_head *response, const char *key);

/* NULL when a request wants a WebSocket properly, else why not; *key gets its key. */
const char *ws_request_fault(const struct http_head *request, struct str *key);
bool ws_is_upgrade(const struct http_head *request);

#endif
