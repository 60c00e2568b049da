/* Reads [filters] of the configuration file: NAME = QUERY. */
#include <string.h>

#include "base/text.h"
#include "cmd/config_internal.h"

static bool is_name(const char *name)
{
    const size_t len = strlen(name);

    return len > 0 && len < FIND_NAME_MAX && strcmp(name, "off") != 0 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == len;
}

/* It may be one of any kind of rows; the mistake told is that of the orders. */
static bool is_query(const char *text, char *why, size_t cap)
{
    static const enum query_kind kinds[] = {QUERY_EVENTS, QUERY_ERRORS, QUERY_ORDERS};
    struct query q;

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (query_parse(&q, kinds[i], str_from(text), why, cap))
            return true;
    return false;
}

void config_set_filter(struct config_reader *r, const char *name, const char *key,
                       const char *value)
{
    struct settings *s = r->s;
    char why[QUERY_WHY_MAX];
    size_t at = 0;

    (void)name;
    if (!is_name(key)) {
        config_mistake(r, key, "a filter's name is 1 to 23 letters, digits, - or _, and not `off`");
        return;
    }
    if (!is_query(value, why, sizeof why)) {
        config_mistake(r, key, why);
        return;
    }
    while (at < s->filter_count && strcmp(s->filters[at].name, key) != 0)
        at++;
    if (at >= FIND_SAVED_MAX) {
        config_mistake(r, key, "too many filters");
        return;
    }
    (void)str_copy(s->filters[at].name, sizeof s->filters[at].name, str_from(key));
    (void)text_clean(s->filters[at].text, sizeof s->filters[at].text, str_from(value));
    s->filter_count += at == s->filter_count;
}
