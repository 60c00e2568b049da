#include "base/clip.h"

enum ct_err base64_append(struct buf *to, struct str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < s.len; i += 3) {
        const size_t left = s.len - i;
        const unsigned a = (unsigned char)s.ptr[i];
        const unsigned b = left > 1 ? (unsigned char)s.ptr[i + 1] : 0;
        const unsigned c = left > 2 ? (unsigned char)s.ptr[i + 2] : 0;
        char four[4] = {digits[a >> 2], digits[(a & 3) << 4 | b >> 4], '=', '='};
        if (left > 1)
            four[2] = digits[(b & 15) << 2 | c >> 6];
        if (left > 2)
            four[3] = digits[c & 63];
        const enum ct_err err = buf_append(to, (struct str){four, sizeof four});
        if (err != CT_OK)
            return err;
    }
    return CT_OK;
}

/* tmux passes on what stands in its DCS string, with each ESC doubled. */
static enum ct_err wrap_for_tmux(struct buf *to, struct str plain)
{
    enum ct_err err = buf_append(to, STR("\033Ptmux;"));

    for (size_t i = 0; i < plain.len && err == CT_OK; i++) {
        if (plain.ptr[i] == '\033')
            err = buf_append_char(to, '\033');
        if (err == CT_OK)
            err = buf_append_char(to, plain.ptr[i]);
    }
    return err == CT_OK ? buf_append(to, STR("\033\\")) : err;
}

/* screen passes on what stands in DCS strings, which must be short: one after the other. */
static enum ct_err wrap_for_screen(struct buf *to, struct str plain)
{
    enum ct_err err = CT_OK;

    while (plain.len > 0 && err == CT_OK) {
        const struct str part = {plain.ptr,
                                 plain.len < CLIP_SCREEN_CHUNK ? plain.len : CLIP_SCREEN_CHUNK};
        err = buf_append(to, STR("\033P"));
        if (err == CT_OK)
            err = buf_append(to, part);
        if (err == CT_OK)
            err = buf_append(to, STR("\033\\"));
        plain = (struct str){plain.ptr + part.len, plain.len - part.len};
    }
    return err;
}

static bool is_set(const char *value)
{
    return value && *value;
}

enum clip_via clip_via_of(const char *term, const char *tmux, const char *sty)
{
    const struct str name = str_from(term);

    if (is_set(tmux) && is_set(sty))
        return str_starts(name, STR("tmux"))      ? CLIP_TMUX
               : str_starts(name, STR("screen.")) ? CLIP_SCREEN
                                                  : CLIP_EITHER;
    if (is_set(tmux))
        return CLIP_TMUX;
    return is_set(sty) ? CLIP_SCREEN : CLIP_DIRECT;
}

enum ct_err clip_append(struct buf *to, struct str text, enum clip_via via, size_t *taken)
{
    const struct str whole = {text.ptr, str_cut(text, CLIP_TEXT_MAX_BYTES)};
    struct buf plain;

    *taken = whole.len;
    buf_init(&plain, CLIP_TEXT_MAX_BYTES / 3 * 4 + 64);
    enum ct_err err = buf_append(&plain, STR("\033]52;c;"));
    if (err == CT_OK)
        err = base64_append(&plain, whole);
    if (err == CT_OK)
        err = buf_append(&plain, STR("\a"));
    if (err == CT_OK && via != CLIP_SCREEN)
        err = buf_append(to, buf_str(&plain));
    if (err == CT_OK && via == CLIP_TMUX)
        err = wrap_for_tmux(to, buf_str(&plain));
    if (err == CT_OK && (via == CLIP_SCREEN || via == CLIP_EITHER))
        err = wrap_for_screen(to, buf_str(&plain));
    buf_clear(&plain);
    return err;
}
