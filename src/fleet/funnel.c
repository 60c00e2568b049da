/* src/fleet/funnel.c - counts each subscription once at each step of this connection. */
#include "fleet/funnel.h"

#include <stdlib.h>
#include <string.h>

void funnel_connected(struct funnel *f)
{
    f->connection++;
    memset(f->count, 0, sizeof f->count);
}

static void took(struct funnel *f, enum funnel_step step, uint64_t from_ms, uint64_t at_ms)
{
    const uint64_t ms = at_ms > from_ms ? at_ms - from_ms : 0;

    f->took_ms[step][f->samples[step] % FUNNEL_SAMPLES_MAX] =
        ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
    f->samples[step]++;
}

/* Steps that were left out (a public channel needs no signature) count as done without a time. */
static void reach(struct funnel *f, struct funnel_mark *mark, enum funnel_step step, uint64_t at_ms)
{
    if (mark->connection != f->connection) {
        *mark = (struct funnel_mark){f->connection, FUNNEL_ASKED, at_ms};
        f->count[FUNNEL_ASKED]++;
    }
    if (step <= mark->step)
        return;
    for (int s = (int)mark->step + 1; s <= (int)step; s++)
        f->count[s]++;
    took(f, step, mark->at_ms, at_ms);
    mark->step = step;
    mark->at_ms = at_ms;
}

void funnel_sub(struct funnel *f, struct funnel_mark *mark, enum wire_sub sub, uint64_t at_ms)
{
    if (f->connection == 0)
        return;
    switch (sub) {
    case WIRE_SUB_AUTHORIZING:
        reach(f, mark, FUNNEL_AUTH_SENT, at_ms);
        break;
    case WIRE_SUB_SENT:
        reach(f, mark, FUNNEL_AUTH_OK, at_ms);
        break;
    case WIRE_SUB_SUBSCRIBED:
        reach(f, mark, FUNNEL_SUBSCRIBED, at_ms);
        break;
    case WIRE_SUB_DENIED:
    case WIRE_SUB_FAILED:
        reach(f, mark, FUNNEL_ASKED, at_ms);
        break;
    case WIRE_SUB_NONE:
    case WIRE_SUB_WANTED: /* told when the connection goes as well */
        break;
    }
}

void funnel_event(struct funnel *f, struct funnel_mark *mark, uint64_t at_ms)
{
    if (f->connection != 0 && mark->connection == f->connection && mark->step == FUNNEL_SUBSCRIBED)
        reach(f, mark, FUNNEL_FIRST_EVENT, at_ms);
}

static int by_value(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

int64_t funnel_took_ms(const struct funnel *f, enum funnel_step step, uint32_t pct)
{
    uint32_t sorted[FUNNEL_SAMPLES_MAX];
    const size_t n = f->samples[step] < FUNNEL_SAMPLES_MAX ? f->samples[step] : FUNNEL_SAMPLES_MAX;

    if (n == 0 || pct == 0 || pct > 100)
        return -1;
    memcpy(sorted, f->took_ms[step], n * sizeof sorted[0]);
    qsort(sorted, n, sizeof sorted[0], by_value);
    return sorted[(n * pct + 99) / 100 - 1];
}

const char *funnel_step_name(enum funnel_step step)
{
    static const char *const names[FUNNEL_STEPS] = {[FUNNEL_ASKED] = "asked",
                                                    [FUNNEL_AUTH_SENT] = "auth sent",
                                                    [FUNNEL_AUTH_OK] = "auth ok",
                                                    [FUNNEL_SUBSCRIBED] = "subscribed",
                                                    [FUNNEL_FIRST_EVENT] = "first event"};

    return (unsigned)step < FUNNEL_STEPS ? names[step] : "";
}
