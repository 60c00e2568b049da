/* src/ui/payload_keys.c - JSON flattened to named values, without recursion and within bounds. */
#include "ui/payload_keys.h"

#include <string.h>

#include "base/hash.h"
#include "base/num.h"
#include "base/text.h"

enum { PATH_MAX_BYTES = 512, TEXT_MAX_BYTES = 1 << 20, NUMBER_DECIMALS = 6 };

/* ---- flattening ---- */

struct path {
    char text[PATH_MAX_BYTES];
    size_t len;
};

static void path_add(struct path *p, const char *text)
{
    p->len += str_copy(p->text + p->len, sizeof p->text - p->len, str_from(text));
}

static void path_add_key(struct path *p, struct str raw_key)
{
    const struct json_value key = {JSON_STRING, raw_key};
    char plain[PAYLOAD_NAME_MAX], clean[PAYLOAD_NAME_MAX];
    const size_t len = json_string_copy(key, plain, sizeof plain);

    text_visible(clean, sizeof clean, (struct str){plain, len});
    if (p->len > 0 && p->text[p->len - 1] != '.')
        path_add(p, ".");
    path_add(p, clean);
}

static void path_add_index(struct path *p, size_t index)
{
    char text[32];

    str_format(text, sizeof text, "[%zu]", index);
    path_add(p, text);
}

/* The end of a long name tells more than its beginning. */
static void copy_name(char to[PAYLOAD_NAME_MAX], const struct path *p)
{
    size_t from = 0;

    if (p->len < PAYLOAD_NAME_MAX) {
        memcpy(to, p->text, p->len + 1);
        return;
    }
    from = p->len - (PAYLOAD_NAME_MAX - 2);
    while (from < p->len && ((unsigned char)p->text[from] & 0xC0) == 0x80)
        from++;
    to[0] = '<';
    memcpy(to + 1, p->text + from, p->len - from + 1);
}

/* Does the last part of the name say that the value is nobody's business? */
static bool is_secret(const char *name)
{
    static const char *const words[] = {"token", "auth", "password", "secret", "authorization"};
    const char *dot = strrchr(name, '.');
    const struct str last = str_from(dot ? dot + 1 : name);

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_eq_nocase(last, str_from(words[i])))
            return true;
    return false;
}

static void copy_string(char to[PAYLOAD_VALUE_MAX], struct json_value v)
{
    char plain[PAYLOAD_VALUE_MAX];
    const size_t len = json_string_copy(v, plain, sizeof plain);

    to[0] = '"';
    text_visible(to + 1, PAYLOAD_VALUE_MAX - 2, (struct str){plain, len});
    text_redact(to + 1);
    const size_t used = strlen(to);
    to[used] = '"';
    to[used + 1] = '\0';
}

static void add_value(struct payload *p, const struct path *path, struct json_value v)
{
    if (p->count == PAYLOAD_KEYS_MAX) {
        p->left_out++;
        return;
    }
    struct payload_key *k = &p->keys[p->count++];
    copy_name(k->name, path);
    k->type = v.type;
    k->hash = hash_bytes(v.raw.ptr, v.raw.len);
    k->value_bytes = v.raw.len;
    if (v.type == JSON_STRING && v.raw.len > 0 && is_secret(k->name))
        str_copy(k->value, sizeof k->value, STR("***"));
    else if (v.type == JSON_STRING)
        copy_string(k->value, v);
    else if (v.type == JSON_OBJECT || v.type == JSON_ARRAY) /* empty ones only */
        str_copy(k->value, sizeof k->value, v.type == JSON_OBJECT ? STR("{}") : STR("[]"));
    else
        text_visible(k->value, sizeof k->value, v.raw);
}

static bool is_empty(struct json_value v)
{
    struct json_iter it;
    struct json_value member;
    struct str key;

    json_iter_init(&it, v);
    return !json_next(&it, &key, &member);
}

struct level {
    struct json_iter it;
    size_t path_len, index;
};

