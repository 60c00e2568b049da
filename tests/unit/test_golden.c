/* tests/unit/test_golden.c - whole frames: a script of keys in, cells out, compared as text.
 *
 * tests/golden/NAME.keys says what is done to the situation of support/scene.h, NAME.screen what is
 * then on the screen. GOLDEN_UPDATE=1 in the environment rewrites the screens; the difference is
 * reviewed as text. Lines of a script:
 *
 *     size 80x24       the frame; may change on the way
 *     ascii            draw with ASCII only (Unicode otherwise)
 *     keys j j Space   key names
 *     type sort kwh    each character as a key
 *     zoom 3           the pane of that digit, whether or not it had room before
 *     wait 42s         time passes
 *     down 1006 TEXT   the link breaks; the next try is 4 s away
 *     empty            start over without orders
 *     connecting       a try is under way
 *     failed 4001 TEXT the link is not tried again
 *     auth 401 TEXT    authorization pauses
 *     offline ID       the charge point of an order is reported offline
 *     taper ID MIN W   that order's power falls evenly to W watt; the others go on as they are
 *     follow NAME      a channel that is no order's is subscribed to; with `denied CODE TEXT` behind: refused
 *     frame NAME EVENT DATA   comes on it
 *     notice CH JSON   a notification arrives on that channel
 *     kiosk PAGE       the wall monitor, on that page alone
 *     styles           also compare the role of every cell */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/num.h"
#include "support/scene.h"

enum { FILE_MAX = 1024 * 1024, PATH_BYTES = 256 };

static bool read_file(const char *path, struct buf *into)
{
    char piece[4096];
    FILE *f = fopen(path, "r");

    if (!f)
        return false;
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        assert_int_equal(CT_OK, buf_append(into, (struct str){piece, n}));
    fclose(f);
    return true;
}

struct script {
    struct scene scene;
    int cols, rows;
    bool styles;
};

static void parse_size(struct script *p, struct str arg)
{
    int64_t cols = 0, rows = 0;
    const struct str left = str_split(&arg, 'x');

    assert_true(num_i64(left, &cols) && num_i64(arg, &rows));
    p->cols = (int)cols;
    p->rows = (int)rows;
}

static void pass_time(struct script *p, struct str arg)
{
    int64_t ms;

    assert_true(num_duration_ms(arg, &ms));
    scene_wait(&p->scene, (uint64_t)ms);
}

static void break_link(struct script *p, struct str arg)
{
    int64_t code;
    char reason[128];

    assert_true(num_i64(str_split(&arg, ' '), &code));
    str_copy(reason, sizeof reason, arg);
    scene_link(&p->scene, WIRE_LINK_CONNECTING, (int32_t)code, reason, 4000);
}

static void fail_link(struct script *p, struct str arg)
{
    int64_t code;
    char reason[128];

    assert_true(num_i64(str_split(&arg, ' '), &code));
    str_copy(reason, sizeof reason, arg);
    scene_link(&p->scene, WIRE_LINK_FAILED, (int32_t)code, reason, 0);
}

static void pause_auth(struct script *p, struct str arg)
{
    int64_t code;

    assert_true(num_i64(str_split(&arg, ' '), &code));
    const struct wire_event e = {.kind = WIRE_AUTH,
                                 .code = (int32_t)code,
                                 .text = arg,
                                 .seq = ++p->scene.seq,
                                 .at_ms = p->scene.model.now_ms,
                                 .at_unix_ms = p->scene.model.now_unix_ms};
    fleet_apply_event(p->scene.fleet, &e);
}

static void take_offline(struct script *p, struct str id)
{
    struct change *c = calloc(1, sizeof *c);
    const struct order *o = fleet_order_get(p->scene.fleet, id);

    assert_non_null(c);
    assert_true(o && o->station);
    c->kind = CHANGE_DETAILS;
    c->carries_order = true;
    c->seq = p->scene.seq;
    c->at_ms = p->scene.model.now_ms;
    c->at_unix_ms = p->scene.model.now_unix_ms;
    str_copy(c->order_id, sizeof c->order_id, id);
    str_copy(c->order.id, sizeof c->order.id, id);
    c->order.has = ORDER_HAS_STATION;
    c->order.station.has = STATION_HAS_ONLINE;
    str_copy(c->order.station.id, sizeof c->order.station.id, str_from(o->station->id));
    c->order.station.online = false;
    fleet_apply_change(p->scene.fleet, c);
    free(c);
}

enum { CAST_MAX = 32, REPORT_S = 5 };
struct going {
    char id[ORDER_ID_MAX];
    int64_t charging_ms, mws; /* energy in watt seconds */
    int64_t from_w, to_w;
};

