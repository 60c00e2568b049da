#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *ct_strerror(enum ct_err err)
{
#define X(name, text) [name] = (text),
    static const char *const texts[] = {CT_ERR_MAP(X)};
#undef X

    return (unsigned)err < CT_ERR_COUNT ? texts[err] : "unknown error";
}

enum ct_err fault_set(struct fault *f, enum ct_err err, const char *format, ...)
{
    static const char mark[] = "...";
    va_list args;

    if (!f)
        return err;
    f->err = err;
    va_start(args, format);
    const int wanted = vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
    if (wanted >= (int)sizeof f->text)
        memcpy(f->text + sizeof f->text - sizeof mark, mark, sizeof mark);
    return err;
}
