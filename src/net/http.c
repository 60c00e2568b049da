/* src/net/http.c - curl's multi handle as a guest of libuv, and who may use it when. */
#include "net/http.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <utlist.h>
#include <uv.h>

#include "base/rng.h"
#include "net/http_request.h"
#include "net/net_internal.h"
#include "net/retry.h"
#include "net/tls.h"
#include "net/url.h"

enum { IN_FLIGHT_DEFAULT = 16, IN_FLIGHT_MAX = 256, TEXT_CAP = 400 };

/* A socket of curl's under libuv. */
struct http_socket {
    struct net_handle handle;
    struct http *http;
    curl_socket_t fd;
};

/* An id is its slot's index and the number of times that slot was used, so that a late cancel
 * cannot hit a stranger. */
struct http_slot {
    struct http_job *job;
    uint32_t uses;
};

struct http {
    struct net_loop *loop;
    CURLM *multi;
    struct net_timer *timer; /* curl's */
    struct net_timer *kick;  /* starts queued jobs from the loop, never from a caller's stack */
    struct rng rng;
    char *ca_file, *user_agent;
    bool insecure;
    CURL *idle[IN_FLIGHT_MAX]; /* reused easy handles */
    size_t idle_count;
    size_t in_flight, in_flight_max;
    struct http_job *queue;
    struct http_slot *slots;
    size_t slot_count, slot_cap, job_count;
    size_t *free_slots; /* stack of slot indices; as long as slots */
    size_t free_count;
    uint32_t depth; /* of calls into user code; a destroyed http waits for 0 */
    bool destroyed;
    struct net_tls_info tls; /* of the certificate that ends first */
    char tls_host[256];      /* "": none seen yet */
    uint64_t tls_seen_ms;
    bool timer_told; /* curl has asked for a time since it was last woken by one */
};

/* ---- slots ---- */

static bool slots_grow(struct http *h)
{
    const size_t cap = h->slot_cap ? h->slot_cap * 2 : 64; /* bounded by HTTP_QUEUE_MAX below */
    struct http_slot *slots = realloc(h->slots, cap * sizeof(*slots));
    if (!slots)
        return false;
    h->slots = slots;
    size_t *free_slots = realloc(h->free_slots, cap * sizeof(*free_slots));
    if (!free_slots)
        return false;
    h->free_slots = free_slots;
    h->slot_cap = cap;
    return true;
}

static bool slot_take(struct http *h, struct http_job *job)
{
    size_t index = h->slot_count;
    if (h->free_count > 0) {
        index = h->free_slots[--h->free_count];
    } else {
        if (h->slot_count == h->slot_cap && !slots_grow(h))
            return false;
        h->slots[h->slot_count++] = (struct http_slot){NULL, 0};
    }
    h->slots[index].job = job;
    h->slots[index].uses++;
    job->id = (uint64_t)h->slots[index].uses << 32 | index;
    h->job_count++;
    return true;
}

static struct http_job *job_of(const struct http *h, uint64_t id)
{
    const size_t index = (size_t)(id & UINT32_MAX);
    if (index >= h->slot_count || h->slots[index].uses != id >> 32)
        return NULL;
    return h->slots[index].job;
}

static void slot_give_back(struct http *h, const struct http_job *job)
{
    const size_t index = (size_t)(job->id & UINT32_MAX);
    h->slots[index].job = NULL;
    h->free_slots[h->free_count++] = index;
    h->job_count--;
}

/* ---- easy handles ---- */

static void easy_release(struct http *h, struct http_job *job)
{
    curl_multi_remove_handle(h->multi, job->easy);
    if (h->idle_count < COUNT_OF(h->idle))
        h->idle[h->idle_count++] = job->easy;
    else
        curl_easy_cleanup(job->easy);
    job->easy = NULL;
    h->in_flight--;
}

static void job_drop(struct http *h, struct http_job *job)
{
    if (job->stage == HTTP_QUEUED)
        DL_DELETE(h->queue, job);
    if (job->easy)
        easy_release(h, job);
    slot_give_back(h, job);
    http_job_destroy(job);
}

