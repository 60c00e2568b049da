/* src/ui/panes/eyes_list.c - the entries of pane 6 as find and filter leave them, and the cursor that
 * stays on its entry when others come and go. */
#include <string.h>

#include "ui/alarm_text.h"
#include "ui/find.h"
#include "ui/pane.h"
#include "ui/panes/eyes.h"

enum { LINE = 320 };

/* ---- all of them ---- */

static size_t entries_of(const struct view *v, const struct alarm *alarm)
{
    return 1 + (v->zoom == PANE_EYES && alarm->total > 1 ? alarm->listed : 0);
}

size_t eyes_line(const struct eyes_entry *e, const struct ui_model *m, char *to, size_t cap)
{
    char who[ALARM_TEXT_MAX], what[FLEET_WHY_MAX], answer[ALARM_TEXT_MAX];

    if (e->member)
        return eyes_member_text(e, m, to, cap);
    alarm_who(e->alarm, m, who, sizeof who);
    alarm_what(e->alarm, m, what, sizeof what);
    if (e->cleared)
        alarm_end(e->alarm, answer, sizeof answer);
    else
        alarm_answer(e->alarm->phase, alarm_answer_ms(e->alarm), m, answer, sizeof answer);
    return str_format(to, cap, "%s %s %s %s", alarm_word(e->alarm), who, what, answer);
}

static bool shown(const struct view *v, const struct ui_model *m, const struct eyes_entry *e)
{
    char line[LINE];

    if (query_is_empty(&v->find.filter[PANE_EYES]))
        return true;
    const size_t len = eyes_line(e, m, line, sizeof line);
    return find_line_shown(v, PANE_EYES, (struct str){line, len});
}

/* One walk over the entries in their order; fn returns false to end it. */
typedef bool entry_fn(void *user, const struct eyes_entry *e);

static void walk(const struct view *v, const struct ui_model *m, entry_fn *fn, void *user)
{
    const struct alarms *alarms = fleet_alarms(m->fleet);

    for (size_t i = 0; i < alarms_count(alarms); i++) {
        const struct alarm *alarm = alarms_at(alarms, i);
        for (size_t at = 0; at < entries_of(v, alarm); at++) {
            const struct eyes_entry e = {alarm, at > 0 ? &alarm->members[at - 1] : NULL, i + 1,
                                         false};
            if (!fn(user, &e))
                return;
        }
    }
    for (size_t i = 0; v->zoom == PANE_EYES && i < alarms_history_count(alarms); i++) {
        const struct eyes_entry e = {alarms_history_at(alarms, i), NULL, i, true};
        if (!fn(user, &e))
            return;
    }
}

/* ---- those that pass the filter ---- */

struct taker {
    const struct view *v;
    const struct ui_model *m;
    struct eyes_entry *out;
    size_t from, cap, count;
    bool to_the_end;
};

static bool take(void *user, const struct eyes_entry *e)
{
    struct taker *t = user;

    if (!shown(t->v, t->m, e))
        return true;
    if (t->count >= t->from && t->count - t->from < t->cap)
        t->out[t->count - t->from] = *e;
    t->count++;
    return t->to_the_end || t->count < t->from + t->cap;
}

size_t eyes_entries(const struct view *v, const struct ui_model *m, size_t from,
                    struct eyes_entry *out, size_t cap)
{
    struct taker t = {.v = v, .m = m, .out = out, .from = from, .cap = cap};

    walk(v, m, take, &t);
    return t.count > from ? t.count - from : 0;
}

size_t eyes_entry_count(const struct view *v, const struct ui_model *m)
{
    struct taker t = {.v = v, .m = m, .to_the_end = true};

    walk(v, m, take, &t);
    return t.count;
}

bool eyes_entry_at(const struct view *v, const struct ui_model *m, size_t at,
                   struct eyes_entry *out)
{
    return eyes_entries(v, m, at, out, 1) == 1;
}

/* ---- find ---- */

bool eyes_hit(const struct view *v, const struct ui_model *m, const struct eyes_entry *e)
{
    char line[LINE];

    if (query_is_empty(&v->find.query[QUERY_LINES]))
        return false;
    const size_t len = eyes_line(e, m, line, sizeof line);
    return find_line_hit(v, (struct str){line, len});
}

struct counter {
    const struct view *v;
    const struct ui_model *m;
    struct find_count *count;
    size_t nth, row; /* of the hit looked for */
};

static bool count_one(void *user, const struct eyes_entry *e)
{
    struct counter *c = user;

    c->count->total++;
    if (!shown(c->v, c->m, e))
        return true;
    if (eyes_hit(c->v, c->m, e)) {
        if (c->count->hits == c->nth)
            c->row = c->count->shown;
        c->count->hits++;
        if (c->count->shown == c->v->eyes.at)
            c->count->at = c->count->hits;
    }
    c->count->shown++;
    return true;
}

size_t eyes_find(const struct view *v, const struct ui_model *m, size_t nth, struct find_count *out)
{
    struct counter c = {.v = v, .m = m, .count = out, .nth = nth};

    *out = (struct find_count){.shown = 0};
    walk(v, m, count_one, &c);
    return c.row;
}

/* ---- the cursor ---- */

static bool is_kept(const struct list_mark *kept, const struct eyes_entry *e)
{
    return e->alarm->id == kept->id && e->cleared == kept->cleared &&
           strcmp(kept->name, e->member ? e->member->order_id : "") == 0;
}

struct seeker {
    const struct view *v;
    const struct ui_model *m;
    size_t row, found; /* SIZE_MAX: not found */
};

static bool seek(void *user, const struct eyes_entry *e)
{
    struct seeker *s = user;

    if (!shown(s->v, s->m, e))
        return true;
    if (is_kept(&s->v->eyes_kept, e))
        s->found = s->row;
    s->row++;
    return s->found == SIZE_MAX;
}

void eyes_keep(struct view *v, const struct ui_model *m)
{
    struct list_mark *kept = &v->eyes_kept;
    struct seeker s = {.v = v, .m = m, .found = SIZE_MAX};
    struct eyes_entry e;

    if (kept->id != 0 && kept->at == v->eyes.at) { /* nobody moved it: the entry may have moved */
        walk(v, m, seek, &s);
        if (s.found != SIZE_MAX)
            v->eyes.at = s.found;
    }
    if (!eyes_entry_at(v, m, v->eyes.at, &e)) {
        const size_t count = eyes_entry_count(v, m);
        v->eyes.at = count > 0 ? count - 1 : 0;
        if (!eyes_entry_at(v, m, v->eyes.at, &e)) {
            *kept = (struct list_mark){0};
            return;
        }
    }
    *kept = (struct list_mark){.at = v->eyes.at, .id = e.alarm->id, .cleared = e.cleared};
    str_copy(kept->name, sizeof kept->name, str_from(e.member ? e.member->order_id : ""));
}
