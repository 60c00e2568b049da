/* src/ui/setting.c - the rows of the settings screen: each value as text, and the one after it. */
#include "ui/setting.h"

#include <string.h>

#include "ui/columns.h"
#include "ui/overlay.h"

static const char *const plots[] = {[PLOT_AUTO] = "auto",
                                    [PLOT_BRAILLE] = "braille",
                                    [PLOT_BLOCK] = "block",
                                    [PLOT_ASCII] = "ascii"};
static const char *const times[] = {
    [TIME_CLOCK_GAP] = "clock", [TIME_AGE] = "age", [TIME_GAP] = "gap"};

static int turn(int at, int count, int direction)
{
    return count > 0 ? (at + direction + count) % count : 0;
}

static void theme_value(const struct view *v, char *to, size_t cap)
{
    str_copy(to, cap, str_from(v->theme ? v->theme : "default"));
}

/* Through the names that the program found; nothing happens when it found none. */
static void theme_step(struct view *v, const struct ui_model *m, int direction, struct intent *out)
{
    const char *words = v->theme_words ? v->theme_words : "";
    struct str rest = str_from(words), name;
    int count = 0, at = 0;

    (void)m;
    for (; rest.len > 0; count++)
        if (str_eq(str_split(&rest, ' '), str_from(v->theme ? v->theme : "")))
            at = count;
    if (count == 0)
        return;
    rest = name = str_from(words);
    for (int i = turn(at, count, direction); i >= 0; i--)
        name = str_split(&rest, ' ');
    out->kind = INTENT_THEME;
    str_copy(out->text, sizeof out->text, name);
}

static void plot_value(const struct view *v, char *to, size_t cap)
{
    const size_t mode = (size_t)v->plot_mode;

    str_copy(to, cap, str_from(mode < COUNT_OF(plots) ? plots[mode] : "auto"));
}

static void plot_step(struct view *v, const struct ui_model *m, int direction, struct intent *out)
{
    (void)out;
    v->plot_mode = (enum plot_mode)turn((int)v->plot_mode, COUNT_OF(plots), direction);
    view_plot_tell(v, m);
}

static void ascii_value(const struct view *v, char *to, size_t cap)
{
    str_copy(to, cap, str_from(v->ascii ? "yes" : "no"));
}

static void ascii_step(struct view *v, const struct ui_model *m, int direction, struct intent *out)
{
    (void)direction;
    if (v->ascii_only) {
        view_say(v, m->now_ms, "this terminal or locale has ASCII only");
        return;
    }
    v->ascii = !v->ascii;
    out->kind = INTENT_REDRAW;
}

static void time_value(const struct view *v, char *to, size_t cap)
{
    str_copy(to, cap, str_from(times[v->time_style]));
}

static void time_step(struct view *v, const struct ui_model *m, int direction, struct intent *out)
{
    (void)m;
    (void)out;
    v->time_style = (enum time_style)turn((int)v->time_style, TIME_STYLE_COUNT, direction);
}

static void window_value(const struct view *v, char *to, size_t cap)
{
    const uint64_t s = v->window_ms / 1000;

    if (v->window_ms == 0)
        str_copy(to, cap, STR("all"));
    else if (s % 3600 == 0)
        str_format(to, cap, "%lluh", (unsigned long long)(s / 3600));
    else if (s % 60 == 0)
        str_format(to, cap, "%llum", (unsigned long long)(s / 60));
    else
        str_format(to, cap, "%llus", (unsigned long long)s);
}

static void window_step(struct view *v, const struct ui_model *m, int direction, struct intent *out)
{
    const uint64_t before = v->window_ms;

    (void)out;
    view_window_step(v, m, -direction);
    if (v->window_ms == 0) /* all of it is no time to begin with */
        v->window_ms = before;
}

static void sort_value(const struct view *v, char *to, size_t cap)
{
    column_sort_text(v->sort_column, v->sort_invert, to, cap);
}

