/* src/fleet/followed.c - which channels are followed, who is present, and what each has brought. */
#include "fleet/followed.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "fleet/names.h"
#include "fleet/roll.h"

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hash) ((hash) = hash_bytes((key), (len)))
#include <uthash.h>

enum { KEY_MAX = CHANNEL_NAME_MAX + 1, DATA_MAX_BYTES = 64 * 1024 };

struct followed_entry {
    struct channel c;  /* first: a channel found is its entry */
    size_t index;      /* in followed.at */
    struct roll *roll; /* NULL: none yet */
    size_t extra;      /* members that the roll had no room for */
    size_t counted_bytes;
    size_t key_len;
    char key[KEY_MAX]; /* source, then the name as it is on the wire */
    UT_hash_handle hh;
};

struct followed {
    struct followed_entry *by_key;
    struct followed_entry *at[FOLLOWED_MAX];
    size_t count;
    uint64_t numbers, left_out, version;
    size_t bytes, ids;
    struct buf data; /* a member's text, unescaped */
};

/* ---- names ---- */

enum channel_kind channel_kind_of(struct str name, bool *cached)
{
    static const struct {
        struct str prefix;
        enum channel_kind kind;
    } rows[] = {
        {{"private-encrypted-", 18}, CHANNEL_ENCRYPTED},
        {{"private-", 8}, CHANNEL_PRIVATE},
        {{"presence-", 9}, CHANNEL_PRESENCE},
        {{"#server-to-user-", 16}, CHANNEL_USER},
        {{"", 0}, CHANNEL_PUBLIC},
    };
    size_t i = 0;

    while (!str_starts(name, rows[i].prefix))
        i++;
    const struct str rest = {name.ptr + rows[i].prefix.len, name.len - rows[i].prefix.len};
    *cached = rows[i].kind != CHANNEL_USER && str_starts(rest, STR("cache-"));
    return rows[i].kind;
}

const char *channel_kind_name(enum channel_kind kind)
{
    static const char *const names[] = {[CHANNEL_PUBLIC] = "public",
                                        [CHANNEL_PRIVATE] = "private",
                                        [CHANNEL_ENCRYPTED] = "encrypted",
                                        [CHANNEL_PRESENCE] = "presence",
                                        [CHANNEL_USER] = "user"};

    return (size_t)kind < COUNT_OF(names) ? names[kind] : "?";
}

/* ---- life ---- */

struct followed *followed_create(void)
{
    struct followed *c = calloc(1, sizeof *c);

    if (c)
        buf_init(&c->data, DATA_MAX_BYTES);
    return c;
}

static size_t make_key(char to[KEY_MAX], uint8_t source, struct str name)
{
    if (name.len == 0 || name.len >= CHANNEL_NAME_MAX)
        return 0;
    to[0] = (char)source;
    memcpy(to + 1, name.ptr, name.len);
    return name.len + 1;
}

static struct followed_entry *find(const struct followed *c, uint8_t source, struct str name)
{
    char key[KEY_MAX];
    const size_t len = make_key(key, source, name);
    struct followed_entry *f = NULL;

    if (len > 0)
        HASH_FIND(hh, c->by_key, key, len, f);
    return f;
}

static size_t listed(const struct followed_entry *f)
{
    return f->roll ? roll_count(f->roll) : 0;
}

static void count_members(struct followed *c, struct followed_entry *f)
{
    c->bytes -= f->counted_bytes;
    f->counted_bytes = (f->roll ? roll_bytes(f->roll) : 0) + (f->c.gap ? sizeof *f->c.gap : 0);
    c->bytes += f->counted_bytes;
    f->c.member_count = listed(f) + f->extra;
    f->c.count_about = f->extra > 0;
}

static void forget_members(struct followed *c, struct followed_entry *f)
{
    struct channel *ch = &f->c;

    c->ids -= listed(f);
    roll_destroy(f->roll);
    f->roll = NULL;
    f->extra = 0;
    free(ch->gap);
    ch->gap = NULL;
    count_members(c, f);
    if (ch->members)
        c->bytes -= CHANNEL_MEMBERS_MAX * sizeof *ch->members;
    free(ch->members);
    ch->members = NULL;
    ch->members_kept = 0;
}

static void forget(struct followed *c, struct followed_entry *f)
{
    HASH_DEL(c->by_key, f);
    c->count--;
    for (size_t i = f->index; i < c->count; i++) {
        c->at[i] = c->at[i + 1];
        c->at[i]->index = i;
    }
    forget_members(c, f);
    c->bytes -= sizeof *f;
    free(f);
}

