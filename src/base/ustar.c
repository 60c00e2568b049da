#include "base/ustar.h"

#include <string.h>

/* Where the fields of a header stand (POSIX.1-1988, pax(1) "ustar Interchange Format"). */
enum {
    AT_MODE = 100,
    AT_UID = 108,
    AT_GID = 116,
    AT_SIZE = 124,
    AT_TIME = 136,
    AT_SUM = 148,
    AT_TYPE = 156,
    AT_MAGIC = 257
};

/* digits octal digits, then the terminator that is there already. */
static void put_octal(char *to, int digits, uint64_t value)
{
    for (int i = digits - 1; i >= 0; i--, value /= 8)
        to[i] = (char)('0' + value % 8);
}

static enum ct_err pad(struct buf *to, size_t bytes)
{
    static const char zeros[USTAR_BLOCK_BYTES];

    return buf_append(to, (struct str){zeros, bytes});
}

enum ct_err ustar_append(struct buf *to, const char *name, int64_t time_s, struct str content)
{
    char head[USTAR_BLOCK_BYTES] = {0};
    const size_t len = strlen(name);
    uint64_t sum = 0;

    if (len == 0 || len >= USTAR_NAME_MAX)
        return CT_ERR_RANGE;
    memcpy(head, name, len);
    put_octal(head + AT_MODE, 7, 0600);
    put_octal(head + AT_UID, 7, 0);
    put_octal(head + AT_GID, 7, 0);
    put_octal(head + AT_SIZE, 11, content.len);
    put_octal(head + AT_TIME, 11, time_s > 0 ? (uint64_t)time_s : 0);
    memset(head + AT_SUM, ' ', 8);
    head[AT_TYPE] = '0';
    memcpy(head + AT_MAGIC, "ustar\00000", 8);
    for (size_t i = 0; i < sizeof head; i++)
        sum += (unsigned char)head[i];
    put_octal(head + AT_SUM, 6, sum);
    head[AT_SUM + 6] = '\0';
    enum ct_err err = buf_append(to, (struct str){head, sizeof head});
    if (err == CT_OK)
        err = buf_append(to, content);
    if (err == CT_OK && content.len % USTAR_BLOCK_BYTES)
        err = pad(to, USTAR_BLOCK_BYTES - content.len % USTAR_BLOCK_BYTES);
    return err;
}

enum ct_err ustar_end(struct buf *to)
{
    const enum ct_err err = pad(to, USTAR_BLOCK_BYTES);

    return err == CT_OK ? pad(to, USTAR_BLOCK_BYTES) : err;
}
