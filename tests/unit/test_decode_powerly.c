/* tests/unit/test_decode_powerly.c - every Powerly fixture, field by field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/fixture.h"
#include "support/fleet_rig.h"

enum { AT_MS = 1000, POWERLY_FIXTURES = 43 };

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

static const struct change *only(struct rig *r)
{
    assert_int_equal(1, r->change_count);
    return &r->changes[0];
}

static const struct change *frame(struct rig *r, const char *name)
{
    rig_frame_fixture(r, name, AT_MS);
    return only(r);
}

static const struct change *rest(struct rig *r, enum wire_rest kind, int32_t code, const char *name)
{
    rig_rest_fixture(r, kind, code, "2149", name, AT_MS);
    return only(r);
}

static void reject_says(const struct change *c, const char *field, const char *reason, int32_t code)
{
    assert_int_equal(CHANGE_REJECT, c->kind);
    assert_string_equal(field, c->field);
    assert_string_equal(reason, c->reason);
    assert_int_equal(code, c->code);
}

/* ---- the three charge points of the fixtures ---- */

static void is_olaya(const struct station_fields *s, bool busy)
{
    assert_string_equal("626", s->id);
    assert_string_equal("PWR-626-K7QX", s->identifier);
    assert_string_equal("EV_CHARGER", s->category);
    assert_string_equal("Olaya Tower P2 - Bay 14", s->title);
    assert_string_equal("Level P2, next to the lifts", s->description);
    assert_int_equal(24694900, s->latitude_micro);
    assert_int_equal(46683700, s->longitude_micro);
    assert_false(s->has & STATION_HAS_LIMIT_TYPE);
    assert_int_equal(0, s->limit_milli);
    assert_string_equal("+966500000626", s->contact);
    assert_string_equal("00:00:00", s->open_time);
    assert_string_equal("23:59:00", s->close_time);
    assert_int_equal(2, s->type_id);
    assert_string_equal("AC 22 kW", s->type_name);
    assert_int_equal(CURRENT_AC, s->current);
    assert_int_equal(22000, s->max_power_w);
    assert_int_equal(1150000, s->price_micro);
    assert_int_equal(PRICE_UNIT_ENERGY, s->price_unit);
    assert_int_equal(4600, s->rating_milli);
    assert_true(s->online);
    assert_int_equal(busy, s->in_use);
    assert_false(s->reserved);
    assert_int_equal(busy, s->used_by_me);
    assert_false(s->booked_by_me);
    assert_true(s->listed);
    assert_false(s->external);
    assert_false(s->has & STATION_HAS_DISTANCE);
    assert_string_equal("SAR", s->currency);
    assert_string_equal("7221 Olaya Street, Riyadh, Riyadh Province, 12214", s->address);
    assert_int_equal(2, s->amenity_count);
    assert_string_equal("Wi-Fi", s->amenities[0]);
    assert_string_equal("Restroom", s->amenities[1]);
    assert_int_equal(2, s->connector_count);
    assert_int_equal(11, s->connectors[0].id);
    assert_int_equal(1, s->connectors[0].number);
    assert_string_equal("Type 2", s->connectors[0].name);
    assert_string_equal("IEC_62196_T2", s->connectors[0].type);
    assert_int_equal(22000, s->connectors[0].max_power_w);
    assert_string_equal(busy ? "busy-by-you" : "available", s->connectors[0].status);
    assert_string_equal(busy ? "Busy by you" : "Available", s->connectors[0].localized_status);
    assert_int_equal(12, s->connectors[1].id);
    assert_int_equal(2, s->connectors[1].number);
    assert_string_equal("available", s->connectors[1].status);
}

