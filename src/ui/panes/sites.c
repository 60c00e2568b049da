/* src/ui/panes/sites.c - each site's derived power against what it may draw, and the day so far. */
#include "ui/panes/sites.h"

#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/find.h"
#include "ui/frozen.h"
#include "ui/glyph.h"
#include "ui/overlay.h"
#include "ui/pane.h"

enum {
    NAME_CELLS = 12,
    NAME_MAX_CELLS = 20, /* where no bar needs the room, or there is plenty */
    NAME_MIN_CELLS = 6,
    POWER_CELLS = 13,   /* " 103.1 kW   " */
    NUMBERS_CELLS = 27, /* "  87.3 /  110 kW   79% !   " */
    BAR_CELLS_MAX = 40,
    COLS_BAR = 44,
    COLS_DETAIL = 100, /* headroom, orders, attention in columns of their own */
    DETAIL_CELLS = 56,
    COLS_KNOWN = 62, /* "14 of 16 known" instead of "(14/16)" */
    TOTAL_ROWS = 3,
    FIND_TEXT_MAX = 160,
    ORDERS_CELLS = 25 /* "12 orders, 12 need eyes !" */
};

static const char *near_words(const struct site *site)
{
    const int32_t pct = site_pct(site);

    if (pct > 100)
        return "over limit";
    return pct >= SITE_NEAR_PCT ? "near limit" : "";
}

/* So wide that names which differ in their last word can be told apart, if there is room. */
static int widest_name(const struct view *v, const struct ui_model *m, int cols)
{
    int widest = NAME_MIN_CELLS, most = cols >= COLS_BAR ? NAME_MAX_CELLS : NAME_CELLS;

    for (size_t i = 0; i < view_site_count(v, m); i++) {
        const int width = text_width(str_from(view_site_at(v, m, i)->name));
        if (view_site_at(v, m, i)->limit_w > 0 && cols < COLS_DETAIL)
            most = NAME_CELLS;
        if (width > widest)
            widest = width;
    }
    return widest < most ? widest : most;
}

/* Full cells up to the share of the limit; what lies in its last tenth is drawn as a warning. */
static void draw_bar(struct surface *s, int x, int y, int cells, const struct site *site)
{
    const int32_t pct = site_pct(site);
    const int filled = pct >= 100 ? cells : (int)((int64_t)pct * cells / 100);
    const int warn_from = cells * SITE_NEAR_PCT / 100;

    if (pct < 0)
        return;
    for (int i = 0; i < cells; i++) {
        const bool warns = pct >= SITE_NEAR_PCT && i >= warn_from;
        if (warns && i < filled)
            surface_glyph(s, x + i, y, '!', ROLE_ALARM);
        else if (i < filled)
            surface_glyph(s, x + i, y, s->ascii ? '#' : 0x2588, ROLE_BAR);
        else
            surface_glyph(s, x + i, y, s->ascii ? '-' : 0x2591, ROLE_BAR_EMPTY);
    }
}

static size_t kw_text(char *to, size_t cap, int64_t w, int shown)
{
    return num_format(to, cap, w, 3, shown);
}

static bool is_partial(const struct site *site)
{
    return site->power_known < site->power_orders;
}

/* " 87.3 / 110 kW  79% !", or " 17.4 kW" where no limit is known; "17.4 kW+" when that is not
 * all of it, "-" when nothing is known. */
static void draw_numbers(struct surface *s, int x, int y, int cells, const struct site *site,
                         bool old)
{
    char now[24], limit[24], text[64];
    const int32_t pct = site_pct(site);
    const char *plus = is_partial(site) && !site_power_unknown(site) ? "+" : "";

    if (site_power_unknown(site))
        str_copy(now, sizeof now, STR("-"));
    else
        kw_text(now, sizeof now, site->power_w, 1);
    if (pct >= 0)
        kw_text(limit, sizeof limit, site->limit_w, site->limit_w % 1000 == 0 ? 0 : 1);
    if (pct < 0) {
        str_format(text, sizeof text, "%s%6s kW%s", old ? "~" : " ", now, plus);
    } else if (site_power_unknown(site)) {
        str_format(text, sizeof text, "%7s /%5s kW", now, limit);
    } else {
        str_format(text, sizeof text, "%s%6s /%5s kW  %3d%%%s%s", old ? "~" : " ", now, limit,
                   (int)pct, plus, pct >= SITE_NEAR_PCT ? " !" : "");
    }
    surface_text(s, x, y, cells, str_from(text),
                 old                    ? ROLE_STALE
                 : pct >= SITE_NEAR_PCT ? ROLE_ALARM
                                        : ROLE_BODY);
}

