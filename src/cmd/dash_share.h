/* src/cmd/dash_share.h - what leaves the dashboard: copies, saved screens, exports, bundles. */
#ifndef CHARGETOP_CMD_DASH_SHARE_H
#define CHARGETOP_CMD_DASH_SHARE_H

#include "cmd/pipeline.h"
#include "term/term.h"
#include "ui/bundle.h"
#include "ui/ui.h"

/* What it works on; all but the bundle borrowed from the dashboard. */
struct share_desk {
    struct net_loop *loop;
    const struct settings *s;
    struct pipeline *pipe;
    struct term *term;
    struct view *view;
    const struct surface *surface;
    const struct theme *theme;
    struct bundle *bundle; /* owned; NULL until B was pressed */
    char bundle_file[INTENT_TEXT_MAX]; /* where it is to be written; "" a name made of the time */
    struct share_run *run; /* commands under way that report here; NULL: none were started */
};

/* Performs the intents of its kind; false: it is of another. What came of it is said on the screen. */
bool dash_share_perform(struct share_desk *d, const struct intent *what, const struct ui_model *m);
void dash_share_clear(struct share_desk *d);

#endif
