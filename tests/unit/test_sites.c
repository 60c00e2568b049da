/* tests/unit/test_sites.c - sites: who belongs to them, and sums that agree with adding up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "support/fleet_rig.h"

static int setup(void **state)
{
    *state = rig_create();
    return 0;
}

static int teardown(void **state)
{
    rig_destroy(*state);
    return 0;
}

/* A report of an order at a charge point. */
static void report(struct rig *r, const char *id, const char *title, const char *point,
                   int64_t charging_ms, int64_t energy_wh, uint64_t at_ms)
{
    struct change *c = calloc(1, sizeof *c);

    assert_non_null(c);
    c->kind = CHANGE_CONSUMPTION;
    c->carries_order = true;
    c->at_ms = at_ms;
    c->at_unix_ms = r->unix_at_0_ms + (int64_t)at_ms;
    str_copy(c->order_id, sizeof c->order_id, str_from(id));
    str_copy(c->order.id, sizeof c->order.id, str_from(id));
    c->order.has = ORDER_HAS_TIME | ORDER_HAS_ENERGY | ORDER_HAS_STATION | ORDER_HAS_CONNECTOR;
    c->order.connector_number = 1 + id[strlen(id) - 1] % 2;
    c->order.charging_ms = charging_ms;
    c->order.energy_wh = energy_wh;
    c->order.station.has = STATION_HAS_TITLE;
    str_copy(c->order.station.title, sizeof c->order.station.title, str_from(title));
    str_copy(c->order.station.id, sizeof c->order.station.id, str_from(point));
    fleet_apply_change(r->fleet, c);
    free(c);
}

static const struct site *named(const struct rig *r, const char *name)
{
    for (size_t i = 0; i < fleet_site_count(r->fleet); i++)
        if (strcmp(fleet_site_at(r->fleet, i)->name, name) == 0)
            return fleet_site_at(r->fleet, i);
    return NULL;
}

static void orders_add_up_to_their_site(void **state)
{
    struct rig *r = *state;

    for (int m = 0; m <= 5; m++) {
        report(r, "1", "Depot 11", "9", m * 60000, m * 100, (uint64_t)m * 60000);
        report(r, "2", "Depot 12", "8", m * 60000, m * 200, (uint64_t)m * 60000);
        report(r, "3", "Mall B2", "7", m * 60000, m * 300, (uint64_t)m * 60000);
    }
    assert_int_equal(2, fleet_site_count(r->fleet));
    assert_string_equal("Depot", fleet_site_at(r->fleet, 0)->name);
    assert_int_equal(18000, named(r, "Depot")->power_w);
    assert_int_equal(2, named(r, "Depot")->orders);
    assert_int_equal(18000, named(r, "Mall")->power_w);
    assert_int_equal(36000, fleet_day(r->fleet)->power_w);
    assert_int_equal(1500, named(r, "Depot")->energy_today_wh);
    assert_int_equal(3000, fleet_day(r->fleet)->energy_today_wh);
    assert_int_equal(-1, site_pct(named(r, "Mall")));
    assert_ptr_equal(named(r, "Mall"), fleet_order_site(r->fleet, rig_order(r, "3")));
}

static void a_sum_tells_of_how_many_orders_the_power_is_known(void **state)
{
    struct rig *r = *state;

    report(r, "1", "Depot 11", "9", 180000, 500, 0);
    report(r, "2", "Depot 12", "8", 180000, 500, 0);
    assert_int_equal(2, named(r, "Depot")->power_orders);
    assert_int_equal(0, named(r, "Depot")->power_known);
    assert_true(site_power_unknown(named(r, "Depot")));
    report(r, "1", "Depot 11", "9", 240000, 600, 60000);
    assert_int_equal(2, named(r, "Depot")->power_orders);
    assert_int_equal(1, named(r, "Depot")->power_known);
    assert_false(site_power_unknown(named(r, "Depot")));
    assert_int_equal(1, fleet_day(r->fleet)->power_known);
}

