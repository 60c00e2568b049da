/* src/ui/header.c - the first row: what is said of the link and the data, and what gives way first.
 */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/recording.h"
#include "ui/toast.h"
#include "ui/view_internal.h"

/* A part of the header: shown in order, dropped by rank (1 stays longest). */
struct segment {
    char text[96];
    int role, rank;
};

enum { SEGMENTS_MAX = 13, DATA_OLD_MS = 20000, MEDIUM_COLS = 64 };

static void duration(char *to, size_t cap, uint64_t from_ms, uint64_t to_ms)
{
    num_format_duration(to, cap, to_ms > from_ms ? (int64_t)(to_ms - from_ms) : 0);
}

/* "try 3 in 4s", "try 3 now", or nothing. */
static void next_try(const struct link *l, uint64_t now_ms, char *to, size_t cap)
{
    char in[16];

    to[0] = '\0';
    if (l->retry_at_ms > now_ms) {
        num_format_duration(in, sizeof in, (int64_t)(l->retry_at_ms - now_ms + 999));
        str_format(to, cap, ", try %u in %s", l->tries + 1, in);
    } else if (l->tries > 0 && l->state != WIRE_LINK_DISCONNECTED) {
        str_format(to, cap, ", try %u now", l->tries);
    }
}

uint64_t line_link_since_ms(const struct link *l)
{
    if (l->state == WIRE_LINK_CONNECTED)
        return l->up_since_ms ? l->up_since_ms : l->since_ms;
    return link_down_since_ms(l);
}

const char *line_link_word(const struct link *l)
{
    switch (l->state) {
    case WIRE_LINK_CONNECTED:
        return "up";
    case WIRE_LINK_FAILED:
        return "FAILED";
    case WIRE_LINK_DISCONNECTED:
        return l->retry_at_ms ? "down" : "off";
    case WIRE_LINK_INITIALIZED:
        return "starting";
    case WIRE_LINK_CONNECTING:
        return link_is_starting(l) ? "connecting" : "down";
    case WIRE_LINK_UNAVAILABLE:
        break;
    }
    return "down";
}

void line_state_words(const struct link *l, uint64_t now_ms, char *to, size_t cap)
{
    const char *word = line_link_word(l);
    char age[16], retry[40];

    next_try(l, now_ms, retry, sizeof retry);
    duration(age, sizeof age, line_link_since_ms(l), now_ms);
    if (l->state == WIRE_LINK_FAILED)
        str_format(to, cap, "%s %d %.60s", word, (int)l->last_code, l->last_reason);
    else if (l->state == WIRE_LINK_INITIALIZED)
        str_copy(to, cap, str_from(word));
    else
        str_format(to, cap, "%s %s%s", word, age,
                   l->state == WIRE_LINK_CONNECTED || word[0] == 'c' ? "" : retry);
}

void line_link_words(const struct link *l, uint64_t now_ms, char *to, size_t cap)
{
    const size_t len = str_copy(to, cap, STR("LINK "));

    line_state_words(l, now_ms, to + len, cap - len);
}

/* Without its age; what is down is loud, and a first connection is waited for, as on a wall. */
static void short_link(const struct link *l, char *to, size_t cap)
{
    const char *word = line_link_word(l);

    str_format(to, cap, "LINK %s",
               strcmp(word, "down") == 0 ? "DOWN"
               : strlen(word) > 6        ? "WAIT"
                                         : word);
}

static int link_role(const struct link *l)
{
    if (l->state == WIRE_LINK_CONNECTED)
        return ROLE_LINK_UP;
    return link_is_starting(l) ? ROLE_LINK_TRYING : ROLE_LINK_DOWN;
}

static void data_words(const struct link *l, uint64_t now_ms, int cols, struct segment *out)
{
    char age[16];
    const uint64_t old_ms = now_ms > l->data_ms ? now_ms - l->data_ms : 0;

    out->rank = 3;
    out->role = ROLE_HEADER;
    if (l->data_ms == 0) {
        str_copy(out->text, sizeof out->text, STR("no data yet"));
        return;
    }
    if (old_ms < 10000)
        str_format(age, sizeof age, "%llu.%llus", (unsigned long long)(old_ms / 1000),
                   (unsigned long long)(old_ms % 1000 / 100));
    else
        num_format_duration(age, sizeof age, (int64_t)old_ms);
    if (old_ms >= DATA_OLD_MS)
        out->role = ROLE_LINK_TRYING;
    str_format(out->text, sizeof out->text, "%s%s%s%s", cols >= LINE_WIDE_COLS ? "newest " : "",
               cols >= MEDIUM_COLS ? "data " : "", age, " old");
}

