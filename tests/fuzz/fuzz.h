/* tests/fuzz/fuzz.h - what every fuzz target offers: to libFuzzer, and to replay.c which feeds it the
 * corpus in `make test`. A target aborts when something is wrong. */
#ifndef CHARGETOP_TESTS_FUZZ_H
#define CHARGETOP_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition) \
    do { \
        if (!(condition)) \
            abort(); \
    } while (0)

static inline struct str fuzz_text(const uint8_t *data, size_t size)
{
    return (struct str){(const char *)data, size};
}

/* Cuts the input at the first zero byte, for targets that take two texts. */
static inline struct str fuzz_first(struct str *rest)
{
    return str_split(rest, '\0');
}

#endif
