/* src/ui/share_ticket.c - a report in Markdown: what one needs to know who was not there. */
#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "fleet/explain.h"
#include "fleet/export.h"
#include "ui/share_internal.h"

enum { TICKET_PAYLOAD_MAX_BYTES = 16 * 1024, TIMES_MAX = 80 };

const char *share_severity_name(enum log_severity severity)
{
    return severity == LOG_ERROR ? "error" : severity == LOG_WARNING ? "warning" : "info";
}

size_t share_kwh(char *to, size_t cap, int64_t energy_wh)
{
    to[0] = '\0';
    return energy_wh == INT64_MIN ? 0 : num_format(to, cap, energy_wh, 3, 2);
}

static const char *kw(char to[32], int32_t power_w)
{
    if (power_w == POWER_UNKNOWN)
        return "not known";
    (void)str_copy(to + num_format(to, 24, power_w, 3, 2), 8, STR(" kW"));
    return to;
}

static const char *span(char to[32], uint64_t ms)
{
    num_format_duration(to, 32, ms > INT64_MAX ? INT64_MAX : (int64_t)ms);
    return to;
}

/* Both clocks: "2026-11-24T12:32:07.000Z (14:32:07 local)". */
static const char *times(char to[TIMES_MAX], int64_t unix_ms, const struct ui_model *m)
{
    char utc[32], local[32];

    if (unix_ms == 0)
        return "not known";
    stamp_format(utc, sizeof utc, unix_ms);
    stamp_format_clock(local, sizeof local, unix_ms, m->utc_offset_s, false);
    (void)str_format(to, TIMES_MAX, "%s (%s local)", utc, local);
    return to;
}

/* ---- the order ---- */

static void put_title(struct buf *to, const struct order *o, const struct ui_model *m)
{
    char reason[ORDER_REASON_MAX];

    order_reason(o, m->now_ms, reason, sizeof reason);
    (void)buf_printf(to, "## Order %s: %s%s%s\n\n", o->id, order_state_word(o->state),
                     reason[0] ? ", " : "", reason);
}

static void put_place(struct buf *to, const struct order *o, const struct ui_model *m)
{
    char site[FLEET_WORD_MAX], when[TIMES_MAX];

    fleet_site_name(m->fleet, o, site, sizeof site);
    (void)buf_printf(to, "- Charge point: %s",
                     o->station && o->station->title[0] ? o->station->title : "not known");
    if (o->f.has & ORDER_HAS_CONNECTOR)
        (void)buf_printf(to, " #%d", (int)o->f.connector_number);
    (void)buf_printf(to, "%s%s\n", site[0] ? ", site " : "", site);
    (void)buf_printf(to, "- Now: %s\n", times(when, m->now_unix_ms, m));
    (void)buf_printf(to, "- State: %s (%s) since %s\n", order_state_word(o->state),
                     export_state_name(o->state),
                     times(when, fleet_unix_ms(m->fleet, o->state_since_ms), m));
}

static void put_energy(struct buf *to, const struct order *o, const struct ui_model *m)
{
    char energy[32], total[32], now[32], peak[32], mean[32];
    struct order_target target;

    order_target(o, fleet_limits(m->fleet), m->now_ms, &target);
    if (o->f.has & ORDER_HAS_ENERGY) {
        share_kwh(energy, sizeof energy, o->f.energy_wh);
        (void)buf_printf(to, "- Energy by the server: %s kWh", energy);
    } else {
        (void)buf_printf(to, "- Energy by the server: not known");
    }
    if (target.kind == TARGET_ENERGY) {
        share_kwh(total, sizeof total, target.total);
        (void)buf_printf(to, " of %s kWh (%d %%)", total, (int)target.pct);
    } else if (target.kind == TARGET_TIME) {
        (void)buf_printf(to, ", target %s (%d %%)", span(total, (uint64_t)target.total),
                         (int)target.pct);
    }
    (void)buf_printf(to, "\n- Power, derived here: %s now, %s peak, %s mean\n", kw(now, o->power_w),
                     kw(peak, o->peak_w > 0 ? o->peak_w : POWER_UNKNOWN),
                     kw(mean, order_mean_power_w(o)));
}

