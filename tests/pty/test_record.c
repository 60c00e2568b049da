/* tests/pty/test_record.c - the dashboard records, says so, and shows again what was. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/reader.h"
#include "support/io/pty.h"

enum { SOON_MS = 20000, ROWS = 40, COLS = 140, WORDS = 12 };

struct rig {
    char folder[64], path[96];
};

static int setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);

    if (!r)
        return 1;
    (void)snprintf(r->folder, sizeof r->folder, "/tmp/chargetop-record-XXXXXX");
    if (!mkdtemp(r->folder))
        return 1;
    (void)snprintf(r->path, sizeof r->path, "%s/a.db", r->folder);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    char command[96];

    (void)snprintf(command, sizeof command, "rm -rf '%s'", r->folder);
    const int rc = system(command);
    free(r);
    return rc;
}

/* words: NULL at their end. */
static struct pty *start(const char *const *words)
{
    char copies[WORDS][160];
    char *argv[WORDS + 1] = {0};
    const char *path = getenv("CHARGETOP");

    (void)snprintf(copies[0], sizeof copies[0], "%s", path ? path : "build/chargetop");
    argv[0] = copies[0];
    for (int i = 0; words[i]; i++) {
        assert_true(i + 1 < WORDS);
        (void)snprintf(copies[i + 1], sizeof copies[0], "%s", words[i]);
        argv[i + 1] = copies[i + 1];
    }
    struct pty *p = pty_start(COLS, ROWS, "xterm-256color", argv, NULL, NULL, NULL);
    assert_non_null(p);
    return p;
}

static struct pty *demo(const char *record)
{
    const char *const words[] = {
        "demo", "--no-state", "--seed=3", "--orders=6", record ? "--record" : NULL, record, NULL};

    return start(words);
}

static uint64_t events_in(const char *path)
{
    struct reader *reader;
    struct reader_span span;
    struct fault fault = {.err = CT_OK};

    if (reader_open(&reader, path, &fault) != CT_OK)
        fail_msg("%s", fault.text);
    assert_int_equal(reader_span(reader, &span, &fault), CT_OK);
    reader_close(reader);
    return span.events;
}

static void record_a_little(const struct rig *r)
{
    struct pty *p = demo(r->path);

    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_true(pty_wait_text(p, "rec ", SOON_MS));
    assert_true(pty_wait_text(p, "Consumption", SOON_MS));
    pty_keys(p, "q");
    assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
    pty_destroy(p);
}

static void the_head_tells_that_it_records_and_q_writes_the_rest(void **state)
{
    const struct rig *r = *state;
    char log[128];

    record_a_little(r);
    assert_true(events_in(r->path) > 20);
    (void)snprintf(log, sizeof log, "%s-wal", r->path);
    assert_int_not_equal(access(log, F_OK), 0);
}

static void a_signal_writes_the_rest_as_well(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP};
    const struct rig *r = *state;
    uint64_t before = 0;

    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct pty *p = demo(r->path);
        char log[128];

        assert_true(pty_wait_text(p, "Consumption", SOON_MS));
        pty_signal(p, signals[i]);
        assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
        pty_destroy(p);
        assert_true(events_in(r->path) > before + 20);
        before = events_in(r->path);
        (void)snprintf(log, sizeof log, "%s-wal", r->path);
        assert_int_not_equal(access(log, F_OK), 0);
    }
}

static void a_file_that_cannot_be_opened_is_told_and_the_dashboard_goes_on(void **state)
{
    struct pty *p = demo("/nowhere/at/all.db");

    (void)state;
    assert_true(pty_wait_text(p, "NOT RECORDING", SOON_MS));
    assert_true(pty_wait_text(p, "/nowhere/at/all.db: No such file or directory", SOON_MS));
    assert_true(pty_wait_text(p, "LINK up", SOON_MS));
    assert_true(pty_wait_text(p, "Consumption", SOON_MS));
    pty_keys(p, "q");
    assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
    pty_destroy(p);
}

