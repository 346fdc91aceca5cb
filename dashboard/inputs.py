"""What a person has chosen, as frozen values: the data, the assumptions, the currency, own choices per product.

Widgets only write into the one `Choice` of the data set on the screen; pages read it from here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import blake2b
from pathlib import Path

import streamlit as st

from analytics.assumptions import FIELDS, Assumption, Assumptions
from dashboard.facts import Override
from dashboard.words import plain
from sample_data import samples

__all__ = ["Choice", "Source", "choice", "clean", "confirm", "file_source", "give_up", "keep", "lever", "open_source", "override", "release", "sidebar", "without_override"]

OWN = "own"


@dataclass(frozen=True)
class Source:
    """Where the data come from: a sample by name, or files as (name, bytes). `digest` covers all of it."""

    title: str
    sample: str
    digest: str
    sales: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    items: tuple[str, bytes] | None = field(default=None, repr=False)
    date_order: str = ""
    mapping: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Choice:
    """A data set and how it is looked at; `cleaning` names the layers of history cleaning that are on (None: the default ones)."""

    source: Source
    assumptions: Assumptions
    currency: str = ""
    overrides: tuple[Override, ...] = ()
    cleaning: tuple[str, ...] | None = None


def file_source(
    sales: tuple[tuple[str, bytes], ...],
    items: tuple[str, bytes] | None = None,
    date_order: str = "",
    mapping: tuple[tuple[str, str], ...] = (),
    options: tuple[tuple[str, str], ...] = (),
) -> Source:
    """A source made of uploaded files; its digest covers every byte and every setting.

    `options` are further answers about the file: decimal, start, and kinds of lines to keep (service_lines, ...).

    >>> file_source((("a.csv", b"x"),)).digest == file_source((("a.csv", b"y"),)).digest
    False
    """
    digest = blake2b(digest_size=16)
    for name, content in [*sales, *([items] if items else [])]:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    digest.update(repr((len(sales), date_order, mapping, *([options] if options else []))).encode())
    title = sales[0][0] if len(sales) == 1 else f"{len(sales)} files"
    return Source(title, "", digest.hexdigest(), sales, items, date_order, mapping, options)


@cache
def _sample_source(name: str) -> Source:
    from dashboard.store import sample_digest

    return Source(samples()[name].title, name, sample_digest(name))


def _from_command_line() -> Source | None:
    """The files named on the command line, if any."""
    path = os.environ.get("STOCK_OR_ORDER_SALES")
    if not path:
        return None
    items = os.environ.get("STOCK_OR_ORDER_ITEMS")
    return file_source(((Path(path).name, Path(path).read_bytes()),), (Path(items).name, Path(items).read_bytes()) if items else None)


def _choices() -> dict[str, Choice]:
    if "choices" not in st.session_state:
        given = _from_command_line()
        st.session_state["choices"] = {OWN: Choice(given, Assumptions())} if given else {}
        if given:
            st.session_state["data"] = OWN
    found: dict[str, Choice] = st.session_state["choices"]
    return found


def choice() -> Choice:
    """The choice behind the page on the screen."""
    from dashboard.compute import base_assumptions

    name = st.session_state.get("data") or next(iter(samples()))
    choices = _choices()
    if name == OWN and OWN not in choices:
        name = next(iter(samples()))
    if name not in choices:
        choices[name] = Choice(_sample_source(name), base_assumptions(name), samples()[name].currency)
    return choices[name]


def keep(changed: Choice) -> None:
    """Make this the choice of its data set."""
    _choices()[changed.source.sample or OWN] = changed


def open_source(source: Source, currency: str = "") -> None:
    """Look at a new file from now on."""
    _choices()[OWN] = Choice(source, Assumptions(), currency)
    st.session_state["_open"] = OWN
    st.session_state.pop("product", None)


def give_up() -> None:
    """Forget the uploaded file and all that was found out about it."""
    _choices().pop(OWN, None)
    for name in ("_shelf_study", "_shelf_facts", "_shelf_read"):
        st.session_state.pop(name, None)
    st.session_state["_open"] = next(iter(samples()))
    st.session_state.pop("product", None)


def confirm(name: str, value: float) -> None:
    """An answer: the value is confirmed, in general."""
    current = choice()
    keep(replace(current, assumptions=current.assumptions.with_general(**{name: value})))


def release(name: str) -> None:
    """Take an answer or a lever back: the source's own value, else the table's default."""
    from dashboard.compute import base_assumptions

    current = choice()
    general = {k: v for k, v in current.assumptions.general.items() if k != name}
    own = base_assumptions(current.source.sample).general
    if name in own:
        general[name] = own[name]
    keep(replace(current, assumptions=replace(current.assumptions, general=general)))


def moved(assumptions: Assumptions, values: Mapping[str, float]) -> Assumptions:
    """The assumptions with some values moved and their ranges moved along: a question of what if, not a confirmation.

    >>> moved(Assumptions(), {"capital_rate": 0.2}).of("capital_rate").high
    0.22
    """
    general = dict(assumptions.general)
    for name, value in values.items():
        row, now = FIELDS[name], assumptions.of(name)
        if now.origin == "confirmed":
            general[name] = Assumption(value, value, value, "confirmed")
        else:
            below, above = row.default - row.low, row.high - row.default
            general[name] = Assumption(value, round(max(row.minimum, value - below), 9), round(min(row.maximum, value + above), 9), "assumed")
    return replace(assumptions, general=general)


def lever(values: Mapping[str, float]) -> None:
    """Move levers for all pages."""
    current = choice()
    keep(replace(current, assumptions=moved(current.assumptions, values)))


def override(one: Override) -> None:
    """Count a person's own choice for a product from now on."""
    current = choice()
    keep(replace(current, overrides=(*(o for o in current.overrides if o.sku != one.sku), one)))


