/* Users of the hub: who is signed in, who hears of them, how they are thrown out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json_write.h"
#include "pusher/sign.h"
#include "support/hub_rig.h"

#define WATCH "pusher_internal:watchlist_events"
#define hub_test(name) cmocka_unit_test_setup_teardown(name, hub_rig_setup, hub_rig_teardown)

/* Says pusher:signin with this auth; NULL: the right one. */
static void ask_signin(struct hub_rig *r, const struct rig_conn *c, const char *user_data,
                       const char *auth)
{
    struct buf text, signature;
    struct json_writer w;

    buf_init(&text, HUB_MESSAGE_MAX_BYTES * 2);
    buf_init(&signature, 1024);
    assert_int_equal(pusher_sign_user(&signature, str_from(c->key), STR("secret"),
                                      str_from(c->socket_id), str_from(user_data)),
                     PUSHER_OK);
    jw_init(&w, &text);
    jw_object(&w);
    jw_key(&w, "event");
    jw_str(&w, STR("pusher:signin"));
    jw_key(&w, "data");
    jw_object(&w);
    jw_key(&w, "auth");
    jw_str(&w, auth ? str_from(auth) : buf_str(&signature));
    jw_key(&w, "user_data");
    jw_str(&w, str_from(user_data));
    jw_object_end(&w);
    jw_object_end(&w);
    assert_int_equal(w.err, CT_OK);
    hub_message(r->h, c->number, buf_str(&text), r->now_ms);
    buf_clear(&text);
    buf_clear(&signature);
}

/* Signs in and takes the success. */
static void signin(struct hub_rig *r, const struct rig_conn *c, const char *id)
{
    char user_data[128];

    str_format(user_data, sizeof user_data, "{\"id\":\"%s\"}", id);
    ask_signin(r, c, user_data, NULL);
    rig_expect_holding(r, c->number, "pusher:signin_success", id);
}

static void signin_watching(struct hub_rig *r, const struct rig_conn *c, const char *id,
                            const char *watchlist)
{
    char user_data[512];

    str_format(user_data, sizeof user_data, "{\"id\":\"%s\",\"watchlist\":%s}", id, watchlist);
    ask_signin(r, c, user_data, NULL);
    rig_expect_holding(r, c->number, "pusher:signin_success", id);
}

/* ---- signing in ------------------------------------------------------------------------- */

static void a_sign_in_is_confirmed_with_the_user_data_as_it_came_in_string_form(void **state)
{
    static const char *const user_data =
        "{\"id\":\"u-7\",\"user_info\":{\"name\":\"Zo\xc3\xab\"}, \"x\":1}";
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");
    struct json_value all, v;
    struct buf got;

    assert_false(hub_user_online(r->h, STR("3"), STR("u-7")));
    ask_signin(r, &a, user_data, NULL);
    rig_expect_frame(r, a.number, "pusher:signin_success", "", NULL);
    assert_true(str_find(r->out.text, STR("\"data\":\"{\\\"user_data\\\":")) < r->out.text.len);
    struct pusher_frame f;
    assert_int_equal(pusher_frame_parse(r->out.text, &r->scratch, &f), PUSHER_OK);
    assert_int_equal(json_parse(f.data, &all), CT_OK);
    assert_true(json_get(all, STR("user_data"), &v));
    buf_init(&got, 1024);
    assert_int_equal(json_string_append(v, &got), CT_OK);
    assert_string_equal(buf_cstr(&got), user_data);
    buf_clear(&got);
    assert_true(hub_user_online(r->h, STR("3"), STR("u-7")));
    assert_false(hub_user_online(r->h, STR("4"), STR("u-7"))); /* users are those of an app */
    hub_closed(r->h, a.number, r->now_ms);
    assert_false(hub_user_online(r->h, STR("3"), STR("u-7")));
    rig_expect_nothing(r);
}

/* pusher-channels.md 5.4: the signature of a documented socket id and user. */
static void a_sign_in_for_another_socket_app_or_text_is_refused_and_the_socket_stays(void **state)
{
    static const char *const wrong[] = {
        "key:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba",
        "plain:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba",
        "key",
        "key::user::4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba",
        "x",
    };
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        ask_signin(r, &a, "{\"id\":\"12345\"}", wrong[i]);
        rig_expect_holding(r, a.number, "pusher:error", "\"code\":4009");
        rig_expect_nothing(r);
    }
    assert_false(hub_user_online(r->h, STR("3"), STR("12345")));
    signin(r, &a, "12345");
}

