/* src/net/server_http.c - HTTP/1.1 as the server speaks it: which requests are read, how long a body
 * may be, when a connection is kept, and what an answer looks like. */
#include <string.h>
#include <time.h>

#include "net/server_conn.h"
#include "net/ws_upgrade.h"

static const char *status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } texts[] = {{101, "Switching Protocols"},
                 {200, "OK"},
                 {201, "Created"},
                 {202, "Accepted"},
                 {204, "No Content"},
                 {400, "Bad Request"},
                 {401, "Unauthorized"},
                 {403, "Forbidden"},
                 {404, "Not Found"},
                 {405, "Method Not Allowed"},
                 {408, "Request Timeout"},
                 {409, "Conflict"},
                 {411, "Length Required"},
                 {413, "Content Too Large"},
                 {422, "Unprocessable Content"},
                 {426, "Upgrade Required"},
                 {429, "Too Many Requests"},
                 {431, "Request Header Fields Too Large"},
                 {500, "Internal Server Error"},
                 {501, "Not Implemented"},
                 {503, "Service Unavailable"}};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (texts[i].status == status)
            return texts[i].text;
    }
    return "Status";
}

/* IMF-fixdate (RFC 9110 5.6.7), without the locale's names. */
static void http_date(char *to, size_t cap, int64_t unix_ms)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const time_t at = (time_t)(unix_ms / 1000);
    struct tm t;
    to[0] = '\0';
    if (gmtime_r(&at, &t))
        str_format(to, cap, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday], t.tm_mday,
                   months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

static enum ct_err append_answer(struct conn *c, struct buf *to, int status,
                                 const char *content_type, const char *const *headers,
                                 size_t header_count, struct str body)
{
    char date[40];
    http_date(date, sizeof(date), net_unix_ms());
    enum ct_err err = buf_printf(to, "HTTP/1.1 %d %s\r\nDate: %s\r\nConnection: %s\r\n", status,
                                 status_text(status), date, c->keep_alive ? "keep-alive" : "close");
    if (err == CT_OK && status != 204)
        err = buf_printf(to, "Content-Length: %zu\r\n", body.len);
    if (err == CT_OK && content_type && status != 204)
        err = buf_printf(to, "Content-Type: %s\r\n", content_type);
    for (size_t i = 0; err == CT_OK && i < header_count; i++)
        err = buf_printf(to, "%s\r\n", headers[i]);
    if (err == CT_OK)
        err = buf_append(to, STR("\r\n"));
    const bool bodiless = status == 204 || str_eq(c->head.method, STR("HEAD"));
    return err == CT_OK && !bodiless ? buf_append(to, body) : err;
}

void conn_http_begun(struct conn *c)
{
    if (c->begun) /* bytes that come one by one win no time */
        return;
    c->begun = true;
    conn_timer_in(c, c->server->head_ms);
}

void conn_body_release(struct conn *c)
{
    c->server->bodies_bytes -= c->body_held;
    c->body_held = 0;
}

/* False: all bodies together would be too many bytes. */
static bool body_hold(struct conn *c, uint64_t bytes)
{
    struct net_server *s = c->server;
    if (bytes > s->bodies_max_bytes - s->bodies_bytes)
        return false;
    s->bodies_bytes += (size_t)bytes;
    c->body_held += (size_t)bytes;
    return true;
}

static void next_request(struct conn *c)
{
    c->state = CONN_HEAD;
    c->head = (struct http_head){0};
    buf_clear(&c->head_bytes);
    buf_clear(&c->body);
    conn_body_release(c);
    c->begun = false;
    conn_timer_in(c, NET_SERVER_IDLE_MS);
    if (c->in.len > 0)
        conn_http_begun(c);
}

static bool one_line(const char *text)
{
    return !text || strpbrk(text, "\r\n") == NULL;
}

static bool all_one_line(const char *const *headers, size_t count)
{
    bool ok = true;
    for (size_t i = 0; i < count; i++)
        ok = ok && one_line(headers[i]);
    return ok;
}

enum ct_err conn_http_reply(struct conn *c, int status, const char *content_type,
                            const char *const *headers, size_t header_count, struct str body)
{
    if (status < 200 || status > 599)
        return CT_ERR_RANGE;
    if (!one_line(content_type) || !all_one_line(headers, header_count))
        return CT_ERR_SYNTAX;
    struct buf answer;
    buf_init(&answer, NET_SERVER_SEND_QUEUE_MAX_BYTES);
    enum ct_err err = append_answer(c, &answer, status, content_type, headers, header_count, body);
    if (err == CT_OK && !net_pipe_write(c->pipe, buf_str(&answer)))
        err = CT_ERR_LIMIT;
    buf_clear(&answer);
    if (err != CT_OK)
        return err;
    if (c->keep_alive)
        next_request(c);
    else
        conn_end(c, CONN_FINISH);
    return CT_OK;
}