static void is_marina(const struct station_fields *s)
{
    assert_string_equal("640", s->id);
    assert_string_equal("Marina Mall Visitor Parking", s->title);
    assert_false(s->has & STATION_HAS_DESCRIPTION);
    assert_false(s->has & STATION_HAS_CONTACT);
    assert_int_equal(LIMIT_MINUTES, s->limit_type);
    assert_int_equal(180000, s->limit_milli);
    assert_string_equal("05:00:00", s->open_time);
    assert_string_equal("21:00:00", s->close_time);
    assert_int_equal(7400, s->max_power_w);
    assert_int_equal(350000, s->price_micro);
    assert_int_equal(PRICE_UNIT_MINUTES, s->price_unit);
    assert_int_equal(4100, s->rating_milli);
    assert_int_equal(1, s->connector_count);
    assert_int_equal(7400, s->connectors[0].max_power_w);
    assert_int_equal(0, s->amenity_count);
    assert_true(s->has & STATION_HAS_AMENITIES);
    assert_string_equal("Marina Mall, P1, Dubai, Dubai", s->address);
    assert_string_equal("AED", s->currency);
}

static void is_king_fahd(const struct station_fields *s)
{
    assert_string_equal("631", s->id);
    assert_string_equal("\xd9\x85\xd8\xad\xd8\xb7\xd8\xa9 \xd8\xb7\xd8\xb1\xd9\x8a\xd9\x82 "
                        "\xd8\xa7\xd9\x84\xd9\x85\xd9\x84\xd9\x83 \xd9\x81\xd9\x87\xd8\xaf",
                        s->title);
    assert_int_equal(LIMIT_ENERGY, s->limit_type);
    assert_int_equal(60000, s->limit_milli);
    assert_int_equal(CURRENT_DC, s->current);
    assert_int_equal(120000, s->max_power_w);
    assert_int_equal(3, s->connector_count);
    assert_string_equal("busy", s->connectors[0].status);
    assert_string_equal("unavailable", s->connectors[1].status);
    assert_string_equal("CHAdeMO", s->connectors[2].name);
    assert_int_equal(50000, s->connectors[2].max_power_w);
}

/* ---- the orders ---- */

static void is_2149_charging(const struct order_fields *o)
{
    assert_string_equal("2149", o->id);
    assert_int_equal(9041, o->user_id);
    assert_int_equal(1, o->connector_number);
    assert_int_equal(ORDER_STATUS_ACTIVE, o->status);
    assert_int_equal(8980000, o->price_micro);
    assert_int_equal(1, o->price_count);
    assert_int_equal(1, o->prices[0].id);
    assert_int_equal(7805, o->prices[0].quantity_milli);
    assert_int_equal(1150000, o->prices[0].rate_micro);
    assert_int_equal(8980000, o->prices[0].total_micro);
    assert_string_equal("14:02:11", o->prices[0].starting);
    assert_string_equal("", o->prices[0].ending);
    assert_int_equal(1150000, o->unit_price_micro);
    assert_int_equal(500000, o->app_fees_micro);
    assert_int_equal(0, o->earning_micro);
    assert_int_equal(0, o->fees_micro);
    assert_int_equal(2550000, o->charging_ms);
    assert_int_equal(7805, o->energy_wh);
    assert_int_equal(PRICE_UNIT_ENERGY, o->price_unit);
    assert_false(o->has & ORDER_HAS_QUANTITY);
    assert_true(o->requested_full);
    assert_string_equal("balance", o->payment);
    assert_string_equal("2025-11-20 14:02:11", o->created_text);
    assert_int_equal(INT64_C(1763647331000), o->created_unix_ms);
    assert_false(o->has & ORDER_HAS_DELIVERY);
    assert_false(o->has & ORDER_HAS_RESERVED_AT);
    assert_string_equal("SAR", o->currency);
    is_olaya(&o->station, true);
}

static void is_2149_final(const struct order_fields *o, int32_t status)
{
    assert_int_equal(status, o->status);
    assert_int_equal(50160000, o->price_micro);
    assert_int_equal(43620, o->prices[0].quantity_milli);
    assert_string_equal("18:03:21", o->prices[0].ending);
    assert_int_equal(14470200, o->charging_ms);
    assert_int_equal(43620, o->energy_wh);
    assert_false(o->quantity_full);
    assert_int_equal(43620, o->quantity_milli);
    assert_string_equal("2025-11-20 18:03:21", o->delivery_text);
    assert_int_equal(INT64_C(1763661801000), o->delivery_unix_ms);
    is_olaya(&o->station, false);
}

