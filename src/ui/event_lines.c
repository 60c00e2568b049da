/* src/ui/event_lines.c - frames, folded repeats and what came after a pause: what is no line. */
#include "ui/event_lines.h"

/* Where lines were left standing, none of them may vanish into one that came later. */
static bool is_folded(const struct view *v, const struct log_entry *e)
{
    return !v->events_unfold && !e->marked && e->next_same != 0 &&
           e->next_same <= event_line_newest_seq(v) &&
           (v->events_anchor == 0 || e->next_same <= v->events_left);
}

bool event_line_shown(const struct view *v, const struct log_entry *e)
{
    if (e->what == LOG_PROTOCOL && !v->events_frames)
        return false;
    return !is_folded(v, e) && find_event_shown(v, e);
}

uint64_t event_line_newest_seq(const struct view *v)
{
    return v->paused_ms ? v->paused_seq : UINT64_MAX;
}

size_t event_line_newest(const struct view *v, const struct event_log *log)
{
    const size_t count = event_log_count(log);
    size_t age = v->paused_ms ? event_log_age_of(log, v->paused_seq) : 0;

    while (age < count && !event_line_shown(v, event_log_at(log, age)))
        age++;
    return age;
}

size_t event_line_next(const struct view *v, const struct event_log *log, size_t age, bool older)
{
    const size_t count = event_log_count(log);

    while (older ? age + 1 < count : age > 0) {
        age = older ? age + 1 : age - 1;
        const struct log_entry *e = event_log_at(log, age);
        if (e->seq > event_line_newest_seq(v))
            return count;
        if (event_line_shown(v, e))
            return age;
    }
    return count;
}
