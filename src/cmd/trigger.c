/* src/cmd/trigger.c - `chargetop trigger`: one event, or the events of a file. */
#include "cmd/trigger.h"

#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "cmd/out_table.h"
#include "pusher/channel.h"

enum { LINE_MAX_BYTES = 4 * 1024 * 1024 };

struct trigger {
    struct app app;
    struct str names[SETTINGS_NAMES_MAX];
    char user_channel[SETTINGS_NAME_BYTES + 24];
    struct pusher_post event;
    struct buf data, sealed;
    int status;
};

void trigger_warn_of_name(struct str channel)
{
    if (channel.len > PUSHER_CHANNEL_NAME_MAX)
        command_complain("warning: channel %.*s... has %zu bytes; the hosted service takes %d", 40,
                         channel.ptr, channel.len, PUSHER_CHANNEL_NAME_MAX);
}

/* ---- what was asked -------------------------------------------------------------------- */

static int usage(const char *line)
{
    command_complain("%s", line);
    return EXIT_USAGE;
}

static int take_channels(struct trigger *t)
{
    const struct settings *s = t->app.s;

    if (s->user[0] && s->channels.count > 0)
        return usage("--user and --channel exclude each other");
    if (!s->user[0] && s->channels.count == 0)
        return usage("nowhere to send: give --channel, --user or --batch");
    t->event.channels = t->names;
    if (s->user[0]) {
        const size_t n =
            str_format(t->user_channel, sizeof t->user_channel, "#server-to-user-%s", s->user);
        t->names[t->event.channel_count++] = (struct str){t->user_channel, n};
        return EXIT_DONE;
    }
    for (size_t i = 0; i < s->channels.count; i++) {
        t->names[t->event.channel_count++] = str_from(s->channels.name[i]);
        trigger_warn_of_name(t->names[i]);
    }
    return EXIT_DONE;
}

/* One line break at the end of a file belongs to the file. */
static struct str without_line_break(struct str text)
{
    if (text.len > 0 && text.ptr[text.len - 1] == '\n')
        text.len--;
    if (text.len > 0 && text.ptr[text.len - 1] == '\r')
        text.len--;
    return text;
}

static int take_data(struct trigger *t)
{
    const struct settings *s = t->app.s;
    const bool file = s->data && (s->data[0] == '@' || strcmp(s->data, "-") == 0);

    if (!s->data)
        return usage("no data: give --data TEXT, --data @FILE, or --data - for standard input");
    if (!file) {
        t->event.data = str_from(s->data);
        return EXIT_DONE;
    }
    const int status = app_read_file("data", s->data[0] == '@' ? s->data + 1 : s->data, &t->data);
    t->event.data = without_line_break(buf_str(&t->data));
    return status;
}

static int prepare(struct trigger *t)
{
    const struct settings *s = t->app.s;
    struct fault fault = {.err = CT_OK};
    int status = take_channels(t);

    if (status == EXIT_DONE && !s->event[0])
        status = usage("the event has no name: give --event NAME");
    if (status == EXIT_DONE)
        status = take_data(t);
    if (status != EXIT_DONE)
        return status;
    t->event.name = str_from(s->event);
    t->event.socket_id = str_from(s->socket_id);
    t->event.info = str_from(s->info);
    if (t->event.channel_count == 1 && t->event.data.len > 0)
        status = app_seal(&t->app, t->names[0], &t->event.data, &t->sealed);
    if (status != EXIT_DONE)
        return status;
    if (pusher_post_check(&t->event, (size_t)s->data_max_bytes, &fault) != CT_OK)
        return usage(fault.text);
    return EXIT_DONE;
}

/* ---- the answer ------------------------------------------------------------------------ */

