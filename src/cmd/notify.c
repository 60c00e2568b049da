/* src/cmd/notify.c - `chargetop notify`: a notification made of options, or one of a file. */
#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "cmd/app.h"
#include "cmd/trigger.h"
#include "decode/notice.h"

enum { LINE_MAX_BYTES = 64 * 1024 };

struct notify {
    struct app app;
    char channel[2 * SETTINGS_NAME_BYTES];
    struct str name; /* of the channel */
    struct notice notice;
    struct pusher_post event;
    struct buf message, data, metadata, payload, scratch, sealed;
    int status;
};

static int usage(const char *line)
{
    command_complain("%s", line);
    return EXIT_USAGE;
}

/* ---- what was asked -------------------------------------------------------------------- */

static const struct {
    const char *word;
    enum notice_kind kind;
} kinds[] = {
    {"toast", NOTICE_TOAST}, {"download", NOTICE_DOWNLOAD}, {"navigate", NOTICE_NAVIGATE},
    {"info", NOTICE_INFO},   {"audio", NOTICE_AUDIO},       {"data", NOTICE_DATA},
};

static int take_kind(struct notify *n, enum notice_kind *kind)
{
    const struct settings *s = n->app.s;

    if (s->order_count != 1)
        return usage("name one kind: toast, download, navigate, info, audio or data; or give --v2");
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(s->orders[0], kinds[i].word) == 0) {
            *kind = kinds[i].kind;
            return EXIT_DONE;
        }
    command_complain("'%.60s' is no kind of notification; there are toast, download, navigate, "
                     "info, audio and data",
                     s->orders[0]);
    return EXIT_USAGE;
}

static int take_channel(struct notify *n)
{
    const struct settings *s = n->app.s;

    if (s->channels.count != 1 || !s->notice_id[0])
        return usage("give --channel CHANNEL and --id ID once each: it is sent on CHANNEL-ID");
    n->name = (struct str){n->channel,
                           notice_channel(n->channel, sizeof n->channel,
                                          str_from(s->channels.name[0]), str_from(s->notice_id))};
    trigger_warn_of_name(n->name);
    return EXIT_DONE;
}

/* A word, "@FILE" or "-"; one line break at the end of a file belongs to the file. */
static int take_text(const char *what, const char *word, struct buf *file, struct str *out)
{
    if (word[0] != '@' && strcmp(word, "-") != 0) {
        *out = str_from(word);
        return EXIT_DONE;
    }
    const int status = app_read_file(what, word[0] == '@' ? word + 1 : word, file);
    *out = buf_str(file);
    if (out->len > 0 && out->ptr[out->len - 1] == '\n')
        out->len--;
    if (out->len > 0 && out->ptr[out->len - 1] == '\r')
        out->len--;
    return status;
}

/* What one kind has and the others do not. */
static int check_options(const struct settings *s, enum notice_kind kind)
{
    static const struct {
        const char *option;
        unsigned kinds;
    } rows[] = {
        {"link", 1u << NOTICE_DOWNLOAD | 1u << NOTICE_AUDIO},
        {"to", 1u << NOTICE_NAVIGATE},
        {"data", 1u << NOTICE_DATA},
    };
    const char *const given[] = {s->link, s->target, s->data};

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (given[i] && !(rows[i].kinds & 1u << kind)) {
            command_complain("--%s is not for %s", rows[i].option, s->orders[0]);
            return EXIT_USAGE;
        }
    if (kind == NOTICE_DOWNLOAD && !s->link)
        return usage("download needs --link URL");
    if (kind == NOTICE_NAVIGATE && !s->target)
        return usage("navigate needs --to PATH");
    if (kind == NOTICE_DATA && !s->data)
        return usage("data needs --data JSON");
    if (kind != NOTICE_DATA && !s->message)
        return usage("give --message TEXT");
    if (s->link && !notice_is_link(str_from(s->link)))
        return usage("--link: only http and https addresses without blanks are links");
    if (s->target && s->target[0] != '/')
        return usage("--to: a path begins with /");
    return EXIT_DONE;
}

