/* src/ui/panes/connection_more.c - certificate, token, authorization, funnel and outages in lines. */
#include <string.h>

#include "base/num.h"
#include "base/stamp.h"
#include "base/text.h"
#include "fleet/funnel.h"
#include "ui/explain_view.h"
#include "ui/panes/connection_internal.h"

enum {
    LABEL_FITS = CONNECTION_LABEL_CELLS - 1,
    TEXT_MAX = CONNECTION_TEXT_MAX,
    TOKEN_SOON_MS = 10 * 60 * 1000,
    CERT_SOON_DAYS = 30,
    OUTAGES_SHOWN = 8,
    DAY_MS = 86400000,
    SECOND_MS = 1000,
    FINE_MS = 10000
};

static void clock_of(const struct page *p, int64_t unix_ms, char *to, size_t cap)
{
    stamp_format_clock(to, cap, unix_ms, p->m->utc_offset_s, false);
}

/* ---- the last close ---- */

static enum explain_place place_of(const struct explanation *e)
{
    return explain_place_of(e, "link");
}

void connection_meaning(struct page *p)
{
    const struct explanation *e = explain_find(str_from(p->l->last_cause), p->l->last_code);
    const bool away = p->l->state != WIRE_LINK_CONNECTED;

    if (!e)
        return;
    /* where rows are few, words that stand above already leave theirs to what is to be done */
    if (p->full || !away || !str_starts(str_from(p->l->last_reason), str_from(e->title)))
        str_copy(connection_add(p, "meaning", ROLE_BODY)->text, TEXT_MAX, str_from(e->title));
    if (!p->full && !away)
        return;
    char text[EXPLAIN_LINE_MAX + KEYMAP_TEXT_MAX];
    connection_add_wrapped(
        p, "then",
        explain_with_keys(p->m, explain_again_text(e->again[place_of(e)]), text, sizeof text),
        ROLE_BODY);
    connection_add_wrapped(p, "do", explain_with_keys(p->m, e->advice, text, sizeof text),
                           away ? ROLE_STRONG : ROLE_BODY);
}

/* ---- authorization ---- */

static void add_auth_trouble(struct page *p)
{
    const struct link *l = p->l;
    const struct explanation *e = explain_find(str_from(l->auth_fail_cause), l->auth_fail_code);
    char ago[24];

    num_format_duration(ago, sizeof ago,
                        p->m->now_ms > l->auth_fail_ms ? (int64_t)(p->m->now_ms - l->auth_fail_ms)
                                                       : 0);
    str_format(connection_add(p, "auth", ROLE_WARNING)->text, TEXT_MAX,
               "server DOWN, link fine: %u failed, %s, %s ago", (unsigned)l->auth_fails,
               e ? e->title : "no answer", ago);
}

static void add_auth_slow(struct page *p, uint64_t ms)
{
    char text[24];

    num_format(text, sizeof text, (int64_t)ms, 3, 1);
    str_format(connection_add(p, "auth", ROLE_WARNING)->text, TEXT_MAX,
               "server SLOW, link fine: %s s, %u waiting", text, (unsigned)p->l->auth_waiting);
}

void connection_auth(struct page *p)
{
    const struct link *l = p->l;
    const uint64_t slow_ms =
        l->auth_oldest_ms > l->auth_last_ms ? l->auth_oldest_ms : l->auth_last_ms;

    if (l->auth_fails > 0)
        add_auth_trouble(p);
    else if (slow_ms >= LINK_AUTH_SLOW_MS)
        add_auth_slow(p, slow_ms);
    else if (p->full && l->auth_p95_ms > 0)
        str_format(connection_add(p, "auth", ROLE_BODY)->text, TEXT_MAX,
                   "last %u ms  p95 %u ms  %u waiting", (unsigned)l->auth_last_ms,
                   (unsigned)l->auth_p95_ms, (unsigned)l->auth_waiting);
}

