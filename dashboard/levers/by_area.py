"""Assumptions as a business says them: customers, supply, stock, money; for all, a family or a product; what differs and what is open first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
from dashboard.levers.slides import CURVES, SLIDES, label_of, slide_at
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

    `now` is in force for those that do not have it from the file, `given` the share of the products that have; `ours` whether a range is still open,
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


def _among(facts: Facts, family: str, sku: str) -> NDArray[np.bool_]:
    """The living products that are looked at; all of these where none lives."""
    live = ~facts.products["ended"].to_numpy(bool)
    if sku:
        own: NDArray[np.bool_] = np.asarray(facts.items.skus).astype(str) == sku
    elif family:
        own = facts.items["family"].astype(str) == family
    else:
        own = np.ones(len(live), np.bool_)
    return own & live if (own & live).any() else own


def rows_of(choice: Choice, facts: Facts, area: str, family: str = "", sku: str = "") -> list[Row]:
    """The assumptions of an area for one product (`sku`), else one `family`, else all: what differs first, then what is open."""
    among = _among(facts, family, sku)
    ends = {
        str(r["field"]): (float(r["at_low"]), float(r["at_high"])) for _, r in facts.sensitivity.iterrows()
    }
    levers = dict(choice.levers)
    answers = choice.answers
    own = (
        answers.product.get(sku, {})
        if sku
        else answers.family.get(family, {})
        if family
        else {name: answers.of(name) for name in FIELDS if answers.of(name).origin == "confirmed"}
    )
    found = []
    for name in AREAS[area]:
        low, high = facts.items.range(name)
        origin = facts.items.origin(name)
        doubt = among & np.isin(origin, (ASSUMED, DERIVED)) & (high > low)
        typical = facts.items.typical(name, among)
        if family or sku:
            kind = next((ORIGINS[k] for k in (CONFIRMED, DERIVED) if (origin[among] == k).all()), "assumed")
            now = own.get(name) or Assumption(*typical, kind)
        else:
            now = in_force(facts, choice.assumptions, name)
            if doubt.any():
                now = replace(now, low=typical[1], high=typical[2])
        at = ends.get(name)
        moves = gain_moved(facts.portfolio.gain, *at) if at and not (family or sku) else math.nan
        given = facts.items.share_of_origin(name, GIVEN, among)
        found.append(Row(name, now, given, bool(doubt.any()), name in own, name in levers, moves))
    return sorted(found, key=lambda row: row.first)


def _origin_badge(row: Row, everything: bool) -> str:
    """Where the value comes from, as a badge."""
    if row.tried:
        return ":violet-badge[tried]"
    if row.now.origin == "confirmed":
        return ":green-badge[confirmed]"
    if row.given == 1.0:
        return ":blue-badge[your file]"
    if not math.isfinite(row.now.value):
        return ":gray-badge[not known]"
    word = "from your sales" if row.now.origin == "derived" else "ours"
    colour = "orange" if row.ours and everything else "gray"
    part = f"your file {percent_text(row.given)}, else {word}" if row.given else word
    return f":{colour}-badge[{part}]"


def _said(row: Row, facts: Facts, currency: str) -> str:
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


def _field(choice: Choice, row: Row, facts: Facts, family: str, sku: str) -> None:
    """The slider, number or list of one assumption."""
    name, value, currency = row.name, row.now.value, facts.currency
    key = f"area-{choice.source.digest[:8]}-{name}-{family}-{sku}"
    args, label = (name, key, family, sku), label_of(name, currency)
    if name == "patience_curve":
        st.session_state[key] = CURVES[int(value)]
        st.selectbox(label, CURVES, key=key, on_change=_set, args=args)
    elif name in SLIDES and math.isfinite(value):
        low, high, step, st.session_state[key] = slide_at(name, value)
        st.slider(label, low, high, step=step, key=key, on_change=_set, args=args, format=slider_format())
    else:
        least, most = sorted(
            scale_of(name).shown(end) for end in (FIELDS[name].minimum, FIELDS[name].maximum)
        )
        st.session_state[key] = scale_of(name).shown(value) if math.isfinite(value) else None
        st.number_input(
            label, least, most if math.isfinite(most) else None, key=key, format="%.6g", placeholder="not known", on_change=_set, args=args
        )  # fmt: skip


def _row(choice: Choice, row: Row, facts: Facts, family: str, sku: str) -> None:
    """One assumption: what it is called, where it stands, where it comes from, and the button that confirms it or takes that back."""
    name, everything = row.name, not (family or sku)
    if row.given == 1.0 and not sku:
        st.markdown(plain(label_of(name, facts.currency)))
    else:
        _field(choice, row, facts, family, sku)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{_origin_badge(row, everything)} {plain(_said(row, facts, facts.currency))}", width="stretch"
        )
        key = f"{choice.source.digest[:8]}-{name}-{family}-{sku}"
        if everything and row.tried:
            st.button(
                "Confirm",
                key=f"area-confirm-{key}",
                type="tertiary",
                on_click=inputs.confirm,
                args=({name: row.now.value},),
            )
        elif everything and row.stated:
            if choice.answers.of(name) != base_assumptions(choice.source.sample).of(name):
                st.button(
                    "Take back",
                    key=f"area-back-{key}",
                    type="tertiary",
                    on_click=inputs.release,
                    args=(name,),
                )
        elif everything and row.ours:
            st.button(
                "Confirm",
                key=f"area-confirm-{key}",
                type="tertiary",
                on_click=inputs.confirm_as_assumed,
                args=(name,),
                help="It is as assumed: only its range goes.",
            )
        elif row.stated:
            st.button(
                "Take back",
                key=f"area-back-{key}",
                type="tertiary",
                on_click=inputs.release_for,
                args=(name, family, sku),
            )
    signed = signed_words(row.now.by, row.now.data_date)
    if signed and row.stated:
        st.caption(plain(signed))  # fmt: skip


def _pairs(choice: Choice, rows: Sequence[Row], facts: Facts, family: str, sku: str) -> None:
    for k in range(0, len(rows), 2):
        for place, row in zip(st.columns(2, gap="large"), rows[k : k + 2], strict=False):
            with place:
                _row(choice, row, facts, family, sku)


def _as_opened(choice: Choice, facts: Facts, rows: list[Row], part: str) -> list[Row]:
    """The rows in the order in which they stood when all that orders them was known first: a slider does not move away under the hand."""
    key = f"area-order-{choice.source.digest[:8]}-{part}"
    names: list[str] = st.session_state.get(key, [])
    if not names and facts.known >= Known.ALL:
        names = st.session_state[key] = [row.name for row in rows]
    return sorted(rows, key=lambda row: names.index(row.name)) if names else rows


def by_area(choice: Choice, facts: Facts) -> None:
    """The four areas, each with what differs and what is open; what is seldom set or told by the file is folded in."""
    scope = scope_part(choice, facts, "area", "Assumptions of")
    if scope is None:
        return
    family, sku = scope
    st.caption(
        "What you set here counts at once, as your answer for these products alone. For one product it wins over the items file, for a family the file wins."
        if family or sku
        else "Moving one tries it on every page; confirming it takes its range away. What differs and what is open comes first."
    )
    for area in AREAS:
        rows = _as_opened(choice, facts, rows_of(choice, facts, area, family, sku), f"{area}-{family}-{sku}")
        shown = [row for row in rows if row.first[0] < 2]
        rest = [row for row in rows if row.first[0] == 2]
        still = sum(row.ours and not row.tried for row in shown)
        st.subheader(f"{area}: {f'{still} open' if still else 'nothing open'}", anchor=False)
        _pairs(choice, shown, facts, family, sku)
        with st.expander(f"{len(rest)} more of {area.lower()}, from your file or seldom set"):
            _pairs(choice, rest, facts, family, sku)