void followed_destroy(struct followed *c)
{
    if (!c)
        return;
    while (c->count > 0)
        forget(c, c->at[c->count - 1]);
    buf_clear(&c->data);
    free(c);
}

/* NOLINTNEXTLINE(readability-function-size): the branches are those of uthash's macro */
static struct followed_entry *follow(struct followed *c, const struct wire_event *event)
{
    struct followed_entry *f = c->count < FOLLOWED_MAX ? calloc(1, sizeof *f) : NULL;

    if (f)
        f->key_len = make_key(f->key, event->source, event->channel);
    if (!f || f->key_len == 0) {
        free(f);
        c->left_out++;
        return NULL;
    }
    HASH_ADD_KEYPTR(hh, c->by_key, f->key, f->key_len, f);
    if (!f->hh.tbl) { /* no memory for the table */
        free(f);
        c->left_out++;
        return NULL;
    }
    f->index = c->count;
    c->at[c->count++] = f;
    c->bytes += sizeof *f;
    text_visible(f->c.name, sizeof f->c.name, event->channel);
    f->c.number = ++c->numbers;
    f->c.source = event->source;
    f->c.kind = channel_kind_of(event->channel, &f->c.cached);
    f->c.subscribers = -1;
    f->c.since_ms = event->at_ms;
    return f;
}

/* ---- members ---- */

static struct channel_member *member_of(struct channel *ch, const char *id)
{
    for (size_t i = 0; i < ch->members_kept; i++)
        if (strcmp(ch->members[i].id, id) == 0)
            return &ch->members[i];
    return NULL;
}

static void set_info(struct channel_member *m, struct json_value info)
{
    m->info[0] = '\0';
    if (info.type == JSON_STRING)
        json_string_copy(info, m->info, sizeof m->info);
    else if (info.type != JSON_NONE && info.type != JSON_NULL)
        text_clean(m->info, sizeof m->info, info.raw);
    text_clean(m->info, sizeof m->info, str_from(m->info));
    text_redact(m->info);
}

static enum roll_said say(struct followed *c, struct followed_entry *f, const char *id)
{
    enum roll_said said = ROLL_NO_ROOM;

    if (!f->roll)
        f->roll = roll_create();
    if (f->roll && (c->ids < FOLLOWED_IDS_MAX || roll_has(f->roll, id)))
        said = roll_add(f->roll, id);
    c->ids += said == ROLL_NEW;
    f->extra += said == ROLL_NO_ROOM;
    return said;
}

static struct channel_member *list_member(struct followed *c, struct channel *ch, const char *id,
                                          uint64_t at_ms)
{
    struct channel_member *m;

    if (!ch->members) {
        ch->members = calloc(CHANNEL_MEMBERS_MAX, sizeof *ch->members);
        c->bytes += ch->members ? CHANNEL_MEMBERS_MAX * sizeof *ch->members : 0;
    }
    if (!ch->members || ch->members_kept == CHANNEL_MEMBERS_MAX)
        return NULL;
    m = &ch->members[ch->members_kept++];
    *m = (struct channel_member){.since_ms = at_ms, .me = strcmp(id, ch->me) == 0};
    str_copy(m->id, sizeof m->id, str_from(id));
    return m;
}

/* True if somebody came. A user that was there keeps its place and is not counted again. */
static bool join(struct followed *c, struct followed_entry *f, const char *id,
                 struct json_value info, uint64_t at_ms)
{
    const enum roll_said said = say(c, f, id);
    struct channel_member *m = member_of(&f->c, id);

    if (!m)
        m = list_member(c, &f->c, id, at_ms);
    if (m)
        set_info(m, info);
    return said != ROLL_KNOWN;
}

static bool leave(struct followed *c, struct followed_entry *f, const char *id)
{
    struct channel_member *m = member_of(&f->c, id);
    const bool known = f->roll && roll_remove(f->roll, id);

    if (!known && f->extra == 0)
        return false; /* nobody we know of */
    if (known)
        c->ids--;
    else
        f->extra--;
    if (!m)
        return true;
    const size_t at = (size_t)(m - f->c.members);
    f->c.members_kept--;
    memmove(m, m + 1, (f->c.members_kept - at) * sizeof *m);
    return true;
}

