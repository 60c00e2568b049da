#include "cmd/snapshot.h"

#include <langinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "cmd/command.h"
#include "cmd/dash_record.h"
#include "cmd/out.h"
#include "cmd/paths.h"
#include "cmd/pipeline.h"
#include "cmd/view_settings.h"
#include "fleet/export.h"
#include "ui/layout.h"
#include "ui/ui.h"

enum {
    SNAPSHOT_WAIT_MS = 15000, /* without --for */
    SNAPSHOT_LOOK_MS = 100,   /* how often it is looked whether all is there */
    SNAPSHOT_GRACE_MS = 200,  /* for events that come in one burst */
    SNAPSHOT_COLS = 120,
    SNAPSHOT_ROWS = 40,
    SNAPSHOT_MAX_BYTES = 64 * 1024 * 1024 /* 20 000 orders as JSON are 20 MB */
};

struct snapshot {
    const struct settings *s;
    struct net_loop *loop;
    struct simhost *host;
    struct pipeline pipe;
    struct dash_record record;
    struct net_timer *look_timer, *end_timer;
    struct theme theme;
    int cols, rows;
    struct buf text;
    struct view view;     /* for the order of rows and what is hidden */
    uint64_t complete_ms; /* since when all is there; 0 not yet */
    uint64_t patience_ms; /* when what has arrived is printed all the same */
    uint64_t next_ms;     /* with --every: when the next one is due */
    bool ever_connected, list_read, head_printed, ending;
    int status;
};

bool snapshot_wanted(const struct settings *s)
{
    return s->once || s->json || s->ndjson || s->csv;
}

static void finished(void *user)
{
    struct snapshot *p = user;
    net_loop_stop(p->loop);
}

static void end(struct snapshot *p, int status)
{
    if (p->ending)
        return;
    p->ending = true;
    p->status = status;
    net_timer_stop(p->look_timer);
    net_timer_stop(p->end_timer);
    pipeline_stop(&p->pipe, finished, p);
}

/* ---- printing ---- */

static struct export_at export_moment(const struct snapshot *p)
{
    return (struct export_at){.fleet = p->pipe.fleet,
                              .now_ms = pipeline_now_ms(&p->pipe),
                              .now_unix_ms = pipeline_unix_ms(&p->pipe),
                              .profile = p->host ? "demo" : pipeline_profile(&p->pipe)};
}

/* The n-th order as the screen would list them; NULL beyond the last. */
static const struct order *order_of(const struct snapshot *p, size_t n)
{
    return n < p->view.index_count ? fleet_order_at(p->pipe.fleet, p->view.index[n]) : NULL;
}

static enum ct_err put_json(struct snapshot *p, bool complete)
{
    const struct export_at at = export_moment(p);
    struct json_writer w;

    jw_init(&w, &p->text);
    jw_object(&w);
    jw_key(&w, "version");
    jw_str(&w, str_from(CHARGETOP_VERSION));
    jw_key(&w, "complete");
    jw_bool(&w, complete);
    export_fleet_json(&w, &at);
    jw_key(&w, "orders");
    jw_array(&w);
    for (size_t i = 0; order_of(p, i); i++)
        export_order_json(&w, order_of(p, i), &at);
    jw_array_end(&w);
    export_notices_json(&w, &at);
    jw_object_end(&w);
    return w.err == CT_OK ? buf_append_char(&p->text, '\n') : w.err;
}

static bool prints_notices(const struct snapshot *p)
{
    return strcmp(p->s->table, "notices") == 0;
}

/* The n-th row as one object; false beyond the last. */
static bool put_row(const struct snapshot *p, struct json_writer *w, size_t n)
{
    const struct export_at at = export_moment(p);
    const struct order *o = prints_notices(p) ? NULL : order_of(p, n);
    const struct notice_item *item =
        prints_notices(p) ? notices_at(fleet_notices(p->pipe.fleet), n) : NULL;

    if (o)
        export_order_json(w, o, &at);
    if (item)
        export_notice_json(w, item, &at);
    return o || item;
}

static enum ct_err put_ndjson(struct snapshot *p)
{
    enum ct_err err = CT_OK;

    for (size_t i = 0; err == CT_OK; i++) {
        struct json_writer w;
        jw_init(&w, &p->text);
        if (!put_row(p, &w, i))
            break;
        err = w.err == CT_OK ? buf_append_char(&p->text, '\n') : w.err;
    }
    return err;
}

static enum ct_err put_csv(struct snapshot *p)
{
    const struct export_at at = export_moment(p);
    struct csv_writer w;

