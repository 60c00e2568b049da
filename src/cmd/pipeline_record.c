/* src/cmd/pipeline_record.c - when a recording begins, is written, is told of, and ends. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "base/text.h"
#include "cmd/options.h"
#include "cmd/pipeline.h"

/* Quitting waits so long for a disk, and no longer. */
enum { RECORD_STOP_MS = 5000, RECORD_MB = 1000 * 1000 };

struct pipeline_recording {
    struct pipeline *p;
    struct recorder *recorder;
    struct net_timer *timer;
    char path[SETTINGS_TEXT_MAX];
    char told[RECORDER_ERROR_MAX]; /* the trouble that was told last; "" none */
    uint64_t told_lost;
    bool stopping, stopped;
    bool left; /* nobody waits for it: it frees itself */
    void (*done)(void *user);
    void *done_user;
};

static bool in_pool(void *user, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
    const struct pipeline_recording *r = user;

    return net_work(r->p->loop, work, done, arg);
}

static void arm(struct pipeline_recording *r)
{
    if (!r->stopping)
        net_timer_at(r->timer, recorder_deadline_ms(r->recorder));
}

/* Once when it begins and once when it is over. */
static void tell_trouble(struct pipeline_recording *r)
{
    const struct pipeline_hooks *hooks = &r->p->hooks;
    struct recorder_status status;
    char line[RECORDER_ERROR_MAX + 80];

    recorder_status(r->recorder, net_now_ms(r->p->loop), &status);
    if (strcmp(status.error, r->told) == 0)
        return;
    (void)str_copy(r->told, sizeof r->told, str_from(status.error));
    if (!hooks->recording)
        return;
    const unsigned long long lost = status.lost - r->told_lost;
    if (status.error[0])
        (void)str_format(line, sizeof line, "not recording%s: %s",
                         status.stopped ? " any more" : "", status.error);
    else if (lost > 0)
        (void)str_format(line, sizeof line, "recording again; %llu events were lost", lost);
    else
        (void)str_format(line, sizeof line, "recording again, nothing was lost");
    r->told_lost = status.error[0] ? r->told_lost : status.lost;
    hooks->recording(hooks->user, line, status.error[0] != '\0');
}

static void on_changed(void *user)
{
    struct pipeline_recording *r = user;

    tell_trouble(r);
    arm(r);
}

static void recording_free(struct pipeline_recording *r)
{
    if (r->p->recording_left == r)
        r->p->recording_left = NULL;
    net_timer_destroy(r->timer);
    recorder_destroy(r->recorder);
    free(r);
}

/* The recorder's; once it is stopping the end of our patience; and the turn after its end. */
static void on_timer(void *user)
{
    struct pipeline_recording *r = user;

    if (r->left) {
        if (!recorder_busy(r->recorder))
            recording_free(r);
        return;
    }
    if (r->stopping && !r->stopped) {
        r->stopped = true;
        if (r->done)
            r->done(r->done_user);
        return;
    }
    recorder_tick(r->recorder, net_now_ms(r->p->loop));
    arm(r);
}

static void add_source(struct record_run *run, uint8_t number, const char *profile,
                       const char *kind, const char *address)
{
    struct record_source *to = &run->sources[run->source_count++];

    to->number = number;
    (void)str_copy(to->profile, sizeof to->profile, str_from(profile));
    (void)str_copy(to->kind, sizeof to->kind, str_from(kind));
    (void)str_copy(to->address, sizeof to->address, str_from(address));
    text_redact(to->address);
}

static void describe_run(const struct pipeline *p, struct record_run *run)
{
    _Static_assert(FLEET_SIDES_MAX + 1 <= RECORD_SOURCES_MAX, "each connection has its row");
    const struct settings *s = p->s;

    *run = (struct record_run){.began_ms = net_now_ms(p->loop),
                               .began_unix_ms = net_unix_ms(),
                               .clock_milli = fleet_limits(p->fleet)->clock_milli};
    (void)str_copy(run->program, sizeof run->program, STR(CHARGETOP_VERSION));
    add_source(run, 0, s->command & CMD_DEMO ? "demo" : s->profile, s->kind,
               fleet_link(p->fleet)->address);
    for (size_t i = 1; i <= fleet_side_count(p->fleet); i++) {
        const struct side *side = fleet_side(p->fleet, (uint8_t)i);
        add_source(run, (uint8_t)i, side->name, side->kind, side->link.address);
    }
}

static enum ct_err open_recorder(struct pipeline_recording *r, struct fault *fault)
{
    const struct settings *s = r->p->s;
    struct recorder_cfg cfg = {.path = r->path,
                               .max_bytes = (uint64_t)s->record_max_mb * RECORD_MB,
                               .max_days = (uint32_t)s->record_max_days,
                               .pool = in_pool,
                               .changed = on_changed,
                               .user = r};

    describe_run(r->p, &cfg.run);
    return recorder_open(&r->recorder, &cfg, fault);
}

/* Else a file that may not grow any further ends the process in place of the recording. */
static void survive_large_files(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    (void)sigemptyset(&ignore.sa_mask);
    (void)sigaction(SIGXFSZ, &ignore, NULL);
}

/* ---- what is so already, for a recording that begins in the middle ---- */

static void put_now(struct pipeline *p, struct wire_event *e)
{
    e->at_ms = net_now_ms(p->loop);
    e->at_unix_ms = net_unix_ms();
    recorder_append(p->recording->recorder, e);
}

