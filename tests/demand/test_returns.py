"""Returns net out against the order they cancel; units are conserved to the last one."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.demand.returns import carry_back, line_net_quantity, match_returns


def match_by_hand(sku, quantity, day, order, customer):
    """The rule in plain Python: for order then customer; equal size latest first, then any line with enough left."""
    n = len(sku)
    left = [max(q, 0.0) for q in quantity]
    match = [-1] * n
    # of one day, sales come before returns
    rank = sorted(range(n), key=lambda i: (day[i], quantity[i] < 0, i))
    for key in (order, customer):
        for exact in (True, False):
            for at, i in enumerate(rank):
                if quantity[i] >= 0 or match[i] >= 0 or key[i] < 0:
                    continue
                for j in reversed(rank[:at]):
                    if quantity[j] <= 0 or sku[j] != sku[i] or key[j] != key[i]:
                        continue
                    if (left[j] == -quantity[i]) if exact else (left[j] >= -quantity[i]):
                        match[i] = j
                        left[j] += quantity[i]
                        break
    return match


def lines(draw_codes, n):
    return st.lists(draw_codes, min_size=n, max_size=n)


@st.composite
def order_lines(draw):
    n = draw(st.integers(1, 60))
    sku = draw(lines(st.integers(0, 2), n))
    quantity = draw(lines(st.sampled_from([0, 1, 2, 3, 5, 8, -1, -2, -3, -5, -8]), n))
    day = sorted(draw(lines(st.integers(0, 9), n)))
    order = draw(lines(st.integers(-1, 4), n))
    customer = draw(lines(st.integers(-1, 2), n))
    return sku, quantity, day, order, customer


def columns(case):
    sku, quantity, day, order, customer = case
    return (
        np.array(sku, np.int32),
        np.array(quantity, np.float64),
        np.array(day, np.int64).astype("datetime64[D]"),
        np.array(order, np.int32),
        np.array(customer, np.int32),
    )


@settings(max_examples=120, deadline=None)
@given(order_lines())
def test_matching_equals_the_slow_twin(case):
    fast = match_returns(*columns(case)).tolist()
    sku, quantity, day, order, customer = case
    assert fast == match_by_hand(sku, quantity, day, order, customer)


@settings(max_examples=80, deadline=None)
@given(order_lines())
def test_no_line_gives_back_more_than_it_sold(case):
    sku, quantity, day, order, customer = columns(case)
    match = match_returns(sku, quantity, day, order, customer)
    net = line_net_quantity(quantity, match)
    hit = match >= 0
    assert (quantity[hit] < 0).all() and (quantity[match[hit]] > 0).all()
    assert (sku[match[hit]] == sku[hit]).all() and (day[match[hit]] <= day[hit]).all()
    same = (order[match[hit]] == order[hit]) & (order[hit] >= 0) | (customer[match[hit]] == customer[hit]) & (
        customer[hit] >= 0
    )
    assert same.all()
    assert (net[quantity > 0] >= 0).all()
    assert net.sum() == quantity.sum()


def test_the_latest_line_of_equal_size_comes_first():
    quantity = np.array([12.0, 30.0, 12.0, 30.0, -12.0])
    zero = np.zeros(5, np.int32)
    day = np.arange(5).astype("datetime64[D]")
    assert match_returns(zero, quantity, day, zero - 1, zero).tolist() == [-1, -1, -1, -1, 2]


def test_the_order_named_counts_before_the_customer():
    quantity = np.array([7.0, 7.0, -7.0])
    zero = np.zeros(3, np.int32)
    order = np.array([0, 1, 0], np.int32)
    assert match_returns(zero, quantity, np.arange(3).astype("datetime64[D]"), order, zero).tolist() == [
        -1,
        -1,
        0,
    ]


def test_a_return_before_its_sale_or_larger_than_it_stays_alone():
    quantity = np.array([-4.0, 4.0, -5.0])
    zero = np.zeros(3, np.int32)
    assert match_returns(zero, quantity, np.arange(3).astype("datetime64[D]"), zero - 1, zero).tolist() == [
        -1,
        -1,
        -1,
    ]


def test_nothing_is_matched_without_order_or_customer():
    unknown = np.full(2, -1, np.int32)
    assert match_returns(
        np.zeros(2, np.int32), np.array([3.0, -3.0]), np.arange(2).astype("datetime64[D]"), unknown, unknown
    ).tolist() == [-1, -1]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(st.integers(-9, 9), min_size=6, max_size=6), min_size=1, max_size=5))
def test_carrying_back_conserves_units_and_leaves_nothing_negative(rows):
    before = np.array(rows, np.float64)
    units, left_over = carry_back(before.copy())
    assert (units >= 0).all() and (left_over >= 0).all()
    np.testing.assert_allclose(units.sum(axis=1) - left_over, before.sum(axis=1))
    # nothing moves forward: cumulated units from the end never exceed what was there
    tail = before[:, ::-1].cumsum(axis=1) - units[:, ::-1].cumsum(axis=1)
    assert (tail <= 1e-9).all()


def test_money_moves_with_the_units():
    units, money = np.array([[6.0, -2.0]]), np.array([[60.0, -21.0]])
    carry_back(units, money)
    assert units.tolist() == [[4.0, 0.0]] and money.tolist() == [[39.0, 0.0]]


@pytest.mark.slow
def test_one_busy_customer_is_no_slower_than_many():
    """A single customer with a million lines, most returns too large to match: the search must not be quadratic."""
    rng = np.random.default_rng(3)
    n = 1_000_000
    quantity = rng.integers(1, 40, n).astype(np.float64)
    returns = rng.random(n) < 0.2
    quantity[returns] = -rng.integers(38, 60, int(returns.sum()))
    zero = np.zeros(n, np.int32)
    day = np.sort(rng.integers(0, 900, n)).astype("datetime64[D]")
    match_returns(zero[:5], quantity[:5], day[:5], zero[:5] - 1, zero[:5])
    begin = time.perf_counter()
    match = match_returns(zero, quantity, day, zero - 1, zero)
    assert time.perf_counter() - begin < 20.0
    assert (match >= 0).sum() > 1000 and line_net_quantity(quantity, match).sum() == quantity.sum()
