/* src/fleet/export.h - orders, notifications, link and counts as JSON members and CSV rows, from one table of fields.
 *
 * Names carry their units (energy_kwh, power_kw, age_s); what is not known is null or empty, never 0.
 * Members are only ever added. */
#ifndef CHARGETOP_FLEET_EXPORT_H
#define CHARGETOP_FLEET_EXPORT_H

#include "base/csv.h"
#include "base/json_write.h"
#include "fleet/fleet.h"

/* The moment that is exported. */
struct export_at {
    const struct fleet *fleet;
    uint64_t now_ms;
    int64_t now_unix_ms;
    const char *profile; /* "" none */
};

/* "charging", "stalled", ...: the states as scripts read them; static, "unknown" beyond the last. */
const char *export_state_name(enum order_state state);

/* The n-th field's name; NULL beyond the last. */
const char *export_field_name(size_t n);
/* One object: all fields of an order. */
void export_order_json(struct json_writer *w, const struct order *o, const struct export_at *at);
/* The same as a row, or the row of names, ended. */
void export_order_csv(struct csv_writer *w, const struct order *o, const struct export_at *at);
void export_head_csv(struct csv_writer *w);
/* Members time, profile, link and counts of an object that is open. */
void export_fleet_json(struct json_writer *w, const struct export_at *at);
/* Member marks (an array, newest first) of an object that is open. */
void export_marks_json(struct json_writer *w, const struct marks *marks);

/* export_notice.c: the same of a notification; secrets in its text, link and path are not written. */
const char *export_notice_field_name(size_t n);
void export_notice_json(struct json_writer *w, const struct notice_item *item,
                        const struct export_at *at);
void export_notice_csv(struct csv_writer *w, const struct notice_item *item,
                       const struct export_at *at);
void export_notice_head_csv(struct csv_writer *w);
/* Member notices (an array, newest first) of an object that is open. */
void export_notices_json(struct json_writer *w, const struct export_at *at);

#endif
