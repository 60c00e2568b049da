/* Two client sessions and the hub, joined by links that fail in every way a seed can think of.
 *
 * After each schedule the faults end, time passes, and then what is subscribed must be what was
 * wanted, every event must arrive once and in order, users must be signed in and see each other, and a
 * backend that heard only webhooks must know what is occupied by whom. SEED= sets the first seed, SCHEDULES=
 * how many are run; a failure prints the seed that repeats it alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/rng.h"
#include "pusher/auth_answer.h"
#include "pusher/hub.h"
#include "pusher/session.h"

enum {
    CLIENTS = 2,
    CHANNELS = 11,
    EVENTS_AFTER = 4, /* published on each channel once all is calm */
    LINKS_MAX = 4096,
    PACKETS_MAX = 16384,
    STEPS_AT_ONCE_MAX = 20000, /* inputs at one moment of virtual time */
    DIALS_PER_SECOND_MAX = 4,
    DISTURBANCES = 80,
    CALM_MS = 240000,
    SCHEDULES_DEFAULT = 2000
};

static const char *const channel_names[CHANNELS] = {
    "news",
    "private-a",
    "private-b",
    "private-c",
    "private-cache-d",
    "presence-e",
    "presence-f",
    "cache-g",
    "private-user.42",
    "private-encrypted-h",
    "private-encrypted-cache-i",
};

enum packet_kind {
    TO_SERVER,
    TO_CLIENT,
    PING_TO_CLIENT,
    PONG_TO_SERVER,
    SERVER_ENDS,
    CLIENT_ENDS,
    DIALED,
    REFUSED,
    AUTH,
    USER_AUTH
};

struct packet {
    enum packet_kind kind;
    uint64_t at_ms, order;
    size_t link, client;
    uint32_t generation;
    int32_t code; /* of an end; AUTH: HTTP status */
    size_t channel;
    char *text;
    size_t len;
};

struct link {
    size_t client;
    uint32_t generation, conn; /* conn 0: not (or no longer) known to the hub */
    bool client_open, silent;
    uint64_t up_ms, down_ms; /* when the last packet of each direction arrives: TCP keeps order */
};

struct client {
    struct pusher_session *s;
    bool wanted[CHANNELS], connected;
    size_t link; /* the current one */
    uint64_t dials_ms[DIALS_PER_SECOND_MAX + 1];
    size_t dials, excused; /* excused: dials that a user's wish caused */
    size_t got[CHANNELS];
    size_t got_as_user;
    bool online[CLIENTS]; /* whom its watchlist shows as there */
};

struct world {
    struct rng rng;
    struct hub *hub;
    struct client clients[CLIENTS];
    struct link links[LINKS_MAX];
    struct packet packets[PACKETS_MAX];
    size_t link_count, packet_count;
    uint64_t now_ms, order, seed;
    bool faults, counting;
    struct pusher_key master;
    uint64_t sealed; /* events so far, which makes nonces */
    /* what a backend knows from webhooks */
    bool occupied[CHANNELS], member[CHANNELS][CLIENTS];
};

#define CHECK(w, condition, ...) \
    do { \
        if (!(condition)) { \
            print_error("SEED=%llu SCHEDULES=1 repeats this, at %llu ms: ", \
                        (unsigned long long)(w)->seed, (unsigned long long)(w)->now_ms); \
            fail_msg(__VA_ARGS__); \
        } \
    } while (0)

static bool chance(struct world *w, uint64_t percent)
{
    return w->faults && rng_below(&w->rng, 100) < percent;
}

/* ---- packets ---------------------------------------------------------------------------- */

static struct packet *post(struct world *w, enum packet_kind kind, size_t link, uint64_t at_ms)
{
    struct packet *p = &w->packets[w->packet_count];

    CHECK(w, w->packet_count < PACKETS_MAX, "too many packets under way");
    w->packet_count++;
    *p = (struct packet){.kind = kind, .link = link, .at_ms = at_ms, .order = ++w->order};
    return p;
}

static void put_text(struct world *w, struct packet *p, struct str text)
{
    p->text = malloc(text.len + 1);
    CHECK(w, p->text, "out of memory");
    memcpy(p->text, text.ptr, text.len);
    p->len = text.len;
}

