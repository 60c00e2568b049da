/* src/decode/beams_check.c - the limits of Beams, and its refusals in words. */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "decode/beams.h"

bool beams_interest_valid(struct str interest)
{
    for (size_t i = 0; i < interest.len; i++) {
        const char c = interest.ptr[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              (c && strchr("_-=@,.;", c))))
            return false;
    }
    return interest.len > 0 && interest.len <= BEAMS_NAME_MAX;
}

bool beams_user_valid(struct str user)
{
    for (size_t i = 0; i < user.len; i++)
        if ((unsigned char)user.ptr[i] < ' ' || user.ptr[i] == 0x7f)
            return false;
    return user.len > 0 && user.len <= BEAMS_NAME_MAX && text_is_utf8(user);
}

static enum ct_err check_name(struct json_value v, enum beams_to to, struct fault *fault)
{
    char name[BEAMS_NAME_MAX + 8], shown[64];
    const size_t size = v.type == JSON_STRING ? json_string_size(v) : 0;
    const size_t len = v.type == JSON_STRING ? json_string_copy(v, name, sizeof name) : 0;
    const struct str text = {name, len};

    if (size <= BEAMS_NAME_MAX && len > 0 &&
        (to == BEAMS_TO_USERS ? beams_user_valid(text) : beams_interest_valid(text)))
        return CT_OK;
    (void)text_clean(shown, sizeof shown, len > 0 ? text : STR(""));
    if (to == BEAMS_TO_USERS)
        return fault_set(fault, CT_ERR_SYNTAX,
                         "user '%s' is none: 1 to %d bytes without control characters", shown,
                         BEAMS_NAME_MAX);
    return fault_set(fault, CT_ERR_SYNTAX,
                     "interest '%s' is none: 1 to %d letters, digits and _-=@,.;", shown,
                     BEAMS_NAME_MAX);
}

static enum ct_err check_names(struct json_value list, enum beams_to to, struct fault *fault)
{
    const char *what = to == BEAMS_TO_USERS ? "users" : "interests";
    const size_t most = to == BEAMS_TO_USERS ? BEAMS_USERS_MAX : BEAMS_INTERESTS_MAX;
    struct json_value v;
    struct json_iter it;
    struct str key;
    size_t count = 0;

    if (list.type != JSON_ARRAY)
        return fault_set(fault, CT_ERR_SYNTAX, "%s is no list", what);
    json_iter_init(&it, list);
    while (json_next(&it, &key, &v)) {
        if (++count > most)
            return fault_set(fault, CT_ERR_LIMIT, "more than %zu %s", most, what);
        if (check_name(v, to, fault) != CT_OK)
            return fault->err;
    }
    return count > 0 ? CT_OK : fault_set(fault, CT_ERR_SYNTAX, "%s is empty", what);
}

static enum ct_err check_web(struct json_value web, struct fault *fault)
{
    struct json_value v, inside;
    int64_t seconds;

    if (web.type != JSON_OBJECT)
        return fault_set(fault, CT_ERR_SYNTAX, "web is no object");
    if (json_get(web, STR("notification"), &v) && v.type != JSON_OBJECT)
        return fault_set(fault, CT_ERR_SYNTAX, "web.notification is no object");
    if (json_get(web, STR("time_to_live"), &v) &&
        (v.type != JSON_NUMBER || !json_i64(v, &seconds) || seconds < 0 ||
         seconds > BEAMS_TTL_MAX_S))
        return fault_set(fault, CT_ERR_LIMIT, "web.time_to_live is not 0 to %d seconds",
                         BEAMS_TTL_MAX_S);
    if (!json_get(web, STR("data"), &v))
        return CT_OK;
    if (v.type != JSON_OBJECT)
        return fault_set(fault, CT_ERR_SYNTAX, "web.data is no object");
    if (json_get(v, STR("pusher"), &inside))
        return fault_set(fault, CT_ERR_SYNTAX,
                         "web.data has a key `pusher`, which the service keeps for itself");
    return CT_OK;
}

static enum ct_err check_platforms(struct json_value root, struct fault *fault)
{
    const struct str platforms[] = {STR("web"), STR("fcm"), STR("apns")};
    struct json_value v;
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(platforms); i++) {
        if (!json_get(root, platforms[i], &v))
            continue;
        count++;
        if (v.type != JSON_OBJECT)
            return fault_set(fault, CT_ERR_SYNTAX, "%s is no object", platforms[i].ptr);
        if (i == 0 && check_web(v, fault) != CT_OK)
            return fault->err;
    }
    return count > 0 ? CT_OK
                     : fault_set(fault, CT_ERR_SYNTAX, "none of the platforms web, fcm, apns");
}

