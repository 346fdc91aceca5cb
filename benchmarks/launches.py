"""New products foretold from past launches: past launches are hidden from their first weeks or months on and compared with what came.

    python -m benchmarks.launches [--data ../shared/data]

At dates two months apart, for every product launched less than a year before, the sum of the next 3 months or 8 weeks: absolute error over units (WAPE) of our forecast,
of the class mean (what the family's earlier launches sold at that age) and of the product's own mean so far. Refitted on what was known at each date.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from analytics.assumptions import Assumptions
from analytics.data import read_items, read_sales
from analytics.demand import complete_items, demand_panel
from analytics.demand.life.life_cycle import LifeCycle
from analytics.demand.panel import DemandPanel, panel_until
from analytics.forecast import fit_forecast
from analytics.forecast.launch import first_years, is_launch
from analytics.strategy.plans.component_pools import family_codes
from sample_data import sample_paths, samples

SPAN = {"M": 3, "W": 8}
FILES = {
    "adventureworks": ("adventureworks_sales.csv.gz", "adventureworks_items.csv"),
    "carparts": ("carparts_monthly_wide.csv.gz", ""),
}


def hidden(panel: DemandPanel, family: np.ndarray) -> np.ndarray:
    """Rows of (came, ours, class mean, mean so far), one per young product and date."""
    n, periods = panel.units.shape
    year, span = round(panel.periods_per_year), SPAN[panel.frequency]
    rows = []
    for end in range(periods - span, year, -max(1, year // 6)):
        past = panel_until(panel, end)
        age = end - past.first
        started = is_launch(past)
        old = np.flatnonzero(started & (past.first + year <= end))
        young = np.flatnonzero(
            started & (age >= 1) & (age < year) & panel.observed[:, end : end + span].all(axis=1)
        )
        if len(old) < 5 or not len(young):
            continue
        years = first_years(past, np.ones(past.units.shape), old)
        nothing = np.zeros(n)
        life = LifeCycle(
            past.skus,
            np.full(n, 2, np.int8),
            np.ones(n),
            nothing,
            nothing,
            nothing,
            np.zeros(n, np.uint8),
            np.full(n, np.datetime64("NaT"), "datetime64[D]"),
        )
        said = fit_forecast(past, life, family, np.full(n, float(span)), span, 1).mean[:, :span].sum(axis=1)
        for i in young:
            mine = years[family[old] == family[i]]
            pool, a = mine if len(mine) >= 3 else years, int(age[i])
            ahead = min(span, year - a)
            usual = float((pool[:, a + ahead] - pool[:, a]).mean()) * span / ahead
            rows.append(
                (panel.units[i, end : end + span].sum(), said[i], usual, past.units[i].sum() / a * span)
            )
    return np.array(rows).reshape(-1, 4)


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="../shared/data")
    folder = Path(parser.parse_args().data)
    sets = {name: (sample_paths(name)["sales"], sample_paths(name)["items"]) for name in samples()}
    sets |= {
        name: (folder / sales, folder / items if items else None)
        for name, (sales, items) in FILES.items()
        if (folder / sales).exists()
    }
    print(f"{'set':<16}{'periods':<8}{'sums':>6}{'ours':>8}{'class':>8}{'so far':>8}{'bias':>8}")
    for name, (sales, items) in sets.items():
        history, listed = read_sales(sales), read_items(items)[0] if items else None
        for frequency in ("M",) if name == "carparts" else ("M", "W"):
            panel = demand_panel(history, frequency)
            family, _ = family_codes(complete_items(listed, history, panel, Assumptions()))
            rows = hidden(panel, family)
            if len(rows):
                came = rows[:, :1]
                off = np.abs(rows[:, 1:] - came).sum(axis=0) / came.sum()
                print(
                    f"{name:<16}{frequency:<8}{len(rows):>6}{off[0]:>8.3f}{off[1]:>8.3f}{off[2]:>8.3f}{rows[:, 1].sum() / came.sum() - 1.0:>+8.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