static void write_channels(struct json_writer *w, const struct trigger *t, struct str body)
{
    struct json_value doc, channels;

    jw_key(w, "channels");
    if (json_parse(body, &doc) == CT_OK && json_get(doc, STR("channels"), &channels) &&
        channels.type == JSON_OBJECT) {
        jw_raw(w, channels.raw);
        return;
    }
    jw_object(w);
    for (size_t i = 0; i < t->event.channel_count; i++) {
        jw_key(w, t->names[i].ptr); /* checked: letters, digits and _-=@,.;# */
        jw_object(w);
        jw_object_end(w);
    }
    jw_object_end(w);
}

static int print_json(const struct trigger *t, struct str body)
{
    struct json_writer w;
    struct buf line;
    int status = EXIT_FAILED;

    buf_init(&line, LINE_MAX_BYTES);
    jw_init(&w, &line);
    jw_object(&w);
    jw_key(&w, "ok");
    jw_bool(&w, true);
    jw_key(&w, "event");
    jw_str(&w, t->event.name);
    write_channels(&w, t, body);
    jw_object_end(&w);
    if (w.err == CT_OK)
        status = app_print(&line);
    else
        command_complain("the answer could not be shown: %s", ct_strerror(w.err));
    buf_clear(&line);
    return status;
}

static void count_cell(struct out_table *table, struct json_value object, struct str key)
{
    struct json_value v;

    out_table_cell(table, json_get(object, key, &v) && v.type == JSON_NUMBER ? v.raw : STR("-"));
}

/* What --info asked for; nothing when the server says nothing. */
static bool print_info(struct str body)
{
    struct json_value doc, channels, one;
    struct out_table table;
    struct json_iter it;
    struct str key;

    if (json_parse(body, &doc) != CT_OK || !json_get(doc, STR("channels"), &channels) ||
        channels.type != JSON_OBJECT)
        return true;
    out_table_init(&table);
    out_table_column(&table, "CHANNEL", false);
    out_table_column(&table, "USERS", true);
    out_table_column(&table, "SUBSCRIPTIONS", true);
    json_iter_init(&it, channels);
    while (json_next(&it, &key, &one)) {
        out_table_cell(&table, key);
        count_cell(&table, one, STR("user_count"));
        count_cell(&table, one, STR("subscription_count"));
    }
    return out_table_print(&table);
}

static int print_text(const struct trigger *t, struct str body)
{
    const size_t count = t->event.channel_count;

    if (t->app.s->user[0])
        (void)printf("sent to user %s\n", t->app.s->user);
    else
        (void)printf("sent to %zu channel%s\n", count, count == 1 ? "" : "s");
    if (fflush(stdout) != 0)
        return EXIT_FAILED;
    return t->event.info.len == 0 || print_info(body) ? EXIT_DONE : EXIT_FAILED;
}

static void on_answer(void *user, const struct channels_answer *answer)
{
    struct trigger *t = user;

    t->status = app_judge(&t->app, answer);
    if (t->status == EXIT_DONE)
        t->status = t->app.s->json ? print_json(t, answer->body) : print_text(t, answer->body);
    app_done(&t->app);
}

static int run_one(struct trigger *t)
{
    int status = prepare(t);

    if (status == EXIT_DONE)
        status = app_begun(channels_trigger(t->app.channels, &t->event, on_answer, t));
    if (status != EXIT_DONE)
        return status;
    app_wait(&t->app);
    return t->status;
}

int trigger_run(struct settings *s)
{
    struct trigger t = {.status = EXIT_FAILED};
    int status = app_open(&t.app, s, APP_NEEDS_KEY);

    buf_init(&t.data, (size_t)s->data_max_bytes + 2); /* and a line break */
    buf_init(&t.sealed, 4 * (size_t)s->data_max_bytes + 256);
    if (status == EXIT_DONE)
        status = app_connect(&t.app);
    if (status == EXIT_DONE && s->batch_file[0] && (s->channels.count > 0 || s->user[0] || s->data))
        status = usage("--batch brings its own channels and data");
    if (status == EXIT_DONE)
        status = s->batch_file[0] ? trigger_batch(&t.app) : run_one(&t);
    buf_clear(&t.data);
    buf_clear(&t.sealed);
    return app_close(&t.app, status);
}
