/* src/ui/plot_keys.c - the windows of the plot and how far it can look back. */
#include "ui/view_internal.h"

static const uint64_t windows_ms[] = {60000, 300000, 900000, 3600000, 14400000, 43200000};

/* A window set by hand lies between two of the list: the next in the direction is taken. */
void view_window_step(struct view *v, int direction)
{
    const size_t count = COUNT_OF(windows_ms);
    const uint64_t now = v->window_ms ? v->window_ms : UINT64_MAX;

    if (direction > 0) {
        for (size_t i = count; i-- > 0;)
            if (windows_ms[i] < now) {
                v->window_ms = windows_ms[i];
                return;
            }
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (windows_ms[i] > now) {
            v->window_ms = windows_ms[i];
            return;
        }
    v->window_ms = 0; /* all there is */
    v->offset_ms = 0;
}

void view_window_pan(struct view *v, int direction)
{
    const uint64_t step = v->window_ms / 2;

    if (direction > 0)
        v->offset_ms = v->offset_ms > step ? v->offset_ms - step : 0;
    else if (v->offset_ms + step <= VIEW_OFFSET_MAX_MS)
        v->offset_ms += step;
}