/* An answer of our own after which nothing that follows can be trusted. */
static void refuse(struct conn *c, int status, const char *extra)
{
    char text[64];
    c->keep_alive = false;
    const size_t len = str_format(text, sizeof(text), "%s\n", status_text(status));
    if (conn_http_reply(c, status, "text/plain", &extra, extra ? 1 : 0, (struct str){text, len}) !=
        CT_OK)
        conn_end(c, CONN_DROP);
}

void conn_http_late(struct conn *c)
{
    const bool speaks = c->in.len > 0 || c->state == CONN_BODY;
    if (!speaks || (c->state != CONN_HEAD && c->state != CONN_BODY)) {
        conn_end(c, CONN_DROP);
        return;
    }
    c->server->counts.late++;
    refuse(c, 408, NULL);
}

/* ---- heads ---- */

static bool content_length(const struct http_head *h, uint64_t *out)
{
    struct str value;
    size_t count = 0;
    *out = 0;
    if (!http_field(h, STR("Content-Length"), &value, &count))
        return true;
    if (count != 1 || value.len == 0 || value.len > 18)
        return false;
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9')
            return false;
        *out = *out * 10 + (uint64_t)(value.ptr[i] - '0');
    }
    return true;
}

/* 0, or the status that refuses it. */
static int body_start(struct conn *c)
{
    struct str coding;
    size_t count = 0, lengths = 0;
    http_field(&c->head, STR("Content-Length"), &coding, &lengths);
    c->chunked = http_field(&c->head, STR("Transfer-Encoding"), &coding, &count);
    c->chunks = (struct http_chunks){0};
    if (c->chunked && (lengths > 0 || count != 1 || c->head.minor == 0))
        return 400; /* two readers could disagree where it ends: request smuggling */
    if (c->chunked)
        return str_eq_nocase(coding, STR("chunked")) ? 0 : 501;
    if (!content_length(&c->head, &c->body_left))
        return 400;
    return c->body_left > NET_SERVER_REQUEST_MAX_BYTES ? 413 : 0;
}

/* RFC 9112 3.2: exactly one Host in HTTP/1.1, never two. */
static bool host_ok(const struct http_head *h)
{
    struct str host;
    size_t count = 0;
    http_field(h, STR("Host"), &host, &count);
    return count == 1 || (count == 0 && h->minor == 0);
}

static void decide_keep_alive(struct conn *c)
{
    const struct str name = STR("Connection");
    c->keep_alive = c->head.minor == 1 ? !http_field_has(&c->head, name, STR("close"))
                                       : http_field_has(&c->head, name, STR("keep-alive"));
    c->keep_alive = c->keep_alive && !c->server->draining;
}

static void split_target(const struct conn *c, struct str *path, struct str *query)
{
    *query = c->head.target;
    *path = str_split(query, '?');
    const size_t fragment = str_find(*query, STR("#"));
    query->len = fragment;
}

