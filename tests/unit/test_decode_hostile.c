/* tests/unit/test_decode_hostile.c - broken, huge and lying payloads: no crash, no read past the
 * end, and never a changed order where the verdict is REJECT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "support/fixture.h"
#include "support/fleet_rig.h"
#include "support/hostile.h"

/* Cases stand in tables, several a line. */
/* clang-format off */

enum { ROUNDS_EACH = 300, BODY_MAX = 1 << 17 };

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

static uint64_t seed(void)
{
    const char *given = getenv("SEED");

    return given ? strtoull(given, NULL, 10) : 20251121;
}

/* Everything handed on is terminated, valid text and within its range. */
static void is_sound(const struct change *c)
{
    assert_true(strlen(c->order_id) < ORDER_ID_MAX);
    assert_true(text_is_utf8(str_from(c->order.station.title)));
    assert_true(text_is_utf8(str_from(c->reason)));
    assert_true(c->order.price_count <= ORDER_PRICES_MAX);
    assert_true(c->order.station.connector_count <= STATION_CONNECTORS_MAX);
    assert_true(c->order.station.amenity_count <= STATION_AMENITIES_MAX);
    if (c->order.has & ORDER_HAS_ENERGY)
        assert_true(c->order.energy_wh >= 0 && c->order.energy_wh <= 1000000000);
    if (c->order.has & ORDER_HAS_TIME)
        assert_true(c->order.charging_ms >= 0 && c->order.charging_ms <= INT64_C(600000000000));
    if (c->kind == CHANGE_REJECT) {
        assert_int_equal(0, c->order.has);
        assert_true(c->field[0] != '\0' && c->reason[0] != '\0');
    }
}

static void feed(struct rig *r, struct str bytes, bool frame, uint64_t at_ms)
{
    struct hostile h;

    hostile_place(&h, bytes);
    if (frame)
        rig_event(r, (struct wire_event){.kind = WIRE_FRAME,
                                         .name = STR("App\\Events\\ChargePointConsumption"),
                                         .channel = STR("private-orders.2149"),
                                         .data = h.text,
                                         .text = h.text}, at_ms);
    else
        rig_rest(r, (enum wire_rest)(at_ms % 5), 200, "2149", h.text, at_ms);
    hostile_release(&h);
    for (size_t i = 0; i < r->change_count; i++)
        is_sound(&r->changes[i]);
}

struct mutation {
    struct rig *r;
    struct rng rng;
    uint64_t at_ms;
    char *text;
};

/* The payload of a frame fixture, or the whole of a REST one. */
static size_t payload_of(const char *path, struct buf *file, char *to)
{
    struct json_value root;
    struct json_value data;
    struct buf inner;
    struct str text = fixture_read(path, file);

    buf_init(&inner, BODY_MAX);
    if (json_parse(text, &root) == CT_OK && json_get(root, STR("channel"), &data) &&
        json_get(root, STR("data"), &data)) {
        text = data.raw;
        if (data.type == JSON_STRING && json_string_append(data, &inner) == CT_OK)
            text = buf_str(&inner);
    }
    const size_t len = text.len < BODY_MAX ? text.len : BODY_MAX;
    memcpy(to, text.ptr, len);
    buf_clear(&inner);
    return len;
}

static void mutate_fixture(const char *path, void *context)
{
    struct mutation *m = context;
    struct buf file;
    char *copy;

    if (!str_starts(str_from(path), STR("powerly/")))
        return;
    buf_init(&file, BODY_MAX);
    const size_t len = payload_of(path, &file, m->text);
    copy = malloc(BODY_MAX + 64);
    assert_non_null(copy);
    for (unsigned i = 0; i < ROUNDS_EACH; i++) {
        memcpy(copy, m->text, len);
        const size_t now = hostile_mutate(&m->rng, copy, len, BODY_MAX);

        feed(m->r, (struct str){copy, now}, i % 2 == 0, m->at_ms++);
    }
    free(copy);
    buf_clear(&file);
}

