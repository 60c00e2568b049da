/* tests/support/vms_frames.c - reads the video back end's fixtures, and says what each of them is. */
#include "support/vms_frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/json.h"
#include "support/fixture.h"

struct vms_record record;
static struct buf file, name, data;

int vms_frames_close(void **state)
{
    (void)state;
    buf_clear(&file);
    buf_clear(&name);
    buf_clear(&data);
    return 0;
}

int vms_frames_open(void **state)
{
    (void)state;
    buf_init(&file, 65536);
    buf_init(&name, 4096);
    buf_init(&data, 65536);
    return 0;
}

struct wire_event frame_of(struct str text)
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

const struct vms_record *decode(const char *path)
{
    struct wire_event e;

    buf_reset(&file);
    e = frame_of(fixture_read(path, &file));
    assert_int_equal(VMS_DECODED, vms_decode(&e, &record));
    return &record;
}

const struct vms_record *fixture(const char *shortened)
{
    char path[96];

    (void)str_format(path, sizeof path, "vms/frame_%s.json", shortened);
    return decode(path);
}

enum vms_result read_as(const char *event, const char *json)
{
    const struct wire_event e = {
        .kind = WIRE_FRAME, .name = str_from(event), .data = str_from(json)};

    return vms_decode(&e, &record);
}

void line_is(const char *expected)
{
    char line[VMS_LINE_MAX];

    (void)vms_text(&record, line, sizeof line);
    assert_string_equal(expected, line);
}

const struct vms_row_wanted vms_rows_wanted[VMS_FRAMES] = {
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
