/* tests/unit/test_sim.c - simulated fleets: repeatable, bounded by physics, faulty on request. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/stamp.h"
#include "sim/sim.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, ORDERS_MAX = 4096 };

#define START_UNIX_MS INT64_C(1763647200000)

/* ---- looking at events with base/json.h alone ---------------------------------------------------
 */

struct update {
    bool completed, is_json, has_order, has_point, known; /* known: time and energy were numbers */
    uint32_t id;                                          /* from the channel */
    int64_t order_id, status, online, time_cmin, energy_wh, price_cents, rate_cents, max_w;
    int64_t requested_min;
    bool ac, timed, by_minute, quoted;
    char title[64];
};

static struct json_value get(struct json_value object, const char *key)
{
    struct json_value v = {JSON_NONE, {NULL, 0}};

    if (object.type == JSON_OBJECT)
        (void)json_get(object, str_from(key), &v);
    return v;
}

static int64_t scaled(struct json_value object, const char *key, int decimals)
{
    int64_t value = INT64_MIN;

    (void)json_scaled(get(object, key), decimals, &value);
    return value;
}

static void read_order(struct update *u, struct json_value order)
{
    const struct json_value point = get(order, "charge_point");
    const struct json_value type = get(point, "type");
    struct json_value requested = get(order, "requested_quantity");

    u->has_order = true;
    u->order_id = scaled(order, "id", 0);
    u->status = scaled(order, "status", 0);
    u->online = scaled(point, "online_status", 0);
    u->time_cmin = scaled(order, "charging_session_time", 2);
    u->energy_wh = scaled(order, "charging_session_energy", 3);
    u->known = u->time_cmin != INT64_MIN && u->energy_wh != INT64_MIN;
    u->quoted = get(order, "charging_session_energy").type == JSON_STRING;
    u->price_cents = scaled(order, "price", 2);
    u->rate_cents = scaled(order, "unit_price", 2);
    u->max_w = scaled(type, "max_power", 3);
    u->ac = json_string_is(get(type, "current_type"), STR("AC"));
    u->by_minute = json_string_is(get(order, "price_unit"), STR("minutes"));
    u->timed = json_i64(requested, &u->requested_min);
    (void)json_string_copy(get(point, "title"), u->title, sizeof u->title);
}

static struct update read_event(const struct sim_event *e)
{
    const struct str number = str_after_last(e->channel, '.');
    struct update u = {.completed = str_ends(e->name, STR("Completed"))};
    struct json_value data, order;

    assert_true(str_starts(e->channel, STR("private-orders.")));
    assert_true(str_starts(e->name, STR("App\\Events\\ChargePoint")));
    for (size_t i = 0; i < number.len; i++)
        u.id = u.id * 10 + (uint32_t)(number.ptr[i] - '0');
    u.is_json = json_parse(e->data, &data) == CT_OK;
    if (!u.is_json)
        return u;
    u.has_point = get(data, "chargePoint").type == JSON_OBJECT;
    order = get(data, "order");
    if (order.type == JSON_OBJECT)
        read_order(&u, order);
    return u;
}

typedef void visit_fn(void *context, const struct sim_event *e, const struct update *u);

static struct sim *begin(struct sim_cfg cfg)
{
    struct sim *s;

    cfg.start_unix_ms = START_UNIX_MS;
    assert_int_equal(sim_create(&s, &cfg), CT_OK);
    return s;
}

static size_t run(struct sim *s, uint64_t until_ms, visit_fn *visit, void *context)
{
    uint64_t last_ms = sim_now_ms(s);
    struct sim_event e;
    size_t count = 0;

    while (sim_next(s, until_ms, &e)) {
        const struct update u = read_event(&e);

        assert_true(e.at_ms >= last_ms && e.at_ms <= until_ms);
        last_ms = e.at_ms;
        count++;
        if (visit)
            visit(context, &e, &u);
    }
    assert_int_equal(sim_now_ms(s), until_ms);
    return count;
}

/* What is remembered of each order, by its number. */
struct seen {
    struct update last;
    uint64_t last_ms, completed_ms, longest_gap_ms;
    size_t updates, completions, after_end, fell, repeated, backwards;
};

struct log {
    struct seen order[ORDERS_MAX];
};

static struct seen *seen_of(struct log *log, uint32_t id)
{
    assert_true(id >= SIM_ORDER_ID_FIRST && id < SIM_ORDER_ID_FIRST + ORDERS_MAX);
    return &log->order[id - SIM_ORDER_ID_FIRST];
}

static void note(void *context, const struct sim_event *e, const struct update *u)
{
    struct seen *o = seen_of(context, u->id);

    if (u->completed) {
        o->completions++;
        o->completed_ms = e->at_ms;
        return;
    }
    if (o->completions > 0)
        o->after_end++;
    if (!u->is_json || !u->known)
        return;
    if (o->updates > 0) {
        const uint64_t gap_ms = e->at_ms - o->last_ms;

        o->longest_gap_ms = gap_ms > o->longest_gap_ms ? gap_ms : o->longest_gap_ms;
        o->fell += u->energy_wh < o->last.energy_wh && u->time_cmin > o->last.time_cmin;
        o->repeated += u->time_cmin == o->last.time_cmin && u->energy_wh == o->last.energy_wh;
        o->backwards += u->time_cmin < o->last.time_cmin;
    }
    o->updates++;
    o->last = *u;
    o->last_ms = e->at_ms;
}

static struct log *observe(struct sim_cfg cfg, uint64_t until_ms, visit_fn *visit)
{
    struct sim *s = begin(cfg);
    struct log *log = calloc(1, sizeof *log);

