/* tests/unit/test_ui_recording.c - what the header and the connection pane say of a recording and of a replay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/panes_rig.h"
#include "ui/recording.h"
#include "ui/view_internal.h"

static int setup(void **state)
{
    *state = panes_create();
    return 0;
}

static int teardown(void **state)
{
    panes_destroy(*state);
    return 0;
}

/* The first row of the screen. */
static const char *header(struct panes_rig *r, int cols)
{
    static char row[1024];
    struct buf text;

    buf_init(&text, sizeof row);
    assert_int_equal(surface_resize(&r->s, cols, 1), CT_OK);
    surface_fill(&r->s, (struct rect){0, 0, cols, 1}, ' ', ROLE_HEADER);
    line_header(&r->s, (struct rect){0, 0, cols, 1}, &r->view, &r->m);
    assert_int_equal(surface_dump(&r->s, SURFACE_DUMP_TEXT, &text), CT_OK);
    (void)str_copy(row, sizeof row, buf_str(&text));
    buf_clear(&text);
    return row;
}

static void assert_head(struct panes_rig *r, int cols, const char *words)
{
    if (!strstr(header(r, cols), words))
        fail_msg("'%s' is not in '%s'", words, header(r, cols));
}

static void assert_no_head(struct panes_rig *r, int cols, const char *words)
{
    if (strstr(header(r, cols), words))
        fail_msg("'%s' is in '%s'", words, header(r, cols));
}

static void without_a_recording_nothing_is_said_of_it(void **state)
{
    assert_no_head(*state, 160, "rec");
    assert_no_head(*state, 160, "REPLAY");
    panes_draw(*state, &pane_connection, 60, 20, false);
    assert_false(panes_shows(*state, "record"));
    assert_false(panes_shows(*state, "replay"));
}

static void a_recording_tells_its_size_where_there_is_room(void **state)
{
    struct panes_rig *r = *state;
    const struct ui_recording recording = {
        .file = "a.db", .events = 4711, .file_bytes = 1234567, .behind_ms = 440, .error = ""};

    r->m.recording = &recording;
    assert_head(r, 120, "rec 1.2 MB");
    assert_no_head(r, 120, "behind");
    assert_no_head(r, 40, "rec");
    panes_draw(r, &pane_connection, 70, 20, false);
    assert_true(panes_shows(r, "record  1.2 MB  4711 events  0.4s behind  a.db"));
}

static void a_disk_that_does_not_follow_and_what_it_costs_is_told(void **state)
{
    struct panes_rig *r = *state;
    struct ui_recording recording = {
        .file = "a.db", .file_bytes = 999999, .behind_ms = RECORDING_BEHIND_MS, .error = ""};

    r->m.recording = &recording;
    assert_head(r, 120, "rec 999 kB, 3s behind");
    recording.behind_ms = 0;
    recording.lost = 40;
    assert_head(r, 120, "rec 999 kB, 40 lost");
    panes_draw(r, &pane_connection, 70, 20, false);
    assert_true(panes_shows(r, "40 lost"));
}

static void what_keeps_it_from_recording_stays_in_sight(void **state)
{
    struct panes_rig *r = *state;
    const struct ui_recording recording = {.file = "a.db", .error = "a.db: the disk is full"};

    r->m.recording = &recording;
    assert_head(r, 120, "NOT RECORDING");
    assert_head(r, 60, "NOT RECORDING");
    panes_draw(r, &pane_connection, 70, 20, false);
    assert_true(panes_shows(r, "a.db: the disk is full"));
}

static void a_replay_says_so_before_anything_else(void **state)
{
    struct panes_rig *r = *state;
    struct ui_replay replay = {.file = "a.db",
                               .first_unix_ms = 1772452800000,
                               .last_unix_ms = 1772456461000,
                               .speed_milli = 1000,
                               .error = ""};

    r->m.replay = &replay;
    assert_head(r, 120, "REPLAY Mon 2 Mar  ");
    assert_head(r, 120, "12:00:00"); /* the time of the data */
    assert_head(r, 80, "REPLAY  ");
    assert_head(r, 30, "REPLAY");
    replay.speed_milli = 20000;
    assert_head(r, 80, "REPLAY 20x");
    replay.speed_milli = 500;
    assert_head(r, 80, "REPLAY 0.5x");
    replay.speed_milli = 125;
    assert_head(r, 80, "REPLAY 0.125x");
    panes_draw(r, &pane_connection, 60, 20, false);
    assert_true(panes_shows(r, "replay  0.125x  a.db"));
    assert_true(panes_shows(r, "Mon 2 Mar 12:00:00 to 13:01:01"));
    replay.ended = true;
    assert_head(r, 80, "REPLAY ended");
    panes_draw(r, &pane_connection, 60, 20, false);
    assert_true(panes_shows(r, "replay  ended  a.db"));
}

