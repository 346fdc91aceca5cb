"""Does the file agree with the books? A typed total against the file's, with candidates that explain the difference.

One concept: one comparison of two totals. Every candidate (returns, channels, tax, rejected rows, cut-off
days, two of them together) is an amount tried against the same difference, and all are ranked in one list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.data.history import SalesHistory
from analytics.data.lines.alternative_totals import summed
from analytics.data.lines.rejections import REASONS
from analytics.errors import DataError, Problem
from analytics.naming.labels import total_text

__all__ = ["Candidate", "Reconciliation", "reconcile"]

_TAX = (
    0.05,
    0.055,
    0.07,
    0.077,
    0.08,
    0.081,
    0.10,
    0.16,
    0.18,
    0.19,
    0.20,
    0.21,
    0.22,
    0.23,
    0.24,
    0.25,
    0.27,
)


@dataclass(frozen=True)
class Candidate:
    """Something that would move the file's total by `amount`; `remaining` is the difference still open after it."""

    code: str
    text: str
    amount: float
    remaining: float


@dataclass(frozen=True)
class Reconciliation:
    """A typed total beside the file's: difference = typed - in_file; candidates with the closest first."""

    typed: float
    in_file: float
    difference: float
    share: float
    measure: str
    year: int | None
    candidates: tuple[Candidate, ...]

    def sentence(self) -> str:
        """The comparison in one line."""
        period = f" in {self.year}" if self.year is not None else ""
        if abs(self.difference) < 0.005:
            return f"The file agrees with the total you typed{period}: {self.typed:,.2f}."
        best = ""
        if self.candidates:
            first = self.candidates[0]
            open_part = "" if abs(first.remaining) < 0.005 else f", which leaves {first.remaining:,.2f} open"
            best = f" Closest explanation: {first.text}{open_part}."
        return f"You typed {self.typed:,.2f}, the file has {self.in_file:,.2f}{period}: {self.difference:,.2f} apart ({self.share:.2%}).{best}"

    def table(self) -> pd.DataFrame:
        """The candidates as a table: code, text, amount, remaining."""
        return pd.DataFrame(
            [[c.code, c.text, c.amount, c.remaining] for c in self.candidates],
            columns=["code", "text", "amount", "remaining"],
        )


def reconcile(
    history: SalesHistory, total: float, year: int | None = None, measure: str = "revenue"
) -> Reconciliation:
    r"""Compare a total from the books with the file's, of one calendar year or of all, in revenue or units.

    Candidates: returns not deducted, rejected rows by reason, discounts, other columns of money (freight, tax, gross), one
    channel left out, tax rates, cut-off at either end of the year (up to 31 days moved in or out), duplicate lines, one line,
    date of shipment, two digits swapped, and two of them together. Each says by how much it would move the file's total;
    what explains most of the difference comes first.

    >>> from analytics.data.sales import read_sales
    >>> history = read_sales(b"date,sku,quantity,revenue\n2012-01-27,A,3,300\n2012-02-28,A,-1,-100\n2012-03-28,B,2,50\n")
    >>> found = reconcile(history, 350.0)
    >>> found.in_file, found.difference, found.candidates[0].code, found.candidates[0].remaining
    (250.0, 100.0, 'returns', 0.0)
    """
    if measure not in ("revenue", "units"):
        raise ValueError(f"measure must be revenue or units, got {measure!r}")
    if not np.isfinite(total):
        raise DataError(
            Problem(
                "total", "the total is not a number", "type a number", found=str(total), expected="a number"
            )
        )
    value = np.nan_to_num(history.revenue) if measure == "revenue" else history.quantity
    if measure == "revenue" and len(history) and np.isnan(history.revenue).all():
        raise DataError(
            Problem(
                "no_revenue",
                "the file has no revenue to compare",
                "compare units instead",
                expected="a column of revenue or price",
            )
        )
    years = history.date.astype("datetime64[Y]").astype(int) + 1970
    here = np.ones(len(history), bool) if year is None else years == year
    if not here.any():
        raise DataError(
            Problem(
                "year",
                f"the file has no line in {year}",
                "choose another year",
                found=str(year),
                expected=f"{years.min()} to {years.max()}",
            )
        )
    in_file = float(value[here].sum())
    difference = float(total) - in_file
    found = _candidates(history, value, here, in_file, difference, measure, year)
    found += _together(found, difference)
    ranked = sorted((c for c in found if abs(c.amount) > 0.005), key=lambda c: round(abs(c.remaining), 2))
    useful = (
        tuple(c for c in ranked if abs(c.remaining) < abs(difference))[:8] if abs(difference) >= 0.005 else ()
    )
    return Reconciliation(
        float(total),
        in_file,
        difference,
        difference / in_file if in_file else float("nan"),
        measure,
        year,
        useful,
    )


