/* tests/unit/test_ui_notices.c - pane 9 and the toast line: what is told, for how long, and what opens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/kiosk/kiosk.h"
#include "ui/share.h"
#include "ui/toast.h"

#define ONE "notifications-1001"
#define ALL "notifications-all"

static void v1(struct scene *s, const char *channel, const char *kind, const char *level,
               const char *text, const char *more)
{
    char json[600];

    str_format(json, sizeof json,
               "{\"event_type\":\"%s\",\"message_type\":\"%s\",\"message\":\"%s\"%s}", kind, level,
               text, more);
    scene_notice(s, channel, json);
}

static void toast(struct scene *s, const char *level, const char *text)
{
    v1(s, ONE, "TOAST", level, text, "");
}

static void progress(struct scene *s, const char *text, bool last)
{
    char json[400];

    str_format(json, sizeof json,
               "{\"event_type\":\"CUSTOM\",\"is_last_response\":%s,\"actions\":[{\"action_type\":"
               "\"TOAST\",\"data\":{\"message\":{\"content\":\"%s\",\"content_type\":\"%s\"}}}],"
               "\"metadata\":{\"job_id\":\"exp-1\"}}",
               last ? "true" : "false", text, last ? "success" : "in_progress");
    scene_notice(s, ONE, json);
}

static bool drawn(struct scene *s, const char *text)
{
    scene_draw(s, 120, 40);
    return scene_shows(s, text);
}

static void pane_9_lists_them_newest_first_with_level_in_words(void **state)
{
    struct scene *s = *state;
    char row[512];

    toast(s, "success", "Session 2149 started");
    v1(s, ALL, "INFO", "info", "Tariffs change", "");
    scene_keys(s, "9");
    assert_true(drawn(s, "9 Notices 2"));
    scene_row(s, 3, row, sizeof row);
    assert_non_null(strstr(row, "i info"));
    assert_non_null(strstr(row, "Tariffs change"));
    assert_non_null(strstr(row, ALL));
    scene_row(s, 4, row, sizeof row);
    assert_non_null(strstr(row, "+ success"));
}

static void without_any_the_pane_says_how_to_get_some(void **state)
{
    scene_keys(*state, "9");
    assert_true(drawn(*state, "notices = NAME in the profile"));
}

static void a_toast_stands_for_five_seconds(void **state)
{
    struct scene *s = *state;

    toast(s, "success", "Session 2149 started");
    assert_true(drawn(s, "success: Session 2149 started"));
    scene_wait(s, 4900);
    assert_true(drawn(s, "success: Session 2149 started"));
    scene_wait(s, 200);
    assert_false(drawn(s, "success: Session 2149 started"));
}

static void a_failure_stands_until_a_key_is_pressed(void **state)
{
    struct scene *s = *state;

    toast(s, "failure", "Charger 631 could not start");
    assert_true(drawn(s, "failure: Charger 631 could not start"));
    scene_wait(s, 600000);
    assert_true(drawn(s, "failure: Charger 631 could not start"));
    assert_true(scene_shows(s, "any key closes"));
    scene_keys(s, "j");
    assert_false(drawn(s, "failure: Charger 631 could not start"));
    toast(s, "failure", "again");
    scene_keys(s, "j"); /* meant before it could be seen */
    assert_true(drawn(s, "failure: again"));
}

static void the_most_severe_is_told_and_the_others_counted(void **state)
{
    struct scene *s = *state;

    toast(s, "warning", "first");
    toast(s, "warning", "second");
    toast(s, "info", "third");
    assert_true(drawn(s, "warning: second"));
    assert_true(scene_shows(s, "and 2 more"));
}

static void information_is_counted_and_not_told(void **state)
{
    struct scene *s = *state;
    size_t others;

    v1(s, ALL, "INFO", "info", "Tariffs change", "");
    assert_null(toast_now(&s->view, &s->model, &others));
    assert_true(drawn(s, "1 notice"));
    scene_keys(s, "9");
    assert_false(drawn(s, "1 notice "));
    scene_keys(s, "Esc");
    assert_false(drawn(s, "1 notice "));
}

static void a_job_is_one_line_until_its_last_response(void **state)
{
    struct scene *s = *state;
    char a[512], b[512];

    progress(s, "10 %", false);
    progress(s, "20 %", false);
    scene_keys(s, "9");
    assert_true(drawn(s, "9 Notices 1"));
    assert_true(scene_shows(s, "1 in progress"));
    assert_true(scene_shows(s, "20 %"));
    scene_row(s, 3, a, sizeof a);
    scene_wait(s, 1000);
    scene_draw(s, 120, 40);
    scene_row(s, 3, b, sizeof b);
    assert_string_not_equal(a, b); /* it turns */
    progress(s, "done", true);
    assert_true(drawn(s, "9 Notices 1"));
    assert_false(scene_shows(s, "in progress"));
    assert_true(scene_shows(s, "took 1s"));
}

