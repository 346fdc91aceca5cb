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
from dashboard import memory
from dashboard.facts import Override
from dashboard.words import plain
from sample_data import samples

__all__ = [
    "Choice",
    "Source",
    "about",
    "choice",
    "clean",
    "confirm",
    "file_source",
    "give_up",
    "hide_names",
    "keep",
    "lever",
    "moved",
    "open_source",
    "opened_as",
    "override",
    "release",
    "remove_scenario",
    "save_scenario",
    "scenarios",
    "sidebar",
    "without_override",
]

OWN = "own"
AS_ASSUMED = "As assumed"
WITH_ANSWERS = "With your answers"


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
    """A data set and how it is looked at; `cleaning` names the layers of history cleaning that are on (None: the default ones)."""

    source: Source
    assumptions: Assumptions
    currency: str = ""
    overrides: tuple[Override, ...] = ()
    cleaning: tuple[str, ...] | None = None
    anonymous: bool = False

    @property
    def state(self) -> memory.State:
        """All of it but the data."""
        return (self.assumptions, self.currency, self.overrides, self.anonymous, self.cleaning)

    def at(self, state: memory.State) -> Choice:
        """The same data, looked at in another way."""
        assumptions, currency, overrides, anonymous, cleaning = state
        return replace(self, assumptions=assumptions, currency=currency, overrides=overrides, anonymous=anonymous, cleaning=cleaning)


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
def _sample_source(name: str) -> Source:
    from dashboard.store import sample_digest

    return Source(samples()[name].title, name, sample_digest(name))


def _from_command_line() -> Source | None:
    """The files named on the command line, if any."""
    path = os.environ.get("STOCK_OR_ORDER_SALES")
    if not path:
        return None
    further = [Path(os.environ[name]) if os.environ.get(name) else None for name in ("STOCK_OR_ORDER_ITEMS", "STOCK_OR_ORDER_BOM")]
    items, bom = ((one.name, one.read_bytes()) if one else None for one in further)
    return file_source(((Path(path).name, Path(path).read_bytes()),), items, bom=bom)


def _own(source: Source, asked: str) -> Choice:
    """A person's own file, as it was looked at where the address names that."""
    from dashboard.compute import remember

    remember(source)
    plain = Choice(source, Assumptions())
    state = memory.state(source.digest, asked) if asked else None
    return plain.at(state) if state else plain


def _sample(name: str, asked: str = "") -> Choice:
    from dashboard.compute import base_assumptions

    plain = Choice(_sample_source(name), base_assumptions(name), samples()[name].currency)
    state = memory.state(plain.source.digest, asked) if asked else None
    return plain.at(state) if state else plain


def _choices() -> dict[str, Choice]:
    """The choice per data set; a new session begins with what its address names."""
    if "choices" not in st.session_state:
        from dashboard.compute import remembered

        data, asked = st.query_params.get("data", ""), st.query_params.get("state", "")
        found: dict[str, Choice] = {}
        if data in samples():
            found[data] = _sample(data, asked)
            st.session_state["data"] = data
        else:
            given = remembered(data) or _from_command_line()
            if given:
                found[OWN] = _own(given, asked)
                st.session_state["data"] = OWN
            elif data:
                st.session_state["_lost"] = (data, asked)
        st.session_state["choices"] = found
    kept: dict[str, Choice] = st.session_state["choices"]
    return kept


def choice() -> Choice:
    """The choice behind the page on the screen."""
    choices = _choices()
    name = st.session_state.get("data") or next(iter(samples()))
    if name == OWN and OWN not in choices:
        name = next(iter(samples()))
    if name not in choices:
        choices[name] = _sample(name)
    return choices[name]


def keep(changed: Choice) -> None:
    """Make this the choice of its data set."""
    _choices()[changed.source.sample or OWN] = changed


def open_source(source: Source, currency: str = "") -> None:
    """Look at a new file from now on; the answers of an earlier visit are there again where the address still names them."""
    lost, asked = st.session_state.pop("_lost", ("", ""))
    found = _own(source, asked if lost == source.digest else "")
    _choices()[OWN] = replace(found, currency=currency or found.currency)
    st.session_state["_open"] = OWN
    st.session_state.pop("product", None)


def give_up() -> None:
    """Forget the uploaded file and all that was found out or kept about it, in memory and on disk."""
    from dashboard import compute

    gone = _choices().pop(OWN, None)
    if gone is not None:
        compute.forget(gone.source)
        memory.forget(gone.source.digest)
        st.toast("Your file, everything found out about it and its scenarios are gone, from memory and from disk.")
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


