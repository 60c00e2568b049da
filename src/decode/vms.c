/* src/decode/vms.c - the table of wire types, and how the two layouts of a payload are told apart. */
#include "decode/vms.h"

#include <string.h>

#include "base/text.h"
#include "decode/vms_internal.h"

#define TOKEN VMS_OF_TOKEN
#define USER VMS_OF_USER
#define NOTE VMS_OF_NOTIFICATION
#define CASE(NAME) "analytic_case_" NAME "_event_created"
#define EVENT &vms_shape_camera_event

/* clang-format off */
const struct vms_row vms_rows[VMS_TYPES] = {
    [VMS_UNKNOWN]                = {"", "", "other", VMS_OF_NOBODY, VMS_HOLDER_NONE, LOG_INFO, false, NULL, NULL},
    [VMS_LOGOUT]                 = {"logout", "logout", "account", TOKEN, VMS_HOLDER_LOGOUT, LOG_ERROR, true, NULL, NULL},
    [VMS_ARCHIVE_GENERATED]      = {"archive_generated", "archive", "archive", TOKEN, VMS_HOLDER_ARCHIVE_LINK, LOG_INFO, false, NULL, NULL},
    [VMS_PERMISSIONS_UPDATED]    = {"permissions_updated", "permissions", "account", USER, VMS_HOLDER_PERMISSIONS, LOG_INFO, false, NULL, NULL},
    [VMS_CAMERAS_UPDATED]        = {"cameras_updated", "cameras", "cameras", USER, VMS_HOLDER_CAMERAS, LOG_INFO, false, &vms_shape_cameras, NULL},
    [VMS_CAMERA_STORE_FAVORITE]  = {"camera.store_favorite", "favorite", "cameras", USER, VMS_HOLDER_CAMERAS_FAVORITE, LOG_INFO, false, &vms_shape_favorite, ""},
    [VMS_CAMERA_DESTROY_FAVORITE]= {"camera.destroy_favorite", "favorite", "cameras", USER, VMS_HOLDER_CAMERAS_FAVORITE, LOG_INFO, false, &vms_shape_favorite, ""},
    [VMS_GROUPS_UPDATED]         = {"groups_updated", "groups", "groups", USER, VMS_HOLDER_CAMERAS_GROUPS, LOG_INFO, false, NULL, NULL},
    [VMS_CAMERA_GROUPS_SYNCED]   = {"camera_groups_synced", "groups", "groups", USER, VMS_HOLDER_CAMERAS_GROUPS, LOG_INFO, false, NULL, NULL},
    [VMS_GROUPS_CREATED]         = {"groups_created", "groups", "groups", USER, VMS_HOLDER_GROUP, LOG_INFO, false, &vms_shape_group, ""},
    [VMS_GROUPS_DELETED]         = {"groups_deleted", "groups", "groups", USER, VMS_HOLDER_GROUP, LOG_INFO, false, &vms_shape_ids, "ids"},
    [VMS_MARK_CREATED]           = {"mark_created", "mark", "marks", USER, VMS_HOLDER_MARKS, LOG_INFO, false, EVENT, ""},
    [VMS_MARK_UPDATED]           = {"mark_updated", "mark", "marks", USER, VMS_HOLDER_MARKS, LOG_INFO, false, EVENT, ""},
    [VMS_MARK_DELETED]           = {"mark_deleted", "mark", "marks", USER, VMS_HOLDER_MARKS, LOG_INFO, false, EVENT, ""},
    [VMS_MOTION_DETECT]          = {CASE("motion_detect"), "motion", "motion", USER, VMS_HOLDER_ANALYTIC_EVENT, LOG_INFO, false, EVENT, ""},
    [VMS_LINE_INTERSECTION]      = {CASE("line_intersection"), "line", "lines", USER, VMS_HOLDER_ANALYTIC_EVENT, LOG_INFO, false, EVENT, ""},
    [VMS_SMOKE_FIRE]             = {CASE("smoke_fire"), "smoke/fire", "smoke/fire", USER, VMS_HOLDER_ANALYTIC_EVENT, LOG_ERROR, true, EVENT, ""},
    [VMS_LOUD_SOUND]             = {CASE("loud_sound"), "sound", "sounds", USER, VMS_HOLDER_ANALYTIC_EVENT, LOG_INFO, false, EVENT, ""},
    [VMS_CAMERA_OBSTACLE]        = {CASE("camera_obstacle"), "obstacle", "obstacles", USER, VMS_HOLDER_ANALYTIC_EVENT, LOG_WARNING, true, EVENT, ""},
    [VMS_FACE]                   = {CASE("face"), "face", "faces", USER, VMS_HOLDER_ANALYTIC_EVENT, LOG_INFO, false, EVENT, ""},
    [VMS_LICENSE_PLATE]          = {CASE("license_plate"), "plate", "plates", USER, VMS_HOLDER_ANALYTIC_EVENT, LOG_INFO, false, EVENT, ""},
    [VMS_PERSON_COUNTING]        = {CASE("person_counting"), "people", "people", USER, VMS_HOLDER_ANALYTIC_EVENT, LOG_INFO, false, EVENT, "rect"},
    [VMS_VISITOR_COUNTING]       = {CASE("visitor_counting"), "visitors", "people", USER, VMS_HOLDER_ANALYTIC_EVENT, LOG_INFO, false, EVENT, "rect"},
    [VMS_CONTAINER_NUMBER]       = {CASE("container_number_recognition"), "container", "containers", USER, VMS_HOLDER_ANALYTIC_EVENT, LOG_INFO, false, EVENT, ""},
    [VMS_LAYOUTS_UPDATED]        = {"layouts_updated", "layouts", "account", USER, VMS_HOLDER_NONE, LOG_INFO, false, NULL, NULL},
    [VMS_INTERCOM_STORE]         = {"intercom.store", "intercom", "intercoms", NOTE, VMS_HOLDER_INTERCOM, LOG_INFO, false, &vms_shape_intercom, "intercom"},
    [VMS_INTERCOM_RENAME]        = {"intercom.rename", "intercom", "intercoms", NOTE, VMS_HOLDER_INTERCOM, LOG_INFO, false, &vms_shape_intercom, "intercom"},
    [VMS_INTERCOM_UPDATE]        = {"intercom.update", "intercom", "intercoms", NOTE, VMS_HOLDER_INTERCOM, LOG_INFO, false, &vms_shape_intercom, "intercom"},
    [VMS_INTERCOM_DELETE]        = {"intercom.delete", "intercom", "intercoms", NOTE, VMS_HOLDER_INTERCOM, LOG_INFO, false, &vms_shape_intercom, "deleted_ids"},
    [VMS_INTERCOM_ADD]           = {"intercom.add", "intercom", "intercoms", NOTE, VMS_HOLDER_NONE, LOG_INFO, false, &vms_shape_intercom, NULL},
    [VMS_INTERCOM_KEY_CONFIRMED] = {"intercom.key_confirmed", "key", "intercoms", NOTE, VMS_HOLDER_INTERCOM_KEY, LOG_INFO, false, &vms_shape_intercom, "intercom"},
    [VMS_INTERCOM_KEY_ERROR]     = {"intercom.key_error", "key", "intercoms", NOTE, VMS_HOLDER_INTERCOM_KEY, LOG_WARNING, true, &vms_shape_intercom, NULL},
    [VMS_INTERCOM_ADD_ERROR]     = {"intercom.add_error", "intercom", "intercoms", NOTE, VMS_HOLDER_INTERCOM_KEY, LOG_WARNING, true, &vms_shape_intercom, NULL},
    [VMS_INTERCOM_CODE_STORE]    = {"intercom.code.store", "visitor", "visitors", NOTE, VMS_HOLDER_VISITOR, LOG_INFO, false, &vms_shape_code, "intercom_code"},
    [VMS_INTERCOM_CODE_DELETE]   = {"intercom.code.delete", "visitor", "visitors", NOTE, VMS_HOLDER_VISITOR, LOG_INFO, false, &vms_shape_code, "deleted_ids"},
    [VMS_INTERCOM_CALL_STORE]    = {"intercom.call.store", "call", "calls", NOTE, VMS_HOLDER_VISIT_HISTORY, LOG_INFO, false, &vms_shape_call, "intercom_call"},
    [VMS_INTERCOM_CALL_DELETE]   = {"intercom.call.delete", "call", "calls", NOTE, VMS_HOLDER_VISIT_HISTORY, LOG_INFO, false, &vms_shape_call, "deleted_ids"},
    [VMS_INTERCOM_CANCEL]        = {"intercom_cancel", "call", "calls", VMS_OF_ANY, VMS_HOLDER_CANCEL_CALL, LOG_INFO, false, &vms_shape_cancel, "data"},
    [VMS_WSURL_ERROR]            = {"wsurl_error", "socket", "account", VMS_OF_NOBODY, VMS_HOLDER_ERROR, LOG_WARNING, false, NULL, NULL},
};
/* clang-format on */

