"""Answers to cases of stocking: losses, newsvendor, lots, reorder points, service, base stock, lost sales, forecast error."""

from __future__ import annotations

from typing import Any

import numpy as np

from analytics.policy import (
    base_stock,
    dynamic_lot,
    loss,
    loss_discrete,
    lost_sales,
    lot_size,
    newsvendor,
    obsolescence,
    protection_interval,
    quantity_discount,
    reorder_point,
    s_s,
    service,
)
from analytics.policy.distributions import demand_distribution, gamma_fit, negative_binomial_fit
from tests.published.inputs import DEVIATION, HOLDING, LEAD, MEAN, RATE, SETUP, SHORTAGE, Given, distribution_of, masses_of

SECOND = {
    "normal": loss.normal_second_order_loss,
    "poisson": loss_discrete.poisson_second_order_loss,
    "negative_binomial": loss_discrete.negative_binomial_second_order_loss,
}


def losses(case: str, given: Given) -> dict[str, Any]:
    if given.has("z"):
        z = given.any_of("z")
        first, second = loss.standard_normal_loss(z), loss.standard_normal_second_order_loss(z)
        return {"G": first, "loss": first, "complementary_loss": first + z, "H": second, "second_loss": second, "second_order_loss": second, "G2": second}
    x = given.any_of("x", "S", "level", "k", "Q", "y")
    if given.has("p") and not given.has("r", "mean", "n"):  # geometric on 1, 2, ...
        p = given.any_of("p")
        short = loss_discrete.negative_binomial_loss(np.asarray(x) - 1.0, 1.0, p)
        return {"loss": short, "complementary_loss": x - 1.0 / p + short}
    name, parameters = distribution_of(given)
    kind = demand_distribution(name)
    short = kind.loss(x, *parameters)
    result = {"loss": short, "complementary_loss": loss.surplus(x, kind.mean(*parameters), short), "mean": kind.mean(*parameters)}
    if name in SECOND and (name == "normal" or np.all(np.asarray(x) == np.floor(x))):
        second = SECOND[name](x, *parameters)
        result |= {"second_loss": second, "second_order_loss": second, "loss2": second}
    return result


def newsvendors(case: str, given: Given) -> dict[str, Any]:
    if given.has("protection_periods") and given.has("var_per_period", "variance_per_period", "var"):
        return _negative_binomial_base_stock(given)
    if given.has("cycle_service", "CSL") and given.has("mean_LTD"):
        return _gamma_reorder_level(given)
    name, parameters = distribution_of(given)
    if given.has(*LEAD) and name in ("normal", "poisson"):
        periods = float(given.any_of(*LEAD)) + float(given.any_of("review_periods", "R", "review", default=1))
        parameters = (parameters[0] * periods, parameters[1] * np.sqrt(periods)) if name == "normal" else (parameters[0] * periods,)
    if given.has("price", "revenue", "selling_price"):
        price, cost = given.any_of("price", "revenue", "selling_price"), given.any_of("unit_cost", "cost", "purchase_cost", "c")
        salvage, goodwill = given.any_of("salvage", "salvage_value", "v", default=0.0), given.any_of("goodwill", "g", default=0.0)
        ratio = newsvendor.critical_ratio_of_prices(price, cost, salvage, goodwill)
        level = given.any_of("S", "Q", default=None)
        level = newsvendor.newsvendor_level(name, ratio, *parameters) if level is None else level
        profit = newsvendor.newsvendor_profit(name, level, price, cost, salvage, goodwill, *parameters)
        return {
            "S": level,
            "Q": level,
            "CR": ratio,
            "critical_ratio": ratio,
            "expected_profit": profit,
            "profit": profit,
            "P1": demand_distribution(name).cumulative(level, *parameters),
        }
    h, b = given.any_of(*HOLDING), given.any_of("stockout_cost", "backorder_cost", "b", "p", "shortage_cost", "underage_cost", "cu", "c_u")
    ratio = newsvendor.critical_ratio(b, h)
    level = given.any_of("S", "Q", "base_stock_level", default=None)
    level = newsvendor.newsvendor_level(name, ratio, *parameters) if level is None else level
    cost = newsvendor.newsvendor_cost(name, level, h, b, *parameters)
    achieved = demand_distribution(name).cumulative(level, *parameters)
    return {"S": level, "Q": level, "cost": cost, "cost_per_period": cost, "critical_ratio": ratio, "CR": ratio, "P1": achieved, "F_S": achieved}


