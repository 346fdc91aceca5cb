"""Answers to cases of stocking: losses, newsvendor, lots, reorder points, order-up-to levels."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.closed_forms.distributions import loss, loss_discrete
from tests.closed_forms.distributions.distributions import (
    demand_distribution,
    gamma_fit,
    negative_binomial_fit,
)
from tests.closed_forms.stock import dynamic_lot, lot_size, newsvendor, quantity_discount, reorder_point, s_s
from tests.published.inputs import (
    DEVIATION,
    HOLDING,
    LEAD,
    MEAN,
    RATE,
    SETUP,
    SHORTAGE,
    Given,
    distribution_of,
    masses_of,
)

SECOND = {
    "normal": loss.normal_second_order_loss,
    "poisson": loss_discrete.poisson_second_order_loss,
    "negative_binomial": loss_discrete.negative_binomial_second_order_loss,
}


def losses(case: str, given: Given) -> dict[str, Any]:
    if given.has("z"):
        z = given.any_of("z")
        first, second = loss.standard_normal_loss(z), loss.standard_normal_second_order_loss(z)
        return {
            "G": first,
            "loss": first,
            "complementary_loss": first + z,
            "H": second,
            "second_loss": second,
            "second_order_loss": second,
            "G2": second,
        }
    x = given.any_of("x", "S", "level", "k", "Q", "y")
    if given.has("p") and not given.has("r", "mean", "n"):  # geometric on 1, 2, ...
        p = given.any_of("p")
        short = loss_discrete.negative_binomial_loss(np.asarray(x) - 1.0, 1.0, p)
        return {"loss": short, "complementary_loss": x - 1.0 / p + short}
    name, parameters = distribution_of(given)
    kind = demand_distribution(name)
    short = kind.loss(x, *parameters)
    result = {
        "loss": short,
        "complementary_loss": loss.surplus(x, kind.mean(*parameters), short),
        "mean": kind.mean(*parameters),
    }
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
        parameters = (
            (parameters[0] * periods, parameters[1] * np.sqrt(periods))
            if name == "normal"
            else (parameters[0] * periods,)
        )
    if given.has("price", "revenue", "selling_price"):
        price, cost = (
            given.any_of("price", "revenue", "selling_price"),
            given.any_of("unit_cost", "cost", "purchase_cost", "c"),
        )
        salvage, goodwill = (
            given.any_of("salvage", "salvage_value", "v", default=0.0),
            given.any_of("goodwill", "g", default=0.0),
        )
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
    h, b = (
        given.any_of(*HOLDING),
        given.any_of(
            "stockout_cost", "backorder_cost", "b", "p", "shortage_cost", "underage_cost", "cu", "c_u"
        ),
    )
    ratio = newsvendor.critical_ratio(b, h)
    level = given.any_of("S", "Q", "base_stock_level", default=None)
    level = newsvendor.newsvendor_level(name, ratio, *parameters) if level is None else level
    cost = newsvendor.newsvendor_cost(name, level, h, b, *parameters)
    achieved = demand_distribution(name).cumulative(level, *parameters)
    return {
        "S": level,
        "Q": level,
        "cost": cost,
        "cost_per_period": cost,
        "critical_ratio": ratio,
        "CR": ratio,
        "P1": achieved,
        "F_S": achieved,
    }


def _negative_binomial_base_stock(given: Given) -> dict[str, Any]:
    periods = float(given.any_of("protection_periods"))
    mean, variance = (
        float(given.any_of(*MEAN)) * periods,
        float(given.any_of("var_per_period", "variance_per_period", "var")) * periods,
    )
    h, b = given.any_of(*HOLDING), given.any_of(*SHORTAGE)
    fit = negative_binomial_fit(mean, variance)
    ratio = newsvendor.critical_ratio(b, h)
    level, poisson = (
        newsvendor.newsvendor_level("negative_binomial", ratio, *fit),
        newsvendor.newsvendor_level("poisson", ratio, mean),
    )
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
    mean, deviation, target = (
        given.any_of(*MEAN),
        given.any_of(*DEVIATION),
        given.any_of("cycle_service", "CSL"),
    )
    fit = gamma_fit(mean, deviation)
    level, normal = (
        newsvendor.newsvendor_level("gamma", target, *fit),
        newsvendor.newsvendor_level("normal", target, mean, deviation),
    )
    return {
        "shape": fit[0],
        "scale": fit[1],
        "s_gamma": level,
        "s_normal": normal,
        "expected_shortage_at_s_gamma": loss.gamma_loss(level, *fit),
        "expected_shortage_of_s_normal_under_gamma": loss.gamma_loss(np.maximum(normal, 0.0), *fit)
        if np.all(normal >= 0)
        else loss.gamma_loss(normal, *fit),
        "true_cycle_service_of_s_normal": demand_distribution("gamma").cumulative(normal, *fit),
    }


def lots(case: str, given: Given) -> dict[str, Any]:
    k, d = given.any_of(*SETUP), given.any_of(*RATE)
    if given.has("breakpoints", "breaks"):
        rate = float(given.any_of("i", "holding_cost_rate", "holding_rate", "h_rate", "h"))
        steps, costs = (
            given.any_of("breakpoints", "breaks"),
            given.any_of("unit_costs", "c", "prices", "unit_cost"),
        )
        kind = str(given.any_of("discount", "type", "scheme", default="all-units")).lower()
        solve = (
            quantity_discount.incremental_discount_lot
            if "incr" in kind
            else quantity_discount.all_units_discount_lot
        )
        q, cost = solve(float(k), rate, float(d), steps, costs)
        incremental = quantity_discount.incremental_discount_lot(float(k), rate, float(d), steps, costs)
        return {"Q": q, "cost": cost, "Q_incremental": incremental[0], "cost_incremental": incremental[1]}
    h = (
        given.any_of(*HOLDING)
        if given.has(*HOLDING)
        else given.any_of("i", "rate") * given.any_of("c", "unit_cost")
    )
    if given.has("P", "production_rate", "P_per_year"):
        q, cost = lot_size.economic_production_quantity(
            k, d, h, given.any_of("P", "production_rate", "P_per_year")
        )
        return {"Q": q, "cost": cost}
    if given.has("p", "b", "stockout_cost", "backorder_cost"):
        b = given.any_of("p", "b", "stockout_cost", "backorder_cost")
        q, waiting, cost = lot_size.planned_backorder_quantity(k, d, h, b)
        if given.has("Q"):
            q = given.any_of("Q")
            waiting = given.any_of("x", "stockout_fraction", default=waiting)
            cost = lot_size.planned_backorder_cost(q, waiting, k, d, h, b)
        return {
            "Q": q,
            "stockout_fraction": waiting,
            "x": waiting,
            "cost": cost,
            "max_backorder": q * waiting,
        }
    best = lot_size.economic_order_quantity(k, d, h)
    best_cost = lot_size.economic_order_cost(best, k, d, h)
    chosen = given.any_of("MOQ", "moq", "Q", default=None)
    if chosen is None:
        return {
            "Q": best,
            "cost": best_cost,
            "Q_star": best,
            "cost_star": best_cost,
            "orders_per_year": np.asarray(d) / best,
            "cycle_time": best / d,
        }
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
        **{
            f"max_MOQ_with_penalty_below_{p}pct": lot_size.largest_lot_within_penalty(best, p / 100.0)
            for p in (1, 2, 3, 5, 10, 15, 20, 25, 30, 50, 100)
        },
        "max_MOQ": lot_size.largest_lot_within_penalty(best, limit),
    }


def dynamic_lots(case: str, given: Given) -> dict[str, Any]:
    demand = np.atleast_1d(given.any_of("demand", "d", "demands"))
    orders, cost = dynamic_lot.dynamic_lots(
        demand,
        given.any_of(*SETUP),
        given.any_of("h", "holding_cost"),
        given.any_of("c", "purchase_cost", "unit_cost", default=0.0),
    )
    return {"orders": orders, "order_quantities": orders, "cost": cost}


def reorder_points(case: str, given: Given) -> dict[str, Any]:
    h = given.any_of(*HOLDING)
    if given.has("pi", "penalty_per_unit") and given.has("Q") and given.has("LTD_mean", "mean_LTD"):
        penalty, rate, q = given.any_of("pi", "penalty_per_unit"), given.any_of(*RATE), given.any_of("Q")
        mean, deviation = given.any_of("LTD_mean", "mean_LTD"), given.any_of("LTD_sd", "sd_LTD")
        back, lost = (
            reorder_point.stockout_tail_backorders(q, h, penalty, rate),
            reorder_point.stockout_tail_lost_sales(q, h, penalty, rate),
        )
        level = {
            name: newsvendor.newsvendor_level("normal", 1.0 - tail, mean, deviation)
            for name, tail in (("backorder", back), ("lost", lost))
        }
        return {
            "tail_backorder": back,
            "tail_lost": lost,
            "r_backorder": level["backorder"],
            "r_lost": level["lost"],
        }
    k, rate, lead = (
        given.any_of(*SETUP, default=0.0),
        float(given.any_of(*RATE)),
        float(given.any_of(*LEAD, default=0.0)),
    )
    spread = given.any_of("sd_per_year", "sd", "demand_sd", "sd_per_period", default=None)
    if spread is None and not given.has("sd_LTD", "LTD_sd"):
        return _poisson_reorder_point(given, k, rate, lead, h)
    mean = float(given.any_of("mean_LTD", "LTD_mean", default=rate * lead))
    deviation = float(
        given.any_of("sd_LTD", "LTD_sd", default=0.0 if spread is None else float(spread) * lead**0.5)
    )
    if given.has("p_per_unit", "pi", "penalty_per_unit"):
        r, q, cost = reorder_point.lot_policy_with_unit_penalty(
            k, rate, h, given.any_of("p_per_unit", "pi", "penalty_per_unit"), mean, deviation
        )
        return {"r": r, "Q": q, "cost": cost}
    b = given.any_of(*SHORTAGE)
    if given.has("r") and given.has("Q"):
        return {
            "cost": reorder_point.lot_policy_cost(
                given.any_of("r"), given.any_of("Q"), k, rate, h, b, mean, deviation
            )
        }
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
        return {
            "cost": reorder_point.lot_policy_cost_poisson(
                given.any_of("r"), given.any_of("Q"), k, rate, lead, h, b
            )
        }
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
        mean, deviation = (
            float(given.any_of(*MEAN)) * (lead + 1),
            float(given.any_of("sd")) * (lead + 1) ** 0.5,
        )
        s, level = s_s.power_approximation(k, h, b, mean, deviation)
        return {"s": s, "S": level}
    masses = masses_of(given)
    if given.has("s") and given.has("S"):
        cost = s_s.s_s_cost(int(given.any_of("s")), int(given.any_of("S")), k, h, b, masses, lead)
        return {"cost": cost, "cost_full_precision": cost}
    s, level, cost = s_s.best_s_s_policy(k, h, b, masses, lead)
    return {"s": s, "S": level, "cost": cost, "cost_full_precision": cost, "cost_printed": round(cost, 3)}
