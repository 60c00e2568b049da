/* tests/io/test_beams.c - `chargetop beams` against a stand-in for the service on loopback, which checks
 * path, bearer, content type, size and shape as the service is documented to do. The service itself is not
 * reached by any test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "net/loop.h"
#include "net/server.h"

#define INSTANCE "1b880590-6301-4bb5-b34f-45db1c5f5644"
#define SECRET "5C95C7B2A3E94E3C9C5D1F5C8E1B7A6D"
#define INSTANCES "/publish_api/v1/instances/" INSTANCE "/publishes/"

enum { WAIT_MS = 15000, OUT_MAX = 4096, HEARD_MAX = 256 * 1024 };

struct world {
    struct net_loop *loop;
    struct net_server *server;
    uint16_t port;
    int forced; /* this status to all, if not 0 */
    size_t requests;
    struct buf heard;
    char path[512];
    bool ended;
    int status;
    char out[OUT_MAX], secret_file[64];
};

static void reply(struct world *w, uint32_t conn, int status, const char *body)
{
    (void)net_server_reply(w->server, conn, status, "application/json", NULL, str_from(body));
}

/* One of interests and users, as many as are let through, and a platform. */
static bool is_of_shape(struct str body, bool users)
{
    struct json_value root, list, web, v;
    struct json_iter it;
    struct str key;
    size_t count = 0;

    if (json_parse(body, &root) != CT_OK || root.type != JSON_OBJECT ||
        !json_get(root, users ? STR("users") : STR("interests"), &list) ||
        json_get(root, users ? STR("interests") : STR("users"), &v) || list.type != JSON_ARRAY ||
        !json_get(root, STR("web"), &web) || web.type != JSON_OBJECT ||
        !json_get(web, STR("notification"), &v) || v.type != JSON_OBJECT)
        return false;
    json_iter_init(&it, list);
    while (json_next(&it, &key, &v))
        count += v.type == JSON_STRING && v.raw.len > 0 && v.raw.len <= 164;
    return count >= 1 && count <= (users ? 1000 : 100);
}

static void on_request(void *user, uint32_t conn, const struct net_request *r)
{
    struct world *w = user;
    const bool deletes = str_eq(r->method, STR("DELETE"));
    const bool users = str_eq(r->path, STR(INSTANCES "users"));

    w->requests++;
    str_copy(w->path, sizeof w->path, r->path);
    buf_reset(&w->heard);
    assert_int_equal(CT_OK, buf_append(&w->heard, r->body));
    if (w->forced)
        reply(w, conn, w->forced,
              "{\"error\":\"Forced\",\"description\":\"as the test wants it\"}");
    else if (deletes && str_starts(r->path, STR("/customer_api/v1/instances/" INSTANCE "/users/")))
        reply(w, conn, str_eq(r->authorization, STR("Bearer " SECRET)) ? 200 : 401, "");
    else if (!str_eq(r->method, STR("POST")) ||
             (!users && !str_eq(r->path, STR(INSTANCES "interests"))))
        reply(w, conn, 404, "{\"error\":\"Instance not found\"}");
    else if (!str_eq(r->authorization, STR("Bearer " SECRET)))
        reply(w, conn, 401, "{\"error\":\"Unauthorized\",\"description\":\"Incorrect API Key\"}");
    else if (!str_eq(r->content_type, STR("application/json")) ||
             r->body.len > (users ? 200u * 1024u : 10u * 1024u))
        reply(w, conn, 400, "{\"error\":\"Bad request\"}");
    else if (!is_of_shape(r->body, users))
        reply(w, conn, 422, "{\"error\":\"Unprocessable\",\"description\":\"schema mismatch\"}");
    else
        reply(w, conn, 200, "{\"publishId\":\"pubid-33f3f68e\"}");
}

static void on_closed(void *user, uint32_t conn)
{
    (void)user;
    (void)conn;
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    static const struct net_server_handler handler = {.request = on_request, .closed = on_closed};
    struct fault fault;

    w->loop = net_loop_create();
    w->server =
        net_server_create(w->loop, &(struct net_server_cfg){.port = 0}, &handler, w, &fault);
    assert_non_null(w->server);
    w->port = net_server_port(w->server);
    buf_init(&w->heard, HEARD_MAX);
    str_copy(w->secret_file, sizeof w->secret_file, STR("/tmp/chargetop-beams-XXXXXX"));
    const int fd = mkstemp(w->secret_file);
    assert_true(fd >= 0 && write(fd, SECRET "\n", sizeof SECRET) == (ssize_t)sizeof SECRET);
    close(fd);
    unsetenv("PUSHER_BEAMS_SECRET_KEY");
    unsetenv("CHARGETOP_BEAMS_SECRET");
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    net_server_destroy(w->server);
    net_loop_destroy(w->loop);
    unlink(w->secret_file);
    buf_clear(&w->heard);
    free(w);
    return 0;
}

static void on_end(void *user, int status, struct str output)
{
    struct world *w = user;

    w->ended = true;
    w->status = status;
    str_copy(w->out, sizeof w->out, output);
}

static bool has_ended(void *user)
{
    return ((const struct world *)user)->ended;
}