static void enter_opens_the_order_and_nothing_opens_by_itself(void **state)
{
    struct scene *s = *state;

    v1(s, ONE, "NAVIGATE", "warning", "look", ",\"path\":\"/orders/2170\"");
    scene_draw(s, 120, 40);
    assert_int_equal(SCREEN_OVERVIEW, s->view.screen);
    scene_keys(s, "9");
    assert_true(drawn(s, "Enter opens order 2170"));
    scene_keys(s, "Enter");
    scene_draw(s, 120, 40);
    assert_int_equal(SCREEN_DETAIL, s->view.screen);
    assert_string_equal("2170", s->view.selected);
}

static void goto_goes_to_an_order_by_id_path_or_notification(void **state)
{
    struct scene *s = *state;

    scene_type(s, ":goto 2149");
    scene_keys(s, "Enter");
    assert_string_equal("2149", s->view.selected);
    assert_int_equal(SCREEN_DETAIL, s->view.screen);
    scene_keys(s, "Esc");
    scene_type(s, ":goto /orders/2150");
    scene_keys(s, "Enter");
    assert_string_equal("2150", s->view.selected);
    scene_keys(s, "Esc");
    v1(s, ONE, "DATA", "info", "", ",\"data\":{\"order_id\":\"2170\"}");
    scene_type(s, ":goto");
    scene_keys(s, "Enter");
    assert_string_equal("2170", s->view.selected);
    scene_keys(s, "Esc");
    scene_type(s, ":goto 99");
    scene_keys(s, "Enter");
    assert_true(drawn(s, "order 99 is not in the table"));
}

static void a_path_of_the_web_leads_nowhere(void **state)
{
    struct scene *s = *state;

    v1(s, ONE, "NAVIGATE", "info", "see", ",\"path\":\"/dashboard\"");
    scene_keys(s, "9 Enter");
    assert_true(drawn(s, "/dashboard leads to nothing here"));
    assert_int_equal(SCREEN_OVERVIEW, s->view.screen);
}

static void enter_on_another_kind_shows_its_event(void **state)
{
    struct scene *s = *state;

    v1(s, ONE, "INFO", "info", "Tariffs change", "");
    scene_keys(s, "9 Enter");
    scene_draw(s, 120, 40);
    assert_int_equal(OVERLAY_PAYLOAD, s->view.overlay);
    assert_true(scene_shows(s, "Tariffs change"));
}

static void a_link_is_shown_linked_and_copied(void **state)
{
    struct scene *s = *state;
    struct redact redact;
    struct buf text;

    v1(s, ONE, "DOWNLOAD_LINK", "info", "ready",
       ",\"download_link\":\"https://files.example.com/a.csv?token=abcdefgh12345678\"");
    scene_keys(s, "9");
    assert_true(drawn(s, "https://files.example.com/a.csv"));
    assert_false(scene_shows(s, "abcdefgh12345678"));
    assert_int_equal(1, s->surface.link_count);
    assert_true(str_eq(s->surface.links[0].url,
                       STR("https://files.example.com/a.csv?token=abcdefgh12345678")));
    redact_init(&redact);
    buf_init(&text, 4096);
    assert_int_equal(CT_OK, share_text(SHARE_VALUE, &s->view, &s->model, &redact, &text));
    assert_true(
        str_eq(buf_str(&text), STR("https://files.example.com/a.csv?token=abcdefgh12345678")));
    buf_reset(&text);
    assert_int_equal(CT_OK, share_text(SHARE_ROW, &s->view, &s->model, &redact, &text));
    assert_true(str_find(buf_str(&text), STR("ready")) < text.len);
    assert_true(str_find(buf_str(&text), STR("abcdefgh12345678")) == text.len);
    buf_clear(&text);
}

static void what_is_no_web_address_is_no_link(void **state)
{
    struct scene *s = *state;

    v1(s, ONE, "DOWNLOAD_LINK", "info", "ready", ",\"download_link\":\"javascript:alert(1)\"");
    scene_keys(s, "9");
    assert_true(drawn(s, "not an address of http or https"));
    assert_int_equal(0, s->surface.link_count);
}

static void the_cursor_stays_on_its_notification(void **state)
{
    struct scene *s = *state;

    toast(s, "info", "first");
    toast(s, "info", "second");
    scene_keys(s, "9 j");
    scene_draw(s, 120, 40);
    toast(s, "info", "third");
    scene_draw(s, 120, 40);
    assert_int_equal(2, s->view.notices.at);
    scene_keys(s, "g");
    scene_draw(s, 120, 40);
    toast(s, "info", "fourth");
    scene_draw(s, 120, 40);
    assert_int_equal(0, s->view.notices.at); /* at the top it goes with the newest */
}

