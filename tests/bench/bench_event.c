/* tests/bench/bench_event.c - what one event costs from the text of a message to the changed model.
 *
 *   bench_event                  ns per event and its ratio to cJSON reading the same frame twice
 *   bench_event --count EVENTS   only runs that many events, for a tool that counts instructions
 *
 * A hundred orders report in turn, each with the consumption fixture in the spelling of a PHP
 * server and with time and energy that grow. Everything but the socket is the program's own. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "base/json.h"
#include "base/json_write.h"
#include "decode/decode.h"
#include "fleet/fleet.h"
#include "pusher/session.h"
#include "support/fixture.h"

enum {
    ORDERS = 100,
    FIRST_ORDER = 2100,
    FRAME_MAX_BYTES = 64 * 1024,
    ROUND_MS = 10000,
    ROUND_CENTIMINUTES = 17, /* ten seconds and a little */
    ROUND_WH = 30,
    WARM_UP_EVENTS = 20000,
    EVENTS = 40000,
    ROUNDS = 9
};

/* The numbers of the fixture, and where they stand in a frame once they have a fixed width. */
static const char time_before[] = "\"charging_session_time\":42.5";
static const char energy_before[] = "\"charging_session_energy\":7.805";
static const char time_mark[] = "7000.00";
static const char energy_mark[] = "7000.000";
static const int64_t first_unix_ms = INT64_C(1763650800000);

struct order_frame {
    struct buf text;
    size_t time_at, energy_at;
};

struct bench {
    struct pusher_session *session;
    struct decoder *decoder;
    struct fleet *fleet;
    uint32_t generation;
    uint64_t now_ms, seq, round;
    size_t next; /* order whose turn it is */
    size_t data_events;
    struct str message;
    struct order_frame frames[ORDERS];
};

static void need(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "bench_event: %s\n", what);
    exit(1);
}

/* ---- frames ---- */

/* Appends s with the first `from` replaced. */
static void append_replaced(struct buf *to, struct str s, const char *from, const char *by)
{
    const struct str old = str_from(from);
    const size_t at = str_find(s, old);

    need(at < s.len, "the fixture has changed");
    need(buf_append(to, (struct str){s.ptr, at}) == CT_OK &&
             buf_append(to, str_from(by)) == CT_OK &&
             buf_append(to, (struct str){s.ptr + at + old.len, s.len - at - old.len}) == CT_OK,
         "out of memory");
}

static size_t place_of(struct str text, const char *mark)
{
    const size_t at = str_find(text, str_from(mark));

    need(at < text.len, "a number is missing in the frame");
    return at;
}

static void write_frame(struct buf *to, struct json_value event, struct str data, unsigned id)
{
    struct json_writer w;
    char channel[64];
    char name[128];
    const size_t len = json_string_copy(event, name, sizeof name);

    (void)str_format(channel, sizeof channel, "private-orders.%u", id);
    jw_init(&w, to);
    w.php_style = true;
    jw_object(&w);
    jw_key(&w, "event");
    jw_str(&w, (struct str){name, len});
    jw_key(&w, "channel");
    jw_str(&w, str_from(channel));
    jw_key(&w, "data");
    jw_str(&w, data);
    jw_object_end(&w);
    need(w.err == CT_OK, "the frame could not be written");
}

/* The fixture for one order at a charge point of its own: ids, and numbers of a width that holds for the whole run. */
static void make_frame(struct order_frame *f, struct json_value event, struct str data, unsigned id)
{
    struct buf named, placed, timed, metered;
    char id_member[32];

    buf_init(&named, FRAME_MAX_BYTES);
    buf_init(&placed, FRAME_MAX_BYTES);
    buf_init(&timed, FRAME_MAX_BYTES);
    buf_init(&metered, FRAME_MAX_BYTES);
    buf_init(&f->text, FRAME_MAX_BYTES);
    (void)str_format(id_member, sizeof id_member, "\"id\":%u", id);
    append_replaced(&named, data, "\"id\":2149", id_member);
    append_replaced(&placed, buf_str(&named), "\"id\":626", id_member);
    append_replaced(&timed, buf_str(&placed), time_before, "\"charging_session_time\":7000.00");
    append_replaced(&metered, buf_str(&timed), energy_before,
                    "\"charging_session_energy\":7000.000");
    write_frame(&f->text, event, buf_str(&metered), id);
    f->energy_at = place_of(buf_str(&f->text), energy_mark);
    f->time_at = place_of(buf_str(&f->text), time_mark);
    buf_clear(&named);
    buf_clear(&placed);
    buf_clear(&timed);
    buf_clear(&metered);
}

