/* src/base/stamp.c - the Gregorian calendar and the shapes in which time is written. */
#include "base/stamp.h"

static const int64_t day_ms = 86400000;

/* The first and the last millisecond that four digits of year can name. */
static const int64_t earliest_unix_ms = INT64_C(-62167219200000);
static const int64_t latest_unix_ms = INT64_C(253402300799999);

struct civil {
    int year, month, day;
};

/* Days since 1970-01-01. Years start in March so that the leap day is their last (Hinnant,
 * "chrono-compatible low-level date algorithms", days_from_civil). */
static int64_t days_from_civil(struct civil c)
{
    const int64_t y = c.month <= 2 ? c.year - 1 : c.year;
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t year_of_era = y - era * 400;
    const int64_t day_of_year = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

/* civil_from_days of the same source. */
static struct civil civil_from_days(int64_t days)
{
    const int64_t z = days + 719468;
    const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const int64_t day_of_era = z - era * 146097;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t month = (5 * day_of_year + 2) / 153;
    struct civil c;

    c.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    c.month = (int)(month < 10 ? month + 3 : month - 9);
    c.year = (int)(year_of_era + era * 400 + (c.month <= 2 ? 1 : 0));
    return c;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

/* ---- reading ---- */

/* Exactly `digits` digits with a value from low to high. */
static bool take_number(struct str *s, size_t digits, int low, int high, int *out)
{
    int value = 0;

    if (s->len < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (s->ptr[i] < '0' || s->ptr[i] > '9')
            return false;
        value = value * 10 + (s->ptr[i] - '0');
    }
    s->ptr += digits;
    s->len -= digits;
    *out = value;
    return value >= low && value <= high;
}

static bool take_date(struct str *s, int64_t *out_ms)
{
    struct civil c;

    if (!take_number(s, 4, 0, 9999, &c.year) || !str_take(s, '-') ||
        !take_number(s, 2, 1, 12, &c.month) || !str_take(s, '-') ||
        !take_number(s, 2, 1, days_in_month(c.year, c.month), &c.day))
        return false;
    *out_ms = days_from_civil(c) * day_ms;
    return true;
}

/* 1 to 9 digits; what is below a millisecond is dropped. */
static bool take_fraction(struct str *s, int64_t *out_ms)
{
    int64_t ms = 0;
    int64_t weight = 100;
    size_t digits = 0;

    for (; s->len > 0 && s->ptr[0] >= '0' && s->ptr[0] <= '9'; digits++, weight /= 10) {
        ms += (s->ptr[0] - '0') * weight;
        s->ptr++;
        s->len--;
    }
    *out_ms = ms;
    return digits >= 1 && digits <= 9;
}

static bool take_time(struct str *s, int64_t *out_ms)
{
    int hour, minute, second;
    int64_t fraction_ms = 0;

    if (!take_number(s, 2, 0, 23, &hour) || !str_take(s, ':') ||
        !take_number(s, 2, 0, 59, &minute) || !str_take(s, ':') ||
        !take_number(s, 2, 0, 60, &second)) /* 60 is a leap second */
        return false;
    if (str_take(s, '.') && !take_fraction(s, &fraction_ms))
        return false;
    *out_ms = ((hour * INT64_C(60) + minute) * 60 + second) * 1000 + fraction_ms;
    return true;
}

/* Nothing, Z, +hh:mm or +hhmm. */
static bool take_zone(struct str *s, int64_t *out_ms)
{
    int hours, minutes;
    int sign = 1;

    *out_ms = 0;
    if (s->len == 0 || str_take(s, 'Z'))
        return true;
    if (str_take(s, '-'))
        sign = -1;
    else if (!str_take(s, '+'))
        return false;
    if (!take_number(s, 2, 0, 23, &hours))
        return false;
    (void)str_take(s, ':');
    if (!take_number(s, 2, 0, 59, &minutes))
        return false;
    *out_ms = sign * (hours * INT64_C(60) + minutes) * 60000;
    return true;
}

bool stamp_parse(struct str s, int64_t *out_unix_ms)
{
    int64_t date_ms, time_ms, zone_ms;

    if (!take_date(&s, &date_ms) || (!str_take(&s, 'T') && !str_take(&s, ' ')))
        return false;
    if (!take_time(&s, &time_ms) || !take_zone(&s, &zone_ms) || s.len > 0)
        return false;
    *out_unix_ms = date_ms + time_ms - zone_ms;
    return true;
}

/* ---- writing ---- */

/* A moment split into a day and the part of it that has passed. */
struct moment {
    int64_t days;
    int hour, minute, second, ms;
};

static struct moment split(int64_t unix_ms, int32_t utc_offset_s)
{
    struct moment m;

    if (unix_ms < earliest_unix_ms)
        unix_ms = earliest_unix_ms;
    if (unix_ms > latest_unix_ms)
        unix_ms = latest_unix_ms;
    unix_ms += (int64_t)utc_offset_s * 1000;
    m.days = unix_ms / day_ms;
    int64_t rest = unix_ms % day_ms;
    if (rest < 0) { /* before 1970: division rounds toward zero, the calendar does not */
        rest += day_ms;
        m.days--;
    }
    m.ms = (int)(rest % 1000);
    m.second = (int)(rest / 1000 % 60);
    m.minute = (int)(rest / 60000 % 60);
    m.hour = (int)(rest / 3600000);
    return m;
}

size_t stamp_format(char *to, size_t cap, int64_t unix_ms)
{
    const struct moment m = split(unix_ms, 0);
    const struct civil c = civil_from_days(m.days);

    return str_format(to, cap, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day,
                      m.hour, m.minute, m.second, m.ms);
}

size_t stamp_format_clock(char *to, size_t cap, int64_t unix_ms, int32_t utc_offset_s, bool with_ms)
{
    const struct moment m = split(unix_ms, utc_offset_s);

    if (with_ms)
        return str_format(to, cap, "%02d:%02d:%02d.%03d", m.hour, m.minute, m.second, m.ms);
    return str_format(to, cap, "%02d:%02d:%02d", m.hour, m.minute, m.second);
}

size_t stamp_format_day(char *to, size_t cap, int64_t unix_ms, int32_t utc_offset_s)
{
    static const char *const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const struct moment m = split(unix_ms, utc_offset_s);
    const struct civil c = civil_from_days(m.days);
    const int64_t weekday = ((m.days + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */

    return str_format(to, cap, "%s %d %s", weekdays[weekday], c.day, months[c.month - 1]);
}