/* Ids come as text or as numbers. */
static bool id_of(struct json_value v, char to[CHANNEL_MEMBER_ID_MAX])
{
    char raw[CHANNEL_MEMBER_ID_MAX];

    if (v.type == JSON_STRING)
        json_string_copy(v, raw, sizeof raw);
    else if (v.type == JSON_NUMBER)
        str_copy(raw, sizeof raw, v.raw);
    else
        return false;
    return text_clean(to, CHANNEL_MEMBER_ID_MAX, str_from(raw)) > 0;
}

static void note_joined(struct channel_gap *gap, const char *id)
{
    gap->joined++;
    if (gap->joined_kept < CHANNEL_GAP_MAX)
        str_copy(gap->joined_ids[gap->joined_kept++], CHANNEL_MEMBER_ID_MAX, str_from(id));
}

static void note_left(void *user, const char *id)
{
    struct channel_gap *gap = user;

    gap->left++;
    if (gap->left_kept < CHANNEL_GAP_MAX)
        str_copy(gap->left_ids[gap->left_kept++], CHANNEL_MEMBER_ID_MAX, str_from(id));
}

/* Who is there is what `hash` says; `ids` where there is none. */
static void read_roster(struct followed *c, struct followed_entry *f, struct str data,
                        uint64_t at_ms, struct channel_gap *gap)
{
    struct json_value root, presence, v, info;
    struct json_iter it;
    struct str key;

    if (json_parse(data, &root) != CT_OK || !json_get(root, STR("presence"), &presence))
        return;
    const bool hash = json_get(presence, STR("hash"), &v) && v.type == JSON_OBJECT;
    if (!hash && !json_get(presence, STR("ids"), &v))
        return;
    json_iter_init(&it, v);
    while (json_next(&it, &key, &info)) {
        const struct json_value name = hash ? (struct json_value){JSON_STRING, key} : info;
        char id[CHANNEL_MEMBER_ID_MAX];

        if (id_of(name, id) &&
            join(c, f, id, hash ? info : (struct json_value){JSON_NONE, {0}}, at_ms))
            note_joined(gap, id);
    }
}

/* What a roster tells beside the one before it: who came and who left in between. */
static void keep_gap(struct channel *ch, const struct channel_gap *gap)
{
    free(ch->gap);
    ch->gap = NULL;
    if (ch->has_roster && (gap->joined > 0 || gap->left > 0)) {
        ch->joined += gap->joined;
        ch->left += gap->left;
        ch->gap = malloc(sizeof *ch->gap); /* without memory the counts alone tell */
        if (ch->gap)
            *ch->gap = *gap;
    }
    ch->has_roster = true;
}

/* Those that were there before keep the moment they were first seen. */
static void replace_roster(struct followed *c, struct followed_entry *f, struct str data,
                           uint64_t at_ms)
{
    struct channel_gap gap = {.at_ms = at_ms};
    struct channel *ch = &f->c;
    struct channel_member *before = ch->members;
    const size_t kept = ch->members_kept;

    ch->members = NULL;
    ch->members_kept = 0;
    f->extra = 0;
    if (f->roll)
        roll_begin(f->roll);
    read_roster(c, f, data, at_ms, &gap);
    if (f->roll)
        c->ids -= roll_end(f->roll, note_left, &gap);
    for (size_t i = 0; i < kept; i++) {
        struct channel_member *m = member_of(ch, before[i].id);
        if (m)
            m->since_ms = before[i].since_ms;
    }
    if (before)
        c->bytes -= CHANNEL_MEMBERS_MAX * sizeof *before;
    free(before);
    keep_gap(ch, &gap);
    count_members(c, f);
}

static void member_event(struct followed *c, struct followed_entry *f,
                         const struct wire_event *event, bool added)
{
    struct json_value root, v, info = {JSON_NONE, {0}};
    char id[CHANNEL_MEMBER_ID_MAX];

    if (json_parse(event->data, &root) != CT_OK || !json_get(root, STR("user_id"), &v) ||
        !id_of(v, id))
        return;
    if (added) {
        (void)json_get(root, STR("user_info"), &info);
        f->c.joined += join(c, f, id, info, event->at_ms);
    } else {
        f->c.left += leave(c, f, id);
    }
    count_members(c, f);
}

/* ---- frames ---- */

static void count_event(struct channel *ch, struct str data)
{
    struct json_value root, v;
    int64_t n;

    if (json_parse(data, &root) == CT_OK && json_get(root, STR("subscription_count"), &v) &&
        json_i64(v, &n) && n >= 0)
        ch->subscribers = n;
}

