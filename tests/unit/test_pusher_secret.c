/* Encrypted payloads against the published vectors, both ways, and against everything that is not one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pusher/secret.h"

#define MASTER "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define CHANNEL "private-encrypted-vault"
#define SHARED "wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsc="
#define NONCE "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX"
#define PLAIN "{\"msg\":\"hello\",\"n\":1}"
#define SEALED "ECik4AJNYg+mtPAJGkEBubFx+EzvzfOI64TSUYmT507T0Ttrnw=="
#define DATA "{\"nonce\":\"" NONCE "\",\"ciphertext\":\"" SEALED "\"}"

enum { LIMIT = 64 * 1024 };

static struct pusher_key shared_key(void)
{
    struct pusher_key key;

    assert_int_equal(pusher_key_from_base64(STR(SHARED), &key), PUSHER_OK);
    return key;
}

static struct pusher_nonce vector_nonce(void)
{
    struct pusher_nonce nonce;

    for (size_t i = 0; i < sizeof nonce.bytes; i++)
        nonce.bytes[i] = (unsigned char)(0x40 + i);
    return nonce;
}

static void assert_hex(const struct pusher_key *key, const char *want)
{
    char hex[2 * PUSHER_KEY_BYTES + 1];

    for (size_t i = 0; i < PUSHER_KEY_BYTES; i++)
        (void)str_format(hex + 2 * i, 3, "%02x", key->bytes[i]);
    assert_string_equal(hex, want);
}

static void the_key_of_a_channel_comes_from_its_name_and_the_master_key(void **state)
{
    struct pusher_key master, key;
    char base64[PUSHER_KEY_BASE64];

    (void)state;
    assert_int_equal(pusher_key_from_base64(STR(MASTER), &master), PUSHER_OK);
    assert_hex(&master, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    assert_int_equal(pusher_key_of_channel(&master, STR(CHANNEL), &key), PUSHER_OK);
    assert_hex(&key, "c29f0eae3b764b81f89fc7433fba5ad80f6b79db914d379d6da8959e3aa89ac7");
    pusher_key_to_base64(&key, base64);
    assert_string_equal(base64, SHARED);
}

static void a_master_secret_of_33_bytes_gives_the_key_of_the_other_vector(void **state)
{
    struct pusher_key key;
    struct buf to;
    struct str plain;

    (void)state;
    assert_int_equal(pusher_key_of_secret(STR("This is a string that is 32 chars"),
                                          STR("private-encrypted-bla"), &key),
                     PUSHER_OK);
    assert_hex(&key, "004831f99d2a4e86723e893caded3a2897deeddbed9514fe9497dcddc52bd50b");
    buf_init(&to, LIMIT);
    assert_int_equal(pusher_secret_open(&key,
                                        STR("{\"nonce\":\"sjklahvpWWQgAjTx5FfYHCCxd2AmaL9T\","
                                            "\"ciphertext\":\"zoDEe8dA3nDXKsybAWce/hXGW4szJw==\"}"),
                                        &to, &plain),
                     PUSHER_OK);
    assert_true(str_eq(plain, STR("Hello!")));
    buf_clear(&to);
}

static void the_published_event_opens(void **state)
{
    const struct pusher_key key = shared_key();
    struct buf to;
    struct str plain;

    (void)state;
    buf_init(&to, LIMIT);
    assert_int_equal(buf_append(&to, STR("before")), CT_OK);
    assert_int_equal(pusher_secret_open(&key, STR(DATA), &to, &plain), PUSHER_OK);
    assert_true(str_eq(plain, STR(PLAIN)));
    assert_true(str_eq(buf_str(&to), STR("before" PLAIN)));
    buf_clear(&to);
}

static void sealing_gives_the_published_event(void **state)
{
    const struct pusher_key key = shared_key();
    const struct pusher_nonce nonce = vector_nonce();
    struct buf to;

    (void)state;
    buf_init(&to, LIMIT);
    assert_int_equal(pusher_secret_seal(&key, &nonce, STR(PLAIN), &to), PUSHER_OK);
    assert_string_equal(buf_cstr(&to), DATA);
    buf_clear(&to);
}

static void nothing_can_be_sealed_and_opened_too(void **state)
{
    const struct pusher_key key = shared_key();
    const struct pusher_nonce nonce = vector_nonce();
    struct str plain = STR("x");
    struct buf sealed, to;

    (void)state;
    buf_init(&sealed, LIMIT);
    buf_init(&to, LIMIT);
    assert_int_equal(pusher_secret_seal(&key, &nonce, (struct str){0}, &sealed), PUSHER_OK);
    assert_string_equal(buf_cstr(&sealed),
                        "{\"nonce\":\"" NONCE "\",\"ciphertext\":\"+yUtDy6ojtqbift0abFLxw==\"}");
    assert_int_equal(pusher_secret_open(&key, buf_str(&sealed), &to, &plain), PUSHER_OK);
    assert_int_equal(plain.len, 0);
    buf_clear(&sealed);
    buf_clear(&to);
}

static void the_longest_plain_text_just_fits_an_event(void **state)
{
    const struct pusher_key key = shared_key();
    const struct pusher_nonce nonce = vector_nonce();
    char text[PUSHER_SECRET_PLAIN_MAX + 1];
    struct buf sealed, to;
    struct str plain;

    (void)state;
    memset(text, 'a', sizeof text);
    buf_init(&sealed, LIMIT);
    buf_init(&to, LIMIT);
    assert_int_equal(pusher_secret_seal(&key, &nonce, (struct str){text, sizeof text - 1}, &sealed),
                     PUSHER_OK);
    assert_true(sealed.len <= 10240);
    assert_int_equal(pusher_secret_open(&key, buf_str(&sealed), &to, &plain), PUSHER_OK);
    assert_true(str_eq(plain, (struct str){text, sizeof text - 1}));
    buf_reset(&sealed);
    assert_int_equal(pusher_secret_seal(&key, &nonce, (struct str){text, sizeof text}, &sealed),
                     PUSHER_OK);
    assert_true(sealed.len > 10240);
    buf_clear(&sealed);
    buf_clear(&to);
}

static void assert_open(const char *data, enum pusher_err want)
{
    const struct pusher_key key = shared_key();
    struct buf to;
    struct str plain = STR("");

    buf_init(&to, LIMIT);
    assert_int_equal(buf_append(&to, STR("kept")), CT_OK);
    assert_int_equal(pusher_secret_open(&key, str_from(data), &to, &plain), want);
    if (want != PUSHER_OK)
        assert_true(str_eq(buf_str(&to), STR("kept")));
    buf_clear(&to);
}

static void what_is_not_an_encrypted_payload_is_a_format_error(void **state)
{
    (void)state;
    assert_open("", PUSHER_ERR_BAD_DATA);
    assert_open("plain text", PUSHER_ERR_BAD_DATA);
    assert_open("[]", PUSHER_ERR_BAD_DATA);
    assert_open("{}", PUSHER_ERR_BAD_DATA);
    assert_open("{\"nonce\":\"" NONCE "\"}", PUSHER_ERR_BAD_DATA);
    assert_open("{\"ciphertext\":\"" SEALED "\"}", PUSHER_ERR_BAD_DATA);
    assert_open("{\"nonce\":7,\"ciphertext\":\"" SEALED "\"}", PUSHER_ERR_BAD_DATA);
    assert_open("{\"nonce\":\"" NONCE "\",\"ciphertext\":null}", PUSHER_ERR_BAD_DATA);
    /* nonces of 21, 23 with wrong padding, and 27 bytes; with white space; with the other alphabet */
    assert_open("{\"nonce\":\"QEFCQ0RFRkdISUpLTE1OT1BRUlNU\",\"ciphertext\":\"" SEALED "\"}",
                PUSHER_ERR_BAD_DATA);
    assert_open("{\"nonce\":\"QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVY\",\"ciphertext\":\"" SEALED "\"}",
                PUSHER_ERR_BAD_DATA);
    assert_open("{\"nonce\":\"" NONCE "QUJD\",\"ciphertext\":\"" SEALED "\"}", PUSHER_ERR_BAD_DATA);
    assert_open("{\"nonce\":\" " NONCE "\",\"ciphertext\":\"" SEALED "\"}", PUSHER_ERR_BAD_DATA);
    assert_open("{\"nonce\":\"-_FCQ0RFRkdISUpLTE1OT1BRUlNUVVZX\",\"ciphertext\":\"" SEALED "\"}",
                PUSHER_ERR_BAD_DATA);
    /* a ciphertext of 15 bytes has no room for its tag */
    assert_open("{\"nonce\":\"" NONCE "\",\"ciphertext\":\"QUJDQUJDQUJDQUJDQUJD\"}",
                PUSHER_ERR_BAD_DATA);
    assert_open("{\"nonce\":\"" NONCE "\",\"ciphertext\":\"\"}", PUSHER_ERR_BAD_DATA);
    assert_open("{\"nonce\":\"" NONCE "\",\"ciphertext\":\"" SEALED "\\u0000\"}",
                PUSHER_ERR_BAD_DATA);
}