static void configured_sites_take_prefixes_and_ids(void **state)
{
    struct rig *r = *state;
    struct site_rules *rules = calloc(1, sizeof *rules);

    assert_non_null(rules);
    rules->count = 2;
    str_copy(rules->rule[0].name, SITE_NAME_MAX, STR("North yard"));
    rules->rule[0].limit_w = 20000;
    rules->rule[0].member_count = 2;
    str_copy(rules->rule[0].members[0], SITE_NAME_MAX, STR("depot 1"));
    str_copy(rules->rule[0].members[1], SITE_NAME_MAX, STR("id:626"));
    str_copy(rules->rule[1].name, SITE_NAME_MAX, STR("Mall"));
    rules->rule[1].limit_w = 44000;
    fleet_set_sites(r->fleet, rules);
    free(rules);
    report(r, "1", "Depot 11", "9", 0, 0, 1000);
    report(r, "2", "Pier 4", "626", 0, 0, 1000);
    report(r, "3", "Depot 2", "7", 0, 0, 1000);
    report(r, "4", "Mall B2", "6", 0, 0, 1000);
    report(r, "5", "Mall B2", "62", 0, 0, 1000);
    assert_string_equal("North yard", fleet_site_at(r->fleet, 0)->name);
    assert_int_equal(2, named(r, "North yard")->orders);
    assert_int_equal(2, named(r, "Mall")->orders);
    assert_int_equal(1, named(r, "Depot")->orders);
    assert_int_equal(44000, named(r, "Mall")->limit_w);
    assert_int_equal(0, site_pct(named(r, "Mall")));
    char name[SITE_NAME_MAX];
    fleet_site_name(r->fleet, rig_order(r, "2"), name, sizeof name);
    assert_string_equal("North yard", name);
    rig_completed(r, "2", "{}", 2000);
    assert_string_equal("North yard", fleet_receipt_find(r->fleet, STR("2"))->site);
}

static void a_charge_point_that_moves_takes_its_orders_along(void **state)
{
    struct rig *r = *state;

    report(r, "1", "Depot 11", "9", 0, 0, 1000);
    report(r, "1", "Mall B2", "9", 1000, 0, 2000);
    assert_null(named(r, "Depot"));
    assert_int_equal(1, named(r, "Mall")->orders);
    fleet_order_remove(r->fleet, STR("1"));
    assert_int_equal(0, fleet_site_count(r->fleet));
}

static void a_session_that_began_yesterday_counts_only_what_was_seen(void **state)
{
    struct rig *r = *state; /* it is 15:00 UTC */

    report(r, "1", "Depot 11", "9", INT64_C(16) * 3600000, 40000, 1000);
    assert_int_equal(0, named(r, "Depot")->energy_today_wh);
    report(r, "1", "Depot 11", "9", INT64_C(16) * 3600000 + 60000, 40150, 61000);
    assert_int_equal(150, named(r, "Depot")->energy_today_wh);
    report(r, "2", "Depot 11", "9", INT64_C(14) * 3600000, 5000, 61000);
    assert_int_equal(5150, named(r, "Depot")->energy_today_wh);
}

static void midnight_begins_the_figures_of_the_day_anew(void **state)
{
    struct rig *r = *state;
    const uint64_t nine_hours_ms = UINT64_C(9) * 3600000;

    for (int m = 0; m <= 3; m++)
        report(r, "1", "Depot 11", "9", m * 60000, m * 100, (uint64_t)m * 60000);
    rig_completed(r, "1", "{}", 200000);
    assert_int_equal(300, fleet_day(r->fleet)->energy_today_wh);
    assert_int_equal(1, fleet_day(r->fleet)->done_today);
    assert_int_equal(6000, fleet_day(r->fleet)->peak_w);
    assert_true(fleet_day(r->fleet)->peak_unix_ms == r->unix_at_0_ms + 60000);
    fleet_tick(r->fleet, nine_hours_ms - 1000);
    assert_int_equal(1, fleet_day(r->fleet)->done_today);
    fleet_tick(r->fleet, nine_hours_ms);
    assert_int_equal(0, fleet_day(r->fleet)->done_today);
    assert_int_equal(0, fleet_day(r->fleet)->energy_today_wh);
    assert_int_equal(0, fleet_day(r->fleet)->peak_w);
    fleet_set_utc_offset(r->fleet, -3600);
    assert_int_equal(0, fleet_day(r->fleet)->done_today);
}

