/* src/sim/vms.c - which event of the site comes when, and how the back end writes it. */
#include "sim/vms.h"

#include <stdlib.h>

#include "base/rng.h"
#include "base/stamp.h"

enum { DATA_MAX_BYTES = 16 * 1024, ROUND_MAX = 96, NAME_MAX = 48, IDS_FROM = 5561 };

enum shape {
    SHAPE_NONE,
    SHAPE_ARCHIVE,
    SHAPE_CAMERAS,
    SHAPE_FAVORITE,
    SHAPE_GROUP,
    SHAPE_GROUP_IDS,
    SHAPE_MARK,
    SHAPE_CASE,
    SHAPE_INTERCOM,
    SHAPE_KEY,
    SHAPE_FAILED,
    SHAPE_INTERCOM_IDS,
    SHAPE_CODE,
    SHAPE_CODE_IDS,
    SHAPE_CALL,
    SHAPE_CALL_IDS,
    SHAPE_CANCEL
};

struct kind {
    const char *type;
    enum shape shape;
    uint8_t share; /* times in a round */
};

/* clang-format off */
static const struct kind kinds[] = {
    {"archive_generated", SHAPE_ARCHIVE, 1},
    {"permissions_updated", SHAPE_NONE, 1},
    {"cameras_updated", SHAPE_CAMERAS, 1},
    {"camera.store_favorite", SHAPE_FAVORITE, 1},
    {"camera.destroy_favorite", SHAPE_FAVORITE, 1},
    {"groups_updated", SHAPE_NONE, 1},
    {"camera_groups_synced", SHAPE_NONE, 1},
    {"groups_created", SHAPE_GROUP, 1},
    {"groups_deleted", SHAPE_GROUP_IDS, 1},
    {"mark_created", SHAPE_MARK, 2},
    {"mark_updated", SHAPE_MARK, 1},
    {"mark_deleted", SHAPE_MARK, 1},
    {"analytic_case_motion_detect_event_created", SHAPE_CASE, 8},
    {"analytic_case_line_intersection_event_created", SHAPE_CASE, 4},
    {"analytic_case_smoke_fire_event_created", SHAPE_CASE, 1},
    {"analytic_case_loud_sound_event_created", SHAPE_CASE, 1},
    {"analytic_case_camera_obstacle_event_created", SHAPE_CASE, 1},
    {"analytic_case_face_event_created", SHAPE_CASE, 4},
    {"analytic_case_license_plate_event_created", SHAPE_CASE, 6},
    {"analytic_case_person_counting_event_created", SHAPE_CASE, 3},
    {"analytic_case_visitor_counting_event_created", SHAPE_CASE, 2},
    {"analytic_case_container_number_recognition_event_created", SHAPE_CASE, 1},
    {"layouts_updated", SHAPE_NONE, 1},
    {"intercom.store", SHAPE_INTERCOM, 1},
    {"intercom.rename", SHAPE_INTERCOM, 1},
    {"intercom.update", SHAPE_INTERCOM, 1},
    {"intercom.delete", SHAPE_INTERCOM_IDS, 1},
    {"intercom.add", SHAPE_INTERCOM, 1},
    {"intercom.key_confirmed", SHAPE_KEY, 1},
    {"intercom.key_error", SHAPE_FAILED, 1},
    {"intercom.add_error", SHAPE_FAILED, 1},
    {"intercom.code.store", SHAPE_CODE, 1},
    {"intercom.code.delete", SHAPE_CODE_IDS, 1},
    {"intercom.call.store", SHAPE_CALL, 3},
    {"intercom.call.delete", SHAPE_CALL_IDS, 1},
    {"intercom_cancel", SHAPE_CANCEL, 1},
};
/* clang-format on */

struct vms_sim {
    struct rng rng;
    uint32_t cameras, gap_ms;
    int64_t start_unix_ms;
    uint64_t next_ms;
    uint8_t round[ROUND_MAX]; /* places in kinds */
    size_t round_len, round_at;
    int64_t next_id;
    char token_id[20], token_channel[40], user_channel[40];
    struct buf data;
};

