/* src/term/answer.h - what the terminal says of its background: asked once, answered among the keys.
 *
 * The question is OSC 11; the answer is ESC ] 11;rgb:... and BEL or ESC \, maybe in pieces, maybe never
 * (xterm's ctlseqs, "Operating System Commands"). It is trusted for ANSWER_TRUST_MS: after that what looks
 * like one is what somebody typed. Times are monotonic milliseconds. */
#ifndef CHARGETOP_TERM_ANSWER_H
#define CHARGETOP_TERM_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ANSWER_MAX = 64,        /* bytes; what is longer is none, and its rest is keys again */
    ANSWER_WAIT_MS = 1000,  /* after this long it is not waited for at the end */
    ANSWER_TRUST_MS = 10000 /* after this long it is not taken for one */
};

enum answer_state { ANSWER_NONE, ANSWER_ASKED, ANSWER_COMING, ANSWER_DONE };

struct answer {
    enum answer_state state;
    int64_t asked_ms;
    char text[ANSWER_MAX];
    size_t bytes;
    int due;           /* answers that may still come */
    bool after_escape; /* the newest character was ESC */
    bool known;        /* rgb is valid */
    uint32_t rgb;      /* 0xRRGGBB */
};

/* The question is on its way, `times` times by different ways: as many answers may come, the first that
 * says a colour counts and the others are no keys either. */
void answer_ask(struct answer *a, int times, int64_t now_ms);
/* A character behind an escape that began no known key. True: it begins the answer and is no key. */
bool answer_begins(struct answer *a, uint32_t c, int64_t now_ms);
/* An escape came alone: on a slow line the rest of an answer may follow. */
void answer_escape(struct answer *a);
/* A character read. True: it belongs to the answer and is no key. */
bool answer_take(struct answer *a, uint32_t c, int64_t now_ms);
/* Is it worth waiting for at the end, so that it is not typed into the shell? */
bool answer_awaited(const struct answer *a, int64_t now_ms);

#endif
