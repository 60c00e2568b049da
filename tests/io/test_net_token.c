/* Where a bearer token comes from, and that it goes nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/token.h"
#include "net/token_hide.h"

struct seen {
    struct net_loop *loop;
    struct token *token;
    int calls;
    enum ct_err err;
    char text[240];
    char path[64];
    bool destroy;
};

static void on_token(void *user, enum ct_err err, const char *text)
{
    struct seen *s = user;
    s->calls++;
    s->err = err;
    str_copy(s->text, sizeof(s->text), str_from(text));
    if (s->destroy) {
        token_destroy(s->token);
        s->token = NULL;
    }
}

static bool called(void *user)
{
    return ((struct seen *)user)->calls > 0;
}
static bool never(void *user)
{
    (void)user;
    return false;
}

static struct seen start(struct token_cfg cfg)
{
    struct seen s = {.loop = net_loop_create()};
    s.token = token_create(s.loop, &cfg);
    assert_non_null(s.token);
    return s;
}

static void end(struct seen *s)
{
    token_destroy(s->token);
    net_loop_destroy(s->loop);
}

static void refresh(struct seen *s)
{
    s->calls = 0;
    token_refresh(s->token, on_token, s);
    assert_true(net_loop_run_until(s->loop, called, s, 10000));
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(path, mode), 0);
}

static void the_value_of_the_environment_becomes_a_header(void **state)
{
    (void)state;
    struct seen s = start((struct token_cfg){.value = " secret-1\n", .command = "echo no"});
    assert_true(token_configured(s.token));
    assert_null(token_header(s.token));
    refresh(&s);
    assert_int_equal(s.err, CT_OK);
    assert_string_equal(token_header(s.token), "Authorization: Bearer secret-1");
    assert_true(token_changed(s.token));
    assert_false(token_changed(s.token));
    refresh(&s);
    assert_false(token_changed(s.token)); /* the same one again */
    end(&s);
}

static void a_token_pasted_with_its_scheme_is_understood(void **state)
{
    (void)state;
    struct seen s = start((struct token_cfg){.value = "bearer abc"});
    refresh(&s);
    assert_string_equal(token_header(s.token), "Authorization: Bearer abc");
    end(&s);
}

static void a_file_is_read_anew_each_time(void **state)
{
    (void)state;
    char path[] = "/tmp/chargetop-token-XXXXXX";
    close(mkstemp(path));
    write_file(path, "one\n", 0600);
    struct seen s = start((struct token_cfg){.file = path, .value = "never"});
    refresh(&s);
    assert_int_equal(s.err, CT_OK);
    assert_string_equal(s.text, "");
    assert_string_equal(token_header(s.token), "Authorization: Bearer one");
    assert_true(token_changed(s.token));
    write_file(path, "two", 0644);
    refresh(&s);
    assert_int_equal(s.err, CT_OK);
    assert_non_null(strstr(s.text, "chmod 600")); /* a warning only */
    assert_string_equal(token_header(s.token), "Authorization: Bearer two");
    assert_true(token_changed(s.token));
    write_file(path, "", 0600);
    refresh(&s);
    assert_int_equal(s.err, CT_ERR_MISSING);
    assert_string_equal(token_header(s.token), "Authorization: Bearer two"); /* kept meanwhile */
    unlink(path);
    refresh(&s);
    assert_int_equal(s.err, CT_ERR_MISSING);
    assert_non_null(strstr(s.text, "does not exist"));
    end(&s);
}

static void what_would_break_a_header_is_no_token_and_is_not_repeated(void **state)
{
    (void)state;
    struct seen s = start((struct token_cfg){.value = "sesame\r\nX-Evil: 1"});
    refresh(&s);
    assert_int_equal(s.err, CT_ERR_SYNTAX);
    assert_null(strstr(s.text, "sesame"));
    assert_null(token_header(s.token));
    end(&s);
}

static void a_token_has_a_limit(void **state)
{
    (void)state;
    char text[TOKEN_MAX_BYTES + 2];
    memset(text, 'x', sizeof(text));
    text[TOKEN_MAX_BYTES] = '\0';
    struct seen s = start((struct token_cfg){.value = text});
    refresh(&s);
    assert_int_equal(s.err, CT_OK);
    end(&s);
    text[TOKEN_MAX_BYTES] = 'x';
    text[TOKEN_MAX_BYTES + 1] = '\0';
    s = start((struct token_cfg){.value = text});
    refresh(&s);
    assert_int_equal(s.err, CT_ERR_LIMIT);
    end(&s);
}

static void a_command_prints_the_token(void **state)
{
    (void)state;
    struct seen s = start((struct token_cfg){.file = "", .command = "printf 'from-%s\\n' command"});
    refresh(&s);
    assert_int_equal(s.err, CT_OK);
    assert_string_equal(token_header(s.token), "Authorization: Bearer from-command");
    end(&s);
}

