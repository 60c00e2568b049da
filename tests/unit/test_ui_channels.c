/* tests/unit/test_ui_channels.c - pane 8: followed channels, who is present, and speaking on them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/scene.h"

static void tell(struct scene *s, struct wire_event e)
{
    e.seq = ++s->seq;
    e.at_ms = s->model.now_ms;
    e.at_unix_ms = s->model.now_unix_ms;
    fleet_apply_event(s->fleet, &e);
}

static void sub(struct scene *s, const char *channel, enum wire_sub how, int32_t code,
                const char *why)
{
    tell(s, (struct wire_event){.kind = WIRE_SUB,
                                .channel = str_from(channel),
                                .sub = how,
                                .code = code,
                                .text = str_from(why)});
}

static void frame(struct scene *s, const char *channel, const char *name, const char *data)
{
    char text[512];
    const size_t len =
        str_format(text, sizeof text, "{\"event\":\"%s\",\"channel\":\"%s\"}", name, channel);

    tell(s, (struct wire_event){.kind = WIRE_FRAME,
                                .channel = str_from(channel),
                                .name = str_from(name),
                                .data = str_from(data),
                                .text = {text, len}});
}

/* A room with three people, a refused channel, one that is on its way. */
static void follow_some(struct scene *s)
{
    sub(s, "presence-control", WIRE_SUB_SUBSCRIBED, 0, "");
    frame(s, "presence-control", "pusher_internal:subscription_succeeded",
          "{\"presence\":{\"hash\":{\"ann\":{\"name\":\"Ann\"},\"bo\":{\"name\":\"Bo\"},\"7\":null}"
          "}}");
    sub(s, "private-staff", WIRE_SUB_DENIED, 403, "not yours");
    sub(s, "cache-weather", WIRE_SUB_SUBSCRIBED, 0, "");
    frame(s, "cache-weather", "changed", "{}");
}

static void pane_8_lists_followed_channels_with_state_and_who_is_there(void **state)
{
    struct scene *s = *state;

    follow_some(s);
    scene_keys(s, "8");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "8 Channels 3"));
    assert_true(scene_shows(s, "1 refused or failed"));
    assert_true(scene_shows(s, "3 users"));
    assert_true(scene_shows(s, "denied 403"));
    assert_true(scene_shows(s, "not yours"));
    assert_true(scene_shows(s, "public*"));
}

static void members_of_the_chosen_presence_channel_stand_below(void **state)
{
    struct scene *s = *state;

    follow_some(s);
    scene_keys(s, "8");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "in presence-control: 3 users"));
    assert_true(scene_shows(s, "Ann"));
    scene_keys(s, "j");
    scene_draw(s, 80, 24);
    assert_false(scene_shows(s, "in presence-control"));
}

static void roster(struct scene *s, int from, int to)
{
    static char data[64 * 1024];
    size_t len = str_format(data, sizeof data, "{\"presence\":{\"ids\":[");

    for (int i = from; i < to; i++)
        len += str_format(data + len, sizeof data - len, "%s\"u-%d\"", i > from ? "," : "", i);
    (void)str_format(data + len, sizeof data - len, "]}}");
    frame(s, "presence-control", "pusher_internal:subscription_succeeded", data);
}

static void a_list_that_is_not_whole_says_how_much_of_it_is_shown(void **state)
{
    struct scene *s = *state;

    follow_some(s);
    roster(s, 0, 250);
    scene_keys(s, "8");
    scene_draw(s, 120, 300);
    assert_true(scene_shows(s, "250 users"));
    assert_true(scene_shows(s, "100 of 250 shown"));
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, " of 250 shown"));
}

static void who_came_and_left_during_a_loss_is_told_as_such(void **state)
{
    struct scene *s = *state;

    follow_some(s);
    roster(s, 0, 3);
    roster(s, 1, 5);
    scene_keys(s, "8");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "while away 2 came, 1 left: +u-3 +u-4 -u-0"));
    roster(s, 1, 5);
    scene_draw(s, 80, 24);
    assert_false(scene_shows(s, "while away"));
}

