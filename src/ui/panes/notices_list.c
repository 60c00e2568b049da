/* src/ui/panes/notices_list.c - the rows of pane 9, as find and filter leave them, and their words. */
#include "ui/panes/notices.h"

#include <string.h>

#include "base/text.h"
#include "ui/find.h"
#include "ui/pane.h"

enum { LINE = 1200, TURN_MS = 1000 };

/* ---- words ---- */

int notice_role(const struct notice_item *item)
{
    static const int roles[NOTICE_LEVEL_COUNT] = {
        [NOTICE_LEVEL_NONE] = ROLE_BODY,         [NOTICE_LEVEL_SUCCESS] = ROLE_LINK_UP,
        [NOTICE_LEVEL_WARNING] = ROLE_WARNING,   [NOTICE_LEVEL_FAILURE] = ROLE_ERROR,
        [NOTICE_LEVEL_INFO] = ROLE_BODY,         [NOTICE_LEVEL_IN_PROGRESS] = ROLE_LINK_TRYING,
        [NOTICE_LEVEL_NOTIFICATION] = ROLE_TITLE};

    return item->level == NOTICE_LEVEL_IN_PROGRESS && !item->running ? ROLE_DIM
                                                                     : roles[item->level];
}

char notice_mark(const struct notice_item *item, uint64_t now_ms)
{
    static const char marks[NOTICE_LEVEL_COUNT] = {
        [NOTICE_LEVEL_NONE] = 'i',        [NOTICE_LEVEL_SUCCESS] = '+',
        [NOTICE_LEVEL_WARNING] = 'W',     [NOTICE_LEVEL_FAILURE] = '!',
        [NOTICE_LEVEL_INFO] = 'i',        [NOTICE_LEVEL_IN_PROGRESS] = '.',
        [NOTICE_LEVEL_NOTIFICATION] = '*'};
    static const char turns[] = {'|', '/', '-', '\\'};

    if (item->running)
        return turns[now_ms / TURN_MS % sizeof turns];
    return marks[item->level];
}

const char *notice_state_word(const struct notice_item *item)
{
    if (item->level == NOTICE_LEVEL_IN_PROGRESS)
        return item->running ? "in progress" : "ended";
    return notice_level_word(item->level);
}

size_t notice_link_words(const struct notice_item *item, char *to, size_t cap)
{
    const size_t len = str_copy(to, cap, str_from(item->link));

    text_redact(to);
    return len > 0 ? strlen(to) : 0;
}

size_t notice_words(const struct notice_item *item, char *to, size_t cap)
{
    const struct str text = str_from(item->text), path = str_from(item->path);
    size_t len = str_copy(to, cap, text);

    if (item->path[0])
        len += str_format(to + len, cap - len, "%s-> %.*s", len > 0 ? "  " : "", (int)path.len,
                          path.ptr);
    if (len == 0 && item->link[0])
        len = str_copy(to, cap, str_from(item->link));
    text_redact(to);
    return len > 0 ? strlen(to) : 0;
}

/* ---- rows ---- */

/* What find and filter read. */
static struct str line_of(const struct ui_model *m, const struct notice_item *item, char to[LINE])
{
    const struct side *side = fleet_side(m->fleet, item->source);
    char words[NOTICES_TEXT_MAX + NOTICES_PATH_MAX + 8];

    (void)notice_words(item, words, sizeof words);
    const size_t len = str_format(to, LINE, "%s %s %s %s %s %s %s", notice_state_word(item),
                                  notice_kind_word(item->kind), words, item->link, item->channel,
                                  item->job, side ? side->name : "");
    return (struct str){to, len};
}

size_t notices_rows(const struct view *v, const struct ui_model *m,
                    const struct notice_item *out[NOTICES_MAX])
{
    const struct notices *all = fleet_notices(m->fleet);
    const bool filtered = !query_is_empty(&v->find.filter[PANE_NOTICES]);
    size_t count = 0;
    char line[LINE];

    for (size_t i = 0; i < notices_count(all) && count < NOTICES_MAX; i++) {
        const struct notice_item *item = notices_at(all, i);
        if (!filtered || find_line_shown(v, PANE_NOTICES, line_of(m, item, line)))
            out[count++] = item;
    }
    return count;
}

size_t notices_row_count(const struct view *v, const struct ui_model *m)
{
    const struct notice_item *rows[NOTICES_MAX];

    return notices_rows(v, m, rows);
}

const struct notice_item *notices_row_at(const struct view *v, const struct ui_model *m, size_t at)
{
    const struct notice_item *rows[NOTICES_MAX];

    return at < notices_rows(v, m, rows) ? rows[at] : NULL;
}

size_t notices_row_find(const struct view *v, const struct ui_model *m, size_t nth,
                        struct find_count *out)
{
    const struct notice_item *rows[NOTICES_MAX];
    size_t row = 0;
    char line[LINE];

    *out = (struct find_count){.shown = notices_rows(v, m, rows),
                               .total = notices_count(fleet_notices(m->fleet))};
    for (size_t i = 0; i < out->shown; i++) {
        if (query_is_empty(&v->find.query[QUERY_LINES]) ||
            !find_line_hit(v, line_of(m, rows[i], line)))
            continue;
        if (out->hits == nth)
            row = i;
        out->hits++;
        if (i == v->notices.at)
            out->at = out->hits;
    }
    return row;
}

void notices_keep(struct view *v, const struct ui_model *m)
{
    const struct notice_item *rows[NOTICES_MAX];
    const size_t count = notices_rows(v, m, rows);
    struct list_mark *kept = &v->notice_kept;

    if (kept->id != 0 && kept->at == v->notices.at && kept->at > 0)
        for (size_t i = 0; i < count; i++)
            if (rows[i]->number == kept->id)
                v->notices.at = i;
    if (v->notices.at >= count)
        v->notices.at = count > 0 ? count - 1 : 0;
    *kept =
        (struct list_mark){.at = v->notices.at, .id = count > 0 ? rows[v->notices.at]->number : 0};
    v->notices_seen = notices_newest(fleet_notices(m->fleet));
}
