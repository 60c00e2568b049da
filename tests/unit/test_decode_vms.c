/* tests/unit/test_decode_vms.c - every fixture of the video management back end, field by field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/stamp.h"
#include "support/fixture.h"
#include "support/vms_frames.h"

static int64_t at(const char *stamp)
{
    int64_t ms = 0;

    assert_true(stamp_parse(str_from(stamp), &ms));
    return ms;
}

/* ---- one row a fixture ------------------------------------------------------------------------- */

static void every_wire_type_has_its_event_and_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < (size_t)VMS_FRAMES; i++) {
        const struct vms_record *r = fixture(vms_rows_wanted[i].fixture);

        assert_int_equal(vms_rows_wanted[i].type, r->type);
        assert_string_equal(vms_rows_wanted[i].wire, r->type_name);
        if (r->type != VMS_UNKNOWN)
            assert_string_equal(vms_rows_wanted[i].wire, vms_type_name(r->type));
        assert_string_equal(vms_rows_wanted[i].holder, vms_holder_name(r->holder));
        line_is(vms_rows_wanted[i].text);
    }
}

static void look_up(const char *path, void *context)
{
    size_t *frames = context;
    char wanted[96];

    if (!str_starts(str_from(path), STR("vms/frame_")))
        return;
    ++*frames;
    for (size_t i = 0; i < (size_t)VMS_FRAMES; i++) {
        (void)str_format(wanted, sizeof wanted, "vms/frame_%s.json", vms_rows_wanted[i].fixture);
        if (strcmp(wanted, path) == 0)
            return;
    }
    fail_msg("%s is in no row", path);
}

static void no_fixture_is_left_out(void **state)
{
    size_t frames = 0;

    (void)state;
    (void)fixture_each(look_up, &frames);
    assert_int_equal(VMS_FRAMES, frames);
}

static void the_document_has_fifteen_holders_and_the_sdk_one_more(void **state)
{
    static const char *const document[] = {
        "vmsLogoutSocket",        "vmsCamerasSocket",     "vmsCamerasFavoriteSocket",
        "vmsCamerasGroupsSocket", "vmsPermissionsSocket", "vmsMarksSocket",
        "vmsIntercomEventSocket", "vmsArchiveLinkSocket", "vmsIntercomKeySocket",
        "vmsIntercomSocket",      "vmsVisitorSocket",     "vmsVisitHistorySocket",
        "vmsCancelCallSocket",    "vmsErrorSocket",       "vmsAnalyticEventCreatedSocket",
    };
    bool seen[VMS_HOLDERS] = {false};
    const struct wire_event error = {
        .kind = WIRE_FAULT, .name = STR("wsurl_error"), .text = STR("closed (4001)")};

    (void)state;
    for (size_t i = 0; i < (size_t)VMS_FRAMES; i++)
        seen[fixture(vms_rows_wanted[i].fixture)->holder] = true;
    assert_int_equal(VMS_DECODED, vms_decode(&error, &record));
    line_is("Socket failed, fetching a new address: closed (4001)");
    seen[record.holder] = true;
    for (int h = VMS_HOLDER_NONE + 1; h < VMS_HOLDERS; h++)
        assert_true(seen[h]);
    assert_int_equal(15, COUNT_OF(document));
    assert_int_equal(16, VMS_HOLDERS - 1);
    for (size_t i = 0; i < COUNT_OF(document); i++) {
        bool found = false;
        for (int h = VMS_HOLDER_NONE + 1; h < VMS_HOLDERS; h++)
            found |= strcmp(document[i], vms_holder_name((enum vms_holder)h)) == 0;
        assert_true(found);
    }
    assert_string_equal("vmsGroupSocket", vms_holder_name(VMS_HOLDER_GROUP));
}

/* ---- fields ------------------------------------------------------------------------------------ */

static void a_logout_gives_its_reason(void **state)
{
    const struct vms_record *r = fixture("logout");

    (void)state;
    assert_string_equal("Your session was closed on another device", r->subject);
    assert_string_equal("", r->message);
    assert_string_equal("ok", r->status);
    assert_int_equal(LOG_ERROR, r->severity);
    assert_true(r->important);
    assert_string_equal("", fixture("logout_null_subject")->subject);
}

static void an_archive_is_found_at_either_place(void **state)
{
    static const char *const url = "https://vms.example.com/archive/318-20251120-1400.mp4";

    (void)state;
    assert_string_equal(url, fixture("archive_generated")->archive_url);
    assert_false(record.failed);
    assert_false(record.important);
    assert_string_equal(url, fixture("archive_generated_new_only")->archive_url);
    assert_string_equal("", fixture("archive_generated_error")->archive_url);
    assert_true(record.failed);
    assert_string_equal("error", record.status);
    assert_int_equal(LOG_WARNING, record.severity);
    assert_true(record.important);
    assert_int_equal(VMS_DECODED,
                     read_as(TOKEN_PUSH, "{\"data\":{\"type\":\"archive_generated\",\"status\":"
                                         "\"ok\",\"data\":{\"url\":\"/a.mp4\"}}}"));
    assert_string_equal("/a.mp4", record.archive_url);
}

