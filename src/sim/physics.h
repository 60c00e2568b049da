/* src/sim/physics.h - power curves of AC and DC charging (domain.md 8.2, 8.3), as functions. */
#ifndef CHARGETOP_SIM_PHYSICS_H
#define CHARGETOP_SIM_PHYSICS_H

#include <stdbool.h>

/* kW at t_s seconds after current began to flow, at soc_pct. */
double physics_ac_kw(double max_kw, double t_s, double soc_pct);
/* kW at t_s seconds after plug-in. */
double physics_dc_kw(double station_kw, double car_kw, double t_s, double soc_pct);
double physics_dc_factor(double soc_pct); /* the table of 8.3, linear in between */

struct physics_battery {
    double capacity_kwh, efficiency, soc_pct, energy_kwh; /* energy at the meter */
};
void physics_step(struct physics_battery *b, double power_kw, double dt_s);

#endif
