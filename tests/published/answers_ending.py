"""Answers to cases of products that end: sudden death, last buys, shelf life, erosion; and of demand classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from analytics.demand import classes
from tests.closed_forms.distributions import intermittent_bounds
from tests.closed_forms.forecasts import still_alive
from tests.closed_forms.forecasts.intermittent_series import croston, sba, tsb
from tests.closed_forms.money import exposure
from tests.closed_forms.stock import newsvendor, obsolescence, perishable
from tests.published.answers_service import hazard_base_stock
from tests.published.inputs import RATE, SETUP, Given, masses_of


def obsolete(case: str, given: Given) -> dict[str, Any]:
    if given.has("prior_a", "prior_shape") and given.has("deaths"):
        return _family_hazard(given)
    if given.has("x", "frequency") and given.has("t_x", "recency"):
        r, alpha, a, b = (float(given.any_of(name)) for name in ("r", "alpha", "a", "b"))
        x, last, age, horizon = (
            float(given.any_of(*names)) for names in (("x", "frequency"), ("t_x", "recency"), ("T",), ("t",))
        )
        expected = still_alive.bgnbd_expected_purchases(r, alpha, a, b, x, last, age, horizon)
        return {
            "P_alive": still_alive.bgnbd_alive_probability(r, alpha, a, b, x, last, age),
            "conditional_expectation": expected,
            "published_conditional_expectation": round(float(expected), 3),
        }
    if given.has("delta") and given.has("n_zero_periods", "n"):
        p, zeros = given.any_of("p", "pi"), np.asarray(given.any_of("n_zero_periods", "n"), float)
        return {
            "P_alive": still_alive.alive_probability(p, given.any_of("delta"), zeros),
            **{
                f"TSB_probability_alpha{a:g}": p * (1.0 - a) ** zeros
                for a in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
            },
        }
    if given.has("shape") and given.has("stock", "on_hand"):
        stock, shape, scale = given.any_of("stock", "on_hand"), given.any_of("shape"), given.any_of("scale")
        units = obsolescence.stranded_units_gamma(stock, shape, scale)
        return {
            "P_obsolescence": obsolescence.stranding_probability_gamma(stock, shape, scale),
            "E_units_lost": units,
            "fluid": units,
        }
    if given.has("b", "backorder_cost") and given.has("LTD_mean_Poisson", "LTD_mean", "mean_LTD"):
        return hazard_base_stock(given)
    if given.has(*SETUP):
        return _lot_with_hazard(given)
    if given.has("price", "p"):
        return last_buy(given)
    stock, rate = (
        given.any_of("stock", "on_hand", "I"),
        given.any_of(*RATE, "monthly_demand", "demand_per_month"),
    )
    theta = given.any_of(
        "theta_per_year", "theta", "hazard", "hazard_per_year", "hazard_per_month", default=0.0
    )
    result = {"fluid": obsolescence.stranded_units(stock, rate, theta)}
    if np.all(np.asarray(stock) == np.floor(stock)):
        result["poisson"] = obsolescence.stranded_units_poisson(stock, rate, theta)
        loss = given.any_of("c_minus_salvage", "c_minus_v", "loss_per_unit", default=None)
        if loss is None and given.has("unit_cost", "c"):
            loss = given.any_of("unit_cost", "c") - given.any_of("salvage", "v", default=0.0)
        if loss is not None and np.ndim(stock) == 0:
            level = float(given.any_of("level", "alpha", default=0.95))
            found = exposure.write_off_exposure(
                int(stock),
                float(rate),
                float(theta),
                float(loss),
                float(given.any_of("horizon_years", "horizon", "T", default=np.inf)),
                level,
            )
            units = exposure.write_off_exposure(
                int(stock),
                float(rate),
                float(theta),
                1.0,
                float(given.any_of("horizon_years", "horizon", "T", default=np.inf)),
                level,
            )
            result |= {
                "E_loss": found.mean,
                "expected_loss": found.mean,
                "mean": found.mean,
                "E": found.mean,
                "P95": found.quantile,
                "CVaR95": found.tail_mean,
                "CVaR": found.tail_mean,
                "VaR": found.quantile,
                "P_loss": found.probability,
                "E_units": units.mean,
                "P95_units": units.quantile,
                "CVaR95_units": units.tail_mean,
            }
    return result


def _family_hazard(given: Given) -> dict[str, Any]:
    a, b, deaths = (
        given.any_of("prior_a", "prior_shape"),
        given.any_of("prior_b", "prior_rate"),
        given.any_of("deaths"),
    )
    months = given.any_of("sku_months_at_risk", "exposure", "exposure_months")
    hazard = still_alive.family_hazard(a, b, deaths, months)
    horizon = given.any_of("horizon_months", "months", default=12)
    predictive = still_alive.probability_of_death_predictive(a, b, deaths, months, horizon)
    plugin = 1.0 - np.exp(-hazard * horizon)
    return {
        "hazard_per_month": hazard,
        "hazard_per_year_continuous": 12.0 * hazard,
        "P_death_plugin": plugin,
        "P_death_predictive": predictive,
        **{
            f"P_death_within_{m}_months_predictive": still_alive.probability_of_death_predictive(
                a, b, deaths, months, m
            )
            for m in (1, 3, 6, 9, 12, 18, 24, 36)
        },
    }


def _lot_with_hazard(given: Given) -> dict[str, Any]:
    k, rate, h = (
        float(given.any_of(*SETUP)),
        float(given.any_of(*RATE)),
        float(given.any_of("h", "holding_cost")),
    )
    theta, loss = (
        float(given.any_of("theta_per_year", "theta", "hazard")),
        given.any_of("c_minus_salvage", "c_minus_v", "loss_per_unit", default=None),
    )
    loss = (
        float(given.any_of("unit_cost", "c")) - float(given.any_of("salvage", "v", default=0.0))
        if loss is None
        else float(loss)
    )
    from tests.closed_forms.stock.lot_size import economic_order_quantity

    exact = obsolescence.obsolescence_lot(k, rate, h, theta, loss)
    near, naive = (
        economic_order_quantity(k, rate, obsolescence.holding_cost_with_hazard(h, theta, loss)),
        economic_order_quantity(k, rate, h),
    )
    cost = [
        float(obsolescence.obsolescence_lot_cost(q, k, rate, h, theta, loss)) for q in (exact, near, naive)
    ]
    result = {
        "Q_exact": exact,
        "cost_exact": cost[0],
        "Q_approx": near,
        "cost_at_Q_approx": cost[1],
        "Q_ignoring_obsolescence": naive,
        "cost_at_that_Q": cost[2],
        "x": theta * exact / rate,
        "h_prime": obsolescence.holding_cost_with_hazard(h, theta, loss),
        "Q_error": near / exact - 1.0,
    }
    if given.has("Q"):
        result |= {
            "cost": obsolescence.obsolescence_lot_cost(given.any_of("Q"), k, rate, h, theta, loss),
            "cost_at_Q": obsolescence.obsolescence_lot_cost(given.any_of("Q"), k, rate, h, theta, loss),
        }
    return result


def last_buy(given: Given) -> dict[str, Any]:
    """One purchase for all demand that is left: normal, gamma, Poisson, or Poisson until an exponential death."""
    price, cost, salvage = (
        given.any_of("price", "p"),
        given.any_of("cost", "unit_cost", "c"),
        given.any_of("salvage", "v", default=0.0),
    )
    goodwill = given.any_of("goodwill", "g", default=0.0)
    ratio = newsvendor.critical_ratio_of_prices(price, cost, salvage, goodwill)
    name: str
    parameters: tuple[Any, ...]
    if given.has("theta", "theta_per_year", "hazard"):
        rate, theta = given.any_of(*RATE), given.any_of("theta", "theta_per_year", "hazard")
        name, parameters = "negative_binomial", (1.0, theta / (rate + theta))
    elif given.has("shape"):
        name, parameters = "gamma", (given.any_of("shape"), given.any_of("scale"))
    elif given.has("gamma", "decline", "decline_rate") and given.has(*RATE):
        name, parameters = (
            "poisson",
            (given.any_of(*RATE) / given.any_of("gamma", "decline", "decline_rate"),),
        )
    elif given.has("variance", "var"):
        from tests.closed_forms.distributions.distributions import interval_demand_fit

        name, parameters = interval_demand_fit(
            float(given.any_of("mean", "remaining_mean")), float(given.any_of("variance", "var")), True
        )
    elif given.has("sd", "remaining_sd"):
        name, parameters = (
            "normal",
            (given.any_of("mean", "remaining_mean"), given.any_of("sd", "remaining_sd")),
        )
    else:
        name, parameters = "poisson", (given.any_of("mean", "remaining_mean", "remaining_demand", *RATE),)
    level = newsvendor.newsvendor_level(name, ratio, *parameters)
    sales = newsvendor.newsvendor_sales(name, level, *parameters)
    left = np.asarray(level) - sales
    return {
        "CR": ratio,
        "Q": level,
        "S": level,
        "E_sales": sales,
        "E_leftover": left,
        "E_writeoff_value": left * (np.asarray(cost) - salvage),
        "E_profit_incl_goodwill": newsvendor.newsvendor_profit(
            name, level, price, cost, salvage, goodwill, *parameters
        ),
        "E_profit": newsvendor.newsvendor_profit(name, level, price, cost, salvage, goodwill, *parameters),
    }


def perish(case: str, given: Given) -> dict[str, Any]:
    if given.has("lifetime", "shelf_life", "m", "life"):
        result = perishable.shelf_life_losses(
            int(given.any_of("S", "level")),
            masses_of(given),
            int(given.any_of("lifetime", "shelf_life", "m", "life")),
        )
        return {
            "E_outdates_per_period": result.outdates,
            "E_lost_per_period": result.lost,
            "E_old_units_at_start": result.carried_over,
            "outdate_share_of_orders": result.outdate_share,
            "E_ordered_per_period": result.ordered,
        }
    return last_buy(given)


def erosion(case: str, given: Given) -> dict[str, Any]:
    pace = given.any_of("weekly_erosion", "erosion_per_week")
    loss = obsolescence.eroded_value(
        given.any_of("units", default=1.0),
        given.any_of("unit_value", "value", default=1.0),
        pace,
        given.any_of("weeks_held", "weeks", default=0.0),
    )
    return {
        "annual_loss_share": obsolescence.annual_value_loss(pace),
        "value_loss": loss,
        "continuous_equivalent_rate_per_year": obsolescence.equivalent_erosion_rate(pace),
    }


def forecasts(case: str, given: Given) -> dict[str, Any]:
    if given.has("points_ADI_CV2", "points"):
        points = np.asarray(given.any_of("points_ADI_CV2", "points"), float)
        return {"class": classes.syntetos_boylan_class(points[:, 0], points[:, 1])}
    if given.has("p") and given.has("alpha") and not given.has("y"):
        p, alpha = given.any_of("p"), float(given.any_of("alpha"))
        return {
            "exact_bound": intermittent_bounds.kostenko_hyndman_bound(p, alpha),
            "approx_bound": intermittent_bounds.kostenko_hyndman_approximate_bound(p),
        }
    y = given.any_of("y", "demand", "series")
    adi, population = classes.average_demand_interval(y), classes.squared_coefficient_of_variation(y)
    result = {
        "ADI": adi,
        "CV2_population": population,
        "CV2_sample": classes.squared_coefficient_of_variation(y, sample=True),
        "class": str(classes.syntetos_boylan_class(adi, population)),
    }
    alpha = float(given.any_of("alpha", "alpha_d", default=0.1))
    plain, size, interval = croston(y, alpha)
    approximate = sba(y, alpha)
    result |= {
        "size": size,
        "interval": interval,
        "forecast_croston": plain,
        "forecast_sba": approximate,
        "SBA": approximate,
        "Croston": plain,
    }
    if given.has("alpha_d", "alpha_p"):
        result["forecast_per_period"] = tsb(
            y, float(given.any_of("alpha_d", "alpha")), float(given.any_of("alpha_p", "alpha"))
        )
        result["TSB"] = result["forecast_per_period"]
    else:
        result["forecast_per_period"] = approximate if case == "FC-02" else plain
        if case == "FC-04":
            result["forecast_per_period"] = tsb(y, alpha, alpha)
    return result
