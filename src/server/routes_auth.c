/* src/server/routes_auth.c - the endpoints a client asks before it joins a channel or signs in: who may
 * ask how often, from which page, and what is answered (pusher-channels.md 5). */
#include "base/json.h"
#include "pusher/auth_answer.h"
#include "pusher/channel.h"
#include "pusher/http_api.h"
#include "server/routes_internal.h"

enum { SOCKET_CAP = 72, CHANNEL_CAP = 256 };

/* ---- pages of other origins -------------------------------------------------------------------- */

void route_cors(struct call *c)
{
    const struct str origin = c->request->origin;

    if (c->s->cors.count == 0)
        return;
    call_header(c, "Vary", STR("Origin"));
    if (origin.len == 0 || !origins_allow(&c->s->cors, origin))
        return;
    call_header(c, "Access-Control-Allow-Origin", origin);
    call_header(c, "Access-Control-Expose-Headers", STR("Retry-After"));
}

int route_preflight(struct call *c)
{
    route_cors(c);
    if (!origins_allow(&c->s->cors, c->request->origin))
        return call_say(c, 403, false, "This origin is not allowed.");
    call_header(c, "Access-Control-Allow-Methods", STR("POST, OPTIONS"));
    call_header(c, "Access-Control-Allow-Headers",
                STR("Authorization, Content-Type, Accept, X-CSRF-Token, X-Requested-With"));
    call_header(c, "Access-Control-Max-Age", STR("600"));
    return 204;
}

/* ---- how often --------------------------------------------------------------------------------- */

static int limited(struct call *c, uint32_t wait_s)
{
    char text[16];
    const size_t len = str_format(text, sizeof text, "%u", (unsigned)wait_s);

    call_header(c, "Retry-After", (struct str){text, len});
    return call_say(c, 429, false, "Too Many Attempts.");
}

static uint64_t asker_of_token(const struct server_user *who)
{
    return who->bucket | UINT64_C(1) << 63; /* apart from addresses */
}

int route_rest_limit(struct call *c)
{
    const uint64_t now_ms = net_now_ms(c->s->loop);
    uint32_t wait_s;

    if (!rate_take(c->s->rate, net_address_asker(c->request->peer), 1, now_ms, &wait_s))
        return limited(c, wait_s);
    return 0;
}

static int counted_limit(struct call *c, int status)
{
    c->s->counts.auth_limited += status != 0;
    return status;
}

int route_auth_limit(struct call *c)
{
    return counted_limit(c, route_rest_limit(c));
}

static int token_limit(struct call *c)
{
    uint32_t wait_s;

    if (!rate_take(c->s->rate, asker_of_token(&c->who), 1, net_now_ms(c->s->loop), &wait_s))
        return counted_limit(c, limited(c, wait_s));
    return 0;
}

/* Whoever tries tokens is slowed down; one was paid for already. */
void route_login_refused(struct call *c)
{
    rate_fine(c->s->rate, net_address_asker(c->request->peer), SERVER_AUTH_REFUSED_PRICE - 1,
              net_now_ms(c->s->loop));
}

int route_unauthenticated(struct call *c)
{
    route_login_refused(c);
    return call_say(c, 401, false, "Unauthenticated.");
}

/* ---- what is asked ----------------------------------------------------------------------------- */

/* From a form or, as axios and fetch send it, from JSON. */
static bool field(const struct call *c, struct str name, char *to, size_t cap, struct str *out)
{
    const struct str body = str_trim(c->request->body);
    struct json_value doc, v;
    size_t len = 0;
    bool found;

    if (str_starts(body, STR("{"))) {
        found = json_parse(body, &doc) == CT_OK && doc.type == JSON_OBJECT &&
                json_get(doc, name, &v) && v.type == JSON_STRING && v.raw.len < cap;
        len = found ? json_string_copy(v, to, cap) : 0;
    } else {
        found = hub_form_value(body, name, to, cap, &len);
    }
    *out = (struct str){to, len};
    return found && len > 0;
}

/* With several applications `?key=KEY` names the one to sign for; without it, the first. */
static const struct app *app_asked_for(const struct call *c)
{
    char key[HUB_KEY_MAX + 1];
    size_t len = 0;

    if (!hub_form_value(c->request->query, STR("key"), key, sizeof key, &len))
        return &c->s->apps[0];
    return server_app_of_key(c->s, (struct str){key, len});
}

static struct auth_app signer(const struct server *s, const struct app *app)
{
    const struct str key = str_from(app->key);

    return (struct auth_app){
        .key = key,
        .secret = hub_app_secret(s->hub, key),
        .master = app->has_master ? &app->master : NULL,
    };
}

static struct auth_user user_of(const struct call *c)
{
    return (struct auth_user){c->who.id, c->who.info, c->who.watchlist};
}

