/* src/cmd/trigger_batch.c - the events of a file, ten at a time, and what became of each ten. */
#include <stdlib.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"
#include "cmd/trigger.h"
#include "pusher/channel.h"

enum { REPORT_MAX_BYTES = 16 * 1024 * 1024, FAILURES_MAX = 1000 };

/* An event as slices of batch.texts and of the file. */
struct item {
    struct str name, channel, data, socket_id, info;
};

struct failure {
    size_t first, count; /* of events, from 0 */
    int status;
};

struct batch {
    struct app *app;
    struct buf file,
        texts; /* texts: strings without escapes; with room for all, so it never moves */
    struct item *items;
    size_t count, cap;
    size_t line; /* of the file, or place in its array, for messages */
    bool is_lines;
    size_t at, part; /* the events that are out */
    size_t sent;
    struct failure failures[FAILURES_MAX];
    size_t failure_count;
    bool stopped; /* nothing more would get through */
    int status;
    struct buf answers; /* what --info of events brought, one JSON object an event */
    bool any_info;
    struct buf report; /* of failures, as JSON */
    struct json_writer report_json;
};

/* ---- reading --------------------------------------------------------------------------- */

static int wrong(const struct batch *b, const char *what)
{
    command_complain("batch: %s %zu: %s", b->is_lines ? "line" : "event", b->line, what);
    return EXIT_USAGE;
}

static bool text_of(struct batch *b, struct json_value v, struct str *out)
{
    const size_t start = b->texts.len;

    if (v.type != JSON_STRING || json_string_append(v, &b->texts) != CT_OK)
        return false;
    *out = (struct str){(const char *)b->texts.bytes + start, b->texts.len - start};
    return true;
}

static bool optional(struct batch *b, struct json_value object, struct str key, struct str *out)
{
    struct json_value v;

    *out = (struct str){NULL, 0};
    return !json_get(object, key, &v) || v.type == JSON_NULL || text_of(b, v, out);
}

static struct item *add_item(struct batch *b)
{
    if (b->count == b->cap) {
        const size_t cap = b->cap ? b->cap * 2 : 64; /* bounded by TRIGGER_BATCH_EVENTS_MAX */
        struct item *grown = realloc(b->items, cap * sizeof *grown);

        if (!grown)
            return NULL;
        b->items = grown;
        b->cap = cap;
    }
    return &b->items[b->count++];
}

static int read_item(struct batch *b, struct json_value object)
{
    struct json_value v;
    struct item *i;

    if (object.type != JSON_OBJECT)
        return wrong(b, "not a JSON object with channel, name and data");
    if (b->count >= TRIGGER_BATCH_EVENTS_MAX)
        return wrong(b, "more events than one batch may have (100000)");
    i = add_item(b);
    if (!i) {
        command_complain("out of memory");
        return EXIT_FAILED;
    }
    *i = (struct item){0};
    if (!json_get(object, STR("channel"), &v) || !text_of(b, v, &i->channel))
        return wrong(b, "channel is missing or no text");
    if (!json_get(object, STR("name"), &v) || !text_of(b, v, &i->name))
        return wrong(b, "name is missing or no text");
    if (!json_get(object, STR("data"), &v) || v.type == JSON_NULL)
        return wrong(b, "data is missing");
    i->data = v.raw; /* an object or a number travels as its JSON text */
    if (v.type == JSON_STRING && !text_of(b, v, &i->data))
        return wrong(b, "data cannot be read");
    if (!optional(b, object, STR("socket_id"), &i->socket_id) ||
        !optional(b, object, STR("info"), &i->info))
        return wrong(b, "socket_id or info is no text");
    b->any_info = b->any_info || i->info.len > 0;
    return EXIT_DONE;
}

static int read_array(struct batch *b, struct json_value array)
{
    struct json_value v;
    struct json_iter it;
    struct str key;
    int status = EXIT_DONE;

    json_iter_init(&it, array);
    while (status == EXIT_DONE && json_next(&it, &key, &v)) {
        b->line++;
        status = read_item(b, v);
    }
    return status;
}

static int read_lines(struct batch *b, struct str text)
{
    struct json_value v;
    int status = EXIT_DONE;

    b->is_lines = true;
    while (status == EXIT_DONE && text.len > 0) {
        const struct str line = str_trim(str_split(&text, '\n'));

        b->line++;
        if (line.len == 0)
            continue;
        status = json_parse(line, &v) == CT_OK ? read_item(b, v) : wrong(b, "not JSON");
    }
    return status;
}

