"""What a list of items says that the reading of sales needs: units of measure, how many a pack holds, and which products have a cost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from analytics.data.files.source import open_source
from analytics.data.files.table import read_table
from analytics.data.layout.raw_table import RawTable
from analytics.data.values.categorical import Coded, product_codes
from analytics.data.values.conventions import likely_mark
from analytics.data.values.header_names import normal_name, role_of_name
from analytics.data.values.numbers import parse_numbers
from analytics.data.values.unit_words import FACTOR_HEADERS, HEADERS, holds_units, unit_of
from analytics.errors import DataError

__all__ = ["ItemFacts", "item_facts"]

#: names of columns that say how many base units a pack of the product holds
_PACK_HEADERS = frozenset(
    "pack size|case size|carton size|box size|carton quantity|carton qty|case quantity|case qty|box quantity|box qty|pack qty|pack quantity"
    "|packgrosse|packungsgrosse|gebindegrosse"
    "|verpackungseinheit|ve menge|kartoninhalt|stuck pro karton|colisage|conditionnement|pcb|unidades por caja|pezzi per cartone|aantal per doos|antal i kartong"
    "|antall i eske".split("|")
)
_PER = re.compile(r"^(?P<what>\w+(?: \w+)?) (?:per|pro|par|je|por|in|i|na|pr) (?P<pack>\w+)$")


@dataclass(frozen=True, eq=False)
class ItemFacts:
    """What a list of items says of units and packs, by product.

    `base`: product -> the unit its cost and stock are in; `packs`: product -> name of a pack ("" for any) -> how many base units it holds;
    `listed`: all products; `costed`: those with a cost above zero.
    """

    base: Mapping[str, str] = field(default_factory=dict)
    packs: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()
    costed: frozenset[str] = frozenset()


def item_facts(source: str | Path | bytes, name: str = "", sheet: str | int | None = None) -> ItemFacts:
    r"""The facts of the first table of a list of items; none where it cannot be read, since its own reader says why.

    A file with a row for each unit of a product ("X-1;box;20") names them all; a column such as "Units per pack" or "Pieces per carton" holds for that pack.

    >>> facts = item_facts(b"sku;unit;units per box;unit_cost\nA;pcs;12;3\nB;kg;;0\n")
    >>> facts.base, facts.packs, sorted(facts.costed)
    ({'A': 'pcs', 'B': 'kg'}, {'A': {'box': 12.0}}, ['A'])
    """
    try:
        return _of_table(read_table(open_source(source, name)[0], sheet=sheet))
    except (DataError, IndexError):
        return ItemFacts()


def _pack_of(header: str) -> str | None:
    """The pack of which a column says how many it holds, "" for any, None where the name says no such thing."""
    match = _PER.match(header)
    if (
        match
        and unit_of(match["what"].split()[-1]) is not None
        and (pack := unit_of(match["pack"])) is not None
    ):
        return pack.name if pack.name != "pack" and pack.kind == "pack" else ""
    return "" if header in FACTOR_HEADERS or header in _PACK_HEADERS else None


def _of_table(table: RawTable) -> ItemFacts:
    headers = [normal_name(name) for name in table.names]
    at = next((i for i, name in enumerate(table.names) if role_of_name(name, items=True)[0] == "sku"), -1)
    if at < 0 or not len(table):
        return ItemFacts()
    texts = product_codes(table.columns[at]).texts()
    units = _unit_column(table, headers)
    costs = next(
        (i for i, name in enumerate(table.names) if role_of_name(name, items=True)[0] == "unit_cost"), -1
    )
    mark, _ = likely_mark([table.columns[costs]] if costs >= 0 else [], table.dialect)
    base: dict[str, str] = {}
    packs: dict[str, dict[str, float]] = {}
    for i, header in enumerate(headers):
        pack = _pack_of(header)
        if pack is None or i == at:
            continue
        numbers = table.columns[i].spread(parse_numbers(table.columns[i].values, mark)[0])
        for row in np.flatnonzero(np.isfinite(numbers) & (numbers > 0.0)):
            said = (
                units.values[units.codes[row]].strip()
                if units is not None and header in FACTOR_HEADERS and pack == ""
                else ""
            )
            known = unit_of(said) if said else None
            if said and known is not None and known.kind != "pack" and numbers[row] == 1.0:
                base.setdefault(str(texts[row]), said)
            elif (said and known is not None and known.kind == "pack") or (
                not said and (numbers[row] != 1.0)
            ):
                packs.setdefault(str(texts[row]), {}).setdefault(
                    known.name if known is not None else pack, float(numbers[row])
                )
    if units is not None:
        for place, code in enumerate(texts):
            said = str(units.values[units.codes[place]]).strip()
            if said and (code not in packs or (one := unit_of(said)) is None or one.name not in packs[code]):
                base.setdefault(str(code), said)
    costed: frozenset[str] = frozenset()
    if costs >= 0:
        paid = table.columns[costs].spread(parse_numbers(table.columns[costs].values, mark)[0])
        costed = frozenset(str(code) for code in texts[paid > 0.0])
    return ItemFacts(base, packs, frozenset(str(code) for code in texts if code), costed)


def _unit_column(table: RawTable, headers: list[str]) -> Coded | None:
    for i in sorted(range(len(headers)), key=lambda i: headers[i] not in HEADERS):
        column = table.columns[i]
        if len(column.values) <= 200 and holds_units(
            headers[i], [str(v) for v in column.values], column.counts().tolist(), False
        ):
            return column
    return None
