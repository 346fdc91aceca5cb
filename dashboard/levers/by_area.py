"""Assumptions as a business says them: customers, supply, stock, money; for all, a family or a product; what was stated and what is open first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from analytics.assumptions import FIELDS, Assumption
from analytics.items import ASSUMED, CONFIRMED, DERIVED, GIVEN, ORIGINS
from analytics.naming.areas import AREAS
from analytics.naming.labels import number_text, percent_text
from analytics.naming.scales import range_text, scale_of, value_text
from analytics.naming.signed import signed_words
from analytics.strategy.gains import gain_moved
from dashboard.levers.by_hand import CURVES, SLIDERS, label_of, slider_at
from dashboard.levers.what_ifs import scope_part
from dashboard.number_form import slider_format
from dashboard.results.facts import Facts, Known
from dashboard.state import inputs
from dashboard.state.choice import Choice, base_assumptions
from dashboard.state.in_force import in_force
from dashboard.text.questions import OPENING
from dashboard.text.words import plain

__all__ = ["Row", "by_area", "rows_of"]


@dataclass(frozen=True)
class Row:
    """One assumption for the products looked at.

    `now` is in force for those that do not have it from the file (where all have, the file's typical value), `given` the share that have; `ours` whether a range is still open,
    `stated` whether a person said it for just these products, `tried` whether a lever is moved, `moves` how far the gain moves within the range (NaN: not known).
    """

    name: str
    now: Assumption
    given: float
    ours: bool
    stated: bool
    tried: bool
    moves: float

    @property
    def first(self) -> tuple[int, float]:
        """What was stated comes first, then what is open, by how far it moves the gain."""
        rank = 0 if self.stated else 1 if self.ours or self.tried else 2
        return rank, -(self.moves if self.moves == self.moves else 0.0)


@dataclass(frozen=True)
class _Scope:
    """What is looked at: one product (`sku`), else one `family`, else all."""

    choice: Choice
    facts: Facts
    family: str
    sku: str

    @property
    def everything(self) -> bool:
        return not (self.family or self.sku)

    def key(self, what: str, name: str) -> str:
        return f"area-{what}-{self.choice.source.digest[:8]}-{name}-{self.family}-{self.sku}"

    def among(self) -> NDArray[np.bool_]:
        """The living products that are looked at; all of these where none lives."""
        live = ~self.facts.products["ended"].to_numpy(bool)
        own = np.ones(len(live), np.bool_)
        if self.sku:
            own = np.asarray(self.facts.items.skus).astype(str) == self.sku
        elif self.family:
            own = self.facts.items["family"].astype(str) == self.family
        return own & live if (own & live).any() else own

    def stated(self) -> Mapping[str, Assumption]:
        """What a person said for just these products."""
        answers = self.choice.answers
        if self.sku:
            return answers.product.get(self.sku, {})
        if self.family:
            return answers.family.get(self.family, {})
        return {name: one for name in FIELDS if (one := answers.of(name)).origin == "confirmed"}


def rows_of(choice: Choice, facts: Facts, area: str, family: str = "", sku: str = "") -> list[Row]:
    """The assumptions of an area for one product (`sku`), else one `family`, else all: what was stated first, then what is open."""
    scope = _Scope(choice, facts, family, sku)
    among, own, items = scope.among(), scope.stated(), facts.items
    ends = {str(r["field"]): (float(r["at_low"]), float(r["at_high"])) for _, r in facts.sensitivity.iterrows()}  # fmt: skip
    levers, found = dict(choice.levers), []
    for name in AREAS[area]:
        (low, high), origin, given = items.range(name), items.origin(name), items.share_of_origin(name, GIVEN, among)  # fmt: skip
        doubt = among & np.isin(origin, (ASSUMED, DERIVED)) & (high > low)
        typical = items.typical(name, among)
        if scope.everything and given < 1.0:
            now = in_force(facts, choice.assumptions, name)
            now = replace(now, low=typical[1], high=typical[2]) if doubt.any() else now
        else:  # what the file gives wins over what was said for more than one product
            kind = next((ORIGINS[k] for k in (GIVEN, CONFIRMED, DERIVED) if (origin[among] == k).all()), "assumed")  # fmt: skip
            now = own[name] if name in own and given < 1.0 else Assumption(*typical, kind)
        moves = gain_moved(facts.portfolio.gain, *ends[name]) if name in ends and scope.everything else math.nan  # fmt: skip
        found.append(Row(name, now, given, bool(doubt.any()), name in own, name in levers, moves))
    return sorted(found, key=lambda row: row.first)


def _badge(row: Row, everything: bool) -> str:
    """Where the value comes from."""
    if row.given == 1.0:
        return ":blue-badge[your file]"
    if row.tried:
        return ":violet-badge[tried]"
    if row.now.origin == "confirmed":
        return ":green-badge[confirmed]"
    if not math.isfinite(row.now.value):
        return ":gray-badge[not known]"
    word = "from your sales" if row.now.origin == "derived" else "ours"
    colour = "orange" if row.ours and everything else "gray"
    part = f"your file {percent_text(row.given)}, else {word}" if row.given else word
    return f":{colour}-badge[{part}]"


def _said(row: Row, currency: str) -> str:
    """The value in force in words, its range, and what hangs on it."""
    name, now = row.name, row.now
    if name == "patience_curve":
        return CURVES[int(now.value)]
    if not math.isfinite(now.value):
        return "nothing hangs on it while every price and cost is known" if name in OPENING else ""
    if FIELDS[name].unit.startswith(("percent of", "exponent")):  # the label says the unit
        likely = f", likely {number_text(now.low)} to {number_text(now.high)}" if now.high > now.low else ""
        return f"{number_text(now.value)}{likely}"
    text = value_text(name, now.value, currency)
    if row.given == 1.0:
        return f"{text}, in the middle of the products"
    if math.isfinite(now.low) and now.high > now.low:
        text += f", likely {range_text(name, now.low, now.high, currency)}"
    if row.moves == row.moves and row.ours:
        text += f": moves the gain by {number_text(row.moves, 2)}"
    return text


def _set(name: str, key: str, family: str, sku: str) -> None:
    """A value was moved: tried on every page where it is for all products, else an answer for just these."""
    given = st.session_state.get(key)
    if given is None:
        return
    value = float(CURVES.index(given)) if name == "patience_curve" else scale_of(name).read(float(given))
    if family or sku:
        inputs.confirm_for({name: value}, family=family, sku=sku)
    elif math.isfinite(FIELDS[name].default):
        inputs.lever({name: value})
    else:  # of what is not known until it is said there is nothing to try against
        inputs.confirm({name: value})


def _field(scope: _Scope, row: Row) -> None:
    """The slider, number or list of one assumption."""
    name, value, key = row.name, row.now.value, scope.key("field", row.name)
    args, label = (name, key, scope.family, scope.sku), label_of(name, scope.facts.currency)
    if name == "patience_curve":
        st.session_state[key] = CURVES[int(value)]
        st.selectbox(label, CURVES, key=key, on_change=_set, args=args)
    elif name in SLIDERS and math.isfinite(value):
        low, high, step, st.session_state[key] = slider_at(name, value)
        st.slider(label, low, high, step=step, key=key, on_change=_set, args=args, format=slider_format())
    else:
        least, most = sorted(scale_of(name).shown(end) for end in (FIELDS[name].minimum, FIELDS[name].maximum))  # fmt: skip
        shown = scale_of(name).shown(value) if math.isfinite(value) else None
        # set again without need it would wipe out what is being typed while a run goes on
        if other := st.session_state.get(key, shown) != shown:
            st.session_state[key] = shown
        most_typed = most if math.isfinite(most) else None
        st.number_input(label, least, most_typed, None if other else shown, key=key, format="%.6g", placeholder="not known", on_change=_set, args=args)  # fmt: skip


def _offer(scope: _Scope, row: Row) -> tuple[str, Callable[..., None], tuple[Any, ...]] | None:
    """What the button of an assumption says, does and with what: confirm it, or take that back; None where there is neither."""
    name, choice = row.name, scope.choice
    if not scope.everything:
        return ("Take back", inputs.release_for, (name, scope.family, scope.sku)) if row.stated else None
    if row.tried:
        return "Confirm", inputs.confirm, ({name: row.now.value},)
    if row.stated:
        own = choice.answers.of(name) != base_assumptions(choice.source.sample).of(name)
        return ("Take back", inputs.release, (name,)) if own else None
    return ("Confirm", inputs.confirm_as_assumed, (name,)) if row.ours else None


def _row(scope: _Scope, row: Row) -> None:
    """One assumption: what it is called, where it stands, where it comes from, and the button that confirms it or takes that back."""
    currency = scope.facts.currency
    if (
        row.given == 1.0 and not scope.sku
    ):  # for more than one product the file wins: there is nothing to move
        st.markdown(plain(label_of(row.name, currency)))
    else:
        _field(scope, row)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{_badge(row, scope.everything)} {plain(_said(row, currency))}", width="stretch")
        if offer := _offer(scope, row):
            label, act, args = offer
            key = scope.key("confirm" if label == "Confirm" else "back", row.name)
            st.button(label, key=key, type="tertiary", on_click=act, args=args)
    if row.stated and (signed := signed_words(row.now.by, row.now.data_date)):
        st.caption(plain(signed))


def _pairs(scope: _Scope, rows: Sequence[Row]) -> None:
    for k in range(0, len(rows), 2):
        for place, row in zip(st.columns(2, gap="large"), rows[k : k + 2], strict=False):
            with place:
                _row(scope, row)


def _as_opened(scope: _Scope, rows: list[Row], area: str) -> list[Row]:
    """The rows in the order in which they stood when all that orders them was known first: a slider does not move away under the hand."""
    key = scope.key("order", area)
    names: list[str] = st.session_state.get(key, [])
    if not names and scope.facts.known >= Known.ALL:
        names = st.session_state[key] = [row.name for row in rows]
    return sorted(rows, key=lambda row: names.index(row.name)) if names else rows


def by_area(choice: Choice, facts: Facts) -> None:
    """The four areas, each with what was stated and what is open; what is seldom set or told by the file is folded in."""
    named = scope_part(choice, facts, "area", "Assumptions of")
    if named is None:
        return
    scope = _Scope(choice, facts, *named)
    st.caption(
        "Moving one tries it on every page; confirming it takes its range away. What you stated and what is open comes first."
        if scope.everything
        else "What you set here counts at once, as your answer for these products alone. For one product it wins over the items file, for a family the file wins."
    )
    for area in AREAS:
        rows = _as_opened(scope, rows_of(choice, facts, area, *named), area)
        shown = [row for row in rows if row.first[0] < 2]
        rest = [row for row in rows if row.first[0] == 2]
        still = sum(row.ours and not row.tried for row in shown)
        st.subheader(f"{area}: {f'{still} open' if still else 'nothing open'}", anchor=False)
        _pairs(scope, shown)
        with st.expander(f"{len(rest)} more of {area.lower()}, from your file or seldom set"):
            _pairs(scope, rest)
