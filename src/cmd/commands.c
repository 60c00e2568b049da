/* src/cmd/commands.c - argv to one row of the table, and that row's exit status. */
#include "cmd/command.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "cmd/config.h"
#include "cmd/serve_cfg.h"
#include "fleet/link.h"
#include "net/loop.h"

/* clang-format off */
const struct command_row command_rows[] = {
    {"watch", CMD_WATCH, "[ORDER...]", "the dashboard (default)",
     "Follows the named orders, those of the configuration, and with --discover every active order. "
     "Orders can be added and removed while it runs (:add ID, :remove ID). Press ? for the keys.",
     watch_run},
    {"demo", CMD_DEMO, "", "server, simulation and dashboard in one",
     "Starts the embedded server on a free port of 127.0.0.1, lets simulated charging sessions "
     "publish to it, and opens the dashboard on that socket. No account and no network needed.",
     demo_run},
    {"serve", CMD_SERVE, "", "the embedded Pusher-compatible server",
     "Prints `ready ws://ADDRESS:PORT/app/KEY` as its first line and runs until interrupted. Without "
     "[app ID] in the configuration it serves the app `demo` (key demo-key, secret demo-secret; bearer "
     "token demo-token, unless you name others), and then binds to loopback addresses only. For an app of "
     "your own no bearer token is good but those you name.",
     serve_run},
    {"tail", CMD_TAIL, "[ORDER|CHANNEL...]", "no screen: one JSON object a line",
     "Prints what happens to the named orders (or whole channel names such as private-orders.2149) on "
     "stdout, one JSON object a line; messages go to stderr. Stops at --count, --for, an interrupt or a "
     "closed pipe. See JSON LINES in the manual for the members.",
     tail_run},
    {"doctor", CMD_DOCTOR, "[ORDER]", "what works and what does not, step by step",
     "Goes the way of the dashboard with real sockets and times each step: configuration, DNS, TCP, TLS, "
     "upgrade, hello, authorization, subscription, first event (an order is needed for the last three: "
     "the one named, or the first that the REST interface lists). The first step that fails is explained "
     "and decides the exit status; no event within --for is a note only. A profile of kind = vms is gone "
     "through its own way: login (or the token), address (api/v1/wsurl), and then the same steps on the "
     "user's channel; no order is named. Then the terminal: type, size, "
     "colours, locale, characters to look at, and how wide it draws them.",
     doctor_run},
    {"explain", CMD_EXPLAIN, "[CODE...]", "what an error means and what to do",
     "Explains close codes, HTTP statuses and causes such as dns, refused or tls-expired: what it is, "
     "likely causes, whether it is tried again and when, what to do. Without CODE all of them are "
     "listed. An unknown one ends with 2 and names the nearest. For example: chargetop explain 4009",
     explain_run},
    {"watch-order", CMD_WATCH_ORDER, "ORDER...", "print how orders change to the end",
     "Prints each change of state of the named orders, one line each with the local time, and ends when "
     "every one has been in the state of --until, with the receipt of each that completed. Exit status: 0 it was reached, 1 it ended otherwise "
     "(completed short of its target, or before that state; not known to the server), 3 refused, "
     "4 no connection, 5 --for was over first.",
     watch_order_run},
    {"trigger", CMD_TRIGGER, "", "publish events through the HTTP API",
     "Publishes one event on the channels named by --channel or to the user of --user, or the events of "
     "--batch, through the HTTP API of Pusher's hosted service, soketi, Reverb or `chargetop serve`. "
     "Nothing is sent twice unless --retry says so. For example: chargetop trigger -c orders -e paid -d '{\"id\":7}'",
     trigger_run},
    {"notify", CMD_NOTIFY, "[KIND]", "send a notification through the HTTP API",
     "Publishes a notification on CHANNEL-ID as the go_commons pusher package does: one of the first "
     "generation made of the options, its KIND toast, download, navigate, info, audio or data; or with "
     "--v2 a list of actions out of a file. Link, path and JSON "
     "are checked before anything is sent. For example: chargetop notify toast -c notifications --id 1001 "
     "-m 'Session 2149 started' --type success",
     notify_run},
    {"beams", CMD_BEAMS, "ACTION [WORD]", "web push through Pusher Beams",
     "publish [FILE] sends a web push made of the options, or the request in FILE as it is (users beyond "
     "100, other platforms), to interests or users; delete-user USER stops all pushes to a user; token "
     "USER prints what an application answers its signed-in user's browser, valid for a day. Limits are "
     "checked before anything is sent. Tested against a stand-in only: the service itself is not reached "
     "by the tests, and a terminal cannot receive web pushes.",
     beams_run},
    {"channels", CMD_CHANNELS, "[NAME]", "channels in use, one of them, or its users",
     "Lists the channels that somebody is subscribed to, tells about the one named, or with --users who "
     "is in it.",
     channels_run},
    {"terminate", CMD_TERMINATE, "USER", "close all connections of a signed-in user",
     "Asks the server to close every connection on which this user has signed in.",
     terminate_run},
    {"auth", CMD_AUTH, "[CHANNEL] SOCKET_ID", "sign what an auth endpoint would answer",
     "Prints the JSON that lets the connection SOCKET_ID join a private, presence or encrypted channel, or "
     "with --signin sign a user in. Nothing is sent. A presence channel needs --user, an encrypted "
     "one --encryption-key-file.",
     auth_run},
    {"webhook", CMD_WEBHOOK, "", "receive webhooks, verify and print them",
     "Listens for webhooks, accepts those signed by one of our applications (that of --key, and every "
     "[app ID] of the configuration) and not too old, and prints their events or gives each to --exec. What "
     "is delivered again is accepted, and told once. Messages go to stderr.",
     webhook_run},
    {"themes", CMD_THEMES, "[NAME...]", "the themes there are, each with a sample",
     "Prints every theme with a sample in its colours and the file it was found in; with NAME each of "
     "its roles too. Colours only on a terminal, or with --color=always; NO_COLOR is honoured.",
     themes_run},
    {"completion", CMD_COMPLETION, "bash|zsh|fish", "print a completion script for a shell",
     "For example: chargetop completion bash > ~/.local/share/bash-completion/completions/chargetop",
     completion_run},
};
/* clang-format on */

