/* tests/unit/test_vms_lines.c - the line of each event of the video back end as a person reads it, in ASCII as well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"
#include "support/vms_frames.h"

static int setup(void **state)
{
    return vms_frames_open(NULL) || scene_setup(state) ? -1 : 0;
}

static int teardown(void **state)
{
    (void)vms_frames_close(NULL);
    return scene_teardown(state);
}

/* As pipeline_vms.c tells the model of it. */
static void arrives(struct scene *s, const struct vms_record *r)
{
    char line[VMS_LINE_MAX], short_name[VMS_NAME_MAX];
    uint8_t source = 1;
    const struct wire_event e = {.kind = WIRE_FRAME,
                                 .source = 1,
                                 .seq = ++s->seq,
                                 .at_ms = s->model.now_ms,
                                 .at_unix_ms = s->model.now_unix_ms,
                                 .channel = STR("private-user.517"),
                                 .name = STR(USER_PUSH),
                                 .text = STR("{}")};

    if (!fleet_side(s->fleet, 1))
        assert_int_equal(
            CT_OK, fleet_side_add(s->fleet, STR("video"), STR("vms"), &source, s->model.now_ms));
    (void)vms_text(r, line, sizeof line);
    (void)vms_short_name(r, short_name, sizeof short_name);
    fleet_apply_event(s->fleet, &e);
    fleet_apply_news(s->fleet, &(struct news){.seq = e.seq,
                                              .at_ms = e.at_ms,
                                              .at_unix_ms = e.at_unix_ms,
                                              .source = 1,
                                              .name = short_name,
                                              .group = vms_group_name(r),
                                              .text = line,
                                              .target = "",
                                              .cause = "",
                                              .severity = (int)r->severity,
                                              .important = r->important});
}

/* A longer one is cut by the width of the screen. */
static void shown_as(struct scene *s, const struct vms_row_wanted *row)
{
    char wanted[56];
    const struct str text = str_from(row->text);

    (void)str_copy(wanted, sizeof wanted, text);
    if (!scene_shows(s, wanted))
        fail_msg("not on the screen: %s", wanted);
}

static void is_ascii(struct scene *s)
{
    char *text = scene_text(s);

    for (const char *c = text; *c; c++)
        assert_true((*c >= ' ' && *c <= '~') || *c == '\n');
    free(text);
}

static void every_holders_line_stands_in_the_events_pane(struct scene *s)
{
    bool seen[VMS_HOLDERS] = {false};

    scene_keys(s, "5 z");
    for (size_t i = 0; i < VMS_FRAMES; i++) {
        const struct vms_record *r = fixture(vms_rows_wanted[i].fixture);
        seen[r->holder] = true;
        arrives(s, r);
        scene_draw(s, 120, 40);
        shown_as(s, &vms_rows_wanted[i]);
        if (s->view.ascii)
            is_ascii(s);
    }
    const struct wire_event error = {
        .kind = WIRE_FAULT, .name = STR("wsurl_error"), .text = STR("closed (4001)")};
    assert_int_equal(VMS_DECODED, vms_decode(&error, &record));
    arrives(s, &record);
    seen[record.holder] = true;
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "Socket failed, fetching a new address: closed (4001)"));
    for (int h = VMS_HOLDER_NONE + 1; h < VMS_HOLDERS; h++)
        assert_true(seen[h]);
}

static void in_ascii_every_holder_has_its_line(void **state)
{
    struct scene *s = *state;

    s->view.ascii = true;
    every_holders_line_stands_in_the_events_pane(s);
}

static void with_all_glyphs_every_holder_has_its_line(void **state)
{
    struct scene *s = *state;

    s->view.ascii = false;
    every_holders_line_stands_in_the_events_pane(s);
}

static void at_80_columns_the_line_still_names_what_happened(void **state)
{
    struct scene *s = *state;
    char wanted[24];

    scene_keys(s, "5 z");
    for (size_t i = 0; i < VMS_FRAMES; i++) {
        arrives(s, fixture(vms_rows_wanted[i].fixture));
        scene_draw(s, 80, 24);
        (void)str_copy(wanted, sizeof wanted, str_from(vms_rows_wanted[i].text));
        if (!scene_shows(s, wanted))
            fail_msg("not on the screen: %s", wanted);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(in_ascii_every_holder_has_its_line),
        T(with_all_glyphs_every_holder_has_its_line),
        T(at_80_columns_the_line_still_names_what_happened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
