"""Cash: working capital, carrying cost, and the way of today's stock to what the mix holds, month by month."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.valuation.run_down import Way
from analytics.writeup.workbook.figures import WorkbookFigures
from analytics.writeup.workbook.layout import FORMULA, RECORD, SIMULATED, Cell, Column, Grid, Line, Table
from analytics.writeup.workbook.stock import named

__all__ = ["carrying_sheet", "transition_sheet", "working_capital_sheet"]

Array = NDArray[np.float64]

_PLANS = (("today", "Today's way", "Today"), ("mix", "The mix", "Mix"))


def _money(value: float, formula: str, look: str = "") -> Cell:
    return Cell(value, formula, FORMULA, "money", look)


def working_capital_sheet(figures: WorkbookFigures) -> Grid:
    """What stock and work tie up under today's way and the mix, and in the file, and how often it is turned over."""
    own = figures.stock
    assert own is not None
    grid = Grid(
        "WorkingCapital",
        "Working capital",
        "Money at cost. Of the plans on average over the next twelve months; of the file at its date, against its last twelve whole months.",
        (36, *[17] * 10),
    )
    grid.heading("Scope", "Components", "In work", "Finished", "Deposits", "Net", "Days in stock", "Turns", "Margin per stock", "Cost of sales", "Gross margin")  # fmt: skip
    file, plans = own.capital[0], own.capital[1:]
    for (key, words, sheet), line in zip(_PLANS, plans, strict=True):
        parts = f'SUMIF({{{sheet}.strategy@range}},"ATO",{{{sheet}.stock_at_cost@range}})'
        names = tuple(f"{name}_{key}" for name in ("components", "process", "finished", "deposits", "net", "dio", "turns", "gmroi", "cost", "margin"))  # fmt: skip
        held = f"({{components_{key}}}+{{finished_{key}}})"
        grid.add(
            words,
            _money(line.components, parts),
            _money(line.in_process, f"{{{sheet}.work@total}}"),
            _money(line.finished, f"{{{sheet}.stock_at_cost@total}}-{{components_{key}}}"),
            _money(line.deposits, f"{{{sheet}.deposits@total}}"),
            _money(line.net, f"{{components_{key}}}+{{process_{key}}}+{{finished_{key}}}-{{deposits_{key}}}", "total"),
            *_ratios(line.dio, line.turns, line.gmroi, held, key),
            _money(line.cost_of_sales, f"{{{sheet}.cost_of_sales@total}}"),
            _money(line.gross_margin, f"{{{sheet}.revenue@total}}-{{cost_{key}}}"),
            names=("", *names),
        )  # fmt: skip
    stock = own.valued.stock
    names = ("", "", "", "finished_file", "", "net_file", "dio_file", "turns_file", "gmroi_file", "cost_file", "margin_file")  # fmt: skip
    grid.add(
        "Stock in the file, still sold",
        None,
        None,
        _money(file.finished, _of_group("sold")),
        None,
        _money(file.net, "{finished_file}", "total"),
        *_ratios(file.dio, file.turns, file.gmroi, "{finished_file}", "file"),
        _money(file.cost_of_sales, "{Stock.cost_of_sales@total}"),
        _money(file.gross_margin, "{Stock.sold_revenue@total}-{cost_file}"),
        names=names,
    )
    for name, words, value in (
        ("ended", "Stock in the file, ended", stock.ended),
        ("never", "Stock in the file, never sold", stock.never_sold),
    ):
        group = "ended" if name == "ended" else "never sold"
        grid.add(words, None, None, _money(value, _of_group(group)), None, _money(value, f"{{finished_{name}}}", "total"),
                 names=("", "", "", f"finished_{name}", "", f"net_{name}"))  # fmt: skip
    total = "{net_file}+{net_ended}+{net_never}"
    grid.add(Cell("All stock of the file", look="total"), None, None, None, None, _money(stock.total, total, "total"), names=("", "", "", "", "", "net_all"))  # fmt: skip
    bare = int((~figures.priced).sum())
    grid.add(
        Cell(
            f"Not in here: {bare:,} products without a price or a cost." if bare else "Not in here: nothing.",
            look="note",
        )
    )
    return grid


def _of_group(group: str) -> str:
    """The book value of products that are still sold, have ended or were never sold."""
    return f'SUMIF({{Stock.group@range}},"{group}",{{Stock.book_value@range}})'


