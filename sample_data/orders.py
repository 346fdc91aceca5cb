"""Order lines drawn from a catalogue whose truth is known: rates, seasons, life ends.

A catalogue is a table with one row per product. The columns read here: `sku, family, rate_per_week`
(units a week in an average week of a mature product), `launch_date, end_date` (first and last day of life),
`ramp_weeks` (time to full sales), `growth_per_year`, `fade_per_year` (decline in the last year of life),
`season_peak` (day of the year), `season_strength`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

__all__ = ["Channel", "daily_rates", "draw_lines", "number_orders", "returned"]

YEAR = 365.25


@dataclass(frozen=True)
class Channel:
    """One way to sell: who buys, how much at a time, on which weekdays, and how long they are told to wait.

    `share` is the channel's part of the units; `size` the mean units of a line (1 + geometric); `discount` the
    deviation from the average net price; `promised` and `shipped` are ranges of days after the order.
    """

    name: str
    share: float
    size: float
    discount: float
    customers: int
    prefix: str
    weekdays: tuple[float, ...]
    promised: tuple[int, int]
    shipped: tuple[int, int]


def market(families: NDArray[np.object_], days: int, spread: float, rng: Generator) -> NDArray[np.float64]:
    """Slow common ups and downs of each family, around 1: float64[families, days]."""
    months = days // 30 + 2
    path = np.zeros((len(families), months))
    shocks = rng.normal(0.0, spread, path.shape)
    for month in range(1, months):
        path[:, month] = 0.8 * path[:, month - 1] + 0.6 * shocks[:, month]
    day = np.arange(days) / 30.0
    return np.exp(np.stack([np.interp(day, np.arange(months), row) for row in path]))


def daily_rates(
    catalogue: pd.DataFrame, calendar: pd.DatetimeIndex, spread: float, rng: Generator
) -> NDArray[np.float64]:
    """Expected units of every product on every day, before the weekday: float64[products, days]."""
    day = calendar.to_numpy("datetime64[D]").astype(np.int64)
    launch = catalogue["launch_date"].to_numpy("datetime64[D]").astype(np.int64)[:, None]
    end = catalogue["end_date"].to_numpy("datetime64[D]").astype(np.int64)[:, None]
    age, rest = day - launch, end - day
    alive = (age >= 0) & (rest >= 0)
    ramp = np.minimum(1.0, 0.3 + 0.7 * age / (7.0 * catalogue["ramp_weeks"].to_numpy(float)[:, None]))
    growth = np.exp(catalogue["growth_per_year"].to_numpy(float)[:, None] * (day - day[-1]) / YEAR)
    fade = np.exp(-catalogue["fade_per_year"].to_numpy(float)[:, None] * np.clip(1.0 - rest / YEAR, 0.0, 1.0))
    strength = catalogue["season_strength"].to_numpy(float)[:, None]
    phase = (
        2
        * np.pi
        * (calendar.day_of_year.to_numpy() - catalogue["season_peak"].to_numpy(float)[:, None])
        / YEAR
    )
    season = np.exp(strength * np.cos(phase)) / np.i0(strength)
    families, code = np.unique(catalogue["family"].to_numpy(object), return_inverse=True)
    common = market(families, len(calendar), spread, rng)[code]
    return np.where(
        alive,
        catalogue["rate_per_week"].to_numpy(float)[:, None] / 7.0 * ramp * growth * fade * season * common,
        0.0,
    )


def draw_lines(
    catalogue: pd.DataFrame,
    rates: NDArray[np.float64],
    calendar: pd.DatetimeIndex,
    channel: Channel,
    share: NDArray[np.float64],
    rng: Generator,
) -> pd.DataFrame:
    """Order lines of one channel: lines arrive as a Poisson stream, each of 1 + geometric units.

    `share` is the channel's part of the units of every product, float64[products].
    """
    weekday = np.array(channel.weekdays)
    weekday = (weekday * 7.0 / weekday.sum())[calendar.day_of_week.to_numpy()]
    counts = rng.poisson(rates * weekday * (share / channel.size)[:, None])
    product, day = np.nonzero(counts)
    repeat = counts[product, day]
    product, day = np.repeat(product, repeat), np.repeat(day, repeat)
    n = len(product)
    weights = 1.0 / np.arange(1, channel.customers + 1) ** 0.7
    customer = rng.choice(channel.customers, n, p=weights / weights.sum()) + 1
    return pd.DataFrame(
        {
            "product": product,
            "day": day,
            "channel": channel.name,
            "customer": [f"{channel.prefix}{number:05d}" for number in customer],
            "quantity": rng.geometric(1.0 / channel.size, n),
            "discount": channel.discount,
            "promised": rng.integers(channel.promised[0], channel.promised[1] + 1, n),
            "shipped": rng.integers(channel.shipped[0], channel.shipped[1] + 1, n),
        }
    )


def number_orders(lines: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Lines of one customer on one day and in one channel share an order number; numbers rise with the date.

    An order names each product once: what a customer orders twice on a day becomes one line.
    """
    keys = ["day", "channel", "customer", "product"]
    lines = lines.sort_values([*keys, "quantity"], kind="stable", ignore_index=True)
    lines = lines.assign(quantity=lines.groupby(keys)["quantity"].transform("sum")).drop_duplicates(
        keys, ignore_index=True
    )
    group = lines.groupby(["day", "channel", "customer"], sort=False).ngroup()
    return lines.assign(order=[f"{prefix}{number:06d}" for number in group + 1])


def returned(
    lines: pd.DataFrame, share: float, delay: tuple[int, int], days: int, rng: Generator
) -> pd.DataFrame:
    """Lines taken back in full: same order, customer and product, negative quantity, some days later."""
    chosen = lines[rng.random(len(lines)) < share]
    later = chosen["day"].to_numpy() + rng.integers(delay[0], delay[1] + 1, len(chosen))
    back = chosen.assign(day=later, quantity=-chosen["quantity"], promised=-1, shipped=-1)
    return back[back["day"] < days]
