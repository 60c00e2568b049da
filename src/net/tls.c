/* src/net/tls.c - which certificates are trusted, for which name, and what a refusal is called. */
#include "net/tls.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <arpa/inet.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <utlist.h>

#include "base/text.h"
#include "net/net_internal.h"
#include "net/url.h"

struct tls_entry {
    struct tls_entry *next;
    char *ca_file; /* NULL: the system store */
    off_t size;
    struct timespec changed;
    SSL_CTX *ctx;
};

struct net_tls {
    struct tls_entry *entries; /* one per ca_file that was ever named: the configuration's count */
};

enum net_failure net_tls_verify_failure(long verify_result)
{
    switch (verify_result) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return NET_TLS_HOST;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return NET_TLS_EXPIRED;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE: /* a CA of the same name with another key */
    case X509_V_ERR_INVALID_CA:
        return NET_TLS_ISSUER;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return NET_TLS_SELF;
    default:
        return NET_TLS_OTHER;
    }
}

static SSL_CTX *client_ctx_create(const char *ca_file, enum net_failure *failure)
{
    *failure = NET_NOMEM;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    if (!ctx)
        return NULL;
    const int loaded = ca_file ? SSL_CTX_load_verify_locations(ctx, ca_file, NULL)
                               : SSL_CTX_set_default_verify_paths(ctx);
    if (loaded != 1) {
        *failure = ca_file ? NET_CA_FILE : NET_TLS_OTHER;
        ERR_clear_error();
        SSL_CTX_free(ctx);
        return NULL;
    }
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION); /* a write could have to wait for a read */
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    return ctx;
}

static bool file_same(const struct tls_entry *e, const struct stat *now)
{
    return e->size == now->st_size && e->changed.tv_sec == now->st_mtim.tv_sec &&
           e->changed.tv_nsec == now->st_mtim.tv_nsec;
}

static struct tls_entry *entry_of(struct net_tls *tls, const char *ca_file)
{
    struct tls_entry *e;
    LL_FOREACH(tls->entries, e)
    {
        if (ca_file ? e->ca_file && strcmp(e->ca_file, ca_file) == 0 : !e->ca_file)
            return e;
    }
    e = calloc(1, sizeof(*e));
    if (!e)
        return NULL;
    if (ca_file && !(e->ca_file = strdup(ca_file))) {
        free(e);
        return NULL;
    }
    LL_PREPEND(tls->entries, e);
    return e;
}

SSL_CTX *net_tls_client(struct net_loop *loop, const char *ca_file, enum net_failure *failure)
{
    *failure = NET_NOMEM;
    if (!loop->tls)
        loop->tls = calloc(1, sizeof(*loop->tls));
    struct tls_entry *e = loop->tls ? entry_of(loop->tls, ca_file) : NULL;
    if (!e)
        return NULL;
    struct stat now = {0};
    if (ca_file && stat(ca_file, &now) != 0) {
        *failure = NET_CA_FILE;
        return NULL;
    }
    if (e->ctx && (!ca_file || file_same(e, &now)))
        return e->ctx;
    SSL_CTX *ctx = client_ctx_create(ca_file, failure);
    if (!ctx)
        return NULL;
    SSL_CTX_free(e->ctx); /* connections hold their own reference */
    e->ctx = ctx;
    e->size = now.st_size;
    e->changed = now.st_mtim;
    return ctx;
}

void net_tls_destroy(struct net_tls *tls)
{
    if (!tls)
        return;
    struct tls_entry *e, *next;
    LL_FOREACH_SAFE(tls->entries, e, next)
    {
        SSL_CTX_free(e->ctx);
        free(e->ca_file);
        free(e);
    }
    free(tls);
}

static bool is_address(const char *host)
{
    struct in6_addr six;
    struct in_addr four;
    return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1;
}

/* What a certificate can know of host: no zone of an address, no dot of the root (RFC 6066 3). */
static bool certified_name(const char *host, char name[URL_HOST_MAX])
{
    const size_t len = str_copy(name, URL_HOST_MAX, str_from(host));
    if (len < strlen(host))
        return false;
    if (strchr(name, ':'))
        name[strcspn(name, "%")] = '\0';
    else if (len > 1 && name[len - 1] == '.')
        name[len - 1] = '\0';
    return true;
}

/* The name in SNI and in the certificate. An address has no SNI (RFC 6066 3). */
static bool set_name(SSL *ssl, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    char name[URL_HOST_MAX]; /* not const: OpenSSL's macro casts it */
    if (!certified_name(host, name))
        return false;
    if (is_address(name))
        return X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1;
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set_tlsext_host_name(ssl, name) == 1 && SSL_set1_host(ssl, name) == 1;
}

enum net_failure net_tls_handshake_failure(unsigned long error)
{
    if (ERR_GET_LIB(error) != ERR_LIB_SSL)
        return NET_TLS_OTHER;
    switch (ERR_GET_REASON(error)) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_VERSION_TOO_HIGH:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_UNKNOWN_SSL_VERSION:
        return NET_TLS_VERSION;
    case SSL_R_WRONG_VERSION_NUMBER: /* the first bytes are no TLS record */
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
        return NET_TLS_NONE;
    default:
        return NET_TLS_OTHER;
    }
}

static SSL *ssl_with_memory(SSL_CTX *ctx)
{
    SSL *ssl = SSL_new(ctx);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    if (!ssl || !in || !out) {
        SSL_free(ssl);
        BIO_free(in);
        BIO_free(out);
        return NULL;
    }
    SSL_set_bio(ssl, in, out); /* ssl owns both now */
    return ssl;
}

SSL *net_tls_connect(SSL_CTX *ctx, const char *host, bool insecure)
{
    static const unsigned char http11[] = "\x08http/1.1";
    SSL *ssl = ssl_with_memory(ctx);
    if (!ssl)
        return NULL;
    if (insecure)
        SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
    if (!set_name(ssl, host) || SSL_set_alpn_protos(ssl, http11, sizeof(http11) - 1) != 0) {
        SSL_free(ssl);
        return NULL;
    }
    SSL_set_connect_state(ssl);
    return ssl;
}

/* ---- server ---- */

SSL_CTX *net_tls_server(const char *cert_file, const char *key_file, struct fault *fault)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    if (!ctx) {
        fault_set(fault, CT_ERR_NOMEM, "%s", ct_strerror(CT_ERR_NOMEM));
        return NULL;
    }
    char name[120];
    const char *bad = NULL;
    if (SSL_CTX_use_certificate_chain_file(ctx, cert_file) != 1)
        bad = cert_file;
    else if (SSL_CTX_use_PrivateKey_file(ctx, key_file, SSL_FILETYPE_PEM) != 1 ||
             SSL_CTX_check_private_key(ctx) != 1)
        bad = key_file;
    if (bad) {
        text_clean(name, sizeof(name), str_from(bad));
        fault_set(fault, CT_ERR_TLS, "%s %s cannot be used",
                  bad == cert_file ? "certificate" : "private key", name);
        ERR_clear_error();
        SSL_CTX_free(ctx);
        return NULL;
    }
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    return ctx;
}

void net_tls_free(SSL_CTX *ctx)
{
    SSL_CTX_free(ctx);
}

SSL *net_tls_accept(SSL_CTX *ctx)
{
    SSL *ssl = ssl_with_memory(ctx);
    if (ssl)
        SSL_set_accept_state(ssl);
    return ssl;
}
