/* src/cmd/serve_log.h - what a server does, one JSON object a line on stdout.
 *
 * A reader that does not read must not stop the server: a line that would have to wait is left out, and
 * the next one that is written comes after {"kind":"left_out","lines":N}. */
#ifndef CHARGETOP_CMD_SERVE_LOG_H
#define CHARGETOP_CMD_SERVE_LOG_H

#include "base/buf.h"
#include "server/server.h"

enum {
    SERVE_LOG_LINE_MAX_BYTES = 4096,    /* PIPE_BUF: what a pipe takes whole or not at all */
    SERVE_LOG_TEXT_MAX = 256,           /* bytes of one text in it */
    SERVE_LOG_CHANNELS_MAX_BYTES = 2048 /* of the channels of one event; the rest is counted */
};

struct serve_log {
    struct buf line;
    uint64_t left_out; /* lines since the last one written */
};

void serve_log_init(struct serve_log *l);
void serve_log_clear(struct serve_log *l);
/* {"time":...,"kind":"ready","address":...,"metrics_port":...}, the port only if there is one. False: it
 * could not be written. */
bool serve_log_ready(struct serve_log *l, const char *address, uint16_t metrics_port);
bool serve_log_note(struct serve_log *l, const struct server_note *note);

#endif
