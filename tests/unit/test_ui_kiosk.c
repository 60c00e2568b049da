/* tests/unit/test_ui_kiosk.c - the wall monitor: pages, locked keys, old data, drift, a day of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/fleet_rig.h"
#include "support/scene.h"
#include "ui/kiosk/kiosk_internal.h"
#include "ui/recording.h"

enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS };

static struct kiosk_cfg defaults(void)
{
    struct kiosk_cfg cfg;

    kiosk_cfg_default(&cfg);
    return cfg;
}

static void open_scene(struct scene *s, enum scene_kind kind, const struct kiosk_cfg *cfg)
{
    scene_open(s, kind);
    s->view.ascii = true;
    kiosk_begin(&s->view, cfg);
    scene_draw(s, 80, 24);
}

static void open_page(struct scene *s, enum kiosk_page page)
{
    struct kiosk_cfg cfg = defaults();

    cfg.pages[0] = page;
    cfg.page_count = 1;
    open_scene(s, SCENE_BUSY, &cfg);
}

/* ---- pages ---- */

/* All is well: an order charges, another completed. */
static void calm(struct scene *s)
{
    struct kiosk_cfg cfg = defaults();

    open_scene(s, SCENE_EMPTY, &cfg);
    scene_link(s, WIRE_LINK_CONNECTING, 0, "", 0);
    scene_link(s, WIRE_LINK_CONNECTED, 0, "", 0);
    scene_report(s, "1", MINUTE_MS, 100);
    scene_draw(s, 80, 24);
}

static void pages_turn_in_order_and_attention_stays_away_while_empty(void **state)
{
    static const enum kiosk_page wanted[] = {KIOSK_TOTALS, KIOSK_SITES,  KIOSK_COMPLETIONS,
                                             KIOSK_PLOT,   KIOSK_TOTALS, KIOSK_SITES};
    struct scene s;

    (void)state;
    calm(&s);
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        assert_int_equal(wanted[i], s.view.kiosk.page);
        scene_wait(&s, KIOSK_PAGE_MS - 1);
        scene_draw(&s, 80, 24);
        assert_int_equal(wanted[i], s.view.kiosk.page);
        scene_wait(&s, 1);
        scene_report(&s, "1", (int64_t)(i + 2) * MINUTE_MS, (int64_t)(i + 2) * 100);
        scene_draw(&s, 80, 24);
    }
    scene_close(&s);
}

static void attention_is_shown_twice_as_often_as_each_other_page(void **state)
{
    int shown[KIOSK_PAGE_COUNT] = {0};
    struct scene s;
    int64_t n = 2;

    (void)state;
    calm(&s);
    scene_report(&s, "1", n++ * MINUTE_MS, 50); /* energy fell: BAD for five minutes */
    for (int i = 0; i < 6; i++) {
        scene_wait(&s, KIOSK_NEW_MS / 6);
        scene_report(&s, "1", n * MINUTE_MS, n * 100);
        n++;
    }
    scene_draw(&s, 80, 24);
    assert_false(s.view.kiosk.held);
    for (int i = 0; i < 12; i++) {
        scene_wait(&s, KIOSK_PAGE_MS);
        scene_report(&s, "1", n * MINUTE_MS, n * 100);
        n++;
        scene_draw(&s, 80, 24);
        shown[s.view.kiosk.page]++;
    }
    scene_close(&s);
    assert_int_equal(4, shown[KIOSK_ATTENTION]);
    for (int page = KIOSK_TOTALS; page < KIOSK_PAGE_COUNT; page++)
        assert_int_equal(2, shown[page]);
}

static void a_new_alarm_brings_the_attention_page_and_holds_it(void **state)
{
    struct scene s;

    (void)state;
    calm(&s);
    assert_int_equal(KIOSK_TOTALS, s.view.kiosk.page);
    scene_wait(&s, 5000);
    scene_report(&s, "1", 2 * MINUTE_MS, 300);
    scene_report(&s, "1", 3 * MINUTE_MS, 200); /* energy fell: BAD */
    scene_draw(&s, 80, 24);
    assert_int_equal(KIOSK_ATTENTION, s.view.kiosk.page);
    assert_true(scene_shows(&s, "held: a new alarm"));
    assert_true(scene_shows(&s, "#   # ##### #   #")); /* NEW, in letters */
    for (int i = 0; i < KIOSK_NEW_MS / 5000 - 1; i++) {
        scene_wait(&s, 5000);
        scene_report(&s, "1", (4 + i) * MINUTE_MS, 300 + i * 100);
        scene_draw(&s, 80, 24);
        assert_int_equal(KIOSK_ATTENTION, s.view.kiosk.page);
    }
    scene_wait(&s, 5000);
    scene_draw(&s, 80, 24);
    assert_false(s.view.kiosk.held);
    scene_wait(&s, KIOSK_PAGE_MS);
    scene_draw(&s, 80, 24);
    assert_int_equal(KIOSK_TOTALS, s.view.kiosk.page);
    scene_close(&s);
}

