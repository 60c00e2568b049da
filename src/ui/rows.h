/* src/ui/rows.h - one line of the orders table as values: everything that is shown of an order.
 *
 * A line is computed for what is drawn now, and kept as it was when the picture is paused. All
 * values are copies. */
#ifndef CHARGETOP_UI_ROWS_H
#define CHARGETOP_UI_ROWS_H

#include "ui/view.h"

enum { ROW_SPARK_CELLS = 10, ROW_SPARK_MS = 600000 };

struct order_row {
    char id[ORDER_ID_MAX];
    uint64_t ordinal;
    enum order_state state;
    uint8_t pin;
    enum alarm_phase alarm;
    uint64_t alarm_ms;           /* as in order */
    bool stale;                  /* numbers are drawn with ~ */
    bool updated;                /* anything was ever received */
    bool sunk;                   /* done for longer than order_limits.done_sink_ms */
    char title[FLEET_TITLE_MAX]; /* of the charge point; empty unknown */
    int32_t connector;           /* 0 unknown */
    char site[FLEET_WORD_MAX];
    int64_t energy_wh;               /* INT64_MIN unknown */
    int32_t power_w, peak_w, mean_w; /* POWER_UNKNOWN until known */
    int levels[ROW_SPARK_CELLS];     /* -1: no data */
    struct order_target target;
    int64_t elapsed_ms;  /* -1 unknown */
    int64_t price_micro; /* INT64_MIN unknown */
    bool price_estimated;
    char currency[FLEET_CURRENCY_MAX];
    uint64_t stalled_ms, blind_ms;
    uint64_t seen_ms;       /* what AGE counts from; 0: nothing yet */
    int64_t begins_unix_ms; /* scheduled: the start asked for; else the first event. 0 unknown */
    uint32_t period_ms;     /* between events; 0 unknown */
    enum wire_sub sub;
    char reason[ORDER_REASON_MAX];
};

/* The time that the levels of a row cover. */
uint32_t row_spark_ms(const struct ui_model *m);

/* ROW_NUMBERS leaves levels and reason empty: enough for sorting. */
enum row_extent { ROW_NUMBERS, ROW_WHOLE };
void row_of_order(const struct order *o, const struct ui_model *m, enum row_extent extent,
                  struct order_row *out);

/* A line kept from the pause, by its place among those; what keeps running during a pause is as it is
 * now: the age, and the marks of the person. */
void row_of_frozen(const struct view *v, const struct ui_model *m, size_t at,
                   struct order_row *out);

/* The line at a place of the view's order of rows: kept from the pause, or computed now. False if
 * the order has left meanwhile. */
bool view_row(const struct view *v, const struct ui_model *m, size_t at, enum row_extent extent,
              struct order_row *out);
/* The id of that line, without computing it; NULL if the order has left. Borrowed. */
const char *view_row_id(const struct view *v, const struct ui_model *m, size_t at);

#endif
