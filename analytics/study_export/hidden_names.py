"""Names hidden: a finished study in which every product, family, channel, customer and file has a made-up name.

Everything is computed under the real names first, because random numbers are keyed by them: figures stay the same to
the last digit. Made-up names follow the order of the real ones, so that sorted tables keep their order. The walk covers
every text in the study, whatever holds it, so that what is added later is covered too.

Within a sentence a name is hidden wherever it stands by itself. Names that are short numbers, or words of one or two letters, could
be numbers and words of the sentence as well: they are hidden where sentences of this program put names, which is in lists in
brackets, after what they are a name of (channel, family ...), and before what is said of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from analytics.study import Study
    from analytics.valuation.policy import StockPolicy

__all__ = ["anonymous_study", "hidden", "hidden_policy", "made_up_names", "renamed"]

_KEPT = {
    "frequency",
    "strategy",
    "strategies",
    "field",
    "method",
    "currency",
    "verdict",
    "digest",
    "version",
    "date_order",
    "code",
    "measure",
    "what",
}
#: columns of tables that hold words of the program
_WORDS_OF_OURS = {"kind"}
#: Raw text of the file is not translated but left out.
_LEFT_OUT = {"text", "found"}
_HIDDEN = "(hidden)"
_WORD = re.compile(r"\w+")
#: Names that could as well be a number or a word of a sentence.
_PLAIN = re.compile(r"[\d.,+-]{1,5}|[^\W\d_]{1,2}")
#: What stands before a name, or a list of names, in a sentence.
_BEFORE = (
    r"\b(?:[Cc]hannel|[Ff]amily|[Cc]ustomer|[Pp]lace|[Aa]ccount|the product|most for|stated for|most of it|every year in"
    r"|[Oo]rders? (?:are )?of|units of) "
)
#: A made-up name, the figure or the words in brackets that may stand behind a name in such a list, and what stands behind the list.
_MADE_UP = r"[PQ]-\d+|(?:Product|Family|Channel|Customer|Account|Place) \d+"
_FIGURE = r" [+-]?[\d,]*\d(?:\.\d+)?"
_BEHIND = r"(?=[,;:)]|\.(?:\s|$)| (?:has|have|end|ends|holds|is|are|to|alone) |$)"
#: What a sentence calls a name, before a made-up one that begins so.
_TWICE = re.compile(r"\b(channel|family|customer|place|account) (?=\1 \d)", re.IGNORECASE)
_LIST = re.compile(r"\(([^()]*)\)")


def _numbered(names: list[str], word: str) -> dict[str, str]:
    width = max(len(str(len(names))), 2)
    return {name: f"{word}{k:0{width}d}" for k, name in enumerate(names, 1)}


def made_up_names(study: Study) -> dict[str, str]:
    """Real name -> made-up name of everything that is named: files, customers, channels, families, products."""
    history, items, given = study.history, study.items, study.given_items

    def texts(values: Any) -> list[str]:
        return sorted({str(v) for v in values if str(v)})

    reports = [history.report, *([study.items_report] if study.items_report is not None else [])]
    names = {str(report.source): f"file {k}" for k, report in enumerate(reports, 1) if report.source}
    places = [
        place
        for report in reports
        for p in report.problems
        if p.code in ("several_rows", "places_pooled")
        for place in p.found.removesuffix(", ...").split(", ")
    ]
    places += [m.value for report in reports for m in report.meanings if m.role == "place"]
    names |= _numbered(texts(places), "Place ")
    names |= (
        _numbered(texts(history.customers), "Customer ")
        | _numbered(texts(history.channels), "Channel ")
        | _numbered(texts(items["family"]), "Family ")
        | _numbered(texts([*items["account"], *([] if given is None else given["account"])]), "Account ")
    )
    for key, values in history.attributes.items():
        if key != "unit" and np.asarray(values).dtype == object:
            names |= {
                name: f"{key.capitalize()} {k}"
                for k, name in enumerate(texts(values), 1)
                if name not in names
            }
    apart = history.apart
    names |= {
        name: f"file {k}"
        for k, name in enumerate(texts(apart["file"]), len(reports) + 1)
        if name not in names
    }
    skus = [str(s) for s in items.skus]
    width = max(len(str(len(skus))), 3)
    labels = [str(t) or s for t, s in zip(items["name"], skus, strict=True)]
    listed = [] if given is None else [str(s) for s in given.skus]
    extra = sorted({*listed, *texts(apart["sku"])} - set(skus))
    names |= (
        {}
        if given is None
        else {name: f"Product not sold {k}" for k, name in enumerate(texts(given["name"]), 1)}
    )
    # a name that several products carry stays shared
    known = {name: f"Product {k:0{width}d}" for k, name in reversed(list(enumerate(labels, 1)))}
    return (
        names
        | known
        | {sku: f"Q-{k:0{width}d}" for k, sku in enumerate(extra, 1)}
        | {sku: f"P-{k:0{width}d}" for k, sku in enumerate(skus, 1)}
    )


class _Walk:
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.made_up = {*names.values(), "..."}
        self.first: dict[str, list[str]] = {}
        plain = sorted(
            (name for name in names if _PLAIN.fullmatch(name)), key=lambda name: (-len(name), name)
        )
        for name in names.keys() - plain:
            self.first.setdefault(next(iter(_WORD.findall(name)), name), []).append(name)
        self.listed: re.Pattern[str] | None = None
        if plain:
            one = "|".join(re.escape(name) for name in plain)
            item = rf"(?:{one}|{_MADE_UP})(?:{_FIGURE})?(?: \([^()]*\))?"
            priced = rf"(?:{one}|{_MADE_UP}){_FIGURE}"
            listed = rf"{item}(?:, {item})*(?:: {priced}(?:, {priced})*)?"
            self.listed = re.compile(rf"({_BEFORE})({listed}){_BEHIND}")
            self.item = re.compile(rf"(?:^|(?<=[,:] ))(?:{one})(?=(?:{_FIGURE})?(?: \([^()]*\))?(?:[,:] |$))")
            self.begins = re.compile(rf"^(?:{one})(?= is marked| holds )")

    def text(self, text: str) -> str:
        if text in self.names or text.isalnum():
            return self.names.get(text, text)
        return _TWICE.sub("", self._hidden(text))

    def _hidden(self, text: str) -> str:
        here = {
            name for word in set(_WORD.findall(text)) for name in self.first.get(word, ()) if name in text
        }
        if here:
            longest_first = "|".join(re.escape(name) for name in sorted(here, key=lambda name: -len(name)))
            text = re.sub(rf"(?<!\w)(?:{longest_first})(?!\w)", self._other, text)
        if self.listed is None or " " not in text:
            return text
        text = self.begins.sub(self._other, _LIST.sub(self._in_brackets, text))
        return self.listed.sub(lambda found: found[1] + self.item.sub(self._other, found[2]), text)

    def _other(self, found: re.Match[str]) -> str:
        return self.names[found.group()]

    def _in_brackets(self, found: re.Match[str]) -> str:
        """What stands in brackets; where it is a list of names alone, each of them hidden."""
        words = found[1].split(", ")
        if not all(word in self.names or word in self.made_up for word in words):
            return found.group()
        return f"({', '.join(self.names.get(word, word) for word in words)})"

    def column(self, values: Any) -> Any:
        known: dict[Any, Any] = {}
        out = np.empty(len(values), object)
        for i, v in enumerate(values):
            if isinstance(v, str):
                if v not in known:
                    known[v] = self.text(v)
                out[i] = known[v]
            else:
                out[i] = v
        return out

    def frame(self, table: pd.DataFrame) -> pd.DataFrame:
        columns = {
            c: _HIDDEN
            if c in _LEFT_OUT
            else table[c]
            if c in _WORDS_OF_OURS
            else self.column(table[c].to_numpy(object))
            if table[c].dtype.kind == "O" or str(table[c].dtype) == "str"
            else table[c]
            for c in table.columns
        }
        return table.assign(**columns)

    def of(self, value: Any, name: str = "") -> Any:
        if name in _KEPT or value is None:
            return value
        if isinstance(value, str):
            return _HIDDEN if name in _LEFT_OUT else self.text(value)
        if isinstance(value, np.ndarray):
            return (
                value
                if value.dtype.kind not in "OUT" or value.ndim != 1
                else self.column(value.astype(object))
            )
        if isinstance(value, pd.DataFrame):
            return self.frame(value)
        if isinstance(value, dict | Mapping):
            return {
                (
                    self.names.get(k, k) if isinstance(k, str) and name in ("family", "product") else k
                ): self.of(v, k if isinstance(k, str) else name)
                for k, v in value.items()
            }
        if isinstance(value, tuple | list):
            return type(value)(self.of(v, name) for v in value) if not hasattr(value, "_fields") else value
        if is_dataclass(value) and not isinstance(value, type):
            changed = {
                f.name: new
                for f in fields(value)
                if f.init and (new := self.of(getattr(value, f.name), f.name)) is not getattr(value, f.name)
            }
            return replace(value, **changed) if changed else value
        return value


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A study, or anything found out from one, under other names (by the present ones); every figure stays."""
    return _Walk(names).of(value)


def anonymous_study(study: Study) -> Study:
    """The study under made-up names; every figure stays."""
    found: Study = renamed(study, made_up_names(study))
    return found


def hidden(value: Any, study: Study) -> Any:
    """Anything that was found out from a study, under the same made-up names."""
    return renamed(value, made_up_names(study))


def hidden_policy(policy: StockPolicy, names: Mapping[str, str]) -> StockPolicy:
    """How stock is valued, by made-up names; what is typed for products, families and accounts that have none is left out, and so is who typed it."""
    accounts = sorted({*policy.account_of.values(), *policy.ledger_of} - set(names))
    known = {**names, **_numbered(accounts, "Account typed ")}
    return replace(
        policy,
        account_of={known[name]: known[one] for name, one in policy.account_of.items() if name in known},
        ledger_of={known[name]: one for name, one in policy.ledger_of.items() if name in known},
        one_off_of={known[sku]: cost for sku, cost in policy.one_off_of.items() if sku in known},
        overrides={
            known[sku]: one._replace(by="name hidden", note="")
            for sku, one in policy.overrides.items()
            if sku in known
        },
        signed={},
    )
