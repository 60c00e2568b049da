/* src/net/ws_upgrade.c - which headers open a WebSocket, and which make it a fraud. */
#include "net/ws_upgrade.h"

#include <string.h>

static bool path_ok(const char *path)
{
    for (const char *at = path; *at; at++) {
        if ((unsigned char)*at <= ' ' || *at == 0x7f)
            return false;
    }
    return path[0] == '/';
}

static bool one_line(const char *text)
{
    return strpbrk(text, "\r\n") == NULL;
}

static enum ct_err append_host(struct buf *to, const struct ws_target *t)
{
    enum ct_err err = strchr(t->host, ':') ? buf_printf(to, "Host: [%s]", t->host)
                                           : buf_printf(to, "Host: %s", t->host);
    if (err == CT_OK && t->port != (t->tls ? 443 : 80))
        err = buf_printf(to, ":%u", (unsigned)t->port);
    return err == CT_OK ? buf_append(to, STR("\r\n")) : err;
}

static enum ct_err append_extras(struct buf *to, const struct ws_target *t)
{
    enum ct_err err = CT_OK;
    if (t->origin)
        err = buf_printf(to, "Origin: %s\r\n", t->origin);
    for (size_t i = 0; err == CT_OK && i < WS_HEADERS_MAX && t->headers[i]; i++) {
        if (!one_line(t->headers[i]) || !strchr(t->headers[i], ':'))
            return CT_ERR_SYNTAX;
        err = buf_printf(to, "%s\r\n", t->headers[i]);
    }
    return err;
}

enum ct_err ws_request_append(struct buf *to, const struct ws_target *t, const char *key)
{
    if (!path_ok(t->path) || !one_line(t->host) || (t->origin && !one_line(t->origin)))
        return CT_ERR_SYNTAX;
    enum ct_err err = buf_printf(to, "GET %s HTTP/1.1\r\n", t->path);
    if (err == CT_OK)
        err = append_host(to, t);
    if (err == CT_OK)
        err = buf_printf(to,
                         "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n",
                         key);
    if (err == CT_OK)
        err = append_extras(to, t);
    return err == CT_OK ? buf_append(to, STR("\r\n")) : err;
}

bool ws_is_upgrade(const struct http_head *h)
{
    return http_field_has(h, STR("Upgrade"), STR("websocket"));
}

const char *ws_request_fault(const struct http_head *h, struct str *key)
{
    struct str version;
    size_t count = 0;
    if (!str_eq(h->method, STR("GET")) || h->minor < 1)
        return "a WebSocket opens with GET over HTTP/1.1";
    if (!http_field_has(h, STR("Connection"), STR("upgrade")))
        return "no Connection: Upgrade";
    http_field(h, STR("Sec-WebSocket-Key"), key, &count);
    if (count != 1 || key->len < 16 || key->len > 64)
        return "bad Sec-WebSocket-Key";
    if (!http_field(h, STR("Sec-WebSocket-Version"), &version, NULL) || !str_eq(version, STR("13")))
        return "only version 13 is spoken here";
    return NULL;
}