const size_t command_row_count = COUNT_OF(command_rows);

void command_complain(const char *format, ...)
{
    va_list args;

    (void)fputs("chargetop: ", stderr);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
}

void command_complain_link(const struct link *l)
{
    if (l->last_reason[0])
        command_complain("no connection within this time: %s", l->last_reason);
    else
        command_complain("no connection within this time");
}

void command_complain_token(const struct link *l)
{
    if (l->auth_text[0] && !strstr(l->auth_text, "401"))
        command_complain("no token: %s", l->auth_text); /* there was none to refuse */
    else
        command_complain("the token was refused (401); renew it and try again");
}

enum { LOOP_PATIENCE_MS = 500 };

int command_end(struct net_loop *loop, int status)
{
    if (net_loop_destroy_within(loop, LOOP_PATIENCE_MS))
        return status;
    (void)fflush(NULL);
    _exit(status);
}

static const struct command_row *find(const char *name)
{
    for (size_t i = 0; i < command_row_count; i++)
        if (strcmp(command_rows[i].name, name) == 0)
            return &command_rows[i];
    return NULL;
}

static void print_mistake(void *user, const char *line)
{
    (void)user;
    (void)fprintf(stderr, "%s\n", line);
}

/* Of the files that serve reads, those named on the command line are the ones that count. */
static void take_files(struct settings *to, const struct settings *argv)
{
    if (argv->apps_file[0])
        (void)str_copy(to->apps_file, sizeof to->apps_file, str_from(argv->apps_file));
    if (argv->auth_tokens[0])
        (void)str_copy(to->auth_tokens, sizeof to->auth_tokens, str_from(argv->auth_tokens));
    if (argv->tls_cert[0])
        (void)str_copy(to->tls_cert, sizeof to->tls_cert, str_from(argv->tls_cert));
    if (argv->tls_key[0])
        (void)str_copy(to->tls_key, sizeof to->tls_key, str_from(argv->tls_key));
}

static int check_config(struct settings *s)
{
    struct settings *scratch = settings_create();
    int mistakes = 0;

    if (!scratch) {
        command_complain("out of memory");
        return EXIT_FAILED;
    }
    scratch->command = s->command;
    if (s->config_file[0])
        mistakes = config_read(scratch, s->config_file, s->profile, print_mistake, NULL);
    take_files(scratch, s);
    if (s->command == CMD_SERVE && mistakes == 0)
        mistakes = serve_cfg_check(scratch, print_mistake, NULL);
    settings_destroy(scratch);
    if (mistakes == 0 && s->config_file[0])
        (void)printf("%s: no mistakes\n", s->config_file);
    else if (mistakes == 0)
        (void)printf("no configuration file; built-in values are used\n");
    return mistakes == 0 ? EXIT_DONE : EXIT_USAGE;
}

static int finish_stdout(int status)
{
    if (fflush(stdout) != 0 && status == EXIT_DONE)
        return EXIT_FAILED;
    return status;
}

static int refuse(const struct fault *fault)
{
    command_complain("%s", fault->text);
    return EXIT_USAGE;
}

/* --help and --version answer before anything else is looked at, a broken configuration included. */
static int run_asked(const struct command_row *row, struct settings *asked, struct settings *s,
                     int argc, char **argv)
{
    struct fault fault = {.err = CT_OK};

    if (options_read_argv(asked, row->bit, argc, argv, &fault) != CT_OK)
        return refuse(&fault);
    if (asked->help) {
        help_print(stdout, row);
        return finish_stdout(EXIT_DONE);
    }
    if (asked->version) {
        (void)printf("chargetop %s\n", CHARGETOP_VERSION);
        return finish_stdout(EXIT_DONE);
    }
    if (row->bit & CMD_BARE)
        return row->run(asked);
    if (options_read(s, row->bit, argc, argv, &fault) != CT_OK)
        return refuse(&fault);
    return asked->check_config ? finish_stdout(check_config(s)) : row->run(s);
}

static int run_row(const struct command_row *row, int argc, char **argv)
{
    struct settings *s = settings_create();
    struct settings *asked = settings_create();
    int status = EXIT_FAILED;

    if (s && asked)
        status = run_asked(row, asked, s, argc, argv);
    else
        command_complain("out of memory");
    settings_destroy(asked);
    settings_destroy(s);
    return status;
}

int command_main(int argc, char **argv)
{
    const struct command_row *row = argc > 1 ? find(argv[1]) : NULL;

    if (row)
        return run_row(row, argc - 2, argv + 2);
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        help_print(stdout, NULL);
        return finish_stdout(EXIT_DONE);
    }
    if (argc > 1 && strcmp(argv[1], "--man") == 0) {
        manual_print(stdout);
        return finish_stdout(EXIT_DONE);
    }
    return run_row(&command_rows[0], argc - 1, argv + 1);
}
