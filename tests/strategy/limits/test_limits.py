"""Limits that all products share: against enumeration, on a small company, and how the answer must react when a limit moves."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.assumptions import Assumptions
from analytics.assumptions_file import assumptions_toml, read_assumptions
from analytics.errors import DataError
from analytics.limits import Limits
from analytics.naming.labels import COMPONENTS
from analytics.scenario.currency import with_currency
from analytics.scenario.limited import carried_every_month, study_load, within_limits, without_limits
from analytics.scenario.reassume import reassume
from analytics.strategy.limits import knapsack
from analytics.strategy.limits.capacity_load import busy_months, queue_allowance
from analytics.strategy.limits.knapsack import choose_strategies, nearest_limits
from analytics.strategy.limits.options import not_dominated
from analytics.strategy.own_decision import strategy_money
from analytics.study import Study
from analytics.study_results import study_summary, study_tables
from analytics.writeup.files import study_files
from tests.strategy.small import small_study
from tests.writeup.adding_up import files_add_up


def enumerated(
    profit: np.ndarray,
    usage: dict[str, np.ndarray],
    limits: dict[str, float],
    joint: np.ndarray,
    joint_family: list[int],
) -> float:
    best, rows = -np.inf, np.arange(len(profit))
    for pick in product(range(profit.shape[1]), repeat=len(profit)):
        chosen = np.array(pick)
        opened = {int(g) for g in joint[rows, chosen] if g >= 0}
        alone = len({joint_family[g] for g in opened}) == len(opened)
        if alone and all(usage[name][rows, chosen].sum() <= limits[name] + 1e-9 for name in limits):
            best = max(best, profit[rows, chosen].sum())
    return best


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), tight=st.floats(0.1, 0.9))
def test_component_stocks_run_in_one_way_only(seed: int, tight: float) -> None:
    rng = np.random.default_rng(seed)
    profit, usage = (
        rng.uniform(0, 100, (5, 4)),
        {"capital": rng.uniform(0, 50, (5, 4)), "capacity": rng.uniform(0, 1, (5, 4))},
    )
    joint, joint_family = np.full((5, 4), -1), [0, 1, 0, 1]
    joint[:3, 2], joint[3:, 2], joint[:3, 3], joint[3:, 3] = 0, 1, 2, 3
    limits = {
        name: float((1 - tight) * use.min(axis=1).sum() + tight * use.max(axis=1).sum())
        for name, use in usage.items()
    }
    best = enumerated(profit, usage, limits, joint, joint_family)
    if not np.isfinite(best):
        wider = nearest_limits(usage, limits, np.ones((5, 4), bool), joint, joint_family)
        assert all(wider[name] >= limits[name] for name in limits) and any(
            wider[name] > limits[name] for name in limits
        )
        limits = {name: top * (1 + 1e-6) for name, top in wider.items()}
        best = enumerated(profit, usage, limits, joint, joint_family)
    choice = choose_strategies(profit, usage, limits, joint=joint, joint_family=joint_family)
    assert choice.profit == pytest.approx(best, abs=1e-4) and choice.relaxation >= best - 1e-4


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_relaxation_is_above_the_exact_and_the_exact_above_the_rounded(seed: int) -> None:
    rng = np.random.default_rng(seed)
    profit, use = rng.uniform(0, 100, (25, 3)), rng.uniform(0, 50, (25, 3))
    limit = {"capital": float(use.min(axis=1).sum() * 1.4)}
    exact = choose_strategies(profit, {"capital": use}, limit)
    rounded = knapsack.choose_at_prices(profit, use[None], np.array(list(limit.values())))
    money = profit[np.arange(25), rounded[0]].sum()
    assert exact.relaxation >= exact.profit - 1e-6 >= money - 2e-6 and rounded[1] >= exact.profit - 1e-6


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_striking_dominated_options_never_changes_the_best(seed: int) -> None:
    rng = np.random.default_rng(seed)
    value, usage = rng.integers(0, 5, (4, 5)).astype(float), rng.integers(0, 4, (2, 4, 5)).astype(float)
    value[rng.random((4, 5)) < 0.2] = -np.inf
    value[:, 0] = 0.0
    stays = not_dominated(value, usage, np.arange(4))
    for i in range(4):
        for j in range(5):
            others = [o for o in range(5) if o != j and np.isfinite(value[i, o])]
            worse = [
                o for o in others if value[i, o] >= value[i, j] and (usage[:, i, o] <= usage[:, i, j]).all()
            ]
            same = [
                o for o in worse if value[i, o] == value[i, j] and (usage[:, i, o] == usage[:, i, j]).all()
            ]
            beaten = any(o not in same or o < j for o in worse)
            assert stays[i, j] == (np.isfinite(value[i, j]) and not beaten)
    together = not_dominated(value, usage, np.zeros(4, np.int64))
    assert (together | ~stays).all()


def test_a_queue_of_random_orders_and_work_is_the_textbook_one() -> None:
    # M/M/1 with work of a tenth of a day and 80 % load: 90 % start within ln(0.8 / 0.1) / (10 - 8) days
    capacity = 10.0 * 365.0 / 12.0
    got = queue_allowance(0.8, capacity, np.array([8.0 * 365.0]), np.array([1.0]), np.array([1.0]))
    assert got == pytest.approx(np.log(8.0) / 2.0)
    assert queue_allowance(0.0, capacity, np.array([1.0]), np.array([1.0]), np.array([1.0])) == 0.0
    assert busy_months(np.full(12, 3.0)) == pytest.approx(1.0)


def cash(study: Study) -> float:
    return study.portfolio.money["mix"]["cash_tied_up"]


def planned_cash(study: Study) -> np.ndarray:
    """Cash tied up by every product at the planned settings of what is recommended; 0 where it has ended."""
    chosen, names = study.recommendation.recommended, study.comparison.strategies
    by = [
        np.nan_to_num(strategy_money(study.comparison, study.items, name)["cash_tied_up"]) for name in names
    ]
    return np.where(study.recommendation.ended, 0.0, np.stack(by)[chosen, np.arange(len(chosen))])


def cash_by_product(study: Study) -> np.ndarray:
    """Cash tied up by every product as it is recommended, from the table of strategies."""
    table = study_tables(study)["strategies"]()
    mine = table[(table["strategy"] == "mix") & (table["measure"] == "cash_tied_up")]
    return mine.set_index("sku")["value"].reindex(study.items.skus).fillna(0.0).to_numpy(float)


def conserved(study: Study) -> None:
    table, lines = study_tables(study)["recommendation"](), study_tables(study)["shared"]()
    money, shared = study.portfolio.money, study.recommendation.shared
    assert len(table) == len(study.items) and float(lines["amount_per_year"].sum()) == pytest.approx(
        shared, abs=1e-9
    )
    assert (
        round(float(table["gain_per_year"].sum()) + shared, 2)
        == round(study.portfolio.gain, 2)
        == round(money["mix"]["profit"] - money["baseline"]["profit"], 2)
    )
    assert money["mix"]["benchmark"] - money["mix"]["profit"] + shared == pytest.approx(
        sum(money["mix"][c] for c in COMPONENTS), abs=1e-6
    )


def test_a_limit_that_does_not_bind_changes_nothing(study: Study) -> None:
    loose = within_limits(
        study,
        Limits(
            working_capital=1.01 * cash(study),
            stocked_products=1000,
            order_capacity_per_month=1e6,
            least_share_served=0.01,
        ),
    )
    assert loose.limited is not None and not loose.limited.changed.any() and loose.limited.cost == 0.0
    pd.testing.assert_frame_equal(
        study_tables(loose)["recommendation"](),
        study_tables(study)["recommendation"](),
        rtol=1e-12,
        atol=1e-9,
    )
    assert not any(row.binds for row in loose.limited.rows)
    assert within_limits(study, Limits()) is study


def test_less_working_capital_is_kept_to_costs_more_and_adds_up(study: Study) -> None:
    costs = []
    rows, chosen = np.arange(len(study.items)), study.recommendation.recommended
    planned = np.stack(
        [
            np.nan_to_num(strategy_money(study.comparison, study.items, name)["cash_tied_up"])
            for name in study.comparison.strategies
        ],
        axis=1,
    )
    for share in (
        0.4,
        0.6,
        0.7,
    ):  # of what the choice takes when it is planned anew: what stays as it is today may hold more, and limits bind what is planned
        limit = share * float(planned[rows, chosen][~study.recommendation.ended].sum())
        tight = within_limits(study, Limits(working_capital=limit))
        assert tight.limited is not None and tight.limited.changed.any()
        (row,) = tight.limited.rows
        assert row.used <= limit * (1 + 2e-6) and row.binds and row.worth > 0.0 and row.bad_year > row.used
        assert planned_cash(tight).sum() == pytest.approx(
            row.used, rel=0.02
        )  # component stocks that fewer join are counted as simulated for them alone
        kept, held = tight.recommendation.as_today, cash_by_product(tight)
        assert held.sum() == pytest.approx(cash(tight), rel=1e-9)
        assert held[~kept] == pytest.approx(planned_cash(tight)[~kept], rel=1e-9)  # the rest is today's own
        conserved(tight)
        costs.append(tight.limited.cost)
    assert costs[0] >= costs[1] >= costs[2] > 0.0
    back = without_limits(tight)
    assert study_tables(back)["recommendation"]().equals(study_tables(study)["recommendation"]())


def test_marks_hold_contradictions_are_said_and_others_go_on(study: Study) -> None:
    skus = [str(s) for s in study.items.skus]
    stocked = next(
        s
        for i, s in enumerate(skus)
        if study.recommendation.recommended[i] == 0
        and not study.recommendation.ended[i]
        and np.isfinite(study.comparison.profit[i, 0])
    )
    other = next(s for s in skus if s != stocked and not study.recommendation.ended[skus.index(s)])
    marked = within_limits(study, Limits(must_order=(stocked, other), must_stock=(other, "*no such*")))
    assert marked.limited is not None
    i = skus.index(stocked)
    assert (
        marked.recommendation.strategies[marked.recommendation.recommended[i]] == "MTO"
        and marked.recommendation.verdict[i] == "limited"
    )
    assert (
        "marked to be made to order" in marked.recommendation.reason[i]
        and "Changed by a mark" in marked.recommendation.notes[i]
    )
    assert "the mark rules it out" in marked.recommendation.why_not[i]
    assert any(other in note and "both" in note for note in marked.limited.notes) and any(
        "no such" in note for note in marked.limited.notes
    )
    assert (
        marked.recommendation.recommended[skus.index(other)]
        == study.recommendation.recommended[skus.index(other)]
    )
    assert set(marked.limited.notes) <= set(marked.notes)
    conserved(marked)


def test_what_cannot_be_met_is_said_with_the_nearest_that_can(study: Study) -> None:
    tight = within_limits(study, Limits(stocked_products=0, order_capacity_per_month=0.01))
    assert tight.limited is not None
    needed = {row.name: row.needed for row in tight.limited.rows if np.isfinite(row.needed)}
    assert needed and any("cannot be met" in note and "nearest" in note for note in tight.limited.notes)
    conserved(tight)
    stated = {
        "stocked_products": 0.0,
        "order_capacity_per_month": 0.01,
        **{name: value * (1 + 1e-4) for name, value in needed.items()},
    }
    assert within_limits(study, Limits(**stated)).limited.notes == ()  # type: ignore[arg-type, union-attr]


def test_a_crowded_shop_keeps_its_capacity_and_adds_up(study: Study) -> None:
    load = study_load(study)
    assert load.origin == "assumed" and load.capacity > 0.0 and len(set(load.months)) == 12
    everything = within_limits(study, Limits(must_order=tuple(str(s) for s in study.items.skus)))
    work = study_load(everything).to_order
    crowded = within_limits(
        study, Limits(stocked_products=1, order_capacity_per_month=float(work.mean()) * 0.9)
    )
    assert crowded.limited is not None
    row = next(r for r in crowded.limited.rows if r.name == "order_capacity_per_month")
    assert row.used <= 0.9 * max(row.limit, row.needed if np.isfinite(row.needed) else 0.0) * (1 + 1e-6)
    conserved(crowded)
    level = carried_every_month(study, load)
    assert level.limited is not None and (
        level.limited.notes or not study_load(level).over.any() or level.limited.utilisation <= 1.0
    )


def test_words_and_summary_carry_the_limits(study: Study, tmp_path: Path) -> None:
    tight = within_limits(study, Limits(working_capital=0.5 * cash(study)))
    document = study_summary(tight)
    for name, make in study_files(study_tables(tight), lambda: document).items():
        (tmp_path / name).write_bytes(make())
    files_add_up(tmp_path)
    assert (
        document["limits"]["rows"][0]["name"] == "working_capital"
        and "is worth about" in document["limits"]["rows"][0]["shadow_price"]
    )
    assert document["limits"]["gap"] >= 0.0 and "limits" not in study_summary(study)
    euro = with_currency(tight, "EUR")
    assert (
        np.array_equal(euro.recommendation.gain, tight.recommendation.gain)
        and euro.recommendation.shared == tight.recommendation.shared
    )
    assert any("EUR" in str(reason) for reason in euro.recommendation.reason)


def test_limits_in_the_file_of_assumptions_count() -> None:
    study = small_study()
    text = assumptions_toml(study.assumptions)
    assert read_assumptions(text).limits == Limits() and "# working_capital" in text
    limits = Limits(
        working_capital=0.5 * cash(study), must_stock=('a"b',), hours={"lamps": 2.0}, every_month=True
    )
    stated = Assumptions(
        study.assumptions.general, study.assumptions.family, study.assumptions.product, limits
    )
    assert read_assumptions(assumptions_toml(stated)).limits == limits
    changed = reassume(study, stated)
    assert changed.limited is not None and changed.limited.changed.any()
    again = reassume(changed, study.assumptions)
    assert study_tables(again)["recommendation"]().equals(study_tables(study)["recommendation"]())
    with pytest.raises(DataError) as error:
        read_assumptions(
            '[limits]\nspace = 3\nworking_capital = -1\nevery_month = 2\nmust_stock = "A"\nhours = 3\nstocked_products = "many"'
        )
    assert len(error.value.problems) == 6
