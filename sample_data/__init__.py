"""Three made-up companies to look at before any own data: sales, items, the truth behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

__all__ = ["Sample", "sample_paths", "samples"]


@dataclass(frozen=True)
class Sample:
    """A sample company: its name in file names, its title on the screen, its currency, and the question it answers."""

    name: str
    title: str
    currency: str
    question: str


def samples() -> Mapping[str, Sample]:
    """The sample companies by name, in the order of the screen.

    >>> [sample.title for sample in samples().values()]
    ['Bicycle maker', 'Server builder', 'Household goods']
    """
    rows = (
        Sample(
            "bicycles",
            "Bicycle maker",
            "USD",
            "Many variants, seasons and model years: what belongs on the shelf, and what is made once it is ordered?",
        ),
        Sample(
            "servers",
            "Server builder",
            "USD",
            "Expensive configurations from shared components that age fast: what is worth assembling only to order?",
        ),
        Sample(
            "household",
            "Household goods",
            "EUR",
            "Cheap goods that nobody waits for: does making to order ever pay, and what does it cost where it does not?",
        ),
    )
    return {row.name: row for row in rows}


def sample_paths(name: str) -> Mapping[str, Path]:
    """The files of a sample: sales, items, truth and, where the company confirmed something, assumptions.

    >>> sorted(sample_paths("household"))
    ['assumptions', 'items', 'sales', 'truth']
    """
    if name not in samples():
        raise ValueError(f"sample {name!r} is not one of {', '.join(samples())}")
    folder = Path(str(files("sample_data")))
    paths = {
        "sales": folder / f"{name}_sales.csv.gz",
        "items": folder / f"{name}_items.csv",
        "truth": folder / f"{name}_truth.csv",
    }
    confirmed = folder / f"{name}.toml"
    return {**paths, "assumptions": confirmed} if confirmed.exists() else paths
