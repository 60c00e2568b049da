/* src/cmd/dash_notices.h - the bell of audio notifications. Nothing is fetched or played. */
#ifndef CHARGETOP_CMD_DASH_NOTICES_H
#define CHARGETOP_CMD_DASH_NOTICES_H

#include "fleet/fleet.h"

enum { DASH_SOUND_GAP_MS = 5000 };

struct dash_notices {
    uint64_t sounds; /* notices_sounds() up to which was rung or passed over */
    uint64_t rung_ms;
    bool ever_rung;
};

/* Once a frame: true when the bell is to ring now. One that falls into the gap after another is passed
 * over, as is each while the bell is off. */
bool dash_notices_rings(struct dash_notices *d, const struct notices *all, bool bell,
                        uint64_t now_ms);

#endif