static void is_2150(const struct order_fields *o)
{
    assert_string_equal("2150", o->id);
    assert_int_equal(7530000, o->price_micro);
    assert_int_equal(350000, o->unit_price_micro);
    assert_int_equal(1290000, o->charging_ms);
    assert_int_equal(2627, o->energy_wh);
    assert_int_equal(PRICE_UNIT_MINUTES, o->price_unit);
    assert_true(o->has & ORDER_HAS_REQUESTED);
    assert_false(o->requested_full);
    assert_int_equal(3600000, o->requested_ms);
    assert_string_equal("AED", o->currency);
    is_marina(&o->station);
}

static void is_2151(const struct order_fields *o)
{
    assert_string_equal("2151", o->id);
    assert_int_equal(75720000, o->price_micro);
    assert_int_equal(1200000, o->charging_ms);
    assert_int_equal(38830, o->energy_wh);
    assert_true(o->requested_full);
    is_king_fahd(&o->station);
}

/* ---- events ---- */

static void a_typical_consumption_is_read_whole(void **state)
{
    const struct change *c = frame(*state, "frame_consumption_ac_energy.json");

    assert_int_equal(CHANGE_CONSUMPTION, c->kind);
    assert_string_equal("2149", c->order_id);
    assert_false(c->id_mismatch);
    assert_true(c->carries_order);
    assert_int_equal(AT_MS, c->at_ms);
    is_2149_charging(&c->order);
}

static void a_timed_session_and_an_energy_limit_are_read(void **state)
{
    const struct change *c = frame(*state, "frame_consumption_timed_minutes.json");

    assert_string_equal("2150", c->order_id);
    is_2150(&c->order);
    c = frame(*state, "frame_consumption_dc_taper.json");
    assert_string_equal("2151", c->order_id);
    is_2151(&c->order);
}

static void every_alternate_type_means_the_same(void **state)
{
    const struct change *c = frame(*state, "frame_consumption_alt_types.json");
    const struct order_fields *o = &c->order;
    const struct station_fields *s = &o->station;

    assert_string_equal("2149", o->id);
    assert_int_equal(9041, o->user_id);
    assert_int_equal(1, o->connector_number);
    assert_int_equal(0, o->status);
    assert_int_equal(8980000, o->price_micro);
    assert_int_equal(INT64_MIN, o->prices[0].quantity_milli);
    assert_int_equal(1150000, o->prices[0].rate_micro);
    assert_int_equal(1150000, o->unit_price_micro);
    assert_int_equal(500000, o->app_fees_micro);
    assert_int_equal(2550000, o->charging_ms);
    assert_int_equal(7805, o->energy_wh);
    assert_int_equal(PRICE_UNIT_ENERGY, o->price_unit);
    assert_int_equal(7805, o->quantity_milli);
    assert_true(o->requested_full);
    assert_int_equal(INT64_C(1763647331000), o->created_unix_ms);
    assert_false(o->has & (ORDER_HAS_DELIVERY | ORDER_HAS_RESERVED_AT | ORDER_HAS_CURRENCY));
    assert_string_equal("626", s->id);
    assert_int_equal(24694900, s->latitude_micro);
    assert_int_equal(LIMIT_NONE, s->limit_type);
    assert_int_equal(22000, s->max_power_w);
    assert_int_equal(4600, s->rating_milli);
    assert_true(s->online);
    assert_true(s->in_use);
    assert_false(s->reserved);
    assert_true(s->used_by_me);
    assert_false(s->booked_by_me);
    assert_true(s->listed);
    assert_true(s->has & STATION_HAS_EXTERNAL);
    assert_false(s->external);
    assert_int_equal(CURRENT_AC, s->connectors[0].current);
    assert_string_equal("busy-by-you", s->connectors[0].status);
    assert_string_equal("Busy by you", s->connectors[0].localized_status);
    assert_string_equal("", s->connectors[0].type);
    assert_string_equal("7221 Olaya Street, Riyadh", s->address);
}

