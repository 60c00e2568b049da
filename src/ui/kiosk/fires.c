/* src/ui/kiosk/fires.c - cameras that see fire or smoke: told on a wall before any order. */
#include "base/num.h"
#include "base/text.h"
#include "ui/alarm_text.h"
#include "ui/kiosk/kiosk_internal.h"

enum { FIRE_ROWS_MAX = 8 };

void kiosk_fire_words(const struct kiosk_look *l, const struct alarm *alarm, int cells,
                      char to[KIOSK_LINE_MAX])
{
    const struct ui_model *m = l->m;
    const uint64_t age_ms = m->now_ms > alarm->last_ms ? m->now_ms - alarm->last_ms : 0;
    const char *camera = l->k->cfg.names ? alarm->site : "at a camera";
    char clock[8], ago[24];

    (void)kiosk_clock(m, clock, sizeof clock, fleet_unix_ms(m->fleet, alarm->since_ms));
    (void)kiosk_duration(ago, sizeof ago, (int64_t)age_ms);
    for (int form = 0; form < 4; form++) {
        size_t len = str_format(to, KIOSK_LINE_MAX, "%s %s", alarm_word(alarm), camera);
        if (form < 3)
            len += str_format(to + len, KIOSK_LINE_MAX - len, ": %s",
                              alarm->what[0] ? alarm->what : "fire or smoke");
        if (form < 2)
            len += str_format(to + len, KIOSK_LINE_MAX - len, " since %s", clock);
        if (form < 1)
            (void)str_format(to + len, KIOSK_LINE_MAX - len, ", last %s ago", ago);
        if (text_width(str_from(to)) <= cells)
            return;
    }
}

const struct alarm *kiosk_fire_at(const struct kiosk_look *l, size_t nth)
{
    const struct alarm *alarm =
        nth < l->k->fire_count ? alarms_find(fleet_alarms(l->m->fleet), l->k->fires[nth]) : NULL;

    return alarm && alarm->phase == ALARM_NEW ? alarm : NULL;
}

static void put_fire(const struct kiosk_look *l, const struct alarm *alarm, int x, int y, int cells)
{
    char line[KIOSK_LINE_MAX];

    kiosk_fire_words(l, alarm, cells - 2, line);
    surface_glyph(l->s, x, y, alarm_glyph(alarm, l->s->ascii), alarm_role(alarm));
    surface_glyph(l->s, x + 1, y, ' ', alarm_role(alarm));
    (void)kiosk_text(l->s, x + 2, y, cells - 2, line, alarm_role(alarm));
}

int kiosk_put_fires(const struct kiosk_look *l, struct rect at)
{
    const int room = at.rows < FIRE_ROWS_MAX ? at.rows : FIRE_ROWS_MAX;
    int used = 0;

    if (at.cols < 8)
        return 0;
    for (size_t i = 0; i < l->k->fire_count && used < room; i++) {
        const struct alarm *alarm = kiosk_fire_at(l, i);
        if (!alarm)
            continue;
        if (used + 1 == room && i + 1 < l->k->fire_count && room > 1)
            (void)surface_printf(l->s, at.x, at.y + used, at.cols, ROLE_ALARM, "+ %zu more fires",
                                 l->k->fire_count - i);
        else
            put_fire(l, alarm, at.x, at.y + used, at.cols);
        used++;
    }
    return used;
}
