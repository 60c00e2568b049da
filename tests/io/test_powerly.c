/* The REST room against a real loopback peer: lines asked, pages followed, failures explained. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/powerly.h"
#include "api/powerly_body.h"
#include "support/capture.h"
#include "support/fixture.h"
#include "support/peer.h"

enum { WAIT_MS = 8000, FIXTURE_MAX = 256 * 1024 };

#define LIST_1 "GET /api/v1/orders?page=1&status=active&limit=2"
#define LIST_2 "GET /api/v1/orders?page=2&status=active&limit=2"
#define LIST_DEFAULT "GET /api/v1/orders?page=1&status=active&limit=15"

struct world {
    struct net_loop *loop;
    struct peer *peer;
    struct http *http;
    struct token *token;
    struct powerly *powerly;
    struct capture seen;
    struct buf fixture;
    char token_file[64], base[128];
    const char *renewal;
    size_t want, destroy_at;
};

static void write_token(const struct world *w, const char *token)
{
    FILE *f = fopen(w->token_file, "w");

    assert_non_null(f);
    fputs(token, f);
    fclose(f);
}

static void on_event(void *user, const struct wire_event *event)
{
    struct world *w = user;

    capture_event(&w->seen, event);
    if (event->kind == WIRE_AUTH && event->code == 401 && w->renewal) {
        write_token(w, w->renewal);
        w->renewal = NULL;
    }
    if (w->powerly && w->destroy_at == w->seen.count) {
        powerly_destroy(w->powerly);
        w->powerly = NULL;
    }
}

static void token_read(void *user, enum ct_err err, const char *text)
{
    (void)user;
    (void)text;
    assert_int_equal(err, CT_OK);
}

static void create(struct world *w, uint32_t page_limit)
{
    const struct powerly_cfg cfg = {.base = w->base,
                                    .headers = {"API-KEY: ", "App-Type: 3"},
                                    .page_limit = page_limit,
                                    .token_source = "the token file"};

    w->powerly = powerly_create(w->loop, w->http, w->token, &cfg, on_event, w);
    assert_non_null(w->powerly);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    const struct http_cfg http = {.user_agent = "chargetop-test"};
    int fd;

    w->loop = net_loop_create();
    w->peer = peer_create(w->loop);
    w->http = http_create(w->loop, &http);
    str_format(w->token_file, sizeof w->token_file, "/tmp/chargetop-token-XXXXXX");
    fd = mkstemp(w->token_file);
    close(fd);
    write_token(w, "first-secret-token");
    w->token = token_create(w->loop, &(struct token_cfg){.file = w->token_file});
    token_refresh(w->token, token_read, w);
    str_format(w->base, sizeof w->base, "http://127.0.0.1:%u/api/v1", (unsigned)w->peer->port);
    capture_init(&w->seen);
    w->seen.secrets[0] = "first-secret-token";
    w->seen.secrets[1] = "second-secret-token";
    buf_init(&w->fixture, FIXTURE_MAX);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    const bool clean = !w->seen.leaked && !w->seen.disordered;

    powerly_destroy(w->powerly);
    http_destroy(w->http);
    token_destroy(w->token);
    peer_destroy(w->peer);
    net_loop_destroy(w->loop);
    capture_clear(&w->seen);
    buf_clear(&w->fixture);
    unlink(w->token_file);
    free(w);
    return clean ? 0 : -1;
}

static struct str fixture(struct world *w, const char *name)
{
    buf_reset(&w->fixture);
    return fixture_read(name, &w->fixture);
}

static bool answered(void *user)
{
    const struct world *w = user;

    return powerly_waiting(w->powerly) == 0;
}

static bool powerly_gone(void *user)
{
    const struct world *w = user;

    return !w->powerly;
}

static void until_answered(struct world *w)
{
    assert_true(net_loop_run_until(w->loop, answered, w, WAIT_MS));
}

static const struct wire_event *rest(const struct world *w, enum wire_rest kind, size_t skip)
{
    for (size_t i = 0; i < w->seen.count; i++) {
        const struct wire_event *e = &w->seen.at[i].event;

        if (e->kind == WIRE_REST && e->rest == kind && skip-- == 0)
            return e;
    }
    return NULL;
}

/* --- lists -------------------------------------------------------------------------------- */

