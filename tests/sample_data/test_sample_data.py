"""The samples are what their generator writes, agree with their own truth, and hold what the pages are to show."""

from __future__ import annotations

import gzip
import io
import re
import tomllib

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.assumptions_file import read_assumptions
from sample_data import sample_paths, samples
from sample_data.generate import company_files, compressed

NAMES = tuple(samples())
END = pd.Timestamp("2025-12-31")


def sales(name: str) -> pd.DataFrame:
    return pd.read_csv(
        sample_paths(name)["sales"],
        dtype={"sku": str, "order": str, "customer": str},
        parse_dates=["date", "promised_date", "ship_date"],
    )


def items(name: str) -> pd.DataFrame:
    return pd.read_csv(sample_paths(name)["items"], dtype={"sku": str}).set_index("sku")


def truth(name: str) -> pd.DataFrame:
    return pd.read_csv(
        sample_paths(name)["truth"], dtype={"sku": str}, parse_dates=["launch_date", "end_date"]
    ).set_index("sku")


@pytest.mark.parametrize("name", NAMES)
def test_the_generator_writes_the_same_again(name: str) -> None:
    made, paths = company_files(name), sample_paths(name)
    assert gzip.decompress(paths["sales"].read_bytes()) == made["sales"]
    assert paths["items"].read_bytes() == made["items"]
    assert paths["truth"].read_bytes() == made["truth"]


def test_another_seed_gives_other_sales() -> None:
    assert company_files("servers", seed=1)["sales"] != company_files("servers", seed=2)["sales"]


def test_compression_carries_no_time_and_no_name() -> None:
    packed = compressed(b"date,sku\n")
    assert packed[3] == 0 and packed[4:8] == b"\0\0\0\0"
    assert gzip.decompress(packed) == b"date,sku\n"


def test_the_samples_are_small() -> None:
    assert sum(path.stat().st_size for name in NAMES for path in sample_paths(name).values()) < 3_000_000


@pytest.mark.parametrize("name", NAMES)
def test_shape(name: str) -> None:
    lines, products, true = sales(name), items(name), truth(name)
    assert 60 <= len(products) <= 300
    assert list(products.index) == sorted(products.index) and products.index.is_unique
    assert list(true.index) == list(products.index)
    assert set(lines["sku"]) <= set(products.index)
    assert pd.Timedelta(days=700) < lines["date"].max() - lines["date"].min() < pd.Timedelta(days=4 * 366)
    assert lines["date"].is_monotonic_increasing and lines["date"].max() == END
    assert (lines["quantity"] != 0).all() and (lines["unit_price"] > 0).all()
    assert {"date", "sku", "quantity", "order", "customer", "channel", "promised_date", "ship_date"} <= set(
        lines.columns
    )
    assert "patience_per_day" not in products.columns


@pytest.mark.parametrize("name", NAMES)
def test_orders_belong_to_one_customer_and_returns_to_their_order(name: str) -> None:
    lines = sales(name)
    sold, back = lines[lines["quantity"] > 0], lines[lines["quantity"] < 0]
    assert (sold.groupby("order")["customer"].nunique() == 1).all()
    assert (sold["promised_date"] > sold["date"]).all()
    shipped = sold["ship_date"].notna()
    assert (sold.loc[shipped, "ship_date"] > sold.loc[shipped, "date"]).all() and shipped.mean() > 0.98
    assert 0.001 < len(back) / len(sold) < 0.05
    matched = back.merge(
        sold[["order", "sku", "customer"]].drop_duplicates(), on=["order", "sku", "customer"]
    )
    assert len(matched) == (0 if name == "household" else len(back))


@pytest.mark.parametrize("name", NAMES)
def test_gross_sales_agree_with_the_true_rates(name: str) -> None:
    """Lines are Poisson (household: nearly fixed), sizes are drawn; so each total has a known spread around its expectation."""
    lines, true = sales(name), truth(name)
    sold = lines[lines["quantity"] > 0]
    total = sold.groupby("sku")["quantity"].sum().reindex(true.index, fill_value=0)
    second = (sold.groupby("sku")["quantity"].apply(lambda q: float((q.astype(float) ** 2).sum()))).reindex(
        true.index, fill_value=0.0
    )
    # variance of a compound Poisson total, estimated by the sum of squares, never below the expectation itself
    spread = np.sqrt(np.maximum(second, np.maximum(true["expected_units"], 1.0)))
    off = (total - true["expected_units"]) / spread
    assert off.abs().max() < 4.5
    assert abs(total.sum() - true["expected_units"].sum()) < 4.0 * np.sqrt((spread**2).sum())
    if name != "household":
        # neither too far nor suspiciously near: the squared deviations of the products are chi-squared
        enough = true["expected_units"] > 30
        assert 0.0001 < stats.chi2.sf(float((off[enough] ** 2).sum()), int(enough.sum())) < 0.9999


