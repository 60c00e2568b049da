/* tests/fuzz/fuzz_decode.c - any text as an event's data and as every REST answer, into a fleet. */
#include "base/text.h"
#include "decode/decode.h"
#include "fleet/fleet.h"
#include "fuzz/fuzz.h"

static void take(void *user, const struct change *change)
{
    FUZZ_CHECK(text_is_utf8(str_from(change->order.station.title)));
    FUZZ_CHECK(text_is_utf8(str_from(change->reason)));
    fleet_apply_change(user, change);
}

static void send(struct fleet *f, struct decoder *d, struct wire_event event, uint64_t seq)
{
    event.seq = seq;
    event.at_ms = seq * 1000;
    event.at_unix_ms = (int64_t)(1763650800000 + seq * 1000);
    fleet_apply_event(f, &event);
    decode_event(d, &event, take, f);
    (void)fleet_tick(f, event.at_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum wire_rest rests[] = {WIRE_REST_LIST, WIRE_REST_LIST_DONE, WIRE_REST_DETAILS,
                                           WIRE_REST_STOP, WIRE_REST_ME};
    struct str rest = fuzz_text(data, size);
    struct fleet *f = fleet_create(NULL, 0, 1763650800000);
    struct decoder *d = decoder_create();
    struct fleet_totals totals;
    uint64_t seq = 0;

    FUZZ_CHECK(f && d);
    for (size_t i = 0; i < COUNT_OF(rests); i++)
        send(f, d,
             (struct wire_event){.kind = WIRE_REST,
                                 .rest = rests[i],
                                 .code = 200,
                                 .name = STR("7"),
                                 .data = fuzz_text(data, size),
                                 .text = fuzz_text(data, size)},
             ++seq);
    while (rest.len > 0) { /* several events of one order, one behind the other */
        const struct str text = fuzz_first(&rest);
        const struct wire_event e = {.kind = WIRE_FRAME,
                                     .channel = STR("private-orders.7"),
                                     .data = text,
                                     .text = text,
                                     .name = STR("App\\Events\\ChargePointConsumption")};

        send(f, d, e, ++seq);
    }
    send(f, d,
         (struct wire_event){.kind = WIRE_FRAME,
                             .channel = STR("private-orders.7"),
                             .name = STR("App\\Events\\ChargePointOrderCompleted"),
                             .data = fuzz_text(data, size)},
         ++seq);
    (void)fleet_tick(f, 100000000);
    fleet_totals(f, &totals);
    FUZZ_CHECK(totals.orders == fleet_order_count(f));
    decoder_destroy(d);
    fleet_destroy(f);
    return 0;
}
