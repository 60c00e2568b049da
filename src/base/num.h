/* src/base/num.h - numbers read and printed without the locale, exactly.
 *
 * Quantities travel as scaled integers: 7.805 kWh with 3 decimals is 7805 Wh. */
#ifndef CHARGETOP_BASE_NUM_H
#define CHARGETOP_BASE_NUM_H

#include <stdint.h>

#include "base/str.h"

/* Reads a whole decimal number as JSON writes one (sign, digits, fraction, exponent; surrounding
 * white space allowed) times 10^decimals, rounded half away from zero. decimals 0 to 9. False,
 * *out untouched, for anything else or beyond +-9e17. */
bool num_scaled(struct str s, int decimals, int64_t *out);
bool num_i64(struct str s, int64_t *out); /* digits with an optional sign, nothing else */

/* value / 10^decimals with exactly `shown` digits after the point (rounded half away from zero);
 * returns the bytes stored in to[cap]. num_format(7805, 3, 2) is "7.81" (7.805 rounds away). */
size_t num_format(char *to, size_t cap, int64_t value, int decimals, int shown);

/* "500ms", "90s", "15m", "2h", "1h30m", "1d", or a bare number of seconds, to milliseconds. */
bool num_duration_ms(struct str s, int64_t *out);

/* A duration for people in at most `cells` cells (4 or more): "4s", "3m08", "1:22" style is
 * chosen by the callers; this one gives "45s", "6m10s", "1h24m", "3d04h". Returns bytes. */
size_t num_format_duration(char *to, size_t cap, int64_t ms);

#endif