static int forbidden(struct call *c)
{
    return call_say(c, 403, false, "This action is unauthorized.");
}

static int answer_of(struct call *c, enum auth_verdict verdict)
{
    switch (verdict) {
    case AUTH_OK:
        return 200;
    case AUTH_BAD_SOCKET_ID:
        return call_say(c, 400, false, "Invalid socket_id");
    case AUTH_BAD_CHANNEL:
        return call_say(c, 400, false, "Invalid channel_name");
    case AUTH_NOT_NEEDED:
        return call_say(c, 403, false, "This kind of channel is not authorized here.");
    case AUTH_NO_MASTER_KEY:
        return call_say(c, 403, false, "No encryption master key is configured.");
    case AUTH_BAD_USER:
        return call_say(c, 403, false, "This token has no user id.");
    case AUTH_NOMEM:
        break;
    }
    return call_say(c, 503, false, "Over capacity, try again."); /* a 403 would be final */
}

static bool may_join(const struct call *c, const struct app *app, struct str channel)
{
    const struct server *s = c->s;

    if (s->backend.denies && s->backend.denies(s->backend.user, channel))
        return false;
    return s->policy.may_join(s->policy.user, &c->who, str_from(app->id), channel);
}

static int authorize_channel(struct call *c)
{
    char socket[SOCKET_CAP], channel[CHANNEL_CAP];
    struct str socket_id, name;
    const struct app *app = app_asked_for(c);

    if (!field(c, STR("socket_id"), socket, sizeof socket, &socket_id))
        return call_invalid(c, "socket_id", "The socket id field is required.");
    if (!field(c, STR("channel_name"), channel, sizeof channel, &name))
        return call_invalid(c, "channel_name", "The channel name field is required.");
    /* Before anybody is asked what to think of them. */
    if (!pusher_socket_id_valid(socket_id))
        return answer_of(c, AUTH_BAD_SOCKET_ID);
    if (!pusher_channel_valid(name, PUSHER_CHANNEL_NAME_MAX_SERVER))
        return answer_of(c, AUTH_BAD_CHANNEL);
    if (!app || !may_join(c, app, name))
        return forbidden(c);
    const struct auth_app by = signer(c->s, app);
    const struct auth_user user = user_of(c);
    return answer_of(c, auth_answer_channel(&c->body, &by, socket_id, name, &user));
}

static bool may_sign_in(const struct call *c, const struct app *app)
{
    const struct server_policy *p = &c->s->policy;

    return !p->may_sign_in || p->may_sign_in(p->user, &c->who, str_from(app->id));
}

static int authenticate_user(struct call *c)
{
    char socket[SOCKET_CAP];
    struct str socket_id;
    const struct app *app = app_asked_for(c);

    if (!field(c, STR("socket_id"), socket, sizeof socket, &socket_id))
        return call_invalid(c, "socket_id", "The socket id field is required.");
    if (!app || !may_sign_in(c, app))
        return forbidden(c);
    const struct auth_app by = signer(c->s, app);
    const struct auth_user user = user_of(c);
    return answer_of(c, auth_answer_user(&c->body, &by, socket_id, &user));
}

static void note_auth(const struct call *c, struct str channel, const struct app *app, int status)
{
    server_note(c->s, &(struct server_note){.kind = SERVER_NOTE_AUTH,
                                            .status = status,
                                            .app = str_from(app ? app->id : ""),
                                            .user = c->who.id,
                                            .channel = channel,
                                            .peer = str_from(c->request->peer)});
}

static int counted(struct call *c, int (*answer)(struct call *c))
{
    char channel[CHANNEL_CAP];
    struct str name = {NULL, 0};
    int status = token_limit(c);

    if (status == 0)
        status = answer(c);
    if (c->s->note && answer == authorize_channel)
        (void)field(c, STR("channel_name"), channel, sizeof channel, &name);
    const struct app *app = app_asked_for(c);
    hub_auth_counted(c->s->hub, str_from(app ? app->key : ""),
                     status == 200 ? HUB_AUTH_OK : HUB_AUTH_REFUSED);
    if (c->s->note)
        note_auth(c, name, app, status);
    if (status == 200)
        c->s->counts.auth_ok++;
    else
        c->s->counts.auth_refused++;
    return status;
}

int route_channel_auth(struct call *c)
{
    return counted(c, authorize_channel);
}

int route_user_auth(struct call *c)
{
    return counted(c, authenticate_user);
}

bool route_identify(struct call *c)
{
    const struct server_policy *p = &c->s->policy;

    return c->s->fault != SERVER_FAULT_UNAUTHORIZED &&
           p->identify(p->user, c->request->authorization, &c->who);
}