static void put_clocks(struct buf *to, const struct order *o, const struct ui_model *m)
{
    char server[32], arrival[32], when[TIMES_MAX];
    const int64_t elapsed_ms = order_elapsed_ms(o, m->now_ms);
    const uint64_t ours_ms = o->first_update_ms > 0 ? m->now_ms - o->first_update_ms : 0;

    (void)buf_printf(to, "- Charging time by the server: %s; watched here for %s\n",
                     elapsed_ms < 0 ? "not known" : span(server, (uint64_t)elapsed_ms),
                     span(arrival, ours_ms));
    (void)buf_printf(to, "- First event: %s\n", times(when, o->first_update_unix_ms, m));
    if (o->last_seen_ms > 0)
        (void)buf_printf(to, "- Newest event: %s, %s ago\n",
                         times(when, fleet_unix_ms(m->fleet, o->last_seen_ms), m),
                         span(server, m->now_ms - o->last_seen_ms));
    if (o->completed)
        (void)buf_printf(to, "- Completed: %s\n", times(when, o->completed_unix_ms, m));
}

static const char *period_of(char to[32], const struct order *o)
{
    if (o->period_ms == 0)
        return "not known";
    (void)str_copy(to + num_format(to, 24, o->period_ms, 3, 1), 8, STR(" s"));
    return to;
}

static void put_seen(struct buf *to, const struct order *o, const struct ui_model *m)
{
    char period[32], blind[32], stalled[32];

    (void)m;
    (void)buf_printf(to,
                     "- Events: %u accepted, %u duplicate, %u out of order, %u corrected, %u "
                     "implausible, %u rejected, %u after the end; one every %s\n",
                     (unsigned)o->accepted, (unsigned)o->duplicates, (unsigned)o->out_of_order,
                     (unsigned)o->corrected, (unsigned)o->implausible, (unsigned)o->rejected,
                     (unsigned)o->after_end, period_of(period, o));
    (void)buf_printf(to, "- Not seen: %s without a link; energy flat for %s in all\n",
                     span(blind, o->blind_ms), span(stalled, o->stalled_total_ms));
    (void)buf_printf(to, "- Subscription: %s", wire_sub_name(o->sub));
    if (o->sub_code)
        (void)buf_printf(to, " (%d %s)", (int)o->sub_code, o->sub_reason);
    (void)buf_append(to, STR("\n"));
}

/* ---- errors, link ---- */

enum ct_err share_put_errors(const struct ui_model *m, const char *target, size_t most,
                             struct buf *to)
{
    const struct error_log *log = fleet_errors(m->fleet);
    enum ct_err err = CT_OK;
    size_t found = 0;

    for (size_t age = 0; age < error_log_count(log) && found < most && err == CT_OK; age++) {
        const struct log_error *e = error_log_at(log, age);
        const struct explanation *x = explain_code(e->code);
        char when[TIMES_MAX];

        if (target && !str_eq(str_from(e->target), str_from(target)))
            continue;
        found++;
        err = buf_printf(to, "- %s %s %s", times(when, e->last_unix_ms, m),
                         share_severity_name(e->severity), e->target);
        if (err == CT_OK && e->code)
            err = buf_printf(to, " %d", (int)e->code);
        if (err == CT_OK)
            err = buf_printf(to, ": %s", e->text);
        if (err == CT_OK && e->count > 1)
            err = buf_printf(to, " (%u times, first %s)", (unsigned)e->count,
                             times(when, e->first_unix_ms, m));
        if (err == CT_OK)
            err = buf_append(to, STR("\n"));
        if (err == CT_OK && x)
            err = buf_printf(to, "  - %s: %s %s\n", x->title, x->what, x->advice);
    }
    if (found == 0)
        err = buf_append(to, STR("- none\n"));
    return err;
}

enum ct_err share_put_link_row(const struct ui_model *m, struct buf *to)
{
    const struct link *l = fleet_link(m->fleet);

    return buf_printf(to, "%s\t%s\t%s\t%d ms\t%u drops\t%d\t%s", wire_link_name(l->state),
                      l->address, l->socket_id, (int)l->ping_ms, (unsigned)l->drops,
                      (int)l->last_code, l->last_reason);
}

static enum ct_err put_outages(const struct ui_model *m, struct buf *to)
{
    const struct link *l = fleet_link(m->fleet);
    enum ct_err err = CT_OK;

    for (uint32_t age = 0; age < SHARE_OUTAGES_MAX && link_outage(l, age) && err == CT_OK; age++) {
        const struct outage *o = link_outage(l, age);
        const bool lasts = o->to_ms == UINT64_MAX;
        char when[TIMES_MAX], lasted[32];

        err = buf_printf(to, "- Outage: %s, code %d, %s %s\n",
                         times(when, fleet_unix_ms(m->fleet, o->from_ms), m), (int)o->code,
                         lasts ? "lasts since" : "for",
                         span(lasted, (lasts ? m->now_ms : o->to_ms) - o->from_ms));
    }
    return err;
}

