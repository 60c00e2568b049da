/* src/ui/layout_spec.c - the program's layouts, and reading those of the user. */
#include "ui/layout_spec.h"

#include "base/num.h"
#include "ui/layout.h"

static const struct layout_spec built_in[] = {
    {.name = "overview"},
    [LAYOUT_PLOTS] = {.name = "plots",
                      .rows = 3,
                      .row = {{2, 1, {{PANE_ORDERS, 1}}},
                              {6, 1, {{PANE_PLOT, 1}}},
                              {1, 2, {{PANE_ERRORS, 1}, {PANE_CONNECTION, 1}}}}},
    {.name = "events",
     .rows = 3,
     .row = {{2, 1, {{PANE_ORDERS, 1}}},
             {6, 1, {{PANE_EVENTS, 1}}},
             {1, 2, {{PANE_ERRORS, 1}, {PANE_CONNECTION, 1}}}}},
    [LAYOUT_DETAIL] = {.name = "detail"},
    {.name = "channels",
     .rows = 3,
     .row = {{5, 1, {{PANE_CHANNELS, 1}}},
             {4, 1, {{PANE_EVENTS, 1}}},
             {2, 2, {{PANE_ERRORS, 1}, {PANE_CONNECTION, 1}}}}},
    {.name = "notices",
     .rows = 3,
     .row = {{3, 1, {{PANE_ORDERS, 1}}},
             {4, 1, {{PANE_NOTICES, 1}}},
             {2, 2, {{PANE_EVENTS, 1}, {PANE_CONNECTION, 1}}}}},
};

const struct layout_spec *layout_at(const struct layout_list *own, size_t n)
{
    if (n < COUNT_OF(built_in))
        return &built_in[n];
    n -= COUNT_OF(built_in);
    return n < own->count ? &own->at[n] : NULL;
}

bool layout_find(const struct layout_list *own, struct str name, size_t *n)
{
    const struct layout_spec *spec;

    for (size_t i = 0; (spec = layout_at(own, i)) != NULL; i++)
        if (str_eq_nocase(name, str_from(spec->name))) {
            *n = i;
            return true;
        }
    return false;
}

static bool good_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return name.len > 0 && name.len < LAYOUT_NAME_MAX;
}

static bool weight_of(struct str text, uint8_t *out)
{
    int64_t n = 1;

    if (text.len > 0 && (!num_i64(text, &n) || n < 1 || n > LAYOUT_WEIGHT_MAX))
        return false;
    *out = (uint8_t)n;
    return true;
}

static bool pane_named(struct str name, uint8_t *out)
{
    for (int pane = PANE_ORDERS; pane < PANE_COUNT; pane++)
        if (pane_is_named((enum pane_id)pane, name)) {
            *out = (uint8_t)pane;
            return true;
        }
    return false;
}

static bool has_pane(const struct layout_spec *spec, const struct layout_row *row, uint8_t pane)
{
    bool found = false;

    for (int i = 0; i < row->count; i++)
        found |= row->at[i].pane == pane;
    for (int r = 0; r < spec->rows; r++)
        for (int i = 0; i < spec->row[r].count; i++)
            found |= spec->row[r].at[i].pane == pane;
    return found;
}

static enum ct_err read_row(const struct layout_spec *spec, struct str text, struct layout_row *row,
                            struct fault *fault)
{
    const size_t colon = str_find(text, STR(":"));
    struct str weight = {text.ptr, colon < text.len ? colon : 0};
    const struct str panes =
        colon < text.len ? (struct str){text.ptr + colon + 1, text.len - colon - 1} : text;

    *row = (struct layout_row){.count = 0};
    if (!weight_of(str_trim(weight), &row->weight))
        return fault_set(fault, CT_ERR_SYNTAX, "a row's weight is 1 to %d: 2: plot, events",
                         (int)LAYOUT_WEIGHT_MAX);
    for (struct str rest = panes; rest.len > 0;) {
        struct str part = str_trim(str_split(&rest, ','));
        const struct str name = str_split(&part, ' ');
        struct layout_cell cell;
        const int len = (int)str_cut(name, 20);
        if (!pane_named(name, &cell.pane))
            return fault_set(fault, CT_ERR_SYNTAX, "no pane '%.*s'", len, name.ptr);
        if (!weight_of(str_trim(part), &cell.weight))
            return fault_set(fault, CT_ERR_SYNTAX, "a pane's weight is 1 to %d",
                             (int)LAYOUT_WEIGHT_MAX);
        if (has_pane(spec, row, cell.pane))
            return fault_set(fault, CT_ERR_SYNTAX, "the pane %.*s is there already", len, name.ptr);
        if (row->count == LAYOUT_PANES_MAX)
            return fault_set(fault, CT_ERR_LIMIT, "more than %d panes in a row",
                             (int)LAYOUT_PANES_MAX);
        row->at[row->count++] = cell;
    }
    if (row->count == 0)
        return fault_set(fault, CT_ERR_SYNTAX, "which panes? row = 2: plot, events");
    return CT_OK;
}

enum ct_err layout_list_row(struct layout_list *l, struct str name, struct str text,
                            struct fault *fault)
{
    struct layout_spec fresh = {.rows = 0};
    size_t n = COUNT_OF(built_in) + l->count;

    if (!good_name(name))
        return fault_set(fault, CT_ERR_SYNTAX,
                         "a layout's name has up to %d small letters, digits and -",
                         LAYOUT_NAME_MAX - 1);
    if (layout_find(l, name, &n) && n < COUNT_OF(built_in))
        return fault_set(fault, CT_ERR_SYNTAX, "%s is a layout of the program", built_in[n].name);
    const size_t at = n - COUNT_OF(built_in);
    if (at == LAYOUT_OWN_MAX)
        return fault_set(fault, CT_ERR_LIMIT, "more than %d layouts", (int)LAYOUT_OWN_MAX);
    struct layout_spec *spec = at < l->count ? &l->at[at] : &fresh;
    if (spec->rows == LAYOUT_ROWS_MAX)
        return fault_set(fault, CT_ERR_LIMIT, "more than %d rows", (int)LAYOUT_ROWS_MAX);
    struct layout_row row;
    const enum ct_err err = read_row(spec, text, &row, fault);
    if (err != CT_OK)
        return err;
    str_copy(spec->name, sizeof spec->name, name);
    spec->row[spec->rows++] = row;
    if (spec == &fresh)
        l->at[l->count++] = fresh;
    return CT_OK;
}
