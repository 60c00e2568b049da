/* Rosters from every shape of presence data that servers are known to send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "pusher/frame.h"
#include "pusher/presence.h"
#include "support/fixture.h"

static int set_up(void **state)
{
    *state = pusher_roster_create();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    pusher_roster_destroy(*state);
    return 0;
}

static void assert_member(const struct pusher_roster *r, size_t i, const char *id, const char *info)
{
    const struct pusher_member m = pusher_roster_at(r, i);

    assert_true(str_eq(m.user_id, str_from(id)));
    assert_true(str_eq(m.user_info, str_from(info)));
}

static void replace(struct pusher_roster *r, const char *data)
{
    assert_int_equal(pusher_roster_replace(r, str_from(data)), PUSHER_OK);
}

static bool add(struct pusher_roster *r, const char *data)
{
    bool changed;

    assert_int_equal(pusher_roster_add(r, str_from(data), &changed), PUSHER_OK);
    return changed;
}

static bool drop(struct pusher_roster *r, const char *data)
{
    bool changed;

    assert_int_equal(pusher_roster_remove(r, str_from(data), &changed), PUSHER_OK);
    return changed;
}

/* The data of a fixture, as a session would hand it over. */
static struct str fixture_data(const char *path, struct buf *text, struct buf *scratch)
{
    struct pusher_frame f;

    assert_int_equal(pusher_frame_parse(fixture_read(path, text), scratch, &f), PUSHER_OK);
    return f.data;
}

static void the_fixtures_give_two_users_then_a_third_then_two_again(void **state)
{
    struct pusher_roster *r = *state;
    struct buf text, scratch;
    bool changed;

    buf_init(&text, 65536);
    buf_init(&scratch, 65536);
    assert_int_equal(
        pusher_roster_replace(
            r, fixture_data("protocol/subscription_succeeded_presence.json", &text, &scratch)),
        PUSHER_OK);
    assert_int_equal(pusher_roster_count(r), 2);
    assert_member(r, 0, "9041", "{\"name\":\"Sara Operator\"}");
    assert_member(r, 1, "9055", "{\"name\":\"Kiosk 3\"}");

    buf_reset(&text);
    assert_int_equal(
        pusher_roster_add(r, fixture_data("protocol/member_added.json", &text, &scratch), &changed),
        PUSHER_OK);
    assert_true(changed);
    assert_member(r, 2, "9077", "{\"name\":\"Night shift\"}");

    buf_reset(&text);
    assert_int_equal(
        pusher_roster_remove(r, fixture_data("protocol/member_removed.json", &text, &scratch),
                             &changed),
        PUSHER_OK);
    assert_true(changed);
    assert_int_equal(pusher_roster_count(r), 2);
    assert_false(pusher_roster_has(r, STR("9055")));
    assert_member(r, 1, "9077", "{\"name\":\"Night shift\"}");
    buf_clear(&text);
    buf_clear(&scratch);
}

static void numeric_ids_are_compared_as_text(void **state)
{
    struct pusher_roster *r = *state;

    replace(r, "{\"presence\":{\"count\":1,\"ids\":[10],\"hash\":{\"10\":{\"name\":\"A\"}}}}");
    assert_int_equal(pusher_roster_count(r), 1);
    assert_false(add(r, "{\"user_id\":10,\"user_info\":{\"name\":\"B\"}}"));
    assert_member(r, 0, "10", "{\"name\":\"B\"}");
    assert_true(drop(r, "{\"user_id\":\"10\"}"));
    assert_int_equal(pusher_roster_count(r), 0);
}

static void ids_may_be_absent_and_infos_null(void **state)
{
    struct pusher_roster *r = *state;

    replace(r, "{\"presence\":{\"hash\":{\"a\":null,\"b\":\"text\",\"c\":3}}}");
    assert_int_equal(pusher_roster_count(r), 3);
    assert_member(r, 0, "a", "null");
    assert_member(r, 1, "b", "\"text\"");
    assert_member(r, 2, "c", "3");
}

static void a_php_list_stands_for_an_object_with_the_keys_0_to_n(void **state)
{
    struct pusher_roster *r = *state;

    replace(r, "{\"presence\":{\"count\":2,\"ids\":[0,1],\"hash\":[{\"n\":1},{\"n\":2}]}}");
    assert_int_equal(pusher_roster_count(r), 2);
    assert_member(r, 1, "1", "{\"n\":2}");
    replace(r, "{\"presence\":{\"count\":0,\"ids\":[],\"hash\":[]}}");
    assert_int_equal(pusher_roster_count(r), 0);
}

static void ids_without_a_hash_are_users_without_info(void **state)
{
    struct pusher_roster *r = *state;

    replace(r, "{\"presence\":{\"ids\":[\"x\",\"y\",\"x\"]}}");
    assert_int_equal(pusher_roster_count(r), 2);
    assert_member(r, 1, "y", "null");
}

static void a_success_without_members_is_an_empty_roster(void **state)
{
    struct pusher_roster *r = *state;

    (void)add(r, "{\"user_id\":\"old\"}");
    replace(r, "{}");
    assert_int_equal(pusher_roster_count(r), 0);
    replace(r, "{\"presence\":[]}");
    assert_int_equal(pusher_roster_count(r), 0);
}

