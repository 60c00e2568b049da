/* src/decode/decode_internal.h - what the decoders of all vendors share: the scratch memory of one
 * source and the shape of a row in the table. */
#ifndef CHARGETOP_DECODE_DECODE_INTERNAL_H
#define CHARGETOP_DECODE_DECODE_INTERNAL_H

#include "decode/decode.h"
#include "decode/station_cache.h"

struct decoder {
    struct change change; /* the one being filled; handed to the caller, then used again */
    struct station_cache stations;
};

/* What a decoder needs to hand on what it found. */
struct decode_sink {
    decode_fn *fn;
    void *user;
};

struct decode_vendor {
    bool (*claims)(const struct wire_event *event); /* is this event one of this vendor's? */
    void (*read)(struct decoder *d, const struct wire_event *event, const struct decode_sink *to);
};

/* Empties d->change and fills what every change carries. Returns it. */
struct change *decode_begin(struct decoder *d, const struct wire_event *event,
                            enum change_kind kind);
/* Turns d->change into a REJECT, keeping times and order, and emits it. reason is cleaned here. */
void decode_reject(struct decoder *d, const struct decode_sink *to, struct str field,
                   struct str reason);
void decode_emit(struct decoder *d, const struct decode_sink *to);
/* Copies an order id; false if it is empty, too long or not printable as it stands. */
bool decode_id(char to[ORDER_ID_MAX], struct str id);

#endif
