"""Which of two costs beside each other values a product: the standard price or the moving average, by its indicator of price control (S or V)."""

from __future__ import annotations

import numpy as np

from analytics.data.layout.raw_table import RawTable
from analytics.data.values.categorical import Coded
from analytics.data.values.header_names import normal_name
from analytics.errors import Problem

__all__ = ["cost_by_control"]

_CONTROL = frozenset(
    "price control|price ctrl|price control indicator|pr ctrl|prc ctrl|prctl|vprsv|preissteuerung|preissteuerungskennzeichen|steuerung preis"
    "|controle du prix|control de precios|controllo prezzo|prijssturing".split("|")
)
_STANDARD = frozenset(
    "standard price|std price|stprs|standardpreis|standard cost|prix standard|precio estandar|prezzo standard".split(
        "|"
    )
)
_MOVING = frozenset(
    "moving price|moving average price|moving avg price|moving average|verpr|gleitender durchschnittspreis|gleitender preis|gld|gld preis"
    "|prix moyen pondere|pmp|precio medio variable|prezzo medio|glijdend gemiddelde".split("|")
)


def cost_by_control(table: RawTable) -> tuple[Coded, str, list[str], Problem] | None:
    r"""The texts of the cost of every row, their header, the columns it is from, and what is said; None without an indicator and both prices.

    An indicator S says the standard price, V the moving average. A row without an indicator has no cost here.
    Source: valuation by standard price or by moving average, as material ledgers have it.

    >>> from analytics.data.files.source import open_source
    >>> from analytics.data.files.table import read_table
    >>> text = b"Price control,Standard price,Moving price\nS,10,12\nV,11,13\n"
    >>> found = cost_by_control(read_table(open_source(text)[0]))
    >>> found[0].texts().tolist(), found[1]
    (['10', '13'], 'Standard price (S), Moving price (V)')
    """
    at = {
        kind: next((i for i, name in enumerate(table.names) if normal_name(name) in names), -1)
        for kind, names in (("control", _CONTROL), ("S", _STANDARD), ("V", _MOVING))
    }
    if min(at.values()) < 0:
        return None
    control = np.array([text.strip().upper() for text in table.columns[at["control"]].texts()], object)
    if not set(control) <= {"S", "V", ""} or set(control) == {""}:
        return None
    standard, moving = table.columns[at["S"]].texts(), table.columns[at["V"]].texts()
    texts = np.where(control == "S", standard, np.where(control == "V", moving, ""))
    values, codes = np.unique(texts.astype(str), return_inverse=True)
    header = f"{table.names[at['S']]} (S), {table.names[at['V']]} (V)"
    counts = {key: int((control == key).sum()) for key in ("S", "V")}
    said = (
        f"unit cost is {table.names[at['S']]} on {counts['S']:,} rows with {table.names[at['control']]} S"
        f" and {table.names[at['V']]} on {counts['V']:,} rows with V"
    )
    problem = Problem("cost_by_control", said, "nothing to do", column=table.names[at["control"]])
    names = [table.names[place] for place in at.values()]
    return Coded(codes.astype(np.int32), values.astype(object)), header, names, problem
