/* src/decode/vms_text.c - one line for people about each event, and visitor codes kept out of sight. */
#include <string.h>

#include "base/stamp.h"
#include "base/text.h"
#include "decode/vms_internal.h"

enum { PERCENT_MILLI = 10, WHEN_MAX = 32, UNKNOWN_SHOWN = 120 };

const char *vms_camera_name(const struct vms_camera_event *e, char to[VMS_TITLE_MAX])
{
    if (e->camera.name[0])
        return e->camera.name;
    if (e->camera_id != VMS_UNKNOWN_INT)
        (void)str_format(to, VMS_TITLE_MAX, "camera %lld", (long long)e->camera_id);
    else if (e->camera.id != VMS_UNKNOWN_INT)
        (void)str_format(to, VMS_TITLE_MAX, "camera %lld", (long long)e->camera.id);
    else
        (void)str_copy(to, VMS_TITLE_MAX, STR("a camera"));
    return to;
}

static const char *or_else(const char *text, const char *otherwise)
{
    return text[0] ? text : otherwise;
}

static const char *intercom_title(const struct vms_intercom *i, char to[VMS_TITLE_MAX])
{
    if (i->title[0])
        return i->title;
    if (i->id != VMS_UNKNOWN_INT)
        (void)str_format(to, VMS_TITLE_MAX, "intercom %lld", (long long)i->id);
    else
        (void)str_copy(to, VMS_TITLE_MAX, STR("an intercom"));
    return to;
}

/* "22, 23", "22, 23, ... (40)" */
static void list_ids(const struct vms_ids *ids, char *to, size_t cap)
{
    enum { SHOWN = 6 };
    size_t len = 0;

    to[0] = '\0';
    for (size_t i = 0; i < ids->count && i < SHOWN; i++)
        len += str_format(to + len, cap - len, "%s%lld", i ? ", " : "", (long long)ids->id[i]);
    if (ids->count == 0)
        (void)str_copy(to, cap, STR("none"));
    else if (ids->count > SHOWN)
        (void)str_format(to + len, cap - len, ", ... (%zu)", ids->count);
}

/* What the clock of the server says; the reader's zone is not known here. */
static void when(int64_t unix_ms, char to[WHEN_MAX])
{
    char stamp[WHEN_MAX];

    if (unix_ms == VMS_UNKNOWN_INT) {
        (void)str_copy(to, WHEN_MAX, STR("an unknown time"));
        return;
    }
    (void)stamp_format(stamp, sizeof stamp, unix_ms);
    (void)str_format(to, WHEN_MAX, "%.10s %.5s UTC", stamp, stamp + 11);
}

static size_t cameras_line(const struct vms_record *r, char *to, size_t cap)
{
    if (!r->attached.known && !r->detached.known)
        return str_copy(to, cap, STR("Cameras changed"));
    return str_format(to, cap, "Cameras +%zu -%zu", r->attached.count, r->detached.count);
}

static size_t archive_line(const struct vms_record *r, char *to, size_t cap)
{
    if (!r->failed && r->archive_url[0])
        return str_format(to, cap, "Archive ready: %s", r->archive_url);
    return str_format(to, cap, "Archive failed%s%s", r->message[0] ? ": " : "", r->message);
}

static size_t favorite_line(const struct vms_record *r, char *to, size_t cap)
{
    char number[VMS_TITLE_MAX] = "a camera";

    if (r->favorite.camera_id != VMS_UNKNOWN_INT)
        (void)str_format(number, sizeof number, "camera %lld", (long long)r->favorite.camera_id);
    return str_format(to, cap, "Favourite %s: %s",
                      r->type == VMS_CAMERA_STORE_FAVORITE ? "added" : "removed",
                      or_else(r->favorite.name, number));
}

static size_t group_line(const struct vms_record *r, char *to, size_t cap)
{
    char ids[VMS_TITLE_MAX];

    if (r->type == VMS_GROUPS_DELETED) {
        list_ids(&r->ids, ids, sizeof ids);
        return str_format(to, cap, "Groups deleted: %s", ids);
    }
    if (r->group.name[0] || r->group.id == VMS_UNKNOWN_INT)
        return str_format(to, cap, "Group created: %s", or_else(r->group.name, "without a name"));
    return str_format(to, cap, "Group created: group %lld", (long long)r->group.id);
}

static size_t mark_line(const struct vms_record *r, char *to, size_t cap)
{
    const char *done = r->type == VMS_MARK_CREATED   ? "created"
                       : r->type == VMS_MARK_UPDATED ? "changed"
                                                     : "deleted";
    char camera[VMS_TITLE_MAX];

    return str_format(to, cap, "Mark %s: %s @ %s", done,
                      or_else(r->camera_event.title, or_else(r->camera_event.name, "untitled")),
                      vms_camera_name(&r->camera_event, camera));
}