static void the_filter_hides_and_find_marks(void **state)
{
    struct scene *s = *state;

    toast(s, "info", "apples");
    toast(s, "failure", "pears");
    scene_keys(s, "9 f");
    scene_type(s, "apples");
    scene_keys(s, "Enter");
    scene_wait(s, 6000);
    scene_keys(s, "j");
    assert_true(drawn(s, "apples"));
    assert_false(scene_shows(s, "pears"));
    scene_type(s, ":filter off");
    scene_keys(s, "Enter");
    scene_type(s, "/pears");
    scene_keys(s, "Enter");
    assert_true(drawn(s, "1 of 1"));
}

static void the_log_of_events_tells_it_in_words(void **state)
{
    struct scene *s = *state;

    toast(s, "failure", "Charger 631 could not start");
    assert_true(drawn(s, "failure: Charger 631 could"));
    const struct log_entry *e = event_log_at(fleet_events(s->fleet), 0);
    assert_string_equal("failure: Charger 631 could not start", e->note);
}

static void an_unknown_action_is_told_among_the_errors(void **state)
{
    struct scene *s = *state;

    scene_notice(s, ONE,
                 "{\"event_type\":\"CUSTOM\",\"actions\":[{\"action_type\":\"CONFETTI\"}]}");
    const struct log_error *e = error_log_at(fleet_errors(s->fleet), 0);
    assert_int_equal(LOG_INFO, e->severity);
    assert_string_equal(
        "notification on notifications-1001: action 'CONFETTI' is not known and was passed over",
        e->text);
}

static void a_wall_shows_only_what_is_meant_for_all(void **state)
{
    struct scene *s = *state;
    struct kiosk_cfg cfg;

    kiosk_cfg_default(&cfg);
    str_copy(cfg.notices[cfg.notice_count++], sizeof cfg.notices[0], STR(ALL));
    kiosk_begin(&s->view, &cfg);
    v1(s, ONE, "TOAST", "failure", "for one", "");
    assert_false(drawn(s, "for one"));
    v1(s, ALL, "TOAST", "warning", "for everybody", "");
    assert_true(drawn(s, "warning: for everybody"));
    assert_false(scene_shows(s, "for one"));
    assert_false(scene_shows(s, "any key"));
    scene_wait(s, 5100);
    assert_false(drawn(s, "for everybody"));
}

static void a_wall_without_such_channels_shows_none(void **state)
{
    struct scene *s = *state;
    struct kiosk_cfg cfg;

    kiosk_cfg_default(&cfg);
    kiosk_begin(&s->view, &cfg);
    v1(s, ALL, "TOAST", "failure", "for everybody", "");
    assert_false(drawn(s, "for everybody"));
}

static void every_size_can_be_drawn(void **state)
{
    struct scene *s = *state;

    toast(s, "failure", "Charger 631 could not start, and that for a reason that is long");
    v1(s, ONE, "DOWNLOAD_LINK", "info", "ready",
       ",\"download_link\":\"https://files.example.com/a\"");
    progress(s, "10 %", false);
    for (int zoomed = 0; zoomed < 2; zoomed++) {
        for (int cols = 1; cols <= 130; cols++)
            for (int rows = 1; rows <= 30; rows += cols > 40 ? 7 : 1)
                scene_draw(s, cols, rows);
        s->view.toast_seen = 0;
        scene_keys(s, "9");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
        T(pane_9_lists_them_newest_first_with_level_in_words),
        T(without_any_the_pane_says_how_to_get_some),
        T(a_toast_stands_for_five_seconds),
        T(a_failure_stands_until_a_key_is_pressed),
        T(the_most_severe_is_told_and_the_others_counted),
        T(information_is_counted_and_not_told),
        T(a_job_is_one_line_until_its_last_response),
        T(enter_opens_the_order_and_nothing_opens_by_itself),
        T(goto_goes_to_an_order_by_id_path_or_notification),
        T(a_path_of_the_web_leads_nowhere),
        T(enter_on_another_kind_shows_its_event),
        T(a_link_is_shown_linked_and_copied),
        T(what_is_no_web_address_is_no_link),
        T(the_cursor_stays_on_its_notification),
        T(the_filter_hides_and_find_marks),
        T(the_log_of_events_tells_it_in_words),
        T(an_unknown_action_is_told_among_the_errors),
        T(a_wall_shows_only_what_is_meant_for_all),
        T(a_wall_without_such_channels_shows_none),
        T(every_size_can_be_drawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
