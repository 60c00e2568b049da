/* src/ui/panes/events.c - the event log as lines: when, since when, whose, what changed. */
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "ui/columns.h"
#include "ui/event_lines.h"
#include "ui/glyph.h"
#include "ui/marks.h"

enum {
    LINES_MAX = SURFACE_ROWS_MAX,
    GAP_WALK_MAX = 4096, /* entries looked at for the event before of the same order */
    RAW_SHOWN_BYTES = 512,
    PLACE_MAX_CELLS = 10,  /* widest order id shown whole */
    PLACE_WIDE_CELLS = 20, /* the same from COLS_PLACE on, where channels have room */
    COLS_PLACE = 100,
    COLS_FULL = 64, /* clock with milliseconds, gap and event name */
    COLS_GAP = 50,
    COLS_NAME = 36,
    COLS_WIDE = 90,
    NAME_SHORT = 8,
    NAME_LONG = 12,
    NUMBER_MAX_CELLS = 10,
    CHANGE_CELLS = 12, /* "kWh >  min >" */
    GAP_CELLS = 5,
    GAP_MS_CELLS = 8 /* "+59.999s" */
};

/* ---- which lines ---- */

struct shown {
    const struct log_entry *e;
    uint64_t before_ms; /* when the one before of the same order arrived; 0 unknown */
};

/* Lines the pause hides are not below: they are told as waiting. */
static size_t count_below(const struct view *v, const struct event_log *log, bool *more)
{
    size_t below = 0;

    *more = false;
    if (v->events_anchor == 0)
        return 0;
    size_t age = event_log_age_of(log, v->events_anchor);
    for (size_t walked = 0; age > 0; walked++) {
        const struct log_entry *e = event_log_at(log, --age);
        if (e->seq > event_line_newest_seq(v))
            break;
        *more = walked == GAP_WALK_MAX;
        if (*more)
            break;
        below += event_line_shown(v, e);
    }
    return below;
}

/* Frames and REST answers of an order are not its events; answers that are no order's are lines of the
 * connection like others. */
static bool counts_for_gap(const struct log_entry *e)
{
    return e->what != LOG_PROTOCOL && (e->what != LOG_REST || !e->order_id[0]);
}

/* By the chain of the log, in a few steps a line; returns how many lines it leaves without. */
static size_t chain_gaps(const struct event_log *log, struct shown *lines, size_t count)
{
    size_t open = 0;

    for (size_t i = 0; i < count; i++) {
        const struct log_entry *e = event_log_earlier(log, lines[i].e);
        while (e && !counts_for_gap(e))
            e = event_log_earlier(log, e);
        if (e)
            lines[i].before_ms = e->at_ms;
        else
            open++;
    }
    return open;
}

/* Returns how many lines that entry is the one before of. */
static size_t resolve_gaps(struct shown *lines, size_t count, const struct log_entry *e)
{
    size_t found = 0;

    if (!counts_for_gap(e))
        return 0;
    for (size_t i = 0; i < count; i++)
        if (lines[i].before_ms == 0 && lines[i].e->seq > e->seq &&
            strcmp(lines[i].e->order_id, e->order_id) == 0) {
            lines[i].before_ms = e->at_ms;
            found++;
        }
    return found;
}

/* Newest first. Lines of the connection, and those whose chain is broken, are searched for: until
 * every gap is known or the walk becomes long. */
static size_t collect(const struct view *v, const struct event_log *log, size_t rows,
                      struct shown lines[LINES_MAX])
{
    const size_t total = event_log_count(log);
    const uint64_t anchor = v->events_anchor ? v->events_anchor : UINT64_MAX;
    const uint64_t newest = anchor < event_line_newest_seq(v) ? anchor : event_line_newest_seq(v);
    const size_t first = event_log_age_of(log, newest);
    size_t count = 0;

    if (rows > LINES_MAX)
        rows = LINES_MAX;
    for (size_t age = first; age < total && count < rows; age++) {
        const struct log_entry *e = event_log_at(log, age);
        if (event_line_shown(v, e))
            lines[count++] = (struct shown){e, 0};
    }
    size_t open = chain_gaps(log, lines, count);
    for (size_t age = first; open > 0 && age < total && age < first + GAP_WALK_MAX; age++)
        open -= resolve_gaps(lines, count, event_log_at(log, age));
    return count;
}

