"""Checks: every total by two routes, and the cover, on which they end in one line.

One concept: the list of checks, a check a few lines, and the page that says how many pass.
"""

from __future__ import annotations

from dataclasses import dataclass

from analytics.naming.labels import COMPONENTS
from analytics.simulation.ledger import COUNT_INDEX
from analytics.writeup.workbook.figures import WorkbookFigures
from analytics.writeup.workbook.layout import FORMULA, Cell, Grid

__all__ = ["Check", "checks_sheet", "cover_sheet", "listed_checks"]


@dataclass(frozen=True)
class Check:
    """Two formulas that must give the same, and their value."""

    words: str
    left: str
    right: str
    value: float
    form: str = "money"


def listed_checks(figures: WorkbookFigures, bridged: str) -> list[Check]:
    """All checks; those of stock only where there is any. `bridged` is the reference of the last running total of the bridge."""
    known, out = figures.priced, []
    plans = {
        "Today": (figures.today, "today"),
        "Planned": (figures.planned, "planned"),
        "Mix": (figures.mix, "mix"),
    }
    for sheet, (plan, _) in plans.items():
        value = float(plan.measures.money["profit"][known].sum())
        out.append(
            Check(
                f"{sheet}: a perfect year less what is lost = what comes in less what is spent",
                f"{{{sheet}.profit@total}}",
                f"{{{sheet}.profit_by_spending@total}}",
                value,
            )
        )
    for sheet, (plan, key) in plans.items():
        value = float(plan.measures.money["profit"][known].sum())
        less = "".join(f"-{{Portfolio.{name}_{key}}}" for name in COMPONENTS)
        out.append(
            Check(
                f"Portfolio: totals of components give the contribution, {sheet}",
                f"{{Portfolio.benchmark_{key}}}{less}",
                f"{{Portfolio.profit_{key}}}",
                value,
            )
        )
    for sheet, (plan, _) in plans.items():
        made = "SUM({S.opening@range})+SUM({S.ordered@range})"
        went = "SUM({S.demanded@range})-SUM({S.lost@range})" + "".join(
            f"+SUM({{S.{name}@range}})" for name in ("scrapped", "cleared", "closing", "closing_excess")
        )
        n = plan.measures.counts.sum(axis=0)
        units = float(n[COUNT_INDEX["opening"]] + n[COUNT_INDEX["ordered"]])
        out.append(
            Check(
                f"{sheet}: no unit is made or lost: opening + ordered = sold + stranded + cleared + closing",
                made.replace("S.", f"{sheet}."),
                went.replace("S.", f"{sheet}."),
                units,
                "units",
            )
        )
    for sheet, (plan, _) in plans.items():
        value = float(plan.measures.money["cash_tied_up"][known].sum())
        out.append(
            Check(
                f"{sheet}: stock + in work - deposits = cash tied up",
                f"{{{sheet}.stock_at_cost@total}}+{{{sheet}.work@total}}-{{{sheet}.deposits@total}}",
                f"{{{sheet}.cash_tied_up@total}}",
                value,
            )
        )
    gain = figures.gain
    out += [
        Check(
            "Gain: gains of products and the shared line",
            "{Products.gain@total}+{Portfolio.shared}",
            "{Portfolio.gain}",
            gain,
        ),
        Check(
            "Gain: by planning, by strategy and the shared line",
            "{Products.planning@total}+{Products.changing@total}+{Portfolio.shared}",
            "{Portfolio.gain}",
            gain,
        ),
        Check("Gain: the steps of the bridge", "SUM({Bridge.steps@range})", "{Portfolio.gain}", gain),
        Check(
            "Bridge: the steps lead to the mix",
            f"{{Bridge.{bridged}}}",
            "{Portfolio.end_mix}",
            figures.totals["mix"]["profit"],
        ),
    ]
    if figures.stock is not None:
        out += _of_stock(figures)
    return out


