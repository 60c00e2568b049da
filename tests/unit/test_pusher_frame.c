/* Envelopes: every shape of data that servers send, and every message we write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "pusher/frame.h"
#include "support/fixture.h"
#include "support/hostile.h"

struct desk {
    struct buf text, scratch, out;
    struct pusher_frame f;
};

static int set_up(void **state)
{
    struct desk *d = calloc(1, sizeof *d);

    if (!d)
        return -1;
    buf_init(&d->text, 65536);
    buf_init(&d->scratch, PUSHER_MESSAGE_MAX_BYTES);
    buf_init(&d->out, PUSHER_MESSAGE_MAX_BYTES);
    *state = d;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *d = *state;

    buf_clear(&d->text);
    buf_clear(&d->scratch);
    buf_clear(&d->out);
    free(d);
    return 0;
}

static void assert_str(struct str got, const char *want)
{
    assert_int_equal(got.len, strlen(want));
    assert_memory_equal(got.ptr ? got.ptr : "", want, got.len);
}

static enum pusher_err parse(struct desk *d, const char *text)
{
    struct hostile h;
    enum pusher_err err;

    /* Once beside an unreadable page, then from memory that outlives the call. */
    hostile_place(&h, str_from(text));
    err = pusher_frame_parse(h.text, &d->scratch, &d->f);
    hostile_release(&h);
    assert_int_equal(pusher_frame_parse(str_from(text), &d->scratch, &d->f), err);
    return err;
}

static void load(struct desk *d, const char *name)
{
    char path[128];

    buf_reset(&d->text);
    (void)str_format(path, sizeof path, "protocol/%s", name);
    assert_int_equal(pusher_frame_parse(fixture_read(path, &d->text), &d->scratch, &d->f),
                     PUSHER_OK);
}

static void assert_data(struct desk *d, const char *text, enum pusher_data kind, const char *want)
{
    assert_int_equal(parse(d, text), PUSHER_OK);
    assert_int_equal(d->f.data_kind, kind);
    assert_str(d->f.data, want);
}

static void data_of_every_json_type_is_unwrapped_once(void **state)
{
    struct desk *d = *state;

    assert_data(d, "{\"event\":\"e\",\"data\":\"{\\\"a\\\":1}\"}", PUSHER_DATA_STRING, "{\"a\":1}");
    assert_data(d, "{\"event\":\"e\",\"data\":\"plain\"}", PUSHER_DATA_STRING, "plain");
    assert_data(d, "{\"event\":\"e\",\"data\":\"\"}", PUSHER_DATA_STRING, "");
    assert_data(d, "{\"event\":\"e\",\"data\":{\"a\":[1, 2]}}", PUSHER_DATA_JSON, "{\"a\":[1, 2]}");
    assert_data(d, "{\"event\":\"e\",\"data\":[]}", PUSHER_DATA_JSON, "[]");
    assert_data(d, "{\"event\":\"e\",\"data\":-1.5e3}", PUSHER_DATA_JSON, "-1.5e3");
    assert_data(d, "{\"event\":\"e\",\"data\":true}", PUSHER_DATA_JSON, "true");
    assert_data(d, "{\"event\":\"e\",\"data\":null}", PUSHER_DATA_NONE, "");
    assert_data(d, "{\"event\":\"e\"}", PUSHER_DATA_NONE, "");
    assert_data(d, "{\"event\":\"e\",\"data\":\"\\\"{\\\\\\\"a\\\\\\\":1}\\\"\"}",
                PUSHER_DATA_STRING, "\"{\\\"a\\\":1}\"");
}

static void escapes_are_undone_in_every_part(void **state)
{
    struct desk *d = *state;

    assert_int_equal(
        parse(d, "{\"event\":\"App\\\\Events\\\\UserPush\",\"channel\":\"private-\\u0061.1\","
                 "\"data\":\"Zo\\u00eb \\ud83d\\ude00 a\\/b\",\"user_id\":\"u\\u002d7\"}"),
        PUSHER_OK);
    assert_str(d->f.event, "App\\Events\\UserPush");
    assert_str(d->f.channel, "private-a.1");
    assert_str(d->f.data, "Zo\xc3\xab \xf0\x9f\x98\x80 a/b");
    assert_str(d->f.user_id, "u-7");
}

static void without_escapes_nothing_is_copied(void **state)
{
    const char *text = "{\"event\":\"e.v\",\"channel\":\"news\",\"data\":{\"a\":1}}";
    struct desk *d = *state;

    assert_int_equal(pusher_frame_parse(str_from(text), &d->scratch, &d->f), PUSHER_OK);
    assert_ptr_equal(d->f.event.ptr, text + 10);
    assert_null(d->scratch.bytes);
}

