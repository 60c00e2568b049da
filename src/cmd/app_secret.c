/* The only file that reads an application's secret; it wipes what it frees. */
#include "cmd/app_secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "cmd/command.h"

enum { SECRET_FILE_MAX = 1024, COMMAND_TIMEOUT_MS = 20000, NAME_MAX_BYTES = 120 };

static void wipe(char *bytes, size_t count)
{
    volatile char *at = bytes;

    while (count-- > 0)
        *at++ = 0;
}

/* Text of one word into to[cap]. source: "secret file /x". */
static enum ct_err take(struct str text, const char *source, char *to, size_t cap,
                        struct fault *fault)
{
    text = str_trim(text);
    if (text.len == 0)
        return fault_set(fault, CT_ERR_SYNTAX, "%s is empty", source);
    if (text.len >= cap)
        return fault_set(fault, CT_ERR_LIMIT, "%s holds more than %zu bytes", source, cap - 1);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7f)
            return fault_set(fault, CT_ERR_SYNTAX, "%s holds more than one word", source);
    (void)str_copy(to, cap, text);
    return CT_OK;
}

static enum ct_err read_file(const char *what, const char *file, char *to, size_t cap,
                             struct fault *fault)
{
    char bytes[SECRET_FILE_MAX], name[NAME_MAX_BYTES], source[NAME_MAX_BYTES + 40];
    struct stat info;
    FILE *f = fopen(file, "rb");

    (void)text_clean(name, sizeof name, str_from(file));
    (void)str_format(source, sizeof source, "%s file %s", what, name);
    if (!f)
        return fault_set(fault, CT_ERR_IO, "%s %s", source,
                         errno == ENOENT ? "does not exist" : "cannot be read");
    if (fstat(fileno(f), &info) == 0 && (info.st_mode & (S_IRGRP | S_IROTH)))
        command_complain("warning: %s can be read by other users; chmod 600 it", source);
    (void)setvbuf(f, NULL, _IONBF, 0); /* no copy stays in a stdio buffer */
    const size_t n = fread(bytes, 1, sizeof bytes, f);
    const bool failed = ferror(f) != 0;
    (void)fclose(f);
    const enum ct_err err = failed ? fault_set(fault, CT_ERR_IO, "%s cannot be read", source)
                                   : take((struct str){bytes, n}, source, to, cap, fault);
    wipe(bytes, sizeof bytes);
    return err;
}

struct run {
    char *to;
    size_t cap;
    struct fault *fault;
    enum ct_err err;
    bool ended;
};

static void on_command(void *user, int status, struct str output)
{
    struct run *r = user;

    r->ended = true;
    if (status < 0)
        r->err = fault_set(r->fault, CT_ERR_TIMEOUT,
                           "the secret command did not end in time, or not by itself");
    else if (status > 0)
        r->err =
            fault_set(r->fault, CT_ERR_IO, "the secret command failed with exit status %d", status);
    else
        r->err = take(output, "what the secret command printed", r->to, r->cap, r->fault);
}

static bool run_ended(void *user)
{
    const struct run *r = user;

    return r->ended;
}

enum ct_err app_secret_read_file(const char *what, const char *file, char *to, size_t cap,
                                 struct fault *fault)
{
    return read_file(what, file, to, cap, fault);
}

enum ct_err app_secret_read(struct net_loop *loop, const struct settings *s, char *to, size_t cap,
                            struct fault *fault)
{
    struct run r = {.to = to, .cap = cap, .fault = fault};

    to[0] = '\0';
    if (s->secret_value[0])
        return take(str_from(s->secret_value), "the secret of the environment", to, cap, fault);
    if (s->secret_file[0])
        return read_file("secret", s->secret_file, to, cap, fault);
    if (!s->secret_command[0])
        return CT_ERR_MISSING;
    if (net_command(loop, s->secret_command, COMMAND_TIMEOUT_MS, on_command, &r) != CT_OK)
        return fault_set(fault, CT_ERR_IO, "the secret command could not be started");
    (void)net_loop_run_until(loop, run_ended, &r, UINT32_MAX); /* the command is bounded itself */
    return r.err;
}

enum ct_err app_master_key_read(const struct settings *s, struct pusher_key *out,
                                struct fault *fault)
{
    char text[PUSHER_KEY_BASE64 + 1];
    enum ct_err err;

    if (s->encryption_key_value[0])
        err = take(str_from(s->encryption_key_value), "the encryption key of the environment", text,
                   sizeof text, fault);
    else if (s->encryption_key_file[0])
        err = read_file("encryption key", s->encryption_key_file, text, sizeof text, fault);
    else
        return CT_ERR_MISSING;
    if (err == CT_OK && pusher_key_from_base64(str_from(text), out) != PUSHER_OK)
        err = fault_set(fault, CT_ERR_SYNTAX,
                        "the encryption key is not 32 bytes in base64 (44 characters); `openssl "
                        "rand -base64 32` makes one");
    wipe(text, sizeof text);
    return err;
}

enum ct_err app_beams_secret_read(const struct settings *s, char *to, size_t cap,
                                  struct fault *fault)
{
    to[0] = '\0';
    if (s->secret_key_file[0])
        return read_file("secret key", s->secret_key_file, to, cap, fault);
    if (s->beams_secret_value[0])
        return take(str_from(s->beams_secret_value), "the secret key of the environment", to, cap,
                    fault);
    return CT_ERR_MISSING;
}
