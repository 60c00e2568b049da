/* src/decode/notice.c - the keys of a notification, however they are spelt. */
#include "decode/notice.h"

#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"

/* ---- reading --------------------------------------------------------------------------- */

bool notice_key_is(struct str key, const char *folded)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];

        if (c == '_' || c == '-')
            continue;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (*folded == '\0' || c != *folded)
            return false;
        folded++;
    }
    return *folded == '\0';
}

/* The first member whose key is one of the names, those named first before the others. */
static bool member(struct json_value object, const char *const *names, size_t count,
                   struct json_value *out)
{
    size_t best = count;
    struct json_value v;
    struct json_iter it;
    struct str key;

    if (object.type != JSON_OBJECT)
        return false;
    json_iter_init(&it, object);
    while (best > 0 && json_next(&it, &key, &v))
        for (size_t i = 0; i < best; i++)
            if (notice_key_is(key, names[i])) {
                *out = v;
                best = i;
            }
    return best < count;
}

static bool get(struct json_value object, const char *name, struct json_value *out)
{
    return member(object, &name, 1, out);
}

/* What does not fit into the room there is would move what was borrowed before: it is left out. */
static struct str text_of(struct json_value v, struct buf *scratch)
{
    const size_t before = scratch->len;

    if (v.type == JSON_NUMBER)
        return v.raw;
    if (v.type != JSON_STRING || v.raw.len > scratch->cap - scratch->len ||
        json_string_append(v, scratch) != CT_OK)
        return (struct str){NULL, 0};
    return (struct str){(const char *)scratch->bytes + before, scratch->len - before};
}

static struct str get_text(struct json_value object, const char *name, struct buf *scratch)
{
    struct json_value v;

    return get(object, name, &v) ? text_of(v, scratch) : (struct str){NULL, 0};
}

/* The first of several keys that is not empty. */
static struct str first_text(struct json_value object, const char *const *names, size_t count,
                             struct buf *scratch)
{
    struct str text = {NULL, 0};

    for (size_t i = 0; i < count && text.len == 0; i++)
        text = get_text(object, names[i], scratch);
    return text;
}

static struct str link_of(struct json_value object, enum notice_kind kind, struct buf *scratch)
{
    static const char *const download[] = {"downloadlink", "downloadurl", "link", "url"};
    static const char *const audio[] = {"audiourl", "audiolink", "link", "url"};

    return kind == NOTICE_AUDIO ? first_text(object, audio, COUNT_OF(audio), scratch)
                                : first_text(object, download, COUNT_OF(download), scratch);
}

/* What the kind calls for; keys of other kinds beside it are of no use. */
static void read_body(struct json_value object, struct notice_action *a, struct buf *scratch)
{
    struct json_value v;

    if (a->kind == NOTICE_DOWNLOAD || a->kind == NOTICE_AUDIO)
        a->link = link_of(object, a->kind, scratch);
    if (a->kind == NOTICE_NAVIGATE) {
        a->path = get_text(object, "path", scratch);
        a->order_id = notice_order_of_path(a->path);
    }
    if (a->kind == NOTICE_DATA && get(object, "data", &v)) {
        a->data = v.type == JSON_STRING ? (struct str){v.raw.ptr - 1, v.raw.len + 2} : v.raw;
        a->order_id = get_text(v, "orderid", scratch);
    }
}

static enum notice_level level_of(struct json_value object, const char *name, struct buf *scratch)
{
    enum notice_level level = NOTICE_LEVEL_NONE;

    (void)notice_level_from(get_text(object, name, scratch), &level);
    return level;
}

/* {"content": .., "content_type": ..}, or the text alone. */
static void read_message(struct json_value data, struct notice_action *a, struct buf *scratch)
{
    struct json_value message;

    if (!get(data, "message", &message))
        return;
    if (message.type == JSON_OBJECT) {
        a->has_message = true;
        a->text = get_text(message, "content", scratch);
        a->level = level_of(message, "contenttype", scratch);
    } else if (message.type == JSON_STRING) {
        a->has_message = true;
        a->text = text_of(message, scratch);
    }
}

