/* tests/unit/test_ui_query.c - the query language: what a line means, and what it says when it means nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fleet/log.h"
#include "ui/query.h"
#include "ui/rows.h"

enum { NOW_MS = 10000000 };

static struct query parsed(enum query_kind kind, const char *line)
{
    struct query q;
    char why[QUERY_WHY_MAX];

    if (!query_parse(&q, kind, str_from(line), why, sizeof why))
        fail_msg("refused: %s (%s)", line, why);
    return q;
}

/* Everything about it is known. */
static struct order_row a_row(void)
{
    struct order_row row = {.state = ORDER_STALL,
                            .pin = 2,
                            .alarm = ALARM_ACKED,
                            .updated = true,
                            .connector = 2,
                            .energy_wh = 5030,
                            .power_w = 7213,
                            .peak_w = 7400,
                            .mean_w = 7100,
                            .target = {TARGET_ENERGY, 20000, 5030, 25, 7200000},
                            .elapsed_ms = 2904000,
                            .price_micro = 2263500,
                            .stalled_ms = 370000,
                            .blind_ms = 200000,
                            .seen_ms = NOW_MS - 4000,
                            .sub = WIRE_SUB_SUBSCRIBED};

    strcpy(row.id, "2151");
    strcpy(row.title, "Mall B2");
    strcpy(row.site, "Mall");
    strcpy(row.currency, "EUR");
    strcpy(row.reason, "no energy for 6m10s");
    return row;
}

static bool row_answers(const struct order_row *row, const char *line)
{
    const struct query q = parsed(QUERY_ORDERS, line);

    return query_match_order(&q, row, NULL, NOW_MS);
}

static void yes(const char *line)
{
    const struct order_row row = a_row();

    if (!row_answers(&row, line))
        fail_msg("does not answer: %s", line);
}

static void no(const char *line)
{
    const struct order_row row = a_row();

    if (row_answers(&row, line))
        fail_msg("answers: %s", line);
}

static void every_word_must_be_in_a_text_of_the_row(void **state)
{
    (void)state;
    yes("");
    yes("   ");
    yes("mall");
    yes("MALL b2");
    yes("215");
    yes("#2");
    yes("energy");
    yes("mall 6m10s");
    no("pier");
    no("mall pier");
    yes("\"mall b2\"");
    yes("\"Mall B2 #2\"");
    no("\"b2 mall\"");
}

static void case_and_scripts_do_not_matter(void **state)
{
    struct order_row row = a_row();

    (void)state;
    strcpy(row.title, "Gro\u00dfe STRA\u00c9E \u5145\u7535 \u0645\u062d\u0637\u0629");
    assert_true(row_answers(&row, "stra\u00e9e"));
    assert_true(row_answers(&row, "GRO\u00dfE"));
    assert_true(row_answers(&row, "\u7535"));
    assert_true(row_answers(&row, "\u0645\u062d\u0637"));
    assert_false(row_answers(&row, "\u00e8"));
    strcpy(row.title, "\u0130zmir");
    assert_true(row_answers(&row, "zmir"));
}

static void the_word_of_a_state_means_the_state(void **state)
{
    struct order_row row = a_row();

    (void)state;
    yes("stall");
    yes("Stall");
    no("done");
    no("\"done\"");
    strcpy(row.reason, "stopped when done");
    assert_false(row_answers(&row, "done"));
    assert_true(row_answers(&row, "\"done\""));
    assert_true(row_answers(&row, "don"));
}

static void a_mark_before_a_word_turns_it_round(void **state)
{
    (void)state;
    yes("!done");
    no("!stall");
    no("!mall");
    yes("!done mall");
    no("!mall done");
    yes("mall !pier !\"dock 7\" !kw>8");
    no("mall !site:mall");
}

static void a_mark_and_a_blank_turn_the_whole_line_round(void **state)
{
    (void)state;
    no("! mall");
    yes("! pier");
    yes("! mall done");
    no("! mall stall");
    no("! mall | pier");
    yes("! dock | pier");
    no("!mall");
    no("! !done");
}

static void bars_join_alternatives(void **state)
{
    (void)state;
    yes("pier|mall");
    yes("stall|quiet mall");
    no("done|quiet mall");
    yes("status:done|stall");
    no("status:done|quiet");
    yes("site:pier|mall kw>7");
    no("!pier|mall");
    yes("!pier|dock");
    yes("pier|!dock");
    yes("kw<1|kwh>5");
    no("kw<1|kwh>6");
    yes("pier | mall");
    yes("pier |mall");
    yes("pier| mall");
    yes("pier done | mall stall");
    no("pier stall | mall done");
}