/* --metadata, with --job as its first member. */
static int take_metadata(struct notify *n)
{
    const struct settings *s = n->app.s;
    struct json_value root = {JSON_NONE, {NULL, 0}}, v;
    struct json_writer w;

    if (s->metadata &&
        (json_parse(str_from(s->metadata), &root) != CT_OK || root.type != JSON_OBJECT))
        return usage("--metadata: not a JSON object");
    if (s->job_id[0] && root.type == JSON_OBJECT && json_get(root, STR("job_id"), &v))
        return usage("--job and a job_id in --metadata exclude each other");
    n->notice.metadata = root.raw;
    if (!s->job_id[0])
        return EXIT_DONE;
    jw_init(&w, &n->metadata);
    jw_object(&w);
    jw_key(&w, "job_id");
    jw_str(&w, str_from(s->job_id));
    if (root.type == JSON_OBJECT) { /* its members, without the brace before them */
        const struct str rest = str_trim((struct str){root.raw.ptr + 1, root.raw.len - 2});
        if (rest.len > 0 && w.err == CT_OK)
            w.err = buf_printf(&n->metadata, ",%.*s", (int)rest.len, rest.ptr);
    }
    jw_object_end(&w);
    n->notice.metadata = buf_str(&n->metadata);
    return w.err == CT_OK ? EXIT_DONE : usage("--metadata: too large");
}

static int make(struct notify *n)
{
    const struct settings *s = n->app.s;
    struct notice_action *a = &n->notice.actions[0];
    struct json_value v;
    int status = take_kind(n, &a->kind);

    if (status == EXIT_DONE)
        status = check_options(s, a->kind);
    if (status == EXIT_DONE && s->message)
        status = take_text("message", s->message, &n->message, &a->text);
    if (status == EXIT_DONE && s->data)
        status = take_text("data", s->data, &n->data, &a->data);
    if (status == EXIT_DONE)
        status = take_metadata(n);
    if (status != EXIT_DONE)
        return status;
    if (s->data && json_parse(a->data, &v) != CT_OK)
        return usage("--data: not JSON");
    a->level = a->kind == NOTICE_DATA ? NOTICE_LEVEL_NOTIFICATION : NOTICE_LEVEL_INFO;
    (void)notice_level_from(str_from(s->notice_type), &a->level);
    a->link = str_from(s->link);
    a->path = str_from(s->target);
    n->notice.action_count = 1;
    const enum ct_err err = notice_encode(&n->notice, &n->payload);
    if (err != CT_OK)
        command_complain("the notification could not be made: %s", ct_strerror(err));
    return err == CT_OK ? EXIT_DONE : EXIT_USAGE;
}

/* --v2: sent as it is written, so that a receiver with other spellings of the keys gets those; what
 * this program could not show is refused. */
static int read_v2(struct notify *n)
{
    const struct settings *s = n->app.s;
    const char *const made[] = {s->message, s->link, s->target, s->data, s->metadata};

    for (size_t i = 0; i < COUNT_OF(made); i++)
        if (made[i] || s->order_count > 0 || s->notice_type[0] || s->job_id[0])
            return usage(
                "--v2 brings its own contents; only --channel, --id and --event go with it");
    int status = app_read_file("v2", s->v2_file, &n->data);
    if (status != EXIT_DONE)
        return status;
    const struct str text = str_trim(buf_str(&n->data));
    const enum ct_err err = notice_decode(text, &n->scratch, &n->notice);
    if (err == CT_ERR_NOMEM) {
        command_complain("out of memory");
        return EXIT_FAILED;
    }
    if (err == CT_ERR_SYNTAX || err == CT_ERR_LIMIT)
        return usage(err == CT_ERR_SYNTAX ? "--v2: not JSON"
                                          : "--v2: too large or nested too deep");
    if (err != CT_OK || !n->notice.v2)
        return usage("--v2: an object with event_type and a list of actions is wanted");
    if (n->notice.unknown_count > 0 || n->notice.left_out > 0) {
        command_complain("--v2: %s '%s'",
                         n->notice.unknown_count > 0 ? "no action is called" : "too many actions",
                         n->notice.unknown);
        return EXIT_USAGE;
    }
    if (buf_append(&n->payload, text) != CT_OK)
        return usage("--v2: too large");
    return EXIT_DONE;
}

