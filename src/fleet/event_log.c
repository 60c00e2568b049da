/* src/fleet/event_log.c - what arrived: typed lines in one ring, raw texts in another. */
#include <stdlib.h>
#include <string.h>

#include "fleet/event_kept.h"
#include "fleet/log.h"

enum {
    LATEST_SLOTS = 4096, /* power of two */
    FOLD_WALK_MAX = 32   /* lines looked back for the same event of a channel that is no order's */
};

struct record {
    struct log_entry entry;
    size_t text_at;   /* in the byte ring */
    uint64_t earlier; /* seq of the newest record of the same order before this one; 0 none */
    uint64_t counts;  /* seq of the identical one that this counts; 0 none */
};

struct event_log {
    struct record *records; /* ring of LOG_EVENTS_MAX */
    size_t first, count;
    char *bytes; /* ring of LOG_BYTES_MAX */
    size_t bytes_end, bytes_used;
    bool wrapped; /* all of bytes has been written */
    uint64_t next_seq, total;
    struct event_kept *kept;
    event_log_wants_fn *wants; /* NULL: nothing is kept */
    const void *wants_user;
    char sources[LOG_SOURCES_MAX][LOG_SOURCE_NAME_MAX];
    uint64_t latest[LATEST_SLOTS]; /* by hash of the order: seq of its newest record; a hint */
};

void event_log_name_source(struct event_log *l, uint8_t source, struct str name)
{
    if (source < LOG_SOURCES_MAX)
        str_copy(l->sources[source], sizeof l->sources[source], name);
}

const char *event_log_source_name(const struct event_log *l, uint8_t source)
{
    return source < LOG_SOURCES_MAX ? l->sources[source] : "";
}

const char *log_what_name(enum log_what what)
{
    static const char *const names[] = {[LOG_CONSUMPTION] = "consumption",
                                        [LOG_DUPLICATE] = "duplicate",
                                        [LOG_LATE] = "late",
                                        [LOG_CORRECTED] = "corrected",
                                        [LOG_COMPLETED] = "completed",
                                        [LOG_REST] = "rest",
                                        [LOG_OTHER] = "other",
                                        [LOG_REJECTED] = "rejected",
                                        [LOG_PROTOCOL] = "protocol",
                                        [LOG_LINK] = "link",
                                        [LOG_PING] = "ping",
                                        [LOG_SUB] = "subscription"};

    return (size_t)what < COUNT_OF(names) ? names[what] : "";
}

struct event_log *event_log_create(void)
{
    struct event_log *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    l->records = malloc(LOG_EVENTS_MAX * sizeof *l->records);
    l->bytes = malloc(LOG_BYTES_MAX);
    l->kept = event_kept_create();
    l->next_seq = 1;
    if (!l->records || !l->bytes || !l->kept) {
        event_log_destroy(l);
        return NULL;
    }
    return l;
}

void event_log_destroy(struct event_log *l)
{
    if (!l)
        return;
    event_kept_destroy(l->kept);
    free(l->records);
    free(l->bytes);
    free(l);
}

struct event_log *event_log_clone(const struct event_log *l)
{
    struct event_log *c = malloc(sizeof *c);

    if (!c)
        return NULL;
    *c = *l;
    c->wants = NULL;
    c->kept = event_kept_clone(l->kept);
    c->records = malloc(LOG_EVENTS_MAX * sizeof *c->records);
    c->bytes = malloc(LOG_BYTES_MAX);
    if (!c->kept || !c->records || !c->bytes) {
        event_log_destroy(c);
        return NULL;
    }
    /* what was never written is not copied */
    memcpy(c->records, l->records,
           (l->first + l->count > LOG_EVENTS_MAX || l->first > 0 ? LOG_EVENTS_MAX : l->count) *
               sizeof *c->records);
    memcpy(c->bytes, l->bytes, l->wrapped ? LOG_BYTES_MAX : l->bytes_end);
    return c;
}

void event_log_keep_for(struct event_log *l, event_log_wants_fn *wants, const void *user)
{
    l->wants = wants;
    l->wants_user = user;
}

void event_log_forget(struct event_log *l, const char *order_id)
{
    event_kept_forget(l->kept, order_id);
}

static struct record *nth(const struct event_log *l, size_t i)
{
    return &l->records[(l->first + i) % LOG_EVENTS_MAX];
}