    assert_non_null(log);
    (void)run(s, until_ms, visit, log);
    sim_destroy(s);
    return log;
}

/* ---- repeatable
 * ----------------------------------------------------------------------------------- */

static void the_same_seed_gives_the_same_bytes_for_hours(void **state)
{
    const struct sim_cfg cfg = {.sessions = 12,
                                .seed = 5,
                                .warm = true,
                                .natural_faults = true,
                                .start_unix_ms = START_UNIX_MS};
    struct sim *a, *b;
    struct sim_event from_a, from_b;
    size_t count = 0;

    (void)state;
    assert_int_equal(sim_create(&a, &cfg), CT_OK);
    assert_int_equal(sim_create(&b, &cfg), CT_OK);
    while (sim_next(a, 2 * HOUR, &from_a)) {
        assert_true(sim_next(b, 2 * HOUR, &from_b));
        assert_int_equal(from_a.at_ms, from_b.at_ms);
        assert_true(str_eq(from_a.channel, from_b.channel));
        assert_true(str_eq(from_a.name, from_b.name));
        assert_true(str_eq(from_a.data, from_b.data));
        count++;
    }
    assert_false(sim_next(b, 2 * HOUR, &from_b));
    assert_true(count > 4000);
    sim_destroy(a);
    sim_destroy(b);
}

/* The newest stamp of that name in a list, as Unix ms; INT64_MIN: none. */
static int64_t newest_stamp(struct sim *s, enum sim_list list, const char *name, size_t *count)
{
    struct buf text;
    char key[32];
    int64_t newest = INT64_MIN, at;

    buf_init(&text, 1 << 20);
    assert_int_equal(200, sim_rest_orders(s, list, 1, 100, &text));
    const size_t len = str_format(key, sizeof key, "\"%s\":\"", name);
    struct str rest = {(const char *)text.bytes, text.len};
    for (*count = 0;; (*count)++) {
        const size_t found = str_find(rest, (struct str){key, len});
        if (found + len + 19 > rest.len)
            break;
        rest.ptr += found + len;
        rest.len -= found + len;
        assert_true(stamp_parse((struct str){rest.ptr, 19}, &at));
        newest = at > newest ? at : newest;
    }
    buf_clear(&text);
    return newest;
}

static void stamps_are_of_the_wall_clock_however_fast_time_passes(void **state)
{
    struct sim *s =
        begin((struct sim_cfg){.sessions = 12, .seed = 5, .warm = true, .speed_milli = 20000});
    size_t count;

    (void)state;
    (void)run(s, 2 * HOUR, NULL, NULL);
    const int64_t now_unix_ms = START_UNIX_MS + (int64_t)(2 * HOUR / 20);
    const int64_t ended = newest_stamp(s, SIM_LIST_COMPLETE, "delivery_date", &count);
    assert_true(count > 3);
    assert_true(ended <= now_unix_ms && ended > now_unix_ms - (int64_t)HOUR / 20);
    assert_true(newest_stamp(s, SIM_LIST_ACTIVE, "created_at", &count) <= now_unix_ms);
    assert_true(count > 3);
    sim_destroy(s);
}

static void it_does_not_matter_in_how_many_bites_time_passes(void **state)
{
    const struct sim_cfg cfg = {.sessions = 12, .seed = 8, .warm = true};
    struct sim *whole = begin(cfg), *bites = begin(cfg);
    struct sim_event a, b;

    (void)state;
    for (uint64_t until = 0; until <= HOUR; until += 700)
        while (sim_next(bites, until, &b)) {
            assert_true(sim_next(whole, HOUR, &a));
            assert_int_equal(a.at_ms, b.at_ms);
            assert_true(str_eq(a.data, b.data));
        }
    sim_destroy(whole);
    sim_destroy(bites);
}

static void another_seed_gives_another_fleet(void **state)
{
    struct sim *a = begin((struct sim_cfg){.sessions = 4, .seed = 1});
    struct sim *b = begin((struct sim_cfg){.sessions = 4, .seed = 2});
    struct sim_event from_a, from_b;

    (void)state;
    assert_true(sim_next(a, HOUR, &from_a));
    assert_true(sim_next(b, HOUR, &from_b));
    assert_false(str_eq(from_a.data, from_b.data));
    sim_destroy(a);
    sim_destroy(b);
}

/* ---- physics and bookkeeping
 * ------------------------------------------------------------------------ */

/* Two updates at least a minute of charging apart, so that rounding weighs little. */
static void check_sound(void *context, const struct sim_event *e, const struct update *u)
{
    struct seen *o = seen_of(context, u->id);

    assert_true(u->is_json);
    if (u->completed || !u->known) {
        note(context, e, u);
        return;
    }
    assert_int_equal(u->order_id, u->id);
    assert_int_equal(u->status, 0);
    assert_int_equal(u->online, 1);
    if (o->updates > 0) {
        assert_true(u->energy_wh >= o->last.energy_wh);
        assert_true(u->time_cmin >= o->last.time_cmin);
    }
    const int64_t product = (u->by_minute ? u->time_cmin : u->energy_wh) * u->rate_cents;
    const int64_t per = u->by_minute ? 100 : 1000;
    assert_int_equal(u->price_cents, (product + per / 2) / per);
    if (o->updates == 0 || u->time_cmin - o->last.time_cmin >= 100) {
        if (o->updates > 0) {
            const double kw = 6.0 * (double)(u->energy_wh - o->last.energy_wh) /
                              (double)(u->time_cmin - o->last.time_cmin);
            assert_true(kw <= 1.03 * (double)u->max_w / 1000.0 + 0.2);
        }
        note(context, e, u);
    }
}

