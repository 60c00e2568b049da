/* tests/device/run.c - TAP by write(2) alone, and how deep the stack of pc_poll() goes. */
#include "device/run.h"

#include <string.h>
#include <unistd.h>

enum { PAINT_BYTES = 6144, PAINT = 0xA5 };

static unsigned long passed, failed, deepest;

static void put(const char *text)
{
    (void)!write(1, text, strlen(text));
}

static void put_number(unsigned long n)
{
    char digits[24];
    size_t at = sizeof digits;

    digits[--at] = '\0';
    do
        digits[--at] = (char)('0' + n % 10);
    while (n /= 10);
    put(digits + at);
}

/* Names that are checked more than once count once each time. */
void check(bool holds, const char *name)
{
    put(holds ? "ok " : "not ok ");
    put_number(passed + failed + 1);
    put(" - ");
    put(name);
    put("\n");
    *(holds ? &passed : &failed) += 1;
}

void run_figure(const char *what, unsigned long value)
{
    put("# ");
    put(what);
    put(": ");
    put_number(value);
    put(" bytes\n");
}

int run_end(void)
{
    if (deepest > 0)
        run_figure("stack of pc_poll() at most, handlers included", deepest);
    put("1..");
    put_number(passed + failed);
    put("\n");
    return failed > 0;
}

static volatile unsigned char *painted; /* the lowest address of what was painted */

/* Paints the stack below the caller's frame. */
__attribute__((noinline)) static void paint(void)
{
    volatile unsigned char area[PAINT_BYTES];

    for (size_t i = 0; i < sizeof area; i++)
        area[i] = PAINT;
    painted = (volatile unsigned char *)(uintptr_t)area;
}

/* How much of the paint is gone, counted from the frame of the caller. */
__attribute__((noinline)) static void measure(uintptr_t top)
{
    uintptr_t at = (uintptr_t)painted;

    while (at < top && *(volatile unsigned char *)at == PAINT)
        at++;
    if (top - at > deepest)
        deepest = top - at;
}

uint32_t run_poll(struct pc *pc, uint32_t now_ms)
{
#ifdef MEASURE_STACK
    paint();
#endif
    const uint32_t wait_ms = pc_poll(pc, now_ms);

#ifdef MEASURE_STACK
    measure((uintptr_t)__builtin_frame_address(0));
#else
    (void)paint;
    (void)measure;
#endif
    return wait_ms;
}
