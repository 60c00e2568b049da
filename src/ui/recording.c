#include "ui/recording.h"

#include <string.h>

#include "base/stamp.h"
#include "base/str.h"
#include "ui/theme.h"

enum { KB = 1000, MB = 1000 * 1000, GB = 1000 * 1000 * 1000, SHORT_COLS = 100 };

size_t recording_size(char *to, size_t cap, uint64_t bytes)
{
    const uint64_t unit = bytes >= GB ? GB : bytes >= MB ? MB : KB;
    const uint64_t tenths = bytes / (unit / 10);

    if (unit == KB)
        return str_format(to, cap, "%llu kB", (unsigned long long)(bytes / KB));
    return str_format(to, cap, "%llu.%llu %s", (unsigned long long)(tenths / 10),
                      (unsigned long long)(tenths % 10), unit == GB ? "GB" : "MB");
}

size_t replay_speed(char *to, size_t cap, int64_t speed_milli)
{
    const long long whole = speed_milli / 1000, part = speed_milli % 1000;

    if (part == 0)
        return str_format(to, cap, "%lldx", whole);
    return part % 100 == 0 ? str_format(to, cap, "%lld.%lldx", whole, part / 100)
                           : str_format(to, cap, "%lld.%03lldx", whole, part);
}

size_t recording_words(const struct ui_model *m, char *to, size_t cap, int *role, int *rank)
{
    const struct ui_recording *r = m->recording;
    char size[24];

    to[0] = '\0';
    if (!r)
        return 0;
    *role = ROLE_WARNING;
    *rank = 4;
    if (r->error[0]) {
        *role = ROLE_LINK_DOWN;
        *rank = 2;
        return str_copy(to, cap, STR("NOT RECORDING"));
    }
    (void)recording_size(size, sizeof size, r->file_bytes);
    if (r->behind_ms >= RECORDING_BEHIND_MS)
        return str_format(to, cap, "rec %s, %llus behind", size,
                          (unsigned long long)(r->behind_ms / 1000));
    if (r->lost > 0)
        return str_format(to, cap, "rec %s, %llu lost", size, (unsigned long long)r->lost);
    *role = ROLE_HEADER;
    *rank = 9;
    return str_format(to, cap, "rec %s", size);
}

size_t replay_words(const struct ui_model *m, int cols, char *to, size_t cap)
{
    const struct ui_replay *r = m->replay;
    char day[24] = "", speed[32] = "";

    to[0] = '\0';
    if (!r)
        return 0;
    if (cols >= SHORT_COLS)
        (void)stamp_format_day(day, sizeof day, m->now_unix_ms, m->utc_offset_s);
    if (!r->ended && r->speed_milli > 0 && r->speed_milli != 1000)
        (void)replay_speed(speed, sizeof speed, r->speed_milli);
    return str_format(to, cap, "REPLAY%s%s%s%s", day[0] ? " " : "", day, speed[0] ? " " : "",
                      r->error[0] ? " broken off"
                      : r->ended  ? " ended"
                                  : speed);
}
