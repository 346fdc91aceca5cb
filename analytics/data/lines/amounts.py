"""What columns of money mean: sides of an account told from their marks, an amount of the line from a price, a net amount from one with tax or before a discount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.column_look import look
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.line_kinds import MOST_RETURNED, sides_unclear
from analytics.data.values.categorical import Coded
from analytics.data.values.header_names import normal_name, role_of_name
from analytics.data.values.numbers import side_of
from analytics.data.values.stated_scale import amounts_in
from analytics.errors import Problem

__all__ = ["amount_of_lines", "credits_and_debits"]

Numbers = dict[str, NDArray[np.float64]]
#: so many lines tell, and fewer pairs of lines than this do not
_SEEN, _PAIRS = 100_000, 8
_TAX = frozenset(
    (
        "tax|taxes|sales tax|tax amount|tax total|total tax|vat|vat amount|gst|mwst|mwst betrag|ust|ust betrag|steuer|steuerbetrag|umsatzsteuer|tva|montant tva|iva|importe iva"
        "|btw|btw bedrag|moms"
    ).split("|")
)


#: words of an amount with tax, and the highest rate of a tax on sales
_WITH_TAX = frozenset("gross brutto brut bruto bruttobetrag ttc incl inkl including inclusive lordo".split())
_HIGHEST_TAX = 0.35
_DISCOUNT = frozenset(
    "discount discounts rebate rabatt nachlass remise descuento sconto desconto korting rabat skonto".split()
)
_OTHER = "name another column as revenue if that is wrong (option mapping)"


def credits_and_debits(cells: Coded, name: str, problems: list[Problem]) -> Coded:
    """The column with CR and DR behind its numbers turned into signs: what most lines carry are sales, what few carry are returns.

    In a ledger of sales a credit is a sale, on a customer's account it is a return; so it is decided over the column, said in
    `problems`, and asked (DataError) where the rarer mark is not rare or lines have either mark and none.

    >>> from analytics.data.values.categorical import coded_texts
    >>> said: list[Problem] = []
    >>> credits_and_debits(coded_texts(["500.00 CR", "20.00 DR", "7.00 CR", "9.00 CR"]), "Amount", said).texts().tolist(), said[0].code
    (['500.00', '-20.00', '7.00', '9.00'], 'credit_debit')
    """
    told = [side_of(text) for text in cells.values]
    if not any(side for _, side in told):
        return cells
    counts = cells.counts()
    zero = np.array([not any(c in "123456789" for c in text) for text in cells.values], bool)
    rows = {
        side: int(counts[np.array([s == side for _, s in told], bool) & ~zero].sum())
        for side in ("CR", "DR", "")
    }
    found = ", ".join(f"{rows[side]} {side or 'without'}" for side in rows if rows[side])
    kept = {side: count for side, count in rows.items() if count}
    sale = max(kept, key=lambda side: kept[side]) if kept else "CR"
    if (
        len(kept) > 2
        or (len(kept) == 2 and ("" in kept and sale != ""))
        or sum(kept.values()) - kept.get(sale, 0) > MOST_RETURNED * sum(kept.values())
    ):
        raise sides_unclear(found, name)
    other = ", ".join(side for side in kept if side != sale)
    words = f"{name}: amounts {f'marked {sale}' if sale else 'without a mark'} were counted as sales" + (
        f", those marked {other} as returns, since they are few" if other else ""
    )
    problems.append(
        Problem(
            "credit_debit",
            words,
            "write returns with a minus if that is wrong",
            column=name,
            found=found,
            count=sum(kept.values()) - kept.get(sale, 0),
        )
    )
    return cells.regrouped(
        np.array([text if side == sale or not side else "-" + text for text, side in told], dtype=object)
    )


def amount_of_lines(
    table: RawTable,
    numbers: Numbers,
    named: dict[str, str],
    sku: Coded,
    marks: Mapping[str, str],
    problems: list[Problem],
    told: bool = False,
) -> None:
    """Put right, in `numbers` and `named`, a price or a cost that is that of the whole line, and an amount with the tax of a column beside it or before its discount.

    `told`: the user named the column of revenue; then it stays, and what it includes is said.
    """
    if "price" in numbers and "revenue" not in numbers and _grows(numbers["price"], numbers["quantity"], sku):
        numbers["revenue"], named["revenue"] = numbers.pop("price"), named.pop("price")
        words = f"{named['revenue']} grows with the quantity: it was read as the amount of the line, not as the price of a unit"
        problems.append(
            Problem(
                "amount_of_line",
                words,
                "name another column as revenue or price if that is wrong (option mapping)",
                column=named["revenue"],
            )
        )
    if "unit_cost" in numbers and _grows(numbers["unit_cost"], numbers["quantity"], sku):
        quantity = numbers["quantity"]
        numbers["unit_cost"] = np.where(
            quantity != 0.0,
            np.abs(numbers["unit_cost"]) / np.where(quantity != 0.0, np.abs(quantity), 1.0),
            np.nan,
        )
        words = f"{named['unit_cost']} grows with the quantity: it was read as the cost of the line, and the cost of a unit is it divided by the quantity"
        problems.append(
            Problem(
                "cost_of_line",
                words,
                "name another column as unit cost if that is wrong (option mapping)",
                column=named["unit_cost"],
            )
        )
    if (
        "revenue" not in numbers
        and "price" in numbers
        and _WITH_TAX & set(normal_name(named["price"]).split())
    ):
        problems.append(_maybe_taxed(named["price"]))
    if "revenue" in numbers:
        beside = _Beside(table, named["revenue"], marks.get("revenue", marks.get("price", ".")))
        _less_tax(beside, numbers, named, problems, told)
        if not told:
            _less_discount(beside, numbers, named, problems)


def _grows(price: NDArray[np.float64], quantity: NDArray[np.float64], sku: Coded) -> bool:
    """Whether, from line to line of a product, the price per unit stays when it is divided by the quantity, and does not as it is."""
    price, quantity, codes = price[:_SEEN], np.abs(quantity[:_SEEN]), sku.codes[:_SEEN]
    known = np.flatnonzero((price > 0) & (quantity > 0))
    order = known[np.argsort(codes[known], kind="stable")]
    one, two = order[:-1], order[1:]
    pairs = (codes[one] == codes[two]) & (quantity[one] != quantity[two])
    one, two = one[pairs], two[pairs]
    if len(one) < _PAIRS:
        return False
    as_is = np.abs(price[one] - price[two]) <= 0.01 * price[one]
    divided = (
        np.abs(price[one] / quantity[one] - price[two] / quantity[two]) <= 0.01 * price[one] / quantity[one]
    )
    return bool(divided.mean() > 0.7 and as_is.mean() < 0.2)


class _Beside:
    """The columns beside that of revenue, read as amounts when they are asked for."""

    def __init__(self, table: RawTable, revenue: str, mark: str) -> None:
        self.names, self._table, self._mark = table.names[:300], table, mark
        self.places = [i for i, name in enumerate(self.names) if name != revenue]

    def read(self, i: int) -> NDArray[np.float64]:
        """The amounts of a column, (rows,), NaN where there is none."""
        return amounts_in(self._table.columns[i], self.names[i], self._mark)

    def holds_numbers(self, i: int) -> bool:
        """Whether nearly all texts of a column, of which it has many, are numbers."""
        return look(self._table.columns[i]).numbers > 0.9 and len(self._table.columns[i].values) >= _PAIRS


def _less_tax(
    beside: _Beside, numbers: Numbers, named: dict[str, str], problems: list[Problem], told: bool
) -> None:
    """Another amount, where the one read is that amount plus the tax beside it; one that the user named stays, and that it includes tax is said."""
    taxes = [i for i in beside.places if normal_name(beside.names[i]) in _TAX]
    others = [i for i in beside.places if role_of_name(beside.names[i])[0] == "revenue"]
    if len(taxes) > 3 or len(others) > 8:
        return
    part = slice(0, _SEEN)
    for i in taxes:
        tax = beside.read(i)
        some = np.nan_to_num(tax[part]) != 0
        for k in others:
            net = beside.read(k)
            same = np.abs(net[part] + tax[part] - numbers["revenue"][part]) <= 0.011
            if some.sum() >= 3 and same[some].mean() > 0.95:
                if told:
                    problems.append(_taxed_as_told(named["revenue"], beside.names[i], beside.names[k]))
                    return
                words = f"{named['revenue']} is {beside.names[k]} plus {beside.names[i]}: revenue is {beside.names[k]}, without tax"
                problems.append(Problem("tax_left_out", words, _OTHER, column=beside.names[k]))
                _taken_instead(numbers, named, net, beside.names[k])
                return
    if _WITH_TAX & set(normal_name(named["revenue"]).split()):
        if told:
            problems.append(_maybe_taxed(named["revenue"]))
        else:
            _taken_off(numbers, named, [(beside.names[i], beside.read(i)) for i in taxes], problems)


def _taken_instead(numbers: Numbers, named: dict[str, str], other: NDArray[np.float64], name: str) -> None:
    numbers["revenue"] = np.where(np.isnan(other), numbers["revenue"], other)
    named["revenue"] = name


def _less_discount(beside: _Beside, numbers: Numbers, named: dict[str, str], problems: list[Problem]) -> None:
    """Another amount, where it is the one read less the discount beside it, line by line: what was earned, not what was listed."""
    saying = [i for i in beside.places if _says_discount(beside.names[i]) and beside.holds_numbers(i)]
    if not saying or len(saying) > 4:
        return
    part = slice(0, _SEEN)
    listed = numbers["revenue"][part]
    for i in saying:
        less = np.abs(beside.read(i)[part])
        some = np.isfinite(less) & (less > 0.011) & np.isfinite(listed)
        if some.sum() < _PAIRS:
            continue
        for k in sorted(
            set(beside.places) - set(saying), key=lambda k: (not _says_amount(beside.names[k]), k)
        ):
            if not beside.holds_numbers(k):
                continue
            net = beside.read(k)
            same = np.abs(listed - less - net[part]) <= 0.011
            if same[some].mean() > 0.95:
                words = f"{beside.names[k]} is {named['revenue']} less {beside.names[i]}: revenue is {beside.names[k]}, after the discount"
                problems.append(Problem("discount_left_out", words, _OTHER, column=beside.names[k]))
                _taken_instead(numbers, named, net, beside.names[k])
                return


def _says_amount(name: str) -> bool:
    last = normal_name(name).rpartition(" ")[2]
    return role_of_name(name)[0] == "revenue" or last in ("total", "amount", "net")


def _says_discount(name: str) -> bool:
    return bool(_DISCOUNT & set(normal_name(name).split())) or role_of_name(name)[0] == "discount"


def _taken_off(
    numbers: Numbers,
    named: dict[str, str],
    taxes: Sequence[tuple[str, NDArray[np.float64]]],
    problems: list[Problem],
) -> None:
    """The tax of a column beside it off an amount whose name says that it includes it, where no column holds the amount without."""
    gross = numbers["revenue"]
    for name, tax in taxes:
        some = (
            np.isfinite(gross[:_SEEN])
            & (gross[:_SEEN] != 0.0)
            & np.isfinite(tax[:_SEEN])
            & (tax[:_SEEN] != 0.0)
        )
        rate = tax[:_SEEN][some] / (gross[:_SEEN][some] - tax[:_SEEN][some])
        if some.sum() >= _PAIRS and ((rate > 0.0) & (rate <= _HIGHEST_TAX)).mean() > 0.95:
            words = f"{named['revenue']} includes {name}: revenue is {named['revenue']} less {name}"
            problems.append(Problem("tax_left_out", words, _OTHER, column=name))
            numbers["revenue"] = gross - np.nan_to_num(tax)
            return
    problems.append(_maybe_taxed(named["revenue"]))


def _taxed_as_told(name: str, tax: str, net: str) -> Problem:
    words = f"{name} is {net} plus {tax}: revenue, prices and margins include tax, since {name} was named as revenue"
    return Problem("may_include_tax", words, f"name {net} as revenue if it should not", column=name)


def _maybe_taxed(name: str) -> Problem:
    words = f"{name} may include sales tax: then revenue, prices and margins are too high by it"
    return Problem("may_include_tax", words, "give amounts without tax if it does", column=name)
