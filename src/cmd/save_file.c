#define _XOPEN_SOURCE 700 /* mkstemp */

#include "cmd/save_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int fd, struct str s)
{
    while (s.len > 0) {
        const ssize_t n = write(fd, s.ptr, s.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        s = (struct str){s.ptr + n, s.len - (size_t)n};
    }
    return fsync(fd) == 0 || errno == EINVAL || errno == EROFS; /* a pipe or device has no disk */
}

static enum ct_err tell(struct fault *fault, const char *path)
{
    return fault_set(fault, CT_ERR_IO, "%.160s: %s", path, strerror(errno));
}

static enum ct_err write_new(const char *path, struct str content, struct fault *fault)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0 && errno == EEXIST)
        return fault_set(fault, CT_ERR_STATE, "%.160s exists already", path);
    if (fd < 0)
        return tell(fault, path);
    const bool written = write_all(fd, content);
    if (close(fd) == 0 && written)
        return CT_OK;
    (void)tell(fault, path);
    (void)unlink(path); /* half a file would look like a whole one */
    return CT_ERR_IO;
}

static enum ct_err replace(const char *path, struct str content, struct fault *fault)
{
    char fresh[SAVE_PATH_MAX + 16];
    struct stat st;

    if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return fault_set(fault, CT_ERR_IO, "%.160s is not a regular file", path);
    (void)str_format(fresh, sizeof fresh, "%s.XXXXXX", path);
    const int fd = mkstemp(fresh); /* 0600 */
    if (fd < 0)
        return tell(fault, path);
    const bool written = write_all(fd, content);
    if (close(fd) == 0 && written && rename(fresh, path) == 0)
        return CT_OK;
    (void)tell(fault, path);
    (void)unlink(fresh);
    return CT_ERR_IO;
}

bool save_read(const char *path, struct buf *to)
{
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    char block[4096];
    struct stat st;
    ssize_t n = -1;

    if (fd < 0)
        return false;
    bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    while (good && (n = read(fd, block, sizeof block)) > 0)
        good = buf_append(to, (struct str){block, (size_t)n}) == CT_OK;
    (void)close(fd); /* only read */
    return good && n == 0;
}

bool save_make_folders(char *path)
{
    bool ok = true;

    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        ok = mkdir(path, 0700) == 0 || errno == EEXIST;
        *slash = '/';
    }
    return ok;
}

bool save_state_path(const char *name, char *to, size_t cap)
{
    const char *xdg = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    size_t len = 0;

    if (xdg && *xdg == '/')
        len = str_format(to, cap, "%s/chargetop/%s", xdg, name);
    else if (home && *home == '/')
        len = str_format(to, cap, "%s/.local/state/chargetop/%s", home, name);
    return len > 0 && len + 1 < cap;
}

static enum ct_err write_to(const char *path, struct str content, enum save_how how,
                            struct fault *fault)
{
    return how == SAVE_NEW ? write_new(path, content, fault) : replace(path, content, fault);
}

enum ct_err save_file(const char *name, struct str content, enum save_how how,
                      char path[SAVE_PATH_MAX], struct fault *fault)
{
    const char *home = getenv("HOME");
    const bool at_home = strncmp(name, "~/", 2) == 0 && home && *home;
    const size_t len = at_home ? str_format(path, SAVE_PATH_MAX, "%s/%s", home, name + 2)
                               : str_copy(path, SAVE_PATH_MAX, str_from(name));

    if (len + 1 >= SAVE_PATH_MAX) /* cut, it would name another file */
        return fault_set(fault, CT_ERR_IO, "%.60s: the name is too long", name);
    errno = 0;
    enum ct_err err = write_to(path, content, how, fault);
    const bool no_room_here = errno == EACCES || errno == EROFS || errno == EPERM;
    if (err == CT_ERR_IO && no_room_here && !strchr(name, '/') &&
        save_state_path(name, path, SAVE_PATH_MAX) && save_make_folders(path))
        err = write_to(path, content, how, fault);
    return err;
}
