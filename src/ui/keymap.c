/* src/ui/keymap.c - binding keys to actions, and how the bindings in force are written. */
#include "ui/keymap.h"

#include <string.h>

#include "ui/ui.h"

static bool add(struct keymap *m, const struct key_binding *b)
{
    if (m->count >= KEYMAP_MAX)
        return false;
    m->at[m->count++] = *b;
    return true;
}

static uint32_t key_of(struct str word)
{
    char name[16];

    if (word.len >= sizeof name)
        return UI_KEY_NONE;
    str_copy(name, sizeof name, word);
    return ui_key_parse(name);
}

void keymap_init(struct keymap *m)
{
    memset(m, 0, sizeof *m);
    for (int i = 0; i < key_row_count && i < KEYMAP_ROWS_MAX; i++) {
        struct str rest = str_from(key_rows[i].keys);
        for (uint16_t nth = 0; rest.len > 0; nth++) {
            const struct key_binding b = {.key = key_of(str_split(&rest, ' ')),
                                          .panes = key_rows[i].panes,
                                          .row = (uint16_t)i,
                                          .nth = nth};
            (void)add(m, &b);
        }
    }
}

const struct key_row *keymap_find(const struct keymap *m, int pane, uint32_t key, int *nth)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->at[i].key == key && (m->at[i].panes & (1u << pane))) {
            *nth = m->at[i].nth;
            return &key_rows[m->at[i].row];
        }
    return NULL;
}

/* "events" of "events.wrap" to a mask; all panes when no pane is named. */
static bool split_pane(struct str *action, uint32_t *panes)
{
    const size_t dot = str_find(*action, STR("."));
    struct str rest = *action;

    *panes = UINT32_MAX;
    if (dot == action->len)
        return true;
    const struct str name = str_split(&rest, '.');
    *action = rest;
    for (int pane = PANE_ORDERS; pane < PANE_DETAIL_END; pane++)
        if (pane_is_named((enum pane_id)pane, name)) {
            *panes = 1u << pane;
            return true;
        }
    return false;
}

struct key_list {
    size_t count;
    uint32_t key[KEYMAP_KEYS_MAX];
};

static enum ct_err read_keys(struct str words, struct key_list *out, struct fault *fault)
{
    out->count = 0;
    if (str_eq_nocase(str_trim(words), STR("none")))
        return CT_OK;
    while (words.len > 0) {
        const struct str word = str_split(&words, ' ');
        if (word.len == 0)
            continue;
        const uint32_t key = key_of(word);
        const int len = (int)str_cut(word, 20);
        if (key == UI_KEY_NONE || key == UI_KEY_RESIZE)
            return fault_set(fault, CT_ERR_SYNTAX,
                             "'%.*s' is no key; keys are written a, ^A, F7, Space, Enter, or none",
                             len, word.ptr);
        if (key == ('C' & UI_CTRL_MASK))
            return fault_set(fault, CT_ERR_SYNTAX, "^C always quits and cannot be bound");
        if (out->count == KEYMAP_KEYS_MAX)
            return fault_set(fault, CT_ERR_LIMIT, "more than %d keys", (int)KEYMAP_KEYS_MAX);
        out->key[out->count++] = key;
    }
    if (out->count == 0)
        return fault_set(fault, CT_ERR_SYNTAX, "which keys? write none to leave it without");
    return CT_OK;
}

/* Do two places of rows have the same name? The places of a row may, and so may rows of one id. */
static bool same_action(const struct key_binding *b, const struct key_row *row, int nth)
{
    char mine[32], other[32];

    if (strcmp(key_rows[b->row].id, row->id) != 0)
        return false;
    key_action_name(&key_rows[b->row], b->nth, mine, sizeof mine);
    key_action_name(row, nth, other, sizeof other);
    return strcmp(mine, other) == 0;
}

/* ^C stays whatever happens. */
static void unbind(struct keymap *m, const struct key_row *row, int nth, uint32_t panes)
{
    size_t kept = 0;

    for (size_t i = 0; i < m->count; i++) {
        struct key_binding b = m->at[i];
        if (same_action(&b, row, nth) && b.key != ('C' & UI_CTRL_MASK)) {
            b.panes &= ~panes;
            m->changed[b.row] = true;
        }
        if (b.panes)
            m->at[kept++] = b;
    }
    m->count = kept;
}

