/* src/cmd/doctor.h - what `doctor` finds: a row for each step to the first event, and the terminal. */
#ifndef CHARGETOP_CMD_DOCTOR_H
#define CHARGETOP_CMD_DOCTOR_H

#include <stdio.h>

#include "base/json_write.h"
#include "fleet/explain.h"
#include "net/tls.h"

enum doctor_step {
    DOCTOR_CONFIG,
    DOCTOR_LOGIN,   /* of kind = vms alone: a token, by login or as it is configured */
    DOCTOR_ADDRESS, /* of kind = vms alone: where the socket is */
    DOCTOR_DNS,
    DOCTOR_TCP,
    DOCTOR_TLS,
    DOCTOR_UPGRADE,
    DOCTOR_HELLO,
    DOCTOR_AUTH,
    DOCTOR_SUB,
    DOCTOR_EVENT,
    DOCTOR_STEPS
};

enum doctor_result { DOCTOR_SKIP, DOCTOR_OK, DOCTOR_NOTE, DOCTOR_FAIL };

enum { DOCTOR_DETAIL_MAX = 400 };

struct doctor_row {
    enum doctor_result result;
    uint32_t took_ms;
    int32_t code; /* close code or HTTP status, 0 for none */
    char cause[EXPLAIN_NAME_MAX], detail[DOCTOR_DETAIL_MAX];
    bool told;
};

/* What the terminal is, measured where stdin and stdout are one. */
enum { DOCTOR_SAMPLES = 6 };
struct doctor_terminal {
    bool tty, utf8;
    char type[64];
    int cols, rows; /* 0 unknown */
    int colours;    /* 0 none, -1 unknown */
    bool true_colour;
    bool no_colour;             /* NO_COLOR is set */
    int widths[DOCTOR_SAMPLES]; /* of doctor_samples; -1 not measured */
};
struct doctor_sample {
    const char *name, *text; /* UTF-8, one character */
    int cells;               /* what this program counts it as */
};
extern const struct doctor_sample doctor_samples[DOCTOR_SAMPLES];

void doctor_look_at_terminal(struct doctor_terminal *t);
void doctor_print_terminal(FILE *to, const struct doctor_terminal *t);
void doctor_write_terminal(struct json_writer *w, const struct doctor_terminal *t);

/* doctor_print.c */
const char *doctor_step_name(enum doctor_step step);
/* One row, with its fix when it failed; colour: with colours of the terminal. */
void doctor_print_row(FILE *to, enum doctor_step step, const struct doctor_row *row, bool colour);
void doctor_write_row(struct json_writer *w, enum doctor_step step, const struct doctor_row *row);
/* "41 days left", "EXPIRED 2 days ago", "last day unknown" */
void doctor_days_left(int64_t not_after_unix_ms, int64_t now_unix_ms, char *to, size_t cap);
/* A member; host: of the server that showed it, NULL where that is known. tls NULL: null. */
void doctor_write_certificate(struct json_writer *w, const char *key, const char *host,
                              const struct net_tls_info *tls);

#endif
