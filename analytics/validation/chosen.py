"""Some of a file's products, for a replay that shall not take long: chosen by their names alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import Assumptions
from analytics.data.items.bom_file import BillOfMaterials
from analytics.demand.bom import product_parts
from analytics.errors import DataError, Problem
from analytics.items import Items
from analytics.randomness import sku_keys

__all__ = ["chosen_products", "sharing_components"]

#: The key of the choice: the same products of a file whatever the seed, so that seeds can be compared.
_KEY = 21


def sharing_components(
    skus: NDArray[Any], items: Items | None, assumptions: Assumptions, bom: BillOfMaterials | None
) -> NDArray[np.intp]:
    """Products that share components, as far as files and assumptions say: (products,), one number for all of a family.

    The number is the position of the first of them; a product that shares with none has its own. A bill of materials
    says it, else the component family or, where the share of common components is known, the family of the items file.
    """
    alone = np.arange(len(skus))
    if items is None:
        return alone
    if bom is not None:
        code = product_parts(bom, skus, items, np.ones(len(skus), np.bool_)).family
        names = [f"bom {k}" if k >= 0 else "" for k in code]
    else:
        told = {}
        for sku, own, family, share in zip(
            items.skus, items["component_family"], items["family"], items["component_share"], strict=True
        ):
            stated = assumptions.of("component_share", str(sku), str(family)).value
            shares = np.isfinite(share) or np.isfinite(stated)
            told[str(sku)] = f"{own}" if own else f"{family}" if shares else ""
        names = [told.get(str(sku), "") for sku in skus]
    first: dict[str, int] = {}
    return np.array([first.setdefault(name, i) if name else i for i, name in enumerate(names)], np.intp)


def chosen_products(skus: NDArray[Any], family: NDArray[np.intp], count: int) -> NDArray[np.bool_]:
    """Which products stand for all: at least `count` of them, (products,), by a hash of their SKUs and by nothing else.

    Neither money nor sales take part, which nobody knows beforehand. The products come in the order of their hashes; with
    each the others of its `family` (see `sharing_components`), so that a few more than `count` can be chosen.
    All are chosen where there are no more. Raises DataError for a count below 1.

    >>> alone = np.arange(4)
    >>> chosen_products(np.array(["a", "b", "c", "d"]), alone, 2).tolist()
    [True, True, False, False]
    >>> chosen_products(np.array(["a", "b", "c", "d"]), np.array([0, 1, 1, 3]), 2).tolist()
    [True, True, True, False]
    """
    if count < 1:
        raise DataError(
            Problem(
                "products",
                "the number of products to replay is out of range",
                "give 1 or more",
                found=str(count),
                expected="1 or more",
            )
        )
    chosen = np.zeros(len(skus), np.bool_)
    for at in np.argsort(sku_keys([str(sku) for sku in skus], _KEY), kind="stable"):
        if chosen.sum() >= count:
            break
        chosen[family == family[at]] = True
    return chosen
