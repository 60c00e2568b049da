/* src/store/record_run.h - one run of the program that was recorded: what its events cannot tell. */
#ifndef CHARGETOP_STORE_RECORD_RUN_H
#define CHARGETOP_STORE_RECORD_RUN_H

#include <stddef.h>
#include <stdint.h>

enum {
    RECORD_SOURCES_MAX = 16, /* connections of one run, the first included */
    RECORD_NAME_MAX = 64,    /* a profile's name and its end */
    RECORD_KIND_MAX = 16,
    RECORD_ADDRESS_MAX = 200
};

/* A connection: wire_event.source is its number. */
struct record_source {
    uint8_t number;
    char profile[RECORD_NAME_MAX], kind[RECORD_KIND_MAX], address[RECORD_ADDRESS_MAX];
};

struct record_run {
    int64_t id;        /* 1, 2, ...: given by the file */
    char program[32];  /* its version */
    uint64_t began_ms; /* monotonic: its clock; another run's is another one */
    int64_t began_unix_ms;
    uint64_t ended_ms;    /* 0: still runs, or was killed */
    uint32_t clock_milli; /* how fast the simulated charging clock ran: 1000 as time passes */
    struct record_source sources[RECORD_SOURCES_MAX];
    size_t source_count;
};

#endif
