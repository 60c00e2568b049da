/* src/fleet/receipt_text.c - a receipt as a line of JSON and back, and two lists of them as one. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"
#include "fleet/receipt.h"

static const char *const end_words[] = {[RECEIPT_TARGET_MET] = "target met",
                                        [RECEIPT_EARLY] = "early",
                                        [RECEIPT_STOPPED] = "stopped",
                                        [RECEIPT_GONE] = "gone",
                                        [RECEIPT_COMPLETED] = "completed"};

enum { END_WORDS = sizeof end_words / sizeof end_words[0], TARGET_PCT_MAX = 1000000 };

/* A value that is not known has no member. */
static void put_number(struct json_writer *w, const char *name, int64_t value, bool known)
{
    if (!known)
        return;
    jw_key(w, name);
    jw_i64(w, value);
}

static void put_text(struct json_writer *w, const char *name, const char *text)
{
    if (text[0] == '\0')
        return;
    jw_key(w, name);
    jw_str(w, str_from(text));
}

enum ct_err receipt_put_json(const struct receipt *r, struct buf *to)
{
    struct json_writer w;

    jw_init(&w, to);
    jw_object(&w);
    put_text(&w, "order", r->order_id);
    put_text(&w, "title", r->title);
    put_text(&w, "site", r->site);
    put_number(&w, "connector", r->connector, r->connector > 0);
    put_text(&w, "end", end_words[r->end]);
    put_number(&w, "target_pct", r->target_pct, r->target_pct >= 0);
    put_number(&w, "ended_unix_ms", r->ended_unix_ms, true);
    put_number(&w, "started_unix_ms", r->started_unix_ms, r->started_unix_ms > 0);
    put_number(&w, "energy_wh", r->energy_wh, r->energy_wh != INT64_MIN);
    put_number(&w, "time_ms", r->time_ms, r->time_ms >= 0);
    put_number(&w, "mean_w", r->mean_w, r->mean_w != POWER_UNKNOWN);
    put_number(&w, "peak_w", r->peak_w, r->peak_w > 0);
    put_number(&w, "stalled_ms", (int64_t)r->stalled_ms, r->stalled_ms <= INT64_MAX);
    put_number(&w, "blind_ms", (int64_t)r->blind_ms, r->blind_ms <= INT64_MAX);
    put_number(&w, "price_micro", r->price_micro, r->price_micro != INT64_MIN);
    put_text(&w, "currency", r->currency);
    jw_key(&w, "estimated");
    jw_bool(&w, r->price_estimated);
    jw_key(&w, "final");
    jw_bool(&w, r->final);
    jw_object_end(&w);
    return w.err == CT_OK ? buf_append_char(to, '\n') : w.err;
}

/* False: there is one, and it does not fit or would act on a terminal. */
static bool get_text(struct json_value of, struct str name, char *to, size_t cap)
{
    char text[FLEET_TITLE_MAX * 2], clean[FLEET_TITLE_MAX * 2];
    struct json_value value;

    to[0] = '\0';
    if (!json_get(of, name, &value))
        return true;
    if (value.type != JSON_STRING || json_string_size(value) >= cap)
        return false;
    (void)json_string_copy(value, text, sizeof text);
    (void)text_clean(clean, sizeof clean, str_from(text));
    (void)str_copy(to, cap, str_from(clean));
    return strlen(text) == json_string_size(value) && strcmp(text, clean) == 0;
}

/* False: there is one, and it is no number of that range. */
static bool get_number(struct json_value of, struct str name, int64_t unknown, int64_t min,
                       int64_t max, int64_t *to)
{
    struct json_value value;

    *to = unknown;
    return !json_get(of, name, &value) ||
           (value.type == JSON_NUMBER && json_i64(value, to) && *to >= min && *to <= max);
}

static bool get_flag(struct json_value of, struct str name)
{
    struct json_value value;

    return json_get(of, name, &value) && value.type == JSON_TRUE;
}

