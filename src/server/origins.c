/* src/server/origins.c - which page an Origin header speaks of, and whether it is on a list. */
#include "server/server_internal.h"

enum ct_err origins_take(struct origins *list, const struct server_origins *cfg,
                         struct fault *fault)
{
    if (cfg->count > SERVER_ORIGINS_MAX)
        return fault_set(fault, CT_ERR_LIMIT, "more than %d origins", SERVER_ORIGINS_MAX);
    for (size_t i = 0; i < cfg->count; i++) {
        struct str origin = str_from(cfg->item[i]);

        if (str_ends(origin, STR("/")))
            origin.len--; /* as addresses are copied from a browser */
        if (!str_eq(origin, STR("*")) && str_find(origin, STR("://")) >= origin.len)
            return fault_set(fault, CT_ERR_SYNTAX,
                             "'%.80s' is not an origin such as https://shop.example", cfg->item[i]);
        if (origin.len >= SERVER_ORIGIN_MAX)
            return fault_set(fault, CT_ERR_RANGE, "an origin needs 1 to %d bytes",
                             SERVER_ORIGIN_MAX - 1);
        (void)str_copy(list->item[list->count++], SERVER_ORIGIN_MAX, origin);
    }
    return CT_OK;
}

/* `https://` and the name behind `*.`; false if the pattern has no star there. */
static bool below(struct str pattern, struct str origin)
{
    const struct str mark = STR("://*");
    const size_t at = str_find(pattern, mark);

    if (at >= pattern.len)
        return false;
    const struct str scheme = {pattern.ptr, at + 3};
    const struct str tail = {pattern.ptr + at + mark.len, pattern.len - at - mark.len};
    if (origin.len <= scheme.len + tail.len || !str_starts(tail, STR(".")))
        return false;
    return str_eq_nocase((struct str){origin.ptr, scheme.len}, scheme) &&
           str_eq_nocase((struct str){origin.ptr + origin.len - tail.len, tail.len}, tail);
}

bool origins_allow(const struct origins *list, struct str origin)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct str pattern = str_from(list->item[i]);

        if (str_eq(pattern, STR("*")) || str_eq_nocase(pattern, origin) || below(pattern, origin))
            return true;
    }
    return false;
}
