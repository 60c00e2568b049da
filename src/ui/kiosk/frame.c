/* src/ui/kiosk/frame.c - what surrounds every page of the kiosk, and what covers it when data are old. */
#include <string.h>

#include "base/stamp.h"
#include "base/text.h"
#include "ui/kiosk/kiosk_internal.h"
#include "ui/recording.h"
#include "ui/toast.h"

enum { ROWS_RULES = 16, ROWS_PAGES_LINE = 36, COLS_DATE = 110, TICK_MS = 1000 };

static const char *heading_of(enum kiosk_page page)
{
    static const char *const headings[KIOSK_PAGE_COUNT] = {
        [KIOSK_ATTENTION] = "NEEDS EYES",  [KIOSK_TOTALS] = "ENERGY FLOWING NOW",
        [KIOSK_SITES] = "SITES",           [KIOSK_COMPLETIONS] = "LAST COMPLETIONS",
        [KIOSK_PLOT] = "POWER OF THE DAY",
    };

    return headings[page];
}

static void title_of(const struct kiosk_look *l, char *to, size_t cap)
{
    const char *title = l->k->cfg.title[0] ? l->k->cfg.title : l->m->profile;

    text_clean(to, cap, str_from(title && title[0] ? title : "chargetop"));
    if (!l->k->cfg.title[0])
        for (char *c = to; *c; c++)
            if (*c >= 'a' && *c <= 'z')
                *c = (char)(*c - 'a' + 'A');
}

/* Moves once a second while the program lives. */
static void put_tick(const struct kiosk_look *l, int x, int y)
{
    static const char hands[] = {'|', '/', '-', '\\'};

    surface_glyph(l->s, x, y, (uint32_t)hands[l->m->now_ms / TICK_MS % sizeof hands], ROLE_STRONG);
}

static void put_header(const struct kiosk_look *l, struct rect at, const char *heading)
{
    char title[64], clock[16], day[24], right[48];

    title_of(l, title, sizeof title);
    (void)stamp_format_clock(clock, sizeof clock, l->m->now_unix_ms, l->m->utc_offset_s, false);
    (void)stamp_format_day(day, sizeof day, l->m->now_unix_ms, l->m->utc_offset_s);
    if (at.cols >= COLS_DATE)
        (void)str_format(right, sizeof right, "%s   %s", day, clock);
    else
        (void)str_copy(right, sizeof right, str_from(clock));
    put_tick(l, at.x + at.cols - 1, at.y);
    const int right_cells = (int)strlen(right);
    const int right_x = at.x + at.cols - 2 - right_cells;
    if (right_x > at.x + 1)
        (void)surface_text(l->s, right_x, at.y, right_cells, str_from(right), ROLE_HEADER);
    const int title_cells =
        kiosk_text(l->s, at.x + 1, at.y, right_x - at.x - 3, title, ROLE_HEADER);
    const int cells = text_width(str_from(heading));
    const int x = at.x + (at.cols - cells) / 2;
    if (x > at.x + title_cells + 3 && x + cells + 1 < right_x)
        (void)surface_text(l->s, x, at.y, cells, str_from(heading), ROLE_TITLE);
}

/* ---- the line that says whether to believe it ---- */

static void data_words(const struct kiosk_look *l, enum kiosk_trust trust, char *to, size_t cap)
{
    const struct link *link = fleet_link(l->m->fleet);
    const uint64_t age_ms = l->m->now_ms > link->data_ms ? l->m->now_ms - link->data_ms : 0;
    char age[24];

    if (link->data_ms == 0) {
        (void)str_copy(to, cap, STR("no data yet"));
        return;
    }
    if (age_ms < 10000)
        (void)str_format(age, sizeof age, "%llu.%llu s", (unsigned long long)(age_ms / 1000),
                         (unsigned long long)(age_ms % 1000 / 100));
    else
        (void)kiosk_duration(age, sizeof age, (int64_t)age_ms);
    (void)str_format(to, cap, trust == KIOSK_OLD ? "data OLD, %s" : "data %s old", age);
}

/* "[o * o o]": where the rotation is. */
static size_t dots(const struct kiosk *k, char *to, size_t cap)
{
    size_t len = str_copy(to, cap, STR("["));

    for (size_t i = 0; i < k->cfg.page_count; i++)
        len += str_format(to + len, cap - len, "%s%c", i ? " " : "",
                          k->cfg.pages[i] == k->page ? '*' : 'o');
    return len + str_copy(to + len, cap - len, STR("]"));
}

