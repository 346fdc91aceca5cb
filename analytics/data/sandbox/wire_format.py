"""Histories, items and bills of materials as bytes for the way between two processes: JSON and plain arrays, never pickles."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.data.history import (
    APART_COLUMNS,
    LINE_COLUMNS,
    IntakeReport,
    Promotions,
    SalesHistory,
    no_lines_apart,
)
from analytics.data.items.bom_file import BillOfMaterials
from analytics.data.meaning.listed_meanings import Meaning
from analytics.data.uploads import Reading
from analytics.errors import Problem
from analytics.items import Items

__all__ = ["bytes_of", "opened_bytes", "pack_reading", "unpack_reading"]

_WORDS = ("skus", "customers", "channels")
#: reports of files whose lines are kept with the sales
_BESIDE = ("receipts_report", "promotions_report")
_HEADER = struct.Struct("<Q")

_Arrays = dict[str, NDArray[Any]]


def bytes_of(head: Any, arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """A JSON head, then the arrays of any shapes; days as whole numbers. Texts belong in the head."""
    stored: dict[str, Any] = {
        name: values.view(np.int64) if values.dtype.kind == "M" else values for name, values in arrays.items()
    }
    stream = io.BytesIO()
    np.savez(stream, **stored)
    text = json.dumps(
        {"head": head, "days": [name for name, values in arrays.items() if values.dtype.kind == "M"]},
        default=str,
    ).encode()
    return _HEADER.pack(len(text)) + text + stream.getvalue()


def opened_bytes(data: bytes) -> tuple[Any, dict[str, NDArray[Any]]]:
    """Head and arrays, of any shapes, as `bytes_of` wrote them; no pickles are read."""
    (size,) = _HEADER.unpack_from(data)
    document = json.loads(data[_HEADER.size : _HEADER.size + size])
    with np.load(io.BytesIO(data[_HEADER.size + size :]), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    for name in document["days"]:
        arrays[name] = arrays[name].view("datetime64[D]")
    for values in arrays.values():
        values.setflags(write=False)
    return document["head"], arrays


def _texts(values: Any) -> NDArray[Any]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _report_head(report: IntakeReport) -> dict[str, Any]:
    plain = {
        f.name: getattr(report, f.name) for f in fields(report) if f.name not in ("rejected", "problems")
    }
    rows = report.rejected
    return {
        **plain,
        "dialect": dict(report.dialect),
        "mapping": dict(report.mapping),
        "confidence": dict(report.confidence),
        "channels": [dict(c) for c in report.channels],
        "further_totals": [dict(t) for t in report.further_totals],
        "problems": [asdict(p) for p in report.problems],
        "meanings": [asdict(m) for m in report.meanings],
        "rejected": {
            "columns": list(rows.columns),
            "rows": rows.astype(object).where(rows.notna(), "").values.tolist(),
        },
    }


def _report(head: Mapping[str, Any]) -> IntakeReport:
    return IntakeReport(
        **{
            **head,
            "first_date": np.datetime64(head["first_date"], "D"),
            "last_date": np.datetime64(head["last_date"], "D"),
            "channels": tuple(head["channels"]),
            "assumed": tuple(head["assumed"]),
            "further_totals": tuple(head["further_totals"]),
            "problems": tuple(Problem(**p) for p in head["problems"]),
            "meanings": tuple(Meaning.of(m) for m in head["meanings"]),
            "rejected": pd.DataFrame(head["rejected"]["rows"], columns=head["rejected"]["columns"]),
        }
    )


def _history_parts(history: SalesHistory) -> tuple[dict[str, Any], _Arrays]:
    head: dict[str, Any] = {
        "words": {name: [str(w) for w in getattr(history, name)] for name in _WORDS},
        "texts": {
            name: [str(v) for v in values]
            for name, values in history.attributes.items()
            if values.dtype.kind != "f"
        },
        "frequency": history.frequency,
        "report": _report_head(history.report),
        "apart": {},
    }
    arrays = {name: np.asarray(getattr(history, name)) for name in LINE_COLUMNS}
    if history.unit_cost is not None:
        arrays["unit_cost"] = history.unit_cost
    if len(history.apart):
        for name in APART_COLUMNS:
            values = history.apart[name].to_numpy()
            if values.dtype.kind == "O":
                values, words = pd.factorize(values)
                head["apart"][name] = [str(word) for word in words]
            arrays[f"apart {name}"] = values.astype("datetime64[D]") if name == "date" else values
    if (plan := history.promotions) is not None:
        head["promoted"] = [str(sku) for sku in plan.sku]
        arrays |= {"promoted first": plan.first, "promoted last": plan.last}
    return head, arrays | {
        f"attribute {name}": values for name, values in history.attributes.items() if values.dtype.kind == "f"
    }


def _history(head: Mapping[str, Any], arrays: _Arrays) -> SalesHistory:
    attributes: dict[str, Any] = {name: _texts(values) for name, values in head["texts"].items()}
    attributes |= {
        name.removeprefix("attribute "): values
        for name, values in arrays.items()
        if name.startswith("attribute ")
    }
    columns: dict[str, Any] = {name: arrays[name] for name in LINE_COLUMNS}
    words: dict[str, Any] = {name: _texts(head["words"][name]) for name in _WORDS}
    apart = no_lines_apart()
    if head["apart"]:
        kept: dict[str, Any] = {name: arrays[f"apart {name}"] for name in APART_COLUMNS}
        kept |= {name: _texts(words)[kept[name]] for name, words in head["apart"].items()}
        apart = pd.DataFrame({**kept, "date": kept["date"].astype("datetime64[ns]")})
    plan = None
    if "promoted" in head:
        plan = Promotions(_texts(head["promoted"]), arrays["promoted first"], arrays["promoted last"])
    further: dict[str, Any] = {
        "promotions": plan,
        "report": _report(head["report"]),
        "unit_cost": arrays.get("unit_cost"),
        "apart": apart,
    }
    return SalesHistory(**words, **columns, attributes=attributes, frequency=head["frequency"], **further)


def _items_parts(items: Items) -> tuple[dict[str, Any], _Arrays]:
    texts = {
        name: [str(v) for v in values] for name, values in items.values.items() if values.dtype.kind == "O"
    }
    arrays = {f"value {name}": values for name, values in items.values.items() if values.dtype.kind != "O"}
    for kind in ("origins", "low", "high"):
        arrays |= {f"{kind} {name}": values for name, values in getattr(items, kind).items()}
    return {"skus": [str(s) for s in items.skus], "texts": texts, "notes": list(items.notes)}, arrays


def _items(head: Mapping[str, Any], arrays: _Arrays) -> Items:
    def of(kind: str) -> _Arrays:
        return {
            name.partition(" ")[2]: values for name, values in arrays.items() if name.startswith(f"{kind} ")
        }

    values = {**of("value"), **{name: _texts(texts) for name, texts in head["texts"].items()}}
    return Items(_texts(head["skus"]), values, of("origins"), of("low"), of("high"), tuple(head["notes"]))


def pack_reading(reading: Reading) -> bytes:
    """What several files say, as bytes: a JSON head with words and reports, then plain arrays (no pickles)."""
    heads: dict[str, Any] = {}
    heads["sales"], arrays = _history_parts(reading.history)
    stored = {f"sales/{name}": values for name, values in arrays.items()}
    if reading.items is not None and reading.items_report is not None:
        heads["items"], arrays = _items_parts(reading.items)
        heads["items_report"] = _report_head(reading.items_report)
        stored |= {f"items/{name}": values for name, values in arrays.items()}
    heads["list_reports"] = {kind: _report_head(report) for kind, report in reading.list_reports.items()}
    for name in _BESIDE:
        if (report := getattr(reading, name)) is not None:
            heads[name] = _report_head(report)
    if reading.bom is not None:
        bom = reading.bom
        heads["bom"] = {"codes": [str(c) for c in bom.codes], "report": _report_head(bom.report)}
        stored |= {
            f"bom/{name}": getattr(bom, name) for name in ("parent", "component", "quantity", "incomplete")
        }
    return bytes_of(heads, stored)


def unpack_reading(data: bytes) -> Reading:
    r"""What pack_reading wrote.

    >>> from analytics.data.sales import read_sales
    >>> reading = Reading(read_sales(b"date,sku,quantity\n2012-01-27,A,3\n"))
    >>> history = unpack_reading(pack_reading(reading)).history
    >>> history.skus.tolist(), history.quantity.tolist(), history.report.rows_read
    (['A'], [3.0], 1)
    """
    heads, stored = opened_bytes(data)

    def of(part: str) -> _Arrays:
        return {
            name.removeprefix(f"{part}/"): values
            for name, values in stored.items()
            if name.startswith(f"{part}/")
        }

    items = _items(heads["items"], of("items")) if "items" in heads else None
    items_report = _report(heads["items_report"]) if "items" in heads else None
    bom = None
    if "bom" in heads:
        bom = BillOfMaterials(
            codes=_texts(heads["bom"]["codes"]), report=_report(heads["bom"]["report"]), **of("bom")
        )
    receipts, promotions = (_report(heads[name]) if name in heads else None for name in _BESIDE)
    own = {kind: _report(head) for kind, head in heads["list_reports"].items()}
    return Reading(_history(heads["sales"], of("sales")), items, items_report, bom, receipts, promotions, own)