/* "22.7 kW left", "2 orders", "1 needs eyes", "near limit". */
static void draw_detail(struct surface *s, int x, int y, int cells, const struct site *site)
{
    char kw[24], text[160], known[40];
    size_t len = 0;

    text[0] = '\0';
    if (site->limit_w > 0 && !site_power_unknown(site)) {
        const int64_t left_w = site->limit_w - site->power_w;
        kw[0] = '<'; /* what is not known is taken from it */
        const size_t at = is_partial(site) && left_w >= 0 ? 1 : 0;
        kw_text(kw + at, sizeof kw - at, left_w < 0 ? -left_w : left_w, 1);
        len += str_format(text + len, sizeof text - len, "%5s kW %s  ", kw,
                          left_w < 0 ? "over" : "free");
    }
    len += str_format(text + len, sizeof text - len, "%2zu %s", site->orders,
                      site->orders == 1 ? "order " : "orders");
    if (site->eyes > 0)
        len += str_format(text + len, sizeof text - len, "  %zu need%s eyes", site->eyes,
                          site->eyes == 1 ? "s" : "");
    if (near_words(site)[0])
        len += str_format(text + len, sizeof text - len, "  %s", near_words(site));
    str_format(known, sizeof known, "  power of %zu known", site->power_known);
    if (is_partial(site) && len + strlen(known) <= (size_t)cells) /* the + tells it too */
        str_copy(text + len, sizeof text - len, str_from(known));
    surface_text(s, x, y, cells, str_from(text), site->unacked > 0 ? ROLE_STRONG : ROLE_BODY);
}

/* Where no limit is known there is room to say who is there: "3 orders, 1 needs eyes !", and of how
 * many the power is known while that is not all: "2 of 3 known, 1 needs eyes !". */
static void draw_orders(struct surface *s, int x, int y, int cells, const struct site *site)
{
    const char *mark = site->unacked > 0 ? " !" : "";
    char who[40], eyes[40];
    int used;

    if (is_partial(site))
        str_format(who, sizeof who, "%2zu of %zu known", site->power_known, site->power_orders);
    else
        str_format(who, sizeof who, "%2zu %s", site->orders,
                   site->orders == 1 ? "order" : "orders");
    used = surface_text(s, x, y, cells, str_from(who), ROLE_BODY);
    if (site->eyes == 0)
        return;
    str_format(eyes, sizeof eyes, ", %zu need%s eyes%s", site->eyes, site->eyes == 1 ? "s" : "",
               mark);
    if ((int)strlen(eyes) > cells - used || cells < ORDERS_CELLS)
        str_format(eyes, sizeof eyes, " %zu eyes%s", site->eyes, mark);
    surface_text(s, x + used, y, cells - used, str_from(eyes),
                 site->unacked > 0 ? ROLE_ALARM : ROLE_BODY);
}

struct look {
    int name_cells; /* of the widest name */
    bool old;       /* the link is down */
};

static void draw_site(struct surface *s, struct rect row, const void *one, const void *all,
                      const struct ui_model *m)
{
    const struct site *site = one;
    const int name_cells = ((const struct look *)all)->name_cells;
    const bool old = ((const struct look *)all)->old;
    (void)m;
    const bool detail = row.cols >= COLS_DETAIL;
    const int detail_cells = detail ? DETAIL_CELLS : 0;
    const int end = row.x + row.cols;
    int x = row.x + 1;

    const int name_role = site->unacked > 0 ? ROLE_STRONG : ROLE_BODY;
    const int used = surface_text(s, x, row.y, name_cells, str_from(site->name), name_role);
    if (text_width(str_from(site->name)) > name_cells)
        surface_glyph(s, x + (used < name_cells ? used : name_cells - 1), row.y,
                      glyph_ellipsis(s->ascii), name_role);
    x += name_cells + 1;
    int bar = end - x - NUMBERS_CELLS - detail_cells;
    if (bar > BAR_CELLS_MAX)
        bar = BAR_CELLS_MAX;
    if (row.cols >= COLS_BAR && bar >= 4 && site->limit_w > 0) {
        draw_bar(s, x, row.y, bar, site);
        x += bar + 1;
    }
    draw_numbers(s, x, row.y, end - x, site, old);
    if (!detail && site->limit_w == 0)
        draw_orders(s, x + POWER_CELLS, row.y, end - x - POWER_CELLS, site);
    if (detail)
        draw_detail(s, end - detail_cells, row.y, detail_cells, site);
}

