/* src/ui/view.h - what the person looking has chosen: focus, selection, sort, pause, windows.
 *
 * A screen is a pure function of the model, this, and the time. view_sync() brings the view up to
 * date with the model once a frame (sorting only when something moved); view_key() changes it and
 * may ask for something to be done as an intent: a view performs nothing. */
#ifndef CHARGETOP_UI_VIEW_H
#define CHARGETOP_UI_VIEW_H

#include <stdint.h>

#include "base/buf.h"
#include "fleet/fleet.h"
#include "ui/column_choice.h"
#include "ui/find.h"
#include "ui/history.h"
#include "ui/key.h"
#include "ui/keymap.h"
#include "ui/kiosk/kiosk.h"
#include "ui/layout_spec.h"
#include "ui/theme.h"

enum pane_id {
    PANE_NONE,
    PANE_ORDERS,
    PANE_PLOT,
    PANE_CONNECTION,
    PANE_ERRORS,
    PANE_EVENTS,
    PANE_EYES,
    PANE_SITES,
    PANE_CHANNELS,
    PANE_NOTICES,
    PANE_COUNT,
    /* of the screen of one order; each pane has a bit in the rows of keys.c, so all stay below 32 */
    PANE_DETAIL_FIRST = 16,
    PANE_SUMMARY = PANE_DETAIL_FIRST,
    PANE_SERIES,
    PANE_PAYLOAD,
    PANE_LIFE,
    PANE_HISTORY,
    PANE_DETAIL_END
};

/* What fills the body of the screen, and what may lie over it (overlay.h). */
enum screen_id { SCREEN_OVERVIEW, SCREEN_DETAIL, SCREEN_KIOSK };
enum overlay_id {
    OVERLAY_NONE,
    OVERLAY_HELP,
    OVERLAY_FILTERS,
    OVERLAY_COLUMNS,
    OVERLAY_SETTINGS,
    OVERLAY_PAYLOAD,
    OVERLAY_MARKS,
    OVERLAY_ERROR,
    OVERLAY_THEMES,
    OVERLAY_COPY,
    OVERLAY_BUNDLE,
    OVERLAY_DONE
};

/* A place in a list. */
struct menu {
    size_t at, top; /* entry chosen, first one shown */
};

/* The entry a cursor was put on, so that it stays there when others come and go. */
struct list_mark {
    size_t at;   /* where it was then */
    uint64_t id; /* of the alarm; 0: none, for a site 1 */
    bool cleared;
    char name[64]; /* of the order inside an alarm, of the site; "" none */
};

enum plot_mode { PLOT_AUTO, PLOT_BRAILLE, PLOT_BLOCK, PLOT_ASCII };
/* Lines over each other; small multiples; the sum over the site of the selected order, or over all. */
enum plot_shape { PLOT_LINES, PLOT_GRID, PLOT_TOTAL, PLOT_TOTAL_ALL };
enum plot_quantity { PLOT_KW, PLOT_KWH, PLOT_BOTH, PLOT_QUANTITY_COUNT };
enum time_style { TIME_CLOCK_GAP, TIME_AGE, TIME_GAP, TIME_STYLE_COUNT };

/* What the frame is drawn from, besides the view. */
struct ui_recording;
struct ui_replay;

struct ui_model {
    const struct fleet *fleet;
    uint64_t now_ms;
    int64_t now_unix_ms;
    int32_t utc_offset_s;
    const char *profile; /* shown in the header; "" for none */
    bool ambiguous_wide; /* the terminal draws ambiguous characters two cells wide */
    bool ascii;          /* own characters stay below 128 */
    bool colours;        /* extras that only a screen with colours shows: shading */
    bool low_bandwidth;  /* sparklines step once a minute */
    /* In force, for words that tell what to press; NULL: as built in. */
    const struct keymap *keys;
    uint32_t spark_ms;                    /* what they cover, in whole minutes; 0: ten minutes */
    const struct ui_recording *recording; /* recording.h; NULL: nothing is recorded */
    const struct ui_replay *replay;       /* NULL: it is live */
};

