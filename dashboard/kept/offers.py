"""Data sets that were opened, and what earlier ones of the same lineage can offer: it is offered, never applied in silence."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from analytics.assumptions import Assumptions
from analytics.valuation.policy import DEFAULT_POLICY, StockPolicy
from dashboard.kept import database, tables
from dashboard.kept.documents.form import State, read_state
from dashboard.kept.forgetting import wanted
from dashboard.kept.lineage import Mark, mark_of, of_one_kind
from dashboard.kept.notes import tried

__all__ = ["Earlier", "asked", "earlier", "fitted", "known", "mark", "opened"]


def mark(columns: dict[str, str], codes: Iterable[str]) -> Mark | None:
    """What recognises a file next month; None where nothing can be kept."""
    company = tried(lambda: database.opened().company, "")
    return mark_of(columns, codes, company) if company else None


@dataclass(frozen=True)
class Earlier:
    """What is kept of an earlier data set of the same lineage: its data, the title of its file, the last day in it, what was answered, its scenarios."""

    data: str
    title: str
    until: str
    answered: State | None = None
    scenarios: dict[str, State] = field(default_factory=dict)


def fitted(state: State, products: Collection[str], families: Collection[str]) -> tuple[State, list[str]]:
    """What of a state fits a data set with these products and families, and what does not, in words."""
    assumptions, currency, overrides, *rest = state
    left: list[str] = []

    def known(names: Iterable[str], there: Collection[str], one: str, many: str) -> set[str]:
        gone = [name for name in names if name not in there]
        if gone:
            more = f" and {len(gone) - 3:,} more" if len(gone) > 3 else ""
            left.append(
                f"{len(gone):,} {one if len(gone) == 1 else many} not in this file ({', '.join(gone[:3])}{more})"
            )
        return {name for name in names if name in there}

    own = known(
        [o.sku for o in overrides], products, "own choice is for a product", "own choices are for products"
    )
    known(list(assumptions.product), products, "value is for a product", "values are for products")
    known(list(assumptions.family), families, "value is for a family", "values are for families")

    def narrowed(one: Any) -> Any:
        if isinstance(
            one, StockPolicy
        ):  # how a firm values stock stays; what was said of stock of another day does not
            day, balance = DEFAULT_POLICY.as_of, DEFAULT_POLICY.ledger
            return replace(one, as_of=day, ledger=balance, ledger_of={}, overrides={}, one_off_of={})
        if not isinstance(one, Assumptions):
            return one
        return replace(
            one,
            product={k: v for k, v in one.product.items() if k in products},
            family={k: v for k, v in one.family.items() if k in families},
        )

    return (
        narrowed(assumptions),
        currency,
        tuple(o for o in overrides if o.sku in own),
        *map(narrowed, rest),
    ), left  # type: ignore[return-value]


def _mark(document: dict[str, Any]) -> Mark:
    columns = document.get("columns") or ()
    codes = document.get("codes") or ()
    return Mark(
        str(document.get("sample", "")),
        tuple((str(a), str(b)) for a, b in columns),
        int(str(document.get("products", 0))),
        tuple(int(c) for c in codes),
    )


def opened(data: str, title: str, until: str, mark: Mark, by: str) -> None:
    """Note a data set that is looked at: its mark, its title, its last day, and the process that opened it."""
    data = data[:16]
    more = {
        "title": title[:200],
        "until": until,
        "sample": mark.sample,
        "columns": mark.columns,
        "products": mark.products,
        "codes": mark.codes,
        "by": by,
    }

    def act(connection: Connection) -> None:
        wanted(data)
        row = tables.find(connection, "dataset", data=data)
        document = json.loads(row["document"]) if row else {}
        text = json.dumps({**document, **more}, sort_keys=True)
        if not row or row["document"] != text:
            tables.put(connection, "dataset", {"data": data}, {"document": text})

    tried(lambda: database.change(act), None)


def known(data: str) -> str | None:
    """The process that last opened a data set, "" where it is not known, None where nothing is kept of it."""

    def act(connection: Connection) -> str | None:
        row = tables.find(connection, "dataset", data=data[:16])
        if row is not None:
            return str(json.loads(row["document"]).get("by", ""))
        return (
            ""
            if tables.rows(connection, "state", data=data[:16])
            or tables.rows(connection, "scenario", data=data[:16])
            else None
        )

    return tried(lambda: database.look(act), None)


def earlier(data: str, mark: Mark) -> list[Earlier]:
    """Earlier data sets of the same lineage of which answers or scenarios are kept, latest first; not those that were answered for already."""
    data = data[:16]

    def act(connection: Connection) -> list[tuple[str, dict[str, Any], str, list[tuple[str, str]]]]:
        own = tables.find(connection, "dataset", data=data)
        done = set(json.loads(own["document"]).get("asked", ()) if own else ())
        found = []
        for row in reversed(tables.rows(connection, "dataset")):
            document = json.loads(row["document"])
            if (
                row["data"] == data
                or row["data"] in done
                or "columns" not in document
                or not of_one_kind(_mark(document), mark)
            ):
                continue
            left = (
                tables.find(connection, "state", data=row["data"], name=document["state"])
                if document.get("state")
                else None
            )
            saved = [
                (str(one["name"]), str(one["document"]))
                for one in tables.rows(connection, "scenario", data=row["data"])
            ]
            if left or saved:
                found.append((str(row["data"]), document, left["document"] if left else "", saved))
        return found

    out = []
    nothing: list[tuple[str, dict[str, Any], str, list[tuple[str, str]]]] = []
    for name, document, left, saved in tried(lambda: database.look(act), nothing):
        states = {title: read_state(text) for title, text in saved}
        kept = {title: one for title, one in states.items() if one is not None}
        out.append(
            Earlier(
                name, str(document["title"]), str(document["until"]), read_state(left) if left else None, kept
            )
        )
    return out


def asked(data: str, about: Iterable[str]) -> None:
    """Note that a person was asked about earlier data sets, so that the question is not put again."""
    data = data[:16]

    def act(connection: Connection) -> None:
        row = tables.find(connection, "dataset", data=data)
        document = json.loads(row["document"]) if row else {}
        done = sorted({*document.get("asked", ()), *about})
        tables.put(
            connection,
            "dataset",
            {"data": data},
            {"document": json.dumps({**document, "asked": done}, sort_keys=True)},
        )

    tried(lambda: database.change(act), None)
