/* src/decode/notice.h - notifications of both generations, read from and written as JSON (domain.md 7).
 *
 * The JSON tags of the package are not public: keys are read without regard to case, '_' and '-', and
 * constants without regard to case; what is written is snake_case. */
#ifndef CHARGETOP_DECODE_NOTICE_H
#define CHARGETOP_DECODE_NOTICE_H

#include "base/buf.h"
#include "fleet/notice.h"

enum {
    NOTICE_PAYLOAD_MAX = 64 * 1024 /* bytes of one event's data; the hosted service has 10 240 */
};

/* data is that of an event. Texts of *out are borrowed from scratch, which is emptied first, and from
 * data. CT_ERR_MISSING: fine JSON that is no notification (neither a known event_type nor actions
 * beside event_type or is_last_response); CT_ERR_SYNTAX: no JSON; CT_ERR_LIMIT: larger than
 * NOTICE_PAYLOAD_MAX or nested too deep; CT_ERR_NOMEM. */
enum ct_err notice_decode(struct str data, struct buf *scratch, struct notice *out);

/* Appends the event's data. V1 takes the first action. Data and metadata are written as they stand and
 * must be JSON. CT_ERR_STATE: V1 without an action; else those of buf. */
enum ct_err notice_encode(const struct notice *n, struct buf *to);

/* True if key, without regard to case, '_' and '-', is `folded` (lower-case letters only). */
bool notice_key_is(struct str key, const char *folded);

#endif