static bool get_end(struct json_value of, enum receipt_end *end)
{
    struct json_value value;

    if (!json_get(of, STR("end"), &value) || value.type != JSON_STRING)
        return false;
    for (int i = 0; i < END_WORDS; i++)
        if (json_string_is(value, str_from(end_words[i]))) {
            *end = (enum receipt_end)i;
            return true;
        }
    return false;
}

static bool get_words(struct json_value of, struct receipt *r)
{
    return get_text(of, STR("order"), r->order_id, sizeof r->order_id) && r->order_id[0] &&
           get_text(of, STR("title"), r->title, sizeof r->title) &&
           get_text(of, STR("site"), r->site, sizeof r->site) &&
           get_text(of, STR("currency"), r->currency, sizeof r->currency) && get_end(of, &r->end);
}

bool receipt_from_json(struct str line, int64_t newest_unix_ms, struct receipt *out)
{
    int64_t connector, pct, mean_w, peak_w, stalled_ms, blind_ms;
    struct json_value of;

    memset(out, 0, sizeof *out);
    if (json_parse(line, &of) != CT_OK || of.type != JSON_OBJECT || !get_words(of, out) ||
        !get_number(of, STR("connector"), 0, 0, INT32_MAX, &connector) ||
        !get_number(of, STR("target_pct"), -1, 0, TARGET_PCT_MAX, &pct) ||
        !get_number(of, STR("ended_unix_ms"), 0, 1, newest_unix_ms, &out->ended_unix_ms) ||
        !get_number(of, STR("started_unix_ms"), 0, 1, newest_unix_ms, &out->started_unix_ms) ||
        !get_number(of, STR("energy_wh"), INT64_MIN, INT64_MIN + 1, INT64_MAX, &out->energy_wh) ||
        !get_number(of, STR("time_ms"), -1, 0, INT64_MAX, &out->time_ms) ||
        !get_number(of, STR("mean_w"), POWER_UNKNOWN, 0, INT32_MAX, &mean_w) ||
        !get_number(of, STR("peak_w"), 0, 1, INT32_MAX, &peak_w) ||
        !get_number(of, STR("stalled_ms"), 0, 0, INT64_MAX, &stalled_ms) ||
        !get_number(of, STR("blind_ms"), 0, 0, INT64_MAX, &blind_ms) ||
        !get_number(of, STR("price_micro"), INT64_MIN, INT64_MIN + 1, INT64_MAX,
                    &out->price_micro) ||
        out->ended_unix_ms == 0)
        return false;
    out->connector = (int32_t)connector;
    out->target_pct = (int32_t)pct;
    out->mean_w = (int32_t)mean_w;
    out->peak_w = (int32_t)peak_w;
    out->stalled_ms = (uint64_t)stalled_ms;
    out->blind_ms = (uint64_t)blind_ms;
    out->price_estimated = get_flag(of, STR("estimated"));
    out->final = get_flag(of, STR("final"));
    return true;
}

/* ---- two lists ---- */

static int by_end(const void *a, const void *b)
{
    const struct receipt *one = a, *other = b;

    if (one->ended_unix_ms != other->ended_unix_ms)
        return one->ended_unix_ms < other->ended_unix_ms ? -1 : 1;
    return strcmp(one->order_id, other->order_id);
}

size_t receipts_merge(struct receipt *all, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        size_t n = 0;
        while (n < kept && strcmp(all[n].order_id, all[i].order_id) != 0)
            n++;
        if (n == kept)
            all[kept++] = all[i];
        else if (all[i].final || !all[n].final)
            all[n] = all[i];
    }
    qsort(all, kept, sizeof *all, by_end);
    if (kept <= RECEIPTS_MAX)
        return kept;
    memmove(all, all + (kept - RECEIPTS_MAX), RECEIPTS_MAX * sizeof *all);
    return RECEIPTS_MAX;
}
