"""The command line on bad input: writes the tables, runs `analyze`, and looks for tracebacks and chatter."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.cli import main
from tests.strategy.small import csv_text

__all__ = ["GOOD", "Outcome", "analyze", "lines"]


def lines(
    products: dict[str, float],
    weeks: int = 60,
    price: float | None = 20.0,
    seed: int = 3,
    start: str = "2023-01-02",
) -> pd.DataFrame:
    """Weekly orders of some products at a rate each."""
    rng = np.random.default_rng(seed)
    day = pd.date_range(start, periods=weeks, freq="7D")
    parts = [
        pd.DataFrame({"date": day, "sku": sku, "quantity": rng.poisson(rate, weeks)})
        for sku, rate in products.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    table = table[table["quantity"] > 0]
    return table if price is None else table.assign(unit_price=price)


class Outcome:
    """What one call of the command line did: exit code, words, and the tables if any."""

    def __init__(self, code: int, out: Path, words: str) -> None:
        self.code, self.out, self.words = code, out, words

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.out / name, dtype={"sku": str}, keep_default_na=False, na_values=[""])

    def products(self) -> pd.DataFrame:
        return self.table("recommendation.csv").set_index("sku")

    def summary(self) -> dict:
        return json.loads((self.out / "summary.json").read_text())

    def notes(self) -> str:
        summary = self.summary()
        return " ".join([*summary["notes"], *summary["input_problems"]])


@pytest.fixture
def analyze(tmp_path: Path, capfd: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Writes the tables, runs `analyze`, and looks for tracebacks and chatter."""

    def run(
        sales: pd.DataFrame | bytes,
        items: pd.DataFrame | bytes | None = None,
        assumptions: str | None = None,
        extra: tuple[str, ...] = (),
    ) -> Outcome:
        def written(name: str, content: pd.DataFrame | bytes) -> str:
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else csv_text(content))
            return str(tmp_path / name)

        arguments = ["analyze", written("sales.csv", sales), "--out", str(tmp_path / "out"), *extra]
        if items is not None:
            arguments += ["--items", written("items.csv", items)]
        if assumptions is not None:
            arguments += ["--assumptions", written("a.toml", assumptions.encode())]
        capfd.readouterr()
        code = main(arguments)
        said = capfd.readouterr()
        assert said.out == "" and "Traceback" not in said.err and "Warning" not in said.err
        assert (code == 0 and said.err == "") or (
            code == 2 and said.err.startswith("stock-or-order: ") and len(said.err) > 30
        )
        return Outcome(code, tmp_path / "out", said.err)

    return run


GOOD = {"A": 5.0, "B": 1.0, "C": 12.0}
