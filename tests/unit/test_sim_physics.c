/* tests/unit/test_sim_physics.c - the curves against the check values of domain.md 8.4. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/physics.h"

struct charge { /* what is plugged in, then how it stands */
    bool dc;
    double station_kw, car_kw;
    struct physics_battery battery;
    int t_s;
};

static double power_now(const struct charge *c)
{
    return c->dc ? physics_dc_kw(c->station_kw, c->car_kw, c->t_s, c->battery.soc_pct)
                 : physics_ac_kw(c->station_kw, c->t_s, c->battery.soc_pct);
}

static void run_second(struct charge *c)
{
    physics_step(&c->battery, power_now(c), 1.0);
    c->t_s++;
}

static void run_to_minute(struct charge *c, int minute)
{
    while (c->t_s < minute * 60)
        run_second(c);
}

static double minutes_to_soc(struct charge *c, double soc_pct)
{
    while (c->battery.soc_pct < soc_pct && c->t_s < 24 * 3600)
        run_second(c);
    return c->t_s / 60.0;
}

static struct charge ac(double kw)
{
    return (struct charge){.station_kw = kw,
                           .battery = {.capacity_kwh = 60, .efficiency = 0.90, .soc_pct = 20}};
}

static struct charge dc(double station_kw, double car_kw)
{
    return (struct charge){.dc = true,
                           .station_kw = station_kw,
                           .car_kw = car_kw,
                           .battery = {.capacity_kwh = 77, .efficiency = 0.96, .soc_pct = 10}};
}

static void assert_near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance))
        fail_msg("got %.4f, want %.4f +- %.4f", got, want, tolerance);
}

static void ac_charging_takes_as_long_as_the_table_says(void **state)
{
    static const struct {
        double kw, kwh_30, min_80, min_95, min_full;
    } rows[] = {{7.36, 3.669, 326.2, 407.7, 476.7},
                {11.04, 5.503, 217.5, 271.8, 317.8},
                {22.08, 11.006, 108.8, 136.0, 159.0}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct charge c = ac(rows[i].kw);

        run_to_minute(&c, 30);
        assert_near(c.battery.energy_kwh, rows[i].kwh_30, 0.0006);
        assert_near(minutes_to_soc(&c, 80), rows[i].min_80, 0.06);
        assert_near(c.battery.energy_kwh, 40.00, 0.01);
        assert_near(minutes_to_soc(&c, 95), rows[i].min_95, 0.06);
        assert_near(c.battery.energy_kwh, 50.00, 0.01);
        assert_near(minutes_to_soc(&c, 99.99), rows[i].min_full, 0.06);
        assert_near(c.battery.energy_kwh, 53.33, 0.01);
    }
}

static void dc_charging_follows_the_table(void **state)
{
    static const struct {
        double station_kw, car_kw;
        struct {
            int minute;
            double kw, kwh;
        } at[4];
        double min_80, kw_80, min_90;
    } rows[] = {
        {50,
         120,
         {{5, 50, 3.84}, {10, 50, 8.01}, {20, 50, 16.34}, {30, 50, 24.67}},
         67.8,
         48.0,
         82.4},
        {120,
         135,
         {{5, 120, 9.07}, {10, 120, 19.07}, {20, 108.5, 38.83}, {30, 64.0, 52.86}},
         33.4,
         54.0,
         46.3},
        {150,
         150,
         {{5, 150, 11.25}, {10, 150, 23.76}, {20, 98.0, 45.18}, {30, 54.2, 57.54}},
         28.5,
         60.0,
         40.2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct charge c = dc(rows[i].station_kw, rows[i].car_kw);

        for (size_t k = 0; k < 4; k++) {
            run_to_minute(&c, rows[i].at[k].minute);
            assert_near(c.battery.energy_kwh, rows[i].at[k].kwh, 0.006);
            assert_near(power_now(&c), rows[i].at[k].kw, 0.06);
        }
        c = dc(rows[i].station_kw, rows[i].car_kw);
        assert_near(minutes_to_soc(&c, 80), rows[i].min_80, 0.06);
        assert_near(power_now(&c), rows[i].kw_80, 0.06);
        assert_near(minutes_to_soc(&c, 90), rows[i].min_90, 0.06);
    }
}

static void a_car_takes_nothing_before_current_flows(void **state)
{
    (void)state;
    assert_near(physics_ac_kw(11, 0, 50), 0, 0);
    assert_near(physics_ac_kw(11, -3, 50), 0, 0);
    assert_near(physics_dc_kw(120, 135, 20, 30), 0, 0);
    assert_near(physics_dc_kw(120, 135, 21, 30), 8, 1e-9);
}

static void the_dc_factor_is_linear_between_its_points_and_flat_outside(void **state)
{
    (void)state;
    assert_near(physics_dc_factor(-5), 0.50, 0);
    assert_near(physics_dc_factor(0), 0.50, 0);
    assert_near(physics_dc_factor(2.5), 0.675, 1e-12);
    assert_near(physics_dc_factor(30), 1.0, 1e-12);
    assert_near(physics_dc_factor(97.5), 0.07, 1e-12);
    assert_near(physics_dc_factor(100), 0.04, 1e-12);
    assert_near(physics_dc_factor(140), 0.04, 0);
}

static void an_ac_car_tapers_to_a_tenth_and_then_balances(void **state)
{
    (void)state;
    assert_near(physics_ac_kw(11, 3600, 95), 11, 1e-9);
    assert_near(physics_ac_kw(11, 3600, 97.5), 6.05, 1e-9);
    assert_near(physics_ac_kw(11, 3600, 99.9999999), 1.1, 1e-6);
    assert_near(physics_ac_kw(11, 3600, 100), 0.3, 1e-9);
    assert_near(physics_ac_kw(0.2, 3600, 100), 0.2, 1e-9);
}

static void a_battery_is_never_fuller_than_full(void **state)
{
    struct physics_battery b = {.capacity_kwh = 10, .efficiency = 1, .soc_pct = 99};

    (void)state;
    physics_step(&b, 11, 3600);
    assert_near(b.soc_pct, 100, 0);
    assert_near(b.energy_kwh, 11, 1e-9); /* the meter counts what flowed */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ac_charging_takes_as_long_as_the_table_says),
        cmocka_unit_test(dc_charging_follows_the_table),
        cmocka_unit_test(a_car_takes_nothing_before_current_flows),
        cmocka_unit_test(the_dc_factor_is_linear_between_its_points_and_flat_outside),
        cmocka_unit_test(an_ac_car_tapers_to_a_tenth_and_then_balances),
        cmocka_unit_test(a_battery_is_never_fuller_than_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
