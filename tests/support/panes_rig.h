/* tests/support/panes_rig.h - a fleet fed by hand in virtual time, a view of it, and the cells that
 * a pane draws, as rows of text. */
#ifndef CHARGETOP_TESTS_PANES_RIG_H
#define CHARGETOP_TESTS_PANES_RIG_H

#include "ui/pane.h"

enum { RIG_ROWS_MAX = 320, RIG_ROW_BYTES = 4096 };

struct panes_rig {
    struct fleet *fleet;
    struct view view;
    struct ui_model m;
    struct surface s;
    uint64_t seq;
    char rows[RIG_ROWS_MAX][RIG_ROW_BYTES];
    int row_count;
    struct pane_titles titles;
};

/* Noon UTC on a Monday, 1 000 000 ms after the clock began; the link is up. Heap: end it with
 * panes_destroy(). Fails the running test when out of memory. */
struct panes_rig *panes_create(void);
void panes_destroy(struct panes_rig *r);

void panes_pass(struct panes_rig *r, uint64_t ms); /* time passes; the fleet ticks */
void panes_link(struct panes_rig *r, enum wire_link link, int32_t code, const char *reason,
                uint64_t retry_in_ms);
/* one that concerns no order */
void panes_frame(struct panes_rig *r, const char *name, const char *raw);
/* A report of an order: the frame, then what the decoder would make of it. */
void panes_report(struct panes_rig *r, const char *id, int64_t energy_wh, int64_t charging_ms);
void panes_complete(struct panes_rig *r, const char *id);
/* count reports, each after every_ms of both clocks, at a steady power. */
void panes_charge(struct panes_rig *r, const char *id, int count, uint64_t every_ms,
                  int64_t power_w);
void panes_select(struct panes_rig *r, const char *id);

/* Draws the pane alone on cols x rows cells and keeps its rows and titles. */
void panes_draw(struct panes_rig *r, const struct pane_ops *pane, int cols, int rows, bool ascii);
/* All rows joined contain the text. */
bool panes_shows(const struct panes_rig *r, const char *text);
int panes_row_of(const struct panes_rig *r, const char *text); /* -1 */
int panes_count(const struct panes_rig *r, int first_row, int last_row, char symbol);

#endif
