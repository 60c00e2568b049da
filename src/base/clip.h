/* src/base/clip.h - text for the clipboard of the terminal that shows us (OSC 52), also from inside tmux
 * and screen. */
#ifndef CHARGETOP_BASE_CLIP_H
#define CHARGETOP_BASE_CLIP_H

#include "base/buf.h"

/* What stands between us and the terminal. */
enum clip_via {
    CLIP_DIRECT,
    CLIP_TMUX, /* as it is, which tmux takes with `set-clipboard on`, and passed through it, which it does
                  with `allow-passthrough on` */
    CLIP_SCREEN,
    CLIP_EITHER /* one runs in the other, and which is nearer is not told: as it is, and as for screen. Each of
                   them passes over what is meant for the other without a trace. */
};
/* By TERM, TMUX and STY of the environment (NULL: not set): of tmux in screen or screen in tmux both are set,
 * and TERM is the name of the nearer one, but that tmux may call itself screen. */
enum clip_via clip_via_of(const char *term, const char *tmux, const char *sty);

enum {
    CLIP_TEXT_MAX_BYTES = 74994, /* xterm takes 100 000 bytes with the framing; others as many */
    CLIP_SCREEN_CHUNK = 240      /* of a DCS string that screen passes on: it keeps 256 at a time */
};

/* Appends s in base64 (RFC 4648 4). */
enum ct_err base64_append(struct buf *to, struct str s);
/* Appends the sequence that puts text into the clipboard, at most CLIP_TEXT_MAX_BYTES of it, cut at a code
 * point. Returns the bytes of text it carries through *taken. */
enum ct_err clip_append(struct buf *to, struct str text, enum clip_via via, size_t *taken);

#endif