size_t vms_sim_types(void)
{
    return COUNT_OF(kinds);
}

const char *vms_sim_token_id(const struct vms_sim *s)
{
    return s->token_id;
}

/* ---- when -------------------------------------------------------------------------------------- */

static void shuffle(struct vms_sim *s)
{
    s->round_len = s->round_at = 0;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        for (uint8_t n = 0; n < kinds[i].share && s->round_len < ROUND_MAX; n++)
            s->round[s->round_len++] = (uint8_t)i;
    for (size_t i = s->round_len - 1; i > 0; i--) {
        const size_t k = (size_t)rng_below(&s->rng, i + 1);
        const uint8_t swap = s->round[i];

        s->round[i] = s->round[k];
        s->round[k] = swap;
    }
}

static void plan_next(struct vms_sim *s)
{
    s->next_ms += s->gap_ms / 2 + rng_below(&s->rng, s->gap_ms + 1);
}

enum ct_err vms_sim_create(struct vms_sim **out, const struct vms_sim_cfg *cfg)
{
    const uint32_t period_ms = cfg->period_ms ? cfg->period_ms : VMS_SIM_PERIOD_MS;
    struct vms_sim *s;

    *out = NULL;
    if (cfg->cameras < 1 || cfg->cameras > VMS_SIM_CAMERAS_MAX)
        return CT_ERR_RANGE;
    s = calloc(1, sizeof *s);
    if (!s)
        return CT_ERR_NOMEM;
    rng_seed(&s->rng, cfg->seed);
    s->cameras = cfg->cameras;
    s->gap_ms = period_ms / cfg->cameras;
    if (s->gap_ms < VMS_SIM_GAP_MIN_MS)
        s->gap_ms = VMS_SIM_GAP_MIN_MS;
    s->start_unix_ms = cfg->start_unix_ms;
    s->next_id = 91000;
    (void)str_format(s->token_id, sizeof s->token_id, "%016llx",
                     (unsigned long long)rng_u64(&s->rng));
    (void)str_format(s->token_channel, sizeof s->token_channel, "private-token.%s", s->token_id);
    (void)str_format(s->user_channel, sizeof s->user_channel, "private-user.%d", VMS_SIM_USER_ID);
    buf_init(&s->data, DATA_MAX_BYTES);
    shuffle(s);
    plan_next(s);
    *out = s;
    return CT_OK;
}

void vms_sim_destroy(struct vms_sim *s)
{
    if (!s)
        return;
    buf_clear(&s->data);
    free(s);
}

uint64_t vms_sim_deadline_ms(const struct vms_sim *s)
{
    return s->next_ms;
}

/* ---- members ----------------------------------------------------------------------------------- */

static void put_text(struct json_writer *w, const char *key, const char *text)
{
    jw_key(w, key);
    if (text)
        jw_str(w, str_from(text));
    else
        jw_null(w);
}

static void put_int(struct json_writer *w, const char *key, int64_t value)
{
    jw_key(w, key);
    jw_i64(w, value);
}

static void put_bool(struct json_writer *w, const char *key, bool value)
{
    jw_key(w, key);
    jw_bool(w, value);
}

static void put_null(struct json_writer *w, const char *key)
{
    jw_key(w, key);
    jw_null(w);
}

/* Laravel writes microseconds. */
static void put_time(struct json_writer *w, const char *key, int64_t unix_ms)
{
    char stamp[32], text[40];

    (void)stamp_format(stamp, sizeof stamp, unix_ms);
    (void)str_format(text, sizeof text, "%.23s000Z", stamp);
    put_text(w, key, text);
}

static void put_ids(struct json_writer *w, const char *key, int64_t first, size_t count)
{
    jw_key(w, key);
    jw_array(w);
    for (size_t i = 0; i < count; i++)
        jw_i64(w, first + (int64_t)i);
    jw_array_end(w);
}

