/* src/ui/close_words.c - close codes in words: which are mistakes of the settings, which pass. */
#include "ui/close_words.h"

#include <stddef.h>

#include "base/str.h"

struct words {
    int32_t first, last;
    const char *text;
};

/* Single codes stand before the range they lie in. */
static const struct words known[] = {
    {1000, 1001, "the server said goodbye; tried again"},
    {1006, 1006, "broke off without goodbye: network or server; tried again"},
    {1009, 1009, "a message was too large for the server; tried again"},
    {1011, 1012, "the server failed or restarts; tried again"},
    {1015, 1015, "TLS failed: check the certificate and the host name"},
    {4000, 4000, "the server wants TLS: use --tls"},
    {4001, 4001, "no such app key: check --key and --cluster; not retried"},
    {4003, 4003, "the app is disabled at the server; not retried"},
    {4004, 4004, "the app is over its connection quota; not retried"},
    {4005, 4005, "path not found: check --path; not retried"},
    {4006, 4008, "the server speaks another protocol version; not retried"},
    {4009, 4009, "not authorized: check key, token and Origin header; not retried"},
    {4000, 4099, "the server refuses it as it is; check the settings; not retried"},
    {4100, 4199, "the server is over capacity; tried again, slower each time"},
    {4201, 4201, "the server saw no pong: the link had stalled; tried again"},
    {4202, 4202, "closed after inactivity; tried again"},
    {4200, 4299, "the server asked for a new connection; tried again at once"},
};

const char *close_meaning(int32_t code)
{
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (code >= known[i].first && code <= known[i].last)
            return known[i].text;
    return NULL;
}
