/* src/base/wake.c - two clocks compared with what they said at the last look. */
#include "base/wake.h"

bool wake_slept(struct wake *w, uint64_t now_ms, int64_t unix_ms)
{
    const bool first = w->now_ms == 0;
    const uint64_t passed_ms = now_ms > w->now_ms ? now_ms - w->now_ms : 0;
    const int64_t jumped_ms =
        unix_ms - w->unix_ms - (int64_t)(passed_ms < INT64_MAX / 2 ? passed_ms : INT64_MAX / 2);

    *w = (struct wake){now_ms, unix_ms};
    return !first && (passed_ms > WAKE_GAP_MS || jumped_ms > WAKE_GAP_MS);
}