static void user_data_without_a_usable_id_is_refused(void **state)
{
    static const char *const unusable[] = {
        "",
        "7",
        "[]",
        "{}",
        "{\"id\":\"\"}",
        "{\"id\":7}",
        "{\"id\":null}",
        "{\"id\":\"a b\"}",
        "{\"id\":\"a/b\"}",
        "{\"id\":\"#a\"}",
        "{\"user_id\":\"u-7\"}",
        "{\"id\":\"u-7\"",
    };
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");
    char text[HUB_USER_ID_MAX + 64], id[HUB_USER_ID_MAX + 2];

    for (size_t i = 0; i < COUNT_OF(unusable); i++) {
        ask_signin(r, &a, unusable[i], NULL);
        rig_expect_holding(r, a.number, "pusher:error", "4009");
        rig_expect_nothing(r);
    }
    memset(id, 'u', sizeof id);
    id[HUB_USER_ID_MAX + 1] = '\0';
    str_format(text, sizeof text, "{\"id\":\"%s\"}", id);
    ask_signin(r, &a, text, NULL);
    rig_expect_holding(r, a.number, "pusher:error", "4009");
    id[HUB_USER_ID_MAX] = '\0';
    str_format(text, sizeof text, "{\"id\":\"%s\"}", id);
    ask_signin(r, &a, text, NULL);
    rig_expect_holding(r, a.number, "pusher:signin_success", id);
}

static void a_sign_in_message_without_its_parts_is_refused(void **state)
{
    static const char *const broken[] = {
        "{\"event\":\"pusher:signin\"}",
        "{\"event\":\"pusher:signin\",\"data\":null}",
        "{\"event\":\"pusher:signin\",\"data\":{}}",
        "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"key:x\"}}",
        "{\"event\":\"pusher:signin\",\"data\":{\"user_data\":\"{}\"}}",
        "{\"event\":\"pusher:signin\",\"data\":{\"auth\":7,\"user_data\":8}}",
        "{\"event\":\"pusher:signin\",\"data\":{\"auth\":\"key:x\",\"user_data\":{\"id\":\"u\"}}}",
        "{\"event\":\"pusher:signin\",\"data\":\"text\"}",
    };
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        rig_say(r, a.number, broken[i]);
        rig_expect_holding(r, a.number, "pusher:error", "4009");
        rig_expect_nothing(r);
    }
}

static void signing_in_again_is_confirmed_as_the_same_user_and_refused_as_another(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key");

    signin(r, &a, "u-7");
    signin(r, &a, "u-7");
    ask_signin(r, &a, "{\"id\":\"u-8\"}", NULL);
    rig_expect_holding(r, a.number, "pusher:error", "4009");
    assert_true(hub_user_online(r->h, STR("3"), STR("u-7")));
    assert_false(hub_user_online(r->h, STR("3"), STR("u-8")));
}

/* ---- what a user may do ------------------------------------------------------------------- */

static void the_channel_of_a_user_is_open_to_that_user_only(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key"), c = rig_open(r, "key");

    rig_ask(r, &a, "#server-to-user-u-7", "", NULL);
    rig_expect_frame(r, a.number, "pusher:subscription_error", "#server-to-user-u-7", NULL);
    signin(r, &a, "u-7");
    signin(r, &b, "u-7");
    signin(r, &c, "u-70");
    rig_ask(r, &a, "#server-to-user-u-7", "", NULL);
    rig_expect_frame(r, a.number, "pusher_internal:subscription_succeeded", "#server-to-user-u-7",
                     "{}");
    rig_ask(r, &b, "#server-to-user-u-7", "", NULL);
    rig_expect_frame(r, b.number, "pusher_internal:subscription_succeeded", NULL, "{}");
    rig_ask(r, &c, "#server-to-user-u-7", "", NULL);
    rig_expect_frame(r, c.number, "pusher:subscription_error", "#server-to-user-u-7", NULL);
    rig_publish(r, "#server-to-user-u-7", "hello", "{\"n\":1}");
    rig_expect_frame(r, a.number, "hello", "#server-to-user-u-7", "{\"n\":1}");
    rig_expect_frame(r, b.number, "hello", "#server-to-user-u-7", "{\"n\":1}");
    rig_expect_nothing(r);
}

