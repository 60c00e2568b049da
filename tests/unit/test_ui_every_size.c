/* tests/unit/test_ui_every_size.c - every screen at every size: it draws, characters are whole, the
 * header is there, an order can be seen, and ASCII is ASCII.
 *
 * All sizes from 1x1 to 300x100 with all screens are too many for each run: SIZES_EVERY=N looks at one
 * of N, from a place that SIZES_SEED sets; 1 looks at all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "base/rng.h"
#include "support/scene.h"

enum { COLS_MAX = 300, ROWS_MAX = 100, EVERY_DEFAULT = 401 };

enum promise {
    HEADER = 1, /* the first row tells the link, from 20x4 up */
    ORDER = 2   /* an order stands there from 20x4 up */
};

/* How a screen is come to from the busy scene, at 200x60. */
static const struct {
    const char *name, *keys, *type, *then;
    int promises;
} ways[] = {
    {"overview", "", "", "", HEADER | ORDER},
    {"paused", "p", "", "", HEADER | ORDER},
    {"filtered", "\\", "site:dep", "Enter", HEADER | ORDER},
    {"pinned", "Space j Space j Space", "", "", HEADER | ORDER},
    {"crosshair", "2 Left Left", "", "", HEADER | ORDER},
    {"orders", "z", "", "", HEADER | ORDER},
    {"plot", "2 z", "", "", HEADER},
    {"plot of both", "2 z i i", "", "", HEADER},
    {"plot in a grid", "2 z :", "plot grid", "Enter", HEADER},
    {"total", "2 z :", "plot total all", "Enter", HEADER},
    {"connection", "3 z", "", "", HEADER},
    {"errors", "4 z", "", "", HEADER},
    {"events", "5 z", "", "", HEADER},
    {"events unfolded, wrapped", "5 z u w k k k", "", "", HEADER},
    {"needs eyes", "6 z", "", "", HEADER},
    {"sites", "7 z", "", "", HEADER},
    {"channels", "8", "", "", HEADER},
    {"channels, the last", "8 G", "", "", HEADER},
    {"channels, filtered", "8 \\", "presence", "Enter", HEADER},
    {"notices", "9", "", "", HEADER},
    {"notices, the last", "9 G", "", "", HEADER},
    {"a notice explained", "9 Enter", "", "", HEADER},
    {"second layout", "v", "", "", HEADER},
    {"third layout", "v v", "", "", HEADER},
    {"fourth layout", "v v v", "", "", HEADER},
    {"order", "j Enter", "", "", HEADER | ORDER},
    {"order: summary", "j Enter 1 z", "", "", HEADER},
    {"order: plot", "j Enter 2 z", "", "", HEADER},
    {"order: payload", "j Enter 3 z", "", "", HEADER},
    {"order: raw", "j Enter 3 z r", "", "", HEADER},
    {"order: life", "j Enter 4 z", "", "", HEADER},
    {"order: events", "j Enter 5 z", "", "", HEADER},
    {"refused order", "j j j Enter", "", "", HEADER | ORDER},
    {"help", "?", "", "", HEADER},
    {"help of the plot", "2 ?", "", "", HEADER},
    {"columns", "C", "", "", HEADER},
    {"settings", "S", "", "", HEADER},
    {"themes", ":", "theme", "Enter", HEADER},
    {"filters", ":", "filters", "Enter", HEADER},
    {"what is done", ":", "done", "Enter", HEADER},
    {"copy", "y", "", "", HEADER},
    {"payload", "5 k k Enter", "", "", HEADER},
    {"payload raw", "5 k k Enter r", "", "", HEADER},
    {"marks", "m Enter j m Enter '", "", "", HEADER},
    {"explanation", "4 j Enter", "", "", HEADER},
    {"command line", ":", "sort k", "", HEADER},
    {"find", "/", "dock", "", HEADER},
    {"question", ":", "stop 2149", "Enter", HEADER},
};

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    int64_t n;

    return text && num_i64(str_from(text), &n) && n > 0 ? (uint64_t)n : otherwise;
}

