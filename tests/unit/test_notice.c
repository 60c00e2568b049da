/* tests/unit/test_notice.c - notifications of both generations: each fixture field by field, however its
 * keys are spelt, and what is written read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "decode/notice.h"
#include "support/fixture.h"

struct rig {
    struct buf file, data, scratch, out;
    struct notice notice;
    char channel[64], event[64];
};

static int setup(void **state)
{
    static struct rig rig;

    buf_init(&rig.file, NOTICE_PAYLOAD_MAX);
    buf_init(&rig.data, NOTICE_PAYLOAD_MAX);
    buf_init(&rig.scratch, 2 * NOTICE_PAYLOAD_MAX);
    buf_init(&rig.out, 4 * NOTICE_PAYLOAD_MAX);
    *state = &rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;

    buf_clear(&r->file);
    buf_clear(&r->data);
    buf_clear(&r->scratch);
    buf_clear(&r->out);
    return 0;
}

#define assert_text(expected, actual) \
    do { \
        const struct str text_ = (actual); \
        assert_int_equal(strlen(expected), text_.len); \
        assert_true(str_eq(str_from(expected), text_)); \
    } while (0)

/* The data of a recorded frame, decoded. */
static const struct notice *fixture(struct rig *r, const char *name)
{
    struct json_value root, v;
    char path[80];

    str_format(path, sizeof path, "notify/%s.json", name);
    buf_reset(&r->file);
    buf_reset(&r->data);
    assert_int_equal(CT_OK, json_parse(str_trim(fixture_read(path, &r->file)), &root));
    assert_true(json_get(root, STR("channel"), &v));
    json_string_copy(v, r->channel, sizeof r->channel);
    assert_true(json_get(root, STR("event"), &v));
    json_string_copy(v, r->event, sizeof r->event);
    assert_true(json_get(root, STR("data"), &v));
    assert_int_equal(CT_OK, json_string_append(v, &r->data));
    assert_int_equal(CT_OK, notice_decode(buf_str(&r->data), &r->scratch, &r->notice));
    assert_string_equal(
        strstr(name, "private") ? "private-notifications-1001" : "notifications-1001", r->channel);
    return &r->notice;
}

static const struct notice *text(struct rig *r, const char *json)
{
    assert_int_equal(CT_OK, notice_decode(str_from(json), &r->scratch, &r->notice));
    return &r->notice;
}

static const struct notice_action *only_v1(const struct notice *n)
{
    assert_false(n->v2);
    assert_false(n->last_response);
    assert_int_equal(1, n->action_count);
    assert_int_equal(0, n->unknown_count);
    assert_true(n->actions[0].has_message);
    return &n->actions[0];
}

static void each_message_type_of_a_toast_is_known(void **state)
{
    static const struct {
        const char *fixture, *message;
        enum notice_level level;
    } rows[] = {
        {"v1_toast", "Hello World!", NOTICE_LEVEL_SUCCESS},
        {"v1_toast_message_type_success", "Session 2149 started", NOTICE_LEVEL_SUCCESS},
        {"v1_toast_message_type_warning", "Charger 640 is close to its session limit",
         NOTICE_LEVEL_WARNING},
        {"v1_toast_message_type_failure", "Charger 631 could not start", NOTICE_LEVEL_FAILURE},
        {"v1_toast_message_type_info", "Charger 626 firmware is current", NOTICE_LEVEL_INFO},
        {"v1_toast_message_type_in_progress", "Exporting 1,204 sessions", NOTICE_LEVEL_IN_PROGRESS},
        {"v1_toast_message_type_notification", "Shift handover at 18:00",
         NOTICE_LEVEL_NOTIFICATION},
        {"v1_toast_private_channel", "Private hello", NOTICE_LEVEL_INFO},
    };
    struct rig *r = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct notice_action *a = only_v1(fixture(r, rows[i].fixture));
        assert_string_equal("notification_event", r->event);
        assert_int_equal(NOTICE_TOAST, a->kind);
        assert_text(rows[i].message, a->text);
        assert_int_equal(rows[i].level, a->level);
        assert_int_equal(0, a->link.len + a->path.len + a->data.len + a->order_id.len);
        assert_int_equal(0, r->notice.metadata.len + r->notice.job_id.len);
    }
}