static void rotation_can_be_off(void **state)
{
    struct kiosk_cfg cfg = defaults();
    struct scene s;

    (void)state;
    cfg.rotate = false;
    cfg.pages[0] = KIOSK_PLOT;
    cfg.page_count = 1;
    open_scene(&s, SCENE_BUSY, &cfg);
    scene_wait(&s, 10 * KIOSK_PAGE_MS);
    scene_draw(&s, 80, 24);
    assert_int_equal(KIOSK_PLOT, s.view.kiosk.page);
    assert_false(scene_shows(&s, "next in"));
    scene_close(&s);
}

static void the_totals_page_shows_power_charging_done_energy_and_peak(void **state)
{
    char energy[32];
    struct scene s;

    (void)state;
    open_page(&s, KIOSK_TOTALS);
    assert_true(scene_shows(&s, "ENERGY FLOWING NOW"));
    assert_true(scene_shows(&s, "9 charging"));
    assert_true(scene_shows(&s, "3 done"));
    (void)str_format(energy, sizeof energy, "%lld kWh",
                     (long long)((fleet_day(s.fleet)->energy_today_wh + 500) / 1000));
    assert_true(scene_shows(&s, energy));
    assert_true(scene_shows(&s, "kW peak"));
    assert_true(scene_shows(&s, "since 13:02")); /* it does not claim the whole day */
    scene_close(&s);
}

static void the_digits_of_80x24_are_at_least_eight_rows_high(void **state)
{
    struct scene s;
    int rows = 0;

    (void)state;
    open_page(&s, KIOSK_TOTALS);
    for (int y = 0; y < 24; y++) {
        char line[400];
        scene_row(&s, y, line, sizeof line);
        rows += strstr(line, "##") != NULL;
    }
    assert_true(rows >= 8);
    scene_close(&s);
}

static void what_needs_eyes_is_written_in_large_letters(void **state)
{
    static const struct {
        int cols, rows;
        const char *shown[5]; /* the upper rows of large words */
    } sizes[] = {
        {80, 24, {"####   ###  ####", "#   # ##### #   #", "#   #  ###  ####  #####"}},
        {200, 60, {"########      ######    ########", "##      ##  ##########  ##      ##"}},
        {120, 40, {"####   ###  ####", "#####    #   #  ###  ####  #####"}}};
    struct scene s;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        open_page(&s, KIOSK_ATTENTION);
        scene_draw(&s, sizes[i].cols, sizes[i].rows);
        for (size_t k = 0; k < 5 && sizes[i].shown[k]; k++)
            if (!scene_shows(&s, sizes[i].shown[k]))
                fail_msg("%dx%d: no %s", sizes[i].cols, sizes[i].rows, sizes[i].shown[k]);
        assert_true(scene_shows(&s, "energy fell 0.40 kWh, order 2158"));
        scene_close(&s);
    }
}

