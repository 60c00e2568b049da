/* src/server/routes_orders.c - the part of a site's REST interface that a backend supplies. */
#include "base/http_head.h"
#include "base/json.h"
#include "base/num.h"
#include "pusher/http_api.h"
#include "server/routes_internal.h"

enum { ID_MAX = 64, NUMBER_MAX = 16 };

static bool has_parameter(struct str query, struct str name)
{
    while (query.len > 0) {
        struct str value = str_split(&query, '&');

        if (str_eq(str_split(&value, '='), name))
            return true;
    }
    return false;
}

/* False if the parameter is there and no number above 0. */
static bool read_number(struct call *c, const char *name, uint32_t *out)
{
    char text[NUMBER_MAX];
    size_t len;
    int64_t value;

    *out = 0;
    if (!has_parameter(c->request->query, str_from(name)))
        return true;
    if (!hub_form_value(c->request->query, str_from(name), text, sizeof text, &len))
        return false;
    if (!num_i64((struct str){text, len}, &value) || value < 1 || value > INT32_MAX)
        return false;
    *out = (uint32_t)value;
    return true;
}

int route_orders(struct call *c)
{
    const struct server_backend *b = &c->s->backend;
    char status[NUMBER_MAX] = "active";
    size_t len = sizeof "active" - 1;
    uint32_t page, limit;

    if (!b->orders)
        return call_not_found(c);
    (void)hub_form_value(c->request->query, STR("status"), status, sizeof status, &len);
    const bool complete = str_eq((struct str){status, len}, STR("complete"));
    if (!complete && !str_eq((struct str){status, len}, STR("active")))
        return call_invalid(c, "status", "The selected status is invalid.");
    if (!read_number(c, "page", &page))
        return call_invalid(c, "page", "The page must be an integer.");
    if (!read_number(c, "limit", &limit))
        return call_invalid(c, "limit", "The limit must be an integer.");
    return b->orders(b->user, complete, page, limit, &c->body);
}

int route_order(struct call *c)
{
    const struct server_backend *b = &c->s->backend;

    if (!b->order || c->rest.len == 0 || c->rest.len > ID_MAX ||
        str_find(c->rest, STR("/")) < c->rest.len)
        return call_not_found(c);
    return b->order(b->user, c->rest, &c->body);
}

/* The apps send JSON or a form, and the id as text or as a number. */
static size_t read_order_id(const struct call *c, char *to, size_t cap)
{
    const struct str body = str_trim(c->request->body);
    struct json_value doc, id;
    size_t len = 0;

    if (json_parse(body, &doc) != CT_OK || doc.type != JSON_OBJECT)
        return hub_form_value(body, STR("order_id"), to, cap, &len) ? len : 0;
    if (!json_get(doc, STR("order_id"), &id))
        return 0;
    if (id.type == JSON_STRING)
        return json_string_copy(id, to, cap);
    return id.type == JSON_NUMBER ? str_copy(to, cap, id.raw) : 0;
}

int route_stop(struct call *c)
{
    const struct server_backend *b = &c->s->backend;
    char id[ID_MAX];

    if (!b->stop)
        return call_not_found(c);
    const size_t len = read_order_id(c, id, sizeof id);
    if (len == 0)
        return call_invalid(c, "order_id", "The order id field is required.");
    return b->stop(b->user, (struct str){id, len}, &c->body);
}

int route_me(struct call *c)
{
    const struct server_backend *b = &c->s->backend;

    return b->me ? b->me(b->user, &c->body) : call_not_found(c);
}

/* Whoever tries passwords is slowed down as whoever tries tokens. */
int route_login(struct call *c)
{
    const struct server_backend *b = &c->s->backend;
    int status = b->login ? route_auth_limit(c) : 0;

    if (!b->login)
        return call_not_found(c);
    if (status == 0 && c->request->body_to_come) /* too much, or nobody said how much */
        status = call_say(c, 413, true, "The body is larger than a login.");
    if (status != 0)
        return status;
    status = b->login(b->user, c->request->body, &c->body);
    if (status == 401 || status == 422)
        route_login_refused(c);
    return status;
}

int route_wsurl(struct call *c)
{
    const struct server_backend *b = &c->s->backend;
    struct str host = {NULL, 0};
    size_t count = 0;

    if (!b->wsurl)
        return call_not_found(c);
    (void)http_field(c->request->head, STR("Host"), &host, &count);
    return b->wsurl(b->user, host, &c->body);
}
