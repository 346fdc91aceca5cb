"""A server builder: expensive, made of shared components, obsolete at irregular times, built to order with promised waits."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from sample_data.orders import Channel, daily_rates, draw_lines, number_orders, returned

START, END = pd.Timestamp("2023-01-01"), pd.Timestamp("2025-12-31")
SLOTS = 48

#: family: code, price from, price to, margin, component days, production days, assembly days, shared components (nan: not worked out),
#: mean life in days, erosion a year
FAMILIES: dict[str, tuple[str, float, float, float, int, int, int, float, float, float]] = {
    "Rack 1U": ("R1", 4000, 9000, 0.21, 14, 3, 3, 0.75, 640, 0.18),
    "Rack 2U": ("R2", 6000, 16000, 0.23, 14, 3, 4, 0.75, 640, 0.20),
    "Storage": ("ST", 9000, 24000, 0.25, 9, 4, 4, np.nan, 760, 0.22),
    "Accelerated": ("GP", 18000, 40000, 0.28, 35, 4, 4, 0.80, 480, 0.35),
    "Edge": ("ED", 4000, 7000, 0.24, 7, 3, 2, np.nan, 820, 0.12),
}
#: customers of stocked models are served from the shelf; of configured ones they are told ten to fourteen days
SHELF = Channel("partner", 1.0, 2.0, -0.02, 160, "P", (1.1, 1.1, 1.0, 1.0, 0.8, 0.0, 0.0), (2, 4), (1, 4))
CONFIGURED = Channel(
    "direct", 1.0, 2.6, 0.0, 420, "C", (1.0, 1.1, 1.1, 1.0, 0.8, 0.0, 0.0), (10, 14), (7, 15)
)


def _range(rng: Generator) -> pd.DataFrame:
    """Every slot of the range is a configuration that is replaced, at irregular times, by its next generation."""
    names = list(FAMILIES)
    rows = []
    for slot in range(SLOTS):
        family = names[int(rng.choice(len(names), p=[0.28, 0.27, 0.17, 0.16, 0.12]))]
        code, low, high, margin, component, production, assembly, shared, life, erosion = FAMILIES[family]
        price = float(rng.uniform(low, high))
        stocked = family in ("Rack 1U", "Edge") and price < low + 0.45 * (high - low)
        rate = (
            float(rng.uniform(2.5, 7.0)) if stocked else float(np.clip(rng.lognormal(-0.1, 0.7), 0.25, 4.0))
        )
        launched = START - pd.Timedelta(days=int(rng.integers(30, 500)))
        generation = int(rng.integers(3, 6))
        while launched < END - pd.Timedelta(days=40):
            length = max(120, int(rng.gamma(2.5, life / 2.5)))
            end = launched + pd.Timedelta(days=length)
            first = price * float(rng.uniform(0.95, 1.08))
            held = min((end - launched).days, (END - launched).days) / 365.25
            now = first * np.exp(-erosion * held)
            if end > START + pd.Timedelta(days=60):
                rows.append(
                    {
                        "sku": f"{code}-{slot + 1:02d}-G{generation}",
                        "name": f"{family}, configuration {slot + 1}, generation {generation}",
                        "family": family,
                        "unit_cost": round(now * (1.0 - margin * float(rng.uniform(0.9, 1.1))), 2),
                        "first_price": first,
                        "price": round(now, 2),
                        "make": 1,
                        "component_lead_days": component,
                        "production_days": production,
                        "assembly_days": assembly,
                        "setup_cost": float(rng.integers(4, 16) * 10),
                        "moq": 1,
                        "component_share": shared,
                        "launch_date": launched,
                        "end_date": end,
                        "rate_per_week": rate * float(rng.uniform(0.8, 1.25)),
                        "ramp_weeks": 8.0,
                        "growth_per_year": 0.0,
                        "fade_per_year": float(rng.uniform(0.1, 0.6)),
                        "season_peak": 340,
                        "season_strength": 0.15,
                        "patience_per_day": float(rng.uniform(0.03, 0.06))
                        if stocked
                        else float(rng.uniform(0.004, 0.012)),
                        "hazard_per_year": 365.25 / life,
                        "price_erosion_per_year": erosion,
                        "stocked": stocked,
                    }
                )
            launched, generation = end - pd.Timedelta(days=int(rng.integers(0, 45))), generation + 1
    return pd.DataFrame(rows).sort_values("sku", ignore_index=True)


def servers(rng: Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Catalogue (items and truth in one table), expected units per product and day, order lines."""
    calendar = pd.date_range(START, END, freq="D")
    catalogue = _range(rng)
    rates = daily_rates(catalogue, calendar, 0.12, rng)
    shelf = catalogue["stocked"].to_numpy(float)
    parts = [
        draw_lines(catalogue, rates, calendar, channel, share, rng)
        for channel, share in ((SHELF, shelf), (CONFIGURED, 1.0 - shelf))
    ]
    lines = number_orders(pd.concat(parts, ignore_index=True), "S")
    when = calendar.to_numpy()[lines["day"]]
    years = (when - catalogue["launch_date"].to_numpy()[lines["product"]]) / np.timedelta64(1, "D") / 365.25
    erosion = catalogue["price_erosion_per_year"].to_numpy()[lines["product"]]
    price = (
        catalogue["first_price"].to_numpy()[lines["product"]]
        * np.exp(-erosion * years)
        * (1.0 + lines["discount"].to_numpy())
    )
    lines = lines.assign(unit_price=np.round(price, 0))
    back = returned(lines, 0.03, (1, 6), len(calendar), rng)
    alive = (catalogue["end_date"] > END).to_numpy()
    weekly = rates[:, -91:].sum(axis=1) / 13.0
    slot = catalogue["sku"].str[3:5].astype(int).to_numpy()
    mode = np.where(
        slot % 3 > 0,
        "MTS",
        np.where(catalogue["family"].isin(["Rack 1U", "Rack 2U", "Accelerated"]), "ATO", "MTO"),
    )
    mode = np.where(catalogue["stocked"], "MTS", mode)
    catalogue = catalogue.assign(
        current_mode=mode,
        on_hand=np.where(
            mode == "MTS", np.where(alive, np.ceil(weekly * 5.0), rng.poisson(1.2, len(catalogue))), 0
        ).astype(int),
        return_share=0.03,
        known_end="",
    )
    return catalogue, pd.DataFrame(rates, index=catalogue["sku"]), pd.concat([lines, back], ignore_index=True)
