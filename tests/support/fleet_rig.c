/* tests/support/fleet_rig.c - a fleet behind a decoder, fed as the live source would feed it. */
#include "support/fleet_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/fixture.h"

static const int64_t unix_at_0_ms = INT64_C(1763650800000); /* 2025-11-20T15:00:00Z */

struct rig *rig_create(void)
{
    struct rig *r = calloc(1, sizeof *r);

    assert_non_null(r);
    r->unix_at_0_ms = unix_at_0_ms;
    r->fleet = fleet_create(NULL, 0, unix_at_0_ms);
    r->decoder = decoder_create();
    assert_non_null(r->fleet);
    assert_non_null(r->decoder);
    buf_init(&r->file, 1 << 20);
    buf_init(&r->name, 4096);
    buf_init(&r->channel, 4096);
    buf_init(&r->data, 1 << 20);
    rig_link(r, WIRE_LINK_CONNECTED, 0, 0);
    return r;
}

void rig_destroy(struct rig *r)
{
    fleet_destroy(r->fleet);
    decoder_destroy(r->decoder);
    buf_clear(&r->file);
    buf_clear(&r->name);
    buf_clear(&r->channel);
    buf_clear(&r->data);
    free(r);
}

static void on_change(void *user, const struct change *change)
{
    struct rig *r = user;

    if (r->change_count < RIG_CHANGES_MAX)
        r->changes[r->change_count++] = *change;
    fleet_apply_change(r->fleet, change);
}

void rig_event(struct rig *r, struct wire_event event, uint64_t at_ms)
{
    event.seq = ++r->seq;
    event.at_ms = at_ms;
    event.at_unix_ms = r->unix_at_0_ms + (int64_t)at_ms;
    r->change_count = 0;
    fleet_tick(r->fleet, at_ms);
    fleet_apply_event(r->fleet, &event);
    decode_event(r->decoder, &event, on_change, r);
}

static void frame(struct rig *r, const char *id, struct str name, const char *data, uint64_t at_ms)
{
    char channel[128];
    const size_t len = str_format(channel, sizeof channel, "private-orders.%s", id);

    rig_event(r,
              (struct wire_event){.kind = WIRE_FRAME,
                                  .name = name,
                                  .channel = {channel, len},
                                  .data = str_from(data),
                                  .text = str_from(data)},
              at_ms);
}

void rig_consumption(struct rig *r, const char *id, const char *data, uint64_t at_ms)
{
    frame(r, id, STR("App\\Events\\ChargePointConsumption"), data, at_ms);
}

void rig_completed(struct rig *r, const char *id, const char *data, uint64_t at_ms)
{
    frame(r, id, STR("App\\Events\\ChargePointOrderCompleted"), data, at_ms);
}

void rig_update(struct rig *r, const char *id, const char *minutes, const char *kwh, uint64_t at_ms)
{
    char data[256];

    str_format(data, sizeof data,
               "{\"order\":{\"id\":\"%s\",\"status\":0,\"charging_session_time\":%s,"
               "\"charging_session_energy\":%s}}",
               id, minutes, kwh);
    rig_consumption(r, id, data, at_ms);
}

void rig_rest(struct rig *r, enum wire_rest rest, int32_t code, const char *id, struct str body,
              uint64_t at_ms)
{
    rig_event(
        r,
        (struct wire_event){
            .kind = WIRE_REST, .rest = rest, .code = code, .name = str_from(id), .data = body},
        at_ms);
}

void rig_link(struct rig *r, enum wire_link link, int32_t code, uint64_t at_ms)
{
    rig_event(r, (struct wire_event){.kind = WIRE_LINK, .link = link, .code = code}, at_ms);
}

void rig_sub(struct rig *r, const char *id, enum wire_sub sub, int32_t code, uint64_t at_ms)
{
    char channel[128];
    const size_t len = str_format(channel, sizeof channel, "private-orders.%s", id);

    rig_event(
        r,
        (struct wire_event){.kind = WIRE_SUB, .sub = sub, .code = code, .channel = {channel, len}},
        at_ms);
}

void rig_frame_json(struct rig *r, struct json_value json, uint64_t at_ms)
{
    struct json_value v;
    struct str data;

    buf_reset(&r->name);
    buf_reset(&r->channel);
    buf_reset(&r->data);
    assert_true(json_get(json, STR("event"), &v));
    assert_int_equal(CT_OK, json_string_append(v, &r->name));
    assert_true(json_get(json, STR("channel"), &v));
    assert_int_equal(CT_OK, json_string_append(v, &r->channel));
    assert_true(json_get(json, STR("data"), &v));
    data = v.raw;
    if (v.type == JSON_STRING) {
        assert_int_equal(CT_OK, json_string_append(v, &r->data));
        data = buf_str(&r->data);
    }
    rig_event(r,
              (struct wire_event){.kind = WIRE_FRAME,
                                  .name = buf_str(&r->name),
                                  .channel = buf_str(&r->channel),
                                  .data = data,
                                  .text = json.raw},
              at_ms);
}

static struct str read_fixture(struct rig *r, const char *name)
{
    char path[256];

    str_format(path, sizeof path, "powerly/%s", name);
    buf_reset(&r->file);
    return fixture_read(path, &r->file);
}

void rig_frame_fixture(struct rig *r, const char *name, uint64_t at_ms)
{
    struct json_value json;

    assert_int_equal(CT_OK, json_parse(read_fixture(r, name), &json));
    rig_frame_json(r, json, at_ms);
}

void rig_rest_fixture(struct rig *r, enum wire_rest rest, int32_t code, const char *id,
                      const char *name, uint64_t at_ms)
{
    rig_rest(r, rest, code, id, read_fixture(r, name), at_ms);
}

const struct order *rig_order(const struct rig *r, const char *id)
{
    const struct order *o = fleet_order_get(r->fleet, str_from(id));

    if (!o)
        fail_msg("order %s is not in the fleet", id);
    return o;
}

enum order_state rig_state(struct rig *r, const char *id, uint64_t at_ms)
{
    fleet_tick(r->fleet, at_ms);
    return rig_order(r, id)->state;
}
