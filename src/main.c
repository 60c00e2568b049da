/* src/main.c - argv to one row of the command table to an exit status. */
#include <locale.h>
#include <signal.h>

#include "cmd/command.h"

int main(int argc, char **argv)
{
    /* Character set and day names may be local; numbers never are. */
    (void)setlocale(LC_ALL, "");
    (void)setlocale(LC_NUMERIC, "C");
    (void)signal(SIGPIPE, SIG_IGN);
    return command_main(argc, argv);
}
