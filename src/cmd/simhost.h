/* src/cmd/simhost.h - the embedded server with simulated sessions publishing through it. */
#ifndef CHARGETOP_CMD_SIMHOST_H
#define CHARGETOP_CMD_SIMHOST_H

#include "cmd/settings.h"
#include "net/loop.h"
#include "server/server.h"

enum { SIMHOST_BURST_MAX = 2000 /* events published in one turn of the loop */ };

struct simhost;
/* Serves with s (apps and tokens of the configuration, or the demo ones) and simulates `sessions` of
 * them, 0 for none. default_speed_milli counts when s names no speed. warm: many are under way. */
struct simhost *simhost_create(struct net_loop *loop, const struct settings *s, uint32_t sessions,
                               int64_t default_speed_milli, bool warm, struct fault *fault);
void simhost_destroy(struct simhost *h);
/* Takes what s says now (server_reload); on failure all stays, and fault has the reason. */
enum ct_err simhost_reload(struct simhost *h, const struct settings *s, struct fault *fault);
struct server *simhost_server(struct simhost *h); /* borrowed */
uint16_t simhost_port(const struct simhost *h);
/* "ws://127.0.0.1:PORT/app/KEY" */
size_t simhost_address(const struct simhost *h, char *to, size_t cap);
/* A fault of the connection by its name, now; false if there is no such name. `none` ends it. */
bool simhost_fault(struct simhost *h, const char *name);
/* CT_ERR_SYNTAX, with *fault filled, for what is no fault of orders or of the connection. */
enum ct_err simhost_fault_check(const char *name, struct fault *fault);

#endif
