/* src/net/ws_upgrade.h - the HTTP exchange that opens a WebSocket (RFC 6455 section 4). */
#ifndef CHARGETOP_NET_WS_UPGRADE_H
#define CHARGETOP_NET_WS_UPGRADE_H

#include "base/buf.h"
#include "base/http_head.h"
#include "base/ws_key.h"
#include "net/ws.h"

/* Appends the request. CT_ERR_SYNTAX: a line break or space where it would change the meaning. No
 * subprotocol and no extension is offered (permessage-deflate is nobody's gain here). */
enum ct_err ws_request_append(struct buf *to, const struct ws_target *target, const char *key);
/* NULL when a request wants a WebSocket properly, else why not; *key gets its key. */
const char *ws_request_fault(const struct http_head *request, struct str *key);
bool ws_is_upgrade(const struct http_head *request);

#endif
