/* Encrypted channels of a session: keys from the answer, events opened, held for a new key, given up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pusher/secret.h"
#include "support/session_bench.h"

#define VAULT "private-encrypted-vault"
#define SHARED "wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsc="
#define OTHER "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define ANSWER(secret) "{\"auth\":\"k:ab12\",\"shared_secret\":\"" secret "\"}"
#define VECTOR \
    "{\"event\":\"secret-event\",\"channel\":\"" VAULT "\",\"data\":\"{\\\"nonce\\\":" \
    "\\\"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX\\\",\\\"ciphertext\\\":" \
    "\\\"ECik4AJNYg+mtPAJGkEBubFx+EzvzfOI64TSUYmT507T0Ttrnw==\\\"}\"}"

static int set_up(void **state)
{
    static const struct pusher_session_cfg cfg = {.seed = 1, .activity_timeout_ms = 600000};
    struct bench *b = malloc(sizeof *b);

    if (!b)
        return -1;
    bench_open(b, &cfg);
    bench_connect(b);
    bench_message(b, BENCH_HELLO("600"));
    bench_forget(b);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    bench_close(*state);
    free(*state);
    return 0;
}

static void answer(struct bench *b, const char *channel, const char *body)
{
    pusher_session_authorized(b->s, b->generation, str_from(channel), str_from(body), b->now_ms);
    bench_drain(b);
}

static void join(struct bench *b, const char *channel, const char *body)
{
    bench_subscribe(b, channel);
    answer(b, channel, body);
    bench_succeed(b, channel);
    assert_int_equal(pusher_session_sub(b->s, str_from(channel)), WIRE_SUB_SUBSCRIBED);
    bench_forget(b);
}

/* An event of the channel, sealed with this key. */
static void publish(struct bench *b, const char *channel, const char *secret, const char *plain)
{
    const struct pusher_nonce nonce = {{7}};
    struct pusher_key key;
    struct buf data, text;

    assert_int_equal(pusher_key_from_base64(str_from(secret), &key), PUSHER_OK);
    buf_init(&data, 65536);
    buf_init(&text, 65536);
    assert_int_equal(pusher_secret_seal(&key, &nonce, str_from(plain), &data), PUSHER_OK);
    assert_int_equal(pusher_frame_event(&text, STR("ev"), str_from(channel), PUSHER_DATA_STRING,
                                        buf_str(&data), STR("")),
                     PUSHER_OK);
    bench_message(b, buf_cstr(&text));
    buf_clear(&data);
    buf_clear(&text);
}

static void the_published_frame_is_delivered_decrypted_with_its_raw_text(void **state)
{
    struct bench *b = *state;
    struct pusher_event ev;

    join(b, VAULT, ANSWER(SHARED));
    pusher_session_message(b->s, b->generation, STR(VECTOR), b->now_ms);
    assert_true(pusher_session_next(b->s, &ev));
    assert_int_equal(ev.kind, PUSHER_EVENT_DATA);
    assert_true(ev.encrypted);
    assert_false(ev.late);
    assert_true(str_eq(ev.name, STR("secret-event")));
    assert_true(str_eq(ev.data, STR("{\"msg\":\"hello\",\"n\":1}")));
    assert_true(str_eq(ev.text, STR(VECTOR)));
    assert_false(pusher_session_next(b->s, &ev));
}

static void events_of_other_channels_are_not_marked(void **state)
{
    struct bench *b = *state;
    struct pusher_event ev;

    bench_join(b, "private-x");
    pusher_session_message(b->s, b->generation,
                           STR("{\"event\":\"e\",\"channel\":\"private-x\",\"data\":{}}"),
                           b->now_ms);
    assert_true(pusher_session_next(b->s, &ev));
    assert_false(ev.encrypted);
    assert_int_equal(ev.text.len, 0);
}

