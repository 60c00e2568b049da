/* tests/unit/test_ui_payload.c - a payload set out or raw: what is shown, marked and kept in its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "support/panes_rig.h"
#include "ui/json_view.h"
#include "ui/view_internal.h"

enum { COLS = 60, ROWS = 24, ROW_BYTES = 1024 };

struct page {
    struct surface s;
    char rows[ROWS][ROW_BYTES];
    size_t count;
};

static void show(struct page *p, const char *text, size_t len, int cols, size_t top,
                 enum json_view_style style)
{
    struct buf out;

    surface_init(&p->s);
    assert_int_equal(CT_OK, surface_resize(&p->s, cols, ROWS));
    p->count =
        json_view(&p->s, (struct rect){0, 0, cols, ROWS}, top, (struct str){text, len}, style);
    buf_init(&out, 1 << 20);
    assert_int_equal(CT_OK, surface_dump(&p->s, SURFACE_DUMP_TEXT, &out));
    struct str rest = buf_str(&out);
    for (int y = 0; y < ROWS; y++)
        str_copy(p->rows[y], ROW_BYTES, str_split(&rest, '\n'));
    buf_clear(&out);
}

static void set_out(struct page *p, const char *text)
{
    show(p, text, strlen(text), COLS, 0, JSON_VIEW_PRETTY);
}

static void leave(struct page *p)
{
    surface_clear_memory(&p->s);
}

static void json_is_set_out_with_a_role_for_each_part(void **state)
{
    struct page p;

    (void)state;
    set_out(&p, "{\"id\":2151,\"title\":\"Mall\",\"on\":true,\"none\":{},\"list\":[1.5,null]}");
    assert_string_equal("{", p.rows[0]);
    assert_string_equal("  \"id\": 2151,", p.rows[1]);
    assert_string_equal("  \"title\": \"Mall\",", p.rows[2]);
    assert_string_equal("  \"on\": true,", p.rows[3]);
    assert_string_equal("  \"none\": {},", p.rows[4]);
    assert_string_equal("  \"list\": [", p.rows[5]);
    assert_string_equal("    1.5,", p.rows[6]);
    assert_string_equal("    null", p.rows[7]);
    assert_string_equal("  ]", p.rows[8]);
    assert_string_equal("}", p.rows[9]);
    assert_int_equal(10, p.count);
    assert_int_equal(ROLE_JSON_KEY, surface_peek(&p.s, 3, 1)->role);
    assert_int_equal(ROLE_JSON_NUMBER, surface_peek(&p.s, 8, 1)->role);
    assert_int_equal(ROLE_JSON_STRING, surface_peek(&p.s, 13, 2)->role);
    assert_int_equal(ROLE_JSON_LITERAL, surface_peek(&p.s, 8, 3)->role);
    leave(&p);
}

static void the_data_of_a_frame_is_set_out_too(void **state)
{
    struct page p;

    (void)state;
    set_out(&p, "{\"event\":\"x\",\"data\":\"{\\\"order\\\":{\\\"id\\\":2151}}\"}");
    assert_string_equal("  \"event\": \"x\",", p.rows[1]);
    assert_string_equal("  \"data\": a string with: {", p.rows[2]);
    assert_string_equal("    \"order\": {", p.rows[3]);
    assert_string_equal("      \"id\": 2151", p.rows[4]);
    assert_string_equal("    }", p.rows[5]);
    assert_string_equal("  }", p.rows[6]);
    assert_string_equal("}", p.rows[7]);
    leave(&p);
}

static void escaped_letters_are_readable_and_other_escapes_stay(void **state)
{
    struct page p;

    (void)state;
    set_out(&p, "[\"M\\u00fchle\",\"\\u0645\\u0631\",\"\\ud83d\\ude97\",\"a\\/"
                "b\",\"\\u001b[2J\",\"\\u202e\",\"\\\"\"]");
    assert_string_equal("  \"M\xC3\xBChle\",", p.rows[1]);
    assert_string_equal("  \"\xD9\x85\xD8\xB1\",", p.rows[2]);
    assert_string_equal("  \"\xF0\x9F\x9A\x97\",", p.rows[3]);
    assert_string_equal("  \"a/b\",", p.rows[4]);
    assert_string_equal("  \"\\u001b[2J\",", p.rows[5]);
    assert_string_equal("  \"\\u202e\",", p.rows[6]);
    assert_string_equal("  \"\\\"\"", p.rows[7]);
    leave(&p);
}

static void what_is_no_json_is_shown_and_the_place_is_marked_once(void **state)
{
    static const struct {
        const char *text, *shown;
    } wrong[] = {
        {"{\"a\":1,}", "<not JSON from byte 8: >}"},
        {"{\"a\" 1}", "\"a\"<not JSON from byte 6: >1"},
        {"[1,2", "2 <ends too early>"},
        {"{\"a\":nope}", "<not JSON from byte 6: >nope"},
        {"[1]]", "<not JSON from byte 4: >]"},
        {"<html>oops</html>", "<not JSON from byte 1: ><html>oops</html>"},
        {"{\"a\":\"broken", "\"broken<ends too early>"},
        {"", "<ends too early>"},
    };
    struct page p;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        int marks = 0, found = 0;
        set_out(&p, wrong[i].text);
        for (int y = 0; y < ROWS; y++) {
            marks += strstr(p.rows[y], "<not JSON") || strstr(p.rows[y], "<ends too");
            found += strstr(p.rows[y], wrong[i].shown) != NULL;
        }
        if (found != 1 || marks != 1)
            fail_msg("%s: %d of %s, %d marks: %s / %s", wrong[i].text, found, wrong[i].shown, marks,
                     p.rows[0], p.rows[1]);
        leave(&p);
    }
}

static void raw_is_every_byte_as_received_made_visible(void **state)
{
    static const char text[] = "{\"a\":\t\"\x1b[31m\x07\",\r\n\"b\":\"\xff\xfe\xE2\x80\xAE\",\0 }";
    struct page p;

    (void)state;
    show(&p, text, sizeof text - 1, 120, 0, JSON_VIEW_RAW);
    assert_non_null(strstr(
        p.rows[0], "{\"a\":\\t\"\\x1B[31m\\x07\",\\r\\n\"b\":\"\\xFF\\xFE\\u{202E}\",\\x00 }"));
    assert_int_equal(1, p.count);
    leave(&p);
}

static void wide_and_combining_characters_keep_the_rows_aligned(void **state)
{
    struct page p;
    char text[600] = "[\"";

    (void)state;
    for (int i = 0; i < 60; i++)
        strncat(text, i % 3 ? "\xE5\x85\x85" : "e\xCC\x81", sizeof text - strlen(text) - 1);
    strncat(text, "\"]", sizeof text - strlen(text) - 1);
    show(&p, text, strlen(text), 21, 0, JSON_VIEW_PRETTY);
    for (int y = 0; y < ROWS; y++)
        assert_true(text_width(str_from(p.rows[y])) <= 21);
    assert_true(p.count >= 6);
    leave(&p);
}

static void one_long_line_wraps_and_scrolls_to_its_end(void **state)
{
    static char text[JSON_VIEW_TEXT_MAX + 100];
    struct page p;

    (void)state;
    memset(text, 'a', sizeof text);
    text[0] = '"';
    text[JSON_VIEW_TEXT_MAX - 1] = 'z';
    show(&p, text, sizeof text, COLS, 0, JSON_VIEW_RAW);
    const size_t rows = p.count;
    assert_int_equal((JSON_VIEW_TEXT_MAX + 17 + COLS - 1) / COLS, rows);
    leave(&p);
    show(&p, text, sizeof text, COLS, rows - 1, JSON_VIEW_RAW);
    assert_non_null(strstr(p.rows[0], "z <100 more bytes>"));
    leave(&p);
}

static void secrets_are_hidden_wherever_zeros_stand(void **state)
{
    char text[200] = "x\0\"token\":\"secret-value\"\0 access_token=abcdef \0end";
    const size_t len = 50;

    (void)state;
    const size_t kept = json_view_redact(text, len, sizeof text);
    assert_true(kept < len);
    for (size_t i = 0; i + 6 <= kept; i++) {
        assert_memory_not_equal(text + i, "secret", 6);
        assert_memory_not_equal(text + i, "abcdef", 6);
    }
    assert_memory_equal(text + kept - 4, "\0end", 4);
}

/* ---- over the panes ---- */