static void kick(struct http *h)
{
    if (!h->destroyed)
        net_timer_at(h->kick, 0);
}

/* ---- answers ---- */

/* Tells the user and forgets the job. The caller holds h->depth, since the user may destroy h. */
static void job_answer(struct http *h, struct http_job *job, int32_t status,
                       enum net_failure failure)
{
    char text[TEXT_CAP];
    http_job_text(job, status, failure, text, sizeof(text));
    const struct http_answer answer = {
        .status = status,
        .failure = failure,
        .body = buf_str(&job->answer),
        .text = text,
        .tries = job->tries,
        .took_ms = (uint32_t)(net_now_ms(h->loop) - job->started_ms),
        .retry_after_ms = job->retry_after_ms,
        .server_unix_ms = job->server_unix_ms,
        .token_refresh_required = job->token_refresh_required,
    };
    slot_give_back(h, job); /* before the call: cancelling it from there must not find it */
    job->fn(job->user, &answer);
    http_job_destroy(job);
}

static bool worth_retrying(int32_t status, enum net_failure failure)
{
    switch (failure) {
    case NET_OK:
        return status == 429 || status >= 500;
    case NET_DNS:
    case NET_REFUSED:
    case NET_UNREACHABLE:
    case NET_TIMEOUT:
    case NET_PROXY:
    case NET_CLOSED:
        return true;
    default: /* a certificate, a limit or a broken peer will be the same in a second */
        return false;
    }
}

static void pause_over(void *user)
{
    struct http_job *job = user;
    job->stage = HTTP_QUEUED;
    DL_PREPEND(job->http->queue, job); /* it has waited already */
    kick(job->http);
}

static bool job_pause(struct http *h, struct http_job *job)
{
    uint64_t wait_ms = retry_delay_ms(job->tries, &h->rng);
    if (job->retry_after_given)
        wait_ms =
            job->retry_after_ms < RETRY_AFTER_MAX_MS ? job->retry_after_ms : RETRY_AFTER_MAX_MS;
    if (!job->pause)
        job->pause = net_timer_create(h->loop, pause_over, job);
    if (!job->pause)
        return false;
    job->stage = HTTP_PAUSED;
    net_timer_at(job->pause, net_now_ms(h->loop) + wait_ms);
    return true;
}

static void job_done(struct http *h, struct http_job *job, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &status);
    const enum net_failure failure = http_job_failure(job, code);
    easy_release(h, job);
    job->stage = HTTP_PAUSED; /* neither queued nor running */
    kick(h);
    if (failure != NET_OK)
        status = 0;
    if (job->tries <= job->retries && worth_retrying((int32_t)status, failure) && job_pause(h, job))
        return;
    job_answer(h, job, (int32_t)status, failure);
}

static void free_when_done(struct http *h)
{
    if (h->destroyed && h->depth == 0)
        free(h);
}

