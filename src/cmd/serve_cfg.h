/* src/cmd/serve_cfg.h - from what the user asked for to what a server is made of. */
#ifndef CHARGETOP_CMD_SERVE_CFG_H
#define CHARGETOP_CMD_SERVE_CFG_H

#include "cmd/config.h"
#include "cmd/settings.h"
#include "server/server.h"

/* A server's configuration and what it points to besides the settings; on the heap, as it is large. */
struct serve_cfg {
    struct server_cfg server;
    struct pusher_key masters[SETTINGS_APPS_MAX];
    const char *trusted[SETTINGS_LIST_MAX];
};

/* Borrows from s. Without applications or tokens in s those of the demo; with a file of tokens the demo's
 * token is not accepted. NULL: fault says why. */
struct serve_cfg *serve_cfg_create(const struct settings *s, struct fault *fault);
/* What would keep a server from starting with s besides its configuration file, or spoil a SIGHUP: files of
 * apps, secrets, tokens, certificate and key are read. Each mistake is one call of report; returns how
 * many. */
int serve_cfg_check(struct settings *s, config_report_fn *report, void *user);
void serve_cfg_destroy(struct serve_cfg *c); /* wipes; NULL is fine */

#endif