static void mutated_fixtures_do_no_harm(void **state)
{
    struct mutation m = {.r = *state, .at_ms = 1000, .text = malloc(BODY_MAX)};

    assert_non_null(m.text);
    print_message("seed %llu\n", (unsigned long long)seed());
    rng_seed(&m.rng, seed());
    fixture_each(mutate_fixture, &m);
    free(m.text);
}

static void a_fixture_cut_anywhere_is_rejected_and_changes_nothing(void **state)
{
    struct rig *r = *state;
    struct buf file;
    char *text = malloc(BODY_MAX);

    assert_non_null(text);
    buf_init(&file, BODY_MAX);
    const size_t len = payload_of("powerly/frame_consumption_ac_energy.json", &file, text);
    rig_update(r, "2149", "1", "0.5", 500);
    const struct order before = *rig_order(r, "2149");
    for (size_t cut = 1; cut < len; cut++) {
        feed(r, (struct str){text, cut}, true, 1000);
        assert_int_equal(1, r->change_count);
        assert_int_equal(CHANGE_REJECT, r->changes[0].kind);
    }
    const struct order *after = rig_order(r, "2149");
    assert_memory_equal(&before.f, &after->f, sizeof before.f);
    assert_int_equal(before.accepted, after->accepted);
    assert_int_equal(before.last_seen_ms, after->last_seen_ms);
    assert_int_equal(len - 1, after->rejected);
    free(text);
    buf_clear(&file);
}

/* Every member with every type of value, one after another. */
static void wrong_types_everywhere_are_no_information_or_sound(void **state)
{
    static const char *const keys[] = {
        "id", "user_id", "connector_number", "status", "price", "prices", "unit_price", "app_fees",
        "earning", "fees", "charging_session_time", "charging_session_energy", "price_unit",
        "quantity", "requested_quantity", "payment_type", "created_at", "delivery_date",
        "reserved_at", "currency", "identifier", "title", "latitude", "longitude",
        "session_limit_type", "session_limit_value", "open_time", "type", "rating",
        "online_status", "is_in_use", "listed", "connectors", "amenities", "address", "distance"};
    static const char *const values[] = {
        "null", "true", "false", "0", "-1", "1e308", "-1e308", "9223372036854775808", "0.0000001",
        "\"\"", "\" \"", "\"x\"", "\"-0\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\u001b[31m\"", "[]",
        "{}", "[[]]", "[null]", "[{}]", "[1,\"a\",{\"id\":[]}]", "{\"id\":{}}",
        "{\"max_power\":\"x\",\"city\":5,\"address_line_1\":[]}"};
    char data[512];

    for (size_t k = 0; k < COUNT_OF(keys); k++) {
        for (size_t v = 0; v < COUNT_OF(values); v++) {
            str_format(data, sizeof data,
                       "{\"order\":{\"%s\":%s,\"charge_point\":{\"%s\":%s}},\"chargePoint\":%s}",
                       keys[k], values[v], keys[k], values[v], values[v]);
            feed(*state, str_from(data), true, 1000 + k);
        }
    }
}

static void seventy_kilobytes_and_long_lists_are_bounded(void **state)
{
    struct rig *r = *state;
    struct buf b;

    buf_init(&b, 1 << 20);
    assert_int_equal(CT_OK, buf_append(&b, STR("{\"order\":{\"charging_session_energy\":1.5,"
                                               "\"prices\":[")));
    for (int i = 0; i < 1000; i++)
        assert_int_equal(CT_OK, buf_append(&b, STR("{\"total\":1},")));
    assert_int_equal(CT_OK, buf_append(&b, STR("{}],\"charge_point\":{\"title\":\"")));
    while (b.len < 70000)
        assert_int_equal(CT_OK, buf_append(&b, STR("\\u0645long\\n")));
    assert_int_equal(CT_OK, buf_append(&b, STR("\",\"connectors\":[")));
    for (int i = 0; i < 100; i++)
        assert_int_equal(CT_OK, buf_printf(&b, "{\"number\":%d},", i + 1));
    assert_int_equal(CT_OK, buf_append(&b, STR("{}]}}}")));
    feed(r, buf_str(&b), true, 1000);
    assert_int_equal(CHANGE_CONSUMPTION, r->changes[0].kind);
    assert_int_equal(ORDER_PRICES_MAX, r->changes[0].order.price_count);
    assert_int_equal(STATION_CONNECTORS_MAX, r->changes[0].order.station.connector_count);
    assert_true(strlen(r->changes[0].order.station.title) < FLEET_TITLE_MAX);
    const struct log_entry *line = event_log_at(fleet_events(r->fleet), 0);
    assert_int_equal(LOG_TEXT_MAX_BYTES, line->text_bytes);
    assert_true(line->text_cut);
    buf_clear(&b);
}

