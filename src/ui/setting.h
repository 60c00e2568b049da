/* src/ui/setting.h - what can be set while the program runs, as text: the settings screen and the state
 * file read these rows. */
#ifndef CHARGETOP_UI_SETTING_H
#define CHARGETOP_UI_SETTING_H

#include "ui/view_internal.h"

enum { SETTING_VALUE_MAX = 200, SETTINGS_MAX = 32 };

struct setting {
    const char *id; /* as the option: "time-style" */
    const char *title, *help;
    /* The value as the option is written. */
    void (*value)(const struct view *v, char *to, size_t cap);
    /* The next (+1) or the one before; *out may be set. */
    void (*step)(struct view *v, const struct ui_model *m, int direction, struct intent *out);
};

size_t setting_count(void);
const struct setting *setting_at(size_t n); /* NULL beyond the last */
/* The user changed it: it is written to the state file when the screen closes. */
void setting_touch(struct view *v, const char *id);

#endif
