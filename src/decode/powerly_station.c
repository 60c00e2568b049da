/* src/decode/powerly_station.c - the members of a charge point object (domain.md 3.4). */
#include <string.h>

#include "decode/powerly.h"

static const int64_t power_max_w = INT64_C(100000000); /* 100 MW */
static const int64_t limit_max_milli = INT64_C(1000000000000);
static const int64_t distance_max_m = INT64_C(100000000);
static const int64_t latitude_max_micro = INT64_C(90000000);
static const int64_t longitude_max_micro = INT64_C(180000000);

/* Position and opening hours are pairs: half of one is no information. */
struct pairs {
    bool latitude, longitude, open, close;
};

/* What is being filled, and which halves were there. */
struct draft {
    struct station_fields *to;
    struct pairs seen;
};

typedef bool member_fn(struct json_value v, struct station_fields *out);
typedef bool nested_fn(struct json_iter *it, struct station_fields *out);
typedef void half_fn(struct json_value v, struct draft *out);

struct member {
    struct str name; /* first, for powerly_member_named */
    uint32_t bit;
    member_fn *read; /* of a plain value */
    nested_fn *walk; /* of an object or array */
    half_fn *half;   /* of one of a pair */
};

static bool read_id(struct json_value v, struct station_fields *out)
{
    return powerly_id(v, out->id);
}

static bool read_identifier(struct json_value v, struct station_fields *out)
{
    return powerly_text(v, out->identifier, sizeof out->identifier);
}

static bool read_category(struct json_value v, struct station_fields *out)
{
    return powerly_text(v, out->category, sizeof out->category);
}

static bool read_title(struct json_value v, struct station_fields *out)
{
    return powerly_text(v, out->title, sizeof out->title);
}

static bool read_description(struct json_value v, struct station_fields *out)
{
    return powerly_text(v, out->description, sizeof out->description);
}

static bool read_contact(struct json_value v, struct station_fields *out)
{
    return powerly_text(v, out->contact, sizeof out->contact);
}

static bool read_limit_type(struct json_value v, struct station_fields *out)
{
    enum price_unit unit;
    int64_t code;

    if (powerly_unit(v, &unit))
        out->limit_type = unit == PRICE_UNIT_MINUTES ? LIMIT_MINUTES : LIMIT_ENERGY;
    else if (json_i64(v, &code) && code == 0)
        out->limit_type = LIMIT_NONE;
    else if (v.type == JSON_NUMBER || (v.type == JSON_STRING && v.raw.len > 0))
        out->limit_type = LIMIT_UNKNOWN;
    else
        return false;
    return true;
}

static bool read_limit_value(struct json_value v, struct station_fields *out)
{
    return powerly_scaled(v, 3, 0, limit_max_milli, &out->limit_milli);
}

static void read_open(struct json_value v, struct draft *out)
{
    out->seen.open = powerly_text(v, out->to->open_time, sizeof out->to->open_time);
}

static void read_close(struct json_value v, struct draft *out)
{
    out->seen.close = powerly_text(v, out->to->close_time, sizeof out->to->close_time);
}

static void read_latitude(struct json_value v, struct draft *out)
{
    out->seen.latitude =
        powerly_scaled(v, 6, -latitude_max_micro, latitude_max_micro, &out->to->latitude_micro);
}

static void read_longitude(struct json_value v, struct draft *out)
{
    out->seen.longitude =
        powerly_scaled(v, 6, -longitude_max_micro, longitude_max_micro, &out->to->longitude_micro);
}

static bool read_power(struct json_value v, int32_t *out_w)
{
    int64_t w;

    if (!powerly_scaled(v, 3, 1, power_max_w, &w))
        return false;
    *out_w = (int32_t)w;
    return true;
}

static bool walk_type(struct json_iter *it, struct station_fields *out)
{
    struct json_value value;
    struct str key;

    if (!it->is_object)
        return false;
    while (json_next_checked(it, &key, &value)) {
        if (str_eq(key, STR("id")))
            (void)powerly_int(value, 0, INT64_MAX, &out->type_id);
        else if (str_eq(key, STR("name")))
            (void)powerly_text(value, out->type_name, sizeof out->type_name);
        else if (str_eq(key, STR("current_type")))
            out->current = powerly_current(value);
        else if (str_eq(key, STR("max_power")))
            (void)read_power(value, &out->max_power_w);
    }
    return true;
}

static bool read_price(struct json_value v, struct station_fields *out)
{
    return powerly_rate(v, &out->price_micro);
}

static bool read_price_unit(struct json_value v, struct station_fields *out)
{
    return powerly_unit(v, &out->price_unit);
}

static bool read_rating(struct json_value v, struct station_fields *out)
{
    int64_t milli;

    if (!powerly_scaled(v, 3, 0, 5000, &milli))
        return false;
    out->rating_milli = (int32_t)milli;
    return true;
}

