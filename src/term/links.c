/* src/term/links.c - which links changed, the sequences for them, and which terminals know them. */
#include "term/links.h"

#include <string.h>

#include "base/num.h"
#include "fleet/notice.h"
#include "term/term.h"
#include "ui/ui.h"

/* One run of cells where it stands; curses finds cursor and colours as they were (DECSC, DECRC). */
static enum ct_err put_run(const struct surface *s, struct rect row, const char *url, unsigned id,
                           const struct theme *theme, enum colour_depth depth, struct buf *to)
{
    enum ct_err err = buf_printf(to, "\0337\033[%d;%dH", row.y + 1, row.x + 1);

    if (err == CT_OK && url)
        err = buf_printf(to, "\033]8;id=%u;%s\033\\", id, url);
    if (err == CT_OK)
        err = buf_append(to, STR("\033[0m")); /* a run in plain style brings none */
    if (err == CT_OK)
        err = surface_ansi_run(s, row, theme, depth, to);
    if (err == CT_OK && url)
        err = buf_append(to, STR("\033]8;;\033\\"));
    return err == CT_OK ? buf_append(to, STR("\0338")) : err;
}

static bool same_link(const struct link_shown *a, const struct surface_link *b)
{
    return a->x == b->x && a->y == b->y && a->cells == b->cells && str_eq(str_from(a->url), b->url);
}

static bool is_fit(const struct surface_link *link)
{
    return link->url.len <= LINKS_URL_MAX && notice_is_link(link->url);
}

static bool stands_still(const struct links *l, const struct surface_link *link)
{
    for (size_t i = 0; i < l->count; i++)
        if (same_link(&l->shown[i], link))
            return true;
    return false;
}

static bool is_gone(const struct link_shown *shown, const struct surface *s)
{
    for (size_t i = 0; i < s->link_count; i++)
        if (is_fit(&s->links[i]) && same_link(shown, &s->links[i]))
            return false;
    return true;
}

static enum ct_err erase_gone(struct links *l, const struct surface *s, const struct theme *theme,
                              enum colour_depth depth, struct buf *to)
{
    enum ct_err err = CT_OK;

    for (size_t i = 0; i < l->count && err == CT_OK; i++) {
        const struct link_shown *old = &l->shown[i];
        if (is_gone(old, s) && old->y < s->rows && old->x + old->cells <= s->cols)
            err =
                put_run(s, (struct rect){old->x, old->y, old->cells, 1}, NULL, 0, theme, depth, to);
    }
    return err;
}

enum ct_err links_update(struct links *l, const struct surface *s, const struct theme *theme,
                         enum colour_depth depth, const bool *rewritten, bool all, struct buf *to)
{
    enum ct_err err = CT_OK;
    size_t count = 0;

    if (!all)
        err = erase_gone(l, s, theme, depth, to);
    for (size_t i = 0; i < s->link_count && err == CT_OK; i++) {
        const struct surface_link *link = &s->links[i];
        char url[LINKS_URL_MAX + 1];
        if (!is_fit(link) || (!all && !rewritten[link->y] && stands_still(l, link)))
            continue;
        (void)str_copy(url, sizeof url, link->url);
        err = put_run(s, (struct rect){link->x, link->y, link->cells, 1}, url, ++l->next_id, theme,
                      depth, to);
    }
    for (size_t i = 0; i < s->link_count; i++) {
        const struct surface_link *link = &s->links[i];
        struct link_shown *shown = &l->shown[count];
        if (!is_fit(link))
            continue;
        shown->x = link->x;
        shown->y = link->y;
        shown->cells = link->cells;
        (void)str_copy(shown->url, sizeof shown->url, link->url);
        count++;
    }
    l->count = count;
    return err;
}

/* ---- terminals ---- */

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; name && i < count; i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* VTE shows them from 0.50 on; some before drew the address. */
enum { VTE_WITH_LINKS = 5000 };

bool term_knows_links(const char *(*get)(const char *name))
{
    static const char *const terms[] = {"xterm-kitty", "foot",    "alacritty",    "wezterm",
                                        "contour",     "ghostty", "xterm-ghostty"};
    static const char *const programs[] = {"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"};
    const char *vte = get("VTE_VERSION"), *windows = get("WT_SESSION"),
               *konsole = get("KONSOLE_VERSION");
    int64_t version = 0;

    if (get("TMUX") || is_one_of(get("TERM"), (const char *const[]){"screen", "tmux", "linux"}, 3))
        return false; /* what they pass on depends on their own settings */
    if (vte && num_i64(str_from(vte), &version) && version >= VTE_WITH_LINKS)
        return true;
    return (windows && *windows) || (konsole && *konsole) ||
           is_one_of(get("TERM"), terms, COUNT_OF(terms)) ||
           is_one_of(get("TERM_PROGRAM"), programs, COUNT_OF(programs));
}