static int read_events(struct batch *b)
{
    struct json_value doc;
    int status = app_read_file("batch", b->app->s->batch_file, &b->file);

    if (status != EXIT_DONE)
        return status;
    const struct str text = str_trim(buf_str(&b->file));
    if (buf_reserve(&b->texts, text.len + 1) != CT_OK) {
        command_complain("out of memory");
        return EXIT_FAILED;
    }
    if (text.len > 0 && *text.ptr == '[') {
        if (json_parse(text, &doc) != CT_OK) {
            command_complain("batch: not JSON at byte %zu of the array", json_fault_at(text) + 1);
            return EXIT_USAGE;
        }
        status = read_array(b, doc);
    } else {
        status = read_lines(b, text);
    }
    if (status == EXIT_DONE && b->count == 0) {
        command_complain("batch: there is no event in it");
        status = EXIT_USAGE;
    }
    return status;
}

static void as_event(const struct item *i, struct pusher_post *e)
{
    *e = (struct pusher_post){.name = i->name,
                              .channels = &i->channel,
                              .channel_count = 1,
                              .data = i->data,
                              .socket_id = i->socket_id,
                              .info = i->info};
}

/* Bytes of the data text that n bytes become: 60 of JSON and the base64 of text and tag. */
static size_t sealed_bytes(size_t n)
{
    return 60 + 4 * ((n + PUSHER_TAG_BYTES + 2) / 3);
}

