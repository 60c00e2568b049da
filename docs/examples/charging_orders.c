/* Prints what charging orders have taken: TOKEN=... charging_orders KEY HOST PORT AUTH-URL ORDER... */
#include <pusher/net.h>
#include <stdio.h>
#include <stdlib.h>

static void on_consumption(void *user, struct pc *pc, const struct pc_event *e)
{
    char energy[16], minutes[16], price[16];

    pc_json_get(e->data, e->data_len, "order.charging_session_energy", energy, sizeof energy);
    pc_json_get(e->data, e->data_len, "order.charging_session_time", minutes, sizeof minutes);
    pc_json_get(e->data, e->data_len, "order.price", price, sizeof price);
    printf("%s: %s kWh in %s min, %s\n", e->channel, energy, minutes, price);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    char header[512], channels[16][40];

    snprintf(header, sizeof header, "Authorization: Bearer %s",
             getenv("TOKEN") ? getenv("TOKEN") : "");
    struct pc_net *net =
        pc_net_create(&(struct pc_net_cfg){.auth_url = argv[4], .auth_headers = {header}});
    struct pc_cfg cfg = {.key = argv[1], .host = argv[2], .port = (uint16_t)atoi(argv[3])};
    pc_net_lend(net, &cfg);
    struct pc *pc = pc_init(&cfg);
    pc_bind(pc, NULL, "App\\Events\\ChargePointConsumption", on_consumption, NULL);
    for (int i = 5; i < argc && i < 21; i++) {
        snprintf(channels[i - 5], sizeof channels[0], "private-orders.%s", argv[i]);
        pc_subscribe(pc, channels[i - 5]);
    }
    for (;;)
        pc_net_poll(net, pc, 1000);
}
