/* src/ui/columns.c - the column table of screens.md 2.4 and the rule of what fits. */
#include "ui/columns.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
const struct order_column order_columns[] = {
    [COLUMN_STATE]     = {"st", "ST", "state: glyph and word", 1, 7, false},
    [COLUMN_ORDER]     = {"order", "ORDER", "order id", 2, 7, true},
    [COLUMN_POINT]     = {"point", "CHARGE POINT", "charge point and connector", 3, COLUMN_POINT_CELLS, false},
    [COLUMN_SITE]      = {"site", "SITE", "site", 12, 7, false},
    [COLUMN_KWH]       = {"kwh", "kWh", "energy by the server; ~ when old", 4, 7, true},
    [COLUMN_KW]        = {"kw", "~kW", "power derived from energy; ~ when old", 5, 6, true},
    [COLUMN_SPARK]     = {"power", "POWER 10m", "power of the last ten minutes (two in a demo); . gap, _ zero", 8, ROW_SPARK_CELLS, false},
    [COLUMN_TARGET]    = {"target", "OF TARGET", "part of the target, or minutes of minutes", 10, 9, false},
    [COLUMN_LEFT]      = {"left", "LEFT", "time to the target; n/a without, -- when flat", 7, 6, true},
    [COLUMN_TIME]      = {"time", "TIME", "charging time by the server", 9, 6, true},
    [COLUMN_AGE]       = {"age", "AGE", "time since the last event of the order", 6, 5, true},
    [COLUMN_COST]      = {"cost", "COST", "amount and currency; ~ when estimated", 13, 9, true},
    [COLUMN_STALLED]   = {"stalled", "STALLED", "total time with flat energy", 14, 7, true},
    [COLUMN_PEAK]      = {"peak", "PEAK", "highest power of the session, kW", 15, 6, true},
    [COLUMN_AVERAGE]   = {"avg", "AVG", "mean power since the start, kW", 16, 6, true},
    [COLUMN_START]     = {"start", "START", "local time of the first event", 17, 5, true},
    [COLUMN_EVENTS]    = {"ev/min", "EV/MIN", "events a minute", 18, 6, true},
    [COLUMN_BLIND]     = {"blind", "BLIND", "time without a link while it charged", 19, 6, true},
    [COLUMN_SUB]       = {"sub", "SUB", "state of the subscription", 20, 8, false},
    [COLUMN_ATTENTION] = {"attention", "ATTENTION", "why it needs eyes", 11, 24, false},
};
/* clang-format on */
const int order_column_count = COLUMN_COUNT;

static int column_of_rank(int rank)
{
    for (int c = 0; c < COLUMN_COUNT; c++)
        if (order_columns[c].rank == rank)
            return c;
    return -1;
}

/* Spare cells: most names whole, then sites, the longest names, reasons; the name takes the rest.
 */
static void give_spare(int spare, int *cells)
{
    static const struct {
        int column, grows_to;
    } turns[] = {{COLUMN_POINT, 24}, {COLUMN_SITE, 14}, {COLUMN_POINT, 32}, {COLUMN_ATTENTION, 64}};

    if (cells[COLUMN_POINT] == 0)
        return;
    for (size_t i = 0; i < COUNT_OF(turns); i++) {
        int *of = &cells[turns[i].column];
        const int wanted = turns[i].grows_to - *of, more = wanted < spare ? wanted : spare;
        if (*of == 0 || more < 1)
            continue;
        *of += more;
        spare -= more;
    }
    cells[COLUMN_POINT] += spare;
}

/* shown: bit a column; order: all of them as on the screen. */
static void fit_some(int cols, uint32_t shown, const uint8_t *order, struct column_fit *out)
{
    int cells[COLUMN_COUNT] = {0}, used = 0, x = 1; /* column 0 is for the mark */

    memset(out, 0, sizeof *out);
    for (int rank = 1; rank <= COLUMN_COUNT; rank++) {
        const int c = column_of_rank(rank);
        const int wanted = order_columns[c].cells + 1;
        if (!(shown & (1u << c)))
            continue;
        if (used + wanted > cols)
            break;
        cells[c] = order_columns[c].cells;
        used += wanted;
    }
    give_spare(cols - used, cells);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const int c = order ? order[i] : i;
        if (cells[c] == 0)
            continue;
        out->at[out->count] = c;
        out->x[out->count] = x;
        out->cells[out->count] = cells[c];
        out->count++;
        x += cells[c] + 1;
    }
}

