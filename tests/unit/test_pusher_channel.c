/* What channel names and socket ids say, and which ones are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pusher/channel.h"
#include "pusher/err.h"

static void assert_traits(const char *name, enum pusher_channel_kind kind, bool auth, bool client,
                          bool cached)
{
    const struct pusher_channel_traits t = pusher_channel_traits(str_from(name));

    assert_int_equal(t.kind, kind);
    assert_int_equal(t.needs_auth, auth);
    assert_int_equal(t.client_events, client);
    assert_int_equal(t.cached, cached);
}

static void each_prefix_of_the_reference_gives_its_row(void **state)
{
    (void)state;
    assert_traits("private-encrypted-cache-a", PUSHER_CHANNEL_ENCRYPTED, true, false, true);
    assert_traits("private-encrypted-a", PUSHER_CHANNEL_ENCRYPTED, true, false, false);
    assert_traits("private-cache-a", PUSHER_CHANNEL_PRIVATE, true, true, true);
    assert_traits("private-orders.2149", PUSHER_CHANNEL_PRIVATE, true, true, false);
    assert_traits("presence-cache-a", PUSHER_CHANNEL_PRESENCE, true, true, true);
    assert_traits("presence-control-room", PUSHER_CHANNEL_PRESENCE, true, true, false);
    assert_traits("presence-encrypted-a", PUSHER_CHANNEL_PRESENCE, true, true, false);
    assert_traits("cache-a", PUSHER_CHANNEL_PUBLIC, false, false, true);
    assert_traits("#server-to-user-7", PUSHER_CHANNEL_USER, false, false, false);
    assert_traits("notifications-1001", PUSHER_CHANNEL_PUBLIC, false, false, false);
}

static void a_prefix_needs_its_dash_its_case_and_the_start(void **state)
{
    (void)state;
    assert_traits("privateer", PUSHER_CHANNEL_PUBLIC, false, false, false);
    assert_traits("cached-x", PUSHER_CHANNEL_PUBLIC, false, false, false);
    assert_traits("Private-x", PUSHER_CHANNEL_PUBLIC, false, false, false);
    assert_traits("my-private-x", PUSHER_CHANNEL_PUBLIC, false, false, false);
    assert_traits("", PUSHER_CHANNEL_PUBLIC, false, false, false);
}

static void names_of_permitted_bytes_are_valid_up_to_the_limit(void **state)
{
    char name[PUSHER_CHANNEL_NAME_MAX_SERVER + 1];

    (void)state;
    memset(name, 'a', sizeof name);
    assert_true(pusher_channel_valid(STR("AZaz09_-=@,.;"), PUSHER_CHANNEL_NAME_MAX));
    assert_true(pusher_channel_valid((struct str){name, 164}, PUSHER_CHANNEL_NAME_MAX));
    assert_false(pusher_channel_valid((struct str){name, 165}, PUSHER_CHANNEL_NAME_MAX));
    assert_true(pusher_channel_valid((struct str){name, 200}, PUSHER_CHANNEL_NAME_MAX_SERVER));
    assert_false(pusher_channel_valid((struct str){name, 201}, PUSHER_CHANNEL_NAME_MAX_SERVER));
}

static void names_with_other_bytes_are_refused(void **state)
{
    static const char *const bad[] = {
        "", "a b", "a/b", "a:b", "a\nb", "Zo\xc3\xab", "a#b", "#other-7", "#server-to-user-"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(pusher_channel_valid(str_from(bad[i]), PUSHER_CHANNEL_NAME_MAX));
    assert_false(pusher_channel_valid((struct str){"a\0b", 3}, PUSHER_CHANNEL_NAME_MAX));
    assert_true(pusher_channel_valid(STR("#server-to-user-7"), PUSHER_CHANNEL_NAME_MAX));
}

static void a_socket_id_is_two_numbers_with_a_dot(void **state)
{
    static const char *const bad[] = {
        "", ".", "1.", ".1", "12", "1.2.3", "1:2", "1.2:private-x", "a.1", "1. 2"};
    char longest[66];

    (void)state;
    assert_true(pusher_socket_id_valid(STR("218947.1043562")));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(pusher_socket_id_valid(str_from(bad[i])));
    memset(longest, '7', sizeof longest);
    longest[5] = '.';
    assert_true(pusher_socket_id_valid((struct str){longest, 64}));
    assert_false(pusher_socket_id_valid((struct str){longest, 65}));
}

static void every_fault_has_words(void **state)
{
    (void)state;
    for (int i = 0; i < PUSHER_ERR_COUNT; i++)
        assert_true(pusher_strerror((enum pusher_err)i)[0] != '\0');
    assert_string_equal(pusher_strerror((enum pusher_err)PUSHER_ERR_COUNT), "unknown error");
    assert_string_equal(pusher_strerror((enum pusher_err) - 1), "unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_prefix_of_the_reference_gives_its_row),
        cmocka_unit_test(a_prefix_needs_its_dash_its_case_and_the_start),
        cmocka_unit_test(names_of_permitted_bytes_are_valid_up_to_the_limit),
        cmocka_unit_test(names_with_other_bytes_are_refused),
        cmocka_unit_test(a_socket_id_is_two_numbers_with_a_dot),
        cmocka_unit_test(every_fault_has_words),
    };

    return cmocka_run_group_tests_name("pusher_channel", tests, NULL, NULL);
}
