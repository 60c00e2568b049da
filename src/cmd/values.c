/* Knows which values cannot work although their type is right. */
#include "cmd/values.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cmd/paths.h"
#include "cmd/simhost.h"
#include "net/address.h"
#include "net/url.h"
#include "ui/columns.h"

static enum ct_err check_url(const char *value, struct fault *fault)
{
    struct url url;

    if (!*value || (strncmp(value, "http", 4) == 0 && url_parse(str_from(value), &url)))
        return CT_OK;
    return fault_set(fault, CT_ERR_SYNTAX, "'%.80s' is not an http or https address", value);
}

static enum ct_err check_origin(const char *value, struct fault *fault)
{
    const char *host = strstr(value, "://");

    if (strcmp(value, "*") == 0)
        return CT_OK;
    if (!host || host == value || !host[3] || strlen(host + 3) != strcspn(host + 3, "/?# "))
        return fault_set(fault, CT_ERR_SYNTAX,
                         "'%.80s' is not an origin such as https://shop.example", value);
    return CT_OK;
}

static enum ct_err check_header(const char *value, struct fault *fault)
{
    const size_t name = strcspn(value, ": \t");

    if (name > 0 && value[name] == ':')
        return CT_OK;
    /* it may hold a secret */
    return fault_set(fault, CT_ERR_SYNTAX, "not of the form Name: value");
}

static enum ct_err check_proxy(const char *value, struct fault *fault)
{
    struct net_block block;

    if (net_block_parse(str_from(value), &block))
        return CT_OK;
    return fault_set(fault, CT_ERR_SYNTAX,
                     "'%.80s' is no numeric address such as 10.0.0.5 or 10.0.0.0/24", value);
}

static enum ct_err check_fault(const char *value, struct fault *fault)
{
    struct str rest = str_from(value);

    while (rest.len > 0) {
        char name[SETTINGS_TEXT_MAX];
        (void)str_copy(name, sizeof name, str_trim(str_split(&rest, ',')));
        if (name[0] && simhost_fault_check(name, fault) != CT_OK)
            return fault->err;
    }
    return CT_OK;
}

static enum ct_err check_theme(const char *value, struct fault *fault)
{
    struct theme *theme = malloc(sizeof *theme);

    if (!theme)
        return fault_set(fault, CT_ERR_NOMEM, "out of memory");
    const enum ct_err err = theme_load(theme, value, NULL, NULL, fault);
    free(theme);
    return err;
}

/* The name of a saved filter is a word, which is a query too. */
static enum ct_err check_filter(const char *value, struct fault *fault)
{
    struct query q;
    char why[QUERY_WHY_MAX];

    if (query_parse(&q, QUERY_ORDERS, str_from(value), why, sizeof why))
        return CT_OK;
    return fault_set(fault, CT_ERR_SYNTAX, "%s", why);
}

static enum ct_err check_columns(const char *value, struct fault *fault)
{
    struct column_choice choice;

    return column_choice_parse(str_from(value), &choice, fault);
}

static enum ct_err check_sort(const char *value, struct fault *fault)
{
    int column;
    bool invert;

    if (column_sort_parse(str_from(value), &column, &invert))
        return CT_OK;
    return fault_set(fault, CT_ERR_SYNTAX, "no column '%.40s'; try attention or kwh", value);
}

static const struct {
    const char *name;
    enum ct_err (*check)(const char *value, struct fault *fault);
} checks[] = {
    {"auth-endpoint", check_url},   {"user-auth-endpoint", check_url}, {"api-base", check_url},
    {"header", check_header},       {"api-header", check_header},      {"fault", check_fault},
    {"theme", check_theme},         {"filter", check_filter},          {"columns", check_columns},
    {"sort", check_sort},           {"cors-origin", check_origin},     {"origins", check_origin},
    {"trusted-proxy", check_proxy},
};

static bool same(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if ((*a == '_' ? '-' : *a) != (*b == '_' ? '-' : *b))
            return false;
    return *a == *b;
}

enum ct_err value_check(const char *name, const char *value, struct fault *fault)
{
    for (size_t i = 0; i < COUNT_OF(checks); i++)
        if (same(checks[i].name, name))
            return checks[i].check(value, fault);
    return CT_OK;
}
