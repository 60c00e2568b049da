/* src/cmd/channels.c - `chargetop channels`: which channels are in use, one of them, its users. */
#include <string.h>

#include "base/json.h"
#include "cmd/app.h"
#include "cmd/one_line.h"
#include "cmd/out_table.h"
#include "pusher/channel.h"

enum { LINE_MAX_BYTES = HTTP_BODY_MAX_BYTES + 16, SHOWN_MAX = 200 };

struct channels_query {
    struct app app;
    const char *name; /* NULL: all */
    int status;
};

/* ---- answers --------------------------------------------------------------------------- */

/* The server's document on one line. */
static int print_json(struct str body)
{
    struct buf line;
    enum ct_err err;
    int status;

    buf_init(&line, LINE_MAX_BYTES);
    err = json_one_line(body, &line);
    status = err == CT_OK ? app_print(&line) : app_begun(err);
    buf_clear(&line);
    return status;
}

static void number_cell(struct out_table *table, struct json_value object, struct str key)
{
    struct json_value v;

    out_table_cell(table, json_get(object, key, &v) && v.type == JSON_NUMBER ? v.raw : STR("-"));
}

static bool any_has(struct json_value channels, struct str key)
{
    struct json_value one, v;
    struct json_iter it;
    struct str name;

    json_iter_init(&it, channels);
    while (json_next(&it, &name, &one))
        if (one.type == JSON_OBJECT && json_get(one, key, &v))
            return true;
    return false;
}

static int print_list(struct str body)
{
    struct json_value doc, channels, one;
    struct out_table table;
    struct json_iter it;
    struct str key;

    if (json_parse(body, &doc) != CT_OK || !json_get(doc, STR("channels"), &channels)) {
        command_complain("the answer lists no channels");
        return EXIT_FAILED;
    }
    const bool users = any_has(channels, STR("user_count"));
    const bool subscriptions = any_has(channels, STR("subscription_count"));
    out_table_init(&table);
    out_table_column(&table, "CHANNEL", false);
    if (users)
        out_table_column(&table, "USERS", true);
    if (subscriptions)
        out_table_column(&table, "SUBSCRIPTIONS", true);
    json_iter_init(&it, channels); /* Reverb says [] for none */
    while (channels.type == JSON_OBJECT && json_next(&it, &key, &one)) {
        out_table_cell(&table, key);
        if (users)
            number_cell(&table, one, STR("user_count"));
        if (subscriptions)
            number_cell(&table, one, STR("subscription_count"));
    }
    return out_table_print(&table) ? EXIT_DONE : EXIT_FAILED;
}

/* A member as text for a cell: strings without quotes, all else as JSON. */
static struct str shown(struct json_value v, char to[SHOWN_MAX])
{
    if (v.type != JSON_STRING)
        return v.raw;
    return (struct str){to, json_string_copy(v, to, SHOWN_MAX)};
}

/* {"data":...,"ttl":60}, or with Reverb the whole event. */
static void cache_rows(struct out_table *table, struct json_value cache)
{
    struct json_value data, ttl;
    char text[SHOWN_MAX];

    out_table_cell(table, STR("cache"));
    if (cache.type == JSON_OBJECT && json_get(cache, STR("data"), &data))
        out_table_cell(table, shown(data, text));
    else
        out_table_cell(table, cache.type == JSON_NULL ? STR("empty") : cache.raw);
    if (cache.type == JSON_OBJECT && json_get(cache, STR("ttl"), &ttl)) {
        out_table_cell(table, STR("cached for"));
        (void)str_format(text, sizeof text, "%.*s s", (int)ttl.raw.len, ttl.raw.ptr);
        out_table_cell(table, str_from(text));
    }
}

static int print_one(const char *name, struct str body)
{
    static const struct {
        const char *member, *title;
    } rows[] = {{"user_count", "users"}, {"subscription_count", "subscriptions"}};
    struct json_value doc, v;
    struct out_table table;

    if (json_parse(body, &doc) != CT_OK)
        return EXIT_FAILED; /* the answer was found to be JSON */
    out_table_init(&table);
    out_table_column(&table, "channel", false);
    out_table_column(&table, name, false);
    const bool occupied = json_get(doc, STR("occupied"), &v) && v.type == JSON_TRUE;
    out_table_cell(&table, STR("occupied"));
    out_table_cell(&table, occupied ? STR("yes") : STR("no"));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (json_get(doc, str_from(rows[i].member), &v)) {
            out_table_cell(&table, str_from(rows[i].title));
            out_table_cell(&table, v.raw);
        }
    if (json_get(doc, STR("cache"), &v))
        cache_rows(&table, v);
    return out_table_print(&table) ? EXIT_DONE : EXIT_FAILED;
}