static void a_download_of_v1_has_its_link(void **state)
{
    struct rig *r = *state;
    const struct notice_action *a = only_v1(fixture(r, "v1_download_link"));

    assert_string_equal("download_event", r->event);
    assert_int_equal(NOTICE_DOWNLOAD, a->kind);
    assert_text("Your file is ready", a->text);
    assert_int_equal(NOTICE_LEVEL_INFO, a->level);
    assert_text("https://files.example.com/reports/sessions-2025-11.csv", a->link);
}

static void a_navigation_of_v1_names_its_order(void **state)
{
    const struct notice_action *a = only_v1(fixture(*state, "v1_navigate"));

    assert_int_equal(NOTICE_NAVIGATE, a->kind);
    assert_text("Order 2149 needs attention", a->text);
    assert_int_equal(NOTICE_LEVEL_WARNING, a->level);
    assert_text("/orders/2149", a->path);
    assert_text("2149", a->order_id);
}

static void an_info_of_v1_has_its_metadata(void **state)
{
    struct rig *r = *state;
    const struct notice_action *a = only_v1(fixture(r, "v1_info"));

    assert_int_equal(NOTICE_INFO, a->kind);
    assert_text("Tariffs change at midnight UTC", a->text);
    assert_int_equal(NOTICE_LEVEL_INFO, a->level);
    assert_text("{\"tariff_id\":\"T-88\",\"valid_from\":\"2025-11-21 00:00:00\"}",
                r->notice.metadata);
    assert_int_equal(0, r->notice.job_id.len);
}

static void an_audio_notification_of_v1_has_its_link(void **state)
{
    const struct notice_action *a = only_v1(fixture(*state, "v1_audio_notification"));

    assert_int_equal(NOTICE_AUDIO, a->kind);
    assert_text("Charger 631 reports a fault", a->text);
    assert_int_equal(NOTICE_LEVEL_FAILURE, a->level);
    assert_text("https://files.example.com/audio/alert.mp3", a->link);
}

static void data_of_v1_is_kept_as_it_came(void **state)
{
    const struct notice_action *a = only_v1(fixture(*state, "v1_data"));

    assert_int_equal(NOTICE_DATA, a->kind);
    assert_int_equal(0, a->text.len);
    assert_int_equal(NOTICE_LEVEL_NOTIFICATION, a->level);
    assert_text("{\"order_id\":\"2151\",\"soc\":63,\"flags\":[\"taper\"]}", a->data);
    assert_text("2151", a->order_id);
}

static const struct notice_action *only_v2(const struct rig *r, const struct notice *n)
{
    assert_string_equal("custom_event", r->event);
    assert_true(n->v2);
    assert_true(n->custom);
    assert_false(n->last_response);
    assert_int_equal(1, n->action_count);
    assert_int_equal(0, n->unknown_count);
    assert_int_equal(1, n->actions[0].sequence);
    return &n->actions[0];
}

