/* src/term/outlet.h - what curses writes, kept until the terminal takes it.
 *
 * curses writes to a descriptor and waits; a terminal behind a slow line would stop the whole loop.
 * While held, that descriptor is a file without a name; what gathers there is written to the terminal
 * without waiting, and whoever draws asks first whether the last picture has gone out. */
#ifndef CHARGETOP_TERM_OUTLET_H
#define CHARGETOP_TERM_OUTLET_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/str.h"

enum {
    OUTLET_PENDING_MAX_BYTES = 8 * 1024 * 1024 /* one frame of the largest screen, several times */
};

struct outlet;

/* out_fd: the terminal. NULL: out of memory or descriptors. Where no file or second opening of the
 * terminal can be had, output is written with waiting, as curses does by itself. */
struct outlet *outlet_open(int out_fd);
void outlet_close(struct outlet *o);   /* NULL is fine; what is pending is forgotten */
FILE *outlet_stream(struct outlet *o); /* for newterm(); belongs to the outlet */

void outlet_hold(struct outlet *o);    /* from now on what curses writes is kept */
void outlet_release(struct outlet *o); /* gathers it; curses speaks to the terminal again */
/* Puts bytes behind what is pending. CT_ERR_LIMIT, CT_ERR_NOMEM: nothing was added. */
enum ct_err outlet_add(struct outlet *o, struct str bytes);
uint64_t outlet_total(const struct outlet *o); /* bytes gathered ever */
bool outlet_flush(struct outlet *o); /* writes what the terminal takes now; true: nothing is left */
void outlet_drain(struct outlet *o, int timeout_ms); /* waits for it, then forgets the rest */

#endif
