"""What state stock is in, row by row: somebody else's (in no sum), blocked or in quality inspection (in the books, beside what is free), each said with its units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.data.items.item_rows import ItemRows
from analytics.data.items.items_values import origin_of
from analytics.data.layout.raw_table import RawTable
from analytics.data.values.header_names import normal_name
from analytics.errors import Problem
from analytics.items import Items
from analytics.naming.labels import total_text

__all__ = ["STATES", "State", "places_apart", "state_rows", "with_state"]


class State(NamedTuple):
    """A state of stock: the field of a product that holds its units, the code and words of what is said, and the words that mean it."""

    field: str
    code: str
    said: str
    words: re.Pattern[str]


#: Words of a status, in several languages.
STATES = {
    "consigned": State(
        "stock_consigned",
        "stock_consigned",
        "stock on consignment, {} units in all: not the firm's own, in no sum",
        re.compile(
            r"\b(consign\w*|konsi\w*|kommission\w*|consigna\w*|conto deposito|depot vente|vendor owned|supplier owned"
            r"|vmi|lieferanteneig\w*|fremdbestand|customer owned|kundeneig\w*|third party|fornitore|komis\w*)\b"
        ),
    ),
    "blocked": State(
        "stock_blocked",
        "stock_blocked",
        "blocked stock, {} units in all: in the books, and not counted on for sale",
        re.compile(
            r"\b(block\w*|gesperrt\w*|sperr\w*|bloque\w*|bloquead\w*|bloccat\w*|geblokkeerd|zablokowan\w*|quarant\w*"
            r"|on hold|hold|damaged|defekt\w*|defect\w*|beschadigt)\b"
        ),
    ),
    "in_quality": State(
        "stock_in_quality",
        "stock_in_quality",
        "stock in quality inspection, {} units in all: in the books, and counted on for sale",
        re.compile(
            r"\b(quality\w*|qualitat\w*|inspection|qi|qa|q bestand|pruf\w*|controle qualite|qualita|calidad|kwaliteit\w*"
            r"|jakosci)\b"
        ),
    ),
}
#: A status has few words; a column of more is a text.
_MOST_WORDS = 30
#: What the name of a column says that tells blocked from free; any other column of few words may be about something else.
_STATUS = re.compile(
    r"\b(status|state|stock type|type of stock|stock category|condition|disposition|hold code|bestandsart|bestandstyp"
    r"|bestandsqualifikation|zustand|estado|statut|etat|stato|toestand|stav)\b"
)
#: Places of common systems that hold nothing of the firm's own: what lies with partners, and the other sides of bookings.
_NO_PLACE = re.compile(r"^(partner locations|virtual locations)\b")
_YES = ("yes", "y", "true", "1", "x", "ja", "j", "oui", "si", "sim")


def places_apart(places: Iterable[str]) -> list[str]:
    """Those of the places that hold nothing of the firm's own: what lies with partners, and the other sides of bookings.

    >>> places_apart(["WH/Stock", "Partner Locations/Customers", "Virtual Locations/Scrap"])
    ['Partner Locations/Customers', 'Virtual Locations/Scrap']
    """
    return [text for text in places if _NO_PLACE.match(normal_name(text))]


def state_rows(
    table: RawTable, columns: Sequence[str], of_stock: bool, place: str = ""
) -> dict[str, NDArray[np.bool_]]:
    """Rows (rows,) by the state that the columns named say their stock is in, a key of STATES; a state that no row is in is left out.

    `place` is the column of places, some of which hold nothing of the firm's own.

    A mark of yes or no counts where the name of its column speaks of the state. Blocked and in inspection are told only
    where rows are of stock (`of_stock`): the status of a product is not that of its stock. A row is in one state, the
    first of STATES that is said.
    """
    out = {name: np.zeros(len(table), bool) for name in STATES}
    for header, cells in zip(table.names, table.columns, strict=True):
        if header == place:
            apart = set(places_apart(map(str, cells.values)))
            out["consigned"] |= cells.spread(np.array([text in apart for text in cells.values], bool))
        if header not in columns or len(cells.values) > _MOST_WORDS:
            continue
        said = [normal_name(str(text)) for text in cells.values]
        for name, state in STATES.items():
            if name != "consigned" and not of_stock:
                continue
            if state.words.search(normal_name(header)) and not _STATUS.search(normal_name(header)):
                marks = [text in _YES for text in said]
            elif name == "consigned" or _STATUS.search(normal_name(header)):
                marks = [bool(state.words.search(text)) for text in said]
            else:
                continue
            out[name] |= cells.spread(np.array(marks, bool))
    before = np.zeros(len(table), bool)
    for name in STATES:
        out[name] &= ~before
        before |= out[name]
    return {name: rows for name, rows in out.items() if rows.any()}


def with_state(
    items: Items, state: State, every: NDArray[np.float64], found: ItemRows, table: RawTable, name: str
) -> tuple[Items, list[Problem]]:
    """The items with the units of one state (products,), and what is said of it.

    `every` (rows,) are the units of rows in that state, NaN elsewhere; `name` is the column of units.
    """
    held = every[found.rows]
    rows = np.isfinite(held)
    if not rows.any():
        return items, []
    units = np.bincount(found.product, np.where(rows, held, 0.0), len(items))
    units = np.where(np.bincount(found.product, rows, len(items)) > 0, units, np.nan)
    words = state.said.format(total_text(float(np.nansum(units))))
    first = int(table.row[found.rows[rows]].min())
    problem = Problem(state.code, words, "nothing to do", first, name, "", "", int(rows.sum()))
    return items.with_field(state.field, units, origin_of(units, "number")), [problem]
