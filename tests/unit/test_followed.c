/* tests/unit/test_followed.c - followed channels: who is present, what came, and what is bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fleet/followed.h"

static int setup(void **state)
{
    *state = followed_create();
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    followed_destroy(*state);
    return 0;
}

static void sub(struct followed *c, const char *name, enum wire_sub sub, uint64_t at_ms)
{
    followed_apply(c,
                   &(struct wire_event){
                       .kind = WIRE_SUB, .channel = str_from(name), .sub = sub, .at_ms = at_ms},
                   false);
}

static void frame(struct followed *c, const char *channel, const char *name, const char *data,
                  uint64_t at_ms)
{
    followed_apply(c,
                   &(struct wire_event){.kind = WIRE_FRAME,
                                        .channel = str_from(channel),
                                        .name = str_from(name),
                                        .data = str_from(data),
                                        .at_ms = at_ms},
                   false);
}

static const struct channel *find(struct followed *c, const char *name)
{
    return followed_find(c, 0, str_from(name));
}

#define SUCCESS "pusher_internal:subscription_succeeded"
#define ADDED "pusher_internal:member_added"
#define REMOVED "pusher_internal:member_removed"

static void a_channel_is_listed_from_being_wanted_until_it_is_left(void **state)
{
    struct followed *c = *state;

    sub(c, "news", WIRE_SUB_SENT, 1);
    sub(c, "private-a", WIRE_SUB_AUTHORIZING, 2);
    assert_int_equal(2, followed_count(c));
    sub(c, "news", WIRE_SUB_NONE, 3);
    assert_int_equal(1, followed_count(c));
    assert_null(find(c, "news"));
    assert_string_equal("private-a", followed_at(c, 0)->name);
    assert_null(followed_at(c, 1));
}

static void the_kind_is_read_from_the_name(void **state)
{
    static const struct {
        const char *name;
        enum channel_kind kind;
        bool cached;
    } rows[] = {
        {"news", CHANNEL_PUBLIC, false},
        {"cache-news", CHANNEL_PUBLIC, true},
        {"privateer", CHANNEL_PUBLIC, false},
        {"private-x", CHANNEL_PRIVATE, false},
        {"private-cache-x", CHANNEL_PRIVATE, true},
        {"private-encrypted-x", CHANNEL_ENCRYPTED, false},
        {"private-encrypted-cache-x", CHANNEL_ENCRYPTED, true},
        {"presence-x", CHANNEL_PRESENCE, false},
        {"presence-cache-x", CHANNEL_PRESENCE, true},
        {"#server-to-user-cache-7", CHANNEL_USER, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool cached;
        assert_int_equal(rows[i].kind, channel_kind_of(str_from(rows[i].name), &cached));
        assert_int_equal(rows[i].cached, cached);
    }
}

static void members_come_and_go_by_user(void **state)
{
    struct followed *c = *state;

    sub(c, "presence-room", WIRE_SUB_SUBSCRIBED, 1);
    frame(c, "presence-room", SUCCESS,
          "{\"presence\":{\"count\":2,\"ids\":[\"u-7\",\"8\"],\"hash\":{\"u-7\":{\"name\":\"Ann\"},"
          "\"8\":null}}}",
          10);
    const struct channel *ch = find(c, "presence-room");
    assert_int_equal(2, ch->member_count);
    assert_string_equal("{\"name\":\"Ann\"}", ch->members[0].info);
    frame(c, "presence-room", ADDED, "{\"user_id\":8,\"user_info\":{\"name\":\"Bo\"}}", 20);
    assert_int_equal(2, ch->member_count); /* known: not counted twice, but its info is new */
    assert_string_equal("{\"name\":\"Bo\"}", ch->members[1].info);
    frame(c, "presence-room", ADDED, "{\"user_id\":\"u-9\"}", 30);
    assert_int_equal(3, ch->member_count);
    assert_int_equal(1, ch->joined);
    frame(c, "presence-room", REMOVED, "{\"user_id\":\"u-7\"}", 40);
    frame(c, "presence-room", REMOVED, "{\"user_id\":\"nobody\"}", 50);
    assert_int_equal(2, ch->member_count);
    assert_int_equal(1, ch->left);
    assert_string_equal("8", ch->members[0].id);
}

