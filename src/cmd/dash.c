#include "cmd/dash.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/wake.h"
#include "cmd/command.h"
#include "cmd/config.h"
#include "cmd/dash_alarms.h"
#include "cmd/dash_channels.h"
#include "cmd/dash_demo.h"
#include "cmd/dash_kiosk.h"
#include "cmd/dash_notices.h"
#include "cmd/dash_orders.h"
#include "cmd/dash_record.h"
#include "cmd/dash_share.h"
#include "cmd/history_file.h"
#include "cmd/paths.h"
#include "cmd/pipeline.h"
#include "cmd/receipts_file.h"
#include "cmd/reload.h"
#include "cmd/state.h"
#include "cmd/view_settings.h"
#include "sim/sim.h"
#include "term/term.h"
#include "ui/colour.h"
#include "ui/thrift.h"
#include "ui/ui.h"

/* Keys read in one turn, so that a pasted novel cannot keep the network waiting. */
enum { KEYS_PER_TURN_MAX = 256, CLOCK_STEP_MS = 1000, BUSY_STEP_MS = 20, KEY_STEP_MS = 15 };

struct dash {
    const struct settings *s;
    struct net_loop *loop;
    struct simhost *host;
    struct pipeline pipe;
    struct term *term;
    struct net_watch *keys;
    struct net_timer *frame, *end_timer; /* end_timer: of --for; NULL without it */
    struct surface surface;
    struct theme theme;
    char theme_name[SETTINGS_TEXT_MAX];
    bool theme_auto;        /* the terminal's answer decides between light and default */
    struct settings *fresh; /* as read at the last ^R, owned; NULL: never */
    char state_file[SETTINGS_TEXT_MAX];
    char theme_words[512], fault_words[512]; /* names to complete at : */
    struct view view;
    struct dash_alarms alarms;
    struct dash_notices notices;
    uint64_t frame_ms; /* shortest time between two frames */
    uint64_t drawn_ms; /* when the last one was drawn */
    bool repaint, ending;
    bool by_key; /* the next frame shows what a key did */
    bool hurry;  /* a key was pressed: its effect does not wait for the frame limit */
    struct share_desk share;
    struct thrift thrift;
    bool low_bandwidth;
    struct dash_kiosk kiosk;
    struct wake wake;
    struct receipts_file receipts; /* not of simulated orders */
    const char *why;               /* it ended */
    struct dash_record record;
    bool pinned; /* demo: the first orders of the plot were chosen */
    int status;
};

/* What the screen calls now: in a replay that is long ago. */
static uint64_t now_of(const struct dash *d)
{
    return pipeline_now_ms(&d->pipe);
}

static struct ui_model model_of(struct dash *d)
{
    const int64_t now_unix_ms = pipeline_unix_ms(&d->pipe);

    dash_record_fill(&d->record, &d->pipe);
    return (struct ui_model){.fleet = d->pipe.fleet,
                             .now_ms = now_of(d),
                             .now_unix_ms = now_unix_ms,
                             .utc_offset_s = net_utc_offset_s(now_unix_ms),
                             .profile = d->host ? "demo" : pipeline_profile(&d->pipe),
                             .recording = d->record.shown,
                             .replay = d->record.replay_shown,
                             .colours = d->term && term_colours(d->term),
                             .ambiguous_wide = strcmp(d->s->ambiguous_width, "wide") == 0,
                             .ascii = d->view.ascii,
                             .spark_ms = pipeline_spark_ms(&d->pipe),
                             .keys = &d->view.keys,
                             .low_bandwidth = d->low_bandwidth};
}

static void keep_receipts(struct dash *d, const struct ui_model *m)
{
    struct fault fault = {.err = CT_OK};

    if (receipts_file_keep(&d->receipts, d->pipe.fleet, m->now_ms, m->now_unix_ms, &fault) != CT_OK)
        view_say(&d->view, m->now_ms, fault.text);
}