static void key_order_unknown_members_and_repeats_do_not_matter(void **state)
{
    struct desk *d = *state;

    assert_int_equal(
        parse(d, " {\"x\":{\"event\":\"no\"},\"data\":1,\"channel\":\"c\",\"event\":\"first\",\n"
                 "\"event\":\"second\",\"channel\":\"other\",\"data\":2, \"y\":[[]]} \r\n"),
        PUSHER_OK);
    assert_str(d->f.event, "first");
    assert_str(d->f.channel, "c");
    assert_str(d->f.data, "1");
}

static void a_user_id_may_be_a_number_and_a_channel_must_be_a_string(void **state)
{
    struct desk *d = *state;

    assert_int_equal(parse(d, "{\"event\":\"e\",\"user_id\":42,\"channel\":7}"), PUSHER_OK);
    assert_str(d->f.user_id, "42");
    assert_int_equal(d->f.channel.len, 0);
    assert_int_equal(parse(d, "{\"event\":\"e\",\"user_id\":{\"a\":1}}"), PUSHER_OK);
    assert_int_equal(d->f.user_id.len, 0);
}

static void what_is_not_an_object_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      " ",
                                      "null",
                                      "[]",
                                      "[{\"event\":\"e\"}]",
                                      "\"event\"",
                                      "{",
                                      "{\"event\":\"e\"",
                                      "{\"event\":\"e\"}}",
                                      "{\"event\":\"e\"} {}",
                                      "{\"event\":\"e\",}",
                                      "{event:\"e\"}",
                                      "{\"event\":\"e\" \"data\":1}",
                                      "{\"event\":\"e\\q\"}",
                                      "GET / HTTP/1.1"};
    struct desk *d = *state;

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(parse(d, bad[i]), PUSHER_ERR_NOT_JSON);
}

static void a_message_needs_an_event_name(void **state)
{
    static const char *const bad[] = {"{}", "{\"event\":\"\"}", "{\"event\":7}", "{\"event\":null}",
                                      "{\"data\":\"x\"}"};
    struct desk *d = *state;

    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(parse(d, bad[i]), PUSHER_ERR_NO_EVENT);
}

static void a_message_may_be_a_mebibyte_and_no_byte_more(void **state)
{
    static const char head[] = "{\"event\":\"e\",\"data\":\"\\n";
    const size_t len = PUSHER_MESSAGE_MAX_BYTES;
    struct desk *d = *state;
    char *text = malloc(len + 1);

    assert_non_null(text);
    memset(text, 'x', len);
    memcpy(text, head, sizeof head - 1);
    memcpy(text + len - 2, "\"}", 2);
    text[len] = ' ';
    assert_int_equal(pusher_frame_parse((struct str){text, len}, &d->scratch, &d->f), PUSHER_OK);
    assert_int_equal(d->f.data.len, len - (sizeof head - 1) - 1);
    assert_int_equal(pusher_frame_parse((struct str){text, len + 1}, &d->scratch, &d->f),
                     PUSHER_ERR_TOO_LARGE);
    free(text);
}

static void deep_nesting_is_an_error_and_no_recursion(void **state)
{
    struct desk *d = *state;
    char text[4096] = "{\"event\":\"e\",\"data\":";
    const size_t head = strlen(text);

    memset(text + head, '[', 1000);
    memset(text + head + 1000, ']', 1000);
    (void)str_copy(text + head + 2000, 2, STR("}"));
    assert_int_equal(parse(d, text), PUSHER_ERR_NOT_JSON);
}

static void a_damaged_message_never_reads_beyond_its_end(void **state)
{
    static const char whole[] =
        "{\"event\":\"a\\u00e9\",\"channel\":\"private-orders.2149\",\"data\":"
        "\"{\\\"id\\\":2149,\\\"n\\\":[1,{}]}\",\"user_id\":12}";
    struct desk *d = *state;
    struct rng r;

    rng_seed(&r, 20251120);
    for (int i = 0; i < 20000; i++) {
        char copy[400];
        struct hostile h;
        size_t len = sizeof whole - 1;

        memcpy(copy, whole, len);
        len = hostile_mutate(&r, copy, len, sizeof copy);
        hostile_place(&h, (struct str){copy, rng_below(&r, 4) == 0 ? rng_below(&r, len + 1) : len});
        if (pusher_frame_parse(h.text, &d->scratch, &d->f) == PUSHER_OK)
            assert_true(d->f.event.len > 0);
        hostile_release(&h);
    }
}