void columns_fit(int cols, struct column_fit *out)
{
    fit_some(cols, UINT32_MAX, NULL, out);
}

void view_columns(const struct view *v, int cols, struct column_fit *out)
{
    if (v->columns.chosen)
        fit_some(cols, v->columns.shown, v->columns.order, out);
    else
        columns_fit(cols, out);
}

bool column_find(struct str name, int *out)
{
    if (str_eq_nocase(name, STR("attention")) || str_eq_nocase(name, STR("st"))) {
        *out = COLUMN_SORT_ATTENTION;
        return true;
    }
    for (int c = 1; c < COLUMN_COUNT; c++)
        if (str_eq_nocase(name, str_from(order_columns[c].id)) ||
            str_eq_nocase(name, str_from(order_columns[c].title))) {
            *out = c;
            return true;
        }
    return false;
}

bool column_sort_parse(struct str text, int *column, bool *invert)
{
    const struct str word = STR(" inverted");
    struct str name = str_trim(text);
    const bool ends = name.len > word.len &&
                      str_eq_nocase((struct str){name.ptr + name.len - word.len, word.len}, word);

    if (ends)
        name.len -= word.len;
    if (!column_find(str_trim(name), column))
        return false;
    *invert = ends;
    return true;
}

size_t column_sort_text(int column, bool invert, char *to, size_t cap)
{
    const char *id = column == COLUMN_SORT_ATTENTION ? "attention" : order_columns[column].id;

    return str_format(to, cap, "%s%s", id, invert ? " inverted" : "");
}

bool column_runs(int column)
{
    return column == COLUMN_SORT_ATTENTION || column == COLUMN_AGE || column == COLUMN_TIME ||
           column == COLUMN_LEFT || column == COLUMN_TARGET || column == COLUMN_STALLED;
}

bool column_descends(int column, bool invert)
{
    bool by_nature = false;

    switch (column) {
    case COLUMN_KWH:
    case COLUMN_KW:
    case COLUMN_SPARK:
    case COLUMN_TARGET:
    case COLUMN_TIME:
    case COLUMN_COST:
    case COLUMN_STALLED:
    case COLUMN_PEAK:
    case COLUMN_AVERAGE:
    case COLUMN_EVENTS:
    case COLUMN_BLIND:
        by_nature = true;
        break;
    default:
        break;
    }
    return by_nature != invert;
}

/* New alarms, known alarms, slow, charging, just done, waiting, scheduled, done: screens.md 2.4. */
static int64_t attention_class(const struct order_row *row)
{
    switch (row->state) {
    case ORDER_SLOW:
        return row->alarm == ALARM_NEW ? 2 : 3;
    case ORDER_STOP:
    case ORDER_TAPR:
    case ORDER_CHRG:
        return 4;
    case ORDER_DONE:
        return row->sunk ? 8 : 5;
    case ORDER_WAIT:
        return 6;
    case ORDER_SCHED:
        return 7;
    default:
        return row->alarm == ALARM_NEW ? 0 : 1;
    }
}

static void attention_key(const struct order_row *row, struct sort_key *out)
{
    const int64_t class = attention_class(row);
    enum { UNKNOWN_LAST = 1000000 };

    out->value = class * ORDER_STATE_COUNT;
    if (class <= 1)
        out->value += row->state;
    out->value *= (int64_t)UNKNOWN_LAST * 2;
    if (class == 4) { /* whole minutes, so that neighbours do not change places all the time */
        const int64_t minutes = row->target.left_ms / 60000;
        out->value += row->target.left_ms < 0 || minutes > UNKNOWN_LAST ? UNKNOWN_LAST : minutes;
    } else if (row->state == ORDER_DONE) { /* the newest first */
        out->value +=
            row->seen_ms ? UNKNOWN_LAST - (int64_t)(row->seen_ms / 60000 % UNKNOWN_LAST) : 0;
    }
}