enum intent_kind {
    INTENT_NONE,
    INTENT_QUIT,
    INTENT_SUSPEND,      /* ^Z */
    INTENT_REDRAW,       /* ^L: repaint everything */
    INTENT_RECONNECT,    /* R */
    INTENT_RELOAD,       /* ^R: read the configuration again */
    INTENT_ADD_ORDER,    /* text: id; also asks again for a denied one */
    INTENT_REMOVE_ORDER, /* text: id */
    INTENT_STOP_ORDER,   /* text: id, after the question was answered with yes */
    INTENT_PIN,          /* text: id, toggles */
    INTENT_UNPIN_ALL,
    INTENT_ACK, /* text: id */
    INTENT_ACK_ALL,
    INTENT_ALARM_ACK,    /* text: alarm id and 0 (intent_alarm()) */
    INTENT_ALARM_SNOOZE, /* text: alarm id and for how many ms */
    INTENT_BELL,         /* text: on or off */
    INTENT_NOTIFY,       /* text: off, osc9 or osc777 */
    INTENT_MARK,         /* mark: adds it */
    INTENT_UNMARK,       /* mark.number: removes it */
    INTENT_SAVE_STATE,   /* what the settings screen changed */
    INTENT_THEME,        /* text: name */
    INTENT_FAULT,        /* text: name; only when the embedded server runs (demo) */
    INTENT_COPY,         /* text: share_name() */
    /* The text is a file's name; the _OVER ones were confirmed to replace what is there. */
    INTENT_SAVE,
    INTENT_SAVE_OVER,
    INTENT_EXPORT, /* text: share_table_name(), a blank, the file */
    INTENT_EXPORT_OVER,
    INTENT_BUNDLE, /* make it and show it; text: the file, "" for one named by the time */
    INTENT_BUNDLE_WRITE,
    INTENT_BUNDLE_OVER,
    INTENT_MOUSE,         /* text: on, off */
    INTENT_LOW_BANDWIDTH, /* text: on, off */
    INTENT_FOLLOW,        /* source, text: a channel */
    INTENT_UNFOLLOW,      /* the same */
    INTENT_RECORD,        /* text: a file, or off */
    INTENT_SPEED,         /* text: of a replay, a number with up to three decimals */
    INTENT_TRIGGER        /* source, text: channel, event and JSON with a blank between */
};

enum {
    INTENT_TEXT_MAX = HISTORY_LINE_MAX + CHANNEL_NAME_MAX,
    VIEW_PROMPT_MAX = HISTORY_LINE_MAX,
    VIEW_HISTORIES = 3,
    VIEW_MESSAGE_MAX = 160,
    VIEW_MESSAGE_MS = 6000
};

/* A message that ends or changes with what it tells of. */
enum view_said { SAID_PLAIN, SAID_RECONNECTING, SAID_FOUND };

struct intent {
    enum intent_kind kind;
    char text[INTENT_TEXT_MAX];
    struct mark mark; /* INTENT_MARK, INTENT_UNMARK */
    uint8_t source;   /* of the connection that it concerns, as in wire_event */
};

/* A word being completed (complete.h): what was typed of it, and which candidate is shown. */
struct completion {
    bool on;
    size_t from; /* where in the prompt it begins */
    int at;      /* -1: none yet */
    char stem[VIEW_PROMPT_MAX];
};

struct plot_sum; /* panes/plot_total.c */

/* Order rows as they were when the picture was paused. */
struct frozen;
/* What the screen of one order has read (detail.h). */
struct detail_cache;

