/* src/decode/vms_shape.c - which member of a payload goes where in a record (domain.md 4.4, 4.5). */
#include <stddef.h>
#include <string.h>

#include "base/stamp.h"
#include "base/text.h"
#include "decode/vms_internal.h"

enum { SIMILARITY_MAX_MILLI = 1000, RAW_MAX = 1024 };

#define AT(type, member) offsetof(struct type, member), sizeof(((struct type *)0)->member)
#define SHAPE(fields, parts) \
    { \
        fields, COUNT_OF(fields), parts, COUNT_OF(parts) \
    }
#define FLAT(fields) \
    { \
        fields, COUNT_OF(fields), NULL, 0 \
    }

/* ---- things inside others ---------------------------------------------------------------- */

static const struct vms_field camera_fields[] = {
    {"id", VMS_INT, AT(vms_camera, id)},
    {"name", VMS_TEXT, AT(vms_camera, name)},
    {"status", VMS_TEXT, AT(vms_camera, status)},
    {"address", VMS_TEXT, AT(vms_camera, address)},
};
static const struct vms_shape camera_shape = FLAT(camera_fields);

static const struct vms_field file_fields[] = {
    {"id", VMS_INT, AT(vms_file, id)},
    {"name", VMS_TEXT, AT(vms_file, name)},
    {"type", VMS_TEXT, AT(vms_file, type)},
    {"uuid", VMS_TEXT, AT(vms_file, uuid)},
    {"body", VMS_TEXT, AT(vms_file, body)},
    {"url", VMS_TEXT, AT(vms_file, url)},
    {"created_at", VMS_TIME, AT(vms_file, created_unix_ms)},
    {"updated_at", VMS_TIME, AT(vms_file, updated_unix_ms)},
};
static const struct vms_shape file_shape = FLAT(file_fields);

static const struct vms_field finding_fields[] = {
    {"id", VMS_INT, AT(vms_finding, id)},
    {"name", VMS_TEXT, AT(vms_finding, name)},
    {"type_pretty", VMS_TEXT, AT(vms_finding, type_pretty)},
    {"color", VMS_TEXT, AT(vms_finding, color)},
    {"description", VMS_TEXT, AT(vms_finding, description)},
    {"analytic_type", VMS_TEXT, AT(vms_finding, analytic_type)},
};
static const struct vms_shape finding_shape = FLAT(finding_fields);

static const struct vms_field intercom_fields[] = {
    {"id", VMS_INT, AT(vms_intercom, id)},
    {"title", VMS_TEXT, AT(vms_intercom, title)},
    {"is_online", VMS_FLAG, AT(vms_intercom, is_online)},
    {"department", VMS_INT, AT(vms_intercom, department)},
    {"address", VMS_TEXT, AT(vms_intercom, address)},
    {"is_enabled", VMS_FLAG, AT(vms_intercom, is_enabled)},
    {"is_open_door_app", VMS_FLAG, AT(vms_intercom, is_open_door_app)},
    {"created_at", VMS_TIME, AT(vms_intercom, created_unix_ms)},
    {"updated_at", VMS_TIME, AT(vms_intercom, updated_unix_ms)},
};
static const struct vms_part intercom_parts[] = {
    {"camera", &camera_shape, offsetof(struct vms_intercom, camera)},
};
static const struct vms_shape intercom_shape = SHAPE(intercom_fields, intercom_parts);

static const struct vms_field code_fields[] = {
    {"id", VMS_INT, AT(vms_code, id)},
    {"title", VMS_TEXT, AT(vms_code, title)},
    {"created_at", VMS_TIME, AT(vms_code, created_unix_ms)},
    {"expired_at", VMS_TIME, AT(vms_code, expired_unix_ms)},
    {"is_expired", VMS_FLAG, AT(vms_code, is_expired)},
    {"will_deleted_at", VMS_TIME, AT(vms_code, will_deleted_unix_ms)},
};
static const struct vms_part code_parts[] = {
    {"intercom", &intercom_shape, offsetof(struct vms_code, intercom)},
};
static const struct vms_shape code_shape = SHAPE(code_fields, code_parts);

