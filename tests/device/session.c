/* tests/device/session.c - one long session of a device, scripted; it runs on this machine and, compiled
 * for a RISC-V of the size of an ESP32-C3, under qemu. Every step is a line of TAP. */
#include <string.h>

#include "device/peer.h"
#include "device/run.h"

/* Pointers of 64 bits take more. */
enum { MEMORY_BYTES = PC_MEMORY_BYTES + (sizeof(void *) > 4 ? 4000 : 0), POLL_EVERY_MS = 200 };

static uint64_t memory[MEMORY_BYTES / 8];
static struct peer peer;
static struct pc *pc;
static uint32_t now_ms = 0xFFFF8000U; /* the 32-bit clock wraps after half a minute */

static struct {
    unsigned greetings, news, orders, order_1, client, added, errors, denied, asked, states, all;
    enum pc_state state;
    int32_t code;
    char data[64], user_id[32], socket_id[32], text[160];
    char log[1024];
    size_t log_len;
} seen;

/* ---- handlers ---- */

static void copy(char *to, size_t cap, const char *from)
{
    const size_t len = strlen(from) < cap - 1 ? strlen(from) : cap - 1;

    memcpy(to, from, len);
    to[len] = '\0';
}

static void on_log(void *user, enum pc_level level, const char *text)
{
    const size_t len = strlen(text);

    (void)user;
    (void)level;
    if (seen.log_len + len + 1 >= sizeof seen.log)
        seen.log_len = 0;
    memcpy(seen.log + seen.log_len, text, len);
    seen.log_len += len;
    seen.log[seen.log_len++] = '\n';
    seen.log[seen.log_len] = '\0';
}

static void on_state(void *user, struct pc *client, enum pc_state state, int32_t code,
                     uint32_t retry_in_ms, const char *text)
{
    (void)user;
    (void)client;
    (void)retry_in_ms;
    seen.states++;
    seen.state = state;
    seen.code = code;
    copy(seen.text, sizeof seen.text, text);
}

#define ANSWER "{\"auth\":\"KEY:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}"
#define PRESENCE_ANSWER \
    "{\"auth\":\"KEY:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"," \
    "\"channel_data\":\"{\\\"user_id\\\":\\\"u-7\\\",\\\"user_info\\\":{\\\"name\\\":\\\"Ann\\\"}" \
    "}\"}"

static void on_authorize(void *user, struct pc *client, uint32_t ticket, const char *channel,
                         const char *socket_id)
{
    (void)user;
    seen.asked++;
    copy(seen.socket_id, sizeof seen.socket_id, socket_id);
    if (strcmp(channel, "private-forbidden") == 0)
        pc_refused(client, ticket, channel, 403, "not yours");
    else
        pc_authorized(client, ticket, channel, ANSWER, strlen(ANSWER));
}

/* The idiom: subscribe inside the handler of the connection, with the answer of one's own server. */
static void on_greeting(void *user, struct pc *client, const struct pc_event *event)
{
    char id[32];

    (void)user;
    seen.greetings++;
    check(pc_json_get(event->data, event->data_len, "socket_id", id, sizeof id) > 0 &&
              strcmp(id, pc_socket_id(client)) == 0,
          "the_connection_handler_reads_the_socket_id_from_the_message");
    check(pc_subscribe_with(client, "presence-lockers", PRESENCE_ANSWER, strlen(PRESENCE_ANSWER)) ==
              PC_OK,
          "a_subscription_inside_the_connection_handler_is_accepted");
}

static void count(void *user, struct pc *client, const struct pc_event *event)
{
    (void)client;
    ++*(unsigned *)user;
    copy(seen.data, sizeof seen.data, event->data);
    copy(seen.user_id, sizeof seen.user_id, event->user_id);
    if (strncmp(event->name, "pusher:", 7) == 0 && event->code)
        seen.code = event->code;
}

/* ---- the loop ---- */

static void loop_for(uint32_t ms)
{
    for (const uint32_t until_ms = now_ms + ms; now_ms != until_ms;) {
        now_ms += until_ms - now_ms < POLL_EVERY_MS ? until_ms - now_ms : POLL_EVERY_MS;
        run_poll(pc, now_ms);
    }
}

static bool logged(const char *text)
{
    return strstr(seen.log, text) != NULL;
}

static void greet(const char *socket_id)
{
    char text[160] =
        "{\"event\":\"pusher:connection_established\",\"data\":\"{\\\"socket_id\\\":\\\"";

    strcat(text, socket_id);
    strcat(text, "\\\",\\\"activity_timeout\\\":30}\"}");
    peer_says(&peer, text);
}