static void nulls_say_nothing_and_keep_what_was_known(void **state)
{
    struct rig *r = *state;
    const struct change *c;

    frame(r, "frame_consumption_ac_energy.json");
    c = frame(r, "frame_consumption_nulls.json");
    assert_int_equal(0, c->order.has);
    const struct order *o = rig_order(r, "2149");
    assert_int_equal(7805, o->f.energy_wh);
    assert_int_equal(2550000, o->f.charging_ms);
    assert_int_equal(8980000, o->f.price_micro);
    assert_string_equal("Olaya Tower P2 - Bay 14", o->station->title);
}

static void only_the_moving_fields_move(void **state)
{
    struct rig *r = *state;
    const struct change *c;

    frame(r, "frame_consumption_ac_energy.json");
    c = frame(r, "frame_consumption_minimal.json");
    assert_int_equal(ORDER_HAS_TIME | ORDER_HAS_ENERGY, c->order.has);
    assert_int_equal(2580000, rig_order(r, "2149")->f.charging_ms);
    assert_int_equal(7897, rig_order(r, "2149")->f.energy_wh);
    assert_int_equal(8980000, rig_order(r, "2149")->f.price_micro);
}

static void data_may_be_an_object(void **state)
{
    const struct change *c = frame(*state, "frame_consumption_data_object.json");

    assert_int_equal(2610000, c->order.charging_ms);
    assert_int_equal(7989, c->order.energy_wh);
    assert_int_equal(9190000, c->order.price_micro);
}

static void the_price_unit_has_three_names(void **state)
{
    const struct change *c = frame(*state, "frame_consumption_camel_unit.json");

    assert_int_equal(PRICE_UNIT_MINUTES, c->order.price_unit);
    assert_int_equal(1320000, c->order.charging_ms);
    assert_int_equal(3600000, c->order.requested_ms);
}

static void unknown_fields_are_skipped(void **state)
{
    const struct change *c = frame(*state, "frame_consumption_unknown_fields.json");

    assert_int_equal(CHANGE_CONSUMPTION, c->kind);
    assert_int_equal(8081, c->order.energy_wh);
    assert_int_equal(2640000, c->order.charging_ms);
}

static void completion_is_read_in_every_shape(void **state)
{
    const struct change *c = frame(*state, "frame_completed_order_shape.json");

    assert_int_equal(CHANGE_COMPLETED, c->kind);
    assert_true(c->carries_order);
    is_2149_final(&c->order, 2);
    c = frame(*state, "frame_completed_both_shapes.json");
    assert_true(c->carries_order);
    is_2149_final(&c->order, 2);
    c = frame(*state, "frame_completed_status1.json");
    is_2149_final(&c->order, 1);
    c = frame(*state, "frame_completed_chargepoint_shape.json");
    assert_int_equal(CHANGE_COMPLETED, c->kind);
    assert_false(c->carries_order);
    assert_string_equal("2149", c->order_id);
    assert_int_equal(ORDER_HAS_STATION, c->order.has);
    is_olaya(&c->order.station, false);
    c = frame(*state, "frame_completed_empty_data.json");
    assert_int_equal(CHANGE_COMPLETED, c->kind);
    assert_int_equal(0, c->order.has);
    assert_string_equal("2149", c->order_id);
}

static void every_completion_ends_the_session(void **state)
{
    static const char *const names[] = {
        "frame_completed_order_shape.json", "frame_completed_chargepoint_shape.json",
        "frame_completed_both_shapes.json", "frame_completed_empty_data.json",
        "frame_completed_status1.json"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct rig *r = rig_create();

        rig_frame_fixture(r, "frame_consumption_ac_energy.json", 500);
        rig_frame_fixture(r, names[i], AT_MS);
        assert_int_equal(ORDER_DONE, rig_order(r, "2149")->state);
        const bool known = rig_order(r, "2149")->f.energy_wh == 43620;
        assert_int_equal(known, rig_order(r, "2149")->completed_known);
        rig_destroy(r);
    }
}

/* ---- REST ---- */

static void details_are_read_under_both_envelopes(void **state)
{
    const struct change *c = rest(*state, WIRE_REST_DETAILS, 200, "rest_order_details_active.json");

    assert_int_equal(CHANGE_DETAILS, c->kind);
    is_2149_charging(&c->order);
    c = rest(*state, WIRE_REST_DETAILS, 200, "rest_order_details_legacy_envelope.json");
    assert_int_equal(CHANGE_DETAILS, c->kind);
    is_2149_charging(&c->order);
    c = rest(*state, WIRE_REST_DETAILS, 200, "rest_order_details_delivered.json");
    is_2149_final(&c->order, 2);
}

