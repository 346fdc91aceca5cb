"""The table of bought parts behind a portfolio with a bill of materials: `components.csv`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.demand.bom import ProductParts
from analytics.policy.commonality import item_fill_for_order_fill

__all__ = ["COMPONENT_COLUMNS", "components_table", "part_fill_for_95", "units_per_year", "value_per_year"]

COMPONENT_COLUMNS = (
    "component",
    "products",
    "kits",
    "use",
    "units_per_year",
    "unit_cost",
    "value_per_year",
    "component_lead_days",
    "part_fill_for_95",
)

Array = NDArray[np.float64]


def units_per_year(parts: ProductParts, yearly_demand: Array) -> Array:
    """Need of each bought part over the next twelve months. `yearly_demand` (products,) units expected; returns units (parts,).

    units_per_year = sum over products of expected demand x quantity per unit.
    """
    need = parts.quantity * yearly_demand[parts.product]
    return np.asarray(np.bincount(parts.part, weights=need, minlength=len(parts.parts)), np.float64)


def value_per_year(units: Array, cost: Array) -> Array:
    """Need of each bought part over the next twelve months in money, (parts,); NaN without a cost.

    value_per_year = units_per_year x cost of the part.
    """
    return units * cost


def part_fill_for_95(most_parts: Array) -> list[float]:
    """The share of demand each part must meet, planned one by one, so that 95 % of orders find all parts. `most_parts` (parts,) of one product.

    part_fill_for_95 = 0.95 to the power 1 / parts of the product with most parts.
    """
    return [float(item_fill_for_order_fill(0.95, max(int(k), 1))) for k in most_parts]


def components_table(parts: ProductParts, yearly_demand: NDArray[np.float64]) -> pd.DataFrame:
    """One row per bought part: columns COMPONENT_COLUMNS.

    `yearly_demand` (products,) is each product's expected demand. units_per_year = sum over products of demand x quantity per unit.
    `products` are those it goes into, `kits` the common kits it is part of.
    `use` is kit (common to all products of a component family of several), shared (in several products, but not in a common kit) or unique.
    `part_fill_for_95` is the share of demand each part must meet from stock, if parts are planned one by one, so that 95 % of the orders of the
    product with most parts find all of them: 0.95^(1 / parts). Parts planned as one kit are there or missing together.
    """
    count = len(parts.parts)
    users = np.bincount(parts.part, minlength=count)
    units = units_per_year(parts, yearly_demand)
    most = np.zeros(count)
    np.maximum.at(most, parts.part, np.bincount(parts.product, minlength=len(parts.skus))[parts.product])
    sizes = np.bincount(parts.family[parts.family >= 0], minlength=len(parts.kit))
    kits = np.zeros(count, np.int64)
    for kit, size in zip(parts.kit, sizes, strict=True):
        if size > 1:
            kits[list(kit)] += 1
    columns: dict[str, Any] = {
        "component": parts.parts,
        "products": users,
        "kits": kits,
        "use": np.select([kits > 0, users > 1], ["kit", "shared"], "unique"),
        "units_per_year": units,
        "unit_cost": parts.part_cost,
        "value_per_year": value_per_year(units, parts.part_cost),
        "component_lead_days": parts.part_lead_days,
        "part_fill_for_95": part_fill_for_95(most),
    }
    return pd.DataFrame(columns, columns=list(COMPONENT_COLUMNS)).sort_values(
        ["units_per_year", "component"], ascending=[False, True], kind="stable", ignore_index=True
    )
