/* src/base/json.h - JSON read in one pass over the received bytes, with no tree.
 *
 * A value is a slice of the text it came from. Nothing allocates and nothing recurses: nesting
 * is bounded by JSON_DEPTH_MAX and kept in a bit mask. Iterating a container yields its members
 * in order, so a reader that has what it wants simply stops (performance.md, consequence 1). */
#ifndef CHARGETOP_BASE_JSON_H
#define CHARGETOP_BASE_JSON_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { JSON_DEPTH_MAX = 32 };

enum json_type {
    JSON_NONE,
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_OBJECT,
    JSON_ARRAY
};

struct json_value {
    enum json_type type;
    struct str raw; /* exact bytes; of a string, those between the quotes, still escaped */
};

struct json_iter {
    const char *at, *end;
    struct json_iter *outer; /* of json_enter: the walk that goes on behind this container */
    int depth;               /* containers open at `at`, this one included */
    bool is_object;
    bool started;
    bool pending;    /* at a value that nobody has taken yet */
    enum ct_err err; /* CT_ERR_SYNTAX or CT_ERR_LIMIT (depth) once the text proved bad */
};

/* The one value that is all of text but white space. Checks the whole text: CT_ERR_SYNTAX, or
 * CT_ERR_LIMIT for nesting deeper than JSON_DEPTH_MAX. */
enum ct_err json_parse(struct str text, struct json_value *out);
/* Where text stops being JSON: bytes from its start to the token that cannot stand there, or to
 * what is missing at its end; text.len if it is fine. */
size_t json_fault_at(struct str text);
/* The first value of text without checking beyond what finding its end needs; for the event path,
 * where the envelope and each member are checked as they are walked. */
enum ct_err json_peek(struct str text, struct json_value *out);

/* The container text starts with, without looking for its end: walking it notices what is wrong,
 * trailing text included, so a reader that stops early never touches the rest. raw is all of text
 * but white space; nesting is bounded per member. CT_ERR_SYNTAX if text starts with anything else. */
enum ct_err json_open(struct str text, struct json_value *out);

/* Walks an object or array. json_next returns false at the end or on bad text (it->err tells).
 * key is raw (still escaped) and empty in arrays; both out pointers must be valid. */
void json_iter_init(struct json_iter *it, struct json_value container);
bool json_next(struct json_iter *it, struct str *key, struct json_value *out);

/* json_next in two steps, for a reader that wants every byte looked at once. json_key goes to the
 * next member; its value is then taken in one of the ways below, at most once, or passed over and
 * fully checked by the next json_key. A container walked to its end with nothing but json_key and
 * these is as well checked as by json_parse: CT_ERR_LIMIT for nesting included. */
bool json_key(struct json_iter *it, struct str *key);
/* By its first byte, unchecked; JSON_NONE if no value starts so, or none is there to be taken. */
enum json_type json_kind(const struct json_iter *it);
/* The whole value, checked, with its exact bytes. */
bool json_take(struct json_iter *it, struct json_value *out);
/* Takes the value if it is written exactly as `container`, the bytes of an object or array that was
 * checked before: then it ends where that ended. Else it is left to be taken. */
bool json_take_same(struct json_iter *it, struct str container);
/* json_key and json_take: json_next, but containers are checked inside as well. */
bool json_next_checked(struct json_iter *it, struct str *key, struct json_value *out);
/* A JSON_STRING, unescaped onto the end of *to; *out is borrowed from there. *to must have room for
 * all the text that is left. CT_ERR_LIMIT, CT_ERR_NOMEM: nothing is taken. CT_ERR_SYNTAX: not a
 * string, or a bad one, which ends the walk. */
enum ct_err json_take_text(struct json_iter *it, struct buf *to, struct str *out);
/* Walks a container in place: when *inner has come to the end, *it goes on behind it. A walk left
 * early is no harm: *it then passes over the whole container again. False for any other value.
 * *it must not move while *inner is in use. */
bool json_enter(struct json_iter *it, struct json_iter *inner);

/* The member of that name (unescaped ASCII names only), first one wins; false if there is none. */
bool json_get(struct json_value object, struct str key, struct json_value *out);

/* Unescapes a JSON_STRING. \uXXXX pairs become UTF-8, lone surrogates U+FFFD. Into a buffer
 * (appended) or a fixed array (terminated, cut at a code point; returns bytes). */
enum ct_err json_string_append(struct json_value v, struct buf *to);
/* The same where it stands: raw[len], which json_parse or a checked walk found good, is overwritten;
 * returns the bytes that are left. */
size_t json_string_in_place(char *raw, size_t len);
size_t json_string_size(struct json_value v); /* bytes of a JSON_STRING without its escapes */
size_t json_string_copy(struct json_value v, char *to, size_t cap);
bool json_string_is(struct json_value v, struct str plain); /* equal without escapes in play */

/* A number, or a number in quotes (domain.md 3.6); false when null, empty, garbage. */
bool json_scaled(struct json_value v, int decimals, int64_t *out);
bool json_i64(struct json_value v, int64_t *out);
/* domain.md 3.6 bool*: true, 1, "1", "true" (any case) are true; all else false. Returns false in
 * *known for null or a missing value. */
bool json_truthy(struct json_value v, bool *known);

#endif
