"""Every table of stock against what it must tie to: the document of the same folder, to the cent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.naming.labels import COMPONENT_BLOCKS

__all__ = ["STOCK_FILES", "stock_ties"]

STOCK_FILES = (
    "stock.csv", "ageing.csv", "reserve.csv", "nrv.csv", "roll_forward.csv", "journal.csv", "exposure.csv", "exposure_curve.csv", "working_capital.csv",
    "carrying.csv", "transition.csv", "bridge.csv", "bridge_by_product.csv", "attention.csv", "register.csv", "ledger.csv", "todays_list.csv",
)  # fmt: skip
CENT = {"abs": 0.005}
PLANS = {"baseline": "Today's way", "mix": "The mix", "MTS": "Everything to stock"}


def total_of(table: pd.DataFrame) -> Mapping[str, Any]:
    """The line that closes a table of products; what is not in it stands behind it."""
    (line,) = table[table["sku"] == "total"].to_dict("records")
    return line


def stock_ties(read: Mapping[str, pd.DataFrame], document: Mapping[str, Any]) -> None:
    """Assert that every total is the document's; `read` are tables by file name."""
    stock, valuation, totals = document["stock"], document["valuation"], document["totals"]
    for name in ("stock.csv", "ageing.csv", "reserve.csv", "nrv.csv"):
        table = read[name]
        assert table["sku"].tolist()[-2:] == ["total", "not in the total"], name
    own = read["stock.csv"].iloc[:-2]
    closing, rest = total_of(read["stock.csv"]), read["stock.csv"].iloc[-1]
    if stock["known"]:
        assert closing["book_value"] == pytest.approx(stock["total"], **CENT)
        assert own["book_value"].sum() == pytest.approx(stock["total"], **CENT)
        assert closing["excess_value"] == pytest.approx(stock["slow"], **CENT)
        assert closing["becomes_cash"] == pytest.approx(stock["cash_released"], **CENT)
        parts = {part["part"]: part for part in stock["parts"]}
        beside = sum(parts[name]["units"] for name in ("without_cost", "below_zero", "consignment"))
        assert closing["quantity"] + rest["quantity"] == pytest.approx(
            sum(p["units"] for p in stock["parts"] if p["in_total"]) + beside
        )
        aged, reserve = total_of(read["ageing.csv"]), total_of(read["reserve.csv"])
        buckets = [name for name in aged if name.startswith("v_")]
        assert sum(aged[name] for name in buckets) == pytest.approx(stock["total"], **CENT)
        for name in buckets:
            assert aged[name] == pytest.approx(valuation["by_age"][name.removeprefix("v_")], **CENT)
        assert reserve["reserve"] == pytest.approx(valuation["reserve_total"], **CENT)
        assert reserve["reserve"] + reserve["net_value"] == pytest.approx(stock["total"], **CENT)
        roll = total_of(read["roll_forward.csv"])
        for name in ("opening", "charged", "reversed", "used_on_sale", "used_on_disposal", "closing"):
            assert roll[name] == pytest.approx(valuation["roll_forward"][name], **CENT), name
        assert roll["closing"] == pytest.approx(reserve["reserve"], **CENT)
        for name in ("policy_reserve", "nrv_write_down", "booked_so_far", "change"):
            assert reserve[name] == pytest.approx(valuation[name], **CENT), name
        assert total_of(read["nrv.csv"])["nrv_write_down"] == pytest.approx(valuation["nrv_write_down"], **CENT)  # fmt: skip
        assert read["roll_forward.csv"]["sku"].tolist()[-2:] == ["total", "not in the total"]
    journal = read["journal.csv"]
    assert journal["account"].tolist()[-2:] == ["total", "not in the total"]
    debit, credit = (journal[name].iloc[-2] for name in ("debit", "credit"))
    assert debit == pytest.approx(credit, **CENT)
    if stock["known"]:
        assert debit == pytest.approx(valuation["journal_total"], **CENT)
    closed_as_said(read)
    every_scope_ties(read, document)
    if stock["known"]:
        balance_of_scopes(read, stock)
    exposure = read["exposure.csv"].set_index(["scope", "measure"])
    for plan, words in PLANS.items():
        of = totals[plan]
        written = of["obsolescence"] + of["run_off"] + of["markdown"]
        assert exposure.loc[(words, "written off"), "expected"] == pytest.approx(written, **CENT), plan
        lost = of["lost_margin"] + of["goodwill"] + of["waiting"]
        assert exposure.loc[(words, "margin not earned"), "expected"] == pytest.approx(lost, **CENT), plan
        units = document["service"][plan]["units_lost"]
        assert exposure.loc[(words, "units lost"), "expected"] == pytest.approx(units, rel=1e-9), plan
        assert (
            exposure.loc[(words, "written off"), "p95"]
            <= exposure.loc[(words, "written off"), "cvar95"] + 1e-9
        )
    curve = read["exposure_curve.csv"].iloc[:-1]
    assert (
        curve.groupby("scope")["probability_of_more"].apply(lambda part: (np.diff(part) < 1e-12).all())
    ).all()
    capital = read["working_capital.csv"].set_index("scope")
    carried = read["carrying.csv"].set_index("scope")
    for plan, words in (("baseline", "today's way"), ("mix", "the mix")):
        assert capital.loc[words, "net"] == pytest.approx(totals[plan]["cash_tied_up"], **CENT)
        assert carried.loc[words, "economic"] == pytest.approx(
            totals[plan]["capital"] + totals[plan]["storage"], **CENT
        )
        assert carried.loc[words, "capital"] == pytest.approx(totals[plan]["capital"], **CENT)
    bridge = read["bridge.csv"]
    inside = bridge[
        ~bridge["group"].isin(["today", "the mix", "one-off, not in the sum", "not in the total"])
    ]
    assert bridge.loc[bridge["group"] == "today", "amount"].item() + inside["amount"].sum() == pytest.approx(
        bridge.loc[bridge["group"] == "the mix", "amount"].item(), **CENT
    )
    assert inside["amount"].sum() == pytest.approx(document["gain_per_year"], **CENT)
    split = document["gain_split"]
    for group, name in (("planning better", "planning_better"), ("changing strategy", "changing_strategy")):
        assert bridge.loc[bridge["group"] == group, "amount"].sum() == pytest.approx(split[name], **CENT)
    assert bridge.loc[bridge["group"] == "the mix", "amount"].item() == pytest.approx(
        totals["mix"]["profit"], **CENT
    )
    for block, names in COMPONENT_BLOCKS.items():
        saved = sum(totals["baseline"][name] - totals["mix"][name] for name in names)
        assert bridge.loc[bridge["block"] == block, "amount"].sum() == pytest.approx(saved, **CENT), block
    by_product = read["bridge_by_product.csv"]
    assert by_product["sku"].iloc[-2] == "total" and by_product["sku"].iloc[-1].startswith("not in the total")
    assert by_product["profit"].iloc[-2] == pytest.approx(totals["mix"]["profit"], **CENT)
    way = read["transition.csv"]
    end = way[(way["month"] == "total") & (way["scope"] == "all products")]
    if stock["known"]:
        assert end["cash_released"].item() == pytest.approx(stock["cash_released"], **CENT)
    register = read["register.csv"]
    assert register["id"].is_unique and {"version", "seed", "input_digest", "stock/cover_ladder"} <= set(
        register["id"]
    )
    listed = read["attention.csv"]
    own = listed[~listed["sku"].isin(["total", "not in the total"])]
    assert (np.diff(own["money"].dropna().to_numpy(float)) <= 1e-9).all() and (own["remedy"] != "").all()
    assert listed["sku"].iloc[-1] == "not in the total"
    closing = listed[listed["sku"] == "total"].set_index("why")
    assert closing.index.is_unique and set(closing.index) == set(own["why"])
    for one in document["attention"]:
        rows = own[own["why"] == one["why"]]
        assert len(rows) == one["products"], one
        if one["money"] is not None:
            assert rows["money"].sum() == pytest.approx(one["money"], **CENT), one
            assert closing.loc[one["why"], "money"] == pytest.approx(one["money"], **CENT), one