static void the_names_that_applications_know_mean_the_same(void **state)
{
    struct followed *c = *state;

    sub(c, "presence-room", WIRE_SUB_SUBSCRIBED, 1);
    frame(c, "presence-room", "pusher:subscription_succeeded",
          "{\"presence\":{\"hash\":{\"a\":{}}}}", 10);
    frame(c, "presence-room", "pusher:member_added", "{\"user_id\":\"b\"}", 20);
    frame(c, "presence-room", "pusher:member_added", "{\"user_id\":\"c\"}", 30);
    frame(c, "presence-room", "pusher:member_removed", "{\"user_id\":\"a\"}", 40);
    frame(c, "presence-room", "other:member_removed", "{\"user_id\":\"b\"}", 50);
    const struct channel *ch = find(c, "presence-room");
    assert_int_equal(2, ch->member_count);
    assert_int_equal(2, ch->joined);
    assert_int_equal(1, ch->left);
    sub(c, "cache-news", WIRE_SUB_SUBSCRIBED, 1);
    frame(c, "cache-news", "pusher:subscription_count", "{\"subscription_count\":17}", 3);
    assert_int_equal(17, find(c, "cache-news")->subscribers);
}

static void a_new_success_replaces_the_roster_and_keeps_since_when(void **state)
{
    struct followed *c = *state;

    sub(c, "presence-room", WIRE_SUB_SUBSCRIBED, 1);
    frame(c, "presence-room", SUCCESS, "{\"presence\":{\"hash\":{\"a\":{},\"b\":{}}}}", 10);
    frame(c, "presence-room", SUCCESS, "{\"presence\":{\"hash\":{\"b\":{},\"c\":{}}}}", 90);
    const struct channel *ch = find(c, "presence-room");
    assert_int_equal(2, ch->member_count);
    assert_string_equal("b", ch->members[0].id);
    assert_int_equal(10, ch->members[0].since_ms);
    assert_int_equal(90, ch->members[1].since_ms);
    frame(c, "presence-room", SUCCESS, "{\"presence\":{\"count\":0,\"ids\":[],\"hash\":[]}}", 99);
    assert_int_equal(0, ch->member_count);
    frame(c, "presence-room", SUCCESS, "{\"presence\":{\"ids\":[1,2]}}", 100);
    assert_int_equal(2, ch->member_count);
    assert_string_equal("1", ch->members[0].id);
}

static void our_own_user_is_marked(void **state)
{
    struct followed *c = *state;

    sub(c, "presence-room", WIRE_SUB_SENT, 1);
    followed_apply(
        c,
        &(struct wire_event){
            .kind = WIRE_SENT,
            .text = STR("{\"event\":\"pusher:subscribe\",\"data\":{\"auth\":\"***\",\"channel\":"
                        "\"presence-room\",\"channel_data\":\"{\\\"user_id\\\":\\\"u-7\\\"}\"}}"),
            .at_ms = 2},
        false);
    frame(c, "presence-room", SUCCESS, "{\"presence\":{\"hash\":{\"u-7\":{},\"u-8\":{}}}}", 3);
    const struct channel *ch = find(c, "presence-room");
    assert_string_equal("u-7", ch->me);
    assert_true(ch->members[0].me);
    assert_false(ch->members[1].me);
}

static void events_counts_and_misses_are_told_apart(void **state)
{
    struct followed *c = *state;

    sub(c, "cache-news", WIRE_SUB_SUBSCRIBED, 1);
    frame(c, "cache-news", "pusher:cache_miss", "", 2);
    frame(c, "cache-news", "pusher_internal:subscription_count", "{\"subscription_count\":17}", 3);
    frame(c, "cache-news", "greeting\x1b[31m", "{}", 4);
    const struct channel *ch = find(c, "cache-news");
    assert_int_equal(1, ch->misses);
    assert_int_equal(17, ch->subscribers);
    assert_int_equal(1, ch->events);
    assert_int_equal(4, ch->last_ms);
    assert_null(strchr(ch->last_event, 0x1b));
    frame(c, "cache-news", "pusher_internal:subscription_count", "{\"subscription_count\":-1}", 5);
    frame(c, "cache-news", "pusher_internal:subscription_count", "no json", 6);
    assert_int_equal(17, ch->subscribers);
}

static void a_refusal_says_why_until_it_is_over(void **state)
{
    struct followed *c = *state;

    followed_apply(c,
                   &(struct wire_event){.kind = WIRE_SUB,
                                        .channel = STR("private-a"),
                                        .sub = WIRE_SUB_DENIED,
                                        .code = 403,
                                        .text = STR("not\x1b for you"),
                                        .at_ms = 1},
                   false);
    assert_int_equal(403, find(c, "private-a")->code);
    assert_string_equal("not\xEF\xBF\xBD for you", find(c, "private-a")->reason);
    sub(c, "private-a", WIRE_SUB_SUBSCRIBED, 2);
    assert_int_equal(0, find(c, "private-a")->code);
    assert_string_equal("", find(c, "private-a")->reason);
}