static void a_list_of_two_pages_is_read_to_its_end(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, LIST_1, PEER_ALWAYS, 200,
               fixture(w, "powerly/rest_orders_active_page1_of_2.json"), NULL);
    peer_route(w->peer, LIST_2, PEER_ALWAYS, 200,
               fixture(w, "powerly/rest_orders_active_page2_of_2.json"), NULL);
    create(w, 2);
    assert_int_equal(powerly_list(w->powerly), CT_OK);
    assert_int_equal(powerly_list(w->powerly), CT_ERR_STATE);
    until_answered(w);
    assert_int_equal(capture_count_rest(&w->seen, WIRE_REST_LIST), 2);
    assert_true(str_find(rest(w, WIRE_REST_LIST, 0)->data, STR("\"id\": 2151")) <
                rest(w, WIRE_REST_LIST, 0)->data.len);
    assert_true(str_eq(rest(w, WIRE_REST_LIST, 1)->data, buf_str(&w->fixture)));
    assert_int_equal(rest(w, WIRE_REST_LIST_DONE, 0)->code, 0);
    assert_true(rest(w, WIRE_REST_LIST_DONE, 0)->seq > rest(w, WIRE_REST_LIST, 1)->seq);
    assert_int_equal(powerly_list(w->powerly), CT_OK); /* the next one may begin */
    until_answered(w);
}

static void the_old_names_of_the_envelope_mean_the_same(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, LIST_1, PEER_ALWAYS, 200,
               STR("{\"success\":1,\"msg\":\"OK\",\"results\":[{\"id\":1},{\"id\":2}],"
                   "\"meta\":{\"current_page\":\"1\",\"last_page\":\"2\"}}"),
               NULL);
    peer_route(w->peer, LIST_2, PEER_ALWAYS, 200,
               STR("{\"success\":1,\"msg\":\"OK\",\"results\":[{\"id\":3}],"
                   "\"meta\":{\"current_page\":2,\"last_page\":2}}"),
               NULL);
    peer_route(w->peer, "GET /api/v1/orders/2149", PEER_ALWAYS, 200,
               fixture(w, "powerly/rest_order_details_legacy_envelope.json"), NULL);
    create(w, 2);
    assert_int_equal(powerly_list(w->powerly), CT_OK);
    assert_int_equal(powerly_details(w->powerly, STR("2149")), CT_OK);
    until_answered(w);
    assert_int_equal(capture_count_rest(&w->seen, WIRE_REST_LIST), 2);
    assert_int_equal(rest(w, WIRE_REST_LIST_DONE, 0)->code, 0);
    assert_int_equal(capture_count(&w->seen, WIRE_FAULT), 0);
}

static void an_empty_list_is_complete_at_once(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, LIST_DEFAULT, PEER_ALWAYS, 200,
               fixture(w, "powerly/rest_orders_empty.json"), NULL);
    create(w, 0);
    assert_int_equal(powerly_list(w->powerly), CT_OK);
    until_answered(w);
    assert_int_equal(w->peer->logged, 1);
    assert_int_equal(rest(w, WIRE_REST_LIST_DONE, 0)->code, 0);
}

static void a_list_that_breaks_off_is_not_complete(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, LIST_1, PEER_ALWAYS, 200,
               fixture(w, "powerly/rest_orders_active_page1_of_2.json"), NULL);
    peer_route(w->peer, LIST_2, PEER_ALWAYS, 403,
               fixture(w, "powerly/rest_error_forbidden_403.json"), NULL);
    create(w, 2);
    assert_int_equal(powerly_list(w->powerly), CT_OK);
    until_answered(w);
    assert_int_equal(rest(w, WIRE_REST_LIST_DONE, 0)->code, 403);
    assert_int_equal(rest(w, WIRE_REST_LIST, 1)->code, 403);
    assert_non_null(capture_find(&w->seen, 0, WIRE_FAULT, "This action is unauthorized."));
}

