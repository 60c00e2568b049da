/* src/term/term_info.c - what the terminal database says of a terminal that is not opened. */
#include <unistd.h>

#include <curses.h>
#include <term.h>

#include "term/term.h"

int term_database_colours(void)
{
    char name[] = "colors"; /* older curses take it without const */
    int found = 0;

    if (setupterm(NULL, STDOUT_FILENO, &found) != OK)
        return -1;
    const int colours = tigetnum(name);
    (void)del_curterm(cur_term);
    return colours > 0 ? colours : 0;
}
