/* src/fleet/log.h - the event log (what arrived) and the error log (what was wrong), both bounded.
 *
 * Event texts are kept raw, exactly as received, in one byte ring: the oldest go when
 * LOG_BYTES_MAX or LOG_EVENTS_MAX is reached. Lines for the screen are made from the typed part.
 *
 * Identical duplicates of an order are all kept, each with its time and raw text: the newest of
 * them counts the others (repeats), and those say which one follows (next_same). A reader that
 * folds shows only the newest; one that unfolds shows all. Events that nothing is known of, and
 * those whose payload was refused, are identical when their texts are.
 *
 * The last two events of an order that have left the ring are kept apart from it, as long as the
 * owner of the log wants that of the order: event_log_keep_for(). */
#ifndef CHARGETOP_FLEET_LOG_H
#define CHARGETOP_FLEET_LOG_H

#include "base/err.h"
#include "base/wire_event.h"
#include "fleet/change.h"
#include "fleet/explain.h"

enum {
    LOG_EVENTS_MAX = 8192,
    LOG_BYTES_MAX = 8 * 1024 * 1024,
    LOG_TEXT_MAX_BYTES = 64 * 1024,     /* of one event; the rest is cut and flagged */
    LOG_KEPT_TEXT_MAX_BYTES = 8 * 1024, /* of one event of an order that has left the ring */
    LOG_CHANNEL_MAX = 48,
    LOG_ERRORS_MAX = 512,
    LOG_ERROR_TEXT_MAX = 240,
    LOG_NOTE_MAX = 128 /* with NUL; a longer reason ends in "..." */
};

enum log_what {
    LOG_CONSUMPTION,
    LOG_DUPLICATE,
    LOG_LATE, /* out of order or after completion */
    LOG_CORRECTED,
    LOG_COMPLETED,
    LOG_REST,
    LOG_OTHER,
    LOG_REJECTED,
    LOG_PROTOCOL, /* pusher: frames, ours and theirs; hidden unless asked for */
    LOG_LINK,
    LOG_PING, /* a ping was answered: note tells the round trip */
    LOG_SUB
};

/* "consumption", as it is filtered by and exported; "" for what is none of them. Static. */
const char *log_what_name(enum log_what what);

struct log_entry {
    uint64_t seq; /* 1, 2, ... never reused */
    uint64_t at_ms;
    int64_t at_unix_ms;
    enum log_what what;
    uint8_t source;                      /* of the wire event: 0, or the number of a side */
    char channel[LOG_CHANNEL_MAX];       /* cut; of channels that are no order's; else empty */
    char order_id[ORDER_ID_MAX];         /* empty for connection matters */
    char name[FLEET_WORD_MAX];           /* short event name, "Consumption" */
    int64_t energy_before_wh, energy_wh; /* INT64_MIN if not known */
    int64_t charging_before_ms, charging_ms;
    uint32_t order_seq;      /* number of this event among those of its order; 0: not one of them */
    uint32_t repeats;        /* identical ones up to and with this line, 1 for a single */
    uint64_t next_same;      /* seq of the identical one after it, whose line counts this; 0 none */
    bool marked;             /* a person marked it: it stays a line of its own */
    char note[LOG_NOTE_MAX]; /* "! energy fell", "denied: 403", clean */
    enum wire_cipher cipher; /* of a FRAME: what became of an encrypted payload */
    size_t text_bytes;       /* of the raw text kept */
    size_t clear_bytes;      /* of the decrypted payload kept beside it; 0 none */
    bool text_cut;
};

