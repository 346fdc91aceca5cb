"""Plans from counts to money: today's way, planned better, the mix and the shared components product by product; their totals, and the bridge between them.

One concept: the money formulas of `strategy.money` as cells; every table here is made of the same columns or adds them up.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.naming.labels import COMPONENTS, PLANS, STRATEGIES, Strategy
from analytics.simulation.ledger import COUNT_INDEX, CUT_OFFS
from analytics.strategy.money import formulas
from analytics.strategy.money.rates import strategy_shares
from analytics.valuation.bridge import Bridge, BridgeLine
from analytics.writeup.workbook.figures import WorkbookFigures
from analytics.writeup.workbook.layout import FORMULA, SIMULATED, TEXT, Cell, Column, Grid, Table

__all__ = ["bridge_sheet", "plan_sheet", "portfolio_sheet", "shared_sheet"]

Array = NDArray[np.float64]

#: The groups of the first and the last line of a bridge.
START, END = "today", "the mix"

#: The counts that money is made of, with their headings.
_COUNTED: Mapping[str, str] = {
    "demanded": "Demanded", "lost": "Lost", "on_hand": "On hand, average", "in_process": "In production", "in_assembly": "Worked on for an order",
    "promised": "Promised, paid in advance", "late": "Late", "lots": "Lots", "customer_orders": "Single orders", "to_order": "Made to order",
    "in_batches": "of it in batches", "opening": "Opening", "ordered": "Ordered", "closing": "Closing", "closing_excess": "Closing, too much",
    "scrapped": "Stranded", "cleared": "Cleared", "cancelled": "Cancelled", "cancelled_in_batches": "of it in batches",
    "bought_for_ended": "Bought, perhaps ended", "on_shelf_ended": "On the shelf, perhaps ended",
    **{f"sold_later_{years}": f"Sold later, {years} y" for years in CUT_OFFS},
    **{f"years_later_{years}": f"Years until sold, {years} y" for years in CUT_OFFS},
}  # fmt: skip
_SIMULATED = "From the simulation: units, lots and unit-years of the next twelve months"
_RATES = "What a count is worth"
_MONEY = "Money of the next twelve months"
_STOCK = "Money in stock and in work"

#: What a unit is worth under a strategy, by the letters of the strategy in the column of it.
_WORKED = '(IF({strategy}="HYBRID",1,1-{stocked_share}))'
_RATE_FORMULAS: Mapping[str, str] = {
    "stocked_share": 'IF({strategy}="MTO",0,IF({strategy}="ATO",{Products.component_share},1))',
    "stock_value": '{Products.cost}*IF({strategy}="MTO",1,{stocked_share})',
    "premium_on_cost": f"{{Products.cost_premium}}*{_WORKED}",
    "premium_on_price": f"{{Products.price_premium}}*SIGN{_WORKED}",
    "assembly_value": "{Products.cost}*(1+{premium_on_cost})",
    "deposit": '{Products.deposit_share}*(1+{premium_on_price})*IF({strategy}="MTS",0,1)',
}
_RATE_TITLES = ("Share of cost in stock", "A unit in stock", "Premium on cost", "Premium on price", "A unit worked on", "Deposit, share of price")  # fmt: skip
_RATE_FORMS = ("share", "money", "share", "share", "money", "share")

_EACH = "(1-{Products.salvage_share})"
#: Money by its formula: the same as the functions of `strategy.money.formulas`, in cells.
_MONEY_FORMULAS: Mapping[str, str] = {
    "benchmark": "{demanded}*({Products.price_of_demand}-{Products.cost})",
    "capital": "{Products.capital_rate}*({cash_tied_up}+{stock_value}*{years_later})",
    "storage": "{Products.storage_and_insurance}*{stock_value}*({on_hand}+{years_later})",
    "setup": '{Products.setup_cost}*IF({strategy}="MTO",1,{stocked_share})*{lots}+{Products.order_setup_cost}*' + _WORKED + "*{customer_orders}",
    "lost_margin": "{lost}*({Products.price_of_demand}-{Products.cost})",
    "goodwill": "{Products.goodwill_per_unit}*({lost}-{cancelled})",
    "waiting": "{Products.waiting_cost_per_unit_day}*365*{late}",
    "obsolescence": "{scrapped}*{stock_value}*" + _EACH,
    "run_off": "({closing_excess}-{sold_later})*{stock_value}*" + _EACH,
    "perhaps_ended": "{Products.once_rate}*({bought_for_ended}*{stock_value}+{on_shelf_ended}*{Products.cost})*(" + _EACH
    + "+0.5*({Products.capital_rate}+{Products.storage_and_insurance}))",
    "markdown": "{cleared}*{stock_value}*(1-{Products.clearing_share})+{Products.price_erosion_per_year}*{stock_value}*{on_hand}",
    "cancellation": "{Products.sunk_share}*{Products.cost}*" + _EACH + "*({cancelled}+{premium_on_cost}*({cancelled}-{cancelled_in_batches}))"
    "-{deposit}*{Products.price_of_demand}*{cancelled}",
    "premium": "({to_order}-{in_batches})*{premium_on_cost}*{Products.cost}-{to_order}*{premium_on_price}*{Products.price_of_demand}",
    "revenue": "({demanded}-{lost})*{Products.price_of_demand}+{to_order}*{premium_on_price}*{Products.price_of_demand}",
}  # fmt: skip
#: The second route to the same profit: what comes in less what is spent.
_SPENT = (
    "{revenue}-{stock_value}*({opening}+{ordered}-{closing}-{sold_later})-({Products.cost}-{stock_value})*({demanded}-{lost})"
    "-{Products.cost}*{premium_on_cost}*({to_order}-{in_batches})+{stock_value}*({Products.salvage_share}*({scrapped}+{closing_excess}-{sold_later})"
    "+{Products.clearing_share}*{cleared})-{Products.price_erosion_per_year}*{stock_value}*{on_hand}"
    "-{setup}-{capital}-{storage}-{goodwill}-{waiting}-{cancellation}-{perhaps_ended}"
)  # fmt: skip


def _chosen(kind: str) -> str:
    """The count of the cut-off that prices choose, as nested conditions on the years that leftovers are held."""
    out = "0"
    for years in reversed(CUT_OFFS):
        out = f"IF({{Products.run_off_years}}={years},{{{kind}_{years}}},{out})"
    return out


def _columns(
    counts: Array, m: Mapping[str, Array], strategy: NDArray[np.object_], component_share: Array, unit_cost: Array
) -> list[Column]:  # fmt: skip
    """The columns from counts to money of rows counted under the strategies named."""
    n = lambda name: counts[:, COUNT_INDEX[name]]  # noqa: E731
    later, years = formulas.sold_later(n, m), formulas.years_later(n, m)
    stocked = np.zeros(len(counts))
    for name in set(strategy):
        rows = strategy == name
        stocked[rows] = strategy_shares(str(name), component_share)["stocked_share"][rows]
    unknown = np.where(np.isfinite(m["stock_value"]), 0.0, np.nan)
    columns = [
        Column(
            name,
            title,
            SIMULATED,
            "units",
            np.where(n(name) == 0.0, np.nan, n(name)),
            width=10,
            band=_SIMULATED,
        )
        for name, title in _COUNTED.items()
    ]
    shown = {"stocked_share": stocked + unknown, **m}
    columns += [
        Column(name, title, FORMULA, form, shown[name], _RATE_FORMULAS[name], width=11, band=_RATES)
        for name, title, form in zip(_RATE_FORMULAS, _RATE_TITLES, _RATE_FORMS, strict=True)
    ]
    columns += [
        Column("sold_later", "Sold later", FORMULA, "units", later + unknown, _chosen("sold_later"), width=10, band=_RATES),
        Column("years_later", "Years until sold", FORMULA, "units", years + unknown, _chosen("years_later"), width=10, band=_RATES),
    ]  # fmt: skip
    in_process = 0.5 * (m["stock_value"] * n("in_process") + m["assembly_value"] * n("in_assembly"))
    paid = m["deposit"] * m["price_of_demand"] * n("promised")
    held = m["stock_value"] * n("on_hand")
    both = m["storage_and_insurance"]
    carried = np.where(both > 0.0, m["stock_value"] * (n("on_hand") + years), 0.0)
    work = np.where(
        m["capital_rate"] > 0.0, formulas.cash_tied_up(n, m) + m["stock_value"] * years - carried, 0.0
    )

    def money(key: str, title: str, values: Array, formula: str, band: str) -> Column:
        return Column(key, title, FORMULA, "money", values, formula, width=13, total=True, band=band)

    columns += [
        money("stock_at_cost", "Stock", held, "{stock_value}*{on_hand}", _STOCK),
        money("work", "In work", in_process, "0.5*({stock_value}*{in_process}+{assembly_value}*{in_assembly})", _STOCK),
        money("deposits", "Deposits", paid, "{deposit}*{Products.price_of_demand}*{promised}", _STOCK),
        money("cash_tied_up", "Cash tied up", formulas.cash_tied_up(n, m), "{stock_at_cost}+{work}-{deposits}", _STOCK),
        money("carried", "Stock that bears storage", carried + unknown, "IF({Products.storage_and_insurance}>0,{stock_value}*({on_hand}+{years_later}),0)", _STOCK),
        money("carried_work", "What bears capital beyond it", work + unknown, "IF({Products.capital_rate}>0,{cash_tied_up}+{stock_value}*{years_later}-{carried},0)", _STOCK),
        money("cost_of_sales", "Cost of sales", (n("demanded") - n("lost")) * unit_cost + unknown, "({demanded}-{lost})*{Products.unit_cost}", _STOCK),
    ]  # fmt: skip
    titles = {"benchmark": "A perfect year", **{name: one.label for name, one in COMPONENTS.items()}, "revenue": "Revenue"}  # fmt: skip
    columns += [
        money(name, titles[name], formulas.MONEY_FORMULAS[name](n, m), formula, _MONEY)
        for name, formula in _MONEY_FORMULAS.items()
    ]
    profit = formulas.profit(n, m)
    less = "".join(f"-{{{name}}}" for name in COMPONENTS)
    columns += [
        money("profit", "Contribution after stock costs", profit, "{benchmark}" + less, _MONEY),
        money("profit_by_spending", "The same from what is spent", profit, _SPENT, _MONEY),
    ]
    return columns


def plan_sheet(figures: WorkbookFigures, name: str) -> Table:
    """One plan (Today, Planned or Mix) product by product: counts in grey, what they are worth, and the money they make."""
    plan = {"Today": figures.today, "Planned": figures.planned, "Mix": figures.mix}[name]
    words = {"Today": "Today's way", "Planned": "Today's strategies, planned better", "Mix": "The mix: what is recommended"}[name]  # fmt: skip
    items = figures.items
    how = np.where(plan.own_settings, "today's own", "planned")
    columns = [
        Column("sku", "SKU", TEXT, "text", items.skus, width=16),
        Column("strategy", "Counted as", TEXT, "text", plan.strategy, width=11),
        Column("settings", "Settings", TEXT, "text", how, width=12),
        *_columns(
            plan.measures.counts,
            plan.rates,
            plan.strategy,
            np.asarray(items["component_share"], np.float64),
            np.asarray(items["unit_cost"], np.float64),
        ),
    ]
    said = ", ".join(f"{short} {STRATEGIES[short]}" for short in figures.strategies)
    return Table(name, words, f"Counts in grey come from the simulation and stay (empty: none); money follows from them and from Products. {said}.", columns)  # fmt: skip


def shared_sheet(figures: WorkbookFigures) -> Table | None:
    """The shared components product by product: what is counted where only some of a family assemble, less what is counted where all do; None where nothing is shared so."""
    shared, items = figures.shared, figures.items
    if not len(shared.product):
        return None
    at = shared.product
    strategy = np.full(len(at), Strategy.ATO, object)
    share, cost = (np.asarray(items[name], np.float64)[at] for name in ("component_share", "unit_cost"))
    columns = [
        Column("sku", "SKU", TEXT, "text", items.skus[at], width=16),
        Column("strategy", "Counted as", TEXT, "text", strategy, width=11),
        *_columns(shared.counts, shared.rates, strategy, share, cost),
    ]
    lead = (
        "Products that assemble while others of their family do not: what their own stock of components counts, less what one stock for the whole family "
        "would. Its contribution is what the products' own gains leave out."
    )
    return Table("Shared", "Shared components", lead, columns, product=at)


def portfolio_sheet(figures: WorkbookFigures) -> Grid:
    """Totals of the three plans by component, the shared line, and beside them what everything under one strategy earns."""
    grid = Grid(
        "Portfolio",
        "Portfolio",
        "Sums over products whose price and cost are known, money of the next twelve months.",
        (40, 20, 20, 20, 20),
    )
    grid.heading("", "Today's way", "Planned better", "The mix", "The mix less today")
    plans = {"Today": figures.today, "Planned": figures.planned, "Mix": figures.mix}
    known = figures.priced

    def row(name: str, label: str, look: str = "") -> None:
        values = [float(np.sum(plan.measures.money[name][known])) for plan in plans.values()]
        cells = [Cell(v, f"{{{sheet}.{name}@total}}", FORMULA, "money", look) for sheet, v in zip(plans, values, strict=True)]  # fmt: skip
        r = grid.row
        change = Cell(values[2] - values[0], f"{{{name}_mix}}-{{{name}_today}}", FORMULA, "change", look)
        grid.add(Cell(label, look=look), *cells, change, names=("", f"{name}_today", f"{name}_planned", f"{name}_mix", f"{name}_change"))  # fmt: skip
        assert grid.row == r + 1

    row("benchmark", "A perfect year: everything sold at once from nothing in stock")
    for name, one in COMPONENTS.items():
        row(name, f"less {one.label}")
    row("profit", "Contribution of products", "total")
    shared = figures.shared
    profit = figures.totals["mix"]["profit"]
    if len(shared.product):
        pooled = shared.amount + shared.uncounted
        formula = (
            f"{{Shared.profit@total}}-{shared.uncounted!r}" if shared.uncounted else "{Shared.profit@total}"
        )
        grid.add("Shared components", None, None, Cell(pooled - shared.uncounted, formula, FORMULA, "money"), names=("", "", "", "shared"))  # fmt: skip
    else:
        grid.add("Shared components", None, None, Cell(shared.amount, kind=SIMULATED, form="money"), names=("", "", "", "shared"))  # fmt: skip
    today = figures.totals["baseline"]["profit"]
    grid.add(
        Cell("Contribution after stock costs", look="total"),
        Cell(today, "{profit_today}", FORMULA, "money", "total"),
        Cell(float(np.sum(plans["Planned"].measures.money["profit"][known])), "{profit_planned}", FORMULA, "money", "total"),
        Cell(profit, "{profit_mix}+{shared}", FORMULA, "money", "total"),
        Cell(figures.gain, "{end_mix}-{end_today}", FORMULA, "change", "total"),
        names=("", "end_today", "end_planned", "end_mix", "gain"),
    )  # fmt: skip
    grid.row += 1
    row("revenue", "Revenue")
    row("cash_tied_up", "Cash in stock and in work, less deposits")
    grid.section("Everything under one strategy, from the simulation")
    grid.heading("Plan", "Contribution", "Cash tied up")
    for short in figures.strategies:
        money = figures.totals[short]
        grid.add(PLANS[short], *(Cell(money[name], kind=SIMULATED, form="money") for name in ("profit", "cash_tied_up")))  # fmt: skip
    grid.section("Range of the gain of a year, from the simulation")
    grid.add("From, to", *(Cell(v, kind=SIMULATED, form="money") for v in (figures.gain_low, figures.gain_high)))  # fmt: skip
    return grid


def bridge_sheet(figures: WorkbookFigures, bridge: Bridge) -> Grid:
    """From today to the mix, a line a step, with the running total that a chart is drawn from."""
    grid = Grid(
        "Bridge",
        "Bridge from today to the mix",
        "What every component adds, by planning today's strategies better and by changing strategy. One-off items stand beside it, in no sum.",
        (36, 26, 20, 20, 14, 14, 14),
    )
    grid.heading("Step", "Group", "Amount", "Cumulative", "Level", "Better", "Worse")
    first, before = grid.row + 1, ""
    for k, line in enumerate(bridge.lines):
        here = f"step_{k}"
        if line.group in (START, END):
            formula = "{Portfolio.end_today}" if line.group == START else "{Portfolio.end_mix}"
            total = "{" + here + "}" if line.group == START else f"{{{before}_total}}"
        else:
            formula, total = _step_formula(line), f"{{{before}_total}}+{{{here}}}"
        _bridge_row(grid, line, here, formula, total, before)
        before = here
    grid.names["steps_range"] = f"$C${first + 1}:$C${grid.row - 1}"
    grid.names["bridge_rows"] = f"${first}:${grid.row}"
    if bridge.one_off:
        grid.section("Once, beside the yearly gain")
        for line in bridge.one_off:
            grid.add(line.step.capitalize(), line.group, Cell(line.amount, kind=SIMULATED, form="change"))
    return grid


def _step_formula(line: BridgeLine) -> str:
    """The formula of a step: what a component costs before less what it costs after."""
    if line.step in COMPONENTS or line.step == "benchmark":
        before, after = ("today", "planned") if line.group == "planning better" else ("planned", "mix")
        sign = (after, before) if line.step == "benchmark" else (before, after)
        return f"{{Portfolio.{line.step}_{sign[0]}}}-{{Portfolio.{line.step}_{sign[1]}}}"
    return "{Portfolio.shared}"


def _bridge_row(grid: Grid, line: BridgeLine, here: str, formula: str, total: str, before: str) -> None:
    """One line of the bridge and the bars it is drawn by: an unseen foot, and what stands on it."""
    ends = line.group in (START, END)
    label = COMPONENTS[line.step].label if line.step in COMPONENTS else {"benchmark": "Demand counted otherwise"}.get(line.step, line.step.capitalize())  # fmt: skip
    amount, cumulative = line.amount, line.cumulative
    level = cumulative if ends else min(cumulative, cumulative - amount)
    up, down = (0.0, 0.0) if ends else (max(amount, 0.0), max(-amount, 0.0))
    own = f"{{{here}}}"
    last = f"{{{before}_total}}" if before else ""
    grid.add(
        Cell(label, look="total" if ends else ""),
        Cell(line.group),
        Cell(amount, formula, FORMULA, "money" if ends else "change", "total" if ends else ""),
        Cell(cumulative, total, FORMULA, "money", "total" if ends else ""),
        Cell(level, own if ends else f"MIN({last},{{{here}_total}})", FORMULA, "money", "faint"),
        Cell(up, "0" if ends else f"MAX({own},0)", FORMULA, "money", "faint"),
        Cell(down, "0" if ends else f"MAX(-{own},0)", FORMULA, "money", "faint"),
        names=("", "", here, f"{here}_total"),
    )
