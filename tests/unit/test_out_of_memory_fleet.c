/* tests/unit/test_out_of_memory_fleet.c - the model, the screen and the simulator when memory runs
 * out: what could not be kept is missing, nothing else is, and the next frame is whole again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/sim.h"
#include "support/fixture.h"
#include "support/fleet_rig.h"
#include "support/memory.h"
#include "support/scene.h"

/* ---- what was sent, decoded and kept --------------------------------------------------------- */

enum { FIXTURES_MAX = 64 };

static struct {
    char path[FIXTURES_MAX][96];
    struct buf text[FIXTURES_MAX];
    size_t count;
} fixtures;

static void load(const char *path, void *context)
{
    (void)context;
    if (strncmp(path, "powerly/", 8) != 0)
        return;
    assert_true(fixtures.count < FIXTURES_MAX);
    str_copy(fixtures.path[fixtures.count], sizeof fixtures.path[0], str_from(path));
    buf_init(&fixtures.text[fixtures.count], 1 << 20);
    (void)fixture_read(path, &fixtures.text[fixtures.count]);
    fixtures.count++;
}

static int load_fixtures(void **state)
{
    (void)state;
    fixture_each(load, NULL);
    return 0;
}

static int unload_fixtures(void **state)
{
    (void)state;
    for (size_t i = 0; i < fixtures.count; i++)
        buf_clear(&fixtures.text[i]);
    fixtures.count = 0;
    return 0;
}

static void feed_rest(struct rig *r, struct str body, uint64_t at_ms)
{
    static const enum wire_rest kinds[] = {WIRE_REST_LIST, WIRE_REST_LIST_DONE, WIRE_REST_DETAILS,
                                           WIRE_REST_STOP, WIRE_REST_ME};

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        TRY(rig_rest(r, kinds[i], 200, "2149", body, at_ms));
    TRY(rig_rest(r, WIRE_REST_DETAILS, 404, "2150", body, at_ms));
}

static void feed_steps(struct rig *r, struct json_value steps, uint64_t at_ms)
{
    struct json_iter it;
    struct json_value step, frame;
    struct str key;

    json_iter_init(&it, steps);
    while (json_next(&it, &key, &step)) {
        at_ms += 5000;
        assert_true(json_get(step, STR("frame"), &frame));
        TRY(rig_frame_json(r, frame, at_ms));
    }
}

static void feed_all(struct rig *r)
{
    struct json_value root, v;

    for (size_t i = 0; i < fixtures.count; i++) {
        const uint64_t at_ms = (i + 1) * 100000;
        char id[16];

        str_format(id, sizeof id, "%zu", 100 + i); /* an order of its own: the tables grow */
        TRY(rig_sub(r, id, WIRE_SUB_SUBSCRIBED, 0, at_ms));
        TRY(rig_update(r, id, "1.0", "0.5", at_ms));
        assert_int_equal(json_parse(buf_str(&fixtures.text[i]), &root), CT_OK);
        if (json_get(root, STR("steps"), &v))
            feed_steps(r, v, at_ms);
        else if (json_get(root, STR("event"), &v))
            TRY(rig_frame_json(r, root, at_ms));
        else
            feed_rest(r, root.raw, at_ms);
    }
}

static void check_totals(const struct fleet *f)
{
    struct fleet_totals t;
    size_t sum = 0;

    fleet_totals(f, &t);
    for (int i = 0; i < ORDER_STATE_COUNT; i++)
        sum += t.by_state[i];
    assert_int_equal(t.orders, fleet_order_count(f));
    assert_int_equal(sum, t.orders);
    for (size_t i = 0; i < fleet_order_count(f); i++)
        assert_ptr_equal(fleet_order_get(f, str_from(fleet_order_at(f, i)->id)),
                         fleet_order_at(f, i));
}

