/* src/ui/json_view.c - sets received JSON out in rows while walking over it once, whatever it is. */
#include "ui/json_view.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "ui/theme.h"

/* ---- rows ---- */

/* Where the text goes. Without a surface it is only counted. */
struct pen {
    struct surface *s;
    struct rect at;
    size_t top, row;
    int x, indent; /* cells; indent is where a long line continues */
};

static void new_row(struct pen *p, int indent)
{
    const int most = p->at.cols / 2;

    p->row++;
    p->indent = indent < most ? indent : most;
    p->x = p->indent;
}

static bool in_sight(const struct pen *p)
{
    return p->s && p->row >= p->top && p->row - p->top < (size_t)p->at.rows;
}

/* Clean text: each character with the marks that belong to it, on the next row if it has no room. */
static void put_clean(struct pen *p, struct str text, int role)
{
    while (text.len > 0) {
        int cells = 0, more = 0;
        struct str rest = text;
        (void)text_next(&rest, &cells);
        for (struct str next = rest; next.len > 0; rest = next) {
            (void)text_next(&next, &more);
            if (more > 0)
                break;
        }
        if (p->x + cells > p->at.cols && p->x > p->indent)
            new_row(p, p->indent);
        if (in_sight(p))
            surface_text(p->s, p->at.x + p->x, p->at.y + (int)(p->row - p->top), p->at.cols - p->x,
                         (struct str){text.ptr, text.len - rest.len}, role);
        p->x += cells;
        text = rest;
    }
}

/* Bytes as received, made visible piece by piece. */
static void put(struct pen *p, struct str raw, int role)
{
    enum { PIECE_BYTES = 200 };
    char clean[PIECE_BYTES * 10 + 1];

    while (raw.len > 0) {
        const size_t most = raw.len < PIECE_BYTES ? raw.len : PIECE_BYTES;
        size_t len = raw.len > most ? str_cut(raw, most) : most;
        if (len == 0)
            len = most;
        text_visible(clean, sizeof clean, (struct str){raw.ptr, len});
        put_clean(p, str_from(clean), role);
        raw.ptr += len;
        raw.len -= len;
    }
}

static void put_word(struct pen *p, const char *word, int role)
{
    put_clean(p, str_from(word), role);
}

/* ---- JSON ---- */

enum expect { WANT_VALUE, WANT_KEY, WANT_COLON, WANT_COMMA, WANT_NOTHING };

struct walk {
    struct pen *p;
    const char *at, *end, *begin;
    int depth, base;  /* base: depth of what contains this text */
    uint64_t objects; /* bit per level: an object, else an array */
    enum expect want;
    bool faulty;     /* the first wrong place was told */
    bool data_value; /* the value that comes is that of a member "data" */
    bool inner;      /* this text was a string itself */
};

static void walk_text(struct walk *w);

static int indent_of(const struct walk *w)
{
    const int depth = w->base + w->depth;

    return JSON_VIEW_INDENT * (depth < JSON_VIEW_DEPTH_MAX ? depth : JSON_VIEW_DEPTH_MAX);
}

static bool in_object(const struct walk *w)
{
    return w->depth > 0 && w->depth <= 64 && (w->objects >> (w->depth - 1) & 1);
}

/* Not broken over two rows if one has room for it. */
static void put_whole(struct pen *p, const char *told)
{
    if (p->x + (int)strlen(told) > p->at.cols && p->x > p->indent)
        new_row(p, p->indent);
    put_word(p, told, ROLE_ERROR);
}

/* Says once, in words, where the text stops being JSON. */
static void fault(struct walk *w)
{
    char told[48];

    if (w->faulty)
        return;
    w->faulty = true;
    if (w->at >= w->end)
        str_copy(told, sizeof told, STR("<ends too early>"));
    else
        str_format(told, sizeof told, "<not JSON from byte %zu: >", (size_t)(w->at - w->begin) + 1);
    put_whole(w->p, told);
}

static void expect(struct walk *w, enum expect one)
{
    if (w->want != one)
        fault(w);
}