static void where_not_all_are_large_each_has_its_turn(void **state)
{
    static const char *const lines[] = {"order 2158", "order 2151", "order 2163", "order 2177",
                                        "order 2170"};
    bool seen[COUNT_OF(lines)] = {false};
    struct kiosk_cfg cfg = defaults();
    struct scene s;
    char row[400];

    (void)state;
    cfg.pages[0] = KIOSK_ATTENTION;
    cfg.page_count = 1;
    cfg.old_after_ms = HOUR_MS;
    cfg.hold_ms = 1;
    open_scene(&s, SCENE_BUSY, &cfg);
    for (int turn = 0; turn < 12; turn++) {
        for (size_t i = 0; i < COUNT_OF(lines); i++) {
            scene_row(&s, 14, row, sizeof row); /* the line below the letters */
            seen[i] = seen[i] || strstr(row, lines[i]);
        }
        scene_wait(&s, KIOSK_EYE_MS);
        scene_draw(&s, 80, 24);
    }
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        if (!seen[i])
            fail_msg("%s was never first", lines[i]);
    scene_draw(&s, 200, 60); /* here all are, and nothing moves */
    char before[4096], after[4096];
    for (int y = 5; y < 54; y++) {
        scene_row(&s, y, before, sizeof before);
        scene_wait(&s, KIOSK_EYE_MS / 64);
        scene_draw(&s, 200, 60);
        scene_row(&s, y, after, sizeof after);
        assert_string_equal(before, after);
    }
    scene_close(&s);
}

static void letters_are_those_of_the_name_without_accents(void **state)
{
    char to[16];

    (void)state;
    assert_true(digits_spell(STR("Café du P. #2"), to, sizeof to));
    assert_string_equal("CAFE DU P. #2", to);
    assert_false(digits_spell(STR("中央駅 2"), to, sizeof to));
    assert_false(digits_spell(STR(""), to, sizeof to));
    assert_false(digits_spell(STR("1234567890123456"), to, sizeof to));
    for (char c = '0'; c <= 'Z'; c++)
        if (c <= '9' || c >= 'A') {
            const char text[] = {c, '\0'};
            assert_true(digits_cells(text, 1) >= 3);
        }
}

static void ages_in_large_letters_do_not_run_by_the_second(void **state)
{
    static const struct {
        uint64_t ms;
        const char *wanted;
    } rows[] = {{0, "NEW"},       {59999, "NEW"},     {60000, "1 MIN"},  {3599999, "59 MIN"},
                {3600000, "1 H"}, {86399999, "23 H"}, {86400000, "1 D"}, {UINT64_MAX / 2, NULL}};
    char to[24];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        kiosk_short_age(to, sizeof to, 1000, 1000 + rows[i].ms);
        if (rows[i].wanted)
            assert_string_equal(rows[i].wanted, to);
    }
    kiosk_short_age(to, sizeof to, 5000, 1000);
    assert_string_equal("NEW", to);
}

static void chrome_is_hidden(void **state)
{
    struct scene s;

    (void)state;
    open_page(&s, KIOSK_TOTALS);
    assert_false(scene_shows(&s, "1 Orders"));
    assert_false(scene_shows(&s, "Enter detail"));
    assert_false(scene_shows(&s, "4 Errors"));
    scene_close(&s);
}

static void names_of_charge_points_can_be_hidden(void **state)
{
    static const enum kiosk_page pages[] = {KIOSK_ATTENTION, KIOSK_TOTALS, KIOSK_SITES,
                                            KIOSK_COMPLETIONS, KIOSK_PLOT};
    static const char *const names[] = {"Mall", "Dock", "Depot", "North", "Pier"};
    struct kiosk_cfg cfg = defaults();

    (void)state;
    cfg.names = false;
    cfg.page_count = 1;
    for (size_t p = 0; p < COUNT_OF(pages); p++) {
        struct scene s;
        cfg.pages[0] = pages[p];
        open_scene(&s, SCENE_BUSY, &cfg);
        scene_draw(&s, 200, 60);
        for (size_t n = 0; n < COUNT_OF(names); n++)
            assert_false(scene_shows(&s, names[n]));
        scene_close(&s);
    }
}

/* ---- keys ---- */

static void keys_are_locked_but_for_the_chord(void **state)
{
    static const char *const keys[] = {"q", "Q", "Esc", "^Z", "Enter", ":", "?",  "F1", "F10",
                                       "p", "R", "^L",  "^S", "Space", "/", "\\", "t",  "^R"};
    const struct kiosk_cfg cfg = defaults();
    struct scene s;

    (void)state;
    open_scene(&s, SCENE_BUSY, &cfg);
    char *before = scene_text(&s);
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        scene_keys(&s, keys[i]);
        assert_int_equal(INTENT_NONE, s.intent.kind);
    }
    scene_draw(&s, 80, 24);
    char *after = scene_text(&s);
    assert_string_equal(before, after);
    free(before);
    free(after);
    scene_close(&s);
}