static void channels_of_orders_and_strangers_are_not_listed(void **state)
{
    struct followed *c = *state;

    followed_apply(c,
                   &(struct wire_event){.kind = WIRE_SUB,
                                        .channel = STR("private-orders.2149"),
                                        .sub = WIRE_SUB_SENT},
                   true);
    frame(c, "unknown", "x", "{}", 1);
    assert_int_equal(0, followed_count(c));
}

static void the_same_name_on_two_connections_is_two_channels(void **state)
{
    struct followed *c = *state;

    sub(c, "news", WIRE_SUB_SENT, 1);
    followed_apply(
        c,
        &(struct wire_event){
            .kind = WIRE_SUB, .source = 2, .channel = STR("news"), .sub = WIRE_SUB_SUBSCRIBED},
        false);
    assert_int_equal(2, followed_count(c));
    assert_int_equal(WIRE_SUB_SENT, followed_find(c, 0, STR("news"))->sub);
    assert_int_equal(WIRE_SUB_SUBSCRIBED, followed_find(c, 2, STR("news"))->sub);
}

static void more_channels_than_there_is_room_for_are_counted(void **state)
{
    struct followed *c = *state;
    char name[32];

    for (int i = 0; i < FOLLOWED_MAX + 3; i++) {
        str_format(name, sizeof name, "room-%d", i);
        sub(c, name, WIRE_SUB_SENT, 1);
    }
    assert_int_equal(FOLLOWED_MAX, followed_count(c));
    assert_int_equal(3, followed_left_out(c));
}

static void more_members_than_are_kept_are_counted_and_memory_is_given_back(void **state)
{
    struct followed *c = *state;
    const size_t empty = followed_bytes(c);
    char data[64];

    sub(c, "presence-hall", WIRE_SUB_SUBSCRIBED, 1);
    for (int i = 0; i < CHANNEL_MEMBERS_MAX + 5; i++) {
        str_format(data, sizeof data, "{\"user_id\":\"u-%d\"}", i);
        frame(c, "presence-hall", ADDED, data, 2);
    }
    const struct channel *ch = find(c, "presence-hall");
    assert_int_equal(CHANNEL_MEMBERS_MAX, ch->members_kept);
    assert_int_equal(CHANNEL_MEMBERS_MAX + 5, ch->member_count);
    frame(c, "presence-hall", REMOVED, "{\"user_id\":\"u-102\"}", 3);
    assert_int_equal(CHANNEL_MEMBERS_MAX + 4, ch->member_count);
    sub(c, "presence-hall", WIRE_SUB_NONE, 4);
    assert_int_equal(empty, followed_bytes(c));
}

static void fill_hall(struct followed *c, int from, int to, uint64_t at_ms)
{
    static char data[64 * 1024];
    size_t len = str_format(data, sizeof data, "{\"presence\":{\"ids\":[");

    for (int i = from; i < to; i++)
        len += str_format(data + len, sizeof data - len, "%s\"u-%d\"", i > from ? "," : "", i);
    (void)str_format(data + len, sizeof data - len, "]}}");
    frame(c, "presence-hall", SUCCESS, data, at_ms);
}

static void a_crowd_is_counted_exactly_beyond_those_that_are_kept(void **state)
{
    struct followed *c = *state;

    sub(c, "presence-hall", WIRE_SUB_SUBSCRIBED, 1);
    fill_hall(c, 0, 250, 10);
    const struct channel *ch = find(c, "presence-hall");
    assert_int_equal(250, ch->member_count);
    assert_int_equal(CHANNEL_MEMBERS_MAX, ch->members_kept);
    frame(c, "presence-hall", ADDED, "{\"user_id\":\"u-200\"}", 20);   /* is there */
    frame(c, "presence-hall", REMOVED, "{\"user_id\":\"u-999\"}", 21); /* is not */
    assert_int_equal(250, ch->member_count);
    assert_int_equal(0, ch->joined + ch->left);
    frame(c, "presence-hall", REMOVED, "{\"user_id\":\"u-200\"}", 22);
    frame(c, "presence-hall", REMOVED, "{\"user_id\":\"u-200\"}", 23);
    frame(c, "presence-hall", REMOVED, "{\"user_id\":\"u-5\"}", 24);
    assert_int_equal(248, ch->member_count);
    assert_int_equal(CHANNEL_MEMBERS_MAX - 1, ch->members_kept);
    assert_int_equal(2, ch->left);
    assert_false(ch->count_about);
    assert_null(ch->gap);
}

