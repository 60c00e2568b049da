/* tests/unit/test_receipt.c - what an order came to, why it ended, and that it can be read later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

static const struct receipt *newest(const struct rig *r)
{
    const struct receipt *receipt = fleet_receipt_at(r->fleet, 0);

    assert_non_null(receipt);
    return receipt;
}

static void line_is(const struct rig *r, const char *text)
{
    char line[RECEIPT_LINE_MAX];

    receipt_line(newest(r), 7200, line, sizeof line);
    assert_string_equal(text, line);
}

static void words_are(const struct rig *r, const char *text)
{
    char words[RECEIPT_WHY_MAX];

    receipt_words(newest(r), 7200, words, sizeof words);
    assert_string_equal(text, words);
}

static const char paid[] =
    "{\"order\":{\"id\":1,\"charging_session_time\":%s,\"charging_session_energy\":%s,"
    "\"requested_quantity\":\"60\",\"unit\":\"minutes\",\"price\":3.5,\"currency\":\"EUR\","
    "\"connector_number\":2,\"charge_point\":{\"id\":9,\"title\":\"Dock 6\"}%s}}";

static void send(struct rig *r, bool last, const char *minutes, const char *kwh, uint64_t at_ms)
{
    char data[512];

    str_format(data, sizeof data, paid, minutes, kwh, "");
    if (last)
        rig_completed(r, "1", data, at_ms);
    else
        rig_consumption(r, "1", data, at_ms);
}

static void a_receipt_is_one_line_with_all_that_it_came_to(void **state)
{
    struct rig *r = *state;

    send(r, false, "0", "0", 0);
    send(r, false, "30", "5.5", 1800000);
    send(r, true, "60", "10.9", 3600000);
    line_is(r, "1 Dock 6 #2: 10.90 kWh in 1h00m, average 10.9 kW, peak 11.0 kW, not stalled, never "
               "blind, EUR 3.50; done 18:00, target met");
    assert_int_equal(RECEIPT_TARGET_MET, newest(r)->end);
    assert_true(newest(r)->final);
}

static void an_early_end_says_how_far_it_came(void **state)
{
    struct rig *r = *state;

    send(r, false, "0", "0", 0);
    send(r, true, "7", "0.9", 420000);
    assert_int_equal(RECEIPT_EARLY, newest(r)->end);
    words_are(r, "ended early at 11%");
}

static void the_target_counts_as_met_from_99_percent(void **state)
{
    struct rig *r = *state;

    send(r, false, "0", "0", 0);
    send(r, true, "59.39", "10", 3600000);
    words_are(r, "ended early at 98%");
    send(r, true, "59.4", "10", 3600000);
    words_are(r, "ended early at 98%"); /* the first final values stay */
    fleet_order_remove(r->fleet, STR("1"));
    send(r, false, "0", "0", 0);
    send(r, true, "59.4", "10", 3600000);
    words_are(r, "done 18:00, target met");
}

static void a_stop_on_request_is_told_as_such(void **state)
{
    struct rig *r = *state;

    send(r, false, "0", "0", 0);
    fleet_order_stop_requested(r->fleet, STR("1"), 400000);
    send(r, true, "7", "0.9", 420000);
    assert_int_equal(RECEIPT_STOPPED, newest(r)->end);
    words_are(r, "done 17:07, stopped on request at 11%");
}

static void gone_from_the_list_is_told_with_who_confirmed_it(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "5", "1", 1000);
    rig_rest(r, WIRE_REST_DETAILS, 404, "1", STR("{}"), 60000);
    assert_int_equal(RECEIPT_GONE, newest(r)->end);
    words_are(r, "gone from the list, confirmed by REST");
    assert_false(newest(r)->final);
}

static void final_values_that_come_later_replace_the_receipt(void **state)
{
    struct rig *r = *state;

    rig_update(r, "1", "5", "1", 1000);
    rig_completed(r, "1", "{}", 60000);
    words_are(r, "done 17:01, last known values");
    rig_completed(r, "1", "{\"order\":{\"id\":1,\"charging_session_energy\":2.1}}", 61000);
    assert_int_equal(1, fleet_receipt_count(r->fleet));
    assert_int_equal(2100, newest(r)->energy_wh);
    words_are(r, "done 17:01");
}

static void stalled_and_blind_times_are_part_of_it(void **state)
{
    struct rig *r = *state;

    for (int m = 0; m <= 12; m++) {
        char minutes[16];
        str_format(minutes, sizeof minutes, "%d", m);
        rig_update(r, "1", minutes, m < 3 ? "0.5" : "1", (uint64_t)m * 60000);
    }
    rig_link(r, WIRE_LINK_DISCONNECTED, 1006, 721000);
    rig_link(r, WIRE_LINK_CONNECTED, 0, 821000);
    rig_completed(r, "1", "{}", 830000);
    line_is(r, "1: 1.00 kWh in 12m00s, average 5.0 kW, peak 30.0 kW, stalled 9m00s, blind 1m40s, "
               "price unknown; done 17:13, last known values");
}