static void a_command_that_fails_is_told_without_its_output(void **state)
{
    (void)state;
    struct seen s = start((struct token_cfg){.command = "echo hidden; exit 3"});
    refresh(&s);
    assert_int_equal(s.err, CT_ERR_IO);
    assert_non_null(strstr(s.text, "exit status 3"));
    assert_null(strstr(s.text, "hidden"));
    assert_null(token_header(s.token));
    end(&s);
}

static void who_asks_while_the_command_runs_gets_the_same_answer(void **state)
{
    (void)state;
    struct seen s = start((struct token_cfg){.command = "echo x"}), other = {0};
    token_refresh(s.token, on_token, &s);
    token_refresh(s.token, on_token, &other);
    token_refresh(s.token, on_token, &other);
    assert_true(net_loop_run_until(s.loop, called, &other, 10000));
    assert_int_equal(s.calls, 1);
    assert_int_equal(other.calls, 2);
    end(&s);
}

static void a_cancelled_or_dead_token_answers_nobody(void **state)
{
    (void)state;
    struct seen s = start((struct token_cfg){.command = "echo x"}), other = {0};
    token_refresh(s.token, on_token, &s);
    token_refresh(s.token, on_token, &other);
    token_cancel(s.token, &s);
    token_cancel(NULL, &s);
    assert_true(net_loop_run_until(s.loop, called, &other, 10000));
    assert_int_equal(s.calls, 0);
    token_refresh(s.token, on_token, &s);
    token_destroy(s.token);
    s.token = NULL;
    assert_false(net_loop_run_until(s.loop, never, NULL, 100));
    assert_int_equal(s.calls, 0);
    end(&s);
}

static void a_token_may_be_destroyed_inside_its_answer(void **state)
{
    (void)state;
    struct seen s = start((struct token_cfg){.command = "echo x"}), other = {0};
    s.destroy = true;
    token_refresh(s.token, on_token, &s);
    token_refresh(s.token, on_token, &other);
    assert_true(net_loop_run_until(s.loop, called, &s, 10000));
    assert_int_equal(other.calls, 0);
    end(&s);
}

static void no_source_at_all_is_told(void **state)
{
    (void)state;
    struct seen s = start((struct token_cfg){.file = "", .value = NULL});
    assert_false(token_configured(s.token));
    refresh(&s);
    assert_int_equal(s.err, CT_ERR_MISSING);
    end(&s);
}

static void the_expiry_of_a_jwt_is_read_and_of_nothing_else(void **state)
{
    (void)state;
    /* {"exp":1763732400,"sub":"1"} and {"exp":"x"} */
    const struct {
        const char *value;
        int64_t wanted;
    } rows[] = {
        {"e30.eyJleHAiOjE3NjM3MzI0MDAsInN1YiI6IjEifQ.sig", INT64_C(1763732400000)},
        {"e30.eyJleHAiOiJ4In0.sig", 0},
        {"12|plainlaraveltoken", 0},
        {"e30.!!!.sig", 0},
        {"a.b", 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct seen s = start((struct token_cfg){.value = rows[i].value});
        assert_int_equal(token_expiry_unix_ms(s.token), 0);
        refresh(&s);
        assert_true(token_expiry_unix_ms(s.token) == rows[i].wanted);
        end(&s);
    }
}

static void a_repeated_token_is_hidden_even_where_the_text_was_cut(void **state)
{
    (void)state;
    struct seen s = start((struct token_cfg){.value = "17|abcdefghijklmnop"});
    const struct {
        const char *text, *hidden;
    } rows[] = {
        {"no 17|abcdefghijklmnop here", "no *** here"},
        {"17|abcdefghijklmnop17|abcdefghijklmnop", "******"},
        {"token 17|abcdefghij", "token ***"},
        {"token 17|a", "token ***"},
        {"17|abcdefghijklmno", "***"},
        {"room 17|", "room 17|"}, /* too little to be worth anything */
        {"abcdefgh", "abcdefgh"},
        {"", ""},
    };
    refresh(&s);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[80];
        str_copy(text, sizeof(text), str_from(rows[i].text));
        token_hide(s.token, text);
        assert_string_equal(text, rows[i].hidden);
    }
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_value_of_the_environment_becomes_a_header),
        cmocka_unit_test(a_token_pasted_with_its_scheme_is_understood),
        cmocka_unit_test(a_file_is_read_anew_each_time),
        cmocka_unit_test(what_would_break_a_header_is_no_token_and_is_not_repeated),
        cmocka_unit_test(a_token_has_a_limit),
        cmocka_unit_test(a_command_prints_the_token),
        cmocka_unit_test(a_command_that_fails_is_told_without_its_output),
        cmocka_unit_test(who_asks_while_the_command_runs_gets_the_same_answer),
        cmocka_unit_test(a_cancelled_or_dead_token_answers_nobody),
        cmocka_unit_test(a_token_may_be_destroyed_inside_its_answer),
        cmocka_unit_test(no_source_at_all_is_told),
        cmocka_unit_test(a_repeated_token_is_hidden_even_where_the_text_was_cut),
        cmocka_unit_test(the_expiry_of_a_jwt_is_read_and_of_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
