/* src/ui/commands/share.c - commands that write files, copy, and say how the terminal is treated. */
#include "ui/share.h"
#include "ui/command.h"
#include "ui/overlay.h"

static bool run_copy(struct command *c)
{
    if (c->arg.len == 0) {
        overlay_open(c->v, OVERLAY_COPY);
        return true;
    }
    if (share_find(c->arg) == SHARE_COUNT)
        return command_refuse(c, "copy what? value, row, payload or ticket");
    return command_intend(c, INTENT_COPY);
}

static bool is_file(struct command *c, struct str name)
{
    if (name.len == 0)
        return command_refuse(c, "which file? for example :save screen.txt, or .svg");
    if (name.len >= INTENT_TEXT_MAX - 16)
        return command_refuse(c, "the file's name is too long");
    return true;
}

static bool run_save(struct command *c)
{
    return is_file(c, c->arg) && command_intend(c, INTENT_SAVE);
}

/* :export FILE of what the pane in focus shows, or :export events FILE. */
static bool run_export(struct command *c)
{
    enum share_table table = share_table_shown(c->v);
    struct str file = c->arg;
    const struct str first = str_split(&file, ' ');

    for (int t = 0; t < SHARE_TABLES && file.len > 0; t++)
        if (str_eq_nocase(first, str_from(share_table_name((enum share_table)t)))) {
            table = (enum share_table)t;
            c->arg = str_trim(file);
            break;
        }
    if (!is_file(c, c->arg))
        return false;
    const bool known = str_ends(c->arg, STR(".csv")) || str_ends(c->arg, STR(".json"));
    if (!known)
        return command_refuse(c, "the name must end in .csv or .json");
    c->out->kind = INTENT_EXPORT;
    str_format(c->out->text, sizeof c->out->text, "%s %.*s", share_table_name(table),
               (int)c->arg.len, c->arg.ptr);
    return true;
}

static bool run_bundle(struct command *c)
{
    return command_intend(c, INTENT_BUNDLE);
}

static bool run_switch(struct command *c, enum intent_kind kind, const char *why)
{
    bool on;

    return command_on_off(c->arg, &on) ? command_intend(c, kind) : command_refuse(c, why);
}

static bool run_mouse(struct command *c)
{
    return run_switch(c, INTENT_MOUSE, "mouse on or off?");
}

static bool run_low_bandwidth(struct command *c)
{
    return run_switch(c, INTENT_LOW_BANDWIDTH, "low-bandwidth on or off?");
}

const struct command_row_ui commands_share[] = {
    {"copy", ":copy value|row|payload|ticket", run_copy, false},
    {"save", ":save FILE", run_save, false},
    {"export", ":export FILE", run_export, false},
    {"bundle", ":bundle [FILE]", run_bundle, false},
    {"mouse", ":mouse on|off", run_mouse, false},
    {"low-bandwidth", ":low-bandwidth on|off", run_low_bandwidth, false},
    {NULL, NULL, NULL, false},
};