static void the_cursor_stays_on_its_channel_when_others_go(void **state)
{
    struct scene *s = *state;

    follow_some(s);
    scene_keys(s, "8 j j");
    scene_draw(s, 120, 40);
    sub(s, "private-staff", WIRE_SUB_NONE, 0, "");
    scene_draw(s, 120, 40);
    scene_keys(s, "Enter");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "events of cache-weather"));
    assert_string_equal("\"cache-weather\"", s->view.find.filter[PANE_EVENTS].source);
}

static void channels_out_of_sight_are_counted(void **state)
{
    struct scene *s = *state;
    char name[32];

    for (int i = 0; i < 60; i++) {
        str_format(name, sizeof name, "public-%02d", i);
        sub(s, name, WIRE_SUB_SUBSCRIBED, 0, "");
    }
    scene_keys(s, "8");
    for (int rows = 10; rows <= 40;
         rows += 15) { /* at several heights all of them are accounted for */
        char words[32];
        int seen = 0;
        scene_draw(s, 80, rows);
        for (int i = 0; i < 60; i++) {
            str_format(name, sizeof name, "public-%02d", i);
            seen += scene_shows(s, name);
        }
        str_format(words, sizeof words, "+%d below", 60 - seen);
        if (!scene_shows(s, words))
            fail_msg("%d rows: not %s", rows, words);
        assert_false(scene_shows(s, "above"));
    }
    scene_draw(s, 80, 24);
    scene_keys(s, "G");
    scene_draw(s, 80, 24);
    assert_true(scene_shows(s, "public-59"));
    assert_true(scene_shows(s, " above"));
    assert_false(scene_shows(s, " below"));
    scene_draw(s, 80, 100);
    assert_false(scene_shows(s, " above"));
}

static void events_of_a_channel_stand_under_its_name(void **state)
{
    struct scene *s = *state;

    follow_some(s);
    scene_keys(s, "8 Enter");
    scene_keys(s, ": Esc");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "presence-con"));
}

static void a_client_event_is_asked_for_on_the_chosen_channel(void **state)
{
    struct scene *s = *state;

    follow_some(s);
    scene_keys(s, "8 :");
    scene_type(s, "trigger client-hello {\"a\": 1}");
    scene_keys(s, "Enter");
    assert_int_equal(INTENT_TRIGGER, s->intent.kind);
    assert_string_equal("presence-control client-hello {\"a\": 1}", s->intent.text);
}

static void what_the_server_would_refuse_is_refused_in_words(void **state)
{
    static const struct {
        const char *typed, *told;
    } rows[] = {
        {"trigger cache-weather client-x {}", "need a private or presence channel"},
        {"trigger private-staff client-x {}", "not subscribed"},
        {"trigger presence-control hello {}", "begins with client-"},
        {"trigger presence-control client-x {nonsense", "not JSON"},
        {"trigger nowhere client-x {}", "which channel?"},
        {"follow news elsewhere", "no connection of that name"},
        {"unfollow nowhere", "no such channel"},
    };
    struct scene *s = *state;

    follow_some(s);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        scene_keys(s, ":");
        scene_type(s, rows[i].typed);
        scene_keys(s, "Enter");
        scene_draw(s, 120, 40);
        if (!scene_shows(s, rows[i].told))
            fail_msg("%s: %s is not told", rows[i].typed, rows[i].told);
        scene_keys(s, "Esc Esc");
    }
}

static void the_first_connection_has_a_name_as_well(void **state)
{
    struct scene *s = *state;

    follow_some(s);
    scene_keys(s, ":");
    scene_type(s, "follow news prod-eu"); /* the profile of the scene */
    scene_keys(s, "Enter");
    assert_int_equal(INTENT_FOLLOW, s->intent.kind);
    assert_int_equal(0, s->intent.source);
    assert_string_equal("news", s->intent.text);
}

static void a_channel_is_followed_and_left_by_name(void **state)
{
    struct scene *s = *state;

    follow_some(s);
    scene_keys(s, ":");
    scene_type(s, "follow news");
    scene_keys(s, "Enter");
    assert_int_equal(INTENT_FOLLOW, s->intent.kind);
    assert_string_equal("news", s->intent.text);
    scene_keys(s, ":");
    scene_type(s, "unfollow cache-weather");
    scene_keys(s, "Enter");
    assert_int_equal(INTENT_UNFOLLOW, s->intent.kind);
    assert_string_equal("cache-weather", s->intent.text);
}

