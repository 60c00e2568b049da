/* src/cmd/pipeline_sides.c - the connections beside the first: each a profile of its own, its events
 * numbered, its link shown as its own line. */
#include <string.h>

#include "base/str.h"
#include "cmd/options.h"
#include "cmd/pipeline.h"

static void on_side_event(void *user, const struct wire_event *event)
{
    struct pipeline_side *side = user;
    struct wire_event numbered = *event;

    numbered.source = side->source;
    pipeline_take(side->p, &numbered);
}

static enum ct_err connect_side(struct pipeline *p, struct pipeline_side *side, struct fault *fault)
{
    struct live_cfg cfg;
    const struct settings *s = side->s;

    if (pipeline_is_vms(s)) {
        side->vms = pipeline_vms_create(p, s, on_side_event, side, fault);
    } else {
        pipeline_live_cfg(&cfg, s);
        cfg.discover = false;
        cfg.powerly.base = NULL;
        side->live = live_create(p->loop, &cfg, on_side_event, side, fault);
    }
    if (side->live || side->vms)
        return CT_OK;
    return fault->err ? fault->err : fault_set(fault, CT_ERR_NOMEM, "out of memory");
}

static enum ct_err open_side(struct pipeline *p, struct pipeline_side *side, struct fault *fault)
{
    const struct settings *s = side->s;

    if (!pipeline_is_vms(s) && ((!s->host[0] && !s->cluster[0]) || !s->key[0]))
        return fault_set(fault, CT_ERR_MISSING, "profile '%.60s' needs host (or cluster) and key",
                         s->profile);
    if (fleet_side_add(p->fleet, str_from(s->profile), str_from(s->kind), &side->source,
                       net_now_ms(p->loop)) != CT_OK)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    side->p = p;
    if (connect_side(p, side, fault) != CT_OK)
        return fault->err;
    struct link *link = &fleet_side_mut(p->fleet, side->source)->link;
    (void)str_copy(link->address, sizeof link->address,
                   str_from(side->vms ? vms_live_address(side->vms)
                                      : client_address(live_client(side->live))));
    link->tls_insecure = s->tls && s->tls_insecure;
    return CT_OK;
}

enum ct_err pipeline_open_sides(struct pipeline *p, const struct settings *s, struct fault *fault)
{
    const size_t wanted = s->command & (CMD_WATCH | CMD_TAIL | CMD_DEMO) ? s->side_count : 0;

    for (size_t i = 0; i < wanted; i++) { /* what looks at one order or one server needs no other */
        struct pipeline_side *side = &p->sides[p->side_count];

        side->s = options_read_side(s, s->sides[i], fault);
        if (!side->s)
            return fault->err;
        p->side_count++;
        if (open_side(p, side, fault) != CT_OK)
            return fault->err;
    }
    for (size_t i = 0; i < s->made_count && p->side_count < FLEET_SIDES_MAX; i++) {
        struct pipeline_side *side = &p->sides[p->side_count++];

        side->s = s->made[i];
        side->made = true;
        if (open_side(p, side, fault) != CT_OK)
            return fault->err;
    }
    return CT_OK;
}

enum ct_err pipeline_start_sides(struct pipeline *p, struct fault *fault)
{
    for (size_t i = 0; i < p->side_count; i++) {
        const struct settings *s = p->sides[i].s;

        if (p->sides[i].vms) { /* which channels, the login tells */
            vms_live_start(p->sides[i].vms);
            continue;
        }
        for (size_t k = 0; k < s->order_count; k++) {
            const enum ct_err err = live_watch_channel(p->sides[i].live, str_from(s->orders[k]));
            if (err != CT_OK)
                return fault_set(fault, err,
                                 "profile '%.60s', channel '%.60s': %s; names are letters, digits "
                                 "and _-=@,.;",
                                 s->profile, s->orders[k], ct_strerror(err));
        }
        if (pipeline_watch_notices(p->sides[i].live, s, fault) != CT_OK)
            return fault->err;
        live_start(p->sides[i].live);
    }
    return CT_OK;
}

static void fill_side(const struct pipeline *p, struct side *to)
{
    const struct token *token = pipeline_token(p, to->source);
    struct client_stats stats;
    struct pusher_session_info info;

    pipeline_info(p, to->source, &info, &stats);
    (void)str_copy(to->link.peer, sizeof to->link.peer, str_from(stats.peer));
    (void)str_copy(to->link.tls, sizeof to->link.tls, str_from(stats.tls_version));
    to->link.cert_expiry_unix_ms = stats.tls ? stats.tls->not_after_unix_ms : 0;
    to->link.auth_waiting = stats.auth_waiting;
    to->link.auth_oldest_ms = stats.auth_oldest_ms;
    to->link.activity_timeout_ms = info.activity_timeout_ms;
    to->link.heard_ms = info.heard_ms;
    to->link.has_token = token && token_configured(token);
    to->link.token_expiry_unix_ms = token ? token_expiry_unix_ms(token) : 0;
    to->subs_wanted = info.wanted;
    to->subs_ok = info.subscribed;
    to->subs_bad = info.denied + info.failed;
}

void pipeline_fill_sides(struct pipeline *p)
{
    for (size_t i = 0; i < p->side_count; i++) {
        struct side *to = fleet_side_mut(p->fleet, p->sides[i].source);

        fill_side(p, to);
        pipeline_fill_http(&to->link, p->sides[i].vms ? vms_live_http(p->sides[i].vms)
                                                      : live_http(p->sides[i].live));
    }
}

void pipeline_close_sides(struct pipeline *p)
{
    for (size_t i = 0; i < p->side_count; i++) {
        live_destroy(p->sides[i].live);
        vms_live_destroy(p->sides[i].vms);
        if (!p->sides[i].made)
            settings_destroy(p->sides[i].s);
    }
    p->side_count = 0;
}