static void a_wall_says_what_is_past_and_what_is_not_recorded(void **state)
{
    const struct kiosk_cfg cfg = defaults();
    const struct ui_replay replay = {.file = "a.db", .speed_milli = 4000, .error = ""};
    struct ui_recording recording = {.file = "a.db", .file_bytes = 5000, .error = ""};
    struct scene s;

    (void)state;
    open_scene(&s, SCENE_BUSY, &cfg);
    s.model.recording = &recording;
    scene_draw(&s, 80, 24);
    assert_false(scene_shows(&s, "rec "));
    recording.error = "a.db: the disk is full";
    scene_draw(&s, 80, 24);
    assert_true(scene_shows(&s, "NOT RECORDING   LINK up"));
    s.model.recording = NULL;
    s.model.replay = &replay;
    scene_draw(&s, 80, 24);
    assert_true(scene_shows(&s, "REPLAY 4x   LINK up"));
    scene_close(&s);
}

static void q_three_times_within_two_seconds_leaves(void **state)
{
    const struct kiosk_cfg cfg = defaults();
    struct scene s;

    (void)state;
    open_scene(&s, SCENE_BUSY, &cfg);
    scene_keys(&s, "q");
    scene_wait(&s, 1500);
    scene_keys(&s, "q");
    scene_wait(&s, 1500);
    scene_keys(&s, "q"); /* too slow: but the last two count on */
    assert_int_equal(INTENT_NONE, s.intent.kind);
    scene_keys(&s, "q");
    assert_int_equal(INTENT_QUIT, s.intent.kind);
    scene_close(&s);
}

static void another_key_between_breaks_the_chord(void **state)
{
    const struct kiosk_cfg cfg = defaults();
    struct scene s;

    (void)state;
    open_scene(&s, SCENE_BUSY, &cfg);
    scene_keys(&s, "q q x q q");
    assert_int_equal(INTENT_NONE, s.intent.kind);
    scene_key(&s, 'q' | UI_KEY_PASTED);
    assert_int_equal(INTENT_NONE, s.intent.kind);
    scene_close(&s);
}

static void the_chord_is_settable_and_told_on_the_screen(void **state)
{
    struct kiosk_cfg cfg = defaults();
    struct scene s;

    (void)state;
    cfg.chord[0] = 'X' & UI_CTRL_MASK;
    cfg.chord[1] = UI_KEY_F10;
    cfg.chord_count = 2;
    open_scene(&s, SCENE_BUSY, &cfg);
    assert_true(scene_shows(&s, "keys locked, press ^X F10 to leave"));
    scene_keys(&s, "q q q");
    assert_int_equal(INTENT_NONE, s.intent.kind);
    scene_keys(&s, "^X F10");
    assert_int_equal(INTENT_QUIT, s.intent.kind);
    scene_close(&s);
}

static void control_c_leaves_at_once(void **state)
{
    const struct kiosk_cfg cfg = defaults();
    struct scene s;

    (void)state;
    open_scene(&s, SCENE_BUSY, &cfg);
    scene_keys(&s, "^C");
    assert_int_equal(INTENT_QUIT, s.intent.kind);
    scene_close(&s);
}

/* ---- trust ---- */

static int count_of(struct scene *s, char wanted)
{
    char *text = scene_text(s);
    int count = 0;

    for (const char *c = text; *c; c++)
        count += *c == wanted;
    free(text);
    return count;
}

/* A style that reverses, as without colour, would paint a space like a block. */
static void the_large_word_of_a_lost_link_stands_on_a_ground_of_its_own(void **state)
{
    struct scene s;
    int letters = 0, ground = 0;

    (void)state;
    open_page(&s, KIOSK_TOTALS);
    scene_link(&s, WIRE_LINK_CONNECTING, 1006, "connection reset", 4000);
    scene_draw(&s, 80, 24);
    for (int y = 5; y < 14; y++)
        for (int x = 16; x < 64; x++) {
            const struct cell *c = surface_peek(&s.surface, x, y);
            const bool blank = c->bytes == 1 && c->text[0] == ' ';

            assert_int_equal(blank ? ROLE_BODY : ROLE_LINK_DOWN, c->role);
            letters += !blank;
            ground += blank;
        }
    assert_true(letters > 50 && ground > 50);
    scene_close(&s);
}

