/* src/cmd/doctor_print.c - the rows of `doctor` as text and as JSON. */
#include <string.h>

#include "base/stamp.h"
#include "cmd/doctor.h"

enum { PAGE_COLS = 79, DETAIL_COL = 27, DAY_MS = 86400000 };

const char *doctor_step_name(enum doctor_step step)
{
    static const char *const names[DOCTOR_STEPS] = {[DOCTOR_CONFIG] = "configuration",
                                                    [DOCTOR_LOGIN] = "login",
                                                    [DOCTOR_ADDRESS] = "address",
                                                    [DOCTOR_DNS] = "DNS",
                                                    [DOCTOR_TCP] = "TCP",
                                                    [DOCTOR_TLS] = "TLS",
                                                    [DOCTOR_UPGRADE] = "upgrade",
                                                    [DOCTOR_HELLO] = "hello",
                                                    [DOCTOR_AUTH] = "authorization",
                                                    [DOCTOR_SUB] = "subscription",
                                                    [DOCTOR_EVENT] = "first event"};

    return (unsigned)step < DOCTOR_STEPS ? names[step] : "";
}

static const char *result_word(enum doctor_result result)
{
    static const char *const words[] = {
        [DOCTOR_SKIP] = "skip", [DOCTOR_OK] = "ok", [DOCTOR_NOTE] = "note", [DOCTOR_FAIL] = "FAIL"};

    return words[result];
}

static const char *result_colour(enum doctor_result result)
{
    return result == DOCTOR_OK ? "\033[32m" : result == DOCTOR_FAIL ? "\033[1;31m" : "\033[33m";
}

/* Broken at spaces, each further line below the first. */
static void print_wrapped(FILE *to, const char *text)
{
    int used = DETAIL_COL;

    while (*text) {
        const size_t word = strcspn(text, " ");
        if (used > DETAIL_COL && used + 1 + (int)word > PAGE_COLS) {
            (void)fprintf(to, "\n%*s", DETAIL_COL, "");
            used = DETAIL_COL;
        }
        used += fprintf(to, "%s%.*s", used > DETAIL_COL ? " " : "", (int)word, text);
        text += word;
        text += strspn(text, " ");
    }
    (void)fputc('\n', to);
}

static void print_part(FILE *to, const char *label, const char *text)
{
    (void)fprintf(to, "%*s%-7s", DETAIL_COL - 7, "", label);
    print_wrapped(to, text);
}

void doctor_print_row(FILE *to, enum doctor_step step, const struct doctor_row *row, bool colour)
{
    const struct explanation *e = explain_find(str_from(row->cause), row->code);
    char took[16] = "", more[64];

    if (row->result != DOCTOR_SKIP)
        (void)str_format(took, sizeof took, "%u ms", (unsigned)row->took_ms);
    (void)fprintf(to, "%s%-4s%s %-13s %7s ", colour ? result_colour(row->result) : "",
                  result_word(row->result), colour ? "\033[0m" : "", doctor_step_name(step), took);
    print_wrapped(to, row->detail[0] ? row->detail : "-");
    if (row->result != DOCTOR_FAIL || !e)
        return;
    print_part(to, "what", e->what);
    print_part(to, "fix", e->advice);
    (void)str_format(more, sizeof more, "chargetop explain %s", e->name);
    print_part(to, "more", more);
}

void doctor_write_row(struct json_writer *w, enum doctor_step step, const struct doctor_row *row)
{
    const struct explanation *e = explain_find(str_from(row->cause), row->code);

    jw_object(w);
    jw_key(w, "step");
    jw_str(w, str_from(doctor_step_name(step)));
    jw_key(w, "result");
    jw_str(w, row->result == DOCTOR_FAIL ? STR("fail") : str_from(result_word(row->result)));
    jw_key(w, "took_ms");
    if (row->result == DOCTOR_SKIP)
        jw_null(w);
    else
        jw_i64(w, row->took_ms);
    jw_key(w, "detail");
    jw_str(w, str_from(row->detail));
    jw_key(w, "code");
    if (row->code != 0)
        jw_i64(w, row->code);
    else
        jw_null(w);
    jw_key(w, "cause");
    if (row->result == DOCTOR_FAIL && e)
        jw_str(w, str_from(e->name));
    else
        jw_null(w);
    jw_key(w, "fix");
    if (row->result == DOCTOR_FAIL && e)
        jw_str(w, str_from(e->advice));
    else
        jw_null(w);
    jw_object_end(w);
}

static void write_text(struct json_writer *w, const char *key, const char *text)
{
    jw_key(w, key);
    jw_str(w, str_from(text));
}

static void write_time(struct json_writer *w, const char *key, int64_t unix_ms)
{
    char stamp[40];

    jw_key(w, key);
    if (unix_ms == 0)
        jw_null(w);
    else
        jw_str(w, (struct str){stamp, stamp_format(stamp, sizeof stamp, unix_ms)});
}

void doctor_days_left(int64_t not_after_unix_ms, int64_t now_unix_ms, char *to, size_t cap)
{
    const int64_t left_ms = not_after_unix_ms - now_unix_ms;
    const long long days = (long long)((left_ms < 0 ? -left_ms : left_ms) / DAY_MS);

    if (not_after_unix_ms == 0)
        (void)str_copy(to, cap, STR("last day unknown"));
    else
        (void)str_format(to, cap, left_ms < 0 ? "EXPIRED %lld %s ago" : "%lld %s left", days,
                         days == 1 ? "day" : "days");
}

void doctor_write_certificate(struct json_writer *w, const char *key, const char *host,
                              const struct net_tls_info *tls)
{
    jw_key(w, key);
    if (!tls) {
        jw_null(w);
        return;
    }
    jw_object(w);
    if (host)
        write_text(w, "host", host);
    write_text(w, "protocol", tls->protocol);
    write_text(w, "cipher", tls->cipher);
    write_text(w, "subject", tls->subject);
    write_text(w, "issuer", tls->issuer);
    write_text(w, "names", tls->names);
    write_time(w, "not_before", tls->not_before_unix_ms);
    write_time(w, "not_after", tls->not_after_unix_ms);
    jw_key(w, "verified");
    jw_bool(w, tls->verified);
    jw_object_end(w);
}
