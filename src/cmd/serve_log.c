/* src/cmd/serve_log.c - which members each kind of line has, and how text from outside gets into it. */
#include "cmd/serve_log.h"

#include <poll.h>
#include <unistd.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/stamp.h"
#include "base/text.h"
#include "cmd/out.h"

void serve_log_init(struct serve_log *l)
{
    buf_init(&l->line, SERVE_LOG_LINE_MAX_BYTES);
}

void serve_log_clear(struct serve_log *l)
{
    buf_clear(&l->line);
}

static void begin(struct serve_log *l, struct json_writer *w, const char *kind)
{
    char time[32];

    buf_reset(&l->line);
    jw_init(w, &l->line);
    jw_object(w);
    jw_key(w, "time");
    jw_str(w, (struct str){time, stamp_format(time, sizeof time, net_unix_ms())});
    jw_key(w, "kind");
    jw_str(w, str_from(kind));
}

/* A pipe that is ready has room for a whole line; files and terminals always are. Not ready and gone is
 * for the write to find out. */
static bool would_wait(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    return poll(&out, 1, 0) == 0;
}

static bool told_what_is_left_out(struct serve_log *l)
{
    char line[64];
    const size_t len = str_format(line, sizeof line, "{\"kind\":\"left_out\",\"lines\":%llu}\n",
                                  (unsigned long long)l->left_out);

    l->left_out = 0;
    return out_write((struct str){line, len}) == OUT_WRITTEN;
}

static bool end(struct serve_log *l, struct json_writer *w)
{
    jw_object_end(w);
    if (w->err != CT_OK || buf_append_char(&l->line, '\n') != CT_OK || would_wait()) {
        l->left_out++;
        return true;
    }
    if (l->left_out > 0 && !told_what_is_left_out(l))
        return false;
    if (would_wait()) {
        l->left_out++;
        return true;
    }
    return out_write(buf_str(&l->line)) == OUT_WRITTEN;
}

static void text(struct json_writer *w, const char *key, struct str value)
{
    char clean[SERVE_LOG_TEXT_MAX];

    jw_key(w, key);
    jw_str(w, (struct str){clean, text_clean(clean, sizeof clean, value)});
}

static void text_if(struct json_writer *w, const char *key, struct str value)
{
    if (value.len > 0)
        text(w, key, value);
}

static void number(struct json_writer *w, const char *key, int64_t value)
{
    jw_key(w, key);
    jw_i64(w, value);
}

/* As JSON writes it, between the quotes. */
static void unescaped(struct json_writer *w, struct str raw)
{
    char plain[SERVE_LOG_TEXT_MAX], clean[SERVE_LOG_TEXT_MAX];
    const struct json_value v = {.type = JSON_STRING, .raw = raw};
    const size_t len = json_string_copy(v, plain, sizeof plain);

    jw_str(w, (struct str){clean, text_clean(clean, sizeof clean, (struct str){plain, len})});
}

static void channels(struct json_writer *w, const struct server_note *n)
{
    struct json_value list, one;
    struct json_iter it;
    struct str key;
    int64_t more = 0;

    jw_key(w, "channels");
    jw_array(w);
    const size_t from = w->to->len;
    if (n->channel.len > 0)
        unescaped(w, n->channel);
    if (n->channels.len > 0 && json_parse(n->channels, &list) == CT_OK) {
        json_iter_init(&it, list);
        while (json_next(&it, &key, &one))
            if (one.type != JSON_STRING || w->to->len - from > SERVE_LOG_CHANNELS_MAX_BYTES)
                more++;
            else
                unescaped(w, one.raw);
    }
    jw_array_end(w);
    if (more > 0)
        number(w, "more_channels", more);
}

static void opened(struct json_writer *w, const struct server_note *n)
{
    number(w, "connection", n->conn);
    text(w, "app", n->app);
    text(w, "peer", n->peer);
}

static void closed(struct json_writer *w, const struct server_note *n)
{
    number(w, "connection", n->conn);
    number(w, "code", n->code);
    jw_key(w, "by");
    jw_str(w, n->by_peer ? STR("client") : STR("server"));
}

static void published(struct json_writer *w, const struct server_note *n)
{
    text(w, "app", n->app);
    jw_key(w, "event");
    unescaped(w, n->event);
    channels(w, n);
    number(w, "bytes", (int64_t)n->bytes);
    number(w, "status", n->status);
    text(w, "peer", n->peer);
}

static void authorized(struct json_writer *w, const struct server_note *n)
{
    text_if(w, "app", n->app);
    text_if(w, "user", n->user);
    text_if(w, "channel", n->channel);
    number(w, "status", n->status);
    text(w, "peer", n->peer);
}

static void requested(struct json_writer *w, const struct server_note *n)
{
    text(w, "method", n->method);
    text(w, "path", n->path);
    number(w, "status", n->status);
    number(w, "bytes", (int64_t)n->bytes);
    text(w, "peer", n->peer);
}

/* Of an address with a password in it nothing but the rest. */
static void address(struct json_writer *w, struct str url)
{
    const size_t scheme = str_find(url, STR("://"));
    struct str rest = {url.ptr + (scheme < url.len ? scheme + 3 : 0),
                       url.len - (scheme < url.len ? scheme + 3 : 0)};
    const struct str authority = {rest.ptr, str_find(rest, STR("/"))};
    const size_t at = str_find(authority, STR("@"));

    if (at < authority.len) {
        rest.ptr += at + 1;
        rest.len -= at + 1;
    }
    rest.len = str_find(rest, STR("?"));
    text(w, "to", rest);
}

static void delivered(struct json_writer *w, const struct server_note *n)
{
    text(w, "app", n->app);
    address(w, n->url);
    number(w, "status", n->status);
    if (n->status == 0)
        text(w, "why", n->why);
}

static const struct {
    const char *name;
    void (*write)(struct json_writer *w, const struct server_note *n);
} kinds[] = {
    [SERVER_NOTE_OPENED] = {"opened", opened},      [SERVER_NOTE_CLOSED] = {"closed", closed},
    [SERVER_NOTE_PUBLISH] = {"publish", published}, [SERVER_NOTE_AUTH] = {"auth", authorized},
    [SERVER_NOTE_HTTP] = {"http", requested},       [SERVER_NOTE_WEBHOOK] = {"webhook", delivered},
};

bool serve_log_note(struct serve_log *l, const struct server_note *note)
{
    struct json_writer w;

    begin(l, &w, kinds[note->kind].name);
    kinds[note->kind].write(&w, note);
    return end(l, &w);
}

bool serve_log_ready(struct serve_log *l, const char *where, uint16_t metrics_port)
{
    struct json_writer w;

    begin(l, &w, "ready");
    text(&w, "address", str_from(where));
    if (metrics_port)
        number(&w, "metrics_port", metrics_port);
    return end(l, &w);
}
