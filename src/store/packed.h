/* src/store/packed.h - wire events one behind the other in a buffer, for the thread that writes or reads them. */
#ifndef CHARGETOP_STORE_PACKED_H
#define CHARGETOP_STORE_PACKED_H

#include "base/buf.h"
#include "base/wire_event.h"

/* Bytes that packed_append() adds. */
size_t packed_bytes(const struct wire_event *e);
/* Appends a copy of e with all its text. CT_ERR_LIMIT and CT_ERR_NOMEM leave b as it was. */
enum ct_err packed_append(struct buf *b, const struct wire_event *e);
/* Cuts the first event off *rest; its text is borrowed from there. False: nothing is left. */
bool packed_take(struct str *rest, struct wire_event *e);

#endif
