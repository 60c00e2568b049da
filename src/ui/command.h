/* src/ui/command.h - what can be typed at `:` - each area of the screen has its own table of commands. */
#ifndef CHARGETOP_UI_COMMAND_H
#define CHARGETOP_UI_COMMAND_H

#include "ui/view_internal.h"

struct command {
    struct view *v;
    const struct ui_model *m;
    struct str arg; /* what follows the name, without blanks at its ends */
    struct intent *out;
};

/* A command's name, how it is written (NULL: another name of the one before, not listed), and what
 * it does. run returns true when it was done: the line closes. False: it was told why, the text
 * stays. */
struct command_row_ui {
    const char *name, *usage;
    bool (*run)(struct command *c);
    bool demo_only;
};

/* Tables, each ended by a row without a name. */
extern const struct command_row_ui commands_orders[], commands_plot[], commands_app[];
extern const struct command_row_ui commands_detail[], commands_find[], commands_share[],
    commands_alarms[], commands_channels[], commands_notices[];

/* The n-th command of all tables; NULL beyond the last. */
const struct command_row_ui *command_at(size_t n);
/* Runs the line as typed, without the colon: a command of the tables, an action of a key by its
 * name (keymap.h), or an order to go to. False: it was told why, the text stays. */
bool command_run_line(struct command *c, struct str line);

/* For the tables: says why not, and returns false. */
bool command_refuse(struct command *c, const char *why);
/* Sets the intent with the argument as its text; returns true. */
bool command_intend(struct command *c, enum intent_kind kind);
/* Could this be an order's id? 1 to 31 letters, digits or -_=@,.; */
bool command_is_id(struct str id);
/* "on" or "off", in any case, into *to; false for anything else. */
bool command_on_off(struct str arg, bool *to);

#endif