static void server_fixtures_are_read_part_by_part(void **state)
{
    static const struct {
        const char *file, *event, *channel, *data, *user_id;
        enum pusher_data kind;
    } rows[] = {
        {"connection_established.json", "pusher:connection_established", "",
         "{\"socket_id\":\"218947.1043562\",\"activity_timeout\":30}", "", PUSHER_DATA_STRING},
        {"connection_established_string_timeout.json", "pusher:connection_established", "",
         "{\"socket_id\":\"218947.1043562\",\"activity_timeout\":\"30\"}", "", PUSHER_DATA_STRING},
        {"connection_established_no_timeout.json", "pusher:connection_established", "",
         "{\"socket_id\":\"218947.1043562\"}", "", PUSHER_DATA_STRING},
        {"error_4009_string_data.json", "pusher:error", "",
         "{\"message\":\"Connection is unauthorized\",\"code\":4009}", "", PUSHER_DATA_STRING},
        {"ping.json", "pusher:ping", "", "{}", "", PUSHER_DATA_JSON},
        {"ping_no_data.json", "pusher:ping", "", "", "", PUSHER_DATA_NONE},
        {"pong.json", "pusher:pong", "", "{}", "", PUSHER_DATA_JSON},
        {"subscription_succeeded.json", "pusher_internal:subscription_succeeded",
         "private-orders.2149", "{}", "", PUSHER_DATA_STRING},
        {"subscription_succeeded_presence.json", "pusher_internal:subscription_succeeded",
         "presence-control-room",
         "{\"presence\":{\"ids\":[\"9041\",\"9055\"],\"hash\":{\"9041\":{\"name\":\"Sara "
         "Operator\"},"
         "\"9055\":{\"name\":\"Kiosk 3\"}},\"count\":2}}",
         "", PUSHER_DATA_STRING},
        {"member_added.json", "pusher_internal:member_added", "presence-control-room",
         "{\"user_id\":\"9077\",\"user_info\":{\"name\":\"Night shift\"}}", "", PUSHER_DATA_STRING},
        {"member_removed.json", "pusher_internal:member_removed", "presence-control-room",
         "{\"user_id\":\"9055\"}", "", PUSHER_DATA_STRING},
        {"client_event_in.json", "client-ack", "presence-control-room", NULL, "9077",
         PUSHER_DATA_JSON},
        {"subscription_error.json", "pusher:subscription_error", "private-orders.2149", NULL, "",
         PUSHER_DATA_JSON},
        {"error_4001.json", "pusher:error", "", NULL, "", PUSHER_DATA_JSON},
        {"error_4100.json", "pusher:error", "", NULL, "", PUSHER_DATA_JSON},
        {"error_4200.json", "pusher:error", "", NULL, "", PUSHER_DATA_JSON},
        {"error_no_code.json", "pusher:error", "", NULL, "", PUSHER_DATA_JSON},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        load(d, rows[i].file);
        assert_str(d->f.event, rows[i].event);
        assert_str(d->f.channel, rows[i].channel);
        assert_str(d->f.user_id, rows[i].user_id);
        assert_int_equal(d->f.data_kind, rows[i].kind);
        if (rows[i].data)
            assert_str(d->f.data, rows[i].data);
    }
}

/* White space outside strings taken out of a fixture, since people indent and we do not. */
static void compact(struct buf *b)
{
    size_t len = 0;
    bool quoted = false;

    for (size_t i = 0; i < b->len; i++) {
        const char c = (char)b->bytes[i];

        if (!quoted && (c == ' ' || c == '\n'))
            continue;
        if (c == '"' && (i == 0 || b->bytes[i - 1] != '\\'))
            quoted = !quoted;
        b->bytes[len++] = (uint8_t)c;
    }
    b->len = len;
}

static void assert_written(struct desk *d, const char *fixture)
{
    char path[128];

    buf_reset(&d->text);
    (void)str_format(path, sizeof path, "protocol/%s", fixture);
    (void)fixture_read(path, &d->text);
    compact(&d->text);
    assert_string_equal(buf_cstr(&d->out), buf_cstr(&d->text));
    buf_reset(&d->out);
}

static void what_we_write_is_what_the_fixtures_show(void **state)
{
    struct desk *d = *state;

    assert_int_equal(pusher_frame_subscribe(&d->out, STR("notifications-1001"), STR(""), STR("")),
                     PUSHER_OK);
    assert_written(d, "subscribe_public.json");
    assert_int_equal(
        pusher_frame_subscribe(
            &d->out, STR("private-orders.2149"),
            STR("8735473:b9cfdc0e282080fbc987aed8a504e28108fa840759f7c1d0f4c53dc68fd8756b"),
            STR("")),
        PUSHER_OK);
    assert_written(d, "subscribe_private.json");
    assert_int_equal(
        pusher_frame_subscribe(
            &d->out, STR("presence-control-room"),
            STR("8735473:a11ba3082db7e2afee227bad29d829719e113e5bca91713f416cc1bf429e06a5"),
            STR("{\"user_id\":\"9041\",\"user_info\":{\"name\":\"Sara Operator\"}}")),
        PUSHER_OK);
    assert_written(d, "subscribe_presence.json");
    assert_int_equal(pusher_frame_unsubscribe(&d->out, STR("private-orders.2149")), PUSHER_OK);
    assert_written(d, "unsubscribe.json");
    assert_int_equal(pusher_frame_ping(&d->out), PUSHER_OK);
    assert_written(d, "ping.json");
    assert_int_equal(pusher_frame_pong(&d->out), PUSHER_OK);
    assert_written(d, "pong.json");
    assert_int_equal(pusher_frame_event(&d->out, STR("client-ack"), STR("presence-control-room"),
                                        PUSHER_DATA_JSON,
                                        STR("{\"order_id\":\"2149\",\"by\":\"9041\"}"), STR("")),
                     PUSHER_OK);
    assert_written(d, "client_event_out.json");
}

