/* Bindings: who is called for which event, in which order, and what handlers may do to each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pusher/bind.h"

struct rig {
    struct pusher_binds *b;
    char calls[512]; /* letters of the handlers that were called, in order */
    struct pusher_bound last;
    uint64_t victim; /* unbound by 'x' */
    bool destroyed;
    char last_event[64];
};

struct handler {
    struct rig *rig;
    char letter;
};

static void note(void *user, const struct pusher_bound *event);

static struct rig *rig;
static struct handler handlers[26];

static struct handler *handler(char letter)
{
    struct handler *h = &handlers[letter - 'a'];

    *h = (struct handler){rig, letter};
    return h;
}

static uint64_t bind_to(const char *channel, const char *event, char letter)
{
    uint64_t handle = 0;

    assert_int_equal(
        pusher_bind(rig->b, str_from(channel), str_from(event), note, handler(letter), &handle),
        PUSHER_OK);
    assert_true(handle != 0);
    return handle;
}

static void note(void *user, const struct pusher_bound *event)
{
    const struct handler *h = user;
    struct rig *r = h->rig;
    const size_t len = strlen(r->calls);

    if (len + 1 < sizeof r->calls)
        r->calls[len] = h->letter;
    r->last = *event;
    /* borrowed for the call alone: what is looked at afterwards is a copy */
    r->last.event =
        (struct str){r->last_event, str_copy(r->last_event, sizeof r->last_event, event->event)};
    if (h->letter == 'x')
        (void)pusher_unbind(r->b, r->victim);
    if (h->letter == 'y')
        (void)bind_to("news", "ev", 'z');
    if (h->letter == 'w')
        (void)pusher_unbind_all(r->b);
    if (h->letter == 'd') {
        pusher_binds_destroy(r->b);
        r->destroyed = true;
    }
}

static void assert_calls(const char *channel, const char *event, const char *want)
{
    const struct pusher_bound what = {
        .channel = str_from(channel), .event = str_from(event), .data = STR("{}")};

    memset(rig->calls, 0, sizeof rig->calls);
    pusher_binds_dispatch(rig->b, &what);
    assert_string_equal(rig->calls, want);
}

static int set_up(void **state)
{
    static struct rig storage;

    memset(&storage, 0, sizeof storage);
    rig = &storage;
    rig->b = pusher_binds_create();
    *state = rig;
    return rig->b ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    if (!rig->destroyed)
        pusher_binds_destroy(rig->b);
    return 0;
}

static void the_closest_binding_is_called_first_and_the_widest_last(void **state)
{
    (void)state;
    bind_to("", "", 'g');
    bind_to("", "ev", 'e');
    bind_to("news", "", 'c');
    bind_to("news", "ev", 'a');
    bind_to("news", "ev", 'b');
    assert_calls("news", "ev", "abceg");
    assert_calls("news", "other", "cg");
    assert_calls("sport", "ev", "eg");
    assert_calls("sport", "other", "g");
    assert_calls("", "pusher:signin_success", "g");
}

static void a_handler_gets_all_that_the_event_has(void **state)
{
    const struct pusher_bound what = {.channel = STR("presence-a"),
                                      .event = STR("client-x"),
                                      .data = STR("[1]"),
                                      .user_id = STR("u-7"),
                                      .encrypted = true};

    (void)state;
    bind_to("presence-a", "client-x", 'a');
    pusher_binds_dispatch(rig->b, &what);
    assert_true(str_eq(rig->last.channel, STR("presence-a")));
    assert_true(str_eq(rig->last.event, STR("client-x")));
    assert_true(str_eq(rig->last.data, STR("[1]")));
    assert_true(str_eq(rig->last.user_id, STR("u-7")));
    assert_true(rig->last.encrypted);
}

static void event_names_hold_any_byte(void **state)
{
    (void)state;
    bind_to("news", "App\\Events\\OrderSent.v2", 'a');
    assert_calls("news", "App\\Events\\OrderSent.v2", "a");
    assert_calls("news", "App\\Events\\OrderSent", "");
}

static void channel_and_event_are_not_run_together(void **state)
{
    (void)state;
    bind_to("ab", "c", 'a');
    assert_calls("a", "bc", "");
    assert_calls("abc", "", "");
    assert_calls("ab", "c", "a");
}

static void unbinding_by_handle_leaves_the_others(void **state)
{
    uint64_t first, second;

    (void)state;
    first = bind_to("news", "ev", 'a');
    second = bind_to("news", "ev", 'b');
    assert_true(first != second);
    assert_true(pusher_unbind(rig->b, first));
    assert_false(pusher_unbind(rig->b, first));
    assert_calls("news", "ev", "b");
    assert_true(pusher_unbind(rig->b, second));
    assert_calls("news", "ev", "");
    assert_true(bind_to("news", "ev", 'c') > second); /* handles are never given twice */
}

static void unbinding_by_event_by_channel_and_all(void **state)
{
    (void)state;
    bind_to("news", "ev", 'a');
    bind_to("news", "other", 'b');
    bind_to("news", "", 'c');
    bind_to("", "ev", 'e');
    bind_to("", "", 'g');
    assert_int_equal(pusher_unbind_event(rig->b, STR("news"), STR("ev")), 1);
    assert_calls("news", "ev", "ceg");
    assert_int_equal(pusher_unbind_channel(rig->b, STR("news")), 2);
    assert_int_equal(pusher_unbind_channel(rig->b, STR("news")), 0);
    assert_calls("news", "other", "g");
    assert_int_equal(pusher_unbind_event(rig->b, STR(""), STR("ev")), 1);
    assert_int_equal(pusher_unbind_all(rig->b), 1);
    assert_int_equal(pusher_binds_count(rig->b), 0);
    assert_calls("news", "ev", "");
}

