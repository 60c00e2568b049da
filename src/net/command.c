/* src/net/command.c - net_command and net_run: commands with their output and their time bounded. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "base/buf.h"
#include "net/net_internal.h"

enum { COMMAND_OUTPUT_MAX_BYTES = 64 * 1024, COMMAND_READ_BYTES = 4096 };

/* Lives on three libuv handles: `handle` is the time limit, process and pipe are its companions.
 * The limit is closed last, because closing it frees the whole. */
struct command {
    struct net_handle handle;
    uv_process_t process;
    uv_pipe_t output;
    int open; /* of process and output */
    bool exited, drained, killed, told;
    int status;
    net_command_fn *fn;
    void *user;
    struct buf text;
    char block[COMMAND_READ_BYTES];
};

static void command_kill(struct command *c)
{
    c->killed = true;
    if (!c->exited)
        kill(-(pid_t)c->process.pid, SIGKILL); /* its own process group: UV_PROCESS_DETACHED */
}

static void part_closed(uv_handle_t *uv)
{
    struct command *c = uv->data;
    if (--c->open > 0)
        return;
    buf_clear(&c->text);
    net_handle_close(&c->handle);
}

static void command_close(struct command *c)
{
    uv_timer_stop(&c->handle.uv.timer);
    if (!uv_is_closing((uv_handle_t *)&c->process))
        uv_close((uv_handle_t *)&c->process, part_closed);
    if (!uv_is_closing((uv_handle_t *)&c->output))
        uv_close((uv_handle_t *)&c->output, part_closed);
}

static void command_finish(struct command *c)
{
    if (c->told || !c->exited || !(c->drained || c->killed))
        return;
    c->told = true;
    c->fn(c->user, c->killed ? -1 : c->status, buf_str(&c->text));
    memset(c->block, 0, sizeof(c->block)); /* the output may have been a token */
    if (c->text.bytes)
        memset(c->text.bytes, 0, c->text.len);
    command_close(c);
}

static void command_exited(uv_process_t *process, int64_t status, int term_signal)
{
    struct command *c = process->data;
    c->exited = true;
    c->status = term_signal != 0 ? -1 : (int)status;
    command_finish(c);
}

static void give_block(uv_handle_t *uv, size_t suggested, uv_buf_t *to)
{
    (void)suggested;
    struct command *c = uv->data;
    *to = uv_buf_init(c->block, sizeof(c->block));
}

static void command_output(uv_stream_t *stream, ssize_t n, const uv_buf_t *from)
{
    struct command *c = stream->data;
    if (n < 0) {
        c->drained = true;
        uv_read_stop(stream);
        command_finish(c);
        return;
    }
    size_t len = (size_t)n;
    if (len > c->text.limit - c->text.len)
        len = c->text.limit - c->text.len; /* the rest is read and dropped, so that it can end */
    buf_append(&c->text, (struct str){from->base, len});
}

static void command_too_slow(uv_timer_t *timer)
{
    struct net_handle *h = timer->data;
    struct command *c = (struct command *)h;
    command_kill(c);
    command_finish(c); /* it may have exited, with a child of it holding the pipe */
}

static void command_abandon(struct net_handle *h)
{
    struct command *c = (struct command *)h;
    const bool told = c->told;
    c->told = true;
    command_kill(c);
    command_close(c);
    if (!told)
        c->fn(c->user, -1, (struct str){NULL, 0}); /* so that the caller can free what it holds */
}

/* Where the output goes when there is input; without input it is read. */
enum command_output { OUTPUT_NOWHERE, OUTPUT_OURS };

/* in_fd below 0: no input. */
static int command_spawn(struct command *c, char *const argv[], int in_fd, enum command_output out)
{
    const bool reads = in_fd >= 0;
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->output},
        {.flags = UV_IGNORE},
    };
    if (reads) {
        stdio[0] = (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = in_fd};
        stdio[1] = (uv_stdio_container_t){.flags = UV_IGNORE};
    }
    for (int fd = STDOUT_FILENO; out == OUTPUT_OURS && fd <= STDERR_FILENO; fd++)
        stdio[fd] = (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = fd};
    uv_process_options_t options = {.exit_cb = command_exited,
                                    .file = argv[0],
                                    .args = (char **)(uintptr_t)argv,
                                    .stdio_count = 3,
                                    .stdio = stdio,
                                    .flags = UV_PROCESS_DETACHED};
    return uv_spawn(&c->handle.loop->uv, &c->process, &options);
}

/* What is needed before libuv starts to own parts of it; NULL: nothing was made. */
static struct command *command_create(struct net_loop *loop)
{
    struct command *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    buf_init(&c->text, COMMAND_OUTPUT_MAX_BYTES);
    if (uv_timer_init(&loop->uv, &c->handle.uv.timer) != 0) {
        free(c);
        return NULL;
    }
    net_handle_add(loop, &c->handle, command_abandon);
    if (uv_pipe_init(&loop->uv, &c->output, 0) != 0) {
        net_handle_close(&c->handle);
        return NULL;
    }
    c->output.data = c;
    return c;
}

static enum ct_err start(struct net_loop *loop, char *const argv[], int in_fd,
                         enum command_output out, uint64_t timeout_ms, net_command_fn *fn,
                         void *user)
{
    struct command *c = command_create(loop);
    if (!c)
        return CT_ERR_NOMEM;
    c->fn = fn;
    c->user = user;
    c->open = 2;
    c->drained =
        in_fd >= 0; /* no output is waited for: who owns a clipboard stays and keeps it open */
    const int err =
        command_spawn(c, argv, in_fd, out); /* makes the process handle even when it fails */
    c->process.data = c;
    if (err != 0) {
        c->told = true;
        command_close(c);
        return CT_ERR_IO;
    }
    uv_update_time(&loop->uv);
    uv_timer_start(&c->handle.uv.timer, command_too_slow, timeout_ms, 0);
    if (in_fd < 0)
        uv_read_start((uv_stream_t *)&c->output, give_block, command_output);
    return CT_OK;
}

static enum ct_err start_shell(struct net_loop *loop, const char *command, int in_fd,
                               enum command_output out, uint64_t timeout_ms, net_command_fn *fn,
                               void *user)
{
    char shell[] = "/bin/sh", flag[] = "-c";
    char *text = strdup(command);
    char *const argv[] = {shell, flag, text, NULL};
    const enum ct_err err =
        text ? start(loop, argv, in_fd, out, timeout_ms, fn, user) : CT_ERR_NOMEM;

    free(text);
    return err;
}

enum ct_err net_command(struct net_loop *loop, const char *command, uint64_t timeout_ms,
                        net_command_fn *fn, void *user)
{
    return start_shell(loop, command, -1, OUTPUT_NOWHERE, timeout_ms, fn, user);
}

enum ct_err net_command_fed(struct net_loop *loop, const char *command, int in_fd,
                            uint64_t timeout_ms, net_command_fn *fn, void *user)
{
    return start_shell(loop, command, in_fd, OUTPUT_OURS, timeout_ms, fn, user);
}

enum ct_err net_run(struct net_loop *loop, char *const argv[], int in_fd, uint64_t timeout_ms,
                    net_command_fn *fn, void *user)
{
    return start(loop, argv, in_fd, OUTPUT_NOWHERE, timeout_ms, fn, user);
}
