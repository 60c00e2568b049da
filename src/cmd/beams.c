/* src/cmd/beams.c - `chargetop beams`: web push through Pusher Beams, and the tokens of its users. */
#include <string.h>

#include "api/beams.h"
#include "base/json.h"
#include "base/json_write.h"
#include "cmd/app.h"
#include "cmd/app_secret.h"
#include "pusher/beams_token.h"
#include "pusher/secret.h"

enum { LINE_MAX_BYTES = 8192, SECRET_MAX = 256 };

struct command_of_beams {
    const struct settings *s;
    struct net_loop *loop;
    struct http *http;
    struct beams *beams;
    char secret[SECRET_MAX];
    struct beams_publish request;
    struct buf body;
    bool publishes;
    int status;
};

static int usage(const char *line)
{
    command_complain("%s", line);
    return EXIT_USAGE;
}

/* ---- what was asked -------------------------------------------------------------------- */

static int credentials(struct command_of_beams *c)
{
    struct fault fault = {.err = CT_OK};
    const struct settings *s = c->s;

    if (!s->instance_id[0])
        return usage("no instance: give --instance-id, or PUSHER_BEAMS_INSTANCE_ID");
    for (const char *at = s->instance_id; *at; at++)
        if (!strchr("0123456789abcdefABCDEF-", *at))
            return usage("--instance-id: hexadecimal digits and - only");
    if (app_beams_secret_read(s, c->secret, sizeof c->secret, &fault) == CT_OK)
        return EXIT_DONE;
    return usage(fault.err == CT_OK ? "no secret key: give --secret-key-file, or "
                                      "CHARGETOP_BEAMS_SECRET or PUSHER_BEAMS_SECRET_KEY in the "
                                      "environment"
                                    : fault.text);
}

static bool made_of_options(const struct settings *s)
{
    return s->interests.count > 0 || s->recipients.count > 0 || s->title || s->push_body ||
           s->icon || s->link || s->data || s->ttl_ms >= 0;
}

static int make(struct command_of_beams *c)
{
    const struct settings *s = c->s;
    struct beams_publish *r = &c->request;
    const struct settings_names *names = s->recipients.count > 0 ? &s->recipients : &s->interests;
    struct json_value v;

    if (s->interests.count > 0 && s->recipients.count > 0)
        return usage("--interest and --user exclude each other");
    if (names->count == 0)
        return usage("nobody to send to: give --interest, --user or a file");
    if (!s->title || !s->push_body)
        return usage("give --title and --body");
    if (s->data && (json_parse(str_from(s->data), &v) != CT_OK || v.type != JSON_OBJECT))
        return usage("--data: not a JSON object");
    if ((s->link && !notice_is_link(str_from(s->link))) ||
        (s->icon && !notice_is_link(str_from(s->icon))))
        return usage("--link and --icon: only http and https addresses without blanks");
    r->to = s->recipients.count > 0 ? BEAMS_TO_USERS : BEAMS_TO_INTERESTS;
    for (size_t i = 0; i < names->count; i++)
        r->names[r->name_count++] = str_from(names->name[i]);
    r->title = str_from(s->title);
    r->body = str_from(s->push_body);
    r->icon = str_from(s->icon);
    r->link = str_from(s->link);
    r->data = str_from(s->data);
    r->time_to_live_s = s->ttl_ms < 0 ? -1 : s->ttl_ms / 1000;
    const enum ct_err err = beams_encode(r, &c->body);
    if (err != CT_OK)
        command_complain("the request could not be made: %s", ct_strerror(err));
    return err == CT_OK ? EXIT_DONE : EXIT_USAGE;
}

static int prepare(struct command_of_beams *c)
{
    const struct settings *s = c->s;
    struct fault fault = {.err = CT_OK};
    int status = EXIT_DONE;

    if (s->order_count == 2) {
        if (made_of_options(s))
            return usage("a file brings its own contents");
        status = app_read_file("beams", s->orders[1], &c->body);
    } else {
        status = make(c);
    }
    if (status == EXIT_DONE && beams_check(buf_str(&c->body), &c->request.to, &fault) != CT_OK)
        status = usage(fault.text);
    return status;
}

/* ---- the answer ------------------------------------------------------------------------ */

static int print_json(const struct command_of_beams *c, const struct beams_told *told, bool good)
{
    struct json_writer w;
    struct buf line;
    int status = EXIT_FAILED;

    buf_init(&line, LINE_MAX_BYTES);
    jw_init(&w, &line);
    jw_object(&w);
    jw_key(&w, "ok");
    jw_bool(&w, good);
    if (good && c->publishes) {
        jw_key(&w, "publish_id");
        jw_str(&w, str_from(told->meaning.publish_id));
    } else if (!good) {
        jw_key(&w, "status");
        if (told->status != 0)
            jw_i64(&w, told->status);
        else
            jw_null(&w);
        jw_key(&w, "error");
        jw_str(&w,
               str_from(told->status != 0 ? told->meaning.what : net_failure_name(told->failure)));
        jw_key(&w, "advice");
        jw_str(&w, str_from(told->status != 0 ? told->meaning.advice
                                              : net_failure_advice(told->failure)));
    }
    jw_object_end(&w);
    if (w.err == CT_OK)
        status = app_print(&line);
    buf_clear(&line);
    return status;
}

