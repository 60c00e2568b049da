/* src/cmd/settings.h - what the user asked for, from all four places, in one struct.
 *
 * Filled by options.c: built-in values, then the file, then the environment, then argv; each
 * overrides the one before it. Strings are owned copies of bounded length. */
#ifndef CHARGETOP_CMD_SETTINGS_H
#define CHARGETOP_CMD_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "fleet/alarm.h"
#include "fleet/order.h"
#include "fleet/side.h"
#include "fleet/site.h"
#include "ui/find.h"
#include "ui/keymap.h"
#include "ui/kiosk/kiosk.h"
#include "ui/layout_spec.h"

enum {
    SETTINGS_TEXT_MAX = 512,
    SETTINGS_LIST_MAX = 8,         /* headers, origins */
    SETTINGS_ORDERS_MAX = 20000,   /* positional or configured */
    SETTINGS_PROFILE_BYTES = 64,   /* a profile's name and its end */
    SETTINGS_PROFILES_BYTES = 256, /* several of them, as they are asked for */
    SETTINGS_ORDER_BYTES = 168,    /* an order id or a whole channel name (164) and its end */
    SETTINGS_APPS_MAX = 16,
    SETTINGS_TOKENS_MAX = 16,
    SETTINGS_OPTIONS_MAX = 200, /* rows of option_rows */
    SETTINGS_NAMES_MAX = 100,   /* channels of an event, ids of a watchlist, faults */
    SETTINGS_STAMP_BYTES = 40,
    SETTINGS_NAME_BYTES = 204 /* a channel name as long as a server takes it (200), and its end */
};

/* Channels or user ids, given one by one because a comma may stand in them. */
struct settings_names {
    size_t count;
    char name[SETTINGS_NAMES_MAX][SETTINGS_NAME_BYTES];
};

struct settings_list {
    size_t count;
    char item[SETTINGS_LIST_MAX][SETTINGS_TEXT_MAX];
};

struct settings_webhook {
    char url[SETTINGS_TEXT_MAX], prefix[SETTINGS_ORDER_BYTES];
    uint32_t kinds; /* as in struct webhook_target */
    bool batch;
};

struct settings_app {
    char id[128], key[128], secret[128];
    char secret_file[SETTINGS_TEXT_MAX], secret_env[64]; /* in place of secret */
    char master_key_file[SETTINGS_TEXT_MAX];             /* of encrypted channels; "" none */
    char master_key[64];                                 /* its text, once read */
    bool client_events, disabled, tls_only, subscription_count;
    int32_t connections_max, message_max, client_events_per_s; /* 0: the server's */
    int32_t channels_max, channels_per_connection, public_per_connection, asks_per_s; /* as well */
    int64_t cache_ttl_ms;                                                             /* as well */
    int64_t user_auth_ms;         /* to sign in or join a private channel in; 0: no need to */
    struct settings_list origins; /* pages that may connect; none: all */
    struct settings_webhook webhooks[SETTINGS_LIST_MAX];
    size_t webhook_count;
};

