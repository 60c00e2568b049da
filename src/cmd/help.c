/* src/cmd/help.c - --help, the man page and completions, all printed from the tables. */
#include <string.h>

#include "cmd/command.h"
#include "cmd/config.h"
#include "cmd/help_query.h"
#include "cmd/help_serve.h"
#include "sim/sim.h"
#include "ui/ui.h"

enum { HELP_COLUMN = 26, HELP_WIDTH = 79 };

/* Words of text from column `indent`, broken before HELP_WIDTH; the first line begins at `at`. */
static void print_wrapped(FILE *to, const char *text, int at, int indent)
{
    struct str rest = str_from(text);
    bool first = true;

    while (rest.len > 0) {
        const struct str word = str_split(&rest, ' ');
        if (!first && at + 1 + (int)word.len > HELP_WIDTH) {
            (void)fprintf(to, "\n%*s", indent, "");
            at = indent;
            first = true;
        }
        (void)fprintf(to, "%s%.*s", first ? "" : " ", (int)word.len, word.ptr);
        at += (first ? 0 : 1) + (int)word.len;
        first = false;
    }
    (void)fputc('\n', to);
}

static size_t option_title(const struct option_row *row, char *to, size_t cap)
{
    char letter[8] = "    ";

    if (row->letter)
        (void)str_format(letter, sizeof letter, "-%c, ", row->letter);
    return str_format(to, cap, "%s--%s%s%s%s", letter, row->negatable ? "[no-]" : "", row->name,
                      row->argument ? " " : "", row->argument ? row->argument : "");
}

static void print_option(FILE *to, const struct option_row *row)
{
    char title[80];
    const int len = (int)option_title(row, title, sizeof title);

    (void)fprintf(to, "  %s", title);
    if (len + 2 >= HELP_COLUMN)
        (void)fprintf(to, "\n%*s", HELP_COLUMN, "");
    else
        (void)fprintf(to, "%*s", HELP_COLUMN - len - 2, "");
    print_wrapped(to, row->help, HELP_COLUMN, HELP_COLUMN);
}

static void print_group(FILE *to, const char *group, unsigned bit)
{
    bool any = false;

    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (strcmp(row->group, group) != 0 || !(row->commands & bit))
            continue;
        if (!any)
            (void)fprintf(to, "\n%s:\n", group);
        any = true;
        print_option(to, row);
    }
}

static const char *const groups[] = {
    "Connection", "Authorization", "Video",     "Application", "Orders", "Message",    "Screen",
    "Output",     "Snapshot",      "Recording", "Webhook",     "Server", "Simulation", "General"};

const char help_link_faults[] =
    "drop, refuse, stall-link, 401, restart, overload; with a video back "
    "end: vms-moved, vms-logout";

static void print_exit_statuses(FILE *to)
{
    (void)fputs("\nExit status: 0 done, 1 failed, 2 usage or configuration, 3 authorization\n"
                "refused, 4 connection, 5 timeout.\n",
                to);
}

static void print_overview(FILE *to)
{
    (void)fputs("chargetop follows EV charging orders live over the Pusher protocol.\n\nUsage:\n",
                to);
    for (size_t i = 0; i < command_row_count; i++) {
        char line[64];
        const char *name = i == 0 ? "[watch]" : command_rows[i].name;
        const size_t n =
            str_format(line, sizeof line, "  chargetop %s %s", name, command_rows[i].argument);
        (void)fprintf(to, "%s%*s%s\n", line, n < 38 ? (int)(38 - n) : 1, "",
                      command_rows[i].summary);
    }
    (void)fputs("\nTry `chargetop demo`, then `chargetop COMMAND --help`.\n", to);
    (void)fputs("\nA token comes from --token-file, the environment CHARGETOP_TOKEN or a\n"
                "token_command in the configuration; never from the command line.\n",
                to);
    print_exit_statuses(to);
}

