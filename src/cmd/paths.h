/* src/cmd/paths.h - where themes are looked for, and which there are. */
#ifndef CHARGETOP_CMD_PATHS_H
#define CHARGETOP_CMD_PATHS_H

#include "base/err.h"
#include "ui/theme.h"

enum { THEME_PATH_MAX = 1024, THEME_NAMES_MAX = 512 };

/* Loads the theme `name`: a file when it contains a slash, else NAME.ini in the user's
 * $XDG_CONFIG_HOME/chargetop/themes, beside the program (../themes of a build,
 * ../share/chargetop/themes of an installed one), then under PREFIX,
 * then the one built in. `auto` is theme_resolve()d.
 * `default` works without any file. Mistakes in the file are told by report and do not fail. */
enum ct_err theme_load(struct theme *t, const char *name,
                       void (*report)(void *user, const char *line), void *user,
                       struct fault *fault);

/* The names of the themes that theme_load() would find, sorted, with blanks between; those that do
 * not fit into to[cap] are left out. Returns bytes. */
size_t theme_names(char *to, size_t cap);

/* `auto` is light where COLORFGBG says that the background is, else default; other names as they are. */
const char *theme_resolve(const char *name);
/* The file that theme_load() would read, or "built in"; false when there is none. */
bool theme_where(const char *name, char *to, size_t cap);

#endif
