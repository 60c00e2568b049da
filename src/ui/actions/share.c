/* src/ui/actions/share.c - keys that let something leave the screen. */
#include "ui/share.h"
#include "base/stamp.h"
#include "ui/overlay.h"

static void act_copy(struct act *a)
{
    overlay_open(a->v, OVERLAY_COPY);
}

/* Opens the command line with a command and a file name made of the local time, to be changed or not. */
static void propose(struct act *a, const char *command, const char *what, const char *extension)
{
    struct view *v = a->v;
    const int64_t local_ms = a->m->now_unix_ms + (int64_t)a->m->utc_offset_s * 1000;
    char stamp[32], compact[24];
    size_t n = 0;

    stamp_format(stamp, sizeof stamp, local_ms);
    for (const char *c = stamp; *c && *c != '.' && n + 1 < sizeof compact; c++)
        if (*c >= '0' && *c <= '9')
            compact[n++] = *c;
        else if (*c == 'T')
            compact[n++] = '-';
    compact[n] = '\0';
    view_prompt_open(v, ':');
    v->prompt_at = str_format(v->prompt, sizeof v->prompt, "%s chargetop-%s%s.%s", command, what,
                              compact, extension);
}

static void act_save(struct act *a)
{
    propose(a, "save", "", "txt");
}

static void act_export(struct act *a)
{
    char what[16];

    str_format(what, sizeof what, "%s-", share_table_name(share_table_shown(a->v)));
    propose(a, "export", what, "csv");
}

static void act_bundle(struct act *a)
{
    act_ask(a, INTENT_BUNDLE, "");
}

const struct action_row actions_share[] = {
    {"copy", act_copy},     {"save", act_save}, {"export", act_export},
    {"bundle", act_bundle}, {NULL, NULL},
};
