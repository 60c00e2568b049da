/* src/cmd/options.h - the one table of options: argv, environment, configuration file, --help, the
 * man page and the completions all read these rows. */
#ifndef CHARGETOP_CMD_OPTIONS_H
#define CHARGETOP_CMD_OPTIONS_H

#include "cmd/settings.h"

/* Commands as bits, for which options each takes. */
enum cmd_bit {
    CMD_WATCH = 1,
    CMD_TAIL = 2,
    CMD_SERVE = 4,
    CMD_DEMO = 8,
    CMD_COMPLETION = 16,
    CMD_EXPLAIN = 32,
    CMD_DOCTOR = 64,
    CMD_WATCH_ORDER = 128,
    CMD_THEMES = 256,
    CMD_TRIGGER = 512,
    CMD_CHANNELS = 1024,
    CMD_TERMINATE = 2048,
    CMD_AUTH = 4096,
    CMD_WEBHOOK = 8192,
    CMD_NOTIFY = 16384,
    CMD_BEAMS = 32768,
    CMD_CLIENTS = CMD_WATCH | CMD_TAIL | CMD_DOCTOR | CMD_WATCH_ORDER,
    CMD_BARE =
        CMD_COMPLETION | CMD_EXPLAIN | CMD_THEMES, /* answer without configuration or environment */
    CMD_CALLS = CMD_TRIGGER | CMD_CHANNELS | CMD_TERMINATE | CMD_NOTIFY, /* ask the HTTP API */
    CMD_APP = CMD_CALLS | CMD_AUTH | CMD_WEBHOOK, /* hold the application's secret */
    CMD_WORDS = CMD_CLIENTS | CMD_BARE | CMD_CHANNELS | CMD_TERMINATE | CMD_AUTH | CMD_NOTIFY |
                CMD_BEAMS, /* take arguments */
    CMD_ALL = 65535
};

enum option_type {
    OPTION_FLAG, /* --name sets true; --no-name sets false when `negatable` */
    OPTION_TEXT,
    OPTION_INT,      /* min to max */
    OPTION_DURATION, /* to milliseconds, min to max */
    OPTION_DECIMAL,  /* three decimals, min to max in thousandths */
    OPTION_CHOICE,   /* one of `choices`, separated by | */
    OPTION_LIST,     /* may be given several times */
    OPTION_NAMES,    /* the same, to struct settings_names */
    OPTION_WORD      /* any length, borrowed from argv; never in a file */
};

struct option_row {
    const char *name; /* "auth-endpoint"; the environment is CHARGETOP_AUTH_ENDPOINT */
    char letter;      /* short form, 0 for none */
    enum option_type type;
    const char *argument; /* "URL"; NULL for flags */
    unsigned commands;    /* enum cmd_bit */
    const char
        *section; /* of the configuration file: "profile", "screen", "serve"; NULL: argv only */
    const char *group;   /* heading in --help */
    size_t offset, size; /* where in struct settings */
    int64_t min, max;
    const char *choices;
    bool negatable;
    const char *help;
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;

/* The row of that name ("host"), '-' and '_' alike, in that section of the file; NULL if none. Two
 * rows may share a name when no command and no section has both. */
const struct option_row *option_find(const char *section, const char *name);
/* Checks and stores one value; fault tells what is wrong with it, naming neither file nor line. */
enum ct_err option_apply(struct settings *s, const struct option_row *row, const char *value,
                         struct fault *fault);
/* yes, true, on, 1 or no, false, off, 0 in any case; false for anything else, leaving *to. */
bool option_yes_no(const char *value, bool *to);
/* "CHARGETOP_AUTH_ENDPOINT" into to[cap]. */
void option_env_name(const struct option_row *row, char *to, size_t cap);

/* Everything together, in order of precedence. argv begins after the command's name. CT_ERR_SYNTAX
 * (usage) or what the file reader says; fault is one line. With --check-config on argv mistakes in the file
 * are printed by the caller instead. */
enum ct_err options_read(struct settings *s, unsigned command, int argc, char *const *argv,
                         struct fault *fault);
/* The settings of a profile beside the first (s->sides): from the built-in ones and the file of s; its
 * token comes from its own file or command. NULL with *fault filled. Released by settings_destroy(). */
struct settings *options_read_side(const struct settings *s, const char *name, struct fault *fault);
/* Only argv, to learn of --help, --version, --config, --check-config without reading anything. */
enum ct_err options_read_argv(struct settings *s, unsigned command, int argc, char *const *argv,
                              struct fault *fault);

#endif
