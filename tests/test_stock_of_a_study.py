"""What a study says of stock on hand: from the file, to the cent, in every sentence, and never a part of the gain."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics.data import read_items, read_sales
from analytics.study import Study, run_study
from analytics.study_results import study_summary, study_tables
from analytics.study_stock.valuation import study_valuation
from analytics.valuation.on_hand import StockFacts
from analytics.valuation.policy import StockPolicy
from analytics.writeup.reserves import nrv_table, valuation_notes
from analytics.writeup.words.stock import cash_sentence, lost_sentence, parts_sentence, stock_title
from dashboard.results.study_facts import facts_of
from dashboard.text.headline import headline


def sales() -> bytes:
    """Six products, each sold every week of two years at 19.90; about 286 units a year each."""
    start = datetime.date(2023, 1, 2)
    lines = [
        f"{start + datetime.timedelta(weeks=w)},P{k:02d},{4 + (w * (2 * k + 3)) % 4},19.9"
        for w in range(104)
        for k in range(6)
    ]
    return "\n".join(["date,sku,quantity,price", *lines]).encode()


def items(stock: str) -> bytes:
    """One row per product and place: cost 12; `stock` holds on hand per row ("" unknown)."""
    return "\n".join(
        ["sku,warehouse,unit_cost,make,production_days,on_hand,current_mode", *stock.split()]
    ).encode()


def two_places(times: float = 1.0) -> bytes:
    """P00 to P02 hold 2,000 in two places each, P03 holds 50, the others 20: 6,090 units in all."""
    held = {
        "P00": (1500, 500),
        "P01": (1000, 1000),
        "P02": (20, 1980),
        "P03": (50, 0),
        "P04": (20, 0),
        "P05": (20, 0),
    }
    rows = [
        f"{sku},{place},12,make,7,{times * units:g},MTS"
        for sku, both in held.items()
        for place, units in zip(("NORTH", "SOUTH"), both, strict=True)
    ]
    return items(" ".join(rows))


@cache
def study_of(content: bytes) -> Study:
    given, report = read_items(content)
    return run_study(read_sales(sales()), given, items_report=report, draws=4, currency="EUR")


def study_stock(study: Study) -> StockFacts:
    """The stock of a study under the policy that is assumed."""
    return study_valuation(study).stock


def test_stock_starts_from_the_file() -> None:
    """6,090 units at 12 are 73,080; seven years of cover: slow, not lost, and cash only as far as 24 months of sales reach."""
    study = study_of(two_places())
    stock, document = study_stock(study), study_summary(study)["stock"]
    assert stock.total == document["total"] == 73_080.0 and np.nansum(stock.on_hand) == 6090.0
    assert "73,080.00 EUR = 73,080.00 on products still sold" in parts_sentence(stock, "EUR")
    assert (
        {str(s) for s in stock.skus[stock.slowest]} == {"P00", "P01", "P02"}
        and document["slow_products"] == 3
        and document["ended"] == 0.0
    )
    year = stock.monthly[:, :12].sum(axis=1)
    assert year == pytest.approx(np.full(6, 286.0), rel=0.1)
    assert stock.slow == pytest.approx(12.0 * (6000 - year[:3].sum()))
    np.testing.assert_allclose(stock.cover_months[:3], 2000 / year[:3] * 12, rtol=0.02)
    assert "Slow, not lost" in lost_sentence(stock, "EUR") and "Lost" not in lost_sentence(stock, "EUR")
    assert any(
        "6 products have several rows (places: NORTH, SOUTH): on hand added" in note
        for note in document["notes"]
    )
    way = stock.transition
    assert (
        document["cash_released"] == pytest.approx(sum(document["cash_released_by_month"]))
        and 0.0 < document["cash_released"] < 0.3 * stock.total
    )
    assert document["cash_released"] + document["kept_by_plan"] + document[
        "not_sold_within_24_months"
    ] == pytest.approx(73_080.0, abs=0.005)
    assert way.by_month[2] == pytest.approx(
        12.0 * stock.monthly[:3, 2].sum()
    )  # the others have reached what the plan holds by then
    table = study_tables(study)["stock"]()
    products, total, rest = (
        table.iloc[:-2],
        table.iloc[-2],
        table.iloc[-1],
    )  # closed by a total and by what is not in it
    assert products["book_value"].sum() == total["book_value"] == 73_080.0 and rest["name"] == "nothing"
    assert table["quantity"].tolist()[:2] == [2000.0, 2000.0] and total["quantity"] == 6090.0


def test_on_hand_moves_cash_slow_stock_and_the_way_and_no_gain() -> None:
    one, three = study_of(two_places()), study_of(two_places(3.0))
    assert three.portfolio.money == one.portfolio.money and three.portfolio.gain == one.portfolio.gain
    assert list(three.recommendation.recommended) == list(one.recommendation.recommended) and list(
        three.recommendation.verdict
    ) == list(one.recommendation.verdict)
    np.testing.assert_array_equal(three.recommendation.gain, one.recommendation.gain)
    before, after = study_stock(one), study_stock(three)
    assert after.total == 3.0 * before.total and after.slow > 3.0 * before.slow
    assert after.transition.beyond_months.sum() > 2.0 * before.transition.beyond_months.sum() > 0.0


def test_no_record_no_sentence() -> None:
    """Unknown on hand is neither zero nor the reorder point: nothing of cash, slow or lost stock, and no figure in its place."""
    blank = study_of(items(" ".join(f"P{k:02d},NORTH,12,make,7,,MTS" for k in range(6))))
    stock = study_stock(blank)
    assert not stock.known and stock.unknown_sold == 6
    assert cash_sentence(stock, "EUR") == lost_sentence(stock, "EUR") == "" and stock_title(
        stock, "EUR"
    ).startswith("No stock on hand in these files")
    document = study_summary(blank)["stock"]
    assert document["known"] is False and document["total"] is None and document["cash_released"] is None
    table = study_tables(blank)["stock"]().iloc[:-2]
    assert len(table) == 6 and table[
        [
            "quantity",
            "book_value",
            "cover_months",
            "excess_units",
            "plan_holds",
            "becomes_cash",
            "ties_up",
            "not_cash",
        ]
    ].isna().all(axis=None)
    words = headline(facts_of(blank))
    assert not any(
        word in " ".join(words.sentences) for word in ("becomes cash", "ties up", "in stock today")
    )


def test_one_record_among_blanks_takes_part_alone() -> None:
    rows = (
        "P00,NORTH,12,make,7,500",
        "P01,NORTH,12,make,7,",
        "P02,NORTH,,make,7,40",
        "P03,NORTH,12,make,7,-6",
        "P04,NORTH,12,make,7,0",
        "P99,NORTH,5,make,7,9",
    )
    some = study_of(items(" ".join(f"{row},MTS" for row in rows)))
    stock = study_stock(some)
    parts = {p.name: p for p in stock.parts}
    assert (
        stock.total == 500 * 12 + 9 * 5
        and parts["living"].money == 6000.0
        and parts["never_sold"].money == 45.0
    )
    assert (
        parts["without_cost"].units == 40.0 and parts["below_zero"].money == -72.0 and stock.unknown_sold == 2
    )  # P01 and P05, which the file does not know
    assert stock.transition.cash_released <= 6000.0
    said = parts_sentence(stock, "EUR")
    assert "6,045.00 EUR = 6,000.00 on products still sold + 45.00 on products never sold" in said
    assert (
        "40 units of 1 product without a cost" in said
        and "1 product booked below zero (-6 units, -72.00)" in said
        and "2 products sold without a stock record" in said
    )
    assert cash_sentence(stock, "EUR").startswith(
        "Once, 5.84 k EUR of the 6.04 k EUR in stock today becomes cash"
    )
    assert cash_sentence(stock, "EUR", "**{}**".format).startswith("Once, **5.84 k EUR")


def test_cash_never_exceeds_the_stock_of_the_file() -> None:
    """A minimum of 300 and ten on hand: what the plan holds more is bought, never released."""
    lines = [f"{datetime.date(2021, 1, 4) + datetime.timedelta(days=5 * k)},PUMP,1,300" for k in range(200)]
    lines += [f"{datetime.date(2021, 1, 4) + datetime.timedelta(days=7 * k)},FILL,50,10" for k in range(140)]
    given, report = read_items(b"sku,unit_cost,price,make,component_lead_days,production_days,moq,units_per_order,on_hand,current_mode\n"
                               b"FILL,5,10,1,21,7,1,50,500,MTS\nPUMP,200,300,0,30,0,300,1,10,MTS\n")  # fmt: skip
    study = run_study(
        read_sales("\n".join(["date,sku,quantity,unit_price", *lines]).encode()),
        given,
        items_report=report,
        draws=4,
        how_sure=False,
    )
    document = study_summary(study)["stock"]
    assert document["total"] == 4500.0 and 0.0 <= document["cash_released"] <= 4500.0
    stocked = replace(
        study,
        recommendation=replace(
            study.recommendation, recommended=np.full(2, study.comparison.strategies.index("MTS"))
        ),
    )
    way = study_stock(stocked).transition
    assert (
        way.cash_released <= 4500.0 and way.tied_up[1] > 10_000.0
    )  # some 150 pumps lie there on average, ten of them today


def test_the_document_follows_the_policy_as_the_table_does() -> None:
    """Over six months much more is excess than over twelve; summary.json says what stock.csv does, to the cent."""
    study, policy = study_of(two_places()), StockPolicy(excess_months=6.0)
    slow = study_summary(study, policy)["stock"]["slow"]
    table = study_tables(study, policy)["stock"]()
    assert slow == pytest.approx(table["excess_value"].iloc[-2], abs=0.005)
    assert slow > study_summary(study)["stock"]["slow"] + 1_000.0


def test_what_was_fetched_after_the_day_of_the_stock_is_evidence() -> None:
    """Stock of 30 June, sales until December at 19.90: that stands in nrv.csv, moves nothing, and is said where it is below what a unit is valued at."""
    study = study_of(two_places())
    then = study_valuation(study, StockPolicy(as_of=np.datetime64("2024-06-30", "D")))
    table = nrv_table(then)
    assert table["price_after"].iloc[:6].tolist() == pytest.approx([19.9] * 6)
    assert not then.sold_for_less.any()
    assert np.isnan(nrv_table(study_valuation(study))["price_after"]).all()  # no sale after the day
    cheap = replace(then, sold=replace(then.sold, price_after=np.where(np.arange(6) == 3, 11.0, 19.9)))
    assert cheap.sold_for_less.tolist() == [False] * 3 + [True] + [False] * 2
    assert cheap.reserve_total == then.reserve_total
    assert any(note.startswith("1 product fetched less after 2024-06-30") for note in valuation_notes(cheap))


#: The first columns that finance reads each table by, in this order.
FIRST_COLUMNS = {
    "stock": "sku name family status as_of quantity unit_cost book_value last_sale average_age_days age_origin monthly_demand cover_months "
    "excess_units excess_value",
    "ageing": "sku quantity book_value q_",
    "reserve": "sku book_value age_rate cover_rate ended_rate rule_applied policy_reserve nrv_write_down override override_by override_note reserve "
    "net_value booked_so_far change standard",
    "journal": "account text debit credit",
    "exposure": "scope expected p95 cvar95 probability_of_loss",
    "working_capital": "scope components in_process finished deposits net dio turns gmroi",
    "transition": "month scope",
    "bridge": "order step group amount cumulative",
}


def test_tables_of_the_books_begin_as_finance_reads_them() -> None:
    tables = study_tables(study_of(two_places()))
    for name, columns in FIRST_COLUMNS.items():
        assert " ".join(tables[name]().columns).startswith(columns), name
