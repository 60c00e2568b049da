/* src/ui/panes/notices_list.c - the rows of pane 9, their words, and how find and filter read them. */
#include "ui/panes/notices.h"

#include <string.h>

#include "base/text.h"
#include "ui/pane.h"

enum { TURN_MS = 1000 };

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

static size_t line_of(const struct ui_model *m, const void *row, char to[LIST_LINE_MAX])
{
    const struct notice_item *item = row;
    const struct side *side = fleet_side(m->fleet, item->source);
    char words[NOTICES_TEXT_MAX + NOTICES_PATH_MAX + 8];

    (void)notice_words(item, words, sizeof words);
    return str_format(to, LIST_LINE_MAX, "%s %s %s %s %s %s %s", notice_state_word(item),
                      notice_kind_word(item->kind), words, item->link, item->channel, item->job,
                      side ? side->name : "");
}

static size_t all_of(const struct view *v, const struct ui_model *m, const void *out[LIST_ROWS_MAX])
{
    const struct notices *all = fleet_notices(m->fleet);
    size_t count = 0;

    _Static_assert((int)NOTICES_MAX <= (int)LIST_ROWS_MAX, "every notification has a row");
    (void)v;
    while (count < notices_count(all) && count < LIST_ROWS_MAX) {
        out[count] = notices_at(all, count);
        count++;
    }
    return count;
}

static void mark_of(const void *row, struct list_mark *to)
{
    to->id = ((const struct notice_item *)row)->number;
}

const struct list list_notices = {.pane = PANE_NOTICES,
                                  .menu = offsetof(struct view, notices),
                                  .kept = offsetof(struct view, notice_kept),
                                  .flows = true,
                                  .all = all_of,
                                  .line = line_of,
                                  .mark = mark_of};