static const char *pick(struct vms_sim *s, const char *const *from, size_t count)
{
    return from[rng_below(&s->rng, count)];
}

#define PICK(s, list) pick(s, list, COUNT_OF(list))

/* ---- things of the site ------------------------------------------------------------------------ */

struct camera {
    int64_t id;
    char name[NAME_MAX];
};

static struct camera any_camera(struct vms_sim *s)
{
    static const char *const places[] = {
        "Charger yard north", "Charger yard south", "Gate",     "Bay 1-4",           "Bay 5-8",
        "Bay 9-12",           "Level P1",           "Level P2", "Transformer house", "Loading dock",
        "Reception",          "Back door",
    };
    const size_t n = (size_t)rng_below(&s->rng, s->cameras);
    struct camera c = {.id = 318 + (int64_t)n};

    if (n < COUNT_OF(places))
        (void)str_copy(c.name, sizeof c.name, str_from(places[n]));
    else
        (void)str_format(c.name, sizeof c.name, "Camera %zu", n + 1);
    return c;
}

static void put_camera(struct json_writer *w, const struct camera *c)
{
    jw_key(w, "camera");
    jw_object(w);
    put_int(w, "id", c->id);
    put_text(w, "status", "active");
    put_text(w, "type", "camera");
    put_text(w, "name", c->name);
    put_text(w, "pretty_name", c->name);
    put_text(w, "address", "7221 Olaya Street");
    put_bool(w, "is_favorite", false);
    jw_object_end(w);
    put_int(w, "camera_id", c->id);
}

static void put_plate(struct vms_sim *s, struct json_writer *w)
{
    static const char letters[] = "ABDEGHJKLNRSTUVXZ";
    char plate[16];

    (void)str_format(plate, sizeof plate, "%04d %c%c%c", (int)rng_below(&s->rng, 9000) + 1000,
                     letters[rng_below(&s->rng, sizeof letters - 1)],
                     letters[rng_below(&s->rng, sizeof letters - 1)],
                     letters[rng_below(&s->rng, sizeof letters - 1)]);
    put_text(w, "license_plate", plate);
}

static void put_finding(struct json_writer *w, int64_t id, const char *name, const char *pretty)
{
    jw_key(w, "event");
    jw_object(w);
    put_int(w, "id", id);
    put_text(w, "name", name);
    put_text(w, "type_pretty", pretty);
    put_text(w, "color", "#ffb300");
    jw_object_end(w);
}

static void put_face(struct vms_sim *s, struct json_writer *w)
{
    static const char *const people[] = {"Night shift lead", "Site electrician", "Cable contractor",
                                         "Cleaning", "Delivery"};

    jw_key(w, "similarity");
    jw_scaled(w, 700 + (int64_t)rng_below(&s->rng, 300), 3);
    put_bool(w, "is_intercom", rng_below(&s->rng, 3) == 0);
    if (rng_below(&s->rng, 4) == 0)
        return; /* nobody on file */
    jw_key(w, "analytic_file");
    jw_object(w);
    put_int(w, "id", 12 + (int64_t)rng_below(&s->rng, COUNT_OF(people)));
    put_text(w, "name", PICK(s, people));
    put_text(w, "type", "face_resource");
    jw_object_end(w);
}

static bool has(struct str type, const char *what)
{
    return str_find(type, str_from(what)) < type.len;
}