static int setup(void **state)
{
    struct panes_rig *r = panes_create();

    panes_report(r, "2149", 1000, 60000);
    panes_frame(
        r, "App\\Events\\Strange",
        "{\"event\":\"App\\\\Events\\\\Strange\",\"data\":\"{\\\"a\\\":\\\"\\u001b[2J\\\"}\"}");
    panes_report(r, "2150", 1000, 60000);
    *state = r;
    return view_sync(&r->view, &r->m, 120, 40);
}

static int teardown(void **state)
{
    panes_destroy(*state);
    return 0;
}

static void press(struct panes_rig *r, const char *keys)
{
    struct str rest = str_from(keys);
    struct intent out;

    while (rest.len > 0) {
        char name[16];
        str_copy(name, sizeof name, str_split(&rest, ' '));
        view_key(&r->view, &r->m, ui_key_parse(name), &out);
        assert_int_equal(CT_OK, view_sync(&r->view, &r->m, r->view.cols, r->view.rows));
    }
}

static bool screen_shows(struct panes_rig *r, const char *text)
{
    struct buf out;

    assert_int_equal(CT_OK, surface_resize(&r->s, r->view.cols, r->view.rows));
    r->s.ascii = true;
    ui_draw(&r->s, &r->view, &r->m);
    buf_init(&out, 1 << 20);
    assert_int_equal(CT_OK, surface_dump(&r->s, SURFACE_DUMP_TEXT, &out));
    const bool shown = str_find(buf_str(&out), str_from(text)) < out.len;
    buf_clear(&out);
    return shown;
}

