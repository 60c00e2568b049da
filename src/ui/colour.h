/* src/ui/colour.h - numbers of terminal colours as light: the palettes, what is nearest, what is light. */
#ifndef CHARGETOP_UI_COLOUR_H
#define CHARGETOP_UI_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* The nearest of xterm's 16 to 255 (its cube, or its ramp of greys) to 0xRRGGBB. */
int colour_nearest_256(uint32_t rgb);
/* 0xRRGGBB of xterm's colour 0 to 255: the sixteen as xterm has them, the cube, the greys. */
uint32_t colour_rgb_of_256(int index);
/* Closer to white than to black, as eyes see it? */
bool colour_is_light(uint32_t rgb);

/* What a terminal answers to "which background?" (OSC 11): "11;rgb:RRRR/GGGG/BBBB" with one to four
 * hexadecimal digits each, or "11;#RRGGBB", without escape and end. False for anything else. */
bool colour_read_answer(struct str answer, uint32_t *rgb);
/* COLORFGBG, "FG;BG" or "FG;default;BG": is the background light? False with *light untouched when
 * it does not say. */
bool colour_read_fgbg(const char *value, bool *light);

#endif
