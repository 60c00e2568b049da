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
#include "base/text.h"
#include "decode/vms.h"
#include "support/fixture.h"

enum { FRAMES = 44 };

static struct vms_record record;
static struct buf file, name, data;

static int teardown(void **state)
{
    (void)state;
    buf_clear(&file);
    buf_clear(&name);
    buf_clear(&data);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    buf_init(&file, 65536);
    buf_init(&name, 4096);
    buf_init(&data, 65536);
    return 0;
}

static struct wire_event frame_of(struct str text)
{
    struct json_value root, v;
    struct wire_event e = {.kind = WIRE_FRAME, .text = text};

    buf_reset(&name);
    buf_reset(&data);
    assert_int_equal(CT_OK, json_parse(text, &root));
    assert_true(json_get(root, STR("event"), &v));
    assert_int_equal(CT_OK, json_string_append(v, &name));
    assert_true(json_get(root, STR("data"), &v));
    assert_int_equal(CT_OK, json_string_append(v, &data));
    e.name = buf_str(&name);
    e.data = buf_str(&data);
    return e;
}

static const struct vms_record *decode(const char *path)
{
    struct wire_event e;

    buf_reset(&file);
    e = frame_of(fixture_read(path, &file));
    assert_int_equal(VMS_DECODED, vms_decode(&e, &record));
    return &record;
}

static const struct vms_record *fixture(const char *shortened)
{
    char path[96];

    (void)str_format(path, sizeof path, "vms/frame_%s.json", shortened);
    return decode(path);
}

/* Data of an event of that name, decoded. */
static enum vms_result read_as(const char *event, const char *json)
{
    const struct wire_event e = {
        .kind = WIRE_FRAME, .name = str_from(event), .data = str_from(json)};

    return vms_decode(&e, &record);
}

#define USER_PUSH "App\\Events\\UserPush"
#define TOKEN_PUSH "App\\Events\\TokenPush"
#define NOTE "Illuminate\\Notifications\\Events\\BroadcastNotificationCreated"

static void rejects(const char *event, const char *json, const char *field, const char *reason)
{
    assert_int_equal(VMS_REJECTED, read_as(event, json));
    assert_string_equal(field, record.field);
    assert_string_equal(reason, record.reason);
}

static int64_t at(const char *stamp)
{
    int64_t ms = 0;

    assert_true(stamp_parse(str_from(stamp), &ms));
    return ms;
}

static void line_is(const char *expected)
{
    char line[VMS_LINE_MAX];

    (void)vms_text(&record, line, sizeof line);
    assert_string_equal(expected, line);
}

/* ---- one row a fixture ------------------------------------------------------------------------- */

