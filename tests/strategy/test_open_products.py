"""What is shown of products whose best strategy is open hangs on what is not known, hardly on the seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics import read_assumptions, read_items, read_sales, run_study
from analytics.simulation.ledger import COUNT_INDEX
from analytics.strategy.compare import Comparison
from analytics.strategy.compared.reference_worlds import PHYSICS, beside_luck, references_of
from analytics.strategy.compared.steadied import MOST, _other_years, open_products
from analytics.strategy.plans.draws import assumption_uniforms
from analytics.strategy.plans.ledgers import mts_counts
from analytics.strategy.plans.recipes import drawn_anew
from tests.strategy.small import STATED, csv_text, items_table, sales_table, small_study


def compared(seed: int) -> Comparison:
    """The strategies of the small company under another seed."""
    history = read_sales(csv_text(sales_table()), name="sales.csv")
    items, _ = read_items(csv_text(items_table()), name="items.csv")
    return run_study(history, items, read_assumptions(STATED), how_sure=False, seed=seed).comparison


def test_reference_worlds_of_open_products_are_the_same_for_every_seed() -> None:
    """World by world the same prices and parameters: money moves together, and its mean by a small share of what is open."""
    one, other = compared(1), compared(2)
    assert one.again is not None and other.again is not None
    both = np.intersect1d(one.again[0], other.again[0])
    assert len(both) >= 5
    assert np.abs(one.probability_best[both] - other.probability_best[both]).max() <= 0.05
    for i in both:
        first, second = (c.again[1][list(c.again[0]).index(i)] for c in (one, other) if c.again is not None)
        offered = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
        for a, b in zip(first[offered], second[offered], strict=True):
            assert np.corrcoef(a, b)[0, 1] > 0.9, one.strategies
            assert abs(a.mean() - b.mean()) < a.std()


def test_luck_that_is_taken_out_has_no_mean_and_most_of_demand_in_it() -> None:
    """Lives and demand of the small company, 8 x 400 years: three control variates, each within four standard errors of 0."""
    study = small_study()
    setup, rows = study.setup, np.flatnonzero(study.setup.stock.end_week >= 1e9)
    mortal = replace(setup.world, hazard_per_week=np.full_like(setup.world.hazard_per_week, 0.004))
    luck, demand = [], []
    for number in range(1, 9):
        world = _other_years(mortal, number)
        uniforms = {f: assumption_uniforms(f, world.paths // world.inner, setup.seed) for f in PHYSICS}
        references = references_of(world, rows, uniforms)
        assert references is not None
        group = np.arange(world.paths)
        counts = mts_counts(replace(setup, world=world), setup.stock, rows, group, False)[0][:, 0]
        wanted = counts[..., COUNT_INDEX["demanded"]] / setup.alive[rows][:, None]
        beside = beside_luck(references, world, rows, setup.stock.expected[rows], wanted)
        assert (beside.at[:, :, -3:] == 0.0).all()
        luck.append(beside.seen[:, :, -3:])
        demand.append(wanted)
    found, units = np.concatenate(luck, axis=1), np.concatenate(demand, axis=1)
    error = found.std(axis=1) / np.sqrt(found.shape[1])
    assert (np.abs(found.mean(axis=1)) < 4.0 * error + 1e-12).all()
    assert (
        found.std(axis=1)[:, 0] > 0.2
    ).all()  # a fifth of them die in a year: 1 - exp(-52 x 0.004) = 0.188
    for i in range(len(rows)):  # the two of life and demand say most of how much is wanted
        terms = np.column_stack([np.ones(found.shape[1]), found[i]])
        fitted = terms @ np.linalg.lstsq(terms, units[i], rcond=None)[0]
        assert np.corrcoef(fitted, units[i])[0, 1] ** 2 > 0.5


def test_parameters_drawn_anew_lie_in_their_ranges() -> None:
    """Other draws of the same even ranks; what is given stays, and no lead time is longer than the plan was made for."""
    study = small_study()
    setup = study.setup
    world, stock, assembly = drawn_anew(
        study.items, setup.world, setup.stock, setup.assembly, setup.families, 77
    )
    for name, scale, got, was in (
        ("hazard_per_year", 52.0, world.hazard_per_week, setup.world.hazard_per_week),
        ("patience_per_day", 1.0, world.patience_per_day, setup.world.patience_per_day),
    ):
        low, high = (column / scale for column in study.items.range(name))
        assert ((got >= low[:, None] - 1e-12) & (got <= high[:, None] + 1e-12)).all()
        np.testing.assert_allclose(np.sort(got, axis=1), np.sort(was, axis=1))
        assert np.array_equal(got, was) == bool((low == high).all())
    assert stock.lead_by_draw is not None and setup.stock.lead_by_draw is not None
    assert (stock.lead_by_draw <= setup.stock.lead_by_draw.max(axis=1, keepdims=True)).all()
    assert assembly is not None and setup.assembly is not None and assembly.lead_by_draw is not None
    assert assembly.lead_by_draw.shape == setup.assembly.lead_by_draw.shape


def test_open_are_those_whose_best_is_not_sure_and_of_many_the_ones_with_most_money() -> None:
    sure = np.array([[1.0, 0.0], [0.985, 0.015], [0.97, 0.03], [0.5, 0.5], [0.0, 0.0], [np.nan, np.nan]])
    assert open_products(sure, np.arange(6.0)).tolist() == [2, 3]
    many = np.tile([[0.6, 0.4]], (MOST + 10, 1))
    assert open_products(many, np.arange(MOST + 10.0)).tolist() == list(range(10, MOST + 10))