static void a_booking_keeps_its_start(void **state)
{
    struct rig *r = *state;

    rig_rest_fixture(r, WIRE_REST_DETAILS, 200, "2160", "rest_order_details_scheduled.json", AT_MS);
    const struct change *c = only(r);
    assert_false(c->id_mismatch);
    assert_int_equal(1, c->order.status);
    assert_false(c->order.has & ORDER_HAS_CONNECTOR);
    assert_int_equal(7200000, c->order.requested_ms);
    assert_string_equal("2025-11-21 06:30:00", c->order.reserved_text);
    assert_int_equal(INT64_C(1763706600000), c->order.reserved_unix_ms);
    is_marina(&c->order.station);
    assert_int_equal(ORDER_SCHED, rig_order(r, "2160")->state);
}

static void each_order_of_a_list_is_one_change(void **state)
{
    struct rig *r = *state;

    rig_rest_fixture(r, WIRE_REST_LIST, 200, "", "rest_orders_active_page1.json", AT_MS);
    assert_int_equal(3, r->change_count);
    assert_int_equal(CHANGE_LISTED, r->changes[0].kind);
    assert_false(r->changes[0].from_done_list);
    is_2151(&r->changes[0].order);
    is_2150(&r->changes[1].order);
    is_2149_charging(&r->changes[2].order);
    assert_int_equal(3, fleet_order_count(r->fleet));
    assert_true(rig_order(r, "2149")->listed);
    rig_rest_fixture(r, WIRE_REST_LIST, 200, "", "rest_orders_active_page1_of_2.json", AT_MS);
    assert_int_equal(2, r->change_count);
    rig_rest_fixture(r, WIRE_REST_LIST, 200, "", "rest_orders_active_page2_of_2.json", AT_MS);
    assert_int_equal(1, r->change_count);
    assert_string_equal("2149", r->changes[0].order_id);
    rig_rest_fixture(r, WIRE_REST_LIST, 200, "", "rest_orders_empty.json", AT_MS);
    assert_int_equal(0, r->change_count);
}

static void finished_orders_are_read_but_not_added(void **state)
{
    struct rig *r = *state;

    rig_rest_fixture(r, WIRE_REST_LIST_DONE, 200, "", "rest_orders_complete_page1.json", AT_MS);
    assert_int_equal(3, r->change_count);
    assert_true(r->changes[0].from_done_list);
    is_2149_final(&r->changes[0].order, 2);
    assert_string_equal("2101", r->changes[1].order_id);
    assert_int_equal(10900, r->changes[1].order.energy_wh);
    assert_string_equal("2087", r->changes[2].order_id);
    assert_int_equal(1423200, r->changes[2].order.charging_ms);
    assert_int_equal(0, fleet_order_count(r->fleet));
    rig_rest(r, WIRE_REST_LIST_DONE, 0, "", STR(""), AT_MS);
    assert_int_equal(0, r->change_count);
}

static void the_answer_to_a_stop_is_the_final_order(void **state)
{
    const struct change *c = rest(*state, WIRE_REST_STOP, 200, "rest_order_stop_response.json");

    assert_int_equal(CHANGE_STOPPED, c->kind);
    is_2149_final(&c->order, 2);
    rig_rest(*state, WIRE_REST_STOP, 204, "2149", STR(""), AT_MS);
    assert_int_equal(CHANGE_STOPPED, only(*state)->kind);
    assert_false(only(*state)->carries_order);
}

static void the_user_brings_currency_and_balance(void **state)
{
    struct rig *r = *state;
    const struct change *c = rest(r, WIRE_REST_ME, 200, "rest_users_me.json");

    assert_int_equal(CHANGE_ME, c->kind);
    assert_string_equal("SAR", c->currency);
    assert_int_equal(312400000, c->balance_micro);
    assert_string_equal("SAR", fleet_currency(r->fleet));
}

