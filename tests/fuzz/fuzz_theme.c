/* tests/fuzz/fuzz_theme.c - any text as a theme file. */
#include <string.h>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "ui/theme.h"

static void count(void *user, const char *line)
{
    int *told = user;

    FUZZ_CHECK(text_is_utf8(str_from(line)) && !strchr(line, '\n'));
    FUZZ_CHECK(++*told <= THEME_FAULTS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct theme t;
    int told = 0;
    const int faults = theme_parse(&t, fuzz_text(data, size), "t.ini", count, &told);

    FUZZ_CHECK(told == (faults < THEME_FAULTS_MAX ? faults : THEME_FAULTS_MAX));
    FUZZ_CHECK(text_is_utf8(str_from(t.name)));
    for (int role = 0; role < UI_ROLE_COUNT; role++) {
        const struct style *s = theme_style(&t, role, DEPTH_256);

        FUZZ_CHECK(s->fg >= COLOUR_DEFAULT && s->fg <= (COLOUR_RGB | 0xffffff));
        FUZZ_CHECK(s->bg >= COLOUR_DEFAULT && s->bg <= (COLOUR_RGB | 0xffffff));
    }
    return 0;
}
