/* tests/fuzz/fuzz_hub.c - any texts as the messages of two clients of one hub. */
#include "fuzz/fuzz.h"
#include "pusher/frame.h"
#include "pusher/hub.h"

static void drain(struct hub *h)
{
    struct hub_out out;

    while (hub_next(h, &out)) {
        struct pusher_frame f;
        struct buf scratch;

        buf_init(&scratch, PUSHER_MESSAGE_MAX_BYTES * 2);
        if (out.kind == HUB_SEND && out.text.len <= PUSHER_MESSAGE_MAX_BYTES)
            FUZZ_CHECK(pusher_frame_parse(out.text, &scratch, &f) == PUSHER_OK);
        buf_clear(&scratch);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = fuzz_text(data, size);
    struct hub *h = hub_create(&(struct hub_cfg){.seed = 1}, 0);
    uint32_t conns[2];
    uint64_t now_ms = 0;

    FUZZ_CHECK(h && hub_app_add(h, &(struct hub_app){.id = STR("3"),
                                                     .key = STR("key"),
                                                     .secret = STR("secret"),
                                                     .client_events = true}) == PUSHER_OK);
    for (size_t i = 0; i < COUNT_OF(conns); i++) {
        conns[i] = hub_open(
            h, &(struct hub_opening){.key = STR("key"), .version = STR("8"), .protocol = 7},
            now_ms);
        hub_message(h, conns[i],
                    STR("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"a\"}}"), now_ms);
    }
    drain(h);
    for (size_t i = 0; rest.len > 0; i++) {
        hub_message(h, conns[i % 2], fuzz_first(&rest), now_ms += 50);
        drain(h);
    }
    (void)hub_publish(h, STR("3"), STR("a"), STR("e"), fuzz_text(data, size), STR(""), now_ms);
    hub_tick(h, now_ms + 1000000);
    drain(h);
    hub_destroy(h);
    return 0;
}
