/* src/ui/column_choice.c - a choice of columns as text, and changing it. */
#include "ui/column_choice.h"

#include "ui/columns.h"

_Static_assert((int)COLUMN_COUNT <= (int)COLUMN_CHOICE_MAX, "every column can be chosen");

static void table_order(struct column_choice *c)
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        c->order[i] = (uint8_t)i;
}

static int column_of(struct str id)
{
    for (int c = 0; c < COLUMN_COUNT; c++)
        if (str_eq_nocase(id, str_from(order_columns[c].id)) ||
            str_eq_nocase(id, str_from(order_columns[c].title)))
            return c;
    return -1;
}

enum ct_err column_choice_parse(struct str text, struct column_choice *out, struct fault *fault)
{
    struct column_choice c = {.chosen = true};
    int count = 0;

    if (str_eq_nocase(str_trim(text), STR("auto")) || str_trim(text).len == 0) {
        *out = (struct column_choice){.chosen = false};
        return CT_OK;
    }
    while (text.len > 0) {
        const struct str id = str_trim(str_split(&text, ','));
        const int column = column_of(id);
        if (id.len == 0)
            continue;
        if (column < 0)
            return fault_set(fault, CT_ERR_SYNTAX,
                             "no column '%.*s'; they are named as in the manual: st, order, kwh",
                             (int)str_cut(id, 30), id.ptr);
        if (c.shown & (1u << column))
            return fault_set(fault, CT_ERR_SYNTAX, "the column %s is named twice",
                             order_columns[column].id);
        c.shown |= 1u << column;
        c.order[count++] = (uint8_t)column;
    }
    if (count == 0)
        return fault_set(fault, CT_ERR_SYNTAX, "which columns? auto shows what fits");
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (!(c.shown & (1u << i)))
            c.order[count++] = (uint8_t)i;
    *out = c;
    return CT_OK;
}

size_t column_choice_text(const struct column_choice *c, char *to, size_t cap)
{
    size_t len = 0;

    if (!c->chosen)
        return str_copy(to, cap, STR("auto"));
    to[0] = '\0';
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (c->shown & (1u << c->order[i]))
            len += str_format(to + len, cap - len, "%s%s", len ? "," : "",
                              order_columns[c->order[i]].id);
    return len;
}

void column_choice_begin(struct column_choice *c, const struct column_fit *now)
{
    if (c->chosen)
        return;
    *c = (struct column_choice){.chosen = true};
    table_order(c);
    for (int i = 0; i < now->count; i++)
        c->shown |= 1u << now->at[i];
    if (c->shown == 0) /* a screen too narrow for any */
        c->shown = 1u << COLUMN_ORDER;
}

bool column_choice_toggle(struct column_choice *c, int column)
{
    const uint32_t bit = 1u << column;

    if (c->shown == bit)
        return false;
    c->shown ^= bit;
    return true;
}

bool column_choice_move(struct column_choice *c, int place, int direction)
{
    const int to = place + direction;

    if (place < 0 || place >= COLUMN_COUNT || to < 0 || to >= COLUMN_COUNT)
        return false;
    const uint8_t moved = c->order[place];
    c->order[place] = c->order[to];
    c->order[to] = moved;
    return true;
}