static void protocol_events_of_an_encrypted_channel_are_never_decrypted(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(SHARED));
    bench_message(b, "{\"event\":\"pusher_internal:subscription_count\",\"channel\":\"" VAULT "\","
                     "\"data\":\"{\\\"subscription_count\\\":3}\"}");
    bench_expect(b, "DATA " VAULT " pusher:subscription_count {\"subscription_count\":3}\n");
    assert_int_equal(pusher_session_subscription_count(b->s, STR(VAULT)), 3);
}

static void encrypted_cache_channels_give_their_event_or_the_miss(void **state)
{
    static const char channel[] = "private-encrypted-cache-vault";
    struct bench *b = *state;

    join(b, channel, ANSWER(SHARED));
    publish(b, channel, SHARED, "{\"cached\":true}");
    bench_expect(b, "DATA private-encrypted-cache-vault ev {\"cached\":true} (decrypted)\n");
    bench_message(b, "{\"event\":\"pusher:cache_miss\",\"channel\":\"private-encrypted-cache-"
                     "vault\"}");
    bench_expect(b, "DATA private-encrypted-cache-vault pusher:cache_miss\n");
}

static void assert_denied(struct bench *b, const char *body, const char *why)
{
    bench_subscribe(b, VAULT);
    answer(b, VAULT, body);
    assert_int_equal(pusher_session_sub(b->s, STR(VAULT)), WIRE_SUB_DENIED);
    assert_true(bench_has(b, why));
    assert_false(bench_has(b, "pusher:subscribe\""));
    bench_forget(b);
}

static void an_answer_without_a_usable_key_is_denied(void **state)
{
    struct bench *b = *state;

    assert_denied(b, "{\"auth\":\"k:ab12\"}", "has no shared_secret");
    assert_denied(b, ANSWER("c2hvcnQ="), "has a shared_secret that is not 32 bytes in base64");
    assert_denied(b, "{\"auth\":\"k:ab12\",\"shared_secret\":7}", "has no shared_secret");
    assert_denied(b, ANSWER("wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsd="), "not 32 bytes");
}

static void a_key_is_never_shown(void **state)
{
    struct bench *b = *state;

    bench_subscribe(b, VAULT);
    answer(b, VAULT, "{\"shared_secret\":\"" SHARED "\"}");
    assert_false(bench_has(b, "wp8Orjt2S4"));
    assert_true(bench_has(b, "has no auth"));
}

static void a_wrong_key_then_the_right_one_delivers_the_event_late(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(OTHER));
    publish(b, VAULT, SHARED, "\"one\"");
    bench_expect(b, "HELD " VAULT " ev\nAUTH " VAULT " 1.2\n");
    answer(b, VAULT, ANSWER(SHARED));
    bench_expect(b, "DATA " VAULT " ev \"one\" (decrypted)\n");
    publish(b, VAULT, SHARED, "\"two\"");
    bench_expect(b, "DATA " VAULT " ev \"two\" (decrypted)\n");
}

static void a_wrong_key_twice_drops_the_event_and_says_so(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(OTHER));
    publish(b, VAULT, SHARED, "\"one\"");
    bench_forget(b);
    answer(b, VAULT, ANSWER(OTHER));
    bench_expect(b, "SEALED " VAULT " ev decryption failure\n");
    publish(b, VAULT, OTHER, "\"fine\"");
    bench_expect(b, "DATA " VAULT " ev \"fine\" (decrypted)\n");
}

static void three_failures_at_once_ask_once_and_keep_their_order(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(OTHER));
    publish(b, VAULT, SHARED, "\"one\"");
    publish(b, VAULT, SHARED, "\"two\"");
    publish(b, VAULT, OTHER, "\"with the old key\"");
    publish(b, VAULT, SHARED, "\"four\"");
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 1);
    bench_expect(b, "HELD " VAULT " ev\nAUTH " VAULT " 1.2\nHELD " VAULT " ev\nHELD " VAULT
                    " ev\nHELD " VAULT " ev\n");
    answer(b, VAULT, ANSWER(SHARED));
    bench_expect(b, "DATA " VAULT " ev \"one\" (decrypted)\nDATA " VAULT " ev \"two\" (decrypted)\n"
                    "SEALED " VAULT " ev decryption failure\n"
                    "DATA " VAULT " ev \"four\" (decrypted)\n");
}