static void each_kind_of_v2_has_its_fields(void **state)
{
    static const struct {
        const char *fixture;
        enum notice_kind kind;
        enum notice_data data_type;
        enum notice_level level;
        const char *text, *link, *path, *data, *order_id;
    } rows[] = {
        {"v2_toast", NOTICE_TOAST, NOTICE_DATA_MESSAGE, NOTICE_LEVEL_SUCCESS,
         "Operation completed successfully", "", "", "", ""},
        {"v2_toast_pascal_case", NOTICE_TOAST, NOTICE_DATA_MESSAGE, NOTICE_LEVEL_SUCCESS,
         "Operation completed successfully", "", "", "", ""},
        {"v2_download_link", NOTICE_DOWNLOAD, NOTICE_DATA_LINK, NOTICE_LEVEL_INFO,
         "Your file is ready", "https://files.example.com/reports/sessions-2025-11.csv", "", "",
         ""},
        {"v2_navigate", NOTICE_NAVIGATE, NOTICE_DATA_PATH, NOTICE_LEVEL_NONE, "", "", "/dashboard",
         "", ""},
        {"v2_info", NOTICE_INFO, NOTICE_DATA_MESSAGE, NOTICE_LEVEL_NOTIFICATION,
         "Your order has been processed", "", "", "", ""},
        {"v2_audio_notification", NOTICE_AUDIO, NOTICE_DATA_AUDIO, NOTICE_LEVEL_FAILURE,
         "Charger 631 reports a fault", "https://files.example.com/audio/alert.mp3", "", "", ""},
        {"v2_data", NOTICE_DATA, NOTICE_DATA_CUSTOM, NOTICE_LEVEL_NONE, "", "", "",
         "{\"order_id\":\"2151\",\"soc\":63}", "2151"},
    };
    struct rig *r = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct notice_action *a = only_v2(r, fixture(r, rows[i].fixture));
        assert_int_equal(rows[i].kind, a->kind);
        assert_int_equal(rows[i].data_type, a->data_type);
        assert_int_equal(rows[i].level, a->level);
        assert_int_equal(rows[i].level != NOTICE_LEVEL_NONE, a->has_message);
        assert_text(rows[i].text, a->text);
        assert_text(rows[i].link, a->link);
        assert_text(rows[i].path, a->path);
        assert_text(rows[i].data, a->data);
        assert_text(rows[i].order_id, a->order_id);
    }
}

static void actions_run_by_their_sequence(void **state)
{
    const struct notice *n = fixture(*state, "v2_toast_then_navigate_last");

    assert_true(n->last_response);
    assert_int_equal(2, n->action_count);
    assert_int_equal(NOTICE_TOAST, n->actions[0].kind); /* written second */
    assert_int_equal(1, n->actions[0].sequence);
    assert_text("Operation completed successfully", n->actions[0].text);
    assert_int_equal(NOTICE_LEVEL_SUCCESS, n->actions[0].level);
    assert_int_equal(NOTICE_NAVIGATE, n->actions[1].kind);
    assert_int_equal(2, n->actions[1].sequence);
    assert_text("/dashboard", n->actions[1].path);
    assert_int_equal(0, n->actions[1].order_id.len);
    assert_text("{\"job_id\":\"exp-7712\"}", n->metadata);
    assert_text("exp-7712", n->job_id);
}

static void ties_keep_the_order_of_the_array_and_a_missing_sequence_is_0(void **state)
{
    const struct notice *n =
        text(*state, "{\"event_type\":\"CUSTOM\",\"actions\":["
                     "{\"action_type\":\"INFO\",\"sequence\":2,\"data\":{\"message\":\"d\"}},"
                     "{\"action_type\":\"INFO\",\"data\":{\"message\":\"b\"}},"
                     "{\"action_type\":\"INFO\",\"sequence\":\"0\",\"data\":{\"message\":\"c\"}},"
                     "{\"action_type\":\"INFO\",\"sequence\":2,\"data\":{\"message\":\"e\"}},"
                     "{\"action_type\":\"INFO\",\"sequence\":-1,\"data\":{\"message\":\"a\"}}]}");
    const char *const expected[] = {"a", "b", "c", "d", "e"};

    assert_int_equal(5, n->action_count);
    for (size_t i = 0; i < 5; i++)
        assert_text(expected[i], n->actions[i].text);
}

static void a_last_response_may_bring_nothing(void **state)
{
    const struct notice *n = fixture(*state, "v2_empty_actions_last");

    assert_true(n->v2);
    assert_true(n->last_response);
    assert_int_equal(0, n->action_count);
}

static void more_to_come_says_so_and_names_its_job(void **state)
{
    struct rig *r = *state;
    const struct notice_action *a = only_v2(r, fixture(r, "v2_in_progress_then_more"));

    assert_int_equal(NOTICE_TOAST, a->kind);
    assert_text("Exporting 1,204 sessions", a->text);
    assert_int_equal(NOTICE_LEVEL_IN_PROGRESS, a->level);
    assert_text("exp-7712", r->notice.job_id);
}

static void an_unknown_action_is_passed_over_and_told(void **state)
{
    const struct notice *n = fixture(*state, "v2_unknown_action");

    assert_int_equal(1, n->unknown_count);
    assert_string_equal("CONFETTI", n->unknown);
    assert_int_equal(1, n->action_count);
    assert_int_equal(NOTICE_TOAST, n->actions[0].kind);
    assert_int_equal(2, n->actions[0].sequence);
    assert_text("Operation completed successfully", n->actions[0].text);
}

