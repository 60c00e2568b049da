/* src/store/reader.h - a recording read again, page by page: every field as it was, byte for byte. */
#ifndef CHARGETOP_STORE_READER_H
#define CHARGETOP_STORE_READER_H

#include "base/buf.h"
#include "base/wire_event.h"
#include "store/record_run.h"

enum {
    READER_PAGE_EVENTS = 1000,
    READER_PAGE_BYTES = 1024 * 1024,           /* a page ends with the event that passes this */
    READER_EVENT_MAX_BYTES = 32 * 1024 * 1024, /* larger ones are left out */
    READER_LINE_MAX = 240
};

/* Of the whole file, at the moment it was asked. */
struct reader_span {
    uint64_t events;
    int64_t first_id, last_id; /* 0: no events */
    int64_t first_unix_ms, last_unix_ms;
    uint64_t lost; /* events that the recorder had to leave out */
};

/* Events of one run, in the order in which they came. */
struct reader_page {
    struct record_run run;
    struct buf events; /* packed.h */
    uint32_t count;
    int64_t last_id;  /* to go on after it */
    uint32_t unknown; /* rows left out: not what this program records, or too large */
    bool end;         /* no event was left */
    enum ct_err err;  /* not CT_OK: the page is empty, and line says why */
    char line[READER_LINE_MAX];
};

struct reader;
/* Of any schema up to the one that is written. fault names the file. Changes nothing in it. */
enum ct_err reader_open(struct reader **out, const char *path, struct fault *fault);
void reader_close(struct reader *r); /* NULL is fine */
enum ct_err reader_span(struct reader *r, struct reader_span *out, struct fault *fault);

void reader_page_init(struct reader_page *page);
void reader_page_clear(struct reader_page *page); /* frees */
/* The events after that id (0: from the first one on) whose time is from .. until (until itself is not one
 * of them), as many as fit. May run on another thread; never two at once on one reader. */
void reader_read(struct reader *r, int64_t after_id, int64_t from_unix_ms, int64_t until_unix_ms,
                 struct reader_page *page);

#endif
