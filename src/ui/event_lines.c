/* src/ui/event_lines.c - frames, folded repeats and what came after a pause: what is no line. */
#include "ui/event_lines.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

enum { FRAME_BYTES = 1024, ESCAPE_MAX = 6 }; /* of a frame looked at; of a \\u0000 */

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

int event_line_decimals(const struct log_entry *e)
{
    const bool fine = (e->energy_wh != INT64_MIN && e->energy_wh % 10 != 0) ||
                      (e->energy_before_wh != INT64_MIN && e->energy_before_wh % 10 != 0);

    return fine ? 3 : 2;
}

/* What a string that was cut stands for, from its quote on; text[len] may be written. Empty: it is no
 * string. */
static struct str cut_string(char *text, size_t len)
{
    struct json_value value;

    for (size_t off = 0; off <= ESCAPE_MAX && off + 1 < len;
         off++) { /* an escape may be cut, too */
        text[len - off] = '"';
        if (json_parse((struct str){text, len - off + 1}, &value) == CT_OK)
            return (struct str){text + 1, json_string_in_place(text + 1, value.raw.len)};
    }
    return (struct str){0};
}

/* Where the payload stands in a frame, its quotes and escapes taken away; the frame itself when it has
 * none. The text is overwritten, and text[len] may be. */
static struct str payload_of(char *text, size_t len)
{
    const struct str frame = {text, len};
    struct json_value object, value;
    struct json_iter it;
    struct str key;

    if (json_open(frame, &object) != CT_OK || object.type != JSON_OBJECT)
        return frame;
    json_iter_init(&it, object);
    while (json_key(&it, &key)) {
        char *at = text + (it.at - text);
        const bool is_string = json_kind(&it) == JSON_STRING;
        const bool is_whole = json_take(&it, &value);
        if (!str_eq(key, STR("data"))) {
            if (!is_whole)
                return frame;
            continue;
        }
        if (!is_whole)
            return is_string ? cut_string(at, (size_t)(text + len - at))
                             : (struct str){at, (size_t)(text + len - at)};
        at = text + (value.raw.ptr - text);
        return (struct str){at,
                            is_string ? json_string_in_place(at, value.raw.len) : value.raw.len};
    }
    return frame;
}

size_t event_line_data(const struct event_log *log, const struct log_entry *e, char *to, size_t cap)
{
    char text[FRAME_BYTES + 1]; /* room for a quote */
    struct str shown;

    to[0] = '\0';
    if (e->clear_bytes > 0)
        shown = (struct str){text, event_log_clear(log, e, text, FRAME_BYTES)};
    else
        shown = payload_of(text, event_log_text(log, e, text, FRAME_BYTES));
    if (shown.len == 0)
        return 0;
    text_visible(to, cap, (struct str){shown.ptr, str_cut(shown, shown.len)});
    text_redact(to);
    return strlen(to);
}
