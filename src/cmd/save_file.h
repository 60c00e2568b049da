/* src/cmd/save_file.h - writing files: where, whole or not at all, readable by the owner alone. */
#ifndef CHARGETOP_CMD_SAVE_FILE_H
#define CHARGETOP_CMD_SAVE_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { SAVE_PATH_MAX = 1024 };
enum save_how { SAVE_NEW, SAVE_REPLACE };

/* Writes content to name: ~/ is the home folder, a relative name stands in the current folder or, where that
 * cannot be written to, in $XDG_STATE_HOME/chargetop. path gets where it went. Links are not followed. NEW:
 * CT_ERR_STATE when there is something of that name, untouched. REPLACE: by renaming, regular files only.
 * CT_ERR_IO with *fault filled. Mode 0600. */
enum ct_err save_file(const char *name, struct str content, enum save_how how,
                      char path[SAVE_PATH_MAX], struct fault *fault);

/* All of a regular file onto *to, up to its limit; links are not followed, nothing waits. False: there is none
 * such, or it is larger. */
bool save_read(const char *path, struct buf *to);

/* A file of that name in $XDG_STATE_HOME/chargetop, else ~/.local/state/chargetop. False: neither variable
 * holds a whole path, or it does not fit. */
bool save_state_path(const char *name, char *to, size_t cap);
/* The folders above the file, each for the owner alone. path is changed meanwhile. False: there is no such
 * folder and none could be made. */
bool save_make_folders(char *path);

#endif
