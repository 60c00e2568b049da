/* tests/support/certs.c - X.509 by OpenSSL's own functions; EC keys, since RSA's take their time. */
#include "support/certs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

enum { DAY_S = 24 * 60 * 60 };

static const char LOCAL[] = "DNS:localhost,IP:127.0.0.1,IP:::1";

static EVP_PKEY *make_key(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    assert_non_null(key);
    return key;
}

static void extend(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    assert_non_null(e);
    assert_int_equal(X509_add_ext(x, e, -1), 1);
    X509_EXTENSION_free(e);
}

/* names NULL: an authority. issuer NULL: signed by itself. */
static X509 *make_cert(const char *cn, const char *names, EVP_PKEY *key, X509 *issuer,
                       EVP_PKEY *issuer_key, long from_s, long to_s)
{
    static const char ca_names[] = "critical,CA:TRUE";
    X509 *x = X509_new();
    assert_non_null(x);
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), (long)(uintptr_t)x & 0xffffff);
    X509_gmtime_adj(X509_getm_notBefore(x), from_s);
    X509_gmtime_adj(X509_getm_notAfter(x), to_s);
    X509_set_pubkey(x, key);
    X509_NAME *name = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)cn, -1, -1, 0);
    X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : name);
    extend(x, issuer ? issuer : x, NID_basic_constraints, names ? "CA:FALSE" : ca_names);
    if (names)
        extend(x, issuer ? issuer : x, NID_subject_alt_name, names);
    assert_true(X509_sign(x, issuer_key ? issuer_key : key, EVP_sha256()) > 0);
    return x;
}

static void path_in(char *to, size_t cap, const struct certs *c, const char *file)
{
    assert_true(snprintf(to, cap, "%s/%s", c->dir, file) < (int)cap);
}

/* Takes x. */
static void save(char *to, size_t cap, const struct certs *c, const char *file, X509 *x)
{
    path_in(to, cap, c, file);
    FILE *f = fopen(to, "wb");
    assert_non_null(f);
    assert_int_equal(PEM_write_X509(f, x), 1);
    fclose(f);
    X509_free(x);
}

static void save_key(struct certs *c, EVP_PKEY *key)
{
    path_in(c->key, sizeof(c->key), c, "key.pem");
    FILE *f = fopen(c->key, "wb");
    assert_non_null(f);
    assert_int_equal(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(f);
}

void certs_make(struct certs *c)
{
    *c = (struct certs){.dir = "/tmp/chargetop-certs-XXXXXX"};
    assert_non_null(mkdtemp(c->dir));
    EVP_PKEY *ca_key = make_key(), *other_key = make_key(), *key = make_key();
    X509 *ca = make_cert("Test CA", NULL, ca_key, NULL, NULL, -DAY_S, DAY_S);
    X509 *other = make_cert("Other CA", NULL, other_key, NULL, NULL, -DAY_S, DAY_S);
    save_key(c, key);
    save(c->good, sizeof(c->good), c, "good.pem",
         make_cert("good", LOCAL, key, ca, ca_key, -DAY_S, DAY_S));
    save(c->wrong_host, sizeof(c->wrong_host), c, "wrong_host.pem",
         make_cert("wrong", "DNS:other.example,IP:192.0.2.1", key, ca, ca_key, -DAY_S, DAY_S));
    save(c->expired, sizeof(c->expired), c, "expired.pem",
         make_cert("expired", LOCAL, key, ca, ca_key, -2 * DAY_S, -DAY_S));
    save(c->future, sizeof(c->future), c, "future.pem",
         make_cert("future", LOCAL, key, ca, ca_key, DAY_S, 2 * DAY_S));
    save(c->stranger, sizeof(c->stranger), c, "stranger.pem",
         make_cert("stranger", LOCAL, key, other, other_key, -DAY_S, DAY_S));
    save(c->self_signed, sizeof(c->self_signed), c, "self_signed.pem",
         make_cert("self", LOCAL, key, NULL, NULL, -DAY_S, DAY_S));
    save(c->ca, sizeof(c->ca), c, "ca.pem", ca);
    X509_free(other);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(other_key);
    EVP_PKEY_free(key);
}

void certs_remove(struct certs *c)
{
    const char *const files[] = {c->key,     c->ca,     c->good,     c->wrong_host,
                                 c->expired, c->future, c->stranger, c->self_signed};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        unlink(files[i]);
    rmdir(c->dir);
}
