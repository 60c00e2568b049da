/* src/fleet/log.h - the event log (what arrived) and the error log (what was wrong), both bounded.
 *
 * Event texts are kept raw, exactly as received, in one byte ring: the oldest go when
 * LOG_BYTES_MAX or LOG_EVENTS_MAX is reached. Lines for the screen are made from the typed part.
 *
 * Identical duplicates of an order are all kept, each with its time and raw text: the newest of
 * them counts the others (repeats), and those say which one follows (next_same). A reader that
 * folds shows only the newest; one that unfolds shows all. */
#ifndef CHARGETOP_FLEET_LOG_H
#define CHARGETOP_FLEET_LOG_H

#include "base/err.h"
#include "base/wire_event.h"
#include "fleet/change.h"
#include "fleet/explain.h"

enum {
    LOG_EVENTS_MAX = 8192,
    LOG_BYTES_MAX = 8 * 1024 * 1024,
    LOG_TEXT_MAX_BYTES = 64 * 1024, /* of one event; the rest is cut and flagged */
    LOG_ERRORS_MAX = 512,
    LOG_ERROR_TEXT_MAX = 240
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

struct log_entry {
    uint64_t seq; /* 1, 2, ... never reused */
    uint64_t at_ms;
    int64_t at_unix_ms;
    enum log_what what;
    char order_id[ORDER_ID_MAX];         /* empty for connection matters */
    char name[FLEET_WORD_MAX];           /* short event name, "Consumption" */
    int64_t energy_before_wh, energy_wh; /* INT64_MIN if not known */
    int64_t charging_before_ms, charging_ms;
    uint32_t order_seq; /* number of this event among those of its order; 0: not one of them */
    uint32_t repeats;   /* identical ones up to and with this line, 1 for a single */
    uint64_t next_same; /* seq of the identical one after it, whose line counts this; 0 none */
    bool marked;        /* a person marked it: it stays a line of its own */
    char note[80];      /* "! energy fell", "denied: 403", clean */
    size_t text_bytes;  /* of the raw text kept */
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
/* Appends; a LOG_DUPLICATE equal in order and numbers to the one before of that order counts it
 * (repeats, next_same). text is raw and may be empty. */
enum ct_err event_log_push(struct event_log *l, const struct log_entry *entry, struct str text);
/* Makes the newest entry, if its seq is still `seq`, say what a decoder found in it: order, what,
 * numbers and note are taken from *entry. A LOG_DUPLICATE equal to the one before of its order
 * counts that, as in event_log_push(). */
void event_log_amend(struct event_log *l, uint64_t seq, const struct log_entry *entry);
/* A mark stands at that entry; nothing happens when it is gone. */
void event_log_mark(struct event_log *l, uint64_t seq);
uint64_t event_log_newest_seq(const struct event_log *l); /* 0 when empty */
size_t event_log_bytes(const struct event_log *l);        /* memory held */
size_t event_log_count(const struct event_log *l);
uint64_t event_log_total(const struct event_log *l);                         /* ever pushed */
const struct log_entry *event_log_at(const struct event_log *l, size_t age); /* 0 newest */
/* NULL when gone */
const struct log_entry *event_log_find(const struct event_log *l, uint64_t seq);
/* The one of the same order before it, in O(1); NULL when there is none or it is gone. */
const struct log_entry *event_log_earlier(const struct event_log *l, const struct log_entry *entry);
/* The age of the newest entry whose seq is at most `seq`; event_log_count() if there is none.
 * Binary search. */
size_t event_log_age_of(const struct event_log *l, uint64_t seq);
/* The same by time of arrival. */
size_t event_log_age_at(const struct event_log *l, uint64_t at_ms);
/* Raw bytes of an entry in up to two pieces joined into to[cap]; returns bytes copied. */
size_t event_log_text(const struct event_log *l, const struct log_entry *entry, char *to,
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