static void after_a_loss_the_new_roster_is_compared_with_the_old_one(void **state)
{
    struct followed *c = *state;

    sub(c, "presence-hall", WIRE_SUB_SUBSCRIBED, 1);
    fill_hall(c, 0, 200, 10);
    const struct channel *ch = find(c, "presence-hall");
    assert_null(ch->gap); /* the first one: nobody came, they were there */
    assert_int_equal(0, ch->joined);
    sub(c, "presence-hall", WIRE_SUB_SENT, 20);
    sub(c, "presence-hall", WIRE_SUB_SUBSCRIBED, 30);
    fill_hall(c, 3, 220, 30);
    assert_non_null(ch->gap);
    assert_int_equal(30, ch->gap->at_ms);
    assert_int_equal(20, ch->gap->joined);
    assert_int_equal(3, ch->gap->left);
    assert_int_equal(CHANNEL_GAP_MAX, ch->gap->joined_kept);
    assert_string_equal("u-200", ch->gap->joined_ids[0]);
    assert_int_equal(3, ch->gap->left_kept);
    assert_string_equal("u-0", ch->gap->left_ids[0]);
    assert_string_equal("u-2", ch->gap->left_ids[2]);
    assert_int_equal(20, ch->joined);
    assert_int_equal(3, ch->left);
    assert_int_equal(217, ch->member_count);
    fill_hall(c, 3, 220, 40); /* and once more with nobody else */
    assert_null(ch->gap);
    assert_int_equal(20, ch->joined);
}

static void more_ids_than_can_be_told_apart_are_said_to_be_about_so_many(void **state)
{
    struct followed *c = *state;
    const size_t empty = followed_bytes(c);
    char name[32], data[64];
    const struct channel *ch = NULL;

    for (int i = 0; i < FOLLOWED_IDS_MAX + 3; i++) { /* ten thousand of a channel at most */
        str_format(name, sizeof name, "presence-%d", i / 8000);
        if (i % 8000 == 0)
            sub(c, name, WIRE_SUB_SUBSCRIBED, 1);
        str_format(data, sizeof data, "{\"user_id\":\"u-%d\"}", i);
        frame(c, name, ADDED, data, 2);
    }
    assert_false(find(c, "presence-0")->count_about);
    ch = find(c, name);
    assert_true(ch->count_about);
    assert_int_equal(FOLLOWED_IDS_MAX % 8000 + 3, ch->member_count);
    frame(c, name, REMOVED, "{\"user_id\":\"nobody\"}", 3); /* who can tell */
    assert_int_equal(FOLLOWED_IDS_MAX % 8000 + 2, ch->member_count);
    for (int i = 0; i <= FOLLOWED_IDS_MAX / 8000; i++) {
        str_format(name, sizeof name, "presence-%d", i);
        sub(c, name, WIRE_SUB_NONE, 4);
    }
    assert_int_equal(empty, followed_bytes(c));
}

static void what_members_say_of_themselves_shows_no_secret(void **state)
{
    struct followed *c = *state;

    sub(c, "presence-x", WIRE_SUB_SUBSCRIBED, 1);
    frame(c, "presence-x", ADDED,
          "{\"user_id\":\"a\",\"user_info\":{\"access_token\":\"abcdef0123456789\"}}", 2);
    assert_non_null(strstr(find(c, "presence-x")->members[0].info, "access_token"));
    assert_null(strstr(find(c, "presence-x")->members[0].info, "abcdef"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(a_channel_is_listed_from_being_wanted_until_it_is_left),
        TEST(what_members_say_of_themselves_shows_no_secret),
        TEST(the_kind_is_read_from_the_name),
        TEST(members_come_and_go_by_user),
        TEST(the_names_that_applications_know_mean_the_same),
        TEST(a_new_success_replaces_the_roster_and_keeps_since_when),
        TEST(our_own_user_is_marked),
        TEST(events_counts_and_misses_are_told_apart),
        TEST(a_refusal_says_why_until_it_is_over),
        TEST(channels_of_orders_and_strangers_are_not_listed),
        TEST(the_same_name_on_two_connections_is_two_channels),
        TEST(more_channels_than_there_is_room_for_are_counted),
        TEST(a_crowd_is_counted_exactly_beyond_those_that_are_kept),
        TEST(after_a_loss_the_new_roster_is_compared_with_the_old_one),
        TEST(more_ids_than_can_be_told_apart_are_said_to_be_about_so_many),
        TEST(more_members_than_are_kept_are_counted_and_memory_is_given_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