const char *vms_type_name(enum vms_type type)
{
    return (size_t)type < VMS_TYPES ? vms_rows[type].name : "";
}

const char *vms_holder_name(enum vms_holder holder)
{
    static const char *const names[VMS_HOLDERS] = {
        [VMS_HOLDER_NONE] = "",
        [VMS_HOLDER_LOGOUT] = "vmsLogoutSocket",
        [VMS_HOLDER_CAMERAS] = "vmsCamerasSocket",
        [VMS_HOLDER_CAMERAS_FAVORITE] = "vmsCamerasFavoriteSocket",
        [VMS_HOLDER_CAMERAS_GROUPS] = "vmsCamerasGroupsSocket",
        [VMS_HOLDER_PERMISSIONS] = "vmsPermissionsSocket",
        [VMS_HOLDER_MARKS] = "vmsMarksSocket",
        [VMS_HOLDER_INTERCOM_EVENT] = "vmsIntercomEventSocket",
        [VMS_HOLDER_ARCHIVE_LINK] = "vmsArchiveLinkSocket",
        [VMS_HOLDER_INTERCOM_KEY] = "vmsIntercomKeySocket",
        [VMS_HOLDER_INTERCOM] = "vmsIntercomSocket",
        [VMS_HOLDER_VISITOR] = "vmsVisitorSocket",
        [VMS_HOLDER_VISIT_HISTORY] = "vmsVisitHistorySocket",
        [VMS_HOLDER_CANCEL_CALL] = "vmsCancelCallSocket",
        [VMS_HOLDER_ANALYTIC_EVENT] = "vmsAnalyticEventCreatedSocket",
        [VMS_HOLDER_ERROR] = "vmsErrorSocket",
        [VMS_HOLDER_GROUP] = "vmsGroupSocket",
    };

    return (size_t)holder < VMS_HOLDERS ? names[holder] : "";
}

