/* tests/device/run.h - what a script needs of whatever it runs on. */
#ifndef CHARGETOP_TESTS_DEVICE_RUN_H
#define CHARGETOP_TESTS_DEVICE_RUN_H

#include <pusher/pc.h>

void check(bool holds, const char *name); /* a line of TAP */
void run_figure(const char *what, unsigned long value);
int run_end(void);                                 /* the plan; the exit status */
uint32_t run_poll(struct pc *pc, uint32_t now_ms); /* pc_poll(), its stack measured */
int run_script(void);                              /* the script linked in */

#endif
