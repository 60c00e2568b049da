/* src/device/pc_pump.c - what the session wants done, and what the transport and the handlers are told. */
#include "device/pc_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json_write.h"
#include "base/text.h"

enum { HTTP_PORT = 80, HTTPS_PORT = 443, ERROR_JSON_MAX = 2 * PUSHER_REASON_MAX + 64 };

static const char *const state_names[] = {"initialized", "connecting",   "connected",
                                          "unavailable", "disconnected", "failed"};

void pc_log(struct pc *pc, enum pc_level level, const char *format, ...)
{
    char line[PC_LOG_LINE_MAX], clean[PC_LOG_LINE_MAX];
    va_list args;

    if (!pc->cfg.log)
        return;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    (void)text_clean(clean, sizeof clean, str_from(line));
    text_redact(clean);
    pc->cfg.log(pc->cfg.user, level, clean);
}

/* ---- out ---- */

static void drop_transport(struct pc *pc)
{
    pc->open = false;
    pc->sends_count = 0;
}

static void lose(struct pc *pc, const char *why)
{
    const uint32_t generation = pc->generation;

    if (!pc->open)
        return;
    pc->transport.close(pc->transport.user, 1000);
    drop_transport(pc);
    PC_WITHIN(
        pc, pusher_session_closed(pc->session, generation, 1006, 0, 0, str_from(why), pc->now_ms));
}

/* Writes what waits, in order, as far as it goes. */
static void flush(struct pc *pc)
{
    while (pc->open && pc->sends_count > 0) {
        const struct pc_send *first = &pc->sends[pc->sends_first];
        const int wrote = pc->transport.send(pc->transport.user, first->text, first->len);

        if (wrote == PC_IO_AGAIN)
            return;
        if (wrote != PC_IO_DONE) {
            lose(pc, "writing failed");
            return;
        }
        pc->stats.sent++;
        pc->sends_first = (uint16_t)((pc->sends_first + 1U) % PC_SENDS_MAX);
        pc->sends_count--;
        pc->stalled_ms = pc->now_ms;
    }
}

void pc_check_stall(struct pc *pc)
{
    if (pc->sends_count == 0 || pc->now_ms - pc->stalled_ms < PC_STALL_MS)
        return;
    lose(pc, "writing stalled");
    pc_pump(pc);
}

static void send_text(struct pc *pc, const struct pusher_event *ev)
{
    if (!pc->open || ev->generation != pc->generation)
        return;
    if (pc->sends_count == PC_SENDS_MAX) {
        lose(pc, "writing stalled");
        return;
    }
    if (pc->sends_count == 0)
        pc->stalled_ms = pc->now_ms;
    /* The session's own copy, which nobody reads again: a transport may mask it where it stands. */
    pc->sends[(pc->sends_first + pc->sends_count) % PC_SENDS_MAX] =
        (struct pc_send){(char *)(uintptr_t)ev->text.ptr, ev->text.len};
    pc->sends_count++;
    flush(pc);
}

static void dial(struct pc *pc, const struct pusher_event *ev)
{
    const bool switched = ev->use_tls && !pc->cfg.tls; /* by code 4000 */

    pc->target.tls = ev->use_tls;
    pc->target.port = pc->cfg.port;
    if (pc->cfg.port == 0 || (switched && pc->cfg.port == HTTP_PORT))
        pc->target.port = ev->use_tls ? HTTPS_PORT : HTTP_PORT;
    pc->generation = ev->generation;
    pc->open = true;
    pc->sends_count = 0;
    pc_log(pc, PC_LOG_INFO, "connecting to %s:%u", pc->target.host, (unsigned)pc->target.port);
    if (pc->transport.open(pc->transport.user, pc, ev->generation, &pc->target) == PC_IO_DONE)
        return;
    drop_transport(pc);
    PC_WITHIN(pc, pusher_session_closed(pc->session, ev->generation, 1006, 0, 0,
                                        STR("the transport could not be opened"), pc->now_ms));
}

static void hang_up(struct pc *pc, const struct pusher_event *ev)
{
    if (!pc->open || ev->generation != pc->generation)
        return;
    pc->transport.close(pc->transport.user, ev->code);
    drop_transport(pc);
}

/* ---- told ---- */