static void an_order_that_ended_yesterday_is_not_done_today(void **state)
{
    struct rig *r = *state;

    fleet_set_utc_offset(r->fleet, 9 * 3600 - 60); /* midnight is a minute away */
    report(r, "1", "Depot 11", "9", 0, 0, 1000);
    rig_completed(r, "1", "{}", 61000);
    assert_int_equal(1, fleet_day(r->fleet)->done_today);
    fleet_tick(r->fleet, 62000);
    assert_int_equal(1, fleet_day(r->fleet)->done_today);
}

static void more_sites_than_have_a_place_share_the_last_one(void **state)
{
    struct rig *r = *state;
    char id[16], title[32];

    for (int i = 0; i < SITES_MAX + 5; i++) {
        str_format(id, sizeof id, "%d", i);
        str_format(title, sizeof title, "Place%d 1", i);
        report(r, id, title, id, 0, 0, 1000);
    }
    assert_int_equal(SITES_MAX + 1, fleet_site_count(r->fleet));
    assert_string_equal("other sites", fleet_site_at(r->fleet, SITES_MAX)->name);
    assert_int_equal(5, fleet_site_at(r->fleet, SITES_MAX)->orders);
    fleet_order_remove(r->fleet, STR("7"));
    report(r, "new", "Fresh 1", "new", 0, 0, 2000);
    assert_int_equal(1, named(r, "Fresh")->orders);
}

/* ---- against adding up ---- */

static void agree(const struct rig *r)
{
    int64_t all_w = 0;

    for (size_t s = 0; s < fleet_site_count(r->fleet); s++) {
        const struct site *site = fleet_site_at(r->fleet, s);
        struct site sum = {.power_w = 0};
        for (size_t i = 0; i < fleet_order_count(r->fleet); i++) {
            const struct order *o = fleet_order_at(r->fleet, i);
            if (fleet_order_site(r->fleet, o) != site)
                continue;
            sum.members++;
            sum.orders += !o->completed;
            sum.eyes += order_state_needs_eyes(o->state);
            sum.unacked += o->alarm == ALARM_NEW;
            if (!o->completed && o->state != ORDER_QUIET && o->power_w != POWER_UNKNOWN &&
                !o->track.power_implausible)
                sum.power_w += o->power_w, sum.power_known++;
            sum.power_orders += o->ever_updated && !o->completed && o->state != ORDER_SCHED &&
                                o->state != ORDER_WAIT && o->state != ORDER_DENY;
            sum.power_orders +=
                !o->completed && o->power_w != POWER_UNKNOWN && !o->track.power_implausible &&
                (o->state == ORDER_SCHED || o->state == ORDER_WAIT || o->state == ORDER_DENY);
        }
        assert_int_equal(sum.members, site->members);
        assert_int_equal(sum.orders, site->orders);
        assert_int_equal(sum.eyes, site->eyes);
        assert_int_equal(sum.unacked, site->unacked);
        assert_int_equal(sum.power_w, site->power_w);
        assert_int_equal(sum.power_orders, site->power_orders);
        assert_int_equal(sum.power_known, site->power_known);
        assert_true(site->peak_w >= site->power_w);
        all_w += site->power_w;
    }
    assert_int_equal(all_w, fleet_day(r->fleet)->power_w);
}