static void upgrade(struct conn *c)
{
    struct str key, path, query;
    if (c->chunked || c->body_left > 0) { /* its body would be read as frames */
        refuse(c, 400, NULL);
        return;
    }
    const char *fault = ws_request_fault(&c->head, &key);
    if (fault) {
        refuse(c, 426, "Sec-WebSocket-Version: 13");
        return;
    }
    char accept[WS_KEY_CAP], answer[256];
    ws_accept_of(accept, key);
    /* No subprotocol is chosen, whatever was offered, and no extension. */
    const size_t len = str_format(answer, sizeof(answer),
                                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                  "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                                  accept);
    if (!net_pipe_write(c->pipe, (struct str){answer, len})) {
        conn_end(c, CONN_DROP);
        return;
    }
    split_target(c, &path, &query);
    conn_ws_start(c, path, query);
}

/* Moves a head from c->in to c->head_bytes; false when it is not there yet or was refused. */
static bool take_head(struct conn *c)
{
    size_t empty = 0; /* old clients end a body with one too many: RFC 9112 2.2 */
    while (c->in.len - empty >= 2 && c->in.bytes[empty] == '\r' && c->in.bytes[empty + 1] == '\n')
        empty += 2;
    buf_consume(&c->in, empty); /* all at once: what follows moves */
    const unsigned char first = c->in.len > 0 ? c->in.bytes[0] : 'G';
    if (first != '\r' && (first < 'A' || first > 'z')) {
        refuse(c, 400, NULL); /* TLS or something else that would wait for us to speak */
        return false;
    }
    const size_t len = http_head_length(buf_str(&c->in));
    if (len == 0 ? c->in.len > HTTP_HEAD_MAX_BYTES : len > HTTP_HEAD_MAX_BYTES) {
        refuse(c, 431, NULL);
        return false;
    }
    if (len == 0)
        return false;
    struct str all = buf_str(&c->in);
    all.len = len;
    if (buf_append(&c->head_bytes, all) != CT_OK) {
        conn_end(c, CONN_DROP);
        return false;
    }
    buf_consume(&c->in, len);
    if (!http_request_parse(buf_str(&c->head_bytes), &c->head)) {
        refuse(c, 400, NULL);
        return false;
    }
    return true;
}

/* A proxy on this machine has a peer address of this machine, whoever asks. */
static bool is_forwarded(const struct http_head *h)
{
    static const char *const names[] = {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
                                        "X-Real-IP", "Via"};
    struct str value;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (http_field(h, str_from(names[i]), &value, NULL))
            return true;
    return false;
}

static void describe(struct conn *c, struct net_request *to)
{
    *to = (struct net_request){.method = c->head.method, .head = &c->head, .peer = c->client};
    split_target(c, &to->path, &to->query);
    http_field(&c->head, STR("Authorization"), &to->authorization, NULL);
    http_field(&c->head, STR("Content-Type"), &to->content_type, NULL);
    http_field(&c->head, STR("Origin"), &to->origin, NULL);
    http_field(&c->head, STR("Access-Control-Request-Method"), &to->wanted, NULL);
    to->forwarded = is_forwarded(&c->head);
}

/* False: it was answered, or the server is gone. */
static bool admitted(struct conn *c)
{
    struct net_request request;
    void *user;
    const struct net_server_handler *handler = conn_handler(c, &user);
    const bool keep_alive = c->keep_alive;
    if (!handler->admit || (!c->chunked && c->body_left == 0))
        return true;
    describe(c, &request);
    request.body_to_come = true;
    request.body_bytes = c->chunked ? 0 : c->body_left;
    c->state = CONN_WAITING;
    c->known = true;
    c->keep_alive = false; /* what follows an answer now would be the body */
    conn_timer_in(c, UINT64_MAX);
    if (!handler->admit(user, c->id, &request) || c->dead || c->state != CONN_WAITING)
        return false;
    c->keep_alive = keep_alive;
    return true;
}

static void read_head(struct conn *c)
{
    if (!take_head(c))
        return;
    decide_keep_alive(c);
    const int refusal = host_ok(&c->head) ? body_start(c) : 400;
    if (refusal != 0) {
        refuse(c, refusal, NULL);
        return;
    }
    conn_find_client(c);
    if (ws_is_upgrade(&c->head)) {
        upgrade(c);
        return;
    }
    if (!admitted(c))
        return;
    if (!body_hold(c, c->body_left)) {
        refuse(c, 503, "Retry-After: 1");
        return;
    }
    c->state = CONN_BODY;
    conn_timer_in(c, c->server->body_ms);
    if (http_field_has(&c->head, STR("Expect"), STR("100-continue")))
        net_pipe_write(c->pipe, STR("HTTP/1.1 100 Continue\r\n\r\n"));
}

/* ---- bodies ---- */

static void hand_over(struct conn *c)
{
    struct net_request request;
    void *user;
    const struct net_server_handler *handler = conn_handler(c, &user);
    describe(c, &request);
    request.body = buf_str(&c->body);
    c->state = CONN_WAITING;
    c->known = true;
    conn_timer_in(c, UINT64_MAX);
    handler->request(user, c->id, &request);
}

static void read_plain(struct conn *c)
{
    struct str bytes = buf_str(&c->in);
    if (bytes.len > c->body_left)
        bytes.len = (size_t)c->body_left;
    if (buf_append(&c->body, bytes) != CT_OK) {
        conn_end(c, CONN_DROP);
        return;
    }
    c->body_left -= bytes.len;
    buf_consume(&c->in, bytes.len);
    if (c->body_left == 0)
        hand_over(c);
}

static void read_chunked(struct conn *c)
{
    struct str bytes = buf_str(&c->in);
    const size_t before = bytes.len;
    enum ct_err err = CT_OK;
    bool room = true;
    while (err == CT_OK && room && bytes.len > 0 && !c->chunks.bad && !c->chunks.done) {
        const struct str some = http_chunks_next(&c->chunks, &bytes);
        room = body_hold(c, some.len);
        if (room)
            err = buf_append(&c->body, some);
    }
    buf_consume(&c->in, before - bytes.len);
    if (!room)
        refuse(c, 503, "Retry-After: 1");
    else if (c->chunks.bad)
        refuse(c, 400, NULL);
    else if (err != CT_OK)
        refuse(c, 413, NULL);
    else if (c->chunks.done)
        hand_over(c);
}

void conn_http_read(struct conn *c)
{
    bool more = true;
    while (more && !c->dead) {
        const size_t before = c->in.len;
        const enum conn_state state = c->state;
        if (state == CONN_HEAD)
            read_head(c);
        else if (state == CONN_BODY && c->chunked)
            read_chunked(c);
        else if (state == CONN_BODY)
            read_plain(c);
        else
            return;
        more = c->in.len != before || c->state != state;
    }
}
