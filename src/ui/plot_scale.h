/* src/ui/plot_scale.h - the top of the plot's value axis: what the data ask for, and holding it.
 *
 * Tops are watts, or watt-hours when the plot shows energy. */
#ifndef CHARGETOP_UI_PLOT_SCALE_H
#define CHARGETOP_UI_PLOT_SCALE_H

#include "ui/view.h"

enum {
    PLOT_HOLD_MS = 30000, /* a scale stays at least this long before it shrinks (screens.md 2.6) */
    PLOT_STEPS_MAX = 6,   /* steps of 1, 2 or 5 times a power of ten from 0 to the top */
    PLOT_TOP_MIN_W = 1000 /* an idle order does not magnify its noise */
};

/* The top that the series in the window ask for, a multiple of a 1-2-5 step; never below
 * PLOT_TOP_MIN_W. */
int64_t plot_scale_top_w(const struct view *v, const struct ui_model *m);
/* Once a frame from view_sync(): a higher top comes into force at once, a lower one when the one in
 * force has stood for PLOT_HOLD_MS. Other series, unit or window: at once, and not told as a
 * change. A paused picture keeps its scale. */
void plot_scale_hold(struct view *v, const struct ui_model *m);
/* The top to draw: pinned, held, or what the data ask for. */
int64_t plot_scale_drawn_w(const struct view *v, const struct ui_model *m);
/* The smallest 1-2-5 step that reaches top_w with PLOT_STEPS_MAX of them. */
int64_t plot_scale_step_w(int64_t top_w);

#endif
