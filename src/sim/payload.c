/* Knows how Powerly's back end writes an order: field names, their order, and PHP's JSON. */
#include <string.h>

#include "base/stamp.h"
#include "sim/sim_internal.h"

struct doc {
    struct json_writer w;
    bool quoted;      /* every number in quotes, every bool as 0 or 1 */
    size_t pad_bytes; /* of description */
};

/* ---- single members ------------------------------------------------------------------------ */

static void put_text(struct doc *d, const char *key, const char *text)
{
    jw_key(&d->w, key);
    jw_str(&d->w, str_from(text));
}

static void put_null(struct doc *d, const char *key)
{
    jw_key(&d->w, key);
    jw_null(&d->w);
}

static void put_num(struct doc *d, const char *key, int64_t value, int decimals)
{
    jw_key(&d->w, key);
    if (d->quoted)
        jw_raw(&d->w, STR("\""));
    d->w.need_comma = false;
    jw_scaled(&d->w, value, decimals);
    if (d->quoted) {
        d->w.need_comma = false;
        jw_raw(&d->w, STR("\""));
    }
    d->w.need_comma = true;
}

static void put_bool(struct doc *d, const char *key, bool value)
{
    if (d->quoted) {
        put_num(d, key, value, 0);
        return;
    }
    jw_key(&d->w, key);
    jw_bool(&d->w, value);
}

enum { STAMP_BYTES = 32, STAMP_DATE = 10, STAMP_SECONDS = 19 };

/* "2025-11-20 14:02:11" */
static void format_stamp(char to[STAMP_BYTES], int64_t unix_ms)
{
    (void)stamp_format(to, STAMP_BYTES, unix_ms);
    to[STAMP_DATE] = ' ';
    to[STAMP_SECONDS] = '\0';
}

static void put_stamp(struct doc *d, const char *key, int64_t unix_ms)
{
    char text[STAMP_BYTES];

    format_stamp(text, unix_ms);
    put_text(d, key, text);
}

static void put_clock(struct doc *d, const char *key, int64_t unix_ms)
{
    char text[STAMP_BYTES];

    format_stamp(text, unix_ms);
    put_text(d, key, unix_ms ? text + STAMP_DATE + 1 : "");
}

/* ---- the charge point ------------------------------------------------------------------------ */

static void put_type(struct doc *d, const struct sim_point *p)
{
    char name[32], icon[64];

    (void)str_format(name, sizeof name, "%s %g kW", p->dc ? "DC" : "AC",
                     (double)p->label_w / 1000.0);
    (void)str_format(icon, sizeof icon, "https://cdn.example.com/types/%s%d.png",
                     p->dc ? "dc" : "ac", (int)(p->label_w / 1000));
    jw_key(&d->w, "type");
    jw_object(&d->w);
    put_num(d, "id", p->dc ? 4 + p->label_w / 60000 : 1 + p->label_w / 10000, 0);
    put_text(d, "name", name);
    put_text(d, "img", icon);
    put_text(d, "current_type", p->dc ? "DC" : "AC");
    put_num(d, "max_power", p->label_w, 3);
    jw_object_end(&d->w);
}

static void put_connector(struct doc *d, const struct sim_point *p, uint32_t plug)
{
    static const char *const words[][2] = {[PLUG_FREE] = {"available", "Available"},
                                           [PLUG_BUSY] = {"busy", "Busy"},
                                           [PLUG_BOOKED] = {"booked", "Booked"},
                                           [PLUG_BROKEN] = {"unavailable", "Unavailable"}};

    jw_object(&d->w);
    put_num(d, "id", (int64_t)p->id * 10 + plug + 1, 0);
    put_text(d, "name", p->dc ? "CCS2" : "Type 2");
    put_num(d, "number", (int64_t)plug + 1, 0);
    put_text(d, "icon",
             p->dc ? "https://cdn.example.com/plugs/ccs2.svg"
                   : "https://cdn.example.com/plugs/type2.svg");
    put_text(d, "status", words[p->plug[plug]][0]);
    put_text(d, "localized_status", words[p->plug[plug]][1]);
    put_text(d, "type", p->dc ? "IEC_62196_T2_COMBO" : "IEC_62196_T2");
    put_num(d, "max_power", p->label_w, 3);
    jw_object_end(&d->w);
}

static void put_amenities(struct doc *d, const struct sim_point *p)
{
    jw_key(&d->w, "amenities");
    jw_array(&d->w);
    if (p->id % 3 == 0) {
        jw_object(&d->w);
        put_num(d, "id", 3, 0);
        put_text(d, "name", "Wi-Fi");
        put_text(d, "icon", "wifi");
        put_text(d, "description", "");
        put_null(d, "pivot");
        jw_object_end(&d->w);
    }
    jw_array_end(&d->w);
}