static void a_changed_bit_or_another_key_is_a_decryption_failure(void **state)
{
    struct pusher_key other = shared_key();
    struct buf to;
    struct str plain;

    (void)state;
    assert_open("{\"nonce\":\"" NONCE
                "\",\"ciphertext\":\"ECik4AJNYg+mtPAJGkEBubFx+EzvzfOI64TSUYmT507T0Ttrnw==\"}",
                PUSHER_OK);
    assert_open("{\"nonce\":\"" NONCE
                "\",\"ciphertext\":\"FCik4AJNYg+mtPAJGkEBubFx+EzvzfOI64TSUYmT507T0Ttrnw==\"}",
                PUSHER_ERR_DECRYPT);
    assert_open("{\"nonce\":\"REFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX\",\"ciphertext\":\"" SEALED "\"}",
                PUSHER_ERR_DECRYPT);
    other.bytes[31] ^= 1;
    buf_init(&to, LIMIT);
    assert_int_equal(pusher_secret_open(&other, STR(DATA), &to, &plain), PUSHER_ERR_DECRYPT);
    buf_clear(&to);
}

static void slashes_may_be_escaped_and_members_more_than_two(void **state)
{
    const struct pusher_key key = shared_key();
    struct pusher_nonce nonce = vector_nonce();
    struct buf sealed, slashed, to;
    struct str plain;

    (void)state;
    nonce.bytes[0] = 0xff; /* "/0FC..." */
    buf_init(&sealed, LIMIT);
    buf_init(&slashed, LIMIT);
    buf_init(&to, LIMIT);
    assert_int_equal(pusher_secret_seal(&key, &nonce, STR(PLAIN), &sealed), PUSHER_OK);
    for (size_t i = 0; i < sealed.len; i++) {
        if (i == 1)
            assert_int_equal(buf_append(&slashed, STR("\"v\":2, ")), CT_OK);
        if (sealed.bytes[i] == '/')
            assert_int_equal(buf_append_char(&slashed, '\\'), CT_OK);
        assert_int_equal(buf_append_char(&slashed, (char)sealed.bytes[i]), CT_OK);
    }
    assert_true(str_find(buf_str(&slashed), STR("\\/0FC")) < slashed.len);
    assert_int_equal(pusher_secret_open(&key, buf_str(&slashed), &to, &plain), PUSHER_OK);
    assert_true(str_eq(plain, STR(PLAIN)));
    buf_clear(&sealed);
    buf_clear(&slashed);
    buf_clear(&to);
}

