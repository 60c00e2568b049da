/* src/cmd/config_kiosk.c - the section [kiosk]: pages, their time, what counts as old, the exit chord. */
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "cmd/config_internal.h"
#include "cmd/options.h"
#include "ui/key.h"

static void set_pages(struct config_reader *r, const char *key, const char *value)
{
    struct kiosk_cfg *c = &r->s->kiosk_cfg;
    struct str rest = str_from(value);
    enum kiosk_page pages[KIOSK_PAGE_COUNT];
    size_t count = 0;

    while (rest.len > 0) {
        const struct str word = str_trim(str_split(&rest, ','));
        enum kiosk_page page;
        bool twice = false;

        if (word.len == 0)
            continue;
        if (!kiosk_page_find(word, &page)) {
            config_mistake(r, key, "pages are attention, totals, sites, completions, plot");
            return;
        }
        for (size_t i = 0; i < count; i++)
            twice = twice || pages[i] == page;
        if (twice) {
            config_mistake(r, key, "names a page twice");
            return;
        }
        pages[count++] = page;
    }
    if (count == 0) {
        config_mistake(r, key, "names no page");
        return;
    }
    memcpy(c->pages, pages, sizeof pages[0] * count);
    c->page_count = count;
}

static void set_time(struct config_reader *r, const char *key, const char *value, int64_t min_ms,
                     uint32_t *to_ms)
{
    int64_t ms = 0;

    if (!num_duration_ms(str_from(value), &ms) || ms < min_ms || ms > INT32_MAX)
        config_mistake(r, key, "not a time such as 12s or 1m, of two seconds or more");
    else
        *to_ms = (uint32_t)ms;
}

static void set_chord(struct config_reader *r, const char *key, const char *value)
{
    struct kiosk_cfg *c = &r->s->kiosk_cfg;
    struct str rest = str_from(value);
    uint32_t chord[KIOSK_CHORD_MAX];
    size_t count = 0;

    while (rest.len > 0) {
        char name[24];
        const struct str word = str_trim(str_split(&rest, ' '));

        if (word.len == 0)
            continue;
        (void)str_copy(name, sizeof name, word);
        const uint32_t code = word.len < sizeof name ? ui_key_parse(name) : UI_KEY_NONE;
        if (code == UI_KEY_NONE || code == UI_KEY_RESIZE || count >= KIOSK_CHORD_MAX) {
            config_mistake(r, key, "not two to five keys such as `q q q` or `^X F10`");
            return;
        }
        chord[count++] = code;
    }
    if (count < 2) { /* one key would be pressed by a cloth */
        config_mistake(r, key, "not two to five keys such as `q q q` or `^X F10`");
        return;
    }
    memcpy(c->chord, chord, sizeof chord[0] * count);
    c->chord_count = count;
}

/* Channels with commas between them. */
static void set_notices(struct config_reader *r, const char *key, const char *value)
{
    struct kiosk_cfg *c = &r->s->kiosk_cfg;
    struct str rest = str_from(value);

    c->notice_count = 0;
    while (rest.len > 0) {
        const struct str name = str_trim(str_split(&rest, ','));

        if (name.len == 0)
            continue;
        if (c->notice_count == KIOSK_NOTICES_MAX || name.len >= sizeof c->notices[0]) {
            config_mistake(r, key, "more than 8 channels, or a name longer than 200 bytes");
            return;
        }
        (void)str_copy(c->notices[c->notice_count++], sizeof c->notices[0], name);
    }
}

static void set_yes_no(struct config_reader *r, const char *key, const char *value, bool *to)
{
    if (!option_yes_no(value, to))
        config_mistake(r, key, "neither yes nor no");
}

static void tell_unknown(struct config_reader *r, const char *key)
{
    static const char *const known[] = {"pages", "page_s",  "old_after", "hold", "rotation",
                                        "names", "notices", "exit",      "title"};
    struct near near = {.word = str_from(key)};

    for (size_t i = 0; i < COUNT_OF(known); i++)
        near_consider(&near, known[i]);
    config_unknown_key(r, "kiosk", &near, key);
}

void config_set_kiosk(struct config_reader *r, const char *name, const char *key, const char *value)
{
    struct kiosk_cfg *c = &r->s->kiosk_cfg;

    (void)name;
    if (strcmp(key, "pages") == 0)
        set_pages(r, key, value);
    else if (strcmp(key, "page_s") == 0)
        set_time(r, key, value, KIOSK_PAGE_MIN_MS, &c->page_ms);
    else if (strcmp(key, "old_after") == 0)
        set_time(r, key, value, KIOSK_OLD_MIN_MS, &c->old_after_ms);
    else if (strcmp(key, "hold") == 0)
        set_time(r, key, value, KIOSK_PAGE_MIN_MS, &c->hold_ms);
    else if (strcmp(key, "rotation") == 0)
        set_yes_no(r, key, value, &c->rotate);
    else if (strcmp(key, "names") == 0)
        set_yes_no(r, key, value, &c->names);
    else if (strcmp(key, "notices") == 0)
        set_notices(r, key, value);
    else if (strcmp(key, "exit") == 0)
        set_chord(r, key, value);
    else if (strcmp(key, "title") != 0)
        tell_unknown(r, key);
    else if (strlen(value) >= sizeof c->title)
        config_mistake(r, key, "longer than 47 bytes");
    else
        (void)text_clean(c->title, sizeof c->title, str_from(value));
}