void help_print(FILE *to, const struct command_row *command)
{
    if (!command) {
        print_overview(to);
        return;
    }
    (void)fprintf(to, "Usage: chargetop %s [OPTION...]%s%s\n\n", command->name,
                  *command->argument ? " " : "", command->argument);
    print_wrapped(to, command->details, 0, 0);
    for (size_t i = 0; i < COUNT_OF(groups); i++)
        print_group(to, groups[i], command->bit);
    if (command->bit & (CMD_SERVE | CMD_DEMO)) {
        (void)fputs("\nFaults of orders: ", to);
        print_wrapped(to, sim_fault_names(), 18, 2);
        (void)fputs("Faults of the connection: ", to);
        print_wrapped(to, help_link_faults, 26, 2);
    }
    if (command->bit & CMD_CLIENTS)
        (void)fputs(
            "\nEach option can be given in the environment as CHARGETOP_NAME, and most in the\n"
            "configuration file; the order of precedence is command line, environment, file,\n"
            "built-in. The bearer token itself: CHARGETOP_TOKEN; the\n"
            "password of a kind = vms profile: CHARGETOP_PASSWORD.\n",
            to);
    if (command->bit & CMD_APP)
        (void)fputs(
            "\nThe application's secret never stands on the command line: it comes from\n"
            "--secret-file, secret_command in the configuration, an [app ID] section, or\n"
            "the environment: CHARGETOP_SECRET, PUSHER_APP_SECRET, or with everything else\n"
            "PUSHER_URL=https://KEY:SECRET@HOST/apps/ID. PUSHER_APP_ID, PUSHER_APP_KEY,\n"
            "PUSHER_HOST, PUSHER_PORT, PUSHER_SCHEME and PUSHER_CLUSTER are read as well.\n",
            to);
    print_exit_statuses(to);
}

/* --- the manual ---------------------------------------------------------------------------- */

/* roff reads a leading dot or quote and every backslash and hyphen its own way. */
static void print_roff(FILE *to, const char *text)
{
    if (*text == '.' || *text == '\'')
        (void)fputs("\\&", to);
    for (; *text; text++) {
        if (*text == '\\')
            (void)fputs("\\e", to);
        else if (*text == '-')
            (void)fputs("\\-", to);
        else
            (void)fputc(*text, to);
    }
}

static void manual_options(FILE *to)
{
    for (size_t g = 0; g < COUNT_OF(groups); g++) {
        (void)fprintf(to, ".SS %s\n", groups[g]);
        for (size_t i = 0; i < option_row_count; i++) {
            const struct option_row *row = &option_rows[i];
            char title[80];
            bool first = true;

            if (strcmp(row->group, groups[g]) != 0)
                continue;
            (void)option_title(row, title, sizeof title);
            (void)fputs(".TP\n.B ", to);
            print_roff(to, title + (row->letter ? 0 : 4));
            (void)fputs("\n", to);
            print_roff(to, row->help);
            (void)fputs(".\nCommands: ", to);
            for (size_t c = 0; c < command_row_count; c++)
                if (row->commands & command_rows[c].bit) {
                    (void)fprintf(to, "%s%s", first ? "" : ", ", command_rows[c].name);
                    first = false;
                }
            (void)fputs(".\n", to);
        }
    }
}

/* "Actions: up, down." under the keys of a row. */
static void manual_actions(FILE *to, const struct key_row *wanted)
{
    const struct key_row *row;
    int nth = 0, count = 0;

    for (size_t n = 0; key_action_at(n, &row, &nth); n++) {
        char name[32];

        if (row != wanted)
            continue;
        (void)fputs(count++ == 0 ? "(" : ", ", to);
        (void)key_action_name(row, nth, name, sizeof name);
        print_roff(to, name);
    }
    if (count > 0)
        (void)fputs(")\n", to);
}