static void quotes_and_backslashes_make_text_of_signs(void **state)
{
    struct order_row row = a_row();

    (void)state;
    strcpy(row.title, "A|B !x a:b \"q\" \\n");
    assert_true(row_answers(&row, "\"a|b\""));
    assert_true(row_answers(&row, "a\\|b"));
    assert_true(row_answers(&row, "\\!x"));
    assert_true(row_answers(&row, "\"a:b\""));
    assert_true(row_answers(&row, "a\\:b"));
    assert_true(row_answers(&row, "\"\\\"q\\\"\""));
    assert_true(row_answers(&row, "\\n"));
    assert_true(row_answers(&row, "x\\ a"));
    assert_true(row_answers(&row, "point:\"b !x\""));
    assert_true(row_answers(&row, "12:30|b")); /* a name of a field has letters only */
}

static void texts_contain_or_are(void **state)
{
    (void)state;
    yes("site:mall");
    yes("site:al");
    yes("site=MALL");
    no("site=mal");
    yes("site!=pier");
    no("site!=mall");
    yes("point:b2");
    yes("cp:#2");
    yes("point=\"mall b2 #2\"");
    yes("id:15");
    yes("order=2151");
    no("order=215");
    yes("reason:energy");
    yes("currency=eur");
    yes("sub:subscribed");
    no("site:?");
    yes("site!=?");
}

static void states_are_known_by_their_beginning(void **state)
{
    (void)state;
    yes("status:stall");
    yes("state:sta");
    yes("st:s");
    yes("status=stall");
    no("status!=stall");
    yes("status!=done");
    no("status:chrg");
}

static void numbers_compare_at_their_edges(void **state)
{
    (void)state;
    yes("kw>7");
    no("kw>7.213");
    yes("kw>=7.213");
    yes("kw<7.214");
    no("kw<7.213");
    yes("kw<=7.213");
    yes("kw=7.2");
    yes("kw:7.2");
    yes("kw=7");
    no("kw=7.3");
    no("kw!=7.2");
    yes("kw!=8");
    yes("kw>7000w");
    yes("kw>7kW");
    yes("kwh=5.03");
    yes("kwh<5.031");
    no("kwh<5.03");
    yes("kwh>5000wh");
    yes("peak=7.4");
    yes("avg=7.1");
    yes("cost>2.26");
    no("cost>2.2635");
    yes("cost=2.26");
    yes("pct=25");
    yes("pct>=25%");
    no("pct>25");
    yes("connector:2");
    no("connector:1");
}

static void times_have_units(void **state)
{
    (void)state;
    yes("age<5s");
    no("age>4s");
    yes("age>=4s");
    yes("age:4");
    yes("time>48m");
    no("time>1h");
    yes("time<1h30m");
    yes("left=2h");
    yes("left<3h");
    no("left<10m");
    yes("stalled>6m");
    yes("blind>=200s");
}

static void marks_of_the_person_can_be_asked(void **state)
{
    (void)state;
    yes("pin:2");
    yes("pin:yes");
    no("pin:no");
    no("pin:1");
    yes("pin!=1");
    yes("acked:yes");
    yes("acked:y");
    no("acked:no");
    yes("eyes:yes");
    yes("old:no");
    yes("unit:kwh");
    no("unit:minutes");
}

static void what_is_not_known_answers_no(void **state)
{
    struct order_row row = a_row();

    (void)state;
    row.power_w = POWER_UNKNOWN;
    row.energy_wh = INT64_MIN;
    row.elapsed_ms = -1;
    row.price_micro = INT64_MIN;
    row.target = (struct order_target){TARGET_NONE, 0, 0, -1, -1};
    row.seen_ms = 0;
    row.connector = 0;
    row.site[0] = '\0';
    static const char *const asked[] = {"kw",  "kwh",  "time", "cost",
                                        "pct", "left", "age",  "connector"};
    static const char *const ops[] = {"<", ">", "<=", ">=", "=", ":"};
    for (size_t i = 0; i < COUNT_OF(asked); i++) {
        char line[32];
        for (size_t op = 0; op < COUNT_OF(ops); op++) {
            str_format(line, sizeof line, "%s%s0", asked[i], ops[op]);
            if (row_answers(&row, line))
                fail_msg("an unknown value answers: %s", line);
        }
        str_format(line, sizeof line, "%s!=0", asked[i]);
        assert_true(row_answers(&row, line));
        str_format(line, sizeof line, "%s:?", asked[i]);
        assert_true(row_answers(&row, line));
    }
    assert_true(row_answers(&row, "site:?"));
    no("kw:?");
    yes("kw!=?");
}

