/* tests/support/scene.c - the events that lead to the situation of the wireframes. */
#include "support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "base/text.h"
#include "decode/notice.h"

enum {
    MINUTE_MS = 60000,
    HOUR_MS = 60 * MINUTE_MS,
    PERIOD_MS = 5000,
    START_MS = 1000000, /* monotonic, 13:02:07 */
    NOW_MS = START_MS + 90 * MINUTE_MS,
    DOWN_MS = NOW_MS - 1737000, /* 14:03:10 */
    UP_MS = NOW_MS - 1537000,   /* 14:06:30 */
    OFFSET_S = 7200
};

static const int64_t now_unix_ms = 1763728327000; /* 2025-11-21 12:32:07 UTC */

struct actor {
    const char *id, *title;
    int connector;
    int minutes; /* of charging time by the server, now or at the end */
    int power_w, final_wh;
    int limit_wh;        /* 0: until full */
    int paid_min;        /* timed */
    int ended_ago_s;     /* 0: still charging; else completed */
    int flat_s, quiet_s; /* the energy stood still, the events ceased, so long ago */
    int slow_s, slow_w;
    int last_s; /* age of the newest event */
};

/* clang-format off */
static const struct actor cast[] = {
    {.id = "2140", .title = "Mall B1", .connector = 1, .minutes = 19, .power_w = 7000, .final_wh = 2200, .limit_wh = 20000, .ended_ago_s = 2040},
    {.id = "2144", .title = "North 2", .connector = 2, .minutes = 106, .power_w = 7100, .final_wh = 12500, .limit_wh = 12500, .ended_ago_s = 1260},
    {.id = "2147", .title = "Dock 6", .connector = 1, .minutes = 112, .power_w = 10900, .final_wh = 19980, .limit_wh = 20000, .ended_ago_s = 540},
    {.id = "2149", .title = "Dock 7", .connector = 1, .minutes = 84, .power_w = 10900, .final_wh = 14820, .limit_wh = 24000, .last_s = 1},
    {.id = "2150", .title = "Dock 7", .connector = 2, .minutes = 64, .power_w = 10800, .final_wh = 11400, .limit_wh = 20000, .last_s = 3},
    {.id = "2151", .title = "Mall B2", .connector = 2, .minutes = 48, .power_w = 7200, .final_wh = 5030, .limit_wh = 20000, .flat_s = 370, .last_s = 4},
    {.id = "2152", .title = "Mall B2", .connector = 1, .minutes = 33, .power_w = 7200, .final_wh = 3950, .limit_wh = 20000, .last_s = 2},
    {.id = "2154", .title = "North 1", .connector = 1, .minutes = 186, .power_w = 7100, .final_wh = 22130, .limit_wh = 25000, .last_s = 5},
    {.id = "2155", .title = "North 1", .connector = 2, .minutes = 9, .power_w = 7200, .final_wh = 1100, .last_s = 1},
    {.id = "2158", .title = "Depot 11", .connector = 1, .minutes = 11, .power_w = 22000, .final_wh = 4420, .last_s = 9},
    {.id = "2159", .title = "Depot 12", .connector = 1, .minutes = 24, .power_w = 21900, .final_wh = 8640, .limit_wh = 20000, .last_s = 4},
    {.id = "2160", .title = "Depot 12", .connector = 2, .minutes = 89, .power_w = 21700, .final_wh = 31900, .limit_wh = 34000, .last_s = 2},
    {.id = "2161", .title = "Pier 2", .connector = 1, .minutes = 30, .power_w = 10900, .final_wh = 5460, .paid_min = 60, .last_s = 3},
    {.id = "2162", .title = "Pier 2", .connector = 2, .minutes = 27, .power_w = 10900, .final_wh = 4910, .paid_min = 60, .last_s = 1},
    {.id = "2163", .title = "Pier 4", .connector = 1, .minutes = 62, .power_w = 9800, .final_wh = 11060, .limit_wh = 13000, .quiet_s = 188, .last_s = 188},
    {.id = "2170", .title = "North 3", .connector = 1, .minutes = 82, .power_w = 7200, .final_wh = 8100, .limit_wh = 18400, .slow_s = 720, .slow_w = 3100, .last_s = 2},
};
/* clang-format on */

