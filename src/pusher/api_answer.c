/* Knows how each server words its refusals, and what a person can do about each. */
#include "pusher/api_answer.h"

#include "base/json.h"
#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "pusher/api_call.h"

enum {
    SKEW_MIN_MS = 300000, /* by the Date header, which is whole seconds and as old as the answer */
    DURATION_MAX = 16
};

/* ---- reading --------------------------------------------------------------------------- */

/* A JSON string of that name, cleaned; false if there is none. */
static bool member(char *to, size_t cap, struct json_value object, struct str key)
{
    char raw[PUSHER_ANSWER_SAID_MAX];
    struct json_value v;

    if (!json_get(object, key, &v) || v.type != JSON_STRING)
        return false;
    const size_t n = json_string_copy(v, raw, sizeof raw);
    (void)text_clean(to, cap, (struct str){raw, n});
    return true;
}

/* Reverb's validation errors: {"data":["The data field must be a string."]}. */
static bool first_of_list(char *to, size_t cap, struct json_value object)
{
    char raw[PUSHER_ANSWER_SAID_MAX];
    struct json_value list, v;
    struct json_iter it;
    struct str key;

    if (!json_get(object, STR("data"), &list) || list.type != JSON_ARRAY)
        return false;
    json_iter_init(&it, list);
    if (!json_next(&it, &key, &v) || v.type != JSON_STRING)
        return false;
    const size_t n = json_string_copy(v, raw, sizeof raw);
    (void)text_clean(to, cap, (struct str){raw, n});
    return true;
}

static void read_said(struct pusher_answer *a, struct str body, const struct json_value *object)
{
    if (!object) {
        (void)text_clean(a->said, sizeof a->said, str_trim(body));
        if (str_starts(str_from(a->said), STR("<"))) /* a page of a proxy */
            a->said[0] = '\0';
    } else if (!member(a->said, sizeof a->said, *object, STR("error")) &&
               !member(a->said, sizeof a->said, *object, STR("message"))) {
        (void)first_of_list(a->said, sizeof a->said, *object);
    }
    text_redact(a->said);
}

/* A failure inside a good status. */
static int32_t status_of(int32_t status, const struct json_value *object)
{
    struct json_value v, error;
    int64_t code;

    if (status / 100 != 2 || !object || !json_get(*object, STR("error"), &error) ||
        error.type != JSON_STRING || !json_get(*object, STR("code"), &v) || !json_i64(v, &code))
        return status;
    return code >= 400 && code <= 599 ? (int32_t)code : status;
}

/* The time stamp in the parentheses that follow `before`. */
static bool stamp_after(struct str text, struct str before, int64_t *unix_ms)
{
    const size_t at = str_find(text, before);

    if (at == text.len)
        return false;
    text.ptr += at + before.len;
    text.len -= at + before.len;
    return stamp_parse(str_split(&text, ')'), unix_ms);
}

/* "Timestamp expired: Given timestamp (<ISO>) not within 600s of server time (<ISO>)" */
static void read_skew(struct pusher_answer *a, const struct pusher_answer_in *in)
{
    const struct str said = str_from(a->said);
    int64_t given, server;

    if (a->status != 401)
        return;
    if (stamp_after(said, STR("iven timestamp ("), &given) &&
        stamp_after(said, STR("server time ("), &server)) {
        a->skew_ms = server - given;
        a->skew_known = true;
    } else if (in->server_unix_ms != 0) {
        a->skew_ms = in->server_unix_ms - in->now_unix_ms;
        a->skew_known = a->skew_ms > SKEW_MIN_MS || a->skew_ms < -SKEW_MIN_MS;
    }
}

/* ---- telling --------------------------------------------------------------------------- */