static void make_frames(struct bench *b)
{
    struct buf file, data;
    struct json_value frame, event, member;

    buf_init(&file, FRAME_MAX_BYTES);
    buf_init(&data, FRAME_MAX_BYTES);
    const struct str text = fixture_read("powerly/frame_consumption_ac_energy.json", &file);
    need(json_parse(text, &frame) == CT_OK && json_get(frame, STR("event"), &event) &&
             json_get(frame, STR("data"), &member) && json_string_append(member, &data) == CT_OK,
         "the fixture is no frame");
    for (unsigned i = 0; i < ORDERS; i++)
        make_frame(&b->frames[i], event, buf_str(&data), FIRST_ORDER + i);
    buf_clear(&file);
    buf_clear(&data);
}

/* Writes value below the digits that stand at `last`, skipping the decimal point. */
static void put_digits(uint8_t *last, uint64_t value)
{
    for (; value > 0; last--) {
        if (*last == '.')
            continue;
        *last = (uint8_t)('0' + value % 10);
        value /= 10;
    }
}

static struct str frame_of(struct bench *b, size_t order, uint64_t round)
{
    struct order_frame *f = &b->frames[order];

    put_digits(f->text.bytes + f->time_at + sizeof time_mark - 2,
               100000 + round * ROUND_CENTIMINUTES);
    put_digits(f->text.bytes + f->energy_at + sizeof energy_mark - 2, 1000000 + round * ROUND_WH);
    return buf_str(&f->text);
}

/* ---- the path ---- */

static void on_change(void *user, const struct change *change)
{
    struct bench *b = user;

    fleet_apply_change(b->fleet, change);
}

static void tell(struct bench *b, const struct wire_event *event)
{
    fleet_apply_event(b->fleet, event);
    decode_event(b->decoder, event, on_change, b);
}

static void authorize(struct bench *b, const struct pusher_event *ev)
{
    static const char body[] =
        "{\"auth\":\"key:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}";
    char channel[64];
    const struct str name = {channel, str_copy(channel, sizeof channel, ev->channel)};

    pusher_session_authorized(b->session, ev->generation, name, STR(body), b->now_ms);
}

static void take(struct bench *b, const struct pusher_event *ev)
{
    struct wire_event wire = {.seq = ++b->seq,
                              .at_ms = b->now_ms,
                              .at_unix_ms = first_unix_ms + (int64_t)b->now_ms,
                              .channel = ev->channel};

    if (ev->kind == PUSHER_EVENT_DATA) {
        b->data_events++;
        wire.kind = WIRE_FRAME;
        wire.name = ev->name;
        wire.data = ev->data;
        wire.text = b->message;
    } else if (ev->kind == PUSHER_EVENT_LINK) {
        wire.kind = WIRE_LINK;
        wire.link = ev->link;
    } else if (ev->kind == PUSHER_EVENT_SUB) {
        wire.kind = WIRE_SUB;
        wire.sub = ev->sub;
    } else {
        if (ev->kind == PUSHER_EVENT_DIAL)
            b->generation = ev->generation;
        else if (ev->kind == PUSHER_EVENT_AUTH)
            authorize(b, ev);
        return;
    }
    tell(b, &wire);
}

static void drain(struct bench *b)
{
    struct pusher_event ev;

    while (pusher_session_next(b->session, &ev))
        take(b, &ev);
}

static void deliver(struct bench *b, struct str text)
{
    b->message = text;
    pusher_session_message(b->session, b->generation, text, b->now_ms);
    drain(b);
}

static void step(struct bench *b)
{
    deliver(b, frame_of(b, b->next, b->round));
    if (++b->next < ORDERS)
        return;
    b->next = 0;
    b->round++;
    b->now_ms += ROUND_MS;
}

