/* src/pusher/presence.h - who is on a presence channel, as the client sees it (4.2, 4.3). */
#ifndef CHARGETOP_PUSHER_PRESENCE_H
#define CHARGETOP_PUSHER_PRESENCE_H

#include "base/str.h"
#include "pusher/err.h"
#include "pusher/limit.h"

enum { PUSHER_ROSTER_MAX = 1000, PUSHER_USER_ID_MAX = PUSHER_LIMIT(128, 32), PUSHER_USER_INFO_MAX = 2048 };

struct pusher_member {
    struct str user_id;
    struct str user_info; /* JSON text; "null" if the server gave none */
};

struct pusher_roster; /* created with the subscription; borrowed by readers */

size_t pusher_roster_count(const struct pusher_roster *r); /* distinct users */
/* i from 0 to count-1, in order of arrival; borrowed until the session's next input. */
struct pusher_member pusher_roster_at(const struct pusher_roster *r, size_t i);
bool pusher_roster_has(const struct pusher_roster *r, struct str user_id);
/* False, with *out as it was, when the user is not there. Borrowed like pusher_roster_at. */
bool pusher_roster_find(const struct pusher_roster *r, struct str user_id,
                        struct pusher_member *out);
/* The user_id of channel_data as text in to[PUSHER_USER_ID_MAX + 1], also if it is a number; false if
 * there is none or it is too long. */
bool pusher_user_id_of(struct str channel_data, char to[PUSHER_USER_ID_MAX + 1]);

struct pusher_roster *pusher_roster_create(void); /* NULL when out of memory */
void pusher_roster_destroy(struct pusher_roster *r);
void pusher_roster_empty(struct pusher_roster *r);
/* Replaces all from the data of subscription_succeeded; tolerates absent ids, numeric ids, `[]`
 * or a list as hash, null infos. */
enum pusher_err pusher_roster_replace(struct pusher_roster *r, struct str data);
/* From member_added / member_removed data. *changed tells whether a user really came or went. */
enum pusher_err pusher_roster_add(struct pusher_roster *r, struct str data, bool *changed);
enum pusher_err pusher_roster_remove(struct pusher_roster *r, struct str data, bool *changed);

#endif
