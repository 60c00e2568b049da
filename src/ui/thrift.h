/* src/ui/thrift.h - which parts of a frame are sent over a thin line: a budget of bytes a second.
 *
 * Header, counts and alarm are always new. The panes of the frame take turns: rows of the tables one by
 * one, plots and events whole; of an overlay and of a wall, rows. What it is not the turn of keeps the cells it has on the screen, so that everything is as
 * fresh as the line allows. What a key did is shown at once and paid back afterwards. */
#ifndef CHARGETOP_UI_THRIFT_H
#define CHARGETOP_UI_THRIFT_H

#include "ui/ui.h"

enum {
    THRIFT_BYTES_PER_S = 900, /* with what the terminal is told besides, under 1 kB/s */
    THRIFT_SAVED_MAX = 6000,  /* bytes saved up for a large part */
    THRIFT_OWED_MAX = 4000    /* what keys cost is not owed beyond this */
};

struct thrift {
    struct surface shown; /* owned: what is on the screen */
    int64_t credit;       /* bytes that may be sent now; below 0: owed */
    uint64_t at_ms;       /* when credit was counted; 0 never */
    size_t next;          /* whose turn it is */
};

void thrift_init(struct thrift *t);
void thrift_clear(struct thrift *t); /* frees */
/* Puts back the cells of *frame that are to wait. all: none are (a key, a new size). */
void thrift_apply(struct thrift *t, struct surface *frame, const struct view *v, uint64_t now_ms,
                  bool all);
/* The frame was sent and cost that many bytes. */
void thrift_sent(struct thrift *t, const struct surface *frame, uint64_t bytes);
/* What the cells of r that differ would cost, about, in bytes. */
int64_t thrift_cost(const struct surface *shown, const struct surface *frame, struct rect r);

#endif
