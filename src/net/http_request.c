/* src/net/http_request.c - how a request is told to curl, and how curl's codes are read. */
#include "net/http_request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/x509_vfy.h>

#include "base/text.h"
#include "net/proxy.h"
#include "net/retry.h"
#include "net/tls.h"
#include "net/url.h"

enum { DEFAULT_TIMEOUT_MS = 10000, DEFAULT_BODY_MAX_BYTES = 64 * 1024 };

static bool one_line(const char *text)
{
    return strpbrk(text, "\r\n") == NULL;
}

static enum ct_err copy_headers(struct http_job *job, const struct http_request *request)
{
    for (size_t i = 0; i < HTTP_HEADERS_MAX && request->headers[i]; i++) {
        if (!one_line(request->headers[i]))
            return CT_ERR_SYNTAX;
        struct curl_slist *longer = curl_slist_append(job->headers, request->headers[i]);
        if (!longer)
            return CT_ERR_NOMEM;
        job->headers = longer;
    }
    /* No "Expect: 100-continue": bodies are small, and some servers never answer it. */
    struct curl_slist *longer = curl_slist_append(job->headers, "Expect:");
    if (!longer)
        return CT_ERR_NOMEM;
    job->headers = longer;
    return CT_OK;
}

static enum ct_err copy_texts(struct http_job *job, const struct http_request *request)
{
    job->method = strdup(request->method);
    job->url = strdup(request->url);
    if (!job->method || !job->url)
        return CT_ERR_NOMEM;
    if (request->body.len == 0)
        return CT_OK;
    job->body = malloc(request->body.len);
    if (!job->body)
        return CT_ERR_NOMEM;
    memcpy(job->body, request->body.ptr, request->body.len);
    job->body_len = request->body.len;
    return CT_OK;
}

enum ct_err http_job_create(struct http_job **out, const struct http_request *request)
{
    *out = NULL;
    if (!request->method || !request->url || !one_line(request->method))
        return CT_ERR_SYNTAX;
    struct http_job *job = calloc(1, sizeof(*job));
    if (!job)
        return CT_ERR_NOMEM;
    size_t limit = request->body_max_bytes ? request->body_max_bytes : DEFAULT_BODY_MAX_BYTES;
    if (limit > HTTP_BODY_MAX_BYTES)
        limit = HTTP_BODY_MAX_BYTES;
    buf_init(&job->answer, limit);
    job->timeout_ms = request->timeout_ms ? request->timeout_ms : DEFAULT_TIMEOUT_MS;
    job->retries = request->retries;
    enum ct_err err = copy_headers(job, request);
    if (err == CT_OK)
        err = copy_texts(job, request);
    if (err != CT_OK) {
        http_job_destroy(job);
        return err;
    }
    *out = job;
    return CT_OK;
}

void http_job_destroy(struct http_job *job)
{
    net_timer_destroy(job->pause);
    curl_slist_free_all(job->headers);
    buf_clear(&job->answer);
    free(job->method);
    free(job->url);
    free(job->body);
    free(job);
}

void http_job_reset(struct http_job *job)
{
    buf_reset(&job->answer);
    job->too_large = job->token_refresh_required = job->retry_after_given = false;
    job->retry_after_ms = 0;
    job->server_unix_ms = 0;
    job->error[0] = '\0';
}

static size_t take_body(char *bytes, size_t size, size_t count, void *user)
{
    struct http_job *job = user;
    const size_t len = size * count; /* size is always 1 */
    if (buf_append(&job->answer, (struct str){bytes, len}) != CT_OK) {
        job->too_large = true;
        return 0; /* curl ends the transfer */
    }
    return len;
}

static bool header_is(struct str line, struct str name, struct str *value)
{
    if (line.len <= name.len || line.ptr[name.len] != ':' ||
        !str_eq_nocase((struct str){line.ptr, name.len}, name))
        return false;
    *value = str_trim((struct str){line.ptr + name.len + 1, line.len - name.len - 1});
    return true;
}

/* OpenSSL's connection is to be had only while curl holds it. */
static void look_at_tls(struct http_job *job)
{
    struct curl_tlssessioninfo *tls = NULL;

    if (job->tls_told || !str_starts(str_from(job->url), STR("https:")))
        return;
    job->tls_told = true;
    if (curl_easy_getinfo(job->easy, CURLINFO_TLS_SSL_PTR, &tls) == CURLE_OK && tls &&
        tls->backend == CURLSSLBACKEND_OPENSSL && tls->internals)
        http_saw_tls(job->http, tls->internals, job->url);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *user)
{
    struct http_job *job = user;
    const struct str line = {bytes, size * count};
    struct str value;
    look_at_tls(job);
    if (str_starts(line, STR("HTTP/"))) /* a proxy's 200 or a 1xx came before */
        http_job_reset(job);
    else if (header_is(line, STR("Date"), &value))
        http_date_parse(value, &job->server_unix_ms);
    else if (header_is(line, STR("Retry-After"), &value))
        job->retry_after_given = retry_after_parse(value, net_unix_ms(), &job->retry_after_ms);
    else if (header_is(line, STR("Token-Refresh-Required"), &value))
        job->token_refresh_required = str_eq(value, STR("1")) || str_eq_nocase(value, STR("true"));
    return line.len;
}

