/* src/ui/spark.c - how an order's recent power becomes a row of levels. */
#include "ui/pane.h"

enum { SPARK_CELLS_MAX = 64, SPARK_LEVEL_MAX = 15 };

static int32_t highest(const struct sample_span *columns, int cells)
{
    int32_t top = 0;

    for (int i = 0; i < cells; i++)
        if (columns[i].count > 0 && columns[i].max_w > top)
            top = columns[i].max_w;
    return top;
}

/* Any power at all is above level 0, so that a trickle differs from nothing. */
static int level_of(int32_t mean_w, int32_t peak_w)
{
    if (mean_w <= 0 || peak_w <= 0)
        return 0;
    const int64_t level = ((int64_t)mean_w * SPARK_LEVEL_MAX + peak_w / 2) / peak_w;
    if (level < 1)
        return 1;
    return level > SPARK_LEVEL_MAX ? SPARK_LEVEL_MAX : (int)level;
}

void spark_levels(const struct order *o, uint64_t end_ms, uint64_t span_ms, int cells, int *levels)
{
    struct sample_span columns[SPARK_CELLS_MAX] = {{0}};

    if (cells > SPARK_CELLS_MAX) { /* more than any column table asks for: the rest is no data */
        for (int i = SPARK_CELLS_MAX; i < cells; i++)
            levels[i] = -1;
        cells = SPARK_CELLS_MAX;
    }
    for (int i = 0; i < cells; i++)
        levels[i] = -1;
    if (!o->samples || cells < 1 || span_ms == 0 || end_ms == 0)
        return;
    /* the newest reading may carry end_ms itself, and the span excludes its end */
    const uint64_t to_ms = end_ms + 1, from_ms = to_ms > span_ms ? to_ms - span_ms : 0;
    samples_columns(o->samples, from_ms, to_ms, (size_t)cells, columns);
    int32_t peak_w = highest(columns, cells);
    if (o->peak_w != POWER_UNKNOWN && o->peak_w > peak_w)
        peak_w = o->peak_w;
    for (int i = 0; i < cells; i++)
        if (columns[i].count > 0)
            levels[i] = level_of(columns[i].mean_w, peak_w);
}