static void a_handler_may_unbind_itself_or_the_next(void **state)
{
    (void)state;
    rig->victim = bind_to("news", "ev", 'x');
    bind_to("news", "ev", 'b');
    assert_calls("news", "ev", "xb");
    assert_calls("news", "ev", "b");
    bind_to("", "", 'x');
    rig->victim = bind_to("", "", 'c');
    assert_calls("news", "ev", "bx");
}

static void a_handler_bound_by_a_handler_waits_for_the_next_event(void **state)
{
    (void)state;
    bind_to("news", "ev", 'y');
    assert_calls("news", "ev", "y");
    assert_calls("news", "ev", "yz");
}

static void unbinding_all_inside_a_handler_ends_the_round(void **state)
{
    (void)state;
    bind_to("news", "ev", 'w');
    bind_to("news", "ev", 'b');
    bind_to("", "", 'g');
    assert_calls("news", "ev", "w");
    assert_int_equal(pusher_binds_count(rig->b), 0);
}

static void destroying_inside_a_handler_ends_the_round(void **state)
{
    (void)state;
    bind_to("news", "ev", 'd');
    bind_to("news", "ev", 'b');
    assert_calls("news", "ev", "d");
}

static void user_events_are_bound_without_knowing_the_user(void **state)
{
    (void)state;
    bind_to(PUSHER_BIND_USER, "notice", 'a');
    bind_to(PUSHER_BIND_USER, "", 'b');
    bind_to("#server-to-user-u-7", "notice", 'c');
    assert_calls("#server-to-user-u-7", "notice", "cab");
    assert_calls("#server-to-user-u-8", "notice", "ab");
    assert_calls("#server-to-user-u-7", "pusher:subscription_succeeded", "");
    assert_calls("news", "notice", "");
}

static void each_change_of_the_watchlist_is_an_event_of_its_own(void **state)
{
    const struct pusher_bound what = {
        .event = STR("pusher:watchlist_events"),
        .data = STR("{\"events\":[{\"name\":\"online\",\"user_ids\":[\"u-8\"]},7,{\"name\":1},"
                    "{\"name\":\"away\",\"user_ids\":[]}]}")};

    (void)state;
    bind_to(PUSHER_BIND_WATCHLIST, "online", 'a');
    bind_to(PUSHER_BIND_WATCHLIST, "offline", 'b');
    bind_to(PUSHER_BIND_WATCHLIST, "", 'c');
    pusher_binds_dispatch(rig->b, &what);
    assert_string_equal(rig->calls, "acc");
    assert_true(str_eq(rig->last.event, STR("away")));
    assert_true(str_eq(rig->last.data, STR("{\"name\":\"away\",\"user_ids\":[]}")));
}

static void what_no_channel_can_be_called_is_refused(void **state)
{
    char name[201];

    (void)state;
    memset(name, 'a', sizeof name);
    assert_int_equal(pusher_bind(rig->b, STR("a b"), STR("ev"), note, handler('a'), NULL),
                     PUSHER_ERR_BAD_CHANNEL);
    assert_int_equal(
        pusher_bind(rig->b, (struct str){name, 201}, STR(""), note, handler('a'), NULL),
        PUSHER_ERR_BAD_CHANNEL);
    assert_int_equal(
        pusher_bind(rig->b, STR("a"), (struct str){name, 201}, note, handler('a'), NULL),
        PUSHER_ERR_TOO_LARGE);
    assert_int_equal(pusher_binds_count(rig->b), 0);
}

static void bindings_are_bounded_and_room_comes_back(void **state)
{
    uint64_t handle = 0;

    (void)state;
    for (int i = 0; i < PUSHER_BINDS_MAX; i++)
        assert_int_equal(pusher_bind(rig->b, STR("news"), STR("ev"), note, handler('a'), &handle),
                         PUSHER_OK);
    assert_int_equal(pusher_bind(rig->b, STR("news"), STR("ev"), note, handler('a'), NULL),
                     PUSHER_ERR_LIMIT);
    assert_true(pusher_unbind(rig->b, handle));
    assert_int_equal(pusher_bind(rig->b, STR("news"), STR("ev"), note, handler('a'), NULL),
                     PUSHER_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(the_closest_binding_is_called_first_and_the_widest_last),
        T(a_handler_gets_all_that_the_event_has),
        T(event_names_hold_any_byte),
        T(channel_and_event_are_not_run_together),
        T(unbinding_by_handle_leaves_the_others),
        T(unbinding_by_event_by_channel_and_all),
        T(a_handler_may_unbind_itself_or_the_next),
        T(a_handler_bound_by_a_handler_waits_for_the_next_event),
        T(unbinding_all_inside_a_handler_ends_the_round),
        T(destroying_inside_a_handler_ends_the_round),
        T(user_events_are_bound_without_knowing_the_user),
        T(each_change_of_the_watchlist_is_an_event_of_its_own),
        T(what_no_channel_can_be_called_is_refused),
        T(bindings_are_bounded_and_room_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
