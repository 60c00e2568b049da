/* Knows the members of presence channels: one per user, however many connections it has. */
#include "pusher/hub_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"

static bool copy_user_id(struct json_value v, char *id, size_t *len)
{
    if (v.type == JSON_NUMBER)
        *len = str_copy(id, HUB_USER_ID_MAX + 8, v.raw);
    else if (v.type == JSON_STRING)
        *len = json_string_copy(v, id, HUB_USER_ID_MAX + 8);
    else
        return false;
    return *len > 0;
}

enum pusher_err hub_identity_parse(struct str channel_data, char *id, struct hub_identity *out)
{
    struct json_value all, v;
    size_t len = 0;

    if (json_parse(channel_data, &all) != CT_OK || all.type != JSON_OBJECT)
        return PUSHER_ERR_BAD_DATA;
    if (!json_get(all, STR("user_id"), &v) || !copy_user_id(v, id, &len))
        return PUSHER_ERR_BAD_DATA;
    if (len > HUB_USER_ID_MAX)
        return PUSHER_ERR_TOO_LARGE;
    out->user_id = (struct str){id, len};
    out->user_info = STR("null");
    if (json_get(all, STR("user_info"), &v)) {
        out->user_info = v.raw;
        if (v.type == JSON_STRING) /* with its quotes, which stand right around it */
            out->user_info = (struct str){v.raw.ptr - 1, v.raw.len + 2};
    }
    return out->user_info.len > HUB_USER_INFO_MAX ? PUSHER_ERR_TOO_LARGE : PUSHER_OK;
}

enum ct_err hub_identity_write(struct buf *to, struct str user_id, struct str user_info)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    jw_key(&w, "user_id");
    jw_str(&w, user_id);
    if (user_info.len > 0) {
        jw_key(&w, "user_info");
        jw_raw(&w, user_info);
    }
    jw_object_end(&w);
    return w.err;
}

struct hub_member *hub_member_of_leave(struct hub_job *leave)
{
    return (struct hub_member *)(void *)((char *)leave - offsetof(struct hub_member, leave));
}

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static struct hub_member *member_new(struct hub_channel *ch, const struct hub_identity *who)
{
    struct hub_member *m = calloc(1, sizeof *m + who->user_id.len + who->user_info.len);
    char *at;

    if (!m)
        return NULL;
    at = (char *)(m + 1);
    memcpy(at, who->user_id.ptr, who->user_id.len);
    memcpy(at + who->user_id.len, who->user_info.ptr, who->user_info.len);
    m->user_id = (struct str){at, who->user_id.len};
    m->user_info = (struct str){at + who->user_id.len, who->user_info.len};
    m->leave.kind = JOB_LEAVE;
    m->leave.channel = ch;
    HASH_ADD_KEYPTR(hh, ch->members, m->user_id.ptr, m->user_id.len, m);
    if (!m->hh.tbl) {
        free(m);
        return NULL;
    }
    return m;
}

static struct hub_member *member_find(const struct hub_channel *ch, struct str user_id)
{
    struct hub_member *m = NULL;

    HASH_FIND(hh, ch->members, user_id.ptr, user_id.len, m);
    return m;
}

enum pusher_err hub_member_join(struct hub_sub *sub, const struct hub_identity *who, bool *arrived)
{
    struct hub_channel *ch = sub->key.channel;
    struct hub_member *m = member_find(ch, who->user_id);

    *arrived = !m;
    if (!m && HASH_COUNT(ch->members) >= HUB_PRESENCE_MEMBERS_MAX)
        return PUSHER_ERR_LIMIT;
    if (!m)
        m = member_new(ch, who); /* a known user keeps the info it came with, as the cloud does */
    if (!m)
        return PUSHER_ERR_NOMEM;
    m->connections++;
    sub->member = m;
    return PUSHER_OK;
}

void hub_member_part(struct hub *h, struct hub_sub *sub)
{
    struct hub_member *m = sub->member;

    sub->member = NULL;
    if (--m->connections > 0)
        return;
    HASH_DELETE(hh, sub->key.channel->members, m);
    hub_tell_member_left(h, sub->key.channel, m);
    hub_job_enqueue(h, &m->leave); /* which frees it when done */
}

void hub_member_free(struct hub_member *m)
{
    free(m);
}

/* ---- what others are told --------------------------------------------------------------- */

/* A quoted, escaped JSON string alone: the writer has no member names that come from peers. */
static enum ct_err append_quoted(struct buf *to, struct str s)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_str(&w, s);
    return w.err;
}

static enum ct_err append_ids(const struct hub_channel *ch, struct buf *to)
{
    enum ct_err err = CT_OK;

    for (const struct hub_member *m = ch->members; m && err == CT_OK; m = m->hh.next) {
        if (m != ch->members)
            err = buf_append_char(to, ',');
        if (err == CT_OK)
            err = append_quoted(to, m->user_id);
    }
    return err;
}

static enum ct_err append_hash(const struct hub_channel *ch, struct buf *to)
{
    enum ct_err err = CT_OK;

    for (const struct hub_member *m = ch->members; m && err == CT_OK; m = m->hh.next) {
        if (m != ch->members)
            err = buf_append_char(to, ',');
        if (err == CT_OK)
            err = append_quoted(to, m->user_id);
        if (err == CT_OK)
            err = buf_append_char(to, ':');
        if (err == CT_OK)
            err = buf_append(to, m->user_info);
    }
    return err;
}

enum pusher_err hub_roster_write(const struct hub_channel *ch, struct buf *to)
{
    buf_reset(to);
    if (buf_printf(to, "{\"presence\":{\"count\":%u,\"ids\":[", HASH_COUNT(ch->members)) != CT_OK ||
        append_ids(ch, to) != CT_OK || buf_append(to, STR("],\"hash\":{")) != CT_OK ||
        append_hash(ch, to) != CT_OK || buf_append(to, STR("}}}")) != CT_OK)
        return PUSHER_ERR_NOMEM;
    return PUSHER_OK;
}

static struct hub_text *member_text(struct hub *h, const struct hub_channel *ch, struct str event,
                                    struct str user_id, struct str user_info)
{
    buf_reset(&h->data);
    if (hub_identity_write(&h->data, user_id, user_info) != CT_OK)
        return NULL;
    return hub_text_of_frame(h, pusher_frame_event(&h->frame, event, ch->name, PUSHER_DATA_STRING,
                                                   buf_str(&h->data), (struct str){0}));
}

struct hub_text *hub_member_added_text(struct hub *h, const struct hub_channel *ch,
                                       const struct hub_member *m)
{
    return member_text(h, ch, STR("pusher_internal:member_added"), m->user_id, m->user_info);
}

struct hub_text *hub_member_removed_text(struct hub *h, const struct hub_channel *ch,
                                         const struct hub_member *m)
{
    return member_text(h, ch, STR("pusher_internal:member_removed"), m->user_id, (struct str){0});
}
