/* src/decode/vms.h - what a video management back end tells its users, as typed records with one line of
 * text each (domain.md 4.3 to 4.5).
 *
 * Three broadcast events carry every wire type: App\Events\TokenPush and App\Events\UserPush wrap the
 * payload in `data` beside a subject, notifications spread it over the top level. All text in a record
 * is clean (base/text.h) and terminated; what was not sent stays unknown: "", VMS_UNKNOWN_INT, -1. */
#ifndef CHARGETOP_DECODE_VMS_H
#define CHARGETOP_DECODE_VMS_H

#include "base/json_write.h"
#include "base/wire_event.h"
#include "fleet/log.h"

enum {
    VMS_ID_MAX = 40,    /* bytes with terminator, as all of these */
    VMS_WORD_MAX = 32,  /* states, colours, codes of containers */
    VMS_TITLE_MAX = 96, /* names of people, cameras, intercoms */
    VMS_URL_MAX = 400,
    VMS_TEXT_MAX = 240, /* subject, message, description, the raw shape of an unknown type */
    VMS_NAME_MAX = 64,  /* a wire type; longer ones are cut */
    VMS_LINE_MAX = 320, /* the line of text */
    VMS_IDS_MAX = 16    /* ids kept of a list; all are counted */
};

#define VMS_UNKNOWN_INT INT64_MIN

enum vms_type {
    VMS_UNKNOWN, /* a type that is not in the table; shown as it came, shortened */
    VMS_LOGOUT,
    VMS_ARCHIVE_GENERATED,
    VMS_PERMISSIONS_UPDATED,
    VMS_CAMERAS_UPDATED,
    VMS_CAMERA_STORE_FAVORITE,
    VMS_CAMERA_DESTROY_FAVORITE,
    VMS_GROUPS_UPDATED,
    VMS_CAMERA_GROUPS_SYNCED,
    VMS_GROUPS_CREATED,
    VMS_GROUPS_DELETED,
    VMS_MARK_CREATED,
    VMS_MARK_UPDATED,
    VMS_MARK_DELETED,
    VMS_MOTION_DETECT,
    VMS_LINE_INTERSECTION,
    VMS_SMOKE_FIRE,
    VMS_LOUD_SOUND,
    VMS_CAMERA_OBSTACLE,
    VMS_FACE,
    VMS_LICENSE_PLATE,
    VMS_PERSON_COUNTING,
    VMS_VISITOR_COUNTING,
    VMS_CONTAINER_NUMBER,
    VMS_LAYOUTS_UPDATED,
    VMS_INTERCOM_STORE,
    VMS_INTERCOM_RENAME,
    VMS_INTERCOM_UPDATE,
    VMS_INTERCOM_DELETE,
    VMS_INTERCOM_ADD,
    VMS_INTERCOM_KEY_CONFIRMED,
    VMS_INTERCOM_KEY_ERROR,
    VMS_INTERCOM_ADD_ERROR,
    VMS_INTERCOM_CODE_STORE,
    VMS_INTERCOM_CODE_DELETE,
    VMS_INTERCOM_CALL_STORE,
    VMS_INTERCOM_CALL_DELETE,
    VMS_INTERCOM_CANCEL,
    VMS_WSURL_ERROR, /* made by the client when its socket failed, never on the wire */
    VMS_TYPES
};

/* The event holders of the mobile SDK; GROUP is the one its document leaves out. */
enum vms_holder {
    VMS_HOLDER_NONE,
    VMS_HOLDER_LOGOUT,
    VMS_HOLDER_CAMERAS,
    VMS_HOLDER_CAMERAS_FAVORITE,
    VMS_HOLDER_CAMERAS_GROUPS,
    VMS_HOLDER_PERMISSIONS,
    VMS_HOLDER_MARKS,
    VMS_HOLDER_INTERCOM_EVENT,
    VMS_HOLDER_ARCHIVE_LINK,
    VMS_HOLDER_INTERCOM_KEY,
    VMS_HOLDER_INTERCOM,
    VMS_HOLDER_VISITOR,
    VMS_HOLDER_VISIT_HISTORY,
    VMS_HOLDER_CANCEL_CALL,
    VMS_HOLDER_ANALYTIC_EVENT,
    VMS_HOLDER_ERROR,
    VMS_HOLDER_GROUP,
    VMS_HOLDERS
};

struct vms_ids {
    size_t count; /* all of them; the first VMS_IDS_MAX are in id */
    int64_t id[VMS_IDS_MAX];
    bool known; /* the list was sent, even if empty */
};

struct vms_camera {
    int64_t id;
    char name[VMS_TITLE_MAX]; /* of `camera.name`; "" if not sent */
    char status[VMS_WORD_MAX], address[VMS_TITLE_MAX];
};

/* Of a recognised person or thing. */
struct vms_file {
    int64_t id;
    char name[VMS_TITLE_MAX], type[VMS_WORD_MAX], uuid[VMS_ID_MAX], body[VMS_TEXT_MAX];
    char url[VMS_URL_MAX];
    int64_t created_unix_ms, updated_unix_ms;
};

/* What the analysis says happened. */
struct vms_finding {
    int64_t id;
    char name[VMS_WORD_MAX], type_pretty[VMS_TITLE_MAX], color[VMS_WORD_MAX];
    char description[VMS_TEXT_MAX], analytic_type[VMS_WORD_MAX];
};

