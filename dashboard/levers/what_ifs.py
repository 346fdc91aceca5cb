"""What-ifs on the screen: demand, lead time, unit cost and price moved on top of what the file says, for all, a family or a product."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.naming.scales import of_percent, percent
from analytics.naming.what_ifs import FOUR, HIGHEST, LOWEST, MOVED, PART_COST, WhatIf
from analytics.scenario.moved import WHAT_IF_NOTE
from dashboard.results.facts import Facts
from dashboard.state.choice import WHAT_IF, Choice
from dashboard.text.words import plain

__all__ = ["given_part", "scope_part", "what_if_part", "what_ifs_of"]

#: Products up to which one is chosen from a list; of more its code is typed.
_MOST_LISTED = 2000
_ALL, _FAMILY, _PRODUCT = "All products", "A family", "A product"
_HELP = {
    "demand": "The forecast demand of the coming year, in orders of the same size. Stock, levels, lots and minimum quantities stay.",
    "lead_time": "The lead time of bought parts, or of a bought-in product.",
    "unit_cost": "The unit cost of every unit made or bought.",
    "price": "The net price of every unit sold.",
    "part_cost": "The cost of all bought parts of the bill of materials, and as much in the unit cost of every product that is made of them.",
}


def what_ifs_of(facts: Facts) -> list[str]:
    """The sentences on what is moved on top of what the file says, under the names that are shown."""
    return [note for note in facts.notes if note.startswith(WHAT_IF_NOTE)]


def scope_part(choice: Choice, facts: Facts, what: str, label: str) -> tuple[str, str] | None:
    """For whom something is asked (`what` names it in keys, `label` on the screen): a family or a product (SKU), both "" for all; None where none is named yet."""
    digest = choice.source.digest[:8]
    if choice.anonymous:
        st.caption("While names are hidden, this is for all products.")
        return "", ""
    families = sorted({str(f) for f in facts.items["family"] if str(f)})
    kinds = [_ALL, *([_FAMILY] if families else []), _PRODUCT]
    left, right = st.columns([1, 2])
    kind = left.selectbox(label, kinds, key=f"{what}-for-{digest}")
    if kind == _FAMILY:
        one = right.selectbox("Family", families, key=f"{what}-family-{digest}", format_func=plain)
        return str(one), ""
    if kind == _PRODUCT:
        skus = [str(sku) for sku in facts.items.skus]
        if len(skus) <= _MOST_LISTED:
            one = right.selectbox("Product", skus, key=f"{what}-product-{digest}", format_func=plain)
        else:
            one = right.text_input("Product", key=f"{what}-product-{digest}", max_chars=200).strip()
            if one and one not in set(skus):
                right.warning(
                    plain(f"{one} is not in these files: type the code of a product as they have it.")
                )
        return ("", str(one)) if one in set(skus) else None
    return "", ""


def _set(key: str, name: str, moved: Callable[[str, float], None]) -> None:
    moved(name, of_percent(float(st.session_state[key] or 0.0)))


def _field(
    choice: Choice, name: str, label: str, words: str, moved: Callable[[str, float], None], off: bool = False
) -> None:
    """The field of one what-if, in percent, as it stands; `off`: it cannot be typed in."""
    now = {one.name: one.change for one in choice.assumptions.what_if}
    key = f"what-if-{choice.source.digest[:8]}-{name}"
    st.session_state[key] = percent(now.get(name, 0.0))
    st.number_input(
        label,
        percent(LOWEST),
        percent(HIGHEST),
        step=5.0,
        format="%g",
        key=key,
        on_change=_set,
        args=(key, f"{WHAT_IF}{name}", moved),
        disabled=off,
        help=words,
    )


def given_part(choice: Choice, name: str, moved: Callable[[str, float], None]) -> None:
    """A lever of a field that the file gives for every product: its values move by percent."""
    words = "The items file gives a value for every product; each moves by this percentage."
    _field(choice, name, f"{MOVED[name]} as the file gives it, %", words, moved)


def what_if_part(choice: Choice, facts: Facts | None, moved: Callable[[str, float], None]) -> None:
    """Four values to move by percent, and each that is moved with its undo; `moved` is called with the lever of a what-if and its change."""
    st.caption("By percent, on top of what the file says: also where it gives a value for every product.")
    scope = None if facts is None else scope_part(choice, facts, "what-if", "What if, for")
    pair = st.columns(2, gap="large")
    for k, (what, label) in enumerate(FOUR.items()):
        one = WhatIf(what, 0.0, *(scope or ("", "")))
        with pair[k % 2]:
            _field(choice, one.name, f"{label}, %", _HELP[what], moved, scope is None)
    if choice.source.bom is not None:
        with pair[0]:
            _field(choice, PART_COST, f"{MOVED[PART_COST]}, %", _HELP[PART_COST], moved)
    for one in choice.assumptions.what_if:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                plain(one.words) if not choice.anonymous or one.name == one.what else "One for some products"
            )
            st.button(
                "Undo",
                key=f"what-if-undo-{choice.source.digest[:8]}-{one.name}",
                on_click=moved,
                args=(f"{WHAT_IF}{one.name}", 0.0),
                type="tertiary",
                icon=":material/undo:",
            )
