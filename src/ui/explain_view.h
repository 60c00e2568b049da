/* src/ui/explain_view.h - an error of the log in full, for the overlay and the zoomed errors pane. */
#ifndef CHARGETOP_UI_EXPLAIN_VIEW_H
#define CHARGETOP_UI_EXPLAIN_VIEW_H

#include "ui/overlay.h"

/* The key that reconnects as the bindings in force have it, or ":reconnect" when no key does. */
void explain_reconnect_key(const struct ui_model *m, char to[KEYMAP_TEXT_MAX]);
/* A text of explain.h with that key where it says "press R": the text itself, or what was put into
 * to[cap]. */
const char *explain_with_keys(const struct ui_model *m, const char *text, char *to, size_t cap);

/* Draws what fits of the explanation of *e below its first `top` rows into `at`, wrapped to its
 * cells, and returns how many rows all of it takes. s NULL: only counts. */
int explain_view(struct surface *s, struct rect at, int top, const struct log_error *e,
                 const struct ui_model *m);
/* "1006 dns host name not found [link]" */
size_t explain_view_title(const struct log_error *e, char *to, size_t cap);

extern const struct overlay_ops overlay_error; /* of view.errors_id */

#endif