/* A mark or an event of an analysis (domain.md 4.5). Flags: 1, 0, -1 unknown. */
struct vms_camera_event {
    int64_t id, camera_id, rect, case_id, user_id;
    int64_t similarity_milli; /* 0 to 1000 */
    int64_t created_unix_ms, from_unix_ms, to_unix_ms;
    char uuid[VMS_ID_MAX], type[VMS_WORD_MAX], title[VMS_TITLE_MAX], name[VMS_TITLE_MAX];
    char type_pretty[VMS_TITLE_MAX], case_type[VMS_WORD_MAX], case_name[VMS_TITLE_MAX];
    char group_name[VMS_TITLE_MAX], user_name[VMS_TITLE_MAX];
    char preview_url[VMS_URL_MAX], crop[VMS_URL_MAX];
    char license_plate[VMS_WORD_MAX], container_code[VMS_WORD_MAX];
    char container_dims_code[VMS_WORD_MAX];
    int8_t can_delete, is_intercom;
    struct vms_camera camera;
    struct vms_file file;
    struct vms_finding event;
};

struct vms_intercom {
    int64_t id, department, created_unix_ms, updated_unix_ms;
    char title[VMS_TITLE_MAX], address[VMS_TITLE_MAX];
    int8_t is_online, is_enabled, is_open_door_app;
    struct vms_camera camera;
};

/* A visitor's code; the code itself is not kept. */
struct vms_code {
    int64_t id, created_unix_ms, expired_unix_ms, will_deleted_unix_ms;
    char title[VMS_TITLE_MAX];
    int8_t is_expired;
    struct vms_intercom intercom;
};

struct vms_call {
    int64_t id, created_unix_ms, started_unix_ms, ended_unix_ms;
    char status[VMS_WORD_MAX], type[VMS_WORD_MAX], mark_type[VMS_WORD_MAX];
    struct vms_intercom intercom;
};

/* Its ids come as text or as numbers. */
struct vms_cancel {
    char id[VMS_ID_MAX], call_id[VMS_ID_MAX], camera_id[VMS_ID_MAX];
    char title[VMS_TITLE_MAX], address[VMS_TITLE_MAX], video_url[VMS_URL_MAX];
    char mark_type[VMS_WORD_MAX];
    int64_t call_created_unix_ms;
    int8_t is_open_door_app;
};

struct vms_favorite {
    int64_t user_id, camera_id, order;
    char name[VMS_TITLE_MAX], status[VMS_WORD_MAX];
    int8_t is_favorite;
};

struct vms_group {
    int64_t id;
    char name[VMS_TITLE_MAX];
};

struct vms_record {
    enum vms_type type;
    enum vms_holder holder;
    enum log_severity severity;
    bool important;               /* belongs among the errors as well */
    bool failed;                  /* status was not "ok" */
    char type_name[VMS_NAME_MAX]; /* as received, cleaned */
    char status[VMS_WORD_MAX];    /* "ok", "error" */
    char subject[VMS_TEXT_MAX], message[VMS_TEXT_MAX];
    char notification_id[VMS_ID_MAX];
    char raw[VMS_TEXT_MAX]; /* of an unknown type: its JSON, shortened */
    char archive_url[VMS_URL_MAX];
    char error[VMS_TEXT_MAX]; /* of key_error and add_error */
    int64_t expire_in_s;
    struct vms_ids ids;                /* deleted_ids, ids */
    struct vms_ids attached, detached; /* of cameras_updated */
    struct vms_camera_event camera_event;
    struct vms_favorite favorite;
    struct vms_group group;
    struct vms_intercom intercom;
    struct vms_code code;
    struct vms_call call;
    struct vms_cancel cancel;
    /* VMS_REJECTED: what is wrong where. */
    char field[VMS_NAME_MAX], reason[VMS_NAME_MAX];
};

enum vms_result {
    VMS_NOT_OURS, /* no event of this back end */
    VMS_DECODED,
    VMS_REJECTED /* one of ours that cannot be read: field and reason say why */
};

/* Reads a FRAME, and the WIRE_FAULT named wsurl_error that the live source makes; anything else is
 * VMS_NOT_OURS. Types are compared without case; one that comes with an event it does not belong to is
 * unknown. *out is overwritten. */
enum vms_result vms_decode(const struct wire_event *event, struct vms_record *out);

/* "Motion @ Charger yard north": one line without a newline, of to[cap]; returns bytes. Visitor codes do
 * not stand in it. */
size_t vms_text(const struct vms_record *r, char *to, size_t cap);
/* "motion_detect": the type for a narrow column; of an unknown type its own name. */
size_t vms_short_name(const struct vms_record *r, char *to, size_t cap);
/* "Charger yard north", else "camera 318", else "a camera"; lent, or in to. */
const char *vms_camera_name(const struct vms_camera_event *e, char to[VMS_TITLE_MAX]);
/* What it is counted under: "motion", "face", "intercom"; static. */
const char *vms_group_name(const struct vms_record *r);
/* The wire type, "" for VMS_UNKNOWN; static. */
const char *vms_type_name(enum vms_type type);
/* "vmsAnalyticEventCreatedSocket", "" for none; static. */
const char *vms_holder_name(enum vms_holder holder);

/* The members of the typed record, for an object that is open: type, holder, text and what the type has. */
void vms_write(const struct vms_record *r, struct json_writer *w);

/* Visitor codes open doors: true when text has one, and *to then holds text with each of them replaced
 * (asterisks in a string, 0 for a number; as many bytes). Works on whole frames and on their data. Without
 * memory *to is empty. */
bool vms_mask_codes(struct str text, struct buf *to);

#endif
