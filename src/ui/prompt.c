/* src/ui/prompt.c - the command line and yes/no questions: words in, a changed view or an intent
 * out. */
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "ui/columns.h"
#include "ui/view_internal.h"

struct command {
    struct view *v;
    const struct ui_model *m;
    struct str arg;
    struct intent *out;
};

/* Each returns true when it was done: the line closes. False: it was told why, the text stays. */
struct command_row {
    const char *name, *usage;
    bool (*run)(struct command *c);
    bool demo_only;
};

static bool refuse(struct command *c, const char *why)
{
    view_say(c->v, c->m->now_ms, why);
    return false;
}

static bool usable_id(struct str id)
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

static bool known_id(struct command *c)
{
    return usable_id(c->arg) && fleet_order_get(c->m->fleet, c->arg);
}

static void intend(struct command *c, enum intent_kind kind)
{
    c->out->kind = kind;
    str_copy(c->out->text, sizeof c->out->text, c->arg);
}

static bool run_add(struct command *c)
{
    if (!usable_id(c->arg))
        return refuse(c, "an order id has 1 to 31 letters, digits or -_=@,.;");
    intend(c, INTENT_ADD_ORDER);
    return true;
}

static bool run_remove(struct command *c)
{
    if (!known_id(c))
        return refuse(c, "no such order on the screen: :remove ID");
    intend(c, INTENT_REMOVE_ORDER);
    return true;
}

static bool run_stop(struct command *c)
{
    struct order_row row;
    char point[COLUMN_CELL_MAX];

    if (!known_id(c))
        return refuse(c, "no such order on the screen: :stop ID");
    const struct order *o = fleet_order_get(c->m->fleet, c->arg);
    if (o->state == ORDER_DONE)
        return refuse(c, "this order is completed already");
    row_of_order(o, c->m, ROW_NUMBERS, &row);
    column_text(&row, COLUMN_POINT, c->m, 60, point, sizeof point);
    str_format(c->v->question, sizeof c->v->question,
               "Stop charging of order %s at %s?  y yes   n no", o->id, point);
    c->v->pending.kind = INTENT_STOP_ORDER;
    str_copy(c->v->pending.text, sizeof c->v->pending.text, c->arg);
    c->v->prompt_kind = '?';
    return true;
}

static bool run_sort(struct command *c)
{
    int column;

    if (!column_find(c->arg, &column))
        return refuse(c,
                      "no such column: attention, or a title of the table such as kWh, LEFT, AGE");
    c->v->sort_column = column;
    c->v->sort_invert = false;
    c->v->hold = false;
    c->v->index_stale = true;
    return true;
}

static bool run_window(struct command *c)
{
    int64_t ms;

    if (str_eq_nocase(c->arg, STR("all"))) {
        c->v->window_ms = c->v->offset_ms = 0;
        return true;
    }
    if (!num_duration_ms(c->arg, &ms) || ms < VIEW_WINDOW_MIN_MS || ms > VIEW_WINDOW_MAX_MS)
        return refuse(c, "a window is 1m to 12h, or all: :window 15m");
    c->v->window_ms = (uint64_t)ms;
    return true;
}

static bool run_plot(struct command *c)
{
    static const char *const modes[] = {[PLOT_AUTO] = "auto",
                                        [PLOT_BRAILLE] = "braille",
                                        [PLOT_BLOCK] = "block",
                                        [PLOT_ASCII] = "ascii"};

    for (size_t i = 0; i < COUNT_OF(modes); i++)
        if (str_eq_nocase(c->arg, str_from(modes[i]))) {
            c->v->plot_mode = (enum plot_mode)i;
            return true;
        }
    return refuse(c, "the plot can be braille, block, ascii or auto");
}

static bool run_y(struct command *c)
{
    struct str rest = c->arg;
    const struct str low = str_split(&rest, ' ');
    const struct str high = str_trim(rest);
    int64_t low_w, high_w;

    if (str_eq_nocase(c->arg, STR("auto"))) {
        c->v->y_max_w = c->v->y_held_w = 0;
        return true;
    }
    if (!num_scaled(low, 3, &low_w) || !num_scaled(high, 3, &high_w) || low_w != 0 ||
        high_w < 100 || high_w > 100000000)
        return refuse(c, "the scale starts at 0 and ends at 0.1 or more: :y 0 22, or :y auto");
    c->v->y_max_w = high_w;
    return true;
}

static bool run_frames(struct command *c)
{
    if (!str_eq_nocase(c->arg, STR("on")) && !str_eq_nocase(c->arg, STR("off")))
        return refuse(c, "protocol frames among the events: :frames on, or :frames off");
    c->v->events_frames = str_eq_nocase(c->arg, STR("on"));
    return true;
}

static bool run_theme(struct command *c)
{
    if (c->arg.len == 0 || c->arg.len >= 32)
        return refuse(c, "which theme? :theme light");
    intend(c, INTENT_THEME);
    return true;
}

static bool run_reconnect(struct command *c)
{
    intend(c, INTENT_RECONNECT);
    view_say(c->v, c->m->now_ms, "reconnecting");
    return true;
}

