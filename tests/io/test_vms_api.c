/* tests/io/test_vms_api.c - what the answers of a video back end say: address, login, refusals (domain.md 4.1, 4.2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/vms.h"
#include "base/json.h"
#include "support/fixture.h"

static struct vms_address at;

static bool reads(const char *body, bool plain)
{
    struct fault fault = {0};

    return vms_address_read(str_from(body), plain, &at, &fault);
}

static void addresses_are_built_as_the_table_says(void **state)
{
    struct buf file;

    (void)state;
    buf_init(&file, 4096);
    (void)fixture_read("vms/wsurl_response.json", &file);
    assert_true(reads(buf_cstr(&file), false));
    assert_string_equal("vms.example.com", at.host);
    assert_int_equal(443, at.port);
    assert_true(at.tls);
    assert_string_equal("/pusher", at.path);
    assert_false(at.path_guessed);
    assert_string_equal("vms-app-key", at.key);
    buf_reset(&file);
    (void)fixture_read("vms/wsurl_response_alt_types.json", &file);
    assert_false(reads(buf_cstr(&file), false)); /* plain text only where that is allowed */
    assert_true(reads(buf_cstr(&file), true));
    assert_string_equal("10.0.4.20", at.host);
    assert_int_equal(6001, at.port);
    assert_false(at.tls);
    assert_string_equal("/ws", at.path);
    buf_reset(&file);
    (void)fixture_read("vms/wsurl_response_minimal.json", &file);
    assert_true(reads(buf_cstr(&file), false));
    assert_int_equal(443, at.port);
    assert_string_equal("/pusher", at.path);
    assert_true(at.path_guessed);
    buf_clear(&file);

    assert_true(reads(
        "{\"ws_url\":\"wss://h/\",\"app_key\":\"k\",\"port\":\"8443\",\"path\":\"/x/\"}", false));
    assert_int_equal(8443, at.port);
    assert_string_equal("/x", at.path);
    assert_true(reads("{\"ws_url\":\"ws://[::1]\",\"app_key\":\"k\",\"port\":70000}", true));
    assert_string_equal("::1", at.host);
    assert_int_equal(80, at.port);
    assert_true(reads("{\"ws_url\":\"wss://h:9/a/b/\",\"app_key\":\"k\",\"port\":7}", false));
    assert_int_equal(9, at.port);
    assert_string_equal("/a/b", at.path);
    assert_false(reads("{\"app_key\":\"k\"}", false));
    assert_false(reads("{\"ws_url\":\"wss://h\"}", false));
    assert_false(reads("{\"ws_url\":\"https://h\",\"app_key\":\"k\"}", false));
    assert_false(reads("[]", false));
}

static void a_login_gives_token_and_ids(void **state)
{
    struct vms_login login;
    struct fault fault = {0};
    struct buf file;

    (void)state;
    buf_init(&file, 4096);
    assert_true(vms_login_read(fixture_read("vms/login_response.json", &file), &login, &fault));
    assert_string_equal("fixture-vms-token", login.token);
    assert_string_equal("517", login.user_id);
    assert_string_equal("8f1c2b7e94d04d3e", login.token_id);
    assert_string_equal("Site operator", login.user_name);
    assert_false(vms_login_read(STR("{}"), &login, &fault));
    buf_clear(&file);
}

static void every_status_is_explained(void **state)
{
    static const struct {
        int32_t status;
        const char *words;
        bool passing;
    } rows[] = {
        {401, "log in again", false}, {403, "not allowed", false},
        {409, "newer client", false}, {419, "too many sessions", false},
        {422, "refused", false},      {429, "tried again later", true},
        {503, "maintenance", true},   {500, "HTTP 500", true},
    };
    char text[VMS_API_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        (void)vms_status_text(rows[i].status, STR("{\"message\":\"Why\"}"), "", text, sizeof text);
        assert_non_null(strstr(text, rows[i].words));
        assert_non_null(strstr(text, ": Why"));
        assert_int_equal(rows[i].passing, vms_status_passing(rows[i].status));
    }
    (void)vms_status_text(0, STR(""), "no answer from h", text, sizeof text);
    assert_string_equal("no answer from h", text);
    assert_true(vms_status_passing(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_built_as_the_table_says),
        cmocka_unit_test(a_login_gives_token_and_ids),
        cmocka_unit_test(every_status_is_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
