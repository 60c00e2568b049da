/* What `y` copies and `x` exports, for each pane, and what a bundle holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/ustar.h"
#include "support/scene.h"
#include "ui/bundle.h"

#define SIG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct desk {
    struct redact redact;
    struct buf text;
};

static void copy_of(struct scene *s, struct desk *d, enum share_what what)
{
    redact_init(&d->redact);
    buf_init(&d->text, 1 << 20);
    assert_int_equal(share_text(what, &s->view, &s->model, &d->redact, &d->text), CT_OK);
    assert_non_null(buf_cstr(&d->text));
}

static void assert_copy(struct scene *s, enum share_what what, const char *want)
{
    struct desk d;

    copy_of(s, &d, what);
    assert_string_equal((const char *)d.text.bytes, want);
    buf_clear(&d.text);
}

static void assert_copy_has(struct scene *s, enum share_what what, const char *want)
{
    struct desk d;

    copy_of(s, &d, what);
    if (!strstr((const char *)d.text.bytes, want))
        fail_msg("no \"%s\" in\n%s", want, (const char *)d.text.bytes);
    buf_clear(&d.text);
}

static void the_value_is_the_order_or_the_sorted_column(void **state)
{
    struct scene *s = *state;

    scene_type(s, ":2151");
    scene_keys(s, "Enter");
    assert_copy(s, SHARE_VALUE, "2151");
    scene_type(s, ":sort kwh");
    scene_keys(s, "Enter");
    assert_copy(s, SHARE_VALUE, "5.03");
}

static void the_row_has_its_columns_between_tabs(void **state)
{
    struct scene *s = *state;

    scene_type(s, ":2151");
    scene_keys(s, "Enter");
    assert_copy_has(s, SHARE_ROW, "STALL\t2151\tMall B2 #2\t5.03\t");
}

static void of_the_errors_it_is_the_one_chosen(void **state)
{
    struct scene *s = *state;

    error_log_add(fleet_errors_mut(s->fleet), LOG_ERROR, 0, STR("here"), STR("older"),
                  s->model.now_ms, s->model.now_unix_ms);
    error_log_add(fleet_errors_mut(s->fleet), LOG_ERROR, 0, STR("here"), STR("newer"),
                  s->model.now_ms, s->model.now_unix_ms);
    scene_keys(s, "4");
    scene_draw(s, 200, 60);
    assert_copy(s, SHARE_VALUE, "newer");
    scene_keys(s, "j");
    scene_draw(s, 200, 60);
    assert_copy(s, SHARE_VALUE, "older");
}

/* Pasted into a shell, an escape would act there. */
static void nothing_copied_acts_on_a_terminal(void **state)
{
    struct scene *s = *state;
    struct log_entry e = {.at_ms = s->model.now_ms,
                          .at_unix_ms = s->model.now_unix_ms,
                          .what = LOG_OTHER,
                          .energy_wh = INT64_MIN,
                          .energy_before_wh = INT64_MIN};

    (void)str_copy(e.order_id, sizeof e.order_id, STR("2151"));
    scene_type(s, ":2151");
    scene_keys(s, "Enter");
    assert_int_equal(
        event_log_push((struct event_log *)(uintptr_t)fleet_events(s->fleet), &e,
                       STR("{\"a\":\033[201~\177\302\233x,\n\t\"b\":\"\303\244\"}\r\001")),
        CT_OK);
    assert_copy(s, SHARE_PAYLOAD,
                "{\"a\":\\x1B[201~\\x7F\\u{009B}x,\n\t\"b\":\"\303\244\"}\\r\\x01");
    assert_copy_has(s, SHARE_TICKET, "\\x1B[201~");
}

