"""What is looked at and how, as frozen values: the data, the assumptions, the currency, own choices per product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import blake2b

from analytics.assumptions import FIELDS, Assumption, Assumptions
from analytics.assumptions_file import read_assumptions
from analytics.naming.what_ifs import named_what_if
from analytics.valuation.policy import DEFAULT_POLICY, StockPolicy
from dashboard.results.facts import Override
from dashboard.results.store import sample_digest
from dashboard.state import memory
from sample_data import sample_paths, samples

__all__ = [
    "WHAT_IF",
    "Choice",
    "Source",
    "base_assumptions",
    "file_source",
    "moved",
    "opened_as",
    "sample_source",
]


#: How the lever of a what-if begins: a field of the table may have the same name.
WHAT_IF = "what_if/"


@dataclass(frozen=True)
class Source:
    """Where the data come from: a sample by name, or files as (name, bytes). `digest` covers all of it."""

    title: str
    sample: str
    digest: str
    sales: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    items: tuple[str, bytes] | None = field(default=None, repr=False)
    bom: tuple[str, bytes] | None = field(default=None, repr=False)
    date_order: str = ""
    mapping: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    #: what the rows of a value of a column are: column, value, treatment
    treatments: tuple[tuple[str, str, str], ...] = ()
    #: stock on hand and goods received, told apart by what is in them
    beside: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Choice:
    """A data set and how it is looked at: what was answered, what was tried and what was chosen, each undone apart.

    `answers` are what the person stated (questions answered, the table edited, a file of assumptions, limits), `levers` the values tried on top of them
    (field, value; or WHAT_IF and the name of a what-if, change), `overrides` own choices per product. `cleaning` names the
    layers of history cleaning that are on (None: the default ones),
    `ets` is the number of products whose forecast statsmodels' ETS joins. `held` are the assumptions at which settings and strategies were chosen that now
    stay whatever a price does (None: chosen anew). `rule` is a rule of one's own as it is typed ("": none).
    """

    source: Source
    answers: Assumptions
    currency: str = ""
    overrides: tuple[Override, ...] = ()
    cleaning: tuple[str, ...] | None = None
    anonymous: bool = False
    ets: int = 0
    levers: tuple[tuple[str, float], ...] = ()
    held: Assumptions | None = None
    policy: StockPolicy = DEFAULT_POLICY
    rule: str = ""

    @property
    def assumptions(self) -> Assumptions:
        """The assumptions in force: the answers, with the levers moved on top of them."""
        return moved(self.answers, dict(self.levers))

    @property
    def as_fitted(self) -> bool:
        """Whether demand is cleaned and forecast as at set-up."""
        return self.cleaning is None and not self.ets

    @property
    def state(self) -> memory.State:
        """All of it but the data."""
        return (
            self.answers,
            self.currency,
            self.overrides,
            self.anonymous,
            self.cleaning,
            self.ets,
            self.levers,
            self.held,
            self.policy,
            self.rule,
        )

    def at(self, state: memory.State) -> Choice:
        """The same data, looked at in another way."""
        answers, currency, overrides, anonymous, cleaning, ets, levers, held, policy, rule = state
        return replace(
            self,
            answers=answers,
            currency=currency,
            overrides=overrides,
            anonymous=anonymous,
            cleaning=cleaning,
            ets=ets,
            levers=levers,
            held=held,
            policy=policy,
            rule=rule,
        )


def moved(assumptions: Assumptions, values: Mapping[str, float]) -> Assumptions:
    """The assumptions with some values moved and their ranges moved along: a question of what if, not a confirmation.

    >>> moved(Assumptions(), {"capital_rate": 0.2}).of("capital_rate").high
    0.22
    """
    if not values:
        return assumptions
    what_if = [
        named_what_if(name.removeprefix(WHAT_IF), value)
        for name, value in values.items()
        if name.startswith(WHAT_IF)
    ]
    assumptions = assumptions.with_what_if(*what_if)
    general = dict(assumptions.general)
    for name, value in values.items():
        if name not in FIELDS:
            continue
        row, now = FIELDS[name], assumptions.of(name)
        if now.origin == "confirmed":
            general[name] = Assumption(value, value, value, "confirmed")
        else:
            below, above = row.default - row.low, row.high - row.default
            general[name] = Assumption(
                value,
                round(max(row.minimum, value - below), 9),
                round(min(row.maximum, value + above), 9),
                "assumed",
            )
    return replace(
        assumptions,
        general=general,
        as_assumed=tuple(name for name in assumptions.as_assumed if name not in values),
    )


def file_source(
    sales: tuple[tuple[str, bytes], ...],
    items: tuple[str, bytes] | None = None,
    date_order: str = "",
    mapping: tuple[tuple[str, str], ...] = (),
    options: tuple[tuple[str, str], ...] = (),
    bom: tuple[str, bytes] | None = None,
    treatments: tuple[tuple[str, str, str], ...] = (),
    beside: tuple[tuple[str, bytes], ...] = (),
) -> Source:
    """A source made of uploaded files; its digest covers every byte and every setting.

    `options` are further answers about the file: decimal, start, and kinds of lines to keep (service_lines, ...); `treatments` says what the rows of a value
    of a column are; `beside` are files of stock on hand and of goods received.

    >>> file_source((("a.csv", b"x"),)).digest == file_source((("a.csv", b"y"),)).digest
    False
    """
    digest = blake2b(digest_size=16)
    for name, content in [*sales, *(one for one in (items, bom) if one), *beside]:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    digest.update(
        repr(
            (
                len(sales),
                date_order,
                mapping,
                *([options] if options else []),
                *(["bom"] if bom else []),
                *([treatments] if treatments else []),
                *([len(beside)] if beside else []),
            )
        ).encode()
    )
    title = sales[0][0] if len(sales) == 1 else f"{len(sales)} files"
    return Source(
        title, "", digest.hexdigest(), sales, items, bom, date_order, mapping, options, treatments, beside
    )


@cache
def sample_source(name: str) -> Source:
    """A sample company as it was computed at set-up."""
    return Source(samples()[name].title, name, sample_digest(name))


@cache
def base_assumptions(sample: str) -> Assumptions:
    """What a sample company has confirmed; nothing for a file of one's own."""
    paths = sample_paths(sample) if sample else {}
    return (
        read_assumptions(paths["assumptions"].read_text(encoding="utf-8"))
        if "assumptions" in paths
        else Assumptions()
    )


def opened_as(current: Choice) -> Choice:
    """As the data set was opened: nothing answered, no lever moved, no own choice."""
    return replace(
        current,
        answers=base_assumptions(current.source.sample),
        overrides=(),
        cleaning=None,
        ets=0,
        levers=(),
        held=None,
        rule="",
    )