/* The line and a part of what it must say. */
static void mistakes_name_the_word_and_what_is_right(void **state)
{
    static const struct {
        const char *line, *says;
    } wrong[] = {
        {"kw>", "kw>7"},
        {"mall kw>abc", "kw>abc: a number is needed, such as kw>7"},
        {"age>soon", "age>soon: a time is needed, such as age>60s"},
        {"status:foo", "one of bad stall over quiet"},
        {"status>stall", "status:stall"},
        {"site<mall", "site:mall"},
        {"foo:bar", "foo:: no such field"},
        {"foo:bar", "status site point"},
        {"kind:late", "a field of the events"},
        {"severity:error", "a field of the errors"},
        {"\"mall", "\"mall: the quote has no end"},
        {"site:\"mall", "the quote has no end"},
        {"!", "!done"},
        {"mall !", "!done"},
        {"mall ! done", "!done"},
        {"!!done", "!done"},
        {"|", "both sides"},
        {"mall |", "both sides"},
        {"| mall", "both sides"},
        {"mall || pier", "both sides"},
        {"mall | | pier", "both sides"},
        {"a||b", "both sides"},
        {"! | a", "both sides"},
        {"\"\"", "nothing to look for"},
        {"site:", "site:mall"},
        {"pin:7", "yes no 1 to 6"},
        {"acked:maybe", "one of no yes"},
        {"unit:hours", "none minutes kwh"},
        {"pct>99999999999999999999", "a number is needed"},
        {"kw>1e999", "a number is needed"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct query q = {.count = 77};
        char why[QUERY_WHY_MAX];
        if (query_parse(&q, QUERY_ORDERS, str_from(wrong[i].line), why, sizeof why))
            fail_msg("accepted: %s", wrong[i].line);
        if (!strstr(why, wrong[i].says))
            fail_msg("%s says: %s", wrong[i].line, why);
        assert_null(strchr(why, '\n'));
        assert_int_equal(77, q.count); /* untouched */
    }
}

static void a_line_is_bounded(void **state)
{
    char line[600], why[QUERY_WHY_MAX];
    struct query q;

    (void)state;
    memset(line, 'x', sizeof line);
    line[QUERY_BYTES_MAX - 1] = '\0';
    assert_true(query_parse(&q, QUERY_ORDERS, str_from(line), why, sizeof why));
    line[QUERY_BYTES_MAX - 1] = 'x';
    line[QUERY_BYTES_MAX] = '\0';
    assert_false(query_parse(&q, QUERY_ORDERS, str_from(line), why, sizeof why));
    assert_non_null(strstr(why, "too long"));
    line[0] = '\0';
    for (int i = 0; i < QUERY_TERMS_MAX; i++)
        strcat(line, "a ");
    assert_true(query_parse(&q, QUERY_ORDERS, str_from(line), why, sizeof why));
    assert_int_equal(QUERY_TERMS_MAX, q.count);
    strcat(line, "a");
    assert_false(query_parse(&q, QUERY_ORDERS, str_from(line), why, sizeof why));
    assert_non_null(strstr(why, "too many words"));
}

static void letters_that_grow_in_lower_case_fit(void **state)
{
    char line[QUERY_BYTES_MAX] = "", why[QUERY_WHY_MAX];
    struct query q;

    (void)state;
    while (strlen(line) + 3 < sizeof line)
        strcat(line, "\u023a"); /* two bytes; its small letter has three */
    assert_true(query_parse(&q, QUERY_ORDERS, str_from(line), why, sizeof why));
    assert_int_equal(strlen(line) / 2 * 3, q.terms[0].bytes);
}

static void bytes_that_are_no_text_do_no_harm(void **state)
{
    char line[64], why[QUERY_WHY_MAX];
    struct query q;
    struct order_row row = a_row();

    (void)state;
    for (int c = 1; c < 256; c++) {
        str_format(line, sizeof line, "a%c\xe2\x82 kw>%c", c, c);
        if (query_parse(&q, QUERY_ORDERS, str_from(line), why, sizeof why))
            query_match_order(&q, &row, NULL, NOW_MS);
    }
}

/* ---- events, errors, lines ---- */

struct events_rig {
    struct event_log *log;
    char scratch[QUERY_SCRATCH_BYTES];
};

static bool event_answers(struct events_rig *r, const char *line)
{
    const struct query q = parsed(QUERY_EVENTS, line);

    return query_match_event(&q, r->log, event_log_at(r->log, 0), NOW_MS, r->scratch);
}

static void events_are_asked_for_order_kind_name_note_and_payload(void **state)
{
    static struct events_rig r;
    struct log_entry e = {.what = LOG_LATE,
                          .at_ms = NOW_MS - 61000,
                          .energy_wh = 5030,
                          .energy_before_wh = INT64_MIN,
                          .repeats = 3};

    (void)state;
    strcpy(e.order_id, "2151");
    strcpy(e.name, "Consumption");
    strcpy(e.note, "! energy fell");
    r.log = event_log_create();
    assert_non_null(r.log);
    assert_int_equal(CT_OK, event_log_push(r.log, &e, STR("{\"Secret_Field\":14.5}")));
    static const char *const good[] = {"2151",       "consump",
                                       "fell",       "secret_field",
                                       "order:2151", "id=2151",
                                       "kind:late",  "event:l",
                                       "name:cons",  "note:\"energy f\"",
                                       "raw:14.5",   "kwh=5.03",
                                       "age>60s",    "repeats:1",
                                       "bytes>10",   "!kind:completed",
                                       "late",       "\"\\\"secret_field\\\":14\"",
                                       "raw!=?",     "kind:late|rest",
                                       "kind!=sub"};
    static const char *const bad[] = {"2152",    "kind:completed", "raw:15",    "name:rest",
                                      "age>62s", "bytes>1000",     "repeats>3", "kind=rest"};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        if (!event_answers(&r, good[i]))
            fail_msg("does not answer: %s", good[i]);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (event_answers(&r, bad[i]))
            fail_msg("answers: %s", bad[i]);
    event_log_destroy(r.log);
}

static void errors_are_asked_for_code_severity_and_target(void **state)
{
    struct log_error e = {
        .severity = LOG_WARNING, .code = 403, .count = 12, .last_ms = NOW_MS - 5000};
    static const char *const good[] = {"403",     "code:403",    "code>=400",  "severity:warning",
                                       "sev:w",   "target:2177", "order:2177", "count>10",
                                       "age<10s", "refused",     "warning",    "severity!=error"};
    static const char *const bad[] = {"code:404", "severity:error", "target:link",
                                      "count<12", "elsewhere",      "code<400"};

    (void)state;
    strcpy(e.target, "2177");
    strcpy(e.text, "Subscription refused");
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        const struct query q = parsed(QUERY_ERRORS, good[i]);
        if (!query_match_error(&q, &e, NOW_MS))
            fail_msg("does not answer: %s", good[i]);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const struct query q = parsed(QUERY_ERRORS, bad[i]);
        if (query_match_error(&q, &e, NOW_MS))
            fail_msg("answers: %s", bad[i]);
    }
    e.code = 0;
    const struct query q = parsed(QUERY_ERRORS, "code:?");
    assert_true(query_match_error(&q, &e, NOW_MS));
}

