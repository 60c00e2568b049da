/* src/ui/find.h - find and filter: what is looked for, what each pane hides, and where matches are.
 *
 * One text is looked for in all panes (`/`, n N); each pane has a filter of its own (`\`). The plot
 * shares those of the orders. Answers are kept from frame to frame: of orders beside their rows,
 * of events in an index that takes in at most FIND_WALK_ENTRIES events and FIND_WALK_BYTES of raw
 * text a frame, of errors by age. */
#ifndef CHARGETOP_UI_FIND_H
#define CHARGETOP_UI_FIND_H

#include "fleet/log.h"
#include "ui/query.h"

enum {
    FIND_PANES_MAX = 12, /* at least PANE_COUNT, asserted */
    FIND_SAVED_MAX = 32,
    FIND_NAME_MAX = 24,
    FIND_WALK_ENTRIES = 2048,
    FIND_WALK_BYTES = 1024 * 1024,
    FIND_REFRESH_MS = 1000, /* how often answers that change by time alone are asked again */
    FIND_TITLE_CELLS = 32   /* of a text in a title */
};

/* A filter of the configuration. */
struct find_saved {
    char name[FIND_NAME_MAX], text[QUERY_BYTES_MAX];
};

/* "n of m" of a pane: rows that are shown, rows there are; matches of the find text among those
 * shown, and which of them is looked at (1, 2, ...; 0: none). */
struct find_count {
    size_t shown, total, hits, at;
};

enum find_flag { FIND_ELIGIBLE = 1, FIND_SHOWN = 2, FIND_HIT = 4, FIND_FOLDED = 8 };

struct find_events; /* the index of events */

/* What Esc in the prompt restores. */
struct find_before {
    char find[QUERY_BYTES_MAX], filter[QUERY_BYTES_MAX];
    char selected[ORDER_ID_MAX];
    bool touched;
    size_t top, errors_top, connection_top;
    uint64_t events_anchor, events_left, cross_ms, cross_seq, offset_ms;
    uint32_t errors_id;
    size_t line_at;
};

enum find_jump { FIND_STAY, FIND_JUMP_HERE, FIND_JUMP_NEXT, FIND_JUMP_BACK };

struct find {
    struct query filter[FIND_PANES_MAX]; /* by pane; empty: everything is shown */
    char text[QUERY_BYTES_MAX];          /* what is looked for; empty: nothing */
    struct query
        query[QUERY_KIND_COUNT];    /* the same as each kind of row reads it; empty: it cannot */
    const struct find_saved *saved; /* of the configuration, borrowed */
    size_t saved_count;
    struct find_count count[FIND_PANES_MAX];
    bool unfinished; /* events are left to be looked at: another frame is wanted soon */
    /* of the prompt */
    int pane; /* enum pane_id whose filter is edited */
    struct find_before before;
    char why[QUERY_WHY_MAX];      /* what is wrong with the text as typed; empty: nothing */
    enum find_jump jump;          /* done when the frame's answers are known */
    bool tell;                    /* then say where */
    bool told_wrapped, told_back; /* how the jump went that the message on the screen tells of */
    /* answers */
    struct find_events *events;           /* owned */
    uint8_t error_flags[LOG_ERRORS_MAX];  /* enum find_flag by age */
    uint64_t errors_key, errors_asked_ms; /* for which log they were asked */
    size_t line_at;                       /* of plain lines: which match is looked at, from 1 */
    bool stale;                           /* a text changed: all answers are to be asked again */
};

struct view;
struct ui_model;
struct surface;
struct rect;

/* Which answers a pane's rows give; true for everything where there is no filter. */
bool find_event_shown(const struct view *v, const struct log_entry *e);
bool find_event_hit(const struct view *v, const struct log_entry *e);
bool find_error_shown(const struct view *v, size_t age);
/* Rows of the errors are those shown: the row of an age, the age of a row. */
size_t find_error_row(const struct view *v, size_t age);
size_t find_error_age(const struct view *v, size_t row);
bool find_error_hit(const struct view *v, size_t age);
/* For panes of plain lines. pane: enum pane_id. */
bool find_line_shown(const struct view *v, int pane, struct str line);
bool find_line_hit(const struct view *v, struct str line);

/* Flags cells of `at` that hold a text looked for in one of the fields (bits 1 << enum query_field;
 * texts looked for anywhere count always) with CELL_MATCH; returns how many. Each row alone. */
int find_mark(struct surface *s, struct rect at, const struct query *q, uint64_t fields);

/* Marks the line of an event: what is looked for, but for the first `skip` cells (its times), or its
 * beginning where that stands in what the line does not show. */
void find_mark_event(struct surface *s, struct rect row, int skip, const struct view *v,
                     const struct log_entry *e);

/* For the title of a pane: "filter: mall  5 of 19", "find: dock  2 of 7"; "" for neither, or "filter:
 * none" when `none` asks for it. */
size_t find_title(const struct view *v, int pane, bool none, char *to, size_t cap);
/* "No order answers the filter: mall" */
size_t find_nothing(const struct view *v, int pane, const char *what, char *to, size_t cap);

/* Brings all answers up to date and jumps where a key asked to; orders have been sorted before. */
void find_sync(struct view *v, const struct ui_model *m);
void find_clear_memory(struct find *f);
/* Asks one row of the orders: false, it is hidden. *hit: what is looked for is in it. */
struct order_row;
struct order;
bool find_order(const struct view *v, const struct ui_model *m, const struct order_row *row,
                const struct order *o, bool *hit);
/* Must orders be asked again although none has moved? */
bool find_orders_run(const struct view *v);

/* Sets the filter of a pane, or the text looked for; the empty text is none. False: why[QUERY_WHY_MAX]
 * says what is wrong, and nothing changed. */
bool find_set_filter(struct view *v, int pane, struct str text, char *why);
bool find_set_text(struct view *v, struct str text, char *why);
/* The same by the name of a saved filter; "off" for none, else the text itself. */
bool find_apply(struct view *v, int pane, struct str name_or_text, char *why);
/* The pane that the focus means: the orders for the plot and for what the screen of one order shows
 * of it, the events for its events. Below FIND_PANES_MAX. */
int find_pane(const struct view *v);
enum query_kind find_kind(int pane);

/* What stands at the right of the prompt: "orders: 5 of 19", or what is wrong so far. */
size_t find_hint(const struct view *v, char *to, size_t cap);

#endif