static void cameras_that_come_and_go_are_counted_and_kept(void **state)
{
    const struct vms_record *r = fixture("cameras_updated");

    (void)state;
    assert_int_equal(2, r->attached.count);
    assert_int_equal(318, r->attached.id[0]);
    assert_int_equal(319, r->attached.id[1]);
    assert_int_equal(1, r->detached.count);
    assert_int_equal(207, r->detached.id[0]);
    r = fixture("cameras_updated_no_data");
    assert_false(r->attached.known);
    assert_false(r->detached.known);
}

static void favourites_have_all_their_fields(void **state)
{
    const struct vms_favorite *f = &fixture("camera_store_favorite")->favorite;

    (void)state;
    assert_int_equal(517, f->user_id);
    assert_int_equal(318, f->camera_id);
    assert_int_equal(4, f->order);
    assert_string_equal("Charger yard north", f->name);
    assert_string_equal("active", f->status);
    assert_int_equal(1, f->is_favorite);
    f = &fixture("camera_destroy_favorite")->favorite;
    assert_int_equal(517, f->user_id);
    assert_int_equal(318, f->camera_id);
    assert_true(f->order == VMS_UNKNOWN_INT);
    assert_int_equal(0, f->is_favorite);
}

static void groups_have_ids_and_names(void **state)
{
    const struct vms_record *r = fixture("groups_created");

    (void)state;
    assert_int_equal(61, r->group.id);
    assert_string_equal("Charger bays", r->group.name);
    r = fixture("groups_deleted");
    assert_int_equal(2, r->ids.count);
    assert_int_equal(61, r->ids.id[0]);
    assert_int_equal(62, r->ids.id[1]);
}

static void is_yard(const struct vms_camera *c)
{
    assert_int_equal(318, c->id);
    assert_string_equal("Charger yard north", c->name);
    assert_string_equal("active", c->status);
    assert_string_equal("7221 Olaya Street", c->address);
}

static void a_mark_has_times_camera_and_author(void **state)
{
    const struct vms_camera_event *e = &fixture("mark_created")->camera_event;

    (void)state;
    assert_int_equal(70211, e->id);
    assert_string_equal("mark", e->type);
    assert_string_equal("Cable left on the floor", e->title);
    assert_true(e->created_unix_ms == at("2025-11-20T14:20:09Z"));
    assert_true(e->from_unix_ms == at("2025-11-20T14:19:40Z"));
    assert_true(e->to_unix_ms == at("2025-11-20T14:20:05Z"));
    assert_int_equal(318, e->camera_id);
    is_yard(&e->camera);
    assert_int_equal(1, e->can_delete);
    assert_string_equal("", e->preview_url);
    assert_int_equal(517, e->user_id);
    assert_string_equal("Site operator", e->user_name);
    assert_true(e->similarity_milli == VMS_UNKNOWN_INT);
    assert_int_equal(-1, e->is_intercom);

    e = &fixture("mark_updated")->camera_event;
    assert_string_equal("Cable moved", e->title);
    is_yard(&e->camera);
    e = &fixture("mark_deleted")->camera_event;
    assert_int_equal(70211, e->id);
    assert_string_equal("", e->camera.name);
    assert_true(e->camera.id == VMS_UNKNOWN_INT);
    assert_true(e->to_unix_ms == VMS_UNKNOWN_INT);
}

static void analytic_has(const char *shortened, int64_t id, const char *case_type, int64_t case_id,
                         const char *pretty)
{
    char preview[64], uuid[64], path[96];

    (void)str_format(path, sizeof path, "analytic_case_%s", shortened);
    const struct vms_camera_event *e = &fixture(path)->camera_event;

    (void)str_format(preview, sizeof preview, "/storage/previews/%lld.jpg", (long long)id);
    (void)str_format(uuid, sizeof uuid, "b7b1f0de-2a51-4a3f-9b70-%012lld", (long long)id);
    assert_int_equal(id, e->id);
    assert_string_equal(uuid, e->uuid);
    assert_string_equal("", e->type);
    assert_string_equal(case_type, e->case_type);
    assert_int_equal(case_id, e->case_id);
    assert_string_equal(pretty, e->type_pretty);
    assert_true(e->created_unix_ms == at("2025-11-20T14:31:00Z"));
    assert_true(e->from_unix_ms == at("2025-11-20T14:30:58Z"));
    assert_true(e->to_unix_ms == VMS_UNKNOWN_INT);
    is_yard(&e->camera);
    assert_int_equal(318, e->camera_id);
    assert_string_equal(preview, e->preview_url);
}

