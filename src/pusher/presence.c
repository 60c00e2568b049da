/* src/pusher/presence.c - a roster keyed by user, whatever shape the server gave it. */
#include "pusher/presence.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) ((hash) = hash_bytes((key), (len)))
#include <uthash.h>

#include "base/hash.h"
#include "base/json.h"

struct member {
    char *info; /* JSON text, owned */
    size_t info_len;
    size_t id_len;
    UT_hash_handle hh;
    char id[];
};

struct pusher_roster {
    struct member *by_id;  /* hash */
    struct member **order; /* in order of arrival; room for PUSHER_ROSTER_MAX */
    size_t count;
};

struct pusher_roster *pusher_roster_create(void)
{
    return calloc(1, sizeof(struct pusher_roster));
}

static void free_member(struct pusher_roster *r, struct member *m)
{
    HASH_DEL(r->by_id, m);
    free(m->info);
    free(m);
}

void pusher_roster_empty(struct pusher_roster *r)
{
    for (size_t i = 0; i < r->count; i++)
        free_member(r, r->order[i]);
    r->count = 0;
}

void pusher_roster_destroy(struct pusher_roster *r)
{
    if (!r)
        return;
    pusher_roster_empty(r);
    free(r->order);
    free(r);
}

size_t pusher_roster_count(const struct pusher_roster *r)
{
    return r->count;
}

struct pusher_member pusher_roster_at(const struct pusher_roster *r, size_t i)
{
    const struct member *m;

    if (i >= r->count)
        return (struct pusher_member){STR(""), STR("null")};
    m = r->order[i];
    return (struct pusher_member){{m->id, m->id_len}, {m->info, m->info_len}};
}

static struct member *find(const struct pusher_roster *r, struct str user_id)
{
    struct member *m = NULL;

    if (user_id.len > 0 && user_id.len <= PUSHER_USER_ID_MAX)
        HASH_FIND(hh, r->by_id, user_id.ptr, user_id.len, m);
    return m;
}

bool pusher_roster_has(const struct pusher_roster *r, struct str user_id)
{
    return find(r, user_id) != NULL;
}

bool pusher_roster_find(const struct pusher_roster *r, struct str user_id,
                        struct pusher_member *out)
{
    const struct member *m = find(r, user_id);

    if (m)
        *out = (struct pusher_member){{m->id, m->id_len}, {m->info, m->info_len}};
    return m != NULL;
}

/* An id as text, whether it came as a string or as a number: ids are compared as strings. */
struct id_text {
    char bytes[PUSHER_USER_ID_MAX * 6 + 1]; /* before it is known to be short enough */
    struct str text;
};

static bool read_id(struct json_value v, struct id_text *out)
{
    out->text = (struct str){out->bytes, 0};
    if (v.type == JSON_NUMBER)
        out->text = v.raw;
    else if (v.type == JSON_STRING && v.raw.len < sizeof out->bytes)
        out->text.len = json_string_copy(v, out->bytes, sizeof out->bytes);
    return out->text.len > 0 && out->text.len <= PUSHER_USER_ID_MAX;
}

bool pusher_user_id_of(struct str channel_data, char to[PUSHER_USER_ID_MAX + 1])
{
    struct json_value object, id;
    struct id_text text;

    to[0] = '\0';
    if (json_parse(channel_data, &object) != CT_OK || object.type != JSON_OBJECT ||
        !json_get(object, STR("user_id"), &id) || !read_id(id, &text))
        return false;
    (void)str_copy(to, PUSHER_USER_ID_MAX + 1, text.text);
    return true;
}

static enum pusher_err set_info(struct member *m, struct json_value info)
{
    struct str text = STR("null");
    char *copy;

    /* What is too large to keep is unknown, not half a value. */
    if (info.type == JSON_STRING && info.raw.len + 2 <= PUSHER_USER_INFO_MAX)
        text = (struct str){info.raw.ptr - 1, info.raw.len + 2}; /* with its quotes */
    else if (info.type != JSON_NONE && info.type != JSON_STRING &&
             info.raw.len <= PUSHER_USER_INFO_MAX)
        text = info.raw;
    copy = malloc(text.len);
    if (!copy)
        return PUSHER_ERR_NOMEM;
    memcpy(copy, text.ptr, text.len);
    free(m->info);
    m->info = copy;
    m->info_len = text.len;
    return PUSHER_OK;
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static enum pusher_err insert(struct pusher_roster *r, struct str id, struct json_value info)
{
    struct member *m;

    if (r->count == PUSHER_ROSTER_MAX)
        return PUSHER_ERR_LIMIT;
    if (!r->order)
        r->order = calloc(PUSHER_ROSTER_MAX, sizeof(struct member *));
    m = r->order ? calloc(1, sizeof *m + id.len) : NULL;
    if (!m)
        return PUSHER_ERR_NOMEM;
    memcpy(m->id, id.ptr, id.len);
    m->id_len = id.len;
    if (set_info(m, info) == PUSHER_OK) {
        HASH_ADD_KEYPTR(hh, r->by_id, m->id, m->id_len, m);
        if (m->hh.tbl) {
            r->order[r->count++] = m;
            return PUSHER_OK;
        }
    }
    free(m->info);
    free(m);
    return PUSHER_ERR_NOMEM;
}

static enum pusher_err put(struct pusher_roster *r, struct str id, struct json_value info,
                           bool *added)
{
    struct member *known = find(r, id);

    *added = false;
    if (known)
        return set_info(known, info);
    const enum pusher_err err = insert(r, id, info);

    *added = err == PUSHER_OK;
    return err;
}

/* user_id -> user_info. PHP writes an object whose keys are 0..n as a list, and an empty one as
 * `[]`: there the index is the id. */
static enum pusher_err take_hash(struct pusher_roster *r, struct json_value hash)
{
    enum pusher_err worst = PUSHER_OK;
    struct json_iter it;
    struct json_value info;
    struct str key;
    bool added;

