/* src/decode/decode.c - the table of vendors, and what all of them do alike: begin, emit, reject. */
#include "decode/decode.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "decode/decode_internal.h"
#include "decode/powerly.h"
#include "fleet/names.h"

static const struct decode_vendor vendors[] = {
    {powerly_claims, powerly_read},
};

struct decoder *decoder_create(void)
{
    return calloc(1, sizeof(struct decoder));
}

void decoder_destroy(struct decoder *d)
{
    if (d)
        station_cache_clear(&d->stations);
    free(d);
}

struct str decode_order_of_channel(struct str channel)
{
    return fleet_order_of_channel(channel);
}

struct str decode_short_name(struct str event_name)
{
    return fleet_short_event(event_name);
}

bool decode_id(char to[ORDER_ID_MAX], struct str id)
{
    char clean[ORDER_ID_MAX];

    if (id.len == 0 || id.len >= ORDER_ID_MAX)
        return false;
    const size_t len = text_clean(clean, sizeof clean, id);
    if (!str_eq((struct str){clean, len}, id))
        return false;
    str_copy(to, ORDER_ID_MAX, id);
    return true;
}

struct change *decode_begin(struct decoder *d, const struct wire_event *event,
                            enum change_kind kind)
{
    struct change *c = &d->change;

    memset(c, 0, sizeof *c);
    c->kind = kind;
    c->at_ms = event->at_ms;
    c->at_unix_ms = event->at_unix_ms;
    c->seq = event->seq;
    return c;
}

void decode_emit(struct decoder *d, const struct decode_sink *to)
{
    to->fn(to->user, &d->change);
}

void decode_reject(struct decoder *d, const struct decode_sink *to, struct str field,
                   struct str reason)
{
    struct change *c = &d->change;

    c->kind = CHANGE_REJECT;
    c->order.has = 0;
    c->carries_order = false;
    text_clean(c->field, sizeof c->field, field);
    text_clean(c->reason, sizeof c->reason, reason);
    text_redact(c->reason);
    decode_emit(d, to);
}

static bool is_protocol(struct str name)
{
    return str_starts(name, STR("pusher:")) || str_starts(name, STR("pusher_internal:"));
}

void decode_event(struct decoder *d, const struct wire_event *event, decode_fn *fn, void *user)
{
    const struct decode_sink to = {fn, user};

    if (event->kind != WIRE_FRAME && event->kind != WIRE_REST)
        return;
    if (event->kind == WIRE_FRAME && is_protocol(event->name))
        return;
    for (size_t i = 0; i < COUNT_OF(vendors); i++) {
        if (vendors[i].claims(event)) {
            vendors[i].read(d, event, &to);
            return;
        }
    }
    if (event->kind != WIRE_FRAME)
        return;
    struct change *c = decode_begin(d, event, CHANGE_EVENT);
    (void)decode_id(c->order_id, fleet_order_of_channel(event->channel));
    decode_emit(d, &to);
}
