/* Knows how wide each column must be. */
#include "cmd/out_table.h"

#include <string.h>

#include "base/text.h"
#include "cmd/command.h"
#include "cmd/out.h"

enum { GAP = 2 };

void out_table_init(struct out_table *t)
{
    *t = (struct out_table){.err = CT_OK};
    buf_init(&t->text, OUT_TABLE_MAX_BYTES);
}

static void add(struct out_table *t, size_t column, struct str text)
{
    char clean[OUT_TABLE_CELL_MAX];
    const size_t n = text_clean(clean, sizeof clean, text);
    const int width = text_width((struct str){clean, n});

    if (t->err == CT_OK)
        t->err = buf_append(&t->text, (struct str){clean, n + 1});
    if (width > t->width[column])
        t->width[column] = width;
    t->cells++;
}

void out_table_column(struct out_table *t, const char *title, bool right)
{
    if (t->columns >= OUT_TABLE_COLUMNS_MAX)
        return;
    t->right[t->columns] = right;
    add(t, t->columns++, str_from(title));
}

void out_table_cell(struct out_table *t, struct str text)
{
    if (t->columns > 0)
        add(t, t->cells % t->columns, text);
}

static enum ct_err append_spaces(struct buf *to, int count)
{
    enum ct_err err = CT_OK;

    for (; count > 0 && err == CT_OK; count--)
        err = buf_append_char(to, ' ');
    return err;
}

static enum ct_err append_cell(const struct out_table *t, struct buf *to, size_t column,
                               struct str text)
{
    const int room = t->width[column] - text_width(text);
    const bool last = column + 1 == t->columns;
    enum ct_err err = t->right[column] ? append_spaces(to, room) : CT_OK;

    if (err == CT_OK)
        err = buf_append(to, text);
    if (err == CT_OK && !last)
        err = append_spaces(to, GAP + (t->right[column] ? 0 : room));
    return err == CT_OK && last ? buf_append_char(to, '\n') : err;
}

bool out_table_print(struct out_table *t)
{
    const char *at = (const char *)t->text.bytes;
    enum ct_err err = t->err;
    bool written = true;
    struct buf line;

    buf_init(&line, 2 * (size_t)OUT_TABLE_MAX_BYTES);
    for (size_t i = 0; i < t->cells && err == CT_OK; i++) {
        err = append_cell(t, &line, i % t->columns, str_from(at));
        at += strlen(at) + 1;
    }
    if (err == CT_OK)
        written = out_write(buf_str(&line)) != OUT_FAILED;
    else
        command_complain("the answer could not be shown: %s", ct_strerror(err));
    buf_clear(&line);
    buf_clear(&t->text);
    return err == CT_OK && written;
}
