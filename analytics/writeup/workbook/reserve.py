"""The reserve product by product, from its rules to what is booked, its roll-forward and the proposal for the books."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.valuation.books.standards import STANDARDS, STRICT
from analytics.valuation.excess import NEW
from analytics.valuation.on_hand import ENDED, LIVING, NEVER_SOLD
from analytics.writeup.workbook.figures import WorkbookFigures
from analytics.writeup.workbook.layout import FORMULA, INPUT, RECORD, TEXT, Cell, Column, Grid, Table
from analytics.writeup.workbook.stock import named

__all__ = ["journal_sheet", "reserve_sheet", "roll_forward_sheet"]

Array = NDArray[np.float64]


def reserve_sheet(figures: WorkbookFigures) -> Table:
    """What every rule asks for, the lower of cost and what an item fetches, what is set by hand, and the reserve."""
    assert figures.stock is not None
    valued = figures.stock.valued
    stock, policy, counted = valued.stock, valued.policy, valued.counted
    held, rates = np.nan_to_num(stock.on_hand), valued.rates
    ended, left = stock.group == ENDED, 1.0 - valued.contract_share
    judged = (stock.group == LIVING) & (valued.status != NEW)
    aged = ~((stock.group == NEVER_SOLD) & (valued.age.origin == 3))

    def only(values: Array) -> Array:
        return np.where(counted, values, np.nan)

    def some(values: Array) -> Array:
        return np.where(counted & (values != 0.0), values, np.nan)

    made, rule = "From the records", "Share of cost that each rule asks for"
    columns = [
        *named(figures),
        Column("status", "Status", TEXT, "text", valued.status_words, width=11),
        Column("book_value", "Book value", FORMULA, "money", only(stock.book_value), "{Stock.book_value}", width=15, total=True),
        Column("ended", "Ended", RECORD, "whole", some(ended.astype(float)), width=8, band=made),
        Column("judged", "Cover is judged", RECORD, "whole", some(judged.astype(float)), width=8, band=made),
        Column("aged", "Age is known", RECORD, "whole", some(aged.astype(float)), width=8, band=made),
    ]  # fmt: skip
    at = np.searchsorted([day for day, _ in policy.age_ladder], valued.age.layer_days, side="right")
    for k, (day, _) in enumerate(policy.age_ladder):
        share = valued.age.share_at((at == k + 1).astype(float))
        columns.append(
            Column(
                f"from_{k}", f"Share from day {day:,.0f}", RECORD, "share", some(share), width=11, band=made
            )
        )
    steps = "+".join(f"{{from_{k}}}*{{Inputs.age_share_{k}}}" for k in range(len(policy.age_ladder)))
    ladder = (
        "LOOKUP({cover},{Inputs.cover_from@range},{Inputs.cover_share@range})" if policy.cover_ladder else "0"
    )
    below = "{cover}<{Inputs.cover_from_0}" if policy.cover_ladder else "TRUE"
    monthly = np.nan_to_num(valued.monthly_demand)
    free = held * left
    cover = np.where(
        monthly > 0.0, free / np.where(monthly > 0.0, monthly, 1.0), np.where(free > 0.0, 1e99, 0.0)
    )
    largest = rates.largest
    columns += [
        Column("firm", "Units for firm orders", RECORD, "units", some(valued.contract_units), band="Firm orders"),
        Column("firm_price", "Their price", RECORD, "money", some(np.nan_to_num(valued.orders.price) if valued.orders else np.zeros(len(held))), band="Firm orders"),
        Column("left", "Share of no firm order", FORMULA, "share", only(left), "IF({Stock.quantity}>0,1-MIN({firm}/{Stock.quantity},1),1)", width=11, band=rule),
        Column("cover", "Cover, months", FORMULA, "cover", only(cover),
               "IF({Stock.monthly_demand}>0,{Stock.quantity}*{left}/{Stock.monthly_demand},IF({Stock.quantity}*{left}>0,1E+99,0))", width=11, band=rule),
        Column("age_rate", "By age", FORMULA, "share", only(rates.age), f"IF({{aged}}=1,({steps or 0})*{{left}},0)", width=9, band=rule),
        Column("cover_rate", "By cover", FORMULA, "share", only(rates.cover), f"IF(AND({{judged}}=1,NOT({below})),{ladder},0)*{{left}}", width=9, band=rule),
        Column("ended_rate", "Ended", FORMULA, "share", only(rates.ended), "IF({ended}=1,MAX(0,MIN(1,1-{Products.salvage_share}))*{left},0)", width=9, band=rule),
        Column("largest", "The largest", FORMULA, "share", only(largest), "MAX({age_rate},{cover_rate},{ended_rate})", width=9, band=rule),
        Column("policy_reserve", "The rules ask for", FORMULA, "money", only(valued.policy_reserve), "{book_value}*{largest}", width=15, total=True, band="Money"),
    ]  # fmt: skip
    columns += _fetched(figures)
    firm = np.where(ended, 0.0, valued.firm_write_down)
    asked = valued.reserved.reserve
    columns += [
        Column("override", "Set by hand", INPUT, "money", only(valued.override), width=13, band="Money"),
        Column("needed", "Needed", FORMULA, "money", only(asked),
               "MAX(0,MIN(IF(ISNUMBER({override}),{override},MAX({policy_reserve}+{firm_rule},MIN({nrv_write_down},{book_value}))),MAX({book_value},0)))",
               width=15, total=True, band="Money"),
        Column("reserve", "Reserve", FORMULA, "money", valued.reserve, "{RollForward.closing}", width=15, total=True, band="Money"),
        Column("net_value", "Net value", FORMULA, "money", valued.net_value, "{book_value}-{reserve}", width=15, total=True, band="Money"),
        Column("change", "To be booked", FORMULA, "change", only(valued.change), "{reserve}-{RollForward.booked}", width=15, total=True, band="Money"),
    ]  # fmt: skip
    where = [column.key for column in columns].index("override")
    columns.insert(where, Column("firm_rule", "of it beside the rules", FORMULA, "money", only(firm), "IF({ended}=1,0,{firm_write_down})", band="What it fetches"))  # fmt: skip
    return Table(
        "Reserve",
        f"Reserve under {STANDARDS[policy.standard]}",
        "The largest of the rules, never their sum, and never less than what items fetch below cost; what is set by hand goes first.",
        columns,
    )


def _fetched(figures: WorkbookFigures) -> list[Column]:
    """The lower of cost and what an item fetches: price less what it still costs to complete and to sell."""
    assert figures.stock is not None
    valued = figures.stock.valued
    stock, counted = valued.stock, valued.counted
    price = np.where(counted & (stock.group == LIVING), valued.sold.price, np.nan)
    nrv = np.where(np.isfinite(price), valued.nrv, np.nan)
    complete = np.where(counted & (valued.to_complete != 0.0), valued.to_complete, np.nan)
    down = np.where(counted, valued.component_down, np.nan)
    fetched = "What it fetches"
    out = [
        Column("price", "Price it fetches", RECORD, "money", price, band=fetched),
        Column("to_complete", "Cost to complete", RECORD, "money", complete, band=fetched),
        Column("nrv", "Net realisable value", FORMULA, "money", nrv, "MAX(0,{price}-{to_complete}-{Inputs.selling_share}*{price})", band=fetched),
        Column("firm_write_down", "Firm orders below cost", FORMULA, "money", np.where(counted, valued.firm_write_down, np.nan),
               "MIN(N({firm}),{Stock.quantity})*MAX(0,{Stock.unit_cost}-MAX(0,{firm_price}-{to_complete}-{Inputs.selling_share}*{firm_price}))", total=True, band=fetched),
    ]  # fmt: skip
    part = ""
    if valued.components is not None:
        replacement, under = _replaced(figures)
        out += [
            Column("replacement", "Replacing it costs", RECORD, "money", replacement, band=fetched),
            Column("under", "What it goes into sells below cost", RECORD, "whole", under, band=fetched),
            Column("component_down", "Component below cost, a unit", FORMULA, "money", down, "IF({under}=1,MAX(0,{Stock.unit_cost}-{replacement}),0)", band=fetched),
        ]  # fmt: skip
        part = ",{Stock.quantity}*{component_down}"
    own = "MIN(N({firm}),{Stock.quantity})"
    formula = (
        f"MAX({{firm_write_down}}+({{Stock.quantity}}-{own})*IF(ISNUMBER({{nrv}}),MAX(0,{{Stock.unit_cost}}-{{nrv}}),0)"
        f"+IF(AND({{ended}}=1,{own}>0),{{book_value}}*{{ended_rate}},0),0{part})"
    )
    out.append(Column("nrv_write_down", "Written down to it", FORMULA, "money", valued.nrv_write_down, formula, width=15, total=True, band=fetched))  # fmt: skip
    return out


def _replaced(figures: WorkbookFigures) -> tuple[Array, Array]:
    """What replacing a unit of each component costs, and 1 where it is written down to that as things stand; NaN elsewhere."""
    assert figures.stock is not None
    valued = figures.stock.valued
    assert valued.components is not None
    _, part, replacement = valued.components
    known = np.full(len(replacement), np.nan)
    used = np.unique(part)
    known[used] = replacement[used]
    open_ = valued.counted & np.isfinite(known)
    strict = valued.policy.standard in STRICT
    dear = np.isfinite(known) & (valued.stock.unit_cost > known)
    under = open_ & (strict | (dear & (valued.component_down > 0.0)))
    return np.where(open_, known, np.nan), np.where(under, 1.0, np.nan)


def roll_forward_sheet(figures: WorkbookFigures) -> Table:
    """The reserve from what is booked so far to what is needed now, one row a product."""
    assert figures.stock is not None
    valued = figures.stock.valued
    roll, counted = valued.roll, valued.counted

    def only(values: Array) -> Array:
        return np.where(counted, values, np.nan)

    def step(key: str, title: str, values: Array, formula: str) -> Column:
        return Column(key, title, FORMULA, "money", only(values), formula, width=15, total=True)

    booked = np.where(counted, valued.sold.booked, np.nan)
    left = "({opening}-{used_on_sale}-{used_on_disposal})"
    columns = [
        *named(figures),
        Column("booked", "Booked so far", INPUT, "money", booked, width=15, total=True),
        Column("used_on_disposal", "Used on disposal", INPUT, "money", only(roll.used_on_disposal), width=15, total=True),
        step("opening", "Opening", roll.opening, "N({booked})"),
        step("used_on_sale", "Used on sale", roll.used_on_sale, "MAX({opening}-{Stock.book_value},0)"),
        step("charged", "Charged", roll.charged, f"MAX({{Reserve.needed}}-{left},0)"),
        step("reversed", "Reversed", roll.reversed, f"IF({{Inputs.reverses}}=1,MAX({left}-{{Reserve.needed}},0),0)"),
        step("closing", "Closing", roll.closing, "{opening}+{charged}-{reversed}-{used_on_sale}-{used_on_disposal}"),
    ]  # fmt: skip
    words = (
        ""
        if valued.booked_known
        else " No reserve booked so far is stated: it starts from nothing, and what it charges is the whole reserve."
    )
    return Table("RollForward", f"Roll-forward under {STANDARDS[valued.policy.standard]}", f"Opening + charged - reversed - used = closing.{words}", columns)  # fmt: skip


def journal_sheet(figures: WorkbookFigures) -> Grid:
    """The proposal for the books, for review, not posted: every line from the roll-forward."""
    assert figures.stock is not None
    roll = figures.stock.valued.roll
    grid = Grid(
        "Journal",
        "Journal: a proposal, for review, not posted",
        "Every amount is a total of the roll-forward; lines of nothing are no entry.",
        (44, 50, 20, 20),
        frozen=5,
    )
    grid.row += 1
    grid.heading("Account", "Text", "Debit", "Credit")
    cost, reserve = "Cost of sales, write-down of stock", "Reserve for stock"
    pairs = (
        (cost, reserve, "Write-down of stock", "charged"),
        (reserve, cost, "Reversal of write-downs", "reversed"),
        (reserve, "Cost of sales", "Reserve used on sale", "used_on_sale"),
        (reserve, "Stock", "Reserve used on disposal", "used_on_disposal"),
    )
    first, total = grid.row + 1, 0.0
    for debit, credit, text, name in pairs:
        amount = float(np.nansum(getattr(roll, name)))
        total += amount
        cell = Cell(amount, f"{{RollForward.{name}@total}}", FORMULA, "money")
        grid.add(debit, text, cell)
        grid.add(credit, text, None, cell)
    span = f"{first}:{{}}{grid.row}"
    sums = [Cell(total, f"SUM({col}{span.format(col)})", FORMULA, "money", "total") for col in ("C", "D")]
    grid.add(Cell("Total", look="total"), None, *sums, names=("", "", "debit", "credit"))
    return grid