def _negative_binomial_base_stock(given: Given) -> dict[str, Any]:
    periods = float(given.any_of("protection_periods"))
    mean, variance = float(given.any_of(*MEAN)) * periods, float(given.any_of("var_per_period", "variance_per_period", "var")) * periods
    h, b = given.any_of(*HOLDING), given.any_of(*SHORTAGE)
    fit = negative_binomial_fit(mean, variance)
    ratio = newsvendor.critical_ratio(b, h)
    level, poisson = newsvendor.newsvendor_level("negative_binomial", ratio, *fit), newsvendor.newsvendor_level("poisson", ratio, mean)
    return {
        "r": fit[0],
        "p": fit[1],
        "S": level,
        "cost": newsvendor.newsvendor_cost("negative_binomial", level, h, b, *fit),
        "S_if_Poisson_assumed": poisson,
        "true_cost_of_Poisson_S": newsvendor.newsvendor_cost("negative_binomial", poisson, h, b, *fit),
        "S_if_normal_assumed": newsvendor.newsvendor_level("normal", ratio, mean, variance**0.5),
    }


def _gamma_reorder_level(given: Given) -> dict[str, Any]:
    mean, deviation, target = given.any_of(*MEAN), given.any_of(*DEVIATION), given.any_of("cycle_service", "CSL")
    fit = gamma_fit(mean, deviation)
    level, normal = newsvendor.newsvendor_level("gamma", target, *fit), newsvendor.newsvendor_level("normal", target, mean, deviation)
    return {
        "shape": fit[0],
        "scale": fit[1],
        "s_gamma": level,
        "s_normal": normal,
        "expected_shortage_at_s_gamma": loss.gamma_loss(level, *fit),
        "expected_shortage_of_s_normal_under_gamma": loss.gamma_loss(np.maximum(normal, 0.0), *fit) if np.all(normal >= 0) else loss.gamma_loss(normal, *fit),
        "true_cycle_service_of_s_normal": demand_distribution("gamma").cumulative(normal, *fit),
    }


def lots(case: str, given: Given) -> dict[str, Any]:
    k, d = given.any_of(*SETUP), given.any_of(*RATE)
    if given.has("breakpoints", "breaks"):
        rate = float(given.any_of("i", "holding_cost_rate", "holding_rate", "h_rate", "h"))
        steps, costs = given.any_of("breakpoints", "breaks"), given.any_of("unit_costs", "c", "prices", "unit_cost")
        kind = str(given.any_of("discount", "type", "scheme", default="all-units")).lower()
        solve = quantity_discount.incremental_discount_lot if "incr" in kind else quantity_discount.all_units_discount_lot
        q, cost = solve(float(k), rate, float(d), steps, costs)
        incremental = quantity_discount.incremental_discount_lot(float(k), rate, float(d), steps, costs)
        return {"Q": q, "cost": cost, "Q_incremental": incremental[0], "cost_incremental": incremental[1]}
    h = given.any_of(*HOLDING) if given.has(*HOLDING) else given.any_of("i", "rate") * given.any_of("c", "unit_cost")
    if given.has("P", "production_rate", "P_per_year"):
        q, cost = lot_size.economic_production_quantity(k, d, h, given.any_of("P", "production_rate", "P_per_year"))
        return {"Q": q, "cost": cost}
    if given.has("p", "b", "stockout_cost", "backorder_cost"):
        b = given.any_of("p", "b", "stockout_cost", "backorder_cost")
        q, waiting, cost = lot_size.planned_backorder_quantity(k, d, h, b)
        if given.has("Q"):
            q = given.any_of("Q")
            waiting = given.any_of("x", "stockout_fraction", default=waiting)
            cost = lot_size.planned_backorder_cost(q, waiting, k, d, h, b)
        return {"Q": q, "stockout_fraction": waiting, "x": waiting, "cost": cost, "max_backorder": q * waiting}
    best = lot_size.economic_order_quantity(k, d, h)
    best_cost = lot_size.economic_order_cost(best, k, d, h)
    chosen = given.any_of("MOQ", "moq", "Q", default=None)
    if chosen is None:
        return {"Q": best, "cost": best_cost, "Q_star": best, "cost_star": best_cost, "orders_per_year": np.asarray(d) / best, "cycle_time": best / d}
    lot = np.maximum(chosen, best) if given.has("MOQ", "moq") else np.asarray(chosen, float)
    cost = lot_size.economic_order_cost(lot, k, d, h)
    ratio = lot_size.lot_penalty_ratio(lot, best)
    limit = given.any_of("penalty", "max_penalty", default=0.10)
    return {
        "Q": best,
        "Q_star": best,
        "cost_star": best_cost,
        "cost": cost,
        "cost_at_MOQ": cost,
        "cost_at_Q": cost,
        "ratio": ratio,
        "penalty": ratio - 1.0,
        **{f"max_MOQ_with_penalty_below_{p}pct": lot_size.largest_lot_within_penalty(best, p / 100.0) for p in (1, 2, 3, 5, 10, 15, 20, 25, 30, 50, 100)},
        "max_MOQ": lot_size.largest_lot_within_penalty(best, limit),
    }


