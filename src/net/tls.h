/* src/net/tls.h - TLS contexts, kept per loop because loading the system store blocks for 20 ms,
 * and the meaning of OpenSSL's verification results. */
#ifndef CHARGETOP_NET_TLS_H
#define CHARGETOP_NET_TLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/failure.h"
#include "net/loop.h"

struct ssl_ctx_st; /* OpenSSL's SSL_CTX */
struct ssl_st;     /* OpenSSL's SSL */

enum { NET_TLS_TEXT_MAX = 160 };

/* What is known of an encrypted connection and of the certificate that the peer showed. */
struct net_tls_info {
    char protocol[16], cipher[48]; /* "TLSv1.3", "TLS_AES_256_GCM_SHA384" */
    char subject[NET_TLS_TEXT_MAX], issuer[NET_TLS_TEXT_MAX]; /* common name, else organization */
    char names[NET_TLS_TEXT_MAX]; /* DNS names and addresses, by ", "; cut with "..." */
    int64_t not_before_unix_ms, not_after_unix_ms; /* 0: unknown */
    bool verified;                                 /* chain and name were checked and are good */
};

/* After the handshake, also a refused one of an insecure connection; text is cleaned. */
void net_tls_describe(struct ssl_st *ssl, struct net_tls_info *out);

/* The name for an X509_V_ERR_ value. */
enum net_failure net_tls_verify_failure(long verify_result);

/* The name for OpenSSL's packed error of a handshake that failed before any certificate was judged. */
enum net_failure net_tls_handshake_failure(unsigned long error);

/* A client context that trusts ca_file alone, or the system store when it is NULL. Borrowed, kept
 * until the loop ends; a ca_file that changed on disk is read again. NULL with *failure set to
 * NET_CA_FILE, NET_TLS_OTHER or NET_NOMEM. */
struct ssl_ctx_st *net_tls_client(struct net_loop *loop, const char *ca_file,
                                  enum net_failure *failure);

/* A client connection with memory BIOs, its name set for SNI and verification. NULL: memory. */
struct ssl_st *net_tls_connect(struct ssl_ctx_st *ctx, const char *host, bool insecure);

/* A server context from a PEM chain and key; owned by the caller, freed by net_tls_free. NULL with
 * *fault filled. */
struct ssl_ctx_st *net_tls_server(const char *cert_file, const char *key_file, struct fault *fault);
void net_tls_free(struct ssl_ctx_st *ctx); /* NULL is fine */
struct ssl_st *net_tls_accept(struct ssl_ctx_st *ctx);

#endif
