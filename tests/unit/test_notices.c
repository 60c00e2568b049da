/* tests/unit/test_notices.c - notifications that are kept: bounded, cleaned, jobs folded and closed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fleet/notices.h"

static int setup(void **state)
{
    *state = notices_create();
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    notices_destroy(*state);
    return 0;
}

struct said {
    enum notice_kind kind;
    enum notice_level level;
    const char *text, *job, *link, *path, *data, *order;
    bool last;
};

static void say_on(struct notices *n, uint8_t source, const char *channel, uint64_t at_ms,
                   const struct said *what)
{
    static struct notice notice;
    const struct notice_from from = {.source = source,
                                     .channel = str_from(channel),
                                     .at_ms = at_ms,
                                     .at_unix_ms = (int64_t)at_ms,
                                     .event_seq = at_ms};

    notice = (struct notice){
        .v2 = true, .last_response = what->last, .job_id = str_from(what->job), .action_count = 1};
    notice.actions[0] = (struct notice_action){.kind = what->kind,
                                               .level = what->level,
                                               .has_message = true,
                                               .text = str_from(what->text),
                                               .link = str_from(what->link),
                                               .path = str_from(what->path),
                                               .data = str_from(what->data),
                                               .order_id = str_from(what->order)};
    notices_apply(n, &notice, &from);
}

static void say(struct notices *n, uint64_t at_ms, const struct said *what)
{
    say_on(n, 0, "notifications-1001", at_ms, what);
}

#define RUNNING(words, job_id) \
    (&(struct said){.level = NOTICE_LEVEL_IN_PROGRESS, .text = (words), .job = (job_id)})

static void the_newest_stands_first(void **state)
{
    struct notices *n = *state;

    say(n, 1, &(struct said){.text = "one"});
    say(n, 2, &(struct said){.text = "two", .level = NOTICE_LEVEL_WARNING});
    assert_int_equal(2, notices_count(n));
    assert_string_equal("two", notices_at(n, 0)->text);
    assert_int_equal(NOTICE_LEVEL_WARNING, notices_at(n, 0)->level);
    assert_int_equal(2, notices_at(n, 0)->event_seq);
    assert_string_equal("one", notices_at(n, 1)->text);
    assert_null(notices_at(n, 2));
    assert_int_equal(2, notices_newest(n));
    assert_ptr_equal(notices_at(n, 1), notices_find(n, 1));
}

static void in_progress_is_replaced_by_the_next_of_its_job(void **state)
{
    struct notices *n = *state;

    say(n, 1000, RUNNING("10 %", "exp-1"));
    say(n, 2000, &(struct said){.text = "beside it", .job = "other"});
    say(n, 3000, RUNNING("50 %", "exp-1"));
    assert_int_equal(2, notices_count(n));
    assert_int_equal(1, notices_running(n));
    assert_string_equal("50 %", notices_at(n, 0)->text);
    assert_true(notices_at(n, 0)->running);
    assert_int_equal(1000, notices_at(n, 0)->since_ms);
    say(n, 4000, &(struct said){.text = "done", .job = "exp-1", .level = NOTICE_LEVEL_SUCCESS});
    assert_int_equal(2, notices_count(n));
    assert_int_equal(0, notices_running(n));
    assert_string_equal("done", notices_at(n, 0)->text);
    assert_int_equal(1000, notices_at(n, 0)->since_ms);
    assert_int_equal(4, notices_at(n, 0)->number);
    assert_null(notices_find(n, 1));
}

static void without_a_job_the_channel_stands_for_it(void **state)
{
    struct notices *n = *state;

    say_on(n, 0, "a-1", 1, RUNNING("on a", ""));
    say_on(n, 0, "b-1", 2, RUNNING("on b", ""));
    say_on(n, 1, "a-1", 3, RUNNING("of another connection", ""));
    assert_int_equal(3, notices_running(n));
    say_on(n, 0, "a-1", 4, &(struct said){.text = "a is done"});
    assert_int_equal(3, notices_count(n));
    assert_int_equal(2, notices_running(n));
    assert_string_equal("a is done", notices_at(n, 0)->text);
}

static void what_is_done_is_not_replaced(void **state)
{
    struct notices *n = *state;

    say(n, 1, &(struct said){.text = "done", .job = "exp-1"});
    say(n, 2, &(struct said){.text = "and again", .job = "exp-1"});
    assert_int_equal(2, notices_count(n));
}

static void a_last_response_closes_its_job_and_no_other(void **state)
{
    static struct notice empty;
    const struct notice_from from = {.channel = STR("notifications-1001"), .at_ms = 9};
    struct notices *n = *state;

    say(n, 1, RUNNING("10 %", "exp-1"));
    say(n, 2, RUNNING("10 %", "exp-2"));
    empty = (struct notice){.v2 = true, .last_response = true, .job_id = STR("exp-1")};
    notices_apply(n, &empty, &from);
    assert_int_equal(1, notices_running(n));
    assert_false(notices_at(n, 1)->running);
    assert_true(notices_at(n, 0)->running);
}

static void in_progress_as_a_last_response_does_not_run(void **state)
{
    struct notices *n = *state;

    say(n, 1, &(struct said){.level = NOTICE_LEVEL_IN_PROGRESS, .text = "10 %", .last = true});
    assert_int_equal(0, notices_running(n));
}

static void a_channel_that_is_left_ends_its_jobs(void **state)
{
    struct notices *n = *state;

    say_on(n, 0, "a-1", 1, RUNNING("10 %", "x"));
    say_on(n, 0, "b-1", 2, RUNNING("20 %", "x"));
    notices_left(n, 0, STR("a-1"));
    assert_int_equal(1, notices_running(n));
    assert_false(notices_at(n, 1)->running);
    notices_left(n, 1, STR("b-1"));
    assert_int_equal(1, notices_running(n));
}

static void the_oldest_goes_when_there_is_no_room(void **state)
{
    struct notices *n = *state;

    for (uint64_t i = 1; i <= NOTICES_MAX + 3; i++)
        say(n, i, &(struct said){.text = "text"});
    assert_int_equal(NOTICES_MAX, notices_count(n));
    assert_int_equal(NOTICES_MAX + 3, notices_at(n, 0)->number);
    assert_int_equal(4, notices_at(n, NOTICES_MAX - 1)->number);
}

static void memory_is_bounded_and_given_back(void **state)
{
    struct notices *n = *state;
    char *link = malloc(NOTICES_LINK_MAX);
    const size_t before = notices_bytes(n);

    memset(link, 'a', NOTICES_LINK_MAX - 1);
    memcpy(link, "https://", 8);
    link[NOTICES_LINK_MAX - 1] = '\0';
    for (uint64_t i = 1; i <= NOTICES_MAX; i++)
        say(n, i, &(struct said){.kind = NOTICE_DOWNLOAD, .text = "t", .link = link});
    assert_true(notices_at(n, 0)->is_link);
    assert_true(notices_bytes(n) - before <=
                NOTICES_MAX * (sizeof(struct notice_item) + NOTICES_LINK_MAX));
    for (uint64_t i = 1; i <= NOTICES_MAX; i++)
        say(n, i, &(struct said){.text = "t"});
    assert_int_equal(before + NOTICES_MAX * (sizeof(struct notice_item) + 1), notices_bytes(n));
    free(link);
}

static void a_link_that_is_too_long_is_not_kept(void **state)
{
    struct notices *n = *state;
    char *link = malloc(NOTICES_LINK_MAX + 1);

    memset(link, 'a', NOTICES_LINK_MAX);
    memcpy(link, "https://", 8);
    link[NOTICES_LINK_MAX] = '\0';
    say(n, 1, &(struct said){.kind = NOTICE_DOWNLOAD, .text = "t", .link = link});
    assert_string_equal("", notices_at(n, 0)->link);
    assert_false(notices_at(n, 0)->is_link);
    free(link);
}

static void texts_are_cleaned(void **state)
{
    struct notices *n = *state;

    say_on(n, 0, "n-\x1b[31m", 1,
           &(struct said){.kind = NOTICE_DOWNLOAD,
                          .text = "a\x1b]0;b\x07\xe2\x80\xae\n",
                          .link = "https://a.example/\x1b]8;;x",
                          .job = "j\x01"});
    const struct notice_item *item = notices_at(n, 0);
    const char *const texts[] = {item->text, item->link, item->channel, item->job};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        for (const char *c = texts[i]; *c; c++)
            assert_true((unsigned char)*c >= ' ' && (unsigned char)*c != 0x7f);
    assert_false(item->is_link);
}

static void only_web_addresses_become_links(void **state)
{
    struct notices *n = *state;

    say(n, 1, &(struct said){.kind = NOTICE_DOWNLOAD, .text = "t", .link = "file:///etc/passwd"});
    assert_false(notices_at(n, 0)->is_link);
    assert_string_equal("file:///etc/passwd", notices_at(n, 0)->link);
    say(n, 2, &(struct said){.kind = NOTICE_AUDIO, .text = "t", .link = "http://a.example/b"});
    assert_true(notices_at(n, 0)->is_link);
    assert_int_equal(2, notices_sounds(n));
}

static void data_are_kept_as_text_and_by_their_order(void **state)
{
    struct notices *n = *state;

    say(n, 1,
        &(struct said){.kind = NOTICE_DATA, .data = "{\"order_id\":\"2151\"}", .order = "2151"});
    assert_string_equal("{\"order_id\":\"2151\"}", notices_at(n, 0)->text);
    assert_string_equal("2151", notices_at(n, 0)->order_id);
    say(n, 2,
        &(struct said){.kind = NOTICE_DATA,
                       .data = "{}",
                       .order = "0123456789012345678901234567890123456789"});
    assert_string_equal("", notices_at(n, 0)->order_id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        T(the_newest_stands_first),
        T(in_progress_is_replaced_by_the_next_of_its_job),
        T(without_a_job_the_channel_stands_for_it),
        T(what_is_done_is_not_replaced),
        T(a_last_response_closes_its_job_and_no_other),
        T(in_progress_as_a_last_response_does_not_run),
        T(a_channel_that_is_left_ends_its_jobs),
        T(the_oldest_goes_when_there_is_no_room),
        T(memory_is_bounded_and_given_back),
        T(a_link_that_is_too_long_is_not_kept),
        T(texts_are_cleaned),
        T(only_web_addresses_become_links),
        T(data_are_kept_as_text_and_by_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