static const struct vms_field call_fields[] = {
    {"id", VMS_INT, AT(vms_call, id)},
    {"status", VMS_TEXT, AT(vms_call, status)},
    {"type", VMS_TEXT, AT(vms_call, type)},
    {"mark_type", VMS_TEXT, AT(vms_call, mark_type)},
    {"created_at", VMS_TIME, AT(vms_call, created_unix_ms)},
    {"started_at", VMS_TIME, AT(vms_call, started_unix_ms)},
    {"ended_at", VMS_TIME, AT(vms_call, ended_unix_ms)},
};
static const struct vms_part call_parts[] = {
    {"intercom", &intercom_shape, offsetof(struct vms_call, intercom)},
};
static const struct vms_shape call_shape = SHAPE(call_fields, call_parts);

static const struct vms_field cancel_fields[] = {
    {"id", VMS_TEXT, AT(vms_cancel, id)},
    {"call_id", VMS_TEXT, AT(vms_cancel, call_id)},
    {"title", VMS_TEXT, AT(vms_cancel, title)},
    {"address", VMS_TEXT, AT(vms_cancel, address)},
    {"video_url", VMS_TEXT, AT(vms_cancel, video_url)},
    {"call_created_at", VMS_TIME, AT(vms_cancel, call_created_unix_ms)},
    {"camera_id", VMS_TEXT, AT(vms_cancel, camera_id)},
    {"mark_type", VMS_TEXT, AT(vms_cancel, mark_type)},
    {"is_open_door_app", VMS_FLAG, AT(vms_cancel, is_open_door_app)},
};
static const struct vms_shape cancel_shape = FLAT(cancel_fields);

/* ---- payloads: offsets from the record --------------------------------------------------- */

static const struct vms_field cameras_rows[] = {
    {"attached", VMS_IDS, AT(vms_record, attached)},
    {"detached", VMS_IDS, AT(vms_record, detached)},
};
const struct vms_shape vms_shape_cameras = FLAT(cameras_rows);

static const struct vms_field favorite_rows[] = {
    {"user_id", VMS_INT, AT(vms_record, favorite.user_id)},
    {"camera_id", VMS_INT, AT(vms_record, favorite.camera_id)},
    {"order", VMS_INT, AT(vms_record, favorite.order)},
    {"name", VMS_TEXT, AT(vms_record, favorite.name)},
    {"is_favorite", VMS_FLAG, AT(vms_record, favorite.is_favorite)},
    {"status", VMS_TEXT, AT(vms_record, favorite.status)},
};
const struct vms_shape vms_shape_favorite = FLAT(favorite_rows);

static const struct vms_field group_rows[] = {
    {"id", VMS_INT, AT(vms_record, group.id)},
    {"name", VMS_TEXT, AT(vms_record, group.name)},
};
const struct vms_shape vms_shape_group = FLAT(group_rows);

static const struct vms_field ids_rows[] = {
    {"ids", VMS_IDS, AT(vms_record, ids)},
};
const struct vms_shape vms_shape_ids = FLAT(ids_rows);

/* Who made a mark, and the names of case and group, are all that is kept of those objects. */
static const struct vms_field user_rows[] = {
    {"id", VMS_INT, AT(vms_record, camera_event.user_id)},
    {"name", VMS_TEXT, AT(vms_record, camera_event.user_name)},
};
static const struct vms_shape user_shape = FLAT(user_rows);
static const struct vms_field group_name_rows[] = {
    {"name", VMS_TEXT, AT(vms_record, camera_event.group_name)},
};
static const struct vms_shape group_name_shape = FLAT(group_name_rows);
static const struct vms_field case_rows[] = {
    {"id", VMS_INT, AT(vms_record, camera_event.case_id)},
    {"name", VMS_TEXT, AT(vms_record, camera_event.case_name)},
    {"type", VMS_TEXT, AT(vms_record, camera_event.case_type)},
};
static const struct vms_shape case_shape = FLAT(case_rows);

