/* src/decode/powerly_order.c - the members of an order object (domain.md 3.1 and 3.2). */
#include <string.h>

#include "base/stamp.h"
#include "decode/powerly.h"

/* 1 GWh; more in one session is garbage */
static const int64_t energy_max_wh = INT64_C(1000000000);
static const int64_t quantity_max_milli = INT64_C(1000000000000);

typedef bool member_fn(struct json_value v, struct order_fields *out);

/* What is being filled, and the charge points seen before. */
struct draft {
    struct order_fields *to;
    struct station_cache *known; /* NULL: none */
};

/* *it is at the member's value, not yet inside. */
typedef bool nested_fn(struct json_iter *it, struct draft *out);

struct member {
    struct str name; /* first, for powerly_member_named */
    uint32_t bit;    /* set in has when there was information; 0: it is its own sign */
    member_fn *read; /* of a plain value */
    nested_fn *walk; /* of an object or array */
};

static bool read_id(struct json_value v, struct order_fields *out)
{
    return powerly_id(v, out->id);
}

static bool read_user_id(struct json_value v, struct order_fields *out)
{
    return powerly_int(v, 0, INT64_MAX, &out->user_id);
}

static bool read_connector(struct json_value v, struct order_fields *out)
{
    int64_t n;

    if (!powerly_int(v, 1, INT32_MAX, &n))
        return false;
    out->connector_number = (int32_t)n;
    return true;
}

static bool read_status(struct json_value v, struct order_fields *out)
{
    int64_t n;

    if (!powerly_int(v, INT32_MIN, INT32_MAX, &n))
        return false;
    out->status = (int32_t)n;
    return true;
}

static bool read_price(struct json_value v, struct order_fields *out)
{
    return powerly_money(v, &out->price_micro);
}

static bool read_unit_price(struct json_value v, struct order_fields *out)
{
    return powerly_rate(v, &out->unit_price_micro);
}

static bool read_app_fees(struct json_value v, struct order_fields *out)
{
    return powerly_money(v, &out->app_fees_micro);
}

static bool read_earning(struct json_value v, struct order_fields *out)
{
    return powerly_money(v, &out->earning_micro);
}

static bool read_fees(struct json_value v, struct order_fields *out)
{
    return powerly_money(v, &out->fees_micro);
}

static bool read_time(struct json_value v, struct order_fields *out)
{
    return powerly_minutes(v, &out->charging_ms);
}

static bool read_energy(struct json_value v, struct order_fields *out)
{
    return powerly_scaled(v, 3, 0, energy_max_wh, &out->energy_wh);
}

static bool read_price_unit(struct json_value v, struct order_fields *out)
{
    return powerly_unit(v, &out->price_unit);
}

static bool is_full(struct json_value v)
{
    char word[FLEET_WORD_MAX];

    return v.type == JSON_STRING && powerly_text(v, word, sizeof word) &&
           str_eq_nocase(str_from(word), STR("FULL"));
}

static bool read_quantity(struct json_value v, struct order_fields *out)
{
    out->quantity_full = is_full(v);
    out->quantity_milli = INT64_MIN;
    return out->quantity_full || powerly_scaled(v, 3, 0, quantity_max_milli, &out->quantity_milli);
}

static bool read_requested(struct json_value v, struct order_fields *out)
{
    int64_t ms = 0;

    out->requested_full = is_full(v);
    if (!out->requested_full && (!powerly_minutes(v, &ms) || ms == 0))
        return false;
    out->requested_ms = ms;
    return true;
}

static bool read_payment(struct json_value v, struct order_fields *out)
{
    return powerly_text(v, out->payment, sizeof out->payment);
}

/* An unreadable stamp is kept as text (domain.md 3.5). */
static bool read_stamp(struct json_value v, char text[FLEET_WORD_MAX], int64_t *unix_ms)
{
    if (v.type != JSON_STRING || !powerly_text(v, text, FLEET_WORD_MAX))
        return false;
    *unix_ms = 0;
    (void)stamp_parse(str_from(text), unix_ms);
    return true;
}

static bool read_created(struct json_value v, struct order_fields *out)
{
    return read_stamp(v, out->created_text, &out->created_unix_ms);
}

static bool read_delivery(struct json_value v, struct order_fields *out)
{
    return read_stamp(v, out->delivery_text, &out->delivery_unix_ms);
}

static bool read_reserved(struct json_value v, struct order_fields *out)
{
    return read_stamp(v, out->reserved_text, &out->reserved_unix_ms);
}

static bool read_currency(struct json_value v, struct order_fields *out)
{
    return v.type == JSON_STRING && powerly_text(v, out->currency, sizeof out->currency);
}

