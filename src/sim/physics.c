/* Knows the power curves of domain.md 8.2 and 8.3 and the bookkeeping of 8.1. */
#include "sim/physics.h"

#include <math.h>
#include <stddef.h>

static const double AC_RAMP_S = 5.0;       /* time constant of the car's soft start */
static const double AC_BALANCE_KW = 0.3;   /* cell balancing once full */
static const double DC_PRECHARGE_S = 20.0; /* isolation test and precharge */
static const double DC_RAMP_KW_PER_S = 8.0;

double physics_ac_kw(double max_kw, double t_s, double soc_pct)
{
    double taper = 1.0;

    if (t_s <= 0.0)
        return 0.0;
    if (soc_pct >= 100.0)
        return fmin(AC_BALANCE_KW, max_kw);
    if (soc_pct > 95.0)
        taper = 1.0 - 0.9 * (soc_pct - 95.0) / 5.0;
    return max_kw * (1.0 - exp(-t_s / AC_RAMP_S)) * taper;
}

double physics_dc_factor(double soc_pct)
{
    static const double at[][2] = {{0, 0.50},  {5, 0.85},  {10, 1.00}, {45, 1.00}, {60, 0.78},
                                   {70, 0.58}, {80, 0.40}, {90, 0.18}, {95, 0.10}, {100, 0.04}};
    const size_t last = sizeof at / sizeof at[0] - 1;

    if (!(soc_pct > at[0][0]))
        return at[0][1];
    for (size_t i = 1; i <= last; i++)
        if (soc_pct <= at[i][0]) {
            const double part = (soc_pct - at[i - 1][0]) / (at[i][0] - at[i - 1][0]);
            return at[i - 1][1] + part * (at[i][1] - at[i - 1][1]);
        }
    return at[last][1];
}

double physics_dc_kw(double station_kw, double car_kw, double t_s, double soc_pct)
{
    if (t_s <= DC_PRECHARGE_S)
        return 0.0;
    return fmin(fmin(station_kw, car_kw * physics_dc_factor(soc_pct)),
                DC_RAMP_KW_PER_S * (t_s - DC_PRECHARGE_S));
}

void physics_step(struct physics_battery *b, double power_kw, double dt_s)
{
    const double gain_kwh = power_kw * dt_s / 3600.0;

    b->energy_kwh += gain_kwh;
    b->soc_pct = fmin(100.0, b->soc_pct + 100.0 * b->efficiency * gain_kwh / b->capacity_kwh);
}