static void token_words(const struct page *p, struct line *line)
{
    const struct link *l = p->l;
    const int64_t left_ms = l->token_expiry_unix_ms - p->m->now_unix_ms;
    char left[24];

    num_format_duration(left, sizeof left, left_ms < 0 ? -left_ms : left_ms);
    if (left_ms <= 0) {
        line->role = ROLE_ERROR;
        str_format(line->text, TEXT_MAX, "EXPIRED %s ago%s", left,
                   p->wide ? "; new subscriptions will fail" : "");
    } else {
        line->role = left_ms < TOKEN_SOON_MS ? ROLE_WARNING : ROLE_BODY;
        str_format(line->text, TEXT_MAX, "valid %s%s", left,
                   left_ms < TOKEN_SOON_MS && p->wide ? "; renew it at its source" : "");
    }
}

void connection_token(struct page *p)
{
    const struct link *l = p->l;
    char p95[48], when[40] = "";
    struct line *line = connection_add(p, "token", ROLE_BODY);

    if (!l->has_token)
        str_copy(line->text, TEXT_MAX, STR("none"));
    else if (l->token_expiry_unix_ms == 0)
        str_copy(line->text, TEXT_MAX, STR("present, expiry unknown"));
    else
        token_words(p, line);
    if (p->full && l->has_token && l->token_expiry_unix_ms != 0) {
        stamp_format(when, sizeof when, l->token_expiry_unix_ms);
        connection_append(line->text, TEXT_MAX, when);
    }
    if (l->auth_p95_ms == 0 || !p->wide || p->full)
        return;
    str_format(p95, sizeof p95, "auth p95 %u ms", (unsigned)l->auth_p95_ms);
    connection_append(line->text, TEXT_MAX, p95);
}

/* ---- TLS ---- */

/* Told where it is soon over, and where there is room for what is well. */
static void add_certificate(struct page *p, const char *label, const char *subject,
                            const char *issued_by, int64_t expiry_unix_ms)
{
    const int64_t left_ms = expiry_unix_ms - p->m->now_unix_ms;
    const long long days = (long long)(left_ms / DAY_MS);
    const bool soon = days < CERT_SOON_DAYS;

    if (expiry_unix_ms == 0 || (!p->wide && !soon))
        return;
    struct line *line = connection_add(p, label,
                                       left_ms <= 0 ? ROLE_ERROR
                                       : soon       ? ROLE_WARNING
                                                    : ROLE_BODY);
    if (left_ms <= 0)
        str_format(line->text, TEXT_MAX, "EXPIRED %lld days ago", -days);
    else
        str_format(line->text, TEXT_MAX, "valid %lld %s", days, days == 1 ? "day" : "days");
    if (!p->wide)
        return;
    connection_append(line->text, TEXT_MAX, subject);
    if (!p->full)
        return;
    char issuer[LINK_TEXT_MAX + 16], until[40];
    stamp_format(until, sizeof until, expiry_unix_ms);
    connection_append(line->text, TEXT_MAX, until);
    str_format(issuer, sizeof issuer, "issued by %s", issued_by);
    connection_append(line->text, TEXT_MAX, issued_by[0] ? issuer : "");
}

void connection_tls(struct page *p)
{
    const struct link *l = p->l;

    if (p->full && l->tls[0]) {
        struct line *line = connection_add(p, "tls", ROLE_BODY);
        connection_append(line->text, TEXT_MAX, l->tls);
        connection_append(line->text, TEXT_MAX, l->tls_cipher);
        connection_append(line->text, TEXT_MAX,
                          l->tls_insecure ? "certificate NOT checked" : "certificate checked");
    }
    add_certificate(p, "cert", l->cert_subject, l->cert_issuer, l->cert_expiry_unix_ms);
    /* the socket's own server is told of once */
    if (l->http_cert_expiry_unix_ms != l->cert_expiry_unix_ms ||
        strcmp(l->http_cert_host, l->cert_subject) != 0)
        add_certificate(p, "http", l->http_cert_host, l->http_cert_issuer,
                        l->http_cert_expiry_unix_ms);
}

/* ---- the funnel ---- */