/* A cell is a character, or the second half of the wide one before it; what it holds is text. */
static void expect_sound(const struct surface *s, bool ascii, const char *name)
{
    for (int y = 0; y < s->rows; y++)
        for (int x = 0; x < s->cols; x++) {
            const struct cell *c = surface_peek(s, x, y);
            const bool second = x > 0 && surface_peek(s, x - 1, y)->cells == 2;
            if (c->cells == 0 ? !second : second || c->bytes == 0 || c->cells > 2)
                fail_msg("%s, %dx%d: half a character at %d,%d", name, s->cols, s->rows, x, y);
            if (c->cells == 2 && x + 1 == s->cols)
                fail_msg("%s, %dx%d: a wide character leaves row %d", name, s->cols, s->rows, y);
            for (int i = 0; i < c->bytes; i++) {
                const unsigned char byte = (unsigned char)c->text[i];
                if (byte < 32 || byte == 127 || (ascii && byte > 127))
                    fail_msg("%s, %dx%d: byte %u at %d,%d", name, s->cols, s->rows, byte, x, y);
            }
        }
}

static bool an_order_is_seen(struct scene *s)
{
    char row[4096];

    for (int y = 1; y < s->rows; y++) {
        scene_row(s, y, row, sizeof row);
        for (size_t i = 0; i < fleet_order_count(s->fleet); i++)
            if (strstr(row, fleet_order_at(s->fleet, i)->id))
                return true;
    }
    return false;
}

static void look(struct scene *s, const char *name, int cols, int rows, int promises, bool ascii)
{
    char first[4096];

    s->view.ascii = ascii;
    scene_draw(s, cols, rows);
    expect_sound(&s->surface, ascii, name);
    scene_row(s, 0, first, sizeof first);
    if ((promises & HEADER) && cols >= 20 && rows >= 4 && !strstr(first, "LINK"))
        fail_msg("%s, %dx%d: no header but %s", name, cols, rows, first);
    if ((promises & ORDER) && cols >= 20 && rows >= 4 && !an_order_is_seen(s))
        fail_msg("%s, %dx%d: no order can be seen", name, cols, rows);
}

/* Half of the sizes are small ones, where things are shed. */
static void look_at_sizes(struct scene *s, const char *name, int promises, uint64_t salt)
{
    const uint64_t every = number("SIZES_EVERY", EVERY_DEFAULT);
    struct rng rng;

    rng_seed(&rng, number("SIZES_SEED", 1) + salt);
    uint64_t at = rng_below(&rng, every);
    for (; at < (uint64_t)COLS_MAX * ROWS_MAX; at += every)
        look(s, name, 1 + (int)(at % COLS_MAX), 1 + (int)(at / COLS_MAX), promises, at % 2 == 0);
    for (uint64_t i = 0; every > 1 && i < (uint64_t)COLS_MAX * ROWS_MAX / every; i++)
        look(s, name, 1 + (int)rng_below(&rng, 84), 1 + (int)rng_below(&rng, 26), promises,
             i % 2 == 0);
    for (int small = 0; small < 2; small++) {
        look(s, name, small ? 1 : COLS_MAX, small ? 1 : ROWS_MAX, promises, true);
        look(s, name, 20, 4, promises, small);
        look(s, name, 40, 12, promises, small);
        look(s, name, 80, 24, promises, small);
        look(s, name, 120, 40, promises, small);
        look(s, name, 200, 60, promises, small);
    }
}

