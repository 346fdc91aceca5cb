"""Answers to cases of choosing: intervals, tails, regret, parameter uncertainty, break-evens under limits, origins of a backtest."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from analytics.policy import queueing
from analytics.strategy import screens
from analytics.strategy.limits import knapsack
from tests.closed_forms.distributions.distributions import demand_distribution
from tests.closed_forms.money import simpler_choices, uncertainty
from tests.closed_forms.queues import order_screens
from tests.closed_forms.stock import newsvendor
from tests.published.inputs import HOLDING, LEAD, RATE, SHORTAGE, Given, distribution_of


def monte_carlo(case: str, given: Given) -> dict[str, Any]:
    if given.has("successes"):
        result = uncertainty.wilson_interval(
            float(given.any_of("successes")),
            float(given.any_of("n", "trials")),
            float(given.any_of("level", default=0.95)),
        )
        return {
            "p_hat": result.estimate,
            "lo": result.low,
            "hi": result.high,
            "ci": [result.low, result.high],
        }
    if given.has("losses"):
        losses, level = given.any_of("losses"), float(given.any_of("level"))
        tail = uncertainty.conditional_value_at_risk(losses, level)
        return {"CVaR": tail, "VaR": uncertainty.value_at_risk(losses, level), "mean": float(np.mean(losses))}
    if given.has("mean_delta"):
        mean, spread = given.any_of("mean_delta"), given.any_of("sd_delta")
        return {
            "P_MTO_cheaper": uncertainty.probability_cheaper_normal(mean, spread),
            "expected_regret_of_choosing_MTO": uncertainty.expected_regret_normal(mean, spread),
            "expected_regret_of_choosing_MTS": uncertainty.expected_regret_normal(-np.asarray(mean), spread),
        }
    if given.has("cost_A") and given.has("cost_B"):
        return _paired(given)
    if given.has("control", "x", "X") and given.has("y", "Y", "values"):
        result = uncertainty.control_variate_mean(
            given.any_of("y", "Y", "values"),
            given.any_of("control", "x", "X"),
            float(given.any_of("control_mean", "mean_x", "mu_x", "EX", "x_mean", "mu_X")),
        )
        names = ("estimate", "mean", "controlled_mean", "adjusted_mean", "estimate_cv")
        return {
            **{name: result.estimate for name in names},
            "se": result.standard_error,
            "beta": result.coefficient,
            "coefficient": result.coefficient,
            "variance_ratio": result.variance_ratio,
            "variance_reduction": result.variance_ratio,
        }
    return _exact_gain(given)


def _paired(given: Given) -> dict[str, Any]:
    result = uncertainty.paired_difference(
        given.any_of("cost_A"), given.any_of("cost_B"), float(given.any_of("level", default=0.95))
    )
    return {
        "mean_diff": result.mean,
        "se_paired": result.standard_error,
        "ci": [result.low, result.high],
        "se_unpaired": result.unpaired_standard_error,
        "variance_ratio": result.variance_ratio,
        "lo": result.low,
        "hi": result.high,
    }


def _exact_gain(given: Given) -> dict[str, Any]:
    """Exact gain of common random numbers for two levels against one demand."""
    if given.has("var_A", "var_a", "sd_A", "sd_a"):
        first = float(given.any_of("var_A", "var_a", default=0.0)) or float(given.any_of("sd_A", "sd_a")) ** 2
        second = (
            float(given.any_of("var_B", "var_b", default=0.0)) or float(given.any_of("sd_B", "sd_b")) ** 2
        )
        shared = given.any_of("cov", "covariance", default=None)
        shared = (
            float(given.any_of("rho", "corr", "correlation")) * (first * second) ** 0.5
            if shared is None
            else float(shared)
        )
        together = first + second - 2 * shared
        return {
            "variance_ratio": (first + second) / together,
            "variance_reduction": (first + second) / together,
            "var_independent": first + second,
            "var_common": together,
            "var_crn": together,
        }
    h, b = (
        float(given.any_of(*HOLDING)),
        float(given.any_of("b", "p", "backorder_cost", "stockout_cost", "shortage_cost")),
    )
    levels = given.any_of("S", "levels", "base_stocks", default=None)
    levels = (
        [given.any_of("S_A", "S1", "SA", "S_1"), given.any_of("S_B", "S2", "SB", "S_2")]
        if levels is None
        else levels
    )
    name, parameters = distribution_of(given)
    if name == "poisson":
        top = int(parameters[0] + 15 * parameters[0] ** 0.5 + 50)
        demand, chance = np.arange(top + 1), stats.poisson.pmf(np.arange(top + 1), parameters[0])
    elif name == "empirical":
        demand = np.asarray(parameters[0], float)
        chance = (
            np.full(len(demand), 1 / len(demand))
            if parameters[1] is None
            else np.asarray(parameters[1], float)
        )
    else:
        nodes, weights = np.polynomial.legendre.leggauss(4000)
        grid = (nodes + 1) / 2
        demand, chance = demand_distribution(name).quantile(grid, *parameters), weights / weights.sum()
    costs = [
        h * np.maximum(float(level) - demand, 0) + b * np.maximum(demand - float(level), 0)
        for level in levels
    ]
    variance = [float(chance @ (cost - chance @ cost) ** 2) for cost in (*costs, costs[0] - costs[1])]
    ratio = uncertainty.common_random_number_gain(costs[0], costs[1], chance)
    return {
        "variance_ratio": ratio,
        "variance_reduction": ratio,
        "gain": ratio,
        "variance_reduction_factor": ratio,
        "mean_diff": float(chance @ (costs[0] - costs[1])),
        "var_independent": variance[0] + variance[1],
        "var_crn": variance[2],
        "var_common": variance[2],
        "var_A": variance[0],
        "var_B": variance[1],
        "var_diff_independent": variance[0] + variance[1],
        "var_diff_crn": variance[2],
        "cost_A": float(chance @ costs[0]),
        "cost_B": float(chance @ costs[1]),
    }


def parameters(case: str, given: Given) -> dict[str, Any]:
    if given.has("posterior_shape"):
        h, b, lead = given.any_of(*HOLDING), given.any_of(*SHORTAGE), given.any_of(*LEAD)
        window = given.any_of("w", default=0.0)
        chance = order_screens.order_probability(
            given.any_of("posterior_shape"),
            given.any_of("posterior_rate_per_year", "posterior_rate"),
            h,
            b,
            lead,
            window,
        )
        return {
            "break_even_lambda": screens.break_even_demand_rate(h, b, lead, window),
            "P_MTO_optimal": chance,
            "P_MTS_optimal": 1.0 - chance,
        }
    shape, rate = uncertainty.posterior_rate(
        given.any_of("prior_shape", "prior_a"),
        given.any_of("prior_rate", "prior_b"),
        given.any_of("total_demand", "demand"),
        given.any_of("periods", "n"),
    )
    ahead, ratio = (
        given.any_of("protection_periods", "P", "L"),
        given.any_of("CR", "critical_ratio", "target"),
    )
    fit = uncertainty.predictive_demand(shape, rate, ahead)
    kind = demand_distribution("negative_binomial")
    level, plain = (
        newsvendor.newsvendor_level("negative_binomial", ratio, *fit),
        newsvendor.newsvendor_level("poisson", ratio, ahead * shape / rate),
    )
    mean = kind.mean(*fit)
    return {
        "posterior_mean_rate": shape / rate,
        "posterior_shape": shape,
        "posterior_rate": rate,
        "predictive_mean": mean,
        "predictive_var": mean / fit[1],
        "S_predictive": level,
        "S_plugin": plain,
        "P1_of_plugin_under_predictive": kind.cumulative(plain, *fit),
        "P1_of_S_predictive": kind.cumulative(level, *fit),
    }


def optimise(case: str, given: Given) -> dict[str, Any]:
    if given.has("benefit_MTS_minus_MTO", "benefit"):
        benefit, capital, budget = (
            given.any_of("benefit_MTS_minus_MTO", "benefit"),
            given.any_of("working_capital", "capital"),
            float(given.any_of("budget", "W")),
        )
        zero = np.zeros(len(benefit))
        choice = knapsack.choose_strategies(
            np.column_stack((zero, benefit)), {"budget": np.column_stack((zero, capital))}, {"budget": budget}
        )
        greedy, taken = simpler_choices.greedy_by_ratio(benefit, capital, budget)
        return {
            "optimum": choice.profit,
            "items_0based": np.flatnonzero(choice.strategy == 1),
            "greedy_by_ratio": greedy,
            "greedy_items": taken,
            "LP_relaxation": choice.relaxation,
            "LP_shadow_price_of_budget": choice.shadow_price["budget"],
            "working_capital_used": float(np.asarray(capital)[choice.strategy == 1].sum()),
        }
    return (
        _multiple_choice(given)
        if not given.has("edges", "bands", "band_edges", "utilisation_edges")
        else _bands(given)
    )


def _table(value: Any) -> tuple[np.ndarray, list[str]]:
    """Products by strategies, from a dictionary of strategies, a list of dictionaries, or a list of lists."""
    if isinstance(value, dict):
        return np.column_stack([np.asarray(column, float) for column in value.values()]), list(value)
    if isinstance(value[0], dict):
        names = list(value[0])
        return np.array(
            [
                [row.get(name, np.nan) if row.get(name) is not None else np.nan for name in names]
                for row in value
            ],
            float,
        ), names
    table = np.array([[np.nan if x is None else x for x in row] for row in value], float)
    return table, ["MTS", "ATO", "MTO"] if table.shape[1] == 3 else ["MTS", "MTO"] if table.shape[
        1
    ] == 2 else [str(k) for k in range(table.shape[1])]


def _multiple_choice(given: Given) -> dict[str, Any]:
    if given.has("items"):
        items = given.any_of("items")
        modes = items[0].get("modes") or items[0].get("options") if isinstance(items[0], dict) else None
        if modes:
            columns = {
                key: _table(
                    [
                        {m: option.get(key) for m, option in (i.get("modes") or i.get("options")).items()}
                        for i in items
                    ]
                )
                for key in next(iter(modes.values()))
            }
            given = Given({**given.values, **{key: table.tolist() for key, (table, _) in columns.items()}})
    profit, names = _table(
        given.any_of(
            "profit",
            "profits",
            "Pi",
            "value",
            "profit_by_mode",
            "profits_by_mode",
            "profit_MTS_ATO_MTO",
            "annual_profit",
        )
    )
    usage: dict[str, Any] = {}
    limits: dict[str, float] = {}
    for resource, uses, caps in (
        (
            "working_capital",
            ("working_capital", "capital", "k", "wc", "working_capital_by_mode"),
            ("budget", "W", "working_capital_limit", "working_capital_budget", "capital_budget"),
        ),
        (
            "capacity",
            (
                "capacity_use",
                "hours",
                "load",
                "u",
                "capacity_hours",
                "capacity_usage",
                "utilisation",
                "hours_by_mode",
                "capacity",
            ),
            (
                "capacity_limit",
                "capacity_hours_available",
                "C",
                "capacity_available",
                "capacity_budget",
                "hours_available",
                "capacity_total",
            ),
        ),
    ):
        table = next(
            (
                given.any_of(name)
                for name in uses
                if given.has(name) and not isinstance(given.any_of(name), (int, float))
            ),
            None,
        )
        limit = next(
            (
                given.any_of(name)
                for name in (*caps, *uses)
                if given.has(name) and isinstance(given.any_of(name), (int, float))
            ),
            None,
        )
        if table is not None and limit is not None:
            usage[resource] = np.nan_to_num(_table(table)[0])
            limits[resource] = float(limit)
    choice = knapsack.choose_strategies(profit, usage, limits)
    picked = [names[k] for k in choice.strategy]
    return {
        "optimum": choice.profit,
        "objective": choice.profit,
        "choice": picked,
        "modes": picked,
        "assignment": picked,
        "choice_index": choice.strategy,
        "mode_index": choice.strategy,
        "LP_relaxation": choice.relaxation,
        "shadow_prices": dict(choice.shadow_price),
        **{f"LP_shadow_price_of_{name}": price for name, price in choice.shadow_price.items()},
        "LP_shadow_price_of_budget": choice.shadow_price.get("working_capital"),
        **{
            f"{name}_used": float(
                np.take_along_axis(np.asarray(usage[name]), choice.strategy[:, None], 1).sum()
            )
            for name in usage
        },
    }


def _bands(given: Given) -> dict[str, Any]:
    """Stock or order in a shared shop: profit to order falls with the wait that the load causes."""
    rates = np.atleast_1d(given.any_of(*RATE, "lambdas", "demand"))
    service = np.broadcast_to(
        np.asarray(
            given.any_of("mean_service", "service_time", "m", default=None)
            if not given.has("mu")
            else 1.0 / np.asarray(given.any_of("mu"), float),
            float,
        ),
        rates.shape,
    )
    stock = np.atleast_1d(given.any_of("profit_MTS", "MTS_profit", "pi_MTS"))
    order = np.atleast_1d(
        given.any_of("profit_MTO", "MTO_profit_before_wait", "pi_MTO", "MTO_margin", "profit_MTO_before_wait")
    )
    wait_cost = np.broadcast_to(
        np.asarray(
            given.any_of("wait_cost", "waiting_cost", "omega", "wait_cost_per_unit_time", "delay_cost"), float
        ),
        rates.shape,
    )
    mean = float(rates @ service / rates.sum())

    def profit_at(rho: float) -> np.ndarray:
        sojourn = float(queueing.queue_wait(rho / mean, mean)) + mean
        return np.column_stack((stock, order - wait_cost * rates * sojourn))

    load = np.column_stack((np.zeros(len(rates)), rates * service))
    choice, rho = simpler_choices.choose_by_bands(
        profit_at, load, given.any_of("edges", "bands", "band_edges", "utilisation_edges")
    )
    return {
        "optimum": choice.profit,
        "objective": choice.profit,
        "MTO_items": np.flatnonzero(choice.strategy == 1),
        "items_0based": np.flatnonzero(choice.strategy == 0),
        "rho": rho,
        "utilisation": rho,
    }
