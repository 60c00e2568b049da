/* src/net/failure.c - the words for what went wrong on the way to a peer. */
#include "net/failure.h"

#include <stddef.h>

struct words {
    const char *cause, *name, *advice;
};

static const struct words failure_words[] = {
    [NET_OK] = {"", "no failure", "nothing to do"},
    [NET_DNS] = {"dns", "host name not found", "check the host name and the DNS of this machine"},
    [NET_REFUSED] = {"refused", "connection refused",
                     "check host and port, and whether the server runs"},
    [NET_UNREACHABLE] = {"unreachable", "network unreachable",
                         "check the network connection of this machine"},
    [NET_TIMEOUT] = {"timeout", "no answer in time",
                     "a firewall may drop the packets, or the server hangs"},
    [NET_PROXY] = {"proxy", "proxy failed",
                   "check https_proxy, http_proxy and no_proxy in the environment"},
    [NET_TLS_HOST] = {"tls-host", "certificate is for another host",
                      "check the host name; the server presents another name's certificate"},
    [NET_TLS_EXPIRED] = {"tls-expired", "certificate expired or not yet valid",
                         "check this machine's clock; else the server must renew its certificate"},
    [NET_TLS_ISSUER] = {"tls-issuer", "certificate issuer unknown",
                        "if you trust the server, name its CA certificate with --ca-file"},
    [NET_TLS_SELF] = {"tls-self-signed", "certificate signed by itself",
                      "if it is your server, name that certificate with --ca-file"},
    [NET_TLS_VERSION] = {"tls-version", "no TLS version in common",
                         "the server must offer TLS 1.2 or 1.3"},
    [NET_TLS_NONE] = {"tls-none", "no TLS on this port",
                      "check the port, or connect without TLS (--no-tls)"},
    [NET_TLS_OTHER] = {"tls", "TLS handshake failed",
                       "check the port and whether it speaks TLS (--tls, --no-tls)"},
    [NET_CA_FILE] = {"ca-file", "CA file unreadable",
                     "check the path and the PEM content of the CA file"},
    [NET_HTTP_STATUS] = {"", "HTTP refusal", "check the path, the key and the credentials"},
    [NET_CLOSED] = {"closed", "connection closed by the peer",
                    "the server or something between cut it"},
    [NET_PROTOCOL] = {"protocol", "protocol violation",
                      "check host and port: the peer spoke something else"},
    [NET_TOO_LARGE] = {"too-large", "answer too large",
                       "the peer sent more than this program accepts"},
    [NET_NOMEM] = {"no-memory", "out of memory", "close other programs on this machine"},
};

static const struct words *words_of(enum net_failure f)
{
    static const struct words unknown = {"", "unknown failure", "see the connection log"};
    return (unsigned)f < COUNT_OF(failure_words) ? &failure_words[f] : &unknown;
}

const char *net_failure_name(enum net_failure f)
{
    return words_of(f)->name;
}

const char *net_failure_cause(enum net_failure f)
{
    return words_of(f)->cause;
}

const char *net_status_advice(int status)
{
    if (status == 429)
        return "too many requests; wait, it is asked again by itself";
    if (status >= 500)
        return "wait, or look at the server itself";
    return failure_words[NET_HTTP_STATUS].advice;
}

const char *net_failure_advice(enum net_failure f)
{
    return words_of(f)->advice;
}