static void after_value(struct walk *w)
{
    w->want = w->depth > 0 ? WANT_COMMA : WANT_NOTHING;
    w->data_value = false;
}

static void open(struct walk *w)
{
    const char close = *w->at == '{' ? '}' : ']';
    const char *next = w->at + 1;
    char pair[3] = {*w->at, close, '\0'};

    expect(w, WANT_VALUE);
    while (next < w->end && strchr(" \t\r\n", *next) && *next)
        next++;
    if (next < w->end && *next == close) {
        put_word(w->p, pair, ROLE_BODY);
        w->at = next + 1;
        after_value(w);
        return;
    }
    put(w->p, (struct str){w->at, 1}, ROLE_BODY);
    if (w->depth < 64)
        w->objects = (w->objects & ~(UINT64_C(1) << w->depth)) | (uint64_t)(*w->at == '{')
                                                                     << w->depth;
    w->depth++;
    w->want = *w->at == '{' ? WANT_KEY : WANT_VALUE;
    w->data_value = false;
    w->at++;
    new_row(w->p, indent_of(w));
}

static void close(struct walk *w)
{
    const bool matches = w->depth > 0 && in_object(w) == (*w->at == '}');

    if (w->depth > 0)
        w->depth--;
    if (w->p->x > w->p->indent || w->want != WANT_KEY)
        new_row(w->p, indent_of(w));
    if (!matches || w->want == WANT_COLON || w->want == WANT_VALUE || w->want == WANT_KEY)
        fault(w);
    put(w->p, (struct str){w->at, 1}, ROLE_BODY);
    w->at++;
    after_value(w);
}

/* Behind the closing quote, or the end of the text. */
static const char *end_of_string(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\' && at + 1 < end)
            at++;
    return at < end ? at + 1 : end;
}

/* \uXXXX of a character that can be drawn is drawn; everything else stays as it is written. */
static void put_string(struct pen *p, struct str raw, int role)
{
    while (raw.len > 0) {
        size_t plain = 0;
        while (plain < raw.len && raw.ptr[plain] != '\\')
            plain++;
        put(p, (struct str){raw.ptr, plain}, role);
        raw.ptr += plain;
        raw.len -= plain;
        if (raw.len == 0)
            return;
        size_t take = raw.len < 2 ? raw.len : 2;
        char drawn[16];
        if (raw.len >= 6 && raw.ptr[1] == 'u') {
            take = raw.len >= 12 && raw.ptr[6] == '\\' && raw.ptr[7] == 'u' &&
                           (raw.ptr[2] == 'd' || raw.ptr[2] == 'D')
                       ? 12
                       : 6;
            const struct json_value one = {JSON_STRING, {raw.ptr, take}};
            const size_t len = json_string_copy(one, drawn, sizeof drawn);
            const struct str text = {drawn, len};
            char clean[16];
            if (len > 1 &&
                str_eq((struct str){clean, text_clean(clean, sizeof clean, text)}, text) &&
                memcmp(drawn, "\xEF\xBF\xBD", 3) != 0) {
                put_clean(p, text, role);
                raw.ptr += take;
                raw.len -= take;
                continue;
            }
        } else if (take == 2 && raw.ptr[1] == '/') {
            put_word(p, "/", role);
            raw.ptr += 2;
            raw.len -= 2;
            continue;
        }
        put(p, (struct str){raw.ptr, take}, role);
        raw.ptr += take;
        raw.len -= take;
    }
}

/* JSON inside a string, one level deep: a Pusher event's data. */
static bool set_out_data(struct walk *w, struct str raw)
{
    char text[JSON_VIEW_TEXT_MAX];
    const struct json_value value = {JSON_STRING, raw};
    struct json_value inside;

    if (!w->data_value || w->inner || raw.len >= sizeof text)
        return false;
    const size_t len = json_string_copy(value, text, sizeof text);
    if (json_open((struct str){text, len}, &inside) != CT_OK)
        return false;
    put_word(w->p, "a string with: ", ROLE_DIM);
    struct walk in = {.p = w->p,
                      .begin = text,
                      .at = text,
                      .end = text + len,
                      .base = w->base + w->depth,
                      .inner = true};
    walk_text(&in);
    return true;
}