static void clock_words(const struct ui_model *m, int cols, struct segment *out)
{
    char clock[16];
    const int minutes = abs((int)(m->utc_offset_s / 60));
    const char sign = m->utc_offset_s < 0 ? '-' : '+';

    out->rank = 2;
    out->role = ROLE_HEADER;
    stamp_format_clock(clock, sizeof clock, m->now_unix_ms, m->utc_offset_s, false);
    if (cols >= LINE_WIDE_COLS)
        str_format(out->text, sizeof out->text, "%s %c%02d:%02d", clock, sign, minutes / 60,
                   minutes % 60);
    else if (cols >= MEDIUM_COLS && minutes % 60)
        str_format(out->text, sizeof out->text, "%s%c%02d%02d", clock, sign, minutes / 60,
                   minutes % 60);
    else if (cols >= MEDIUM_COLS)
        str_format(out->text, sizeof out->text, "%s%c%02d", clock, sign, minutes / 60);
    else
        str_copy(out->text, sizeof out->text, str_from(clock));
}

static struct segment *next(struct segment *all, int *count, int rank, int role)
{
    struct segment *s = &all[(*count)++];

    s->text[0] = '\0';
    s->rank = rank;
    s->role = role;
    return s;
}

static void pause_words(const struct view *v, const struct ui_model *m, int cols,
                        struct segment *out)
{
    const unsigned long long s = (m->now_ms - v->paused_ms) / 1000;
    const unsigned long long waiting = event_log_total(fleet_events(m->fleet)) - v->paused_seq;

    if (cols >= MEDIUM_COLS)
        str_format(out->text, sizeof out->text, "PAUSED %llu:%02llu, %llu waiting", s / 60, s % 60,
                   waiting);
    else
        str_format(out->text, sizeof out->text, "PAUSED %llu:%02llu", s / 60, s % 60);
}

/* What keeps new orders from being authorized; nothing while all is well. */
static void auth_words(const struct link *l, int cols, struct segment *all, int *count)
{
    const uint32_t slow_s = link_auth_slow_ms(l) / 1000;

    if (l->auth_code == 401)
        str_copy(next(all, count, 2, ROLE_LINK_DOWN)->text, sizeof all->text,
                 str_eq(str_from(l->auth_cause), STR("token-expired")) ? STR("AUTH token expired")
                 : str_eq(str_from(l->auth_cause), STR("no-token"))    ? STR("AUTH no token")
                                                                       : STR("AUTH paused (401)"));
    else if (l->auth_fails > 0)
        str_copy(next(all, count, 2, ROLE_LINK_TRYING)->text, sizeof all->text,
                 STR("AUTH server down"));
    else if (slow_s > 0)
        str_format(next(all, count, 2, ROLE_LINK_TRYING)->text, sizeof all->text,
                   cols >= MEDIUM_COLS ? "AUTH slow: oldest request %u s" : "AUTH slow %us",
                   (unsigned)slow_s);
}

/* A connection beside the first is named when it is not up: the first of them, and how many more. */
static void side_words(const struct ui_model *m, struct segment *all, int *count)
{
    const struct side *down = NULL;
    char words[64];
    unsigned more = 0;

    for (size_t i = 1; i <= fleet_side_count(m->fleet); i++) {
        const struct side *side = fleet_side(m->fleet, (uint8_t)i);
        if (link_is_up(&side->link))
            continue;
        more += down != NULL;
        down = down ? down : side;
    }
    if (!down)
        return;
    line_state_words(&down->link, m->now_ms, words, sizeof words);
    struct segment *out = next(all, count, 2, link_role(&down->link));
    const size_t len = str_format(out->text, sizeof out->text, "%.16s %.40s", down->name, words);
    if (more > 0)
        str_format(out->text + len, sizeof out->text - len, ", %u more", more);
}

/* All parts but the clock, in the order they stand. */
static int header_segments(const struct view *v, const struct ui_model *m, int cols,
                           struct segment *all)
{
    const struct link *l = fleet_link(m->fleet);
    struct fleet_totals totals;
    int count = 0, told_role = ROLE_HEADER;
    char told[64];
    int record_role = ROLE_HEADER, record_rank = 9;

