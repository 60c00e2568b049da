#include "cmd/dash_record.h"

#include <string.h>

#include "base/num.h"
#include "base/str.h"

static void fill_replay(struct dash_record *r, const struct pipeline *p)
{
    const struct reader_span *span = replay_span(p->replay);

    r->replay = (struct ui_replay){.file = p->s->replay,
                                   .first_unix_ms = span->first_unix_ms,
                                   .last_unix_ms = span->last_unix_ms,
                                   .speed_milli = replay_speed_milli(p->replay),
                                   .lost = span->lost,
                                   .ended = replay_ended(p->replay),
                                   .error = replay_error(p->replay)};
    r->replay_shown = &r->replay;
}

void dash_record_fill(struct dash_record *r, const struct pipeline *p)
{
    struct recorder_status status;
    const char *file = pipeline_record_status(p, &status);

    r->shown = NULL;
    r->replay_shown = NULL;
    if (p->replay)
        fill_replay(r, p);
    if (file)
        r->recording = (struct ui_recording){.file = file,
                                             .events = status.events,
                                             .file_bytes = status.file_bytes,
                                             .behind_ms = status.behind_ms,
                                             .lost = status.lost,
                                             .error = status.error};
    else if (r->error[0])
        r->recording = (struct ui_recording){.file = r->wanted, .error = r->error};
    else
        return;
    r->shown = &r->recording;
}

void dash_record_message(struct dash_record *r, const struct pipeline *p, struct view *v)
{
    const uint64_t real_ms = net_now_ms(p->loop);

    if (!p->replay || !v->message[0])
        return;
    if (v->message_ms != r->message_ms || strcmp(v->message, r->message) != 0) {
        (void)str_copy(r->message, sizeof r->message, str_from(v->message));
        r->message_real_ms = real_ms;
    }
    if (real_ms >= r->message_real_ms + VIEW_MESSAGE_MS) {
        v->message[0] = r->message[0] = '\0';
        return;
    }
    v->message_ms = r->message_ms = pipeline_now_ms(p);
}

void dash_record_tell(struct dash_record *r, struct pipeline *p, const char *line, bool trouble)
{
    struct log_error e = {.severity = trouble ? LOG_ERROR : LOG_INFO, .target = "record"};

    if (trouble && !p->recording) { /* it could not be opened */
        (void)str_copy(r->error, sizeof r->error, str_from(line));
        (void)str_copy(r->wanted, sizeof r->wanted, str_from(p->s->record));
    }
    if (!p->fleet)
        return;
    e.last_ms = pipeline_now_ms(p);
    e.last_unix_ms = pipeline_unix_ms(p);
    (void)str_copy(e.text, sizeof e.text, str_from(line));
    error_log_note(fleet_errors_mut(p->fleet), &e);
}

const char *dash_record_ended(const struct pipeline *p)
{
    const char *why = replay_error(p->replay);

    return why[0] ? why : "the replay is over: this is how it was at its end";
}

/* ---- what is typed ---- */

static void stop_recording(struct dash_record *r, struct pipeline *p, struct view *v)
{
    const bool was = p->recording != NULL || r->error[0];

    pipeline_record_leave(p);
    r->error[0] = '\0';
    view_say(v, pipeline_now_ms(p), was ? "recording is off" : "nothing was recorded");
}

static void start_recording(struct dash_record *r, struct pipeline *p, struct view *v,
                            const char *file)
{
    struct fault fault = {.err = CT_OK};
    char line[VIEW_MESSAGE_MAX];

    if (pipeline_record_open(p, file, &fault) != CT_OK) {
        view_say(v, pipeline_now_ms(p), fault.text);
        return;
    }
    r->error[0] = '\0';
    pipeline_record_present(p);
    (void)str_format(line, sizeof line, "recording into %s", file);
    view_say(v, pipeline_now_ms(p), line);
}

static void set_speed(struct pipeline *p, struct view *v, const char *text)
{
    int64_t milli;
    char speed[32], line[64];

    if (!p->replay || !num_scaled(str_from(text), 3, &milli) || milli < 1 ||
        milli > REPLAY_SPEED_MAX_MILLI)
        return;
    replay_set_speed(p->replay, milli);
    (void)replay_speed(speed, sizeof speed, milli);
    (void)str_format(line, sizeof line, "the replay runs at %s", speed);
    view_say(v, pipeline_now_ms(p), line);
}

/* What asks a server, or changes what is followed. */
static bool needs_connection(enum intent_kind kind)
{
    return kind == INTENT_RECONNECT || kind == INTENT_ADD_ORDER || kind == INTENT_REMOVE_ORDER ||
           kind == INTENT_STOP_ORDER || kind == INTENT_FOLLOW || kind == INTENT_UNFOLLOW ||
           kind == INTENT_TRIGGER;
}

bool dash_record_perform(struct dash_record *r, struct pipeline *p, struct view *v,
                         const struct intent *what)
{
    if (p->replay && needs_connection(what->kind)) {
        view_say(v, pipeline_now_ms(p), "this is a replay: there is no connection");
        return true;
    }
    if (what->kind == INTENT_SPEED) {
        set_speed(p, v, what->text);
        return true;
    }
    if (what->kind != INTENT_RECORD)
        return false;
    if (strcmp(what->text, "off") == 0)
        stop_recording(r, p, v);
    else
        start_recording(r, p, v, what->text);
    return true;
}