static void a_receipt_can_be_read_after_the_order_has_left(void **state)
{
    struct rig *r = *state;

    send(r, false, "0", "0", 0);
    send(r, true, "60", "10.9", 3600000);
    fleet_tick(r->fleet, 3600000 + 3600000);
    assert_int_equal(0, fleet_order_count(r->fleet));
    assert_non_null(fleet_receipt_find(r->fleet, STR("1")));
    assert_null(fleet_receipt_find(r->fleet, STR("2")));
    line_is(r, "1 Dock 6 #2: 10.90 kWh in 1h00m, average 10.9 kW, peak 10.9 kW, not stalled, never "
               "blind, EUR 3.50; done 18:00, target met");
}

static void the_newest_receipts_are_kept(void **state)
{
    struct rig *r = *state;
    char id[16];

    for (int i = 0; i < RECEIPTS_MAX + 3; i++) {
        str_format(id, sizeof id, "%d", i);
        rig_update(r, id, "5", "1", 1000);
        rig_completed(r, id, "{}", 2000 + (uint64_t)i);
    }
    assert_int_equal(RECEIPTS_MAX, fleet_receipt_count(r->fleet));
    str_format(id, sizeof id, "%d", RECEIPTS_MAX + 2);
    assert_string_equal(id, newest(r)->order_id);
    assert_string_equal("3", fleet_receipt_at(r->fleet, RECEIPTS_MAX - 1)->order_id);
    assert_null(fleet_receipt_at(r->fleet, RECEIPTS_MAX));
    /* the first one's place belongs to another order now: its late values are a new receipt */
    rig_completed(r, "0", "{\"order\":{\"id\":0,\"charging_session_energy\":2.1}}", 9000);
    assert_string_equal("0", newest(r)->order_id);
    assert_string_equal("4", fleet_receipt_at(r->fleet, RECEIPTS_MAX - 1)->order_id);
}

/* ---- kept between two runs ---- */

static bool read_back(struct str line, struct receipt *out)
{
    return receipt_from_json(line, INT64_C(4000000000000), out);
}

static void a_receipt_is_the_same_after_it_was_written_and_read(void **state)
{
    struct rig *r = *state;
    struct receipt back, before;
    char line[RECEIPT_LINE_MAX], again[RECEIPT_LINE_MAX];
    struct buf text;

    send(r, false, "0", "0", 0);
    send(r, false, "30", "5.5", 1800000);
    send(r, true, "60", "10.9", 3600000);
    before = *newest(r);
    str_copy(before.title, sizeof before.title, STR("\xd9\x85\xd8\xad \xe5\x85\x85 \"6\\\""));
    buf_init(&text, 4096);
    assert_int_equal(CT_OK, receipt_put_json(&before, &text));
    assert_true(read_back(buf_str(&text), &back));
    receipt_line(&before, 7200, line, sizeof line);
    receipt_line(&back, 7200, again, sizeof again);
    assert_string_equal(line, again);
    assert_string_equal(before.site, back.site);
    assert_int_equal(before.started_unix_ms, back.started_unix_ms);
    assert_int_equal(0, back.ordinal);
    /* one of which nothing is known stays so */
    memset(&before, 0, sizeof before);
    str_copy(before.order_id, sizeof before.order_id, STR("7"));
    before.ended_unix_ms = 5;
    before.target_pct = -1;
    before.time_ms = -1;
    before.energy_wh = before.price_micro = INT64_MIN;
    before.mean_w = POWER_UNKNOWN;
    buf_reset(&text);
    assert_int_equal(CT_OK, receipt_put_json(&before, &text));
    assert_true(read_back(buf_str(&text), &back));
    assert_memory_equal(&before, &back, sizeof back);
    buf_clear(&text);
}

static void what_is_no_receipt_is_not_read_as_one(void **state)
{
    static const char *const bad[] = {
        "",
        "rubbish",
        "[]",
        "{}",
        "{\"order\":\"1\",\"end\":\"early\"}",
        "{\"order\":\"\",\"end\":\"early\",\"ended_unix_ms\":5}",
        "{\"order\":1,\"end\":\"early\",\"ended_unix_ms\":5}",
        "{\"order\":\"1\",\"end\":\"lost\",\"ended_unix_ms\":5}",
        "{\"order\":\"1\",\"end\":\"early\",\"ended_unix_ms\":-5}",
        "{\"order\":\"1\",\"end\":\"early\",\"ended_unix_ms\":4000000000001}",
        "{\"order\":\"1\",\"end\":\"early\",\"ended_unix_ms\":5,\"mean_w\":2147483648}",
        "{\"order\":\"1\",\"end\":\"early\",\"ended_unix_ms\":5,\"time_ms\":\"5\"}",
        "{\"order\":\"1\",\"end\":\"early\",\"ended_unix_ms\":5,\"title\":\"a\\u001b[31m\"}",
        "{\"order\":\"1\",\"end\":\"early\",\"ended_unix_ms\":5,\"title\":\"a\\u0000b\"}",
        "{\"order\":\"1\",\"end\":\"early\",\"ended_unix_ms\":5,\"currency\":\"LONGER THAN 7\"}",
        "{\"order\":\"1\",\"end\":\"early\",\"ended_unix_ms\":5}}"};
    struct receipt r;

    (void)state;
    assert_true(read_back(STR("{\"order\":\"1\",\"end\":\"early\",\"ended_unix_ms\":5}"), &r));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (read_back(str_from(bad[i]), &r))
            fail_msg("read: %s", bad[i]);
}

