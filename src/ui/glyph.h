/* src/ui/glyph.h - the characters we draw with, in Unicode and in ASCII. */
#ifndef CHARGETOP_UI_GLYPH_H
#define CHARGETOP_UI_GLYPH_H

#include <stdbool.h>
#include <stdint.h>

#include "fleet/order.h"

uint32_t glyph_state(enum order_state s, bool ascii); /* screens.md 2.5 */
int role_of_state(enum order_state s);                /* enum ui_role */
/* Sparkline level of 0 to 15; ASCII: `_` for 0, then 1-9 and a-f. Unicode: eighth blocks. */
uint32_t glyph_level(int level, bool ascii);
uint32_t glyph_ellipsis(bool ascii);

#endif
