/* src/cmd/values.h - what a well-formed value must also be: a fault that exists, a URL that is one. */
#ifndef CHARGETOP_CMD_VALUES_H
#define CHARGETOP_CMD_VALUES_H

#include "base/err.h"

/* Looks at the value of the option or key `name` ('-' and '_' alike) beyond its type. CT_OK for a good
 * one and for names that need no such look; fault says what is wrong, naming neither key nor file. */
enum ct_err value_check(const char *name, const char *value, struct fault *fault);

#endif