static void put_link(struct pipeline *p, uint8_t source, const struct link *l)
{
    struct wire_event e = {.kind = WIRE_LINK,
                           .source = source,
                           .link = l->state,
                           .socket_id = str_from(l->socket_id),
                           .retry_at_ms = l->retry_at_ms};

    if (!link_is_up(l)) {
        e.code = l->last_code;
        e.text = str_from(l->last_reason);
        e.cause = str_from(l->last_cause);
    }
    put_now(p, &e);
}

static void put_sub(struct pipeline *p, uint8_t source, struct str channel, enum wire_sub sub)
{
    struct wire_event e = {.kind = WIRE_SUB, .source = source, .channel = channel, .sub = sub};

    put_now(p, &e);
}

static void put_order(struct pipeline *p, const struct order *o)
{
    char channel[ORDER_ID_MAX + sizeof "private-orders."];

    (void)str_format(channel, sizeof channel, "private-orders.%s", o->id);
    put_sub(p, 0, str_from(channel), o->sub);
}

/* Links and subscriptions: the rest comes with the next events and the next list. */
void pipeline_record_present(struct pipeline *p)
{
    const struct followed *followed = fleet_followed(p->fleet);

    if (!p->recording)
        return;
    put_link(p, 0, fleet_link(p->fleet));
    for (size_t i = 1; i <= fleet_side_count(p->fleet); i++)
        put_link(p, (uint8_t)i, &fleet_side(p->fleet, (uint8_t)i)->link);
    for (size_t i = 0; i < fleet_order_count(p->fleet); i++)
        put_order(p, fleet_order_at(p->fleet, i));
    for (size_t i = 0; i < followed_count(followed); i++) {
        const struct channel *c = followed_at(followed, i);
        put_sub(p, c->source, str_from(c->name), c->sub);
    }
    arm(p->recording);
}

enum ct_err pipeline_record_open(struct pipeline *p, const char *path, struct fault *fault)
{
    struct pipeline_recording *r = calloc(1, sizeof *r);
    struct fault why = {.err = CT_OK};

    if (!r)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    if (p->recording_left) {
        free(r);
        return fault_set(fault, CT_ERR_STATE,
                         "not recording: the last recording is still being written; try again");
    }
    r->p = p;
    (void)str_copy(r->path, sizeof r->path, str_from(path));
    r->timer = net_timer_create(p->loop, on_timer, r);
    if (!r->timer) {
        free(r);
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    }
    survive_large_files();
    if (open_recorder(r, &why) != CT_OK) {
        recording_free(r);
        return fault_set(fault, why.err, "not recording: %s", why.text);
    }
    pipeline_record_leave(p);
    p->recording = r;
    return CT_OK;
}

void pipeline_record(struct pipeline *p, const struct wire_event *event)
{
    struct pipeline_recording *r = p->recording;

    if (!r || r->stopping)
        return;
    const uint64_t was_ms = recorder_deadline_ms(r->recorder);
    recorder_append(r->recorder, event);
    if (recorder_deadline_ms(r->recorder) != was_ms)
        arm(r);
}

const char *pipeline_record_status(const struct pipeline *p, struct recorder_status *out)
{
    if (!p->recording)
        return NULL;
    recorder_status(p->recording->recorder, net_now_ms(p->loop), out);
    return p->recording->path;
}

static void on_finished(void *user)
{
    struct pipeline_recording *r = user;

    net_timer_stop(r->timer);
    if (r->left) /* not from here: the recorder is still on the stack */
        net_timer_at(r->timer, net_now_ms(r->p->loop));
    if (r->stopped)
        return; /* told already */
    r->stopped = true;
    tell_trouble(r);
    if (r->done)
        r->done(r->done_user);
}

void pipeline_record_stop(struct pipeline *p, void (*done)(void *user), void *user)
{
    struct pipeline_recording *r = p->recording;

    if (!r || r->stopping) {
        if (done)
            done(user);
        return;
    }
    r->stopping = true;
    r->done = done;
    r->done_user = user;
    net_timer_at(r->timer, net_now_ms(p->loop) + RECORD_STOP_MS);
    recorder_finish(r->recorder, net_now_ms(p->loop), on_finished, r);
}

void pipeline_record_leave(struct pipeline *p)
{
    struct pipeline_recording *r = p->recording;

    if (!r)
        return;
    p->recording = NULL;
    p->recording_left = r;
    r->left = true;
    if (r->stopping)
        return;
    r->stopping = true;
    recorder_finish(r->recorder, net_now_ms(p->loop), on_finished, r);
}

static bool is_stopped(void *user)
{
    const struct pipeline *p = user;

    return (!p->recording || p->recording->stopped) && !p->recording_left;
}

void pipeline_record_close(struct pipeline *p)
{
    if (!p->recording && !p->recording_left)
        return;
    pipeline_record_stop(p, NULL, NULL);
    (void)net_loop_run_until(p->loop, is_stopped, p, RECORD_STOP_MS);
    struct pipeline_recording *const both[] = {p->recording, p->recording_left};
    p->recording = p->recording_left = NULL;
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        if (!both[i])
            continue;
        if (!recorder_busy(both[i]->recorder)) {
            recording_free(both[i]);
            continue;
        }
        both[i]->stopped = true; /* a disk that does not answer: its thread still holds it */
        both[i]->left = false;
        both[i]->done = NULL;
        net_timer_stop(both[i]->timer);
    }
}