static void a_lost_link_changes_the_whole_screen_at_once(void **state)
{
    struct scene s;

    (void)state;
    open_page(&s, KIOSK_TOTALS);
    assert_true(scene_shows(&s, "9 charging"));
    scene_link(&s, WIRE_LINK_CONNECTING, 1006, "connection reset", 4000);
    scene_draw(&s, 80, 24);
    assert_false(scene_shows(&s, "9 charging"));
    assert_false(scene_shows(&s, "kW"));
    assert_true(scene_shows(&s, "DOWN since 14:32, 0 s"));
    assert_true(count_of(&s, '/') > 78 * 18 / 2);
    scene_wait(&s, 3 * MINUTE_MS);
    scene_draw(&s, 80, 24);
    assert_true(scene_shows(&s, "DOWN since 14:32, 3 min"));
    scene_link(&s, WIRE_LINK_CONNECTED, 0, "", 0);
    scene_draw(&s, 80, 24);
    assert_true(scene_shows(&s, "OLD since 14:32")); /* up, but nothing has been heard yet */
    scene_report(&s, "2149", 90 * MINUTE_MS, 15000);
    scene_draw(&s, 80, 24);
    assert_true(scene_shows(&s, "charging"));
    assert_int_equal(0, count_of(&s, '/') - 1 > 10);
    scene_close(&s);
}

static void data_older_than_the_limit_are_not_shown_as_live(void **state)
{
    struct scene s;

    (void)state;
    open_page(&s, KIOSK_TOTALS);
    const uint64_t age_ms = s.model.now_ms - fleet_link(s.fleet)->data_ms;
    scene_wait(&s, KIOSK_OLD_MS - age_ms);
    scene_draw(&s, 80, 24);
    assert_true(scene_shows(&s, "charging"));
    scene_wait(&s, 1000);
    scene_draw(&s, 80, 24);
    assert_false(scene_shows(&s, "charging"));
    assert_true(scene_shows(&s, "OLD since 14:32, 31 s"));
    scene_close(&s);
}

static void a_server_never_reached_is_down_since_one_moment_everywhere(void **state)
{
    struct kiosk_cfg cfg = defaults();
    struct scene s;

    (void)state;
    open_scene(&s, SCENE_EMPTY, &cfg);
    scene_link(&s, WIRE_LINK_CONNECTING, 0, "", 0);
    scene_wait(&s, 2000);
    scene_draw(&s, 80, 24);
    assert_true(scene_shows(&s, "connecting since"));
    assert_true(scene_shows(&s, "LINK connecting 2s"));
    for (int i = 0; i < 4; i++) {
        scene_link(&s, WIRE_LINK_CONNECTING, 1006, "connection refused", 2000);
        scene_draw(&s, 80, 24);
        assert_true(scene_shows(&s, "DOWN since"));
        scene_wait(&s, 2000);
        scene_link(&s, i < 2 ? WIRE_LINK_CONNECTING : WIRE_LINK_UNAVAILABLE, 0, "", 0);
    }
    scene_draw(&s, 80, 24);
    assert_true(scene_shows(&s, ", 10 s"));
    assert_true(scene_shows(&s, "LINK down 10s, try 5 now"));
    s.view.screen = SCREEN_OVERVIEW;
    scene_draw(&s, 200, 60);
    assert_true(scene_shows(&s, "LINK down 10s, try 5 now"));
    assert_true(scene_shows(&s, "[down 10s]"));
    assert_true(scene_shows(&s, "down 10s, connecting"));
    scene_close(&s);
}

static void the_next_turn_is_told_at_80_columns_on_every_page(void **state)
{
    (void)state;
    for (int page = 0; page < KIOSK_PAGE_COUNT; page++) {
        struct kiosk_cfg cfg = defaults();
        struct scene s;

        cfg.pages[0] = (enum kiosk_page)page;
        cfg.pages[page] = (enum kiosk_page)0;
        cfg.hold_ms = 1000;
        open_scene(&s, SCENE_BUSY, &cfg);
        scene_wait(&s, 2000);
        for (uint32_t turn = 0; turn < 7; turn++) {
            scene_draw(&s, 80, 24);
            assert_true(scene_shows(&s, "next in ") || scene_shows(&s, "held"));
            scene_report(&s, "2149", 90 * MINUTE_MS, 15000);
            scene_wait(&s, cfg.page_ms);
        }
        scene_close(&s);
    }
}