static void take_finished(struct http *h)
{
    int left = 0;
    CURLMsg *message;
    h->depth++; /* h outlives this loop even when a user destroys it */
    while (!h->destroyed && (message = curl_multi_info_read(h->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        struct http_job *job = NULL;
        const CURLcode code = message->data.result; /* the message dies with the handle */
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&job);
        job_done(h, job, code);
    }
    h->depth--;
    free_when_done(h);
}

/* ---- the queue ---- */

static bool job_start(struct http *h, struct http_job *job)
{
    DL_DELETE(h->queue, job);
    job->stage = HTTP_RUNNING;
    job->easy = h->idle_count > 0 ? h->idle[--h->idle_count] : curl_easy_init();
    h->in_flight++;
    job->tries++;
    job->started_ms = net_now_ms(h->loop);
    if (job->easy && http_job_arm(job, h->ca_file, h->insecure, h->user_agent) == CT_OK &&
        curl_multi_add_handle(h->multi, job->easy) == CURLM_OK)
        return true;
    if (job->easy)
        easy_release(h, job);
    else
        h->in_flight--;
    job->stage = HTTP_PAUSED;
    return false;
}

static void start_queued(void *user)
{
    struct http *h = user;
    h->depth++;
    while (!h->destroyed && h->queue && h->in_flight < h->in_flight_max) {
        struct http_job *job = h->queue;
        if (!job_start(h, job))
            job_answer(h, job, 0, NET_NOMEM);
    }
    h->depth--;
    free_when_done(h);
}

/* ---- curl under libuv ---- */

static void socket_ready(uv_poll_t *uv, int status, int events)
{
    struct http_socket *s = uv->data;
    struct http *h = s->http;
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    int running = 0;
    curl_multi_socket_action(h->multi, s->fd, flags, &running);
    take_finished(h);
}

static struct http_socket *socket_create(struct http *h, curl_socket_t fd)
{
    struct http_socket *s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    s->http = h;
    s->fd = fd;
    if (uv_poll_init_socket(&h->loop->uv, &s->handle.uv.poll, fd) != 0) {
        free(s);
        return NULL;
    }
    net_handle_add(h->loop, &s->handle, net_handle_close);
    curl_multi_assign(h->multi, fd, s);
    return s;
}

static int socket_wanted(CURL *easy, curl_socket_t fd, int what, void *user, void *socket_user)
{
    (void)easy;
    struct http *h = user;
    struct http_socket *s = socket_user;
    if (what == CURL_POLL_REMOVE) {
        if (s) {
            curl_multi_assign(h->multi, fd, NULL);
            uv_poll_stop(&s->handle.uv.poll); /* now: curl closes fd next, and it may come again */
            net_handle_close(&s->handle);
        }
        return 0;
    }
    if (!s)
        s = socket_create(h, fd);
    if (!s)
        return -1;
    int events = 0;
    if (what & CURL_POLL_IN)
        events |= UV_READABLE;
    if (what & CURL_POLL_OUT)
        events |= UV_WRITABLE;
    return uv_poll_start(&s->handle.uv.poll, events, socket_ready) == 0 ? 0 : -1;
}

/* 0 ms stays 0: rounded up to 1 it made many small requests 8 times slower (performance.md). Other
 * times get one more, since libuv's clock has whole milliseconds and curl's does not. */
static int timer_wanted(CURLM *multi, long timeout_ms, void *user)
{
    (void)multi;
    struct http *h = user;
    h->timer_told = true;
    if (timeout_ms < 0)
        net_timer_stop(h->timer);
    else
        net_timer_at(h->timer,
                     timeout_ms == 0 ? 0 : net_now_ms(h->loop) + (uint64_t)timeout_ms + 1);
    return 0;
}

static void timer_passed(void *user)
{
    struct http *h = user;
    int running = 0;
    h->timer_told = false;
    curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    /* curl keeps quiet about a timeout that it has announced before, even if it is still due. */
    long left_ms = -1;
    if (!h->timer_told && curl_multi_timeout(h->multi, &left_ms) == CURLM_OK && left_ms >= 0)
        net_timer_at(h->timer, net_now_ms(h->loop) + (uint64_t)left_ms + 1);
    take_finished(h);
}

/* ---- public ---- */

static bool http_set_up(struct http *h, const struct http_cfg *cfg)
{
    if (cfg->ca_file && !(h->ca_file = strdup(cfg->ca_file)))
        return false;
    if (!(h->user_agent = strdup(cfg->user_agent ? cfg->user_agent : "chargetop")))
        return false;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return false;
    h->multi = curl_multi_init();
    h->timer = net_timer_create(h->loop, timer_passed, h);
    h->kick = net_timer_create(h->loop, start_queued, h);
    if (!h->multi || !h->timer || !h->kick)
        return false;
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, socket_wanted);
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, timer_wanted);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)h->in_flight_max);
    return true;
}

struct http *http_create(struct net_loop *loop, const struct http_cfg *cfg)
{
    struct http *h = calloc(1, sizeof(*h));
    if (!h)
        return NULL;
    h->loop = loop;
    h->insecure = cfg->tls_insecure;
    h->in_flight_max = cfg->in_flight_max ? cfg->in_flight_max : IN_FLIGHT_DEFAULT;
    if (h->in_flight_max > IN_FLIGHT_MAX)
        h->in_flight_max = IN_FLIGHT_MAX;
    rng_seed(&h->rng, net_random_seed());
    if (!http_set_up(h, cfg)) {
        http_destroy(h);
        return NULL;
    }
    return h;
}