    fleet_totals(m->fleet, &totals);
    str_copy(next(all, &count, 7, ROLE_TITLE)->text, sizeof all->text, STR("chargetop"));
    if (m->profile && m->profile[0])
        text_clean(next(all, &count, 6, ROLE_HEADER)->text, 32, str_from(m->profile));
    if (m->replay) /* that it is past stays longer than how the link was */
        (void)replay_words(m, cols, next(all, &count, 1, ROLE_PAUSED)->text, sizeof all->text);
    line_link_words(l, m->now_ms, next(all, &count, m->replay ? 2 : 1, link_role(l))->text,
                    sizeof all->text);
    if (v->paused_ms)
        pause_words(v, m, cols, next(all, &count, 2, ROLE_PAUSED));
    side_words(m, all, &count);
    auth_words(l, cols, all, &count);
    if (l->state == WIRE_LINK_CONNECTED && l->ping_ms >= 0)
        str_format(next(all, &count, 5, ROLE_HEADER)->text, sizeof all->text, "rtt %dms",
                   (int)l->ping_ms);
    data_words(l, m->now_ms, cols, next(all, &count, 3, ROLE_HEADER));
    if (toast_counter(v, m, told, sizeof told, &told_role) > 0)
        str_copy(next(all, &count, 4, told_role)->text, sizeof all->text, str_from(told));
    if (recording_words(m, told, sizeof told, &record_role, &record_rank) > 0)
        str_copy(next(all, &count, record_rank, record_role)->text, sizeof all->text,
                 str_from(told));
    if (totals.subs_wanted > 0)
        str_format(next(all, &count, 8,
                        totals.subs_ok < totals.subs_wanted ? ROLE_LINK_TRYING : ROLE_HEADER)
                       ->text,
                   sizeof all->text, "%zu of %zu subs", totals.subs_ok, totals.subs_wanted);
    return count;
}

static int segments_width(const struct segment *all, int count, int gap)
{
    int width = 0;

    for (int i = 0; i < count; i++)
        if (all[i].text[0])
            width += text_width(str_from(all[i].text)) + (width > 0 ? gap : 0);
    return width;
}

/* Takes away the part that matters least; false when only one is left. */
static bool drop_one(struct segment *all, int count)
{
    int worst = -1, left = 0;

    for (int i = 0; i < count; i++) {
        if (!all[i].text[0])
            continue;
        left++;
        if (worst < 0 || all[i].rank > all[worst].rank)
            worst = i;
    }
    if (left < 2)
        return false;
    all[worst].text[0] = '\0';
    return true;
}

void line_header(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    struct segment all[SEGMENTS_MAX], clock;
    const int count = header_segments(v, m, at.cols, all);
    int gap = at.cols >= LINE_WIDE_COLS ? 3 : at.cols >= MEDIUM_COLS ? 2 : 1, x = at.x + 1;

    clock_words(m, at.cols, &clock);
    const int clock_cells = (int)strlen(clock.text);
    const int room = at.cols - 2 - clock_cells;
    while (segments_width(all, count, gap) > room - gap && (gap > 2 || drop_one(all, count)))
        gap = gap > 2 ? 2 : gap;
    if (at.cols < 24) {
        if (segments_width(all, count, gap) > room - gap) { /* the link without its age */
            short_link(fleet_link(m->fleet), all[0].text, sizeof all[0].text);
            all[0].role = link_role(fleet_link(m->fleet));
            for (int i = 1; i < count; i++)
                all[i].text[0] = '\0';
        }
        x = at.x;
    }
    const int right = at.x + at.cols - clock_cells - (at.cols < 24 ? 0 : 1);
    const bool with_clock = right > x + 8;
    for (int i = 0; i < count; i++) {
        if (!all[i].text[0])
            continue;
        const int cells = (with_clock ? right - 1 : at.x + at.cols) - x;
        const int named = at.cols >= LINE_WIDE_COLS ? 2 : 1; /* the profile belongs to the name */
        const int wide = i == 0 && all[1].rank == 6 && all[1].text[0] ? named : gap;
        x += surface_text(s, x, at.y, cells, str_from(all[i].text), all[i].role) + wide;
    }
    if (with_clock)
        surface_text(s, right, at.y, clock_cells, str_from(clock.text), clock.role);
}
