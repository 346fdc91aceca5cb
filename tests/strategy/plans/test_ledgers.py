"""Ledgers of the small company: no price moves a count, every physical lever does, and nobody's neighbours matter."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

import analytics.strategy.plans.ledgers as ledgers_module
from analytics.assumptions import FIELDS
from analytics.demand.periods import demand_by_weekday
from analytics.forecast import Forecast
from analytics.items import CONFIRMED, Items
from analytics.simulation.ledger import COUNT_INDEX, COUNTS
from analytics.strategy.money.price import MONEY_FIELDS, price
from analytics.strategy.plans.ledgers import (
    Setup,
    at_values_in_force,
    chunk_counts,
    grid_ledgers,
    half_groups,
    mts_counts,
    with_measured_waits,
)
from analytics.strategy.plans.recipes import Grid, assembly_plan, order_plan, stock_plan, with_settings
from analytics.strategy.plans.setup import build_setup
from analytics.strategy.plans.steps import DayPattern
from analytics.strategy.present.held_today import with_held_today
from analytics.study import Study
from tests.strategy.small import small_study

STRATEGIES = ("MTS", "ATO", "MTO")


def rebuilt(study: Study, items: Items) -> Setup:
    days = DayPattern(demand_by_weekday(study.history), study.orders)
    setup = build_setup(study.outlook, items, study.setup.families, orders=study.orders, days=days)
    return with_held_today(setup, items, study.forecast, study.todays_way)


def rows_of(forecast: Forecast, index: np.ndarray) -> Forecast:
    """The forecast of some products, as fitted among all of them."""
    columns = {f.name: getattr(forecast, f.name) for f in fields(forecast) if f.name != "total_levels"}
    cut = {name: column[index] for name, column in columns.items() if isinstance(column, np.ndarray)}
    return replace(forecast, **cut, notes=tuple(forecast.notes[i] for i in index))


def test_units_are_conserved_and_counts_make_sense(study: Study) -> None:
    for name in STRATEGIES:
        ledger = study.ledgers[name]
        assert np.abs(ledger.imbalance()).max() < 1e-9 * max(1.0, ledger.counts.max())
        for count in COUNTS:
            if count in ("opening", "closing"):  # what is owed may exceed what is there
                continue
            assert ledger.count(count).min() > -1e-9, (name, count)
        assert (ledger.count("lost") <= ledger.count("demanded") + 1e-9).all()
    # all strategies face the same demand
    position = {sku: i for i, sku in enumerate(study.ledgers["MTS"].skus)}
    for name in ("ATO", "MTO"):
        where = [position[sku] for sku in study.ledgers[name].skus]
        np.testing.assert_allclose(
            study.ledgers[name].count("demanded")[:, 0],
            study.ledgers["MTS"].count("demanded")[where, 0],
            rtol=1e-12,
        )


#: What only prices: the size of an order is priced too, and says how many orders come in a week.
PRICES = tuple(name for name in MONEY_FIELDS if name not in FIELDS or not FIELDS[name].physics)


def test_no_price_moves_a_count(study: Study) -> None:
    before = {name: ledger.digest() for name, ledger in study.ledgers.items()}
    items = study.items
    for name in PRICES:
        value = np.asarray(items[name], np.float64)
        low, high = items.range(name)
        items = items.with_field(name, value * 0.77 + 0.01, CONFIRMED, low * 0.5, high * 1.3)
    after = grid_ledgers(rebuilt(study, items))
    assert {name: ledger.digest() for name, ledger in after.items()} == before
    assert {f.name for f in FIELDS.values() if not f.physics} - {
        "gain_error",
        "gross_margin",
        "scale_elasticity",
        "unit_value",
    } <= set(MONEY_FIELDS)  # these only become others; the error of gains widens a range and prices nothing


@pytest.mark.parametrize("field", PRICES)
def test_plans_do_not_see_prices(study: Study, field: str) -> None:
    """Each price alone: world and plans, all that the simulation is told, stay the same to the bit."""
    items = study.items.with_field(field, np.asarray(study.items[field], np.float64) * 3.0 + 0.5, CONFIRMED)
    world = study.setup.world
    stocked = [stock_plan(study.forecast, of, world, Grid(), 1) for of in (items, study.items)]
    pairs = [tuple(stocked), (order_plan(items), order_plan(study.items))]
    for new, old in pairs:
        for f in fields(old):
            one, other = getattr(new, f.name), getattr(old, f.name)
            assert one is other or np.array_equal(one, other, equal_nan=True), f.name


@pytest.mark.parametrize(
    ("field", "factor", "moved"),
    [
        ("patience_per_day", 2.0, {"MTS", "ATO", "MTO"}),
        ("hazard_per_year", 3.0, {"MTS", "ATO", "MTO"}),
        ("component_lead_days", 2.0, {"MTS", "ATO"}),
        ("production_days", 2.0, {"MTS", "ATO", "MTO"}),
        ("assembly_days", 2.0, {"ATO"}),
        ("quote_days", 1.5, {"MTO"}),
        ("excess_cover_weeks", 0.1, {"MTS", "ATO"}),
        ("review_days", 2.0, {"MTS", "ATO"}),
    ],
)
def test_physical_levers_move_the_counts_they_should(
    study: Study, field: str, factor: float, moved: set[str]
) -> None:
    low, high = study.items.range(field)
    value = np.asarray(study.items[field], np.float64)
    items = study.items.with_field(field, value * factor, CONFIRMED, low * factor, high * factor)
    after = grid_ledgers(rebuilt(study, items))
    changed = {name for name in STRATEGIES if after[name].digest() != study.ledgers[name].digest()}
    assert changed == moved


def test_a_product_is_the_same_alone_and_in_any_company(study: Study) -> None:
    """Given the same fitted forecast: the counts of a subset in another order are the very same numbers."""
    for index in (np.array([9, 2, 13, 0]), np.array([5])):
        items, forecast = study.items.take(index), rows_of(study.forecast, index)
        days = DayPattern(demand_by_weekday(study.history), study.orders.take(index))
        part = build_setup(replace(study.outlook, forecast=forecast), items, (), days=days)
        part = with_held_today(part, items, forecast, study.todays_way.take(index))
        got = grid_ledgers(part)
        for name in ("MTS", "MTO"):
            assert np.array_equal(got[name].counts, study.ledgers[name].counts[index]), name
            units = np.arange(len(index))
            chosen = np.tile([4, 17], (len(index), 1))
            alone = chunk_counts(part, name, units, chosen)
            among = chunk_counts(study.setup, name, index, chosen)
            assert np.array_equal(alone[0], among[0]) and np.array_equal(alone[1], among[1])


def test_path_by_path_each_half_is_scored_at_the_setting_chosen_on_the_other(study: Study) -> None:
    """Against both settings played on all paths, and picked afterwards; asking for waits changes no count."""
    setup, index = study.setup, np.array([2, 0, 7])
    chosen = np.array([[4, 17], [9, 9], [31, 0]])
    counts, _, found = chunk_counts(setup, "MTS", index, chosen)
    full = np.zeros((len(setup.stock.lot), 2), np.intp)
    full[index] = chosen
    both, _ = mts_counts(setup, with_settings(setup.stock, full), index, np.arange(setup.world.paths), False)
    other = 1 - half_groups(setup.world.paths, setup.world.inner)
    assert (
        np.array_equal(counts, both[:, other, np.arange(setup.world.paths)])
        and found.tolist() == index.tolist()
    )
    assert not np.array_equal(both[0, 0], both[0, 1])
    for name, units in (("MTS", index), ("ATO", np.array([1]))):
        assert np.array_equal(
            chunk_counts(setup, name, units, chosen[: len(units)])[0],
            chunk_counts(setup, name, units, chosen[: len(units)], waits=False)[0],
        )


def test_a_family_is_the_same_without_the_others(study: Study) -> None:
    """The second family assembled without the first: the same numbers, given its fitted forecast."""
    family = study.setup.families[1]
    plan = study.setup.assembly
    assert plan is not None
    one = {
        f.name: getattr(plan, f.name)[1:2]
        for f in fields(plan)
        if isinstance(getattr(plan, f.name), np.ndarray)
        and f.name not in ("start", "members", "door_wait_days")
    }
    alone = replace(
        study.setup,
        families=(family,),
        assembly=replace(plan, start=np.array([0, len(family)]), members=np.asarray(family), **one),
    )
    got = grid_ledgers(alone, strategies=("ATO",))["ATO"]
    where = [list(study.ledgers["ATO"].skus).index(sku) for sku in got.skus]
    assert np.array_equal(got.counts, study.ledgers["ATO"].counts[where])


@pytest.mark.parametrize("size", [1, 3])
def test_chunks_and_threads_do_not_matter(study: Study, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(ledgers_module, "_CHUNK", size)
    monkeypatch.setattr(
        ledgers_module,
        "chunks_of",
        lambda count, _=None: [np.arange(a, min(a + size, count)) for a in range(0, count, size)],
    )
    monkeypatch.setattr(ledgers_module.os, "cpu_count", lambda: size)
    got = grid_ledgers(study.setup)
    assert {name: ledger.digest() for name, ledger in got.items()} == {
        name: ledger.digest() for name, ledger in study.ledgers.items()
    }


def test_another_seed_is_another_world(study: Study) -> None:
    other = small_study(2, how_sure=False)
    for name in STRATEGIES:
        assert other.ledgers[name].digest() != study.ledgers[name].digest()
    # but not another company: a year's demand of all differs by less than a few percent
    one, two = (s.ledgers["MTS"].count("demanded")[:, 0].mean(axis=1) for s in (study, other))
    np.testing.assert_allclose(one, two, rtol=0.15, atol=0.6)


def test_assembling_one_product_of_common_parts_at_once_is_stocking_it(study: Study) -> None:
    """A family of one, all cost common, no assembly time, no premium: the same counts and the same profit, exactly."""
    index = np.array([0, 4, 5, 11])
    items = study.items.take(index)
    items = (
        items.with_field("component_share", 1.0, CONFIRMED)
        .with_field("assembly_days", 0.0, CONFIRMED)
        .with_field("order_setup_cost", 9.0, CONFIRMED)
    )
    forecast = rows_of(study.forecast, index)
    setup = build_setup(replace(study.outlook, forecast=forecast), items, ())
    families = tuple(np.array([i]) for i in range(len(index)))
    plan = with_measured_waits(setup.world, assembly_plan(families, forecast, setup.world, items, Grid(), 1))
    setup = replace(setup, families=families, assembly=plan, assembly_years=np.zeros(len(index)))
    ledgers = grid_ledgers(setup)
    stock, assembled = ledgers["MTS"], ledgers["ATO"]
    for name in COUNTS:
        if name != "customer_orders":  # counted, and priced at nothing where nothing is worked on per order
            assert np.array_equal(stock.count(name), assembled.count(name)), name
    np.testing.assert_allclose(price(stock, items).profit, price(assembled, items).profit, rtol=1e-13)


def test_a_family_of_one_in_the_study_has_its_products_own_forecast(study: Study) -> None:
    """The same through the whole flow: D1 alone in its family keeps its own forecast, so only its door and value differ."""
    family = study.setup.families[1]
    assert len(family) == 1 and study.items.skus[family[0]] == "D1"
    items = study.items.with_field("assembly_days", 0.0, CONFIRMED).with_field(
        "component_share", np.where(np.isfinite(study.items["component_share"]), 1.0, np.nan), CONFIRMED
    )
    ledgers = grid_ledgers(rebuilt(study, items), strategies=("MTS", "ATO"))
    row = list(ledgers["ATO"].skus).index("D1")
    for name in COUNTS:
        if name != "customer_orders":
            assert np.array_equal(ledgers["ATO"].count(name)[row], ledgers["MTS"].count(name)[family[0]]), (
                name
            )


def test_assembled_members_share_what_the_family_stocks(study: Study) -> None:
    """What members bear adds up to the family's one stock; each member's lost units are its own."""
    ledger = study.ledgers["ATO"]
    setup = at_values_in_force(study.setup)
    assert setup.assembly is not None
    group = half_groups(setup.world.paths, setup.world.inner)
    kits = ledgers_module._stock_counts(setup, setup.assembly, np.array([0]), group, False)[0][0]
    rows = [list(ledger.skus).index(setup.skus[i]) for i in setup.families[0]]
    alive = setup.alive[setup.families[0]]
    for name in ("on_hand", "lots", "ordered", "scrapped", "cleared", "opening"):
        total = (ledger.count(name)[rows] / alive[:, None, None]).sum(axis=0)
        np.testing.assert_allclose(total, kits[..., COUNT_INDEX[name]], rtol=1e-9, atol=1e-9)
