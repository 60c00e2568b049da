#include "support/http_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct answer send_raw(struct hub_rig *r, const char *method, const char *path, const char *query,
                       struct str body)
{
    const struct hub_request request = {str_from(method), str_from(path), str_from(query), body};
    struct answer a;
    struct buf to;

    a.is_json = false;
    buf_init(&to, 1 << 20);
    a.status = hub_http(r->h, &request, (int64_t)NOW_S * 1000 + 500, r->now_ms, &to, &a.is_json);
    str_copy(a.body, sizeof a.body, buf_str(&to));
    buf_clear(&to);
    return a;
}

void sign_query(const struct signing *s, struct str body, char *query, size_t cap)
{
    char md5[PUSHER_MD5_HEX] = "", hex[PUSHER_SHA256_HEX];
    const char *digest = s->md5;
    size_t len;

    if (!digest && body.len > 0) {
        assert_int_equal(pusher_md5_hex(body, md5), PUSHER_OK);
        digest = md5;
    }
    len =
        str_format(query, cap, "auth_key=%s&auth_timestamp=%lld&auth_version=1.0%s%s%s", s->key,
                   (long long)s->at_s, digest ? "&body_md5=" : "", digest ? digest : "", s->extra);
    assert_int_equal(pusher_sign_request(str_from(s->secret), str_from(s->method),
                                         str_from(s->path), (struct str){query, len}, hex),
                     PUSHER_OK);
    str_format(query + len, cap - len, "&auth_signature=%s", hex);
}

struct answer send_signed(struct hub_rig *r, const struct signing *s, const char *body)
{
    char query[2048];

    sign_query(s, str_from(body), query, sizeof query);
    return send_raw(r, s->method, s->path, query, str_from(body));
}

struct answer post(struct hub_rig *r, const char *path, const char *body)
{
    return send_signed(r, &(struct signing){"key", "secret", "POST", path, "", NULL, NOW_S}, body);
}

struct answer get(struct hub_rig *r, const char *path, const char *extra)
{
    return send_signed(r, &(struct signing){"key", "secret", "GET", path, extra, NULL, NOW_S}, "");
}

void assert_answer(struct answer a, int status, const char *body)
{
    assert_string_equal(a.body, body);
    assert_int_equal(a.status, status);
    assert_true(a.is_json || status == 202);
}

void assert_error(struct answer a, int status)
{
    const size_t len = strlen(a.body);

    if (a.status != status)
        fail_msg("status %d, want %d: %s", a.status, status, a.body);
    assert_false(a.is_json);
    assert_true(len > 1 && strchr(a.body, '\n') == a.body + len - 1);
    assert_null(strstr(a.body, "\"secret\""));
}