static uint64_t delay_ms(struct world *w)
{
    return rng_below(&w->rng, chance(w, 10) ? 5000 : 80);
}

/* A packet on a link, behind those already under way in its direction; none if it is silent. */
static struct packet *post_on_link(struct world *w, enum packet_kind kind, size_t link)
{
    struct link *l = &w->links[link];
    const bool up = kind == TO_SERVER || kind == PONG_TO_SERVER || kind == CLIENT_ENDS;
    uint64_t *last_ms = up ? &l->up_ms : &l->down_ms;
    const uint64_t at_ms = w->now_ms + delay_ms(w);

    if (l->silent)
        return NULL;
    if (at_ms > *last_ms)
        *last_ms = at_ms;
    return post(w, kind, link, *last_ms);
}

/* ---- what the sessions want ------------------------------------------------------------- */

static size_t find_link(struct world *w, size_t client, uint32_t generation)
{
    for (size_t i = w->link_count; i-- > 0;)
        if (w->links[i].client == client && w->links[i].generation == generation)
            return i;
    CHECK(w, false, "generation %u of client %zu was never dialed", generation, client);
    return 0;
}

/* Never more than a few dials within one second, but for those the user asked for. */
static void count_dial(struct world *w, struct client *c)
{
    const size_t slots = COUNT_OF(c->dials_ms);

    if (c->excused > 0) {
        c->excused--;
        return;
    }
    c->dials_ms[c->dials++ % slots] = w->now_ms;
    CHECK(w, c->dials < slots || w->now_ms - c->dials_ms[c->dials % slots] >= 1000,
          "%d dials within a second", DIALS_PER_SECOND_MAX + 1);
}

static void on_dial(struct world *w, size_t client, const struct pusher_event *ev)
{
    const size_t link = w->link_count++;
    const uint64_t at_ms = w->now_ms + 1 + delay_ms(w);

    CHECK(w, link < LINKS_MAX, "too many dials");
    count_dial(w, &w->clients[client]);
    w->links[link] =
        (struct link){.client = client, .generation = ev->generation, .client_open = true};
    w->clients[client].link = link;
    if (chance(w, 5))
        return; /* a host that never answers */
    (void)post(w, chance(w, 20) ? REFUSED : DIALED, link, at_ms);
}

static void on_user_auth(struct world *w, size_t client, const struct pusher_event *ev)
{
    struct packet *p = post(w, USER_AUTH, 0, w->now_ms + rng_below(&w->rng, 300));
    const struct auth_app app = {.key = STR("key"), .secret = STR("secret")};
    char user[16];
    struct buf body;

    p->client = client;
    p->generation = ev->generation;
    p->code = chance(w, 15) ? 500 : 200;
    buf_init(&body, 4096);
    str_format(user, sizeof user, "u-%zu", client);
    CHECK(w,
          auth_answer_user(&body, &app, ev->socket_id,
                           &(struct auth_user){.id = str_from(user),
                                               .watchlist = STR("[\"u-0\",\"u-1\"]")}) == AUTH_OK,
          "not authenticated");
    put_text(w, p, buf_str(&body));
    buf_clear(&body);
}

static void on_auth(struct world *w, size_t client, const struct pusher_event *ev)
{
    const uint64_t wait_ms = chance(w, 15) ? rng_below(&w->rng, 30000) : rng_below(&w->rng, 300);
    struct packet *p = post(w, AUTH, 0, w->now_ms + wait_ms);
    const struct auth_app app = {.key = STR("key"), .secret = STR("secret"), .master = &w->master};
    char user[16], text[1024];
    struct buf body;

    p->client = client;
    p->generation = ev->generation;
    p->code = chance(w, 15) ? (chance(w, 50) ? 500 : 0) : 200;
    while (!str_eq(ev->channel, str_from(channel_names[p->channel])))
        p->channel++;
    buf_init(&body, 4096);
    str_format(user, sizeof user, "u-%zu", client);
    CHECK(w,
          auth_answer_channel(&body, &app, ev->socket_id, ev->channel,
                              &(struct auth_user){.id = str_from(user), .info = STR("{}")}) ==
              AUTH_OK,
          "not authorized");
    put_text(w, p, (struct str){text, str_copy(text, sizeof text, buf_str(&body))});
    buf_clear(&body);
}