static void check_fleet(struct rig *r, uint64_t at_ms)
{
    memory_returns();
    check_totals(r->fleet);
    for (int i = 1; i <= 5; i++) {
        char minutes[16], kwh[16];

        str_format(minutes, sizeof minutes, "%d.0", i);
        str_format(kwh, sizeof kwh, "0.%d", i);
        rig_update(r, "9999", minutes, kwh, at_ms + (uint64_t)i * 60000);
    }
    const struct order *o = rig_order(r, "9999");
    assert_int_equal(o->accepted, 5);
    assert_int_equal(o->power_w, 6000);
    assert_non_null(o->samples);
    assert_int_equal(event_log_at(fleet_events(r->fleet), 0)->what, LOG_CONSUMPTION);
    check_totals(r->fleet);
    fleet_tick(r->fleet, at_ms + 24U * 3600 * 1000);
    check_totals(r->fleet);
    while (fleet_order_count(r->fleet) > 0)
        fleet_order_remove(r->fleet, str_from(fleet_order_at(r->fleet, 0)->id));
    check_totals(r->fleet);
}

static void clear_rig(struct rig *r)
{
    fleet_destroy(r->fleet);
    decoder_destroy(r->decoder);
    buf_clear(&r->name);
    buf_clear(&r->channel);
    buf_clear(&r->data);
    free(r);
}

/* The rig's own buffers have their room beforehand: only the code under test is refused memory. */
static struct rig *open_rig(void)
{
    struct rig *r = calloc(1, sizeof *r);

    assert_non_null(r);
    buf_init(&r->name, 4096);
    buf_init(&r->channel, 4096);
    buf_init(&r->data, 1 << 20);
    assert_int_equal(buf_reserve(&r->name, 4096), CT_OK);
    assert_int_equal(buf_reserve(&r->channel, 4096), CT_OK);
    assert_int_equal(buf_reserve(&r->data, 1 << 20), CT_OK);
    TRY(r->fleet = fleet_create(NULL, 0, 0));
    TRY(r->decoder = decoder_create());
    if (r->fleet && r->decoder)
        return r;
    clear_rig(r);
    return NULL;
}

static void keep_a_fleet(void)
{
    struct rig *r = open_rig();

    if (!r)
        return;
    TRY(rig_link(r, WIRE_LINK_CONNECTED, 0, 0));
    feed_all(r);
    check_fleet(r, (fixtures.count + 10) * 100000);
    clear_rig(r);
}

static void a_fleet_keeps_true_counts_and_takes_orders_again(void **state)
{
    (void)state;
    survive(keep_a_fleet);
}

static void break_a_fleet(void)
{
    struct rig *r = open_rig();

    if (!r)
        return;
    feed_all(r);
    check_totals(r->fleet);
    clear_rig(r);
}

static void a_fleet_can_be_destroyed_at_any_time(void **state)
{
    (void)state;
    survive(break_a_fleet);
}

/* Alarms, sites and receipts lie in the fleet's own memory: what is missing is missing in the orders. */
static void check_alarms(const struct fleet *f)
{
    const struct alarms *alarms = fleet_alarms(f);
    size_t in_alarms = 0, with_alarm = 0, at_sites = 0, live = 0;

    for (size_t i = 0; i < alarms_count(alarms); i++)
        in_alarms += alarm_is_link(alarms_at(alarms, i)) ? 0 : alarms_at(alarms, i)->active;
    for (size_t i = 0; i < fleet_order_count(f); i++) {
        const struct order *o = fleet_order_at(f, i);
        with_alarm += o->alarm != ALARM_NONE;
        live += !o->completed && fleet_order_site(f, o) != NULL;
    }
    for (size_t i = 0; i < fleet_site_count(f); i++)
        at_sites += fleet_site_at(f, i)->orders;
    assert_int_equal(in_alarms, with_alarm);
    assert_int_equal(at_sites, live);
}

