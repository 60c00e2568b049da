/* URLs and proxy settings taken apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net/failure.h"
#include "net/proxy.h"
#include "net/url.h"

static void good_urls_are_taken_apart(void **state)
{
    (void)state;
    const struct {
        const char *text, *host, *path;
        bool tls;
        uint16_t port;
    } urls[] = {
        {"https://api.example/v1?x=1", "api.example", "/v1?x=1", true, 443},
        {"http://api.example", "api.example", "/", false, 80},
        {"WSS://h:6001/app/KEY#frag", "h", "/app/KEY", true, 6001},
        {"ws://127.0.0.1:65535/", "127.0.0.1", "/", false, 65535},
        {"ws://[::1]:8080/pusher", "::1", "/pusher", false, 8080},
        {"https://[fe80::1%25eth0]", "fe80::1%25eth0", "/", true, 443},
        {" http://a?b=c ", "a", "/?b=c", false, 80},
    };
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct url u;
        assert_true(url_parse(str_from(urls[i].text), &u));
        assert_string_equal(u.host, urls[i].host);
        assert_string_equal(u.path, urls[i].path);
        assert_int_equal(u.tls, urls[i].tls);
        assert_int_equal(u.port, urls[i].port);
    }
}

static void bad_urls_are_refused_and_leave_the_result_alone(void **state)
{
    (void)state;
    const char *const urls[] = {"",
                                "http://",
                                "ftp://a/",
                                "a/b",
                                "http:///x",
                                "http://u:p@h/",
                                "http://h:0/",
                                "http://h:65536/",
                                "http://h:/",
                                "http://h:+80/",
                                "http://h:8a/",
                                "http://[::1/",
                                "http://[::1]x/",
                                "http://a b/",
                                "http://h/a b",
                                "http://h/\r\nX: y",
                                "http://h\r\n/",
                                "http://::1/"};
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct url u = {.port = 7};
        assert_false(url_parse(str_from(urls[i]), &u));
        assert_int_equal(u.port, 7);
    }
}

static void hosts_and_paths_have_a_limit(void **state)
{
    (void)state;
    char text[2000];
    struct url u;
    for (size_t over = 0; over <= 1; over++) {
        memset(text, 'h', sizeof(text));
        memcpy(text, "ws://", 5);
        assert_int_equal(url_parse((struct str){text, 5 + URL_HOST_MAX - 1 + over}, &u), !over);
        memcpy(text, "ws://h/", 7);
        assert_int_equal(url_parse((struct str){text, 6 + URL_PATH_MAX - 1 + over}, &u), !over);
    }
}

static void proxies_are_read_with_their_password(void **state)
{
    (void)state;
    struct proxy p;
    assert_int_equal(proxy_parse("http://user:pa%3Ass@proxy.example:3128/", NULL, "h", &p),
                     PROXY_USE);
    assert_string_equal(p.host, "proxy.example");
    assert_int_equal(p.port, 3128);
    assert_string_equal(p.authorization, "Basic dXNlcjpwYTpzcw==");
    assert_int_equal(proxy_parse("proxy.example:80", NULL, "h", &p), PROXY_USE);
    assert_int_equal(p.port, 80);
    assert_string_equal(p.authorization, "");
    assert_int_equal(proxy_parse("proxy.example", NULL, "h", &p), PROXY_USE);
    assert_int_equal(p.port, 1080);
    assert_int_equal(proxy_parse("http://[::1]:8080", NULL, "h", &p), PROXY_USE);
    assert_string_equal(p.host, "::1");
}

static void proxies_that_cannot_be_spoken_to_are_not_passed_over(void **state)
{
    (void)state;
    struct proxy p;
    assert_int_equal(proxy_parse("socks5://proxy.example:1080", NULL, "h", &p), PROXY_BAD);
    assert_int_equal(proxy_parse("http://", NULL, "h", &p), PROXY_BAD);
    assert_int_equal(proxy_parse("http://a:b:c", NULL, "h", &p), PROXY_BAD);
    assert_int_equal(proxy_parse("", NULL, "h", &p), PROXY_NONE);
    assert_int_equal(proxy_parse(NULL, NULL, "h", &p), PROXY_NONE);
}

static void no_proxy_names_hosts_and_domains(void **state)
{
    (void)state;
    const struct {
        const char *list, *host;
        enum proxy_choice wanted;
    } rows[] = {
        {"*", "any", PROXY_NONE},
        {"example.com", "example.com", PROXY_NONE},
        {"EXAMPLE.com", "a.b.example.COM", PROXY_NONE},
        {".example.com", "a.example.com", PROXY_NONE},
        {"a, b,example.com c", "c", PROXY_NONE},
        {"[::1]", "::1", PROXY_NONE},
        {"example.com", "badexample.com", PROXY_USE},
        {"example.com", "example.com.evil", PROXY_USE},
        {" , ,", "h", PROXY_USE},
        {".", "h", PROXY_USE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct proxy p;
        assert_int_equal(proxy_parse("http://p:1", rows[i].list, rows[i].host, &p), rows[i].wanted);
    }
}

static void this_machine_is_never_reached_through_a_proxy(void **state)
{
    (void)state;
    const char *const near[] = {"localhost", "LocalHost", "localhost.", "a.localhost",
                                "127.0.0.1", "127.9.9.9", "::1"};
    const char *const far[] = {"nolocalhost", "localhost.example", "128.0.0.1", "::2", "10.0.0.1"};
    struct proxy p;
    setenv("all_proxy", "http://p:1", 1);
    for (size_t i = 0; i < COUNT_OF(near); i++)
        assert_int_equal(proxy_for(near[i], i % 2 == 0, &p), PROXY_NONE);
    for (size_t i = 0; i < COUNT_OF(far); i++)
        assert_int_equal(proxy_for(far[i], i % 2 == 0, &p), PROXY_USE);
    setenv("no_proxy", "example.com, 10.0.0.1", 1);
    assert_int_equal(proxy_for("10.0.0.1", true, &p), PROXY_NONE);
    unsetenv("no_proxy");
    unsetenv("all_proxy");
}

static void the_scheme_decides_which_variable_counts(void **state)
{
    (void)state;
    struct proxy p;
    setenv("https_proxy", "http://s:1", 1);
    setenv("HTTP_PROXY", "http://h:2", 1);
    setenv("ALL_PROXY", "http://a:3", 1);
    assert_int_equal(proxy_for("x", true, &p), PROXY_USE);
    assert_string_equal(p.host, "s");
    assert_int_equal(proxy_for("x", false, &p), PROXY_USE);
    assert_string_equal(p.host, "h");
    unsetenv("https_proxy");
    unsetenv("HTTP_PROXY");
    assert_int_equal(proxy_for("x", true, &p), PROXY_USE);
    assert_string_equal(p.host, "a");
    setenv("NO_PROXY", "x", 1);
    assert_int_equal(proxy_for("x", true, &p), PROXY_NONE);
    unsetenv("ALL_PROXY");
    unsetenv("NO_PROXY");
}

static void every_failure_has_a_name_and_advice(void **state)
{
    (void)state;
    for (int f = -1; f <= NET_NOMEM + 1; f++) {
        assert_true(strlen(net_failure_name((enum net_failure)f)) > 3);
        assert_true(strlen(net_failure_advice((enum net_failure)f)) > 3);
    }
    assert_string_not_equal(net_failure_name(NET_TLS_HOST), net_failure_name(NET_TLS_EXPIRED));
}

int main(void)
{
    const char *const variables[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                     "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
    for (size_t i = 0; i < COUNT_OF(variables); i++)
        unsetenv(variables[i]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_urls_are_taken_apart),
        cmocka_unit_test(bad_urls_are_refused_and_leave_the_result_alone),
        cmocka_unit_test(hosts_and_paths_have_a_limit),
        cmocka_unit_test(proxies_are_read_with_their_password),
        cmocka_unit_test(proxies_that_cannot_be_spoken_to_are_not_passed_over),
        cmocka_unit_test(no_proxy_names_hosts_and_domains),
        cmocka_unit_test(this_machine_is_never_reached_through_a_proxy),
        cmocka_unit_test(the_scheme_decides_which_variable_counts),
        cmocka_unit_test(every_failure_has_a_name_and_advice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
