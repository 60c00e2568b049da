/* src/pusher/path.c - how prefix and key become a path. */
#include "pusher/path.h"

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

bool pusher_prefix_valid(struct str prefix)
{
    for (size_t i = 0; i < prefix.len; i++) {
        const unsigned char c = (unsigned char)prefix.ptr[i];

        if (c <= ' ' || c >= 0x7f || c == '?' || c == '#')
            return false;
    }
    return true;
}

static enum ct_err add_encoded(struct buf *to, struct str text)
{
    static const char digits[] = "0123456789ABCDEF";
    enum ct_err err = CT_OK;

    for (size_t i = 0; i < text.len && !err; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        const char escaped[] = {'%', digits[c >> 4], digits[c & 15]};

        err = is_plain((char)c) ? buf_append_char(to, (char)c)
                                : buf_append(to, (struct str){escaped, sizeof escaped});
    }
    return err;
}

static enum ct_err add_prefix(struct buf *to, struct str prefix)
{
    while (prefix.len && prefix.ptr[prefix.len - 1] == '/')
        prefix.len--;
    if (prefix.len && prefix.ptr[0] != '/') {
        const enum ct_err err = buf_append_char(to, '/');

        if (err)
            return err;
    }
    return prefix.len ? buf_append(to, prefix) : CT_OK;
}

enum ct_err pusher_path_append(struct buf *to, const struct pusher_path *path)
{
    enum { DEFAULT_PROTOCOL = 7 };
    const char protocol = (char)('0' + (path->protocol ? path->protocol : DEFAULT_PROTOCOL) % 10);
    enum ct_err err = add_prefix(to, path->prefix);

    if (!err)
        err = buf_append(to, STR("/app/"));
    if (!err)
        err = add_encoded(to, path->key);
    if (!err)
        err = buf_append(to, STR("?protocol="));
    if (!err)
        err = buf_append_char(to, protocol);
    if (!err)
        err = buf_append(to, STR("&client="));
    if (!err)
        err = add_encoded(to, path->client);
    if (!err)
        err = buf_append(to, STR("&version="));
    return err ? err : add_encoded(to, path->version);
}
