/* Signatures against every published and computed vector of the protocol reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pusher/sign.h"

#define KEY "278d425bdf160c739803"
#define SECRET "7ad3773142a6692b25b8"
#define A "auth_key=278d425bdf160c739803&auth_timestamp=1700000000&auth_version=1.0"

static void assert_hmac(const char *secret, const char *message, const char *want)
{
    char hex[PUSHER_SHA256_HEX];

    assert_int_equal(pusher_hmac_sha256_hex(str_from(secret), str_from(message), hex), PUSHER_OK);
    assert_string_equal(hex, want);
}

static void assert_md5(const char *bytes, const char *want)
{
    char hex[PUSHER_MD5_HEX];

    assert_int_equal(pusher_md5_hex(str_from(bytes), hex), PUSHER_OK);
    assert_string_equal(hex, want);
}

static void hmacs_of_the_webhook_vectors_come_out_as_published(void **state)
{
    (void)state;
    assert_hmac("supersecret", "Hello!",
                "64e3f44166575febbc5de88c9476325ea7d4b3684752158d9fdb31fce34b980d");
    assert_hmac(SECRET,
                "{\"time_ms\":1700000000123,\"events\":[{\"name\":\"member_added\",\"channel\":"
                "\"presence-room\",\"user_id\":\"u-7\"},{\"name\":\"client_event\",\"channel\":"
                "\"presence-room\",\"event\":\"client-typing\",\"data\":\"{\\\"on\\\":true}\","
                "\"socket_id\":\"987654.1234567890\",\"user_id\":\"u-7\"}]}",
                "3e49f0a29eb1372b3b9f01019edf47c46a5f3835051167b31bb79b04b1ba87eb");
    assert_hmac("tofu",
                "{\"time_ms\":1403175510755,\"events\":[{\"channel\":\"test_channel\",\"name\":"
                "\"channel_vacated\"}]}",
                "c17257e92037cd7de407ebc1ed174ceb7b2e518db127f44411b9ffc4f5b28cc5");
    assert_hmac("secret", "{\"hello\":\"world\"}",
                "2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778");
}

static void an_empty_secret_and_message_still_have_an_hmac(void **state)
{
    char hex[PUSHER_SHA256_HEX];

    (void)state;
    assert_int_equal(pusher_hmac_sha256_hex((struct str){0}, (struct str){0}, hex), PUSHER_OK);
    assert_string_equal(hex, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void md5_of_bodies_comes_out_as_published(void **state)
{
    (void)state;
    assert_md5("", "d41d8cd98f00b204e9800998ecf8427e");
    assert_md5("{}", "99914b932bd37a50b983c5e7c90ae93b");
    assert_md5("{\"name\":\"foo\",\"channels\":[\"project-3\"],\"data\":\"{\\\"some\\\":"
               "\\\"data\\\"}\"}",
               "ec365a775a4cd0599faeb73354201b6f");
    assert_md5("{\"batch\":[{\"channel\":\"room-1\",\"name\":\"msg\",\"data\":\"{\\\"n\\\":1}\"},"
               "{\"channel\":\"room-2\",\"name\":\"msg\",\"data\":\"{\\\"n\\\":2}\",\"socket_id\":"
               "\"987654.1234567890\"}]}",
               "5b1847f70e315802570b0f92faddf0b5");
    assert_md5("{\"name\":\"greet\",\"channels\":[\"room-1\"],\"data\":\"{\\\"t\\\":\\\"Zo\xc3\xab"
               "\\\"}\"}",
               "048fa64a0e373cb717297c25b1cbbb4d");
}

static void assert_channel(const char *socket_id, const char *channel, const char *data,
                           const char *want_hex)
{
    struct buf to;

    buf_init(&to, 1024);
    assert_int_equal(pusher_sign_channel(&to, STR(KEY), STR(SECRET), str_from(socket_id),
                                         str_from(channel), str_from(data)),
                     PUSHER_OK);
    assert_int_equal(to.len, strlen(KEY) + 1 + 64);
    assert_memory_equal(to.bytes, KEY ":", strlen(KEY) + 1);
    assert_string_equal(buf_cstr(&to) + strlen(KEY) + 1, want_hex);
    buf_clear(&to);
}

static void channel_signatures_come_out_as_published(void **state)
{
    const char *own = "987654.1234567890";
    const char *room = "presence-cache-room_1@a=b,c.d;e";

    (void)state;
    assert_channel("1234.1234", "private-foobar", "",
                   "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4");
    assert_channel("1234.1234", "presence-foobar",
                   "{\"user_id\":10,\"user_info\":{\"name\":\"Mr. Pusher\"}}",
                   "afaed3695da2ffd16931f457e338e6c9f2921fa133ce7dac49f529792be6304c");
    assert_channel("1234.1234", "presence-foobar",
                   "{\"user_id\":\"10\",\"user_info\":{\"name\":\"Mr. Pusher\"}}",
                   "48dac51d2d7569e1e9c0f48c227d4b26f238fa68e5c0bb04222c966909c4f7c4");
    assert_channel("1234.1234", "presence-foobar",
                   "{\"user_id\":10,\"user_info\":{\"name\":\"Mr. Channels\"}}",
                   "31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80");
    assert_channel(own, "private-user.42", "",
                   "1cc897d6a3098014d0a97c4b87da771cd7f1a452cdba4074be6c5bdf17a126d2");
    assert_channel(own, "private-encrypted-cache-vault", "",
                   "6045b19571ab86c035b79c04ffd33dd44d5c4271b583a24305e8cd1ad6e6d58e");
    assert_channel(own, "private-encrypted-vault", "",
                   "ed26011dd09ad110e330bf98382aba2546b437238e3166f022ecd64f5d9af120");
    assert_channel(own, room,
                   "{\"user_id\":\"u-7\",\"user_info\":{\"name\":\"Zo\xc3\xab "
                   "\xe6\x97\xa5\xe6\x9c\xac\"}}",
                   "b3e75812a22274c55e3d0b255caa4b803d9b378a4b62782180e37100f8786cc9");
    assert_channel(own, room,
                   "{\"user_id\":\"u-7\",\"user_info\":{\"name\":\"Zo\\u00eb \\u65e5\\u672c\"}}",
                   "31982ed51092d0a9b3d6982fb0535389396e69d44739d1261d6a9364ee2d7c82");
}

static void assert_user(const char *socket_id, const char *data, const char *want)
{
    struct buf to;

    buf_init(&to, 1024);
    assert_int_equal(
        pusher_sign_user(&to, STR(KEY), STR(SECRET), str_from(socket_id), str_from(data)),
        PUSHER_OK);
    assert_string_equal(buf_cstr(&to), want);
    buf_clear(&to);
}

static void user_signatures_come_out_as_published(void **state)
{
    (void)state;
    assert_user("1234.1234", "{\"id\":\"12345\"}",
                KEY ":4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba");
    assert_user("987654.1234567890",
                "{\"id\":\"u-7\",\"user_info\":{\"name\":\"Ann\"},\"watchlist\":[\"u-8\",\"u-9\"]}",
                KEY ":71ab6e90fae354cfe77e72f735ff581bdccb6c0a45ae50ef9216e1fc7cb42591");
}

static void assert_request(const char *secret, const char *method, const char *path,
                           const char *query, const char *want)
{
    char hex[PUSHER_SHA256_HEX];

    assert_int_equal(pusher_sign_request(str_from(secret), str_from(method), str_from(path),
                                         str_from(query), hex),
                     PUSHER_OK);
    assert_string_equal(hex, want);
}

static void request_signatures_come_out_as_published(void **state)
{
    (void)state;
    assert_request(SECRET, "POST", "/apps/3/events",
                   "auth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0&"
                   "body_md5=ec365a775a4cd0599faeb73354201b6f",
                   "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c");
    assert_request(SECRET, "GET", "/apps/3/channels",
                   A "&filter_by_prefix=presence-&info=user_count",
                   "5142c71a4248ef5f3ec45e8793d8997773f1d19ce69ee6f6b1d75131d8aa0a6a");
    assert_request(SECRET, "GET", "/apps/3/channels/cache-news", A "&info=subscription_count,cache",
                   "b184a3cc6b9e646beaaa7ffc0aa5d2aa345e3f6b4874f3d88e510e21d6b9b48a");
    assert_request(SECRET, "GET", "/apps/3/channels/presence-room/users", A,
                   "57993b520f77018d5c04e3873f82d31f7a8cf5dacd07389686fdeee97e96875c");
    assert_request(SECRET, "POST", "/apps/3/batch_events",
                   A "&body_md5=5b1847f70e315802570b0f92faddf0b5",
                   "b727c56829764ee2b02af8819d8406f7a2010dea92355b7e13a5cc5cbbd85048");
    assert_request(SECRET, "POST", "/apps/3/users/u-7/terminate_connections",
                   A "&body_md5=99914b932bd37a50b983c5e7c90ae93b",
                   "4ac16e15cd248daaebda32fd640a2d5f4712b7f84a02f5157f41c340d27eb8fd");
    assert_request(SECRET, "POST", "/apps/3/events", A "&body_md5=048fa64a0e373cb717297c25b1cbbb4d",
                   "e2fb8594adf5a667bf97794ae61aaa56a78d56419e611fcbcfa75cba1cd3f2d3");
    assert_request("4bf35003e819bb138249", "GET", "/apps/102015/channels",
                   "auth_key=d41a439c438a100756f5&auth_timestamp=1427034994&auth_version=1.0&"
                   "filter_by_prefix=presence-&info=user_count",
                   "4d8a02edcc8a758b0162cd6da690a9a45fb8ae326a276dca1e06a0bc42796c11");
}

static void the_order_and_case_of_parameter_names_do_not_matter(void **state)
{
    (void)state;
    assert_request(SECRET, "GET", "/apps/3/channels",
                   "info=user_count&Auth_Version=1.0&filter_by_prefix=presence-&"
                   "AUTH_KEY=278d425bdf160c739803&auth_timestamp=1700000000",
                   "5142c71a4248ef5f3ec45e8793d8997773f1d19ce69ee6f6b1d75131d8aa0a6a");
}

static void more_parameters_than_the_limit_are_refused(void **state)
{
    char query[PUSHER_PARAMS_MAX * 4 + 8] = "";
    char hex[PUSHER_SHA256_HEX];
    size_t len = 0;

    (void)state;
    for (int i = 0; i < PUSHER_PARAMS_MAX; i++)
        len += str_format(query + len, sizeof query - len, "a=%d&", i % 10);
    assert_int_equal(
        pusher_sign_request(STR(SECRET), STR("GET"), STR("/"), (struct str){query, len - 1}, hex),
        PUSHER_OK);
    str_format(query + len, sizeof query - len, "b=1");
    assert_int_equal(pusher_sign_request(STR(SECRET), STR("GET"), STR("/"), str_from(query), hex),
                     PUSHER_ERR_LIMIT);
    assert_string_equal(hex, "");
}

static void a_signature_that_does_not_fit_leaves_the_buffer_as_it_was(void **state)
{
    struct buf to;

    (void)state;
    buf_init(&to, 40);
    assert_int_equal(buf_append(&to, STR("ab")), CT_OK);
    assert_int_equal(pusher_sign_channel(&to, STR(KEY), STR(SECRET), STR("1.2"), STR("private-x"),
                                         (struct str){0}),
                     PUSHER_ERR_NOMEM);
    assert_int_equal(to.len, 2);
    buf_clear(&to);
}

static void equality_needs_equal_length_and_bytes(void **state)
{
    (void)state;
    assert_true(pusher_equal_constant_time(STR("abc"), STR("abc")));
    assert_true(pusher_equal_constant_time((struct str){0}, STR("")));
    assert_false(pusher_equal_constant_time(STR("abc"), STR("abd")));
    assert_false(pusher_equal_constant_time(STR("abc"), STR("ab")));
    assert_false(pusher_equal_constant_time(STR("abc"), (struct str){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmacs_of_the_webhook_vectors_come_out_as_published),
        cmocka_unit_test(an_empty_secret_and_message_still_have_an_hmac),
        cmocka_unit_test(md5_of_bodies_comes_out_as_published),
        cmocka_unit_test(channel_signatures_come_out_as_published),
        cmocka_unit_test(user_signatures_come_out_as_published),
        cmocka_unit_test(request_signatures_come_out_as_published),
        cmocka_unit_test(the_order_and_case_of_parameter_names_do_not_matter),
        cmocka_unit_test(more_parameters_than_the_limit_are_refused),
        cmocka_unit_test(a_signature_that_does_not_fit_leaves_the_buffer_as_it_was),
        cmocka_unit_test(equality_needs_equal_length_and_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
