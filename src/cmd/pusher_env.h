/* src/cmd/pusher_env.h - the variables that server libraries of Pusher read: PUSHER_URL and its like. */
#ifndef CHARGETOP_CMD_PUSHER_ENV_H
#define CHARGETOP_CMD_PUSHER_ENV_H

#include "cmd/settings.h"

/* Takes PUSHER_URL, then what stands in single variables and so wins over it: PUSHER_APP_ID,
 * PUSHER_APP_KEY, PUSHER_APP_SECRET (PUSHER_KEY, PUSHER_SECRET), PUSHER_CLUSTER or
 * PUSHER_APP_CLUSTER, PUSHER_HOST, PUSHER_PORT, PUSHER_SCHEME,
 * PUSHER_ENCRYPTION_MASTER_KEY_BASE64; then CHARGETOP_SECRET and CHARGETOP_ENCRYPTION_KEY. A fault
 * names the variable, never its value when that may hold a secret. */
enum ct_err pusher_env_read(struct settings *s, struct fault *fault);

/* PUSHER_BEAMS_INSTANCE_ID; PUSHER_BEAMS_SECRET_KEY and, before it, CHARGETOP_BEAMS_SECRET. */
enum ct_err beams_env_read(struct settings *s, struct fault *fault);

/* Takes http(s)://KEY:SECRET@HOST[:PORT][/PREFIX]/apps/ID apart. The fault repeats none of it. */
enum ct_err pusher_url_read(struct settings *s, const char *url, struct fault *fault);

#endif