static void the_payload_is_the_event_as_received_without_its_secrets(void **state)
{
    struct scene *s = *state;
    const char *raw =
        "{\"event\":\"x\",\"channel\":\"private-orders.2151\",\"data\":\"{\\\"order\\\":"
        "{\\\"id\\\":2151,\\\"user_id\\\":77,\\\"token\\\":\\\"abc123\\\"}}\"}";
    struct log_entry e = {.at_ms = s->model.now_ms,
                          .at_unix_ms = s->model.now_unix_ms,
                          .what = LOG_OTHER,
                          .energy_wh = INT64_MIN,
                          .energy_before_wh = INT64_MIN};

    (void)str_copy(e.order_id, sizeof e.order_id, STR("2151"));
    scene_type(s, ":2151");
    scene_keys(s, "Enter");
    assert_int_equal(
        event_log_push((struct event_log *)(uintptr_t)fleet_events(s->fleet), &e, str_from(raw)),
        CT_OK);
    assert_copy(s, SHARE_PAYLOAD,
                "{\"event\":\"x\",\"channel\":\"private-orders.2151\",\"data\":\"{\\\"order\\\":"
                "{\\\"id\\\":2151,\\\"user_id\\\":\\\"<person-1>\\\",\\\"token\\\":\\\"<secret-1>"
                "\\\"}}\"}");
}

static void a_ticket_tells_what_one_must_know_who_was_not_there(void **state)
{
    static const char *const parts[] = {
        "## Order 2151: STALL, no energy for ",
        "- Charge point: Mall B2 #2",
        "(14:32:07 local)",
        "- Energy by the server: 5.03 kWh of 20.00 kWh (25 %)",
        "accepted, ",
        "without a link",
        "### Errors of this order",
        "### Connection",
        "- Outage: ",
        "chargetop " CHARGETOP_VERSION,
    };
    struct scene *s = *state;

    scene_type(s, ":2151");
    scene_keys(s, "Enter");
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        assert_copy_has(s, SHARE_TICKET, parts[i]);
}

static void errors_carry_what_they_mean_and_what_to_do(void **state)
{
    struct scene *s = *state;

    scene_type(s, ":2177");
    scene_keys(s, "Enter");
    assert_copy_has(s, SHARE_TICKET, "403");
    assert_copy_has(s, SHARE_TICKET, "\n  - ");
}

static void without_an_order_there_is_nothing_to_copy(void **state)
{
    struct scene *s = *state;
    struct redact redact;
    struct buf text;

    scene_close(s);
    scene_open(s, SCENE_EMPTY);
    scene_draw(s, 80, 24);
    redact_init(&redact);
    buf_init(&text, 4096);
    assert_int_equal(share_text(SHARE_VALUE, &s->view, &s->model, &redact, &text), CT_ERR_MISSING);
    assert_int_equal(share_text(SHARE_ROW, &s->view, &s->model, &redact, &text), CT_ERR_MISSING);
    buf_clear(&text);
}

static void y_opens_a_menu_and_a_digit_copies(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "y");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "[Copy]"));
    assert_true(scene_shows(s, "4 ticket"));
    scene_keys(s, "4");
    assert_int_equal(s->intent.kind, INTENT_COPY);
    assert_string_equal(s->intent.text, "ticket");
    assert_int_equal(s->view.overlay, OVERLAY_NONE);
    scene_keys(s, "c j j Enter");
    assert_string_equal(s->intent.text, "payload");
    scene_keys(s, "y Esc");
    assert_int_equal(s->view.overlay, OVERLAY_NONE);
}

static void saving_and_exporting_propose_a_name(void **state)
{
    struct scene *s = *state;

    scene_keys(s, "^S");
    assert_true(strncmp(s->view.prompt, "save chargetop-20", 17) == 0);
    assert_non_null(strstr(s->view.prompt, "-143207.txt"));
    scene_keys(s, "Enter");
    assert_int_equal(s->intent.kind, INTENT_SAVE);
    scene_keys(s, "5 x");
    assert_true(strncmp(s->view.prompt, "export chargetop-events-20", 26) == 0);
    scene_keys(s, "Enter");
    assert_int_equal(s->intent.kind, INTENT_EXPORT);
    assert_true(strncmp(s->intent.text, "events chargetop-events-", 24) == 0);
    scene_type(s, ":export marks m.json");
    scene_keys(s, "Enter");
    assert_string_equal(s->intent.text, "marks m.json");
    scene_type(s, ":export m.xml");
    scene_keys(s, "Enter");
    assert_int_equal(s->view.prompt_kind, ':'); /* the text stays, with a reason */
    scene_keys(s, "Esc");
}

