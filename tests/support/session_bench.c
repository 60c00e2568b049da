/* tests/support/session_bench.c - events written as lines that a test can spell out. */
#include "support/session_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/fixture.h"

void bench_open(struct bench *b, const struct pusher_session_cfg *cfg)
{
    memset(b, 0, sizeof *b);
    b->now_ms = 1000000;
    b->s = pusher_session_create(cfg, b->now_ms);
    assert_non_null(b->s);
    buf_init(&b->lines, 64U * 1024 * 1024);
}

void bench_close(struct bench *b)
{
    pusher_session_destroy(b->s);
    buf_clear(&b->lines);
}

static void add(struct bench *b, struct str part)
{
    assert_int_equal(buf_append(&b->lines, part), CT_OK);
}

static void add_part(struct bench *b, struct str part)
{
    if (part.len == 0)
        return;
    add(b, STR(" "));
    add(b, part);
}

static void add_code(struct bench *b, int32_t code)
{
    if (code != 0)
        assert_int_equal(buf_printf(&b->lines, " %d", (int)code), CT_OK);
}

static void write_line(struct bench *b, const struct pusher_event *ev)
{
    static const char *const kinds[] = {"DIAL", "HANGUP", "SEND",  "AUTH",  "LINK",
                                        "SUB",  "DATA",   "PONG",  "FAULT", "USERAUTH",
                                        "USER", "HELD",   "SEALED"};

    add(b, str_from(kinds[ev->kind]));
    add_part(b, ev->channel);
    add_part(b, ev->name);
    if (ev->kind == PUSHER_EVENT_DIAL)
        add_part(b, ev->use_tls ? STR("tls") : STR("plain"));
    if (ev->kind == PUSHER_EVENT_LINK)
        add_part(b, str_from(wire_link_name(ev->link)));
    if (ev->kind == PUSHER_EVENT_SUB || ev->kind == PUSHER_EVENT_USER)
        add_part(b, str_from(wire_sub_name(ev->sub)));
    add_code(b, ev->code);
    if (ev->kind == PUSHER_EVENT_PONG)
        assert_int_equal(buf_printf(&b->lines, " %llu", (unsigned long long)ev->value), CT_OK);
    if (ev->kind == PUSHER_EVENT_AUTH || ev->kind == PUSHER_EVENT_USER_AUTH)
        add_part(b, ev->socket_id);
    if (ev->kind == PUSHER_EVENT_SEALED)
        add_part(b, str_from(pusher_strerror(ev->err)));
    else if (ev->kind != PUSHER_EVENT_LINK) /* its greeting is another test's business */
        add_part(b, ev->data);
    add_part(b, ev->user_id);
    if (ev->encrypted)
        assert_true(str_starts(ev->text, STR("{\"event\":")) && str_ends(ev->text, STR("}")));
    else
        add_part(b, ev->text);
    if (ev->kind == PUSHER_EVENT_DATA && ev->encrypted)
        add(b, STR(" (decrypted)"));
    add(b, STR("\n"));
}

void bench_drain(struct bench *b)
{
    struct pusher_event ev;
    size_t count = 0;

    while (pusher_session_next(b->s, &ev)) {
        b->seen[ev.kind]++;
        count++;
        if (ev.kind == PUSHER_EVENT_LINK)
            b->retry_at_ms = ev.retry_at_ms;
        if (ev.kind == PUSHER_EVENT_DIAL)
            b->generation = ev.generation;
        if (!b->mute)
            write_line(b, &ev);
    }
    if (count > b->most_queued)
        b->most_queued = count;
}

void bench_forget(struct bench *b)
{
    buf_reset(&b->lines);
    memset(b->seen, 0, sizeof b->seen);
}

void bench_expect(struct bench *b, const char *lines)
{
    const char *got = buf_cstr(&b->lines);

    assert_string_equal(got, lines);
    bench_forget(b);
}

bool bench_has(struct bench *b, const char *part)
{
    return strstr(buf_cstr(&b->lines), part) != NULL;
}

void bench_connect(struct bench *b)
{
    pusher_session_connect(b->s, b->now_ms);
    bench_drain(b);
}

void bench_opened(struct bench *b)
{
    pusher_session_opened(b->s, b->generation, b->now_ms);
    bench_drain(b);
}

void bench_message(struct bench *b, const char *text)
{
    pusher_session_message(b->s, b->generation, str_from(text), b->now_ms);
    bench_drain(b);
}

void bench_fixture(struct bench *b, const char *name)
{
    struct buf text;
    char path[128];

    buf_init(&text, 65536);
    (void)str_format(path, sizeof path, "protocol/%s", name);
    pusher_session_message(b->s, b->generation, fixture_read(path, &text), b->now_ms);
    buf_clear(&text); /* before the events are taken: they must not point into it */
    bench_drain(b);
}

void bench_closed(struct bench *b, int32_t code)
{
    pusher_session_closed(b->s, b->generation, code, 0, 0, STR(""), b->now_ms);
    bench_drain(b);
}

void bench_up(struct bench *b)
{
    bench_connect(b);
    bench_opened(b);
    bench_message(b, BENCH_HELLO("30"));
    bench_forget(b);
}

void bench_subscribe(struct bench *b, const char *channel)
{
    assert_int_equal(pusher_session_subscribe(b->s, str_from(channel), b->now_ms), PUSHER_OK);
    bench_drain(b);
}

void bench_unsubscribe(struct bench *b, const char *channel)
{
    assert_int_equal(pusher_session_unsubscribe(b->s, str_from(channel), b->now_ms), PUSHER_OK);
    bench_drain(b);
}

void bench_authorize(struct bench *b, const char *channel)
{
    const bool presence = strncmp(channel, "presence-", 9) == 0;

    pusher_session_authorized(b->s, b->generation, str_from(channel),
                              presence ? STR("{\"auth\":\"k:ab12\",\"channel_data\":\"{}\"}")
                                       : STR("{\"auth\":\"k:ab12\"}"),
                              b->now_ms);
    bench_drain(b);
}

void bench_succeed(struct bench *b, const char *channel)
{
    char text[400];

    (void)str_format(text, sizeof text,
                     "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"%s\","
                     "\"data\":\"{}\"}",
                     channel);
    bench_message(b, text);
}

void bench_join(struct bench *b, const char *channel)
{
    bench_subscribe(b, channel);
    if (pusher_channel_traits(str_from(channel)).needs_auth)
        bench_authorize(b, channel);
    bench_succeed(b, channel);
    assert_int_equal(pusher_session_sub(b->s, str_from(channel)), WIRE_SUB_SUBSCRIBED);
    bench_forget(b);
}

void bench_at(struct bench *b, uint64_t now_ms)
{
    b->now_ms = now_ms;
    pusher_session_tick(b->s, now_ms);
    bench_drain(b);
}

void bench_pass(struct bench *b, uint64_t ms)
{
    const uint64_t end_ms = b->now_ms + ms;

    while (pusher_session_deadline_ms(b->s) < end_ms)
        bench_at(b, pusher_session_deadline_ms(b->s));
    bench_at(b, end_ms);
}
