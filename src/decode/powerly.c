/* src/decode/powerly.c - Powerly's envelopes: which object of an event or answer is the order,
 * whose order it is, and what makes an answer a failure (domain.md 2.3, 3.6). */
#include "decode/powerly.h"

#include <string.h>

#include "base/text.h"
#include "fleet/names.h"

static const char consumption[] = "App\\Events\\ChargePointConsumption";
static const char completed[] = "App\\Events\\ChargePointOrderCompleted";

/* Laravel names may come with a leading dot or backslash: both mean "as it stands". */
static struct str bare_name(struct str name)
{
    while (name.len > 0 && (name.ptr[0] == '.' || name.ptr[0] == '\\')) {
        name.ptr++;
        name.len--;
    }
    return name;
}

static bool kind_of_event(struct str name, enum change_kind *out)
{
    name = bare_name(name);
    if (str_eq(name, str_from(consumption)))
        *out = CHANGE_CONSUMPTION;
    else if (str_eq(name, str_from(completed)))
        *out = CHANGE_COMPLETED;
    else
        return false;
    return true;
}

bool powerly_claims(const struct wire_event *event)
{
    enum change_kind ignored;

    if (event->kind == WIRE_REST)
        return true;
    return event->kind == WIRE_FRAME && kind_of_event(event->name, &ignored);
}

/* ---- events ---- */

/* What the one pass over a payload left for after it. */
struct payload {
    struct json_value root;
    struct json_value station; /* beside the order; JSON_NONE if absent */
    bool has_order;
};

static bool looks_like_order(struct json_value object)
{
    struct json_value v;

    return json_get(object, STR("id"), &v) &&
           (json_get(object, STR("charging_session_time"), &v) ||
            json_get(object, STR("charging_session_energy"), &v));
}

static bool names_station(struct str key)
{
    return str_eq(key, STR("chargePoint")) || str_eq(key, STR("charge_point"));
}

/* Walks the whole payload and reads the order on the way. */
static enum ct_err walk_payload(struct payload *p, struct decoder *d)
{
    struct json_iter it, order;
    struct str key;

    json_iter_init(&it, p->root);
    while (json_key(&it, &key)) {
        if (json_kind(&it) != JSON_OBJECT)
            continue;
        if (!p->has_order && str_eq(key, STR("order")) && json_enter(&it, &order)) {
            p->has_order = true;
            /* bad text in it ends this walk as well */
            (void)powerly_order_walk(&order, &d->stations, &d->change.order);
        } else if (p->station.type == JSON_NONE && names_station(key)) {
            (void)json_take(&it, &p->station);
        }
    }
    return it.err;
}

/* What stands beside the order completes what stands inside it. An order without an envelope has
 * its charge point as a member of its own. */
static void read_rest_of_payload(const struct payload *p, struct change *c)
{
    c->carries_order = p->has_order;
    if (!p->has_order && looks_like_order(p->root)) {
        c->carries_order = true;
        (void)powerly_order(p->root, &c->order);
    } else if (p->station.type == JSON_OBJECT) {
        (void)powerly_station(p->station, &c->order.station);
        if (c->order.station.has != 0 || c->order.station.id[0] != '\0')
            c->order.has |= ORDER_HAS_STATION;
    }
}

/* The channel (or the address asked for) is believed; a payload that names another is flagged. */
static void settle_id(struct change *c)
{
    if (c->order_id[0] == '\0')
        str_copy(c->order_id, sizeof c->order_id, str_from(c->order.id));
    else if (c->order.id[0] != '\0' && strcmp(c->order.id, c->order_id) != 0)
        c->id_mismatch = true;
}

static const char *reason_of(enum ct_err err)
{
    return err == CT_ERR_LIMIT ? "JSON nested too deep"
           : err != CT_OK      ? "not JSON"
                               : "not an object";
}

/* Missing data is an empty object (domain.md 3.6). NULL, or why it is none. */
static const char *read_payload(struct str text, struct decoder *d)
{
    struct payload p = {.has_order = false};
    enum ct_err err;

    if (str_trim(text).len == 0)
        return NULL;
    if (json_open(text, &p.root) != CT_OK || p.root.type != JSON_OBJECT) {
        err = json_parse(text, &p.root);
        return err == CT_OK && p.root.type == JSON_NULL ? NULL : reason_of(err);
    }
    err = walk_payload(&p, d);
    if (err != CT_OK)
        return reason_of(err);
    read_rest_of_payload(&p, &d->change);
    return NULL;
}

