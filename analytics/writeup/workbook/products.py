"""Inputs and products: what a person may edit, every product's prices, costs and rates, and what its own gain is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.assumptions import FIELDS
from analytics.items import ITEM_FIELDS, ORIGINS
from analytics.naming.labels import strategy_text
from analytics.naming.verdicts import verdict_text
from analytics.simulation.ledger import CUT_OFFS
from analytics.simulation.terminal import worth_of_cut_offs
from analytics.strategy.money import rates
from analytics.valuation.books.standards import REVERSES, STANDARDS
from analytics.writeup.workbook.figures import WorkbookFigures
from analytics.writeup.workbook.layout import FORMULA, INPUT, RECORD, TEXT, Cell, Column, Grid, Table

__all__ = ["RATE_FIELDS", "common_values", "inputs_sheet", "products_sheet"]

Array = NDArray[np.float64]

#: Fields of products that prices are made of, and how their numbers look.
RATE_FIELDS: Mapping[str, str] = {
    "unpaid_share": "share", "fixed_cost_share": "share", "component_share": "share", "capital_rate": "share", "storage_rate": "share",
    "insurance_rate": "share", "salvage_share": "share", "clearing_share": "share", "setup_cost": "money", "order_setup_cost": "money",
    "cost_premium": "share", "price_premium": "share", "sunk_share": "share", "price_erosion_per_year": "share", "deposit_share": "share",
    "goodwill_per_unit": "money", "waiting_cost_per_unit_day": "money", "hazard_per_year": "share", "longest_run_off_years": "number",
}  # fmt: skip
#: A common value is worth a cell of its own where this share of the products has it.
_COMMON = 0.2
_EPS = "0.000001"


def common_values(figures: WorkbookFigures) -> dict[str, float]:
    """The value that most products share, by field, where at least a fifth of them has it: one cell that they refer to."""
    out = {}
    for name in RATE_FIELDS:
        column = np.asarray(figures.items[name], np.float64)
        values, counts = np.unique(column[np.isfinite(column)], return_counts=True)
        if len(values) and counts.max() >= _COMMON * len(column):
            out[name] = float(values[np.argmax(counts)])
    return out


def _origin_words(figures: WorkbookFigures, name: str) -> str:
    """Where the values of a field come from, most frequent first, in words."""
    codes, counts = np.unique(figures.items.origin(name), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return ", ".join(f"{ORIGINS[codes[k]]} ({counts[k]:,})" for k in order)


def inputs_sheet(figures: WorkbookFigures) -> Grid:
    """What a person may edit: rates that products share, and how stock is valued."""
    grid = Grid(
        "Inputs",
        "Inputs",
        "Blue cells may be edited: everything in black follows. Products refer to a common value here where they share it; others stand on Products.",
        (72, 18, 20, 34, 16, 16, 66),
    )
    grid.section("Rates, costs and shares that products have in common")
    grid.heading("Value", "Common value", "Unit", "Where it comes from (products)", "Range from", "Range to", "Source of what is assumed")  # fmt: skip
    common, everybody = common_values(figures), np.ones(len(figures.items), bool)
    for name, form in RATE_FIELDS.items():
        field = ITEM_FIELDS[name]
        if name not in common:
            continue
        _, low, high = figures.items.typical(name, everybody)
        grid.add(
            Cell(FIELDS[name].label if name in FIELDS else field.label),
            Cell(common[name], kind=INPUT, form=form),
            Cell(field.unit),
            Cell(_origin_words(figures, name)),
            Cell(low, kind=RECORD, form=form),
            Cell(high, kind=RECORD, form=form),
            Cell(FIELDS[name].source if name in FIELDS else "the files"),
            names=("", name),
        )
    own = [ITEM_FIELDS[name].label for name in RATE_FIELDS if name not in common]
    if own:
        grid.add(Cell(f"Product by product on Products: {', '.join(own)}.", look="note"))
    if figures.unconfirmed:
        grid.section("Assumptions that nobody has confirmed")
        first = grid.row + 1
        for label in figures.unconfirmed:
            grid.add(label, Cell("unconfirmed"))
        grid.names["unconfirmed_range"] = f"$B${first}:$B${grid.row}"
    if figures.stock is not None:
        _policy(grid, figures)
    return grid


def _policy(grid: Grid, figures: WorkbookFigures) -> None:
    """How stock is valued: ladders, cost to sell, standard, ledger and one-off cost."""
    assert figures.stock is not None
    policy = figures.stock.valued.policy
    grid.section("Reserve by age: share of cost from an age on")
    grid.heading("Step", "Share reserved", "From day")
    for k, (day, share) in enumerate(policy.age_ladder):
        grid.add(
            Cell(f"Step {k + 1}: older than {day - 1:,.0f} days"),
            Cell(share, kind=INPUT, form="share"),
            Cell(day, kind=RECORD, form="whole"),
            names=("", f"age_share_{k}"),
        )
    grid.add(Cell("The days are fixed: how many units are how old stands on Reserve as the records had it.", look="note"))  # fmt: skip
    grid.section("Reserve by cover: share of cost from so many months of cover on")
    grid.heading("Step", "Share reserved", "From months")
    first = grid.row + 1
    for k, (months, share) in enumerate(policy.cover_ladder):
        grid.add(
            Cell(f"Step {k + 1}"),
            Cell(share, kind=INPUT, form="share"),
            Cell(months, kind=INPUT, form="number"),
            names=("", f"cover_share_{k}", f"cover_from_{k}"),
        )
    if policy.cover_ladder:
        grid.names["cover_share_range"] = f"$B${first}:$B${grid.row}"
        grid.names["cover_from_range"] = f"$C${first}:$C${grid.row}"
    grid.section("Valuation and books")
    grid.heading("Setting", "Value", "Unit")
    rows = (
        ("Cost to sell, share of the price", policy.selling_share, "share", "share", "selling_share"),
        ("Write-downs are reversed where value comes back (1 yes, 0 no)", float(policy.standard in REVERSES), "whole", STANDARDS[policy.standard], "reverses"),
        ("Balance of stock in the ledger", policy.ledger, "money", "money; empty: not stated", "ledger"),
        ("Cost of switching, once", policy.one_off_stated, "money", "money; empty: not stated", "one_off"),
    )  # fmt: skip
    for label, value, form, unit, name in rows:
        grid.add(label, Cell(value, kind=INPUT, form=form), unit, names=("", name))


def products_sheet(figures: WorkbookFigures) -> Table:
    """One row a product: strategies, prices and rates, what follows of them whatever the strategy, and its gain."""
    items, common = figures.items, common_values(figures)
    profit = [plan.measures.money["profit"] for plan in (figures.today, figures.planned, figures.mix)]
    f = {name: np.asarray(items[name], np.float64) for name in (*RATE_FIELDS, "price", "unit_cost")}
    known = {name: np.nan_to_num(f[name]) for name in ("unpaid_share", "hazard_per_year")}
    cost = rates.cost(f["unit_cost"], f["fixed_cost_share"])
    both = rates.storage_and_insurance(f["storage_rate"], f["insurance_rate"])
    cut = worth_of_cut_offs(known["hazard_per_year"], f["capital_rate"] + both, f["salvage_share"], f["longest_run_off_years"])  # fmt: skip
    chosen = np.array([0.0, *CUT_OFFS])[np.argmax(cut, axis=1)]
    columns = [
        Column("sku", "SKU", TEXT, "text", items.skus, width=16),
        Column("name", "Name", TEXT, "text", np.array([str(t) or str(s) for t, s in zip(items["name"], items.skus, strict=True)], object), width=26),
        Column("family", "Family", TEXT, "text", items["family"], width=16),
        Column("now", "Today", TEXT, "text", _each(figures.today.strategy, strategy_text), width=17, band="Strategy"),
        Column("then", "What to do", TEXT, "text", _each(figures.recommended, strategy_text), width=17, band="Strategy"),
        Column("verdict", "Confidence", TEXT, "text", _each(figures.verdict, verdict_text), width=36, band="Strategy"),
        Column("price", "Price", INPUT, "money", f["price"], band="Edit here, product by product"),
        Column("unit_cost", "Unit cost", INPUT, "money", f["unit_cost"], band="Edit here, product by product"),
    ]  # fmt: skip
    for name, form in RATE_FIELDS.items():
        label = FIELDS[name].label if name in FIELDS else ITEM_FIELDS[name].label
        linked = f[name] == common[name] if name in common else None
        formula = f"{{Inputs.{name}}}" if name in common else ""
        columns.append(
            Column(
                name, label, INPUT, form, f[name], formula, linked, 13, band="Edit here, product by product"
            )
        )
    priced = figures.priced

    def worked(key: str, title: str, form: str, values: Array, formula: str, band: str, width: float = 13) -> Column:  # fmt: skip
        return Column(
            key, title, FORMULA, form, np.where(priced, values, np.nan), formula, width=width, band=band
        )

    made = "What a unit is worth, whatever the strategy"
    columns += [
        worked("price_of_demand", "Price of demand", "money", rates.price_of_demand(f["price"], known["unpaid_share"]), "{price}*(1-{unpaid_share})", made),
        worked("cost", "Cost of one more unit", "money", cost, "{unit_cost}*(1-{fixed_cost_share})", made),
        worked("storage_and_insurance", "Storage and insurance", "share", both, "{storage_rate}+{insurance_rate}", made),
        worked("once_rate", "Share of a loss that happens once", "share", rates.once_rate(known["hazard_per_year"], f["capital_rate"]), "{hazard_per_year}+{capital_rate}", made),
    ]  # fmt: skip
    for k, years in enumerate(CUT_OFFS, 1):
        living = f"IF({{hazard_per_year}}>{_EPS},(1-EXP(-{{hazard_per_year}}*{years}))/{{hazard_per_year}},{years})"
        carried = f"IF({{hazard_per_year}}>{_EPS},({years}-{living})/{{hazard_per_year}},{years**2 / 2:g})"
        formula = (
            f"IF({years}<={{longest_run_off_years}}+0.000000001,(1-{{salvage_share}})*{living}"
            f"-({{capital_rate}}+{{storage_and_insurance}})*{carried},-1E+99)"
        )
        value = np.where(np.isneginf(cut[:, k]), -1e99, cut[:, k])
        columns.append(worked(f"worth_{years}", f"{years} years", "worth", value, formula, "Worth of holding leftovers, per unit value", 9))  # fmt: skip
    first, last = f"{{worth_{CUT_OFFS[0]}}}", f"{{worth_{CUT_OFFS[-1]}}}"
    turn = f"MATCH(MAX({first}:{last}),{first}:{last},0)"
    columns.append(
        worked(
            "run_off_years", "Leftovers are held, years", "whole", chosen,
            f"IF(MAX({first}:{last})>0,CHOOSE({turn},{','.join(map(str, CUT_OFFS))}),0)", made,
        )
    )  # fmt: skip
    won = "What it earns in the next twelve months"
    today, planned, mix = profit
    columns += [
        Column("profit_today", "Today's way", FORMULA, "money", today, "{Today.profit}", total=True, band=won, width=15),
        Column("profit_planned", "Planned better", FORMULA, "money", planned, "{Planned.profit}", total=True, band=won, width=15),
        Column("profit_mix", "The mix", FORMULA, "money", mix, "{Mix.profit}", total=True, band=won, width=15),
        Column("planning", "Gain by planning", FORMULA, "change", planned - today, "{profit_planned}-{profit_today}", total=True, band=won, width=15),
        Column("changing", "Gain by strategy", FORMULA, "change", mix - planned, "{profit_mix}-{profit_planned}", total=True, band=won, width=15),
        Column("gain", "Gain", FORMULA, "change", mix - today, "{planning}+{changing}", total=True, band=won, width=15),
    ]  # fmt: skip
    return Table(
        "Products",
        "Products",
        "One row a product. Prices, costs and rates may be edited (a common value on Inputs); strategies, settings and simulated counts stay.",
        columns,
    )


def _each(values: NDArray[Any], words: Callable[[str], str]) -> NDArray[np.object_]:
    """Every value in words, each worked out once."""
    known = {str(one): words(str(one)) for one in set(values)}
    return np.array([known[str(one)] for one in values], object)