static void on_link(struct pc *pc, const struct pusher_event *ev)
{
    const uint32_t retry_ms =
        ev->retry_at_ms > pc->now_ms ? (uint32_t)(ev->retry_at_ms - pc->now_ms) : 0;
    const bool lost = ev->code != 0 || ev->text.len > 0;

    pc_log(pc, lost ? PC_LOG_ERROR : PC_LOG_INFO, "%s%s%s", state_names[ev->link],
           ev->text.len > 0 ? ": " : "", ev->text.ptr);
    if (pc->cfg.state)
        pc->cfg.state(pc->cfg.user, pc, (enum pc_state)ev->link, ev->code, retry_ms, ev->text.ptr);
    if (ev->link != WIRE_LINK_CONNECTED)
        return;
    pc->stats.connections++;
    pc_tell(pc, &(struct pc_event){.name = "pusher:connection_established",
                                   .channel = "",
                                   .data = ev->data.ptr,
                                   .data_len = ev->data.len,
                                   .user_id = ""});
}

/* {"message":"...","code":N}, as servers write it. */
static void tell_error(struct pc *pc, const char *name, const struct pusher_event *ev)
{
    char json[ERROR_JSON_MAX];
    struct buf text = {.bytes = (uint8_t *)json, .cap = sizeof json, .limit = sizeof json - 1};
    struct json_writer w;

    jw_init(&w, &text);
    jw_object(&w);
    jw_key(&w, "message");
    jw_str(&w, ev->text);
    jw_key(&w, "code");
    jw_i64(&w, ev->code);
    jw_object_end(&w);
    json[w.err == CT_OK ? text.len : 0] = '\0';
    pc_tell(pc, &(struct pc_event){.name = name,
                                   .channel = ev->channel.ptr,
                                   .data = json,
                                   .data_len = strlen(json),
                                   .user_id = "",
                                   .code = ev->code});
}

static void on_sub(struct pc *pc, const struct pusher_event *ev)
{
    const bool failed = ev->sub == WIRE_SUB_DENIED || ev->sub == WIRE_SUB_FAILED;

    pc_log(pc, failed ? PC_LOG_ERROR : PC_LOG_DEBUG, "channel %s: %s%s%s", ev->channel.ptr,
           wire_sub_name(ev->sub), ev->text.len > 0 ? ": " : "", ev->text.ptr);
    if (failed)
        tell_error(pc, "pusher:subscription_error", ev);
}

static void on_auth(struct pc *pc, const struct pusher_event *ev)
{
    if (pc->cfg.authorize)
        pc->cfg.authorize(pc->cfg.lent, pc, ev->generation, ev->channel.ptr, ev->socket_id.ptr);
    else
        pc_log(pc, PC_LOG_INFO, "channel %s waits for pc_subscribe_with()", ev->channel.ptr);
}

#ifndef PUSHER_SMALL
static void on_user_auth(struct pc *pc, const struct pusher_event *ev)
{
    if (pc->cfg.authorize)
        pc->cfg.authorize(pc->cfg.lent, pc, ev->generation, PC_USER, ev->socket_id.ptr);
}

/* Handlers hear of it as pusher:signin_success or pusher:signin_error. */
static void on_user(struct pc *pc, const struct pusher_event *ev)
{
    const bool failed = ev->sub == WIRE_SUB_DENIED || ev->sub == WIRE_SUB_FAILED;

    pc_log(pc, failed ? PC_LOG_ERROR : PC_LOG_DEBUG, "user %s: %s%s%s", ev->user_id.ptr,
           wire_sub_name(ev->sub), ev->text.len > 0 ? ": " : "", ev->text.ptr);
}
#endif

static void on_data(struct pc *pc, const struct pusher_event *ev)
{
    pc_log(pc, PC_LOG_DEBUG, "event %s on %s, %u bytes", ev->name.ptr, ev->channel.ptr,
           (unsigned)ev->data.len);
    pc_tell(pc, &(struct pc_event){.name = ev->name.ptr,
                                   .channel = ev->channel.ptr,
                                   .data = ev->data.ptr,
                                   .data_len = ev->data.len,
                                   .user_id = ev->user_id.ptr});
}

static void on_fault(struct pc *pc, const struct pusher_event *ev)
{
    pc_log(pc, PC_LOG_ERROR, "error: %s", ev->text.ptr);
    tell_error(pc, "pusher:error", ev);
}

/* An event of an encrypted channel that no key opens. */
static void on_sealed(struct pc *pc, const struct pusher_event *ev)
{
    struct pusher_event fault = *ev;

    fault.text = str_from(pusher_strerror(ev->err));
    on_fault(pc, &fault);
}