static size_t place_of(const struct kiosk *k)
{
    for (size_t i = 0; i < k->cfg.page_count; i++)
        if (k->cfg.pages[i] == k->page)
            return i + 1;
    return 1;
}

/* Where the rotation is and when it turns: "[* o o] totals 1/3   next in 7 s: plot". What has no room gives
 * way in this order: which page is next, the dots, the name; when it turns stays longest. */
static void page_words(const struct kiosk_look *l, int cells, char *to, size_t cap)
{
    const struct kiosk *k = l->k;
    const char *name = kiosk_page_name(k->page);
    uint64_t at_ms;
    const enum kiosk_page next = kiosk_next(k, &at_ms);
    char places[32], turns[32] = "", page[48] = "";

    (void)dots(k, places, sizeof places);
    if (k->held) {
        (void)str_copy(turns, sizeof turns, STR("   held"));
        (void)str_copy(page, sizeof page, STR(": a new alarm"));
    } else if (at_ms != UINT64_MAX && next != k->page) {
        (void)str_format(
            turns, sizeof turns, "   next in %llu s",
            (unsigned long long)((at_ms > l->m->now_ms ? at_ms - l->m->now_ms + 999 : 0) / 1000));
        (void)str_format(page, sizeof page, ": %s", kiosk_page_name(next));
    }
    for (int form = 0; form < 4; form++) {
        (void)str_format(to, cap, "%s%s%s%s%zu/%zu%s%s", form < 2 ? places : "",
                         form < 2 ? " " : "", form < 3 ? name : "", form < 3 ? " " : "",
                         place_of(k), k->cfg.page_count, turns, form == 0 ? page : "");
        if (text_width(str_from(to)) <= cells)
            return;
    }
}

/* What is past, and what is not recorded though it should be, a wall must say as well. Returns cells. */
static int put_recording(const struct kiosk_look *l, int x, int y, int end)
{
    char text[64];
    int role = ROLE_HEADER, rank = 0, used = 0;

    if (replay_words(l->m, 0, text, sizeof text) > 0)
        used = surface_text(l->s, x, y, end - x, str_from(text), ROLE_PAUSED) + 3;
    if (recording_words(l->m, text, sizeof text, &role, &rank) > 0 && role == ROLE_LINK_DOWN)
        used += surface_text(l->s, x + used, y, end - x - used, str_from(text), role) + 3;
    return used;
}

static void put_status(const struct kiosk_look *l, struct rect at, enum kiosk_trust trust)
{
    char text[160];
    const int end = at.x + at.cols;
    int x = at.x + 1;

    x += put_recording(l, x, at.y, end);
    line_link_words(fleet_link(l->m->fleet), l->m->now_ms, text, sizeof text);
    x += kiosk_text(l->s, x, at.y, end - x, text,
                    trust == KIOSK_DOWN   ? ROLE_LINK_DOWN
                    : trust == KIOSK_WAIT ? ROLE_LINK_TRYING
                                          : ROLE_LINK_UP) +
         (at.cols >= 100 ? 5 : 3);
    data_words(l, trust, text, sizeof text);
    if (x + text_width(str_from(text)) <= end)
        x += surface_text(l->s, x, at.y, end - x, str_from(text),
                          trust == KIOSK_OLD ? ROLE_LINK_TRYING : ROLE_HEADER) +
             (at.cols >= 100 ? 5 : 3);
    page_words(l, end - x, text, sizeof text);
    if (x + text_width(str_from(text)) <= end)
        x += surface_text(l->s, x, at.y, end - x, str_from(text), ROLE_BODY) + 5;
    const char warning[] = "if this line says OLD or DOWN, do not trust the numbers above";
    if (x + (int)sizeof warning <= end && trust == KIOSK_LIVE)
        (void)surface_text(l->s, x, at.y, end - x, str_from(warning), ROLE_DIM);
}

/* "press q three times", or "press q x q". */
static void chord_words(const struct kiosk *k, char *to, size_t cap)
{
    static const char *const times[] = {"",           "once",      "twice", "three times",
                                        "four times", "five times"};
    char name[24];
    bool same = true;
    size_t len = str_copy(to, cap, STR("press"));

    for (size_t i = 1; i < k->cfg.chord_count; i++)
        same = same && k->cfg.chord[i] == k->cfg.chord[0];
    for (size_t i = 0; i < (same ? 1 : k->cfg.chord_count); i++) {
        (void)ui_key_name(k->cfg.chord[i], name, sizeof name);
        len += str_format(to + len, cap - len, " %s", name);
    }
    if (same && k->cfg.chord_count < COUNT_OF(times))
        (void)str_format(to + len, cap - len, " %s", times[k->cfg.chord_count]);
}

