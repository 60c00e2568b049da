/* tests/tools/shot.c - one frame of the dashboard as SVG or text, with no terminal, socket or clock.
 *
 *     shot COLSxROWS svg|text THEME.ini|- light|dark unicode|ascii SECONDS KEYS...
 *
 * Simulated sessions (always the same seed) run through decoder, model and screen in virtual time for
 * SECONDS at the speed of `chargetop demo`; then KEYS (names as in the help) are pressed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "decode/decode.h"
#include "sim/sim.h"
#include "ui/ui.h"

enum {
    SPEED = 20,
    SESSIONS = 24,
    SEED = 3,
    SUBSCRIBE_AFTER_MS = 400,
    POLL_MS = 2000,
    OUT_MAX = 8 << 20
};

/* 2026-03-02 13:40:00 UTC: any fixed moment will do. */
static const int64_t start_unix_ms = 1772458800000;

struct shot {
    struct sim *sim;
    struct decoder *decoder;
    struct fleet *fleet;
    uint64_t now_ms, seq, listed_ms;
};

static void on_change(void *user, const struct change *change)
{
    struct shot *s = user;
    const struct str id = str_from(change->order_id);
    const bool fresh = change->kind == CHANGE_LISTED && !fleet_order_get(s->fleet, id);

    fleet_apply_change(s->fleet, change);
    if (!fresh)
        return;
    char channel[64];
    const size_t n = str_format(channel, sizeof channel, "private-orders.%s", change->order_id);
    struct wire_event e = {.kind = WIRE_SUB,
                           .sub = WIRE_SUB_SUBSCRIBED,
                           .at_ms = s->now_ms,
                           .at_unix_ms = start_unix_ms + (int64_t)s->now_ms,
                           .seq = ++s->seq,
                           .channel = {channel, n}};
    if (sim_denies(s->sim, e.channel)) {
        e.sub = WIRE_SUB_DENIED;
        e.code = 403;
        e.text = STR("This action is unauthorized.");
    }
    fleet_apply_event(s->fleet, &e);
}

static void feed(struct shot *s, struct wire_event e)
{
    e.at_ms = s->now_ms;
    e.at_unix_ms = start_unix_ms + (int64_t)s->now_ms;
    e.seq = ++s->seq;
    fleet_apply_event(s->fleet, &e);
    decode_event(s->decoder, &e, on_change, s);
}

static void list_orders(struct shot *s)
{
    struct buf body;

    buf_init(&body, OUT_MAX);
    for (uint32_t page = 1; page <= 4; page++) {
        buf_reset(&body);
        const int status = sim_rest_orders(s->sim, SIM_LIST_ACTIVE, page, 15, &body);
        feed(s, (struct wire_event){.kind = WIRE_REST,
                                    .rest = WIRE_REST_LIST,
                                    .code = status,
                                    .data = buf_str(&body)});
    }
    feed(s, (struct wire_event){.kind = WIRE_REST, .rest = WIRE_REST_LIST_DONE});
    buf_clear(&body);
    s->listed_ms = s->now_ms;
}

/* What the live source does for orders that left the list while nobody was listening. */
static void reread_orders(struct shot *s)
{
    struct buf body;

    buf_init(&body, OUT_MAX);
    for (size_t i = 0; i < fleet_order_count(s->fleet); i++) {
        char id[ORDER_ID_MAX];
        const struct order *o = fleet_order_at(s->fleet, i);

        if (o->completed)
            continue;
        (void)str_copy(id, sizeof id, str_from(o->id));
        buf_reset(&body);
        const int status = sim_rest_order(s->sim, str_from(id), &body);
        feed(s, (struct wire_event){.kind = WIRE_REST,
                                    .rest = WIRE_REST_DETAILS,
                                    .code = status,
                                    .name = str_from(id),
                                    .data = buf_str(&body)});
    }
    buf_clear(&body);
}

static void frame(struct shot *s, const struct sim_event *event)
{
    const struct order *o = fleet_order_get(s->fleet, decode_order_of_channel(event->channel));

    if (o && o->sub == WIRE_SUB_SUBSCRIBED)
        feed(s, (struct wire_event){.kind = WIRE_FRAME,
                                    .channel = event->channel,
                                    .name = event->name,
                                    .data = event->data,
                                    .text = event->data});
}

static void link_to(struct shot *s, enum wire_link link, int32_t code, const char *text)
{
    feed(s, (struct wire_event){.kind = WIRE_LINK,
                                .link = link,
                                .code = code,
                                .text = str_from(text),
                                .socket_id = link == WIRE_LINK_CONNECTED ? STR("31907.88214")
                                                                         : (struct str){"", 0}});
}

