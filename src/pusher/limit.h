/* src/pusher/limit.h - limits that are smaller in the build for small devices (PUSHER_SMALL). */
#ifndef CHARGETOP_PUSHER_LIMIT_H
#define CHARGETOP_PUSHER_LIMIT_H

#ifdef PUSHER_SMALL
#define PUSHER_LIMIT(ordinary, small) (small)
#else
#define PUSHER_LIMIT(ordinary, small) (ordinary)
#endif

#endif
