"""Orders that are no history yet: open lines dated ahead of what was fulfilled, and lines that repeat units of the order they name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.data.columns.column_look import look
from analytics.data.columns.order_dates import said_of
from analytics.data.meaning.meanings import Judged
from analytics.data.values.categorical import Coded, blank_texts
from analytics.data.values.header_names import normal_name
from analytics.data.values.vocabulary import spoken

__all__ = ["OpenLines", "due_column", "due_days", "open_ahead", "repeats_judged"]

#: with more than this share of the lines up to the last fulfilled one open, open does not mean not fulfilled yet
_OPEN_BEFORE = 0.1
#: names of the day on which an order was placed: an order placed is demand, fulfilled or not
_PLACED = frozenset(
    "order orders ordered bestelldatum auftragsdatum commande pedido ordine bestelling created placed purchase erfasst booking besteldatum orderdatum zamowienia objednavky"
    " заказа siparis".split()
)
#: a column of references is blank on more lines than it is filled, but for a few
_MOST_NAMING = 0.7
#: parts of names that say that a line is the rest of another order
_REST = (
    "backorder",
    "back order",
    "ruckstand",
    "reliquat",
    "rest of",
    "remainder",
    "nachlieferung",
    "pedido pendiente",
    "residuo",
    "naleverorder",
    "restorder",
    "restordre",
)
_SHIPPED = ("shipped", "invoiced")
_QUOTES = str.maketrans("", "", "\"'`\u00b4\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb")


@dataclass(eq=False)
class OpenLines:
    """Lines that a state says are open and count as demand, and those that it says are fulfilled, over all rows of a file."""

    open: NDArray[np.bool_]
    fulfilled: NDArray[np.bool_]

    def said_by(self, judged: Judged, kinds: Sequence[str]) -> None:
        """Take in what a column of states says."""
        self.fulfilled |= judged.cells.spread(np.array([k == "fulfilled" for k in kinds], bool))
        counted = [
            k in ("open", "sale") and t == "count" for k, t in zip(kinds, judged.treatment, strict=True)
        ]
        self.open |= judged.cells.spread(np.array(counted, bool))

    def due_later(
        self,
        day: NDArray[np.datetime64],
        due: NDArray[np.datetime64],
        shipped: NDArray[np.datetime64] | None,
        good: NDArray[np.bool_],
    ) -> NDArray[np.bool_]:
        """Open lines among the sales (`good`) that are due after the last sale: orders on hand that are demand on their own `day`.

        Where no state says which lines are open, those without a day of shipping are, if most lines of the file have
        one (`shipped`). The last sale is the last line fulfilled, on the day it was shipped where that is known (a day
        of shipping after all lines is taken as the last of them); where nothing says so, the last line.
        """
        is_open, done = self.open, self.fulfilled
        if not is_open.any() and not done.any() and shipped is not None:
            done = ~np.isnat(shipped)
            if done[good].mean() > 0.5:
                is_open = ~done
        here = good & ~np.isnat(day)
        ended = here & done if (here & done).any() else here
        if not is_open.any() or not ended.any():
            return np.zeros(len(day), bool)
        last = day[ended].max()
        if shipped is not None and (sent := ended & ~np.isnat(shipped)).any():
            last = max(last, min(shipped[sent].max(), day[here].max()))
        return is_open & here & ~np.isnat(due) & (due > last)


def due_column(names: Sequence[str], columns: Sequence[Coded], taken: Collection[int]) -> int:
    """The position of the only further column of dates that is named for the day on which a line is due, else -1."""
    found = [
        i
        for i, name in enumerate(names[:300])
        if i not in taken and said_of(name) == "promised" and look(columns[i]).dates > 0.9
    ]
    return found[0] if len(found) == 1 else -1


def due_days(
    date_name: str, day: NDArray[np.datetime64], promised: NDArray[np.datetime64] | None
) -> NDArray[np.datetime64]:
    """The day on which each line is due: as promised where that is known, else its date where it is named for one; NaT unknown."""
    dated = (
        day if said_of(date_name) in ("promised", "shipped") else np.full(len(day), np.datetime64("NaT", "D"))
    )
    return dated if promised is None else np.where(np.isnat(promised), dated, promised)


def open_ahead(
    judged: Judged, kinds: Sequence[str], day: NDArray[np.datetime64], good: NDArray[np.bool_], date_name: str
) -> Judged | None:
    """The column of states with open lines dated after the last fulfilled one as orders on hand; None where there are none.

    Where the date is that of the order itself, an open line is demand like any other.
    """
    words = set(normal_name(date_name).split())
    if words & _PLACED and not words & {"due", "delivery", "promised", "requested"}:
        return None
    fulfilled = judged.cells.spread(np.array([k == "fulfilled" for k in kinds], bool)) & good & ~np.isnat(day)
    is_open = (
        judged.cells.spread(
            np.array(
                [
                    k in ("open", "sale") and t == "count"
                    for k, t in zip(kinds, judged.treatment, strict=True)
                ],
                bool,
            )
        )
        & good
        & ~np.isnat(day)
    )
    if not fulfilled.any() or not is_open.any():
        return None
    last = day[fulfilled].max()
    ahead = is_open & (day > last)
    before = good & (day <= last)
    if not ahead.any() or (is_open & before).sum() > _OPEN_BEFORE * before.sum():
        return None
    n = len(judged.cells.values)
    codes = np.where(ahead, judged.cells.codes.astype(np.int64) + n, judged.cells.codes).astype(np.int32)
    why = f"open and dated after the last fulfilled line ({last}): an order on hand, not history"
    return replace(
        judged,
        cells=Coded(codes, np.concatenate([judged.cells.values, judged.cells.values])),
        treatment=(*judged.treatment, *("on hand",) * n),
        basis=judged.basis * 2,
        words=(*judged.words, *(why,) * n),
        reason=(*judged.reason, *("",) * n),
    )


def repeats_judged(
    names: Sequence[str], columns: Sequence[Coded], taken: Mapping[int, str], order: int, sku: NDArray[np.int64], day: NDArray[np.datetime64], quantity: NDArray[np.float64],
    quantity_name: str,
) -> Judged | None:  # fmt: skip
    """A column that names another order of the file on few lines, judged: lines whose units the order they name holds already are counted once."""
    own = _without_stray_quotes(columns[order])
    place = {text: i for i, text in enumerate(own.values) if text}
    if len(place) < 3 or spoken(quantity_name) & set(_SHIPPED):
        return None
    for i in range(min(len(names), 300)):
        if i == order or taken.get(i) in (
            "date",
            "sku",
            "quantity",
            "customer",
            "price",
            "revenue",
            "unit_cost",
            "promised",
            "shipped",
            "line",
        ):
            continue
        cells = columns[i]
        blank = blank_texts(cells.values)
        filled = len(cells) - int(cells.counts()[blank].sum())
        if not blank.any() or blank.all() or filled > _MOST_NAMING * len(cells):
            continue
        texts = [text.strip() for text in cells.values[~blank]]
        if len(texts) < 0.5 * filled or any(text.isdigit() and len(text) < 3 for text in texts):
            continue  # an amount or a class that happens to be the number of an order
        refers = np.array([place.get(_bare(text), -1) for text in cells.values], np.int64)
        named = refers[cells.codes]
        if (refers[~blank] >= 0).mean() < 0.5 or (named == own.codes)[named >= 0].mean() > 0.05:
            continue
        return _proven(named, own, sku, day, quantity, names[i])
    return None


def _bare(text: str) -> str:
    """The number of an order as it is compared: without outer blanks and quotes, which a damaged export leaves in cells.

    >>> [_bare(text) for text in (' 4711', '"4711', "4711'", "47'11")]
    ['4711', '4711', '4711', '4711']
    """
    return text.translate(_QUOTES).strip()


def _without_stray_quotes(cells: Coded) -> Coded:
    """The orders of the lines, those whose numbers differ in nothing but stray quotes as one."""
    bare = [_bare(text) for text in cells.values]
    place: dict[str, int] = {}
    codes = np.array([place.setdefault(text, len(place)) for text in bare], np.int32)
    return Coded(codes[cells.codes], np.array(list(place), dtype=object))


def _proven(
    named: NDArray[np.int64],
    own: Coded,
    sku: NDArray[np.int64],
    day: NDArray[np.datetime64],
    quantity: NDArray[np.float64],
    name: str,
) -> Judged | None:
    """Which lines repeat units of the order they name: one line of it has the same product, no fewer units and no later date."""
    lines: dict[tuple[int, int], list[int]] = {}
    wanted = {(int(named[i]), int(sku[i])) for i in np.flatnonzero(named >= 0)}
    orders = np.isin(own.codes, [o for o, _ in wanted])
    for i in np.flatnonzero(orders):
        lines.setdefault((int(own.codes[i]), int(sku[i])), []).append(int(i))
    codes = np.zeros(len(named), np.int32)
    for i in np.flatnonzero(named >= 0):
        if not quantity[i] > 0:
            continue  # a return that names its invoice
        first = lines.get((int(named[i]), int(sku[i])), [])
        codes[i] = 1 if any(k != i and quantity[k] >= quantity[i] and day[k] <= day[i] for k in first) else 2
    said = any(word in normal_name(name) for word in _REST)
    if not codes.any() or ((codes == 1).sum() < (codes == 2).sum() and not said):
        return None
    values = np.array(
        ["", "names an order that holds its units", "names an order that does not hold its units"],
        dtype=object,
    )
    words = (
        "names no other order: counted",
        "names an order of this file with the same product, no fewer units and no later date: the same units, counted once",
        "names an order of this file, but its product and units are not found there",
    )
    return Judged(
        Coded(codes, values),
        name,
        "reference",
        ("count", "leave out", "ask"),
        ("says nothing of the row", "known word", "unknown"),
        words,
        ("", "repeated_order", ""),
    )
