"""A maker of household goods: cheap, steady, sold to retailers by standing orders; nobody waits."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from sample_data.orders import daily_rates, number_orders

START, END = pd.Timestamp("2024-01-01"), pd.Timestamp("2025-12-31")
PRODUCTS = 160
RETAILERS = 60

#: family: code, price from, price to, component days, production days, articles
FAMILIES: dict[str, tuple[str, float, float, int, int, tuple[str, ...]]] = {
    "Cleaning": ("CL", 2, 7, 10, 2, ("brush", "sponge", "cloth", "bucket", "mop", "squeegee")),
    "Kitchen": ("KI", 3, 16, 14, 3, ("ladle", "whisk", "board", "grater", "colander", "tin")),
    "Storage": ("SB", 4, 22, 10, 3, ("box", "basket", "jar", "crate", "hook rail")),
    "Laundry": ("LA", 3, 30, 14, 4, ("pegs", "drying rack", "hamper", "line")),
    "Candles": ("CA", 2, 9, 7, 2, ("pillar candle", "tealights", "taper candle")),
}


def _range(rng: Generator) -> pd.DataFrame:
    """Articles that stay for years; a few are new, a few were dropped."""
    names = list(FAMILIES)
    rows = []
    for k in range(PRODUCTS):
        family = names[k % len(names)]
        code, low, high, component, production, articles = FAMILIES[family]
        price = round(float(rng.uniform(low, high)), 2)
        new, dropped = k % 16 == 7, k % 20 == 11
        rows.append(
            {
                "sku": f"{code}-{k + 1:03d}",
                "name": f"{articles[k % len(articles)].capitalize()} {k + 1}",
                "family": family,
                "unit_cost": round(price * float(rng.uniform(0.55, 0.65)), 2),
                "price": price,
                "make": 1,
                "component_lead_days": component,
                "production_days": production,
                "assembly_days": 1,
                "setup_cost": float(rng.integers(5, 16) * 10),
                "moq": int(rng.choice([48, 96, 144])),
                "component_share": np.nan,
                "launch_date": START + pd.Timedelta(days=int(rng.integers(200, 640)))
                if new
                else pd.Timestamp("2019-01-01"),
                "end_date": START + pd.Timedelta(days=int(rng.integers(150, 650)))
                if dropped
                else pd.Timestamp("2030-12-31"),
                "case": int(rng.choice([6, 12, 24])),
                "rate_per_week": float(np.clip(rng.lognormal(5.2, 0.6), 60.0, 900.0)),
                "retailers": int(rng.integers(3, 7)),
                "ramp_weeks": 8.0,
                "growth_per_year": float(rng.normal(0.01, 0.03)),
                "fade_per_year": 0.0,
                "season_peak": 345 if family == "Candles" else 100,
                "season_strength": 0.45 if family == "Candles" else 0.06,
                "patience_per_day": 0.5 * float(rng.uniform(0.9, 1.2)),
            }
        )
    return pd.DataFrame(rows).sort_values("sku", ignore_index=True)


def _standing_orders(catalogue: pd.DataFrame, rates: np.ndarray, rng: Generator) -> pd.DataFrame:
    """Each article has a handful of retailers; each orders whole cases on its own weekday, in nine weeks of ten."""
    weeks = rates.shape[1] // 7
    weekly = rates.reshape(len(catalogue), weeks, 7).sum(axis=2)
    parts = []
    retailers, case = catalogue["retailers"].to_numpy(np.int64), catalogue["case"].to_numpy(np.int64)
    for product in range(len(catalogue)):
        count = int(retailers[product])
        buyers = np.sort(rng.choice(RETAILERS, count, replace=False)) + 1
        orders = rng.random((count, weeks)) < 0.9
        cases = rng.poisson(np.broadcast_to(weekly[product] / (0.9 * count * case[product]), orders.shape))
        buyer, week = np.nonzero(orders & (cases > 0))
        parts.append(
            pd.DataFrame(
                {
                    "product": product,
                    "day": week * 7 + buyers[buyer] % 5,
                    "channel": "retail",
                    "customer": [f"H{number:03d}" for number in buyers[buyer]],
                    "quantity": cases[buyer, week] * case[product],
                    "promised": 2,
                    "shipped": rng.integers(1, 3, len(buyer)),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def household(rng: Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Catalogue (items and truth in one table), expected units per product and day, order lines."""
    days = len(pd.date_range(START, END, freq="D"))
    whole_weeks = pd.date_range(START, END + pd.Timedelta(days=6 - END.day_of_week), freq="D")
    catalogue = _range(rng)
    rates = daily_rates(catalogue, whole_weeks, 0.03, rng)
    lines = _standing_orders(catalogue, rates, rng)
    lines, rates = number_orders(lines[lines["day"] < days], "H"), rates[:, :days]
    lines = lines.assign(unit_price=catalogue["price"].to_numpy()[lines["product"]])
    damaged = lines[rng.random(len(lines)) < 0.004]
    damaged = damaged.assign(
        day=damaged["day"] + rng.integers(3, 15, len(damaged)),
        quantity=-np.minimum(rng.integers(1, 5, len(damaged)), damaged["quantity"]),
        order=[f"C{number:05d}" for number in range(1, len(damaged) + 1)],
        promised=-1,
        shipped=-1,
    )
    weekly = rates[:, -91:].sum(axis=1) / 13.0
    alive = (catalogue["end_date"] > END).to_numpy()
    catalogue = catalogue.assign(
        current_mode="MTS",
        on_hand=np.where(
            alive, np.round(weekly * rng.uniform(2.5, 5.0, len(catalogue))), rng.poisson(40, len(catalogue))
        ).astype(int),
        reorder_point=np.where(alive, np.ceil(weekly * 3.2), np.nan),
        order_up_to_level=np.where(alive, np.ceil(weekly * 6.0), np.nan),
        return_share=0.0,
        hazard_per_year=0.02,
        known_end=np.where(alive, "", catalogue["end_date"].dt.strftime("%Y-%m-%d")),
    )
    return (
        catalogue,
        pd.DataFrame(rates, index=catalogue["sku"]),
        pd.concat([lines, damaged[damaged["day"] < days]], ignore_index=True),
    )