/* ---- columns ---- */

struct plan {
    int clock, gap, place, name; /* cells; 0: not shown */
    int kwh, min;                /* cells of one number */
    int decimals;                /* of kWh */
    bool min_alone;              /* no room for the minutes before */
    const char *between;
};

static const char *place_of(const struct ui_model *m, const struct log_entry *e)
{
    const struct side *side = fleet_side(m->fleet, e->source);

    if (e->order_id[0])
        return e->order_id;
    if (e->channel[0])
        return e->channel;
    return side ? side->name : "conn";
}

/* Words for the narrow column, where the whole name would be cut in the middle. */
static const char *name_of(const struct log_entry *e, int cells)
{
    static const struct {
        const char *name, *brief;
    } briefs[] = {{"Connection", "Link"},
                  {"ping/pong", "Ping"},
                  {"Subscription", "Sub"},
                  {"List done", "List end"}};

    for (size_t i = 0; cells < NAME_LONG && i < COUNT_OF(briefs); i++)
        if (strcmp(e->name, briefs[i].name) == 0)
            return briefs[i].brief;
    return e->name;
}

static bool has_numbers(const struct log_entry *e)
{
    return e->energy_wh != INT64_MIN && e->what != LOG_PROTOCOL && e->what != LOG_LINK &&
           e->what != LOG_SUB && e->what != LOG_REJECTED && e->order_id[0];
}

static int wider(int cells, int wanted, int most)
{
    if (wanted > most)
        wanted = most;
    return wanted > cells ? wanted : cells;
}

static int digits_before_point(int64_t value)
{
    int digits = 1;

    for (value = value == INT64_MIN ? 0 : value; value >= 10; value /= 10)
        digits++;
    return digits;
}

/* What stands left of the numbers. */
static int cells_before_change(const struct plan *p, int cols)
{
    const int columns = (p->clock > 0) + (p->gap > 0) + 1 + (p->name > 0);

    return (cols >= COLS_NAME) + p->clock + p->gap + p->place + p->name +
           columns * (int)strlen(p->between);
}

static struct plan plan_of(const struct view *v, const struct ui_model *m, int cols,
                           const struct shown *lines, size_t count)
{
    struct plan p = {.clock = cols >= COLS_FULL ? 12 : 8,
                     .gap = cols >= COLS_GAP ? GAP_CELLS : 0,
                     .place = 4,
                     .kwh = 5,
                     .decimals = 2,
                     .min = cols >= COLS_FULL ? 5 : 4, /* wide enough to stay as it is */
                     .name = cols >= COLS_FULL + 6 ? NAME_LONG
                             : cols >= COLS_NAME   ? NAME_SHORT
                                                   : 0,
                     .between = cols >= COLS_WIDE ? "  " : " "};

    if (v->time_style == TIME_AGE) {
        p.clock = GAP_CELLS;
        p.gap = 0;
    } else if (v->time_style == TIME_GAP) {
        p.clock = 0;
        p.gap = GAP_MS_CELLS;
    }
    for (size_t i = 0; i < count; i++) {
        const struct log_entry *e = lines[i].e;
        p.place = wider(p.place, text_width(str_from(place_of(m, e))),
                        cols >= COLS_PLACE ? PLACE_WIDE_CELLS : PLACE_MAX_CELLS);
        if (!has_numbers(e))
            continue;
        p.decimals = wider(p.decimals, event_line_decimals(e), 3);
        p.kwh = wider(p.kwh, digits_before_point(e->energy_wh / 1000) + 3, NUMBER_MAX_CELLS);
        p.kwh = wider(p.kwh, digits_before_point(e->energy_before_wh / 1000) + 3, NUMBER_MAX_CELLS);
        p.min = wider(p.min, digits_before_point(e->charging_ms / 60000) + 2, NUMBER_MAX_CELLS);
    }
    p.kwh += p.decimals - 2;
    if (cols < COLS_NAME / 2)
        p.clock = p.gap = 0;
    p.min_alone = !v->events_wrap &&
                  cells_before_change(&p, cols) + 2 * (p.kwh + p.min) + CHANGE_CELLS > cols;
    return p;
}

