"""Products that a list marks as discontinued without saying when they end: told, since nothing else ends them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from analytics.data.items.item_rows import ItemRows
from analytics.data.layout.raw_table import RawTable
from analytics.data.values.header_names import normal_name
from analytics.errors import Problem
from analytics.items import Items

__all__ = ["discontinued_said"]

_STATUS = re.compile(
    r"\b(status|lifecycle|life cycle|plc|stage|phase|state|active|aktiv|actif|activo|attivo|ativo|actief|aktywny|in sale|for sale|sellable"
    r"|inactive|discontinued|obsolete|end of life|eol|auslauf\w*|estado|statut|etat|stato|mstae|mmsta|mstav|blocked|gesperrt)\b"
)
_ENDED = re.compile(
    r"\b(discontinu\w*|obsolet\w*|phas\w+ out|phase out|end of life|eol|end of sales?|inactiv\w*|retired|delisted|withdrawn|no longer sold|dead|run ?out"
    r"|auslauf\w*|ausgelaufen|eingestellt|inaktiv|nicht mehr lieferbar|abgekundigt|arrete|supprime|inactif|fin de vie|descatalogado|descontinuado|obsoleto"
    r"|inactivo|fuori produzione|dismesso|inattivo|uitgefaseerd|vervallen|inactief|utgatt|utgar|udgaet|wycofan\w*|nieaktywn\w*|ukoncen\w*)\b"
)
_NOT = re.compile(r"\b(not?|non|nicht|kein\w*|never|nie)\b")
_LIVING = re.compile(
    r"\b(active|aktiv|actif|activo|activa|attivo|ativo|actief|aktivni|aktywny|in sale|for sale|sellable)\b"
)
_NO = ("no", "n", "false", "0", "nein", "non", "nee", "nao", "falsch")
_YES = ("yes", "y", "true", "1", "x", "ja", "j", "oui", "si", "sim")
#: a status has few words; a column of more is a text
_MOST_WORDS = 40


def discontinued_said(
    table: RawTable, columns: Sequence[str], found: ItemRows, items: Items
) -> list[Problem]:
    """What is said of products that one of the columns named marks as discontinued and for which the file gives no end.

    They are planned on like any other: the day on which they end is the firm's to say.
    """
    out = []
    ends = items["end_date"] if "end_date" in items.values else np.full(len(items), np.datetime64("NaT", "D"))
    for header, cells in zip(table.names, table.columns, strict=True):
        name = normal_name(header)
        if header not in columns or len(cells.values) > _MOST_WORDS or not _STATUS.search(name):
            continue
        texts = [normal_name(str(text)) for text in cells.values]
        ended = [bool(_ENDED.search(text)) and not _NOT.search(text) for text in texts]
        if _ENDED.search(name):
            ended = [one or text in _YES for one, text in zip(ended, texts, strict=True)]
        elif _LIVING.search(name):
            ended = [one or text in _NO for one, text in zip(ended, texts, strict=True)]
        rows = cells.spread(np.array(ended, bool))[found.rows]
        marked = np.bincount(found.product[rows], minlength=len(items)) > 0
        marked &= np.isnat(ends)
        if marked.any():
            words = sorted({str(cells.values[k]).strip() for k in np.flatnonzero(ended)})
            count = int(marked.sum())
            said = (
                f"{count:,} {'product is' if count == 1 else 'products are'} marked {header}: {', '.join(words)[:80]}, and"
                f" no end is given: {'it is' if count == 1 else 'they are'} planned on like any other"
            )
            remedy = "give the last day of sale in a column end_date"
            first = int(table.row[found.rows[rows]].min())
            out.append(Problem("discontinued", said, remedy, first, header, words[0], "an end date", count))
    return out