def without_override(sku: str) -> None:
    """Go back to the recommendation for a product."""
    current = choice()
    keep(replace(current, overrides=tuple(o for o in current.overrides if o.sku != sku)))


def clean(layers: tuple[str, ...] | None) -> None:
    """Take these layers out of the history before it is forecast, from now on (None: the default ones)."""
    keep(replace(choice(), cleaning=layers))


def scenarios() -> dict[str, Assumptions]:
    """Saved scenarios of the data set on the screen, by name."""
    name = choice().source.digest
    kept: dict[str, dict[str, Assumptions]] = st.session_state.setdefault("scenarios", {})
    return kept.setdefault(name, {})


def _changed_data() -> None:
    st.session_state.pop("product", None)
    st.session_state.pop("scenario", None)


def _changed_scenario() -> None:
    from dashboard.compute import base_assumptions

    name = st.session_state["scenario"]
    current = choice()
    if name == "As assumed":
        keep(replace(current, assumptions=base_assumptions(current.source.sample)))
    elif name in scenarios():
        keep(replace(current, assumptions=scenarios()[name]))


def sidebar() -> None:
    """The sidebar: data set, scenario, currency; nothing else."""
    from dashboard.compute import base_assumptions

    choices = _choices()
    if "_open" in st.session_state:
        st.session_state["data"] = st.session_state.pop("_open")
    options = [*samples(), *([OWN] if OWN in choices else [])]
    asked = st.query_params.get("data")
    if "data" not in st.session_state and asked in options:
        st.session_state["data"] = asked
    titles = {name: sample.title for name, sample in samples().items()} | ({OWN: choices[OWN].source.title} if OWN in choices else {})
    with st.sidebar:
        st.markdown("**stock-or-order**")
        st.selectbox("Data", options, format_func=lambda name: titles[name], key="data", on_change=_changed_data)
        if st.query_params.get("data") != st.session_state["data"]:
            st.query_params["data"] = st.session_state["data"]
        current = choice()
        st.session_state["_about"] = st.container()
        base = base_assumptions(current.source.sample)
        names = ["As assumed"] if current.assumptions == base else ["As assumed", "With your answers"]
        saved = list(scenarios())
        where = next((name for name in saved if scenarios()[name] == current.assumptions), names[-1])
        if where in saved:
            names = names[:1]
        st.session_state["scenario"] = where
        st.selectbox("Scenario", [*names, *saved], key="scenario", on_change=_changed_scenario)
        text = st.text_input(
            "Currency", value=current.currency, max_chars=8, key=f"currency-{current.source.digest}", placeholder="none", help="Only the name of the unit: nothing is converted."
        )
        if text.strip() != current.currency:
            keep(replace(current, currency=text.strip()))


def about(lines: list[str], sample: bool) -> None:
    """What the sidebar says of the data on the screen."""
    place = st.session_state.get("_about")
    if place is not None:
        with place:
            st.badge("Sample" if sample else "Your file", color="blue" if sample else "green")
            st.caption("  \n".join(plain(line) for line in lines))
