/* src/fleet/link.c - the life of the connection, remembered: outages, closes, pings, rates, strip. */
#include "fleet/link.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

enum { STRIP_CELL_MS = 5 * 60 * 1000, MINUTE_MS = 60 * 1000, RATE_SLOTS = 16, RATE_SPAN_S = 10 };

void link_init(struct link *l, uint64_t now_ms)
{
    memset(l, 0, sizeof *l);
    l->state = WIRE_LINK_INITIALIZED;
    l->since_ms = l->begun_ms = now_ms;
    l->ping_ms = -1;
    l->slot_s = now_ms / 1000;
    l->strip_cell = now_ms / STRIP_CELL_MS;
    l->minute = now_ms / MINUTE_MS;
}

bool link_is_up(const struct link *l)
{
    return l->state == WIRE_LINK_CONNECTED;
}

/* ---- history strip ---- */

static enum link_cell cell_of(const struct link *l)
{
    switch (l->state) {
    case WIRE_LINK_CONNECTED:
        return LINK_CELL_UP;
    case WIRE_LINK_CONNECTING: /* the first time is no trouble to remember */
        return l->ever_up ? LINK_CELL_CONNECTING : LINK_CELL_NONE;
    case WIRE_LINK_FAILED:
        return LINK_CELL_REFUSED;
    case WIRE_LINK_UNAVAILABLE:
    case WIRE_LINK_DISCONNECTED:
        return LINK_CELL_DOWN;
    case WIRE_LINK_INITIALIZED:
        break;
    }
    return LINK_CELL_NONE;
}

/* The worst of its time is what a cell shows; the enum is in that order. */
static void mark_worst(uint8_t *cell, enum link_cell now)
{
    if ((uint8_t)now > *cell)
        *cell = (uint8_t)now;
}

static void mark_cell(struct link *l)
{
    mark_worst(&l->strip[l->strip_cell % LINK_STRIP_CELLS], cell_of(l));
    mark_worst(&l->minutes[l->minute % LINK_MINUTES], cell_of(l));
}

/* Up to the newest cell, each with the state of now. */
static void roll_cells(uint8_t *cells, uint64_t size, uint64_t *at, uint64_t newest,
                       enum link_cell now)
{
    if (newest > *at + size)
        *at = newest - size; /* older cells would be overwritten anyway */
    while (*at < newest) {
        ++*at;
        cells[*at % size] = (uint8_t)now;
    }
}

static void roll_strip(struct link *l, uint64_t now_ms)
{
    roll_cells(l->strip, LINK_STRIP_CELLS, &l->strip_cell, now_ms / STRIP_CELL_MS, cell_of(l));
    roll_cells(l->minutes, LINK_MINUTES, &l->minute, now_ms / MINUTE_MS, cell_of(l));
}

enum link_cell link_strip_at(const struct link *l, uint32_t age)
{
    if (age >= LINK_STRIP_CELLS || age > l->strip_cell)
        return LINK_CELL_NONE;
    return (enum link_cell)l->strip[(l->strip_cell - age) % LINK_STRIP_CELLS];
}

enum link_cell link_minute_at(const struct link *l, uint32_t age)
{
    if (age >= LINK_MINUTES || age > l->minute)
        return LINK_CELL_NONE;
    return (enum link_cell)l->minutes[(l->minute - age) % LINK_MINUTES];
}

/* ---- rates ---- */

static void roll_rates(struct link *l, uint64_t now_ms)
{
    const uint64_t now_s = now_ms / 1000;

    if (now_s > l->slot_s + RATE_SLOTS)
        l->slot_s = now_s - RATE_SLOTS;
    while (l->slot_s < now_s) {
        l->slot_s++;
        l->events_slot[l->slot_s % RATE_SLOTS] = 0;
        l->bytes_slot[l->slot_s % RATE_SLOTS] = 0;
    }
}

void link_tick(struct link *l, uint64_t now_ms)
{
    roll_rates(l, now_ms);
    roll_strip(l, now_ms);
}

static uint32_t sum_slots(const struct link *l, const uint32_t *slots)
{
    uint32_t sum = 0;

    for (uint64_t age = 0; age < RATE_SPAN_S && age <= l->slot_s; age++)
        sum += slots[(l->slot_s - age) % RATE_SLOTS];
    return sum;
}

