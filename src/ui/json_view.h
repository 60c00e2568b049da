/* src/ui/json_view.h - a received text for reading: JSON set out in lines with a role for each part,
 * or the text exactly as it came.
 *
 * One pass over the bytes, no tree, no allocation, no recursion but the one step into "data". What is not JSON is shown all the
 * same, and the first place where it stops being JSON is marked in words. Control characters,
 * escape sequences, direction marks and broken UTF-8 are drawn as visible text; long lines continue
 * on the next row. */
#ifndef CHARGETOP_UI_JSON_VIEW_H
#define CHARGETOP_UI_JSON_VIEW_H

#include "ui/surface.h"

enum {
    JSON_VIEW_DEPTH_MAX = 64, /* containers beyond are drawn, but not set in further */
    JSON_VIEW_INDENT = 2,
    JSON_VIEW_TEXT_MAX = 64 * 1024 /* bytes looked at; more are named, not drawn */
};

enum json_view_style { JSON_VIEW_PRETTY, JSON_VIEW_RAW };

/* Draws rows top, top + 1, ... of the text into `at`; with s NULL it only counts for at.cols.
 * Returns how many rows the whole text takes, at least 1. A member "data" whose string holds JSON is
 * set out as well, as the Pusher protocol sends it. Any bytes are allowed. */
size_t json_view(struct surface *s, struct rect at, size_t top, struct str text,
                 enum json_view_style style);

/* Hides secrets in a text of any bytes, zeros included; returns its new length. */
size_t json_view_redact(char *text, size_t len, size_t cap);

#endif
