/* src/ui/panes/list.h - what panes 7 to 9 share: the rows that a filter leaves, what find finds in them, and a
 * cursor that stays on its row when others come and go. */
#ifndef CHARGETOP_UI_PANES_LIST_H
#define CHARGETOP_UI_PANES_LIST_H

#include "ui/pane.h"

enum {
    LIST_ROWS_MAX = SITES_MAX + 1, /* of any list; the followed channels and notices are fewer */
    LIST_LINE_MAX = 1200           /* bytes of a row as find and filter read it */
};

/* A list as data. A row is lent by the model until it changes. */
struct list {
    enum pane_id pane;
    size_t menu, kept; /* where its cursor and what that was put on are in a view */
    bool flows;        /* newest first: a cursor at the top stays with what comes */
    /* All rows in their order, of a pause those that were there; returns how many. */
    size_t (*all)(const struct view *v, const struct ui_model *m, const void *out[LIST_ROWS_MAX]);
    /* The row as find and filter read it; returns bytes. */
    size_t (*line)(const struct ui_model *m, const void *row, char to[LIST_LINE_MAX]);
    /* Fills id or name, by which it is known again. */
    void (*mark)(const void *row, struct list_mark *to);
};

/* The list of a pane; NULL for a pane that has none of this kind. */
const struct list *list_of(enum pane_id pane);
struct menu *list_menu(const struct list *l, struct view *v);

/* The rows that pass the filter of the pane; returns how many. */
size_t list_rows(const struct list *l, const struct view *v, const struct ui_model *m,
                 const void *out[LIST_ROWS_MAX]);
size_t list_count(const struct list *l, const struct view *v, const struct ui_model *m);
/* NULL beyond the last. */
const void *list_at(const struct list *l, const struct view *v, const struct ui_model *m,
                    size_t at);
/* Where the cursor stands; NULL in an empty list. */
const void *list_chosen(const struct list *l, const struct view *v, const struct ui_model *m);
/* Counts for find; returns the row of the nth match, from 0. */
size_t list_find(const struct list *l, const struct view *v, const struct ui_model *m, size_t nth,
                 struct find_count *out);
/* Brings the cursor back to the row it was put on, else takes note of where it was moved to. Before a
 * frame, and before a key is about the row. */
void list_keep(const struct list *l, struct view *v, const struct ui_model *m);

/* One row; `look` is what the pane knows of all of them, such as the widths of its columns. */
typedef void list_draw_fn(struct surface *s, struct rect row, const void *one, const void *look,
                          const struct ui_model *m);
/* Draws rows[shown->top] and those after it; marks what is looked for, and the cursor. */
void list_draw(struct surface *s, const struct list *l, const struct pane_rows *shown,
               const void *const *rows, const struct view *v, const struct ui_model *m,
               list_draw_fn *draw, const void *look);

#endif
