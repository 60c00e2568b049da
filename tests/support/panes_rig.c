/* tests/support/panes_rig.c - feeds the model as the decoder and the connection would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/panes_rig.h"

static const int64_t noon_unix_ms = 1772452800000; /* 2026-03-02 12:00:00 UTC */
enum { START_MS = 1000000 };

static void feed(struct panes_rig *r, struct wire_event e)
{
    e.at_ms = r->m.now_ms;
    e.at_unix_ms = r->m.now_unix_ms;
    e.seq = ++r->seq;
    fleet_apply_event(r->fleet, &e);
}

struct panes_rig *panes_create(void)
{
    struct panes_rig *r = calloc(1, sizeof *r);
    const struct order_limits limits = order_limits_default();

    assert_non_null(r);
    r->fleet = fleet_create(&limits, START_MS, noon_unix_ms);
    assert_non_null(r->fleet);
    view_init(&r->view);
    surface_init(&r->s);
    r->m = (struct ui_model){
        .fleet = r->fleet, .now_ms = START_MS, .now_unix_ms = noon_unix_ms, .profile = ""};
    panes_link(r, WIRE_LINK_CONNECTING, 0, "", 0);
    panes_link(r, WIRE_LINK_CONNECTED, 0, "", 0);
    return r;
}

void panes_destroy(struct panes_rig *r)
{
    view_clear(&r->view);
    surface_clear_memory(&r->s);
    fleet_destroy(r->fleet);
    free(r);
}

void panes_pass(struct panes_rig *r, uint64_t ms)
{
    r->m.now_ms += ms;
    r->m.now_unix_ms += (int64_t)ms;
    (void)fleet_tick(r->fleet, r->m.now_ms);
}

void panes_link(struct panes_rig *r, enum wire_link link, int32_t code, const char *reason,
                uint64_t retry_in_ms)
{
    feed(r, (struct wire_event){.kind = WIRE_LINK,
                                .link = link,
                                .code = code,
                                .text = str_from(reason),
                                .retry_at_ms = retry_in_ms ? r->m.now_ms + retry_in_ms : 0,
                                .name = STR("wss://api.example.app:443"),
                                .socket_id = link == WIRE_LINK_CONNECTED ? STR("31907.88214")
                                                                         : (struct str){"", 0}});
}

void panes_frame(struct panes_rig *r, const char *name, const char *raw)
{
    feed(r, (struct wire_event){.kind = WIRE_FRAME, .name = str_from(name), .text = str_from(raw)});
}

static void change_of(struct panes_rig *r, const char *id, enum change_kind kind, int64_t energy_wh,
                      int64_t charging_ms)
{
    struct change c = {
        .kind = kind, .at_ms = r->m.now_ms, .at_unix_ms = r->m.now_unix_ms, .seq = r->seq};

    str_copy(c.order_id, sizeof c.order_id, str_from(id));
    if (kind == CHANGE_CONSUMPTION) {
        c.order.has = ORDER_HAS_TIME | ORDER_HAS_ENERGY;
        c.order.energy_wh = energy_wh;
        c.order.charging_ms = charging_ms;
    }
    fleet_apply_change(r->fleet, &c);
}

static void frame_of(struct panes_rig *r, const char *id, const char *name)
{
    char channel[64];

    str_format(channel, sizeof channel, "private-orders.%s", id);
    feed(r, (struct wire_event){.kind = WIRE_FRAME,
                                .channel = str_from(channel),
                                .name = str_from(name),
                                .text = STR("{}")});
}

void panes_report(struct panes_rig *r, const char *id, int64_t energy_wh, int64_t charging_ms)
{
    assert_int_equal(fleet_order_add(r->fleet, str_from(id), r->m.now_ms), CT_OK);
    frame_of(r, id, "App\\Events\\ChargePointConsumption");
    change_of(r, id, CHANGE_CONSUMPTION, energy_wh, charging_ms);
}

void panes_complete(struct panes_rig *r, const char *id)
{
    frame_of(r, id, "App\\Events\\ChargePointCompleted");
    change_of(r, id, CHANGE_COMPLETED, 0, 0);
}

void panes_charge(struct panes_rig *r, const char *id, int count, uint64_t every_ms,
                  int64_t power_w)
{
    const struct order *o = fleet_order_get(r->fleet, str_from(id));
    int64_t wh = o && (o->f.has & ORDER_HAS_ENERGY) ? o->f.energy_wh : 0;
    int64_t ms = o && (o->f.has & ORDER_HAS_TIME) ? o->f.charging_ms : 0;

    for (int i = 0; i < count; i++) {
        panes_pass(r, every_ms);
        wh += power_w * (int64_t)every_ms / 3600000;
        ms += (int64_t)every_ms;
        panes_report(r, id, wh, ms);
    }
}

void panes_select(struct panes_rig *r, const char *id)
{
    str_copy(r->view.selected, sizeof r->view.selected, str_from(id));
}

static void keep_rows(struct panes_rig *r)
{
    struct buf text;
    struct str rest;

    buf_init(&text, (size_t)RIG_ROWS_MAX * RIG_ROW_BYTES);
    assert_int_equal(surface_dump(&r->s, SURFACE_DUMP_TEXT, &text), CT_OK);
    rest = buf_str(&text);
    r->row_count = 0;
    while (rest.len > 0 && r->row_count < RIG_ROWS_MAX)
        str_copy(r->rows[r->row_count++], RIG_ROW_BYTES, str_split(&rest, '\n'));
    buf_clear(&text);
}

void panes_draw(struct panes_rig *r, const struct pane_ops *pane, int cols, int rows, bool ascii)
{
    assert_int_equal(surface_resize(&r->s, cols, rows), CT_OK);
    surface_erase(&r->s);
    r->s.ascii = r->view.ascii = ascii;
    find_sync(&r->view, &r->m);
    pane->titles(&r->view, &r->m, cols + 2, &r->titles);
    pane->draw(&r->s, (struct rect){0, 0, cols, rows}, &r->view, &r->m);
    keep_rows(r);
}

int panes_row_of(const struct panes_rig *r, const char *text)
{
    for (int y = 0; y < r->row_count; y++)
        if (strstr(r->rows[y], text))
            return y;
    return -1;
}

bool panes_shows(const struct panes_rig *r, const char *text)
{
    return panes_row_of(r, text) >= 0;
}

int panes_count(const struct panes_rig *r, int first_row, int last_row, char symbol)
{
    int count = 0;

    for (int y = first_row; y <= last_row && y < r->row_count; y++)
        for (const char *c = r->rows[y]; *c; c++)
            count += *c == symbol;
    return count;
}
