"""Answers to cases of service: fill rates, base stock, lost sales, forecast error, stock over time."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.closed_forms.distributions.distributions import demand_distribution
from tests.closed_forms.stock import (
    base_stock,
    lost_sales,
    newsvendor,
    obsolescence,
    protection_interval,
    service,
)
from tests.published.inputs import HOLDING, LEAD, RATE, Given, masses_of


def services(case: str, given: Given) -> dict[str, Any]:
    if given.has("lead_time_shape"):
        return _gamma_lead_time(given)
    if given.has("sdL", "sd_L", "sd_lead_time") or (given.has("EL", "mean_lead_time") and given.has("sd")):
        return _interval_deviation(given)
    if given.has("R", "review", "review_period"):
        return _periodic(case, given)
    mean, deviation, q = (
        given.any_of("mean_LTD", "mean", "LTD_mean", "mu"),
        given.any_of("sd_LTD", "sd", "LTD_sd", "sigma"),
        given.any_of("Q"),
    )
    if given.has("target", "target_fill_rate", "P2"):
        target = float(given.any_of("target", "target_fill_rate", "P2"))
        level = service.reorder_point_for_fill_rate(target, float(q), float(mean), float(deviation))
        other = service.reorder_point_for_cycle_service(target, mean, deviation)
        return {
            "s_for_P2": level,
            "s_for_P1": other,
            "s": level,
            "P1_at_s_for_P2": service.cycle_service_level(level, mean, deviation),
            "P2_at_s_for_P1": service.lot_fill_rate(other, q, mean, deviation),
        }
    s = given.any_of("s", "r", "reorder_point")
    return {
        "P1_cycle_service": service.cycle_service_level(s, mean, deviation),
        "P1": service.cycle_service_level(s, mean, deviation),
        "P2_exact": service.lot_fill_rate(s, q, mean, deviation),
        "P2_one_term": service.lot_fill_rate_one_term(s, q, mean, deviation),
        "expected_backorders": service.lot_expected_backorders(s, q, mean, deviation),
    }


def _gamma_lead_time(given: Given) -> dict[str, Any]:
    rate, shape, scale = given.any_of(*RATE), given.any_of("lead_time_shape"), given.any_of("lead_time_scale")
    target = given.any_of("target_cycle_service", "target", "cycle_service")
    fit = protection_interval.gamma_lead_time_demand(rate, shape, scale)
    kind = demand_distribution("negative_binomial")
    level, constant = (
        newsvendor.newsvendor_level("negative_binomial", target, *fit),
        newsvendor.newsvendor_level("poisson", target, rate * shape * scale),
    )
    mean = kind.mean(*fit)
    return {
        "mean": mean,
        "variance": mean / fit[1],
        "s": level,
        "achieved_P1": kind.cumulative(level, *fit),
        "s_if_lead_time_assumed_constant": constant,
        "true_P1_of_that_s": kind.cumulative(constant, *fit),
    }


def _interval_deviation(given: Given) -> dict[str, Any]:
    mean, deviation, lead, spread = (
        given.any_of("mean", "mu"),
        given.any_of("sd", "sigma"),
        given.any_of(*LEAD, "mean_lead_time"),
        given.any_of("sdL", "sd_L", "sd_lead_time", default=0.0),
    )
    review, z = given.any_of("R", "review", default=0.0), given.any_of("z", default=np.nan)
    continuous = protection_interval.interval_demand_deviation(mean, deviation, lead, spread)
    periodic = protection_interval.interval_demand_deviation(mean, deviation, lead, spread, review)
    level = protection_interval.interval_demand_mean(mean, lead, review)
    return {
        "sd_L": continuous,
        "sd_LR": periodic,
        "SS_continuous": z * continuous,
        "SS_periodic": z * periodic,
        "SS_if_lead_time_variance_ignored": z
        * protection_interval.interval_demand_deviation(mean, deviation, lead, 0.0, review),
        "S": level + z * periodic,
        "s": protection_interval.interval_demand_mean(mean, lead) + z * continuous,
        "mean_LR": level,
    }


def _periodic(case: str, given: Given) -> dict[str, Any]:
    mean, review, lead = (
        given.any_of("mean", "mu", "lambda"),
        given.any_of("R", "review", "review_period"),
        given.any_of(*LEAD),
    )
    deviation = given.any_of("sd", "sigma", default=None)
    if deviation is None:
        p1, p2 = service.periodic_fill_rate_poisson(given.any_of("S", "level"), mean, lead, review)
        return {"P1": p1, "P2_exact": p2, "P2": p2}
    level = given.any_of("S", "level", default=None)
    if level is None:
        target = float(given.any_of("target", "P2"))
        level = service.order_up_to_level_for_fill_rate(
            target, float(mean), float(deviation), float(lead), float(review)
        )
    exact = service.periodic_fill_rate(level, mean, deviation, lead, review)
    return {
        "S": level,
        "P1": service.cycle_service_level(level, mean * (lead + review), deviation * (lead + review) ** 0.5),
        "P2_exact": exact,
        "P2": exact,
        "P2_traditional_without_second_term": service.periodic_fill_rate_one_term(
            level, mean, deviation, lead, review
        ),
    }


def base_stocks(case: str, given: Given) -> dict[str, Any]:
    rate, lead = given.any_of(*RATE), given.any_of(*LEAD)
    level = given.any_of("S", "base_stock", default=None)
    if level is not None and not given.has(*HOLDING):
        return {
            "loss_probability": base_stock.lost_share(level, rate, lead),
            "E_on_hand": base_stock.lost_sales_on_hand(level, rate, lead),
            "fill_rate": 1.0 - base_stock.lost_share(level, rate, lead),
            "fill_rate_if_backordered": base_stock.base_stock_fill_rate(level, rate, lead),
            "E_backorders": base_stock.backordered_units(level, rate, lead),
        }
    h, b = given.any_of("h", "holding_cost"), given.any_of("b", "p", "backorder_cost")
    level = base_stock.best_base_stock(rate, lead, h, b) if level is None else level
    ready = base_stock.base_stock_fill_rate(level, rate, lead)
    return {
        "S": level,
        "E_on_hand": base_stock.units_on_hand(level, rate, lead),
        "E_backorders": base_stock.backordered_units(level, rate, lead),
        "fill_rate_and_ready_rate": ready,
        "fill_rate": ready,
        "ready_rate": ready,
        "mean_wait_over_all_customers": base_stock.base_stock_wait(level, rate, lead),
        "mean_wait": base_stock.base_stock_wait(level, rate, lead),
        "cost": base_stock.base_stock_cost(level, rate, lead, h, b),
    }


def lost_sales_levels(case: str, given: Given) -> dict[str, Any]:
    masses, lead = masses_of(given), int(given.any_of(*LEAD))
    h, penalty = float(given.any_of(*HOLDING)), float(given.any_of("p", "lost_penalty", "penalty", "b"))
    best, cost = lost_sales.best_lost_sales_base_stock(masses, lead, h, penalty)
    result = {
        "best_base_stock_S": best,
        "best_base_stock_cost": cost,
        "printed_base_stock": round(cost, 2),
        "S_from_backorder_critical_ratio": lost_sales.backorder_base_stock(masses, lead, h, penalty),
    }
    if given.has("S"):
        result["cost"] = lost_sales.lost_sales_cost(int(given.any_of("S")), masses, lead, h, penalty)
    if lead <= 2:
        optimum = lost_sales.lost_sales_optimal_cost(masses, lead, h, penalty)
        result |= {
            "optimal_policy_cost": optimum,
            "printed_optimal": round(optimum, 2),
            "gap": cost / optimum - 1.0,
        }
    return result


def forecast_errors(case: str, given: Given) -> dict[str, Any]:
    errors = given.any_of("errors", "forecast_errors", "one_step_errors", default=None)
    if errors is not None or given.has("demand", "actual", "y"):
        demand, forecast = (
            (errors, 0.0)
            if errors is not None
            else (
                given.any_of("demand", "actual", "y"),
                given.any_of("forecast", "forecasts", "mean_forecast", default=0.0),
            )
        )
        periods = int(given.any_of(*LEAD, "P", "horizon"))
        sums = protection_interval.cumulative_forecast_errors(demand, forecast, periods)
        single = protection_interval.cumulative_forecast_errors(demand, forecast, 1)
        rmse, rmse1 = float(np.sqrt(np.mean(sums**2))), float(np.sqrt(np.mean(single**2)))
        return {
            "cumulative_errors": sums,
            "errors": sums,
            "rmse": rmse,
            "rmse_cumulative": rmse,
            "rmse_L": rmse,
            "rmse1": rmse1,
            "rmse_1": rmse1,
            "rmse1_sqrtL": rmse1 * periods**0.5,
            "bias": float(sums.mean()),
            "sd": float(sums.std(ddof=1)) if len(sums) > 1 else 0.0,
            "sd_cumulative": float(sums.std(ddof=1)) if len(sums) > 1 else 0.0,
        }
    deviation, periods = given.any_of("demand_sd", "sd", "sigma"), given.any_of(*LEAD, "P", "periods")
    naive = np.asarray(deviation) * np.sqrt(periods)
    if given.has("alpha"):
        correct = protection_interval.smoothed_forecast_deviation(deviation, given.any_of("alpha"), periods)
        one = protection_interval.one_step_error_deviation(deviation, given.any_of("alpha"), periods)
        return {
            "sd_correct": correct,
            "sd": correct,
            "sd_naive_demand_sd_sqrtL": naive,
            "sd_naive_rmse1_sqrtL": one,
        }
    if given.has("phi", "rho", "autocorrelation", "ar1"):
        correct = protection_interval.autocorrelated_demand_deviation(
            deviation, float(given.any_of("phi", "rho", "autocorrelation", "ar1")), int(periods)
        )
        return {
            "sd": correct,
            "sd_correct": correct,
            "sd_naive": naive,
            "sd_iid": naive,
            "sd_naive_demand_sd_sqrtL": naive,
        }
    correct = protection_interval.estimated_mean_deviation(
        deviation, given.any_of("n", "observations"), periods
    )
    return {"sd": correct, "sd_correct": correct, "sd_naive": naive}


def carrying_periodic(given: Given) -> dict[str, Any]:
    level, mean, deviation, lead, review = (
        float(given.any_of(*names))
        for names in (("S",), ("mean", "mu"), ("sd", "sigma"), LEAD, ("R", "review"))
    )
    back = base_stock.periodic_backorders(level, mean, deviation, lead, review)
    return {
        "E_backorders": back,
        "avg_net_inventory": level - mean * (lead + review / 2.0),
        "E_on_hand": base_stock.periodic_on_hand(level, mean, deviation, lead, review),
        "pipeline": base_stock.pipeline_units(mean, lead),
        "wrong_safety_stock_only": level - mean * (lead + review),
    }


def hazard_base_stock(given: Given) -> dict[str, Any]:
    b, h = given.any_of("b", "backorder_cost"), given.any_of("h", "holding_cost")
    charged = obsolescence.holding_cost_with_hazard(
        h,
        given.any_of("theta", "theta_per_year", "hazard"),
        given.any_of("c_minus_salvage", "c_minus_v", "loss_per_unit"),
    )
    mean = given.any_of("LTD_mean_Poisson", "LTD_mean", "mean_LTD", "mean")
    return {
        "CR_without": newsvendor.critical_ratio(b, h),
        "CR_with": newsvendor.critical_ratio(b, charged),
        "h_prime": charged,
        "S_without": base_stock.best_base_stock(mean, 1.0, h, b),
        "S_with": base_stock.best_base_stock(mean, 1.0, charged, b),
    }
