"""Which column plays which role: by name, checked against what stands in it; by content where names say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.data.coded import Coded
from analytics.data.dates import date_column, is_date, period_of
from analytics.data.numbers import is_blank, is_number
from analytics.data.roles import SALES_NAMES, role_of_name
from analytics.errors import DataError, Problem

__all__ = ["ColumnLook", "RoleMap", "look", "map_sales_columns", "period_columns"]

_DATES = ("date", "promised", "shipped")
_NUMBERS = ("quantity", "revenue", "price", "unit_cost", "discount", "discount_pct", "promotion")
_SAMPLE = 400


@dataclass(frozen=True)
class ColumnLook:
    """What stands in a column, as shares of its distinct non-blank texts, and how many differ."""

    dates: float
    numbers: float
    whole: float
    blank: float
    distinct: int
    serials: float


def look(column: Coded) -> ColumnLook:
    """Look at up to 400 distinct texts of a column, weighted by rows."""
    counts = column.counts()
    if not len(counts):
        return ColumnLook(0.0, 0.0, 0.0, 1.0, 0, 0.0)
    order = np.argsort(-counts, kind="stable")
    if len(order) > _SAMPLE:
        order = np.concatenate([order[: _SAMPLE // 2], order[np.linspace(_SAMPLE // 2, len(order) - 1, _SAMPLE // 2).astype(int)]])
    texts = column.values[order]
    weight = np.sqrt(counts[order].astype(float))
    blank = np.array([is_blank(t) for t in texts], bool)
    total = max(float(weight[~blank].sum()), 1e-9)
    number = np.array([not b and is_number(t) for t, b in zip(texts, blank, strict=True)], bool)
    whole = np.array([n and t.strip().lstrip("+-").isdigit() for t, n in zip(texts, number, strict=True)], bool)
    dates = np.array([not b and is_date(t) for t, b in zip(texts, blank, strict=True)], bool)
    serials = np.array([n and is_date(t, True) for t, n in zip(texts, number, strict=True)], bool)
    rows = max(int(counts.sum()), 1)
    blank_rows = int(sum(c for c, v in zip(counts, column.values, strict=True) if not v.strip())) if len(column.values) < 100_000 else 0
    return ColumnLook(float(weight[dates].sum()) / total, float(weight[number].sum()) / total, float(weight[whole].sum()) / total, blank_rows / rows, len(column.values), float(weight[serials].sum()) / total)


@dataclass(frozen=True)
class RoleMap:
    """Role -> position of its column, with confidence (0 to 1) and how it was found (name, content, told)."""

    role: Mapping[str, int]
    confidence: Mapping[str, float]
    evidence: Mapping[str, str]


def _fits(role: str, seen: ColumnLook) -> bool:
    if role in _DATES:
        return seen.dates >= 0.5 or seen.serials >= 0.8
    if role in _NUMBERS and role != "promotion":
        return seen.numbers >= 0.5
    return seen.blank < 1.0


def period_columns(names: tuple[str, ...]) -> list[int]:
    """Positions of columns whose names are dates or periods.

    >>> period_columns(("part", "1998-01", "1998-02", "Total"))
    [1, 2]
    """
    return [i for i, name in enumerate(names) if period_of(name)[0] or is_date(name)]


def told_columns(names: tuple[str, ...], mapping: Mapping[str, str | int], roles: Mapping[str, str]) -> dict[str, int]:
    """The positions of columns that the user named for roles; every wrong name is a problem."""
    chosen: dict[str, int] = {}
    problems = []
    for role, wanted in mapping.items():
        if role not in roles:
            problems.append(Problem("mapping", f"{role!r} is not a role of a column", "use one of the roles", found=role, expected=", ".join(roles)))
            continue
        if wanted == "" or wanted is None:
            chosen[role] = -1
            continue
        position = wanted if isinstance(wanted, int) else next((i for i, n in enumerate(names) if n == wanted), next((i for i, n in enumerate(names) if n.strip().lower() == str(wanted).strip().lower()), -1))
        if not 0 <= position < len(names):
            problems.append(Problem("mapping", f"the file has no column {wanted!r}", "name one of its columns", column=str(wanted), found=str(wanted), expected=", ".join(names[:30])))
            continue
        chosen[role] = position
    if problems:
        raise DataError(problems)
    return chosen


def map_sales_columns(names: tuple[str, ...], columns: tuple[Coded, ...], mapping: Mapping[str, str | int] | None = None, wide: bool = False) -> RoleMap:
    """Find the column of every role of a sales file; roles not found are absent."""
    seen = [look(column) for column in columns]
    told = told_columns(names, mapping or {}, SALES_NAMES)
    role = {r: i for r, i in told.items() if i >= 0}
    confidence = dict.fromkeys(role, 1.0)
    evidence = dict.fromkeys(role, "told")
    taken = set(role.values())
    if wide:
        taken |= set(period_columns(names))
    candidates = []
    for i, name in enumerate(names):
        found, sure = role_of_name(name)
        if found and i not in taken and found not in told and not (wide and found in ("date", "quantity")):
            candidates.append((sure if _fits(found, seen[i]) else sure - 1.0, -i, found, i))
    for sure, _, found, i in sorted(candidates, reverse=True):
        if found in role or i in taken:
            continue
        if sure <= 0 and (found not in ("date", "quantity", "sku") or seen[i].blank >= 1.0):
            continue
        role[found], confidence[found], evidence[found] = i, max(sure, 0.3), "name"
        taken.add(i)
    needed = [r for r in ("date", "sku", "quantity") if r not in role and r not in told and not (wide and r in ("date", "quantity"))]
    for wanted in needed:
        best = _by_content(wanted, seen, columns, taken)
        if best >= 0:
            role[wanted], confidence[wanted], evidence[wanted] = best, 0.5, "content"
            taken.add(best)
    return RoleMap(role, confidence, evidence)


def _by_content(wanted: str, seen: list[ColumnLook], columns: tuple[Coded, ...], taken: set[int]) -> int:
    rows = max((len(c) for c in columns), default=0)
    scores: dict[int, float] = {}
    for i, s in enumerate(seen):
        if i in taken or s.blank > 0.5:
            continue
        if wanted == "date" and s.dates > 0.9:
            scores[i] = s.dates + 1.0 / (2 + i)
        elif wanted == "quantity" and s.numbers > 0.9 and s.dates < 0.9:
            values = date_column(columns[i].values[:50]).readable
            if s.distinct > 1 and not values.all():
                scores[i] = s.whole - min(s.distinct / max(rows, 1), 1.0) * 0.5 + 0.01 / (1 + i)
        elif wanted == "sku" and s.dates < 0.5 and s.numbers < 0.9 and 1 <= s.distinct:
            scores[i] = 1.0 - abs(np.log10(max(s.distinct, 1) / max(rows**0.5, 1.0))) * 0.2 - 0.02 * i
    return max(scores, key=lambda i: scores[i]) if scores else -1
