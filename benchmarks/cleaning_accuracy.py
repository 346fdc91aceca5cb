"""What each layer of history cleaning does to the accuracy of the forecast: the past cleaned as known then, what came left as it was.

    python -m benchmarks.cleaning_accuracy [--data FOLDER] [--sets carparts,retail,pasta,adventureworks] [--origins 6]

Scaled pinball loss is divided by the product's own mean change over the interval. AdventureWorks is made up: reported, not judged. Stock-outs
cannot be tested: a sales file knows no past stock.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

import numpy as np

from analytics.data import SalesHistory, read_items, read_sales
from analytics.demand import demand_panel
from analytics.demand.cleaning.layers import Cleaning, cleaned_demand
from analytics.demand.panel import DemandPanel
from analytics.forecast.judged.backtest_as_of import backtest_as_known, past_dates
from analytics.items import Items

SETS = {
    "carparts": ("carparts_monthly_wide.csv.gz", "M", 3, ""),
    "retail": ("online_retail_2010_2011.csv.gz", "W", 4, ""),
    "pasta": ("pasta_daily.csv.gz", "W", 2, ""),
    "adventureworks": ("adventureworks_sales.csv.gz", "M", 3, "adventureworks_items.csv"),
}
LAYERS = ("", "outliers", "promotions", "after_end")


def cleaned(past: DemandPanel, history: SalesHistory, items: Items | None, layer: str) -> DemandPanel:
    """The panel with one layer on, and zeros before the first sale left out as always."""
    return cleaned_demand(past, history, items, Cleaning.of(["before_launch", layer])).panel


def main() -> None:
    """One row per set and layer."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--origins", type=int, default=6)
    options = parser.parse_args()
    print(
        f"{'set':16s}{'layer':12s}{'bias':>8s}{'WAPE':>8s}{'loss .5':>9s}{'loss .9':>9s}{'loss .95':>9s}{'cover .9':>9s}"
    )
    for chosen in options.sets.split(","):
        file, frequency, interval, items_file = SETS[chosen]
        history = read_sales(options.data / file)
        items = read_items(options.data / items_file)[0] if items_file else None
        panel = demand_panel(history, frequency)
        n, periods = panel.units.shape
        for layer in LAYERS:
            if (layer == "promotions" and not (history.promotion == 1.0).any()) or (
                layer == "after_end" and items is None
            ):
                continue
            clean = partial(cleaned, history=history, items=items, layer=layer)
            result = backtest_as_known(
                panel,
                np.full(n, -1, np.int32),
                np.full(n, float(interval)),
                past_dates(periods, interval, options.origins),
                clean,
            )
            row = result.table().iloc[0]
            numbers = f"{row['bias']:8.3f}{row['wape']:8.4f}{row['pinball_0.5']:9.4f}{row['pinball_0.9']:9.4f}{row['pinball_0.95']:9.4f}{row['coverage_0.9']:9.3f}"
            print(f"{chosen:16s}{layer or 'none':12s}{numbers}", flush=True)


if __name__ == "__main__":
    main()
