/* src/fleet/change.h - what a decoder hands to the model: typed, ranged, cleaned.
 *
 * A change carries only what was in the payload: a field whose bit is not in `has` keeps its last
 * known value (domain.md 3.6: merge, do not replace). All text is clean (base/text.h) and
 * terminated. Energies are watt-hours, powers watts, times milliseconds, money micro-units
 * (1e-6 of the currency), so that sums and comparisons are exact. */
#ifndef CHARGETOP_FLEET_CHANGE_H
#define CHARGETOP_FLEET_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum {
    ORDER_ID_MAX = 32, /* bytes with terminator, as all of these */
    FLEET_TITLE_MAX = 96,
    FLEET_WORD_MAX = 32,
    FLEET_LINE_MAX = 160,
    FLEET_CURRENCY_MAX = 8,
    ORDER_PRICES_MAX = 8,
    STATION_CONNECTORS_MAX = 16,
    STATION_AMENITIES_MAX = 16,
    MICRO = 1000000 /* micro-units in one unit of currency */
};

enum price_unit { PRICE_UNIT_UNKNOWN, PRICE_UNIT_MINUTES, PRICE_UNIT_ENERGY };
enum current_type { CURRENT_UNKNOWN, CURRENT_AC, CURRENT_DC };
enum limit_type { LIMIT_NONE, LIMIT_MINUTES, LIMIT_ENERGY, LIMIT_UNKNOWN };

/* Meaning of `status` before context decides about 1 (domain.md 3.3). */
enum { ORDER_STATUS_ACTIVE = 0, ORDER_STATUS_ONE = 1, ORDER_STATUS_DELIVERED = 2 };

struct price_part {
    int64_t id;
    int64_t quantity_milli;          /* thousandths of a minute or kWh; INT64_MIN unknown */
    int64_t rate_micro, total_micro; /* INT64_MIN unknown */
    char starting[FLEET_WORD_MAX], ending[FLEET_WORD_MAX];
};

struct connector {
    int64_t id;
    int32_t number;      /* 1 when not sent */
    int32_t max_power_w; /* 0 unknown */
    char name[FLEET_WORD_MAX], type[FLEET_WORD_MAX];
    char status[FLEET_WORD_MAX];           /* lower case, spaces as '-': "busy-by-you" */
    char localized_status[FLEET_WORD_MAX]; /* for display; the English name when not sent */
    enum current_type current;
};

enum station_field {
    STATION_HAS_IDENTIFIER = 1 << 0,
    STATION_HAS_CATEGORY = 1 << 1,
    STATION_HAS_TITLE = 1 << 2,
    STATION_HAS_DESCRIPTION = 1 << 3,
    STATION_HAS_POSITION = 1 << 4,
    STATION_HAS_LIMIT_TYPE = 1 << 5,
    STATION_HAS_LIMIT_VALUE = 1 << 6,
    STATION_HAS_CONTACT = 1 << 7,
    STATION_HAS_HOURS = 1 << 8,
    STATION_HAS_TYPE = 1 << 9,
    STATION_HAS_PRICE = 1 << 10,
    STATION_HAS_PRICE_UNIT = 1 << 11,
    STATION_HAS_RATING = 1 << 12,
    STATION_HAS_ONLINE = 1 << 13,
    STATION_HAS_IN_USE = 1 << 14,
    STATION_HAS_RESERVED = 1 << 15,
    STATION_HAS_USED_BY_ME = 1 << 16,
    STATION_HAS_BOOKED_BY_ME = 1 << 17,
    STATION_HAS_LISTED = 1 << 18,
    STATION_HAS_CONNECTORS = 1 << 19,
    STATION_HAS_AMENITIES = 1 << 20,
    STATION_HAS_ADDRESS = 1 << 21,
    STATION_HAS_EXTERNAL = 1 << 22,
    STATION_HAS_DISTANCE = 1 << 23,
    STATION_HAS_CURRENCY = 1 << 24
};

/* A charge point's fields (domain.md 3.4). `token`, `image` and `media` are not kept. */
struct station_fields {
    uint32_t has;          /* enum station_field */
    char id[ORDER_ID_MAX]; /* empty: the charge point of the order, id unknown */
    char identifier[FLEET_WORD_MAX], category[FLEET_WORD_MAX], title[FLEET_TITLE_MAX];
    char description[FLEET_LINE_MAX], contact[FLEET_WORD_MAX];
    int64_t latitude_micro, longitude_micro; /* 1e-6 degrees */
    enum limit_type limit_type;
    int64_t limit_milli; /* thousandths of a minute or kWh; 0: no limit */
    char open_time[FLEET_WORD_MAX], close_time[FLEET_WORD_MAX];
    int64_t type_id;
    char type_name[FLEET_WORD_MAX];
    enum current_type current;
    int32_t max_power_w; /* 0 unknown */
    int64_t price_micro; /* per minute or kWh */
    enum price_unit price_unit;
    int32_t rating_milli; /* 4600 is 4.6 */
    bool online, in_use, reserved, used_by_me, booked_by_me, listed, external;
    uint8_t connector_count, amenity_count;
    struct connector connectors[STATION_CONNECTORS_MAX];
    char amenities[STATION_AMENITIES_MAX][FLEET_WORD_MAX]; /* names */
    char address[FLEET_LINE_MAX]; /* one line: line 1, city, state, zipcode */
    int64_t distance_m;
    char currency[FLEET_CURRENCY_MAX];
};