/* The index of "u-0" or "u-1". */
static size_t user_of(struct world *w, struct str id)
{
    CHECK(w, id.len == 3 && id.ptr[2] >= '0' && id.ptr[2] < '0' + CLIENTS, "nobody is called %.*s",
          (int)id.len, id.ptr);
    return (size_t)(id.ptr[2] - '0');
}

static void on_watchlist(struct world *w, struct client *c, struct str data)
{
    struct json_value all, events, event, ids, id, name;
    struct json_iter it, users;
    struct str key;

    CHECK(w, json_parse(data, &all) == CT_OK && json_get(all, STR("events"), &events), "no events");
    json_iter_init(&it, events);
    while (json_next(&it, &key, &event)) {
        CHECK(w, json_get(event, STR("name"), &name) && json_get(event, STR("user_ids"), &ids),
              "no watchlist event");
        json_iter_init(&users, ids);
        while (json_next(&users, &key, &id))
            c->online[user_of(w, id.raw)] = json_string_is(name, STR("online"));
    }
}

static void on_user_event(struct world *w, struct client *c, const struct pusher_event *ev)
{
    char want[16];

    if (!w->counting || !str_eq(ev->name, STR("after")))
        return;
    str_format(want, sizeof want, "%zu", c->got_as_user++);
    CHECK(w, str_eq(ev->data, str_from(want)), "the user got %.*s, want %s", (int)ev->data.len,
          ev->data.ptr, want);
}

static void on_data(struct world *w, size_t client, const struct pusher_event *ev)
{
    struct client *c = &w->clients[client];
    size_t channel = 0;
    char want[16];

    if (str_eq(ev->name, STR("pusher:watchlist_events")))
        on_watchlist(w, c, ev->data);
    if (str_starts(ev->channel, STR("#server-to-user-"))) {
        on_user_event(w, c, ev);
        return;
    }
    if (!w->counting || !str_eq(ev->name, STR("after")))
        return;
    while (!str_eq(ev->channel, str_from(channel_names[channel])))
        channel++;
    CHECK(w, c->wanted[channel], "%s was not wanted", channel_names[channel]);
    str_format(want, sizeof want, "%zu", c->got[channel]++);
    CHECK(w, str_eq(ev->data, str_from(want)), "%s: got event %.*s, want %s",
          channel_names[channel], (int)ev->data.len, ev->data.ptr, want);
}

static void on_hangup(struct world *w, size_t client, const struct pusher_event *ev)
{
    const size_t link = find_link(w, client, ev->generation);

    w->links[link].client_open = false;
    (void)post_on_link(w, CLIENT_ENDS, link);
}

static void on_session_event(struct world *w, size_t client, const struct pusher_event *ev)
{
    struct packet *p;
    size_t link;

    switch (ev->kind) {
    case PUSHER_EVENT_DIAL:
        on_dial(w, client, ev);
        break;
    case PUSHER_EVENT_HANGUP:
        on_hangup(w, client, ev);
        break;
    case PUSHER_EVENT_SEND:
        link = find_link(w, client, ev->generation);
        CHECK(w, w->links[link].client_open, "a send on a closed transport");
        p = post_on_link(w, TO_SERVER, link);
        if (p)
            put_text(w, p, ev->text);
        break;
    case PUSHER_EVENT_AUTH:
        on_auth(w, client, ev);
        break;
    case PUSHER_EVENT_USER_AUTH:
        on_user_auth(w, client, ev);
        break;
    case PUSHER_EVENT_DATA:
        on_data(w, client, ev);
        break;
    case PUSHER_EVENT_SEALED:
        CHECK(w, false, "an event of %.*s could not be read", (int)ev->channel.len,
              ev->channel.ptr);
        break;
    case PUSHER_EVENT_LINK:
    case PUSHER_EVENT_SUB:
    case PUSHER_EVENT_PONG:
    default:
        break;
    }
}

