/* src/fleet/explain.c - finds the explanation of an error by cause, number or what somebody typed. */
#include "fleet/explain.h"

#include <string.h>

#include "base/near.h"
#include "fleet/explain_table.h"

static const struct explain_part *const parts[] = {&explain_pusher, &explain_http, &explain_net,
                                                   &explain_other};

size_t explain_count(void)
{
    size_t count = 0;

    for (size_t p = 0; p < COUNT_OF(parts); p++)
        count += parts[p]->count;
    return count;
}

const struct explanation *explain_at(size_t i)
{
    for (size_t p = 0; p < COUNT_OF(parts); p++) {
        if (i < parts[p]->count)
            return &parts[p]->rows[i];
        i -= parts[p]->count;
    }
    return NULL;
}

/* Single numbers stand before the ranges that hold them. */
const struct explanation *explain_code(int32_t code)
{
    const struct explanation *e;

    if (code <= 0)
        return NULL;
    for (size_t i = 0; (e = explain_at(i)) != NULL; i++)
        if (e->last != 0 && code >= e->first && code <= e->last)
            return e;
    return NULL;
}

static const struct explanation *by_name(struct str name)
{
    const struct explanation *e;

    for (size_t i = 0; (e = explain_at(i)) != NULL; i++)
        if (str_eq_nocase(name, str_from(e->name)))
            return e;
    return NULL;
}

/* Up to four digits; 0 for anything else. */
static int32_t number_of(struct str text)
{
    int32_t n = 0;

    if (text.len == 0 || text.len > 4)
        return 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return 0;
        n = n * 10 + (text.ptr[i] - '0');
    }
    return n;
}

const struct explanation *explain_name(struct str name)
{
    struct str text = str_trim(name);
    const struct explanation *e = by_name(text);

    if (e)
        return e;
    if (text.len > 4 && str_eq_nocase((struct str){text.ptr, 4}, STR("http")) &&
        (text.ptr[4] == '-' || text.ptr[4] == ' '))
        text = (struct str){text.ptr + 5, text.len - 5};
    return explain_code(number_of(text));
}

const struct explanation *explain_find(struct str cause, int32_t code)
{
    const struct explanation *e = cause.len > 0 ? by_name(cause) : NULL;

    return e ? e : explain_code(code);
}

/* ---- what somebody may have meant ---- */

const char *explain_nearest(struct str name)
{
    const struct explanation *e;
    const char *best = "";
    size_t best_distance = SIZE_MAX;

    for (size_t i = 0; (e = explain_at(i)) != NULL; i++) {
        const size_t d = near_distance(str_trim(name), str_from(e->name));
        if (d < best_distance) {
            best_distance = d;
            best = e->name;
        }
    }
    return best;
}

/* ---- words ---- */

const char *explain_place_name(enum explain_place place)
{
    static const char *const names[EXPLAIN_PLACES] = {
        [EXPLAIN_LINK] = "Connection", [EXPLAIN_AUTH] = "Authorization", [EXPLAIN_REST] = "REST"};

    return (unsigned)place < EXPLAIN_PLACES ? names[place] : "";
}

const char *explain_again_text(enum explain_again again)
{
    static const char *const texts[EXPLAIN_AGAIN_COUNT] = {
        [EXPLAIN_NOT_HERE] = "",
        [EXPLAIN_STOP] = "Not by itself: change what is wrong, then press R.",
        [EXPLAIN_TLS] = "Once within 1 s, with TLS; not by itself if it was TLS already.",
        [EXPLAIN_NOW] = "By itself within 1 s; if it repeats, after waits growing to 30 s.",
        [EXPLAIN_BACKOFF] = "By itself: at first within 1 s, then after waits growing to 30 s.",
        [EXPLAIN_CAPACITY] = "By itself: after 1 to 2 s, then after waits growing to 30 s.",
        [EXPLAIN_SLOW] = "By itself, slowly: after 10 to 30 s, growing to 40 to 120 s.",
        [EXPLAIN_GOES_ON] = "Nothing ended: the session goes on.",
        [EXPLAIN_SUB] = "By itself, this channel alone: after 1 to 2 s, growing to 31 s.",
        [EXPLAIN_SUB_FAST] =
            "By itself: 3 more times within seconds, then after 1 to 2 s, growing to 31 s.",
        [EXPLAIN_DENIED] = "Not by itself: with :add ID, or when the connection is opened anew.",
        [EXPLAIN_PAUSE] =
            "Paused: the token's source is read at once, then after 5 s, growing to 60 s.",
        [EXPLAIN_REREAD] =
            "Once, after the token's source was read; then with the next reading of the list.",
        [EXPLAIN_POLL] = "With the next reading of the list (--poll, 30 s).",
        [EXPLAIN_POLL_FAST] =
            "2 more times within seconds, then with the next reading of the list (--poll, 30 s).",
    };

    return (unsigned)again < EXPLAIN_AGAIN_COUNT ? texts[again] : "";
}

const char *explain_again_name(enum explain_again again)
{
    static const char *const names[EXPLAIN_AGAIN_COUNT] = {
        [EXPLAIN_NOT_HERE] = "",
        [EXPLAIN_STOP] = "stop",
        [EXPLAIN_TLS] = "tls",
        [EXPLAIN_NOW] = "now",
        [EXPLAIN_BACKOFF] = "backoff",
        [EXPLAIN_CAPACITY] = "capacity",
        [EXPLAIN_SLOW] = "slow",
        [EXPLAIN_GOES_ON] = "goes_on",
        [EXPLAIN_SUB] = "channel",
        [EXPLAIN_SUB_FAST] = "channel_fast",
        [EXPLAIN_DENIED] = "denied",
        [EXPLAIN_PAUSE] = "pause",
        [EXPLAIN_REREAD] = "reread",
        [EXPLAIN_POLL] = "poll",
        [EXPLAIN_POLL_FAST] = "poll_fast",
    };

    return (unsigned)again < EXPLAIN_AGAIN_COUNT ? names[again] : "";
}

enum explain_place explain_place_of(const struct explanation *e, const char *target)
{
    enum explain_place place = EXPLAIN_AUTH; /* of one order: its subscription */

    if (strcmp(target, "link") == 0)
        place = EXPLAIN_LINK;
    else if (strcmp(target, "rest") == 0 || strcmp(target, "events") == 0)
        place = EXPLAIN_REST;
    for (int i = 0; i < EXPLAIN_PLACES && e->again[place] == EXPLAIN_NOT_HERE; i++)
        place = (enum explain_place)((place + 1) % EXPLAIN_PLACES);
    return place;
}