static int check_encrypted(const struct batch *b, size_t i)
{
    const size_t bytes = sealed_bytes(b->items[i].data.len);

    if (!b->app->has_encryption) {
        command_complain("batch: event %zu: its channel is encrypted: give --encryption-key-file; "
                         "nothing was sent",
                         i + 1);
        return EXIT_USAGE;
    }
    if (bytes > (size_t)b->app->s->data_max_bytes) {
        command_complain("batch: event %zu: its data has %zu bytes when encrypted; the limit is %d "
                         "(--data-max); nothing was sent",
                         i + 1, bytes, (int)b->app->s->data_max_bytes);
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}

/* All of them before the first is sent, so that a mistake in the last leaves nothing half done. */
static int check_events(struct batch *b)
{
    const struct settings *s = b->app->s;
    struct pusher_post e;
    struct fault fault;

    for (size_t i = 0; i < b->count; i++) {
        const struct str channel = b->items[i].channel;
        const bool encrypted = pusher_channel_traits(channel).kind == PUSHER_CHANNEL_ENCRYPTED;

        as_event(&b->items[i], &e);
        if (pusher_post_check(&e, (size_t)s->data_max_bytes, &fault) != CT_OK) {
            command_complain("batch: event %zu: %s; nothing was sent", i + 1, fault.text);
            return EXIT_USAGE;
        }
        if (encrypted && check_encrypted(b, i) != EXIT_DONE)
            return EXIT_USAGE;
        trigger_warn_of_name(channel);
    }
    return EXIT_DONE;
}

/* ---- sending --------------------------------------------------------------------------- */

static void note_failure(struct batch *b, int status)
{
    if (b->status == EXIT_DONE)
        b->status = status;
    if (b->failure_count < FAILURES_MAX)
        b->failures[b->failure_count++] = (struct failure){b->at, b->part, status};
}

static void report_failure(struct batch *b, const struct channels_answer *answer)
{
    jw_object(&b->report_json);
    jw_key(&b->report_json, "first");
    jw_i64(&b->report_json, (int64_t)b->at + 1);
    jw_key(&b->report_json, "last");
    jw_i64(&b->report_json, (int64_t)(b->at + b->part));
    app_write_failure(&b->report_json, answer);
    jw_object_end(&b->report_json);
}

/* Whether what came would come for all that follow as well. */
static bool hopeless(const struct channels_answer *answer)
{
    const int32_t status = answer->meaning.status;

    return answer->status == 0 || (status != 400 && status != 413 && status != 422);
}

/* One object an event, {} where the server says nothing. */
static void keep_answers(struct batch *b, struct str body)
{
    struct json_value doc, list, v;
    struct json_iter it;
    struct str key;
    size_t n = 0;

    if (json_parse(body, &doc) == CT_OK && json_get(doc, STR("batch"), &list) &&
        list.type == JSON_ARRAY) {
        json_iter_init(&it, list);
        for (; n < b->part && json_next(&it, &key, &v); n++)
            if (buf_printf(&b->answers, "%s", b->answers.len > 0 ? "," : "") != CT_OK ||
                buf_append(&b->answers, v.type == JSON_OBJECT ? v.raw : STR("{}")) != CT_OK)
                return;
    }
    for (; n < b->part; n++)
        if (buf_printf(&b->answers, "%s{}", b->answers.len > 0 ? "," : "") != CT_OK)
            return;
}

static void on_answer(void *user, const struct channels_answer *answer)
{
    struct batch *b = user;
    const int status = app_status(answer);
    char prefix[80];

    if (status == EXIT_DONE) {
        b->sent += b->part;
        keep_answers(b, answer->body);
    } else {
        (void)str_format(prefix, sizeof prefix, "events %zu to %zu: ", b->at + 1, b->at + b->part);
        app_explain(b->app, answer, prefix);
        note_failure(b, status);
        report_failure(b, answer);
        keep_answers(b, STR("{}"));
        b->stopped = hopeless(answer);
    }
    app_done(b->app);
}

/* Seals what must be, onto sealed. */
static int fill_part(struct batch *b, struct pusher_post *events, struct buf *sealed)
{
    int status = EXIT_DONE;

    for (size_t i = 0; i < b->part && status == EXIT_DONE; i++) {
        as_event(&b->items[b->at + i], &events[i]);
        status = app_seal(b->app, b->items[b->at + i].channel, &events[i].data, sealed);
    }
    return status;
}

static int send_part(struct batch *b)
{
    struct pusher_post events[PUSHER_CALL_BATCH_MAX];
    struct buf sealed;
    int status;

    b->part = b->count - b->at < PUSHER_CALL_BATCH_MAX ? b->count - b->at : PUSHER_CALL_BATCH_MAX;
    buf_init(&sealed, PUSHER_CALL_BODY_MAX);
    /* With this room the sealed texts do not move under the events. */
    status = buf_reserve(&sealed, PUSHER_CALL_BATCH_MAX *
                                      (2 * (size_t)b->app->s->data_max_bytes + 128)) == CT_OK
                 ? fill_part(b, events, &sealed)
                 : app_begun(CT_ERR_NOMEM);
    if (status == EXIT_DONE)
        status = app_begun(channels_batch(b->app->channels, events, b->part, on_answer, b));
    buf_clear(&sealed);
    if (status == EXIT_DONE)
        app_wait(b->app);
    return status;
}

static void send_all(struct batch *b)
{
    for (; b->at < b->count && !b->stopped; b->at += b->part) {
        const int status = send_part(b);

        if (status != EXIT_DONE) {
            note_failure(b, status);
            b->at += b->part;
            return;
        }
    }
}

/* ---- telling --------------------------------------------------------------------------- */

static int print_json(struct batch *b)
{
    struct json_writer w;
    struct buf line;
    int status = EXIT_FAILED;

    buf_init(&line, 2 * (size_t)REPORT_MAX_BYTES);
    jw_init(&w, &line);
    jw_object(&w);
    jw_key(&w, "ok");
    jw_bool(&w, b->status == EXIT_DONE);
    jw_key(&w, "events");
    jw_i64(&w, (int64_t)b->count);
    jw_key(&w, "sent");
    jw_i64(&w, (int64_t)b->sent);
    jw_key(&w, "not_tried");
    jw_i64(&w, (int64_t)(b->count - b->at));
    jw_key(&w, "failed");
    jw_raw(&w, buf_str(&b->report));
    if (b->any_info) {
        jw_key(&w, "batch");
        jw_array(&w);
        jw_raw(&w, buf_str(&b->answers));
        jw_array_end(&w);
    }
    jw_object_end(&w);
    if (w.err == CT_OK)
        status = app_print(&line);
    else
        command_complain("the answer could not be shown: %s", ct_strerror(w.err));
    buf_clear(&line);
    return status;
}

static int print_text(const struct batch *b)
{
    (void)printf("sent %zu of %zu event%s\n", b->sent, b->count, b->count == 1 ? "" : "s");
    for (size_t i = 0; i < b->failure_count; i++)
        (void)printf("failed: %zu to %zu\n", b->failures[i].first + 1,
                     b->failures[i].first + b->failures[i].count);
    if (b->at < b->count)
        (void)printf("not tried: %zu to %zu\n", b->at + 1, b->count);
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

int trigger_batch(struct app *a)
{
    struct batch *b = calloc(1, sizeof *b);
    int status, printed = EXIT_DONE;

    if (!b)
        return app_begun(CT_ERR_NOMEM);
    b->app = a;
    buf_init(&b->file, TRIGGER_BATCH_FILE_MAX);
    buf_init(&b->texts, TRIGGER_BATCH_FILE_MAX + 1);
    buf_init(&b->answers, REPORT_MAX_BYTES);
    buf_init(&b->report, REPORT_MAX_BYTES);
    jw_init(&b->report_json, &b->report);
    jw_array(&b->report_json);
    status = read_events(b);
    if (status == EXIT_DONE)
        status = check_events(b);
    if (status == EXIT_DONE) {
        send_all(b);
        jw_array_end(&b->report_json);
        printed = a->s->json ? print_json(b) : print_text(b);
        status = b->status != EXIT_DONE ? b->status : printed;
    }
    buf_clear(&b->file);
    buf_clear(&b->texts);
    buf_clear(&b->answers);
    buf_clear(&b->report);
    free(b->items);
    free(b);
    return status;
}