static void an_export_has_a_row_for_each_line_of_the_screen(void **state)
{
    struct scene *s = *state;
    struct redact redact;
    struct buf text;

    buf_init(&text, 1 << 22);
    for (int table = 0; table < SHARE_TABLES; table++) {
        struct json_value whole, rows;
        redact_init(&redact);
        buf_reset(&text);
        assert_int_equal(
            share_export((enum share_table)table, SHARE_JSON, &s->view, &s->model, &redact, &text),
            CT_OK);
        assert_int_equal(json_parse(buf_str(&text), &whole), CT_OK);
        assert_true(json_get(whole, str_from(share_table_name((enum share_table)table)), &rows));
        assert_int_equal(rows.type, JSON_ARRAY);
    }
    buf_reset(&text);
    assert_int_equal(share_export(SHARE_ORDERS, SHARE_CSV, &s->view, &s->model, &redact, &text),
                     CT_OK);
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.bytes[i] == '\n';
    assert_int_equal(lines, 1 + s->view.index_count);
    buf_clear(&text);
}

static size_t lines_of(struct scene *s, enum share_table table, struct buf *text)
{
    struct redact redact;
    size_t lines = 0;

    redact_init(&redact);
    buf_init(text, 1 << 22);
    assert_int_equal(share_export(table, SHARE_CSV, &s->view, &s->model, &redact, text), CT_OK);
    assert_non_null(buf_cstr(text));
    for (size_t i = 0; i < text->len; i++)
        lines += text->bytes[i] == '\n';
    return lines;
}

static void a_filter_holds_for_what_is_exported(void **state)
{
    struct scene *s = *state;
    struct buf all, some;

    scene_keys(s, "5");
    const size_t events = lines_of(s, SHARE_EVENTS, &all);
    scene_type(s, ":filter order:2151");
    scene_keys(s, "Enter");
    const size_t of_one = lines_of(s, SHARE_EVENTS, &some);
    assert_true(of_one > 1 && of_one < events);
    assert_null(strstr((const char *)some.bytes, ",2152,"));
    buf_clear(&all);
    buf_clear(&some);
    scene_keys(s, "4");
    assert_true(lines_of(s, SHARE_ERRORS, &all) > 1);
    buf_clear(&all);
    scene_type(s, ":filter nothing of that kind");
    scene_keys(s, "Enter");
    assert_int_equal(lines_of(s, SHARE_ERRORS, &all), 1);
    buf_clear(&all);
}

/* The quotes of a table are doubled: a member must be found before that. */
static void a_secret_in_a_cell_is_found_behind_quotes(void **state)
{
    struct scene *s = *state;
    struct mark mark = {.at_ms = s->model.now_ms, .at_unix_ms = s->model.now_unix_ms};
    struct buf text;

    (void)str_copy(mark.note, sizeof mark.note,
                   STR("{\"token\":\"s3cr3t77\"} password=\"hunter22\""));
    (void)marks_add(fleet_marks_mut(s->fleet), &mark);
    (void)lines_of(s, SHARE_MARKS, &text);
    assert_null(strstr((const char *)text.bytes, "s3cr3t77"));
    assert_null(strstr((const char *)text.bytes, "hunter22"));
    assert_non_null(strstr((const char *)text.bytes, "<secret-1>"));
    buf_clear(&text);
}

static void marks_stand_among_the_events(void **state)
{
    struct scene *s = *state;
    struct mark mark = {.at_ms = s->model.now_ms, .at_unix_ms = s->model.now_unix_ms};
    struct redact redact;
    struct buf text;

    (void)str_copy(mark.note, sizeof mark.note, STR("=called the site"));
    (void)marks_add(fleet_marks_mut(s->fleet), &mark);
    redact_init(&redact);
    buf_init(&text, 1 << 22);
    assert_int_equal(share_export(SHARE_EVENTS, SHARE_CSV, &s->view, &s->model, &redact, &text),
                     CT_OK);
    assert_non_null(strstr(buf_cstr(&text), ",mark,,,,,,'=called the site,"));
    buf_clear(&text);
}