static void put_case_fields(struct vms_sim *s, struct json_writer *w, struct str type)
{
    static const char *const ways[] = {"Entered", "Left"};
    static const char *const fires[] = {"Smoke", "Fire"};
    char code[16];

    if (has(type, "_face_"))
        put_face(s, w);
    else if (has(type, "line_"))
        put_finding(w, 3, "line_in", PICK(s, ways));
    else if (has(type, "smoke_"))
        put_finding(w, 4, "smoke", PICK(s, fires));
    else if (has(type, "license_"))
        put_plate(s, w);
    else if (has(type, "person_"))
        put_int(w, "rect", (int64_t)rng_below(&s->rng, 30));
    else if (has(type, "visitor_"))
        put_int(w, "rect", 50 + (int64_t)rng_below(&s->rng, 300));
    else if (has(type, "container_")) {
        (void)str_format(code, sizeof code, "MSKU %06d %d", (int)rng_below(&s->rng, 1000000),
                         (int)rng_below(&s->rng, 10));
        put_text(w, "container_code", code);
        put_text(w, "container_dims_code", "45G1");
    }
}

static void put_camera_event(struct vms_sim *s, struct json_writer *w, const struct kind *kind,
                             int64_t unix_ms)
{
    static const char *const titles[] = {"Cable left on the floor", "Bay blocked by a van",
                                         "Connector dropped", "Wet floor", "Light is out"};
    const struct str type = str_from(kind->type);
    const bool mark = kind->shape == SHAPE_MARK;
    const struct camera c = any_camera(s);
    char text[64];

    put_int(w, "id", ++s->next_id);
    (void)str_format(text, sizeof text, "b7b1f0de-2a51-4a3f-9b70-%012lld", (long long)s->next_id);
    put_text(w, "uuid", text);
    put_text(w, "type", mark ? "mark" : NULL);
    if (mark)
        put_text(w, "title", PICK(s, titles));
    else
        put_int(w, "analytic_case_id", 40 + (int64_t)rng_below(&s->rng, 10));
    put_time(w, "created_at", unix_ms);
    put_time(w, "from", unix_ms - 2000);
    put_null(w, "to");
    put_camera(w, &c);
    if (mark)
        return;
    (void)str_format(text, sizeof text, "/storage/previews/%lld.jpg", (long long)s->next_id);
    put_text(w, "preview_url", text);
    put_case_fields(s, w, type);
}

static void put_intercom(struct vms_sim *s, struct json_writer *w, bool whole)
{
    static const char *const titles[] = {"Gate intercom", "Back door intercom",
                                         "Reception intercom"};
    const size_t n = (size_t)rng_below(&s->rng, COUNT_OF(titles));

    jw_key(w, "intercom");
    jw_object(w);
    put_int(w, "id", 22 + (int64_t)n);
    put_text(w, "title", titles[n]);
    if (whole) {
        put_bool(w, "is_online", true);
        put_int(w, "department", 14);
        put_text(w, "address", "7221 Olaya Street");
        put_bool(w, "is_enabled", true);
        put_bool(w, "is_open_door_app", true);
    }
    jw_object_end(w);
}

static void put_code(struct vms_sim *s, struct json_writer *w, int64_t unix_ms)
{
    static const char *const people[] = {"Cable contractor", "Fire inspection", "Meter reading"};
    char code[8];

    (void)str_format(code, sizeof code, "%06d", (int)rng_below(&s->rng, 1000000));
    jw_key(w, "intercom_code");
    jw_object(w);
    put_int(w, "id", 900 + (int64_t)rng_below(&s->rng, 90));
    put_text(w, "code", code);
    put_text(w, "title", PICK(s, people));
    put_time(w, "created_at", unix_ms);
    put_time(w, "expired_at", unix_ms + 24LL * 3600 * 1000);
    put_bool(w, "is_expired", false);
    put_time(w, "will_deleted_at", unix_ms + 8 * 24LL * 3600 * 1000);
    put_intercom(s, w, false);
    jw_object_end(w);
    put_null(w, "deleted_ids");
}

static void put_call(struct vms_sim *s, struct json_writer *w, int64_t unix_ms)
{
    static const char *const states[] = {"ring", "answered", "ended", "missed"};

    jw_key(w, "intercom_call");
    jw_object(w);
    put_int(w, "id", IDS_FROM + (int64_t)rng_below(&s->rng, 1000));
    put_text(w, "status", PICK(s, states));
    put_text(w, "type", "call");
    put_null(w, "mark_type");
    put_time(w, "created_at", unix_ms);
    put_null(w, "started_at");
    put_null(w, "ended_at");
    put_intercom(s, w, false);
    jw_object_end(w);
    put_null(w, "deleted_ids");
}