static void sealed(struct scene *s, enum wire_cipher cipher, const char *data)
{
    tell(s, (struct wire_event){.kind = WIRE_FRAME,
                                .channel = STR("private-encrypted-vault"),
                                .name = STR("opened"),
                                .cipher = cipher,
                                .data = str_from(data),
                                .text = STR("{\"event\":\"opened\",\"data\":\"NONCE\"}")});
}

static void an_encrypted_payload_is_shown_decrypted_and_marked_and_raw_as_it_came(void **state)
{
    struct scene *s = *state;

    sub(s, "private-encrypted-vault", WIRE_SUB_SUBSCRIBED, 0, "");
    sealed(s, WIRE_CIPHER_OPENED, "{\"door\":\"north\"}");
    scene_keys(s, "5");
    scene_draw(s, 200, 60);
    assert_true(scene_shows(s, "decrypted  {\"door\":\"north\"}"));
    scene_keys(s, "Enter");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "private-encrypted-vault opened"));
    assert_true(scene_shows(s, ", decrypted"));
    assert_true(scene_shows(s, "\"door\": \"north\""));
    assert_false(scene_shows(s, "NONCE"));
    scene_keys(s, "r");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, ", encrypted"));
    assert_true(scene_shows(s, "NONCE"));
    assert_false(scene_shows(s, "\"door\": \"north\""));
}

static void what_could_not_be_decrypted_says_so_and_is_counted(void **state)
{
    struct scene *s = *state;

    sub(s, "private-encrypted-vault", WIRE_SUB_SUBSCRIBED, 0, "");
    sealed(s, WIRE_CIPHER_SEALED, "{\"nonce\":1}");
    assert_int_equal(1, followed_at(fleet_followed(s->fleet), 0)->undecoded);
    scene_keys(s, "5");
    scene_draw(s, 120, 40);
    assert_true(scene_shows(s, "could not be decrypted"));
}

static void a_find_looks_into_what_was_decrypted(void **state)
{
    struct scene *s = *state;

    sub(s, "private-encrypted-vault", WIRE_SUB_SUBSCRIBED, 0, "");
    sealed(s, WIRE_CIPHER_OPENED, "{\"door\":\"cellar\"}");
    scene_keys(s, "5 \\");
    scene_type(s, "cellar");
    scene_keys(s, "Enter");
    scene_draw(s, 120, 40);
    assert_int_equal(1, s->view.find.count[PANE_EVENTS].shown);
}

static void the_pane_draws_at_every_size(void **state)
{
    struct scene *s = *state;

    follow_some(s);
    scene_keys(s, "8 8");
    for (int cols = 1; cols <= 130; cols += cols < 40 ? 1 : 7)
        for (int rows = 1; rows <= 40; rows += rows < 10 ? 1 : 5)
            scene_draw(s, cols, rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)
        TEST(pane_8_lists_followed_channels_with_state_and_who_is_there),
        TEST(members_of_the_chosen_presence_channel_stand_below),
        TEST(who_came_and_left_during_a_loss_is_told_as_such),
        TEST(a_list_that_is_not_whole_says_how_much_of_it_is_shown),
        TEST(the_cursor_stays_on_its_channel_when_others_go),
        TEST(channels_out_of_sight_are_counted),
        TEST(events_of_a_channel_stand_under_its_name),
        TEST(a_client_event_is_asked_for_on_the_chosen_channel),
        TEST(what_the_server_would_refuse_is_refused_in_words),
        TEST(a_channel_is_followed_and_left_by_name),
        TEST(the_first_connection_has_a_name_as_well),
        TEST(an_encrypted_payload_is_shown_decrypted_and_marked_and_raw_as_it_came),
        TEST(what_could_not_be_decrypted_says_so_and_is_counted),
        TEST(a_find_looks_into_what_was_decrypted),
        TEST(the_pane_draws_at_every_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
