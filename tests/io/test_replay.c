/* A recording played again: in order, on its own clock, as fast as wanted, run after run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "feed/replay.h"
#include "store/recorder.h"

enum { SOON_MS = 10000, BEGAN_MS = 70000, TOLD_MAX = 8192 };
#define UNIX_BASE (INT64_C(1780000000000))

struct told {
    uint64_t at_ms, retry_at_ms, clock_ms;
    int64_t at_unix_ms;
    int64_t run;
};

struct rig {
    char folder[64], path[96];
    struct net_loop *loop;
    struct replay *replay;
    struct fault fault;
    struct told told[TOLD_MAX];
    size_t count;
    unsigned runs, ends;
    size_t stop_at; /* as many are waited for; 0: until the end */
};

static int setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);

    if (!r)
        return 1;
    (void)snprintf(r->folder, sizeof r->folder, "/tmp/chargetop-replay-XXXXXX");
    if (!mkdtemp(r->folder))
        return 1;
    (void)snprintf(r->path, sizeof r->path, "%s/a.db", r->folder);
    r->loop = net_loop_create();
    *state = r;
    return r->loop ? 0 : 1;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    char command[96];

    replay_destroy(r->replay);
    net_loop_destroy(r->loop);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", r->folder);
    const int rc = system(command);
    free(r);
    return rc;
}

/* A run of `count` events, each step_ms after the one before, from first_ms of its own clock on. */
static void record_run(struct rig *r, uint64_t began_ms, int64_t began_unix_ms, unsigned count,
                       uint64_t first_ms, uint64_t step_ms, uint64_t ended_ms)
{
    const struct recorder_cfg cfg = {.path = r->path,
                                     .run = {.program = "test",
                                             .began_ms = began_ms,
                                             .began_unix_ms = began_unix_ms,
                                             .clock_milli = 1000,
                                             .sources = {{0, "demo", "charging", ""}},
                                             .source_count = 1}};
    struct recorder *recorder;

    assert_int_equal(recorder_open(&recorder, &cfg, &r->fault), CT_OK);
    for (unsigned i = 0; i < count; i++) {
        const uint64_t at_ms = first_ms + i * step_ms;
        const struct wire_event e = {.kind = WIRE_LINK,
                                     .at_ms = at_ms,
                                     .at_unix_ms = began_unix_ms + (int64_t)(at_ms - began_ms),
                                     .retry_at_ms = at_ms + 7};
        recorder_append(recorder, &e);
    }
    if (ended_ms > 0)
        recorder_finish(recorder, ended_ms, NULL, NULL);
    else
        recorder_tick(recorder, UINT64_MAX);
    recorder_destroy(recorder);
}

static void on_event(void *user, const struct wire_event *e)
{
    struct rig *r = user;

    if (r->count < TOLD_MAX)
        r->told[r->count] = (struct told){e->at_ms, e->retry_at_ms, replay_now_ms(r->replay),
                                          e->at_unix_ms, replay_run(r->replay)->id};
    r->count++;
}

static void on_run(void *user, const struct record_run *run)
{
    struct rig *r = user;

    assert_int_equal(run->id, replay_run(r->replay)->id);
    r->runs++;
}

static void on_end(void *user)
{
    ((struct rig *)user)->ends++;
}

static void open_cfg(struct rig *r, const struct replay_cfg *cfg)
{
    const struct replay_hooks hooks = {on_event, on_run, on_end, r};

    r->replay = replay_create(r->loop, cfg, &hooks, &r->fault);
    if (!r->replay)
        fail_msg("%s", r->fault.text);
}

static void open_replay(struct rig *r, int64_t speed_milli)
{
    open_cfg(r, &(struct replay_cfg){.path = r->path,
                                     .speed_milli = speed_milli,
                                     .from_unix_ms = INT64_MIN,
                                     .until_unix_ms = INT64_MAX});
}

static bool is_over(void *user)
{
    const struct rig *r = user;

    return r->ends > 0 || (r->stop_at > 0 && r->count >= r->stop_at);
}

static void play(struct rig *r)
{
    assert_true(net_loop_run_until(r->loop, is_over, r, SOON_MS));
}

