/* tests/unit/test_fleet_sides.c - connections beside the first: their links, their lines, and what they
 * must not touch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/query.h"

static uint8_t add_side(struct scene *s, const char *name)
{
    uint8_t source = 0;

    assert_int_equal(
        CT_OK, fleet_side_add(s->fleet, str_from(name), STR("channels"), &source, s->model.now_ms));
    return source;
}

static void tell(struct scene *s, struct wire_event e)
{
    e.seq = ++s->seq;
    e.at_ms = s->model.now_ms;
    e.at_unix_ms = s->model.now_unix_ms;
    fleet_apply_event(s->fleet, &e);
}

static void link_of(struct scene *s, uint8_t source, enum wire_link link, int32_t code,
                    const char *why)
{
    tell(s, (struct wire_event){.kind = WIRE_LINK,
                                .source = source,
                                .link = link,
                                .code = code,
                                .text = str_from(why)});
}

static void a_side_that_goes_down_leaves_orders_and_the_first_link_alone(void **state)
{
    struct scene *s = *state;
    const uint8_t office = add_side(s, "office");
    const uint64_t version = fleet_version(s->fleet);
    struct fleet_totals before, after;

    fleet_totals(s->fleet, &before);
    link_of(s, office, WIRE_LINK_CONNECTED, 0, "");
    assert_true(link_is_up(&fleet_side(s->fleet, office)->link));
    link_of(s, office, WIRE_LINK_CONNECTING, 1006, "reset");
    assert_false(link_is_up(&fleet_side(s->fleet, office)->link));
    assert_true(link_is_up(fleet_link(s->fleet)));
    fleet_totals(s->fleet, &after);
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(version, fleet_version(s->fleet));
    assert_string_equal("office", error_log_at(fleet_errors(s->fleet), 0)->target);
    assert_non_null(
        strstr(error_log_at(fleet_errors(s->fleet), 0)->text, "Connection lost: reset"));
}

static void an_event_of_a_side_with_an_order_channel_makes_no_order(void **state)
{
    struct scene *s = *state;
    const uint8_t office = add_side(s, "office");
    const size_t orders = fleet_order_count(s->fleet);

    tell(s, (struct wire_event){.kind = WIRE_SUB,
                                .source = office,
                                .channel = STR("private-orders.999999"),
                                .sub = WIRE_SUB_SUBSCRIBED});
    tell(s, (struct wire_event){.kind = WIRE_FRAME,
                                .source = office,
                                .channel = STR("private-orders.2149"),
                                .name = STR("App\\Events\\Anything"),
                                .text = STR("{}")});
    assert_int_equal(orders, fleet_order_count(s->fleet));
    const struct log_entry *e = event_log_at(fleet_events(s->fleet), 0);
    assert_int_equal(office, e->source);
    assert_string_equal("", e->order_id);
    assert_int_equal(1, fleet_side(s->fleet, office)->link.events_total);
}

static void an_event_of_an_unknown_source_changes_nothing(void **state)
{
    struct scene *s = *state;
    const uint64_t seq = event_log_newest_seq(fleet_events(s->fleet));

    tell(s, (struct wire_event){.kind = WIRE_FRAME, .source = 3, .text = STR("{}")});
    assert_int_equal(seq, event_log_newest_seq(fleet_events(s->fleet)));
    assert_null(fleet_side(s->fleet, 0));
    assert_null(fleet_side(s->fleet, 3));
}

static void there_is_room_for_a_known_number_of_sides(void **state)
{
    struct scene *s = *state;
    uint8_t source = 0;

    for (int i = 0; i < FLEET_SIDES_MAX; i++)
        (void)add_side(s, "more");
    assert_int_equal(CT_ERR_LIMIT, fleet_side_add(s->fleet, STR("x"), STR("channels"), &source, 1));
    assert_int_equal(FLEET_SIDES_MAX, fleet_side_count(s->fleet));
}

static void the_header_names_a_side_that_is_down_and_is_silent_of_one_that_is_up(void **state)
{
    struct scene *s = *state;
    const uint8_t office = add_side(s, "office\x1b[31m");
    char row[512];

    link_of(s, office, WIRE_LINK_CONNECTED, 0, "");
    scene_draw(s, 80, 24);
    scene_row(s, 0, row, sizeof row);
    assert_null(strstr(row, "office"));
    link_of(s, office, WIRE_LINK_CONNECTING, 1006, "reset");
    scene_wait(s, 12000);
    scene_draw(s, 80, 24);
    scene_row(s, 0, row, sizeof row);
    assert_non_null(strstr(row, "LINK up"));
    assert_non_null(strstr(row, "down 12s"));
    assert_null(strchr(row, 0x1b));
}

static void each_side_has_a_line_of_its_own_in_the_connection_pane(void **state)
{
    struct scene *s = *state;
    const uint8_t office = add_side(s, "office"), alarms = add_side(s, "alarm-room-north");

    link_of(s, office, WIRE_LINK_CONNECTED, 0, "");
    tell(s, (struct wire_event){.kind = WIRE_PING, .source = office, .value = 41});
    struct side *side = fleet_side_mut(s->fleet, office);
    side->subs_wanted = 3;
    side->subs_ok = 2;
    link_of(s, alarms, WIRE_LINK_FAILED, 4001, "no such key");
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "office  up 0s  41 ms  2 of 3 channels"));
    assert_true(scene_shows(s, "alarm-room-north  FAILED 4001"));
}

static bool shown_at_every_size(struct scene *s, const char *text)
{
    static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        scene_draw(s, sizes[i][0], sizes[i][1]);
        if (!scene_shows(s, text))
            return false;
    }
    return true;
}

static void what_a_side_lost_and_when_it_tries_again_is_told_in_every_size(void **state)
{
    struct scene *s = *state;
    const uint8_t office = add_side(s, "office");

    link_of(s, office, WIRE_LINK_CONNECTED, 0, "");
    scene_wait(s, 5000);
    tell(s, (struct wire_event){.kind = WIRE_LINK,
                                .source = office,
                                .link = WIRE_LINK_UNAVAILABLE,
                                .code = 1006,
                                .text = STR("reset"),
                                .retry_at_ms = s->model.now_ms + 9000});
    scene_keys(s, "3 z");
    assert_true(shown_at_every_size(s, "in 9s"));
    assert_true(shown_at_every_size(s, "1006 reset"));
    scene_wait(s, 7000);
    link_of(s, office, WIRE_LINK_CONNECTED, 0, "");
    assert_true(shown_at_every_size(s, "1 drop, blind 7s"));
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "1006 reset"));
}

static void the_end_of_a_side_s_token_is_told_in_every_size(void **state)
{
    struct scene *s = *state;
    struct link *l = &fleet_side_mut(s->fleet, add_side(s, "office"))->link;

    link_of(s, 1, WIRE_LINK_CONNECTED, 0, "");
    l->has_token = true;
    l->token_expiry_unix_ms = s->model.now_unix_ms - 180000;
    l->cert_expiry_unix_ms = s->model.now_unix_ms + INT64_C(9) * 86400000 + 1000;
    scene_keys(s, "3 z");
    assert_true(shown_at_every_size(s, "token EXPIRED 3m00s ago"));
    assert_true(shown_at_every_size(s, "certificate valid 9 days"));
    l->token_expiry_unix_ms = s->model.now_unix_ms + 240000;
    assert_true(shown_at_every_size(s, "token valid 4m00s"));
    l->auth_code = 401;
    str_copy(l->auth_text, sizeof l->auth_text, STR("log in again"));
    assert_true(shown_at_every_size(s, "paused: 401 log in again"));
}

static void events_are_found_and_filtered_by_their_source_and_channel(void **state)
{
    struct scene *s = *state;
    const uint8_t office = add_side(s, "office");
    struct query q;
    char why[QUERY_WHY_MAX];
    static char scratch[QUERY_SCRATCH_BYTES];
    static const struct {
        const char *query;
        bool of_side, of_order;
    } rows[] = {{"source:office", true, false},
                {"profile:office", true, false},
                {"source:prod", false, true},
                {"!source:office", false, true},
                {"channel:news", true, false},
                {"channel:orders", false, false},
                {"office", true, false},
                {"source=off", false, false},
                {"source:office name:greeting", true, false}};

    fleet_name_first(s->fleet, STR("prod-eu"));
    tell(s, (struct wire_event){.kind = WIRE_FRAME,
                                .source = office,
                                .channel = STR("news"),
                                .name = STR("greeting"),
                                .text = STR("{}")});
    const struct log_entry *order = event_log_at(fleet_events(s->fleet), 1);
    const struct log_entry *side = event_log_at(fleet_events(s->fleet), 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(query_parse(&q, QUERY_EVENTS, str_from(rows[i].query), why, sizeof why));
        assert_int_equal(rows[i].of_side, query_match_event(&q, fleet_events(s->fleet), side,
                                                            s->model.now_ms, scratch));
        assert_int_equal(rows[i].of_order, query_match_event(&q, fleet_events(s->fleet), order,
                                                             s->model.now_ms, scratch));
    }
}

static void lines_of_a_side_carry_its_name_in_the_events_pane(void **state)
{
    struct scene *s = *state;
    const uint8_t office = add_side(s, "office");

    tell(s, (struct wire_event){.kind = WIRE_FRAME,
                                .source = office,
                                .channel = STR("news"),
                                .name = STR("greeting"),
                                .text = STR("{\"event\":\"greeting\"}")});
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "office"));
}

static void the_certificate_of_an_authorization_server_is_told_when_it_ends_soon(void **state)
{
    struct scene *s = *state;
    struct link *l = fleet_link_mut(s->fleet);

    str_copy(l->http_cert_host, sizeof l->http_cert_host, STR("auth.example.org"));
    l->http_cert_expiry_unix_ms = s->model.now_unix_ms + INT64_C(9) * 86400000 + 1000;
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "valid 9 days"));
    scene_keys(s, "3 z");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "auth.example.org"));
    l->http_cert_expiry_unix_ms = s->model.now_unix_ms - INT64_C(2) * 86400000;
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "EXPIRED 2 days ago"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_side_that_goes_down_leaves_orders_and_the_first_link_alone, scene_setup,
            scene_teardown),
        cmocka_unit_test_setup_teardown(an_event_of_a_side_with_an_order_channel_makes_no_order,
                                        scene_setup, scene_teardown),
        cmocka_unit_test_setup_teardown(an_event_of_an_unknown_source_changes_nothing, scene_setup,
                                        scene_teardown),
        cmocka_unit_test_setup_teardown(there_is_room_for_a_known_number_of_sides, scene_setup,
                                        scene_teardown),
        cmocka_unit_test_setup_teardown(
            the_header_names_a_side_that_is_down_and_is_silent_of_one_that_is_up, scene_setup,
            scene_teardown),
        cmocka_unit_test_setup_teardown(each_side_has_a_line_of_its_own_in_the_connection_pane,
                                        scene_setup_large, scene_teardown),
        cmocka_unit_test_setup_teardown(
            what_a_side_lost_and_when_it_tries_again_is_told_in_every_size, scene_setup,
            scene_teardown),
        cmocka_unit_test_setup_teardown(the_end_of_a_side_s_token_is_told_in_every_size,
                                        scene_setup, scene_teardown),
        cmocka_unit_test_setup_teardown(events_are_found_and_filtered_by_their_source_and_channel,
                                        scene_setup, scene_teardown),
        cmocka_unit_test_setup_teardown(
            the_certificate_of_an_authorization_server_is_told_when_it_ends_soon, scene_setup,
            scene_teardown),
        cmocka_unit_test_setup_teardown(lines_of_a_side_carry_its_name_in_the_events_pane,
                                        scene_setup_large, scene_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
