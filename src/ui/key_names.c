/* src/ui/key_names.c - the names of actions: of a row of key_rows, or of its directions. */
#include <string.h>

#include "ui/keymap.h"
#include "ui/ui.h"

/* Rows whose keys mean different things: a name a key, begun again when there are more keys than
 * names. A row that is not listed has one action, named as the row. */
static const struct {
    const char *row, *names;
} rows_of_several[] = {
    {"move", "up down"},
    {"ends", "top bottom"},
    {"half-page", "half-up half-down"},
    {"page", "page-up page-down"},
    {"pane-next", "pane-next pane-prev"},
    {"pane", "pane-1 pane-2 pane-3 pane-4 pane-5 pane-6 pane-7 pane-8 pane-9"},
    {"order-next", "order-next order-prev"},
    {"sort", "sort-prev sort-next sort-next"},
    {"window", "window-in window-out window-fit"},
    {"pan", "pan-back pan-forward"},
    {"ack", "ack ack-all"},
    {"layout", "layout-next layout-prev"},
    {"pane-side", "pane-right pane-left"},
    {"cross", "cross-left cross-right cross-left cross-right cross-left-far cross-right-far"},
    {"cross-event", "event-prev event-next"},
    {"find-next", "find-next find-prev"},
    {"error-next", "error-next error-prev"},
};

static int key_count(const struct key_row *row)
{
    struct str rest = str_from(row->keys);
    int count = 0;

    while (rest.len > 0)
        count += str_split(&rest, ' ').len > 0;
    return count;
}

static struct str word_at(const char *words, int at)
{
    struct str rest = str_from(words), word = rest;
    int count = 1;

    for (const char *c = words; *c; c++)
        count += *c == ' ';
    for (int i = 0; i <= at % count; i++)
        word = str_split(&rest, ' ');
    return word;
}

static struct str name_of(const struct key_row *row, int nth)
{
    for (size_t i = 0; i < COUNT_OF(rows_of_several); i++)
        if (strcmp(rows_of_several[i].row, row->id) == 0)
            return word_at(rows_of_several[i].names, nth);
    return str_from(row->id);
}

size_t key_action_name(const struct key_row *row, int nth, char *to, size_t cap)
{
    return str_copy(to, cap, name_of(row, nth));
}

/* Is it the first place of this name, in this row and in the rows above with the same id? */
static bool is_first(int at, int nth)
{
    const struct str name = name_of(&key_rows[at], nth);

    for (int i = 0; i < nth; i++)
        if (str_eq(name, name_of(&key_rows[at], i)))
            return false;
    for (int i = 0; i < at; i++)
        if (strcmp(key_rows[i].id, key_rows[at].id) == 0)
            return false;
    return true;
}

bool key_action_at(size_t n, const struct key_row **row, int *nth)
{
    for (int i = 0; i < key_row_count; i++)
        for (int k = 0; k < key_count(&key_rows[i]); k++)
            if (is_first(i, k) && n-- == 0) {
                *row = &key_rows[i];
                *nth = k;
                return true;
            }
    return false;
}

const struct key_row *key_action_find(struct str name, int *nth)
{
    for (int i = 0; i < key_row_count; i++)
        for (int k = 0; k < key_count(&key_rows[i]); k++)
            if (str_eq_nocase(name, name_of(&key_rows[i], k))) {
                *nth = k;
                return &key_rows[i];
            }
    return NULL;
}