static void each_analysis_has_its_own_fields(void **state)
{
    const struct vms_camera_event *e = &record.camera_event;

    (void)state;
    analytic_has("motion_detect_event_created", 91001, "motion_detect", 40, "Motion detection");
    assert_int_equal(0, e->is_intercom);
    analytic_has("line_intersection_event_created", 91002, "line_intersection", 41,
                 "Line crossing");
    assert_int_equal(3, e->event.id);
    assert_string_equal("line_in", e->event.name);
    assert_string_equal("Entered", e->event.type_pretty);
    assert_string_equal("#ffb300", e->event.color);
    analytic_has("smoke_fire_event_created", 91003, "smoke_fire", 42, "Smoke and fire");
    assert_int_equal(4, e->event.id);
    assert_string_equal("smoke", e->event.name);
    assert_int_equal(LOG_ERROR, record.severity);
    assert_true(record.important);
    analytic_has("loud_sound_event_created", 91004, "loud_sound", 43, "Loud sound");
    assert_false(record.important);
    analytic_has("camera_obstacle_event_created", 91005, "camera_obstacle", 44,
                 "Camera obstructed");
    assert_int_equal(LOG_WARNING, record.severity);
    assert_true(record.important);
    analytic_has("face_event_created", 91006, "face", 45, "Face recognition");
    assert_int_equal(930, e->similarity_milli);
    assert_string_equal("/storage/crops/91006.jpg", e->crop);
    assert_int_equal(12, e->file.id);
    assert_string_equal("Night shift lead", e->file.name);
    assert_string_equal("face_resource", e->file.type);
    assert_string_equal("6d1f4a52-77a0-4f0e-8f0b-0123456789ab", e->file.uuid);
    assert_string_equal("", e->file.body);
    assert_string_equal("/storage/faces/12.jpg", e->file.url);
    assert_true(e->file.created_unix_ms == at("2025-03-02T10:00:00Z"));
    assert_true(e->file.updated_unix_ms == at("2025-03-02T10:00:00Z"));
    analytic_has("face_event_created_intercom", 91020, "face", 40, "Face recognition");
    assert_int_equal(1, e->is_intercom);
    analytic_has("license_plate_event_created", 91007, "license_plate", 46, "Licence plate");
    assert_string_equal("7421 RBA", e->license_plate);
    assert_string_equal("/storage/crops/91007.jpg", e->crop);
    assert_string_equal("Not in list", e->event.type_pretty);
    analytic_has("person_counting_event_created", 91008, "person_counting", 47, "People counting");
    assert_int_equal(14, e->rect);
    analytic_has("visitor_counting_event_created", 91009, "visitor_counting", 48,
                 "Visitor counting");
    assert_int_equal(132, e->rect);
    analytic_has("container_number_recognition_event_created", 91010,
                 "container_number_recognition", 49, "Container number");
    assert_string_equal("MSKU 123456 7", e->container_code);
    assert_string_equal("45G1", e->container_dims_code);
}

static void is_gate(const struct vms_intercom *i, const char *title, bool online, bool enabled)
{
    assert_int_equal(22, i->id);
    assert_string_equal(title, i->title);
    assert_int_equal(online, i->is_online);
    assert_int_equal(14, i->department);
    assert_string_equal("7221 Olaya Street", i->address);
    assert_int_equal(318, i->camera.id);
    assert_string_equal("Charger yard north", i->camera.name);
    assert_int_equal(enabled, i->is_enabled);
    assert_int_equal(1, i->is_open_door_app);
    assert_true(i->created_unix_ms == at("2025-05-10T06:00:00Z"));
    assert_true(i->updated_unix_ms == at("2025-11-20T14:00:00Z"));
}

static void intercoms_have_all_their_fields(void **state)
{
    const struct vms_record *r = &record;

    (void)state;
    is_gate(&fixture("intercom_store")->intercom, "Gate intercom", true, true);
    assert_string_equal("0b3f6c1e-58b0-4c1c-9a55-8c6b3c0e7701", r->notification_id);
    assert_false(r->ids.known);
    is_gate(&fixture("intercom_rename")->intercom, "North gate intercom", true, true);
    is_gate(&fixture("intercom_update")->intercom, "Gate intercom", true, false);
    is_gate(&fixture("intercom_add")->intercom, "Gate intercom", false, true);
    is_gate(&fixture("intercom_key_confirmed")->intercom, "Gate intercom", true, true);
    assert_int_equal(300, r->expire_in_s);
    is_gate(&fixture("intercom_key_error")->intercom, "Gate intercom", true, true);
    assert_int_equal(0, r->expire_in_s);
    assert_string_equal("The key was not recognised", r->error);
    assert_true(r->important);
    assert_string_equal("This intercom is already registered",
                        fixture("intercom_add_error")->error);
    (void)fixture("intercom_delete");
    assert_int_equal(2, r->ids.count);
    assert_int_equal(22, r->ids.id[0]);
    assert_int_equal(23, r->ids.id[1]);
    assert_string_equal("", r->intercom.title);
}

