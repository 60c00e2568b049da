/* src/cmd/theme_builtin.h - the themes of themes/, as they were when the program was built: a copy of it alone
 * looks as an installed one does. The table is made by src/cmd/theme_builtin.sh. */
#ifndef CHARGETOP_CMD_THEME_BUILTIN_H
#define CHARGETOP_CMD_THEME_BUILTIN_H

#include "base/str.h"

struct theme_builtin {
    const char *name; /* "light"; NULL ends the table */
    struct str text;  /* of its file */
};
extern const struct theme_builtin theme_builtins[];

#endif