static const char *event_name(const struct notify *n)
{
    const struct settings *s = n->app.s;

    if (s->event[0])
        return s->event;
    if (n->notice.v2)
        return "custom_event";
    return n->notice.actions[0].kind == NOTICE_DOWNLOAD ? "download_event" : "notification_event";
}

static int prepare(struct notify *n)
{
    const struct settings *s = n->app.s;
    struct fault fault = {.err = CT_OK};
    int status = take_channel(n);

    if (status == EXIT_DONE)
        status = s->v2_file[0] ? read_v2(n) : make(n);
    if (status != EXIT_DONE)
        return status;
    n->event = (struct pusher_post){.name = str_from(event_name(n)),
                                    .channels = &n->name,
                                    .channel_count = 1,
                                    .data = buf_str(&n->payload),
                                    .socket_id = str_from(s->socket_id)};
    status = app_seal(&n->app, n->name, &n->event.data, &n->sealed);
    if (status == EXIT_DONE &&
        pusher_post_check(&n->event, (size_t)s->data_max_bytes, &fault) != CT_OK)
        status = usage(fault.text);
    return status;
}

/* ---- the answer ------------------------------------------------------------------------ */

static int print_json(const struct notify *n)
{
    struct json_writer w;
    struct buf line;
    int status = EXIT_FAILED;

    buf_init(&line, LINE_MAX_BYTES);
    jw_init(&w, &line);
    jw_object(&w);
    jw_key(&w, "ok");
    jw_bool(&w, true);
    jw_key(&w, "channel");
    jw_str(&w, n->name);
    jw_key(&w, "event");
    jw_str(&w, n->event.name);
    jw_key(&w, "bytes");
    jw_i64(&w, (int64_t)n->event.data.len);
    jw_object_end(&w);
    if (w.err == CT_OK)
        status = app_print(&line);
    else
        command_complain("the answer could not be shown: %s", ct_strerror(w.err));
    buf_clear(&line);
    return status;
}

static void on_answer(void *user, const struct channels_answer *answer)
{
    struct notify *n = user;

    n->status = app_judge(&n->app, answer);
    if (n->status == EXIT_DONE && n->app.s->json)
        n->status = print_json(n);
    else if (n->status == EXIT_DONE &&
             (printf("sent on %s\n", n->channel) < 0 || fflush(stdout) != 0))
        n->status = EXIT_FAILED;
    app_done(&n->app);
}

int notify_run(struct settings *s)
{
    static struct notify n; /* its list of actions is large for a stack */
    const size_t limit = (size_t)s->data_max_bytes + 2;

    n = (struct notify){.status = EXIT_FAILED};
    buf_init(&n.message, limit);
    buf_init(&n.data, limit);
    buf_init(&n.metadata, limit);
    buf_init(&n.payload, 8 * limit);
    buf_init(&n.scratch, (size_t)2 * NOTICE_PAYLOAD_MAX);
    buf_init(&n.sealed, 4 * limit + 256);
    int status = app_open(&n.app, s, APP_NEEDS_KEY);
    if (status == EXIT_DONE)
        status = prepare(&n);
    if (status == EXIT_DONE)
        status = app_connect(&n.app);
    if (status == EXIT_DONE)
        status = app_begun(channels_trigger(n.app.channels, &n.event, on_answer, &n));
    if (status == EXIT_DONE) {
        app_wait(&n.app);
        status = n.status;
    }
    buf_clear(&n.message);
    buf_clear(&n.data);
    buf_clear(&n.metadata);
    buf_clear(&n.payload);
    buf_clear(&n.scratch);
    buf_clear(&n.sealed);
    return app_close(&n.app, status);
}
