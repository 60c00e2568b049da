/* src/ui/kiosk/attention.c - the page of what needs eyes: one of them as large as fits, then the others. */
#include <string.h>

#include "base/text.h"
#include "ui/alarm_text.h"
#include "ui/glyph.h"
#include "ui/kiosk/kiosk_internal.h"

enum {
    ITEMS_MAX = KIOSK_EYES_MAX + KIOSK_FIRES_MAX,
    LARGE_MAX = 48,  /* characters of a large text */
    BAND_CELLS = 68, /* "STALL  59 MIN" in the smallest letters */
    BAND_ROWS = 12,  /* two lines of them, one of text, a blank row */
    LINE_ROWS = 6,   /* a line of the smallest letters and a blank row */
    RULE_ROWS = 8    /* from here on a rule before the others */
};

/* What needs eyes: an order, or a camera that sees fire. */
struct item {
    const struct order *o;     /* or */
    const struct alarm *alarm; /* a fire */
};

struct items {
    struct item at[ITEMS_MAX];
    size_t count, all; /* all: those beyond ITEMS_MAX too */
    size_t fires;      /* the first of them */
};

static void collect(const struct kiosk_look *l, struct items *out)
{
    const size_t known =
        l->totals.unacked > l->k->eyes_count ? l->totals.unacked : l->k->eyes_count;

    out->count = 0;
    for (size_t i = 0; i < l->k->fire_count; i++) {
        const struct alarm *alarm = kiosk_fire_at(l, i);
        if (alarm)
            out->at[out->count++] = (struct item){.alarm = alarm};
    }
    out->fires = out->count;
    out->all = out->count + known;
    for (size_t i = 0; i < l->k->eyes_count; i++) {
        const struct order *o = kiosk_order(l, l->k->eyes[i]);
        if (o && order_state_needs_eyes(o->state))
            out->at[out->count++] = (struct item){.o = o};
        else
            out->all--;
    }
    if (out->all < out->count)
        out->all = out->count;
}

static int role_of(const struct item *it)
{
    return it->o ? role_of_state(it->o->state) : alarm_role(it->alarm);
}

static const char *word_of(const struct item *it)
{
    return it->o ? order_state_word(it->o->state) : alarm_word(it->alarm);
}

static void age_of(const struct kiosk_look *l, const struct item *it, char *to, size_t cap)
{
    kiosk_short_age(to, cap, it->o ? kiosk_trouble_since_ms(it->o) : it->alarm->since_ms,
                    l->m->now_ms);
}

/* All of it in one line of text, with the order's number where that has room. */
static void line_of(const struct kiosk_look *l, const struct item *it, int cells,
                    char to[KIOSK_LINE_MAX])
{
    char name[FLEET_TITLE_MAX + 16], trouble[ORDER_REASON_MAX], id[ORDER_ID_MAX + 16];

    if (it->alarm) {
        kiosk_fire_words(l, it->alarm, cells, to);
        return;
    }
    kiosk_name(l, it->o, name, sizeof name);
    kiosk_trouble(l, it->o, trouble, sizeof trouble);
    const size_t len = str_format(to, KIOSK_LINE_MAX, "%s %s", name, trouble);
    (void)str_format(id, sizeof id, ", order %s", it->o->id);
    if (!str_starts(str_from(name), STR("order ")) &&
        text_width(str_from(to)) + text_width(str_from(id)) <= cells)
        (void)str_copy(to + len, KIOSK_LINE_MAX - len, str_from(id));
}

/* The name in large letters, or the order's number where the name is too long or in another script. */
static bool spell_name(const struct kiosk_look *l, const struct item *it, int cells, int size_x,
                       char to[LARGE_MAX])
{
    char name[FLEET_TITLE_MAX + 16];

    if (it->o)
        kiosk_name(l, it->o, name, sizeof name);
    else
        (void)str_copy(name, sizeof name, str_from(l->k->cfg.names ? it->alarm->site : "a camera"));
    if (digits_spell(str_from(name), to, LARGE_MAX) && digits_cells(to, size_x) <= cells)
        return true;
    if (!it->o)
        return false;
    (void)str_format(name, sizeof name, "order %s", it->o->id);
    if (digits_spell(str_from(name), to, LARGE_MAX) && digits_cells(to, size_x) <= cells)
        return true;
    return digits_spell(str_from(it->o->id), to, LARGE_MAX) && digits_cells(to, size_x) <= cells;
}

static void put_line(const struct kiosk_look *l, const struct item *it, int x, int y, int cells)
{
    char line[KIOSK_LINE_MAX];

    line_of(l, it, cells - 2, line);
    surface_glyph(l->s, x, y,
                  it->o ? glyph_state(it->o->state, l->s->ascii)
                        : alarm_glyph(it->alarm, l->s->ascii),
                  role_of(it));
    (void)kiosk_text(l->s, x + 2, y, cells - 2, line, role_of(it));
}

/* ---- the one that is told first ---- */

