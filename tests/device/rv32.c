/* tests/device/rv32.c - the script on a RISC-V of 32 bits under qemu's user mode: a stack of its own, and
 * the few calls of Linux that it needs. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "device/run.h"
#include "device/rv32.h"

enum { STACK_BYTES = 16 * 1024, TLS_BYTES = 256, SYS_WRITE = 64, SYS_EXIT = 93 };

__attribute__((aligned(16), used)) unsigned char rv32_stack[STACK_BYTES];
__attribute__((aligned(16), used)) unsigned char rv32_tls[TLS_BYTES]; /* errno of the C library */

const char *rv32_argument = "";

long rv32_call(long number, long a, long b, long c, long d)
{
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    register long a4 __asm__("a4") = 0;
    register long a5 __asm__("a5") = 0;
    register long a7 __asm__("a7") = number;

    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7)
                     : "memory");
    return a0;
}

ssize_t write(int fd, const void *from, size_t bytes)
{
    return rv32_call(SYS_WRITE, fd, (long)from, (long)bytes, 0);
}

__attribute__((noreturn)) void _exit(int status)
{
    for (;;)
        (void)rv32_call(SYS_EXIT, status, 0, 0, 0);
}

/* The library must not need any of these. */
void *malloc(size_t bytes);
void *malloc(size_t bytes)
{
    (void)bytes;
    check(false, "the_heap_is_not_used");
    return NULL;
}

/* stack: as Linux leaves it, a count and then the words of the command line. */
__attribute__((noreturn, used)) void rv32_main(const long *stack);
void rv32_main(const long *stack)
{
    if (stack[0] > 1)
        rv32_argument = (const char *)stack[2];
    _exit(run_script());
}

__attribute__((naked, noreturn, used)) void _start(void);
void _start(void)
{
    __asm__ volatile(".option push\n"
                     ".option norelax\n"
                     "la gp, __global_pointer$\n"
                     ".option pop\n"
                     "mv a0, sp\n"
                     "la sp, rv32_stack\n"
                     "li t0, %0\n"
                     "add sp, sp, t0\n"
                     "la tp, rv32_tls\n"
                     "j rv32_main\n"
                     :
                     : "i"(STACK_BYTES));
}
