/* src/ui/kiosk/kiosk.h - a wall monitor: what it was told to show, and how far its pages have turned.
 *
 * Nobody touches it: keys are locked but for the exit chord, pages turn by themselves, and numbers
 * that are not fresh are not shown at all (screens.md 2.3, Kiosk). */
#ifndef CHARGETOP_UI_KIOSK_KIOSK_H
#define CHARGETOP_UI_KIOSK_KIOSK_H

#include <stdint.h>

#include "fleet/fleet.h"

/* In the order of the rotation. */
enum kiosk_page {
    KIOSK_ATTENTION,
    KIOSK_TOTALS,
    KIOSK_SITES,
    KIOSK_COMPLETIONS,
    KIOSK_PLOT,
    KIOSK_PAGE_COUNT
};

enum {
    KIOSK_PAGE_MS = 12000,
    KIOSK_PAGE_MIN_MS = 2000,
    KIOSK_OLD_MS = 30000, /* data of the whole fleet older than this are not shown */
    KIOSK_OLD_MIN_MS = 2000,
    KIOSK_NEW_MS =
        60000, /* an alarm younger than this holds the attention page, if not said otherwise */
    KIOSK_EYE_MS = 4000,     /* of what needs eyes, each is shown large for this long in its turn */
    KIOSK_DRIFT_MS = 600000, /* the picture moves one cell */
    KIOSK_GATHER_MS = 1000,  /* lists are made anew at most this often */
    KIOSK_CHORD_MAX = 5,
    KIOSK_CHORD_MS = 2000, /* the whole chord within this */
    KIOSK_TITLE_MAX = 48,
    KIOSK_EYES_MAX = 32,
    KIOSK_FIRES_MAX = 16,
    KIOSK_DONE_MAX = 24,
    KIOSK_NOTICES_MAX = 8,
    KIOSK_SITES_MAX = 48 /* the rest are counted, not named */
};

struct kiosk_cfg {
    enum kiosk_page pages[KIOSK_PAGE_COUNT];
    size_t page_count;                       /* 1 or more */
    uint32_t page_ms, old_after_ms, hold_ms; /* hold: an alarm is new for this long */
    bool rotate, names;                      /* names: of charge points are shown */
    char title[KIOSK_TITLE_MAX];             /* "": the profile's name */
    uint32_t chord[KIOSK_CHORD_MAX];
    size_t chord_count; /* 2 or more */
    /* Channels whose notifications are meant for all who see the wall. */
    char notices[KIOSK_NOTICES_MAX][CHANNEL_NAME_MAX];
    size_t notice_count;
};
void kiosk_cfg_default(struct kiosk_cfg *c);
const char *kiosk_page_name(enum kiosk_page page); /* "totals"; static */
bool kiosk_page_find(struct str name, enum kiosk_page *out);

/* A site with orders, or one of the configuration. */
struct kiosk_site {
    char name[SITE_NAME_MAX];
    int64_t power_w;
    int64_t limit_w; /* 0: none known */
    bool unknown;    /* power_w says nothing */
    bool partial;    /* power_w lacks orders */
};

struct kiosk {
    struct kiosk_cfg cfg;
    enum kiosk_page page;
    bool began, held;  /* held: an alarm is new */
    size_t slot;       /* place in the rotation */
    uint64_t since_ms; /* this page is shown since */
    /* lists, made from the orders when something moved */
    uint64_t gathered_ms, gathered_version;
    char eyes[KIOSK_EYES_MAX][ORDER_ID_MAX]; /* most urgent first */
    size_t eyes_count;
    uint64_t
        fires[KIOSK_FIRES_MAX]; /* alarms of cameras that nobody has answered, the oldest first */
    size_t fire_count;          /* of those kept */
    uint64_t alarm_ms;          /* when the newest of all alarms was raised; 0: none */
    struct kiosk_site sites[KIOSK_SITES_MAX]; /* largest power first */
    size_t site_count;
    /* the last keys, for the chord */
    uint32_t keys[KIOSK_CHORD_MAX];
    uint64_t keys_ms[KIOSK_CHORD_MAX];
};

struct view;
struct ui_model;
struct surface;

/* Shows the kiosk from now on; there is no way back but the end. */
void kiosk_begin(struct view *v, const struct kiosk_cfg *cfg);
/* Once a frame, from view_sync(): lists and rotation. */
void kiosk_sync(struct view *v, const struct ui_model *m);
/* True when the key completed the exit chord. */
bool kiosk_chord(struct kiosk *k, uint32_t key, uint64_t now_ms);
void kiosk_draw(struct surface *s, const struct view *v, const struct ui_model *m);

/* Can the numbers be believed? */
enum kiosk_trust { KIOSK_LIVE, KIOSK_WAIT, KIOSK_OLD, KIOSK_DOWN };
/* *since_unix_ms: since when not. WAIT: the first connection is being made. OLD: orders that should
 * report have not for old_after_ms. */
enum kiosk_trust kiosk_trust_of(const struct kiosk_cfg *c, const struct ui_model *m,
                                int64_t *since_unix_ms);
/* Where the picture stands at a moment, within 0..x_max and 0..y_max: one step at a time. */
void kiosk_drift(int64_t unix_ms, int x_max, int y_max, int *x, int *y);
/* The page after this one, and when it comes (UINT64_MAX: not by time). */
enum kiosk_page kiosk_next(const struct kiosk *k, uint64_t *at_ms);

#endif
