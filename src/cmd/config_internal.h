/* src/cmd/config_internal.h - how a section of the configuration file reads its lines. */
#ifndef CHARGETOP_CMD_CONFIG_INTERNAL_H
#define CHARGETOP_CMD_CONFIG_INTERNAL_H

#include <stdio.h>

#include "base/near.h"
#include "cmd/config.h"

/* inih tells a handler neither the line nor of lines it had to cut; the reader below counts. */
struct config_reader {
    FILE *file;
    const char *name;
    int line;
    bool continued; /* the last fgets ended inside a line */
    size_t bytes;
    struct settings *s;
    const char *profile;
    config_report_fn *report;
    void *user;
    int mistakes;
    int layout_line; /* where [screen] names the layout to begin with */
    int window_line; /* where [limits] sets the newest of its two power windows; 0: nowhere */
};

/* Tells a mistake at the current line: "FILE:LINE: KEY: WHAT". */
void config_mistake(struct config_reader *r, const char *key, const char *what);

/* A key that [section] has not: "unknown key in [limits]; near: stall", without the last part when nothing of
 * what n has considered is near. */
void config_unknown_key(struct config_reader *r, const char *section, const struct near *n,
                        const char *key);

/* A kind of section: [name], or [name ARGUMENT] when argument says what follows. set takes one line of it;
 * name is what followed, "" when nothing does. */
struct config_section {
    const char *name, *argument;
    void (*set)(struct config_reader *r, const char *name, const char *key, const char *value);
};

/* [filters] (config_filters.c): one saved filter. */
void config_set_filter(struct config_reader *r, const char *name, const char *key,
                       const char *value);
/* [keys] (config_keys.c): one binding; and, when the file is read, keys that would mean two things. */
void config_set_keys(struct config_reader *r, const char *name, const char *key, const char *value);
void config_check_keys(struct config_reader *r);
/* [app ID] (config_apps.c): one line of it; and whether each has a key and a secret. */
void config_set_app(struct config_reader *r, const char *id, const char *key, const char *value);
void config_check_apps(struct config_reader *r);
/* Sections with files of their own. */
void config_set_kiosk(struct config_reader *r, const char *name, const char *key,
                      const char *value);

/* [layout NAME] (config_layout.c): one row of it; and whether the layout to begin with exists. */
void config_set_layout(struct config_reader *r, const char *name, const char *key,
                       const char *value);
void config_check_layout(struct config_reader *r);
/* [alarms] and [site NAME] (config_alarms.c). */
void config_set_alarm(struct config_reader *r, const char *name, const char *key,
                      const char *value);
void config_set_site(struct config_reader *r, const char *name, const char *key, const char *value);

#endif
