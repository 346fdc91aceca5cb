"""What systems of planning call a setting: the columns of each, the words in them, and when each of them orders.

One concept: one table, which the files are written by and read back by. Where each system's columns stand:

- Odoo: the model `stock.warehouse.orderpoint` (odoo/odoo, addons/stock/models/stock_orderpoint.py) and the page "Reordering rules" of its
  documentation: a rule orders when the forecast is *below* its minimum, up to its maximum; an archived rule orders nothing. Its page "Replenish on
  order (MTO)": that route is chosen on the product, with Buy or Manufacture beside it.
- Business Central: the table Item and the enums Reordering Policy, Replenishment System, Manufacturing Policy and Assembly Policy (reference of
  the Base Application), "Design Details: Monitoring the Projected Inventory Level and the Reorder Point": ordered where the point is *reached or
  crossed*. Under the policy Order no reorder point is looked at.
- SAP: plant data of a material, table MARC (BAPI_MARC: STRGR, DISMM, MINBE, DISLS, BSTFE, MABST, BSTRF, BSTMI); SAP Library, "Reorder Point
  Planning Procedure": a shortage is stock and receipts *below* the reorder point; lot sizes FX (fixed) and HB (to the maximum). Under MRP type PD
  the reorder point is not looked at.
- ERPNext: the doctypes Item and Item Reorder (frappe/erpnext, item.json, item_reorder.json; columns of a table as `table.field`, frappe's
  data import) and reorder_item.py: requested where the projected quantity is *at or below* the level. It has no field for make to order: the
  names that begin with custom_ are fields of one's own, to be added once or left out of the import.
- minmax: no system; what a planner reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from analytics.naming.labels import Strategy

__all__ = ["NUMBERS", "OPTIONAL", "SYSTEMS", "System", "word_of"]

#: Columns of numbers by key: reorder point, order-up-to level and lot of a product's own stock (and, where a system does not look at them, an
#: assembled product's share of its component kits), that share alone, and what an order is a multiple of and at least.
NUMBERS = ("point", "level", "lot", "kit_point", "kit_lot", "multiple", "minimum")
#: Columns that are left out where no product of a file has a value for them.
OPTIONAL = ("multiple", "minimum")


class System(NamedTuple):
    """One system: what its columns are called by key, and its words by key and case.

    `place` is the location, plant or warehouse that rules are for. `below`: it orders when stock is below the reorder point, not at it.
    `carries`: its columns of an own stock may hold an assembled product's share of the component kits, for it looks at them for no such product.
    `longest` is the number of characters that a product's code may have there. `by_hand`: what its file cannot tell it of products that change between
    stock and order, "" where there is nothing.
    """

    title: str
    columns: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    place: str
    below: bool
    carries: bool
    longest: int
    by_hand: str = ""


_MTO_ROUTE = "Replenish on Order (MTO)"
_WORDS: Mapping[str, str] = {
    Strategy.MTS: "make to stock",
    Strategy.ATO: "assemble to order",
    Strategy.MTO: "make to order",
}

#: Every system that settings are written for, by the name it has on the command line.
SYSTEMS: Mapping[str, System] = {
    "odoo": System(
        "Odoo",
        {
            "sku": "product_id", "place": "location_id", "route": "route_id", "trigger": "trigger", "active": "active", "point": "product_min_qty",
            "level": "product_max_qty", "multiple": "qty_multiple",
        },
        {
            "route": {"MTS make": "Manufacture", "MTS buy": "Buy", Strategy.ATO: _MTO_ROUTE, Strategy.MTO: _MTO_ROUTE},
            "trigger": {Strategy.MTS: "auto", "MTS off": "manual", Strategy.ATO: "manual", Strategy.MTO: "manual"},
            "active": {Strategy.MTS: "True", Strategy.ATO: "False", Strategy.MTO: "False"},
        },
        "WH/Stock", below=True, carries=True, longest=32_767,
        by_hand=f"Odoo makes to order by the route on the product itself: tick or untick {_MTO_ROUTE} there, beside Manufacture or Buy",
    ),
    "businesscentral": System(
        "Business Central",
        {
            "sku": "No.", "supply": "Replenishment System", "planning": "Reordering Policy", "manufacturing": "Manufacturing Policy", "assembly": "Assembly Policy",
            "point": "Reorder Point", "lot": "Reorder Quantity", "level": "Maximum Inventory", "multiple": "Order Multiple", "minimum": "Minimum Order Quantity",
        },
        {
            "supply": {Strategy.ATO: "Assembly", "make": "Prod. Order", "buy": "Purchase"},
            "planning": {"MTS fixed": "Fixed Reorder Qty.", "MTS up to": "Maximum Qty.", "MTS off": "", Strategy.ATO: "Order", Strategy.MTO: "Order"},
            "manufacturing": {Strategy.MTS: "Make-to-Stock", Strategy.ATO: "Make-to-Order", Strategy.MTO: "Make-to-Order"},
            "assembly": {Strategy.MTS: "Assemble-to-Stock", Strategy.ATO: "Assemble-to-Order", Strategy.MTO: "Assemble-to-Stock"},
        },
        "", below=False, carries=True, longest=20,
    ),
    "sap": System(
        "SAP",
        {
            "sku": "MATNR", "place": "WERKS", "strategy": "STRGR", "planning": "DISMM", "point": "MINBE", "lot_rule": "DISLS", "lot": "BSTFE", "level": "MABST",
            "multiple": "BSTRF", "minimum": "BSTMI",
        },
        {
            "strategy": {Strategy.MTS: "10", Strategy.ATO: "82", Strategy.MTO: "20"},
            "planning": {Strategy.MTS: "VB", "MTS off": "ND", Strategy.ATO: "PD", Strategy.MTO: "PD"},
            "lot_rule": {"MTS fixed": "FX", "MTS up to": "HB", "MTS off": "EX", Strategy.ATO: "EX", Strategy.MTO: "EX"},
        },
        "", below=True, carries=True, longest=40,
    ),
    "erpnext": System(
        "ERPNext",
        {
            "sku": "ID", "strategy": "custom_production_strategy", "place": "reorder_levels.warehouse", "point": "reorder_levels.warehouse_reorder_level",
            "lot": "reorder_levels.warehouse_reorder_qty", "request": "reorder_levels.material_request_type", "kit_point": "custom_component_reorder_point",
            "kit_lot": "custom_component_lot", "minimum": "min_order_qty",
        },
        {"strategy": _WORDS, "request": {"make": "Manufacture", "buy": "Purchase"}},
        "Stores", below=False, carries=False, longest=140,
    ),
    "minmax": System(
        "min/max",
        {"sku": "sku", "name": "name", "strategy": "strategy", "point": "min", "level": "max", "lot": "order_quantity"},
        {"strategy": _WORDS},
        "", below=False, carries=True, longest=32_767,
    ),
}  # fmt: skip


def word_of(words: Mapping[str, str], strategy: str, ordering: str, source: str) -> str:
    """The word for a product by the first case that is listed, "" where none is.

    `strategy` is MTS, ATO or MTO, `ordering` fixed (in lots), up to (a level) or off (nothing more), `source` make, buy or "" (not known).

    >>> words = SYSTEMS["businesscentral"].words
    >>> word_of(words["planning"], "MTS", "up to", "make"), word_of(words["supply"], "MTS", "fixed", "buy"), word_of(words["supply"], "ATO", "fixed", "make")
    ('Maximum Qty.', 'Purchase', 'Assembly')
    """
    cases = (f"{strategy} {source}", f"{strategy} {ordering}", strategy, source)
    return next((words[case] for case in cases if case in words), "")