def _ratios(dio: float, turns: float, gmroi: float, held: str, key: str) -> tuple[Cell, Cell, Cell]:
    """Days of sales, turns and margin per stock; empty where there is none."""
    return (
        Cell(dio, f'IF({{cost_{key}}}>0,365*{held}/{{cost_{key}}},"")', FORMULA, "number"),
        Cell(turns, f'IF({held}>0,{{cost_{key}}}/{held},"")', FORMULA, "number"),
        Cell(gmroi, f'IF({held}>0,{{margin_{key}}}/{held},"")', FORMULA, "number"),
    )


def carrying_sheet(figures: WorkbookFigures) -> Grid:
    """What holding stock costs a year, rate by rate: what is booked, and the cost of capital that is not."""
    own = figures.stock
    assert own is not None
    grid = Grid(
        "Carrying",
        "Carrying cost",
        "Average stock times each rate of its product. Booked is storage, handling, insurance and shrinkage (part of the insurance rate); economic adds capital.",
        (36, *[18] * 7),
    )
    grid.heading("Scope", "Average stock", "Capital", "Storage and handling", "Insurance", "Shrinkage", "Booked", "Economic")  # fmt: skip
    file, plans = own.carrying[0], own.carrying[1:]
    rows = [(key, words, sheet, line) for (key, words, sheet), line in zip(_PLANS, plans, strict=True)]
    for key, words, sheet, line in [*rows, ("file", "Stock in the file, products sold", "Stock", file)]:
        held = f"{{{sheet}.carried@range}}"
        if key == "file":  # products sold stand first on Stock, in the rows they have on Products
            held = f"{{Stock.book_value@first{len(figures.items)}}}"

        def of(rate: str, held: str = held) -> str:
            return f"SUMPRODUCT({held},{{Products.{rate}@range}})"

        capital = of("capital_rate") if key == "file" else f"{{{sheet}.capital@total}}"
        average = f"SUM({held})" if key == "file" else f"{{{sheet}.carried@total}}"
        cost = line.cost
        grid.add(
            words,
            _money(line.average_stock, average),
            _money(float(cost.capital), capital),
            _money(float(cost.storage_handling), of("storage_rate")),
            _money(float(cost.insurance), of("insurance_rate")),
            Cell(float(cost.shrinkage), kind=RECORD, form="money"),
            _money(line.booked, f"{{storage_{key}}}+{{insurance_{key}}}+{{shrinkage_{key}}}"),
            _money(line.economic, f"{{booked_{key}}}+{{capital_{key}}}", "total"),
            names=("", f"average_{key}", f"capital_{key}", f"storage_{key}", f"insurance_{key}", f"shrinkage_{key}", f"booked_{key}", f"economic_{key}"),
        )  # fmt: skip
    grid.add(
        Cell("Not in here: cost of what was never sold, whose rates nobody knows.", look="note"),
    )
    return grid


