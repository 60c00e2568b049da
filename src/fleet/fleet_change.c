/* src/fleet/fleet_change.c - what a decoder found, applied to orders and told in the logs. */
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "fleet/fleet_internal.h"

static bool is_event(const struct change *change)
{
    return change->kind == CHANGE_CONSUMPTION || change->kind == CHANGE_COMPLETED;
}

/* ---- the line in the event log ---- */

static struct log_entry line_of(const struct change *change, enum log_what what)
{
    struct log_entry line = {
        .what = what,
        .energy_before_wh = INT64_MIN,
        .energy_wh = INT64_MIN,
        .charging_before_ms = INT64_MIN,
        .charging_ms = INT64_MIN,
    };

    memcpy(line.order_id, change->order_id, sizeof line.order_id);
    return line;
}

static void amend(struct fleet *f, const struct change *change, const struct log_entry *line)
{
    if (f->last.log_seq != 0 && change->seq == f->last.seq)
        event_log_amend(f->events, f->last.log_seq, line);
}

static enum log_what what_of(const struct change *change, enum verdict verdict)
{
    if (!is_event(change))
        return LOG_REST;
    switch (verdict) {
    case VERDICT_DUPLICATE:
        return LOG_DUPLICATE;
    case VERDICT_LATE:
    case VERDICT_AFTER_END:
        return LOG_LATE;
    case VERDICT_CORRECTED:
        return LOG_CORRECTED;
    case VERDICT_FINAL:
        return LOG_COMPLETED;
    case VERDICT_NONE:
    case VERDICT_FIRST:
    case VERDICT_ACCEPTED:
        break;
    }
    return LOG_CONSUMPTION;
}

/* Numbers of an order before an update was applied. */
struct before {
    bool completed;
    int64_t energy_wh, charging_ms;
    uint32_t implausible;
    size_t samples_bytes;
};

static struct before before_of(const struct order *o)
{
    return (struct before){
        .completed = o->completed,
        .energy_wh = o->f.has & ORDER_HAS_ENERGY ? o->f.energy_wh : INT64_MIN,
        .charging_ms = o->f.has & ORDER_HAS_TIME ? o->f.charging_ms : INT64_MIN,
        .implausible = o->implausible,
        .samples_bytes = o->samples ? samples_bytes(o->samples) : 0,
    };
}

static void note_of(char to[LOG_NOTE_MAX], const struct change *change, enum verdict verdict,
                    const struct order *o, const struct before *was)
{
    to[0] = '\0';
    if (change->id_mismatch)
        str_format(to, LOG_NOTE_MAX, "! payload names order %s", change->order.id);
    else if (verdict == VERDICT_LATE)
        str_copy(to, LOG_NOTE_MAX, STR("! out of order"));
    else if (verdict == VERDICT_AFTER_END)
        str_copy(to, LOG_NOTE_MAX, STR("after completion"));
    else if (verdict == VERDICT_CORRECTED || o->implausible > was->implausible)
        str_format(to, LOG_NOTE_MAX, "! %s", o->bad_reason);
    else if (verdict == VERDICT_FINAL && !o->completed_known)
        str_copy(to, LOG_NOTE_MAX, STR("without final values"));
}

static void log_list_page(struct fleet *f, const struct change *change)
{
    struct log_entry line = line_of(change, LOG_REST);

    f->last.listed++;
    line.order_id[0] = '\0';
    str_format(line.note, sizeof line.note, "%u %s", (unsigned)f->last.listed,
               f->last.listed == 1 ? "order" : "orders");
    amend(f, change, &line);
}

static void log_update(struct fleet *f, const struct change *change, enum verdict verdict,
                       const struct order *o, const struct before *was)
{
    const uint32_t has = change->order.has;
    struct log_entry line = line_of(change, what_of(change, verdict));

    if (change->kind == CHANGE_LISTED) {
        log_list_page(f, change);
        return;
    }
    line.order_seq = is_event(change) ? o->ledger.received : 0;
    line.energy_before_wh = was->energy_wh;
    line.charging_before_ms = was->charging_ms;
    line.energy_wh = has & ORDER_HAS_ENERGY ? change->order.energy_wh : was->energy_wh;
    line.charging_ms = has & ORDER_HAS_TIME ? change->order.charging_ms : was->charging_ms;
    note_of(line.note, change, verdict, o, was);
    amend(f, change, &line);
}

/* ---- ledger and life ---- */

/* One more event of the order, whatever it will be worth. */
static void take_event(const struct fleet *f, struct order *o, const struct change *change)
{
    const uint64_t before_ms = o->ledger.last_ms;
    uint64_t silent_ms;

    if (o->completed) {
        ledger_surplus(&o->ledger);
        return;
    }
    ledger_take(&o->ledger, o->period_ms, o->gap_count, &f->link, change->at_ms, &silent_ms);
    life_first(&o->life, change->at_ms, change->at_unix_ms);
    if (silent_ms > 0)
        life_silent(&o->life, before_ms, change->at_ms, fleet_unix_ms(f, before_ms));
}

static void note_end(const struct order_moment *at, struct order *o, bool was_completed)
{
    if (o->completed && !was_completed)
        life_end(&o->life, at->now_ms, at->now_unix_ms);
}

/* ---- orders ---- */

/* The order a change is about; made when the change proves that there is one to watch. An order
 * that is over and unknown is none. */
static struct entry *entry_of(struct fleet *f, const struct change *change)
{
    static const struct order nobody = {0};
    const struct str id = str_from(change->order_id);
    struct entry *e = fleet_entry_find(f, id);

