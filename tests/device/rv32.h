/* tests/device/rv32.h - what the runtime of the RISC-V has for scripts that talk to a real server. */
#ifndef CHARGETOP_TESTS_DEVICE_RV32_H
#define CHARGETOP_TESTS_DEVICE_RV32_H

long rv32_call(long number, long a, long b, long c,
               long d);           /* of Linux; an error is its negative number */
extern const char *rv32_argument; /* the first of the command line; "" for none */

#endif