    csv_init(&w, &p->text);
    if (prints_notices(p)) {
        const struct notices *all = fleet_notices(p->pipe.fleet);
        if (!p->head_printed)
            export_notice_head_csv(&w);
        for (size_t age = 0; age < notices_count(all); age++)
            export_notice_csv(&w, notices_at(all, age), &at);
        return w.err;
    }
    if (!p->head_printed)
        export_head_csv(&w);
    for (size_t i = 0; order_of(p, i); i++)
        export_order_csv(&w, order_of(p, i), &at);
    return w.err;
}

static bool is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static enum ct_err dump(struct snapshot *p, struct surface *surface)
{
    const bool colour = strcmp(p->s->color, "always") == 0;

    if (!is_utf8())
        surface_to_ascii(surface);
    return colour ? surface_ansi(surface, &p->theme, DEPTH_256, &p->text)
                  : surface_dump(surface, SURFACE_DUMP_TEXT, &p->text);
}

/* The screen as it would be, without the line of keys: nobody can press them. */
static enum ct_err put_picture(struct snapshot *p, const struct ui_model *m)
{
    struct surface surface;
    struct layout layout;

    surface_init(&surface);
    surface.ascii = m->ascii;
    enum ct_err err = surface_resize(&surface, p->cols, p->rows);
    if (err == CT_OK) {
        ui_draw(&surface, &p->view, m);
        view_layout(&p->view, p->cols, p->rows, &layout);
        surface_fill(&surface, layout.keys, ' ', ROLE_BODY);
        err = dump(p, &surface);
    }
    surface_clear_memory(&surface);
    return err;
}

static enum ct_err put_all(struct snapshot *p, bool complete)
{
    const int64_t now_unix_ms = pipeline_unix_ms(&p->pipe);

    dash_record_fill(&p->record, &p->pipe);
    const struct ui_model m = {.fleet = p->pipe.fleet,
                               .now_ms = pipeline_now_ms(&p->pipe),
                               .now_unix_ms = now_unix_ms,
                               .utc_offset_s = net_utc_offset_s(now_unix_ms),
                               .profile = p->host ? "demo" : pipeline_profile(&p->pipe),
                               .ambiguous_wide = strcmp(p->s->ambiguous_width, "wide") == 0,
                               .ascii = p->view.ascii,
                               .spark_ms = pipeline_spark_ms(&p->pipe),
                               .recording = p->record.shown,
                               .replay = p->record.replay_shown};
    const enum ct_err err = view_sync(&p->view, &m, p->cols, p->rows);

    if (err != CT_OK)
        return err;
    if (p->s->once)
        return put_picture(p, &m);
    if (p->s->json)
        return put_json(p, complete);
    return p->s->ndjson ? put_ndjson(p) : put_csv(p);
}

static void print(struct snapshot *p, bool complete)
{
    (void)fleet_tick(p->pipe.fleet, pipeline_now_ms(&p->pipe));
    pipeline_fill_link(&p->pipe);
    buf_reset(&p->text);
    const enum ct_err err = put_all(p, complete);
    p->head_printed = true;
    if (err != CT_OK) {
        command_complain("the snapshot could not be made: %s", ct_strerror(err));
        end(p, EXIT_FAILED);
        return;
    }
    const enum out_result result = out_write(buf_str(&p->text));
    if (result != OUT_WRITTEN)
        end(p, result == OUT_CLOSED ? EXIT_DONE : EXIT_FAILED);
}

/* ---- waiting ---- */

/* Has every order been heard of that can be? A refused one never will be. With --for there is time for
 * the readings that powers are derived from. */
static bool all_heard(const struct snapshot *p)
{
    for (size_t i = 0; i < fleet_order_count(p->pipe.fleet); i++) {
        const struct order *o = fleet_order_at(p->pipe.fleet, i);
        if (!o->ever_updated && !o->completed && !o->scheduled && o->sub != WIRE_SUB_DENIED &&
            o->sub != WIRE_SUB_NONE && o->track.gone_code == 0)
            return false;
        if (p->s->for_ms > 0 && o->state == ORDER_CHRG && o->power_w == POWER_UNKNOWN)
            return false;
    }
    return true;
}

enum settled { SETTLED_NOT, SETTLED_SUBSCRIBED, SETTLED_WHOLE };

static enum settled settled(const struct snapshot *p)
{
    struct pusher_session_info info;
    struct client_stats stats;

