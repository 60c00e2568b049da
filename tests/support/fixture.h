/* tests/support/fixture.h - where the fixture files are. */
#ifndef CHARGETOP_TESTS_FIXTURE_H
#define CHARGETOP_TESTS_FIXTURE_H

#include "base/buf.h"

/* Appends the whole file to *into and returns buf_str(into), borrowed from it. The path is below
 * fixtures/ in the folder that CHARGETOP_TESTS names (default "tests", seen from the repository's
 * root), such as "powerly/rest_users_me.json". Fails the running test if the file cannot be read. */
struct str fixture_read(const char *path_below_fixtures, struct buf *into);

/* Calls visit with the path below fixtures/ of every .json file there, in no certain order;
 * returns how many. Fails the running test if there is none. */
size_t fixture_each(void (*visit)(const char *path_below_fixtures, void *context), void *context);

#endif
