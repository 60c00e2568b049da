/* src/cmd/config.h - the configuration file: sections, keys, and where a mistake stands.
 *
 *     profile = powerly            before any section: the profile to use
 *     [profile NAME]               host, port, path, cluster, key, tls, ... orders = 2149, 2150
 *     [screen]                     theme, ascii, color, plot, frames_per_s, window
 *     [limits]                     thresholds of domain.md 3.7: stall = 5m, silent = 3m, ...
 *     [serve]                      bind, port, path, tls_cert, tls_key, token (several), apps, ...
 *     [app ID]                     key, secret or secret_file or secret_env, client_events, ...
 *     [layout NAME]                row = 2: orders, then row = 1: plot 3, connection
 *     [keys]                       ack = a F7, quit = none, events.wrap = W
 */
#ifndef CHARGETOP_CMD_CONFIG_H
#define CHARGETOP_CMD_CONFIG_H

#include <stdio.h>

#include "cmd/settings.h"

enum { CONFIG_LINE_MAX = 180, CONFIG_FILE_MAX_BYTES = 256 * 1024 };

typedef void config_report_fn(void *user, const char *line);

/* Reads the file into *s. profile: the section [profile ...] that counts; others are checked only.
 * Each mistake is one call of report, "FILE:LINE: key: what is wrong"; returns how many there were.
 * -1: the file cannot be read (report says why). */
int config_read(struct settings *s, const char *file, const char *profile, config_report_fn *report,
                void *user);
/* Adds the sections [app ID] of a file that holds nothing else; an app of the same id is changed.
 * As config_read. */
int config_read_apps(struct settings *s, const char *file, config_report_fn *report, void *user);
/* Finds the secrets and master keys that apps name by file or environment; *fault says which cannot be
 * had and why, never what it holds. */
enum ct_err config_load_secrets(struct settings *s, struct fault *fault);
/* The value of `profile` before any section, into to[cap]; false when the file or key is missing. */
bool config_default_profile(const char *file, char *to, size_t cap);
/* Is there a section [profile NAME]? */
bool config_has_profile(const char *file, const char *profile);
/* $XDG_CONFIG_HOME/chargetop/chargetop.conf, else ~/.config/...; false when neither is known. */
bool config_default_path(char *to, size_t cap);

/* The keys of [limits], one an index; NULL beyond the last. is_time: written as 30s or 5m. */
const char *config_limit_key(size_t index, bool *is_time);

/* Built-in profiles; false when there is none of that name. */
bool profile_builtin(struct settings *s, const char *name);
/* A server other than the built-in profile's own does not inherit its endpoints: the token would go
 * to a host that the user did not name. */
void profile_leave(struct settings *s);
const char *profile_builtin_names(void); /* "powerly" */

const char *config_app_key(size_t index); /* of [app ID]; NULL beyond the last */

/* The keys of [alarms], by index; NULL beyond the last. */
enum config_alarm_value { CONFIG_ALARM_TIME, CONFIG_ALARM_SWITCH, CONFIG_ALARM_NOTIFY };
const char *config_alarm_key(size_t index, enum config_alarm_value *value);

#endif