/* ---- what the hub wants ----------------------------------------------------------------- */

static void on_hub_output(struct world *w, const struct hub_out *out)
{
    size_t link = w->link_count;
    struct packet *p;

    while (link-- > 0 && w->links[link].conn != out->conn)
        ;
    CHECK(w, link < w->link_count, "output for connection %u, which is gone", out->conn);
    p = post_on_link(w,
                     out->kind == HUB_SEND   ? TO_CLIENT
                     : out->kind == HUB_PING ? PING_TO_CLIENT
                                             : SERVER_ENDS,
                     link);
    if (p && out->kind == HUB_SEND)
        put_text(w, p, out->text);
    if (p)
        p->code = out->code;
    if (out->kind == HUB_CLOSE)
        w->links[link].conn = 0;
}

/* Somebody or something is there or gone, and was the other way before. */
static void turn(struct world *w, bool *what, struct str name, const char *arrival,
                 struct str channel)
{
    const bool there = str_eq(name, str_from(arrival));

    CHECK(w, *what != there, "%.*s of %.*s was told twice", (int)name.len, name.ptr,
          (int)channel.len, channel.ptr);
    *what = there;
}

static void on_webhook_event(struct world *w, struct json_value event)
{
    struct json_value name, channel, user;
    size_t i = 0;

    CHECK(w, json_get(event, STR("name"), &name) && json_get(event, STR("channel"), &channel),
          "no webhook event");
    while (!str_eq(channel.raw, str_from(channel_names[i])))
        i++;
    if (str_starts(name.raw, STR("channel_")))
        turn(w, &w->occupied[i], name.raw, "channel_occupied", channel.raw);
    else if (str_starts(name.raw, STR("member_")) && json_get(event, STR("user_id"), &user))
        turn(w, &w->member[i][user_of(w, user.raw)], name.raw, "member_added", channel.raw);
}

static void take_webhooks(struct world *w)
{
    struct hub_webhook body;
    struct json_value all, events, event;
    struct json_iter it;
    struct str key;

    while (hub_webhook_next(w->hub, w->now_ms, (int64_t)w->now_ms, &body)) {
        CHECK(w, webhook_verify(STR("secret"), body.body, str_from(body.signature)), "not signed");
        CHECK(w, json_parse(body.body, &all) == CT_OK && json_get(all, STR("events"), &events),
              "no events");
        json_iter_init(&it, events);
        while (json_next(&it, &key, &event))
            on_webhook_event(w, event);
        hub_webhook_done(w->hub, body.id, WEBHOOK_DELIVERED, w->now_ms);
    }
}

static void drain(struct world *w)
{
    struct pusher_event ev;
    struct hub_out out;

    take_webhooks(w);

    while (hub_next(w->hub, &out))
        on_hub_output(w, &out);
    for (size_t i = 0; i < CLIENTS; i++)
        while (pusher_session_next(w->clients[i].s, &ev))
            on_session_event(w, i, &ev);
}

/* ---- arrivals --------------------------------------------------------------------------- */

static void end_for_client(struct world *w, struct link *l, int32_t code)
{
    if (!l->client_open)
        return;
    l->client_open = false;
    pusher_session_closed(w->clients[l->client].s, l->generation, code, 0, 0, STR("ended"),
                          w->now_ms);
}

static void end_for_server(struct world *w, struct link *l)
{
    if (l->conn != 0)
        hub_closed(w->hub, l->conn, w->now_ms);
    l->conn = 0;
}

static void arrive_auth(struct world *w, const struct packet *p)
{
    struct pusher_session *s = w->clients[p->client].s;
    const struct str channel = str_from(channel_names[p->channel]);

    if (p->code == 200)
        pusher_session_authorized(s, p->generation, channel, (struct str){p->text, p->len},
                                  w->now_ms);
    else
        pusher_session_refused(s, p->generation, channel, PUSHER_REFUSED_RETRY, p->code,
                               STR("no luck"), w->now_ms);
}

