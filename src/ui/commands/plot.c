/* src/ui/commands/plot.c - commands that change what the pictures show and how they are drawn. */
#include "base/num.h"
#include "ui/command.h"

static bool run_window(struct command *c)
{
    int64_t ms;

    if (str_eq_nocase(c->arg, STR("all"))) {
        c->v->window_ms = c->v->offset_ms = 0;
        return true;
    }
    if (!num_duration_ms(c->arg, &ms) || ms < VIEW_WINDOW_MIN_MS || ms > VIEW_WINDOW_MAX_MS)
        return command_refuse(c, "a window is 1m to 12h, or all: :window 15m");
    c->v->window_ms = (uint64_t)ms;
    return true;
}

static bool run_plot(struct command *c)
{
    static const char *const modes[] = {[PLOT_AUTO] = "auto",
                                        [PLOT_BRAILLE] = "braille",
                                        [PLOT_BLOCK] = "block",
                                        [PLOT_ASCII] = "ascii"};
    static const char *const shapes[] = {[PLOT_LINES] = "lines",
                                         [PLOT_GRID] = "grid",
                                         [PLOT_TOTAL] = "total",
                                         [PLOT_TOTAL_ALL] = "total all"};

    for (size_t i = 0; i < COUNT_OF(modes); i++)
        if (str_eq_nocase(c->arg, str_from(modes[i]))) {
            c->v->plot_mode = (enum plot_mode)i;
            view_plot_tell(c->v, c->m);
            return true;
        }
    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        if (str_eq_nocase(c->arg, str_from(shapes[i]))) {
            c->v->plot_shape = (enum plot_shape)i;
            return true;
        }
    return command_refuse(
        c, "the plot can be lines, grid, total or total all; braille, block, ascii or auto");
}

static bool run_y(struct command *c)
{
    struct str rest = c->arg;
    const struct str low = str_split(&rest, ' ');
    const struct str high = str_trim(rest);
    int64_t low_w, high_w;

    if (str_eq_nocase(c->arg, STR("auto"))) {
        c->v->y_max_w = c->v->y_held_w = 0;
        return true;
    }
    if (!num_scaled(low, 3, &low_w) || !num_scaled(high, 3, &high_w) || low_w != 0 ||
        high_w < 100 || high_w > 100000000)
        return command_refuse(c,
                              "the scale starts at 0 and ends at 0.1 or more: :y 0 22, or :y auto");
    c->v->y_max_w = high_w;
    return true;
}

static bool run_frames(struct command *c)
{
    if (!command_on_off(c->arg, &c->v->events_frames))
        return command_refuse(c, "protocol frames among the events: :frames on, or :frames off");
    return true;
}

static bool run_fold(struct command *c)
{
    bool fold;

    if (!command_on_off(c->arg, &fold))
        return command_refuse(c, "identical events in one line: :fold on, or :fold off");
    c->v->events_unfold = !fold;
    return true;
}

static bool run_wrap(struct command *c)
{
    if (!command_on_off(c->arg, &c->v->events_wrap))
        return command_refuse(c, "long events over several rows: :wrap on, or :wrap off");
    return true;
}

const struct command_row_ui commands_plot[] = {
    {"window", ":window 15m|all", run_window, false},
    {"plot", ":plot lines|grid|total|braille|block|ascii|auto", run_plot, false},
    {"y", ":y auto|0 22", run_y, false},
    {"frames", ":frames on|off", run_frames, false},
    {"fold", ":fold on|off", run_fold, false},
    {"wrap", ":wrap on|off", run_wrap, false},
    {NULL, NULL, NULL, false},
};
