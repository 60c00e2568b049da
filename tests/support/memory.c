/* tests/support/memory.c - stands between the program and the C library's allocator. */
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct {
    bool armed;     /* the code under test is running */
    bool lasting;   /* all that follow fail as well */
    size_t fail_at; /* 0: none */
    size_t asked, failed;
    long live; /* blocks in use */
} memory;

/* Names that --wrap gives. */
void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
void __real_free(void *block);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);
void __wrap_free(void *block);

static bool fails_now(void)
{
    if (!memory.armed)
        return false;
    memory.asked++;
    if (memory.fail_at == 0 || memory.asked < memory.fail_at ||
        (memory.asked > memory.fail_at && !memory.lasting))
        return false;
    memory.failed++;
    return true;
}

void *__wrap_malloc(size_t bytes)
{
    void *block = fails_now() ? NULL : __real_malloc(bytes);

    memory.live += block != NULL;
    return block;
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    void *block = fails_now() ? NULL : __real_calloc(count, bytes);

    memory.live += block != NULL;
    return block;
}

void *__wrap_realloc(void *old, size_t bytes)
{
    void *block = fails_now() ? NULL : __real_realloc(old, bytes);

    memory.live += block != NULL && !old;
    return block;
}

void __wrap_free(void *block)
{
    memory.live -= block != NULL;
    __real_free(block);
}

void memory_arm(bool armed)
{
    memory.armed = armed;
}

void memory_returns(void)
{
    memory.fail_at = 0;
}

size_t memory_failed(void)
{
    return memory.failed;
}

static void run_once(void (*scenario)(void), size_t fail_at, bool lasting)
{
    const long before = memory.live;

    memory.lasting = lasting;
    memory.fail_at = fail_at;
    memory.asked = memory.failed = 0;
    scenario();
    if (memory.live != before)
        fail_msg("%ld blocks lost when allocation %zu fails", memory.live - before, fail_at);
}

void survive(void (*scenario)(void))
{
    for (int lasting = 0; lasting < 2; lasting++) {
        size_t n = 0;

        do {
            run_once(scenario, ++n, lasting);
            assert_true(n < MEMORY_RUNS_MAX);
        } while (memory.failed > 0);
    }
}
