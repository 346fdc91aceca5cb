"""Facts: copied truly from the study, and changed by an own choice by exactly its cost."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.naming.labels import COMPONENTS
from analytics.strategy.portfolio.plan_measures import plan_measures
from dashboard.results import compute, product_results, store
from dashboard.results.facts import Facts, Known, Override
from dashboard.results.study_facts import facts_of
from dashboard.state.choice import Choice, Source, base_assumptions, moved
from tests.sample_data.kept import kept_sample

FactsOf = Callable[[str], Facts]


def test_components_lead_from_the_perfect_year_to_the_profit(facts_of_sample: FactsOf) -> None:
    facts = facts_of_sample("servers")
    offered = np.isfinite(facts.profit)
    rebuilt = facts.benchmark - facts.components.sum(axis=2)
    scale = np.abs(facts.benchmark[offered]).max()
    assert np.allclose(rebuilt[offered], facts.profit[offered], atol=1e-6 * scale)
    for plan in ("MTS", "MTO", "baseline", "mix"):
        money = facts.portfolio.money[plan]
        assert money["benchmark"] - sum(money[c] for c in COMPONENTS) + money.get(
            "shared", 0.0
        ) == pytest.approx(money["profit"], abs=0.01)


def test_product_gains_and_the_shared_line_make_the_headline(facts_of_sample: FactsOf) -> None:
    for name in ("servers", "household"):
        facts = facts_of_sample(name)
        assert facts.products["gain_per_year"].sum() + facts.shared == pytest.approx(
            facts.portfolio.gain, abs=0.005
        )
        assert facts.portfolio.money["mix"]["profit"] - facts.portfolio.money["baseline"][
            "profit"
        ] == pytest.approx(facts.portfolio.gain, abs=0.01)


def test_the_range_of_losses_holds_the_expected_loss(facts_of_sample: FactsOf) -> None:
    facts = facts_of_sample("servers")
    for plan in ("MTS", "MTO", "mix"):
        expected = facts.portfolio.money[plan]["benchmark"] - facts.portfolio.money[plan]["profit"]
        assert facts.portfolio.lost_low[plan] < expected < facts.portfolio.lost_high[plan]


def sample_choice(name: str, overrides: tuple[Override, ...] = ()) -> Choice:
    """A sample as it is opened, with own choices."""
    from sample_data import samples

    return Choice(
        Source(name, name, store.sample_digest(name)),
        base_assumptions(name),
        samples()[name].currency,
        overrides,
    )


@pytest.mark.parametrize("siblings", [True, False])
def test_an_own_choice_changes_every_total_by_exactly_the_cost_that_was_shown(
    facts_of_sample: FactsOf, siblings: bool
) -> None:
    """Also where the components of a family are pooled: those who still share them are simulated again."""
    facts = facts_of_sample("servers")
    live = facts.products[
        ~facts.products["ended"] & (facts.products["recommended"] == ("ATO" if siblings else "MTO"))
    ]
    i = int(live.index[0])
    sku, old, new = str(live.loc[i, "sku"]), int(facts.choice[i]), facts.strategies.index("MTS")
    own, shared = product_results.cost_of_choice(sample_choice("servers"), [i], "MTS")
    assert own == pytest.approx(facts.profit[i, new] - facts.profit[i, old], abs=1e-6)
    assert (shared != 0.0) is siblings
    changed = compute.facts(sample_choice("servers", (Override(sku, "MTS", "the show in May"),)))
    assert changed.portfolio.gain - facts.portfolio.gain == pytest.approx(own + shared, abs=1e-6)
    assert changed.portfolio.money["mix"]["profit"] - facts.portfolio.money["mix"]["profit"] == pytest.approx(
        own + shared, abs=1e-6
    )
    assert changed.portfolio.money["mix"]["cash_tied_up"] - facts.portfolio.money["mix"][
        "cash_tied_up"
    ] == pytest.approx(facts.cash[i, new] - facts.cash[i, old], abs=1e-6)
    assert changed.products["gain_per_year"].sum() + changed.shared == pytest.approx(
        changed.portfolio.gain, abs=0.005
    )
    assert (
        "the show in May" in changed.products.loc[i, "reason"]
        and changed.products.loc[i, "verdict"] == "chosen_by_you"
    )


def test_a_family_forced_to_stock_changes_the_total_by_exactly_the_cost_that_was_shown(
    facts_of_sample: FactsOf,
) -> None:
    """Products that are too close, that stay with today's settings and that change, all at once."""
    facts = facts_of_sample("bicycles")
    products = facts.products
    live = products[~products["ended"]]
    change = live[
        (live["recommended"] != "MTS")
        & np.isfinite(facts.units["units_demanded"][live.index, facts.strategies.index("MTS")])
    ]
    family = str(change["family"].value_counts().index[0])
    rows = [int(i) for i in change.index[change["family"] == family]]
    assert len(rows) > 1
    own, shared = product_results.cost_of_choice(sample_choice("bicycles"), rows, "MTS")
    changed = compute.facts(
        sample_choice(
            "bicycles", tuple(Override(str(products.at[i, "sku"]), "MTS", "the whole family") for i in rows)
        )
    )
    assert changed.portfolio.gain - facts.portfolio.gain == pytest.approx(own + shared, abs=1e-6)
    assert (changed.products.loc[rows, "verdict"] == "chosen_by_you").all()
    assert changed.products["gain_per_year"].sum() + changed.shared == pytest.approx(
        changed.portfolio.gain, abs=0.005
    )
    close = live[
        live["as_today"]
        & (live["recommended"] == "MTS")
        & np.isfinite(facts.profit[live.index, facts.strategies.index("MTO")])
    ]
    i = int(close.index[0])
    own, shared = product_results.cost_of_choice(sample_choice("bicycles"), [i], "MTO")
    one = compute.facts(sample_choice("bicycles", (Override(str(products.at[i, "sku"]), "MTO", ""),)))
    assert one.portfolio.gain - facts.portfolio.gain == pytest.approx(own + shared, abs=1e-6)
    assert one.portfolio.money["mix"]["profit"] - one.portfolio.money["baseline"]["profit"] == pytest.approx(
        one.portfolio.gain, abs=1e-6
    )