static int status_of(const struct beams_told *told)
{
    if (told->status == 0)
        return told->failure == NET_TIMEOUT ? EXIT_TIMED_OUT : EXIT_CONNECTION;
    if (told->meaning.good)
        return EXIT_DONE;
    return told->status == 401 || told->status == 403 ? EXIT_AUTH : EXIT_FAILED;
}

static void explain(const struct command_of_beams *c, const struct beams_told *told)
{
    if (told->status == 0) {
        command_complain("no answer from %s: %s", beams_address(c->beams),
                         net_failure_name(told->failure));
        command_complain("%s", net_failure_advice(told->failure));
        return;
    }
    command_complain("%s", told->meaning.what);
    if (told->retry_after_ms > 0)
        command_complain("Try again in %llu s, as the service says.",
                         (unsigned long long)((told->retry_after_ms + 999) / 1000));
    else
        command_complain("%s", told->meaning.advice);
}

static void on_told(void *user, const struct beams_told *told)
{
    struct command_of_beams *c = user;

    c->status = status_of(told);
    if (c->status != EXIT_DONE)
        explain(c, told);
    if (c->s->json) {
        const int printed = print_json(c, told, c->status == EXIT_DONE);
        if (c->status == EXIT_DONE)
            c->status = printed;
    } else if (c->status == EXIT_DONE) {
        const char *id = c->publishes ? told->meaning.publish_id : c->s->orders[1];
        if (printf(c->publishes ? "published %s\n" : "deleted user %s\n", id) < 0 ||
            fflush(stdout) != 0)
            c->status = EXIT_FAILED;
    }
    net_loop_stop(c->loop);
}

/* ---- the three ways -------------------------------------------------------------------- */

static int connect_to(struct command_of_beams *c)
{
    const struct settings *s = c->s;
    const struct http_cfg http = {.in_flight_max = 1,
                                  .ca_file = s->ca_file[0] ? s->ca_file : NULL,
                                  .tls_insecure = s->tls_insecure,
                                  .user_agent = "chargetop/" CHARGETOP_VERSION};
    const struct beams_cfg cfg = {.base_url = s->base_url,
                                  .instance = s->instance_id,
                                  .secret = c->secret,
                                  .timeout_ms = (uint32_t)s->timeout_ms,
                                  .retries = (uint32_t)s->retry};

    c->http = http_create(c->loop, &http);
    c->beams = c->http ? beams_create(c->http, &cfg) : NULL;
    if (!c->beams)
        command_complain("out of memory");
    return c->beams ? EXIT_DONE : EXIT_FAILED;
}

static int wait_for(struct command_of_beams *c, enum ct_err begun)
{
    const int status = app_begun(begun);

    if (status != EXIT_DONE)
        return status;
    net_loop_run(c->loop);
    return c->status;
}

static int publish(struct command_of_beams *c)
{
    int status = prepare(c);

    c->publishes = true;
    if (status == EXIT_DONE)
        status = connect_to(c);
    if (status == EXIT_DONE)
        status = wait_for(c, beams_publish(c->beams, c->request.to, buf_str(&c->body), on_told, c));
    return status;
}

static int delete_user(struct command_of_beams *c)
{
    const struct str user = str_from(c->s->order_count == 2 ? c->s->orders[1] : "");

    if (!beams_user_valid(user))
        return usage("which user? chargetop beams delete-user USER (1 to 164 bytes)");
    const int status = connect_to(c);
    return status == EXIT_DONE ? wait_for(c, beams_delete_user(c->beams, user, on_told, c))
                               : status;
}

static int token(struct command_of_beams *c)
{
    const struct str user = str_from(c->s->order_count == 2 ? c->s->orders[1] : "");

    if (!beams_user_valid(user))
        return usage("which user? chargetop beams token USER (1 to 164 bytes)");
    if (pusher_beams_token(&c->body, str_from(c->s->instance_id), str_from(c->secret), user,
                           net_unix_ms() / 1000 + BEAMS_TOKEN_LIFE_S) != PUSHER_OK) {
        command_complain("the token could not be made");
        return EXIT_FAILED;
    }
    return app_print(&c->body);
}

static int run(struct command_of_beams *c)
{
    static const struct {
        const char *word;
        int (*run)(struct command_of_beams *c);
    } ways[] = {{"publish", publish}, {"delete-user", delete_user}, {"token", token}};
    const char *word = c->s->order_count > 0 ? c->s->orders[0] : "";

    for (size_t i = 0; c->s->order_count <= 2 && i < COUNT_OF(ways); i++)
        if (strcmp(word, ways[i].word) == 0) {
            const int status = credentials(c);
            return status == EXIT_DONE ? ways[i].run(c) : status;
        }
    return usage("one of: beams publish [FILE], beams delete-user USER, beams token USER");
}

int beams_run(struct settings *s)
{
    static struct command_of_beams c; /* its list of users is large for a stack */

    c = (struct command_of_beams){.s = s, .loop = net_loop_create(), .status = EXIT_FAILED};
    if (!c.loop) {
        command_complain("event loop: out of memory or descriptors");
        return EXIT_FAILED;
    }
    buf_init(&c.body, (size_t)4 * BEAMS_USERS_BODY_MAX); /* what is over the limit is told by its size */
    int status = run(&c);
    beams_destroy(c.beams);
    http_destroy(c.http);
    pusher_wipe(c.secret, sizeof c.secret);
    buf_clear(&c.body);
    if (fflush(stdout) != 0 && status == EXIT_DONE)
        status = EXIT_FAILED;
    return command_end(c.loop, status);
}