/* Missing, null or garbage must not show as offline; only a number or a truth value counts. */
static bool read_online(struct json_value v, struct station_fields *out)
{
    int64_t n;

    if (json_i64(v, &n))
        out->online = n != 0;
    else if (v.type == JSON_TRUE || v.type == JSON_FALSE)
        out->online = v.type == JSON_TRUE;
    else
        return false;
    return true;
}

static bool read_bool(struct json_value v, bool *out)
{
    bool known;
    const bool value = json_truthy(v, &known);

    if (known)
        *out = value;
    return known;
}

static bool read_in_use(struct json_value v, struct station_fields *out)
{
    return read_bool(v, &out->in_use);
}

static bool read_reserved(struct json_value v, struct station_fields *out)
{
    return read_bool(v, &out->reserved);
}

static bool read_used_by_me(struct json_value v, struct station_fields *out)
{
    return read_bool(v, &out->used_by_me);
}

static bool read_booked_by_me(struct json_value v, struct station_fields *out)
{
    return read_bool(v, &out->booked_by_me);
}

static bool read_listed(struct json_value v, struct station_fields *out)
{
    return read_bool(v, &out->listed);
}

static bool read_external(struct json_value v, struct station_fields *out)
{
    return read_bool(v, &out->external);
}

/* Compared lower-case with spaces as '-': until 2025-12 they came as "busy by you". */
static bool read_connector_status(struct json_value v, char to[FLEET_WORD_MAX])
{
    if (v.type != JSON_STRING || !powerly_text(v, to, FLEET_WORD_MAX))
        return false;
    for (char *c = to; *c; c++) {
        if (*c == ' ')
            *c = '-';
        else if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    return true;
}

static void read_connector_member(struct str key, struct json_value v, struct connector *c)
{
    int64_t n;

    if (str_eq(key, STR("id")))
        (void)powerly_int(v, 0, INT64_MAX, &c->id);
    else if (str_eq(key, STR("number")) && powerly_int(v, 1, INT32_MAX, &n))
        c->number = (int32_t)n;
    else if (str_eq(key, STR("name")))
        (void)powerly_text(v, c->name, sizeof c->name);
    else if (str_eq(key, STR("type")))
        (void)powerly_text(v, c->type, sizeof c->type);
    else if (str_eq(key, STR("max_power")))
        (void)read_power(v, &c->max_power_w);
    else if (str_eq(key, STR("status")))
        (void)read_connector_status(v, c->status);
    else if (str_eq(key, STR("localized_status")))
        (void)powerly_text(v, c->localized_status, sizeof c->localized_status);
    else if (str_eq(key, STR("connector_current_type")))
        c->current = powerly_current(v);
}

/* "busy-by-you" to "Busy by you": what the English interface shows. */
static void name_status(struct connector *c)
{
    str_copy(c->localized_status, sizeof c->localized_status, str_from(c->status));
    for (char *p = c->localized_status; *p; p++)
        if (*p == '-')
            *p = ' ';
    char *first = c->localized_status;
    if (*first >= 'a' && *first <= 'z')
        *first = (char)(*first - 'a' + 'A');
}

static bool walk_connectors(struct json_iter *it, struct station_fields *out)
{
    struct json_iter members;
    struct json_value v;
    struct str key;

    if (it->is_object)
        return false;
    out->connector_count = 0;
    while (out->connector_count < STATION_CONNECTORS_MAX && json_key(it, &key)) {
        if (json_kind(it) != JSON_OBJECT || !json_enter(it, &members))
            continue;
        struct connector *c = &out->connectors[out->connector_count++];
        *c = (struct connector){.number = 1};
        while (json_next_checked(&members, &key, &v))
            read_connector_member(key, v, c);
        if (c->localized_status[0] == '\0')
            name_status(c);
    }
    return true;
}

/* The first member of that name, taken; false if there is none. Walks *it to its end. */
static bool take_name(struct json_iter *it, struct json_value *out)
{
    struct json_value v;
    struct str key;
    bool found = false;

    while (json_next_checked(it, &key, &v)) {
        if (found || !str_eq(key, STR("name")))
            continue;
        *out = v;
        found = true;
    }
    return found;
}

static bool walk_amenities(struct json_iter *it, struct station_fields *out)
{
    struct json_iter item;
    struct json_value name;
    struct str key;

    if (it->is_object)
        return false;
    out->amenity_count = 0;
    while (out->amenity_count < STATION_AMENITIES_MAX && json_key(it, &key))
        if (json_kind(it) == JSON_OBJECT && json_enter(it, &item) && take_name(&item, &name) &&
            powerly_text(name, out->amenities[out->amenity_count], FLEET_WORD_MAX))
            out->amenity_count++;
    return true;
}

/* Line 1, city, state, zipcode, joined by commas, empty parts left out. */
static bool walk_address(struct json_iter *it, struct station_fields *out)
{
    static const char *const names[] = {"address_line_1", "city", "state", "zipcode"};
    struct json_value values[COUNT_OF(names)] = {{0}};
    char part[FLEET_LINE_MAX];
    struct json_value v;
    struct str key;
    size_t len = 0;

    if (!it->is_object)
        return false;
    while (json_next_checked(it, &key, &v))
        for (size_t i = 0; i < COUNT_OF(names); i++)
            if (values[i].type == JSON_NONE && str_eq(key, str_from(names[i])))
                values[i] = v;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!powerly_text(values[i], part, sizeof part))
            continue;
        if (len > 0)
            len += str_copy(out->address + len, sizeof out->address - len, STR(", "));
        len += str_copy(out->address + len, sizeof out->address - len, str_from(part));
    }
    return len > 0;
}