def test_every_page_and_every_file_hold_the_same_totals_to_the_cent(facts_of_sample: FactsOf) -> None:
    """What the pages read, against recommendation.csv, strategies.csv and summary.json as they are downloaded."""
    facts_of_sample("servers")
    first = str(
        facts_of_sample("servers").products.query("recommended == 'ATO' and not ended")["sku"].iloc[0]
    )
    for choice in (sample_choice("servers"), sample_choice("servers", (Override(first, "MTS", ""),))):
        facts, files = compute.facts(choice), {name: make() for name, make in compute.files(choice).items()}
        table = pd.read_csv(io.BytesIO(files["recommendation.csv"]), dtype={"sku": str})
        document = json.loads(files["summary.json"])
        shared = pd.read_csv(io.BytesIO(files["shared.csv"]))["amount_per_year"].sum()
        np.testing.assert_allclose(table["gain_per_year"], facts.products["gain_per_year"], atol=0.005)
        ended = facts.products["ended"].to_numpy(bool)  # nothing is recommended for them in a file
        assert list(table["recommended"].fillna("")) == list(facts.products["recommended"].where(~ended, ""))
        assert shared == pytest.approx(facts.shared, abs=0.005)
        assert table["gain_per_year"].sum() + shared == pytest.approx(facts.portfolio.gain, abs=0.005)
        assert document["gain_per_year"] == pytest.approx(facts.portfolio.gain, abs=0.005)
        for plan, money in document["totals"].items():
            for measure, value in money.items():
                assert value == pytest.approx(facts.portfolio.money[plan][measure], abs=0.005), (
                    plan,
                    measure,
                )
        written = pd.read_csv(io.BytesIO(files["strategies.csv"]), dtype={"sku": str}).query(
            "strategy == run_as"
        )  # the others stay to stock, or as today
        long = written.pivot(index=["sku", "strategy"], columns="measure", values="value")
        for k, strategy in enumerate(facts.strategies):
            own = long.xs(strategy, level="strategy")
            at = facts.products["sku"].isin(own.index).to_numpy()
            np.testing.assert_allclose(own["profit"].to_numpy(), facts.profit[at, k], atol=0.005)
            np.testing.assert_allclose(
                own["obsolescence"].to_numpy(),
                facts.components[at, k, list(COMPONENTS).index("obsolescence")],
                atol=0.005,
            )


