/* src/net/tls_info.c - what a certificate says of itself, in words and Unix time. */
#include <string.h>
#include <time.h>

#include <arpa/inet.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "net/tls.h"

enum { DAY_S = 86400, NAME_MAX_BYTES = 120 };

/* Both ends as days and seconds from the epoch, so that no local time comes in. */
static int64_t unix_ms_of(const ASN1_TIME *at)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, seconds = 0;
    const bool known = epoch && at && ASN1_TIME_diff(&days, &seconds, epoch, at) == 1;
    ASN1_TIME_free(epoch);
    return known ? ((int64_t)days * DAY_S + seconds) * 1000 : 0;
}

static void text_of(const ASN1_STRING *from, char *to, size_t cap)
{
    unsigned char *utf8 = NULL;
    const int len = from ? ASN1_STRING_to_UTF8(&utf8, from) : -1;
    if (len > 0)
        text_clean(to, cap, (struct str){(const char *)utf8, (size_t)len});
    else
        to[0] = '\0';
    OPENSSL_free(utf8);
}

/* The common name; where there is none the organization. */
static void name_of(const X509_NAME *name, char *to, size_t cap)
{
    static const int wanted[] = {NID_commonName, NID_organizationName};
    to[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(wanted) && !to[0]; i++) {
        const int at = X509_NAME_get_index_by_NID(name, wanted[i], -1);
        if (at >= 0)
            text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)), to, cap);
    }
}

static void alternative(const GENERAL_NAME *name, char *to, size_t cap)
{
    to[0] = '\0';
    if (name->type == GEN_DNS) {
        text_of(name->d.dNSName, to, cap);
    } else if (name->type == GEN_IPADD) {
        const int len = ASN1_STRING_length(name->d.iPAddress);
        const unsigned char *bytes = ASN1_STRING_get0_data(name->d.iPAddress);
        if (len == 4)
            inet_ntop(AF_INET, bytes, to, (socklen_t)cap);
        else if (len == 16)
            inet_ntop(AF_INET6, bytes, to, (socklen_t)cap);
    }
}

static void names_of(X509 *cert, char *to, size_t cap)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    size_t len = 0;
    to[0] = '\0';
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        char one[NAME_MAX_BYTES];
        alternative(sk_GENERAL_NAME_value(names, i), one, sizeof(one));
        if (!one[0])
            continue;
        if (len + strlen(one) + sizeof(", ...") > cap) {
            str_format(to + len, cap - len, "%s...", len ? ", " : "");
            break;
        }
        len += str_format(to + len, cap - len, "%s%s", len ? ", " : "", one);
    }
    GENERAL_NAMES_free(names);
}

void net_tls_describe(SSL *ssl, struct net_tls_info *out)
{
    X509 *cert = SSL_get1_peer_certificate(ssl);
    *out = (struct net_tls_info){0};
    str_copy(out->protocol, sizeof(out->protocol), str_from(SSL_get_version(ssl)));
    str_copy(out->cipher, sizeof(out->cipher), str_from(SSL_get_cipher_name(ssl)));
    if (!cert)
        return;
    out->verified =
        SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE && SSL_get_verify_result(ssl) == X509_V_OK;
    name_of(X509_get_subject_name(cert), out->subject, sizeof(out->subject));
    name_of(X509_get_issuer_name(cert), out->issuer, sizeof(out->issuer));
    names_of(cert, out->names, sizeof(out->names));
    out->not_before_unix_ms = unix_ms_of(X509_get0_notBefore(cert));
    out->not_after_unix_ms = unix_ms_of(X509_get0_notAfter(cert));
    X509_free(cert);
    ERR_clear_error();
}
