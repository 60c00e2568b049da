/* src/term/links.h - hyperlinks on the screen (OSC 8), which curses does not know.
 *
 * After a frame the cells of each link are written once more with its address around them; where a link
 * was and is not any more, without one. The cells are those that curses believes to be there. */
#ifndef CHARGETOP_TERM_LINKS_H
#define CHARGETOP_TERM_LINKS_H

#include "ui/surface.h"
#include "ui/theme.h"

enum { LINKS_URL_MAX = 2048 /* bytes; what terminals take (VTE 2083) */ };

struct links {
    struct link_shown {
        int x, y, cells;
        char url[LINKS_URL_MAX + 1];
    } shown[SURFACE_LINKS_MAX];
    size_t count;
    unsigned next_id;
};

/* The bytes that bring the screen from the links of before to those of s, appended to *to, which is left
 * as it was when there are none. rewritten[y] is true where curses wrote into row y; all: everywhere,
 * after the screen was cleared. Only http and https addresses are written. CT_ERR_NOMEM, CT_ERR_LIMIT. */
enum ct_err links_update(struct links *l, const struct surface *s, const struct theme *theme,
                         enum colour_depth depth, const bool *rewritten, bool all, struct buf *to);

#endif