static void recording_begins_and_ends_at_the_prompt(void **state)
{
    const struct rig *r = *state;
    struct pty *p = demo(NULL);
    char line[160];

    assert_true(pty_wait_text(p, "Consumption", SOON_MS));
    (void)snprintf(line, sizeof line, ":record %s\r", r->path);
    pty_keys(p, line);
    assert_true(pty_wait_text(p, "recording into", SOON_MS));
    assert_true(pty_wait_text(p, "rec ", SOON_MS));
    pty_keys(p, ":record /nowhere/b.db\r");
    assert_true(pty_wait_text(p, "/nowhere/b.db: No such file", SOON_MS));
    assert_true(pty_has(p, "rec ")); /* into the first, still */
    pty_keys(p, "\033:record off\r");
    assert_true(pty_wait_text(p, "recording is off", SOON_MS));
    assert_true(pty_wait_gone(p, "rec ", SOON_MS));
    pty_keys(p, "q");
    assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
    pty_destroy(p);
    assert_true(events_in(r->path) > 6); /* the link and each order at least */
}

static void a_replay_says_what_it_is_and_stands_still_at_its_end(void **state)
{
    const struct rig *r = *state;

    record_a_little(r);
    const char *const words[] = {"--no-state", "--replay", r->path, "--speed=1", NULL};
    struct pty *p = start(words);
    assert_true(pty_wait_text(p, "REPLAY", SOON_MS));
    pty_keys(p, "R");
    assert_true(pty_wait_text(p, "this is a replay: there is no connection", SOON_MS));
    pty_keys(p, ":speed 50\r");
    assert_true(pty_wait_text(p, "REPLAY", SOON_MS));
    assert_true(pty_wait_text(p, "the replay is over", SOON_MS));
    assert_true(pty_wait_text(p, " ended", SOON_MS));
    assert_true(pty_has(p, "LINK up")); /* as it was, not as it was left */
    assert_true(pty_has(p, "Consumption"));
    assert_true(pty_wait_gone(p, "the replay is over", SOON_MS)); /* messages go all the same */
    pty_keys(p, "q");
    assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
    pty_destroy(p);
}

static void recorded_events_of_cameras_are_filtered_and_found(void **state)
{
    const struct rig *r = *state;
    const char *const live[] = {"demo",       "--vms",    "--no-state", "--seed=3", "--orders=3",
                                "--speed=60", "--record", r->path,      NULL};
    const char *const again[] = {"--no-state", "--replay", r->path, "--speed=3600", NULL};
    struct pty *p = start(live);

    assert_true(pty_wait_text(p, ": marks 1", SOON_MS));
    pty_keys(p, "q");
    assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
    pty_destroy(p);
    p = start(again);
    assert_true(pty_wait_text(p, "REPLAY", SOON_MS));
    assert_true(pty_wait_text(p, "ended", SOON_MS));
    pty_keys(p, "5z\\Cable left\r");
    assert_true(pty_wait_text(p, "Mark created: Cable left on the floor @ Bay 9-12", SOON_MS));
    assert_true(pty_wait_gone(p, "Consumption", SOON_MS));
    pty_keys(p, "/Bay 9\r");
    assert_true(pty_wait_text(p, "find Bay 9: 1 ", SOON_MS));
    pty_keys(p, "qq"); /* out of the pane, then out */
    assert_int_equal(pty_wait_exit(p, SOON_MS), 0);
    pty_destroy(p);
}

int main(void)
{
#define WITH_FILE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_FILE(the_head_tells_that_it_records_and_q_writes_the_rest),
        WITH_FILE(a_signal_writes_the_rest_as_well),
        WITH_FILE(a_file_that_cannot_be_opened_is_told_and_the_dashboard_goes_on),
        WITH_FILE(recording_begins_and_ends_at_the_prompt),
        WITH_FILE(recorded_events_of_cameras_are_filtered_and_found),
        WITH_FILE(a_replay_says_what_it_is_and_stands_still_at_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