def closed_as_said(read: Mapping[str, pd.DataFrame]) -> None:
    """Every table of stock ends as the page of the analytics says: with a total where that has a meaning, and with what is not in it."""
    page = (Path(__file__).parents[2] / "analytics" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+\.csv) \| (`[^`]+`|none)[^|]* \| (`[^`]+`|none)[^|]* \|$", page, re.MULTILINE)
    assert {name for name, _, _ in rows} == set(STOCK_FILES) and len(rows) == len(STOCK_FILES)
    for name, total, last in rows:
        first = read[name].iloc[:, 1 if name == "bridge.csv" else 0].astype(str)
        totals = first.isin(["total", "total of the file", "the mix"])
        assert totals.any() == (total != "none") and (
            total == "none" or totals[first == total.strip("`")].all()
        ), name
        assert first.iloc[-1].startswith("not in the total") == (last != "none"), name
        assert first.str.startswith("not in the total").sum() == (last != "none"), name


def every_scope_ties(read: Mapping[str, pd.DataFrame], document: Mapping[str, Any]) -> None:
    """Every number of the tables whose rows are scopes is in the document under the same scope; so is the end of the way of today's stock."""
    for name in ("exposure", "working_capital", "carrying"):
        table, rows = read[f"{name}.csv"], document[name]
        assert len(table) == len(rows) and str(table["scope"].iloc[-1]).startswith("not in the total"), name
        for row, said in zip(table.to_dict("records"), rows, strict=True):
            for key, value in row.items():
                if isinstance(value, str):
                    assert value == said[key], (name, key)
                elif said[key] is None:
                    assert np.isnan(value), (name, key)
                else:
                    assert value == pytest.approx(said[key], rel=1e-12, **CENT), (name, key)
    way = read["transition.csv"]
    end = way[(way["month"] == "total") & (way["scope"] == "all products")].iloc[0]
    for key, value in document["transition"].items():
        if value is not None:
            assert end[key] == pytest.approx(value, **CENT), key
    assert end["cash_released"] == pytest.approx(document["transition"]["cash_released"], **CENT)


