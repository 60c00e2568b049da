#include "store/packed.h"

#include <string.h>

enum { PACKED_TEXTS = 7 };

/* The texts of an event, in the order in which they are packed. */
static void texts_of(struct wire_event *e, struct str *to[PACKED_TEXTS])
{
    to[0] = &e->channel;
    to[1] = &e->name;
    to[2] = &e->data;
    to[3] = &e->text;
    to[4] = &e->socket_id;
    to[5] = &e->user_id;
    to[6] = &e->cause;
}

size_t packed_bytes(const struct wire_event *e)
{
    return sizeof *e + e->channel.len + e->name.len + e->data.len + e->text.len + e->socket_id.len +
           e->user_id.len + e->cause.len;
}

enum ct_err packed_append(struct buf *b, const struct wire_event *e)
{
    struct wire_event head = *e;
    struct str *texts[PACKED_TEXTS];
    const enum ct_err err = buf_reserve(b, packed_bytes(e));

    if (err != CT_OK)
        return err;
    memcpy(b->bytes + b->len, &head, sizeof head);
    b->len += sizeof head;
    texts_of(&head, texts);
    for (size_t i = 0; i < PACKED_TEXTS; i++) {
        if (texts[i]->len > 0)
            memcpy(b->bytes + b->len, texts[i]->ptr, texts[i]->len);
        b->len += texts[i]->len;
    }
    return CT_OK;
}

bool packed_take(struct str *rest, struct wire_event *e)
{
    struct str *texts[PACKED_TEXTS];

    if (rest->len < sizeof *e)
        return false;
    memcpy(e, rest->ptr, sizeof *e);
    if (packed_bytes(e) > rest->len)
        return false;
    const char *at = rest->ptr + sizeof *e;
    texts_of(e, texts);
    for (size_t i = 0; i < PACKED_TEXTS; i++) {
        texts[i]->ptr = at;
        at += texts[i]->len;
    }
    rest->len -= (size_t)(at - rest->ptr);
    rest->ptr = at;
    return true;
}