enum order_field {
    ORDER_HAS_USER_ID = 1 << 0,
    ORDER_HAS_CONNECTOR = 1 << 1,
    ORDER_HAS_STATUS = 1 << 2,
    ORDER_HAS_PRICE = 1 << 3,
    ORDER_HAS_PRICES = 1 << 4,
    ORDER_HAS_UNIT_PRICE = 1 << 5,
    ORDER_HAS_APP_FEES = 1 << 6,
    ORDER_HAS_EARNING = 1 << 7,
    ORDER_HAS_FEES = 1 << 8,
    ORDER_HAS_TIME = 1 << 9,
    ORDER_HAS_ENERGY = 1 << 10,
    ORDER_HAS_PRICE_UNIT = 1 << 11,
    ORDER_HAS_QUANTITY = 1 << 12,
    ORDER_HAS_REQUESTED = 1 << 13,
    ORDER_HAS_PAYMENT = 1 << 14,
    ORDER_HAS_CREATED = 1 << 15,
    ORDER_HAS_DELIVERY = 1 << 16,
    ORDER_HAS_RESERVED_AT = 1 << 17,
    ORDER_HAS_CURRENCY = 1 << 18,
    ORDER_HAS_STATION = 1 << 19
};

/* An order's fields (domain.md 3.1). */
struct order_fields {
    uint32_t has;          /* enum order_field */
    char id[ORDER_ID_MAX]; /* as the payload names it; may be empty, see change.id_mismatch */
    int64_t user_id;
    int32_t connector_number;
    int32_t status; /* as sent */
    int64_t price_micro, unit_price_micro, app_fees_micro, earning_micro, fees_micro;
    uint8_t price_count;
    struct price_part prices[ORDER_PRICES_MAX];
    int64_t charging_ms; /* charging_session_time */
    int64_t energy_wh;   /* charging_session_energy */
    enum price_unit price_unit;
    bool quantity_full;
    int64_t quantity_milli; /* min or kWh; INT64_MIN when quantity_full */
    bool requested_full;
    int64_t requested_ms; /* timed: the paid time; 0 when requested_full */
    char payment[FLEET_WORD_MAX];
    char created_text[FLEET_WORD_MAX], delivery_text[FLEET_WORD_MAX], reserved_text[FLEET_WORD_MAX];
    /* 0: the text was not a time stamp */
    int64_t created_unix_ms, delivery_unix_ms, reserved_unix_ms;
    char currency[FLEET_CURRENCY_MAX];
    struct station_fields station; /* valid with ORDER_HAS_STATION */
};

enum change_kind {
    CHANGE_CONSUMPTION, /* the periodic report */
    CHANGE_COMPLETED,   /* the session is over; `order.has` may be 0 */
    CHANGE_LISTED,      /* seen in the list of active orders */
    CHANGE_DETAILS,     /* an order read over REST */
    CHANGE_STOPPED,     /* the answer to a stop request */
    CHANGE_GONE,        /* REST says there is no such order (404) or no access (403) */
    CHANGE_ME,          /* the user: currency, balance */
    CHANGE_EVENT,       /* an event of no known kind: logged only */
    CHANGE_REJECT       /* could not be decoded: field and reason */
};

struct change {
    enum change_kind kind;
    uint64_t at_ms;
    int64_t at_unix_ms;
    uint64_t seq;                /* of the wire event */
    char order_id[ORDER_ID_MAX]; /* empty for ME and foreign channels */
    bool id_mismatch;    /* payload and channel name different orders; the channel was believed */
    bool carries_order;  /* COMPLETED: the payload had `order` */
    bool from_done_list; /* LISTED: from status=complete */
    struct order_fields order;
    char currency[FLEET_CURRENCY_MAX]; /* ME */
    int64_t balance_micro;             /* ME */
    int32_t code;                      /* GONE: HTTP status */
    char field[FLEET_WORD_MAX];        /* REJECT: what could not be read, "data.order" */
    char reason[FLEET_LINE_MAX];       /* REJECT */
};

#endif
