/* tests/unit/test_ui_payload_keys.c - payloads as named values, and what differs between two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "support/fixture.h"
#include "ui/payload_keys.h"

static struct payload one, two;
static struct payload_row rows[PAYLOAD_ROWS_MAX];

static void read_text(struct payload *p, const char *text)
{
    payload_read(p, str_from(text));
}

static const char *value(const struct payload *p, const char *name)
{
    const struct payload_key *k = payload_find(p, name);

    return k ? k->value : "(none)";
}

static size_t diff(const char *before, const char *now, size_t *changed)
{
    read_text(&one, before);
    read_text(&two, now);
    return payload_diff(&one, &two, rows, changed);
}

static void nested_values_have_dotted_and_numbered_names(void **state)
{
    (void)state;
    read_text(&one, "{\"a\":{\"b\":[1,{\"c\":\"x\"},[true]]},\"d\":null,\"e\":{},\"f\":[]}");
    assert_int_equal(PAYLOAD_FINE, one.fault);
    assert_int_equal(6, one.count);
    assert_string_equal("1", value(&one, "a.b[0]"));
    assert_string_equal("\"x\"", value(&one, "a.b[1].c"));
    assert_string_equal("true", value(&one, "a.b[2][0]"));
    assert_string_equal("null", value(&one, "d"));
    assert_string_equal("{}", value(&one, "e"));
    assert_string_equal("[]", value(&one, "f"));
}

static void the_string_in_an_envelope_is_opened_and_comes_first(void **state)
{
    (void)state;
    read_text(&one, "{\"event\":\"App\\\\E\",\"channel\":\"private-orders.7\","
                    "\"data\":\"{\\\"order\\\":{\\\"id\\\":7,\\\"t\\\":\\\"a\\\\\\\"b\\\"}}\"}");
    assert_int_equal(PAYLOAD_FINE, one.fault);
    assert_string_equal("order.id", one.keys[0].name);
    assert_string_equal("7", value(&one, "order.id"));
    assert_string_equal("\"a\"b\"", value(&one, "order.t"));
    assert_string_equal("\"App\\E\"", value(&one, "frame.event"));
    assert_string_equal("\"private-orders.7\"", value(&one, "frame.channel"));
}

static void data_that_is_no_json_is_a_value_of_its_own(void **state)
{
    (void)state;
    read_text(&one, "{\"event\":\"e\",\"data\":\"plain words\"}");
    assert_int_equal(PAYLOAD_DATA_NOT_JSON, one.fault);
    assert_string_equal("\"plain words\"", value(&one, "data"));
    read_text(&one, "{\"event\":\"e\",\"data\":{\"a\":1}}");
    assert_string_equal("1", value(&one, "a"));
    read_text(&one, "{\"event\":\"e\",\"data\":[1,2]}");
    assert_string_equal("2", value(&one, "data[1]"));
}

static void text_that_is_no_json_tells_where_it_stops(void **state)
{
    static const struct {
        const char *text;
        size_t at;
    } bad[] = {{"x", 0},           {"{\"a\":1,}", 6},     {"{\"a\":tru}", 5}, {"[1,2", 4},
               {"{\"a\":1 2}", 7}, {"{\"a\":1} junk", 8}, {"[1,]", 3},        {"  ", 2}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        read_text(&one, bad[i].text);
        assert_int_equal(PAYLOAD_NOT_JSON, one.fault);
        if (one.fault_at != bad[i].at)
            fail_msg("%s: %zu, not %zu", bad[i].text, one.fault_at, bad[i].at);
        assert_int_equal(0, one.count);
    }
    read_text(&one, "");
    assert_int_equal(PAYLOAD_EMPTY, one.fault);
}

static void changed_keys_come_first_with_their_differences(void **state)
{
    size_t changed;

    (void)state;
    const size_t count =
        diff("{\"id\":1,\"t\":48.3,\"e\":5.03,\"q\":\"7\",\"s\":\"a\",\"old\":1}",
             "{\"id\":1,\"t\":48.4,\"e\":5.03,\"q\":\"5\",\"s\":\"b\",\"new\":2}", &changed);
    assert_int_equal(7, count);
    assert_int_equal(5, changed);
    assert_string_equal("t", rows[0].now->name);
    assert_string_equal("+0.1", rows[0].delta);
    assert_string_equal("q", rows[1].now->name);
    assert_string_equal("-2", rows[1].delta); /* a number in quotes is one too */
    assert_int_equal(PAYLOAD_CHANGED, rows[2].change);
    assert_string_equal("", rows[2].delta); /* words have no difference */
    assert_int_equal(PAYLOAD_ADDED, rows[3].change);
    assert_string_equal("new", rows[3].now->name);
    assert_int_equal(PAYLOAD_REMOVED, rows[4].change);
    assert_string_equal("old", rows[4].before->name);
    assert_string_equal("id", rows[5].now->name);
    assert_string_equal("e", rows[6].now->name);
}