static void a_success_of_0_is_a_failure_with_a_message(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, LIST_DEFAULT, PEER_ALWAYS, 200,
               STR("{\"success\":0,\"msg\":\"Not \\u001b[31mtoday\",\"results\":null}"), NULL);
    create(w, 0);
    assert_int_equal(powerly_list(w->powerly), CT_OK);
    until_answered(w);
    assert_int_equal(rest(w, WIRE_REST_LIST_DONE, 0)->code, POWERLY_INCOMPLETE);
    assert_non_null(capture_find(&w->seen, 0, WIRE_FAULT, "Not \xef\xbf\xbd[31mtoday"));
}

static void a_list_without_end_stops_at_the_page_limit(void **state)
{
    struct world *w = *state;

    create(w, 1);
    peer_route(w->peer, NULL, PEER_ALWAYS, 200, STR("{\"success\":1,\"data\":[{\"id\":1}]}"), NULL);
    assert_int_equal(powerly_list(w->powerly), CT_OK);
    until_answered(w);
    assert_int_equal(capture_count_rest(&w->seen, WIRE_REST_LIST), POWERLY_PAGES_MAX);
    assert_int_equal(rest(w, WIRE_REST_LIST_DONE, 0)->code, POWERLY_INCOMPLETE);
}

static void pages_end_by_their_numbers_or_when_they_are_not_full(void **state)
{
    (void)state;
    assert_int_equal(powerly_body_page(STR("{\"data\":[1,2]}"), 2), POWERLY_PAGE_MORE);
    assert_int_equal(powerly_body_page(STR("{\"data\":[1]}"), 2), POWERLY_PAGE_LAST);
    assert_int_equal(powerly_body_page(STR("{\"data\":null}"), 2), POWERLY_PAGE_LAST);
    assert_int_equal(powerly_body_page(STR("{\"data\":null,\"results\":[1,2]}"), 2),
                     POWERLY_PAGE_MORE);
    assert_int_equal(powerly_body_page(STR("{\"data\":{}}"), 2), POWERLY_PAGE_BAD);
    assert_int_equal(powerly_body_page(STR("[]"), 2), POWERLY_PAGE_BAD);
    assert_int_equal(powerly_body_page(STR("<html>"), 2), POWERLY_PAGE_BAD);
    assert_int_equal(
        powerly_body_page(STR("{\"data\":[1],\"meta\":{\"current_page\":3,\"last_page\":3}}"), 1),
        POWERLY_PAGE_LAST);
    assert_int_equal(
        powerly_body_page(STR("{\"data\":[],\"meta\":{\"current_page\":1,\"last_page\":3}}"), 1),
        POWERLY_PAGE_LAST);
}

/* --- single requests ---------------------------------------------------------------------- */

static void a_stop_sends_ids_as_text_and_the_connector_as_a_number(void **state)
{
    struct world *w = *state;
    const struct peer_request *request;

    peer_route(w->peer, "POST /api/v1/orders/stop", PEER_ALWAYS, 200,
               fixture(w, "powerly/rest_order_stop_response.json"), NULL);
    create(w, 0);
    assert_int_equal(powerly_stop(w->powerly, STR("2149"), STR("626"), 1), CT_OK);
    until_answered(w);
    request = peer_last(w->peer, "POST /api/v1/orders/stop");
    assert_string_equal(request->body,
                        "{\"order_id\":\"2149\",\"power_source_id\":\"626\",\"connector\":1}");
    assert_string_equal(request->content_type, "application/json");
    assert_string_equal(request->authorization, "Bearer first-secret-token");
    assert_true(str_eq(rest(w, WIRE_REST_STOP, 0)->name, STR("2149")));
    assert_true(str_eq(rest(w, WIRE_REST_STOP, 0)->data, buf_str(&w->fixture)));
    assert_int_equal(powerly_stop(w->powerly, STR("2160"), STR("640"), 0), CT_OK);
    until_answered(w);
    request = peer_last(w->peer, "POST /api/v1/orders/stop");
    assert_string_equal(request->body, "{\"order_id\":\"2160\",\"power_source_id\":\"640\"}");
}

static void a_refused_stop_is_sent_once_and_explained(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, "POST /api/v1/orders/stop", PEER_ALWAYS, 503,
               fixture(w, "powerly/rest_error_maintenance_503.json"), NULL);
    create(w, 0);
    assert_int_equal(powerly_stop(w->powerly, STR("2149"), STR("626"), 1), CT_OK);
    until_answered(w);
    assert_int_equal(peer_count(w->peer, "POST /api/v1/orders/stop"), 1);
    assert_int_equal(rest(w, WIRE_REST_STOP, 0)->code, 503);
    assert_non_null(capture_find(&w->seen, 0, WIRE_FAULT, "Service Unavailable"));
}

