/* esp_idf.c - libpusher on ESP-IDF: what a port supplies, with the components of the SDK. See docs/esp-idf.md.
 *
 *   1. a WebSocket (esp_websocket_client), or in its place a stream of bytes (esp_tls)
 *   2. authorization requests (esp_http_client)
 *   3. time, log and random numbers */
#include <esp_crt_bundle.h>
#include <esp_http_client.h>
#include <esp_log.h>
#include <esp_random.h>
#include <esp_timer.h>
#include <esp_tls.h>
#include <esp_websocket_client.h>
#include <freertos/FreeRTOS.h>
#include <freertos/message_buffer.h>
#include <freertos/task.h>

#include <cJSON.h>
#include <pusher/pc.h>
#include <stdio.h>
#include <string.h>

static const char *TAG = "pusher";

/* ---- 1. a WebSocket: esp_websocket_client runs in a task of its own, so what it tells crosses a message buffer ---- */

enum note { NOTE_OPENED = 'o', NOTE_MESSAGE = 'm', NOTE_DROPPED = 'd', NOTE_CLOSED = 'c' };

static struct {
    esp_websocket_client_handle_t client; /* NULL: none */
    MessageBufferHandle_t notes;          /* from its task to ours: a letter, then the text */
    uint32_t ticket;
    char inbox[1 + PC_MESSAGE_MAX_BYTES]; /* a message being put together, in its task */
    char taken[1 + PC_MESSAGE_MAX_BYTES]; /* one being read, in ours */
} ws;

static void note(char what, const char *text, size_t len)
{
    ws.inbox[0] = what;
    if (text)
        memcpy(ws.inbox + 1, text, len);
    (void)xMessageBufferSend(ws.notes, ws.inbox, 1 + len, pdMS_TO_TICKS(1000));
}

/* In the task of the WebSocket. Long messages come in pieces. */
static void on_ws(void *arg, esp_event_base_t base, int32_t id, void *event)
{
    const esp_websocket_event_data_t *e = event;

    (void)arg;
    (void)base;
    if (id == WEBSOCKET_EVENT_CONNECTED) {
        note(NOTE_OPENED, NULL, 0);
    } else if (id == WEBSOCKET_EVENT_DISCONNECTED || id == WEBSOCKET_EVENT_CLOSED) {
        note(NOTE_CLOSED, NULL, 0);
    } else if (id == WEBSOCKET_EVENT_DATA && e->op_code == 0x1) {
        const bool fits = e->payload_len <= PC_MESSAGE_MAX_BYTES;
        const bool last = e->payload_offset + e->data_len == e->payload_len;

        if (fits)
            memcpy(ws.inbox + 1 + e->payload_offset, e->data_ptr, (size_t)e->data_len);
        if (last && fits)
            note(NOTE_MESSAGE, NULL, (size_t)e->payload_len);
        else if (last)
            note(NOTE_DROPPED, (const char *)&e->payload_len, sizeof e->payload_len);
    }
}

static int ws_open(void *user, struct pc *pc, uint32_t ticket, const struct pc_target *to)
{
    char uri[256];
    esp_websocket_client_config_t cfg = {.uri = uri,
                                         .disable_auto_reconnect = true, /* the library does that */
                                         .crt_bundle_attach = esp_crt_bundle_attach};

    (void)user;
    (void)pc;
    if (snprintf(uri, sizeof uri, "%s://%s:%u%s", to->tls ? "wss" : "ws", to->host,
                 (unsigned)to->port, to->path) >= (int)sizeof uri)
        return PC_IO_FAILED;
    if (!ws.notes)
        ws.notes = xMessageBufferCreate(sizeof ws.inbox + 64);
    ws.client = ws.notes ? esp_websocket_client_init(&cfg) : NULL;
    if (!ws.client)
        return PC_IO_FAILED;
    (void)xMessageBufferReset(ws.notes);
    ws.ticket = ticket;
    if (esp_websocket_register_events(ws.client, WEBSOCKET_EVENT_ANY, on_ws, NULL) == ESP_OK &&
        esp_websocket_client_start(ws.client) == ESP_OK)
        return PC_IO_DONE;
    (void)esp_websocket_client_destroy(ws.client);
    ws.client = NULL;
    return PC_IO_FAILED;
}

static int ws_send(void *user, char *text, size_t len)
{
    (void)user;
    return esp_websocket_client_send_text(ws.client, text, (int)len, pdMS_TO_TICKS(100)) == (int)len
               ? PC_IO_DONE
               : PC_IO_FAILED;
}

static void ws_close(void *user, int32_t code)
{
    (void)user;
    (void)code;
    if (ws.client) {
        (void)esp_websocket_client_stop(ws.client);
        (void)esp_websocket_client_destroy(ws.client);
    }
    ws.client = NULL;
}

static void ws_poll(void *user, struct pc *pc)
{
    size_t len;

    while (ws.client && (len = xMessageBufferReceive(ws.notes, ws.taken, sizeof ws.taken, 0)) > 0) {
        int bytes;

        switch (ws.taken[0]) {
        case NOTE_OPENED:
            pc_tell_opened(pc, ws.ticket);
            break;
        case NOTE_MESSAGE:
            pc_tell_message(pc, ws.ticket, ws.taken + 1, len - 1);
            break;
        case NOTE_DROPPED:
            memcpy(&bytes, ws.taken + 1, sizeof bytes);
            pc_tell_dropped(pc, ws.ticket, (uint64_t)bytes);
            break;
        default:
            ws_close(user, 1000);
            pc_tell_closed(pc, ws.ticket, 1006, 0, 0, "the connection broke");
            break;
        }
    }
}

