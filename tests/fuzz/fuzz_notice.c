/* tests/fuzz/fuzz_notice.c - any text as the data of a notification: read, written, and read the same. */
#include <string.h>

#include "base/text.h"
#include "decode/notice.h"
#include "fuzz/fuzz.h"

static bool same(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static void check(const struct notice *n)
{
    FUZZ_CHECK(n->action_count <= NOTICE_ACTIONS_MAX);
    FUZZ_CHECK(n->v2 || n->action_count == 1);
    for (size_t i = 0; i < n->action_count; i++) {
        FUZZ_CHECK(n->actions[i].kind < NOTICE_KIND_COUNT);
        FUZZ_CHECK(n->actions[i].level < NOTICE_LEVEL_COUNT);
        FUZZ_CHECK(i == 0 || n->actions[i - 1].sequence <= n->actions[i].sequence);
    }
}

static void compare(const struct notice *a, const struct notice *b)
{
    FUZZ_CHECK(a->v2 == b->v2 && a->last_response == b->last_response);
    FUZZ_CHECK(a->action_count == b->action_count);
    FUZZ_CHECK(same(a->job_id, b->job_id) && same(a->metadata, b->metadata));
    for (size_t i = 0; i < a->action_count; i++) {
        FUZZ_CHECK(a->actions[i].kind == b->actions[i].kind);
        FUZZ_CHECK(a->actions[i].sequence == b->actions[i].sequence);
        FUZZ_CHECK(same(a->actions[i].text, b->actions[i].text));
        FUZZ_CHECK(same(a->actions[i].link, b->actions[i].link));
        FUZZ_CHECK(same(a->actions[i].path, b->actions[i].path));
        FUZZ_CHECK(same(a->actions[i].data, b->actions[i].data));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct notice n, again;
    const struct str text = fuzz_text(data, size);
    struct buf scratch, second, out;

    buf_init(&scratch, NOTICE_PAYLOAD_MAX + 64);
    buf_init(&second, NOTICE_PAYLOAD_MAX + 64);
    buf_init(&out, 16 * NOTICE_PAYLOAD_MAX);
    if (notice_decode(text, &scratch, &n) == CT_OK) {
        check(&n);
        /* Invalid bytes are replaced when they are written, and strings of actions grow by their keys. */
        if (notice_encode(&n, &out) == CT_OK && text_is_utf8(text) &&
            out.len <= NOTICE_PAYLOAD_MAX) {
            FUZZ_CHECK(notice_decode(buf_str(&out), &second, &again) == CT_OK);
            compare(&n, &again);
        }
    }
    (void)notice_order_of_path(text);
    (void)notice_is_link(text);
    buf_clear(&scratch);
    buf_clear(&second);
    buf_clear(&out);
    return 0;
}
