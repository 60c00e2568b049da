/* src/base/redact.h - text made fit to be given away: secrets and people become numbered placeholders.
 *
 * The same value becomes the same placeholder within one struct redact, `<secret-1>` or `<person-2>`, so
 * that equality survives. What counts: values of members, assignments and headers whose name speaks of a
 * secret or a person (JSON, also inside JSON strings at any depth of escaping; name=value; Name: value),
 * bearer tokens, JSON web tokens, signatures of 64 hex digits, passwords in addresses, e-mail addresses,
 * telephone numbers with a country code, and the secrets that were named by redact_known(). When in
 * doubt more goes than must. */
#ifndef CHARGETOP_BASE_REDACT_H
#define CHARGETOP_BASE_REDACT_H

#include <stdint.h>

#include "base/buf.h"

enum redact_class { REDACT_SECRET, REDACT_PERSON, REDACT_EMAIL, REDACT_PHONE, REDACT_CLASSES };

enum {
    REDACT_SEEN_MAX = 512, /* different values of a class; those beyond are all `n` */
    REDACT_KNOWN_MAX = 64,
    REDACT_KNOWN_MIN_BYTES = 4, /* shorter ones would be found in every word */
    REDACT_NAME_MAX = 64        /* bytes of a name that are looked at */
};

struct redact {
    uint64_t seen[REDACT_CLASSES][REDACT_SEEN_MAX]; /* fingerprints, never the values */
    size_t seen_count[REDACT_CLASSES];
    struct str known[REDACT_KNOWN_MAX]; /* borrowed */
    size_t known_count;
    bool secrets_only; /* people stay, and their addresses and telephone numbers */
};

void redact_init(struct redact *r);
/* From now on this text goes wherever it stands, with `/` written as `\/` as well. Borrowed until the end.
 * False: too short, or too many. */
bool redact_known(struct redact *r, struct str secret);
/* Appends text without what must not be given away. CT_ERR_LIMIT, CT_ERR_NOMEM. */
enum ct_err redact_append(struct redact *r, struct str text, struct buf *to);
/* Might redact_append() find a secret in it? Cheap, and often wrong in one direction only: when this says
 * no there is none, but for those of redact_known() and under names written apart, such as to_ken. */
bool redact_may_hold_secret(struct str text);

#endif
