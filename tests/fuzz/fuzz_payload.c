/* tests/fuzz/fuzz_payload.c - any two texts as payloads: bounded, clean, and compared without a
 * row too many or too few. */
#include "ui/payload_keys.h"

#include <string.h>

#include "base/text.h"
#include "fuzz/fuzz.h"

static void check(const struct payload *p, struct str text)
{
    FUZZ_CHECK(p->count <= PAYLOAD_KEYS_MAX);
    FUZZ_CHECK(p->fault_at <= text.len);
    for (size_t i = 0; i < p->count; i++) {
        const struct str name = str_from(p->keys[i].name), value = str_from(p->keys[i].value);
        char clean[PAYLOAD_VALUE_MAX];
        FUZZ_CHECK(name.len < PAYLOAD_NAME_MAX && value.len < PAYLOAD_VALUE_MAX);
        FUZZ_CHECK(text_is_utf8(name) && text_is_utf8(value));
        FUZZ_CHECK(text_clean(clean, sizeof clean, value) == value.len &&
                   str_eq(str_from(clean), value));
        FUZZ_CHECK(text_clean(clean, sizeof clean, name) == name.len &&
                   str_eq(str_from(clean), name));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct payload before, now;
    static struct payload_row rows[PAYLOAD_ROWS_MAX];
    struct str second = fuzz_text(data, size);
    const struct str first = fuzz_first(&second);
    size_t changed;

    payload_read(&before, first);
    payload_read(&now, second);
    check(&before, first);
    check(&now, second);
    const size_t count = payload_diff(&before, &now, rows, &changed);
    FUZZ_CHECK(count >= now.count && count <= before.count + now.count && changed <= count);
    for (size_t i = 0; i < count; i++)
        FUZZ_CHECK((rows[i].change == PAYLOAD_SAME) == (i >= changed));
    FUZZ_CHECK(payload_diff(&now, &now, rows, &changed) == now.count);
    return 0;
}
