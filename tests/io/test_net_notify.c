/* tests/io/test_net_notify.c - what a service manager hears on a real datagram socket. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/notify.h"

static int listener(const char *name)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    socklen_t bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));

    assert_true(fd >= 0);
    memcpy(at.sun_path, name, strlen(name));
    if (name[0] == '@')
        at.sun_path[0] = '\0';
    else
        bytes++;
    assert_int_equal(0, bind(fd, (struct sockaddr *)&at, bytes));
    return fd;
}

static void hears(int fd, const char *wanted)
{
    char got[64] = "";
    const ssize_t n = recv(fd, got, sizeof got - 1, 0);

    assert_int_equal(strlen(wanted), n);
    assert_string_equal(wanted, got);
}

static void a_manager_hears_ready_watchdog_and_stopping(void **state)
{
    char folder[] = "/tmp/chargetop-notify-XXXXXX", path[128];
    struct notify n;

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/socket", folder);
    const int fd = listener(path);
    assert_true(notify_open(&n, path, "20000000", NULL));
    assert_int_equal(10000, n.every_ms);
    assert_true(notify_send(&n, "READY=1"));
    hears(fd, "READY=1");
    assert_true(notify_send(&n, "WATCHDOG=1"));
    hears(fd, "WATCHDOG=1");
    assert_true(notify_send(&n, "STOPPING=1"));
    hears(fd, "STOPPING=1");
    close(fd);
    assert_false(notify_send(&n, "WATCHDOG=1")); /* the manager went away: no signal, no waiting */
    notify_close(&n);
    assert_false(notify_send(&n, "WATCHDOG=1"));
    unlink(path);
    rmdir(folder);
}

static void an_abstract_socket_is_reached_too(void **state)
{
    char name[64];
    struct notify n;

    (void)state;
    (void)snprintf(name, sizeof name, "@chargetop-test-%d", (int)getpid());
    const int fd = listener(name);
    assert_true(notify_open(&n, name, NULL, NULL));
    assert_int_equal(0, n.every_ms);
    assert_true(notify_send(&n, "READY=1"));
    hears(fd, "READY=1");
    notify_close(&n);
    close(fd);
}

static void nothing_is_sent_where_nobody_listens(void **state)
{
    char longer[200];
    struct notify n;

    (void)state;
    memset(longer, 'a', sizeof longer - 1);
    longer[0] = '/';
    longer[sizeof longer - 1] = '\0';
    const char *const names[] = {NULL, "", "/", "relative", longer};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_false(notify_open(&n, names[i], "1000000", NULL));
        assert_false(notify_send(&n, "READY=1"));
        notify_close(&n);
    }
}

static void a_watchdog_of_another_process_is_not_fed(void **state)
{
    char pid[24];
    struct notify n;

    (void)state;
    (void)snprintf(pid, sizeof pid, "%d", (int)getpid());
    assert_true(notify_open(&n, "/x", "8000000", pid));
    assert_int_equal(4000, n.every_ms);
    notify_close(&n);
    assert_true(notify_open(&n, "/x", "8000000", "1"));
    assert_int_equal(0, n.every_ms);
    notify_close(&n);
    assert_true(notify_open(&n, "/x", "soon", NULL));
    assert_int_equal(0, n.every_ms);
    notify_close(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manager_hears_ready_watchdog_and_stopping),
        cmocka_unit_test(an_abstract_socket_is_reached_too),
        cmocka_unit_test(nothing_is_sent_where_nobody_listens),
        cmocka_unit_test(a_watchdog_of_another_process_is_not_fed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
