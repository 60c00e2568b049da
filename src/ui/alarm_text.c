/* src/ui/alarm_text.c - words for alarms, shared by the alarm line, the rows and the pane. */
#include "ui/alarm_text.h"

#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/columns.h"
#include "ui/glyph.h"
#include "ui/panes/eyes.h"
#include "ui/theme.h"

const struct order *alarm_order(const struct alarm *alarm, const struct ui_model *m)
{
    for (uint32_t i = 0; i < alarm->listed; i++) {
        const struct order *o =
            alarm->members[i].cleared_ms == 0
                ? fleet_order_get(m->fleet, str_from(alarm->members[i].order_id))
                : NULL;
        if (o)
            return o;
    }
    return NULL;
}

uint32_t alarm_glyph(const struct alarm *alarm, bool ascii)
{
    if (alarm_is_fire(alarm))
        return ascii ? '*' : 0x2736;
    return alarm_is_link(alarm) ? ':' : glyph_state(alarm->kind, ascii);
}

int alarm_role(const struct alarm *alarm)
{
    if (alarm_is_fire(alarm))
        return ROLE_ALARM;
    return alarm_is_link(alarm) ? ROLE_LINK_DOWN : role_of_state(alarm->kind);
}

static uint32_t orders_of(const struct alarm *alarm)
{
    return alarm->cleared_ms ? alarm->total : alarm->active;
}

static size_t one_order(const char *id, const struct ui_model *m, char *to, size_t cap)
{
    const struct order *o = fleet_order_get(m->fleet, str_from(id));
    struct order_row row;
    char point[COLUMN_CELL_MAX];

    if (!o || !o->station || !(o->station->has & STATION_HAS_TITLE))
        return str_copy(to, cap, str_from(id));
    row_of_order(o, m, ROW_NUMBERS, &row);
    column_text(&row, COLUMN_POINT, m, 40, point, sizeof point);
    return str_format(to, cap, "%s %s", id, point);
}

size_t alarm_who(const struct alarm *alarm, const struct ui_model *m, char *to, size_t cap)
{
    const uint32_t count = orders_of(alarm);

    if (alarm_is_fire(alarm))
        return str_copy(to, cap, str_from(alarm->site));
    if (alarm_is_link(alarm))
        return str_copy(to, cap, STR("connection lost"));
    if (count > 1 && alarm->site[0])
        return str_format(to, cap, "%u charge points at %s", (unsigned)count, alarm->site);
    if (count > 1)
        return str_format(to, cap, "%u orders", (unsigned)count);
    const struct order *o = alarm->cleared_ms ? NULL : alarm_order(alarm, m);
    return one_order(o ? o->id : alarm->members[0].order_id, m, to, cap);
}

static size_t list_members(const struct alarm *alarm, char *to, size_t cap)
{
    const uint32_t count = orders_of(alarm);
    uint32_t shown = 0;
    size_t len = 0;

    to[0] = '\0';
    for (uint32_t i = 0; i < alarm->listed; i++) {
        if (!alarm->cleared_ms && alarm->members[i].cleared_ms)
            continue;
        len +=
            str_format(to + len, cap - len, "%s%s", shown ? ", " : "", alarm->members[i].order_id);
        shown++;
    }
    if (count > shown)
        len += str_format(to + len, cap - len, " and %u more", (unsigned)(count - shown));
    return len;
}

/* "down 3m20s, no data comes: closed by the server" */
static size_t link_what(const struct alarm *alarm, const struct ui_model *m, char *to, size_t cap)
{
    const struct link *l = fleet_link(m->fleet);
    char time[24];

    if (alarm->cleared_ms) {
        num_format_duration(time, sizeof time, (int64_t)(alarm->cleared_ms - alarm->since_ms));
        return str_format(to, cap, "for %s", time);
    }
    num_format_duration(time, sizeof time,
                        m->now_ms > alarm->since_ms ? (int64_t)(m->now_ms - alarm->since_ms) : 0);
    return str_format(to, cap, "%s %s%s%.80s", l->state == WIRE_LINK_FAILED ? "given up" : "down",
                      time, l->last_reason[0] ? ": " : "", l->last_reason);
}

/* "Smoke and fire at 14:20:03, 3 times, last 12s ago (video)" */
static size_t fire_what(const struct alarm *alarm, const struct ui_model *m, char *to, size_t cap)
{
    const struct side *side = fleet_side(m->fleet, alarm->source);
    char clock[16], ago[16];

    stamp_format_clock(clock, sizeof clock, fleet_unix_ms(m->fleet, alarm->since_ms),
                       m->utc_offset_s, false);
    size_t len =
        str_format(to, cap, "%s at %s", alarm->what[0] ? alarm->what : "fire or smoke", clock);
    if (alarm->times > 1) {
        column_age(ago, sizeof ago, m->now_ms > alarm->last_ms ? m->now_ms - alarm->last_ms : 0);
        len +=
            str_format(to + len, cap - len, ", %u times, last %s ago", (unsigned)alarm->times, ago);
    }
    if (side)
        len += str_format(to + len, cap - len, " (%s)", side->name);
    return len;
}