static void sums_agree_with_adding_up_whatever_happens(void **state)
{
    struct rig *r = *state;
    struct rng rng;
    int64_t charging_ms[40] = {0}, energy_wh[40] = {0};
    uint64_t now_ms = 1000;

    rng_seed(&rng, 11);
    for (int step = 0; step < 6000; step++) {
        const unsigned n = (unsigned)rng_below(&rng, 40);
        char id[16], title[32];
        str_format(id, sizeof id, "%u", n);
        str_format(title, sizeof title, "Site%u %u", n % 7, n / 14);
        now_ms += rng_below(&rng, 9000);
        switch (rng_below(&rng, 40)) {
        case 0:
            fleet_order_remove(r->fleet, str_from(id));
            charging_ms[n] = energy_wh[n] = 0;
            break;
        case 1:
            rig_completed(r, id, "{}", now_ms);
            break;
        case 2:
            fleet_ack_all(r->fleet);
            break;
        case 3:
            (void)fleet_order_snooze(r->fleet, str_from(id), 60000);
            break;
        case 4:
            now_ms += 200000;
            break;
        default:
            charging_ms[n] += 60000;
            energy_wh[n] += (int64_t)rng_below(&rng, 300) - (rng_below(&rng, 20) == 0 ? 400 : 0);
            if (energy_wh[n] < 0)
                energy_wh[n] = 0;
            report(r, id, title, id, charging_ms[n], energy_wh[n], now_ms);
        }
        fleet_tick(r->fleet, now_ms);
        if (step % 50 == 0)
            agree(r);
    }
    agree(r);
    assert_true(fleet_site_count(r->fleet) > 3);
}

/* ---- neighbours ---- */

static void why_is(struct rig *r, const char *id, uint64_t now_ms, const char *text)
{
    char why[FLEET_WHY_MAX];

    fleet_tick(r->fleet, now_ms);
    fleet_order_why(r->fleet, rig_order(r, id), now_ms, why, sizeof why);
    assert_string_equal(text, why);
}

static void a_connector_that_charges_tells_that_the_post_has_power(void **state)
{
    struct rig *r = *state;

    for (int m = 0; m <= 12; m++) {
        report(r, "1", "Mall B2", "9", m * 60000, m > 3 ? 300 : m * 100, (uint64_t)m * 60000);
        report(r, "2", "Mall B2", "9", m * 60000, m * 120, (uint64_t)m * 60000);
    }
    assert_int_equal(ORDER_STALL, rig_order(r, "1")->state);
    why_is(r, "1", 720000, "no energy for 9m00s; connector #1 draws 7.2 kW, so the post has power");
}

static void connectors_that_are_all_flat_are_told_together(void **state)
{
    struct rig *r = *state;

    for (int m = 0; m <= 12; m++) {
        report(r, "1", "Mall B2", "9", m * 60000, m > 3 ? 300 : m * 100, (uint64_t)m * 60000);
        report(r, "2", "Mall B2", "9", m * 60000, m > 3 ? 300 : m * 100, (uint64_t)m * 60000);
    }
    why_is(r, "1", 720000, "no energy for 9m00s; all 2 connectors at this post are flat");
    for (int m = 0; m <= 12; m++)
        report(r, "3", "Mall B3", "8", m * 60000, m > 3 ? 300 : m * 100,
               (uint64_t)(m + 12) * 60000);
    report(r, "1", "Mall B2", "9", 24 * 60000, 300, 24 * 60000);
    report(r, "2", "Mall B2", "9", 24 * 60000, 300, 24 * 60000);
    why_is(r, "1", 1440000, "no energy for 21m00s; all 3 orders at Mall are flat");
}

static void a_neighbour_at_the_site_is_named_by_its_order(void **state)
{
    struct rig *r = *state;

    for (int m = 0; m <= 12; m++) {
        report(r, "1", "Mall B2", "9", m * 60000, m > 3 ? 300 : m * 100, (uint64_t)m * 60000);
        report(r, "2", "Mall B3", "8", m * 60000, m * 120, (uint64_t)m * 60000);
    }
    why_is(r, "1", 720000, "no energy for 9m00s; 2 at the same site draws 7.2 kW");
    why_is(r, "2", 720000, "");
}

/* ---- alarms of a site ---- */

