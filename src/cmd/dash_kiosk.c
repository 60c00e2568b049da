/* src/cmd/dash_kiosk.c - the watchdog is fed by frames, and what is stuck is tried anew after a pause. */
#include "cmd/dash_kiosk.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/num.h"
#include "cmd/again.h"

void dash_kiosk_open(struct dash_kiosk *k, const struct settings *s, struct view *v,
                     uint64_t now_ms)
{
    static const char *const names[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"};

    *k = (struct dash_kiosk){.on = s->kiosk, .began_ms = now_ms};
    (void)notify_open(&k->notify, getenv(names[0]), getenv(names[1]), getenv(names[2]));
    for (size_t i = 0; i < COUNT_OF(names); i++)
        (void)unsetenv(names[i]);
    if (k->on)
        kiosk_begin(v, &s->kiosk_cfg);
}

struct term *dash_kiosk_terminal(const struct term_cfg *cfg, bool kiosk, struct fault *fault)
{
    static const char *const plainer[] = {"linux", "xterm", "vt100"};
    struct term *t = term_open(cfg, fault);

    for (size_t i = 0; i < COUNT_OF(plainer) && !t && kiosk; i++) {
        if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || setenv("TERM", plainer[i], 1) != 0)
            break;
        t = term_open(cfg, fault);
    }
    if (t)
        fault->err = CT_OK;
    return t;
}

void dash_kiosk_drawn(struct dash_kiosk *k, uint64_t now_ms)
{
    if (!k->ready_told) {
        k->ready_told = true;
        k->pinged_ms = now_ms;
        (void)notify_send(&k->notify, "READY=1");
    } else if (k->notify.every_ms > 0 && now_ms >= k->pinged_ms + k->notify.every_ms) {
        k->pinged_ms = now_ms;
        (void)notify_send(&k->notify, "WATCHDOG=1");
    }
}

/* The link waits for nothing, a token was refused, or an order was: nobody stands here to press R. */
static bool is_stuck(const struct fleet *f)
{
    const struct link *link = fleet_link(f);
    struct fleet_totals t;

    fleet_totals(f, &t);
    return link->state == WIRE_LINK_FAILED || link->auth_code != 0 || t.subs_denied > 0;
}

void dash_kiosk_help(struct dash_kiosk *k, struct pipeline *p, uint64_t now_ms)
{
    if (!k->on)
        return;
    if (!is_stuck(p->fleet)) {
        k->stuck_ms = 0;
        return;
    }
    if (k->stuck_ms == 0)
        k->stuck_ms = now_ms;
    if (now_ms < k->stuck_ms + DASH_REVIVE_MS)
        return;
    k->stuck_ms = now_ms;
    pipeline_wake(p);
}

void dash_kiosk_stopping(struct dash_kiosk *k)
{
    (void)notify_send(&k->notify, "STOPPING=1");
}

void dash_kiosk_close(struct dash_kiosk *k, const struct settings *s, const char *why,
                      uint64_t now_ms)
{
    char ran[24];
    struct buf again;

    notify_close(&k->notify);
    if (!k->on || !k->ready_told)
        return;
    (void)num_format_duration(ran, sizeof ran, (int64_t)(now_ms - k->began_ms));
    (void)printf("chargetop: the kiosk ended after %s (%s).\n", ran, why);
    buf_init(&again, AGAIN_MAX_BYTES);
    if (again_line(s, &again) == CT_OK) {
        const struct str line = buf_str(&again);
        (void)printf("Start it again with: %.*s\n", (int)line.len, line.ptr);
    }
    buf_clear(&again);
    (void)fflush(stdout);
}