static const struct vms_field camera_event_rows[] = {
    {"id", VMS_INT, AT(vms_record, camera_event.id)},
    {"uuid", VMS_TEXT, AT(vms_record, camera_event.uuid)},
    {"type", VMS_TEXT, AT(vms_record, camera_event.type)},
    {"title", VMS_TEXT, AT(vms_record, camera_event.title)},
    {"name", VMS_TEXT, AT(vms_record, camera_event.name)},
    {"created_at", VMS_TIME, AT(vms_record, camera_event.created_unix_ms)},
    {"from", VMS_TIME, AT(vms_record, camera_event.from_unix_ms)},
    {"to", VMS_TIME, AT(vms_record, camera_event.to_unix_ms)},
    {"camera_id", VMS_INT, AT(vms_record, camera_event.camera_id)},
    {"can_delete", VMS_FLAG, AT(vms_record, camera_event.can_delete)},
    {"preview_url", VMS_TEXT, AT(vms_record, camera_event.preview_url)},
    {"type_pretty", VMS_TEXT, AT(vms_record, camera_event.type_pretty)},
    {"case_type", VMS_TEXT, AT(vms_record, camera_event.case_type)},
    {"analytic_case_id", VMS_INT, AT(vms_record, camera_event.case_id)},
    {"crop", VMS_TEXT, AT(vms_record, camera_event.crop)},
    {"similarity", VMS_SHARE, AT(vms_record, camera_event.similarity_milli)},
    {"rect", VMS_COUNT, AT(vms_record, camera_event.rect)},
    {"is_intercom", VMS_FLAG, AT(vms_record, camera_event.is_intercom)},
    {"license_plate", VMS_TEXT, AT(vms_record, camera_event.license_plate)},
    {"container_code", VMS_TEXT, AT(vms_record, camera_event.container_code)},
    {"container_dims_code", VMS_TEXT, AT(vms_record, camera_event.container_dims_code)},
};
static const struct vms_part camera_event_parts[] = {
    {"camera", &camera_shape, offsetof(struct vms_record, camera_event.camera)},
    {"analytic_file", &file_shape, offsetof(struct vms_record, camera_event.file)},
    {"event", &finding_shape, offsetof(struct vms_record, camera_event.event)},
    {"user", &user_shape, 0},
    {"analytic_group", &group_name_shape, 0},
    {"analytic_case", &case_shape, 0},
};
const struct vms_shape vms_shape_camera_event = SHAPE(camera_event_rows, camera_event_parts);

static const struct vms_field intercom_rows[] = {
    {"deleted_ids", VMS_IDS, AT(vms_record, ids)},
    {"expire_in_seconds", VMS_INT, AT(vms_record, expire_in_s)},
    {"error", VMS_TEXT, AT(vms_record, error)},
};
static const struct vms_part intercom_row_parts[] = {
    {"intercom", &intercom_shape, offsetof(struct vms_record, intercom)},
};
const struct vms_shape vms_shape_intercom = SHAPE(intercom_rows, intercom_row_parts);

static const struct vms_field deleted_rows[] = {
    {"deleted_ids", VMS_IDS, AT(vms_record, ids)},
};
static const struct vms_part code_row_parts[] = {
    {"intercom_code", &code_shape, offsetof(struct vms_record, code)},
};
const struct vms_shape vms_shape_code = SHAPE(deleted_rows, code_row_parts);
static const struct vms_part call_row_parts[] = {
    {"intercom_call", &call_shape, offsetof(struct vms_record, call)},
};
const struct vms_shape vms_shape_call = SHAPE(deleted_rows, call_row_parts);
static const struct vms_part cancel_row_parts[] = {
    {"data", &cancel_shape, offsetof(struct vms_record, cancel)},
};
const struct vms_shape vms_shape_cancel = {NULL, 0, cancel_row_parts, COUNT_OF(cancel_row_parts)};

/* ---- reading ----------------------------------------------------------------------------- */

static void init(const struct vms_shape *shape, char *base)
{
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct vms_field *f = &shape->fields[i];

        if (f->kind == VMS_FLAG)
            *(int8_t *)(void *)(base + f->offset) = -1;
        else if (f->kind != VMS_TEXT && f->kind != VMS_IDS)
            *(int64_t *)(void *)(base + f->offset) = VMS_UNKNOWN_INT;
    }
    for (size_t i = 0; i < shape->part_count; i++)
        init(shape->parts[i].shape, base + shape->parts[i].offset);
}

void vms_shapes_init(struct vms_record *r)
{
    static const struct vms_shape *const all[] = {
        &vms_shape_cameras, &vms_shape_favorite,     &vms_shape_group,
        &vms_shape_ids,     &vms_shape_camera_event, &vms_shape_intercom,
        &vms_shape_code,    &vms_shape_call,         &vms_shape_cancel,
    };

    memset(r, 0, sizeof *r);
    for (size_t i = 0; i < COUNT_OF(all); i++)
        init(all[i], (char *)r);
}

