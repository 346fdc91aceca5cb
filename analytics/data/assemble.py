"""The steps from a table with known columns to a SalesHistory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.attributes import (
    attributes_of,
    channel_table,
    coded_words,
    flags,
    sorted_vocabulary,
)
from analytics.data.columns.column_roles import RoleMap
from analytics.data.columns.item_facts import ItemFacts
from analytics.data.currencies import other_currencies
from analytics.data.history import IntakeReport, SalesHistory, no_lines_apart
from analytics.data.kept_apart import ON_HAND, RECEIPT, lines_apart, on_hand_said, units_apart
from analytics.data.layout.body import TOTAL
from analytics.data.layout.raw_table import RawTable
from analytics.data.lines.alternative_totals import further_totals
from analytics.data.lines.amounts import amount_of_lines, credits_and_debits
from analytics.data.lines.line_kinds import Choices, apply_choices, line_kinds, may_be_services
from analytics.data.lines.rejections import RowFilter
from analytics.data.lines.revenue import line_revenue
from analytics.data.lines.suspicious import SoldLines, duplicates, suspicious
from analytics.data.meaning.ledger import InAndOut
from analytics.data.meaning.meanings import Meanings
from analytics.data.meaning.open_orders import OpenLines, due_column, due_days
from analytics.data.meaning.places import places_of_rows
from analytics.data.meaning.row_meaning import Lines, judge_rows
from analytics.data.meaning.services import services_of_rows
from analytics.data.periods.columns_of_periods import NO_SUCH_PERIOD, NO_SUCH_WEEK
from analytics.data.reshape.one_column_per_period import (
    Cells,
    WideColumns,
    left_out_sums,
    rows_of_sums,
    spacing,
    wide_cells,
)
from analytics.data.reshape.several_measures import keep_units_sold
from analytics.data.set_aside import SetAside, set_aside
from analytics.data.told import Told
from analytics.data.units.convert import Measured, cells_with_units, in_one_unit, units_of_rows
from analytics.data.units.signs import units_possible
from analytics.data.values.categorical import Coded, Columns, blank_texts, matching, product_codes
from analytics.data.values.conventions import date_order_of, decimal_marks, doubtful_thousands
from analytics.data.values.damaged_dates import far_years, settled_swaps
from analytics.data.values.dates import DateColumn, date_column
from analytics.data.values.header_names import normal_name
from analytics.data.values.numbers import parse_numbers
from analytics.errors import DataError, Problem
from analytics.naming.labels import percent_text

__all__ = ["SalesReader"]

_AMOUNTS = ("quantity", "returned", "revenue", "price", "unit_cost", "discount", "discount_pct")
#: with more lines than twice this, so many may already tell that a product has several lines a day
_MANY = 1_000_000
_NOTHING = np.datetime64("NaT", "D")


def _constant(value: Any, count: int) -> NDArray[Any]:
    """One value for every line; for millions of lines without taking memory."""
    return np.full(count, value) if count <= 1_000_000 else np.broadcast_to(np.asarray(value), (count,))


class SalesReader:
    """The steps from a table with known columns to a SalesHistory."""

    def __init__(
        self,
        table: RawTable,
        roles: RoleMap,
        rows: RowFilter,
        choices: Choices,
        treatments: Mapping[str, Mapping[str, str]] | None = None,
        items: ItemFacts | None = None,
    ) -> None:
        """`treatments` are answers by column and value, `items` what the list of items says of units."""
        self.items = items
        self.both: InAndOut | None = None
        self.measured: Measured | None = None
        self.table, self.roles, self.rows, self.choices = table, roles, rows, choices
        self.meanings = Meanings(treatments or {})
        self.apart = no_lines_apart()
        self.states: OpenLines | None = None
        self.column: dict[str, Coded] = {role: table.columns[i] for role, i in roles.role.items()}
        self.named: dict[str, str] = {role: table.names[i] for role, i in roles.role.items()}
        self.problems: list[Problem] = list(table.problems)
        self.periods: frozenset[int] = frozenset()
        self.repeated: Future[list[Problem]] | None = None
        self.further: tuple[Mapping[str, Any], ...] = ()
        self.assumed: list[str] = [
            f"{role} = column {table.names[i]!r} (by {roles.evidence[role]}, confidence {percent_text(roles.confidence[role])})"
            for role, i in roles.role.items()
            if roles.evidence[role] == "content" or roles.confidence[role] < 0.6
        ]
        encoding = str(table.dialect.get("encoding", ""))
        if encoding and not encoding.startswith(("utf", "excel")) and encoding not in ("parquet", "arrow"):
            word = next(
                (
                    text
                    for texts in (table.names, *(c.values for c in (*self.column.values(),)))
                    for text in texts
                    if not text.isascii()
                ),
                "",
            )
            self.assumed.append(
                f"encoding {encoding}" + (f", in which {word.strip()[:40]!r} is a word" if word else "")
            )
        codes = self.column["sku"]
        self.sku = product_codes(codes)
        if len(self.sku.values) < len(codes.values):
            count = len(codes.values) - len(self.sku.values)
            self.problems.append(
                Problem(
                    "sku_spaces",
                    f"{count} product codes differ from another only in outer or double spaces; they were read as one product",
                    "nothing to do",
                    count=count,
                )
            )

    # -- shapes

    def wide(
        self, wide: WideColumns, digest: str, date_order: str | None, decimal: str | None
    ) -> SalesHistory:
        """The history of a table with one column per period."""
        marks, mark, why = decimal_marks(
            {r: self.column[r] for r in ("price", "unit_cost") if r in self.column},
            self.named,
            decimal,
            self.table.dialect,
            [self.table.columns[i] for i in wide.positions],
        )
        self.assumed.append(f"decimal mark {mark}: {why}")
        self.periods = frozenset((*wide.positions, *wide.money, *wide.longer))
        self._reject_totals(("sku",))
        self.problems += keep_units_sold(
            self.table, self.roles.role["sku"], [*wide.positions, *wide.money], self.rows
        )
        cells = wide_cells(self.table, wide, mark, date_order, self.rows)
        self.problems += left_out_sums(self.table, wide, cells, mark)
        good = np.flatnonzero(self.rows.good)
        sums = np.zeros(len(self.table), bool)
        sums[good] = rows_of_sums(cells.quantity[good])
        self.rows.reject(
            sums,
            "total_row",
            self.named["sku"],
            self.column["sku"],
            "a product",
            "nothing to do: the rows below add up to it",
        )
        self._reject_blank_sku()
        numbers = {
            role: self.column[role].spread(parse_numbers(self.column[role].values, marks[role])[0])
            for role in marks
        }
        total = np.nansum(cells.quantity, axis=1)
        money = (
            np.nansum(cells.revenue, axis=1)
            if cells.revenue is not None
            else total * numbers["price"]
            if "price" in numbers
            else None
        )
        aside = self._meant_wide(cells, total, money, numbers.get("price"), mark)
        good = self._good()
        when_row, when = np.nonzero(~np.isnan(cells.quantity[good]))
        source = good[when_row]
        quantity = cells.quantity[source, when]
        revenue = (
            cells.revenue[source, when]
            if cells.revenue is not None
            else numbers["price"][source] * quantity
            if "price" in numbers
            else np.full(len(source), np.nan)
        )
        if self.measured is not None and self.measured.factor is not None:
            quantity = quantity * self.measured.factor[source]
            numbers = {
                role: values / self.measured.factor if role == "unit_cost" else values
                for role, values in numbers.items()
            }
        out = ~(self.rows.good | aside.on_hand | aside.receipt)
        units_rejected = float(np.nansum(cells.quantity[out]))
        if (
            cells.grain == "M"
            and len(cells.days) > 1
            and np.median(np.diff(np.unique(cells.days)).astype(int)) > 80
        ):
            self.problems.append(
                Problem(
                    "quarters",
                    "the columns are quarters; each is counted in its first month",
                    "upload monthly figures if there are any",
                )
            )
        repeated = len(self.sku.take(good).values) < len(good)
        if repeated:
            self.problems.append(
                Problem(
                    "sku_repeated",
                    "some products stand in several rows; the rows were added up",
                    "nothing to do",
                    count=len(good) - len(self.sku.take(good).values),
                )
            )
        return self._finish(
            digest,
            source,
            cells.days[when],
            quantity,
            revenue,
            numbers,
            cells.grain,
            cells.order,
            cells.why,
            mark,
            {},
            units_rejected,
        )

    def long(self, digest: str, told: Told) -> SalesHistory:
        """The history of a table with one row per sale; `told` are answers about dates and decimals."""
        date_order, decimal = told.date_order, told.decimal
        column, rows, named = self.column, self.rows, self.named
        if len(self.table) > _MANY:  # it may well be that every row is used: then this is the answer
            self.repeated = self._repeated()
        if self.both is not None:
            column["quantity"] = self.both.cells
        for role in ("quantity", "revenue", "price"):
            if role in column:
                column[role] = credits_and_debits(column[role], named[role], self.problems)
        self._units_in_cells()
        marks, mark, why = decimal_marks(
            {r: column[r] for r in _AMOUNTS if r in column}, named, decimal, self.table.dialect
        )
        self.assumed.append(f"decimal mark {mark}: {why}")
        self._reject_totals(("date", "sku"))
        dates: dict[str, DateColumn] = {
            role: date_column(column[role].values)
            for role in ("date", "promised", "shipped")
            if role in column
        }
        order, order_why = date_order_of(dates, {r: list(column[r].values) for r in dates}, named, date_order)
        days = settled_swaps(column, dates, order, named, told.dates, self.assumed)
        day = column["date"].spread(days["date"])
        rows.reject_values(
            column["date"], dates["date"].blank, "date_blank", named["date"], "", "a date", "fill in the date"
        )
        expected = "a date" + ("" if order == "YMD" else f" ({order})")
        self._reject_no_periods(column["date"], named["date"])
        unreadable, remedy = (
            np.isnat(dates["date"].dates(order)),
            "correct the date, or choose another date_order",
        )
        rows.reject_values(
            column["date"], unreadable, "date_unreadable", named["date"], column["date"], expected, remedy
        )
        self._reject_blank_sku()
        numbers = self._numbers(marks, decimal is not None or bool(self.table.dialect.get("decimal")))
        amount_of_lines(self.table, numbers, named, self.sku, marks, self.problems)
        self._less_returned(numbers)
        aside = self._meant(numbers, day, mark)
        kinds = line_kinds(column, numbers, self.sku)
        if kinds.turned.any():
            numbers["quantity"] = np.where(kinds.turned, -numbers["quantity"], numbers["quantity"])
        self.problems += apply_choices(kinds, self.choices, rows, named, column["sku"], self.assumed)
        if self.choices.far_dates == "reject" and (far := far_years(day, rows.good)).any():
            rows.reject(
                far,
                "date_far",
                named["date"],
                column["date"],
                "a date near the others",
                "correct the year, or keep them (option choices: far_dates=keep)",
            )
        good: NDArray[np.intp] | slice = (
            slice(None) if rows.good.all() else self._good()
        )  # nothing is copied where nothing is left out
        revenue = line_revenue(numbers, column.get("order"), named, rows, self.problems, self.assumed)
        in_one_unit(numbers, self.measured)
        self._kept_apart(aside, days, order, numbers["quantity"], revenue)
        units_rejected = (
            float(np.nansum(numbers["quantity"][~(rows.good | aside.on_hand | aside.receipt)]))
            if not isinstance(good, slice)
            else 0.0
        )
        grain = self._frequency(day[good], good, dates["date"])
        self.further = further_totals(self.table, rows, day, numbers, revenue, named, mark)
        return self._finish(
            digest,
            good,
            day[good],
            numbers["quantity"][good],
            revenue[good],
            numbers,
            grain,
            order,
            order_why,
            mark,
            days,
            units_rejected,
        )

    # -- steps

    def _meant_wide(
        self,
        cells: Cells,
        total: NDArray[np.float64],
        money: NDArray[np.float64] | None,
        price: NDArray[np.float64] | None,
        mark: str,
    ) -> SetAside:
        """As `_meant`, of a sheet with a column per period: what a row is holds for all its periods.

        Signs are turned in `cells`, rows kept apart are counted by period.
        """
        own = [i for i in range(len(self.table.names)) if i not in self.periods]
        columns = self.table.columns
        bare = replace(
            self.table,
            names=tuple(self.table.names[i] for i in own),
            columns=Columns(len(own), lambda k: columns[own[k]]),
        )
        numbers = {"quantity": total, **({} if money is None else {"revenue": money})}
        role = {r: own.index(i) for r, i in self.roles.role.items() if i in own}
        spanned = [self.table.names[i] for i in sorted(self.periods)]
        named = {"quantity": f"{spanned[0]} to {spanned[-1]}", **self.named}
        first = np.full(len(total), cells.days.min())  # every row covers the same periods
        lines = Lines(bare, role, self.column, named, numbers, self.sku, first, self.rows.good, mark)
        judge_rows(lines, self.choices, self.meanings, self.problems, self.assumed)
        turned = np.sign(np.nan_to_num(numbers["quantity"])) * np.sign(np.nan_to_num(total)) < 0
        if turned.any():
            cells.quantity[:] = np.where((turned | (total == 0.0))[:, None], -cells.quantity, cells.quantity)
        self._places_and_services(numbers["quantity"], lambda: money)
        self.measured = units_of_rows(
            self.column,
            self.named,
            self.sku,
            numbers["quantity"],
            money,
            self.rows.good,
            self.meanings,
            mark,
            self.items,
        )
        self.problems += self.measured.problems if self.measured is not None else ()
        aside = set_aside(
            self.meanings, self.rows, numbers["quantity"], money, self.column["sku"], self.problems
        )
        back = aside.returned[:, None]
        cells.quantity[:] = np.where(back, -np.abs(cells.quantity), cells.quantity)
        if cells.revenue is not None:
            cells.revenue[:] = np.where(back, -np.abs(cells.revenue), cells.revenue)
        self._kept_apart_by_period(aside, cells, price)
        return aside

    def _kept_apart_by_period(self, aside: SetAside, cells: Cells, price: NDArray[np.float64] | None) -> None:
        """The orders on hand and the receipts of a sheet with a column per period, each in its period."""
        kept = np.flatnonzero(aside.on_hand | aside.receipt)
        at, when = np.nonzero(~np.isnan(cells.quantity[kept]))
        if not len(at):
            return
        row = kept[at]
        quantity = cells.quantity[row, when]
        worth = np.full(len(row), np.nan)
        if cells.revenue is not None:
            worth = cells.revenue[row, when]
        elif price is not None:
            worth = price[row] * quantity
        if self.measured is not None and self.measured.factor is not None:
            quantity = quantity * self.measured.factor[row]
        masks = {(ON_HAND, False): aside.on_hand[row], (RECEIPT, False): aside.receipt[row]}
        name, sku = self.table.name, self.sku.take(row)
        self.apart = lines_apart(masks, sku, cells.days[when], quantity, worth, name, self.table.row[row])
        self.problems += on_hand_said(self.apart, "the period")

    def _units_in_cells(self) -> None:
        """Units that stand in the cells of the quantity ("12 pcs") become a column of their own."""
        parted = cells_with_units(self.column["quantity"])
        if parted is not None:
            self.column["quantity"] = parted[0]
            if "unit" not in self.column:
                self.column["unit"], self.named["unit"] = parted[1], self.named["quantity"]

    def _meant(
        self, numbers: dict[str, NDArray[np.float64]], day: NDArray[np.datetime64], mark: str
    ) -> SetAside:
        """What the columns that say what a row is make of it: asked, left out, kept apart or counted as returned."""
        lines = Lines(
            self.table,
            self.roles.role,
            self.column,
            self.named,
            numbers,
            self.sku,
            day,
            self.rows.good,
            mark,
            self.both,
        )
        self.states = judge_rows(lines, self.choices, self.meanings, self.problems, self.assumed)
        self._places_and_services(numbers["quantity"], lines.money)
        money = lines.money() if self.meanings.columns or "unit" in self.column else None
        self.measured = units_of_rows(
            self.column,
            self.named,
            self.sku,
            numbers["quantity"],
            money,
            self.rows.good,
            self.meanings,
            mark,
            self.items,
        )
        self.problems += self.measured.problems if self.measured is not None else ()
        if self.measured is None:
            taken = set(self.roles.role.values()) | {
                self.table.names.index(one.column)
                for one in self.meanings.columns
                if one.column in self.table.names
            }
            self.problems += units_possible(
                self.table, self.roles.role["quantity"], taken, self.sku, numbers["quantity"], self.rows.good
            )
        aside = set_aside(
            self.meanings, self.rows, numbers["quantity"], money, self.column["sku"], self.problems
        )
        if aside.returned.any():
            numbers["quantity"] = np.where(aside.returned, -np.abs(numbers["quantity"]), numbers["quantity"])
        return aside

    def _places_and_services(
        self, quantity: NDArray[np.float64], money_of: Callable[[], NDArray[np.float64] | None]
    ) -> None:
        """The places of the file and the services among its products, as columns of meaning."""
        self.problems += places_of_rows(self.column, self.named, self.meanings)

        def judged() -> tuple[NDArray[np.float64] | None, NDArray[np.bool_]]:
            money = money_of()
            return money, may_be_services(self.column, money, self.rows.good)

        keep = self.choices.service_lines == "keep"
        self.problems += services_of_rows(
            self.column, self.named["sku"], self.sku, quantity, judged, self.meanings, keep, self.items
        )

    def _kept_apart(
        self,
        aside: SetAside,
        days: Mapping[str, NDArray[np.datetime64]],
        order: str,
        quantity: NDArray[np.float64],
        revenue: NDArray[np.float64],
    ) -> None:
        """The orders on hand and the receipts of the file, as a table of their own; orders on hand that are demand too are said."""
        found = self.states is not None and self.states.open.any()
        not_shipped = {"promised", "shipped"} <= set(days) and bool(np.isnat(days["shipped"]).any())
        if not (found or not_shipped or aside.on_hand.any() or aside.receipt.any()):
            return
        each = {role: self.column[role].spread(days[role]) for role in days}
        day, promised, name = each["date"], each.get("promised"), self.named.get("promised", "")
        if promised is None and (found or aside.on_hand.any()):
            at = due_column(self.table.names, self.table.columns, set(self.roles.role.values()))
            if at >= 0:
                cells, name = self.table.columns[at], self.table.names[at]
                promised = cells.spread(date_column(cells.values).dates(order))
        due = due_days(self.named["date"], day, promised)
        later = np.zeros(len(day), bool)
        if self.states is not None:
            sold = self.rows.good & ~aside.returned & (np.nan_to_num(quantity) > 0.0)
            later = self.states.due_later(day, due, each.get("shipped"), sold)
        if aside.on_hand.any() or aside.receipt.any() or later.any():
            masks = {(ON_HAND, False): aside.on_hand, (ON_HAND, True): later, (RECEIPT, False): aside.receipt}
            due = np.where(aside.receipt | np.isnat(due), day, due)
            self.apart = lines_apart(masks, self.sku, due, quantity, revenue, self.table.name, self.table.row)
            self.problems += on_hand_said(self.apart, name or self.named["date"])

    def _repeated(self) -> Future[list[Problem]]:
        """What there is to say of repeated rows among those good by now, worked out beside everything else."""
        beside = ThreadPoolExecutor(1)
        found = beside.submit(duplicates, self.table, self.rows.good.copy())
        beside.shutdown(wait=False)
        return found

    def _reject_totals(self, needed: Sequence[str]) -> None:
        """Rows with a word for total that lack a date or product."""
        table = self.table
        words = np.zeros(len(table), bool)
        for i in range(min(len(table.columns), 30)):
            values = table.columns[i].values
            hits = matching(values, TOTAL)
            if hits.any():
                words |= table.columns[i].spread(hits & np.array([len(t) < 60 for t in values], bool))
        if not words.any():
            return
        lacking = np.zeros(len(table), bool)
        for role in needed:
            column = self.column[role]
            bad = (
                ~date_column(column.values).readable
                if role == "date"
                else matching(column.values, TOTAL) | blank_texts(column.values)
            )
            lacking |= column.spread(bad)
        self.rows.reject(
            words & lacking,
            "total_row",
            self.named["sku"],
            self.column["sku"],
            "a sales line",
            "nothing to do: totals are not counted twice",
        )

    def _reject_no_periods(self, cells: Coded, name: str) -> None:
        """Weeks and fiscal periods that no year has, such as week 54: set aside by name."""
        for form, code, expected in (
            (NO_SUCH_WEEK, "week_unknown", "a week from 1 to 52, or 53 where the year has one"), (NO_SUCH_PERIOD, "period_unknown", "a period from 1 to 12"),
        ):  # fmt: skip
            bad = matching(cells.values, form)
            if bad.any():
                bad &= ~date_column(cells.values).readable
                self.rows.reject_values(
                    cells, bad, code, name, cells, expected, "correct the number of the period"
                )

    def _reject_blank_sku(self) -> None:
        self.rows.reject_values(
            self.sku,
            self.sku.values == "",
            "sku_blank",
            self.named["sku"],
            "",
            "a product code",
            "fill in the product",
        )
        self._reject_stray_quotes()

    def _reject_stray_quotes(self) -> None:
        """A product code with a stray quote, where hardly any code has one or the code without it exists."""
        quote = str(self.table.dialect.get("quote") or "")
        marked = np.array([bool(quote) and quote in t for t in self.sku.values], bool)
        if marked.any():
            known = set(self.sku.values[~marked])
            rare = len(self.sku) >= 5 and self.sku.counts()[marked].sum() <= max(1, 0.02 * len(self.sku))
            bad = np.array(
                [
                    m and (rare or t.replace(quote, "") in known)
                    for m, t in zip(marked, self.sku.values, strict=True)
                ],
                bool,
            )
            self.rows.reject(
                self.sku.spread(bad),
                "sku_quote",
                self.named["sku"],
                self.column["sku"],
                "a product code without a quote",
                "remove the stray quote",
            )

    def _numbers(self, marks: Mapping[str, str], told: bool) -> dict[str, NDArray[np.float64]]:
        numbers: dict[str, NDArray[np.float64]] = {}
        for role, mark in marks.items():
            cells, name = self.column[role], self.named[role]
            value, blank = parse_numbers(cells.values, mark, percents=role in ("discount", "discount_pct"))
            numbers[role] = cells.spread(value)
            if role == "returned":
                self.rows.reject(
                    cells.spread(np.isnan(value) & ~blank),
                    "number_unreadable",
                    name,
                    cells,
                    "a number",
                    "correct the number",
                )
            if role not in ("quantity", "revenue", "price"):
                continue
            if role == "quantity":
                self.rows.reject_values(
                    cells,
                    blank,
                    "quantity_blank",
                    name,
                    "",
                    "a quantity",
                    "fill in the quantity (0 if nothing was sold)",
                )
                self._reject_doubtful(cells, value, name)
            elif not told:
                doubtful = doubtful_thousands(cells.values, mark)
                if doubtful.any():
                    remedy = "write the column with one decimal mark and no thousands marks, or choose the decimal mark"
                    self.rows.reject(
                        cells.spread(doubtful),
                        "number_doubtful",
                        name,
                        cells,
                        "a number that is not thousands or three decimals alike",
                        remedy,
                    )
            expected = f"a number with decimal {'point' if mark == '.' else 'comma'}"
            self.rows.reject_values(
                cells,
                np.isnan(value) & ~blank,
                "number_unreadable",
                name,
                cells,
                expected,
                "correct the number, or choose another decimal mark",
            )
        return numbers

    def _reject_doubtful(self, cells: Coded, value: NDArray[np.float64], name: str) -> None:
        """A few quantities such as 1.204 among whole numbers: a thousands mark read by another locale."""
        fraction = ~np.isnan(value) & (value != np.round(value))
        three = np.array(
            [
                f and len(t.strip().replace(",", ".").partition(".")[2]) == 3
                for f, t in zip(fraction, cells.values, strict=True)
            ],
            bool,
        )
        if three.any() and cells.counts()[fraction].sum() < 0.05 * len(cells) and (fraction == three).all():
            self.rows.reject(
                cells.spread(three),
                "number_doubtful",
                name,
                cells,
                "a whole number like the others",
                "write it without a thousands mark",
            )

    def _less_returned(self, numbers: dict[str, NDArray[np.float64]]) -> None:
        """Units returned that stand in a column of their own, unless the quantity is net of them already."""
        returned = numbers.pop("returned", None)
        if returned is None or not np.nan_to_num(returned).any():
            return
        if normal_name(self.named["quantity"]).startswith("net"):
            return
        numbers["quantity"] = numbers["quantity"] - np.abs(np.nan_to_num(returned))
        self.assumed.append(f"quantity = {self.named['quantity']} - {self.named['returned']}")

    def _good(self) -> NDArray[np.intp]:
        good = np.flatnonzero(self.rows.good)
        if not len(good):
            rejected, reasons = self.rows.finish()
            words = Problem(
                "no_usable_row",
                "no row can be used",
                "see the reasons",
                found=f"{len(rejected)} rows rejected",
                expected="at least one sales line",
            )
            raise DataError([words, *reasons], self.meanings.listed)
        return good

    def _frequency(
        self, day: NDArray[np.datetime64], good: NDArray[np.intp] | slice, dates: DateColumn
    ) -> str:
        grains = {str(g) for g in dates.grain if g}
        orders = self.column.get("order")
        if orders is not None and len(orders.values) > 1:
            return "L"
        if grains <= {"M", "Q"}:
            return "M"
        if grains == {"W"}:
            return "W"
        if len(day) > 2 * _MANY:
            key = day[:_MANY].view(np.int64) * np.int64(len(self.sku.values)) + self.sku.codes[good][:_MANY]
            if len(key) - len(np.unique(key)) > 0.02 * len(day):
                return "L"
        offset = day.view(np.int64) - int(day.view(np.int64).min())
        days = np.flatnonzero(np.bincount(offset)) if int(offset.max()) < 50_000 else np.unique(offset)
        size = (int(offset.max()) + 1) * len(self.sku.values)
        key = offset * np.int64(len(self.sku.values)) + self.sku.codes[good]
        distinct = (
            np.count_nonzero(np.bincount(key, minlength=1)) if size <= 20_000_000 else len(np.unique(key))
        )
        if len(key) - distinct > 0.02 * len(key):
            return "L"
        return spacing((days + int(day.view(np.int64).min())).astype("datetime64[D]"))

    def _finish(
        self,
        digest: str,
        source: NDArray[np.intp] | slice,
        day: NDArray[np.datetime64],
        quantity: NDArray[np.float64],
        revenue: NDArray[np.float64],
        numbers: Mapping[str, NDArray[np.float64]],
        grain: str,
        order: str,
        why: str,
        mark: str,
        dates: Mapping[str, NDArray[np.datetime64]],
        units_rejected: float,
    ) -> SalesHistory:
        table, column = self.table, self.column
        repeated = self.repeated if self.repeated is not None and self.rows.good.all() else self._repeated()
        row = table.row[source]
        if not (day[1:] >= day[:-1]).all():
            offset = day.view(np.int64) - int(day.view(np.int64).min())
            sort = np.argsort(
                offset.astype(np.uint16) if int(offset.max()) < 65_536 else offset, kind="stable"
            )
            source = sort if isinstance(source, slice) else source[sort]
            day, quantity, revenue, row = day[sort], quantity[sort], revenue[sort], row[sort]
        cost = numbers["unit_cost"][source] if "unit_cost" in numbers else None
        if cost is not None and not (cost > 0.0).all():
            cost = np.where(cost > 0.0, cost, np.nan)
        currency, other, currencies = other_currencies(column, self.named, source, revenue, row)
        if other is not None:
            revenue, cost = (
                np.where(other, np.nan, revenue),
                None if cost is None else np.where(other, np.nan, cost),
            )
        skus, sku = sorted_vocabulary(self.sku.take(source))
        order_code, _ = coded_words(column.get("order"), source, len(day))
        customer, customers = coded_words(column.get("customer"), source, len(day))
        channel, channels = coded_words(column.get("channel"), source, len(day))
        late = {
            r: column[r].spread(dates[r])[source] if r in dates else _constant(_NOTHING, len(day))
            for r in ("promised", "shipped")
        }
        promotion = (
            column["promotion"].spread(flags(column["promotion"].values))[source]
            if "promotion" in column
            else _constant(np.nan, len(day))
        )
        attributes = attributes_of(column, cost, source, sku, len(skus), self.assumed)
        if self.measured is not None:
            attributes["unit"] = np.array(
                [self.measured.unit.get(str(code), "") for code in skus], dtype=object
            )
        rejected, reasons = self.rows.finish()
        odd = (
            currencies
            + repeated.result()
            + suspicious(self.named, SoldLines(day, sku, quantity, row, channel), skus, channels, grain)
        )
        n = len(table) + len(table.rejected)
        used = int(self.rows.good.sum())
        unknown = np.isnan(revenue)
        known = revenue[~unknown] if unknown.any() else revenue
        returned = quantity[quantity < 0] if quantity.min() < 0 else quantity[:0]
        unused = [
            name[:40]
            for i, name in enumerate(table.names)
            if i not in set(self.roles.role.values()) and i not in self.periods
        ]
        if unused:
            self.assumed.append(
                "columns not used: "
                + ", ".join(unused[:12])
                + (f" and {len(unused) - 12} more" if len(unused) > 12 else "")
            )
        kept = units_apart(self.apart)
        report = IntakeReport(
            source=table.name,
            digest=digest,
            rows_read=n,
            rows_used=used,
            rows_rejected=n - used,
            units_used=float(quantity.sum()),
            units_rejected=units_rejected,
            revenue_used=float(known.sum()) if len(known) else float("nan"),
            gross_units=float(quantity[quantity > 0].sum()) if len(returned) else float(quantity.sum()),
            returned_units=float(np.abs(returned).sum()),
            first_date=day[0],
            last_date=day[-1],
            frequency=grain,
            date_order=order,
            dialect={**table.dialect, "decimal": mark, **({"currency": currency} if currency else {})},
            mapping=self.named,
            channels=tuple(channel_table(channel, channels, day, quantity, revenue)),
            problems=(*self.problems, *reasons, *odd),
            assumed=(*self.assumed, f"date order {order}: {why}"),
            rejected=rejected,
            further_totals=self.further,
            meanings=tuple(self.meanings.listed),
            units_on_hand=kept["units_on_hand"],
            units_received=kept["units_received"],
            on_hand_in_demand=kept["on_hand_in_demand"],
            confidence={
                role: float(self.roles.confidence[role])
                for role in self.named
                if role in self.roles.confidence
            },
        )
        history = SalesHistory(
            skus,
            sku,
            day,
            quantity,
            revenue,
            order_code,
            customer,
            channel,
            late["promised"],
            late["shipped"],
            promotion,
            row,
            customers,
            channels,
            attributes,
            grain,
            report,
            cost,
            self.apart,
        )
        for array in (
            sku,
            day,
            quantity,
            revenue,
            order_code,
            customer,
            channel,
            late["promised"],
            late["shipped"],
            promotion,
            row,
            *([] if cost is None else [cost]),
        ):
            array.flags.writeable = False
        return history