static void enter_opens_the_payload_of_the_chosen_event(void **state)
{
    struct panes_rig *r = *state;

    press(r, "5 k Enter");
    assert_int_equal(OVERLAY_PAYLOAD, r->view.overlay);
    assert_true(screen_shows(r, "Payload: conn Strange"));
    assert_true(screen_shows(r, "\"data\": a string with: {"));
    assert_true(screen_shows(r, "\"a\": \"\\x1B[2J\""));
    press(r, "r");
    assert_true(screen_shows(r, "\"{\\\"a\\\":\\\"\\u001b[2J\\\"}\""));
    press(r, "}");
    assert_true(screen_shows(r, "Payload: 2150"));
    press(r, "{ {");
    assert_true(screen_shows(r, "Payload: 2149"));
    press(r, "Esc");
    assert_int_equal(OVERLAY_NONE, r->view.overlay);
}

static void a_narrow_box_names_the_keys_before_the_word_payload(void **state)
{
    struct panes_rig *r = *state;

    r->view.cols = 80;
    r->view.rows = 24;
    press(r, "5 k Enter");
    assert_true(screen_shows(r, "[conn Strange"));
    assert_true(screen_shows(r, "r raw  Esc close"));
    press(r, "r");
    assert_true(screen_shows(r, "r JSON  Esc close"));
}

static void without_a_choice_the_newest_event_is_opened_and_stays(void **state)
{
    struct panes_rig *r = *state;

    press(r, "5 Enter");
    panes_report(r, "2149", 1010, 65000);
    assert_true(screen_shows(r, "Payload: 2150"));
}

static void a_payload_of_64_kb_scrolls_within_its_box(void **state)
{
    struct panes_rig *r = *state;
    static char text[70000];

    memset(text, 'x', sizeof text - 1);
    memcpy(text, "{\"k\":\"", 6);
    panes_frame(r, "Long", text);
    press(r, "5 Enter");
    assert_true(screen_shows(r, "65536 bytes, cut here"));
    assert_true(screen_shows(r, "\"k\": \"xxxxxxxx"));
    press(r, "G");
    assert_true(screen_shows(r, "<ends too early>"));
    assert_false(screen_shows(r, "\"k\": \"xxxxxxxx"));
    press(r, "PgUp g");
    assert_true(screen_shows(r, "\"k\": \"xxxxxxxx"));
}

static void the_payload_draws_at_every_size(void **state)
{
    struct panes_rig *r = *state;
    static const int sizes[] = {1, 2, 3, 5, 9, 12, 13, 20, 40, 80, 120, 300};

    press(r, "5 k Enter");
    for (size_t c = 0; c < COUNT_OF(sizes); c++)
        for (size_t y = 0; y < COUNT_OF(sizes) && sizes[y] <= 120; y++) {
            assert_int_equal(CT_OK, view_sync(&r->view, &r->m, sizes[c], sizes[y]));
            press(r, "r j");
            (void)screen_shows(r, "x");
        }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_set_out_with_a_role_for_each_part),
        cmocka_unit_test(the_data_of_a_frame_is_set_out_too),
        cmocka_unit_test(escaped_letters_are_readable_and_other_escapes_stay),
        cmocka_unit_test(what_is_no_json_is_shown_and_the_place_is_marked_once),
        cmocka_unit_test(raw_is_every_byte_as_received_made_visible),
        cmocka_unit_test(wide_and_combining_characters_keep_the_rows_aligned),
        cmocka_unit_test(one_long_line_wraps_and_scrolls_to_its_end),
        cmocka_unit_test(secrets_are_hidden_wherever_zeros_stand),
        T(enter_opens_the_payload_of_the_chosen_event),
        T(a_narrow_box_names_the_keys_before_the_word_payload),
        T(without_a_choice_the_newest_event_is_opened_and_stays),
        T(a_payload_of_64_kb_scrolls_within_its_box),
        T(the_payload_draws_at_every_size),
    };
#undef T

    return cmocka_run_group_tests(tests, NULL, NULL);
}
