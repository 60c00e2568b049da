/* tests/unit/test_decode_vms_rules.c - what holds for every event of the video back end: names, refusals, codes that
 * are not told, fields for programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/stamp.h"
#include "base/text.h"
#include "support/fixture.h"
#include "support/vms_frames.h"

static void rejects(const char *event, const char *json, const char *field, const char *reason)
{
    assert_int_equal(VMS_REJECTED, read_as(event, json));
    assert_string_equal(field, record.field);
    assert_string_equal(reason, record.reason);
}

/* ---- rules --------------------------------------------------------------------------------------- */

static void types_are_compared_without_case(void **state)
{
    (void)state;
    assert_int_equal(VMS_DECODED, read_as(TOKEN_PUSH, "{\"data\":{\"type\":\"LogOut\"}}"));
    assert_int_equal(VMS_LOGOUT, record.type);
    assert_int_equal(VMS_DECODED, read_as(NOTE, "{\"type\":\"Intercom.Call.DELETE\","
                                                "\"deleted_ids\":[1]}"));
    assert_int_equal(VMS_INTERCOM_CALL_DELETE, record.type);
}

static void nothing_but_a_logout_on_the_token_channel_is_a_logout(void **state)
{
    (void)state;
    assert_int_equal(VMS_DECODED, read_as(TOKEN_PUSH, "{\"data\":{\"type\":\"cameras_updated\"}}"));
    assert_int_equal(VMS_UNKNOWN, record.type);
    assert_int_equal(VMS_DECODED, read_as(USER_PUSH, "{\"data\":{\"type\":\"logout\"}}"));
    assert_int_equal(VMS_UNKNOWN, record.type);
}

static void a_cancelled_call_is_known_under_any_event_name(void **state)
{
    static const char *const json =
        "{\"type\":\"intercom_cancel\",\"data\":{\"id\":1,\"title\":\"Gate\"}}";

    (void)state;
    assert_int_equal(VMS_DECODED, read_as(USER_PUSH, json));
    assert_int_equal(VMS_INTERCOM_CANCEL, record.type);
    assert_int_equal(VMS_DECODED, read_as("anything", json));
    assert_int_equal(VMS_INTERCOM_CANCEL, record.type);
}

static void other_events_are_not_ours(void **state)
{
    const struct wire_event fault = {.kind = WIRE_FAULT, .name = STR("2149"), .text = STR("no")};

    (void)state;
    assert_int_equal(VMS_NOT_OURS, read_as("App\\Events\\ChargePointConsumption", "{}"));
    assert_int_equal(VMS_NOT_OURS, read_as("pusher:pong", "{}"));
    assert_int_equal(VMS_NOT_OURS, vms_decode(&fault, &record));
}

