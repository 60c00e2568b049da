/* The loop: time, timers, descriptors, signals and commands. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/loop.h"

struct seen {
    struct net_loop *loop;
    struct net_timer *timer;
    struct net_watch *watch;
    int calls, status, signum;
    size_t len;
    char text[64];
    char order[8];
};

static bool was_called(void *user)
{
    return ((struct seen *)user)->calls > 0;
}

static bool never(void *user)
{
    (void)user;
    return false;
}

static void on_timer(void *user)
{
    ((struct seen *)user)->calls++;
}

static void a_timer_fires_once_and_not_before_its_moment(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_create();
    struct seen seen = {0};
    struct net_timer *t = net_timer_create(loop, on_timer, &seen);
    const uint64_t at = net_now_ms(loop) + 20;
    net_timer_at(t, at);
    assert_true(net_loop_run_until(loop, was_called, &seen, 2000));
    assert_true(net_now_ms(loop) >= at);
    assert_false(net_loop_run_until(loop, never, NULL, 30));
    assert_int_equal(seen.calls, 1);
    net_timer_destroy(t);
    net_loop_destroy(loop);
}

static void a_moment_in_the_past_is_the_next_turn(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_create();
    struct seen seen = {0};
    struct net_timer *t = net_timer_create(loop, on_timer, &seen);
    net_timer_at(t, 0);
    assert_int_equal(seen.calls, 0);
    assert_true(net_loop_run_until(loop, was_called, &seen, 2000));
    net_loop_destroy(loop); /* closes the timer too */
}

static void a_stopped_timer_stays_silent(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_create();
    struct seen seen = {0};
    struct net_timer *t = net_timer_create(loop, on_timer, &seen);
    net_timer_at(t, net_now_ms(loop) + 5);
    net_timer_stop(t);
    assert_false(net_loop_run_until(loop, was_called, &seen, 30));
    net_timer_at(t, net_now_ms(loop) + 5);
    net_timer_at(t, UINT64_MAX);
    assert_false(net_loop_run_until(loop, was_called, &seen, 30));
    net_timer_destroy(t);
    net_timer_destroy(NULL);
    net_loop_destroy(loop);
}

static void on_timer_that_dies(void *user)
{
    struct seen *seen = user;
    seen->calls++;
    net_timer_destroy(seen->timer);
}

static void a_timer_may_destroy_itself(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_create();
    struct seen seen = {0};
    seen.timer = net_timer_create(loop, on_timer_that_dies, &seen);
    net_timer_at(seen.timer, 0);
    assert_true(net_loop_run_until(loop, was_called, &seen, 2000));
    net_loop_destroy(loop);
}

static void on_ready(void *user, int ready)
{
    struct seen *seen = user;
    assert_true(ready & NET_READABLE);
    assert_int_equal(read(*(int *)seen->text, seen->order, 1), 1);
    seen->calls++;
    net_watch_destroy(seen->watch);
}

static void a_readable_descriptor_is_reported_and_may_be_closed_at_once(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_create();
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct seen seen = {0};
    memcpy(seen.text, &ends[0], sizeof(int));
    seen.watch = net_watch_create(loop, ends[0], NET_READABLE, on_ready, &seen);
    assert_non_null(seen.watch);
    assert_false(net_loop_run_until(loop, was_called, &seen, 20));
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_true(net_loop_run_until(loop, was_called, &seen, 2000));
    assert_int_equal(seen.order[0], 'x');
    close(ends[0]);
    close(ends[1]);
    net_loop_destroy(loop);
}

static void on_signal(void *user, int signum)
{
    struct seen *seen = user;
    seen->signum = signum;
    seen->calls++;
}

static void a_signal_arrives_in_the_loop(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_create();
    struct seen seen = {0};
    assert_int_equal(net_signal(loop, SIGUSR1, on_signal, &seen), CT_OK);
    assert_int_equal(raise(SIGUSR1), 0);
    assert_true(net_loop_run_until(loop, was_called, &seen, 2000));
    assert_int_equal(seen.signum, SIGUSR1);
    net_loop_destroy(loop);
}

static void on_stop(void *user)
{
    struct seen *seen = user;
    seen->calls++;
    net_loop_stop(seen->loop);
}

static void the_loop_runs_until_it_is_stopped(void **state)
{
    (void)state;
    struct seen seen = {.loop = net_loop_create()};
    struct net_timer *t = net_timer_create(seen.loop, on_stop, &seen);
    net_timer_at(t, net_now_ms(seen.loop) + 5);
    net_loop_run(seen.loop);
    assert_int_equal(seen.calls, 1);
    net_loop_destroy(seen.loop);
}