static void adding_twice_counts_once_and_renews_the_info(void **state)
{
    struct pusher_roster *r = *state;

    assert_true(add(r, "{\"user_id\":\"u-8\",\"user_info\":{\"name\":\"Bo\"}}"));
    assert_false(add(r, "{\"user_id\":\"u-8\"}"));
    assert_int_equal(pusher_roster_count(r), 1);
    assert_member(r, 0, "u-8", "null");
}

static void removing_the_unknown_changes_nothing(void **state)
{
    struct pusher_roster *r = *state;

    (void)add(r, "{\"user_id\":\"a\"}");
    assert_false(drop(r, "{\"user_id\":\"b\"}"));
    assert_int_equal(pusher_roster_count(r), 1);
    assert_true(drop(r, "{\"user_id\":\"a\",\"user_info\":{\"extra\":true}}"));
}

static void escaped_ids_are_the_same_user(void **state)
{
    struct pusher_roster *r = *state;

    replace(r, "{\"presence\":{\"hash\":{\"Zo\\u00eb\":null}}}");
    assert_true(pusher_roster_has(r, STR("Zo\xc3\xab")));
    assert_false(add(r, "{\"user_id\":\"Zo\xc3\xab\"}"));
}

static void what_is_not_presence_data_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "[]",
                                      "7",
                                      "{\"user_id\":\"\"}",
                                      "{\"user_id\":null}",
                                      "{\"user_id\":{}}",
                                      "{\"x\":1}",
                                      "{\"user_id\""};
    struct pusher_roster *r = *state;
    bool changed = true;

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(pusher_roster_add(r, str_from(bad[i]), &changed), PUSHER_ERR_BAD_DATA);
        assert_false(changed);
        assert_int_equal(pusher_roster_remove(r, str_from(bad[i]), &changed), PUSHER_ERR_BAD_DATA);
    }
    assert_int_equal(pusher_roster_replace(r, STR("nonsense")), PUSHER_ERR_BAD_DATA);
    assert_int_equal(pusher_roster_count(r), 0);
}

static void the_roster_is_full_at_its_limit_and_says_so(void **state)
{
    struct pusher_roster *r = *state;
    char data[64];
    bool changed;

    for (int i = 0; i < PUSHER_ROSTER_MAX; i++) {
        (void)str_format(data, sizeof data, "{\"user_id\":%d}", i);
        assert_true(add(r, data));
    }
    assert_int_equal(pusher_roster_add(r, STR("{\"user_id\":\"late\"}"), &changed),
                     PUSHER_ERR_LIMIT);
    assert_false(changed);
    assert_int_equal(pusher_roster_count(r), PUSHER_ROSTER_MAX);
    assert_true(drop(r, "{\"user_id\":500}"));
    assert_true(add(r, "{\"user_id\":\"late\"}"));
    assert_member(r, PUSHER_ROSTER_MAX - 1, "late", "null");
    assert_member(r, 500, "501", "null");
}

static void ids_and_infos_beyond_their_limits_are_not_kept(void **state)
{
    struct pusher_roster *r = *state;
    char data[4096];
    char filler[PUSHER_USER_INFO_MAX + 1];
    bool changed;

    memset(filler, 'x', sizeof filler);
    (void)str_format(data, sizeof data, "{\"user_id\":\"%.*s\"}", PUSHER_USER_ID_MAX, filler);
    assert_true(add(r, data));
    (void)str_format(data, sizeof data, "{\"user_id\":\"%.*s\"}", PUSHER_USER_ID_MAX + 1, filler);
    assert_int_equal(pusher_roster_add(r, str_from(data), &changed), PUSHER_ERR_BAD_DATA);

    (void)str_format(data, sizeof data, "{\"user_id\":\"fits\",\"user_info\":\"%.*s\"}",
                     PUSHER_USER_INFO_MAX - 2, filler);
    assert_true(add(r, data));
    assert_int_equal(pusher_roster_at(r, 1).user_info.len, PUSHER_USER_INFO_MAX);
    (void)str_format(data, sizeof data, "{\"user_id\":\"large\",\"user_info\":\"%.*s\"}",
                     PUSHER_USER_INFO_MAX - 1, filler);
    assert_true(add(r, data));
    assert_member(r, 2, "large", "null");
}

static void beyond_the_end_there_is_nobody(void **state)
{
    assert_int_equal(pusher_roster_at(*state, 0).user_id.len, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(the_fixtures_give_two_users_then_a_third_then_two_again),
        T(numeric_ids_are_compared_as_text),
        T(ids_may_be_absent_and_infos_null),
        T(a_php_list_stands_for_an_object_with_the_keys_0_to_n),
        T(ids_without_a_hash_are_users_without_info),
        T(a_success_without_members_is_an_empty_roster),
        T(adding_twice_counts_once_and_renews_the_info),
        T(removing_the_unknown_changes_nothing),
        T(escaped_ids_are_the_same_user),
        T(what_is_not_presence_data_is_refused),
        T(the_roster_is_full_at_its_limit_and_says_so),
        T(ids_and_infos_beyond_their_limits_are_not_kept),
        T(beyond_the_end_there_is_nobody),
    };
#undef T

    return cmocka_run_group_tests_name("pusher_presence", tests, NULL, NULL);
}