static void keys_and_constants_are_known_however_they_are_spelt(void **state)
{
    struct rig *r = *state;
    const struct notice *n = text(
        r, "{\"Event-Type\":\"download_link\",\"MESSAGE\":\"m\",\"messageType\":\"In_Progress\","
           "\"downloadURL\":\"https://a.example/b\",\"MetaData\":{\"JobId\":7}}");

    assert_int_equal(NOTICE_DOWNLOAD, n->actions[0].kind);
    assert_text("m", n->actions[0].text);
    assert_int_equal(NOTICE_LEVEL_IN_PROGRESS, n->actions[0].level);
    assert_text("https://a.example/b", n->actions[0].link);
    assert_text("7", n->job_id);
    n = text(r, "{\"EVENT_TYPE\":\"custom\",\"isLastResponse\":\"true\",\"ACTIONS\":[]}");
    assert_true(n->last_response);
}

static void a_download_is_found_under_each_of_its_keys(void **state)
{
    static const char *const keys[] = {"download_link", "download_url", "link", "url"};
    struct rig *r = *state;
    char json[160];

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        str_format(
            json, sizeof json,
            "{\"event_type\":\"DOWNLOAD_LINK\",\"url\":\"\",\"%s\":\"https://x.example/%zu\"}",
            i == 3 ? "other" : keys[i], i);
        if (i == 3)
            str_copy(json, sizeof json,
                     STR("{\"event_type\":\"DOWNLOAD_LINK\",\"url\":\"https://x.example/3\"}"));
        const struct notice *n = text(r, json);
        assert_int_equal('0' + (int)i, n->actions[0].link.ptr[n->actions[0].link.len - 1]);
    }
}

static void what_is_no_notification_is_none(void **state)
{
    struct rig *r = *state;
    static const struct {
        const char *json;
        enum ct_err err;
    } rows[] = {
        {"{}", CT_ERR_MISSING},
        {"[]", CT_ERR_MISSING},
        {"\"TOAST\"", CT_ERR_MISSING},
        {"{\"event_type\":\"CONFETTI\",\"message\":\"m\"}", CT_ERR_MISSING},
        {"{\"actions\":[]}", CT_ERR_MISSING},
        {"{\"event_type\":\"CUSTOM\",\"actions\":{}}", CT_ERR_MISSING},
        {"{\"message\":\"m\",\"message_type\":\"info\"}", CT_ERR_MISSING},
        {"{\"event_type\":\"TOAST\"", CT_ERR_SYNTAX},
        {"", CT_ERR_SYNTAX},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(rows[i].err,
                         notice_decode(str_from(rows[i].json), &r->scratch, &r->notice));
    buf_reset(&r->out);
    while (r->out.len <= NOTICE_PAYLOAD_MAX)
        assert_int_equal(CT_OK, buf_append_char(&r->out, ' '));
    assert_int_equal(CT_ERR_LIMIT, notice_decode(buf_str(&r->out), &r->scratch, &r->notice));
}

static void wrong_types_leave_their_fields_empty(void **state)
{
    struct rig *r = *state;
    const struct notice *n = text(r, "{\"event_type\":\"NAVIGATE\",\"message\":[1],\"message_"
                                     "type\":4,\"path\":{},\"metadata\":3}");

    assert_int_equal(0, n->actions[0].text.len + n->actions[0].path.len + n->metadata.len);
    assert_int_equal(NOTICE_LEVEL_NONE, n->actions[0].level);
    n = text(r, "{\"event_type\":\"CUSTOM\",\"actions\":[3,null,{\"action_type\":7},"
                "{\"action_type\":\"TOAST\",\"sequence\":\"x\",\"data\":[]}]}");
    assert_int_equal(1, n->action_count);
    assert_int_equal(3, n->unknown_count);
    assert_int_equal(0, n->actions[0].sequence);
}

static void actions_beyond_the_limit_are_counted(void **state)
{
    struct rig *r = *state;

    buf_reset(&r->out);
    assert_int_equal(CT_OK, buf_append(&r->out, STR("{\"event_type\":\"CUSTOM\",\"actions\":[")));
    for (int i = 0; i < NOTICE_ACTIONS_MAX + 5; i++)
        assert_int_equal(CT_OK, buf_printf(&r->out, "%s{\"action_type\":\"INFO\"}", i ? "," : ""));
    assert_int_equal(CT_OK, buf_append(&r->out, STR("]}")));
    assert_int_equal(CT_OK, notice_decode(buf_str(&r->out), &r->scratch, &r->notice));
    assert_int_equal(NOTICE_ACTIONS_MAX, r->notice.action_count);
    assert_int_equal(5, r->notice.left_out);
}

/* Byte for byte, but for the actions, which are written in the order in which they run. */
static void each_fixture_is_written_as_it_was(void **state)
{
    static const char *const names[] = {
        "v1_audio_notification",
        "v1_data",
        "v1_download_link",
        "v1_info",
        "v1_navigate",
        "v1_toast",
        "v1_toast_message_type_failure",
        "v1_toast_message_type_in_progress",
        "v1_toast_message_type_info",
        "v1_toast_message_type_notification",
        "v1_toast_message_type_success",
        "v1_toast_message_type_warning",
        "v1_toast_private_channel",
        "v2_audio_notification",
        "v2_data",
        "v2_download_link",
        "v2_empty_actions_last",
        "v2_in_progress_then_more",
        "v2_info",
        "v2_navigate",
        "v2_toast",
    };
    struct rig *r = *state;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct notice *n = fixture(r, names[i]);
        buf_reset(&r->out);
        assert_int_equal(CT_OK, notice_encode(n, &r->out));
        assert_text(buf_cstr(&r->data), buf_str(&r->out));
    }
    const struct notice *n = fixture(r, "v2_toast_pascal_case");
    buf_reset(&r->out);
    assert_int_equal(CT_OK, notice_encode(n, &r->out));
    n = fixture(r, "v2_toast");
    assert_text(buf_cstr(&r->data), buf_str(&r->out));
}