static void confirm(const char *channel, const char *data)
{
    char text[256] = "{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":\"";

    strcat(text, channel);
    strcat(text, "\",\"data\":\"");
    strcat(text, data);
    strcat(text, "\"}");
    peer_says(&peer, text);
}

/* ---- the script ---- */

static void start(void)
{
    static struct pc_cfg cfg = {.key = "KEY",
                                .cluster = "eu",
                                .tls = true,
                                .authorize = on_authorize,
                                .log = on_log,
                                .state = on_state,
                                .memory = memory,
                                .memory_bytes = sizeof memory,
                                .seed = 42};

    peer_init(&peer);
    cfg.stream = &peer.stream;
    cfg.memory_bytes = 1000;
    check(pc_init(&cfg) == NULL, "too_little_memory_is_refused");
    cfg.memory_bytes = sizeof memory;
    cfg.key = "";
    check(pc_init(&cfg) == NULL, "a_client_without_a_key_is_refused");
    cfg.key = "KEY";
    pc = pc_init(&cfg);
    check(pc != NULL, "a_client_is_made_in_the_memory_given");
    if (!pc)
        return;
    pc_bind(pc, NULL, "pusher:connection_established", on_greeting, NULL);
    pc_bind(pc, "news", NULL, count, &seen.news);
    pc_bind(pc, "private-orders.1", "created", count, &seen.orders);
    pc_bind(pc, "private-orders.1", "created", count, &seen.order_1);
    pc_bind(pc, "presence-lockers", "client-open", count, &seen.client);
    pc_bind(pc, NULL, "pusher_internal:member_added", count, &seen.added);
    pc_bind(pc, NULL, "pusher:error", count, &seen.errors);
    pc_bind(pc, NULL, "pusher:subscription_error", count, &seen.denied);
    check(pc_bind(pc, NULL, "more", count, &seen.all) == PC_ERR_LIMIT,
          "a_ninth_handler_is_refused");
    pc_subscribe(pc, "news");
    pc_subscribe(pc, "private-orders.1");
    check(pc_subscribe(pc, "no spaces") == PC_ERR_CHANNEL, "a_name_that_is_none_is_refused");
    check(pc_trigger(pc, "private-orders.1", "client-x", "{}") == PC_ERR_NOT_CONNECTED,
          "a_client_event_needs_a_connection");
}

static void connects(void)
{
    peer.slow_connect = 2;
    peer.piece = 7; /* everything comes in small pieces */
    loop_for(600);
    check(peer.connects == 1 && seen.state == PC_CONNECTING, "the_first_poll_connects");
    loop_for(4000);
    check(strstr(peer.request, "GET /app/KEY?protocol=7&client=libpusher&version=") ==
                  peer.request &&
              strstr(peer.request, "\r\nHost: ws-eu.pusher.com\r\n"),
          "the_request_names_key_protocol_and_cluster");
    greet("12.34");
    loop_for(4000);
    check(pc_connected(pc) && strcmp(pc_socket_id(pc), "12.34") == 0 && seen.greetings == 1,
          "the_greeting_makes_the_connection");
    check(peer_got(&peer, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"news\"}}\n"),
          "a_public_channel_is_subscribed_automatically");
    check(seen.asked == 1 && strcmp(seen.socket_id, "12.34") == 0 &&
              peer_got(&peer, "\"channel\":\"private-orders.1\",\"auth\":\"KEY:0123456789abcdef"),
          "a_private_channel_is_subscribed_with_the_answer_of_the_authorization_function");
    check(peer_got(&peer, "\"channel_data\":\"{\\\"user_id\\\":\\\"u-7\\\""),
          "a_presence_channel_is_subscribed_with_the_answer_given");
    check(!logged("0123456789abcdef"), "no_signature_is_logged");
    peer.piece = 0;
}

static void events(void)
{
    confirm("news", "{}");
    confirm("private-orders.1", "{}");
    confirm("presence-lockers", "{\\\"presence\\\":{\\\"count\\\":1,\\\"ids\\\":[\\\"u-7\\\"],"
                                "\\\"hash\\\":{\\\"u-7\\\":null}}}");
    loop_for(400);
    check(pc_subscribed(pc, "presence-lockers") && seen.news == 1, "confirmations_are_told");
    peer_says(&peer, "{\"event\":\"created\",\"channel\":\"private-orders.1\",\"data\":\"{"
                     "\\\"id\\\":\\\"caf\\u00e9\\\"}\"}");
    peer_says(&peer, "{\"event\":\"created\",\"channel\":\"private-orders.2\",\"data\":\"{}\"}");
    loop_for(400);
    check(seen.orders == 1 && seen.order_1 == 1,
          "both_handlers_of_an_event_are_called_and_no_other");
    check(strcmp(seen.data, "{\"id\":\"caf\xc3\xa9\"}") == 0, "data_is_unescaped_where_it_stands");
    peer_says(&peer, "{\"event\":\"client-open\",\"channel\":\"presence-lockers\",\"data\":{\"n\":"
                     "1},\"user_id\":\"u-8\"}");
    loop_for(400);
    check(seen.client == 1 && strcmp(seen.user_id, "u-8") == 0, "a_client_event_names_its_sender");
    peer_says(&peer, "{\"event\":\"pusher_internal:member_added\",\"channel\":\"presence-lockers\","
                     "\"data\":\"{\\\"user_id\\\":\\\"u-9\\\"}\"}");
    loop_for(400);
    check(seen.added == 1, "a_member_that_comes_is_told_under_the_protocols_own_name_too");
}

