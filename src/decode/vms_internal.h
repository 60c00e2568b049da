/* src/decode/vms_internal.h - the table of wire types, and the shapes of what they carry. */
#ifndef CHARGETOP_DECODE_VMS_INTERNAL_H
#define CHARGETOP_DECODE_VMS_INTERNAL_H

#include "base/json.h"
#include "decode/vms.h"

/* With which broadcast event a type comes. */
enum vms_scope { VMS_OF_TOKEN, VMS_OF_USER, VMS_OF_NOTIFICATION, VMS_OF_ANY, VMS_OF_NOBODY };

enum vms_field_kind {
    VMS_TEXT,  /* a string, or a number as it stands */
    VMS_INT,   /* also in quotes */
    VMS_COUNT, /* a number not below 0; anything that is no number is unknown */
    VMS_SHARE, /* 0 to 1, in thousandths */
    VMS_FLAG,
    VMS_TIME, /* to Unix milliseconds */
    VMS_IDS
};

struct vms_field {
    const char *key;
    enum vms_field_kind kind;
    uint16_t offset, size; /* in the struct of the shape */
};

struct vms_shape;
struct vms_part { /* an object inside */
    const char *key;
    const struct vms_shape *shape;
    uint16_t offset;
};

struct vms_shape {
    const struct vms_field *fields;
    size_t field_count;
    const struct vms_part *parts;
    size_t part_count;
};

struct vms_row {
    const char *name; /* the wire type */
    const char *word; /* for a narrow column */
    const char *group;
    enum vms_scope scope;
    enum vms_holder holder;
    enum log_severity severity;
    bool important;
    const struct vms_shape *shape; /* offsets from struct vms_record; NULL: nothing is read */
    const char *need; /* a member that must be there; "" the payload as such; NULL none */
};

extern const struct vms_row vms_rows[VMS_TYPES];

extern const struct vms_shape vms_shape_cameras, vms_shape_favorite, vms_shape_group, vms_shape_ids;
extern const struct vms_shape vms_shape_camera_event, vms_shape_intercom, vms_shape_code;
extern const struct vms_shape vms_shape_call, vms_shape_cancel;

/* Everything unknown. */
void vms_shapes_init(struct vms_record *r);
/* False with field and reason of the record filled. Members that are null are unknown. */
bool vms_shape_read(const struct vms_shape *shape, struct json_value object, struct vms_record *r);
void vms_fail(struct vms_record *r, const char *field, const char *reason);
/* A string, or a number as it stands, cleaned and cut; false for anything else. */
bool vms_read_text(struct json_value v, char *to, size_t cap);

#endif
