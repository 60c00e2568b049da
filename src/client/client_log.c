/* Knows how an event reads as one line of a log, and that no secret goes there. */
#include "client/client_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/redact.h"
#include "base/text.h"
#include "net/token_hide.h"

static enum client_log_level level_of(const struct wire_event *e)
{
    const bool sub = e->kind == WIRE_SUB || e->kind == WIRE_USER;

    if (e->kind == WIRE_FAULT || (e->kind == WIRE_LINK && e->link == WIRE_LINK_FAILED))
        return CLIENT_LOG_ERROR;
    if (sub && (e->sub == WIRE_SUB_DENIED || e->sub == WIRE_SUB_FAILED))
        return CLIENT_LOG_ERROR;
    if ((e->kind == WIRE_AUTH && e->code != 0) || e->cipher == WIRE_CIPHER_SEALED)
        return CLIENT_LOG_WARNING;
    if (e->kind == WIRE_FRAME || e->kind == WIRE_SENT || e->kind == WIRE_PING)
        return CLIENT_LOG_DEBUG;
    return CLIENT_LOG_INFO;
}

static enum ct_err write_head(struct buf *to, const struct wire_event *e)
{
    switch (e->kind) {
    case WIRE_FRAME:
        return buf_append(to, e->cipher == WIRE_CIPHER_OPENED ? STR("<- (encrypted) ")
                              : e->cipher == WIRE_CIPHER_SEALED
                                  ? STR("<- (encrypted, not readable) ")
                                  : STR("<- "));
    case WIRE_SENT:
        return buf_append(to, STR("-> "));
    case WIRE_LINK:
        return buf_printf(to, "connection %s ", wire_link_name(e->link));
    case WIRE_SUB:
        return buf_printf(to, "channel %.*s %s ", (int)e->channel.len, e->channel.ptr,
                          wire_sub_name(e->sub));
    case WIRE_USER:
        return buf_printf(to, "user %.*s %s ", (int)e->name.len, e->name.ptr,
                          e->sub == WIRE_SUB_SUBSCRIBED ? "signed in" : wire_sub_name(e->sub));
    case WIRE_AUTH:
        return buf_append(to, STR("authorization "));
    case WIRE_FAULT:
        return buf_printf(to, "error %.*s ", (int)e->channel.len,
                          e->channel.len ? e->channel.ptr : "");
    case WIRE_PING:
        return buf_printf(to, "round trip %lld ms", (long long)e->value);
    case WIRE_REST:
        break;
    }
    return CT_OK;
}

/* As it travelled, so that what was encrypted stays so; signatures and keys are masked, and what else
 * looks like a secret or a person. */
static enum ct_err write_rest(struct buf *to, const struct wire_event *e)
{
    const bool message = e->kind == WIRE_FRAME || e->kind == WIRE_SENT;
    struct redact *redact;
    enum ct_err err;

    if (!message) {
        if (e->code != 0 && buf_printf(to, "%d ", (int)e->code) != CT_OK)
            return CT_ERR_NOMEM;
        return buf_append(to, e->text);
    }
    redact = malloc(sizeof *redact);
    if (!redact)
        return CT_ERR_NOMEM;
    redact_init(redact);
    err =
        redact_append(redact, (struct str){e->text.ptr, str_cut(e->text, CLIENT_LOG_TEXT_MAX)}, to);
    free(redact);
    return err;
}

void client_log_event(struct client *c, const struct wire_event *e)
{
    char text[CLIENT_LOG_TEXT_MAX + 1];
    struct buf line;

    if (!c->log || level_of(e) > c->log_level)
        return;
    buf_init(&line, (size_t)8 * CLIENT_LOG_TEXT_MAX);
    if (write_head(&line, e) == CT_OK && write_rest(&line, e) == CT_OK) {
        (void)text_clean(text, sizeof text, str_trim(buf_str(&line)));
        text_redact(text);
        if (c->token)
            token_hide(c->token, text);
        c->log(c->log_user, level_of(e), text);
    }
    buf_clear(&line);
}
