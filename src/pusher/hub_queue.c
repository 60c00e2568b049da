/* Knows the order in which things leave the hub, and how a fan-out unrolls one send at a time. */
#include "pusher/hub_internal.h"

#include <stdlib.h>
#include <string.h>

struct hub_text *hub_text_new(struct str s)
{
    struct hub_text *t;

    if (s.len > HUB_FRAME_MAX_BYTES)
        return NULL;
    t = malloc(sizeof *t + s.len);
    if (!t)
        return NULL;
    t->refs = 1;
    t->len = s.len;
    if (s.len > 0)
        memcpy(t->bytes, s.ptr, s.len);
    return t;
}

struct hub_text *hub_text_ref(struct hub_text *t)
{
    t->refs++;
    return t;
}

void hub_text_unref(struct hub_text *t)
{
    if (t && --t->refs == 0)
        free(t);
}

struct hub_text *hub_text_of_frame(struct hub *h, enum pusher_err err)
{
    struct hub_text *t = err == PUSHER_OK ? hub_text_new(buf_str(&h->frame)) : NULL;

    buf_reset(&h->frame);
    return t;
}

/* ---- the queue ------------------------------------------------------------------------- */

void hub_job_enqueue(struct hub *h, struct hub_job *job)
{
    job->seq = ++h->seq;
    job->step = 0;
    job->queued = true;
    job->next = NULL;
    job->prev = h->jobs_tail;
    if (h->jobs_tail)
        h->jobs_tail->next = job;
    else
        h->jobs = job;
    h->jobs_tail = job;
    if (job->channel)
        job->channel->job_refs++;
    if (job->user)
        job->user->job_refs++;
}

static void unlink_job(struct hub *h, struct hub_job *job)
{
    if (h->jobs == job) {
        h->cursor = NULL; /* only the head has a cursor */
        h->watch_cursor = NULL;
        h->jobs = job->next;
    } else {
        job->prev->next = job->next;
    }
    if (job->next)
        job->next->prev = job->prev;
    else
        h->jobs_tail = job->prev;
    job->queued = false;
}

void hub_job_drop(struct hub *h, struct hub_job *job)
{
    struct hub_channel *ch = job->channel;
    struct hub_user *u = job->user;

    unlink_job(h, job);
    hub_text_unref(job->text);
    job->text = NULL;
    if (job->kind == JOB_LEAVE) {
        hub_member_free(hub_member_of_leave(job));
    } else if (job->kind != JOB_PROBE && job->kind != JOB_BYE) {
        h->job_count--;
        free(job);
    }
    if (ch) {
        ch->job_refs--;
        hub_channel_release(h, ch);
    }
    if (u) {
        u->job_refs--;
        hub_user_release(u);
    }
}

static enum pusher_err queue(struct hub *h, const struct hub_job *model, size_t reserve)
{
    enum pusher_err err = PUSHER_ERR_NOMEM;
    struct hub_job *job = NULL;

    if (!model->text)
        return err;
    if (h->job_count >= HUB_JOBS_MAX - reserve)
        err = PUSHER_ERR_LIMIT;
    else
        job = malloc(sizeof *job);
    if (!job) {
        hub_text_unref(model->text);
        return err;
    }
    *job = *model;
    h->job_count++;
    hub_job_enqueue(h, job);
    return PUSHER_OK;
}

enum pusher_err hub_queue_send(struct hub *h, uint32_t conn, struct hub_text *text)
{
    return queue(h, &(struct hub_job){.kind = JOB_SEND, .conn = conn, .text = text}, 0);
}

enum pusher_err hub_queue_fanout(struct hub *h, struct hub_channel *ch, uint32_t except,
                                 struct hub_text *text, size_t reserve)
{
    return queue(h,
                 &(struct hub_job){.kind = JOB_FANOUT, .conn = except, .channel = ch, .text = text},
                 reserve);
}

enum pusher_err hub_queue_watch(struct hub *h, struct hub_user *u, struct hub_text *text)
{
    return queue(h, &(struct hub_job){.kind = JOB_WATCH, .user = u, .text = text},
                 HUB_JOBS_RESERVE);
}

void hub_reply(struct hub *h, struct hub_conn *c, struct hub_text *text)
{
    if (hub_queue_send(h, c->number, text) != PUSHER_OK)
        hub_conn_bye(h, c, 4100, STR("Over capacity"));
}

/* ---- taking things out ----------------------------------------------------------------- */