static void raise_and_answer(void)
{
    struct rig *r = open_rig();
    char id[8], data[160];

    if (!r)
        return;
    TRY(rig_link(r, WIRE_LINK_CONNECTED, 0, 0));
    for (int i = 0; i < 6; i++) {
        str_format(id, sizeof id, "%d", i + 1);
        str_format(
            data, sizeof data,
            "{\"charging_session_time\":9,\"charging_session_energy\":1,\"order\":{\"id\":%d,"
            "\"charge_point\":{\"id\":%d,\"title\":\"Mall B%d\"}}}",
            i + 1, 600 + i, i);
        TRY(rig_consumption(r, id, data, 1000 + (uint64_t)i * 100));
    }
    TRY(fleet_tick(r->fleet, 190000)); /* all are silent */
    check_alarms(r->fleet);
    TRY(rig_completed(r, "1", "{}", 191000));
    TRY(rig_link(r, WIRE_LINK_DISCONNECTED, 1006, 192000));
    TRY(fleet_tick(r->fleet, 203000));
    check_alarms(r->fleet);
    TRY(fleet_ack_all(r->fleet));
    assert_int_equal(0, alarms_count_in(fleet_alarms(r->fleet), ALARM_NEW));
    check_alarms(r->fleet);
    while (fleet_order_count(r->fleet) > 0)
        fleet_order_remove(r->fleet, str_from(fleet_order_at(r->fleet, 0)->id));
    check_alarms(r->fleet);
    clear_rig(r);
}

static void alarms_and_sites_agree_with_the_orders_there_are(void **state)
{
    (void)state;
    survive(raise_and_answer);
}

static void add_many(void)
{
    enum { MANY = 400 }; /* enough that every table grows */
    struct fleet *f;
    enum ct_err err;

    TRY(f = fleet_create(NULL, 0, 0));
    if (!f)
        return;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++) {
            char id[16];

            str_format(id, sizeof id, "%d", i);
            TRY(err = fleet_order_add(f, str_from(id), 1000));
            assert_true(err == CT_OK || err == CT_ERR_NOMEM);
            assert_int_equal(fleet_order_get(f, str_from(id)) != NULL, err == CT_OK);
        }
        check_totals(f);
        memory_returns();
    }
    assert_int_equal(fleet_order_count(f), MANY);
    fleet_destroy(f);
}

static void an_order_is_added_whole_or_not_at_all(void **state)
{
    (void)state;
    survive(add_many);
}

static void keep_logs(void)
{
    static const char long_text[] = "{\"event\":\"e\",\"data\":\"with some length\"}";
    struct event_log *events;
    struct error_log *errors;
    enum ct_err err;

    TRY(events = event_log_create());
    TRY(errors = error_log_create());
    if (events) {
        for (uint64_t i = 1; i <= 3; i++) {
            const struct log_entry e = {.at_ms = i, .what = LOG_OTHER, .repeats = 1};

            TRY(err = event_log_push(events, &e, str_from(long_text)));
            assert_int_equal(err, CT_OK);
        }
        assert_int_equal(event_log_count(events), 3);
    }
    if (errors) {
        for (uint64_t i = 0; i < LOG_ERRORS_MAX + 5; i++) {
            char text[32];

            str_format(text, sizeof text, "fault %d", (int)i);
            TRY(error_log_add(errors, LOG_ERROR, 0, STR("link"), str_from(text), i, 0));
        }
        assert_int_equal(error_log_count(errors), LOG_ERRORS_MAX);
    }
    event_log_destroy(events);
    error_log_destroy(errors);
}

static void logs_take_all_their_memory_when_they_are_made(void **state)
{
    (void)state;
    survive(keep_logs);
}

static void keep_samples(void)
{
    enum { READINGS = SAMPLES_RECENT_MAX + 600 };
    struct sample_span column;
    struct samples *s;
    enum ct_err err;
    uint64_t kept_ms = 0;
    size_t kept = 0;

    TRY(s = samples_create());
    if (!s)
        return;
    for (uint64_t i = 1; i <= READINGS; i++) {
        const struct sample in = {.at_ms = i * 30000,
                                  .charging_ms = (int64_t)i * 30000,
                                  .energy_wh = (int64_t)i,
                                  .power_w = 7000};

        TRY(err = samples_push(s, &in));
        assert_true(err == CT_OK || err == CT_ERR_NOMEM);
        if (err != CT_OK)
            continue;
        kept_ms = in.at_ms;
        kept++;
        assert_int_equal(samples_peek(s, 0)->at_ms, kept_ms);
    }
    memory_returns();
    samples_columns(s, 0, UINT64_C(30000) * (READINGS + 1), 1, &column);
    assert_true(column.readings <= kept);
    if (column.readings > 0)
        assert_int_equal(column.mean_w, 7000);
    assert_int_equal(samples_push(s, &(struct sample){.at_ms = kept_ms + 1, .power_w = 1}), CT_OK);
    samples_destroy(s);
}