def _of_stock(figures: WorkbookFigures) -> list[Check]:
    """Checks of the stock in the books."""
    assert figures.stock is not None
    own, valued = figures.stock, figures.stock.valued
    stock, n, age = valued.stock, len(figures.items), valued.age
    total, reserve = stock.total, valued.reserve_total
    q = "+".join(f"SUM({{Ageing.q_{name}@range}})" for name in age.names)
    v = "+".join(f"{{Ageing.v_{name}@total}}" for name in age.names)
    held = float(age.quantity.sum())
    months = own.way.down.closing.shape[1]
    cash = f"SUM({{Transition.closing_1@cash}}:{{Transition.closing_{months}@cash}})"
    start = float((own.way.unit_cost * own.way.on_hand)[own.way.counted].sum())
    both = (("today", "today's way"), ("mix", "the mix"))
    carried = {key: own.carrying[1 + k].economic for k, key in enumerate(("today", "mix"))}
    nets = {key: own.capital[1 + k].net for k, key in enumerate(("today", "mix"))}
    return [
        *(
            Check(
                f"Working capital of {words} = its cash tied up",
                f"{{WorkingCapital.net_{key}}}",
                f"{{Portfolio.cash_tied_up_{key}}}",
                nets[key],
            )
            for key, words in both
        ),
        *(
            Check(
                f"Carrying cost of {words} = its capital and storage",
                f"{{Carrying.economic_{key}}}",
                f"{{Portfolio.capital_{key}}}+{{Portfolio.storage_{key}}}",
                carried[key],
            )
            for key, words in both
        ),
        Check(
            "Stock: sold, ended and never sold = all of it",
            "{WorkingCapital.net_all}",
            "{Stock.book_value@total}",
            total,
        ),
        Check(
            "Stock of products sold bears carrying cost: all but what was never sold",
            "{Carrying.average_file}+{WorkingCapital.net_never}",
            "{Stock.book_value@total}",
            total,
        ),
        Check("Age: units of all buckets = units on hand", q, "SUM({Stock.quantity@range})", held, "units"),
        Check("Age: money of all buckets = book value", v, "{Stock.book_value@total}", total),
        Check(
            "Reserve + net value = book value",
            "{Reserve.reserve@total}+{Reserve.net_value@total}",
            "{Stock.book_value@total}",
            total,
        ),
        Check(
            "Reserve: on no product above its book value (products)",
            "SUMPRODUCT(--({Reserve.reserve@range}>{Reserve.book_value@range}+0.005))",
            "0",
            0.0,
            "whole",
        ),
        Check(
            "Roll-forward: opening + charged - reversed - used = closing",
            "{RollForward.opening@total}+{RollForward.charged@total}-{RollForward.reversed@total}-"
            "{RollForward.used_on_sale@total}-{RollForward.used_on_disposal@total}",
            "{RollForward.closing@total}",
            reserve,
        ),
        Check(
            "Roll-forward closes at the reserve",
            "{RollForward.closing@total}",
            "{Reserve.reserve@total}",
            reserve,
        ),
        Check(
            "To be booked = closing less booked so far",
            "{Reserve.change@total}",
            "{RollForward.closing@total}-{RollForward.booked@total}",
            float((valued.change[valued.counted]).sum()),
        ),
        Check("Journal: debits = credits", "{Journal.debit}", "{Journal.credit}", _journal(figures)),
        Check(
            "Journal: everything that the roll-forward moves",
            "{Journal.debit}",
            "{RollForward.charged@total}+{RollForward.reversed@total}+{RollForward.used_on_sale@total}+{RollForward.used_on_disposal@total}",
            _journal(figures),
        ),
        Check(
            "Transition: stock at the beginning = cash of all months + stock at the end",
            "{Transition.held@stock}",
            f"{cash}+{{Transition.closing_{months}@stock}}",
            start,
        ),
        Check(
            "Transition: cash by month = cash by product",
            cash,
            "{Stock.becomes_cash@total}",
            float(stock.transition.cash_released),
        ),
        Check(
            "Transition: it starts from what is still sold",
            "{Transition.held@stock}",
            "{WorkingCapital.finished_file}",
            start,
        ),
        Check(
            "Products stand in the same rows on every sheet (products)",
            f"SUMPRODUCT(--(EXACT({{Products.sku@range}},{{Stock.sku@first{n}}})))",
            "ROWS({Products.sku@range})",
            float(n),
            "whole",
        ),
    ]


