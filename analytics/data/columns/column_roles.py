"""Which column plays which role: by name, checked against what stands in it; by content where names say nothing.

One concept: roles are given out against each other: a column taken for one is free for no other. Names,
content, what was told and the question where several fit equally are stages of that one giving.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.data.columns.attributes import flags
from analytics.data.columns.column_look import ColumnLook, look
from analytics.data.columns.order_dates import order_dates, order_dates_problem, said_of
from analytics.data.columns.product_codes import calls_products, codes_of_names, named_products
from analytics.data.values.categorical import Coded
from analytics.data.values.dates import date_column, is_date
from analytics.data.values.header_names import CODE_WORDS, SALES_NAMES, normal_name, role_of_name
from analytics.data.values.numbers import is_blank
from analytics.data.values.stated_scale import may_be_price_unit, stated_scales
from analytics.data.values.unit_words import MOST_UNITS, holds_units
from analytics.data.values.vocabulary import MOVEMENT_NAMES
from analytics.errors import DataError, Problem

__all__ = [
    "ONE_A_ROW",
    "UNITS_OR_MONEY",
    "RoleMap",
    "map_sales_columns",
    "naming_remedy",
    "period_columns",
    "told_columns",
]

#: told in place of a column of quantities: every row is one unit sold, as where each machine has a row
ONE_A_ROW = "one unit a row"
_DATES = ("date", "promised", "shipped")
_NUMBERS = (
    "quantity",
    "revenue",
    "price",
    "unit_cost",
    "discount",
    "discount_pct",
    "promotion",
    "unit_factor",
    "margin",
    "margin_pct",
    "markup_pct",
)


@dataclass(frozen=True)
class RoleMap:
    """Role -> position of its column, with confidence (0 to 1) and how it was found (name, content, told)."""

    role: Mapping[str, int]
    confidence: Mapping[str, float]
    evidence: Mapping[str, str]
    #: what was chosen among several columns, to be said
    notes: tuple[Problem, ...] = ()


def _fits(role: str, seen: ColumnLook) -> bool:
    if role in _DATES:
        return seen.dates >= 0.5 or seen.serials >= 0.8
    if role in _NUMBERS and role != "promotion":
        return seen.numbers >= 0.5
    if role == "unit":
        return seen.numbers < 0.1 and seen.blank < 1.0 and seen.distinct <= MOST_UNITS
    return seen.blank < 1.0


def period_columns(names: tuple[str, ...]) -> list[int]:
    """Positions of columns whose names are dates or periods.

    >>> period_columns(("part", "1998-01", "1998-02", "Total"))
    [1, 2]
    """
    return [i for i, name in enumerate(names) if is_date(name)]


def told_columns(
    names: tuple[str, ...], mapping: Mapping[str, str | int], roles: Mapping[str, str]
) -> dict[str, int]:
    """The positions of columns that the user named for roles; every wrong name is a problem.

    Raises DataError with all of them.
    """
    chosen: dict[str, int] = {}
    problems = []
    for role, wanted in mapping.items():
        if role not in roles:
            problems.append(
                Problem(
                    "mapping",
                    f"{role!r} is not a role of a column",
                    "use one of the roles",
                    found=role,
                    expected=", ".join(roles),
                )
            )
            continue
        if wanted == "" or wanted is None:
            chosen[role] = -1
            continue
        position = (
            wanted
            if isinstance(wanted, int)
            else next(
                (i for i, n in enumerate(names) if n == wanted),
                next(
                    (i for i, n in enumerate(names) if n.strip().lower() == str(wanted).strip().lower()), -1
                ),
            )
        )
        if not 0 <= position < len(names):
            problems.append(
                Problem(
                    "mapping",
                    f"the file has no column {wanted!r}",
                    "name one of its columns",
                    column=str(wanted),
                    found=str(wanted),
                    expected=", ".join(names[:30]),
                )
            )
            continue
        chosen[role] = position
    if problems:
        raise DataError(problems)
    return chosen


def map_sales_columns(
    names: tuple[str, ...],
    columns: Sequence[Coded],
    mapping: Mapping[str, str | int] | None = None,
    wide: Sequence[int] = (),
    by_content: bool = True,
) -> RoleMap:
    """Find the column of every role of a sales file; roles not found are absent.

    `wide` are columns that hold one period each. Several columns of equal right are asked about (`DataError`).
    """
    looks: dict[int, ColumnLook] = {}

    def seen(i: int) -> ColumnLook:
        if i not in looks:
            looks[i] = look(columns[i])
        return looks[i]

    def free_dates() -> list[int]:
        return [i for i in range(min(len(names), 300)) if seen(i).dates > 0.9 and seen(i).blank <= 0.5]

    told = told_columns(names, mapping or {}, SALES_NAMES)
    role = {r: i for r, i in told.items() if i >= 0}
    confidence = dict.fromkeys(role, 1.0)
    evidence = dict.fromkeys(role, "told")
    taken = set(role.values()) | set(wide)
    candidates = []
    for i, name in enumerate(names):
        found, sure = role_of_name(name)
        if found and i not in taken and found not in told and not (wide and found in ("date", "quantity")):
            found = _by_nature(found, name, seen(i), names)
            if found == "price_unit" and not may_be_price_unit(name, columns[i].values):
                continue  # units of measure or a currency: prices are for one
            candidates.append((sure if _fits(found, seen(i)) else sure - 1.0, -i, found, i))
    for sure, _, found, i in sorted(candidates, reverse=True):
        if found in role or i in taken:
            continue
        if sure <= 0 and (found not in ("date", "quantity", "sku") or seen(i).blank >= 1.0):
            continue
        role[found], confidence[found], evidence[found] = i, max(sure, 0.3), "name"
        taken.add(i)
    if (
        "name" not in role and "name" not in told and "sku" in role
    ):  # "SKU, Product": the second is what the product is called
        free = [i for _, _, found, i in sorted(candidates, reverse=True) if found == "sku" and i not in taken]
        called = [i for i in free if seen(i).numbers < 0.5 and seen(i).blank < 1.0 and seen(i).codes < 0.8]
        if called:
            role["name"], confidence["name"], evidence["name"] = called[0], 0.7, "name"
            taken.add(called[0])
    if (
        "unit_factor" in role
        and "unit" not in told
        and "unit" not in role
        and not (by_content and _unit_column(names, columns, taken, -1, seen) >= 0)
    ):
        taken.discard(role["unit_factor"])  # a number of its own: nothing says what it would convert
        del role["unit_factor"], confidence["unit_factor"], evidence["unit_factor"]
    if (
        by_content
        and not wide
        and "shipped" in role
        and not {"date"} & {*role, *told}
        and not any(seen(i).dates > 0.9 for i in range(min(len(names), 300)) if i not in taken)
    ):
        role["date"], confidence["date"], evidence["date"] = (
            role.pop("shipped"),
            0.5,
            "content",
        )  # the only day of a file of deliveries
        del confidence["shipped"], evidence["shipped"]
    notes = (
        _order_dated(names, columns, role, confidence, evidence, [i for i in free_dates() if i not in taken])
        if by_content and not wide and "date" not in told
        else ()
    )
    taken |= set(role.values())
    for wanted in ("date", "sku", "quantity") if by_content else ():
        if wanted in role or wanted in told or (wide and wanted != "sku"):
            continue
        open_columns = [i for i in range(min(len(names), 300)) if i not in taken and seen(i).blank <= 0.5]
        named_at = role.get("name", -1) if wanted == "sku" and "name" not in told else -1
        if named_at >= 0 and calls_products(names[named_at], columns[named_at]):
            codes = codes_of_names(open_columns, columns, columns[named_at])
            if len(codes) > 1:
                raise _ask(wanted, [*codes, named_at], names)
            best, sure = codes[0] if codes else named_at, 0.7 if codes else 0.6
            if not codes:
                del role["name"], confidence["name"], evidence["name"]
                notes = (*notes, named_products(names[named_at]))
        else:
            grouped = [role[r] for r in _GROUPS if r in role] if wanted == "sku" else []
            best, sure = _by_content(wanted, open_columns, seen, columns, names, grouped)
        if best >= 0:
            role[wanted], confidence[wanted], evidence[wanted] = best, sure, "content"
            taken.add(best)
    if (
        by_content
        and not {"unit"} & {*role, *told}
        and (best := _unit_column(names, columns, taken, role.get("quantity", -1), seen)) >= 0
    ):
        role["unit"], confidence["unit"], evidence["unit"] = best, 0.8, "content"
    unread = [
        _unread_money(names[i], columns[i])
        for sure, _, found, i in sorted(candidates, reverse=True)
        if found in ("revenue", "price")
        and sure <= 0
        and not {found, i} & {*role, *told, *role.values()}
        and seen(i).blank < 0.5
    ]
    return RoleMap(role, confidence, evidence, (*notes, *unread[:2]))


def _unread_money(name: str, column: Coded) -> Problem:
    """A column named as money whose cells are no numbers."""
    shown = next((str(text) for text in column.values if not is_blank(text)), "")
    words = f"{name} is named as money, but {shown[:40]!r} is no number: it is not used"
    remedy = "write its amounts as numbers, with a known sign or code of the currency at most"
    return Problem("money_unread", words, remedy, column=name, found=shown[:40], expected="amounts of money")


def _order_dated(
    names: tuple[str, ...],
    columns: Sequence[Coded],
    role: dict[str, int],
    confidence: dict[str, float],
    evidence: dict[str, str],
    places: Sequence[int],
) -> list[Problem]:
    """Give the roles of dates to free columns of dates: several without a known name, or one of orders beside a known one of the day of recording. Says what was chosen."""
    named = role.get("date", -1)
    if named >= 0:
        places = (
            [named, *places]
            if said_of(names[named]) == "recorded" and any(said_of(names[i]) == "ordered" for i in places)
            else []
        )
    if len(places) < 2 or _same_days([columns[i] for i in places]):
        return []
    found = order_dates(names, columns, places)
    if found is None:
        return []
    role["date"], confidence["date"], evidence["date"] = found.date, min(found.earliest, 0.9), "content"
    for other, i in (("promised", found.promised), ("shipped", found.shipped)):
        if i >= 0 and other not in role:
            role[other], confidence[other], evidence[other] = i, 0.7, "content"
    return [order_dates_problem(found, names, places)]


def _unit_column(
    names: tuple[str, ...],
    columns: Sequence[Coded],
    taken: set[int],
    quantity: int,
    seen: Callable[[int], ColumnLook],
) -> int:
    """The first free column that holds units of measure, the nearest to the quantity before others; -1 where none does."""
    free = sorted(
        (i for i in range(min(len(names), 300)) if i not in taken), key=lambda i: (abs(i - quantity), i)
    )
    for i in free:
        if (
            seen(i).blank < 1.0
            and seen(i).numbers < 0.1
            and _holds_units(columns[i], names[i], abs(i - quantity) == 1)
        ):
            return i
    return -1


def _holds_units(column: Coded, name: str, beside: bool) -> bool:
    """Whether a column holds units of measure; `beside`: it stands next to the quantity."""
    if len(column.values) > MOST_UNITS:
        return False
    texts = [str(value) for value in column.values]
    return holds_units(normal_name(name), texts, column.counts().tolist(), beside)


def _same_days(columns: Sequence[Coded]) -> bool:
    """Whether columns of dates say the same day in every row (a date, and the same with its time)."""
    days = [date_column(column.values[:20000]) for column in columns]
    if any(len(column.values) > 20000 for column in columns):
        return False
    first = columns[0].spread(days[0].day_first)
    return all(
        bool(np.array_equal(column.spread(found.day_first), first, equal_nan=True))
        for column, found in zip(columns[1:], days[1:], strict=True)
    )


def _without_size(name: str) -> str:
    """A header without "in thousands"."""
    return next((one.header for one in stated_scales(name) if one.kind == "amount"), name)


def _by_nature(found: str, name: str, seen: ColumnLook, names: tuple[str, ...]) -> str:
    """Names that mean different things in different files, settled by what stands in the column."""
    if (
        found == "name"
        and normal_name(name) == "name"
        and any(normal_name(n).startswith("lineitem ") for n in names)
    ):
        return "order"
    if found == "quantity" and normal_name(_without_size(name)) in UNITS_OR_MONEY and seen.whole < 0.9:
        return "revenue"
    if found in ("discount", "discount_pct") and normal_name(name) in (
        "discount",
        "rabatt",
        "remise",
        "descuento",
        "sconto",
        "desconto",
        "korting",
        "rabat",
    ):
        return "discount_pct" if seen.small else "discount"
    if found == "margin" and seen.small:
        return "margin_pct"
    return found


#: names of quantities in some files and of money in others
UNITS_OR_MONEY = (
    "sales",
    "verkaufe",
    "ventes",
    "ventas",
    "vendite",
    "vendas",
    "verkoop",
    "sold",
    "volume",
    "demand",
    "y",
    "amount sold",
)


def naming_remedy(role: str) -> str:
    """What to do where the column of a role is not known; the app, the command line and Python call the option alike."""
    remedy = f"name the column (option mapping: {role}=NAME)"
    return (
        remedy
        if role != "quantity"
        else f"{remedy}, or say that every row is one unit (quantity={ONE_A_ROW})"
    )


def _ask(wanted: str, choices: Sequence[int], names: tuple[str, ...]) -> DataError:
    words = {"sku": "the product code", "quantity": "the quantity", "date": "the date of sale"}[wanted]
    listed = ", ".join(names[i] for i in choices[:8])
    return DataError(
        Problem(
            "mapping",
            f"several columns could hold {words}",
            naming_remedy(wanted),
            found=listed,
            expected="one column",
        )
    )


def _bare(name: str) -> bool:
    """Whether a column has no name of its own."""
    return name.startswith("column ") or not any(c.isalpha() for c in name)


#: words by which a quantity is not that sold
_NOT_SOLD = frozenset(
    "open offen offene stock bestand rest remaining returned cancelled rejected reserved backorder min max free package pack".split()
)


def _spoken(wanted: str, fitting: Sequence[int], names: tuple[str, ...]) -> list[int]:
    """The only one of several columns whose name ends with a word for the role, else all."""
    words = {i: normal_name(names[i]).split() for i in fitting}
    found = [
        i
        for i, said in words.items()
        if said
        and said[-1] not in UNITS_OR_MONEY
        and role_of_name(said[-1])[0] == wanted
        and not _NOT_SOLD & set(said)
    ]
    return found if len(found) == 1 else list(fitting)


def _names_a_code(name: str) -> bool:
    """Whether a name says that its numbers are codes; a number of something may be a count."""
    words = normal_name(name).split()
    return len(words) > 1 and bool({words[0], words[-1]} & (CODE_WORDS - {"number", "nr", "no", "num"}))


#: roles of columns that group products, which may be the finest that a file says of them
_GROUPS = ("family", "subcategory", "category", "brand")


def _by_content(
    wanted: str,
    free: Sequence[int],
    seen: Callable[[int], ColumnLook],
    columns: Sequence[Coded],
    names: tuple[str, ...],
    grouped: Sequence[int] = (),
) -> tuple[int, float]:
    """The one column whose content fits a role, with a confidence; asks where several fit equally, of columns that group products (`grouped`) too."""
    if wanted == "date":
        fitting = [i for i in free if seen(i).dates > 0.9]
        if len(fitting) > 1 and not _same_days([columns[i] for i in fitting]):
            raise _ask(wanted, fitting, names)
        return (fitting[0], 0.8) if fitting else (-1, 0.0)
    if wanted == "sku":
        texts = [
            i
            for i in free
            if seen(i).dates < 0.5 and seen(i).numbers < 0.9 and not _holds_units(columns[i], names[i], True)
        ]
        if len(texts) > 1 and len(said := _spoken(wanted, texts, names)) == 1:
            return said[0], 0.5
        codes = [i for i in texts if seen(i).codes > 0.8]
        if not codes:
            codes = [i for i in texts if _bare(names[i]) or np.isnan(flags(columns[i].values)).any()]
            if codes and grouped:
                raise _ask(wanted, [*grouped, *codes], names)
        if len(codes) > 1:
            rows = max(len(columns[codes[0]]), 1)
            middle = [i for i in codes if 2 < seen(i).distinct <= 0.5 * rows]
            if len(middle) != 1:
                raise _ask(wanted, [*grouped, *codes], names)
            codes = middle
        if not codes:
            codes = [i for i in free if seen(i).whole > 0.99 and seen(i).fixed and seen(i).dates < 0.9]
            if len(codes) > 1:
                raise _ask(wanted, codes, names)
        return (codes[0], 0.6) if codes else (-1, 0.0)
    amounts = [
        i
        for i in free
        if seen(i).numbers > 0.9
        and seen(i).dates < 0.9
        and normal_name(names[i]) not in MOVEMENT_NAMES
        and not _names_a_code(names[i])
    ]
    whole = [i for i in amounts if seen(i).whole > 0.95]
    if len(amounts) > 1 and len(said := _spoken(wanted, amounts, names)) == 1:
        return said[0], 0.5
    if len(whole) > 1:
        raise _ask(wanted, whole, names)
    if len(whole) == 1 and (len(amounts) == 1 or all(_bare(names[i]) for i in amounts)):
        return whole[0], 0.7
    if len(amounts) > 1:
        raise _ask(wanted, amounts, names)
    return (amounts[0], 0.6) if amounts else (-1, 0.0)