static void a_quiet_night_is_not_old(void **state)
{
    struct kiosk_cfg cfg = defaults();
    struct scene s;

    (void)state;
    cfg.rotate = false;
    open_scene(&s, SCENE_EMPTY, &cfg);
    assert_true(scene_shows(&s, "connecting since"));
    scene_link(&s, WIRE_LINK_CONNECTING, 0, "", 0);
    scene_link(&s, WIRE_LINK_CONNECTED, 0, "", 0);
    scene_wait(&s, 5 * HOUR_MS);
    scene_draw(&s, 80, 24);
    assert_true(scene_shows(&s, "0 charging"));
    scene_close(&s);
}

static void the_tick_moves_every_second_even_when_all_is_down(void **state)
{
    char before[400], after[400];
    struct scene s;

    (void)state;
    open_page(&s, KIOSK_TOTALS);
    scene_link(&s, WIRE_LINK_CONNECTING, 1006, "", 4000);
    for (int i = 0; i < 8; i++) {
        scene_draw(&s, 80, 24);
        scene_row(&s, 1, before, sizeof before);
        scene_wait(&s, 1000);
        scene_draw(&s, 80, 24);
        scene_row(&s, 1, after, sizeof after);
        assert_int_not_equal(before[strlen(before) - 1], after[strlen(after) - 1]);
    }
    scene_close(&s);
}

/* ---- drift ---- */

static void the_picture_moves_one_cell_every_ten_minutes(void **state)
{
    bool seen[3][2] = {{false}};
    int x = 0, y = 0;

    (void)state;
    kiosk_drift(0, 2, 1, &x, &y);
    for (int64_t step = 0; step < 40; step++) {
        int x2, y2, x3, y3;
        kiosk_drift(step * KIOSK_DRIFT_MS, 2, 1, &x2, &y2);
        kiosk_drift(step * KIOSK_DRIFT_MS + KIOSK_DRIFT_MS - 1, 2, 1, &x3, &y3);
        assert_int_equal(x2, x3);
        assert_int_equal(y2, y3);
        assert_in_range(x2, 0, 2);
        assert_in_range(y2, 0, 1);
        if (step > 0)
            assert_int_equal(1, abs(x2 - x) + abs(y2 - y));
        seen[x2][y2] = true;
        x = x2;
        y = y2;
    }
    for (int i = 0; i < 6; i++)
        assert_true(seen[i / 2][i % 2]);
    kiosk_drift(INT64_MAX, 0, 0, &x, &y);
    assert_int_equal(0, x + y);
}

/* ---- sizes ---- */

static void every_size_from_1x1_to_300x100_draws_inside_itself(void **state)
{
    static const int cols[] = {1,  2,  3,  7,  11, 19,  20,  29,  40,
                               59, 60, 79, 80, 99, 110, 120, 200, 300};
    static const int rows[] = {1, 2, 3, 4, 5, 6, 9, 12, 15, 16, 20, 24, 30, 36, 40, 50, 60, 100};
    struct kiosk_cfg cfg = defaults();

    (void)state;
    cfg.page_count = 1;
    for (int page = 0; page < KIOSK_PAGE_COUNT; page++)
        for (int down = 0; down < 2; down++) {
            struct scene s;
            cfg.pages[0] = (enum kiosk_page)page;
            open_scene(&s, SCENE_BUSY, &cfg);
            if (down)
                scene_link(&s, WIRE_LINK_CONNECTING, 1006, "gone", 4000);
            for (size_t c = 0; c < COUNT_OF(cols); c++)
                for (size_t r = 0; r < COUNT_OF(rows); r++) {
                    scene_draw(&s, cols[c], rows[r]);
                    char *text = scene_text(&s);
                    for (const char *at = text; *at; at++)
                        assert_true(*at == '\n' || (*at >= 32 && *at < 127));
                    free(text);
                }
            scene_close(&s);
        }
}

static void twenty_by_four_says_power_or_what_is_wrong(void **state)
{
    struct scene s;

    (void)state;
    open_page(&s, KIOSK_TOTALS);
    scene_draw(&s, 20, 4);
    assert_true(scene_shows(&s, "114.4 kW"));
    scene_link(&s, WIRE_LINK_CONNECTING, 1006, "gone", 4000);
    scene_draw(&s, 20, 4);
    assert_true(scene_shows(&s, "DOWN 14:32, 0 s"));
    scene_close(&s);
}