/* ---- what stands in them ---- */

static void gap_text(uint64_t ms, bool whole, char *to, size_t cap)
{
    to[0] = '+';
    if (whole && ms < 60000)
        str_format(to + 1, cap - 1, "%llu.%03llus", (unsigned long long)(ms / 1000),
                   (unsigned long long)(ms % 1000));
    else if (ms < 9950) /* one decimal, rounded */
        str_format(to + 1, cap - 1, "%llu.%llus", (unsigned long long)((ms + 50) / 1000),
                   (unsigned long long)((ms + 50) % 1000 / 100));
    else
        column_age(to + 1, cap - 1, ms);
}

/* "kWh  1.09> 1.10"; '=' when it stood still; the new value alone when there was none before. */
static size_t change_text(const char *unit, int cells, int64_t before, int64_t now, int decimals,
                          int shown, char *to, size_t cap)
{
    char old[24], new[24];

    num_format(new, sizeof new, now, decimals, shown);
    if (before == INT64_MIN)
        return str_format(to, cap, "%s %*s %*s", unit, cells, "", cells, new);
    num_format(old, sizeof old, before, decimals, shown);
    return str_format(to, cap, "%s %*s%c%*s", unit, cells, old, before == now ? '=' : '>', cells,
                      new);
}

static void alone_text(const char *unit, int cells, int64_t now, int decimals, int shown, char *to,
                       size_t cap)
{
    char new[24];

    num_format(new, sizeof new, now, decimals, shown);
    str_format(to, cap, "%s %*s", unit, cells, new);
}

static int64_t tenth_minutes(int64_t ms)
{
    return ms == INT64_MIN ? ms : (ms + 3000) / 6000;
}

static int role_of_note(const struct log_entry *e)
{
    if (e->note[0] == '!' || e->what == LOG_REJECTED)
        return ROLE_STATE_BAD;
    if (e->what == LOG_COMPLETED)
        return ROLE_STATE_DONE;
    if (e->what == LOG_LINK || e->what == LOG_SUB)
        return strstr(e->note, "denied") || strstr(e->note, "failed") ? ROLE_WARNING : ROLE_INFO;
    return ROLE_BODY;
}

/* Where a line is written. A line that wraps goes on below, from `indent` on; what lies outside of
 * [top, bottom) is not drawn. Without a surface the rows are only counted. */
struct pen {
    struct surface *s;
    int x, y, begin, end;
    bool wrap;
    int indent, top, bottom;
};

/* A character with the marks that belong to it. */
static struct str first_character(struct str text, int *cells)
{
    struct str rest = text;
    int more = 0;

    (void)text_next(&rest, cells);
    for (struct str next = rest; next.len > 0; rest = next) {
        (void)text_next(&next, &more);
        if (more > 0)
            break;
    }
    return (struct str){text.ptr, text.len - rest.len};
}

static void put_wrapped(struct pen *pen, struct str text, int role)
{
    while (text.len > 0) {
        int cells = 0;
        const struct str one = first_character(text, &cells);
        if (pen->x + cells > pen->end && pen->x > pen->begin + pen->indent) {
            pen->x = pen->begin + pen->indent;
            pen->y++;
        }
        if (pen->s && pen->y >= pen->top && pen->y < pen->bottom)
            surface_text(pen->s, pen->x, pen->y, pen->end - pen->x, one, role);
        pen->x += cells;
        text.ptr += one.len;
        text.len -= one.len;
    }
}

/* Text cut at the right edge with one mark, or going on below. */
static void put(struct pen *pen, const char *text, int role)
{
    const int room = pen->end - pen->x, width = text_width(str_from(text));

    if (pen->wrap) {
        put_wrapped(pen, str_from(text), role);
        return;
    }
    if (room < 1)
        return;
    if (width <= room) {
        pen->x += surface_text(pen->s, pen->x, pen->y, room, str_from(text), role);
        return;
    }
    surface_text(pen->s, pen->x, pen->y, room - 1, str_from(text), role);
    surface_glyph(pen->s, pen->end - 1, pen->y, glyph_ellipsis(pen->s->ascii), ROLE_DIM);
    pen->x = pen->end;
}

