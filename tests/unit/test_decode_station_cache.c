/* Charge points known again by their bytes: never another answer than reading them gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/rng.h"
#include "decode/powerly.h"
#include "decode/station_cache.h"
#include "support/fixture.h"
#include "support/hostile.h"

enum { TEXT_BYTES = 16 * 1024 };

static bool read_through(struct station_cache *c, struct str list, struct station_fields *out)
{
    struct json_value root;
    struct json_iter it;
    struct str key;

    memset(out, 0, sizeof *out);
    assert_int_equal(json_open(list, &root), CT_OK);
    json_iter_init(&it, root);
    assert_true(json_key(&it, &key));
    const bool read = station_cache_read(c, &it, out);
    while (json_key(&it, &key)) {
    }
    return read && it.err == CT_OK;
}

static void assert_same_station(const struct station_fields *a, const struct station_fields *b)
{
    assert_int_equal(a->has, b->has);
    assert_string_equal(a->id, b->id);
    assert_string_equal(a->identifier, b->identifier);
    assert_string_equal(a->title, b->title);
    assert_string_equal(a->address, b->address);
    assert_string_equal(a->open_time, b->open_time);
    assert_int_equal(a->latitude_micro, b->latitude_micro);
    assert_int_equal(a->longitude_micro, b->longitude_micro);
    assert_int_equal(a->price_micro, b->price_micro);
    assert_int_equal(a->online, b->online);
    assert_int_equal(a->in_use, b->in_use);
    assert_int_equal(a->amenity_count, b->amenity_count);
    assert_int_equal(a->connector_count, b->connector_count);
    for (size_t i = 0; i < a->connector_count; i++) {
        assert_int_equal(a->connectors[i].number, b->connectors[i].number);
        assert_int_equal(a->connectors[i].max_power_w, b->connectors[i].max_power_w);
        assert_string_equal(a->connectors[i].status, b->connectors[i].status);
    }
}

/* The array [text], read with and without the cache. */
static void assert_read_alike(struct station_cache *c, struct str text)
{
    static struct station_fields with, without;
    struct json_value v;
    struct hostile h;
    struct buf list;

    buf_init(&list, TEXT_BYTES);
    assert_int_equal(buf_printf(&list, "[%.*s]", (int)text.len, text.ptr), CT_OK);
    hostile_place(&h, buf_str(&list));
    const bool read = read_through(c, h.text, &with);
    memset(&without, 0, sizeof without);
    const bool good = json_parse(text, &v) == CT_OK && v.type == JSON_OBJECT;
    if (good)
        assert_true(powerly_station(v, &without));
    if (good && memchr(text.ptr, '\0', text.len) == NULL) {
        assert_true(read);
        assert_same_station(&with, &without);
    }
    hostile_release(&h);
    buf_clear(&list);
}

/* The charge point of the fixture, in *data. */
static struct str fixture_station(struct buf *data)
{
    struct json_value frame, member, payload, order, station;
    struct buf file;

    buf_init(&file, TEXT_BYTES);
    const struct str text = fixture_read("powerly/frame_consumption_ac_energy.json", &file);
    assert_int_equal(json_parse(text, &frame), CT_OK);
    assert_true(json_get(frame, STR("data"), &member));
    assert_int_equal(json_string_append(member, data), CT_OK);
    buf_clear(&file);
    assert_int_equal(json_parse(buf_str(data), &payload), CT_OK);
    assert_true(json_get(payload, STR("order"), &order));
    assert_true(json_get(order, STR("charge_point"), &station));
    return station.raw;
}

static struct station_cache *cache_create(void)
{
    struct station_cache *c = calloc(1, sizeof *c);

    assert_non_null(c);
    return c;
}

static void cache_destroy(struct station_cache *c)
{
    station_cache_clear(c);
    free(c);
}

static void the_same_charge_point_again_reads_the_same(void **state)
{
    struct station_cache *c = cache_create();
    struct buf data;

    (void)state;
    buf_init(&data, TEXT_BYTES);
    const struct str station = fixture_station(&data);
    for (int i = 0; i < 3; i++)
        assert_read_alike(c, station);
    cache_destroy(c);
    buf_clear(&data);
}

static void any_changed_byte_is_read_anew(void **state)
{
    struct station_cache *c = cache_create();
    struct rng r;
    struct buf data;
    char copy[TEXT_BYTES];

    (void)state;
    buf_init(&data, TEXT_BYTES);
    const struct str station = fixture_station(&data);
    rng_seed(&r, 7);
    for (int i = 0; i < 3000; i++) {
        memcpy(copy, station.ptr, station.len);
        const size_t len = hostile_mutate(&r, copy, station.len, sizeof copy);
        if (memchr(copy, '\0', len) == NULL)
            assert_read_alike(c, (struct str){copy, len});
        assert_read_alike(c, station);
    }
    cache_destroy(c);
    buf_clear(&data);
}

static void charge_points_that_start_alike_take_turns_in_one_slot(void **state)
{
    struct station_cache *c = cache_create();

    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_read_alike(c, STR("{\"identifier\":\"PWR-626-K7QX-1\",\"id\":1}"));
        assert_read_alike(c, STR("{\"identifier\":\"PWR-626-K7QX-2\",\"id\":2}"));
        assert_read_alike(c, STR("{}"));
    }
    cache_destroy(c);
}

static void a_charge_point_longer_than_the_limit_is_read_each_time(void **state)
{
    static const char head[] = "{\"id\":9,\"title\":\"";
    struct station_cache *c = cache_create();
    char text[STATION_CACHE_TEXT_MAX + 2];

    (void)state;
    for (size_t len = STATION_CACHE_TEXT_MAX - 1; len <= STATION_CACHE_TEXT_MAX + 1; len++) {
        memset(text, 'x', len);
        memcpy(text, head, sizeof head - 1);
        memcpy(text + len - 2, "\"}", 2);
        assert_read_alike(c, (struct str){text, len});
        assert_read_alike(c, (struct str){text, len});
    }
    cache_destroy(c);
}

static void what_is_no_object_is_not_taken(void **state)
{
    static const char *const others[] = {"[1]", "[[]]", "[null]", "[\"{}\"]", "[{]", "[{\"id\":1]"};
    struct station_cache *c = cache_create();
    struct station_fields out;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_false(read_through(c, str_from(others[i]), &out));
    cache_destroy(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_charge_point_again_reads_the_same),
        cmocka_unit_test(any_changed_byte_is_read_anew),
        cmocka_unit_test(charge_points_that_start_alike_take_turns_in_one_slot),
        cmocka_unit_test(a_charge_point_longer_than_the_limit_is_read_each_time),
        cmocka_unit_test(what_is_no_object_is_not_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