static const char *title(const struct pusher_answer *a, enum pusher_asked asked)
{
    switch (a->status) {
    case 400:
        return "the server does not accept the request";
    case 401:
        return a->skew_known ? "the time of the signature is not accepted"
                             : "the signature is not accepted";
    case 403:
        return "not allowed";
    case 404:
        return asked == PUSHER_ASKED_USERS ? "no such application or channel"
                                           : "no such application or address";
    case 405:
        return "this server does not know the request";
    case 413:
        return "the event is too large for the server";
    case 422:
        return "the server does not accept a value";
    case 429:
        return "too many requests";
    default:
        break;
    }
    if (a->status >= 500)
        return "the server failed";
    if (a->status >= 300 && a->status < 400)
        return "the server sends us elsewhere, which is not followed";
    return "an answer that means nothing here";
}

static void advise_clock(struct pusher_answer *a)
{
    char by[DURATION_MAX];
    const bool behind = a->skew_ms > 0;

    (void)num_format_duration(by, sizeof by, behind ? a->skew_ms : -a->skew_ms);
    (void)str_format(a->advice, sizeof a->advice,
                     "This machine's clock is %s %s the server's; set it (timedatectl set-ntp "
                     "true) and try again.",
                     by, behind ? "behind" : "ahead of");
}

static const char *advice_of(int32_t status, enum pusher_asked asked)
{
    const bool publishes = asked == PUSHER_ASKED_EVENT;

    switch (status) {
    case 400:
        return publishes ? "Check the names of channels and event, and that each --info suits its "
                           "kind of channel."
               : asked == PUSHER_ASKED_USERS
                   ? "Only presence channels have users; check the name."
                   : "user_count needs --prefix presence- or a presence channel, cache a cache "
                     "channel, subscription_count any other.";
    case 401:
        return "Check that --app-id, --key and the secret belong together; behind a --path try "
               "--sign-with-prefix (soketi) or without it (Reverb).";
    case 403:
        return "The application is disabled, over its quota, or lacks this feature; see its "
               "settings at the server.";
    case 404:
        return asked == PUSHER_ASKED_USERS
                   ? "Check --app-id, --host and --path; some servers say this of an empty channel."
               : asked == PUSHER_ASKED_TERMINATE
                   ? "Check --app-id, --host and --path; some servers cannot end connections."
                   : "Check --app-id, --host (or --cluster) and --path.";
    case 405:
        return "Check --path; the server may lack this part of the HTTP API.";
    case 413:
        return "Send less data (the hosted service takes 10240 bytes of each event), or raise the "
               "server's limit.";
    case 422:
        return "The answer names the value; see what this server expects.";
    case 429:
        return "Wait, then try again, more slowly.";
    default:
        break;
    }
    if (status >= 500)
        return publishes ? "The event may have been delivered all the same: look before it is sent "
                           "again."
                         : "Wait, then try again.";
    return "Check --host, --port, --tls and --path.";
}

static bool expects_json(enum pusher_asked asked)
{
    return asked == PUSHER_ASKED_CHANNELS || asked == PUSHER_ASKED_CHANNEL ||
           asked == PUSHER_ASKED_USERS;
}

void pusher_answer_read(struct pusher_answer *a, const struct pusher_answer_in *in)
{
    struct json_value doc;
    const bool object = json_parse(in->body, &doc) == CT_OK && doc.type == JSON_OBJECT;

    *a = (struct pusher_answer){.status = status_of(in->status, object ? &doc : NULL)};
    a->good = a->status / 100 == 2 && (object || !expects_json(in->asked));
    if (a->good)
        return;
    if (a->status / 100 == 2) {
        (void)str_format(a->what, sizeof a->what, "HTTP %d: the answer is not JSON",
                         (int)in->status);
        (void)str_copy(a->advice, sizeof a->advice,
                       STR("This may be no Pusher server: check --host, --port and --path."));
        return;
    }
    read_said(a, in->body, object ? &doc : NULL);
    read_skew(a, in);
    (void)str_format(a->what, sizeof a->what, "HTTP %d%s: %s%s%s", (int)a->status,
                     a->status != in->status ? " inside a 200" : "", title(a, in->asked),
                     a->said[0] ? ": " : "", a->said);
    if (a->skew_known)
        advise_clock(a);
    else
        (void)str_copy(a->advice, sizeof a->advice, str_from(advice_of(a->status, in->asked)));
}