static void a_late_event_carries_the_message_it_came_in(void **state)
{
    struct bench *b = *state;
    struct pusher_event ev;

    join(b, VAULT, ANSWER(OTHER));
    bench_message(b, VECTOR);
    pusher_session_authorized(b->s, b->generation, STR(VAULT), STR(ANSWER(SHARED)), b->now_ms);
    assert_true(pusher_session_next(b->s, &ev));
    assert_int_equal(ev.kind, PUSHER_EVENT_DATA);
    assert_true(ev.late);
    assert_true(str_eq(ev.text, STR(VECTOR)));
    assert_true(str_eq(ev.data, STR("{\"msg\":\"hello\",\"n\":1}")));
}

static void one_channel_asks_for_a_key_once_in_five_seconds(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(OTHER));
    publish(b, VAULT, SHARED, "\"one\"");
    answer(b, VAULT, ANSWER(OTHER));
    bench_forget(b);
    bench_pass(b, 1000);
    publish(b, VAULT, SHARED, "\"two\"");
    bench_pass(b, 3999);
    bench_expect(b, "HELD " VAULT " ev\n");
    bench_pass(b, 1);
    bench_expect(b, "AUTH " VAULT " 1.2\n");
    answer(b, VAULT, ANSWER(SHARED));
    bench_expect(b, "DATA " VAULT " ev \"two\" (decrypted)\n");
}

static void two_channels_ask_each_for_itself(void **state)
{
    static const char second[] = "private-encrypted-b";
    struct bench *b = *state;

    join(b, VAULT, ANSWER(OTHER));
    join(b, second, ANSWER(OTHER));
    publish(b, VAULT, SHARED, "1");
    publish(b, second, SHARED, "2");
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 2);
    bench_forget(b);
    answer(b, second, ANSWER(SHARED));
    bench_expect(b, "DATA private-encrypted-b ev 2 (decrypted)\n");
    answer(b, VAULT, ANSWER(SHARED));
    bench_expect(b, "DATA " VAULT " ev 1 (decrypted)\n");
}

static void what_is_not_an_encrypted_payload_asks_for_no_key(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(SHARED));
    bench_message(b, "{\"event\":\"ev\",\"channel\":\"" VAULT "\",\"data\":\"{\\\"plain\\\":1}\"}");
    bench_message(b, "{\"event\":\"ev\",\"channel\":\"" VAULT "\"}");
    bench_message(b, "{\"event\":\"ev\",\"channel\":\"" VAULT "\",\"data\":{\"nonce\":\"QUJD\","
                     "\"ciphertext\":\"ECik4AJNYg+mtPAJGkEBubFx+EzvzfOI64TSUYmT507T0Ttrnw==\"}}");
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 0);
    assert_int_equal(b->seen[PUSHER_EVENT_DATA], 0);
    assert_int_equal(b->seen[PUSHER_EVENT_SEALED], 3);
}

static void refuse(struct bench *b, enum pusher_refusal how, int32_t status)
{
    pusher_session_refused(b->s, b->generation, STR(VAULT), how, status, STR(""), b->now_ms);
    bench_drain(b);
}

static void a_refused_key_gives_up_what_waited_and_keeps_the_subscription(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(OTHER));
    publish(b, VAULT, SHARED, "1");
    bench_forget(b);
    refuse(b, PUSHER_REFUSED_FINAL, 403);
    bench_expect(b, "FAULT " VAULT " 403 authorization refused: HTTP 403\n"
                    "SEALED " VAULT " ev decryption failure\n");
    assert_int_equal(pusher_session_sub(b->s, STR(VAULT)), WIRE_SUB_SUBSCRIBED);
}