def transition_sheet(figures: WorkbookFigures) -> Table:
    """Today's stock on its way: nothing is bought until stock is at what the mix holds; each month takes the smaller of demand and what is above it."""
    own = figures.stock
    assert own is not None
    way, valued = own.way, own.valued
    stock, takes = valued.stock, own.way.counted
    months = way.down.closing.shape[1]

    def only(values: Array) -> Array:
        return np.where(takes, values, np.nan)

    shut = np.where(takes & (stock.units_of("blocked") > 0.0), stock.units_of("blocked"), np.nan)
    held = np.where(takes, stock.on_hand, 0.0)
    shut_units = np.nan_to_num(shut)
    goal = np.minimum(np.nan_to_num(stock.plan_holds), held - shut_units) + shut_units
    released = way.down.cash_released.sum(axis=1)
    booked = np.where(takes, way.write_down, np.nan)
    rate = np.concatenate([np.asarray(figures.items["capital_rate"], np.float64), np.zeros(len(takes) - len(figures.items))])  # fmt: skip
    columns = [
        *named(figures),
        Column("takes", "Takes part", RECORD, "whole", np.where(takes, 1.0, np.nan), width=8),
        Column("held", "On hand", FORMULA, "units", only(stock.on_hand), "{Stock.quantity}", total=False),
        Column("goal", "Down to", FORMULA, "units", only(goal), "MIN(N({Stock.plan_holds}),{held}-{Stock.blocked})+{Stock.blocked}"),
        Column("cost", "Unit cost", FORMULA, "money", only(stock.unit_cost), "{Stock.unit_cost}"),
        Column("yearly", "Capital a unit, a year", FORMULA, "money", only(rate * way.unit_cost), "{Products.capital_rate}*{cost}"),
        Column("released", "Becomes cash", FORMULA, "money", np.where(np.isfinite(stock.book_value), np.where(takes, released, 0.0), np.nan),
               f"IF({{takes}}=1,{{cost}}*({{held}}-{{closing_{months}}}),0)", width=14),
        Column("write_down", "Written down now", FORMULA, "money", booked, "{RollForward.charged}-{RollForward.reversed}", width=14),
    ]  # fmt: skip
    for m in range(1, months + 1):
        demand = np.where(takes, stock.monthly[:, m - 1], np.nan)
        columns.append(
            Column(f"demand_{m}", f"Demand {m}", SIMULATED, "units", np.where(demand == 0.0, np.nan, demand), width=9, band="Expected demand by month, from the forecast")
        )  # fmt: skip
    first = stock.transition.first_month
    for m in range(1, months + 1):
        before = "{held}" if m == 1 else f"{{closing_{m - 1}}}"
        columns.append(
            Column(
                f"closing_{m}", str(first + m - 1), FORMULA, "units", only(way.down.closing[:, m - 1]),
                f"{before}-MIN(N({{demand_{m}}}),MAX({before}-{{goal}},0))", width=13, band="Stock at the end of the month",
            )
        )  # fmt: skip
    lead = "The lines above the products are money of all of them, by month in the columns on the right. Cash counts once and is no part of the yearly gain."
    return Table("Transition", "From today's stock to the mix", lead, columns, _lines(own.way, months))


def _lines(way: Way, months: int) -> list[Line]:
    """The months of all products together, each a line above the products in the columns of the months."""
    money = way.by_month(np.ones(len(way.counted), bool))
    held = float(np.sum(way.unit_cost[way.counted] * way.on_hand[way.counted]))
    keys = [f"closing_{m}" for m in range(1, months + 1)]
    stock, cash, saved, total = {}, {}, {}, {}
    down, once = {}, {}
    stock["held"] = ("SUMPRODUCT({held@range},{cost@range})", held, "money")
    for m, key in enumerate(keys):
        before = keys[m - 1] if m else "held"
        stock[key] = (f"SUMPRODUCT({{{key}@range}},{{cost@range}})", float(money["stock"][m]), "money")
        cash[key] = (f"{{{before}@stock}}-{{{key}@stock}}", float(money["cash_released"][m]), "money")
        average = f"({{{before}@capital}}+{{{key}@capital}})/2"
        saved[key] = (f"({{held@capital}}-{average})/12", float(money["capital_saved"][m]), "money")
        start = f"{{{before}@cumulative}}" if m else ""
        fee = f"-{{{key}@once}}" if m == 0 else ""
        total[key] = (f"{start}+{{{key}@cash}}+{{{key}@saved}}{fee}", float(money["cumulative"][m]), "money")
    first = keys[0]
    once[first] = ("N({Inputs.one_off})", float(np.nan_to_num(money["one_off"][0])), "money")
    capital = {}
    rates = _yearly(way)
    capital["held"] = ("SUMPRODUCT({held@range},{yearly@range})", float(np.sum(rates * way.on_hand)), "money")
    for m, key in enumerate(keys):
        closing = way.down.closing[:, m]
        value = float(np.sum(np.where(way.counted, rates * closing, 0.0)))
        capital[key] = (f"SUMPRODUCT({{{key}@range}},{{yearly@range}})", value, "money")
    down[first] = ("SUM({write_down@range})", float(money["write_down"][0]), "money")
    return [
        Line("stock", "Stock at cost", stock),
        Line("cash", "Cash released in the month", cash),
        Line("capital", "What it costs in capital a year", capital),
        Line("saved", "Capital saved in the month", saved),
        Line("once", "Cost of switching, where stated", once),
        Line("down", "Written down at the beginning", down),
        Line("cumulative", "Cash and capital saved, cumulative", total),
    ]


def _yearly(way: Way) -> Array:
    """Capital that a unit costs a year, money (products,): what the months saved rest on."""
    return np.where(way.counted, way.capital_rate * way.unit_cost, 0.0)
