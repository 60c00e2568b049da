/* src/cmd/option_table.c - the rows; everything that knows an option's name reads them here. */
#include <stddef.h>

#include "base/str.h"
#include "cmd/options.h"

#define FIELD(member) offsetof(struct settings, member), sizeof(((struct settings *)0)->member)
#define DAY_MS (24LL * 60 * 60 * 1000)
#define CONNECTING (CMD_WATCH | CMD_TAIL)
#define SCREEN (CMD_WATCH | CMD_DEMO)

/* clang-format off */
const struct option_row option_rows[] = {
    {"profile", 0, OPTION_TEXT, "NAME", CONNECTING, NULL, "Connection", FIELD(profile), 0, 0, NULL, false,
     "use this profile of the configuration file, or the built-in `powerly`"},
    {"config", 0, OPTION_TEXT, "FILE", CMD_ALL & ~CMD_BARE, NULL, "Connection", FIELD(config_file), 0, 0, NULL, false,
     "read this configuration file instead of the usual one"},
    {"host", 0, OPTION_TEXT, "NAME", CONNECTING, "profile", "Connection", FIELD(host), 0, 0, NULL, false,
     "server of the Pusher protocol: a name or an address"},
    {"port", 'p', OPTION_INT, "N", CONNECTING, "profile", "Connection", FIELD(port), 0, 65535, NULL, false,
     "its port (443 with TLS, 80 without)"},
    {"path", 0, OPTION_TEXT, "PREFIX", CONNECTING, "profile", "Connection", FIELD(path), 0, 0, NULL, false,
     "path before /app/KEY, such as /ws"},
    {"cluster", 0, OPTION_TEXT, "NAME", CONNECTING, "profile", "Connection", FIELD(cluster), 0, 0, NULL, false,
     "cluster of the hosted service, instead of --host"},
    {"key", 'k', OPTION_TEXT, "KEY", CONNECTING, "profile", "Connection", FIELD(key), 0, 0, NULL, false,
     "application key (public; not the secret)"},
    {"tls", 0, OPTION_FLAG, NULL, CONNECTING, "profile", "Connection", FIELD(tls), 0, 0, NULL, true,
     "use wss (the default); --no-tls for plain ws"},
    {"tls-insecure", 0, OPTION_FLAG, NULL, CONNECTING, "profile", "Connection", FIELD(tls_insecure), 0, 0, NULL, true,
     "do not verify the server's certificate; the screen says so all the time"},
    {"ca-file", 0, OPTION_TEXT, "FILE", CONNECTING, "profile", "Connection", FIELD(ca_file), 0, 0, NULL, false,
     "trust the certificates in this PEM file instead of the system's"},
    {"origin", 0, OPTION_TEXT, "URL", CONNECTING, "profile", "Connection", FIELD(origin), 0, 0, NULL, false,
     "send this Origin header when connecting"},
    {"auth-endpoint", 0, OPTION_TEXT, "URL", CONNECTING, "profile", "Authorization", FIELD(auth_endpoint), 0, 0, NULL, false,
     "where private and presence channels are authorized"},
    {"header", 'H', OPTION_LIST, "NAME: VALUE", CONNECTING, "profile", "Authorization", FIELD(headers), 0, 0, NULL, false,
     "add a header to authorization and REST requests (may be given several times)"},
    {"token-file", 't', OPTION_TEXT, "FILE", CONNECTING, "profile", "Authorization", FIELD(token_file), 0, 0, NULL, false,
     "file that holds the bearer token; read again when the server refuses it"},
    {"token-command", 0, OPTION_TEXT, "COMMAND", CONNECTING, "profile", "Authorization", FIELD(token_command), 0, 0, NULL, false,
     "command that prints the bearer token"},
    {"auth-parallel", 0, OPTION_INT, "N", CONNECTING, "profile", "Authorization", FIELD(auth_parallel), 1, 256, NULL, false,
     "authorization requests at the same time (16)"},
    {"api-base", 0, OPTION_TEXT, "URL", CONNECTING, "profile", "Orders", FIELD(api_base), 0, 0, NULL, false,
     "base of the REST interface, for details and discovery"},
    {"discover", 'd', OPTION_FLAG, NULL, CONNECTING, "profile", "Orders", FIELD(discover), 0, 0, NULL, true,
     "follow every active order the REST interface lists"},
    {"poll", 0, OPTION_DURATION, "TIME", CONNECTING, "profile", "Orders", FIELD(poll_ms), 1000, DAY_MS, NULL, false,
     "how often to read that list (30s)"},
    {"activity-timeout", 0, OPTION_DURATION, "TIME", CONNECTING, "profile", "Connection", FIELD(activity_timeout_ms), 0, DAY_MS, NULL, false,
     "ping after this much silence (2m, or the server's wish if shorter)"},
    {"pong-timeout", 0, OPTION_DURATION, "TIME", CONNECTING, "profile", "Connection", FIELD(pong_timeout_ms), 0, DAY_MS, NULL, false,
     "reconnect when a ping is not answered within this (30s)"},

    {"theme", 0, OPTION_TEXT, "NAME", SCREEN, "screen", "Screen", FIELD(theme), 0, 0, NULL, false,
     "colours: default, light, high-contrast, mono, or a file of yours"},
    {"ascii", 0, OPTION_FLAG, NULL, SCREEN, "screen", "Screen", FIELD(ascii), 0, 0, NULL, true,
     "draw with plain ASCII only"},
    {"color", 0, OPTION_CHOICE, "WHEN", SCREEN, "screen", "Screen", FIELD(color), 0, 0, "auto|never|always", false,
     "auto honours NO_COLOR; always wins over it"},
    {"plot", 0, OPTION_CHOICE, "STYLE", SCREEN, "screen", "Screen", FIELD(plot), 0, 0, "auto|braille|block|ascii", false,
     "how the plot is drawn"},
    {"ambiguous-width", 0, OPTION_CHOICE, "WIDTH", SCREEN, "screen", "Screen", FIELD(ambiguous_width), 0, 0, "narrow|wide", false,
     "wide when the terminal gives lines and blocks two cells: borders become ASCII, plots braille"},
    {"window", 0, OPTION_DURATION, "TIME", SCREEN, "screen", "Screen", FIELD(window_ms), 60000, 7 * DAY_MS, NULL, false,
     "time the plot covers at the start (15m, demo 2m)"},
    {"frames-per-s", 0, OPTION_INT, "N", SCREEN, "screen", "Screen", FIELD(frames_per_s), 1, 60, NULL, false,
     "draw at most this often (10)"},

    {"raw", 0, OPTION_FLAG, NULL, CMD_TAIL, NULL, "Output", FIELD(raw), 0, 0, NULL, false,
     "print each frame as received instead"},
    {"count", 'n', OPTION_INT, "N", CMD_TAIL, NULL, "Output", FIELD(count), 1, 1000000000, NULL, false,
     "stop after N lines"},
    {"for", 0, OPTION_DURATION, "TIME", CMD_TAIL, NULL, "Output", FIELD(for_ms), 1, 365 * DAY_MS, NULL, false,
     "stop after this time (30s, 5m, 1h30m)"},

    {"json", 0, OPTION_FLAG, NULL, CMD_EXPLAIN, NULL, "Output", FIELD(json), 0, 0, NULL, false,
     "print JSON for programs"},

    {"bind", 0, OPTION_TEXT, "ADDRESS", CMD_SERVE, "serve", "Server", FIELD(bind), 0, 0, NULL, false,
     "address to listen on (127.0.0.1)"},
    {"port", 'p', OPTION_INT, "N", CMD_SERVE, "serve", "Server", FIELD(listen_port), 0, 65535, NULL, false,
     "port to listen on (0: a free one)"},
    {"path", 0, OPTION_TEXT, "PREFIX", CMD_SERVE, "serve", "Server", FIELD(listen_path), 0, 0, NULL, false,
     "path before /app/KEY, such as /ws"},
    {"tls-cert", 0, OPTION_TEXT, "FILE", CMD_SERVE, "serve", "Server", FIELD(tls_cert), 0, 0, NULL, false,
     "serve wss and https with this certificate (PEM)"},
    {"tls-key", 0, OPTION_TEXT, "FILE", CMD_SERVE, "serve", "Server", FIELD(tls_key), 0, 0, NULL, false,
     "and its private key"},
    {"simulate", 0, OPTION_INT, "N", CMD_SERVE, "serve", "Simulation", FIELD(simulate), 0, 10000, NULL, false,
     "run N simulated charging sessions"},
    {"orders", 'o', OPTION_INT, "N", CMD_DEMO, NULL, "Simulation", FIELD(demo_orders), 1, 10000, NULL, false,
     "simulated orders at the same time (24)"},
    {"seed", 0, OPTION_INT, "N", CMD_SERVE | CMD_DEMO, "serve", "Simulation", FIELD(seed), 0, INT64_MAX, NULL, false,
     "seed of the simulation: the same seed gives the same events"},
    {"speed", 0, OPTION_DECIMAL, "X", CMD_SERVE | CMD_DEMO, "serve", "Simulation", FIELD(speed_milli), 1, 3600000, NULL, false,
     "simulated time runs X times as fast (serve 1, demo 20)"},
    {"period", 0, OPTION_DURATION, "TIME", CMD_SERVE | CMD_DEMO, "serve", "Simulation", FIELD(period_ms), 100, DAY_MS, NULL, false,
     "simulated time between two updates of an order (10s)"},
    {"fault", 0, OPTION_LIST, "NAME", CMD_SERVE | CMD_DEMO, "serve", "Simulation", FIELD(faults), 0, 0, NULL, false,
     "let this go wrong, see below (may be given several times)"},

    {"check-config", 0, OPTION_FLAG, NULL, CMD_ALL & ~CMD_BARE, NULL, "General", FIELD(check_config), 0, 0, NULL, false,
     "check the configuration file, name each mistake, and exit"},
    {"help", 'h', OPTION_FLAG, NULL, CMD_ALL, NULL, "General", FIELD(help), 0, 0, NULL, false,
     "print this and exit"},
    {"version", 'V', OPTION_FLAG, NULL, CMD_ALL, NULL, "General", FIELD(version), 0, 0, NULL, false,
     "print the version and exit"},
};
/* clang-format on */

const size_t option_row_count = COUNT_OF(option_rows);
