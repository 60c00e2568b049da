/* tests/unit/test_export_notices.c - notifications on their way out: snapshots, exports and bundles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "fleet/export.h"
#include "support/scene.h"
#include "ui/bundle.h"
#include "ui/find.h"
#include "ui/share.h"

#define SECRET "sk_live_0123456789abcdef"

/* A job that runs, a download whose address has a token, and one that leads to an order. */
static int setup(void **state)
{
    const int err = scene_setup(state);
    struct scene *s = *state;

    if (err)
        return err;
    scene_notice(
        s, "notifications-1001",
        "{\"event_type\":\"TOAST\",\"message\":\"Exporting\",\"message_type\":\"in_progress\","
        "\"metadata\":{\"job_id\":\"exp-1\"}}");
    scene_notice(s, "notifications-1001",
                 "{\"event_type\":\"DOWNLOAD_LINK\",\"message\":\"Report, \\\"May\\\"\","
                 "\"message_type\":\"success\",\"download_link\":"
                 "\"https://files.example.com/may.csv?token=" SECRET "\"}");
    scene_notice(s, "notifications-2",
                 "{\"event_type\":\"NAVIGATE\",\"message\":\"See order\",\"message_type\":\"info\","
                 "\"path\":\"/orders/2151\"}");
    return 0;
}

static struct export_at at_of(const struct scene *s)
{
    return (struct export_at){s->fleet, s->model.now_ms, s->model.now_unix_ms, "prod-eu"};
}

static void a_notification_is_an_object_with_what_is_not_known_as_null(void **state)
{
    struct scene *s = *state;
    const struct export_at at = at_of(s);
    struct json_writer w;
    struct json_value v, whole;
    struct buf text;

    buf_init(&text, 65536);
    jw_init(&w, &text);
    export_notice_json(&w, notices_at(fleet_notices(s->fleet), 0), &at);
    assert_int_equal(CT_OK, json_parse(buf_str(&text), &whole));
    for (size_t n = 0; export_notice_field_name(n); n++)
        assert_true(json_get(whole, str_from(export_notice_field_name(n)), &v));
    assert_true(json_get(whole, STR("kind"), &v) && json_string_is(v, STR("navigate")));
    assert_true(json_get(whole, STR("path"), &v) && json_string_is(v, STR("/orders/2151")));
    assert_true(json_get(whole, STR("order"), &v) && json_string_is(v, STR("2151")));
    assert_true(json_get(whole, STR("channel"), &v) && json_string_is(v, STR("notifications-2")));
    assert_true(json_get(whole, STR("profile"), &v) && json_string_is(v, STR("prod-eu")));
    assert_true(json_get(whole, STR("link"), &v) && v.type == JSON_NULL);
    assert_true(json_get(whole, STR("state"), &v) && v.type == JSON_NULL);
    buf_clear(&text);
}

static void a_job_tells_whether_it_runs(void **state)
{
    struct scene *s = *state;
    struct buf text;
    struct csv_writer w;
    const struct export_at at = at_of(s);

    buf_init(&text, 65536);
    csv_init(&w, &text);
    export_notice_csv(&w, notices_at(fleet_notices(s->fleet), 2), &at);
    assert_non_null(strstr((const char *)text.bytes, ",toast,in_progress,running,Exporting,,,,"
                                                     "notifications-1001,exp-1,prod-eu"));
    buf_clear(&text);
}

static void a_link_leaves_without_its_secret(void **state)
{
    struct scene *s = *state;
    struct buf text;
    struct json_writer w;
    const struct export_at at = at_of(s);

    buf_init(&text, 65536);
    jw_init(&w, &text);
    jw_object(&w);
    export_notices_json(&w, &at);
    jw_object_end(&w);
    assert_int_equal(CT_OK, w.err);
    assert_int_equal(CT_OK, buf_append_char(&text, '\0'));
    assert_non_null(strstr((const char *)text.bytes, "files.example.com/may.csv"));
    assert_null(strstr((const char *)text.bytes, SECRET));
    buf_clear(&text);
}

static char *exported(struct scene *s, const struct view *v, enum share_format format)
{
    struct redact redact;
    struct buf text;

    redact_init(&redact);
    buf_init(&text, 1 << 20);
    assert_int_equal(CT_OK, share_export(SHARE_NOTICES, format, v, &s->model, &redact, &text));
    assert_int_equal(CT_OK, buf_append_char(&text, '\0'));
    return (char *)text.bytes;
}

static void the_pane_in_focus_is_what_an_export_means(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "9");
    assert_int_equal(SHARE_NOTICES, share_table_shown(&s->view));
    assert_string_equal("notices", share_table_name(SHARE_NOTICES));
}

static void an_export_has_a_row_for_each_and_a_filter_holds(void **state)
{
    struct scene *s = *state;
    char why[QUERY_WHY_MAX];
    char *all = exported(s, NULL, SHARE_CSV);

    assert_memory_equal("time,kind,level,state,text,link,path,order,channel,job,profile\r\n", all,
                        strlen("time,kind,level,state,text,link,path,order,channel,job,profile"));
    assert_non_null(strstr(all, "\"Report, \"\"May\"\"\""));
    assert_null(strstr(all, SECRET));
    assert_true(find_set_filter(&s->view, PANE_NOTICES, STR("See"), why));
    char *some = exported(s, &s->view, SHARE_CSV), *json = exported(s, &s->view, SHARE_JSON);
    assert_null(strstr(some, "Report"));
    assert_non_null(strstr(some, "See order"));
    assert_non_null(strstr(json, "\"notices\":[{"));
    assert_null(strstr(json, "Report"));
    free(all);
    free(some);
    free(json);
}

static void a_bundle_has_them(void **state)
{
    struct scene *s = *state;
    struct bundle *b = calloc(1, sizeof *b);
    bool found = false;

    assert_non_null(b);
    bundle_init(b);
    assert_int_equal(CT_OK, bundle_add_model(b, &s->view, &s->model));
    for (size_t i = 0; i < b->count; i++)
        if (strcmp(b->files[i].name, "notices.csv") == 0) {
            const struct str text = buf_str(&b->files[i].text);
            found = true;
            assert_true(str_find(text, STR("Exporting")) < text.len);
            assert_true(str_find(text, STR(SECRET)) == text.len);
        }
    assert_true(found);
    bundle_clear(b);
    free(b);
}

static void counts_tell_how_many_and_which_fires_there_are(void **state)
{
    struct scene *s = *state;
    struct buf text;
    struct json_writer w;
    const struct export_at at = at_of(s);

    scene_fire(s, "Gate", "Smoke");
    buf_init(&text, 65536);
    jw_init(&w, &text);
    jw_object(&w);
    export_fleet_json(&w, &at);
    jw_object_end(&w);
    assert_int_equal(CT_OK, buf_append_char(&text, '\0'));
    assert_non_null(strstr((const char *)text.bytes,
                           "\"need_eyes\":5,\"unacknowledged\":5,\"fires\":1,"
                           "\"notices\":3,"));
    buf_clear(&text);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_notification_is_an_object_with_what_is_not_known_as_null),
        T(a_job_tells_whether_it_runs),
        T(a_link_leaves_without_its_secret),
        T(the_pane_in_focus_is_what_an_export_means),
        T(an_export_has_a_row_for_each_and_a_filter_holds),
        T(a_bundle_has_them),
        T(counts_tell_how_many_and_which_fires_there_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
