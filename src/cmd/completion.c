/* src/cmd/completion.c - completion scripts for bash, zsh and fish, from the option table. */
#include <string.h>

#include "cmd/command.h"
#include "fleet/explain.h"
#include "sim/sim.h"

static void words_of(FILE *to, unsigned bit, const char *separator)
{
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (!(row->commands & bit))
            continue;
        (void)fprintf(to, "--%s%s", row->name, separator);
        if (row->negatable)
            (void)fprintf(to, "--no-%s%s", row->name, separator);
    }
}

/* What `explain` can be asked for. */
static void names_of_errors(FILE *to)
{
    for (size_t i = 0; i < explain_count(); i++)
        (void)fprintf(to, "%s%s", i ? " " : "", explain_at(i)->name);
}

static bool is_file(const struct option_row *row)
{
    return row->argument && strcmp(row->argument, "FILE") == 0;
}

static bool is_fault(const struct option_row *row)
{
    return strcmp(row->name, "fault") == 0;
}

static bool has_choices(const struct option_row *row)
{
    return row->type == OPTION_CHOICE || is_fault(row);
}

/* "stall silence" of "stall, silence". */
static void words_between_commas(FILE *to, const char *list)
{
    for (const char *c = list; *c; c++)
        if (*c != ',')
            (void)fputc(*c, to);
}

/* "auto never always" of "auto|never|always"; the faults have their names where they are made. */
static void choices_of(FILE *to, const struct option_row *row)
{
    if (is_fault(row)) {
        words_between_commas(to, sim_fault_names());
        (void)fputc(' ', to);
        words_between_commas(to, help_link_faults);
        return;
    }
    for (const char *c = row->choices; *c; c++)
        (void)fputc(*c == '|' ? ' ' : *c, to);
}

/* Rows of different commands may share a name; the first one is asked for all. */
static bool named_before(size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (strcmp(option_rows[i].name, option_rows[row].name) == 0)
            return true;
    return false;
}

/* bash takes --color=au for three words, the middle one `=`. */
static void print_bash(FILE *to)
{
    (void)fputs(
        "_chargetop() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd=watch opts\n"
        "    [ \"$cur\" = = ] && cur=\n"
        "    [ \"$prev\" = = ] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
        "    [ \"${COMP_WORDS[COMP_CWORD]}\" = = ] && prev=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    local word; for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
        "        case $word in ",
        to);
    for (size_t i = 0; i < command_row_count; i++)
        (void)fprintf(to, "%s%s", i ? "|" : "", command_rows[i].name);
    (void)fputs(") cmd=$word; break;; esac\n    done\n    case $prev in\n", to);
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (named_before(i))
            continue;
        if (is_file(row))
            (void)fprintf(to,
                          "        --%s) compopt -o filenames 2>/dev/null; "
                          "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return;;\n",
                          row->name);
        else if (has_choices(row)) {
            (void)fprintf(to, "        --%s) COMPREPLY=($(compgen -W \"", row->name);
            choices_of(to, row);
            (void)fputs("\" -- \"$cur\")); return;;\n", to);
        }
    }
    (void)fputs("    esac\n    case $cmd in\n", to);
    for (size_t i = 0; i < command_row_count; i++) {
        (void)fprintf(to, "        %s) opts=\"", command_rows[i].name);
        words_of(to, command_rows[i].bit, " ");
        if (command_rows[i].bit == CMD_EXPLAIN)
            names_of_errors(to);
        (void)fputs("\";;\n", to);
    }
    (void)fputs("    esac\n    [ \"$COMP_CWORD\" -eq 1 ] && opts=\"$opts ", to);
    for (size_t i = 0; i < command_row_count; i++)
        (void)fprintf(to, "%s ", command_rows[i].name);
    (void)fputs("\"\n    [ \"$cmd\" = completion ] && opts=\"$opts bash zsh fish\"\n"
                "    COMPREPLY=($(compgen -W \"$opts\" -- \"$cur\"))\n}\ncomplete -F _chargetop "
                "chargetop\n",
                to);
}

/* Within '...': zsh ends them for a ' and gives [ ] and : a meaning of their own. */
static void describe_zsh(FILE *to, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            (void)fputs("'\\'", to);
        else if (strchr("[]:\\", *text))
            (void)fputc('\\', to);
        (void)fputc(*text, to);
    }
}

static void describe_fish(FILE *to, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            (void)fputc('\\', to);
        (void)fputc(*text, to);
    }
}

