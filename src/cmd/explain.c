/* src/cmd/explain.c - `chargetop explain`: what an error means, for people and for programs. */
#include "fleet/explain.h"

#include <string.h>

#include "base/json_write.h"
#include "base/text.h"
#include "cmd/command.h"

enum { PAGE_COLS = 79, LABEL_COLS = 8, NAME_COLS = 19, JSON_MAX_BYTES = 1024 * 1024 };

/* Breaks text at spaces; the first line begins after `used` cells, the next ones after `indent`. */
static void print_wrapped(const char *text, int used, int indent)
{
    while (*text) {
        const size_t word = strcspn(text, " ");

        if (used > indent && used + 1 + (int)word > PAGE_COLS) {
            (void)printf("\n%*s", indent, "");
            used = indent;
        }
        used += printf("%s%.*s", used > indent ? " " : "", (int)word, text);
        text += word;
        text += strspn(text, " ");
    }
    (void)putchar('\n');
}

static void print_part(const char *label, const char *text)
{
    (void)printf("  %-*s", LABEL_COLS, label);
    print_wrapped(text, 2 + LABEL_COLS, 2 + LABEL_COLS);
}

static void print_again(const struct explanation *e)
{
    const char *label = "again";
    int places = 0;
    char line[2 * EXPLAIN_LINE_MAX];

    for (int p = 0; p < EXPLAIN_PLACES; p++)
        places += e->again[p] != EXPLAIN_NOT_HERE;
    for (int p = 0; p < EXPLAIN_PLACES; p++) {
        if (e->again[p] == EXPLAIN_NOT_HERE)
            continue;
        (void)str_format(line, sizeof line, "%s%s%s",
                         places > 1 ? explain_place_name((enum explain_place)p) : "",
                         places > 1 ? ": " : "", explain_again_text(e->again[p]));
        print_part(label, line);
        label = "";
    }
}

static void print_one(const struct explanation *e)
{
    (void)printf("%s  %s\n", e->name, e->title);
    print_part("what", e->what);
    for (int i = 0; i < EXPLAIN_CAUSES_MAX && e->causes[i]; i++) {
        (void)printf("  %-*s- ", LABEL_COLS, i == 0 ? "causes" : "");
        print_wrapped(e->causes[i], 4 + LABEL_COLS, 4 + LABEL_COLS);
    }
    print_again(e);
    print_part("do", e->advice);
}

static void write_one(struct json_writer *w, const struct explanation *e)
{
    jw_object(w);
    jw_key(w, "name");
    jw_str(w, str_from(e->name));
    jw_key(w, "first_code");
    e->last ? jw_i64(w, e->first) : jw_null(w);
    jw_key(w, "last_code");
    e->last ? jw_i64(w, e->last) : jw_null(w);
    jw_key(w, "title");
    jw_str(w, str_from(e->title));
    jw_key(w, "what");
    jw_str(w, str_from(e->what));
    jw_key(w, "causes");
    jw_array(w);
    for (int i = 0; i < EXPLAIN_CAUSES_MAX && e->causes[i]; i++)
        jw_str(w, str_from(e->causes[i]));
    jw_array_end(w);
    jw_key(w, "again");
    jw_array(w);
    for (int p = 0; p < EXPLAIN_PLACES; p++) {
        if (e->again[p] == EXPLAIN_NOT_HERE)
            continue;
        jw_object(w);
        jw_key(w, "where");
        jw_str(w, str_from(explain_place_name((enum explain_place)p)));
        jw_key(w, "how");
        jw_str(w, str_from(explain_again_name(e->again[p])));
        jw_key(w, "text");
        jw_str(w, str_from(explain_again_text(e->again[p])));
        jw_object_end(w);
    }
    jw_array_end(w);
    jw_key(w, "do");
    jw_str(w, str_from(e->advice));
    jw_object_end(w);
}

/* The n-th of those asked for, or of all when none was; NULL beyond. Unknown ones are NULL too. */
static const struct explanation *nth(const struct settings *s, size_t n)
{
    return s->order_count == 0 ? explain_at(n) : explain_name(str_from(s->orders[n]));
}

static int print_json(const struct settings *s, size_t count)
{
    struct buf out;
    struct json_writer w;

    buf_init(&out, JSON_MAX_BYTES);
    jw_init(&w, &out);
    jw_array(&w);
    for (size_t i = 0; i < count; i++) {
        const struct explanation *e = nth(s, i);
        if (e)
            write_one(&w, e);
    }
    jw_array_end(&w);
    const bool good =
        w.err == CT_OK && fwrite(out.bytes, 1, out.len, stdout) == out.len && putchar('\n') != EOF;
    buf_clear(&out);
    return good ? EXIT_DONE : EXIT_FAILED;
}

static void print_text(const struct settings *s, size_t count)
{
    bool first = true;

    for (size_t i = 0; i < count; i++) {
        const struct explanation *e = nth(s, i);
        if (!e)
            continue;
        if (s->order_count == 0) {
            (void)printf("%-*s %s\n", NAME_COLS, e->name, e->title);
            continue;
        }
        if (!first)
            (void)putchar('\n');
        print_one(e);
        first = false;
    }
}

static bool complain_of_unknown(const struct settings *s)
{
    bool unknown = false;
    char word[64];

    for (size_t i = 0; i < s->order_count; i++) {
        if (nth(s, i))
            continue;
        (void)text_clean(word, sizeof word, str_from(s->orders[i]));
        command_complain("'%s' is not known; the nearest is '%s' (chargetop explain lists all)",
                         word, explain_nearest(str_from(s->orders[i])));
        unknown = true;
    }
    return unknown;
}

int explain_run(struct settings *s)
{
    const size_t count = s->order_count == 0 ? explain_count() : s->order_count;
    int status = EXIT_DONE;

    if (s->json)
        status = print_json(s, count);
    else
        print_text(s, count);
    if (fflush(stdout) != 0)
        status = EXIT_FAILED;
    return complain_of_unknown(s) ? EXIT_USAGE : status;
}
