/* tests/device/peer.h - the other end of a stream in memory: a WebSocket server that does what a script
 * says. Allocates nothing and prints nothing, so that it runs on any CPU. */
#ifndef CHARGETOP_TESTS_DEVICE_PEER_H
#define CHARGETOP_TESTS_DEVICE_PEER_H

#include <pusher/pc.h>

enum { PEER_IN_MAX = 32768, PEER_OUT_MAX = 4096 };

struct peer {
    struct pc_stream stream;     /* lent to the client; user is the peer */
    char to_client[PEER_IN_MAX]; /* bytes on their way */
    size_t to_client_len, taken;
    char from_client
        [PEER_OUT_MAX]; /* after the upgrade: messages, unmasked, one a line; pings as <ping>, ... */
    size_t from_client_len;
    unsigned char raw[1024]; /* of the frame or request that is not whole yet */
    size_t raw_len;
    size_t piece;                /* bytes per read or write; 0: as many as there are */
    const char *refuse;          /* answered instead of the upgrade */
    int connects, closes;        /* calls of the client */
    int slow_connect;            /* AGAIN this many times */
    bool upgraded, broken, deaf; /* broken: reads fail; deaf: writes give AGAIN */
    char request[512];
};

void peer_init(struct peer *p);
void peer_says(struct peer *p, const char *text); /* one text message */
void peer_frame(struct peer *p, unsigned first_byte, const void *payload, size_t len);
void peer_large(struct peer *p,
                size_t bytes); /* a message of that many bytes, in fragments of 1000 */
bool peer_got(const struct peer *p, const char *part); /* in what the client sent */
void peer_forget(struct peer *p);

#endif
