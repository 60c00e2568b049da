/* src/fleet/fleet_notice.c - what a notification leaves in the logs: its words instead of its JSON. */
#include <string.h>

#include "base/text.h"
#include "fleet/fleet_internal.h"

/* "failure: Charger 631 could not start", the first action that says something; data stay as they came. */
static bool note_of(const struct notice *n, char *to, size_t cap)
{
    for (size_t i = 0; i < n->action_count; i++) {
        const struct notice_action *a = &n->actions[i];
        const struct str text = a->text.len > 0 ? a->text : a->path;
        size_t len;

        if (text.len == 0)
            continue;
        len = str_format(
            to, cap, "%s: ", a->level ? notice_level_word(a->level) : notice_kind_word(a->kind));
        text_clean(to + len, cap - len, text);
        text_redact(to);
        return true;
    }
    return false;
}

static void amend_line(struct fleet *f, const struct notice *n)
{
    const struct log_entry *line = event_log_find(f->events, f->last.log_seq);
    struct log_entry told;

    if (!line)
        return;
    told = *line;
    if (note_of(n, told.note, sizeof told.note))
        event_log_amend(f->events, f->last.log_seq, &told);
}

static void tell_unknown(struct fleet *f, const struct wire_event *event, const struct notice *n)
{
    char channel[CHANNEL_NAME_MAX], text[LOG_ERROR_TEXT_MAX];

    if (n->unknown_count == 0 && n->left_out == 0)
        return;
    text_clean(channel, sizeof channel, event->channel);
    if (n->unknown_count > 0)
        str_format(text, sizeof text,
                   "notification on %.80s: action '%s' is not known and was passed over", channel,
                   n->unknown);
    else
        str_format(text, sizeof text, "notification on %.80s: %zu actions beyond the first %d",
                   channel, n->left_out, NOTICE_ACTIONS_MAX);
    error_log_add(f->errors, LOG_INFO, 0, STR("notices"), str_from(text), event->at_ms,
                  event->at_unix_ms);
}

void fleet_apply_notice(struct fleet *f, const struct wire_event *event, const struct notice *n)
{
    const struct notice_from from = {.source = event->source,
                                     .channel = event->channel,
                                     .at_ms = event->at_ms,
                                     .at_unix_ms = event->at_unix_ms,
                                     .event_seq = f->last.log_seq};

    notices_apply(f->notices, n, &from);
    amend_line(f, n);
    tell_unknown(f, event, n);
}