enum ct_err keymap_bind(struct keymap *m, struct str action, struct str keys, int line,
                        struct fault *fault)
{
    struct key_list list;
    uint32_t panes;
    int nth = 0;
    const int len = (int)str_cut(action, 40);

    struct str name = action;
    if (!split_pane(&name, &panes))
        return fault_set(fault, CT_ERR_MISSING, "'%.*s' names no pane", len, action.ptr);
    const struct key_row *found = key_action_find(name, &nth);
    if (!found)
        return fault_set(fault, CT_ERR_MISSING,
                         "no such action; the manual lists their names under KEYS");
    const enum ct_err err = read_keys(keys, &list, fault);
    if (err != CT_OK)
        return err;
    bool anywhere = false;
    size_t more = 0;
    for (int i = 0; i < key_row_count; i++)
        if (strcmp(key_rows[i].id, found->id) == 0) {
            anywhere |= (key_rows[i].panes & panes) != 0;
            more += list.count;
        }
    if (!anywhere)
        return fault_set(fault, CT_ERR_MISSING, "this action does nothing in that pane");
    if (m->count + more > KEYMAP_MAX)
        return fault_set(fault, CT_ERR_LIMIT, "too many keys are bound");
    unbind(m, found, nth, panes);
    for (int i = 0; i < key_row_count && i < KEYMAP_ROWS_MAX; i++) {
        if (strcmp(key_rows[i].id, found->id) != 0 || !(key_rows[i].panes & panes))
            continue;
        m->changed[i] = true;
        for (size_t k = 0; k < list.count; k++) {
            const struct key_binding b = {.key = list.key[k],
                                          .panes = key_rows[i].panes & panes,
                                          .row = (uint16_t)i,
                                          .nth = (uint16_t)nth,
                                          .line = line};
            (void)add(m, &b);
        }
    }
    return CT_OK;
}

bool keymap_clash(const struct keymap *m, size_t *at, struct keymap_clash *out)
{
    for (; *at < m->count; (*at)++) {
        const struct key_binding *b = &m->at[*at];
        for (size_t i = 0; b->line && i < *at; i++) {
            const uint32_t both = m->at[i].key == b->key ? m->at[i].panes & b->panes : 0;
            if (!both)
                continue;
            *out = (struct keymap_clash){&m->at[i], b, PANE_ORDERS};
            while (out->pane < PANE_DETAIL_END - 1 && !(both & (1u << out->pane)))
                out->pane++;
            (*at)++;
            return true;
        }
    }
    return false;
}

size_t keymap_text(const struct keymap *m, const struct key_row *row, int pane, bool short_form,
                   char *to, size_t cap)
{
    const size_t at = (size_t)(row - key_rows);
    size_t len = 0;

    to[0] = '\0';
    if (at >= KEYMAP_ROWS_MAX || !m->changed[at]) {
        const char *text = row->shown ? row->shown : row->keys;
        return str_copy(to, cap, str_from(short_form && row->on_line ? row->on_line : text));
    }
    for (int nth = 0; nth < KEYMAP_KEYS_MAX * 2; nth++)
        for (size_t i = 0; i < m->count; i++) {
            const struct key_binding *b = &m->at[i];
            char name[16];
            if (b->row != at || b->nth != nth || !(b->panes & (1u << pane)))
                continue;
            ui_key_name(b->key, name, sizeof name);
            len += str_format(to + len, cap - len, "%s%s", len ? " " : "", name);
        }
    return len;
}

size_t keymap_key(const struct keymap *m, const char *action, int pane, char *to, size_t cap)
{
    int nth = 0;
    const struct key_row *row = key_action_find(str_from(action), &nth);

    to[0] = '\0';
    for (size_t i = 0; row && i < m->count; i++)
        if ((m->at[i].panes & (1u << pane)) && same_action(&m->at[i], row, nth))
            return ui_key_name(m->at[i].key, to, cap);
    return 0;
}
