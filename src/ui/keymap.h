/* src/ui/keymap.h - which keys mean which action in which pane: key_rows, as changed by the user. */
#ifndef CHARGETOP_UI_KEYMAP_H
#define CHARGETOP_UI_KEYMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
    KEYMAP_MAX = 384,      /* bindings, those of key_rows included */
    KEYMAP_KEYS_MAX = 8,   /* keys that one action can be given */
    KEYMAP_TEXT_MAX = 64,  /* bytes of the keys of a row, as written on the screen */
    KEYMAP_ROWS_MAX = 192, /* rows of key_rows */
    KEYMAP_PANES = 32      /* bits of a mask of panes */
};

/* A key means place `nth` of row `row` of key_rows in the panes of the mask. line: where the user
 * said so, 0 for a default. */
struct key_binding {
    uint32_t key, panes;
    uint16_t row, nth;
    int line;
};

struct keymap {
    size_t count;
    struct key_binding at[KEYMAP_MAX];
    bool changed[KEYMAP_ROWS_MAX]; /* rows whose keys are not those of the table */
};

struct key_row;

/* The bindings of key_rows. */
void keymap_init(struct keymap *m);

/* The row that a key means in a pane (enum pane_id), and which of its places; NULL: none. */
const struct key_row *keymap_find(const struct keymap *m, int pane, uint32_t key, int *nth);

/* Gives an action, "ack" or "events.ack" for one pane, the keys of a list such as "a F7" and no
 * others; "none" leaves it without. What the keys mean already is not looked at: keymap_clash()
 * tells it when all is bound. CT_ERR_MISSING: no such action or pane; CT_ERR_SYNTAX: a key that is
 * none, or that cannot be changed; CT_ERR_LIMIT: too many. The fault names the word; *m stays. */
enum ct_err keymap_bind(struct keymap *m, struct str action, struct str keys, int line,
                        struct fault *fault);

/* Two actions on one key in one pane, of which the user bound at least the second. */
struct keymap_clash {
    const struct key_binding *first, *second;
    int pane; /* enum pane_id */
};
/* The next clash from *at on (begin with 0); false when there is none left. */
bool keymap_clash(const struct keymap *m, size_t *at, struct keymap_clash *out);

/* The keys of a row in a pane as the screen writes them, "" when it has none; short_form: as in the
 * key line. cap at least KEYMAP_TEXT_MAX shows all. Returns bytes. */
size_t keymap_text(const struct keymap *m, const struct key_row *row, int pane, bool short_form,
                   char *to, size_t cap);
/* The first key of an action in a pane, "" when it has none: for words that tell what to press. */
size_t keymap_key(const struct keymap *m, const char *action, int pane, char *to, size_t cap);

/* --- names of actions (key_names.c) ---
 * An action is a row of key_rows, or one of its directions: the row "move" has the actions "up" and
 * "down". These names are bound in the configuration and typed as commands. */

/* The name of place nth of a row; its length. */
size_t key_action_name(const struct key_row *row, int nth, char *to, size_t cap);
/* The row and place that a name means, case aside; NULL: none. */
const struct key_row *key_action_find(struct str name, int *nth);
/* The n-th action of all rows; false beyond the last. Every name comes once. */
bool key_action_at(size_t n, const struct key_row **row, int *nth);

#endif