def hide_names(wanted: bool) -> None:
    """Show every product, family, channel, customer and file under a made-up name, or not."""
    keep(replace(choice(), anonymous=wanted))
    st.session_state.pop("product", None)


def scenarios() -> dict[str, memory.State]:
    """Saved scenarios of the data set on the screen, by name."""
    return memory.scenarios(choice().source.digest)


def save_scenario(name: str) -> bool:
    """Keep the present assumptions and own choices under a name; False where nothing can be kept."""
    current = choice()
    return memory.keep_scenarios(current.source.digest, {**scenarios(), name: current.state})


def remove_scenario(name: str) -> None:
    """Delete a saved scenario."""
    memory.keep_scenarios(choice().source.digest, {k: v for k, v in scenarios().items() if k != name})


def _changed_data() -> None:
    st.session_state.pop("product", None)
    st.session_state.pop("scenario", None)


def opened_as(current: Choice) -> Choice:
    """As the data set was opened: nothing answered, no own choice."""
    from dashboard.compute import base_assumptions

    return replace(current, assumptions=base_assumptions(current.source.sample), overrides=(), cleaning=None)


def _changed_scenario() -> None:
    name = st.session_state["scenario"]
    current = choice()
    saved = scenarios()
    if name == AS_ASSUMED:
        keep(opened_as(current))
    elif name in saved:
        keep(replace(current.at(saved[name]), anonymous=current.anonymous))


def _changed_currency(key: str) -> None:
    keep(replace(choice(), currency=str(st.session_state[key]).strip()))


def _same(one: Choice, other: Choice) -> bool:
    return one.assumptions == other.assumptions and one.overrides == other.overrides and one.cleaning == other.cleaning


def _address(current: Choice) -> None:
    """The address names the data and the state, so that a reload or another browser shows the same."""
    plain = opened_as(current)
    untouched = _same(current, plain) and not current.anonymous and current.currency == (samples()[current.source.sample].currency if current.source.sample else "")
    wanted = {"data": current.source.sample or current.source.digest, "state": "" if untouched else memory.keep_state(current.source.digest, current.state)}
    for name, value in wanted.items():
        if value and st.query_params.get(name) != value:
            st.query_params[name] = value
        elif not value and name in st.query_params:
            del st.query_params[name]


def sidebar() -> None:
    """The sidebar: data set, scenario, currency; nothing else."""
    choices = _choices()
    if "_open" in st.session_state:
        st.session_state["data"] = st.session_state.pop("_open")
    options = [*samples(), *([OWN] if OWN in choices else [])]
    titles = {name: sample.title for name, sample in samples().items()}
    if OWN in choices:
        titles[OWN] = "Your file" if choices[OWN].anonymous else choices[OWN].source.title
    with st.sidebar:
        st.markdown("**stock-or-order**")
        st.selectbox("Data", options, format_func=lambda name: titles[name], key="data", on_change=_changed_data)
        current = choice()
        st.session_state["_about"] = st.container()
        saved = {name: current.at(state) for name, state in scenarios().items()}
        where = next((name for name, one in saved.items() if _same(one, current)), AS_ASSUMED if _same(current, opened_as(current)) else WITH_ANSWERS)
        names = [AS_ASSUMED, *([WITH_ANSWERS] if where == WITH_ANSWERS else []), *(name for name in saved if name not in (AS_ASSUMED, WITH_ANSWERS))]
        st.session_state["scenario"] = where if where in names else names[0]
        st.selectbox("Scenario", names, key="scenario", on_change=_changed_scenario, help="Save and compare scenarios on the Assumptions page.")
        key = f"currency-{current.source.digest}"
        st.session_state[key] = current.currency
        st.text_input("Currency", max_chars=8, key=key, on_change=_changed_currency, args=(key,), placeholder="none", help="Only the name of the unit: nothing is converted.")
    _address(choice())
    if "_lost" in st.session_state:
        words = "The server was restarted and keeps no sales data: drop your file again on the Data page. Your answers and scenarios for it are still here."
        st.info(words, icon=":material/info:")


def about(lines: list[str], sample: bool) -> None:
    """What the sidebar says of the data on the screen."""
    place = st.session_state.get("_about")
    if place is not None:
        with place:
            with st.container(horizontal=True, gap="small"):
                st.badge("Sample" if sample else "Your file", color="blue" if sample else "green")
                if choice().anonymous:
                    st.badge("Names hidden", color="gray")
            st.caption("  \n".join(plain(line) for line in lines))