static void assert_no_key(const char *base64)
{
    static const struct pusher_key nothing;
    struct pusher_key key;

    memset(&key, 0x55, sizeof key);
    assert_int_equal(pusher_key_from_base64(str_from(base64), &key), PUSHER_ERR_KEY);
    assert_true(pusher_key_equal(&key, &nothing));
}

static void only_32_bytes_in_proper_base64_are_a_key(void **state)
{
    (void)state;
    assert_no_key("");
    assert_no_key("wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsc");    /* no padding */
    assert_no_key("wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqoms==");   /* 31 bytes */
    assert_no_key("wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomscA");   /* 33 bytes */
    assert_no_key("wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsd=");   /* bits behind the last byte */
    assert_no_key("wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqomsc=\n"); /* as a file ends */
    assert_no_key("wp8Orjt2S4H4n8dDP7pa2A9reduRTTedbaiVnjqo-_c=");   /* the alphabet of URLs */
    assert_no_key("wp8Orjt2S4H4n8dDP7pa2A9 reduRTTedbaiVnjqomsc=");
    assert_no_key("this is no base64 but has its 44 characters!");
}

static void a_wiped_key_is_all_zero(void **state)
{
    static const struct pusher_key nothing;
    struct pusher_key key = shared_key();

    (void)state;
    assert_false(pusher_key_equal(&key, &nothing));
    pusher_key_wipe(&key);
    assert_true(pusher_key_equal(&key, &nothing));
}

static void what_does_not_fit_the_buffer_is_refused_and_leaves_it(void **state)
{
    const struct pusher_key key = shared_key();
    const struct pusher_nonce nonce = vector_nonce();
    struct str plain;
    struct buf to;

    (void)state;
    buf_init(&to, 60);
    assert_int_equal(pusher_secret_seal(&key, &nonce, STR(PLAIN), &to), PUSHER_ERR_TOO_LARGE);
    assert_int_equal(to.len, 0);
    assert_int_equal(pusher_secret_open(&key, STR(DATA), &to, &plain), PUSHER_ERR_TOO_LARGE);
    assert_int_equal(to.len, 0);
    buf_clear(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_of_a_channel_comes_from_its_name_and_the_master_key),
        cmocka_unit_test(a_master_secret_of_33_bytes_gives_the_key_of_the_other_vector),
        cmocka_unit_test(the_published_event_opens),
        cmocka_unit_test(sealing_gives_the_published_event),
        cmocka_unit_test(nothing_can_be_sealed_and_opened_too),
        cmocka_unit_test(the_longest_plain_text_just_fits_an_event),
        cmocka_unit_test(what_is_not_an_encrypted_payload_is_a_format_error),
        cmocka_unit_test(a_changed_bit_or_another_key_is_a_decryption_failure),
        cmocka_unit_test(slashes_may_be_escaped_and_members_more_than_two),
        cmocka_unit_test(only_32_bytes_in_proper_base64_are_a_key),
        cmocka_unit_test(a_wiped_key_is_all_zero),
        cmocka_unit_test(what_does_not_fit_the_buffer_is_refused_and_leaves_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
