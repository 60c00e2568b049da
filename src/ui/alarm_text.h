/* src/ui/alarm_text.h - alarms in words: who, what, and what people did about it. */
#ifndef CHARGETOP_UI_ALARM_TEXT_H
#define CHARGETOP_UI_ALARM_TEXT_H

#include "ui/view.h"

enum { ALARM_TEXT_MAX = 200 };

/* "2151 Mall B2 #2", or of a group "4 charge points at Depot", "3 orders". Of an alarm that is
 * cleared all that were ever in it. Returns bytes, as all of these. */
size_t alarm_who(const struct alarm *alarm, const struct ui_model *m, char *to, size_t cap);
/* Why: "no energy for 6m10s" of the one order, "2151, 2152, 2160" of a group. */
size_t alarm_what(const struct alarm *alarm, const struct ui_model *m, char *to, size_t cap);
/* What comes after a "; " gives way, part by part, where the text is wider than that: half a clause
 * tells nothing. */
void alarm_fit(char *what, int cells);
/* "new", "ack 14:20", "snoozed 12m", "held 20s"; "" without an alarm. ms as in order.alarm_ms. */
size_t alarm_answer(enum alarm_phase phase, uint64_t ms, const struct ui_model *m, char *to,
                    size_t cap);
uint64_t alarm_answer_ms(const struct alarm *alarm); /* the ms for that */
/* How an alarm ended that is not active any more: "cleared, nobody answered", "became STALL", of a
 * group "2 became STALL, 1 cleared, acknowledged". */
size_t alarm_end(const struct alarm *alarm, char *to, size_t cap);
/* The first order that is still in it; NULL when none is listed. */
const struct order *alarm_order(const struct alarm *alarm, const struct ui_model *m);
/* The alarm that is looked at: the fire whose row has the cursor in the focused list of what needs eyes, else
 * that of the selected order; NULL: none. */
const struct alarm *alarm_here(const struct view *v, const struct ui_model *m);
/* Alarms that ! walks: all that have been raised. */
size_t alarm_queue_count(const struct ui_model *m);

/* How an alarm is marked: glyph and role of its state; of the link and of a fire their own. */
uint32_t alarm_glyph(const struct alarm *alarm, bool ascii);
int alarm_role(const struct alarm *alarm);

#endif