static void sort_step(struct view *v, const struct ui_model *m, int direction, struct intent *out)
{
    struct act a = {v, m, out, direction > 0};

    view_action_run("sort", &a);
}

static void columns_value(const struct view *v, char *to, size_t cap)
{
    column_choice_text(&v->columns, to, cap);
}

static void columns_step(struct view *v, const struct ui_model *m, int direction,
                         struct intent *out)
{
    (void)m;
    (void)direction;
    (void)out;
    overlay_open(v, OVERLAY_COLUMNS);
}

static void layout_value(const struct view *v, char *to, size_t cap)
{
    const struct layout_spec *spec = layout_at(&v->layouts, v->layout);

    str_copy(to, cap, str_from(spec ? spec->name : "overview"));
}

static void layout_step(struct view *v, const struct ui_model *m, int direction, struct intent *out)
{
    int count = 0, to;

    (void)out;
    while (layout_at(&v->layouts, (size_t)count))
        count++;
    to = turn((int)v->layout, count, direction);
    if (to == LAYOUT_DETAIL) /* nothing to begin with */
        to = turn(to, count, direction);
    view_layout_set(v, m, (size_t)to);
}

/* What the program switches for the view: it answers an intent and notes the new state in the view. */
static void switch_step(bool on, enum intent_kind kind, struct intent *out)
{
    out->kind = kind;
    str_copy(out->text, sizeof out->text, on ? STR("off") : STR("on"));
}

static void switch_value(bool on, char *to, size_t cap)
{
    str_copy(to, cap, on ? STR("yes") : STR("no"));
}

static void mouse_value(const struct view *v, char *to, size_t cap)
{
    switch_value(v->mouse, to, cap);
}

static void mouse_step(struct view *v, const struct ui_model *m, int direction, struct intent *out)
{
    (void)m;
    (void)direction;
    switch_step(v->mouse, INTENT_MOUSE, out);
}

static void bell_value(const struct view *v, char *to, size_t cap)
{
    switch_value(v->bell, to, cap);
}

static void bell_step(struct view *v, const struct ui_model *m, int direction, struct intent *out)
{
    (void)m;
    (void)direction;
    switch_step(v->bell, INTENT_BELL, out);
}

static void thin_value(const struct view *v, char *to, size_t cap)
{
    switch_value(v->thrifty, to, cap);
}

static void thin_step(struct view *v, const struct ui_model *m, int direction, struct intent *out)
{
    (void)m;
    (void)direction;
    switch_step(v->thrifty, INTENT_LOW_BANDWIDTH, out);
}

static const struct setting rows[] = {
    {"theme", "Theme", "colours of the whole screen", theme_value, theme_step},
    {"ascii", "ASCII only", "draw with plain characters", ascii_value, ascii_step},
    {"layout", "Layout", "arrangement of the panes", layout_value, layout_step},
    {"sort", "Sorting", "of the orders", sort_value, sort_step},
    {"columns", "Columns", "of the orders; Enter opens the list", columns_value, columns_step},
    {"plot", "Plot", "how lines are drawn", plot_value, plot_step},
    {"window", "Window", "time that the plot covers", window_value, window_step},
    {"time-style", "Times", "of events", time_value, time_step},
    {"mouse", "Mouse", "no: the terminal selects text", mouse_value, mouse_step},
    {"bell", "Bell", "rings for each new alarm", bell_value, bell_step},
    {"low-bandwidth", "Thin line", "a frame a second, under 1 kB/s", thin_value, thin_step},
};

size_t setting_count(void)
{
    return COUNT_OF(rows);
}

const struct setting *setting_at(size_t n)
{
    return n < COUNT_OF(rows) ? &rows[n] : NULL;
}

void setting_touch(struct view *v, const char *id)
{
    for (size_t n = 0; n < COUNT_OF(rows); n++)
        if (strcmp(rows[n].id, id) == 0) {
            v->settings_touched |= 1u << n;
            v->settings_unsaved = true;
        }
}