static size_t face_line(const struct vms_record *r, char *to, size_t cap)
{
    const struct vms_camera_event *e = &r->camera_event;
    char camera[VMS_TITLE_MAX], share[16] = "";

    if (e->similarity_milli != VMS_UNKNOWN_INT)
        (void)str_format(share, sizeof share, " %lld %%",
                         (long long)((e->similarity_milli + PERCENT_MILLI / 2) / PERCENT_MILLI));
    return str_format(to, cap, "Face %s%s @ %s", or_else(e->file.name, "unknown"), share,
                      vms_camera_name(e, camera));
}

static size_t analytic_line(const struct vms_record *r, char *to, size_t cap)
{
    const struct vms_camera_event *e = &r->camera_event;
    char name[VMS_TITLE_MAX];
    const char *camera = vms_camera_name(e, name);
    const char *colon = e->event.type_pretty[0] ? ": " : "";

    switch (r->type) {
    case VMS_MOTION_DETECT:
        return str_format(to, cap, "Motion @ %s", camera);
    case VMS_LINE_INTERSECTION:
        return str_format(to, cap, "Line crossed @ %s%s%s", camera, colon, e->event.type_pretty);
    case VMS_SMOKE_FIRE:
        return str_format(to, cap, "SMOKE/FIRE @ %s%s%s", camera, colon, e->event.type_pretty);
    case VMS_LOUD_SOUND:
        return str_format(to, cap, "Loud sound @ %s", camera);
    case VMS_CAMERA_OBSTACLE:
        return str_format(to, cap, "Camera blocked: %s", camera);
    case VMS_LICENSE_PLATE:
        return str_format(to, cap, "Plate %s @ %s", or_else(e->license_plate, "unreadable"),
                          camera);
    case VMS_PERSON_COUNTING:
        return str_format(to, cap, "People: %lld @ %s", (long long)e->rect, camera);
    case VMS_VISITOR_COUNTING:
        return str_format(to, cap, "Visitors: %lld @ %s", (long long)e->rect, camera);
    case VMS_CONTAINER_NUMBER:
        return str_format(to, cap, "Container %s @ %s", or_else(e->container_code, "unreadable"),
                          camera);
    default:
        return face_line(r, to, cap);
    }
}

static size_t intercom_line(const struct vms_record *r, char *to, size_t cap)
{
    char name[VMS_TITLE_MAX], ids[VMS_TITLE_MAX];
    const char *title = intercom_title(&r->intercom, name);

    switch (r->type) {
    case VMS_INTERCOM_STORE:
        return str_format(to, cap, "Intercom added: %s", title);
    case VMS_INTERCOM_RENAME:
        return str_format(to, cap, "Intercom renamed: %s", title);
    case VMS_INTERCOM_UPDATE:
        return str_format(to, cap, "Intercom changed: %s", title);
    case VMS_INTERCOM_DELETE:
        list_ids(&r->ids, ids, sizeof ids);
        return str_format(to, cap, "Intercoms deleted: %s", ids);
    case VMS_INTERCOM_KEY_CONFIRMED:
        if (r->expire_in_s == VMS_UNKNOWN_INT)
            return str_format(to, cap, "Key confirmed: %s", title);
        return str_format(to, cap, "Key confirmed: %s, %lld s left", title,
                          (long long)r->expire_in_s);
    case VMS_INTERCOM_KEY_ERROR:
        return str_format(to, cap, "Intercom key failed: %s", or_else(r->error, "no reason given"));
    case VMS_INTERCOM_ADD_ERROR:
        return str_format(to, cap, "Intercom add failed: %s", or_else(r->error, "no reason given"));
    default:
        return str_copy(to, cap, STR("Intercom waiting for activation"));
    }
}

static size_t visit_line(const struct vms_record *r, char *to, size_t cap)
{
    char at[WHEN_MAX], name[VMS_TITLE_MAX];

    switch (r->type) {
    case VMS_INTERCOM_CODE_STORE:
        when(r->code.expired_unix_ms, at);
        return str_format(to, cap, "Visitor code for %s until %s",
                          or_else(r->code.title, intercom_title(&r->code.intercom, name)), at);
    case VMS_INTERCOM_CODE_DELETE:
        return str_format(to, cap, "Visitor codes deleted: %zu", r->ids.count);
    case VMS_INTERCOM_CALL_STORE:
        return str_format(to, cap, "Call %s: %s", or_else(r->call.status, "changed"),
                          intercom_title(&r->call.intercom, name));
    case VMS_INTERCOM_CALL_DELETE:
        return str_format(to, cap, "Calls deleted: %zu", r->ids.count);
    default:
        return str_format(to, cap, "Call cancelled: %s", or_else(r->cancel.title, "an intercom"));
    }
}

