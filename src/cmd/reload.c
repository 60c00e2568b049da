/* Knows what of a configuration that was read again can be used at once, and what needs a restart. */
#include "cmd/reload.h"

#include <string.h>

#include "cmd/options.h"
#include "cmd/view_settings.h"

/* Options that are taken over without a restart; the theme is loaded by the caller. */
static const char *const at_once[] = {"theme",  "plot",   "time-style", "sort",  "columns",
                                      "layout", "window", "ascii",      "filter"};

struct settings *reload_read(const struct settings *now, struct fault *fault)
{
    struct settings *fresh = settings_create();

    if (!fresh) {
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    if (options_read(fresh, now->command, now->argc, now->argv, fault) != CT_OK) {
        settings_destroy(fresh);
        return NULL;
    }
    return fresh;
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

void reload_name_others(const struct settings *now, const struct settings *fresh,
                        const char *const *taken, size_t taken_count, char *to, size_t cap)
{
    size_t len = 0;

    to[0] = '\0';
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        const char *a = (const char *)now + row->offset, *b = (const char *)fresh + row->offset;
        if (!(row->commands & now->command) || is_among(row->name, taken, taken_count) ||
            memcmp(a, b, row->size) == 0)
            continue;
        len += str_format(to + len, cap - len, "%s%s", len ? ", " : "", row->name);
    }
}

/* The view gets the fresh value of what differs; the rest of *with is what it shows now. */
static void keep_same(struct view *v, const struct view *before, const struct settings *now,
                      const struct settings *fresh)
{
    if (strcmp(now->plot, fresh->plot) == 0)
        v->plot_mode = before->plot_mode;
    if (strcmp(now->time_style, fresh->time_style) == 0)
        v->time_style = before->time_style;
    if (strcmp(now->sort, fresh->sort) == 0) {
        v->sort_column = before->sort_column;
        v->sort_invert = before->sort_invert;
    }
    if (strcmp(now->columns, fresh->columns) == 0)
        v->columns = before->columns;
}

/* What hides orders stays; a saved filter that was written anew hides by its new text. */
static void keep_filter(struct view *v, const struct settings *now, const struct settings *fresh,
                        const char *source)
{
    char why[QUERY_WHY_MAX];
    const char *text = source;

    if (strcmp(now->filter, fresh->filter) != 0)
        return;
    for (size_t i = 0; i < now->filter_count; i++)
        for (size_t n = 0; n < fresh->filter_count; n++)
            if (source[0] && strcmp(now->filters[i].text, source) == 0 &&
                strcmp(now->filters[i].name, fresh->filters[n].name) == 0)
                text = fresh->filters[n].text;
    (void)find_set_filter(v, PANE_ORDERS, str_from(text), why); /* both were read before */
}

void reload_take(struct view *v, const struct settings *now, const struct settings *fresh, char *to,
                 size_t cap)
{
    static struct view before; /* large */
    const struct layout_spec *shown = layout_at(&v->layouts, v->layout);
    char layout[LAYOUT_NAME_MAX];
    size_t n = 0;

    (void)str_copy(layout, sizeof layout, str_from(shown ? shown->name : ""));
    before = *v;
    if (view_settings_apply(v, fresh, NULL) == CT_OK)
        keep_same(v, &before, now, fresh);
    keep_filter(v, now, fresh, before.find.filter[PANE_ORDERS].source);
    if (strcmp(now->layout, fresh->layout) == 0)
        v->layout = layout_find(&v->layouts, str_from(layout), &n) ? n : 0;
    if (now->window_ms != fresh->window_ms && fresh->window_ms > 0)
        v->window_ms = (uint64_t)fresh->window_ms;
    if (now->ascii != fresh->ascii && !v->ascii_only)
        v->ascii = fresh->ascii;
    reload_name_others(now, fresh, at_once, COUNT_OF(at_once), to, cap);
}