/* Channels of all kinds and states, one with people, and notifications of all kinds. */
static void fill_channels_and_notices(struct scene *s)
{
    static const char *const kinds[] = {"presence-", "private-", "public-", "cache-",
                                        "private-encrypted-"};
    static const char *const notices[] = {
        "{\"event_type\":\"TOAST\",\"message_type\":\"failure\",\"message\":\"Central "
        "is offline and a long text goes on and on beyond the width of any narrow screen\"}",
        "{\"event_type\":\"DOWNLOAD_LINK\",\"message_type\":\"success\",\"message\":\"report\","
        "\"download_link\":\"https://files.example.com/a/b/c.csv\"}",
        "{\"event_type\":\"CUSTOM\",\"is_last_response\":false,\"actions\":[{\"action_type\":"
        "\"TOAST\",\"data\":{\"message\":{\"content\":\"Exporting\",\"content_type\":"
        "\"in_progress\"}}}],\"metadata\":{\"job_id\":\"exp-1\"}}"};
    struct wire_event e = {.at_ms = s->model.now_ms, .at_unix_ms = s->model.now_unix_ms};
    char name[64];

    for (int i = 0; i < 30; i++) {
        str_format(name, sizeof name, "%s%d", kinds[i % 5], i);
        e = (struct wire_event){.kind = WIRE_SUB,
                                .seq = ++s->seq,
                                .at_ms = s->model.now_ms,
                                .channel = str_from(name),
                                .sub = i % 7 == 3 ? WIRE_SUB_DENIED : WIRE_SUB_SUBSCRIBED,
                                .code = i % 7 == 3 ? 403 : 0,
                                .text = i % 7 == 3 ? STR("not yours") : STR("")};
        fleet_apply_event(s->fleet, &e);
    }
    e = (struct wire_event){
        .kind = WIRE_FRAME,
        .seq = ++s->seq,
        .at_ms = s->model.now_ms,
        .channel = STR("presence-0"),
        .name = STR("pusher_internal:subscription_succeeded"),
        .data = STR("{\"presence\":{\"hash\":{\"central\":{\"name\":\"Harbour station\"},"
                    "\"bo\":{\"name\":\"Bo\"},\"7\":null}}}"),
        .text = STR("{}")};
    fleet_apply_event(s->fleet, &e);
    for (size_t i = 0; i < 12; i++)
        scene_notice(s, "notifications-1001", notices[i % COUNT_OF(notices)]);
}

static void begin(struct scene *s, size_t way)
{
    scene_open(s, SCENE_BUSY);
    if (ways[way].keys[0] == '8' || ways[way].keys[0] == '9')
        fill_channels_and_notices(s);
    scene_draw(s, 200, 60);
    scene_keys(s, ways[way].keys);
    scene_type(s, ways[way].type);
    scene_keys(s, ways[way].then);
}

static void every_screen_draws_at_every_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct scene s;
        begin(&s, i);
        look_at_sizes(&s, ways[i].name, ways[i].promises, i);
        scene_close(&s);
    }
}

static void every_screen_draws_while_the_link_is_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ways); i += 3) {
        struct scene s;
        begin(&s, i);
        scene_link(&s, WIRE_LINK_CONNECTING, 1006, "connection reset by peer", 4000);
        scene_wait(&s, 300000);
        look_at_sizes(&s, ways[i].name, ways[i].promises, 100 + i);
        scene_close(&s);
    }
}

static void every_page_of_the_wall_draws_at_every_size(void **state)
{
    (void)state;
    for (int page = 0; page < KIOSK_PAGE_COUNT; page++)
        for (int down = 0; down < 2; down++) {
            struct scene s;
            struct kiosk_cfg cfg;
            scene_open(&s, SCENE_BUSY);
            kiosk_cfg_default(&cfg);
            cfg.page_count = 1;
            cfg.pages[0] = (enum kiosk_page)page;
            kiosk_begin(&s.view, &cfg);
            if (down)
                scene_link(&s, WIRE_LINK_CONNECTING, 1006, "gone", 4000);
            look_at_sizes(&s, "kiosk", 0, 200 + (uint64_t)page * 2 + (uint64_t)down);
            scene_close(&s);
        }
}

static void an_empty_fleet_draws_at_every_size(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s, SCENE_EMPTY);
    look_at_sizes(&s, "empty", HEADER, 300);
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_screen_draws_at_every_size),
        cmocka_unit_test(every_screen_draws_while_the_link_is_down),
        cmocka_unit_test(every_page_of_the_wall_draws_at_every_size),
        cmocka_unit_test(an_empty_fleet_draws_at_every_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