static void a_change_of_type_or_behind_the_cut_is_a_change(void **state)
{
    char before[600], now[600];
    size_t changed;

    (void)state;
    diff("{\"a\":1}", "{\"a\":\"1\"}", &changed);
    assert_int_equal(1, changed);
    memset(before, 'x', sizeof before);
    memcpy(before, "{\"a\":\"", 6);
    memcpy(before + 500, "\"}", 3);
    memcpy(now, before, sizeof now);
    now[499] = 'y';
    diff(before, now, &changed);
    assert_int_equal(1, changed);
    assert_true(strlen(rows[0].now->value) < PAYLOAD_VALUE_MAX);
}

static void members_in_another_order_are_the_same(void **state)
{
    size_t changed;

    (void)state;
    diff("{\"a\":1,\"b\":2,\"c\":3}", "{\"c\":3,\"a\":1,\"b\":2}", &changed);
    assert_int_equal(0, changed);
}

static void nothing_to_compare_with_changes_nothing(void **state)
{
    size_t changed = 9;

    (void)state;
    read_text(&two, "{\"a\":1}");
    assert_int_equal(1, payload_diff(NULL, &two, rows, &changed));
    assert_int_equal(0, changed);
    assert_null(rows[0].before);
}

static void more_keys_than_fit_are_counted(void **state)
{
    static char text[64 * 1024];
    size_t len = 0, changed;

    (void)state;
    len += str_copy(text + len, sizeof text - len, STR("["));
    for (int i = 0; i < PAYLOAD_KEYS_MAX + 7; i++)
        len += str_format(text + len, sizeof text - len, "%s%d", i ? "," : "", i);
    str_copy(text + len, sizeof text - len, STR("]"));
    read_text(&one, text);
    assert_int_equal(PAYLOAD_KEYS_MAX, one.count);
    assert_int_equal(7, one.left_out);
    text[0] = '[';
    text[1] = '9'; /* the first one is another number now */
    read_text(&two, text);
    assert_int_equal(PAYLOAD_KEYS_MAX, payload_diff(&one, &two, rows, &changed));
    assert_int_equal(1, changed);
    /* All of one, and then all of the other. */
    read_text(&two, "{\"a\":1}");
    assert_int_equal(PAYLOAD_KEYS_MAX + 1, payload_diff(&one, &two, rows, &changed));
}

static void depth_and_names_are_bounded(void **state)
{
    static char text[40 * 1024];
    size_t len = 0;

    (void)state;
    memset(text, '[', 200);
    memset(text + 200, ']', 200);
    text[400] = '\0';
    read_text(&one, text);
    assert_int_equal(PAYLOAD_TOO_DEEP, one.fault);
    len = str_copy(text, sizeof text, STR("{\"a\":"));
    for (int i = 0; i < 28; i++) {
        len += str_copy(text + len, sizeof text - len, STR("{\""));
        memset(text + len, 'k', 300);
        len += 300;
        len += str_copy(text + len, sizeof text - len, STR("\":"));
    }
    len += str_copy(text + len, sizeof text - len, STR("{\"end\":1}"));
    memset(text + len, '}', 29);
    text[len + 29] = '\0';
    read_text(&one, text);
    assert_int_equal(PAYLOAD_FINE, one.fault);
    assert_int_equal(1, one.count);
    assert_int_equal('<', one.keys[0].name[0]);
    assert_true(strlen(one.keys[0].name) < PAYLOAD_NAME_MAX);
}

