#include "feed/replay.h"

#include <stdlib.h>
#include <string.h>

#include "store/packed.h"

enum { WAIT_FOR_PAGE_MS = 10000, BEFORE_MAX_MS = 10000 };

struct replay {
    struct net_loop *loop;
    struct net_timer *timer;
    struct reader *reader;
    struct reader_span span;
    struct replay_hooks hooks;
    int64_t speed_milli, from_unix_ms, until_unix_ms;

    struct reader_page pages[2];
    unsigned current; /* the page that is being told; the other one is the next */
    bool loading;     /* the next page belongs to another thread */
    bool loaded;      /* it is here */
    struct str rest;  /* of the current page */

    struct record_run run;
    uint64_t shift_ms;      /* added to the times of this run (it may wrap) */
    struct wire_event head; /* the next event to be told, in our time */
    bool has_head;

    bool started, telling, ended, jump;
    uint64_t now_ms;    /* of the last event told; where the clock stands when it does not run */
    int64_t unix_ms;    /* the same moment */
    uint64_t anchor_ms; /* the clock showed this ... */
    uint64_t anchor_real_ms; /* ... then */
    char error[READER_LINE_MAX];
};

/* ---- pages ---- */

static void play(void *user);

static void work_load(void *arg)
{
    struct replay *r = arg;
    const struct reader_page *from = &r->pages[r->current];

    reader_read(r->reader, from->last_id, INT64_MIN, INT64_MAX, &r->pages[!r->current]);
}

static void page_loaded(void *arg)
{
    struct replay *r = arg;

    r->loading = false;
    r->loaded = true;
    if (r->started && !r->ended)
        net_timer_at(r->timer, net_now_ms(r->loop));
}

static void load_next(struct replay *r)
{
    if (r->loading || r->loaded || r->pages[r->current].end)
        return;
    r->loading = true;
    if (net_work(r->loop, work_load, page_loaded, r))
        return;
    work_load(r);
    page_loaded(r);
}

/* A run's clock begins anywhere: what is known of both is how far they are apart on the wall's. */
static void begin_run(struct replay *r, const struct record_run *run,
                      const struct wire_event *first)
{
    const bool later = r->run.id != 0;
    const int64_t pause_ms = first->at_unix_ms - r->unix_ms;

    r->run = *run;
    r->jump = true;
    if (!later) {
        r->shift_ms = first->at_ms == 0; /* 0 is no time */
        return;
    }
    r->shift_ms = r->now_ms + (uint64_t)(pause_ms > 0 ? pause_ms : 0) - first->at_ms;
    if (r->hooks.run)
        r->hooks.run(r->hooks.user, run);
}

/* In a run of its own time goes forward; a file may say otherwise. */
static void move_head(struct replay *r)
{
    struct wire_event *e = &r->head;

    if (e->retry_at_ms > 0)
        e->retry_at_ms += r->shift_ms;
    e->at_ms += r->shift_ms;
    if (e->at_ms < r->now_ms || e->at_ms > INT64_MAX)
        e->at_ms = r->now_ms;
}

/* False: there is none, or not yet. */
static bool next_head(struct replay *r)
{
    for (;;) {
        const struct reader_page *page = &r->pages[r->current];

        if (r->has_head)
            return true;
        if (packed_take(&r->rest, &r->head)) {
            if (page->run.id != r->run.id)
                begin_run(r, &page->run, &r->head);
            move_head(r);
            r->has_head = true;
            load_next(r);
            return true;
        }
        if (page->end || !r->loaded) {
            load_next(r);
            return false;
        }
        r->current = !r->current;
        r->loaded = false;
        page = &r->pages[r->current];
        r->rest = buf_str(&page->events);
        if (page->err != CT_OK) {
            (void)str_copy(r->error, sizeof r->error, str_from(page->line));
            r->pages[r->current].end = true;
        }
    }
}

/* ---- the clock ---- */

