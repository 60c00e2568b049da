/* src/cmd/config_apps.c - the section [app ID]: an application that the server serves, and where its
 * secrets are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/num.h"
#include "base/text.h"
#include "cmd/config_internal.h"
#include "cmd/options.h"
#include "cmd/values.h"
#include "pusher/hub.h"
#include "pusher/secret.h"

#define FIELD(member) \
    offsetof(struct settings_app, member), sizeof(((struct settings_app *)0)->member)

enum app_value { APP_TEXT, APP_YES_NO, APP_COUNT, APP_TIME, APP_ORIGIN, APP_WEBHOOK };

static const struct app_row {
    const char *key;
    enum app_value value;
    size_t offset, size;
    int64_t min, max; /* of numbers and times in ms */
} rows[] = {
    {"key", APP_TEXT, FIELD(key), 0, 0},
    {"secret", APP_TEXT, FIELD(secret), 0, 0},
    {"secret_file", APP_TEXT, FIELD(secret_file), 0, 0},
    {"secret_env", APP_TEXT, FIELD(secret_env), 0, 0},
    {"encryption_master_key_file", APP_TEXT, FIELD(master_key_file), 0, 0},
    {"client_events", APP_YES_NO, FIELD(client_events), 0, 0},
    {"subscription_count", APP_YES_NO, FIELD(subscription_count), 0, 0},
    {"disabled", APP_YES_NO, FIELD(disabled), 0, 0},
    {"tls_only", APP_YES_NO, FIELD(tls_only), 0, 0},
    {"connections_max", APP_COUNT, FIELD(connections_max), 1, HUB_CONNECTIONS_MAX},
    {"channels_max", APP_COUNT, FIELD(channels_max), 1, HUB_CHANNELS_MAX},
    {"channels_per_connection", APP_COUNT, FIELD(channels_per_connection), 1,
     HUB_CHANNELS_PER_CONNECTION_MAX},
    {"public_channels_per_connection", APP_COUNT, FIELD(public_per_connection), 1,
     HUB_CHANNELS_PER_CONNECTION_MAX},
    {"subscriptions_per_s", APP_COUNT, FIELD(asks_per_s), 1, 100000},
    {"message_max", APP_COUNT, FIELD(message_max), 1024, HUB_MESSAGE_MAX_BYTES},
    {"client_events_per_s", APP_COUNT, FIELD(client_events_per_s), 1, 1000},
    {"cache_ttl", APP_TIME, FIELD(cache_ttl_ms), 1000, HUB_CACHE_TTL_MS},
    {"user_authentication", APP_TIME, FIELD(user_auth_ms), 1000, 3600000},
    {"origins", APP_ORIGIN, FIELD(origins), 0, 0},
    {"webhook", APP_WEBHOOK, FIELD(webhooks), 0, 0},
};

const char *config_app_key(size_t index)
{
    return index < COUNT_OF(rows) ? rows[index].key : NULL;
}

static struct settings_app *find_or_add(struct config_reader *r, const char *id)
{
    struct settings *s = r->s;

    for (size_t i = 0; i < s->app_count; i++)
        if (strcmp(s->apps[i].id, id) == 0)
            return &s->apps[i];
    if (s->app_count >= SETTINGS_APPS_MAX || !*id || strlen(id) >= sizeof s->apps[0].id)
        return NULL;
    struct settings_app *app = &s->apps[s->app_count++];
    *app = (struct settings_app){.client_events = false};
    (void)str_copy(app->id, sizeof app->id, str_from(id));
    return app;
}

static void add_origins(struct config_reader *r, struct settings_list *list, const char *key,
                        const char *value)
{
    struct str rest = str_from(value);

    while (rest.len > 0) {
        char origin[SETTINGS_TEXT_MAX];
        struct fault fault;

        (void)str_copy(origin, sizeof origin, str_trim(str_split(&rest, ',')));
        if (!origin[0])
            continue;
        if (value_check("origins", origin, &fault) != CT_OK)
            config_mistake(r, key, fault.text);
        else if (list->count >= SETTINGS_LIST_MAX)
            config_mistake(r, key, "more than 8 origins");
        else
            (void)str_copy(list->item[list->count++], SETTINGS_TEXT_MAX, str_from(origin));
    }
}

static bool webhook_events(struct settings_webhook *hook, struct str list)
{
    while (list.len > 0) {
        enum webhook_kind kind;

        if (!webhook_kind_parse(str_split(&list, ','), &kind))
            return false;
        hook->kinds |= 1u << kind;
    }
    return hook->kinds != 0;
}

