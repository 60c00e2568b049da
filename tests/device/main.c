/* tests/device/main.c - the script on this machine. */
#include "device/run.h"

int main(void)
{
    return run_script();
}
