/* Knows where an application's credentials come from, and what an answer of its server means for a
 * command's exit status. */
#include "cmd/app.h"

#include <string.h>

#include "base/json_write.h"
#include "base/text.h"
#include "cmd/app_secret.h"
#include "cmd/config.h"
#include "cmd/one_line.h"
#include "cmd/out.h"
#include "pusher/channel.h"

enum { HOST_MAX = 320, JSON_MAX_BYTES = 64 * 1024 };

/* ---- credentials ----------------------------------------------------------------------- */

static bool said(const struct settings *s, const char *option)
{
    const struct option_row *row = option_find("profile", option);

    return row && s->said[row - option_rows];
}

/* The section --app-id names, or the only one there is. */
static const struct settings_app *section_of(const struct settings *s)
{
    for (size_t i = 0; i < s->app_count; i++)
        if (s->app_id[0] ? strcmp(s->apps[i].id, s->app_id) == 0 : s->app_count == 1)
            return &s->apps[i];
    return NULL;
}

/* The built-in profile's key and host belong together; a host of the user's leaves the key. */
static void take_key(struct app *a, const struct settings_app *section)
{
    const struct settings *s = a->s;
    const bool own_host = said(s, "host") || said(s, "cluster");
    const char *key = own_host && !said(s, "key") ? "" : s->key;

    if (section && !said(s, "key"))
        key = section->key;
    (void)str_copy(a->key, sizeof a->key, str_from(key));
}

static int no_key(void)
{
    command_complain("no application key: give --key, --app-id with an [app ID] section, or "
                     "PUSHER_APP_KEY");
    return EXIT_USAGE;
}

static int no_secret(const struct app *a)
{
    command_complain("no secret for the key %.60s: give --secret-file, or CHARGETOP_SECRET or "
                     "PUSHER_URL in the environment",
                     a->key);
    return EXIT_USAGE;
}

static int take_secret(struct app *a, struct settings *s, const struct settings_app *section)
{
    struct fault fault = {.err = CT_OK};
    const enum ct_err err = app_secret_read(a->loop, s, a->secret, sizeof a->secret, &fault);

    if (err == CT_OK)
        return EXIT_DONE;
    if (err == CT_ERR_MISSING && section && strcmp(section->key, a->key) == 0) {
        if (config_load_secrets(s, &fault) == CT_OK) {
            (void)str_copy(a->secret, sizeof a->secret, str_from(section->secret));
            return EXIT_DONE;
        }
    } else if (err == CT_ERR_MISSING) {
        return EXIT_DONE; /* whether one is needed is told by the caller */
    }
    command_complain("%s", fault.text);
    return err == CT_ERR_TIMEOUT ? EXIT_TIMED_OUT : EXIT_USAGE;
}

/* From its own source, else from the section whose secret was taken. */
static int take_master_key(struct app *a, const struct settings_app *section)
{
    struct fault fault = {.err = CT_OK};
    const enum ct_err err = app_master_key_read(a->s, &a->encryption, &fault);

    if (err != CT_OK && err != CT_ERR_MISSING) {
        command_complain("%s", fault.text);
        return EXIT_USAGE;
    }
    a->has_encryption = err == CT_OK || (section && section->master_key[0] &&
                                         pusher_key_from_base64(str_from(section->master_key),
                                                                &a->encryption) == PUSHER_OK);
    return EXIT_DONE;
}

