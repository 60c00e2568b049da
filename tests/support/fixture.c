/* tests/support/fixture.c - finds and reads fixture files. */
#include "support/fixture.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PATH_BYTES = 1024 };

static void full_path(char to[PATH_BYTES], const char *below)
{
    const char *root = getenv("CHARGETOP_TESTS");

    (void)str_format(to, PATH_BYTES, "%s/fixtures/%s", root && *root ? root : "tests", below);
}

struct str fixture_read(const char *path_below_fixtures, struct buf *into)
{
    char path[PATH_BYTES];
    char chunk[4096];
    size_t got;

    full_path(path, path_below_fixtures);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("fixture %s cannot be opened", path);
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
        if (buf_append(into, (struct str){chunk, got}) != CT_OK)
            break;
    const int failed = got > 0 || ferror(file);
    (void)fclose(file);
    if (failed)
        fail_msg("fixture %s cannot be read or is larger than the buffer's limit", path);
    return buf_str(into);
}

static size_t visit_folder(const char *folder, void (*visit)(const char *, void *), void *context)
{
    char path[PATH_BYTES];
    size_t count = 0;
    const struct dirent *entry;

    full_path(path, folder);
    DIR *dir = opendir(path);
    if (!dir)
        return 0;
    while ((entry = readdir(dir)) != NULL) {
        if (!str_ends(str_from(entry->d_name), STR(".json")))
            continue;
        (void)str_format(path, sizeof path, "%s/%s", folder, entry->d_name);
        visit(path, context);
        count++;
    }
    (void)closedir(dir);
    return count;
}

size_t fixture_each(void (*visit)(const char *path_below_fixtures, void *context), void *context)
{
    char path[PATH_BYTES];
    size_t count = 0;
    const struct dirent *entry;

    full_path(path, "");
    DIR *dir = opendir(path);
    if (!dir)
        fail_msg("no folder %s", path);
    while ((entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            count += visit_folder(entry->d_name, visit, context);
    (void)closedir(dir);
    assert_int_not_equal(count, 0);
    return count;
}