    pipeline_info(&p->pipe, 0, &info, &stats);
    if (!p->ever_connected || info.link != WIRE_LINK_CONNECTED ||
        (p->pipe.discover && !p->list_read) || info.pending > 0 || info.failed > 0)
        return SETTLED_NOT;
    return all_heard(p) ? SETTLED_WHOLE : SETTLED_SUBSCRIBED;
}

static bool all_denied(const struct snapshot *p)
{
    struct pusher_session_info info;
    struct client_stats stats;

    pipeline_info(&p->pipe, 0, &info, &stats);
    return info.wanted > 0 && info.denied == info.wanted;
}

/* What is here is printed; the status tells what it is worth. */
static void conclude(struct snapshot *p, enum settled how)
{
    print(p, how == SETTLED_WHOLE);
    if (p->s->every_ms > 0 && !p->ending) {
        p->next_ms = net_now_ms(p->loop) + (uint64_t)p->s->every_ms;
        return;
    }
    if (all_denied(p)) {
        command_complain("every subscription was refused");
        end(p, EXIT_AUTH);
    } else if (how == SETTLED_NOT) {
        command_complain("not everything was answered in time; this is what had arrived");
        end(p, EXIT_TIMED_OUT);
    } else {
        end(p, EXIT_DONE);
    }
}

/* Nothing more will be waited for. */
static void out_of_patience(struct snapshot *p)
{
    if (p->ever_connected) {
        conclude(p, settled(p));
    } else {
        command_complain_link(fleet_link(p->pipe.fleet));
        end(p, EXIT_CONNECTION);
    }
}

static void on_look(void *user)
{
    struct snapshot *p = user;
    const uint64_t now_ms = net_now_ms(p->loop);

    net_timer_at(p->look_timer, now_ms + SNAPSHOT_LOOK_MS);
    if (p->pipe.replay) { /* its end decides, or --for */
        if (p->s->for_ms > 0 && now_ms >= p->patience_ms)
            conclude(p, SETTLED_WHOLE);
        return;
    }
    (void)fleet_tick(p->pipe.fleet, now_ms);
    if (p->next_ms > 0 ? now_ms >= p->next_ms : now_ms >= p->patience_ms) {
        out_of_patience(p);
    } else if (p->next_ms > 0) {
        return;
    } else if (settled(p) != SETTLED_WHOLE || (prints_notices(p) && p->s->for_ms > 0)) {
        p->complete_ms = 0; /* notifications come when they come */
    } else if (p->complete_ms == 0) {
        p->complete_ms = now_ms;
    } else if (now_ms >= p->complete_ms + SNAPSHOT_GRACE_MS) {
        conclude(p, SETTLED_WHOLE);
    }
}

/* Of --every: --for is over. */
static void on_end(void *user)
{
    struct snapshot *p = user;

    if (p->next_ms == 0)
        out_of_patience(p);
    end(p, EXIT_DONE);
}

static void on_event(void *user, const struct wire_event *e)
{
    struct snapshot *p = user;

    if (e->source > 0)
        return; /* the picture is judged by its orders */
    if (e->kind == WIRE_LINK && e->link == WIRE_LINK_CONNECTED)
        p->ever_connected = true;
    if (e->kind == WIRE_REST && e->rest == WIRE_REST_LIST_DONE && e->code == 0)
        p->list_read = true;
    if (p->ending || p->pipe.replay)
        return; /* the reason was told; what went wrong in a recording is past */
    if (e->kind == WIRE_LINK && e->link == WIRE_LINK_FAILED) {
        const struct link *link = fleet_link(p->pipe.fleet);
        command_complain("the server refuses this connection: %d %s", (int)link->last_code,
                         link->last_reason);
        end(p, EXIT_CONNECTION);
    } else if (e->kind == WIRE_AUTH && e->code == 401 && p->next_ms == 0) {
        command_complain_token(fleet_link(p->pipe.fleet));
        end(p, EXIT_AUTH);
    }
}

/* The recording that is replayed has no more events. */
static void on_replayed(void *user)
{
    struct snapshot *p = user;
    const char *why = replay_error(p->pipe.replay);

    if (p->ending)
        return;
    print(p, !why[0]);
    if (why[0])
        command_complain("the replay ends early: %s", why);
    end(p, why[0] ? EXIT_FAILED : EXIT_DONE);
}

static void on_recording(void *user, const char *line, bool trouble)
{
    (void)user;
    (void)trouble;
    command_complain("%s", line);
}

static void on_signal(void *user, int signum)
{
    (void)signum;
    end(user, EXIT_DONE);
}

/* ---- beginning ---- */