static void manual_keys(FILE *to)
{
    const char *group = "";

    for (int i = 0; i < key_row_count; i++) {
        if (strcmp(group, key_rows[i].group) != 0) {
            group = key_rows[i].group;
            (void)fprintf(to, ".SS %s\n", group);
        }
        (void)fputs(".TP\n.B ", to);
        print_roff(to, key_rows[i].keys);
        (void)fputs("\n", to);
        print_roff(to, key_rows[i].help);
        (void)fputs("\n", to);
        manual_actions(to, &key_rows[i]);
    }
}

static void manual_columns(FILE *to)
{
    for (int i = 0; i < order_column_count; i++) {
        (void)fputs(".TP\n.B ", to);
        print_roff(to, order_columns[i].title);
        (void)fputs("\n", to);
        print_roff(to, order_columns[i].help);
        (void)fputs("\n", to);
    }
}

static const char manual_json[] =
    ".SH JSON LINES\n"
    "\\fBtail\\fR prints one object a line. Members are only ever added. All lines have:\n"
    ".TP\n.B time\nRFC 3339 in UTC with milliseconds: when it arrived here.\n"
    ".TP\n.B kind\nstate, subscribed, denied, consumption, completed, event, member_added, "
    "member_removed, subscription_count, cache_miss, notice, signin, watchlist or error.\n"
    ".TP\n.B channel\nthe channel, or null.\n"
    ".TP\n.B event\nthe event's name as received, or null.\n"
    ".PP\nkind state adds state (connecting, connected, unavailable, disconnected, failed), code, "
    "reason, socket_id and "
    "retry_in_ms. kind denied and error add code and message. Lines about an order add:\n"
    ".TP\n.B order\nthe order's id as text.\n"
    ".TP\n.B charge_point, connector\nits name, and the number of the outlet; null when unknown.\n"
    ".TP\n.B energy_kwh\nenergy since the start; null when unknown.\n"
    ".TP\n.B power_kw\nderived from energy and the server's time; null until known.\n"
    ".TP\n.B elapsed_s\ncharging time; null when unknown.\n"
    ".TP\n.B price, currency, price_estimated\nwhat it costs so far; price_estimated is true when "
    "computed here.\n"
    ".TP\n.B status\nwaiting, charging, tapering, slow, stalled, quiet, overrun, offline, "
    "stopping, completed, "
    "scheduled, denied or bad.\n"
    ".PP\nChannels of orders are private\\-orders.ID and orders.ID; any other name, also one that ends alike "
    "such as shop.orders.5, is that of a channel without an order.\n"
    ".PP\nkind event adds data, the payload as JSON or as text when it is not JSON, "
    "and user_id, who sent a client event on a presence channel. Events of encrypted channels have "
    "encrypted, and "
    "decrypted: whether data is what was sent. kind subscribed of a presence channel adds user_id, "
    "who we "
    "are there, and members with user_id and user_info; member_added and member_removed add "
    "user_id, "
    "user_info and member_count. members_meanwhile follows a loss: joined_count and left_count, of each "
    "up to 16 ids in joined and left, member_count. subscription_count adds that number. signin adds state, user_id, "
    "code and "
    "message; watchlist adds data.\n"
    ".PP\nkind notice is a notification. It adds version (1 or 2), job, last_response, actions in "
    "the order in "
    "which they run (action, sequence, type, message, link, path, order, data), unknown_actions "
    "and metadata. "
    "After its last_response the channel is left, unless notices names it.\n"
    ".PP\nkind vms is what a profile of kind = vms brings: type, holder (the event's name in the "
    "mobile SDK), text (a line for people), severity, and the fields of the type: camera, "
    "camera_id, "
    "license_plate, count, intercom, call_status, archive_url and so on.\n"
    ".SH SNAPSHOTS\n"
    "\\fB\\-\\-json\\fR prints one object: version, complete, time, profile, link, counts, orders "
    "(the "
    "fields of \\fB\\-\\-csv\\fR) and notices, newest first. counts has fires (cameras whose fire "
    "is not "
    "over) and notices as well. Of a notification:\n"
    ".TP\n.B time, channel, profile\nwhen it came, on which channel of which connection.\n"
    ".TP\n.B kind\ntoast, download, navigate, info, audio or data.\n"
    ".TP\n.B level, state\nsuccess, warning, failure, info, in progress or notification; state is "
    "running "
    "or ended for in_progress, else null.\n"
    ".TP\n.B text, link, path, order\nwhat it says, where it leads, and the order that it names; "
    "null "
    "for none. Secrets are left out.\n"
    ".TP\n.B job\nthe job it is about, or null: its channel stands for it.\n"
    ".PP\n\\fB\\-\\-csv \\-\\-table notices\\fR and \\fB\\-\\-ndjson \\-\\-table notices\\fR print "
    "the same fields, as do "
    ":export notices FILE in the dashboard and notices.csv in a bundle.\n";

