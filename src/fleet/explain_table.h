/* src/fleet/explain_table.h - the parts of the table of explanations, by where the errors come from. */
#ifndef CHARGETOP_FLEET_EXPLAIN_TABLE_H
#define CHARGETOP_FLEET_EXPLAIN_TABLE_H

#include "fleet/explain.h"

struct explain_part {
    const struct explanation *rows;
    size_t count;
};

extern const struct explain_part explain_pusher; /* close codes and pusher:error */
extern const struct explain_part explain_http;   /* statuses */
extern const struct explain_part explain_net;    /* names, sockets, proxies, TLS */
extern const struct explain_part explain_other;  /* timeouts of ours, tokens, payloads */

#endif
