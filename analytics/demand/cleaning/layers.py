"""History cleaning: layers that take one-offs out of the panel the forecast is fitted on; the uploaded history never changes.

One concept: layers act in one order on the same panel and each sees what those before it left, so their
order, their switches and the record that units out plus units left are all stand together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.history import SalesHistory
from analytics.demand.cleaning.empty_shelf import empty_periods, recorded_products
from analytics.demand.cleaning.one_off import one_off_cells
from analytics.demand.life.life_cycle import aligned_items
from analytics.demand.panel import DemandPanel
from analytics.demand.promoted import Promoted, added_units, promoted_past
from analytics.errors import DataError, Problem
from analytics.items import CONFIRMED, GIVEN, Items
from analytics.naming.labels import Strategy, total_text

__all__ = [
    "CHANGE_COLUMNS",
    "LAYERS",
    "CleanedDemand",
    "Cleaning",
    "Layer",
    "cleaned_demand",
    "units_removed",
]

#: Layers in the order in which they act: name -> label and what it does.
LAYERS: Mapping[str, tuple[str, str]] = {
    "partial_periods": (
        "Incomplete first and last period",
        "A month or week that the file covers only in part is left out.",
    ),
    "late_channels": (
        "Channel whose data end early",
        "Where one channel's data stop before the others', nothing after that is fitted: late data are not a collapse.",
    ),
    "before_launch": (
        "Before the first sale",
        "Zeros before a product was first sold are not demand of zero.",
    ),
    "after_end": (
        "After the known end",
        "Zeros after the end date in the items file are not demand of zero.",
    ),
    "stockouts": (
        "Out of stock",
        "No stock today, or none on record (stock today, receipts and sales counted back): demand is unknown then, not zero. Whether the "
        "product has ended is still judged by its silence.",
    ),
    "promotions": (
        "Promotions",
        "What promotions added to sales is taken out, where the file flags them or a calendar names them. On by itself where promotions are ahead: what past "
        "ones brought is then expected where they are planned, and nowhere else.",
    ),
    "outliers": (
        "Outliers and one-off projects",
        "A period far above all others of its product is reduced to the largest ordinary one.",
    ),
}
CHANGE_COLUMNS = (
    "layer",
    "sku",
    "first_period",
    "last_period",
    "periods",
    "units_before",
    "units_after",
    "removed",
    "why",
)
_LONGEST_STOCKOUT_YEARS = 0.5


@dataclass(frozen=True)
class Cleaning:
    """Which layers are on.

    Off by default: zeros after a known end, since the forecast of such a
    product is zero anyway and what others can learn from its end made their quantiles better (`benchmarks/cleaning_accuracy.py`).
    Promotions (None): on where some are planned ahead, else off, since their sales come again where promotions go on.
    """

    partial_periods: bool = True
    late_channels: bool = True
    before_launch: bool = True
    after_end: bool = False
    stockouts: bool = True
    promotions: bool | None = None
    outliers: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The layers that are on, in the order in which they act."""
        return tuple(name for name in LAYERS if getattr(self, name))

    @staticmethod
    def of(names: Iterable[str]) -> Cleaning:
        """These layers and no others; DataError on a name that is none.

        >>> Cleaning.of(["outliers"]).names, Cleaning.of([]).names
        (('outliers',), ())
        """
        wanted = [name.strip() for name in names if name.strip()]
        wrong = [name for name in wanted if name not in LAYERS]
        if wrong:
            raise DataError(
                Problem(
                    "cleaning",
                    "there is no such layer of cleaning",
                    "name layers, parted by commas, or none",
                    found=", ".join(wrong),
                    expected=", ".join(LAYERS),
                )
            )
        return Cleaning(**{f.name: f.name in wanted for f in fields(Cleaning)})


@dataclass(frozen=True)
class Layer:
    """What one layer found: `products`, `periods` (cells of product and period) and `units` it takes out of the fit, or would if it were on."""

    name: str
    on: bool
    products: int
    periods: int
    units: float

    @property
    def label(self) -> str:
        """Its name on the screen."""
        return LAYERS[self.name][0]

    @property
    def meaning(self) -> str:
        """What it does, in a sentence."""
        return LAYERS[self.name][1]