/* All values of a checked container below a prefix. */
static void flatten(struct payload *p, const char *prefix, struct json_value root)
{
    struct level levels[JSON_DEPTH_MAX];
    struct path path = {.len = 0};
    struct json_value v;
    struct str key;
    int depth = 1;

    path_add(&path, prefix);
    if ((root.type != JSON_OBJECT && root.type != JSON_ARRAY) || is_empty(root)) {
        add_value(p, &path, root);
        return;
    }
    levels[0] = (struct level){.path_len = path.len};
    json_iter_init(&levels[0].it, root);
    while (depth > 0) {
        struct level *top = &levels[depth - 1];
        path.len = top->path_len;
        path.text[path.len] = '\0';
        if (!json_next(&top->it, &key, &v)) {
            depth--;
            continue;
        }
        if (top->it.is_object)
            path_add_key(&path, key);
        else
            path_add_index(&path, top->index++);
        const bool open = (v.type == JSON_OBJECT || v.type == JSON_ARRAY) && !is_empty(v);
        if (!open || depth == JSON_DEPTH_MAX) {
            add_value(p, &path, v);
            continue;
        }
        levels[depth] = (struct level){.path_len = path.len};
        json_iter_init(&levels[depth++].it, v);
    }
}

/* ---- envelopes ---- */

static void flatten_data(struct payload *p, struct json_value data)
{
    struct json_value inner;
    struct buf text;

    if (data.type != JSON_STRING) {
        flatten(p, data.type == JSON_OBJECT ? "" : "data", data);
        return;
    }
    buf_init(&text, TEXT_MAX_BYTES);
    if (json_string_append(data, &text) != CT_OK)
        p->fault = PAYLOAD_NO_MEMORY;
    else if (json_parse(buf_str(&text), &inner) != CT_OK)
        p->fault = PAYLOAD_DATA_NOT_JSON;
    else
        flatten(p, inner.type == JSON_OBJECT ? "" : "data", inner);
    if (p->fault != PAYLOAD_FINE)
        flatten(p, "data", data);
    buf_clear(&text);
}

static void flatten_envelope(struct payload *p, struct json_value root, struct json_value data)
{
    struct json_iter it;
    struct json_value v;
    struct str key;

    flatten_data(p, data);
    json_iter_init(&it, root);
    while (json_next(&it, &key, &v)) {
        struct path prefix = {.len = 0};
        if (str_eq(key, STR("data")))
            continue;
        path_add(&prefix, "frame.");
        path_add_key(&prefix, key);
        flatten(p, prefix.text, v);
    }
}

void payload_read(struct payload *p, struct str text)
{
    struct json_value root, event, data;

    p->fault = PAYLOAD_FINE;
    p->count = p->left_out = p->fault_at = 0;
    if (text.len == 0) {
        p->fault = PAYLOAD_EMPTY;
        return;
    }
    const enum ct_err err = json_parse(text, &root);
    if (err != CT_OK) {
        p->fault = err == CT_ERR_LIMIT ? PAYLOAD_TOO_DEEP : PAYLOAD_NOT_JSON;
        p->fault_at = json_fault_at(text);
        return;
    }
    if (json_get(root, STR("event"), &event) && event.type == JSON_STRING &&
        json_get(root, STR("data"), &data))
        flatten_envelope(p, root, data);
    else
        flatten(p, "", root);
}

/* ---- differences ---- */

const struct payload_key *payload_find(const struct payload *p, const char *name)
{
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->keys[i].name, name) == 0)
            return &p->keys[i];
    return NULL;
}

/* Members mostly stand where they stood: looked for from the place behind the last one found. */
static const struct payload_key *find_from(const struct payload *p, const char *name, size_t *at)
{
    for (size_t i = 0; i < p->count; i++) {
        const size_t n = (*at + i) % p->count;
        if (strcmp(p->keys[n].name, name) == 0) {
            *at = n + 1;
            return &p->keys[n];
        }
    }
    return NULL;
}

/* A number, in quotes or not, as text without them. */
static struct str number_of(const struct payload_key *k)
{
    struct str s = str_from(k->value);

    if (k->type == JSON_STRING && s.len >= 2)
        s = (struct str){s.ptr + 1, s.len - 2};
    return s;
}

static int decimals_of(struct str number)
{
    const size_t dot = str_find(number, STR("."));
    const size_t after = dot < number.len ? number.len - dot - 1 : 0;

    return after < NUMBER_DECIMALS ? (int)after : NUMBER_DECIMALS;
}