static bool read_distance(struct json_value v, struct station_fields *out)
{
    return powerly_scaled(v, 3, 0, distance_max_m, &out->distance_m);
}

static bool read_currency(struct json_value v, struct station_fields *out)
{
    return v.type == JSON_STRING && powerly_text(v, out->currency, sizeof out->currency);
}

/* clang-format off */
#define MEMBER(text, bit, read) {{(text), sizeof(text) - 1}, (bit), (read), NULL, NULL}
#define NESTED(text, bit, walk) {{(text), sizeof(text) - 1}, (bit), NULL, (walk), NULL}
#define HALF(text, bit, half) {{(text), sizeof(text) - 1}, (bit), NULL, NULL, (half)}
/* clang-format on */

static const struct member members[] = {
    MEMBER("id", 0, read_id),
    MEMBER("identifier", STATION_HAS_IDENTIFIER, read_identifier),
    MEMBER("category", STATION_HAS_CATEGORY, read_category),
    MEMBER("title", STATION_HAS_TITLE, read_title),
    MEMBER("description", STATION_HAS_DESCRIPTION, read_description),
    HALF("latitude", STATION_HAS_POSITION, read_latitude),
    HALF("longitude", STATION_HAS_POSITION, read_longitude),
    MEMBER("session_limit_type", STATION_HAS_LIMIT_TYPE, read_limit_type),
    MEMBER("session_limit_value", STATION_HAS_LIMIT_VALUE, read_limit_value),
    MEMBER("contact_number", STATION_HAS_CONTACT, read_contact),
    HALF("open_time", STATION_HAS_HOURS, read_open),
    HALF("close_time", STATION_HAS_HOURS, read_close),
    NESTED("type", STATION_HAS_TYPE, walk_type),
    MEMBER("price", STATION_HAS_PRICE, read_price),
    MEMBER("price_unit", STATION_HAS_PRICE_UNIT, read_price_unit),
    MEMBER("unit", STATION_HAS_PRICE_UNIT, read_price_unit),
    MEMBER("priceUnit", STATION_HAS_PRICE_UNIT, read_price_unit),
    MEMBER("rating", STATION_HAS_RATING, read_rating),
    MEMBER("online_status", STATION_HAS_ONLINE, read_online),
    MEMBER("is_in_use", STATION_HAS_IN_USE, read_in_use),
    MEMBER("is_reserved", STATION_HAS_RESERVED, read_reserved),
    MEMBER("used_by_current_user", STATION_HAS_USED_BY_ME, read_used_by_me),
    MEMBER("booked_by_current_user", STATION_HAS_BOOKED_BY_ME, read_booked_by_me),
    MEMBER("listed", STATION_HAS_LISTED, read_listed),
    NESTED("connectors", STATION_HAS_CONNECTORS, walk_connectors),
    NESTED("amenities", STATION_HAS_AMENITIES, walk_amenities),
    NESTED("address", STATION_HAS_ADDRESS, walk_address),
    MEMBER("external", STATION_HAS_EXTERNAL, read_external),
    MEMBER("is_external", STATION_HAS_EXTERNAL, read_external),
    MEMBER("distance", STATION_HAS_DISTANCE, read_distance),
    MEMBER("currency", STATION_HAS_CURRENCY, read_currency),
};

static void take_member(const struct member *m, struct json_iter *it, struct draft *out)
{
    struct json_iter inner;
    struct json_value v;
    bool found = false;

    if (m->walk)
        found = json_enter(it, &inner) && m->walk(&inner, out->to);
    else if (json_take(it, &v) && m->read)
        found = m->read(v, out->to);
    else if (m->half)
        m->half(v, out);
    if (found)
        out->to->has |= m->bit;
}

static void keep_pairs(struct draft *d)
{
    if (d->seen.latitude && d->seen.longitude)
        d->to->has |= STATION_HAS_POSITION;
    if (d->seen.open && d->seen.close)
        d->to->has |= STATION_HAS_HOURS;
}

bool powerly_station_walk(struct json_iter *it, struct station_fields *out)
{
    struct draft draft = {.to = out};
    size_t next = 0;
    struct str key;

    while (json_key(it, &key)) {
        const struct member *m =
            powerly_member_named(members, COUNT_OF(members), sizeof *members, key, &next);

        if (m && !(out->has & m->bit))
            take_member(m, it, &draft);
    }
    keep_pairs(&draft);
    return it->err == CT_OK;
}

bool powerly_station(struct json_value object, struct station_fields *out)
{
    struct json_iter it;

    json_iter_init(&it, object);
    return powerly_station_walk(&it, out);
}
