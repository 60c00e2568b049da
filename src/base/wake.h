/* src/base/wake.h - has the machine slept? Told by clocks that went on while the program did not.
 *
 * No reading of a clock here: both are parameters. */
#ifndef CHARGETOP_BASE_WAKE_H
#define CHARGETOP_BASE_WAKE_H

#include <stdbool.h>
#include <stdint.h>

enum { WAKE_GAP_MS = 10000 /* longer than any turn of a program that looks each second */ };

struct wake {
    uint64_t now_ms; /* of the last look; 0: none yet */
    int64_t unix_ms;
};

/* Look at least each second: true when the steady clock has passed WAKE_GAP_MS since the last look (the
 * machine slept, or the program was stopped), or the wall clock that much more than the steady one, which
 * stands still in the sleep of some systems. A wall clock that is set forward counts as well: whoever asks
 * only probes its connection. */
bool wake_slept(struct wake *w, uint64_t now_ms, int64_t unix_ms);

#endif