static void pings(void)
{
    peer_forget(&peer);
    peer_says(&peer, "{\"event\":\"pusher:ping\"}");
    peer_frame(&peer, 0x89, "are you there", 13);
    loop_for(400);
    check(peer_got(&peer, "{\"event\":\"pusher:pong\",\"data\":{}}\n"), "a_ping_event_is_answered");
    check(peer_got(&peer, "<pong>\n"), "a_ping_frame_is_answered");
    peer_forget(&peer);
    loop_for(26000);
    check(!peer_got(&peer, "pusher:ping"), "before_27_seconds_of_silence_nothing_is_sent");
    loop_for(2000);
    check(peer_got(&peer, "{\"event\":\"pusher:ping\",\"data\":{}}\n"),
          "after_27_seconds_of_silence_the_server_is_pinged_although_the_clock_wrapped");
    peer_says(&peer, "{\"event\":\"pusher:pong\",\"data\":{}}");
    loop_for(400);
}

static void large(void)
{
    static char text[PC_MESSAGE_MAX_BYTES + 1];
    static const char start_of[] = "{\"event\":\"large\",\"channel\":\"news\",\"data\":\"";
    struct pc_stats stats;
    const unsigned news = seen.news;

    memset(text, 'x', sizeof text - 1);
    memcpy(text, start_of, sizeof start_of - 1);
    memcpy(text + sizeof text - 3, "\"}", 2);
    peer_says(&peer, text);
    loop_for(400);
    check(seen.news == news + 1, "a_message_as_large_as_the_buffer_is_read");
    peer_large(&peer, 20000);
    peer_says(&peer, "{\"event\":\"small\",\"channel\":\"news\",\"data\":\"1\"}");
    loop_for(400);
    pc_get_stats(pc, &stats);
    check(stats.dropped == 1 && seen.errors == 1 && seen.code == PC_CODE_TOO_LARGE &&
              strstr(seen.log, "20000"),
          "a_larger_message_is_dropped_counted_and_reported");
    check(seen.news == news + 2 && pc_connected(pc), "the_connection_lives_on_after_it");
}

static void client_events(void)
{
    int sent = 0, err = PC_OK;

    peer_forget(&peer);
    check(pc_trigger(pc, "news", "client-x", "{}") == PC_ERR_NOT_PRIVATE &&
              pc_trigger(pc, "presence-lockers", "open", "{}") == PC_ERR_NOT_CLIENT_EVENT &&
              pc_trigger(pc, "private-other", "client-x", "{}") == PC_ERR_NOT_SUBSCRIBED &&
              pc_trigger(pc, "presence-lockers", "client-x", "{") == PC_ERR_JSON,
          "client_events_against_the_rules_are_refused");
    while (sent < 20 && (err = pc_trigger(pc, "presence-lockers", "client-open-seq-u-7",
                                          "{\"message\":\"online\"}")) == PC_OK)
        sent++;
    check(sent == 10 && err == PC_ERR_RATE, "the_eleventh_client_event_in_a_second_is_refused");
    loop_for(400);
    check(peer_got(&peer, "{\"event\":\"client-open-seq-u-7\",\"channel\":\"presence-lockers\","
                          "\"data\":{\"message\":\"online\"}}\n"),
          "a_client_event_is_sent");
    loop_for(1000);
    peer.deaf = true;
    for (sent = 0; sent < 20 &&
                   (err = pc_trigger(pc, "presence-lockers", "client-a",
                                     "{\"text\":\"0123456789012345678901234567890123456789"
                                     "012345678901234567890123456789012345678901234\"}")) == PC_OK;)
        sent++;
    check(sent > 2 && (err == PC_ERR_LIMIT || err == PC_ERR_RATE),
          "what_cannot_be_written_waits_and_has_a_bound");
    peer_forget(&peer);
    peer.deaf = false;
    loop_for(400);
    check(peer_got(&peer, "\"client-a\"") && pc_connected(pc), "what_waited_is_written_later");
}