static void events_are_written_with_each_kind_of_data(void **state)
{
    struct desk *d = *state;

    assert_int_equal(pusher_frame_event(&d->out, STR("a\\b"), STR("c"), PUSHER_DATA_STRING,
                                        STR("{\"x\":\"\n\"}"), STR("u-7")),
                     PUSHER_OK);
    assert_int_equal(parse(d, buf_cstr(&d->out)), PUSHER_OK);
    assert_str(d->f.event, "a\\b");
    assert_str(d->f.data, "{\"x\":\"\n\"}");
    assert_str(d->f.user_id, "u-7");
    buf_reset(&d->out);
    assert_int_equal(
        pusher_frame_event(&d->out, STR("e"), STR(""), PUSHER_DATA_NONE, STR(""), STR("")),
        PUSHER_OK);
    assert_string_equal(buf_cstr(&d->out), "{\"event\":\"e\"}");
}

static void auth_is_written_even_if_empty_where_it_is_needed(void **state)
{
    struct desk *d = *state;

    assert_int_equal(pusher_frame_subscribe(&d->out, STR("private-x"), STR(""), STR("")),
                     PUSHER_OK);
    assert_string_equal(
        buf_cstr(&d->out),
        "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-x\",\"auth\":\"\"}}");
}

static void a_full_buffer_is_reported(void **state)
{
    struct buf small;

    (void)state;
    buf_init(&small, 10);
    assert_int_equal(pusher_frame_ping(&small), PUSHER_ERR_TOO_LARGE);
    assert_int_equal(pusher_frame_unsubscribe(&small, STR("a")), PUSHER_ERR_TOO_LARGE);
    buf_clear(&small);
}

static void assert_redacted(struct desk *d, const char *frame, const char *want)
{
    buf_reset(&d->out);
    assert_int_equal(pusher_frame_redact(&d->out, str_from(frame)), PUSHER_OK);
    assert_string_equal(buf_cstr(&d->out), want);
}

static void signatures_are_not_shown(void **state)
{
    struct desk *d = *state;

    assert_redacted(d, "{\"data\":{\"auth\":\"k:sig\",\"channel\":\"auth\"}}",
                    "{\"data\":{\"auth\":\"***\",\"channel\":\"auth\"}}");
    assert_redacted(d, "{\"shared_secret\" : \"a\\\"b\", \"auth\":{\"x\":[\"}\"]},\"c\":1}",
                    "{\"shared_secret\" :\"***\", \"auth\":\"***\",\"c\":1}");
    assert_redacted(d, "{\"auth\":12}", "{\"auth\":\"***\"}");
    assert_redacted(d, "{\"auth\":\"cut off", "{\"auth\":\"***\"");
    assert_redacted(d, "{\"a\\\"auth\\\"\":\"auth\"}", "{\"a\\\"auth\\\"\":\"auth\"}");
    assert_redacted(d, "", "");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(data_of_every_json_type_is_unwrapped_once),
        T(escapes_are_undone_in_every_part),
        T(without_escapes_nothing_is_copied),
        T(key_order_unknown_members_and_repeats_do_not_matter),
        T(a_user_id_may_be_a_number_and_a_channel_must_be_a_string),
        T(what_is_not_an_object_is_refused),
        T(a_message_needs_an_event_name),
        T(a_message_may_be_a_mebibyte_and_no_byte_more),
        T(deep_nesting_is_an_error_and_no_recursion),
        T(a_damaged_message_never_reads_beyond_its_end),
        T(server_fixtures_are_read_part_by_part),
        T(what_we_write_is_what_the_fixtures_show),
        T(events_are_written_with_each_kind_of_data),
        T(auth_is_written_even_if_empty_where_it_is_needed),
        T(a_full_buffer_is_reported),
        T(signatures_are_not_shown),
    };
#undef T

    return cmocka_run_group_tests_name("pusher_frame", tests, NULL, NULL);
}
