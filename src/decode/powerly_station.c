/* src/decode/powerly_station.c - the members of a charge point object (domain.md 3.4). */
#include <string.h>

#include "decode/powerly.h"

static const int64_t power_max_w = INT64_C(100000000); /* 100 MW */
static const int64_t limit_max_milli = INT64_C(1000000000000);
static const int64_t distance_max_m = INT64_C(100000000);

typedef bool member_fn(struct json_value v, struct station_fields *out);

struct member {
    struct str name;
    uint32_t bit;
    member_fn *read;
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

static bool read_open(struct json_value v, struct station_fields *out)
{
    return powerly_text(v, out->open_time, sizeof out->open_time);
}

static bool read_close(struct json_value v, struct station_fields *out)
{
    return powerly_text(v, out->close_time, sizeof out->close_time);
}

static bool read_power(struct json_value v, int32_t *out_w)
{
    int64_t w;

    if (!powerly_scaled(v, 3, 1, power_max_w, &w))
        return false;
    *out_w = (int32_t)w;
    return true;
}

static bool read_type(struct json_value v, struct station_fields *out)
{
    struct json_iter it;
    struct json_value value;
    struct str key;

    if (v.type != JSON_OBJECT)
        return false;
    json_iter_init(&it, v);
    while (json_next(&it, &key, &value)) {
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

static bool read_connectors(struct json_value v, struct station_fields *out)
{
    struct json_iter list;
    struct json_iter members;
    struct json_value item;
    struct json_value value;
    struct str key;

    if (v.type != JSON_ARRAY)
        return false;
    out->connector_count = 0;
    json_iter_init(&list, v);
    while (json_next(&list, &key, &item) && out->connector_count < STATION_CONNECTORS_MAX) {
        if (item.type != JSON_OBJECT)
            continue;
        struct connector *c = &out->connectors[out->connector_count++];
        *c = (struct connector){.number = 1};
        json_iter_init(&members, item);
        while (json_next(&members, &key, &value))
            read_connector_member(key, value, c);
        if (c->localized_status[0] == '\0')
            name_status(c);
    }
    return true;
}

static bool read_amenities(struct json_value v, struct station_fields *out)
{
    struct json_iter list;
    struct json_value item;
    struct json_value name;
    struct str key;

    if (v.type != JSON_ARRAY)
        return false;
    out->amenity_count = 0;
    json_iter_init(&list, v);
    while (json_next(&list, &key, &item) && out->amenity_count < STATION_AMENITIES_MAX)
        if (item.type == JSON_OBJECT && json_get(item, STR("name"), &name) &&
            powerly_text(name, out->amenities[out->amenity_count], FLEET_WORD_MAX))
            out->amenity_count++;
    return true;
}

/* Line 1, city, state, zipcode, joined by commas, empty parts left out. */
static bool read_address(struct json_value v, struct station_fields *out)
{
    static const char *const names[] = {"address_line_1", "city", "state", "zipcode"};
    char part[FLEET_LINE_MAX];
    struct json_value value;
    size_t len = 0;

    if (v.type != JSON_OBJECT)
        return false;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!json_get(v, str_from(names[i]), &value) || !powerly_text(value, part, sizeof part))
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

#define MEMBER(text, bit, read) {{(text), sizeof(text) - 1}, (bit), (read)}

static const struct member members[] = {
    MEMBER("id", 0, read_id),
    MEMBER("identifier", STATION_HAS_IDENTIFIER, read_identifier),
    MEMBER("category", STATION_HAS_CATEGORY, read_category),
    MEMBER("title", STATION_HAS_TITLE, read_title),
    MEMBER("description", STATION_HAS_DESCRIPTION, read_description),
    MEMBER("session_limit_type", STATION_HAS_LIMIT_TYPE, read_limit_type),
    MEMBER("session_limit_value", STATION_HAS_LIMIT_VALUE, read_limit_value),
    MEMBER("contact_number", STATION_HAS_CONTACT, read_contact),
    MEMBER("type", STATION_HAS_TYPE, read_type),
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
    MEMBER("connectors", STATION_HAS_CONNECTORS, read_connectors),
    MEMBER("amenities", STATION_HAS_AMENITIES, read_amenities),
    MEMBER("address", STATION_HAS_ADDRESS, read_address),
    MEMBER("external", STATION_HAS_EXTERNAL, read_external),
    MEMBER("is_external", STATION_HAS_EXTERNAL, read_external),
    MEMBER("distance", STATION_HAS_DISTANCE, read_distance),
    MEMBER("currency", STATION_HAS_CURRENCY, read_currency),
};

static const struct member *member_named(struct str key)
{
    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (members[i].name.len == key.len && memcmp(members[i].name.ptr, key.ptr, key.len) == 0)
            return &members[i];
    return NULL;
}

/* Position and opening hours are pairs: half of one is no information. */
struct pairs {
    int64_t latitude_micro, longitude_micro;
    bool latitude, longitude, open, close;
};

static bool read_pair(struct str key, struct json_value v, struct station_fields *out,
                      struct pairs *seen)
{
    if (str_eq(key, STR("latitude")))
        seen->latitude = powerly_scaled(v, 6, -90 * MICRO, 90 * MICRO, &seen->latitude_micro);
    else if (str_eq(key, STR("longitude")))
        seen->longitude = powerly_scaled(v, 6, -180 * MICRO, 180 * MICRO, &seen->longitude_micro);
    else if (str_eq(key, STR("open_time")))
        seen->open = read_open(v, out);
    else if (str_eq(key, STR("close_time")))
        seen->close = read_close(v, out);
    else
        return false;
    return true;
}

static void keep_pairs(const struct pairs *seen, struct station_fields *out)
{
    if (seen->latitude && seen->longitude) {
        out->latitude_micro = seen->latitude_micro;
        out->longitude_micro = seen->longitude_micro;
        out->has |= STATION_HAS_POSITION;
    }
    if (seen->open && seen->close)
        out->has |= STATION_HAS_HOURS;
}

bool powerly_station(struct json_value object, struct station_fields *out)
{
    struct pairs seen = {0};
    struct json_iter it;
    struct json_value v;
    struct str key;

    json_iter_init(&it, object);
    while (json_next(&it, &key, &v)) {
        const struct member *m = member_named(key);

        if (m && !(out->has & m->bit) && m->read(v, out))
            out->has |= m->bit;
        else if (!m)
            (void)read_pair(key, v, out, &seen);
    }
    keep_pairs(&seen, out);
    return it.err == CT_OK;
}
