/* src/base/wire_event.c - the words for the states that events carry. */
#include "base/wire_event.h"

const char *wire_link_name(enum wire_link link)
{
    static const char *const names[] = {
        [WIRE_LINK_INITIALIZED] = "initialized",   [WIRE_LINK_CONNECTING] = "connecting",
        [WIRE_LINK_CONNECTED] = "connected",       [WIRE_LINK_UNAVAILABLE] = "unavailable",
        [WIRE_LINK_DISCONNECTED] = "disconnected", [WIRE_LINK_FAILED] = "failed",
    };

    return (unsigned)link < COUNT_OF(names) ? names[link] : "unknown";
}

const char *wire_sub_name(enum wire_sub sub)
{
    static const char *const names[] = {
        [WIRE_SUB_NONE] = "none",
        [WIRE_SUB_WANTED] = "wanted",
        [WIRE_SUB_AUTHORIZING] = "authorizing",
        [WIRE_SUB_SENT] = "sent",
        [WIRE_SUB_SUBSCRIBED] = "subscribed",
        [WIRE_SUB_DENIED] = "denied",
        [WIRE_SUB_FAILED] = "failed",
    };

    return (unsigned)sub < COUNT_OF(names) ? names[sub] : "unknown";
}