const char *vms_group_name(const struct vms_record *r)
{
    return vms_rows[r->type].group;
}

size_t vms_short_name(const struct vms_record *r, char *to, size_t cap)
{
    return str_copy(to, cap,
                    str_from(r->type == VMS_UNKNOWN ? r->type_name : vms_rows[r->type].word));
}

/* ---- which event it is -------------------------------------------------------------------- */

static enum vms_scope scope_of(struct str event_name)
{
    struct str name = event_name;

    (void)str_take(&name, '.'); /* Laravel Echo marks whole names so */
    if (str_eq(name, STR("App\\Events\\TokenPush")))
        return VMS_OF_TOKEN;
    if (str_eq(name, STR("App\\Events\\UserPush")))
        return VMS_OF_USER;
    if (str_eq(name, STR("Illuminate\\Notifications\\Events\\BroadcastNotificationCreated")))
        return VMS_OF_NOTIFICATION;
    return VMS_OF_NOBODY;
}

static enum vms_type type_of(const char *name, enum vms_scope scope)
{
    for (int i = VMS_UNKNOWN + 1; i < VMS_TYPES; i++) {
        const struct vms_row *row = &vms_rows[i];

        if ((row->scope == scope || row->scope == VMS_OF_ANY) &&
            str_eq_nocase(str_from(name), str_from(row->name)))
            return (enum vms_type)i;
    }
    return VMS_UNKNOWN;
}

/* *out stays as it was when there is none, or null. */
static bool get(struct json_value object, const char *key, struct json_value *out)
{
    struct json_value v;

    if (!json_get(object, str_from(key), &v) || v.type == JSON_NULL)
        return false;
    *out = v;
    return true;
}

/* ---- what it carries ---------------------------------------------------------------------- */

static bool read_optional(struct json_value object, const char *key, struct vms_record *r, char *to,
                          size_t cap)
{
    struct json_value v;

    if (!get(object, key, &v) || vms_read_text(v, to, cap))
        return true;
    vms_fail(r, key, "not text");
    return false;
}

/* download.url, of older servers url; neither when it failed. */
static bool read_archive(struct json_value payload, struct vms_record *r)
{
    struct json_value download, url;
    const bool object = payload.type == JSON_OBJECT;
    const bool found = object && ((get(payload, "download", &download) &&
                                   download.type == JSON_OBJECT && get(download, "url", &url)) ||
                                  get(payload, "url", &url));

    if (found && !vms_read_text(url, r->archive_url, sizeof r->archive_url)) {
        vms_fail(r, "download.url", "not text");
        return false;
    }
    if (!found && !r->failed) {
        vms_fail(r, "download.url", "missing");
        return false;
    }
    if (r->failed) {
        r->severity = LOG_WARNING;
        r->important = true;
    }
    return true;
}

static bool need(const struct vms_row *row, struct json_value payload, struct vms_record *r)
{
    struct json_value v;

    if (payload.type == JSON_OBJECT && (!*row->need || get(payload, row->need, &v)))
        return true;
    vms_fail(r, *row->need ? row->need : "data",
             *row->need || payload.type == JSON_NULL ? "missing" : "not an object");
    return false;
}