static void actions_out_of_order_are_written_in_order(void **state)
{
    struct rig *r = *state;
    struct buf again;

    buf_init(&again, 4 * NOTICE_PAYLOAD_MAX);
    buf_reset(&r->out);
    assert_int_equal(CT_OK, notice_encode(fixture(r, "v2_toast_then_navigate_last"), &r->out));
    assert_int_equal(CT_OK, notice_decode(buf_str(&r->out), &r->scratch, &r->notice));
    assert_int_equal(NOTICE_TOAST, r->notice.actions[0].kind);
    assert_true(r->notice.last_response);
    assert_text("exp-7712", r->notice.job_id);
    assert_int_equal(CT_OK, notice_encode(&r->notice, &again));
    assert_text(buf_cstr(&r->out), buf_str(&again));
    buf_clear(&again);
}

static void without_an_action_v1_cannot_be_written(void **state)
{
    struct rig *r = *state;
    const struct notice none = {.v2 = false};

    buf_reset(&r->out);
    assert_int_equal(CT_ERR_STATE, notice_encode(&none, &r->out));
    assert_int_equal(0, r->out.len);
}

static void every_constant_has_its_name(void **state)
{
    static const char *const kinds[] = {"TOAST", "DOWNLOAD_LINK",      "NAVIGATE",
                                        "INFO",  "AUDIO_NOTIFICATION", "DATA"};
    static const char *const levels[] = {"success", "warning",     "failure",
                                         "info",    "in_progress", "notification"};
    static const char *const datas[] = {"message", "path", "link", "audio", "custom"};
    enum notice_kind kind;
    enum notice_level level;
    enum notice_data data;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        assert_true(notice_kind_from(str_from(kinds[i]), &kind));
        assert_string_equal(kinds[i], notice_kind_name(kind));
    }
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        assert_true(notice_level_from(str_from(levels[i]), &level));
        assert_string_equal(levels[i], notice_level_name(level));
    }
    for (size_t i = 0; i < COUNT_OF(datas); i++) {
        assert_true(notice_data_from(str_from(datas[i]), &data));
        assert_string_equal(datas[i], notice_data_name(data));
    }
    assert_int_equal(COUNT_OF(kinds), NOTICE_KIND_COUNT);
    assert_false(notice_level_from(STR(""), &level));
    assert_false(notice_kind_from(STR("TOASTS"), &kind));
}

