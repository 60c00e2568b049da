/* src/ui/kiosk/digits.c - the one table of large characters, drawn in blocks of any size. */
#include <string.h>

#include "base/text.h"
#include "ui/kiosk/kiosk_internal.h"

enum { FULL_BLOCK = 0x2588 };

struct large {
    char c;
    const char *rows[DIGIT_ROWS];
};

static const struct large table[] = {
    {'0', {"#####", "#   #", "#   #", "#   #", "#####"}},
    {'1', {"  #  ", " ##  ", "  #  ", "  #  ", "#####"}},
    {'2', {"#####", "    #", "#####", "#    ", "#####"}},
    {'3', {"#####", "    #", " ####", "    #", "#####"}},
    {'4', {"#   #", "#   #", "#####", "    #", "    #"}},
    {'5', {"#####", "#    ", "#####", "    #", "#####"}},
    {'6', {"#####", "#    ", "#####", "#   #", "#####"}},
    {'7', {"#####", "    #", "    #", "  #  ", "  #  "}},
    {'8', {"#####", "#   #", "#####", "#   #", "#####"}},
    {'9', {"#####", "#   #", "#####", "    #", "#####"}},
    {'.', {"  ", "  ", "  ", "  ", "##"}},
    {',', {"  ", "  ", "  ", " #", "# "}},
    {':', {" ", "#", " ", "#", " "}},
    {'-', {"   ", "   ", "###", "   ", "   "}},
    {'+', {"   ", " # ", "###", " # ", "   "}},
    {'/', {"    #", "   # ", "  #  ", " #   ", "#    "}},
    {'#', {" # # ", "#####", " # # ", "#####", " # # "}},
    {'%', {"#   #", "   # ", "  #  ", " #   ", "#   #"}},
    {'\'', {"#", "#", " ", " ", " "}},
    {'&', {" ##  ", "#    ", " ## #", "#  # ", " ## #"}},
    {'(', {" #", "# ", "# ", "# ", " #"}},
    {')', {"# ", " #", " #", " #", "# "}},
    {' ', {"  ", "  ", "  ", "  ", "  "}},
    {'A', {" ### ", "#   #", "#####", "#   #", "#   #"}},
    {'B', {"#### ", "#   #", "#### ", "#   #", "#### "}},
    {'C', {" ####", "#    ", "#    ", "#    ", " ####"}},
    {'D', {"#### ", "#   #", "#   #", "#   #", "#### "}},
    {'E', {"#####", "#    ", "#### ", "#    ", "#####"}},
    {'F', {"#####", "#    ", "#### ", "#    ", "#    "}},
    {'G', {" ####", "#    ", "#  ##", "#   #", " ####"}},
    {'H', {"#   #", "#   #", "#####", "#   #", "#   #"}},
    {'I', {"###", " # ", " # ", " # ", "###"}},
    {'J', {"    #", "    #", "    #", "#   #", " ### "}},
    {'K', {"#   #", "#  # ", "###  ", "#  # ", "#   #"}},
    {'L', {"#    ", "#    ", "#    ", "#    ", "#####"}},
    {'M', {"#   #", "## ##", "# # #", "#   #", "#   #"}},
    {'N', {"#   #", "##  #", "# # #", "#  ##", "#   #"}},
    {'O', {" ### ", "#   #", "#   #", "#   #", " ### "}},
    {'P', {"#### ", "#   #", "#### ", "#    ", "#    "}},
    {'Q', {" ### ", "#   #", "# # #", "#  # ", " ## #"}},
    {'R', {"#### ", "#   #", "#### ", "#  # ", "#   #"}},
    {'S', {" ####", "#    ", " ### ", "    #", "#### "}},
    {'T', {"#####", "  #  ", "  #  ", "  #  ", "  #  "}},
    {'U', {"#   #", "#   #", "#   #", "#   #", " ### "}},
    {'V', {"#   #", "#   #", "#   #", " # # ", "  #  "}},
    {'W', {"#   #", "#   #", "# # #", "## ##", "#   #"}},
    {'X', {"#   #", " # # ", "  #  ", " # # ", "#   #"}},
    {'Y', {"#   #", " # # ", "  #  ", "  #  ", "  #  "}},
    {'Z', {"#####", "   # ", "  #  ", " #   ", "#####"}},
};

/* As drawn for 200x60, 120x40 and 80x24; the last beside larger ones, and on small screens. */
const struct digit_size digit_sizes[DIGIT_SIZES] = {{6, 4}, {3, 3}, {2, 2}, {1, 1}};

static const struct large *look_up(char c)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (table[i].c == c)
            return &table[i];
    return NULL;
}

bool digits_spell(struct str text, char *to, size_t cap)
{
    size_t n = 0;
    int cells;

    for (uint32_t code; (code = text_next(&text, &cells)) != 0;) {
        char c = text_ascii(code);
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (cells == 0)
            continue;
        if (!look_up(c) || n + 1 >= cap) /* '?' stands for what has no letters like these */
            return false;
        to[n++] = c;
    }
    to[n] = '\0';
    return n > 0;
}

int digits_cells(const char *text, int size_x)
{
    int pixels = 0;

    for (; *text; text++) {
        const struct large *g = look_up(*text);
        if (g)
            pixels += (int)strlen(g->rows[0]) + (pixels > 0);
    }
    return pixels * size_x;
}

static void draw_one(struct surface *s, int x, int y, struct digit_size size, const struct large *g,
                     int role)
{
    for (int row = 0; row < DIGIT_ROWS; row++)
        for (int col = 0; g->rows[row][col]; col++)
            if (g->rows[row][col] == '#')
                surface_fill(s, (struct rect){x + col * size.x, y + row * size.y, size.x, size.y},
                             s->ascii ? '#' : FULL_BLOCK, role);
}

void digits_draw(struct surface *s, int x, int y, struct digit_size size, const char *text,
                 int role)
{
    for (; *text; text++) {
        const struct large *g = look_up(*text);
        if (!g)
            continue;
        draw_one(s, x, y, size, g, role);
        x += ((int)strlen(g->rows[0]) + 1) * size.x;
    }
}

bool digits_fit(const char *text, int cols, int rows, struct digit_size *out)
{
    for (size_t i = 0; i < DIGIT_SIZES; i++)
        if (digits_cells(text, digit_sizes[i].x) <= cols && digit_sizes[i].y * DIGIT_ROWS <= rows) {
            *out = digit_sizes[i];
            return true;
        }
    return false;
}
