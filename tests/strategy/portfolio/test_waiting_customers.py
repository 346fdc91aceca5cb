"""Who waits: against a loop over lines, and its bounds."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.data import read_sales
from analytics.demand.from_sales.sold import Window
from analytics.strategy.portfolio.waiting_customers import waiting_customers

ALWAYS = Window(np.datetime64("2020-01-01"), np.datetime64("2029-12-31"))


def lines(seed: int = 3) -> tuple[bytes, list[tuple[str, str, str, int, float]]]:
    rng = np.random.default_rng(seed)
    days = np.datetime64("2023-01-02") + rng.integers(0, 700, 400)
    rows = [
        (
            str(d),
            f"P{rng.integers(0, 6)}",
            ("", "Ann", "Bob", "Cy & Co")[rng.integers(0, 4)],
            int(q),
            round(float(q) * 12.5, 2),
        )
        for d, q in zip(days, np.where(rng.random(400) < 0.1, -1, rng.integers(1, 9, 400)), strict=True)
    ]
    text = "date,sku,customer,quantity,revenue\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    return text.encode(), rows


def test_delayed_value_is_the_sum_over_lines_of_the_last_year() -> None:
    content, rows = lines()
    skus = np.array([f"P{k}" for k in range(6)], object)
    share = np.array([0.0, 0.25, 0.5, 1.0, 0.9, 0.1])
    days = np.array([np.nan, 3.0, 8.0, 14.0, 21.0, 2.0])
    window = Window(np.datetime64("2023-10-17"), np.datetime64("2024-10-16"))
    table = waiting_customers(read_sales(content), skus, np.full(6, 12.5), share, days, window).set_index(
        "customer"
    )
    for name in ("Ann", "Bob", "Cy & Co"):
        by_product = {
            sku: sum(
                r[4]
                for r in rows
                if r[2] == name and r[1] == sku and window.first <= np.datetime64(r[0]) <= window.last
            )
            for sku in skus
        }
        bought = {sku: max(v, 0.0) for sku, v in by_product.items()}
        waits = {sku: bought[sku] * s for sku, s in zip(skus, share, strict=True)}
        assert table.at[name, "bought"] == pytest.approx(sum(bought.values()))
        assert table.at[name, "delayed"] == pytest.approx(sum(waits.values()))
        assert table.at[name, "days"] == pytest.approx(
            sum(waits[sku] * d for sku, d in zip(skus[1:], days[1:], strict=True))
            / sum(waits[sku] for sku in skus[1:])
        )
    assert "" not in table.index and (np.diff(table["delayed"]) <= 0).all()


def test_nobody_waits_everybody_waits_and_no_customers() -> None:
    content, _ = lines()
    skus, price = np.array([f"P{k}" for k in range(6)], object), np.full(6, 12.5)
    none = waiting_customers(read_sales(content), skus, price, np.zeros(6), np.full(6, np.nan), ALWAYS)
    assert (none["delayed"] == 0.0).all() and none["days"].isna().all()
    everybody = waiting_customers(read_sales(content), skus, price, np.ones(6), np.full(6, 5.0), ALWAYS)
    assert everybody["delayed"].to_numpy() == pytest.approx(everybody["bought"].to_numpy()) and everybody[
        "days"
    ].to_numpy() == pytest.approx(5.0)
    assert not len(
        waiting_customers(
            read_sales(b"date,sku,quantity\n2024-01-01,A,1\n2024-02-01,A,2\n"),
            np.array(["A"], object),
            np.ones(1),
            np.ones(1),
            np.ones(1),
            ALWAYS,
        )
    )