static void draw_total(struct surface *s, struct rect at, const struct view *v,
                       const struct ui_model *m, bool old)
{
    const struct site_day *day = view_day(v, m);
    char kw[24], kwh[24], clock[16], known[48] = "";

    if (day->power_orders > 0 && day->power_known == 0)
        str_copy(kw, sizeof kw, STR("-"));
    else
        kw_text(kw, sizeof kw, day->power_w, 1);
    if (day->power_known < day->power_orders)
        str_format(known, sizeof known, at.cols >= COLS_KNOWN ? ", %zu of %zu known" : " (%zu/%zu)",
                   day->power_known, day->power_orders);
    num_format(kwh, sizeof kwh, day->energy_today_wh, 3, day->energy_today_wh < 100000 ? 1 : 0);
    surface_printf(s, at.x + 1, at.y, at.cols - 1, old ? ROLE_STALE : ROLE_STRONG,
                   "all    %s%s kW now%s   today %s kWh   %u done", old ? "~" : "", kw, known, kwh,
                   (unsigned)day->done_today);
    if (at.rows < 2 || day->peak_unix_ms == 0)
        return;
    kw_text(kw, sizeof kw, day->peak_w, 1);
    stamp_format_clock(clock, sizeof clock, day->peak_unix_ms, m->utc_offset_s, false);
    const int used = surface_printf(s, at.x + 1, at.y + 1, at.cols - 1, ROLE_BODY,
                                    "peak   %s kW at %.5s", kw, clock);
    const int64_t since_unix_ms = fleet_day_since_unix_ms(m->fleet);
    if (since_unix_ms == 0)
        return;
    stamp_format_clock(clock, sizeof clock, since_unix_ms, m->utc_offset_s, false);
    surface_printf(s, at.x + 1 + used, at.y + 1, at.cols - 1 - used, ROLE_DIM,
                   "   watched since %.5s", clock);
}

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    size_t near = 0;
    char find[FIND_TEXT_MAX];

    for (size_t i = 0; i < view_site_count(v, m); i++)
        near += site_pct(view_site_at(v, m, i)) >= SITE_NEAR_PCT;
    str_copy(out->left, sizeof out->left,
             cols >= 40 ? STR("Sites (sum of ~kW / limit)") : STR("Sites"));
    out->right[0] = '\0';
    if (find_title(v, PANE_SITES, false, find, sizeof find) > 0)
        str_copy(out->right, sizeof out->right, str_from(find));
    else if (near > 0)
        str_format(out->right, sizeof out->right, "%zu near or over limit !", near);
}

static void draw_nothing(struct surface *s, struct rect at, const struct view *v)
{
    char text[FIND_TEXT_MAX] = "no charge point is known yet";

    if (!query_is_empty(&v->find.filter[PANE_SITES]))
        find_nothing(v, PANE_SITES, "site", text, sizeof text);
    surface_text(s, at.x + 1, at.y, at.cols - 1, str_from(text), ROLE_DIM);
}

/* The totals stand below them. */
static struct pane_rows rows_of(struct rect at, const struct view *v, const struct ui_model *m)
{
    const size_t count = list_count(&list_sites, v, m);

    at.rows -= at.rows > TOTAL_ROWS + 1 ? TOTAL_ROWS : 0;
    return (struct pane_rows){at, menu_top(&v->sites, count, (size_t)at.rows), count};
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    const void *rows[LIST_ROWS_MAX];

    if (at.cols < 1 || at.rows < 1)
        return;
    const bool old = !link_is_up(fleet_link(m->fleet));
    const struct pane_rows list = rows_of(at, v, m);
    const int total_rows = at.rows - list.at.rows;
    const size_t page = (size_t)list.at.rows, count = list_rows(&list_sites, v, m, rows),
                 top = list.top;
    const struct look look = {widest_name(v, m, at.cols), old};

    if (count == 0)
        draw_nothing(s, at, v);
    list_draw(s, &list_sites, &list, rows, v, m, draw_site, &look);
    if (total_rows > 0 && count > top + page)
        surface_printf(s, at.x + 1, at.y + at.rows - TOTAL_ROWS, at.cols - 1, ROLE_DIM,
                       "%zu more%s", count - top - page,
                       v->zoom == PANE_SITES ? "" : "   (7 7: all of them)");
    if (total_rows > 0)
        draw_total(s, (struct rect){at.x, at.y + at.rows - 2, at.cols, 2}, v, m, old);
}

const struct pane_ops pane_sites = {"Sites", titles, draw, rows_of};