static void a_token_answer_is_never_kept(void **state)
{
    const struct change *c = rest(*state, WIRE_REST_ME, 200, "rest_token_refresh.json");

    assert_int_equal(CHANGE_ME, c->kind);
    assert_string_equal("", c->currency);
    assert_int_equal(INT64_MIN, c->balance_micro);
}

static void errors_say_the_first_message(void **state)
{
    reject_says(rest(*state, WIRE_REST_STOP, 422, "rest_error_validation_422.json"),
                "errors.power_source_id", "The power source id field is required.", 422);
    reject_says(rest(*state, WIRE_REST_LIST, 401, "rest_error_unauthenticated_401.json"), "message",
                "Unauthenticated.", 401);
    reject_says(rest(*state, WIRE_REST_LIST, 403, "rest_error_forbidden_403.json"), "message",
                "This action is unauthorized.", 403);
    reject_says(rest(*state, WIRE_REST_LIST, 404, "rest_error_not_found_404.json"), "message",
                "Order not found", 404);
    reject_says(rest(*state, WIRE_REST_STOP, 400, "rest_error_already_stopped_400.json"), "message",
                "This session has already been completed", 400);
    reject_says(rest(*state, WIRE_REST_DETAILS, 426, "rest_error_upgrade_required_426.json"),
                "message", "Please update the application.", 426);
    reject_says(rest(*state, WIRE_REST_LIST, 429, "rest_error_too_many_requests_429.json"),
                "message", "Too Many Attempts.", 429);
    reject_says(rest(*state, WIRE_REST_LIST, 503, "rest_error_maintenance_503.json"), "message",
                "Service Unavailable", 503);
    reject_says(rest(*state, WIRE_REST_LIST, 401, "auth_failure_unauthenticated_401.json"),
                "message", "Unauthenticated.", 401);
    reject_says(rest(*state, WIRE_REST_LIST, 403, "auth_failure_forbidden_403.json"), "message",
                "This action is unauthorized.", 403);
}

static void details_refused_or_unknown_mean_gone(void **state)
{
    const struct change *c = rest(*state, WIRE_REST_DETAILS, 404, "rest_error_not_found_404.json");

    assert_int_equal(CHANGE_GONE, c->kind);
    assert_int_equal(404, c->code);
    assert_string_equal("2149", c->order_id);
    c = rest(*state, WIRE_REST_DETAILS, 403, "rest_error_forbidden_403.json");
    assert_int_equal(CHANGE_GONE, c->kind);
    assert_int_equal(403, c->code);
}

static void success_0_is_a_failure_even_with_status_200(void **state)
{
    rig_rest(*state, WIRE_REST_DETAILS, 200, "2149",
             STR("{\"success\":0,\"msg\":\"Nope\",\"results\":{\"id\":2149}}"), AT_MS);
    reject_says(only(*state), "message", "Nope", 200);
    rig_rest(*state, WIRE_REST_DETAILS, 200, "2149", STR("{\"data\":{\"id\":2149}}"), AT_MS);
    assert_int_equal(CHANGE_DETAILS, only(*state)->kind);
}

static void request_bodies_and_signatures_are_no_answers(void **state)
{
    static const char *const names[] = {
        "rest_order_start_request.json", "rest_order_start_timed_request.json",
        "rest_order_stop_request.json", "rest_order_stop_request_no_connector.json",
        "auth_success_private.json"};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        reject_says(rest(*state, WIRE_REST_DETAILS, 200, names[i]), "data",
                    "missing or of another type than expected", 0);
}

static void count_powerly(const char *path, void *context)
{
    *(size_t *)context += str_starts(str_from(path), STR("powerly/")) ? 1 : 0;
}

/* A new fixture must be asserted above (or in test_fleet_sequences), then counted here. */
static void no_powerly_fixture_was_forgotten(void **state)
{
    size_t count = 0;

    (void)state;
    fixture_each(count_powerly, &count);
    assert_int_equal(POWERLY_FIXTURES, count);
}

/* ---- rules ---- */