static void visitors_and_calls_have_all_their_fields(void **state)
{
    const struct vms_record *r = fixture("intercom_code_store");

    (void)state;
    assert_int_equal(903, r->code.id);
    assert_string_equal("Cable contractor", r->code.title);
    assert_true(r->code.created_unix_ms == at("2025-11-20T13:00:00Z"));
    assert_true(r->code.expired_unix_ms == at("2025-11-21T13:00:00Z"));
    assert_int_equal(0, r->code.is_expired);
    assert_true(r->code.will_deleted_unix_ms == at("2025-11-28T13:00:00Z"));
    assert_int_equal(22, r->code.intercom.id);
    assert_string_equal("Gate intercom", r->code.intercom.title);
    r = fixture("intercom_code_delete");
    assert_int_equal(1, r->ids.count);
    assert_int_equal(903, r->ids.id[0]);
    r = fixture("intercom_call_store");
    assert_int_equal(5561, r->call.id);
    assert_string_equal("ended", r->call.status);
    assert_string_equal("call", r->call.type);
    assert_string_equal("", r->call.mark_type);
    assert_true(r->call.created_unix_ms == at("2025-11-20T14:11:12Z"));
    assert_true(r->call.started_unix_ms == at("2025-11-20T14:11:20Z"));
    assert_true(r->call.ended_unix_ms == at("2025-11-20T14:11:48Z"));
    assert_string_equal("Gate intercom", r->call.intercom.title);
    r = fixture("intercom_call_delete");
    assert_int_equal(5561, r->ids.id[0]);
    assert_int_equal(5562, r->ids.id[1]);
}

static void a_cancelled_call_has_ids_of_text_or_number(void **state)
{
    const struct vms_cancel *c = &fixture("intercom_cancel")->cancel;

    (void)state;
    assert_string_equal("22", c->id);
    assert_string_equal("5561", c->call_id);
    assert_string_equal("Gate intercom", c->title);
    assert_string_equal("", c->video_url);
    assert_true(c->call_created_unix_ms == at("2025-11-20T14:11:12Z"));
    assert_string_equal("318", c->camera_id);
    assert_string_equal("", c->mark_type);
    assert_int_equal(1, c->is_open_door_app);
    c = &fixture("intercom_cancel_int_ids")->cancel;
    assert_string_equal("22", c->id);
    assert_string_equal("5561", c->call_id);
    assert_string_equal("7221 Olaya Street", c->address);
}

static void an_unknown_type_is_shown_as_it_came(void **state)
{
    const struct vms_record *r = fixture("unknown_type");
    char line[VMS_LINE_MAX], long_data[600];

    (void)state;
    assert_int_equal(LOG_INFO, r->severity);
    assert_string_equal("other", vms_group_name(r));
    (void)vms_short_name(r, line, sizeof line);
    assert_string_equal("stations_rebooted", line);
    (void)str_format(long_data, sizeof long_data,
                     "{\"data\":{\"type\":\"new\",\"data\":\"%0400d\"}}", 7);
    assert_int_equal(VMS_DECODED, read_as(USER_PUSH, long_data));
    const size_t len = vms_text(&record, line, sizeof line);
    assert_true(len < 140);
    assert_true(str_ends((struct str){line, len}, STR("...")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_wire_type_has_its_event_and_its_line),
        cmocka_unit_test(no_fixture_is_left_out),
        cmocka_unit_test(the_document_has_fifteen_holders_and_the_sdk_one_more),
        cmocka_unit_test(a_logout_gives_its_reason),
        cmocka_unit_test(an_archive_is_found_at_either_place),
        cmocka_unit_test(cameras_that_come_and_go_are_counted_and_kept),
        cmocka_unit_test(favourites_have_all_their_fields),
        cmocka_unit_test(groups_have_ids_and_names),
        cmocka_unit_test(a_mark_has_times_camera_and_author),
        cmocka_unit_test(each_analysis_has_its_own_fields),
        cmocka_unit_test(intercoms_have_all_their_fields),
        cmocka_unit_test(visitors_and_calls_have_all_their_fields),
        cmocka_unit_test(a_cancelled_call_has_ids_of_text_or_number),
        cmocka_unit_test(an_unknown_type_is_shown_as_it_came),
    };

    return cmocka_run_group_tests(tests, vms_frames_open, vms_frames_close);
}
