/* src/fleet/merge.c - fields into fields: what is not in the newer one keeps its last known value
 * (domain.md 3.6). */
#include <string.h>

#include "fleet/order_internal.h"

struct copy {
    uint32_t bit;
    size_t offset, size;
};

/* clang-format off */
#define COPY(type, bit, member) {(bit), offsetof(type, member), sizeof(((type *)0)->member)}
/* clang-format on */
#define ORDER(bit, member) COPY(struct order_fields, bit, member)
#define STATION(bit, member) COPY(struct station_fields, bit, member)

static const struct copy order_copies[] = {
    ORDER(ORDER_HAS_USER_ID, user_id),
    ORDER(ORDER_HAS_CONNECTOR, connector_number),
    ORDER(ORDER_HAS_STATUS, status),
    ORDER(ORDER_HAS_PRICE, price_micro),
    ORDER(ORDER_HAS_PRICES, price_count),
    ORDER(ORDER_HAS_PRICES, prices),
    ORDER(ORDER_HAS_UNIT_PRICE, unit_price_micro),
    ORDER(ORDER_HAS_APP_FEES, app_fees_micro),
    ORDER(ORDER_HAS_EARNING, earning_micro),
    ORDER(ORDER_HAS_FEES, fees_micro),
    ORDER(ORDER_HAS_PRICE_UNIT, price_unit),
    ORDER(ORDER_HAS_QUANTITY, quantity_full),
    ORDER(ORDER_HAS_QUANTITY, quantity_milli),
    ORDER(ORDER_HAS_REQUESTED, requested_full),
    ORDER(ORDER_HAS_REQUESTED, requested_ms),
    ORDER(ORDER_HAS_PAYMENT, payment),
    ORDER(ORDER_HAS_CREATED, created_text),
    ORDER(ORDER_HAS_CREATED, created_unix_ms),
    ORDER(ORDER_HAS_DELIVERY, delivery_text),
    ORDER(ORDER_HAS_DELIVERY, delivery_unix_ms),
    ORDER(ORDER_HAS_RESERVED_AT, reserved_text),
    ORDER(ORDER_HAS_RESERVED_AT, reserved_unix_ms),
    ORDER(ORDER_HAS_CURRENCY, currency),
};

static const struct copy station_copies[] = {
    STATION(STATION_HAS_IDENTIFIER, identifier),
    STATION(STATION_HAS_CATEGORY, category),
    STATION(STATION_HAS_TITLE, title),
    STATION(STATION_HAS_DESCRIPTION, description),
    STATION(STATION_HAS_POSITION, latitude_micro),
    STATION(STATION_HAS_POSITION, longitude_micro),
    STATION(STATION_HAS_LIMIT_TYPE, limit_type),
    STATION(STATION_HAS_LIMIT_VALUE, limit_milli),
    STATION(STATION_HAS_CONTACT, contact),
    STATION(STATION_HAS_HOURS, open_time),
    STATION(STATION_HAS_HOURS, close_time),
    STATION(STATION_HAS_PRICE, price_micro),
    STATION(STATION_HAS_PRICE_UNIT, price_unit),
    STATION(STATION_HAS_RATING, rating_milli),
    STATION(STATION_HAS_ONLINE, online),
    STATION(STATION_HAS_IN_USE, in_use),
    STATION(STATION_HAS_RESERVED, reserved),
    STATION(STATION_HAS_USED_BY_ME, used_by_me),
    STATION(STATION_HAS_BOOKED_BY_ME, booked_by_me),
    STATION(STATION_HAS_LISTED, listed),
    STATION(STATION_HAS_AMENITIES, amenity_count),
    STATION(STATION_HAS_AMENITIES, amenities),
    STATION(STATION_HAS_ADDRESS, address),
    STATION(STATION_HAS_EXTERNAL, external),
    STATION(STATION_HAS_DISTANCE, distance_m),
    STATION(STATION_HAS_CURRENCY, currency),
};

static void copy_members(void *to, const void *from, uint32_t has, const struct copy *copies,
                         size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (has & copies[i].bit)
            memcpy((char *)to + copies[i].offset, (const char *)from + copies[i].offset,
                   copies[i].size);
}

void order_merge(struct order_fields *to, const struct order_fields *from)
{
    const uint32_t others = ORDER_HAS_TIME | ORDER_HAS_ENERGY | ORDER_HAS_STATION;

    copy_members(to, from, from->has, order_copies, COUNT_OF(order_copies));
    to->has |= from->has & ~others;
}

/* Connectors are known by their number: one that a payload leaves out keeps what is known. */
static void merge_connectors(struct station_fields *to, const struct station_fields *from)
{
    for (size_t i = 0; i < from->connector_count; i++) {
        size_t at = 0;

        while (at < to->connector_count && to->connectors[at].number != from->connectors[i].number)
            at++;
        if (at == STATION_CONNECTORS_MAX)
            continue;
        struct connector kept = from->connectors[i];
        if (at < to->connector_count) {
            const struct connector *old = &to->connectors[at];

            if (kept.max_power_w == 0)
                kept.max_power_w = old->max_power_w;
            if (kept.type[0] == '\0')
                memcpy(kept.type, old->type, sizeof kept.type);
            if (kept.name[0] == '\0')
                memcpy(kept.name, old->name, sizeof kept.name);
            if (kept.current == CURRENT_UNKNOWN)
                kept.current = old->current;
        } else {
            to->connector_count++;
        }
        to->connectors[at] = kept;
    }
}

static void merge_type(struct station_fields *to, const struct station_fields *from)
{
    if (from->type_id != 0)
        to->type_id = from->type_id;
    if (from->type_name[0] != '\0')
        memcpy(to->type_name, from->type_name, sizeof to->type_name);
    if (from->current != CURRENT_UNKNOWN)
        to->current = from->current;
    if (from->max_power_w != 0)
        to->max_power_w = from->max_power_w;
}

void station_merge(struct station_fields *to, const struct station_fields *from)
{
    copy_members(to, from, from->has, station_copies, COUNT_OF(station_copies));
    if (from->has & STATION_HAS_TYPE)
        merge_type(to, from);
    if (from->has & STATION_HAS_CONNECTORS)
        merge_connectors(to, from);
    to->has |= from->has;
}
