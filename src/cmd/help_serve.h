/* src/cmd/help_serve.h - what the manual says of the server's configuration. */
#ifndef CHARGETOP_CMD_HELP_SERVE_H
#define CHARGETOP_CMD_HELP_SERVE_H

#include <stdio.h>

void help_serve_manual(FILE *to);

#endif
