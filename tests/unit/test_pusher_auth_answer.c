/* What an application's auth endpoints answer, and that our hub lets in whom they let in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pusher/auth_answer.h"
#include "support/hub_rig.h"

#define KEY "278d425bdf160c739803"
#define SECRET "7ad3773142a6692b25b8"
#define hub_test(name) cmocka_unit_test_setup_teardown(name, hub_rig_setup, hub_rig_teardown)

struct answer {
    enum auth_verdict verdict;
    char body[2048];
};

static struct answer ask(const struct auth_app *app, const char *socket_id, const char *channel,
                         const struct auth_user *user)
{
    struct answer a;
    struct buf to;

    buf_init(&to, AUTH_ANSWER_MAX_BYTES);
    a.verdict = channel
                    ? auth_answer_channel(&to, app, str_from(socket_id), str_from(channel), user)
                    : auth_answer_user(&to, app, str_from(socket_id), user);
    assert_int_equal(to.len > 0, a.verdict == AUTH_OK);
    str_copy(a.body, sizeof a.body, buf_str(&to));
    buf_clear(&to);
    return a;
}

static struct answer authorize(const char *socket_id, const char *channel, const char *id,
                               const char *info)
{
    const struct auth_app app = {.key = STR(KEY), .secret = STR(SECRET)};

    return ask(&app, socket_id, channel,
               &(struct auth_user){.id = str_from(id), .info = str_from(info)});
}

/* pusher-channels.md 5.4 */
static void documented_channels_have_their_documented_signatures(void **state)
{
    (void)state;
    assert_string_equal(authorize("1234.1234", "private-foobar", "", "").body,
                        "{\"auth\":\"" KEY
                        ":58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4\"}");
    assert_string_equal(authorize("987654.1234567890", "private-user.42", "", "").body,
                        "{\"auth\":\"" KEY
                        ":1cc897d6a3098014d0a97c4b87da771cd7f1a452cdba4074be6c5bdf17a126d2\"}");
    assert_string_equal(
        authorize("1234.1234", "presence-foobar", "10", "{\"name\":\"Mr. Pusher\"}").body,
        "{\"auth\":\"" KEY ":48dac51d2d7569e1e9c0f48c227d4b26f238fa68e5c0bb04222c966909c4f7c4\","
        "\"channel_data\":\"{\\\"user_id\\\":\\\"10\\\",\\\"user_info\\\":{\\\"name\\\":\\\"Mr. "
        "Pusher\\\"}}\"}");
    assert_true(
        str_find(str_from(authorize("987654.1234567890", "presence-cache-room_1@a=b,c.d;e", "u-7",
                                    "{\"name\":\"Zo\xc3\xab \xe6\x97\xa5\xe6\x9c\xac\"}")
                              .body),
                 STR("b3e75812a22274c55e3d0b255caa4b803d9b378a4b62782180e37100f8786cc9")) < 2048);
}

