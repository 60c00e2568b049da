/* Knows Powerly's REST calls and the life of those who make them (domain.md 2.3). */
#include "api/powerly.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "api/powerly_impl.h"
#include "base/json_write.h"
#include "net/url.h"

enum { TIMEOUT_MS = 60000 };

/* --- life --------------------------------------------------------------------------------- */

static void powerly_free(struct powerly *p)
{
    while (p->calls)
        powerly_call_free(p, p->calls);
    for (size_t i = 0; i < POWERLY_HEADERS_MAX; i++)
        free(p->headers[i]);
    free(p->source);
    free(p);
}

void powerly_leave(struct powerly *p)
{
    if (--p->depth == 0 && p->dead)
        powerly_free(p);
}

void powerly_destroy(struct powerly *p)
{
    struct powerly_call *c;

    if (!p || p->dead)
        return;
    p->dead = true;
    DL_FOREACH(p->calls, c)
    {
        if (c->id)
            http_cancel(p->http, c->id);
    }
    if (p->reading)
        token_cancel(p->token, p);
    if (p->depth == 0)
        powerly_free(p);
}

static bool header_has_value(const char *line)
{
    struct str rest = str_from(line);

    str_split(&rest, ':');
    return str_trim(rest).len > 0;
}

static bool header_valid(const char *line)
{
    const char *colon = strchr(line, ':');

    for (const char *at = line; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return false;
    return colon && colon != line;
}

static bool copy_headers(struct powerly *p, const struct powerly_cfg *cfg)
{
    size_t n = 0;

    for (size_t i = 0; i < POWERLY_HEADERS_MAX; i++) {
        if (!cfg->headers[i])
            continue;
        if (!header_valid(cfg->headers[i]))
            return false;
        if (!header_has_value(cfg->headers[i]))
            continue; /* an empty API-KEY is not sent */
        p->headers[n] = strdup(cfg->headers[i]);
        if (!p->headers[n++])
            return false;
    }
    return true;
}

static bool copy_base(struct powerly *p, const char *base)
{
    const struct str text = str_from(base);
    struct url url;

    if (!url_parse(text, &url) || text.len + 2 > sizeof p->base ||
        str_find(text, STR("?")) < text.len)
        return false;
    str_format(p->base, sizeof p->base, "%s%s", base, str_ends(text, STR("/")) ? "" : "/");
    return str_starts(text, STR("http"));
}

struct powerly *powerly_create(struct net_loop *loop, struct http *http, struct token *token,
                               const struct powerly_cfg *cfg, powerly_event_fn *fn, void *user)
{
    struct powerly *p = calloc(1, sizeof *p);

    if (!p)
        return NULL;
    p->loop = loop;
    p->http = http;
    p->token = token;
    p->fn = fn;
    p->user = user;
    p->page_limit = cfg->page_limit ? cfg->page_limit : POWERLY_PAGE_LIMIT;
    p->timeout_ms = cfg->timeout_ms ? cfg->timeout_ms : TIMEOUT_MS;
    p->source = cfg->token_source ? strdup(cfg->token_source) : NULL;
    if ((cfg->token_source && !p->source) || !copy_base(p, cfg->base) || !copy_headers(p, cfg)) {
        powerly_free(p);
        return NULL;
    }
    return p;
}

/* --- the public face ---------------------------------------------------------------------- */

static bool id_valid(struct str id)
{
    return id.len >= 1 && id.len <= POWERLY_ORDER_ID_MAX && !memchr(id.ptr, '\0', id.len);
}

enum ct_err powerly_list(struct powerly *p)
{
    struct powerly_call *c;
    enum ct_err err;

    if (p->listing)
        return CT_ERR_STATE;
    c = powerly_call_new(p, WIRE_REST_LIST, STR(""));
    err = c ? powerly_call_start(p, c) : CT_ERR_NOMEM;
    p->listing = !err;
    return err;
}

enum ct_err powerly_details(struct powerly *p, struct str order_id)
{
    struct powerly_call *c;

    if (!id_valid(order_id))
        return CT_ERR_RANGE;
    c = powerly_call_new(p, WIRE_REST_DETAILS, order_id);
    return c ? powerly_call_start(p, c) : CT_ERR_NOMEM;
}

enum ct_err powerly_stop(struct powerly *p, struct str order_id, struct str station_id,
                         int32_t connector)
{
    struct json_writer w;
    struct powerly_call *c;

    if (!id_valid(order_id) || !id_valid(station_id))
        return CT_ERR_RANGE;
    c = powerly_call_new(p, WIRE_REST_STOP, order_id);
    if (!c)
        return CT_ERR_NOMEM;
    jw_init(&w, &c->body);
    jw_object(&w);
    jw_key(&w, "order_id");
    jw_str(&w, order_id);
    jw_key(&w, "power_source_id");
    jw_str(&w, station_id);
    if (connector > 0) {
        jw_key(&w, "connector");
        jw_i64(&w, connector);
    }
    jw_object_end(&w);
    if (w.err) {
        powerly_call_free(p, c);
        return w.err;
    }
    return powerly_call_start(p, c);
}

enum ct_err powerly_me(struct powerly *p)
{
    struct powerly_call *c = powerly_call_new(p, WIRE_REST_ME, STR(""));

    return c ? powerly_call_start(p, c) : CT_ERR_NOMEM;
}

size_t powerly_waiting(const struct powerly *p)
{
    const struct powerly_call *c;
    size_t n = 0;

    DL_COUNT(p->calls, c, n);
    return n;
}