/* ---- what arrives ---- */

static void at_moment(const struct scene *s, uint64_t *at_ms, int64_t *at_unix_ms)
{
    *at_ms = s->model.now_ms;
    *at_unix_ms = s->model.now_unix_ms;
}

static void emit(struct scene *s, struct wire_event *e)
{
    e->seq = ++s->seq;
    at_moment(s, &e->at_ms, &e->at_unix_ms);
    fleet_apply_event(s->fleet, e);
}

static void emit_change(struct scene *s, struct change *c)
{
    c->seq = s->seq;
    at_moment(s, &c->at_ms, &c->at_unix_ms);
    fleet_apply_change(s->fleet, c);
}

static void move_to(struct scene *s, uint64_t now_ms)
{
    s->model.now_ms = now_ms;
    s->model.now_unix_ms = now_unix_ms + ((int64_t)now_ms - (int64_t)NOW_MS);
    fleet_tick(s->fleet, now_ms);
}

void scene_wait(struct scene *s, uint64_t ms)
{
    move_to(s, s->model.now_ms + ms);
}

void scene_link(struct scene *s, enum wire_link state, int32_t code, const char *reason,
                uint64_t retry_in_ms)
{
    struct wire_event e = {.kind = WIRE_LINK,
                           .link = state,
                           .code = code,
                           .text = str_from(reason),
                           .data = STR("wss://api.example.app:443")};

    if (state == WIRE_LINK_CONNECTED)
        e.socket_id = STR("31907.88214");
    e.retry_at_ms = retry_in_ms ? s->model.now_ms + retry_in_ms : 0;
    emit(s, &e);
}

static void subscription(struct scene *s, const char *id, enum wire_sub sub, int32_t code,
                         const char *why)
{
    char channel[64];
    struct wire_event e = {.kind = WIRE_SUB, .sub = sub, .code = code, .text = str_from(why)};

    str_format(channel, sizeof channel, "private-orders.%s", id);
    e.channel = str_from(channel);
    emit(s, &e);
}

/* data: JSON of the event without an apostrophe, which stands for a quote in it. */
static void arrival_of(struct scene *s, const char *id, const char *name, const char *data)
{
    char channel[64], inner[1024], escaped[2048], frame[2400];
    size_t n = 0, e_len = 0;
    struct wire_event e = {.kind = WIRE_FRAME};

    str_format(channel, sizeof channel, "private-orders.%s", id);
    for (const char *c = data; *c && n + 1 < sizeof inner; c++) {
        inner[n++] = *c == '\'' ? '"' : *c;
        if (*c == '\'')
            escaped[e_len++] = '\\';
        escaped[e_len++] = inner[n - 1];
    }
    inner[n] = escaped[e_len] = '\0';
    char slashed[96];
    size_t s_len = 0;
    for (const char *c = name; *c && s_len + 2 < sizeof slashed; c++) {
        if (*c == '\\')
            slashed[s_len++] = '\\';
        slashed[s_len++] = *c;
    }
    slashed[s_len] = '\0';
    str_format(frame, sizeof frame, "{\"event\":\"%s\",\"channel\":\"%s\",\"data\":\"%s\"}",
               slashed, channel, escaped);
    e.channel = str_from(channel);
    e.name = str_from(name);
    e.text = str_from(frame);
    e.data = str_from(inner);
    emit(s, &e);
}

static void arrival(struct scene *s, const char *id, const char *name)
{
    arrival_of(s, id, name, "{}");
}

static struct change *new_change(enum change_kind kind, const char *id)
{
    struct change *c = calloc(1, sizeof *c);

    assert_non_null(c);
    c->kind = kind;
    c->carries_order = true;
    str_copy(c->order_id, sizeof c->order_id, str_from(id));
    str_copy(c->order.id, sizeof c->order.id, str_from(id));
    return c;
}

static const char consumption_name[] = "App\\Events\\OrderConsumption";

void scene_report(struct scene *s, const char *id, int64_t charging_ms, int64_t energy_wh)
{
    struct change *c = new_change(CHANGE_CONSUMPTION, id);

    arrival(s, id, consumption_name);
    c->order.has = ORDER_HAS_TIME | ORDER_HAS_ENERGY | ORDER_HAS_STATUS;
    c->order.status = ORDER_STATUS_ACTIVE;
    c->order.charging_ms = charging_ms;
    c->order.energy_wh = energy_wh;
    emit_change(s, c);
    free(c);
}