size_t vms_text(const struct vms_record *r, char *to, size_t cap)
{
    switch (r->holder) {
    case VMS_HOLDER_LOGOUT:
        return str_format(to, cap, "Logged out: %s", or_else(r->subject, "session closed"));
    case VMS_HOLDER_ARCHIVE_LINK:
        return archive_line(r, to, cap);
    case VMS_HOLDER_PERMISSIONS:
        return str_copy(to, cap, STR("Permissions changed, reload"));
    case VMS_HOLDER_CAMERAS:
        return cameras_line(r, to, cap);
    case VMS_HOLDER_CAMERAS_FAVORITE:
        return favorite_line(r, to, cap);
    case VMS_HOLDER_CAMERAS_GROUPS:
        return str_copy(to, cap,
                        r->type == VMS_GROUPS_UPDATED ? STR("Camera groups changed")
                                                      : STR("Camera groups synced"));
    case VMS_HOLDER_GROUP:
        return group_line(r, to, cap);
    case VMS_HOLDER_MARKS:
        return mark_line(r, to, cap);
    case VMS_HOLDER_ANALYTIC_EVENT:
    case VMS_HOLDER_INTERCOM_EVENT:
        return analytic_line(r, to, cap);
    case VMS_HOLDER_INTERCOM:
    case VMS_HOLDER_INTERCOM_KEY:
        return intercom_line(r, to, cap);
    case VMS_HOLDER_VISITOR:
    case VMS_HOLDER_VISIT_HISTORY:
    case VMS_HOLDER_CANCEL_CALL:
        return visit_line(r, to, cap);
    case VMS_HOLDER_ERROR:
        return str_format(to, cap, "Socket failed, fetching a new address%s%s",
                          r->message[0] ? ": " : "", r->message);
    case VMS_HOLDER_NONE:
    case VMS_HOLDERS:
        break;
    }
    if (r->type == VMS_LAYOUTS_UPDATED)
        return str_copy(to, cap, STR("Layouts changed"));
    if (r->type == VMS_INTERCOM_ADD)
        return intercom_line(r, to, cap);
    const struct str raw = str_from(r->raw);
    const size_t shown = str_cut(raw, UNKNOWN_SHOWN);
    return str_format(to, cap, "%s: %.*s%s", r->type_name, (int)shown, r->raw,
                      shown < raw.len ? "..." : "");
}

/* ---- visitor codes -------------------------------------------------------------------------- */

/* Behind `"code":`, as it stands in JSON, or in JSON inside a JSON string; 0 if it is not one here. */
static size_t code_key_at(struct str s)
{
    const struct str forms[] = {STR("\"code\""), STR("\\\"code\\\"")};

    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        size_t at = forms[i].len;

        if (!str_starts(s, forms[i]))
            continue;
        while (at < s.len && (s.ptr[at] == ' ' || s.ptr[at] == '\t'))
            at++;
        if (at >= s.len || s.ptr[at] != ':')
            continue;
        at++;
        while (at < s.len && (s.ptr[at] == ' ' || s.ptr[at] == '\t'))
            at++;
        return at;
    }
    return 0;
}

/* Bytes of what stands for one character inside a string. Deep: JSON inside a JSON string, where an
 * escape of the inner text is a doubled backslash and its letter. */
static size_t unit_at(const char *bytes, size_t len, bool deep)
{
    const size_t outer = len > 1 && bytes[0] == '\\' ? 2 : 1;

    if (!deep || outer == 1 || bytes[1] != '\\' || len < 3)
        return outer;
    return outer + (len > 3 && bytes[2] == '\\' ? 2 : 1);
}

static bool ends_string(const char *bytes, size_t len, bool deep)
{
    return deep ? len > 1 && bytes[0] == '\\' && bytes[1] == '"' : bytes[0] == '"';
}

/* Overwrites the value that starts at `at`; returns where it ends. */
static size_t mask_value(char *bytes, size_t len, size_t at)
{
    const bool deep = at + 1 < len && bytes[at] == '\\' && bytes[at + 1] == '"';
    size_t last = len;

    if (deep || (at < len && bytes[at] == '"')) {
        at += deep ? 2 : 1;
        while (at < len && !ends_string(bytes + at, len - at, deep)) {
            const size_t n = unit_at(bytes + at, len - at, deep);

            memset(bytes + at, '*', n);
            at += n;
        }
        return at;
    }
    for (; at < len && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
        bytes[at] = ' ';
        last = at;
    }
    if (last < len)
        bytes[last] = '0'; /* still a number */
    return at;
}

bool vms_mask_codes(struct str text, struct buf *to)
{
    bool found = false;

    if (str_find(text, STR("intercom_code")) == text.len)
        return false;
    buf_reset(to);
    if (buf_append(to, text) != CT_OK) {
        buf_reset(to);
        return true; /* rather nothing than a code */
    }
    char *bytes = (char *)to->bytes;
    for (size_t at = 0; at < to->len;) {
        const size_t key = code_key_at((struct str){bytes + at, to->len - at});

        if (key == 0) {
            at++;
            continue;
        }
        at = mask_value(bytes, to->len, at + key);
        found = true;
    }
    return found;
}
