/* Tells the language of find and filter, and its fields from their table. */
#include "cmd/help_query.h"

#include "base/str.h"
#include "ui/query.h"

static const char language[] =
    ".SH FIND AND FILTER\n"
    "The lines typed at / and \\e, those of [filters] and \\fB\\-\\-filter\\fR, are words of which "
    "all must be in a row, in either case of letters.\n"
    ".TP\n.B mall !done\n"
    "a word, and a word that must not be there. The bare word of a state means that state.\n"
    ".TP\n.B \\(dqdock 7\\(dq\n"
    "a phrase; in it, and after \\e, the signs of this language mean themselves.\n"
    ".TP\n.B stall|quiet\neither; also \\fBsite:mall|pier\\fR.\n"
    ".TP\n.B a b | c d\na and b, or c and d.\n"
    ".TP\n.B ! mall kw>7\n"
    "! and a blank at the beginning turn the whole line round; right before a word ! turns that "
    "one round.\n"
    ".PP\n"
    "A field is NAME:VALUE, or NAME with = != > >= < <=. Texts take : (contains), = and !=; the "
    "words of a list are known by their beginning. NAME:? asks for what is not known.\n";

static void put(FILE *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '-')
            (void)fputc('\\', to);
        if (text.ptr[i] == '"')
            (void)fputs("\\(dq", to);
        else
            (void)fputc(text.ptr[i], to);
    }
}

static void put_fields(FILE *to, enum query_kind kind, const char *of)
{
    const char *names, *example;

    (void)fprintf(to, ".PP\nFields of %s, by example (and their other names):", of);
    for (size_t n = 0; query_field_at(kind, n, &names, &example); n++) {
        struct str rest = str_from(names);
        str_split(&rest, ' ');
        (void)fputs(n > 0 ? ", \\fB" : " \\fB", to);
        put(to, str_from(example));
        (void)fputs("\\fR", to);
        if (rest.len > 0) {
            (void)fputs(" (", to);
            put(to, rest);
            (void)fputs(")", to);
        }
    }
    (void)fputs(".\n", to);
}

void help_query_manual(FILE *to)
{
    (void)fputs(language, to);
    put_fields(to, QUERY_ORDERS, "orders");
    put_fields(to, QUERY_EVENTS, "events");
    put_fields(to, QUERY_ERRORS, "errors");
}
