/* src/ui/theme_menu.h - opening the list of themes, at the one that is worn. */
#ifndef CHARGETOP_UI_THEME_MENU_H
#define CHARGETOP_UI_THEME_MENU_H

#include "ui/view_internal.h"

/* False when the composition gave no names. */
bool theme_menu_open(struct view *v);

#endif
