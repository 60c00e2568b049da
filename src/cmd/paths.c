#include "cmd/paths.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cmd/theme_builtin.h"
#include "ui/colour.h"

enum { PATH_TEXT_MAX = THEME_PATH_MAX };

static bool read_whole(const char *path, struct buf *to)
{
    FILE *file = fopen(path, "r");
    char part[4096];
    size_t n = 0;

    if (!file)
        return false;
    buf_reset(to);
    while ((n = fread(part, 1, sizeof part, file)) > 0)
        if (buf_append(to, (struct str){part, n}) != CT_OK)
            break;
    const bool ok = !ferror(file) && feof(file);
    (void)fclose(file);
    return ok;
}

static bool in_user_folder(const char *name, char *to, size_t cap)
{
    const char *xdg = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");

    if (xdg && *xdg == '/')
        return str_format(to, cap, "%s/chargetop/themes/%s.ini", xdg, name) > 0;
    if (home && *home)
        return str_format(to, cap, "%s/.config/chargetop/themes/%s.ini", home, name) > 0;
    return false;
}

/* up: how far above the program's folder; 1 for build/, 2 for one build of several, build/asan/; 0 for
 * an installed one, share/chargetop/ beside its bin/, wherever both were moved to. */
static bool beside_build(const char *name, int up, char *to, size_t cap)
{
    char exe[PATH_TEXT_MAX];
    const ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

    if (n <= 0)
        return false;
    exe[n] = '\0';
    char *slash = strrchr(exe, '/');
    if (!slash)
        return false;
    *slash = '\0';
    if (up == 0)
        return str_format(to, cap, "%s/../share/chargetop/themes/%s.ini", exe, name) > 0;
    return str_format(to, cap, "%s/%s../themes/%s.ini", exe, up == 2 ? "../" : "", name) > 0;
}

/* Built into the program. */
static bool find_builtin(const char *name, char *path, size_t cap, struct buf *text)
{
    for (const struct theme_builtin *b = theme_builtins; b->name; b++) {
        if (strcmp(b->name, name) != 0)
            continue;
        (void)str_format(path, cap, "built in");
        buf_reset(text);
        return buf_append(text, b->text) == CT_OK;
    }
    return false;
}

static bool find(const char *name, char *path, size_t cap, struct buf *text)
{
    if (strchr(name, '/')) {
        (void)str_copy(path, cap, str_from(name));
        return read_whole(path, text);
    }
    if (in_user_folder(name, path, cap) && read_whole(path, text))
        return true;
    for (int up = 2; up >= 0; up--)
        if (beside_build(name, up, path, cap) && read_whole(path, text))
            return true;
    (void)str_format(path, cap, "%s/themes/%s.ini", CHARGETOP_DATADIR, name);
    return read_whole(path, text) || find_builtin(name, path, cap, text);
}

const char *theme_resolve(const char *name)
{
    bool light = false;

    if (strcmp(name, "auto") != 0)
        return name;
    return colour_read_fgbg(getenv("COLORFGBG"), &light) && light ? "light" : "default";
}

bool theme_where(const char *name, char *to, size_t cap)
{
    struct buf text;

    buf_init(&text, THEME_FILE_MAX_BYTES);
    const bool found = find(theme_resolve(name), to, cap, &text);
    buf_clear(&text);
    if (!found && strcmp(theme_resolve(name), "default") != 0)
        return false;
    if (!found)
        (void)str_copy(to, cap, STR("built in"));
    return true;
}

static enum ct_err not_found(const char *name, struct fault *fault)
{
    char names[THEME_NAMES_MAX];

    (void)theme_names(names, sizeof names);
    return fault_set(fault, CT_ERR_MISSING, "theme '%.60s' was not found; there are: %s", name,
                     names);
}

enum ct_err theme_load(struct theme *t, const char *name,
                       void (*report)(void *user, const char *line), void *user,
                       struct fault *fault)
{
    struct buf text;
    char path[PATH_TEXT_MAX];

    name = theme_resolve(name);
    theme_default(t);
    buf_init(&text, THEME_FILE_MAX_BYTES);
    const bool found = find(name, path, sizeof path, &text);
    if (found)
        (void)theme_parse(t, buf_str(&text), path, report, user);
    buf_clear(&text);
    if (!found && strcmp(name, "default") != 0)
        return not_found(name, fault);
    return CT_OK;
}

enum { THEMES_MAX = 64 };

struct name_list {
    size_t count;
    char name[THEMES_MAX][THEME_NAME_MAX];
};

static void add_name(struct name_list *list, struct str name)
{
    if (name.len == 0 || name.len >= THEME_NAME_MAX || str_find(name, STR(" ")) < name.len)
        return;
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(name, str_from(list->name[i])))
            return;
    if (list->count < THEMES_MAX)
        (void)str_copy(list->name[list->count++], THEME_NAME_MAX, name);
}

/* path is that of some theme; its folder is listed. */
static void add_folder(struct name_list *list, char *path)
{
    char *slash = strrchr(path, '/');

    if (!slash)
        return;
    *slash = '\0';
    DIR *folder = opendir(path);
    if (!folder)
        return;
    for (const struct dirent *e = readdir(folder); e; e = readdir(folder)) {
        const struct str file = str_from(e->d_name);
        if (str_ends(file, STR(".ini")))
            add_name(list, (struct str){file.ptr, file.len - 4});
    }
    (void)closedir(folder);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

size_t theme_names(char *to, size_t cap)
{
    struct name_list list = {.count = 0};
    char path[PATH_TEXT_MAX];
    size_t len = 0;

    add_name(&list, STR("default"));
    for (const struct theme_builtin *b = theme_builtins; b->name; b++)
        add_name(&list, str_from(b->name));
    if (in_user_folder("x", path, sizeof path))
        add_folder(&list, path);
    for (int up = 0; up <= 2; up++)
        if (beside_build("x", up, path, sizeof path))
            add_folder(&list, path);
    (void)str_format(path, sizeof path, "%s/themes/x.ini", CHARGETOP_DATADIR);
    add_folder(&list, path);
    qsort(list.name, list.count, sizeof list.name[0], by_name);
    to[0] = '\0';
    for (size_t i = 0; i < list.count; i++)
        if (len + strlen(list.name[i]) + 1 < cap)
            len += str_format(to + len, cap - len, "%s%s", len ? " " : "", list.name[i]);
    return len;
}