uint32_t link_events_per_10s(const struct link *l)
{
    return sum_slots(l, l->events_slot);
}

uint32_t link_bytes_per_10s(const struct link *l)
{
    return sum_slots(l, l->bytes_slot);
}

/* ---- outages ---- */

static struct outage *nth_outage(struct link *l, uint32_t i)
{
    return &l->outages[(l->outage_first + i) % LINK_OUTAGES_MAX];
}

const struct outage *link_outage(const struct link *l, uint32_t age)
{
    if (age >= l->outage_count)
        return NULL;
    return &l->outages[(l->outage_first + l->outage_count - 1 - age) % LINK_OUTAGES_MAX];
}

bool link_is_starting(const struct link *l)
{
    return !l->ever_up && l->tries <= 1 && l->state != WIRE_LINK_FAILED && l->last_code == 0 &&
           l->last_reason[0] == '\0';
}

uint64_t link_down_since_ms(const struct link *l)
{
    const struct outage *o = link_outage(l, 0);

    if (o && o->to_ms == UINT64_MAX)
        return o->from_ms;
    return l->ever_up ? l->since_ms : l->begun_ms;
}

static void begin_outage(struct link *l, uint64_t at_ms, int32_t code)
{
    if (l->outage_count == LINK_OUTAGES_MAX) {
        l->outage_first = (l->outage_first + 1) % LINK_OUTAGES_MAX;
        l->outage_count--;
    }
    *nth_outage(l, l->outage_count++) = (struct outage){at_ms, UINT64_MAX, code};
}

static void end_outage(struct link *l, uint64_t at_ms)
{
    if (l->outage_count == 0)
        return;
    struct outage *o = nth_outage(l, l->outage_count - 1);
    if (o->to_ms != UINT64_MAX)
        return;
    o->to_ms = at_ms;
    l->blind_ms += at_ms - o->from_ms;
}

