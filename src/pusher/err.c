/* src/pusher/err.c - the words for the faults of the protocol. */
#include "pusher/err.h"

const char *pusher_strerror(enum pusher_err err)
{
#define X(name, text) [name] = (text),
    static const char *const texts[] = {PUSHER_ERR_MAP(X)};
#undef X

    return (unsigned)err < PUSHER_ERR_COUNT ? texts[err] : "unknown error";
}
