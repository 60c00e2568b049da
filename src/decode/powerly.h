/* src/decode/powerly.h - Powerly's events and REST answers (domain.md 2.3 and 3). */
#ifndef CHARGETOP_DECODE_POWERLY_H
#define CHARGETOP_DECODE_POWERLY_H

#include "base/json.h"
#include "decode/decode_internal.h"

/* The two charge point events by name, and every REST answer. */
bool powerly_claims(const struct wire_event *event);
void powerly_read(struct decoder *d, const struct wire_event *event, const struct decode_sink *to);

/* Reads one order object into *out (emptied by the caller). Fields that are null, empty or garbage
 * are left out of out->has. False if the text proved not to be JSON. */
bool powerly_order(struct json_value object, struct order_fields *out);
/* The same for a charge point; adds to what *out holds already. */
bool powerly_station(struct json_value object, struct station_fields *out);
/* Both for an object just entered: its one pass is part of the pass over the text around it.
 * known may be NULL. */
bool powerly_order_walk(struct json_iter *it, struct station_cache *known,
                        struct order_fields *out);
bool powerly_station_walk(struct json_iter *it, struct station_fields *out);

/* The row of that name in a table of `count` rows of `row_bytes`, each beginning with its struct str
 * name; NULL if there is none. Servers write members in the same order every time, and mostly in
 * that of the table: the search starts at *next (0 for a new object), which it leaves behind the
 * row found. */
const void *powerly_member_named(const void *rows, size_t count, size_t row_bytes, struct str key,
                                 size_t *next);

/* Readers of single values; each is false, *out untouched, when there is no information. */
/* string or number, cleaned, not empty */
bool powerly_text(struct json_value v, char *to, size_t cap);
bool powerly_id(struct json_value v, char to[ORDER_ID_MAX]);
bool powerly_int(struct json_value v, int64_t low, int64_t high, int64_t *out);
/* A quantity with `decimals` decimals; below low or above high is garbage. */
bool powerly_scaled(struct json_value v, int decimals, int64_t low, int64_t high, int64_t *out);
bool powerly_money(struct json_value v, int64_t *out_micro);
bool powerly_rate(struct json_value v, int64_t *out_micro); /* money per unit, never negative */
bool powerly_minutes(struct json_value v, int64_t *out_ms); /* fractional minutes to ms, exactly */
bool powerly_unit(struct json_value v, enum price_unit *out);
enum current_type powerly_current(struct json_value v);

enum { POWERLY_DETAIL_MAX = 1024 }; /* bytes of any text looked at */

#endif
