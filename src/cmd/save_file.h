/* src/cmd/save_file.h - files that the user asked for: whole or not at all, readable by the owner alone. */
#ifndef CHARGETOP_CMD_SAVE_FILE_H
#define CHARGETOP_CMD_SAVE_FILE_H

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

#endif
