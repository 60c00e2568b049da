/* src/ui/find_prompt.h - what the prompts of find and filter do; rows of the kinds of prompt.c. */
#ifndef CHARGETOP_UI_FIND_PROMPT_H
#define CHARGETOP_UI_FIND_PROMPT_H

#include "ui/command.h"

/* Opens one for the focused pane: '/' finds, '\\' filters and begins with the filter in force. */
void find_prompt_open(struct view *v, char kind);
void find_prompt_change(struct command *c, struct str line);
bool find_prompt_key(struct command *c, uint32_t key);
void find_prompt_cancel(struct command *c);
bool find_prompt_enter(struct command *c, struct str line);

#endif
