/* tests/unit/test_sim_vms.c - simulated cameras: every type in each round, readable, the same for the same
 * seed; and what the model makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "decode/vms.h"
#include "sim/vms.h"
#include "support/scene.h"

enum { ROUND_AT_MOST = 96, CAMERAS = 8, LONG_MS = 3600000 };

static struct vms_sim *make(uint32_t cameras, uint64_t seed)
{
    struct vms_sim *s = NULL;
    const struct vms_sim_cfg cfg = {
        .cameras = cameras, .seed = seed, .start_unix_ms = 1763650800000};

    assert_int_equal(CT_OK, vms_sim_create(&s, &cfg));
    return s;
}

static struct wire_event wire(const struct vms_sim_event *e)
{
    return (struct wire_event){
        .kind = WIRE_FRAME, .channel = e->channel, .name = e->name, .data = e->data};
}

static void every_type_comes_within_one_round_and_can_be_read(void **state)
{
    static struct vms_record r;
    bool types[VMS_TYPES] = {false};
    struct vms_sim_event e;
    struct vms_sim *s = make(CAMERAS, 7);

    (void)state;
    for (int i = 0; i < ROUND_AT_MOST; i++) {
        assert_true(vms_sim_next(s, LONG_MS, &e));
        const struct wire_event event = wire(&e);
        assert_int_equal(VMS_DECODED, vms_decode(&event, &r));
        types[r.type] = true;
    }
    size_t n = 0;
    for (int t = VMS_UNKNOWN + 1; t < VMS_TYPES; t++)
        n += types[t];
    assert_false(types[VMS_UNKNOWN]);
    assert_int_equal(vms_sim_types(), n);
    assert_int_equal(VMS_TYPES - 3, n); /* without the unknown, logout and the local one */
    vms_sim_destroy(s);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    struct vms_sim *a = make(3, 42), *b = make(3, 42), *c = make(3, 43);
    struct vms_sim_event x, y, z;
    bool differs = false;

    (void)state;
    for (int i = 0; i < 200; i++) {
        assert_true(vms_sim_next(a, UINT64_MAX, &x) && vms_sim_next(b, UINT64_MAX, &y) &&
                    vms_sim_next(c, UINT64_MAX, &z));
        assert_int_equal(x.at_ms, y.at_ms);
        assert_true(str_eq(x.data, y.data) && str_eq(x.channel, y.channel));
        differs |= !str_eq(x.data, z.data);
    }
    assert_true(differs);
    vms_sim_destroy(a);
    vms_sim_destroy(b);
    vms_sim_destroy(c);
}

static void more_cameras_tell_more_often(void **state)
{
    struct vms_sim *few = make(1, 1), *many = make(10, 1);
    struct vms_sim_event e;
    int n = 0, m = 0;

    (void)state;
    while (vms_sim_next(few, LONG_MS, &e))
        n++;
    while (vms_sim_next(many, LONG_MS, &e))
        m++;
    assert_in_range(n, 150, 210); /* one in 20 s */
    assert_in_range(m, 9 * n, 11 * n);
    assert_true(vms_sim_deadline_ms(few) > LONG_MS);
    vms_sim_destroy(few);
    vms_sim_destroy(many);
}

static void a_number_of_cameras_out_of_bounds_is_refused(void **state)
{
    struct vms_sim *s;

    (void)state;
    assert_int_equal(CT_ERR_RANGE, vms_sim_create(&s, &(struct vms_sim_cfg){.cameras = 0}));
    assert_int_equal(CT_ERR_RANGE,
                     vms_sim_create(&s, &(struct vms_sim_cfg){.cameras = VMS_SIM_CAMERAS_MAX + 1}));
}

static void a_logout_comes_when_asked_for(void **state)
{
    static struct vms_record r;
    struct vms_sim *s = make(1, 1);
    struct vms_sim_event e;
    char channel[64];

    (void)state;
    assert_true(vms_sim_logout(s, STR("Closed elsewhere"), &e));
    const struct wire_event event = wire(&e);
    assert_int_equal(VMS_DECODED, vms_decode(&event, &r));
    assert_int_equal(VMS_LOGOUT, r.type);
    assert_string_equal("Closed elsewhere", r.subject);
    const size_t len = str_format(channel, sizeof channel, "private-token.%s", vms_sim_token_id(s));
    assert_true(str_eq(e.channel, (struct str){channel, len}));
    vms_sim_destroy(s);
}

/* ---- in the model ------------------------------------------------------------------------------ */

static uint8_t video(struct scene *s)
{
    uint8_t source = 0;

    assert_int_equal(CT_OK,
                     fleet_side_add(s->fleet, STR("video"), STR("vms"), &source, s->model.now_ms));
    return source;
}

static struct news news_of(struct scene *s, uint8_t source, const char *group, const char *text)
{
    const struct wire_event e = {.kind = WIRE_FRAME,
                                 .source = source,
                                 .seq = ++s->seq,
                                 .at_ms = s->model.now_ms,
                                 .at_unix_ms = s->model.now_unix_ms,
                                 .channel = STR("private-user.517"),
                                 .name = STR("App\\Events\\UserPush"),
                                 .text = STR("{\"x\":1}")};

