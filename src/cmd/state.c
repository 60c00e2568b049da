/* Knows the state file: where it is, reading it with mistrust, replacing it as a whole. */
#include "cmd/state.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cmd/options.h"
#include "cmd/save_file.h"
#include "cmd/values.h"
#include "ui/setting.h"

enum { PATH_BYTES = SAVE_PATH_MAX, FILE_MAX_BYTES = SETTINGS_MAX * (SETTING_VALUE_MAX + 64) };

/* A value a row of the settings screen; empty: none. */
struct kept {
    char value[SETTINGS_MAX][SETTING_VALUE_MAX];
};

bool state_path(char *to, size_t cap)
{
    return save_state_path("state.ini", to, cap);
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

static enum ct_err put_kept(const struct kept *k, struct buf *to)
{
    const struct setting *row;
    enum ct_err err = buf_append(
        to, STR("; written by the settings screen; the configuration wins over it\n[screen]\n"));

    for (size_t n = 0; (row = setting_at(n)) != NULL && err == CT_OK; n++)
        if (k->value[n][0])
            err = buf_printf(to, "%s = %s\n", row->id, k->value[n]);
    return err;
}

static enum ct_err replace(char *path, const struct kept *k, struct fault *fault)
{
    char written[SAVE_PATH_MAX];
    struct fault why = {.err = CT_OK};
    struct buf text;

    if (!save_make_folders(path))
        return fault_set(fault, CT_ERR_IO, "nothing was saved: no folder for %.150s", path);
    buf_init(&text, FILE_MAX_BYTES);
    enum ct_err err = put_kept(k, &text);
    if (err != CT_OK)
        (void)fault_set(fault, err, "nothing was saved: %s", ct_strerror(err));
    else if ((err = save_file(path, buf_str(&text), SAVE_REPLACE, written, &why)) != CT_OK)
        (void)fault_set(fault, err, "nothing was saved: %.160s", why.text);
    buf_clear(&text);
    return err;
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
