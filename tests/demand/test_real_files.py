"""The panel of real files: totals computed independently, and the traps each file is known for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.assumptions import Assumptions
from analytics.data import read_items, read_sales
from analytics.demand import complete_items, death_reliability, demand_classes, demand_panel, life_cycle
from analytics.demand.life.life_cycle import ENDED
from analytics.demand.returns import returned_lines

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no data folder beside the project ({DATA})")


def test_adventureworks_ends_with_its_reseller_channel():
    sales = read_sales(DATA / "adventureworks_sales.csv.gz")
    items, _ = read_items(DATA / "adventureworks_items.csv")
    panel = demand_panel(sales, None, items)
    file = pd.read_csv(DATA / "adventureworks_sales.csv.gz", dtype={"sku": str}, parse_dates=["order_date"])
    assert panel.frequency == "M" and str(panel.next_start) == "2013-12-01" and len(panel.skus) == 266
    assert any("reseller end on 2013-11-29" in note for note in panel.notes)
    c = panel.counts
    assert c["net_units"] == 274_776 and c["net_revenue"] == pytest.approx(109_809_274.20, abs=0.01)
    assert c["units_after_last_period"] == file.quantity[file.order_date >= "2013-12-01"].sum()
    assert c["units_in_panel"] + c["units_before_first_period"] + c["units_after_last_period"] == 274_776
    by_month = (
        file[file.order_date >= "2011-01-01"]
        .groupby(["sku", file.order_date.dt.to_period("M")])
        .quantity.sum()
    )
    some = by_month.sample(40, random_state=1)
    for (sku, month), units in some.items():
        if month <= pd.Period("2013-11"):
            assert (
                panel.units[
                    list(panel.skus).index(sku), list(panel.starts).index(np.datetime64(str(month), "D"))
                ]
                == units
            )
    completed = complete_items(items, sales, panel, Assumptions())
    life = life_cycle(panel, completed)
    assert (life.stage == ENDED).sum() == 83 and (completed["make"] == 0).sum() == 76
    assert (completed["historical_wait_days"] == 12).all()
    dated = ~np.isnat(life.known_end)
    assert (life.hazard_per_year[dated] < 0.2).all() and any(
        "announced changes of models" in note for note in life.notes
    )
    assert life.hazard_per_year[~dated].mean() < 83 / 238
    # nobody knows when the other models of a family will change: their rate is what the file's end dates and months on sale say
    subcategory = pd.read_csv(DATA / "adventureworks_items.csv", dtype={"sku": str}).set_index("sku")[
        "subcategory"
    ]
    sold = by_month.reset_index().groupby("sku")["order_date"].agg(["min", "max"])
    ended = set(panel.skus[life.stage == ENDED])
    last = sold["max"].where(sold.index.isin(ended), pd.Period("2013-11"))
    years = (last - sold["min"]).map(lambda months: (months.n + 1) / 12)
    by_family = years.groupby(subcategory.reindex(years.index)).sum()
    for family in by_family[by_family > 20].index:
        rows = np.flatnonzero((completed["family"] == family) & ~dated)
        silent = (1.0 - life.alive[rows]).sum()  # ends that nobody wrote down count as far as silence says so
        rate = (len(ended & set(subcategory.index[subcategory == family])) + silent) / by_family[family]
        assert (
            len(rows)
            and (life.hazard_low[rows] <= max(rate, 0.03)).all()
            and (rate <= life.hazard_high[rows]).all()
        )
        assert (
            life.hazard_per_year[rows] == pytest.approx(life.hazard_per_year[rows[0]])
            and abs(life.hazard_per_year[rows[0]] - rate) < 0.1
        )


def test_online_retail_nets_the_cancelled_giant_order():
    sales = read_sales(DATA / "online_retail_2010_2011.csv.gz")
    giant = np.flatnonzero((sales.quantity == -74_215) & (sales.skus[sales.sku] == "23166"))
    assert len(giant) == 1 and sales.quantity[returned_lines(sales)[giant[0]]] == 74_215
    panel = demand_panel(sales)
    row = list(panel.skus).index("23166")
    assert panel.units[row].max() < 2_000
    c = panel.counts
    assert (
        c["units_in_panel"]
        + c["units_before_first_period"]
        + c["units_after_last_period"]
        - c["unmatched_units_left_over"]
        == c["net_units"]
    )
    christmas = (
        int(np.flatnonzero(panel.starts == np.datetime64("2010-12-27"))[0])
        if panel.frequency == "W"
        else None
    )
    assert christmas is None or not panel.observed[:, christmas].any()


def test_car_parts_classes_are_the_published_ones():
    panel = demand_panel(read_sales(DATA / "carparts_monthly_wide.csv.gz"))
    assert panel.frequency == "M" and panel.units.shape == (2674, 51)
    names, count = np.unique(demand_classes(panel)[2], return_counts=True)
    assert dict(zip(names, count.tolist(), strict=True)) == {
        "intermittent": 2306,
        "lumpy": 343,
        "smooth": 21,
        "erratic": 4,
    }
    assert any("165 products stops" in note for note in panel.notes)


@pytest.mark.slow
def test_car_parts_deaths_were_foreseen_better_than_by_the_base_rate():
    panel = demand_panel(read_sales(DATA / "carparts_monthly_wide.csv.gz"))
    result = death_reliability(panel, None, [30, 39])
    assert result.cases > 4000 and result.brier < 0.9 * result.brier_of_share
    assert (np.diff(result.table.happened) > 0).all()


def test_pasta_closed_days_are_unknown():
    panel = demand_panel(read_sales(DATA / "pasta_daily.csv.gz"), "D")
    assert panel.units.shape[1] == 1825 and len(panel.skus) == 118
    closed = ~panel.observed.any(axis=0)
    assert closed.sum() == 27 and panel.counts["net_units"] == panel.counts["units_in_panel"]
