"""A bicycle maker: seasonal, configured by size and colour, models replaced on the first of September, two channels."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from sample_data.orders import Channel, daily_rates, draw_lines, number_orders, returned

START, END = pd.Timestamp("2023-09-01"), pd.Timestamp("2025-12-31")
PRODUCTS = 240
SLOTS = 74

#: family: code, models, price from, price to, margin, component days, production days, assembly days, shared components (nan: nobody has worked it out),
#: share of units sold by dealers, set-up from, set-up to, pace (relative rate), peak day, patience
FAMILIES: dict[
    str, tuple[str, int, float, float, float, int, int, int, float, float, int, int, float, int, float]
] = {
    "City": ("CT", 2, 620, 1150, 0.34, 28, 3, 2, 0.50, 0.40, 60, 150, 2.4, 130, 0.040),
    "Mountain": ("MT", 3, 900, 2800, 0.36, 45, 4, 3, 0.60, 0.55, 60, 150, 1.9, 150, 0.020),
    "Road": ("RD", 3, 1150, 3000, 0.40, 42, 4, 3, 0.65, 0.75, 20, 60, 1.3, 125, 0.010),
    "Gravel": ("GR", 3, 1100, 2600, 0.38, 6, 3, 3, np.nan, 0.80, 20, 40, 0.35, 140, 0.010),
    "Touring": ("TR", 3, 850, 1900, 0.36, 6, 3, 3, np.nan, 0.80, 20, 40, 0.35, 115, 0.010),
    "Electric": ("EB", 2, 2200, 3000, 0.31, 60, 4, 3, 0.70, 0.60, 80, 200, 1.3, 135, 0.020),
    "Kids": ("KD", 2, 300, 460, 0.30, 35, 2, 1, 0.50, 0.35, 100, 200, 2.2, 335, 0.120),
}
SIZES = ("S", "M", "L", "XL")
COLOURS = ("black", "red", "sand", "green", "blue")
EXTRAS = ("helmet", "lock", "pump", "lights", "rack", "saddle", "pedals", "bottle", "bag", "mudguard")

CHANNELS = (
    Channel("dealer", 0.62, 2.4, -0.07, 140, "D", (1.1, 1.1, 1.0, 1.0, 0.8, 0.0, 0.0), (9, 11), (5, 12)),
    Channel("web", 0.38, 1.0, 0.11, 9000, "W", (1.0, 0.9, 0.9, 0.9, 1.0, 1.2, 1.3), (2, 4), (1, 4)),
)


def _bicycles(rng: Generator) -> pd.DataFrame:
    """Bicycles: every slot of the range is a model in one size and colour, replaced in September or kept."""
    models = [(family, number) for family, row in FAMILIES.items() for number in range(1, row[1] + 1)]
    slots: list[tuple[str, int, str, str]] = []
    while len(slots) < SLOTS:
        family, number = models[len(slots) % len(models)]
        size, colour = SIZES[int(rng.integers(4))], COLOURS[int(rng.integers(5))]
        if (family, number, size, colour) not in slots:
            slots.append((family, number, size, colour))
    level = {model: float(rng.uniform(0.0, 1.0)) for model in models}
    rows = []
    for family, number, size, colour in slots:
        (
            code,
            _,
            low,
            high,
            margin,
            component,
            production,
            assembly,
            shared,
            _,
            cheap,
            dear,
            pace,
            peak,
            patience,
        ) = FAMILIES[family]
        price = round((low + (high - low) * level[family, number]) / 10) * 10 - 1.0
        rate = pace * float(np.clip(rng.lognormal(0.5, 0.9), 0.3, 12.0)) * (1100.0 / price) ** 0.4
        launched, year = (
            (pd.Timestamp("2023-09-01"), 24) if rng.random() < 0.85 else (pd.Timestamp("2022-09-01"), 23)
        )
        setup = float(rng.integers(cheap // 10, dear // 10 + 1) * 10)
        while True:
            replaced = [
                s for s in ("2024-08-31", "2025-08-31") if pd.Timestamp(s) > launched and rng.random() < 0.85
            ]
            end = pd.Timestamp(replaced[0]) if replaced else pd.Timestamp("2026-08-31")
            rows.append(
                {
                    "sku": f"{code}{number}-{size}{colour[:3].upper()}-{year}",
                    "name": f"{family} {number}00, {size}, {colour}, model {2000 + year}",
                    "family": family,
                    "unit_cost": round(price * (1.0 - margin * rng.uniform(0.92, 1.08)), 2),
                    "true_price": price,
                    "make": 1,
                    "component_lead_days": component,
                    "production_days": production,
                    "assembly_days": assembly,
                    "setup_cost": setup,
                    "moq": int(rng.choice([1, 2, 4, 5])),
                    "component_share": shared,
                    "launch_date": launched,
                    "end_date": end,
                    "rate_per_week": rate * float(rng.uniform(0.85, 1.2)),
                    "ramp_weeks": 4.0,
                    "growth_per_year": float(rng.normal(0.02, 0.05)),
                    "fade_per_year": 0.15,
                    "season_peak": peak,
                    "season_strength": 0.55 if family != "Kids" else 0.35,
                    "patience_per_day": patience * float(rng.uniform(0.8, 1.25)),
                    "replaced": bool(replaced),
                }
            )
            if not replaced:
                break
            launched = end + pd.Timedelta(days=1)
            year = launched.year + 1 - 2000
    return pd.DataFrame(rows)


def _extras(count: int, rng: Generator) -> pd.DataFrame:
    """Accessories: bought in, cheap, in the range for years; a few new, a few already dropped."""
    rows = []
    for k in range(count):
        price = float(rng.integers(12, 90))
        launched = (
            pd.Timestamp("2021-03-01")
            if k % 9
            else pd.Timestamp("2025-06-02") + pd.Timedelta(days=int(rng.integers(0, 150)))
        )
        dropped = k % 11 == 5
        rows.append(
            {
                "sku": f"AC-{EXTRAS[k % 10][:3].upper()}-{k + 1:02d}",
                "name": f"{EXTRAS[k % 10].capitalize()} {'ABCDEFGH'[k // 10]}",
                "family": "Accessories",
                "unit_cost": round(price * 0.58, 2),
                "true_price": price,
                "make": 0,
                "component_lead_days": int(rng.choice([14, 21, 28])),
                "production_days": 0,
                "assembly_days": 0,
                "setup_cost": float(rng.integers(2, 6) * 10),
                "moq": int(rng.choice([10, 20, 50])),
                "component_share": np.nan,
                "launch_date": launched,
                "end_date": pd.Timestamp("2024-02-15") + pd.Timedelta(days=int(rng.integers(0, 500)))
                if dropped
                else pd.Timestamp("2027-12-31"),
                "rate_per_week": float(np.clip(rng.lognormal(1.4, 0.5), 1.5, 12.0)),
                "ramp_weeks": 6.0,
                "growth_per_year": float(rng.normal(0.03, 0.05)),
                "fade_per_year": 0.0,
                "season_peak": 140,
                "season_strength": 0.35,
                "patience_per_day": 0.25,
                "replaced": dropped,
            }
        )
    return pd.DataFrame(rows)


def bicycles(rng: Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Catalogue (items and truth in one table), expected units per product and day, order lines."""
    calendar = pd.date_range(START, END, freq="D")
    made = _bicycles(rng)
    catalogue = pd.concat([made, _extras(PRODUCTS - len(made), rng)], ignore_index=True).sort_values(
        "sku", ignore_index=True
    )
    rates = daily_rates(catalogue, calendar, 0.10, rng)
    dealer = np.array(
        [FAMILIES[family][9] if family in FAMILIES else CHANNELS[0].share for family in catalogue["family"]]
    )
    parts = [
        draw_lines(catalogue, rates, calendar, channel, share, rng)
        for channel, share in zip(CHANNELS, (dealer, 1.0 - dealer), strict=True)
    ]
    lines = number_orders(pd.concat(parts, ignore_index=True), "B")
    back = [
        returned(lines[lines["channel"] == name], share, delay, len(calendar), rng)
        for name, share, delay in (("dealer", 0.008, (5, 30)), ("web", 0.035, (4, 21)))
    ]
    price = catalogue["true_price"].to_numpy()[lines["product"]] * (1.0 + lines["discount"].to_numpy())
    lines = lines.assign(unit_price=np.round(price, 2))
    back = [part.assign(unit_price=lines["unit_price"].reindex(part.index)) for part in back]
    catalogue = catalogue.assign(
        return_share=0.02, hazard_per_year=np.nan, price=np.nan, price_erosion_per_year=np.nan
    )
    return (
        _today(catalogue, rates, rng),
        pd.DataFrame(rates, index=catalogue["sku"]),
        pd.concat([lines, *back], ignore_index=True),
    )