struct settings {
    /* connection */
    char profile[SETTINGS_PROFILES_BYTES], config_file[SETTINGS_TEXT_MAX];
    /* the profiles after the first: connections beside it */
    char sides[FLEET_SIDES_MAX][SETTINGS_PROFILE_BYTES];
    size_t side_count;
    /* and those a command makes itself, borrowed from it */
    struct settings *made[FLEET_SIDES_MAX];
    size_t made_count;
    char kind[SIDE_KIND_MAX]; /* what the server sends: charging, channels, vms */
    int32_t protocol;         /* 5 to 7; 0: 7 */
    /* kind = vms: who logs in, and what the channels are called if a token alone is given */
    char login[128], password_file[SETTINGS_TEXT_MAX];
    char password_value[256]; /* from the environment only */
    char device_id[64], user_id[64], token_id[64];
    char host[256], path[256], cluster[64], key[128];
    int32_t port; /* 0: by scheme */
    bool tls, tls_insecure;
    char ca_file[SETTINGS_TEXT_MAX], origin[256];
    char auth_endpoint[SETTINGS_TEXT_MAX], api_base[SETTINGS_TEXT_MAX];
    char user_auth_endpoint[SETTINGS_TEXT_MAX];
    bool auth_endpoint_said, api_base_said; /* by the user, not by the built-in profile */
    struct settings_list headers, api_headers;
    char token_file[SETTINGS_TEXT_MAX], token_command[SETTINGS_TEXT_MAX];
    char token_value[SETTINGS_TEXT_MAX * 8]; /* from CHARGETOP_TOKEN only */
    bool discover;
    int64_t poll_ms;
    int32_t auth_parallel;
    int64_t activity_timeout_ms, pong_timeout_ms;
    char (*orders)[SETTINGS_ORDER_BYTES]; /* owned array */
    size_t order_count;
    bool orders_said; /* on the command line */
    /* screen */
    char theme[SETTINGS_TEXT_MAX], color[16], plot[16], ambiguous_width[16];
    bool ascii;
    char columns[SETTINGS_TEXT_MAX], sort[64], time_style[16];
    int32_t frames_per_s;
    bool mouse, low_bandwidth;
    char hyperlinks[8];                /* auto, never, always */
    char clipboard[SETTINGS_TEXT_MAX]; /* osc52, off, or a command */
    int64_t window_ms;                 /* 0: the default of the command */
    bool kiosk;
    struct kiosk_cfg kiosk_cfg; /* [kiosk] */
    struct order_limits limits;
    struct find_saved filters[FIND_SAVED_MAX];
    size_t filter_count;
    char filter[QUERY_BYTES_MAX]; /* of the orders, at the start: a text or the name of one */
    struct alarm_rules alarms;
    bool bell;
    char notify[16]; /* off, osc9, osc777 */
    struct site_rules sites;
    struct keymap keys;
    struct layout_list layouts;
    char layout[LAYOUT_NAME_MAX];
    /* a snapshot instead of the screen, watch-order */
    char table[16];               /* of csv and ndjson: "" or "orders", "notices" */
    bool once, json, ndjson, csv; /* json: explain, doctor as well */
    char size[16], until[16];     /* size: "120x40"; "" by the environment */
    int64_t every_ms;             /* 0: one snapshot */
    /* recording and replaying */
    char record[SETTINGS_TEXT_MAX], replay[SETTINGS_TEXT_MAX]; /* files; "" none */
    char demo_record[SETTINGS_TEXT_MAX];    /* of demo: the file's profiles do not count there */
    int32_t record_max_mb, record_max_days; /* 0: no limit */
    char replay_from[SETTINGS_STAMP_BYTES], replay_until[SETTINGS_STAMP_BYTES];
    int64_t replay_speed_milli; /* 0: the default of the command */
    /* tail */
    bool raw;
    int64_t count, for_ms;
    /* serve, demo */
    char bind[128], listen_path[256];
    int32_t listen_port; /* 0: a free one */
    int32_t simulate, demo_orders;
    int32_t simulate_vms; /* cameras; 0: none */
    bool demo_vms;
    int64_t seed;
    int64_t speed_milli; /* 1000: as time passes; 0: the default of the command */
    int64_t period_ms;
    struct settings_names faults;
    char tls_cert[SETTINGS_TEXT_MAX], tls_key[SETTINGS_TEXT_MAX];
    struct settings_app apps[SETTINGS_APPS_MAX];
    size_t app_count;
    char tokens[SETTINGS_TOKENS_MAX][256];
    size_t token_count;
    char apps_file[SETTINGS_TEXT_MAX], auth_tokens[SETTINGS_TEXT_MAX];
    struct settings_list cors_origins, trusted_proxies;
    int32_t per_address;
    int32_t auth_rate, send_queue_kb, event_max_bytes;
    int32_t drain_s;
    int32_t metrics_port; /* -1: no port of its own; 0: a free one */
    char metrics_bind[128];
    int64_t serve_activity_ms, serve_pong_ms;
    /* the application's own side: HTTP API, signatures, webhooks */
    char app_id[128], secret_file[SETTINGS_TEXT_MAX], secret_command[SETTINGS_TEXT_MAX];
    char secret_value[256]; /* from the environment only */
    char encryption_key_file[SETTINGS_TEXT_MAX];
    char encryption_key_value[64]; /* base64; from the environment only */
    bool sign_with_prefix;
    int64_t timeout_ms; /* of a request; 0: the default */
    int32_t retry;      /* further tries */
    struct settings_names channels, watchlist;
    struct settings_names notices; /* channels of notifications that stay followed */
    bool demo_notices;
    char event[SETTINGS_NAME_BYTES];
    const char *data, *user_info; /* words of argv or the environment; NULL: not given */
    int32_t data_max_bytes;
    char socket_id[72], info[128], user[SETTINGS_NAME_BYTES], prefix[SETTINGS_NAME_BYTES];
    char batch_file[SETTINGS_TEXT_MAX];
    bool users, signin;
    /* Beams */
    char instance_id[64], secret_key_file[SETTINGS_TEXT_MAX], base_url[SETTINGS_TEXT_MAX];
    char beams_secret_value[256]; /* from the environment only */
    struct settings_names interests, recipients;
    const char *title, *push_body, *icon; /* as data */
    int64_t ttl_ms;                       /* -1: the service's */
    char notice_id[SETTINGS_NAME_BYTES], notice_type[16], job_id[SETTINGS_NAME_BYTES];
    char v2_file[SETTINGS_TEXT_MAX];
    const char *message, *link, *target, *metadata; /* as data */
    const char *exec;                               /* as data */
    int64_t max_age_ms;
    /* how it was asked, to ask again at ^R; not owned */
    unsigned command;
    int argc;
    char *const *argv;
    bool said
        [SETTINGS_OPTIONS_MAX]; /* by place in option_rows: argv, environment or configuration */
    bool state;                 /* what the settings screen kept is read and written */
    /* what to do instead */
    bool help, version, check_config;
};

/* Heap, because it is large; NULL: out of memory. Wipes the token when destroyed. */
struct settings *settings_create(void);
void settings_destroy(struct settings *s);
/* Adds an order id; CT_ERR_LIMIT or CT_ERR_NOMEM. */
enum ct_err settings_add_order(struct settings *s, const char *id);

#endif
