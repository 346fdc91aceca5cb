"""Answers to cases of capacity and patience: queues, stock before a shop, screens, demand that leaves, batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from analytics.policy import patience, queueing
from analytics.strategy import screens
from tests.closed_forms.queues import (
    balking,
    batch_queue,
    make_to_stock_queue,
    order_screens,
    patience_curves,
    servers,
)
from tests.closed_forms.stock import newsvendor
from tests.published.inputs import HOLDING, LEAD, RATE, SHORTAGE, Given, service_of

TIMES = (
    0.05,
    0.1,
    0.2,
    0.25,
    0.3,
    0.4,
    0.5,
    0.6,
    0.75,
    0.8,
    1,
    1.5,
    2,
    2.5,
    3,
    4,
    5,
    6,
    8,
    10,
    12,
    15,
    20,
    24,
    30,
)


def _service_mean(given: Given) -> Any:
    return (
        given.any_of("mean_service", "m", "service_time")
        if given.has("mean_service", "m", "service_time")
        else 1.0 / np.asarray(given.any_of("mu", "service_rate"), float)
    )


def single_server(case: str, given: Given) -> dict[str, Any]:
    rate, mu = given.any_of(*RATE), 1.0 / _service_mean(given)
    sojourn, wait = servers.server_sojourn(rate, mu), queueing.queue_wait(rate, 1.0 / mu)
    quote = servers.server_quote(rate, mu, given.any_of("reliability", "a", default=0.95))
    return {
        "mean_wait_in_queue": wait,
        "Wq": wait,
        "mean_sojourn": sojourn,
        "sojourn": sojourn,
        "L": servers.orders_waiting(rate, sojourn),
        "Lq": servers.orders_waiting(rate, wait),
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
        "Lq": servers.orders_waiting(rate, wait),
        "L": servers.orders_waiting(rate, wait + mean),
        "rho": rho,
        "feasible": rho < 1,
    }
    if given.has("reliability", "a"):
        result["quote"] = queueing.queue_quote(rho, wait, mean, given.any_of("reliability", "a"))
    return result


def many_servers(case: str, given: Given) -> dict[str, Any]:
    rate, mu, c = given.any_of(*RATE), 1.0 / _service_mean(given), int(given.any_of("c", "servers"))
    delay, wait = servers.delay_probability(rate, mu, c), servers.servers_wait(rate, mu, c)
    times = {*TIMES, *np.atleast_1d(given.any_of("t", "times", "time", default=[])).tolist()}
    sojourn = wait + 1.0 / mu
    return {
        "erlang_C": delay,
        "Wq": wait,
        "sojourn": sojourn,
        "rho": queueing.utilisation(rate, 1.0 / mu, c),
        "Lq": servers.orders_waiting(rate, wait),
        "L": servers.orders_waiting(rate, sojourn),
        **{f"P_Wq_gt_{t:g}": servers.servers_wait_tail(t, rate, mu, c) for t in times},
        **(
            {"P_Wq_gt_t": servers.servers_wait_tail(given.any_of("t"), rate, mu, c)} if given.has("t") else {}
        ),
    }


def make_to_stock_single(case: str, given: Given) -> dict[str, Any]:
    mu = given.any_of("mu", "service_rate", default=1.0)
    rate = given.any_of(*RATE) if given.has(*RATE) else given.any_of("rho") * mu
    h, b = given.any_of(*HOLDING), given.any_of(*SHORTAGE)
    level = given.any_of("S", default=None)
    level = make_to_stock_queue.server_base_stock(rate, mu, h, b) if level is None else level
    threshold = 1.0 - newsvendor.critical_ratio(b, h)
    held, back = (
        make_to_stock_queue.server_on_hand(level, rate, mu),
        make_to_stock_queue.server_backorders(level, rate, mu),
    )
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
    service = service_of(
        given.any_of("service", default="deterministic"),
        given.any_of("mean_service", default=None),
        given.any_of("cs2", default=None),
    )
    rate = float(given.any_of("rho")) / service.mean if given.has("rho") else float(given.any_of(*RATE))
    h, b = float(given.any_of(*HOLDING)), float(given.any_of(*SHORTAGE))
    chance = make_to_stock_queue.orders_in_system([rate], [service])
    level = (
        int(given.any_of("S")) if given.has("S") else make_to_stock_queue.best_queue_base_stock(chance, h, b)
    )
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
        order = order_screens.order_when_penalty_per_unit(rates, h, penalty)
        return {"pi_lambda": penalty * rates, "MTO_optimal": order, "break_even_lambda": limit}
    b = given.any_of("b", "backorder_cost", "p")
    words = given.any_of("services", "service", default="exponential")
    means = np.broadcast_to(
        np.asarray(
            given.any_of(
                "mean_service",
                "mean_services",
                "service_mean",
                default=1.0 / np.asarray(given.any_of("mu", default=1.0), float),
            ),
            float,
        ),
        rates.shape,
    )
    spreads = given.any_of("cs2", default=None)
    spread = np.broadcast_to(np.asarray(np.nan if spreads is None else spreads, float), rates.shape)
    texts = [words] * len(rates) if isinstance(words, str) else list(words)
    explicit = given.has("mean_service", "mean_services", "service_mean", "mu")
    services = [
        service_of(text, float(m) if explicit else None, None if np.isnan(v) else float(v))
        for text, m, v in zip(texts, means, spread, strict=True)
    ]
    result = order_screens.shared_facility_screen(rates, services, h, b)
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
        level = order_screens.screen_base_stock(demand, h, b, lead, window)
        result |= {
            "S_star_at_lambdas": level,
            "S_star": level,
            "stock": order_screens.first_unit_pays(demand, h, b, lead, window),
            "MTO_optimal": ~order_screens.first_unit_pays(demand, h, b, lead, window),
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
    potential, mu, theta = (
        given.any_of("Lambda", "potential_rate"),
        1.0 / np.asarray(_service_mean(given), float),
        given.any_of("theta", "theta_per_day", default=None),
    )
    if np.ndim(potential) or np.ndim(theta):
        pairs = np.broadcast_arrays(
            np.asarray(potential, float), np.nan if theta is None else np.asarray(theta, float)
        )
        rows = [
            _balk(
                Given({**given.values, "Lambda": float(x), **({} if theta is None else {"theta": float(y)})}),
                float(mu),
            )
            for x, y in zip(*pairs, strict=True)
        ]
        return {key: [row[key] for row in rows] for key in rows[0]}
    return _balk(given, float(mu))


def _balk(given: Given, mu: float) -> dict[str, Any]:
    potential = float(given.any_of("Lambda", "potential_rate"))
    kind, parameters = _patience_of(given)
    servers = int(given.any_of("c", "servers", default=1))
    if servers > 1:

        def wait(rate: float) -> float:
            return float(servers.servers_wait(rate, mu, servers)) + 1.0 / mu

        rate = balking.accepted_rate(
            potential,
            servers * mu,
            wait,
            lambda t: float(patience_curves.patience(kind, t, *parameters)) if np.isfinite(t) else 0.0,
        )
        sojourn = wait(rate)
    else:
        spreads = {
            "arrival_variability": float(given.any_of("ca2", default=1.0)),
            "service_variability": float(given.any_of("cs2", default=1.0)),
        }
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
        parameters = patience_curves.logistic_from_answers(tuple(points[0]), tuple(points[1]))
        curve = "logistic"
        names = {"midpoint": parameters[0], "spread": parameters[1], "m": parameters[0], "s": parameters[1]}
    elif given.has("eta"):
        curve, parameters = "weibull", (given.any_of("eta"), given.any_of("kappa", "k"))
    elif given.has("theta", "theta_per_day", "rate"):
        curve, parameters = "exponential", (given.any_of("theta", "theta_per_day", "rate"),)
    elif given.has("window") or (given.has("w") and len(given.values) <= 2):
        curve, parameters = "window", (given.any_of("window", "w"),)
    else:
        middle = given.any_of(
            "midpoint",
            "l50",
            "l0",
            "l_half",
            "m",
            "x0",
            "ell0",
            "tau",
            "location",
            "midpoint_days",
            "half",
            "mid",
            "center",
            "centre",
            "a",
            "mu",
        )
        if given.has("k", "steepness", "slope", "beta", "steepness_per_day", "slope_per_day"):
            spread = 1.0 / given.any_of(
                "k", "steepness", "slope", "beta", "steepness_per_day", "slope_per_day"
            )
        else:
            spread = given.any_of("spread", "s", "scale", "scale_days", "spread_days", "width", "b", "sigma")
        curve, parameters = "logistic", (middle, spread)
        names = {"r_at_midpoint": patience_curves.logistic_patience(middle, middle, spread)}
    days = sorted(
        {
            *range(0, 366),
            *(
                float(x)
                for x in np.atleast_1d(
                    given.any_of(
                        "l",
                        "ell",
                        "days",
                        "quotes",
                        "lead_days",
                        "waits",
                        "wait",
                        "lead_times",
                        "lead_time",
                        "at",
                        "l_days",
                        default=[],
                    )
                )
            ),
        }
    )
    values = {f"r_{day:g}": patience_curves.patience(curve, day, *parameters) for day in days}
    asked = given.any_of(
        "l",
        "ell",
        "days",
        "quotes",
        "lead_days",
        "waits",
        "wait",
        "lead_times",
        "lead_time",
        "at",
        "l_days",
        default=None,
    )
    if asked is not None:
        kept = patience_curves.patience(curve, asked, *parameters)
        values |= {"r": kept, "share": kept, "patience": kept}
    for share in (0.1, 0.2, 0.25, 0.5, 0.75, 0.8, 0.9):
        values[f"l_{share:g}"] = patience_curves.longest_wait(curve, share, *parameters)
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
