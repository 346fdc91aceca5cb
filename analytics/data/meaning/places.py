"""Places of sales: warehouses, sites and shops are listed with what they sold, summed as one stock knowingly, or left out by choice."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analytics.data.meaning.meanings import Judged, Meanings
from analytics.data.values.categorical import Coded, blank_texts
from analytics.errors import Problem

__all__ = ["places_of_rows"]


def places_of_rows(
    column: Mapping[str, Coded], named: Mapping[str, str], meanings: Meanings
) -> list[Problem]:
    """Take the column of places into `meanings`: every place counts unless a person left it out; that several are taken as one stock is said."""
    if "warehouse" not in column:
        return []
    cells, name = column["warehouse"], named["warehouse"]
    blank = blank_texts(cells.values)
    places = {" ".join(str(text).split()) for text, b in zip(cells.values, blank, strict=True) if not b}
    one = len(places) + bool(blank.any()) < 2
    basis = tuple("only value" if one else "says nothing of the row" for _ in cells.values)
    said = "the only place" if one else "counted, in one stock with the other places"
    words = tuple(
        "no place named: counted with the others" if b else f"{text}: {said}"
        for text, b in zip(cells.values, blank, strict=True)
    )
    judged = meanings.add(Judged(cells, name, "place", ("count",) * len(cells.values), basis, words))
    kept = sorted(
        {
            " ".join(str(text).split())
            for text, b, t in zip(cells.values, blank, judged.treatment, strict=True)
            if t != "leave out" and not b
        }
    )
    if len(kept) < 2:
        return []
    listed = ", ".join(kept[:4]) + (", ..." if len(kept) > 4 else "")
    left = int(np.sum([t == "leave out" for t in judged.treatment]))
    message = f"{len(kept):,} places ({listed}) are taken as one stock" + (
        f"; {left:,} {'was' if left == 1 else 'were'} left out as told" if left else ""
    )
    remedy = f'nothing to do if one stock serves all; else leave the others out on the page Data or with --treat "{name}:{kept[-1]}=leave out", and analyse each place on its own'
    return [Problem("places_pooled", message, remedy, None, name, listed, "", len(kept))]
