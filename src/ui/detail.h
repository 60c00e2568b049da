/* src/ui/detail.h - the screen of one order: its layout, and what its five panes share.
 *
 * The order is the selected one; the event looked at is the view's crosshair where that stands at
 * an event of the order, else its newest. Payloads are parsed when the event or the one it is
 * compared with changes, in view_sync(), never while drawing. */
#ifndef CHARGETOP_UI_DETAIL_H
#define CHARGETOP_UI_DETAIL_H

#include "ui/pane.h"
#include "ui/payload_keys.h"
#include "ui/view_internal.h"

enum {
    DETAIL_PANES = PANE_DETAIL_END - PANE_DETAIL_FIRST,
    DETAIL_EARLIER_MAX = 8,
    DETAIL_EVENTS_MAX = SURFACE_ROWS_MAX,
    DETAIL_SAME_WALK_MAX = 2048 /* events looked at for "same x74" */
};

/* Where things are: like struct layout (ui.h), with a breadcrumb line for the counts. */
struct detail_layout {
    struct rect header, crumb, alarm, keys;
    struct rect pane[DETAIL_PANES]; /* outer; rows 0: not shown */
    bool shared_borders, framed;
};
void detail_layout(int cols, int rows, enum pane_id zoom, struct detail_layout *out);
struct rect detail_inner(const struct detail_layout *l, enum pane_id pane);
bool detail_shows(const struct view *v, enum pane_id pane); /* without zoom */

static inline bool detail_is_pane(enum pane_id pane)
{
    return pane >= PANE_DETAIL_FIRST && pane < PANE_DETAIL_END;
}

/* What was read for the screen; made by detail_sync(). */
struct detail_cache {
    char id[ORDER_ID_MAX];
    uint64_t newest_seq, scanned_seq; /* newest event of the order up to that line of the log */
    uint64_t now_seq, before_seq;     /* events held; 0: none */
    struct payload now, before;
    struct payload_row rows[PAYLOAD_ROWS_MAX];
    size_t row_count, changed;
    uint32_t energy_same; /* events up to this one with the same energy */
    uint64_t raw_seq;     /* whose text raw holds; 0: none */
    char *raw;            /* with secrets hidden, owned; NULL */
    size_t raw_bytes;
    bool raw_cut;
    /* place among the rows that need eyes, and orders before at the same charge point */
    size_t eyes_at, eyes_of;
    uint64_t listed_ms;                         /* when these were counted; 0: not yet */
    struct receipt earlier[DETAIL_EARLIER_MAX]; /* newest first */
    size_t earlier_count;
};
/* Once a frame, from view_sync(). Out of memory: v->detail stays NULL. */
void detail_sync(struct view *v, const struct ui_model *m);
void detail_clear(struct view *v);

/* Events of the order (detail_events.c). */
bool detail_is_event(const struct log_entry *e, const char *order_id);
/* The newest one that may be drawn; NULL: none. Borrowed. */
const struct log_entry *detail_newest(const struct view *v, const struct ui_model *m);
/* The event looked at; NULL: none. Borrowed. */
const struct log_entry *detail_event(const struct view *v, const struct ui_model *m);
/* Why there is none, in words. */
const char *detail_no_event(const struct view *v, const struct ui_model *m);
/* The next older or newer one that may be drawn; NULL: none. */
const struct log_entry *detail_event_beside(const struct view *v, const struct ui_model *m,
                                            uint64_t seq, bool older);
/* By its own number within the order; NULL: gone or never there. */
const struct log_entry *detail_event_numbered(const struct view *v, const struct ui_model *m,
                                              uint32_t number);
/* Moves what is looked at by so many events, newer is positive; the newest one is followed. */
void detail_step_event(struct view *v, const struct ui_model *m, long events);
/* Moves in a pane by lines; true if the pane took it. */
bool detail_move(struct view *v, const struct ui_model *m, long lines);
long detail_page_rows(const struct view *v);

void detail_open(struct view *v, const struct ui_model *m);
void detail_close(struct view *v);

/* Lines of the frame. */
void detail_draw(struct surface *s, const struct view *v, const struct ui_model *m);
void detail_crumb(struct surface *s, struct rect at, const struct view *v,
                  const struct ui_model *m);
/* The state of this order and what can be done about it; false if something more urgent stands
 * there (a message, trouble of the link). */
void detail_alarm(struct surface *s, struct rect at, const struct view *v,
                  const struct ui_model *m);

/* The action at a place of a pane's key line; NULL: none. */
const char *detail_key_at(enum pane_id pane, int rank);

/* The panes, in the order of their numbers. */
extern const struct pane_ops pane_summary, pane_series, pane_payload, pane_life, pane_history;

/* Lines that a pane has to show at a width. */
size_t payload_lines(const struct view *v, const struct ui_model *m, int cols);
size_t life_lines(const struct view *v, const struct ui_model *m, int cols, int rows);

/* Text cut at the right edge with one mark; returns the cells used. */
int detail_put(struct surface *s, int x, int y, int cells, const char *text, int role);

/* ---- checks on the order (detail_checks.c) ---- */
enum check_result { CHECK_OK, CHECK_WARN, CHECK_FAIL };
enum { DETAIL_CHECKS = 6, CHECK_WORDS_MAX = 64 };
struct order_check {
    enum check_result result;
    char words[CHECK_WORDS_MAX]; /* "energy rises (flat 6m10s)" */
};
void detail_checks(const struct order *o, const struct ui_model *m,
                   struct order_check out[DETAIL_CHECKS]);

#endif
