"""Products that several columns name together (style, colour, size): told, and joined into one code where a person says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.data.layout.raw_table import RawTable
from analytics.data.values.categorical import Coded
from analytics.data.values.header_names import normal_name
from analytics.errors import Problem

__all__ = ["JOINED", "codes_joined", "variants_said"]

#: what stands between the columns of a code in an option: sku=Style + Colour
JOINED = " + "
_VARIANT = frozenset(
    (
        "colour|color|col|farbe|couleur|colore|cor|kleur|farve|farge|farg|kolor|barva|size|sz|grosse|groesse|taille|talla|taglia|tamanho|maat"
        "|storrelse|storlek|rozmiar|velikost|colour code|color code|size code|farbcode|grossencode|variant|variante|variant code|variantencode"
        "|variant title|configuration|width|length|flavour|flavor|finish|material finish"
    ).split("|")
)
_MOST_VALUES = 500


def codes_joined(table: RawTable, mapping: Mapping[str, str | int] | None) -> RawTable:
    """The table with a further column for a product code that the mapping puts together from several ("Style + Colour + Size"), its parts joined by a dash.

    Without such a mapping, or with a name that the file does not have, the table as it is: then the mapping is refused as any wrong name.
    """
    wanted = (mapping or {}).get("sku")
    if not isinstance(wanted, str) or JOINED not in wanted or wanted in table.names:
        return table
    parts = [part.strip() for part in wanted.split(JOINED.strip())]
    if not set(parts) <= set(table.names):
        return table
    texts = zip(*(table.columns[table.names.index(part)].texts() for part in parts), strict=True)
    codes, values = pd.factorize(
        np.array(["-".join(t.strip() for t in row).strip("-") for row in texts], object)
    )
    column = Coded(codes.astype(np.int32), np.asarray(values, object))
    return replace(table, names=(*table.names, wanted), columns=[*table.columns, column])


def variants_said(table: RawTable, unused: Sequence[str], sku: Coded, name: str) -> list[Problem]:
    """What is said where columns that nobody uses tell variants of a product apart: they are planned as one, and how to plan each."""
    told = [
        i
        for i, header in enumerate(table.names[:300])
        if header in unused
        and normal_name(header) in _VARIANT
        and 2 <= len(table.columns[i].values) <= _MOST_VALUES
    ]
    if not told or JOINED in name:
        return []
    frame = pd.DataFrame(
        {"sku": sku.codes, **{str(i): table.columns[i].codes for i in told}}
    ).drop_duplicates()
    variants = np.bincount(frame["sku"], minlength=len(sku.values))
    several = int((variants > 1).sum())
    if not several:
        return []
    headers = [table.names[i] for i in told]
    said = (
        f"{', '.join(headers)} tell {len(frame):,} variants of {int((variants > 0).sum()):,} products apart:"
        " each product is planned as one"
    )
    whole = JOINED.join((name, *headers))
    remedy = f"to plan every variant, name the product as {whole} (option mapping: sku={whole})"
    return [Problem("variants", said, remedy, column=headers[0], count=several)]