bool link_down_in(const struct link *l, uint64_t from_ms, uint64_t to_ms)
{
    uint32_t low = 0;
    uint32_t high = l->outage_count;

    while (low < high) { /* the first outage that ends after from_ms */
        const uint32_t middle = low + (high - low) / 2;

        if (l->outages[(l->outage_first + middle) % LINK_OUTAGES_MAX].to_ms <= from_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low < l->outage_count &&
           l->outages[(l->outage_first + low) % LINK_OUTAGES_MAX].from_ms < to_ms;
}

/* ---- events ---- */

static void connected(struct link *l, const struct wire_event *event)
{
    l->up_since_ms = event->at_ms;
    l->tries = 0;
    l->ever_up = true;
    text_clean(l->socket_id, sizeof l->socket_id, event->socket_id);
    end_outage(l, event->at_ms);
}

static void lost(struct link *l, const struct wire_event *event)
{
    l->drops++;
    l->up_since_ms = 0;
    l->socket_id[0] = '\0';
    begin_outage(l, event->at_ms, event->code);
}

/* A wait for the next try is told with its end or with what went wrong; the try itself with neither. */
static bool begins_a_try(const struct wire_event *event)
{
    return (event->link == WIRE_LINK_CONNECTING || event->link == WIRE_LINK_UNAVAILABLE) &&
           event->retry_at_ms == 0 && event->code == 0 && event->text.len == 0;
}

static void apply_state(struct link *l, const struct wire_event *event)
{
    const bool was_up = link_is_up(l);

    if (begins_a_try(event)) {
        l->tries++;
        l->tries_total++;
    }
    if (event->code != 0 || (event->text.len > 0 && event->link != WIRE_LINK_CONNECTED)) {
        l->last_code = event->code;
        str_copy(l->last_cause, sizeof l->last_cause, event->cause);
        l->last_close_unix_ms = event->at_unix_ms;
        text_clean(l->last_reason, sizeof l->last_reason, event->text);
        text_redact(l->last_reason);
    }
    if (event->name.len > 0)
        text_clean(l->address, sizeof l->address, event->name);
    l->retry_at_ms = event->retry_at_ms;
    if (l->state != event->link)
        l->since_ms = event->at_ms;
    l->state = event->link;
    if (link_is_up(l) && !was_up)
        connected(l, event);
    else if (was_up && !link_is_up(l))
        lost(l, event);
    mark_cell(l);
}

/* The server's greeting tells how long it may be silent; a number or a number in quotes. */
static void read_greeting(struct link *l, const struct wire_event *event)
{
    struct json_value root;
    struct json_value v;
    int64_t ms;

    if (!str_eq(event->name, STR("pusher:connection_established")) ||
        json_peek(event->data, &root) != CT_OK)
        return;
    l->activity_timeout_ms = 0;
    if (json_get(root, STR("activity_timeout"), &v) && json_scaled(v, 3, &ms) && ms > 0 &&
        ms <= INT32_MAX)
        l->activity_timeout_ms = (uint32_t)ms;
}

static void apply_frame(struct link *l, const struct wire_event *event)
{
    const size_t slot = (size_t)(l->slot_s % RATE_SLOTS);

    l->heard_ms = event->at_ms;
    l->bytes_slot[slot] += (uint32_t)event->text.len;
    l->bytes_total += event->text.len;
    read_greeting(l, event);
    if (str_starts(event->name, STR("pusher:")) || str_starts(event->name, STR("pusher_internal:")))
        return;
    l->data_ms = event->at_ms;
    l->events_slot[slot]++;
    l->events_total++;
}

uint32_t link_auth_slow_ms(const struct link *l)
{
    return l->auth_oldest_ms >= LINK_AUTH_SLOW_MS ? l->auth_oldest_ms : 0;
}

static void apply_ping(struct link *l, const struct wire_event *event)
{
    if (event->value < 0 || event->value > INT32_MAX)
        return;
    l->ping_ms = (int32_t)event->value;
    l->pings[l->ping_count % LINK_PINGS_MAX] = l->ping_ms;
    l->ping_count++;
    l->heard_ms = event->at_ms;
}

static void apply_auth(struct link *l, const struct wire_event *event)
{
    l->auth_code = event->code;
    l->auth_text[0] = l->auth_cause[0] = '\0';
    if (event->code == 0)
        return;
    str_copy(l->auth_cause, sizeof l->auth_cause, event->cause);
    text_clean(l->auth_text, sizeof l->auth_text, event->text);
    text_redact(l->auth_text);
}

bool link_is_auth_failure(const struct wire_event *event)
{
    const bool of_server = str_eq(event->cause, STR("subscribe-timeout")) ||
                           str_eq(event->cause, STR("server-error")) ||
                           str_eq(event->cause, STR("signature")) ||
                           str_eq(event->cause, STR("no-token")) ||
                           (event->cause.len == 0 && (event->code < 400 || event->code > 599));

    return event->kind == WIRE_SUB && event->sub == WIRE_SUB_FAILED && !of_server &&
           event->code != 401;
}

/* A signature came: the endpoint works. */
static void apply_sub(struct link *l, const struct wire_event *event)
{
    if (event->sub == WIRE_SUB_SENT) {
        l->auth_fails = 0;
    } else if (link_is_auth_failure(event)) {
        l->auth_fails += l->auth_fails < UINT32_MAX;
        l->auth_fail_code = event->code;
        l->auth_fail_ms = event->at_ms;
        str_copy(l->auth_fail_cause, sizeof l->auth_fail_cause, event->cause);
    }
}

void link_apply(struct link *l, const struct wire_event *event)
{
    link_tick(l, event->at_ms);
    if (event->kind == WIRE_FRAME)
        apply_frame(l, event);
    else if (event->kind == WIRE_LINK)
        apply_state(l, event);
    else if (event->kind == WIRE_PING)
        apply_ping(l, event);
    else if (event->kind == WIRE_AUTH)
        apply_auth(l, event);
    else if (event->kind == WIRE_SUB)
        apply_sub(l, event);
}

int32_t link_ping_p95_ms(const struct link *l)
{
    int32_t sorted[LINK_PINGS_MAX];
    const size_t count = l->ping_count < LINK_PINGS_MAX ? l->ping_count : LINK_PINGS_MAX;

    if (count == 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        size_t at = i;

        for (; at > 0 && sorted[at - 1] > l->pings[i]; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = l->pings[i];
    }
    return sorted[(count * 95 + 99) / 100 - 1]; /* nearest rank */
}