static uint64_t running_ms(const struct replay *r)
{
    const uint64_t passed_ms = net_now_ms(r->loop) - r->anchor_real_ms;

    return r->anchor_ms + passed_ms / 1000 * (uint64_t)r->speed_milli +
           passed_ms % 1000 * (uint64_t)r->speed_milli / 1000;
}

static void set_anchor(struct replay *r, uint64_t at_ms)
{
    r->anchor_ms = at_ms;
    r->anchor_real_ms = net_now_ms(r->loop);
}

uint64_t replay_now_ms(const struct replay *r)
{
    if (r->telling || r->ended || !r->started || r->speed_milli == 0 || !r->has_head || r->jump)
        return r->now_ms;
    const uint64_t now_ms = running_ms(r);

    return now_ms > r->head.at_ms ? r->head.at_ms : now_ms < r->now_ms ? r->now_ms : now_ms;
}

int64_t replay_unix_ms(const struct replay *r)
{
    return r->unix_ms + (int64_t)(replay_now_ms(r) - r->now_ms);
}

void replay_set_speed(struct replay *r, int64_t speed_milli)
{
    set_anchor(r, replay_now_ms(r));
    r->speed_milli = speed_milli;
    if (r->started && !r->ended)
        net_timer_at(r->timer, net_now_ms(r->loop));
}

int64_t replay_speed_milli(const struct replay *r)
{
    return r->speed_milli;
}

/* ---- telling ---- */

/* The clock stops where the recording did: it may have gone on for a while without an event. */
static void end(struct replay *r)
{
    const uint64_t ended_ms = r->run.ended_ms + r->shift_ms;

    if (r->has_head) { /* --until */
        const int64_t left_ms = r->until_unix_ms - r->unix_ms;
        const uint64_t room_ms = r->head.at_ms - r->now_ms;
        const uint64_t more_ms = left_ms <= 0                  ? 0
                                 : (uint64_t)left_ms < room_ms ? (uint64_t)left_ms
                                                               : room_ms;
        r->now_ms += more_ms;
        r->unix_ms += (int64_t)more_ms;
    } else if (!r->error[0] && r->run.ended_ms > 0 && ended_ms > r->now_ms &&
               ended_ms < INT64_MAX) {
        r->unix_ms += (int64_t)(ended_ms - r->now_ms);
        r->now_ms = ended_ms;
    }
    r->ended = true;
    net_timer_stop(r->timer);
    if (r->hooks.end)
        r->hooks.end(r->hooks.user);
}

static void tell(struct replay *r)
{
    const struct wire_event e = r->head;

    r->has_head = false;
    r->now_ms = e.at_ms;
    r->unix_ms = e.at_unix_ms;
    r->telling = true;
    r->hooks.event(r->hooks.user, &e);
    r->telling = false;
}

/* Is the event told without waiting for its time? */
static bool at_once(struct replay *r)
{
    if (r->speed_milli == 0 || r->head.at_unix_ms < r->from_unix_ms) {
        r->jump = true; /* the clock is set anew at the first that is waited for */
        return true;
    }
    if (r->jump) {
        r->jump = false;
        set_anchor(r, r->head.at_ms);
    }
    return r->head.at_ms <= running_ms(r);
}

static uint64_t real_due_ms(const struct replay *r)
{
    const uint64_t ahead_ms = r->head.at_ms - r->anchor_ms;

    return r->anchor_real_ms +
           (ahead_ms * 1000 + (uint64_t)r->speed_milli - 1) / (uint64_t)r->speed_milli;
}

static void play(void *user)
{
    struct replay *r = user;

    for (int n = 0; n < REPLAY_TURN_EVENTS && !r->ended; n++) {
        if (!next_head(r)) {
            if (!r->loading)
                end(r);
            return; /* else the page calls again */
        }
        if (r->head.at_unix_ms >= r->until_unix_ms) {
            end(r);
            return;
        }
        if (!at_once(r)) {
            net_timer_at(r->timer, real_due_ms(r));
            return;
        }
        tell(r);
    }
    if (!r->ended)
        net_timer_at(r->timer, net_now_ms(r->loop));
}