def _candidates(
    history: SalesHistory,
    value: np.ndarray,
    here: np.ndarray,
    in_file: float,
    difference: float,
    measure: str,
    year: int | None,
) -> list[Candidate]:
    """Everything that, left out or counted, would move the file's total towards the one typed in."""
    found: list[Candidate] = []

    def add(code: str, text: str, amount: float) -> None:
        found.append(Candidate(code, text, float(amount), float(difference - amount)))

    returns = here & (history.quantity < 0)
    if returns.any():
        add(
            "returns",
            f"returns of {-value[returns].sum():,.2f} were not deducted in your total",
            -value[returns].sum(),
        )
    for code, name in enumerate(history.channels[:50]):
        part = value[here & (history.channel == code)].sum()
        add("channel", f"your total leaves out the channel {name} ({part:,.2f})", -part)
    if measure == "revenue":
        for rate in _TAX:
            add("tax", f"your total includes tax of {100.0 * rate:.3g} %", in_file * rate)
            add(
                "tax",
                f"the file includes tax of {100.0 * rate:.3g} % and your total does not",
                in_file / (1 + rate) - in_file,
            )
    if measure == "units":
        rejected = history.report.units_rejected
        add(
            "rejected",
            f"your total includes the {history.report.rows_rejected} rejected rows ({total_text(rejected)} units)",
            rejected,
        )
    for entry in _further(history, measure, year):
        _further_candidates(entry, in_file, add)
    _cut_off(history, value, here, year, difference, add)
    frame = pd.DataFrame(
        {
            "sku": history.sku,
            "day": history.date.view(np.int64),
            "quantity": history.quantity,
            "value": value,
            "order": history.order,
            "customer": history.customer,
        }
    )[here]
    double = frame.duplicated().to_numpy()
    if double.any():
        add(
            "duplicates",
            f"{int(double.sum())} lines that repeat an earlier line are counted in the file only",
            -frame["value"].to_numpy()[double].sum(),
        )
    if len(frame):
        largest = frame["value"].to_numpy()
        closest = int(np.argmin(np.abs(largest + difference)))
        if abs(largest[closest] + difference) < 0.005 * max(abs(difference), 1.0):
            add("one_line", f"your total leaves out one line of {largest[closest]:,.2f}", -largest[closest])
    cents = round(difference * 100)
    if (
        measure == "revenue"
        and cents % 9 == 0
        and abs(difference) >= 9
        and abs(difference) < 0.1 * max(abs(in_file), 1.0)
    ):
        digits = f"{abs(in_file):.2f}"
        wanted = f"{abs(in_file + difference):.2f}"
        if (
            len(digits) == len(wanted)
            and sorted(digits) == sorted(wanted)
            and sum(a != b for a, b in zip(digits, wanted, strict=True)) == 2
        ):
            add("digits", "two digits are swapped in the total you typed", difference)
    return found


def _further(history: SalesHistory, measure: str, year: int | None) -> list[dict[str, Any]]:
    """The further totals of a year, or of all, in one measure."""
    entries = [
        {**e, "year": 0}
        for e in history.report.further_totals
        if measure in e and (year is None or e["year"] in (year, 0))
    ]
    return [{**e, "amount": e[measure]} for e in summed([entries])]


def _further_candidates(
    entry: Mapping[str, Any], in_file: float, add: Callable[[str, str, float], None]
) -> None:
    amount, name = entry["amount"], entry["name"]
    if entry["code"] == "list_price":
        add("discounts", f"your total is before discounts: {name} is {amount:,.2f}", amount - in_file)
    elif entry["code"] == "column":
        add("column", f"your total is that of the column {name} ({amount:,.2f})", amount - in_file)
        add("column", f"your total includes the column {name} ({amount:,.2f})", amount)
        add("column", f"your total leaves out the column {name} ({amount:,.2f})", -amount)
    else:
        what = REASONS.get(entry["code"], entry["code"].replace("_", " "))
        add(
            "rejected", f"your total includes {entry['rows']:,} rejected rows: {what} ({amount:,.2f})", amount
        )


def _together(found: Sequence[Candidate], difference: float) -> list[Candidate]:
    """Two explanations of different kinds that together leave nothing open, where no single one does."""
    some = [c for c in found if abs(c.amount) > 0.005 and c.code not in ("digits", "one_line")]
    if any(abs(c.remaining) < 0.01 for c in some) or len(some) > 150:
        return []
    pairs = [
        (a, b)
        for i, a in enumerate(some)
        for b in some[i + 1 :]
        if a.code != b.code and abs(difference - a.amount - b.amount) < 0.01
    ]
    return [
        Candidate(
            "together", f"{a.text}; and {b.text}", a.amount + b.amount, difference - a.amount - b.amount
        )
        for a, b in pairs[:3]
    ]


def _cut_off(
    history: SalesHistory,
    value: np.ndarray,
    here: np.ndarray,
    year: int | None,
    difference: float,
    add: Callable[[str, str, float], None],
) -> None:
    """Days at the ends of the period that another cut-off would move in or out."""
    first = history.date[here].min() if year is None else np.datetime64(f"{year}-01-01", "D")
    last = history.date[here].max() if year is None else np.datetime64(f"{year}-12-31", "D")
    best: list[tuple[float, str, float]] = []
    for days in range(1, 32):
        step = np.timedelta64(days, "D")
        moves = (
            (
                f"the first {days} days of the period belong to the one before in your books",
                -value[here & (history.date < first + step)].sum(),
            ),
            (
                f"the last {days} days of the period belong to the next in your books",
                -value[here & (history.date > last - step)].sum(),
            ),
            (
                f"the {days} days after the period belong to it in your books",
                value[(history.date > last) & (history.date <= last + step)].sum(),
            ),
            (
                f"the {days} days before the period belong to it in your books",
                value[(history.date < first) & (history.date >= first - step)].sum(),
            ),
        )
        best += [(abs(difference - amount), text, float(amount)) for text, amount in moves if amount]
    for _, text, amount in sorted(best)[:2]:
        add("cut_off", f"{text} ({abs(amount):,.2f})", amount)
    if not np.isnat(history.shipped).all() and year is not None:
        shipped = history.shipped.astype("datetime64[Y]").astype(int) + 1970 == year
        amount = float(value[shipped].sum() - value[here].sum())
        add("shipped", f"your total counts by date of shipment ({abs(amount):,.2f})", amount)
