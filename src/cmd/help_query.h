/* src/cmd/help_query.h - the language of find and filter in the manual page. */
#ifndef CHARGETOP_CMD_HELP_QUERY_H
#define CHARGETOP_CMD_HELP_QUERY_H

#include <stdio.h>

/* Writes the section FIND AND FILTER as roff. */
void help_query_manual(FILE *to);

#endif
