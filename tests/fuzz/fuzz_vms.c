/* tests/fuzz/fuzz_vms.c - any text as the data of each event of a video management back end. */
#include "base/json.h"
#include "base/text.h"
#include "decode/vms.h"
#include "fuzz/fuzz.h"

static void look_at(const struct vms_record *r)
{
    char line[VMS_LINE_MAX];
    struct json_writer w;
    struct json_value v;
    struct buf to;
    const size_t len = vms_text(r, line, sizeof line);

    FUZZ_CHECK(len < sizeof line && line[len] == '\0');
    FUZZ_CHECK(text_is_utf8((struct str){line, len}));
    (void)vms_short_name(r, line, sizeof line);
    FUZZ_CHECK(vms_group_name(r)[0] != '\0');
    buf_init(&to, 65536);
    jw_init(&w, &to);
    jw_object(&w);
    vms_write(r, &w);
    jw_object_end(&w);
    FUZZ_CHECK(w.err == CT_OK && json_parse(buf_str(&to), &v) == CT_OK);
    buf_clear(&to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {
        "App\\Events\\TokenPush", "App\\Events\\UserPush",
        "Illuminate\\Notifications\\Events\\BroadcastNotificationCreated", "other"};
    const struct str text = fuzz_text(data, size);
    static struct vms_record record;
    struct buf masked;
    struct json_value v;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct wire_event e = {
            .kind = WIRE_FRAME, .name = str_from(names[i]), .data = text, .text = text};
        const enum vms_result result = vms_decode(&e, &record);

        if (result == VMS_DECODED)
            look_at(&record);
        FUZZ_CHECK((result == VMS_REJECTED) == (record.reason[0] != '\0'));
    }
    buf_init(&masked, 4 * 1024 * 1024);
    if (vms_mask_codes(text, &masked)) {
        FUZZ_CHECK(masked.len == text.len || masked.len == 0);
        if (json_parse(text, &v) == CT_OK)
            FUZZ_CHECK(json_parse(buf_str(&masked), &v) == CT_OK);
    }
    buf_clear(&masked);
    return 0;
}