static void without_faults_power_stays_in_its_limits_and_energy_never_falls(void **state)
{
    struct log *log =
        observe((struct sim_cfg){.sessions = 40, .seed = 3, .warm = true, .period_ms = 30000},
                6 * HOUR, check_sound);
    size_t completed = 0;

    (void)state;
    for (size_t i = 0; i < ORDERS_MAX; i++) {
        assert_true(log->order[i].completions <= 1);
        completed += log->order[i].completions;
    }
    assert_true(completed > 80);
    free(log);
}

static void the_counter_is_rounded_as_configured(void **state)
{
    struct sim *s =
        begin((struct sim_cfg){.sessions = 5, .seed = 3, .warm = true, .energy_decimals = 2});
    struct sim_event e;

    (void)state;
    while (sim_next(s, 10 * MINUTE, &e)) {
        const struct update u = read_event(&e);

        if (u.known)
            assert_int_equal(u.energy_wh % 10, 0);
    }
    sim_destroy(s);
}

static void the_truth_agrees_with_what_the_next_update_shows(void **state)
{
    struct sim *s = begin((struct sim_cfg){.sessions = 3, .seed = 11, .warm = true});
    double kw = -1, soc = -1, kwh = -1;
    struct sim_event e;

    (void)state;
    while (sim_next(s, 20 * MINUTE, &e)) {
        const struct update u = read_event(&e);

        if (u.completed || !sim_truth(s, str_after_last(e.channel, '.'), &kw, &soc, &kwh))
            continue;
        assert_true(fabs(kwh * 1000.0 - (double)u.energy_wh) <= 0.51);
        assert_true(kw >= 0 && soc > 0 && soc <= 100);
    }
    assert_false(sim_truth(s, STR("1"), &kw, &soc, &kwh));
    assert_false(sim_truth(s, STR("x"), &kw, &soc, &kwh));
    sim_destroy(s);
}

static void note_gap(void *context, const struct sim_event *e, const struct update *u)
{
    const struct seen *o = seen_of(context, u->id);

    if (!u->completed && o->updates > 1 && o->last.time_cmin > 0 &&
        u->energy_wh > o->last.energy_wh)
        assert_in_range(e->at_ms - o->last_ms, 1, 12000);
    note(context, e, u);
}

static void updates_come_every_period_with_a_fifth_of_jitter(void **state)
{
    struct log *log =
        observe((struct sim_cfg){.sessions = 10, .seed = 2, .warm = true}, HOUR, note_gap);

    (void)state;
    for (size_t i = 1; i < 9; i++) /* the first is a booking */
        assert_true(log->order[i].completions > 0 || log->order[i].updates > 290);
    free(log);
}

/* ---- lives
 * ------------------------------------------------------------------------------------------- */

static void a_cold_fleet_starts_from_nothing(void **state)
{
    struct sim *s = begin((struct sim_cfg){.sessions = 6, .seed = 4});
    struct sim_event e;

    (void)state;
    assert_int_equal(sim_active_count(s), 0);
    assert_true(sim_next(s, HOUR, &e));
    const struct update u = read_event(&e);
    assert_true(u.known && u.time_cmin < 50 && u.energy_wh < 500);
    (void)run(s, MINUTE, NULL, NULL);
    assert_int_equal(sim_active_count(s), 6);
    sim_destroy(s);
}

static void a_warm_fleet_is_spread_over_its_life(void **state)
{
    struct log *log =
        observe((struct sim_cfg){.sessions = 24, .seed = 1, .warm = true}, 30 * 1000, note);
    size_t young = 0, old = 0, charging = 0;

    (void)state;
    for (size_t i = 0; i < 24; i++) {
        charging += log->order[i].updates > 0;
        young += log->order[i].updates > 0 && log->order[i].last.time_cmin < 1500;
        old += log->order[i].last.time_cmin > 5000;
    }
    assert_true(charging >= 20);
    assert_true(young >= 3 && old >= 3);
    free(log);
}

static void about_as_many_as_asked_for_are_always_charging(void **state)
{
    struct sim *s =
        begin((struct sim_cfg){.sessions = 50, .seed = 6, .warm = true, .period_ms = 60000});

    (void)state;
    for (uint64_t at = 5 * MINUTE; at <= 5 * HOUR; at += 5 * MINUTE) {
        (void)run(s, at, NULL, NULL);
        assert_in_range(sim_active_count(s), 42, 50);
    }
    sim_destroy(s);
}

struct ending {
    uint64_t last_ms[ORDERS_MAX];
    size_t orders, both, seen;
};

static void check_ending(void *context, const struct sim_event *e, const struct update *u)
{
    struct ending *x = context;
    uint64_t *last_ms = &x->last_ms[u->id - SIM_ORDER_ID_FIRST];

    if (!u->completed) {
        *last_ms = e->at_ms;
        return;
    }
    x->seen++;
    assert_true(u->has_order);
    x->both += u->has_point;
    assert_int_equal(u->status, 2);
    assert_in_range(e->at_ms - *last_ms, 1000, 20000);
    struct json_value data, order;
    assert_int_equal(json_parse(e->data, &data), CT_OK);
    order = get(data, "order");
    assert_int_equal(get(order, "delivery_date").type, JSON_STRING);
    int64_t quantity = -1;
    assert_true(json_scaled(get(order, "quantity"), u->by_minute ? 2 : 3, &quantity));
    assert_int_equal(quantity, u->by_minute ? u->time_cmin : u->energy_wh);
    if (u->timed)
        assert_true(u->time_cmin <= u->requested_min * 100);
}

