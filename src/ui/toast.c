/* src/ui/toast.c - which notification is told now, and for how long. */
#include "ui/toast.h"

#include <string.h>

#include "base/text.h"
#include "ui/glyph.h"
#include "ui/panes/notices.h"
#include "ui/surface.h"
#include "ui/theme.h"

/* Most severe last. */
static int severity(enum notice_level level)
{
    static const int of[NOTICE_LEVEL_COUNT] = {
        [NOTICE_LEVEL_NONE] = 0,         [NOTICE_LEVEL_INFO] = 0,        [NOTICE_LEVEL_SUCCESS] = 1,
        [NOTICE_LEVEL_NOTIFICATION] = 1, [NOTICE_LEVEL_IN_PROGRESS] = 2, [NOTICE_LEVEL_WARNING] = 3,
        [NOTICE_LEVEL_FAILURE] = 4};

    return of[level];
}

static bool is_for_all(const struct kiosk_cfg *cfg, const struct notice_item *item)
{
    for (size_t i = 0; i < cfg->notice_count; i++)
        if (strcmp(cfg->notices[i], item->channel) == 0)
            return true;
    return false;
}

static bool is_told(const struct view *v, const struct ui_model *m, const struct notice_item *item)
{
    const bool kiosk = v->screen == SCREEN_KIOSK, failure = item->level == NOTICE_LEVEL_FAILURE;
    const uint64_t age_ms = m->now_ms > item->at_ms ? m->now_ms - item->at_ms : 0;

    if (item->kind != NOTICE_TOAST && item->kind != NOTICE_AUDIO)
        return false;
    if (kiosk)
        return is_for_all(&v->kiosk.cfg, item) && age_ms < (failure ? TOAST_KIOSK_MS : TOAST_MS);
    return failure ? item->number > v->toast_seen : age_ms < TOAST_MS;
}

const struct notice_item *toast_now(const struct view *v, const struct ui_model *m, size_t *others)
{
    const struct notices *all = fleet_notices(m->fleet);
    const struct notice_item *best = NULL;
    size_t count = 0;

    for (size_t i = 0; i < notices_count(all); i++) {
        const struct notice_item *item = notices_at(all, i);
        if (!is_told(v, m, item))
            continue;
        count++;
        if (!best || severity(item->level) > severity(best->level))
            best = item;
    }
    *others = count > 0 ? count - 1 : 0;
    return best;
}

void toast_key(struct view *v, const struct ui_model *m)
{
    const struct notices *all = fleet_notices(m->fleet);

    for (size_t i = 0; i < notices_count(all); i++) {
        const struct notice_item *item = notices_at(all, i);
        if (item->number <= v->toast_seen)
            return;
        if (item->at_ms + TOAST_UNSEEN_MS <= m->now_ms) {
            v->toast_seen = item->number;
            return;
        }
    }
}

/* "[any key closes]" of "[and 2 more, any key closes]"; "" for none. */
static void right_words(const struct view *v, const struct notice_item *item, size_t others,
                        char *to, size_t cap)
{
    const bool key = item->level == NOTICE_LEVEL_FAILURE && v->screen != SCREEN_KIOSK;
    size_t len = 0;

    to[0] = '\0';
    if (others > 0)
        len = str_format(to, cap, "and %zu more%s", others, key ? ", " : "");
    if (key)
        str_copy(to + len, cap - len, STR("any key closes"));
}

/* Set into a line of its own, so that it is told apart from what it covers without colours as well. */
void toast_draw(struct surface *s, struct rect row, const struct view *v, const struct ui_model *m)
{
    size_t others = 0;
    const struct notice_item *item = toast_now(v, m, &others);
    char words[NOTICES_TEXT_MAX + NOTICES_PATH_MAX + 8], right[48];

    if (!item || row.cols < 12)
        return;
    const int role = notice_role(item);
    surface_hline(s, row.x, row.y, row.cols, BOX_FOCUS, role);
    right_words(v, item, others, right, sizeof right);
    const int right_cells = (int)strlen(right);
    const bool with_right = right_cells > 0 && row.cols >= right_cells + 48;
    const int end = row.x + row.cols - 3 - (with_right ? right_cells + 4 : 0);
    int x = row.x + 2;
    surface_glyph(s, x - 1, row.y, ' ', role);
    surface_glyph(s, x, row.y, (uint32_t)(unsigned char)notice_mark(item, m->now_ms), role);
    surface_glyph(s, x + 1, row.y, ' ', role);
    x += 2;
    x += surface_text(s, x, row.y, end - x, str_from(notice_state_word(item)), role);
    if (x + 4 < end) {
        surface_text(s, x, row.y, 2, STR(": "), role);
        x += 2;
        (void)notice_words(item, words, sizeof words);
        const bool cut = text_width(str_from(words)) > end - x;
        x += surface_text(s, x, row.y, end - x - cut, str_from(words), role);
        if (cut)
            surface_glyph(s, x++, row.y, glyph_ellipsis(s->ascii), role);
    }
    surface_glyph(s, x, row.y, ' ', role);
    if (with_right)
        surface_printf(s, row.x + row.cols - right_cells - 4, row.y, right_cells + 2, role, " %s ",
                       right);
}

size_t toast_counter(const struct view *v, const struct ui_model *m, char *to, size_t cap,
                     int *role)
{
    const struct notices *all = fleet_notices(m->fleet);
    const struct notice_item *worst = NULL;
    const size_t running = notices_running(all);
    size_t fresh = 0, len = 0;

    to[0] = '\0';
    for (size_t i = 0; i < notices_count(all); i++) {
        const struct notice_item *item = notices_at(all, i);
        if (item->number <= v->notices_seen)
            break;
        if (item->kind == NOTICE_DATA)
            continue;
        fresh++;
        if (!worst || severity(item->level) > severity(worst->level))
            worst = item;
    }
    if (fresh > 0)
        len = str_format(to, cap, "%zu notice%s", fresh, fresh == 1 ? "" : "s");
    if (running > 0)
        len += str_format(to + len, cap - len, "%s%zu job%s", len > 0 ? ", " : "", running,
                          running == 1 ? "" : "s");
    *role = worst && severity(worst->level) >= 3 ? notice_role(worst)
            : running > 0                        ? ROLE_LINK_TRYING
                                                 : ROLE_HEADER;
    return len;
}
