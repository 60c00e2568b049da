/* src/ui/bundle.h - what is shared with those who are to find a fault: some small files, redacted together.
 *
 * It is shown before it is written, and written as one tar archive. The same secret is the same placeholder
 * in all of its files. */
#ifndef CHARGETOP_UI_BUNDLE_H
#define CHARGETOP_UI_BUNDLE_H

#include "ui/share.h"

enum {
    BUNDLE_FILES_MAX = 10,
    BUNDLE_FILE_MAX_BYTES = 1024 * 1024,
    BUNDLE_EVENTS_MAX = 500,             /* the newest, as received */
    BUNDLE_PAYLOAD_MAX_BYTES = 8 * 1024, /* of each */
    BUNDLE_NAME_MAX = 32
};

struct bundle_file {
    char name[BUNDLE_NAME_MAX];
    struct buf text; /* redacted, owned */
};

struct bundle {
    size_t count;
    struct bundle_file files[BUNDLE_FILES_MAX];
    struct redact redact;
};

/* Empty; the caller may then name the secrets it knows in b->redact. */
void bundle_init(struct bundle *b);
void bundle_clear(struct bundle *b); /* frees */
/* Adds a file, redacted; what does not fit into BUNDLE_FILE_MAX_BYTES is left out. CT_ERR_LIMIT: too many
 * files. */
enum ct_err bundle_add(struct bundle *b, const char *name, struct str plain);
/* Adds what the model tells: summary.md, orders.json, errors.csv, events.ndjson. */
enum ct_err bundle_add_model(struct bundle *b, const struct view *v, const struct ui_model *m);
size_t bundle_bytes(const struct bundle *b);
/* All of it as one archive under the folder `name`. */
enum ct_err bundle_tar(const struct bundle *b, const char *name, int64_t unix_ms, struct buf *to);

#endif
