/* src/cmd/serve_log.h - what a server does, one JSON object a line on stdout. */
#ifndef CHARGETOP_CMD_SERVE_LOG_H
#define CHARGETOP_CMD_SERVE_LOG_H

#include "base/buf.h"
#include "server/server.h"

enum {
    SERVE_LOG_LINE_MAX_BYTES = 64 * 1024,
    SERVE_LOG_TEXT_MAX = 256,    /* bytes of one text in it */
    SERVE_LOG_CHANNELS_MAX = 100 /* channels of one event */
};

struct serve_log {
    struct buf line;
};

void serve_log_init(struct serve_log *l);
void serve_log_clear(struct serve_log *l);
/* {"time":...,"kind":"ready","address":...,"metrics_port":...}, the port only if there is one. False: it
 * could not be written. */
bool serve_log_ready(struct serve_log *l, const char *address, uint16_t metrics_port);
bool serve_log_note(struct serve_log *l, const struct server_note *note);

#endif
