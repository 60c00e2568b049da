/* src/ui/complete.c - candidates for the word at the cursor, and going through them. */
#include "ui/complete.h"

#include <stdlib.h>
#include <string.h>

#include "ui/columns.h"
#include "ui/command.h"
#include "ui/line_edit.h"

void complete_add(struct complete_words *w, struct str word)
{
    const struct str head = {word.ptr, w->stem.len < word.len ? w->stem.len : word.len};

    if (word.len == 0 || word.len >= COMPLETE_WORD_MAX || !str_eq_nocase(head, w->stem))
        return;
    if (w->count == COMPLETE_WORDS_MAX)
        w->more++;
    else
        str_copy(w->word[w->count++], COMPLETE_WORD_MAX, word);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void sort_words(struct complete_words *w)
{
    size_t kept = 0;

    qsort(w->word, w->count, sizeof w->word[0], by_text);
    for (size_t i = 0; i < w->count; i++) {
        if (kept > 0 && strcmp(w->word[kept - 1], w->word[i]) == 0)
            continue;
        if (kept != i)
            memcpy(w->word[kept], w->word[i], COMPLETE_WORD_MAX);
        kept++;
    }
    w->count = kept;
}

/* Words of a list with blanks or commas between them. */
static void add_list(struct complete_words *w, const char *list)
{
    struct str rest = str_from(list ? list : "");

    while (rest.len > 0) {
        struct str part = str_split(&rest, ',');
        while (part.len > 0)
            complete_add(w, str_split(&part, ' '));
    }
}

static void add_orders(const struct view *v, const struct ui_model *m, struct complete_words *w)
{
    const size_t count = fleet_order_count(m->fleet);

    (void)v;
    for (size_t i = 0; i < count; i++)
        complete_add(w, str_from(fleet_order_at(m->fleet, i)->id));
}

static void add_columns(const struct view *v, const struct ui_model *m, struct complete_words *w)
{
    (void)v;
    (void)m;
    for (int c = 1; c < order_column_count; c++)
        complete_add(w, str_from(order_columns[c].id));
}

static void add_themes(const struct view *v, const struct ui_model *m, struct complete_words *w)
{
    (void)m;
    add_list(w, v->theme_words);
}

static void add_faults(const struct view *v, const struct ui_model *m, struct complete_words *w)
{
    (void)m;
    add_list(w, v->fault_words);
}

static void add_saved(const struct view *v, const struct ui_model *m, struct complete_words *w)
{
    (void)m;
    for (size_t i = 0; i < v->find.saved_count; i++)
        complete_add(w, str_from(v->find.saved[i].name));
}

static void add_layouts(const struct view *v, const struct ui_model *m, struct complete_words *w)
{
    const struct layout_spec *spec;

    (void)m;
    for (size_t n = 0; (spec = layout_at(&v->layouts, n)) != NULL; n++)
        complete_add(w, str_from(spec->name));
}

static void add_channels(const struct view *v, const struct ui_model *m, struct complete_words *w)
{
    const struct followed *all = fleet_followed(m->fleet);

    (void)v;
    for (size_t i = 0; i < followed_count(all); i++)
        complete_add(w, str_from(followed_at(all, i)->name));
}

static void add_profiles(const struct view *v, const struct ui_model *m, struct complete_words *w)
{
    (void)v;
    if (m->profile && m->profile[0] && fleet_side_count(m->fleet) > 0)
        complete_add(w, str_from(m->profile));
    for (size_t i = 1; i <= fleet_side_count(m->fleet); i++)
        complete_add(w, str_from(fleet_side(m->fleet, (uint8_t)i)->name));
}

/* What a word in capitals stands for in the usage of a command. */
static const struct {
    const char *word;
    void (*add)(const struct view *v, const struct ui_model *m, struct complete_words *w);
} places[] = {
    {"ID", add_orders},    {"COLUMN", add_columns},   {"THEME", add_themes},
    {"FAULT", add_faults}, {"SAVED", add_saved},      {"LAYOUT", add_layouts},
    {"ORDER", add_orders}, {"CHANNEL", add_channels}, {"PROFILE", add_profiles},
};

static void add_place(const struct view *v, const struct ui_model *m, struct str word,
                      struct complete_words *w)
{
    for (size_t i = 0; i < COUNT_OF(places); i++)
        if (str_eq(word, str_from(places[i].word)))
            places[i].add(v, m, w);
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* ":plot braille|block" gives its words, ":add ID" the orders, ":follow CHANNEL [PROFILE]" profiles for the
 * second word; "15m", "0 22" and "client-EVENT" are examples. */
static void add_usage(const struct view *v, const struct ui_model *m, const char *usage, size_t nth,
                      struct complete_words *w)
{
    struct str rest = str_from(usage), place;

    str_split(&rest, ' ');
    do {
        place = str_split(&rest, ' ');
    } while (nth-- > 0);
    if (place.len > 2 && place.ptr[0] == '[')
        place = (struct str){place.ptr + 1, place.len - 2};
    while (place.len > 0) {
        struct str word = str_split(&place, '|');
        word = str_split(&word, ','); /* COLUMN,COLUMN: each of them */
        if (word.len == 0)
            continue;
        if (is_upper(word.ptr[0]))
            add_place(v, m, word, w);
        else if (word.ptr[0] >= 'a' && word.ptr[0] <= 'z' && !is_upper(word.ptr[word.len - 1]))
            complete_add(w, word);
    }
}

/* Words of line[from..to) that are over: none of a list that goes on behind its comma. */
static size_t words_over(struct str line, size_t from, size_t to)
{
    size_t n = 0;

    for (size_t i = from + 1; i < to; i++)
        n += line.ptr[i] == ' ' && line.ptr[i - 1] != ' ' && line.ptr[i - 1] != ',';
    return n;
}

static bool offered(const struct view *v, const struct command_row_ui *row)
{
    return row->usage && (!row->demo_only || v->demo);
}

static void add_names(const struct view *v, const struct ui_model *m, struct complete_words *w)
{
    const struct command_row_ui *row;
    const struct key_row *key;
    char name[COMPLETE_WORD_MAX];
    int nth;

    for (size_t n = 0; (row = command_at(n)) != NULL; n++)
        if (offered(v, row))
            complete_add(w, str_from(row->name));
    for (size_t n = 0; key_action_at(n, &key, &nth); n++)
        complete_add(w, (struct str){name, key_action_name(key, nth, name, sizeof name)});
    if (w->stem.len > 0 && w->stem.ptr[0] >= '0' && w->stem.ptr[0] <= '9')
        add_orders(v, m, w);
}

void complete_find(const struct view *v, const struct ui_model *m, struct str line, size_t *from,
                   struct complete_words *out)
{
    const struct command_row_ui *row;
    size_t begin = 0, end;

    out->count = out->more = 0;
    while (begin < line.len && line.ptr[begin] == ' ')
        begin++;
    end = begin;
    while (end < line.len && line.ptr[end] != ' ')
        end++;
    const struct str name = {line.ptr + begin, end - begin};
    *from = end == line.len ? begin : end;
    for (size_t i = *from; i < line.len; i++)
        if (line.ptr[i] == ',' || line.ptr[i] == ' ')
            *from = i + 1;
    out->stem = (struct str){line.ptr + *from, line.len - *from};
    if (end == line.len)
        add_names(v, m, out);
    for (size_t n = 0; end < line.len && (row = command_at(n)) != NULL; n++)
        if (offered(v, row) && str_eq_nocase(name, str_from(row->name)))
            add_usage(v, m, row->usage, words_over(line, end, *from), out);
    sort_words(out);
}

/* Bytes that all words begin with. */
static size_t shared(const struct complete_words *w)
{
    size_t len = strlen(w->word[0]);

    for (size_t i = 1; i < w->count; i++)
        for (size_t k = 0; k < len; k++)
            if (w->word[i][k] != w->word[0][k])
                len = k;
    return str_cut(str_from(w->word[0]), len);
}

/* The candidates in one line, from the one chosen on. */
static void tell_words(struct view *v, uint64_t now_ms, const struct complete_words *w, size_t from)
{
    enum { ROOM = VIEW_MESSAGE_MAX - 24 };
    char line[VIEW_MESSAGE_MAX] = "";
    size_t len = 0, shown = 0;

    for (; shown < w->count; shown++) {
        const char *word = w->word[(from + shown) % w->count];
        if (len + strlen(word) + 2 > ROOM)
            break;
        len += str_format(line + len, sizeof line - len, "%s%s", len ? "  " : "", word);
    }
    if (shown < w->count + w->more)
        str_format(line + len, sizeof line - len, "  and %zu more", w->count + w->more - shown);
    view_say(v, now_ms, line);
}

static void put_word(struct view *v, struct str word)
{
    const struct line_edit e = {v->prompt, sizeof v->prompt, &v->prompt_at};

    (void)line_replace(e, v->completion.from, word);
}

static void begin(struct view *v, const struct ui_model *m, const struct complete_words *w)
{
    struct completion *c = &v->completion;
    const struct line_edit e = {v->prompt, sizeof v->prompt, &v->prompt_at};

    if (w->count == 0) {
        view_say(v, m->now_ms,
                 w->stem.len > 0 ? "nothing begins like this" : "nothing to complete");
        return;
    }
    const struct str common = {w->word[0], shared(w)};
    if (w->count == 1) {
        put_word(v, common);
        if (v->prompt[v->prompt_at] == '\0')
            (void)line_insert(e, ' ');
        return;
    }
    if (common.len > w->stem.len)
        put_word(v, common);
    str_copy(c->stem, sizeof c->stem, common.len > w->stem.len ? common : w->stem);
    c->on = true;
    c->at = -1;
    tell_words(v, m->now_ms, w, 0);
}

enum ct_err complete_prompt(struct view *v, const struct ui_model *m, int direction)
{
    struct completion *c = &v->completion;
    char line[VIEW_PROMPT_MAX];
    struct complete_words *w = malloc(sizeof *w);

    if (!w)
        return CT_ERR_NOMEM;
    if (c->on) { /* the words that the first Tab found */
        const size_t len = str_copy(line, sizeof line, (struct str){v->prompt, c->from});
        str_copy(line + len, sizeof line - len, str_from(c->stem));
    } else {
        str_copy(line, sizeof line, (struct str){v->prompt, v->prompt_at});
    }
    complete_find(v, m, str_from(line), &c->from, w);
    if (!c->on) {
        begin(v, m, w);
    } else if (w->count > 0) {
        const int count = (int)w->count;
        c->at = c->at < 0 && direction < 0 ? count - 1 : (c->at + direction + count) % count;
        put_word(v, str_from(w->word[c->at]));
        tell_words(v, m->now_ms, w, (size_t)c->at);
    }
    free(w);
    return CT_OK;
}

void complete_end(struct view *v)
{
    v->completion.on = false;
}