static void tell_delta(struct payload_row *row)
{
    const struct str a = number_of(row->before), b = number_of(row->now);
    int64_t from, to;

    if (a.len == 0 || b.len == 0 || !num_scaled(a, NUMBER_DECIMALS, &from) ||
        !num_scaled(b, NUMBER_DECIMALS, &to))
        return;
    const int64_t step = to - from; /* both within 9e17 */
    const int shown = decimals_of(a) > decimals_of(b) ? decimals_of(a) : decimals_of(b);
    row->delta[0] = '+';
    num_format(step > 0 ? row->delta + 1 : row->delta,
               step > 0 ? sizeof row->delta - 1 : sizeof row->delta, step, NUMBER_DECIMALS, shown);
}

static bool same_value(const struct payload_key *a, const struct payload_key *b)
{
    return a->type == b->type && a->hash == b->hash && a->value_bytes == b->value_bytes &&
           strcmp(a->value, b->value) == 0;
}

static struct payload_row row_of(const struct payload_key *was, const struct payload_key *now)
{
    struct payload_row row = {was, now, PAYLOAD_SAME, ""};

    if (!was)
        row.change = PAYLOAD_ADDED;
    else if (!same_value(was, now))
        row.change = PAYLOAD_CHANGED;
    if (row.change == PAYLOAD_CHANGED)
        tell_delta(&row);
    return row;
}

/* Changed ones in front, each half as it stood. */
static size_t part(struct payload_row *rows, size_t count, struct payload_row *same)
{
    size_t front = 0, back = 0;

    for (size_t i = 0; i < count; i++) {
        if (rows[i].change == PAYLOAD_SAME)
            same[back++] = rows[i];
        else
            rows[front++] = rows[i];
    }
    memcpy(rows + front, same, back * sizeof rows[0]);
    return front;
}

size_t payload_diff(const struct payload *before, const struct payload *now,
                    struct payload_row rows[PAYLOAD_ROWS_MAX], size_t *changed)
{
    bool met[PAYLOAD_KEYS_MAX] = {false};
    struct payload_row same[PAYLOAD_KEYS_MAX];
    size_t count = 0, at = 0;

    for (size_t i = 0; i < now->count; i++) {
        const struct payload_key *was = before ? find_from(before, now->keys[i].name, &at) : NULL;
        if (was)
            met[was - before->keys] = true;
        rows[count++] = before ? row_of(was, &now->keys[i])
                               : (struct payload_row){NULL, &now->keys[i], PAYLOAD_SAME, ""};
    }
    for (size_t i = 0; before && i < before->count; i++)
        if (!met[i])
            rows[count++] = (struct payload_row){&before->keys[i], NULL, PAYLOAD_REMOVED, ""};
    *changed = part(rows, count, same);
    return count;
}

/* ---- what is known of names ---- */

const char *payload_brief(const char *name)
{
    static const char prefix[] = "order.";
    const size_t len = sizeof prefix - 1;

    if (strncmp(name, prefix, len) != 0 || strcmp(name, "order.id") == 0)
        return name;
    return name + len;
}

const char *payload_meaning(const struct payload_key *key)
{
    static const struct {
        const char *name, *value, *meaning;
    } codes[] = {
        {"status", "0", "active"},
        {"status", "1", "scheduled or done"},
        {"status", "2", "delivered"},
        {"requested_quantity", "FULL", "until full"},
        {"quantity", "FULL", "until full"},
        {"price_unit", "energy", "per kWh"},
        {"price_unit", "minutes", "per minute"},
        {"unit", "energy", "per kWh"},
        {"unit", "minutes", "per minute"},
        {"charge_point.online_status", "1", "online"},
        {"charge_point.online_status", "0", "offline"},
        {"charge_point.session_limit_type", "null", "no limit"},
    };
    const char *name = payload_brief(key->name);
    const struct str value = number_of(key);

    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (strcmp(codes[i].name, name) == 0 && str_eq_nocase(value, str_from(codes[i].value)))
            return codes[i].meaning;
    return NULL;
}

const char *payload_unit(const char *name)
{
    static const char *const units[][2] = {{"charging_session_time", "min"},
                                           {"charging_session_energy", "kWh"}};

    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (strcmp(units[i][0], payload_brief(name)) == 0)
            return units[i][1];
    return "";
}