static CURLcode arm_body(struct http_job *job)
{
    CURL *e = job->easy;
    CURLcode err = CURLE_OK;
    if (strcmp(job->method, "GET") == 0 && job->body_len == 0)
        return curl_easy_setopt(e, CURLOPT_HTTPGET, 1L);
    if (strcmp(job->method, "HEAD") == 0)
        return curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
    if (strcmp(job->method, "POST") == 0 || job->body_len > 0) {
        err = curl_easy_setopt(e, CURLOPT_POST, 1L);
        if (err == CURLE_OK)
            err = curl_easy_setopt(e, CURLOPT_POSTFIELDS, job->body ? job->body : "");
        if (err == CURLE_OK)
            err = curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)job->body_len);
    }
    if (err == CURLE_OK && strcmp(job->method, "POST") != 0)
        err = curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, job->method);
    return err;
}

static CURLcode arm_tls(CURL *e, const char *ca_file, bool insecure)
{
    CURLcode err = curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (err == CURLE_OK && ca_file) { /* instead of the system store, not beside it */
        err = curl_easy_setopt(e, CURLOPT_CAINFO, ca_file);
        if (err == CURLE_OK)
            err = curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    }
    if (err == CURLE_OK && insecure) {
        err = curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L);
        if (err == CURLE_OK)
            err = curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    return err;
}

static CURLcode arm_proxy(const struct http_job *job)
{
    struct url url;
    const bool near = url_parse(str_from(job->url), &url) && proxy_never_for(url.host);
    return near ? curl_easy_setopt(job->easy, CURLOPT_PROXY, "") : CURLE_OK;
}

/* Failures of setopt are failures of memory; all are looked at. */
enum ct_err http_job_arm(struct http_job *job, const char *ca_file, bool insecure,
                         const char *user_agent)
{
    CURL *e = job->easy;
    curl_easy_reset(e); /* connections, DNS and TLS sessions stay */
    http_job_reset(job);
    const bool ok = curl_easy_setopt(e, CURLOPT_URL, job->url) == CURLE_OK &&
                    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
                    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
                    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
                    /* Else a request that ends during a slow DNS lookup stops the loop for it. */
                    curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
                    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)job->timeout_ms) == CURLE_OK &&
                    curl_easy_setopt(e, CURLOPT_HTTPHEADER, job->headers) == CURLE_OK &&
                    curl_easy_setopt(e, CURLOPT_USERAGENT, user_agent) == CURLE_OK &&
                    curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK &&
                    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, job->error) == CURLE_OK &&
                    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
                    curl_easy_setopt(e, CURLOPT_WRITEDATA, job) == CURLE_OK &&
                    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
                    curl_easy_setopt(e, CURLOPT_HEADERDATA, job) == CURLE_OK &&
                    curl_easy_setopt(e, CURLOPT_PRIVATE, job) == CURLE_OK &&
                    arm_proxy(job) == CURLE_OK && arm_tls(e, ca_file, insecure) == CURLE_OK &&
                    arm_body(job) == CURLE_OK;
    return ok ? CT_OK : CT_ERR_NOMEM;
}

/* ---- what went wrong ---- */

static enum net_failure connect_failure(const struct http_job *job)
{
    long number = 0;
    curl_easy_getinfo(job->easy, CURLINFO_OS_ERRNO, &number);
    switch (number) {
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:
        return NET_UNREACHABLE;
    case ETIMEDOUT:
        return NET_TIMEOUT;
    default:
        return NET_REFUSED;
    }
}

static enum net_failure verify_failure(const struct http_job *job)
{
    long result = X509_V_OK;
    curl_easy_getinfo(job->easy, CURLINFO_SSL_VERIFYRESULT, &result);
    /* curl compares the name itself, after OpenSSL was content with the chain and before it sets
     * the result, which begins as "unspecified". */
    return result == X509_V_OK || result == X509_V_ERR_UNSPECIFIED ? NET_TLS_HOST
                                                                   : net_tls_verify_failure(result);
}

static bool proxy_refused(const struct http_job *job)
{
    long status = 0;
    curl_easy_getinfo(job->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    return status != 0 && status / 100 != 2;
}

/* curl keeps OpenSSL's error as text only: "error:0A00010B:SSL routines::wrong version number". */
static enum net_failure connect_error(const struct http_job *job)
{
    const char *at = strstr(job->error, "error:");
    char *end = NULL;
    const unsigned long error = at ? strtoul(at + sizeof "error:" - 1, &end, 16) : 0;

    return end && *end == ':' ? net_tls_handshake_failure(error) : NET_TLS_OTHER;
}

enum net_failure http_job_failure(const struct http_job *job, CURLcode code)
{
    if (code == CURLE_OK)
        return NET_OK;
    if (job->too_large)
        return NET_TOO_LARGE;
    if (proxy_refused(job))
        return NET_PROXY;
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return NET_DNS;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
        return NET_PROXY;
    case CURLE_COULDNT_CONNECT:
        return connect_failure(job);
    case CURLE_OPERATION_TIMEDOUT:
        return NET_TIMEOUT;
    case CURLE_PEER_FAILED_VERIFICATION:
        return verify_failure(job);
    case CURLE_SSL_CACERT_BADFILE:
        return NET_CA_FILE;
    case CURLE_SSL_CONNECT_ERROR:
        return connect_error(job);
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
        return NET_TLS_OTHER;
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
        return NET_CLOSED;
    case CURLE_OUT_OF_MEMORY:
        return NET_NOMEM;
    default:
        return NET_PROTOCOL;
    }
}

void http_job_text(const struct http_job *job, int32_t status, enum net_failure failure, char *to,
                   size_t cap)
{
    struct url url;
    char host[URL_HOST_MAX] = "?";
    if (url_parse(str_from(job->url), &url))
        text_clean(host, sizeof(host), str_from(url.host));
    if (failure == NET_OK)
        str_format(to, cap, "HTTP %d", (int)status);
    else
        str_format(to, cap, "%s: %s", host, net_failure_name(failure));
}