static void read_frame(struct decoder *d, const struct wire_event *event,
                       const struct decode_sink *to)
{
    enum change_kind kind = CHANGE_EVENT;
    const char *reason;
    const struct str id = fleet_order_of_channel(event->channel);

    (void)kind_of_event(event->name, &kind);
    struct change *c = decode_begin(d, event, kind);
    if (id.len > 0 && !decode_id(c->order_id, id)) {
        decode_reject(d, to, STR("channel"), STR("order id too long or not printable"));
        return;
    }
    reason = read_payload(event->data, d);
    if (reason) {
        decode_reject(d, to, STR("data"), str_from(reason));
        return;
    }
    settle_id(c);
    if (c->order_id[0] == '\0')
        decode_reject(d, to, STR("data.order.id"), STR("no order id in payload or channel"));
    else
        decode_emit(d, to);
}

/* ---- REST ---- */

/* An answer with its old and new names (domain.md 2.3). */
struct answer {
    struct json_value data, message, errors;
    bool failed; /* "success" was there and not 1 */
};

static void find_answer(struct json_value root, struct answer *out)
{
    struct json_iter it;
    struct json_value v;
    struct str key;
    int64_t success;

    memset(out, 0, sizeof *out);
    json_iter_init(&it, root);
    while (json_next(&it, &key, &v)) {
        if (str_eq(key, STR("success")))
            out->failed = v.type == JSON_FALSE || (json_i64(v, &success) && success != 1);
        else if (str_eq(key, STR("data")) || (str_eq(key, STR("results")) && !out->data.raw.ptr))
            out->data = v;
        else if (str_eq(key, STR("message")) || (str_eq(key, STR("msg")) && !out->message.raw.ptr))
            out->message = v;
        else if (str_eq(key, STR("errors")))
            out->errors = v;
    }
}

/* The first message of the first field of `errors`, with the field's name. */
static bool first_error(struct json_value errors, char *field, size_t field_cap, char *to,
                        size_t cap)
{
    struct json_iter it;
    struct json_iter list;
    struct json_value v;
    struct json_value message;
    struct str key;
    struct str ignored;

    if (errors.type != JSON_OBJECT)
        return false;
    json_iter_init(&it, errors);
    while (json_next(&it, &key, &v)) {
        json_iter_init(&list, v);
        const bool found = v.type == JSON_ARRAY && json_next(&list, &ignored, &message);
        if (powerly_text(found ? message : v, to, cap)) {
            str_format(field, field_cap, "errors.%.*s", (int)(key.len > 64 ? 64 : key.len),
                       key.ptr);
            return true;
        }
    }
    return false;
}

static const char *status_text(int32_t code)
{
    switch (code) {
    case 401:
        return "the token is missing or expired";
    case 403:
        return "not allowed";
    case 404:
        return "not found";
    case 405:
        return "not possible at this address";
    case 422:
        return "the request was invalid";
    case 426:
        return "this client is too old for the server";
    case 429:
        return "too many requests";
    case 500:
        return "the server failed";
    case 503:
        return "the server is in maintenance";
    case 504:
        return "the server did not answer its gateway in time";
    default:
        return "the request failed";
    }
}

/* First message of `errors`, else `message`, else what HTTP said, else words for the status. */
static void reject_answer(struct decoder *d, const struct wire_event *event, const struct answer *a,
                          const struct decode_sink *to)
{
    char field[FLEET_LINE_MAX] = "message";
    char reason[FLEET_LINE_MAX];

    d->change.code = event->code;
    if (!first_error(a->errors, field, sizeof field, reason, sizeof reason) &&
        !powerly_text(a->message, reason, sizeof reason)) {
        str_copy(field, sizeof field, STR("status"));
        str_copy(reason, sizeof reason,
                 event->text.len > 0 ? event->text : str_from(status_text(event->code)));
    }
    decode_reject(d, to, str_from(field), str_from(reason));
}

static void read_list(struct decoder *d, const struct wire_event *event, struct json_value list,
                      const struct decode_sink *to)
{
    struct json_iter it;
    struct json_value item;
    struct str key;
    const bool done = event->rest == WIRE_REST_LIST_DONE;

    json_iter_init(&it, list);
    for (size_t count = 0; count < DECODE_LIST_MAX && json_next(&it, &key, &item); count++) {
        struct change *c = decode_begin(d, event, CHANGE_LISTED);

        c->from_done_list = done;
        c->carries_order = true;
        if (item.type != JSON_OBJECT || !powerly_order(item, &c->order) || c->order.id[0] == '\0') {
            decode_reject(d, to, STR("data[].id"), STR("an order without a usable id"));
            continue;
        }
        settle_id(c);
        decode_emit(d, to);
    }
}