static void draw(struct dash *d)
{
    int cols = 0;
    int rows = 0;

    term_size(d->term, &cols, &rows);
    const uint64_t drawn_ms = net_now_ms(d->loop);
    fleet_set_utc_offset(d->pipe.fleet, net_utc_offset_s(pipeline_unix_ms(&d->pipe)));
    (void)fleet_tick(d->pipe.fleet, now_of(d));
    pipeline_fill_link(&d->pipe);
    const struct ui_model m = model_of(d);
    dash_record_message(&d->record, &d->pipe, &d->view);
    fleet_set_utc_offset(d->pipe.fleet, m.utc_offset_s);
    dash_kiosk_help(&d->kiosk, &d->pipe, m.now_ms);
    if (d->host && !d->pinned)
        d->pinned = dash_demo_pin(d->pipe.fleet, m.now_ms);
    if (surface_resize(&d->surface, cols, rows) != CT_OK)
        return; /* a terminal of no size, or no memory: the next frame may succeed */
    d->surface.ascii = d->view.ascii;
    (void)view_sync(&d->view, &m, cols, rows);
    ui_draw(&d->surface, &d->view, &m);
    const uint64_t bytes = term_bytes(d->term);
    if (d->low_bandwidth)
        thrift_apply(&d->thrift, &d->surface, &d->view, drawn_ms, d->by_key || d->repaint);
    term_present(d->term, &d->surface, &d->theme, d->repaint ? TERM_PAINT_ALL : TERM_PAINT_CHANGES);
    if (d->low_bandwidth)
        thrift_sent(&d->thrift, &d->surface, term_bytes(d->term) - bytes);
    d->by_key = false;
    d->repaint = false;
    d->drawn_ms = drawn_ms;
    if (term_ready(d->term))
        dash_kiosk_drawn(&d->kiosk, m.now_ms);
    dash_alarms_ring(&d->alarms, d->term, &m);
    keep_receipts(d, &m);
    if (dash_notices_rings(&d->notices, fleet_notices(d->pipe.fleet),
                           d->alarms.bell && !d->kiosk.on, m.now_ms))
        term_bell(d->term);
}

/* The earliest moment of the next frame: what a key did is seen at once, as far as a held key lets
 * the rest of the program live. */
static uint64_t next_frame_ms(const struct dash *d)
{
    return d->drawn_ms + (d->hurry && d->frame_ms > KEY_STEP_MS ? KEY_STEP_MS : d->frame_ms);
}

/* Brings the next frame forward to as soon as the frame limit lets it; otherwise once a second, for
 * the ages and the clock. */
static void mark_dirty(struct dash *d)
{
    if (d->frame && !d->ending)
        net_timer_at(d->frame, next_frame_ms(d));
}

static void on_frame(void *user)
{
    struct dash *d = user;
    const uint64_t now_ms = net_now_ms(d->loop);

    if (wake_slept(&d->wake, now_ms, net_unix_ms())) /* who is at the other end now? */
        pipeline_wake(&d->pipe);
    if (!term_ready(d->term)) { /* the terminal is still busy with the last frame */
        net_timer_at(d->frame, now_ms + BUSY_STEP_MS);
        return;
    }
    if (now_ms < next_frame_ms(d)) { /* it was only the rest of the last one */
        net_timer_at(d->frame, next_frame_ms(d));
        return;
    }
    d->by_key = d->hurry;
    d->hurry = false;
    /* On the second, so that the clock steps evenly. */
    const uint64_t next_ms = now_ms + CLOCK_STEP_MS - (uint64_t)(net_unix_ms() % CLOCK_STEP_MS);
    net_timer_at(d->frame, next_ms);
    draw(d);
    if (d->view.find.unfinished) /* events are left to be searched */
        mark_dirty(d);
    if (!term_ready(d->term))
        net_timer_at(d->frame, now_ms + BUSY_STEP_MS);
}

static void on_event(void *user, const struct wire_event *event)
{
    (void)event;
    mark_dirty(user);
}

static void on_replayed(void *user)
{
    struct dash *d = user;

    view_say(&d->view, now_of(d), dash_record_ended(&d->pipe));
    mark_dirty(d);
}

static void on_recording(void *user, const char *line, bool trouble)
{
    struct dash *d = user;

    dash_record_tell(&d->record, &d->pipe, line, trouble);
    view_say(&d->view, now_of(d), line);
    mark_dirty(d);
}

static void finished(void *user)
{
    struct dash *d = user;
    net_loop_stop(d->loop);
}

static void end(struct dash *d, int status)
{
    if (d->ending)
        return;
    d->ending = true;
    d->status = status;
    dash_kiosk_stopping(&d->kiosk);
    net_timer_stop(d->frame);
    pipeline_stop(&d->pipe, finished, d);
}

/* --for: its time is over. */
static void on_end(void *user)
{
    struct dash *d = user;

    d->why = "--for";
    end(d, EXIT_DONE);
}

static void say_mistake(void *user, const char *line)
{
    struct dash *d = user;
    view_say(&d->view, now_of(d), line);
}

