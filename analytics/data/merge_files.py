"""Several sales files as one history: one vocabulary, lines that stand in two files counted once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.columns.attributes import channel_table
from analytics.data.currencies import in_one_currency
from analytics.data.history import IntakeReport, SalesHistory, joined_promotions
from analytics.data.kept_apart import joined_apart, units_apart
from analytics.data.lines.alternative_totals import summed
from analytics.data.lines.rejections import REJECTED_COLUMNS
from analytics.data.meaning.listed_meanings import joined_meanings
from analytics.data.units.across_files import ask_where_units_differ
from analytics.errors import Problem

__all__ = ["merged"]


def _union(
    parts: Sequence[tuple[NDArray[Any], NDArray[np.int32]]],
) -> tuple[NDArray[Any], list[NDArray[np.int32]]]:
    words = sorted({word for vocabulary, _ in parts for word in vocabulary})
    place = {word: i for i, word in enumerate(words)}
    out = []
    for vocabulary, codes in parts:
        new = np.array([place[word] for word in vocabulary] + [-1], np.int32)
        out.append(new[codes])
    return np.array(words, dtype=object), out


def _overlap(
    skus: Sequence[NDArray[np.int32]],
    customers: Sequence[NDArray[np.int32]],
    channels: Sequence[NDArray[np.int32]],
    histories: Sequence[SalesHistory],
) -> tuple[list[NDArray[np.bool_]], list[Problem]]:
    """Lines of each file to keep: where most lines of the dates both cover are equal, those of the later file are dropped.

    Without customers or revenue two branches may well sell the same by chance: nearly all lines must be equal then.
    """
    doubts: list[Problem] = []
    keep = [np.ones(len(h), bool) for h in histories]
    frames = [
        pd.DataFrame(
            {
                "sku": s,
                "day": h.date.view(np.int64),
                "quantity": h.quantity,
                "revenue": np.nan_to_num(h.revenue, nan=-1e300).round(4),
                "customer": c,
                "channel": k,
            }
        )
        for h, s, c, k in zip(histories, skus, customers, channels, strict=True)
    ]
    for later in range(1, len(histories)):
        for earlier in range(later):
            a, b = histories[earlier], histories[later]
            low, high = max(a.date.min(), b.date.min()), min(a.date.max(), b.date.max())
            if low > high:
                continue
            left = frames[earlier][(a.date >= low) & (a.date <= high) & keep[earlier]]
            right = frames[later][(b.date >= low) & (b.date <= high) & keep[later]]
            names = list(left.columns)
            left = left.assign(nth=left.groupby(names).cumcount())
            right = right.assign(nth=right.groupby(names).cumcount())
            found = right.reset_index().merge(left, on=[*names, "nth"], how="inner")["index"].to_numpy()
            sold = min(int((left["quantity"] != 0).sum()), int((right["quantity"] != 0).sum()))
            equal = int((b.quantity[found] != 0).sum())
            telling = bool((b.customer >= 0).any() or not np.isnan(b.revenue).all())
            if equal and equal >= (0.5 if telling else 0.8) * sold:
                keep[later][found] = False
            elif equal >= 20:
                doubts.append(
                    Problem(
                        "overlap_possible",
                        f"{equal} lines of {b.report.source} are equal to lines of {a.report.source}, too few for a repeated export: they are counted",
                        "leave one of the files out if they hold the same sales",
                        int(b.row[found].min()),
                        count=equal,
                    )
                )
    return keep, doubts


def merged(histories: Sequence[SalesHistory], problems: Sequence[Problem]) -> SalesHistory:
    """One history of several files. Lines already in an earlier file are rejected as overlap, never counted twice."""
    if len(histories) == 1:
        return replace(
            histories[0],
            report=replace(histories[0].report, problems=(*problems, *histories[0].report.problems)),
        )
    histories, mixed, currency = in_one_currency(histories)
    problems = [*problems, *mixed]
    ask_where_units_differ(histories)
    skus, sku = _union([(h.skus, h.sku) for h in histories])
    customers, customer = _union([(h.customers, h.customer) for h in histories])
    channels, channel = _union([(h.channels, h.channel) for h in histories])
    keep, doubts = _overlap(sku, customer, channel, histories)
    columns: dict[str, Any] = _columns(histories, keep, sku, customer, channel)
    repeats = [_repeat(h, ~kept) for h, kept in zip(histories, keep, strict=True) if not kept.all()]
    report = _report(histories, columns, channels, repeats, [*problems, *doubts])
    if currency:
        report = replace(report, dialect={**report.dialect, "currency": currency})
    apart, again = joined_apart(histories, [h.row[~kept] for h, kept in zip(histories, keep, strict=True)])
    further: dict[str, Any] = {
        "attributes": _attributes(histories, skus),
        "report": replace(report, problems=(*again, *report.problems), **units_apart(apart)),
        "apart": apart,
        "promotions": joined_promotions([h.promotions for h in histories if h.promotions is not None]),
    }
    return SalesHistory(
        skus, **columns, customers=customers, channels=channels, frequency=report.frequency, **further
    )


@dataclass(frozen=True, eq=False)
class _Repeat:
    """What of a file stands in an earlier one: rows, units, the table of them and what is said of it."""

    rows: int
    units: float
    table: pd.DataFrame
    problem: Problem


def _repeat(history: SalesHistory, out: NDArray[np.bool_]) -> _Repeat:
    rows, source = np.unique(history.row[out]), history.report.source
    told = {
        "column": "",
        "found": "a line of an earlier file",
        "expected": "a new line",
        "remedy": "nothing to do: counted once",
        "text": "",
    }
    problem = Problem(
        "overlap",
        f"{source} repeats {len(rows)} lines of an earlier file; they are counted once",
        "nothing to do, or leave one of the files out",
        int(rows[0]),
        count=len(rows),
    )
    return _Repeat(
        len(rows),
        float(history.quantity[out].sum()),
        pd.DataFrame({"row": rows, **told, "file": source}),
        problem,
    )


def _columns(
    histories: Sequence[SalesHistory],
    keep: Sequence[NDArray[np.bool_]],
    sku: Sequence[NDArray[Any]],
    customer: Sequence[NDArray[Any]],
    channel: Sequence[NDArray[Any]],
) -> dict[str, NDArray[Any]]:
    """The columns of the lines kept, by date, then file, then row; orders of different files stay apart."""
    offset = np.cumsum([0] + [int(h.order.max(initial=-1)) + 1 for h in histories[:-1]])

    def joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate([p[k] for p, k in zip(parts, keep, strict=True)])

    columns = {
        name: joined([getattr(h, name) for h in histories])
        for name in ("date", "quantity", "revenue", "promised", "shipped", "promotion", "row")
    }
    columns |= {"sku": joined(sku), "customer": joined(customer), "channel": joined(channel)}
    if any(h.unit_cost is not None for h in histories):
        columns["unit_cost"] = joined(
            [np.full(len(h), np.nan) if h.unit_cost is None else h.unit_cost for h in histories]
        )
    columns["order"] = joined(
        [
            np.where(h.order < 0, -1, h.order + o).astype(np.int32)
            for h, o in zip(histories, offset, strict=True)
        ]
    )
    number = joined([np.full(len(h), i) for i, h in enumerate(histories)])
    sort = np.lexsort((columns["row"], number, columns["date"].view(np.int64)))
    columns = {name: values[sort] for name, values in columns.items()}
    for values in columns.values():
        values.setflags(write=False)
    return columns


def _report(
    histories: Sequence[SalesHistory],
    columns: dict[str, NDArray[Any]],
    channels: NDArray[Any],
    repeats: Sequence[_Repeat],
    problems: Sequence[Problem],
) -> IntakeReport:
    """How all files together were read: sums of the parts, repeated lines among the rejected."""
    reports = [h.report for h in histories]
    nowhere = [
        p
        for p in reports[0].problems
        if p.code == "treatment_unused" and all(p in r.problems for r in reports)
    ]
    of_files = [
        replace(p, message=f"{r.source}: {p.message}")
        for r in reports
        for p in r.problems
        if p.code != "treatment_unused"
    ]
    lines = [*problems, *nowhere, *(r.problem for r in repeats), *of_files]
    grains = {h.frequency for h in histories}
    if len(grains) > 1:
        lines.append(
            Problem(
                "mixed_grain",
                f"the files are of different grain ({', '.join(sorted(grains))})",
                "upload files of one grain",
            )
        )
    rejected = [
        *(r.rejected.assign(file=r.source) for r in reports if len(r.rejected)),
        *(r.table for r in repeats),
    ]
    quantity, revenue = columns["quantity"], columns["revenue"]
    known = revenue[~np.isnan(revenue)]
    read = sum(r.rows_read for r in reports)
    used = sum(r.rows_used for r in reports) - sum(r.rows for r in repeats)
    return IntakeReport(
        further_totals=summed(r.further_totals for r in reports),
        source=", ".join(r.source for r in reports),
        digest=hashlib.sha256("".join(r.digest for r in reports).encode()).hexdigest(),
        rows_read=read,
        rows_used=used,
        rows_rejected=read - used,
        units_used=float(quantity.sum()),
        units_rejected=sum(r.units_rejected for r in reports) + sum(r.units for r in repeats),
        revenue_used=float(known.sum()) if len(known) else float("nan"),
        gross_units=float(quantity[quantity > 0].sum()),
        returned_units=float(np.abs(quantity[quantity < 0]).sum()),
        first_date=columns["date"][0],
        last_date=columns["date"][-1],
        frequency="L" if "L" in grains else sorted(grains)[0],
        date_order=reports[0].date_order,
        dialect=reports[0].dialect,
        mapping=reports[0].mapping,
        confidence={
            role: min(r.confidence[role] for r in reports if role in r.confidence)
            for role in reports[0].confidence
        },
        channels=tuple(channel_table(columns["channel"], channels, columns["date"], quantity, revenue)),
        problems=tuple(lines),
        assumed=tuple(f"{r.source}: {a}" for r in reports for a in r.assumed),
        meanings=joined_meanings(r.meanings for r in reports),
        rejected=pd.concat(rejected, ignore_index=True)
        if rejected
        else pd.DataFrame(columns=[*REJECTED_COLUMNS, "file"]),
    )


def _attributes(histories: Sequence[SalesHistory], skus: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Attributes of all files; where two files know a product the one with the later dates wins."""
    place = {word: i for i, word in enumerate(skus)}
    out: dict[str, NDArray[Any]] = {}
    for h in sorted(histories, key=lambda h: h.report.last_date):
        where = np.array([place[s] for s in h.skus], np.intp)
        for name, values in h.attributes.items():
            number = values.dtype.kind == "f"
            target = out.setdefault(
                name, np.full(len(skus), np.nan) if number else np.full(len(skus), "", dtype=object)
            )
            known = ~np.isnan(values) if number else np.array([bool(v) for v in values], bool)
            target[where[known]] = values[known]
    return out
