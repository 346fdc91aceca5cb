"""Every real file with no option, against totals computed independently by pandas or written in the data's own description."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.data import Choices, read_items, read_sales, reconcile
from analytics.data.history import LINE_COLUMNS

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="shared data not beside the project")


@pytest.fixture(scope="module")
def bicycles() -> pd.DataFrame:
    return pd.read_csv(
        SHARED / "adventureworks_sales.csv.gz", dtype={"sku": str, "order_number": str, "customer": str}
    )


def _exported(frame: pd.DataFrame) -> bytes:
    """The bicycle file as a German spreadsheet writes it."""
    out = frame.copy()
    for column in ("order_date", "due_date", "ship_date"):
        out[column] = pd.to_datetime(out[column]).dt.strftime("%d.%m.%Y")
    return out.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n").encode("cp1252")


def test_controller_steps_one_to_three(bicycles: pd.DataFrame) -> None:
    history = read_sales(_exported(bicycles), name="export.csv")
    report = history.report
    assert report.rows_read == 121_253 == report.rows_used + report.rows_rejected
    assert report.rows_rejected == 0
    assert report.units_used == 274_776
    assert round(report.revenue_used, 2) == 109_809_274.20
    assert len(history.skus) == 266
    assert (report.dialect["delimiter"], report.dialect["decimal"], report.date_order) == (";", ",", "DMY")
    ends = [p for p in report.problems if p.code == "channel_ends_early"]
    assert len(ends) == 1 and "reseller data end on 29 Nov 2013" in ends[0].message
    found = reconcile(history, 50_100_000, 2013)
    assert round(found.in_file, 2) == 49_926_384.50
    assert round(found.difference, 2) == 173_615.50
    assert found.candidates and all(abs(c.remaining) < found.difference for c in found.candidates)


def test_every_column_of_the_bicycles(bicycles: pd.DataFrame) -> None:
    history = read_sales(SHARED / "adventureworks_sales.csv.gz")
    frame = (
        bicycles.assign(day=pd.to_datetime(bicycles.order_date))
        .sort_values("day", kind="stable")
        .reset_index()
    )
    assert (history.skus[history.sku] == frame.sku.to_numpy()).all()
    assert (history.date == frame.day.to_numpy().astype("datetime64[D]")).all()
    assert np.allclose(history.quantity, frame.quantity) and np.allclose(history.revenue, frame.sales_amount)
    assert (history.row == frame["index"].to_numpy() + 2).all()
    assert (history.promised == pd.to_datetime(frame.due_date).to_numpy().astype("datetime64[D]")).all()
    assert (history.shipped == pd.to_datetime(frame.ship_date).to_numpy().astype("datetime64[D]")).all()
    assert (history.customers[history.customer] == frame.customer.to_numpy()).all()
    assert (history.channels[history.channel] == frame.channel.to_numpy()).all()
    assert len(np.unique(history.order)) == frame.order_number.nunique() and history.frequency == "L"
    latest = frame.groupby("sku").unit_standard_cost.last()
    assert np.allclose(history.attributes["unit_cost"], latest.loc[history.skus])


def test_the_columnar_and_the_careful_reader_agree(
    bicycles: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = _exported(bicycles.head(9000))
    careful = read_sales(data)
    monkeypatch.setattr("analytics.data.files.table.FAST_BYTES", 1000)
    fast = read_sales(data)
    for name in LINE_COLUMNS:
        one, other = getattr(careful, name), getattr(fast, name)
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f"), name
    assert careful.report.rows_read == fast.report.rows_read == 9000


def test_a_damaged_line_in_a_large_file_is_named(
    bicycles: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = _exported(bicycles.head(9000)).split(b"\r\n")
    lines[4000] = lines[4000].replace(b";", b";;", 1)
    lines[7000] = b"only text"
    monkeypatch.setattr("analytics.data.files.table.FAST_BYTES", 1000)
    history = read_sales(b"\r\n".join(lines))
    assert history.report.rejected["row"].tolist() == [7001]
    assert history.report.rejected["text"].tolist() == ["only text"]
    assert history.report.rows_used == 8999 and history.row.max() == 9001
    whole = read_sales(b"\r\n".join(_exported(bicycles.head(9000)).split(b"\r\n")))
    mended, sound = (
        np.flatnonzero(history.row == 4001),
        np.flatnonzero(whole.row == 4001),
    )  # the blank cell in one way only
    assert len(mended) == 1 and history.quantity[mended] == whole.quantity[sound]
    assert history.revenue[mended] == whole.revenue[sound] and history.date[mended] == whole.date[sound]


def test_online_retail() -> None:
    frame = pd.read_csv(SHARED / "online_retail_2010_2011.csv.gz", dtype={"StockCode": str, "InvoiceNo": str})
    history = read_sales(SHARED / "online_retail_2010_2011.csv.gz")
    report = history.report
    assert report.rows_read == 379_661 == len(frame) == report.rows_used + report.rows_rejected
    assert report.units_used + report.units_rejected == frame.Quantity.sum()
    used = frame.drop(index=report.rejected["row"].to_numpy() - 2)
    assert report.units_used == used.Quantity.sum()
    assert report.revenue_used == pytest.approx((used.Quantity * used.UnitPrice).sum(), abs=0.01)
    assert set(history.skus) == set(used.StockCode)
    assert not {"POST", "DOT", "M", "m", "B", "C2", "S", "BANK CHARGES", "AMAZONFEE"} & set(history.skus)
    assert {"85123A", "85123a"} <= set(history.skus)
    codes = {p.code: p for p in report.problems}
    assert {"service_line", "stock_correction", "returns", "duplicate_rows", "sku_case", "free_lines"} <= set(
        codes
    )
    assert codes["duplicate_rows"].count <= 3_598
    assert report.returned_units == -used.Quantity[used.Quantity < 0].sum()
    assert (history.customer == -1).sum() == used.CustomerID.isna().sum()


def test_online_retail_with_every_line_kept() -> None:
    history = read_sales(
        SHARED / "online_retail_2010_2011.csv.gz",
        choices=Choices(service_lines="keep", stock_corrections="keep"),
    )
    assert history.report.rows_rejected == 0 and len(history.skus) == 2_847
    assert next(p.count for p in history.report.problems if p.code == "duplicate_rows") == 3_598


def test_car_parts_in_wide_form() -> None:
    frame = pd.read_csv(SHARED / "carparts_monthly_wide.csv.gz", index_col=0)
    history = read_sales(SHARED / "carparts_monthly_wide.csv.gz")
    assert history.report.rows_read == history.report.rows_used == 2_674 == len(history.skus)
    assert history.frequency == "M" and len(np.unique(history.date)) == 51
    assert history.report.units_used == np.nansum(frame.to_numpy())
    assert len(history) == int(frame.notna().to_numpy().sum())


def test_pasta() -> None:
    history = read_sales(SHARED / "pasta_daily.csv.gz")
    frame = pd.read_csv(SHARED / "pasta_daily.csv.gz")
    assert history.report.rows_read == history.report.rows_used == 212_164
    assert history.report.units_used == frame.units.sum() and history.frequency == "D"
    assert history.promotion.sum() == frame.on_promotion.sum()
    assert sorted(set(history.attributes["brand"])) == ["B1", "B2", "B3", "B4"]


def test_items_of_the_bicycles(bicycles: pd.DataFrame) -> None:
    items, report = read_items(SHARED / "adventureworks_items.csv")
    frame = pd.read_csv(SHARED / "adventureworks_items.csv").sort_values("sku").reset_index(drop=True)
    assert items.skus.tolist() == frame.sku.tolist() and report.rows_read == report.rows_used == 504
    value = items["on_hand"] * items["unit_cost"]
    assert round(float(np.nansum(value)), 2) == 20_092_679.17
    sold = np.isin(items.skus, bicycles.sku.unique())
    assert round(float(np.nansum(value[sold])), 2) == 18_877_642.80
    assert int(np.isnan(items["on_hand"][sold]).sum()) == 56
    assert int((items["make"][sold] == 0).sum()) == 76
    assert np.isnan(items["unit_cost"]).sum() == (frame.standard_cost == 0).sum()
    assert set(items["family"]) - {""} == set(frame.subcategory.dropna())
    assert int((~np.isnat(items["end_date"][sold])).sum()) == 83
    assert "color" in " ".join(report.assumed)