static void load_theme(struct dash *d, const char *name)
{
    uint32_t rgb = 0;
    struct fault fault;
    struct theme fresh;

    if (strcmp(name, "auto") == 0)
        name = !term_background(d->term, &rgb) ? theme_resolve(name)
               : colour_is_light(rgb)          ? "light"
                                               : "default";
    if (theme_load(&fresh, name, say_mistake, d, &fault) != CT_OK) {
        view_say(&d->view, now_of(d), fault.text);
        return;
    }
    d->theme = fresh;
    (void)str_copy(d->theme_name, sizeof d->theme_name, str_from(name));
    d->repaint = true;
}

/* Everything of the configuration that can change while it runs; says what cannot. */
static void reload(struct dash *d)
{
    struct fault fault;
    char waits[96], line[VIEW_MESSAGE_MAX];
    struct settings *fresh = reload_read(d->s, &fault);

    if (!fresh) {
        view_say(&d->view, now_of(d), fault.text);
        return;
    }
    const struct settings *now = d->fresh ? d->fresh : d->s;
    reload_take(&d->view, now, fresh, waits, sizeof waits);
    if (d->host) /* its clock runs faster, and so do its limits */
        fresh->limits = *fleet_limits(d->pipe.fleet);
    fleet_set_limits(d->pipe.fleet, &fresh->limits);
    (void)str_format(line, sizeof line, "configuration read again%s%s",
                     waits[0] ? "; these need a restart: " : "", waits);
    view_say(&d->view, now_of(d), line);
    load_theme(d, strcmp(now->theme, fresh->theme) == 0 ? d->theme_name : fresh->theme);
    settings_destroy(d->fresh);
    d->fresh = fresh;
}

static void save_state(struct dash *d)
{
    struct fault fault;

    d->view.settings_unsaved = false;
    if (!d->view.state_path)
        view_say(&d->view, now_of(d), "nothing is kept: --no-state, or no home folder");
    else if (state_save(&d->view, &fault) != CT_OK)
        view_say(&d->view, now_of(d), fault.text);
    else
        view_say(&d->view, now_of(d), "settings saved");
}

enum { LOW_BANDWIDTH_FRAME_MS = 1000 };

static void set_bandwidth(struct dash *d, bool low)
{
    d->low_bandwidth = d->view.thrifty = low;
    d->frame_ms = low ? LOW_BANDWIDTH_FRAME_MS : 1000u / (uint64_t)d->s->frames_per_s;
}

static void switch_bandwidth(struct dash *d, bool low)
{
    set_bandwidth(d, low);
    view_say(&d->view, now_of(d),
             low ? "low bandwidth: one frame a second, parts of it in turn, under 1 kB/s"
                 : "low bandwidth is off");
}

static void make_fault(struct dash *d, const char *name)
{
    char line[VIEW_MESSAGE_MAX], word[24];

    if (!d->host || simhost_fault(d->host, name))
        return;
    str_brief(word, sizeof word, str_from(name));
    (void)str_format(line, sizeof line, "'%s' is no fault of the connection: none, %s", word,
                     help_link_faults);
    view_say(&d->view, now_of(d), line);
}

static void perform(struct dash *d, const struct intent *what)
{
    const struct ui_model m = model_of(d);

    if (dash_record_perform(&d->record, &d->pipe, &d->view, what) ||
        dash_alarms_perform(&d->alarms, d->pipe.fleet, &d->view, &m, what) ||
        dash_share_perform(&d->share, what, &m) ||
        dash_channels_perform(&d->pipe, &d->view, what) ||
        dash_orders_perform(&d->pipe, &d->view, m.now_ms, what))
        return;
    switch (what->kind) {
    case INTENT_LOW_BANDWIDTH:
        switch_bandwidth(d, strcmp(what->text, "on") == 0);
        break;
    case INTENT_QUIT:
        d->why = "exit keys";
        end(d, EXIT_DONE);
        break;
    case INTENT_SUSPEND:
        term_suspend(d->term);
        d->repaint = true;
        break;
    case INTENT_REDRAW:
        d->repaint = true;
        break;
    case INTENT_RECONNECT:
        pipeline_wake(&d->pipe);
        break;
    case INTENT_RELOAD:
        reload(d);
        break;
    case INTENT_SAVE_STATE:
        save_state(d);
        break;
    case INTENT_THEME:
        d->theme_auto = strcmp(what->text, "auto") == 0;
        load_theme(d, what->text);
        break;
    case INTENT_ALARM_ACK:
    case INTENT_ALARM_SNOOZE:
    case INTENT_BELL:
    case INTENT_NOTIFY:
        break;
    case INTENT_FAULT:
        make_fault(d, what->text);
        break;
    default:
        break;
    }
}