void scene_notice(struct scene *s, const char *channel, const char *data)
{
    static struct notice notice;
    struct buf scratch;
    char text[1024];
    const size_t len =
        str_format(text, sizeof text, "{\"event\":\"custom_event\",\"data\":%s}", data);
    const struct wire_event e = {.kind = WIRE_FRAME,
                                 .seq = ++s->seq,
                                 .at_ms = s->model.now_ms,
                                 .at_unix_ms = s->model.now_unix_ms,
                                 .channel = str_from(channel),
                                 .name = STR("custom_event"),
                                 .data = str_from(data),
                                 .text = {text, len}};

    buf_init(&scratch, NOTICE_PAYLOAD_MAX + 1);
    fleet_apply_event(s->fleet, &e);
    assert_int_equal(CT_OK, notice_decode(e.data, &scratch, &notice));
    fleet_apply_notice(s->fleet, &e, &notice);
    buf_clear(&scratch);
}

void scene_fire(struct scene *s, const char *camera, const char *what)
{
    uint8_t source = 1;
    const struct wire_event e = {.kind = WIRE_FRAME,
                                 .source = 1,
                                 .seq = ++s->seq,
                                 .at_ms = s->model.now_ms,
                                 .at_unix_ms = s->model.now_unix_ms,
                                 .channel = STR("private-user.517"),
                                 .name = STR("App\\Events\\UserPush"),
                                 .text = STR("{\"fire\":1}")};
    char line[160];

    if (!fleet_side(s->fleet, 1))
        assert_int_equal(
            CT_OK, fleet_side_add(s->fleet, STR("video"), STR("vms"), &source, s->model.now_ms));
    assert_int_equal(1, source);
    fleet_apply_event(s->fleet, &e);
    str_format(line, sizeof line, "SMOKE/FIRE @ %s: %s", camera, what);
    fleet_apply_news(s->fleet, &(struct news){.seq = e.seq,
                                              .at_ms = e.at_ms,
                                              .at_unix_ms = e.at_unix_ms,
                                              .source = 1,
                                              .name = "smoke/fire",
                                              .group = "smoke/fire",
                                              .text = line,
                                              .target = camera,
                                              .cause = "vms-alarm",
                                              .severity = LOG_ERROR,
                                              .finding = what,
                                              .fire = true,
                                              .important = true});
}

/* ---- the cast ---- */

static void set_station(struct order_fields *f, const struct actor *a)
{
    struct station_fields *st = &f->station;

    f->has |= ORDER_HAS_STATION | ORDER_HAS_CONNECTOR;
    f->connector_number = a->connector;
    st->has = STATION_HAS_TITLE | STATION_HAS_ONLINE;
    st->online = true;
    str_format(st->id, sizeof st->id, "9%s", a->id);
    str_copy(st->title, sizeof st->title, str_from(a->title));
    if (a->limit_wh) {
        st->has |= STATION_HAS_LIMIT_TYPE | STATION_HAS_LIMIT_VALUE;
        st->limit_type = LIMIT_ENERGY;
        st->limit_milli = a->limit_wh;
    }
}

static void fill_report(struct order_fields *f, const struct actor *a, int64_t charging_ms,
                        int64_t wh)
{
    f->has |= ORDER_HAS_TIME | ORDER_HAS_ENERGY | ORDER_HAS_STATUS | ORDER_HAS_REQUESTED |
              ORDER_HAS_UNIT_PRICE | ORDER_HAS_PRICE_UNIT | ORDER_HAS_CURRENCY | ORDER_HAS_PRICE;
    f->charging_ms = charging_ms;
    f->energy_wh = wh;
    f->status = ORDER_STATUS_ACTIVE;
    f->requested_full = a->paid_min == 0;
    f->requested_ms = (int64_t)a->paid_min * MINUTE_MS;
    f->price_unit = PRICE_UNIT_ENERGY;
    f->unit_price_micro = 450000;
    f->price_micro = wh * 450;
    str_copy(f->currency, sizeof f->currency, STR("EUR"));
    set_station(f, a);
}

