/* Knows the file of what was typed: reading it with mistrust, replacing it as a whole. */
#define _XOPEN_SOURCE 700
#include "cmd/history_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "cmd/save_file.h"

/* In the order of view.history. */
static const char kinds[VIEW_HISTORIES] = {':', '/', '\\'};

static bool read_all(const char *path, struct buf *to)
{
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    char block[4096];
    struct stat st;
    ssize_t n = -1;

    if (fd < 0)
        return false;
    bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= HISTORY_FILE_MAX_BYTES;
    while (good && (n = read(fd, block, sizeof block)) > 0)
        good = buf_append(to, (struct str){block, (size_t)n}) == CT_OK;
    (void)close(fd); /* only read */
    return good && n == 0;
}

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

void history_file_load(struct view *v)
{
    char path[SAVE_PATH_MAX];
    struct buf text;

    buf_init(&text, HISTORY_FILE_MAX_BYTES);
    if (save_state_path("history", path, sizeof path) && read_all(path, &text)) {
        struct str rest = buf_str(&text);
        while (rest.len > 0) {
            const struct str line = str_split(&rest, '\n');
            const char *kind = line.len > 1 ? memchr(kinds, line.ptr[0], sizeof kinds) : NULL;
            const struct str typed = {line.ptr + 1, line.len > 0 ? line.len - 1 : 0};
            if (kind && may_be_kept(typed))
                history_add(&v->history[kind - kinds], typed);
        }
    }
    buf_clear(&text);
}

static enum ct_err put_lines(const struct view *v, struct buf *to)
{
    enum ct_err err = CT_OK;

    for (int i = 0; i < VIEW_HISTORIES; i++)
        for (size_t n = 0; n < v->history[i].count && err == CT_OK; n++)
            if (may_be_kept(str_from(v->history[i].line[n])))
                err = buf_printf(to, "%c%s\n", kinds[i], v->history[i].line[n]);
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
    const bool known = read_all(path, &before);
    if ((err = put_lines(v, &text)) != CT_OK)
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