/* The answer came: once, and only where nobody chose a theme. */
static bool suit_background(struct dash *d)
{
    uint32_t rgb;

    if (!d->theme_auto || !term_background(d->term, &rgb))
        return false;
    d->theme_auto = false;
    if (strcmp(d->theme_name, colour_is_light(rgb) ? "light" : "default") == 0)
        return false;
    load_theme(d, "auto");
    return true;
}

static void on_keys(void *user, int ready)
{
    struct dash *d = user;
    bool changed = false;

    (void)ready;
    for (int i = 0; i < KEYS_PER_TURN_MAX && !d->ending; i++) {
        const uint32_t key = term_key(d->term);
        struct intent what = {.kind = INTENT_NONE};

        if (key == UI_KEY_NONE)
            break;
        const struct ui_model m = model_of(d);
        if (key == UI_KEY_MOUSE) {
            const struct ui_mouse mouse = term_mouse(d->term);
            changed |= view_mouse(&d->view, &m, &mouse, &what);
        } else {
            changed |= view_key(&d->view, &m, key, &what);
        }
        if (what.kind != INTENT_NONE) {
            perform(d, &what);
            changed = true;
        }
    }
    changed |= suit_background(d);
    if (changed) {
        d->hurry = true;
        mark_dirty(d);
    }
}

static void on_signal(void *user, int signum)
{
    struct dash *d = user;

    if (signum == SIGWINCH) {
        d->repaint = d->hurry = true;
        mark_dirty(d);
    } else if (signum == SIGTSTP && d->kiosk.on) {
        return; /* the screen stays what it is */
    } else if (signum == SIGTSTP) {
        term_suspend(d->term);
        d->repaint = true;
        mark_dirty(d);
    } else if (signum == SIGCONT) {
        /* Stopped by a signal that cannot be caught, with the shell's modes since. */
        term_resume(d->term);
        d->repaint = d->hurry = true;
        mark_dirty(d);
    } else {
        d->why = "a signal";
        end(d, EXIT_DONE);
    }
}

static enum ct_err catch_signals(struct dash *d)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT};

    for (size_t i = 0; i < COUNT_OF(signals); i++) {
        const enum ct_err err = net_signal(d->loop, signals[i], on_signal, d);
        if (err != CT_OK)
            return err;
    }
    return CT_OK;
}

static enum term_colour colour_of(const char *name)
{
    if (strcmp(name, "never") == 0)
        return TERM_COLOUR_NEVER;
    return strcmp(name, "always") == 0 ? TERM_COLOUR_ALWAYS : TERM_COLOUR_AUTO;
}

/* Names that the prompt completes and only this side knows. */
static void give_words(struct dash *d)
{
    (void)theme_names(d->theme_words, sizeof d->theme_words);
    (void)str_format(d->fault_words, sizeof d->fault_words, "%s, %s", sim_fault_names(),
                     help_link_faults);
    d->view.theme_words = d->theme_words;
    d->view.theme = d->theme_name;
    d->view.fault_words = d->fault_words;
    d->view.version = CHARGETOP_VERSION;
    d->view.config_path = d->s->config_file;
    if (d->s->state && state_path(d->state_file, sizeof d->state_file))
        d->view.state_path = d->state_file;
    if (d->view.state_path && !d->s->kiosk)
        history_file_load(&d->view);
    if (d->view.state_path && !d->host && !d->pipe.replay)
        receipts_file_open(&d->receipts, d->s, d->pipe.fleet, net_unix_ms());
    d->view.settings_pinned = view_settings_pinned(d->s);
}

static const char *variable(const char *name)
{
    return getenv(name);
}

static bool wants_links(const char *when)
{
    return strcmp(when, "auto") == 0 ? term_knows_links(variable) : strcmp(when, "always") == 0;
}

static enum ct_err open_screen(struct dash *d, struct fault *fault)
{
    const char *no_color = getenv("NO_COLOR");
    const struct term_cfg cfg = {.colour = colour_of(d->s->color),
                                 .ask_background = d->theme_auto && !getenv("COLORFGBG"),
                                 .no_color = no_color && *no_color,
                                 .mouse = d->s->mouse,
                                 .links = wants_links(d->s->hyperlinks)};

