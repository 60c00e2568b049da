/* tests/support/scene.h - a fleet in a known situation, looked at through a view.
 *
 * The situation is the one drawn in the wireframes: nineteen orders in nine states at 14:32:07+02,
 * an outage half an hour ago, one refused subscription, one order that stalled, one that fell
 * silent. It is built from the events that would have led to it; the same build gives the same
 * cells. */
#ifndef CHARGETOP_TESTS_SCENE_H
#define CHARGETOP_TESTS_SCENE_H

#include "ui/ui.h"

struct scene {
    struct fleet *fleet;
    struct view view;
    struct surface surface;
    struct ui_model model;
    uint64_t seq;         /* of the last wire event */
    struct intent intent; /* what the last key asked for */
    int cols, rows;
};

enum scene_kind { SCENE_BUSY, SCENE_EMPTY };

/* Fails the running test if memory runs out. */
void scene_open(struct scene *s, enum scene_kind kind);
void scene_close(struct scene *s);

/* For cmocka: *state is the busy scene in ASCII, drawn once at 120x40, or at 200x60. */
int scene_setup(void **state);
int scene_setup_large(void **state);
int scene_teardown(void **state);

/* One consumption report of an order, at the scene's present moment. */
void scene_report(struct scene *s, const char *id, int64_t charging_ms, int64_t energy_wh);
/* A notification arrives now: its frame, then what the decoder makes of its data. Fails the test when it
 * is none. */
void scene_notice(struct scene *s, const char *channel, const char *data);
/* A camera of the connection `video`, which is made at the first, sees a fire now. */
void scene_fire(struct scene *s, const char *camera, const char *what);
/* The link changes its state now. */
void scene_link(struct scene *s, enum wire_link state, int32_t code, const char *reason,
                uint64_t retry_in_ms);
/* Time passes without an event. */
void scene_wait(struct scene *s, uint64_t ms);

/* One key, after which intents that concern the fleet are performed on it. */
bool scene_key(struct scene *s, uint32_t key);
/* Key names with blanks between them: "j j Space ^D". An unknown name fails the test. */
void scene_keys(struct scene *s, const char *names);
void scene_type(struct scene *s, const char *text); /* each byte as a key */

/* Draws a frame of that size; cells are then in s->surface. */
void scene_draw(struct scene *s, int cols, int rows);
/* The frame as text, one line a row. Owned by the caller, freed with free(). */
char *scene_text(struct scene *s);
/* One row of the frame, into a buffer of the caller. */
void scene_row(struct scene *s, int y, char *to, size_t cap);
/* Is the text anywhere in one row of the frame? */
bool scene_shows(struct scene *s, const char *text);

#endif