/* Energy at a moment so long before the actor's last: straight back from the final value. */
static int64_t energy_before(const struct actor *a, int64_t before_s)
{
    int64_t wh = a->final_wh;
    int64_t rising_s = before_s;

    if (a->flat_s)
        rising_s = before_s > a->flat_s ? before_s - a->flat_s : 0;
    if (a->slow_s) {
        const int64_t slowly = rising_s < a->slow_s ? rising_s : a->slow_s;
        wh -= a->slow_w * slowly / 3600;
        rising_s -= slowly;
    }
    wh -= a->power_w * rising_s / 3600;
    return wh > 0 ? wh / 10 * 10 : 0;
}

/* The payload that a report would have come in. */
static void tell_report(struct scene *s, const struct actor *a, const struct order_fields *f,
                        const char *name)
{
    char data[900], minutes[24], kwh[24], price[24];

    num_format(minutes, sizeof minutes, f->charging_ms / 600, 2, 1);
    num_format(kwh, sizeof kwh, f->energy_wh, 3, 2);
    num_format(price, sizeof price, f->price_micro, 6, 2);
    str_format(data, sizeof data,
               "{'order':{'id':%s,'user_id':9041,'connector_number':%d,'status':%d,'price':%s,"
               "'unit_price':0.45,'app_fees':0,'earning':0,'fees':0,'charging_session_time':%s,"
               "'charging_session_energy':%s,'price_unit':'energy','requested_quantity':'%s',"
               "'payment_type':'balance','reserved_at':null,'charge_point':{'id':%d,'title':'%s',"
               "'online_status':1,'session_limit_type':'energy','session_limit_value':%d,"
               "'connectors':[{'number':1,'status':'busy'},{'number':2,'status':'busy'}]},"
               "'currency':'EUR'}}",
               a->id, a->connector, (int)f->status, price, minutes, kwh,
               a->paid_min ? "60" : "FULL", 626, a->title, a->limit_wh / 1000);
    arrival_of(s, a->id, name, data);
}

static void act(struct scene *s, const struct actor *a, uint64_t t)
{
    const uint64_t end = a->ended_ago_s ? NOW_MS - (uint64_t)a->ended_ago_s * 1000
                                        : NOW_MS - (uint64_t)a->last_s * 1000;
    const uint64_t length = (uint64_t)a->minutes * MINUTE_MS + 24000;

    if (t > end || (end - t) % PERIOD_MS >= 1000 || end - t > length)
        return;
    const bool last = t + 1000 > end && a->ended_ago_s;
    struct change *c = new_change(last ? CHANGE_COMPLETED : CHANGE_CONSUMPTION, a->id);
    fill_report(&c->order, a, (int64_t)(length - (end - t)),
                energy_before(a, (int64_t)(end - t) / 1000));
    if (last)
        c->order.status = ORDER_STATUS_DELIVERED;
    tell_report(s, a, &c->order, last ? "App\\Events\\OrderCompleted" : consumption_name);
    emit_change(s, c);
    free(c);
}

static void list_order(struct scene *s, const char *id, const struct actor *a, bool scheduled)
{
    struct change *c = new_change(CHANGE_LISTED, id);

    set_station(&c->order, a);
    if (scheduled) {
        c->order.has |= ORDER_HAS_STATUS;
        c->order.status = ORDER_STATUS_ONE;
        c->order.has |= ORDER_HAS_RESERVED_AT;
        c->order.has |= ORDER_HAS_CREATED;
        c->order.created_unix_ms = now_unix_ms - 25 * MINUTE_MS;
        c->order.reserved_unix_ms = now_unix_ms + 58 * MINUTE_MS - 7000;
        str_copy(c->order.reserved_text, sizeof c->order.reserved_text, STR("2025-11-21 15:30:00"));
    }
    emit_change(s, c);
    free(c);
}

static void add(struct scene *s, const char *id)
{
    assert_int_equal(CT_OK, fleet_order_add(s->fleet, str_from(id), s->model.now_ms));
    subscription(s, id, WIRE_SUB_SUBSCRIBED, 0, "");
}

