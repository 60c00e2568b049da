/* src/net/retry.h - when to try again, and what HTTP says about time. */
#ifndef CHARGETOP_NET_RETRY_H
#define CHARGETOP_NET_RETRY_H

#include <stdint.h>

#include "base/rng.h"
#include "base/str.h"

enum { RETRY_FIRST_MS = 1000, RETRY_LONGEST_MS = 60000, RETRY_AFTER_MAX_MS = 5 * 60 * 1000 };

/* 1 s, 2 s, 4 s ... 60 s, of which a random part of up to a half is taken off, so that many
 * clients of a restarted server do not return together. tries is what has been tried, 1 or more. */
uint64_t retry_delay_ms(uint32_t tries, struct rng *rng);

/* RFC 9110 10.2.3: seconds or an HTTP-date. False when it is neither; a date that has passed is
 * 0 ms. Not capped by RETRY_AFTER_MAX_MS, but never more than a day. */
bool retry_after_parse(struct str value, int64_t now_unix_ms, uint64_t *out_ms);

/* An HTTP-date (RFC 9110 5.6.7) to Unix ms; false when it is none. */
bool http_date_parse(struct str value, int64_t *out_unix_ms);

#endif
