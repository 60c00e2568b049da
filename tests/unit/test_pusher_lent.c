/* tests/unit/test_pusher_lent.c - messages read where they stand, and answers that nobody asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "support/session_bench.h"

enum { ROUNDS = 20000, MESSAGE_CAP = 400 };

static void assert_part(struct str in_place, struct str copied, const char *text, size_t len)
{
    assert_int_equal(in_place.len, copied.len);
    if (copied.len == 0)
        return;
    assert_memory_equal(in_place.ptr, copied.ptr, copied.len);
    assert_true(in_place.ptr >= text && in_place.ptr + in_place.len < text + len);
    assert_int_equal(in_place.ptr[in_place.len], '\0');
}

/* Both ways of reading must agree on everything, the refusals included. */
static void assert_same(const char *message, size_t len, struct buf *scratch)
{
    char *text = malloc(len > 0 ? len : 1); /* no byte more, so that reading beyond it is found */
    struct pusher_frame copied, in_place;

    assert_non_null(text);
    memcpy(text, message, len);
    const enum pusher_err one = pusher_frame_parse((struct str){message, len}, scratch, &copied);
    const enum pusher_err two = pusher_frame_parse_in_place(text, len, &in_place);

    assert_int_equal(two, one);
    if (one == PUSHER_OK) {
        assert_part(in_place.event, copied.event, text, len);
        assert_part(in_place.channel, copied.channel, text, len);
        assert_part(in_place.user_id, copied.user_id, text, len);
        assert_part(in_place.data, copied.data, text, len);
        assert_int_equal(in_place.data_kind, copied.data_kind);
    }
    free(text);
}

static const char *const messages[] = {
    "{\"event\":\"a\",\"data\":\"{\\\"x\\\":\\\"\\\\\\\"y\\\\u00e9\\\"}\",\"channel\":\"news\"}",
    "{\"data\":{\"a\":[1,2,{\"b\":null}]},\"event\":\"App\\\\Events\\\\X\",\"channel\":\"private-"
    "1\",\"user_id\":12}",
    " {\"event\" : \"client-x\" , \"user_id\":\"u\\/7\",\"data\": null }\n",
    "{\"event\":\"e\",\"event\":\"f\",\"data\":\"1\",\"data\":\"2\",\"channel\":5}",
    "{\"event\":\"e\",\"data\":\"\\ud83d\\ude00 \\ud83d \\n\"}",
    "{\"event\":\"e\",\"data\":-12.5e3}",
    "{\"event\":\"\",\"data\":\"\"}",
    "{\"event\":\"e\",\"data\":\"\"}",
    "[1]",
    "",
};

static void reading_in_place_agrees_with_reading_a_copy(void **state)
{
    struct buf scratch;
    struct rng rng;

    (void)state;
    buf_init(&scratch, 65536);
    rng_seed(&rng, 11);
    for (size_t i = 0; i < COUNT_OF(messages); i++)
        assert_same(messages[i], strlen(messages[i]), &scratch);
    for (int round = 0; round < ROUNDS; round++) { /* damaged ones */
        const char *from = messages[rng_below(&rng, COUNT_OF(messages))];
        size_t len = strlen(from);
        char text[MESSAGE_CAP];

        memcpy(text, from, len);
        for (uint64_t n = rng_below(&rng, 4); n > 0 && len > 0; n--)
            text[rng_below(&rng, len)] = "\\\"{}[],:u0x\n"[rng_below(&rng, 12)];
        assert_same(text, rng_below(&rng, 5) ? len : rng_below(&rng, len + 1), &scratch);
    }
    buf_clear(&scratch);
}

static void give(struct bench *b, char *text)
{
    pusher_session_message_in_place(b->s, b->generation, text, strlen(text), b->now_ms);
}

