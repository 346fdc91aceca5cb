"""A rule of one's own against sums by hand over the products it matches, and what it refuses."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analytics.assumptions import Assumptions
from analytics.cli import main
from analytics.errors import DataError
from analytics.naming.what_ifs import WhatIf
from analytics.scenario.choices import with_choices
from analytics.scenario.own_rule import own_rule_document, rule_match, tried_own_rule, with_own_rule
from analytics.scenario.reassume import reassume
from analytics.strategy.gains import profit_high, profit_low
from analytics.strategy.portfolio.sums import portfolio_totals
from analytics.strategy.what_if.own_rule import read_rule, rule_columns
from analytics.study import Study
from tests.strategy.small import small_study
from tests.test_what_ifs import items, run, sales

RULE = "price > 50 and orders_per_month < 6: order"


@pytest.fixture(scope="module")
def study() -> Study:
    return run(sales(), items())


def test_the_plan_is_the_sum_of_what_it_matches_to_order_and_of_the_rest_to_stock(study: Study) -> None:
    """Money, its range over the same simulated years, cash and lost sales, each added up by hand."""
    comparison, found = study.comparison, with_own_rule(study, read_rule(RULE))
    price = np.asarray(study.items["price"])
    orders = comparison.chosen["MTS"].count("demanded") / np.asarray(study.items["units_per_order"]) / 12.0
    meets = (price > 50.0) & (orders < 6.0)
    assert 0 < meets.sum() < len(meets)
    order, stock = (comparison.strategies.index(name) for name in ("MTO", "MTS"))
    rows, at = np.arange(len(meets)), np.where(meets, order, stock)
    assert found.recommendation.mine is not None and found.recommendation.mine.tolist() == at.tolist()
    money = found.portfolio.money["mine"]
    assert money["profit"] == pytest.approx(float(comparison.profit[rows, at].sum()), abs=0.005)
    years = comparison.by_path[rows, at].astype(np.float64).sum(axis=0)
    assert found.portfolio.low["mine"] == pytest.approx(profit_low(years), rel=1e-6)
    assert found.portfolio.high["mine"] == pytest.approx(profit_high(years), rel=1e-6)
    assert (
        years.min()
        <= found.portfolio.low["mine"]
        < years.mean()
        < found.portfolio.high["mine"]
        <= years.max()
    )
    lost, asked = (
        sum(float(comparison.chosen[comparison.strategies[k]].count(name)[i]) for i, k in enumerate(at))
        for name in ("lost", "demanded")
    )
    assert found.portfolio.service["mine"]["share_lost"] == pytest.approx(lost / asked)
    document = own_rule_document(found)
    assert document["gain_over_today"] == pytest.approx(
        float(comparison.profit[rows, at].sum()) - study.portfolio.money["baseline"]["profit"], abs=0.005
    )
    assert document["products_matched"] == int(meets.sum())
    for plan, before in study.portfolio.money.items():  # nothing else changes
        assert found.portfolio.money[plan] == before
    assert found.portfolio.gain == study.portfolio.gain


def test_the_other_way_round_and_by_the_year(study: Study) -> None:
    columns = rule_columns(study.comparison, study.items)
    np.testing.assert_allclose(columns["orders_per_year"], 12.0 * columns["orders_per_month"])
    month = rule_match(study, read_rule("orders_per_month > 2: stock"))
    year = rule_match(study, read_rule("orders_per_year > 24: stock"))
    assert month.strategy.tolist() == year.strategy.tolist() and 0 < month.products < month.living
    cost = rule_match(study, read_rule("unit_cost < 100: stock"))
    assert cost.products == int((np.asarray(study.items["unit_cost"]) < 100.0).sum())


@pytest.mark.parametrize(("text", "who"), [("price > 5000: order", "none"), ("price > 1: stock", "all")])
def test_a_rule_that_parts_nothing_is_told_with_what_would(study: Study, text: str, who: str) -> None:
    with pytest.raises(DataError) as told:
        with_own_rule(study, read_rule(text))
    (problem,) = told.value.problems
    assert f"matches {who} of 6 products" in problem.message and "price runs from 12 to 900" in problem.remedy
    tried = tried_own_rule(study, text)
    assert tried.recommendation.mine is None and f"matches {who} of 6 products" in tried.notes[-1]


@pytest.mark.parametrize(
    "text",
    ["", "price > 5", "price = 5: order", "price > 1,500: order", "price > -1: order", "price > inf: order", "colour > 1: order",
     "price > 5: buy", "price > 5 and: order", " and ".join(["price > 1"] * 5) + ": order"],
)  # fmt: skip
def test_what_is_no_rule_is_refused_in_words(text: str) -> None:
    with pytest.raises(DataError) as told:
        read_rule(text)
    assert told.value.problems[0].remedy


def test_what_cannot_be_run_so_stays_to_stock_and_what_is_not_known_meets_nothing(study: Study) -> None:
    """A product without a promise is not made to order; one without a price is neither over nor under a price."""
    price = np.array(study.items["price"], np.float64)
    price[0] = np.nan
    unknown = replace(study, items=study.items.with_field("price", price, study.items.origin("price")))
    found = rule_match(unknown, read_rule("price > 50: order"))
    assert found.unknown == 1 and found.strategy[0] == study.comparison.strategies.index("MTS")
    chosen = dict(study.comparison.chosen)
    offered = chosen["MTO"].offered.copy()
    offered[1] = False
    chosen["MTO"] = replace(chosen["MTO"], offered=offered)
    cannot = replace(study, comparison=replace(study.comparison, chosen=chosen))
    found = rule_match(cannot, read_rule("price > 50: order"))
    assert found.not_offered == 1 and found.strategy[1] == study.comparison.strategies.index("MTS")


def test_what_a_rule_assembles_is_worth_what_own_choices_of_the_same_say(study: Study) -> None:
    """Shared components of those alone that assemble count: the same plan chosen product by product has the same money."""
    with pytest.raises(DataError, match="no product can be assembled"):
        with_own_rule(study, read_rule("price > 50: assemble"))
    base = small_study()
    rule = read_rule("price > 150: assemble")
    found, mine = rule_match(base, rule), with_own_rule(base, rule)
    ato = base.comparison.strategies.index("ATO")
    assembles = (found.strategy == ato) & ~base.recommendation.ended
    family = np.concatenate(base.setup.families)
    assert assembles.any() and not assembles[family].all() and found.not_offered > 0
    decided = base.recommendation.decided
    chosen = {
        str(sku): (base.comparison.strategies[k], "")
        for sku, k, known in zip(
            base.items.skus, found.strategy, decided.money_known & decided.living, strict=True
        )
        if known
    }
    by_hand = with_choices(base, chosen)
    shared = mine.portfolio.money["mine"]["shared"]
    assert shared == pytest.approx(by_hand.recommendation.shared) and shared != 0.0
    rows = np.flatnonzero(np.isfinite(base.comparison.profit[:, 0]))
    profit = float(base.comparison.profit[rows, found.strategy[rows]].sum())
    assert mine.portfolio.money["mine"]["profit"] == pytest.approx(profit + shared)
    assert own_rule_document(mine)["shared_components"] == shared
    plain = portfolio_totals(base.comparison, mine.recommendation, base.items)
    assert mine.portfolio.low["mine"] == pytest.approx(plain.low["mine"] + shared)
    assert mine.portfolio.lost_high["mine"] == pytest.approx(plain.lost_high["mine"] - shared)


def test_a_rule_is_not_carried_into_another_setting_by_itself(study: Study) -> None:
    """Orders and prices may be others there: it is asked again."""
    again = reassume(
        with_own_rule(study, read_rule(RULE)),
        Assumptions().with_what_if(WhatIf("price", 0.1)),
        how_sure=False,
    )
    assert again.recommendation.mine is None and "mine" not in again.portfolio.money
    assert "mine" in with_own_rule(again, read_rule(RULE)).portfolio.money


def test_the_command_line_says_it_and_its_register_gives_it_again(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_bytes(sales())
    (tmp_path / "i.csv").write_bytes(items())
    files = [str(tmp_path / "s.csv"), "--items", str(tmp_path / "i.csv")]
    assert main(["analyze", *files, "--rule", RULE, "--out", str(tmp_path / "a")]) == 0
    assert (
        main(
            [
                "analyze",
                *files,
                "--register",
                str(tmp_path / "a" / "register.csv"),
                "--out",
                str(tmp_path / "b"),
            ]
        )
        == 0
    )
    document = json.loads((tmp_path / "a" / "summary.json").read_text("utf-8"))
    assert document["own_rule"]["rule"] == RULE
    with (tmp_path / "a" / "strategies.csv").open(encoding="utf-8-sig") as file:
        mine = [
            row for row in csv.DictReader(file) if row["strategy"] == "mine" and row["measure"] == "profit"
        ]
    total = sum(float(row["value"]) for row in mine)
    assert total == pytest.approx(document["totals"]["mine"]["profit"], abs=0.005)
    for name in ("summary.json", "strategies.csv", "register.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
