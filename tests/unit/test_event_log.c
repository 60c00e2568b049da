/* tests/unit/test_event_log.c - the two rings of the event log against a model that moves nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fleet/log.h"

enum { MODEL_PUSHES = 3000, MODEL_FILL = 251 };

struct model_entry {
    size_t text_bytes, clear_bytes;
    unsigned fill; /* the first byte; each next one is larger by 1, modulo MODEL_FILL */
};

static void fill_bytes(char *to, size_t len, unsigned fill)
{
    for (size_t i = 0; i < len; i++)
        to[i] = (char)((fill + i) % MODEL_FILL);
}

/* Small, large, as large as can be, none: each about as often. */
static size_t some_length(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    const uint64_t n = *seed >> 33;

    switch (n % 5) {
    case 0:
        return 0;
    case 1:
        return n / 5 % 7;
    case 2:
        return LOG_TEXT_MAX_BYTES - n / 5 % 2;
    default:
        return n / 5 % LOG_TEXT_MAX_BYTES;
    }
}

/* Every entry that the model says is kept, and with `deep` every byte of it. */
static void compare(const struct event_log *l, const struct model_entry *all, size_t pushed,
                    size_t kept, bool deep)
{
    static char got[LOG_TEXT_MAX_BYTES], wanted[LOG_TEXT_MAX_BYTES];

    assert_int_equal(kept, event_log_count(l));
    for (size_t age = 0; age < kept; age += deep ? 1 : kept > 1 ? kept - 1 : 1) {
        const struct model_entry *m = &all[pushed - 1 - age];
        const struct log_entry *e = event_log_at(l, age);

        assert_int_equal(pushed - age, e->seq);
        assert_int_equal(m->text_bytes, event_log_text(l, e, got, sizeof got));
        fill_bytes(wanted, m->text_bytes, m->fill);
        assert_memory_equal(wanted, got, m->text_bytes);
        assert_int_equal(m->clear_bytes, event_log_clear(l, e, got, sizeof got));
        fill_bytes(wanted, m->clear_bytes, m->fill + 7);
        assert_memory_equal(wanted, got, m->clear_bytes);
    }
}

static void texts_and_what_was_decrypted_survive_every_way_round_the_ring(void **state)
{
    static char text[LOG_TEXT_MAX_BYTES], clear[LOG_TEXT_MAX_BYTES];
    struct model_entry *all = calloc(MODEL_PUSHES, sizeof *all);
    struct event_log *l = event_log_create();
    size_t kept = 0, used = 0;
    uint64_t seed = 7;

    (void)state;
    assert_non_null(all);
    for (size_t i = 0; i < MODEL_PUSHES; i++) {
        struct model_entry *m = &all[i];
        const struct log_entry e = {.what = LOG_OTHER, .at_ms = i};

        *m = (struct model_entry){some_length(&seed), some_length(&seed), (unsigned)(i % 200)};
        while (used + m->text_bytes + m->clear_bytes > LOG_BYTES_MAX || kept == LOG_EVENTS_MAX) {
            used -= all[i - kept].text_bytes + all[i - kept].clear_bytes;
            kept--;
        }
        used += m->text_bytes + m->clear_bytes;
        kept++;
        fill_bytes(text, m->text_bytes, m->fill);
        fill_bytes(clear, m->clear_bytes, m->fill + 7);
        assert_int_equal(CT_OK, event_log_push_clear(l, &e, (struct str){text, m->text_bytes},
                                                     (struct str){clear, m->clear_bytes}));
        compare(l, all, i + 1, kept, i % 500 == 499);
    }
    struct event_log *copy = event_log_clone(l);
    assert_non_null(copy);
    compare(copy, all, MODEL_PUSHES, kept, true);
    event_log_destroy(copy);
    event_log_destroy(l);
    free(all);
}

static bool wants_1(const void *user, const char *order_id)
{
    (void)user;
    return strcmp(order_id, "1") == 0;
}

/* What outlives the ring is the message as it came; it must not promise a text that is gone. */
static void what_is_kept_of_an_encrypted_event_is_the_message(void **state)
{
    const struct log_entry e = {
        .what = LOG_OTHER, .order_id = "1", .cipher = WIRE_CIPHER_OPENED, .at_ms = 1};
    struct event_log *l = event_log_create();
    char text[64];

    (void)state;
    event_log_keep_for(l, wants_1, NULL);
    assert_int_equal(CT_OK, event_log_push_clear(l, &e, STR("sealed"), STR("opened")));
    for (uint32_t i = 0; i < LOG_EVENTS_MAX; i++)
        assert_int_equal(CT_OK, event_log_push(l, &(struct log_entry){.what = LOG_PING}, STR("x")));
    const struct log_entry *kept = event_log_kept(l, "1", 0);
    assert_non_null(kept);
    assert_int_equal(6, event_log_text(l, kept, text, sizeof text));
    assert_int_equal(event_log_clear(l, kept, text, sizeof text), kept->clear_bytes);
    event_log_destroy(l);
}