def dynamic_lots(case: str, given: Given) -> dict[str, Any]:
    demand = np.atleast_1d(given.any_of("demand", "d", "demands"))
    orders, cost = dynamic_lot.dynamic_lots(demand, given.any_of(*SETUP), given.any_of("h", "holding_cost"), given.any_of("c", "purchase_cost", "unit_cost", default=0.0))
    return {"orders": orders, "order_quantities": orders, "cost": cost}


def reorder_points(case: str, given: Given) -> dict[str, Any]:
    h = given.any_of(*HOLDING)
    if given.has("pi", "penalty_per_unit") and given.has("Q") and given.has("LTD_mean", "mean_LTD"):
        penalty, rate, q = given.any_of("pi", "penalty_per_unit"), given.any_of(*RATE), given.any_of("Q")
        mean, deviation = given.any_of("LTD_mean", "mean_LTD"), given.any_of("LTD_sd", "sd_LTD")
        back, lost = reorder_point.stockout_tail_backorders(q, h, penalty, rate), reorder_point.stockout_tail_lost_sales(q, h, penalty, rate)
        level = {name: newsvendor.newsvendor_level("normal", 1.0 - tail, mean, deviation) for name, tail in (("backorder", back), ("lost", lost))}
        return {"tail_backorder": back, "tail_lost": lost, "r_backorder": level["backorder"], "r_lost": level["lost"]}
    k, rate, lead = given.any_of(*SETUP, default=0.0), float(given.any_of(*RATE)), float(given.any_of(*LEAD, default=0.0))
    spread = given.any_of("sd_per_year", "sd", "demand_sd", "sd_per_period", default=None)
    if spread is None and not given.has("sd_LTD", "LTD_sd"):
        return _poisson_reorder_point(given, k, rate, lead, h)
    mean = float(given.any_of("mean_LTD", "LTD_mean", default=rate * lead))
    deviation = float(given.any_of("sd_LTD", "LTD_sd", default=0.0 if spread is None else float(spread) * lead**0.5))
    if given.has("p_per_unit", "pi", "penalty_per_unit"):
        r, q, cost = reorder_point.lot_policy_with_unit_penalty(k, rate, h, given.any_of("p_per_unit", "pi", "penalty_per_unit"), mean, deviation)
        return {"r": r, "Q": q, "cost": cost}
    b = given.any_of(*SHORTAGE)
    if given.has("r") and given.has("Q"):
        return {"cost": reorder_point.lot_policy_cost(given.any_of("r"), given.any_of("Q"), k, rate, h, b, mean, deviation)}
    if given.has("Q"):
        q = float(given.any_of("Q"))
        r = reorder_point.best_reorder_point(q, h, b, mean, deviation)
    else:
        r, q, _ = reorder_point.best_lot_policy(k, rate, h, b, mean, deviation)
    planned = float(lot_size.planned_backorder_quantity(k, rate, h, b)[0]) if k else q
    return {
        "r": r,
        "Q": q,
        "cost": reorder_point.lot_policy_cost(r, q, k, rate, h, b, mean, deviation),
        "Q_EOQB": planned,
        "r_EOQB": reorder_point.best_reorder_point(planned, h, b, mean, deviation),
    }


def _poisson_reorder_point(given: Given, k: float, rate: float, lead: float, h: Any) -> dict[str, Any]:
    b = given.any_of(*SHORTAGE)
    if given.has("r") and given.has("Q"):
        return {"cost": reorder_point.lot_policy_cost_poisson(given.any_of("r"), given.any_of("Q"), k, rate, lead, h, b)}
    if given.has("Q"):
        q = int(given.any_of("Q"))
        tried = np.arange(-q - 5, int(rate * lead + 12 * (rate * lead) ** 0.5) + 20)
        cost = reorder_point.lot_policy_cost_poisson(tried, q, k, rate, lead, h, b)
        return {"r": int(tried[np.argmin(cost)]), "Q": q, "cost": float(cost.min())}
    r, q, cost = reorder_point.best_lot_policy_poisson(k, rate, lead, h, b)
    return {"r": r, "Q": q, "cost": cost}


def order_up_to(case: str, given: Given) -> dict[str, Any]:
    k, h, b = float(given.any_of(*SETUP)), float(given.any_of(*HOLDING)), float(given.any_of(*SHORTAGE))
    lead = int(given.any_of(*LEAD, default=0))
    if given.has("sd") and not given.has("s"):
        mean, deviation = float(given.any_of(*MEAN)) * (lead + 1), float(given.any_of("sd")) * (lead + 1) ** 0.5
        s, level = s_s.power_approximation(k, h, b, mean, deviation)
        return {"s": s, "S": level}
    masses = masses_of(given)
    if given.has("s") and given.has("S"):
        cost = s_s.s_s_cost(int(given.any_of("s")), int(given.any_of("S")), k, h, b, masses, lead)
        return {"cost": cost, "cost_full_precision": cost}
    s, level, cost = s_s.best_s_s_policy(k, h, b, masses, lead)
    return {"s": s, "S": level, "cost": cost, "cost_full_precision": cost, "cost_printed": round(cost, 3)}


