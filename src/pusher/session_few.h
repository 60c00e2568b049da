/* src/pusher/session_few.h - in place of uthash where a session has a handful of subscriptions: a list,
 * under the names that session_subs.c uses. Only session_internal.h includes this. */
#ifndef CHARGETOP_PUSHER_SESSION_FEW_H
#define CHARGETOP_PUSHER_SESSION_FEW_H

#include <string.h>

typedef struct UT_hash_handle {
    void *next;
    bool tbl; /* true: never refused for want of memory */
} UT_hash_handle;

#define HASH_FIND(hh, head, key, len, out) \
    do { \
        (out) = (head); \
        while ((out) && ((out)->name_len != (len) || memcmp((out)->name, (key), (len)) != 0)) \
            (out) = (out)->hh.next; \
    } while (0)

/* At the end, so that the order is that of arrival. */
#define HASH_ADD_KEYPTR(hh, head, key, len, add) \
    do { \
        struct sub *last_ = (head); \
        while (last_ && last_->hh.next) \
            last_ = last_->hh.next; \
        (add)->hh.next = NULL; \
        (add)->hh.tbl = true; \
        if (last_) \
            last_->hh.next = (add); \
        else \
            (head) = (add); \
    } while (0)

#define HASH_DEL(head, out) \
    do { \
        struct sub *before_ = (head); \
        while (before_ != (out) && before_->hh.next != (out)) \
            before_ = before_->hh.next; \
        if (before_ == (out)) \
            (head) = (out)->hh.next; \
        else \
            before_->hh.next = (out)->hh.next; \
    } while (0)

#define HASH_ITER(hh, head, el, following) \
    for ((el) = (head), (following) = (el) ? (el)->hh.next : NULL; (el); \
         (el) = (following), (following) = (el) ? (el)->hh.next : NULL)

#define HASH_COUNT(head) session_few_count((head) ? &(head)->hh : NULL)
static inline size_t session_few_count(const void *first)
{
    size_t n = 0;

    for (const UT_hash_handle *h = first; h; h = h->next)
        n++;
    return n;
}

#endif