static void manual_limits(FILE *to)
{
    const char *key;
    bool is_time;

    (void)fputs("Keys of [limits]: ", to);
    for (size_t i = 0; (key = config_limit_key(i, &is_time)); i++)
        (void)fprintf(to, "%s%s%s", i > 0 ? ", " : "", key, is_time ? " (time)" : "");
    (void)fputs(".\n", to);
}

static void manual_alarms(FILE *to)
{
    static const char *const values[] = {[CONFIG_ALARM_TIME] = "time",
                                         [CONFIG_ALARM_SWITCH] = "yes or no",
                                         [CONFIG_ALARM_NOTIFY] = "off, osc9, osc777"};
    enum config_alarm_value value;
    const char *key;

    (void)fputs(".PP\nKeys of [alarms]: ", to);
    for (size_t i = 0; (key = config_alarm_key(i, &value)); i++)
        (void)fprintf(to, "%s%s (%s)", i > 0 ? ", " : "", key, values[value]);
    (void)fputs(
        ".\nAn alarm is raised when the state has lasted as long as its hold asks for, on top of "
        "the threshold in [limits]; a state set to no is shown, but raises none. Bell and "
        "notification are off unless they are asked for.\n"
        "A camera that sees fire or smoke (kind = vms) raises an alarm of its own, at once, before "
        "those of the link and of orders: one for each camera, with the time of the first and the "
        "last report. It stays until somebody acknowledges it; then it is cleared when the camera "
        "has been quiet for 15 minutes. It changes no order's state and no count of orders.\n"
        ".PP\nKeys of [site NAME]: limit_kw, members (beginnings of charge point titles, or "
        "id:NUMBER, with commas between them).\n",
        to);
}