static void a_power_nobody_knows_yet_is_a_dash_and_a_part_of_it_is_marked(void **state)
{
    struct kiosk_cfg cfg = defaults();
    struct scene s;

    (void)state;
    cfg.pages[0] = KIOSK_TOTALS;
    cfg.page_count = 1;
    open_scene(&s, SCENE_EMPTY, &cfg);
    scene_link(&s, WIRE_LINK_CONNECTING, 0, "", 0);
    scene_link(&s, WIRE_LINK_CONNECTED, 0, "", 0);
    scene_report(&s, "1", MINUTE_MS, 100);
    scene_draw(&s, 20, 4);
    assert_true(scene_shows(&s, "- kW"));
    assert_false(scene_shows(&s, "0.0"));
    scene_wait(&s, MINUTE_MS);
    scene_report(&s, "1", 2 * MINUTE_MS, 220);
    scene_report(&s, "2", MINUTE_MS, 100);
    scene_draw(&s, 20, 4);
    assert_true(scene_shows(&s, "7.2 kW+"));
    scene_draw(&s, 80, 24);
    assert_true(scene_shows(&s, "   kW+"));
    scene_close(&s);
}

static void a_plot_of_power_nobody_knows_yet_says_so_in_letters_too(void **state)
{
    struct kiosk_cfg cfg = defaults();
    struct scene s;

    (void)state;
    cfg.pages[0] = KIOSK_PLOT;
    cfg.page_count = 1;
    open_scene(&s, SCENE_EMPTY, &cfg);
    scene_link(&s, WIRE_LINK_CONNECTING, 0, "", 0);
    scene_link(&s, WIRE_LINK_CONNECTED, 0, "", 0);
    scene_report(&s, "1", MINUTE_MS, 100);
    scene_draw(&s, 80, 24);
    assert_true(scene_shows(&s, "now - kW"));
    scene_draw(&s, 200, 60);
    assert_true(scene_shows(&s, "# # # #   # # # #    ###    ###   # # #")); /* NOW - KW */
    assert_false(scene_shows(&s, "#####    #   # #   #"));                   /* 0.0 KW */
    scene_wait(&s, MINUTE_MS);
    scene_report(&s, "1", 2 * MINUTE_MS, 220);
    scene_report(&s, "2", MINUTE_MS, 100);
    scene_draw(&s, 80, 24);
    assert_true(scene_shows(&s, "now 7.2 kW+"));
    scene_draw(&s, 200, 60);
    assert_true(scene_shows(&s, "###   # # # ###")); /* KW+ */
    scene_close(&s);
}

static void a_large_number_gives_up_its_decimal_before_its_size(void **state)
{
    struct digit_size size;

    (void)state;
    assert_true(digits_fit("133.7", 70, 11, &size));
    assert_int_equal(2, size.y);
    assert_true(digits_fit("133.7", 198, 22, &size));
    assert_int_equal(4, size.y);
    assert_true(digits_fit("133.7", 108, 15, &size));
    assert_int_equal(3, size.y);
    assert_false(digits_fit("133.7", 20, 3, &size));
}

/* ---- a day ---- */

