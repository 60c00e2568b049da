/* src/ui/view_internal.h - what the files of the view share and nobody else calls. */
#ifndef CHARGETOP_UI_VIEW_INTERNAL_H
#define CHARGETOP_UI_VIEW_INTERNAL_H

#include "ui/ui.h"

/* What a key acts on. `nth` says which of the keys of its row in key_rows was pressed. */
struct act {
    struct view *v;
    const struct ui_model *m;
    struct intent *out;
    int nth;
};

/* A row of a table of actions, ended by a row without an id. */
struct action_row {
    const char *id; /* of a row of key_rows */
    void (*run)(struct act *a);
};
extern const struct action_row actions_move[], actions_orders[], actions_time[], actions_app[],
    actions_cross[], actions_events[], actions_detail[];
extern const struct action_row actions_link[], actions_find[], actions_share[], actions_alarms[],
    actions_channels[], actions_notices[];
/* Puts off the alarm that is meant, by the rules if for_ms is 0 (actions/alarms.c). */
/* Shows the orders of one site alone; says so, or why not. */
bool view_site_filter(struct view *v, const struct ui_model *m, const struct site *site);
bool view_snooze(struct view *v, const struct ui_model *m, uint64_t for_ms, struct intent *out);
void act_ask(struct act *a, enum intent_kind kind, const char *text); /* sets the intent */

/* Sorting (view_sort.c). CT_ERR_NOMEM keeps the old rows. */
enum ct_err view_sort_if_needed(struct view *v, const struct ui_model *m);
void view_sort_clear(struct view *v);
/* A person asked for another order of rows: held rows let go, and the selected order stays selected and
 * in sight wherever it goes. */
void view_sort_asked(struct view *v);

/* Pause (view.c). */
void view_pause(struct view *v, const struct ui_model *m);
void view_resume(struct view *v);

/* Selection (view.c): by row, scrolled into sight; or by id, false if it has no row. */
void view_select_row(struct view *v, const struct ui_model *m, size_t at);
bool view_select_id(struct view *v, const struct ui_model *m, const char *id);
/* Opens the screen of that order, or says why it cannot (actions/notices.c). */
bool view_goto_order(struct view *v, const struct ui_model *m, const char *id);
void view_say_format(struct view *v, uint64_t now_ms, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void view_say_reconnecting(struct view *v, uint64_t now_ms); /* until the link is up again */

/* Moving inside the focused pane by lines, newer or lower is positive (view_scroll.c). */
void view_move(struct view *v, const struct ui_model *m, long lines);
long view_page_rows(const struct view *v);
enum { VIEW_MOVE_FAR = 1000000 };

/* Chooses an error by its age, scrolled into sight (view_scroll.c). */
void view_error_select(struct view *v, const struct ui_model *m, size_t age);
/* Chooses an event: lines and pictures stand at it from now on. Nothing happens when it is gone. */
void view_event_select(struct view *v, const struct ui_model *m, uint64_t seq);
/* Scrolls so that the n-th match of the connection is in sight (view_scroll.c). */
void view_connection_show(struct view *v, const struct ui_model *m, size_t nth);

/* Focus and zoom (view.c). A pane that is not on the screen is zoomed at once. */
void view_focus(struct view *v, enum pane_id pane);
bool view_shows(const struct view *v, enum pane_id pane);
/* Where Esc ends: the orders, or the first pane of a layout without them. */
enum pane_id view_home(const struct view *v);
/* A place in layout_at(); LAYOUT_DETAIL opens the screen of the selected order (layout_view.c). */
void view_layout_set(struct view *v, const struct ui_model *m, size_t n);

/* Text and questions (prompt.c). */
void view_prompt_open(struct view *v, char kind); /* ':' for commands */
bool view_prompt_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out);

/* Makes the line of that event visible in the events pane and leaves its tail (view_scroll.c). */
void view_reveal_event(struct view *v, const struct ui_model *m, uint64_t seq);
/* Once a frame: lines left standing that the log has given up are followed by the oldest it has. */
void view_keep_events(struct view *v, const struct ui_model *m);
void view_events_tail(struct view *v); /* back to the newest, without a crosshair */

/* Windows of the plot in the order of zooming (plot_keys.c). */
/* +1: zoom in; from all there is, to the longest window within it. */
void view_window_step(struct view *v, const struct ui_model *m, int direction);
void view_window_pan(struct view *v, int direction); /* +1: towards now */
/* Says why the plot cannot be drawn with the characters asked for; nothing when it can. The choice stays. */
void view_plot_tell(struct view *v, const struct ui_model *m);
enum {
    VIEW_WINDOW_MIN_MS = 60000,
    VIEW_WINDOW_MAX_MS = 12 * 3600000,
    VIEW_OFFSET_MAX_MS = 7 * 86400000
};

/* Runs the action of a row of key_rows; false for an id without one. */
bool view_action_run(const char *id, struct act *a);

/* The row of key_rows that a key means in the focused pane, and which of its keys it is; NULL: none. */
const struct key_row *view_key_row(const struct view *v, uint32_t key, int *nth);

/* Lines of the frame (header.c, counts.c, lines.c). From LINE_WIDE_COLS on they use longer words.
 */
enum { LINE_WIDE_COLS = 110 };
/* "up", "connecting" (for the first time), "down", "off", "FAILED", "starting": the one word that every
 * place uses for the state of a link; and since when it holds. Static. */
const char *line_link_word(const struct link *l);
uint64_t line_link_since_ms(const struct link *l);
/* "LINK up 25m37s", "LINK down 12s, try 3 in 4s", "LINK FAILED 4001 no such app key". */
void line_link_words(const struct link *l, uint64_t now_ms, char *to, size_t cap);
/* The same of any link, without its name: "up 3m02s", "down 12s, try 3 in 4s", "FAILED 4001 ...". */
void line_state_words(const struct link *l, uint64_t now_ms, char *to, size_t cap);
void line_header(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m);
void line_counts(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m);
void line_alarm(struct surface *s, struct rect at, const struct view *v, const struct ui_model *m);
void line_keys(struct surface *s, struct rect at, const struct view *v);
/* The entry of that line at column x; NULL: none. */
const struct key_row *line_key_at(struct rect at, const struct view *v, int x);
void line_prompt(struct surface *s, struct rect at, const struct view *v);

#endif