static void arrive_user_auth(struct world *w, const struct packet *p)
{
    struct pusher_session *s = w->clients[p->client].s;

    if (p->code == 200)
        pusher_session_user_authorized(s, p->generation, (struct str){p->text, p->len}, w->now_ms);
    else
        pusher_session_user_refused(s, p->generation, PUSHER_REFUSED_RETRY, p->code, STR("no luck"),
                                    w->now_ms);
}

static void arrive_dialed(struct world *w, struct link *l)
{
    if (!l->client_open)
        return;
    l->conn = hub_open(
        w->hub, &(struct hub_opening){.key = STR("key"), .version = STR("1.0"), .protocol = 7},
        w->now_ms);
    CHECK(w, l->conn != 0, "out of memory");
    pusher_session_opened(w->clients[l->client].s, l->generation, w->now_ms);
}

static void arrive(struct world *w, const struct packet *p)
{
    struct link *l = &w->links[p->link];
    struct pusher_session *s = w->clients[l->client].s;
    const struct str text = {p->text, p->len};

    switch (p->kind) {
    case TO_SERVER:
        if (l->conn != 0 && !l->silent)
            hub_message(w->hub, l->conn, text, w->now_ms);
        break;
    case TO_CLIENT:
        if (!l->silent) /* a transport given up may still speak: the session has to know better */
            pusher_session_message(s, l->generation, text, w->now_ms);
        break;
    case PING_TO_CLIENT:
        if (l->client_open && !l->silent) {
            pusher_session_alive(s, l->generation, w->now_ms);
            (void)post_on_link(w, PONG_TO_SERVER, p->link);
        }
        break;
    case PONG_TO_SERVER:
        if (l->conn != 0 && !l->silent)
            hub_alive(w->hub, l->conn, w->now_ms);
        break;
    case SERVER_ENDS:
        if (!l->silent) {
            l->client_open = false;
            pusher_session_closed(s, l->generation, p->code, 0, 0, STR("ended"), w->now_ms);
        }
        break;
    case CLIENT_ENDS:
        if (!l->silent)
            end_for_server(w, l);
        break;
    case DIALED:
        arrive_dialed(w, l);
        break;
    case REFUSED:
        if (l->client_open)
            pusher_session_closed(s, l->generation, 1006, chance(w, 50) ? 503 : 0, 0,
                                  STR("refused"), w->now_ms);
        l->client_open = false;
        break;
    case AUTH:
        arrive_auth(w, p);
        break;
    case USER_AUTH:
        arrive_user_auth(w, p);
        break;
    }
}

/* ---- chaos ------------------------------------------------------------------------------ */

static void end_link(struct world *w, size_t link)
{
    static const int32_t codes[] = {1006, 1006, 4100, 4200, 4201};
    struct link *l = &w->links[link];

    end_for_client(w, l, codes[rng_below(&w->rng, COUNT_OF(codes))]);
    (void)post_on_link(w, CLIENT_ENDS, link); /* a silent one is left to the hub's patience */
}

static void connect_or_not(struct world *w, struct client *c)
{
    if (c->connected)
        pusher_session_disconnect(c->s, w->now_ms);
    else
        pusher_session_connect(c->s, w->now_ms);
    c->excused += !c->connected;
    c->connected = !c->connected;
}

static void set_wanted(struct world *w, struct client *c, size_t channel, bool wanted)
{
    const struct str name = str_from(channel_names[channel]);

    if (wanted)
        CHECK(w, pusher_session_subscribe(c->s, name, w->now_ms) == PUSHER_OK, "cannot subscribe");
    else
        (void)pusher_session_unsubscribe(c->s, name, w->now_ms);
    c->wanted[channel] = wanted;
}

