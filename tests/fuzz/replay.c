/* tests/fuzz/replay.c - stands in for libFuzzer: feeds a target its corpus and every fixture, or the
 * files and folders named as arguments. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "fuzz/fuzz.h"

enum { FILE_MAX_BYTES = 4 * 1024 * 1024 };

static int feed(const char *path)
{
    char part[4096];
    struct buf all;
    FILE *f = fopen(path, "rb");
    size_t n;

    if (!f)
        return 0;
    buf_init(&all, FILE_MAX_BYTES);
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        if (buf_append(&all, (struct str){part, n}) != CT_OK)
            break;
    (void)fclose(f);
    /* A block of exactly that size: reading one byte too far is caught by the sanitizers. */
    uint8_t *exact = malloc(all.len > 0 ? all.len : 1);
    if (exact) {
        if (all.len > 0)
            memcpy(exact, all.bytes, all.len);
        (void)LLVMFuzzerTestOneInput(exact, all.len);
    }
    free(exact);
    buf_clear(&all);
    return exact != NULL;
}

static int feed_folder(const char *folder)
{
    DIR *d = opendir(folder);
    const struct dirent *e;
    int count = 0;

    if (!d)
        return 0;
    while ((e = readdir(d))) {
        char path[512];

        if (e->d_name[0] == '.')
            continue;
        str_format(path, sizeof path, "%s/%s", folder, e->d_name);
        count += feed(path);
    }
    (void)closedir(d);
    return count;
}

int main(int argc, char **argv)
{
    const char *tests = getenv("CHARGETOP_TESTS");
    struct str name = str_after_last(str_from(argv[0]), '_');
    int count = 0;

    for (int i = 1; i < argc; i++) /* files or folders by hand, such as a crash to look at */
        count += feed_folder(argv[i]) + feed(argv[i]);
    if (argc == 1) {
        static const char *const shared[] = {"fixtures/protocol", "fixtures/powerly"};
        char folder[512];

        str_format(folder, sizeof folder, "%s/fuzz/corpus/%.*s", tests ? tests : "tests",
                   (int)name.len, name.ptr);
        count = feed_folder(folder);
        for (size_t i = 0; i < COUNT_OF(shared); i++) {
            str_format(folder, sizeof folder, "%s/%s", tests ? tests : "tests", shared[i]);
            count += feed_folder(folder);
        }
    }
    (void)printf("1..1\n%s 1 - fuzz_%.*s_takes_its_corpus (%d inputs)\n",
                 count > 0 ? "ok" : "not ok", (int)name.len, name.ptr, count);
    return count > 0 ? 0 : 1;
}
