"""Which rows of a file of sales are promoted, by its column of promotions, and which of them plan promotions ahead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.data.assemble.sales_file import SalesFile
from analytics.data.columns.attributes import flags
from analytics.data.history import Promotions
from analytics.data.meaning.meanings import DECIDES, Judged
from analytics.data.values.categorical import blank_texts
from analytics.data.values.header_names import normal_name
from analytics.errors import Problem

__all__ = ["ask_of_promotions", "plan_of_rows", "planned_promotions", "promoted_rows"]

_PRICES = frozenset("price preis aktionspreis prix precio prezzo actieprijs".split())


def promoted_rows(file: SalesFile) -> NDArray[np.float64] | None:
    """Whether each row is promoted: 1, 0 or unknown (NaN), shape (rows,); None without a column of promotions.

    Words for yes and no and numbers say it themselves. Where some rows are blank or say no, and the others neither yes nor no, their texts are names of
    promotions: they are promoted, the blank ones are not. What was told of a value goes first.
    """
    if "promotion" not in file.column:
        return None
    cells, name = file.column["promotion"], file.named["promotion"]
    said = flags(cells.values)
    blank = np.asarray(blank_texts(cells.values), np.bool_)
    other = np.isnan(said) & ~blank
    names = other.any() and (blank | (said == 0.0)).any() and not (said == 1.0).any()
    if names or (blank.any() and not other.any() and bool((said[~blank] == 1.0).all())):
        file.assumed.append(f"rows with a text in {name!r} are promoted, blank ones are not")
        said = np.where(blank, 0.0, np.where(other, 1.0, said))
    for k, value in enumerate(cells.values):
        if told := file.meanings.told(name, str(value)):
            said[k] = float(told == "promoted")
    return np.asarray(cells.spread(said))


def ask_of_promotions(
    file: SalesFile, quantity: NDArray[np.float64], price: NDArray[np.float64] | None
) -> None:
    """Have the values that say neither yes nor no asked about where they decide, and hold prices of promotions against usual ones.

    `quantity` and `price` (rows,). A price of a promotion counts where it is below the row's price; where no row is without one and no price stands
    beside it, it says nothing, and that is said.
    """
    if file.promotion is None:
        return
    cells, name = file.column["promotion"], file.named["promotion"]
    if _PRICES & set(normal_name(name).split()):
        low = cells.spread(np.array([_number(str(text)) for text in cells.values], np.float64))
        if price is not None:
            file.promotion = np.where(np.isfinite(low) & (low > 0.0), (low < price).astype(float), 0.0)
        elif (np.nan_to_num(low) > 0.0).all():
            words = (
                f"every row has a price in {name!r}, and none beside it: which rows are promoted is unknown"
            )
            file.problems.append(
                Problem("promotion_unknown", words, "add the usual price, or leave the others blank")
            )
            file.promotion = np.full(len(low), np.nan)
        return
    known = np.array(
        [
            np.nan if blank else flag
            for blank, flag in zip(blank_texts(cells.values), _each(file), strict=True)
        ]
    )
    other = np.isnan(known) & ~np.asarray(blank_texts(cells.values), np.bool_)
    size = np.where(file.rows.good, np.abs(np.nan_to_num(quantity)), 0.0)
    unclear = float(size[cells.spread(other)].sum()) > DECIDES * float(size.sum())
    if not unclear and not file.meanings.tells_of(name):
        return
    treatment = tuple(
        "promoted" if f == 1.0 else "usual" if f == 0.0 or not unclear else "ask" for f in _each(file)
    )
    said = {"promoted": "promoted", "usual": "not promoted", "ask": "neither yes nor no"}
    basis = {"promoted": "known word", "usual": "known word", "ask": "unknown"}
    file.meanings.add(
        Judged(
            cells, name, "promotion", treatment, tuple(basis[t] for t in treatment), tuple(said[t] for t in treatment),
            question=f"{name}: which of these values mean that a row was sold in a promotion",
            remedy=f'say so on the page Data or with --treat "{name}:VALUE=promoted", the others usual',
        )
    )  # fmt: skip


def _each(file: SalesFile) -> NDArray[np.float64]:
    """What each distinct text says, from what was found for the rows: 1, 0, NaN."""
    cells = file.column["promotion"]
    out = np.full(len(cells.values), np.nan)
    assert file.promotion is not None
    out[cells.codes] = file.promotion
    return out


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return float("nan")


def planned_promotions(file: SalesFile, day: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Rows that plan a promotion: promoted, without a quantity, after the last day with one. All such rows are set aside from the sales. (rows,)."""
    none = np.zeros(len(day), np.bool_)
    if file.promotion is None:
        return none
    cells = file.column["quantity"]
    blank = cells.spread(blank_texts(cells.values))
    sold = file.rows.good & ~blank & ~np.isnat(day)
    if not blank.any() or not sold.any():
        return none
    ahead = blank & file.rows.good & (day > day[sold].max())
    planned = ahead & (file.promotion == 1.0)
    if planned.any():
        remedy = "nothing to do"
        file.rows.reject(ahead, "planned_row", file.named["quantity"], "", "a sale", remedy)
    return planned


def plan_of_rows(
    file: SalesFile, planned: NDArray[np.bool_], day: NDArray[np.datetime64], grain: str
) -> Promotions | None:
    """The promotions that `planned` rows stand for, each over its day, week or month (`grain`); None where there are none."""
    at = np.flatnonzero(planned)
    if not len(at):
        return None
    first = day[at].astype("datetime64[D]")
    last = first
    if grain == "W":
        first = first - (first.astype(np.int64) + 3) % 7
        last = first + 6
    elif grain == "M":
        month = first.astype("datetime64[M]")
        first, last = month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]") - 1
    return Promotions(file.sku.values[file.sku.codes[at]], first, last)
