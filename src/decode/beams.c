/* src/decode/beams.c - the body of a request to Beams, read and written. */
#include "decode/beams.h"

#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "decode/notice.h"

/* ---- reading --------------------------------------------------------------------------- */

static struct str text_of(struct json_value v, struct buf *scratch)
{
    const size_t before = scratch->len;

    if (v.type != JSON_STRING || v.raw.len > scratch->cap - scratch->len ||
        json_string_append(v, scratch) != CT_OK)
        return (struct str){NULL, 0};
    return (struct str){(const char *)scratch->bytes + before, scratch->len - before};
}

static struct str get_text(struct json_value object, struct str key, struct buf *scratch)
{
    struct json_value v;

    return json_get(object, key, &v) ? text_of(v, scratch) : (struct str){NULL, 0};
}

/* The member of that name however it is spelt: the package's own tags are not public. */
static bool get_folded(struct json_value object, const char *name, struct json_value *out)
{
    struct json_iter it;
    struct str key;

    if (object.type != JSON_OBJECT)
        return false;
    json_iter_init(&it, object);
    while (json_next(&it, &key, out))
        if (notice_key_is(key, name))
            return true;
    return false;
}

static struct str folded_text(struct json_value object, const char *name, struct buf *scratch)
{
    struct json_value v;

    return get_folded(object, name, &v) ? text_of(v, scratch) : (struct str){NULL, 0};
}

static void read_message(struct json_value from, struct beams_publish *out, struct buf *scratch)
{
    struct beams_message m = {.kind = NOTICE_TOAST};
    struct json_value v;

    if (!notice_kind_from(folded_text(from, "notificationtype", scratch), &m.kind) ||
        out->message_count == BEAMS_MESSAGES_MAX)
        return;
    (void)notice_level_from(folded_text(from, "messagetype", scratch), &m.level);
    m.content = folded_text(from, "content", scratch);
    if (get_folded(from, "sequence", &v))
        (void)json_i64(v, &m.sequence);
    size_t at = out->message_count++;
    for (; at > 0 && out->messages[at - 1].sequence > m.sequence; at--)
        out->messages[at] = out->messages[at - 1];
    out->messages[at] = m;
}

static void read_data(struct json_value data, struct beams_publish *out, struct buf *scratch)
{
    struct json_value messages, v;
    struct json_iter it;
    struct str key;

    out->data = data.raw;
    out->config_title = folded_text(data, "title", scratch);
    out->config_body = folded_text(data, "body", scratch);
    if (!get_folded(data, "messages", &messages) || messages.type != JSON_ARRAY)
        return;
    json_iter_init(&it, messages);
    while (json_next(&it, &key, &v))
        read_message(v, out, scratch);
}

static bool read_names(struct json_value root, struct beams_publish *out, struct buf *scratch)
{
    struct json_value list, v;
    struct json_iter it;
    struct str key;

    out->to = BEAMS_TO_INTERESTS;
    if (!json_get(root, STR("interests"), &list)) {
        out->to = BEAMS_TO_USERS;
        if (!json_get(root, STR("users"), &list))
            return false;
    }
    if (list.type != JSON_ARRAY)
        return false;
    json_iter_init(&it, list);
    while (out->name_count < BEAMS_USERS_MAX && json_next(&it, &key, &v))
        out->names[out->name_count++] = text_of(v, scratch);
    return true;
}

enum ct_err beams_decode(struct str body, struct buf *scratch, struct beams_publish *out)
{
    struct json_value root, web, v;

    memset(out, 0, sizeof *out);
    out->time_to_live_s = -1;
    buf_reset(scratch);
    if (body.len > BEAMS_USERS_BODY_MAX)
        return CT_ERR_LIMIT;
    enum ct_err err = json_parse(body, &root);
    if (err == CT_OK && root.type != JSON_OBJECT)
        err = CT_ERR_SYNTAX;
    if (err == CT_OK)
        err = buf_reserve(scratch, body.len + 1);
    if (err != CT_OK)
        return err;
    if (!read_names(root, out, scratch) || !json_get(root, STR("web"), &web) ||
        web.type != JSON_OBJECT || !json_get(web, STR("notification"), &v) || v.type != JSON_OBJECT)
        return CT_ERR_MISSING;
    out->title = get_text(v, STR("title"), scratch);
    out->body = get_text(v, STR("body"), scratch);
    out->icon = get_text(v, STR("icon"), scratch);
    out->link = get_text(v, STR("deep_link"), scratch);
    if (json_get(web, STR("time_to_live"), &v) && !json_i64(v, &out->time_to_live_s))
        out->time_to_live_s = -1;
    if (json_get(web, STR("data"), &v) && v.type == JSON_OBJECT)
        read_data(v, out, scratch);
    return CT_OK;
}

/* ---- writing --------------------------------------------------------------------------- */

static void write_text(struct json_writer *w, const char *key, struct str text)
{
    jw_key(w, key);
    jw_str(w, text);
}

static void write_if(struct json_writer *w, const char *key, struct str text)
{
    if (text.len > 0)
        write_text(w, key, text);
}

static void write_messages(struct json_writer *w, const struct beams_publish *p)
{
    jw_object(w);
    write_text(w, "title", p->config_title);
    write_text(w, "body", p->config_body);
    jw_key(w, "messages");
    jw_array(w);
    for (size_t i = 0; i < p->message_count; i++) {
        const struct beams_message *m = &p->messages[i];
        jw_object(w);
        write_text(w, "notification_type", str_from(notice_kind_name(m->kind)));
        write_text(w, "message_type",
                   str_from(notice_level_name(m->level ? m->level : NOTICE_LEVEL_INFO)));
        write_text(w, "content", m->content);
        jw_key(w, "sequence");
        jw_i64(w, m->sequence);
        jw_object_end(w);
    }
    jw_array_end(w);
    jw_object_end(w);
}

static void write_web(struct json_writer *w, const struct beams_publish *p)
{
    jw_object(w);
    if (p->time_to_live_s >= 0) {
        jw_key(w, "time_to_live");
        jw_i64(w, p->time_to_live_s);
    }
    jw_key(w, "notification");
    jw_object(w);
    write_text(w, "title", p->title);
    write_text(w, "body", p->body);
    write_if(w, "icon", p->icon);
    write_if(w, "deep_link", p->link);
    jw_object_end(w);
    if (p->data.len > 0) {
        jw_key(w, "data");
        jw_raw(w, p->data);
    } else if (p->message_count > 0 || p->config_title.len > 0) {
        jw_key(w, "data");
        write_messages(w, p);
    }
    jw_object_end(w);
}

enum ct_err beams_encode(const struct beams_publish *p, struct buf *to)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, p->to == BEAMS_TO_USERS ? "users" : "interests");
    jw_array(&w);
    for (size_t i = 0; i < p->name_count; i++)
        jw_str(&w, p->names[i]);
    jw_array_end(&w);
    jw_key(&w, "web");
    write_web(&w, p);
    jw_object_end(&w);
    return w.err;
}
