/* src/decode/vms_write.c - a record as JSON for programs: typed, with units in the names. */
#include "base/stamp.h"
#include "decode/vms_internal.h"

static void text(struct json_writer *w, const char *key, const char *value)
{
    if (!value[0])
        return;
    jw_key(w, key);
    jw_str(w, str_from(value));
}

static void number(struct json_writer *w, const char *key, int64_t value)
{
    if (value == VMS_UNKNOWN_INT)
        return;
    jw_key(w, key);
    jw_i64(w, value);
}

static void flag(struct json_writer *w, const char *key, int8_t value)
{
    if (value < 0)
        return;
    jw_key(w, key);
    jw_bool(w, value == 1);
}

static void time_at(struct json_writer *w, const char *key, int64_t unix_ms)
{
    char stamp[32];

    if (unix_ms == VMS_UNKNOWN_INT)
        return;
    jw_key(w, key);
    jw_str(w, (struct str){stamp, stamp_format(stamp, sizeof stamp, unix_ms)});
}

static void ids(struct json_writer *w, const char *key, const struct vms_ids *from)
{
    if (!from->known)
        return;
    jw_key(w, key);
    jw_array(w);
    for (size_t i = 0; i < from->count && i < VMS_IDS_MAX; i++)
        jw_i64(w, from->id[i]);
    jw_array_end(w);
    if (from->count <= VMS_IDS_MAX)
        return;
    jw_key(w, "count");
    jw_i64(w, (int64_t)from->count);
}

static void camera_event(struct json_writer *w, const struct vms_camera_event *e)
{
    char name[VMS_TITLE_MAX];

    number(w, "id", e->id);
    text(w, "title", e->title);
    text(w, "camera", vms_camera_name(e, name));
    number(w, "camera_id", e->camera_id != VMS_UNKNOWN_INT ? e->camera_id : e->camera.id);
    text(w, "type_pretty", e->type_pretty);
    text(w, "case_type", e->case_type);
    number(w, "case_id", e->case_id);
    text(w, "finding", e->event.type_pretty);
    text(w, "face", e->file.name);
    if (e->similarity_milli != VMS_UNKNOWN_INT) {
        jw_key(w, "similarity");
        jw_scaled(w, e->similarity_milli, 3);
    }
    text(w, "license_plate", e->license_plate);
    text(w, "container_code", e->container_code);
    text(w, "container_dims_code", e->container_dims_code);
    number(w, "count", e->rect);
    flag(w, "is_intercom", e->is_intercom);
    time_at(w, "created_at", e->created_unix_ms);
    time_at(w, "from", e->from_unix_ms);
    time_at(w, "to", e->to_unix_ms);
    text(w, "preview_url", e->preview_url);
    text(w, "crop", e->crop);
    text(w, "user", e->user_name);
}

static void intercom(struct json_writer *w, const struct vms_intercom *i)
{
    number(w, "intercom_id", i->id);
    text(w, "intercom", i->title);
    flag(w, "is_online", i->is_online);
    flag(w, "is_enabled", i->is_enabled);
    text(w, "address", i->address);
}

static void visit(struct json_writer *w, const struct vms_record *r)
{
    number(w, "code_id", r->code.id);
    text(w, "visitor", r->code.title);
    time_at(w, "expired_at", r->code.expired_unix_ms);
    flag(w, "is_expired", r->code.is_expired);
    number(w, "call_id", r->call.id);
    text(w, "call_status", r->call.status);
    time_at(w, "started_at", r->call.started_unix_ms);
    time_at(w, "ended_at", r->call.ended_unix_ms);
    intercom(w, r->code.intercom.title[0] ? &r->code.intercom : &r->call.intercom);
    ids(w, "deleted_ids", &r->ids);
}

static void cancel(struct json_writer *w, const struct vms_cancel *c)
{
    text(w, "intercom_id", c->id);
    text(w, "call_id", c->call_id);
    text(w, "intercom", c->title);
    text(w, "camera_id", c->camera_id);
    text(w, "video_url", c->video_url);
    time_at(w, "call_created_at", c->call_created_unix_ms);
    flag(w, "is_open_door_app", c->is_open_door_app);
}

static void account(struct json_writer *w, const struct vms_record *r)
{
    text(w, "archive_url", r->archive_url);
    ids(w, "attached", &r->attached);
    ids(w, "detached", &r->detached);
    number(w, "camera_id", r->favorite.camera_id);
    text(w, "name", r->favorite.name);
    flag(w, "is_favorite", r->favorite.is_favorite);
    number(w, "group_id", r->group.id);
    text(w, "group", r->group.name);
    ids(w, "ids", &r->ids);
}

static const char *severity_name(enum log_severity severity)
{
    return severity == LOG_ERROR ? "error" : severity == LOG_WARNING ? "warning" : "info";
}

void vms_write(const struct vms_record *r, struct json_writer *w)
{
    char line[VMS_LINE_MAX];

    text(w, "type", r->type_name);
    text(w, "holder", vms_holder_name(r->holder));
    jw_key(w, "text");
    jw_str(w, (struct str){line, vms_text(r, line, sizeof line)});
    jw_key(w, "severity");
    jw_str(w, str_from(severity_name(r->severity)));
    text(w, "status", r->status);
    text(w, "subject", r->subject);
    text(w, "message", r->message);
    text(w, "notification_id", r->notification_id);
    if (vms_rows[r->type].shape == &vms_shape_camera_event) {
        camera_event(w, &r->camera_event);
    } else if (vms_rows[r->type].shape == &vms_shape_intercom) {
        intercom(w, &r->intercom);
        number(w, "expire_in_s", r->expire_in_s);
        text(w, "error", r->error);
        ids(w, "deleted_ids", &r->ids);
    } else if (r->type == VMS_INTERCOM_CANCEL) {
        cancel(w, &r->cancel);
    } else if (r->holder == VMS_HOLDER_VISITOR || r->holder == VMS_HOLDER_VISIT_HISTORY) {
        visit(w, r);
    } else {
        account(w, r);
    }
    text(w, "raw", r->raw);
}