static void what_a_peer_wrote_is_made_visible(void **state)
{
    (void)state;
    read_text(&one, "{\"a\\u001b[31m\":\"x\\u001b]0;t\\u0007\\u202e\"}");
    assert_int_equal(1, one.count);
    assert_null(strchr(one.keys[0].name, 27));
    assert_null(strchr(one.keys[0].value, 27));
    assert_null(strchr(one.keys[0].value, 7));
    assert_true(text_is_utf8(str_from(one.keys[0].value)));
    assert_non_null(strstr(one.keys[0].value, "\\x1B"));
}

static void secrets_are_not_shown_and_still_compared(void **state)
{
    size_t changed;

    (void)state;
    diff("{\"charge_point\":{\"token\":\"abcdef\"}}", "{\"charge_point\":{\"token\":\"abcdeg\"}}",
         &changed);
    assert_string_equal("***", rows[0].now->value);
    assert_int_equal(1, changed);
}

static void known_codes_have_a_meaning(void **state)
{
    (void)state;
    read_text(&one, "{\"order\":{\"id\":1,\"status\":0,\"requested_quantity\":\"FULL\","
                    "\"charge_point\":{\"status\":0}}}");
    assert_string_equal("active", payload_meaning(payload_find(&one, "order.status")));
    assert_string_equal("until full",
                        payload_meaning(payload_find(&one, "order.requested_quantity")));
    assert_null(payload_meaning(payload_find(&one, "order.charge_point.status")));
    assert_string_equal("order.id", payload_brief("order.id"));
    assert_string_equal("status", payload_brief("order.status"));
    assert_string_equal("charge_point.id", payload_brief("order.charge_point.id"));
    assert_string_equal("min", payload_unit("order.charging_session_time"));
    assert_string_equal("", payload_unit("order.price"));
}

static void a_real_event_is_read_whole(void **state)
{
    struct buf text;

    (void)state;
    buf_init(&text, 1 << 20);
    fixture_read("powerly/frame_consumption_ac_energy.json", &text);
    payload_read(&one, buf_str(&text));
    assert_int_equal(PAYLOAD_FINE, one.fault);
    assert_string_equal("7.805", value(&one, "order.charging_session_energy"));
    assert_string_equal("\"Available\"",
                        value(&one, "order.charge_point.connectors[1].localized_status"));
    assert_string_equal("[]", value(&one, "order.charge_point.media"));
    buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_values_have_dotted_and_numbered_names),
        cmocka_unit_test(the_string_in_an_envelope_is_opened_and_comes_first),
        cmocka_unit_test(data_that_is_no_json_is_a_value_of_its_own),
        cmocka_unit_test(text_that_is_no_json_tells_where_it_stops),
        cmocka_unit_test(changed_keys_come_first_with_their_differences),
        cmocka_unit_test(a_change_of_type_or_behind_the_cut_is_a_change),
        cmocka_unit_test(members_in_another_order_are_the_same),
        cmocka_unit_test(nothing_to_compare_with_changes_nothing),
        cmocka_unit_test(more_keys_than_fit_are_counted),
        cmocka_unit_test(depth_and_names_are_bounded),
        cmocka_unit_test(what_a_peer_wrote_is_made_visible),
        cmocka_unit_test(secrets_are_not_shown_and_still_compared),
        cmocka_unit_test(known_codes_have_a_meaning),
        cmocka_unit_test(a_real_event_is_read_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