static void an_event_of_a_lent_message_points_into_it(void **state)
{
    static const struct pusher_session_cfg cfg = {.seed = 1};
    char text[] = "{\"event\":\"my\\/event\",\"channel\":\"news\",\"data\":\"{\\\"a\\\":1}\"}";
    struct pusher_event ev;
    struct bench b;

    (void)state;
    bench_open(&b, &cfg);
    bench_up(&b);
    bench_join(&b, "news");
    assert_false(pusher_session_pending(b.s));
    give(&b, text);
    assert_true(pusher_session_pending(b.s));
    assert_true(pusher_session_next(b.s, &ev));
    assert_int_equal(ev.kind, PUSHER_EVENT_DATA);
    assert_string_equal(ev.name.ptr, "my/event");
    assert_string_equal(ev.channel.ptr, "news");
    assert_string_equal(ev.data.ptr, "{\"a\":1}");
    assert_string_equal(ev.user_id.ptr, "");
    assert_true(ev.data.ptr > text && ev.data.ptr < text + sizeof text);
    assert_false(pusher_session_next(b.s, &ev));
    bench_close(&b);
}

static void the_greeting_comes_with_the_state_it_made(void **state)
{
    static const struct pusher_session_cfg cfg = {.seed = 1};
    char hello[] = BENCH_HELLO("30");
    struct pusher_event ev;
    struct bench b;

    (void)state;
    bench_open(&b, &cfg);
    bench_connect(&b);
    bench_opened(&b);
    give(&b, hello);
    assert_true(pusher_session_next(b.s, &ev));
    assert_int_equal(ev.kind, PUSHER_EVENT_LINK);
    assert_string_equal(ev.data.ptr, "{\"socket_id\":\"1.2\",\"activity_timeout\":30}");
    bench_close(&b);
}

#define ANSWER "{\"auth\":\"key:0123456789abcdef\"}"

static void an_answer_that_nobody_asked_for_subscribes(void **state)
{
    static const struct pusher_session_cfg cfg = {.seed = 1};
    struct bench b;

    (void)state;
    bench_open(&b, &cfg);
    assert_int_equal(pusher_session_presented(b.s, STR("private-x"), STR(ANSWER), b.now_ms),
                     PUSHER_ERR_NOT_CONNECTED);
    bench_up(&b);
    assert_int_equal(pusher_session_presented(b.s, STR("private-x"), STR(ANSWER), b.now_ms),
                     PUSHER_OK);
    bench_drain(&b);
    assert_true(
        bench_has(&b, "SEND {\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-x\","
                      "\"auth\":\"key:0123456789abcdef\"}}\n"));
    assert_false(bench_has(&b, "AUTH"));
    bench_close(&b);
}

static void a_useless_answer_that_nobody_asked_for_denies(void **state)
{
    static const struct pusher_session_cfg cfg = {.seed = 1};
    struct bench b;

    (void)state;
    bench_open(&b, &cfg);
    bench_up(&b);
    assert_int_equal(
        pusher_session_presented(b.s, STR("private-x"), STR("<html>no</html>"), b.now_ms),
        PUSHER_OK);
    bench_drain(&b);
    assert_false(bench_has(&b, "SEND"));
    assert_int_equal(pusher_session_sub(b.s, STR("private-x")), WIRE_SUB_DENIED);
    assert_int_equal(pusher_session_presented(b.s, STR("private-x"), STR(ANSWER), b.now_ms),
                     PUSHER_OK);
    assert_int_equal(pusher_session_sub(b.s, STR("private-x")), WIRE_SUB_SENT);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_in_place_agrees_with_reading_a_copy),
        cmocka_unit_test(an_event_of_a_lent_message_points_into_it),
        cmocka_unit_test(the_greeting_comes_with_the_state_it_made),
        cmocka_unit_test(an_answer_that_nobody_asked_for_subscribes),
        cmocka_unit_test(a_useless_answer_that_nobody_asked_for_denies),
    };

    return cmocka_run_group_tests_name("pusher_lent", tests, NULL, NULL);
}