enum ct_err share_put_link(const struct ui_model *m, struct buf *to)
{
    const struct link *l = fleet_link(m->fleet);
    const struct explanation *x = l->last_code ? explain_code(l->last_code) : NULL;
    char when[TIMES_MAX], up[32], blind[32];

    (void)buf_printf(to, "- %s to %s%s%s, socket %s\n", wire_link_name(l->state), l->address,
                     l->tls[0] ? ", " : "", l->tls, l->socket_id[0] ? l->socket_id : "none");
    if (l->up_since_ms > 0)
        (void)buf_printf(to, "- Up for %s", span(up, m->now_ms - l->up_since_ms));
    else
        (void)buf_append(to, STR("- Not up"));
    (void)buf_printf(to, ", %u drops, %u tries, %s without a link\n", (unsigned)l->drops,
                     (unsigned)l->tries_total, span(blind, l->blind_ms));
    if (l->ping_ms >= 0)
        (void)buf_printf(to, "- Ping %d ms, 95 %% within %d ms\n", (int)l->ping_ms,
                         (int)link_ping_p95_ms(l));
    if (l->last_code)
        (void)buf_printf(to, "- Last close: %d %s, %s\n", (int)l->last_code, l->last_reason,
                         times(when, l->last_close_unix_ms, m));
    if (x)
        (void)buf_printf(to, "  - %s: %s %s\n", x->title, x->what, x->advice);
    if (l->auth_code)
        (void)buf_printf(to, "- Authorization paused (%d): %s\n", (int)l->auth_code, l->auth_text);
    return put_outages(m, to);
}

static enum ct_err put_last_payload(const struct view *v, const struct ui_model *m,
                                    const struct log_entry *e, struct buf *to)
{
    char when[TIMES_MAX];
    struct buf raw;

    buf_init(&raw, TICKET_PAYLOAD_MAX_BYTES + 1);
    enum ct_err err = share_put_payload(view_events(v, m), e, TICKET_PAYLOAD_MAX_BYTES, &raw);
    if (err == CT_OK) {
        /* A fence longer than any in the payload would be needed; indenting cannot be broken out of. */
        struct str rest = buf_str(&raw);
        err = buf_printf(to, "\n### %s, %s%s\n\n", e->name, times(when, e->at_unix_ms, m),
                         e->text_bytes > TICKET_PAYLOAD_MAX_BYTES || e->text_cut ? ", cut" : "");
        while (rest.len > 0 && err == CT_OK) {
            const struct str line = str_split(&rest, '\n');
            err = buf_append(to, STR("    "));
            if (err == CT_OK)
                err = buf_append(to, line);
            if (err == CT_OK)
                err = buf_append(to, STR("\n"));
        }
    } else if (err == CT_ERR_MISSING) {
        err = CT_OK;
    }
    buf_clear(&raw);
    return err;
}

enum ct_err share_put_ticket(const struct view *v, const struct ui_model *m, const struct order *o,
                             const struct log_entry *e, struct buf *to)
{
    enum ct_err err;

    if (o) {
        put_title(to, o, m);
        put_place(to, o, m);
        put_energy(to, o, m);
        put_clocks(to, o, m);
        put_seen(to, o, m);
        (void)buf_append(to, STR("\n### Errors of this order\n\n"));
        err = share_put_errors(m, o->id, SHARE_ERRORS_MAX, to);
    } else {
        char when[TIMES_MAX];
        (void)buf_printf(to, "## Connection: %s\n\n- Now: %s\n\n### Errors\n\n",
                         wire_link_name(fleet_link(m->fleet)->state),
                         times(when, m->now_unix_ms, m));
        err = share_put_errors(m, NULL, SHARE_ERRORS_MAX, to);
    }
    if (err == CT_OK && e)
        err = put_last_payload(v, m, e, to);
    if (err == CT_OK)
        err = buf_append(to, STR("\n### Connection\n\n"));
    if (err == CT_OK)
        err = share_put_link(m, to);
    return err == CT_OK ? buf_printf(to, "\nchargetop %s%s%s\n", CHARGETOP_VERSION,
                                     m->profile[0] ? ", profile " : "", m->profile)
                        : err;
}
