/* src/cmd/app.h - the application's own side for commands: its id, key, secret and master key, the
 * server's HTTP API, and how an answer ends the command. */
#ifndef CHARGETOP_CMD_APP_H
#define CHARGETOP_CMD_APP_H

#include "api/channels.h"
#include "cmd/command.h"
#include "pusher/secret.h"
#include "pusher/webhook_check.h"

enum { APP_SECRET_MAX = 256, APP_KEYS_MAX = SETTINGS_APPS_MAX + 1 };

struct app {
    const struct settings *s;
    struct net_loop *loop;
    struct http *http;         /* NULL before app_connect */
    struct channels *channels; /* the same */
    char id[128], key[128], secret[APP_SECRET_MAX];
    bool has_encryption;
    struct pusher_key encryption;
};

/* What a command cannot do without. */
enum app_needs { APP_NEEDS_KEY = 1, APP_NEEDS_ENCRYPTION = 2 };

/* Finds key and secret, and the master key where one is configured: --key and the secret's source,
 * else the [app ID] that --app-id names, or the only one. EXIT_DONE, or the status to end with after
 * the reason was told. In any case end with app_close(). */
int app_open(struct app *a, struct settings *s, unsigned needs);
/* Joins it to the server's HTTP API; needs id, key and secret. Nothing is sent. The same statuses. */
int app_connect(struct app *a);
/* Wipes, ends the loop; returns status. */
int app_close(struct app *a, int status);

/* The key and secret of the settings and of every [app ID], borrowed from a; returns how many. Secrets
 * of the sections must have been loaded (config_load_secrets). */
size_t app_keys(const struct app *a, struct webhook_key to[APP_KEYS_MAX]);

/* Runs the loop until app_done(). */
void app_wait(struct app *a);
void app_done(struct app *a);

/* CT_OK of a call that was begun, or tells why it could not be. */
int app_begun(enum ct_err err);
/* EXIT_DONE for a good answer; else tells on stderr what failed and what to do, with --json on stdout
 * as well, and returns 3 for 401 and 403, 4 without an answer, 5 for none in time, 1. */
int app_judge(const struct app *a, const struct channels_answer *answer);
/* The status alone. */
int app_status(const struct channels_answer *answer);
/* The two or three lines alone; prefix ("events 11 to 20: ") may be "". */
void app_explain(const struct app *a, const struct channels_answer *answer, const char *prefix);
/* The message as members "status", "error" and "advice" of an open object. */
struct json_writer;
void app_write_failure(struct json_writer *w, const struct channels_answer *answer);

/* Data for an encrypted channel: replaces *data by what is sent, appended to *to; other channels leave
 * it. Tells what is missing. EXIT_DONE or a status. */
int app_seal(const struct app *a, struct str channel, struct str *data, struct buf *to);

/* All of a file ("-": standard input) onto *to, whose limit bounds it; what: "data", for the message.
 * EXIT_DONE or a status, told. */
int app_read_file(const char *what, const char *file, struct buf *to);
/* Prints text and a line break on stdout; EXIT_DONE also when its reader has gone. */
int app_print(struct buf *line);

#endif