static void events_come_in_order_with_the_clock_at_their_time(void **state)
{
    struct rig *r = *state;

    record_run(r, BEGAN_MS, UNIX_BASE, 3500, BEGAN_MS + 5, 10, BEGAN_MS + 60000);
    open_replay(r, 0);
    assert_int_equal(replay_now_ms(r->replay), BEGAN_MS); /* it has not begun */
    assert_int_equal(replay_unix_ms(r->replay), UNIX_BASE);
    replay_start(r->replay);
    play(r);
    assert_int_equal(r->count, 3500);
    for (size_t i = 0; i < r->count; i++) {
        assert_int_equal(r->told[i].at_ms, BEGAN_MS + 5 + i * 10);
        assert_int_equal(r->told[i].clock_ms, r->told[i].at_ms);
        assert_int_equal(r->told[i].retry_at_ms, r->told[i].at_ms + 7);
    }
    assert_int_equal(r->ends, 1);
    assert_int_equal(r->runs, 0);
    assert_true(replay_ended(r->replay));
    assert_int_equal(replay_now_ms(r->replay), BEGAN_MS + 60000); /* when its recording ended */
    assert_int_equal(replay_unix_ms(r->replay), UNIX_BASE + 60000);
    assert_string_equal(replay_error(r->replay), "");
}

static void a_run_that_was_killed_ends_with_its_last_event(void **state)
{
    struct rig *r = *state;

    record_run(r, BEGAN_MS, UNIX_BASE, 10, BEGAN_MS, 10, 0);
    open_replay(r, 0);
    replay_start(r->replay);
    play(r);
    assert_int_equal(r->count, 10);
    assert_int_equal(replay_now_ms(r->replay), BEGAN_MS + 90);
}

static void no_event_comes_before_its_time(void **state)
{
    struct rig *r = *state;

    record_run(r, BEGAN_MS, UNIX_BASE, 6, BEGAN_MS, 400, BEGAN_MS + 2000);
    open_replay(r, 10000); /* 2 s in 200 ms */
    const uint64_t began_ms = net_now_ms(r->loop);
    replay_start(r->replay);
    r->stop_at = 3;
    play(r);
    assert_true(net_now_ms(r->loop) - began_ms >= 80);
    assert_true(replay_now_ms(r->replay) >= BEGAN_MS + 800);
    assert_true(replay_now_ms(r->replay) <= BEGAN_MS + 1200); /* never ahead of what is to come */
    r->stop_at = 0;
    play(r);
    assert_true(net_now_ms(r->loop) - began_ms >= 200);
    assert_int_equal(r->count, 6);
}

static void another_speed_counts_from_now_on(void **state)
{
    struct rig *r = *state;

    record_run(r, BEGAN_MS, UNIX_BASE, 2, BEGAN_MS, 3600000, BEGAN_MS + 3600000);
    open_replay(r, 1000);
    replay_start(r->replay);
    r->stop_at = 1;
    play(r);
    const uint64_t was_ms = replay_now_ms(r->replay);
    assert_true(was_ms < BEGAN_MS + 5000);
    replay_set_speed(r->replay, REPLAY_SPEED_MAX_MILLI); /* an hour a second */
    assert_true(replay_now_ms(r->replay) >= was_ms);     /* the clock does not jump */
    assert_true(replay_now_ms(r->replay) < BEGAN_MS + 3600000);
    r->stop_at = 0;
    play(r);
    assert_int_equal(r->count, 2);
}

static void what_is_before_from_comes_at_once_and_nothing_from_until_on(void **state)
{
    struct rig *r = *state;

    record_run(r, BEGAN_MS, UNIX_BASE, 100, BEGAN_MS, 60000, BEGAN_MS + 100 * 60000);
    open_cfg(r, &(struct replay_cfg){.path = r->path,
                                     .speed_milli = 1000,
                                     .from_unix_ms = UNIX_BASE + 50 * 60000,
                                     .until_unix_ms = UNIX_BASE + 50 * 60000 + 30000});
    replay_start(r->replay);
    r->stop_at = 51; /* the one at `from` is not waited for either: the clock begins with it */
    play(r);
    assert_int_equal(r->told[50].at_unix_ms, UNIX_BASE + 50 * 60000);
    replay_set_speed(r->replay, REPLAY_SPEED_MAX_MILLI);
    r->stop_at = 0;
    play(r);
    assert_int_equal(r->count, 51);
    assert_int_equal(replay_unix_ms(r->replay), UNIX_BASE + 50 * 60000 + 30000);
}

static void runs_follow_each_other_and_their_pause_is_not_waited_for(void **state)
{
    struct rig *r = *state;

    record_run(r, BEGAN_MS, UNIX_BASE, 10, BEGAN_MS, 10, BEGAN_MS + 100);
    record_run(r, 500, UNIX_BASE + 86400000, 10, 500, 10, 600); /* after a restart of the machine */
    open_replay(r, 1000);
    replay_start(r->replay);
    play(r);
    assert_int_equal(r->count, 20);
    assert_int_equal(r->runs, 1);
    assert_int_equal(r->told[9].run, 1);
    assert_int_equal(r->told[10].run, 2);
    assert_int_equal(r->told[10].at_ms - r->told[0].at_ms,
                     86400000); /* as far apart as they were */
    assert_int_equal(r->told[10].retry_at_ms, r->told[10].at_ms + 7);
    for (size_t i = 1; i < r->count; i++)
        assert_true(r->told[i].at_ms >= r->told[i - 1].at_ms);
    assert_int_equal(replay_unix_ms(r->replay), UNIX_BASE + 86400000 + 100);
}

