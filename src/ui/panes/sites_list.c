/* src/ui/panes/sites_list.c - the rows of pane 7 in their order, as find and filter leave them. */
#include <string.h>

#include "base/num.h"
#include "ui/find.h"
#include "ui/frozen.h"
#include "ui/pane.h"
#include "ui/panes/sites.h"

enum { LINE = 200, RANKS = 4 };

/* Configured sites stand as they were written down. */
static int rank_of(const struct site *site)
{
    if (site->configured)
        return 0;
    if (site->unacked > 0)
        return 1;
    return site->eyes > 0 ? 2 : 3;
}

/* What find and filter read: "Pier 21.8 kW 99% 4 orders 1 needs eyes near limit". */
static struct str line_of(const struct site *site, char to[LINE])
{
    const int32_t pct = site_pct(site);
    char kw[24];

    if (site_power_unknown(site))
        str_copy(kw, sizeof kw, STR("-"));
    else
        num_format(kw, sizeof kw, site->power_w, 3, 1);
    size_t len = str_format(to, LINE, "%s %s kW %zu orders", site->name, kw, site->orders);
    if (site->eyes > 0)
        len += str_format(to + len, LINE - len, " %zu need%s eyes", site->eyes,
                          site->eyes == 1 ? "s" : "");
    if (site->power_known < site->power_orders)
        len += str_format(to + len, LINE - len, " %zu of %zu known", site->power_known,
                          site->power_orders);
    if (pct >= SITE_NEAR_PCT)
        len += str_format(to + len, LINE - len, " %s limit", pct > 100 ? "over" : "near");
    return (struct str){to, len};
}

static bool hits(const struct view *v, const struct site *site)
{
    char line[LINE];

    return !query_is_empty(&v->find.query[QUERY_LINES]) && find_line_hit(v, line_of(site, line));
}

size_t sites_rows(const struct view *v, const struct ui_model *m,
                  const struct site *out[SITES_ROWS_MAX])
{
    const bool filtered = !query_is_empty(&v->find.filter[PANE_SITES]);
    size_t count = 0;
    char line[LINE];

    for (int rank = 0; rank < RANKS; rank++)
        for (size_t i = 0; i < view_site_count(v, m) && count < SITES_ROWS_MAX; i++) {
            const struct site *site = view_site_at(v, m, i);
            if (rank_of(site) != rank)
                continue;
            if (!filtered || find_line_shown(v, PANE_SITES, line_of(site, line)))
                out[count++] = site;
        }
    return count;
}

size_t sites_row_count(const struct view *v, const struct ui_model *m)
{
    const struct site *rows[SITES_ROWS_MAX];

    return sites_rows(v, m, rows);
}

const struct site *sites_row_at(const struct view *v, const struct ui_model *m, size_t at)
{
    const struct site *rows[SITES_ROWS_MAX];

    return at < sites_rows(v, m, rows) ? rows[at] : NULL;
}

size_t sites_find(const struct view *v, const struct ui_model *m, size_t nth,
                  struct find_count *out)
{
    const struct site *rows[SITES_ROWS_MAX];
    size_t row = 0;

    *out = (struct find_count){.shown = sites_rows(v, m, rows), .total = view_site_count(v, m)};
    for (size_t i = 0; i < out->shown; i++) {
        if (!hits(v, rows[i]))
            continue;
        if (out->hits == nth)
            row = i;
        out->hits++;
        if (i == v->sites.at)
            out->at = out->hits;
    }
    return row;
}

void sites_keep(struct view *v, const struct ui_model *m)
{
    const struct site *rows[SITES_ROWS_MAX];
    const size_t count = sites_rows(v, m, rows);
    struct list_mark *kept = &v->site_kept;

    if (kept->id != 0 && kept->at == v->sites.at)
        for (size_t i = 0; i < count; i++)
            if (strcmp(rows[i]->name, kept->name) == 0)
                v->sites.at = i;
    if (v->sites.at >= count)
        v->sites.at = count > 0 ? count - 1 : 0;
    *kept = (struct list_mark){.at = v->sites.at, .id = count > 0};
    if (count > 0)
        str_copy(kept->name, sizeof kept->name, str_from(rows[v->sites.at]->name));
}