struct view {
    int cols, rows;
    bool ascii, demo;         /* demo: fault keys are offered */
    struct keymap keys;       /* the bindings in force */
    enum pane_id focus, zoom; /* zoom PANE_NONE: the overview */
    enum screen_id screen;
    size_t layout;              /* which of layout_at() */
    struct layout_list layouts; /* of the user */
    enum overlay_id overlay;
    struct menu menu;    /* of the overlay */
    size_t menu_pressed; /* entry that the mouse chose last, from 1; 0: none */
    char help_find[32];  /* looked for in the help */
    bool help_typing;
    const char *version, *config_path; /* told in the help; not owned; NULL: not */
    const struct bundle *bundle; /* what OVERLAY_BUNDLE shows; not owned, NULL until there is one */
    size_t bundle_line;          /* first line shown of the file chosen */
    uint64_t click_ms;           /* when and where the mouse was pressed last (mouse.c) */
    int click_x, click_y;
    /* orders */
    char selected[ORDER_ID_MAX];
    bool touched;  /* the selection was chosen; until then it is the first row */
    size_t *index; /* order indexes in drawing order, owned */
    size_t index_count, index_cap;
    uint64_t index_version;
    uint64_t index_sorted_ms;
    size_t top;      /* first visible row */
    int sort_column; /* index into the column table; -1 attention */
    bool sort_invert, hold, follow;
    struct column_choice columns;
    uint64_t eyes_fire_id; /* the newest fire that ! went to; 0: none */
    size_t eyes_at;        /* place in the queue that ! went to, from 1; 0: it was not used */
    struct menu eyes, sites, channels, notices; /* the lists of panes 6 to 9 */
    struct list_mark eyes_kept, site_kept, channel_kept, notice_kept;
    uint64_t notices_seen; /* number of the newest that pane 9 showed while in focus */
    uint64_t toast_seen;   /* number up to which failures were answered with a key (toast.h) */
    /* pause */
    uint64_t paused_ms;     /* 0: live */
    uint64_t paused_seq;    /* event log total at the pause */
    struct frozen *frozen;  /* owned; NULL when live */
    struct event_log *held; /* the event log as it was then, owned; NULL when live */
    /* plot */
    enum plot_mode plot_mode;
    enum plot_quantity plot_quantity;
    enum plot_shape plot_shape;
    enum plot_shape shape_before; /* while the layout of plots shows a grid */
    struct plot_sum *plot_sum;    /* of PLOT_TOTAL, owned; NULL else */
    uint64_t window_ms;           /* 0: all */
    uint64_t offset_ms;           /* right edge is now - offset */
    int64_t y_max_w;              /* 0: automatic; else pinned */
    int64_t y_held_w;             /* top of the scale in force, held for 30 s */
    uint64_t y_held_ms;           /* when it came into force */
    int64_t y_before_w;           /* the top before that; 0: none */
    int64_t y_right_wh;           /* the same for the energies at the right; 0: none held */
    uint64_t y_right_ms;          /* when that came into force */
    uint64_t y_picture; /* which series, unit and window the scale in force was made for */
    /* The moment looked at in plot and events alike; 0: none. seq: the event that stands there. */
    uint64_t cross_ms, cross_seq;
    /* events */
    bool events_frames;     /* protocol frames shown */
    uint64_t events_anchor; /* newest visible seq when not following; 0: tail */
    bool events_lost;       /* the first line shown is the oldest kept: others have left */
    uint64_t events_left;   /* newest seq when the tail was left: later repeats do not fold */
    bool events_unfold;     /* identical repeats each on their own line */
    bool events_wrap;       /* long lines over several rows */
    uint64_t payload_seq;   /* whose payload lies over the panes */
    bool payload_raw;       /* exactly as received; else JSON is set out */
    struct mark marking;    /* the moment that a note is typed for */
    enum time_style time_style;
    struct find find; /* what is looked for, what is hidden */
    /* errors */
    uint64_t errors_seen; /* error_log_seq() when last looked at */
    uint32_t errors_read; /* the errors_id that was chosen while the pane was looked at */
    size_t errors_top;
    uint32_t errors_id; /* log_error.id of the chosen one; 0: the newest */
    /* connection */
    size_t connection_top;
    int connection_cols; /* inside of its pane, the last time that it was shown */
    /* the screen of one order (detail.h) */
    enum pane_id before_focus, before_zoom; /* what it covers */
    enum plot_quantity before_quantity;
    bool keys_whole, keys_raw;   /* all keys; the text as received */
    size_t keys_top, life_up;    /* lines above, lines below what is shown */
    uint64_t base_seq;           /* event compared with; 0: the one before */
    struct detail_cache *detail; /* owned; NULL elsewhere or out of memory */
    /* prompt and message */
    char prompt_kind; /* 0: none; '?' yes/no question; else a row of prompt.c */
    char prompt[VIEW_PROMPT_MAX];
    size_t prompt_at;                       /* the cursor, in bytes */
    struct history history[VIEW_HISTORIES]; /* of commands, of what was found, of filters */
    struct completion completion;
    const char *theme;                 /* the one worn; NULL unknown */
    char theme_before[THEME_NAME_MAX]; /* of the list of themes: Esc goes back to it */
    /* settings: bits by setting_at(): changed by the user, said in argv, environment or configuration */
    uint32_t settings_touched, settings_pinned;
    bool mouse, bell, thrifty; /* as the program has switched them: what the settings show */
    bool settings_unsaved, ascii_only; /* ascii_only: the terminal cannot do more */
    const char *state_path;            /* not owned; NULL: none */
    const char *theme_words,
        *fault_words; /* names to complete, blanks or commas between; not owned */
    char question[VIEW_MESSAGE_MAX];
    struct intent pending; /* what a yes performs */
    char message[VIEW_MESSAGE_MAX];
    uint64_t message_ms;
    enum view_said said; /* what kind of message it is */
    struct kiosk kiosk;  /* of SCREEN_KIOSK */
    /* what the last drawing showed, for paging: set by view_sync from the layout */
    int orders_rows, events_rows, errors_rows;
    int plot_cells;              /* of the plot's time axis: how far one step of the crosshair is */
    int orders_cols;             /* inside of the orders pane: which columns can be sorted by */
    uint64_t *index_ordinals;    /* beside index: which order stands in each row, owned */
    uint8_t *index_hits;         /* beside index: 1 where what is looked for stands, owned */
    bool index_stale;            /* a key changed the sorting: sort at the next view_sync() */
    size_t selected_at;          /* row of the selected order */
    char alarm_id[ORDER_ID_MAX]; /* order of the highest unacknowledged alarm; empty: none */
};

