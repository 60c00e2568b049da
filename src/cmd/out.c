#include "cmd/out.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"

enum out_result out_write(struct str text)
{
    size_t at = 0;

    while (at < text.len) {
        const ssize_t n = write(STDOUT_FILENO, text.ptr + at, text.len - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EPIPE)
            return OUT_CLOSED;
        if (n < 0) {
            command_complain("stdout: %s", strerror(errno));
            return OUT_FAILED;
        }
        at += (size_t)n;
    }
    return OUT_WRITTEN;
}