static void a_replay_tells_what_its_recorder_lost_and_why_it_breaks_off(void **state)
{
    struct panes_rig *r = *state;
    const struct ui_replay replay = {.file = "a.db",
                                     .first_unix_ms = 1772452800000,
                                     .last_unix_ms = 1772542800000,
                                     .lost = 12,
                                     .ended = true,
                                     .error = "a.db: the file is damaged"};

    r->m.replay = &replay;
    assert_head(r, 80, "REPLAY broken off");
    panes_draw(r, &pane_connection, 70, 20, false);
    assert_true(panes_shows(r, "a.db: the file is damaged"));
    assert_true(panes_shows(r, "Mon 2 Mar 12:00:00 to Tue 3 Mar 13:00:00  12 lost"));
}

static void sizes_are_told_in_the_unit_that_fits(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *words;
    } rows[] = {{0, "0 kB"},
                {999, "0 kB"},
                {40960, "40 kB"},
                {999999, "999 kB"},
                {1000000, "1.0 MB"},
                {1250000000, "1.2 GB"},
                {UINT64_MAX, "18446744073.7 GB"}};
    char text[32];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        recording_size(text, sizeof text, rows[i].bytes);
        assert_string_equal(text, rows[i].words);
    }
}

/* ---- what is typed ---- */

static struct intent type(struct panes_rig *r, const char *line)
{
    struct intent out = {.kind = INTENT_NONE};

    (void)view_sync(&r->view, &r->m, 100, 30);
    for (const char *c = line; *c; c++)
        (void)view_key(&r->view, &r->m, (uint32_t)(unsigned char)*c, &out);
    (void)view_key(&r->view, &r->m, '\r', &out);
    return out;
}

static void record_takes_a_file_or_off(void **state)
{
    struct panes_rig *r = *state;
    struct intent what = type(r, ":record my events.db");

    assert_int_equal(what.kind, INTENT_RECORD);
    assert_string_equal(what.text, "my events.db");
    what = type(r, ":record off");
    assert_int_equal(what.kind, INTENT_RECORD);
    assert_string_equal(what.text, "off");
    assert_int_equal(type(r, ":record").kind, INTENT_NONE);
    assert_non_null(strstr(r->view.message, ":record off"));
}

static void only_a_replay_has_a_speed_and_only_what_is_live_is_recorded(void **state)
{
    struct panes_rig *r = *state;
    const struct ui_replay replay = {.file = "a.db", .speed_milli = 1000, .error = ""};

    assert_int_equal(type(r, ":speed 4").kind, INTENT_NONE);
    assert_non_null(strstr(r->view.message, "only a replay"));
    (void)type(r, "\033");
    r->m.replay = &replay;
    struct intent what = type(r, ":speed 0.5x");
    assert_int_equal(what.kind, INTENT_SPEED);
    assert_string_equal(what.text, "0.5");
    assert_int_equal(type(r, ":speed 0").kind, INTENT_NONE);
    (void)type(r, "\033");
    assert_int_equal(type(r, ":record a.db").kind, INTENT_NONE);
    assert_non_null(strstr(r->view.message, "not recorded"));
}

int main(void)
{
#define WITH_RIG(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_RIG(without_a_recording_nothing_is_said_of_it),
        WITH_RIG(a_recording_tells_its_size_where_there_is_room),
        WITH_RIG(a_disk_that_does_not_follow_and_what_it_costs_is_told),
        WITH_RIG(what_keeps_it_from_recording_stays_in_sight),
        WITH_RIG(a_replay_says_so_before_anything_else),
        WITH_RIG(a_replay_tells_what_its_recorder_lost_and_why_it_breaks_off),
        WITH_RIG(sizes_are_told_in_the_unit_that_fits),
        WITH_RIG(record_takes_a_file_or_off),
        WITH_RIG(only_a_replay_has_a_speed_and_only_what_is_live_is_recorded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
