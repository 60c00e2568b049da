/* src/base/stamp.h - time stamps to and from text; all wall times are Unix milliseconds UTC. */
#ifndef CHARGETOP_BASE_STAMP_H
#define CHARGETOP_BASE_STAMP_H

#include <stdint.h>

#include "base/str.h"

/* Date, then `T` or space, time, optional fraction of 1 to 9 digits, optional `Z` or +hh:mm or
 * +hhmm; no zone means UTC (domain.md 3.5). False for anything else, *out untouched. */
bool stamp_parse(struct str s, int64_t *out_unix_ms);
/* RFC 3339 with milliseconds and Z: 2025-11-20T14:02:11.000Z. to[] needs 25 bytes or more. */
size_t stamp_format(char *to, size_t cap, int64_t unix_ms);
/* Clock in a zone: "14:32:07" or, with_ms, "14:32:07.118". */
size_t stamp_format_clock(char *to, size_t cap, int64_t unix_ms, int32_t utc_offset_s,
                          bool with_ms);
/* "Fri 21 Nov" in a zone. */
size_t stamp_format_day(char *to, size_t cap, int64_t unix_ms, int32_t utc_offset_s);

#endif
