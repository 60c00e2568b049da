/* src/pusher/code.c - the table of close codes, error codes and HTTP refusals (2.4). */
#include "pusher/code.h"

/* clang-format off */
/* Single codes stand before the ranges that hold them: the first row that fits is taken. */
static const struct pusher_code_info codes[] = {
    {4000, 4000, PUSHER_REACT_TLS, "the app accepts TLS connections only", "use --tls"},
    {4001, 4001, PUSHER_REACT_STOP, "no such app key", "check the app key (--key) and the host"},
    {4003, 4003, PUSHER_REACT_STOP, "the app is disabled", "enable the app in the server's settings"},
    {4004, 4004, PUSHER_REACT_STOP, "the app is over its connection quota", "close other clients or raise the quota, then connect again"},
    {4005, 4005, PUSHER_REACT_STOP, "path not found", "check the path prefix (--path)"},
    {4006, 4006, PUSHER_REACT_STOP, "the server does not accept the client version", "report this: the version sent is malformed"},
    {4007, 4007, PUSHER_REACT_STOP, "protocol version 7 is not supported", "the server is too old or not a Pusher server"},
    {4008, 4008, PUSHER_REACT_STOP, "no protocol version was seen", "a proxy may strip the query of the address"},
    {4009, 4009, PUSHER_REACT_STOP, "the connection is unauthorized", "check the token, the origin and that a private channel is joined in time"},
    {4002, 4099, PUSHER_REACT_STOP, "the server refuses this connection", "change the configuration before connecting again"},
    {4100, 4100, PUSHER_REACT_BACKOFF, "the server is over capacity", "wait; connecting again is automatic"},
    {4101, 4199, PUSHER_REACT_BACKOFF, "the server asks to come back later", "wait; connecting again is automatic"},
    {4200, 4200, PUSHER_REACT_NOW, "the server asks to reconnect", "wait; connecting again is automatic"},
    {4201, 4201, PUSHER_REACT_NOW, "a ping was not answered in time", "the network may be slow or blocked"},
    {4202, 4202, PUSHER_REACT_NOW, "closed after long inactivity", "wait; connecting again is automatic"},
    {4203, 4299, PUSHER_REACT_NOW, "the server asks to reconnect", "wait; connecting again is automatic"},
    {4301, 4301, PUSHER_REACT_REPORT, "a client event was rejected", "client events may be off, or sent too fast"},
    {4302, 4302, PUSHER_REACT_REPORT, "the server could not do what was asked", "see the server's log"},
    {4300, 4399, PUSHER_REACT_REPORT, "the server reports an error", "see the server's log"},
    {4400, 4999, PUSHER_REACT_BACKOFF, "a code without a meaning", "see the server's log"},
    {1000, 1000, PUSHER_REACT_BACKOFF, "the server closed the connection", "wait; connecting again is automatic"},
    {1001, 1001, PUSHER_REACT_BACKOFF, "the server is going away", "wait; connecting again is automatic"},
    {1002, 1002, PUSHER_REACT_SLOW, "WebSocket protocol error", "a proxy may disturb the connection"},
    {1003, 1003, PUSHER_REACT_SLOW, "the server does not accept this kind of data", "the server may not be a Pusher server"},
    {1005, 1005, PUSHER_REACT_BACKOFF, "closed without a code", "wait; connecting again is automatic"},
    {1006, 1006, PUSHER_REACT_BACKOFF, "the connection broke", "check the network; connecting again is automatic"},
    {1007, 1007, PUSHER_REACT_SLOW, "a message was not valid text", "report this"},
    {1008, 1008, PUSHER_REACT_SLOW, "against the server's policy", "see the server's log"},
    {1009, 1009, PUSHER_REACT_SLOW, "a message was too large", "send less data in one event"},
    {1010, 1010, PUSHER_REACT_SLOW, "a WebSocket extension is missing", "the server may not be a Pusher server"},
    {1011, 1011, PUSHER_REACT_BACKOFF, "the server failed", "see the server's log"},
    {1012, 1014, PUSHER_REACT_BACKOFF, "the server or its gateway is restarting", "wait; connecting again is automatic"},
    {1015, 1015, PUSHER_REACT_BACKOFF, "the TLS handshake failed", "check the certificate (--ca-file) and the host"},
    {INT32_MIN, INT32_MAX, PUSHER_REACT_BACKOFF, "the connection ended for an unknown reason", "see the server's log"},
};

static const struct pusher_code_info statuses[] = {
    {401, 401, PUSHER_REACT_SLOW, "HTTP 401: not authenticated", "a proxy or the server wants credentials"},
    {403, 403, PUSHER_REACT_SLOW, "HTTP 403: refused", "check the origin (--origin) and the proxy"},
    {404, 404, PUSHER_REACT_SLOW, "HTTP 404: no WebSocket at this address", "check host, path prefix (--path) and key (--key)"},
    {407, 407, PUSHER_REACT_SLOW, "HTTP 407: the proxy wants credentials", "check the proxy settings"},
    {408, 408, PUSHER_REACT_BACKOFF, "HTTP 408: the server waited too long", "check the network"},
    {429, 429, PUSHER_REACT_BACKOFF, "HTTP 429: too many connections", "wait; connecting again is automatic"},
    {100, 299, PUSHER_REACT_SLOW, "the server answered without upgrading", "a proxy may drop the upgrade; check host and path"},
    {300, 399, PUSHER_REACT_SLOW, "the server redirects elsewhere", "check host, port and --tls"},
    {400, 499, PUSHER_REACT_SLOW, "the server refused the request", "check host, path prefix (--path) and key (--key)"},
    {500, 599, PUSHER_REACT_BACKOFF, "the server or its gateway failed", "wait; connecting again is automatic"},
    {INT32_MIN, INT32_MAX, PUSHER_REACT_BACKOFF, "the server gave an unknown HTTP status", "the server may not be a Pusher server"},
};
/* clang-format on */

/* The last row of each table fits every number. */
static const struct pusher_code_info *lookup(const struct pusher_code_info *row, int32_t number)
{
    while (number < row->first || number > row->last)
        row++;
    return row;
}

const struct pusher_code_info *pusher_code_info(int32_t code)
{
    return lookup(codes, code);
}

const struct pusher_code_info *pusher_http_info(int32_t status)
{
    return lookup(statuses, status);
}