def _journal(figures: WorkbookFigures) -> float:
    assert figures.stock is not None
    roll = figures.stock.valued.roll
    return float(
        sum(one.sum() for one in (roll.charged, roll.reversed, roll.used_on_sale, roll.used_on_disposal))
    )


def checks_sheet(checks: list[Check]) -> Grid:
    """Every check with both sides, their difference and whether it passes."""
    grid = Grid(
        "Checks",
        "Checks",
        "Both sides are formulas: they are compared again whenever a cell is edited.",
        (92, 22, 22, 18, 12),
        frozen=5,
    )
    grid.row += 1
    grid.heading("Check", "One side", "The other", "Difference", "Result")
    first = grid.row + 1
    for k, one in enumerate(checks):
        grid.add(
            one.words,
            Cell(one.value, one.left, FORMULA, one.form),
            Cell(one.value, one.right, FORMULA, one.form),
            Cell(0.0, f"{{left_{k}}}-{{right_{k}}}", FORMULA, "change"),
            Cell(
                "pass",
                f'IF(ABS({{difference_{k}}})<=MAX(0.005,0.000000001*ABS({{left_{k}}})),"pass","FAIL")',
                FORMULA,
                "text",
                "result",
            ),
            names=("", f"left_{k}", f"right_{k}", f"difference_{k}", f"result_{k}"),
        )
    grid.names["results_range"] = f"$E${first}:$E${grid.row}"
    return grid


