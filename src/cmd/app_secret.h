/* src/cmd/app_secret.h - an application's secret and master key, read from where they are kept. */
#ifndef CHARGETOP_CMD_APP_SECRET_H
#define CHARGETOP_CMD_APP_SECRET_H

#include "cmd/settings.h"
#include "net/loop.h"
#include "pusher/secret.h"

/* One word from a file; what names it in *fault and in the warning when others can read the file. */
enum ct_err app_secret_read_file(const char *what, const char *file, char *to, size_t cap,
                                 struct fault *fault);
/* The secret from its file, the environment or its command, white space around it dropped (a copied
 * line break would make every signature wrong). CT_ERR_MISSING: no source is given. CT_ERR_IO,
 * CT_ERR_SYNTAX, CT_ERR_LIMIT, CT_ERR_TIMEOUT with fault, which never repeats it. Runs the loop for a
 * command. */
enum ct_err app_secret_read(struct net_loop *loop, const struct settings *s, char *to, size_t cap,
                            struct fault *fault);
/* The master key of encrypted channels, from its file or the environment; the same errors. */
enum ct_err app_master_key_read(const struct settings *s, struct pusher_key *out,
                                struct fault *fault);

/* The secret key of Beams, from --secret-key-file, else the environment. CT_ERR_MISSING, with no fault:
 * there is none. */
enum ct_err app_beams_secret_read(const struct settings *s, char *to, size_t cap,
                                  struct fault *fault);

#endif