static void put_cell(struct pen *pen, int cells, const char *between, const char *text, int role)
{
    const int width = text_width(str_from(text));
    struct pen cell = *pen;

    cell.end = pen->x + cells < pen->end ? pen->x + cells : pen->end;
    cell.wrap = false;
    if (pen->s && pen->y >= pen->top && pen->y < pen->bottom) {
        if (width > cells)
            surface_text(cell.s, cell.x, cell.y, cell.end - cell.x, str_from(text), role);
        else
            put(&cell, text, role);
    }
    pen->x += cells + (int)strlen(between);
}

static void put_when(struct pen *pen, const struct plan *p, const struct view *v,
                     const struct ui_model *m, const struct shown *line)
{
    char text[24], cell[32];

    if (v->time_style == TIME_AGE)
        column_age(text, sizeof text, m->now_ms > line->e->at_ms ? m->now_ms - line->e->at_ms : 0);
    else
        stamp_format_clock(text, sizeof text, line->e->at_unix_ms, m->utc_offset_s, p->clock >= 12);
    str_format(cell, sizeof cell, "%*s", p->clock, text);
    if (p->clock > 0)
        put_cell(pen, p->clock, p->between, cell, ROLE_DIM);
    text[0] = '\0';
    if (line->before_ms > 0 && line->e->at_ms >= line->before_ms)
        gap_text(line->e->at_ms - line->before_ms, v->time_style == TIME_GAP, text, sizeof text);
    str_format(cell, sizeof cell, "%*s", p->gap, text);
    if (p->gap > 0)
        put_cell(pen, p->gap, p->between, cell, ROLE_DIM);
}

static void put_numbers(struct pen *pen, const struct plan *p, const struct log_entry *e)
{
    char text[96];

    change_text("kWh", p->kwh, e->energy_before_wh, e->energy_wh, 3, p->decimals, text,
                sizeof text);
    put(pen, text, ROLE_BODY);
    if (e->note[0] == '!' || e->charging_ms == INT64_MIN)
        return; /* what is wrong stands where the minutes would */
    put(pen, "  ", ROLE_BODY);
    if (p->min_alone)
        alone_text("min", p->min, tenth_minutes(e->charging_ms), 1, 1, text, sizeof text);
    else
        change_text("min", p->min, tenth_minutes(e->charging_before_ms),
                    tenth_minutes(e->charging_ms), 1, 1, text, sizeof text);
    put(pen, text, ROLE_BODY);
}

/* "no change x74", "late", "! energy fell" */
static void put_notes(struct pen *pen, const struct view *v, const struct log_entry *e,
                      const char *before)
{
    const char *word = e->what == LOG_DUPLICATE                             ? "no change"
                       : e->what == LOG_LATE && e->note[0] == '\0'          ? "late"
                       : e->what == LOG_COMPLETED && !e->note[0]            ? "completed"
                       : e->what == LOG_SUB && strcmp(e->note, "none") == 0 ? "ended"
                                                                            : e->note;
    char times[24];

    if (e->repeats > 1 && !v->events_unfold) { /* before words that 80 columns cut */
        str_format(times, sizeof times, "%sx%u", before, (unsigned)e->repeats);
        put(pen, times, ROLE_STRONG);
        before = " ";
    }
    if (e->what == LOG_DUPLICATE && e->repeats > 1 && !pen->wrap &&
        pen->x + text_width(str_from(before)) + text_width(str_from(word)) > pen->end)
        word = ""; /* the count and `=` say it, "no..." would not */
    if (word[0]) {
        put(pen, before, ROLE_BODY);
        put(pen, word, role_of_note(e));
    }
}

static void put_mark(struct pen *pen, const struct ui_model *m, const struct log_entry *e)
{
    const struct mark *mark = e->marked ? mark_of_event(m, e->seq) : NULL;

    if (!mark)
        return;
    put(pen, "  m ", ROLE_STRONG);
    put(pen, mark->note, ROLE_STRONG);
}