static void put_cancel(struct vms_sim *s, struct json_writer *w, int64_t unix_ms)
{
    const struct camera c = any_camera(s);
    char id[24];

    jw_key(w, "data");
    jw_object(w);
    put_text(w, "id", "22");
    const int64_t call = IDS_FROM + (int64_t)rng_below(&s->rng, 1000);
    (void)str_format(id, sizeof id, "%lld", (long long)call);
    put_text(w, "call_id", id);
    put_text(w, "title", "Gate intercom");
    put_null(w, "video_url");
    put_time(w, "call_created_at", unix_ms);
    put_int(w, "camera_id", c.id);
    put_null(w, "mark_type");
    put_bool(w, "is_open_door_app", true);
    jw_object_end(w);
}

/* ---- events ------------------------------------------------------------------------------------ */

static void put_notification(struct vms_sim *s, struct json_writer *w, const struct kind *kind,
                             int64_t unix_ms)
{
    static const char *const errors[] = {"The key was not recognised",
                                         "This intercom is already registered"};
    char id[48];

    switch (kind->shape) {
    case SHAPE_INTERCOM:
    case SHAPE_KEY:
    case SHAPE_FAILED:
        put_intercom(s, w, true);
        put_int(w, "expire_in_seconds", kind->shape == SHAPE_KEY ? 300 : 0);
        if (kind->shape == SHAPE_FAILED)
            put_text(w, "error", errors[has(str_from(kind->type), "add")]);
        break;
    case SHAPE_INTERCOM_IDS:
        put_null(w, "intercom");
        put_ids(w, "deleted_ids", 30, 1 + (size_t)rng_below(&s->rng, 3));
        break;
    case SHAPE_CODE:
        put_code(s, w, unix_ms);
        break;
    case SHAPE_CALL:
        put_call(s, w, unix_ms);
        break;
    case SHAPE_CANCEL:
        put_cancel(s, w, unix_ms);
        break;
    default:
        put_null(w, kind->shape == SHAPE_CODE_IDS ? "intercom_code" : "intercom_call");
        put_ids(w, "deleted_ids", IDS_FROM, 1 + (size_t)rng_below(&s->rng, 4));
        break;
    }
    (void)str_format(id, sizeof id, "0b3f6c1e-58b0-4c1c-9a55-%012lld", (long long)++s->next_id);
    put_text(w, "id", id);
    put_text(w, "type", kind->type);
}

/* One in six archives fails. */
static void put_archive(struct vms_sim *s, struct json_writer *w)
{
    const bool failed = rng_below(&s->rng, 6) == 0;
    char url[96];

    jw_key(w, "status");
    jw_str(w, failed ? STR("error") : STR("ok"));
    jw_key(w, "data");
    jw_object(w);
    (void)str_format(url, sizeof url, "https://vms.example.com/archive/%lld.mp4",
                     (long long)++s->next_id);
    put_text(w, "url", failed ? NULL : url);
    if (!failed) {
        jw_key(w, "download");
        jw_object(w);
        put_text(w, "url", url);
        jw_object_end(w);
    }
    jw_object_end(w);
}

static void put_account(struct vms_sim *s, struct json_writer *w, const struct kind *kind)
{
    const struct camera c = any_camera(s);

    switch (kind->shape) {
    case SHAPE_CAMERAS:
        put_ids(w, "attached", 318, 1 + (size_t)rng_below(&s->rng, 3));
        put_ids(w, "detached", 207, (size_t)rng_below(&s->rng, 3));
        break;
    case SHAPE_FAVORITE:
        put_int(w, "user_id", VMS_SIM_USER_ID);
        put_int(w, "camera_id", c.id);
        put_null(w, "order");
        put_text(w, "name", c.name);
        put_bool(w, "is_favorite", has(str_from(kind->type), "store"));
        put_text(w, "status", "active");
        break;
    case SHAPE_GROUP:
        put_int(w, "id", 61);
        put_text(w, "name", "Charger bays");
        break;
    default:
        put_ids(w, "ids", 61, 1 + (size_t)rng_below(&s->rng, 2));
        break;
    }
}