void vms_fail(struct vms_record *r, const char *field, const char *reason)
{
    text_clean(r->field, sizeof r->field, str_from(field));
    text_clean(r->reason, sizeof r->reason, str_from(reason));
}

bool vms_read_text(struct json_value v, char *to, size_t cap)
{
    char raw[RAW_MAX];
    size_t len;

    if (v.type == JSON_NUMBER)
        len = str_copy(raw, sizeof raw, v.raw);
    else if (v.type == JSON_STRING)
        len = json_string_copy(v, raw, sizeof raw);
    else
        return false;
    text_clean(to, cap, (struct str){raw, len});
    return true;
}

static bool read_time(struct json_value v, int64_t *to)
{
    char raw[64];

    return v.type == JSON_STRING && v.raw.len < sizeof raw &&
           stamp_parse((struct str){raw, json_string_copy(v, raw, sizeof raw)}, to);
}

static bool read_ids(struct json_value v, struct vms_ids *to)
{
    struct json_value id;
    struct json_iter it;
    struct str key;
    int64_t number;

    if (v.type != JSON_ARRAY)
        return false;
    to->known = true;
    json_iter_init(&it, v);
    while (json_next(&it, &key, &id)) {
        if (!json_i64(id, &number))
            return false;
        if (to->count < VMS_IDS_MAX)
            to->id[to->count] = number;
        to->count++;
    }
    return it.err == CT_OK;
}

/* NULL, or what is wrong with it. */
static const char *read_number(const struct vms_field *f, struct json_value v, int64_t *to)
{
    int64_t n;

    switch (f->kind) {
    case VMS_INT:
        return json_i64(v, to) ? NULL : "not a whole number";
    case VMS_COUNT:
        if (!json_i64(v, &n))
            return NULL;
        *to = n < 0 ? VMS_UNKNOWN_INT : n;
        return n < 0 ? "below 0" : NULL;
    case VMS_SHARE:
        if (!json_scaled(v, 3, &n))
            return "not a number";
        *to = n;
        return n < 0 || n > SIMILARITY_MAX_MILLI ? "not from 0 to 1" : NULL;
    default:
        return read_time(v, to) ? NULL : "not a time stamp";
    }
}

static const char *read_field(const struct vms_field *f, struct json_value v, char *base)
{
    bool known;

    switch (f->kind) {
    case VMS_TEXT:
        return vms_read_text(v, base + f->offset, f->size) ? NULL : "not text";
    case VMS_FLAG:
        *(int8_t *)(void *)(base + f->offset) = json_truthy(v, &known) ? 1 : 0;
        return NULL;
    case VMS_IDS:
        return read_ids(v, (struct vms_ids *)(void *)(base + f->offset)) ? NULL
                                                                         : "not a list of ids";
    default:
        return read_number(f, v, (int64_t *)(void *)(base + f->offset));
    }
}

static bool read_member(const struct vms_shape *shape, struct str key, struct json_value v,
                        char *base, struct vms_record *r);

static bool read_object(const struct vms_shape *shape, struct json_value object, char *base,
                        struct vms_record *r)
{
    struct json_iter it;
    struct json_value v;
    struct str key;

    json_iter_init(&it, object);
    while (json_next(&it, &key, &v))
        if (v.type != JSON_NULL && !read_member(shape, key, v, base, r))
            return false;
    return true;
}

static bool read_member(const struct vms_shape *shape, struct str key, struct json_value v,
                        char *base, struct vms_record *r)
{
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct vms_field *f = &shape->fields[i];

        if (!str_eq(key, str_from(f->key)))
            continue;
        const char *wrong = read_field(f, v, base);
        if (wrong)
            vms_fail(r, f->key, wrong);
        return !wrong;
    }
    for (size_t i = 0; i < shape->part_count; i++) {
        const struct vms_part *p = &shape->parts[i];

        if (!str_eq(key, str_from(p->key)))
            continue;
        if (v.type == JSON_OBJECT)
            return read_object(p->shape, v, base + p->offset, r);
        if (v.type == JSON_ARRAY && v.raw.len <= 2) /* PHP writes an empty object so */
            return true;
        vms_fail(r, p->key, "not an object");
        return false;
    }
    return true;
}

bool vms_shape_read(const struct vms_shape *shape, struct json_value object, struct vms_record *r)
{
    return read_object(shape, object, (char *)r, r);
}