static void known(struct sort_key *out, int64_t value, bool is_known)
{
    out->group = is_known ? 0 : 1;
    out->value = is_known ? value : 0;
}

/* Order ids that are numbers compare as numbers: a longer one is larger. */
static void order_key(const struct order_row *row, struct sort_key *out)
{
    out->value = (int64_t)strlen(row->id);
    str_copy(out->text, sizeof out->text, str_from(row->id));
}

static void text_key(struct sort_key *out, const char *text)
{
    out->group = text[0] == '\0';
    str_copy(out->text, sizeof out->text, str_from(text));
}

/* Values that are known or not; false for a column that is sorted by something else. */
static bool power_key(const struct order_row *row, int column, struct sort_key *out)
{
    switch (column) {
    case COLUMN_KW:
    case COLUMN_SPARK:
        known(out, row->power_w, row->power_w != POWER_UNKNOWN && column_power_applies(row));
        return true;
    case COLUMN_PEAK:
        known(out, row->peak_w, row->peak_w > 0);
        return true;
    case COLUMN_AVERAGE:
        known(out, row->mean_w, row->mean_w != POWER_UNKNOWN);
        return true;
    case COLUMN_KWH:
        known(out, row->energy_wh, column_energy_known(row));
        return true;
    case COLUMN_COST:
        known(out, row->price_micro, column_cost_known(row));
        return true;
    case COLUMN_TARGET:
        known(out, row->target.pct, row->target.pct >= 0);
        return true;
    default:
        return false;
    }
}

static bool time_key(const struct order_row *row, int column, const struct ui_model *m,
                     struct sort_key *out)
{
    switch (column) {
    case COLUMN_LEFT:
        known(out, column_left_ms(row, m), column_left_ms(row, m) >= 0);
        return true;
    case COLUMN_TIME:
        known(out, row->elapsed_ms, column_time_known(row));
        return true;
    case COLUMN_AGE:
        known(out, (int64_t)(m->now_ms - row->seen_ms), column_age_known(row));
        return true;
    case COLUMN_STALLED:
        known(out, (int64_t)row->stalled_ms, row->updated);
        return true;
    case COLUMN_START:
        known(out, row->begins_unix_ms, row->begins_unix_ms != 0);
        return true;
    case COLUMN_EVENTS: /* the shorter the period the more events */
        known(out, -(int64_t)row->period_ms, row->period_ms > 0);
        return true;
    case COLUMN_BLIND:
        known(out, (int64_t)row->blind_ms, row->updated);
        return true;
    default:
        return false;
    }
}

void column_sort_key(const struct order_row *row, int column, bool invert, const struct ui_model *m,
                     struct sort_key *out)
{
    *out =
        (struct sort_key){.ordinal = row->ordinal, .descending = column_descends(column, invert)};
    if (power_key(row, column, out) || time_key(row, column, m, out))
        return;
    switch (column) {
    case COLUMN_ORDER:
        order_key(row, out);
        break;
    case COLUMN_POINT:
        text_key(out, row->title);
        break;
    case COLUMN_SITE:
        text_key(out, row->site);
        break;
    case COLUMN_ATTENTION:
        text_key(out, row->reason);
        break;
    case COLUMN_SUB:
        known(out, row->sub, true);
        break;
    default:
        attention_key(row, out);
        break;
    }
}

const char *column_title(int column, const struct ui_model *m, char *to, size_t cap)
{
    if (column == COLUMN_SPARK)
        str_format(to, cap, "POWER %um", (unsigned)(row_spark_ms(m) / 60000));
    else
        str_copy(to, cap, str_from(order_columns[column].title));
    return to;
}

int column_compare(const void *a, const void *b)
{
    const struct sort_key *left = a, *right = b;
    int order = 0;

    if (left->group != right->group)
        return left->group < right->group ? -1 : 1;
    if (left->value != right->value)
        order = left->value < right->value ? -1 : 1;
    else
        order = strcmp(left->text, right->text);
    if (order != 0)
        return left->descending ? -order : order;
    return left->ordinal < right->ordinal ? -1 : left->ordinal > right->ordinal;
}
