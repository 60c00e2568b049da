/* Knows the file of receipts: its name, reading it with mistrust, replacing it as a whole. */
#include "cmd/receipts_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { NAME_MAX_BYTES = 128 };

/* "receipts-prod-eu-1a2b3c4d"; what cannot stand in a file's name becomes '_'. */
static void name_file(const struct settings *s, char to[NAME_MAX_BYTES])
{
    char server[sizeof s->host + sizeof s->key + 16], profile[SETTINGS_PROFILE_BYTES];

    (void)str_format(server, sizeof server, "%s\n%d\n%s", s->host, (int)s->port, s->key);
    (void)str_copy(profile, sizeof profile, str_from(s->profile[0] ? s->profile : "none"));
    for (char *at = profile; *at; at++)
        if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
              (*at >= '0' && *at <= '9') || *at == '-'))
            *at = '_';
    (void)str_format(to, NAME_MAX_BYTES, "receipts-%s-%08x", profile,
                     (unsigned)hash_bytes(server, strlen(server)));
}

/* The receipts of the file into to[RECEIPTS_MAX], oldest first. */
static size_t read_receipts(const char *path, int64_t now_unix_ms, struct receipt *to)
{
    struct buf text;
    size_t count = 0;

    buf_init(&text, RECEIPTS_FILE_MAX_BYTES);
    if (save_read(path, &text)) {
        struct str rest = buf_str(&text);
        while (rest.len > 0 && count < RECEIPTS_MAX)
            count += receipt_from_json(str_split(&rest, '\n'), now_unix_ms + RECEIPTS_AHEAD_MS,
                                       &to[count]);
    }
    buf_clear(&text);
    return receipts_merge(to, count);
}

void receipts_file_open(struct receipts_file *r, const struct settings *s, struct fleet *f,
                        int64_t now_unix_ms)
{
    char name[NAME_MAX_BYTES];
    struct receipt *all;

    memset(r, 0, sizeof *r);
    name_file(s, name);
    if (!save_state_path(name, r->path, sizeof r->path))
        r->path[0] = '\0';
    if (r->path[0] == '\0' || !(all = malloc(RECEIPTS_MAX * sizeof *all)))
        return;
    const size_t count = read_receipts(r->path, now_unix_ms, all);
    for (size_t i = 0; i < count; i++)
        fleet_receipt_restore(f, &all[i]);
    r->changes = fleet_receipt_changes(f);
    free(all);
}

/* What the file holds, then what the fleet knows: of two of one order the fleet's counts, unless only the file's
 * is final. */
static enum ct_err put_all(const struct receipts_file *r, const struct fleet *f,
                           int64_t now_unix_ms, struct buf *to)
{
    struct receipt *all = malloc((size_t)2 * RECEIPTS_MAX * sizeof *all);
    enum ct_err err = CT_OK;

    if (!all)
        return CT_ERR_NOMEM;
    size_t count = read_receipts(r->path, now_unix_ms, all);
    for (size_t age = fleet_receipt_count(f); age > 0; age--)
        all[count++] = *fleet_receipt_at(f, age - 1);
    count = receipts_merge(all, count);
    for (size_t i = 0; i < count && err == CT_OK; i++)
        err = receipt_put_json(&all[i], to);
    free(all);
    return err;
}

enum ct_err receipts_file_save(struct receipts_file *r, const struct fleet *f, int64_t now_unix_ms,
                               struct fault *fault)
{
    const uint64_t changes = fleet_receipt_changes(f);
    char written[SAVE_PATH_MAX];
    struct fault why = {.err = CT_OK};
    struct buf text;
    enum ct_err err;

    if (r->path[0] == '\0' || changes == r->changes)
        return CT_OK;
    r->changes = changes; /* one that fails is tried again when the next order ends */
    buf_init(&text, RECEIPTS_FILE_MAX_BYTES);
    if ((err = put_all(r, f, now_unix_ms, &text)) != CT_OK)
        (void)fault_set(fault, err, "receipts are not kept: %s", ct_strerror(err));
    else if (!save_make_folders(r->path))
        err = fault_set(fault, CT_ERR_IO, "receipts are not kept: no folder for %.150s", r->path);
    else if ((err = save_file(r->path, buf_str(&text), SAVE_REPLACE, written, &why)) != CT_OK)
        (void)fault_set(fault, err, "receipts are not kept: %.150s", why.text);
    buf_clear(&text);
    return err;
}

enum ct_err receipts_file_keep(struct receipts_file *r, const struct fleet *f, uint64_t now_ms,
                               int64_t now_unix_ms, struct fault *fault)
{
    if (r->path[0] == '\0' || fleet_receipt_changes(f) == r->changes || now_ms < r->due_ms)
        return CT_OK;
    r->due_ms = now_ms + RECEIPTS_SAVE_MS;
    return receipts_file_save(r, f, now_unix_ms, fault);
}