static void a_clock_that_was_set_back_does_not_take_time_back(void **state)
{
    struct rig *r = *state;

    record_run(r, BEGAN_MS, UNIX_BASE, 10, BEGAN_MS, 10, BEGAN_MS + 100);
    record_run(r, 10, UNIX_BASE - 3600000, 10, 10, 10, 110);
    open_replay(r, 0);
    replay_start(r->replay);
    play(r);
    assert_int_equal(r->count, 20);
    for (size_t i = 1; i < r->count; i++)
        assert_true(r->told[i].at_ms >= r->told[i - 1].at_ms);
}

static void a_file_that_goes_bad_on_the_way_ends_with_its_reason(void **state)
{
    struct rig *r = *state;
    char noise[4096];

    record_run(r, BEGAN_MS, UNIX_BASE, 5000, BEGAN_MS, 10, BEGAN_MS + 60000);
    memset(noise, 0x5a, sizeof noise);
    FILE *file = fopen(r->path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long size = ftell(file);
    for (long at = size / 2 / 4096 * 4096; at + 4096 <= size; at += 4096) {
        assert_int_equal(fseek(file, at, SEEK_SET), 0);
        assert_int_equal(fwrite(noise, 1, sizeof noise, file), sizeof noise);
    }
    (void)fclose(file);
    const struct replay_hooks hooks = {on_event, on_run, on_end, r};
    const struct replay_cfg cfg = {
        .path = r->path, .from_unix_ms = INT64_MIN, .until_unix_ms = INT64_MAX};
    r->replay = replay_create(r->loop, &cfg, &hooks, &r->fault);
    if (!r->replay) { /* the damage is seen at once */
        assert_non_null(strstr(r->fault.text, "damaged"));
        return;
    }
    replay_start(r->replay);
    play(r);
    assert_int_equal(r->ends, 1);
    assert_true(r->count < 5000);
    assert_non_null(strstr(replay_error(r->replay), "damaged"));
}

static void a_recording_without_events_is_refused(void **state)
{
    struct rig *r = *state;
    const struct replay_hooks hooks = {on_event, on_run, on_end, r};
    const struct replay_cfg cfg = {
        .path = r->path, .from_unix_ms = INT64_MIN, .until_unix_ms = INT64_MAX};

    record_run(r, BEGAN_MS, UNIX_BASE, 0, BEGAN_MS, 10, BEGAN_MS + 1);
    r->replay = replay_create(r->loop, &cfg, &hooks, &r->fault);
    assert_null(r->replay);
    assert_int_equal(r->fault.err, CT_ERR_MISSING);
    assert_non_null(strstr(r->fault.text, "nothing was recorded"));
}

static void a_replay_may_end_in_the_middle_of_a_page(void **state)
{
    struct rig *r = *state;

    record_run(r, BEGAN_MS, UNIX_BASE, 5000, BEGAN_MS, 10, BEGAN_MS + 60000);
    open_replay(r, 0);
    replay_start(r->replay);
    r->stop_at = 1;
    play(r);
    replay_stop(r->replay);
    const size_t told = r->count;
    replay_destroy(r->replay); /* the next page is perhaps being read */
    r->replay = NULL;
    assert_int_equal(r->count, told);
    assert_int_equal(r->ends, 0);
}

int main(void)
{
#define WITH_FILE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_FILE(events_come_in_order_with_the_clock_at_their_time),
        WITH_FILE(a_run_that_was_killed_ends_with_its_last_event),
        WITH_FILE(no_event_comes_before_its_time),
        WITH_FILE(another_speed_counts_from_now_on),
        WITH_FILE(what_is_before_from_comes_at_once_and_nothing_from_until_on),
        WITH_FILE(runs_follow_each_other_and_their_pause_is_not_waited_for),
        WITH_FILE(a_clock_that_was_set_back_does_not_take_time_back),
        WITH_FILE(a_file_that_goes_bad_on_the_way_ends_with_its_reason),
        WITH_FILE(a_recording_without_events_is_refused),
        WITH_FILE(a_replay_may_end_in_the_middle_of_a_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