static void a_bundle_holds_no_secret_in_any_of_its_files(void **state)
{
    struct scene *s = *state;
    struct bundle *b = calloc(1, sizeof *b);
    struct log_entry e = {.at_ms = s->model.now_ms, .what = LOG_OTHER};
    struct buf tar;

    assert_non_null(b);
    assert_int_equal(event_log_push((struct event_log *)(uintptr_t)fleet_events(s->fleet), &e,
                                    STR("{\"auth\":\"demo-key:" SIG
                                        "\",\"note\":\"known-secret\",\"t\":\"Bearer "
                                        "tok3n.value\",\"user\":{\"email\":\"ann@example.org\"}}")),
                     CT_OK);
    bundle_init(b);
    assert_true(redact_known(&b->redact, STR("known-secret")));
    assert_int_equal(bundle_add(b, "configuration.ini", STR("token = tok3n.value\nhost = h\n")),
                     CT_OK);
    assert_int_equal(bundle_add_model(b, &s->view, &s->model), CT_OK);
    buf_init(&tar, 1 << 24);
    assert_int_equal(bundle_tar(b, "chargetop-bundle", 1764000000000, &tar), CT_OK);
    static const char *const never[] = {SIG, "known-secret", "tok3n.value", "ann@example.org"};
    for (size_t i = 0; i < COUNT_OF(never); i++)
        assert_int_equal(str_find(buf_str(&tar), str_from(never[i])), tar.len);
    /* equality survives: the token of the configuration is that of the event */
    const struct str config = buf_str(&b->files[0].text);
    assert_true(str_starts(config, STR("token = <secret-1>\nhost = h\n")));
    const struct bundle_file *events = &b->files[b->count - 1];
    assert_string_equal(events->name, "events.ndjson");
    assert_true(str_find(buf_str(&events->text), STR("Bearer <secret-1>")) < events->text.len);
    bundle_clear(b);
    free(b);
    buf_clear(&tar);
}

static const struct bundle_file *file_of(const struct bundle *b, const char *name)
{
    for (size_t i = 0; i < b->count; i++)
        if (strcmp(b->files[i].name, name) == 0)
            return &b->files[i];
    fail_msg("no %s in the bundle", name);
    return NULL;
}

static void a_bundle_holds_what_a_filter_hides_too(void **state)
{
    struct scene *s = *state;
    struct bundle *b = calloc(1, sizeof *b);

    assert_non_null(b);
    scene_type(s, ":filter 2151");
    scene_keys(s, "Enter");
    scene_draw(s, 120, 40);
    assert_int_equal(s->view.index_count, 1);
    bundle_init(b);
    assert_int_equal(bundle_add_model(b, &s->view, &s->model), CT_OK);
    const struct str orders = buf_str(&file_of(b, "orders.json")->text);
    assert_true(str_find(orders, STR("\"2152\"")) < orders.len);
    bundle_clear(b);
    free(b);
}

static void a_table_too_large_is_cut_not_lost(void **state)
{
    struct scene *s = *state;
    struct redact redact;
    struct buf text;

    redact_init(&redact);
    buf_init(&text, 1000);
    assert_int_equal(share_export(SHARE_ORDERS, SHARE_JSON, &s->view, &s->model, &redact, &text),
                     CT_ERR_LIMIT);
    assert_true(text.len > 500);
    buf_clear(&text);
}

