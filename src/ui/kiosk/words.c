/* src/ui/kiosk/words.c - how the wall says things: short, in whole words, without what is private. */
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/glyph.h"
#include "ui/kiosk/kiosk_internal.h"

size_t kiosk_duration(char *to, size_t cap, int64_t ms)
{
    const long long s = ms > 0 ? ms / 1000 : 0;

    if (s < 60)
        return str_format(to, cap, "%lld s", s);
    if (s < 3600)
        return str_format(to, cap, "%lld min", s / 60);
    if (s < 86400)
        return str_format(to, cap, "%lld h %02lld min", s / 3600, s / 60 % 60);
    return str_format(to, cap, "%lld d %lld h", s / 86400, s / 3600 % 24);
}

size_t kiosk_clock(const struct ui_model *m, char *to, size_t cap, int64_t unix_ms)
{
    char clock[16];

    (void)stamp_format_clock(clock, sizeof clock, unix_ms, m->utc_offset_s, false);
    return str_copy(to, cap, (struct str){clock, strlen(clock) >= 5 ? 5 : strlen(clock)});
}

size_t kiosk_grouped(char *to, size_t cap, int64_t value)
{
    if (value >= 1000 && value < 1000000)
        return str_format(to, cap, "%lld %03lld", (long long)(value / 1000),
                          (long long)(value % 1000));
    return str_format(to, cap, "%lld", (long long)value);
}

int kiosk_text(struct surface *s, int x, int y, int cells, const char *text, int role)
{
    const struct str all = str_from(text);

    if (cells < 1)
        return 0;
    if (text_width(all) <= cells)
        return surface_text(s, x, y, cells, all, role);
    const int used = surface_text(s, x, y, cells - 1, all, role);
    surface_glyph(s, x + used, y, glyph_ellipsis(s->ascii), role);
    return used + 1;
}

void kiosk_name(const struct kiosk_look *l, const struct order *o, char *to, size_t cap)
{
    const char *title = o->station ? o->station->title : "";

    if (!l->k->cfg.names || title[0] == '\0')
        (void)str_format(to, cap, "order %s", o->id);
    else if ((o->f.has & ORDER_HAS_CONNECTOR) && o->f.connector_number > 0)
        (void)str_format(to, cap, "%s #%d", title, (int)o->f.connector_number);
    else
        (void)str_copy(to, cap, str_from(title));
}

static void for_time(char *to, size_t cap, const char *word, uint64_t since_ms, uint64_t now_ms)
{
    char age[24];

    (void)kiosk_duration(age, sizeof age, now_ms > since_ms ? (int64_t)(now_ms - since_ms) : 0);
    (void)str_format(to, cap, "%s %s", word, age);
}

static void slow_words(const struct order *o, char *to, size_t cap)
{
    if (o->usual_w > 0 && o->power_w != POWER_UNKNOWN && o->power_w >= 0)
        (void)str_format(to, cap, "at %lld%% of usual",
                         (long long)((int64_t)o->power_w * 100 / o->usual_w));
    else
        (void)str_copy(to, cap, STR("power fell"));
}

void kiosk_short_age(char *to, size_t cap, uint64_t since_ms, uint64_t now_ms)
{
    const uint64_t minutes = now_ms > since_ms ? (now_ms - since_ms) / 60000 : 0;

    if (minutes == 0)
        (void)str_copy(to, cap, STR("NEW"));
    else
        (void)str_format(to, cap, "%llu %s",
                         (unsigned long long)(minutes < 60     ? minutes
                                              : minutes < 1440 ? minutes / 60
                                                               : minutes / 1440),
                         minutes < 60     ? "MIN"
                         : minutes < 1440 ? "H"
                                          : "D");
}

uint64_t kiosk_trouble_since_ms(const struct order *o)
{
    const uint64_t since_ms = o->state == ORDER_STALL   ? o->last_rise_ms
                              : o->state == ORDER_QUIET ? o->last_seen_ms
                                                        : 0;

    return since_ms > 0 ? since_ms : o->state_since_ms;
}

void kiosk_trouble(const struct kiosk_look *l, const struct order *o, char *to, size_t cap)
{
    const uint64_t now_ms = l->m->now_ms;

    switch (o->state) {
    case ORDER_STALL:
        for_time(to, cap, "stalled", kiosk_trouble_since_ms(o), now_ms);
        break;
    case ORDER_QUIET:
        for_time(to, cap, "quiet", kiosk_trouble_since_ms(o), now_ms);
        break;
    case ORDER_OFFL:
        for_time(to, cap, "offline", o->state_since_ms, now_ms);
        break;
    case ORDER_OVER:
        for_time(to, cap, "beyond its limit", o->state_since_ms, now_ms);
        break;
    case ORDER_SLOW:
        slow_words(o, to, cap);
        break;
    case ORDER_DENY:
        (void)str_copy(to, cap, STR("refused"));
        break;
    case ORDER_BAD:
        (void)str_copy(to, cap,
                       o->bad_reason[0] ? str_from(o->bad_reason) : STR("data contradicts itself"));
        break;
    default:
        (void)order_reason(o, now_ms, to, cap);
        break;
    }
}
