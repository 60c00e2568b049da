/* src/pusher/err.h - faults of the protocol; its own list, so that the room can be lifted out. */
#ifndef CHARGETOP_PUSHER_ERR_H
#define CHARGETOP_PUSHER_ERR_H

#define PUSHER_ERR_MAP(X) \
    X(PUSHER_OK, "success") \
    X(PUSHER_ERR_NOMEM, "out of memory") \
    X(PUSHER_ERR_TOO_LARGE, "message larger than the limit") \
    X(PUSHER_ERR_NOT_UTF8, "message is not valid UTF-8") \
    X(PUSHER_ERR_NOT_JSON, "message is not a JSON object") \
    X(PUSHER_ERR_NO_EVENT, "message has no event name") \
    X(PUSHER_ERR_BAD_DATA, "data of a protocol message is not as the protocol says") \
    X(PUSHER_ERR_BAD_CHANNEL, "channel name is empty, too long or has forbidden characters") \
    X(PUSHER_ERR_NOT_SUBSCRIBED, "not subscribed to that channel") \
    X(PUSHER_ERR_NOT_CLIENT_EVENT, "client event names begin with client-") \
    X(PUSHER_ERR_NOT_PRIVATE, "client events need a private or presence channel") \
    X(PUSHER_ERR_RATE, "more than 10 client events in a second") \
    X(PUSHER_ERR_NOT_CONNECTED, "not connected") \
    X(PUSHER_ERR_LIMIT, "a configured limit is reached") \
    X(PUSHER_ERR_AUTH, "authorization answer is unusable") \
    X(PUSHER_ERR_PONG_TIMEOUT, "the server did not answer a ping") \
    X(PUSHER_ERR_HELLO_TIMEOUT, "the server did not greet in time") \
    X(PUSHER_ERR_CONNECT_TIMEOUT, "the connection could not be opened in time") \
    X(PUSHER_ERR_SUBSCRIBE_TIMEOUT, "the server did not confirm a subscription in time") \
    X(PUSHER_ERR_SERVER, "the server reported an error") \
    X(PUSHER_ERR_KEY, "an encryption key is not 32 bytes in base64") \
    X(PUSHER_ERR_DECRYPT, "decryption failure") \
    X(PUSHER_ERR_NO_ENCRYPTION, "built without encrypted channels") \
    X(PUSHER_ERR_CLIENT_EVENT, "the server refused a client event") \
    X(PUSHER_ERR_SIGNIN_TIMEOUT, "the server did not answer the sign-in")
#define X(name, text) name,
enum pusher_err { PUSHER_ERR_MAP(X) PUSHER_ERR_COUNT };
#undef X

const char *pusher_strerror(enum pusher_err err); /* static, never NULL, any int is safe */

#endif