    d->term = dash_kiosk_terminal(&cfg, d->s->kiosk, fault);
    if (!d->term)
        return fault->err;
    dash_alarms_init(&d->alarms, d->s);
    d->view.mouse = d->s->mouse;
    d->view.bell = d->s->bell;
    d->view.ascii_only = !term_utf8(d->term);
    d->view.ascii = d->s->ascii || d->view.ascii_only;
    d->view.demo = d->host != NULL;
    give_words(d);
    d->view.window_ms = pipeline_window_ms(&d->pipe);
    dash_kiosk_open(&d->kiosk, d->s, &d->view, net_now_ms(d->loop));
    surface_init(&d->surface);
    d->surface.ascii = d->view.ascii;
    d->share = (struct share_desk){.loop = d->loop,
                                   .s = d->s,
                                   .pipe = &d->pipe,
                                   .term = d->term,
                                   .view = &d->view,
                                   .surface = &d->surface,
                                   .theme = &d->theme};
    thrift_init(&d->thrift);
    set_bandwidth(d, d->s->low_bandwidth);
    d->repaint = true;
    d->frame = net_timer_create(d->loop, on_frame, d);
    if (d->s->for_ms > 0) {
        d->end_timer = net_timer_create(d->loop, on_end, d);
        if (d->end_timer)
            net_timer_at(d->end_timer, net_now_ms(d->loop) + (uint64_t)d->s->for_ms);
    }
    d->keys = net_watch_create(d->loop, term_fd(d->term), NET_READABLE, on_keys, d);
    if (!d->frame || !d->keys || (d->s->for_ms > 0 && !d->end_timer) || catch_signals(d) != CT_OK)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    return CT_OK;
}

/* A wall without colours of its own is still a wall: there a theme that is gone does not end it. */
static enum ct_err first_theme(struct dash *d, struct fault *fault)
{
    d->theme_auto = strcmp(d->s->theme, "auto") == 0;
    (void)str_copy(d->theme_name, sizeof d->theme_name, str_from(theme_resolve(d->s->theme)));
    const enum ct_err err = theme_load(&d->theme, d->s->theme, NULL, NULL, fault);
    if (err == CT_OK || !d->s->kiosk)
        return err;
    fault->err = CT_OK;
    (void)str_copy(d->theme_name, sizeof d->theme_name, STR("default"));
    return theme_load(&d->theme, "default", NULL, NULL, fault);
}

static void close_all(struct dash *d)
{
    net_watch_destroy(d->keys);
    net_timer_destroy(d->frame);
    net_timer_destroy(d->end_timer);
    term_close(d->term);
    if (d->pipe.fleet)
        pipeline_close(&d->pipe);
    dash_share_clear(&d->share);
    thrift_clear(&d->thrift);
    view_clear(&d->view);
    surface_clear_memory(&d->surface);
    settings_destroy(d->fresh);
}

int dash_run(struct net_loop *loop, const struct settings *s, struct simhost *host)
{
    struct fault fault = {.err = CT_OK}, kept = {.err = CT_OK};
    struct dash *d = calloc(1, sizeof *d);
    int status = EXIT_USAGE;

    if (!d) {
        command_complain("out of memory");
        return EXIT_FAILED;
    }
    d->s = s;
    d->loop = loop;
    d->host = host;
    d->kiosk.notify.fd = -1;
    const struct pipeline_hooks hooks = {
        .event = on_event, .replayed = on_replayed, .recording = on_recording, .user = d};
    /* A wrong theme or server is told before the screen is touched; the first frame is drawn before
     * any connection exists. */
    view_init(&d->view);
    if (view_settings_apply(&d->view, s, &fault) != CT_OK || first_theme(d, &fault) != CT_OK ||
        pipeline_open(&d->pipe, loop, s, &hooks, &fault) != CT_OK ||
        open_screen(d, &fault) != CT_OK)
        goto out;
    if (pipeline_start(&d->pipe, s, &fault) != CT_OK)
        goto out;
    load_theme(d, d->theme_name); /* again, to tell on the screen what is wrong in the file */
    draw(d);
    mark_dirty(d);
    net_loop_run(loop);
    status = d->status;
    if (d->view.state_path && !s->kiosk)
        (void)history_file_save(&d->view, &kept);
    (void)receipts_file_save(&d->receipts, d->pipe.fleet, net_unix_ms(), &kept);
out:
    close_all(d);
    dash_kiosk_close(&d->kiosk, s, d->why ? d->why : "", net_now_ms(loop));
    if (fault.err != CT_OK) {
        command_complain("%s", fault.text);
        status = fault.err == CT_ERR_NOMEM ? EXIT_FAILED : EXIT_USAGE;
    }
    if (kept.err != CT_OK) /* told when the screen is gone; the run was a good one all the same */
        command_complain("%s", kept.text);
    free(d);
    return status;
}