static void the_first_message_of_errors_is_the_reason(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, "GET /api/v1/orders/7", PEER_ALWAYS, 422,
               fixture(w, "powerly/rest_error_validation_422.json"), NULL);
    create(w, 0);
    assert_int_equal(powerly_details(w->powerly, STR("7")), CT_OK);
    until_answered(w);
    assert_int_equal(rest(w, WIRE_REST_DETAILS, 0)->code, 422);
    assert_non_null(
        capture_find(&w->seen, 0, WIRE_FAULT, "The power source id field is required."));
}

static void a_body_without_words_leaves_the_status_line(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, "GET /api/v1/users/me", PEER_ALWAYS, 426, STR("<html>"), NULL);
    create(w, 0);
    assert_int_equal(powerly_me(w->powerly), CT_OK);
    until_answered(w);
    assert_non_null(capture_find(&w->seen, 0, WIRE_FAULT, "426"));
}

static void an_id_cannot_leave_its_place_in_the_path(void **state)
{
    struct world *w = *state;
    char long_id[POWERLY_ORDER_ID_MAX + 2];

    create(w, 0);
    assert_int_equal(powerly_details(w->powerly, STR("../users/me?x=1")), CT_OK);
    until_answered(w);
    assert_int_equal(peer_count(w->peer, "GET /api/v1/users/me?x=1"), 0);
    assert_int_equal(powerly_details(w->powerly, STR("")), CT_ERR_RANGE);
    memset(long_id, '1', sizeof long_id);
    assert_int_equal(powerly_details(w->powerly, (struct str){long_id, POWERLY_ORDER_ID_MAX + 1}),
                     CT_ERR_RANGE);
    assert_int_equal(powerly_stop(w->powerly, STR("1"), STR(""), 1), CT_ERR_RANGE);
}

/* --- tokens ------------------------------------------------------------------------------- */

static void a_401_with_a_renewed_token_file_is_repeated_once(void **state)
{
    struct world *w = *state;

    peer_accept_token(w->peer, "second-secret-token");
    peer_route(w->peer, "GET /api/v1/users/me", PEER_ALWAYS, 200,
               fixture(w, "powerly/rest_users_me.json"), NULL);
    w->renewal = "second-secret-token";
    create(w, 0);
    assert_int_equal(powerly_me(w->powerly), CT_OK);
    until_answered(w);
    assert_int_equal(peer_count(w->peer, "GET /api/v1/users/me"), 2);
    assert_int_equal(rest(w, WIRE_REST_ME, 0)->code, 200);
    assert_int_equal(capture_count_rest(&w->seen, WIRE_REST_ME), 1);
    assert_non_null(capture_find(&w->seen, 0, WIRE_AUTH, "token refused (401)"));
    assert_non_null(capture_find(&w->seen, 0, WIRE_AUTH, "accepts the token"));
}

static void a_401_without_another_token_ends_with_the_servers_words(void **state)
{
    struct world *w = *state;

    peer_accept_token(w->peer, "second-secret-token");
    create(w, 0);
    assert_int_equal(powerly_list(w->powerly), CT_OK);
    assert_int_equal(powerly_me(w->powerly), CT_OK);
    until_answered(w);
    assert_int_equal(rest(w, WIRE_REST_LIST_DONE, 0)->code, 401);
    assert_int_equal(rest(w, WIRE_REST_ME, 0)->code, 401);
    assert_true(str_find(rest(w, WIRE_REST_ME, 0)->data, STR("Unauthenticated")) <
                rest(w, WIRE_REST_ME, 0)->data.len);
    assert_non_null(capture_find(&w->seen, 0, WIRE_FAULT, "Unauthenticated."));
    assert_int_equal(capture_count(&w->seen, WIRE_AUTH), 1); /* said once */
}

