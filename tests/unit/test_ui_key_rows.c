/* tests/unit/test_ui_key_rows.c - what each row of the key map does, from tests/keys/rows.txt; a row
 * without a line there fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "ui/view_internal.h"

enum { LINE_MAX_BYTES = 512 };

static const struct {
    const char *name;
    int pane;
} panes[] = {{"none", PANE_NONE},        {"orders", PANE_ORDERS},
             {"plot", PANE_PLOT},        {"connection", PANE_CONNECTION},
             {"errors", PANE_ERRORS},    {"events", PANE_EVENTS},
             {"eyes", PANE_EYES},        {"sites", PANE_SITES},
             {"channels", PANE_CHANNELS}, {"notices", PANE_NOTICES}};
static const struct {
    const char *name;
    enum intent_kind kind;
} intents[] = {{"none", INTENT_NONE},
               {"quit", INTENT_QUIT},
               {"suspend", INTENT_SUSPEND},
               {"redraw", INTENT_REDRAW},
               {"reconnect", INTENT_RECONNECT},
               {"reload", INTENT_RELOAD},
               {"pin", INTENT_PIN},
               {"unpin-all", INTENT_UNPIN_ALL},
               {"ack", INTENT_ACK},
               {"ack-all", INTENT_ACK_ALL},
               {"alarm-ack", INTENT_ALARM_ACK},
               {"alarm-snooze", INTENT_ALARM_SNOOZE},
               {"mark", INTENT_MARK},
               {"bundle", INTENT_BUNDLE}};

static int pane_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(panes); i++)
        if (strcmp(panes[i].name, name) == 0)
            return panes[i].pane;
    fail_msg("no pane %s", name);
    return -1;
}

static enum intent_kind intent_named(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(intents); i++)
        if (strcmp(intents[i].name, name) == 0)
            return intents[i].kind;
    fail_msg("no intent %s", name);
    return INTENT_NONE;
}

static bool holds(struct scene *s, struct str verb, const char *arg)
{
    if (str_eq(verb, STR("selected")))
        return strcmp(s->view.selected, arg) == 0;
    if (str_eq(verb, STR("shows")))
        return scene_shows(s, arg);
    if (str_eq(verb, STR("lacks")))
        return !scene_shows(s, arg);
    if (str_eq(verb, STR("focus")))
        return (int)s->view.focus == pane_named(arg);
    if (str_eq(verb, STR("zoom")))
        return (int)s->view.zoom == pane_named(arg);
    if (str_eq(verb, STR("intent")))
        return s->intent.kind == intent_named(arg);
    fail_msg("no expectation %.*s", (int)verb.len, verb.ptr);
    return false;
}

static int row_named(struct str id)
{
    for (int r = 0; r < key_row_count; r++)
        if (str_eq(id, str_from(key_rows[r].id)))
            return r;
    return -1;
}

/* How many of the expectations do not hold; each is told when tell is set. */
static size_t broken(struct scene *s, struct str wanted, const char *text, bool tell)
{
    size_t count = 0;

    while (wanted.len > 0) {
        char arg[128];
        struct str one = str_split(&wanted, ';');
        while (one.len > 0 && one.ptr[0] == ' ')
            one = (struct str){one.ptr + 1, one.len - 1};
        const struct str verb = str_split(&one, ' ');
        str_copy(arg, sizeof arg, one);
        if (holds(s, verb, arg))
            continue;
        count++;
        if (tell)
            print_error("%s: not so: %.*s %s (selected %s, focus %d, zoom %d, intent %d)\n", text,
                        (int)verb.len, verb.ptr, arg, s->view.selected, (int)s->view.focus,
                        (int)s->view.zoom, (int)s->intent.kind);
    }
    return count;
}

static size_t play(struct str line, bool *rows_seen)
{
    struct scene s;
    char text[LINE_MAX_BYTES];
    bool pressed = false, so_before = false;

    str_copy(text, sizeof text, line);
    struct str rest = line;
    const struct str id = str_split(&rest, ':');
    const int row = row_named(id);
    const char *bar = strstr(text, " | ");
    if (row < 0 || !bar)
        fail_msg("no row of the key map, or no expectation: %s", text);
    struct str keys = {rest.ptr + 1, (size_t)(bar - text) - id.len - 2};
    const struct str wanted = str_from(bar + 3);
    scene_open(&s, SCENE_BUSY);
    s.view.ascii = true;
    scene_draw(&s, 200, 60);
    while (keys.len > 0) {
        char name[24];
        int nth;
        str_copy(name, sizeof name, str_split(&keys, ' '));
        const struct key_row *meant = view_key_row(&s.view, ui_key_parse(name), &nth);
        pressed |= meant && strcmp(meant->id, key_rows[row].id) == 0;
        so_before = broken(&s, wanted, text, false) == 0;
        scene_keys(&s, name);
        scene_draw(&s, 200, 60);
    }
    size_t failures = broken(&s, wanted, text, true);
    if (!pressed || so_before) {
        print_error("%s: %s\n", text,
                    pressed ? "was so before the last key" : "presses no key of its row");
        failures++;
    }
    scene_close(&s);
    rows_seen[row] = true;
    return failures;
}

static void every_row_of_the_key_map_does_what_its_script_says(void **state)
{
    const char *tests = getenv("CHARGETOP_TESTS");
    bool seen[KEYMAP_ROWS_MAX] = {false};
    char path[256], line[LINE_MAX_BYTES];
    size_t failures = 0;

    (void)state;
    str_format(path, sizeof path, "%s/keys/rows.txt", tests ? tests : "tests");
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0' && line[0] != '#')
            failures += play(str_from(line), seen);
    }
    fclose(f);
    for (int r = 0; r < key_row_count; r++)
        if (!seen[r]) {
            print_error("%s has no script in %s\n", key_rows[r].id, path);
            failures++;
        }
    assert_int_equal(0, failures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_key_map_does_what_its_script_says)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