/* Two lines of letters with a blank row between, the line of text, a blank row. */
static int band_rows(struct digit_size size)
{
    return 2 * DIGIT_ROWS * size.y + 3;
}

static struct digit_size first_size(struct rect at)
{
    for (size_t i = 0; i + 1 < DIGIT_SIZES; i++)
        if (at.cols >= BAND_CELLS * digit_sizes[i].x &&
            at.rows >= band_rows(digit_sizes[i]) + LINE_ROWS)
            return digit_sizes[i];
    return digit_sizes[DIGIT_SIZES - 1];
}

/* Word and age, the name below them, and all in a line of text. */
static void put_first(const struct kiosk_look *l, const struct item *it, struct rect at)
{
    const struct digit_size size = first_size(at);
    const int rows = DIGIT_ROWS * size.y, role = role_of(it);
    char age[16], name[LARGE_MAX];

    digits_draw(l->s, at.x, at.y, size, word_of(it), role);
    age_of(l, it, age, sizeof age);
    digits_draw(l->s, at.x + at.cols - digits_cells(age, size.x), at.y, size, age, role);
    if (spell_name(l, it, at.cols, size.x, name))
        digits_draw(l->s, at.x, at.y + rows + 1, size, name, role);
    put_line(l, it, at.x, at.y + 2 * rows + 1, at.cols);
}

/* ---- the others ---- */

/* "QUIET  PIER 4 #1          3 MIN"; what has no room in large letters stands beside in small ones. */
static void put_other(const struct kiosk_look *l, const struct item *it, struct rect at)
{
    const struct digit_size size = digit_sizes[DIGIT_SIZES - 1];
    const int role = role_of(it), gap = 4;
    char age[16], name[LARGE_MAX];
    int x = at.x, end = at.x + at.cols;

    digits_draw(l->s, x, at.y, size, word_of(it), role);
    x += digits_cells("STALL", size.x) +
         gap; /* as wide as the widest: names stand below each other */
    age_of(l, it, age, sizeof age);
    const int wide = digits_cells("59 MIN", size.x);
    if (!spell_name(l, it, end - x, size.x, name)) {
        put_line(l, it, x, at.y + DIGIT_ROWS / 2, end - x);
        return;
    }
    digits_draw(l->s, x, at.y, size, name, role);
    x += digits_cells(name, size.x) + gap;
    if (x + wide <= end)
        digits_draw(l->s, end - digits_cells(age, size.x), at.y, size, age, role);
    else if (x + 6 <= end)
        surface_right(l->s, x, at.y + DIGIT_ROWS / 2, end - x, str_from(age), role);
}

/* "+4 MORE" and as many of them as fit beside in lines of text. */
static void put_rest(const struct kiosk_look *l, const struct items *items, size_t first,
                     size_t from, size_t more, struct rect at)
{
    const struct digit_size size = digit_sizes[DIGIT_SIZES - 1];
    char text[24];
    int y = at.y;

    (void)str_format(text, sizeof text, "+%zu MORE", more);
    digits_draw(l->s, at.x, at.y, size, text, ROLE_ALARM);
    const int x = at.x + digits_cells(text, size.x) + 4;
    for (size_t i = from; i < items->count && y < at.y + at.rows && at.x + at.cols - x >= 20; i++)
        if (i != first)
            put_line(l, &items->at[i], x, y++, at.x + at.cols - x);
}

static void put_others(const struct kiosk_look *l, const struct items *items, size_t first,
                       struct rect at)
{
    const int lines = (at.rows + 1) / LINE_ROWS;
    size_t left = items->all - 1;
    int n = 0;

    for (size_t i = 0; i < items->count && n < lines; i++) {
        struct rect line = {at.x, at.y + n * LINE_ROWS, at.cols, DIGIT_ROWS};
        if (i == first)
            continue;
        if (n + 1 == lines && left > 1) {
            put_rest(l, items, first, i, left, line);
            return;
        }
        put_other(l, &items->at[i], line);
        left--;
        n++;
    }
}

/* ---- which of them is first ---- */

/* While one is new that one; else the most urgent, or where not all can be read each in its turn. A fire
 * that nobody has answered leaves this place to no order. */
static size_t choose(const struct kiosk_look *l, const struct items *items, size_t fit)
{
    const size_t count = items->fires > 0 ? items->fires : items->count;
    const size_t all = items->fires > 0 ? items->fires : items->all;
    size_t newest = 0;
    uint64_t newest_ms = 0;

    if (!l->k->held)
        return all <= fit ? 0 : (size_t)(l->m->now_ms / KIOSK_EYE_MS % count);
    for (size_t i = 0; i < count; i++) {
        const struct item *it = &items->at[i];
        const uint64_t since_ms = it->o ? it->o->state_since_ms : it->alarm->raised_ms;
        if (since_ms > newest_ms) {
            newest_ms = since_ms;
            newest = i;
        }
    }
    return newest;
}

