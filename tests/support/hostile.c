/* tests/support/hostile.c - guard pages and seeded damage. */
#include "support/hostile.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

void hostile_place(struct hostile *h, struct str bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t body = (bytes.len / page + 1) * page;
    const int zero = open("/dev/zero", O_RDWR);

    h->mapped_bytes = body + page;
    h->pages = mmap(NULL, h->mapped_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
    (void)close(zero);
    if (h->pages == MAP_FAILED || mprotect(h->pages + body, page, PROT_NONE) != 0)
        fail_msg("no memory for a guard page");
    char *at = h->pages + body - bytes.len;
    if (bytes.len > 0)
        memcpy(at, bytes.ptr, bytes.len);
    h->text = (struct str){at, bytes.len};
}

void hostile_release(struct hostile *h)
{
    (void)munmap(h->pages, h->mapped_bytes);
    *h = (struct hostile){0};
}

static size_t mutate_once(struct rng *r, char *z, size_t len, size_t cap)
{
    static const char telling[] = "{}[]\",:\\/u0019-+.eE tfn\t\n\x01\x1f\x7f\x80\xc3\xe2\xf0\xff";
    const size_t at = (size_t)rng_below(r, len);

    switch (rng_below(r, 4)) {
    case 0:
        z[at] = (char)(unsigned char)((unsigned char)z[at] ^ (1U << rng_below(r, 8)));
        return len;
    case 1:
        z[at] = telling[rng_below(r, sizeof telling)];
        return len;
    case 2:
        memmove(z + at, z + at + 1, len - at - 1);
        return len - 1;
    default:
        if (len == cap)
            return len;
        memmove(z + at + 1, z + at, len - at);
        return len + 1;
    }
}

size_t hostile_mutate(struct rng *r, char *z, size_t len, size_t cap)
{
    const uint64_t times = 1 + rng_below(r, 4);

    for (uint64_t i = 0; i < times && len > 0; i++)
        len = mutate_once(r, z, len, cap);
    return len;
}