static void read_price_member(struct str key, struct json_value v, struct price_part *part)
{
    if (str_eq(key, STR("id")))
        (void)powerly_int(v, 0, INT64_MAX, &part->id);
    else if (str_eq(key, STR("quantity")))
        (void)powerly_scaled(v, 3, 0, quantity_max_milli, &part->quantity_milli);
    else if (str_eq(key, STR("price")))
        (void)powerly_rate(v, &part->rate_micro);
    else if (str_eq(key, STR("total")))
        (void)powerly_money(v, &part->total_micro);
    else if (str_eq(key, STR("startingTime")))
        (void)powerly_text(v, part->starting, sizeof part->starting);
    else if (str_eq(key, STR("endingTime")))
        (void)powerly_text(v, part->ending, sizeof part->ending);
}

static bool walk_prices(struct json_iter *it, struct draft *draft)
{
    struct order_fields *out = draft->to;
    struct json_iter parts, members;
    struct json_value v;
    struct str key;

    if (json_kind(it) != JSON_ARRAY || !json_enter(it, &parts))
        return false;
    out->price_count = 0;
    while (out->price_count < ORDER_PRICES_MAX && json_key(&parts, &key)) {
        if (json_kind(&parts) != JSON_OBJECT || !json_enter(&parts, &members))
            continue;
        struct price_part *to = &out->prices[out->price_count++];
        *to = (struct price_part){
            .quantity_milli = INT64_MIN, .rate_micro = INT64_MIN, .total_micro = INT64_MIN};
        while (json_next_checked(&members, &key, &v))
            read_price_member(key, v, to);
    }
    return true;
}

static bool walk_station(struct json_iter *it, struct draft *draft)
{
    struct station_fields *out = &draft->to->station;
    const bool empty = out->has == 0 && out->id[0] == '\0';
    struct json_iter members;
    bool read;

    if (draft->known && empty)
        read = station_cache_read(draft->known, it, out);
    else
        read = json_kind(it) == JSON_OBJECT && json_enter(it, &members) &&
               powerly_station_walk(&members, out);
    return read && (out->has != 0 || out->id[0] != '\0');
}

/* clang-format off */
#define MEMBER(text, bit, read) {{(text), sizeof(text) - 1}, (bit), (read), NULL}
#define NESTED(text, bit, walk) {{(text), sizeof(text) - 1}, (bit), NULL, (walk)}
/* clang-format on */

static const struct member members[] = {
    MEMBER("id", 0, read_id),
    MEMBER("user_id", ORDER_HAS_USER_ID, read_user_id),
    MEMBER("connector_number", ORDER_HAS_CONNECTOR, read_connector),
    MEMBER("status", ORDER_HAS_STATUS, read_status),
    MEMBER("price", ORDER_HAS_PRICE, read_price),
    NESTED("prices", ORDER_HAS_PRICES, walk_prices),
    MEMBER("unit_price", ORDER_HAS_UNIT_PRICE, read_unit_price),
    MEMBER("app_fees", ORDER_HAS_APP_FEES, read_app_fees),
    MEMBER("earning", ORDER_HAS_EARNING, read_earning),
    MEMBER("fees", ORDER_HAS_FEES, read_fees),
    MEMBER("charging_session_time", ORDER_HAS_TIME, read_time),
    MEMBER("charging_session_energy", ORDER_HAS_ENERGY, read_energy),
    MEMBER("price_unit", ORDER_HAS_PRICE_UNIT, read_price_unit),
    MEMBER("unit", ORDER_HAS_PRICE_UNIT, read_price_unit),
    MEMBER("priceUnit", ORDER_HAS_PRICE_UNIT, read_price_unit),
    MEMBER("quantity", ORDER_HAS_QUANTITY, read_quantity),
    MEMBER("requested_quantity", ORDER_HAS_REQUESTED, read_requested),
    MEMBER("payment_type", ORDER_HAS_PAYMENT, read_payment),
    MEMBER("created_at", ORDER_HAS_CREATED, read_created),
    MEMBER("delivery_date", ORDER_HAS_DELIVERY, read_delivery),
    MEMBER("reserved_at", ORDER_HAS_RESERVED_AT, read_reserved),
    NESTED("charge_point", ORDER_HAS_STATION, walk_station),
    NESTED("chargePoint", ORDER_HAS_STATION, walk_station),
    MEMBER("currency", ORDER_HAS_CURRENCY, read_currency),
};

static bool take_member(const struct member *m, struct json_iter *it, struct draft *draft)
{
    struct json_value v;

    if (m->walk)
        return m->walk(it, draft);
    return json_take(it, &v) && m->read(v, draft->to);
}

bool powerly_order_walk(struct json_iter *it, struct station_cache *known, struct order_fields *out)
{
    struct draft draft = {out, known};
    size_t next = 0;
    struct str key;

    while (json_key(it, &key)) {
        const struct member *m =
            powerly_member_named(members, COUNT_OF(members), sizeof *members, key, &next);

        /* The first member of a name wins, as everywhere else. */
        if (m && !(out->has & m->bit) && take_member(m, it, &draft))
            out->has |= m->bit;
    }
    return it->err == CT_OK;
}

bool powerly_order(struct json_value object, struct order_fields *out)
{
    struct json_iter it;

    json_iter_init(&it, object);
    return powerly_order_walk(&it, NULL, out);
}
