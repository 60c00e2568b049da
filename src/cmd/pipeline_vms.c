/* src/cmd/pipeline_vms.c - connections of kind = vms: what their source needs to know, and how their
 * events become lines of the log. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/app_secret.h"
#include "cmd/pipeline.h"

bool pipeline_is_vms(const struct settings *s)
{
    return strcmp(s->kind, "vms") == 0;
}

static const struct pipeline_side *side_of(const struct pipeline *p, uint8_t source)
{
    for (size_t i = 0; i < p->side_count; i++)
        if (p->sides[i].source == source && source > 0)
            return &p->sides[i];
    return NULL;
}

bool pipeline_brings_vms(const struct pipeline *p, uint8_t source)
{
    const struct pipeline_side *side = side_of(p, source);

    if (p->replay)
        return source <= FLEET_SIDES_MAX && p->brings_vms[source];
    return source == 0 ? p->vms != NULL : side && side->vms;
}

struct client *pipeline_client(const struct pipeline *p, uint8_t source)
{
    const struct pipeline_side *side = side_of(p, source);
    struct vms_live *const vms = side ? side->vms : p->vms;
    struct live *const live = side ? side->live : p->live;

    return vms ? vms_live_client(vms) : live ? live_client(live) : NULL;
}

struct token *pipeline_token(const struct pipeline *p, uint8_t source)
{
    const struct pipeline_side *side = side_of(p, source);
    struct vms_live *const vms = side ? side->vms : p->vms;
    struct live *const live = side ? side->live : p->live;

    return vms ? vms_live_token(vms) : live ? live_token(live) : NULL;
}

void pipeline_info(const struct pipeline *p, uint8_t source, struct pusher_session_info *info,
                   struct client_stats *stats)
{
    const struct client *client = pipeline_client(p, source);

    *info = (struct pusher_session_info){.user_id = "", .socket_id = ""};
    *stats = (struct client_stats){.peer = "", .tls_version = ""};
    if (!client)
        return;
    client_info(client, info);
    client_stats(client, stats);
}

/* ---- creation ---------------------------------------------------------------------------------- */

static const char *or_none(const char *text)
{
    return text[0] ? text : NULL;
}

static void wipe(char *bytes, size_t count)
{
    volatile char *at = bytes;

    while (count-- > 0)
        *at++ = 0;
}

void pipeline_vms_cfg(struct vms_live_cfg *to, const struct settings *s)
{
    struct live_cfg live;
    size_t n = 0;

    pipeline_live_cfg(&live, s);
    *to = (struct vms_live_cfg){.client = live.client,
                                .http = live.http,
                                .token = live.token,
                                .login = or_none(s->login),
                                .user_id = or_none(s->user_id),
                                .token_id = or_none(s->token_id)};
    to->client.auth_endpoint = s->auth_endpoint_said ? or_none(s->auth_endpoint) : NULL;
    to->client.session.probe_every_ms = 0; /* its own rule */
    to->api = (struct vms_api_cfg){
        .base = or_none(s->api_base), .device_id = or_none(s->device_id), .plain_allowed = !s->tls};
    for (size_t i = 0; i < s->api_headers.count && n < VMS_API_HEADERS_MAX; i++)
        to->api.headers[n++] = s->api_headers.item[i];
    for (size_t i = 0; i < s->headers.count && n < VMS_API_HEADERS_MAX; i++)
        to->api.headers[n++] = s->headers.item[i];
}

struct vms_live *pipeline_vms_create(struct pipeline *p, const struct settings *s, vms_live_fn *fn,
                                     void *user, struct fault *fault)
{
    struct vms_live_cfg cfg;
    struct vms_live *vms = NULL;
    char password[sizeof s->password_value];

    if (!s->api_base[0]) {
        (void)fault_set(fault, CT_ERR_MISSING,
                        "profile '%.60s' is kind = vms: it needs api_base, such as "
                        "https://vms.example.com/",
                        s->profile);
        return NULL;
    }
    if (!p->record)
        p->record = malloc(sizeof *p->record);
    if (!p->record) {
        (void)fault_set(fault, CT_ERR_NOMEM, "out of memory");
        return NULL;
    }
    pipeline_vms_cfg(&cfg, s);
    (void)str_copy(password, sizeof password, str_from(s->password_value));
    if (!s->password_file[0] || app_secret_read_file("password", s->password_file, password,
                                                     sizeof password, fault) == CT_OK) {
        cfg.password = or_none(password);
        vms = vms_live_create(p->loop, &cfg, fn, user, fault);
    }
    wipe(password, sizeof password);
    return vms;
}

/* ---- events ------------------------------------------------------------------------------------ */

/* Visitor codes open doors: neither log nor recording nor output keeps them. */
static struct wire_event without_codes(struct pipeline *p, const struct wire_event *event)
{
    struct wire_event e = *event;

    if (e.kind != WIRE_FRAME)
        return e;
    if (vms_mask_codes(event->data, &p->masked_data))
        e.data = buf_str(&p->masked_data);
    if (vms_mask_codes(event->text, &p->masked_text))
        e.text = buf_str(&p->masked_text);
    return e;
}

static const char *cause_of(const struct vms_record *r)
{
    return r->type == VMS_LOGOUT ? "vms-login" : "vms-alarm";
}

static void tell_news(struct pipeline *p, const struct wire_event *event)
{
    const struct vms_record *r = p->record;
    const bool rejected = p->vms_result == VMS_REJECTED;
    const bool fire = !rejected && r->type == VMS_SMOKE_FIRE;
    char line[VMS_LINE_MAX], name[VMS_NAME_MAX], camera[VMS_TITLE_MAX] = "";

    (void)vms_short_name(r, name, sizeof name);
    if (rejected)
        (void)str_format(line, sizeof line, "%s: %s", r->field, r->reason);
    else
        (void)vms_text(r, line, sizeof line);
    fleet_apply_news(p->fleet,
                     &(struct news){.seq = event->seq,
                                    .at_ms = event->at_ms,
                                    .at_unix_ms = event->at_unix_ms,
                                    .source = event->source,
                                    .name = name,
                                    .group = vms_group_name(r),
                                    .text = line,
                                    .target = fire ? vms_camera_name(&r->camera_event, camera)
                                                   : r->camera_event.camera.name,
                                    .cause = cause_of(r),
                                    .severity = (int)r->severity,
                                    .finding = r->camera_event.event.type_pretty,
                                    .fire = fire,
                                    .important = r->important,
                                    .rejected = rejected});
}

void pipeline_take_vms(struct pipeline *p, const struct wire_event *event)
{
    const struct wire_event e = without_codes(p, event);

    pipeline_record(p, &e);
    fleet_apply_event(p->fleet, &e);
    p->vms_result = vms_decode(&e, p->record);
    if (p->vms_result != VMS_NOT_OURS)
        tell_news(p, &e);
    p->current = &e;
    if (p->hooks.event)
        p->hooks.event(p->hooks.user, &e);
    p->current = NULL;
    p->vms_result = VMS_NOT_OURS;
}