static void names_may_carry_a_leading_dot_or_backslash(void **state)
{
    static const char *const names[] = {"App\\Events\\ChargePointConsumption",
                                        ".App\\Events\\ChargePointConsumption",
                                        "\\App\\Events\\ChargePointConsumption"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        rig_event(*state,
                  (struct wire_event){.kind = WIRE_FRAME,
                                      .name = str_from(names[i]),
                                      .channel = STR("private-orders.7"),
                                      .data = STR("{}")},
                  AT_MS);
        assert_int_equal(CHANGE_CONSUMPTION, only(*state)->kind);
    }
    rig_event(*state,
              (struct wire_event){.kind = WIRE_FRAME,
                                  .name = STR("App\\Events\\Other"),
                                  .channel = STR("private-orders.7"),
                                  .data = STR("junk")},
              AT_MS);
    assert_int_equal(CHANGE_EVENT, only(*state)->kind);
    assert_string_equal("7", only(*state)->order_id);
    rig_event(
        *state,
        (struct wire_event){.kind = WIRE_FRAME, .name = STR("pusher:pong"), .data = STR("{}")},
        AT_MS);
    assert_int_equal(0, ((struct rig *)*state)->change_count);
}

static void an_order_may_stand_at_the_top_and_its_charge_point_beside_it(void **state)
{
    rig_consumption(*state, "9", "{\"id\":9,\"charging_session_time\":1.5}", AT_MS);
    assert_int_equal(90000, only(*state)->order.charging_ms);
    rig_consumption(*state, "9",
                    "{\"order\":{\"id\":9},\"chargePoint\":{\"id\":5,\"title\":\"T\"}}", AT_MS);
    assert_string_equal("T", only(*state)->order.station.title);
    rig_consumption(*state, "9", "{\"charge_point\":{\"id\":5,\"online_status\":0}}", AT_MS);
    assert_true(only(*state)->order.station.has & STATION_HAS_ONLINE);
    assert_false(only(*state)->order.station.online);
    assert_false(only(*state)->carries_order);
}

static void the_channel_is_believed_when_ids_differ(void **state)
{
    rig_update(*state, "2150", "1", "0.1", AT_MS);
    rig_consumption(*state, "2149", "{\"order\":{\"id\":2150}}", AT_MS);
    assert_string_equal("2149", only(*state)->order_id);
    assert_true(only(*state)->id_mismatch);
    assert_string_equal("2150", only(*state)->order.id);
}

static void garbage_is_no_information(void **state)
{
    rig_consumption(*state, "9",
                    "{\"order\":{\"id\":9,\"charging_session_energy\":\"NaN\",\"status\":\"x\","
                    "\"charging_session_time\":-1,\"price\":\"\",\"prices\":{},\"user_id\":[],"
                    "\"price_unit\":\"parsecs\",\"requested_quantity\":0,\"quantity\":-4,"
                    "\"connector_number\":0,\"charge_point\":{\"type\":{\"max_power\":-3},"
                    "\"online_status\":null,\"latitude\":91,\"longitude\":0}}}",
                    AT_MS);
    assert_int_equal(ORDER_HAS_STATION, only(*state)->order.has);
    assert_int_equal(STATION_HAS_TYPE, only(*state)->order.station.has);
    rig_consumption(*state, "9", "{\"order\":{\"charging_session_energy\":1e999}}", AT_MS);
    assert_int_equal(0, only(*state)->order.has);
}

static void minutes_become_milliseconds_exactly(void **state)
{
    static const struct {
        const char *minutes;
        int64_t ms;
    } rows[] = {{"0.17", 10200},      {"0.33", 19800},      {"42.5", 2550000},
                {"241.17", 14470200}, {"0.0000083", 0},     {"0.00001", 1},
                {"1e2", 6000000},     {"\"3.25\"", 195000}, {"10000000", 600000000000}};
    char data[128];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        str_format(data, sizeof data, "{\"order\":{\"charging_session_time\":%s}}",
                   rows[i].minutes);
        rig_consumption(*state, "9", data, AT_MS);
        assert_int_equal(rows[i].ms, only(*state)->order.charging_ms);
    }
    rig_consumption(*state, "9", "{\"order\":{\"charging_session_time\":10000001}}", AT_MS);
    assert_false(only(*state)->order.has & ORDER_HAS_TIME);
}

