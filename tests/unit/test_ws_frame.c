/* tests/unit/test_ws_frame.c - messages beyond the reader's limit, and the proof of an upgrade. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ws_frame.h"
#include "base/ws_key.h"

enum { LIMIT_BYTES = 64 };

static void add_frame(struct buf *to, int first, size_t payload_bytes, char fill)
{
    assert_int_equal(buf_append_char(to, (char)first), CT_OK);
    if (payload_bytes < 126) {
        assert_int_equal(buf_append_char(to, (char)payload_bytes), CT_OK);
    } else {
        assert_int_equal(buf_append_char(to, 126), CT_OK);
        assert_int_equal(buf_append_char(to, (char)(payload_bytes >> 8)), CT_OK);
        assert_int_equal(buf_append_char(to, (char)(payload_bytes & 0xff)), CT_OK);
    }
    for (size_t i = 0; i < payload_bytes; i++)
        assert_int_equal(buf_append_char(to, fill), CT_OK);
}

/* Feeds the bytes `step` at a time; the events are written as letters: t text, d dropped, p ping. */
static void assert_events(struct str bytes, size_t step, const char *expected, uint64_t dropped)
{
    struct ws_reader r;
    char seen[16] = "";
    uint64_t last = 0;

    ws_reader_init(&r, WS_FROM_SERVER, LIMIT_BYTES);
    r.skip_large = true;
    while (bytes.len > 0) {
        struct str part = {bytes.ptr, bytes.len < step ? bytes.len : step};

        bytes = (struct str){bytes.ptr + part.len, bytes.len - part.len};
        while (part.len > 0) {
            const struct ws_event ev = ws_reader_next(&r, &part);
            const size_t at = strlen(seen);

            assert_int_not_equal(ev.kind, WS_EVENT_BAD);
            if (ev.kind == WS_EVENT_NONE)
                continue;
            seen[at] = ev.kind == WS_EVENT_TEXT ? 't' : ev.kind == WS_EVENT_DROPPED ? 'd' : 'p';
            seen[at + 1] = '\0';
            if (ev.kind == WS_EVENT_DROPPED)
                last = ev.bytes;
            if (ev.kind == WS_EVENT_TEXT)
                assert_true(ev.payload.len <= LIMIT_BYTES);
        }
    }
    assert_string_equal(seen, expected);
    assert_int_equal(last, dropped);
    ws_reader_clear(&r);
}

static void a_message_beyond_the_limit_is_dropped_and_the_next_one_is_read(void **state)
{
    struct buf bytes;

    (void)state;
    buf_init(&bytes, 4096);
    add_frame(&bytes, 0x81, 10, 'a');
    add_frame(&bytes, 0x81, 1000, 'b');
    add_frame(&bytes, 0x81, LIMIT_BYTES, 'c');
    for (size_t step = 1; step <= 1200; step += 7)
        assert_events(buf_str(&bytes), step, "tdt", 1000);
    buf_clear(&bytes);
}

static void a_message_that_grows_too_large_in_fragments_is_dropped_as_one(void **state)
{
    struct buf bytes;

    (void)state;
    buf_init(&bytes, 4096);
    add_frame(&bytes, 0x01, 40, 'a');
    add_frame(&bytes, 0x00, 40, 'b');
    add_frame(&bytes, 0x89, 2, 'p'); /* a ping may stand between fragments */
    add_frame(&bytes, 0x00, 5, 'c');
    add_frame(&bytes, 0x80, 15, 'd');
    add_frame(&bytes, 0x81, 5, 'e');
    for (size_t step = 1; step <= 140; step += 3)
        assert_events(buf_str(&bytes), step, "pdt", 100);
    buf_clear(&bytes);
}

static void without_being_asked_to_skip_a_large_message_is_an_error(void **state)
{
    struct ws_reader r;
    struct buf bytes;

    (void)state;
    buf_init(&bytes, 4096);
    add_frame(&bytes, 0x81, 1000, 'b');
    ws_reader_init(&r, WS_FROM_SERVER, LIMIT_BYTES);
    struct str all = buf_str(&bytes);
    const struct ws_event ev = ws_reader_next(&r, &all);

    assert_int_equal(ev.kind, WS_EVENT_BAD);
    assert_int_equal(ev.code, WS_CODE_TOO_LARGE);
    ws_reader_clear(&r);
    buf_clear(&bytes);
}

/* RFC 6455 1.3, and lengths around the block of 64 bytes, which were computed with openssl. */
static void the_proof_of_an_upgrade_is_that_of_the_rfc(void **state)
{
    static const struct {
        const char *key, *accept;
    } rows[] = {
        {"dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
        {"x", "JVxkmtKFjDcI/Pm/AGPEKSN6wT8="},
        {"xxxxxxxxxxxxxxxxxxx", "qQsxh2Nb/vsnD9od6HBiP6Igif0="},
        {"xxxxxxxxxxxxxxxxxxxx", "7jD6MP55bPPoLSNhT1mD/AE8sjc="},
        {"xxxxxxxxxxxxxxxxxxxxxxxxxxxx", "atUL8kQGe4qplhq19Y5TKRw/Uj4="},
        {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
         "4FGVtn97aCcao3xzZ5Y1zkEgvLc="},
    };
    char accept[WS_KEY_CAP];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ws_accept_of(accept, str_from(rows[i].key));
        assert_string_equal(accept, rows[i].accept);
    }
    ws_accept_of(accept, STR("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"));
    assert_string_equal(accept, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_beyond_the_limit_is_dropped_and_the_next_one_is_read),
        cmocka_unit_test(a_message_that_grows_too_large_in_fragments_is_dropped_as_one),
        cmocka_unit_test(without_being_asked_to_skip_a_large_message_is_an_error),
        cmocka_unit_test(the_proof_of_an_upgrade_is_that_of_the_rfc),
    };

    return cmocka_run_group_tests_name("ws_frame", tests, NULL, NULL);
}
