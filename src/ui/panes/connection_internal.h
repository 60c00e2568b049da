/* src/ui/panes/connection_internal.h - the page of lines that the files of the connection pane fill. */
#ifndef CHARGETOP_UI_PANES_CONNECTION_INTERNAL_H
#define CHARGETOP_UI_PANES_CONNECTION_INTERNAL_H

#include "ui/pane.h"

enum {
    CONNECTION_LINES_MAX = 96,
    CONNECTION_LABEL_MAX = 12,
    CONNECTION_LABEL_CELLS = 8,
    CONNECTION_TEXT_MAX = 320
};

enum line_kind { LINE_TEXT, LINE_LOUD, LINE_STRIP };

struct line {
    enum line_kind kind;
    char label[CONNECTION_LABEL_MAX], text[CONNECTION_TEXT_MAX];
    int role;
    uint32_t cells; /* LINE_STRIP: how many of the newest history cells */
    bool hit;       /* what is looked for stands in it */
};

struct page {
    const struct ui_model *m;
    const struct link *l;
    bool wide; /* more than the bare figures */
    bool full; /* everything: the pane has the screen */
    int cols;
    int count;
    struct line at[CONNECTION_LINES_MAX];
};

/* The next line; the last one again when the page is full. */
struct line *connection_add(struct page *p, const char *label, int role);
/* A text over as many lines as its cells need. */
void connection_add_wrapped(struct page *p, const char *label, const char *text, int role);
/* Behind what stands in to[cap], after two blanks; nothing for "". */
void connection_append(char *to, size_t cap, const char *text);

/* connection_more.c */
void connection_meaning(struct page *p); /* of the last close: what, what next, what to do */
void connection_auth(struct page *p); /* how the authorization server does, when it is in trouble */
void connection_sides(struct page *p); /* the other profiles: state, and what is worth knowing of each */
void connection_token(struct page *p);
void connection_tls(struct page *p);     /* certificate; in full with cipher and names */
void connection_funnel(struct page *p);  /* how far the subscriptions have come */
void connection_today(struct page *p);   /* drops and blind time since midnight */
void connection_outages(struct page *p); /* the last ones */

/* connection_recording.c */
void connection_replay(struct page *p);
void connection_recording(struct page *p);

#endif