static void what_cannot_be_read_is_rejected_by_name(void **state)
{
    rig_consumption(*state, "9", "not json", AT_MS);
    reject_says(only(*state), "data", "not JSON", 0);
    assert_string_equal("9", only(*state)->order_id);
    rig_consumption(*state, "9", "[1]", AT_MS);
    reject_says(only(*state), "data", "not an object", 0);
    rig_event(*state,
              (struct wire_event){.kind = WIRE_FRAME,
                                  .name = STR("App\\Events\\ChargePointConsumption"),
                                  .channel = STR("some-channel"),
                                  .data = STR("{}")},
              AT_MS);
    reject_says(only(*state), "data.order.id", "no order id in payload or channel", 0);
    rig_consumption(*state, "12345678901234567890123456789012", "{}", AT_MS);
    reject_says(only(*state), "channel", "order id too long or not printable", 0);
    assert_int_equal(0, fleet_order_count(((struct rig *)*state)->fleet));
}

static void channels_and_event_names_are_shortened(void **state)
{
    (void)state;
    assert_true(str_eq(STR("2149"), decode_order_of_channel(STR("private-orders.2149"))));
    assert_true(str_eq(STR("x"), decode_order_of_channel(STR("orders.x"))));
    assert_int_equal(0, decode_order_of_channel(STR("private-user.5")).len);
    assert_int_equal(0, decode_order_of_channel(STR("shop.orders.5")).len);
    assert_int_equal(0, decode_order_of_channel(STR("private-shop.orders.5")).len);
    assert_int_equal(0, decode_order_of_channel(STR("private-shop-orders.5")).len);
    assert_int_equal(0, decode_order_of_channel(STR("presence-orders.5")).len);
    assert_int_equal(0, decode_order_of_channel(STR("preorders.5")).len);
    assert_int_equal(0, decode_order_of_channel(STR("private-orders.a.5")).len);
    assert_int_equal(0, decode_order_of_channel(STR("orders.")).len);
    assert_int_equal(0, decode_order_of_channel(STR("orders")).len);
    assert_true(
        str_eq(STR("Consumption"), decode_short_name(STR("App\\Events\\ChargePointConsumption"))));
    assert_true(str_eq(STR("Completed"),
                       decode_short_name(STR(".App\\Events\\ChargePointOrderCompleted"))));
    assert_true(str_eq(STR("ping"), decode_short_name(STR("pusher:ping"))));
    assert_true(str_eq(STR("Order"), decode_short_name(STR("Order"))));
    assert_int_equal(0, decode_short_name(STR("")).len);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_typical_consumption_is_read_whole),
        TEST(a_timed_session_and_an_energy_limit_are_read),
        TEST(every_alternate_type_means_the_same),
        TEST(nulls_say_nothing_and_keep_what_was_known),
        TEST(only_the_moving_fields_move),
        TEST(data_may_be_an_object),
        TEST(the_price_unit_has_three_names),
        TEST(unknown_fields_are_skipped),
        TEST(completion_is_read_in_every_shape),
        TEST(every_completion_ends_the_session),
        TEST(details_are_read_under_both_envelopes),
        TEST(a_booking_keeps_its_start),
        TEST(each_order_of_a_list_is_one_change),
        TEST(finished_orders_are_read_but_not_added),
        TEST(the_answer_to_a_stop_is_the_final_order),
        TEST(the_user_brings_currency_and_balance),
        TEST(a_token_answer_is_never_kept),
        TEST(errors_say_the_first_message),
        TEST(details_refused_or_unknown_mean_gone),
        TEST(success_0_is_a_failure_even_with_status_200),
        TEST(request_bodies_and_signatures_are_no_answers),
        TEST(no_powerly_fixture_was_forgotten),
        TEST(names_may_carry_a_leading_dot_or_backslash),
        TEST(an_order_may_stand_at_the_top_and_its_charge_point_beside_it),
        TEST(the_channel_is_believed_when_ids_differ),
        TEST(garbage_is_no_information),
        TEST(minutes_become_milliseconds_exactly),
        TEST(what_cannot_be_read_is_rejected_by_name),
        TEST(channels_and_event_names_are_shortened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
