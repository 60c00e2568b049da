/* src/fleet/receipt.h - what an order came to: the numbers at its end and why it ended.
 *
 * Made when an order is completed, made again when its final values arrive, and kept after the
 * order has left. Pure values: nothing in it is borrowed. */
#ifndef CHARGETOP_FLEET_RECEIPT_H
#define CHARGETOP_FLEET_RECEIPT_H

#include "base/buf.h"
#include "fleet/order.h"

enum { RECEIPTS_MAX = 512, RECEIPT_WHY_MAX = 80, RECEIPT_LINE_MAX = 320 };

/* Why it ended, as far as can be told from what was received. */
enum receipt_end {
    RECEIPT_TARGET_MET, /* 99 % of what was asked for, or more */
    RECEIPT_EARLY,      /* before its target */
    RECEIPT_STOPPED,    /* a stop had been requested here */
    RECEIPT_GONE,       /* gone from the list of active orders, confirmed by REST */
    RECEIPT_COMPLETED   /* the completed event; it had no target */
};

struct receipt {
    uint64_t ordinal; /* of the order */
    char order_id[ORDER_ID_MAX], title[FLEET_TITLE_MAX], site[FLEET_WORD_MAX];
    int32_t connector; /* 0 unknown */
    enum receipt_end end;
    int32_t target_pct; /* -1 without target */
    uint64_t ended_ms;
    int64_t ended_unix_ms, started_unix_ms; /* 0 unknown */
    int64_t energy_wh;                      /* INT64_MIN unknown */
    int64_t time_ms;                        /* -1 unknown */
    int32_t mean_w, peak_w;                 /* POWER_UNKNOWN, 0 unknown */
    uint64_t stalled_ms, blind_ms;
    int64_t price_micro; /* INT64_MIN unknown */
    bool price_estimated;
    char currency[FLEET_CURRENCY_MAX];
    bool final; /* the server's final values; else the last ones known */
};

/* Of a completed order. */
void receipt_of_order(const struct order *o, const char *fleet_currency, struct receipt *out);
/* The reason alone: "target met", "ended early at 11%". Returns bytes. */
size_t receipt_why(const struct receipt *r, char *to, size_t cap);
/* "done 14:23, target met", "ended early at 11%", "gone from the list, confirmed by REST". */
size_t receipt_words(const struct receipt *r, int32_t utc_offset_s, char *to, size_t cap);
/* When it ended, in five cells: "14:23" today, "11-24" on another day. */
size_t receipt_when(const struct receipt *r, int64_t now_unix_ms, int32_t utc_offset_s, char *to,
                    size_t cap);
/* All of it in one line: "2147 Dock 6 #1: 19.98 kWh in 1h52m, average 10.7 kW, peak 10.9 kW, not
 * stalled, blind 3m20s, EUR 8.99; done 14:23, target met". */
size_t receipt_line(const struct receipt *r, int32_t utc_offset_s, char *to, size_t cap);

/* One line of JSON, with its end, onto *to; CT_ERR_NOMEM, CT_ERR_LIMIT. */
enum ct_err receipt_put_json(const struct receipt *r, struct buf *to);
/* The line read with mistrust: false when anything is missing, out of its range, unclean, or later than
 * newest_unix_ms. *out then is of no order (ordinal 0) and ended at no monotonic time (0). */
bool receipt_from_json(struct str line, int64_t newest_unix_ms, struct receipt *out);
/* One of each order, oldest first, the newest RECEIPTS_MAX of them: of two, the final one, else the one
 * that stands later in the list. Returns how many are left. O(count squared). */
size_t receipts_merge(struct receipt *all, size_t count);

/* The newest RECEIPTS_MAX, in a ring. */
struct receipts {
    uint64_t total;   /* ever */
    uint64_t changes; /* steps with every receipt that is added or replaced */
    struct receipt at[RECEIPTS_MAX];
};
/* Adds, or replaces the one of the same order (by ordinal) if it is number `number`, as returned
 * before; 0 for a new one. Returns its number, 1, 2, ... */
uint64_t receipts_put(struct receipts *all, uint64_t number, const struct receipt *r);
size_t receipts_count(const struct receipts *all);
const struct receipt *receipts_at(const struct receipts *all, size_t age); /* 0 newest; or NULL */

#endif