static void a_stop_refused_for_its_token_is_sent_again_whole(void **state)
{
    struct world *w = *state;

    peer_accept_token(w->peer, "second-secret-token");
    peer_route(w->peer, "POST /api/v1/orders/stop", PEER_ALWAYS, 204, STR(""), NULL);
    create(w, 0);
    assert_int_equal(powerly_stop(w->powerly, STR("1"), STR("2"), 3), CT_OK);
    until_answered(w);
    assert_int_equal(rest(w, WIRE_REST_STOP, 0)->code, 401);
    assert_true(str_find(rest(w, WIRE_REST_STOP, 0)->data, STR("Unauthenticated")) <
                rest(w, WIRE_REST_STOP, 0)->data.len);
    write_token(w, "second-secret-token");
    assert_int_equal(powerly_stop(w->powerly, STR("1"), STR("2"), 3), CT_OK);
    until_answered(w);
    assert_int_equal(rest(w, WIRE_REST_STOP, 1)->code, 204);
    assert_string_equal(peer_last(w->peer, "POST /api/v1/orders/stop")->body,
                        "{\"order_id\":\"1\",\"power_source_id\":\"2\",\"connector\":3}");
    assert_int_equal(peer_count(w->peer, "POST /api/v1/orders/stop"), 3);
    assert_int_equal(capture_count(&w->seen, WIRE_FAULT), 1);
}

static void a_server_that_asks_for_a_new_token_has_its_source_read(void **state)
{
    struct world *w = *state;

    peer_route(w->peer, "GET /api/v1/users/me", PEER_ALWAYS, 200,
               fixture(w, "powerly/rest_users_me.json"), "Token-Refresh-Required: 1");
    create(w, 0);
    write_token(w, "second-secret-token");
    assert_int_equal(powerly_me(w->powerly), CT_OK);
    until_answered(w);
    assert_string_equal(token_header(w->token), "Authorization: Bearer second-secret-token");
}

/* --- life --------------------------------------------------------------------------------- */

static void a_handler_may_destroy_it_at_any_event(void **state)
{
    struct world *w = *state;
    size_t n;

    peer_accept_token(w->peer, "second-secret-token");
    for (n = 1; n < 20; n++) {
        capture_clear(&w->seen);
        capture_init(&w->seen);
        w->destroy_at = n;
        create(w, 2);
        assert_int_equal(powerly_list(w->powerly), CT_OK);
        assert_int_equal(powerly_me(w->powerly), CT_OK);
        if (!net_loop_run_until(w->loop, powerly_gone, w, 200))
            break;
        assert_int_equal(w->seen.count, n);
    }
    assert_true(n > 5);
}

static void a_bad_base_or_header_is_refused(void **state)
{
    struct world *w = *state;
    struct powerly_cfg cfg = {.base = "ftp://host/"};

    assert_null(powerly_create(w->loop, w->http, w->token, &cfg, on_event, w));
    cfg = (struct powerly_cfg){.base = w->base, .headers = {"no colon"}};
    assert_null(powerly_create(w->loop, w->http, w->token, &cfg, on_event, w));
    cfg = (struct powerly_cfg){.base = w->base, .headers = {"A: b\nC: d"}};
    assert_null(powerly_create(w->loop, w->http, w->token, &cfg, on_event, w));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_list_of_two_pages_is_read_to_its_end),
        TEST(the_old_names_of_the_envelope_mean_the_same),
        TEST(an_empty_list_is_complete_at_once),
        TEST(a_list_that_breaks_off_is_not_complete),
        TEST(a_success_of_0_is_a_failure_with_a_message),
        TEST(a_list_without_end_stops_at_the_page_limit),
        TEST(pages_end_by_their_numbers_or_when_they_are_not_full),
        TEST(a_stop_sends_ids_as_text_and_the_connector_as_a_number),
        TEST(a_refused_stop_is_sent_once_and_explained),
        TEST(the_first_message_of_errors_is_the_reason),
        TEST(a_body_without_words_leaves_the_status_line),
        TEST(an_id_cannot_leave_its_place_in_the_path),
        TEST(a_401_with_a_renewed_token_file_is_repeated_once),
        TEST(a_401_without_another_token_ends_with_the_servers_words),
        TEST(a_stop_refused_for_its_token_is_sent_again_whole),
        TEST(a_server_that_asks_for_a_new_token_has_its_source_read),
        TEST(a_handler_may_destroy_it_at_any_event),
        TEST(a_bad_base_or_header_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