static void print_zsh(FILE *to)
{
    (void)fputs("#compdef chargetop\n_chargetop() {\n    local cmd=watch word\n"
                "    for word in ${words[2,CURRENT-1]}; do\n        case $word in ",
                to);
    for (size_t i = 0; i < command_row_count; i++)
        (void)fprintf(to, "%s%s", i ? "|" : "", command_rows[i].name);
    (void)fputs(
        ") cmd=$word; break;; esac\n    done\n"
        "    if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then\n        local -a commands=(\n",
        to);
    for (size_t i = 0; i < command_row_count; i++) {
        (void)fprintf(to, "            '%s:", command_rows[i].name);
        describe_zsh(to, command_rows[i].summary);
        (void)fputs("'\n", to);
    }
    (void)fputs(
        "        )\n        _describe command commands\n        return\n    fi\n    case $cmd in\n",
        to);
    for (size_t c = 0; c < command_row_count; c++) {
        (void)fprintf(to, "    %s) _arguments", command_rows[c].name);
        for (size_t i = 0; i < option_row_count; i++) {
            const struct option_row *row = &option_rows[i];
            if (!(row->commands & command_rows[c].bit))
                continue;
            if (row->negatable)
                (void)fprintf(to, " '--no-%s'", row->name);
            (void)fprintf(to, " '--%s%s[", row->name, row->argument ? "=" : "");
            describe_zsh(to, row->help);
            (void)fputc(']', to);
            if (row->argument)
                (void)fputs(is_file(row) ? ":file:_files" : ":value:", to);
            if (has_choices(row)) {
                (void)fputc('(', to);
                choices_of(to, row);
                (void)fputc(')', to);
            }
            (void)fputc('\'', to);
        }
        if (command_rows[c].bit == CMD_EXPLAIN) {
            (void)fputs(" '*:error:(", to);
            names_of_errors(to);
            (void)fputs(")';;\n", to);
            continue;
        }
        (void)fprintf(to, "%s;;\n",
                      command_rows[c].bit == CMD_COMPLETION ? " '*:shell:(bash zsh fish)'"
                                                            : " '*:argument:'");
    }
    (void)fputs("    esac\n}\n"
                "if [[ ${funcstack[1]-} == _chargetop ]]; then\n    _chargetop \"$@\"\nelse\n"
                "    compdef _chargetop chargetop\nfi\n",
                to);
}

/* The dashboard is what runs without a command: its options go with no other. */
static void condition_fish(FILE *to, size_t command)
{
    if (command_rows[command].bit != CMD_WATCH) {
        (void)fprintf(to, "__fish_seen_subcommand_from %s", command_rows[command].name);
        return;
    }
    (void)fputs("not __fish_seen_subcommand_from", to);
    for (size_t i = 0; i < command_row_count; i++)
        if (i != command)
            (void)fprintf(to, " %s", command_rows[i].name);
}

static void print_fish(FILE *to)
{
    (void)fputs("complete -c chargetop -f\n", to);
    for (size_t c = 0; c < command_row_count; c++) {
        (void)fprintf(to, "complete -c chargetop -n __fish_use_subcommand -a %s -d '",
                      command_rows[c].name);
        describe_fish(to, command_rows[c].summary);
        (void)fputs("'\n", to);
        for (size_t i = 0; i < option_row_count; i++) {
            const struct option_row *row = &option_rows[i];
            if (!(row->commands & command_rows[c].bit))
                continue;
            (void)fputs("complete -c chargetop -n '", to);
            condition_fish(to, c);
            (void)fprintf(to, "' -l %s", row->name);
            if (row->letter)
                (void)fprintf(to, " -s %c", row->letter);
            if (row->argument)
                (void)fputs(is_file(row) ? " -r -F" : " -x", to);
            if (has_choices(row)) {
                (void)fputs(" -a '", to);
                choices_of(to, row);
                (void)fputc('\'', to);
            }
            (void)fputs(" -d '", to);
            describe_fish(to, row->help);
            (void)fputs("'\n", to);
            if (!row->negatable)
                continue;
            (void)fputs("complete -c chargetop -n '", to);
            condition_fish(to, c);
            (void)fprintf(to, "' -l no-%s\n", row->name);
        }
    }
    (void)fputs(
        "complete -c chargetop -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n"
        "complete -c chargetop -n '__fish_seen_subcommand_from explain' -a '",
        to);
    names_of_errors(to);
    (void)fputs("'\n", to);
}

bool completion_print(FILE *to, const char *shell)
{
    if (strcmp(shell, "bash") == 0)
        print_bash(to);
    else if (strcmp(shell, "zsh") == 0)
        print_zsh(to);
    else if (strcmp(shell, "fish") == 0)
        print_fish(to);
    else
        return false;
    return true;
}

int completion_run(struct settings *s)
{
    if (s->order_count != 1 || !completion_print(stdout, s->orders[0])) {
        command_complain("completion needs one of bash, zsh, fish");
        return EXIT_USAGE;
    }
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}