static void put_keys(const struct kiosk_look *l, struct rect at)
{
    char chord[96], line[160];
    const char drift[] = "screen drifts 1 cell each 10 min";

    chord_words(l->k, chord, sizeof chord);
    (void)str_format(line, sizeof line, "kiosk: keys locked, %s to leave", chord);
    if (text_width(str_from(line)) > at.cols - 1)
        (void)str_format(line, sizeof line, "%s to leave", chord);
    const int used = kiosk_text(l->s, at.x + 1, at.y, at.cols - 1, line, ROLE_DIM);
    if (used + (int)sizeof drift + 6 <= at.cols)
        surface_right(l->s, at.x + at.cols - (int)sizeof drift, at.y, (int)sizeof drift - 1,
                      str_from(drift), ROLE_DIM);
}

static void put_pages_line(const struct kiosk_look *l, struct rect at)
{
    char line[160];
    size_t len = str_copy(line, sizeof line, STR("pages: "));

    for (size_t i = 0; i < l->k->cfg.page_count; i++)
        len += str_format(line + len, sizeof line - len, "%s%s", i ? ", " : "",
                          kiosk_page_name(l->k->cfg.pages[i]));
    (void)kiosk_text(l->s, at.x + 1, at.y, at.cols - 1, line, ROLE_DIM);
}

/* ---- when numbers cannot be believed ---- */

static const char *word_of(enum kiosk_trust trust)
{
    return trust == KIOSK_OLD ? "OLD" : trust == KIOSK_DOWN ? "DOWN" : "WAIT";
}

static void trust_words(const struct kiosk_look *l, enum kiosk_trust trust, int64_t since_unix_ms,
                        int cells, char *to, size_t cap)
{
    char clock[8], age[24];

    (void)kiosk_clock(l->m, clock, sizeof clock, since_unix_ms);
    (void)kiosk_duration(age, sizeof age, l->m->now_unix_ms - since_unix_ms);
    (void)str_format(to, cap, "%s since %s, %s",
                     trust == KIOSK_WAIT ? "connecting" : word_of(trust), clock, age);
    if (text_width(str_from(to)) > cells)
        (void)str_format(to, cap, "%s %s, %s", word_of(trust), clock, age);
}

static void centre(const struct kiosk_look *l, struct rect at, int y, const char *text, int role)
{
    const int cells = text_width(str_from(text));
    const int shown = cells < at.cols ? cells : at.cols;
    const int x = at.x + (at.cols - shown) / 2;

    surface_fill(l->s,
                 (struct rect){x - (x > at.x), y, shown + 2 < at.cols ? shown + 2 : at.cols, 1},
                 ' ', role);
    (void)kiosk_text(l->s, x, y, shown, text, role);
}

/* Nothing under it shows through: no number of before can be taken for one of now. */
static void draw_untrusted(const struct kiosk_look *l, struct rect at, enum kiosk_trust trust,
                           int64_t since_unix_ms)
{
    const int role = trust == KIOSK_DOWN ? ROLE_LINK_DOWN : ROLE_LINK_TRYING;
    const char *word = word_of(trust);
    char words[80];
    struct digit_size size;

    surface_fill(l->s, at, '/', role);
    trust_words(l, trust, since_unix_ms, at.cols, words, sizeof words);
    if (at.rows < 7 || !digits_fit(word, at.cols - 4, at.rows - 4, &size)) {
        centre(l, at, at.y + at.rows / 2, words, role);
        return;
    }
    const int cells = digits_cells(word, size.x), rows = size.y * DIGIT_ROWS;
    struct rect box = {at.x + (at.cols - cells) / 2 - 2, at.y + (at.rows - rows - 2) / 2 - 1,
                       cells + 4, rows + 2};
    if (box.y < at.y)
        box.y = at.y;
    surface_fill(l->s, box, ' ', ROLE_BODY); /* letters are blocks, and role may reverse */
    digits_draw(l->s, box.x + 2, box.y + 1, size, word, role);
    const int y = box.y + box.rows;
    centre(l, at, y, words, role);
    if (y + 1 < at.y + at.rows && trust != KIOSK_WAIT && at.cols >= 40)
        centre(l, at, y + 1, "numbers are not shown until they are fresh", role);
}

/* ---- all of it ---- */

