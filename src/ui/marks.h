/* src/ui/marks.h - going to a moment that was marked, and the note that is typed for one. */
#ifndef CHARGETOP_UI_MARKS_H
#define CHARGETOP_UI_MARKS_H

#include "ui/command.h"
#include "ui/overlay.h"

enum { MARK_PROMPT = '\'' };

/* Crosshair and selection go there. */
void mark_go(struct view *v, const struct ui_model *m, const struct mark *mark);
/* The mark that stands at an event; NULL: none. */
const struct mark *mark_of_event(const struct ui_model *m, uint64_t event_seq);
/* For the prompt. */
bool mark_note_enter(struct command *c, struct str line);
void mark_note_cancel(struct command *c);

#endif
