/* Knows a request's line and headers, what its answer leads to, and what a refused token means. */
#include "api/powerly_impl.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "api/powerly_body.h"
#include "base/text.h"
#include "net/token_hide.h"

enum {
    READ_RETRIES = 2, /* of GETs; a stop is sent once */
    URL_MAX = 1400,
    ASKED_RENEWAL_MS = 60000 /* Token-Refresh-Required is obeyed once in this time */
};

/* --- telling ------------------------------------------------------------------------------ */

static void tell(struct powerly *p, struct wire_event *event)
{
    if (p->dead)
        return;
    event->seq = ++p->seq;
    event->at_ms = net_now_ms(p->loop);
    event->at_unix_ms = net_unix_ms();
    p->fn(p->user, event);
}

static void tell_auth(struct powerly *p, int32_t code, const char *text)
{
    const int64_t expiry_ms = p->token ? token_expiry_unix_ms(p->token) : 0;
    const bool expired = expiry_ms != 0 && expiry_ms <= net_unix_ms();
    const char *cause = !p->token || !token_header(p->token) ? "no-token"
                        : expired                            ? "token-expired"
                                                             : "";

    tell(p, &(struct wire_event){.kind = WIRE_AUTH,
                                 .code = code,
                                 .cause = str_from(code ? cause : ""),
                                 .text = str_from(text)});
}

static void tell_fault(struct powerly *p, const struct powerly_call *c, int32_t code,
                       const char *text)
{
    tell(p, &(struct wire_event){.kind = WIRE_FAULT,
                                 .code = code,
                                 .name = str_from(c->order_id),
                                 .cause = str_from(c->cause ? c->cause : ""),
                                 .text = str_from(text)});
}

static const char *source_name(const struct powerly *p)
{
    return p->source ? p->source : "the token source";
}

/* --- sending ------------------------------------------------------------------------------ */

static void on_answer(void *user, const struct http_answer *answer);

static void encode(char *to, size_t cap, const char *id)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t n = 0;

    for (; *id && n + 4 <= cap; id++) {
        const unsigned char c = (unsigned char)*id;

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
            c == '-' || c == '_' || c == '~') {
            to[n++] = (char)c;
        } else { /* dots as well: ".." must stay an id */
            to[n++] = '%';
            to[n++] = hex[c >> 4];
            to[n++] = hex[c & 15];
        }
    }
    to[n] = '\0';
}

static void write_url(const struct powerly *p, const struct powerly_call *c, char *to, size_t cap)
{
    char id[3 * POWERLY_ORDER_ID_MAX + 4];

    switch (c->kind) {
    case WIRE_REST_LIST:
    case WIRE_REST_LIST_DONE:
        str_format(to, cap, "%sorders?page=%u&status=active&limit=%u", p->base, (unsigned)c->page,
                   (unsigned)p->page_limit);
        break;
    case WIRE_REST_DETAILS:
        encode(id, sizeof id, c->order_id);
        str_format(to, cap, "%sorders/%s", p->base, id);
        break;
    case WIRE_REST_STOP:
        str_format(to, cap, "%sorders/stop", p->base);
        break;
    case WIRE_REST_ME:
        str_format(to, cap, "%susers/me", p->base);
        break;
    }
}

static enum ct_err call_send(struct powerly *p, struct powerly_call *c)
{
    const bool post = c->kind == WIRE_REST_STOP;
    char url[URL_MAX];
    struct http_request request = {.method = post ? "POST" : "GET",
                                   .url = url,
                                   .timeout_ms = p->timeout_ms,
                                   .retries = post ? 0 : READ_RETRIES,
                                   .body_max_bytes = HTTP_BODY_MAX_BYTES};
    size_t n = 0;