static void a_signed_in_user_joins_presence_without_channel_data(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key"), c = rig_open(r, "key");

    rig_ask(r, &a, "presence-x", NULL, NULL);
    rig_expect_frame(r, a.number, "pusher:subscription_error", "presence-x", NULL);
    ask_signin(r, &a, "{\"id\":\"u-7\",\"user_info\":{\"name\":\"Ann\"}}", NULL);
    rig_expect_frame(r, a.number, "pusher:signin_success", "", NULL);
    rig_ask(r, &a, "presence-x", NULL, NULL);
    rig_expect_frame(
        r, a.number, "pusher_internal:subscription_succeeded", "presence-x",
        "{\"presence\":{\"count\":1,\"ids\":[\"u-7\"],\"hash\":{\"u-7\":{\"name\":\"Ann\"}}}}");
    ask_signin(r, &b, "{\"id\":\"u-8\",\"user_info\":\"text\"}", NULL);
    rig_expect_frame(r, b.number, "pusher:signin_success", "", NULL);
    rig_ask(r, &b, "presence-x", NULL, NULL);
    (void)hub_next(r->h, &r->out);
    rig_expect_frame(r, a.number, "pusher_internal:member_added", "presence-x",
                     "{\"user_id\":\"u-8\",\"user_info\":\"text\"}");
    signin(r, &c, "u-9");
    rig_ask(r, &c, "presence-x", NULL, NULL);
    (void)hub_next(r->h, &r->out);
    rig_expect_frame(r, a.number, "pusher_internal:member_added", "presence-x",
                     "{\"user_id\":\"u-9\",\"user_info\":null}");
    (void)rig_drain(r);
}

static void terminating_a_user_closes_all_its_connections_and_no_others(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key"), c = rig_open(r, "key"),
                          d = rig_open(r, "key");

    signin(r, &a, "u-7");
    signin(r, &b, "u-8");
    signin(r, &c, "u-7");
    rig_join(r, &d, "presence-x", "u-7"); /* is called so, but has not signed in */
    assert_int_equal(hub_terminate_user(r->h, STR("3"), STR("u-7"), r->now_ms), 2);
    rig_expect_error_and_close(r, a.number, 4009);
    rig_expect_error_and_close(r, c.number, 4009);
    rig_expect_nothing(r);
    assert_int_equal(hub_connection_count(r->h), 2);
    assert_int_equal(hub_terminate_user(r->h, STR("3"), STR("u-7"), r->now_ms), 0);
    assert_int_equal(hub_terminate_user(r->h, STR("none"), STR("u-8"), r->now_ms), 0);
}

/* ---- watchlists --------------------------------------------------------------------------- */

static void a_watcher_is_told_who_is_there_and_then_who_comes_and_goes(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key"), b2 = rig_open(r, "key");

    signin(r, &b, "u-8");
    signin_watching(r, &a, "u-7", "[\"u-8\",\"u-9\"]");
    rig_expect_frame(r, a.number, WATCH, "",
                     "{\"events\":[{\"name\":\"online\",\"user_ids\":[\"u-8\"]},{\"name\":"
                     "\"offline\",\"user_ids\":[\"u-9\"]}]}");
    signin(r, &b2, "u-8"); /* a second connection of somebody who is there is no news */
    rig_expect_nothing(r);
    hub_closed(r->h, b.number, r->now_ms);
    rig_expect_nothing(r);
    hub_closed(r->h, b2.number, r->now_ms);
    rig_expect_frame(r, a.number, WATCH, "",
                     "{\"events\":[{\"name\":\"offline\",\"user_ids\":[\"u-8\"]}]}");
    const struct rig_conn b3 = rig_open(r, "key");
    signin(r, &b3, "u-8");
    rig_expect_frame(r, a.number, WATCH, "",
                     "{\"events\":[{\"name\":\"online\",\"user_ids\":[\"u-8\"]}]}");
    hub_closed(r->h, a.number, r->now_ms);
    hub_closed(r->h, b3.number, r->now_ms);
    rig_expect_nothing(r);
}

static void a_user_in_another_app_is_somebody_else(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "plain");

    signin_watching(r, &a, "u-7", "[\"u-8\"]");
    rig_expect_holding(r, a.number, WATCH, "offline");
    signin(r, &b, "u-8");
    rig_expect_nothing(r);
}

static void each_name_is_watched_once_and_what_is_no_name_is_left_out(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    signin_watching(r, &a, "u-7", "[\"u-8\",7,\"u-8\",\"\",null,{\"a\":1},\"u-8\"]");
    rig_expect_frame(r, a.number, WATCH, "",
                     "{\"events\":[{\"name\":\"offline\",\"user_ids\":[\"u-8\"]}]}");
    signin(r, &b, "u-8");
    rig_expect_holding(r, a.number, WATCH, "online");
    rig_expect_nothing(r);
    signin_watching(r, &b, "u-8", "[]");
    rig_expect_nothing(r);
    signin_watching(r, &b, "u-8", "\"u-7\"");
    rig_expect_nothing(r);
    signin_watching(r, &b, "u-8", "[\"u-8\"]"); /* oneself */
    rig_expect_holding(r, b.number, WATCH, "online");
}