static void plain_lines_have_no_fields(void **state)
{
    const struct query q = parsed(QUERY_LINES, "ping: !down \"41 ms\"");

    (void)state;
    assert_true(query_match_line(&q, STR("Ping: 41 ms")));
    assert_false(query_match_line(&q, STR("Ping: 41 ms, down")));
    assert_false(query_match_line(&q, STR("Ping: 42 ms")));
}

static void only_texts_that_are_wanted_are_marked(void **state)
{
    const struct query q = parsed(QUERY_ORDERS, "Mall !pier site:b2 kw>7 !a|!b site!=x");
    enum query_field field;
    struct str needle;

    (void)state;
    assert_true(query_needle(&q, 0, &needle, &field));
    assert_true(str_eq(STR("mall"), needle));
    assert_int_equal(QF_TEXT, field);
    assert_true(query_needle(&q, 1, &needle, &field));
    assert_true(str_eq(STR("b2"), needle));
    assert_int_equal(QF_SITE, field);
    assert_true(query_needle(&q, 2, &needle, &field)); /* not (a or not b): b stands there */
    assert_true(str_eq(STR("b"), needle));
    assert_false(query_needle(&q, 3, &needle, &field));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_must_be_in_a_text_of_the_row),
        cmocka_unit_test(case_and_scripts_do_not_matter),
        cmocka_unit_test(the_word_of_a_state_means_the_state),
        cmocka_unit_test(a_mark_before_a_word_turns_it_round),
        cmocka_unit_test(a_mark_and_a_blank_turn_the_whole_line_round),
        cmocka_unit_test(bars_join_alternatives),
        cmocka_unit_test(quotes_and_backslashes_make_text_of_signs),
        cmocka_unit_test(texts_contain_or_are),
        cmocka_unit_test(states_are_known_by_their_beginning),
        cmocka_unit_test(numbers_compare_at_their_edges),
        cmocka_unit_test(times_have_units),
        cmocka_unit_test(marks_of_the_person_can_be_asked),
        cmocka_unit_test(what_is_not_known_answers_no),
        cmocka_unit_test(mistakes_name_the_word_and_what_is_right),
        cmocka_unit_test(a_line_is_bounded),
        cmocka_unit_test(letters_that_grow_in_lower_case_fit),
        cmocka_unit_test(bytes_that_are_no_text_do_no_harm),
        cmocka_unit_test(events_are_asked_for_order_kind_name_note_and_payload),
        cmocka_unit_test(errors_are_asked_for_code_severity_and_target),
        cmocka_unit_test(plain_lines_have_no_fields),
        cmocka_unit_test(only_texts_that_are_wanted_are_marked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