static bool run_quit(struct command *c)
{
    intend(c, INTENT_QUIT);
    return true;
}

static bool run_fault(struct command *c)
{
    if (c->arg.len == 0)
        return refuse(c, "which fault? :fault drop");
    intend(c, INTENT_FAULT);
    return true;
}

static bool run_help(struct command *c)
{
    c->v->help = true;
    c->v->help_top = 0;
    return true;
}

static const struct command_row commands[] = {
    {"add", ":add ID", run_add, false},
    {"remove", ":remove ID", run_remove, false},
    {"stop", ":stop ID", run_stop, false},
    {"sort", ":sort COLUMN", run_sort, false},
    {"window", ":window 15m|all", run_window, false},
    {"plot", ":plot braille|block|ascii|auto", run_plot, false},
    {"y", ":y 0 22|auto", run_y, false},
    {"frames", ":frames on|off", run_frames, false},
    {"theme", ":theme NAME", run_theme, false},
    {"reconnect", ":reconnect", run_reconnect, false},
    {"help", ":help", run_help, false},
    {"quit", ":quit", run_quit, false},
    {"q", NULL, run_quit, false},
    {"fault", ":fault NAME", run_fault, true},
};

/* For the help; without the demo's own and without second names. */
const char *const prompt_usages[] = {":2149 goes to that order",
                                     ":add ID",
                                     ":remove ID",
                                     ":stop ID",
                                     ":sort COLUMN",
                                     ":window 15m|all",
                                     ":plot braille|block|ascii|auto",
                                     ":y 0 22|auto",
                                     ":frames on|off",
                                     ":theme NAME",
                                     ":reconnect",
                                     ":quit",
                                     NULL};

void view_prompt_open(struct view *v)
{
    v->prompt_kind = ':';
    v->prompt[0] = '\0';
    v->message[0] = '\0';
}

static bool run_line(struct command *c)
{
    struct str rest = str_trim(str_from(c->v->prompt));
    char id[ORDER_ID_MAX];

    if (rest.len == 0)
        return true;
    const struct str name = str_split(&rest, ' ');
    c->arg = str_trim(rest);
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (str_eq_nocase(name, str_from(commands[i].name))) {
            if (commands[i].demo_only && !c->v->demo)
                return refuse(c, "faults are given in the demo only: chargetop demo");
            return commands[i].run(c);
        }
    str_copy(id, sizeof id, name);
    if (c->arg.len == 0 && view_select_id(c->v, c->m, id))
        return true;
    view_say_format(c->v, c->m->now_ms, "unknown command: %.*s   (? shows the commands)",
                    (int)(name.len < 40 ? str_cut(name, 40) : 40), name.ptr);
    return false;
}

static void close_prompt(struct view *v)
{
    v->prompt_kind = 0;
    v->prompt[0] = '\0';
}

static void erase_last(char *text)
{
    size_t len = strlen(text);

    while (len > 0 && ((unsigned char)text[len - 1] & 0xC0) == 0x80)
        len--;
    if (len > 0)
        len--;
    text[len] = '\0';
}

/* A character that draws something and fits; control and direction marks are nobody's id. */
static void append(char *text, size_t cap, uint32_t key)
{
    char encoded[4], clean[8];
    const size_t len = strlen(text);

    if (key < ' ' || key > 0x10FFFF || (key >= 0xD800 && key <= 0xDFFF))
        return;
    const struct str one = {encoded, text_encode(encoded, key)};
    const size_t bytes = text_clean(clean, sizeof clean, one);
    if (bytes > 0 && len + bytes < cap)
        memcpy(text + len, clean, bytes + 1);
}

static bool question_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    if (key == 'y' || key == 'Y') {
        *out = v->pending;
    } else if (key == 'n' || key == 'N' || key == 'q' || key == UI_KEY_ESC || key == UI_KEY_ENTER) {
        view_say(v, m->now_ms, "not stopped");
    } else {
        return false; /* a stray key neither agrees nor refuses */
    }
    v->pending = (struct intent){.kind = INTENT_NONE};
    v->question[0] = '\0';
    close_prompt(v);
    return true;
}

bool view_prompt_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out)
{
    struct command c = {v, m, {NULL, 0}, out};

    if (v->prompt_kind == '?')
        return question_key(v, m, key, out);
    switch (key) {
    case UI_KEY_ESC:
        close_prompt(v);
        break;
    case UI_KEY_ENTER:
    case '\n':
        if (run_line(&c) && v->prompt_kind == ':')
            close_prompt(v);
        break;
    case UI_KEY_BACKSPACE:
    case 'H' & UI_CTRL_MASK:
        if (v->prompt[0] == '\0')
            close_prompt(v);
        else
            erase_last(v->prompt);
        break;
    case 'U' & UI_CTRL_MASK:
        v->prompt[0] = '\0';
        break;
    default: /* typed or pasted; the control keys above are of those that were typed */
        append(v->prompt, sizeof v->prompt, key & ~(uint32_t)UI_KEY_PASTED);
    }
    return true;
}
