/* tests/support/memory.h - memory that runs out on request, for programs linked with
 * -Wl,--wrap of malloc, calloc, realloc and free (the Makefile does so for test_out_of_memory*). */
#ifndef CHARGETOP_TESTS_MEMORY_H
#define CHARGETOP_TESTS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

enum { MEMORY_RUNS_MAX = 20000 };

/* Runs scenario with its first allocation failing, then its second, until it needs no more: first
 * each failing alone, then with all that follow it. Only statements inside TRY() are refused memory.
 * Fails the running test if a run leaves blocks behind. */
void survive(void (*scenario)(void));

/* From here on nothing of this run fails. */
void memory_returns(void);
size_t memory_failed(void); /* allocations refused in this run so far */
void memory_arm(bool armed);

/* Runs a statement of the code under test. */
#define TRY(statement) \
    do { \
        memory_arm(true); \
        statement; \
        memory_arm(false); \
    } while (0)

#endif