void http_destroy(struct http *h)
{
    if (!h)
        return;
    h->destroyed = true;
    for (size_t i = 0; i < h->slot_count; i++) {
        if (h->slots[i].job)
            job_drop(h, h->slots[i].job);
    }
    for (size_t i = 0; i < h->idle_count; i++)
        curl_easy_cleanup(h->idle[i]);
    if (h->multi)
        curl_multi_cleanup(h->multi);
    net_timer_destroy(h->timer);
    net_timer_destroy(h->kick);
    free(h->slots);
    free(h->free_slots);
    free(h->ca_file);
    free(h->user_agent);
    free_when_done(h);
}

enum ct_err http_send(struct http *h, const struct http_request *request, http_fn *fn, void *user,
                      uint64_t *id)
{
    if (h->job_count >= HTTP_QUEUE_MAX)
        return CT_ERR_LIMIT;
    struct http_job *job;
    const enum ct_err err = http_job_create(&job, request);
    if (err != CT_OK)
        return err;
    if (!slot_take(h, job)) {
        http_job_destroy(job);
        return CT_ERR_NOMEM;
    }
    job->http = h;
    job->fn = fn;
    job->user = user;
    job->stage = HTTP_QUEUED;
    DL_APPEND(h->queue, job);
    if (id)
        *id = job->id;
    if (h->in_flight < h->in_flight_max)
        kick(h);
    return CT_OK;
}

void http_cancel(struct http *h, uint64_t id)
{
    struct http_job *job = job_of(h, id);
    if (!job)
        return;
    job_drop(h, job);
    kick(h);
}

void http_cancel_all_of(struct http *h, void *user)
{
    for (size_t i = 0; i < h->slot_count; i++) {
        if (h->slots[i].job && h->slots[i].job->user == user)
            job_drop(h, h->slots[i].job);
    }
    kick(h);
}

size_t http_waiting(const struct http *h)
{
    return h->job_count;
}

static bool form_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

static enum ct_err form_encode(struct buf *to, struct str text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        const char escaped[3] = {'%', digits[c >> 4], digits[c & 15]};
        const enum ct_err err = form_plain((char)c)
                                    ? buf_append_char(to, (char)c)
                                    : buf_append(to, (struct str){escaped, sizeof(escaped)});
        if (err != CT_OK)
            return err;
    }
    return CT_OK;
}

enum ct_err http_form_add(struct buf *to, struct str name, struct str value)
{
    enum ct_err err = to->len > 0 ? buf_append_char(to, '&') : CT_OK;
    if (err == CT_OK)
        err = form_encode(to, name);
    if (err == CT_OK)
        err = buf_append_char(to, '=');
    if (err == CT_OK)
        err = form_encode(to, value);
    return err;
}

/* ---- certificates ---- */

/* A server's certificate is looked at anew after this long, or when it ends before the one kept. */
enum { TLS_LOOK_MS = 60000 };

void http_saw_tls(struct http *h, struct ssl_st *ssl, const char *url)
{
    const uint64_t now_ms = net_now_ms(h->loop);
    struct net_tls_info info;
    struct url parts;

    if (!url_parse(str_from(url), &parts))
        return;
    const bool same = strcmp(parts.host, h->tls_host) == 0;
    if (same && now_ms - h->tls_seen_ms < TLS_LOOK_MS)
        return;
    net_tls_describe(ssl, &info);
    if (!same && h->tls_host[0] && info.not_after_unix_ms >= h->tls.not_after_unix_ms)
        return;
    h->tls = info;
    h->tls_seen_ms = now_ms;
    (void)str_copy(h->tls_host, sizeof h->tls_host, str_from(parts.host));
}

const struct net_tls_info *http_tls(const struct http *h, const char **host)
{
    *host = h->tls_host;
    return h->tls_host[0] ? &h->tls : NULL;
}
