/* src/cmd/pipeline_replay.c - a recording in place of connections: whose events they were, and what time it was. */
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "base/str.h"
#include "base/text.h"
#include "cmd/options.h"
#include "cmd/pipeline.h"

/* ---- limits ---- */

uint32_t pipeline_sooner(uint32_t ms, int64_t speed_milli)
{
    const int64_t scaled = (int64_t)ms * 1000 / speed_milli;

    return scaled < 1 ? 1 : scaled > UINT32_MAX ? UINT32_MAX : (uint32_t)scaled;
}

void pipeline_hurry_limits(struct order_limits *l, int64_t speed_milli)
{
    l->clock_milli = speed_milli > UINT32_MAX ? UINT32_MAX : (uint32_t)speed_milli;
    l->silent_min_ms = pipeline_sooner(l->silent_min_ms, speed_milli);
    l->offline_ms = pipeline_sooner(l->offline_ms, speed_milli);
    l->slow_ms = pipeline_sooner(l->slow_ms, speed_milli);
    l->done_sink_ms = pipeline_sooner(l->done_sink_ms, speed_milli);
    l->done_leave_ms = pipeline_sooner(l->done_leave_ms, speed_milli);
}

enum { WINDOW_MS = 15 * 60 * 1000, FAST_WINDOW_MS = 2 * 60 * 1000 };

static bool is_fast(const struct pipeline *p)
{
    return p->s->command == CMD_DEMO || fleet_limits(p->fleet)->clock_milli != 1000;
}

uint64_t pipeline_window_ms(const struct pipeline *p)
{
    return p->s->window_ms > 0 ? (uint64_t)p->s->window_ms
           : is_fast(p)        ? FAST_WINDOW_MS
                               : WINDOW_MS;
}

uint32_t pipeline_spark_ms(const struct pipeline *p)
{
    return is_fast(p) ? FAST_WINDOW_MS : 0;
}

/* ---- moments of the command line ---- */

static bool has_zone(struct str s)
{
    const size_t t = str_find_nocase(s, STR("T")), blank = str_find(s, STR(" "));
    const size_t clock = t < blank ? t : blank;

    return str_ends(s, STR("Z")) || str_ends(s, STR("z")) ||
           (clock < s.len && (memchr(s.ptr + clock, '+', s.len - clock) != NULL ||
                              memchr(s.ptr + clock, '-', s.len - clock) != NULL));
}

/* The day of a moment in local time, "2026-05-04T", to be followed by a clock. */
static void local_day(char *to, size_t cap, int64_t unix_ms)
{
    char stamp[32];

    (void)stamp_format(stamp, sizeof stamp, unix_ms + (int64_t)net_utc_offset_s(unix_ms) * 1000);
    (void)str_copy(to, cap, (struct str){stamp, sizeof "2026-05-04T" - 1});
}

/* A time of day means the day on which the recording begins; seconds may be left out; local unless said. */
static bool read_moment(const char *text, int64_t first_unix_ms, int64_t *out)
{
    const struct str said = str_from(text);
    const bool whole = said.len > sizeof "2026-05-04" - 1 && said.ptr[4] == '-';
    char day[16] = "", full[SETTINGS_STAMP_BYTES + 24];
    int64_t value;

    if (said.len < sizeof "9:15" - 1)
        return false;
    if (!whole)
        local_day(day, sizeof day, first_unix_ms);
    (void)str_format(full, sizeof full, "%s%s%s", day, !whole && said.ptr[1] == ':' ? "0" : "",
                     text);
    if (!stamp_parse(str_from(full), &value)) {
        (void)str_format(full, sizeof full, "%s%s%s:00", day,
                         !whole && said.ptr[1] == ':' ? "0" : "", text);
        if (!stamp_parse(str_from(full), &value))
            return false;
    }
    if (!has_zone(said))
        value -= (int64_t)net_utc_offset_s(value) * 1000;
    *out = value;
    return true;
}

static enum ct_err read_limit(const char *option, const char *text, const struct reader_span *span,
                              int64_t *out, struct fault *fault)
{
    if (!text[0] || read_moment(text, span->first_unix_ms, out))
        return CT_OK;
    return fault_set(fault, CT_ERR_SYNTAX,
                     "%s: '%.40s' is not a time such as 2026-05-04T10:15, 10:15:30 or "
                     "2026-05-04T08:15Z",
                     option, text);
}

/* ---- whose events they are ---- */

static void on_event(void *user, const struct wire_event *event)
{
    struct pipeline *p = user;
    struct wire_event e = *event;

    if (!p->replayed[e.source].known)
        return; /* a connection that the file does not tell of, or for which there was no room */
    e.source = p->replayed[e.source].number;
    pipeline_take(p, &e);
}

/* The side of that profile and kind, an earlier run's perhaps; 0: there is no room for another. */
static uint8_t side_of(struct pipeline *p, const struct record_source *source)
{
    uint8_t number = 0;

    for (size_t i = 1; i <= fleet_side_count(p->fleet); i++) {
        const struct side *side = fleet_side(p->fleet, (uint8_t)i);
        if (strcmp(side->name, source->profile) == 0 && strcmp(side->kind, source->kind) == 0)
            return (uint8_t)i;
    }
    if (fleet_side_add(p->fleet, str_from(source->profile), str_from(source->kind), &number,
                       pipeline_now_ms(p)) != CT_OK)
        return 0;
    return number;
}

