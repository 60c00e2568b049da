/* src/cmd/help_serve.c - applications, tokens, endpoints, signals and metrics of `serve`, as roff. */
#include "cmd/help_serve.h"

#include "cmd/config.h"
#include "net/server.h"
#include "server/server.h"

static void apps(FILE *to)
{
    const char *key;

    (void)fputs(".PP\nKeys of [app ID], an application that \\fBserve\\fR serves: ", to);
    for (size_t i = 0; (key = config_app_key(i)); i++)
        (void)fprintf(to, "%s%s", i > 0 ? ", " : "", key);
    (void)fputs(
        ".\nThe secret stands in secret, in the one line of secret_file or in the variable that "
        "secret_env names; a file of secrets must not be open to everybody. "
        "encryption_master_key_file holds 32 bytes in base64 and makes encrypted channels "
        "possible. user_authentication is the time in which a connection must sign in or join a "
        "private channel, else it is closed with 4009. origins (several) lists the pages that may "
        "connect; programs that send no Origin are no pages and may. tls_only tells plain "
        "connections 4000.\n",
        to);
    (void)fprintf(
        to,
        ".PP\nOf an application at most channels_max (%d) channels exist at once, of a connection "
        "channels_per_connection (%d), public_channels_per_connection (%d) of which may be public: "
        "nobody vouched for those. What is above is refused with pusher:subscription_error, "
        "LimitReached 4100. A connection may subscribe, unsubscribe and sign in "
        "subscriptions_per_s (%d) times a second, public channels counted apart, and at once as "
        "often as it may have channels of the kind, so that a client that comes back is not "
        "refused; above it is told 4301 and stays connected. An unsubscription is always carried "
        "out.\n",
        HUB_CHANNELS_MAX, HUB_CHANNELS_PER_CONNECTION_MAX, HUB_PUBLIC_PER_CONNECTION,
        HUB_ASKS_PER_SECOND);
    (void)fputs(".PP\nwebhook = URL [events=A,B] [prefix=P] [batch=yes] (up to eight) is told what "
                "happens: "
                "channel_occupied, channel_vacated, member_added, member_removed, client_event, "
                "cache_miss, subscription_count; all of them without events. ",
                to);
    (void)fprintf(to,
                  "A post is signed in X\\-Pusher\\-Signature, has %d s to be answered with 2xx, "
                  "follows no redirect, and is tried again for %d minutes.\n",
                  SERVER_WEBHOOK_TIMEOUT_MS / 1000, WEBHOOK_GIVE_UP_MS / 60000);
}

static void tokens(FILE *to)
{
    (void)fputs(
        ".PP\nThe file of \\fB\\-\\-auth\\-tokens\\fR holds one JSON object a line; lines that "
        "begin with # do not count. token is the bearer token, or sha256 its SHA\\-256 in 64 hex "
        "digits. channels lists what it may join: * stands for any characters, {user_id} for the "
        "user's id. user_id, user_info (an object) and watchlist (ids) are what presence channels "
        "and signing in tell of the user; apps limits the token to applications by id. It must "
        "not be readable by everybody, and is read again on SIGHUP. For example:\n"
        ".PP\n.nf\n"
        "{\"token\":\"...\",\"user_id\":\"7\",\"user_info\":{\"name\":\"Ann\"},\n"
        " \"channels\":[\"private\\-orders.*\",\"private\\-user.{user_id}\"]}\n"
        ".fi\n(on one line).\n",
        to);
    (void)fprintf(to,
                  ".PP\nEndpoints: POST /pusher/auth and /broadcasting/auth for channels, "
                  "/pusher/user\\-auth and /broadcasting/user\\-auth for signing in; forms and "
                  "JSON. With several applications ?key=KEY names the one to sign for. Above "
                  "\\fB\\-\\-auth\\-rate\\fR they answer 429 with Retry\\-After; a refused token "
                  "counts as %d requests of its address.\n",
                  SERVER_AUTH_REFUSED_PRICE);
}

static void strangers(FILE *to)
{
    (void)fprintf(
        to,
        ".PP\nStrangers: one address (of IPv6 one network of 64 bits) may have "
        "\\fB\\-\\-connections\\-per\\-address\\fR WebSockets, further ones are told 4100, and %d "
        "connections besides; this machine may have any number. Behind a proxy all clients have "
        "its address: name it with \\fB\\-\\-trusted\\-proxy\\fR, and the last address in its "
        "X\\-Forwarded\\-For that is no trusted proxy counts, for the log and for "
        "\\fB\\-\\-auth\\-rate\\fR as well. That header is believed of nobody else. A body is "
        "taken when the head shows a known token or a signed query (which covers body_md5), else "
        "the refusal comes at once; of a login up to %d bytes. A head has %d s, a body %d s, then "
        "the answer is 408; all bodies together may have %d MB, then it is 503 with "
        "Retry\\-After.\n",
        SERVER_HTTP_PER_ADDRESS, SERVER_LOGIN_MAX_BYTES, NET_SERVER_HEAD_MS / 1000,
        NET_SERVER_BODY_MS / 1000, NET_SERVER_BODIES_MAX_BYTES / (1024 * 1024));
}

static void running(FILE *to)
{
    (void)fprintf(
        to,
        ".PP\nSignals of \\fBserve\\fR: SIGHUP reads the configuration, applications, "
        "their webhooks and secrets, tokens, certificate and key again: all of it takes "
        "effect, or with a mistake nothing, which is said in one line, as is what needs a "
        "restart. Connections of an application that is no more end with 4001, of one that "
        "is disabled now with 4003; all others stay. Webhooks not yet delivered are dropped "
        "when the webhook lines of their application change. SIGTERM and SIGINT stop listening, "
        "answer "
        "requests under way, close clients with 4200 within \\fB\\-\\-drain\\-s\\fR (but "
        "no more than %d ms for each), deliver webhooks for up to %d s and end with 0; a "
        "second one ends at once with 1.\n",
        SERVER_DRAIN_EACH_MS, SERVER_DRAIN_HOOKS_MS / 1000);
    (void)fputs(
        ".PP\nGET /up answers ok. GET /metrics has what is counted, for Prometheus: on the port of "
        "\\fB\\-\\-metrics\\-port\\fR, else on the first one for peers of the same machine whose "
        "request has no header of a proxy; behind a proxy that adds none, give it a port of its "
        "own. With \\fB\\-\\-json\\fR each line on stdout has time and kind: ready, opened, "
        "closed, publish, auth, http or webhook; never a secret, token or signature. Lines that a "
        "reader "
        "is too slow for are left out and counted (left_out).\n",
        to);
}

void help_serve_manual(FILE *to)
{
    apps(to);
    tokens(to);
    strangers(to);
    running(to);
}
