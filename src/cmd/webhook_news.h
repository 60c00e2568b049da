/* src/cmd/webhook_news.h - an event of a webhook as a line: JSON for programs, text for people. */
#ifndef CHARGETOP_CMD_WEBHOOK_NEWS_H
#define CHARGETOP_CMD_WEBHOOK_NEWS_H

#include "base/json.h"
#include "cmd/app.h"

/* Appends the event's object on one line without a line break: "time_ms" first, its members as they
 * came. Data of an encrypted channel is opened with the application's master key, where there is one,
 * and "decrypted" says whether that worked. CT_ERR_SYNTAX: not an object. CT_ERR_LIMIT, CT_ERR_NOMEM. */
enum ct_err webhook_news_json(const struct app *a, int64_t time_ms, struct json_value event,
                              struct buf *to);
/* Appends "14:02:11 member_added presence-room u-7", cleaned, the same way. */
enum ct_err webhook_news_text(const struct app *a, int64_t time_ms, struct json_value event,
                              struct buf *to);

#endif