/* As a backend does it: sealed on encrypted channels. */
static void publish(struct world *w, size_t channel, const char *event, struct str data)
{
    const struct str name = str_from(channel_names[channel]);
    struct pusher_nonce nonce = {{0}};
    struct pusher_key key;
    struct buf sealed;

    buf_init(&sealed, 4096);
    if (str_starts(name, STR("private-encrypted-"))) {
        w->sealed++;
        memcpy(nonce.bytes, &w->sealed, sizeof w->sealed);
        CHECK(w,
              pusher_key_of_channel(&w->master, name, &key) == PUSHER_OK &&
                  pusher_secret_seal(&key, &nonce, data, &sealed) == PUSHER_OK,
              "cannot seal");
        data = buf_str(&sealed);
    }
    CHECK(w,
          hub_publish(w->hub, STR("app"), name, str_from(event), data, (struct str){0},
                      w->now_ms) == PUSHER_OK,
          "cannot publish");
    buf_clear(&sealed);
}

static void sign_in_or_out(struct world *w, struct client *c)
{
    struct pusher_session_info info;

    pusher_session_info(c->s, &info);
    if (info.user == WIRE_SUB_NONE)
        pusher_session_signin(c->s, w->now_ms);
    else
        pusher_session_signout(c->s, w->now_ms);
}

static void disturb(struct world *w)
{
    struct client *c = &w->clients[rng_below(&w->rng, CLIENTS)];
    const size_t channel = (size_t)rng_below(&w->rng, CHANNELS);
    const uint64_t dice = rng_below(&w->rng, 100);

    if (dice < 45) {
        set_wanted(w, c, channel, rng_below(&w->rng, 100) < 65);
    } else if (dice < 60) {
        publish(w, channel, "before", STR("x"));
    } else if (dice < 75 && w->link_count > 0) {
        end_link(w, c->link);
    } else if (dice < 85 && w->link_count > 0) {
        w->links[c->link].silent = true;
    } else if (dice < 90) {
        c->excused++;
        pusher_session_wake(c->s, w->now_ms);
    } else if (dice < 92) {
        sign_in_or_out(w, c);
    } else if (dice < 93) {
        (void)hub_terminate_user(w->hub, STR("app"), STR("u-1"), w->now_ms);
    } else if (dice < 95) {
        hub_close_all(w->hub, 4200, STR("restart"), w->now_ms);
    } else {
        connect_or_not(w, c);
    }
}

/* ---- time ------------------------------------------------------------------------------- */

static size_t earliest_packet(const struct world *w)
{
    size_t best = 0;

    for (size_t i = 1; i < w->packet_count; i++) {
        const struct packet *p = &w->packets[i], *q = &w->packets[best];

        if (p->at_ms < q->at_ms || (p->at_ms == q->at_ms && p->order < q->order))
            best = i;
    }
    return best;
}

static void take_packet(struct world *w, size_t i)
{
    const struct packet p = w->packets[i];

    w->packets[i] = w->packets[--w->packet_count];
    arrive(w, &p);
    free(p.text);
}

/* Does the one thing that is due first, if it is due by then. */
static bool step_until(struct world *w, uint64_t until_ms)
{
    const size_t i = w->packet_count > 0 ? earliest_packet(w) : 0;
    const uint64_t packet_ms = w->packet_count > 0 ? w->packets[i].at_ms : UINT64_MAX;
    uint64_t first_ms = packet_ms;
    struct client *ticking = NULL;

    for (size_t k = 0; k < CLIENTS; k++) {
        const uint64_t at_ms = pusher_session_deadline_ms(w->clients[k].s);

        if (at_ms < first_ms) {
            first_ms = at_ms;
            ticking = &w->clients[k];
        }
    }
    if (hub_deadline_ms(w->hub) < first_ms)
        first_ms = hub_deadline_ms(w->hub);
    if (first_ms > until_ms)
        return false;
    if (first_ms > w->now_ms)
        w->now_ms = first_ms;
    if (hub_deadline_ms(w->hub) == first_ms)
        hub_tick(w->hub, w->now_ms);
    else if (ticking)
        pusher_session_tick(ticking->s, w->now_ms);
    else
        take_packet(w, i);
    drain(w);
    return true;
}

static void run_until(struct world *w, uint64_t until_ms)
{
    uint64_t moment_ms = UINT64_MAX;
    size_t at_once = 0;

    while (step_until(w, until_ms)) {
        at_once = w->now_ms == moment_ms ? at_once + 1 : 0;
        moment_ms = w->now_ms;
        CHECK(w, at_once < STEPS_AT_ONCE_MAX, "time stands still");
    }
    w->now_ms = until_ms;
}

