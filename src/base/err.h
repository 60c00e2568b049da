/* src/base/err.h - what can go wrong, as one list of codes.
 *
 * Functions below cmd return one of these; none of them prints or exits. Where a
 * person must read the reason, a caller-owned struct fault is filled as well. */
#ifndef CHARGETOP_BASE_ERR_H
#define CHARGETOP_BASE_ERR_H

#define CT_ERR_MAP(X) \
    X(CT_OK, "success") \
    X(CT_ERR_NOMEM, "out of memory") \
    X(CT_ERR_RANGE, "value outside the permitted range") \
    X(CT_ERR_LIMIT, "input larger than its configured limit") \
    X(CT_ERR_SYNTAX, "text that could not be parsed") \
    X(CT_ERR_MISSING, "required value is missing") \
    X(CT_ERR_STATE, "not possible in the present state") \
    X(CT_ERR_IO, "reading or writing failed") \
    X(CT_ERR_NET, "the network refused or failed") \
    X(CT_ERR_TLS, "the secure connection was refused") \
    X(CT_ERR_AUTH, "authorization was refused") \
    X(CT_ERR_TIMEOUT, "no answer in time")
#define X(name, text) name,
enum ct_err { CT_ERR_MAP(X) CT_ERR_COUNT };
#undef X

/* A reason for a person: one line without a newline, never a secret. */
struct fault {
    enum ct_err err;
    char text[240];
};

/* Static English text, never NULL; any int is safe. */
const char *ct_strerror(enum ct_err err);

/* Fills *f (NULL is fine) with err and a formatted line; one too long ends
 * with "...". Returns err. */
enum ct_err fault_set(struct fault *f, enum ct_err err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
