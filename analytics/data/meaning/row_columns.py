"""Columns that say what a row is: found by their names and their words, each value judged by the words of its column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.data.meaning.document_codes import codes_of_documents, document_codes
from analytics.data.meaning.judged_words import (
    ASK,
    BY_CODE,
    PLAIN,
    Company,
    Verdict,
    movement_verdict,
    state_verdict,
)
from analytics.data.meaning.meanings import Judged, Meanings
from analytics.data.values.categorical import Coded, blank_texts
from analytics.data.values.header_names import normal_name
from analytics.data.values.vocabulary import (
    MOVEMENT_NAMES,
    NOT_OF_ROWS,
    OF_ROWS,
    STATE_WORDS,
    STATUS_WORDS,
    TYPE_NAMES,
)

__all__ = [
    "header_role",
    "inherited",
    "known_words",
    "speaks_of_rows",
    "told_columns_of_rows",
    "words_judged",
]

#: so many distinct values are looked at, the most frequent first; a column of more, of which none is known, says nothing of its rows
_LOOKED_AT = 3000
#: an unknown column with more values than this is a text, not a state
_MOST_UNKNOWN = 60
#: so many values has a column at most that is taken for one of states by its words alone, whatever its name is
_MOST_UNNAMED = 20


def header_role(name: str) -> tuple[str, bool]:
    """The role of a column by its name (state, movement or "") and whether the name alone makes it one; else a word of its values has to be known.

    >>> header_role("Order status"), header_role("Estado"), header_role("Movement type"), header_role("Type"), header_role("Colour")
    (('state', True), ('state', False), ('movement', True), ('movement', False), ('', False))
    """
    plain = normal_name(name)
    if not plain or len(plain) > 60:
        return "", False
    if plain in MOVEMENT_NAMES:
        return "movement", True
    if plain in TYPE_NAMES:
        return "movement", False
    words = plain.split()
    if any(
        plain == phrase or plain.startswith(f"{phrase} ") or plain.endswith(f" {phrase}")
        for phrase in STATUS_WORDS
        if " " in phrase
    ):
        return "state", True
    if any(
        word in STATUS_WORDS
        or word.endswith("status")
        or (not word.isascii() and any(word.endswith(s) for s in STATUS_WORDS))
        for word in words
    ):
        return "state", not NOT_OF_ROWS & set(words)
    if any(word in STATE_WORDS for word in words):
        return "state", bool(OF_ROWS & set(words))
    if "/" in name or ": " in name:
        return header_role(name.replace(": ", "/").rsplit("/", 1)[-1])
    return "", False


def _spelled_in_header(name: str, cells: Coded) -> bool:
    """Whether a header lists the very values of its column ("S/R" over S and R): what one of them means is not said."""
    said = {part.strip().upper() for part in name.split("/")}
    values = {text.upper() for value in cells.values[:4] if (text := str(value).strip())}
    return len(said) == 2 and said == values and len(cells.values) <= 3


def _frequent(cells: Coded) -> list[int]:
    """Positions of the distinct values to look at, the most frequent first."""
    counts = cells.counts()
    if len(counts) <= _LOOKED_AT:
        return list(range(len(counts)))
    return [int(i) for i in np.argsort(-counts, kind="stable")[:_LOOKED_AT]]


def inherited(cells: Coded, order: Coded | None) -> Coded:
    """A column in which blank cells take what the first filled line of their order says."""
    blank = blank_texts(cells.values)
    if order is None or not blank.any() or blank.all():
        return cells
    empty = cells.spread(blank)
    filled = np.flatnonzero(~empty)[::-1]
    first = np.full(len(order.values), -1, np.int64)
    first[order.codes[filled]] = cells.codes[filled]
    first[blank_texts(order.values)] = -1
    said = first[order.codes]
    return Coded(np.where(empty & (said >= 0), said, cells.codes).astype(np.int32), cells.values)


def speaks_of_rows(cells: Coded, name: str = "") -> bool:
    """Whether the words of a column with a name that says nothing are those of states, or codes of documents.

    Of states: at most 20 values, more than half of them known, some sales and some not.
    """
    filled = [text for value in cells.values[: _MOST_UNNAMED + 2] if (text := str(value).strip())]
    if not 2 <= len(filled) <= _MOST_UNNAMED or len(cells.values) > _MOST_UNNAMED + 1:
        return False
    if codes_of_documents(cells, name):
        return True
    company = Company.of("", filled)
    said = [
        v
        for text in filled
        if len(text) > 2 and not text.replace(".", "").isdigit() and (v := state_verdict(text, company)).known
    ]
    return len(said) > 0.5 * len(filled) and len({v.treatment for v in said} & {"count", "leave out"}) == 2


def known_words(cells: Coded, name: str) -> int:
    """How many values of a column say what a row is."""
    role, _ = header_role(name)
    looked = [str(cells.values[i]) for i in _frequent(cells)[:200]]
    company = Company.of(name, looked)
    judge = state_verdict if role == "state" else movement_verdict
    return sum(judge(text, company).known for text in looked if text.strip())


def words_judged(
    cells: Coded, name: str, meanings: Meanings, keep: Mapping[str, bool]
) -> tuple[Judged, Sequence[str]] | None:
    """A column whose words say what a row is, judged, with the kind of each value; None where it says nothing of its rows.

    `keep` tells the reasons whose rows a person wants counted all the same.
    """
    role, explicit = header_role(name)
    told = meanings.tells_of(name)
    spelled = _spelled_in_header(name, cells)
    if not role and not told and not spelled and not speaks_of_rows(cells, name):
        return None
    role = role or ("movement" if spelled else "state")
    looked = _frequent(cells)
    texts = {i: str(cells.values[i]).strip() for i in looked}
    filled = {i: text for i, text in texts.items() if text}
    if not filled:
        return None
    company = Company.of(name, filled.values())
    judge = state_verdict if role == "state" else movement_verdict
    codes: dict[str, str] = {}
    if header_role(name)[0] == "movement":
        codes = document_codes(filled.values())
    elif not header_role(name)[0]:
        codes = codes_of_documents(cells, name)
    verdicts = {
        i: BY_CODE[codes[text.lower()]] if text.lower() in codes else judge(text, company)
        for i, text in filled.items()
    }
    known = [i for i, v in verdicts.items() if v.known]
    if (
        not told
        and not codes
        and not spelled
        and not _of_rows(role, explicit, filled, verdicts, known, cells)
    ):
        return None
    if role == "movement" or sum(
        verdicts[i].kind
        in ("sale", "issue", "receipt", "transfer", "adjustment", "production", "consumption")
        for i in known
    ) * 2 > len(known):
        verdicts = _by_direction(verdicts)
    alone = len(filled) == 1 and len(filled) == len(cells.values)
    out = [_final(i, texts, verdicts, alone) for i in range(len(cells.values))]
    kept = [
        (v, b)
        if not (v.reason and keep.get(v.reason))
        else (Verdict(v.kind, "count", f"{v.words}; counted as told"), "told")
        for v, b in out
    ]
    judged = Judged(
        cells,
        name,
        role,
        tuple(v.treatment for v, _ in kept),
        tuple(b for _, b in kept),
        tuple(v.words for v, _ in kept),
        tuple(v.reason for v, _ in kept),
    )
    return judged, [v.kind for v, _ in kept]


def _of_rows(
    role: str,
    explicit: bool,
    filled: Mapping[int, str],
    verdicts: Mapping[int, Verdict],
    known: Sequence[int],
    cells: Coded,
) -> bool:
    """Whether a column says what its rows are: by its name, or because words of it are known; never a column of many texts of which none or hardly any is."""
    if (
        len(cells.values) > _MOST_UNKNOWN
        and len(known) < max(1, 0.02 * len(filled))
        and cells.counts()[list(known)].sum() < 0.02 * len(cells)
    ):
        return False
    if not known:
        plain = any(v.kind == "plain" for v in verdicts.values())
        return (
            explicit
            and not plain
            and not all(
                text.replace(".", "").isdigit() and role == "state" and len(filled) > 20
                for text in filled.values()
            )
        )
    if explicit:
        return True
    telling = [i for i in known if len(filled[i]) > (3 if filled[i].isascii() else 2)]
    return bool(telling) or len(known) == len(filled)


def _final(
    i: int, texts: Mapping[int, str], verdicts: Mapping[int, Verdict], alone: bool
) -> tuple[Verdict, str]:
    """The verdict on a value with the basis it rests on."""
    if i not in texts:
        return ASK, "unknown"
    if not texts[i]:
        return Verdict("plain", "count", "nothing is said of these rows: counted"), "says nothing of the row"
    verdict = verdicts[i]
    if verdict.treatment == "ask" and alone:
        return Verdict("plain", "count", "the only value of the column: counted"), "only value"
    if verdict.treatment == "ask":
        return verdict, "unknown"
    return verdict, "says nothing of the row" if verdict is PLAIN else "known word"


def _by_direction(verdicts: Mapping[int, Verdict]) -> dict[int, Verdict]:
    """Movements in the light of each other: an issue beside sales may be for the house, and where nothing leaves to customers nobody knows what the demand is."""
    kinds = {v.kind for v in verdicts.values()}
    out = dict(verdicts)
    if "sale" in kinds and "receipt" in kinds:
        out = {
            i: v
            if v.kind != "issue"
            else Verdict("", "ask", "an issue beside sales: for customers or for the house is not said")
            for i, v in out.items()
        }
    sold = {"sale", "issue", "fulfilled", "open", "plain"} & kinds
    if not sold:
        unclear = "nothing in the column is a sale: which rows are demand is not known"
        out = {
            i: Verdict("", "ask", unclear)
            if v.kind in ("receipt", "consumption", "transfer", "production")
            else v
            for i, v in out.items()
        }
    return out


def told_columns_of_rows(
    names: Sequence[str], columns: Sequence[Coded], taken: Mapping[int, str], meanings: Meanings
) -> list[int]:
    """Positions of columns that may say what a row is: by their names, by their words, or because something was told about them.

    `taken` are those with a role of their own.
    """
    free = ("type", "status", "order", "name", "channel", "family", "category", "subcategory")
    return [
        i
        for i, name in enumerate(names[:400])
        if (i not in taken or taken[i] in free)
        and (
            header_role(name)[0]
            or meanings.tells_of(name)
            or (i not in taken and (speaks_of_rows(columns[i], name) or _spelled_in_header(name, columns[i])))
        )
    ]


def shares_below(quantity: NDArray[np.float64], rows: NDArray[np.bool_]) -> float:
    """The share of these rows, zeros left out, whose quantity is below zero."""
    here = quantity[rows]
    here = here[np.nan_to_num(here) != 0.0]
    return float((here < 0).mean()) if len(here) else 0.0
