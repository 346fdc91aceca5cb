"""What is looked at and how, as frozen values: the data, the assumptions, the currency, own choices per product."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import blake2b

from analytics.assumptions import Assumptions, read_assumptions
from dashboard import memory
from dashboard.facts import Override
from dashboard.store import sample_digest
from sample_data import sample_paths, samples

__all__ = ["Choice", "Source", "base_assumptions", "file_source", "opened_as", "sample_source"]


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


@dataclass(frozen=True)
class Choice:
    """A data set and how it is looked at; `cleaning` names the layers of history cleaning that are on (None: the default ones),
    `ets` is the number of products whose forecast statsmodels' ETS joins."""

    source: Source
    assumptions: Assumptions
    currency: str = ""
    overrides: tuple[Override, ...] = ()
    cleaning: tuple[str, ...] | None = None
    anonymous: bool = False
    ets: int = 0

    @property
    def as_fitted(self) -> bool:
        """Whether demand is cleaned and forecast as at set-up."""
        return self.cleaning is None and not self.ets

    @property
    def state(self) -> memory.State:
        """All of it but the data."""
        return (self.assumptions, self.currency, self.overrides, self.anonymous, self.cleaning, self.ets)

    def at(self, state: memory.State) -> Choice:
        """The same data, looked at in another way."""
        assumptions, currency, overrides, anonymous, cleaning, ets = state
        return replace(self, assumptions=assumptions, currency=currency, overrides=overrides, anonymous=anonymous, cleaning=cleaning, ets=ets)


def file_source(
    sales: tuple[tuple[str, bytes], ...],
    items: tuple[str, bytes] | None = None,
    date_order: str = "",
    mapping: tuple[tuple[str, str], ...] = (),
    options: tuple[tuple[str, str], ...] = (),
    bom: tuple[str, bytes] | None = None,
) -> Source:
    """A source made of uploaded files; its digest covers every byte and every setting.

    `options` are further answers about the file: decimal, start, and kinds of lines to keep (service_lines, ...).

    >>> file_source((("a.csv", b"x"),)).digest == file_source((("a.csv", b"y"),)).digest
    False
    """
    digest = blake2b(digest_size=16)
    for name, content in [*sales, *([items] if items else []), *([bom] if bom else [])]:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    digest.update(repr((len(sales), date_order, mapping, *([options] if options else []), *(["bom"] if bom else []))).encode())
    title = sales[0][0] if len(sales) == 1 else f"{len(sales)} files"
    return Source(title, "", digest.hexdigest(), sales, items, bom, date_order, mapping, options)


@cache
def sample_source(name: str) -> Source:
    """A sample company as it was computed at set-up."""
    return Source(samples()[name].title, name, sample_digest(name))


@cache
def base_assumptions(sample: str) -> Assumptions:
    """What a sample company has confirmed; nothing for a file of one's own."""
    paths = sample_paths(sample) if sample else {}
    return read_assumptions(paths["assumptions"].read_text(encoding="utf-8")) if "assumptions" in paths else Assumptions()


def opened_as(current: Choice) -> Choice:
    """As the data set was opened: nothing answered, no own choice."""
    return replace(current, assumptions=base_assumptions(current.source.sample), overrides=(), cleaning=None, ets=0)