def cover_sheet(
    figures: WorkbookFigures, checks: int, sheets: list[tuple[str, str]], left_out: list[str]
) -> Grid:
    """The answer, its main figures as written and now, what the checks say, and what is on which sheet."""
    o = figures.origin
    grid = Grid(
        "Cover", "Stock or order", f"{o.title}; {o.first_date} to {o.last_date}", (52, 22, 22, 22, 60)
    )
    grid.add(Cell(figures.answer, look="answer"))
    grid.row += 1
    empty = Cell("", look="verdict")
    grid.add(Cell(*_line(figures, checks), FORMULA, "text", "verdict"), *[empty] * 4, names=("line",))
    grid.section(f"Main figures, {o.currency or 'in the currency of the file'}")
    grid.heading("", "As written", "Now", "Moved by an edit", "What it is")
    own = figures.stock
    rows = [
        (
            "Gain of a year",
            figures.gain,
            "{Portfolio.gain}",
            "the mix less today's way, next twelve months",
            "gain",
        ),
        (
            "Contribution of today's way",
            figures.totals["baseline"]["profit"],
            "{Portfolio.end_today}",
            "margin of what is sold less stock, set-ups, waiting and write-offs",
            "today",
        ),
        (
            "Contribution of the mix",
            figures.totals["mix"]["profit"],
            "{Portfolio.end_mix}",
            "the same under what is recommended",
            "mix",
        ),
        (
            "Cash tied up, today's way",
            figures.totals["baseline"]["cash_tied_up"],
            "{Portfolio.cash_tied_up_today}",
            "stock and work less deposits, average of the year",
            "cash_today",
        ),
        (
            "Cash tied up, the mix",
            figures.totals["mix"]["cash_tied_up"],
            "{Portfolio.cash_tied_up_mix}",
            "the same under what is recommended",
            "cash_mix",
        ),
    ]
    if own is not None:
        v = own.valued
        rows += [
            (
                "Stock in the books",
                v.stock.total,
                "{Stock.book_value@total}",
                f"on hand at cost as of {v.as_of}",
                "stock",
            ),
            (
                "Reserve",
                v.reserve_total,
                "{Reserve.reserve@total}",
                "the largest of the rules, item by item",
                "reserve",
            ),
            (
                "Net value",
                v.stock.total - v.reserve_total,
                "{Reserve.net_value@total}",
                "stock less its reserve",
                "net",
            ),
            (
                "Cash that today's stock releases",
                float(v.stock.transition.cash_released),
                "{Stock.becomes_cash@total}",
                "once, within 24 months; no part of the gain",
                "cash",
            ),
        ]
    for label, value, formula, words, name in rows:
        grid.add(
            label,
            Cell(value, kind="record", form="money"),
            Cell(value, formula, FORMULA, "money", "total"),
            Cell(0.0, f"{{{name}_now}}-{{{name}_written}}", FORMULA, "change"),
            words,
            names=("", f"{name}_written", f"{name}_now"),
        )
    if own is not None and own.valued.tie is not None:
        tie = own.valued.tie
        grid.add(
            "Ledger less stock in the books",
            Cell(tie.difference, kind="record", form="money"),
            Cell(tie.difference, "{Inputs.ledger}-{Stock.book_value@total}", FORMULA, "money", "total"),
            Cell(0.0, "{ledger_now}-{ledger_written}", FORMULA, "change"),
            "open to the ledger",
            names=("", "ledger_written", "ledger_now"),
        )
    grid.section("What is on which sheet")
    for name, words in sheets:
        grid.add(Cell(name, look="link"), Cell(words))
    if left_out:
        grid.section("Left out, and why")
        for text in left_out:
            grid.add(text)
    grid.section("How to read it")
    for kind, text in (
        ("input", "Blue: edit it; what follows from it moves at once."),
        ("formula", "Black: a formula."),
        ("simulated", "Grey: from the simulation and the forecast. It stays."),
        ("record", "Brown: from the records of the files."),
    ):
        grid.add(Cell(text, kind=kind, look="legend"))
    grid.section("Made from")
    made = f"stock-or-order {o.version}, seed {o.seed}, data {o.digest[:16]}. Same file, settings and version: the same workbook, byte for byte."
    read = f"{o.rows_read:,} rows read, {o.rows_used:,} used, {o.rows_rejected:,} set aside."
    for text in (made, read):
        grid.add(text)
    return grid


def _line(figures: WorkbookFigures, checks: int) -> tuple[str, str]:
    """The line that the checks end in: its words as written, and the formula that says it anew."""
    n = len(figures.unconfirmed)
    assumed = 'COUNTIF({Inputs.unconfirmed@range},"unconfirmed")' if n else "0"
    formula = (
        'COUNTIF({Checks.results@range},"pass")&" of "&ROWS({Checks.results@range})&" arithmetic checks pass; "&'
        f'{assumed}&" assumptions unconfirmed; "&'
    )
    words = f"{checks} of {checks} arithmetic checks pass; {n} assumptions unconfirmed; "
    own = figures.stock
    if own is None:
        return words + "no stock file", formula + '"no stock file"'
    if own.valued.tie is None:
        return words + "no ledger balance stated", formula + (
            'IF(ISNUMBER({Inputs.ledger}),FIXED(ABS({Inputs.ledger}-{Stock.book_value@total}),2)&" open to the ledger","no ledger balance stated")'
        )
    open_ = abs(own.valued.tie.difference)
    return f"{words}{open_:,.2f} open to the ledger", formula + (
        'IF(ISNUMBER({Inputs.ledger}),FIXED(ABS({Inputs.ledger}-{Stock.book_value@total}),2)&" open to the ledger","no ledger balance stated")'
    )