/* ---- one schedule ----------------------------------------------------------------------- */

static void open_world(struct world *w, uint64_t seed)
{
    const struct webhook_target target = {.kinds = 0};
    const struct hub_app app = {.id = STR("app"),
                                .key = STR("key"),
                                .secret = STR("secret"),
                                .client_events = true,
                                .subscription_count = true,
                                .webhooks = &target,
                                .webhook_count = 1};
    const struct hub_cfg hub_cfg = {
        .activity_timeout_ms = 20000, .pong_timeout_ms = 10000, .seed = seed};

    memset(w->clients, 0, sizeof w->clients);
    memset(w->occupied, 0, sizeof w->occupied);
    memset(w->member, 0, sizeof w->member);
    memset(&w->master, (int)(seed % 256), sizeof w->master);
    w->link_count = w->packet_count = 0;
    w->order = 0;
    w->counting = false;
    w->now_ms = 1000;
    w->seed = seed;
    w->faults = true;
    rng_seed(&w->rng, seed);
    w->hub = hub_create(&hub_cfg, w->now_ms);
    assert_non_null(w->hub);
    assert_int_equal(hub_app_add(w->hub, &app), PUSHER_OK);
    for (size_t i = 0; i < CLIENTS; i++) {
        const struct pusher_session_cfg cfg = {.activity_timeout_ms = 15000,
                                               .pong_timeout_ms = 5000,
                                               .auth_in_flight_max = 3,
                                               .seed = seed + i};

        w->clients[i].s = pusher_session_create(&cfg, w->now_ms);
        assert_non_null(w->clients[i].s);
        connect_or_not(w, &w->clients[i]);
        pusher_session_signin(w->clients[i].s, w->now_ms);
    }
    drain(w);
}

static void close_world(struct world *w)
{
    for (size_t i = 0; i < CLIENTS; i++)
        pusher_session_destroy(w->clients[i].s);
    hub_destroy(w->hub);
    while (w->packet_count > 0)
        free(w->packets[--w->packet_count].text);
}

/* Some schedules are hectic, changing their mind while frames are under way; some take half an
 * hour. */
static void make_chaos(struct world *w)
{
    static const uint64_t paces_ms[] = {30, 300, 2500, 20000};
    const uint64_t pace_ms = paces_ms[rng_below(&w->rng, COUNT_OF(paces_ms))];

    for (size_t i = 0; i < DISTURBANCES; i++) {
        run_until(w, w->now_ms + rng_below(&w->rng, 2 * pace_ms));
        disturb(w);
        drain(w);
    }
}

/* What was under way when the faults ended may still end a connection with 4009, after which a client
 * stops until it is asked again. */
static void calm_down(struct world *w)
{
    w->faults = false;
    run_until(w, w->now_ms + 10000);
    for (size_t i = 0; i < CLIENTS; i++) {
        struct client *c = &w->clients[i];

        c->excused++;
        pusher_session_connect(c->s, w->now_ms);
        c->connected = true;
        pusher_session_signin(c->s, w->now_ms);
    }
    drain(w);
    run_until(w, w->now_ms + CALM_MS);
}

static void check_client(struct world *w, const struct client *c)
{
    struct pusher_session_info info;
    size_t wanted = 0;

    pusher_session_info(c->s, &info);
    CHECK(w, info.link == WIRE_LINK_CONNECTED, "link is %s", wire_link_name(info.link));
    for (size_t i = 0; i < CHANNELS; i++) {
        const enum wire_sub sub = pusher_session_sub(c->s, str_from(channel_names[i]));
        const enum wire_sub want = c->wanted[i] ? WIRE_SUB_SUBSCRIBED : WIRE_SUB_NONE;

        wanted += c->wanted[i];
        CHECK(w, sub == want, "%s is %s, want %s", channel_names[i], wire_sub_name(sub),
              wire_sub_name(want));
    }
    CHECK(w, info.user == WIRE_SUB_SUBSCRIBED, "signed in: %s", wire_sub_name(info.user));
    for (size_t i = 0; i < CLIENTS; i++)
        CHECK(w, c->online[i], "user %zu is not seen", i);
    CHECK(w, info.wanted == wanted + 1 && info.subscribed == wanted + 1,
          /* the user's */ "counts of the session are off");
}