static void pass_over(struct notice *n, struct str kind)
{
    if (n->unknown_count++ == 0)
        text_clean(n->unknown, sizeof n->unknown, kind);
}

static void read_action(struct json_value from, struct notice *n, struct buf *scratch)
{
    struct notice_action a = {.kind = NOTICE_TOAST};
    struct json_value v;
    const struct str kind = get_text(from, "actiontype", scratch);

    if (!notice_kind_from(kind, &a.kind)) {
        pass_over(n, kind);
        return;
    }
    if (n->action_count == NOTICE_ACTIONS_MAX) {
        n->left_out++;
        return;
    }
    if (get(from, "sequence", &v))
        (void)json_i64(v, &a.sequence);
    if (get(from, "data", &v) && v.type == JSON_OBJECT) {
        (void)notice_data_from(get_text(v, "type", scratch), &a.data_type);
        read_message(v, &a, scratch);
        read_body(v, &a, scratch);
    }
    size_t at = n->action_count++;
    for (; at > 0 && n->actions[at - 1].sequence > a.sequence; at--)
        n->actions[at] = n->actions[at - 1];
    n->actions[at] = a;
}

static void read_v1(struct json_value root, enum notice_kind kind, struct notice *n,
                    struct buf *scratch)
{
    struct notice_action *a = &n->actions[0];

    n->action_count = 1;
    *a = (struct notice_action){.kind = kind, .has_message = true};
    a->text = get_text(root, "message", scratch);
    a->level = level_of(root, "messagetype", scratch);
    read_body(root, a, scratch);
}

static void read_v2(struct json_value root, struct json_value actions, struct notice *n,
                    struct buf *scratch)
{
    struct json_value v;
    struct json_iter it;
    struct str key;
    bool known;

    n->v2 = true;
    n->last_response = get(root, "islastresponse", &v) && json_truthy(v, &known);
    json_iter_init(&it, actions);
    while (json_next(&it, &key, &v))
        read_action(v, n, scratch);
}

static void read_metadata(struct json_value root, struct notice *n, struct buf *scratch)
{
    struct json_value v;

    if (!get(root, "metadata", &v) || v.type != JSON_OBJECT)
        return;
    n->metadata = v.raw;
    n->job_id = get_text(v, "jobid", scratch);
}

enum ct_err notice_decode(struct str data, struct buf *scratch, struct notice *out)
{
    struct json_value root, actions, v;
    enum notice_kind kind;

    out->v2 = out->last_response = false;
    out->action_count = out->unknown_count = out->left_out = 0;
    out->unknown[0] = '\0';
    out->metadata = out->job_id = (struct str){NULL, 0};
    buf_reset(scratch);
    if (data.len > NOTICE_PAYLOAD_MAX)
        return CT_ERR_LIMIT;
    enum ct_err err = json_parse(data, &root);
    if (err == CT_OK && root.type != JSON_OBJECT)
        err = CT_ERR_MISSING;
    if (err == CT_OK) /* each string is read once, and none is longer than it is written */
        err = buf_reserve(scratch, data.len + 1);
    if (err != CT_OK)
        return err;
    const struct str type = get_text(root, "eventtype", scratch);
    out->custom = type.len == 0 || str_eq_nocase(type, STR("CUSTOM"));
    if (get(root, "actions", &actions) && actions.type == JSON_ARRAY &&
        (type.len > 0 || get(root, "islastresponse", &v)))
        read_v2(root, actions, out, scratch);
    else if (notice_kind_from(type, &kind))
        read_v1(root, kind, out, scratch);
    else
        return CT_ERR_MISSING;
    read_metadata(root, out, scratch);
    return CT_OK;
}

