/* Knows which of the settings are choices of the view, and how their words are read. */
#include "cmd/view_settings.h"

#include <string.h>

#include "cmd/options.h"
#include "ui/columns.h"
#include "ui/layout.h"
#include "ui/setting.h"

static enum plot_mode plot_mode_of(const char *name)
{
    if (strcmp(name, "braille") == 0)
        return PLOT_BRAILLE;
    if (strcmp(name, "block") == 0)
        return PLOT_BLOCK;
    return strcmp(name, "ascii") == 0 ? PLOT_ASCII : PLOT_AUTO;
}

static enum time_style time_style_of(const char *name)
{
    if (strcmp(name, "age") == 0)
        return TIME_AGE;
    return strcmp(name, "gap") == 0 ? TIME_GAP : TIME_CLOCK_GAP;
}

/* Where no order is followed their panes would stay empty. */
static const char *layout_name(const struct settings *s)
{
    const bool channels =
        strcmp(s->kind, "charging") != 0 ||
        (s->channels.count > 0 && s->order_count == 0 && !s->discover && !(s->command & CMD_DEMO));

    return channels && strcmp(s->layout, "overview") == 0 ? "channels" : s->layout;
}

enum ct_err view_settings_apply(struct view *v, const struct settings *s, struct fault *fault)
{
    v->keys = s->keys;
    v->plot_mode = plot_mode_of(s->plot);
    v->time_style = time_style_of(s->time_style);
    v->index_stale = true;
    v->find.saved = s->filters;
    v->find.saved_count = s->filter_count;
    char why[QUERY_WHY_MAX];
    if (!find_apply(v, PANE_ORDERS, str_from(s->filter), why))
        return fault_set(fault, CT_ERR_SYNTAX, "filter: %s", why);
    if (!column_sort_parse(str_from(s->sort), &v->sort_column, &v->sort_invert))
        return fault_set(fault, CT_ERR_SYNTAX, "sort: no column '%.40s'; try attention or kwh",
                         s->sort);
    struct fault inner;
    if (column_choice_parse(str_from(s->columns), &v->columns, &inner) != CT_OK)
        return fault_set(fault, inner.err, "columns: %s", inner.text);
    size_t n = 0;
    v->layouts = s->layouts;
    if (!layout_find(&v->layouts, str_from(layout_name(s)), &n) || n == LAYOUT_DETAIL)
        return fault_set(fault, CT_ERR_SYNTAX, "layout: there is no '%.23s'", s->layout);
    view_layout_shape(v, n);
    v->layout = n;
    return CT_OK;
}

uint32_t view_settings_pinned(const struct settings *s)
{
    const struct setting *row;
    uint32_t bits = 0;

    for (size_t n = 0; (row = setting_at(n)) != NULL; n++) {
        const struct option_row *option = option_find("screen", row->id);
        if (option && s->said[option - option_rows])
            bits |= 1u << n;
    }
    return bits;
}