static void a_channel_is_built_from_name_and_id(void **state)
{
    char name[24];

    (void)state;
    assert_int_equal(18, notice_channel(name, sizeof name, STR("notifications"), STR("1001")));
    assert_string_equal("notifications-1001", name);
    assert_int_equal(17, notice_channel(name, sizeof name, STR("private-a-b"), STR("c-d-e")));
    assert_string_equal("private-a-b-c-d-e", name);
    assert_int_equal(0, notice_channel(name, sizeof name, STR("notifications"), STR("")));
    assert_int_equal(0, notice_channel(name, sizeof name, STR(""), STR("1001")));
    assert_int_equal(0, notice_channel(name, sizeof name, STR("notifications"), STR("0123456789")));
    assert_int_equal(23, notice_channel(name, sizeof name, STR("notifications"), STR("012345678")));
}

static void a_path_names_an_order_or_none(void **state)
{
    static const struct {
        const char *path, *order;
    } rows[] = {
        {"/orders/2149", "2149"},
        {"/orders/2149/", "2149"},
        {"/orders/2149?tab=1", "2149"},
        {"/orders/a-1#x", "a-1"},
        {"/orders/", ""},
        {"/orders", ""},
        {"/orders/1/receipt", ""},
        {"/dashboard", ""},
        {"orders/2149", ""},
        {"/orders/a b", ""},
        {"/orders/\x1b[31m", ""},
        {"", ""},
        {"/orders/01234567890123456789012345678901", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_text(rows[i].order, notice_order_of_path(str_from(rows[i].path)));
}

static void only_web_addresses_are_links(void **state)
{
    static const char *const good[] = {"https://a.example/x", "http://10.0.0.1:80", "HTTPS://A"};
    static const char *const bad[] = {"",
                                      "https://",
                                      "https:///x",
                                      "javascript:alert(1)",
                                      "file:///etc/passwd",
                                      "ftp://a.example",
                                      "https://a.example/\x1b]8;;",
                                      "https://a.example/a b",
                                      "https://a.example/\xc3\xa9",
                                      " https://a.example"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_true(notice_is_link(str_from(good[i])));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(notice_is_link(str_from(bad[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_message_type_of_a_toast_is_known, setup, teardown),
        cmocka_unit_test_setup_teardown(a_download_of_v1_has_its_link, setup, teardown),
        cmocka_unit_test_setup_teardown(a_navigation_of_v1_names_its_order, setup, teardown),
        cmocka_unit_test_setup_teardown(an_info_of_v1_has_its_metadata, setup, teardown),
        cmocka_unit_test_setup_teardown(an_audio_notification_of_v1_has_its_link, setup, teardown),
        cmocka_unit_test_setup_teardown(data_of_v1_is_kept_as_it_came, setup, teardown),
        cmocka_unit_test_setup_teardown(each_kind_of_v2_has_its_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(actions_run_by_their_sequence, setup, teardown),
        cmocka_unit_test_setup_teardown(
            ties_keep_the_order_of_the_array_and_a_missing_sequence_is_0, setup, teardown),
        cmocka_unit_test_setup_teardown(a_last_response_may_bring_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(more_to_come_says_so_and_names_its_job, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unknown_action_is_passed_over_and_told, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_and_constants_are_known_however_they_are_spelt, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_download_is_found_under_each_of_its_keys, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_no_notification_is_none, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_types_leave_their_fields_empty, setup, teardown),
        cmocka_unit_test_setup_teardown(actions_beyond_the_limit_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(each_fixture_is_written_as_it_was, setup, teardown),
        cmocka_unit_test_setup_teardown(actions_out_of_order_are_written_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(without_an_action_v1_cannot_be_written, setup, teardown),
        cmocka_unit_test(every_constant_has_its_name),
        cmocka_unit_test(a_channel_is_built_from_name_and_id),
        cmocka_unit_test(a_path_names_an_order_or_none),
        cmocka_unit_test(only_web_addresses_are_links),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