static void a_bundle_is_bounded(void **state)
{
    struct bundle *b = calloc(1, sizeof *b);
    char *large = malloc(2 * BUNDLE_FILE_MAX_BYTES);

    (void)state;
    assert_non_null(b);
    assert_non_null(large);
    memset(large, 'x', 2 * BUNDLE_FILE_MAX_BYTES);
    bundle_init(b);
    for (int i = 0; i < BUNDLE_FILES_MAX; i++)
        assert_int_equal(bundle_add(b, "f", (struct str){large, 2 * BUNDLE_FILE_MAX_BYTES}), CT_OK);
    assert_int_equal(bundle_add(b, "f", STR("x")), CT_ERR_LIMIT);
    assert_true(bundle_bytes(b) <= (size_t)BUNDLE_FILES_MAX * BUNDLE_FILE_MAX_BYTES);
    bundle_clear(b);
    free(b);
    free(large);
}

static void the_archive_is_one_that_tar_reads(void **state)
{
    struct buf tar;

    (void)state;
    buf_init(&tar, 1 << 20);
    assert_int_equal(ustar_append(&tar, "a/b.txt", 1764000000, STR("hello")), CT_OK);
    assert_int_equal(ustar_append(&tar, "", 0, STR("")), CT_ERR_RANGE);
    assert_int_equal(ustar_end(&tar), CT_OK);
    assert_int_equal(tar.len, 4 * USTAR_BLOCK_BYTES);
    assert_memory_equal(tar.bytes + 257, "ustar\00000", 8);
    assert_memory_equal(tar.bytes + 124, "00000000005", 12);
    assert_memory_equal(tar.bytes + 512, "hello", 6);
    unsigned sum = 0;
    for (int i = 0; i < 512; i++)
        sum += i >= 148 && i < 156 ? ' ' : tar.bytes[i];
    assert_int_equal(sum, strtoul((const char *)tar.bytes + 148, NULL, 8));
    buf_clear(&tar);
}

static void a_bundle_is_shown_before_it_is_written(void **state)
{
    struct scene *s = *state;
    struct bundle *b = calloc(1, sizeof *b);

    assert_non_null(b);
    scene_keys(s, "B");
    assert_int_equal(s->intent.kind, INTENT_BUNDLE);
    bundle_init(b);
    assert_int_equal(bundle_add(b, "one.txt", STR("first line\nsecond line\nthird\n")), CT_OK);
    assert_int_equal(bundle_add(b, "two.txt", STR("other\n")), CT_OK);
    s->view.bundle = b;
    s->view.overlay = OVERLAY_BUNDLE;
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "one.txt"));
    assert_true(scene_shows(s, "first line"));
    scene_keys(s, "j");
    scene_draw(s, 80, 24);
    assert_false(scene_shows(s, "first line"));
    scene_keys(s, "Tab");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "other"));
    static const int sizes[][2] = {{1, 1}, {4, 2}, {20, 4}, {40, 12}, {200, 60}, {300, 100}};
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        scene_draw(s, sizes[i][0], sizes[i][1]);
    scene_keys(s, "Enter");
    assert_int_equal(s->intent.kind, INTENT_BUNDLE_WRITE);
    s->view.overlay = OVERLAY_NONE;
    s->view.bundle = NULL;
    bundle_clear(b);
    free(b);
}

#define T(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_value_is_the_order_or_the_sorted_column),
        T(the_row_has_its_columns_between_tabs),
        T(of_the_errors_it_is_the_one_chosen),
        T(nothing_copied_acts_on_a_terminal),
        T(the_payload_is_the_event_as_received_without_its_secrets),
        T(a_ticket_tells_what_one_must_know_who_was_not_there),
        T(errors_carry_what_they_mean_and_what_to_do),
        T(without_an_order_there_is_nothing_to_copy),
        T(y_opens_a_menu_and_a_digit_copies),
        T(saving_and_exporting_propose_a_name),
        T(an_export_has_a_row_for_each_line_of_the_screen),
        T(a_filter_holds_for_what_is_exported),
        T(a_secret_in_a_cell_is_found_behind_quotes),
        T(marks_stand_among_the_events),
        T(a_bundle_holds_no_secret_in_any_of_its_files),
        T(a_bundle_holds_what_a_filter_hides_too),
        T(a_table_too_large_is_cut_not_lost),
        T(a_bundle_is_bounded),
        T(the_archive_is_one_that_tar_reads),
        T(a_bundle_is_shown_before_it_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