/* seqs grow along the ring. */
static struct record *find(const struct event_log *l, uint64_t seq)
{
    size_t low = 0;
    size_t high = l->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (nth(l, middle)->entry.seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low < l->count && nth(l, low)->entry.seq == seq ? nth(l, low) : NULL;
}

static uint64_t *latest_slot(struct event_log *l, const char *order_id)
{
    uint32_t hash = UINT32_C(2166136261); /* FNV-1a */

    for (const char *c = order_id; *c; c++)
        hash = (hash ^ (unsigned char)*c) * UINT32_C(16777619);
    return &l->latest[hash % LATEST_SLOTS];
}

bool log_entry_is_of_order(const struct log_entry *e)
{
    return e->order_id[0] && (e->order_seq > 0 || e->what == LOG_OTHER || e->what == LOG_REJECTED);
}

/* len bytes of the ring from `at` on: the second piece is at its beginning. */
static void ring_pieces(const struct event_log *l, size_t at, size_t len, struct str *head,
                        struct str *tail)
{
    const size_t room = LOG_BYTES_MAX - at;

    *head = (struct str){l->bytes + at, len < room ? len : room};
    *tail = (struct str){l->bytes, len - head->len};
}

static void text_pieces(const struct event_log *l, const struct record *r, struct str *head,
                        struct str *tail)
{
    ring_pieces(l, r->text_at, r->entry.text_bytes, head, tail);
}

static size_t join_pieces(struct str head, struct str tail, char *to, size_t cap)
{
    if (head.len > cap)
        head.len = cap;
    if (tail.len > cap - head.len)
        tail.len = cap - head.len;
    if (head.len > 0)
        memcpy(to, head.ptr, head.len);
    if (tail.len > 0)
        memcpy(to + head.len, tail.ptr, tail.len);
    return head.len + tail.len;
}

static void drop_oldest(struct event_log *l)
{
    const struct record *r = nth(l, 0);
    struct str head, tail;

    if (l->wants && log_entry_is_of_order(&r->entry) &&
        l->wants(l->wants_user, r->entry.order_id)) {
        text_pieces(l, r, &head, &tail);
        event_kept_put(l->kept, &r->entry, head, tail);
    }
    l->bytes_used -= r->entry.text_bytes + r->entry.clear_bytes;
    l->first = (l->first + 1) % LOG_EVENTS_MAX;
    l->count--;
}

static void keep_text(struct event_log *l, struct str text)
{
    const size_t room = LOG_BYTES_MAX - l->bytes_end;
    const size_t head = text.len < room ? text.len : room;

    if (text.len > 0) {
        memcpy(l->bytes + l->bytes_end, text.ptr, head);
        memcpy(l->bytes, text.ptr + head, text.len - head);
    }
    l->wrapped |= text.len >= room;
    l->bytes_end = (l->bytes_end + text.len) % LOG_BYTES_MAX;
    l->bytes_used += text.len;
}

static bool same(const struct log_entry *a, const struct log_entry *b)
{
    return a->what == b->what && a->energy_wh == b->energy_wh &&
           a->energy_before_wh == b->energy_before_wh && a->charging_ms == b->charging_ms &&
           a->charging_before_ms == b->charging_before_ms &&
           strcmp(a->order_id, b->order_id) == 0 && strcmp(a->name, b->name) == 0 &&
           strcmp(a->note, b->note) == 0;
}

/* Are len bytes of the ring the same from both places on? */
static bool same_bytes(const struct event_log *l, size_t a, size_t b, size_t len)
{
    while (len > 0) {
        const size_t further = a > b ? a : b;
        const size_t run = len < LOG_BYTES_MAX - further ? len : LOG_BYTES_MAX - further;
        if (memcmp(l->bytes + a, l->bytes + b, run) != 0)
            return false;
        a = (a + run) % LOG_BYTES_MAX;
        b = (b + run) % LOG_BYTES_MAX;
        len -= run;
    }
    return true;
}

/* Of an encrypted one the message counts: its nonce is always another. */
static bool same_text(const struct event_log *l, const struct record *a, const struct record *b)
{
    const bool clear = a->entry.clear_bytes > 0 && b->entry.clear_bytes > 0;
    const size_t len = clear ? a->entry.clear_bytes : a->entry.text_bytes;

    if (a->entry.text_cut || b->entry.text_cut || a->entry.source != b->entry.source ||
        len != (clear ? b->entry.clear_bytes : b->entry.text_bytes) ||
        strcmp(a->entry.channel, b->entry.channel) != 0)
        return false;
    const size_t skip_a = clear ? a->entry.text_bytes : 0, skip_b = clear ? b->entry.text_bytes : 0;
    return same_bytes(l, (a->text_at + skip_a) % LOG_BYTES_MAX,
                      (b->text_at + skip_b) % LOG_BYTES_MAX, len);
}

/* An event that nothing is known of, or whose payload was refused, says only its text. */
static bool says_its_text(const struct log_entry *e)
{
    return e->what == LOG_OTHER || e->what == LOG_REJECTED;
}

/* The one before that the newest may be a repeat of: of the same order; of what is no order's within
 * FOLD_WALK_MAX lines. */
static struct record *before_newest(struct event_log *l, const struct record *newest)
{
    if (newest->entry.order_id[0])
        return find(l, newest->earlier);
    for (size_t back = 2; back <= l->count && back <= FOLD_WALK_MAX; back++) {
        struct record *r = nth(l, l->count - back);
        if (r->entry.what == newest->entry.what && r->entry.source == newest->entry.source &&
            r->entry.order_id[0] == '\0' && strcmp(r->entry.channel, newest->entry.channel) == 0)
            return r;
    }
    return NULL;
}

/* The newest record, when it says nothing that the one before did not, counts it. */
static void try_fold(struct event_log *l)
{
    struct record *newest = nth(l, l->count - 1);
    const bool by_text = says_its_text(&newest->entry);

    if (!by_text && (newest->entry.what != LOG_DUPLICATE || newest->entry.order_id[0] == '\0'))
        return;
    struct record *earlier = before_newest(l, newest);
    if (!earlier || !same(&earlier->entry, &newest->entry) ||
        (by_text && !same_text(l, earlier, newest)))
        return;
    newest->entry.repeats =
        earlier->entry.repeats < UINT32_MAX ? earlier->entry.repeats + 1 : UINT32_MAX;
    earlier->entry.next_same = newest->entry.seq;
    newest->counts = earlier->entry.seq;
}

/* What the newest is turns out to be something else: it counts nothing any more. */
static void unfold(struct event_log *l)
{
    struct record *newest = nth(l, l->count - 1);
    struct record *counted = newest->counts ? find(l, newest->counts) : NULL;

    if (counted)
        counted->entry.next_same = 0;
    newest->counts = 0;
    newest->entry.repeats = 1;
}

/* Chains the record to the one before of its order. */
static void chain(struct event_log *l, struct record *r)
{
    r->earlier = 0;
    if (r->entry.order_id[0] == '\0')
        return;
    uint64_t *slot = latest_slot(l, r->entry.order_id);
    const struct record *before = find(l, *slot);
    if (before && before != r && strcmp(before->entry.order_id, r->entry.order_id) == 0)
        r->earlier = before->entry.seq;
    *slot = r->entry.seq;
}

enum ct_err event_log_push(struct event_log *l, const struct log_entry *entry, struct str text)
{
    return event_log_push_clear(l, entry, text, (struct str){0});
}

enum ct_err event_log_push_clear(struct event_log *l, const struct log_entry *entry,
                                 struct str text, struct str clear)
{
    const bool cut = text.len > LOG_TEXT_MAX_BYTES;

