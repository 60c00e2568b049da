#include "cmd/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "pusher/api_call.h"
#include "pusher/webhook_check.h"

struct settings *settings_create(void)
{
    struct settings *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->tls = true;
    (void)str_copy(s->kind, sizeof s->kind, STR("charging"));
    s->state = true;
    s->discover = false;
    s->poll_ms = 30000;
    s->auth_parallel = 16;
    s->frames_per_s = 10;
    s->mouse = true;
    (void)str_copy(s->clipboard, sizeof s->clipboard, STR("osc52"));
    s->demo_orders = 24;
    s->drain_s = 3;
    s->per_address = 100;
    s->metrics_port = -1;
    (void)str_copy(s->metrics_bind, sizeof s->metrics_bind, STR("127.0.0.1"));
    s->limits = order_limits_default();
    s->alarms = alarm_rules_default();
    (void)str_copy(s->notify, sizeof s->notify, STR("off"));
    keymap_init(&s->keys);
    kiosk_cfg_default(&s->kiosk_cfg);
    (void)str_copy(s->theme, sizeof s->theme, STR("auto"));
    (void)str_copy(s->color, sizeof s->color, STR("auto"));
    (void)str_copy(s->hyperlinks, sizeof s->hyperlinks, STR("auto"));
    (void)str_copy(s->layout, sizeof s->layout, STR("overview"));
    (void)str_copy(s->sort, sizeof s->sort, STR("attention"));
    (void)str_copy(s->columns, sizeof s->columns, STR("auto"));
    (void)str_copy(s->time_style, sizeof s->time_style, STR("clock"));
    (void)str_copy(s->plot, sizeof s->plot, STR("auto"));
    (void)str_copy(s->ambiguous_width, sizeof s->ambiguous_width, STR("narrow"));
    (void)str_copy(s->until, sizeof s->until, STR("done"));
    (void)str_copy(s->bind, sizeof s->bind, STR("127.0.0.1"));
    s->data_max_bytes = PUSHER_CALL_DATA_MAX;
    s->ttl_ms = -1;
    s->max_age_ms = WEBHOOK_CHECK_AGE_MS;
    return s;
}

/* A plain memset before free may be removed by the compiler; a volatile pointer may not. */
static void wipe(char *bytes, size_t count)
{
    volatile char *at = bytes;

    while (count-- > 0)
        *at++ = 0;
}

void settings_destroy(struct settings *s)
{
    if (!s)
        return;
    wipe(s->token_value, sizeof s->token_value);
    wipe(s->password_value, sizeof s->password_value);
    wipe((char *)s->tokens, sizeof s->tokens);
    wipe(s->secret_value, sizeof s->secret_value);
    wipe(s->encryption_key_value, sizeof s->encryption_key_value);
    wipe(s->beams_secret_value, sizeof s->beams_secret_value);
    for (size_t i = 0; i < s->app_count; i++) {
        wipe(s->apps[i].secret, sizeof s->apps[i].secret);
        wipe(s->apps[i].master_key, sizeof s->apps[i].master_key);
    }
    free(s->orders);
    free(s);
}

enum ct_err settings_add_order(struct settings *s, const char *id)
{
    const size_t max = sizeof s->orders[0];

    if (s->order_count >= SETTINGS_ORDERS_MAX || strlen(id) >= max)
        return CT_ERR_LIMIT;
    char(*grown)[SETTINGS_ORDER_BYTES] = realloc(s->orders, (s->order_count + 1) * max);
    if (!grown)
        return CT_ERR_NOMEM;
    s->orders = grown;
    (void)str_copy(grown[s->order_count++], max, str_from(id));
    return CT_OK;
}