static void took_words(int64_t ms, char *to, size_t cap)
{
    if (ms < FINE_MS)
        str_format(to, cap, "%lld ms", (long long)ms);
    else
        num_format_duration(to, cap, ms);
}

static void step_line(struct page *p, const struct funnel *f, enum funnel_step step,
                      const char *label, uint32_t wanted)
{
    const int64_t median_ms = funnel_took_ms(f, step, 50), p95_ms = funnel_took_ms(f, step, 95);
    const uint32_t n = f->count[step];
    const bool behind = n < wanted && step != FUNNEL_FIRST_EVENT;
    struct line *line = connection_add(p, label, behind ? ROLE_WARNING : ROLE_BODY);

    str_format(line->text, TEXT_MAX, "%-11s %5u of %u", funnel_step_name(step), (unsigned)n,
               (unsigned)wanted);
    if (median_ms < 0)
        return;
    const size_t len = strlen(line->text);
    char median[24], p95[24];
    took_words(median_ms, median, sizeof median);
    took_words(p95_ms, p95, sizeof p95);
    str_format(line->text + len, TEXT_MAX - len, "   median %s  p95 %s", median, p95);
}

/* One line where there is little room, a line a step where there is more. */
void connection_funnel(struct page *p)
{
    const struct funnel *f = fleet_funnel(p->m->fleet);
    struct fleet_totals t;

    fleet_totals(p->m->fleet, &t);
    if (!p->wide || f->connection == 0 || f->count[FUNNEL_ASKED] == 0)
        return;
    const uint32_t wanted = (uint32_t)t.subs_wanted;
    if (p->full) {
        for (int s = 0; s < FUNNEL_STEPS; s++)
            step_line(p, f, (enum funnel_step)s, s == 0 ? "funnel" : "", wanted);
        return;
    }
    str_format(connection_add(p, "funnel", ROLE_BODY)->text, TEXT_MAX,
               "asked %u > auth %u > ok %u > subs %u > events %u", (unsigned)f->count[FUNNEL_ASKED],
               (unsigned)f->count[FUNNEL_AUTH_SENT], (unsigned)f->count[FUNNEL_AUTH_OK],
               (unsigned)f->count[FUNNEL_SUBSCRIBED], (unsigned)f->count[FUNNEL_FIRST_EVENT]);
}

/* ---- outages ---- */

/* Monotonic moment of the last local midnight; 0 when the clock began after it. */
static uint64_t midnight_ms(const struct page *p)
{
    const int64_t local_ms = p->m->now_unix_ms + (int64_t)p->m->utc_offset_s * SECOND_MS;
    const uint64_t since_ms = (uint64_t)(((local_ms % DAY_MS) + DAY_MS) % DAY_MS);

    return p->m->now_ms > since_ms ? p->m->now_ms - since_ms : 0;
}

static uint64_t end_of(const struct page *p, const struct outage *o)
{
    return o->to_ms == UINT64_MAX ? p->m->now_ms : o->to_ms;
}

void connection_today(struct page *p)
{
    const uint64_t from_ms = midnight_ms(p);
    const struct outage *o, *newest = link_outage(p->l, 0);
    const bool down = newest && newest->to_ms == UINT64_MAX;
    uint64_t blind_ms = 0;
    uint32_t drops = 0;
    char blind[24], all[64];

    for (uint32_t age = 0; (o = link_outage(p->l, age)) != NULL && end_of(p, o) > from_ms; age++) {
        const uint64_t begin_ms = o->from_ms > from_ms ? o->from_ms : from_ms;
        drops += o->from_ms >= from_ms;
        blind_ms += end_of(p, o) - begin_ms;
    }
    struct line *line = connection_add(p, "drops", down ? ROLE_LINK_DOWN : ROLE_BODY);
    num_format_duration(blind, sizeof blind, (int64_t)blind_ms);
    if (drops == 0 && blind_ms == 0)
        str_copy(line->text, TEXT_MAX, p->l->drops == 0 ? STR("none") : STR("none today"));
    else
        str_format(line->text, TEXT_MAX, "%u today, blind %s", (unsigned)drops, blind);
    if (!p->wide)
        return;
    str_format(all, sizeof all, "(since start: %u, %u %s)", (unsigned)p->l->drops,
               (unsigned)p->l->tries_total, p->l->tries_total == 1 ? "try" : "tries");
    connection_append(line->text, TEXT_MAX, all);
}