static void put_push(struct vms_sim *s, struct json_writer *w, const struct kind *kind,
                     int64_t unix_ms)
{
    jw_key(w, "data");
    jw_object(w);
    put_text(w, "type", kind->type);
    if (kind->shape == SHAPE_ARCHIVE) {
        put_archive(s, w);
    } else {
        put_text(w, "status", "ok");
        if (kind->shape != SHAPE_NONE) {
            jw_key(w, "data");
            jw_object(w);
            if (kind->shape == SHAPE_MARK || kind->shape == SHAPE_CASE)
                put_camera_event(s, w, kind, unix_ms);
            else
                put_account(s, w, kind);
            jw_object_end(w);
        }
    }
    jw_object_end(w);
    put_null(w, "subject");
    put_null(w, "message");
}

bool vms_sim_next(struct vms_sim *s, uint64_t until_ms, struct vms_sim_event *out)
{
    const struct kind *kind = &kinds[s->round[s->round_at]];
    const int64_t unix_ms = s->start_unix_ms + (int64_t)s->next_ms;
    const bool note = kind->shape >= SHAPE_INTERCOM;
    struct json_writer w;

    if (s->next_ms > until_ms)
        return false;
    buf_reset(&s->data);
    jw_init(&w, &s->data);
    w.php_style = true;
    jw_object(&w);
    if (note)
        put_notification(s, &w, kind, unix_ms);
    else
        put_push(s, &w, kind, unix_ms);
    jw_object_end(&w);
    *out = (struct vms_sim_event){
        .at_ms = s->next_ms,
        .channel = str_from(kind->shape == SHAPE_ARCHIVE ? s->token_channel : s->user_channel),
        .name = note ? STR("Illuminate\\Notifications\\Events\\BroadcastNotificationCreated")
                : kind->shape == SHAPE_ARCHIVE ? STR("App\\Events\\TokenPush")
                                               : STR("App\\Events\\UserPush"),
        .data = buf_str(&s->data)};
    plan_next(s);
    if (++s->round_at == s->round_len)
        shuffle(s);
    return w.err == CT_OK;
}

bool vms_sim_logout(struct vms_sim *s, struct str reason, struct vms_sim_event *out)
{
    struct json_writer w;

    buf_reset(&s->data);
    jw_init(&w, &s->data);
    w.php_style = true;
    jw_object(&w);
    jw_key(&w, "data");
    jw_object(&w);
    put_text(&w, "type", "logout");
    put_text(&w, "status", "ok");
    put_null(&w, "data");
    jw_object_end(&w);
    jw_key(&w, "subject");
    if (reason.len > 0)
        jw_str(&w, reason);
    else
        jw_null(&w);
    put_null(&w, "message");
    jw_object_end(&w);
    *out = (struct vms_sim_event){.at_ms = s->next_ms,
                                  .channel = str_from(s->token_channel),
                                  .name = STR("App\\Events\\TokenPush"),
                                  .data = buf_str(&s->data)};
    return w.err == CT_OK;
}

enum ct_err vms_sim_login(const struct vms_sim *s, struct str access_token, struct buf *to)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "access_token");
    jw_str(&w, access_token);
    jw_key(&w, "user");
    jw_object(&w);
    put_int(&w, "id", VMS_SIM_USER_ID);
    put_text(&w, "login", "operator");
    put_text(&w, "name", "Site operator");
    put_text(&w, "access_token_id", s->token_id);
    jw_object_end(&w);
    jw_object_end(&w);
    return w.err;
}