/* Runs the program beside the stand-in; both its streams are in w->out. */
static void run(struct world *w, int status, const char *words)
{
    const char *path = getenv("CHARGETOP");
    char line[2048];

    str_format(line, sizeof line,
               "%s beams %s --instance-id " INSTANCE " --secret-key-file %s --base-url "
               "http://127.0.0.1:%u/ 2>&1",
               path ? path : "build/chargetop", words, w->secret_file, (unsigned)w->port);
    w->ended = false;
    assert_int_equal(CT_OK, net_command(w->loop, line, WAIT_MS, on_end, w));
    assert_true(net_loop_run_until(w->loop, has_ended, w, WAIT_MS));
    if (w->status != status)
        fail_msg("%s: status %d, not %d: %s", words, w->status, status, w->out);
}

#define TEXTS " --title T --body B"

static void interests_get_it_with_everything_in_place(void **state)
{
    struct world *w = *state;

    run(w, 0,
        "publish --interest tenant-123 --interest b" TEXTS
        " --icon https://a.example/i.png --link https://a.example --data '{\"k\":1}' --ttl 1h");
    assert_string_equal("published pubid-33f3f68e\n", w->out);
    assert_string_equal(INSTANCES "interests", w->path);
    assert_true(str_eq(
        buf_str(&w->heard),
        STR("{\"interests\":[\"tenant-123\",\"b\"],\"web\":{\"time_to_live\":3600,\"notification\":"
            "{"
            "\"title\":\"T\",\"body\":\"B\",\"icon\":\"https://a.example/i.png\",\"deep_link\":"
            "\"https://a.example\"},\"data\":{\"k\":1}}}")));
}

static void users_get_it_at_their_own_address(void **state)
{
    struct world *w = *state;

    run(w, 0, "publish --user u-7" TEXTS " --json");
    assert_string_equal("{\"ok\":true,\"publish_id\":\"pubid-33f3f68e\"}\n", w->out);
    assert_string_equal(INSTANCES "users", w->path);
}

static void a_file_is_sent_as_it_is(void **state)
{
    struct world *w = *state;

    run(w, 0, "publish tests/fixtures/notify/beams_publish_request.json");
    assert_true(str_starts(buf_str(&w->heard), STR("{\n  \"interests\": [\n")));
}

static void nothing_is_sent_that_would_be_refused(void **state)
{
    struct world *w = *state;

    run(w, 2, "publish --interest 'a b'" TEXTS);
    assert_non_null(strstr(w->out, "interest 'a b' is none"));
    run(w, 2, "publish --interest a --user b" TEXTS);
    run(w, 2, "publish --interest a --title T");
    run(w, 2, "publish" TEXTS);
    run(w, 2, "publish --interest a" TEXTS " --data '{\"pusher\":1}'");
    run(w, 2, "publish --interest a" TEXTS " --link 'javascript:x'");
    run(w, 2, "publish --interest a" TEXTS " --body \"$(head -c 10300 /dev/zero | tr '\\0' a)\"");
    assert_non_null(strstr(w->out, "the limit is 10240"));
    run(w, 2, "publish /nonexistent");
    run(w, 2, "something");
    assert_int_equal(0, w->requests);
}

static void refusals_are_explained_and_end_with_their_status(void **state)
{
    static const struct {
        int http, status;
        const char *words;
    } rows[] = {{400, 1, "does not accept the request: Forced: as the test wants it"},
                {401, 3, "the secret key is not accepted"},
                {402, 1, "over the limits of the plan"},
                {404, 1, "no such instance"},
                {422, 1, "does not accept a value"},
                {429, 1, "too many requests"},
                {500, 1, "the service failed"}};
    struct world *w = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        w->forced = rows[i].http;
        run(w, rows[i].status, "publish --interest a" TEXTS);
        assert_non_null(strstr(w->out, rows[i].words));
        assert_null(strstr(w->out, SECRET));
    }
    assert_int_equal(COUNT_OF(rows), w->requests); /* none was sent twice */
}

static void a_wrong_secret_is_refused(void **state)
{
    struct world *w = *state;
    FILE *f = fopen(w->secret_file, "w");

    fputs("wrong", f);
    fclose(f);
    run(w, 3, "publish --interest a" TEXTS " --json");
    assert_non_null(strstr(w->out, "\"ok\":false,\"status\":401"));
    assert_non_null(strstr(w->out, "Incorrect API Key"));
}

static void without_the_service_it_ends_with_4(void **state)
{
    struct world *w = *state;

    w->port = 1; /* where nobody listens */
    run(w, 4, "publish --interest a" TEXTS);
}

static void a_user_is_deleted_by_the_encoded_id(void **state)
{
    struct world *w = *state;

    run(w, 0, "delete-user 'a b/c'");
    assert_string_equal("deleted user a b/c\n", w->out);
    assert_string_equal("/customer_api/v1/instances/" INSTANCE "/users/a%20b%2Fc", w->path);
}

static void a_token_is_three_parts_and_sends_nothing(void **state)
{
    struct world *w = *state;

    run(w, 0, "token u-7");
    assert_true(str_starts(str_from(w->out), STR("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.")));
    assert_int_equal(0, w->requests);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(interests_get_it_with_everything_in_place),
        T(users_get_it_at_their_own_address),
        T(a_file_is_sent_as_it_is),
        T(nothing_is_sent_that_would_be_refused),
        T(refusals_are_explained_and_end_with_their_status),
        T(a_wrong_secret_is_refused),
        T(without_the_service_it_ends_with_4),
        T(a_user_is_deleted_by_the_encoded_id),
        T(a_token_is_three_parts_and_sends_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