static void too_deep_is_rejected_and_as_deep_as_allowed_is_not(void **state)
{
    struct rig *r = *state;
    struct buf b;

    for (int depth = JSON_DEPTH_MAX - 1; depth <= JSON_DEPTH_MAX; depth++) {
        buf_init(&b, 1 << 20);
        assert_int_equal(CT_OK, buf_append(&b, STR("{\"x\":")));
        for (int i = 0; i < depth; i++)
            assert_int_equal(CT_OK, buf_append_char(&b, '['));
        for (int i = 0; i < depth; i++)
            assert_int_equal(CT_OK, buf_append_char(&b, ']'));
        assert_int_equal(CT_OK, buf_append_char(&b, '}'));
        feed(r, buf_str(&b), true, 1000);
        assert_int_equal(depth < JSON_DEPTH_MAX ? CHANGE_CONSUMPTION : CHANGE_REJECT,
                         r->changes[0].kind);
        buf_clear(&b);
    }
    assert_string_equal("JSON nested too deep", r->changes[0].reason);
}

static void a_list_page_is_cut_at_its_limit(void **state)
{
    struct rig *r = *state;
    struct buf b;

    buf_init(&b, 1 << 20);
    assert_int_equal(CT_OK, buf_append(&b, STR("{\"success\":1,\"data\":[")));
    for (int i = 0; i < DECODE_LIST_MAX + 50; i++)
        assert_int_equal(CT_OK, buf_printf(&b, "%s{\"id\":%d}", i ? "," : "", i + 1));
    assert_int_equal(CT_OK, buf_append(&b, STR("]}")));
    rig_rest(r, WIRE_REST_LIST, 200, "", buf_str(&b), 1000);
    assert_int_equal(DECODE_LIST_MAX, fleet_order_count(r->fleet));
    buf_clear(&b);
}

static void text_from_the_wire_is_cleaned_with_a_mark_and_ids_must_be_clean(void **state)
{
    struct rig *r = *state;

    rig_consumption(r, "9", "{\"chargePoint\":{\"title\":\"A\\u001b[31m\\u202eB\\tC\"}}", 1000);
    assert_string_equal("A\xEF\xBF\xBD[31m\xEF\xBF\xBD"
                        "B C",
                        r->changes[0].order.station.title);
    rig_rest(r, WIRE_REST_LIST, 200, "", STR("{\"data\":[{\"id\":\"1\\u001b\"},{\"id\":\"2\"}]}"), 1000);
    assert_int_equal(2, r->change_count);
    assert_int_equal(CHANGE_REJECT, r->changes[0].kind);
    assert_string_equal("2", r->changes[1].order_id);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(mutated_fixtures_do_no_harm),
        TEST(a_fixture_cut_anywhere_is_rejected_and_changes_nothing),
        TEST(wrong_types_everywhere_are_no_information_or_sound),
        TEST(seventy_kilobytes_and_long_lists_are_bounded),
        TEST(too_deep_is_rejected_and_as_deep_as_allowed_is_not),
        TEST(a_list_page_is_cut_at_its_limit),
        TEST(text_from_the_wire_is_cleaned_with_a_mark_and_ids_must_be_clean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
