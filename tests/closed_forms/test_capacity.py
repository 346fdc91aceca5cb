"""Queues, stock in front of a shop, and demand that leaves: against exact laws, enumeration and a simulated shop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.policy import patience, queueing
from tests.closed_forms.queues import balking, batch_queue, make_to_stock_queue, patience_curves, servers

KINDS = [
    ("deterministic", 0.0),
    ("exponential", 1.0),
    ("gamma", 0.4),
    ("gamma", 2.3),
    ("uniform", 1 / 3),
    ("hyperexponential", 3.0),
]


@pytest.mark.parametrize(("kind", "variability"), KINDS)
@pytest.mark.parametrize("rho", [0.15, 0.62, 0.93])
def test_orders_in_a_shop_average_to_the_exact_mean(kind: str, variability: float, rho: float) -> None:
    service = make_to_stock_queue.service_time(kind, 1.7, variability)
    chance = make_to_stock_queue.orders_in_system([rho / 1.7], [service])
    mean = rho / 1.7 * (float(queueing.queue_wait(rho / 1.7, 1.7, 1.0, variability)) + 1.7)
    assert chance.sum() == pytest.approx(1, abs=1e-9)
    assert chance @ np.arange(len(chance)) == pytest.approx(mean, rel=1e-7)
    assert chance[0] == pytest.approx(1 - rho)
    assert make_to_stock_queue.no_orders_probability([rho / 1.7], [service])[0] == pytest.approx(1 - rho)


def test_each_product_sees_its_share_of_a_shared_exponential_shop() -> None:
    rates, mu = np.array([0.21, 0.35, 0.11]), 0.9
    services = [make_to_stock_queue.service_time("exponential", 1 / mu)] * 3
    for i, rate in enumerate(rates):
        own = rate / (mu - rates.sum() + rate)  # its orders are geometric
        chance = make_to_stock_queue.orders_in_system(rates, services, i)
        assert chance[:6] == pytest.approx((1 - own) * own ** np.arange(6), abs=1e-10)


def test_orders_of_a_mixed_shop_agree_with_a_simulated_one() -> None:
    rng = np.random.default_rng(11)
    rates, means, count = np.array([0.3, 0.2]), np.array([1.0, 2.0]), 400_000
    product = (rng.random(count) < rates[1] / rates.sum()).astype(int)
    arrival = np.cumsum(rng.exponential(1 / rates.sum(), count))
    work = np.where(product == 0, 1.0, rng.exponential(2.0, count))
    finish = np.maximum.accumulate(arrival - (np.cumsum(work) - work)) + np.cumsum(
        work
    )  # Lindley's recursion, unrolled
    services = [
        make_to_stock_queue.service_time("deterministic", means[0]),
        make_to_stock_queue.service_time("exponential", means[1]),
    ]
    probes = np.sort(rng.uniform(arrival[1000], arrival[-1], 200_000))
    for i in range(2):
        mine = product == i
        inside = np.searchsorted(arrival[mine], probes) - np.searchsorted(finish[mine], probes)
        chance = make_to_stock_queue.orders_in_system(rates, services, i)
        for n in range(4):
            assert np.mean(inside == n) == pytest.approx(chance[n], abs=0.01)


@settings(max_examples=50, deadline=None)
@given(rho=st.floats(0.02, 0.97), h=st.floats(0.1, 10), b=st.floats(0.1, 100))
def test_base_stock_before_one_server_is_cheapest(rho: float, h: float, b: float) -> None:
    level = make_to_stock_queue.server_base_stock(rho, 1, h, b)
    cost = make_to_stock_queue.server_base_stock_cost(np.arange(0, int(level) + 60), rho, 1, h, b)
    assert cost[int(level)] <= cost.min() * (1 + 1e-9)
    assert (level == 0) or rho > h / (h + b) * (1 - 1e-9)
    chance = (1 - rho) * rho ** np.arange(6000)
    assert make_to_stock_queue.queue_base_stock_cost(int(level), chance, h, b) == pytest.approx(
        cost[int(level)], rel=1e-6
    )


def test_a_tie_between_stock_and_order_is_settled_the_same_way_everywhere() -> None:
    assert (
        make_to_stock_queue.server_base_stock(0.3, 1, 3, 7) == 1
    )  # rho equals h / (h + b): both cost the same
    assert make_to_stock_queue.server_base_stock_cost(1, 0.3, 1, 3, 7) == pytest.approx(
        make_to_stock_queue.server_base_stock_cost(0, 0.3, 1, 3, 7)
    )


@settings(max_examples=60, deadline=None)
@given(
    rate=st.floats(0, 8),
    mean=st.floats(0.05, 3),
    ca=st.floats(0, 4),
    cs=st.floats(0, 4),
    count=st.integers(1, 6),
)
def test_no_wait_is_ever_negative_and_overload_is_infinite(
    rate: float, mean: float, ca: float, cs: float, count: int
) -> None:
    wait, several = queueing.queue_wait(rate, mean, ca, cs), servers.servers_wait(rate, 1 / mean, count)
    assert wait >= 0 and several >= 0
    assert np.isinf(wait) == (rate * mean >= 1)
    assert np.isinf(several) == (count / mean - rate <= 0)
    assert queueing.queue_quote(queueing.utilisation(rate, mean), wait, mean, 0.95) >= mean


def test_one_server_is_the_special_case() -> None:
    assert servers.servers_wait(0.7, 1.1, 1) == pytest.approx(queueing.queue_wait(0.7, 1 / 1.1))
    assert servers.servers_wait_tail(2.3, 0.7, 1.1, 1) == pytest.approx(
        servers.queue_wait_tail(2.3, 0.7 / 1.1, queueing.queue_wait(0.7, 1 / 1.1))
    )
    late = 1 - 0.93
    quote = servers.server_quote(0.7, 1.1, 0.93)
    assert np.exp(-(1.1 - 0.7) * quote) == pytest.approx(late)


def test_delay_probability_from_the_states_of_the_system() -> None:
    rate, mu, c = 5.3, 1.4, 5
    load = rate / mu
    weights = [load**n / np.prod(np.arange(1, n + 1, dtype=float)) for n in range(c)]
    tail = load**c / np.prod(np.arange(1, c + 1, dtype=float)) / (1 - load / c)
    assert servers.delay_probability(rate, mu, c) == pytest.approx(tail / (sum(weights) + tail))


@settings(max_examples=50, deadline=None)
@given(potential=st.floats(0.05, 5), theta=st.floats(0.001, 2), mu=st.floats(0.3, 3))
def test_accepted_demand_solves_its_equation_below_capacity(
    potential: float, theta: float, mu: float
) -> None:
    rate, sojourn = balking.accepted_rate_single_server(potential, mu, "exponential", theta)
    assert 0 < rate < min(potential, mu)
    assert rate == pytest.approx(potential * np.exp(-theta * sojourn), rel=1e-6)
    assert sojourn == pytest.approx(1 / (mu - rate), rel=1e-6)
    assert balking.accepted_rate_single_server(potential, mu, "exponential", theta * 1.3)[0] < rate
    assert balking.accepted_rate_single_server(potential * 1.2, mu, "exponential", theta)[0] > rate


def test_buyers_with_a_hard_limit_fill_the_shop_up_to_it() -> None:
    rate, sojourn = balking.accepted_rate_single_server(5, 1, "window", 4.0)
    assert sojourn == pytest.approx(4.0) and rate == pytest.approx(0.75)
    assert balking.accepted_rate_single_server(0.3, 1, "window", 4.0)[0] == pytest.approx(0.3)


@settings(max_examples=50, deadline=None)
@given(share=st.floats(0.02, 0.98), scale=st.floats(1, 60), shape=st.floats(0.4, 4))
@pytest.mark.parametrize("kind", ["exponential", "weibull", "logistic"])
def test_longest_wait_undoes_patience(kind: str, share: float, scale: float, shape: float) -> None:
    parameters = {
        "exponential": (1 / scale,),
        "weibull": (scale, shape),
        "logistic": (scale, scale / (1 + shape)),
    }[kind]
    wait = patience_curves.longest_wait(kind, share, *parameters)
    assert patience_curves.patience(kind, wait, *parameters) == pytest.approx(share, rel=1e-9)
    days = np.linspace(0, 200, 101)
    curve = patience_curves.patience(kind, days, *parameters)
    assert curve[0] == pytest.approx(1) and np.all(np.diff(curve) <= 1e-15) and np.all(curve >= 0)


@settings(max_examples=40, deadline=None)
@given(scale=st.floats(2, 60), shape=st.floats(0.3, 5))
def test_two_answers_give_the_curve_back(scale: float, shape: float) -> None:
    points = [
        (t, float(patience_curves.weibull_patience(t, scale, shape))) for t in (0.4 * scale, 0.9 * scale)
    ]
    assert patience.weibull_from_answers(*points) == pytest.approx((scale, shape), rel=1e-6)
    spread = scale / (1.5 + shape)
    points = [
        (t, float(patience_curves.logistic_patience(t, scale, spread))) for t in (0.5 * scale, 1.2 * scale)
    ]
    assert patience_curves.logistic_from_answers(*points) == pytest.approx((scale, spread), rel=1e-6)


def test_history_that_waited_is_not_thinned_twice() -> None:
    assert patience_curves.relative_patience("logistic", 12, 12, 20, 3) == 1
    assert patience_curves.relative_patience("logistic", 18, 12, 20, 3) == pytest.approx(
        patience_curves.logistic_patience(18, 20, 3) / patience_curves.logistic_patience(12, 20, 3)
    )
    assert (
        patience_curves.relative_patience("window", 4, 9, 5) == 1
        and patience_curves.relative_patience("window", 10, 9, 5) == 0
    )


def test_batches() -> None:
    d, p, tau = 320.0, 900.0, 0.015
    best = float(batch_queue.shortest_flow_batch(d, p, tau))
    flow = batch_queue.batch_flow_time(np.linspace(0.5, 2, 301) * best, d, p, tau)
    assert batch_queue.batch_flow_time(best, d, p, tau) <= flow.min() + 1e-15
    least = float(batch_queue.smallest_feasible_batch(d, p, tau))
    assert batch_queue.batch_utilisation(least, d, p, tau) == pytest.approx(1)
    assert np.isinf(batch_queue.batch_flow_time(least * 0.999, d, p, tau)) and np.isfinite(
        batch_queue.batch_flow_time(least * 1.001, d, p, tau)
    )
    assert np.isinf(batch_queue.shortest_flow_batch(1000, 900, tau))


def test_overload_is_refused_where_a_distribution_is_asked() -> None:
    services = [make_to_stock_queue.service_time("exponential", 1)] * 2
    for call in (make_to_stock_queue.no_orders_probability, make_to_stock_queue.orders_in_system):
        with pytest.raises(ValueError, match="load"):
            call([0.6, 0.4], services)
    with pytest.raises(ValueError, match="load"):
        make_to_stock_queue.server_base_stock(1.2, 1, 1, 1)