static void a_completed_event_with_final_values_follows_the_last_update(void **state)
{
    struct sim *s =
        begin((struct sim_cfg){.sessions = 30, .seed = 9, .warm = true, .period_ms = 30000});
    struct ending *x = calloc(1, sizeof *x);

    (void)state;
    assert_non_null(x);
    (void)run(s, 4 * HOUR, check_ending, x);
    assert_true(x->seen > 40);
    assert_true(x->both > 0 && x->both < x->seen);
    free(x);
    sim_destroy(s);
}

static void check_new(void *context, const struct sim_event *e, const struct update *u)
{
    uint32_t *highest = context;

    (void)e;
    assert_true(u->id <= *highest + 8); /* ids are given in order; a few begin at the same time */
    if (u->id > *highest)
        *highest = u->id;
}

static void new_orders_get_increasing_numbers(void **state)
{
    struct sim *s =
        begin((struct sim_cfg){.sessions = 8, .seed = 10, .warm = true, .period_ms = 30000});
    uint32_t highest = SIM_ORDER_ID_FIRST;

    (void)state;
    (void)run(s, 6 * HOUR, check_new, &highest);
    assert_true(highest > SIM_ORDER_ID_FIRST + 20);
    sim_destroy(s);
}

/* ---- faults
 * -------------------------------------------------------------------------------------------- */

static struct log *with_fault(uint32_t bits, uint64_t until_ms)
{
    return observe((struct sim_cfg){.sessions = 6, .seed = 21, .warm = true, .faults = bits},
                   until_ms, note);
}

static void at_two_minutes(void *context, const struct sim_event *e, const struct update *u)
{
    struct log *log = context;

    if (e->at_ms <= 2 * MINUTE + 12000)
        note(log, e, u);
    else if (u->known)
        seen_of(log, u->id)->fell += u->energy_wh - seen_of(log, u->id)->last.energy_wh < 10;
}

static void a_stalled_session_goes_on_talking_without_energy(void **state)
{
    struct log *log = observe(
        (struct sim_cfg){.sessions = 6, .seed = 21, .warm = true, .faults = SIM_FAULT_STALL},
        12 * MINUTE, at_two_minutes);
    size_t stalled = 0;

    (void)state;
    for (size_t i = 0; i < 6; i++)
        stalled += log->order[i].fell > 40; /* updates without a gain, at 6 a minute */
    assert_true(stalled >= 2);
    free(log);
}

static void a_silent_session_misses_its_updates_while_the_meter_goes_on(void **state)
{
    struct sim *s = begin(
        (struct sim_cfg){.sessions = 1, .seed = 2, .warm = true, .faults = SIM_FAULT_SILENCE});
    struct log *log = calloc(1, sizeof *log);
    double kw, soc, before_kwh, after_kwh;

    (void)state;
    assert_non_null(log);
    (void)run(s, 3 * MINUTE, note, log);
    assert_true(log->order[0].last_ms < 2 * MINUTE);
    assert_true(sim_truth(s, STR("2149"), &kw, &soc, &before_kwh));
    assert_int_equal(run(s, 20 * MINUTE, note, log), 0);
    assert_true(sim_truth(s, STR("2149"), &kw, &soc, &after_kwh));
    assert_true(after_kwh > before_kwh + 0.5);
    (void)run(s, 70 * MINUTE, note, log);
    assert_true(log->order[0].longest_gap_ms > 40 * MINUTE);
    assert_int_equal(log->order[0].fell, 0);
    free(log);
    sim_destroy(s);
}

struct offline {
    uint64_t told_ms, back_ms;
    size_t between;
};

static void watch_offline(void *context, const struct sim_event *e, const struct update *u)
{
    struct offline *x = context;

    if (u->known && u->online == 0)
        x->told_ms = e->at_ms;
    else if (x->told_ms && !x->back_ms)
        x->back_ms = e->at_ms;
}

static void an_offline_charger_says_so_once_and_then_nothing(void **state)
{
    struct sim *s = begin(
        (struct sim_cfg){.sessions = 1, .seed = 2, .warm = true, .faults = SIM_FAULT_OFFLINE});
    struct offline x = {0};

    (void)state;
    (void)run(s, 2 * HOUR, watch_offline, &x);
    assert_in_range(x.told_ms, 10000, 2 * MINUTE);
    assert_true(x.back_ms > x.told_ms + 20 * MINUTE);
    sim_destroy(s);
}

static size_t total(const struct log *log, size_t offset)
{
    size_t sum = 0;

    for (size_t i = 0; i < ORDERS_MAX; i++)
        sum += *(const size_t *)(const void *)((const char *)&log->order[i] + offset);
    return sum;
}

static void updates_out_of_order_go_backwards_in_time(void **state)
{
    struct log *log = with_fault(SIM_FAULT_OUT_OF_ORDER, 10 * MINUTE);

    (void)state;
    assert_true(total(log, offsetof(struct seen, backwards)) >= 5);
    free(log);
}

static void duplicates_repeat_an_update(void **state)
{
    struct log *log = with_fault(SIM_FAULT_DUPLICATE, 10 * MINUTE);

    (void)state;
    assert_true(total(log, offsetof(struct seen, repeated)) >= 5);
    assert_int_equal(total(log, offsetof(struct seen, backwards)), 0);
    free(log);
}

static void a_corrected_meter_falls_back_once(void **state)
{
    struct log *log = with_fault(SIM_FAULT_CORRECTION, 4 * MINUTE);

    (void)state;
    assert_int_equal(total(log, offsetof(struct seen, fell)), 2); /* two sessions of six have it */
    free(log);
}

static void a_glitch_is_one_absurd_value_and_the_next_is_right(void **state)
{
    struct log *log = with_fault(SIM_FAULT_GLITCH, 5 * MINUTE);

    (void)state;
    assert_true(total(log, offsetof(struct seen, fell)) >= 2); /* down to it, or back from it */
    free(log);
}