/* A day with orders that come, charge and go, a cut every hour, drawn twice a minute. */
static void a_day_with_cuts_keeps_its_memory(void **state)
{
    const struct kiosk_cfg cfg = defaults();
    struct rig *r = rig_create();
    struct view v;
    struct surface s;
    size_t most_first = 0, most_last = 0;
    int down_seen = 0, live_seen = 0;

    (void)state;
    view_init(&v);
    surface_init(&s);
    s.ascii = true;
    assert_int_equal(CT_OK, surface_resize(&s, 80, 24));
    kiosk_begin(&v, &cfg);
    for (int minute = 1; minute <= 24 * 60; minute++) {
        const uint64_t at = (uint64_t)minute * MINUTE_MS;
        const int hour = minute / 60, in = minute % 60;
        if (in == 50)
            rig_link(r, WIRE_LINK_CONNECTING, 1006, at);
        if (in == 55)
            rig_link(r, WIRE_LINK_CONNECTED, 0, at);
        for (int i = 0; i < 20 && (in < 50 || in >= 55); i++) {
            char id[16], minutes[16], kwh[16];
            (void)str_format(id, sizeof id, "%d", 1000 + hour * 20 + i);
            (void)str_format(minutes, sizeof minutes, "%d", in + 1);
            (void)str_format(kwh, sizeof kwh, "%d.%02d", (in + 1) * 12 / 100, (in + 1) * 12 % 100);
            if (in == 59)
                rig_completed(r, id, "{}", at);
            else
                rig_update(r, id, minutes, kwh, at);
        }
        for (int half = 0; half < 2; half++) {
            const struct ui_model m = {.fleet = r->fleet,
                                       .now_ms = at + (uint64_t)half * 30000,
                                       .now_unix_ms = r->unix_at_0_ms + (int64_t)at + half * 30000,
                                       .ascii = true};
            int64_t since;
            (void)fleet_tick(r->fleet, m.now_ms);
            assert_int_equal(CT_OK, view_sync(&v, &m, 80, 24));
            ui_draw(&s, &v, &m);
            if (kiosk_trust_of(&cfg, &m, &since) == KIOSK_DOWN)
                down_seen++;
            else
                live_seen++;
        }
        const size_t bytes = fleet_bytes(r->fleet);
        if (hour >= 3 && hour < 6)
            most_first = bytes > most_first ? bytes : most_first;
        if (hour >= 21)
            most_last = bytes > most_last ? bytes : most_last;
    }
    assert_int_equal(24 * 5 * 2, down_seen);
    assert_true(live_seen > down_seen);
    assert_true(most_last <= most_first);
    assert_true(fleet_order_count(r->fleet) <= 60);
    view_clear(&v);
    surface_clear_memory(&s);
    rig_destroy(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_turn_in_order_and_attention_stays_away_while_empty),
        cmocka_unit_test(attention_is_shown_twice_as_often_as_each_other_page),
        cmocka_unit_test(a_new_alarm_brings_the_attention_page_and_holds_it),
        cmocka_unit_test(rotation_can_be_off),
        cmocka_unit_test(the_totals_page_shows_power_charging_done_energy_and_peak),
        cmocka_unit_test(the_digits_of_80x24_are_at_least_eight_rows_high),
        cmocka_unit_test(what_needs_eyes_is_written_in_large_letters),
        cmocka_unit_test(where_not_all_are_large_each_has_its_turn),
        cmocka_unit_test(letters_are_those_of_the_name_without_accents),
        cmocka_unit_test(ages_in_large_letters_do_not_run_by_the_second),
        cmocka_unit_test(chrome_is_hidden),
        cmocka_unit_test(names_of_charge_points_can_be_hidden),
        cmocka_unit_test(keys_are_locked_but_for_the_chord),
        cmocka_unit_test(a_wall_says_what_is_past_and_what_is_not_recorded),
        cmocka_unit_test(q_three_times_within_two_seconds_leaves),
        cmocka_unit_test(another_key_between_breaks_the_chord),
        cmocka_unit_test(the_chord_is_settable_and_told_on_the_screen),
        cmocka_unit_test(control_c_leaves_at_once),
        cmocka_unit_test(the_large_word_of_a_lost_link_stands_on_a_ground_of_its_own),
        cmocka_unit_test(a_lost_link_changes_the_whole_screen_at_once),
        cmocka_unit_test(data_older_than_the_limit_are_not_shown_as_live),
        cmocka_unit_test(a_server_never_reached_is_down_since_one_moment_everywhere),
        cmocka_unit_test(the_next_turn_is_told_at_80_columns_on_every_page),
        cmocka_unit_test(a_quiet_night_is_not_old),
        cmocka_unit_test(the_tick_moves_every_second_even_when_all_is_down),
        cmocka_unit_test(the_picture_moves_one_cell_every_ten_minutes),
        cmocka_unit_test(every_size_from_1x1_to_300x100_draws_inside_itself),
        cmocka_unit_test(twenty_by_four_says_power_or_what_is_wrong),
        cmocka_unit_test(a_power_nobody_knows_yet_is_a_dash_and_a_part_of_it_is_marked),
        cmocka_unit_test(a_plot_of_power_nobody_knows_yet_says_so_in_letters_too),
        cmocka_unit_test(a_large_number_gives_up_its_decimal_before_its_size),
        cmocka_unit_test(a_day_with_cuts_keeps_its_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