static const struct {
    const char *fixture, *wire, *holder, *text;
    enum vms_type type;
} rows[] = {
    {"logout", "logout", "vmsLogoutSocket", "Logged out: Your session was closed on another device",
     VMS_LOGOUT},
    {"logout_null_subject", "logout", "vmsLogoutSocket", "Logged out: session closed", VMS_LOGOUT},
    {"archive_generated", "archive_generated", "vmsArchiveLinkSocket",
     "Archive ready: https://vms.example.com/archive/318-20251120-1400.mp4", VMS_ARCHIVE_GENERATED},
    {"archive_generated_new_only", "archive_generated", "vmsArchiveLinkSocket",
     "Archive ready: https://vms.example.com/archive/318-20251120-1400.mp4", VMS_ARCHIVE_GENERATED},
    {"archive_generated_error", "archive_generated", "vmsArchiveLinkSocket", "Archive failed",
     VMS_ARCHIVE_GENERATED},
    {"permissions_updated", "permissions_updated", "vmsPermissionsSocket",
     "Permissions changed, reload", VMS_PERMISSIONS_UPDATED},
    {"cameras_updated", "cameras_updated", "vmsCamerasSocket", "Cameras +2 -1",
     VMS_CAMERAS_UPDATED},
    {"cameras_updated_no_data", "cameras_updated", "vmsCamerasSocket", "Cameras changed",
     VMS_CAMERAS_UPDATED},
    {"camera_store_favorite", "camera.store_favorite", "vmsCamerasFavoriteSocket",
     "Favourite added: Charger yard north", VMS_CAMERA_STORE_FAVORITE},
    {"camera_destroy_favorite", "camera.destroy_favorite", "vmsCamerasFavoriteSocket",
     "Favourite removed: Charger yard north", VMS_CAMERA_DESTROY_FAVORITE},
    {"groups_updated", "groups_updated", "vmsCamerasGroupsSocket", "Camera groups changed",
     VMS_GROUPS_UPDATED},
    {"camera_groups_synced", "camera_groups_synced", "vmsCamerasGroupsSocket",
     "Camera groups synced", VMS_CAMERA_GROUPS_SYNCED},
    {"groups_created", "groups_created", "vmsGroupSocket", "Group created: Charger bays",
     VMS_GROUPS_CREATED},
    {"groups_deleted", "groups_deleted", "vmsGroupSocket", "Groups deleted: 61, 62",
     VMS_GROUPS_DELETED},
    {"mark_created", "mark_created", "vmsMarksSocket",
     "Mark created: Cable left on the floor @ Charger yard north", VMS_MARK_CREATED},
    {"mark_updated", "mark_updated", "vmsMarksSocket",
     "Mark changed: Cable moved @ Charger yard north", VMS_MARK_UPDATED},
    {"mark_deleted", "mark_deleted", "vmsMarksSocket", "Mark deleted: Cable moved @ camera 318",
     VMS_MARK_DELETED},
    {"analytic_case_motion_detect_event_created", "analytic_case_motion_detect_event_created",
     "vmsAnalyticEventCreatedSocket", "Motion @ Charger yard north", VMS_MOTION_DETECT},
    {"analytic_case_line_intersection_event_created",
     "analytic_case_line_intersection_event_created", "vmsAnalyticEventCreatedSocket",
     "Line crossed @ Charger yard north: Entered", VMS_LINE_INTERSECTION},
    {"analytic_case_smoke_fire_event_created", "analytic_case_smoke_fire_event_created",
     "vmsAnalyticEventCreatedSocket", "SMOKE/FIRE @ Charger yard north: Smoke", VMS_SMOKE_FIRE},
    {"analytic_case_loud_sound_event_created", "analytic_case_loud_sound_event_created",
     "vmsAnalyticEventCreatedSocket", "Loud sound @ Charger yard north", VMS_LOUD_SOUND},
    {"analytic_case_camera_obstacle_event_created", "analytic_case_camera_obstacle_event_created",
     "vmsAnalyticEventCreatedSocket", "Camera blocked: Charger yard north", VMS_CAMERA_OBSTACLE},
    {"analytic_case_face_event_created", "analytic_case_face_event_created",
     "vmsAnalyticEventCreatedSocket", "Face Night shift lead 93 % @ Charger yard north", VMS_FACE},
    {"analytic_case_face_event_created_intercom", "analytic_case_face_event_created",
     "vmsIntercomEventSocket", "Face Night shift lead 93 % @ Charger yard north", VMS_FACE},
    {"analytic_case_license_plate_event_created", "analytic_case_license_plate_event_created",
     "vmsAnalyticEventCreatedSocket", "Plate 7421 RBA @ Charger yard north", VMS_LICENSE_PLATE},
    {"analytic_case_person_counting_event_created", "analytic_case_person_counting_event_created",
     "vmsAnalyticEventCreatedSocket", "People: 14 @ Charger yard north", VMS_PERSON_COUNTING},
    {"analytic_case_visitor_counting_event_created", "analytic_case_visitor_counting_event_created",
     "vmsAnalyticEventCreatedSocket", "Visitors: 132 @ Charger yard north", VMS_VISITOR_COUNTING},
    {"analytic_case_container_number_recognition_event_created",
     "analytic_case_container_number_recognition_event_created", "vmsAnalyticEventCreatedSocket",
     "Container MSKU 123456 7 @ Charger yard north", VMS_CONTAINER_NUMBER},
    {"layouts_updated", "layouts_updated", "", "Layouts changed", VMS_LAYOUTS_UPDATED},
    {"intercom_store", "intercom.store", "vmsIntercomSocket", "Intercom added: Gate intercom",
     VMS_INTERCOM_STORE},
    {"intercom_rename", "intercom.rename", "vmsIntercomSocket",
     "Intercom renamed: North gate intercom", VMS_INTERCOM_RENAME},
    {"intercom_update", "intercom.update", "vmsIntercomSocket", "Intercom changed: Gate intercom",
     VMS_INTERCOM_UPDATE},
    {"intercom_delete", "intercom.delete", "vmsIntercomSocket", "Intercoms deleted: 22, 23",
     VMS_INTERCOM_DELETE},
    {"intercom_add", "intercom.add", "", "Intercom waiting for activation", VMS_INTERCOM_ADD},
    {"intercom_key_confirmed", "intercom.key_confirmed", "vmsIntercomKeySocket",
     "Key confirmed: Gate intercom, 300 s left", VMS_INTERCOM_KEY_CONFIRMED},
    {"intercom_key_error", "intercom.key_error", "vmsIntercomKeySocket",
     "Intercom key failed: The key was not recognised", VMS_INTERCOM_KEY_ERROR},
    {"intercom_add_error", "intercom.add_error", "vmsIntercomKeySocket",
     "Intercom add failed: This intercom is already registered", VMS_INTERCOM_ADD_ERROR},
    {"intercom_code_store", "intercom.code.store", "vmsVisitorSocket",
     "Visitor code for Cable contractor until 2025-11-21 13:00 UTC", VMS_INTERCOM_CODE_STORE},
    {"intercom_code_delete", "intercom.code.delete", "vmsVisitorSocket", "Visitor codes deleted: 1",
     VMS_INTERCOM_CODE_DELETE},
    {"intercom_call_store", "intercom.call.store", "vmsVisitHistorySocket",
     "Call ended: Gate intercom", VMS_INTERCOM_CALL_STORE},
    {"intercom_call_delete", "intercom.call.delete", "vmsVisitHistorySocket", "Calls deleted: 2",
     VMS_INTERCOM_CALL_DELETE},
    {"intercom_cancel", "intercom_cancel", "vmsCancelCallSocket", "Call cancelled: Gate intercom",
     VMS_INTERCOM_CANCEL},
    {"intercom_cancel_int_ids", "intercom_cancel", "vmsCancelCallSocket",
     "Call cancelled: Gate intercom", VMS_INTERCOM_CANCEL},
    {"unknown_type", "stations_rebooted", "",
     "stations_rebooted: {\"data\":{\"type\":\"stations_rebooted\",\"status\":\"ok\",\"data\":"
     "{\"ids\":[1,2]}},\"subject\":null,\"message\":null}",
     VMS_UNKNOWN},
};

static void every_wire_type_has_its_event_and_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct vms_record *r = fixture(rows[i].fixture);

        assert_int_equal(rows[i].type, r->type);
        assert_string_equal(rows[i].wire, r->type_name);
        if (r->type != VMS_UNKNOWN)
            assert_string_equal(rows[i].wire, vms_type_name(r->type));
        assert_string_equal(rows[i].holder, vms_holder_name(r->holder));
        line_is(rows[i].text);
    }
}

static void look_up(const char *path, void *context)
{
    size_t *frames = context;
    char wanted[96];

    if (!str_starts(str_from(path), STR("vms/frame_")))
        return;
    ++*frames;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        (void)str_format(wanted, sizeof wanted, "vms/frame_%s.json", rows[i].fixture);
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
    assert_int_equal(COUNT_OF(rows), frames);
    assert_int_equal(FRAMES, frames);
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
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        seen[fixture(rows[i].fixture)->holder] = true;
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
    struct buf masked;
    struct json_value v;

    (void)state;
    buf_init(&masked, 65536);
    buf_reset(&file);
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

    return cmocka_run_group_tests(tests, setup, teardown);
}