static void an_overrunning_session_goes_on_past_its_end(void **state)
{
    struct log *log = with_fault(SIM_FAULT_OVERRUN, 3 * MINUTE);
    size_t past = 0;

    (void)state;
    for (size_t i = 0; i < 12; i++) {
        const struct update *u = &log->order[i].last;
        past += u->timed && u->time_cmin > u->requested_min * 100 + 100;
    }
    assert_int_equal(past, 2);
    free(log);
}

static void a_late_completion_comes_half_a_minute_to_five_minutes_after_the_end(void **state)
{
    struct log *log =
        observe((struct sim_cfg){.sessions = 1, .seed = 3, .warm = true, .faults = SIM_FAULT_LATE},
                8 * MINUTE, note);

    (void)state;
    assert_int_equal(log->order[0].completions, 1);
    assert_in_range(log->order[0].completed_ms - log->order[0].last_ms, 30000, 300000);
    free(log);
}

static void count_bare(void *context, const struct sim_event *e, const struct update *u)
{
    size_t *bare = context;

    (void)e;
    *bare += u->completed && !u->has_order;
}

static void a_bare_completion_brings_no_order(void **state)
{
    struct sim *s =
        begin((struct sim_cfg){.sessions = 6, .seed = 3, .warm = true, .faults = SIM_FAULT_BARE});
    size_t bare = 0;

    (void)state;
    (void)run(s, 3 * MINUTE, count_bare, &bare);
    assert_true(bare >= 2);
    sim_destroy(s);
}

static void a_power_drop_is_a_step_down(void **state)
{
    struct sim *s = begin(
        (struct sim_cfg){.sessions = 1, .seed = 3, .warm = true, .faults = SIM_FAULT_POWER_DROP});
    double before_kw, after_kw, soc, kwh;

    (void)state;
    (void)run(s, 10000, NULL, NULL);
    assert_true(sim_truth(s, STR("2149"), &before_kw, &soc, &kwh));
    (void)run(s, 3 * MINUTE, NULL, NULL);
    assert_true(sim_truth(s, STR("2149"), &after_kw, &soc, &kwh));
    assert_true(after_kw < 0.35 * before_kw && after_kw > 0.25 * before_kw);
    sim_destroy(s);
}

struct badness {
    size_t broken, nulls, quoted, huge;
};

static void count_bad(void *context, const struct sim_event *e, const struct update *u)
{
    struct badness *b = context;

    b->broken += !u->is_json;
    b->nulls += u->has_order && !u->known;
    b->quoted += u->quoted;
    b->huge += e->data.len > 70 * 1024;
}

static void bad_data_comes_in_four_kinds(void **state)
{
    struct sim *s = begin(
        (struct sim_cfg){.sessions = 2, .seed = 3, .warm = true, .faults = SIM_FAULT_BAD_DATA});
    struct badness b = {0};

    (void)state;
    (void)run(s, 10 * MINUTE, count_bad, &b);
    assert_true(b.broken > 0 && b.nulls > 0 && b.quoted > 0 && b.huge > 0);
    sim_destroy(s);
}

static void a_session_that_never_ramps_up_stays_under_its_first_watts(void **state)
{
    struct log *log =
        observe((struct sim_cfg){.sessions = 1, .seed = 3, .warm = true, .faults = SIM_FAULT_RAMP},
                15 * MINUTE, note);

    (void)state;
    assert_true(log->order[0].updates > 60);
    assert_true(log->order[0].last.energy_wh < 20);
    assert_true(log->order[0].last.time_cmin > 1000);
    free(log);
}

static void lost_updates_leave_gaps(void **state)
{
    struct log *log =
        observe((struct sim_cfg){.sessions = 1, .seed = 3, .warm = true, .faults = SIM_FAULT_LOST},
                10 * MINUTE, note);

    (void)state;
    assert_in_range(log->order[0].updates, 36, 44); /* a third of 60 is missing */
    free(log);
}

static void a_missing_end_takes_the_order_off_the_list_without_a_word(void **state)
{
    struct sim *s = begin(
        (struct sim_cfg){.sessions = 1, .seed = 3, .warm = true, .faults = SIM_FAULT_MISSING_END});
    struct log *log = calloc(1, sizeof *log);
    struct buf body;

    (void)state;
    assert_non_null(log);
    buf_init(&body, 64 * 1024);
    assert_int_equal(sim_active_count(s), 1);
    (void)run(s, 2 * MINUTE, note, log);
    assert_int_equal(log->order[0].completions, 0);
    assert_int_equal(sim_rest_order(s, STR("2149"), &body), 200);
    assert_true(str_find(buf_str(&body), STR("\"status\":2")) < body.len);
    buf_clear(&body);
    free(log);
    sim_destroy(s);
}

static void one_update_may_come_after_the_end(void **state)
{
    struct log *log = observe(
        (struct sim_cfg){.sessions = 1, .seed = 3, .warm = true, .faults = SIM_FAULT_AFTER_END},
        2 * MINUTE + 30000, note);

    (void)state;
    assert_int_equal(log->order[0].completions, 1);
    assert_int_equal(log->order[0].after_end, 1);
    assert_in_range(log->order[0].last_ms - log->order[0].completed_ms, 1000, 5000);
    free(log);
}