static void on_command(void *user, int status, struct str output)
{
    struct seen *seen = user;
    seen->calls++;
    seen->status = status;
    seen->len = output.len;
    str_copy(seen->text, sizeof(seen->text), output);
}

static struct seen run_command(const char *command, uint64_t timeout_ms)
{
    struct net_loop *loop = net_loop_create();
    struct seen seen = {0};
    assert_int_equal(net_command(loop, command, timeout_ms, on_command, &seen), CT_OK);
    assert_true(net_loop_run_until(loop, was_called, &seen, 10000));
    net_loop_destroy(loop);
    return seen;
}

static void a_commands_output_and_status_come_back(void **state)
{
    (void)state;
    struct seen seen = run_command("echo hello; echo not-this >&2", 5000);
    assert_int_equal(seen.status, 0);
    assert_string_equal(seen.text, "hello\n");
    seen = run_command("exit 7", 5000);
    assert_int_equal(seen.status, 7);
}

static void a_commands_output_is_kept_up_to_64_KiB(void **state)
{
    (void)state;
    const struct seen seen = run_command("head -c 200000 /dev/zero", 5000);
    assert_int_equal(seen.status, 0);
    assert_int_equal(seen.len, 64 * 1024);
}

static void a_command_that_hangs_is_killed_with_its_children(void **state)
{
    (void)state;
    const struct seen seen = run_command("sleep 100 & sleep 100", 50);
    assert_int_equal(seen.status, -1);
}

static void a_command_that_leaves_a_child_with_its_output_is_ended_by_the_time_limit(void **state)
{
    (void)state;
    const struct seen seen = run_command("sleep 100 & echo here", 100);
    assert_int_equal(seen.status, -1);
}

static void a_command_still_running_when_the_loop_ends_is_reported_as_killed(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_create();
    struct seen seen = {0};
    assert_int_equal(net_command(loop, "sleep 100", 100000, on_command, &seen), CT_OK);
    net_loop_destroy(loop);
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.status, -1);
}

static void the_zone_offset_is_whole_minutes_within_a_day(void **state)
{
    (void)state;
    const int32_t offset = net_utc_offset_s(net_unix_ms());
    assert_int_equal(offset % 60, 0);
    assert_in_range(offset + 24 * 3600, 0, 48 * 3600);
    assert_true(net_unix_ms() > INT64_C(1700000000000));
    assert_int_not_equal(net_random_seed(), net_random_seed());
}

struct job {
    pthread_t worked_on, done_on;
    int works, dones;
};

static void work(void *user)
{
    struct job *j = user;

    j->worked_on = pthread_self();
    j->works++;
}

static void is_done(void *user)
{
    struct job *j = user;

    j->done_on = pthread_self();
    j->dones++;
}

static bool job_done(void *user)
{
    return ((struct job *)user)->dones > 0;
}

static void work_is_done_on_another_thread_and_told_on_this_one(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_create();
    struct job job = {0};

    assert_true(net_work(loop, work, is_done, &job));
    assert_true(net_loop_run_until(loop, job_done, &job, 5000));
    assert_int_equal(job.works, 1);
    assert_false(pthread_equal(job.worked_on, pthread_self()));
    assert_true(pthread_equal(job.done_on, pthread_self()));
    net_loop_destroy(loop);
}

static void the_loops_end_waits_for_work(void **state)
{
    (void)state;
    struct net_loop *loop = net_loop_create();
    struct job job = {0};

    assert_true(net_work(loop, work, is_done, &job));
    net_loop_destroy(loop);
    assert_int_equal(job.works, 1);
    assert_int_equal(job.dones, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_timer_fires_once_and_not_before_its_moment),
        cmocka_unit_test(a_moment_in_the_past_is_the_next_turn),
        cmocka_unit_test(a_stopped_timer_stays_silent),
        cmocka_unit_test(a_timer_may_destroy_itself),
        cmocka_unit_test(a_readable_descriptor_is_reported_and_may_be_closed_at_once),
        cmocka_unit_test(a_signal_arrives_in_the_loop),
        cmocka_unit_test(the_loop_runs_until_it_is_stopped),
        cmocka_unit_test(a_commands_output_and_status_come_back),
        cmocka_unit_test(a_commands_output_is_kept_up_to_64_KiB),
        cmocka_unit_test(a_command_that_hangs_is_killed_with_its_children),
        cmocka_unit_test(a_command_that_leaves_a_child_with_its_output_is_ended_by_the_time_limit),
        cmocka_unit_test(a_command_still_running_when_the_loop_ends_is_reported_as_killed),
        cmocka_unit_test(the_zone_offset_is_whole_minutes_within_a_day),
        cmocka_unit_test(work_is_done_on_another_thread_and_told_on_this_one),
        cmocka_unit_test(the_loops_end_waits_for_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
