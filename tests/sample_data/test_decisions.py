"""What the samples are there to show: stock wins where nobody waits, and loses where buyers wait for what goes out of date."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics import study_tables
from sample_data import sample_paths
from tests.sample_data.kept import kept_sample

pytestmark = pytest.mark.slow


def living(name: str) -> pd.DataFrame:
    """The recommendations for the products that truly live on, with the truth beside them."""
    truth = pd.read_csv(sample_paths(name)["truth"], dtype={"sku": str})
    table = study_tables(kept_sample(name))["recommendation"]()
    return table.merge(truth[truth["alive"] == 1], on="sku")


def test_household_goods_stay_in_stock() -> None:
    table = living("household")
    assert len(table) > 140
    assert (table["recommended"] == "MTS").mean() >= 0.9
    offered = table[
        table["profit_mto"].notna()
    ]  # the others have a minimum above what a customer orders at once
    assert len(offered) > 30 and (offered["profit_mto"] < 0.2 * offered["profit_mts"]).mean() > 0.95
    assert offered["profit_mto"].sum() < 0.1 * offered["profit_mts"].sum()


def test_most_configured_servers_leave_the_stock() -> None:
    table = living("servers").merge(
        pd.read_csv(sample_paths("servers")["items"])[["sku", "family", "current_mode"]], on="sku"
    )
    assert len(table) > 40
    assert (table["recommended"] != "MTS").mean() > 0.6
    assert set(table["recommended"]) >= {"MTS", "ATO", "MTO"}
    assert (table.loc[table["family"] == "Accelerated", "recommended"] == "ATO").mean() > 0.8
    assert (table["current_mode"] == "MTS").mean() > 0.5
    assert table["gain_per_year"].sum() > 0.0


def test_ended_products_are_nothing_to_decide() -> None:
    truth = pd.read_csv(sample_paths("household")["truth"], dtype={"sku": str})
    table = study_tables(kept_sample("household"))["recommendation"]()
    ended = table[table["sku"].isin(truth.loc[truth["end_date"] < "2025-10-01", "sku"])]
    assert len(ended) >= 4
    assert set(ended["verdict"]) == {"not_decidable"}
    assert np.all(ended["gain_per_year"].fillna(0.0) == 0.0)