@dataclass(frozen=True, eq=False)
class CleanedDemand:
    """`original`: the panel as counted; `panel`: what the forecast is fitted on; `hidden` (products, periods): cells where a stock-out hid demand.

    `promoted` is what promotions did to the history, whether or not the layer is on; `recorded` (products,) whose past stock is on record.
    `layers` in the order in which they act; `changes`: one row per change of a layer that is on (columns CHANGE_COLUMNS).
    Always: units of `original` = units of `panel` + units removed.
    """

    original: DemandPanel
    panel: DemandPanel
    hidden: NDArray[np.bool_]
    cleaning: Cleaning
    layers: tuple[Layer, ...]
    changes: pd.DataFrame
    promoted: Promoted
    recorded: NDArray[np.bool_]

    @property
    def on(self) -> tuple[str, ...]:
        """The layers that were on, in the order in which they act."""
        return tuple(layer.name for layer in self.layers if layer.on)

    def __post_init__(self) -> None:
        """Raise ValueError unless units as sold are those as fitted and those removed."""
        before, after = float(self.original.units.sum()), float(self.panel.units.sum())
        removed = float(
            self.changes.loc[self.changes["layer"].isin(("outliers", "promotions")), "removed"].sum()
        )
        if abs(before - after - removed) > 1e-6 * max(before, 1.0):
            raise ValueError(f"CleanedDemand: {before} units are not {after} cleaned + {removed} removed")

    @property
    def notes(self) -> tuple[str, ...]:
        """What was taken out of the fit, in sentences."""
        said = []
        for layer in self.layers:
            if not layer.on or not layer.periods or layer.name not in ("stockouts", "promotions", "outliers"):
                continue
            units = f", {layer.units:,.0f} units" if layer.units else ""
            said.append(
                f"{layer.label}: {layer.periods:,} periods of {layer.products:,} products{units} outside the fit; the history itself is unchanged."
            )
        return tuple(said)

    @property
    def removed_units(self) -> float:
        """Units of complete periods that the forecast does not see."""
        return float(self.original.units.sum() - self.panel.units.sum())

    @property
    def removed_share(self) -> float:
        """The share of all units of complete periods that the forecast does not see; 0 where there are none."""
        return self.removed_units / max(float(self.original.units.sum()), 1e-12)


def _with_life(
    panel: DemandPanel, units: NDArray[np.float64], observed: NDArray[np.bool_], whole: bool
) -> DemandPanel:
    """The panel with other units and observations; `whole`: every product counts as on sale from the first period on."""
    positive = units > 0.0
    sold = positive.any(axis=1)
    first = np.where(sold, 0 if whole else positive.argmax(axis=1), -1).astype(np.int32)
    return replace(panel, units=units, observed=observed, first=first)


def cleaned_demand(
    panel: DemandPanel,
    history: SalesHistory | None = None,
    items: Items | None = None,
    cleaning: Cleaning | None = None,
) -> CleanedDemand:
    """The panel the forecast is fitted on: the original less what each layer that is on takes out, with every change listed.

    Units are only ever reduced (promotions, outliers); the other layers mark cells as not observed. The two layers at the edges,
    `partial_periods` and `late_channels`, act where the panel is counted (`demand_panel`); they are reported here from its counts.
    `history` tells promotions and the orders behind an outlier, `items` end dates, stock on hand and what is not made to stock.

    Returns a CleanedDemand; *always* original units = cleaned units + removed units. Each of its changes names the
    `periods` it touches, and `units_before` and `units_after` in them. Assumes that a period far above all others
    will not come again, and that stock given as zero today has been zero since the last sale (for at most half a year).
    """
    cleaning = cleaning or Cleaning()
    own = aligned_items(items, panel.skus)
    periods = panel.units.shape[1]
    grid = np.arange(periods)
    sold = panel.first >= 0
    rows: list[dict[str, Any]] = []
    found: dict[str, tuple[int, int, float]] = {
        "partial_periods": _edge(panel, "units_before_first_period", "periods_before_first_period", True),
        "late_channels": _edge(panel, "units_after_late_channel", "periods_after_late_channel", False),
    }
    for name in found:
        if getattr(cleaning, name) and found[name][1]:
            rows.append(
                _row(
                    name,
                    "all",
                    panel.starts[0],
                    panel.starts[-1],
                    found[name][1],
                    found[name][2],
                    0.0,
                    "left out of the fit, kept in the totals",
                )
            )

    units, observed = np.array(panel.units), np.array(panel.observed)
    before = (grid < panel.first[:, None]) & sold[:, None]
    if not cleaning.before_launch:
        observed |= before
    found["before_launch"] = (int(before.any(axis=1).sum()), int(before.sum()), 0.0)

    end = own["end_date"]
    after = (
        (panel.starts[None, :] > end[:, None])
        & (grid > panel.last[:, None])
        & panel.observed
        & ~np.isnat(end)[:, None]
    )
    known = np.isin(own.origin("on_hand"), (GIVEN, CONFIRMED)) & (
        np.nan_to_num(own["on_hand"], nan=1.0) <= 0.0
    )
    stocked = np.array(
        [str(mode) not in (Strategy.MTO, Strategy.ATO) for mode in own["current_mode"]], np.bool_
    )
    silence = periods - 1 - panel.last
    empty = (
        known & stocked & sold & np.isnat(end) & (silence <= _LONGEST_STOCKOUT_YEARS * panel.periods_per_year)
    )
    hidden = (grid > panel.last[:, None]) & empty[:, None] & panel.observed
    recorded = np.zeros(len(panel.skus), np.bool_)
    if history is not None and len(history.apart):
        stock = np.where(np.isin(own.origin("on_hand"), (GIVEN, CONFIRMED)), own["on_hand"], np.nan)
        hidden |= empty_periods(panel, history.apart, np.asarray(stock, np.float64))
        recorded = recorded_products(panel, history.apart, np.asarray(stock, np.float64))
    for name, cells, why in (
        ("after_end", after, "after the end date"),
        ("stockouts", hidden, "no stock on hand"),
    ):
        found[name] = (int(cells.any(axis=1).sum()), int(cells.sum()), 0.0)
        if getattr(cleaning, name):
            observed &= ~cells
            for i in np.flatnonzero(cells.any(axis=1)):
                here = np.flatnonzero(cells[i])
                rows.append(
                    _row(
                        name,
                        str(panel.skus[i]),
                        panel.starts[here[0]],
                        panel.starts[here[-1]],
                        len(here),
                        0.0,
                        0.0,
                        why,
                    )
                )

    family = np.unique(np.append("", np.asarray(own["family"], np.str_)), return_inverse=True)[1][1:] - 1
    promoted = promoted_past(panel, history, family.astype(np.int32))
    extra = added_units(panel, promoted)
    without = _without_promotions(cleaning, panel, history, promoted)
    found["promotions"] = (int((extra > 0).any(axis=1).sum()), int((extra > 0).sum()), float(extra.sum()))
    if without:
        rows += _reduced("promotions", panel, units, extra, ["added by promotions"] * int((extra > 0).sum()))
        units -= extra
    above = one_off_cells(units, observed & (grid >= panel.first[:, None]))
    found["outliers"] = (int((above > 0).any(axis=1).sum()), int((above > 0).sum()), float(above.sum()))
    if cleaning.outliers:
        rows += _reduced("outliers", panel, units, above, _orders_behind(panel, history, above))
        units -= above
    on = {name: without if name == "promotions" else getattr(cleaning, name) for name in LAYERS}
    layers = tuple(Layer(name, on[name], *found[name]) for name in LAYERS)
    fitted = panel
    if (
        (extra.any() and without)
        or (above.any() and cleaning.outliers)
        or not np.array_equal(observed, panel.observed)
        or not cleaning.before_launch
    ):
        fitted = _with_life(panel, units, observed, not cleaning.before_launch)
    return CleanedDemand(
        panel,
        fitted,
        hidden if cleaning.stockouts else np.zeros_like(hidden),
        cleaning,
        layers,
        pd.DataFrame(rows, columns=list(CHANGE_COLUMNS)),
        promoted,
        recorded,
    )


