/* src/ui/payload_keys.h - the text of an event as named values, and what differs between two of them.
 *
 * An envelope's `data` is opened and its members come first, under their own names; what stands
 * beside it follows as `frame.NAME`. Any other JSON gives its own members: `a.b[2].c`. Text comes
 * from the network: names and values are made visible and cut to length here, differences are told
 * by the whole value. */
#ifndef CHARGETOP_UI_PAYLOAD_KEYS_H
#define CHARGETOP_UI_PAYLOAD_KEYS_H

#include "base/err.h"
#include "base/json.h"

enum {
    PAYLOAD_KEYS_MAX = 512, /* values; the rest is counted in left_out */
    PAYLOAD_NAME_MAX = 96,  /* bytes; a longer name keeps its end, after `<` */
    PAYLOAD_VALUE_MAX = 160,
    PAYLOAD_ROWS_MAX = 2 * PAYLOAD_KEYS_MAX,
    PAYLOAD_DELTA_MAX = 32
};

struct payload_key {
    char name[PAYLOAD_NAME_MAX];
    char value[PAYLOAD_VALUE_MAX]; /* strings in quotes; secrets as *** */
    uint32_t hash;                 /* of the whole value as received */
    size_t value_bytes;
    enum json_type type;
};

enum payload_fault {
    PAYLOAD_FINE,
    PAYLOAD_EMPTY,
    PAYLOAD_NOT_JSON,      /* the text itself */
    PAYLOAD_DATA_NOT_JSON, /* the string in `data` is text, which is allowed */
    PAYLOAD_TOO_DEEP,
    PAYLOAD_NO_MEMORY
};

struct payload {
    enum payload_fault fault;
    size_t fault_at; /* NOT_JSON: byte of the text where it stops being JSON */
    size_t count, left_out;
    struct payload_key keys[PAYLOAD_KEYS_MAX];
};

/* Reads text of any kind and length. Allocates, and frees again, room to unescape `data`. */
void payload_read(struct payload *p, struct str text);

enum payload_change { PAYLOAD_SAME, PAYLOAD_CHANGED, PAYLOAD_ADDED, PAYLOAD_REMOVED };

struct payload_row {
    const struct payload_key *before, *now; /* NULL: not there */
    enum payload_change change;
    char delta[PAYLOAD_DELTA_MAX]; /* "+0.1" between two numbers; "" otherwise */
};

/* Differences from `before` (NULL: nothing to compare with, all are the same) to `now`: changed,
 * added and removed ones first, each in the order of the text; then the others. Rows point into
 * both. At most PAYLOAD_ROWS_MAX; *changed gets how many come first. */
size_t payload_diff(const struct payload *before, const struct payload *now,
                    struct payload_row rows[PAYLOAD_ROWS_MAX], size_t *changed);

const struct payload_key *payload_find(const struct payload *p, const char *name); /* NULL: none */
/* The name without the `order.` that every event of an order begins with, but for `order.id`. */
const char *payload_brief(const char *name);
/* What a known code says in words, by name and value: "active" for order.status 0; NULL: nothing. */
const char *payload_meaning(const struct payload_key *key);
/* The unit of a known quantity: "min", "kWh"; "" for others. */
const char *payload_unit(const char *name);

#endif