    write_url(p, c, url, sizeof url);
    if (post) {
        request.body = buf_str(&c->body);
        request.headers[n++] = "Content-Type: application/json";
    }
    request.headers[n++] = "Accept: application/json";
    c->print = token_print(p->token);
    if (c->print)
        request.headers[n++] = token_header(p->token);
    for (size_t i = 0; i < POWERLY_HEADERS_MAX && p->headers[i]; i++)
        request.headers[n++] = p->headers[i];
    return http_send(p->http, &request, on_answer, c, &c->id);
}

void powerly_call_free(struct powerly *p, struct powerly_call *c)
{
    DL_DELETE(p->calls, c);
    buf_clear(&c->body);
    buf_clear(&c->refusal);
    free(c);
}

struct powerly_call *powerly_call_new(struct powerly *p, enum wire_rest kind, struct str order_id)
{
    struct powerly_call *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->p = p;
    c->kind = kind;
    c->page = 1;
    str_copy(c->order_id, sizeof c->order_id, order_id);
    buf_init(&c->body, POWERLY_STOP_BODY_MAX);
    buf_init(&c->refusal, POWERLY_REFUSAL_MAX_BYTES);
    DL_APPEND(p->calls, c);
    return c;
}

enum ct_err powerly_call_start(struct powerly *p, struct powerly_call *c)
{
    const enum ct_err err = call_send(p, c);

    if (err)
        powerly_call_free(p, c);
    return err;
}

/* --- answers ------------------------------------------------------------------------------ */

static void list_done(struct powerly *p, int32_t code)
{
    p->listing = false;
    tell(p, &(struct wire_event){.kind = WIRE_REST, .rest = WIRE_REST_LIST_DONE, .code = code});
}

/* The page was told; c goes on with the next one or ends. */
static void list_go_on(struct powerly *p, struct powerly_call *c, enum powerly_page page)
{
    if (page == POWERLY_PAGE_LAST) {
        powerly_call_free(p, c);
        list_done(p, 0);
        return;
    }
    if (c->page >= POWERLY_PAGES_MAX) {
        tell_fault(p, c, 0,
                   "the list of active orders is longer than 200 pages; the rest is left out");
    } else {
        c->page++;
        c->again = false;
        if (!call_send(p, c))
            return;
        tell_fault(p, c, 0, "the next page of the list could not be asked for");
    }
    powerly_call_free(p, c);
    list_done(p, POWERLY_INCOMPLETE);
}

static bool status_good(int32_t status)
{
    return status >= 200 && status < 300;
}

/* A stop may be answered by 204; everything else has to say something. */
static bool empty_stop(const struct powerly_call *c, struct str body)
{
    return c->kind == WIRE_REST_STOP && str_trim(body).len == 0;
}

/* Ends c unless its list goes on. text is what HTTP itself says of the answer. */
static void finish(struct powerly *p, struct powerly_call *c, int32_t status, struct str body,
                   const char *text)
{
    char reason[POWERLY_REASON_MAX] = "";
    const bool list = c->kind == WIRE_REST_LIST;
    const bool good = status_good(status) && (powerly_body_good(body) || empty_stop(c, body));
    const enum powerly_page page =
        good && list ? powerly_body_page(body, p->page_limit) : POWERLY_PAGE_BAD;

    if (!good) {
        powerly_body_reason(body, text, reason, sizeof reason);
        token_hide(p->token, reason);
    } else if (list && page == POWERLY_PAGE_BAD) {
        str_copy(reason, sizeof reason, STR("the answer holds no list of orders"));
    }
    tell(p, &(struct wire_event){.kind = WIRE_REST,
                                 .rest = c->kind,
                                 .code = status,
                                 .name = str_from(c->order_id),
                                 .data = body,
                                 .cause = str_from(c->cause ? c->cause : ""),
                                 .text = str_from(reason)});
    if (reason[0])
        tell_fault(p, c, status, reason);
    if (p->dead)
        return; /* c is freed with p */
    if (list && !reason[0]) {
        list_go_on(p, c, page);
        return;
    }
    powerly_call_free(p, c);
    if (list)
        list_done(p, status == 0           ? POWERLY_NO_ANSWER
                     : status_good(status) ? POWERLY_INCOMPLETE
                                           : status);
}