/* What is wrong with all orders of a group, before their list. */
static const char *cause_word(enum order_state kind)
{
    static const char *const words[ALARM_KINDS] = {
        [ORDER_BAD] = "data contradict",   [ORDER_STALL] = "energy is flat",
        [ORDER_OVER] = "past the target",  [ORDER_QUIET] = "no events",
        [ORDER_OFFL] = "reported offline", [ORDER_DENY] = "not authorized",
        [ORDER_SLOW] = "power fell"};

    return (unsigned)kind < ALARM_KINDS && words[kind] ? words[kind] : "needs eyes";
}

size_t alarm_what(const struct alarm *alarm, const struct ui_model *m, char *to, size_t cap)
{
    const struct order *o = alarm_order(alarm, m);

    if (alarm_is_fire(alarm))
        return fire_what(alarm, m, to, cap);
    if (alarm_is_link(alarm))
        return link_what(alarm, m, to, cap);
    if (orders_of(alarm) > 1 || !o) {
        const size_t len = str_format(to, cap, "%s: ", cause_word(alarm->kind));
        return len + list_members(alarm, to + len, cap - len);
    }
    return fleet_order_why(m->fleet, o, m->now_ms, to, cap);
}

static char *last_of(char *text, const char *sign)
{
    char *last = NULL;

    for (char *next = strstr(text, sign); next; next = strstr(next + 2, sign))
        last = next;
    return last;
}

void alarm_fit(char *what, int cells)
{
    while (text_width(str_from(what)) > cells) {
        char *clause = last_of(what, "; "), *part = clause ? last_of(clause, ", ") : NULL;

        if (!clause)
            return;
        *(part ? part : clause) = '\0';
    }
}

uint64_t alarm_answer_ms(const struct alarm *alarm)
{
    switch (alarm->phase) {
    case ALARM_SNOOZED:
        return alarm->snoozed_until_ms;
    case ALARM_HELD:
        return alarm->since_ms;
    default:
        return alarm->acked_ms;
    }
}

size_t alarm_answer(enum alarm_phase phase, uint64_t ms, const struct ui_model *m, char *to,
                    size_t cap)
{
    char text[16];

    to[0] = '\0';
    switch (phase) {
    case ALARM_NEW:
        return str_copy(to, cap, STR("new"));
    case ALARM_ACKED:
        stamp_format_clock(text, sizeof text, fleet_unix_ms(m->fleet, ms), m->utc_offset_s, false);
        return str_format(to, cap, "ack %.5s", text);
    case ALARM_SNOOZED: /* whole minutes, rounded up: it is not over before they are */
        column_age(text, sizeof text,
                   ms > m->now_ms + 60000 ? (ms - m->now_ms + 59999) / 60000 * 60000
                   : ms > m->now_ms       ? ms - m->now_ms
                                          : 0);
        return str_format(to, cap, "snoozed %.*s", (int)str_find(str_from(text), STR("m00")) + 1,
                          text);
    case ALARM_HELD:
        column_age(text, sizeof text, m->now_ms > ms ? m->now_ms - ms : 0);
        return str_format(to, cap, "held %s", text);
    case ALARM_NONE:
    case ALARM_PHASES:
        break;
    }
    return 0;
}

/* "STALL", or "STALL/QUIET" when orders of the group went different ways. */
static void became_words(const struct alarm *alarm, char *to, size_t cap)
{
    size_t len = 0;

    to[0] = '\0';
    for (int state = 0; state <= (int)ORDER_SLOW; state++) {
        bool is_one = state == (int)alarm->became;
        for (uint32_t i = 0; i < alarm->listed; i++)
            is_one |= alarm->members[i].cleared_ms != 0 && (int)alarm->members[i].next == state;
        if (is_one)
            len += str_format(to + len, cap - len, "%s%s", len > 0 ? "/" : "",
                              order_state_word((enum order_state)state));
    }
}

size_t alarm_end(const struct alarm *alarm, char *to, size_t cap)
{
    const char *answer = alarm->acked_ms ? ", acknowledged" : ", nobody answered";
    char states[64];

    if (alarm->changed == 0)
        return str_format(to, cap, "cleared%s", answer);
    became_words(alarm, states, sizeof states);
    if (alarm_was_replaced(alarm)) /* an unanswered one goes on under another name */
        return str_format(to, cap, "became %s%s", states, alarm->acked_ms ? answer : "");
    return str_format(to, cap, "%u became %s, %u cleared%s", (unsigned)alarm->changed, states,
                      (unsigned)(alarm->total - alarm->changed), answer);
}

size_t alarm_queue_count(const struct ui_model *m)
{
    const struct alarms *a = fleet_alarms(m->fleet);

    return alarms_count(a) - alarms_count_in(a, ALARM_HELD);
}

const struct alarm *alarm_here(const struct view *v, const struct ui_model *m)
{
    struct eyes_entry entry;

    if (v->focus == PANE_EYES && eyes_entry_at(v, m, v->eyes.at, &entry) && !entry.cleared &&
        alarm_is_fire(entry.alarm))
        return entry.alarm;
    return v->selected[0] ? fleet_order_alarm(m->fleet, str_from(v->selected)) : NULL;
}