static const struct pc_transport websocket = {
    .open = ws_open, .send = ws_send, .close = ws_close, .poll = ws_poll};

/* ---- or a stream of bytes: no second task, no second buffer, and every close code is seen ---- */

static esp_tls_t *tls;

static int stream_connect(void *user, const char *host, uint16_t port, bool secure)
{
    const esp_tls_cfg_t cfg = {.crt_bundle_attach = esp_crt_bundle_attach,
                               .is_plain_tcp = !secure,
                               .non_block = true,
                               .timeout_ms = 10000};

    (void)user;
    if (!tls)
        tls = esp_tls_init();
    if (!tls)
        return PC_IO_FAILED;
    const int done = esp_tls_conn_new_async(host, (int)strlen(host), port, &cfg, tls);

    return done == 1 ? PC_IO_DONE : done == 0 ? PC_IO_AGAIN : PC_IO_FAILED;
}

static int stream_result(ssize_t n)
{
    if (n == ESP_TLS_ERR_SSL_WANT_READ || n == ESP_TLS_ERR_SSL_WANT_WRITE)
        return PC_IO_AGAIN;
    return n > 0 ? (int)n : PC_IO_FAILED;
}

static int stream_read(void *user, void *to, size_t bytes)
{
    (void)user;
    return stream_result(esp_tls_conn_read(tls, to, bytes));
}

static int stream_write(void *user, const void *from, size_t bytes)
{
    (void)user;
    return stream_result(esp_tls_conn_write(tls, from, bytes));
}

static void stream_close(void *user)
{
    (void)user;
    if (tls)
        (void)esp_tls_conn_destroy(tls);
    tls = NULL;
}

static const struct pc_stream stream = {
    .connect = stream_connect, .read = stream_read, .write = stream_write, .close = stream_close};

/* ---- 2. authorization: waits for the answer, which costs the loop no more than the time of one request ---- */

static void authorize(void *lent, struct pc *pc, uint32_t ticket, const char *channel,
                      const char *socket_id)
{
    static char answer[PC_AUTH_MAX_BYTES + 1];
    char body[320];
    const esp_http_client_config_t cfg = {.url = lent, /* "https://example.com/pusher/auth" */
                                          .method = HTTP_METHOD_POST,
                                          .timeout_ms = 5000,
                                          .crt_bundle_attach = esp_crt_bundle_attach};
    esp_http_client_handle_t http = esp_http_client_init(&cfg);
    /* Both hold nothing that would need an escape in JSON. */
    const int len = snprintf(body, sizeof body, "{\"socket_id\":\"%s\",\"channel_name\":\"%s\"}",
                             socket_id, channel);
    int status = 0, got = -1;

    if (http && len < (int)sizeof body) {
        (void)esp_http_client_set_header(http, "Content-Type", "application/json");
        if (esp_http_client_open(http, len) == ESP_OK &&
            esp_http_client_write(http, body, len) == len &&
            esp_http_client_fetch_headers(http) >= 0) {
            status = esp_http_client_get_status_code(http);
            got = esp_http_client_read_response(http, answer, sizeof answer - 1);
        }
    }
    if (http)
        (void)esp_http_client_cleanup(http);
    if (status == 200 && got >= 0)
        pc_authorized(pc, ticket, channel, answer, (size_t)got);
    else
        pc_refused(pc, ticket, channel, status,
                   "the authorization server refused or did not answer");
}

/* ---- 3. time, log, random numbers ---- */

static uint32_t now_ms(void *lent)
{
    (void)lent;
    return (uint32_t)(esp_timer_get_time() / 1000);
}

static void print_log(void *user, enum pc_level level, const char *text)
{
    (void)user;
    if (level == PC_LOG_ERROR)
        ESP_LOGE(TAG, "%s", text);
    else
        ESP_LOGI(TAG, "%s", text);
}

/* ---- the application ---- */

static void on_unlock(void *user, struct pc *pc, const struct pc_event *event)
{
    cJSON *data = cJSON_ParseWithLength(event->data, event->data_len);
    const cJSON *locker =
        cJSON_GetObjectItemCaseSensitive(data, "locker"); /* or pc_json_get(), without a tree */

    (void)user;
    if (cJSON_IsNumber(locker))
        ESP_LOGI(TAG, "locker %d opens", locker->valueint);
    cJSON_Delete(data);
    (void)pc_trigger(pc, event->channel, "client-opened", "{\"message\":\"done\"}");
}

/* In a task with a stack of 6 KB. use_stream: esp_tls in place of esp_websocket_client. */
void pusher_run(const char *key, const char *cluster, char *auth_url, bool use_stream);
void pusher_run(const char *key, const char *cluster, char *auth_url, bool use_stream)
{
    static uint64_t memory[PC_MEMORY_BYTES / sizeof(uint64_t)];
    struct pc_cfg cfg = {.key = key,
                         .cluster = cluster,
                         .tls = true,
                         .authorize = authorize,
                         .now_ms = now_ms,
                         .lent = auth_url,
                         .log = print_log,
                         .memory = memory,
                         .memory_bytes = sizeof memory,
                         .seed = (uint64_t)esp_random() << 32 | esp_random()};

    if (use_stream)
        cfg.stream = &stream;
    else
        cfg.transport = &websocket;
    struct pc *pc = pc_init(&cfg);

    if (!pc)
        return;
    pc_bind(pc, "presence-lockers", "unlock-command", on_unlock, NULL);
    pc_subscribe(pc, "presence-lockers");
    for (;;) {
        pc_poll(pc, now_ms(NULL));
        vTaskDelay(pdMS_TO_TICKS(100));
    }
}