static void read_me(struct decoder *d, const struct wire_event *event, struct json_value me,
                    const struct decode_sink *to)
{
    struct json_value v;
    struct change *c = decode_begin(d, event, CHANGE_ME);

    c->balance_micro = INT64_MIN;
    if (json_get(me, STR("currency"), &v) && v.type == JSON_STRING)
        (void)powerly_text(v, c->currency, sizeof c->currency);
    if (json_get(me, STR("balance"), &v))
        (void)powerly_money(v, &c->balance_micro);
    decode_emit(d, to);
}

static void read_order(struct decoder *d, struct json_value object, const struct decode_sink *to)
{
    struct change *c = &d->change;

    c->carries_order = true;
    if (!powerly_order(object, &c->order)) {
        decode_reject(d, to, STR("data"), STR("not JSON"));
        return;
    }
    settle_id(c);
    if (c->order_id[0] == '\0')
        decode_reject(d, to, STR("data.id"), STR("no order id in the answer"));
    else
        decode_emit(d, to);
}

static enum change_kind kind_of_rest(enum wire_rest rest)
{
    switch (rest) {
    case WIRE_REST_LIST:
    case WIRE_REST_LIST_DONE:
        return CHANGE_LISTED;
    case WIRE_REST_DETAILS:
        return CHANGE_DETAILS;
    case WIRE_REST_STOP:
        return CHANGE_STOPPED;
    case WIRE_REST_ME:
        return CHANGE_ME;
    }
    return CHANGE_EVENT;
}

/* data has the type the call promises? An empty list may also come as null or {}. */
static bool shape_fits(enum wire_rest rest, struct json_value data)
{
    if (rest == WIRE_REST_LIST || rest == WIRE_REST_LIST_DONE)
        return data.type == JSON_ARRAY || data.type == JSON_NULL ||
               (data.type == JSON_OBJECT && str_trim(data.raw).len == 2);
    return data.type == JSON_OBJECT;
}

static void read_good_answer(struct decoder *d, const struct wire_event *event,
                             const struct answer *a, const struct decode_sink *to)
{
    if (!shape_fits(event->rest, a->data))
        decode_reject(d, to, STR("data"), STR("missing or of another type than expected"));
    else if (event->rest == WIRE_REST_LIST || event->rest == WIRE_REST_LIST_DONE)
        read_list(d, event, a->data, to);
    else if (event->rest == WIRE_REST_ME)
        read_me(d, event, a->data, to);
    else
        read_order(d, a->data, to);
}

/* The end of a listing carries no body and, when it ended badly, a status that the page before it
 * or a fault told already. */
static bool is_plain_end(const struct wire_event *event)
{
    return event->rest == WIRE_REST_LIST_DONE && str_trim(event->data).len == 0;
}

/* A stop may be answered by 204 without a body. */
static bool is_silent_stop(const struct wire_event *event)
{
    return event->rest == WIRE_REST_STOP && event->code / 100 == 2 &&
           str_trim(event->data).len == 0;
}

static bool means_gone(const struct wire_event *event, const struct change *c)
{
    return event->rest == WIRE_REST_DETAILS && (event->code == 403 || event->code == 404) &&
           c->order_id[0] != '\0';
}

static void read_rest(struct decoder *d, const struct wire_event *event,
                      const struct decode_sink *to)
{
    struct json_value root = {0};
    struct answer answer;

    if (is_plain_end(event))
        return;
    struct change *c = decode_begin(d, event, kind_of_rest(event->rest));
    (void)decode_id(c->order_id, event->name);
    const enum ct_err err = json_parse(event->data, &root);
    find_answer(root, &answer);
    const bool good =
        event->code / 100 == 2 || (event->rest == WIRE_REST_LIST_DONE && event->code == 0);
    if (means_gone(event, c)) {
        c->kind = CHANGE_GONE;
        c->code = event->code;
        decode_emit(d, to);
    } else if (is_silent_stop(event) && c->order_id[0] != '\0') {
        decode_emit(d, to);
    } else if (!good || answer.failed) {
        reject_answer(d, event, &answer, to);
    } else if (err != CT_OK || root.type != JSON_OBJECT) {
        decode_reject(d, to, STR("body"),
                      err == CT_ERR_LIMIT ? STR("JSON nested too deep") : STR("not a JSON object"));
    } else {
        read_good_answer(d, event, &answer, to);
    }
}

void powerly_read(struct decoder *d, const struct wire_event *event, const struct decode_sink *to)
{
    if (event->kind == WIRE_REST)
        read_rest(d, event, to);
    else
        read_frame(d, event, to);
}
