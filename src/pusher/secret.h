/* src/pusher/secret.h - payloads of encrypted channels: keys, opening and sealing (pusher-channels.md 6).
 *
 * The cipher is the secretbox of NaCl (XSalsa20-Poly1305) as libsodium has it; nonces come from the
 * caller, who must never give one twice with the same key: 24 random bytes are enough for that.
 * Built with PUSHER_NO_ENCRYPTION the same calls are there and give PUSHER_ERR_NO_ENCRYPTION, so
 * that a small device can do without libsodium. */
#ifndef CHARGETOP_PUSHER_SECRET_H
#define CHARGETOP_PUSHER_SECRET_H

#include "base/buf.h"
#include "pusher/err.h"

enum {
    PUSHER_KEY_BYTES = 32,
    PUSHER_KEY_BASE64 = 45, /* 44 characters and a terminator */
    PUSHER_NONCE_BYTES = 24,
    PUSHER_TAG_BYTES = 16,
    PUSHER_SECRET_PLAIN_MAX = 7619 /* bytes whose sealed data text is at most 10 240 bytes */
};

/* A master key or the key of one channel. Whoever holds one wipes it before its memory goes. */
struct pusher_key {
    unsigned char bytes[PUSHER_KEY_BYTES];
};

struct pusher_nonce {
    unsigned char bytes[PUSHER_NONCE_BYTES];
};

void pusher_key_wipe(struct pusher_key *key);
/* Overwrites bytes that held a secret, in a way no compiler leaves out. */
void pusher_wipe(void *bytes, size_t count);
/* In constant time. */
bool pusher_key_equal(const struct pusher_key *a, const struct pusher_key *b);

/* Standard base64 with padding (RFC 4648 4) of exactly 32 bytes, as a master key is configured and a
 * shared_secret arrives; no white space, no other alphabet, no stray bits. PUSHER_ERR_KEY otherwise,
 * with *out wiped. */
enum pusher_err pusher_key_from_base64(struct str base64, struct pusher_key *out);
void pusher_key_to_base64(const struct pusher_key *key, char out[PUSHER_KEY_BASE64]);

/* The key of one channel: SHA-256 over the channel's name followed by the master key. */
enum pusher_err pusher_key_of_channel(const struct pusher_key *master, struct str channel,
                                      struct pusher_key *out);
/* The same from a master secret of any length, as some server libraries allow. */
enum pusher_err pusher_key_of_secret(struct str master, struct str channel, struct pusher_key *out);

/* Opens the data text of an event, {"nonce":"<base64>","ciphertext":"<base64 tag+text>"}, onto the end
 * of *to, whose limit must be twice the size of data; *plain is borrowed from there. Members besides
 * those two do not matter.
 * PUSHER_ERR_BAD_DATA: not of that form (no other key would help). PUSHER_ERR_DECRYPT: the tag does
 * not fit the key. PUSHER_ERR_NOMEM, PUSHER_ERR_TOO_LARGE. On failure *to is as it was. */
enum pusher_err pusher_secret_open(const struct pusher_key *key, struct str data, struct buf *to,
                                   struct str *plain);

/* Appends the data text for `plain` to *to. PUSHER_ERR_NOMEM or PUSHER_ERR_TOO_LARGE (the limit of
 * *to) leave it as it was. Limits of an application are the caller's: see PUSHER_SECRET_PLAIN_MAX. */
enum pusher_err pusher_secret_seal(const struct pusher_key *key, const struct pusher_nonce *nonce,
                                   struct str plain, struct buf *to);

#endif
