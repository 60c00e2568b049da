/* src/term/restore.h - the terminal as it was found, given back on every way out, crashes included.
 *
 * Holds the one mutable object at file scope of the program: a signal handler has no context. */
#ifndef CHARGETOP_TERM_RESTORE_H
#define CHARGETOP_TERM_RESTORE_H

/* Remembers the terminal's modes; call before anything changes them. */
void restore_remember(int in_fd, int out_fd);
/* From now on SIGSEGV, SIGBUS, SIGABRT, SIGFPE and SIGILL write these sequences (NULL is fine) and
 * set the modes back before the default action. The strings are copied, 64 bytes each at most. */
void restore_on_crash(const char *leave_screen, const char *show_cursor, const char *plain_text);
void restore_forget(void); /* handlers off again, modes set back */
/* Stops the process group with SIGSTOP; returns after it was continued. */
void restore_stop_group(void);

#endif