static void a_meter_history_loses_what_did_not_fit_and_nothing_else(void **state)
{
    (void)state;
    survive(keep_samples);
}

/* ---- the screen ------------------------------------------------------------------------------ */

static struct scene scene; /* never refused anything */

static int open_scene(void **state)
{
    (void)state;
    scene_open(&scene, SCENE_BUSY);
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    scene_close(&scene);
    return 0;
}

/* Draws as the program does: not at all without cells. */
static void draw(struct surface *s, struct view *v, int cols, int rows)
{
    enum ct_err err;

    if (s->cols != cols || s->rows != rows)
        TRY(err = surface_resize(s, cols, rows));
    if (!s->cells)
        return;
    TRY(err = view_sync(v, &scene.model, s->cols, s->rows));
    assert_true(err == CT_OK || err == CT_ERR_NOMEM);
    TRY(ui_draw(s, v, &scene.model));
}

static void press_every_key(struct surface *s, struct view *v)
{
    for (int i = 0; i < key_row_count; i++) {
        struct str rest = str_from(key_rows[i].keys);

        while (rest.len > 0) {
            struct intent out;
            char name[16];

            str_copy(name, sizeof name, str_split(&rest, ' '));
            TRY((void)view_key(v, &scene.model, ui_key_parse(name), &out));
            if (v->prompt_kind)
                TRY((void)view_key(v, &scene.model, UI_KEY_ESC, &out));
            draw(s, v, 100, 30);
        }
    }
}

static void copy_out(const struct surface *s)
{
    struct theme theme;
    struct buf text;
    enum ct_err err;

    theme_default(&theme);
    buf_init(&text, 8 * 1024 * 1024);
    if (s->cells) {
        TRY(err = surface_dump(s, SURFACE_DUMP_STYLES, &text));
        assert_true(err == CT_OK || err == CT_ERR_NOMEM);
        buf_reset(&text);
        TRY(err = surface_svg(s, &theme, false, &text));
        assert_true(err == CT_OK || err == CT_ERR_NOMEM);
    }
    buf_clear(&text);
}

/* `seen` is the view that s was drawn with: the scale of its plot is held from earlier frames. */
static void assert_same_picture(struct surface *s, const struct view *seen)
{
    struct surface whole;
    struct view v;

    surface_init(&whole);
    view_init(&v);
    v.y_held_w = seen->y_held_w;
    v.y_held_ms = seen->y_held_ms;
    v.y_before_w = seen->y_before_w;
    v.y_picture = seen->y_picture;
    assert_int_equal(surface_resize(&whole, s->cols, s->rows), CT_OK);
    assert_int_equal(view_sync(&v, &scene.model, s->cols, s->rows), CT_OK);
    ui_draw(&whole, &v, &scene.model);
    for (int y = 0; y < s->rows; y++)
        for (int x = 0; x < s->cols; x++) {
            const struct cell *a = surface_peek(&whole, x, y), *b = surface_peek(s, x, y);

            if (a->bytes != b->bytes || memcmp(a->text, b->text, a->bytes) != 0)
                fail_msg("cell %d,%d: \"%.*s\" and not \"%.*s\"", x, y, (int)b->bytes, b->text,
                         (int)a->bytes, a->text);
        }
    view_clear(&v);
    surface_clear_memory(&whole);
}

static void look(void)
{
    struct surface s;
    struct view v;

    surface_init(&s);
    view_init(&v);
    draw(&s, &v, 80, 24);
    draw(&s, &v, 160, 50);
    memory_returns();
    draw(&s, &v, 160, 50);
    assert_int_equal(s.cols, 160);
    assert_same_picture(&s, &v);
    view_clear(&v);
    surface_clear_memory(&s);
}

static void a_frame_without_memory_is_made_good_by_the_next(void **state)
{
    (void)state;
    survive(look);
}

static void play(void)
{
    struct surface s;
    struct view v;

    surface_init(&s);
    view_init(&v);
    draw(&s, &v, 100, 30);
    press_every_key(&s, &v);
    copy_out(&s);
    view_clear(&v);
    surface_clear_memory(&s);
}

