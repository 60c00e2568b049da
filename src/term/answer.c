#include "term/answer.h"

#include "ui/colour.h"

enum { BEL = 7, ESC = 27, ST = 0x9c };

void answer_ask(struct answer *a, int times, int64_t now_ms)
{
    *a = (struct answer){.state = ANSWER_ASKED, .asked_ms = now_ms, .due = times};
}

static bool pending(const struct answer *a)
{
    return a->state == ANSWER_ASKED || a->state == ANSWER_COMING;
}

static void expire(struct answer *a, int64_t now_ms)
{
    if (pending(a) && now_ms >= a->asked_ms + ANSWER_TRUST_MS)
        a->state = ANSWER_DONE;
}

bool answer_begins(struct answer *a, uint32_t c, int64_t now_ms)
{
    expire(a, now_ms);
    a->after_escape = false;
    if (a->state != ANSWER_ASKED || c != ']')
        return false;
    a->state = ANSWER_COMING;
    return true;
}

void answer_escape(struct answer *a)
{
    a->after_escape = a->state == ANSWER_ASKED;
}

static void add(struct answer *a, uint32_t c)
{
    const bool ends = c == BEL || c == ST || (a->after_escape && c == '\\');

    a->after_escape = c == ESC;
    if (ends && !a->known)
        a->known = colour_read_answer((struct str){a->text, a->bytes}, &a->rgb);
    else if (!ends && c < 128 && c >= ' ' && a->bytes < ANSWER_MAX)
        a->text[a->bytes++] = (char)c;
    if (!ends && a->bytes < ANSWER_MAX)
        return;
    a->state = ends && --a->due > 0 ? ANSWER_ASKED : ANSWER_DONE;
    a->bytes = 0;
    a->after_escape = false;
}

bool answer_take(struct answer *a, uint32_t c, int64_t now_ms)
{
    if (!pending(a))
        return false;
    expire(a, now_ms);
    if (a->state == ANSWER_COMING) {
        add(a, c);
        return true;
    }
    const bool begins = a->after_escape && answer_begins(a, c, now_ms);
    a->after_escape = false;
    return begins;
}

bool answer_awaited(const struct answer *a, int64_t now_ms)
{
    return pending(a) && now_ms < a->asked_ms + ANSWER_WAIT_MS;
}