void view_init(struct view *v);
void view_clear(struct view *v); /* frees */
/* Once a frame, before drawing. CT_ERR_NOMEM keeps the old order of rows. */
enum ct_err view_sync(struct view *v, const struct ui_model *m, int cols, int rows);
/* Returns whether anything changed that has to be drawn; *out is always set (maybe INTENT_NONE). */
bool view_key(struct view *v, const struct ui_model *m, uint32_t key, struct intent *out);
/* The same for the mouse. */
bool view_mouse(struct view *v, const struct ui_model *m, const struct ui_mouse *e,
                struct intent *out);
/* What INTENT_ALARM_ACK and INTENT_ALARM_SNOOZE carry; false for any other text. */
bool intent_alarm(const struct intent *what, uint64_t *alarm_id, uint64_t *ms);
/* Shows one line above the keys for VIEW_MESSAGE_MS. Text is cleaned. */
void view_say(struct view *v, uint64_t now_ms, const char *text);
/* The event log that is looked at: the fleet's, or as it was at the pause. Borrowed. */
const struct event_log *view_events(const struct view *v, const struct ui_model *m);
/* The time that pictures are drawn for: now, or the moment of the pause. */
uint64_t view_time_ms(const struct view *v, uint64_t now_ms);
const struct order *view_selected(const struct view *v, const struct ui_model *m); /* NULL: none */

#endif