static void only_denied_orders_are_denied(void **state)
{
    struct sim *s =
        begin((struct sim_cfg){.sessions = 6, .seed = 3, .warm = true, .faults = SIM_FAULT_DENIED});
    size_t denied = 0;

    (void)state;
    for (unsigned id = SIM_ORDER_ID_FIRST; id < SIM_ORDER_ID_FIRST + 6; id++) {
        char channel[40];
        const size_t len = str_format(channel, sizeof channel, "private-orders.%u", id);
        denied += sim_denies(s, (struct str){channel, len});
    }
    assert_int_equal(denied, 2);
    assert_false(sim_denies(s, STR("private-orders.1")));
    assert_false(sim_denies(s, STR("private-orders.")));
    assert_false(sim_denies(s, STR("presence-room")));
    sim_destroy(s);
}

static void every_fault_has_a_name_that_is_listed(void **state)
{
    const struct str names = str_from(sim_fault_names());
    struct str rest = names;
    uint32_t bit, all = 0;

    (void)state;
    while (rest.len > 0) {
        assert_true(sim_fault_parse(str_trim(str_split(&rest, ',')), &bit));
        assert_int_equal(all & bit, 0);
        all |= bit;
    }
    assert_int_equal(all, (SIM_FAULT_DENIED << 1) - 1);
    assert_false(sim_fault_parse(STR("earthquake"), &bit));
    assert_false(sim_fault_parse(STR(""), &bit));
}

static void all_faults_at_once_on_one_session_are_survived(void **state)
{
    struct log *log = observe((struct sim_cfg){.sessions = 1,
                                               .seed = 3,
                                               .warm = true,
                                               .natural_faults = true,
                                               .period_ms = 30000,
                                               .faults = (SIM_FAULT_DENIED << 1) - 1},
                              24 * HOUR, note);

    (void)state;
    assert_true(log->order[5].updates + log->order[6].updates > 0); /* life goes on: others came */
    free(log);
}

static void a_demo_without_named_faults_still_has_something_to_show(void **state)
{
    struct log *log =
        observe((struct sim_cfg){.sessions = 12, .seed = 1, .warm = true, .natural_faults = true},
                6 * MINUTE, note);
    size_t silent = 0;

    (void)state;
    for (size_t i = 0; i < 12; i++)
        silent += log->order[i].updates > 0 && !log->order[i].completions &&
                  log->order[i].last_ms < 3 * MINUTE;
    assert_true(silent >= 1);
    assert_true(total(log, offsetof(struct seen, fell)) >= 1);
    free(log);
}

/* ---- documents
 * --------------------------------------------------------------------------------------- */

static struct json_value parse(const struct buf *body)
{
    struct json_value v;

    assert_int_equal(json_parse(buf_str(body), &v), CT_OK);
    return v;
}

static size_t count_members(struct json_value array)
{
    struct json_iter it;
    struct json_value v;
    struct str key;
    size_t n = 0;

    json_iter_init(&it, array);
    while (json_next(&it, &key, &v))
        n++;
    return n;
}

static size_t list(struct sim *s, enum sim_list which, uint32_t page, uint32_t limit,
                   struct json_value *meta)
{
    struct buf *body = malloc(sizeof *body);
    size_t n;

    assert_non_null(body);
    buf_init(body, 1024 * 1024);
    assert_int_equal(sim_rest_orders(s, which, page, limit, body), 200);
    const struct json_value doc = parse(body);
    assert_int_equal(scaled(doc, "success", 0), 1);
    n = count_members(get(doc, "data"));
    const struct json_value m = get(doc, "meta");
    assert_int_equal(scaled(m, "current_page", 0), page ? page : 1);
    meta->type = JSON_NONE;
    static const char *const keys[] = {"last_page", "per_page", "total"};
    for (size_t i = 0; i < 3; i++)
        assert_true(scaled(m, keys[i], 0) >= 0);
    if (n == 0)
        assert_int_equal(get(m, "from").type, JSON_NULL);
    else
        assert_int_equal(scaled(m, "to", 0) - scaled(m, "from", 0) + 1, n);
    meta->raw.len = (size_t)scaled(m, "last_page", 0) * 1000000 + (size_t)scaled(m, "total", 0);
    buf_clear(body);
    free(body);
    return n;
}

static void the_active_list_pages_to_its_last_page(void **state)
{
    struct sim *s = begin((struct sim_cfg){.sessions = 33, .seed = 3});
    struct json_value meta;

    (void)state;
    (void)run(s, MINUTE, NULL, NULL);
    assert_int_equal(sim_active_count(s), 33);
    assert_int_equal(list(s, SIM_LIST_ACTIVE, 1, 15, &meta), 15);
    assert_int_equal(meta.raw.len, 3000033); /* last_page 3, total 33 */
    assert_int_equal(list(s, SIM_LIST_ACTIVE, 2, 15, &meta), 15);
    assert_int_equal(list(s, SIM_LIST_ACTIVE, 3, 15, &meta), 3);
    assert_int_equal(list(s, SIM_LIST_ACTIVE, 4, 15, &meta), 0);
    assert_int_equal(list(s, SIM_LIST_ACTIVE, UINT32_MAX, 15, &meta), 0);
    assert_int_equal(list(s, SIM_LIST_ACTIVE, 0, 0, &meta), 15);
    assert_int_equal(list(s, SIM_LIST_ACTIVE, 1, UINT32_MAX, &meta), 33);
    assert_int_equal(list(s, SIM_LIST_COMPLETE, 1, 15, &meta), 0);
    assert_int_equal(meta.raw.len, 1000000); /* one empty page */
    sim_destroy(s);
}