/* Makes *out a text that stays valid until the next hub_next(), whatever happens between. */
static bool give(struct hub *h, struct hub_out *out, enum hub_out_kind kind, uint32_t conn,
                 struct hub_text *text)
{
    *out = (struct hub_out){.kind = kind, .conn = conn};
    if (text) {
        h->held = hub_text_ref(text);
        out->text = (struct str){text->bytes, text->len};
    }
    return true;
}

static bool give_message(struct hub *h, struct hub_out *out, const struct hub_conn *c,
                         struct hub_text *text)
{
    struct hub_counters *counts = hub_counts(h, c->app);

    counts->messages_out++;
    counts->bytes_out += text->len;
    return give(h, out, HUB_SEND, c->number, text);
}

static bool step_send(struct hub *h, struct hub_job *job, struct hub_out *out)
{
    const struct hub_conn *c = hub_conn_find(h, job->conn);

    if (!c || c->slow)
        return false;
    (void)give_message(h, out, c, job->text);
    hub_job_drop(h, job); /* at once, so that what was taken uses no place */
    return true;
}

static bool step_fanout(struct hub *h, struct hub_job *job, struct hub_out *out)
{
    if (job->step == 0) {
        job->step = 1;
        if (job->kind == JOB_LEAVE)
            job->text = hub_member_removed_text(h, job->channel, hub_member_of_leave(job));
        if (!job->text)
            return false; /* no memory for a leave: rosters are made whole by the next success */
        h->cursor = job->channel->subs;
    }
    while (h->cursor && h->cursor->joined_seq < job->seq) {
        const struct hub_conn *to = h->cursor->key.conn;

        h->cursor = h->cursor->next;
        if (to->number != job->conn)
            return give_message(h, out, to, job->text);
    }
    return false; /* subscribers stand in order of joining: all others are too new */
}

static bool step_watch(struct hub *h, struct hub_job *job, struct hub_out *out)
{
    const struct hub_watch *at;

    if (job->step == 0) {
        job->step = 1;
        h->watch_cursor = job->user->watchers;
    }
    at = h->watch_cursor;
    if (!at || at->joined_seq >= job->seq)
        return false; /* as above; who began to watch later has been told the state */
    h->watch_cursor = at->next;
    return give_message(h, out, at->conn, job->text);
}

static struct hub_conn *conn_of_probe(struct hub_job *job)
{
    return (struct hub_conn *)(void *)((char *)job - offsetof(struct hub_conn, probe));
}

static struct hub_conn *conn_of_bye(struct hub_job *job)
{
    return (struct hub_conn *)(void *)((char *)job - offsetof(struct hub_conn, bye));
}

static bool step_probe(struct hub *h, struct hub_job *job, struct hub_out *out)
{
    const struct hub_conn *to = conn_of_probe(job);

    if (to->slow)
        return false;
    switch (job->step++) {
    case 0:
        return give(h, out, HUB_PING, to->number, NULL);
    case 1:
        return give_message(h, out, to, h->ping);
    default:
        return false;
    }
}

static bool step_bye(struct hub *h, struct hub_job *job, struct hub_out *out)
{
    struct hub_conn *c = conn_of_bye(job);

    if (job->step++ == 0 && job->text)
        return give_message(h, out, c, job->text);
    (void)give(h, out, HUB_CLOSE, c->number, c->bye_reason);
    out->code = c->bye_code;
    hub_conn_free(h, c); /* takes the job out of the queue as well */
    return true;
}

static bool step(struct hub *h, struct hub_job *job, struct hub_out *out)
{
    switch (job->kind) {
    case JOB_SEND:
        return step_send(h, job, out);
    case JOB_FANOUT:
    case JOB_LEAVE:
        return step_fanout(h, job, out);
    case JOB_WATCH:
        return step_watch(h, job, out);
    case JOB_PROBE:
        return step_probe(h, job, out);
    case JOB_BYE:
        return step_bye(h, job, out);
    }
    return false;
}

bool hub_next(struct hub *h, struct hub_out *out)
{
    hub_text_unref(h->held);
    h->held = NULL;
    while (h->jobs) {
        struct hub_job *job = h->jobs;

        if (step(h, job, out))
            return true;
        hub_job_drop(h, job);
    }
    hub_gone_free(h);
    return false;
}

size_t hub_room(const struct hub *h)
{
    const size_t limit = HUB_JOBS_MAX - HUB_JOBS_RESERVE;

    return h->job_count < limit ? limit - h->job_count : 0;
}
