/* Knows the file of what was typed: reading it with mistrust, replacing it as a whole. */
#include "cmd/history_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cmd/save_file.h"

/* In the order of view.history. */
static const char kinds[VIEW_HISTORIES] = {':', '/', '\\'};

/* A secret in a command is rare, and a line with a hole in it is of no use. */
static bool may_be_kept(struct str line)
{
    char clean[HISTORY_LINE_MAX], redacted[HISTORY_LINE_MAX];

    if (line.len == 0 || line.len >= sizeof clean)
        return false;
    text_clean(clean, sizeof clean, line);
    if (!str_eq(line, str_from(clean)))
        return false;
    str_copy(redacted, sizeof redacted, line);
    text_redact(redacted);
    return str_eq(line, str_from(redacted));
}

/* One line of the file; false when it is none. */
static bool read_line(struct str line, size_t *which, struct str *typed)
{
    const char *kind = line.len > 1 ? memchr(kinds, line.ptr[0], sizeof kinds) : NULL;

    if (!kind)
        return false;
    *which = (size_t)(kind - kinds);
    *typed = (struct str){line.ptr + 1, line.len - 1};
    return may_be_kept(*typed);
}

static void take_lines(struct history history[VIEW_HISTORIES], struct str text)
{
    while (text.len > 0) {
        struct str typed;
        size_t which;
        if (read_line(str_split(&text, '\n'), &which, &typed))
            history_add(&history[which], typed);
    }
}

void history_file_load(struct view *v)
{
    char path[SAVE_PATH_MAX];
    struct buf text;

    buf_init(&text, HISTORY_FILE_MAX_BYTES);
    if (save_state_path("history", path, sizeof path) && save_read(path, &text))
        take_lines(v->history, buf_str(&text));
    for (int i = 0; i < VIEW_HISTORIES; i++)
        v->history[i].loaded = v->history[i].count;
    buf_clear(&text);
}

/* Another run may have ended since this one began: what that one left is older than what was typed here. */
static enum ct_err put_lines(const struct view *v, struct str before, struct buf *to)
{
    struct history *all = calloc(VIEW_HISTORIES, sizeof *all);
    enum ct_err err = all ? CT_OK : CT_ERR_NOMEM;

    if (!all)
        return err;
    take_lines(all, before);
    for (int i = 0; i < VIEW_HISTORIES; i++) {
        for (size_t n = v->history[i].loaded; n < v->history[i].count; n++)
            if (may_be_kept(str_from(v->history[i].line[n])))
                history_add(&all[i], str_from(v->history[i].line[n]));
        for (size_t n = 0; n < all[i].count && err == CT_OK; n++)
            err = buf_printf(to, "%c%s\n", kinds[i], all[i].line[n]);
    }
    free(all);
    return err;
}

enum ct_err history_file_save(const struct view *v, struct fault *fault)
{
    char path[SAVE_PATH_MAX], written[SAVE_PATH_MAX];
    struct fault why = {.err = CT_OK};
    struct buf text, before;
    enum ct_err err;

    if (!save_state_path("history", path, sizeof path))
        return CT_OK; /* nowhere to keep anything: told where it matters, in the settings */
    buf_init(&text, HISTORY_FILE_MAX_BYTES);
    buf_init(&before, HISTORY_FILE_MAX_BYTES);
    const bool known = save_read(path, &before);
    if ((err = put_lines(v, buf_str(&before), &text)) != CT_OK)
        (void)fault_set(fault, err, "what was typed is not kept: %s", ct_strerror(err));
    else if ((known || text.len > 0) && !(known && str_eq(buf_str(&text), buf_str(&before)))) {
        if (!save_make_folders(path))
            err = fault_set(fault, CT_ERR_IO, "what was typed is not kept: no folder for %.150s",
                            path);
        else if ((err = save_file(path, buf_str(&text), SAVE_REPLACE, written, &why)) != CT_OK)
            (void)fault_set(fault, err, "what was typed is not kept: %.150s", why.text);
    }
    buf_clear(&text);
    buf_clear(&before);
    return err;
}