    fleet_apply_event(s->fleet, &e);
    return (struct news){.seq = e.seq,
                         .at_ms = e.at_ms,
                         .at_unix_ms = e.at_unix_ms,
                         .source = source,
                         .name = group,
                         .group = group,
                         .text = text,
                         .target = "",
                         .cause = "",
                         .severity = LOG_INFO};
}

static void the_line_of_an_event_says_what_was_read(void **state)
{
    struct scene *s = *state;
    const uint8_t source = video(s);
    const size_t orders = fleet_order_count(s->fleet),
                 errors = error_log_count(fleet_errors(s->fleet));
    const struct news news = news_of(s, source, "motion", "Motion @ Gate");
    char raw[16];

    fleet_apply_news(s->fleet, &news);
    const struct log_entry *e = event_log_at(fleet_events(s->fleet), 0);
    assert_string_equal("motion", e->name);
    assert_string_equal("Motion @ Gate", e->note);
    assert_string_equal("private-user.517", e->channel);
    assert_int_equal(source, e->source);
    assert_int_equal(7, event_log_text(fleet_events(s->fleet), e, raw, sizeof raw));
    assert_int_equal(orders, fleet_order_count(s->fleet));
    assert_int_equal(errors, error_log_count(fleet_errors(s->fleet)));
}

static void what_is_important_stands_among_the_errors(void **state)
{
    struct scene *s = *state;
    const uint8_t source = video(s);
    struct news news = news_of(s, source, "smoke/fire", "SMOKE/FIRE @ Gate: Smoke");

    news.important = true;
    news.severity = LOG_ERROR;
    news.target = "Gate";
    news.cause = "vms-alarm";
    fleet_apply_news(s->fleet, &news);
    const struct log_error *e = error_log_at(fleet_errors(s->fleet), 0);
    assert_int_equal(LOG_ERROR, e->severity);
    assert_string_equal("Gate", e->target);
    assert_string_equal("SMOKE/FIRE: Smoke.", e->text);
    assert_non_null(error_log_explain(e));
    assert_int_equal(event_log_newest_seq(fleet_events(s->fleet)), e->event_seq);
    assert_string_equal("! SMOKE/FIRE @ Gate: Smoke",
                        event_log_at(fleet_events(s->fleet), 0)->note);
}

static void what_cannot_be_read_is_counted_and_told(void **state)
{
    struct scene *s = *state;
    const uint8_t source = video(s);
    struct news news = news_of(s, source, "other", "created_at: not a time stamp");

    news.rejected = true;
    fleet_apply_news(s->fleet, &news);
    assert_int_equal(1, fleet_news(s->fleet, source)->rejected);
    assert_int_equal(LOG_REJECTED, event_log_at(fleet_events(s->fleet), 0)->what);
    assert_string_equal("video", error_log_at(fleet_errors(s->fleet), 0)->target);
    assert_non_null(strstr(error_log_at(fleet_errors(s->fleet), 0)->text, "created_at"));
}

static void events_are_counted_by_kind_within_bounds(void **state)
{
    struct scene *s = *state;
    const uint8_t source = video(s);
    char group[16];

    for (int i = 0; i < NEWS_GROUPS_MAX + 5; i++) {
        (void)str_format(group, sizeof group, "kind-%d", i % (NEWS_GROUPS_MAX + 2));
        const struct news news = news_of(s, source, group, "x");
        fleet_apply_news(s->fleet, &news);
    }
    const struct news_counts *c = fleet_news(s->fleet, source);
    assert_int_equal(NEWS_GROUPS_MAX + 5, c->total);
    assert_int_equal(NEWS_GROUPS_MAX, c->group_count);
    assert_int_equal(2, c->group[0].count);
    assert_int_equal(1, c->group[NEWS_GROUPS_MAX - 1].count);
    assert_int_equal(0, fleet_news(s->fleet, 0)->total);
    assert_null(fleet_news(s->fleet, 99));
}

static void what_has_no_line_yet_gets_one(void **state)
{
    struct scene *s = *state;
    const uint8_t source = video(s);
    struct news news = news_of(s, source, "account", "Socket failed, fetching a new address");
    const uint64_t newest = event_log_newest_seq(fleet_events(s->fleet));

    news.seq++; /* of a fault, which has none */
    fleet_apply_news(s->fleet, &news);
    assert_int_equal(newest + 1, event_log_newest_seq(fleet_events(s->fleet)));
}

#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_comes_within_one_round_and_can_be_read),
        cmocka_unit_test(the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(more_cameras_tell_more_often),
        cmocka_unit_test(a_number_of_cameras_out_of_bounds_is_refused),
        cmocka_unit_test(a_logout_comes_when_asked_for),
        T(the_line_of_an_event_says_what_was_read),
        T(what_is_important_stands_among_the_errors),
        T(what_cannot_be_read_is_counted_and_told),
        T(events_are_counted_by_kind_within_bounds),
        T(what_has_no_line_yet_gets_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