static void no_key_needs_memory_to_be_safe(void **state)
{
    (void)state;
    survive(play);
}

static void dress(void)
{
    static const char text[] =
        "[theme]\nname = x\n[roles]\ntitle = #102030 on 4 bold | red | reverse\nnonsense\n";
    struct theme t, plain;
    int faults;

    TRY(faults = theme_parse(&t, str_from(text), "x.ini", NULL, NULL));
    assert_int_equal(faults, 1);
    theme_default(&plain);
    assert_int_equal(t.rich[ROLE_BODY].fg, plain.rich[ROLE_BODY].fg);
    assert_int_equal(t.rich[ROLE_BODY].bg, plain.rich[ROLE_BODY].bg);
    assert_int_equal(t.rich[ROLE_BODY].attrs, plain.rich[ROLE_BODY].attrs);
}

static void a_theme_needs_no_memory(void **state)
{
    (void)state;
    survive(dress);
}

/* ---- the simulator --------------------------------------------------------------------------- */

static size_t run_sim(struct sim *s, uint64_t until_ms)
{
    struct sim_event e;
    size_t count = 0;
    bool more;

    for (;;) {
        TRY(more = sim_next(s, until_ms, &e));
        if (!more)
            return count;
        count++;
    }
}

static void ask_sim(struct sim *s)
{
    struct buf to;
    int status;

    buf_init(&to, 4 * 1024 * 1024);
    for (uint32_t page = 1; page <= 2; page++) {
        TRY(status = sim_rest_orders(s, SIM_LIST_ACTIVE, page, 20, &to));
        assert_true(status == 200 || status >= 500);
        TRY(status = sim_rest_orders(s, SIM_LIST_COMPLETE, page, 20, &to));
        assert_true(status == 200 || status >= 500);
    }
    buf_reset(&to);
    TRY(status = sim_rest_order(s, STR("2149"), &to));
    assert_true(status == 200 || status >= 500);
    buf_reset(&to);
    TRY(status = sim_rest_me(s, &to));
    assert_true(status == 200 || status >= 500);
    buf_reset(&to);
    TRY(status = sim_rest_stop(s, STR("2149"), &to));
    assert_true(status == 200 || status == 400 || status >= 500);
    buf_clear(&to);
}

static void simulate(void)
{
    const struct sim_cfg cfg = {.sessions = 12,
                                .seed = 5,
                                .faults = (SIM_FAULT_DENIED << 1) - 1,
                                .warm = true,
                                .start_unix_ms = INT64_C(1763647200000)};
    struct sim *s = NULL;
    enum ct_err err;

    TRY(err = sim_create(&s, &cfg));
    if (err != CT_OK) {
        assert_int_equal(err, CT_ERR_NOMEM);
        assert_null(s);
        return;
    }
    (void)run_sim(s, 300000);
    ask_sim(s);
    (void)run_sim(s, 600000);
    memory_returns();
    assert_true(run_sim(s, 900000) > 100);
    assert_int_equal(sim_now_ms(s), 900000);
    assert_true(sim_active_count(s) > 0);
    sim_destroy(s);
}

static void a_simulation_goes_on_when_there_is_memory_again(void **state)
{
    (void)state;
    survive(simulate);
}

#define fixture_test(f) cmocka_unit_test_setup_teardown(f, load_fixtures, unload_fixtures)
#define scene_test(f) cmocka_unit_test_setup_teardown(f, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(a_fleet_keeps_true_counts_and_takes_orders_again),
        fixture_test(a_fleet_can_be_destroyed_at_any_time),
        cmocka_unit_test(alarms_and_sites_agree_with_the_orders_there_are),
        cmocka_unit_test(an_order_is_added_whole_or_not_at_all),
        cmocka_unit_test(logs_take_all_their_memory_when_they_are_made),
        cmocka_unit_test(a_meter_history_loses_what_did_not_fit_and_nothing_else),
        scene_test(a_frame_without_memory_is_made_good_by_the_next),
        scene_test(no_key_needs_memory_to_be_safe),
        cmocka_unit_test(a_theme_needs_no_memory),
        cmocka_unit_test(a_simulation_goes_on_when_there_is_memory_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