/* ---- writing --------------------------------------------------------------------------- */

static void write_text(struct json_writer *w, const char *key, struct str text)
{
    jw_key(w, key);
    jw_str(w, text);
}

static void write_raw(struct json_writer *w, const char *key, struct str json)
{
    if (json.len == 0)
        return;
    jw_key(w, key);
    jw_raw(w, json);
}

/* A key that stands only where it holds something. */
static void write_if(struct json_writer *w, const char *key, struct str text)
{
    if (text.len > 0)
        write_text(w, key, text);
}

static void write_v1(struct json_writer *w, const struct notice_action *a)
{
    write_text(w, "event_type", str_from(notice_kind_name(a->kind)));
    write_text(w, "message", a->text);
    write_text(w, "message_type",
               str_from(notice_level_name(a->level ? a->level : NOTICE_LEVEL_INFO)));
    if (a->kind == NOTICE_DOWNLOAD)
        write_text(w, "download_link", a->link);
    if (a->kind == NOTICE_NAVIGATE)
        write_text(w, "path", a->path);
    if (a->kind == NOTICE_AUDIO)
        write_if(w, "audio_url", a->link);
    if (a->kind == NOTICE_DATA)
        write_raw(w, "data", a->data);
}

static enum notice_data data_type_of(const struct notice_action *a)
{
    static const enum notice_data types[NOTICE_KIND_COUNT] = {
        [NOTICE_TOAST] = NOTICE_DATA_MESSAGE, [NOTICE_DOWNLOAD] = NOTICE_DATA_LINK,
        [NOTICE_NAVIGATE] = NOTICE_DATA_PATH, [NOTICE_INFO] = NOTICE_DATA_MESSAGE,
        [NOTICE_AUDIO] = NOTICE_DATA_AUDIO,   [NOTICE_DATA] = NOTICE_DATA_CUSTOM};

    return a->data_type != NOTICE_DATA_NONE ? a->data_type : types[a->kind];
}

static void write_action(struct json_writer *w, const struct notice_action *a)
{
    jw_object(w);
    write_text(w, "action_type", str_from(notice_kind_name(a->kind)));
    jw_key(w, "sequence");
    jw_i64(w, a->sequence);
    jw_key(w, "data");
    jw_object(w);
    write_text(w, "type", str_from(notice_data_name(data_type_of(a))));
    if (a->kind == NOTICE_DOWNLOAD)
        write_text(w, "link", a->link);
    if (a->kind == NOTICE_AUDIO)
        write_if(w, "link", a->link);
    if (a->kind == NOTICE_NAVIGATE)
        write_text(w, "path", a->path);
    if (a->kind == NOTICE_DATA)
        write_raw(w, "data", a->data);
    if (a->has_message) {
        jw_key(w, "message");
        jw_object(w);
        write_text(w, "content", a->text);
        write_text(w, "content_type",
                   str_from(notice_level_name(a->level ? a->level : NOTICE_LEVEL_INFO)));
        jw_object_end(w);
    }
    jw_object_end(w);
    jw_object_end(w);
}

static void write_v2(struct json_writer *w, const struct notice *n)
{
    write_text(w, "event_type", STR("CUSTOM"));
    jw_key(w, "is_last_response");
    jw_bool(w, n->last_response);
    jw_key(w, "actions");
    jw_array(w);
    for (size_t i = 0; i < n->action_count; i++)
        write_action(w, &n->actions[i]);
    jw_array_end(w);
}

enum ct_err notice_encode(const struct notice *n, struct buf *to)
{
    struct json_writer w;

    if (!n->v2 && n->action_count == 0)
        return CT_ERR_STATE;
    jw_init(&w, to);
    jw_object(&w);
    if (n->v2)
        write_v2(&w, n);
    else
        write_v1(&w, &n->actions[0]);
    write_raw(&w, "metadata", n->metadata);
    jw_object_end(&w);
    return w.err;
}