enum log_severity { LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_error {
    enum log_severity severity;
    int32_t code;                  /* Pusher, HTTP or 0 */
    char cause[EXPLAIN_NAME_MAX];  /* a name of explain.h where the code does not tell; or empty */
    char target[ORDER_ID_MAX];     /* order id, "link", "auth", "rest"; what it concerns */
    char text[LOG_ERROR_TEXT_MAX]; /* plain sentence with the next step */
    uint32_t count;
    uint64_t first_ms, last_ms;
    int64_t first_unix_ms, last_unix_ms;
    uint64_t seq;       /* grows with every new or repeated error: "new since looked at" */
    uint32_t id;        /* 1, 2, ...: stays while it is kept, whatever its place */
    uint64_t event_seq; /* its line in the event log when it came last; 0: none */
};

struct event_log;
struct event_log *event_log_create(void);
void event_log_destroy(struct event_log *l);
/* A copy that stands still while the log goes on: at most event_log_bytes() more. NULL: out of
 * memory. Owned by the caller. */
struct event_log *event_log_clone(const struct event_log *l);
enum { LOG_SOURCES_MAX = 8, LOG_SOURCE_NAME_MAX = 32 };
/* What a source of events is called: its profile. Names beyond the bounds are cut, sources beyond are left
 * out. "" while nobody said. */
void event_log_name_source(struct event_log *l, uint8_t source, struct str name);
const char *event_log_source_name(const struct event_log *l, uint8_t source);
/* Of which orders the last events are kept when they leave the ring; without it, of none. The copy of
 * a log keeps what it has. */
typedef bool event_log_wants_fn(const void *user, const char *order_id);
void event_log_keep_for(struct event_log *l, event_log_wants_fn *wants, const void *user);
void event_log_forget(struct event_log *l, const char *order_id); /* what is kept of that order */
/* Appends; a LOG_DUPLICATE equal in order and numbers to the one before of that order counts it
 * (repeats, next_same), a LOG_OTHER or LOG_REJECTED one equal in text to that of its order or channel.
 * text is raw and may be empty. */
enum ct_err event_log_push(struct event_log *l, const struct log_entry *entry, struct str text);
/* The same with what was decrypted from it, which is kept as long and bounded alike. */
enum ct_err event_log_push_clear(struct event_log *l, const struct log_entry *entry,
                                 struct str text, struct str clear);
/* Makes the newest entry, if its seq is still `seq`, say what a decoder found in it: order, what,
 * numbers and note are taken from *entry, and its name if it has one. What it counts is decided anew, as in
 * event_log_push(). */
void event_log_amend(struct event_log *l, uint64_t seq, const struct log_entry *entry);
/* A mark stands at that entry; nothing happens when it is gone. */
void event_log_mark(struct event_log *l, uint64_t seq);
uint64_t event_log_newest_seq(const struct event_log *l); /* 0 when empty */
size_t event_log_bytes(const struct event_log *l);        /* memory held, without ... */
size_t event_log_kept_bytes(const struct event_log *l);   /* ... what is kept of orders */
size_t event_log_count(const struct event_log *l);
uint64_t event_log_total(const struct event_log *l);                         /* ever pushed */
const struct log_entry *event_log_at(const struct event_log *l, size_t age); /* 0 newest */
/* NULL when gone */
const struct log_entry *event_log_find(const struct event_log *l, uint64_t seq);
/* Of the events of an order that have left the ring, those that brought something of it: age 0 the
 * newest, at most 1. NULL: none. Borrowed until the log changes. */
const struct log_entry *event_log_kept(const struct event_log *l, const char *order_id, size_t age);
/* In the ring, or among those kept of that order. */
const struct log_entry *event_log_find_of(const struct event_log *l, const char *order_id,
                                          uint64_t seq);
/* Is it an event of an order: something it sent, not a frame, an answer or a state of its channel? */
bool log_entry_is_of_order(const struct log_entry *e);
/* The one of the same order before it, in O(1); NULL when there is none or it is gone. */
const struct log_entry *event_log_earlier(const struct event_log *l, const struct log_entry *entry);
/* The age of the newest entry whose seq is at most `seq`; event_log_count() if there is none.
 * Binary search. */
size_t event_log_age_of(const struct event_log *l, uint64_t seq);
/* The same by time of arrival. */
size_t event_log_age_at(const struct event_log *l, uint64_t at_ms);
/* Raw bytes of an entry, in the ring or kept, joined into to[cap]; returns bytes copied. */
size_t event_log_text(const struct event_log *l, const struct log_entry *entry, char *to,
                      size_t cap);

/* The same of what was decrypted; 0 where nothing was, and of entries that are only kept. */
size_t event_log_clear(const struct event_log *l, const struct log_entry *entry, char *to,
                       size_t cap);

struct error_log;
struct error_log *error_log_create(void);
void error_log_destroy(struct error_log *l);
/* Same code, cause, target and text within the log: counted, moved to the front; with a cause the
 * text may differ and the newest is kept, but for causes that only their words tell apart
 * ("payload", "server-error"). When full the oldest LOG_INFO goes, or the oldest of all if there is
 * none. Text is redacted here. Takes severity, code, cause, target, text, last_ms, last_unix_ms and
 * event_seq from *e. */
void error_log_note(struct error_log *l, const struct log_error *e);
/* The same without a cause; of target and text any bytes. */
void error_log_add(struct error_log *l, enum log_severity severity, int32_t code, struct str target,
                   struct str text, uint64_t at_ms, int64_t at_unix_ms);
size_t error_log_count(const struct error_log *l);
/* 0 newest by last_ms */
const struct log_error *error_log_at(const struct error_log *l, size_t age);
uint64_t error_log_seq(const struct error_log *l); /* of the newest; 0 when empty */
/* The entry of that id, 0 for the newest; NULL when it is gone or there is none. */
const struct log_error *error_log_find(const struct error_log *l, uint32_t id);
size_t error_log_age(const struct error_log *l, uint32_t id);           /* 0 when it is gone */
const struct explanation *error_log_explain(const struct log_error *e); /* NULL: none */
size_t error_log_newer(const struct error_log *l, uint64_t seq); /* entries touched after seq */

#endif
