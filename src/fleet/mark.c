/* src/fleet/mark.c - the ring of marks. */
#include "fleet/mark.h"

#include "base/text.h"

uint64_t marks_add(struct marks *m, const struct mark *mark)
{
    if (m->count == MARKS_MAX) {
        m->first = (m->first + 1) % MARKS_MAX;
        m->count--;
    }
    struct mark *at = &m->at[(m->first + m->count++) % MARKS_MAX];
    *at = *mark;
    text_clean(at->note, sizeof at->note, str_from(mark->note));
    at->number = ++m->total;
    return at->number;
}

const struct mark *marks_at(const struct marks *m, size_t age)
{
    return age < m->count ? &m->at[(m->first + m->count - 1 - age) % MARKS_MAX] : NULL;
}

bool marks_remove(struct marks *m, uint64_t number)
{
    for (size_t i = 0; i < m->count; i++) {
        if (m->at[(m->first + i) % MARKS_MAX].number != number)
            continue;
        for (; i + 1 < m->count; i++)
            m->at[(m->first + i) % MARKS_MAX] = m->at[(m->first + i + 1) % MARKS_MAX];
        m->count--;
        return true;
    }
    return false;
}
