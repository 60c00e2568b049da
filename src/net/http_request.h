/* src/net/http_request.h - one request as http.c keeps it: copied, queued, tried, answered. */
#ifndef CHARGETOP_NET_HTTP_REQUEST_H
#define CHARGETOP_NET_HTTP_REQUEST_H

#include <curl/curl.h>

#include "base/buf.h"
#include "net/http.h"

enum http_stage { HTTP_QUEUED, HTTP_RUNNING, HTTP_PAUSED };

struct http_job {
    struct http_job *prev, *next; /* utlist, in the queue while HTTP_QUEUED */
    struct http *http;
    uint64_t id;
    enum http_stage stage;
    http_fn *fn;
    void *user;

    char *method, *url;
    struct curl_slist *headers;
    char *body;
    size_t body_len;
    uint32_t timeout_ms, retries, tries;

    struct net_timer *pause; /* before the next try */
    CURL *easy;              /* while HTTP_RUNNING */
    uint64_t started_ms;
    struct buf answer; /* limit: the request's body_max_bytes */
    bool too_large;
    bool token_refresh_required;
    bool retry_after_given;
    uint64_t retry_after_ms;
    int64_t server_unix_ms;
    bool tls_told;
    char error[CURL_ERROR_SIZE];
};

/* http.c: a server answered over TLS; described once a try. */
struct ssl_st;
void http_saw_tls(struct http *h, struct ssl_st *ssl, const char *url);

/* Copies request; *out is NULL on error. CT_ERR_SYNTAX: a header with a line break. */
enum ct_err http_job_create(struct http_job **out, const struct http_request *request);
void http_job_destroy(struct http_job *job);
/* Forgets the answer of the try before. */
void http_job_reset(struct http_job *job);
/* Sets up job->easy for a try. Headers and bodies arrive in the job. */
enum ct_err http_job_arm(struct http_job *job, const char *ca_file, bool insecure,
                         const char *user_agent);
/* Why curl gave up; NET_OK for CURLE_OK. */
enum net_failure http_job_failure(const struct http_job *job, CURLcode code);
/* What a person may read about it: no header, no body, no query. */
void http_job_text(const struct http_job *job, int32_t status, enum net_failure failure, char *to,
                   size_t cap);

#endif
