/* Knows the members of a webhook's events. */
#include "cmd/webhook_news.h"

#include "base/json_write.h"
#include "base/stamp.h"
#include "base/text.h"
#include "cmd/one_line.h"
#include "pusher/channel.h"

enum { PLAIN_MAX_BYTES = 512 * 1024, CELL_MAX = 512, CLOCK_MAX = 16 };

/* A string member, unescaped onto *texts; empty if there is none. */
static struct str member(struct json_value event, struct str key, struct buf *texts)
{
    const size_t start = texts->len;
    struct json_value v;

    if (!json_get(event, key, &v))
        return (struct str){NULL, 0};
    if (v.type != JSON_STRING)
        return v.type == JSON_NULL ? (struct str){NULL, 0} : v.raw;
    if (json_string_append(v, texts) != CT_OK)
        return (struct str){NULL, 0};
    return (struct str){(const char *)texts->bytes + start, texts->len - start};
}

enum opened { NOT_ENCRYPTED, OPENED, NOT_OPENED };

/* The plain text of data on an encrypted channel. */
static enum opened open_data(const struct app *a, struct str channel, struct str data,
                             struct buf *texts, struct str *plain)
{
    struct pusher_key key;
    enum opened opened = NOT_OPENED;

    if (data.len == 0 || !a->has_encryption ||
        pusher_channel_traits(channel).kind != PUSHER_CHANNEL_ENCRYPTED)
        return NOT_ENCRYPTED;
    if (pusher_key_of_channel(&a->encryption, channel, &key) == PUSHER_OK &&
        pusher_secret_open(&key, data, texts, plain) == PUSHER_OK)
        opened = OPENED;
    pusher_key_wipe(&key);
    return opened;
}

/* Room for every text of an event, so that none moves under another. */
static enum ct_err texts_init(struct buf *texts, struct json_value event)
{
    buf_init(texts, PLAIN_MAX_BYTES);
    return buf_reserve(texts, 4 * event.raw.len + 64);
}

/* One member as it came. */
static enum ct_err append_member(struct buf *to, struct str key, struct json_value v)
{
    const bool quoted = v.type == JSON_STRING;
    enum ct_err err = buf_printf(to, ",\"%.*s\":%s", (int)key.len, key.ptr, quoted ? "\"" : "");

    if (err == CT_OK)
        err = quoted ? buf_append(to, v.raw) : json_one_line(v.raw, to);
    return err == CT_OK && quoted ? buf_append_char(to, '"') : err;
}

static enum ct_err append_plain(struct buf *to, struct str plain)
{
    struct json_writer w;

    jw_init(&w, to);
    w.need_comma = true;
    jw_key(&w, "data");
    jw_str(&w, plain);
    return w.err;
}

static enum ct_err append_members(const struct app *a, struct json_value event, struct buf *texts,
                                  struct buf *to)
{
    const struct str channel = member(event, STR("channel"), texts);
    const struct str data = member(event, STR("data"), texts);
    struct str plain = {NULL, 0}, key;
    const enum opened opened = open_data(a, channel, data, texts, &plain);
    struct json_value v;
    struct json_iter it;
    enum ct_err err = CT_OK;

    json_iter_init(&it, event);
    while (err == CT_OK && json_next(&it, &key, &v))
        if (str_eq(key, STR("data")) && opened == OPENED)
            err = append_plain(to, plain);
        else if (!str_eq(key, STR("time_ms")) && !str_eq(key, STR("decrypted")))
            err = append_member(to, key, v);
    if (err == CT_OK && opened != NOT_ENCRYPTED)
        err = buf_printf(to, ",\"decrypted\":%s", opened == OPENED ? "true" : "false");
    return err;
}

enum ct_err webhook_news_json(const struct app *a, int64_t time_ms, struct json_value event,
                              struct buf *to)
{
    struct buf texts;
    enum ct_err err;

    if (event.type != JSON_OBJECT)
        return CT_ERR_SYNTAX;
    err = texts_init(&texts, event);
    if (err == CT_OK)
        err = buf_printf(to, "{\"time_ms\":%lld", (long long)time_ms);
    if (err == CT_OK)
        err = append_members(a, event, &texts, to);
    if (err == CT_OK)
        err = buf_append_char(to, '}');
    buf_clear(&texts);
    return err;
}

static enum ct_err append_cell(struct buf *to, struct str text)
{
    char clean[CELL_MAX];
    const size_t n = text_clean(clean, sizeof clean, text);

    if (n == 0)
        return CT_OK;
    const enum ct_err err = buf_append_char(to, ' ');
    return err == CT_OK ? buf_append(to, (struct str){clean, n}) : err;
}

enum ct_err webhook_news_text(const struct app *a, int64_t time_ms, struct json_value event,
                              struct buf *to)
{
    static const char *const members[] = {"name",  "channel",   "user_id",
                                          "event", "socket_id", "subscription_count"};
    char clock[CLOCK_MAX];
    struct buf texts;
    enum ct_err err;

    if (event.type != JSON_OBJECT)
        return CT_ERR_SYNTAX;
    const size_t n =
        stamp_format_clock(clock, sizeof clock, time_ms, net_utc_offset_s(time_ms), false);
    err = texts_init(&texts, event);
    if (err == CT_OK)
        err = buf_append(to, (struct str){clock, n});
    for (size_t i = 0; i < COUNT_OF(members) && err == CT_OK; i++)
        err = append_cell(to, member(event, str_from(members[i]), &texts));
    const struct str data = member(event, STR("data"), &texts);
    struct str plain = data;
    const enum opened opened =
        open_data(a, member(event, STR("channel"), &texts), data, &texts, &plain);
    if (err == CT_OK && opened != NOT_ENCRYPTED)
        err = buf_append(to, opened == OPENED ? STR(" decrypted") : STR(" undecryptable"));
    if (err == CT_OK)
        err = append_cell(to, opened == OPENED ? plain : data);
    buf_clear(&texts);
    return err;
}