/* Orders that charge, are slow or stall go on reporting; the others stay as they are. */
static size_t who_goes_on(const struct fleet *f, struct str id, int64_t to_w, struct going *out)
{
    size_t count = 0;

    for (size_t i = 0; i < fleet_order_count(f) && count < CAST_MAX; i++) {
        const struct order *o = fleet_order_at(f, i);
        const bool goes = o->state == ORDER_CHRG || o->state == ORDER_SLOW ||
                          o->state == ORDER_STALL || o->state == ORDER_TAPR;
        if (!goes)
            continue;
        struct going *g = &out[count++];
        str_copy(g->id, sizeof g->id, str_from(o->id));
        g->charging_ms = o->f.charging_ms;
        g->mws = o->f.energy_wh * 3600;
        g->from_w = g->to_w = o->state == ORDER_STALL ? 0 : o->power_w;
        if (str_eq(str_from(g->id), id))
            g->to_w = to_w;
    }
    return count;
}

static void taper(struct script *p, struct str arg)
{
    struct going all[CAST_MAX];
    int64_t minutes = 0, to_w = 0;
    const struct str id = str_split(&arg, ' ');

    assert_true(num_i64(str_split(&arg, ' '), &minutes) && num_i64(arg, &to_w));
    const size_t count = who_goes_on(p->scene.fleet, id, to_w, all);
    for (int64_t at = REPORT_S; at <= minutes * 60; at += REPORT_S) {
        scene_wait(&p->scene, REPORT_S * 1000);
        for (size_t i = 0; i < count; i++) {
            struct going *g = &all[i];
            g->mws += REPORT_S * (g->from_w + (g->to_w - g->from_w) * at / (minutes * 60));
            g->charging_ms += REPORT_S * 1000;
            scene_report(&p->scene, g->id, g->charging_ms, g->mws / 3600);
        }
    }
}

static void show_kiosk(struct script *p, struct str page)
{
    struct kiosk_cfg cfg;

    kiosk_cfg_default(&cfg);
    cfg.page_count = 1;
    assert_true(kiosk_page_find(page, &cfg.pages[0]));
    kiosk_begin(&p->scene.view, &cfg);
}

static void tell(struct script *p, struct wire_event e)
{
    e.seq = ++p->scene.seq;
    e.at_ms = p->scene.model.now_ms;
    e.at_unix_ms = p->scene.model.now_unix_ms;
    fleet_apply_event(p->scene.fleet, &e);
}

static void follow(struct script *p, struct str arg)
{
    const struct str channel = str_split(&arg, ' '), how = str_split(&arg, ' ');
    const bool denied = str_eq(how, STR("denied"));
    int64_t code = 0;

    assert_true(!denied || num_i64(str_split(&arg, ' '), &code));
    tell(p, (struct wire_event){.kind = WIRE_SUB,
                                .channel = channel,
                                .sub = denied ? WIRE_SUB_DENIED : WIRE_SUB_SUBSCRIBED,
                                .code = (int32_t)code,
                                .text = arg});
}

static void send_frame(struct script *p, struct str arg)
{
    const struct str channel = str_split(&arg, ' '), name = str_split(&arg, ' ');
    char text[512];
    const size_t len = str_format(text, sizeof text, "{\"event\":\"%.*s\",\"channel\":\"%.*s\"}",
                                  (int)name.len, name.ptr, (int)channel.len, channel.ptr);

    tell(p, (struct wire_event){.kind = WIRE_FRAME,
                                .channel = channel,
                                .name = name,
                                .data = arg,
                                .text = {text, len}});
}

static void receive_notice(struct script *p, struct str arg)
{
    char channel[64], data[1024];

    str_copy(channel, sizeof channel, str_split(&arg, ' '));
    str_copy(data, sizeof data, arg);
    scene_notice(&p->scene, channel, data);
}

