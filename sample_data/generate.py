"""Writes the three sample companies: sales, items and the truth they were drawn from.

Run as `python -m sample_data.generate [DIRECTORY]`; the same seed gives the same files.
"""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from sample_data import bicycles, household, servers

__all__ = ["SEED", "company_files", "write"]

SEED = 20251231
COMPANIES = {
    "bicycles": (bicycles.bicycles, bicycles.START),
    "servers": (servers.servers, servers.START),
    "household": (household.household, household.START),
}
END = pd.Timestamp("2025-12-31")

SALES = [
    "order",
    "date",
    "promised_date",
    "ship_date",
    "channel",
    "customer",
    "sku",
    "quantity",
    "unit_price",
]
ITEMS = [
    "sku", "name", "family", "unit_cost", "price", "make", "component_lead_days", "production_days", "assembly_days", "setup_cost", "moq", "component_share",
    "on_hand", "current_mode", "reorder_point", "order_up_to_level", "price_erosion_per_year", "launch_date", "end_date",
]  # fmt: skip


def _sales(catalogue: pd.DataFrame, lines: pd.DataFrame, start: pd.Timestamp) -> pd.DataFrame:
    lines = lines.sort_values(["day", "order", "product", "quantity"], kind="stable", ignore_index=True)

    def after(days: pd.Series) -> pd.Series:
        return pd.Series(
            np.where(
                days >= 0,
                (start + pd.to_timedelta(lines["day"] + days, unit="D")).dt.strftime("%Y-%m-%d"),
                "",
            ),
            index=lines.index,
        )

    none = pd.Series(0, index=lines.index)
    shipped = after(lines["shipped"])
    return lines.assign(
        date=after(none),
        promised_date=after(lines["promised"]),
        ship_date=shipped.where(shipped <= f"{END:%Y-%m-%d}", ""),
        sku=catalogue["sku"].to_numpy()[lines["product"]],
    )[SALES]


def _items(catalogue: pd.DataFrame) -> pd.DataFrame:
    table = catalogue.assign(
        launch_date=catalogue["launch_date"].dt.strftime("%Y-%m-%d"), end_date=catalogue["known_end"]
    )
    table = table[[column for column in ITEMS if column in table.columns]].dropna(axis="columns", how="all")
    whole = [column for column in ("reorder_point", "order_up_to_level") if column in table]
    return table.astype(dict.fromkeys(whole, "Int64"))


def _truth(catalogue: pd.DataFrame, rates: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The truth of every product: what it was drawn from, and what the draws should come to."""
    alive = catalogue["end_date"] > END
    return pd.DataFrame(
        {
            "sku": catalogue["sku"],
            "launch_date": catalogue["launch_date"].dt.strftime("%Y-%m-%d"),
            "end_date": catalogue["end_date"].dt.strftime("%Y-%m-%d"),
            "alive": alive.astype(int),
            "hazard_per_year": catalogue["hazard_per_year"],
            "patience_per_day": catalogue["patience_per_day"].round(5),
            "rate_per_week": catalogue["rate_per_week"].round(4),
            "season_peak_day": catalogue["season_peak"],
            "season_strength": catalogue["season_strength"],
            "growth_per_year": catalogue["growth_per_year"].round(4),
            "expected_units": rates.sum(axis=1).round(3).to_numpy(),
            "expected_units_last_91_days": rates.iloc[:, -91:].sum(axis=1).round(3).to_numpy(),
            "order_lines": lines[lines["quantity"] > 0]
            .groupby("product")
            .size()
            .reindex(range(len(catalogue)), fill_value=0)
            .to_numpy(),
        }
    )


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


def company_files(name: str, seed: int = SEED) -> dict[str, bytes]:
    """The three tables of a company as CSV text: {"sales": ..., "items": ..., "truth": ...}."""
    make, start = COMPANIES[name]
    catalogue, rates, lines = make(np.random.default_rng([seed, sorted(COMPANIES).index(name)]))
    return {
        "sales": _csv(_sales(catalogue, lines, start)),
        "items": _csv(_items(catalogue)),
        "truth": _csv(_truth(catalogue, rates, lines)),
    }


def compressed(data: bytes) -> bytes:
    """gzip without a time stamp or a file name, so that the same data give the same bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as stream:
        stream.write(data)
    return buffer.getvalue()


def write(directory: Path, seed: int = SEED) -> None:
    """Writes all files of all companies into a directory."""
    for name in COMPANIES:
        files = company_files(name, seed)
        (directory / f"{name}_sales.csv.gz").write_bytes(compressed(files["sales"]))
        (directory / f"{name}_items.csv").write_bytes(files["items"])
        (directory / f"{name}_truth.csv").write_bytes(files["truth"])


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
