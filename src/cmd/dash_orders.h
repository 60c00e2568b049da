/* src/cmd/dash_orders.h - what a person does to orders and marks: follow, leave, stop, pin, acknowledge. */
#ifndef CHARGETOP_CMD_DASH_ORDERS_H
#define CHARGETOP_CMD_DASH_ORDERS_H

#include "cmd/pipeline.h"
#include "ui/view.h"

/* False for anything else. What cannot be done is said in the view. */
bool dash_orders_perform(struct pipeline *pipe, struct view *v, uint64_t now_ms,
                         const struct intent *what);

#endif
