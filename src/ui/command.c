/* src/ui/command.c - a typed line: which command it names, and what the tables share. */
#include "ui/command.h"

#include "ui/overlay.h"

static const struct command_row_ui *const tables[] = {
    commands_orders, commands_channels, commands_notices, commands_alarms, commands_plot, commands_app,
    commands_detail, commands_find,   commands_share};

const struct command_row_ui *command_at(size_t n)
{
    for (size_t t = 0; t < COUNT_OF(tables); t++)
        for (const struct command_row_ui *row = tables[t]; row->name; row++)
            if (n-- == 0)
                return row;
    return NULL;
}

bool command_refuse(struct command *c, const char *why)
{
    view_say(c->v, c->m->now_ms, why);
    return false;
}

bool command_intend(struct command *c, enum intent_kind kind)
{
    c->out->kind = kind;
    str_copy(c->out->text, sizeof c->out->text, c->arg);
    return true;
}

bool command_is_id(struct str id)
{
    const struct str allowed = STR("-_=@,.;");

    if (id.len == 0 || id.len >= ORDER_ID_MAX)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        const char ch = id.ptr[i];
        const bool plain =
            (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
        if (!plain && str_find(allowed, (struct str){&ch, 1}) == allowed.len)
            return false;
    }
    return true;
}

bool command_on_off(struct str arg, bool *to)
{
    const bool on = str_eq_nocase(arg, STR("on"));

    if (!on && !str_eq_nocase(arg, STR("off")))
        return false;
    *to = on;
    return true;
}

/* What a key does, by the name of its action; false when the name is none. */
static bool run_action(struct command *c, struct str name, bool *done)
{
    int nth;
    const struct key_row *row = key_action_find(name, &nth);
    struct act a = {c->v, c->m, c->out, nth};

    if (!row)
        return false;
    *done = c->arg.len == 0;
    if (!*done)
        view_say_format(c->v, c->m->now_ms, "%.*s takes nothing after it", (int)name.len, name.ptr);
    else
        view_action_run(row->id, &a);
    return true;
}

bool command_run_line(struct command *c, struct str line)
{
    struct str rest = str_trim(line);
    char id[ORDER_ID_MAX];
    bool done;

    if (rest.len == 0)
        return true;
    const struct str name = str_split(&rest, ' ');
    c->arg = str_trim(rest);
    const struct command_row_ui *row;
    for (size_t n = 0; (row = command_at(n)) != NULL; n++)
        if (str_eq_nocase(name, str_from(row->name))) {
            if (row->demo_only && !c->v->demo)
                return command_refuse(c, "faults are given in the demo only: chargetop demo");
            return row->run(c);
        }
    if (run_action(c, name, &done))
        return done;
    str_copy(id, sizeof id, name);
    if (c->arg.len == 0 && view_select_id(c->v, c->m, id))
        return true;
    view_say_format(c->v, c->m->now_ms, "unknown command: %.*s   (? shows the commands)",
                    (int)(name.len < 40 ? str_cut(name, 40) : 40), name.ptr);
    return false;
}
