/* src/cmd/dash_notices.c - when a sound is told, and when it is not. */
#include "cmd/dash_notices.h"

bool dash_notices_rings(struct dash_notices *d, const struct notices *all, bool bell,
                        uint64_t now_ms)
{
    const uint64_t sounds = notices_sounds(all);
    const bool fresh = sounds != d->sounds;

    d->sounds = sounds;
    if (!fresh || !bell || (d->ever_rung && now_ms < d->rung_ms + DASH_SOUND_GAP_MS))
        return false;
    d->rung_ms = now_ms;
    d->ever_rung = true;
    return true;
}