static struct receipt one(const char *id, int64_t ended_unix_ms, bool final, int64_t wh)
{
    struct receipt r = {.ended_unix_ms = ended_unix_ms, .final = final, .energy_wh = wh};

    str_copy(r.order_id, sizeof r.order_id, str_from(id));
    return r;
}

static void two_lists_become_one_with_each_order_once(void **state)
{
    struct receipt all[2 * RECEIPTS_MAX];

    (void)state;
    all[0] = one("a", 30, true, 1);
    all[1] = one("b", 10, false, 2);
    all[2] = one("a", 31, false, 3); /* not final: the first stays */
    all[3] = one("b", 12, false, 4); /* the later one counts */
    all[4] = one("c", 20, true, 5);
    assert_int_equal(3, receipts_merge(all, 5));
    assert_string_equal("b", all[0].order_id);
    assert_int_equal(4, all[0].energy_wh);
    assert_string_equal("c", all[1].order_id);
    assert_string_equal("a", all[2].order_id);
    assert_int_equal(1, all[2].energy_wh);
    for (int i = 0; i < 2 * RECEIPTS_MAX; i++) {
        char id[16];
        str_format(id, sizeof id, "%d", i);
        all[i] = one(id, 2 * RECEIPTS_MAX - i, true, 0);
    }
    assert_int_equal(RECEIPTS_MAX, receipts_merge(all, (size_t)2 * RECEIPTS_MAX));
    assert_string_equal("0", all[RECEIPTS_MAX - 1].order_id); /* the newest are left */
    assert_int_equal(RECEIPTS_MAX + 1, all[0].ended_unix_ms);
}

static void an_order_that_ends_again_after_a_restart_has_one_receipt(void **state)
{
    struct rig *r = *state;
    struct receipt old = one("1", 5000, true, 9000);

    old.peak_w = 11000;
    old.stalled_ms = 60000;
    fleet_receipt_restore(r->fleet, &old);
    old = one("2", 6000, true, 100);
    fleet_receipt_restore(r->fleet, &old);
    assert_int_equal(2, fleet_receipt_count(r->fleet));
    rig_completed(r, "1", "{\"order\":{\"id\":1,\"charging_session_energy\":9.1}}", 60000);
    assert_int_equal(2, fleet_receipt_count(r->fleet));
    const struct receipt *now = fleet_receipt_find(r->fleet, STR("1"));
    assert_non_null(now);
    assert_int_equal(9100, now->energy_wh);
    assert_int_equal(11000, now->peak_w);
    assert_int_equal(60000, now->stalled_ms);
    assert_int_equal(5000, now->ended_unix_ms);
    rig_completed(r, "3", "{}", 61000);
    assert_int_equal(3, fleet_receipt_count(r->fleet));
}

static void an_end_of_another_day_is_told_by_its_date(void **state)
{
    const int64_t noon = INT64_C(1763640000000); /* 2025-11-20T12:00:00Z */
    struct receipt r = one("1", noon, true, 0);
    char when[16];

    (void)state;
    receipt_when(&r, noon + 3600000, 7200, when, sizeof when);
    assert_string_equal("14:00", when);
    receipt_when(&r, noon + 11 * 3600000, 7200, when, sizeof when); /* past local midnight */
    assert_string_equal("11-20", when);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_receipt_is_one_line_with_all_that_it_came_to),
        T(a_receipt_is_the_same_after_it_was_written_and_read),
        T(what_is_no_receipt_is_not_read_as_one),
        T(two_lists_become_one_with_each_order_once),
        T(an_order_that_ends_again_after_a_restart_has_one_receipt),
        T(an_end_of_another_day_is_told_by_its_date),
        T(an_early_end_says_how_far_it_came),
        T(the_target_counts_as_met_from_99_percent),
        T(a_stop_on_request_is_told_as_such),
        T(gone_from_the_list_is_told_with_who_confirmed_it),
        T(final_values_that_come_later_replace_the_receipt),
        T(stalled_and_blind_times_are_part_of_it),
        T(a_receipt_can_be_read_after_the_order_has_left),
        T(the_newest_receipts_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
