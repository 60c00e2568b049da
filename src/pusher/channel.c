/* src/pusher/channel.c - the prefixes of channel names and the bytes a name may hold. */
#include "pusher/channel.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_byte(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c))
        return true;
    return c == '_' || c == '-' || c == '=' || c == '@' || c == ',' || c == '.' || c == ';';
}

struct pusher_channel_traits pusher_channel_traits(struct str name)
{
    /* Longest first, so that the first match is the right one. The match is exact and includes
     * the dash: `privateer` and `cached-x` are ordinary public names. */
    static const struct {
        const char *prefix;
        struct pusher_channel_traits traits;
    } rows[] = {
        {"private-encrypted-cache-", {PUSHER_CHANNEL_ENCRYPTED, true, false, true}},
        {"private-encrypted-", {PUSHER_CHANNEL_ENCRYPTED, true, false, false}},
        {"private-cache-", {PUSHER_CHANNEL_PRIVATE, true, true, true}},
        {"private-", {PUSHER_CHANNEL_PRIVATE, true, true, false}},
        {"presence-cache-", {PUSHER_CHANNEL_PRESENCE, true, true, true}},
        {"presence-", {PUSHER_CHANNEL_PRESENCE, true, true, false}},
        {"cache-", {PUSHER_CHANNEL_PUBLIC, false, false, true}},
        {"#server-to-user-", {PUSHER_CHANNEL_USER, false, false, false}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (str_starts(name, str_from(rows[i].prefix)))
            return rows[i].traits;
    return (struct pusher_channel_traits){PUSHER_CHANNEL_PUBLIC, false, false, false};
}

bool pusher_channel_valid(struct str name, size_t max_bytes)
{
    const struct str user = STR("#server-to-user-");
    size_t i = 0;

    if (name.len == 0 || name.len > max_bytes)
        return false;
    if (name.ptr[0] == '#') {
        if (!str_starts(name, user) || name.len == user.len)
            return false;
        i = 1;
    }
    for (; i < name.len; i++)
        if (!is_name_byte(name.ptr[i]))
            return false;
    return true;
}

bool pusher_socket_id_valid(struct str socket_id)
{
    enum { SOCKET_ID_MAX_BYTES = 64 };
    size_t dots = 0;

    if (socket_id.len < 3 || socket_id.len > SOCKET_ID_MAX_BYTES)
        return false;
    if (!is_digit(socket_id.ptr[0]) || !is_digit(socket_id.ptr[socket_id.len - 1]))
        return false;
    for (size_t i = 0; i < socket_id.len; i++) {
        if (socket_id.ptr[i] == '.')
            dots++;
        else if (!is_digit(socket_id.ptr[i]))
            return false;
    }
    return dots == 1;
}