def balance_of_scopes(read: Mapping[str, pd.DataFrame], stock: Mapping[str, Any]) -> None:
    """Rows of the stock in the file add up to the balance, and what is in no way is what ended or was never sold."""
    capital, carried = (read[f"{name}.csv"].set_index("scope") for name in ("working_capital", "carrying"))
    parts = ["stock in the file", "stock in the file, ended", "stock in the file, never sold"]
    more = [name for name in ("stock in the file, unknown SKU",) if name in capital.index]
    assert bool(more) or stock["unknown_sku"] == 0.0
    parts += more
    assert capital.loc[parts, "net"].sum() == pytest.approx(stock["total"], **CENT)
    assert capital.loc["total of the file", "net"] == pytest.approx(stock["total"], **CENT)
    assert capital.loc[parts[1], "net"] == pytest.approx(stock["ended"], **CENT)
    parts = ["stock in the file, products sold", "stock in the file, never sold", *more]
    assert carried.loc[parts, "average_stock"].sum() == pytest.approx(stock["total"], **CENT)
    assert carried.loc["total of the file", "average_stock"] == pytest.approx(stock["total"], **CENT)
    rest = read["transition.csv"].iloc[-1]
    assert rest["month"] == "not in the total"
    assert rest["stock"] == pytest.approx(stock["total"] - stock["living"], **CENT)
