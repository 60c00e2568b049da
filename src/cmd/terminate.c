/* src/cmd/terminate.c - `chargetop terminate`: the connections of a user are closed by the server. */
#include "base/json_write.h"
#include "cmd/app.h"

enum { LINE_MAX_BYTES = 4096 };

struct terminate {
    struct app app;
    const char *user;
    int status;
};

static int print_json(const char *user)
{
    struct json_writer w;
    struct buf line;
    int status;

    buf_init(&line, LINE_MAX_BYTES);
    jw_init(&w, &line);
    jw_object(&w);
    jw_key(&w, "ok");
    jw_bool(&w, true);
    jw_key(&w, "user");
    jw_str(&w, str_from(user));
    jw_object_end(&w);
    status = w.err == CT_OK ? app_print(&line) : app_begun(w.err);
    buf_clear(&line);
    return status;
}

static void on_answer(void *user, const struct channels_answer *answer)
{
    struct terminate *t = user;

    t->status = app_judge(&t->app, answer);
    if (t->status == EXIT_DONE && t->app.s->json)
        t->status = print_json(t->user);
    else if (t->status == EXIT_DONE)
        (void)printf("every connection on which user %s signed in is being closed\n", t->user);
    app_done(&t->app);
}

int terminate_run(struct settings *s)
{
    struct terminate t = {.status = EXIT_FAILED};
    int status = app_open(&t.app, s, APP_NEEDS_KEY);

    if (status == EXIT_DONE && s->order_count != 1) {
        command_complain("name one user");
        status = EXIT_USAGE;
    }
    if (status == EXIT_DONE && !pusher_user_id_valid(str_from(s->orders[0]))) {
        command_complain("a user id has 1 to %d bytes of UTF-8 without control characters",
                         PUSHER_CALL_USER_ID_MAX);
        status = EXIT_USAGE;
    }
    if (status == EXIT_DONE)
        status = app_connect(&t.app);
    if (status == EXIT_DONE) {
        t.user = s->orders[0];
        status = app_begun(channels_terminate(t.app.channels, str_from(t.user), on_answer, &t));
    }
    if (status == EXIT_DONE) {
        app_wait(&t.app);
        status = t.status;
    }
    return app_close(&t.app, status);
}