    json_iter_init(&it, hash);
    for (size_t index = 0; json_next(&it, &key, &info); index++) {
        struct id_text id;
        char number[24];
        enum pusher_err err = PUSHER_ERR_LIMIT;

        if (hash.type == JSON_ARRAY) {
            const size_t len = str_format(number, sizeof number, "%zu", index);

            err = put(r, (struct str){number, len}, info, &added);
        } else if (read_id((struct json_value){JSON_STRING, key}, &id)) {
            err = put(r, id.text, info, &added);
        }
        if (err != PUSHER_OK)
            worst = err;
    }
    return worst;
}

/* Those that the hash did not name; known ones keep their info. */
static enum pusher_err take_ids(struct pusher_roster *r, struct json_value ids)
{
    enum pusher_err worst = PUSHER_OK;
    struct json_iter it;
    struct json_value v;
    struct str key;

    json_iter_init(&it, ids);
    while (json_next(&it, &key, &v)) {
        struct id_text id;
        enum pusher_err err = PUSHER_ERR_LIMIT;

        if (read_id(v, &id))
            err = find(r, id.text) ? PUSHER_OK : insert(r, id.text, (struct json_value){0});
        if (err != PUSHER_OK)
            worst = err;
    }
    return worst;
}

enum pusher_err pusher_roster_replace(struct pusher_roster *r, struct str data)
{
    enum pusher_err err = PUSHER_OK;
    struct json_value whole, presence, part;

    pusher_roster_empty(r);
    if (json_parse(data, &whole) != CT_OK || whole.type != JSON_OBJECT)
        return PUSHER_ERR_BAD_DATA;
    if (!json_get(whole, STR("presence"), &presence) || presence.type != JSON_OBJECT)
        return PUSHER_OK; /* nobody named */
    if (json_get(presence, STR("hash"), &part) &&
        (part.type == JSON_OBJECT || part.type == JSON_ARRAY))
        err = take_hash(r, part);
    if (json_get(presence, STR("ids"), &part) && part.type == JSON_ARRAY) {
        const enum pusher_err more = take_ids(r, part);

        err = more != PUSHER_OK ? more : err;
    }
    return err;
}

static enum pusher_err read_member(struct str data, struct json_value *whole, struct id_text *id)
{
    struct json_value v;

    if (json_parse(data, whole) != CT_OK || whole->type != JSON_OBJECT)
        return PUSHER_ERR_BAD_DATA;
    if (!json_get(*whole, STR("user_id"), &v) || !read_id(v, id))
        return PUSHER_ERR_BAD_DATA;
    return PUSHER_OK;
}

enum pusher_err pusher_roster_add(struct pusher_roster *r, struct str data, bool *changed)
{
    struct json_value whole, info;
    struct id_text id;
    const enum pusher_err err = read_member(data, &whole, &id);

    *changed = false;
    if (err != PUSHER_OK)
        return err;
    if (!json_get(whole, STR("user_info"), &info))
        info = (struct json_value){0};
    return put(r, id.text, info, changed);
}

enum pusher_err pusher_roster_remove(struct pusher_roster *r, struct str data, bool *changed)
{
    struct json_value whole;
    struct id_text id;
    struct member *m;
    const enum pusher_err err = read_member(data, &whole, &id);

    *changed = false;
    if (err != PUSHER_OK)
        return err;
    m = find(r, id.text);
    if (!m)
        return PUSHER_OK; /* a server that counts connections says it again */
    for (size_t i = 0; i < r->count; i++) {
        if (r->order[i] != m)
            continue;
        memmove(&r->order[i], &r->order[i + 1], (r->count - i - 1) * sizeof(struct member *));
        break;
    }
    r->count--;
    free_member(r, m);
    *changed = true;
    return PUSHER_OK;
}
