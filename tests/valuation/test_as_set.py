"""Stock under another policy: nothing is simulated again, and all of it is what working it out anew gives."""

from __future__ import annotations

import numpy as np
import pytest

import analytics.study_stock.exposure
from analytics.data.uploads import Given, read_files
from analytics.study_stock.answer import answer_under, stock_answer
from analytics.study_stock.product import product_stock
from analytics.study_stock.valuation import study_valuation
from analytics.valuation.bands import reserve_by_rule
from analytics.valuation.exposure import stranded_distribution
from analytics.valuation.policy import StockPolicy
from tests.test_stock_of_a_study import sales, study_of, two_places

POLICIES = {
    "ladder": StockPolicy(cover_ladder=((3.0, 0.1), (9.0, 0.7))),
    "months": StockPolicy(excess_months=5.0, dead_months=2.0),
    "day": StockPolicy(as_of=np.datetime64("2024-11-30", "D"), age_ladder=((31.0, 0.4),)),
    "once": StockPolicy(one_off=100.0, one_off_of={"P01": 7.0}, standard="usgaap"),
}


@pytest.mark.parametrize("name", POLICIES)
def test_another_policy_simulates_nothing_and_gives_what_all_of_it_gives(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, policy = study_of(two_places()), POLICIES[name]
    base, anew = stock_answer(study), stock_answer(study, policy)
    for played in ("chunk_counts", "mts_counts", "ato_counts", "played_down"):
        monkeypatch.setattr(analytics.study_stock.exposure, played, None)
    found = answer_under(study, base, policy)
    for column in ("reserve", "net_value", "nrv_write_down", "excess_over_quantile"):
        np.testing.assert_array_equal(getattr(found.valued, column), getattr(anew.valued, column))
    np.testing.assert_array_equal(found.valued.stock.excess_value, anew.valued.stock.excess_value)
    for scope, years in anew.exposure.years.items():
        np.testing.assert_array_equal(found.exposure.years[scope], years)
    counted = anew.way.counted
    for column, amounts in anew.way.by_month(counted).items():
        np.testing.assert_array_equal(found.way.by_month(counted)[column], amounts)
    np.testing.assert_array_equal(found.watched.product, anew.watched.product)
    np.testing.assert_array_equal(found.watched.money, anew.watched.money)
    np.testing.assert_array_equal(found.runs_out.day, anew.runs_out.day)
    assert found.bridge.gain == anew.bridge.gain == base.bridge.gain
    if name == "ladder":
        assert found.valued.reserve_total != base.valued.reserve_total


def test_the_cost_of_switching_is_what_is_stated_and_unknown_is_not_zero() -> None:
    study = study_of(two_places())
    assert np.isnan(stock_answer(study).way.one_off)
    assert answer_under(study, stock_answer(study), POLICIES["once"]).way.one_off == 107.0
    assert StockPolicy(one_off=3.0).one_off_stated == 3.0
    assert StockPolicy(one_off=0.0, one_off_of={"A": 2.0}).one_off_stated == 2.0


def test_the_reserve_by_rule_closes_to_the_stock_of_the_file() -> None:
    valued = study_valuation(study_of(two_places()))
    rows = reserve_by_rule(valued)
    assert sum(one.book_value for one in rows) == pytest.approx(73_080.0, abs=0.005)
    assert sum(one.reserve for one in rows) == pytest.approx(valued.reserve_total, abs=0.005)
    assert sum(one.products for one in rows) == 6
    # three products with about seven years of cover: the last step of the ladder, all of it
    (cover,) = [one for one in rows if one.rule == "cover"]
    assert (cover.products, cover.reserve) == (3, 72_000.0)


def test_one_product_alone_by_the_race_of_two_poisson_processes() -> None:
    """P03 holds 50 at 12 and sells about 286 a year: what is left when it ends, by the closed form, at cost less salvage."""
    study = study_of(two_places())
    valued = study_valuation(study)
    i = list(valued.stock.skus).index("P03")
    hazard = float(np.nan_to_num(study.items["hazard_per_year"][i]))
    salvage = float(np.nan_to_num(study.items["salvage_share"][i]))
    chance = stranded_distribution(50, float(valued.stock.expected_12_months[i]), hazard)
    found = product_stock(study, valued, i)
    assert found.exposure is not None
    by_hand = sum(12.0 * (1.0 - salvage) * k * p for k, p in enumerate(chance))
    assert found.exposure.expected == pytest.approx(by_hand, rel=1e-12)
    assert found.months == (0, 3, 6, 9, 12) and not found.written_down  # it sells at 19.90


def test_what_is_brought_as_stock_or_receipts_is_told_by_its_content_and_never_sales() -> None:
    items = Given(two_places(), "items.csv")
    lists = {
        "stock": b"sku,quantity\nP00,7\nP01,3\nP00,2\n",
        "dated": b"as_of,sku,quantity\n2024-12-30,P00,9\n",
        "receipts": b"date,sku,quantity\n2024-05-01,P00,40\n2024-06-03,P00,44\n",
    }
    plain = read_files([Given(sales(), "s.csv")], items)
    for kind, content in lists.items():
        found = read_files(
            [Given(sales(), "s.csv"), Given(content, f"{kind}.csv", beside=True)],
            items,
        )
        assert found.history.report.rows_used == plain.history.report.rows_used, kind
        assert (found.receipts_report is not None) == (kind == "receipts")
        assert ("stock" in found.list_reports) == (kind != "receipts") and found.items is not None
        held = found.items["on_hand"]
        if kind == "receipts":
            np.testing.assert_array_equal(held, plain.items["on_hand"])  # type: ignore[index]
        else:  # what the items file says of stock is of another day: none of it is mixed in
            assert held[0] == 9.0 and np.isnan(held[2:]).all()
            assert any("is not used" in line for line in found.list_reports["items"].assumed)
