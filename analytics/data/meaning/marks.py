"""Columns that mark rows by yes or no: returned, cancelled, sample, free of charge, internal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.data.meaning.judged_words import Verdict
from analytics.data.meaning.meanings import Judged
from analytics.data.values.categorical import Coded, blank_texts
from analytics.data.values.header_names import normal_name
from analytics.data.values.vocabulary import AMOUNT_WORDS, is_number, marked, spoken, yes_or_no

__all__ = [
    "Evidence",
    "is_mark",
    "mark_of",
    "marks_among",
    "marks_judged",
    "reason_of",
    "returns_of_their_own",
]

#: names with one of these are not marks of the row itself
_NOT_A_MARK = frozenset(
    "date day reason policy allowed eligible possible window days datum grund motif motivo fecha data by at on number no nr id code amount value rate pct share address".split()
)
_MOST_TEXTS = 40
#: words for reason, and so many different reasons at most
_REASONS = frozenset(
    "reason reasons grund grunde motif motifs raison motivo motivos motivi causa reden redenen arsag arsak syy powod duvod ok"
    " причина sebep neden 理由 原因 사유 motiv motivul razlog priezastis pohjus iemesls alasan".split()
)
_MOST_REASONS = 300
#: with at least this share of the marked rows repeating an earlier one, they are returns of their own
_REPEATS = 0.5

_MARKED: Mapping[str, Verdict] = {
    "cancelled": Verdict("cancelled", "leave out", "marked as cancelled: not a sale", "cancelled_order"),
    "sample": Verdict("sample", "leave out", "marked as a sample: not a sale", "sample_line"),
    "free": Verdict("free", "count", "marked as free of charge: counted as demand without revenue"),
    "internal": Verdict("internal", "leave out", "marked as internal or a test: not a sale", "internal_line"),
}


def mark_of(name: str) -> str:
    """What a column marks, by its name: returned, cancelled, sample, free, internal or "".

    >>> mark_of("Is Return"), mark_of("Retoure"), mark_of("Return reason"), mark_of("Returned quantity"), mark_of("Colour")
    ('returned', 'returned', '', '', '')
    """
    words = set(normal_name(name).split())
    if not words or words & (_NOT_A_MARK | AMOUNT_WORDS) or {"not", "non", "nicht"} & words or len(words) > 5:
        return ""
    found = marked(name)
    return next(
        (kind for kind in ("cancelled", "returned", "sample", "internal", "free") if kind in found), ""
    )


def reason_of(name: str) -> str:
    """What a column gives a reason for, by its name: cancelled, returned or "". A reason stands where it happened.

    >>> reason_of("Cancellation reason"), reason_of("Absagegrund"), reason_of("Motif d'annulation"), reason_of("Reason")
    ('cancelled', 'cancelled', 'cancelled', '')
    """
    plain = normal_name(name)
    words = set(plain.split())
    if plain == "abgru":
        return "cancelled"
    joined = next(
        (word for word in words if word.endswith(("grund", "arsak", "arsag")) and len(word) > 6), ""
    )
    if (not words & _REASONS and not joined) or len(words) > 5 or words & {"code", "id", "no", "nr", "date"}:
        return ""
    rest = " ".join(w for w in plain.split() if w not in _REASONS and w != joined)
    found = marked(f"{rest} {joined.removesuffix('grund').removesuffix('s')}".strip())
    said = spoken(rest)
    if "cancelled" in found or said & {"cancelled", "lost", "storno"}:
        return "cancelled"
    return "returned" if "returned" in found or said & {"return", "returned"} else ""


def _no_reason(text: str) -> bool:
    """Whether a cell of reasons holds none."""
    none = "na|n a|not applicable|not set|keine|keiner|aucun|aucune|ninguno|ninguna|nessuno|nessuna|geen|nenhum|brak|00"
    return not text.strip() or yes_or_no(text) == "no" or normal_name(text) in none.split("|")


def is_mark(name: str, cells: Coded) -> bool:
    """Whether a column marks rows: named for it, and with words for yes and no and not much else."""
    if reason_of(name):
        blank = np.array([_no_reason(str(text)) for text in cells.values], bool)
        # where every row has a reason, it is none
        rare = len(cells.values) <= _MOST_REASONS and cells.counts()[blank].sum() >= 0.5 * len(cells)
        return rare and not blank.all()
    if not mark_of(name) or len(cells.values) > _MOST_TEXTS:
        return False
    answers = [yes_or_no(str(text)) for text in cells.values if str(text).strip()]
    if not answers:
        return False
    unknown = answers.count("")
    if _marked_by_a_word(cells):
        return True
    if any(
        answer == "" and is_number(str(text))
        for answer, text in zip(answers, [t for t in cells.values if str(t).strip()], strict=True)
    ):
        return False
    return ("yes" in answers and unknown <= 2) or ("no" in answers and unknown <= 2)


def _marked_by_a_word(cells: Coded) -> bool:
    """Whether a column holds one word in few of its rows and nothing in the others ("R" under "Return flag"): the word marks the row."""
    blank = blank_texts(cells.values)
    word = [str(text).strip() for text in cells.values[~blank]]
    few = cells.counts()[blank].sum() >= 0.5 * len(cells)
    return len(word) == 1 and few and not yes_or_no(word[0]) and not is_number(word[0])


@dataclass(frozen=True, eq=False)
class Evidence:
    """What tells whether a marked row is a return of its own: product, day, amount and owner (order or customer) of every row."""

    sku: NDArray[np.int64]
    day: NDArray[np.datetime64]
    quantity: NDArray[np.float64]
    order: Coded | None
    customer: Coded | None
    good: NDArray[np.bool_]


def returns_of_their_own(hit: NDArray[np.bool_], rows: Evidence) -> tuple[bool, str]:
    """Whether marked rows are returns beside their sales (they repeat an earlier row of the same product, amount and order or customer), or the sales themselves, undone.

    The second says in words what it rests on.
    """
    hit = hit & rows.good
    if not hit.any():
        return False, ""
    if (rows.quantity[hit] < 0).mean() > 0.5:
        return True, "their quantities are below zero"
    owners = [("order", rows.order), ("customer", rows.customer)]
    for word, owner in owners:
        if owner is None:
            continue
        known = ~blank_texts(owner.values)[owner.codes] & rows.good
        if len(np.unique(owner.codes[known])) > 0.98 * known.sum():
            continue  # every row has one of its own
        sizes = np.unique(np.abs(np.nan_to_num(rows.quantity)), return_inverse=True)[1]
        key = (owner.codes.astype(np.int64) * (int(rows.sku.max()) + 1) + rows.sku) * (
            int(sizes.max()) + 1
        ) + sizes
        sold = known & ~hit
        earliest: dict[int, np.datetime64] = {}
        for k, d in zip(key[sold].tolist(), rows.day[sold], strict=True):
            if k not in earliest or d < earliest[k]:
                earliest[k] = d
        at = np.flatnonzero(hit & known)
        repeats = np.array(
            [int(key[i]) in earliest and earliest[int(key[i])] <= rows.day[i] for i in at], bool
        )
        if len(at) and float(repeats.mean()) >= _REPEATS:
            return (
                True,
                f"{int(repeats.sum())} of {len(at)} repeat an earlier sale of the same product, units and {word}",
            )
    return False, "no earlier sale of the same product, units and customer or order stands beside them"


def marks_judged(
    cells: Coded, name: str, evidence: Evidence, keep: Mapping[str, bool], fulfilled: NDArray[np.bool_] | None
) -> tuple[Judged, str]:
    """A column of marks, judged; the second is what to say of returns, or "".

    `fulfilled` are rows that a column of states calls shipped, paid or done: a mark of cancellation contradicts it, and is asked about.
    Shape of `fulfilled` (rows,).
    """
    kind = reason_of(name) or mark_of(name)
    answers = [yes_or_no(str(text)) if str(text).strip() else "no" for text in cells.values]
    if reason_of(name):
        answers = ["no" if _no_reason(str(t)) else "yes" for t in cells.values]
    elif _marked_by_a_word(cells):
        answers = ["yes" if str(text).strip() else "no" for text in cells.values]
    yes = cells.spread(np.array([a == "yes" for a in answers], bool))
    said = ""
    if kind == "returned":
        own, why = returns_of_their_own(yes, evidence)
        verdict = Verdict(
            "returned", "leave out", f"marked as returned, the sale itself is undone: {why}", "returned_sale"
        )
        if own:
            verdict = Verdict("returned", "return", f"marked as returned, a return of its own: {why}")
        said = why
    else:
        verdict = _MARKED[kind]
        if (verdict.reason and keep.get(verdict.reason)) or (
            kind == "free" and keep.get("free_line") is False
        ):
            verdict = Verdict(
                kind,
                "count" if verdict.reason else "leave out",
                f"{verdict.words}; as told",
                "" if verdict.reason else "free_line",
            )
    values, codes = list(cells.values), cells.codes
    verdicts = [
        verdict
        if a == "yes"
        else Verdict("plain", "count", "not marked: counted")
        if a == "no"
        else Verdict("", "ask", "neither yes nor no")
        for a in answers
    ]
    if kind == "cancelled" and fulfilled is not None and (clash := yes & fulfilled & evidence.good).any():
        first = len(values)
        values += list(cells.values)
        verdicts += [
            Verdict("", "ask", "marked as cancelled, but its state says shipped, paid or done")
        ] * len(cells.values)
        codes = np.where(clash, codes.astype(np.int64) + first, codes).astype(np.int32)
    judged = Judged(
        Coded(codes, np.array(values, dtype=object)), name, "flag", tuple(v.treatment for v in verdicts),
        tuple("unknown" if v.treatment == "ask" else "known word" for v in verdicts), tuple(v.words for v in verdicts), tuple(v.reason for v in verdicts),
    )  # fmt: skip
    return judged, said


def marks_among(names: Sequence[str], columns: Sequence[Coded], taken: Mapping[int, str]) -> list[int]:
    """Positions of columns of marks."""
    free = ("returned", "cancelled", "type", "status", "shipped", "order", "promotion")
    return [
        i
        for i, name in enumerate(names[:400])
        if (i not in taken or taken[i] in free)
        and (mark_of(name) or reason_of(name))
        and is_mark(name, columns[i])
    ]