static void take_source(struct pipeline *p, const struct record_source *source)
{
    struct pipeline_replayed *to = &p->replayed[source->number];
    struct link *link;

    to->number = source->number == 0 ? 0 : side_of(p, source);
    to->known = source->number == 0 || to->number > 0;
    to->vms = strcmp(source->kind, "vms") == 0;
    if (!to->known)
        return;
    p->brings_vms[to->number] = to->vms;
    link = to->number == 0 ? fleet_link_mut(p->fleet) : &fleet_side_mut(p->fleet, to->number)->link;
    (void)text_clean(link->address, sizeof link->address, str_from(source->address));
    if (to->number == 0)
        (void)text_clean(p->replayed_profile, sizeof p->replayed_profile,
                         str_from(source->profile));
}

static void on_run(void *user, const struct record_run *run)
{
    struct pipeline *p = user;

    memset(p->replayed, 0, sizeof p->replayed);
    p->replayed[0].known = true; /* also where the run is not told of */
    for (size_t i = 0; i < run->source_count; i++)
        take_source(p, &run->sources[i]);
}

static void on_end(void *user)
{
    struct pipeline *p = user;

    pipeline_replay_tick(p, replay_now_ms(p->replay));
    if (p->hooks.replayed)
        p->hooks.replayed(p->hooks.user);
}

/* ---- time ---- */

enum { TICK_MS = 100 };

void pipeline_replay_tick(struct pipeline *p, uint64_t at_ms)
{
    for (;;) {
        uint64_t due_ms = fleet_deadline_ms(p->fleet);

        if (due_ms <= p->ticked_ms) /* each step is one forward, as often as a screen would */
            due_ms = p->ticked_ms + TICK_MS;
        if (due_ms > at_ms)
            return;
        p->ticked_ms = due_ms;
        (void)fleet_tick(p->fleet, due_ms);
    }
}

/* ---- opening ---- */

/* In the configuration it may stand: what is replayed is not recorded again. */
static bool says_record(const struct settings *s)
{
    for (int i = 0; i < s->argc; i++)
        if (strcmp(s->argv[i], "--record") == 0 || strncmp(s->argv[i], "--record=", 9) == 0)
            return true;
    return false;
}

/* Where nobody looks on, nothing is waited for. */
static int64_t speed_of(const struct settings *s)
{
    const bool screen = s->command == CMD_WATCH && !s->once && !s->json && !s->ndjson && !s->csv;

    return s->replay_speed_milli > 0 ? s->replay_speed_milli : screen ? 1000 : 0;
}

static enum ct_err open_replay(struct pipeline *p, struct replay_cfg *cfg, struct fault *fault)
{
    const struct settings *s = p->s;
    const struct replay_hooks hooks = {on_event, on_run, on_end, p};

    p->replay = replay_create(p->loop, cfg, &hooks, fault);
    if (!p->replay)
        return fault->err;
    const struct reader_span *span = replay_span(p->replay);
    if (read_limit("from", s->replay_from, span, &cfg->from_unix_ms, fault) != CT_OK ||
        read_limit("until", s->replay_until, span, &cfg->until_unix_ms, fault) != CT_OK)
        return fault->err;
    if (cfg->until_unix_ms <= cfg->from_unix_ms)
        return fault_set(fault, CT_ERR_RANGE, "until: must be later than from");
    replay_set_limits(p->replay, cfg->from_unix_ms, cfg->until_unix_ms);
    return CT_OK;
}

enum ct_err pipeline_replay_open(struct pipeline *p, struct fault *fault)
{
    const struct settings *s = p->s;
    struct replay_cfg cfg = {.path = s->replay,
                             .speed_milli = speed_of(s),
                             .from_unix_ms = INT64_MIN,
                             .until_unix_ms = INT64_MAX};
    struct order_limits limits = s->limits;

    if (says_record(s))
        return fault_set(fault, CT_ERR_SYNTAX, "--record does not go with --replay");
    if (s->orders_said || s->channels.count > 0)
        return fault_set(fault, CT_ERR_SYNTAX,
                         "--replay shows all that was recorded: name no orders or channels; "
                         "--filter and grep choose");
    p->discover = false;
    p->record = malloc(sizeof *p->record);
    if (!p->record)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    if (open_replay(p, &cfg, fault) != CT_OK)
        return fault->err;
    const struct record_run *run = replay_run(p->replay);
    if (run->clock_milli != 1000)
        pipeline_hurry_limits(&limits, run->clock_milli);
    if (pipeline_open_model(p, &limits, fault) != CT_OK)
        return fault->err;
    on_run(p, run);
    return CT_OK;
}

void pipeline_replay_close(struct pipeline *p)
{
    replay_destroy(p->replay);
    p->replay = NULL;
}