/* Returns the rows it takes. Drawn at row.y and below, within the rows of the pane. */
static int draw_line(struct surface *s, struct rect row, struct rect pane, const struct plan *p,
                     const struct view *v, const struct ui_model *m, const struct shown *line)
{
    const struct log_entry *e = line->e;
    const int pad = row.cols >= COLS_NAME;
    struct pen pen = {.s = s,
                      .x = row.x + pad,
                      .y = row.y,
                      .begin = row.x,
                      .end = row.x + row.cols,
                      .wrap = v->events_wrap,
                      .top = pane.y,
                      .bottom = pane.y + pane.rows};
    const bool selected = e->order_id[0] && strcmp(e->order_id, v->selected) == 0;

    put_when(&pen, p, v, m, line);
    put_cell(&pen, p->place, p->between, place_of(m, e), selected ? ROLE_STRONG : ROLE_BODY);
    if (p->name > 0)
        put_cell(&pen, p->name, p->between, name_of(e, p->name), ROLE_BODY);
    pen.indent = pen.x - pen.begin < row.cols / 2 ? pen.x - pen.begin : row.cols / 4;
    if (has_numbers(e)) {
        put_numbers(&pen, p, e);
        put_notes(&pen, v, e, "  ");
    } else {
        char raw[RAW_SHOWN_BYTES];
        put_notes(&pen, v, e, "");
        if (e->clear_bytes > 0)
            put(&pen, "decrypted  ", ROLE_INFO);
        if (e->note[0] == '\0' && event_line_data(view_events(v, m), e, raw, sizeof raw) > 0) {
            put(&pen, e->repeats > 1 && !v->events_unfold ? "  " : "", ROLE_BODY);
            put(&pen, raw, ROLE_DIM);
        }
    }
    put_mark(&pen, m, e);
    if (e->marked && pad && s && row.y >= pane.y && row.y < pane.y + pane.rows)
        surface_text(s, row.x, row.y, 1, STR("m"), ROLE_STRONG);
    return pen.y - row.y + 1;
}

/* ---- the pane ---- */

static size_t append(char *to, size_t cap, const char *between, const char *text)
{
    const size_t len = strlen(to);

    return len + str_format(to + len, cap - len, "%s%s", len ? between : "", text);
}

static void titles(const struct view *v, const struct ui_model *m, int cols,
                   struct pane_titles *out)
{
    static const char *const styles[TIME_STYLE_COUNT] = {"time: clock+gap", "time: age",
                                                         "time: gap"};
    const uint32_t rate = link_events_per_10s(fleet_link(m->fleet));
    bool more = false;
    const size_t below = count_below(v, view_events(v, m), &more);
    char part[128];

    str_format(out->left, sizeof out->left, "Events %u.%u/s", rate / 10, rate % 10);
    out->right[0] = '\0';
    if (v->events_frames && cols >= 40)
        append(out->right, sizeof out->right, "   ", "frames");
    if (v->events_unfold && cols >= 50)
        append(out->right, sizeof out->right, "   ", "unfolded");
    if (v->events_wrap && cols >= 50)
        append(out->right, sizeof out->right, "   ", "wrap");
    if (cols >= 100 && (unsigned)v->time_style < TIME_STYLE_COUNT)
        append(out->right, sizeof out->right, "   ", styles[v->time_style]);
    if (v->paused_ms)
        append(out->right, sizeof out->right, "  ", "PAUSED");
    if (v->events_anchor) {
        str_format(part, sizeof part, "+%zu%s below", below, more ? "+" : "");
        append(out->right, sizeof out->right, "  ", part);
        if (v->events_lost)
            append(out->right, sizeof out->right, "  ",
                   cols >= COLS_FULL ? "older events have left the log" : "older left");
    } else if (!v->paused_ms) {
        append(out->right, sizeof out->right, "   ", "follow live");
    }
    if (find_title(v, PANE_EVENTS, cols >= 180, part, sizeof part) > 0)
        append(out->right, sizeof out->right, "   ", part);
}

static void draw_nothing(struct surface *s, struct rect at, const struct view *v)
{
    char text[96] = "no events yet";

    if (v->find.count[PANE_EVENTS].total > 0)
        find_nothing(v, PANE_EVENTS, "event", text, sizeof text);
    surface_text(s, at.x + (at.cols > 1), at.y, at.cols - 1, str_from(text), ROLE_DIM);
}