int app_open(struct app *a, struct settings *s, unsigned needs)
{
    const struct settings_app *section = section_of(s);
    int status;

    *a = (struct app){.s = s};
    if (s->side_count > 0) {
        command_complain("one profile at a time: give --profile one name");
        return EXIT_USAGE;
    }
    a->loop = net_loop_create();
    if (!a->loop) {
        command_complain("event loop: out of memory or descriptors");
        return EXIT_FAILED;
    }
    (void)str_copy(a->id, sizeof a->id,
                   str_from(s->app_id[0] ? s->app_id
                            : section    ? section->id
                                         : ""));
    take_key(a, section);
    status = take_secret(a, s, section);
    if (status == EXIT_DONE)
        status = take_master_key(a, section);
    if (status != EXIT_DONE)
        return status;
    if ((needs & APP_NEEDS_KEY) && !a->key[0])
        return no_key();
    if ((needs & APP_NEEDS_KEY) && !a->secret[0])
        return no_secret(a);
    if ((needs & APP_NEEDS_ENCRYPTION) && !a->has_encryption) {
        command_complain("an encrypted channel needs the master key: give --encryption-key-file, "
                         "or CHARGETOP_ENCRYPTION_KEY in the environment");
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}

static void wipe(char *bytes, size_t count)
{
    volatile char *at = bytes;

    while (count-- > 0)
        *at++ = 0;
}

int app_close(struct app *a, int status)
{
    channels_destroy(a->channels);
    http_destroy(a->http);
    wipe(a->secret, sizeof a->secret);
    pusher_key_wipe(&a->encryption);
    if (fflush(stdout) != 0 && status == EXIT_DONE)
        status = EXIT_FAILED;
    return a->loop ? command_end(a->loop, status) : status;
}

size_t app_keys(const struct app *a, struct webhook_key to[APP_KEYS_MAX])
{
    size_t n = 0;

    if (a->key[0] && a->secret[0])
        to[n++] = (struct webhook_key){str_from(a->key), str_from(a->secret)};
    for (size_t i = 0; i < a->s->app_count && n < APP_KEYS_MAX; i++)
        to[n++] = (struct webhook_key){str_from(a->s->apps[i].key), str_from(a->s->apps[i].secret)};
    return n;
}

/* ---- the server ------------------------------------------------------------------------ */

/* The hosted service has other hosts for WebSockets than for its HTTP API. */
static void api_host(const struct settings *s, char *to, size_t cap)
{
    struct str host = str_from(s->host);
    const struct str ws = STR("ws-"), service = STR(".pusher.com");

    if (s->cluster[0]) {
        (void)str_format(to, cap, "api-%s.pusher.com", s->cluster);
    } else if (str_starts(host, ws) && str_ends(host, service)) {
        (void)str_format(to, cap, "api-%s", s->host + ws.len);
    } else if (str_eq(host, STR("ws.pusherapp.com"))) {
        (void)str_copy(to, cap, STR("api.pusherapp.com"));
    } else {
        (void)str_copy(to, cap, host);
    }
}

int app_connect(struct app *a)
{
    const struct settings *s = a->s;
    const struct http_cfg http = {.in_flight_max = 1,
                                  .ca_file = s->ca_file[0] ? s->ca_file : NULL,
                                  .tls_insecure = s->tls_insecure,
                                  .user_agent = "chargetop/" CHARGETOP_VERSION};
    struct fault fault = {.err = CT_OK};
    char host[HOST_MAX];

    if (!a->id[0]) {
        command_complain("no application id: give --app-id, PUSHER_APP_ID or PUSHER_URL");
        return EXIT_USAGE;
    }
    api_host(s, host, sizeof host);
    if (!host[0]) {
        command_complain("no server: give --host or --cluster");
        return EXIT_USAGE;
    }
    a->http = http_create(a->loop, &http);
    if (a->http)
        a->channels =
            channels_create(a->http,
                            &(struct channels_cfg){.host = host,
                                                   .port = (uint16_t)s->port,
                                                   .tls = s->tls,
                                                   .path = s->path,
                                                   .sign_with_prefix = s->sign_with_prefix,
                                                   .app_id = a->id,
                                                   .key = a->key,
                                                   .secret = a->secret,
                                                   .timeout_ms = (uint32_t)s->timeout_ms,
                                                   .retries = (uint32_t)s->retry},
                            &fault);
    if (a->channels)
        return EXIT_DONE;
    command_complain("out of memory");
    return EXIT_FAILED;
}

void app_wait(struct app *a)
{
    net_loop_run(a->loop);
}

void app_done(struct app *a)
{
    net_loop_stop(a->loop);
}

/* ---- answers --------------------------------------------------------------------------- */

int app_begun(enum ct_err err)
{
    if (err == CT_OK)
        return EXIT_DONE;
    command_complain("the request could not be made: %s", ct_strerror(err));
    return err == CT_ERR_NOMEM ? EXIT_FAILED : EXIT_USAGE;
}

int app_status(const struct channels_answer *answer)
{
    if (answer->status == 0)
        return answer->failure == NET_TIMEOUT ? EXIT_TIMED_OUT : EXIT_CONNECTION;
    if (answer->meaning.good)
        return EXIT_DONE;
    return answer->meaning.status == 401 || answer->meaning.status == 403 ? EXIT_AUTH : EXIT_FAILED;
}

void app_explain(const struct app *a, const struct channels_answer *answer, const char *prefix)
{
    if (answer->status == 0) {
        command_complain("%sno answer from %s: %s", prefix, channels_address(a->channels),
                         net_failure_name(answer->failure));
        command_complain("%s", net_failure_advice(answer->failure));
        return;
    }
    command_complain("%s%s", prefix, answer->meaning.what);
    if (answer->retry_after_ms > 0)
        command_complain("Try again in %llu s, as the server says.",
                         (unsigned long long)((answer->retry_after_ms + 999) / 1000));
    else
        command_complain("%s", answer->meaning.advice);
    if (answer->meaning.status == 401 && !answer->meaning.skew_known)
        command_complain("What was signed: %s", answer->signed_text);
}

void app_write_failure(struct json_writer *w, const struct channels_answer *answer)
{
    jw_key(w, "status");
    if (answer->status != 0)
        jw_i64(w, answer->meaning.status);
    else
        jw_null(w);
    jw_key(w, "error");
    jw_str(w, str_from(answer->status != 0 ? answer->meaning.what : answer->text));
    jw_key(w, "advice");
    jw_str(w, str_from(answer->status != 0 ? answer->meaning.advice
                                           : net_failure_advice(answer->failure)));
    if (answer->meaning.skew_known) {
        jw_key(w, "clock_skew_ms");
        jw_i64(w, answer->meaning.skew_ms);
    }
}

int app_judge(const struct app *a, const struct channels_answer *answer)
{
    const int status = app_status(answer);
    struct json_writer w;
    struct buf line;

    if (status == EXIT_DONE)
        return status;
    app_explain(a, answer, "");
    if (!a->s->json)
        return status;
    buf_init(&line, JSON_MAX_BYTES);
    jw_init(&w, &line);
    jw_object(&w);
    jw_key(&w, "ok");
    jw_bool(&w, false);
    app_write_failure(&w, answer);
    jw_object_end(&w);
    if (w.err == CT_OK)
        (void)app_print(&line); /* the status is that of the failure in any case */
    buf_clear(&line);
    return status;
}

int app_print(struct buf *line)
{
    enum ct_err err = json_tame(line);

    if (err == CT_OK)
        err = buf_append_char(line, '\n');
    if (err != CT_OK) {
        command_complain("the answer could not be shown: %s", ct_strerror(err));
        return EXIT_FAILED;
    }
    return out_write(buf_str(line)) == OUT_FAILED ? EXIT_FAILED : EXIT_DONE;
}

/* ---- data ------------------------------------------------------------------------------ */

int app_seal(const struct app *a, struct str channel, struct str *data, struct buf *to)
{
    struct pusher_key key;
    struct pusher_nonce nonce;
    enum pusher_err err;
    const size_t before = to->len;

    if (pusher_channel_traits(channel).kind != PUSHER_CHANNEL_ENCRYPTED)
        return EXIT_DONE;
    if (!a->has_encryption) {
        command_complain("channel %.*s is encrypted: give --encryption-key-file, or "
                         "CHARGETOP_ENCRYPTION_KEY in the environment",
                         (int)channel.len, channel.ptr);
        return EXIT_USAGE;
    }
    if (net_random_fill(nonce.bytes, sizeof nonce.bytes) != CT_OK) {
        command_complain("the system gives no randomness; nothing was sent");
        return EXIT_FAILED;
    }
    err = pusher_key_of_channel(&a->encryption, channel, &key);
    if (err == PUSHER_OK)
        err = pusher_secret_seal(&key, &nonce, *data, to);
    pusher_key_wipe(&key);
    if (err != PUSHER_OK) {
        command_complain("the data could not be encrypted: %s", pusher_strerror(err));
        return EXIT_FAILED;
    }
    *data = buf_str(to);
    data->ptr += before;
    data->len -= before;
    return EXIT_DONE;
}

int app_read_file(const char *what, const char *file, struct buf *to)
{
    const bool standard = strcmp(file, "-") == 0;
    FILE *f = standard ? stdin : fopen(file, "rb");
    char block[4096], name[160];
    enum ct_err err = CT_OK;
    size_t n;

    (void)text_visible(name, sizeof name, str_from(standard ? "standard input" : file));
    if (!f) {
        command_complain("%s: %s cannot be read", what, name);
        return EXIT_USAGE;
    }
    while (err == CT_OK && (n = fread(block, 1, sizeof block, f)) > 0)
        err = buf_append(to, (struct str){block, n});
    const bool failed = ferror(f) != 0;
    if (!standard)
        (void)fclose(f);
    if (err == CT_ERR_LIMIT)
        command_complain("%s: %s is larger than %zu bytes", what, name, to->limit);
    else if (err != CT_OK)
        command_complain("%s", ct_strerror(err));
    else if (failed)
        command_complain("%s: reading %s failed", what, name);
    return err == CT_ERR_NOMEM ? EXIT_FAILED : err != CT_OK || failed ? EXIT_USAGE : EXIT_DONE;
}
