/* src/fleet/mark.h - moments that a person marked, with a note: seen in plot, events, export and
 * bundle alike. Bounded: the oldest goes when MARKS_MAX is reached. */
#ifndef CHARGETOP_FLEET_MARK_H
#define CHARGETOP_FLEET_MARK_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "fleet/change.h"

enum { MARKS_MAX = 64, MARK_NOTE_MAX = 96 };

struct mark {
    uint64_t number; /* 1, 2, ... never reused */
    uint64_t at_ms;
    int64_t at_unix_ms;
    uint64_t event_seq;          /* of the event it stands at; 0 none */
    char order_id[ORDER_ID_MAX]; /* empty: of no order */
    char note[MARK_NOTE_MAX];    /* clean; empty is allowed */
};

struct marks {
    struct mark at[MARKS_MAX]; /* ring */
    size_t first, count;
    uint64_t total; /* ever */
};

/* Adds a mark; the note is cleaned and cut. Returns its number. */
uint64_t marks_add(struct marks *m, const struct mark *mark);
const struct mark *marks_at(const struct marks *m, size_t age); /* 0 newest; NULL beyond */
bool marks_remove(struct marks *m, uint64_t number);            /* false if there is none */

#endif