/* A message of the protocol, by its name on the wire or by the one that applications know. */
static bool says(struct str name, struct str what)
{
    const struct str prefix = str_split(&name, ':');

    return str_eq(name, what) &&
           (str_eq(prefix, STR("pusher")) || str_eq(prefix, STR("pusher_internal")));
}

static void apply_frame(struct followed *c, const struct wire_event *event)
{
    struct followed_entry *f = find(c, event->source, event->channel);

    if (!f)
        return;
    c->version++;
    if (says(event->name, STR("subscription_succeeded"))) {
        if (f->c.kind == CHANNEL_PRESENCE)
            replace_roster(c, f, event->data, event->at_ms);
    } else if (says(event->name, STR("member_added"))) {
        member_event(c, f, event, true);
    } else if (says(event->name, STR("member_removed"))) {
        member_event(c, f, event, false);
    } else if (says(event->name, STR("subscription_count"))) {
        count_event(&f->c, event->data);
    } else if (says(event->name, STR("cache_miss"))) {
        f->c.misses++;
    } else if (!str_starts(event->name, STR("pusher:")) &&
               !str_starts(event->name, STR("pusher_internal:"))) {
        f->c.events++;
        f->c.undecoded += event->cipher == WIRE_CIPHER_SEALED;
        f->c.last_ms = event->at_ms;
        text_clean(f->c.last_event, sizeof f->c.last_event, fleet_short_event(event->name));
    }
}

/* Our own user id stands in what was signed for us. Of what was sent only the text is known. */
static void apply_sent(struct followed *c, const struct wire_event *event)
{
    char name[CHANNEL_NAME_MAX];
    struct json_value root, data, v;
    struct followed_entry *f;

    if (event->text.len > DATA_MAX_BYTES || json_parse(event->text, &root) != CT_OK ||
        !json_get(root, STR("event"), &v) || !json_string_is(v, STR("pusher:subscribe")) ||
        !json_get(root, STR("data"), &data) || !json_get(data, STR("channel"), &v))
        return;
    const struct str channel = {name, json_string_copy(v, name, sizeof name)};
    if (!(f = find(c, event->source, channel)) || f->c.kind != CHANNEL_PRESENCE)
        return;
    f->c.me[0] = '\0';
    buf_reset(&c->data);
    if (json_get(data, STR("channel_data"), &v) && v.type == JSON_STRING &&
        json_string_append(v, &c->data) == CT_OK && json_parse(buf_str(&c->data), &root) == CT_OK &&
        json_get(root, STR("user_id"), &v))
        (void)id_of(v, f->c.me);
}

static void apply_sub(struct followed *c, const struct wire_event *event)
{
    struct followed_entry *f = find(c, event->source, event->channel);

    if (event->sub == WIRE_SUB_NONE) {
        if (f)
            forget(c, f);
        c->version++;
        return;
    }
    if (!f && !(f = follow(c, event)))
        return;
    c->version++;
    if (f->c.sub != event->sub)
        f->c.since_ms = event->at_ms;
    f->c.sub = event->sub;
    if (event->sub == WIRE_SUB_DENIED || event->sub == WIRE_SUB_FAILED) {
        f->c.code = event->code;
        text_clean(f->c.reason, sizeof f->c.reason, event->text);
        text_redact(f->c.reason);
    } else if (event->sub == WIRE_SUB_SUBSCRIBED) {
        f->c.code = 0;
        f->c.reason[0] = '\0';
    }
}

void followed_apply(struct followed *c, const struct wire_event *event, bool is_order)
{
    if (event->kind == WIRE_SENT)
        apply_sent(c, event);
    if (is_order || event->channel.len == 0)
        return;
    if (event->kind == WIRE_FRAME)
        apply_frame(c, event);
    else if (event->kind == WIRE_SUB)
        apply_sub(c, event);
}

/* ---- reading ---- */

size_t followed_count(const struct followed *c)
{
    return c->count;
}

const struct channel *followed_at(const struct followed *c, size_t index)
{
    return index < c->count ? &c->at[index]->c : NULL;
}

const struct channel *followed_find(const struct followed *c, uint8_t source, struct str name)
{
    const struct followed_entry *f = find(c, source, name);

    return f ? &f->c : NULL;
}

uint64_t followed_left_out(const struct followed *c)
{
    return c->left_out;
}

size_t followed_bytes(const struct followed *c)
{
    return sizeof *c + c->bytes;
}

uint64_t followed_version(const struct followed *c)
{
    return c->version;
}
