/* Knows the state file: where it is, reading it with mistrust, replacing it as a whole. */
#include "cmd/state.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/options.h"
#include "cmd/values.h"
#include "ui/setting.h"

enum { PATH_BYTES = 1024 };

/* A value a row of the settings screen; empty: none. */
struct kept {
    char value[SETTINGS_MAX][SETTING_VALUE_MAX];
};

bool state_path(char *to, size_t cap)
{
    const char *xdg = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    size_t len = 0;

    if (xdg && *xdg == '/')
        len = str_format(to, cap, "%s/chargetop/state.ini", xdg);
    else if (home && *home == '/')
        len = str_format(to, cap, "%s/.local/state/chargetop/state.ini", home);
    return len > 0 && len + 1 < cap;
}

static int on_pair(void *user, const char *section, const char *key, const char *value)
{
    struct kept *k = user;
    const struct setting *row;

    for (size_t n = 0; strcmp(section, "screen") == 0 && (row = setting_at(n)) != NULL; n++)
        if (strcmp(key, row->id) == 0 && strlen(value) < SETTING_VALUE_MAX)
            (void)str_copy(k->value[n], SETTING_VALUE_MAX, str_from(value));
    return 1;
}

static void read_kept(struct kept *k)
{
    char path[PATH_BYTES];

    memset(k, 0, sizeof *k);
    if (state_path(path, sizeof path))
        (void)ini_parse(path, on_pair, k);
}

void state_apply(struct settings *s)
{
    struct kept *k = malloc(sizeof *k);
    const struct setting *row;

    if (!k)
        return;
    read_kept(k);
    for (size_t n = 0; (row = setting_at(n)) != NULL; n++) {
        const struct option_row *option = option_find("screen", row->id);
        if (k->value[n][0] && option && value_check(row->id, k->value[n], NULL) == CT_OK)
            (void)option_apply(s, option, k->value[n], NULL);
    }
    free(k);
    memset(s->said, 0, sizeof s->said); /* nobody has asked for these in this run */
}

/* Every folder above the file, for this user only. */
static bool make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        const bool ok = mkdir(path, 0700) == 0 || errno == EEXIST;
        *slash = '/';
        if (!ok)
            return false;
    }
    return true;
}

static bool write_kept(int fd, const struct kept *k)
{
    FILE *file = fdopen(fd, "w");
    const struct setting *row;

    if (!file) {
        (void)close(fd);
        return false;
    }
    bool ok = fputs("; written by the settings screen; the configuration wins over it\n[screen]\n",
                    file) >= 0;
    for (size_t n = 0; (row = setting_at(n)) != NULL; n++)
        if (k->value[n][0])
            ok = ok && fprintf(file, "%s = %s\n", row->id, k->value[n]) > 0;
    ok = ok && fflush(file) == 0 && fsync(fd) == 0;
    return fclose(file) == 0 && ok;
}

static enum ct_err replace(char *path, const struct kept *k, struct fault *fault)
{
    char fresh[PATH_BYTES + 16];

    if (!make_folders(path))
        return fault_set(fault, CT_ERR_IO, "nothing was saved: no folder for %.150s", path);
    (void)str_format(fresh, sizeof fresh, "%s.XXXXXX", path);
    const int fd = mkstemp(fresh); /* mode 0600 */
    if (fd < 0)
        return fault_set(fault, CT_ERR_IO, "nothing was saved: %.120s: %s", path, strerror(errno));
    if (!write_kept(fd, k) || rename(fresh, path) != 0) {
        (void)unlink(fresh);
        return fault_set(fault, CT_ERR_IO, "nothing was saved: %.120s: %s", path, strerror(errno));
    }
    return CT_OK;
}

enum ct_err state_save(const struct view *v, struct fault *fault)
{
    char path[PATH_BYTES];
    struct kept *k = malloc(sizeof *k);
    const struct setting *row;

    if (!k)
        return fault_set(fault, CT_ERR_NOMEM, "nothing was saved: out of memory");
    enum ct_err err = CT_ERR_MISSING;
    read_kept(k);
    for (size_t n = 0; (row = setting_at(n)) != NULL; n++)
        if (v->settings_touched >> n & 1)
            row->value(v, k->value[n], SETTING_VALUE_MAX);
    if (state_path(path, sizeof path))
        err = replace(path, k, fault);
    else
        (void)fault_set(fault, err, "nothing was saved: neither XDG_STATE_HOME nor HOME is set");
    free(k);
    return err;
}
