/* tests/device/peer.c - a WebSocket server of a few lines, for a client that is being watched. */
#include "device/peer.h"

#include <string.h>

#include "base/ws_key.h"

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void add(char *to, size_t cap, size_t *len, const void *bytes, size_t count)
{
    count = least(count, cap - 1 - *len);
    memcpy(to + *len, bytes, count);
    *len += count;
    to[*len] = '\0';
}

static void reply(struct peer *p, const char *text)
{
    add(p->to_client, sizeof p->to_client, &p->to_client_len, text, strlen(text));
}

static void note(struct peer *p, const void *bytes, size_t len)
{
    add(p->from_client, sizeof p->from_client, &p->from_client_len, bytes, len);
}

/* ---- what the client calls ---- */

static int on_connect(void *user, const char *host, uint16_t port, bool tls)
{
    struct peer *p = user;

    (void)host;
    (void)port;
    (void)tls;
    if (p->slow_connect > 0) {
        p->slow_connect--;
        return PC_IO_AGAIN;
    }
    p->connects++;
    p->upgraded = p->broken = false;
    p->raw_len = p->to_client_len = p->taken = 0;
    return PC_IO_DONE;
}

static int on_read(void *user, void *to, size_t bytes)
{
    struct peer *p = user;
    const size_t n = least(least(bytes, p->to_client_len - p->taken), p->piece ? p->piece : bytes);

    if (n == 0)
        return p->broken ? PC_IO_FAILED : PC_IO_AGAIN;
    memcpy(to, p->to_client + p->taken, n);
    p->taken += n;
    if (p->taken == p->to_client_len)
        p->taken = p->to_client_len = 0;
    return (int)n;
}

static void answer_upgrade(struct peer *p)
{
    static const char name[] = "Sec-WebSocket-Key: ";
    char accept[WS_KEY_CAP];
    size_t len = 0;
    const char *key;

    p->raw[p->raw_len] = '\0';
    add(p->request, sizeof p->request, &len, p->raw, p->raw_len);
    p->raw_len = 0;
    if (p->refuse) {
        reply(p, p->refuse);
        return;
    }
    key = strstr(p->request, name);
    if (!key)
        return;
    key += sizeof name - 1;
    ws_accept_of(accept, (struct str){key, strcspn(key, "\r")});
    reply(p, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: ");
    reply(p, accept);
    reply(p, "\r\n\r\n");
    p->upgraded = true;
}

/* Takes one masked frame off the front of what came; false when it is not whole. */
static bool take_frame(struct peer *p)
{
    static const char *const names[] = {"<close>\n", "<ping>\n", "<pong>\n"};
    unsigned char *b = p->raw;
    size_t len, head = 6;

    if (p->raw_len < 2)
        return false;
    len = b[1] & 0x7f;
    if (len == 126) {
        head = 8;
        if (p->raw_len < 4)
            return false;
        len = (size_t)b[2] << 8 | b[3];
    }
    if (p->raw_len < head + len)
        return false;
    for (size_t i = 0; i < len; i++)
        b[head + i] ^= b[head - 4 + (i & 3)];
    if ((b[0] & 0x0f) >= 8) {
        note(p, names[(b[0] & 0x0f) - 8], strlen(names[(b[0] & 0x0f) - 8]));
    } else {
        note(p, b + head, len);
        note(p, "\n", 1);
    }
    memmove(b, b + head + len, p->raw_len - head - len);
    p->raw_len -= head + len;
    return true;
}

static int on_write(void *user, const void *from, size_t bytes)
{
    struct peer *p = user;
    const size_t room = sizeof p->raw - 1 - p->raw_len;
    const size_t n = least(least(bytes, room), p->piece ? p->piece : bytes);

    if (p->deaf)
        return PC_IO_AGAIN;
    memcpy(p->raw + p->raw_len, from, n);
    p->raw_len += n;
    if (p->upgraded)
        while (take_frame(p))
            ;
    else if (p->raw_len >= 4 && memcmp(p->raw + p->raw_len - 4, "\r\n\r\n", 4) == 0)
        answer_upgrade(p);
    return (int)n;
}

static void on_close(void *user)
{
    struct peer *p = user;

    p->closes++;
    p->to_client_len = p->taken = 0;
}

/* ---- what the script calls ---- */

void peer_init(struct peer *p)
{
    memset(p, 0, sizeof *p);
    p->stream = (struct pc_stream){
        .connect = on_connect, .read = on_read, .write = on_write, .close = on_close, .user = p};
}

void peer_frame(struct peer *p, unsigned first_byte, const void *payload, size_t len)
{
    unsigned char head[4] = {(unsigned char)first_byte, (unsigned char)len};
    size_t head_len = 2;

    if (len > 125) {
        head[1] = 126;
        head[2] = (unsigned char)(len >> 8);
        head[3] = (unsigned char)len;
        head_len = 4;
    }
    add(p->to_client, sizeof p->to_client, &p->to_client_len, head, head_len);
    add(p->to_client, sizeof p->to_client, &p->to_client_len, payload, len);
}

void peer_says(struct peer *p, const char *text)
{
    peer_frame(p, 0x81, text, strlen(text));
}

void peer_large(struct peer *p, size_t bytes)
{
    char some[1000];
    unsigned first = 0x01;

    memset(some, 'x', sizeof some);
    for (; bytes > sizeof some; bytes -= sizeof some) {
        peer_frame(p, first, some, sizeof some);
        first = 0x00;
    }
    peer_frame(p, first | 0x80, some, bytes);
}

bool peer_got(const struct peer *p, const char *part)
{
    return strstr(p->from_client, part) != NULL;
}

void peer_forget(struct peer *p)
{
    p->from_client_len = 0;
    p->from_client[0] = '\0';
}