static void of_a_watchlist_the_first_hundred_are_kept_and_4302_says_so(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");
    char user_data[4096];
    size_t len = str_format(user_data, sizeof user_data, "{\"id\":\"u-7\",\"watchlist\":[\"w0\"");

    for (int i = 1; i <= HUB_WATCHLIST_MAX; i++)
        len += str_format(user_data + len, sizeof user_data - len, ",\"w%d\"", i);
    str_format(user_data + len, sizeof user_data - len, "]}");
    ask_signin(r, &a, user_data, NULL);
    rig_expect_frame(r, a.number, "pusher:signin_success", "", NULL);
    rig_expect_holding(r, a.number, "pusher:error", "4302");
    rig_expect_holding(r, a.number, WATCH, "\"w99\"]");
    signin(r, &b, "w100");
    rig_expect_nothing(r);
}

static void a_new_watchlist_takes_the_place_of_the_old(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key"), c = rig_open(r, "key");

    signin_watching(r, &a, "u-7", "[\"u-8\"]");
    rig_expect_holding(r, a.number, WATCH, "u-8");
    signin_watching(r, &a, "u-7", "[\"u-9\"]");
    rig_expect_holding(r, a.number, WATCH, "u-9");
    signin(r, &b, "u-8");
    rig_expect_nothing(r);
    signin(r, &c, "u-9");
    rig_expect_holding(r, a.number, WATCH, "u-9");
}

static void watchers_that_vanish_in_the_middle_of_being_told_are_skipped(void **state)
{
    struct hub_rig *r = *state;
    struct rig_conn w[4];
    const struct rig_conn b = rig_open(r, "key");

    for (size_t i = 0; i < COUNT_OF(w); i++) {
        w[i] = rig_open(r, "key");
        signin_watching(r, &w[i], i % 2 ? "x" : "y", "[\"u-8\"]");
        rig_expect_holding(r, w[i].number, WATCH, "offline");
    }
    signin(r, &b, "u-8");
    rig_expect_holding(r, w[0].number, WATCH, "online");
    hub_closed(r->h, w[1].number, r->now_ms); /* it would be next */
    rig_expect_holding(r, w[2].number, WATCH, "online");
    hub_closed(r->h, w[2].number, r->now_ms);
    rig_expect_holding(r, w[3].number, WATCH, "online");
    rig_expect_nothing(r);
}

static void a_hub_may_be_destroyed_while_users_are_signed_in_and_watched(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    signin_watching(r, &a, "u-7", "[\"u-8\",\"u-7\"]");
    (void)rig_drain(r);
    signin_watching(r, &b, "u-8", "[\"u-7\"]");
    hub_closed(r->h, a.number, r->now_ms); /* and nobody takes what is queued */
}

/* Its answer finds no place, so it is closed while it is answered, and with it goes the last that kept
 * the user. */
static void signing_in_again_while_nothing_is_taken_closes_with_4100(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn a = rig_open(r, "key"), b = rig_open(r, "key");

    signin(r, &a, "u-7");
    for (size_t i = 0; i < HUB_JOBS_MAX; i++)
        rig_say(r, b.number, "{\"event\":\"pusher:ping\",\"data\":{}}");
    ask_signin(r, &a, "{\"id\":\"u-7\"}", NULL);
    assert_false(hub_user_online(r->h, STR("3"), STR("u-7")));
    for (size_t i = 0; i < HUB_JOBS_MAX; i++)
        rig_expect_frame(r, b.number, "pusher:pong", NULL, NULL);
    rig_expect_error_and_close(r, a.number, 4100);
    rig_expect_nothing(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        hub_test(a_sign_in_is_confirmed_with_the_user_data_as_it_came_in_string_form),
        hub_test(a_sign_in_for_another_socket_app_or_text_is_refused_and_the_socket_stays),
        hub_test(user_data_without_a_usable_id_is_refused),
        hub_test(a_sign_in_message_without_its_parts_is_refused),
        hub_test(signing_in_again_is_confirmed_as_the_same_user_and_refused_as_another),
        hub_test(signing_in_again_while_nothing_is_taken_closes_with_4100),
        hub_test(the_channel_of_a_user_is_open_to_that_user_only),
        hub_test(a_signed_in_user_joins_presence_without_channel_data),
        hub_test(terminating_a_user_closes_all_its_connections_and_no_others),
        hub_test(a_watcher_is_told_who_is_there_and_then_who_comes_and_goes),
        hub_test(a_user_in_another_app_is_somebody_else),
        hub_test(each_name_is_watched_once_and_what_is_no_name_is_left_out),
        hub_test(of_a_watchlist_the_first_hundred_are_kept_and_4302_says_so),
        hub_test(a_new_watchlist_takes_the_place_of_the_old),
        hub_test(watchers_that_vanish_in_the_middle_of_being_told_are_skipped),
        hub_test(a_hub_may_be_destroyed_while_users_are_signed_in_and_watched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
