/* src/cmd/command.h - the table of subcommands, and what main() does with it. */
#ifndef CHARGETOP_CMD_COMMAND_H
#define CHARGETOP_CMD_COMMAND_H

#include <stdio.h>

#include "cmd/options.h"

/* Exit statuses, part of the interface (README, man page). */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_AUTH = 3,
    EXIT_CONNECTION = 4,
    EXIT_TIMED_OUT = 5
};

struct command_row {
    const char *name;
    unsigned bit;         /* enum cmd_bit */
    const char *argument; /* "[ORDER...]" */
    const char *summary;  /* one line */
    const char *details;  /* a paragraph for --help and the man page, may be "" */
    int (*run)(struct settings *s);
};

extern const struct command_row command_rows[];
extern const size_t command_row_count;

/* All of main(). */
int command_main(int argc, char **argv);

/* "chargetop: " and the line, to stderr. */
void command_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for a connection that never came: "no connection within this time", with what stood in its
 * way, and for a token that was refused, with what its source answered. */
struct link;
void command_complain_link(const struct link *l);
void command_complain_token(const struct link *l);

/* Ends the loop, and the process when a name lookup would make that wait; everything the user has
 * been promised must be written by then. Returns status. */
struct net_loop;
int command_end(struct net_loop *loop, int status);

/* Faults of the connection that the simulator can be told of, with commas between. */
extern const char help_link_faults[];
void help_print(FILE *to, const struct command_row *command); /* NULL: the overview of all */
/* The manual page as roff, from the same tables. */
void manual_print(FILE *to);
/* false: no such shell. */
bool completion_print(FILE *to, const char *shell);

int watch_run(struct settings *s);
int demo_run(struct settings *s);
int serve_run(struct settings *s);
int tail_run(struct settings *s);
int doctor_run(struct settings *s);
int explain_run(struct settings *s);
int watch_order_run(struct settings *s);
int completion_run(struct settings *s);
int trigger_run(struct settings *s);
int notify_run(struct settings *s);
int beams_run(struct settings *s);
int channels_run(struct settings *s);
int terminate_run(struct settings *s);
int auth_run(struct settings *s);
int webhook_run(struct settings *s);
int themes_run(struct settings *s);

#endif