static void a_passing_refusal_is_asked_again_and_then_given_up(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(OTHER));
    publish(b, VAULT, SHARED, "1");
    refuse(b, PUSHER_REFUSED_RETRY, 503);
    bench_pass(b, 5000);
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 2);
    refuse(b, PUSHER_REFUSED_RETRY, 503);
    bench_pass(b, 5000);
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 3);
    assert_int_equal(b->seen[PUSHER_EVENT_SEALED], 0);
    refuse(b, PUSHER_REFUSED_RETRY, 503);
    assert_int_equal(b->seen[PUSHER_EVENT_SEALED], 1);
    bench_pass(b, 60000);
    assert_int_equal(b->seen[PUSHER_EVENT_AUTH], 3);
}

static void an_unusable_answer_about_the_key_is_explained(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(OTHER));
    publish(b, VAULT, SHARED, "1");
    bench_forget(b);
    answer(b, VAULT, "{\"auth\":\"k:ab12\"}");
    assert_true(bench_has(b, "has no usable shared_secret"));
    assert_int_equal(b->seen[PUSHER_EVENT_SEALED], 1);
    assert_int_equal(pusher_session_sub(b->s, STR(VAULT)), WIRE_SUB_SUBSCRIBED);
}

static void no_key_is_asked_for_while_authorization_is_held(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(OTHER));
    pusher_session_hold_auth(b->s, PUSHER_HELD, b->now_ms);
    publish(b, VAULT, SHARED, "1");
    bench_expect(b, "HELD " VAULT " ev\n");
    pusher_session_hold_auth(b->s, PUSHER_RELEASED, b->now_ms);
    bench_drain(b);
    bench_expect(b, "AUTH " VAULT " 1.2\n");
}

static void the_queue_of_held_events_is_bounded(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(OTHER));
    for (int i = 0; i < PUSHER_HELD_MAX + 2; i++)
        publish(b, VAULT, SHARED, "1");
    assert_int_equal(b->seen[PUSHER_EVENT_HELD], PUSHER_HELD_MAX);
    assert_int_equal(b->seen[PUSHER_EVENT_SEALED], 2);
    assert_true(bench_has(b, "SEALED " VAULT " ev a configured limit is reached\n"));
    answer(b, VAULT, ANSWER(SHARED));
    assert_int_equal(b->seen[PUSHER_EVENT_DATA], PUSHER_HELD_MAX);
}

static void leaving_forgets_key_and_held_events(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(OTHER));
    publish(b, VAULT, SHARED, "1");
    bench_unsubscribe(b, VAULT);
    bench_forget(b);
    answer(b, VAULT, ANSWER(SHARED)); /* nobody asks any more */
    bench_expect(b, "");
    bench_subscribe(b, VAULT);
    bench_pass(b, 300);
    answer(b, VAULT, ANSWER(SHARED));
    bench_succeed(b, VAULT);
    bench_forget(b);
    publish(b, VAULT, SHARED, "2");
    bench_expect(b, "DATA " VAULT " ev 2 (decrypted)\n");
}

static void a_change_of_mind_in_one_breath_keeps_key_and_roster(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(SHARED));
    bench_join(b, "presence-a");
    bench_message(b, "{\"event\":\"pusher_internal:member_added\",\"channel\":\"presence-a\","
                     "\"data\":\"{\\\"user_id\\\":\\\"u\\\"}\"}");
    for (int i = 0; i < 2; i++) {
        const struct str channel = i ? STR("presence-a") : STR(VAULT);

        assert_int_equal(pusher_session_unsubscribe(b->s, channel, b->now_ms), PUSHER_OK);
        assert_int_equal(pusher_session_subscribe(b->s, channel, b->now_ms), PUSHER_OK);
    }
    bench_drain(b);
    bench_forget(b);
    publish(b, VAULT, SHARED, "1");
    bench_expect(b, "DATA " VAULT " ev 1 (decrypted)\n");
    assert_int_equal(pusher_roster_count(pusher_session_roster(b->s, STR("presence-a"))), 1);
}