/* pusher-channels.md 6.1 */
static void an_encrypted_channel_comes_with_the_documented_secret(void **state)
{
    struct pusher_key master;
    struct auth_app app = {.key = STR(KEY), .secret = STR(SECRET)};
    const struct auth_user nobody = {.id = {0}};

    (void)state;
    assert_int_equal(ask(&app, "987654.1234567890", "private-encrypted-vault", &nobody).verdict,
                     AUTH_NO_MASTER_KEY);
    assert_int_equal(
        pusher_key_from_base64(STR("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), &master),
        PUSHER_OK);
    app.master = &master;
    assert_string_equal(ask(&app, "987654.1234567890", "private-encrypted-vault", &nobody).body,
                        "{\"auth\":\"" KEY
                        ":ed26011dd09ad110e330bf98382aba2546b437238e3166f022ecd64f5d9af120\","
                        "\"shared_secret\":\"wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsc=\"}");
}

static void a_user_has_the_documented_signature(void **state)
{
    const struct auth_app app = {.key = STR(KEY), .secret = STR(SECRET)};
    const struct answer a = ask(&app, "987654.1234567890", NULL,
                                &(struct auth_user){.id = STR("u-7"),
                                                    .info = STR("{\"name\":\"Ann\"}"),
                                                    .watchlist = STR("[\"u-8\",\"u-9\"]")});

    (void)state;
    assert_string_equal(
        a.body,
        "{\"auth\":\"" KEY ":71ab6e90fae354cfe77e72f735ff581bdccb6c0a45ae50ef9216e1fc7cb42591\","
        "\"user_data\":\"{\\\"id\\\":\\\"u-7\\\",\\\"user_info\\\":{\\\"name\\\":\\\"Ann\\\"},"
        "\\\"watchlist\\\":[\\\"u-8\\\",\\\"u-9\\\"]}\"}");
    assert_string_equal(ask(&app, "1234.1234", NULL, &(struct auth_user){.id = STR("12345")}).body,
                        "{\"auth\":\"" KEY
                        ":4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba\","
                        "\"user_data\":\"{\\\"id\\\":\\\"12345\\\"}\"}");
}

static void what_is_authorized_is_let_in(void **state)
{
    struct hub_rig *r = *state;
    const struct rig_conn c = rig_open(r, "key");
    const struct auth_app app = {.key = STR("key"), .secret = STR("secret")};
    const struct answer a =
        ask(&app, c.socket_id, "presence-a",
            &(struct auth_user){.id = STR("u-\"7"), .info = STR("{\"name\":\"Zo\xc3\xab\"}")});
    char message[4096];
    size_t len =
        str_format(message, sizeof message,
                   "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-a\",");

    str_format(message + len, sizeof message - len, "%s}",
               a.body + 1); /* its members as they are */
    rig_say(r, c.number, message);
    rig_expect_holding(r, c.number, "pusher_internal:subscription_succeeded",
                       "\"u-\\\"7\":{\"name\":\"Zo\xc3\xab\"}");
}

static void socket_ids_and_channels_that_could_forge_are_refused(void **state)
{
    (void)state;
    assert_int_equal(authorize("1.2:private-y", "private-x", "", "").verdict, AUTH_BAD_SOCKET_ID);
    assert_int_equal(authorize("1.2::user:", "private-x", "", "").verdict, AUTH_BAD_SOCKET_ID);
    assert_int_equal(authorize("", "private-x", "", "").verdict, AUTH_BAD_SOCKET_ID);
    assert_int_equal(authorize("1.2:", NULL, "u", "").verdict, AUTH_BAD_SOCKET_ID);
    assert_int_equal(authorize("1.2", "private-x:y", "", "").verdict, AUTH_BAD_CHANNEL);
    assert_int_equal(authorize("1.2", "", "", "").verdict, AUTH_BAD_CHANNEL);
    assert_int_equal(authorize("1.2", "news", "", "").verdict, AUTH_NOT_NEEDED);
    assert_int_equal(authorize("1.2", "#server-to-user-u", "", "").verdict, AUTH_NOT_NEEDED);
}

static void users_that_are_none_are_refused(void **state)
{
    char id[AUTH_USER_ID_MAX + 2], info[AUTH_USER_INFO_MAX + 2];

    (void)state;
    assert_int_equal(authorize("1.2", "presence-x", "", "").verdict, AUTH_BAD_USER);
    assert_int_equal(authorize("1.2", "presence-x", "u", "{broken").verdict, AUTH_BAD_USER);
    assert_int_equal(authorize("1.2", "presence-x", "\xff", "").verdict, AUTH_BAD_USER);
    assert_int_equal(authorize("1.2", NULL, "", "").verdict, AUTH_BAD_USER);
    memset(id, 'u', sizeof id);
    id[AUTH_USER_ID_MAX + 1] = '\0';
    assert_int_equal(authorize("1.2", "presence-x", id, "").verdict, AUTH_BAD_USER);
    id[AUTH_USER_ID_MAX] = '\0';
    assert_int_equal(authorize("1.2", "presence-x", id, "").verdict, AUTH_OK);
    memset(info, '1', sizeof info);
    info[AUTH_USER_INFO_MAX + 1] = '\0';
    assert_int_equal(authorize("1.2", "presence-x", "u", info).verdict, AUTH_BAD_USER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        hub_test(documented_channels_have_their_documented_signatures),
        hub_test(an_encrypted_channel_comes_with_the_documented_secret),
        hub_test(a_user_has_the_documented_signature),
        hub_test(what_is_authorized_is_let_in),
        hub_test(socket_ids_and_channels_that_could_forge_are_refused),
        hub_test(users_that_are_none_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