static const struct log_entry *newest(const struct event_log *l)
{
    return event_log_at(l, 0);
}

static void unknown_events_are_repeats_when_their_texts_are_the_same(void **state)
{
    struct log_entry e = {.what = LOG_OTHER, .order_id = "1", .name = "Ping"};
    struct event_log *l = event_log_create();

    (void)state;
    event_log_push(l, &e, STR("{\"a\":1}"));
    event_log_push(l, &e, STR("{\"a\":1}"));
    assert_int_equal(2, newest(l)->repeats);
    assert_int_equal(newest(l)->seq, event_log_at(l, 1)->next_same);
    event_log_push(l, &e, STR("{\"a\":2}"));
    assert_int_equal(1, newest(l)->repeats);
    str_copy(e.order_id, sizeof e.order_id, STR(""));
    str_copy(e.channel, sizeof e.channel, STR("news"));
    event_log_push(l, &e, STR("{\"a\":2}"));
    assert_int_equal(1, newest(l)->repeats); /* the order's one is another */
    event_log_push(l, &(struct log_entry){.what = LOG_PING}, STR("x"));
    event_log_push(l, &e, STR("{\"a\":2}"));
    assert_int_equal(2, newest(l)->repeats);
    event_log_destroy(l);
}

static void a_repeat_that_turns_out_to_be_something_else_counts_nothing(void **state)
{
    struct log_entry e = {.what = LOG_OTHER, .order_id = "1", .name = "Consumption"};
    struct event_log *l = event_log_create();

    (void)state;
    event_log_push(l, &e, STR("same"));
    event_log_push(l, &e, STR("same"));
    assert_int_equal(2, newest(l)->repeats);
    e.what = LOG_CONSUMPTION;
    event_log_amend(l, newest(l)->seq, &e);
    assert_int_equal(1, newest(l)->repeats);
    assert_int_equal(0, event_log_at(l, 1)->next_same);
    event_log_destroy(l);
}

/* However the texts lie in the ring, over its end too. */
static void the_same_text_is_found_wherever_it_lies_in_the_ring(void **state)
{
    static char text[LOG_TEXT_MAX_BYTES], other[LOG_TEXT_MAX_BYTES];
    const struct log_entry e = {.what = LOG_OTHER, .order_id = "1", .name = "Big"};
    struct event_log *l = event_log_create();

    (void)state;
    fill_bytes(text, sizeof text, 3);
    for (int i = 0; i < 300; i++) { /* more than twice round */
        const size_t len = sizeof text - 1 - (size_t)i;
        memcpy(other, text, len);
        other[len - 1] ^= 1;
        event_log_push(l, &e, (struct str){text, len});
        event_log_push(l, &e, (struct str){text, len});
        assert_int_equal(2, newest(l)->repeats);
        event_log_push(l, &e, (struct str){other, len});
        assert_int_equal(1, newest(l)->repeats);
    }
    event_log_destroy(l);
}

static void encrypted_events_are_repeats_when_their_messages_are_the_same(void **state)
{
    const struct log_entry e = {.what = LOG_OTHER, .order_id = "1", .name = "Secret"};
    struct event_log *l = event_log_create();

    (void)state;
    event_log_push_clear(l, &e, STR("sealed 1"), STR("opened"));
    event_log_push_clear(l, &e, STR("sealed 2"), STR("opened"));
    assert_int_equal(2, newest(l)->repeats);
    event_log_push_clear(l, &e, STR("sealed 2"), STR("OPENED"));
    assert_int_equal(1, newest(l)->repeats);
    event_log_destroy(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_and_what_was_decrypted_survive_every_way_round_the_ring),
        cmocka_unit_test(unknown_events_are_repeats_when_their_texts_are_the_same),
        cmocka_unit_test(a_repeat_that_turns_out_to_be_something_else_counts_nothing),
        cmocka_unit_test(the_same_text_is_found_wherever_it_lies_in_the_ring),
        cmocka_unit_test(encrypted_events_are_repeats_when_their_messages_are_the_same),
        cmocka_unit_test(what_is_kept_of_an_encrypted_event_is_the_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