static void a_lost_connection_gives_up_what_is_held_and_takes_a_new_key(void **state)
{
    struct bench *b = *state;

    join(b, VAULT, ANSWER(OTHER));
    publish(b, VAULT, SHARED, "1");
    bench_forget(b);
    bench_closed(b, 1006);
    assert_int_equal(b->seen[PUSHER_EVENT_SEALED], 1);
    bench_at(b, b->retry_at_ms);
    bench_message(b, BENCH_HELLO("600"));
    bench_forget(b);
    answer(b, VAULT, ANSWER(SHARED));
    bench_succeed(b, VAULT);
    bench_forget(b);
    publish(b, VAULT, SHARED, "2");
    bench_expect(b, "DATA " VAULT " ev 2 (decrypted)\n");
}

static void an_answer_for_the_old_socket_brings_no_key(void **state)
{
    struct bench *b = *state;
    const uint32_t old = b->generation;

    join(b, VAULT, ANSWER(OTHER));
    publish(b, VAULT, SHARED, "1");
    bench_closed(b, 1006);
    bench_at(b, b->retry_at_ms);
    bench_message(b, BENCH_HELLO("600"));
    bench_forget(b);
    pusher_session_authorized(b->s, old, STR(VAULT), STR(ANSWER(SHARED)), b->now_ms);
    bench_drain(b);
    bench_expect(b, "");
}

static void authorization_requests_stay_limited_with_new_keys_among_them(void **state)
{
    static const struct pusher_session_cfg cfg = {
        .seed = 1, .activity_timeout_ms = 600000, .auth_in_flight_max = 2};
    struct bench b;
    char name[64];

    (void)state;
    bench_open(&b, &cfg);
    bench_connect(&b);
    bench_message(&b, BENCH_HELLO("600"));
    for (int i = 0; i < 4; i++) {
        (void)str_format(name, sizeof name, "private-encrypted-%d", i);
        join(&b, name, ANSWER(OTHER));
    }
    for (int i = 0; i < 4; i++) {
        (void)str_format(name, sizeof name, "private-encrypted-%d", i);
        publish(&b, name, SHARED, "1");
    }
    assert_int_equal(b.seen[PUSHER_EVENT_AUTH], 2);
    answer(&b, "private-encrypted-0", ANSWER(SHARED));
    assert_int_equal(b.seen[PUSHER_EVENT_AUTH], 3);
    bench_unsubscribe(&b, "private-encrypted-1"); /* gives its place to the last */
    assert_int_equal(b.seen[PUSHER_EVENT_AUTH], 4);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(the_published_frame_is_delivered_decrypted_with_its_raw_text),
        T(events_of_other_channels_are_not_marked),
        T(protocol_events_of_an_encrypted_channel_are_never_decrypted),
        T(encrypted_cache_channels_give_their_event_or_the_miss),
        T(an_answer_without_a_usable_key_is_denied),
        T(a_key_is_never_shown),
        T(a_wrong_key_then_the_right_one_delivers_the_event_late),
        T(a_wrong_key_twice_drops_the_event_and_says_so),
        T(three_failures_at_once_ask_once_and_keep_their_order),
        T(a_late_event_carries_the_message_it_came_in),
        T(one_channel_asks_for_a_key_once_in_five_seconds),
        T(two_channels_ask_each_for_itself),
        T(what_is_not_an_encrypted_payload_asks_for_no_key),
        T(a_refused_key_gives_up_what_waited_and_keeps_the_subscription),
        T(a_passing_refusal_is_asked_again_and_then_given_up),
        T(an_unusable_answer_about_the_key_is_explained),
        T(no_key_is_asked_for_while_authorization_is_held),
        T(the_queue_of_held_events_is_bounded),
        T(leaving_forgets_key_and_held_events),
        T(a_change_of_mind_in_one_breath_keeps_key_and_roster),
        T(a_lost_connection_gives_up_what_is_held_and_takes_a_new_key),
        T(an_answer_for_the_old_socket_brings_no_key),
        cmocka_unit_test(authorization_requests_stay_limited_with_new_keys_among_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