@pytest.mark.parametrize("name", NAMES)
def test_sales_stay_within_the_true_life(name: str) -> None:
    lines, true = sales(name), truth(name)
    sold = lines[lines["quantity"] > 0].groupby("sku")["date"].agg(["min", "max"]).join(true, how="inner")
    slack = pd.Timedelta(days=6) if name == "household" else pd.Timedelta(0)
    assert (sold["min"] >= sold["launch_date"] - slack).all()
    assert (sold["max"] <= sold["end_date"] + slack).all()
    ended = sold[(sold["alive"] == 0) & (sold["order_lines"] > 60)]
    silence = (ended["end_date"] - ended["max"]).dt.days
    assert len(ended) >= 5 and silence.median() < 15 and silence.max() < 130


@pytest.mark.parametrize("name", NAMES)
def test_there_are_new_and_dying_products(name: str) -> None:
    true = truth(name)
    assert (true["launch_date"] > END - pd.Timedelta(days=400)).sum() >= 4
    assert (true["alive"] == 0).sum() >= 5
    assert (true["alive"] == 1).sum() >= 40


def test_bicycle_models_end_on_fixed_dates_and_sell_in_spring() -> None:
    true, lines = truth("bicycles"), sales("bicycles")
    ends = true.loc[(true["alive"] == 0) & ~true.index.str.startswith("AC-"), "end_date"]
    assert set(ends.dt.strftime("%m-%d")) == {"08-31"} and ends.dt.year.nunique() == 2
    assert set(lines["channel"]) == {"dealer", "web"}
    adults = lines[(lines["date"].dt.year == 2025) & ~lines["sku"].str.match("AC|KD")]
    by_month = adults.groupby(adults["date"].dt.month)["quantity"].sum()
    assert by_month[[4, 5, 6]].mean() > 1.8 * by_month[[1, 11, 12]].mean()


def test_servers_end_at_irregular_times_and_their_buyers_wait() -> None:
    true, lines = truth("servers"), sales("servers")
    ends = true.loc[true["alive"] == 0, "end_date"]
    assert ends.dt.strftime("%Y-%m").nunique() > 15
    waited = (lines["promised_date"] - lines["date"]).dt.days
    assert 10 <= waited[lines["channel"] == "direct"].median() <= 14
    assert waited[lines["channel"] == "partner"].median() <= 4
    assert (
        items("servers")["component_share"].dropna().between(0.5, 0.9).all()
        and 0.4 < items("servers")["component_share"].notna().mean() < 0.9
    )


def test_household_goods_are_steady_and_nobody_waits() -> None:
    true, lines = truth("household"), sales("household")
    steady = true[
        (true["alive"] == 1) & (true["launch_date"] < "2020-01-01") & (true["season_strength"] < 0.1)
    ]
    weekly = (
        lines[lines["quantity"] > 0]
        .groupby(["sku", pd.Grouper(key="date", freq="W")])["quantity"]
        .sum()
        .unstack(fill_value=0)
        .loc[steady.index]
        .iloc[:, 1:-1]
    )
    assert float((weekly.std(axis=1) / weekly.mean(axis=1)).median()) < 0.6
    assert true["patience_per_day"].min() > 0.4
    assert (
        read_assumptions(sample_paths("household")["assumptions"].read_text()).of("patience_per_day").origin
        == "confirmed"
    )


@pytest.mark.parametrize("name", NAMES)
def test_economics_are_those_of_the_trade(name: str) -> None:
    lines, products = sales(name), items(name)
    recent = lines[(lines["date"] > END - pd.Timedelta(days=182)) & (lines["quantity"] > 0)]
    revenue = (recent["quantity"] * recent["unit_price"]).groupby(recent["sku"]).sum()
    cost = recent.groupby("sku")["quantity"].sum() * products["unit_cost"].reindex(revenue.index)
    margin = 1.0 - cost.sum() / revenue.sum()
    low, high = {"bicycles": (0.30, 0.45), "servers": (0.20, 0.32), "household": (0.35, 0.45)}[name]
    assert low < margin < high
    assert (revenue > cost).all()
    assert products["setup_cost"].between(20, 200).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_dictionary_names_every_column(name: str) -> None:
    text = (sample_paths(name)["sales"].parent / "README.md").read_text()
    named = set(re.findall(r"`([a-z_0-9]+)`", text))
    for key in ("sales", "items", "truth"):
        columns = set(pd.read_csv(io.BytesIO(company_files(name)[key]), nrows=1).columns)
        assert columns <= named


@pytest.mark.parametrize("name", [name for name in NAMES if "assumptions" in sample_paths(name)])
def test_confirmed_assumptions_are_read(name: str) -> None:
    text = sample_paths(name)["assumptions"].read_text()
    stated = tomllib.loads(text)["general"]
    assert stated and all(read_assumptions(text).of(field).origin == "confirmed" for field in stated)


def test_an_unknown_sample_is_named() -> None:
    with pytest.raises(ValueError, match="'cars' is not one of bicycles, servers, household"):
        sample_paths("cars")
