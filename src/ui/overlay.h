/* src/ui/overlay.h - what lies over the panes and sees the keys first: help, menus, lists.
 *
 * At most one at a time. Esc and q close any of them; a key that an overlay leaves goes on to the
 * panes below. A list in an overlay keeps its place in view.menu, which menu_key() moves. */
#ifndef CHARGETOP_UI_OVERLAY_H
#define CHARGETOP_UI_OVERLAY_H

#include "ui/view_internal.h"

/* An entry of the key line while an overlay is open: what is pressed, how it is written, what it does. */
struct overlay_key {
    uint32_t key;
    const char *shown, *word; /* word NULL: the end of the list */
};

/* Where the entries of a list are drawn, one a row: the first row shows entry `top` of `count`. */
struct overlay_list {
    struct rect at;
    size_t top, count;
};

struct overlay_ops {
    /* Took the key? *out may be set. NULL: only Esc and q mean anything. */
    bool (*key)(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out);
    void (*draw)(struct surface *s, const struct view *v, const struct ui_model *m);
    const struct overlay_key *keys; /* most important first */
    /* For the mouse, on a screen of v->cols x v->rows; NULL: text, not entries. */
    struct overlay_list (*list)(const struct view *v, const struct ui_model *m);
    uint32_t act; /* key that does what the chosen entry is for */
};
extern const struct overlay_ops overlay_themes, overlay_filters;
extern const struct overlay_ops overlay_help, overlay_columns, overlay_settings;
extern const struct overlay_ops overlay_copy, overlay_bundle;
extern const struct overlay_ops overlay_payload, overlay_marks, overlay_done;

/* What the view shows over its panes; NULL: nothing. */
const struct overlay_ops *overlay_of(const struct view *v);
void overlay_open(struct view *v, enum overlay_id id); /* at the top of its list */
void overlay_close(struct view *v);

/* Clears a box of at most cols x rows in the middle of the screen (between the header and the last
 * row), frames it, and returns its inside; without room for a frame, all of it. right may be NULL. */
struct rect overlay_box(struct surface *s, int cols, int rows, const char *left, const char *right);

/* The inside of the box that overlay_box() would draw on a screen of that size. */
struct rect overlay_inside(int screen_cols, int screen_rows, int cols, int rows);

/* The key line of what is open: as many entries as have room. */
void overlay_keys_draw(struct surface *s, struct rect at, const struct view *v);
/* The key that the entry at column x stands for; UI_KEY_NONE: there is none. */
uint32_t overlay_key_at(struct rect at, const struct view *v, int x);

/* j k, arrows, g G, pages through `count` entries of which `page` are visible; true if it was one
 * of those keys. */
bool menu_key(struct menu *menu, uint32_t key, size_t count, size_t page);
/* First entry to draw so that menu.at is among `page` of `count`. */
size_t menu_top(const struct menu *menu, size_t count, size_t page);

/* Texts on a border (ui.c): left from the second cell, right up to the last but one. */
void frame_titles(struct surface *s, struct rect r, const char *left, const char *right,
                  int border);

#endif