static void check_hub(struct world *w)
{
    CHECK(w, hub_connection_count(w->hub) == CLIENTS, "%zu connections",
          hub_connection_count(w->hub));
    for (size_t i = 0; i < CHANNELS; i++) {
        const struct str name = str_from(channel_names[i]);
        const bool presence = str_starts(name, STR("presence-"));
        size_t want = 0;

        for (size_t k = 0; k < CLIENTS; k++)
            want += w->clients[k].wanted[i];
        CHECK(w, hub_subscriber_count(w->hub, STR("app"), name) == want,
              "%s: %zu subscribers, want %zu", channel_names[i],
              hub_subscriber_count(w->hub, STR("app"), name), want);
        CHECK(w, w->occupied[i] == (want > 0), "a backend is wrong about %s", channel_names[i]);
        for (size_t k = 0; k < CLIENTS; k++)
            CHECK(w, w->member[i][k] == (presence && w->clients[k].wanted[i]),
                  "a backend is wrong about user %zu of %s", k, channel_names[i]);
        for (size_t k = 0; presence && k < CLIENTS; k++) {
            const struct pusher_roster *roster = pusher_session_roster(w->clients[k].s, name);

            CHECK(w,
                  (roster ? pusher_roster_count(roster) : 0) ==
                      (w->clients[k].wanted[i] ? want : 0),
                  "%s: the roster of client %zu is off", channel_names[i], k);
        }
    }
}

static void check_delivery(struct world *w)
{
    char number[16];

    w->counting = true;
    for (size_t n = 0; n < EVENTS_AFTER; n++) {
        for (size_t i = 0; i < CHANNELS; i++) {
            const struct str data = {number, str_format(number, sizeof number, "%zu", n)};

            publish(w, i, "after", data);
        }
        for (size_t k = 0; k < CLIENTS; k++) {
            const struct str data = {number, str_format(number, sizeof number, "%zu", n)};
            char name[32];

            str_format(name, sizeof name, "#server-to-user-u-%zu", k);
            CHECK(w,
                  hub_publish(w->hub, STR("app"), str_from(name), STR("after"), data,
                              (struct str){0}, w->now_ms) == PUSHER_OK,
                  "cannot publish");
        }
        drain(w);
        run_until(w, w->now_ms + rng_below(&w->rng, 40));
    }
    run_until(w, w->now_ms + 5000);
    for (size_t k = 0; k < CLIENTS; k++)
        CHECK(w, w->clients[k].got_as_user == EVENTS_AFTER, "user %zu got %zu events", k,
              w->clients[k].got_as_user);
    for (size_t k = 0; k < CLIENTS; k++)
        for (size_t i = 0; i < CHANNELS; i++)
            CHECK(w, w->clients[k].got[i] == (w->clients[k].wanted[i] ? EVENTS_AFTER : 0),
                  "client %zu got %zu events of %s", k, w->clients[k].got[i], channel_names[i]);
}

static void run_schedule(struct world *w, uint64_t seed)
{
    open_world(w, seed);
    make_chaos(w);
    calm_down(w);
    for (size_t k = 0; k < CLIENTS; k++)
        check_client(w, &w->clients[k]);
    check_hub(w);
    check_delivery(w);
    close_world(w);
}

static uint64_t number_from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text && *text ? (uint64_t)strtoull(text, NULL, 10) : otherwise;
}

static void what_is_subscribed_is_what_was_wanted_whatever_the_link_did(void **state)
{
    const uint64_t first = number_from_environment("SEED", 1);
    const uint64_t count = number_from_environment("SCHEDULES", SCHEDULES_DEFAULT);
    struct world *w = calloc(1, sizeof *w);

    (void)state;
    assert_non_null(w);
    for (uint64_t i = 0; i < count; i++)
        run_schedule(w, first + i);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_subscribed_is_what_was_wanted_whatever_the_link_did),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