static void run_line(struct script *p, const char *path, struct str line)
{
    char text[256];
    struct str arg = line;
    const struct str verb = str_split(&arg, ' ');

    str_copy(text, sizeof text, arg);
    if (verb.len == 0 || verb.ptr[0] == '#')
        return;
    if (str_eq(verb, STR("size"))) {
        parse_size(p, arg);
    } else if (str_eq(verb, STR("ascii"))) {
        p->scene.view.ascii = true;
    } else if (str_eq(verb, STR("keys"))) {
        scene_keys(&p->scene, text);
    } else if (str_eq(verb, STR("type"))) {
        scene_type(&p->scene, text);
    } else if (str_eq(verb, STR("wait"))) {
        pass_time(p, arg);
    } else if (str_eq(verb, STR("down"))) {
        break_link(p, arg);
    } else if (str_eq(verb, STR("notice"))) {
        receive_notice(p, arg);
    } else if (str_eq(verb, STR("kiosk"))) {
        show_kiosk(p, arg);
    } else if (str_eq(verb, STR("zoom"))) {
        scene_keys(&p->scene, text);
        if (p->scene.view.zoom == PANE_NONE)
            scene_keys(&p->scene, "z");
    } else if (str_eq(verb, STR("connecting"))) {
        scene_link(&p->scene, WIRE_LINK_CONNECTING, 0, "", 0);
    } else if (str_eq(verb, STR("failed"))) {
        fail_link(p, arg);
    } else if (str_eq(verb, STR("auth"))) {
        pause_auth(p, arg);
    } else if (str_eq(verb, STR("offline"))) {
        take_offline(p, arg);
    } else if (str_eq(verb, STR("taper"))) {
        taper(p, arg);
    } else if (str_eq(verb, STR("follow"))) {
        follow(p, arg);
    } else if (str_eq(verb, STR("frame"))) {
        send_frame(p, arg);
    } else if (str_eq(verb, STR("styles"))) {
        p->styles = true;
    } else if (str_eq(verb, STR("empty"))) {
        scene_close(&p->scene);
        scene_open(&p->scene, SCENE_EMPTY);
    } else {
        fail_msg("%s: unknown line: %.*s", path, (int)line.len, line.ptr);
    }
    scene_draw(&p->scene, p->cols, p->rows);
}

static void play_script(struct script *p, const char *path, struct buf *screen)
{
    struct buf text;

    buf_init(&text, FILE_MAX);
    assert_true(read_file(path, &text));
    struct str rest = buf_str(&text);
    p->cols = 80;
    p->rows = 24;
    scene_open(&p->scene, SCENE_BUSY);
    p->scene.view.theme_words = "colour-blind default light mono nord";
    while (rest.len > 0)
        run_line(p, path, str_split(&rest, '\n'));
    scene_draw(&p->scene, p->cols, p->rows);
    assert_int_equal(CT_OK, surface_dump(&p->scene.surface, SURFACE_DUMP_TEXT, screen));
    if (p->styles)
        assert_int_equal(CT_OK, surface_dump(&p->scene.surface, SURFACE_DUMP_STYLES, screen));
    scene_close(&p->scene);
    buf_clear(&text);
}

/* The first line that differs, side by side: most failures are one line. */
static void tell_difference(const char *name, struct str wanted, struct str got)
{
    for (int row = 1; wanted.len > 0 || got.len > 0; row++) {
        const struct str a = str_split(&wanted, '\n'), b = str_split(&got, '\n');
        if (!str_eq(a, b))
            fail_msg("%s, row %d\nwanted: %.*s\n   got: %.*s", name, row, (int)a.len, a.ptr,
                     (int)b.len, b.ptr);
    }
    fail_msg("%s differs in its end", name);
}

static void check(const char *folder, const char *name)
{
    char keys[PATH_BYTES], path[PATH_BYTES];
    struct script p = {.styles = false};
    struct buf got, wanted;

    str_format(keys, sizeof keys, "%s/%s.keys", folder, name);
    str_format(path, sizeof path, "%s/%s.screen", folder, name);
    buf_init(&got, FILE_MAX);
    buf_init(&wanted, FILE_MAX);
    play_script(&p, keys, &got);
    if (getenv("GOLDEN_UPDATE")) {
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        assert_int_equal(got.len, fwrite(got.bytes, 1, got.len, f));
        assert_int_equal(0, fclose(f));
    } else {
        if (!read_file(path, &wanted))
            fail_msg("%s is missing: GOLDEN_UPDATE=1 writes it", path);
        if (!str_eq(buf_str(&wanted), buf_str(&got)))
            tell_difference(name, buf_str(&wanted), buf_str(&got));
    }
    buf_clear(&got);
    buf_clear(&wanted);
}

static void every_golden_screen_is_drawn_as_before(void **state)
{
    const char *tests = getenv("CHARGETOP_TESTS");
    char folder[PATH_BYTES];
    struct dirent **found;

    (void)state;
    str_format(folder, sizeof folder, "%s/golden", tests ? tests : "tests");
    const int count = scandir(folder, &found, NULL, alphasort);
    assert_true(count > 0);
    int checked = 0;
    for (int i = 0; i < count; i++) {
        struct str name = str_from(found[i]->d_name);
        if (str_ends(name, STR(".keys"))) {
            char stem[PATH_BYTES];
            str_copy(stem, sizeof stem, (struct str){name.ptr, name.len - 5});
            check(folder, stem);
            checked++;
        }
        free(found[i]);
    }
    free(found);
    assert_true(checked >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_golden_screen_is_drawn_as_before)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