static int print_users(struct str body)
{
    struct json_value doc, users, one, id;
    struct out_table table;
    struct json_iter it;
    struct str key;
    char text[SHOWN_MAX];

    if (json_parse(body, &doc) != CT_OK || !json_get(doc, STR("users"), &users)) {
        command_complain("the answer lists no users");
        return EXIT_FAILED;
    }
    out_table_init(&table);
    out_table_column(&table, "USER", false);
    json_iter_init(&it, users);
    while (json_next(&it, &key, &one))
        if (one.type == JSON_OBJECT && json_get(one, STR("id"), &id))
            out_table_cell(&table, shown(id, text));
    return out_table_print(&table) ? EXIT_DONE : EXIT_FAILED;
}

static void on_answer(void *user, const struct channels_answer *answer)
{
    struct channels_query *q = user;

    q->status = app_judge(&q->app, answer);
    if (q->status == EXIT_DONE) {
        if (q->app.s->json)
            q->status = print_json(answer->body);
        else if (!q->name)
            q->status = print_list(answer->body);
        else
            q->status =
                q->app.s->users ? print_users(answer->body) : print_one(q->name, answer->body);
    }
    app_done(&q->app);
}

/* ---- asking ---------------------------------------------------------------------------- */

static int usage(const char *line)
{
    command_complain("%s", line);
    return EXIT_USAGE;
}

/* What a server would refuse, said before it is asked. */
static int check(const struct channels_query *q)
{
    const struct settings *s = q->app.s;
    const struct str name = str_from(q->name);
    const bool presence = pusher_channel_traits(name).kind == PUSHER_CHANNEL_PRESENCE;
    const bool wants_users = str_find(str_from(s->info), STR("user_count")) < strlen(s->info);

    if (s->order_count > 1)
        return usage("one channel at a time; for several use --prefix");
    if (!pusher_info_valid(str_from(s->info)))
        return usage("--info takes user_count, subscription_count and cache, with commas between");
    if (q->name && !pusher_channel_valid(name, PUSHER_CHANNEL_NAME_MAX_SERVER))
        return usage("this is no channel name; use letters, digits and _-=@,.;");
    if (q->name && s->prefix[0])
        return usage("--prefix is for the list; leave it or the name away");
    if (s->users && !q->name)
        return usage("--users needs the name of a presence channel");
    if (s->users && !presence)
        return usage("only presence channels have users");
    if (s->users && s->info[0])
        return usage("--users and --info exclude each other");
    if (wants_users && (q->name ? !presence : !str_starts(str_from(s->prefix), STR("presence-"))))
        return usage("only presence channels count users: give --prefix presence-, or the name of "
                     "one");
    return EXIT_DONE;
}

static enum ct_err ask(struct channels_query *q)
{
    const struct settings *s = q->app.s;
    const struct str info = str_from(s->info);

    if (!q->name)
        return channels_list(q->app.channels, str_from(s->prefix), info, on_answer, q);
    if (s->users)
        return channels_users(q->app.channels, str_from(q->name), on_answer, q);
    return channels_one(q->app.channels, str_from(q->name), info, on_answer, q);
}

int channels_run(struct settings *s)
{
    struct channels_query q = {.name = s->order_count > 0 ? s->orders[0] : NULL,
                               .status = EXIT_FAILED};
    int status = app_open(&q.app, s, APP_NEEDS_KEY);

    if (status == EXIT_DONE)
        status = check(&q);
    if (status == EXIT_DONE)
        status = app_connect(&q.app);
    if (status == EXIT_DONE)
        status = app_begun(ask(&q));
    if (status == EXIT_DONE) {
        app_wait(&q.app);
        status = q.status;
    }
    return app_close(&q.app, status);
}