/* What is wrong with it, NULL if nothing. */
static const char *webhook_word(struct settings_webhook *hook, struct str word)
{
    const struct str name = str_split(&word, '=');

    if (str_eq(name, STR("events")))
        return webhook_events(hook, word)
                   ? NULL
                   : "events are channel_occupied, channel_vacated, member_added, member_removed, "
                     "client_event, cache_miss, subscription_count";
    if (str_eq(name, STR("prefix"))) {
        if (word.len == 0 || word.len >= sizeof hook->prefix)
            return "the prefix is empty or too long";
        (void)str_copy(hook->prefix, sizeof hook->prefix, word);
        return NULL;
    }
    if (str_eq(name, STR("batch")) && (str_eq(word, STR("yes")) || str_eq(word, STR("no")))) {
        hook->batch = str_eq(word, STR("yes"));
        return NULL;
    }
    return "after the address only events=A,B prefix=P batch=yes";
}

/* webhook = https://shop.example/hook events=member_added,member_removed prefix=presence- batch=yes */
static void add_webhook(struct config_reader *r, struct settings_app *app, const char *value)
{
    struct settings_webhook hook = {.kinds = 0};
    struct str rest = str_trim(str_from(value));
    const struct str url = str_split(&rest, ' ');
    const char *wrong = NULL;
    struct fault fault;

    (void)str_copy(hook.url, sizeof hook.url, url);
    if (url.len == 0 || url.len >= sizeof hook.url ||
        value_check("auth-endpoint", hook.url, &fault) != CT_OK)
        wrong = "does not begin with an http or https address";
    if (app->webhook_count >= SETTINGS_LIST_MAX)
        wrong = "more than 8 webhooks";
    while (!wrong && rest.len > 0) {
        const struct str word = str_split(&rest, ' ');

        if (word.len > 0)
            wrong = webhook_word(&hook, word);
    }
    if (wrong)
        config_mistake(r, "webhook", wrong);
    else
        app->webhooks[app->webhook_count++] = hook;
}

static void set_number(struct config_reader *r, const struct app_row *row, char *at,
                       const char *value)
{
    const bool is_time = row->value == APP_TIME;
    int64_t number = 0;
    char why[96];

    const bool ok =
        is_time ? num_duration_ms(str_from(value), &number) : num_i64(str_from(value), &number);
    if (!ok || number < row->min || number > row->max) {
        (void)str_format(why, sizeof why,
                         is_time ? "not a time from %lld to %lld ms"
                                 : "not a number from %lld to %lld",
                         (long long)row->min, (long long)row->max);
        config_mistake(r, row->key, why);
        return;
    }
    const int32_t narrow = (int32_t)number;
    if (is_time)
        memcpy(at, &number, sizeof number);
    else
        memcpy(at, &narrow, sizeof narrow);
}

static void set_value(struct config_reader *r, const struct app_row *row, struct settings_app *app,
                      const char *value)
{
    char *at = (char *)app + row->offset;

    switch (row->value) {
    case APP_TEXT:
        if (strlen(value) >= row->size)
            config_mistake(r, row->key, "too long");
        else
            (void)str_copy(at, row->size, str_from(value));
        break;
    case APP_YES_NO:
        if (!option_yes_no(value, (bool *)(void *)at))
            config_mistake(r, row->key, "neither yes nor no");
        break;
    case APP_ORIGIN:
        add_origins(r, (struct settings_list *)(void *)at, row->key, value);
        break;
    case APP_WEBHOOK:
        add_webhook(r, app, value);
        break;
    case APP_COUNT:
    case APP_TIME:
        set_number(r, row, at, value);
        break;
    }
}

void config_set_app(struct config_reader *r, const char *id, const char *key, const char *value)
{
    struct settings_app *app = find_or_add(r, id);

    if (!app) {
        config_mistake(r, key, "more than 16 apps, or an id that is empty or too long");
        return;
    }
    struct near near = {.word = str_from(key)};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        near_consider(&near, rows[i].key);
        if (strcmp(rows[i].key, key) == 0) {
            set_value(r, &rows[i], app, value);
            return;
        }
    }
    config_unknown_key(r, "app", &near, key);
}

