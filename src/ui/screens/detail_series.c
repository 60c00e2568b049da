/* src/ui/screens/detail_series.c - the plot of the one order: the picture of the plot pane with what
 * stands under the crosshair in its title. */
#include "ui/detail.h"
#include "ui/panes/plot_internal.h"

enum { COLS_LONG = 110 };

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    static const char *const plain[PLOT_QUANTITY_COUNT] = {
        [PLOT_KW] = "~kW *   (i: kWh)",
        [PLOT_KWH] = "kWh *   (i: both)",
        [PLOT_BOTH] = "~kW *   kWh o   (i: ~kW)",
    };
    const struct order *o = view_selected(v, m);

    plot_titles(v, m, cols, out);
    if (v->cross_ms || (unsigned)v->plot_quantity >= PLOT_QUANTITY_COUNT)
        return;
    const size_t len = str_copy(out->left, sizeof out->left, str_from(plain[v->plot_quantity]));
    if (cols >= COLS_LONG && o && o->power_by_arrival && v->plot_quantity != PLOT_KWH)
        str_copy(out->left + len, sizeof out->left - len, STR("   by arrival time"));
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    struct plot_series series[PLOT_SERIES_MAX];
    struct plot_spec spec;

    if (at.cols < 1 || at.rows < 1)
        return;
    plot_spec_of(v, m, at, series, &spec);
    plot_draw(s, at, &spec, v, m);
}

const struct pane_ops pane_series = {"Order-plot", titles, draw, NULL};