static void finished_orders_are_kept_to_a_bound(void **state)
{
    struct sim *s =
        begin((struct sim_cfg){.sessions = 100, .seed = 3, .warm = true, .period_ms = 300000});
    struct json_value meta;

    (void)state;
    (void)run(s, 8 * HOUR, NULL, NULL);
    assert_int_equal(list(s, SIM_LIST_COMPLETE, 1, 100, &meta), 100);
    assert_int_equal(meta.raw.len, 2000200);
    assert_int_equal(list(s, SIM_LIST_COMPLETE, 2, 100, &meta), 100);
    assert_int_equal(list(s, SIM_LIST_COMPLETE, 3, 100, &meta), 0);
    sim_destroy(s);
}

static void a_list_that_does_not_fit_is_an_error_not_half_a_document(void **state)
{
    struct sim *s = begin((struct sim_cfg){.sessions = 33, .seed = 3, .warm = true});
    struct buf body;

    (void)state;
    buf_init(&body, 4096);
    assert_int_equal(sim_rest_orders(s, SIM_LIST_ACTIVE, 1, 30, &body), 500);
    assert_int_equal(scaled(parse(&body), "success", 0), 0);
    buf_clear(&body);
    sim_destroy(s);
}

static void details_are_one_order_or_a_404(void **state)
{
    struct sim *s = begin((struct sim_cfg){.sessions = 3, .seed = 3, .warm = true});
    struct buf body;

    (void)state;
    buf_init(&body, 64 * 1024);
    assert_int_equal(sim_rest_order(s, STR("2150"), &body), 200);
    assert_int_equal(scaled(get(parse(&body), "data"), "id", 0), 2150);
    buf_reset(&body);
    assert_int_equal(sim_rest_order(s, STR("99"), &body), 404);
    assert_int_equal(scaled(parse(&body), "success", 0), 0);
    buf_reset(&body);
    assert_int_equal(sim_rest_order(s, STR("../2150"), &body), 404);
    buf_clear(&body);
    sim_destroy(s);
}

static void a_stop_ends_the_session_and_a_second_one_is_refused(void **state)
{
    struct sim *s = begin((struct sim_cfg){.sessions = 3, .seed = 3, .warm = true});
    struct log *log = calloc(1, sizeof *log);
    struct buf body;

    (void)state;
    assert_non_null(log);
    buf_init(&body, 64 * 1024);
    (void)run(s, MINUTE, note, log);
    assert_int_equal(sim_rest_stop(s, STR("2150"), &body), 200);
    assert_int_equal(scaled(get(parse(&body), "data"), "status", 0), 2);
    assert_int_equal(sim_active_count(s), 2);
    assert_true(sim_deadline_ms(s) >= MINUTE);
    buf_reset(&body);
    assert_int_equal(sim_rest_stop(s, STR("2150"), &body), 400);
    assert_int_equal(get(parse(&body), "data").type, JSON_NULL);
    buf_reset(&body);
    assert_int_equal(sim_rest_stop(s, STR("7"), &body), 404);
    (void)run(s, MINUTE + 20000, note, log);
    assert_int_equal(log->order[1].completions, 1);
    assert_in_range(log->order[1].completed_ms, MINUTE + 1000, MINUTE + 20000);
    buf_clear(&body);
    free(log);
    sim_destroy(s);
}

static void a_booking_can_be_seen_and_cancelled(void **state)
{
    struct sim *s = begin((struct sim_cfg){.sessions = 8, .seed = 3, .warm = true});
    struct buf body;

    (void)state;
    buf_init(&body, 64 * 1024);
    assert_int_equal(sim_rest_order(s, STR("2149"), &body), 200); /* made hours ago: the oldest */
    const struct json_value order = get(parse(&body), "data");
    assert_int_equal(scaled(order, "status", 0), 1);
    assert_int_equal(get(order, "connector_number").type, JSON_NULL);
    assert_true(get(order, "reserved_at").raw.len == 19);
    buf_reset(&body);
    assert_int_equal(sim_rest_stop(s, STR("2149"), &body), 200);
    assert_int_equal(scaled(get(parse(&body), "data"), "charging_session_energy", 3), 0);
    (void)run(s, HOUR, NULL, NULL);
    buf_clear(&body);
    sim_destroy(s);
}

static void the_user_has_a_currency(void **state)
{
    struct sim *s = begin((struct sim_cfg){.sessions = 1});
    struct buf body;

    (void)state;
    buf_init(&body, 4096);
    assert_int_equal(sim_rest_me(s, &body), 200);
    assert_true(json_string_is(get(get(parse(&body), "data"), "currency"), STR("EUR")));
    buf_clear(&body);
    sim_destroy(s);
}

static void documents_are_written_as_php_writes_them(void **state)
{
    struct sim *s = begin((struct sim_cfg){.sessions = 200, .seed = 3, .warm = true});
    struct buf body;

    (void)state;
    buf_init(&body, 1024 * 1024);
    assert_int_equal(sim_rest_orders(s, SIM_LIST_ACTIVE, 1, 100, &body), 200);
    assert_true(str_find(buf_str(&body), STR("https:\\/\\/cdn.example.com")) < body.len);
    assert_true(str_find(buf_str(&body), STR("\\u00d8sthavn")) < body.len);
    for (size_t i = 0; i < body.len; i++)
        assert_true(body.bytes[i] < 0x80);
    buf_clear(&body);
    sim_destroy(s);
}

/* ---- limits
 * ---------------------------------------------------------------------------------------------- */

static void ten_thousand_sessions_run_and_one_more_is_refused(void **state)
{
    struct sim *s = begin((struct sim_cfg){.sessions = SIM_SESSIONS_MAX, .seed = 1, .warm = true});
    struct sim_event e;
    size_t events = 0;

    (void)state;
    while (sim_next(s, 5000, &e))
        events++;
    assert_in_range(events, 4000, 6000); /* half of them in half a period */
    assert_in_range(sim_active_count(s), SIM_SESSIONS_MAX * 9 / 10, SIM_SESSIONS_MAX);
    sim_destroy(s);
    const struct sim_cfg more = {.sessions = SIM_SESSIONS_MAX + 1};
    assert_int_equal(sim_create(&s, &more), CT_ERR_RANGE);
    assert_null(s);
}