static void string(struct walk *w)
{
    const char *end = end_of_string(w->at, w->end);
    const bool closed = end - w->at >= 2 && end[-1] == '"';
    const bool key = w->want == WANT_KEY;
    const struct str inside = {w->at + 1, (size_t)(end - w->at) - (closed ? 2 : 1)};
    const int role = key ? ROLE_JSON_KEY : ROLE_JSON_STRING;

    if (!key)
        expect(w, WANT_VALUE);
    if (key || !closed || !set_out_data(w, inside)) {
        put_word(w->p, "\"", role);
        put_string(w->p, inside, role);
        put_word(w->p, closed ? "\"" : "", role);
    }
    w->at = end;
    if (!closed)
        fault(w);
    if (!key) {
        after_value(w);
        return;
    }
    w->want = WANT_COLON;
    w->data_value = w->depth == 1 && str_eq(inside, STR("data"));
}

/* A number, true, false, null, or what is none of them. */
static void word(struct walk *w)
{
    const char *end = w->at;
    struct json_value value;

    while (end < w->end && !strchr("{}[],:\" \t\r\n", *end))
        end++;
    if (end == w->at) /* a zero byte, which strchr finds */
        end++;
    const struct str text = {w->at, (size_t)(end - w->at)};
    const bool good = json_parse(text, &value) == CT_OK;
    if (!good || w->want != WANT_VALUE)
        fault(w);
    put(w->p, text,
        !good                       ? ROLE_ERROR
        : value.type == JSON_NUMBER ? ROLE_JSON_NUMBER
                                    : ROLE_JSON_LITERAL);
    w->at = end;
    after_value(w);
}

static void comma(struct walk *w)
{
    expect(w, WANT_COMMA);
    put_word(w->p, ",", ROLE_BODY);
    w->at++;
    w->want = in_object(w) ? WANT_KEY : WANT_VALUE;
    new_row(w->p, indent_of(w));
}

static void walk_text(struct walk *w)
{
    while (w->at < w->end) {
        switch (*w->at) {
        case ' ':
        case '\t':
        case '\r':
        case '\n':
            w->at++;
            break;
        case '{':
        case '[':
            open(w);
            break;
        case '}':
        case ']':
            close(w);
            break;
        case ',':
            comma(w);
            break;
        case ':':
            expect(w, WANT_COLON);
            put_word(w->p, ": ", ROLE_BODY);
            w->at++;
            w->want = WANT_VALUE;
            break;
        case '"':
            string(w);
            break;
        default:
            word(w);
        }
    }
    if (w->want != WANT_NOTHING && !w->faulty)
        put_whole(w->p, " <ends too early>");
}

/* ---- both ---- */

size_t json_view(struct surface *s, struct rect at, size_t top, struct str text,
                 enum json_view_style style)
{
    struct pen p = {.s = s, .at = at, .top = top};
    char more[64];

    if (at.cols < 1)
        return 1;
    const size_t left_out = text.len > JSON_VIEW_TEXT_MAX ? text.len - JSON_VIEW_TEXT_MAX : 0;
    text.len -= left_out;
    if (style == JSON_VIEW_RAW) {
        put(&p, text, ROLE_BODY);
    } else {
        struct walk w = {.p = &p, .begin = text.ptr, .at = text.ptr, .end = text.ptr + text.len};
        walk_text(&w);
    }
    if (left_out > 0) {
        str_format(more, sizeof more, " <%zu more bytes>", left_out);
        put_word(&p, more, ROLE_DIM);
    }
    return p.row + 1;
}

size_t json_view_redact(char *text, size_t len, size_t cap)
{
    size_t to = 0;

    if (len >= cap)
        len = cap - 1;
    text[len] = '\0';
    for (size_t from = 0; from <= len;) {
        const size_t size = strlen(text + from), next = from + size + 1;
        text_redact(text + from);
        const size_t kept = strlen(text + from);
        memmove(text + to, text + from, kept + 1);
        to += kept + 1;
        from = next;
    }
    return to - 1;
}
