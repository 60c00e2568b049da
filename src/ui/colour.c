/* src/ui/colour.c - xterm's palette, and how terminals name a colour in an answer. */
#include "ui/colour.h"

#include <string.h>

#include "base/num.h"

enum { CUBE_FIRST = 16, GREY_FIRST = 232, GREYS = 24 };

static const int levels[] = {0, 95, 135, 175, 215, 255};

static int level_of(int channel)
{
    return channel < 48 ? 0 : channel < 115 ? 1 : (channel - 35) / 40;
}

/* The cube: 16 + 36 r + 6 g + b with levels 0, 95, 135, 175, 215, 255. */
int colour_nearest_256(uint32_t rgb)
{
    const int r = (int)(rgb >> 16 & 0xff), g = (int)(rgb >> 8 & 0xff), b = (int)(rgb & 0xff);
    const int step = (r + g + b) / 3 < 8 ? 0 : ((r + g + b) / 3 - 8) / 10;
    const int grey = step >= GREYS ? GREYS - 1 : step;
    const int shade = 8 + 10 * grey;
    const int cr = level_of(r), cg = level_of(g), cb = level_of(b);
    const int cube = (levels[cr] - r) * (levels[cr] - r) + (levels[cg] - g) * (levels[cg] - g) +
                     (levels[cb] - b) * (levels[cb] - b);
    const int ramp =
        (shade - r) * (shade - r) + (shade - g) * (shade - g) + (shade - b) * (shade - b);

    return ramp < cube ? GREY_FIRST + grey : CUBE_FIRST + 36 * cr + 6 * cg + cb;
}

uint32_t colour_rgb_of_256(int index)
{
    static const uint32_t sixteen[] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                       0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                       0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

    if (index < 0 || index > 255)
        return 0;
    if (index < CUBE_FIRST)
        return sixteen[index];
    if (index >= GREY_FIRST) {
        const uint32_t shade = (uint32_t)(8 + 10 * (index - GREY_FIRST));
        return shade << 16 | shade << 8 | shade;
    }
    const int cube = index - CUBE_FIRST;
    return (uint32_t)(levels[cube / 36] << 16 | levels[cube / 6 % 6] << 8 | levels[cube % 6]);
}

bool colour_is_light(uint32_t rgb)
{
    const uint32_t seen = 2126 * (rgb >> 16 & 0xff) + 7152 * (rgb >> 8 & 0xff) + 722 * (rgb & 0xff);

    return seen > 127u * 10000u;
}

static bool hex_of(struct str digits, size_t max, uint32_t *value, uint32_t *most)
{
    static const char all[] = "0123456789abcdef0123456789ABCDEF";

    *value = *most = 0;
    if (digits.len == 0 || digits.len > max)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        const char *at = memchr(all, digits.ptr[i], sizeof all - 1);
        if (!at)
            return false;
        *value = *value * 16 + (uint32_t)(at - all) % 16;
        *most = *most * 16 + 15;
    }
    return true;
}

bool colour_read_answer(struct str answer, uint32_t *rgb)
{
    uint32_t channel, most, made = 0;

    if (!str_starts(answer, STR("11;")))
        return false;
    answer = (struct str){answer.ptr + 3, answer.len - 3};
    if (answer.len == 7 && answer.ptr[0] == '#')
        return hex_of((struct str){answer.ptr + 1, 6}, 6, rgb, &most);
    if (!str_starts(answer, STR("rgb:")))
        return false;
    answer = (struct str){answer.ptr + 4, answer.len - 4};
    for (int i = 0; i < 3; i++) {
        if (!hex_of(str_split(&answer, '/'), 4, &channel, &most))
            return false;
        made = made << 8 | (channel * 255 + most / 2) / most;
    }
    if (answer.len > 0)
        return false;
    *rgb = made;
    return true;
}

bool colour_read_fgbg(const char *value, bool *light)
{
    int64_t index;

    if (!value || !num_i64(str_after_last(str_from(value), ';'), &index) || index < 0 || index > 15)
        return false;
    *light =
        index == 7 || index == 15 || (index > 8 && colour_is_light(colour_rgb_of_256((int)index)));
    return true;
}
