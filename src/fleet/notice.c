/* src/fleet/notice.c - the constants of notifications, and which paths and links mean something here. */
#include "fleet/notice.h"

#include <string.h>

#include "fleet/change.h"

static const char *const kind_names[NOTICE_KIND_COUNT] = {
    [NOTICE_TOAST] = "TOAST", [NOTICE_DOWNLOAD] = "DOWNLOAD_LINK",   [NOTICE_NAVIGATE] = "NAVIGATE",
    [NOTICE_INFO] = "INFO",   [NOTICE_AUDIO] = "AUDIO_NOTIFICATION", [NOTICE_DATA] = "DATA"};

static const char *const level_names[NOTICE_LEVEL_COUNT] = {
    [NOTICE_LEVEL_NONE] = "",
    [NOTICE_LEVEL_SUCCESS] = "success",
    [NOTICE_LEVEL_WARNING] = "warning",
    [NOTICE_LEVEL_FAILURE] = "failure",
    [NOTICE_LEVEL_INFO] = "info",
    [NOTICE_LEVEL_IN_PROGRESS] = "in_progress",
    [NOTICE_LEVEL_NOTIFICATION] = "notification"};

static const char *const data_names[NOTICE_DATA_COUNT] = {
    [NOTICE_DATA_NONE] = "",       [NOTICE_DATA_MESSAGE] = "message",
    [NOTICE_DATA_PATH] = "path",   [NOTICE_DATA_LINK] = "link",
    [NOTICE_DATA_AUDIO] = "audio", [NOTICE_DATA_CUSTOM] = "custom"};

const char *notice_kind_name(enum notice_kind kind)
{
    return (size_t)kind < NOTICE_KIND_COUNT ? kind_names[kind] : "?";
}

const char *notice_level_name(enum notice_level level)
{
    return (size_t)level < NOTICE_LEVEL_COUNT ? level_names[level] : "";
}

const char *notice_data_name(enum notice_data data)
{
    return (size_t)data < NOTICE_DATA_COUNT ? data_names[data] : "";
}

static size_t place_of(struct str word, const char *const *names, size_t count)
{
    for (size_t i = 0; word.len > 0 && i < count; i++)
        if (str_eq_nocase(word, str_from(names[i])))
            return i;
    return count;
}

bool notice_kind_from(struct str word, enum notice_kind *out)
{
    const size_t i = place_of(word, kind_names, NOTICE_KIND_COUNT);

    if (i < NOTICE_KIND_COUNT)
        *out = (enum notice_kind)i;
    return i < NOTICE_KIND_COUNT;
}

bool notice_level_from(struct str word, enum notice_level *out)
{
    const size_t i = place_of(word, level_names, NOTICE_LEVEL_COUNT);

    if (i < NOTICE_LEVEL_COUNT)
        *out = (enum notice_level)i;
    return i < NOTICE_LEVEL_COUNT;
}

bool notice_data_from(struct str word, enum notice_data *out)
{
    const size_t i = place_of(word, data_names, NOTICE_DATA_COUNT);

    if (i < NOTICE_DATA_COUNT)
        *out = (enum notice_data)i;
    return i < NOTICE_DATA_COUNT;
}

struct str notice_order_of_path(struct str path)
{
    const struct str none = {NULL, 0}, prefix = STR("/orders/");
    size_t n = 0;

    if (!str_starts(path, prefix))
        return none;
    struct str id = {path.ptr + prefix.len, path.len - prefix.len};
    while (n < id.len && !strchr("/?#", id.ptr[n]))
        n++;
    const struct str rest = {id.ptr + n, id.len - n};
    id.len = n;
    if (id.len == 0 || id.len >= ORDER_ID_MAX ||
        (rest.len > 1 && rest.ptr[0] == '/' && !strchr("?#", rest.ptr[1])))
        return none; /* a page below that of the order is another one */
    for (size_t i = 0; i < id.len; i++)
        if ((unsigned char)id.ptr[i] <= ' ' || (unsigned char)id.ptr[i] > '~')
            return none;
    return id;
}

size_t notice_channel(char *to, size_t cap, struct str base, struct str id)
{
    if (base.len == 0 || id.len == 0 || base.len + id.len + 2 > cap)
        return 0;
    memcpy(to, base.ptr, base.len);
    to[base.len] = '-';
    memcpy(to + base.len + 1, id.ptr, id.len);
    to[base.len + 1 + id.len] = '\0';
    return base.len + 1 + id.len;
}

bool notice_is_link(struct str url)
{
    const struct str schemes[] = {STR("https://"), STR("http://")};
    size_t from = 0;

    for (size_t i = 0; i < COUNT_OF(schemes) && from == 0; i++)
        if (url.len > schemes[i].len &&
            str_eq_nocase((struct str){url.ptr, schemes[i].len}, schemes[i]))
            from = schemes[i].len;
    if (from == 0 || strchr("/?#:@", url.ptr[from]))
        return false;
    for (size_t i = 0; i < url.len; i++)
        if ((unsigned char)url.ptr[i] <= ' ' || (unsigned char)url.ptr[i] > '~')
            return false;
    return true;
}