/* What the times take at the left of a line: nobody looks for those. */
static int when_cells(const struct plan *p, int cols)
{
    const int between = (int)strlen(p->between);

    return (cols >= COLS_NAME) + (p->clock > 0 ? p->clock + between : 0) +
           (p->gap > 0 ? p->gap + between : 0);
}

/* How many of the newest lines are left out so that the chosen one is in sight although lines below
 * it take several rows. */
static size_t leave_out(const struct view *v, const struct ui_model *m, struct rect at,
                        const struct plan *p, const struct shown *lines, size_t count)
{
    size_t chosen = 0, first = 0;
    int rows = 0;

    while (chosen < count && lines[chosen].e->seq != v->cross_seq)
        chosen++;
    if (!v->events_wrap || chosen == count)
        return 0;
    const struct rect row = {at.x, 0, at.cols, 1};
    for (size_t i = 0; i <= chosen; i++)
        rows += draw_line(NULL, row, at, p, v, m, &lines[i]);
    for (; rows > at.rows && first < chosen; first++)
        rows -= draw_line(NULL, row, at, p, v, m, &lines[first]);
    return first;
}

static void draw_lines(struct surface *s, struct rect at, const struct plan *p,
                       const struct view *v, const struct ui_model *m, const struct shown *lines,
                       size_t count)
{
    int y = at.y + at.rows;

    for (size_t i = leave_out(v, m, at, p, lines, count); i < count && y > at.y; i++) {
        struct rect row = {at.x, 0, at.cols, 1};
        row.rows = v->events_wrap ? draw_line(NULL, row, at, p, v, m, &lines[i]) : 1;
        y -= row.rows;
        row.y = y;
        (void)draw_line(s, row, at, p, v, m, &lines[i]);
        if (row.y < at.y) {
            row.rows -= at.y - row.y;
            row.y = at.y;
        }
        find_mark_event(s, row, when_cells(p, at.cols), v, lines[i].e);
        if (v->cross_seq && lines[i].e->seq == v->cross_seq)
            surface_flag(s, row, CELL_SELECTED);
    }
}

/* Few lines stand at the top: the rows that they take. */
static int rows_taken(struct rect at, const struct plan *p, const struct view *v,
                      const struct ui_model *m, const struct shown *lines, size_t count)
{
    int rows = 0;

    for (size_t i = 0; i < count && rows < at.rows; i++)
        rows += v->events_wrap
                    ? draw_line(NULL, (struct rect){at.x, 0, at.cols, 1}, at, p, v, m, &lines[i])
                    : 1;
    return rows < at.rows ? rows : at.rows;
}

uint64_t pane_events_at(const struct view *v, const struct ui_model *m, struct rect at, int y)
{
    struct shown lines[LINES_MAX];

    if (at.cols < 1 || at.rows < 1)
        return 0;
    const size_t count = collect(v, view_events(v, m), (size_t)at.rows, lines);
    const struct plan p = plan_of(v, m, at.cols, lines, count);
    int top = at.y + rows_taken(at, &p, v, m, lines, count);
    if (y < at.y || y >= top)
        return 0;
    at.rows = top - at.y;
    const struct rect row = {at.x, 0, at.cols, 1};
    for (size_t i = leave_out(v, m, at, &p, lines, count); i < count; i++) {
        top -= v->events_wrap ? draw_line(NULL, row, at, &p, v, m, &lines[i]) : 1;
        if (y >= top)
            return lines[i].e->seq;
    }
    return 0;
}

static void draw(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m)
{
    struct shown lines[LINES_MAX];

    if (at.cols < 1 || at.rows < 1)
        return;
    const size_t count = collect(v, view_events(v, m), (size_t)at.rows, lines);
    const struct plan p = plan_of(v, m, at.cols, lines, count);
    if (count == 0) {
        draw_nothing(s, at, v);
        return;
    }
    at.rows = rows_taken(at, &p, v, m, lines, count);
    draw_lines(s, at, &p, v, m, lines, count);
}

const struct pane_ops pane_events = {"Events", titles, draw, NULL};