static void draw_page(const struct kiosk_look *l, struct rect at)
{
    switch (l->k->page) {
    case KIOSK_ATTENTION:
        kiosk_draw_attention(l, at);
        break;
    case KIOSK_TOTALS:
        kiosk_draw_totals(l, at);
        break;
    case KIOSK_SITES:
        kiosk_draw_sites(l, at);
        break;
    case KIOSK_COMPLETIONS:
        kiosk_draw_completions(l, at);
        break;
    case KIOSK_PLOT:
        kiosk_draw_plot(l, at);
        break;
    case KIOSK_PAGE_COUNT:
        break;
    }
}

/* The picture's place: smaller than the screen by the margin in which it drifts. */
static struct rect picture(const struct surface *s, int64_t unix_ms)
{
    const int x_max = s->cols >= 40 ? 2 : s->cols >= 12 ? 1 : 0;
    const int y_max = s->rows >= 20 ? 1 : 0;
    int x, y;

    kiosk_drift(unix_ms, x_max, y_max, &x, &y);
    return (struct rect){x, y, s->cols - x_max, s->rows - y_max};
}

static void draw_footer(const struct kiosk_look *l, struct rect *body, enum kiosk_trust trust)
{
    const bool rules = body->rows >= ROWS_RULES - 2;
    const bool pages = l->s->rows >= ROWS_PAGES_LINE;
    int bottom = body->y + body->rows;

    if (body->rows < 3)
        return;
    if (rules)
        put_keys(l, (struct rect){body->x, --bottom, body->cols, 1});
    if (pages)
        put_pages_line(l, (struct rect){body->x, --bottom, body->cols, 1});
    put_status(l, (struct rect){body->x, --bottom, body->cols, 1}, trust);
    if (rules)
        surface_hline(l->s, body->x, --bottom, body->cols, l->s->rows >= 50 ? BOX_FOCUS : BOX_PLAIN,
                      ROLE_BORDER);
    body->rows = bottom - body->y;
}

/* Above every page, and above numbers that are not believed: cameras have a connection of their own. */
static void put_fires(const struct kiosk_look *l, struct rect *body, bool all)
{
    const bool roomy = body->rows >= 8;
    const int indent = body->cols >= 60 ? 4 : 1;
    const int room = all ? body->rows / 2 : body->rows >= 12 ? 2 : 1;
    const struct rect at = {body->x + indent, body->y + (all && roomy), body->cols - indent, room};
    const int used = l->k->fire_count > 0 && body->rows > 1 ? kiosk_put_fires(l, at) : 0;

    if (used == 0)
        return;
    body->y += used + (all && roomy);
    body->rows -= used + (all && roomy);
    if (roomy) {
        surface_hline(l->s, body->x, body->y, body->cols, BOX_PLAIN, ROLE_BORDER);
        body->y++;
        body->rows--;
    }
}

void kiosk_draw(struct surface *s, const struct view *v, const struct ui_model *m)
{
    struct kiosk_look l = {
        .s = s, .k = &v->kiosk, .m = m, .day = fleet_day(m->fleet), .past = fleet_past(m->fleet)};
    struct rect body = picture(s, m->now_unix_ms);
    int64_t since_unix_ms = 0;
    const enum kiosk_trust trust = kiosk_trust_of(&l.k->cfg, m, &since_unix_ms);
    const bool rules = body.rows >= ROWS_RULES;

    fleet_totals(m->fleet, &l.totals);
    surface_erase(s);
    if (body.rows >= 2) {
        put_header(&l, (struct rect){body.x, body.y, body.cols, 1},
                   trust == KIOSK_LIVE ? heading_of(l.k->page) : "NOT LIVE");
        body.y++;
        body.rows--;
    }
    if (rules) {
        surface_hline(s, body.x, body.y, body.cols, s->rows >= 50 ? BOX_FOCUS : BOX_PLAIN,
                      ROLE_BORDER);
        body.y++;
        body.rows--;
    }
    draw_footer(&l, &body, trust);
    if (body.rows < 1 || body.cols < 1)
        return;
    const bool attention = l.k->page == KIOSK_ATTENTION && trust == KIOSK_LIVE;
    if (!attention || !kiosk_attention_is_large(body))
        put_fires(&l, &body, attention);
    if (trust == KIOSK_LIVE)
        draw_page(&l, body);
    else
        draw_untrusted(&l, body, trust, since_unix_ms);
    if (body.rows >= 3)
        toast_draw(s, (struct rect){body.x, body.y + body.rows - 1, body.cols, 1}, v, m);
}
