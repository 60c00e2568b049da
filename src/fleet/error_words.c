/* src/fleet/error_words.c - what went wrong, in one plain sentence with the next step. Texts carry
 * no numbers that change from one time to the next, so that equal causes group. */
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "fleet/fleet_internal.h"
#include "fleet/names.h"

enum { REASON = 140 };

void fleet_tell(struct fleet *f, enum log_severity severity, int32_t code, struct str cause,
                struct str target, const char *text, uint64_t at_ms, int64_t at_unix_ms)
{
    struct log_error e = {.severity = severity,
                          .code = code,
                          .last_ms = at_ms,
                          .last_unix_ms = at_unix_ms,
                          .event_seq = f->last.log_seq};

    str_copy(e.cause, sizeof e.cause, cause);
    text_clean(e.target, sizeof e.target, target);
    text_clean(e.text, sizeof e.text, str_from(text));
    error_log_note(f->errors, &e);
}

static void tell_event(struct fleet *f, enum log_severity severity, const struct wire_event *event,
                       struct str target, const char *text)
{
    fleet_tell(f, severity, event->code, event->cause, target, text, event->at_ms,
               event->at_unix_ms);
}

/* A peer's reason without the full stop that the sentence around it brings. */
static void reason_of(struct str text, const char *otherwise, char to[REASON])
{
    size_t len = text_clean(to, REASON, str_trim(text));

    if (len == 0)
        len = str_copy(to, REASON, str_from(otherwise));
    if (len > 0 && strchr(".!?", to[len - 1]))
        to[len - 1] = '\0';
}

/* ---- the link ---- */

static const char *close_meaning(int32_t code)
{
    if (code >= 4000 && code <= 4099)
        return "the server refuses this connection as it is";
    if (code >= 4100 && code <= 4199)
        return "the server is over capacity";
    if (code >= 4200 && code <= 4299)
        return "the server asked for a reconnect";
    switch (code) {
    case 1000:
        return "closed in good order";
    case 1001:
        return "the server is going away";
    case 1006:
        return "broken off without a goodbye";
    case 1009:
        return "a message was too large";
    case 1011:
        return "the server failed";
    case 1015:
        return "TLS failed";
    default:
        return "no reason was given";
    }
}

/* What it concerns: the connection of orders, or a side by its name. */
static struct str link_target(const struct fleet *f, const struct wire_event *event)
{
    const struct side *side = fleet_side(f, event->source);

    return side ? str_from(side->name) : STR("link");
}

static void tell_back(struct fleet *f, const struct wire_event *event,
                      const struct link_before *was)
{
    char text[LOG_ERROR_TEXT_MAX];
    char away[32];
    const uint64_t ms = event->at_ms > was->lost_ms ? event->at_ms - was->lost_ms : 0;

    num_format_duration(away, sizeof away, (int64_t)ms);
    str_format(text, sizeof text,
               "Connection back after %u %s, %s without it. Events of that time are lost%s.",
               (unsigned)was->tries, was->tries == 1 ? "try" : "tries", away,
               event->source ? "" : "; the list of orders is read again");
    fleet_tell(f, LOG_INFO, 0, STR("link-back"), link_target(f, event), text, event->at_ms,
               event->at_unix_ms);
}

void fleet_tell_link(struct fleet *f, const struct wire_event *event, const struct link_before *was)
{
    char text[LOG_ERROR_TEXT_MAX];
    char reason[REASON];

    if (event->link == WIRE_LINK_CONNECTED) {
        if (was->ever_up && !was->up)
            tell_back(f, event, was);
        return;
    }
    reason_of(event->text, close_meaning(event->code), reason);
    if (event->link == WIRE_LINK_FAILED)
        str_format(text, sizeof text,
                   "The server refuses this connection: %s. It is not tried again by itself: check "
                   "key, host, port and TLS, then reconnect.",
                   reason);
    else if (was->up && event->link == WIRE_LINK_DISCONNECTED)
        str_format(text, sizeof text, "Disconnected: %s. Reconnect when you want to go on.",
                   reason);
    else if (was->up)
        str_format(text, sizeof text, "Connection lost: %s. It is tried again by itself%s.", reason,
                   event->source ? "" : "; orders keep their last values");
    else if (event->code != 0 && event->retry_at_ms > 0)
        str_format(text, sizeof text, "No connection: %s. It is tried again by itself.", reason);
    else
        return;
    tell_event(f, event->link == WIRE_LINK_FAILED ? LOG_ERROR : LOG_WARNING, event,
               link_target(f, event), text);
}

/* ---- subscriptions and authorization ---- */

void fleet_tell_sub(struct fleet *f, const struct wire_event *event, struct str order_id)
{
    char text[LOG_ERROR_TEXT_MAX];
    char reason[REASON];
    const struct str target = order_id.len > 0 ? order_id : event->channel;

    reason_of(event->text, event->code == 403 ? "not allowed" : "no reason was given", reason);
    if (link_is_auth_failure(event)) {
        str_format(text, sizeof text,
                   "The authorization server gives no answer: %s. Asked again by itself; the link "
                   "is fine.",
                   reason);
        tell_event(f, LOG_WARNING, event, event->source ? link_target(f, event) : STR("auth"),
                   text);
        return;
    }
    if (event->sub == WIRE_SUB_DENIED)
        str_format(
            text, sizeof text,
            "Subscription refused: %s. Check that the token's user may see it, then ask again.",
            reason);
    else
        str_format(text, sizeof text, "Subscription failed: %s. It is tried again by itself.",
                   reason);
    tell_event(f, event->sub == WIRE_SUB_DENIED ? LOG_ERROR : LOG_WARNING, event, target, text);
}

