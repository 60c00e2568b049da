/* src/fleet/station.c - charge points that several orders share, kept as long as one of them does. */
#include <stdlib.h>
#include <string.h>

#include "fleet/fleet_internal.h"

/* NOLINTNEXTLINE(readability-function-size): what is long is the macro of uthash */
static struct station *find_or_make(struct fleet *f, const char *id)
{
    struct station *s;

    HASH_FIND(hh, f->stations, id, strlen(id), s);
    if (s || f->station_count >= FLEET_STATIONS_MAX)
        return s;
    s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    memcpy(s->f.id, id, sizeof s->f.id);
    HASH_ADD_KEYPTR(hh, f->stations, s->f.id, strlen(s->f.id), s);
    if (!s->hh.tbl) {
        free(s);
        return NULL;
    }
    f->station_count++;
    return s;
}

void fleet_release_station(struct fleet *f, struct entry *e)
{
    struct station *s = e->station;

    e->station = NULL;
    e->o.station = NULL;
    if (!s || --s->users > 0)
        return;
    HASH_DEL(f->stations, s);
    f->station_count--;
    free(s);
}

/* Moves the order to the charge point of that id; what was known without an id comes along. */
static void move_to(struct fleet *f, struct entry *e, const char *id)
{
    struct station *s = find_or_make(f, id);
    const bool had_own = e->o.station == &e->o.f.station;

    if (s && s == e->station)
        return;
    if (!s) { /* no room: better a place of its own than another's */
        fleet_release_station(f, e);
        return;
    }
    s->users++;
    fleet_release_station(f, e);
    e->station = s;
    if (had_own)
        station_merge(&s->f, &e->o.f.station);
    e->o.station = &s->f;
}

void fleet_merge_station(struct fleet *f, struct entry *e, const struct station_fields *from,
                         uint64_t now_ms)
{
    struct station_fields *to;

    if (from->id[0] != '\0')
        move_to(f, e, from->id);
    /* Without an id, or out of memory, the order keeps what is said of its charge point itself. */
    to = e->station ? &e->station->f : &e->o.f.station;
    if (!e->station && from->id[0] != '\0')
        memcpy(to->id, from->id, sizeof to->id);
    station_merge(to, from);
    e->o.station = to;
    e->o.f.has |= ORDER_HAS_STATION;
    if ((to->has & STATION_HAS_ONLINE) && !to->online) {
        if (e->o.track.offline_ms == 0)
            e->o.track.offline_ms = now_ms;
    } else {
        e->o.track.offline_ms = 0;
    }
    fleet_site_choose(f, e);
}