static void on_event(struct pc *pc, const struct pusher_event *ev)
{
    switch (ev->kind) {
    case PUSHER_EVENT_DIAL:
        dial(pc, ev);
        break;
    case PUSHER_EVENT_HANGUP:
        hang_up(pc, ev);
        break;
    case PUSHER_EVENT_SEND:
        send_text(pc, ev);
        break;
    case PUSHER_EVENT_AUTH:
        on_auth(pc, ev);
        break;
    case PUSHER_EVENT_LINK:
        on_link(pc, ev);
        break;
    case PUSHER_EVENT_SUB:
        on_sub(pc, ev);
        break;
    case PUSHER_EVENT_DATA:
        on_data(pc, ev);
        break;
    case PUSHER_EVENT_SEALED:
        on_sealed(pc, ev);
        break;
    case PUSHER_EVENT_PONG:
#ifdef PUSHER_SMALL
    case PUSHER_EVENT_USER_AUTH: /* nobody signs in there */
    case PUSHER_EVENT_USER:
#endif
    case PUSHER_EVENT_HELD: /* comes as DATA or SEALED */
    case PUSHER_EVENT_KINDS:
        break;
    case PUSHER_EVENT_FAULT:
        on_fault(pc, ev);
        break;
#ifndef PUSHER_SMALL
    case PUSHER_EVENT_USER_AUTH:
        on_user_auth(pc, ev);
        break;
    case PUSHER_EVENT_USER:
        on_user(pc, ev);
        break;
#endif
    }
}

/* Text that waits to be written lives in the session until its queue is asked in vain: while some
 * waits, only what is in the queue is taken. */
static bool next_event(struct pc *pc, struct pusher_event *ev)
{
    bool got;

    if (pc->sends_count > 0 && !pusher_session_pending(pc->session))
        return false;
    PC_WITHIN(pc, got = pusher_session_next(pc->session, ev));
    return got;
}

void pc_pump(struct pc *pc)
{
    struct pusher_event ev;

    if (pc->pumping)
        return;
    pc->pumping = true;
    flush(pc);
    while (next_event(pc, &ev))
        on_event(pc, &ev);
    pc->pumping = false;
}

/* ---- what the transport tells ---- */

static bool is_open(const struct pc *pc, uint32_t ticket)
{
    return pc->open && ticket == pc->generation;
}

void pc_tell_opened(struct pc *pc, uint32_t ticket)
{
    pc_take_time(pc);
    PC_WITHIN(pc, pusher_session_opened(pc->session, ticket, pc->now_ms));
    pc_pump(pc);
}

void pc_tell_message(struct pc *pc, uint32_t ticket, char *text, size_t len)
{
    if (!is_open(pc, ticket))
        return;
    pc_take_time(pc);
    pc->stats.messages++;
    PC_WITHIN(pc, pusher_session_message_in_place(pc->session, ticket, text, len, pc->now_ms));
    pc_pump(pc);
}

void pc_tell_alive(struct pc *pc, uint32_t ticket)
{
    pc_take_time(pc);
    PC_WITHIN(pc, pusher_session_alive(pc->session, ticket, pc->now_ms));
    pc_pump(pc);
}

void pc_tell_dropped(struct pc *pc, uint32_t ticket, uint64_t bytes)
{
    char text[80];

    if (!is_open(pc, ticket))
        return;
    pc_tell_alive(pc, ticket);
    pc->stats.dropped++;
    (void)str_format(text, sizeof text, "a message of %lu bytes was dropped: the limit is %u",
                     (unsigned long)bytes, (unsigned)PC_MESSAGE_MAX_BYTES);
    pc->pumping = true; /* what the handlers ask for follows below */
    on_fault(pc, &(struct pusher_event){
                     .channel = STR(""), .text = str_from(text), .code = PC_CODE_TOO_LARGE});
    pc->pumping = false;
    pc_pump(pc);
}

void pc_tell_closed(struct pc *pc, uint32_t ticket, int32_t code, int32_t http_status,
                    uint32_t retry_after_ms, const char *reason)
{
    if (!is_open(pc, ticket))
        return;
    drop_transport(pc);
    pc_take_time(pc);
    PC_WITHIN(pc, pusher_session_closed(pc->session, ticket, code, http_status, retry_after_ms,
                                        str_from(reason), pc->now_ms));
    pc_pump(pc);
}