static void run(struct bench *b, size_t events)
{
    while (events-- > 0)
        step(b);
}

static void connect_all(struct bench *b)
{
    const struct pusher_session_cfg cfg = {.seed = 1};
    char text[256];

    b->now_ms = 1000;
    b->session = pusher_session_create(&cfg, b->now_ms);
    b->decoder = decoder_create();
    b->fleet = fleet_create(NULL, b->now_ms, first_unix_ms);
    need(b->session && b->decoder && b->fleet, "out of memory");
    pusher_session_connect(b->session, b->now_ms);
    drain(b);
    pusher_session_opened(b->session, b->generation, b->now_ms);
    deliver(b, STR("{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":"
                   "\\\"1.2\\\",\\\"activity_timeout\\\":120}\"}"));
    for (unsigned i = 0; i < ORDERS; i++) {
        (void)str_format(text, sizeof text, "private-orders.%u", FIRST_ORDER + i);
        need(pusher_session_subscribe(b->session, str_from(text), b->now_ms) == PUSHER_OK,
             "refused");
        drain(b);
        (void)str_format(text, sizeof text,
                         "{\"event\":\"pusher_internal:subscription_succeeded\","
                         "\"channel\":\"private-orders.%u\",\"data\":\"{}\"}",
                         FIRST_ORDER + i);
        deliver(b, str_from(text));
    }
}

static void close_all(struct bench *b)
{
    pusher_session_destroy(b->session);
    decoder_destroy(b->decoder);
    fleet_destroy(b->fleet);
    for (size_t i = 0; i < ORDERS; i++)
        buf_clear(&b->frames[i].text);
}

/* Every event must have changed its order, or the numbers mean nothing. */
static void check(const struct bench *b, size_t events)
{
    uint64_t accepted = 0;

    for (size_t i = 0; i < fleet_order_count(b->fleet); i++)
        accepted += fleet_order_at(b->fleet, i)->accepted;
    need(b->data_events >= events && accepted >= events, "events were not taken in");
}

/* ---- the comparison ---- */

static void read_twice(struct str text)
{
    cJSON *outer = cJSON_ParseWithLength(text.ptr, text.len);
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(outer, "data");
    cJSON *inner = cJSON_Parse(cJSON_GetStringValue(data));

    need(inner != NULL, "cJSON could not read the frame");
    cJSON_Delete(inner);
    cJSON_Delete(outer);
}

static double now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double time_path(struct bench *b)
{
    const double from = now_ns();

    run(b, EVENTS);
    return (now_ns() - from) / EVENTS;
}

static double time_cjson(struct bench *b)
{
    const size_t frames = EVENTS / 10;
    const double from = now_ns();

    for (size_t i = 0; i < frames; i++)
        read_twice(frame_of(b, i % ORDERS, i / ORDERS));
    return (now_ns() - from) / (double)frames;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

/* Rounds of both take turns, so that a busy machine is unfair to neither. */
static void measure(struct bench *b)
{
    double path[ROUNDS];
    double cjson[ROUNDS];

    for (size_t i = 0; i < ROUNDS; i++) {
        path[i] = time_path(b);
        cjson[i] = time_cjson(b);
    }
    check(b, (size_t)EVENTS * ROUNDS);
    const double path_ns = median(path);
    const double cjson_ns = median(cjson);
    printf("frame                %zu bytes\n", b->frames[0].text.len);
    printf("event, whole path    %.0f ns\n", path_ns);
    printf("cJSON, frame twice   %.0f ns\n", cjson_ns);
    printf("ratio                %.3f (cJSON takes %.1f times as long)\n", path_ns / cjson_ns,
           cjson_ns / path_ns);
}

int main(int argc, char **argv)
{
    struct bench b = {0};

    make_frames(&b);
    connect_all(&b);
    if (argc == 3 && strcmp(argv[1], "--count") == 0) {
        run(&b, strtoul(argv[2], NULL, 10));
    } else {
        need(argc == 1, "usage: bench_event [--count EVENTS]");
        run(&b, WARM_UP_EVENTS);
        measure(&b);
    }
    close_all(&b);
    return 0;
}
