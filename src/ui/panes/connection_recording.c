/* src/ui/panes/connection_recording.c - the lines of the connection pane about a recording. */
#include "base/stamp.h"
#include "base/str.h"
#include "ui/panes/connection_internal.h"
#include "ui/recording.h"

enum { TEXT_MAX = CONNECTION_TEXT_MAX, PART_MAX = 64 };

void connection_recording(struct page *p)
{
    const struct ui_recording *r = p->m->recording;
    char part[PART_MAX];

    if (!r)
        return;
    struct line *line =
        connection_add(p, "record", r->error[0] || r->lost > 0 ? ROLE_WARNING : ROLE_BODY);
    (void)recording_size(line->text, TEXT_MAX, r->file_bytes);
    (void)str_format(part, sizeof part, "%llu events", (unsigned long long)r->events);
    connection_append(line->text, TEXT_MAX, part);
    (void)str_format(part, sizeof part, "%llu.%llus behind",
                     (unsigned long long)r->behind_ms / 1000,
                     (unsigned long long)r->behind_ms % 1000 / 100);
    connection_append(line->text, TEXT_MAX, part);
    if (r->lost > 0) {
        (void)str_format(part, sizeof part, "%llu lost", (unsigned long long)r->lost);
        connection_append(line->text, TEXT_MAX, part);
    }
    if (p->wide)
        connection_append(line->text, TEXT_MAX, r->file);
    if (r->error[0])
        connection_add_wrapped(p, "", r->error, ROLE_LINK_DOWN);
}

/* "Wed 25 Nov 03:48:38 to 03:52:07", with the day of the end where it is another one. */
static void span_words(const struct page *p, const struct ui_replay *r, char *to, size_t cap)
{
    const int32_t offset_s = p->m->utc_offset_s;
    char first_day[24], last_day[24], first[16], last[16];

    (void)stamp_format_day(first_day, sizeof first_day, r->first_unix_ms, offset_s);
    (void)stamp_format_day(last_day, sizeof last_day, r->last_unix_ms, offset_s);
    (void)stamp_format_clock(first, sizeof first, r->first_unix_ms, offset_s, false);
    (void)stamp_format_clock(last, sizeof last, r->last_unix_ms, offset_s, false);
    const bool same = str_eq(str_from(first_day), str_from(last_day));
    (void)str_format(to, cap, "%s %s to %s%s%s", first_day, first, same ? "" : last_day,
                     same ? "" : " ", last);
}

void connection_replay(struct page *p)
{
    const struct ui_replay *r = p->m->replay;
    char part[PART_MAX];

    if (!r)
        return;
    struct line *line = connection_add(p, "replay", ROLE_PAUSED);
    if (r->ended)
        (void)str_copy(line->text, TEXT_MAX, r->error[0] ? STR("broken off") : STR("ended"));
    else
        (void)replay_speed(line->text, TEXT_MAX, r->speed_milli);
    connection_append(line->text, TEXT_MAX, r->file);
    if (r->error[0])
        connection_add_wrapped(p, "", r->error, ROLE_LINK_DOWN);
    line = connection_add(p, "", ROLE_BODY);
    span_words(p, r, line->text, TEXT_MAX);
    if (r->lost == 0)
        return;
    (void)str_format(part, sizeof part, "%llu lost", (unsigned long long)r->lost);
    connection_append(line->text, TEXT_MAX, part);
    line->role = ROLE_WARNING;
}
