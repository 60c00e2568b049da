/* tests/unit/test_marks.c - the ring of marks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fleet/mark.h"

static uint64_t add(struct marks *m, const char *note)
{
    struct mark mark = {.at_ms = 5};

    str_copy(mark.note, sizeof mark.note, str_from(note));
    return marks_add(m, &mark);
}

static void the_newest_mark_comes_first_and_keeps_its_number(void **state)
{
    struct marks m = {.count = 0};

    (void)state;
    add(&m, "one");
    assert_int_equal(2, add(&m, "two"));
    assert_string_equal("two", marks_at(&m, 0)->note);
    assert_string_equal("one", marks_at(&m, 1)->note);
    assert_null(marks_at(&m, 2));
}

static void the_oldest_mark_goes_when_there_is_no_room(void **state)
{
    struct marks m = {.count = 0};

    (void)state;
    for (int i = 0; i < MARKS_MAX + 3; i++)
        add(&m, "x");
    assert_int_equal(MARKS_MAX, m.count);
    assert_int_equal(MARKS_MAX + 3, marks_at(&m, 0)->number);
    assert_int_equal(4, marks_at(&m, MARKS_MAX - 1)->number);
}

static void a_mark_can_be_taken_away_by_its_number(void **state)
{
    struct marks m = {.count = 0};

    (void)state;
    add(&m, "one");
    const uint64_t two = add(&m, "two");
    add(&m, "three");
    assert_true(marks_remove(&m, two));
    assert_false(marks_remove(&m, two));
    assert_int_equal(2, m.count);
    assert_string_equal("one", marks_at(&m, 1)->note);
}

static void a_note_carries_no_control_characters(void **state)
{
    struct marks m = {.count = 0};

    (void)state;
    add(&m, "a\033[31mb");
    assert_null(strchr(marks_at(&m, 0)->note, '\033'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_mark_comes_first_and_keeps_its_number),
        cmocka_unit_test(the_oldest_mark_goes_when_there_is_no_room),
        cmocka_unit_test(a_mark_can_be_taken_away_by_its_number),
        cmocka_unit_test(a_note_carries_no_control_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
