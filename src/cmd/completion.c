/* src/cmd/completion.c - completion scripts for bash, zsh and fish, from the option table. */
#include <string.h>

#include "cmd/command.h"
#include "fleet/explain.h"

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

static void print_bash(FILE *to)
{
    (void)fputs(
        "_chargetop() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd=watch opts\n"
        "    local word; for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
        "        case $word in ",
        to);
    for (size_t i = 0; i < command_row_count; i++)
        (void)fprintf(to, "%s%s", i ? "|" : "", command_rows[i].name);
    (void)fputs(") cmd=$word; break;; esac\n    done\n    case $prev in\n", to);
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (is_file(row))
            (void)fprintf(to, "        --%s) COMPREPLY=($(compgen -f -- \"$cur\")); return;;\n",
                          row->name);
        else if (row->type == OPTION_CHOICE) {
            (void)fprintf(to, "        --%s) COMPREPLY=($(compgen -W \"", row->name);
            for (const char *c = row->choices; *c; c++)
                (void)fputc(*c == '|' ? ' ' : *c, to);
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

/* zsh and fish quote descriptions with ' and zsh gives [ ] and : a meaning in them. */
static void print_description(FILE *to, const char *text)
{
    for (; *text; text++)
        if (*text != '\'' && *text != '[' && *text != ']' && *text != ':' && *text != '`')
            (void)fputc(*text, to);
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
        print_description(to, command_rows[i].summary);
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
            (void)fprintf(to, " '--%s[", row->name);
            print_description(to, row->help);
            (void)fputc(']', to);
            if (row->argument)
                (void)fputs(is_file(row) ? ":file:_files" : ":value:", to);
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
    (void)fputs("    esac\n}\n_chargetop \"$@\"\n", to);
}

static void print_fish(FILE *to)
{
    (void)fputs("complete -c chargetop -f\n", to);
    for (size_t c = 0; c < command_row_count; c++) {
        (void)fprintf(to, "complete -c chargetop -n __fish_use_subcommand -a %s -d '",
                      command_rows[c].name);
        print_description(to, command_rows[c].summary);
        (void)fputs("'\n", to);
        for (size_t i = 0; i < option_row_count; i++) {
            const struct option_row *row = &option_rows[i];
            if (!(row->commands & command_rows[c].bit))
                continue;
            (void)fprintf(to, "complete -c chargetop -n '__fish_seen_subcommand_from %s' -l %s",
                          command_rows[c].name, row->name);
            if (row->letter)
                (void)fprintf(to, " -s %c", row->letter);
            if (row->argument)
                (void)fputs(is_file(row) ? " -r -F" : " -x", to);
            (void)fputs(" -d '", to);
            print_description(to, row->help);
            (void)fputs("'\n", to);
            if (row->negatable)
                (void)fprintf(
                    to, "complete -c chargetop -n '__fish_seen_subcommand_from %s' -l no-%s\n",
                    command_rows[c].name, row->name);
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
