/* src/fleet/roll.h - the exact roll of a presence channel: whose ids are there, and what a new roll
 * changes. A set of texts; nothing else is known of them. */
#ifndef CHARGETOP_FLEET_ROLL_H
#define CHARGETOP_FLEET_ROLL_H

#include <stdbool.h>
#include <stddef.h>

enum { ROLL_MAX = 10000 /* ids; more are not taken */ };

struct roll;
struct roll *roll_create(void);    /* NULL: out of memory */
void roll_destroy(struct roll *r); /* NULL is fine */
enum roll_said { ROLL_NEW, ROLL_KNOWN, ROLL_NO_ROOM /* or no memory */ };
bool roll_has(const struct roll *r, const char *id);
enum roll_said roll_add(struct roll *r, const char *id);
bool roll_remove(struct roll *r, const char *id); /* false: it was not there */
size_t roll_count(const struct roll *r);
size_t roll_bytes(const struct roll *r); /* about */

/* A new roll in place of the old one: begin, add everybody, end. Until the end those of before are known
 * still; at the end fn is told of each that was not said again, and it is gone. Returns how many. */
void roll_begin(struct roll *r);
size_t roll_end(struct roll *r, void (*fn)(void *user, const char *id), void *user);

#endif
