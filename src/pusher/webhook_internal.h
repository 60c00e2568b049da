/* src/pusher/webhook_internal.h - the words of a webhook; private to it. */
#ifndef CHARGETOP_PUSHER_WEBHOOK_INTERNAL_H
#define CHARGETOP_PUSHER_WEBHOOK_INTERNAL_H

#include "base/buf.h"
#include "pusher/webhook.h"

/* One element of `events`, appended. CT_ERR_LIMIT, CT_ERR_NOMEM. */
enum ct_err webhook_event_write(struct buf *to, const struct webhook_event *e);

#endif
