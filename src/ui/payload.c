/* src/ui/payload.c - the payload of one event over the panes: JSON set out, or exactly as received. */
#include "ui/payload.h"

#include "base/stamp.h"
#include "ui/cross.h"
#include "ui/event_lines.h"
#include "ui/json_view.h"

enum { BOX_COLS_MAX = 140, BOX_ROWS_MAX = 300, TEXT_BYTES = LOG_TEXT_MAX_BYTES + 1 };

static const struct log_entry *entry_of(const struct view *v, const struct ui_model *m)
{
    return event_log_find(view_events(v, m), v->payload_seq);
}

/* The text kept of the event, without secrets: what was decrypted, unless it is wanted as received. */
static struct str text_of(const struct view *v, const struct ui_model *m, const struct log_entry *e,
                          char to[TEXT_BYTES])
{
    const struct event_log *log = view_events(v, m);
    const size_t len = e->clear_bytes > 0 && !v->payload_raw
                           ? event_log_clear(log, e, to, TEXT_BYTES - 1)
                           : event_log_text(log, e, to, TEXT_BYTES - 1);

    return (struct str){to, json_view_redact(to, len, TEXT_BYTES)};
}

static enum json_view_style style_of(const struct view *v)
{
    return v->payload_raw ? JSON_VIEW_RAW : JSON_VIEW_PRETTY;
}

/* The inside of the box that overlay_box() makes for that screen. */
static struct rect inside_of(int cols, int rows)
{
    const int most_rows = rows > 3 ? rows - 2 : rows;
    const int box_cols = cols < BOX_COLS_MAX ? cols : BOX_COLS_MAX;

    if (most_rows < 3 || box_cols < 12)
        return (struct rect){0, 0, box_cols, most_rows};
    return (struct rect){0, 0, box_cols - 2, most_rows - 2};
}

bool payload_open(struct view *v, const struct ui_model *m)
{
    const struct event_log *log = view_events(v, m);
    const size_t newest = event_line_newest(v, log);
    const struct log_entry *e = v->cross_seq ? event_log_find(log, v->cross_seq) : NULL;

    if (!e)
        e = event_log_at(log, newest);
    if (!e) {
        view_say(v, m->now_ms, "no events yet");
        return false;
    }
    if (v->cross_seq != e->seq)
        cross_set_event(v, m, e); /* it stays the one chosen when others arrive */
    v->payload_seq = e->seq;
    overlay_open(v, OVERLAY_PAYLOAD);
    return true;
}

/* The line above or below, whatever order it is of. */
static void other_event(struct view *v, const struct ui_model *m, bool newer)
{
    const struct event_log *log = view_events(v, m);
    const size_t next = event_line_next(v, log, event_log_age_of(log, v->payload_seq), !newer);
    const struct log_entry *e = event_log_at(log, next);

    if (!e)
        return;
    cross_set_event(v, m, e);
    v->payload_seq = e->seq;
    v->menu = (struct menu){0, 0};
}

static bool key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    char text[TEXT_BYTES];
    const struct log_entry *e = entry_of(v, m);
    const struct rect inside = inside_of(v->cols, v->rows);

    (void)out;
    switch (key) {
    case 'r':
        v->payload_raw = !v->payload_raw;
        v->menu = (struct menu){0, 0};
        return true;
    case '{':
    case 'h':
    case UI_KEY_LEFT:
        other_event(v, m, false);
        return true;
    case '}':
    case 'l':
    case UI_KEY_RIGHT:
        other_event(v, m, true);
        return true;
    case UI_KEY_ENTER:
        overlay_close(v);
        return true;
    default:
        break;
    }
    if (!e)
        return false;
    const size_t rows = json_view(NULL, inside, 0, text_of(v, m, e, text), style_of(v));
    const size_t page = inside.rows > 0 ? (size_t)inside.rows : 1;
    /* Rows scroll by themselves here: the entry of the menu is the first row. */
    if (!menu_key(&v->menu, key, rows > page ? rows - page + 1 : 1, page))
        return false;
    v->menu.top = v->menu.at;
    return true;
}

enum { WIDE_COLS = 100 };

/* Where there is little room the keys at the right need it more than the word for what this is. */
static void title_of(const struct view *v, const struct ui_model *m, const struct log_entry *e,
                     int cols, char *to, size_t cap)
{
    char clock[16], number[24] = "";
    const bool clear = e->clear_bytes > 0 && !v->payload_raw;

    stamp_format_clock(clock, sizeof clock, e->at_unix_ms, m->utc_offset_s, true);
    if (e->order_seq > 0)
        str_format(number, sizeof number, " #%u", (unsigned)e->order_seq);
    str_format(to, cap, "%s%s %s%s %s, %zu bytes%s%s", cols < WIDE_COLS ? "" : "Payload: ",
               e->order_id[0]  ? e->order_id
               : e->channel[0] ? e->channel
                               : "conn",
               e->name, number, clock, clear ? e->clear_bytes : e->text_bytes,
               e->text_cut ? ", cut here" : "",
               clear                           ? ", decrypted"
               : e->cipher != WIRE_CIPHER_NONE ? ", encrypted"
                                               : "");
}

static void draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    const struct log_entry *e = entry_of(v, m);
    char text[TEXT_BYTES], title[160] = "Payload", right[80];
    struct str shown = {text, 0};
    size_t rows = 1;

    if (e) {
        title_of(v, m, e, s->cols, title, sizeof title);
        shown = text_of(v, m, e, text);
    }
    const struct rect sized = inside_of(s->cols, s->rows);
    rows = json_view(NULL, sized, 0, shown, style_of(v));
    const int box_rows = rows + 2 < BOX_ROWS_MAX ? (int)rows + 2 : BOX_ROWS_MAX;
    const size_t page = sized.rows > 0 ? (size_t)sized.rows : 1;
    const size_t below = rows > v->menu.at + page ? rows - v->menu.at - page : 0;
    char more[32] = "";
    if (below > 0)
        str_format(more, sizeof more, "  +%zu below", below);
    str_format(right, sizeof right, "{ } other event  %s  Esc close%s",
               v->payload_raw ? "r JSON" : "r raw", more);
    const struct rect at = overlay_box(s, BOX_COLS_MAX, box_rows, title, right);
    if (!e)
        surface_text(s, at.x, at.y, at.cols, STR("this event is no longer kept"), ROLE_DIM);
    else if (shown.len == 0)
        surface_printf(s, at.x, at.y, at.cols, ROLE_DIM, "no payload%s%s", e->note[0] ? ": " : "",
                       e->note);
    else
        (void)json_view(s, at, v->menu.at, shown, style_of(v));
}

static const struct overlay_key keys[] = {
    {'{', "{", "event before"},     {'}', "}", "next event"}, {'r', "r", "raw or JSON"},
    {UI_KEY_DOWN, "j k", "scroll"}, {'y', "y", "copy"},       {UI_KEY_ESC, "Esc", "close"},
    {UI_KEY_NONE, NULL, NULL}};

const struct overlay_ops overlay_payload = {key, draw, keys, NULL, UI_KEY_NONE};
