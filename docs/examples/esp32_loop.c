/* esp32_loop.c - the loop of a microcontroller: register handlers, subscribe when connected, poll every 200 ms.
 *
 *     esp32_loop KEY HOST PORT CHANNEL SECONDS
 *
 * Everything the client needs is in `memory`. On a device posix_stream.h is replaced by its own sockets. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "posix_stream.h"

static const char *main_channel;
static unsigned long long memory[PC_MEMORY_BYTES / sizeof(unsigned long long)];

static uint32_t millis(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((unsigned long long)now.tv_sec * 1000 +
                      (unsigned long long)now.tv_nsec / 1000000);
}

static void delay(long ms)
{
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    (void)nanosleep(&pause, NULL);
}

static void print_log(void *user, enum pc_level level, const char *message)
{
    (void)user;
    if (level != PC_LOG_DEBUG)
        fprintf(stderr, "%s\n", message);
}

/* Subscribed anew with every connection. pc_subscribe() before the loop would do as well: it is remembered. */
static void auto_subscribe(void *user, struct pc *pc, const struct pc_event *event)
{
    char socket_id[65];

    (void)user;
    if (pc_json_get(event->data, event->data_len, "socket_id", socket_id, sizeof socket_id) > 0)
        printf("connected as %s\n", socket_id);
    pc_subscribe(pc, main_channel);
}

static void on_subscribed(void *user, struct pc *pc, const struct pc_event *event)
{
    (void)user;
    (void)pc;
    printf("subscribed to %s\n", event->channel);
}

static void on_any(void *user, struct pc *pc, const struct pc_event *event)
{
    (void)user;
    (void)pc;
    printf("%s: %s\n", event->name, event->data);
}

int main(int argc, char **argv)
{
    struct posix_stream socket = {.fd = -1};
    const struct pc_stream stream = posix_stream(&socket);

    if (argc != 6) {
        fprintf(stderr, "usage: esp32_loop KEY HOST PORT CHANNEL SECONDS\n");
        return 2;
    }
    main_channel = argv[4];
    const uint32_t run_ms = (uint32_t)strtoul(argv[5], NULL, 10) * 1000, start_ms = millis();
    struct pc *pc = pc_init(&(struct pc_cfg){.key = argv[1],
                                             .host = argv[2],
                                             .port = (uint16_t)strtoul(argv[3], NULL, 10),
                                             .stream = &stream,
                                             .log = print_log,
                                             .memory = memory,
                                             .memory_bytes = sizeof memory,
                                             .seed = start_ms * 2654435761ULL}); /* esp_random() */

    if (!pc)
        return 1;
    pc_bind(pc, NULL, "pusher:connection_established", auto_subscribe, NULL);
    pc_bind(pc, main_channel, "pusher:subscription_succeeded", on_subscribed, NULL);
    pc_bind(pc, main_channel, NULL, on_any, NULL);
    while (millis() - start_ms < run_ms) {
        pc_poll(pc, millis());
        fflush(stdout);
        delay(200);
    }
    pc_free(pc);
    return 0;
}
