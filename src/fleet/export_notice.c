/* src/fleet/export_notice.c - notifications as JSON objects and CSV rows, from one table of fields. */
#include <string.h>

#include "base/stamp.h"
#include "base/text.h"
#include "fleet/export.h"

/* One value at a time; what leads somewhere loses its secrets. */
struct cell {
    const struct notice_item *item;
    const struct export_at *at;
    char text[NOTICES_LINK_MAX]; /* "": not known */
};

static void get_time(struct cell *c)
{
    (void)stamp_format(c->text, sizeof c->text, c->item->at_unix_ms);
}

static void get_kind(struct cell *c)
{
    (void)str_copy(c->text, sizeof c->text, str_from(notice_kind_word(c->item->kind)));
}

static void get_level(struct cell *c)
{
    (void)str_copy(c->text, sizeof c->text, str_from(notice_level_word(c->item->level)));
}

static void get_state(struct cell *c)
{
    if (c->item->level == NOTICE_LEVEL_IN_PROGRESS)
        (void)str_copy(c->text, sizeof c->text, c->item->running ? STR("running") : STR("ended"));
}

static void get_text(struct cell *c)
{
    (void)str_copy(c->text, sizeof c->text, str_from(c->item->text));
    text_redact(c->text);
}

static void get_link(struct cell *c)
{
    (void)str_copy(c->text, sizeof c->text, str_from(c->item->link));
    text_redact(c->text);
}

static void get_path(struct cell *c)
{
    (void)str_copy(c->text, sizeof c->text, str_from(c->item->path));
    text_redact(c->text);
}

static void get_order(struct cell *c)
{
    (void)str_copy(c->text, sizeof c->text, str_from(c->item->order_id));
}

static void get_channel(struct cell *c)
{
    (void)str_copy(c->text, sizeof c->text, str_from(c->item->channel));
}

static void get_job(struct cell *c)
{
    (void)str_copy(c->text, sizeof c->text, str_from(c->item->job));
}

static void get_profile(struct cell *c)
{
    const struct side *side = fleet_side(c->at->fleet, c->item->source);

    (void)str_copy(c->text, sizeof c->text, str_from(side ? side->name : c->at->profile));
}

static const struct {
    const char *name;
    void (*get)(struct cell *c);
} fields[] = {{"time", get_time},   {"kind", get_kind},      {"level", get_level},
              {"state", get_state}, {"text", get_text},      {"link", get_link},
              {"path", get_path},   {"order", get_order},    {"channel", get_channel},
              {"job", get_job},     {"profile", get_profile}};

const char *export_notice_field_name(size_t n)
{
    return n < COUNT_OF(fields) ? fields[n].name : NULL;
}

void export_notice_json(struct json_writer *w, const struct notice_item *item,
                        const struct export_at *at)
{
    struct cell c = {.item = item, .at = at};

    jw_object(w);
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        c.text[0] = '\0';
        fields[i].get(&c);
        jw_key(w, fields[i].name);
        if (c.text[0])
            jw_str(w, str_from(c.text));
        else
            jw_null(w);
    }
    jw_object_end(w);
}

void export_notice_csv(struct csv_writer *w, const struct notice_item *item,
                       const struct export_at *at)
{
    struct cell c = {.item = item, .at = at};

    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        c.text[0] = '\0';
        fields[i].get(&c);
        csv_text(w, str_from(c.text));
    }
    csv_row_end(w);
}

void export_notice_head_csv(struct csv_writer *w)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        csv_text(w, str_from(fields[i].name));
    csv_row_end(w);
}

void export_notices_json(struct json_writer *w, const struct export_at *at)
{
    const struct notices *all = fleet_notices(at->fleet);

    jw_key(w, "notices");
    jw_array(w);
    for (size_t age = 0; age < notices_count(all); age++)
        export_notice_json(w, notices_at(all, age), at);
    jw_array_end(w);
}