    if (e || change->kind == CHANGE_STOPPED)
        return e;
    if (change->kind == CHANGE_LISTED &&
        order_phase_of(&nobody, change, change->at_unix_ms) == PHASE_DELIVERED)
        return NULL;
    e = fleet_entry(f, id, change->at_ms);
    if (!e)
        fleet_tell_oddity(f, change, ODD_NO_ROOM);
    return e;
}

static bool is_ignored(enum verdict verdict)
{
    return verdict == VERDICT_LATE || verdict == VERDICT_AFTER_END;
}

static void tell_oddities(struct fleet *f, const struct change *change, enum verdict verdict,
                          const struct order *o, const struct before *was)
{
    if (change->id_mismatch)
        fleet_tell_oddity(f, change, ODD_MISMATCH);
    if (verdict == VERDICT_CORRECTED)
        fleet_tell_oddity(f, change, ODD_CORRECTED);
    if (o->implausible > was->implausible)
        fleet_tell_oddity(f, change, ODD_IMPLAUSIBLE);
}

static void contradict_mismatch(struct order *o, const struct change *change)
{
    char reason[ORDER_REASON_MAX];
    const size_t len =
        str_format(reason, sizeof reason, "payload names order %s", change->order.id);

    o->mismatches += change->id_mismatch ? 1 : 0;
    if (change->id_mismatch && !o->completed)
        order_contradict(o, change->at_ms, (struct str){reason, len});
}

static void apply_order(struct fleet *f, const struct change *change)
{
    struct entry *e = entry_of(f, change);

    if (!e) {
        if (change->kind == CHANGE_LISTED)
            log_list_page(f, change);
        return;
    }
    struct order *o = &e->o;
    const struct order_moment at = fleet_moment(f, change->at_ms);
    const enum verdict verdict = order_test(o, change, &at);
    const struct before was = before_of(o);

    if (is_event(change))
        take_event(f, o, change);
    if (!is_ignored(verdict) && (change->order.has & ORDER_HAS_STATION))
        fleet_merge_station(f, e, &change->order.station, change->at_ms);
    if (!order_apply(o, change, verdict, &at))
        fleet_tell_oddity(f, change, ODD_NO_ROOM);
    f->samples_bytes += (o->samples ? samples_bytes(o->samples) : 0) - was.samples_bytes;
    note_end(&at, o, was.completed);
    contradict_mismatch(o, change);
    if (!is_ignored(verdict)) {
        order_mark(o, &at);
        f->version++;
    }
    tell_oddities(f, change, verdict, o, &was);
    log_update(f, change, verdict, o, &was);
    fleet_refresh(f, e, change->at_ms);
    fleet_site_energy(f, e, was.energy_wh, change->at_ms);
    if (o->completed && !is_ignored(verdict))
        fleet_keep_receipt(f, e);
}

/* ---- answers that are no orders ---- */

/* 404 ends an order that was seen charging; 403 hides one that no socket shows either. */
static void apply_gone(struct fleet *f, const struct change *change)
{
    struct entry *e = fleet_entry_find(f, str_from(change->order_id));
    const struct order_moment at = fleet_moment(f, change->at_ms);

    f->last.failed_code = change->code;
    f->last.failed_ms = change->at_ms;
    f->last.failed_cause[0] = '\0';
    if (e && e->o.completed)
        return;
    fleet_tell_gone(f, change);
    if (!e)
        return;
    if (change->code == 404 && (e->o.ever_updated || e->o.listed))
        order_freeze(&e->o, &at);
    else if (change->code == 404 || e->o.sub != WIRE_SUB_SUBSCRIBED)
        e->o.track.gone_code = change->code;
    note_end(&at, &e->o, false);
    fleet_refresh(f, e, change->at_ms);
    if (e->o.completed)
        fleet_keep_receipt(f, e);
}

static void apply_reject(struct fleet *f, const struct change *change)
{
    struct entry *e = fleet_entry_find(f, str_from(change->order_id));
    const bool answer = f->last.kind == WIRE_REST && f->last.seq == change->seq;
    struct log_entry line = line_of(change, answer && change->code != 0 ? LOG_REST : LOG_REJECTED);

    if (e && !answer) {
        take_event(f, &e->o, change);
        line.order_seq = e->o.ledger.received;
    }
    str_format(line.note, sizeof line.note, "! %s: %s",
               answer && change->code <= 0 && strcmp(change->field, "status") == 0 ? "no answer"
                                                                                   : change->field,
               change->reason);
    amend(f, change, &line);
    if (answer) {
        f->last.failed_code = change->code;
        f->last.failed_ms = change->at_ms;
        str_copy(f->last.failed_cause, sizeof f->last.failed_cause, str_from(f->last.cause));
    }
    if (answer && f->last.rest == WIRE_REST_STOP && change->order_id[0] != '\0') {
        fleet_order_stop_failed(f, str_from(change->order_id), str_from(change->reason),
                                change->at_ms);
        return;
    }
    fleet_tell_reject(f, change);
    if (e && !answer)
        e->o.rejected++;
}

void fleet_apply_change(struct fleet *f, const struct change *change)
{
    switch (change->kind) {
    case CHANGE_CONSUMPTION:
    case CHANGE_COMPLETED:
    case CHANGE_LISTED:
    case CHANGE_DETAILS:
    case CHANGE_STOPPED:
        apply_order(f, change);
        break;
    case CHANGE_GONE:
        apply_gone(f, change);
        break;
    case CHANGE_ME:
        if (change->currency[0] != '\0')
            memcpy(f->currency, change->currency, sizeof f->currency);
        break;
    case CHANGE_REJECT:
        apply_reject(f, change);
        break;
    case CHANGE_EVENT:
        break;
    }
}