static void one_site_that_falls_silent_is_one_alarm(void **state)
{
    struct rig *r = *state;

    for (int m = 0; m <= 3; m++)
        for (int n = 0; n < 4; n++) {
            char id[8], title[16];
            str_format(id, sizeof id, "%d", n);
            str_format(title, sizeof title, "Depot %d", n);
            report(r, id, title, id, m * 60000, m * 100, (uint64_t)m * 60000 + (uint64_t)n * 1000);
        }
    fleet_tick(r->fleet, 900000);
    assert_int_equal(1, alarms_count(fleet_alarms(r->fleet)));
    const struct alarm *alarm = alarms_at(fleet_alarms(r->fleet), 0);
    assert_int_equal(ORDER_QUIET, alarm->kind);
    assert_int_equal(4, alarm->active);
    assert_string_equal("Depot", alarm->site);
    fleet_order_ack(r->fleet, STR("2"));
    for (int n = 0; n < 4; n++) {
        char id[8];
        str_format(id, sizeof id, "%d", n);
        assert_true(rig_order(r, id)->acked);
        assert_int_equal(900000, rig_order(r, id)->alarm_ms);
    }
    struct fleet_totals t;
    fleet_totals(r->fleet, &t);
    assert_int_equal(0, t.unacked);
    assert_int_equal(4, t.acked);
    report(r, "2", "Depot 2", "2", 240000, 400, 901000);
    assert_int_equal(3, alarms_at(fleet_alarms(r->fleet), 0)->active);
    fleet_order_remove(r->fleet, STR("1"));
    assert_int_equal(2, alarms_at(fleet_alarms(r->fleet), 0)->active);
}

static void while_the_link_is_down_nothing_is_raised_as_quiet(void **state)
{
    struct rig *r = *state;

    report(r, "1", "Depot 1", "1", 0, 0, 0);
    report(r, "1", "Depot 1", "1", 60000, 100, 60000);
    rig_link(r, WIRE_LINK_DISCONNECTED, 1006, 61000);
    fleet_tick(r->fleet, 3600000);
    assert_int_equal(1, alarms_count(fleet_alarms(r->fleet))); /* the outage, told once */
    assert_true(alarm_is_link(alarms_at(fleet_alarms(r->fleet), 0)));
    assert_int_equal(ALARM_NONE, rig_order(r, "1")->alarm);
    rig_link(r, WIRE_LINK_CONNECTED, 0, 3600000);
    fleet_tick(r->fleet, 3600000 + 180000);
    assert_int_equal(1, alarms_count_in(fleet_alarms(r->fleet), ALARM_NEW));
}

static void a_snoozed_order_comes_back_when_the_fleet_ticks(void **state)
{
    struct rig *r = *state;
    struct fleet_totals t;

    rig_sub(r, "1", WIRE_SUB_DENIED, 403, 1000);
    assert_true(fleet_order_snooze(r->fleet, STR("1"), 60000));
    fleet_totals(r->fleet, &t);
    assert_int_equal(1, t.snoozed);
    assert_int_equal(61000, rig_order(r, "1")->alarm_ms);
    assert_true(fleet_deadline_ms(r->fleet) <= 61000);
    fleet_tick(r->fleet, 60999);
    assert_int_equal(ALARM_SNOOZED, rig_order(r, "1")->alarm);
    assert_int_equal(61000, alarms_due_ms(fleet_alarms(r->fleet)));
    assert_true(fleet_tick(r->fleet, 61000));
    assert_int_equal(ALARM_NEW, rig_order(r, "1")->alarm);
    assert_false(fleet_order_snooze(r->fleet, STR("2"), 60000));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(orders_add_up_to_their_site),
        T(a_sum_tells_of_how_many_orders_the_power_is_known),
        T(configured_sites_take_prefixes_and_ids),
        T(a_charge_point_that_moves_takes_its_orders_along),
        T(a_session_that_began_yesterday_counts_only_what_was_seen),
        T(midnight_begins_the_figures_of_the_day_anew),
        T(an_order_that_ended_yesterday_is_not_done_today),
        T(more_sites_than_have_a_place_share_the_last_one),
        T(sums_agree_with_adding_up_whatever_happens),
        T(a_connector_that_charges_tells_that_the_post_has_power),
        T(connectors_that_are_all_flat_are_told_together),
        T(a_neighbour_at_the_site_is_named_by_its_order),
        T(one_site_that_falls_silent_is_one_alarm),
        T(while_the_link_is_down_nothing_is_raised_as_quiet),
        T(a_snoozed_order_comes_back_when_the_fleet_ticks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