enum ct_err beams_check(struct str body, enum beams_to *to, struct fault *fault)
{
    struct json_value root, interests, users;

    if (json_parse(body, &root) != CT_OK || root.type != JSON_OBJECT)
        return fault_set(fault, CT_ERR_SYNTAX, "not a JSON object");
    const bool has_interests = json_get(root, STR("interests"), &interests);
    const bool has_users = json_get(root, STR("users"), &users);
    if (has_interests == has_users)
        return fault_set(fault, CT_ERR_SYNTAX,
                         has_users ? "interests and users exclude each other"
                                   : "neither interests nor users");
    *to = has_users ? BEAMS_TO_USERS : BEAMS_TO_INTERESTS;
    const size_t most = has_users ? BEAMS_USERS_BODY_MAX : BEAMS_INTERESTS_BODY_MAX;
    if (body.len > most)
        return fault_set(fault, CT_ERR_LIMIT, "the request has %zu bytes; the limit is %zu",
                         body.len, most);
    if (check_names(has_users ? users : interests, *to, fault) != CT_OK)
        return fault->err;
    return check_platforms(root, fault);
}

/* ---- answers --------------------------------------------------------------------------- */

static const struct {
    int32_t status;
    const char *title, *advice;
} meanings[] = {
    {400, "the service does not accept the request",
     "Check the instance id and the JSON; a request to interests has at most 10 KiB, to users 200 "
     "KiB."},
    {401, "the secret key is not accepted",
     "Check that the secret key belongs to this instance (dashboard, Credentials)."},
    {402, "over the limits of the plan", "Delete devices or change the plan in the dashboard."},
    {404, "no such instance", "Check --instance-id and --base-url."},
    {413, "the request is too large", "Send less: 10 KiB to interests, 200 KiB to users."},
    {422, "the service does not accept a value", "The answer names the value; compare its form."},
    {429, "too many requests", "Wait, then try again: at most 100 requests a second are taken."},
};

/* "title: description", whichever there is; a text that is not JSON as it is. */
static void read_said(struct str body, char *to, size_t cap)
{
    char title[160] = "", description[160] = "";
    struct json_value root, v;

    to[0] = '\0';
    if (json_parse(body, &root) == CT_OK && root.type == JSON_OBJECT) {
        if (json_get(root, STR("error"), &v) && v.type == JSON_STRING)
            (void)json_string_copy(v, title, sizeof title);
        if (json_get(root, STR("description"), &v) && v.type == JSON_STRING)
            (void)json_string_copy(v, description, sizeof description);
        char both[sizeof title + sizeof description + 4];
        (void)str_format(both, sizeof both, "%s%s%s", title, title[0] && description[0] ? ": " : "",
                         description);
        (void)text_clean(to, cap, str_from(both));
    } else if (body.len > 0 && body.ptr[0] != '<') {
        (void)text_clean(to, cap, str_trim(body));
    }
    text_redact(to);
}

void beams_answer_read(struct beams_answer *a, int32_t status, struct str body, bool publishes)
{
    struct json_value root, v;
    const char *title = status >= 500 ? "the service failed" : "an answer that means nothing here";
    const char *advice = status >= 500
                             ? "It may have been sent all the same: look before it is sent again."
                             : "Check --base-url.";
    char said[200], id[sizeof a->publish_id];

    *a = (struct beams_answer){.good = false};
    if (status / 100 == 2) {
        if (json_parse(body, &root) == CT_OK && root.type == JSON_OBJECT &&
            json_get(root, STR("publishId"), &v) && v.type == JSON_STRING) {
            (void)json_string_copy(v, id, sizeof id);
            (void)text_clean(a->publish_id, sizeof a->publish_id, str_from(id));
        }
        a->good = !publishes || a->publish_id[0];
        if (a->good)
            return;
        title = "the answer has no publishId";
    }
    for (size_t i = 0; i < COUNT_OF(meanings); i++)
        if (meanings[i].status == status) {
            title = meanings[i].title;
            advice = meanings[i].advice;
        }
    read_said(body, said, sizeof said);
    (void)str_format(a->what, sizeof a->what, "HTTP %d: %s%s%s", (int)status, title,
                     said[0] ? ": " : "", said);
    (void)str_copy(a->advice, sizeof a->advice, str_from(advice));
}
