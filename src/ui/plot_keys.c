/* src/ui/plot_keys.c - the windows of the plot, how far it can look back, and what it cannot be drawn with. */
#include "ui/panes/plot_internal.h"
#include "ui/view_internal.h"

static const uint64_t windows_ms[] = {60000, 300000, 900000, 3600000, 14400000, 43200000};

/* About the crosshair, if it is in sight: it keeps its place in the picture. */
static void set_window(struct view *v, uint64_t now_ms, uint64_t window_ms)
{
    const uint64_t shown_ms = view_time_ms(v, now_ms);
    const uint64_t edge_ms = shown_ms > v->offset_ms ? shown_ms - v->offset_ms : 0;
    const uint64_t before_ms = v->window_ms;

    v->window_ms = window_ms;
    if (window_ms == 0)
        v->offset_ms = 0; /* all there is */
    if (v->cross_ms == 0 || v->cross_ms > edge_ms || before_ms == 0 || window_ms == 0 ||
        edge_ms - v->cross_ms > before_ms)
        return;
    /* both below 12 h: the product fits */
    const uint64_t right_ms = (edge_ms - v->cross_ms) * window_ms / before_ms;
    const uint64_t new_edge_ms = v->cross_ms + right_ms;
    v->offset_ms = new_edge_ms < shown_ms ? shown_ms - new_edge_ms : 0;
}

/* How long all there is lasts; more than the shortest window, so that one lies within. */
static uint64_t all_ms(const struct view *v, const struct ui_model *m)
{
    struct plot_series series[PLOT_SERIES_MAX];
    const int count = plot_series_of(v, m, PLOT_SERIES_MAX, series);
    const uint64_t shown_ms = plot_window_ms(v, m, series, count);

    return shown_ms > windows_ms[0] ? shown_ms : windows_ms[0] + 1;
}

/* A window set by hand lies between two of the list: the next in the direction is taken. */
void view_window_step(struct view *v, const struct ui_model *m, int direction)
{
    const size_t count = COUNT_OF(windows_ms);
    const uint64_t now_ms = m->now_ms;
    const uint64_t now = v->window_ms ? v->window_ms : direction > 0 ? all_ms(v, m) : UINT64_MAX;

    if (direction > 0) {
        for (size_t i = count; i-- > 0;)
            if (windows_ms[i] < now) {
                set_window(v, now_ms, windows_ms[i]);
                return;
            }
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (windows_ms[i] > now) {
            set_window(v, now_ms, windows_ms[i]);
            return;
        }
    set_window(v, now_ms, 0);
}

void view_window_pan(struct view *v, int direction)
{
    const uint64_t step = v->window_ms / 2;

    if (direction > 0)
        v->offset_ms = v->offset_ms > step ? v->offset_ms - step : 0;
    else if (v->offset_ms + step <= VIEW_OFFSET_MAX_MS)
        v->offset_ms += step;
}

void view_plot_tell(struct view *v, const struct ui_model *m)
{
    const char *mode = v->plot_mode == PLOT_BRAILLE ? "braille" : "blocks";

    if (v->plot_mode != PLOT_BRAILLE && v->plot_mode != PLOT_BLOCK)
        return;
    if (v->ascii_only)
        view_say_format(v, m->now_ms, "the plot stays ASCII: this terminal or locale has no %s",
                        mode);
    else if (v->ascii)
        view_say_format(v, m->now_ms, "the plot stays ASCII: no %s while ASCII is on in settings",
                        mode);
    else if (m->ambiguous_wide && v->plot_mode == PLOT_BLOCK)
        view_say(v, m->now_ms, "the plot stays ASCII: blocks are two cells wide here; try braille");
}