static void unusable_configurations_are_refused(void **state)
{
    char long_prefix[300];
    const struct sim_cfg none = {.sessions = 0}, decimals = {.sessions = 1, .energy_decimals = 4},
                         period = {.sessions = 1, .period_ms = UINT32_MAX},
                         prefix = {.sessions = 1, .channel_prefix = long_prefix};
    struct sim *s;

    (void)state;
    memset(long_prefix, 'p', sizeof long_prefix);
    long_prefix[sizeof long_prefix - 1] = '\0';
    assert_int_equal(sim_create(&s, &none), CT_ERR_RANGE);
    assert_int_equal(sim_create(&s, &decimals), CT_ERR_RANGE);
    assert_int_equal(sim_create(&s, &period), CT_ERR_RANGE);
    assert_int_equal(sim_create(&s, &prefix), CT_ERR_RANGE);
    sim_destroy(NULL);
}

static void the_deadline_is_when_something_happens(void **state)
{
    struct sim *s = begin((struct sim_cfg){.sessions = 4, .seed = 3, .warm = true});
    struct sim_event e;

    (void)state;
    const uint64_t due_ms = sim_deadline_ms(s);
    assert_true(due_ms > 0);
    assert_false(sim_next(s, due_ms - 1, &e));
    assert_true(sim_next(s, due_ms, &e));
    assert_int_equal(e.at_ms, due_ms);
    sim_destroy(s);
}

static void a_channel_prefix_can_be_chosen(void **state)
{
    const struct sim_cfg cfg = {.sessions = 1, .warm = true, .channel_prefix = "private-lot.7."};
    struct sim *s;
    struct sim_event e;

    (void)state;
    assert_int_equal(sim_create(&s, &cfg), CT_OK);
    assert_true(sim_next(s, HOUR, &e));
    assert_true(str_eq(e.channel, STR("private-lot.7.2149")));
    sim_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_bytes_for_hours),
        cmocka_unit_test(stamps_are_of_the_wall_clock_however_fast_time_passes),
        cmocka_unit_test(it_does_not_matter_in_how_many_bites_time_passes),
        cmocka_unit_test(another_seed_gives_another_fleet),
        cmocka_unit_test(without_faults_power_stays_in_its_limits_and_energy_never_falls),
        cmocka_unit_test(the_counter_is_rounded_as_configured),
        cmocka_unit_test(the_truth_agrees_with_what_the_next_update_shows),
        cmocka_unit_test(updates_come_every_period_with_a_fifth_of_jitter),
        cmocka_unit_test(a_cold_fleet_starts_from_nothing),
        cmocka_unit_test(a_warm_fleet_is_spread_over_its_life),
        cmocka_unit_test(about_as_many_as_asked_for_are_always_charging),
        cmocka_unit_test(a_completed_event_with_final_values_follows_the_last_update),
        cmocka_unit_test(new_orders_get_increasing_numbers),
        cmocka_unit_test(a_stalled_session_goes_on_talking_without_energy),
        cmocka_unit_test(a_silent_session_misses_its_updates_while_the_meter_goes_on),
        cmocka_unit_test(an_offline_charger_says_so_once_and_then_nothing),
        cmocka_unit_test(updates_out_of_order_go_backwards_in_time),
        cmocka_unit_test(duplicates_repeat_an_update),
        cmocka_unit_test(a_corrected_meter_falls_back_once),
        cmocka_unit_test(a_glitch_is_one_absurd_value_and_the_next_is_right),
        cmocka_unit_test(an_overrunning_session_goes_on_past_its_end),
        cmocka_unit_test(a_late_completion_comes_half_a_minute_to_five_minutes_after_the_end),
        cmocka_unit_test(a_bare_completion_brings_no_order),
        cmocka_unit_test(a_power_drop_is_a_step_down),
        cmocka_unit_test(bad_data_comes_in_four_kinds),
        cmocka_unit_test(a_session_that_never_ramps_up_stays_under_its_first_watts),
        cmocka_unit_test(lost_updates_leave_gaps),
        cmocka_unit_test(a_missing_end_takes_the_order_off_the_list_without_a_word),
        cmocka_unit_test(one_update_may_come_after_the_end),
        cmocka_unit_test(only_denied_orders_are_denied),
        cmocka_unit_test(every_fault_has_a_name_that_is_listed),
        cmocka_unit_test(all_faults_at_once_on_one_session_are_survived),
        cmocka_unit_test(a_demo_without_named_faults_still_has_something_to_show),
        cmocka_unit_test(the_active_list_pages_to_its_last_page),
        cmocka_unit_test(finished_orders_are_kept_to_a_bound),
        cmocka_unit_test(a_list_that_does_not_fit_is_an_error_not_half_a_document),
        cmocka_unit_test(details_are_one_order_or_a_404),
        cmocka_unit_test(a_stop_ends_the_session_and_a_second_one_is_refused),
        cmocka_unit_test(a_booking_can_be_seen_and_cancelled),
        cmocka_unit_test(the_user_has_a_currency),
        cmocka_unit_test(documents_are_written_as_php_writes_them),
        cmocka_unit_test(ten_thousand_sessions_run_and_one_more_is_refused),
        cmocka_unit_test(unusable_configurations_are_refused),
        cmocka_unit_test(the_deadline_is_when_something_happens),
        cmocka_unit_test(a_channel_prefix_can_be_chosen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