/* "5 NEED EYES   ! 1 bad  = 1 stalled" */
static void put_how_many(const struct kiosk_look *l, const struct items *items, struct rect at)
{
    const int used = surface_printf(l->s, at.x, at.y, at.cols, ROLE_ALARM, "%zu NEED%s EYES",
                                    items->all, items->all == 1 ? "S" : "");

    kiosk_put_eye_counts(l, at.x + used + 3, at.y, at.cols - used - 3);
}

bool kiosk_attention_is_large(struct rect at)
{
    return at.cols >= BAND_CELLS + 2 && at.rows >= BAND_ROWS;
}

static void draw_large(const struct kiosk_look *l, const struct items *items, struct rect at)
{
    const int indent = at.cols >= BAND_CELLS + 8 ? 4 : 1;
    const bool roomy = at.rows > BAND_ROWS + LINE_ROWS + 2;
    struct rect in = {at.x + indent, at.y + (roomy ? 3 : 0), at.cols - 2 * indent, at.rows};

    in.rows = at.y + at.rows - in.y;
    if (roomy)
        put_how_many(l, items, (struct rect){in.x, at.y + 1, in.cols, 1});
    const int band = band_rows(first_size(in));
    struct rect rest = {in.x, in.y + band, in.cols, in.rows - band};
    const bool rule = rest.rows >= RULE_ROWS && items->all > 1;
    rest.y += rule;
    rest.rows -= rule;
    const size_t lines = rest.rows > 0 ? (size_t)(rest.rows + 1) / LINE_ROWS : 0;
    const size_t first = choose(l, items, lines + 1);
    put_first(l, &items->at[first], in);
    if (items->all > 1 && rest.rows > 0)
        put_others(l, items, first, rest);
    if (rule)
        surface_hline(l->s, at.x, rest.y - 1, at.cols, BOX_PLAIN, ROLE_BORDER);
}

/* ---- the same where there is no room for letters ---- */

static void put_count(const struct kiosk_look *l, struct rect at)
{
    char count[16];
    struct digit_size size;

    (void)str_format(count, sizeof count, "%zu", l->totals.unacked);
    if (digits_fit(count, at.cols / 2, at.rows, &size)) {
        const int cells = digits_cells(count, size.x);
        digits_draw(l->s, at.x, at.y, size, count, ROLE_ALARM);
        (void)surface_text(l->s, at.x + cells + 3, at.y, at.cols - cells - 3,
                           str_from(l->totals.unacked == 1 ? "NEEDS EYES" : "NEED EYES"),
                           ROLE_ALARM);
        int y = at.y + 2;
        for (int state = 0; state < ORDER_STATE_COUNT && y < at.y + at.rows; state++) {
            if (l->totals.by_state[state] == 0 || !kiosk_eye_word((enum order_state)state))
                continue;
            surface_glyph(l->s, at.x + cells + 3, y,
                          glyph_state((enum order_state)state, l->s->ascii),
                          role_of_state((enum order_state)state));
            (void)surface_printf(l->s, at.x + cells + 5, y++, at.cols - cells - 5,
                                 role_of_state((enum order_state)state), "%zu %s",
                                 l->totals.by_state[state],
                                 kiosk_eye_word((enum order_state)state));
        }
    }
}

static void draw_small(const struct kiosk_look *l, struct rect at)
{
    const int wanted = at.rows >= 9 ? 5 : 0;

    if (l->k->eyes_count == 0) {
        (void)kiosk_text(l->s, at.x + (at.cols > 40 ? 4 : 1), at.y + at.rows / 2,
                         at.cols - (at.cols > 40 ? 4 : 1),
                         l->k->fire_count > 0 ? "no order needs eyes" : "nothing needs eyes",
                         ROLE_STRONG);
        return;
    }
    const int indent = at.cols >= 60 ? 4 : 1;
    struct rect list = {at.x + indent, at.y, at.cols - indent, at.rows};
    if (wanted > 0 && at.cols >= 24) {
        const int top = at.y + (at.rows >= 16);
        put_count(l, (struct rect){at.x + indent, top, at.cols - indent, wanted});
        list.y = top + wanted + 1;
        list.rows = at.y + at.rows - list.y;
        if (list.rows >= 4) {
            surface_hline(l->s, at.x, list.y, at.cols, BOX_PLAIN, ROLE_BORDER);
            list.y++;
            list.rows--;
        }
    }
    const int columns = list.cols >= KIOSK_TWO_COLUMNS ? 2 : 1;
    const int lines = ((int)l->k->eyes_count + columns - 1) / columns;
    (void)kiosk_put_eyes(l, list, lines * 2 <= list.rows ? 2 : 1);
}

void kiosk_draw_attention(const struct kiosk_look *l, struct rect at)
{
    struct items items;

    collect(l, &items);
    if (items.count > 0 && kiosk_attention_is_large(at))
        draw_large(l, &items, at);
    else
        draw_small(l, at);
}
