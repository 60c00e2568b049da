/* tests/support/capture.h - keeps every wire_event a source tells, and watches them for secrets. */
#ifndef CHARGETOP_TESTS_CAPTURE_H
#define CHARGETOP_TESTS_CAPTURE_H

#include "base/wire_event.h"

enum { CAPTURE_MAX = 20000, CAPTURE_SECRETS_MAX = 4 };

struct captured {
    struct wire_event event; /* its strings are copies, owned here */
};

struct capture {
    struct captured *at;
    size_t count;
    const char *secrets[CAPTURE_SECRETS_MAX]; /* none may stand in any text */
    bool leaked, disordered; /* a secret was seen; a number did not follow the one before */
};

void capture_init(struct capture *c);
void capture_clear(struct capture *c);
void capture_event(struct capture *c, const struct wire_event *event);

/* The first event from index `from` of that kind whose text contains `part` (NULL: any), or NULL.
 */
const struct wire_event *capture_find(const struct capture *c, size_t from, enum wire_kind kind,
                                      const char *part);
size_t capture_count(const struct capture *c, enum wire_kind kind);
size_t capture_count_frames(const struct capture *c, const char *name);
size_t capture_count_sub(const struct capture *c, enum wire_sub sub);
size_t capture_count_link(const struct capture *c, enum wire_link link);
size_t capture_count_rest(const struct capture *c, enum wire_rest rest);

#endif