def test_while_prices_are_recomputed_expected_money_is_new_and_nothing_else_is_old(
    facts_of_sample: FactsOf,
) -> None:
    facts_of_sample("servers")
    compute.study(sample_choice("servers"))
    choice = replace(
        sample_choice("servers"), answers=moved(base_assumptions("servers"), {"salvage_share": 0.4573})
    )  # no other test has looked at it
    quick = compute.at_once(choice)
    assert quick is not None and quick.pending
    assert (
        np.isnan(quick.portfolio.gain_low)
        and np.isnan(quick.probability_best).all()
        and np.isnan(quick.low).all()
        and not quick.portfolio.lost_low
    )
    assert (
        set(quick.products["verdict"]) <= {"recomputing", "not_decidable"}
        and (quick.products["turns"] == "").all()
    )
    assert quick.bridge is not None and quick.bridge.gain == pytest.approx(quick.portfolio.gain, abs=0.005)
    full = compute.facts(
        choice, need=Known.YEARS
    )  # what is looked for further moves none of it: test_settled_when_needed.py
    np.testing.assert_array_equal(quick.profit, full.profit)
    np.testing.assert_array_equal(quick.components, full.components)
    assert (
        quick.portfolio.money["MTS"]["profit"]
        == full.portfolio.money["MTS"]["profit"]
        != facts_of_sample("servers").portfolio.money["MTS"]["profit"]
    )
    assert not full.pending and compute.at_once(choice) is full


def test_more_than_prices_is_not_shown_before_it_is_computed(facts_of_sample: FactsOf) -> None:
    facts_of_sample("servers")
    choice = replace(
        sample_choice("servers"), answers=base_assumptions("servers").with_general(patience_per_day=0.004321)
    )
    assert compute.at_once(choice) is None


@pytest.mark.slow
def test_what_is_kept_of_a_sample_is_what_a_new_run_finds(facts_of_sample: FactsOf) -> None:
    from dashboard.results.compute import sample_study

    facts_of_sample("servers")
    kept, new = store.kept("servers", "study"), sample_study("servers")
    assert kept is not None
    assert {name: ledger.digest() for name, ledger in kept.ledgers.items()} == {
        name: ledger.digest() for name, ledger in new.ledgers.items()
    }
    assert kept.portfolio.gain == new.portfolio.gain


def test_the_store_forgets_what_other_code_wrote(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOCK_OR_ORDER_STORE", str(tmp_path))
    assert store.kept("servers", "probe") is None
    assert store.keep("servers", "probe", {"a": 1})
    assert store.kept("servers", "probe") == {"a": 1}
    monkeypatch.setattr(store, "code_digest", lambda: "other")
    assert store.kept("servers", "probe") is None


@pytest.mark.parametrize("name", ["bicycles", "servers", "household"])
def test_the_rule_for_sales_never_earns_more_than_the_table_it_stands_for(
    facts_of_sample: FactsOf, name: str
) -> None:
    """Also where too few of a family would be assembled for the whole family to be better off."""
    rule = facts_of_sample(name).rule
    assert rule and float(rule["lost_per_year"]) >= -0.5


@pytest.mark.parametrize("name", ["bicycles", "household"])
def test_units_of_the_mix_count_what_stays_as_today_as_it_is_run_today(name: str) -> None:
    study = kept_sample(name)
    r = study.recommendation
    facts = facts_of(study, Known.MONEY)
    mix = plan_measures("mix", study.comparison, study.items, r.recommended, r.as_today)
    stays = facts.products["as_today"].to_numpy(bool)
    for measure in ("units_sold", "units_on_hand", "units_scrapped"):
        np.testing.assert_allclose(facts.mix_units(measure), mix.values[measure], rtol=1e-12)
    own = facts.units["units_sold"][np.arange(len(stays)), facts.choice]
    assert (np.abs(own - facts.mix_units("units_sold"))[stays] > 1e-3).any()
