/* src/fleet/notices.c - which notification takes the place of which, and how long each is kept. */
#include "fleet/notices.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct notices {
    struct notice_item *at[NOTICES_MAX]; /* oldest first */
    size_t count, running;
    uint64_t numbers, sounds, dropped, version;
    size_t bytes;
};

struct notices *notices_create(void)
{
    return calloc(1, sizeof(struct notices));
}

static size_t size_of(const struct notice_item *item)
{
    return sizeof *item + strlen(item->link) + 1;
}

static void forget(struct notices *n, size_t i)
{
    struct notice_item *item = n->at[i];

    n->running -= item->running;
    n->bytes -= size_of(item);
    n->count--;
    for (size_t at = i; at < n->count; at++)
        n->at[at] = n->at[at + 1];
    free(item);
}

void notices_destroy(struct notices *n)
{
    if (!n)
        return;
    while (n->count > 0)
        forget(n, n->count - 1);
    free(n);
}

/* The part of a link that can be shown without leading elsewhere: all of it, or nothing. */
static struct str link_of(const struct notice_action *a)
{
    return a->link.len < NOTICES_LINK_MAX ? a->link : (struct str){NULL, 0};
}

static struct notice_item *make(const struct notice *what, const struct notice_action *a,
                                const struct notice_from *from)
{
    const struct str link = link_of(a);
    struct notice_item *item = calloc(1, sizeof *item + link.len + 1);

    if (!item)
        return NULL;
    item->at_ms = item->since_ms = from->at_ms;
    item->at_unix_ms = from->at_unix_ms;
    item->event_seq = from->event_seq;
    item->source = from->source;
    item->kind = a->kind;
    item->level = a->level;
    item->running = a->level == NOTICE_LEVEL_IN_PROGRESS && !what->last_response;
    item->link = (char *)(item + 1);
    item->is_link = notice_is_link(link);
    text_clean(item->channel, sizeof item->channel, from->channel);
    text_clean(item->job, sizeof item->job, what->job_id);
    text_clean(item->text, sizeof item->text, a->text.len > 0 ? a->text : a->data);
    text_clean(item->path, sizeof item->path, a->path);
    if (a->order_id.len < sizeof item->order_id)
        text_clean(item->order_id, sizeof item->order_id, a->order_id);
    text_clean(item->link, link.len + 1, link);
    return item;
}

static bool same_job(const struct notice_item *a, const struct notice_item *b)
{
    return a->source == b->source && strcmp(a->channel, b->channel) == 0 &&
           strcmp(a->job, b->job) == 0;
}

/* The running one that `item` takes the place of; n->count: none. */
static size_t running_of(const struct notices *n, const struct notice_item *item)
{
    size_t i = n->running > 0 ? 0 : n->count;

    while (i < n->count && !(n->at[i]->running && same_job(n->at[i], item)))
        i++;
    return i;
}

static void add(struct notices *n, struct notice_item *item)
{
    const size_t replaced = running_of(n, item);

    if (replaced < n->count) {
        item->since_ms = n->at[replaced]->since_ms;
        forget(n, replaced);
    } else if (n->count == NOTICES_MAX) {
        forget(n, 0);
    }
    item->number = ++n->numbers;
    if (item->kind == NOTICE_AUDIO)
        n->sounds = item->number;
    n->running += item->running;
    n->bytes += size_of(item);
    n->at[n->count++] = item;
}

static void close_jobs(struct notices *n, uint8_t source, const char *channel, const char *job)
{
    for (size_t i = 0; n->running > 0 && i < n->count; i++) {
        struct notice_item *item = n->at[i];

        if (!item->running || item->source != source || strcmp(item->channel, channel) != 0 ||
            (job && strcmp(item->job, job) != 0))
            continue;
        item->running = false;
        n->running--;
    }
}

void notices_apply(struct notices *n, const struct notice *what, const struct notice_from *from)
{
    char channel[CHANNEL_NAME_MAX], job[NOTICES_JOB_MAX];

    n->version++;
    for (size_t i = 0; i < what->action_count; i++) {
        struct notice_item *item = make(what, &what->actions[i], from);

        if (item)
            add(n, item);
        else
            n->dropped++;
    }
    if (!what->last_response)
        return;
    text_clean(channel, sizeof channel, from->channel);
    text_clean(job, sizeof job, what->job_id);
    close_jobs(n, from->source, channel, job);
}

void notices_left(struct notices *n, uint8_t source, struct str channel)
{
    char name[CHANNEL_NAME_MAX];

    if (n->running == 0)
        return;
    text_clean(name, sizeof name, channel);
    close_jobs(n, source, name, NULL);
    n->version++;
}

size_t notices_count(const struct notices *n)
{
    return n->count;
}

const struct notice_item *notices_at(const struct notices *n, size_t age)
{
    return age < n->count ? n->at[n->count - 1 - age] : NULL;
}

const struct notice_item *notices_find(const struct notices *n, uint64_t number)
{
    for (size_t i = 0; i < n->count; i++)
        if (n->at[i]->number == number)
            return n->at[i];
    return NULL;
}

size_t notices_running(const struct notices *n)
{
    return n->running;
}

uint64_t notices_newest(const struct notices *n)
{
    return n->numbers;
}

uint64_t notices_sounds(const struct notices *n)
{
    return n->sounds;
}

uint64_t notices_dropped(const struct notices *n)
{
    return n->dropped;
}

uint64_t notices_version(const struct notices *n)
{
    return n->version;
}

size_t notices_bytes(const struct notices *n)
{
    return sizeof *n + n->bytes;
}

const char *notice_level_word(enum notice_level level)
{
    return level == NOTICE_LEVEL_NONE ? "info" : notice_level_name(level);
}

const char *notice_kind_word(enum notice_kind kind)
{
    static const char *const words[NOTICE_KIND_COUNT] = {
        [NOTICE_TOAST] = "toast", [NOTICE_DOWNLOAD] = "download", [NOTICE_NAVIGATE] = "navigate",
        [NOTICE_INFO] = "info",   [NOTICE_AUDIO] = "audio",       [NOTICE_DATA] = "data"};

    return (size_t)kind < NOTICE_KIND_COUNT ? words[kind] : "?";
}
