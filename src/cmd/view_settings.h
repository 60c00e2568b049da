/* src/cmd/view_settings.h - from settings to what the screen starts with, and takes over at ^R. */
#ifndef CHARGETOP_CMD_VIEW_SETTINGS_H
#define CHARGETOP_CMD_VIEW_SETTINGS_H

#include "cmd/settings.h"
#include "ui/view.h"

/* Sets keys, columns, sorting, plot and styles of *v. CT_ERR_SYNTAX: the fault names option and word;
 * *v may have been changed in part. */
enum ct_err view_settings_apply(struct view *v, const struct settings *s, struct fault *fault);

/* The rows of setting_at() that argv, the environment or the configuration fixed, as bits. */
uint32_t view_settings_pinned(const struct settings *s);

#endif
