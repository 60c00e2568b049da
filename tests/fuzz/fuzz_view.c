/* tests/fuzz/fuzz_view.c - any bytes as a payload, set out and raw, in any width. */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "ui/json_view.h"

enum { ROWS = 12, DUMP_MAX = 1 << 20 };

/* What is drawn is text of a terminal, and no row is wider than the surface. */
static void check_rows(const struct surface *s)
{
    struct buf out;

    buf_init(&out, DUMP_MAX);
    FUZZ_CHECK(surface_dump(s, SURFACE_DUMP_TEXT, &out) == CT_OK);
    struct str rest = buf_str(&out);
    FUZZ_CHECK(text_is_utf8(rest));
    while (rest.len > 0) {
        const struct str row = str_split(&rest, '\n');
        FUZZ_CHECK(text_width(row) <= s->cols);
        for (size_t i = 0; i < row.len; i++)
            FUZZ_CHECK((unsigned char)row.ptr[i] >= ' ' && row.ptr[i] != 127);
    }
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct surface s;

    if (size == 0)
        return 0;
    surface_init(&s);
    FUZZ_CHECK(surface_resize(&s, 1 + data[0] % 120, ROWS) == CT_OK);
    const struct rect at = {0, 0, s.cols, ROWS};
    const struct str text = fuzz_text(data + 1, size - 1);
    for (int style = JSON_VIEW_PRETTY; style <= JSON_VIEW_RAW; style++) {
        const size_t rows = json_view(NULL, at, 0, text, (enum json_view_style)style);
        FUZZ_CHECK(rows >= 1 && rows <= 32 + 16 * size);
        for (size_t top = 0; top < rows; top += rows / 4 + 1) {
            surface_erase(&s);
            FUZZ_CHECK(json_view(&s, at, top, text, (enum json_view_style)style) == rows);
            check_rows(&s);
        }
    }
    char *copy = malloc(size);
    FUZZ_CHECK(copy);
    memcpy(copy, data + 1, size - 1);
    FUZZ_CHECK(json_view_redact(copy, size - 1, size) <= size - 1);
    free(copy);
    surface_clear_memory(&s);
    return 0;
}