static void put_address(struct doc *d, const struct sim_point *p)
{
    static const char *const keys[SITE_LINES] = {"address_line_1", "address_line_2", "city",
                                                 "state", "zipcode"};
    char lines[SITE_LINES][SITE_LINE_BYTES];

    sites_address(p, lines);
    jw_key(&d->w, "address");
    jw_object(&d->w);
    for (size_t i = 0; i < SITE_LINES; i++) {
        put_text(d, keys[i], lines[i]);
        if (i == 1)
            put_text(d, "address_line_3", "");
    }
    jw_object_end(&d->w);
}

static void put_head(struct doc *d, const struct sim_point *p)
{
    char text[64];

    put_num(d, "id", p->id, 0);
    (void)str_format(text, sizeof text, "PWR-%u-%04X", p->id, (p->id * 40503U) & 0xFFFFU);
    put_text(d, "identifier", text);
    put_null(d, "token");
    put_text(d, "category", "EV_CHARGER");
    sites_title(p, text, sizeof text);
    put_text(d, "title", text);
}

static void put_description(struct doc *d)
{
    jw_key(&d->w, "description");
    if (d->pad_bytes == 0) {
        jw_null(&d->w);
        return;
    }
    jw_raw(&d->w, STR("\""));
    for (size_t i = 0; i < d->pad_bytes && d->w.err == CT_OK; i++)
        d->w.err = buf_append_char(d->w.to, 'x');
    d->w.need_comma = false;
    jw_raw(&d->w, STR("\""));
    d->w.need_comma = true;
}

static void put_limit(struct doc *d, const struct sim_point *p)
{
    if (p->limit == LIMIT_NONE)
        put_null(d, "session_limit_type");
    else
        put_text(d, "session_limit_type", p->limit == LIMIT_MINUTES ? "minutes" : "energy");
    put_num(d, "session_limit_value", p->limit_value, 0);
    put_null(d, "contact_number");
    put_text(d, "open_time", "00:00:00");
    put_text(d, "close_time", "23:59:00");
}

static bool any_plug(const struct sim_point *p, enum sim_plug state)
{
    return p->plug[0] == state || p->plug[1] == state;
}

static void put_use(struct doc *d, const struct sim_point *p, const struct order *o)
{
    const bool mine = o->user_id == SIM_USER_ID;

    put_num(d, "price", p->rate_cents, 2);
    put_text(d, "price_unit", p->by_minute ? "minutes" : "energy");
    put_num(d, "rating", 38 + p->id % 12, 1);
    put_num(d, "online_status", o->offline ? 0 : 1, 0);
    put_bool(d, "is_in_use", any_plug(p, PLUG_BUSY));
    put_bool(d, "is_reserved", any_plug(p, PLUG_BOOKED));
    put_bool(d, "used_by_current_user", mine && o->status == STATUS_ACTIVE);
    put_bool(d, "booked_by_current_user", mine && o->status == STATUS_SCHEDULED);
    put_bool(d, "listed", true);
}

static void put_point(struct doc *d, const struct sim *sim, const struct order *o)
{
    const struct sim_point *p = &sim->sites.points[o->place.point];

    jw_object(&d->w);
    put_head(d, p);
    put_description(d);
    put_num(d, "latitude", 542000 + (int64_t)(p->site * 137 % 9000), 4);
    put_num(d, "longitude", 41000 + (int64_t)(p->site * 211 % 9000), 4);
    put_null(d, "image");
    put_limit(d, p);
    put_type(d, p);
    put_use(d, p, o);
    jw_key(&d->w, "connectors");
    jw_array(&d->w);
    for (uint32_t plug = 0; plug < SIM_PLUGS; plug++)
        put_connector(d, p, plug);
    jw_array_end(&d->w);
    put_amenities(d, p);
    put_address(d, p);
    put_bool(d, "external", false);
    jw_key(&d->w, "media");
    jw_array(&d->w);
    jw_array_end(&d->w);
    put_null(d, "distance");
    put_text(d, "currency", "EUR");
    jw_object_end(&d->w);
}

/* ---- the order ------------------------------------------------------------------------------- */

int64_t payload_price_cents(const struct sim_point *p, struct reading r)
{
    const int64_t per = p->by_minute ? 100 : 1000;
    const int64_t product = (p->by_minute ? r.time_cmin : r.energy_wh) * p->rate_cents;

    return product < 0 ? -((-product + per / 2) / per) : (product + per / 2) / per;
}

static void put_prices(struct doc *d, const struct sim_point *p, const struct order *o)
{
    jw_key(&d->w, "prices");
    jw_array(&d->w);
    if (o->status != STATUS_SCHEDULED) {
        jw_object(&d->w);
        put_num(d, "id", 1, 0);
        if (p->by_minute)
            put_num(d, "quantity", o->shown.time_cmin, 2);
        else
            put_num(d, "quantity", o->shown.energy_wh, 3);
        put_num(d, "price", p->rate_cents, 2);
        put_num(d, "total", payload_price_cents(p, o->shown), 2);
        put_clock(d, "startingTime", o->created_unix_ms);
        put_clock(d, "endingTime", o->ended_unix_ms);
        jw_object_end(&d->w);
    }
    jw_array_end(&d->w);
}