def services(case: str, given: Given) -> dict[str, Any]:
    if given.has("lead_time_shape"):
        return _gamma_lead_time(given)
    if given.has("sdL", "sd_L", "sd_lead_time") or (given.has("EL", "mean_lead_time") and given.has("sd")):
        return _interval_deviation(given)
    if given.has("R", "review", "review_period"):
        return _periodic(case, given)
    mean, deviation, q = given.any_of("mean_LTD", "mean", "LTD_mean", "mu"), given.any_of("sd_LTD", "sd", "LTD_sd", "sigma"), given.any_of("Q")
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
    level, constant = newsvendor.newsvendor_level("negative_binomial", target, *fit), newsvendor.newsvendor_level("poisson", target, rate * shape * scale)
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
        "SS_if_lead_time_variance_ignored": z * protection_interval.interval_demand_deviation(mean, deviation, lead, 0.0, review),
        "S": level + z * periodic,
        "s": protection_interval.interval_demand_mean(mean, lead) + z * continuous,
        "mean_LR": level,
    }


def _periodic(case: str, given: Given) -> dict[str, Any]:
    mean, review, lead = given.any_of("mean", "mu", "lambda"), given.any_of("R", "review", "review_period"), given.any_of(*LEAD)
    deviation = given.any_of("sd", "sigma", default=None)
    if deviation is None:
        p1, p2 = service.periodic_fill_rate_poisson(given.any_of("S", "level"), mean, lead, review)
        return {"P1": p1, "P2_exact": p2, "P2": p2}
    level = given.any_of("S", "level", default=None)
    if level is None:
        target = float(given.any_of("target", "P2"))
        level = service.order_up_to_level_for_fill_rate(target, float(mean), float(deviation), float(lead), float(review))
    exact = service.periodic_fill_rate(level, mean, deviation, lead, review)
    return {
        "S": level,
        "P1": service.cycle_service_level(level, mean * (lead + review), deviation * (lead + review) ** 0.5),
        "P2_exact": exact,
        "P2": exact,
        "P2_traditional_without_second_term": service.periodic_fill_rate_one_term(level, mean, deviation, lead, review),
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
        result |= {"optimal_policy_cost": optimum, "printed_optimal": round(optimum, 2), "gap": cost / optimum - 1.0}
    return result


def forecast_errors(case: str, given: Given) -> dict[str, Any]:
    errors = given.any_of("errors", "forecast_errors", "one_step_errors", default=None)
    if errors is not None or given.has("demand", "actual", "y"):
        demand, forecast = (errors, 0.0) if errors is not None else (given.any_of("demand", "actual", "y"), given.any_of("forecast", "forecasts", "mean_forecast", default=0.0))
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
        return {"sd_correct": correct, "sd": correct, "sd_naive_demand_sd_sqrtL": naive, "sd_naive_rmse1_sqrtL": one}
    if given.has("phi", "rho", "autocorrelation", "ar1"):
        correct = protection_interval.autocorrelated_demand_deviation(deviation, float(given.any_of("phi", "rho", "autocorrelation", "ar1")), int(periods))
        return {"sd": correct, "sd_correct": correct, "sd_naive": naive, "sd_iid": naive, "sd_naive_demand_sd_sqrtL": naive}
    correct = protection_interval.estimated_mean_deviation(deviation, given.any_of("n", "observations"), periods)
    return {"sd": correct, "sd_correct": correct, "sd_naive": naive}


def carrying_periodic(given: Given) -> dict[str, Any]:
    level, mean, deviation, lead, review = (float(given.any_of(*names)) for names in (("S",), ("mean", "mu"), ("sd", "sigma"), LEAD, ("R", "review")))
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
    charged = obsolescence.holding_cost_with_hazard(h, given.any_of("theta", "theta_per_year", "hazard"), given.any_of("c_minus_salvage", "c_minus_v", "loss_per_unit"))
    mean = given.any_of("LTD_mean_Poisson", "LTD_mean", "mean_LTD", "mean")
    return {
        "CR_without": newsvendor.critical_ratio(b, h),
        "CR_with": newsvendor.critical_ratio(b, charged),
        "h_prime": charged,
        "S_without": base_stock.best_base_stock(mean, 1.0, h, b),
        "S_with": base_stock.best_base_stock(mean, 1.0, charged, b),
    }