static void refusal(void)
{
    check(pc_subscribe(pc, "private-forbidden") == PC_OK &&
              pc_subscribe(pc, "a-fifth") == PC_ERR_LIMIT,
          "a_fifth_channel_is_refused");
    loop_for(400);
    check(seen.denied == 1 && seen.code == 403 && !pc_subscribed(pc, "private-forbidden"),
          "a_refused_channel_is_told_with_its_status");
    check(strcmp(seen.data, "{\"message\":\"not yours\",\"code\":403}") == 0,
          "and_with_the_reason");
    check(pc_unsubscribe(pc, "private-forbidden") == PC_OK, "a_channel_can_be_left");
    loop_for(1000);
}

static void drop_and_reconnect(void)
{
    const int connects_before = peer.connects;

    seen.asked = 0;
    peer_forget(&peer);
    peer.broken = true;
    loop_for(400);
    check(!pc_connected(pc) && pc_socket_id(pc)[0] == '\0' && seen.state == PC_CONNECTING,
          "a_lost_connection_is_told_at_once");
    loop_for(5000);
    check(peer.connects == connects_before + 1, "it_connects_again_by_itself");
    greet("56.78");
    loop_for(400);
    check(seen.greetings == 2 && seen.asked == 1 && strcmp(seen.socket_id, "56.78") == 0 &&
              peer_got(&peer, "{\"channel\":\"news\"}") && peer_got(&peer, "private-orders.1") &&
              peer_got(&peer, "presence-lockers"),
          "subscriptions_are_kept_and_authorized_anew");
    confirm("news", "{}");
    loop_for(400);
    peer_says(&peer, "{\"event\":\"again\",\"channel\":\"news\",\"data\":\"2\"}");
    loop_for(400);
    check(strcmp(seen.data, "2") == 0, "events_come_again");
}

static void stall(void)
{
    peer.deaf = true;
    peer_says(&peer, "{\"event\":\"pusher:ping\"}");
    loop_for(12000);
    check(!pc_connected(pc) && logged("writing stalled"), "a_peer_that_reads_nothing_is_left");
    peer.deaf = false;
    loop_for(10000);
    greet("9.9");
    loop_for(400);
    check(pc_connected(pc), "and_connected_to_again");
}

static void ends(void)
{
    static const char why[] = "\x0f\xa1"
                              "no such app";

    peer_frame(&peer, 0x88, why, sizeof why - 1);
    loop_for(400);
    check(seen.state == PC_FAILED && seen.code == 4001 && strstr(seen.text, "no such app"),
          "a_code_that_forbids_it_ends_the_attempts");
    const int connects_before = peer.connects;

    loop_for(60000);
    check(peer.connects == connects_before, "nothing_is_tried_then");
    peer.refuse = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 20\r\n\r\n";
    pc_connect(pc);
    loop_for(1000);
    check(seen.code == 503, "an_http_refusal_is_told_by_its_status");
    peer.refuse = NULL;
    loop_for(15000);
    check(peer.connects == connects_before + 1, "retry_after_is_kept");
    loop_for(15000);
    greet("1.1");
    loop_for(400);
    check(pc_connected(pc), "then_it_connects_again");
    peer_forget(&peer);
    pc_disconnect(pc);
    check(peer_got(&peer, "<close>\n") && seen.state == PC_DISCONNECTED,
          "disconnecting_says_goodbye");
    check(run_poll(pc, now_ms) == PC_FOREVER, "and_leaves_nothing_to_wait_for");
}

/* Months of losses in little time: memory must not leak or break into pieces. */
static void wears_well(void)
{
    struct pc_stats first, last;

    pc_connect(pc);
    for (int i = 0; i < 300; i++) {
        loop_for(31000);
        if (!peer.upgraded)
            continue;
        greet("7.7");
        loop_for(400);
        confirm("news", "{}");
        peer_says(&peer, "{\"event\":\"pusher:error\",\"data\":{\"code\":null,\"message\":\"Auth "
                         "info required to subscribe to private-orders.1\"}}");
        loop_for(400);
        pc_subscribe(pc, "private-forbidden");
        loop_for(400);
        pc_unsubscribe(pc, "private-forbidden");
        pc_get_stats(pc, i < 10 ? &first : &last);
        peer.broken = true;
        loop_for(400);
    }
    check(last.connections > 100 && last.memory_high_water == first.memory_high_water,
          "memory_is_the_same_after_hundreds_of_connections");
    pc_get_stats(pc, &last);
    run_figure("memory used of a client at most", (unsigned long)last.memory_high_water);
    pc_free(pc);
}

int run_script(void)
{
    start();
    connects();
    events();
    pings();
    large();
    client_events();
    refusal();
    drop_and_reconnect();
    stall();
    ends();
    wears_well();
    return run_end();
}
