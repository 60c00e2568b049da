/* src/ui/glyph.c - the table of state glyphs of screens.md 2.5. All Unicode ones are one cell wide
 * in every locale: neutral by East Asian Width and not drawn as emoji. */
#include "ui/glyph.h"

#include "ui/theme.h"

struct state_look {
    char ascii;
    uint32_t code_point;
    int role;
};

static const struct state_look looks[ORDER_STATE_COUNT] = {
    [ORDER_BAD] = {'!', 0x2717, ROLE_STATE_BAD},   [ORDER_STALL] = {'=', 0x254C, ROLE_STATE_STALL},
    [ORDER_OVER] = {'>', 0x25B7, ROLE_STATE_OVER}, [ORDER_QUIET] = {'?', 0x25CC, ROLE_STATE_QUIET},
    [ORDER_OFFL] = {'x', 0x2573, ROLE_STATE_OFFL}, [ORDER_DENY] = {'#', 0x2298, ROLE_STATE_DENY},
    [ORDER_SLOW] = {'v', 0x25BE, ROLE_STATE_SLOW}, [ORDER_STOP] = {'~', 0x25CB, ROLE_STATE_STOP},
    [ORDER_TAPR] = {'-', 0x25BF, ROLE_STATE_TAPR}, [ORDER_CHRG] = {'^', 0x25B4, ROLE_STATE_CHRG},
    [ORDER_WAIT] = {'.', 0x25E6, ROLE_STATE_WAIT}, [ORDER_SCHED] = {'@', 0x25F7, ROLE_STATE_SCHED},
    [ORDER_DONE] = {'+', 0x2713, ROLE_STATE_DONE},
};

uint32_t glyph_state(enum order_state s, bool ascii)
{
    if ((unsigned)s >= ORDER_STATE_COUNT)
        return ' ';
    return ascii ? (uint32_t)looks[s].ascii : looks[s].code_point;
}

int role_of_state(enum order_state s)
{
    return (unsigned)s < ORDER_STATE_COUNT ? looks[s].role : ROLE_BODY;
}

uint32_t glyph_level(int level, bool ascii)
{
    if (level < 0)
        return '.';
    if (level == 0)
        return '_';
    if (level > 15)
        level = 15;
    return ascii ? (uint32_t) "0123456789abcdef"[level] : 0x2581u + (uint32_t)level / 2;
}

uint32_t glyph_ellipsis(bool ascii)
{
    return ascii ? '>' : 0x2026;
}