/* The amount as JSON shows a number, but as text; null while it still grows. */
static void put_quantity(struct doc *d, const struct sim_point *p, const struct order *o)
{
    const bool was_quoted = d->quoted;

    if (o->status != STATUS_DELIVERED) {
        put_null(d, "quantity");
        return;
    }
    d->quoted = true;
    if (p->by_minute)
        put_num(d, "quantity", o->shown.time_cmin, 2);
    else
        put_num(d, "quantity", o->shown.energy_wh, 3);
    d->quoted = was_quoted;
}

static void put_dates(struct doc *d, const struct order *o)
{
    put_stamp(d, "created_at", o->created_unix_ms);
    if (o->status == STATUS_DELIVERED)
        put_stamp(d, "delivery_date", o->ended_unix_ms);
    else
        put_null(d, "delivery_date");
    if (o->reserved_unix_ms)
        put_stamp(d, "reserved_at", o->reserved_unix_ms);
    else
        put_text(d, "reserved_at", "");
}

static void put_requested(struct doc *d, const struct order *o)
{
    char minutes[16];

    (void)str_format(minutes, sizeof minutes, "%d", (int)o->requested_min);
    put_text(d, "requested_quantity", o->requested_min ? minutes : "FULL");
    put_text(d, "payment_type", "balance");
}

static void put_order(struct doc *d, const struct sim *sim, const struct order *o)
{
    const struct sim_point *p = &sim->sites.points[o->place.point];

    jw_object(&d->w);
    put_num(d, "id", o->id, 0);
    put_num(d, "user_id", o->user_id, 0);
    if (o->status == STATUS_SCHEDULED)
        put_null(d, "connector_number");
    else
        put_num(d, "connector_number", (int64_t)o->place.plug + 1, 0);
    put_num(d, "status", o->status, 0);
    put_num(d, "price", payload_price_cents(p, o->shown), 2);
    put_prices(d, p, o);
    put_num(d, "unit_price", p->rate_cents, 2);
    put_num(d, "app_fees", 50, 2);
    put_num(d, "earning", 0, 0);
    put_num(d, "fees", 0, 0);
    put_num(d, "charging_session_time", o->shown.time_cmin, 2);
    put_num(d, "charging_session_energy", o->shown.energy_wh, 3);
    put_text(d, d->quoted ? "unit" : "price_unit", p->by_minute ? "minutes" : "energy");
    put_quantity(d, p, o);
    put_requested(d, o);
    put_dates(d, o);
    jw_key(&d->w, "charge_point");
    put_point(d, sim, o);
    put_text(d, "currency", "EUR");
    jw_object_end(&d->w);
}

void payload_order(struct json_writer *w, const struct sim *sim, const struct order *o)
{
    struct doc d = {.w = *w};

    put_order(&d, sim, o);
    *w = d.w;
}

/* ---- events ---------------------------------------------------------------------------------- */

static void put_nulls(struct doc *d, const struct order *o)
{
    static const char *const keys[] = {"user_id",
                                       "connector_number",
                                       "status",
                                       "price",
                                       "prices",
                                       "unit_price",
                                       "app_fees",
                                       "earning",
                                       "fees",
                                       "charging_session_time",
                                       "charging_session_energy",
                                       "price_unit",
                                       "quantity",
                                       "requested_quantity",
                                       "payment_type",
                                       "created_at",
                                       "delivery_date",
                                       "reserved_at",
                                       "charge_point",
                                       "currency"};

    jw_object(&d->w);
    put_num(d, "id", o->id, 0);
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        put_null(d, keys[i]);
    jw_object_end(&d->w);
}

static void begin(struct doc *d, struct buf *to)
{
    buf_reset(to);
    *d = (struct doc){0};
    jw_init(&d->w, to);
    d->w.php_style = true;
    jw_object(&d->w);
}

enum ct_err payload_consumption(const struct sim *sim, const struct order *o, enum sim_style style,
                                struct buf *to)
{
    struct doc d;

    begin(&d, to);
    d.quoted = style == STYLE_QUOTED;
    d.pad_bytes = style == STYLE_OVERSIZE ? SIM_OVERSIZE_BYTES : 0;
    jw_key(&d.w, "order");
    if (style == STYLE_NULLS)
        put_nulls(&d, o);
    else
        put_order(&d, sim, o);
    jw_object_end(&d.w);
    if (style == STYLE_BROKEN && d.w.err == CT_OK)
        to->len = to->len * 3 / 5; /* cut in the middle, as by a full pipe */
    return d.w.err;
}

enum ct_err payload_completed(const struct sim *sim, const struct order *o, enum sim_shape shape,
                              struct buf *to)
{
    struct doc d;

    begin(&d, to);
    if (shape == SHAPE_ORDER || shape == SHAPE_BOTH) {
        jw_key(&d.w, "order");
        put_order(&d, sim, o);
    }
    if (shape == SHAPE_POINT || shape == SHAPE_BOTH) {
        jw_key(&d.w, "chargePoint");
        put_point(&d, sim, o);
    }
    jw_object_end(&d.w);
    return d.w.err;
}
