/* src/ui/kiosk/kiosk_internal.h - what the kiosk's pages are drawn from, and what they share. */
#ifndef CHARGETOP_UI_KIOSK_KIOSK_INTERNAL_H
#define CHARGETOP_UI_KIOSK_KIOSK_INTERNAL_H

#include "ui/view_internal.h"

struct kiosk_look {
    struct surface *s;
    const struct kiosk *k;
    const struct ui_model *m;
    struct fleet_totals totals;
    const struct site_day *day;
    const struct past *past;
};

/* Orders draw power, and of none is it known. */
static inline bool kiosk_power_unknown(const struct fleet_totals *t)
{
    return t->power_orders > 0 && t->power_known == 0;
}

/* "kW", or "kW+" of a sum that lacks orders. */
static inline const char *kiosk_power_unit(const struct fleet_totals *t)
{
    return t->power_known > 0 && t->power_known < t->power_orders ? "kW+" : "kW";
}

/* Pages, each inside a rectangle of any size. */
void kiosk_draw_attention(const struct kiosk_look *l, struct rect at);
void kiosk_draw_totals(const struct kiosk_look *l, struct rect at);
void kiosk_draw_sites(const struct kiosk_look *l, struct rect at);
void kiosk_draw_completions(const struct kiosk_look *l, struct rect at);
void kiosk_draw_plot(const struct kiosk_look *l, struct rect at);

/* Does the attention page have room for large letters? Then it tells of fires as well. */
bool kiosk_attention_is_large(struct rect at);

/* Parts of pages: a list of what needs eyes in one or two columns, sites as bars, and one line of
 * completions. Each returns the rows it took. */
int kiosk_put_eyes(const struct kiosk_look *l, struct rect at, int pitch);
int kiosk_put_sites(const struct kiosk_look *l, struct rect at, int pitch);
int kiosk_put_done_line(const struct kiosk_look *l, struct rect at);
/* Fires that nobody has answered, a line each; returns the rows. */
int kiosk_put_fires(const struct kiosk_look *l, struct rect at);
/* The n-th fire that nobody has answered; NULL: no such, or it was answered meanwhile. */
const struct alarm *kiosk_fire_at(const struct kiosk_look *l, size_t nth);
enum { KIOSK_LINE_MAX = 256, KIOSK_TWO_COLUMNS = 150 };
/* "FIRE Charger yard north: Smoke and fire since 14:20, last 3 min ago"; without names "FIRE at a camera".
 * What does not fit into the cells gives way from its end on; word and camera stay. */
void kiosk_fire_words(const struct kiosk_look *l, const struct alarm *alarm, int cells,
                      char to[KIOSK_LINE_MAX]);
/* "stalled"; NULL for states that need no eyes. Static. */
const char *kiosk_eye_word(enum order_state state);
/* "= 1 stalled  ? 1 quiet": how many of each, on one line from x. */
void kiosk_put_eye_counts(const struct kiosk_look *l, int x, int y, int cells);

/* The order of that id; NULL: it has left. */
const struct order *kiosk_order(const struct kiosk_look *l, const char *id);
/* What a charge point is called here: "Mall B2 #2", or "order 2151" when names are hidden. */
void kiosk_name(const struct kiosk_look *l, const struct order *o, char *to, size_t cap);
/* "6 MIN", "2 H", or "NEW" within the first minute: short, and it does not change each second. */
void kiosk_short_age(char *to, size_t cap, uint64_t since_ms, uint64_t now_ms);
/* When the trouble that kiosk_trouble() tells of began. */
uint64_t kiosk_trouble_since_ms(const struct order *o);
/* "stalled 6 min" */
void kiosk_trouble(const struct kiosk_look *l, const struct order *o, char *to, size_t cap);
/* "12 s", "3 min", "2 h 05 min", "3 d 4 h" */
size_t kiosk_duration(char *to, size_t cap, int64_t ms);
/* "14:03" in the model's zone. */
size_t kiosk_clock(const struct ui_model *m, char *to, size_t cap, int64_t unix_ms);
/* 1204 as "1 204" */
size_t kiosk_grouped(char *to, size_t cap, int64_t value);
/* Cut with an ellipsis when it does not fit; returns the cells used. */
int kiosk_text(struct surface *s, int x, int y, int cells, const char *text, int role);

/* ---- digits.c: large characters from one table ---- */

/* A pixel of the 5 x 5 table is x by y cells. */
struct digit_size {
    int x, y;
};
enum { DIGIT_SIZES = 4, DIGIT_ROWS = 5 };
extern const struct digit_size digit_sizes[DIGIT_SIZES]; /* largest first */
int digits_cells(const char *text, int size_x);
/* "Café #2" as "CAFE #2", in characters of the table; false when one has none like it, or all do not fit
 * into cap. */
bool digits_spell(struct str text, char *to, size_t cap);
/* Draws capital letters, digits and `.,:-+/#%'&()` from (x, y). */
void digits_draw(struct surface *s, int x, int y, struct digit_size size, const char *text,
                 int role);
/* The largest size in which the text fits into cols x rows; false if none does. */
bool digits_fit(const char *text, int cols, int rows, struct digit_size *out);

#endif
