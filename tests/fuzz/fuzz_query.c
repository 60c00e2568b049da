/* tests/fuzz/fuzz_query.c - any line as a query of each kind, asked of rows that any text fills. */
#include <string.h>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "ui/query.h"
#include "ui/rows.h"

enum { NOW_MS = 1000000 };

static void ask(const struct query *q, struct str text)
{
    struct order_row row = {.energy_wh = INT64_MIN, .power_w = POWER_UNKNOWN, .elapsed_ms = -1};
    struct log_error e = {.severity = LOG_ERROR, .code = 403};

    text_clean(row.title, sizeof row.title, text);
    text_clean(e.text, sizeof e.text, text);
    row.state = (enum order_state)(text.len % ORDER_STATE_COUNT);
    (void)query_match_order(q, &row, NULL, NOW_MS);
    (void)query_match_error(q, &e, NOW_MS);
    (void)query_match_line(q, text);
}

static void check_needles(const struct query *q)
{
    struct str needle;
    enum query_field field;

    for (size_t n = 0; query_needle(q, n, &needle, &field); n++) {
        size_t bytes;
        FUZZ_CHECK(n < QUERY_TERMS_MAX && field < QF_COUNT);
        FUZZ_CHECK(needle.len > 0 && text_is_utf8(needle));
        FUZZ_CHECK(text_find_folded(needle, needle, &bytes) == 0 && bytes == needle.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = fuzz_text(data, size);
    const struct str line = fuzz_first(&rest);

    for (int kind = 0; kind < QUERY_KIND_COUNT; kind++) {
        struct query q, again;
        char why[QUERY_WHY_MAX];

        if (!query_parse(&q, (enum query_kind)kind, line, why, sizeof why)) {
            FUZZ_CHECK(why[0] && text_is_utf8(str_from(why)) && !strchr(why, '\n'));
            continue;
        }
        FUZZ_CHECK(q.count <= QUERY_TERMS_MAX && q.needle_bytes <= QUERY_NEEDLES_MAX);
        /* What is kept as its source means the same. */
        FUZZ_CHECK(query_parse(&again, (enum query_kind)kind, str_from(q.source), why, sizeof why));
        FUZZ_CHECK(q.source[0] == '\0' || memcmp(&q, &again, sizeof q) == 0);
        check_needles(&q);
        ask(&q, rest);
        if (!q.invert && q.count > 0 && q.source[0] != '!') { /* the other way round */
            char inverse[QUERY_BYTES_MAX + 4];
            str_format(inverse, sizeof inverse, "! %s", q.source);
            if (!query_parse(&again, (enum query_kind)kind, str_from(inverse), why, sizeof why))
                continue; /* too long */
            FUZZ_CHECK(query_match_line(&q, rest) != query_match_line(&again, rest) ||
                       kind != QUERY_LINES);
        }
    }
    return 0;
}
