"""The finance figures of AdventureWorks, to the cent: through the study, and again by SQL or by hand over the files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pytest

from analytics.data import read_items, read_sales
from analytics.study import Study, run_study
from analytics.study_results import study_summary
from analytics.study_stock.cash import study_working_capital
from analytics.study_stock.valuation import study_valuation
from analytics.valuation.excess import excess
from analytics.valuation.policy import StockPolicy
from analytics.valuation.valued import ValuedStock

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="shared data not beside the project")
CENT = {"abs": 0.005}


@cache
def study() -> Study:
    """A short study of the whole file."""
    items, report = read_items(SHARED / "adventureworks_items.csv")
    sales = read_sales(SHARED / "adventureworks_sales.csv.gz")
    return run_study(sales, items, items_report=report, draws=4, how_sure=False)


@cache
def valued() -> ValuedStock:
    """Its stock, tied to a ledger of 20,100,000.00."""
    return study_valuation(study(), StockPolicy(ledger=20_100_000.0))


def sql(select: str) -> tuple[float, ...]:
    """One row of a query over the two files: `i` the items, `s` the sales."""
    query = f"""with i as (select * from read_csv('{SHARED / "adventureworks_items.csv"}', types={{'sku': 'VARCHAR'}})),
        s as (select * from read_csv('{SHARED / "adventureworks_sales.csv.gz"}', types={{'sku': 'VARCHAR'}})) {select}"""
    (row,) = duckdb.sql(query).fetchall()
    return tuple(row)


def test_the_stock_and_its_tie() -> None:
    stock, tie = valued().stock, valued().tie
    total, sold, ended, count = sql(
        """select sum(on_hand * standard_cost), sum(on_hand * standard_cost) filter (sku in (select sku from s)),
        sum(on_hand * standard_cost) filter (sku in (select sku from s) and sell_end is not null),
        count(*) filter (sku in (select sku from s) and sell_end is not null and on_hand * standard_cost > 0) from i"""
    )
    assert (round(total, 2), round(sold, 2), round(ended, 2), count) == (
        20_092_679.17,
        18_877_642.80,
        8_169_724.31,
        69,
    )
    assert (stock.total, stock.sold, stock.ended) == (
        pytest.approx(total, **CENT),
        pytest.approx(sold, **CENT),
        pytest.approx(ended, **CENT),
    )
    assert len(stock.lost) == count and stock.unknown_sold == 56
    assert tie is not None and round(tie.difference, 2) == 7_320.83 and not tie.ties
    assert {one.name for one in tie.candidates} >= {"never_sold", "without_cost", "unknown"}


def test_the_reserve_of_ended_products() -> None:
    """20 % salvage of 8,169,724.31 leaves 6,535,779.45 to reserve; every ended product at 80 %, whatever its age."""
    (asked,) = sql(
        "select sum(on_hand * standard_cost * 0.8) from i where sell_end is not null and sku in (select sku from s)"
    )
    assert valued().ended_reserve == pytest.approx(asked, **CENT) and round(asked, 2) == 6_535_779.45
    here = valued().stock.group == 1
    assert np.nansum(valued().reserve[here]) == pytest.approx(asked, **CENT)
    assert np.nansum(valued().age.value) == pytest.approx(valued().stock.total, **CENT)
    assert study_summary_total() == pytest.approx(valued().reserve_total, **CENT)


def study_summary_total() -> float:
    """The reserve in the document."""
    document = study_summary(study(), StockPolicy(ledger=20_100_000.0))
    assert document["valuation"]["ledger"]["difference"] == pytest.approx(7_320.83, **CENT)
    return float(document["valuation"]["reserve_total"])


def test_excess_over_trailing_sales() -> None:
    """Living products against what they sold in the last 12 months: 1,522,909.82 on 32 products."""
    stock, n = valued().stock, len(study().items)
    day = study().history.date.astype("datetime64[D]")
    within = (day >= np.datetime64("2012-12-01")) & (day <= np.datetime64("2013-11-30"))
    position = {sku: k for k, sku in enumerate(study().items.skus)}
    place = np.array([position[sku] for sku in study().history.skus])[study().history.sku[within]]
    trailing = np.bincount(place, study().history.quantity[within], n)
    found = excess(stock.on_hand[:n], np.zeros(n), trailing, stock.group[:n] != 0)
    value = found.units * stock.unit_cost[:n]
    money, count = sql(
        """, t as (select sku, sum(quantity) q from s where order_date between '2012-12-01' and '2013-11-30' group by sku)
        select sum(greatest(on_hand - coalesce(q, 0), 0) * standard_cost), count(*) filter (on_hand > coalesce(q, 0) and standard_cost > 0)
        from i left join t using (sku) where sell_end is null and on_hand is not null and sku in (select sku from s)"""
    )
    assert (round(money, 2), count) == (1_522_909.82, 32)
    assert (
        np.nansum(value) == pytest.approx(money, **CENT) and int((np.nan_to_num(value) > 0.0).sum()) == count
    )


def test_turns_days_and_margin_of_living_products() -> None:
    line = study_working_capital(study(), valued())[0]
    cost, revenue = sql(
        """select sum(s.quantity * s.unit_standard_cost), sum(s.sales_amount) from s join i using (sku)
        where i.sell_end is null and i.on_hand is not null and s.order_date between '2012-12-01' and '2013-11-30'"""
    )
    assert (round(cost, 2), round(revenue, 2), round(line.stock, 2)) == (
        41_343_793.54,
        46_764_153.80,
        10_707_918.49,
    )
    assert line.cost_of_sales == pytest.approx(cost, **CENT)
    assert line.gross_margin == pytest.approx(revenue - cost, **CENT)
    assert line.turns == pytest.approx(cost / line.stock) and round(line.turns, 4) == 3.8610
    assert round(line.dio, 2) == 94.53 and round(line.gmroi, 4) == 0.5062


def test_the_margins_of_the_file() -> None:
    """2013: 6,273,540.96 with 34 products below cost; the last 12 fitted months: 5,578,661.41."""
    from analytics.study_results import study_margin

    margin, below = sql(
        """, m as (select sku, sum(sales_amount - quantity * unit_standard_cost) e from s where year(order_date) = 2013 group by sku)
        select sum(e), count(*) filter (e < 0) from m"""
    )
    assert (round(margin, 2), below) == (6_273_540.96, 34)
    assert study_margin(study())["at_lines"] == pytest.approx(5_578_661.41, **CENT)
