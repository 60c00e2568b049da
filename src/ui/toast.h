/* src/ui/toast.h - the line over the status bar that tells a notification for a moment, by severity. */
#ifndef CHARGETOP_UI_TOAST_H
#define CHARGETOP_UI_TOAST_H

#include "ui/view.h"

enum {
    TOAST_MS = 5000,        /* how long it stands; a failure until a key is pressed */
    TOAST_KIOSK_MS = 30000, /* on a wall, where nobody presses keys, a failure stands so long */
    TOAST_UNSEEN_MS = 300   /* a key this soon after it was not about it */
};

/* The most severe of the toasts and sounds that are to be told now, of equals the newest; *others gets
 * how many there are besides. NULL: none. On a kiosk only those of the channels meant for all. */
const struct notice_item *toast_now(const struct view *v, const struct ui_model *m, size_t *others);
/* A key was pressed: failures that were seen are told no longer. */
void toast_key(struct view *v, const struct ui_model *m);
/* Draws it over that row; nothing when there is none. */
void toast_draw(struct surface *s, struct rect row, const struct view *v, const struct ui_model *m);
/* "2 new, 1 in progress" of what pane 9 has not shown yet; its role; 0: nothing. */
size_t toast_counter(const struct view *v, const struct ui_model *m, char *to, size_t cap,
                     int *role);

#endif