void fleet_tell_auth(struct fleet *f, const struct wire_event *event)
{
    char text[LOG_ERROR_TEXT_MAX];
    char reason[REASON];

    reason_of(event->text, "the token is missing or expired", reason);
    if (str_eq(event->cause, STR("vms-login")))
        str_format(text, sizeof text, "Not logged in: %s. Reconnect when that is done.", reason);
    else
        str_format(
            text, sizeof text,
            "Authorization paused: %s. Renew the token at its source; it is read again by itself.",
            reason);
    tell_event(f, LOG_ERROR, event, event->source ? link_target(f, event) : STR("auth"), text);
}

void fleet_tell_fault(struct fleet *f, const struct wire_event *event)
{
    char text[LOG_ERROR_TEXT_MAX];
    char reason[REASON];
    const struct str order_id =
        event->source ? (struct str){0} : fleet_order_of_channel(event->channel);
    struct str target = order_id.len > 0 ? order_id : event->channel;

    if (target.len == 0)
        target = link_target(f, event);
    reason_of(event->text, "something failed without a reason", reason);
    str_format(text, sizeof text, "%s. The session goes on; see Connection if it repeats.", reason);
    tell_event(f, LOG_WARNING, event, target, text);
}

/* ---- payloads ---- */

static void tell_change(struct fleet *f, enum log_severity severity, const struct change *change,
                        const char *cause, struct str target, const char *text)
{
    fleet_tell(f, severity, change->code > 0 ? change->code : 0, str_from(cause), target, text,
               change->at_ms, change->at_unix_ms);
}

static const char *next_step_of(int32_t code)
{
    switch (code) {
    case 401:
        return "Renew the token.";
    case 403:
        return "Check what the token's user may do.";
    case 426:
        return "Set a newer App-Version header.";
    case 429:
        return "It is tried again later; poll less often if this repeats.";
    case 400:
    case 404:
    case 405:
    case 422:
        return "The request was not repeated; see the answer in Events.";
    default:
        return "It is tried again at the next poll.";
    }
}

void fleet_tell_reject(struct fleet *f, const struct change *change)
{
    char text[LOG_ERROR_TEXT_MAX];
    char reason[REASON];
    const struct str order_id = str_from(change->order_id);
    const struct str other = f->last.kind == WIRE_REST ? STR("rest") : STR("events");

    reason_of(str_from(change->reason), "unreadable", reason);
    if (f->last.kind == WIRE_REST && change->code <= 0 && strcmp(change->field, "status") == 0) {
        str_format(text, sizeof text, "No answer from REST: %s. %s", reason, next_step_of(0));
        tell_change(f, LOG_WARNING, change, f->last.cause, order_id.len > 0 ? order_id : other,
                    text);
        return;
    }
    if (change->code != 0) {
        str_format(text, sizeof text, "REST answered: %s. %s", reason, next_step_of(change->code));
        tell_change(f, change->code >= 500 || change->code == 429 ? LOG_WARNING : LOG_ERROR, change,
                    "", order_id.len > 0 ? order_id : other, text);
        return;
    }
    str_format(text, sizeof text,
               "Payload not readable: %s: %s. Nothing was changed; its raw text is in Events.",
               change->field, reason);
    const char *cause = strcmp(change->reason, "not JSON") == 0 ? "json" : "payload";
    tell_change(f, LOG_WARNING, change, cause, order_id.len > 0 ? order_id : other, text);
}

void fleet_tell_gone(struct fleet *f, const struct change *change)
{
    tell_change(
        f, LOG_WARNING, change, "", str_from(change->order_id),
        change->code == 404
            ? "REST knows no such order. Check the number; if it charged before, it is over."
            : "REST gives no access to this order. Check that the token's user may see it.");
}

void fleet_tell_oddity(struct fleet *f, const struct change *change, enum oddity what)
{
    static const char *const causes[] = {[ODD_CORRECTED] = "meter-fell",
                                         [ODD_IMPLAUSIBLE] = "implausible",
                                         [ODD_MISMATCH] = "mismatch",
                                         [ODD_NO_ROOM] = "no-room"};
    static const char *const texts[] = {
        [ODD_CORRECTED] =
            "Energy fell: both values are kept, power is measured anew. Check the meter "
            "if it repeats.",
        [ODD_IMPLAUSIBLE] = "Power beyond what the connector can give; it is kept out of totals. "
                            "Compare with the charge point itself.",
        [ODD_MISMATCH] = "Channel and payload name different orders; the channel was believed. "
                         "Report it to the back end with the raw event.",
        [ODD_NO_ROOM] = "No room for another order or reading. Remove orders, or give the program "
                        "more memory.",
    };

    tell_change(f, what == ODD_MISMATCH || what == ODD_NO_ROOM ? LOG_ERROR : LOG_WARNING, change,
                causes[what], str_from(change->order_id), texts[what]);
}
