/* src/ui/panes/sites_list.c - the rows of pane 7 in their order, and how find and filter read them. */
#include <string.h>

#include "base/num.h"
#include "ui/frozen.h"
#include "ui/panes/sites.h"

enum { RANKS = 4 };

/* Configured sites stand as they were written down. */
static int rank_of(const struct site *site)
{
    if (site->configured)
        return 0;
    if (site->unacked > 0)
        return 1;
    return site->eyes > 0 ? 2 : 3;
}

/* "Pier 21.8 kW 99% 4 orders 1 needs eyes near limit". */
static size_t line_of(const struct ui_model *m, const void *row, char to[LIST_LINE_MAX])
{
    const struct site *site = row;
    const int32_t pct = site_pct(site);
    char kw[24];

    (void)m;
    if (site_power_unknown(site))
        str_copy(kw, sizeof kw, STR("-"));
    else
        num_format(kw, sizeof kw, site->power_w, 3, 1);
    size_t len = str_format(to, LIST_LINE_MAX, "%s %s kW %zu orders", site->name, kw, site->orders);
    if (site->eyes > 0)
        len += str_format(to + len, LIST_LINE_MAX - len, " %zu need%s eyes", site->eyes,
                          site->eyes == 1 ? "s" : "");
    if (site->power_known < site->power_orders)
        len += str_format(to + len, LIST_LINE_MAX - len, " %zu of %zu known", site->power_known,
                          site->power_orders);
    if (pct >= SITE_NEAR_PCT)
        len += str_format(to + len, LIST_LINE_MAX - len, " %s limit", pct > 100 ? "over" : "near");
    return len;
}

static size_t all_of(const struct view *v, const struct ui_model *m, const void *out[LIST_ROWS_MAX])
{
    size_t count = 0;

    for (int rank = 0; rank < RANKS; rank++)
        for (size_t i = 0; i < view_site_count(v, m) && count < LIST_ROWS_MAX; i++) {
            const struct site *site = view_site_at(v, m, i);
            if (rank_of(site) == rank)
                out[count++] = site;
        }
    return count;
}

static void mark_of(const void *row, struct list_mark *to)
{
    to->id = 1;
    (void)str_copy(to->name, sizeof to->name, str_from(((const struct site *)row)->name));
}

const struct list list_sites = {.pane = PANE_SITES,
                                .menu = offsetof(struct view, sites),
                                .kept = offsetof(struct view, site_kept),
                                .all = all_of,
                                .line = line_of,
                                .mark = mark_of};