static void run(struct shot *s, uint64_t until_ms)
{
    const uint64_t cut_ms = until_ms * 6 / 10;
    const uint64_t back_ms = cut_ms + 14000;
    bool was_cut = false;
    bool is_back = false;

    s->now_ms = 1000;
    link_to(s, WIRE_LINK_CONNECTING, 0, "");
    link_to(s, WIRE_LINK_CONNECTED, 0, "");
    for (; s->now_ms < until_ms; s->now_ms += 100) {
        struct sim_event event;

        if (!was_cut && s->now_ms >= cut_ms) {
            was_cut = true;
            link_to(s, WIRE_LINK_CONNECTING, 1006, "connection lost");
        }
        if (was_cut && !is_back && s->now_ms >= back_ms) {
            is_back = true;
            link_to(s, WIRE_LINK_CONNECTING, 0, "");
            link_to(s, WIRE_LINK_CONNECTED, 0, "");
            reread_orders(s);
        }
        const bool up = !was_cut || is_back;
        if (up && s->now_ms % 15000 == 0)
            feed(s, (struct wire_event){.kind = WIRE_PING,
                                        .value = 9 + (int64_t)(s->now_ms / 15000 * 7 % 23)});
        if (up && (s->listed_ms == 0 || s->now_ms - s->listed_ms >= POLL_MS))
            list_orders(s);
        while (sim_next(s->sim, s->now_ms * SPEED, &event))
            if (up)
                frame(s, &event);
        (void)fleet_tick(s->fleet, s->now_ms);
    }
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, THEME_FILE_MAX_BYTES + 1);

    if (!file || !text || (fread(text, 1, THEME_FILE_MAX_BYTES, file) == 0 && ferror(file))) {
        (void)fprintf(stderr, "shot: %s cannot be read\n", path);
        exit(1);
    }
    (void)fclose(file);
    return text;
}

static void complain(void *user, const char *line)
{
    (void)user;
    (void)fprintf(stderr, "%s\n", line);
}

static void press(struct shot *s, struct view *v, const struct ui_model *m, const char *name)
{
    struct intent what;

    (void)view_key(v, m, ui_key_parse(name), &what);
    if (what.kind == INTENT_PIN)
        (void)fleet_order_pin_toggle(s->fleet, str_from(what.text));
}

static void draw(struct shot *s, char **argv, int argc, struct buf *to)
{
    struct surface surface;
    struct theme *theme = calloc(1, sizeof *theme);
    struct view view;
    int cols = 0;
    int rows = 0;
    char *end = NULL;

    cols = (int)strtol(argv[1], &end, 10);
    rows = *end == 'x' ? (int)strtol(end + 1, NULL, 10) : 0;
    theme_default(theme);
    if (strcmp(argv[3], "-") != 0) {
        char *text = read_file(argv[3]);
        (void)theme_parse(theme, str_from(text), argv[3], complain, NULL);
        free(text);
    }
    view_init(&view);
    surface_init(&surface);
    view.ascii = surface.ascii = strcmp(argv[5], "ascii") == 0;
    view.window_ms = 2 * 60 * 1000; /* as the demo */
    const struct ui_model m = {.fleet = s->fleet,
                               .now_ms = s->now_ms,
                               .now_unix_ms = start_unix_ms + (int64_t)s->now_ms,
                               .profile = "demo",
                               .ascii = view.ascii};
    if (surface_resize(&surface, cols, rows) != CT_OK)
        exit(2);
    (void)view_sync(&view, &m, cols, rows);
    for (int i = 7; i < argc; i++) {
        press(s, &view, &m, argv[i]);
        (void)view_sync(&view, &m, cols, rows);
    }
    ui_draw(&surface, &view, &m);
    if (strcmp(argv[2], "svg") == 0)
        (void)surface_svg(&surface, theme, strcmp(argv[4], "light") == 0, to);
    else
        (void)surface_dump(&surface, SURFACE_DUMP_TEXT, to);
    view_clear(&view);
    surface_clear_memory(&surface);
    free(theme);
}

int main(int argc, char **argv)
{
    struct shot s = {0};
    struct buf out;
    const struct sim_cfg cfg = {.sessions = SESSIONS,
                                .seed = SEED,
                                .natural_faults = true,
                                .warm = true,
                                .start_unix_ms = start_unix_ms};
    int64_t seconds = 0;

    if (argc < 7 || !num_i64(str_from(argv[6]), &seconds)) {
        (void)fprintf(
            stderr,
            "usage: shot COLSxROWS svg|text THEME|- light|dark unicode|ascii SECONDS KEYS...\n");
        return 2;
    }
    struct order_limits limits = order_limits_default();
    limits.silent_min_ms /= SPEED; /* as `chargetop demo` does */
    limits.offline_ms /= SPEED;
    limits.done_sink_ms /= SPEED;
    limits.done_leave_ms /= SPEED;
    s.decoder = decoder_create();
    s.fleet = fleet_create(&limits, 0, start_unix_ms);
    if (!s.decoder || !s.fleet || sim_create(&s.sim, &cfg) != CT_OK)
        return 1;
    struct link *link = fleet_link_mut(s.fleet);
    (void)str_copy(link->address, sizeof link->address, STR("ws://127.0.0.1:40123"));
    link->has_token = true;
    run(&s, (uint64_t)seconds * 1000);
    link->activity_timeout_ms = 108000;
    link->heard_ms = s.now_ms - 300;
    buf_init(&out, OUT_MAX);
    draw(&s, argv, argc, &out);
    (void)fwrite(out.bytes, 1, out.len, stdout);
    buf_clear(&out);
    sim_destroy(s.sim);
    fleet_destroy(s.fleet);
    decoder_destroy(s.decoder);
    return fflush(stdout) == 0 ? 0 : 1;
}
