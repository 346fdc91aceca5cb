"""Answers to cases of making to order: queues, patience, screens, pooling, commonality, obsolescence, demand classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from analytics.demand import alive, classes
from analytics.forecast import croston
from analytics.policy import balking, batch_queue, commonality, make_to_stock_queue, newsvendor, obsolescence, patience, perishable, pooling, queueing
from analytics.strategy import screens
from analytics.valuation import exposure
from tests.published.answers_stock import hazard_base_stock
from tests.published.inputs import HOLDING, LEAD, RATE, SETUP, SHORTAGE, Given, masses_of, service_of

TIMES = (0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 0.8, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 30)


def _service_mean(given: Given) -> Any:
    return given.any_of("mean_service", "m", "service_time") if given.has("mean_service", "m", "service_time") else 1.0 / np.asarray(given.any_of("mu", "service_rate"), float)


def single_server(case: str, given: Given) -> dict[str, Any]:
    rate, mu = given.any_of(*RATE), 1.0 / _service_mean(given)
    sojourn, wait = queueing.server_sojourn(rate, mu), queueing.queue_wait(rate, 1.0 / mu)
    quote = queueing.server_quote(rate, mu, given.any_of("reliability", "a", default=0.95))
    return {
        "mean_wait_in_queue": wait,
        "Wq": wait,
        "mean_sojourn": sojourn,
        "sojourn": sojourn,
        "L": queueing.orders_waiting(rate, sojourn),
        "Lq": queueing.orders_waiting(rate, wait),
        "quote": quote,
        "rho": queueing.utilisation(rate, 1.0 / mu),
        "feasible": np.asarray(rate) < mu,
    }


def general_server(case: str, given: Given) -> dict[str, Any]:
    mean = _service_mean(given)
    rate = given.any_of(*RATE) if given.has(*RATE) else given.any_of("rho") / mean
    spread = given.any_of("cs2", "scv_service", default=1.0)
    if given.has("service"):
        service = service_of(given.any_of("service"), None if not given.has("mean_service") else float(mean))
        mean, spread = service.mean, service.variability
    wait = queueing.queue_wait(rate, mean, given.any_of("ca2", default=1.0), spread)
    rho = queueing.utilisation(rate, mean)
    result = {
        "Wq": wait,
        "sojourn": wait + mean,
        "W": wait + mean,
        "Lq": queueing.orders_waiting(rate, wait),
        "L": queueing.orders_waiting(rate, wait + mean),
        "rho": rho,
        "feasible": rho < 1,
    }
    if given.has("reliability", "a"):
        result["quote"] = queueing.queue_quote(rho, wait, mean, given.any_of("reliability", "a"))
    return result


def many_servers(case: str, given: Given) -> dict[str, Any]:
    rate, mu, c = given.any_of(*RATE), 1.0 / _service_mean(given), int(given.any_of("c", "servers"))
    delay, wait = queueing.delay_probability(rate, mu, c), queueing.servers_wait(rate, mu, c)
    times = {*TIMES, *np.atleast_1d(given.any_of("t", "times", "time", default=[])).tolist()}
    sojourn = wait + 1.0 / mu
    return {
        "erlang_C": delay,
        "Wq": wait,
        "sojourn": sojourn,
        "rho": queueing.utilisation(rate, 1.0 / mu, c),
        "Lq": queueing.orders_waiting(rate, wait),
        "L": queueing.orders_waiting(rate, sojourn),
        **{f"P_Wq_gt_{t:g}": queueing.servers_wait_tail(t, rate, mu, c) for t in times},
        **({"P_Wq_gt_t": queueing.servers_wait_tail(given.any_of("t"), rate, mu, c)} if given.has("t") else {}),
    }


def make_to_stock_single(case: str, given: Given) -> dict[str, Any]:
    mu = given.any_of("mu", "service_rate", default=1.0)
    rate = given.any_of(*RATE) if given.has(*RATE) else given.any_of("rho") * mu
    h, b = given.any_of(*HOLDING), given.any_of(*SHORTAGE)
    level = given.any_of("S", default=None)
    level = make_to_stock_queue.server_base_stock(rate, mu, h, b) if level is None else level
    threshold = 1.0 - newsvendor.critical_ratio(b, h)
    held, back = make_to_stock_queue.server_on_hand(level, rate, mu), make_to_stock_queue.server_backorders(level, rate, mu)
    rho = queueing.utilisation(rate, 1.0 / np.asarray(mu, float))
    return {
        "S": level,
        "cost": make_to_stock_queue.server_base_stock_cost(level, rate, mu, h, b),
        "cost_MTO_S0": make_to_stock_queue.server_base_stock_cost(0, rate, mu, h, b),
        "fill_rate": 1.0 - rho**level,
        "MTO_optimal": rho <= threshold * (1.0 + 1e-12),
        "MTO_threshold_rho": threshold,
        "rho": rho,
        "E_on_hand": held,
        "E_backorders": back,
    }


def make_to_stock_general(case: str, given: Given) -> dict[str, Any]:
    service = service_of(given.any_of("service", default="deterministic"), given.any_of("mean_service", default=None), given.any_of("cs2", default=None))
    rate = float(given.any_of("rho")) / service.mean if given.has("rho") else float(given.any_of(*RATE))
    h, b = float(given.any_of(*HOLDING)), float(given.any_of(*SHORTAGE))
    chance = make_to_stock_queue.orders_in_system([rate], [service])
    level = int(given.any_of("S")) if given.has("S") else make_to_stock_queue.best_queue_base_stock(chance, h, b)
    return {
        "S": level,
        "cost": make_to_stock_queue.queue_base_stock_cost(level, chance, h, b),
        "P_N_eq_0_1_2": chance[:3],
        "P_N": chance[:10],
        "E_N": float(chance @ np.arange(len(chance))),
        "cost_MTO_S0": make_to_stock_queue.queue_base_stock_cost(0, chance, h, b),
        "fill_rate": float(chance[:level].sum()),
        "MTO_optimal": level == 0,
        **{f"P_N_eq_{n}": chance[n] for n in range(10)},
        **{"P_N_eq_" + "_".join(str(k) for k in range(n)): chance[:n] for n in range(2, 8)},
    }


def shared_facility(case: str, given: Given) -> dict[str, Any]:
    rates = np.atleast_1d(given.any_of("lambda", "lambda_per_year", "lambdas", "rates"))
    h = given.any_of("h", "h_per_unit_year", "holding_cost")
    if given.has("pi", "penalty_per_unit"):
        penalty = given.any_of("pi", "penalty_per_unit")
        limit = screens.break_even_demand_rate_per_unit(h, penalty)
        limit = limit if np.ndim(limit) == 0 else (float(limit[0]) if np.ptp(limit) == 0 else limit)
        order = screens.order_when_penalty_per_unit(rates, h, penalty)
        return {"pi_lambda": penalty * rates, "MTO_optimal": order, "break_even_lambda": limit}
    b = given.any_of("b", "backorder_cost", "p")
    words = given.any_of("services", "service", default="exponential")
    means = np.broadcast_to(
        np.asarray(given.any_of("mean_service", "mean_services", "service_mean", default=1.0 / np.asarray(given.any_of("mu", default=1.0), float)), float), rates.shape
    )
    spreads = given.any_of("cs2", default=None)
    spread = np.broadcast_to(np.asarray(np.nan if spreads is None else spreads, float), rates.shape)
    texts = [words] * len(rates) if isinstance(words, str) else list(words)
    explicit = given.has("mean_service", "mean_services", "service_mean", "mu")
    services = [service_of(text, float(m) if explicit else None, None if np.isnan(v) else float(v)) for text, m, v in zip(texts, means, spread, strict=True)]
    result = screens.shared_facility_screen(rates, services, h, b)
    level = np.array([s for s in result.base_stock])
    return {
        "rho": result.utilisation,
        "P_N0": result.no_orders_probability,
        "critical_ratio": result.critical_ratio,
        "MTO_optimal": result.order,
        "S_star": level,
        "S": level,
        "cost": result.cost,
        "cost_MTO": result.cost_to_order,
    }


def screen(case: str, given: Given) -> dict[str, Any]:
    h, b, lead = given.any_of(*HOLDING), given.any_of(*SHORTAGE), given.any_of(*LEAD)
    window = given.any_of("w", "tolerance", "w_years", default=0.0)
    rate = screens.break_even_demand_rate(h, b, lead, window)
    result = {"break_even_lambda_per_year": rate, "break_even_lambda": rate, "never_stock": np.isinf(rate)}
    if given.has("lambdas", *RATE):
        demand = given.any_of("lambdas", *RATE)
        level = screens.screen_base_stock(demand, h, b, lead, window)
        result |= {
            "S_star_at_lambdas": level,
            "S_star": level,
            "stock": screens.first_unit_pays(demand, h, b, lead, window),
            "MTO_optimal": ~screens.first_unit_pays(demand, h, b, lead, window),
        }
    return result


def _patience_of(given: Given) -> tuple[str, tuple[float, ...]]:
    if given.has("eta"):
        return "weibull", (float(given.any_of("eta")), float(given.any_of("kappa", "k")))
    if given.has("window", "w"):
        return "window", (float(given.any_of("window", "w")),)
    if given.has("midpoint", "spread"):
        return "logistic", (float(given.any_of("midpoint")), float(given.any_of("spread")))
    return "exponential", (float(given.any_of("theta", "theta_per_day", "theta_per_unit_time", "vartheta")),)


def balk(case: str, given: Given) -> dict[str, Any]:
    potential, mu, theta = given.any_of("Lambda", "potential_rate"), 1.0 / np.asarray(_service_mean(given), float), given.any_of("theta", "theta_per_day", default=None)
    if np.ndim(potential) or np.ndim(theta):
        pairs = np.broadcast_arrays(np.asarray(potential, float), np.nan if theta is None else np.asarray(theta, float))
        rows = [_balk(Given({**given.values, "Lambda": float(x), **({} if theta is None else {"theta": float(y)})}), float(mu)) for x, y in zip(*pairs, strict=True)]
        return {key: [row[key] for row in rows] for key in rows[0]}
    return _balk(given, float(mu))


def _balk(given: Given, mu: float) -> dict[str, Any]:
    potential = float(given.any_of("Lambda", "potential_rate"))
    kind, parameters = _patience_of(given)
    servers = int(given.any_of("c", "servers", default=1))
    if servers > 1:

        def wait(rate: float) -> float:
            return float(queueing.servers_wait(rate, mu, servers)) + 1.0 / mu

        rate = balking.accepted_rate(potential, servers * mu, wait, lambda t: float(patience.patience(kind, t, *parameters)) if np.isfinite(t) else 0.0)
        sojourn = wait(rate)
    else:
        spreads = {"arrival_variability": float(given.any_of("ca2", default=1.0)), "service_variability": float(given.any_of("cs2", default=1.0))}
        rate, sojourn = balking.accepted_rate_single_server(potential, mu, kind, *parameters, **spreads)
    load = rate / mu / servers
    return {
        "lambda": rate,
        "accepted": rate,
        "throughput": rate,
        "sojourn": sojourn,
        "W": sojourn,
        "lost_share": 1.0 - rate / potential,
        "accepted_share": rate / potential,
        "rho": load,
        "utilisation": load,
    }


def patience_curve(case: str, given: Given) -> dict[str, Any]:
    kind = str(given.any_of("kind", "form", "model", default="")).lower()
    names: dict[str, Any] = {}
    if given.has("points") and "logis" not in kind:
        points = np.asarray(given.any_of("points"), float)
        scale, shape = patience.weibull_from_answers(tuple(points[0]), tuple(points[1]))
        curve, parameters = "weibull", (scale, shape)
        names = {"kappa": shape, "eta": scale, "shape": shape, "scale": scale}
    elif given.has("points"):
        points = np.asarray(given.any_of("points"), float)
        parameters = patience.logistic_from_answers(tuple(points[0]), tuple(points[1]))
        curve = "logistic"
        names = {"midpoint": parameters[0], "spread": parameters[1], "m": parameters[0], "s": parameters[1]}
    elif given.has("eta"):
        curve, parameters = "weibull", (given.any_of("eta"), given.any_of("kappa", "k"))
    elif given.has("theta", "theta_per_day", "rate"):
        curve, parameters = "exponential", (given.any_of("theta", "theta_per_day", "rate"),)
    elif given.has("window") or (given.has("w") and len(given.values) <= 2):
        curve, parameters = "window", (given.any_of("window", "w"),)
    else:
        middle = given.any_of("midpoint", "l50", "l0", "l_half", "m", "x0", "ell0", "tau", "location", "midpoint_days", "half", "mid", "center", "centre", "a", "mu")
        if given.has("k", "steepness", "slope", "beta", "steepness_per_day", "slope_per_day"):
            spread = 1.0 / given.any_of("k", "steepness", "slope", "beta", "steepness_per_day", "slope_per_day")
        else:
            spread = given.any_of("spread", "s", "scale", "scale_days", "spread_days", "width", "b", "sigma")
        curve, parameters = "logistic", (middle, spread)
        names = {"r_at_midpoint": patience.logistic_patience(middle, middle, spread)}
    days = sorted(
        {
            *range(0, 366),
            *(float(x) for x in np.atleast_1d(given.any_of("l", "ell", "days", "quotes", "lead_days", "waits", "wait", "lead_times", "lead_time", "at", "l_days", default=[]))),
        }
    )
    values = {f"r_{day:g}": patience.patience(curve, day, *parameters) for day in days}
    asked = given.any_of("l", "ell", "days", "quotes", "lead_days", "waits", "wait", "lead_times", "lead_time", "at", "l_days", default=None)
    if asked is not None:
        kept = patience.patience(curve, asked, *parameters)
        values |= {"r": kept, "share": kept, "patience": kept}
    for share in (0.1, 0.2, 0.25, 0.5, 0.75, 0.8, 0.9):
        values[f"l_{share:g}"] = patience.longest_wait(curve, share, *parameters)
    return names | values


def batch(case: str, given: Given) -> dict[str, Any]:
    demand, production, setup = (
        given.any_of("D_per_year", "D", "demand_rate"),
        given.any_of("P_per_year", "P", "production_rate"),
        given.any_of("setup_years", "tau", "setup", "setup_time"),
    )
    best = batch_queue.shortest_flow_batch(demand, production, setup)
    result = {
        "Q_min_flow_time": best,
        "Q": best,
        "flow_time_years": batch_queue.batch_flow_time(best, demand, production, setup),
        "min_feasible_Q": batch_queue.smallest_feasible_batch(demand, production, setup),
        "utilisation_if_Q=1": batch_queue.batch_utilisation(1, demand, production, setup),
        "utilisation": batch_queue.batch_utilisation(best, demand, production, setup),
        "flow_time": batch_queue.batch_flow_time(best, demand, production, setup),
    }
    if given.has("Q"):
        result |= {
            "flow_time_at_Q": batch_queue.batch_flow_time(given.any_of("Q"), demand, production, setup),
            "utilisation_at_Q": batch_queue.batch_utilisation(given.any_of("Q"), demand, production, setup),
        }
    return result


def pool(case: str, given: Given) -> dict[str, Any]:
    deviation, rho = given.any_of("sd", "sds", "sigma", "sd_per_week"), given.any_of("rho", "correlation", "corr", default=0.0)
    if np.ndim(deviation) == 1:
        n = len(deviation)
        matrix = np.asarray(rho, float) if np.ndim(rho) == 2 else np.full((n, n), float(rho)) + (1.0 - float(rho)) * np.eye(n)
        pooled = pooling.pooled_deviation(deviation, matrix)
        return {"pooled_sd": pooled, "ratio_to_separate": pooled / float(np.sum(deviation)), "ratio": pooled / float(np.sum(deviation)), "sum_of_sds": float(np.sum(deviation))}
    n = given.any_of("n", "n_skus", "products")
    ratio = pooling.pooling_ratio(n, rho)
    return {"pooled_sd": pooling.equicorrelated_pooled_deviation(n, deviation, rho), "ratio_to_separate": ratio, "ratio": ratio, "saving": 1.0 - ratio}


def assemble(case: str, given: Given) -> dict[str, Any]:
    if given.has("component_lead_weeks", "n_skus"):
        n, deviation, rho = given.any_of("n_skus", "n"), given.any_of("sd_per_week", "sd"), given.any_of("rho", default=0.0)
        z, cost, share = given.any_of("z"), given.any_of("unit_cost", "c"), given.any_of("common_cost_share", "alpha", "component_share")
        parts, assembly, review = given.any_of("component_lead_weeks"), given.any_of("assembly_weeks", default=0.0), given.any_of("review_weeks", default=0.0)
        stock = n * pooling.safety_stock_value(z, deviation, parts + assembly + review, cost)
        common = pooling.safety_stock_value(z, pooling.equicorrelated_pooled_deviation(n, deviation, rho), parts + review, cost, share)
        return {"MTS_safety_stock_value": stock, "ATO_component_safety_stock_value": common, "ratio": common / stock}
    if given.has("alpha", "service") and not given.has("item_fills", "fill_rates", "item_fill", "n_components", "components"):
        apart, shared = commonality.stocks_with_commonality(float(given.any_of("alpha", "service")))
        return {
            "unique_without_commonality": apart.unique,
            "common_total_without": apart.common,
            "unique_with": shared.unique,
            "common_with": shared.common,
            "total_without": apart.total,
            "total_with": shared.total,
        }
    return _order_fill(given)


def _order_fill(given: Given) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if given.has("S", "base_stocks", "base_stock", "S1") and given.has(*RATE):
        stocks = np.atleast_1d(given.any_of("S", "base_stocks", "base_stock", default=None) if not given.has("S1") else [given.any_of("S1"), given.any_of("S2")])
        leads = np.broadcast_to(
            np.asarray(given.any_of(*LEAD, "lead_times", default=None) if not given.has("L1") else [given.any_of("L1"), given.any_of("L2")], float), stocks.shape
        )
        rate = float(np.atleast_1d(given.any_of(*RATE))[0])
        joint = commonality.order_fill_shared_stream(rate, leads, stocks)
        fills = np.array([commonality.order_fill_shared_stream(rate, [lead], [stock]) for lead, stock in zip(leads, stocks, strict=True)])
        result |= {"order_fill": joint, "order_fill_rate": joint, "order_fill_exact": joint, "exact": joint, "joint": joint}
    else:
        fill = given.any_of(
            "item_fills", "fill_rates", "item_fill", "item_fill_rates", "component_fill", "fill", "item_fill_rate", "beta", "betas", "p", "availability", "component_availability"
        )
        count = given.any_of("n_components", "n", "components", "number_of_components", default=None)
        fills = np.repeat(np.atleast_1d(fill), 1 if np.ndim(fill) or count is None else int(count)) if np.ndim(count) == 0 else np.atleast_1d(fill)
        if np.ndim(count):
            powers = np.array([commonality.order_fill_independent(np.repeat(fill, int(k))) for k in np.atleast_1d(count)])
            return {"order_fill": powers, "order_fill_if_independent": powers, "order_fill_independent": powers, "product": powers}
        result["order_fill"] = commonality.order_fill_independent(fills)
    low, high = commonality.order_fill_bounds(fills)
    result |= {
        "item_fills": fills,
        "item_fill": fills,
        "lower_bound": low,
        "upper_bound": high,
        "product": low,
        "product_bound": low,
        "minimum": high,
        "min": high,
        "min_bound": high,
        "order_fill_if_independent": low,
        "order_fill_independent": low,
        "independent": low,
        "bounds": [low, high],
    }
    if given.has("target", "target_order_fill"):
        needed = commonality.item_fill_for_order_fill(float(given.any_of("target", "target_order_fill")), len(fills))
        result |= {"required_item_fill": needed, "item_fill_needed": needed}
    return result


def obsolete(case: str, given: Given) -> dict[str, Any]:
    if given.has("prior_a", "prior_shape") and given.has("deaths"):
        return _family_hazard(given)
    if given.has("x", "frequency") and given.has("t_x", "recency"):
        r, alpha, a, b = (float(given.any_of(name)) for name in ("r", "alpha", "a", "b"))
        x, last, age, horizon = (float(given.any_of(*names)) for names in (("x", "frequency"), ("t_x", "recency"), ("T",), ("t",)))
        expected = alive.bgnbd_expected_purchases(r, alpha, a, b, x, last, age, horizon)
        return {
            "P_alive": alive.bgnbd_alive_probability(r, alpha, a, b, x, last, age),
            "conditional_expectation": expected,
            "published_conditional_expectation": round(float(expected), 3),
        }
    if given.has("delta") and given.has("n_zero_periods", "n"):
        p, zeros = given.any_of("p", "pi"), np.asarray(given.any_of("n_zero_periods", "n"), float)
        return {
            "P_alive": alive.alive_probability(p, given.any_of("delta"), zeros),
            **{f"TSB_probability_alpha{a:g}": p * (1.0 - a) ** zeros for a in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3)},
        }
    if given.has("shape") and given.has("stock", "on_hand"):
        stock, shape, scale = given.any_of("stock", "on_hand"), given.any_of("shape"), given.any_of("scale")
        units = obsolescence.stranded_units_gamma(stock, shape, scale)
        return {"P_obsolescence": obsolescence.stranding_probability_gamma(stock, shape, scale), "E_units_lost": units, "fluid": units}
    if given.has("b", "backorder_cost") and given.has("LTD_mean_Poisson", "LTD_mean", "mean_LTD"):
        return hazard_base_stock(given)
    if given.has(*SETUP):
        return _lot_with_hazard(given)
    if given.has("price", "p"):
        return last_buy(given)
    stock, rate = given.any_of("stock", "on_hand", "I"), given.any_of(*RATE, "monthly_demand", "demand_per_month")
    theta = given.any_of("theta_per_year", "theta", "hazard", "hazard_per_year", "hazard_per_month", default=0.0)
    result = {"fluid": obsolescence.stranded_units(stock, rate, theta)}
    if np.all(np.asarray(stock) == np.floor(stock)):
        result["poisson"] = obsolescence.stranded_units_poisson(stock, rate, theta)
        loss = given.any_of("c_minus_salvage", "c_minus_v", "loss_per_unit", default=None)
        if loss is None and given.has("unit_cost", "c"):
            loss = given.any_of("unit_cost", "c") - given.any_of("salvage", "v", default=0.0)
        if loss is not None and np.ndim(stock) == 0:
            level = float(given.any_of("level", "alpha", default=0.95))
            found = exposure.write_off_exposure(int(stock), float(rate), float(theta), float(loss), float(given.any_of("horizon_years", "horizon", "T", default=np.inf)), level)
            units = exposure.write_off_exposure(int(stock), float(rate), float(theta), 1.0, float(given.any_of("horizon_years", "horizon", "T", default=np.inf)), level)
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
    a, b, deaths = given.any_of("prior_a", "prior_shape"), given.any_of("prior_b", "prior_rate"), given.any_of("deaths")
    months = given.any_of("sku_months_at_risk", "exposure", "exposure_months")
    hazard = alive.family_hazard(a, b, deaths, months)
    horizon = given.any_of("horizon_months", "months", default=12)
    predictive = alive.probability_of_death_predictive(a, b, deaths, months, horizon)
    plugin = 1.0 - np.exp(-hazard * horizon)
    return {
        "hazard_per_month": hazard,
        "hazard_per_year_continuous": 12.0 * hazard,
        "P_death_plugin": plugin,
        "P_death_predictive": predictive,
        **{f"P_death_within_{m}_months_predictive": alive.probability_of_death_predictive(a, b, deaths, months, m) for m in (1, 3, 6, 9, 12, 18, 24, 36)},
    }


def _lot_with_hazard(given: Given) -> dict[str, Any]:
    k, rate, h = float(given.any_of(*SETUP)), float(given.any_of(*RATE)), float(given.any_of("h", "holding_cost"))
    theta, loss = float(given.any_of("theta_per_year", "theta", "hazard")), given.any_of("c_minus_salvage", "c_minus_v", "loss_per_unit", default=None)
    loss = float(given.any_of("unit_cost", "c")) - float(given.any_of("salvage", "v", default=0.0)) if loss is None else float(loss)
    from analytics.policy.lot_size import economic_order_quantity

    exact = obsolescence.obsolescence_lot(k, rate, h, theta, loss)
    near, naive = economic_order_quantity(k, rate, obsolescence.holding_cost_with_hazard(h, theta, loss)), economic_order_quantity(k, rate, h)
    cost = [float(obsolescence.obsolescence_lot_cost(q, k, rate, h, theta, loss)) for q in (exact, near, naive)]
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
    price, cost, salvage = given.any_of("price", "p"), given.any_of("cost", "unit_cost", "c"), given.any_of("salvage", "v", default=0.0)
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
        name, parameters = "poisson", (given.any_of(*RATE) / given.any_of("gamma", "decline", "decline_rate"),)
    elif given.has("variance", "var"):
        from analytics.policy.distributions import interval_demand_fit

        name, parameters = interval_demand_fit(float(given.any_of("mean", "remaining_mean")), float(given.any_of("variance", "var")), True)
    elif given.has("sd", "remaining_sd"):
        name, parameters = "normal", (given.any_of("mean", "remaining_mean"), given.any_of("sd", "remaining_sd"))
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
        "E_profit_incl_goodwill": newsvendor.newsvendor_profit(name, level, price, cost, salvage, goodwill, *parameters),
        "E_profit": newsvendor.newsvendor_profit(name, level, price, cost, salvage, goodwill, *parameters),
    }


def perish(case: str, given: Given) -> dict[str, Any]:
    if given.has("lifetime", "shelf_life", "m", "life"):
        result = perishable.shelf_life_losses(int(given.any_of("S", "level")), masses_of(given), int(given.any_of("lifetime", "shelf_life", "m", "life")))
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
    loss = obsolescence.eroded_value(given.any_of("units", default=1.0), given.any_of("unit_value", "value", default=1.0), pace, given.any_of("weeks_held", "weeks", default=0.0))
    return {"annual_loss_share": obsolescence.annual_value_loss(pace), "value_loss": loss, "continuous_equivalent_rate_per_year": obsolescence.equivalent_erosion_rate(pace)}


def forecasts(case: str, given: Given) -> dict[str, Any]:
    if given.has("points_ADI_CV2", "points"):
        points = np.asarray(given.any_of("points_ADI_CV2", "points"), float)
        return {"class": classes.syntetos_boylan_class(points[:, 0], points[:, 1])}
    if given.has("p") and given.has("alpha") and not given.has("y"):
        p, alpha = given.any_of("p"), float(given.any_of("alpha"))
        return {"exact_bound": classes.kostenko_hyndman_bound(p, alpha), "approx_bound": classes.kostenko_hyndman_approximate_bound(p)}
    y = given.any_of("y", "demand", "series")
    adi, population = classes.average_demand_interval(y), classes.squared_coefficient_of_variation(y)
    result = {
        "ADI": adi,
        "CV2_population": population,
        "CV2_sample": classes.squared_coefficient_of_variation(y, sample=True),
        "class": str(classes.syntetos_boylan_class(adi, population)),
    }
    alpha = float(given.any_of("alpha", "alpha_d", default=0.1))
    plain, size, interval = croston.croston(y, alpha)
    approximate = croston.sba(y, alpha)
    result |= {"size": size, "interval": interval, "forecast_croston": plain, "forecast_sba": approximate, "SBA": approximate, "Croston": plain}
    if given.has("alpha_d", "alpha_p"):
        result["forecast_per_period"] = croston.tsb(y, float(given.any_of("alpha_d", "alpha")), float(given.any_of("alpha_p", "alpha")))
        result["TSB"] = result["forecast_per_period"]
    else:
        result["forecast_per_period"] = approximate if case == "FC-02" else plain
        if case == "FC-04":
            result["forecast_per_period"] = croston.tsb(y, alpha, alpha)
    return result
