/* src/fleet/fleet_news.c - events that are no order's: what their line in the log says, how many of which
 * kind came, and which stand among the errors. */
#include <string.h>

#include "base/text.h"
#include "fleet/fleet_internal.h"

static struct news_counts *counts_of(struct fleet *f, uint8_t source)
{
    struct side *side = fleet_side_mut(f, source);

    return source == 0 ? &f->news : side ? &side->news : NULL;
}

const struct news_counts *fleet_news(const struct fleet *f, uint8_t source)
{
    const struct side *side = fleet_side(f, source);

    return source == 0 ? &f->news : side ? &side->news : NULL;
}

static void count(struct news_counts *c, const struct news *news)
{
    size_t i = 0;

    c->total++;
    c->rejected += news->rejected;
    (void)str_copy(c->last, sizeof c->last, str_from(news->text));
    c->last_ms = news->at_ms;
    if (news->rejected)
        return;
    while (i < c->group_count && strcmp(c->group[i].name, news->group) != 0)
        i++;
    if (i == NEWS_GROUPS_MAX)
        return;
    if (i == c->group_count)
        (void)str_copy(c->group[c->group_count++].name, NEWS_GROUP_MAX, str_from(news->group));
    c->group[i].count++;
}

static void write_line(struct fleet *f, const struct news *news)
{
    struct log_entry line = {.what = news->rejected ? LOG_REJECTED : LOG_OTHER,
                             .source = news->source,
                             .at_ms = news->at_ms,
                             .at_unix_ms = news->at_unix_ms,
                             .repeats = 1,
                             .energy_before_wh = INT64_MIN,
                             .energy_wh = INT64_MIN,
                             .charging_before_ms = INT64_MIN,
                             .charging_ms = INT64_MIN};
    const bool warns = news->rejected || (news->important && news->severity >= LOG_WARNING);

    text_clean(line.name, sizeof line.name, str_from(news->name));
    (void)str_format(line.note, sizeof line.note, "%s%s", warns ? "! " : "", news->text);
    line.note[str_cut(str_from(line.note), sizeof line.note - 1)] = '\0';
    text_redact(line.note);
    if (f->last.log_seq != 0 && news->seq == f->last.seq)
        event_log_amend(f->events, f->last.log_seq, &line);
    else if (event_log_push(f->events, &line, (struct str){0}) == CT_OK)
        f->last.log_seq = event_log_newest_seq(f->events);
}

/* "Line crossed @ Gate: fence" without " @ Gate": the target stands before it. */
static void put_text(char *to, size_t cap, const struct news *news)
{
    char where[LOG_ERROR_TEXT_MAX];
    const size_t len = str_format(where, sizeof where, " @ %s", news->target);
    const char *at = news->target[0] ? strstr(news->text, where) : NULL;

    if (at && (at[len] == '\0' || at[len] == ':'))
        (void)str_format(to, cap, "%.*s%s.", (int)(at - news->text), news->text, at + len);
    else
        (void)str_format(to, cap, "%s.", news->text);
}

static void tell_important(struct fleet *f, const struct news *news)
{
    const struct side *side = fleet_side(f, news->source);
    char text[LOG_ERROR_TEXT_MAX];

    if (news->rejected)
        (void)str_format(
            text, sizeof text,
            "Payload not readable: %s. Nothing was changed; its raw text is in Events.",
            news->text);
    else
        put_text(text, sizeof text, news);
    fleet_tell(f, news->rejected ? LOG_WARNING : (enum log_severity)news->severity, 0,
               str_from(news->rejected ? "payload" : news->cause),
               news->target[0] ? str_from(news->target)
               : side          ? str_from(side->name)
                               : STR("events"),
               text, news->at_ms, news->at_unix_ms);
}

void fleet_apply_news(struct fleet *f, const struct news *news)
{
    struct news_counts *counts = counts_of(f, news->source);

    write_line(f, news);
    if (counts)
        count(counts, news);
    if (news->important || news->rejected)
        tell_important(f, news);
    if (news->fire && !news->rejected)
        fleet_alarm_fire(f, news, f->last.log_seq);
}