static void what_cannot_be_read_is_rejected_by_its_field(void **state)
{
    (void)state;
    rejects(USER_PUSH, "{broken", "data", "not JSON");
    rejects(USER_PUSH, "[]", "data", "not an object");
    rejects(USER_PUSH, "{}", "data", "missing");
    rejects(USER_PUSH, "{\"data\":[]}", "data", "not an object");
    rejects(USER_PUSH, "{\"data\":{}}", "type", "missing");
    rejects(USER_PUSH, "{\"data\":{\"type\":7}}", "type", "not text");
    rejects(USER_PUSH, "{\"data\":{\"type\":\"mark_created\"}}", "data", "missing");
    rejects(USER_PUSH, "{\"data\":{\"type\":\"mark_created\",\"data\":{\"created_at\":\"soon\"}}}",
            "created_at", "not a time stamp");
    rejects(USER_PUSH, "{\"data\":{\"type\":\"mark_created\",\"data\":{\"camera\":3}}}", "camera",
            "not an object");
    rejects(USER_PUSH, "{\"data\":{\"type\":\"cameras_updated\",\"data\":{\"attached\":[\"x\"]}}}",
            "attached", "not a list of ids");
    rejects(
        USER_PUSH,
        "{\"data\":{\"type\":\"analytic_case_face_event_created\",\"data\":{\"similarity\":2}}}",
        "similarity", "not from 0 to 1");
    rejects(USER_PUSH,
            "{\"data\":{\"type\":\"analytic_case_person_counting_event_created\",\"data\":{}}}",
            "rect", "missing");
    rejects(USER_PUSH,
            "{\"data\":{\"type\":\"analytic_case_person_counting_event_created\","
            "\"data\":{\"rect\":{\"x\":1}}}}",
            "rect", "not a count");
    rejects(USER_PUSH, "{\"data\":{\"type\":\"groups_deleted\",\"data\":{\"ids\":null}}}", "ids",
            "missing");
    rejects(TOKEN_PUSH, "{\"data\":{\"type\":\"archive_generated\",\"status\":\"ok\"}}",
            "download.url", "missing");
    rejects(NOTE, "{\"id\":\"x\"}", "type", "missing");
    rejects(NOTE, "{\"type\":\"intercom.store\",\"intercom\":null}", "intercom", "missing");
    rejects(NOTE, "{\"type\":\"intercom.delete\"}", "deleted_ids", "missing");
    rejects(NOTE, "{\"type\":\"intercom.code.store\",\"intercom_code\":{\"title\":{}}}", "title",
            "not text");
    rejects(NOTE, "{\"type\":\"intercom_cancel\",\"data\":null}", "data", "missing");
}

static void text_from_the_network_is_clean(void **state)
{
    char line[VMS_LINE_MAX];

    (void)state;
    assert_int_equal(VMS_DECODED,
                     read_as(USER_PUSH, "{\"data\":{\"type\":\"mark_created\",\"data\":{\"title\":"
                                        "\"a\\u001b[31m\\nb\\u202e\",\"camera_id\":\"318\"}}}"));
    (void)vms_text(&record, line, sizeof line);
    assert_string_equal("Mark created: a\uFFFD[31m b\uFFFD @ camera 318", line);
}

static void long_lists_are_counted_and_their_beginning_is_kept(void **state)
{
    char json[512];
    size_t len = str_format(json, sizeof json, "{\"type\":\"intercom.delete\",\"deleted_ids\":[1");

    (void)state;
    for (int i = 2; i <= 40; i++)
        len += str_format(json + len, sizeof json - len, ",%d", i);
    (void)str_format(json + len, sizeof json - len, "]}");
    assert_int_equal(VMS_DECODED, read_as(NOTE, json));
    assert_int_equal(40, record.ids.count);
    assert_int_equal(VMS_IDS_MAX, record.ids.id[VMS_IDS_MAX - 1]);
    line_is("Intercoms deleted: 1, 2, 3, 4, 5, 6, ... (40)");
}

/* ---- visitor codes ----------------------------------------------------------------------------- */

static void visitor_codes_do_not_stay_in_frames(void **state)
{
    struct buf masked, file;
    struct json_value v;

    (void)state;
    buf_init(&masked, 65536);
    buf_init(&file, 65536);
    const struct str frame = fixture_read("vms/frame_intercom_code_store.json", &file);
    assert_true(str_find(frame, STR("482913")) < frame.len);
    assert_true(vms_mask_codes(frame, &masked));
    assert_int_equal(frame.len, masked.len);
    assert_int_equal(masked.len, str_find(buf_str(&masked), STR("482913")));
    assert_int_equal(CT_OK, json_parse(buf_str(&masked), &v));
    const struct wire_event e = frame_of(buf_str(&masked));
    assert_int_equal(e.data.len, str_find(e.data, STR("482913")));
    assert_int_equal(VMS_DECODED, vms_decode(&e, &record));
    assert_string_equal("Cable contractor", record.code.title);
    buf_clear(&masked);
    buf_clear(&file);
}