/* ---- beginning and end ---- */

static enum ct_err open_file(struct replay *r, const char *path, struct fault *fault)
{
    if (reader_open(&r->reader, path, fault) != CT_OK ||
        reader_span(r->reader, &r->span, fault) != CT_OK)
        return fault->err;
    if (r->span.events == 0)
        return fault_set(fault, CT_ERR_MISSING, "%.120s: nothing was recorded", path);
    reader_read(r->reader, 0, INT64_MIN, INT64_MAX, &r->pages[0]);
    if (r->pages[0].err != CT_OK)
        return fault_set(fault, r->pages[0].err, "%s", r->pages[0].line);
    r->rest = buf_str(&r->pages[0].events);
    if (!next_head(r))
        return fault_set(fault, CT_ERR_MISSING, "%.120s: no event of it can be read", path);
    /* The clock stands where the run began: what was seen before its first event is part of it. */
    const uint64_t before_ms = r->head.at_ms - r->run.began_ms - r->shift_ms;
    const bool known = r->run.began_ms > 0 && r->run.began_ms + r->shift_ms <= r->head.at_ms &&
                       before_ms <= BEFORE_MAX_MS; /* else its first events have left the file */
    r->now_ms = known ? r->head.at_ms - before_ms : r->head.at_ms;
    r->unix_ms = r->head.at_unix_ms - (known ? (int64_t)before_ms : 0);
    return CT_OK;
}

struct replay *replay_create(struct net_loop *loop, const struct replay_cfg *cfg,
                             const struct replay_hooks *hooks, struct fault *fault)
{
    struct replay *r = calloc(1, sizeof *r);

    if (!r) {
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    r->loop = loop;
    r->hooks = *hooks;
    r->speed_milli = cfg->speed_milli;
    r->from_unix_ms = cfg->from_unix_ms;
    r->until_unix_ms = cfg->until_unix_ms;
    reader_page_init(&r->pages[0]);
    reader_page_init(&r->pages[1]);
    r->timer = net_timer_create(loop, play, r);
    if (!r->timer)
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
    if (!r->timer || open_file(r, cfg->path, fault) != CT_OK) {
        replay_destroy(r);
        return NULL;
    }
    return r;
}

void replay_set_limits(struct replay *r, int64_t from_unix_ms, int64_t until_unix_ms)
{
    r->from_unix_ms = from_unix_ms;
    r->until_unix_ms = until_unix_ms;
}

void replay_start(struct replay *r)
{
    r->started = true;
    r->jump = false;
    set_anchor(r, r->now_ms);
    net_timer_at(r->timer, net_now_ms(r->loop));
}

void replay_stop(struct replay *r)
{
    r->ended = true;
    net_timer_stop(r->timer);
}

static bool is_loaded(void *user)
{
    const struct replay *r = user;

    return !r->loading;
}

void replay_destroy(struct replay *r)
{
    if (!r)
        return;
    r->ended = true;
    if (r->loading && !net_loop_run_until(r->loop, is_loaded, r, WAIT_FOR_PAGE_MS))
        return; /* a disk that does not answer: its thread still holds all of this */
    net_timer_destroy(r->timer);
    reader_page_clear(&r->pages[0]);
    reader_page_clear(&r->pages[1]);
    reader_close(r->reader);
    free(r);
}

const struct record_run *replay_run(const struct replay *r)
{
    return &r->run;
}

bool replay_ended(const struct replay *r)
{
    return r->ended;
}

const char *replay_error(const struct replay *r)
{
    return r->error;
}

const struct reader_span *replay_span(const struct replay *r)
{
    return &r->span;
}