    if (cut)
        text.len = LOG_TEXT_MAX_BYTES;
    if (clear.len > LOG_TEXT_MAX_BYTES)
        clear.len = LOG_TEXT_MAX_BYTES;
    while (l->count == LOG_EVENTS_MAX || l->bytes_used > LOG_BYTES_MAX - text.len - clear.len)
        drop_oldest(l);
    struct record *r = nth(l, l->count);
    l->count++;
    r->entry = *entry;
    r->entry.seq = l->next_seq++;
    r->entry.text_bytes = text.len;
    r->entry.clear_bytes = clear.len;
    r->entry.text_cut = cut;
    r->entry.repeats = 1;
    r->entry.next_same = 0;
    r->counts = 0;
    r->text_at = l->bytes_end;
    keep_text(l, text);
    keep_text(l, clear);
    chain(l, r);
    l->total++;
    try_fold(l);
    return CT_OK;
}

void event_log_amend(struct event_log *l, uint64_t seq, const struct log_entry *entry)
{
    if (l->count == 0 || nth(l, l->count - 1)->entry.seq != seq)
        return;
    struct record *r = nth(l, l->count - 1);
    const bool renamed = strcmp(r->entry.order_id, entry->order_id) != 0;
    unfold(l);
    r->entry.what = entry->what;
    memcpy(r->entry.order_id, entry->order_id, sizeof r->entry.order_id);
    memcpy(r->entry.note, entry->note, sizeof r->entry.note);
    if (entry->name[0])
        memcpy(r->entry.name, entry->name, sizeof r->entry.name);
    r->entry.order_seq = entry->order_seq;
    r->entry.energy_before_wh = entry->energy_before_wh;
    r->entry.energy_wh = entry->energy_wh;
    r->entry.charging_before_ms = entry->charging_before_ms;
    r->entry.charging_ms = entry->charging_ms;
    if (renamed)
        chain(l, r);
    try_fold(l);
}

void event_log_mark(struct event_log *l, uint64_t seq)
{
    struct record *r = find(l, seq);

    if (r)
        r->entry.marked = true;
}

size_t event_log_count(const struct event_log *l)
{
    return l->count;
}

uint64_t event_log_total(const struct event_log *l)
{
    return l->total;
}

uint64_t event_log_newest_seq(const struct event_log *l)
{
    return l->count > 0 ? nth(l, l->count - 1)->entry.seq : 0;
}

const struct log_entry *event_log_at(const struct event_log *l, size_t age)
{
    return age < l->count ? &nth(l, l->count - 1 - age)->entry : NULL;
}

const struct log_entry *event_log_find(const struct event_log *l, uint64_t seq)
{
    const struct record *r = find(l, seq);

    return r ? &r->entry : NULL;
}

const struct log_entry *event_log_kept(const struct event_log *l, const char *order_id, size_t age)
{
    return event_kept_at(l->kept, order_id, age);
}

const struct log_entry *event_log_find_of(const struct event_log *l, const char *order_id,
                                          uint64_t seq)
{
    const struct log_entry *e = event_log_find(l, seq);

    for (size_t age = 0; !e && seq > 0 && age < 2; age++) {
        const struct log_entry *kept = event_log_kept(l, order_id, age);
        if (kept && kept->seq == seq)
            e = kept;
    }
    return e;
}

const struct log_entry *event_log_earlier(const struct event_log *l, const struct log_entry *entry)
{
    const struct record *r = find(l, entry->seq);
    const struct record *before = r && r->earlier != 0 ? find(l, r->earlier) : NULL;

    return before ? &before->entry : NULL;
}

size_t event_log_age_of(const struct event_log *l, uint64_t seq)
{
    size_t low = 0;
    size_t high = l->count;

    while (low < high) { /* the first record above seq */
        const size_t middle = low + (high - low) / 2;

        if (nth(l, middle)->entry.seq <= seq)
            low = middle + 1;
        else
            high = middle;
    }
    return l->count - low;
}

size_t event_log_age_at(const struct event_log *l, uint64_t at_ms)
{
    size_t low = 0;
    size_t high = l->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (nth(l, middle)->entry.at_ms <= at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return l->count - low;
}

size_t event_log_text(const struct event_log *l, const struct log_entry *entry, char *to,
                      size_t cap)
{
    const struct record *r = find(l, entry->seq);
    struct str head = {0}, tail = {0};

    if (r)
        text_pieces(l, r, &head, &tail);
    else
        head = event_kept_text(l->kept, entry->order_id, entry->seq);
    return join_pieces(head, tail, to, cap);
}

size_t event_log_clear(const struct event_log *l, const struct log_entry *entry, char *to,
                       size_t cap)
{
    const struct record *r = find(l, entry->seq);
    struct str head, tail;

    if (!r || r->entry.clear_bytes == 0)
        return 0;
    ring_pieces(l, (r->text_at + r->entry.text_bytes) % LOG_BYTES_MAX, r->entry.clear_bytes, &head,
                &tail);
    return join_pieces(head, tail, to, cap);
}

size_t event_log_bytes(const struct event_log *l)
{
    return sizeof *l + LOG_EVENTS_MAX * sizeof *l->records + LOG_BYTES_MAX;
}

size_t event_log_kept_bytes(const struct event_log *l)
{
    return event_kept_bytes(l->kept);
}
