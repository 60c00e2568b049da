/* Reads [keys]: which keys do what, and tells keys that would mean two things. */
#include "cmd/config_internal.h"
#include "ui/ui.h"

void config_set_keys(struct config_reader *r, const char *name, const char *key, const char *value)
{
    struct fault fault;

    (void)name;
    if (keymap_bind(&r->s->keys, str_from(key), str_from(value), r->line, &fault) != CT_OK)
        config_mistake(r, key, fault.text);
}

/* "a would mean snooze and ack in the Orders pane; ..." at the line that said so last. */
void config_check_keys(struct config_reader *r)
{
    struct keymap_clash clash;
    const int line = r->line;

    for (size_t at = 0; keymap_clash(&r->s->keys, &at, &clash);) {
        char mine[32], other[32], key[16], what[240];

        (void)key_action_name(&key_rows[clash.second->row], clash.second->nth, mine, sizeof mine);
        (void)key_action_name(&key_rows[clash.first->row], clash.first->nth, other, sizeof other);
        (void)ui_key_name(clash.second->key, key, sizeof key);
        (void)str_format(what, sizeof what,
                         "%s already means %s in the %s pane; give %s another key, or none", key,
                         other, pane_of((enum pane_id)clash.pane)->name, other);
        r->line = clash.second->line;
        config_mistake(r, mine, what);
    }
    r->line = line;
}