/* The refusal of a call that waited in vain for another token. */
static void finish_waiting(struct powerly *p, struct powerly_call *c)
{
    struct buf refusal = c->refusal; /* c ends with finish, its body must outlive that */

    buf_init(&c->refusal, POWERLY_REFUSAL_MAX_BYTES);
    finish(p, c, c->status, buf_str(&refusal), "HTTP 401");
    buf_clear(&refusal);
}

static void resume(struct powerly *p, struct powerly_call *c)
{
    c->waits = false;
    c->again = true;
    if (c->print == token_print(p->token) || p->dead) {
        finish_waiting(p, c);
        return;
    }
    if (call_send(p, c))
        finish(p, c, 0, STR(""), "the request could not be repeated");
}

static struct powerly_call *first_waiting(struct powerly *p)
{
    struct powerly_call *c;

    DL_FOREACH(p->calls, c)
    {
        if (c->waits)
            return c;
    }
    return NULL;
}

static void on_token(void *user, enum ct_err err, const char *text)
{
    struct powerly *p = user;
    struct powerly_call *c;

    if (!p->reading)
        return;
    p->depth++;
    p->reading = false;
    if (err && p->refused) {
        char reason[POWERLY_REASON_MAX], line[2 * POWERLY_REASON_MAX];

        text_clean(reason, sizeof reason, str_from(text));
        str_format(line, sizeof line, "no new token: %s", reason[0] ? reason : ct_strerror(err));
        token_hide(p->token, line);
        tell_auth(p, 401, line);
    }
    while (!p->dead && (c = first_waiting(p)))
        resume(p, c);
    powerly_leave(p);
}

static void reread(struct powerly *p)
{
    if (p->reading || !p->token || !token_configured(p->token))
        return;
    p->reading = true;
    token_refresh(p->token, on_token, p);
}

static void tell_refused(struct powerly *p)
{
    char text[POWERLY_REASON_MAX];
    const bool source = p->token && token_configured(p->token);

    if (p->refused)
        return;
    p->refused = true;
    if (source)
        str_format(text, sizeof text, "token refused (401) by the REST interface: reading %s again",
                   source_name(p));
    else
        str_format(text, sizeof text, "the REST interface wants a token and none is configured");
    tell_auth(p, 401, text);
}

/* True when c waits for another token instead of ending. */
static bool waits_for_token(struct powerly *p, struct powerly_call *c,
                            const struct http_answer *answer)
{
    tell_refused(p);
    if (p->dead || c->again || !p->token || !token_configured(p->token))
        return false;
    buf_reset(&c->refusal);
    (void)buf_append(&c->refusal, answer->body); /* too long: ends without its body */
    c->status = answer->status;
    c->waits = true;
    reread(p);
    return true;
}

static void obey_renewal(struct powerly *p, const struct http_answer *answer)
{
    const uint64_t now_ms = net_now_ms(p->loop);

    if (!answer->token_refresh_required)
        return;
    if (p->renewed_at_ms && now_ms - p->renewed_at_ms < ASKED_RENEWAL_MS)
        return;
    p->renewed_at_ms = now_ms ? now_ms : 1;
    reread(p);
}

static void on_answer(void *user, const struct http_answer *answer)
{
    struct powerly_call *c = user;
    struct powerly *p = c->p;

    p->depth++;
    c->id = 0;
    c->cause = net_failure_cause(answer->failure);
    obey_renewal(p, answer);
    if (!p->dead && answer->status == 401) {
        if (!waits_for_token(p, c, answer) && !p->dead)
            finish(p, c, answer->status, answer->body, answer->text);
    } else if (!p->dead) {
        if (p->refused && status_good(answer->status)) {
            p->refused = false;
            tell_auth(p, 0, "the REST interface accepts the token");
        }
        if (!p->dead)
            finish(p, c, answer->status, answer->body, answer->text);
    }
    powerly_leave(p);
}