/* The application above this one that has its key, or NULL. */
static const struct settings_app *same_key(const struct settings *s, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (s->apps[index].key[0] && strcmp(s->apps[i].key, s->apps[index].key) == 0)
            return &s->apps[i];
    return NULL;
}

void config_check_apps(struct config_reader *r)
{
    for (size_t i = 0; i < r->s->app_count; i++) {
        const struct settings_app *app = &r->s->apps[i];
        const int secrets =
            (app->secret[0] != 0) + (app->secret_file[0] != 0) + (app->secret_env[0] != 0);
        const struct settings_app *twin = same_key(r->s, i);
        char what[240];

        if (twin) {
            (void)str_format(what, sizeof what, "[app %.100s] has the key of [app %.100s]", app->id,
                             twin->id);
            config_mistake(r, "", what);
        }
        if (app->key[0] && secrets == 1)
            continue;
        (void)str_format(
            what, sizeof what,
            secrets > 1 ? "[app %.100s] has more than one of secret, secret_file, secret_env"
                        : "[app %.100s] needs both key and secret (or secret_file, secret_env)",
            app->id);
        config_mistake(r, "", what);
    }
}

/* ---- secrets -------------------------------------------------------------------------------- */

/* The file's one line, without white space around it. */
static enum ct_err read_secret(const char *file, char *to, size_t cap, struct fault *fault)
{
    char line[256] = "", name[120];
    struct stat info;
    FILE *f = fopen(file, "r");
    enum ct_err err = CT_OK;

    (void)text_clean(name, sizeof name, str_from(file));
    if (!f)
        return fault_set(fault, CT_ERR_IO, "%s cannot be read", name);
    if (fstat(fileno(f), &info) != 0 || !S_ISREG(info.st_mode))
        err = fault_set(fault, CT_ERR_IO, "%s is not a file", name);
    else if (info.st_mode & (S_IROTH | S_IWOTH))
        err = fault_set(fault, CT_ERR_AUTH, "%s is open to everybody; chmod 600 it", name);
    else if (!fgets(line, sizeof line, f))
        err = fault_set(fault, CT_ERR_MISSING, "%s is empty", name);
    const struct str text = str_trim(str_from(line));
    if (err == CT_OK && (text.len == 0 || text.len >= cap))
        err = fault_set(fault, CT_ERR_RANGE, "%s does not hold one line of 1 to %zu bytes", name,
                        cap - 1);
    if (err == CT_OK)
        (void)str_copy(to, cap, text);
    for (volatile char *at = line; at < line + sizeof line; at++)
        *at = 0;
    (void)fclose(f);
    return err;
}

static enum ct_err load_secret(struct settings_app *app, struct fault *fault)
{
    struct fault why;

    if (app->secret_file[0] &&
        read_secret(app->secret_file, app->secret, sizeof app->secret, &why) != CT_OK)
        return fault_set(fault, why.err, "[app %.64s] secret_file: %.140s", app->id, why.text);
    if (!app->secret_env[0])
        return CT_OK;
    const char *value = getenv(app->secret_env);
    if (!value || !*value || strlen(value) >= sizeof app->secret)
        return fault_set(fault, CT_ERR_MISSING,
                         "[app %.64s] secret_env: %s is not in the environment, or too long",
                         app->id, app->secret_env);
    (void)str_copy(app->secret, sizeof app->secret, str_from(value));
    return CT_OK;
}

static enum ct_err load_master_key(struct settings_app *app, struct fault *fault)
{
    struct pusher_key key;
    struct fault why;

    if (!app->master_key_file[0])
        return CT_OK;
    if (read_secret(app->master_key_file, app->master_key, sizeof app->master_key, &why) != CT_OK)
        return fault_set(fault, why.err, "[app %.64s] encryption_master_key_file: %.140s", app->id,
                         why.text);
    if (pusher_key_from_base64(str_from(app->master_key), &key) != PUSHER_OK)
        return fault_set(
            fault, CT_ERR_SYNTAX,
            "[app %.64s] encryption_master_key_file: %.100s does not hold 32 bytes in base64",
            app->id, app->master_key_file);
    pusher_key_wipe(&key);
    return CT_OK;
}

enum ct_err config_load_secrets(struct settings *s, struct fault *fault)
{
    enum ct_err err = CT_OK;

    for (size_t i = 0; err == CT_OK && i < s->app_count; i++) {
        err = load_secret(&s->apps[i], fault);
        if (err == CT_OK)
            err = load_master_key(&s->apps[i], fault);
    }
    return err;
}