def _without_promotions(
    cleaning: Cleaning, panel: DemandPanel, history: SalesHistory | None, promoted: Promoted
) -> bool:
    """Whether what promotions added is taken out: as told, else where the past shows what one brings and some are ahead."""
    if cleaning.promotions is not None:
        return cleaning.promotions
    plan = None if history is None else history.promotions
    return plan is not None and promoted.known and bool((plan.last >= panel.next_start).any())


def _edge(panel: DemandPanel, units: str, periods: str, both: bool) -> tuple[int, int, float]:
    """Products, periods and units left out at the edges of the panel, from its counts."""
    amount, width = panel.counts.get(units, 0.0), panel.counts.get(periods, 0.0)
    if both:
        amount += panel.counts.get("units_after_last_period", 0.0) - panel.counts.get(
            "units_after_late_channel", 0.0
        )
        width += panel.counts.get("periods_after_last_period", 0.0) - panel.counts.get(
            "periods_after_late_channel", 0.0
        )
    return len(panel.skus) if width else 0, int(width), amount


def units_removed(units_before: float, units_after: float) -> float:
    """Units that a layer of cleaning takes out of the fit; the history itself is unchanged.

    units_removed = units_before - units_after. Units. Source: definition.

    >>> units_removed(120.0, 45.0)
    75.0
    """
    return units_before - units_after


def _row(
    layer: str, sku: str, first: Any, last: Any, periods: int, before: float, after: float, why: str
) -> dict[str, Any]:
    removed = units_removed(before, after)
    values = (layer, sku, str(first), str(last), periods, before, after, removed, why)
    return dict(zip(CHANGE_COLUMNS, values, strict=True))


def _reduced(
    layer: str, panel: DemandPanel, units: NDArray[np.float64], less: NDArray[np.float64], why: list[str]
) -> list[dict[str, Any]]:
    """One row per cell that is reduced, by product and period."""
    places = zip(*np.nonzero(less > 0), why, strict=True)
    return [
        _row(
            layer,
            str(panel.skus[i]),
            panel.starts[t],
            panel.starts[t],
            1,
            float(units[i, t]),
            float(units[i, t] - less[i, t]),
            text,
        )
        for i, t, text in places
    ]


def _orders_behind(panel: DemandPanel, history: SalesHistory | None, above: NDArray[np.float64]) -> list[str]:
    """For each reduced cell: whether one order made it, or many."""
    cells = np.argwhere(above > 0)
    if history is None or history.frequency != "L":
        return ["far above all other periods"] * len(cells)
    column = np.searchsorted(panel.starts, history.date.astype("datetime64[D]"), side="right") - 1
    out = []
    for i, t in cells:
        quantity = history.quantity[(history.sku == i) & (column == t) & (history.quantity > 0.0)]
        largest = float(quantity.max(initial=0.0))
        out.append(
            f"one line of {total_text(largest)} units"
            if largest >= 0.5 * quantity.sum() > 0.0
            else f"{len(quantity):,} lines, the largest of {total_text(largest)} units"
        )
    return out