def _today(catalogue: pd.DataFrame, rates: np.ndarray, rng: Generator) -> pd.DataFrame:
    """What the maker does today: everything to stock by months of cover, some frames on order; leftovers of old models remain."""
    alive = (catalogue["end_date"] > END).to_numpy()
    weekly = rates[:, -365:].sum(axis=1) / 52.0
    cover = rng.uniform(5.0, 10.0, len(catalogue))
    to_order = (catalogue["unit_cost"] > 1500) & (catalogue["rate_per_week"] < 0.6) & (catalogue["make"] == 1)
    left = np.where(rng.random(len(catalogue)) < 0.6, rng.poisson(catalogue["rate_per_week"] * 2.0), 0)
    return catalogue.assign(
        current_mode=np.where(to_order, "MTO", "MTS"),
        on_hand=np.where(
            alive, np.round(weekly * cover * rng.uniform(0.6, 1.3, len(catalogue))), left
        ).astype(int),
        reorder_point=np.where(alive & ~to_order, np.ceil(weekly * cover * 0.7), np.nan),
        order_up_to_level=np.where(alive & ~to_order, np.ceil(weekly * cover * 1.3) + 1, np.nan),
        known_end=np.where(
            ~alive | catalogue["family"].isin(["Road", "Mountain", "Electric"]).to_numpy(),
            catalogue["end_date"].dt.strftime("%Y-%m-%d"),
            "",
        ),
    )