void connection_outages(struct page *p)
{
    const struct outage *o;

    if (!p->full)
        return;
    for (uint32_t age = 0; age < OUTAGES_SHOWN && (o = link_outage(p->l, age)) != NULL; age++) {
        const struct explanation *e = explain_code(o->code);
        char clock[16], lasted[24], code[16] = "";

        clock_of(p, p->m->now_unix_ms - (int64_t)(p->m->now_ms - o->from_ms), clock, sizeof clock);
        num_format_duration(lasted, sizeof lasted, (int64_t)(end_of(p, o) - o->from_ms));
        if (o->code != 0)
            str_format(code, sizeof code, "%d ", (int)o->code);
        str_format(connection_add(p, age == 0 ? "outages" : "", ROLE_BODY)->text, TEXT_MAX,
                   "%s  %s%s  %s%s", clock, o->to_ms == UINT64_MAX ? "still, " : "", lasted, code,
                   e ? e->title : "");
    }
}

/* "214 events: motion 61, plates 40, faces 22, ..." the most frequent kinds first. */
static void news_line(struct page *p, const struct news_counts *c)
{
    enum { SHOWN = 6 };
    bool used[NEWS_GROUPS_MAX] = {false};
    char part[NEWS_GROUP_MAX + 32];
    struct line *line;

    if (c->total == 0)
        return;
    line = connection_add(p, "", ROLE_BODY);
    str_format(line->text, TEXT_MAX, "%llu %s:", (unsigned long long)c->total,
               c->total == 1 ? "event" : "events");
    for (int n = 0; n < SHOWN; n++) {
        size_t most = c->group_count;

        for (size_t i = 0; i < c->group_count; i++)
            if (!used[i] && (most == c->group_count || c->group[i].count > c->group[most].count))
                most = i;
        if (most == c->group_count)
            break;
        used[most] = true;
        str_format(part, sizeof part, "%s%s %llu", n ? ", " : " ", c->group[most].name,
                   (unsigned long long)c->group[most].count);
        str_copy(line->text + strlen(line->text), TEXT_MAX - strlen(line->text), str_from(part));
    }
    if (c->rejected == 0)
        return;
    str_format(part, sizeof part, ", %llu unreadable", (unsigned long long)c->rejected);
    str_copy(line->text + strlen(line->text), TEXT_MAX - strlen(line->text), str_from(part));
    line->role = ROLE_WARNING;
}

/* "2 drops, blind 12s, last 14:03:10 4201 server saw no ping": where it was lost, and how often. */
static void side_drops(struct page *p, const struct link *l)
{
    char clock[16], time[24], part[LINK_TEXT_MAX + 48];
    const bool up = link_is_up(l);

    if (l->drops == 0 && (up || l->retry_at_ms <= p->m->now_ms))
        return;
    struct line *line = connection_add(p, "", up ? ROLE_BODY : ROLE_LINK_DOWN);
    if (!up && l->retry_at_ms > p->m->now_ms) {
        num_format_duration(time, sizeof time,
                            (int64_t)(l->retry_at_ms - p->m->now_ms + SECOND_MS - 1));
        str_format(line->text, TEXT_MAX, "try %u in %s", l->tries + 1, time);
    }
    if (l->drops == 0)
        return;
    num_format_duration(time, sizeof time, (int64_t)l->blind_ms);
    str_format(part, sizeof part, "%u %s, blind %s", (unsigned)l->drops,
               l->drops == 1 ? "drop" : "drops", time);
    connection_append(line->text, TEXT_MAX, part);
    if (!up || l->last_close_unix_ms == 0)
        return; /* its line tells the reason */
    clock_of(p, l->last_close_unix_ms, clock, sizeof clock);
    str_format(part, sizeof part, "last %s %d %s", clock, (int)l->last_code, l->last_reason);
    connection_append(line->text, TEXT_MAX, part);
}