static void play_links(struct scene *s, uint64_t t)
{
    if (t == DOWN_MS) {
        scene_link(s, WIRE_LINK_CONNECTING, 4201, "server saw no pong", 1000);
    } else if (t == UP_MS) {
        scene_link(s, WIRE_LINK_CONNECTING, 0, "", 0);
        scene_link(s, WIRE_LINK_CONNECTED, 0, "", 0);
        for (size_t i = 0; i < COUNT_OF(cast); i++)
            subscription(s, cast[i].id, WIRE_SUB_SUBSCRIBED, 0, "");
    }
}

static void ping(struct scene *s, int64_t rtt_ms)
{
    struct wire_event e = {.kind = WIRE_PING, .value = rtt_ms};

    emit(s, &e);
}

static void play(struct scene *s)
{
    static const struct actor north5 = {.id = "2178", .title = "North 5", .connector = 1};
    static const struct actor mallc1 = {.id = "2180", .title = "Mall C1", .connector = 1};

    for (uint64_t t = START_MS; t <= NOW_MS; t += 1000) {
        move_to(s, t);
        play_links(s, t);
        if (t >= DOWN_MS && t < UP_MS)
            continue;
        for (size_t i = 0; i < COUNT_OF(cast); i++)
            act(s, &cast[i], t);
        if (t == NOW_MS - 147000) {
            add(s, "2177");
            subscription(s, "2177", WIRE_SUB_DENIED, 403, "auth 403 on subscribe");
        } else if (t == NOW_MS - 100000) {
            add(s, "2178");
            list_order(s, "2178", &north5, false);
            add(s, "2180");
            list_order(s, "2180", &mallc1, true);
        } else if (t == NOW_MS - 5000) {
            scene_report(s, "2158", 11 * MINUTE_MS + 28000, 4020);
        } else if (t == NOW_MS - 20000) {
            ping(s, 41);
        }
    }
}

/* As a configuration would: [site Depot] limit_kw = 110, members = Depot, Dock. */
static void name_sites(struct scene *s)
{
    static const struct {
        const char *name, *second;
        int64_t limit_w;
    } sites[] = {{"Depot", "Dock", 110000},
                 {"North", NULL, 60000},
                 {"Mall", NULL, 44000},
                 {"Pier", NULL, 22000}};
    struct site_rules *rules = calloc(1, sizeof *rules);

    assert_non_null(rules);
    for (size_t i = 0; i < COUNT_OF(sites); i++) {
        struct site_rule *rule = &rules->rule[rules->count++];
        str_copy(rule->name, SITE_NAME_MAX, str_from(sites[i].name));
        rule->limit_w = sites[i].limit_w;
        str_copy(rule->members[rule->member_count++], SITE_NAME_MAX, str_from(sites[i].name));
        if (sites[i].second)
            str_copy(rule->members[rule->member_count++], SITE_NAME_MAX, str_from(sites[i].second));
    }
    fleet_set_sites(s->fleet, rules);
    free(rules);
}

void scene_open(struct scene *s, enum scene_kind kind)
{
    memset(s, 0, sizeof *s);
    s->model.utc_offset_s = OFFSET_S;
    s->model.profile = "prod-eu";
    s->model.now_ms = START_MS;
    s->model.now_unix_ms = now_unix_ms - 90 * MINUTE_MS;
    s->fleet = fleet_create(NULL, s->model.now_ms, s->model.now_unix_ms);
    assert_non_null(s->fleet);
    s->model.fleet = s->fleet;
    view_init(&s->view);
    surface_init(&s->surface);
    fleet_set_utc_offset(s->fleet, OFFSET_S);
    if (kind == SCENE_EMPTY)
        return;
    name_sites(s);
    scene_link(s, WIRE_LINK_CONNECTING, 0, "", 0);
    scene_link(s, WIRE_LINK_CONNECTED, 0, "", 0);
    for (size_t i = 0; i < COUNT_OF(cast); i++)
        add(s, cast[i].id);
    play(s);
}

void scene_close(struct scene *s)
{
    view_clear(&s->view);
    surface_clear_memory(&s->surface);
    fleet_destroy(s->fleet);
}

static int set_up(void **state, int cols, int rows)
{
    static struct scene s;

    scene_open(&s, SCENE_BUSY);
    s.view.ascii = true;
    scene_draw(&s, cols, rows);
    *state = &s;
    return 0;
}

int scene_setup(void **state)
{
    return set_up(state, 120, 40);
}

