/* tests/fuzz/fuzz_frame.c - any text as a frame, and as the messages of a session that is up. */
#include <string.h>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "pusher/session.h"

static void drain(struct pusher_session *s)
{
    struct pusher_event ev;
    int count = 0;

    while (pusher_session_next(s, &ev))
        FUZZ_CHECK(++count <= PUSHER_QUEUE_MAX);
}

static void converse(struct str text)
{
    struct pusher_session *s = pusher_session_create(&(struct pusher_session_cfg){.seed = 1}, 1000);

    FUZZ_CHECK(s);
    pusher_session_connect(s, 1000);
    drain(s);
    pusher_session_opened(s, 1, 1000);
    pusher_session_message(s, 1,
                           STR("{\"event\":\"pusher:connection_established\",\"data\":\"{"
                               "\\\"socket_id\\\":\\\"1.2\\\"}\"}"),
                           1000);
    drain(s);
    (void)pusher_session_subscribe(s, STR("presence-a"), 1000);
    drain(s);
    pusher_session_authorized(s, 1, STR("presence-a"),
                              STR("{\"auth\":\"k:ab\",\"channel_data\":\"{}\"}"), 1000);
    drain(s);
    for (uint64_t now_ms = 2000; text.len > 0; now_ms += 1000) {
        pusher_session_message(s, 1, fuzz_first(&text), now_ms);
        drain(s);
        pusher_session_tick(s, now_ms);
        drain(s);
    }
    pusher_session_destroy(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct str text = fuzz_text(data, size);
    struct buf scratch, out;
    struct pusher_frame f, again;

    buf_init(&scratch, PUSHER_MESSAGE_MAX_BYTES * 2);
    buf_init(&out, PUSHER_MESSAGE_MAX_BYTES * 8);
    if (pusher_frame_parse(text, &scratch, &f) == PUSHER_OK) {
        FUZZ_CHECK(f.event.len > 0);
        if (pusher_frame_event(&out, f.event, f.channel, f.data_kind, f.data, f.user_id) ==
                PUSHER_OK &&
            text_is_utf8(text)) { /* what we write we can read */
            struct buf second;

            buf_init(&second, PUSHER_MESSAGE_MAX_BYTES * 8);
            if (out.len <= PUSHER_MESSAGE_MAX_BYTES) {
                FUZZ_CHECK(pusher_frame_parse(buf_str(&out), &second, &again) == PUSHER_OK);
                FUZZ_CHECK(str_eq(again.event, f.event) && str_eq(again.channel, f.channel));
                FUZZ_CHECK(f.data_kind == again.data_kind && str_eq(again.data, f.data));
            }
            buf_clear(&second);
        }
    }
    buf_reset(&out);
    (void)pusher_frame_redact(&out, text);
    converse(text);
    buf_clear(&scratch);
    buf_clear(&out);
    return 0;
}