/* The token where it is over or soon will be, and where there is room for what is well; a paused
 * authorization; a certificate that ends. */
static void side_rights(struct page *p, const struct link *l)
{
    const int64_t left_ms = l->token_expiry_unix_ms - p->m->now_unix_ms;
    const int64_t cert_ms = l->cert_expiry_unix_ms - p->m->now_unix_ms;
    char time[24];

    if (l->auth_code != 0)
        str_format(connection_add(p, "", ROLE_LINK_DOWN)->text, TEXT_MAX, "paused: %d %s",
                   (int)l->auth_code, l->auth_text);
    num_format_duration(time, sizeof time, left_ms < 0 ? -left_ms : left_ms);
    if (l->has_token && l->token_expiry_unix_ms != 0 && left_ms <= 0)
        str_format(connection_add(p, "", ROLE_ERROR)->text, TEXT_MAX, "token EXPIRED %s ago", time);
    else if (l->has_token && l->token_expiry_unix_ms != 0 && (p->wide || left_ms < TOKEN_SOON_MS))
        str_format(connection_add(p, "", left_ms < TOKEN_SOON_MS ? ROLE_WARNING : ROLE_BODY)->text,
                   TEXT_MAX, "token valid %s", time);
    if (l->cert_expiry_unix_ms != 0 && cert_ms <= 0)
        str_copy(connection_add(p, "", ROLE_ERROR)->text, TEXT_MAX, STR("certificate EXPIRED"));
    else if (l->cert_expiry_unix_ms != 0 && cert_ms < CERT_SOON_DAYS * (int64_t)DAY_MS)
        str_format(connection_add(p, "", ROLE_WARNING)->text, TEXT_MAX,
                   "certificate valid %lld days", (long long)(cert_ms / DAY_MS));
}

/* "office  up 3m02s  41 ms  2 of 2 channels"; where it is not up, what happened stands last. */
void connection_sides(struct page *p)
{
    news_line(p, fleet_news(p->m->fleet, 0));
    for (size_t i = 1; i <= fleet_side_count(p->m->fleet); i++) {
        const struct side *side = fleet_side(p->m->fleet, (uint8_t)i);
        const struct link *l = &side->link;
        const bool up = link_is_up(l), short_name = text_width(str_from(side->name)) <= LABEL_FITS;
        char state[96], part[LINK_TEXT_MAX + 16];

        struct line *line = connection_add(p,
                                           short_name ? side->name
                                           : i == 1   ? "also"
                                                      : "",
                                           up                           ? ROLE_LINK_UP
                                           : l->ever_up || l->tries > 1 ? ROLE_LINK_DOWN
                                                                        : ROLE_LINK_TRYING);
        line_state_words(l, p->m->now_ms, state, sizeof state);
        str_format(line->text, TEXT_MAX, "%s%s%s", short_name ? "" : side->name,
                   short_name ? "" : "  ", state);
        if (up && l->ping_ms >= 0) {
            str_format(part, sizeof part, "%d ms", (int)l->ping_ms);
            connection_append(line->text, TEXT_MAX, part);
        }
        if (up && side->subs_wanted > 0) {
            str_format(part, sizeof part, "%zu of %zu channels", side->subs_ok, side->subs_wanted);
            connection_append(line->text, TEXT_MAX, part);
            line->role = side->subs_bad > 0 ? ROLE_WARNING : line->role;
        }
        if (l->auth_code != 0) {
            str_format(part, sizeof part, "auth %d", (int)l->auth_code);
            connection_append(line->text, TEXT_MAX, part);
        }
        if (!up && (l->last_code != 0 || l->last_reason[0])) {
            str_format(part, sizeof part, "%d %s", (int)l->last_code, l->last_reason);
            connection_append(line->text, TEXT_MAX, part);
        }
        if (l->tls_insecure)
            connection_append(line->text, TEXT_MAX, "TLS NOT checked");
        side_drops(p, l);
        side_rights(p, l);
        news_line(p, &side->news);
    }
}