int scene_setup_large(void **state)
{
    return set_up(state, 200, 60);
}

int scene_teardown(void **state)
{
    scene_close(*state);
    return 0;
}

/* ---- keys ---- */

static void perform(struct scene *s)
{
    const struct str id = str_from(s->intent.text);
    uint64_t alarm_id, ms;

    switch (s->intent.kind) {
    case INTENT_PIN:
        fleet_order_pin_toggle(s->fleet, id);
        break;
    case INTENT_UNPIN_ALL:
        fleet_unpin_all(s->fleet);
        break;
    case INTENT_ACK:
        fleet_order_ack(s->fleet, id);
        break;
    case INTENT_ACK_ALL:
        fleet_ack_all(s->fleet);
        break;
    case INTENT_MARK:
        fleet_mark(s->fleet, &s->intent.mark);
        break;
    case INTENT_UNMARK:
        marks_remove(fleet_marks_mut(s->fleet), s->intent.mark.number);
        break;
    case INTENT_ALARM_ACK:
        assert_true(intent_alarm(&s->intent, &alarm_id, &ms));
        assert_true(fleet_alarm_ack(s->fleet, alarm_id));
        break;
    case INTENT_ALARM_SNOOZE:
        assert_true(intent_alarm(&s->intent, &alarm_id, &ms));
        assert_true(fleet_alarm_snooze(s->fleet, alarm_id, ms));
        break;
    case INTENT_ADD_ORDER:
        assert_int_equal(CT_OK, fleet_order_add(s->fleet, id, s->model.now_ms));
        break;
    case INTENT_REMOVE_ORDER:
        fleet_order_remove(s->fleet, id);
        break;
    case INTENT_STOP_ORDER:
        fleet_order_stop_requested(s->fleet, id, s->model.now_ms);
        break;
    default:
        break;
    }
}

bool scene_key(struct scene *s, uint32_t key)
{
    const bool changed = view_key(&s->view, &s->model, key, &s->intent);

    perform(s);
    assert_int_equal(
        CT_OK, view_sync(&s->view, &s->model, s->cols ? s->cols : 80, s->rows ? s->rows : 24));
    return changed;
}

void scene_keys(struct scene *s, const char *names)
{
    struct str rest = str_from(names);

    while (rest.len > 0) {
        char name[24];
        str_copy(name, sizeof name, str_split(&rest, ' '));
        if (name[0] == '\0')
            continue;
        const uint32_t key = ui_key_parse(name);
        if (key == UI_KEY_NONE)
            fail_msg("no such key: %s", name);
        scene_key(s, key);
    }
}

void scene_type(struct scene *s, const char *text)
{
    struct str rest = str_from(text);
    int cells;

    while (rest.len > 0)
        scene_key(s, text_next(&rest, &cells));
}

/* ---- looking ---- */

void scene_draw(struct scene *s, int cols, int rows)
{
    s->cols = cols;
    s->rows = rows;
    s->surface.ascii = s->model.ascii = s->view.ascii;
    if (s->surface.cols != cols || s->surface.rows != rows)
        assert_int_equal(CT_OK, surface_resize(&s->surface, cols, rows));
    assert_int_equal(CT_OK, view_sync(&s->view, &s->model, cols, rows));
    ui_draw(&s->surface, &s->view, &s->model);
}

char *scene_text(struct scene *s)
{
    struct buf text;

    buf_init(&text, 4 * 1024 * 1024);
    assert_int_equal(CT_OK, surface_dump(&s->surface, SURFACE_DUMP_TEXT, &text));
    assert_non_null(buf_cstr(&text));
    return (char *)text.bytes;
}

void scene_row(struct scene *s, int y, char *to, size_t cap)
{
    size_t len = 0;

    to[0] = '\0';
    for (int x = 0; x < s->surface.cols; x++) {
        const struct cell *c = surface_peek(&s->surface, x, y);
        if (c->cells > 0)
            len += str_copy(to + len, cap - len, (struct str){c->text, c->bytes});
    }
}

bool scene_shows(struct scene *s, const char *text)
{
    char row[4096];

    for (int y = 0; y < s->surface.rows; y++) {
        scene_row(s, y, row, sizeof row);
        if (strstr(row, text))
            return true;
    }
    return false;
}
