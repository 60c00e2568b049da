/* Knows the REST documents of domain.md 2.3: the envelope, paging, and what a stop answers. */
#include "sim/sim_internal.h"

enum { HTTP_OK = 200, HTTP_BAD_REQUEST = 400, HTTP_NOT_FOUND = 404, HTTP_SERVER_ERROR = 500 };

static void begin(struct json_writer *w, struct buf *to, int success, const char *message)
{
    jw_init(w, to);
    w->php_style = true;
    jw_object(w);
    jw_key(w, "success");
    jw_i64(w, success);
    jw_key(w, "message");
    jw_str(w, str_from(message));
}

static int refuse(struct buf *to, int status, const char *message)
{
    struct json_writer w;

    begin(&w, to, 0, message);
    if (status == HTTP_BAD_REQUEST) {
        jw_key(&w, "data");
        jw_null(&w);
    }
    jw_object_end(&w);
    return status;
}

/* A body that could not be written whole is taken back. */
static int finish(struct json_writer *w, struct buf *to, size_t before)
{
    jw_object_end(w);
    if (w->err == CT_OK)
        return HTTP_OK;
    to->len = before;
    return refuse(to, HTTP_SERVER_ERROR, "Server Error");
}

/* ---- lists --------------------------------------------------------------------------------- */

struct page {
    uint64_t number, per_page, total, first; /* first: orders before this page */
};

static struct page page_of(uint32_t number, uint32_t limit, uint64_t total)
{
    struct page p = {.number = number ? number : 1,
                     .per_page = limit ? limit : SIM_PAGE_DEFAULT,
                     .total = total};

    if (p.per_page > SIM_PAGE_MAX)
        p.per_page = SIM_PAGE_MAX;
    p.first = (p.number - 1) * p.per_page;
    return p;
}

static uint64_t page_count(const struct page *p)
{
    if (p->first >= p->total)
        return 0;
    return p->total - p->first < p->per_page ? p->total - p->first : p->per_page;
}

static void put_place(struct json_writer *w, const char *key, uint64_t value, bool known)
{
    jw_key(w, key);
    if (known)
        jw_i64(w, (int64_t)value);
    else
        jw_null(w);
}

static void put_meta(struct json_writer *w, const struct page *p)
{
    const uint64_t count = page_count(p);

    jw_key(w, "meta");
    jw_object(w);
    put_place(w, "current_page", p->number, true);
    put_place(w, "from", p->first + 1, count > 0);
    put_place(w, "last_page", p->total ? (p->total + p->per_page - 1) / p->per_page : 1, true);
    jw_key(w, "path");
    jw_str(w, STR("/api/v1/orders"));
    put_place(w, "per_page", p->per_page, true);
    put_place(w, "to", p->first + count, count > 0);
    put_place(w, "total", p->total, true);
    jw_object_end(w);
}

/* Newest first, as the back end lists them. */
static void put_active(struct json_writer *w, const struct sim *sim, const struct page *p)
{
    uint64_t skip = p->first, left = page_count(p);

    for (size_t i = sim->active_len; i > 0 && left > 0; i--) {
        const struct sim_active *a = &sim->active[i - 1];

        if (a->slot == UINT32_MAX)
            continue;
        if (skip > 0) {
            skip--;
            continue;
        }
        payload_order(w, sim, &sim->sessions[a->slot].order);
        left--;
    }
}

static void put_done(struct json_writer *w, const struct sim *sim, const struct page *p)
{
    const uint64_t count = page_count(p);

    for (uint64_t i = 0; i < count; i++)
        payload_order(w, sim, &sim->done[(sim->done_total - 1 - p->first - i) % SIM_DONE_MAX]);
}

int sim_rest_orders(struct sim *sim, enum sim_list which, uint32_t number, uint32_t limit,
                    struct buf *to)
{
    const uint64_t kept = sim->done_total < SIM_DONE_MAX ? sim->done_total : SIM_DONE_MAX;
    const bool active = which == SIM_LIST_ACTIVE;
    const struct page p = page_of(number, limit, active ? sim_active_count(sim) : kept);
    const size_t before = to->len;
    struct json_writer w;

    begin(&w, to, 1, "OK");
    jw_key(&w, "data");
    jw_array(&w);
    if (active)
        put_active(&w, sim, &p);
    else
        put_done(&w, sim, &p);
    jw_array_end(&w);
    put_meta(&w, &p);
    return finish(&w, to, before);
}

/* ---- single documents ------------------------------------------------------------------------ */

static int put_single(const struct sim *sim, const struct order *o, const char *message,
                      struct buf *to)
{
    const size_t before = to->len;
    struct json_writer w;

    begin(&w, to, 1, message);
    jw_key(&w, "data");
    payload_order(&w, sim, o);
    return finish(&w, to, before);
}

int sim_rest_order(struct sim *sim, struct str order_id, struct buf *to)
{
    const struct session *s = sim_find(sim, order_id);
    const struct order *o = s ? &s->order : sim_find_done(sim, order_id);

    return o ? put_single(sim, o, "OK", to) : refuse(to, HTTP_NOT_FOUND, "Order not found");
}

int sim_rest_stop(struct sim *sim, struct str order_id, struct buf *to)
{
    struct session *s = sim_find(sim, order_id);

    if (!s && sim_find_done(sim, order_id))
        return refuse(to, HTTP_BAD_REQUEST, "This session has already been completed");
    if (!s)
        return refuse(to, HTTP_NOT_FOUND, "Order not found");
    sim_stop_now(sim, s);
    return put_single(sim, &s->order, "Charging session stopped", to);
}

int sim_rest_me(struct sim *sim, struct buf *to)
{
    const size_t before = to->len;
    struct json_writer w;

    (void)sim;
    begin(&w, to, 1, "OK");
    jw_key(&w, "data");
    jw_object(&w);
    jw_key(&w, "id");
    jw_i64(&w, SIM_USER_ID);
    jw_key(&w, "first_name");
    jw_str(&w, STR("Demo"));
    jw_key(&w, "last_name");
    jw_str(&w, STR("Operator"));
    jw_key(&w, "currency");
    jw_str(&w, STR("EUR"));
    jw_key(&w, "balance");
    jw_scaled(&w, 31240, 2);
    jw_key(&w, "email");
    jw_str(&w, STR("operator@example.com"));
    jw_key(&w, "email_verified");
    jw_i64(&w, 1);
    jw_key(&w, "access_token");
    jw_null(&w);
    jw_object_end(&w);
    return finish(&w, to, before);
}