static void manual_files(FILE *to)
{
    (void)fputs(
        ".SH ENVIRONMENT\nEach option is read from \\fBCHARGETOP_\\fINAME\\fR as well (upper case, "
        "- as _). "
        "\\fBCHARGETOP_TOKEN\\fR holds the bearer token itself, "
        "\\fBCHARGETOP_PASSWORD\\fR the password of a kind = vms profile. \\fBNO_COLOR\\fR, when "
        "not empty, "
        "switches colours off. \\fBCHARGETOP_SECRET\\fR and \\fBCHARGETOP_ENCRYPTION_KEY\\fR hold "
        "an "
        "application's secret and the master key of its encrypted channels (base64); trigger, "
        "notify, channels, terminate, auth and webhook read \\fBPUSHER_URL\\fR "
        "(https://KEY:SECRET@HOST/apps/ID), \\fBPUSHER_APP_ID\\fR, \\fBPUSHER_APP_KEY\\fR, "
        "\\fBPUSHER_APP_SECRET\\fR, \\fBPUSHER_HOST\\fR, \\fBPUSHER_PORT\\fR, "
        "\\fBPUSHER_SCHEME\\fR, \\fBPUSHER_CLUSTER\\fR and "
        "\\fBPUSHER_ENCRYPTION_MASTER_KEY_BASE64\\fR too. beams reads "
        "\\fBCHARGETOP_BEAMS_SECRET\\fR or \\fBPUSHER_BEAMS_SECRET_KEY\\fR, and "
        "\\fBPUSHER_BEAMS_INSTANCE_ID\\fR. Proxies: \\fBhttps_proxy\\fR, "
        "\\fBhttp_proxy\\fR, "
        "\\fBall_proxy\\fR, "
        "\\fBno_proxy\\fR.\n"
        ".SH FILES\n.TP\n.I $XDG_CONFIG_HOME/chargetop/chargetop.conf\nthe configuration (INI): "
        "profile = NAME; [profile NAME] with the connection options, orders = 2149, 2150 and "
        "api_header; [screen]; [limits]; [alarms]; [site NAME]; [kiosk] with pages = attention, "
        "totals, sites, "
        "completions, plot; page_s, hold, old_after, rotation, names, title, notices (channels "
        "meant for all) and exit = q q q; "
        "[serve] with token; [app ID]; [keys] with ACTION = KEY "
        "KEY; [filters] with NAME = QUERY; "
        "[layout NAME] with lines such as row = 2: plot 3, connection: the weight of a row of "
        "panes, the panes from left to right and their weights.\n",
        to);
    manual_limits(to);
    manual_alarms(to);
    help_serve_manual(to);
    (void)fputs(
        ".TP\n.I $XDG_CONFIG_HOME/chargetop/themes/NAME.ini\nthemes of yours.\n"
        ".SH EXIT STATUS\n0 done, 1 failed, 2 usage or configuration, 3 authorization refused, "
        "4 connection, 5 timeout.\n",
        to);
}

void manual_print(FILE *to)
{
    (void)fprintf(to, ".TH CHARGETOP 1 \"\" \"chargetop %s\" \"User Commands\"\n",
                  CHARGETOP_VERSION);
    (void)fputs(".SH NAME\nchargetop \\- follow EV charging orders live over the Pusher protocol\n"
                ".SH SYNOPSIS\n",
                to);
    for (size_t i = 0; i < command_row_count; i++) {
        (void)fprintf(to, "%s.B chargetop\n", i > 0 ? ".br\n" : "");
        print_roff(to, i == 0 ? "[watch]" : command_rows[i].name);
        (void)fputs(" [OPTION...] ", to);
        print_roff(to, command_rows[i].argument);
        (void)fputs("\n", to);
    }
    (void)fputs(
        ".SH DESCRIPTION\n.B chargetop\nshows every charging order that is active now: what it "
        "draws, what has "
        "completed, what has stalled, and whether the connection that tells so can be believed.\n"
        ".SH COMMANDS\n",
        to);
    for (size_t i = 0; i < command_row_count; i++) {
        (void)fputs(".TP\n.B ", to);
        print_roff(to, command_rows[i].name);
        (void)fputs("\n", to);
        print_roff(to, command_rows[i].details);
        (void)fputs("\n", to);
    }
    (void)fputs(".SH OPTIONS\n", to);
    manual_options(to);
    (void)fputs(".PP\nFaults of orders: ", to);
    print_roff(to, sim_fault_names());
    (void)fputs(". Faults of the connection: ", to);
    print_roff(to, help_link_faults);
    (void)fputs(".\n.SH KEYS\n", to);
    (void)fputs(
        "In parentheses the names of the actions: typed at : they do the same, and [keys] of "
        "the configuration gives them other keys (\\fBack = a F7\\fR, \\fBquit = "
        "none\\fR, \\fBevents.zoom = W\\fR for one pane). ^C always quits.\n",
        to);
    manual_keys(to);
    (void)fputs(".SH COLUMNS\n", to);
    manual_columns(to);
    help_query_manual(to);
    (void)fputs(manual_json, to);
    manual_files(to);
}
