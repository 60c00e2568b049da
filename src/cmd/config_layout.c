/* Reads [layout NAME]: the user's own arrangements of the panes. */
#include <string.h>

#include "cmd/config_internal.h"

void config_set_layout(struct config_reader *r, const char *name, const char *key,
                       const char *value)
{
    struct fault fault;

    if (strcmp(key, "row") != 0)
        config_mistake(r, key, "unknown key in [layout]; it has rows: row = 2: plot, events");
    else if (layout_list_row(&r->s->layouts, str_trim(str_from(name)), str_from(value), &fault) !=
             CT_OK)
        config_mistake(r, key, fault.text);
}

void config_check_layout(struct config_reader *r)
{
    const int line = r->line;
    size_t n;

    if (!r->layout_line ||
        (layout_find(&r->s->layouts, str_from(r->s->layout), &n) && n != LAYOUT_DETAIL))
        return;
    r->line = r->layout_line;
    config_mistake(r, "layout", "neither overview, plots or events nor a section [layout NAME]");
    r->line = line;
}