static bool read_size(const char *text, int *cols, int *rows)
{
    struct str rest = str_from(text);
    int64_t c = 0;
    int64_t r = 0;

    if (!num_i64(str_split(&rest, 'x'), &c) || !num_i64(rest, &r) || c < 1 || r < 1 ||
        c > SURFACE_COLS_MAX || r > SURFACE_ROWS_MAX)
        return false;
    *cols = (int)c;
    *rows = (int)r;
    return true;
}

static int from_environment(const char *name, int most, int otherwise)
{
    const char *value = getenv(name);
    int64_t n = 0;

    return value && num_i64(str_from(value), &n) && n > 0 && n <= most ? (int)n : otherwise;
}

static enum ct_err check(struct snapshot *p, struct fault *fault)
{
    const struct settings *s = p->s;

    if (s->once + s->json + s->ndjson + s->csv > 1)
        return fault_set(fault, CT_ERR_SYNTAX, "give one of --once, --json, --ndjson and --csv");
    p->cols = from_environment("COLUMNS", SURFACE_COLS_MAX, SNAPSHOT_COLS);
    p->rows = from_environment("LINES", SURFACE_ROWS_MAX, SNAPSHOT_ROWS);
    if (s->size[0] && !read_size(s->size, &p->cols, &p->rows))
        return fault_set(fault, CT_ERR_SYNTAX, "size: '%.15s' is not COLSxROWS, from 1x1 to %dx%d",
                         s->size, SURFACE_COLS_MAX, SURFACE_ROWS_MAX);
    if (s->replay[0] && s->every_ms > 0)
        return fault_set(fault, CT_ERR_SYNTAX, "--every does not go with --replay");
    if (prints_notices(p) && !s->csv && !s->ndjson)
        return fault_set(fault, CT_ERR_SYNTAX,
                         "--table is of --csv and --ndjson; --json has the notifications anyway");
    if (!p->host && !s->replay[0] && s->order_count == 0 && !s->discover && s->notices.count == 0)
        return fault_set(fault, CT_ERR_MISSING,
                         "nothing to show: name orders, or give --discover or --notices");
    return CT_OK;
}

static enum ct_err prepare(struct snapshot *p, struct fault *fault)
{
    const struct pipeline_hooks hooks = {.event = on_event,
                                         .replayed = on_replayed,
                                         .recording = on_recording,
                                         .must_record = true,
                                         .user = p};
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

    if (check(p, fault) != CT_OK || view_settings_apply(&p->view, p->s, fault) != CT_OK ||
        theme_load(&p->theme, p->s->theme, NULL, NULL, fault) != CT_OK ||
        pipeline_open(&p->pipe, p->loop, p->s, &hooks, fault) != CT_OK)
        return fault->err;
    p->view.window_ms = pipeline_window_ms(&p->pipe);
    p->look_timer = net_timer_create(p->loop, on_look, p);
    p->end_timer = net_timer_create(p->loop, on_end, p);
    if (!p->look_timer || !p->end_timer)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < COUNT_OF(signals); i++)
        if (net_signal(p->loop, signals[i], on_signal, p) != CT_OK)
            return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    const uint64_t now_ms = net_now_ms(p->loop);
    const uint64_t for_ms = (uint64_t)p->s->for_ms;
    const bool repeats = p->s->every_ms > 0;
    p->patience_ms = now_ms + (for_ms > 0 && !repeats ? for_ms : SNAPSHOT_WAIT_MS);
    if (for_ms > 0 && repeats)
        net_timer_at(p->end_timer, now_ms + for_ms);
    net_timer_at(p->look_timer, now_ms + SNAPSHOT_LOOK_MS);
    return pipeline_start(&p->pipe, p->s, fault);
}

int snapshot_run(struct net_loop *loop, const struct settings *s, struct simhost *host)
{
    struct snapshot p = {.s = s, .loop = loop, .host = host};
    struct fault fault = {.err = CT_OK};

    buf_init(&p.text, SNAPSHOT_MAX_BYTES);
    view_init(&p.view);
    p.view.ascii = s->ascii || !is_utf8();
    p.view.demo = host != NULL;
    if (prepare(&p, &fault) == CT_OK) {
        net_loop_run(loop);
    } else {
        command_complain("%s", fault.text);
        p.status = fault.err == CT_ERR_NOMEM ? EXIT_FAILED : EXIT_USAGE;
    }
    net_timer_destroy(p.look_timer);
    net_timer_destroy(p.end_timer);
    if (p.pipe.fleet)
        pipeline_close(&p.pipe);
    view_clear(&p.view);
    buf_clear(&p.text);
    return p.status;
}