static void codes_of_every_spelling_are_masked(void **state)
{
    static const char *const rows_of[][2] = {
        {"{\"intercom_code\":{\"code\": \"12\\\"34\",\"id\":9}}",
         "{\"intercom_code\":{\"code\": \"******\",\"id\":9}}"},
        {"{\"intercom_code\":{\"code\":1234,\"id\":9}}",
         "{\"intercom_code\":{\"code\":   0,\"id\":9}}"},
        {"{\\\"intercom_code\\\":{\\\"code\\\":\\\"1\\\\\\\"2\\\",\\\"id\\\":9}}",
         "{\\\"intercom_code\\\":{\\\"code\\\":\\\"******\\\",\\\"id\\\":9}}"},
        {"{\"intercom_code\":{\"code\":null}}", "{\"intercom_code\":{\"code\":null}}"},
    };
    struct buf masked;

    (void)state;
    buf_init(&masked, 4096);
    for (size_t i = 0; i < COUNT_OF(rows_of); i++) {
        assert_true(vms_mask_codes(str_from(rows_of[i][0]), &masked));
        assert_string_equal(rows_of[i][1], buf_cstr(&masked));
    }
    assert_false(vms_mask_codes(STR("{\"container_code\":\"MSKU\",\"code\":\"4001\"}"), &masked));
    buf_clear(&masked);
}

/* ---- for programs ------------------------------------------------------------------------------- */

static void a_record_is_written_with_typed_fields(void **state)
{
    struct json_writer w;
    struct buf to;

    (void)state;
    buf_init(&to, 8192);
    (void)fixture("analytic_case_face_event_created");
    jw_init(&w, &to);
    jw_object(&w);
    vms_write(&record, &w);
    jw_object_end(&w);
    assert_int_equal(CT_OK, w.err);
    assert_string_equal(
        "{\"type\":\"analytic_case_face_event_created\",\"holder\":"
        "\"vmsAnalyticEventCreatedSocket\",\"text\":\"Face Night shift lead 93 % @ Charger yard "
        "north\",\"severity\":\"info\",\"status\":\"ok\",\"id\":91006,\"camera\":\"Charger yard "
        "north\",\"camera_id\":318,\"type_pretty\":\"Face recognition\",\"case_type\":\"face\","
        "\"case_id\":45,\"face\":\"Night shift lead\",\"similarity\":0.93,\"is_intercom\":false,"
        "\"created_at\":\"2025-11-20T14:31:00.000Z\",\"from\":\"2025-11-20T14:30:58.000Z\","
        "\"preview_url\":\"/storage/previews/91006.jpg\",\"crop\":\"/storage/crops/91006.jpg\"}",
        buf_cstr(&to));
    buf_clear(&to);
}

static void no_record_written_tells_a_visitor_code(void **state)
{
    struct json_writer w;
    struct buf to;

    (void)state;
    buf_init(&to, 8192);
    (void)fixture("intercom_code_store");
    jw_init(&w, &to);
    jw_object(&w);
    vms_write(&record, &w);
    jw_object_end(&w);
    assert_int_equal(to.len, str_find(buf_str(&to), STR("482913")));
    assert_true(str_find(buf_str(&to), STR("\"visitor\":\"Cable contractor\"")) < to.len);
    buf_clear(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_compared_without_case),
        cmocka_unit_test(nothing_but_a_logout_on_the_token_channel_is_a_logout),
        cmocka_unit_test(a_cancelled_call_is_known_under_any_event_name),
        cmocka_unit_test(other_events_are_not_ours),
        cmocka_unit_test(what_cannot_be_read_is_rejected_by_its_field),
        cmocka_unit_test(text_from_the_network_is_clean),
        cmocka_unit_test(long_lists_are_counted_and_their_beginning_is_kept),
        cmocka_unit_test(visitor_codes_do_not_stay_in_frames),
        cmocka_unit_test(codes_of_every_spelling_are_masked),
        cmocka_unit_test(a_record_is_written_with_typed_fields),
        cmocka_unit_test(no_record_written_tells_a_visitor_code),
    };

    return cmocka_run_group_tests(tests, vms_frames_open, vms_frames_close);
}