static bool read_payload(struct json_value payload, struct vms_record *r)
{
    const struct vms_row *row = &vms_rows[r->type];

    r->holder = row->holder;
    r->severity = row->severity;
    r->important = row->important;
    if (r->type == VMS_ARCHIVE_GENERATED)
        return read_archive(payload, r);
    if (row->need && !need(row, payload, r))
        return false;
    if (row->shape && payload.type == JSON_OBJECT && !vms_shape_read(row->shape, payload, r))
        return false;
    if ((r->type == VMS_PERSON_COUNTING || r->type == VMS_VISITOR_COUNTING) &&
        r->camera_event.rect == VMS_UNKNOWN_INT) {
        vms_fail(r, "rect", "not a count");
        return false;
    }
    if (r->type == VMS_FACE && r->camera_event.is_intercom == 1)
        r->holder = VMS_HOLDER_INTERCOM_EVENT;
    return true;
}

static void keep_raw(struct str data, struct vms_record *r)
{
    text_clean(r->raw, sizeof r->raw, data);
    text_redact(r->raw);
}

static bool read_type(struct json_value object, struct vms_record *r)
{
    struct json_value v;
    const bool present = get(object, "type", &v);

    if (present && v.type == JSON_STRING && vms_read_text(v, r->type_name, sizeof r->type_name) &&
        r->type_name[0])
        return true;
    vms_fail(r, "type", present ? "not text" : "missing");
    return false;
}

/* {"data":{"type","status","data"},"subject","message"} */
static bool read_wrapped(struct json_value root, enum vms_scope scope, struct str text,
                         struct vms_record *r)
{
    struct json_value body = {.type = JSON_NONE}, payload = {.type = JSON_NULL};

    if (!get(root, "data", &body) || body.type != JSON_OBJECT) {
        vms_fail(r, "data",
                 body.type == JSON_NONE || body.type == JSON_NULL ? "missing" : "not an object");
        return false;
    }
    if (!read_type(body, r) || !read_optional(root, "subject", r, r->subject, sizeof r->subject) ||
        !read_optional(root, "message", r, r->message, sizeof r->message) ||
        !read_optional(body, "status", r, r->status, sizeof r->status))
        return false;
    r->failed = r->status[0] && !str_eq_nocase(str_from(r->status), STR("ok"));
    r->type = type_of(r->type_name, scope);
    if (r->type == VMS_UNKNOWN)
        keep_raw(text, r);
    else
        (void)get(body, "data", &payload);
    return read_payload(payload, r);
}

/* {"type","id", ...} */
static bool read_flat(struct json_value root, enum vms_scope scope, struct str text,
                      struct vms_record *r)
{
    if (!read_type(root, r) ||
        !read_optional(root, "id", r, r->notification_id, sizeof r->notification_id))
        return false;
    r->type = type_of(r->type_name, scope);
    if (r->type == VMS_UNKNOWN)
        keep_raw(text, r);
    return read_payload(root, r);
}

/* A cancelled call is known by its type before its event is looked at. */
static bool is_cancel(struct json_value root)
{
    struct json_value v;
    char name[VMS_NAME_MAX];

    return get(root, "type", &v) && v.type == JSON_STRING && vms_read_text(v, name, sizeof name) &&
           str_eq_nocase(str_from(name), str_from(vms_rows[VMS_INTERCOM_CANCEL].name));
}

static enum vms_result read_frame(const struct wire_event *event, struct vms_record *r)
{
    const enum vms_scope scope = scope_of(event->name);
    struct json_value root = {.type = JSON_NONE};
    const bool good = json_parse(event->data, &root) == CT_OK && root.type == JSON_OBJECT;

    if (good && is_cancel(root))
        return read_flat(root, scope, event->data, r) ? VMS_DECODED : VMS_REJECTED;
    if (scope == VMS_OF_NOBODY)
        return VMS_NOT_OURS;
    if (!good) {
        vms_fail(r, "data", root.type == JSON_NONE ? "not JSON" : "not an object");
        return VMS_REJECTED;
    }
    const bool read = scope == VMS_OF_NOTIFICATION ? read_flat(root, scope, event->data, r)
                                                   : read_wrapped(root, scope, event->data, r);
    return read ? VMS_DECODED : VMS_REJECTED;
}

enum vms_result vms_decode(const struct wire_event *event, struct vms_record *out)
{
    vms_shapes_init(out);
    if (event->kind == WIRE_FRAME)
        return read_frame(event, out);
    if (event->kind != WIRE_FAULT || !str_eq(event->name, str_from(vms_rows[VMS_WSURL_ERROR].name)))
        return VMS_NOT_OURS;
    out->type = VMS_WSURL_ERROR;
    text_clean(out->message, sizeof out->message, event->text);
    text_clean(out->type_name, sizeof out->type_name, event->name);
    return read_payload((struct json_value){.type = JSON_NULL}, out) ? VMS_DECODED : VMS_REJECTED;
}
